"""A text that matches several patterns at once, found by following all of them character by character.

Where two steps of a derivation have patterns, a text written after one seldom happens to match the other.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count, product
from typing import Final

from gateway.library.sampling.characters import READABLE, CharacterSet
from gateway.library.sampling.patterns import LONGEST, Branches, One, Pattern, Repeated, Sequence, sums

_MOST_MOVES: Final = 300_000
"""Ways of going on by one character that are looked at before a search gives up."""

_Item = tuple[Pattern, int, int | None]
"""A pattern; of one that is repeated, how often it still must and may come."""

_Rest = tuple[_Item, ...]
"""What is to be matched yet, in order: one way to go on with a pattern, of which there may be many."""

_Heads = dict[_Rest, int]
"""What remains after one character, with the characters that lead there, as bits of the known ones."""


class _TooMany(Exception):
    """The patterns go on in more ways than are followed."""


def common_text(steps: list[list[Pattern]], shortest: int, longest: int | None, start: int) -> str | None:
    """Return one of the shortest texts within the bounds that match a pattern of every step.

    None where there is none, or the search takes too long. `start` is a number that varies the choice.
    """
    named = (character for step in steps for one in step for character in _characters(one))
    known = "".join(dict.fromkeys((*READABLE, *named)))
    turn = start % len(known)
    try:
        return _search(steps, shortest, min(longest or LONGEST, LONGEST), known[turn:] + known[:turn])
    except _TooMany:
        return None


def _search(steps: list[list[Pattern]], shortest: int, longest: int, known: str) -> str | None:
    """Take the rests of one way through each pattern on together, first those that can end soonest.

    No length is promised that the patterns do not allow, so the text that is found first is one of the shortest.
    """
    follower, orders, moves = _Follower(known), count(), 0
    waiting: list[tuple[int, int, int, tuple[_Rest, ...], str]] = []
    seen: set[tuple[tuple[_Rest, ...], int]] = set()

    def wait(rests: tuple[_Rest, ...], text: str) -> None:
        # At the shortest length and beyond it makes no difference how many characters there were.
        place = (rests, min(len(text), shortest))
        least = follower.least(rests, shortest - len(text), longest - len(text))
        if least is not None and place not in seen:
            seen.add(place)
            heappush(waiting, (len(text) + least, -len(text), next(orders), rests, text))

    for beginning in product(*([(_item(one),) for one in step] for step in steps)):
        wait(beginning, "")
    while waiting:
        ends, _, _, rests, text = heappop(waiting)
        if ends == len(text):
            return text
        for character, after in follower.moves(rests):
            wait(after, text + character)
            moves += 1
            if moves > _MOST_MOVES:
                raise _TooMany
    return None


class _Follower:
    """Tells where rests lead by one of the characters `known`, and remembers what it has found out."""

    def __init__(self, known: str) -> None:
        self._known: Final = known
        self._sets: dict[CharacterSet, int] = {}
        self._heads: dict[_Rest, _Heads] = {}
        self._lengths: dict[_Rest, int] = {}

    def least(self, rests: Iterable[_Rest], shortest: int, longest: int) -> int | None:
        """Return the least length within the bounds that all rests have; None if there is none."""
        common = (2 << longest) - 1 if longest >= 0 else 0
        for rest in rests:
            common &= self._lengths_of(rest)
        common = common >> max(shortest, 0) << max(shortest, 0)
        return (common & -common).bit_length() - 1 if common else None

    def moves(self, rests: Iterable[_Rest]) -> Iterator[tuple[str, tuple[_Rest, ...]]]:
        """Yield what may remain of each rest after one character that all of them can go on with."""
        found: dict[tuple[_Rest, ...], int] = {(): -1}
        for rest in rests:
            heads = self._heads_of(rest)
            found = {
                (*befores, after): held & common
                for befores, held in found.items()
                for after, common in heads.items()
                if held & common
            }
        yield from ((self._known[(held & -held).bit_length() - 1], after) for after, held in found.items())

    def _lengths_of(self, rest: _Rest) -> int:
        # In a loop, because a pattern may be a sequence of a thousand characters.
        unknown = []
        while rest and rest not in self._lengths:
            unknown.append(rest)
            rest = rest[1:]
        found = self._lengths[rest] if rest else 1
        for longer in reversed(unknown):
            found = self._lengths[longer] = sums(_lengths(longer[0]), found)
        return found

    def _heads_of(self, rest: _Rest) -> _Heads:
        found = self._heads.get(rest)
        if found is None:
            found = self._heads[rest] = {}
            for item, after in self._openings(rest):
                for before, held in self._heads_of_item(item).items():
                    found[before + after] = found.get(before + after, 0) | held
        return found

    def _openings(self, rest: _Rest) -> Iterator[tuple[_Item, _Rest]]:
        """Yield each item that the next character may belong to: the first, and those after empty ones."""
        for index, item in enumerate(rest):
            yield item, rest[index + 1 :]
            if not _lengths(item) & 1:
                return

    def _heads_of_item(self, item: _Item) -> _Heads:
        pattern, least, most = item
        if isinstance(pattern, One):
            return {(): self._held(pattern.characters)}
        if isinstance(pattern, Sequence):
            return self._heads_of(tuple(map(_item, pattern.parts)))
        found: _Heads = {}
        if isinstance(pattern, Branches):
            for branch in pattern.branches:
                for before, held in self._heads_of((_item(branch),)).items():
                    found[before] = found.get(before, 0) | held
        elif isinstance(pattern, Repeated) and most != 0:
            # No round need be empty: a part that may be need not come at all (see _item).
            again = (pattern, max(least - 1, 0), None if most is None else most - 1)
            remains = () if again[2] == 0 else (again,)
            found = {(*before, *remains): held for before, held in self._heads_of((_item(pattern.part),)).items()}
        return found

    def _held(self, characters: CharacterSet) -> int:
        found = self._sets.get(characters)
        if found is None:
            bits = "".join(map(characters.bits.__getitem__, reversed(self._known)))
            found = self._sets[characters] = int(bits, 2)
        return found


def _item(pattern: Pattern) -> _Item:
    if isinstance(pattern, Repeated):
        # The rounds that must come may be empty ones if the part may be empty, and then none must come.
        return pattern, 0 if pattern.part.lengths & 1 else pattern.least, pattern.most
    return pattern, 0, None


def _lengths(item: _Item) -> int:
    pattern, least, most = item
    return pattern.lengths_within(least, most) if isinstance(pattern, Repeated) else pattern.lengths


def _characters(pattern: Pattern) -> Iterator[str]:
    """Yield the characters that the sets of a pattern name, and one of each set."""
    if isinstance(pattern, One):
        yield from pattern.characters.named()
        yield from filter(None, (pattern.characters.example,))
    parts = pattern.parts if isinstance(pattern, Sequence) else getattr(pattern, "branches", ())
    for part in (pattern.part,) if isinstance(pattern, Repeated) else parts:
        yield from _characters(part)
