"""The journal becomes recorded entries: read in slices, with the attachments and what the envelopes lack.

As `inquiry` does: no slice holds the store for long, SMEV calls get their turn between two of them, and no more than
one batch is in memory, however long the journal is. A recording has the entries in the order of their seqs, which is
that of the commits; moments may go back where a tester moves the clock.
"""

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection

from gateway.domain.catalogue import Catalogue
from gateway.domain.clock import from_microseconds
from gateway.domain.journal import JournalEvent
from gateway.exchange.inquiry import SLICE, Inquiry
from gateway.protocol.messages import Attachment
from gateway.recording.format import Header, RecordedAttachment, RecordedEntry, Recording
from gateway.recording.said import lacks_parts
from gateway.storage import journal, recordings
from gateway.storage.database import Database
from gateway.storage.journal import StoredEntry
from gateway.storage.recordings import EVERYTHING, Selection
from gateway.values import value

__all__ = ["EVERYTHING", "Batch", "Reading", "Selection", "UnknownKind", "recorded", "types_of"]

_MOST_ENTRIES: Final = 500
_MOST_BYTES: Final = 8 * 1024 * 1024
"""Of envelopes and attachments in one batch; one message may have more."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some recorded entries in order, the contents of their attachments by SHA-256, and the seq to go on after."""

    entries: tuple[RecordedEntry, ...]
    contents: Mapping[str, bytes]
    after: int

    def content(self, attachment: RecordedAttachment) -> bytes:
        """Return the bytes of an attachment of one of the entries."""
        return self.contents[attachment.sha256]


@value
class _Read:
    """What one transaction found: entries, the MessageIDs of those with attachments, the seq that was read up to."""

    entries: list[StoredEntry]
    attached: set[str]
    after: int


class Reading:
    """Reads what a selection takes from one store. Everything here raises StoreError."""

    def __init__(self, inquiry: Inquiry, selection: Selection = EVERYTHING) -> None:
        self._inquiry, self.selection = inquiry, selection

    async def batches(self, newest: int | None = None) -> AsyncIterator[Batch]:
        """Yield what there is up to the seq `newest`, that of now unless given; no batch is empty."""
        end = (await self._inquiry.aside(journal.horizon)).newest if newest is None else newest
        after = self.selection.after
        while after < end:
            batch = await self.batch(after, end)
            if batch.entries:
                yield batch
            after = batch.after

    async def batch(self, after: int, newest: int) -> Batch:
        """Look at a slice of the journal after the seq `after`, no further than `newest`; perhaps none of it fits."""
        seqs = range(after + 1, min(newest, after + SLICE) + 1)
        read = await self._inquiry.aside(partial(_read, selection=self.selection, seqs=seqs))
        entries: list[RecordedEntry] = []
        contents: dict[str, bytes] = {}
        for stored in read.entries:
            entry = RecordedEntry(stored.seq, stored.entry)
            if stored.entry.message_id in read.attached and stored.entry.event is JournalEvent.SENT:
                entry = await self._with_attachments(entry, contents)
            if stored.entry.envelope is not None and b"Include" in stored.entry.envelope:
                entry = await self._completed(entry)
            entries.append(entry)
        return Batch(tuple(entries), contents, read.after)

    async def _with_attachments(self, recorded: RecordedEntry, contents: dict[str, bytes]) -> RecordedEntry:
        work = partial(recordings.attachments, message_id=recorded.entry.message_id)
        kept = await self._inquiry.aside(work)
        listed = await asyncio.to_thread(lambda: [_recorded(each) for each in kept])
        contents |= {entry.sha256: each.content for entry, each in zip(listed, kept, strict=True)}
        return dataclasses.replace(recorded, attachments=tuple(listed))

    async def _completed(self, recorded: RecordedEntry) -> RecordedEntry:
        """Add the element that SMEV kept where the envelope points at parts that the journal does not keep."""
        entry = recorded.entry
        if entry.event is not JournalEvent.SENT or not await asyncio.to_thread(lacks_parts, entry.envelope or b""):
            return recorded
        source = await self._inquiry.aside(partial(recordings.source_of, message_id=entry.message_id))
        return dataclasses.replace(recorded, source=source)

    async def attachment(self, message_id: str, position: int) -> Attachment | None:
        """Return one attachment of a message, counted from 0; None when there is none."""
        return await self._inquiry.aside(
            partial(recordings.attachment, message_id=message_id, position=position),
        )


def _recorded(attachment: Attachment) -> RecordedAttachment:
    digest = hashlib.sha256(attachment.content).hexdigest()
    return RecordedAttachment(attachment.content_id, digest, len(attachment.content))


def _read(connection: Connection, selection: Selection, seqs: range) -> _Read:
    lengths = recordings.lengths(connection, selection, seqs, _MOST_ENTRIES)
    fitting = _fitting([length for _, length in lengths])
    entries = journal.read_all(connection, [seq for seq, _ in lengths[:fitting]])
    sent = [stored.entry.message_id for stored in entries if stored.entry.event is JournalEvent.SENT]
    attached = recordings.attached(connection, sent) if sent else {}
    if attached:
        entries = entries[: _fitting([_bytes_of(stored, attached) for stored in entries])]
    is_all = len(lengths) < _MOST_ENTRIES and len(entries) == len(lengths)
    return _Read(entries, set(attached), seqs.stop - 1 if is_all else entries[-1].seq)


def _bytes_of(stored: StoredEntry, attached: Mapping[str, int]) -> int:
    entry = stored.entry
    own = attached.get(entry.message_id, 0) if entry.event is JournalEvent.SENT else 0
    return len(entry.envelope or b"") + own


def _fitting(sizes: list[int]) -> int:
    """Return how many of the first fit into a batch; one always does."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if total > _MOST_BYTES:
            return max(count, 1)
    return len(sizes)


class UnknownKind(LookupError):
    """No data kind has that id."""


def types_of(catalogue: Catalogue, kind_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the request roots of data kinds, in every version, as a Selection takes them.

    Raises: UnknownKind.
    """
    found: list[str] = []
    for kind_id in kind_ids:
        roots = [str(kind.request) for kind in catalogue if kind.id == kind_id]
        if not roots:
            raise UnknownKind(kind_id)
        found += roots
    return tuple(found)


async def recorded(store: Database, selection: Selection = EVERYTHING, *, header: Header | None = None) -> Recording:
    """Return what a selection takes from a store, whole, in memory: for tests, scenarios and small flows.

    Without a `header` the recording is of the moment of its last entry, and its run is named by the seqs in it.

    Raises: StoreError.
    """
    entries: list[RecordedEntry] = []
    contents: dict[str, bytes] = {}
    async for batch in Reading(Inquiry(store), selection).batches():
        entries += batch.entries
        contents |= batch.contents
    return Recording(header or _header(entries, selection), tuple(entries), contents=contents)


def _header(entries: list[RecordedEntry], selection: Selection) -> Header:
    if not entries:
        return Header("", from_microseconds(0), selection=selection.told())
    first, last = entries[0], entries[-1]
    return Header(f"seq {first.seq}-{last.seq}", last.entry.moment, selection=selection.told())
