"""What a sequence diagram shows: lanes and steps, read from journal entries; nothing here knows how it is drawn.

SMEV stands in the middle as the queue that it is: a message goes from its sender to SMEV, and later, by a step of its
own, from SMEV to its recipient. Left of it stand those who first appear asking, right those who first appear asked,
each side in the order of appearance. Polls that found nothing are in no journal, and so in no diagram.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.once_only.rules import rule_of
from gateway.protocol import moments
from gateway.protocol.messages import MessageType, SentResponse
from gateway.protocol.smev_messages import SMEV_MNEMONIC
from gateway.recording.format import RecordedEntry
from gateway.recording.said import Unreadable, said
from gateway.words import say

_ASKING: Final = frozenset({"SendRequest", "GetResponse", ""})
"""Whoever first appears by one of these stands left of SMEV; "" is of violations and disruptions."""
_LONGEST: Final = 300
"""Characters of one text; what is longer says nothing more in a picture."""


class Look(StrEnum):
    """What a step is, and so how it is drawn."""

    REQUEST = "request"
    ANSWER = "answer"
    DELIVERY = "delivery"
    AGAIN = "again"
    ACK = "ack"
    REFUSED = "refused"
    REJECTED = "rejected"
    VIOLATION = "violation"
    DISRUPTED = "disrupted"
    RETURNED = "returned"
    EXPIRED = "expired"


ARROWS: Final = frozenset({Look.REQUEST, Look.ANSWER, Look.DELIVERY, Look.AGAIN, Look.ACK, Look.REFUSED})
"""The rest are notes over one lane."""
FAILURES: Final = frozenset({Look.REFUSED, Look.REJECTED, Look.EXPIRED})
"""Drawn in red."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One participant: its mnemonic ("" of a caller whom nobody knows), and what people call it ("" unknown)."""

    mnemonic: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow from `source` to `target`, or a note over `source` when `target` is None; both are mnemonics.

    `text` is its label, `details` are lines below it, `tooltip` says everything that did not fit.
    """

    seq: int
    moment: datetime
    look: Look
    source: str
    target: str | None
    text: str
    details: tuple[str, ...] = ()
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn. `omitted` counts the entries after the last one that is."""

    title: str
    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]
    entries: tuple[RecordedEntry, ...]
    omitted: int


def drawing(  # noqa: PLR0913 - what a picture can be asked for
    entries: Iterable[RecordedEntry],
    *,
    title: str,
    names: Mapping[str, str],
    kinds: Mapping[str, str],
    acks: bool,
    most: int,
) -> Drawing:
    """Read up to `most` steps from `entries`; see `Diagram.of`."""
    reader = _Reader(names, kinds, acks)
    steps: list[Step] = []
    drawn: list[RecordedEntry] = []
    omitted = 0
    for each in entries:
        if len(steps) >= most:
            omitted += 1
            continue
        drawn.append(each)
        step = reader.read(each)
        if step is not None:
            steps.append(step)
    return Drawing(clean(title), reader.lanes(), tuple(steps), tuple(drawn), omitted)


def clean(text: str) -> str:
    """Return `text` on one line, of a bounded length, of characters that can be shown."""
    short = " ".join(text[: 4 * _LONGEST].split())[:_LONGEST]
    if short.isprintable():
        return short
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in short)


def lane_of(mnemonic: str) -> str:
    """Return what the header of a lane says."""
    return say("СМЭВ", "SMEV") if mnemonic == SMEV_MNEMONIC else mnemonic or say("неизвестный", "unknown")


class Moments:
    """What stands at the left of each step: the time when it changed, and the day before it when that did."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def day(self, moment: datetime) -> str:
        """Return the day when another one has begun, with how far the clock went; else ""."""
        local = _local(moment)
        last = self._last
        if last is not None and last.date() == local.date():
            return ""
        day = f"{local:%d.%m.%Y}"
        days = 0 if last is None else (local.date() - last.date()).days
        self._last = None
        return day if days == 0 else day + say(f" · {days:+d} дн.", f" · {days:+d} d")

    def time(self, moment: datetime) -> str:
        """Return the time of the day when it differs from that of the step before; else ""."""
        local = _local(moment).replace(microsecond=0)
        last, self._last = self._last, local
        return "" if last == local else f"{local:%H:%M:%S}"


def _local(moment: datetime) -> datetime:
    try:
        return moment.astimezone(moments.MOSCOW)
    except OverflowError:  # the first and the last moments that there are
        return moment


class _Reader:
    """Turns one entry after the other into a step; knows what was sent, so as to say what is delivered."""

    def __init__(self, names: Mapping[str, str], kinds: Mapping[str, str], acks: bool) -> None:
        self._names, self._kinds, self._acks = names, kinds, acks
        self._sides: dict[str, bool] = {}  # whether it stands left, in the order of appearance
        self._labels: dict[str, str] = {}  # of what was sent, by MessageID
        self._faults: dict[str, str] = {}  # for which SMEV rejected something, by MessageID
        self._readers: dict[JournalEvent, Callable[[RecordedEntry], Step | None]] = {
            JournalEvent.SENT: self._sent,
            JournalEvent.DELIVERED: self._delivered,
            JournalEvent.ACKNOWLEDGED: self._acknowledged,
            JournalEvent.REFUSED: self._refused,
            JournalEvent.REJECTED: self._rejected,
            JournalEvent.VIOLATION: self._violation,
            JournalEvent.DISRUPTED: self._disrupted,
            JournalEvent.LEASE_ENDED: self._returned,
            JournalEvent.EXPIRED: self._expired,
        }

    def read(self, recorded: RecordedEntry) -> Step | None:
        """Return what is drawn of an entry; nothing of an acceptance: the delivery shows it."""
        reading = self._readers.get(recorded.entry.event)
        return None if reading is None else reading(recorded)

    def lanes(self) -> tuple[Lane, ...]:
        """Return everybody who has appeared, SMEV between the two sides."""
        left = [mnemonic for mnemonic, is_left in self._sides.items() if is_left]
        right = [mnemonic for mnemonic, is_left in self._sides.items() if not is_left]
        ordered = (*left, SMEV_MNEMONIC, *right)
        return tuple(Lane(each, self._name_beside(each)) for each in ordered)

    def _name_beside(self, mnemonic: str) -> str:
        # Whoever has registered by calling has no name but its mnemonic.
        name = self._names.get(mnemonic, "")
        return "" if name == mnemonic else clean(name)

    def _appears(self, mnemonic: str, *, left: bool) -> str:
        shown = clean(mnemonic)
        if shown != SMEV_MNEMONIC:
            self._sides.setdefault(shown, left)
        return shown

    def _sent(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        asks = entry.operation == "SendRequest"
        sender = self._appears(entry.participant, left=asks)
        if entry.counterpart:
            self._appears(entry.counterpart, left=not asks)
        label = self._name_of(entry.message_type) if asks else self._answer(recorded)
        if recorded.attachments:
            label += say(f" · вложений: {len(recorded.attachments)}", f" · attachments: {len(recorded.attachments)}")
        self._labels[entry.message_id] = label
        look = Look.REQUEST if asks else Look.ANSWER
        return self._step(recorded, look, sender, SMEV_MNEMONIC, label)

    def _answer(self, recorded: RecordedEntry) -> str:
        name = self._name_of(recorded.entry.message_type)
        answer = say(f"ответ: {name}", f"answer: {name}") if recorded.entry.message_type in self._kinds else name
        try:
            told = said(recorded)
        except Unreadable:
            return answer
        if not isinstance(told, SentResponse):
            return answer
        if told.rejections:
            first = told.rejections[0]
            return clean(say("отказ ", "rejected ") + f"{first.code.value}: {first.description}")
        if told.status is not None:
            return clean(say("статус ", "status ") + f"{told.status.code}: {told.status.description}")
        return answer

    def _delivered(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        recipient = self._appears(entry.participant, left=entry.operation in _ASKING)
        attempt = entry.status.removeprefix("attempt ")
        again = attempt.isdecimal() and attempt != "1"
        details = (say(f"снова: выдача {attempt}", f"again: attempt {attempt}"),) if again else ()
        look = Look.AGAIN if again else Look.DELIVERY
        return self._step(recorded, look, SMEV_MNEMONIC, recipient, self._label_of_delivery(entry), details)

    def _label_of_delivery(self, entry: JournalEntry) -> str:
        fault = self._faults.get(entry.message_id if entry.operation == "GetStatus" else entry.original_message_id, "")
        if entry.operation == "GetStatus":
            return say(f"ответ не принят: {fault}", f"answer not accepted: {fault}").rstrip(": ")
        if entry.counterpart == SMEV_MNEMONIC:
            return say(f"отказ СМЭВ: {fault}", f"rejected by SMEV: {fault}").rstrip(": ")
        return self._labels.get(entry.message_id) or self._name_of(entry.message_type)

    def _acknowledged(self, recorded: RecordedEntry) -> Step | None:
        entry = recorded.entry
        ignored = entry.status == "accepted=false"
        if not (self._acks or ignored):
            return None
        who = self._appears(entry.participant, left=False)
        return self._step(recorded, Look.ACK, who, SMEV_MNEMONIC, "Ack · accepted=false" if ignored else "Ack")

    def _refused(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        who = self._appears(entry.participant, left=entry.operation in _ASKING)
        label = entry.operation or say("вызов", "call")
        return self._step(recorded, Look.REFUSED, who, SMEV_MNEMONIC, label, _why(entry))

    def _rejected(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        self._faults[entry.message_id] = entry.fault
        text = say("отказ при проверке", "rejected by validation")
        return self._step(recorded, Look.REJECTED, SMEV_MNEMONIC, None, text, _why(entry))

    def _violation(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        body = self._appears(entry.participant, left=True)
        rule = rule_of(entry.status)
        article = "" if rule is None else rule.citation()
        found = "" if entry.explanation is None else entry.explanation.found
        text = say(f"нарушение {entry.status}", f"violation {entry.status}")
        details = tuple(each for each in (article, found) if each)
        return self._step(recorded, Look.VIOLATION, body, None, text, details)

    def _disrupted(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        who = self._appears(entry.participant, left=True) if entry.participant else SMEV_MNEMONIC
        text = say(f"сломано нарочно: {entry.fault}", f"broken on purpose: {entry.fault}")
        details = (say(f"правило {entry.status}", f"rule {entry.status}"),) if entry.status else ()
        return self._step(recorded, Look.DISRUPTED, who, None, text, details)

    def _returned(self, recorded: RecordedEntry) -> Step:
        who = self._appears(recorded.entry.participant, left=False)
        text = say("нет Ack: сообщение снова в очереди", "no Ack: the message is in the queue again")
        label = self._labels.get(recorded.entry.message_id, "")
        return self._step(recorded, Look.RETURNED, who, None, text, (label,) if label else ())

    def _expired(self, recorded: RecordedEntry) -> Step:
        entry = recorded.entry
        self._faults[entry.original_message_id] = entry.fault
        if entry.participant:
            self._appears(entry.participant, left=False)
        text = say("срок жизни истёк", "the end of life was reached")
        return self._step(recorded, Look.EXPIRED, SMEV_MNEMONIC, None, text, _why(entry))

    def _step(  # noqa: PLR0913, PLR0917 - the fields of a step
        self,
        recorded: RecordedEntry,
        look: Look,
        source: str,
        target: str | None,
        text: str,
        details: tuple[str, ...] = (),
    ) -> Step:
        lines = tuple(clean(line) for line in details)
        tooltip = _tooltip(recorded, clean(text), lines)
        return Step(recorded.seq, recorded.entry.moment, look, source, target, clean(text), lines, tooltip)

    def _name_of(self, message_type: str) -> str:
        return clean(self._kinds.get(message_type) or MessageType.from_tag(message_type).root)


def _why(entry: JournalEntry) -> tuple[str, ...]:
    """Return the fault with the check that refused, and what it found."""
    explanation = entry.explanation
    if explanation is None:
        return (entry.fault,)
    found = f"{explanation.where}: {explanation.found}" if explanation.where else explanation.found
    return tuple(each for each in (f"{entry.fault} [{explanation.check}]", found) if each)


def _tooltip(recorded: RecordedEntry, text: str, details: tuple[str, ...]) -> str:
    entry = recorded.entry
    parts = [
        f"#{recorded.seq} {moments.write(entry.moment)} {entry.event.value}",
        text,
        *details,
        entry.message_id and f"MessageID {entry.message_id}",
        entry.message_type,
        entry.status,
    ]
    if entry.explanation is not None:
        parts.append(str(entry.explanation))
    return "\n".join(clean(part) for part in parts if part)
