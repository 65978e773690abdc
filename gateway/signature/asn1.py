"""The ASN.1 of certificates and keys (RFC 5280, RFC 5208), with GOST's algorithms as RFC 9215 lays them out.

asn1crypto reads and writes; its own structures know no GOST, and some fail on what they do not know. Where an
algorithm is named, the structures of this module stand in their place.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, TypeVar

from asn1crypto import core, parser, x509

from gateway.signature.gost import Curve, PublicKey
from gateway.words import say

LARGEST: Final = 64 * 1024
"""Bytes of the largest key or certificate that is read: real ones have two or three thousand."""

_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\s(.*?)-----END \1-----", re.DOTALL)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")
_CRYPTOPRO_NAMES: Final = {
    "1.2.643.7.1.2.1.1.2": "1.2.643.2.2.36.0",
    "1.2.643.7.1.2.1.1.3": "1.2.643.2.2.35.2",
    "1.2.643.7.1.2.1.1.4": "1.2.643.2.2.35.3",
}
"""What TC 26 calls paramSetB, C and D has older names, which real certificates and every program use (spec §9)."""
_DIGEST_256, _DIGEST_512 = "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.2.3"
_DIGEST_NAMED: Final = {"1.2.643.7.1.2.1.2.1": _DIGEST_512, "1.2.643.7.1.2.1.2.2": _DIGEST_512}
"""Curves of TC 26 beside which OpenSSL's engine names the digest: Bouncy Castle 1.72 reads no key that does not."""
_LAST_OF_UTC_TIME: Final = 2049
"""Later years are written as GeneralizedTime (RFC 5280, 4.1.2.5; RFC 5652, 11.3)."""

Structure = TypeVar("Structure", bound=core.Asn1Value)


class AlgorithmIdentifier(core.Sequence):  # type: ignore[misc]
    """RFC 5280, 4.1.1.2."""

    _fields: ClassVar[Any] = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class KeyParameters(core.Sequence):  # type: ignore[misc]
    """GostR3410-2012-PublicKeyParameters (RFC 9215, 4.2); that of 2001 has a third member (RFC 4491, 2.3.2)."""

    _fields: ClassVar[Any] = [
        ("curve", core.ObjectIdentifier),
        ("digest", core.ObjectIdentifier, {"optional": True}),
        ("cipher", core.ObjectIdentifier, {"optional": True}),
    ]


class SubjectPublicKeyInfo(core.Sequence):  # type: ignore[misc]
    """RFC 5280, 4.1.2.7."""

    _fields: ClassVar[Any] = [("algorithm", AlgorithmIdentifier), ("public_key", core.OctetBitString)]


class TbsCertificate(core.Sequence):  # type: ignore[misc]
    """RFC 5280, 4.1.2."""

    _fields: ClassVar[Any] = [
        ("version", x509.Version, {"explicit": 0, "default": "v1"}),
        ("serial_number", core.Integer),
        ("signature", AlgorithmIdentifier),
        ("issuer", x509.Name),
        ("validity", x509.Validity),
        ("subject", x509.Name),
        ("key", SubjectPublicKeyInfo),
        ("issuer_unique_id", core.OctetBitString, {"implicit": 1, "optional": True}),
        ("subject_unique_id", core.OctetBitString, {"implicit": 2, "optional": True}),
        ("extensions", x509.Extensions, {"explicit": 3, "optional": True}),
    ]


class SignedCertificate(core.Sequence):  # type: ignore[misc]
    """RFC 5280, 4.1.1."""

    _fields: ClassVar[Any] = [
        ("tbs", TbsCertificate),
        ("algorithm", AlgorithmIdentifier),
        ("signature", core.OctetBitString),
    ]


class PrivateKeyInfo(core.Sequence):  # type: ignore[misc]
    """RFC 5208, 5; the public key of RFC 5958 may follow the attributes."""

    _fields: ClassVar[Any] = [
        ("version", core.Integer),
        ("algorithm", AlgorithmIdentifier),
        ("private_key", core.OctetString),
        ("attributes", core.SetOf, {"implicit": 0, "optional": True, "spec": core.Any}),
        ("public_key", core.OctetBitString, {"implicit": 1, "optional": True}),
    ]


class EncryptedPrivateKeyInfo(core.Sequence):  # type: ignore[misc]
    """RFC 5208, 6."""

    _fields: ClassVar[Any] = [("algorithm", AlgorithmIdentifier), ("encrypted", core.OctetString)]


@contextmanager
def reading(error: type[ValueError], what: str) -> Iterator[None]:
    """Turn whatever asn1crypto raises on bytes that are no `what` into `error`."""
    try:
        yield
    except error:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as wrong:
        # asn1crypto promises ValueError alone; malformed members raise the others too.
        first = str(wrong).strip().split("\n")[0][:200]
        raise error(f"{what}: {first}") from wrong


def load(structure: type[Structure], der: bytes) -> Structure:
    """Return the structure that `der` is, to its last byte.

    Raises: ValueError, TypeError.
    """
    loaded: Structure = structure.load(der, strict=True)
    return loaded


def sequence(*parts: core.Asn1Value | bytes) -> bytes:
    """Return the DER of a SEQUENCE of `parts`, each of which may be DER already.

    asn1crypto writes each part again for every level above it; what is issued by the hundred is put together here.
    """
    return _wrapped(0, 16, parts)


def set_of(*parts: core.Asn1Value | bytes) -> bytes:
    """Return the DER of a SET OF `parts`, in the order of DER (X.690, 11.6)."""
    return _wrapped(0, 17, sorted(_der(each) for each in parts))


def implicit_set(tag: int, *parts: core.Asn1Value | bytes) -> bytes:
    """Return the DER of a SET OF `parts` whose own tag an IMPLICIT one stands for."""
    return _wrapped(2, tag, sorted(_der(each) for each in parts))


def explicit(tag: int, part: core.Asn1Value | bytes) -> bytes:
    """Return the DER of `part` within an EXPLICIT tag."""
    return _wrapped(2, tag, [part])


def _wrapped(tag_class: int, tag: int, parts: Iterable[core.Asn1Value | bytes]) -> bytes:
    return bytes(parser.emit(tag_class, 1, tag, b"".join(_der(each) for each in parts)))


def _der(part: core.Asn1Value | bytes) -> bytes:
    return part if isinstance(part, bytes) else bytes(part.dump())


def algorithm(oid: str, parameters: Any = None) -> AlgorithmIdentifier:
    """Return an AlgorithmIdentifier; `parameters` are left out where there are none (RFC 9215, section 2)."""
    return AlgorithmIdentifier({"algorithm": oid} | ({} if parameters is None else {"parameters": parameters}))


def time(moment: datetime) -> core.Asn1Value:
    """Return a moment, in whole seconds of UTC: UTCTime as long as there is one, GeneralizedTime from 2050 on."""
    moment = moment.astimezone(UTC).replace(microsecond=0)
    return core.UTCTime(moment) if moment.year <= _LAST_OF_UTC_TIME else core.GeneralizedTime(moment)


def key_algorithm(key_oid: str, curve: Curve) -> AlgorithmIdentifier:
    """Return the algorithm of a key of `curve`, the curve by the name that other programs write.

    The digest must stand beside CryptoPro's names, and should not beside those of TC 26 (RFC 9215, 4.2); beside two of
    these it does, for Bouncy Castle.
    """
    name = _CRYPTOPRO_NAMES.get(curve.oid, curve.oid)
    digest = _DIGEST_NAMED.get(curve.oid) if name == curve.oid else _DIGEST_256
    return algorithm(key_oid, KeyParameters({"curve": name} | ({} if digest is None else {"digest": digest})))


def public_key_info(key_oid: str, key: PublicKey) -> bytes:
    """Return the DER of SubjectPublicKeyInfo: the point as an OCTET STRING within the BIT STRING (RFC 9215, 4.3)."""
    point = core.OctetString(key.to_bytes())
    return sequence(key_algorithm(key_oid, key.curve), core.OctetBitString(point.dump()))


def from_armour(data: bytes, *labels: str) -> tuple[str, bytes]:
    """Return the label and the DER of the first PEM block with one of `labels`, whatever else stands around it.

    DER, and base64 of DER without its PEM lines, go by the first of the labels.

    Raises: ValueError saying which blocks there are instead.
    """
    if data[:1] == b"\x30":
        return labels[0], data
    found = [(label.decode(), body) for label, body in _PEM.findall(data)]
    for label, body in found:
        if label in labels:
            return label, _decoded(re.sub(rb"^[\w-]+:.*\n", b"", body, flags=re.MULTILINE))
    if found:
        others = ", ".join(dict.fromkeys(label for label, _ in found))
        raise ValueError(say(f"в PEM другое: {others}", f"the PEM holds something else: {others}"))
    if _BASE64.fullmatch(data):
        return labels[0], _decoded(data)
    raise ValueError(say("не DER, не PEM и не base64", "neither DER nor PEM nor base64"))


def pem(label: str, der: bytes) -> bytes:
    """Return `der` between the lines of PEM (RFC 7468)."""
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"base64: {error}") from error
