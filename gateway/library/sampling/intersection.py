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
    known = "".join(dict.fromkeys((*READABLE, *(end for step in steps for one in step for end in _ends(one)))))
    turn = start % len(known)
    try:
        return _search(steps, shortest, min(longest or LONGEST, LONGEST), known[turn:] + known[:turn])
    except _TooMany:
        return None


def _search(steps: list[list[Pattern]], shortest: int, longest: int, known: str) -> str | None:
    level: dict[_State, str] = {tuple(frozenset((_item(one),) for one in step) for step in steps): ""}
    seen: set[_State] = set()
    states = 0
    for length in range(longest + 1):
        found: dict[_State, str] = {}
        for state, text in level.items():
            heads = [_heads(rests) for rests in state]
            if length >= shortest and all(may_end for _, may_end in heads):
                return text
            for character in _characters([of_one for of_one, _ in heads], known):
                after = tuple(frozenset(rest for held, rest in of_one if character in held) for of_one, _ in heads)
                if after not in seen:
                    found.setdefault(after, text + character)
        # Before the shortest length, the same state may be met again: it is another number of characters.
        seen.update(found if length >= shortest else ())
        states += len(found)
        if states > _MOST_STATES:
            raise _TooMany
        level = found
    return None


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


def _characters(heads: list[list[_Head]], known: str) -> Iterator[str]:
    """Yield one character of each kind that every pattern can go on with."""
    kinds: set[tuple[str, ...]] = set()
    for character in known:
        kind = tuple("".join(held.bits[character] for held, _ in of_one) for of_one in heads)
        if all("1" in bits for bits in kind) and kind not in kinds:
            kinds.add(kind)
            yield character


def _item(pattern: Pattern) -> _Item:
    return (pattern, pattern.least, pattern.most) if isinstance(pattern, Repeated) else (pattern, 0, None)


def _ends(pattern: Pattern) -> Iterator[str]:
    """Yield the characters that the sets of a pattern name."""
    if isinstance(pattern, One):
        yield from pattern.characters.named()
    parts = pattern.parts if isinstance(pattern, Sequence) else getattr(pattern, "branches", ())
    for part in (pattern.part,) if isinstance(pattern, Repeated) else parts:
        yield from _ends(part)
