"""One clock per gateway, moved by hand: leases and lives end when it says so, and it is kept over a restart."""

import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.app import CannotStart, Gateway, running
from gateway.client import Smev3Client
from gateway.domain.journal import JournalEvent
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import FaultReceived
from gateway.settings import Settings, SettingsError, read_settings
from tests.acceptance.administrator import get, post, refused
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.conversation import INN_REQUEST, client, new_id, whole_exchange

SPRING: Final = "2013-03-01T09:00:00.000+04:00"
FROZEN: Final = f"frozen@{SPRING}"
LEASE: Final = timedelta(minutes=15)


@pytest.fixture
async def spring(start: Start) -> Gateway:
    """A gateway on which it is nine o'clock of 2013-03-01 in Moscow."""
    return await start(clock=FROZEN)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def ended_leases(gateway: Gateway) -> list[str]:
    return [entry["moment"] for entry in (await get(gateway, f"/journal?event={JournalEvent.LEASE_ENDED}"))["entries"]]


# --- the conversation --------------------------------------------------------------------------------------------


async def test_a_lease_ends_exactly_when_the_clock_is_advanced_past_it(spring: Gateway) -> None:
    """The provider takes, the clock is advanced by the lease, the provider takes it again."""
    async with client(spring.url, "MYSYSTEM") as consumer, client(spring.url, "FNS") as provider:
        sent = await consumer.send_request(INN_REQUEST)
        first = await provider.take_request()
        await post(spring, "/clock/advance", {"by": "899s"})
        assert await provider.take_request() is None
        advanced = await post(spring, "/clock/advance", {"by": "1s"})
        assert advanced["events"] == 1
        again = await provider.take_request()
        assert first is not None
        assert again is not None
        assert first.message_id == again.message_id == sent.message_id
        assert first.metadata.delivered_at == moment(SPRING)
        assert again.metadata.delivered_at == moment(SPRING) + LEASE
        await provider.ack(again.metadata.message_id)
        following = (await get(spring, "/clock"))["next"]  # the term to answer, no longer the lease
        assert moment(following["moment"]) > moment(SPRING) + timedelta(days=5)
    assert await ended_leases(spring) == ["2013-03-01T09:15:00.000+04:00"]


async def test_leases_end_in_their_own_moments_however_far_the_clock_is_advanced(spring: Gateway) -> None:
    async with client(spring.url, "MYSYSTEM") as consumer, client(spring.url, "FNS") as provider:
        for _ in range(3):
            await consumer.send_request(INN_REQUEST)
            await provider.take_request()
            await post(spring, "/clock/advance", {"by": "4m"})
        assert (await get(spring, "/clock"))["next"] == {
            "moment": "2013-03-01T09:15:00.000+04:00",
            "what": "конец аренды, срока жизни или срока ответа",
        }
        advanced = await post(spring, "/clock/advance", {"by": "3d"})
    assert (advanced["from"], advanced["to"]) == ("2013-03-01T09:12:00.000+04:00", "2013-03-04T09:12:00.000+04:00")
    assert await ended_leases(spring) == [f"2013-03-01T09:{minute}:00.000+04:00" for minute in (15, 19, 23)]


async def test_a_request_lives_until_the_clock_says_otherwise(spring: Gateway) -> None:
    """The consumer names an EOL, nobody takes the request, the clock goes to the next event: the EOL."""
    end = moment(SPRING) + timedelta(days=5)
    async with client(spring.url, "MYSYSTEM") as consumer, client(spring.url, "FNS") as provider:
        sent = await consumer.send_request(INN_REQUEST, Outgoing(eol=end))
        advanced = await post(spring, "/clock/advance", {"toNext": True})
        assert (moment(advanced["to"]), advanced["events"]) == (end, 1)
        assert await provider.take_request() is None
        rejection = await consumer.take_response()
        assert rejection is not None
        assert rejection.original_message_id == sent.message_id
        assert rejection.async_status is not None
    [expired] = (await get(spring, f"/journal?event={JournalEvent.EXPIRED}"))["entries"]
    assert moment(expired["moment"]) == end


async def test_lives_end_by_themselves_on_a_clock_that_runs_fast(start: Start) -> None:
    gateway = await start(clock=f"100000x@{SPRING}")
    async with client(gateway.url, "MYSYSTEM") as consumer:
        later = gateway.timekeeper.clock.now() + timedelta(days=1)
        await consumer.send_request(INN_REQUEST, Outgoing(eol=later))
        async with asyncio.timeout(30):
            while await consumer.take_response() is None:  # noqa: ASYNC110 - a participant polls
                await asyncio.sleep(0.01)
    [expired] = (await get(gateway, f"/journal?event={JournalEvent.EXPIRED}"))["entries"]
    assert moment(expired["moment"]) >= later


async def test_simulated_agencies_have_answered_when_the_advance_returns(start: Start) -> None:
    gateway = await start(clock=FROZEN, topology="minimal", provide=())
    async with client(gateway.url, "MYSYSTEM") as consumer:
        sent = await consumer.send_request(INN_REQUEST)
        await post(gateway, "/clock/advance", {"by": "1h"})
        answer = await consumer.take_response()
    assert answer is not None
    assert answer.original_message_id == sent.message_id


# --- clients with another time -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [FROZEN, "frozen@2080-01-01T09:00:00+03:00"])
async def test_clients_with_the_time_of_their_own_machine_are_served(start: Start, ahead: str) -> None:
    """They write today's time into their MessageIDs, which on a virtual clock is neither stale nor of the future."""
    await whole_exchange((await start(clock=ahead)).url)


async def test_on_a_real_clock_an_old_message_id_is_stale_and_on_a_frozen_one_not(gateway: Gateway) -> None:
    async with client(gateway.url, "MYSYSTEM") as consumer:
        stale = new_id(gateway.timekeeper.clock.now() - timedelta(days=2))
        with pytest.raises(FaultReceived) as refusal:
            await _send(consumer, stale)
        assert refusal.value.name == "StaleMessageId"
        await post(gateway, "/clock/freeze", {})
        await _send(consumer, stale)


async def _send(consumer: Smev3Client, message_id: str) -> None:
    await consumer.send_request(INN_REQUEST, Outgoing(), message_id=message_id)


# --- shown and changed -------------------------------------------------------------------------------------------


async def test_the_clock_is_real_until_somebody_freezes_it(gateway: Gateway) -> None:
    shown = await get(gateway, "/clock")
    assert (shown["mode"], shown["scale"], shown["next"]) == ("real", 1, None)
    assert (await get(gateway, "/health"))["clock"] == "real"
    problem = await refused(gateway, "POST", "/clock/advance", 409, "clock-real", json={"by": "1h"})
    assert "freeze" in problem["hint"]
    frozen = await post(gateway, "/clock/freeze", {})
    assert (frozen["mode"], frozen["scale"]) == ("frozen", 0)
    assert (await get(gateway, "/clock"))["now"] == frozen["now"] >= shown["now"]
    assert (await get(gateway, "/health"))["clock"].startswith("frozen@")
    await post(gateway, "/clock/advance", {"by": "1h"})
    await refused(gateway, "POST", "/clock/real", 409, "clock-backwards")
    scaled = await post(gateway, "/clock/scale", {"scale": 60})
    assert (scaled["mode"], scaled["scale"]) == ("scaled", 60)


async def test_a_clock_that_is_behind_becomes_real(spring: Gateway) -> None:
    assert (await post(spring, "/clock/real", {}))["mode"] == "real"
    assert spring.timekeeper.clock.now().year > 2013


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"to": "2013-02-28T09:00:00+04:00"}, 409, "clock-backwards"),
        ({"to": "2113-02-28T09:00:00+04:00"}, 422, "clock"),
        ({"by": "999999999w"}, 422, "clock"),
        ({"by": "P1Y"}, 422, "clock"),
        ({"by": "soon"}, 422, "clock"),
        ({"to": "2013-03-02"}, 422, "body"),
        ({"to": 1362200400}, 422, "body"),
        ({"toNext": False}, 422, "body"),
        ({"by": "1h", "toNext": True}, 422, "body"),
        ({}, 422, "body"),
    ],
)
async def test_an_advance_that_makes_no_sense_is_refused(
    spring: Gateway, body: dict[str, Any], status: int, kind: str
) -> None:
    await refused(spring, "POST", "/clock/advance", status, kind, json=body)
    assert (await get(spring, "/clock"))["now"] == SPRING


@pytest.mark.parametrize("scale", [0, -1, 1e9, "60", True, None])
async def test_a_scale_that_no_clock_has_is_refused(spring: Gateway, scale: object) -> None:
    await refused(spring, "POST", "/clock/scale", 422, "body", json={"scale": scale})
    assert (await get(spring, "/clock"))["mode"] == "frozen"


# --- kept in the store -------------------------------------------------------------------------------------------


def settings(folder: Path, clock: str | None = None) -> Settings:
    return Settings(port=0, data=folder, topology="none", provide=("FNS=fns/inn-by-person",), clock=clock)


async def test_a_restarted_gateway_goes_on_where_it_was(tmp_path: Path) -> None:
    """The provider takes, the gateway is restarted, the clock is advanced by the lease, the provider takes again."""
    async with (
        running(settings(tmp_path, FROZEN)) as gateway,
        client(gateway.url, "MYSYSTEM") as consumer,
        client(gateway.url, "FNS") as provider,
    ):
        await consumer.send_request(INN_REQUEST)
        await post(gateway, "/clock/advance", {"by": "1d"})
        assert await provider.take_request() is not None
    async with running(settings(tmp_path)) as gateway:
        clock = await get(gateway, "/clock")
        assert (clock["mode"], clock["now"]) == ("frozen", "2013-03-02T09:00:00.000+04:00")
        assert clock["next"]["moment"] == "2013-03-02T09:15:00.000+04:00"
        async with client(gateway.url, "FNS") as provider:
            assert await provider.take_request() is None
            await post(gateway, "/clock/advance", {"toNext": True})
            assert await provider.take_request() is not None
    async with running(settings(tmp_path, FROZEN)) as gateway:  # as it was started the first time
        assert (await get(gateway, "/clock"))["now"] == "2013-03-02T09:15:00.000+04:00"
    with pytest.raises(CannotStart) as refusal:
        async with running(settings(tmp_path, "frozen@2013-03-01T10:00:00+04:00")):
            pytest.fail("its clock would have gone back")
    assert re.fullmatch(
        r"--clock frozen@2013-03-01\S+: часы не идут назад: на них 2013-03-02T09:15:00.000\+04:00, .+ \(--data\)",
        str(refusal.value),
    )


def test_a_clock_that_makes_no_sense_is_told_before_the_start() -> None:
    with pytest.raises(SettingsError, match=r"clock: ожидалось real, frozen@2013.+найдено 'stopped'"):
        read_settings({"clock": "stopped"}, None)


# --- the command line --------------------------------------------------------------------------------------------


async def test_the_clock_is_moved_from_the_command_line(spring: Gateway) -> None:
    async def clock(*arguments: str, code: int = 0, language: str = "ru") -> str:
        ended = await run("clock", *arguments, "--url", spring.url, MOCK_SMEV_LANG=language)
        assert ended.code == code, ended
        return ended.output + ended.errors

    assert "frozen  2013-03-01 09:00:00 +0400" in await clock("show", language="en")
    assert "2013-03-01 09:00:00 +0400 → 2013-03-01 11:00:00 +0400" in await clock("advance", "2h")
    assert "2013-03-04 09:00:00 +0400" in await clock("advance", "--to", "2013-03-04T09:00:00")
    assert "событий: 0" in await clock("advance", "--next")
    assert json.loads(await clock("show", "--json"))["now"] == "2013-03-04T09:00:00.000+04:00"
    assert "часы не идут назад" in await clock("advance", "--to", "2013-03-01T09:00:00", code=1)
    assert "назовите одно" in await clock("advance", code=2)
    assert "не число" in await clock("scale", "fast", code=2)
    assert "в 60 раз быстрее" in await clock("scale", "60x")
    assert "стоят" in await clock("freeze")
    assert "настоящие" in await clock("real")
