"""Regional executive bodies: the employment service, social protection, licences of the region."""

from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Answers, Builder, Question, Rejected, day, text
from agencies.finding import Named, find_insured
from agencies.local import find_citizen, is_inside
from agencies.world import Benefit, Firm, Licence, Unemployment
from gateway.xml import Element

UNEMPLOYMENT: Final = "region/unemployment"
SOCIAL_BENEFITS: Final = "region/social-benefits"
LICENCE: Final = "region/licence"
EMPLOYMENT_SERVICE: Final = "region/employment-service"

_unemployment: Final = Builder("urn://mock-smev/region/unemployment/1.0.0")
_benefits: Final = Builder("urn://mock-smev/region/social-benefits/1.0.0")
_licence: Final = Builder("urn://mock-smev/region/licence/1.0.0")
_szn: Final = Builder("http://se2.data.service.smev.pfr.ru/SZN/1.0.1")


# Employment


def unemployment(question: Question) -> tuple[Answer, ...]:
    """Answer an UnemploymentRequest: the latest registration as unemployed, and the benefit."""
    person = find_citizen(question.world, question.content)
    if isinstance(person, Rejected):
        return (person,)
    periods = question.world.unemployment_of(person)
    if not periods:
        return (Answered(_unemployment("UnemploymentResponse", [_unemployment("Found", "false")])),)
    last = periods[-1]
    told = [
        _unemployment("Found", "true"),
        _unemployment("Since", last.since),
        None if last.until is None else _unemployment("Until", last.until),
        _unemployment("MonthlyBenefit", f"{last.monthly:.2f}"),
    ]
    return (Answered(_unemployment("UnemploymentResponse", told)),)


def employment_service(question: Question) -> tuple[Answer, ...]:
    """Answer an SZNRequest: when the person was registered as unemployed, as it was known on the day asked for."""
    world, content = question.world, question.content
    names = text(content, "LastName"), text(content, "FirstName"), text(content, "MiddleName")
    person = find_insured(world, text(content, "Snils"), Named(*names, day(text(content, "BirthDate"))))
    if isinstance(person, Rejected):
        return (person,)
    asked = day(text(content, "DateQuery")) or world.today
    periods = [item for item in world.unemployment_of(person) if item.since <= asked]
    office = next((item.office for item in reversed(periods) if item.office), question.agency.name)
    told = [
        _szn("PresenceData", "true" if periods else "false"),
        *(_period(item, asked) for item in periods),
        _szn("NameOrgSZN", office),
        _szn("DateFormationData", world.today),
    ]
    return (Answered(_szn("SZNResponse", list(told))),)


def _period(item: Unemployment, asked: date) -> Element:
    ended = item.until is not None and item.until <= asked
    until = _szn("Until", item.until) if ended else None
    return _szn("RegistrationAccountPeriods", [_szn("Since", item.since), until])


# Social support


def social_benefits(question: Question) -> tuple[Answer, ...]:
    """Answer a SocialBenefitsRequest: every benefit that was paid on some day of the period.

    The social department at the place of living pays: an Oktmo of the request asks for what was got in that
    municipality.
    """
    content = question.content
    first, last = day(text(content, "PeriodFrom")), day(text(content, "PeriodTo"))
    if first is None or last is None or first > last:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Период запроса: PeriodFrom не позже PeriodTo"),)
    person = find_citizen(question.world, content)
    if isinstance(person, Rejected):
        return (person,)
    paid = [
        _benefit(item)
        for item in question.world.benefits_of(person)
        if item.since <= last and (item.until is None or item.until >= first)
    ]
    listed = paid if is_inside(person.address.oktmo, text(content, "Oktmo")) else []
    received = _benefits("Received", "true" if listed else "false")
    return (Answered(_benefits("SocialBenefitsResponse", [received, *listed])),)


def _benefit(item: Benefit) -> Element:
    return _benefits(
        "Benefit",
        [
            _benefits("Kind", item.kind),
            _benefits("Since", item.since),
            None if item.until is None else _benefits("Until", item.until),
            _benefits("MonthlySum", f"{item.monthly:.2f}"),
        ],
    )


# Licences


def licence(question: Question) -> tuple[Answer, ...]:
    """Answer a LicenceRequest: the licences of a firm, all or the one asked for, and whether they are in force."""
    world = question.world
    inn, number = text(question.content, "Inn"), text(question.content, "Number")
    firm = world.firm_by_inn(inn)
    held = [] if firm is None else [(firm, item) for item in firm.licences if number in ("", item.number)]
    listed = [_one_licence(firm, item, world.today) for firm, item in held]
    found = _licence("Found", "true" if listed else "false")
    return (Answered(_licence("LicenceResponse", [found, *listed])),)


def _one_licence(firm: Firm, held: Licence, today: date) -> Element:
    return _licence(
        "Licence",
        [
            _licence("Number", held.number),
            _licence("Activity", held.activity),
            _licence("Issued", held.issued),
            None if held.valid_until is None else _licence("ValidUntil", held.valid_until),
            _licence("Status", _status(firm, held, today)),
        ],
    )


def _status(firm: Firm, held: Licence, today: date) -> str:
    """Return whether a licence is in force; it ends with the firm (99-FZ of 04.05.2011, Art. 20 part 13)."""
    if firm.ceased is not None and firm.ceased <= today:
        return "Прекращена"
    return "Действует" if held.valid_until is None or held.valid_until >= today else "Срок истёк"


ANSWERS: Final[Answers] = {
    UNEMPLOYMENT: unemployment,
    SOCIAL_BENEFITS: social_benefits,
    LICENCE: licence,
    EMPLOYMENT_SERVICE: employment_service,
}
