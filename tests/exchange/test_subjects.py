"""Whom a request is about, and for which case: told by the names of elements, in any schema."""

from datetime import date

import pytest

from gateway import xml
from gateway.domain.cases import Subject
from gateway.domain.catalogue import DataKind
from gateway.exchange.subjects import case_number_of, subjects_of
from gateway.library.naming import contexts_of, field_of
from tests.exchange.participants import kinds

CASE = "37-2013-000001"

SMIRNOV = Subject(
    snils="95214771414",
    inn="379945132320",
    family_name="Смирнов",
    first_name="Иван",
    patronymic="Дмитриевич",
    birth_date=date(1967, 3, 10),
    passport_series="2490",
    passport_number="052797",
)
"""Whom most of the examples are about."""

NAMED = {
    "fsin/imprisonment": "Рогов",
    "fssp/enforcement": "Уваров",
    "municipality/guardianship": "Титов",
    "municipality/housing-queue": "Шилова",
    "municipality/school": "Смирнова",
    "mvd/convictions": "Рогов",
    "mvd/convictions-giac": "Рогов",
    "mvd/residence-permit": "Каримов",
    "region/employment-service": "Шилова",
    "region/social-benefits": "Лаптев",
    "region/unemployment": "Шилова",
    "sfr/care-benefits": "Смирнова",
    "sfr/child-allowance": "Смирнова Смирнов",
    "sfr/not-insured": "Смирнова",
    "sfr/payments-for-period": "Лаптев",
    "treasury/import-charges": "Уваров",
    "zags/act-record": "Смирнова",
    "zags/death": "Пахомов",
    "zags/divorce": "Гусева",
    "zags/name-change": "Жукова",
    "zags/paternity": "Смирнов",
    "zags/death-notice": "Пахомов",
    **dict.fromkeys(
        (
            "applicant/application",
            "ffoms/medical-services",
            "fns/disqualified",
            "fns/incomes",
            "fns/inn-by-name",
            "fns/inn-by-person",
            "fns/ndfl2",
            "gisjkh/utility-debt",
            "minoborony/military-service",
            "municipality/household-book",
            "municipality/land-act",
            "municipality/privatisation",
            "mvd/living-place-registration",
            "mvd/staying-place-registration",
            "mvd/vehicles",
            "sfr/snils-by-additional-data",
            "sfr/snils-by-data",
            "sfr/snils-validation",
            "sfr/work-fact",
            "zags/birth",
            "zags/marriage",
        ),
        "Смирнов",
    ),
}
"""The family names in the example request of each kind that names persons."""

NUMBERED = {
    "applicant/application": "1043799978210",
    "fns/egrip": "308379900000208",
    "fns/egrul": "1043799978210",
    "fns/headcount": "3799907036",
    "fns/separate-division": "3798993032",
    "fns/small-business": "3799907036",
    "fns/tax-debt": "3799907036",
    "fsrar/alcohol-licence": "3799907036",
    "mchs/fire-safety-conclusion": "3799907036",
    "municipality/building-permit": "1043799978210",
    "mvd/passport-dossier": "052797",
    "region/licence": "3799907036",
    "rosobrnadzor/licence": "1043799978210",
    "rospotrebnadzor/sanitary-conclusion": "3799907036",
    "rostechnadzor/hazardous-facilities": "3799907036",
    "sfr/disability": "95000002226",
    "sfr/insurance-settlements": "3799907036",
    "sfr/social-support": "95214780112",
    "treasury/payments": "95214771414",
}
"""The number of whom the example request of a kind names by a number alone."""

OF_CASES = {
    "applicant/application",
    "applicant/decision",
    "applicant/demand",
    "fns/egrip",
    "fns/egrul",
    "fns/ndfl2",
    "municipality/building-permit",
    "municipality/commissioning-permit",
    "rosreestr/egrn-statement",
    "zags/birth",
    "zags/death",
    "zags/divorce",
    "zags/marriage",
    "zags/name-change",
    "zags/paternity",
}
"""The kinds whose example request names its case."""


KINDS = tuple(kinds().catalogue)


def request_of(kind: DataKind) -> bytes:
    content = kinds().examples_of(kind)[0].request
    assert content is not None
    return content


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_an_example_request_names_whom_it_is_about(kind: DataKind) -> None:
    found = subjects_of(xml.parse(request_of(kind)))
    assert " ".join(one.family_name for one in found if one.family_name) == NAMED.get(kind.id, "")
    by_number = [one for one in found if one.family_name is None]
    numbers = [one.ogrn or one.inn or one.snils or one.passport_number for one in by_number]
    assert numbers == ([NUMBERED[kind.id]] if kind.id in NUMBERED else [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_who_is_named_as_in_the_examples_is_the_same_person(kind: DataKind) -> None:
    """Every value that is found is that person's own: nothing of somebody beside him is mixed in."""
    for found in subjects_of(xml.parse(request_of(kind))):
        if found.family_name == SMIRNOV.family_name and found.first_name == SMIRNOV.first_name:
            said = {name: getattr(found, name) for name in found.__slots__ if getattr(found, name) is not None}
            assert said == {name: getattr(SMIRNOV, name) for name in said}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_an_example_request_names_its_case(kind: DataKind) -> None:
    assert case_number_of(kind, xml.parse(request_of(kind))) == (CASE if kind.id in OF_CASES else None)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<r/>", []),
        ("<r><Snils>952-147-714 14</Snils></r>", [Subject(snils="95214771414")]),
        ("<r><Snils>952147714</Snils></r>", []),  # too short to be one
        ("<r><ДатаРожд>1967-03-10</ДатаРожд></r>", []),  # born on a day, but who
        (
            "<r Фамилия='Смирнов' ДатаРожд='10.03.1967'/>",
            [Subject(family_name="Смирнов", birth_date=date(1967, 3, 10))],
        ),
        ("<r Фамилия='Смирнов' ДатаРожд='31.02.1967'/>", [Subject(family_name="Смирнов")]),
        (
            "<r><p><surname>А</surname><name>Б</name></p></r>",
            [Subject(family_name="А", first_name="Б")],
        ),
        (
            "<r><Organization><Name>ООО</Name><Inn>3799907036</Inn></Organization></r>",
            [Subject(inn="3799907036", name="ООО")],
        ),
        (
            "<r><Snils>95214771414</Snils><Ogrn>1043799978210</Ogrn></r>",
            [Subject(snils="95214771414"), Subject(ogrn="1043799978210")],
        ),
        (
            "<r><p><Snils>95214771414</Snils></p><Child><Born>2004-09-12</Born><Surname>Смирнова</Surname></Child></r>",
            [Subject(snils="95214771414"), Subject(family_name="Смирнова", birth_date=date(2004, 9, 12))],
        ),
        (
            "<r><Sender><FamilyName>Гусева</FamilyName></Sender><Snils>95214771414</Snils></r>",
            [Subject(snils="95214771414")],
        ),
        ("<r><who><Series>2490</Series><Number>052797</Number></who></r>", []),  # of what, nobody says
        ("<r><Payer PayerIdentifier='23799907036379901001'/></r>", [Subject(inn="3799907036")]),
        (
            "<r><Payer PayerIdentifier='1010000000002490052797'/></r>",
            [Subject(passport_series="2490", passport_number="052797")],
        ),
    ],
)
def test_subjects_are_read_by_the_names_of_elements(content: str, found: list[Subject]) -> None:
    assert list(subjects_of(xml.parse(content.encode()))) == found


def test_a_person_asked_about_twice_is_found_once() -> None:
    twice = "<p><Snils>95214771414</Snils></p><Child><Snils>95214771414</Snils></Child>"
    assert subjects_of(xml.parse(f"<r>{twice}</r>".encode())) == (Subject(snils="95214771414"),)


def test_a_content_of_a_million_people_is_not_read_to_the_end() -> None:
    crowd = "".join(f"<p><Snils>{number:011}</Snils></p>" for number in range(60_000))
    assert 0 < len(subjects_of(xml.parse(f"<r>{crowd}</r>".encode()))) <= 1001


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("OwnerLastName", "family_name"),
        ("СерНомДок", "paper"),
        ("objectCadastrNumber", "cadastral"),
        ("externalNumber", "case_number"),
        ("НомЗаявФЛ", "case_number"),
        ("Period_from", "period"),
        ("NumberOfMonths", None),
        ("StatusCode", None),
    ],
)
def test_a_name_says_what_stands_there(name: str, field: str | None) -> None:
    assert field_of(name) == field


def test_a_name_says_what_stands_below_it() -> None:
    assert "asker" in contexts_of("СвЮЛ")
    assert "asker" not in contexts_of("СвЮЛЗапр")
    assert {"asker", "person"} <= contexts_of("SenderFIO")
