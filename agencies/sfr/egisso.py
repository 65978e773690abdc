"""Measures of social support that were assigned to persons, as the register of social support (ЕГИССО) tells them."""

import zlib
from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, children, day, text
from agencies.sfr.insured import names
from agencies.world import Benefit, Person
from gateway.xml import Element

SOCIAL_SUPPORT: Final = "sfr/social-support"

_egisso: Final = Builder("urn://egisso-ru/msg/10.13.I/1.0.3")
_asked: Final = Builder("urn://egisso-ru/types/prsn-request/1.0.3")
_statement: Final = Builder("urn://egisso-ru/types/prsn-statement/1.0.3")


def social_support(question: Question) -> tuple[Answer, ...]:
    """Answer a request of the register ЕГИССО with what was assigned to the person for some day of the period."""
    world = question.world
    asked = child(question.content, "requestData")
    snils = text(asked, "snils")
    person = world.person_by_snils(snils) if snils else None
    if person is None:
        return (Rejected("NO_DATA", f"Гражданин со СНИЛС {snils or '(не указан)'} не найден"),)
    first, last = (day(text(asked, "reportPeriod", name)) for name in ("beginDate", "endDate"))
    if first is None or last is None or first > last:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Период выписки: beginDate не позже endDate"),)
    told = [_statement("SNILS", person.snils)]
    if text(asked, "assignmentsInclude") in ("true", "1"):
        chosen = child(asked, "assignmentsFilter")
        codes = [text(code) for code in ([] if chosen is None else children(chosen, "mszCodes"))]
        benefits = [item for item in world.benefits_of(person) if _holds(item.since, item.until, first, last)]
        assignments = [_assignment(person, item) for item in benefits if not codes or measure_code(item)[:4] in codes]
        told.append(_statement("assignments", list(assignments)))
    return (Answered(_egisso("response", [_statement("statementData", list(told))])),)


def social_support_request(snils: str, begin: date, end: date) -> Element:
    """Build a request of the register ЕГИССО about what is assigned to a person for days from `begin` to `end`."""
    flags = (("assignmentsInclude", "true"), ("obligationsInclude", "false"))
    others = (("incomesInclude", "false"), ("assigneeInclude", "false"))
    period = [_asked("beginDate", begin), _asked("endDate", end)]
    asked = [
        _asked("snils", snils),
        *(_asked(name, value) for name, value in (*flags, *others)),
        _asked("reportPeriod", list(period)),
    ]
    return _egisso("request", [_asked("requestData", list(asked))])


def measure_code(benefit: Benefit) -> str:
    """Return the code of a measure in the form of the classifier; its digits are made of the measure's name."""
    number = zlib.crc32(benefit.kind.encode())
    return f"{number % 10_000:04d}.37000000.01.0001.01.{number % 1_000_000:06d}"


def _holds(since: date, until: date | None, first: date, last: date) -> bool:
    return since <= last and (until is None or first <= until)


def _assignment(person: Person, benefit: Benefit) -> Element:
    payer = benefit.payer or "Орган, назначивший меру, не указан"
    return _statement(
        "assignment",
        [
            *names(person),
            _statement("BirthDate", person.birth_date),
            _statement("kmszCode", measure_code(benefit)),
            _statement("onmszTitle", payer),
            _statement("onmszCode", f"{zlib.crc32(payer.encode()) % 10_000:04d}.000037"),
            _statement("lmszTitle", benefit.kind),
            _statement("categoryTitle", "Получатель меры социальной поддержки"),
            _statement("decisionDate", benefit.since),
            _statement("dateStart", benefit.since),
            None if benefit.until is None else _statement("dateFinish", benefit.until),
            _statement("form", "01"),
            _statement("periodicity", "02"),
            _statement("amount", f"{benefit.monthly:.2f}"),
            _statement("measureUnit", "01"),
            _statement("needCriterion", "false"),
        ],
    )
