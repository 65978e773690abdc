"""Send, take, acknowledge by HTTP and JSON: the same checks, journal and queues as by SOAP. And the queues seen."""

import base64
from typing import Any

import pytest

from gateway.app import Gateway
from gateway.client import Smev3Client
from gateway.protocol.messages import AttachmentHeader
from gateway.xml import parse
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.conftest import Start
from tests.conversation import (
    INN_REQUEST,
    INN_REQUEST_TYPE,
    INN_RESPONSE,
    INN_RESPONSE_TYPE,
    INVALID_INN_RESPONSE,
    c14n,
    client,
    new_id,
    send_request,
)
from tests.conversation import ack as acknowledgement

CONTENT = INN_REQUEST.decode()
ZIP = {"name": "one.zip", "mimeType": "application/zip", "content": base64.b64encode(b"\x00zip").decode()}


async def send(gateway: Gateway, mnemonic: str = "CITY", **fields: object) -> Any:
    return await post(gateway, f"/participants/{mnemonic}/send", fields or {"content": CONTENT}, 201)


async def take(gateway: Gateway, mnemonic: str, queue: str = "requests", **fields: object) -> Any:
    return (await post(gateway, f"/participants/{mnemonic}/take", {"queue": queue, **fields}))["message"]


async def ack(gateway: Gateway, mnemonic: str, message_id: str, **fields: object) -> Any:
    return await post(gateway, f"/participants/{mnemonic}/ack", {"messageId": message_id, **fields})


async def depths(gateway: Gateway, mnemonic: str) -> dict[str, tuple[int, int]]:
    """Free and leased messages of each queue."""
    queues = (await get(gateway, f"/queues/{mnemonic}"))["queues"]
    return {each["queue"]: (each["free"], each["leased"]) for each in queues}


async def test_a_whole_exchange_by_hand(gateway: Gateway) -> None:
    sent = await send(gateway, content=CONTENT, attachments=[ZIP], transactionCode="case-1")
    assert (sent["status"], sent["type"], sent["recipient"]) == ("requestIsQueued", "REQUEST", "FNS")
    request = await take(gateway, "FNS", messageType=str(INN_REQUEST_TYPE))
    assert (request["messageId"], request["sender"]) == (sent["messageId"], "CITY")
    assert (request["transactionCode"], request["messageType"]) == ("case-1", str(INN_REQUEST_TYPE))
    assert c14n(parse(request["content"].encode())) == c14n(parse(INN_REQUEST))
    assert request["xml"].startswith("<ns2:GetRequestResponse")
    assert request["attachments"] == [{"name": "one.zip", "size": 4, "content": ZIP["content"]}]
    assert request["acknowledged"] is False
    answer = await send(gateway, "FNS", content=INN_RESPONSE.decode(), to=request["replyTo"])
    assert await ack(gateway, "FNS", request["messageId"]) == {"messageId": request["messageId"], "accepted": True}
    response = await take(gateway, "CITY", "responses", ack=True)
    assert (response["messageId"], response["originalMessageId"]) == (answer["messageId"], sent["messageId"])
    assert (response["messageType"], response["acknowledged"]) == (str(INN_RESPONSE_TYPE), True)
    assert await take(gateway, "CITY", "responses") is None
    history = (await get(gateway, f"/interactions/{sent['messageId']}"))["history"]
    assert [entry["operation"] for entry in history] == [
        "SendRequest", "SendRequest", "GetRequest", "SendResponse", "SendResponse", "Ack", "GetResponse", "Ack",
    ]  # fmt: skip


async def test_by_hand_and_by_soap_are_one_exchange(gateway: Gateway) -> None:
    message_id = new_id()
    await send(gateway, content=CONTENT, messageId=message_id, version="1.1")
    async with client(gateway.url, "FNS", "1.3") as fns:
        request = await fns.take_request()
        assert request is not None
        assert request.message_id == message_id
        await fns.send_response(request.reply_to or "", INN_RESPONSE)
    assert (await take(gateway, "CITY", "responses", version="1.3"))["originalMessageId"] == message_id


async def test_a_rejection_by_hand(gateway: Gateway) -> None:
    await send(gateway)
    request = await take(gateway, "FNS", ack=True)
    await send(gateway, "FNS", content="нет сведений", reject="NO_DATA", to=request["replyTo"])
    response = await take(gateway, "CITY", "responses")
    assert response["rejections"] == [{"code": "NO_DATA", "description": "нет сведений"}]
    assert response["content"] is None


async def test_a_ready_envelope_goes_as_it_is(gateway: Gateway) -> None:
    message_id = new_id()
    sent = await send(gateway, envelope=send_request("1.3", message_id).decode())
    assert sent["messageId"] == message_id
    whole = await get(gateway, f"/interactions/{message_id}")
    assert whole["messages"][0]["version"] == "1.3"
    assert whole["messages"][0]["envelope"] == send_request("1.3", message_id).decode()


async def test_what_smev_rejects_later_comes_as_a_status(gateway: Gateway) -> None:
    await send(gateway, content='<unheard xmlns="urn:of"/>')
    told = await take(gateway, "CITY", "responses")
    assert told["status"].startswith("requestIsRejectedBySmev SMEV-402")
    await send(gateway)
    request = await take(gateway, "FNS")
    answer = await send(gateway, "FNS", content=INVALID_INN_RESPONSE.decode(), to=request["replyTo"])
    status = await take(gateway, "FNS", "statuses", ack=True)
    assert status["originalMessageId"] == answer["messageId"]
    assert "SMEV-403" in status["status"]
    assert status["acknowledged"] is True
    assert await take(gateway, "FNS", "statuses") is None


async def test_a_status_that_needs_its_ack_gets_it(start: Start) -> None:
    gateway = await start(status_needs_ack=True)
    await send(gateway)
    request = await take(gateway, "FNS", ack=True)
    await send(gateway, "FNS", content=INVALID_INN_RESPONSE.decode(), to=request["replyTo"])
    status = await take(gateway, "FNS", "statuses")
    assert (status["acknowledged"], (await depths(gateway, "FNS"))["statuses"]) == (False, (0, 1))
    await ack(gateway, "FNS", status["messageId"])
    assert (await depths(gateway, "FNS"))["statuses"] == (0, 0)


async def test_what_smev_refuses_is_a_problem_that_explains_itself(gateway: Gateway) -> None:
    body = {"content": CONTENT, "messageId": "no-uuid"}
    problem = await refused(gateway, "POST", "/participants/CITY/send", 422, "refused", json=body)
    assert problem["fault"] == "InvalidMessageIdFormat"
    assert problem["explanation"]["found"] == "no-uuid"
    entry = await get(gateway, problem["journal"].removeprefix("/__admin"))
    assert (entry["event"], entry["fault"], entry["participant"]) == ("refused", "InvalidMessageIdFormat", "CITY")
    assert entry["explanation"] == problem["explanation"]


@pytest.mark.parametrize(
    ("action", "body", "fault"),
    [
        ("ack", {"messageId": "c52b69fe-e771-11f1-89a7-f3a752e6b438"}, "TargetMessageIsNotFound"),
        ("take", {"queue": "requests", "messageType": "{urn:of}unheard"}, "UnknownMessageType"),
        ("send", {"content": CONTENT, "to": "nobody"}, "RecipientIsNotFound"),
        ("send", {"envelope": "<no-soap/>"}, "soap:Client"),
        ("send", {"envelope": "<"}, "soap:Client"),
    ],
)
async def test_the_checks_are_those_of_soap(gateway: Gateway, action: str, body: dict[str, object], fault: str) -> None:
    problem = await refused(gateway, "POST", f"/participants/CITY/{action}", 422, "refused", json=body)
    assert problem["fault"] == fault
    assert problem["journal"]


async def test_an_envelope_of_another_operation_is_refused(gateway: Gateway) -> None:
    envelope = {"envelope": acknowledgement(new_id()).decode()}
    problem = await refused(gateway, "POST", "/participants/CITY/send", 422, "refused", json=envelope)
    assert problem["explanation"]["found"] == "Ack"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"content": CONTENT, "envelope": CONTENT}, {"content": "not xml"}, {"content": "<!DOCTYPE a><a/>"},
        {"content": "\ud800"}, {"content": CONTENT, "reject": "NO_DATA"}, {"content": CONTENT, "version": "2.0"},
        {"envelope": CONTENT, "to": "x"}, {"content": CONTENT, "attachments": [{"name": "a", "content": "!"}]},
        {"content": send_request().decode()}, {"content": CONTENT, "reject": "NO_WAY", "to": "x"},
    ],
)  # fmt: skip
async def test_a_message_that_makes_no_sense_is_a_problem(gateway: Gateway, body: dict[str, object]) -> None:
    reply = await call(gateway, "POST", "/participants/CITY/send", json=body)
    assert reply.status == 422
    assert (await get(gateway, "/journal"))["entries"] == []


async def test_a_stranger_registers_by_hand_as_by_soap(start: Start) -> None:
    gateway = await start()
    await send(gateway, "NEWCOMER")
    assert (await get(gateway, "/participants/NEWCOMER"))["declared"] is False
    closed = await start(registration="closed")
    problem = await refused(closed, "POST", "/participants/STRANGER/send", 422, "refused", json={"content": CONTENT})
    assert problem["fault"] == "SenderIsNotRegistered"


async def test_attachments_larger_than_the_parser_takes_are_shown(start: Start) -> None:
    gateway = await start(max_attachments=12_000_000)
    large = b"\x00" * 9_000_000
    async with Smev3Client(gateway.url, "CITY", by_reference_above=12_000_000) as city:
        await city.send_request(INN_REQUEST, attachments=[(AttachmentHeader("large", "application/zip"), large)])
    request = await take(gateway, "FNS")
    assert base64.b64decode(request["attachments"][0]["content"]) == large


# --- queues ------------------------------------------------------------------------------------------------------


async def test_queues_tell_how_deep_they_are(gateway: Gateway) -> None:
    for _ in range(3):
        await send(gateway)
    await take(gateway, "FNS")
    queues = {(each["participant"], each["queue"]): each for each in (await get(gateway, "/queues"))["queues"]}
    assert set(queues) == {(who, what) for who in ("CITY", "FNS") for what in ("requests", "responses", "statuses")}
    requests = queues["FNS", "requests"]
    assert (requests["free"], requests["leased"]) == (2, 1)
    assert requests["oldest"] < requests["nextLeaseEnd"]
    empty = {"participant": "CITY", "queue": "responses", "free": 0, "leased": 0, "oldest": None, "nextLeaseEnd": None}
    assert queues["CITY", "responses"] == empty
    assert await depths(gateway, "FNS") == {"requests": (2, 1), "responses": (0, 0), "statuses": (0, 0)}


async def test_a_queue_is_emptied(gateway: Gateway) -> None:
    for _ in range(2):
        await send(gateway)
    reply = await call(gateway, "DELETE", "/queues/FNS/requests")
    assert reply.body == {"participant": "FNS", "queue": "requests", "removed": 2}
    assert await take(gateway, "FNS") is None
    await send(gateway)
    assert await take(gateway, "FNS") is not None


async def test_there_is_no_other_queue(gateway: Gateway) -> None:
    await refused(gateway, "DELETE", "/queues/FNS/letters", 404, "not-found")
    await refused(gateway, "DELETE", "/queues/NOBODY/requests", 404, "participant")
    await refused(gateway, "GET", "/queues/NOBODY", 404, "participant")
