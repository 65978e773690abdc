"""Which message names which file, and who may read it. The bytes are in `attachments`."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select

from gateway.storage.prepared import Prepared, Row
from gateway.storage.tables import DELIVERIES, MESSAGES, REF_ATTACHMENTS
from gateway.values import value


@value
class MessageFile:
    """A file that a message names: `folder` is its `uuid` in lower case, `digest` Streebog-256.

    The login is that of its readers.
    """

    folder: str
    uuid: str
    name: str
    size: int
    digest: bytes
    user_name: str
    password: str


_R: Final = REF_ATTACHMENTS.c
_FILE: Final = (_R.folder, _R.uuid, _R.name, _R.size, _R.digest, _R.user_name, _R.password)
_OF_MESSAGE: Final = Prepared(select(*_FILE).where(_R.message == bindparam("message")).order_by(_R.position))
_OF_USER: Final = Prepared(select(*_FILE).where(_R.user_name == bindparam("user")))
_MESSAGE_ID: Final = (
    select(MESSAGES.c.message_id).where(MESSAGES.c.id == _R.message).correlate(REF_ATTACHMENTS).scalar_subquery()
)
_WAITS: Final[ColumnElement[bool]] = (
    select(DELIVERIES.c.id)
    # The MessageID leads there by an index.
    .where(DELIVERIES.c.message_id == _MESSAGE_ID, DELIVERIES.c.message == _R.message)
    .correlate(REF_ATTACHMENTS)
    .exists()
)


def put(connection: Connection, message: int, sender: str, files: Sequence[MessageFile]) -> None:
    """Note the files that the message with this key names."""
    connection.execute(
        insert(REF_ATTACHMENTS),
        [
            {
                "message": message, "position": position, "folder": file.folder, "uuid": file.uuid,
                "name": file.name, "size": file.size, "digest": file.digest, "sender": sender,
                "user_name": file.user_name, "password": file.password,
            }
            for position, file in enumerate(files)
        ],
    )  # fmt: skip


def of_message(connection: Connection, message: int) -> tuple[MessageFile, ...]:
    """Return the files that a message names, in its order, as long as somebody may read them."""
    return tuple(_file(row) for row in _OF_MESSAGE.rows(connection, {"message": message}))


def of_user(connection: Connection, user_name: str) -> MessageFile | None:
    """Return the file that a login is for; None where there is none, or no more."""
    row = _OF_USER.row(connection, {"user": user_name})
    return None if row is None else _file(row)


def named_by(connection: Connection, folders: Iterable[str]) -> dict[str, str]:
    """Return the MessageIDs of the messages that name files, by folder."""
    query = select(_R.folder, MESSAGES.c.message_id).join_from(REF_ATTACHMENTS, MESSAGES, MESSAGES.c.id == _R.message)
    rows = connection.execute(query.where(_R.folder.in_(list(folders))))
    return {row[0]: row[1] for row in rows}


def bytes_of(connection: Connection, sender: str) -> int:
    """Return how many bytes of files that a participant has sent wait for their readers."""
    return connection.execute(select(func.sum(_R.size)).where(_R.sender == sender)).scalar() or 0


def release(connection: Connection, message: int | None = None) -> list[str]:
    """Forget files that nobody will read any more, of one message or of all; return their folders.

    A message is read when its last delivery has left the queues.
    """
    unread = delete(REF_ATTACHMENTS).where(~_WAITS).returning(_R.folder)
    if message is not None:
        unread = unread.where(_R.message == message)
    return [row[0] for row in connection.execute(unread)]


def all_folders(connection: Connection) -> frozenset[str]:
    """Return the folder of every file that a message names."""
    return frozenset(row[0] for row in connection.execute(select(_R.folder)))


def clear(connection: Connection) -> None:
    """Forget every file."""
    connection.execute(delete(REF_ATTACHMENTS))


def _file(row: Row) -> MessageFile:
    folder, uuid, name, size, digest, user_name, password = row
    return MessageFile(folder, uuid, name, size, bytes(digest), user_name, password)
