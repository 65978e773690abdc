"""What an example that signs is tested by: every call of its consumer verifies in OpenSSL."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway.domain.signature_mode import SignatureMode
from gateway.protocol.soap import open_envelope
from gateway.signature.certificates import Certificate
from gateway.xml import Element, name_of
from tests.clients.conftest import Start
from tests.clients.conversations import MNEMONIC
from tests.clients.example_client import ExampleClient
from tests.peers import foreign_signature
from tests.peers.openssl import prepared

SIGNED: Final = ["SenderProvidedRequestData", "MessageTypeSelector", "AckTargetMessage", "SenderProvidedRequestData"]
"""What has an Id in the calls of the consumer, in order; it may poll more than once."""


async def signs_every_call(client: ExampleClient, start: Start, folder: Path) -> None:
    """The consumer is given keys, and all that it says is signed with them, at the address of the real SMEV.

    A strict gateway takes it, knowing its certificate; one that does not know it refuses.
    """
    openssl = prepared(folder)
    identity = openssl.identity(MNEMONIC)
    certificate = openssl.der(identity.certificate, "x509")
    gateway, wire = await start(signatures=SignatureMode.STRICT)
    gateway.signatures.keyring.bind(MNEMONIC, Certificate.from_bytes(certificate))
    signing = replace(client, signing=(str(openssl.pkcs12(identity, "sandbox")), "sandbox"))
    ran = await signing.asks(wire.url, MNEMONIC, "text")
    assert ran.code == 0, ran
    assert {call.target for call in wire.calls} == {"/smev/v1.2/ws"}
    found = []
    for call in wire.calls:
        signed, signature = _signed(open_envelope(call.body))
        assert foreign_signature.verify(openssl, signature, signed) == certificate
        found.append(name_of(signed)[1])
    assert [name for at, name in enumerate(found) if name not in found[:at][-1:]] == SIGNED
    stranger = openssl.identity("STRANGER")
    foreign = replace(client, signing=(str(openssl.pkcs12(stranger, "sandbox")), "sandbox"))
    refused = await foreign.asks(wire.url, "STRANGER", "text")
    assert refused.code != 0
    assert "SMEV-100" in str(refused)


def _signed(call: Element) -> tuple[Element, Element]:
    """The element with an Id, and the ds:Signature."""
    signed = next(child for child in call if child.get("Id"))
    (signature,) = call.iterfind("{*}CallerInformationSystemSignature/*")
    return signed, signature
