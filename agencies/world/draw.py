"""Chance of a seeded world: each thing is drawn from a generator of its own, each number is one thing's alone.

So the order in which things are asked for changes nothing, and a number says, without any index, whose it is.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import blake2b
from struct import unpack
from typing import Final, TypeVar

_STEP: Final = 7_368_787  # a prime, so that ordinal * _STEP runs through all residues of a size it does not divide
_WORDS: Final = 16

Choice = TypeVar("Choice")


class Draw:
    """Chance for one thing of the world, the same in every run, for every order of asking and on every Python."""

    __slots__ = ("_block", "_key", "_words")

    def __init__(self, seed: int, kind: str, index: int) -> None:
        self._key = f"{seed}/{kind}/{index}"
        self._block = 0
        self._words: list[int] = []

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1; the limit is far below 2 ** 32."""
        if not self._words:
            self._words = list(unpack(f">{_WORDS}I", blake2b(f"{self._key}/{self._block}".encode()).digest()))
            self._block += 1
        return self._words.pop() * limit >> 32

    def percent(self, share: int) -> bool:
        """Return True in `share` of a hundred cases."""
        return self.below(100) < share

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.below(len(choices))]

    def day(self, first: date, last: date) -> date:
        """Return a day of the span; the first one where the span is empty."""
        return first + timedelta(days=self.below(max((last - first).days + 1, 1)))


class Spread:
    """A one-to-one map of ordinals onto numbers from 0 to `size` - 1, another one for each seed and kind."""

    __slots__ = ("_back", "_size", "_start")

    def __init__(self, seed: int, kind: str, size: int) -> None:
        self._size = size
        self._start = Draw(seed, kind, -1).below(size)
        self._back = pow(_STEP, -1, size)

    def number(self, ordinal: int) -> int:
        return (self._start + ordinal * _STEP) % self._size

    def ordinal(self, number: int) -> int:
        """Return whose `number` it is."""
        return (number - self._start) * self._back % self._size


class Source:
    """All the chance of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed: Final = seed
        self._spreads: dict[tuple[str, int], Spread] = {}

    def draw(self, kind: str, index: int) -> Draw:
        return Draw(self.seed, kind, index)

    def spread(self, kind: str, size: int) -> Spread:
        found = self._spreads.get((kind, size))
        if found is None:
            found = self._spreads[kind, size] = Spread(self.seed, kind, size)
        return found

    def ordinal_of(self, text: str, first: int, limit: int) -> int:
        """Return a number from `first` to `limit` - 1 for what is known by a text only."""
        return first + int.from_bytes(blake2b(f"{self.seed}/{text}".encode(), digest_size=8).digest()) % (limit - first)


def years_after(day: date, years: int) -> date:
    """Return the same day `years` later, 28 February for 29 February."""
    return date(day.year + years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def in_year(day: date, year: int, today: date) -> date:
    """Return `day` in a year that a number names; 2002 for one in which no register was kept, or that has not come."""
    year = year if 2002 <= year <= today.year else 2002
    return min(max(date(year, day.month, min(day.day, 28)), date(2002, 7, 1)), today)


def digits(text: str) -> str:
    """Return the digits of a number that people write with separators."""
    return "".join(filter(str.isdigit, text))
