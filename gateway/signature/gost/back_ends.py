"""Which code computes: chosen once, best first, tried with the standards' own examples before it is trusted."""

from dataclasses import dataclass
from typing import Final, Protocol

from gateway.signature.gost import digests
from gateway.signature.gost.arithmetic import PLAIN, Arithmetic
from gateway.signature.gost.curves import curve_of
from gateway.signature.gost.digests import DigestBackEnd
from gateway.signature.gost.keys import PrivateKey, PublicKey
from gateway.signature.gost.native_curve import NativeCurve
from gateway.signature.gost.nonce import nonces

try:
    from gmpy2 import mpz  # type: ignore[import-untyped,unused-ignore]
except ImportError:  # a dependency; where it cannot be installed plain integers do
    mpz = None  # type: ignore[assignment,unused-ignore]


class SelfTestFailed(Exception):
    """A back end does not compute what the standard says."""


class CurveBackEnd(Protocol):
    """Signs and verifies."""

    @property
    def name(self) -> str:
        """What people are told."""

    def sign(self, key: PrivateKey, digest: bytes, nonce: int) -> bytes | None:
        """Return s and r; None when `nonce` gives zero."""

    def verify(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Tell whether the signature is that of the digest."""


@dataclass(frozen=True, slots=True)
class BackEnds:
    """The names of what computes the curve and the digest."""

    curve: str
    digest: str

    def __str__(self) -> str:
        return f"{self.curve}, {self.digest}"


def curves_available() -> dict[str, CurveBackEnd]:
    """Return what computes on curves on this machine, the best first."""
    found: list[CurveBackEnd] = [NativeCurve()] if NativeCurve.is_there() else []
    if mpz is not None:
        found.append(Arithmetic("gmpy2", mpz))
    return {back_end.name: back_end for back_end in (*found, PLAIN)}


class _Chosen:
    curve: CurveBackEnd | None = None
    digest: DigestBackEnd | None = None


def chosen_curve() -> CurveBackEnd:
    """Return the back end of the curve in use."""
    if _Chosen.curve is None:
        _Chosen.curve = next(iter(curves_available().values()))
    return _Chosen.curve


def chosen_digest() -> DigestBackEnd:
    """Return the back end of the digest in use."""
    if _Chosen.digest is None:
        _Chosen.digest = next(iter(digests.available().values()))
    return _Chosen.digest


def choose(*, curve: str | None = None, digest: str | None = None) -> None:
    """Use the back ends with these names from now on, in this process; None is the best there is.

    Raises: KeyError for one that this machine does not have.
    """
    curves, found = curves_available(), digests.available()
    _Chosen.curve = curves[curve] if curve else next(iter(curves.values()))
    _Chosen.digest = found[digest] if digest else next(iter(found.values()))


def back_ends() -> BackEnds:
    """Return the names of the back ends in use."""
    return BackEnds(chosen_curve().name, chosen_digest().name)


_MESSAGE: Final = b"012345678901234567890123456789012345678901234567890123456789012"
_DIGESTS: Final = {
    32: "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
    64: (
        "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
        "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
    ),
}
"""Of the first example of RFC 6986, section 10.1, its least significant byte first."""


def self_test() -> None:
    """Compute the standards' example of the digest; sign and verify on every kind of curve against plain Python.

    Raises: SelfTestFailed.
    """
    digest, curve = chosen_digest(), chosen_curve()
    for size, expected in _DIGESTS.items():
        if digest.whole(size, _MESSAGE).hex() != expected:
            raise SelfTestFailed(f"{digest.name}: Streebog-{8 * size} of the example of RFC 6986 is another one")
    for oid in ("1.2.643.2.2.36.0", "1.2.643.7.1.2.1.2.1"):
        key = PrivateKey(curve_of(oid), 0x7A929ADE789BB9BE10ED359DD39A72C1)
        given = digest.whole(key.curve.size, _MESSAGE)
        nonce = next(nonces(key, given))
        made = curve.sign(key, given, nonce)
        if made is None or made != PLAIN.sign(key, given, nonce) or not curve.verify(key.public, given, made):
            raise SelfTestFailed(f"{curve.name}: a signature on {key.curve.name} is another one than it must be")
        if curve.verify(key.public, given, made[::-1]):
            raise SelfTestFailed(f"{curve.name}: a wrong signature on {key.curve.name} verifies")
