"""Our certificates and keys in OpenSSL and Bouncy Castle, and theirs here."""

from datetime import UTC, datetime
from typing import Final

import pytest

from gateway.keyring import Keyring, Special
from gateway.signature import gost, trust
from gateway.signature.algorithms import GOST2012_256, GOST2012_512, SignatureAlgorithm
from gateway.signature.certificates import Certificate
from gateway.signature.keys import private_key_der, private_key_pem, read_private_key
from gateway.signature.trust import State
from tests.peers.java_peer import JavaPeer
from tests.peers.openssl import OpenSsl, OpenSslRefused

NOW: Final = datetime.now(UTC)  # noqa: TID251 - OpenSSL makes certificates on this machine's clock
ALGORITHMS: Final = pytest.mark.parametrize("algorithm", [GOST2012_256, GOST2012_512], ids=lambda each: each.name)
CURVES: Final = {256: ("A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD"), 512: ("A", "B", "C")}
DOCUMENT: Final = b'<e xmlns="u:e"><body Id="B">text</body><holder/></e>'


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.in_memory(b"of the test")


def told_of(keyring: Keyring, openssl: OpenSsl) -> tuple[str, ...]:
    """Options of OpenSSL for the sandbox's authority: what it trusts, what it finds on the way, who is revoked."""
    authority = keyring.authority
    root = openssl.file("root.pem", authority.root.certificate.pem)
    issuing = openssl.file("issuing.pem", authority.issuing.certificate.pem)
    revoked = openssl.file("revoked.crl", keyring.revocation_list)
    listed = openssl.folder / "revoked.pem"
    openssl("crl", "-inform", "DER", "-in", revoked, "-out", listed)
    return "-CAfile", str(root), "-untrusted", str(issuing), "-crl_check", "-CRLfile", str(listed)


@ALGORITHMS
def test_openssl_builds_the_chain_of_what_is_issued_here(
    openssl: OpenSsl, keyring: Keyring, algorithm: SignatureAlgorithm
) -> None:
    signer = keyring.issue("MYCITY", name="Администрация города «М»", algorithm=algorithm)
    for certificate in (signer.certificate, keyring.smev.certificate):
        assert b": OK" in openssl("verify", *told_of(keyring, openssl), openssl.file("leaf.pem", certificate.pem))


def test_openssl_says_what_is_wrong_with_the_certificates_for_testers(openssl: OpenSsl, keyring: Keyring) -> None:
    wrong = {kind: keyring.special("MYCITY", kind).certificate for kind in Special}
    words = {
        Special.EXPIRED: "has expired",
        Special.NOT_YET_VALID: "not yet valid",
        Special.REVOKED: "revoked",
        Special.FOREIGN: "unable to get local issuer",
    }
    told = told_of(keyring, openssl)
    for kind, certificate in wrong.items():
        with pytest.raises(OpenSslRefused, match=words[kind]):
            openssl("verify", *told, openssl.file("leaf.pem", certificate.pem))


@ALGORITHMS
def test_openssl_signs_with_a_key_of_ours(openssl: OpenSsl, keyring: Keyring, algorithm: SignatureAlgorithm) -> None:
    signer = keyring.issue("MYCITY", algorithm=algorithm)
    key = openssl.file("key.pem", private_key_pem(signer.key))
    certificate = openssl.file("certificate.pem", signer.certificate.pem)
    assert openssl("pkey", "-in", key, "-pubout") == openssl("x509", "-in", certificate, "-pubkey", "-noout")

    name = f"-md_gost12_{algorithm.size * 8}"
    signature = openssl("dgst", name, "-sign", key, openssl.file("content", b"content"))
    assert gost.verify(signer.certificate.public_key, algorithm.digest(b"content"), signature)
    ours = gost.sign(signer.key, algorithm.digest(b"content"))
    assert openssl.is_signed(b"content", ours, signer.certificate.der, algorithm.size * 8)
    assert not openssl.is_signed(b"contents", ours, signer.certificate.der, algorithm.size * 8)


@pytest.mark.parametrize(("bits", "parameters"), [(bits, one) for bits, names in CURVES.items() for one in names])
def test_keys_and_certificates_of_openssl_are_read_here(openssl: OpenSsl, bits: int, parameters: str) -> None:
    made = openssl.identity("participant", bits=bits, parameters=parameters)
    key = read_private_key(made.key.read_bytes())
    certificate = Certificate.from_bytes(made.certificate.read_bytes())
    assert certificate.public_key == key.public
    assert certificate.is_signed_by(certificate)
    assert certificate.fingerprint == openssl.fingerprint(made.certificate)
    assert read_private_key(openssl.der(made.key, "pkey")) == key


def test_a_certificate_of_openssl_is_bound_and_its_dates_hold(openssl: OpenSsl, keyring: Keyring) -> None:
    certificate = Certificate.from_bytes(openssl.identity("участник").certificate.read_bytes())
    assert keyring.mnemonic_of(certificate) is None
    assert keyring.standing(certificate, NOW).state is State.FOREIGN
    keyring.bind("MYCITY", certificate)
    assert keyring.mnemonic_of(certificate) == "MYCITY"
    assert keyring.standing(certificate, certificate.not_before).state is State.VALID
    assert keyring.standing(certificate, NOW.replace(year=NOW.year + 1)).state is State.EXPIRED


def test_a_chain_of_openssl_is_followed_here(openssl: OpenSsl) -> None:
    root, leaf = openssl.identity("root"), openssl.identity("leaf")
    request = openssl("req", "-new", "-key", leaf.key, "-subj", "/CN=leaf")
    issuing = ("-CA", root.certificate, "-CAkey", root.key, "-days", "3", "-CAcreateserial")
    issued = openssl("x509", "-req", "-in", openssl.file("request", request), *issuing)
    anchor, found = Certificate.from_bytes(root.certificate.read_bytes()), Certificate.from_bytes(issued)
    assert found.is_signed_by(anchor)
    assert trust.follow(found, [], [anchor]).problem is None
    assert trust.follow(Certificate.from_bytes(leaf.certificate.read_bytes()), [], [anchor]).problem is not None


@ALGORITHMS
def test_bouncy_castle_signs_with_a_key_of_ours(
    java: JavaPeer, keyring: Keyring, algorithm: SignatureAlgorithm
) -> None:
    signer = keyring.issue("MYCITY", algorithm=algorithm)
    signed = java.sign(DOCUMENT, "body", "holder", private_key_der(signer.key), signer.certificate.der)
    assert java.verify(signed, "body", "holder") == signer.certificate.fingerprint
