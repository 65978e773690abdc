"""Signatures of files: SignaturePKCS7 (spec §8), which is CMS (RFC 5652) with GOST's algorithms (RFC 9215).

What is written: SignedData of version 1, one signer, its certificate included, the attributes contentType, signingTime
and messageDigest; the content apart (detached) or within. What is read besides: no signed attributes at all, several
certificates, the signer named by its key, BER as Bouncy Castle streams it, and a signature over the content's digest in
the place of the content (a client library of 2018 signs "a raw precomputed digest", spec §8; UNCONFIRMED what exactly).
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from asn1crypto import cms, core

from gateway.signature import asn1, gost
from gateway.signature.algorithms import ALGORITHMS, GOST2012_256, SignatureAlgorithm
from gateway.signature.certificates import BadCertificate, Certificate
from gateway.signature.gost import PublicKey
from gateway.signature.keys import Signer
from gateway.words import say

_DATA, _SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME = (f"1.2.840.113549.1.9.{last}" for last in (3, 4, 5))


class CmsFailure(StrEnum):
    """What is wrong with a signature of a file."""

    MALFORMED = "malformed"
    SIGNERS = "signers"
    NO_CERTIFICATE = "no-certificate"
    ALGORITHM = "algorithm"
    NO_CONTENT = "no-content"
    OTHER_CONTENT = "other-content"
    INVALID = "invalid"


class CmsProblem(Exception):
    """The signature does not hold: what was expected and what was found, both digests where they differ.

    `advice` says what to look at, and is empty where that is plain.
    """

    def __init__(self, failure: CmsFailure, expected: str, found: str, advice: str = "") -> None:
        self.failure, self.expected, self.found, self.advice = failure, expected, found, advice
        text = say(f"ожидалось: {expected}; найдено: {found}", f"expected: {expected}; found: {found}")
        super().__init__(f"{text}; {advice}" if advice else text)


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of a content that is not at hand: it was read in pieces (`SignatureAlgorithm.new_digest`)."""

    value: bytes
    algorithm: SignatureAlgorithm = GOST2012_256


@dataclass(frozen=True, slots=True)
class VerifiedCms:
    """A signature that holds. Whether its certificate is worth anything is another matter (`gateway.keyring`).

    `moment` is the signer's own word for when it signed, None where it gives none. `embedded` is the content where it
    stands within. `of_digest` says that the digest was signed in the place of the content.
    """

    certificate: Certificate
    algorithm: SignatureAlgorithm
    digest: bytes
    moment: datetime | None = None
    embedded: bytes | None = None
    has_attributes: bool = True
    of_digest: bool = False


# --- making ----------------------------------------------------------------------------------------------------------


def sign(content: bytes | Digest, signer: Signer, moment: datetime, *, detached: bool = True) -> bytes:
    """Return the DER of a CMS of `content`, which stands within unless it is `detached`.

    Raises: ValueError for a digest of another algorithm than the signer's, or one that is to stand within.
    """
    algorithm = signer.algorithm
    if isinstance(content, bytes):
        digest = algorithm.digest(content)
    elif content.algorithm is not algorithm or not detached:
        raise ValueError(f"a digest of {content.algorithm.name}, detached: {detached}; the signer's: {algorithm.name}")
    else:
        digest = content.value
    within = [asn1.explicit(0, core.OctetString(content))] if isinstance(content, bytes) and not detached else []
    signed_data = asn1.sequence(
        core.Integer(1),
        asn1.set_of(asn1.algorithm(algorithm.digest_oid)),
        asn1.sequence(core.ObjectIdentifier(_DATA), *within),
        asn1.implicit_set(0, signer.certificate.der),
        asn1.set_of(_signer_info(signer, digest, moment)),
    )
    return asn1.sequence(core.ObjectIdentifier(_SIGNED_DATA), asn1.explicit(0, signed_data))


def _signer_info(signer: Signer, digest: bytes, moment: datetime) -> bytes:
    algorithm, certificate = signer.algorithm, signer.certificate
    attributes = [
        _attribute(_CONTENT_TYPE, core.ObjectIdentifier(_DATA)),
        _attribute(_SIGNING_TIME, asn1.time(moment)),
        _attribute(_MESSAGE_DIGEST, core.OctetString(digest)),
    ]
    # They are signed as a SET OF, and stand in the message under another tag (RFC 5652, 5.4).
    signature = gost.sign(signer.key, algorithm.digest(asn1.set_of(*attributes)))
    return asn1.sequence(
        core.Integer(1),
        asn1.sequence(certificate.issuer, core.Integer(certificate.serial)),
        asn1.algorithm(algorithm.digest_oid),
        asn1.implicit_set(0, *attributes),
        asn1.algorithm(algorithm.key_oid),
        core.OctetString(signature),
    )


def _attribute(oid: str, content: core.Asn1Value) -> bytes:
    return asn1.sequence(core.ObjectIdentifier(oid), asn1.set_of(content))


# --- verifying -------------------------------------------------------------------------------------------------------


def verify(der: bytes, content: bytes | Digest | None) -> VerifiedCms:
    """Verify a CMS: that its signer has signed `content`. None is the content that stands within.

    Where both are there, both must be what was signed.

    Raises: CmsProblem.
    """
    read = contents_of(der)
    public_key = _public_key(read)
    digest, embedded_digest = _digest_of(content, read), _digest_of(read.embedded, read)
    if digest is not None and embedded_digest is not None and digest != embedded_digest:
        raise CmsProblem(
            CmsFailure.OTHER_CONTENT,
            say(f"дайджест {embedded_digest.hex()} (внутри подписи)", f"digest {embedded_digest.hex()} (within)"),
            say(f"дайджест {digest.hex()} (рядом)", f"digest {digest.hex()} (beside)"),
            say("внутри подписи не то содержимое, что рядом", "the content within is not the one beside"),
        )
    signed = digest if digest is not None else embedded_digest
    if signed is None:
        raise CmsProblem(
            CmsFailure.NO_CONTENT,
            say("содержимое внутри подписи или рядом с ней", "a content, within the signature or beside it"),
            say("отделённая подпись без содержимого", "a detached signature and no content"),
        )
    of_digest = _check_digest(read, signed) if read.attributes else _check_bare(read, public_key, signed)
    if read.attributes and not _holds(read, public_key):
        raise _invalid(read.algorithm.digest(read.attributes[0]))
    return VerifiedCms(
        read.certificate, read.algorithm, signed, read.moment, read.embedded, bool(read.attributes), of_digest
    )


def algorithm_of(der: bytes) -> SignatureAlgorithm:
    """Return what a CMS was signed with: whoever reads a content in pieces needs its digest.

    Raises: CmsProblem.
    """
    return contents_of(der).algorithm


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a CMS. `attributes` are the encodings that may have been signed: as they came, and as DER."""

    certificate: Certificate
    algorithm: SignatureAlgorithm
    signature: bytes
    attributes: tuple[bytes, ...]
    message_digest: bytes
    moment: datetime | None
    embedded: bytes | None


def contents_of(der: bytes) -> Contents:
    """Take a CMS apart; nothing is verified.

    Raises: CmsProblem.
    """
    with asn1.reading(_Malformed, "CMS"):
        signed_data = _signed_data(der)
        signer = _only_signer(signed_data)
        certificate = _certificate_of(signer["sid"], signed_data["certificates"])
        attributes = signer["signed_attrs"]
        found = {each["type"].dotted: each["values"] for each in attributes} if attributes else {}
        content = signed_data["encap_content_info"]["content"]
        return Contents(
            certificate=certificate,
            algorithm=_algorithm(signer),
            signature=signer["signature"].native,
            attributes=_encodings(attributes) if attributes else (),
            message_digest=_message_digest(found, signed_data) if attributes else b"",
            moment=found[_SIGNING_TIME][0].native if _SIGNING_TIME in found else None,
            embedded=None if isinstance(content, core.Void) else bytes(content.native),
        )


class _Malformed(ValueError, CmsProblem):
    """asn1crypto could not read it."""

    def __init__(self, why: str) -> None:
        CmsProblem.__init__(
            self, CmsFailure.MALFORMED, say("CMS SignedData в DER (RFC 5652)", "CMS SignedData in DER (RFC 5652)"), why
        )


def _signed_data(der: bytes) -> Any:
    info = asn1.load(cms.ContentInfo, der)
    if info["content_type"].dotted != _SIGNED_DATA:
        raise _Malformed(f"ContentInfo {info['content_type'].native}")
    return info["content"]


def _only_signer(signed_data: Any) -> Any:
    signers = signed_data["signer_infos"]
    if len(signers) != 1:
        raise CmsProblem(CmsFailure.SIGNERS, say("один подписавший", "one signer"), str(len(signers)))
    return signers[0]


def _certificate_of(sid: Any, included: Any) -> Certificate:
    certificates = [Certificate.from_bytes(each.chosen.dump()) for each in included or () if each.name == "certificate"]
    for each in certificates:
        if sid.name == "subject_key_identifier":
            if each.key_id == sid.chosen.native:
                return each
        elif (each.issuer, each.serial) == (sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native):
            return each
    raise CmsProblem(
        CmsFailure.NO_CERTIFICATE,
        say("сертификат подписавшего внутри CMS", "the signer's certificate within the CMS"),
        ", ".join(repr(each.subject_name) for each in certificates) or say("сертификатов нет", "no certificates"),
        say("включите сертификат в подпись: openssl cms без -nocerts", "include it: openssl cms without -nocerts"),
    )


def _algorithm(signer: Any) -> SignatureAlgorithm:
    digest_oid, oid = signer["digest_algorithm"]["algorithm"].dotted, signer["signature_algorithm"]["algorithm"].dotted
    for each in ALGORITHMS:
        # CryptoPro and OpenSSL name the key's algorithm, some name that of key and digest together.
        if each.digest_oid == digest_oid and oid in {each.key_oid, each.signature_oid}:
            return each
    known = "; ".join(f"{each.digest_oid} + {each.key_oid}" for each in ALGORITHMS)
    raise CmsProblem(
        CmsFailure.ALGORITHM,
        say(f"алгоритмы ГОСТ, дайджест и подпись: {known}", f"GOST's algorithms, digest and signature: {known}"),
        f"{digest_oid} + {oid}",
    )


def _encodings(attributes: Any) -> tuple[bytes, ...]:
    untagged = attributes.untag()
    as_it_came, as_der = bytes(untagged.dump()), bytes(untagged.dump(force=True))
    return (as_it_came,) if as_it_came == as_der else (as_it_came, as_der)


def _message_digest(found: dict[str, Any], signed_data: Any) -> bytes:
    """Return messageDigest; both attributes are a must where there is any (RFC 5652, 5.3)."""
    for oid, name in ((_CONTENT_TYPE, "contentType"), (_MESSAGE_DIGEST, "messageDigest")):
        if oid not in found or len(found[oid]) != 1:
            raise _Malformed(say(f"нет атрибута {name}", f"no attribute {name}"))
    if found[_CONTENT_TYPE][0].dotted != signed_data["encap_content_info"]["content_type"].dotted:
        raise _Malformed(f"contentType {found[_CONTENT_TYPE][0].native}")
    return bytes(found[_MESSAGE_DIGEST][0].native)


def _public_key(read: Contents) -> PublicKey:
    try:
        key, of_key = read.certificate.public_key, read.certificate.algorithm
    except BadCertificate as error:
        raise CmsProblem(CmsFailure.ALGORITHM, say("ключ ГОСТ Р 34.10", "a key of GOST R 34.10"), str(error)) from error
    if of_key is not read.algorithm:
        raise CmsProblem(CmsFailure.ALGORITHM, of_key.name, read.algorithm.name)
    return key


def _digest_of(content: bytes | Digest | None, read: Contents) -> bytes | None:
    if content is None:
        return None
    if isinstance(content, bytes):
        return read.algorithm.digest(content)
    if content.algorithm is not read.algorithm:
        raise CmsProblem(
            CmsFailure.ALGORITHM,
            say(f"дайджест содержимого {content.algorithm.name}", f"a digest of {content.algorithm.name}"),
            read.algorithm.name,
        )
    return content.value


def _check_digest(read: Contents, digest: bytes) -> bool:
    """Compare messageDigest; return whether it is that of the digest."""
    if hmac.compare_digest(read.message_digest, digest):
        return False
    if read.message_digest == read.algorithm.digest(digest):
        return True
    raise _other_content(read.message_digest, digest, read.algorithm)


def _check_bare(read: Contents, key: PublicKey, digest: bytes) -> bool:
    """Without attributes the content itself is signed; return whether its digest was."""
    if gost.verify(key, digest, read.signature):
        return False
    if gost.verify(key, read.algorithm.digest(digest), read.signature):
        return True
    raise _invalid(digest)


def _holds(read: Contents, key: PublicKey) -> bool:
    return any(gost.verify(key, read.algorithm.digest(each), read.signature) for each in read.attributes)


def _other_content(signed: bytes, found: bytes, algorithm: SignatureAlgorithm) -> CmsProblem:
    advice = say("содержимое не то, что подписывали", "the content is not what was signed")
    if signed[::-1] == found:
        advice = say("дайджест записан задом наперёд", "the digest was written backwards")
    elif len(signed) != len(found):
        advice = say(f"это не дайджест {algorithm.name}", f"that is no digest of {algorithm.name}")
    return CmsProblem(
        CmsFailure.OTHER_CONTENT,
        say(f"дайджест {signed.hex()} (подписан)", f"digest {signed.hex()} (signed)"),
        say(f"дайджест {found.hex()} (содержимого)", f"digest {found.hex()} (of the content)"),
        advice,
    )


def _invalid(digest: bytes) -> CmsProblem:
    return CmsProblem(
        CmsFailure.INVALID,
        say("подпись ключом сертификата", "a signature by the key of the certificate"),
        say(f"подпись не сходится с дайджестом {digest.hex()}", f"it does not go with the digest {digest.hex()}"),
        say("подписано другим ключом, или подпись изменена", "signed by another key, or the signature was changed"),
    )
