"""Hypothesis strategies of exclusive C14N octets that are hard to transform and to escape."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from lxml import etree

_PREFIXES: Final = (None, "a", "b", "ns1", "ns2")
_URIS: Final = ("urn:a", "urn:a:b", "urn:A", "urn:z", "urn:%D0%96", "urn:%EF%AC%81", "urn:%F0%90%80%80")
_NAMES: Final = ("a", "aa", "B", "Id", "б", "Я", "ns1")
_SPECIAL: Final = (">", "]", "]>", "]]>", "&", "<", '"', "'", *"\r\n\t \u00a0\ufeff\u2028\x7f\x85\x9f")
_PLAIN: Final = ("x", "Ж", "\U0001f600", "слово ", "1")
_BORDERS: Final = (10, 11, 12, 13, 511, 512, 513, 1023, 1024, 1025)
"""Lengths of text about which Woodstox does something else: 12 and more in pieces of 512."""


@st.composite
def texts(draw: DrawFn) -> str:
    """Text that is short, or that has something special about a border of Woodstox' pieces."""
    some = st.lists(st.sampled_from(_SPECIAL + _PLAIN), max_size=8).map("".join)
    if draw(st.booleans()):
        return draw(some)
    filler = draw(st.sampled_from(("x", "ж", ">", "&", "]")))
    return filler * (draw(st.sampled_from(_BORDERS)) - draw(st.integers(0, 4))) + draw(some) + draw(some)


@st.composite
def canonical_documents(draw: DrawFn) -> bytes:
    """Octets of exclusive C14N: every element and some attributes in namespaces, prefixes declared again and again."""
    root = etree.Element(draw(_names()), draw(_attributes()), nsmap=draw(_declarations()))
    _fill(draw, root, depth=2)
    return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)


def with_cyrillic_namespaces(octets: bytes) -> bytes:
    """The same document with namespaces that libxml2 takes for no URI: one is U+FB01, another U+10000, which is above
    it as a character and below it in UTF-16."""
    return re.sub(rb"(%[0-9A-F]{2})+", lambda found: unquote_to_bytes(found[0]), octets)


def _fill(draw: DrawFn, element: etree._Element, depth: int) -> None:
    element.text = draw(texts())
    for _ in range(draw(st.integers(0, 2)) if depth else 0):
        if draw(st.integers(0, 5)) == 0:  # C14N keeps it, and it ends a text event
            child: etree._Element = etree.ProcessingInstruction("target", "data")
            element.append(child)
        else:
            child = etree.SubElement(element, draw(_names()), draw(_attributes()), nsmap=draw(_declarations()))
            _fill(draw, child, depth - 1)
        child.tail = draw(texts())


def _names() -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(_URIS), st.sampled_from(_NAMES)).map(lambda name: f"{{{name[0]}}}{name[1]}")


def _attributes() -> st.SearchStrategy[dict[str, str]]:
    values = st.lists(st.sampled_from(_SPECIAL + _PLAIN), max_size=5).map("".join)
    return st.dictionaries(_names() | st.sampled_from(_NAMES), values, max_size=3)


def _declarations() -> st.SearchStrategy[dict[str | None, str]]:
    return st.dictionaries(st.sampled_from(_PREFIXES), st.sampled_from(_URIS), max_size=3)
