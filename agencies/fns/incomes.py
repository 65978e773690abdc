"""Incomes of persons: certificates of tax agents (2-НДФЛ), and incomes with the payments of tax agents."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, attribute, child, children
from agencies.fns.people import NOT_FOUND, PASSPORT_CODE, paper_code_of, paper_of, taxpayer
from agencies.world import Firm, Identity, IncomeStatement, Person, World
from gateway.xml import Element

NDFL2: Final = "fns/ndfl2"
INCOMES: Final = "fns/incomes"

_RATE: Final = "13"
_BY_PERSON: Final = "1"

_ndfl2: Final = Builder("urn://x-artefacts-fns-ndfl2/root/260-10/4.1.1")
_incomes: Final = Builder("urn://x-artefacts-fns-dohflna/root/260-18/4.0.1")


@dataclass(frozen=True, slots=True)
class Earnings:
    """What one employer paid in a year, in roubles: the total, the tax withheld, the pay by month (1 to 12)."""

    year: int
    employer: str
    employer_inn: str
    total: Decimal
    tax: Decimal
    months: tuple[tuple[int, Decimal], ...]


def ndfl2(question: Question) -> tuple[Answer, ...]:
    """Answer an NDFL2Request: about a person with the certificates, about a tax agent with their number.

    КодОбраб 01 says that there are none, or that name, birth date, paper and numbers are not one person's.
    """
    world, content = question.world, question.content
    agent = child(content, "СвНА")
    if agent is None:
        person = taxpayer(world, child(content, "СвФЛ"))
        statements = () if person is None else _statements(world, person, _year(content))
        told = None if person is None or not statements else _certificates(person, statements)
    else:
        told = _count(world, agent, _year(content))
    if told is None:
        told = _ndfl2("КодОбраб", NOT_FOUND)
    return (Answered(_ndfl2("NDFL2Response", [told], ИдЗапрос=content.get("ИдЗапрос"))),)


def ndfl2_request(who: Identity, year: int, request_id: str, case_number: str, applied: date) -> Element:
    """Build an NDFL2Request about the incomes of `year`.

    `request_id` is at most 36 characters long; `case_number`, at most 25, and `applied` are those of the application
    for which the incomes are asked.
    """
    about: list[Element | None] = [
        _ndfl2("ФИОФЛ", FamilyName=who.family_name, FirstName=who.first_name, Patronymic=who.patronymic),
        _ndfl2("УдЛичн", DocumentCode=PASSPORT_CODE, SeriesNumber=paper_of(who)),
    ]
    person = _ndfl2("СвФЛ", about, ДатаРожд=who.birth_date, НомЗаявФЛ=case_number, ДатаЗаявФЛ=applied)
    return _ndfl2(
        "NDFL2Request",
        [person],
        Id="PERSONAL_SIGNATURE",
        ИдЗапрос=request_id,
        ТипЗапросП=_BY_PERSON,
        ОтчетГод=year,
    )


def read_ndfl2(content: Element) -> tuple[Earnings, ...]:
    """Read an NDFL2Response about a person, by employer; empty where there is no certificate.

    Raises: decimal.InvalidOperation, ValueError where a sum or a month is no number (the schema asks for one).
    """
    found = child(content, "ДохФЛ")
    if found is None:
        return ()
    year = int(attribute(found, "ОтчетГод")[:4])
    return tuple(_read_employer(year, employer) for employer in children(found, "ДохФЛ_НА"))


def incomes(question: Question) -> tuple[Answer, ...]:
    """Answer a DOHFLNARequest as `ndfl2` does about a person, with the sums by tax agent."""
    world, content = question.world, question.content
    person = taxpayer(world, child(content, "СвФЛ"))
    statements = () if person is None else _statements(world, person, _year(content))
    told = _incomes("КодОбраб", NOT_FOUND)
    if person is not None and statements:
        told = _payments(person, statements)
    return (Answered(_incomes("DOHFLNAResponse", [told], ИдЗапрос=content.get("ИдЗапрос"))),)


def _year(content: Element) -> int:
    written = attribute(content, "ОтчетГод")[:4]
    return int(written) if written.isdecimal() else 0


def _statements(world: World, person: Person, year: int) -> tuple[tuple[IncomeStatement, Firm], ...]:
    # A fixture may name an employer that the world does not have: no certificate can name it either.
    pairs = (
        (statement, world.firm_by_ogrn(statement.employer_ogrn))
        for statement in world.income_statements_of(person, year)
    )
    return tuple((statement, firm) for statement, firm in pairs if firm is not None)


def _count(world: World, agent: Element, year: int) -> Element | None:
    # An employer gives one certificate for each employee when the year is over.
    firm = world.firm_by_inn(attribute(child(agent, "СвНАЮЛ"), "ИННЮЛ"))
    if firm is None or not firm.registered.year <= year < world.today.year:
        return None
    return _ndfl2("КолДокНА", ОтчетГод=year, КолДок=firm.headcount)


def _certificates(person: Person, statements: tuple[tuple[IncomeStatement, Firm], ...]) -> Element:
    by_agent: list[Element | None] = []
    for statement, firm in statements:
        body: list[Element | None] = [_months(_ndfl2, statement), _total_and_tax(statement)]
        by_agent.append(_ndfl2("ДохФЛ_НА", [_agent(_ndfl2, firm), _ndfl2("СведДох", body, Ставка=_RATE)]))
    return _ndfl2("ДохФЛ", [_recipient(_ndfl2, person), *by_agent], ОтчетГод=statements[0][0].year)


def _payments(person: Person, statements: tuple[tuple[IncomeStatement, Firm], ...]) -> Element:
    by_agent: list[Element | None] = []
    for statement, firm in statements:
        body: list[Element | None] = [_months(_incomes, statement), _total(_incomes, statement)]
        parts = [_recipient(_incomes, person), _agent(_incomes, firm), _incomes("СведДох_2НДФЛ", body, Ставка=_RATE)]
        by_agent.append(_incomes("ДохФЛ_НА", list(parts)))
    return _incomes("ДохФЛ", by_agent, ОтчетГод=statements[0][0].year)


def _recipient(build: Builder, person: Person) -> Element:
    name = build("ФИО", FamilyName=person.family_name, FirstName=person.first_name, Patronymic=person.patronymic)
    paper = build("УдЛичнФЛ", DocumentCode=paper_code_of(person), SeriesNumber=paper_of(person.identity))
    return build("ПолучДох", [name, paper], ИННФЛ=person.inn, ДатаРожд=person.birth_date)


def _agent(build: Builder, firm: Firm) -> Element:
    return build("СвНА", [build("СвНАЮЛ", НаимОрг=firm.full_name, ИННЮЛ=firm.inn, КПП=firm.kpp)])


def _months(build: Builder, statement: IncomeStatement) -> Element:
    return build(
        "ДохВыч",
        [
            build("СвСумДох", Месяц=f"{income.month:02d}", КодДоход=income.code, СумДоход=f"{income.amount:.2f}")
            for income in statement.incomes
        ],
    )


def _total(build: Builder, statement: IncomeStatement) -> Element:
    total = f"{statement.total:.2f}"
    return build("СГДНалПер", СумДохОбщ=total, НалБаза=total)


def _total_and_tax(statement: IncomeStatement) -> Element:
    element, tax = _total(_ndfl2, statement), f"{statement.tax:.0f}"
    for name, value in (("НалИсчисл", tax), ("НалУдерж", tax), ("НалПеречисл", tax), ("НалНеУдерж", "0")):
        element.set(name, value)
    return element


def _read_employer(year: int, element: Element) -> Earnings:
    agent = child(element, "СвНА", "СвНАЮЛ")
    parts = children(element, "СведДох")
    totals = [child(part, "СГДНалПер") for part in parts]
    return Earnings(
        year=year,
        employer=attribute(agent, "НаимОрг"),
        employer_inn=attribute(agent, "ИННЮЛ"),
        total=sum((Decimal(attribute(total, "СумДохОбщ")) for total in totals), Decimal(0)),
        tax=sum((Decimal(attribute(total, "НалИсчисл")) for total in totals), Decimal(0)),
        months=tuple(
            (int(attribute(month, "Месяц")), Decimal(attribute(month, "СумДоход")))
            for part in parts
            for deductions in children(part, "ДохВыч")
            for month in children(deductions, "СвСумДох")
        ),
    )
