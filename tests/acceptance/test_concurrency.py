"""Many pollers of one queue, over HTTP: whatever they take, no two of them hold the same message."""

import asyncio
from pathlib import Path

import aiohttp

from gateway import machine
from gateway.app import running
from gateway.client import Smev3Client
from gateway.domain.clock import ManualClock
from gateway.settings import Settings
from tests.exchange.participants import INN, LEASE, START, example

POLLERS = 32
MESSAGES = 160


async def test_32_pollers_never_hold_the_same_message(store_url: str, tmp_path: Path) -> None:
    clock, ids = ManualClock(START), machine.new_ids(1)
    settings = Settings(port=0, data=tmp_path, store=store_url, topology="none", provide=("FNS=" + INN,))
    async with running(settings, clock, machine.new_ids(2)) as gateway, aiohttp.ClientSession() as session:

        def client(mnemonic: str) -> Smev3Client:
            return Smev3Client(gateway.url, mnemonic, clock, ids, session=session)

        pollers = [client("FNS") for _ in range(POLLERS)]
        sent = await _send(client("CITY"))
        held, acknowledged = await _poll(pollers, expected=len(sent), acknowledge=True)
        assert sorted(held) == sorted(sent)
        assert len(acknowledged) == MESSAGES // 2

        assert await _poll(pollers, expected=0, acknowledge=False) == ([], [])
        clock.advance(LEASE)
        left = set(sent) - set(acknowledged)
        again, _ = await _poll(pollers, expected=len(left), acknowledge=False)
        assert sorted(again) == sorted(left)


async def _send(consumer: Smev3Client) -> list[str]:
    sent = await asyncio.gather(*(consumer.send_request(example(INN)) for _ in range(MESSAGES)))
    return [message.message_id for message in sent]


async def _poll(pollers: list[Smev3Client], *, expected: int, acknowledge: bool) -> tuple[list[str], list[str]]:
    """Everything that was taken, in order of arrival, and every second one acknowledged at once.

    A poller leaves when it finds the queue empty and nothing is missing: on PostgreSQL a message that is just being
    taken by somebody else may look like an empty queue.
    """
    taken: list[str] = []
    acknowledged: list[str] = []

    async def poll(poller: Smev3Client) -> None:
        for _ in range(50):
            request = await poller.take_request()
            if request is not None:
                taken.append(request.message_id)
                if acknowledge and len(taken) % 2:
                    acknowledged.append(request.message_id)
                    await poller.ack(request.message_id)
            elif len(taken) >= expected:
                return

    await asyncio.gather(*map(poll, pollers))
    return taken, acknowledged
