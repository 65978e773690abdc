"""The number k of a signature, derived from key and digest: the scheme of RFC 6979, section 3.2, over HMAC-SHA-512.

No chance is drawn: the same key signs the same digest with the same bytes, which journals of one seed rely on.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

from gateway.signature.gost.keys import PrivateKey

_LENGTH: Final = 64
_INNER, _OUTER = (bytes(value ^ pad for value in range(256)) for pad in (0x36, 0x5C))
_INNER_REST, _OUTER_REST = b"\x36" * _LENGTH, b"\x5c" * _LENGTH
"""What is left of SHA-512's block of 128 bytes behind a key of 64."""


def _hmac(key: bytes, message: bytes) -> bytes:
    """RFC 2104, with a key of 64 bytes: half the time of `hmac.digest`, of which a signature needs five."""
    inner = hashlib.sha512(key.translate(_INNER) + _INNER_REST + message).digest()
    return hashlib.sha512(key.translate(_OUTER) + _OUTER_REST + inner).digest()


def nonces(key: PrivateKey, digest: bytes) -> Iterator[int]:
    """Yield candidates, each between 1 and q - 1; nearly always the first will do."""
    q, size = key.curve.q, key.curve.size
    surplus = 8 * size - q.bit_length()
    seed = key.big_endian + digest
    value, secret = b"\x01" * _LENGTH, bytes(_LENGTH)
    for separator in (b"\x00", b"\x01"):
        secret = _hmac(secret, value + separator + seed)
        value = _hmac(secret, value)
    while True:
        value = _hmac(secret, value)
        candidate = int.from_bytes(value[:size], "big") >> surplus
        if 0 < candidate < q:
            yield candidate
        secret = _hmac(secret, value + b"\x00")
        value = _hmac(secret, value)
