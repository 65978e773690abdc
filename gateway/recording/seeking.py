"""Which journal entries somebody waits for, counts or asserts, and how near another entry comes to that.

The same words everywhere: in the query of /__admin/wait, in a test's `wait_for`, in a scenario.

    sought = Sought(event=JournalEvent.SENT, participant="FNS", xpath=ContentXPath("//ИНН='7707329152'"))
    found = [seen for seen in seen_in(recording.entries) if sought.matches(seen)]
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.messages import MessageType
from gateway.recording.content_xpath import ContentXPath, InvalidXPath, is_something
from gateway.recording.format import RecordedEntry
from gateway.recording.said import Unreadable, content_of
from gateway.words import say
from gateway.xml import Element

MOST_NEAREST: Final = 5


class Seen:
    """An entry with what it is about: an entry itself knows no case, and a delivery or an Ack repeats no content.

    `message_type` is that of the message where the entry has none, `case` the number that its interaction serves.
    """

    def __init__(
        self,
        recorded: RecordedEntry,
        *,
        message_type: str = "",
        case: str = "",
        content: Callable[[], Element | None] | None = None,
    ) -> None:
        self.recorded: Final = recorded
        self.message_type: Final = recorded.entry.message_type or message_type
        self.case: Final = _case_told(recorded.entry) or case
        self._content = content

    @property
    def entry(self) -> JournalEntry:
        """The entry."""
        return self.recorded.entry

    @cached_property
    def content(self) -> Element | None:
        """The root of the business content of the message; None where it has none, or nobody can read it."""
        if self._content is not None:
            return self._content()
        try:
            return content_of(self.recorded)
        except Unreadable:
            return None

    def __str__(self) -> str:
        entry = self.entry
        who = f"{entry.participant} → {entry.counterpart}" if entry.counterpart else entry.participant
        root = MessageType.from_tag(self.message_type).root
        told = (f"#{self.recorded.seq}", entry.event.value, entry.operation, who, root, entry.status, entry.fault,
                entry.message_id)  # fmt: skip
        return " ".join(filter(None, told))


def _case_told(entry: JournalEntry) -> str:
    """A finding of the once-only rules says where it was made: in which case."""
    explained = entry.explanation
    return "" if explained is None or explained.check != "once_only" else explained.where


def seen_in(entries: Iterable[RecordedEntry]) -> Iterator[Seen]:
    """Yield the entries of a recording, each with the content of the message that it is about.

    A recording does not tell which case an interaction serves: only violations name theirs.
    """
    sent: dict[str, RecordedEntry] = {}
    for each in entries:
        if each.entry.event is JournalEvent.SENT:
            sent[each.entry.message_id] = each
        message = sent.get(each.entry.message_id)
        if each.entry.envelope is not None or message is None:
            yield Seen(each)
        else:
            yield Seen(each, message_type=message.entry.message_type, content=_content(message))


def _content(message: RecordedEntry) -> Callable[[], Element | None]:
    return lambda: Seen(message).content


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is sought, and what an entry has there. `name` is the word of the query."""

    name: str
    expected: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that is not what was sought: which conditions it meets, and which it does not."""

    seen: Seen
    met: tuple[Condition, ...]
    unmet: tuple[Condition, ...]

    def __str__(self) -> str:
        expected, found = say("ожидалось", "expected"), say("найдено", "found")
        told = "; ".join(f"{each.name}: {expected} {each.expected}, {found} {each.found or '—'}" for each in self.unmet)
        return f"{self.seen}: {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is sought; None and () are any.

    `participant` is on either side of the message. `message_id` is of the message or of the request of its
    interaction. `message_types` are full names of roots in Clark notation, one of which it is. `xpath` has to find
    something in the business content.
    """

    event: JournalEvent | None = None
    operation: str | None = None
    participant: str | None = None
    message_types: tuple[str, ...] = ()
    message_id: str | None = None
    case: str | None = None
    status: str | None = None
    fault: str | None = None
    xpath: ContentXPath | None = None

    def matches(self, seen: Seen) -> bool:
        """Tell whether an entry is what is sought. A content that is too large for the XPath is not."""
        return all(condition.holds for condition in self._conditions(seen))

    def compared(self, seen: Seen) -> Near:
        """Say what an entry meets of what is sought, and what not."""
        met: list[Condition] = []
        unmet: list[Condition] = []
        for condition in self._conditions(seen):
            (met if condition.holds else unmet).append(condition)
        return Near(seen, tuple(met), tuple(unmet))

    def nearest(self, entries: Iterable[Seen], most: int = MOST_NEAREST) -> list[Near]:
        """Return up to `most` entries that do not match, the nearest first, later ones before earlier ones."""
        compared = [each for each in map(self.compared, entries) if each.unmet]
        compared.sort(key=lambda near: (len(near.unmet), -near.seen.recorded.seq))
        return compared[:most]

    def told(self) -> dict[str, str]:
        """Return what is sought by the words of the query."""
        asked = {
            "event": self.event and self.event.value,
            "operation": self.operation,
            "participant": self.participant,
            "messageType": _either(self.message_types),
            "messageId": self.message_id,
            "case": self.case,
            "status": self.status,
            "fault": self.fault,
            "xpath": self.xpath and self.xpath.path,
        }
        return {name: value for name, value in asked.items() if value}

    def _conditions(self, seen: Seen) -> Iterator[Condition]:
        """Yield what is sought, the cheapest first: whoever stops at the first that fails reads no content."""
        entry = seen.entry
        had: dict[str, tuple[str, ...]] = {
            "event": (entry.event.value,),
            "operation": (entry.operation,),
            "participant": (entry.participant, entry.counterpart),
            "messageType": (seen.message_type,),
            "messageId": (entry.message_id, entry.original_message_id),
            "case": (seen.case,),
            "status": (entry.status,),
            "fault": (entry.fault,),
        }
        for name, expected in self.told().items():
            if name in had:
                wanted = self.message_types if name == "messageType" else (expected,)
                holds = any(found in wanted for found in had[name])
                yield Condition(name, expected, " / ".join(filter(None, had[name])), holds)
        if self.xpath is not None:
            yield _of_content(self.xpath, seen)


def _of_content(xpath: ContentXPath, seen: Seen) -> Condition:
    if seen.content is None:
        return Condition("xpath", xpath.path, say("содержимого нет", "no content"), holds=False)
    try:
        given: Any = xpath.evaluate(seen.content)
    except InvalidXPath as error:
        return Condition("xpath", xpath.path, str(error), holds=False)
    root = MessageType.of(seen.content).root
    found = say(f"в {root} ничего", f"nothing in {root}") if given == [] else root if isinstance(given, list) else given
    return Condition("xpath", xpath.path, str(found), is_something(given))


def _either(message_types: tuple[str, ...]) -> str:
    return say(" или ", " or ").join(message_types)


class Tally:
    """How many entries there are, by what they are: `by` has a counter for each word, without what is empty."""

    def __init__(self) -> None:
        self.total = 0
        self.by: Final[dict[str, Counter[str]]] = {
            word: Counter() for word in ("event", "messageType", "participant", "status", "fault")
        }

    def add(self, seen: Seen) -> None:
        """Count one more."""
        entry = seen.entry
        self.total += 1
        for word, found in (
            ("event", entry.event.value),
            ("messageType", seen.message_type),
            ("participant", entry.participant),
            ("status", entry.status),
            ("fault", entry.fault),
        ):
            if found:
                self.by[word][found] += 1
