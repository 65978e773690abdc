"""Waits until the journal has what somebody seeks, counts what it has, and says what came instead.

Whoever waits looks when a unit of work has been committed in this process, and four times a second for what another
process wrote. The time to wait is the machine's: the gateway's clock may stand still.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from gateway.domain.journal import JournalEvent
from gateway.exchange.follower import PAUSE_SECONDS, Frontier
from gateway.exchange.inquiry import Inquiry
from gateway.protocol.messages import MessageType
from gateway.recording.format import RecordedEntry
from gateway.recording.said import Unreadable, content_of
from gateway.recording.seeking import Near, Seen, Sought, Tally
from gateway.storage import journal
from gateway.storage.about import About, about
from gateway.storage.journal import StoredEntry
from gateway.xml import Element, XmlError, name_of, parse

_PAGE: Final = 1_000
"""Entries that one transaction looks at."""
_LOOKED_AT_FOR_NEAREST: Final = 2_000
"""Entries, the newest ones, among which the nearest are looked for."""
_BREATH_SECONDS: Final = 0.005
"""Between two looks of one who waits, however much is being committed."""


class NotArrived(Exception):
    """The time is over: `found` is what did match, `nearest` what came near, `tally` everything that came."""

    def __init__(self, found: list[StoredEntry], nearest: list[Near], tally: Tally) -> None:
        self.found, self.nearest, self.tally = found, nearest, tally
        super().__init__(f"{len(found)} found, {tally.total} came")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody waits: seconds of the machine's time, or until `is_over` (the caller has gone)."""

    seconds: float
    is_over: Callable[[], bool] = bool


class Waiting:
    """Looks into the journal of one store. Everything here raises StoreError."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry

    async def wait(self, sought: Sought, count: int, after: int, patience: Patience) -> list[StoredEntry]:
        """Return the first `count` entries after the seq `after` that match, as soon as they are there.

        Each has its envelope; that of a delivery, a rejection or an Ack is the one its message was sent in.

        Raises: NotArrived.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + patience.seconds
        frontier, found, looked_at = Frontier(self._inquiry), list[StoredEntry](), after
        with self._inquiry.commits() as rung:
            while True:
                rung.clear()
                await frontier.look()
                async for seen in self._matching(sought, looked_at, frontier.decided):
                    found.append(StoredEntry(seen.recorded.seq, seen.entry))
                    if len(found) == count:
                        return await self._with_envelopes(found)
                looked_at = max(looked_at, frontier.decided)
                rest = end - loop.time()
                if rest <= 0 or patience.is_over():
                    break
                await asyncio.sleep(min(_BREATH_SECONDS, rest))
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(PAUSE_SECONDS, rest)):
                        await rung.wait()
        raise await self._not_arrived(sought, found, after)

    async def counted(self, sought: Sought, after: int = 0) -> Tally:
        """Return how many entries after the seq `after` match, by what they are."""
        tally = Tally()
        newest = (await self._inquiry.aside(journal.horizon)).newest
        async for seen in self._matching(sought, after, newest):
            tally.add(seen)
        return tally

    async def _not_arrived(self, sought: Sought, found: list[StoredEntry], after: int) -> NotArrived:
        tally = await self.counted(Sought(), after)
        newest = (await self._inquiry.aside(journal.horizon)).newest
        start = max(after, newest - _LOOKED_AT_FOR_NEAREST)
        came = [seen async for seen in self._entries(sought, journal.Sought(), start, newest)]
        nearest = await asyncio.to_thread(sought.nearest, came)
        return NotArrived(await self._with_envelopes(found), nearest, tally)

    async def _matching(self, sought: Sought, after: int, newest: int) -> AsyncIterator[Seen]:
        told = journal.Sought(
            message_id=sought.message_id, event=sought.event, participant=sought.participant, fault=sought.fault
        )
        async for page in self._pages(sought, told, after, newest):
            for seen in await asyncio.to_thread(lambda page: [each for each in page if sought.matches(each)], page):
                yield seen

    async def _entries(self, sought: Sought, told: journal.Sought, after: int, newest: int) -> AsyncIterator[Seen]:
        async for page in self._pages(sought, told, after, newest):
            for seen in page:
                yield seen

    async def _pages(self, sought: Sought, told: journal.Sought, after: int, newest: int) -> AsyncIterator[list[Seen]]:
        """Yield what the store's own conditions leave, with as much beside each entry as `sought` asks about."""
        if after < newest:  # the oldest entries may have been evicted long ago
            after = await self._inquiry.aside(partial(_before_first, after=after, newest=newest))
        while after < newest:
            last = min(newest, after + _PAGE)
            seqs = range(after + 1, last + 1)
            yield await self._inquiry.aside(partial(_seen, sought=sought, told=told, seqs=seqs))
            after = last

    async def _with_envelopes(self, found: list[StoredEntry]) -> list[StoredEntry]:
        return await self._inquiry.aside(lambda connection: [_with_envelope(connection, each) for each in found])


def _before_first(connection: Connection, after: int, newest: int) -> int:
    """Return the seq before the first entry that there is after `after`."""
    first = journal.search(connection, journal.Sought(), range(after + 1, newest + 1), 1, envelopes=False)
    return first[0].seq - 1 if first else newest


def _seen(connection: Connection, sought: Sought, told: journal.Sought, seqs: range) -> list[Seen]:
    stored = journal.search(connection, told, seqs, len(seqs), envelopes=False)
    wanted = [each for each in stored if _is_to_be_looked_up(sought, each)]
    ids = {each.entry.message_id for each in wanted} | {each.entry.original_message_id for each in wanted}
    known = about(connection, ids - {""}, sources=sought.xpath is not None) if ids - {""} else {}
    refused = {each.seq for each in wanted if each.entry.event is JournalEvent.REFUSED and sought.xpath is not None}
    envelopes = {each.seq: each for each in journal.read_all(connection, sorted(refused))} if refused else {}
    return [_beside(envelopes.get(each.seq, each), known) for each in stored]


def _is_to_be_looked_up(sought: Sought, stored: StoredEntry) -> bool:
    """Tell whether what is sought is something that the entry itself does not say; nothing is read in vain."""
    if sought.xpath is None and sought.case is None and stored.entry.message_type:
        return False
    plain = replace(sought, xpath=None, case=None, message_types=sought.message_types if _has_type(stored) else ())
    return plain.matches(Seen(RecordedEntry(stored.seq, stored.entry), content=_no_content))


def _has_type(stored: StoredEntry) -> bool:
    return bool(stored.entry.message_type)


def _no_content() -> Element | None:
    return None


def _beside(stored: StoredEntry, known: dict[str, About]) -> Seen:
    recorded = RecordedEntry(stored.seq, stored.entry)
    message = known.get(stored.entry.message_id) or known.get(stored.entry.original_message_id)
    if stored.entry.envelope is not None:
        return Seen(recorded, message_type=_root_of(recorded), case=message.case if message else "")
    if message is None:
        return Seen(recorded, content=_no_content)
    content = partial(_content_in, message.source)
    return Seen(recorded, message_type=message.message_type, case=message.case, content=content)


def _root_of(recorded: RecordedEntry) -> str:
    try:
        content = content_of(recorded)
    except Unreadable:
        return ""
    return "" if content is None else str(MessageType.of(content))


def _content_in(source: bytes | None) -> Element | None:
    """Return the root of the business content in the element of a message that was taken."""
    if source is None:
        return None
    try:
        data = parse(source)
    except XmlError:
        return None
    holders: Iterable[Any] = (child for child in data.iterchildren("*") if name_of(child)[1] == "MessagePrimaryContent")
    holder = next(iter(holders), None)
    return None if holder is None else next(holder.iterchildren("*"), None)


def _with_envelope(connection: Connection, stored: StoredEntry) -> StoredEntry:
    whole = journal.read_one(connection, stored.seq) or stored
    if whole.entry.envelope is not None or not whole.entry.message_id:
        return whole
    sent = journal.Sought(message_id=whole.entry.message_id, event=JournalEvent.SENT)
    for each in journal.search(connection, sent, range(1, whole.seq), 100):
        if each.entry.message_id == whole.entry.message_id:
            return StoredEntry(whole.seq, replace(whole.entry, envelope=each.entry.envelope))
    return whole
