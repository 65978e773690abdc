"""The key: every choice of a look-alike follows from it, from the sort of the value, and from the value.

The same key gives the same look-alikes in every recording; without it nobody tells which value stood there.
"""

import hashlib
import hmac
from collections.abc import Sequence
from math import isqrt
from typing import Final

_ROUNDS: Final = 8


class Secret:
    """A key that values are replaced by. Raises ValueError for an empty one."""

    def __init__(self, key: str) -> None:
        if not key:
            raise ValueError("expected a key of at least one character, found an empty one")
        self._key: Final = key.encode()

    def number(self, sort: str, value: str) -> int:
        """Return a number of 256 bits that follows from the key, the sort and the value."""
        return int.from_bytes(hmac.digest(self._key, f"{sort}\0{value}".encode(), hashlib.sha256), "big")

    def pick(self, sort: str, value: str, choices: Sequence[str]) -> str:
        """Choose for `value` one of `choices`, another than the value itself where there is another."""
        others = [each for each in choices if each != value] or choices
        return others[self.number(sort, value) % len(others)]

    def turned(self, sort: str, rank: int, size: int) -> int:
        """Return the number below `size` that stands for `rank`: another one for each, and never `rank` itself.

        A permutation of all numbers below `size` (a Feistel network, walked until it ends inside), around one step on
        a circle of all of them: a circle has no number that stays where it is. Only of `size` 1 there is no other.
        """
        if size < 2:
            return rank
        label = f"{sort}:{size}"
        step = 1 + self.number(label, "step") % (size - 1)
        return self._forth(label, (self._back(label, rank, size) + step) % size, size)

    def _forth(self, label: str, rank: int, size: int) -> int:
        side = isqrt(size - 1) + 1
        while True:
            left, right = divmod(rank, side)
            for turn in range(_ROUNDS):
                left, right = right, (left + self.number(label, f"{turn}:{right}")) % side
            rank = left * side + right
            if rank < size:
                return rank

    def _back(self, label: str, rank: int, size: int) -> int:
        side = isqrt(size - 1) + 1
        while True:
            left, right = divmod(rank, side)
            for turn in reversed(range(_ROUNDS)):
                left, right = (right - self.number(label, f"{turn}:{left}")) % side, left
            rank = left * side + right
            if rank < size:
                return rank
