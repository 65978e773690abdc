"""A run as a conversation: who said what to whom, what was asserted, what was found instead; as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.logs import escaped
from gateway.protocol.messages import MessageType
from gateway.protocol.moments import MOSCOW
from gateway.scenarios.outcome import Checked, Done, Outcome, Verdict
from gateway.words import say

_QUIET: Final = frozenset({JournalEvent.ACCEPTED, JournalEvent.ACKNOWLEDGED, JournalEvent.REGISTERED})
"""Entries that follow from others; the recording has them all."""
_BACK: Final = frozenset({JournalEvent.DELIVERED, JournalEvent.REJECTED, JournalEvent.LEASE_ENDED})
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Told:
    """A line, and what it is: title, soft, said, trouble, passed, failed."""

    kind: str
    text: str


def conversation(outcome: Outcome) -> Iterator[Told]:
    """Yield a run line by line."""
    yield Told("title", f"{outcome.name}  ({outcome.file})")
    for problem in outcome.warnings:
        yield Told("soft", f"{say('внимание', 'warning')}: {problem}")
    for problem in outcome.problems:
        yield Told("failed", str(problem))
    for step in outcome.steps:
        yield from _step(outcome, step)
    yield verdict_of(outcome)


def _step(outcome: Outcome, step: Done) -> Iterator[Told]:
    yield Told("step", f"{step.number + 1:>3}  {step.title}")
    if step.about:
        yield Told("soft", f"     {step.about.strip()}")
    for line in spoken(each.entry for each in step.entries):
        yield Told("trouble" if line.is_trouble else "said", f"     {line.text}")
    for check in step.checks:
        yield from _check(outcome, check)


def _check(outcome: Outcome, check: Checked) -> Iterator[Told]:
    if check.passed:
        yield Told("passed", f"     ✓ {check.what}")
        return
    yield Told("failed", f"     ✗ {check.what}")
    yield Told("failed", f"       {say('ожидалось', 'expected')}: {check.expected}")
    yield Told("failed", f"       {say('найдено', 'found')}: {check.found}")
    yield Told("soft", f"       {where(outcome, check)}")
    for hint in check.hints:
        yield Told("soft", f"       · {hint[:_LONGEST]}")


def where(outcome: Outcome, check: Checked) -> str:
    """Return the place of an assertion as editors read it."""
    return f"{outcome.file}:{check.place.line}:{check.place.column}"


def verdict_of(outcome: Outcome) -> Told:
    """Return the last line of a run."""
    seconds = f"{outcome.seconds:.1f} " + say("с", "s")
    asserted = say(f"проверок: {outcome.asserted}", f"assertions: {outcome.asserted}")
    if outcome.verdict is Verdict.PASSED:
        return Told("passed", say("✓ пройден", "✓ passed") + f", {asserted}, {seconds}")
    if outcome.verdict is Verdict.UNUSABLE:
        return Told("failed", say("✗ не запустить", "✗ cannot be run"))
    left = outcome.of - len(outcome.steps)
    rest = say(f", шагов не сделано: {left}", f", steps not done: {left}") if left and outcome.recording else ""
    return Told("failed", say("✗ не пройден", "✗ failed") + f", {asserted}, {seconds}{rest}")


def summary_of(outcomes: Iterable[Outcome]) -> Told:
    """Return how many passed, failed, could not be run."""
    verdicts = [outcome.verdict for outcome in outcomes]
    passed, failed, unusable = (verdicts.count(verdict) for verdict in Verdict)
    text = say(f"сценариев: {len(verdicts)}, пройдено: {passed}", f"scenarios: {len(verdicts)}, passed: {passed}")
    if failed:
        text += say(f", не пройдено: {failed}", f", failed: {failed}")
    if unusable:
        text += say(f", не запустить: {unusable}", f", cannot be run: {unusable}")
    return Told("passed" if passed == len(verdicts) else "failed", text)


def plain(outcome: Outcome) -> str:
    """Return a run as text."""
    return "\n".join(escaped(line.text) for line in conversation(outcome))


# --- what is said between participants -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the journal in words."""

    moment: str
    text: str
    is_trouble: bool


def spoken(entries: Iterable[JournalEntry]) -> Iterator[Line]:
    """Yield what was said, leaving out what follows from it."""
    for entry in entries:
        if entry.event not in _QUIET:
            yield _line(entry)


def _line(entry: JournalEntry) -> Line:
    moment = entry.moment.astimezone(MOSCOW).strftime("%Y-%m-%d %H:%M:%S")
    arrow = "←" if entry.event in _BACK else "→"
    who = f"{entry.participant} {arrow} {entry.counterpart}" if entry.counterpart else entry.participant
    root = MessageType.from_tag(entry.message_type).root
    told = "" if entry.event in (JournalEvent.SENT, JournalEvent.DELIVERED) else _event(entry.event)
    result = entry.fault or (entry.status if entry.event in (JournalEvent.VIOLATION, JournalEvent.DISRUPTED) else "")
    parts = (moment, f"{who:20}", f"{entry.operation:12}", root, told, result)
    explained = "" if entry.explanation is None or not told else f" — {entry.explanation.found}"
    text = ("  ".join(part for part in parts if part.strip()) + explained)[:_LONGEST]
    return Line(moment, text, bool(told))


def _event(event: JournalEvent) -> str:
    words = {
        JournalEvent.REJECTED: say("отклонено", "rejected"),
        JournalEvent.REFUSED: say("отказ", "refused"),
        JournalEvent.LEASE_ENDED: say("срок выдачи истёк", "lease ended"),
        JournalEvent.EXPIRED: say("срок жизни истёк", "expired"),
        JournalEvent.VIOLATION: say("нарушение", "violation"),
        JournalEvent.DISRUPTED: say("сломано нарочно", "broken on purpose"),
    }
    return words.get(event, event.value)
