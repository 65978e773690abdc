"""The journal live by Server-Sent Events: every entry, in order, once; resumed; bounded; over with the server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.app import Gateway, running
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.machine import SystemClock
from gateway.settings import Settings
from gateway.storage import journal
from gateway.transports.admin import journal as endpoint
from tests.acceptance.administrator import call, get, post, refused
from tests.conversation import CONSUMER, INN_REQUEST, client, whole_exchange

PATIENCE_SECONDS = 20


class Stream:
    """The events of one stream."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def events(self, count: int) -> list[tuple[int, Any]]:
        """Return the next events as (id, data)."""
        got: list[tuple[int, Any]] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(got) < count:
                fields = await self._fields()
                if "data" in fields:
                    got.append((int(fields["id"]), json.loads(fields["data"])))
        return got

    async def comment(self) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (fields := await self._fields()).get(""):
                pass
        return fields[""]

    async def end(self) -> bytes:
        """Wait for the server to end it; return what came after the last event that was read."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._answer.content.read()

    async def _fields(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while line := (await self._answer.content.readline()).decode().rstrip("\r\n"):
            name, _, value = line.partition(": ")
            fields[name.rstrip(":")] = value
        return fields


@asynccontextmanager
async def followed(gateway: Gateway, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    address = f"{gateway.url}/__admin/journal/stream?{query}"
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        yield Stream(answer)


async def test_what_happens_is_told_as_it_happens(gateway: Gateway) -> None:
    await whole_exchange(gateway.url)
    async with followed(gateway) as stream:
        async with client(gateway.url, "CITY") as city:
            sent = await city.send_request(INN_REQUEST)
        events = await stream.events(3)
    assert [data["event"] for _, data in events] == ["registered", "sent", "accepted"]
    assert {data["messageId"] for _, data in events[1:]} == {sent.message_id}
    for seq, data in events:
        kept = await get(gateway, f"/journal/{seq}")
        assert data == {**kept, "envelope": None}


@pytest.mark.parametrize("resume", ["header", "query"])
async def test_a_stream_is_resumed_where_it_broke_off(gateway: Gateway, resume: str) -> None:
    await whole_exchange(gateway.url)
    seqs = [entry["seq"] for entry in (await get(gateway, "/journal"))["entries"]]
    assert len(seqs) > 6
    last = str(seqs[3])
    # Browsers repeat the whole address when they resume: what they have seen counts, not where they had begun.
    headers, query = ({"Last-Event-ID": last}, "after=0") if resume == "header" else ({}, f"after={last}")
    async with followed(gateway, query, **headers) as stream:
        assert [seq for seq, _ in await stream.events(len(seqs) - 4)] == seqs[4:]


async def test_a_stream_has_the_filters_of_the_journal(gateway: Gateway) -> None:
    async with followed(gateway, f"after=0&event=sent&participant={CONSUMER}") as stream:
        await whole_exchange(gateway.url)
        await whole_exchange(gateway.url)
        events = await stream.events(4)
    assert [(data["event"], data["participant"]) for _, data in events] == [
        ("sent", CONSUMER), ("sent", "FNS"), ("sent", CONSUMER), ("sent", "FNS"),
    ]  # fmt: skip


async def test_a_bad_stream_is_a_problem(gateway: Gateway) -> None:
    for query in ("after=-1", "event=no", "messageId=nope", "from=1"):
        await refused(gateway, "GET", f"/journal/stream?{query}", 400, "query")
    await refused(gateway, "GET", "/journal/stream", 400, "query", headers={"Last-Event-ID": "x"})


async def test_a_quiet_stream_has_a_heartbeat(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "_HEARTBEAT_SECONDS", 0.01)
    async with followed(gateway) as stream:
        assert await stream.comment() == "ping"


async def test_a_stream_goes_on_after_a_reset(gateway: Gateway) -> None:
    async with followed(gateway, "after=0") as stream:
        await whole_exchange(gateway.url)
        before = await stream.events(1)
        await post(gateway, "/reset", {})
        async with client(gateway.url, "LATER") as later:
            await later.take_response()
        while (event := (await stream.events(1))[0])[1]["participant"] != "LATER":
            assert event[0] > before[0][0]


async def test_streams_end_with_the_server(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with running(Settings(port=0, data=tmp_path, topology="none")) as gateway:
            answer = await session.get(f"{gateway.url}/__admin/journal/stream")
            assert answer.status == 200
        assert b"data" not in await Stream(answer).end()


async def test_a_reader_that_does_not_read_holds_up_nobody(gateway: Gateway) -> None:
    """What it has not read stays in the store: a batch and a socket's buffer is all that it costs."""

    def fill(count: int) -> None:
        entry = JournalEntry(SystemClock().now(), JournalEvent.REFUSED, message_type="x" * 2000, envelope=b"y" * 50_000)
        gateway.store.run_now(lambda c: journal.append(c, [entry] * count))

    await asyncio.to_thread(fill, 2_000)
    async with followed(gateway, "after=0") as stream, followed(gateway, "after=0") as lazy:
        await whole_exchange(gateway.url)
        newest = (await get(gateway, "/journal?limit=1000&after=2000"))["entries"][-1]["seq"]
        seqs = [seq for seq, _ in await stream.events(newest)]
        assert seqs == list(range(1, newest + 1))
        assert [seq for seq, _ in await lazy.events(3)] == [1, 2, 3]
    assert (await call(gateway, "GET", "/health")).status == 200


async def test_entries_of_transactions_that_commit_out_of_turn_come_in_order(
    postgresql_url: str, tmp_path: Path
) -> None:
    """PostgreSQL gives a smaller seq to the one that commits later; nothing may be jumped over."""
    settings = Settings(port=0, data=tmp_path, store=postgresql_url, topology="none")

    def entry(name: str) -> JournalEntry:
        return JournalEntry(SystemClock().now(), JournalEvent.SENT, participant=name)

    async with running(settings) as gateway, followed(gateway, "after=0") as stream:
        with gateway.store.engine.connect() as slow:
            slow.begin()
            journal.append(slow, [entry("SLOW")])
            gateway.store.run_now(lambda c: journal.append(c, [entry("FAST")]))
            assert [each["participant"] for each in (await get(gateway, "/journal"))["entries"]] == ["FAST"]
            early = asyncio.ensure_future(stream.events(2))
            await get(gateway, "/journal")
            slow.commit()
        events = await early
    assert [data["participant"] for _, data in events] == ["SLOW", "FAST"]
