"""GOST R 34.10-2012 signatures and Streebog, for a sandbox: fast and right, not constant-time, for no real secret.

Conventions: a digest is a number whose first byte is the least significant; a signature is s and r, each with its most
significant byte first; a public key is x and y, each with its least significant byte first (RFC 9215, RFC 7091).
"""

from gateway.signature.gost.back_ends import (
    BackEnds,
    SelfTestFailed,
    back_ends,
    choose,
    choose_tested,
    chosen_curve,
    chosen_digest,
    self_test,
)
from gateway.signature.gost.curves import CURVES, Curve, UnknownCurve, curve_of
from gateway.signature.gost.digests import new_old
from gateway.signature.gost.keys import InvalidKey, InvalidPoint, PrivateKey, PublicKey
from gateway.signature.gost.libraries import Digest
from gateway.signature.gost.nonce import nonces

__all__ = [
    "CURVES",
    "BackEnds",
    "Curve",
    "Digest",
    "InvalidKey",
    "InvalidPoint",
    "PrivateKey",
    "PublicKey",
    "SelfTestFailed",
    "UnknownCurve",
    "back_ends",
    "choose",
    "choose_tested",
    "curve_of",
    "gost94",
    "new_gost94",
    "new_streebog256",
    "new_streebog512",
    "self_test",
    "sign",
    "streebog256",
    "streebog512",
    "verify",
]


def sign(key: PrivateKey, digest: bytes) -> bytes:
    """Return s and r of the digest, of the curve's size each; the same for the same key and digest.

    Raises: ValueError for a digest that is not of the curve's size.
    """
    if len(digest) != key.curve.size:
        raise ValueError(f"expected a digest of {key.curve.size} bytes for {key.curve.name}, found {len(digest)}")
    curve = chosen_curve()
    return next(made for made in (curve.sign(key, digest, nonce) for nonce in nonces(key, digest)) if made is not None)


def verify(key: PublicKey, digest: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that of `digest`. Whatever bytes come, the answer is True or False."""
    size = key.curve.size
    return len(digest) == size and len(signature) == 2 * size and chosen_curve().verify(key, digest, signature)


def streebog256(data: bytes) -> bytes:
    """Return the digest of 32 bytes."""
    return chosen_digest().whole(32, data)


def streebog512(data: bytes) -> bytes:
    """Return the digest of 64 bytes."""
    return chosen_digest().whole(64, data)


def new_streebog256() -> Digest:
    """Begin a digest of 32 bytes of what comes in pieces."""
    return chosen_digest().new(32)


def new_streebog512() -> Digest:
    """Begin a digest of 64 bytes of what comes in pieces."""
    return chosen_digest().new(64)


def gost94(data: bytes) -> bytes:
    """Return the digest of 32 bytes by GOST R 34.11-94 with CryptoPro's parameters; for verification only."""
    made = new_gost94()
    made.update(data)
    return made.digest()


def new_gost94() -> Digest:
    """Begin such a digest of what comes in pieces."""
    return new_old()
