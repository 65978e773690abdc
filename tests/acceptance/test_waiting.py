"""Waiting and counting by HTTP, as tests of other systems do it."""

import asyncio
from urllib.parse import quote

from gateway.app import Gateway
from tests.acceptance.administrator import get, refused
from tests.acceptance.conftest import Start
from tests.conversation import INN_KIND, INN_REQUEST, INN_REQUEST_TYPE, client


async def ask(gateway: Gateway) -> str:
    async with client(gateway.url, "CITY") as asking:
        return (await asking.send_request(INN_REQUEST)).message_id


async def test_a_test_waits_for_what_its_system_sends(start: Start) -> None:
    gateway = await start(clock="frozen@2013-03-04T09:00:00+04:00")
    query = f"event=sent&kind={INN_KIND}&participant=CITY&timeout=60&xpath={quote('/FNSINNSingularRequest')}"
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(get(gateway, f"/wait?{query}"))
        sent = group.create_task(ask(gateway))
    [entry] = waiting.result()["entries"]
    assert entry["messageId"] == sent.result()
    assert "FNSINNSingularRequest" in entry["envelope"]
    assert await get(gateway, f"/wait?{query}") == waiting.result()  # whoever asks too late still sees it


async def test_what_did_not_come_is_told_with_what_did(gateway: Gateway) -> None:
    message_id = await ask(gateway)
    query = "event=sent&participant=CITY&operation=SendResponse&timeout=0"
    problem = await refused(gateway, "GET", f"/wait?{query}", 408, "not-arrived")
    assert problem["found"] == []
    nearest = problem["nearest"][0]
    assert (nearest["messageId"], nearest["met"]) == (message_id, ["event", "participant"])
    assert nearest["unmet"] == [{"name": "operation", "expected": "SendResponse", "found": "SendRequest"}]
    assert problem["arrived"]["byEvent"] == {"registered": 1, "sent": 1, "accepted": 1}
    assert "operation: ожидалось SendResponse, найдено SendRequest" in problem["detail"]


async def test_counts_say_how_many_by_every_word(gateway: Gateway) -> None:
    await ask(gateway)
    async with client(gateway.url, "TOWN") as town:
        await town.send_request(b'<unheard xmlns="urn:of"/>')
    whole = await get(gateway, "/counts")
    assert (whole["total"], whole["byEvent"]) == (6, {"registered": 2, "sent": 2, "accepted": 1, "rejected": 1})
    assert whole["byParticipant"] == {"CITY": 3, "TOWN": 3}
    assert whole["byFault"] == {"BusinessDataTypeIsNotSupported": 1}
    assert whole["byMessageType"] == {str(INN_REQUEST_TYPE): 2, "{urn:of}unheard": 2}
    assert (await get(gateway, f"/counts?event=sent&kind={INN_KIND}"))["total"] == 1
    assert (await get(gateway, "/counts?after=1000000"))["total"] == 0


BAD = (
    "wait?timeout=1e9",
    "wait?timeout=nan",
    "wait?timeout=-1",
    "wait?count=0",
    "wait?count=1001",
    "wait?after=-1",
    "wait?event=arrived",
    "wait?xpath=//a[",
    "wait?xpath=p:a",
    f"wait?xpath={'x' * 501}",
    "counts?xpath=$x",
    "counts?kind=fns/unheard",
    f"counts?kind={INN_KIND}&messageType=other",
    "counts?who=CITY",
    "counts?timeout=1",
)


async def test_bad_conditions_are_refused(gateway: Gateway) -> None:
    for address in BAD:
        await refused(gateway, "GET", f"/{address}", 400, "query")
