"""Entries put together: each request with everything that came of it, and what made somebody send it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.domain.journal import JournalEvent
from gateway.protocol.messages import MessageType
from gateway.protocol.statuses import InteractionStatus
from gateway.recording.format import RecordedEntry

_REQUESTS = "SendRequest"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and every entry of its interaction in order, the request's own first. `number` counts from 1."""

    number: int
    request: RecordedEntry
    entries: tuple[RecordedEntry, ...]

    @property
    def message_id(self) -> str:
        """MessageID of the request."""
        return self.request.entry.message_id

    @property
    def consumer(self) -> str:
        """Mnemonic of who asked."""
        return self.request.entry.participant

    @property
    def provider(self) -> str:
        """Mnemonic of who was asked; "" of a broadcast, and of a request that nobody could be found for."""
        answered = next((each.entry.participant for each in self.answers), "")
        return self.request.entry.counterpart or answered

    @property
    def message_type(self) -> MessageType:
        """Full name of the root that was asked with."""
        return MessageType.from_tag(self.request.entry.message_type)

    @property
    def answers(self) -> tuple[RecordedEntry, ...]:
        """What the provider sent: statuses, content, rejections."""
        return tuple(each for each in self.entries if _is_sent(each) and each.entry.operation != _REQUESTS)

    @property
    def faults(self) -> tuple[RecordedEntry, ...]:
        """Rejections and ends of life, of the request and of answers."""
        return tuple(each for each in self.entries if each.entry.fault)

    @property
    def status(self) -> str:
        """The state that the interaction came to (InteractionStatus on the wire)."""
        known = {status.value for status in InteractionStatus}
        return next((each.entry.status for each in reversed(self.entries) if each.entry.status in known), "")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A recording put together. `apart` are entries of no exchange: refused calls, registrations, violations."""

    exchanges: tuple[Exchange, ...]
    apart: tuple[RecordedEntry, ...]


def conversation(entries: Iterable[RecordedEntry]) -> Conversation:
    """Put entries together, in the order of the requests. An answer to a request that is not there stands apart."""
    requests: dict[str, RecordedEntry] = {}
    of: dict[str, list[RecordedEntry]] = {}
    apart = []
    for each in entries:
        entry = each.entry
        if _is_sent(each) and entry.operation == _REQUESTS:
            requests[entry.message_id] = each
            of[entry.message_id] = [each]
        elif entry.event is not JournalEvent.REFUSED and entry.original_message_id in requests:
            of[entry.original_message_id].append(each)
        else:
            apart.append(each)
    exchanges = [
        Exchange(number, request, tuple(of[message_id]))
        for number, (message_id, request) in enumerate(requests.items(), start=1)
    ]
    return Conversation(tuple(exchanges), tuple(apart))


def causes(entries: Iterable[RecordedEntry]) -> dict[int, int]:
    """Return what made somebody send: seq of a message -> seq of the delivery before it that its sender acted upon.

    An answer follows from the delivery of its request. A request follows from the last delivery to its sender of a
    request that is still to be answered, or of an answer that it asked for while working on one; else from none:
    somebody began.
    """
    listed = list(entries)
    # An intermediate status does not end the work on a request; whatever is answered last does.
    last = {each.entry.original_message_id: each.seq for each in listed if _is_answer(each)}
    found: dict[int, int] = {}
    desks: dict[str, _Desk] = {}
    for each in listed:
        entry = each.entry
        desk = desks.setdefault(entry.participant, _Desk(last))
        if entry.event is JournalEvent.DELIVERED:
            desk.take(each)
        elif _is_sent(each):
            cause = desk.cause_of(each)
            if cause is not None:
                found[each.seq] = cause
    return found


class _Desk:
    """What a participant has been given and is working on."""

    def __init__(self, last: Mapping[str, int]) -> None:
        """`last` has the seq of the last answer to each request."""
        self._last = last
        self._delivered: dict[str, int] = {}  # by the MessageID of the request
        self._open: dict[str, int] = {}  # the seq of the last delivery that has to do with it, in order
        self._serves: dict[str, str] = {}  # the request that an own one was sent for

    def take(self, delivery: RecordedEntry) -> None:
        original = delivery.entry.original_message_id
        if delivery.entry.operation == "GetRequest":
            self._delivered[original] = delivery.seq
            self._put_last(original, delivery.seq)
        elif self._serves.get(original) in self._open:
            self._put_last(self._serves[original], delivery.seq)

    def _put_last(self, original: str, seq: int) -> None:
        self._open.pop(original, None)
        self._open[original] = seq

    def cause_of(self, sent: RecordedEntry) -> int | None:
        entry = sent.entry
        if entry.operation != _REQUESTS:
            if self._last[entry.original_message_id] == sent.seq:
                self._open.pop(entry.original_message_id, None)
            return self._delivered.get(entry.original_message_id)
        if not self._open:
            return None
        served = next(reversed(self._open))
        self._serves[entry.message_id] = served
        return self._open[served]


def _is_answer(each: RecordedEntry) -> bool:
    return _is_sent(each) and each.entry.operation != _REQUESTS


def _is_sent(each: RecordedEntry) -> bool:
    return each.entry.event is JournalEvent.SENT
