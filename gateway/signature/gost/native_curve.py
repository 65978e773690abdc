"""The curve by our own C: tables are bytes, made once for a generator and for a caller's key that comes again."""

from typing import Final, NamedTuple

from gateway.signature.gost.curves import Curve, generator_window
from gateway.signature.gost.keys import PrivateKey, PublicKey
from gateway.signature.gost.tables import KeyTables

try:
    from gateway.signature.gost import _native
except ImportError:
    _native = None  # type: ignore[assignment]

_KEY_WINDOW: Final = 5
_KEPT: Final = {32: 256, 64: 64}
"""Tables of keys, by the bytes of a coordinate: at most 26 MB of either size."""


class _Prepared(NamedTuple):
    """A curve as the C knows it, the table of its generator and that table's window."""

    curve: bytes
    generator: bytes
    window: int


class NativeCurve:
    """A back end of the curve, as `arithmetic.Arithmetic` is one."""

    name: Final = "c"

    def __init__(self) -> None:
        self._curves: dict[Curve, _Prepared] = {}
        self._keys = KeyTables(self._table, _KEPT)

    @staticmethod
    def is_there() -> bool:
        """Tell whether the C was compiled."""
        return _native is not None

    def sign(self, key: PrivateKey, digest: bytes, nonce: int) -> bytes | None:
        """Return s and r; None when `nonce` gives zero."""
        given = nonce.to_bytes(key.curve.size, "big")
        return _native.sign(*self._prepared(key.curve), key.big_endian, digest, given)

    def verify(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Tell whether the signature is that of the digest."""
        table = self._keys.of(key)
        return _native.verify(*self._prepared(key.curve), table, _KEY_WINDOW, key.big_endian, digest, signature)

    def _table(self, key: PublicKey) -> bytes:
        return _native.table(self._prepared(key.curve).curve, key.big_endian, _KEY_WINDOW)

    def _prepared(self, curve: Curve) -> _Prepared:
        found = self._curves.get(curve)
        if found is None:
            p, a, q, x, y = (n.to_bytes(curve.size, "big") for n in (curve.p, curve.a, curve.q, curve.x, curve.y))
            prepared, window = _native.prepare(p, a, q), generator_window(curve)
            found = self._curves[curve] = _Prepared(prepared, _native.table(prepared, x + y, window), window)
        return found
