"""Queues in the store: recipient × (requests, responses, statuses), oldest first, leased until acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import Update

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.queues import Queue
from gateway.storage.prepared import Prepared
from gateway.storage.tables import DELIVERIES, FREE, LEASED, MESSAGES
from gateway.values import value


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller asks its queue for. At most one of the two types; None is any."""

    recipient: str
    queue: Queue
    message_type: str | None = None
    request_type: str | None = None
    node_id: str | None = None


@value
class NewDelivery:
    """A message on its way into one queue. `eol` and `held_until` are microseconds since 1970.

    A held message is in the queue, and nobody finds it there before that moment.
    """

    message: int
    interaction: int | None
    message_id: str
    recipient: str
    queue: Queue
    message_type: str
    request_type: str | None = None
    node_id: str | None = None
    eol: int | None = None
    held_until: int | None = None


_D: Final = DELIVERIES.c
# Literals, so that SQLite and PostgreSQL see the predicate of the partial indexes.
_FREE: Final = _D.state == literal_column(str(FREE))
_LEASED: Final = _D.state == literal_column(str(LEASED))
# A hold is a lease that nobody took: it ends as leases do, found by the same index.
_TAKEN: Final = and_(_LEASED, _D.attempts > literal_column("0"))
# The request that a delivered message belongs to, which may be that message itself. A literal, because SQLAlchemy
# takes the table names out of whatever stands in RETURNING on SQLite.
_ORIGINAL: Final[ColumnElement[str]] = literal_column(
    "(SELECT coalesce(request.message_id, message.message_id) FROM messages AS message"
    " LEFT JOIN messages AS request ON request.id = message.interaction WHERE message.id = deliveries.message)"
)
# Costs nothing measurable beside a statement of its own for the few messages that name files.
_HAS_FILES: Final[ColumnElement[bool]] = literal_column(
    "EXISTS (SELECT 1 FROM ref_attachments AS file WHERE file.message = deliveries.message)"
)
_INSERT: Final = Prepared(insert(DELIVERIES), [column.name for column in DELIVERIES.c if column.name != "id"])


def put(connection: Connection, deliveries: list[NewDelivery]) -> None:
    """Put each delivery at the end of its queue."""
    _INSERT.many(
        connection,
        [
            {
                "message": new.message, "interaction": new.interaction, "message_id": new.message_id,
                "recipient": new.recipient, "queue": int(new.queue), "message_type": new.message_type,
                "request_type": new.request_type, "node_id": new.node_id,
                "state": FREE if new.held_until is None else LEASED, "lease_until": new.held_until,
                "attempts": 0, "eol": new.eol,
            }
            for new in deliveries
        ],
    )  # fmt: skip


def has_free(connection: Connection, recipient: str, queue: Queue) -> bool:
    """Tell whether a message in the queue is free to be taken."""
    free = select(_D.id).where(_FREE, _D.recipient == recipient, _D.queue == int(queue)).limit(1)
    return connection.execute(free).first() is not None


def overtake(connection: Connection, message: int, recipient: str) -> None:
    """Let the delivery of a message to `recipient` stand before whatever waits in the queue, earlier ones too."""
    lowest = connection.execute(select(func.min(_D.id))).scalar() or 0
    key = connection.execute(select(_D.id).where(_D.message == message, _D.recipient == recipient)).scalar_one()
    # PostgreSQL never gives a key twice, so the negative of one is free; SQLite does, and has one writer.
    connection.execute(update(DELIVERIES).where(_D.id == key).values(id=min(lowest - 1, -key)))


def _take_statement(*, by: str | None, by_node: bool) -> Update:
    """The one atomic statement that finds the oldest free message and leases it."""
    oldest = select(_D.id).where(_FREE, _D.recipient == bindparam("r"), _D.queue == bindparam("q"))
    oldest = oldest.where(or_(_D.eol.is_(null()), _D.eol > bindparam("now")))
    if by is not None:
        oldest = oldest.where(_D[by] == bindparam("t"))
    if by_node:
        oldest = oldest.where(_D.node_id == bindparam("n"))
    oldest = oldest.order_by(_D.id).limit(1).with_for_update(skip_locked=True)
    return (
        update(DELIVERIES)
        .where(_D.id == oldest.scalar_subquery(), _FREE)
        .values(state=LEASED, lease_until=bindparam("until"), attempts=_D.attempts + 1)
        .returning(_D.id, _D.message, _D.message_id, _D.attempts, _D.eol)
    )


_TAKE: Final = {
    (by, by_node): Prepared(_take_statement(by=by, by_node=by_node))
    for by in (None, "message_type", "request_type")
    for by_node in (False, True)
}


@value
class Taken:
    """A delivery just leased."""

    delivery: int
    message: int
    message_id: str
    attempts: int
    eol: int | None


def take(connection: Connection, wanted: Wanted, now: datetime, lease_until: datetime) -> Taken | None:
    """Lease the oldest message that `wanted` fits; None when there is none."""
    by = "message_type" if wanted.message_type else "request_type" if wanted.request_type else None
    parameters: dict[str, Any] = {
        "r": wanted.recipient,
        "q": int(wanted.queue),
        "now": to_microseconds(now),
        "until": to_microseconds(lease_until),
    }
    if by is not None:
        parameters["t"] = wanted.message_type or wanted.request_type
    if wanted.node_id is not None:
        parameters["n"] = wanted.node_id
    row = _TAKE[by, wanted.node_id is not None].row(connection, parameters)
    return None if row is None else Taken(*row)


_ACK: Final = Prepared(
    delete(DELIVERIES)
    .where(_TAKEN, _D.message_id == bindparam("m"), _D.recipient == bindparam("r"), _D.lease_until > bindparam("now"))
    .returning(_D.message, _D.interaction, _D.queue, _ORIGINAL, _HAS_FILES)
)


@value
class Acked:
    """A delivery that has left its queue. `has_files`: its message names files by reference."""

    message: int
    interaction: int | None
    queue: Queue
    original_message_id: str
    has_files: bool


def acknowledge(connection: Connection, recipient: str, message_id: str, now: datetime) -> Acked | None:
    """Remove a leased message from `recipient`'s queue; None when it holds no such lease.

    A message that was delivered twice goes with every copy that is leased.
    """
    rows = _ACK.rows(connection, {"m": message_id, "r": recipient, "now": to_microseconds(now)})
    return Acked(rows[0][0], rows[0][1], Queue(rows[0][2]), rows[0][3], bool(rows[0][4])) if rows else None


def give_back(connection: Connection, delivery: int) -> None:
    """End the lease of a delivery: it returns to its place."""
    connection.execute(update(DELIVERIES).where(_D.id == delivery).values(state=FREE, lease_until=None))


def remove(connection: Connection, delivery: int) -> None:
    """Remove a delivery that needs no Ack."""
    connection.execute(delete(DELIVERIES).where(_D.id == delivery))


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Why an Ack found nothing: one delivery with that MessageID, whoever's it is."""

    recipient: str
    leased: bool
    lease_until: int | None


def whereabouts(connection: Connection, message_id: str) -> list[Whereabouts]:
    """Return every delivery of `message_id` still in a queue."""
    rows = connection.execute(
        select(_D.recipient, _D.state, _D.lease_until, _D.attempts).where(_D.message_id == message_id).order_by(_D.id)
    )
    return [Whereabouts(row[0], row[1] == LEASED and row[3] > 0, row[2]) for row in rows]


_RELEASE: Final = Prepared(
    update(DELIVERIES)
    .where(_LEASED, _D.lease_until <= bindparam("now"))
    .values(state=FREE, lease_until=null())
    .returning(_D.id, _D.message_id, _D.recipient, _ORIGINAL, _D.attempts)
)


@dataclass(frozen=True, slots=True)
class Released:
    """A delivery that has returned to its place, or that was held (`attempts` of 0) and now can be taken."""

    message_id: str
    recipient: str
    original_message_id: str
    attempts: int


def release_ended_leases(connection: Connection, now: datetime) -> list[Released]:
    """Return messages to their places whose lease, or hold, has ended; oldest first."""
    rows = _RELEASE.rows(connection, {"now": to_microseconds(now)})
    return [Released(*row[1:]) for row in sorted(rows)]


@dataclass(frozen=True, slots=True)
class Ended:
    """A message whose end of life came while it waited."""

    message: int
    interaction: int | None
    message_id: str
    recipient: str


_REMOVE_EXPIRED: Final = Prepared(
    delete(DELIVERIES)
    .where(_FREE, _D.eol.is_not(null()), _D.eol <= bindparam("now"))
    .returning(_D.id, _D.message, _D.interaction, _D.message_id, _D.recipient)
)


def remove_expired(connection: Connection, now: datetime) -> list[Ended]:
    """Remove free messages whose end of life has passed, oldest first."""
    rows = _REMOVE_EXPIRED.rows(connection, {"now": to_microseconds(now)})
    return [Ended(*row[1:]) for row in sorted(rows)]


_NEXT_ENDS: Final = (
    Prepared(select(func.min(_D.lease_until)).where(_LEASED)),
    Prepared(select(func.min(_D.eol)).where(_FREE, _D.eol.is_not(null()))),
)


def next_due(connection: Connection) -> int | None:
    """Return the moment (microseconds) when a lease, a hold or a life next ends; None when nothing will."""
    found = [row[0] for statement in _NEXT_ENDS for row in statement.rows(connection, {})]
    return min((moment for moment in found if moment is not None), default=None)


def is_full(connection: Connection, recipient: str, queue: Queue, limit: int) -> bool:
    """Whether `limit` or more messages wait in the queue, taken ones included."""
    query = select(_D.id).where(_D.recipient == recipient, _D.queue == int(queue)).offset(limit - 1).limit(1)
    return limit <= 0 or connection.execute(query).first() is not None


def pending(connection: Connection, recipient: str, node_id: str | None = None) -> dict[Queue, int]:
    """Return how many messages wait in each queue of `recipient`, taken ones included; with `node_id` its own."""
    query = select(_D.queue, func.count()).where(_D.recipient == recipient).group_by(_D.queue)
    if node_id is not None:
        query = query.where(_D.node_id == node_id)
    return {Queue(queue): count for queue, count in connection.execute(query).all()}


# --- for people who look: the admin API ------------------------------------------------------------------------


@value
class Depth:
    """One queue: messages free to take, messages taken, when the oldest was sent, when the next lease ends.

    Messages that are held are neither free nor taken.
    """

    recipient: str
    queue: Queue
    free: int
    leased: int
    oldest: datetime | None
    next_lease_end: datetime | None


def depths(connection: Connection, recipient: str | None = None) -> list[Depth]:
    """Return every queue that holds messages, in order; with `recipient` only its own."""
    free, taken = func.sum(case((_FREE, 1), else_=0)), func.sum(case((_TAKEN, 1), else_=0))
    lease_end = func.min(case((_TAKEN, _D.lease_until)))
    counted = select(_D.recipient, _D.queue, free, taken, func.min(_D.message), lease_end)
    counted = counted.group_by(_D.recipient, _D.queue)
    if recipient is not None:
        counted = counted.where(_D.recipient == recipient)
    rows = connection.execute(counted.order_by(_D.recipient, _D.queue)).all()
    oldest_messages = select(MESSAGES.c.id, MESSAGES.c.sent_at).where(MESSAGES.c.id.in_([row[4] for row in rows]))
    moments = dict(connection.execute(oldest_messages).all())
    return [
        Depth(name, Queue(queue), free_ones, taken_ones, _moment(moments.get(oldest)), _moment(ends))
        for name, queue, free_ones, taken_ones, oldest, ends in rows
    ]


@value
class Waiting:
    """One delivery that is still in a queue. `attempts` counts how often it was taken."""

    message_id: str
    recipient: str
    queue: Queue
    attempts: int
    lease_until: datetime | None
    eol: datetime | None


def deliveries_of(connection: Connection, message_ids: Iterable[str]) -> list[Waiting]:
    """Return every delivery of these messages that nobody has acknowledged, in order."""
    columns = (_D.message_id, _D.recipient, _D.queue, _D.attempts, _D.lease_until, _D.eol)
    query = select(*columns).where(_D.message_id.in_(list(message_ids))).order_by(_D.id)
    return [
        Waiting(message_id, recipient, Queue(queue), attempts, _moment(lease_until), _moment(eol))
        for message_id, recipient, queue, attempts, lease_until, eol in connection.execute(query)
    ]


def purge(connection: Connection, recipient: str | None = None, queue: Queue | None = None) -> int:
    """Remove every message from a queue, from all of a recipient's, or from all there are; return how many."""
    purged = delete(DELIVERIES)
    if recipient is not None:
        purged = purged.where(_D.recipient == recipient)
    if queue is not None:
        purged = purged.where(_D.queue == int(queue))
    return connection.execute(purged).rowcount


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_microseconds(microseconds)
