"""Answers are valid by their kinds' schemas, true to the one world, and honest about what is not there."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import fns, mvd, rosreestr
from agencies.answering import ANSWERS
from agencies.answers import Answer, Answered, InProgress, Question, RejectCode, Rejected
from agencies.records import Body, Identity, Person
from agencies.registers import ESTATES, FIRMS, PERSONS, World
from gateway import ns, xml
from gateway.domain.participants import Participant
from gateway.library import load
from gateway.xml import Element

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
KINDS = SCHEMAS / "kinds"
GUID = "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
CASE = "37-2013-000001"
ASKER = Body("Администрация городского округа Иваново", "3799000008", "1023799000004")

WORLD = World(37, date(2013, 3, 4))
LIBRARY = load(KINDS)

AGENCY = Participant("IVN001", "Администрация городского округа Иваново", "24701000")


def over_the_wire(element: Element) -> Element:
    """Return the element as the other side parses it."""
    return xml.parse(xml.source(element))


def question(content: Element) -> Question:
    return Question(WORLD, content, AGENCY, GUID)


def ask(kind_id: str, request: Element) -> tuple[Answer, ...]:
    """Ask the agency of a kind with a request that is valid, and see that its answers are."""
    request = over_the_wire(request)
    assert LIBRARY.violations(request) == ()
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    assert xml.name_of(request) == (kind.request.namespace, kind.request.root)
    answers = ANSWERS[kind_id](question(request))
    for answer in answers:
        if isinstance(answer, Answered):
            assert kind.response is not None
            assert xml.name_of(answer.content) == (kind.response.namespace, kind.response.root)
            assert LIBRARY.violations(over_the_wire(answer.content)) == ()
    assert [isinstance(answer, InProgress) for answer in answers] == [True] * (len(answers) - 1) + [False]
    return answers


def content_of(answers: tuple[Answer, ...]) -> Element:
    final = answers[-1]
    assert isinstance(final, Answered)
    return over_the_wire(final.content)


def inn_of(who: Identity) -> str | None:
    return fns.read_inn(content_of(ask(fns.INN_BY_PERSON, fns.inn_request(who, GUID, ASKER))))


# Every kind of every agency


def test_each_answered_kind_is_in_the_catalogue() -> None:
    assert all(LIBRARY.catalogue.by_id(kind_id) for kind_id in ANSWERS)


def test_reject_codes_are_those_of_the_exchange() -> None:
    types = xml.parse((SCHEMAS / "smev3" / "1.2" / "smev-message-exchange-types-1.2.xsd").read_bytes())
    path = f".//{{{ns.XSD}}}simpleType[@name='RejectCode']//{{{ns.XSD}}}enumeration"
    assert {value.get("value") for value in types.iterfind(path)} == set(get_args(RejectCode))


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_the_example_of_each_kind_is_answered_by_its_example(kind_id: str) -> None:
    folder = next((KINDS / kind_id).iterdir())
    request, response = (xml.parse((folder / f"example-{role}.xml").read_bytes()) for role in ("request", "response"))
    assert texts(content_of(ANSWERS[kind_id](question(request)))) == texts(response)


def texts(element: Element) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (
            str(node.tag),
            (node.text or "").strip(),
            {str(name): str(node.attrib[name]) for name in node.attrib},
        )
        for node in element.iter("*")
    ]


# The tax service


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
    request = over_the_wire(fns.egrul_request(firm.ogrn, GUID, CASE))
    asked = request[0]
    namespace = xml.name_of(request)[0]
    asked[0].tag = f"{{{namespace}}}ИННЮЛ"
    asked[0].text = firm.inn
    extract = fns.read_egrul(content_of(ask(fns.EGRUL, request)))
    assert extract is not None
    assert extract.ogrn == firm.ogrn


def test_an_unknown_firm_is_code_01() -> None:
    content = content_of(ask(fns.EGRUL, fns.egrul_request("1000000000000", GUID, CASE)))
    assert fns.read_egrul(content) is None
    assert [(xml.name_of(node)[1], node.text) for node in content] == [("КодОбр", "01")]


@given(st.integers(0, PERSONS - 1))
def test_the_inn_of_any_person_is_found_by_any_passport(index: int) -> None:
    person = WORLD.person(index)
    for passport in person.passports:
        who = replace(person.identity, passport_series=passport.series, passport_number=passport.number)
        assert inn_of(who) == person.inn


def test_the_inn_is_given_only_where_name_birth_date_and_passport_agree() -> None:
    person, other = WORLD.person(0), WORLD.person(1)
    request = fns.inn_request(person.identity, GUID, ASKER)
    of_other = fns.inn_request(other.identity, GUID, ASKER)
    request[1].replace(request[1][1], of_other[1][1])  # УдЛичнФЛ of somebody else
    content = content_of(ask(fns.INN_BY_PERSON, request))
    assert fns.read_inn(content) is None
    assert content[0].text == "01"


def test_another_document_than_a_passport_finds_nobody() -> None:
    request = fns.inn_request(WORLD.person(0).identity, GUID, ASKER)
    request[1][1].set("КодВидДок", "10")
    assert fns.read_inn(content_of(ask(fns.INN_BY_PERSON, request))) is None


# The ministry of internal affairs


@given(st.integers(0, PERSONS - 1))
def test_the_dossier_of_any_person_has_every_passport(index: int) -> None:
    person = WORLD.person(index)
    for passport in person.passports:
        request = mvd.dossier_request(passport.series, passport.number)
        assert mvd.read_dossier(content_of(ask(mvd.PASSPORT_DOSSIER, request))) == person.passports


@given(st.integers(0, PERSONS - 1))
def test_a_dossier_is_found_by_name_where_the_name_is_one_persons(index: int) -> None:
    person = WORLD.person(index)
    answers = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request_by_name(person.identity))
    assert mvd.read_dossier(content_of(answers)) == person.passports


def test_an_unknown_passport_is_no_data() -> None:
    (answer,) = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request("0000", "000000"))
    assert answer == Rejected("NO_DATA", "Граждан с указанными данными не найдено")


def test_namesakes_of_one_day_get_nobody_the_dossier() -> None:
    class Namesakes(World):
        def persons_by_name(self, *_: object) -> tuple[Person, ...]:
            return (self.person(0), self.person(1))

    request = mvd.dossier_request_by_name(WORLD.person(0).identity)
    (answer,) = mvd.passport_dossier(replace(question(request), world=Namesakes(37, WORLD.today)))
    assert isinstance(answer, Rejected)
    assert answer.code == "NO_DATA"
    assert "несколько (2)" in answer.description


# Rosreestr


@given(st.integers(0, ESTATES - 1))
def test_the_extract_of_any_estate_comes_after_its_request_number(index: int) -> None:
    estate = WORLD.estates[index]
    answers = ask(rosreestr.EGRN_STATEMENT, rosreestr.egrn_request(estate.cadastral_number, CASE))
    extract = rosreestr.read_extract(content_of(answers))
    assert extract is not None
    assert answers[0] == InProgress(rosreestr.ACCEPTED, extract.request_number)
    assert (extract.cadastral_number, extract.kind, extract.address, extract.area, extract.value) == (
        estate.cadastral_number,
        estate.kind,
        str(estate.address),
        estate.area,
        estate.value,
    )
    assert [(owner.snils, owner.birth_date, owner.share) for owner in extract.owners] == [
        (right.owner.snils, right.owner.birth_date, right.share) for right in estate.rights
    ]


def test_an_unknown_cadastral_number_is_no_data_after_the_request_number() -> None:
    first, final = ask(rosreestr.EGRN_STATEMENT, rosreestr.egrn_request("37:24:990000:1", CASE))
    assert isinstance(first, InProgress)
    assert isinstance(final, Rejected)
    assert final.code == "NO_DATA"
    assert "37:24:990000:1" in final.description


def test_a_request_by_attachment_is_told_what_to_do() -> None:
    request = rosreestr.egrn_request("37:24:990000:1", CASE)
    request.remove(request[-1])
    (answer,) = ask(rosreestr.EGRN_STATEMENT, request)
    assert isinstance(answer, Rejected)
    assert answer.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "CadastralNumber" in answer.description


def test_an_answer_that_tells_only_the_request_number_has_no_extract() -> None:
    request = rosreestr.egrn_request(WORLD.estates[0].cadastral_number, CASE)
    content = content_of(ask(rosreestr.EGRN_STATEMENT, request))
    content.remove(content[-1])
    assert LIBRARY.violations(content) == ()
    assert rosreestr.read_extract(content) is None


# One world


def test_one_person_is_the_same_at_every_agency() -> None:
    estate = next(estate for estate in WORLD.estates if estate.rights)
    request = rosreestr.egrn_request(estate.cadastral_number, CASE)
    extract = rosreestr.read_extract(content_of(ask(rosreestr.EGRN_STATEMENT, request)))
    assert extract is not None
    owner = WORLD.person_by_snils(extract.owners[0].snils)
    assert owner is not None
    assert inn_of(owner.identity) == owner.inn
    by_name = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request_by_name(owner.identity))
    assert mvd.read_dossier(content_of(by_name))[-1] == owner.passport


def test_the_head_of_a_firm_has_the_inn_that_the_tax_service_gives() -> None:
    firm = WORLD.firms[3]
    content = content_of(ask(fns.EGRUL, fns.egrul_request(firm.ogrn, GUID, CASE)))
    officer = next(node for node in content.iter("*") if xml.name_of(node)[1] == "СведДолжнФЛ")
    assert officer[0].get("ИННФЛ") == inn_of(firm.head.identity)


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_an_empty_request_is_answered_without_failing(kind_id: str) -> None:
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    empty = xml.parse(f'<{kind.request.root} xmlns="{kind.request.namespace}"/>'.encode())
    assert ANSWERS[kind_id](question(empty))
