"""Which code computes: chosen once, best first, tried with the standards' own examples before it is trusted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Protocol

from gateway.signature.gost import digests
from gateway.signature.gost.arithmetic import PLAIN, Arithmetic
from gateway.signature.gost.digests import DigestBackEnd
from gateway.signature.gost.examples import DIGESTS, SIGNATURES
from gateway.signature.gost.keys import PrivateKey, PublicKey
from gateway.signature.gost.native_curve import NativeCurve


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


@cache
def _by_gmp() -> CurveBackEnd | None:
    try:
        from gmpy2 import invert, mpz  # type: ignore[import-untyped]  # noqa: PLC0415 - 40 ms, not for who has the C
    except ImportError:  # a dependency; where it cannot be installed plain integers do
        return None
    return Arithmetic("gmpy2", mpz, invert)


@cache
def _by_c() -> CurveBackEnd | None:
    return NativeCurve() if NativeCurve.is_there() else None


def curves_available() -> dict[str, CurveBackEnd]:
    """Return what computes on curves on this machine, the best first."""
    return {back_end.name: back_end for back_end in (_by_c(), _by_gmp(), PLAIN) if back_end is not None}


class _Chosen:
    curve: CurveBackEnd | None = None
    digest: DigestBackEnd | None = None


def chosen_curve() -> CurveBackEnd:
    """Return the back end of the curve in use."""
    if _Chosen.curve is None:
        _Chosen.curve = _by_c() or _by_gmp() or PLAIN
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
    _Chosen.curve = curves_available()[curve] if curve else None
    _Chosen.digest = digests.available()[digest] if digest else None


def back_ends() -> BackEnds:
    """Return the names of the back ends in use."""
    return BackEnds(chosen_curve().name, chosen_digest().name)


def self_test() -> None:
    """Digest, sign and verify the standards' examples with the back ends in use: some hundredths of a second in C.

    Raises: SelfTestFailed.
    """
    _test_digest(chosen_digest())
    _test_curve(chosen_curve())


def choose_tested() -> list[str]:
    """Use the best back ends that pass the test; return what is wrong with those that are better and do not.

    Raises: SelfTestFailed when none passes, plain Python neither.
    """
    failed: list[str] = []
    found, curves = digests.available(), curves_available()
    _Chosen.digest = found[_first_right({name: partial(_test_digest, each) for name, each in found.items()}, failed)]
    _Chosen.curve = curves[_first_right({name: partial(_test_curve, each) for name, each in curves.items()}, failed)]
    return failed


def _first_right(tests: Mapping[str, Callable[[], None]], failed: list[str]) -> str:
    for name, test in tests.items():
        try:
            test()
        except SelfTestFailed as error:
            failed.append(str(error))
        else:
            return name
    raise SelfTestFailed("; ".join(failed))


def _test_digest(digest: DigestBackEnd) -> None:
    for example in DIGESTS:
        if digest.whole(example.size, example.message).hex() != example.digest:
            raise SelfTestFailed(f"{digest.name}: Streebog-{8 * example.size} of an example of RFC 6986 is another one")


def _test_curve(curve: CurveBackEnd) -> None:
    for given in SIGNATURES:
        if curve.sign(given.key, given.digest, given.nonce) != given.signature:
            raise SelfTestFailed(f"{curve.name}: the signature of the {given.key.curve.name}, is another one")
        public = PublicKey(given.key.curve, given.x, given.y)
        if not curve.verify(public, given.digest, given.signature):
            raise SelfTestFailed(f"{curve.name}: the signature of the {given.key.curve.name}, does not verify")
        if curve.verify(public, given.digest[::-1], given.signature):
            raise SelfTestFailed(f"{curve.name}: a wrong signature verifies on the curve of the {given.key.curve.name}")
