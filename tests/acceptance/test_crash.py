"""The gateway is killed again and again under load; what it answered "accepted" is there afterwards."""

import asyncio
import multiprocessing
import os
import random  # noqa: TID251 - the moments of the kills, of one seed
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import select

from gateway import machine
from gateway.app import Gateway, running
from gateway.cli import main
from gateway.client import NoAnswer, Smev3Client
from gateway.domain.clock import ManualClock
from gateway.domain.journal import JournalEvent
from gateway.settings import Settings
from gateway.storage import journal
from gateway.storage.tables import DELIVERIES, MESSAGES
from tests.exchange.participants import INN, example

KILLS: Final = 20
PAUSES = (0.05,) * 200
"""Of the clients, in seconds: they are there as soon as the gateway serves again."""
LANES: Final = 2
ANSWERS_EACH: Final = 7
"""Requests, responses and acks that each run of the server answers before it is killed."""
SEED: Final = 20130304


@dataclass
class Answered:
    """What the gateway has said yes to."""

    requests: set[str] = field(default_factory=set)
    responses: set[str] = field(default_factory=set)
    acks: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    came_after_ack: list[str] = field(default_factory=list)

    def least(self) -> int:
        """How many answers there were of the kind of which there were fewest."""
        return min(map(len, (self.requests, self.responses, self.acks)))

    def came(self, message_id: str) -> None:
        if message_id in self.acks:
            self.came_after_ack.append(message_id)


class Load:
    """Consumers and providers that talk on, whatever becomes of the gateway."""

    def __init__(self, url: str, answered: Answered) -> None:
        self._url, self.answered = url, answered
        self._clock, self._ids = machine.SystemClock(), machine.new_ids(SEED)

    async def run(self) -> None:
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            asyncio.TaskGroup() as group,
        ):
            for step in (self._ask, self._ask, self._ask, self._answer, self._answer, self._read, self._read):
                mnemonic = "FNS" if step == self._answer else "CITY"
                client = Smev3Client(self._url, mnemonic, self._clock, self._ids, session=session, pauses=PAUSES)
                group.create_task(self._for_ever(step, client))

    async def _for_ever(self, step: Callable[[Smev3Client], Awaitable[bool]], client: Smev3Client) -> None:
        while True:
            try:
                busy = await step(client)
            except NoAnswer:  # the outcome of that call is unknown
                busy = False
            if not busy:
                await asyncio.sleep(0.005)

    async def _ask(self, consumer: Smev3Client) -> bool:
        message_id = self._ids.message_id(self._clock.now())
        self.answered.tried.add(message_id)
        await consumer.send_request(example(INN), message_id=message_id)
        self.answered.requests.add(message_id)
        return True

    async def _answer(self, provider: Smev3Client) -> bool:
        request = await provider.take_request()
        if request is None:
            return False
        self.answered.came(request.message_id)
        message_id = self._ids.message_id(self._clock.now())
        self.answered.tried.add(message_id)
        await provider.send_response(request.reply_to or "", example(INN, "response"), message_id=message_id)
        self.answered.responses.add(message_id)
        await self._ack(provider, request.message_id)
        return True

    async def _read(self, consumer: Smev3Client) -> bool:
        response = await consumer.take_response()
        if response is None:
            return False
        self.answered.came(response.message_id)
        await self._ack(consumer, response.message_id)
        return True

    async def _ack(self, participant: Smev3Client, message_id: str) -> None:
        await participant.ack(message_id)
        self.answered.acks.add(message_id)


FORKS: Final = multiprocessing.get_context("forkserver")
"""Where a process begins with the program imported: its twenty starts cost what twenty starts of Python would not."""
FORKS.set_forkserver_preload(["gateway.cli.serve", "gateway.app", "agencies.runner"])


def _serve(arguments: list[str], said: str) -> None:
    """Run the command as a process of its own does."""
    errors = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(errors, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["mock-smev", *arguments]
    main()


class Server:
    """`mock-smev serve` as a process of its own, on one port and one data folder."""

    def __init__(self, data: Path) -> None:
        self._data, self._said = data, data.with_suffix(".stderr")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[BaseProcess]:
        """Start it, wait until it answers, and kill it at the end of the block."""
        arguments = [
            "serve", "--port", str(self._port), "--data", str(self._data), "--topology", "none",
            "--participant", "CITY", "--provide", f"FNS={INN}", "--lease", "60",
        ]  # fmt: skip
        process = FORKS.Process(target=_serve, args=(arguments, str(self._said)))
        await asyncio.to_thread(process.start)
        try:
            await self._until_ready(process)
            yield process
        finally:
            process.kill()
            await asyncio.to_thread(process.join)

    async def _until_ready(self, process: BaseProcess) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                assert process.exitcode is None, self._said.read_text()
                with suppress(aiohttp.ClientConnectionError):
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.02)


async def test_what_was_answered_survives_20_kills(tmp_path: Path) -> None:
    """Two gateways at a time: most of it is waiting for the next start."""
    lanes = (_kill_and_check(tmp_path / f"data{lane}", random.Random(SEED + lane)) for lane in range(LANES))  # noqa: S311
    await asyncio.gather(*lanes)


async def _kill_and_check(data: Path, chance: random.Random) -> None:
    server, answered = Server(data), Answered()
    async with asyncio.TaskGroup() as group:
        load = group.create_task(Load(server.url, answered).run())
        for number in range(1, KILLS // LANES + 1):
            async with server.serving() as process:
                await asyncio.sleep(chance.uniform(0.02, 0.4))
                # A slow machine gets its load, too.
                while answered.least() < number * ANSWERS_EACH:  # noqa: ASYNC110 - the load knows no events
                    await asyncio.sleep(chance.uniform(0.005, 0.05))
                assert process.exitcode is None
        load.cancel()
    assert answered.least() > 3 * KILLS  # there was a load
    assert answered.came_after_ack == []
    later = ManualClock(machine.SystemClock().now() + timedelta(hours=1))  # every lease has ended
    settings = Settings(port=0, data=data, topology="none", participant=("CITY",), provide=(f"FNS={INN}",))
    async with running(settings, later) as gateway:
        _check_store(gateway, answered)
        await _check_queues(gateway, answered, later)


def _check_store(gateway: Gateway, answered: Answered) -> None:
    """Each message and each Ack that was answered is kept, each once; none that was acknowledged is in a queue."""
    kept = set(gateway.store.run_now(lambda c: c.execute(select(MESSAGES.c.message_id)).scalars().all()))
    accepted = answered.requests | answered.responses
    assert accepted <= kept <= answered.tried
    entries = [stored.entry for stored in gateway.store.run_now(lambda c: journal.read(c, limit=1_000_000))]
    for event, names in (
        (JournalEvent.SENT, accepted),
        (JournalEvent.ACCEPTED, accepted),
        (JournalEvent.ACKNOWLEDGED, answered.acks),
    ):
        written = [entry.message_id for entry in entries if entry.event is event]
        assert names <= set(written)
        assert len(written) == len(set(written))
    acknowledged = {entry.message_id for entry in entries if entry.event is JournalEvent.ACKNOWLEDGED}
    waiting = gateway.store.run_now(lambda c: list(c.execute(select(DELIVERIES.c.message_id)).scalars()))
    assert len(waiting) == len(set(waiting))
    assert set(waiting) == kept - acknowledged


async def _check_queues(gateway: Gateway, answered: Answered, clock: ManualClock) -> None:
    """Whatever was accepted and not acknowledged is taken over the wire; nothing that was acknowledged is."""
    ids = machine.new_ids(1)
    found: set[str] = set()
    async with aiohttp.ClientSession() as session:
        provider = Smev3Client(gateway.url, "FNS", clock, ids, session=session)
        while (request := await provider.take_request()) is not None:
            found.add(request.message_id)
        consumer = Smev3Client(gateway.url, "CITY", clock, ids, session=session)
        while (response := await consumer.take_response()) is not None:
            found.add(response.message_id)
    assert not found & answered.acks
    assert (answered.requests | answered.responses) - answered.acks - found <= _acknowledged(gateway)


def _acknowledged(gateway: Gateway) -> set[str]:
    # An Ack may have been kept whose answer the kill cut off.
    entries = gateway.store.run_now(lambda c: journal.read(c, limit=1_000_000))
    return {stored.entry.message_id for stored in entries if stored.entry.event is JournalEvent.ACKNOWLEDGED}
