"""What journal entries are about, where they do not say it themselves: root, case and content of their messages."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, null, select

from gateway.storage.tables import INTERACTIONS, MESSAGES

_M: Final = MESSAGES.c


@dataclass(frozen=True, slots=True)
class About:
    """A message that was taken: its root in Clark notation, the case it serves ("" none), its element if asked for."""

    message_type: str
    case: str
    source: bytes | None


def about(connection: Connection, message_ids: Collection[str], *, sources: bool) -> dict[str, About]:
    """Return MessageID -> what the message is, of up to some thousands; refused messages are not among them."""
    query = (
        select(_M.message_id, _M.message_type, INTERACTIONS.c.case_number, _M.source if sources else null())
        .select_from(MESSAGES)
        .outerjoin(INTERACTIONS, INTERACTIONS.c.id == func.coalesce(_M.interaction, _M.id))
        .where(_M.message_id.in_(list(message_ids)))
    )
    return {
        row[0]: About(row[1], row[2] or "", None if row[3] is None else bytes(row[3]))
        for row in connection.execute(query)
    }
