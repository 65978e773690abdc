"""Which of these is most like which of those: contents by the values that they share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.recording.masks import Node

Facts = Counter[tuple[str, ...]]

_WEIGHED: Final = 10_000
"""Pairs that are weighed against each other, 100 by 100; of more only those are that share a rare value."""
_RARE: Final = 20
"""How many at most have a value that tells them from the others."""


def facts(node: Node) -> Facts:
    """Return what an element says: each element, attribute and text in it with its path, and how often."""
    found: Facts = Counter()
    _gather(node, "", found)
    return found


def apart(old: Facts, new: Facts) -> int:
    """Return how many facts are on one side only."""
    return (old - new).total() + (new - old).total()


def nearest(old: Sequence[Facts], new: Sequence[Facts]) -> list[tuple[int, int]]:
    """Pair every one of the shorter side, by index: the most alike first, at last by their order."""
    if len(old) * len(new) <= _WEIGHED:
        ranked = sorted((apart(left, right), i, j) for i, left in enumerate(old) for j, right in enumerate(new))
        return _first_come((i, j) for _, i, j in ranked)
    shared: Counter[tuple[int, int]] = Counter()
    having: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, left in enumerate(old):
        for fact in left:
            having[fact].append(i)
    for j, right in enumerate(new):
        shared.update((i, j) for fact in right if len(having.get(fact, ())) <= _RARE for i in having.get(fact, ()))
    found = _first_come(sorted(shared, key=lambda both: (-shared[both], both)))
    taken_old, taken_new = {i for i, _ in found}, {j for _, j in found}
    rest_old = (i for i in range(len(old)) if i not in taken_old)
    rest_new = (j for j in range(len(new)) if j not in taken_new)
    return found + list(zip(rest_old, rest_new, strict=False))


def _first_come(ranked: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in ranked:
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return list(found.items())


def _gather(node: Node, above: str, found: Facts) -> None:
    path = f"{above}/{node.tag}"
    found[(path,)] += 1
    if node.text:
        found[(path, node.text)] += 1
    for name, value in node.attributes:
        found[(path, name, value)] += 1
    for child in node.children:
        _gather(child, path, found)
