"""Where `mock-smev record` reads: a running gateway by its admin API, or a store without one. Batches come either way.

A source gives the header of the recording and its batches: `span` of what is there, `follow` of what comes until told
to stop. Both raise CommandFailed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from gateway import machine
from gateway.cli.admin_client import AdminClient, one_line
from gateway.cli.common import CommandFailed
from gateway.cli.report_of_store import refuse_missing
from gateway.domain.clock import ClockMode
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.live_recordings import Following
from gateway.exchange.recordings import EVERYTHING, Batch, Reading, Selection, UnknownKind, types_of
from gateway.inventory import CannotStart, load_kinds
from gateway.protocol.moments import write
from gateway.recording.format import Header, RecordedEntry, RecordingError, entry_of, parsed, read_header
from gateway.settings import Settings, SettingsError, read_settings
from gateway.storage import clock, registry, schema
from gateway.storage.database import Database, StoreError, StoreUnusable, open_database
from gateway.words import say

if TYPE_CHECKING:
    from gateway.app import Gateway

AFTER: Final = "X-Mock-Smev-After"
_CONNECT_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be recorded; None is any. `kind` is "<agency>/<kind>"."""

    since: datetime | None = None
    until: datetime | None = None
    case: str | None = None
    participant: str | None = None
    kind: str | None = None
    message_id: str | None = None

    def query(self) -> dict[str, str]:
        """Return the query of the admin API."""
        asked = {
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "case": self.case,
            "participant": self.participant,
            "kind": self.kind,
            "messageId": self.message_id,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(slots=True)
class Span:
    """A recording that is being read: its header, and batches to come."""

    header: Header
    batches: AsyncIterator[Batch]


# --- a running gateway -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FromGateway:
    """A gateway by its admin API."""

    url: str
    token: str | None

    @asynccontextmanager
    async def span(self, asked: Asked) -> AsyncIterator[Span]:
        """Read what is there."""
        async with self._session() as session:
            answer = _Answer(session, self.url, asked.query())
            yield Span(await answer.begin("/recording"), answer.batches())

    @asynccontextmanager
    async def follow(self, asked: Asked, stop: asyncio.Event) -> AsyncIterator[Span]:
        """Read what comes."""
        async with self._session() as session:
            answer = _Answer(session, self.url, asked.query(), stop)
            yield Span(await answer.begin("/recording/stream"), self._followed(session, answer))

    async def _followed(self, session: aiohttp.ClientSession, answer: "_Answer") -> AsyncIterator[Batch]:
        async for batch in answer.batches():
            yield batch
        # What was committed before the end and has not come yet; a gateway that has gone has sent everything.
        rest = _Answer(session, self.url, {**answer.query, "after": str(answer.after)})
        with suppress(aiohttp.ClientConnectorError):
            await rest.begin("/recording")
            async for batch in rest.batches():
                yield batch

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiohttp.ClientSession]:
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
        try:
            async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
                yield session
        except aiohttp.ClientConnectorError as error:
            raise CommandFailed(f"{self.url}: {error.strerror or error}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CommandFailed(f"{self.url}: {error or type(error).__name__}") from error
        except RecordingError as error:
            raise CommandFailed(
                say(f"{self.url}: это не запись: {error.message}", f"{self.url}: no recording: {error.message}")
            ) from error


class _Answer:
    """A recording as the admin API sends it: lines, and attachments asked for one by one."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, query: Mapping[str, str], stop: asyncio.Event | None = None
    ) -> None:
        self._session, self._root, self.query = session, f"{url.rstrip('/')}/__admin", query
        self._stop = stop or asyncio.Event()
        self._chunks: AsyncIterator[list[str]] = self._read("")
        self._early: list[str] = []
        self._number = 1
        self.after = 0
        """The seq that has been read up to."""

    async def begin(self, path: str) -> Header:
        """Ask, and read the header."""
        self._chunks = self._read(path)
        self._early = await anext(self._chunks, [])
        return read_header(Path(self._root), self._early)

    async def batches(self) -> AsyncIterator[Batch]:
        """Yield what comes after the header."""
        early = self._early[1:]
        if early:
            yield await self._batch(early)
        async for lines in self._chunks:
            yield await self._batch(lines)

    async def _read(self, path: str) -> AsyncIterator[list[str]]:
        """Yield whole lines as they come."""
        async with self._session.get(self._root + path, params=self.query) as answer:
            if answer.status != 200:
                raise CommandFailed(_problem(answer.url, answer.status, await answer.read()))
            self.after = int(answer.headers.get(AFTER, "0"))
            begun = b""
            async for chunk in self._until_stopped(answer.content):
                *ended, begun = (begun + chunk).split(b"\n") if b"\n" in chunk else [begun + chunk]
                if ended:
                    yield [line.decode() for line in ended]

    async def _until_stopped(self, content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            while not stopped.done():
                reading = asyncio.ensure_future(content.readany())
                await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    reading.cancel()
                    return
                chunk = reading.result()
                if not chunk:
                    return
                yield chunk
        finally:
            stopped.cancel()

    async def _batch(self, lines: list[str]) -> Batch:
        entries = []
        contents: dict[str, bytes] = {}
        for line in lines:
            self._number += 1
            place = Path(self._root)
            entry = entry_of(place, self._number, parsed(place, self._number, line))
            for position, attachment in enumerate(entry.attachments):
                if attachment.sha256 not in contents:
                    contents[attachment.sha256] = await self._attachment(entry, position)
            entries.append(entry)
            self.after = entry.seq
        return Batch(tuple(entries), contents, self.after)

    async def _attachment(self, entry: RecordedEntry, position: int) -> bytes:
        message_id = AdminClient.quoted(entry.entry.message_id)
        address = f"{self._root}/recording/attachments/{message_id}/{position}"
        async with self._session.get(address) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise CommandFailed(_problem(answer.url, answer.status, body))
            return body


def _problem(address: object, status: int, body: bytes) -> str:
    try:
        told = json.loads(body)
        said = ": ".join(str(told[member]) for member in ("title", "detail") if told.get(member))
        return one_line(said, str(told.get("hint") or ""))
    except (ValueError, AttributeError, TypeError):
        return say(f"{address}: это не шлюз (HTTP {status})", f"{address}: no gateway (HTTP {status})")


# --- a store without a gateway ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FromStore:
    """A store; `source` are the settings that say where it is."""

    source: Mapping[str, Any]

    @asynccontextmanager
    async def span(self, asked: Asked) -> AsyncIterator[Span]:
        """Read what is there."""
        async with self._opened(asked) as (store, selection, header):
            yield Span(header, Reading(Inquiry(store), selection).batches())

    @asynccontextmanager
    async def follow(self, asked: Asked, stop: asyncio.Event) -> AsyncIterator[Span]:
        """Read what comes."""
        async with self._opened(asked) as (store, selection, header):
            following = Following(Inquiry(store), selection, stop)
            await following.begin()
            yield Span(header, following.batches())

    @asynccontextmanager
    async def _opened(self, asked: Asked) -> AsyncIterator[tuple[Database, Selection, Header]]:
        try:
            settings = read_settings(dict(self.source), None)
            refuse_missing(settings.store_url)
            selection = await asyncio.to_thread(_selection, asked, settings)
            async with open_database(settings.store_url) as store:
                await asyncio.to_thread(schema.upgrade, store.engine)
                yield store, selection, await store.run(lambda connection: _header(connection, selection))
        except SettingsError as error:
            raise CommandFailed(str(error), code=2) from error
        except (CannotStart, StoreUnusable) as error:
            raise CommandFailed(str(error)) from error
        except (StoreError, schema.StoreTooNew, schema.StoreLocked, DBAPIError) as error:
            raise CommandFailed(f"{say('хранилище', 'store')}: {error}") from error


def of_gateway(gateway: "Gateway") -> Span:
    """Return what is in the journal of a gateway of this process."""
    now = write(gateway.timekeeper.clock.now())
    header = gateway.recordings.header(f"journal {now}", EVERYTHING)
    return Span(header, Reading(Inquiry(gateway.store)).batches())


def _selection(asked: Asked, settings: Settings) -> Selection:
    types: tuple[str, ...] = ()
    if asked.kind is not None:
        try:
            types = types_of(load_kinds(settings).catalogue, [asked.kind])
        except UnknownKind as error:
            raise CommandFailed(
                say(f"вида сведений {error} нет: mock-smev kinds list", f"no data kind {error}: mock-smev kinds list")
            ) from error
    return Selection(asked.since, asked.until, asked.case, asked.participant, types, asked.message_id)


def _header(connection: Connection, selection: Selection) -> Header:
    setting = clock.load(connection)
    shown = None if setting is None or setting.mode is ClockMode.REAL else setting.moment
    now = shown or machine.SystemClock().now()
    by = f"mock-smev {package_version('mock-smev')}"
    return Header(f"journal {write(now)}", now, by, registry.topology(connection) or "", selection.told())
