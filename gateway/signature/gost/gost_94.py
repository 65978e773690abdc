"""GOST R 34.11-94 with CryptoPro's parameters (RFC 5831; RFC 4357, section 11.2): old messages are to be verified, too.

Plain Python: some dozens of short messages a second; `digests.new_old` prefers a library.
"""

from typing import Final

_ROWS: Final = (
    "A4568137DCE092BF",
    "5F402DB91763CEA8",
    "7FCE94103B526A8D",
    "4A7C0F28E165DB93",
    "764B9C2A180EFD35",
    "7624D9F0A15B8EC3",
    "DE41705A3C8F629B",
    "13A95B4F867ED02C",
)
"""The substitution of each half-byte, the least significant first (id-GostR3411-94-CryptoProParamSet)."""
_BOXES: Final = tuple(
    tuple(int(_ROWS[2 * pair][value & 15], 16) | int(_ROWS[2 * pair + 1][value >> 4], 16) << 4 for value in range(256))
    for pair in range(4)
)
_BLOCK: Final = 32
_MODULUS: Final = 1 << 256
_WORD: Final = 0xFFFFFFFF
_C3: Final = 0xFF00FFFF000000FFFF0000FF00FFFF0000FF00FF00FF00FFFF00FF00FF00FF00


def _encrypt(block: int, key: int) -> int:
    """Encrypt 64 bits (RFC 5830, simple substitution)."""
    keys = [key >> 32 * number & _WORD for number in range(8)]
    low, high = block & _WORD, block >> 32
    for subkey in (*keys * 3, *reversed(keys)):
        total = (low + subkey) & _WORD
        boxed = (
            _BOXES[0][total & 255]
            | _BOXES[1][total >> 8 & 255] << 8
            | _BOXES[2][total >> 16 & 255] << 16
            | _BOXES[3][total >> 24] << 24
        )
        low, high = high ^ ((boxed << 11 | boxed >> 21) & _WORD), low
    return low << 32 | high


def _a(y: int) -> int:
    y1, y2 = y & 0xFFFFFFFFFFFFFFFF, y >> 64 & 0xFFFFFFFFFFFFFFFF
    return (y1 ^ y2) << 192 | y >> 64


def _p(y: int) -> int:
    raw = y.to_bytes(_BLOCK, "little")
    return int.from_bytes(bytes(raw[8 * place + word] for word in range(8) for place in range(4)), "little")


def _psi(y: int, times: int) -> int:
    for _ in range(times):
        words = [y >> 16 * place & 0xFFFF for place in (0, 1, 2, 3, 12, 15)]
        folded = 0
        for word in words:
            folded ^= word
        y = y >> 16 | folded << 240
    return y


def _step(state: int, block: int) -> int:
    """The step function: keys, encryption, mixing (RFC 5831, section 6)."""
    u, v = state, block
    keys = [_p(u ^ v)]
    for constant in (0, _C3, 0):
        u, v = _a(u) ^ constant, _a(_a(v))
        keys.append(_p(u ^ v))
    encrypted = 0
    for number, key in enumerate(keys):
        encrypted |= _encrypt(state >> 64 * number & 0xFFFFFFFFFFFFFFFF, key) << 64 * number
    return _psi(state ^ _psi(block ^ _psi(encrypted, 12), 1), 61)


class Gost94:
    """A digest in the making."""

    def __init__(self) -> None:
        self._state = self._total = self._length = 0
        self._rest = b""

    def update(self, data: bytes) -> None:
        """Take more."""
        held = self._rest + data
        whole = len(held) // _BLOCK * _BLOCK
        for start in range(0, whole, _BLOCK):
            block = int.from_bytes(held[start : start + _BLOCK], "little")
            self._state = _step(self._state, block)
            self._total = (self._total + block) % _MODULUS
        self._length += 8 * whole
        self._rest = held[whole:]

    def digest(self) -> bytes:
        """Return the digest of what was taken so far, 32 bytes, the least significant first."""
        state, total = self._state, self._total
        if self._rest:
            block = int.from_bytes(self._rest, "little")
            state, total = _step(state, block), (total + block) % _MODULUS
        state = _step(state, self._length + 8 * len(self._rest))
        return _step(state, total).to_bytes(_BLOCK, "little")
