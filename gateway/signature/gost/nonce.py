"""The number k of a signature, derived from key and digest: the scheme of RFC 6979, section 3.2, over HMAC-SHA-512.

No chance is drawn: the same key signs the same digest with the same bytes, which journals of one seed rely on.
"""

import hmac
from collections.abc import Iterator
from typing import Final

from gateway.signature.gost.keys import PrivateKey

_HASH: Final = "sha512"
_LENGTH: Final = 64


def nonces(key: PrivateKey, digest: bytes) -> Iterator[int]:
    """Yield candidates, each between 1 and q - 1; nearly always the first will do."""
    q, size = key.curve.q, key.curve.size
    surplus = 8 * size - q.bit_length()
    seed = key.big_endian + digest
    value, secret = b"\x01" * _LENGTH, bytes(_LENGTH)
    for separator in (b"\x00", b"\x01"):
        secret = hmac.digest(secret, value + separator + seed, _HASH)
        value = hmac.digest(secret, value, _HASH)
    while True:
        value = hmac.digest(secret, value, _HASH)
        candidate = int.from_bytes(value[:size], "big") >> surplus
        if 0 < candidate < q:
            yield candidate
        secret = hmac.digest(secret, value + b"\x00", _HASH)
        value = hmac.digest(secret, value, _HASH)
