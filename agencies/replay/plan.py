"""The steps of a replay: which recorded messages are sent again, and what has to have happened before each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from agencies.replay.casting import Cast
from agencies.replay.recorded import Recorded
from gateway.domain.journal import JournalEvent
from gateway.protocol.messages import MessageType
from gateway.recording.conversation import Exchange, causes
from gateway.recording.format import RecordedEntry
from gateway.recording.said import type_of
from gateway.words import say


@dataclass(frozen=True, slots=True)
class Heard:
    """The consumer has taken the answer `nth` (from 1) to the request that was recorded as `message_id`."""

    message_id: str
    nth: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has taken the request that was recorded as `message_id`."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Over:
    """The request that was recorded as `message_id` has been sent again, or never will be."""

    message_id: str


Happening = Heard | Taken | Over


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to send: after `cause` (whose moment was `caused`), and when everything of `after` is settled.

    `impossible` says why it cannot be sent at all. A step without a cause begins something.
    """

    recorded: RecordedEntry
    exchange: Exchange | None
    cause: Happening | None = None
    caused: datetime | None = None
    after: tuple[Happening, ...] = ()
    impossible: str = ""

    @property
    def moment(self) -> datetime:
        """When it was sent then."""
        return self.recorded.entry.moment

    @property
    def message_type(self) -> MessageType:
        """Full name of the root of its content."""
        return type_of(self.recorded)

    @property
    def is_request(self) -> bool:
        return self.recorded.entry.operation == "SendRequest"


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they were recorded, and how many answers are to be waited for.

    `heard` has the MessageIDs of the answers that the consumer of each request took, in order.
    """

    steps: tuple[Planned, ...]
    heard: dict[str, tuple[str, ...]] = field(default_factory=dict)


def plan(recorded: Recorded, cast: Cast) -> Plan:
    """Return what `cast` sends: the requests of its consumers, and the answers of whoever is both."""
    return _Planner(recorded, cast).plan()


class _Planner:
    def __init__(self, recorded: Recorded, cast: Cast) -> None:
        self._recorded, self._cast = recorded, cast
        self._causes = causes(recorded.recording.entries)
        self._by_seq = recorded.recording.by_seq
        self._exchanges = recorded.conversation.exchanges
        self._heard = {each.message_id: _heard(each) for each in self._exchanges}
        self._served: dict[str, str] = {}  # own request -> the request that it was sent for

    def plan(self) -> Plan:
        steps = [*self._requests(), *self._answers(), *self._refused()]
        steps.sort(key=lambda step: step.recorded.seq)
        return Plan(tuple(steps), self._heard)

    def _requests(self) -> Iterable[Planned]:
        for exchange in self._exchanges:
            if exchange.consumer in self._cast.consumers:
                yield self._request(exchange)

    def _request(self, exchange: Exchange) -> Planned:
        seq = self._causes.get(exchange.request.seq)
        if seq is None:
            return Planned(exchange.request, exchange)
        delivery = self._by_seq[seq]
        original = delivery.entry.original_message_id
        if delivery.entry.operation == "GetRequest":
            self._served[exchange.message_id] = original
            if exchange.consumer not in self._cast.both:  # somebody else takes what it is asked
                return Planned(exchange.request, exchange)
            return Planned(exchange.request, exchange, Taken(original), delivery.entry.moment)
        if original in self._served:
            self._served[exchange.message_id] = self._served[original]
        nth = self._nth(original, delivery.entry.message_id)
        return Planned(exchange.request, exchange, Heard(original, nth), delivery.entry.moment)

    def _nth(self, original: str, answer: str) -> int:
        heard = self._heard.get(original, ())
        return heard.index(answer) + 1 if answer in heard else len(heard)

    def _answers(self) -> Iterable[Planned]:
        """An answer follows from its request; but whoever asked others first said so after they had answered."""
        asked: dict[str, list[Exchange]] = {}
        for each in self._exchanges:
            if each.message_id in self._served:
                asked.setdefault(self._served[each.message_id], []).append(each)
        for exchange in self._exchanges:
            for answer in exchange.answers if exchange.provider in self._cast.both else ():
                before = tuple(self._before(answer, asked.get(exchange.message_id, ())))
                yield Planned(answer, exchange, Taken(exchange.message_id), self._taken_at(exchange), before)

    def _before(self, answer: RecordedEntry, asked: Iterable[Exchange]) -> Iterable[Happening]:
        for each in asked:
            if each.request.seq < answer.seq:
                yield Over(each.message_id)
            came = [one for one in _deliveries(each) if one.seq < answer.seq]
            if came:
                yield Heard(each.message_id, len({one.entry.message_id for one in came}))

    @staticmethod
    def _taken_at(exchange: Exchange) -> datetime:
        taken = (
            each.entry.moment
            for each in exchange.entries
            if each.entry.event is JournalEvent.DELIVERED and each.entry.operation == "GetRequest"
        )
        return next(taken, exchange.request.entry.moment)

    def _refused(self) -> Iterable[Planned]:
        for each in self._recorded.conversation.apart:
            entry = each.entry
            if (
                entry.event is JournalEvent.REFUSED
                and entry.operation == "SendRequest"
                and entry.participant in self._cast.consumers
            ):
                why = say(
                    f"вызов был отклонён и сообщением не стал: {entry.fault}",
                    f"the call was refused and never was a message: {entry.fault}",
                )
                yield Planned(each, None, impossible=why)


def _deliveries(exchange: Exchange) -> list[RecordedEntry]:
    return [
        each
        for each in exchange.entries
        if each.entry.event is JournalEvent.DELIVERED and each.entry.operation == "GetResponse"
    ]


def _heard(exchange: Exchange) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.entry.message_id for each in _deliveries(exchange)))
