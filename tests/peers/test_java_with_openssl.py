"""What the signing classes of examples/java and OpenSSL make of each other, before either is asked about ours."""

from typing import Final

import pytest

from tests.peers.java_peer import JavaPeer
from tests.peers.openssl import Identity, OpenSsl
from tests.peers.questions import PeerRefused

FILE: Final = bytes(range(256)) * 20
DOCUMENT: Final = '<e xmlns="u:e"><body Id="B"><t xmlns="u:t">Сведения &gt; Запрос</t></body><signature/></e>'.encode()


@pytest.fixture(params=["256 XA", "256 B", "512 A"])
def bits_and_signer(openssl: OpenSsl, request: pytest.FixtureRequest) -> tuple[int, Identity]:
    """Keys on a curve of each size; XA is what SMEV's participants have.

    Not TCA to TCD, nor C of 512 bits: Bouncy Castle 1.72 reads no private key whose parameters do not name the digest.
    """
    bits, parameters = request.param.split()
    return int(bits), openssl.identity("participant", bits=int(bits), parameters=parameters)


def test_keys_of_openssl_sign_and_verify_in_java(
    java: JavaPeer, openssl: OpenSsl, bits_and_signer: tuple[int, Identity]
) -> None:
    _, signer = bits_and_signer
    key, certificate = openssl.der(signer.key, "pkey"), signer.certificate.read_bytes()
    signed = java.sign(DOCUMENT, "body", "signature", key, certificate)
    assert java.verify(signed, "body", "signature") == openssl.fingerprint(signer.certificate)
    with pytest.raises(PeerRefused, match="does not match"):
        java.verify(signed.replace("Запрос".encode(), "запрос".encode()), "body", "signature")


def test_cms_of_java_verifies_in_openssl_and_back(
    java: JavaPeer, openssl: OpenSsl, bits_and_signer: tuple[int, Identity]
) -> None:
    bits, signer = bits_and_signer
    by_java = java.sign_cms(FILE, openssl.der(signer.key, "pkey"), signer.certificate.read_bytes())
    openssl.verify_cms(by_java, FILE, signer.certificate)
    by_openssl = openssl.sign_cms(FILE, signer, bits=bits)
    assert java.verify_cms(by_openssl, FILE) == openssl.fingerprint(signer.certificate)
    with pytest.raises(PeerRefused, match="does not match"):
        java.verify_cms(by_openssl, FILE[1:])


def test_java_opens_a_pkcs12_file_of_openssl(java: JavaPeer, openssl: OpenSsl) -> None:
    signer = openssl.identity("participant")
    fingerprint, _ = java.open(openssl.pkcs12(signer, "тайна"), "тайна")
    assert fingerprint == openssl.fingerprint(signer.certificate)
