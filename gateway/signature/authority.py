"""The sandbox's certification authority: a root, an issuing one below it, SMEV's own certificate, a revocation list.

Keys and serial numbers are derived from a secret and a label: the same secret gives the same keys each time. What is
signed by a sandbox proves nothing to anybody else, so its certificates hold on every date a virtual clock can show.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from asn1crypto import core, crl, x509

from gateway.signature import asn1, gost
from gateway.signature.algorithms import GOST2012_256, SignatureAlgorithm
from gateway.signature.certificates import MNEMONIC_ATTRIBUTE, BadCertificate, Certificate
from gateway.signature.gost import Curve, PrivateKey, PublicKey, curve_of
from gateway.signature.keys import Signer, algorithm_of

CURVES: Final[Mapping[int, str]] = {32: "1.2.643.2.2.36.0", 64: "1.2.643.7.1.2.1.2.1"}
"""Curves of the keys that are made here, by the bytes of a coordinate: of real certificates (spec §9), RFC 9215's."""
_LONGEST_COMMON_NAME: Final = 64
"""ub-common-name, ub-organization-name (RFC 5280, appendix A.1): Russian bodies have longer names."""
_COUNTRY, _LOCALITY, _ORGANIZATION, _COMMON_NAME = "2.5.4.6", "2.5.4.7", "2.5.4.10", "2.5.4.3"
_USER_ID: Final = x509.NameType(MNEMONIC_ATTRIBUTE).dotted
_PLACE: Final = ((_COUNTRY, "RU"), (_LOCALITY, "Песочница"))


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a certificate holds; whole seconds, both included."""

    not_before: datetime
    not_after: datetime


ALWAYS: Final = Validity(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
"""As far as a virtual clock goes (`gateway.domain.clock`)."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an authority calls its own certificates."""

    organization: str
    root: str
    issuing: str
    smev: str


OWN: Final = Names(
    "Mock SMEV", "Mock SMEV: корневой УЦ песочницы", "Mock SMEV: издающий УЦ песочницы", "СМЭВ (песочница Mock SMEV)"
)
FOREIGN: Final = Names(
    "Чужой УЦ", "Чужой УЦ: корневой, песочнице неизвестен", "Чужой УЦ: издающий, песочнице неизвестен", "Чужая СМЭВ"
)
"""An authority that no gateway trusts, for testers who want its certificates refused."""


def derived_key(secret: bytes, label: str, algorithm: SignatureAlgorithm = GOST2012_256) -> PrivateKey:
    """Return the private key that `label` names among those of `secret`, on the curve that real certificates have."""
    curve: Curve = curve_of(CURVES[algorithm.size])
    # Twice the bits of q: no number is likelier than another.
    blocks = [hmac.digest(secret, f"key/{count}/{label}".encode(), "sha512") for count in range(curve.size // 32)]
    return PrivateKey(curve, int.from_bytes(b"".join(blocks), "big") % (curve.q - 1) + 1)


def derived_serial(secret: bytes, label: str) -> int:
    """Return a positive serial number of 16 bytes (RFC 5280, 4.1.2.2) that `label` names."""
    return int.from_bytes(hmac.digest(secret, f"serial/{label}".encode(), "sha256")[:16], "big") >> 1 | 1


@dataclass(frozen=True)
class Authority:
    """Issues certificates. `secret` is all that has to be kept."""

    secret: bytes
    names: Names = OWN

    @cached_property
    def root(self) -> Signer:
        """Issues the issuing authority alone."""
        key = self._key("root")
        return Signer(key, self._ca(key, self.names.root, "root", path_length=1, issuer=None))

    @cached_property
    def issuing(self) -> Signer:
        """Issues everything else."""
        key = self._key("issuing")
        return Signer(key, self._ca(key, self.names.issuing, "issuing", path_length=0, issuer=self.root))

    @cached_property
    def smev(self) -> Signer:
        """What SMEV itself signs with."""
        return self.smev_with("smev", ALWAYS)

    def smev_with(self, label: str, validity: Validity) -> Signer:
        """Return SMEV's key with a certificate of its own for each `label`."""
        key, serial = self._key("smev"), derived_serial(self.secret, label)
        subject = self._subject(self.names.smev)
        return Signer(key, certify(subject, validity, serial, key.public, Issuer.of(self.issuing), *OF_PARTICIPANT))

    def issue(
        self, mnemonic: str, name: str, label: str, *, validity: Validity = ALWAYS,
        algorithm: SignatureAlgorithm = GOST2012_256,
    ) -> Signer:  # fmt: skip
        """Return a key for a participant and its certificate; what differs in nothing has the same bytes.

        `label` tells apart the keys of one participant.
        """
        key = self._key(f"{mnemonic}/{algorithm.name}/{label}", algorithm)
        serial = self.serial_of(mnemonic, label, algorithm)
        subject = distinguished_name(
            *_PLACE, (_ORGANIZATION, _short(name)), (_COMMON_NAME, _short(name)), (_USER_ID, mnemonic)
        )
        return Signer(key, certify(subject, validity, serial, key.public, Issuer.of(self.issuing), *OF_PARTICIPANT))

    def serial_of(self, mnemonic: str, label: str, algorithm: SignatureAlgorithm = GOST2012_256) -> int:
        """Return the serial number of what `issue` makes with `label`."""
        return derived_serial(self.secret, f"{mnemonic}/{algorithm.name}/{label}")

    def key_of(self, certificate: Certificate, label: str, algorithm: SignatureAlgorithm) -> PrivateKey:
        """Return the key that `issue` has made with `label`, for a certificate that was kept.

        Raises: BadCertificate when it is not that of the certificate.
        """
        key = self._key(f"{certificate.mnemonic}/{algorithm.name}/{label}", algorithm)
        if key.public != certificate.public_key:
            raise BadCertificate(certificate.subject_name)
        return key

    def revocation_list(self, revoked: Mapping[int, datetime]) -> bytes:
        """Return the DER of a CRL (RFC 5280, section 5); `revoked` tells since when, by serial number.

        It holds on every date, as the certificates do, and its number is that of its entries.
        """
        issuer = self.issuing
        entries = [asn1.sequence(core.Integer(serial), asn1.time(since)) for serial, since in sorted(revoked.items())]
        tbs = asn1.sequence(
            core.Integer(1),  # version 2
            asn1.algorithm(issuer.algorithm.signature_oid),
            issuer.certificate.subject,
            asn1.time(ALWAYS.not_before),
            asn1.time(ALWAYS.not_after),
            *([asn1.sequence(*entries)] if entries else []),  # an empty list has to be left out (5.1.2.6)
            asn1.explicit(
                0,
                asn1.sequence(
                    _extension("2.5.29.35", _authority_key_identifier(issuer.key.public)),
                    _extension("2.5.29.20", core.Integer(len(revoked) + 1)),
                ),
            ),
        )
        return _with_signature(tbs, issuer.key)

    def _key(self, label: str, algorithm: SignatureAlgorithm = GOST2012_256) -> PrivateKey:
        return derived_key(self.secret, label, algorithm)

    def _ca(self, key: PrivateKey, name: str, label: str, *, path_length: int, issuer: Signer | None) -> Certificate:
        subject, serial = self._subject(name), derived_serial(self.secret, label)
        of_issuer = Issuer(key, subject) if issuer is None else Issuer.of(issuer)
        return certify(subject, ALWAYS, serial, key.public, of_issuer, *of_authority(path_length))

    def _subject(self, name: str) -> bytes:
        return distinguished_name(*_PLACE, (_ORGANIZATION, self.names.organization), (_COMMON_NAME, name))


@dataclass(frozen=True, slots=True)
class Issuer:
    """A key, and the DER of the name in which it signs certificates."""

    key: PrivateKey
    subject: bytes

    @classmethod
    def of(cls, signer: Signer) -> "Issuer":
        """Return `signer` as an issuer."""
        return cls(signer.key, signer.certificate.subject)


def key_identifier(key: PublicKey) -> bytes:
    """Return subjectKeyIdentifier of a key: SHA-1 of its BIT STRING, the first method of RFC 5280, 4.2.1.2."""
    return hashlib.sha1(core.OctetString(key.to_bytes()).dump(), usedforsecurity=False).digest()


def revoked_in(revocation_list: bytes, issuer: Certificate) -> dict[int, datetime]:
    """Return since when each certificate is revoked, by serial number.

    Raises: BadCertificate when the list is none, or `issuer` has not signed it.
    """
    with asn1.reading(BadCertificate, "CRL"):
        _, der = asn1.from_armour(revocation_list, "X509 CRL")
        parsed = asn1.load(crl.CertificateList, der)
        digest = issuer.algorithm.digest(parsed["tbs_cert_list"].dump())
        if not gost.verify(issuer.public_key, digest, parsed["signature"].native):
            raise BadCertificate(f"CRL: {issuer.subject_name}")
        entries = parsed["tbs_cert_list"]["revoked_certificates"].native or ()
        return {each["user_certificate"]: each["revocation_date"] for each in entries}


def certify(
    subject: bytes, validity: Validity, serial: int, key: PublicKey, issuer: Issuer, *extensions: bytes
) -> Certificate:
    """Return a certificate of `key`; the identifiers of both keys are added to its extensions (RFC 5280, 4.2.1)."""
    algorithm = algorithm_of(issuer.key)
    tbs = asn1.sequence(
        asn1.explicit(0, core.Integer(2)),  # version 3
        core.Integer(serial),
        asn1.algorithm(algorithm.signature_oid),
        issuer.subject,
        asn1.sequence(asn1.time(validity.not_before), asn1.time(validity.not_after)),
        subject,
        asn1.public_key_info(algorithm_of(key).key_oid, key),
        asn1.explicit(
            3,
            asn1.sequence(
                *extensions,
                _extension("2.5.29.14", core.OctetString(key_identifier(key))),
                _extension("2.5.29.35", _authority_key_identifier(issuer.key.public)),
            ),
        ),
    )
    return Certificate.from_bytes(_with_signature(tbs, issuer.key))


def _with_signature(tbs: bytes, key: PrivateKey) -> bytes:
    algorithm = algorithm_of(key)
    signature = gost.sign(key, algorithm.digest(tbs))
    return asn1.sequence(tbs, asn1.algorithm(algorithm.signature_oid), core.OctetBitString(signature))


def _extension(oid: str, content: core.Asn1Value | bytes, *, critical: bool = False) -> bytes:
    of_content = core.OctetString(content if isinstance(content, bytes) else content.dump())
    parts = (core.Boolean(True), of_content) if critical else (of_content,)
    return asn1.sequence(core.ObjectIdentifier(oid), *parts)


def _authority_key_identifier(key: PublicKey) -> core.Asn1Value:
    return x509.AuthorityKeyIdentifier({"key_identifier": key_identifier(key)})


def of_authority(path_length: int) -> tuple[bytes, bytes]:
    """Return the extensions of who issues certificates, with so many issuers below it."""
    constraints = x509.BasicConstraints({"ca": True, "path_len_constraint": path_length})
    usage = x509.KeyUsage({"key_cert_sign", "crl_sign"})
    return _extension("2.5.29.19", constraints, critical=True), _extension("2.5.29.15", usage, critical=True)


OF_PARTICIPANT: Final = (
    _extension("2.5.29.19", x509.BasicConstraints({"ca": False}), critical=True),
    _extension("2.5.29.15", x509.KeyUsage({"digital_signature", "non_repudiation"}), critical=True),
)
"""The extensions of who signs messages and files."""


def distinguished_name(*attributes: tuple[str, str]) -> bytes:
    """Return the DER of a name of (OID, text).

    Country is a PrintableString, all else UTF8String (RFC 5280, appendix A.1).
    """

    def written(oid: str, text: str) -> bytes:
        kind = core.PrintableString if oid == _COUNTRY else core.UTF8String
        return asn1.set_of(asn1.sequence(core.ObjectIdentifier(oid), kind(text)))

    return asn1.sequence(*(written(*each) for each in attributes))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_COMMON_NAME else name[: _LONGEST_COMMON_NAME - 1] + "…"
