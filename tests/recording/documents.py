"""Documents for comparing: a tree, and the many ways in which one writes it."""

from dataclasses import dataclass
from random import Random  # noqa: TID251 - hypothesis gives the seeded one
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from gateway import xml
from gateway.xml import Element

_NAMES = ("Лицо", "Item", "code", "дата")
_URIS = ("urn:a", "urn:b")
_VALUES = ("", "1", "2013-03-04", "Иванов & <Ко>", 'говорит "да"')


@dataclass(frozen=True)
class Tree:
    uri: str
    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    children: tuple["Tree", ...] = ()


def trees(depth: int = 2) -> st.SearchStrategy[Tree]:
    """Trees of elements; those with children have no text of their own."""
    children = st.lists(trees(depth - 1), max_size=4).map(tuple) if depth else st.just(())
    attributes = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(_VALUES), max_size=3)
    return st.builds(
        lambda uri, name, given, text, below: Tree(uri, name, tuple(given.items()), "" if below else text, below),
        st.sampled_from(_URIS),
        st.sampled_from(_NAMES),
        attributes,
        st.sampled_from(_VALUES),
        children,
    )


def parsed(tree: Tree, style: Random | None = None) -> Element:
    """Return the tree as a document, written in some way: `style` chooses prefixes, order, blanks and comments."""
    return xml.parse(_written(tree, style).encode())


def _written(tree: Tree, style: Random | None) -> str:
    if style is None:
        prefix, blank = "", ""
    else:
        prefix, blank = style.choice(("", "p", "ns2")), style.choice(("", "\n  ", " <!-- note --> ", "<?target x?>"))
    attributes = list(tree.attributes)
    if style is not None:
        style.shuffle(attributes)
    name = f"{prefix}:{tree.name}" if prefix else tree.name
    declared = f" xmlns{':' if prefix else ''}{prefix}={quoteattr(tree.uri)}"
    given = "".join(f" {attribute}={quoteattr(value)}" for attribute, value in attributes)
    inside = escape(tree.text)
    if tree.children:
        inside = blank.join(["", *(_written(child, style) for child in tree.children), ""])
    return f"<{name}{declared}{given}>{inside}</{name}>"
