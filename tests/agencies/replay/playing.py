"""A gateway in this process for replays, and recordings made in one: one thing after the other, on a frozen clock."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from agencies.replay.run import Replay, Surroundings
from gateway.app import Gateway, running
from gateway.client import (
    AttachmentHeader,
    Direct,
    Outgoing,
    ReceivedResponse,
    RejectCode,
    Rejection,
    RequestStatus,
    Smev3Client,
)
from gateway.exchange.recordings import recorded
from gateway.machine import new_ids
from gateway.recording.format import RecordedEntry, Recording
from gateway.settings import Settings
from tests.conversation import CONSUMER, INN_KIND, INN_REQUEST, INN_RESPONSE, PROVIDER

MORNING: Final = "frozen@2013-03-04T10:00:00+04:00"
LATER: Final = "frozen@2013-03-11T10:00:00+04:00"
PAUSE: Final = timedelta(seconds=90)
"""Between the status and the answer of the first exchange."""
SCAN: Final = (AttachmentHeader("scan.pdf", "application/pdf"), b"%PDF-1.4 scan")
PAPER: Final = (AttachmentHeader("paper.xml", "text/xml"), b"<paper/>")


def asks(birth_date: str = "1967-03-10") -> bytes:
    """A request for the taxpayer number of somebody who was born then."""
    return INN_REQUEST.replace(b"1967-03-10", birth_date.encode())


@asynccontextmanager
async def gateway(folder: Path, *, serial: bool = True, **settings: Any) -> AsyncIterator[Gateway]:
    """A gateway in memory, in which FNS provides the taxpayer numbers and nobody plays it."""
    chosen = {"topology": "none", "provide": (f"{PROVIDER}={INN_KIND}",), "clock": LATER, "seed": 1, **settings}
    async with running(Settings(port=0, data=folder, store="sqlite://", **chosen), serial=serial) as served:
        await served.nodes.settle()
        yield served


def client(served: Gateway, mnemonic: str) -> Smev3Client:
    return Smev3Client(Direct(served.door, mnemonic), mnemonic, served.timekeeper.clock)


async def takes_all(consumer: Smev3Client) -> list[ReceivedResponse]:
    """Take and acknowledge every answer there is."""
    async with consumer.responses(until_empty=True) as responses:
        return [response async for response in responses]


async def record_exchanges(folder: Path) -> Recording:
    """Three requests: answered after a status and a pause, with attachments; rejected for NO_DATA; never answered."""
    async with gateway(folder, clock=MORNING) as served:
        consumer, provider = client(served, CONSUMER), client(served, PROVIDER)
        first = Outgoing(eol=datetime.fromisoformat("2013-03-04T12:00:00+04:00"), transaction_code="37-CASE-1")
        await consumer.send_request(asks(), first, attachments=[SCAN])
        request = await provider.take_request()
        assert request is not None
        assert request.reply_to is not None
        await provider.send_response(request.reply_to, RequestStatus(5, "ищем"))
        await served.timekeeper.advance(by=PAUSE)
        await provider.send_response(request.reply_to, INN_RESPONSE, attachments=[PAPER])
        await provider.ack(request.metadata.message_id)
        heard = await takes_all(consumer)
        assert len(heard) == 2
        follows = Outgoing(reference_message_id=request.message_id)
        for birth_date, refusal in (("1970-01-01", Rejection(RejectCode.NO_DATA, "нет такого")), ("1980-01-01", None)):
            await consumer.send_request(asks(birth_date), follows)
            request = await provider.take_request()
            assert request is not None
            if refusal is not None:
                await provider.send_response(request.reply_to or "", [refusal])
            await provider.ack(request.metadata.message_id)
        assert len(await takes_all(consumer)) == 1
        return await recorded(served.store)


def first_request(recording: Recording) -> int:
    """The seq of the first request that was sent."""
    return next(each.seq for each in recording.entries if each.entry.operation == "SendRequest" and each.entry.envelope)


def edited(recording: Recording, seq: int, old: bytes, new: bytes) -> Recording:
    """The recording as somebody has changed one envelope by hand."""

    def changed(each: RecordedEntry) -> RecordedEntry:
        if each.seq != seq:
            return each
        assert each.entry.envelope is not None
        assert old in each.entry.envelope
        envelope = each.entry.envelope.replace(old, new)
        return dataclasses.replace(each, entry=dataclasses.replace(each.entry, envelope=envelope), edited=True)

    return dataclasses.replace(recording, entries=tuple(map(changed, recording.entries)))


def around(served: Gateway, *, serial: bool = True, patience: float = 5.0) -> Surroundings:
    """What a replay in this process needs."""
    clock, ids = served.timekeeper.clock, new_ids(7)

    def connect(mnemonic: str, version: str) -> Smev3Client:
        return Smev3Client(Direct(served.door, mnemonic, version), mnemonic, clock, ids, version=version)

    settle = served.nodes.settle if serial else None
    return Surroundings(connect, clock, served.library, settle=settle, patience=patience)


async def replayed(served: Gateway, replay: Replay, **how: Any) -> tuple[Any, Recording]:
    """Play a recording in a gateway; return the report, and what was recorded of it."""
    await replay.begin(served.nodes)
    report = await replay.send(around(served, **how))
    await served.nodes.settle()
    replay.end(served.nodes)
    return report, await recorded(served.store)
