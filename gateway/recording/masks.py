"""What of a content counts when two are compared: values, without how they were written and what differs each time.

A prefix, the order of attributes, blanks, comments, a signature's bytes say nothing; the values that a kind calls
volatile (docs/reference/kinds.md) and the MessageIDs of a run differ each time and mean the same.
"""

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from gateway.domain.content_paths import ContentPath
from gateway.ns import XMLDSIG, XSI
from gateway.xml import Element

MARK: Final = "‹…›"
"""Stands for a value that is not compared; that it is there is."""

_XSI_TYPE: Final = f"{{{XSI}}}type"
_LOCATIONS: Final = (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
_SIGNATURE: Final = f"{{{XMLDSIG}}}Signature"
_SIGNATURE_HOLDERS: Final = frozenset(
    {
        "CallerInformationSystemSignature",
        "SenderInformationSystemSignature",
        "PersonalSignature",
        "SMEVSignature",
        "RecordSignature",
        "RoutingSignature",
    }
)
"""Elements of message-exchange that hold a signature, whatever the version."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_LENGTH: Final = 36


@dataclass(frozen=True, slots=True)
class Masks:
    """What a kind does not compare: paths of `volatile` values; paths of repeated elements that are `unordered`.

    The paths are those of `gateway.domain.content_paths`; of an attribute or an element `volatile` masks the value,
    of an element with children everything in it.
    """

    volatile: tuple[str, ...] = ()
    unordered: tuple[str, ...] = ()

    def __or__(self, other: "Masks") -> "Masks":
        return Masks(self.volatile + other.volatile, self.unordered + other.unordered)


class Node(NamedTuple):
    """An element as it is compared; two are equal when nothing that counts differs.

    `tag` and the names of `attributes` (sorted) are {namespace}name. `text` is without the blanks around it; of an
    element with children the texts between them. An `unordered` one may stand anywhere among its like; they are
    sorted.
    """

    tag: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: tuple["Node", ...]
    unordered: bool = False

    @property
    def name(self) -> str:
        """The local name."""
        return self.tag.rpartition("}")[2]


_NO_MASKS: Final = Masks()
_NO_NAMES: Final[Mapping[str, str]] = {}


def masked(element: Element, masks: Masks = _NO_MASKS, names: Mapping[str, str] = _NO_NAMES) -> Node:
    """Return what counts of `element`. `names` says what to read for a MessageID (of a run) wherever a value holds it.

    Raises: InvalidPath when a path of `masks` is none.
    """
    return _Masking(_paths(masks), names).node(element, ())


class _Paths:
    """Paths of one list, looked up by where one stands; each look-up is a probe or two in most documents."""

    def __init__(self, texts: Sequence[str]) -> None:
        paths = [ContentPath.read(text) for text in texts]
        self.any: Final = bool(paths)
        self._exact = frozenset(path.steps for path in paths if not path.anywhere)
        self._anywhere = frozenset(path.steps for path in paths if path.anywhere)
        self._lengths = sorted({len(steps) for steps in self._anywhere})

    def has(self, steps: tuple[str, ...]) -> bool:
        if steps in self._exact:
            return True
        for length in self._lengths:  # noqa: SIM110 - a generator costs more than the look-up
            if steps[-length:] in self._anywhere:
                return True
        return False


@lru_cache(512)
def _paths(masks: Masks) -> tuple[_Paths, _Paths]:
    return _Paths(masks.volatile), _Paths(masks.unordered)


@lru_cache(4096)
def _local(name: str) -> str:
    return name.rpartition("}")[2]


@lru_cache(4096)
def _is_signature(tag: str) -> bool:
    return tag == _SIGNATURE or (tag[0] == "{" and _local(tag) in _SIGNATURE_HOLDERS)


class _Masking:
    def __init__(self, paths: tuple[_Paths, _Paths], names: Mapping[str, str]) -> None:
        self._volatile, self._unordered = paths
        self._names = names

    def node(self, element: Element, steps: tuple[str, ...], *, unordered: bool = False) -> Node:
        tag = str(element.tag)
        if _is_signature(tag) or (steps and self._volatile.any and self._volatile.has(steps)):
            return Node(tag, (), MARK, (), unordered)
        attributes = self._attributes(element, steps) if element.attrib else ()
        text = element.text
        if not len(element):
            return Node(tag, attributes, self._value(text.strip()) if text else "", (), unordered)
        children, texts = self._children(element, steps)
        # A comment may part a value; between elements only what is more than blanks is a text.
        inside = _between(texts) if children else "".join(filter(None, texts)).strip()
        return Node(tag, attributes, self._value(inside), _settled(children), unordered)

    def _children(self, element: Element, steps: tuple[str, ...]) -> tuple[list[Node], list[str | None]]:
        children: list[Node] = []
        texts = [element.text]
        for child in element:
            texts.append(child.tail)
            tag = child.tag
            if isinstance(tag, str):  # neither a comment nor a processing instruction
                below = (*steps, _local(tag))
                unordered = self._unordered.any and self._unordered.has(below)
                children.append(self.node(child, below, unordered=unordered))
        return children, texts

    def _attributes(self, element: Element, steps: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        found = []
        for raw, given in element.items():
            name, value = str(raw), str(given)
            if self._volatile.any and self._volatile.has((*steps, "@" + _local(name))):
                value = MARK
            elif name == _XSI_TYPE:
                value = _expanded(element, value)
            elif name in _LOCATIONS:
                continue
            elif len(value) >= _UUID_LENGTH:
                value = self._value(value)
            found.append((name, value))
        found.sort()
        return tuple(found)

    def _value(self, text: str) -> str:
        return _named(text, self._names) if len(text) >= _UUID_LENGTH and self._names else text


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Return a masked content with what `names` says to read for each MessageID; the node itself where it has none."""
    attributes = tuple((name, _named(value, names)) for name, value in node.attributes)
    children = tuple(renamed(child, names) for child in node.children)
    text = _named(node.text, names)
    if text == node.text and attributes == node.attributes and all(map(operator.is_, children, node.children)):
        return node
    return Node(node.tag, attributes, text, _settled(children), node.unordered)


def _named(text: str, names: Mapping[str, str]) -> str:
    if len(text) < _UUID_LENGTH:
        return text
    return _UUID.sub(lambda found: names.get(found[0].lower(), found[0]), text)


def _between(texts: Sequence[str | None]) -> str:
    return " ".join(stripped for text in texts if text and (stripped := text.strip()))


def _expanded(element: Element, qname: str) -> str:
    """Return a QName in a value as {namespace}name: its prefix is the writer's choice."""
    prefix, _, local = qname.strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else qname.strip()


def _settled(children: Sequence[Node]) -> tuple[Node, ...]:
    """Sort unordered children among their like, in the places that they have; the others stay."""
    if not any(child.unordered for child in children):
        return tuple(children)
    of: dict[str, list[Node]] = {}
    for child in children:
        if child.unordered:
            of.setdefault(child.tag, []).append(child)
    for alike in of.values():
        alike.sort(reverse=True)  # taken from the end
    return tuple(of[child.tag].pop() if child.unordered else child for child in children)
