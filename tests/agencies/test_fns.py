"""The tax service tells of firms, entrepreneurs and taxpayers what the world knows, and by codes what it does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import fns
from agencies.answers import attribute, child, children, text
from agencies.world import FIRMS, PERSONS, Charge, Firm, Identity, Person, World
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import ASKER, CASE, GUID, LIBRARY, WORLD, ask, content_of, over_the_wire, rejection_of
from tests.agencies.namesakes import NAMESAKES

indices = st.integers(0, PERSONS - 1)
LAST_YEAR = WORLD.today.year - 1

EARNER = next(person for person in WORLD.persons if person.passports and WORLD.income_statements_of(person, LAST_YEAR))
IDLE = next(person for person in WORLD.persons if person.passports and not WORLD.jobs_of(person))
TRADER = next(person for person in WORLD.persons if WORLD.entrepreneur_of(person))


def inn_of(who: Identity) -> str | None:
    return fns.read_inn(content_of(ask(fns.INN_BY_PERSON, fns.inn_request(who, GUID, ASKER))))


def names_of(content: Element) -> list[tuple[str, str | None]]:
    return [(xml.name_of(node)[1], node.text) for node in content]


def request(kind_id: str, body: str) -> Element:
    """Write a request of a kind by hand: attributes and content of the root."""
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    return xml.parse(f'<{kind.request.root} xmlns="{kind.request.namespace}" {body}</{kind.request.root}>'.encode())


# Legal entities


@given(st.integers(0, FIRMS - 1))
def test_the_extract_of_any_firm_is_that_of_the_register(index: int) -> None:
    firm = WORLD.firms[index]
    content = content_of(ask(fns.EGRUL, fns.egrul_request(firm.ogrn, GUID, CASE)))
    assert content.get("ИдДок") == GUID
    extract = fns.read_egrul(content)
    assert extract == fns.EgrulExtract(
        ogrn=firm.ogrn,
        inn=firm.inn,
        full_name=firm.full_name,
        registered=firm.registered,
        ceased=firm.ceased,
        extract_date=WORLD.today,
        heads=(firm.head.full_name,),
    )


def test_a_firm_is_found_by_inn_too() -> None:
    firm = WORLD.firms[0]
    asked = request(fns.EGRUL, f'ИдДок="{GUID}"><ЗапросЮЛ><ИННЮЛ>{firm.inn}</ИННЮЛ></ЗапросЮЛ>')
    extract = fns.read_egrul(content_of(ask(fns.EGRUL, asked)))
    assert extract is not None
    assert extract.ogrn == firm.ogrn


def test_an_unknown_firm_is_code_01() -> None:
    content = content_of(ask(fns.EGRUL, fns.egrul_request("1000000000000", GUID, CASE)))
    assert fns.read_egrul(content) is None
    assert names_of(content) == [("КодОбр", "01")]


# Entrepreneurs


@given(indices)
def test_the_extract_of_any_entrepreneur_is_that_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    entrepreneur = WORLD.entrepreneur_of(person)
    if person.inn is None:
        return
    extract = fns.read_egrip(content_of(ask(fns.EGRIP, fns.egrip_request_by_inn(person.inn, GUID, CASE))))
    if entrepreneur is None:
        assert extract is None
        return
    assert extract == fns.EgripExtract(
        ogrnip=entrepreneur.ogrnip,
        inn=person.inn,
        full_name=person.full_name,
        registered=entrepreneur.registered,
        ceased=entrepreneur.ceased,
        extract_date=WORLD.today,
    )
    by_ogrnip = content_of(ask(fns.EGRIP, fns.egrip_request(entrepreneur.ogrnip, GUID, CASE)))
    assert fns.read_egrip(by_ogrnip) == extract


def test_an_entrepreneur_who_has_ceased_is_told_so() -> None:
    gone = next(person for person in WORLD.persons if (found := WORLD.entrepreneur_of(person)) and found.ceased)
    entrepreneur = WORLD.entrepreneur_of(gone)
    assert entrepreneur is not None
    extract = fns.read_egrip(content_of(ask(fns.EGRIP, fns.egrip_request(entrepreneur.ogrnip, GUID, CASE))))
    assert extract is not None
    assert extract.ceased == entrepreneur.ceased


def test_an_unknown_entrepreneur_is_code_01() -> None:
    content = content_of(ask(fns.EGRIP, fns.egrip_request("300000000000000", GUID, CASE)))
    assert fns.read_egrip(content) is None
    assert names_of(content) == [("КодОбр", "01")]


# Taxpayer numbers


@given(indices)
def test_the_inn_of_any_person_is_found_by_any_passport(index: int) -> None:
    person = WORLD.person(index)
    for passport in person.passports:
        who = replace(person.identity, passport_series=passport.series, passport_number=passport.number)
        assert inn_of(who) == person.inn


def test_the_inn_is_given_only_where_name_birth_date_and_passport_agree() -> None:
    asked = fns.inn_request(EARNER.identity, GUID, ASKER)
    of_other = fns.inn_request(IDLE.identity, GUID, ASKER)
    asked[1].replace(asked[1][1], of_other[1][1])  # УдЛичнФЛ of somebody else
    content = content_of(ask(fns.INN_BY_PERSON, asked))
    assert fns.read_inn(content) is None
    assert content[0].text == "01"


def test_another_document_than_a_passport_finds_nobody() -> None:
    asked = fns.inn_request(EARNER.identity, GUID, ASKER)
    asked[1][1].set("КодВидДок", "10")
    assert fns.read_inn(content_of(ask(fns.INN_BY_PERSON, asked))) is None


def test_who_has_no_inn_is_code_01() -> None:
    person = next(person for person in WORLD.persons if person.inn is None and person.passports)
    assert inn_of(person.identity) is None


def test_a_request_with_name_and_paper_in_the_namespace_of_the_root_is_taken_too() -> None:
    asked = fns.inn_request(EARNER.identity, GUID, ASKER)
    for node in asked[1]:
        node.tag = f"{{{xml.name_of(asked)[0]}}}{xml.name_of(node)[1]}"
    assert fns.read_inn(content_of(ask(fns.INN_BY_PERSON, asked))) == EARNER.inn


def inn_by_name(person: Person, world: World = WORLD) -> Element:
    last = "<SignLackPatronymic>1</SignLackPatronymic>"
    if person.patronymic:
        last = f"<Patronymic>{person.patronymic}</Patronymic>"
    names = f'FamilyName="{person.family_name}" FirstName="{person.first_name}" BirthDate="{person.birth_date}"'
    body = f'IDRequest="{GUID}"><DataPersonRequest {names}>{last}</DataPersonRequest>'
    return content_of(ask(fns.INN_BY_NAME, request(fns.INN_BY_NAME, body), world))


@given(indices)
def test_the_inn_by_name_is_that_of_who_alone_has_the_name(index: int) -> None:
    person = WORLD.person(index)
    found = WORLD.persons_by_name(person.family_name, person.first_name, person.patronymic, person.birth_date)
    content = inn_by_name(person)
    assert content.get("IDRequest") == GUID
    if found == (person,) and person.inn:
        assert names_of(content) == [("PhysicalPersonINN", person.inn)]
    else:
        assert names_of(content) == [("TreatmentCode", "02" if len(found) > 1 else "01")]


def test_namesakes_get_nobody_the_inn() -> None:
    assert names_of(inn_by_name(EARNER, NAMESAKES)) == [("TreatmentCode", "02")]


def test_the_inn_of_nobody_is_code_01() -> None:
    assert names_of(inn_by_name(replace(EARNER, family_name="Неизвестный"))) == [("TreatmentCode", "01")]


# Incomes


def ndfl2(person: Person, year: int) -> Element:
    return content_of(ask(fns.NDFL2, fns.ndfl2_request(person.identity, year, GUID, CASE, WORLD.today)))


@given(indices, st.integers(2011, 2013))
def test_the_certificates_of_any_person_are_those_of_the_employers(index: int, year: int) -> None:
    person = WORLD.person(index)
    if not person.passports:
        return
    statements = WORLD.income_statements_of(person, year)
    earnings = fns.read_ndfl2(ndfl2(person, year))
    assert [(one.year, one.total, one.months) for one in earnings] == [
        (year, one.total, tuple((income.month, income.amount) for income in one.incomes)) for one in statements
    ]
    for one, statement in zip(earnings, statements, strict=True):
        firm = WORLD.firm_by_ogrn(statement.employer_ogrn)
        assert firm is not None
        assert (one.employer, one.employer_inn) == (firm.full_name, firm.inn)
        assert abs(one.tax - statement.tax) <= Decimal("0.5")


def test_certificates_name_the_person_as_asked() -> None:
    found = child(ndfl2(EARNER, LAST_YEAR), "ДохФЛ", "ПолучДох")
    assert found is not None
    assert found.get("ИННФЛ") == EARNER.inn
    assert found.get("ДатаРожд") == str(EARNER.birth_date)


def test_who_earned_nothing_is_code_01() -> None:
    content = ndfl2(IDLE, LAST_YEAR)
    assert fns.read_ndfl2(content) == ()
    assert names_of(content) == [("КодОбраб", "01")]


def test_certificates_are_given_only_where_all_that_is_told_is_one_persons() -> None:
    asked = fns.ndfl2_request(EARNER.identity, LAST_YEAR, GUID, CASE, WORLD.today)
    asked[0].set("СНИЛС", f"{IDLE.snils[:3]}-{IDLE.snils[3:6]}-{IDLE.snils[6:9]} {IDLE.snils[9:]}")
    assert names_of(content_of(ask(fns.NDFL2, asked))) == [("КодОбраб", "01")]


def test_a_tax_agent_is_told_the_number_of_certificates() -> None:
    firm = next(firm for firm in WORLD.firms if firm.registered.year < LAST_YEAR)
    agent = f'<СвНА><СвНАЮЛ НаимОрг="Работодатель" ИННЮЛ="{firm.inn}" КПП="{firm.kpp}"/></СвНА>'
    head = 'Id="PERSONAL_SIGNATURE" ТипЗапросП="2" ОтчетГод='
    counted = content_of(ask(fns.NDFL2, request(fns.NDFL2, f'{head}"{LAST_YEAR}">{agent}')))
    assert attribute(child(counted, "КолДокНА"), "КолДок") == str(firm.headcount)
    unfinished = content_of(ask(fns.NDFL2, request(fns.NDFL2, f'{head}"{WORLD.today.year}">{agent}')))
    assert names_of(unfinished) == [("КодОбраб", "01")]


def test_incomes_are_those_of_the_certificates() -> None:
    who = EARNER.identity
    name = f'FamilyName="{who.family_name}" FirstName="{who.first_name}"'
    name += f' Patronymic="{who.patronymic}"' if who.patronymic else ""
    paper = f'DocumentCode="21" SeriesNumber="{who.passport_series} {who.passport_number}"'
    person = f'<СвФЛ ДатаРожд="{who.birth_date}"><ФИОФЛ {name}/><УдЛичн {paper}/></СвФЛ>'
    asked = request(fns.INCOMES, f'Id="PERSONAL_SIGNATURE" ОтчетГод="{LAST_YEAR}">{person}')
    told = child(content_of(ask(fns.INCOMES, asked)), "ДохФЛ")
    assert told is not None
    totals = [attribute(child(one, "СведДох_2НДФЛ", "СГДНалПер"), "СумДохОбщ") for one in children(told, "ДохФЛ_НА")]
    assert [Decimal(total) for total in totals] == [
        statement.total for statement in WORLD.income_statements_of(EARNER, LAST_YEAR)
    ]


# Debts


def owes(inn: str, world: World = WORLD) -> bool | None:
    return fns.read_tax_debt(content_of(ask(fns.TAX_DEBT, fns.tax_debt_request(inn, GUID, ASKER, world.today), world)))


def test_a_firm_with_debts_of_taxes_is_told_from_one_without() -> None:
    debtor = next(firm for firm in WORLD.firms if firm.tax_debt)
    clean = next(firm for firm in WORLD.firms if not firm.tax_debt and not WORLD.unpaid_of(firm))
    assert owes(debtor.inn) is True
    assert owes(clean.inn) is False


def test_a_person_owes_what_the_tax_service_charged_and_nobody_paid() -> None:
    class Charged(World):
        def unpaid_of(self, payer: Person | Firm) -> tuple[Charge, ...]:
            return (charge,)

        def enforcements_of(self, _: Person | Firm) -> tuple[()]:
            return ()

    assert EARNER.inn is not None
    charge = Charge("0" * 20, date(2013, 1, 9), Decimal(100), "Налог", "182" + "0" * 17, "УФК", "0", "0", "24701000")
    assert owes(EARNER.inn, Charged(37, WORLD.today)) is True
    charge = replace(charge, kbk="188" + "0" * 17)
    assert owes(EARNER.inn, Charged(37, WORLD.today)) is False


def test_an_unknown_taxpayer_is_neither_a_debtor_nor_clean() -> None:
    assert owes("0000000000") is None
    assert owes("000000000000") is None


def test_a_request_as_other_systems_write_it_is_answered() -> None:
    firm = WORLD.firms[0]
    body = f'ИдЗапрос="{GUID}"><ЗапросНП ДатаЗапрСв="2013-03-01"><ИННЮЛ>{firm.inn}</ИННЮЛ></ЗапросНП><Прочее/>'
    content = content_of(ask(fns.TAX_DEBT, request(fns.TAX_DEBT, body)))
    assert content.get("ИдЗапрос") == GUID
    assert text(content, "СвЗадолж", "ИННЮЛ") == firm.inn


def test_a_request_that_names_no_taxpayer_is_told_what_to_do() -> None:
    rejection = rejection_of(ask(fns.TAX_DEBT, request(fns.TAX_DEBT, '><ЗапросНП ДатаНа="2013-03-01"/>')))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "ИННЮЛ" in rejection.description


# Employees and divisions


def headcount(body: str) -> Element:
    return content_of(ask(fns.HEADCOUNT, request(fns.HEADCOUNT, body)))


def test_the_headcount_is_that_of_the_last_year() -> None:
    firm = next(firm for firm in WORLD.firms if firm.ceased is None and firm.registered.year < LAST_YEAR)
    by_inn = child(headcount(f"><ИННЮЛ>{firm.inn}</ИННЮЛ><ОтчетГод>{LAST_YEAR}</ОтчетГод>"), "СрСписЧисл")
    by_ogrn = child(headcount(f"><Организация><ОГРН>{firm.ogrn}</ОГРН></Организация>"), "СрСписЧисл")
    for told in (by_inn, by_ogrn):
        assert told is not None
        assert told.get("СреднЧисл") == str(firm.headcount)
        assert told.get("СреднЧислДата") == f"{WORLD.today.year}-01-01"


def test_the_headcount_of_another_year_or_of_no_firm_is_code_01() -> None:
    firm = WORLD.firms[0]
    for body in (f"><ИННЮЛ>{firm.inn}</ИННЮЛ><ОтчетГод>1999</ОтчетГод>", "><ИННЮЛ>0000000000</ИННЮЛ>"):
        assert names_of(headcount(body)) == [("КодОбр", "01")]


def test_the_divisions_of_a_firm_are_those_of_the_register() -> None:
    firm = next(firm for firm in WORLD.firms if firm.divisions)
    asked = request(fns.SEPARATE_DIVISION, f'ИдДок="{GUID}"><ИННЮЛ>{firm.inn}</ИННЮЛ>')
    content = content_of(ask(fns.SEPARATE_DIVISION, asked))
    assert [(one.get("НаимОП"), one.get("КППОП"), one.get("АдресМНОП")) for one in content] == [
        (division.name, division.kpp, str(division.address)) for division in firm.divisions
    ]


def test_a_firm_without_divisions_is_code_01() -> None:
    firm = next(firm for firm in WORLD.firms if not firm.divisions)
    content = content_of(ask(fns.SEPARATE_DIVISION, request(fns.SEPARATE_DIVISION, f"><ОГРН>{firm.ogrn}</ОГРН>")))
    assert names_of(content) == [("КодОбр", "01")]


@pytest.mark.parametrize("kind_id", [fns.HEADCOUNT, fns.SEPARATE_DIVISION])
@pytest.mark.parametrize("body", [">", "><ИНН></ИНН>", "><Организация/>"])
def test_an_open_request_that_names_no_firm_is_told_what_to_do(kind_id: str, body: str) -> None:
    rejection = rejection_of(ask(kind_id, request(kind_id, body)))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "ОГРН" in rejection.description


# One world


def test_the_head_of_a_firm_has_the_inn_that_the_tax_service_gives() -> None:
    firm = next(firm for firm in WORLD.firms if firm.head.passports)
    content = content_of(ask(fns.EGRUL, fns.egrul_request(firm.ogrn, GUID, CASE)))
    officer = next(node for node in content.iter("*") if xml.name_of(node)[1] == "СведДолжнФЛ")
    assert officer[0].get("ИННФЛ") == inn_of(firm.head.identity)


def test_the_employer_of_a_certificate_is_in_the_register() -> None:
    earned = fns.read_ndfl2(ndfl2(EARNER, LAST_YEAR))[0]
    asked = request(fns.EGRUL, f'ИдДок="{GUID}"><ЗапросЮЛ><ИННЮЛ>{earned.employer_inn}</ИННЮЛ></ЗапросЮЛ>')
    extract = fns.read_egrul(over_the_wire(content_of(ask(fns.EGRUL, asked))))
    assert extract is not None
    assert extract.full_name == earned.employer
