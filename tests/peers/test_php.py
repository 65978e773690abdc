"""The signing functions of examples/php against the step list and Santuario."""

import pytest
from hypothesis import given, settings

from tests.peers.java_peer import JavaPeer
from tests.peers.openssl import OpenSsl
from tests.peers.php_peer import PhpPeer
from tests.peers.questions import PeerRefused
from tests.signature.documents import canonical_documents
from tests.signature.step_list import transformed

DOCUMENT = '<e xmlns="u:e"><body Id="B"><t xmlns="u:t" a="1">Сведения &gt; Запрос &amp; ]]&gt;</t></body><holder/></e>'


@settings(max_examples=50, deadline=None)
@given(octets=canonical_documents())
def test_php_writes_what_the_step_list_says(php: PhpPeer, octets: bytes) -> None:
    assert php.transform(octets) == transformed(octets)


@pytest.mark.parametrize(("bits", "parameters"), [(256, "XA"), (512, "A")])
def test_php_and_santuario_verify_what_the_other_signed(
    java: JavaPeer, php: PhpPeer, openssl: OpenSsl, bits: int, parameters: str
) -> None:
    signer = openssl.identity("participant", bits=bits, parameters=parameters)
    keys, fingerprint = openssl.pkcs12(signer, "sandbox"), openssl.fingerprint(signer.certificate)
    made = php.signature(DOCUMENT.encode(), "body", keys, "sandbox").decode()
    by_php = DOCUMENT.replace("<holder/>", f"<holder>{made}</holder>").encode()
    assert java.verify(by_php, "body", "holder") == php.verify(by_php, "body", "holder") == fingerprint

    key, certificate = openssl.der(signer.key, "pkey"), signer.certificate.read_bytes()
    by_java = java.sign(DOCUMENT.encode(), "body", "holder", key, certificate)
    assert php.verify(by_java, "body", "holder") == fingerprint
    with pytest.raises(PeerRefused, match="the digest"):
        php.verify(by_java.replace("Запрос".encode(), "запрос".encode()), "body", "holder")

    cms = php.sign_cms(bytes(range(256)), keys, "sandbox")
    assert java.verify_cms(cms, bytes(range(256))) == fingerprint
