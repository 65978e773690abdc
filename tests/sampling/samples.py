"""XSDs written by a test, and samples of them that are judged anew from their bytes."""

from datetime import date
from pathlib import Path
from typing import Final

import xmlschema
from lxml import etree

from gateway import xml
from gateway.library.sampling import Fullness, Sampler, Suggest, nothing
from gateway.protocol.messages import MessageType
from gateway.xml import Element

TODAY: Final = date(2013, 4, 1)
ROOT: Final = MessageType("urn:t", "root")
HEAD: Final = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" '
    'elementFormDefault="qualified">'
)


def write(folder: Path, body: str, name: str = "t.xsd", head: str = HEAD) -> Path:
    """Write the components `body` as a schema of the namespace urn:t, and return its path."""
    path = folder / name
    path.write_text(f"{head}{body}</xs:schema>", encoding="utf-8")
    return path


def sample(
    xsd: Path,
    *,
    seed: int = 1,
    suggest: Suggest = nothing,
    root: MessageType = ROOT,
    fullness: Fullness = "minimal",
    folder: Path | None = None,
) -> Element:
    """Return a sample as a receiver would read it, found valid by libxml2."""
    made = Sampler(xsd, folder).sample(root, seed, suggest, today=TODAY, fullness=fullness)
    return judged(xsd, made)


def judged(xsd: Path, made: Element) -> Element:
    """Return `made` read from its bytes; both libxml2 and, where it can, xmlschema must find it valid."""
    read = xml.parse(xml.source(made))
    schema = etree.XMLSchema(file=str(xsd))
    assert schema.validate(read), (schema.error_log, etree.tostring(read, encoding="unicode"))
    return read


def explained(xsd: Path, element: Element) -> list[str]:
    """Return what xmlschema, which is stricter on references and times, has against `element`."""
    strict = xmlschema.XMLSchema10(xsd.resolve().as_uri(), allow="local")
    return [error.reason or error.message for error in strict.iter_errors(element)]  # type: ignore[arg-type]


def value_of(folder: Path, simple_type: str, seed: int = 1) -> str:
    """Return the text of a root of the simple type whose content is `simple_type`."""
    xsd = write(folder, f'<xs:element name="root"><xs:simpleType>{simple_type}</xs:simpleType></xs:element>')
    root = sample(xsd, seed=seed)
    assert explained(xsd, root) == []
    return root.text or ""


def restriction(base: str, *facets: str) -> str:
    """Return a restriction; a facet is written "minLength 3"."""
    parts = (facet.split(" ", 1) for facet in facets)
    inner = "".join(f'<xs:{name} value="{xml.escape(value)}"/>' for name, value in parts)
    return f'<xs:restriction base="{base}">{inner}</xs:restriction>'


def names(element: Element) -> list[str]:
    """Return the local names of the children."""
    return [xml.name_of(child)[1] for child in element]
