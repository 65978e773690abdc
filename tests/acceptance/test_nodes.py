"""Simulated agencies by the hundred: each answers over SOAP, none looks for work that has not come."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from agencies.node import NodeContext
from gateway.app import Gateway, running
from gateway.client import FaultReceived, NoAnswer, ReceivedResponse, Smev3Client
from gateway.domain.journal import JournalEntry
from gateway.ns import Smev3
from gateway.protocol.soap import Answer
from gateway.settings import Settings
from gateway.storage import journal
from gateway.transports.smev3 import Smev3Soap
from tests.conversation import client, example

BODIES: Final = 180
QUEUE_KIND: Final = "municipality/housing-queue"
ASK: Final = example(f"{QUEUE_KIND}/1.0.0", "request")
MORNING: Final = "frozen@2013-03-04T10:00:00+04:00"


def oktmo(number: int) -> bytes:
    """The territory of one of the bodies."""
    return f"24{number:03d}000".encode()


def ask(number: int) -> bytes:
    """A request to one of the bodies."""
    return ASK.replace(b"24701000", oktmo(number))


@pytest.fixture
def topology(tmp_path: Path) -> str:
    """Many municipalities, and somebody who asks them by an agenda."""
    municipalities = [
        f'[[participants]]\nmnemonic = "BODY{number:03d}"\nname = "Администрация {number}"\n'
        f'oktmo = "{oktmo(number).decode()}"\nprovides = ["{QUEUE_KIND}"]\nnode = "agencies.provider:Provider"\n'
        for number in range(BODIES)
    ]
    asker = f'[[participants]]\nmnemonic = "ASKER"\nnode = "{__name__}:{Asker.__name__}"\n'
    file = tmp_path / "many.toml"
    file.write_text("\n".join([*municipalities, asker]))
    return str(file)


def gateway_with(
    topology: str, folder: Path, *, serial: bool = False, seed: int = 1
) -> AbstractAsyncContextManager[Gateway]:
    """A gateway in memory, on a clock that stands until it is moved."""
    settings = Settings(port=0, data=folder, store="sqlite://", topology=topology, clock=MORNING, seed=seed)
    return running(settings, serial=serial)


class Calls(list[str]):
    """Who has called the gateway; `another` is set at each call."""

    def __init__(self) -> None:
        super().__init__()
        self.another = asyncio.Event()

    def note(self, caller: str | None) -> None:
        self.append(caller or "")
        self.another.set()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    noted, answer = Calls(), Smev3Soap.answer

    async def noting(self: Smev3Soap, smev: Smev3, caller: str | None, content_type: str, body: bytes) -> Answer:
        noted.note(caller)
        return await answer(self, smev, caller, content_type, body)

    monkeypatch.setattr(Smev3Soap, "answer", noting)
    return noted


async def take_all(consumer: Smev3Client) -> list[ReceivedResponse]:
    async with consumer.responses(until_empty=True) as responses:
        return [response async for response in responses]


@pytest.mark.parametrize("serial", [False, True])
async def test_every_node_answers_when_it_is_asked_and_is_silent_otherwise(
    topology: str, tmp_path: Path, calls: Calls, *, serial: bool
) -> None:
    async with gateway_with(topology, tmp_path, serial=serial) as gateway, client(gateway.url, "CITY") as consumer:
        await gateway.nodes.settle()
        assert sorted(calls) == sorted(gateway.nodes.by_mnemonic), "each looked once at what had been waiting"
        calls.clear()
        await gateway.timekeeper.advance(by=timedelta(days=1))
        await gateway.nodes.settle()
        assert calls == []
        for number in range(BODIES):
            await consumer.send_request(ask(number))
        await gateway.nodes.settle()
        answers = await take_all(consumer)
        assert sorted(answer.metadata.sender for answer in answers) == sorted({*gateway.nodes.by_mnemonic} - {"ASKER"})
        assert all(answer.content is not None for answer in answers)
        # Each took the request, answered it and acknowledged it: rung once, it does not look again.
        assert len(calls) == BODIES + 3 * BODIES + (2 * BODIES + 1)
        calls.clear()
        await gateway.timekeeper.advance(by=timedelta(days=1))
        assert calls == []


async def test_others_write_into_a_shared_store_and_nodes_look_by_themselves(
    topology: str, tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agencies.runner._ROUND_SECONDS", 0.1)
    monkeypatch.setattr("gateway.storage.database.Database.is_shared", True)
    async with gateway_with(topology, tmp_path, serial=True) as gateway:
        await gateway.nodes.settle()
        calls.clear()
        while set(calls) != set(gateway.nodes.by_mnemonic):
            calls.another.clear()
            await calls.another.wait()


class Unlucky:
    """A node whose every turn fails, as often as it is told."""

    def __init__(self, failures: int) -> None:
        self.failures, self.turns = failures, 0

    async def turn(self) -> bool:
        self.turns += 1
        if self.turns <= self.failures:
            raise NoAnswer("nobody there") if self.turns % 2 else FaultReceived("SMEVFailure", "", "", b"")
        return False


async def test_a_node_that_fails_rests_and_tries_again(topology: str, tmp_path: Path) -> None:
    async with gateway_with(topology, tmp_path, serial=True) as gateway, client(gateway.url, "CITY") as consumer:
        await gateway.nodes.settle()
        unlucky = gateway.nodes._by_mnemonic["BODY007"] = Unlucky(failures=5)
        await consumer.send_request(ask(7))
        await gateway.nodes.settle()
        assert unlucky.turns == 3, "it does not call forever"
        await gateway.timekeeper.advance(by=timedelta(seconds=1))
        assert unlucky.turns == 6, "two more failures, then it succeeds"
        await gateway.timekeeper.advance(by=timedelta(days=1))
        assert unlucky.turns == 6


class Asker:
    """A node that asks by its agenda, and acknowledges what it is told."""

    def __init__(self, context: NodeContext) -> None:
        self._context, self._client, self.answers = context, context.client, 0

    def ask_for_two_days(self) -> None:
        for step in range(6):
            moment = self._context.clock.now() + step * timedelta(hours=8)
            self._context.agenda.at(moment, partial(self._ask, 7 * step + 1))

    async def _ask(self, number: int) -> None:
        for each in (11, number, 5, 11):
            await self._client.send_request(ask(each))

    async def turn(self) -> bool:
        response = await self._client.take_response()
        if response is None:
            return False
        await self._client.ack(response.metadata.message_id)
        self.answers += 1
        return True


async def journal_of_a_run(topology: str, folder: Path, seed: int) -> list[JournalEntry]:
    """Let a consumer ask three times a day for two days; return what the journal says."""
    async with gateway_with(topology, folder, serial=True, seed=seed) as gateway:
        asker = gateway.nodes.by_mnemonic["ASKER"]
        assert isinstance(asker, Asker)
        asker.ask_for_two_days()
        await gateway.timekeeper.advance(by=timedelta(days=3))
        assert asker.answers == 24
        entries = await gateway.store.run(lambda connection: journal.read(connection, 0, 100_000))
        return [each.entry for each in entries]


async def test_a_serial_run_is_the_same_for_the_same_seed(topology: str, tmp_path: Path) -> None:
    first, again, other = [
        await journal_of_a_run(topology, tmp_path / str(run), seed) for run, seed in enumerate((1, 1, 2))
    ]
    assert len(first) >= 24 * 6
    assert again == first
    assert [entry.message_id for entry in other] != [entry.message_id for entry in first]
