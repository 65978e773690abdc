"""A text that matches several patterns at once, found by following all of them character by character.

Where two steps of a derivation have patterns, a text written after one seldom happens to match the other.
"""

from collections.abc import Iterator
from typing import Final

from gateway.library.sampling.characters import READABLE, CharacterSet
from gateway.library.sampling.patterns import LONGEST, Branches, One, Pattern, Repeated, Sequence

_MOST_STATES: Final = 3_000
_MOST_STEPS: Final = 3_000

_Item = tuple[Pattern, int, int | None]
"""A pattern; of one that is repeated, how often it still must and may come."""

_Rest = tuple[_Item, ...]
"""What is to be matched yet, in order."""

_State = tuple[frozenset[_Rest], ...]
"""Of each pattern the ways in which it may go on."""

_Head = tuple[CharacterSet, _Rest]


class _TooMany(Exception):
    """The patterns go on in more ways than are followed."""


def common_text(steps: list[list[Pattern]], shortest: int, longest: int | None, start: int) -> str | None:
    """Return one of the shortest texts within the bounds that match a pattern of every step.

    None where there is none, or the search takes too long. `start` is a number that varies the choice.
    """
    try:
        return _search(steps, shortest, min(longest or LONGEST, LONGEST), start)
    except _TooMany:
        return None


def _search(steps: list[list[Pattern]], shortest: int, longest: int, start: int) -> str | None:
    known = "".join(dict.fromkeys((*READABLE, *(end for step in steps for one in step for end in _ends(one)))))
    turn = start % len(known)
    follower = _Follower(known[turn:] + known[:turn])
    level: dict[_State, str] = {tuple(frozenset((_item(one),) for one in step) for step in steps): ""}
    seen: set[_State] = set()
    states = 0
    for length in range(longest + 1):
        found: dict[_State, str] = {}
        for state, text in level.items():
            if length >= shortest and follower.may_end(state):
                return text
            for character, after in follower.next_states(state):
                if after not in seen:
                    found.setdefault(after, text + character)
        # Before the shortest length, the same state may be met again: it is another number of characters.
        seen.update(found if length >= shortest else ())
        states += len(found)
        if states > _MOST_STATES:
            raise _TooMany
        level = found
    return None


class _Follower:
    """Takes states on by one of the characters `known`, and remembers what it has found out on the way."""

    def __init__(self, known: str) -> None:
        self._known = known
        self._columns: dict[CharacterSet, str] = {}
        self._heads: dict[frozenset[_Rest], tuple[list[tuple[str, _Rest]], bool]] = {}

    def may_end(self, state: _State) -> bool:
        """Tell whether the text may end where every pattern is."""
        return all(self._heads_of(rests)[1] for rests in state)

    def next_states(self, state: _State) -> Iterator[tuple[str, _State]]:
        """Yield one character of each kind that every pattern can go on with, and where it leads."""
        heads = [self._heads_of(rests)[0] for rests in state]
        for place in _places([dict.fromkeys(column for column, _ in of_one) for of_one in heads]):
            yield (
                self._known[place],
                tuple(frozenset(rest for column, rest in of_one if column[place] == "1") for of_one in heads),
            )

    def _heads_of(self, rests: frozenset[_Rest]) -> tuple[list[tuple[str, _Rest]], bool]:
        """Return what may come next, as the column of its characters, with what then remains."""
        found = self._heads.get(rests)
        if found is None:
            heads, may_end = _heads(rests)
            found = self._heads[rests] = [(self._column(held), rest) for held, rest in heads], may_end
        return found

    def _column(self, held: CharacterSet) -> str:
        """Return for each known character whether the set holds it, as "1" or "0"."""
        found = self._columns.get(held)
        if found is None:
            found = self._columns[held] = "".join(map(held.bits.__getitem__, self._known))
        return found


def _places(columns: list[dict[str, None]]) -> Iterator[int]:
    """Yield the first place of each kind that at least one column of each pattern holds."""
    kinds: set[tuple[str, ...]] = set()
    held_by_all = [[max(bits) for bits in zip(*of_one, strict=True)] for of_one in columns]
    if not all(held_by_all):
        return
    for place, kind in enumerate(zip(*(column for of_one in columns for column in of_one), strict=True)):
        if kind not in kinds:
            kinds.add(kind)
            if all(held[place] == "1" for held in held_by_all):
                yield place


def _heads(rests: frozenset[_Rest]) -> tuple[list[_Head], bool]:
    """Return what may come next and what then remains, and whether nothing need come."""
    heads: list[_Head] = []
    may_end = False
    waiting, seen = list(rests), set(rests)
    while waiting:
        rest = waiting.pop()
        if not rest:
            may_end = True
        elif isinstance(rest[0][0], One):
            heads.append((rest[0][0].characters, rest[1:]))
        else:
            for other in _unfolded(rest):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        if len(seen) > _MOST_STEPS:
            raise _TooMany
    return heads, may_end


def _unfolded(rest: _Rest) -> Iterator[_Rest]:
    (pattern, least, most), after = rest[0], rest[1:]
    if isinstance(pattern, Sequence):
        yield (*map(_item, pattern.parts), *after)
    elif isinstance(pattern, Branches):
        yield from ((_item(branch), *after) for branch in pattern.branches)
    elif isinstance(pattern, Repeated):
        if not least:
            yield after
        if most is None or most > 0:
            again = (pattern, max(least - 1, 0), None if most is None else most - 1)
            yield (_item(pattern.part), again, *after)


def _item(pattern: Pattern) -> _Item:
    return (pattern, pattern.least, pattern.most) if isinstance(pattern, Repeated) else (pattern, 0, None)


def _ends(pattern: Pattern) -> Iterator[str]:
    """Yield the characters that the sets of a pattern name."""
    if isinstance(pattern, One):
        yield from pattern.characters.named()
    parts = pattern.parts if isinstance(pattern, Sequence) else getattr(pattern, "branches", ())
    for part in (pattern.part,) if isinstance(pattern, Repeated) else parts:
        yield from _ends(part)
