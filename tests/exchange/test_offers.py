"""The lawful way, ready to send: requests of every kind that ships, filled from a case and from nothing else."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway import xml
from gateway.domain.cases import Case, Subject
from gateway.domain.catalogue import DataKind
from gateway.domain.law_envelope import find_law_envelope, read_law_envelope
from gateway.domain.once_only.events import LawEnvelope
from gateway.domain.once_only.violation import Verdict
from gateway.domain.participants import Participant
from gateway.domain.services import Level
from gateway.exchange.offers import Offer, offer
from gateway.exchange.subjects import case_number_of, subjects_of
from gateway.library import Library
from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.protocol import soap
from gateway.protocol.moments import MOSCOW
from gateway.storage import cases, violations
from tests.exchange.lawful import CASE, PORTAL, application, lawful
from tests.exchange.participants import EGRUL, INN, PASSPORT, Sandbox, Speaker, kinds, wire_schemas

BODY = Participant("KINESHMA", "Администрация городского округа Кинешма", oktmo="24705000")
MESSAGE = "0123abcd-84d4-11e2-9e96-0800200c9a66"
TODAY = date(2013, 4, 8)
NUMBER = "дело 17/13-Ж"
"""A number with letters and separators, none of which may be lost."""

WOMAN = Subject(
    snils="11223344595",
    inn="370212345678",
    family_name="Ёлкина",
    first_name="Зинаида",
    patronymic="Фёдоровна",
    birth_date=date(1979, 5, 6),
    passport_series="2405",
    passport_number="778899",
)
CHILD = Subject(
    snils="13467382599",
    family_name="Ёлкин",
    first_name="Егор",
    patronymic="Сергеевич",
    birth_date=date(2008, 2, 3),
)
FIRM = Subject(inn="3703000001", ogrn="1023700000001", name="ООО «Ткач»")

OF_A_WOMAN = Case(
    number=NUMBER,
    service="R01",
    body="KINESHMA",
    level=Level.MUNICIPAL,
    applicant=WOMAN,
    registered_at=datetime(2013, 4, 5, 9, tzinfo=MOSCOW),
    parameters={"cadastral_number": "37:25:010101:7", "oktmo": "24705000"},
)
OF_A_MOTHER = replace(OF_A_WOMAN, named=(CHILD,))
OF_A_FIRM = replace(OF_A_WOMAN, applicant=FIRM, parameters={})
OF_NOBODY = replace(OF_A_WOMAN, applicant=Subject(), parameters={})
CASES = {"woman": OF_A_WOMAN, "mother": OF_A_MOTHER, "firm": OF_A_FIRM, "nobody": OF_NOBODY}

KINDS = tuple(kind for kind in kinds().catalogue if not kind.broadcast)

_PEOPLE = """
    Смирнов Смирнова Иван Дмитриевич Анна Ивановна Елена Павловна Павел Иванович Рогов Виктор Юрьевич Уваров Сергей
    Павлович Титов Ярослав Олегович Шилова Татьяна Романовна Каримов Алишер Рустамович Лаптев Константинович Пахомов
    Борис Ильич Гусева Наталья Ольга Викторовна Жукова Полина Олеговна Шуйский
"""
NAMES = frozenset(_PEOPLE.split())
"""Names of people and firms in the examples."""

DIGITS = re.compile(r"\d{6,}")
NOBODYS = frozenset(("24000000", "24000", "150000", "18811630000010000140", "3784023"))
"""Long numbers in the examples that name nobody: the region, a sum, a budget classification code, a registry office."""


def offered(kind: DataKind, case: Case, known: Library | None = None) -> Offer:
    return offer(known or kinds(), kind, case, body=BODY, message_id=MESSAGE, today=TODAY)


def kind_named(kind_id: str) -> DataKind:
    kind = kinds().catalogue.by_id(kind_id)
    assert kind is not None
    return kind


def values(content: etree._Element) -> list[str]:
    """Return every text and attribute of a content."""
    texts = [element.text or "" for element in content.iter("*")]
    return texts + [str(value) for element in content.iter("*") for value in element.attrib.values()]


def words(content: etree._Element) -> set[str]:
    return {word for value in values(content) for word in re.findall(r"\w+", value)}


def numbers(content: etree._Element) -> set[str]:
    """Return the long numbers, those that are written in groups as one; dates, codes of cases and GUIDs are none."""
    shown = [re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", value) for value in values(content)]
    shown = [value for value in shown if not re.match(r"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|\d\d\.\d{4}|37-2013-", value)]
    return {number for value in shown for number in DIGITS.findall(re.sub(r"(?<=\d) (?=\d)", "", value))}


def example_of(kind: DataKind) -> etree._Element:
    request = kinds().examples_of(kind)[0].request
    assert request is not None
    return xml.parse(request)


def place(content: etree._Element, path: str) -> str:
    """Return what stands at a path of Offer.to_complete."""
    steps, _, attribute = path.partition("/@")
    node = content
    for step in steps.split("/")[2:]:
        name, _, position = step.rstrip("]").partition("[")
        node = [child for child in node if xml.name_of(child)[1] == name][int(position or 1) - 1]
    found = node.get(attribute) if attribute else node.text
    assert found is not None, path
    return found


def test_the_examples_are_about_people_whom_no_offer_may_name() -> None:
    assert len(KINDS) > 70
    seen = set().union(*(words(example_of(kind)) for kind in KINDS))
    assert seen >= NAMES
    assert {"95214771414", "379945132320", "2490052797"} <= set().union(*(numbers(example_of(kind)) for kind in KINDS))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_an_offer_is_valid_and_names_nobody_else(kind: DataKind, case: Case) -> None:
    made = offered(kind, case)
    assert kinds().violations(made.content) == ()
    assert made.kind == kind.id
    assert not words(made.content) & NAMES
    assert numbers(made.content) & numbers(example_of(kind)) <= NOBODYS
    for path in made.to_complete:
        assert place(made.content, path)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_who_is_asked_about_is_the_applicant(kind: DataKind) -> None:
    asked = [one for one in subjects_of(example_of(kind)) if one.family_name or one.snils or one.passport_number]
    found = subjects_of(offered(kind, OF_A_WOMAN).content)
    said = xml.source(offered(kind, OF_A_WOMAN).content).decode()
    if asked:
        assert any(one.is_like(WOMAN) or one.passport_number or one.family_name == WOMAN.family_name for one in found)
        assert any(str(own) in said for own in (WOMAN.family_name, WOMAN.snils, WOMAN.inn, WOMAN.passport_number))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_firm_is_asked_about_where_a_firm_is(kind: DataKind) -> None:
    asked = [one for one in subjects_of(example_of(kind)) if len(one.ogrn or one.inn or "") in (10, 13)]
    if asked:
        assert any(one.is_like(FIRM) for one in subjects_of(offered(kind, OF_A_FIRM).content))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_an_offer_names_its_case_where_the_kind_has_a_place_for_it(kind: DataKind) -> None:
    has_place = case_number_of(kind, example_of(kind)) is not None
    said = " ".join(values(offered(kind, OF_A_WOMAN).content))
    assert (NUMBER in said) is has_place


ODD = st.text(max_size=30) | st.sampled_from(["\0", "\ud800", "<a>&", " ", "112-233-445 95", "9" * 5000])


@given(st.sampled_from(KINDS), st.lists(ODD | st.none(), min_size=9, max_size=9), st.dates(), ODD)
def test_whatever_a_case_holds_the_offer_is_valid(
    kind: DataKind, said: list[str | None], born: date, told: str
) -> None:
    snils, inn, ogrn, family_name, first_name, patronymic, series, number, name = said
    person = Subject(snils, inn, ogrn, family_name, first_name, patronymic, born, series, number)
    applicant = replace(person, name=name)
    parameters = dict.fromkeys(("cadastral_number", "ogrn", "inn", "kpp", "oktmo", "address", "issued"), told)
    case = replace(OF_A_WOMAN, number=told, applicant=applicant, named=(applicant,), parameters=parameters)
    made = offer(kinds(), kind, case, body=replace(BODY, name=told), message_id=told, today=born)
    assert kinds().violations(made.content) == ()
    assert not words(made.content) & NAMES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_offer_is_the_same_every_time(case: Case) -> None:
    for kind in KINDS:
        assert offered(kind, case).envelope == offered(kind, case).envelope


# --- what stands where -------------------------------------------------------------------------------------------


def said(kind_id: str, case: Case) -> dict[str, str]:
    """Return the values of an offer by their places: local names, an attribute as "@name"."""
    content = offered(kind_named(kind_id), case).content
    told = {xml.name_of(element)[1]: (element.text or "").strip() for element in content.iter("*")}
    for element in content.iter("*"):
        told |= {f"@{name}": str(value) for name, value in element.attrib.items()}
    return told


@pytest.mark.parametrize(
    ("kind_id", "case", "expected"),
    [
        ("fns/egrul", OF_A_FIRM, {"ОГРН": FIRM.ogrn, "@НомерДела": NUMBER, "@ИдДок": MESSAGE}),
        # Another branch of a choice, where that number alone is known.
        ("fns/egrul", replace(OF_A_FIRM, applicant=replace(FIRM, ogrn=None)), {"ИННЮЛ": FIRM.inn}),
        ("fns/egrip", OF_A_WOMAN, {"ИНН": WOMAN.inn}),
        ("fns/egrip", replace(OF_A_WOMAN, parameters={"ogrnip": "308370300000019"}), {"ОГРНИП": "308370300000019"}),
        ("fns/egrul", replace(OF_A_WOMAN, parameters={"ogrn": FIRM.ogrn or ""}), {"ОГРН": FIRM.ogrn}),
        ("fns/tax-debt", OF_A_FIRM, {"ИННЮЛ": FIRM.inn, "@НаимЮЛ": BODY.name, "@ДатаНа": "2013-04-08"}),
        ("fns/tax-debt", OF_A_WOMAN, {"ИННФЛ": WOMAN.inn}),
        ("treasury/payments", OF_A_WOMAN, {"PayerIdentifier": "1140000000011223344595"}),
        ("treasury/payments", OF_A_FIRM, {"PayerInn": FIRM.inn}),
        (
            "treasury/payments",
            replace(OF_A_FIRM, parameters={"kpp": "370301001"}),
            {"PayerIdentifier": "23703000001370301001"},
        ),
        ("municipality/building-permit", OF_A_WOMAN, {"UserType": "FL", "FL": "Ёлкина Зинаида Фёдоровна"}),
        ("municipality/building-permit", OF_A_FIRM, {"UserType": "UL", "UL": "ООО «Ткач», ОГРН 1023700000001"}),
        ("municipality/land-act", OF_A_FIRM, {"Applicant": FIRM.name}),
        # As the example writes it.
        (
            "fns/incomes",
            OF_A_WOMAN,
            {"@SeriesNumber": "24 05 778899", "@DocumentCode": "21", "@ДатаРожд": "1979-05-06"},
        ),
        ("mvd/convictions", OF_A_WOMAN, {"year": "1979", "month": "5", "day": "6", "name": WOMAN.first_name}),
        ("mvd/convictions-giac", OF_A_WOMAN, {"DateOfBirth": "06.05.1979", "SecName": WOMAN.family_name}),
        ("sfr/payments-for-period", OF_A_WOMAN, {"Gender": "Female"}),
        ("zags/birth", OF_A_WOMAN, {"СведДокОсн": f"Дело {NUMBER}"}),
        ("fns/ndfl2", OF_A_WOMAN, {"@НомЗаявФЛ": NUMBER, "@ДатаЗаявФЛ": "2013-04-05", "@ОтчетГод": "2012"}),
        # Whose it is: the child's, the mother's, that of the body.
        ("municipality/school", OF_A_MOTHER, {"FirstName": CHILD.first_name, "Snils": CHILD.snils}),
        ("municipality/school", OF_A_WOMAN, {"FirstName": WOMAN.first_name}),
        ("municipality/commissioning-permit", OF_A_WOMAN, {"DepartmentName": BODY.name, "RequestNumber": NUMBER}),
        (
            "municipality/property-register",
            OF_A_WOMAN,
            {"CadasterNumber": "37:25:010101:7", "ReceiverOKTMO": "24705000"},
        ),
        ("sfr/child-allowance", OF_A_WOMAN, {"senderName": BODY.name, "receiverOktmo": "24000000"}),
    ],
)
def test_what_the_case_knows_stands_where_the_kind_wants_it(kind_id: str, case: Case, expected: dict[str, str]) -> None:
    told = said(kind_id, case)
    assert {name: told.get(name) for name in expected} == expected


def test_a_mother_and_her_child_each_have_their_place() -> None:
    content = offered(kind_named("sfr/child-allowance"), OF_A_MOTHER).content
    names = {xml.name_of(part)[1]: [child.text for child in part][:3] for part in content if len(part)}
    assert names["recipient"] == [WOMAN.family_name, WOMAN.first_name, WOMAN.patronymic]
    assert names["child"] == [CHILD.family_name, CHILD.first_name, CHILD.patronymic]


def test_what_nobody_knows_is_left_out_or_marked() -> None:
    """The passport's issue date must stand there, so zeros do; the patronymic of who has none need not."""
    made = offered(
        kind_named("mvd/living-place-registration"), replace(OF_A_WOMAN, applicant=replace(WOMAN, patronymic=None))
    )
    assert made.to_complete == ("/livingPlaceRegistrationRequest/document/russianPassport/issueDate",)
    assert place(made.content, made.to_complete[0]) == "0001-01-01"
    assert "middleName" not in {xml.name_of(element)[1] for element in made.content.iter("*")}
    told = replace(OF_A_WOMAN, parameters={"issued": "2009-06-07"})
    assert offered(kind_named("mvd/living-place-registration"), told).to_complete == ()


def test_what_the_request_is_about_is_shown_even_where_it_could_be_left_out() -> None:
    """The cadastral number of an EGRN request is optional; without any the request would ask for nothing."""
    made = offered(kind_named("rosreestr/egrn-statement"), OF_NOBODY)
    assert made.to_complete == ("/Request/CadastralNumber",)
    assert place(made.content, made.to_complete[0]) == "00:00:000000:000"


@pytest.mark.parametrize(
    ("today", "period"),
    [
        (date(2013, 3, 4), ["2012-01-01", "2012-12-31"]),
        (date(2012, 6, 1), ["2011-01-01", "2011-12-31"]),
        (date(2026, 11, 23), ["2025-01-01", "2025-12-31"]),
    ],
)
def test_a_period_is_the_last_one_that_is_over(today: date, period: list[str]) -> None:
    made = offer(kinds(), kind_named("sfr/not-insured"), OF_A_WOMAN, body=BODY, message_id=MESSAGE, today=today)
    assert [element.text for element in made.content][-2:] == period


# --- ready to send -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", SMEV3_VERSIONS.values(), ids=SMEV3_VERSIONS)
def test_the_envelope_is_valid_on_the_wire_and_carries_the_law_envelope(version: Smev3) -> None:
    for kind in KINDS:
        call = soap.open_envelope(offered(kind, OF_A_WOMAN).envelope_in(version))
        assert wire_schemas().violations(call, version) == ()
        metadata = call.find(f".//{{{version.types}}}BusinessProcessMetadata")
        assert metadata is not None
        law = find_law_envelope(metadata)
        assert law is not None
        read = read_law_envelope(law)
        assert (read.case_number, read.service_code) == (NUMBER, "R01")
        assert read.applicant == Subject(snils=WOMAN.snils, inn=WOMAN.inn)


def test_the_law_envelope_says_what_it_is_given() -> None:
    law = LawEnvelope(case_number=NUMBER, official="Гусева Ольга Викторовна", legal_basis="п. 5 регламента")
    made = offer(kinds(), kind_named(EGRUL), OF_A_FIRM, body=BODY, message_id=MESSAGE, today=TODAY, law=law)
    assert "п. 5 регламента".encode() in made.envelope


@pytest.mark.parametrize("kind_id", [EGRUL, INN])
async def test_what_was_refused_is_fetched_by_the_offer(smev: Sandbox, fns: Speaker, kind_id: str) -> None:
    """The whole way: an application, a case, the offer for it, sent as it is; no rule has anything to say of it."""
    lawful(smev)
    await smev.speaker(PORTAL).sends(application())
    city = smev.speaker("CITY")
    case = smev.store.run_now(lambda c: cases.load(c, CASE))
    body = smev.participants.named("CITY")
    assert case is not None
    assert body is not None
    made = offer(kinds(), kind_named(kind_id), case, body=body, message_id=city.new_id(), today=TODAY)
    await city.call("SendRequest", made.envelope)
    request = await fns.takes()
    assert request is not None
    assert request.metadata.message_id == made.message_id
    found = smev.store.run_now(lambda c: violations.search(c, violations.Sought(), 100))
    assert [item.violation.rule for item in found if item.violation.verdict is Verdict.VIOLATION] == []
    served = smev.store.run_now(lambda c: cases.load(c, CASE))
    assert served is not None
    assert [inquiry.kind for inquiry in served.inquiries] == [kind_id]


def test_an_offer_tells_who_answers(smev: Sandbox) -> None:
    known = smev.participants
    cases = {INN: ("FNS",), PASSPORT: ("MVD",), "applicant/application": ("TOWN",), "fsin/imprisonment": ()}
    for kind_id, holders in cases.items():
        made = offer(
            kinds(), kind_named(kind_id), OF_A_WOMAN, body=BODY, message_id=MESSAGE, today=TODAY, participants=known
        )
        assert made.recipients == holders
