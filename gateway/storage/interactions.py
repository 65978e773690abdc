"""Messages and interactions in the store: inserted once, refused when the MessageID was seen, read for delivery."""

import importlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.expression import ClauseElement

from gateway.domain.cases import Outcome
from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.interaction import TRANSITIONS, Event
from gateway.protocol.messages import Attachment
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage import ref_attachments
from gateway.storage.prepared import Prepared, Row
from gateway.storage.ref_attachments import MessageFile
from gateway.storage.tables import ATTACHMENTS, INTERACTIONS, MESSAGES
from gateway.values import value


@value
class NewMessage:
    """A message to keep. `interaction` is the key of the request that a response answers; a request opens its own."""

    message_id: str
    version: str
    wire_type: WireMessageType
    sender: str
    recipient: str | None
    message_type: str
    sent_at: datetime
    source: bytes
    interaction: int | None = None
    reference_message_id: str | None = None
    transaction_code: str | None = None
    node_id: str | None = None
    caller_signature: bytes | None = None
    attachments: Sequence[Attachment] = ()
    files: Sequence[MessageFile] = ()


@value
class StoredMessage:
    """A message as kept, with the two values of its interaction's request that a response repeats."""

    key: int
    message_id: str
    interaction: int | None
    version: str
    wire_type: WireMessageType
    sender: str
    recipient: str | None
    message_type: str
    reference_message_id: str | None
    transaction_code: str | None
    node_id: str | None
    sent_at: datetime
    source: bytes
    caller_signature: bytes | None
    attachments: tuple[Attachment, ...]
    original_message_id: str | None = None
    original_transaction_code: str | None = None
    original_reference: str | None = None
    files: tuple[MessageFile, ...] = ()


def _insert_new(dialect: str) -> ClauseElement:
    """The INSERT whose unique key decides who was first, also between processes."""
    # Imported by name: the other dialect's module would cost 50 ms of every start.
    construct = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(MESSAGES)
    statement: ClauseElement = construct.on_conflict_do_nothing(index_elements=["message_id"]).returning(MESSAGES.c.id)
    return statement


_INSERT_MESSAGE: Final = Prepared(_insert_new, [column.name for column in MESSAGES.c if column.name != "id"])
_LONGEST_CODE: Final = 200
"""Characters of a TransactionCode that are searched by; an index entry of PostgreSQL may not be of any length."""
_GIVEN: Final = ("id", "status", "kind", "eol", "case_number", "due")
_REPEATED: Final = ("consumer", "provider", "message_type", "transaction_code", "sent_at")
_INSERT_INTERACTION: Final = Prepared(
    insert(INTERACTIONS).from_select(
        [*_GIVEN, *_REPEATED],
        # PostgreSQL takes a parameter of a SELECT for text unless it is told the type.
        select(
            *(cast(bindparam(name), INTERACTIONS.c[name].type) for name in _GIVEN),
            MESSAGES.c.sender,
            MESSAGES.c.recipient,
            MESSAGES.c.message_type,
            literal_column(f"substr(messages.transaction_code, 1, {_LONGEST_CODE})"),
            MESSAGES.c.sent_at,
        ).where(MESSAGES.c.id == bindparam("id")),
        include_defaults=False,  # the database has them, as the column that this leaves out
    )
)


def insert_message(connection: Connection, new: NewMessage) -> int | None:
    """Keep a message; return its key, None when its MessageID was seen before."""
    row = _INSERT_MESSAGE.row(
        connection,
        {
            "message_id": new.message_id, "interaction": new.interaction, "version": new.version,
            "wire_type": new.wire_type.value, "sender": new.sender, "recipient": new.recipient,
            "message_type": new.message_type, "reference_message_id": new.reference_message_id,
            "transaction_code": new.transaction_code, "node_id": new.node_id,
            "sent_at": to_microseconds(new.sent_at), "has_attachments": bool(new.attachments or new.files),
            "source": new.source, "caller_signature": new.caller_signature,
        },
    )  # fmt: skip
    if row is None:
        return None
    key = int(row[0])
    if new.attachments:
        connection.execute(
            insert(ATTACHMENTS),
            [
                {"message": key, "position": position, "content_id": item.content_id, "content": item.content}
                for position, item in enumerate(new.attachments)
            ],
        )
    if new.files:
        ref_attachments.put(connection, key, new.sender, new.files)
    return key


@value
class NewInteraction:
    """The state of a request that is kept already, under `key`. `eol` and `due` are microseconds since 1970."""

    key: int
    status: InteractionStatus
    kind: str | None
    eol: int | None = None
    case_number: str | None = None
    due: int | None = None


def open_interaction(connection: Connection, new: NewInteraction) -> None:
    """Keep the state of a request."""
    given = {"id": new.key, "status": new.status.value, "kind": new.kind, "eol": new.eol}
    _INSERT_INTERACTION.rows(connection, {**given, "case_number": new.case_number, "due": new.due})


def _move_statement(event: Event) -> Update:
    moves = {before.value: after.value for (before, cause), after in TRANSITIONS.items() if cause is event}
    changed = {before: after for before, after in moves.items() if before != after}
    status = (
        case(changed, value=INTERACTIONS.c.status, else_=INTERACTIONS.c.status) if changed else INTERACTIONS.c.status
    )
    moved = update(INTERACTIONS).where(INTERACTIONS.c.id == bindparam("key"))
    return moved.values(status=status).returning(INTERACTIONS.c.status)


_MOVE: Final = {event: Prepared(_move_statement(event)) for event in Event}


def move(connection: Connection, interaction: int, event: Event) -> InteractionStatus | None:
    """Apply `event` to the interaction by the transition table; return the state after it, None if unknown."""
    row = _MOVE[event].row(connection, {"key": interaction})
    return None if row is None else InteractionStatus(row[0])


def status_of(connection: Connection, interaction: int) -> InteractionStatus | None:
    """Return the state of an interaction."""
    status = connection.execute(select(INTERACTIONS.c.status).where(INTERACTIONS.c.id == interaction)).scalar()
    return None if status is None else InteractionStatus(status)


_REQUEST: Final = MESSAGES.alias("request")
_CONTENT: Final = [MESSAGES.c[name] for name in (
    "id", "message_id", "interaction", "version", "wire_type", "sender", "recipient", "message_type",
    "reference_message_id", "transaction_code", "node_id", "sent_at", "has_attachments", "source", "caller_signature",
)]  # fmt: skip
_LOAD: Final = select(
    *_CONTENT, _REQUEST.c.message_id, _REQUEST.c.transaction_code, _REQUEST.c.reference_message_id
).outerjoin_from(MESSAGES, _REQUEST, _REQUEST.c.id == MESSAGES.c.interaction)
_LOAD_BY_KEY: Final = Prepared(_LOAD.where(MESSAGES.c.id == bindparam("key")))
_LOAD_BY_ID: Final = Prepared(_LOAD.where(MESSAGES.c.message_id == bindparam("message_id")))


_MESSAGE_ID: Final = Prepared(select(MESSAGES.c.message_id).where(MESSAGES.c.id == bindparam("key")))


def message_id_of(connection: Connection, key: int) -> str | None:
    """Return the MessageID of the message `key`, None when there is no such message."""
    row = _MESSAGE_ID.row(connection, {"key": key})
    return None if row is None else str(row[0])


def load(connection: Connection, key: int) -> StoredMessage:
    """Return the message `key`, which must exist."""
    return _stored(connection, _LOAD_BY_KEY.rows(connection, {"key": key})[0])


def find(connection: Connection, message_id: str) -> StoredMessage | None:
    """Return the message with that MessageID."""
    row = _LOAD_BY_ID.row(connection, {"message_id": message_id})
    return None if row is None else _stored(connection, row)


def _stored(connection: Connection, row: Row) -> StoredMessage:
    attachments: tuple[Attachment, ...] = ()
    files: tuple[MessageFile, ...] = ()
    if row[12]:
        files = ref_attachments.of_message(connection, row[0])
        items = connection.execute(
            select(ATTACHMENTS.c.content_id, ATTACHMENTS.c.content)
            .where(ATTACHMENTS.c.message == row[0])
            .order_by(ATTACHMENTS.c.position)
        )
        attachments = tuple(Attachment(content_id, bytes(content)) for content_id, content in items)
    return StoredMessage(
        key=row[0], message_id=row[1], interaction=row[2], version=row[3], wire_type=WireMessageType(row[4]),
        sender=row[5], recipient=row[6], message_type=row[7], reference_message_id=row[8], transaction_code=row[9],
        node_id=row[10], sent_at=from_microseconds(row[11]), source=bytes(row[13]),
        caller_signature=None if row[14] is None else bytes(row[14]), attachments=attachments,
        original_message_id=row[15], original_transaction_code=row[16], original_reference=row[17],
        files=files,
    )  # fmt: skip


# --- the law: requests with a term to answer --------------------------------------------------------------------------


@value
class Asked:
    """A request as its answer is judged by: `due` is None where no term runs, `overdue` is set once that was noted."""

    key: int
    message_id: str
    kind: str | None
    holder: str
    sent_at: datetime
    case_number: str | None
    due: datetime | None
    overdue: bool


@value
class Overdue:
    """A request whose term has ended without an answer."""

    message_id: str
    kind: str
    holder: str
    sent_at: datetime
    due: datetime
    case_number: str | None


_ASKED: Final = Prepared(
    select(
        MESSAGES.c.message_id,
        INTERACTIONS.c.kind,
        INTERACTIONS.c.provider,
        INTERACTIONS.c.sent_at,
        INTERACTIONS.c.case_number,
        INTERACTIONS.c.due,
        INTERACTIONS.c.overdue,
    )
    .join_from(INTERACTIONS, MESSAGES, MESSAGES.c.id == INTERACTIONS.c.id)
    .where(INTERACTIONS.c.id == bindparam("key"))
)
_ANSWER: Final = Prepared(
    update(INTERACTIONS)
    .where(INTERACTIONS.c.id == bindparam("key"), INTERACTIONS.c.answered_at.is_(None))
    .values(answered_at=bindparam("at"), outcome=bindparam("came"))
)
_CASE_OF: Final = Prepared(
    select(INTERACTIONS.c.case_number)
    .join_from(MESSAGES, INTERACTIONS, INTERACTIONS.c.id == func.coalesce(MESSAGES.c.interaction, MESSAGES.c.id))
    .where(MESSAGES.c.message_id == bindparam("message_id"))
)
# As literal as the predicate of the partial index interactions_due.
_RUNNING: Final = literal_column("due IS NOT NULL AND answered_at IS NULL AND NOT overdue", Boolean)
_OVERDUE: Final = Prepared(
    select(
        INTERACTIONS.c.id,
        MESSAGES.c.message_id,
        INTERACTIONS.c.kind,
        INTERACTIONS.c.provider,
        INTERACTIONS.c.sent_at,
        INTERACTIONS.c.due,
        INTERACTIONS.c.case_number,
    )
    .join_from(INTERACTIONS, MESSAGES, MESSAGES.c.id == INTERACTIONS.c.id)
    .where(_RUNNING, INTERACTIONS.c.due < bindparam("now"))
    .order_by(INTERACTIONS.c.due, INTERACTIONS.c.id)
    .limit(bindparam("most"))
)
_NEXT_OVERDUE: Final = Prepared(select(func.min(INTERACTIONS.c.due)).where(_RUNNING))


def asked(connection: Connection, key: int) -> Asked | None:
    """Return what the request `key` asked, None when there is no such request."""
    row = _ASKED.row(connection, {"key": key})
    if row is None:
        return None
    due = None if row[5] is None else from_microseconds(row[5])
    return Asked(key, row[0], row[1], row[2] or "", from_microseconds(row[3]), row[4], due, bool(row[6]))


def answer(connection: Connection, key: int, at: datetime, outcome: Outcome) -> None:
    """Note the final answer to the request `key`; the first one counts."""
    _ANSWER.rows(connection, {"key": key, "at": to_microseconds(at), "came": outcome.value})


def case_of(connection: Connection, message_id: str) -> str | None:
    """Return the case of a message, be it the request or an answer; None where it serves none, or is not there."""
    row = _CASE_OF.row(connection, {"message_id": message_id})
    return None if row is None else row[0]


def take_overdue(connection: Connection, now: datetime, limit: int) -> list[Overdue]:
    """Return up to `limit` requests whose term ended before `now` without an answer; each is returned once."""
    rows = _OVERDUE.rows(connection, {"now": to_microseconds(now), "most": limit})
    if rows:
        ended = update(INTERACTIONS).where(INTERACTIONS.c.id.in_([row[0] for row in rows]))
        connection.execute(ended.values(overdue=True))
    return [
        Overdue(row[1], row[2] or "", row[3] or "", from_microseconds(row[4]), from_microseconds(row[5]), row[6])
        for row in rows
    ]


def forget_cases(connection: Connection) -> None:
    """Let no request serve a case any more, and no term to answer run: the cases are gone."""
    tied = (INTERACTIONS.c.case_number.is_not(None), INTERACTIONS.c.due.is_not(None))
    connection.execute(update(INTERACTIONS).where(or_(*tied)).values(case_number=None, due=None, overdue=False))


def end_term(connection: Connection, key: int) -> None:
    """Let no term run for the request `key` any more: it never reached its holder."""
    unanswered = (INTERACTIONS.c.id == key, INTERACTIONS.c.answered_at.is_(None))
    connection.execute(update(INTERACTIONS).where(*unanswered).values(due=None))


def next_overdue(connection: Connection) -> int | None:
    """Return when the next term to answer ends, in microseconds since 1970; None when none runs."""
    due: int | None = _NEXT_OVERDUE.rows(connection, {})[0][0]
    return due


# --- for people who look: the admin API ------------------------------------------------------------------------


@value
class Sought:
    """What interactions are looked for; None is any. `participant` is on either side; moments are of the request."""

    status: InteractionStatus | None = None
    kind: str | None = None
    message_type: str | None = None
    participant: str | None = None
    consumer: str | None = None
    provider: str | None = None
    transaction_code: str | None = None
    fault: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@value
class Found:
    """An interaction as it is listed. `provider` is None for a broadcast and for a request that was rejected.

    `fault` is the last one that SMEV rejected its request or an answer to it for.
    """

    key: int
    message_id: str
    status: InteractionStatus
    kind: str | None
    message_type: str
    consumer: str
    provider: str | None
    transaction_code: str | None
    sent_at: datetime
    eol: datetime | None
    fault: str | None


_I: Final = INTERACTIONS.c
_OWN_ID: Final = select(MESSAGES.c.message_id).where(MESSAGES.c.id == _I.id).scalar_subquery()
_FOUND: Final = select(
    _I.id,
    _OWN_ID,
    _I.status,
    _I.kind,
    _I.message_type,
    _I.consumer,
    _I.provider,
    _I.transaction_code,
    _I.sent_at,
    _I.eol,
    _I.fault,
)


def newest_key(connection: Connection) -> int:
    """Return the largest key of an interaction, 0 when there is none."""
    return connection.execute(select(func.max(_I.id))).scalar() or 0


def search(connection: Connection, sought: Sought, keys: range, limit: int) -> list[Found]:
    """Return up to `limit` interactions whose keys are in `keys`, newest first.

    Looks at no more rows than `keys` is long, whatever is sought.
    """
    query = _FOUND.where(_I.id >= keys.start, _I.id < keys.stop, *_conditions(sought)).order_by(_I.id.desc())
    return [_found(row) for row in connection.execute(query.limit(limit))]


def found(connection: Connection, key: int) -> Found | None:
    """Return the interaction of the request `key`."""
    row = connection.execute(_FOUND.where(_I.id == key)).first()
    return None if row is None else _found(row)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    wanted: dict[ColumnElement[Any], Any] = {
        _I.status: sought.status and sought.status.value,
        _I.kind: sought.kind,
        _I.message_type: sought.message_type,
        _I.consumer: sought.consumer,
        _I.provider: sought.provider,
        _I.fault: sought.fault,
        _I.transaction_code: sought.transaction_code and sought.transaction_code[:_LONGEST_CODE],
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if sought.participant is not None:
        conditions.append(or_(_I.consumer == sought.participant, _I.provider == sought.participant))
    if sought.since is not None:
        conditions.append(_I.sent_at >= to_microseconds(sought.since))
    if sought.until is not None:
        conditions.append(_I.sent_at < to_microseconds(sought.until))
    return conditions


def _found(row: Any) -> Found:
    return Found(
        key=row[0], message_id=row[1], status=InteractionStatus(row[2]), kind=row[3], message_type=row[4],
        consumer=row[5], provider=row[6], transaction_code=row[7], sent_at=from_microseconds(row[8]),
        eol=None if row[9] is None else from_microseconds(row[9]), fault=row[10],
    )  # fmt: skip


def messages_of(connection: Connection, key: int) -> list[StoredMessage]:
    """Return the request `key` and every response of its interaction, in the order in which they came."""
    query = _LOAD.where(or_(MESSAGES.c.id == key, MESSAGES.c.interaction == key)).order_by(MESSAGES.c.id)
    return [_stored(connection, tuple(row)) for row in connection.execute(query)]


def clear(connection: Connection) -> int:
    """Remove every interaction with its messages and attachments; return how many there were."""
    count = connection.execute(select(func.count()).select_from(INTERACTIONS)).scalar() or 0
    ref_attachments.clear(connection)
    for table in (ATTACHMENTS, INTERACTIONS, MESSAGES):
        connection.execute(delete(table))
    return count
