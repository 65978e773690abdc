"""Digests by libraries of the system, through ctypes: libgcrypt and nettle.

`PyDLL` keeps the GIL: for the few microseconds of a message that is a quarter faster beside a thread that writes. Where
there is much to digest, `CDLL` lets the other threads run meanwhile. A library is shared, a digest is its caller's own.
"""

import ctypes
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol

RELEASE_FROM: Final = 65_536
"""Bytes at a go from which the GIL is released."""
_Types = Mapping[str, tuple[Any, list[Any]]]


class Digest(Protocol):
    """A digest in the making."""

    def update(self, data: bytes) -> None:
        """Take more."""

    def digest(self) -> bytes:
        """Return the digest of what was taken so far."""


class _Library:
    def __init__(self, file: str, types: _Types) -> None:
        """Raises: OSError, AttributeError when the library or a function of it is not there."""
        self.keeping, self.releasing = ctypes.PyDLL(file), ctypes.CDLL(file)
        for library in (self.keeping, self.releasing):
            for name, (result, arguments) in types.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments

    def for_bytes(self, count: int) -> Any:
        return self.keeping if count < RELEASE_FROM else self.releasing


class Libgcrypt:
    """libgcrypt.so.20. An algorithm is named by the library's own number (GCRY_MD_…)."""

    STREEBOG: ClassVar = {32: 309, 64: 310}
    """By bytes of the digest."""
    GOST_94_CRYPTOPRO: ClassVar = 311
    _TYPES: ClassVar[_Types] = {
        "gcry_check_version": (ctypes.c_char_p, [ctypes.c_char_p]),
        "gcry_md_hash_buffer": (None, [ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]),
        "gcry_md_open": (ctypes.c_uint, [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_uint]),
        "gcry_md_copy": (ctypes.c_uint, [ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p]),
        "gcry_md_write": (None, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]),
        "gcry_md_read": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
        "gcry_md_close": (None, [ctypes.c_void_p]),
    }

    def __init__(self) -> None:
        """Raises: OSError, AttributeError when the library is not there."""
        self.library = _Library("libgcrypt.so.20", self._TYPES)
        # "The function gcry_check_version must be called before any other function in the library."
        if not self.library.keeping.gcry_check_version(None):
            raise OSError("libgcrypt does not start")

    def new(self, algorithm: int, size: int) -> Digest:
        """Begin a digest of `size` bytes. Raises: OSError for an algorithm that the library does not have."""
        return _GcryptDigest(self.library, algorithm, size)

    def whole(self, algorithm: int, size: int, data: bytes) -> bytes:
        """Return the digest of all the data; for an algorithm that `new` has taken."""
        made = ctypes.create_string_buffer(size)
        self.library.for_bytes(len(data)).gcry_md_hash_buffer(algorithm, made, bytes(data), len(data))
        return made.raw


class _GcryptDigest:
    def __init__(self, library: _Library, algorithm: int, size: int) -> None:
        self._library, self._algorithm, self._size = library, algorithm, size
        self._handle = ctypes.c_void_p()
        if library.keeping.gcry_md_open(ctypes.byref(self._handle), algorithm, 0):
            raise OSError(f"libgcrypt has no digest {algorithm}")

    def update(self, data: bytes) -> None:
        self._library.for_bytes(len(data)).gcry_md_write(self._handle, bytes(data), len(data))

    def digest(self) -> bytes:
        copy, functions = ctypes.c_void_p(), self._library.keeping
        if functions.gcry_md_copy(ctypes.byref(copy), self._handle):
            raise MemoryError
        try:
            return ctypes.string_at(functions.gcry_md_read(copy, self._algorithm), self._size)
        finally:
            functions.gcry_md_close(copy)

    def __del__(self) -> None:
        self._library.keeping.gcry_md_close(self._handle)


class _NettleHash(ctypes.Structure):
    """The beginning of `struct nettle_hash`: what the library says about an algorithm."""

    _fields_: ClassVar = [("name", ctypes.c_char_p), ("context_size", ctypes.c_uint)]


class Nettle:
    """libnettle.so.8 (3.7 and later)."""

    _TYPES: ClassVar[_Types] = {
        "nettle_streebog256_init": (None, [ctypes.c_char_p]),
        "nettle_streebog512_init": (None, [ctypes.c_char_p]),
        "nettle_streebog512_update": (None, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]),
        "nettle_streebog256_digest": (None, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]),
        "nettle_streebog512_digest": (None, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]),
    }

    def __init__(self) -> None:
        """Raises: OSError, AttributeError, ValueError when the library is not there or has no Streebog."""
        self.library = _Library("libnettle.so.8", self._TYPES)
        self.context_size = int(_NettleHash.in_dll(self.library.keeping, "nettle_streebog512").context_size)

    def new(self, size: int) -> Digest:
        """Begin a digest of 32 or 64 bytes."""
        return _NettleDigest(self.library, self.context_size, size)


class _NettleDigest:
    def __init__(self, library: _Library, context_size: int, size: int) -> None:
        self._library, self._size = library, size
        self._context = ctypes.create_string_buffer(context_size)
        getattr(library.keeping, f"nettle_streebog{8 * size}_init")(self._context)

    def update(self, data: bytes) -> None:
        # Streebog-256 begins and ends in its own way; in between it is Streebog-512.
        self._library.for_bytes(len(data)).nettle_streebog512_update(self._context, len(data), bytes(data))

    def digest(self) -> bytes:
        copy = ctypes.create_string_buffer(self._context.raw, len(self._context))
        made = ctypes.create_string_buffer(self._size)
        getattr(self._library.keeping, f"nettle_streebog{8 * self._size}_digest")(copy, self._size, made)
        return made.raw
