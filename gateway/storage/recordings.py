"""Spans of the journal as a recording takes them: whole interactions, and what stands apart, with what they need."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, literal_column, or_, select

from gateway.domain.clock import to_microseconds
from gateway.domain.journal import JournalEvent
from gateway.protocol.messages import Attachment
from gateway.protocol.moments import write
from gateway.storage import journal
from gateway.storage.prepared import Prepared
from gateway.storage.tables import ATTACHMENTS, INTERACTIONS, JOURNAL, MESSAGES, VIOLATIONS


@dataclass(frozen=True, slots=True)
class Selection:
    """What is recorded; None and empty are any.

    Interactions are taken whole: `since` and `until` are about the request, `kind_types` about its root (Clark
    notation, one of them), `case` is the number that it serves, `participant` is on either side, `message_id` is the
    request or an answer. What belongs to no interaction (refusals, registrations) is judged by its own moment,
    participant, root and MessageID. A case also has the violations found in it and the messages that were refused for
    them. `after` is a seq.
    """

    since: datetime | None = None
    until: datetime | None = None
    case: str | None = None
    participant: str | None = None
    kind_types: tuple[str, ...] = ()
    message_id: str | None = None
    after: int = 0

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out, but for what comes before `after`."""
        return self == Selection(after=self.after)

    def told(self) -> dict[str, str]:
        """Return what was asked for, as the header of a recording names it."""
        asked = {
            "since": self.since and write(self.since),
            "until": self.until and write(self.until),
            "case": self.case,
            "participant": self.participant,
            "messageTypes": " ".join(self.kind_types),
            "messageId": self.message_id,
            "after": str(self.after or ""),
        }
        return {name: value for name, value in asked.items() if value}


EVERYTHING: Final = Selection()

_J: Final = JOURNAL.c
_I: Final = INTERACTIONS.c
_LENGTHS: Final = Prepared(
    select(_J.seq, func.coalesce(func.length(_J.envelope), 0))
    .where(_J.seq >= bindparam("first"), _J.seq < bindparam("end"), _J.event != literal_column(f"'{journal.CLEARED}'"))
    .order_by(_J.seq)
    .limit(bindparam("most"))
)
_ABOUT: Final = MESSAGES.alias("about")
"""The message that an entry is about: that of its interaction, else its own."""
_ABOUT_ID: Final = case((_J.original_message_id != "", _J.original_message_id), else_=_J.message_id)
_BESIDE: Final = JOURNAL.alias("beside")


def lengths(connection: Connection, selection: Selection, seqs: range, limit: int) -> list[tuple[int, int]]:
    """Return (seq, bytes of the envelope) of up to `limit` selected entries whose seqs are in `seqs`, in order.

    Looks at no more rows of the journal than `seqs` is long.
    """
    if selection.is_everything:
        asked = {"first": seqs.start, "end": seqs.stop, "most": limit}
        return [(row[0], row[1]) for row in _LENGTHS.rows(connection, asked)]
    query = select(_J.seq, func.coalesce(func.length(_J.envelope), 0))
    query = query.where(_J.seq >= seqs.start, _J.seq < seqs.stop, _J.event != journal.CLEARED)
    return [(row[0], row[1]) for row in connection.execute(_selected(query, selection).order_by(_J.seq).limit(limit))]


def _selected(query: Select[Any], selection: Selection) -> Select[Any]:
    joined = query.select_from(JOURNAL).outerjoin(_ABOUT, _ABOUT.c.message_id == _ABOUT_ID)
    joined = joined.outerjoin(INTERACTIONS, _I.id == func.coalesce(_ABOUT.c.interaction, _ABOUT.c.id))
    return joined.where(
        or_(and_(_I.id.is_not(None), *_of_interaction(selection)), and_(_I.id.is_(None), *_apart(selection)))
    )


def _of_interaction(selection: Selection) -> Iterable[ColumnElement[bool]]:
    if selection.since is not None:
        yield _I.sent_at >= to_microseconds(selection.since)
    if selection.until is not None:
        yield _I.sent_at < to_microseconds(selection.until)
    if selection.case is not None:
        yield or_(_I.case_number == selection.case, _ABOUT_ID.in_(_blamed(selection.case)))
    if selection.kind_types:
        yield _I.message_type.in_(selection.kind_types)
    if selection.message_id is not None:
        own = select(func.coalesce(MESSAGES.c.interaction, MESSAGES.c.id))
        yield _I.id == own.where(MESSAGES.c.message_id == selection.message_id).scalar_subquery()
    if selection.participant is not None:
        yield or_(
            _I.consumer == selection.participant,
            _I.provider == selection.participant,
            and_(_I.provider.is_(None), _takes_part(selection.participant)),
        )


def _blamed(case_number: str) -> Select[Any]:
    """MessageIDs of what broke the law in a case; a message that was refused for it serves none."""
    return select(VIOLATIONS.c.message_id).where(
        VIOLATIONS.c.case_number == case_number, VIOLATIONS.c.message_id.is_not(None)
    )


def _takes_part(participant: str) -> ColumnElement[bool]:
    """A broadcast has no one provider: whoever took it is in the journal."""
    sides = or_(_BESIDE.c.participant == participant, _BESIDE.c.counterpart == participant)
    return select(_BESIDE.c.seq).where(_BESIDE.c.original_message_id == _ABOUT_ID, sides).exists()


def _apart(selection: Selection) -> Iterable[ColumnElement[bool]]:
    if selection.since is not None:
        yield _J.moment >= to_microseconds(selection.since)
    if selection.until is not None:
        yield _J.moment < to_microseconds(selection.until)
    if selection.case is not None:
        told = json.dumps({"where": selection.case}, ensure_ascii=False)[1:-1]
        found = and_(_J.event == JournalEvent.VIOLATION.value, _J.explanation.contains(told, autoescape=True))
        yield or_(found, _J.message_id.in_(_blamed(selection.case)))
    if selection.kind_types:
        yield _J.message_type.in_(selection.kind_types)
    if selection.message_id is not None:
        kept = selection.message_id[: journal.LONGEST_MESSAGE_ID]
        yield or_(_J.message_id == kept, _J.original_message_id == kept)
    if selection.participant is not None:
        yield or_(_J.participant == selection.participant, _J.counterpart == selection.participant)


def attached(connection: Connection, message_ids: Iterable[str]) -> dict[str, int]:
    """Return MessageID -> bytes of the attachments, of those of the messages that have any."""
    query = (
        select(MESSAGES.c.message_id, func.coalesce(func.sum(func.length(ATTACHMENTS.c.content)), 0))
        .join_from(MESSAGES, ATTACHMENTS, ATTACHMENTS.c.message == MESSAGES.c.id)
        .where(MESSAGES.c.message_id.in_(list(message_ids)), MESSAGES.c.has_attachments)
        .group_by(MESSAGES.c.message_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def attachments(connection: Connection, message_id: str) -> list[Attachment]:
    """Return the attachments of a message, in their order."""
    query = _attachments_of(message_id).order_by(ATTACHMENTS.c.position)
    return [Attachment(row[0], bytes(row[1])) for row in connection.execute(query)]


def attachment(connection: Connection, message_id: str, position: int) -> Attachment | None:
    """Return one attachment of a message, counted from 0; None when there is none."""
    row = connection.execute(_attachments_of(message_id).where(ATTACHMENTS.c.position == position)).first()
    return None if row is None else Attachment(row[0], bytes(row[1]))


def _attachments_of(message_id: str) -> Select[Any]:
    columns = select(ATTACHMENTS.c.content_id, ATTACHMENTS.c.content)
    return columns.join_from(ATTACHMENTS, MESSAGES, ATTACHMENTS.c.message == MESSAGES.c.id).where(
        MESSAGES.c.message_id == message_id
    )


def source_of(connection: Connection, message_id: str) -> bytes | None:
    """Return the element of a message as it is kept, binary content inlined; None when there is no such message."""
    kept = connection.execute(select(MESSAGES.c.source).where(MESSAGES.c.message_id == message_id)).scalar()
    return None if kept is None else bytes(kept)
