"""The schema of a kind as one flat folder that libxml2 reads: plain names, every reference to a file beside it.

Two habits of libxml2 are met here. It reads file names percent-encoded only, so files get plain ones. And of several
imports of one namespace it reads the first and skips the rest, so that a namespace made of several documents gets one
more, which includes them, and every import of the namespace leads there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from typing import Final

from gateway import ns, xml
from gateway.library.packages.errors import PackageError
from gateway.library.packages.references import References
from gateway.library.packages.xsds import Reference, Xsd
from gateway.words import say

_MAIN: Final = "kind"
_WHOLE: Final = "urn:mock-smev:kind"
"""Namespace of the document that brings several namespaces together; nothing is declared in it."""

_REFERENCE: Final = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|(?P<tag><(?:[\w.-]+:)?(?:include|import|redefine)(?=[\s/>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>)",
    re.DOTALL,
)
_LOCATION: Final = re.compile(r"""\sschemaLocation\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class FlatSchema:
    """File name -> content, the file to start from, and which file of the package each was made from."""

    files: dict[str, bytes]
    main: str
    origins: dict[str, str]


def flatten(entries: Iterable[Xsd], references: References) -> FlatSchema:
    """Bring together the documents in `entries` and whatever they need.

    Raises: PackageError when something they need is not there.
    """
    return _Flattening(list(dict.fromkeys(entries)), references).schema()


class _Flattening:
    def __init__(self, entries: list[Xsd], references: References) -> None:
        self._targets: dict[Xsd, dict[Reference, tuple[Xsd, ...]]] = {}
        self._imported: defaultdict[str, list[Xsd]] = defaultdict(list)
        self._files: dict[str, bytes] = {}
        self._parts: dict[Xsd, set[Xsd]] = {}
        for entry in entries:
            self._import(entry.namespace, (entry,))
        self._entries = list(dict.fromkeys(entry.namespace for entry in entries))
        waiting = list(entries)
        while waiting:
            xsd = waiting.pop()
            if xsd in self._targets:
                continue
            self._targets[xsd] = {reference: references.find(xsd, reference) for reference in xsd.references}
            for reference, targets in self._targets[xsd].items():
                waiting.extend(targets)
                if reference.kind == "import":
                    self._import(reference.namespace, targets)
        self._names = self._plain_names()

    def _import(self, namespace: str, xsds: Iterable[Xsd]) -> None:
        self._imported[namespace].extend(xsd for xsd in xsds if xsd not in self._imported[namespace])

    def _plain_names(self) -> dict[Xsd, str]:
        names: dict[Xsd, str] = {}
        taken = {_MAIN}
        for xsd in self._targets:
            stem = re.sub(r"[^A-Za-z0-9_-]+", "-", PurePosixPath(xsd.path).stem).strip("-") or "schema"
            number, free = 1, stem
            while free.casefold() in taken:
                number += 1
                free = f"{stem}-{number}"
            taken.add(free.casefold())
            names[xsd] = f"{free}.xsd"
        return names

    def schema(self) -> FlatSchema:
        locations = {namespace: self._location(namespace) for namespace in self._imported}
        for xsd, targets in self._targets.items():
            chosen = {
                reference.number: self._chosen(reference, found, locations) for reference, found in targets.items()
            }
            self._files[self._names[xsd]] = _rewritten(xsd, chosen)
        main = locations[self._entries[0]]
        if len(self._entries) > 1:
            main = f"{_MAIN}.xsd"
            imports = "".join(
                f'  <xs:import{_attribute("namespace", namespace)} schemaLocation="{locations[namespace]}"/>\n'
                for namespace in self._entries
            )
            self._files[main] = _document(_WHOLE, imports)
        return FlatSchema(self._files, main, {name: xsd.path for xsd, name in self._names.items()})

    def _chosen(self, reference: Reference, found: tuple[Xsd, ...], locations: dict[str, str]) -> str | None:
        if not found:
            return None
        return locations[reference.namespace] if reference.kind == "import" else self._names[found[0]]

    def _location(self, namespace: str) -> str:
        """Return the one file that stands for a namespace, made where there is none."""
        whole: list[Xsd] = []
        for xsd in self._imported[namespace]:
            if not any(xsd in self._included(other) for other in whole):
                whole = [other for other in whole if other not in self._included(xsd)] + [xsd]
        if len(whole) == 1:
            return self._names[whole[0]]
        name = f"{_MAIN}-{len(self._files) + 1}.xsd"
        includes = "".join(f'  <xs:include schemaLocation="{self._names[xsd]}"/>\n' for xsd in whole)
        self._files[name] = _document(namespace, includes)
        return name

    def _included(self, xsd: Xsd) -> set[Xsd]:
        if xsd not in self._parts:
            self._parts[xsd] = self._find_included(xsd)
        return self._parts[xsd]

    def _find_included(self, xsd: Xsd) -> set[Xsd]:
        found: set[Xsd] = set()
        waiting = [xsd]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                for reference, targets in self._targets[current].items():
                    waiting.extend(() if reference.kind == "import" else targets)
        return found


def _document(namespace: str, content: str) -> bytes:
    target = _attribute("targetNamespace", namespace)
    return f'<xs:schema xmlns:xs="{ns.XSD}"{target}>\n{content}</xs:schema>\n'.encode()


def _attribute(name: str, value: str) -> str:
    return f' {name}="{xml.escape(value)}"' if value else ""


def _rewritten(xsd: Xsd, locations: dict[int, str | None]) -> bytes:
    """Return the text with each reference led to its file. Lines stay what they were: errors are told by them."""
    if not locations:
        return xsd.content
    number = count()

    def rewrite(found: re.Match[str]) -> str:
        tag = found["tag"]
        current = None if tag is None else next(number)
        return found[0] if current not in locations else _led(tag, locations[current])

    try:
        return _REFERENCE.sub(rewrite, xsd.content.decode(xsd.encoding)).encode(xsd.encoding)
    except (LookupError, UnicodeError) as error:
        raise PackageError(
            say(f"кодировка {xsd.encoding} не читается: {error}", f"cannot read the encoding {xsd.encoding}: {error}"),
            say("сохраните схему в UTF-8", "save the schema as UTF-8"),
            f"{xsd.path}:1",
        ) from error


def _led(tag: str, location: str | None) -> str:
    bare = _LOCATION.sub(lambda old: "\n" * old[0].count("\n"), tag)
    end = len(bare) - (2 if bare.endswith("/>") else 1)
    return bare[:end] + ("" if location is None else f' schemaLocation="{location}"') + bare[end:]
