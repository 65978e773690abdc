"""Chance for one place of a sample: the same seed draws the same, on every machine and in every Python."""

from collections.abc import Sequence
from random import Random  # noqa: TID251 only seeded instances are made, and only of this class
from typing import Final, TypeVar

_T = TypeVar("_T")


class Draw:
    """Draws from a generator of its own, so that what is drawn elsewhere changes nothing here."""

    def __init__(self, *seed: object) -> None:
        # Only random() is promised to stay the same from one Python to the next; choice() and such are not.
        self._next: Final = Random("/".join(map(str, seed))).random  # noqa: S311 nothing secret is made of it

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        return int(self._next() * limit)

    def pick(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]
