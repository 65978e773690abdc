"""Signed calls while signatures are not verified: the certificate says who calls, the signature is passed on."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.app import Gateway
from gateway.ns import SMEV3_VERSIONS, XMLDSIG
from gateway.protocol.soap import open_envelope
from gateway.xml import Element, name_of
from tests.acceptance.conftest import Start
from tests.conversation import (
    CLOCK,
    CONSUMER,
    CROSS_VERSIONS,
    INN_RESPONSE,
    PROVIDER,
    VERSIONS,
    ack,
    address,
    below,
    c14n,
    get,
    new_id,
    post,
    send_request,
    send_response,
    signed,
    whole_exchange,
)


def certificate(name: str) -> str:
    """A self-signed certificate in base64."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    valid = builder.not_valid_before(CLOCK.now()).not_valid_after(CLOCK.now() + timedelta(days=1))
    return base64.b64encode(valid.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def signature_in(envelope_child: Element, holder: str) -> Element:
    return below(envelope_child, holder, "Signature")


def signature_sent(envelope: bytes) -> Element:
    return signature_in(open_envelope(envelope), "CallerInformationSystemSignature")


async def sender_of(gateway: Gateway, envelope: bytes, version: str = "1.2") -> str:
    """Send at the plain address; return whom the provider sees."""
    sent = await post(f"{gateway.url}/smev/v{version}/ws", envelope)
    assert sent.status == 200, sent.body
    taken = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    await post(address(gateway.url, PROVIDER), ack(below(taken.child, "MessageMetadata", "MessageId").text or ""))
    return below(taken.child, "Sender", "Mnemonic").text or ""


async def test_a_new_certificate_registers_a_participant_and_stays_the_same_one(gateway: Gateway) -> None:
    mine, another = certificate("Администрация Иванова"), certificate("Администрация Иванова")
    first = await sender_of(gateway, signed(send_request(), mine))
    assert await sender_of(gateway, signed(send_request(), mine)) == first
    assert await sender_of(gateway, signed(send_request("1.3"), mine, SMEV3_VERSIONS["1.3"]), "1.3") == first
    wrapped = "&#13;\n".join(mine[index : index + 64] for index in range(0, len(mine), 64))
    assert await sender_of(gateway, signed(send_request(), wrapped)) == first
    assert await sender_of(gateway, signed(send_request(), another)) != first
    assert gateway.participants.name_of(first) == "Администрация Иванова"


async def test_answers_come_to_whoever_has_the_certificate(gateway: Gateway) -> None:
    mine, message_id = certificate("Мой"), new_id()
    plain = f"{gateway.url}/smev/v1.2/ws"
    await post(plain, signed(send_request(message_id=message_id), mine))
    request = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    await post(address(gateway.url, PROVIDER), send_response(below(request.child, "ReplyTo").text or ""))
    response = await post(plain, signed(get("GetResponse"), mine))
    assert below(response.child, "OriginalMessageId").text == message_id
    nobody = await post(plain, signed(get("GetResponse"), certificate("Чужой")))
    assert len(nobody.child) == 0


async def test_a_registered_certificate_is_known_after_a_restart(start: Start) -> None:
    mine = certificate("Мой")
    first = await start()
    known = await sender_of(first, signed(send_request(), mine))
    second = await start(registration="closed", participant=(PROVIDER,))
    assert await sender_of(second, signed(send_request(), mine)) == known


@pytest.mark.parametrize("text", ["AAAA", "не base64", "", "    "])
async def test_what_is_no_certificate_does_no_harm(gateway: Gateway, text: str) -> None:
    answer = await post(f"{gateway.url}/smev/v1.2/ws", signed(send_request(), text))
    # Bytes that are no certificate still tell one caller from another; no bytes tell nothing.
    assert answer.fault == "SenderIsNotRegistered" if text != "AAAA" else answer.status == 200
    await post(address(gateway.url, PROVIDER), get("GetRequest"))
    await whole_exchange(gateway.url)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_provider_gets_the_senders_signature_as_it_came(gateway: Gateway, version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    envelope = signed(send_request(version), certificate("Мой"), smev)
    await post(address(gateway.url, CONSUMER, version), envelope)
    taken = await post(address(gateway.url, PROVIDER, version), get("GetRequest", version=version))
    holder = below(taken.child, "Request", "SenderInformationSystemSignature")
    assert holder.tag == f"{{{smev.types}}}SenderInformationSystemSignature"
    assert c14n(holder[0]) == c14n(signature_sent(envelope))
    assert holder[0].tag == f"{{{XMLDSIG}}}Signature"


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_consumer_gets_the_providers_signature_as_it_came(gateway: Gateway, version: str) -> None:
    await post(address(gateway.url, CONSUMER, version), send_request(version))
    request = await post(address(gateway.url, PROVIDER, version), get("GetRequest", version=version))
    reply_to = below(request.child, "ReplyTo").text or ""
    envelope = signed(
        send_response(reply_to, version, answer=INN_RESPONSE), certificate("ФНС"), SMEV3_VERSIONS[version]
    )
    answered = await post(address(gateway.url, PROVIDER, version), envelope)
    assert answered.status == 200, answered.body
    taken = await post(address(gateway.url, CONSUMER, version), get("GetResponse", version=version))
    received = signature_in(taken.child, "SenderInformationSystemSignature")
    assert c14n(received) == c14n(signature_sent(envelope))


@pytest.mark.parametrize(("sent_by", "read_by"), CROSS_VERSIONS)
async def test_a_signature_of_another_version_is_dropped(gateway: Gateway, sent_by: str, read_by: str) -> None:
    envelope = signed(send_request(sent_by), certificate("Мой"), SMEV3_VERSIONS[sent_by])
    await post(address(gateway.url, CONSUMER, sent_by), envelope)
    taken = await post(address(gateway.url, PROVIDER, read_by), get("GetRequest", version=read_by))
    assert name_of(below(taken.child, "SenderProvidedRequestData"))[0] == SMEV3_VERSIONS[read_by].types
    assert b"SenderInformationSystemSignature" not in taken.body


async def test_a_closed_gateway_does_not_know_a_new_certificate(start: Start) -> None:
    gateway = await start(registration="closed")
    answer = await post(f"{gateway.url}/smev/v1.2/ws", signed(send_request(), certificate("Мой")))
    assert answer.fault == "SenderIsNotRegistered"
