"""Interactions by HTTP: found, looked at as a whole, and explained where something was refused."""

from typing import Any
from urllib.parse import quote

import pytest

from gateway.app import Gateway
from gateway.exchange import inquiry
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.participant_calls import Outgoing
from tests.acceptance.administrator import get, refused
from tests.acceptance.conftest import Start
from tests.conversation import (
    INN_KIND,
    INN_REQUEST,
    INN_REQUEST_TYPE,
    INN_RESPONSE,
    INVALID_INN_RESPONSE,
    address,
    client,
    new_id,
    post,
    send_request,
)

ZIP = (AttachmentHeader("one.zip", "application/zip"), b"\x00zip")


async def ask(gateway: Gateway, consumer: str = "CITY", code: str | None = None) -> str:
    """Send one request; return its MessageID."""
    async with client(gateway.url, consumer) as asking:
        return (await asking.send_request(INN_REQUEST, Outgoing(transaction_code=code))).message_id


async def found(gateway: Gateway, query: str = "") -> list[str]:
    """MessageIDs of every page, in order."""
    path: str | None = f"/interactions?{query}"
    ids: list[str] = []
    while path is not None:
        page = await get(gateway, path)
        ids += [each["messageId"] for each in page["interactions"]]
        path = page["next"] and page["next"].removeprefix("/__admin")
    return ids


async def explanations(gateway: Gateway, message_id: str) -> list[Any]:
    page = await get(gateway, f"/interactions/{quote(message_id, safe='')}/explanation")
    assert page["messageId"] == message_id
    return list(page["explanations"])


# --- the list ----------------------------------------------------------------------------------------------------


async def test_interactions_are_listed_newest_first_page_by_page(gateway: Gateway) -> None:
    sent = [await ask(gateway) for _ in range(5)]
    page = await get(gateway, "/interactions?limit=2")
    assert [each["messageId"] for each in page["interactions"]] == sent[:2:-1]
    assert page["next"].startswith("/__admin/interactions?limit=2&before=")
    assert await found(gateway, "limit=2") == sent[::-1]
    late = await ask(gateway)
    following = await get(gateway, page["next"].removeprefix("/__admin"))
    assert [each["messageId"] for each in following["interactions"]] == sent[2:0:-1], late


async def test_a_listed_interaction_says_what_it_is(gateway: Gateway) -> None:
    message_id = await ask(gateway, code="case-1")
    [listed] = (await get(gateway, "/interactions"))["interactions"]
    assert listed.pop("sentAt")
    assert listed == {
        "messageId": message_id, "status": "requestIsAcceptedBySmev", "kind": INN_KIND,
        "messageType": str(INN_REQUEST_TYPE), "consumer": "CITY", "provider": "FNS", "transactionCode": "case-1",
        "eol": None, "fault": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("participant=CITY", ["first"]),
        ("participant=FNS", ["third", "first"]),
        ("consumer=TOWN", ["third", "second"]),
        ("consumer=FNS", []),
        ("provider=FNS&consumer=TOWN", ["third"]),
        (f"kind={INN_KIND}", ["third", "first"]),
        (f"messageType={quote(str(INN_REQUEST_TYPE))}", ["third", "first"]),
        ("messageType=%7Burn:of%7Dunheard", ["second"]),
        ("status=requestIsRejectedBySmev", ["second"]),
        ("status=requestIsAcceptedBySmev&participant=TOWN", ["third"]),
        ("fault=BusinessDataTypeIsNotSupported", ["second"]),
        ("fault=AccessDenied", []),
        ("transactionCode=case-1", ["first"]),
        ("caseNumber=case-1", ["first"]),
        ("since=2000-01-01T00:00:00Z", ["third", "second", "first"]),
        ("until=2000-01-01T00:00:00Z", []),
    ],
)
async def test_interactions_are_filtered(gateway: Gateway, query: str, which: list[str]) -> None:
    first = await ask(gateway, "CITY", "case-1")
    async with client(gateway.url, "TOWN") as town:
        second = (await town.send_request(b'<unheard xmlns="urn:of"/>')).message_id
    names = {first: "first", second: "second", await ask(gateway, "TOWN"): "third"}
    assert [names[message_id] for message_id in await found(gateway, query)] == which
    assert [names[message_id] for message_id in await found(gateway, f"{query}&limit=1")] == which


async def test_moments_lie_between_since_and_until(gateway: Gateway) -> None:
    await ask(gateway)
    message_id = await ask(gateway)
    moment = quote((await get(gateway, f"/interactions/{message_id}"))["interaction"]["sentAt"])
    assert message_id not in await found(gateway, f"until={moment}")
    assert (await found(gateway, f"since={moment}"))[0] == message_id


@pytest.mark.parametrize(
    "query",
    ["status=lost", "before=0", "limit=0", "limit=501", "since=x", "transactionCode=a&caseNumber=b", "who=CITY"],
)
async def test_a_bad_filter_is_a_problem(gateway: Gateway, query: str) -> None:
    await refused(gateway, "GET", f"/interactions?{query}", 400, "query")


async def test_a_search_that_finds_nothing_near_says_where_it_goes_on(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page looks at so many keys and no more: what is rare among millions comes in several steps."""
    monkeypatch.setattr(inquiry, "SLICE", 2)
    monkeypatch.setattr(inquiry, "MOST_SLICES", 1)
    rare = await ask(gateway, "RARE")
    for _ in range(4):
        await ask(gateway)
    page = await get(gateway, "/interactions?consumer=RARE")
    assert (page["interactions"], bool(page["next"])) == ([], True)
    assert await found(gateway, "consumer=RARE") == [rare]


# --- one of them -------------------------------------------------------------------------------------------------


async def test_an_interaction_is_seen_whole_by_the_id_of_any_of_its_messages(gateway: Gateway) -> None:
    async with client(gateway.url, "CITY") as city, client(gateway.url, "FNS", "1.3") as fns:
        sent = await city.send_request(INN_REQUEST, attachments=[ZIP])
        request = await fns.take_request()
        assert request is not None
        await fns.ack(request.metadata.message_id)
        answer = await fns.send_response(request.reply_to or "", INN_RESPONSE)
        await city.take_response()
    whole = await get(gateway, f"/interactions/{sent.message_id}")
    assert await get(gateway, f"/interactions/{answer.message_id}") == whole
    assert whole["interaction"]["status"] == "responseIsAcceptedBySmev"
    asked, answered = whole["messages"]
    assert (asked["messageId"], asked["version"], asked["sender"]) == (sent.message_id, "1.2", "CITY")
    assert (answered["messageId"], answered["version"], answered["sender"]) == (answer.message_id, "1.3", "FNS")
    assert asked["envelope"].startswith("<soap:Envelope")
    assert asked["messageId"] in asked["content"]
    [attachment] = asked["attachments"]
    assert (attachment["contentId"], attachment["size"]) == ("one.zip", 4)
    events = ["sent", "accepted", "delivered", "acknowledged", "sent", "accepted", "delivered"]
    assert [entry["event"] for entry in whole["history"]] == events
    [delivery] = whole["deliveries"]
    assert delivery.pop("leaseUntil")
    assert delivery == {"messageId": answer.message_id, "recipient": "CITY", "queue": "responses", "attempts": 1}


async def test_a_message_that_smev_never_took_is_not_found(gateway: Gateway) -> None:
    problem = await refused(gateway, "GET", f"/interactions/{new_id()}", 404, "interaction")
    assert "explanation" in problem["hint"]


async def test_what_the_journal_has_dropped_is_missing_and_the_rest_is_there(start: Start) -> None:
    gateway = await start()
    message_id = await ask(gateway)
    await gateway.exchange.supervision.bound_journal(1)
    whole = await get(gateway, f"/interactions/{message_id}")
    assert whole["messages"][0]["envelope"] is None
    assert message_id in whole["messages"][0]["content"]


# --- why it was refused ------------------------------------------------------------------------------------------


async def test_a_rejected_request_is_explained(gateway: Gateway) -> None:
    async with client(gateway.url, "CITY") as city:
        sent = await city.send_request(b'<unheard xmlns="urn:of"/>')
    [told] = await explanations(gateway, sent.message_id)
    assert (told["event"], told["fault"]) == ("rejected", "BusinessDataTypeIsNotSupported")
    assert (told["participant"], told["operation"]) == ("CITY", "SendRequest")
    assert told["messageType"] == "{urn:of}unheard"
    why = told["explanation"]
    assert {"check", "expected", "found", "where", "advice"} <= set(why)
    assert why["found"] == "{urn:of}unheard"
    assert "unheard" in told["envelope"]


async def test_a_rejected_answer_is_explained_by_its_own_id(gateway: Gateway) -> None:
    await ask(gateway)
    async with client(gateway.url, "FNS") as fns:
        request = await fns.take_request()
        assert request is not None
        answer = await fns.send_response(request.reply_to or "", INVALID_INN_RESPONSE)
    [told] = await explanations(gateway, answer.message_id)
    assert (told["event"], told["fault"]) == ("rejected", "InvalidContent")
    assert await explanations(gateway, request.message_id) == []  # 210-FZ warns of a request without a case


async def test_every_refusal_of_an_id_is_explained_newest_first(gateway: Gateway) -> None:
    message_id = await ask(gateway)
    again = send_request("1.2", message_id)
    for _ in range(2):
        assert (await post(address(gateway.url, "CITY"), again)).fault == "MessageIsAlreadySent"
    told = await explanations(gateway, message_id)
    assert [each["fault"] for each in told] == ["MessageIsAlreadySent"] * 2
    assert told[0]["seq"] > told[1]["seq"]
    assert message_id in told[0]["envelope"]


@pytest.mark.parametrize("message_id", ["no-uuid", "с пробелом / и косой", "x" * 300])
async def test_a_call_that_never_became_an_interaction_is_explained(gateway: Gateway, message_id: str) -> None:
    answer = await post(address(gateway.url, "CITY"), send_request("1.2", message_id))
    assert answer.status == 500
    [told] = await explanations(gateway, message_id)
    assert told["event"] == "refused"
    assert message_id in told["envelope"]


async def test_what_was_not_refused_has_no_explanation(gateway: Gateway) -> None:
    problem = await refused(gateway, "GET", f"/interactions/{new_id()}/explanation", 404, "explanation")
    assert "--journal-limit" in problem["hint"]
