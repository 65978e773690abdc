"""Certificates (X.509, RFC 5280) of GOST keys: read, named, checked against the key of who issued them."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final, Self

from asn1crypto import core, x509

from gateway.signature import asn1, gost
from gateway.signature.algorithms import GOST2001, GOST2012_256, GOST2012_512, SignatureAlgorithm
from gateway.signature.gost import InvalidPoint, PublicKey, UnknownCurve, curve_of
from gateway.words import say

MNEMONIC_ATTRIBUTE: Final = "user_id"
"""Where certificates of the sandbox carry a mnemonic: UID of the subject (0.9.2342.19200300.100.1.1, RFC 4519, 2.39).

Every program shows it by its short name. Real certificates say nowhere which mnemonic is theirs.
"""

_CERTIFICATE: Final = re.compile(rb"<(?:[\w.-]+:)?X509Certificate(?:\s[^>]*)?>([^<]*)</")
_BY_KEY: Final[Mapping[str, SignatureAlgorithm]] = {
    each.key_oid: each for each in (GOST2012_256, GOST2012_512, GOST2001)
}
_BY_SIGNATURE: Final[Mapping[str, SignatureAlgorithm]] = {each.signature_oid: each for each in _BY_KEY.values()}
_LONGEST_NAME: Final = 500
_KEPT: Final = 4096


class BadCertificate(ValueError):
    """The bytes are no certificate, or its key is none of GOST R 34.10; the text says why."""


@dataclass(frozen=True)
class Certificate:
    """A certificate as it was read. Two are equal when their bytes are.

    `fingerprint` is the SHA-256 of `der` in hex. `subject_name` and `issuer_name` are common names, or the whole name
    where there is none; `subject` and `issuer` the DER of the names. Moments are in UTC. `mnemonic` is what stands in
    MNEMONIC_ATTRIBUTE, whoever issued it. `is_authority` says that it may issue others (basicConstraints).
    """

    der: bytes = field(repr=False)
    fingerprint: str = field(compare=False)
    subject_name: str = field(compare=False)
    issuer_name: str = field(compare=False, repr=False)
    subject: bytes = field(compare=False, repr=False)
    issuer: bytes = field(compare=False, repr=False)
    serial: int = field(compare=False, repr=False)
    not_before: datetime = field(compare=False, repr=False)
    not_after: datetime = field(compare=False, repr=False)
    mnemonic: str | None = field(compare=False, repr=False)
    is_authority: bool = field(compare=False, repr=False)
    key_id: bytes | None = field(compare=False, repr=False)
    """subjectKeyIdentifier, by which a signer may be named in CMS."""
    issuer_key_id: bytes | None = field(compare=False, repr=False)
    """authorityKeyIdentifier, which tells apart issuers of one name."""
    _parsed: Any = field(compare=False, repr=False)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Certificate":
        """Read DER, base64 of it, or the first certificate of a PEM file.

        Raises: BadCertificate.
        """
        if len(data) > asn1.LARGEST:
            raise BadCertificate(say(f"{len(data)} байт — это не сертификат", f"{len(data)} bytes are no certificate"))
        return _read(bytes(data))

    @property
    def pem(self) -> bytes:
        """The certificate between the lines of PEM."""
        return asn1.pem("CERTIFICATE", self.der)

    @cached_property
    def algorithm(self) -> SignatureAlgorithm:
        """What the owner's key signs with.

        Raises: BadCertificate when that is not GOST R 34.10.
        """
        oid = self._parsed["tbs"]["key"]["algorithm"]["algorithm"].dotted
        found = _BY_KEY.get(oid)
        if found is None:
            known = ", ".join(f"{each.name} ({oid})" for oid, each in _BY_KEY.items())
            name = _FOREIGN_KEYS.get(oid, oid)
            raise BadCertificate(
                say(
                    f"ключ сертификата {self.subject_name!r} — {name}, а подписи СМЭВ делают ключом ГОСТ: {known}",
                    f"the key of certificate {self.subject_name!r} is {name}, SMEV's signatures need GOST: {known}",
                )
            )
        return found

    @cached_property
    def public_key(self) -> PublicKey:
        """The owner's key.

        Raises: BadCertificate when it is none of GOST R 34.10, of an unknown curve, or no point of its curve.
        """
        algorithm, key = self.algorithm, self._parsed["tbs"]["key"]
        with asn1.reading(BadCertificate, say("ключ сертификата", "the key of the certificate")):
            oid = key["algorithm"]["parameters"].parse(asn1.KeyParameters)["curve"].dotted
            raw = core.OctetString.load(key["public_key"].native, strict=True).native
        try:
            curve = curve_of(oid)
            if curve.size == algorithm.size:
                return PublicKey.from_bytes(curve, raw)
        except UnknownCurve as error:
            text = say(f"кривая ключа {oid} неизвестна", f"the curve of the key, {oid}, is unknown")
            raise BadCertificate(text) from error
        except InvalidPoint as error:
            text = say(f"открытый ключ — не точка кривой {curve.name}", f"the key is no point of {curve.name}")
            raise BadCertificate(f"{text}: {error}") from error
        raise BadCertificate(
            say(
                f"ключ {algorithm.name} на кривой {curve.name} другой длины",
                f"a key of {algorithm.name} on {curve.name}, a curve of another length",
            )
        )

    def is_signed_by(self, issuer: Self) -> bool:
        """Tell whether the key of `issuer` has signed this certificate; names and dates are not compared.

        Raises: BadCertificate when the key of `issuer` is not of GOST.
        """
        algorithm = _BY_SIGNATURE.get(self._parsed["algorithm"]["algorithm"].dotted)
        key = issuer.public_key
        if algorithm is None or algorithm.size != key.curve.size:
            return False
        digest = algorithm.digest(self._parsed["tbs"].dump())
        return gost.verify(key, digest, self._parsed["signature"].native)

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are one."""
        return self.subject == self.issuer


_FOREIGN_KEYS: Final = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.10045.2.1": "ECDSA",
    "1.2.840.10040.4.1": "DSA",
    "1.3.101.112": "Ed25519",
    "1.2.643.2.2.20": "GOST R 34.10-94",
}


@lru_cache(_KEPT)
def _read(data: bytes) -> Certificate:
    """Whoever calls signs with the same certificate time and again: it is read once."""
    with asn1.reading(BadCertificate, say("это не сертификат X.509", "this is no X.509 certificate")):
        _, der = asn1.from_armour(data, "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
        parsed = asn1.load(asn1.SignedCertificate, der)
        tbs = parsed["tbs"]
        parsed["algorithm"]["algorithm"].dotted, parsed["signature"].native, tbs["key"]["algorithm"]["algorithm"].dotted
        extensions = _extensions(tbs)
        constraints, of_issuer = extensions.get("basic_constraints"), extensions.get("authority_key_identifier")
        not_before, not_after = (tbs["validity"][each].native for each in ("not_before", "not_after"))
        if not (isinstance(not_before, datetime) and isinstance(not_after, datetime)):
            raise BadCertificate(say("даты сертификата вне календаря", "dates of the certificate beyond the calendar"))
        return Certificate(
            der=der,
            fingerprint=hashlib.sha256(der).hexdigest(),
            subject_name=_shown(tbs["subject"]),
            issuer_name=_shown(tbs["issuer"]),
            subject=tbs["subject"].dump(),
            issuer=tbs["issuer"].dump(),
            serial=tbs["serial_number"].native,
            not_before=not_before,
            not_after=not_after,
            mnemonic=_attribute(tbs["subject"], MNEMONIC_ATTRIBUTE),
            is_authority=bool(constraints and constraints["ca"]),
            key_id=extensions.get("key_identifier"),
            issuer_key_id=of_issuer["key_identifier"] if of_issuer else None,
            _parsed=parsed,
        )


def _extensions(tbs: Any) -> dict[str, Any]:
    """Return the extensions that are looked at; one that is malformed makes the certificate unreadable."""
    wanted = ("basic_constraints", "key_identifier", "authority_key_identifier")
    return {
        each["extn_id"].native: each["extn_value"].parsed.native
        for each in tbs["extensions"] or ()
        if each["extn_id"].native in wanted
    }


def _attribute(name: x509.Name, wanted: str) -> str | None:
    for relative in name.chosen:
        for each in relative:
            if each["type"].native == wanted and isinstance(each["value"].native, str):
                return str(each["value"].native)
    return None


def _shown(name: x509.Name) -> str:
    return (_attribute(name, "common_name") or str(name.human_friendly))[:_LONGEST_NAME]


# --- met in signatures: not verified, not even certificates perhaps ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class MetCertificate:
    """A certificate as it stands in KeyInfo. `fingerprint` is the SHA-256 of the DER in hex."""

    der: bytes
    fingerprint: str


def certificate_in(signature: bytes) -> MetCertificate | None:
    """Return the first X509Certificate of a serialised ds:Signature; None when there is none that is base64."""
    found = _CERTIFICATE.search(signature)
    if found is None:
        return None
    # A carriage return that came as &#xD; is serialised that way again.
    text = found[1].replace(b"&#13;", b"").replace(b"&#xD;", b"")
    try:
        der = base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return MetCertificate(der, hashlib.sha256(der).hexdigest()) if der else None


def subject_name(certificate: MetCertificate) -> str | None:
    """Return the subject's common name, None when the bytes are no X.509 certificate or it has no name."""
    from cryptography import x509 as any_x509  # noqa: PLC0415 - 40 ms of import that only a new certificate pays

    try:
        subject = any_x509.load_der_x509_certificate(certificate.der).subject
        names = subject.get_attributes_for_oid(any_x509.NameOID.COMMON_NAME)
    except (ValueError, any_x509.InvalidVersion):
        return None
    return str(names[0].value)[:500] if names else None
