"""Where Streebog is computed: our own C, libgcrypt, nettle, OpenSSL with a GOST provider, plain Python.

A library is called by `PyDLL`, which keeps the GIL: for the few microseconds of a message that is a quarter faster
beside a thread that writes.
"""

import ctypes
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from gateway.signature.gost import streebog
from gateway.signature.gost.streebog_constants import MATRIX, PI, ROUND_CONSTANTS

try:
    from gateway.signature.gost import _native  # type: ignore[attr-defined,unused-ignore]
except ImportError:  # no compiler was there when this was installed
    _native = None  # type: ignore[assignment,unused-ignore]
else:
    _native.streebog_constants(PI, MATRIX, b"".join(ROUND_CONSTANTS))


class Digest(Protocol):
    """A digest in the making."""

    def update(self, data: bytes) -> None:
        """Take more."""

    def digest(self) -> bytes:
        """Return the digest of what was taken so far."""


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
        self._state: bytes = _native.streebog_begin(size)

    def update(self, data: bytes) -> None:
        self._state = _native.streebog_more(self._state, bytes(data))

    def digest(self) -> bytes:
        found: bytes = _native.streebog_done(self._state)
        return found


def _native_whole(size: int, data: bytes) -> bytes:
    found: bytes = (_native.streebog256 if size == 32 else _native.streebog512)(bytes(data))
    return found


def _native_back_end() -> DigestBackEnd | None:
    return None if _native is None else DigestBackEnd("c", _Native, _native_whole)


_GCRYPT_NUMBERS: Final = {32: 309, 64: 310}
"""GCRY_MD_STRIBOG256 and GCRY_MD_STRIBOG512."""


def _declared_libgcrypt() -> Any:
    """Return the library with its functions' types.

    Raises: OSError, AttributeError where it is not there.
    """
    library = ctypes.PyDLL("libgcrypt.so.20")
    library.gcry_check_version.restype = ctypes.c_char_p
    library.gcry_check_version.argtypes = [ctypes.c_char_p]
    library.gcry_check_version(None)
    library.gcry_md_hash_buffer.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    library.gcry_md_hash_buffer.restype = None
    library.gcry_md_open.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_uint]
    library.gcry_md_copy.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p]
    library.gcry_md_write.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.gcry_md_write.restype = None
    library.gcry_md_read.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.gcry_md_read.restype = ctypes.c_void_p
    library.gcry_md_close.argtypes = [ctypes.c_void_p]
    library.gcry_md_close.restype = None
    return library


def _libgcrypt() -> DigestBackEnd | None:
    try:
        library = _declared_libgcrypt()
    except (OSError, AttributeError):
        return None

    return DigestBackEnd("libgcrypt", _gcrypt_of(library), _gcrypt_whole_of(library))


def _gcrypt_of(library: Any) -> Callable[[int], Digest]:
    class Gcrypt:
        def __init__(self, size: int) -> None:
            self._size, self._handle = size, ctypes.c_void_p()
            if library.gcry_md_open(ctypes.byref(self._handle), _GCRYPT_NUMBERS[size], 0):
                raise OSError("libgcrypt has no Streebog")

        def update(self, data: bytes) -> None:
            library.gcry_md_write(self._handle, bytes(data), len(data))

        def digest(self) -> bytes:
            copy = ctypes.c_void_p()
            if library.gcry_md_copy(ctypes.byref(copy), self._handle):
                raise MemoryError
            try:
                return ctypes.string_at(library.gcry_md_read(copy, _GCRYPT_NUMBERS[self._size]), self._size)
            finally:
                library.gcry_md_close(copy)

        def __del__(self) -> None:
            library.gcry_md_close(self._handle)

    return Gcrypt


def _gcrypt_whole_of(library: Any) -> Callable[[int, bytes], bytes]:
    def whole(size: int, data: bytes) -> bytes:
        made = ctypes.create_string_buffer(size)
        library.gcry_md_hash_buffer(_GCRYPT_NUMBERS[size], made, bytes(data), len(data))
        return made.raw

    return whole


_NETTLE_CONTEXT: Final = 1024
"""Bytes set aside for a context: more than any version of the library has needed."""


def _nettle() -> DigestBackEnd | None:
    try:
        library = ctypes.PyDLL("libnettle.so.8")
        functions = {
            size: (
                getattr(library, f"nettle_streebog{size * 8}_init"),
                getattr(library, f"nettle_streebog{size * 8}_update" if size == 64 else "nettle_streebog512_update"),
                getattr(library, f"nettle_streebog{size * 8}_digest"),
            )
            for size in (32, 64)
        }
    except (OSError, AttributeError):
        return None

    class Nettle:
        def __init__(self, size: int) -> None:
            self._size, self._context = size, ctypes.create_string_buffer(_NETTLE_CONTEXT)
            functions[size][0](self._context)

        def update(self, data: bytes) -> None:
            functions[self._size][1](self._context, ctypes.c_size_t(len(data)), bytes(data))

        def digest(self) -> bytes:
            copy, made = ctypes.create_string_buffer(self._context.raw), ctypes.create_string_buffer(self._size)
            functions[self._size][2](copy, ctypes.c_size_t(self._size), made)
            return made.raw

    return DigestBackEnd("nettle", Nettle, _whole_by(Nettle))


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
