"""The XSDs of a package, each read by itself: what it declares, and which others it refers to."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Final

from gateway import ns, xml
from gateway.library.packages.archive import Package
from gateway.library.packages.errors import PackageError
from gateway.protocol.messages import MessageType
from gateway.words import say
from gateway.xml import Element

_REFERENCES: Final = ("include", "import", "redefine")
_ELEMENT: Final = f"{{{ns.XSD}}}element"
_DOCUMENTATION: Final = f"{{{ns.XSD}}}annotation/{{{ns.XSD}}}documentation"
_TARGET: Final = re.compile(rb"""targetNamespace\s*=\s*["']([^"']*)["']""")
_PARTICLES: Final = tuple(f"{{{ns.XSD}}}{name}" for name in ("element", "group", "sequence", "choice", "all", "any"))
_LONGEST_NAME: Final = 200
_MOST: Final = {"xsds": 500, "references": 10_000, "elements": 100_000}
"""Of a whole package: what is done with them takes time that grows faster than they do."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A global element. `documentation` is what its annotation says, on one line, or ""."""

    type: MessageType
    xsd: "Xsd"
    line: int
    documentation: str

    @property
    def where(self) -> str:
        return f"{self.xsd.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Reference:
    """xs:include, xs:import or xs:redefine. `number` counts these elements, of any namespace, in their document."""

    kind: str
    namespace: str
    location: str | None
    line: int
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Xsd:
    """One schema document. `path` is that in the package; those that the gateway brings along are `shipped`."""

    path: str
    content: bytes
    namespace: str
    references: tuple[Reference, ...]
    elements: tuple[tuple[str, int, str], ...]
    encoding: str
    documentation: str
    shipped: bool = False

    def declared(self) -> Iterator[Declared]:
        """Yield the global elements that may be roots."""
        for name, line, documentation in self.elements:
            yield Declared(MessageType(self.namespace, name), self, line, documentation)


@dataclass(frozen=True, slots=True)
class Xsds:
    """The XSDs of a package: path -> document, where equal files are one document, and what is to be said of them."""

    by_path: dict[str, Xsd]
    warnings: tuple[str, ...]

    def __iter__(self) -> Iterator[Xsd]:
        return iter(dict.fromkeys(self.by_path.values()))


def read_xsds(package: Package) -> Xsds:
    """Read the XSDs of a package.

    Raises: PackageError with the file and line.
    """
    by_content: dict[bytes, Xsd] = {}
    by_path: dict[str, Xsd] = {}
    warnings: list[str] = []
    for path, content in sorted(package.files.items()):
        if PurePosixPath(path).suffix.lower() != ".xsd":
            continue
        ours = _shipped_instead(content)
        if ours is not None:
            warnings.append(say(f"{path}: взята своя схема {ours}", f"{path}: our own schema of {ours} is used"))
            continue
        if content not in by_content:
            by_content[content] = read_xsd(path, content)
            _refuse_too_many(by_content.values())
        by_path[path] = by_content[content]
    return Xsds(by_path, tuple(warnings))


def _refuse_too_many(xsds: Collection[Xsd]) -> None:
    found = {
        "xsds": len(xsds),
        "references": sum(len(xsd.references) for xsd in xsds),
        "elements": sum(len(xsd.elements) for xsd in xsds),
    }
    words = {
        "xsds": say("схем", "schemas"),
        "references": say("ссылок на схемы", "references to schemas"),
        "elements": say("глобальных элементов", "global elements"),
    }
    for what, count in found.items():
        if count > _MOST[what]:
            raise PackageError(
                say(
                    f"в пакете больше {_MOST[what]} {words[what]}", f"the package has over {_MOST[what]} {words[what]}"
                ),
                say("оставьте схемы одного вида сведений", "leave the schemas of one data kind"),
            )


def _shipped_instead(content: bytes) -> str | None:
    """Return the namespace of a W3C schema that comes with a DTD, which nobody here reads; we bring our own."""
    target = _TARGET.search(content)
    namespace = target[1].decode("ascii", "replace") if b"<!DOCTYPE" in content and target else ""
    return namespace if namespace in shipped() else None


def read_xsd(path: str, content: bytes, *, is_shipped: bool = False) -> Xsd:
    """Read one schema document.

    Raises: PackageError.
    """
    try:
        root = xml.parse(content)
    except xml.XmlError as error:
        line = re.search(r"line (\d+)", str(error))
        raise PackageError(
            str(error),
            say(
                "исправьте схему; DTD и сущности в схемах не читаются",
                "correct the schema; DTDs are not read in schemas",
            ),
            f"{path}:{line[1] if line else 1}",
        ) from error
    if xml.name_of(root) != (ns.XSD, "schema"):
        found = MessageType.of(root)
        raise PackageError(
            say(f"ожидался xs:schema, найдено {found}", f"expected xs:schema, found {found}"),
            say("уберите файл из пакета или переименуйте его", "remove the file from the package, or rename it"),
            f"{path}:{root.sourceline or 1}",
        )
    _refuse_endless(path, root)
    return Xsd(
        path,
        content,
        root.get("targetNamespace", ""),
        tuple(_references(root)),
        tuple(_elements(root)),
        root.getroottree().docinfo.encoding or "utf-8",
        _said(root),
        is_shipped,
    )


def _references(root: Element) -> Iterator[Reference]:
    # Numbered among all elements of such names, because the text of the file is searched for them.
    for number, element in enumerate(root.iter(*(f"{{*}}{name}" for name in _REFERENCES))):
        namespace, kind = xml.name_of(element)
        if namespace == ns.XSD and element.getparent() is root:
            target = element.get("namespace", "") if kind == "import" else root.get("targetNamespace", "")
            yield Reference(kind, target, element.get("schemaLocation"), element.sourceline or 1, number)


def _elements(root: Element) -> Iterator[tuple[str, int, str]]:
    for element in root.iterchildren(_ELEMENT):
        if element.get("abstract") not in ("true", "1"):
            yield element.get("name", ""), element.sourceline or 1, _said(element)


def _said(element: Element) -> str:
    documentation = element.find(_DOCUMENTATION)
    if documentation is None:
        return ""
    return " ".join("".join(map(str, documentation.itertext())).split())[:_LONGEST_NAME]


def _refuse_endless(path: str, root: Element) -> None:
    """Refuse what no message can fulfil: more required elements than a document may have."""
    for particle in root.iter(*_PARTICLES):
        least = particle.get("minOccurs", "1").strip()
        if least.isdecimal() and (len(least) > 9 or int(least) > xml.MAX_ELEMENTS):
            raise PackageError(
                say(
                    f"minOccurs={least}: ожидалось до {xml.MAX_ELEMENTS}",
                    f"minOccurs={least}: at most {xml.MAX_ELEMENTS}",
                ),
                say("столько элементов не вместит ни одно сообщение", "no message can hold that many elements"),
                f"{path}:{particle.sourceline or 1}",
            )


@lru_cache(1)
def shipped() -> dict[str, Xsd]:
    """Return the schemas that the gateway brings along, by namespace: types of SMEV, XML Signature, xml:, XOP."""
    root = Path(str(files("schemas")))
    found = [*sorted((root / "w3c").glob("*.xsd")), *sorted(root.glob("smev3/*/*.xsd"))]
    xsds = (read_xsd(path.relative_to(root).as_posix(), path.read_bytes(), is_shipped=True) for path in found)
    return {xsd.namespace: xsd for xsd in xsds}
