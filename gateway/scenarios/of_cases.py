"""Steps about a case: it is opened, its body demands and decides, the rules of 210-FZ judge."""

from collections.abc import Awaitable
from datetime import date
from typing import Any

from gateway.domain.cases import (
    Brought,
    Channel,
    DecisionOutcome,
    DemandedDocument,
    GroundReason,
    Subject,
)
from gateway.domain.cases import Ground as CaseGround
from gateway.domain.once_only.events import Demanded
from gateway.exchange.cases import CaseRefusal, NewCase
from gateway.exchange.cases import Judged as Judgement
from gateway.exchange.law import words_of
from gateway.scenarios.outcome import Checked
from gateway.scenarios.problems import Member, expected
from gateway.scenarios.speaking import case_number
from gateway.scenarios.stage import Named, Stage, StepFailed
from gateway.scenarios.steps import Decide, Demand, Judged, OpenCase, Person
from gateway.words import say


async def open_case(stage: Stage, told: OpenCase, member: Member) -> list[Checked]:
    """A case is opened."""
    new = NewCase(
        service=stage.said(told.service),
        body=told.body,
        applicant=_subject(stage, told.applicant, (*member, "applicant")),
        number=None if told.number is None else stage.said(told.number),
        channel=Channel(told.channel),
        parameters={name: stage.said(text) for name, text in told.parameters.items()},
        documents=tuple(Brought(stage.said(code)) for code in told.documents),
    )
    try:
        case = await stage.gateway.cases.open(new)
    except CaseRefusal as refusal:
        raise _stays(stage, refusal, member) from refusal
    stage.call(told.as_, Named(case=case.number))
    return []


def _subject(stage: Stage, told: Person, member: Member) -> Subject:
    said: dict[str, Any] = {
        name: stage.said(text) for name, text in told.model_dump(exclude={"birth_date"}).items() if text
    }
    if told.birth_date is None:
        return Subject(**said)
    text = stage.said(told.birth_date)
    try:
        return Subject(**said, birth_date=date.fromisoformat(text))
    except ValueError as error:
        what = say("день, как 1967-03-10", "a day, as 1967-03-10")
        raise StepFailed(
            Checked(what, False, stage.place(*member, "birth-date"), what, expected(what, text))
        ) from error


def _stays(stage: Stage, refusal: CaseRefusal, member: Member) -> StepFailed:
    what = say("дело меняется", "the case changes")
    return StepFailed(Checked(what, False, stage.place(*member), what, refusal.found, (refusal.advice,)))


async def demand(stage: Stage, told: Demand, member: Member) -> list[Checked]:
    """The body asks the applicant for documents."""
    documents = tuple(DemandedDocument(stage.said(code)) for code in told.documents)
    asked = Demanded("", documents, channel=Channel(told.channel))
    return await _judged(stage, told, stage.gateway.cases.demand(case_number(stage, told.case), asked), member)


async def decide(stage: Stage, told: Decide, member: Member) -> list[Checked]:
    """The body decides."""
    grounds = tuple(CaseGround(GroundReason(each.reason), each.document) for each in told.grounds)
    deciding = stage.gateway.cases.decide(case_number(stage, told.case), DecisionOutcome(told.outcome), grounds)
    return await _judged(stage, told, deciding, member)


async def _judged(stage: Stage, told: Judged, work: Awaitable[Judgement], member: Member) -> list[Checked]:
    try:
        judged = await work
    except CaseRefusal as refusal:
        raise _stays(stage, refusal, member) from refusal
    rules = [each.rule for each in judged.violations]
    lines = tuple(f"{each.rule}: {words_of(each)}" for each in judged.violations)
    words = {True: say("отклонено по 210-ФЗ", "refused by 210-FZ"), False: say("не отклонено", "not refused")}
    is_as_told = judged.refused is told.refused
    checks = []
    if told.refused or not is_as_told:
        place = stage.place(*member, "refused")
        checks.append(_check(words[told.refused], is_as_told, place, words[judged.refused], lines))
    if told.rule is not None:
        found = ", ".join(rules) or say("ни одного", "none")
        checks.append(_check(told.rule, told.rule in rules, stage.place(*member, "rule"), found, lines))
    return checks


def _check(what: str, passed: bool, place: object, found: str, hints: tuple[str, ...]) -> Checked:
    told = ("", "", ()) if passed else (what, found, hints)
    return Checked(what, passed, place, *told)  # type: ignore[arg-type]
