"""Keys of GOST R 34.10, and their bytes in certificates and PKCS#8 (RFC 9215, section 4)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from gateway.signature.gost.curves import Curve
from gateway.signature.gost.points import multiple_of_generator


class InvalidPoint(ValueError):
    """The bytes are no point of the curve."""


class InvalidKey(ValueError):
    """The number is no private key of the curve."""


@dataclass(frozen=True)
class PublicKey:
    """The point (x, y)."""

    curve: Curve
    x: int
    y: int

    @classmethod
    def from_bytes(cls, curve: Curve, raw: bytes) -> Self:
        """Read x and y, each with its least significant byte first.

        Raises: InvalidPoint, when the length is another, a coordinate is not below p, the point is off the curve or
        generates too small a group.
        """
        if len(raw) != 2 * curve.size:
            raise InvalidPoint(f"expected {2 * curve.size} bytes of a public key of {curve.name}, found {len(raw)}")
        x, y = int.from_bytes(raw[: curve.size], "little"), int.from_bytes(raw[curve.size :], "little")
        if not curve.has(x, y):
            raise InvalidPoint(f"expected a point of {curve.name}, found x = {x:x}, y = {y:x}, which is off the curve")
        if curve.is_of_small_order(x, y):
            raise InvalidPoint(f"expected a point of order q of {curve.name}, found x = {x:x}, whose order is 2 or 4")
        return cls(curve, x, y)

    def to_bytes(self) -> bytes:
        """Return x and y, each with its least significant byte first."""
        size = self.curve.size
        return self.x.to_bytes(size, "little") + self.y.to_bytes(size, "little")

    @cached_property
    def big_endian(self) -> bytes:
        """x and y as the native back end reads them."""
        size = self.curve.size
        return self.x.to_bytes(size, "big") + self.y.to_bytes(size, "big")


@dataclass(frozen=True)
class PrivateKey:
    """The number d, 0 < d < q."""

    curve: Curve
    d: int

    def __post_init__(self) -> None:
        if not 0 < self.d < self.curve.q:
            raise InvalidKey(f"expected a number between 0 and q of {self.curve.name}")

    def __repr__(self) -> str:
        return f"PrivateKey({self.curve.name})"

    @classmethod
    def from_bytes(cls, curve: Curve, raw: bytes) -> Self:
        """Read d, its least significant byte first, as OpenSSL's provider and CryptoPro write it.

        Raises: InvalidKey.
        """
        if len(raw) != curve.size:
            raise InvalidKey(f"expected {curve.size} bytes of a private key of {curve.name}, found {len(raw)}")
        return cls(curve, int.from_bytes(raw, "little"))

    def to_bytes(self) -> bytes:
        """Return d, its least significant byte first."""
        return self.d.to_bytes(self.curve.size, "little")

    @cached_property
    def big_endian(self) -> bytes:
        """The number d as the native back end reads it."""
        return self.d.to_bytes(self.curve.size, "big")

    @cached_property
    def public(self) -> PublicKey:
        """The point d times the generator."""
        return PublicKey(self.curve, *multiple_of_generator(self.curve, self.d))
