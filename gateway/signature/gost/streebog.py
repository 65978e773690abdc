"""Streebog (GOST R 34.11-2012; RFC 6986) in plain Python: right, and a hundred times slower than compiled code.

A block of 64 bytes is one number whose least significant byte is the block's first.
"""

from functools import cache
from typing import Final

from gateway.signature.gost.streebog_constants import MATRIX, PI, ROUND_CONSTANTS

_BLOCK: Final = 64
_MODULUS: Final = 1 << 512
_ROUNDS: Final = tuple(int.from_bytes(constant, "little") for constant in ROUND_CONSTANTS)


@cache
def _tables() -> tuple[tuple[int, ...], ...]:
    """What each value of each byte adds to LPS of a block (5.2 to 5.4): byte 8 j + i goes to byte j of word i."""
    words = [int.from_bytes(MATRIX[8 * row : 8 * row + 8], "big") for row in range(64)]
    tables = []
    for position in range(_BLOCK):
        word, place = divmod(position, 8)
        table = []
        for value in PI:
            found = 0
            for bit in range(8):
                if value >> bit & 1:
                    found ^= words[63 - (8 * word + bit)]
            table.append(found << (64 * place))
        tables.append(tuple(table))
    return tuple(tables)


def _lps(block: int) -> int:
    found = 0
    for table, value in zip(_tables(), block.to_bytes(_BLOCK, "little"), strict=True):
        found ^= table[value]
    return found


def _compress(state: int, length: int, block: int) -> int:
    """g_N of section 8."""
    key, text = _lps(state ^ length), block
    for constant in _ROUNDS:
        text = _lps(text ^ key)
        key = _lps(key ^ constant)
    return state ^ text ^ key ^ block


class Streebog:
    """A digest in the making; `size` is 32 or 64 bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._state = int.from_bytes(bytes([1]) * _BLOCK, "little") if size == 32 else 0
        self._length = self._sum = 0
        self._rest = b""

    def update(self, data: bytes) -> None:
        """Take more."""
        held = self._rest + data
        whole = len(held) // _BLOCK * _BLOCK
        for start in range(0, whole, _BLOCK):
            block = int.from_bytes(held[start : start + _BLOCK], "little")
            self._state = _compress(self._state, self._length, block)
            self._length = (self._length + 8 * _BLOCK) % _MODULUS
            self._sum = (self._sum + block) % _MODULUS
        self._rest = held[whole:]

    def digest(self) -> bytes:
        """Return the digest of what was taken so far (section 9.3)."""
        block = int.from_bytes(self._rest + b"\x01", "little")
        state = _compress(self._state, self._length, block)
        state = _compress(state, 0, (self._length + 8 * len(self._rest)) % _MODULUS)
        state = _compress(state, 0, (self._sum + block) % _MODULUS)
        return state.to_bytes(_BLOCK, "little")[_BLOCK - self._size :]
