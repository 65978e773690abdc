"""Whether a person works: the months for which employers have reported them."""

import re
from dataclasses import dataclass
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, children, text
from agencies.finding import Named, find_insured, text_inside
from agencies.sfr.months import Month, months_between, overlaps
from agencies.world import Firm, Identity
from gateway.xml import Element

WORK_FACT: Final = "sfr/work-fact"

_PERIOD: Final = re.compile(r"(0[1-9]|1[0-2])\.(\d{4})", re.ASCII)

_work: Final = Builder("http://kvs.pfr.com/work-fact/1.0.1")


@dataclass(frozen=True, slots=True)
class WorkedMonth:
    """A month of work, and for whom."""

    year: int
    month: int
    employer_inn: str
    employer_name: str


def work_fact(question: Question) -> tuple[Answer, ...]:
    """Answer an InfoWorkZL with a record for each month and employer; without a period, with those of this month."""
    world, content = question.world, question.content
    snils = text_inside(content, "Snils", "SNILS")
    named = Named(
        text_inside(content, "Lastname"),
        text_inside(content, "Firstname"),
        text_inside(content, "Middlename", "Patronymic"),
        birth_date=None,
    )
    person = find_insured(world, snils, named)
    if isinstance(person, Rejected):
        return (person,)
    now = Month.of(world.today)
    first, last = (_month(text_inside(content, name), now) for name in ("Period_from", "Period_to"))
    if first is None or last is None or first > last:
        wanted = "Укажите период месяцами вида 03.2013: Period_from не позже Period_to"
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", wanted),)
    jobs = [(job, world.firm_by_ogrn(job.employer_ogrn)) for job in world.jobs_of(person)]
    records = [
        _record(month, employer)
        for month in months_between(first, min(last, now))
        for job, employer in jobs
        if employer is not None and overlaps(month, job.since, job.until)
    ]
    told = [
        _work("Lastname", person.family_name),
        _work("Firstname", person.first_name),
        None if person.patronymic is None else _work("Patronymic", person.patronymic),
        _work("SNILS", person.snils),
        _work("Period_from", _written(first)),
        _work("Period_to", _written(last)),
    ]
    return (Answered(_work("InfoWorkZLResponse", [*told, *records])),)


def work_request(who: Identity, snils: str, first: Month | None = None, last: Month | None = None) -> Element:
    """Build an InfoWorkZL about the months from `first` to `last`, both included; without them, about this month."""
    return _work(
        "InfoWorkZL",
        [
            _work("Lastname", who.family_name),
            _work("Firstname", who.first_name),
            None if who.patronymic is None else _work("Middlename", who.patronymic),
            _work("Snils", snils),
            None if first is None else _work("Period_from", _written(first)),
            None if last is None else _work("Period_to", _written(last)),
        ],
    )


def read_work(content: Element) -> tuple[WorkedMonth, ...]:
    """Read an InfoWorkZLResponse; empty when the person did not work.

    Raises: ValueError where a year or a month is no number (its schema asks for one).
    """
    return tuple(
        WorkedMonth(
            year=int(text(record, "Year")),
            month=int(text(record, "Month")),
            employer_inn=text(record, "Insurant", "Insurant_INN"),
            employer_name=text(record, "Insurant", "Insurant_Name"),
        )
        for record in children(content, "InfoWork")
        if child(record, "Insurant") is not None
    )


def _month(written: str, otherwise: Month) -> Month | None:
    """Read mm.yyyy; None where it is none, `otherwise` where nothing is written."""
    if not written:
        return otherwise
    found = _PERIOD.fullmatch(written)
    return None if found is None else Month(int(found[2]), int(found[1]))


def _written(month: Month) -> str:
    return f"{month.number:02d}.{month.year:04d}"


def _record(month: Month, employer: Firm) -> Element:
    insurant: list[Element | None] = [
        _work("Insurant_INN", employer.inn),
        _work("Insurant_KPP", employer.kpp),
        _work("Insurant_Name", employer.short_name),
        _work("Insurant_Address", str(employer.address)),
    ]
    return _work(
        "InfoWork",
        [_work("Year", str(month.year)), _work("Month", str(month.number)), _work("Insurant", insurant)],
    )
