"""Bad calls, one a row: selectors, Acks, reply addresses, packages and callers that cannot be."""

import base64

import pytest

from gateway.app import Gateway
from gateway.domain.participants import Participant
from gateway.protocol import mtom
from gateway.protocol.messages import MessageType
from tests.acceptance.bad_input import BadInput, Rows, assert_refused, assert_still_works, sent, taken
from tests.acceptance.conftest import Start
from tests.conversation import (
    CONSUMER,
    INN_NAMESPACE,
    INN_REQUEST,
    INN_REQUEST_TYPE,
    INN_RESPONSE,
    INVALID_INN_REQUEST,
    INVALID_INN_RESPONSE,
    PROVIDER,
    Answer,
    ack,
    address,
    client,
    explanation,
    fetch,
    get,
    new_id,
    post,
    send_request,
    send_response,
    swap,
    with_attachments,
)

ROWS = Rows()
UNKNOWN = MessageType(INN_NAMESPACE, "FNSINNSingularReqest")


# --- selectors -------------------------------------------------------------------------------------------------


@ROWS.row("selector-of-unknown-kind", "UnknownMessageType", "selector_is_known")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, PROVIDER), get("GetRequest", UNKNOWN))


@ROWS.row("response-selector-of-unknown-kind", "UnknownMessageType", "selector_is_known")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, CONSUMER), get("GetResponse", UNKNOWN))


@ROWS.row("selector-of-somebody-elses-kind", "UnknownMessageType", "selector_is_known")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, CONSUMER), get("GetRequest", INN_REQUEST_TYPE))


@ROWS.row("half-a-selector", "InvalidContent", "envelope")
async def _(gateway: Gateway) -> Answer:
    named = f"<RootElementLocalName>{INN_REQUEST_TYPE.root}</RootElementLocalName>"
    return await post(address(gateway.url, PROVIDER), swap(get("GetRequest", INN_REQUEST_TYPE), named, ""))


# --- Ack -------------------------------------------------------------------------------------------------------


@ROWS.row("ack-of-nothing", "TargetMessageIsNotFound", "target_is_leased")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, PROVIDER), ack(new_id()))


@ROWS.row("ack-of-what-was-not-taken", "TargetMessageIsNotFound", "target_is_leased")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, PROVIDER), ack(await sent(gateway)))


@ROWS.row("ack-of-anothers-message", "TargetMessageIsNotFound", "target_is_leased")
async def _(gateway: Gateway) -> Answer:
    message_id, _ = await taken(gateway)
    answer = await post(address(gateway.url, CONSUMER), ack(message_id))
    assert (await post(address(gateway.url, PROVIDER), ack(message_id))).status == 200
    return answer


@ROWS.row("second-ack", "TargetMessageIsNotFound", "target_is_leased")
async def _(gateway: Gateway) -> Answer:
    message_id, _ = await taken(gateway)
    assert (await post(address(gateway.url, PROVIDER), ack(message_id))).status == 200
    return await post(address(gateway.url, PROVIDER), ack(message_id))


@ROWS.row("ack-of-no-uuid", "InvalidContent", "call_follows_wire_schema")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, PROVIDER), ack("42"))


# --- To --------------------------------------------------------------------------------------------------------


@ROWS.row("to-forged", "RecipientIsNotFound", "reply_address_is_genuine")
async def _(gateway: Gateway) -> Answer:
    _, reply_to = await taken(gateway)
    forged = bytearray(base64.b64decode(reply_to))
    forged[10] ^= 1
    return await post(address(gateway.url, PROVIDER), send_response(base64.b64encode(forged).decode()))


@ROWS.row("to-made-up", "RecipientIsNotFound", "reply_address_is_genuine")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, PROVIDER), send_response(CONSUMER))


@ROWS.row("to-of-another-provider", "RecipientIsNotFound", "reply_address_is_genuine")
async def _(gateway: Gateway) -> Answer:
    _, reply_to = await taken(gateway)
    return await post(address(gateway.url, "ANOTHER"), send_response(reply_to))


@ROWS.row("to-empty", "RecipientIsNotFound", "reply_address_is_genuine")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, PROVIDER), send_response(""))


# --- packages --------------------------------------------------------------------------------------------------


async def packed(gateway: Gateway, envelope: bytes, parts: list[tuple[str, bytes]], cut: int = 0) -> Answer:
    content_type, body = mtom.pack(envelope, parts)
    return await post(address(gateway.url, CONSUMER), body[: len(body) - cut], content_type=content_type)


@ROWS.row("part-missing", "soap:Client", "mtom")
async def _(gateway: Gateway) -> Answer:
    envelope, _ = with_attachments({"a.zip": b"PK"})
    return await packed(gateway, envelope, [])


@ROWS.row("part-twice", "soap:Client", "mtom")
async def _(gateway: Gateway) -> Answer:
    envelope, parts = with_attachments({"a.zip": b"PK"})
    return await packed(gateway, envelope, [*parts, *parts])


@ROWS.row("part-never-referenced", "soap:Client", "mtom")
async def _(gateway: Gateway) -> Answer:
    envelope, parts = with_attachments({"a.zip": b"PK"})
    return await packed(gateway, envelope, [*parts, ("lost@client", b"PK")])


@ROWS.row("package-truncated", "soap:Client", "mtom")
async def _(gateway: Gateway) -> Answer:
    envelope, parts = with_attachments({"a.zip": b"PK" * 1000})
    return await packed(gateway, envelope, list(parts), cut=500)


@ROWS.row("package-without-boundary", "soap:Client", "mtom")
async def _(gateway: Gateway) -> Answer:
    return await post(address(gateway.url, CONSUMER), send_request(), content_type="multipart/related")


@ROWS.row("attachment-without-header", "AttachmentContentMiscoordination", "attachments_pair")
async def _(gateway: Gateway) -> Answer:
    envelope, parts = with_attachments({"a.zip": b"PK"})
    return await packed(gateway, swap(envelope, "<Id>a.zip</Id>", "<Id>b.zip</Id>"), list(parts))


@ROWS.row("attachment-no-base64", "InvalidContent", "envelope")
async def _(gateway: Gateway) -> Answer:
    envelope, _ = with_attachments({"a.zip": b"PK"})
    head, _, rest = envelope.partition(b"<xop:Include")
    return await post(address(gateway.url, CONSUMER), head + b"not base64!" + rest[rest.index(b"/>") + 2 :])


@ROWS.row("attachments-too-large", "AttachmentSizeLimitExceeded", "attachments_fit")
async def _(gateway: Gateway) -> Answer:
    envelope, parts = with_attachments({"a.zip": b"0" * 3_000_000, "b.zip": b"1" * 3_000_000})
    return await packed(gateway, envelope, list(parts))


# --- callers ---------------------------------------------------------------------------------------------------


@ROWS.row("caller-unnamed", "SenderIsNotRegistered", "caller")
async def _(gateway: Gateway) -> Answer:
    return await post(f"{gateway.url}/smev/v1.2/ws", send_request())


@ROWS.row("bad-mnemonic-in-the-address", "SenderIsNotRegistered", "caller")
async def _(gateway: Gateway) -> Answer:
    return await post(f"{gateway.url}/as/%D0%A4%D0%9D%D0%A1%0A%1b%00{'x' * 100}/smev/v1.2/ws", send_request())


@ROWS.row("bad-mnemonic-in-the-header", "SenderIsNotRegistered", "caller")
async def _(gateway: Gateway) -> Answer:
    return await post(f"{gateway.url}/smev/v1.2/ws", send_request(), {"X-Smev-Mnemonic": "../FNS;drop table"})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
async def test_bad_input(gateway: Gateway, row: BadInput) -> None:
    entry = await assert_refused(gateway, row)
    assert len(entry["participant"]) <= 50
    assert entry["participant"].isprintable()
    await assert_still_works(gateway)


async def test_caller_unknown_to_a_closed_gateway(start: Start) -> None:
    gateway = await start(registration="closed", participant=(CONSUMER,))

    async def send(gateway: Gateway) -> Answer:
        return await post(address(gateway.url, "STRANGER"), send_request())

    row = BadInput("caller-unknown-to-a-closed-gateway", "SenderIsNotRegistered", "caller", send)
    entry = await assert_refused(gateway, row)
    assert CONSUMER in entry["explanation"]["expected"]
    assert entry["explanation"]["found"] == "STRANGER"
    assert "STRANGER" not in gateway.participants.by_mnemonic
    await assert_still_works(gateway)


async def test_the_explanation_names_the_three_ways_to_say_who_calls(gateway: Gateway) -> None:
    row = next(row for row in ROWS if row.id == "caller-unnamed")
    advice = (await assert_refused(gateway, row))["explanation"]["advice"]
    for way in ("/as/", "X-Smev-Mnemonic", "CallerInformationSystemSignature"):
        assert way in advice


# --- what is refused later -------------------------------------------------------------------------------------


async def rejected_by_validation(gateway: Gateway, content: bytes) -> tuple[str, str]:
    """Send; return details and fault of the AsyncProcessingStatus that comes back."""
    async with client(gateway.url, CONSUMER) as consumer:
        message = await consumer.send_request(content)
        response = await consumer.take_response()
        assert response is not None
        assert response.async_status is not None
        assert response.original_message_id == response.async_status.original_message_id == message.message_id
        await consumer.ack(response.metadata.message_id)
        return response.async_status.details, response.async_status.fault


async def test_content_invalid(gateway: Gateway) -> None:
    details, fault = await rejected_by_validation(gateway, INVALID_INN_REQUEST)
    assert details.startswith("SMEV-403:")
    assert "ДатаРожд" in fault
    await assert_still_works(gateway)


async def test_content_of_unknown_kind(gateway: Gateway) -> None:
    details, fault = await rejected_by_validation(gateway, b'<Hello xmlns="urn:nobody"/>')
    assert details.startswith("SMEV-402:")
    assert "urn:nobody" in fault
    await assert_still_works(gateway)


async def test_content_nobody_provides(start: Start) -> None:
    gateway = await start(provide=())
    details, _ = await rejected_by_validation(gateway, INN_REQUEST)
    assert details.startswith("SMEV-203:")
    gateway.participants.add(Participant(PROVIDER, PROVIDER))
    gateway.participants.provide(PROVIDER, "fns/inn-by-person")
    await assert_still_works(gateway)


@pytest.mark.parametrize(
    ("answer", "number"),
    [(INVALID_INN_RESPONSE, "SMEV-403:"), (INN_REQUEST, "SMEV-409:"), (b'<Hello xmlns="urn:nobody"/>', "SMEV-402:")],
)
async def test_answer_invalid(gateway: Gateway, answer: bytes, number: str) -> None:
    _, reply_to = await taken(gateway)
    async with client(gateway.url, PROVIDER) as provider:
        message = await provider.send_response(reply_to, answer)
        status = await provider.take_status()
        assert status is not None
        assert status.original_message_id == message.message_id
        assert status.details.startswith(number)
        await provider.send_response(reply_to, INN_RESPONSE)
    await assert_still_works(gateway)


async def test_a_refusal_that_is_not_there_is_not_found(gateway: Gateway) -> None:
    for seq in ("0", "999999999999999999", "x", "-1"):
        assert (await fetch(f"{gateway.url}/__admin/journal/{seq}")).status == 404
    answer = await post(address(gateway.url, CONSUMER), b"")
    assert (await explanation(gateway.url, answer))["participant"] == CONSUMER
