"""The desk answers requests one after another, and lets none wait for the pauses of a scenario."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from agencies.answering import Desk
from gateway import xml
from gateway.client import NoAnswer
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.xml import Element
from tests.agencies.dropped_in import BROADCAST_TOML, WITH_SCENARIOS, Provider, about, context_of, received, request


class Gateway:
    """What a desk sends, and when."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.changed = asyncio.Condition()

    async def send_response(self, to: str, answer: Element | tuple[Rejection, ...] | RequestStatus) -> None:
        match answer:
            case RequestStatus(code):
                await self._note(f"{to}: status {code}")
            case (Rejection(code, _),):
                await self._note(f"{to}: {code}")
            case _:
                assert not isinstance(answer, tuple)
                await self._note(f"{to}: {xml.name_of(answer)[1]}")

    async def ack(self, message_id: str) -> None:
        await self._note(f"ack {message_id}")

    async def _note(self, what: str) -> None:
        async with self.changed:
            self.sent.append(what)
            self.changed.notify_all()

    async def until(self, what: str) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: what in self.sent)


@dataclass
class Pause:
    """The pauses of scenarios, which end when a test says so."""

    begun: asyncio.Event
    over: asyncio.Event
    asked: list[float]

    async def __call__(self, seconds: float) -> None:
        if seconds:
            self.asked.append(seconds)
            self.begun.set()
            await self.over.wait()


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Pause:
    made = Pause(asyncio.Event(), asyncio.Event(), [])
    monkeypatch.setattr("agencies.answering.asyncio.sleep", made)
    return made


SLOW = request("<FamilyName>Смирнов</FamilyName>")
QUICK = about("95214771414")


async def test_others_are_answered_while_a_scenario_pauses(tmp_path: Path, pause: Pause) -> None:
    gateway = Gateway()
    async with Desk(context_of(Provider(tmp_path, WITH_SCENARIOS).library, client=gateway)) as desk:
        await desk.answer(received(SLOW, "slow", "A"))
        await pause.begun.wait()
        await desk.answer(received(QUICK, "quick", "B"))
        assert gateway.sent == ["A: status 3", "B: Response", "ack quick"]
        pause.over.set()
        await gateway.until("ack slow")
    assert gateway.sent[3:] == ["A: status 4", "A: Response", "ack slow"]
    assert pause.asked == [60, 0.5]


async def test_a_request_that_comes_again_during_the_pause_is_not_answered_twice(tmp_path: Path, pause: Pause) -> None:
    gateway = Gateway()
    async with Desk(context_of(Provider(tmp_path, WITH_SCENARIOS).library, client=gateway)) as desk:
        await desk.answer(received(SLOW, "slow", "A"))
        await pause.begun.wait()
        await desk.answer(received(SLOW, "slow", "A"))
        pause.over.set()
        await gateway.until("ack slow")
    assert gateway.sent == ["A: status 3", "A: status 4", "A: Response", "ack slow"]


async def test_a_gateway_that_is_silent_after_the_pause_stops_nobody(tmp_path: Path, pause: Pause) -> None:
    class Silent(Gateway):
        async def send_response(self, to: str, answer: Element | tuple[Rejection, ...] | RequestStatus) -> None:
            if pause.over.is_set() and to == "A":
                await self._note("silence")
                raise NoAnswer("the gateway is gone")
            await super().send_response(to, answer)

    gateway = Silent()
    async with Desk(context_of(Provider(tmp_path, WITH_SCENARIOS).library, client=gateway)) as desk:
        await desk.answer(received(SLOW, "slow", "A"))
        await pause.begun.wait()
        pause.over.set()
        await gateway.until("silence")
        await desk.answer(received(QUICK, "quick", "B"))
    assert gateway.sent == ["A: status 3", "silence", "B: Response", "ack quick"]


async def test_a_broadcast_is_acknowledged_and_not_answered(tmp_path: Path) -> None:
    gateway = Gateway()
    async with Desk(context_of(Provider(tmp_path, {"kind.toml": BROADCAST_TOML}).library, client=gateway)) as desk:
        await desk.answer(received(about("1"), "told", None))
    assert gateway.sent == ["ack told"]


async def test_what_is_no_request_of_a_known_kind_is_refused(tmp_path: Path) -> None:
    gateway = Gateway()
    async with Desk(context_of(Provider(tmp_path, {}).library, client=gateway)) as desk:
        await desk.answer(received(b"<Unknown/>", "odd", "C"))
    assert gateway.sent == ["C: UNKNOWN_REQUEST_DESCRIPTION", "ack odd"]
