"""How an element breaks its schema: where, what was expected, what was found."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway import xml
from gateway.xml import Element

MAX_VIOLATIONS: Final = 20
"""Violations told of one element: more help no reader, and the sender of the message chooses how many."""

_LONGEST_FOUND: Final = 60


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One place where an element breaks its schema.

    `path` is made of local names and starts at the content root, an attribute last as "@name"; `expected` and
    `found` are short, in the vocabulary of XSD; `message` is the validator's own sentence; `line` counts in
    the document that the element came with, 0 where it came with none.
    """

    path: str
    expected: str
    found: str
    message: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}"


class RefusedElement:
    """A copy of a refused element as a document of its own, which remembers the lines of the original.

    xmlschema sees no prefix that is declared above the element, and paths start at the content root; a copy
    settles both.
    """

    def __init__(self, element: Element) -> None:
        self.root: Final = xml.parse(xml.source(element))
        twins = zip(self.root.iter("*"), element.iter("*"), strict=True)
        self._lines = {twin: original.sourceline or 0 for twin, original in twins}

    def line_of(self, place: Element) -> int:
        """Return the line of the original of `place`."""
        return self._lines.get(place, 0)


def told_by_libxml2(refused: RefusedElement, schema: etree.XMLSchema) -> Iterator[SchemaViolation]:
    """Yield at least one violation, in libxml2's sentences; `expected` is then the sentence itself."""
    schema.validate(refused.root)  # again: the log shall speak of the copy
    for entry in list(schema.error_log)[:MAX_VIOLATIONS]:
        place = _at(entry.path, refused.root)
        message = entry.message or "invalid"
        yield SchemaViolation(
            xml.path_of(place),
            f"valid content ({message})",
            content_of(place),
            message,
            refused.line_of(place),
        )


def _at(path: str | None, root: Element) -> Element:
    prefixes = {prefix: uri for node in root.iter("*") for prefix, uri in node.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(path or "/*", namespaces=prefixes)
    except etree.XPathError:
        return root
    nodes = [node for node in found if isinstance(node, Element)] if isinstance(found, list) else []
    return nodes[0] if nodes else root


def content_of(place: Element) -> str:
    """Return what stands at `place`, for a reader: its name if it has children, else its text."""
    return f"<{xml.name_of(place)[1]}>" if len(place) else quoted(place.text or "")


def quoted(value: object) -> str:
    """Return `value` in quotes, cut where it is long."""
    text = str(value)
    return f"'{text[:_LONGEST_FOUND]}…'" if len(text) > _LONGEST_FOUND else f"'{text}'"
