"""Messages and interactions in the store: inserted once, refused when the MessageID was seen, read for delivery."""

import importlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, case, insert, select, update
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.expression import ClauseElement

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.interaction import TRANSITIONS, Event
from gateway.protocol.messages import Attachment
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage.prepared import Prepared, Row
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


def _insert_new(dialect: str) -> ClauseElement:
    """The INSERT whose unique key decides who was first, also between processes."""
    # Imported by name: the other dialect's module would cost 50 ms of every start.
    construct = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(MESSAGES)
    statement: ClauseElement = construct.on_conflict_do_nothing(index_elements=["message_id"]).returning(MESSAGES.c.id)
    return statement


_INSERT_MESSAGE: Final = Prepared(_insert_new, [column.name for column in MESSAGES.c if column.name != "id"])
_INSERT_INTERACTION: Final = Prepared(insert(INTERACTIONS), [column.name for column in INTERACTIONS.c])


def insert_message(connection: Connection, new: NewMessage) -> int | None:
    """Keep a message; return its key, None when its MessageID was seen before."""
    row = _INSERT_MESSAGE.row(
        connection,
        {
            "message_id": new.message_id, "interaction": new.interaction, "version": new.version,
            "wire_type": new.wire_type.value, "sender": new.sender, "recipient": new.recipient,
            "message_type": new.message_type, "reference_message_id": new.reference_message_id,
            "transaction_code": new.transaction_code, "node_id": new.node_id,
            "sent_at": to_microseconds(new.sent_at), "has_attachments": bool(new.attachments),
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
    return key


def open_interaction(
    connection: Connection, key: int, status: InteractionStatus, kind: str | None, eol: int | None
) -> None:
    """Keep the state of the request `key`."""
    _INSERT_INTERACTION.rows(connection, {"id": key, "status": status.value, "kind": kind, "eol": eol})


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
    if row[12]:
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
    )  # fmt: skip
