"""Which child of one element is which of another: in order where order counts, the most alike where it does not."""

import difflib
from collections.abc import Sequence
from typing import Final

from gateway.recording.masks import Node
from gateway.recording.nearest import apart, facts, nearest

Pairs = list[tuple[int | None, int | None]]

_CELLS: Final = 2_500
"""Pairs of children that are weighed against each other, 50 by 50; longer lists are cut at what they have in common."""


def aligned(old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """Return which child of the old is which of the new, None of what the other does not have."""
    tags = [child.tag for child in old]
    if tags == [child.tag for child in new] and len(set(tags)) == len(tags):
        return [(index, index) for index in range(len(old))]  # the common case: a record, each field once
    loose = {child.tag for child in (*old, *new) if child.unordered}
    pairs = _in_order(_others(old, loose), _others(new, loose), old, new)
    for tag in sorted(loose):
        pairs += _best(_of(old, tag), _of(new, tag), old, new)
    return sorted(pairs, key=_by_old)


def _others(children: Sequence[Node], loose: set[str]) -> list[int]:
    return [index for index, child in enumerate(children) if child.tag not in loose]


def _of(children: Sequence[Node], tag: str) -> list[int]:
    return [index for index, child in enumerate(children) if child.tag == tag]


def _by_old(pair: tuple[int | None, int | None]) -> tuple[float, float]:
    before, after = pair
    return (before if before is not None else (after or 0) - 0.5, after if after is not None else -1)


def _best(before: list[int], after: list[int], old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """Pair items in any order: equal ones first, then the most alike; what is left over is on one side only."""
    there: dict[Node, list[int]] = {}
    for right in reversed(after):
        there.setdefault(new[right], []).append(right)
    pairs: Pairs = [(left, there[old[left]].pop()) for left in before if there.get(old[left])]
    taken = {right for _, right in pairs}
    settled = {left for left, _ in pairs}
    lefts = [left for left in before if left not in settled]
    rights = [right for right in after if right not in taken]
    found = nearest([facts(old[left]) for left in lefts], [facts(new[right]) for right in rights])
    pairs += [(lefts[i], rights[j]) for i, j in found]
    paired_old, paired_new = {i for i, _ in found}, {j for _, j in found}
    pairs += [(left, None) for i, left in enumerate(lefts) if i not in paired_old]
    return pairs + [(None, right) for j, right in enumerate(rights) if j not in paired_new]


def _in_order(before: list[int], after: list[int], old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """Pair items in their order, so that the fewest values differ."""
    start = 0
    while start < min(len(before), len(after)) and old[before[start]] == new[after[start]]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and old[before[-1 - end]] == new[after[-1 - end]]:
        end += 1
    equal: Pairs = list(zip(before[:start], after[:start], strict=True))
    equal += zip(before[len(before) - end :], after[len(after) - end :], strict=True)
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) <= _CELLS:
        return equal + _cheapest(before, after, old, new)
    return equal + _anchored(before, after, old, new)


def _anchored(before: list[int], after: list[int], old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """Align long lists at the runs that they share; what is between is short, or is paired as it comes."""
    matcher = difflib.SequenceMatcher(None, [old[i] for i in before], [new[i] for i in after], autojunk=False)
    pairs: Pairs = []
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        lefts, rights = before[left:left_end], after[right:right_end]
        if kind == "equal":
            pairs += zip(lefts, rights, strict=True)
        elif len(lefts) * len(rights) <= _CELLS:
            pairs += _cheapest(lefts, rights, old, new)
        else:
            pairs += _as_they_come(lefts, rights, old, new)
    return pairs


def _as_they_come(lefts: list[int], rights: list[int], old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    matcher = difflib.SequenceMatcher(None, [old[i].tag for i in lefts], [new[i].tag for i in rights], autojunk=False)
    pairs: Pairs = []
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            pairs += zip(lefts[left:left_end], rights[right:right_end], strict=True)
        else:
            pairs += [(index, None) for index in lefts[left:left_end]]
            pairs += [(None, index) for index in rights[right:right_end]]
    return pairs


def _cheapest(before: list[int], after: list[int], old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """Align by the least sum of what differs (edit distance over elements); only like-named ones are paired."""
    said_old = [facts(old[index]) for index in before]
    said_new = [facts(new[index]) for index in after]
    joining = [
        [apart(left, right) if old[i].tag == new[j].tag else None for j, right in zip(after, said_new, strict=True)]
        for i, left in zip(before, said_old, strict=True)
    ]
    steps = _steps(joining, [each.total() for each in said_old], [each.total() for each in said_new])
    return [(None if left is None else before[left], None if right is None else after[right]) for left, right in steps]


def _steps(joining: list[list[int | None]], dropping: list[int], adding: list[int]) -> Pairs:
    """Return the cheapest way through: by pairing (None: may not be), dropping and adding, each at its cost."""
    rows, columns = len(dropping), len(adding)
    costs = [[0] * (columns + 1) for _ in range(rows + 1)]
    choices: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows, -1, -1):
        for column in range(columns, -1, -1):
            ways = []
            if row < rows and column < columns and (cost := joining[row][column]) is not None:
                ways.append((cost + costs[row + 1][column + 1], (1, 1)))
            if row < rows:
                ways.append((dropping[row] + costs[row + 1][column], (1, 0)))
            if column < columns:
                ways.append((adding[column] + costs[row][column + 1], (0, 1)))
            if ways:
                costs[row][column], choices[row, column] = min(ways, key=lambda way: way[0])
    pairs: Pairs = []
    row = column = 0
    while (row, column) in choices:
        down, right = choices[row, column]
        pairs.append((row if down else None, column if right else None))
        row, column = row + down, column + right
    return pairs
