"""Child allowances: whether one was paid to a person for a child, and for how many months."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, day, text
from agencies.finding import Named, find_insured, is_named
from agencies.sfr.months import Month, months_between, overlaps
from agencies.world import Benefit, Body, Identity, Person
from gateway import xml
from gateway.xml import Element

CHILD_ALLOWANCE: Final = "sfr/child-allowance"

_allowance: Final = Builder("http://fss.ru/smev-3/oszn_child_allowance_root/1.0.0")
_fss: Final = Builder("http://fss.ru/smev-3/oszn_child_allowance_types/1.0.0")


def child_allowance(question: Question) -> tuple[Answer, ...]:
    """Answer an OsznChildAllowanceRequest: for how many months of the period an allowance for a child was paid."""
    world, content = question.world, question.content
    asked, about = child(content, "recipient"), child(content, "child")
    recipient = find_insured(world, text(asked, "snils"), _named(asked))
    if isinstance(recipient, Rejected):
        return (recipient,)
    children_known = world.children_of(recipient)
    minor = next((person for person in children_known if is_named(person, _named(about))), None)
    if minor is None:
        return (Rejected("NO_DATA", "У получателя нет ребёнка с указанными данными"),)
    first, last = day(text(content, "periodStart")), day(text(content, "periodEnd"))
    if first is None or last is None or first > last:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Период: periodStart не позже periodEnd"),)
    allowances = [item for item in world.benefits_of(recipient) if _is_for(item, minor, children_known)]
    months = sum(
        any(overlaps(month, item.since, item.until) for item in allowances)
        for month in months_between(Month.of(first), min(Month.of(last), Month.of(world.today)))
    )
    told = [
        *(_echo(node) for node in (asked, about)),
        _fss("periodStart", first),
        _fss("periodEnd", last),
        _fss("received", str(months > 0).lower()),
        _fss("months", str(months)),
    ]
    return (Answered(_allowance("OsznChildAllowanceResponse", told)),)


def child_allowance_request(recipient: Person, minor: Person, period: tuple[date, date], asker: Body) -> Element:
    """Build an OsznChildAllowanceRequest for days of a period (first, last), about a recipient who has a passport."""
    paper = next(iter(minor.documents), None)
    series, number = (paper.series, paper.number) if paper else ("", "")
    born = Identity(minor.family_name, minor.first_name, minor.patronymic, minor.birth_date, series, number)
    return child_allowance_request_by_papers(recipient.identity, recipient.snils, born, period, asker)


def child_allowance_request_by_papers(
    recipient: Identity, snils: str, minor: Identity, period: tuple[date, date], asker: Body
) -> Element:
    """Build an OsznChildAllowanceRequest by what an application tells; the child by the birth certificate."""
    return _allowance(
        "OsznChildAllowanceRequest",
        [
            _fss("senderName", asker.name),
            _fss("senderRegionCode", "37"),
            _fss("receiverOktmo", "24000000"),
            _fss("receiverName", "Социальный фонд"),
            _fss(
                "recipient",
                [
                    *_written(recipient),
                    _fss("snils", snils),
                    _fss("documentTypeCode", "21"),
                    _fss("documentSeriesAndNumber", f"{recipient.passport_series} {recipient.passport_number}"),
                ],
            ),
            _fss(
                "child",
                [
                    *_written(minor),
                    _fss("documentSeries", minor.passport_series),
                    _fss("documentNumber", minor.passport_number),
                ],
            ),
            _fss("periodStart", period[0]),
            _fss("periodEnd", period[1]),
        ],
    )


def _written(person: Identity) -> list[Element | None]:
    return [
        _fss("lastName", person.family_name),
        _fss("firstName", person.first_name),
        None if person.patronymic is None else _fss("patronymic", person.patronymic),
        _fss("birthDate", person.birth_date),
    ]


def _named(asked: Element | None) -> Named:
    return Named(
        text(asked, "lastName"), text(asked, "firstName"), text(asked, "patronymic"), day(text(asked, "birthDate"))
    )


def _is_for(benefit: Benefit, minor: Person, others: Iterable[Person]) -> bool:
    """Tell whether a benefit is an allowance for this child: the youngest of those born when it began."""
    born = minor.birth_date
    younger = any(born < other.birth_date <= benefit.since for other in others)
    return "ребён" in benefit.kind.casefold() and born <= benefit.since and not younger


def _echo(asked: Element | None) -> Element | None:
    """Write what a request says of a person as the response repeats it."""
    if asked is None:
        return None
    return _fss(xml.name_of(asked)[1], [_fss(xml.name_of(part)[1], text(part)) for part in asked.iterchildren("*")])
