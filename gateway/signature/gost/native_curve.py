"""The curve by our own C: tables are bytes, made once for a generator and at its second use for a caller's key."""

from functools import cached_property
from typing import Final

from gateway.signature.gost.curves import Curve
from gateway.signature.gost.keys import PrivateKey, PublicKey
from gateway.signature.gost.tables import KeyTables

try:
    from gateway.signature.gost import _native  # type: ignore[attr-defined,unused-ignore]
except ImportError:
    _native = None  # type: ignore[assignment,unused-ignore]

_GENERATOR_WINDOW: Final = 8
_KEY_WINDOW: Final = 5


class NativeCurve:
    """A back end of the curve, as `arithmetic.Arithmetic` is one."""

    name: Final = "c"

    @staticmethod
    def is_there() -> bool:
        """Tell whether the C was compiled."""
        return _native is not None

    @cached_property
    def _curves(self) -> dict[Curve, tuple[bytes, bytes]]:
        return {}

    @cached_property
    def _keys(self) -> KeyTables[bytes]:
        return KeyTables(lambda key: _native.table(self._prepared(key.curve)[0], key.big_endian, _KEY_WINDOW))

    def _prepared(self, curve: Curve) -> tuple[bytes, bytes]:
        """Return the curve as the C knows it, and the table of its generator."""
        found = self._curves.get(curve)
        if found is None:
            p, a, q, x, y = (n.to_bytes(curve.size, "big") for n in (curve.p, curve.a, curve.q, curve.x, curve.y))
            prepared: bytes = _native.prepare(p, a, q)
            found = self._curves[curve] = prepared, _native.table(prepared, x + y, _GENERATOR_WINDOW)
        return found

    def sign(self, key: PrivateKey, digest: bytes, nonce: int) -> bytes | None:
        """Return s and r; None when `nonce` gives zero."""
        prepared, generator = self._prepared(key.curve)
        given = nonce.to_bytes(key.curve.size, "big")
        found: bytes | None = _native.sign(prepared, generator, _GENERATOR_WINDOW, key.big_endian, digest, given)
        return found

    def verify(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Tell whether the signature is that of the digest."""
        prepared, generator = self._prepared(key.curve)
        table = self._keys.of(key)
        good: bool = _native.verify(
            prepared, generator, _GENERATOR_WINDOW, table, _KEY_WINDOW, key.big_endian, digest, signature
        )
        return good
