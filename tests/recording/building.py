"""Recordings made of what was said, without a gateway: who asked whom for what, and what came of it."""

import hashlib
import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import participant_calls
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import MessageType, Rejection, RequestStatus
from gateway.protocol.moments import MOSCOW
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.statuses import InteractionStatus as Status
from gateway.recording.format import Header, RecordedAttachment, RecordedEntry, Recording
from gateway.xml import parse
from tests.conversation import CONSUMER, INN_REQUEST, INN_RESPONSE, PROVIDER

BEGIN: Final = datetime(2013, 3, 4, 10, tzinfo=MOSCOW)
_SMEV: Final = SMEV3_VERSIONS["1.2"]

Answer = bytes | Rejection | RequestStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and what came of it, a second after the one before.

    `answers` come `takes` after the request, none where nobody answered. `meanwhile` is what the provider asks others
    before it answers; `refused` is the fault that SMEV rejected the request with; `again` counts further deliveries.
    """

    content: bytes = INN_REQUEST
    answers: Sequence[Answer] = (INN_RESPONSE,)
    consumer: str = CONSUMER
    provider: str = PROVIDER
    takes: timedelta = timedelta(milliseconds=300)
    meanwhile: Sequence["Asked"] = ()
    refused: str = ""
    again: int = 0
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    violation: str = ""
    options: Outgoing = field(default_factory=Outgoing)
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that was refused at once, with a fault found by a check."""

    fault: str = "InvalidContent"
    check: str = "xsd"
    participant: str = CONSUMER
    operation: str = "SendRequest"


def recording_of(*told: Asked | Refused, run: str = "run", path: Path = Path("run.jsonl")) -> Recording:
    """Return the recording of what happened, in this order. Ids are those of the run: another run has others."""
    entries: list[RecordedEntry] = []
    contents: dict[str, bytes] = {}
    writing = _Writing(run, entries, contents)
    at = BEGIN
    for each in told:
        at = writing.refused(each, at) if isinstance(each, Refused) else writing.asked(each, at)
    return Recording(Header(run, BEGIN), tuple(entries), path, contents=contents)


class _Writing:
    def __init__(self, run: str, entries: list[RecordedEntry], contents: dict[str, bytes]) -> None:
        self._entries, self._contents = entries, contents
        self._ids = _ids(run)

    def refused(self, told: Refused, at: datetime) -> datetime:
        self._add(
            at,
            JournalEvent.REFUSED,
            participant=told.participant,
            operation=told.operation,
            message_id=next(self._ids),
            fault=told.fault,
            explanation=Explanation(told.check, "this", "that"),
        )
        return at + timedelta(seconds=1)

    def asked(self, told: Asked, at: datetime) -> datetime:
        message_id = told.message_id or next(self._ids)
        common: dict[str, Any] = {
            "participant": told.consumer,
            "counterpart": told.provider,
            "operation": "SendRequest",
            "message_id": message_id,
            "original_message_id": message_id,
            "message_type": str(MessageType.of(parse(told.content))),
        }
        content = told.content.replace(b"MESSAGE-ID", message_id.encode())
        envelope = participant_calls.send_request(_SMEV, message_id, content, told.options)[0]
        attached = tuple(self._attachment(name, content) for name, content in told.attachments.items())
        self._add(at, JournalEvent.SENT, attached, envelope=envelope, status=Status.REQUEST_IS_QUEUED.value, **common)
        if told.violation:
            self._add(
                at, JournalEvent.VIOLATION, participant=told.consumer, message_id=message_id, status=told.violation
            )
        if told.refused:
            refused = Status.REQUEST_IS_REJECTED_BY_SMEV.value
            why = Explanation("rights", "this", "that")
            self._add(at, JournalEvent.REJECTED, status=refused, fault=told.refused, explanation=why, **common)
            return at + timedelta(seconds=1)
        self._add(at, JournalEvent.ACCEPTED, status=Status.REQUEST_IS_ACCEPTED_BY_SMEV.value, **common)
        taken: dict[str, Any] = {
            "participant": told.provider,
            "counterpart": told.consumer,
            "original_message_id": message_id,
        }
        for attempt in range(1 + told.again):
            at += timedelta(milliseconds=10)
            status = f"attempt {attempt + 1}"
            self._add(at, JournalEvent.DELIVERED, operation="GetRequest", message_id=message_id, status=status, **taken)
        self._add(
            at, JournalEvent.ACKNOWLEDGED, operation="Ack", message_id=message_id, status="underProcessing", **taken
        )
        later = at
        for inner in told.meanwhile:
            later = self.asked(replace(inner, consumer=told.provider), later)
        at = max(at + told.takes, later)
        for answer in told.answers:
            self._answered(told, message_id, answer, at)
            at += timedelta(milliseconds=10)
        return at + timedelta(seconds=1)

    def _answered(self, told: Asked, original: str, answer: Answer, at: datetime) -> None:
        message_id = next(self._ids)
        given = [answer] if isinstance(answer, Rejection) else answer
        if isinstance(given, bytes):
            given = given.replace(b"MESSAGE-ID", original.encode())
        common: dict[str, Any] = {
            "participant": told.provider,
            "counterpart": told.consumer,
            "operation": "SendResponse",
            "message_id": message_id,
            "original_message_id": original,
            "message_type": str(MessageType.of(parse(answer))) if isinstance(answer, bytes) else "",
        }
        envelope = participant_calls.send_response(_SMEV, message_id, f"to {original}", given)[0]
        self._add(at, JournalEvent.SENT, envelope=envelope, **common)
        self._add(at, JournalEvent.ACCEPTED, status=Status.RESPONSE_IS_ACCEPTED_BY_SMEV.value, **common)
        taken: dict[str, Any] = {
            "participant": told.consumer,
            "counterpart": told.provider,
            "original_message_id": original,
        }
        self._add(
            at, JournalEvent.DELIVERED, operation="GetResponse", message_id=message_id, status="attempt 1", **taken
        )

    def _attachment(self, name: str, content: bytes) -> RecordedAttachment:
        sha256 = hashlib.sha256(content).hexdigest()
        self._contents[sha256] = content
        return RecordedAttachment(name, sha256, len(content))

    def _add(
        self, at: datetime, event: JournalEvent, attachments: tuple[RecordedAttachment, ...] = (), **fields: Any
    ) -> None:
        entry = JournalEntry(at, event, **fields)
        self._entries.append(RecordedEntry(len(self._entries) + 1, entry, attachments))


def _ids(run: str) -> Iterator[str]:
    return (str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run}/{number}")) for number in itertools.count())
