"""Messages and interactions in the store: inserted once, refused when the MessageID was seen, read for delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.interaction import TRANSITIONS, Event
from gateway.protocol.messages import Attachment
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage.tables import ATTACHMENTS, INTERACTIONS, MESSAGES


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


_INSERT_MESSAGE: Final = {
    # The unique key decides who was first, also between processes.
    "sqlite": sqlite.insert(MESSAGES).on_conflict_do_nothing(index_elements=["message_id"]).returning(MESSAGES.c.id),
    "postgresql": postgresql.insert(MESSAGES)
    .on_conflict_do_nothing(index_elements=["message_id"])
    .returning(MESSAGES.c.id),
}
_INSERT_INTERACTION: Final = insert(INTERACTIONS)


def insert_message(connection: Connection, new: NewMessage) -> int | None:
    """Keep a message; return its key, None when its MessageID was seen before."""
    row = connection.execute(
        _INSERT_MESSAGE[connection.dialect.name],
        {
            "message_id": new.message_id, "interaction": new.interaction, "version": new.version,
            "wire_type": new.wire_type.value, "sender": new.sender, "recipient": new.recipient,
            "message_type": new.message_type, "reference_message_id": new.reference_message_id,
            "transaction_code": new.transaction_code, "node_id": new.node_id,
            "sent_at": to_microseconds(new.sent_at), "has_attachments": bool(new.attachments),
            "source": new.source, "caller_signature": new.caller_signature,
        },
    ).one_or_none()  # fmt: skip
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
    connection.execute(_INSERT_INTERACTION, {"id": key, "status": status.value, "kind": kind, "eol": eol})


def _move_statement(event: Event) -> Any:
    moves = {before.value: after.value for (before, cause), after in TRANSITIONS.items() if cause is event}
    changed = {before: after for before, after in moves.items() if before != after}
    status = (
        case(changed, value=INTERACTIONS.c.status, else_=INTERACTIONS.c.status) if changed else INTERACTIONS.c.status
    )
    return update(INTERACTIONS).values(status=status).returning(INTERACTIONS.c.status)


_MOVE: Final = {event: _move_statement(event) for event in Event}


def move(connection: Connection, interaction: int, event: Event) -> InteractionStatus | None:
    """Apply `event` to the interaction by the transition table; return the state after it, None if unknown."""
    status = connection.execute(_MOVE[event].where(INTERACTIONS.c.id == interaction)).scalar()
    return None if status is None else InteractionStatus(status)


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
_LOAD_BY_KEY: Final = _LOAD.where(MESSAGES.c.id == bindparam("key"))
_LOAD_BY_ID: Final = _LOAD.where(MESSAGES.c.message_id == bindparam("message_id"))


def load(connection: Connection, key: int) -> StoredMessage:
    """Return the message `key`, which must exist."""
    return _stored(connection, connection.execute(_LOAD_BY_KEY, {"key": key}).one())


def find(connection: Connection, message_id: str) -> StoredMessage | None:
    """Return the message with that MessageID."""
    row = connection.execute(_LOAD_BY_ID, {"message_id": message_id}).one_or_none()
    return None if row is None else _stored(connection, row)


def _stored(connection: Connection, row: Any) -> StoredMessage:
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
