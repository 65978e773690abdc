"""How two masked contents differ: one difference for each value, at the path of its element.

A list is aligned before its items are compared, so that an inserted item is one difference and not one for every item
after it; items of an unordered list are paired with the most alike.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from gateway.recording.alignment import aligned
from gateway.recording.masks import Node
from gateway.recording.nearest import apart, facts


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that changed, at the path of its element or attribute below the root; "." is the root itself.

    None says that it is not there. An element with children that is on one side only is written as XML, without
    namespaces. A position counts among the elements of the same name, and is that of the old one where there is one.
    """

    path: str
    old: str | None
    new: str | None


def differences(old: Node, new: Node) -> list[Difference]:
    """Return what differs, in the order of the old document; empty exactly when the two are equal."""
    if old == new:
        return []
    # Of several alignments that are equally good either direction finds the same: what was added one way is what is
    # removed the other way.
    if swapped := tuple(old) > tuple(new):
        old, new = new, old
    found = _elements(old, new, _Place("", ""))
    return [each.difference(swapped=swapped) for each in found]


def distance(old: Node, new: Node) -> int:
    """Return how many values differ, those of one side and those of the other: 0 of equal ones."""
    return 0 if old == new else apart(facts(old), facts(new))


class _Place(NamedTuple):
    """Where the two elements stand, each in its own document."""

    old: str
    new: str

    def below(self, step: str) -> "_Place":
        return self.to(step, step)

    def to(self, old: str, new: str) -> "_Place":
        return _Place(f"{self.old}/{old}" if self.old else old, f"{self.new}/{new}" if self.new else new)


class _Found(NamedTuple):
    place: _Place
    old: str | None
    new: str | None

    def difference(self, *, swapped: bool) -> Difference:
        place, old, new = self
        paths = _Place(place.new, place.old) if swapped else place
        if swapped:
            old, new = new, old
        return Difference((paths.new if old is None else paths.old) or ".", old, new)


def _elements(old: Node, new: Node, place: _Place) -> Iterator[_Found]:
    if old.tag != new.tag:
        # Roots only: children of other names are never paired.
        yield _Found(place, old.tag, new.tag)
        return
    yield from _attributes(old, new, place)
    if old.text != new.text:
        yield _Found(place, old.text, new.text)
    if old.children != new.children:
        yield from _children(old.children, new.children, place)


def _attributes(old: Node, new: Node, place: _Place) -> Iterator[_Found]:
    if old.attributes == new.attributes:
        return
    before, after = dict(old.attributes), dict(new.attributes)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield _Found(place.below("@" + name.rpartition("}")[2]), before.get(name), after.get(name))


def _children(old: Sequence[Node], new: Sequence[Node], place: _Place) -> Iterator[_Found]:
    steps_old, steps_new = _steps(old), _steps(new)
    for before, after in aligned(old, new):
        if before is None and after is not None:
            yield _Found(place.to("", steps_new[after]), None, written(new[after]))
        elif after is None and before is not None:
            yield _Found(place.to(steps_old[before], ""), written(old[before]), None)
        elif before is not None and after is not None and old[before] != new[after]:
            yield from _elements(old[before], new[after], place.to(steps_old[before], steps_new[after]))


def _steps(children: Sequence[Node]) -> list[str]:
    """Return the last step of each child's path: the name, with a position where several have it."""
    several = Counter(child.name for child in children)
    seen: Counter[str] = Counter()
    steps = []
    for child in children:
        seen[child.name] += 1
        steps.append(f"{child.name}[{seen[child.name]}]" if several[child.name] > 1 else child.name)
    return steps


def written(node: Node) -> str:
    """Return a whole element as a value: the text of a leaf, else XML without namespaces."""
    return _xml(node) if node.children or node.attributes else node.text


def _xml(node: Node) -> str:
    attributes = "".join(f' {name.rpartition("}")[2]}="{escape(value)}"' for name, value in node.attributes)
    inside = escape(node.text, quote=False) + "".join(map(_xml, node.children))
    return f"<{node.name}{attributes}>{inside}</{node.name}>" if inside else f"<{node.name}{attributes}/>"
