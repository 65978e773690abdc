"""Before it judges ours: the signature made of libxml2, expat and OpenSSL against Santuario."""

import pytest

from gateway.xml import parse
from tests.peers import foreign_signature
from tests.peers.java_peer import JavaPeer
from tests.peers.openssl import OpenSsl

DOCUMENT = '<e xmlns="u:e"><body Id="B"><t xmlns="u:t" a="1">Сведения &gt; Запрос &amp; ]]&gt;</t></body><holder/></e>'


@pytest.mark.parametrize(("bits", "parameters"), [(256, "XA"), (512, "A")])
def test_both_verify_what_the_other_signed(java: JavaPeer, openssl: OpenSsl, bits: int, parameters: str) -> None:
    signer = openssl.identity("participant", bits=bits, parameters=parameters)
    body, holder = parse(DOCUMENT.encode())
    made = foreign_signature.signature(openssl, signer, body, "B", bits=bits)
    signed = DOCUMENT.replace("<holder/>", f"<holder>{made.decode()}</holder>").encode()
    assert java.verify(signed, "body", "holder") == openssl.fingerprint(signer.certificate)

    certificate = openssl.der(signer.certificate, "x509")
    by_java = java.sign(DOCUMENT.encode(), "body", "holder", openssl.der(signer.key, "pkey"), certificate)
    body, holder = parse(by_java)
    assert foreign_signature.verify(openssl, holder[0], body, bits=bits) == certificate
    body[0].text = "!"
    with pytest.raises(foreign_signature.NotGenuine, match="DigestValue"):
        foreign_signature.verify(openssl, holder[0], body, bits=bits)
