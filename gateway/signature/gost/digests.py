"""Where Streebog is computed: our own C, libgcrypt, nettle, OpenSSL with a GOST provider, plain Python.

The older GOST R 34.11-94 is computed by libgcrypt, or by plain Python.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from gateway.signature.gost import streebog
from gateway.signature.gost.gost_94 import Gost94
from gateway.signature.gost.libraries import Digest, Libgcrypt, Nettle
from gateway.signature.gost.streebog_constants import MATRIX, PI, ROUND_CONSTANTS

try:
    from gateway.signature.gost import _native
except ImportError:  # no compiler was there when this was installed
    _native = None  # type: ignore[assignment]
else:
    _native.streebog_constants(PI, MATRIX, b"".join(ROUND_CONSTANTS))


@dataclass(frozen=True, slots=True)
class DigestBackEnd:
    """`new` begins a digest of 32 or 64 bytes; `whole` is one at a go."""

    name: str
    new: Callable[[int], Digest]
    whole: Callable[[int, bytes], bytes]


def _whole_by(new: Callable[[int], Digest]) -> Callable[[int, bytes], bytes]:
    def whole(size: int, data: bytes) -> bytes:
        made = new(size)
        made.update(data)
        return made.digest()

    return whole


class _Native:
    def __init__(self, size: int) -> None:
        self._state = _native.streebog_begin(size)

    def update(self, data: bytes) -> None:
        self._state = _native.streebog_more(self._state, data)

    def digest(self) -> bytes:
        return _native.streebog_done(self._state)


def _native_whole(size: int, data: bytes) -> bytes:
    return _native.streebog256(data) if size == 32 else _native.streebog512(data)


def _native_back_end() -> DigestBackEnd | None:
    return None if _native is None else DigestBackEnd("c", _Native, _native_whole)


def _libgcrypt() -> DigestBackEnd | None:
    try:
        library = Libgcrypt()
        library.new(Libgcrypt.STREEBOG[64], 64)
    except (OSError, AttributeError):
        return None
    return DigestBackEnd(
        "libgcrypt",
        lambda size: library.new(Libgcrypt.STREEBOG[size], size),
        lambda size, data: library.whole(Libgcrypt.STREEBOG[size], size, data),
    )


def _nettle() -> DigestBackEnd | None:
    try:
        library = Nettle()
    except (OSError, AttributeError, ValueError):
        return None
    return DigestBackEnd("nettle", library.new, _whole_by(library.new))


class _Openssl:
    def __init__(self, size: int) -> None:
        self._made: Any = hashlib.new("md_gost12_256" if size == 32 else "md_gost12_512")

    def update(self, data: bytes) -> None:
        self._made.update(data)

    def digest(self) -> bytes:
        found: bytes = self._made.digest()
        return found


def _openssl() -> DigestBackEnd | None:
    try:
        _Openssl(32)
    except ValueError:
        return None
    return DigestBackEnd("openssl", _Openssl, _whole_by(_Openssl))


PLAIN: Final = DigestBackEnd("python", streebog.Streebog, _whole_by(streebog.Streebog))


def available() -> dict[str, DigestBackEnd]:
    """Return what computes Streebog on this machine, the best first."""
    found = (_native_back_end(), _libgcrypt(), _nettle(), _openssl(), PLAIN)
    return {back_end.name: back_end for back_end in found if back_end is not None}


@cache
def _new_old() -> Callable[[], Digest]:
    try:
        library = Libgcrypt()
        library.new(Libgcrypt.GOST_94_CRYPTOPRO, 32)
    except (OSError, AttributeError):
        return Gost94
    return lambda: library.new(Libgcrypt.GOST_94_CRYPTOPRO, 32)


def new_old() -> Digest:
    """Begin a digest by GOST R 34.11-94 with CryptoPro's parameters."""
    return _new_old()()
