"""What is compared of two exchanges that are the same one: one visible list, each with the name to ignore it by."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Final

from gateway.domain.journal import JournalEvent
from gateway.recording.alignment import aligned
from gateway.recording.aspect import Aspect
from gateway.recording.attachments import attachments
from gateway.recording.contents import Run
from gateway.recording.conversation import Exchange
from gateway.recording.differences import Difference, differences, written
from gateway.recording.format import RecordedEntry
from gateway.recording.masks import Node
from gateway.recording.pairing import origin


@dataclass(frozen=True, slots=True)
class Found:
    """A difference: `place` is request, answer N, status, fault, timing…; `path` where in it, "" of the whole."""

    place: str
    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Side:
    """An exchange in its run. `names` tell what to read for the MessageIDs of the run: the same in both runs for the
    same message.
    """

    run: Run
    exchange: Exchange
    names: Mapping[str, str]

    @cached_property
    def answers(self) -> tuple[RecordedEntry, ...]:
        """What the provider sent."""
        return self.exchange.answers

    @property
    def messages(self) -> tuple[RecordedEntry, ...]:
        """The request and the answers."""
        return (self.exchange.request, *self.answers)


Compare = Callable[[Side, Side], Iterator[Found]]


def compared(old: Side, new: Side, ignored: frozenset[Aspect] = frozenset()) -> list[Found]:
    """Return what differs between two exchanges that are the same one."""
    return [found for aspect, compare in _ASPECTS if aspect not in ignored for found in compare(old, new)]


# --- what was said -------------------------------------------------------------------------------------------------


def _request(old: Side, new: Side) -> Iterator[Found]:
    before, after = old.exchange.request, new.exchange.request
    if old.run.text(before) == new.run.text(after):
        return
    digest = old.run.digest(before)
    if digest.names_messages or digest != new.run.digest(after):
        for each in differences(old.run.content(before, old.names), new.run.content(after, new.names)):
            yield _found("request", each)
    for each in differences(old.run.metadata(before, old.names), new.run.metadata(after, new.names)):
        yield Found("request", f"BusinessProcessMetadata/{each.path}", each.old, each.new)


def _answers(old: Side, new: Side) -> Iterator[Found]:
    before, after = old.answers, new.answers
    if list(map(old.run.text, before)) == list(map(new.run.text, after)):
        return
    olds = [Node("answer", (), "", (old.run.content(each, old.names),)) for each in before]
    news = [Node("answer", (), "", (new.run.content(each, new.names),)) for each in after]
    for left, right in aligned(olds, news):
        place = f"answer {1 + (left if left is not None else right or 0)}"
        one = None if left is None else olds[left].children[0]
        other = None if right is None else news[right].children[0]
        if one is not None and other is not None and one.tag == other.tag:
            yield from (_found(place, each) for each in differences(one, other))
        else:
            yield Found(place, "", _in_short(one), _in_short(other))


def _in_short(said: Node | None) -> str | None:
    """Return an answer in a line: of a content its root, else what it says."""
    if said is None:
        return None
    if said.name in ("RequestRejected", "RequestStatus"):
        inside = "; ".join(" ".join(_leaves(child)) for child in said.children)
        return f"{said.name}: {inside}"
    return said.tag if said.children or said.attributes else f"{said.tag} {written(said)}".strip()


def _leaves(node: Node) -> Iterator[str]:
    if node.text:
        yield node.text
    for child in node.children:
        yield from _leaves(child)


def _found(place: str, difference: Difference) -> Found:
    return Found(place, difference.path, difference.old, difference.new)


# --- what came of it -----------------------------------------------------------------------------------------------


def _status(old: Side, new: Side) -> Iterator[Found]:
    yield from _changed("status", "", old.exchange.status, new.exchange.status)


def _faults(old: Side, new: Side) -> Iterator[Found]:
    for before, after in zip_longest(_refusals(old.exchange), _refusals(new.exchange)):
        if before != after:
            path = (before or after or ("", ""))[0]
            one, other = (None if each is None else each[1] for each in (before, after))
            yield Found("fault", path, one, other)


def _refusals(exchange: Exchange) -> list[tuple[str, str]]:
    kept = (each.entry for each in exchange.faults if each.entry.event is not JournalEvent.DISRUPTED)
    return [(entry.operation or entry.event.value, fault_in_short(entry.fault, entry.explanation)) for entry in kept]


def fault_in_short(name: str, explanation: object) -> str:
    """Return the name of a fault and the check that found it."""
    check = getattr(explanation, "check", "")
    return f"{name} [{check}]" if check else name


def _timing(old: Side, new: Side) -> Iterator[Found]:
    for path, moment_of in (("delivered", _delivered), ("answered", _answered)):
        before, after = (_passed(side.exchange, moment_of(side)) for side in (old, new))
        if not _is_about_the_same(before, after):
            yield from _changed("timing", path, _class(before), _class(after))


def _delivered(side: Side) -> RecordedEntry | None:
    return next((each for each in side.exchange.entries if each.entry.event is JournalEvent.DELIVERED), None)


def _answered(side: Side) -> RecordedEntry | None:
    return side.answers[-1] if side.answers else None


_CLASSES: Final = (
    (timedelta(seconds=5), "at once"),  # a participant that asks for messages now and then takes as long
    (timedelta(minutes=1), "seconds"),
    (timedelta(hours=1), "minutes"),
    (timedelta(days=1), "hours"),
)


def _passed(exchange: Exchange, then: RecordedEntry | None) -> timedelta | None:
    return None if then is None else then.entry.moment - exchange.request.entry.moment


def _class(passed: timedelta | None) -> str:
    if passed is None:
        return "never"
    return next((name for below, name in _CLASSES if passed < below), "days")


def _is_about_the_same(one: timedelta | None, other: timedelta | None) -> bool:
    # 59 seconds and 61 are of two classes, and say the same of a system.
    return one is not None and other is not None and max(one, other) < 2 * min(one, other)


def _attachments(old: Side, new: Side) -> Iterator[Found]:
    messages = zip_longest(old.messages, new.messages)
    for number, (before, after) in enumerate(messages):
        place = "attachment" if number == 0 else f"attachment of answer {number}"
        for each in attachments(before, after):
            yield _found(place, each)


def _deliveries(old: Side, new: Side) -> Iterator[Found]:
    before, after = _again(old.exchange), _again(new.exchange)
    for operation in sorted(before.keys() | after.keys()):
        yield from _changed("deliveries", operation, str(before[operation]), str(after[operation]))


def _again(exchange: Exchange) -> Counter[str]:
    """Return how often a message was delivered again, by the operation that took it."""
    entries = [each.entry for each in exchange.entries if each.entry.event is JournalEvent.DELIVERED]
    first = {(entry.operation, entry.message_id, entry.participant) for entry in entries}
    if len(first) == len(entries):
        return Counter()
    return Counter(entry.operation for entry in entries) - Counter(operation for operation, *_ in first)


def _violations(old: Side, new: Side) -> Iterator[Found]:
    before, after = _broken(old), _broken(new)
    for rule, body in sorted((before - after).elements()):
        yield Found("violation", rule, body, None)
    for rule, body in sorted((after - before).elements()):
        yield Found("violation", rule, None, body)


def _broken(side: Side) -> Counter[tuple[str, str]]:
    if not side.run.violations:
        return Counter()
    about = {each.entry.message_id for each in side.messages}
    entries = (each.entry for message_id in about for each in side.run.violations.get(message_id, ()))
    return Counter((entry.status, entry.participant) for entry in entries)


def _cause(old: Side, new: Side) -> Iterator[Found]:
    before, after = (" / ".join(_step(*each) for each in origin(side.run, side.exchange)) for side in (old, new))
    yield from _changed("cause", "", before, after)


def _step(consumer: str, provider: str, tag: str) -> str:
    return f"{consumer} → {provider or '*'} {tag.rpartition('}')[2]}"


def _changed(place: str, path: str, old: str, new: str) -> Iterator[Found]:
    if old != new:
        yield Found(place, path, old or None, new or None)


_ASPECTS: Final[tuple[tuple[Aspect | None, Compare], ...]] = (
    (None, _request),
    (None, _answers),
    (Aspect.STATUS, _status),
    (Aspect.FAULTS, _faults),
    (Aspect.TIMING, _timing),
    (Aspect.ATTACHMENTS, _attachments),
    (Aspect.DELIVERIES, _deliveries),
    (Aspect.VIOLATIONS, _violations),
    (Aspect.CAUSE, _cause),
)
