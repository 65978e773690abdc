"""Back to the beginning while the gateway runs: what goes, what stays, and calls under way are not corrupted."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.app import Gateway, running
from gateway.protocol.participant_replies import FaultReceived
from gateway.settings import Settings
from tests.acceptance.administrator import EGRUL, call, get, post, refused
from tests.acceptance.conftest import Start
from tests.conversation import INN_REQUEST, INN_RESPONSE, client, whole_exchange


async def reset(gateway: Gateway, *what: str) -> dict[str, int]:
    return dict((await post(gateway, "/reset", {"what": what} if what else {}))["removed"])


async def test_messages_queues_and_journal_go_and_participants_stay(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    async with client(gateway.url, "CITY") as city:
        await city.send_request(INN_REQUEST)
    await post(gateway, "/participants", {"mnemonic": "MYSYS"}, 201)
    entries = len((await get(gateway, "/journal"))["entries"])
    assert await reset(gateway) == {"interactions": 2, "queues": 1, "cases": 0, "journal": entries}
    assert (await get(gateway, "/interactions"))["interactions"] == []
    assert (await get(gateway, "/journal"))["entries"] == []
    assert all(queue["free"] == 0 for queue in (await get(gateway, "/queues"))["queues"])
    names = [each["mnemonic"] for each in (await get(gateway, "/participants"))["participants"]]
    assert names == ["CITY", "FNS", "MYSYS", "MYSYSTEM"]
    await whole_exchange(gateway.url)


async def test_a_reset_needs_no_body(gateway: Gateway) -> None:
    removed = {"interactions": 0, "queues": 0, "cases": 0, "journal": 0}
    assert (await call(gateway, "POST", "/reset")).body == {"removed": removed}


async def test_no_seq_comes_twice_though_the_journal_was_emptied(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    before = (await get(gateway, "/journal"))["entries"][-1]["seq"]
    assert await reset(gateway, "journal")
    await refused(gateway, "GET", f"/journal/{before}", 404, "journal-entry")
    assert await reset(gateway, "journal") == {"journal": 0}
    await whole_exchange(gateway.url)
    entries = (await get(gateway, f"/journal?after={before}"))["entries"]
    assert entries == (await get(gateway, "/journal"))["entries"]
    assert entries


async def test_only_what_is_named_goes(gateway: Gateway) -> None:
    async with client(gateway.url, "CITY") as city:
        await city.send_request(INN_REQUEST)
    assert await reset(gateway, "queues") == {"queues": 1}
    assert len((await get(gateway, "/interactions"))["interactions"]) == 1
    assert await reset(gateway, "interactions") == {"interactions": 1, "queues": 0, "cases": 0}


async def test_participants_return_to_how_the_gateway_was_started(start: Start) -> None:
    gateway = await start(provide=(f"FNS={EGRUL}",))
    async with client(gateway.url, "CITY") as city:
        await city.take_response()
    await post(gateway, "/participants", {"mnemonic": "MYSYS", "provides": [EGRUL]}, 201)
    assert (await call(gateway, "PATCH", "/participants/FNS", json={"name": "Иначе"})).status == 200
    assert await reset(gateway, "participants") == {"participants": 2}
    listed = {each["mnemonic"]: each["name"] for each in (await get(gateway, "/participants"))["participants"]}
    assert listed == {"CITY": "CITY", "FNS": "FNS"}
    assert gateway.participants.providers == {EGRUL: ("FNS",)}


async def test_the_world_and_the_kinds_are_reset_where_they_are_named(gateway: Gateway) -> None:
    assert await reset(gateway, "world", "kinds") == {"world": 0, "kinds": 0}


async def test_what_cannot_be_reset_is_told(gateway: Gateway) -> None:
    await refused(gateway, "POST", "/reset", 422, "body", json={"what": ["everything"]})
    await refused(gateway, "POST", "/reset", 422, "body", json={"what": []})


@dataclass
class Traffic:
    """A consumer and a provider at work until they are told to stop; remembers what they were refused with."""

    url: str
    over: bool = False
    sent: int = 0
    met: set[str] = field(default_factory=set)

    async def consume(self) -> None:
        async with client(self.url, "CITY") as consumer:
            while not self.over:
                await consumer.send_request(INN_REQUEST)
                self.sent += 1
                response = await consumer.take_response()
                if response is not None:
                    await self._tried(consumer.ack(response.metadata.message_id))

    async def provide(self) -> None:
        async with client(self.url, "FNS") as provider:
            while not self.over:
                request = await provider.take_request()
                if request is not None:
                    await self._tried(provider.send_response(request.reply_to or "", INN_RESPONSE))
                    await self._tried(provider.ack(request.metadata.message_id))

    async def _tried(self, call: Awaitable[object]) -> None:
        try:
            await call
        except FaultReceived as fault:
            self.met.add(fault.name)


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_calls_under_way_are_not_corrupted(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Whatever was interrupted is refused by SMEV's own words, never by a defect; and afterwards all is well."""
    url = request.getfixturevalue(f"{store}_url")
    settings = Settings(port=0, data=tmp_path, store=url, topology="none", provide=("FNS=fns/inn-by-person",))
    async with running(settings) as gateway:
        traffic = Traffic(gateway.url)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(traffic.consume())
                tasks.create_task(traffic.provide())
            removed = [await reset(gateway) for _ in range(15)]
            traffic.over = True
        assert traffic.met <= {"TargetMessageIsNotFound", "RecipientIsNotFound"}
        left = len((await get(gateway, "/interactions?limit=500"))["interactions"])
        assert sum(each["interactions"] for each in removed) + left == traffic.sent
        assert traffic.sent > 15
        await reset(gateway)
        await whole_exchange(gateway.url)
