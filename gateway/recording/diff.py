"""Two recordings compared by meaning: which exchanges are in both, and what differs between them."""

import bisect
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from gateway.domain.journal import JournalEvent
from gateway.recording.aspect import Aspect
from gateway.recording.comparing import Found, Side, compared, fault_in_short
from gateway.recording.contents import MasksOf, Run
from gateway.recording.conversation import Exchange
from gateway.recording.format import RecordedEntry, Recording
from gateway.recording.pairing import Pairing, pair


@dataclass(frozen=True, slots=True)
class Subject:
    """What was compared: an exchange by its number in its recording, from 1; a call that stands apart has number 0."""

    number: int
    message_id: str
    consumer: str
    provider: str
    what: str

    def __str__(self) -> str:
        number = f"#{self.number} " if self.number else ""
        return f"{number}{self.consumer or '?'} → {self.provider or '*'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Changed:
    """A subject that is in both recordings, and what differs."""

    old: Subject
    new: Subject
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Comparison:
    """What came of comparing the recording `a` with the recording `b`; `compared` counts the pairs of exchanges."""

    a: str
    b: str
    compared: int
    changed: tuple[Changed, ...] = ()
    only_in_a: tuple[Subject, ...] = ()
    only_in_b: tuple[Subject, ...] = ()
    notes: tuple[str, ...] = ()
    ignored: frozenset[Aspect] = frozenset()

    @property
    def same(self) -> bool:
        """Tell whether something was compared, and nothing differs."""
        return bool(self.compared) and not (self.changed or self.only_in_a or self.only_in_b)

    @cached_property
    def differences(self) -> int:
        """How many values differ in the pairs."""
        return sum(len(each.found) for each in self.changed)

    @property
    def exit_code(self) -> int:
        """0 the same, 1 different, 2 when nothing could be compared."""
        return 2 if not self.compared else 0 if self.same else 1

    def as_json(self) -> dict[str, Any]:
        """Return everything for json.dumps."""
        return {
            "same": self.same,
            "compared": self.compared,
            "differences": self.differences,
            "a": self.a,
            "b": self.b,
            "ignored": sorted(self.ignored),
            "changed": [
                {"a": _subject(each.old), "b": _subject(each.new), "differences": [asdict(one) for one in each.found]}
                for each in self.changed
            ],
            "onlyInA": [_subject(each) for each in self.only_in_a],
            "onlyInB": [_subject(each) for each in self.only_in_b],
            "notes": list(self.notes),
        }


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "number": subject.number,
        "messageId": subject.message_id,
        "consumer": subject.consumer,
        "provider": subject.provider,
        "what": subject.what,
    }


def compare(a: Recording, b: Recording, masks_of: MasksOf, ignored: frozenset[Aspect] = frozenset()) -> Comparison:
    """Compare two recordings. `masks_of` says what does not count in the contents with a root (`contents.KindMasks`).

    Raises: InvalidPath for a mask that is no path.
    """
    old, new = Run(a, masks_of), Run(b, masks_of)
    pairing = pair(old, new)
    old_names, new_names = _names(pairing)
    moved = {} if Aspect.ORDER in ignored else _moved(pairing, new)
    changed = []
    for before, after in pairing.pairs:
        found = compared(Side(old, before, old_names), Side(new, after, new_names), ignored)
        found += moved.get(before.number, ())
        if found:
            changed.append(Changed(_exchange(before), _exchange(after), tuple(found)))
    calls = _Calls() if Aspect.CALLS in ignored else _calls(_told(old, ignored), _told(new, ignored))
    return Comparison(
        a=str(a.path),
        b=str(b.path),
        compared=len(pairing.pairs),
        changed=(*changed, *calls.changed),
        only_in_a=(*map(_exchange, pairing.only_old), *calls.only_old),
        only_in_b=(*map(_exchange, pairing.only_new), *calls.only_new),
        notes=tuple(f"{recording.path}: {note}" for recording in (a, b) for note in recording.notes),
        ignored=ignored,
    )


def _exchange(exchange: Exchange) -> Subject:
    root = exchange.message_type.root
    return Subject(exchange.number, exchange.message_id, exchange.consumer, exchange.provider, root)


def _names(pairing: Pairing) -> tuple[dict[str, str], dict[str, str]]:
    """Give the messages of both recordings common names: an id that leads to another message is then a difference."""
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for before, after in pairing.pairs:
        name = f"‹MessageID #{before.number}›"
        for names, exchange in ((old, before), (new, after)):
            names[exchange.message_id.lower()] = name
            for index, answer in enumerate(exchange.answers, start=1):
                names[answer.entry.message_id.lower()] = f"‹MessageID #{before.number} answer {index}›"
    return old, new


# --- order ---------------------------------------------------------------------------------------------------------


def _moved(pairing: Pairing, new: Run) -> dict[int, list[Found]]:
    """Return which exchanges stand at another place among those that one participant sent for one cause."""
    lists: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for before, after in pairing.pairs:
        parent = new.parents.get(after.number)
        lists[after.consumer, 0 if parent is None else parent.number].append((before.number, after.number))
    found: dict[int, list[Found]] = {}
    for sent in lists.values():
        then = {number: place for place, number in enumerate(sorted(number for _, number in sent), start=1)}
        stayed = _longest_rising([number for _, number in sent])
        for place, (number, other) in enumerate(sent, start=1):
            if other not in stayed:
                found[number] = [Found("order", "", str(place), str(then[other]))]
    return found


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Return a longest rising subsequence: what kept its order; the fewest have then moved."""
    ends: list[int] = []  # the smallest last number of a rising row of each length
    before: dict[int, int | None] = {}
    for number in numbers:
        place = bisect.bisect_left(ends, number)
        before[number] = ends[place - 1] if place else None
        ends[place : place + 1] = [number]
    found: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        found.add(at)
        at = before[at]
    return found


# --- calls apart ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Calls:
    changed: tuple[Changed, ...] = ()
    only_old: tuple[Subject, ...] = ()
    only_new: tuple[Subject, ...] = ()


def _calls(old: Sequence[RecordedEntry], new: Sequence[RecordedEntry]) -> _Calls:
    """Pair refused calls, and answers to what was not recorded, by participant, operation and fault."""
    there: dict[Subject, deque[RecordedEntry]] = defaultdict(deque)
    for each in new:
        there[_key(each)].append(each)
    changed, only_old = [], []
    for each in old:
        alike = there.get(_key(each))
        if not alike:
            only_old.append(_call(each))
            continue
        other = alike.popleft()
        before, after = (fault_in_short(one.entry.fault, one.entry.explanation) for one in (each, other))
        if before != after:
            changed.append(Changed(_call(each), _call(other), (Found("fault", "", before, after),)))
    left = sorted((each for alike in there.values() for each in alike), key=lambda each: each.seq)
    return _Calls(tuple(changed), tuple(only_old), tuple(map(_call, left)))


def _told(run: Run, ignored: frozenset[Aspect]) -> list[RecordedEntry]:
    told = [each for each in run.apart if each.entry.event in (JournalEvent.REFUSED, JournalEvent.SENT)]
    if Aspect.VIOLATIONS not in ignored:
        # Of what was refused: those of a message that was taken stand with its exchange.
        told += (each for about, found in run.violations.items() if not run.has(about) for each in found)
    return sorted(told, key=lambda each: each.seq)


def _call(each: RecordedEntry) -> Subject:
    entry = each.entry
    if entry.event is JournalEvent.VIOLATION:
        return Subject(0, entry.message_id, entry.participant, "", f"{entry.event.value}: {entry.status}")
    what = f"{entry.operation or '?'}: {entry.fault}" if entry.fault else entry.operation
    return Subject(0, entry.message_id, entry.participant, entry.counterpart, what)


def _key(each: RecordedEntry) -> Subject:
    call = _call(each)
    return Subject(0, "", call.consumer, "", call.what)
