"""The journal in the store: appended in the caller's transaction, read by key, bounded from below."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, null, or_, select, text, update

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import Explanation
from gateway.storage.prepared import Prepared, Row
from gateway.storage.tables import INTERACTIONS, JOURNAL, MESSAGES
from gateway.values import value

LONGEST_MESSAGE_ID: Final = 255
"""Characters of a MessageID that the journal keeps: a refused one may be of any length, an index entry may not."""

_LARGEST_SEQ: Final = 2**63 - 1
CLEARED: Final = "cleared"
"""Stands in the place of the last entry that `clear` removed, so that no seq comes twice. Nobody reads it."""

_J: Final = JOURNAL.c
_COLUMNS = [column for column in JOURNAL.c if column.name != "seq"]
_LIGHT = [column for column in JOURNAL.c if column.name != "envelope"]
_NAMES = [column.name for column in _COLUMNS]
_INSERT = Prepared(insert(JOURNAL), _NAMES)
_TELL_FAULT = Prepared(
    update(INTERACTIONS)
    .where(
        INTERACTIONS.c.id
        == select(MESSAGES.c.id).where(MESSAGES.c.message_id == bindparam("request")).scalar_subquery()
    )
    .values(fault=bindparam("told"))
)
_SPAN = Prepared(select(JOURNAL).where(_J.seq >= bindparam("first"), _J.seq <= bindparam("last")).order_by(_J.seq))
_INSERT_ONE = Prepared(insert(JOURNAL).returning(JOURNAL.c.seq), _NAMES)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A journal entry and its place: `seq` only grows."""

    seq: int
    entry: JournalEntry


@value
class Sought:
    """Which entries are read; None is any. `message_id` is of the interaction, `participant` is on either side."""

    message_id: str | None = None
    event: JournalEvent | None = None
    participant: str | None = None
    message_type: str | None = None
    fault: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def append(connection: Connection, entries: Iterable[JournalEntry]) -> None:
    """Append `entries` in order; an interaction repeats the last fault that is told of it, to be searched by."""
    listed = list(entries)
    if not listed:
        return
    _INSERT.many(connection, [_row(entry) for entry in listed])
    for entry in listed:
        if entry.fault and entry.original_message_id:
            _TELL_FAULT.rows(connection, {"told": entry.fault, "request": entry.original_message_id})


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
        "message_id": entry.message_id[:LONGEST_MESSAGE_ID],
        "original_message_id": entry.original_message_id[:LONGEST_MESSAGE_ID],
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
    return search(connection, Sought(message_id=message_id), range(after + 1, _LARGEST_SEQ), limit)


def search(
    connection: Connection, sought: Sought, seqs: range, limit: int, *, envelopes: bool = True
) -> list[StoredEntry]:
    """Return up to `limit` entries whose seqs are in `seqs`, in order; envelopes of up to a megabyte each on request.

    Looks at no more rows than `seqs` is long; by MessageID an index leads to the few that there are.
    """
    columns = JOURNAL.c if envelopes else [*_LIGHT, null().label("envelope")]
    query = select(*columns).where(_J.seq >= seqs.start, _J.seq < seqs.stop, _J.event != CLEARED, *_conditions(sought))
    return [_entry(row) for row in connection.execute(query.order_by(_J.seq).limit(limit)).mappings()]


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    wanted: dict[ColumnElement[Any], Any] = {
        _J.event: sought.event and sought.event.value,
        _J.message_type: sought.message_type,
        _J.fault: sought.fault,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if sought.message_id is not None:
        kept = sought.message_id[:LONGEST_MESSAGE_ID]
        conditions.append(or_(_J.message_id == kept, _J.original_message_id == kept))
    if sought.participant is not None:
        conditions.append(or_(_J.participant == sought.participant, _J.counterpart == sought.participant))
    if sought.since is not None:
        conditions.append(_J.moment >= to_microseconds(sought.since))
    if sought.until is not None:
        conditions.append(_J.moment < to_microseconds(sought.until))
    return conditions


def read_all(connection: Connection, seqs: Sequence[int]) -> list[StoredEntry]:
    """Return the entries with these seqs, which are in order, with their envelopes."""
    if seqs and seqs[-1] - seqs[0] == len(seqs) - 1:
        return [_whole(row) for row in _SPAN.rows(connection, {"first": seqs[0], "last": seqs[-1]})]
    query = select(JOURNAL).where(_J.seq.in_(seqs)).order_by(_J.seq)
    return [_whole(tuple(row)) for row in connection.execute(query)]


def read_one(connection: Connection, seq: int) -> StoredEntry | None:
    """Return the entry `seq`, None when there is none (any more)."""
    query = select(JOURNAL).where(_J.seq == seq, _J.event != CLEARED)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _entry(row)


def refusals(connection: Connection, limit: int) -> list[StoredEntry]:
    """Return up to `limit` refusals and rejections of any message, newest first."""
    query = select(JOURNAL).where(_J.explanation.is_not(None)).order_by(_J.seq.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(query).mappings()]


def explained(connection: Connection, message_id: str, limit: int) -> list[StoredEntry]:
    """Return up to `limit` refusals and rejections of one message, newest first.

    The envelope of a rejection stands in the entry that the message was sent by; it is filled in from there.
    """
    own = _J.message_id == message_id[:LONGEST_MESSAGE_ID]
    query = select(JOURNAL).where(own, _J.explanation.is_not(None)).order_by(_J.seq.desc()).limit(limit)
    sent = select(_J.envelope).where(own, _J.event == JournalEvent.SENT.value).order_by(_J.seq.desc()).limit(1)
    envelope = connection.execute(sent).scalar()
    rows = connection.execute(query).mappings().all()
    return [_entry({**row, "envelope": row["envelope"] or envelope}) for row in rows]


def _entry(row: Any) -> StoredEntry:
    fields = {column.name: row[column.name] for column in _COLUMNS}
    fields["moment"] = from_microseconds(row["moment"])
    fields["event"] = JournalEvent(row["event"])
    fields["explanation"] = None if row["explanation"] is None else _explanation(json.loads(row["explanation"]))
    return StoredEntry(row["seq"], JournalEntry(**fields))


def _whole(row: Row) -> StoredEntry:
    """Return an entry from all its columns: a JournalEntry has its fields in their order."""
    told = None if row[12] is None else _explanation(json.loads(row[12]))
    fields: Row = (from_microseconds(row[1]), JournalEvent(row[2]), *row[3:12], told, row[13])
    return StoredEntry(row[0], JournalEntry(*fields))


def _explanation(kept: dict[str, Any]) -> Explanation:
    # JSON has no tuples.
    fields: dict[str, Any] = {name: tuple(given) if isinstance(given, list) else given for name, given in kept.items()}
    return Explanation(**fields)


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the journal can be read so that nothing appears behind the reader later.

    `newest` is the last seq to be seen. On PostgreSQL a transaction may commit a smaller seq after that, if it was
    running: `running` is the oldest transaction that does, `next` the first that has not begun. SQLite writes in turn.
    """

    newest: int
    running: int = 0
    next: int = 0


def horizon(connection: Connection) -> Horizon:
    """Return how far the journal goes at this moment."""
    newest = connection.execute(select(func.max(_J.seq))).scalar() or 0
    if connection.dialect.name != "postgresql":
        return Horizon(newest)
    # Asked after the seq: whoever wrote a smaller one had begun by then, and is either told here or has ended.
    snapshot = text("SELECT txid_snapshot_xmin(s), txid_snapshot_xmax(s) FROM txid_current_snapshot() AS s")
    running, following = connection.execute(snapshot).one()
    return Horizon(newest, running, following)


def trim(connection: Connection, keep: int) -> int:
    """Drop the oldest entries beyond the newest `keep`; return how many went."""
    newest = connection.execute(select(func.max(JOURNAL.c.seq))).scalar()
    if newest is None or newest <= keep:
        return 0
    return connection.execute(delete(JOURNAL).where(JOURNAL.c.seq <= newest - keep)).rowcount


def clear(connection: Connection) -> int:
    """Remove every entry; return how many there were. The next seq is greater than all of theirs all the same."""
    count = connection.execute(select(func.count()).where(_J.event != CLEARED)).scalar() or 0
    newest = connection.execute(select(func.max(_J.seq))).scalar()
    if newest is not None:
        connection.execute(delete(JOURNAL).where(_J.seq < newest))
        texts = ("participant", "counterpart", "operation", "version", "message_id", "original_message_id",
                 "message_type", "status", "fault")  # fmt: skip
        blank = {**dict.fromkeys(texts, ""), "event": CLEARED, "explanation": None, "envelope": None}
        connection.execute(update(JOURNAL).where(_J.seq == newest).values(blank))
    return count
