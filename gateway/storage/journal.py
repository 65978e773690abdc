"""The journal in the store: appended in the caller's transaction, read by key, bounded from below."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import Explanation
from gateway.storage.prepared import Prepared
from gateway.storage.tables import JOURNAL

_COLUMNS = [column for column in JOURNAL.c if column.name != "seq"]
_NAMES = [column.name for column in _COLUMNS]
_INSERT = Prepared(insert(JOURNAL), _NAMES)
_INSERT_ONE = Prepared(insert(JOURNAL).returning(JOURNAL.c.seq), _NAMES)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A journal entry and its place: `seq` only grows."""

    seq: int
    entry: JournalEntry


def append(connection: Connection, entries: Iterable[JournalEntry]) -> None:
    """Append `entries` in order."""
    _INSERT.many(connection, [_row(entry) for entry in entries])


def append_refusal(connection: Connection, entry: JournalEntry) -> int:
    """Append one entry and return its seq, by which a client can ask for the explanation."""
    return int(_INSERT_ONE.rows(connection, _row(entry))[0][0])


def _row(entry: JournalEntry) -> dict[str, Any]:
    return {
        "moment": to_microseconds(entry.moment),
        "event": entry.event.value,
        "participant": entry.participant,
        "counterpart": entry.counterpart,
        "operation": entry.operation,
        "version": entry.version,
        "message_id": entry.message_id,
        "original_message_id": entry.original_message_id,
        "message_type": entry.message_type,
        "status": entry.status,
        "fault": entry.fault,
        "explanation": None if entry.explanation is None else json.dumps(asdict(entry.explanation), ensure_ascii=False),
        "envelope": entry.envelope,
    }


def read(
    connection: Connection, after: int = 0, limit: int = 1000, *, message_id: str | None = None
) -> list[StoredEntry]:
    """Return up to `limit` entries with seq > `after`, in order; with `message_id` only those of its interaction."""
    query = select(JOURNAL).where(JOURNAL.c.seq > after).order_by(JOURNAL.c.seq).limit(limit)
    if message_id is not None:
        query = query.where((JOURNAL.c.message_id == message_id) | (JOURNAL.c.original_message_id == message_id))
    return [_entry(row) for row in connection.execute(query).mappings()]


def read_one(connection: Connection, seq: int) -> StoredEntry | None:
    """Return the entry `seq`, None when there is none (any more)."""
    row = connection.execute(select(JOURNAL).where(JOURNAL.c.seq == seq)).mappings().one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Any) -> StoredEntry:
    fields = {column.name: row[column.name] for column in _COLUMNS}
    fields["moment"] = from_microseconds(row["moment"])
    fields["event"] = JournalEvent(row["event"])
    fields["explanation"] = None if row["explanation"] is None else Explanation(**json.loads(row["explanation"]))
    return StoredEntry(row["seq"], JournalEntry(**fields))


def trim(connection: Connection, keep: int) -> int:
    """Drop the oldest entries beyond the newest `keep`; return how many went."""
    newest = connection.execute(select(func.max(JOURNAL.c.seq))).scalar()
    if newest is None or newest <= keep:
        return 0
    return connection.execute(delete(JOURNAL).where(JOURNAL.c.seq <= newest - keep)).rowcount
