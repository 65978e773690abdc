"""How an element breaks its schema: where, what was expected, what was found."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway import xml
from gateway.xml import Element

MAX_VIOLATIONS: Final = 20
"""Violations told of one element: more help no reader, and the sender of the message chooses how many."""

MAX_EXPLAINED: Final = 1_000
"""Elements and attributes of a content whose violations are explained; more are judged as a stream first."""

_MOST_PREFIXES: Final = 100
_LONGEST_FOUND: Final = 60
_LONGEST_MESSAGE: Final = 500


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

    def is_explainable(self) -> bool:
        """Tell whether few enough prefixes are in scope for xmlschema, which copies them in every element."""
        return all(len(node.nsmap) <= _MOST_PREFIXES for node in self.root.iter("*"))

    def line_of(self, place: Element) -> int:
        """Return the line of the original of `place`."""
        return self._lines.get(place, 0)


def is_valid(element: Element, schema: etree.XMLSchema) -> bool:
    """Tell whether `schema` accepts `element`. What takes libxml2 more steps than it allows itself is not valid."""
    try:
        return schema.validate(element)
    except etree.XMLSchemaValidateError:  # a pattern such as (a|aa)+ on a long value
        return False


def told_by_libxml2(refused: RefusedElement, schema: etree.XMLSchema) -> tuple[SchemaViolation, ...]:
    """Return at least one violation, in libxml2's sentences, of an element that `schema` refuses."""
    is_valid(refused.root, schema)  # again: the log shall speak of the copy
    told = []
    for entry in list(schema.error_log)[:MAX_VIOLATIONS]:
        place = _at(entry.path, refused.root)
        told.append(_told(xml.path_of(place), entry, content_of(place), refused.line_of(place)))
    return tuple(told)


# Counted by libxml2: an iteration would make a Python object of every element of every message.
_COUNT: Final = etree.XPath("count(descendant-or-self::*) + count(descendant-or-self::*/@*)", smart_strings=False)


def is_long(element: Element) -> bool:
    """Tell whether `element` holds more than MAX_EXPLAINED elements and attributes."""
    count = _COUNT(element)
    return isinstance(count, float) and count > MAX_EXPLAINED


def judge_long(element: Element, schema: etree.XMLSchema) -> tuple[SchemaViolation, ...]:
    """Judge an `element` that is long, in time that grows with its length and not with its square.

    lxml finds the path of each error by walking over all siblings, and xmlschema repeats all attributes in
    each, so some hundred kilobytes of wrong ones would hold the program for minutes. As a stream they are
    judged without paths; where the errors are few, their paths are looked up.
    """
    # Not a second door for foreign bytes: these are what gateway.xml has parsed and written.
    parser = etree.XMLParser(schema=schema, resolve_entities=False, no_network=True, collect_ids=False)
    try:
        parser.feed(xml.source(element))
        parser.close()
    except etree.XMLSyntaxError:
        errors = list(parser.feed_error_log)
    else:
        return ()
    if len(errors) <= MAX_VIOLATIONS:
        return told_by_libxml2(RefusedElement(element), schema)
    path, found = f"/{xml.name_of(element)[1]}", f"{len(errors)} violations in it"
    return tuple(_told(path, entry, found, element.sourceline or 0) for entry in errors[:MAX_VIOLATIONS])


def _told(path: str, entry: etree._LogEntry, found: str, line: int) -> SchemaViolation:
    message = shortened(entry.message or "invalid")
    return SchemaViolation(path, f"valid content ({message})", found, message, line)


def _at(path: str | None, root: Element) -> Element:
    """Return the element at a path of libxml2: "p:name" or "*" a step, and a position among its like.

    Not by XPath, which needs the prefixes in scope: a sender may declare thousands of them.
    """
    place = root
    for step in (path or "").split("/")[2:]:
        name, _, position = step.rstrip("]").partition("[")
        like = [node for node in place.iterchildren("*") if name == "*" or name == _prefixed(node)]
        index = int(position or 1) - 1
        if index >= len(like):
            break
        place = like[index]
    return place


def _prefixed(node: Element) -> str:
    local = xml.name_of(node)[1]
    return f"{node.prefix}:{local}" if node.prefix else local


def content_of(place: Element) -> str:
    """Return what stands at `place`, for a reader: its name if it has children, else its text."""
    return f"<{xml.name_of(place)[1]}>" if len(place) else quoted(place.text or "")


def quoted(value: object) -> str:
    """Return `value` in quotes, cut where it is long."""
    return f"'{shortened(str(value), _LONGEST_FOUND)}'"


def shortened(text: str, longest: int = _LONGEST_MESSAGE) -> str:
    """Return `text`, cut where it is longer than `longest` characters: values in it come off the wire."""
    return text if len(text) <= longest else f"{text[:longest]}…"
