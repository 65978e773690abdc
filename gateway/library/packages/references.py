"""Which document of a package an xs:include or xs:import means: by path, by file name, by namespace, or ours."""

import posixpath
import re
import unicodedata
from collections import defaultdict
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from gateway.library.packages.errors import PackageError
from gateway.library.packages.xsds import Reference, Xsd, Xsds, shipped
from gateway.words import say


class References:
    """Finds the documents that the documents of one package refer to."""

    def __init__(self, xsds: Xsds) -> None:
        self._by_path: Final = {path.casefold(): xsd for path, xsd in xsds.by_path.items()}
        self._by_name: defaultdict[str, list[Xsd]] = defaultdict(list)
        self._by_namespace: defaultdict[str, list[Xsd]] = defaultdict(list)
        for path, xsd in xsds.by_path.items():
            name = PurePosixPath(path).name.casefold()
            if xsd not in self._by_name[name]:
                self._by_name[name].append(xsd)
        for xsd in xsds:
            self._by_namespace[xsd.namespace].append(xsd)
        self._whole: dict[str, tuple[Xsd, ...]] = {}

    def find(self, xsd: Xsd, reference: Reference) -> tuple[Xsd, ...]:
        """Return the documents meant: one, or for an import all that make up the namespace, or none for an import that
        names no place, as XSD allows.

        Raises: PackageError with the file and line.
        """
        found: tuple[Xsd, ...] = ()
        if reference.location is not None:
            found = self._at(xsd, reference, reference.location) or self._named(xsd, reference, reference.location)
        if not found and reference.kind == "import":
            found = self._of_namespace(reference.namespace)
        if not found and reference.location is not None:
            raise self._missing(xsd, reference, reference.location)
        return found

    def referred(self, xsd: Xsd) -> set[Xsd]:
        """Return every document that `xsd` refers to and that is there."""
        found: set[Xsd] = set()
        for reference in xsd.references:
            try:
                found.update(self.find(xsd, reference))
            except PackageError:
                continue  # told when the document turns out to be needed
        return found

    def _at(self, xsd: Xsd, reference: Reference, location: str) -> tuple[Xsd, ...]:
        if xsd.shipped or _is_address(location):
            return ()
        path = posixpath.normpath(posixpath.join(posixpath.dirname(xsd.path), _plain(location)))
        found = self._by_path.get(path.casefold())
        return () if found is None else (found,)

    def _named(self, xsd: Xsd, reference: Reference, location: str) -> tuple[Xsd, ...]:
        name = posixpath.basename(_plain(re.split("[?#]", location)[0] if _is_address(location) else location))
        namespaces = (reference.namespace,) if reference.kind == "import" else (xsd.namespace, "")
        found = [other for other in self._by_name[name.casefold()] if other.namespace in namespaces]
        if len(found) > 1:
            paths = ", ".join(other.path for other in found)
            raise PackageError(
                say(f"schemaLocation {location!r}: подходят {paths}", f"schemaLocation {location!r} may be {paths}"),
                say("укажите относительный путь к одной из них", "give the relative path of one of them"),
                f"{xsd.path}:{reference.line}",
            )
        return tuple(found)

    def _of_namespace(self, namespace: str) -> tuple[Xsd, ...]:
        if namespace not in self._whole:
            self._whole[namespace] = self._find_whole(namespace)
        return self._whole[namespace]

    def _find_whole(self, namespace: str) -> tuple[Xsd, ...]:
        found = self._by_namespace.get(namespace, [])
        parts = {self._include(xsd, reference) for xsd in found for reference in xsd.references}
        whole = [xsd for xsd in found if xsd not in parts]
        ours = shipped().get(namespace)
        return tuple(whole or found or ([] if ours is None else [ours]))

    def _include(self, xsd: Xsd, reference: Reference) -> Xsd | None:
        if reference.kind == "import" or reference.location is None:
            return None
        found = self._at(xsd, reference, reference.location) or self._named(xsd, reference, reference.location)
        return found[0] if found else None

    def _missing(self, xsd: Xsd, reference: Reference, location: str) -> PackageError:
        what = say(f"в пакете нет схемы {location!r}", f"the package has no schema {location!r}")
        if reference.kind == "import":
            namespace = reference.namespace
            what += say(f" и нет пространства имён {namespace!r}", f" and none of the namespace {namespace!r}")
        hint = say("добавьте эту схему в пакет", "add that schema to the package")
        if _is_address(location):
            hint += say(": по адресам шлюз ничего не загружает", ": the gateway loads nothing from addresses")
        return PackageError(what, hint, f"{xsd.path}:{reference.line}")


def _is_address(location: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", location) is not None


def _plain(location: str) -> str:
    return unicodedata.normalize("NFC", unquote(location).replace("\\", "/"))
