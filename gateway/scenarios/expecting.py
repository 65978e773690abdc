"""Steps that look: expect, never, count, order, expect-violation, no-violations, advance."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from gateway.domain.clock import ClockGoesBack, InvalidClock
from gateway.domain.journal import JournalEvent
from gateway.domain.once_only.violation import Verdict
from gateway.exchange.timekeeping import TooManyEvents
from gateway.protocol.moments import write
from gateway.recording.content_xpath import ContentXPath
from gateway.recording.format import RecordedEntry
from gateway.recording.seeking import Seen, seen_in
from gateway.recording.seeking import Sought as SoughtEntry
from gateway.scenarios.chronicle import Arrived
from gateway.scenarios.moving import target_of
from gateway.scenarios.outcome import Checked
from gateway.scenarios.problems import Member
from gateway.scenarios.speaking import case_number, needs_ack, remembered, take_next
from gateway.scenarios.stage import Stage, StepFailed
from gateway.scenarios.steps import Counted, Entry, Expect, ExpectViolation, Never, Sought, ViolationSought
from gateway.storage.violations import Sought as SoughtViolation
from gateway.storage.violations import StoredViolation
from gateway.words import say

_MOST_TOLD = 8


async def expect(stage: Stage, told: Expect, member: Member) -> list[Checked]:
    """A message reaches a participant within the time."""

    async def look() -> Arrived | None:
        return await _look(stage, told, member)

    arrived = await stage.wait(told.within, look)
    place, what = stage.place(*member), in_words(told)
    if arrived is None:
        found = [str(each) for each in stage.chronicle.arrived(told.at) if each.delivery.seq not in stage.claimed]
        nothing = say(f"{told.at} ничего не получил", f"{told.at} was given nothing")
        until = say(f"до {write(stage.now)}", f"by {write(stage.now)}")
        hints = (*found[-_MOST_TOLD:], *_last_faults(stage))
        raise StepFailed(Checked(what, False, place, f"{what} {until}", found[-1] if found else nothing, hints))
    stage.claimed.add(arrived.delivery.seq)
    return [Checked(what, True, place), *remembered(stage, told, arrived, member)]


async def _look(stage: Stage, told: Expect | Never, member: Member) -> Arrived | None:
    """Return a message that was delivered and that no step has had yet; a scripted participant takes what there is."""
    found = _unclaimed(stage, told, member)
    while found is None and stage.is_scripted(told.at):
        arrived = await take_next(stage, told.at, told.message, None, member)
        if arrived is None:
            return None
        if needs_ack(stage, arrived):
            await stage.client(told.at).ack(arrived.entry.message_id)
        await stage.settle()
        found = _unclaimed(stage, told, member)
    return found


def _unclaimed(stage: Stage, told: Expect | Never, member: Member) -> Arrived | None:
    arrived = stage.chronicle.arrived(told.at)
    return next(
        (each for each in arrived if each.delivery.seq not in stage.claimed and _is(stage, told, each, member)), None
    )


def _is(stage: Stage, told: Sought, arrived: Arrived, member: Member) -> bool:
    entry = arrived.entry
    wanted = {
        "message": (told.message, arrived.message),
        "kind": (told.kind and stage.said(told.kind), arrived.kind),
        "from": (told.from_, entry.counterpart),
        "to": (told.to and stage.named_message(told.to, (*member, "to")).original, entry.original_message_id),
    }
    return all(expected is None or expected == found for expected, found in wanted.values())


def in_words(told: Expect | Never) -> str:
    """Return what is sought, in a line."""
    parts = [told.message or say("сообщение", "a message")]
    parts += [told.kind] if told.kind else []
    parts += [say(f"от {told.from_}", f"from {told.from_}")] if told.from_ else []
    parts += [say(f"к {told.to}", f"to {told.to}")] if told.to else []
    return f"{told.at} ← {' '.join(parts)}"


async def never(stage: Stage, told: Never, member: Member) -> list[Checked]:
    """No such message reaches a participant, for the whole time; what has reached him before counts too."""

    async def look() -> Arrived | None:
        return await _look(stage, told, member)

    arrived = await stage.wait(told.within, look)
    what = say(f"нет: {in_words(told)}", f"never: {in_words(told)}")
    return [
        Checked(what, True, stage.place(*member))
        if arrived is None
        else Checked(what, False, stage.place(*member), say("ничего", "nothing"), str(arrived))
    ]


# --- the journal -----------------------------------------------------------------------------------------------------


async def count(stage: Stage, told: Counted, member: Member) -> list[Checked]:
    """There are so many entries in the journal by now."""
    await stage.settle()
    found = len(_fitting(stage, told, member))
    place, name = stage.place(*member), _entry_in_words(told)
    bounds = (("=", told.equals, found == told.equals), ("≥", told.at_least, found >= (told.at_least or 0)),
              ("≤", told.at_most, told.at_most is not None and found <= told.at_most))  # fmt: skip
    return [
        Checked(f"{name} {sign} {wanted}", True, place)
        if holds
        else Checked(f"{name} {sign} {wanted}", False, place, f"{sign} {wanted}", str(found))
        for sign, wanted, holds in bounds
        if wanted is not None
    ]


async def order(stage: Stage, told: tuple[Entry, ...], member: Member) -> list[Checked]:
    """Entries follow each other in the journal, others may stand between them."""
    await stage.settle()
    after = 0
    checks: list[Checked] = []
    for number, entry in enumerate(told):
        found = next((each.seq for each in _fitting(stage, entry, (*member, number)) if each.seq > after), None)
        place, name = stage.place(*member, number), f"{number + 1}. {_entry_in_words(entry)}"
        if found is None:
            nothing = say(f"после записи {after} — ничего", f"nothing after the entry {after}")
            return [*checks, Checked(name, False, place, name, nothing, _told(stage))]
        after = found
        checks.append(Checked(name, True, place))
    return checks


def _fitting(stage: Stage, entry: Entry, member: Member) -> list[RecordedEntry]:
    sought = _sought(stage, entry, member)
    fitting: Iterator[Seen] = (each for each in seen_in(stage.chronicle.entries) if sought.matches(each))
    return [each.recorded for each in fitting if entry.by in (None, each.entry.participant)]


def _sought(stage: Stage, entry: Entry, member: Member) -> SoughtEntry:
    kind = stage.gateway.library.catalogue.by_id(stage.said(entry.kind)) if entry.kind else None
    return SoughtEntry(
        event=None if entry.event is None else JournalEvent(entry.event),
        operation=entry.operation,
        participant=entry.participant,
        message_types=() if kind is None else tuple(map(str, kind.roots)),
        message_id=None if entry.of is None else stage.named_message(entry.of, (*member, "of")).original,
        status=None if entry.status is None else stage.said(entry.status),
        fault=None if entry.fault is None else stage.said(entry.fault),
        xpath=None if entry.xpath is None else ContentXPath(stage.said(entry.xpath)),
    )


def _entry_in_words(entry: Entry) -> str:
    told = entry.model_dump(exclude_none=True, exclude={"equals", "at_least", "at_most"})
    return " ".join(f"{name.rstrip('_')}={value}" for name, value in told.items()) or say("записей", "entries")


def _told(stage: Stage) -> tuple[str, ...]:
    return tuple(str(Seen(each)) for each in stage.chronicle.entries[-_MOST_TOLD:])


def _last_faults(stage: Stage) -> tuple[str, ...]:
    return tuple(f"{each.fault or each.status}: {each.explanation}" for each in stage.chronicle.last_faults())


# --- the law ---------------------------------------------------------------------------------------------------------


async def expect_violation(stage: Stage, told: ExpectViolation, member: Member) -> list[Checked]:
    """A violation is found within the time."""

    async def look() -> StoredViolation | None:
        return next(iter(await _violations(stage, told)), None)

    found = await stage.wait(told.within, look)
    what = say(f"нарушение {_violation_in_words(told)}", f"violation {_violation_in_words(told)}")
    if found is not None:
        return [Checked(what, True, stage.place(*member))]
    others = tuple(map(_shown, await _violations(stage, ViolationSought.model_validate({}))))
    return [Checked(what, False, stage.place(*member), what, others[0] if others else say("ни одного", "none"), others)]


async def no_violations(stage: Stage, told: ViolationSought, member: Member) -> list[Checked]:
    """No violation has been found by now."""
    await stage.settle()
    found = tuple(map(_shown, await _violations(stage, told)))
    what = say(f"нарушений нет {_violation_in_words(told)}", f"no violations {_violation_in_words(told)}").strip()
    if not found:
        return [Checked(what, True, stage.place(*member))]
    return [Checked(what, False, stage.place(*member), say("ни одного", "none"), found[0], found)]


async def _violations(stage: Stage, told: ViolationSought) -> list[StoredViolation]:
    number = None if told.case is None else case_number(stage, told.case)
    sought = SoughtViolation(rule=told.rule, body=told.by, case_number=number)
    if told.rule is None:
        sought = SoughtViolation(rule=None, body=told.by, case_number=number, verdict=Verdict.VIOLATION)
    return list(await stage.gateway.cases.violations(sought, _MOST_TOLD))


def _violation_in_words(told: ViolationSought) -> str:
    return " ".join(filter(None, (told.rule, told.by, told.case)))


def _shown(stored: StoredViolation) -> str:
    each = stored.violation
    return f"{each.rule} {each.body}: {each.found}"


# --- the clock -------------------------------------------------------------------------------------------------------


async def advance(stage: Stage, told: str, member: Member) -> list[Checked]:
    """The clock moves; everything that becomes due on the way happens."""
    place = stage.place(*member)
    try:
        target = target_of(stage.said(told))
        moved: Any = {"by": target} if isinstance(target, timedelta) else {"to": target}
        await stage.gateway.timekeeper.advance(**moved)
    except (ValueError, InvalidClock, ClockGoesBack, TooManyEvents) as error:
        what = say("часы переводятся", "the clock moves")
        raise StepFailed(Checked(what, False, place, told, str(error))) from error
    return []
