"""Signatures of files: made here and verified, by OpenSSL too; refused with words where they do not hold."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms as structures
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from gateway.signature import cms, gost
from gateway.signature.algorithms import GOST2001, GOST2012_256, GOST2012_512, SignatureAlgorithm
from gateway.signature.authority import Authority
from gateway.signature.certificates import Certificate
from gateway.signature.cms import CmsFailure, CmsProblem, Digest
from gateway.signature.keys import Signer, private_key_pem
from tests.peers.openssl import Identity, OpenSsl, prepared

AUTHORITY = Authority(b"s" * 32)
SIGNER = AUTHORITY.issue("ROSREESTR", "Росреестр", "1")
LONG = AUTHORITY.issue("ROSREESTR", "Росреестр", "1", algorithm=GOST2012_512)
CONTENT = b"<extract/>"
MOMENT = datetime(2013, 4, 1, 9, 30, 15, tzinfo=UTC)
DETACHED = cms.sign(CONTENT, SIGNER, MOMENT)


def refused(der: bytes, content: bytes | Digest | None = CONTENT) -> CmsProblem:
    """What is wrong."""
    with pytest.raises(CmsProblem) as raised:
        cms.verify(der, content)
    return raised.value


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    openssl = prepared(tmp_path)
    openssl.file("root.pem", AUTHORITY.root.certificate.pem + AUTHORITY.issuing.certificate.pem)
    return openssl


# --- made and verified -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signer", [SIGNER, LONG])
def test_a_detached_signature_says_who_signed_and_when(signer: Signer) -> None:
    verified = cms.verify(cms.sign(CONTENT, signer, MOMENT), CONTENT)
    assert (verified.certificate, verified.moment) == (signer.certificate, MOMENT)
    assert verified.digest == signer.algorithm.digest(CONTENT)
    assert verified.embedded is None


def test_a_content_within_is_verified_alone_and_against_the_one_beside() -> None:
    signed = cms.sign(CONTENT, SIGNER, MOMENT, detached=False)
    assert cms.verify(signed, None).embedded == cms.verify(signed, CONTENT).embedded == CONTENT
    problem = refused(signed, b"another")
    assert problem.failure is CmsFailure.OTHER_CONTENT
    assert GOST2012_256.digest(CONTENT).hex() in problem.expected
    assert GOST2012_256.digest(b"another").hex() in problem.found


def test_a_content_read_in_pieces_is_known_by_its_digest() -> None:
    digest = gost.new_streebog256()
    for piece in (b"<ext", b"ract/>"):
        digest.update(piece)
    assert cms.algorithm_of(DETACHED) is GOST2012_256
    assert cms.sign(Digest(digest.digest()), SIGNER, MOMENT) == DETACHED
    assert cms.verify(DETACHED, Digest(digest.digest())) == cms.verify(DETACHED, CONTENT)
    assert refused(DETACHED, Digest(GOST2012_512.digest(CONTENT), GOST2012_512)).failure is CmsFailure.ALGORITHM
    with pytest.raises(ValueError, match="gost2012-512"):
        cms.sign(Digest(digest.digest()), LONG, MOMENT)
    with pytest.raises(ValueError, match="detached"):
        cms.sign(Digest(digest.digest()), SIGNER, MOMENT, detached=False)


def test_the_structure_is_what_the_specification_says() -> None:
    info = structures.ContentInfo.load(DETACHED, strict=True)["content"]
    assert info["version"].native == "v1"
    assert [each["algorithm"].dotted for each in info["digest_algorithms"]] == ["1.2.643.7.1.1.2.2"]
    assert info["encap_content_info"]["content"].native is None
    assert [each.chosen.dump() for each in info["certificates"]] == [SIGNER.certificate.der]
    signer = info["signer_infos"][0]
    assert signer["signature_algorithm"]["algorithm"].dotted == "1.2.643.7.1.1.1.1"
    attributes = [each["type"].native for each in signer["signed_attrs"]]
    assert sorted(attributes) == ["content_type", "message_digest", "signing_time"]
    encodings = [each.dump() for each in signer["signed_attrs"]]
    assert encodings == sorted(encodings)


# --- with OpenSSL ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signer", [SIGNER, LONG])
@pytest.mark.parametrize("detached", [True, False])
def test_openssl_verifies_ours(openssl: OpenSsl, signer: Signer, detached: bool) -> None:
    signed = openssl.file("signed", cms.sign(CONTENT, signer, MOMENT, detached=detached))
    content = ("-content", openssl.file("content", CONTENT)) if detached else ()
    how = ("-binary", "-purpose", "any", "-CAfile", "root.pem", "-inform", "DER", "-in", signed)
    assert openssl("cms", "-verify", *how, *content) == CONTENT


@pytest.mark.parametrize(
    "options", [[], ["-noattr"], ["-nodetach"], ["-nodetach", "-noattr"], ["-keyid"], ["-nodetach", "-stream"]]
)
@pytest.mark.parametrize("bits", [256, 512])
def test_what_openssl_makes_is_verified(openssl: OpenSsl, options: list[str], bits: int) -> None:
    signer = SIGNER if bits == 256 else LONG
    own = Identity(
        openssl.file("own.key", private_key_pem(signer.key)), openssl.file("own.pem", signer.certificate.pem)
    )
    how = ("-binary", "-outform", "DER", "-md", f"md_gost12_{bits}", "-signer", own.certificate, "-inkey", own.key)
    signed = openssl("cms", "-sign", *how, *options, "-in", openssl.file("content", CONTENT))
    verified = cms.verify(signed, CONTENT)
    assert verified.certificate == signer.certificate
    assert verified.has_attributes == (verified.moment is not None) == ("-noattr" not in options)
    assert verified.embedded == (CONTENT if "-nodetach" in options else None)
    assert refused(signed, b"another").failure in {CmsFailure.OTHER_CONTENT, CmsFailure.INVALID}


def test_so_is_what_was_made_in_2001(openssl: OpenSsl) -> None:
    openssl("genpkey", "-algorithm", "gost2001", "-pkeyopt", "paramset:A", "-out", "old.key")
    openssl("req", "-new", "-x509", "-key", "old.key", "-subj", "/CN=old", "-md_gost94", "-out", "old.pem")
    how = ("-binary", "-outform", "DER", "-md", "md_gost94", "-signer", "old.pem", "-inkey", "old.key")
    signed = openssl("cms", "-sign", *how, "-in", openssl.file("content", CONTENT))
    assert cms.verify(signed, CONTENT).algorithm is GOST2001


# --- other forms -----------------------------------------------------------------------------------------------------


def test_the_attributes_may_come_in_another_order_than_that_of_der() -> None:
    """Who has signed them as DER is right, and who has signed them as they stand is understood."""
    info = structures.ContentInfo.load(DETACHED)
    signer = info["content"]["signer_infos"][0]
    backwards = b"".join(each.dump() for each in reversed(list(signer["signed_attrs"])))
    before = b"".join(each.dump() for each in signer["signed_attrs"])
    assert cms.verify(DETACHED.replace(before, backwards), CONTENT).moment == MOMENT
    as_they_stand = gost.sign(SIGNER.key, GOST2012_256.digest(b"\x31" + bytes([len(backwards)]) + backwards))
    stood = DETACHED.replace(before, backwards).replace(signer["signature"].native, as_they_stand)
    assert cms.verify(stood, CONTENT).moment == MOMENT


def test_the_digest_may_have_been_signed_in_the_place_of_the_content() -> None:
    digest = GOST2012_256.digest(CONTENT)
    assert cms.verify(cms.sign(digest, SIGNER, MOMENT), CONTENT).of_digest
    assert cms.verify(_bare(digest), CONTENT).of_digest
    assert not cms.verify(_bare(CONTENT), CONTENT).of_digest


def test_the_algorithm_of_the_signature_may_be_that_of_key_and_digest() -> None:
    info = structures.ContentInfo.load(DETACHED)
    info["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": GOST2012_256.signature_oid}
    assert cms.verify(info.dump(), CONTENT).moment == MOMENT


# --- refused ---------------------------------------------------------------------------------------------------------


def test_another_content_shows_both_digests() -> None:
    problem = refused(DETACHED, b"another")
    assert problem.failure is CmsFailure.OTHER_CONTENT
    assert GOST2012_256.digest(CONTENT).hex() in problem.expected
    assert GOST2012_256.digest(b"another").hex() in problem.found


def test_a_digest_written_backwards_is_recognised() -> None:
    backwards = cms.sign(Digest(GOST2012_256.digest(CONTENT)[::-1]), SIGNER, MOMENT)
    assert "задом наперёд" in refused(backwards).advice


@pytest.mark.parametrize(
    ("signature", "failure"),
    [(bytes(64), CmsFailure.INVALID), (b"\xff" * 64, CmsFailure.INVALID), (b"", CmsFailure.INVALID)],
)
def test_a_signature_that_is_none(signature: bytes, failure: CmsFailure) -> None:
    info = structures.ContentInfo.load(DETACHED)
    info["content"]["signer_infos"][0]["signature"] = signature
    assert refused(info.dump()).failure is failure


def test_the_signature_of_another_key() -> None:
    other = Signer(AUTHORITY.issue("FNS001", "ФНС", "1").key, SIGNER.certificate)
    assert refused(cms.sign(CONTENT, other, MOMENT)).failure is CmsFailure.INVALID
    assert refused(_bare(b"another")).failure is CmsFailure.INVALID


def test_attributes_that_were_changed() -> None:
    assert refused(DETACHED.replace(b"130401", b"130402")).failure is CmsFailure.INVALID


def test_no_signer_two_signers_no_certificate() -> None:
    signer = structures.ContentInfo.load(DETACHED)["content"]["signer_infos"][0]
    for signers in ([], [signer, signer.copy()]):
        info = structures.ContentInfo.load(DETACHED)
        info["content"]["signer_infos"] = signers
        problem = refused(info.dump())
        assert (problem.failure, problem.found) == (CmsFailure.SIGNERS, str(len(signers)))
    for certificates in (None, [Certificate.from_bytes(LONG.certificate.der)]):
        info = structures.ContentInfo.load(DETACHED)
        whole = certificates and [structures.CertificateChoices.load(each.der) for each in certificates]
        info["content"]["certificates"] = whole
        assert refused(info.dump()).failure is CmsFailure.NO_CERTIFICATE


def test_a_detached_signature_alone() -> None:
    assert refused(DETACHED, None).failure is CmsFailure.NO_CONTENT


def test_algorithms_that_are_none_of_ours() -> None:
    for field in ("digest_algorithm", "signature_algorithm"):
        info = structures.ContentInfo.load(DETACHED)
        info["content"]["signer_infos"][0][field] = {"algorithm": "1.2.840.113549.1.1.1"}
        problem = refused(info.dump())
        assert problem.failure is CmsFailure.ALGORITHM
        assert "1.2.840.113549.1.1.1" in problem.found


@pytest.mark.parametrize("missing", ["content_type", "message_digest"])
def test_attributes_that_must_be_there(missing: str) -> None:
    info = structures.ContentInfo.load(DETACHED)
    signer = info["content"]["signer_infos"][0]
    signer["signed_attrs"] = [each for each in signer["signed_attrs"] if each["type"].native != missing]
    assert refused(info.dump()).failure is CmsFailure.MALFORMED


@pytest.mark.parametrize(
    "found",
    [
        *(b"", b"\x30", b"hello", SIGNER.certificate.der, SIGNER.certificate.pem, DETACHED[:-1], DETACHED + b"\0"),
        *(DETACHED[: len(DETACHED) // 2], core.Integer(1).dump(), b"\x30\x80" * 5000),
        structures.ContentInfo({"content_type": "data", "content": b"x"}).dump(),
    ],
)
def test_what_is_no_cms(found: bytes) -> None:
    assert refused(found).failure is CmsFailure.MALFORMED


def test_ten_megabytes_of_garbage_are_refused() -> None:
    for garbage in (b"\x30\x84\x00\x98\x96\x80" + bytes(10_000_000), b"0" * 10_000_000, bytes(10_000_000)):
        assert refused(garbage).failure is CmsFailure.MALFORMED


@given(st.data())
def test_a_damaged_signature_is_refused_or_says_the_same(data: st.DataObject) -> None:
    damaged = bytearray(DETACHED)
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        verified = cms.verify(bytes(damaged), CONTENT)
    except CmsProblem:
        return
    assert (verified.digest, verified.moment) == (GOST2012_256.digest(CONTENT), MOMENT)
    assert verified.certificate.public_key == SIGNER.key.public


def _bare(content: bytes, algorithm: SignatureAlgorithm = GOST2012_256) -> bytes:
    """A CMS without signed attributes."""
    info = structures.ContentInfo.load(DETACHED)
    signer = info["content"]["signer_infos"][0]
    signer["signed_attrs"] = None
    signer["signature"] = gost.sign(SIGNER.key, algorithm.digest(content))
    return bytes(info.dump())
