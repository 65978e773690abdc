"""Municipal registers tell what the world knows of their own territory, and say so when it knows nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import municipal
from agencies.answers import Answered, child, text
from agencies.local import is_inside
from agencies.municipal.addresses import address_in_line, address_in_parts, estates_at
from agencies.world import PERSONS, Person, World
from gateway.xml import Element
from tests.agencies.asking import WORLD
from tests.agencies.local_asking import (
    IVANOVO,
    KINESHMA,
    answer_of,
    known,
    named,
    of_case,
    oktmo,
    refused_by,
    told_by,
    values,
    world_where,
)

ANY_PERSON = st.integers(0, PERSONS - 1)


# Territory


@pytest.mark.parametrize(
    ("place", "territory", "inside"),
    [
        ("24701000", "24701000", True),
        ("24701000", "24705000", False),
        ("24701000", "24000000", True),
        ("24631101", "24631101", True),
        ("24631101", "24631000", True),
        ("24631101", "24631102", False),
        ("24631000", "24631101", False),
        ("24631101", "24000000", True),
        ("46701000", "24000000", False),
        ("24701000", "24701000001", True),
        ("24620106", "24620000", True),
        ("", "24701000", True),
        ("24701000", "", True),
    ],
)
def test_a_place_lies_on_the_territory_that_its_code_begins_with(place: str, territory: str, inside: bool) -> None:
    assert is_inside(place, territory) is inside


# Addresses


def test_addresses_of_answers_are_read_again() -> None:
    for estate in WORLD.estates[:200]:
        written = address_in_line(str(estate.address))
        assert written is not None
        assert estate in estates_at(WORLD, written)


@pytest.mark.parametrize(
    "street", ["ул. Набережная", "Набережная", "улица Набережная", "ул Набережная", " УЛ.  Набережная "]
)
@pytest.mark.parametrize(("town", "house"), [("Иваново", "83"), ("г. Иваново", "д. 83"), ("город Иваново", "дом 83")])
def test_an_address_is_found_however_its_parts_are_written(town: str, street: str, house: str) -> None:
    home = WORLD.estate("37:24:990112:83")
    assert home in estates_at(WORLD, address_in_parts(town, street, house, ""))


@pytest.mark.parametrize("parts", [("", "ул. Садовая", "5"), ("Иваново", " ", "5"), ("Иваново", "ул. Садовая", "д.")])
def test_an_address_without_a_part_is_none(parts: tuple[str, str, str]) -> None:
    assert address_in_parts(*parts, "") is None


@given(st.text())
def test_no_line_is_too_odd_for_an_address(written: str) -> None:
    assert isinstance(estates_at(WORLD, address_in_line(written)), tuple)


# Children


def test_a_child_is_found_at_its_school() -> None:
    pupils = [minor for person in WORLD.persons for minor in WORLD.children_of(person) if WORLD.enrolments_of(minor)]
    assert len(pupils) > 500
    for pupil in pupils[:100]:
        place = WORLD.enrolments_of(pupil)[-1]
        body = f"{oktmo(place.oktmo)}<Child>{known(pupil)}</Child>"
        told = told_by(municipal.SCHOOL, body, place.oktmo)
        assert values(told, "Found", "Organisation", "Kind", "Since") == (
            "true",
            place.institution,
            place.kind,
            str(place.since),
        )
        assert text(told, "Until") == str(place.until or "")
        elsewhere = KINESHMA if place.oktmo != KINESHMA else IVANOVO
        assert values(told_by(municipal.SCHOOL, body, elsewhere), "Found", "Kind") == ("false",)


def test_a_grown_up_is_at_no_school() -> None:
    body = f"{oktmo()}<Child>{known(of_case('debtor'))}</Child>"
    assert values(told_by(municipal.SCHOOL, body), "Found") == ("false",)


def guardian_of(ward: Person, place: str | None = None, world: World = WORLD) -> Element:
    body = f"{oktmo()}<Child>{known(ward)}</Child>"
    return told_by(municipal.GUARDIANSHIP, body, place or ward.address.oktmo, world)


def test_the_guardian_of_a_ward_is_told_by_the_act() -> None:
    wards = {
        over.ward_snils: over
        for person in WORLD.persons
        for over in WORLD.guardianships_of(person)
        if over.until is None
    }
    assert wards
    for snils, over in wards.items():
        ward, guardian = WORLD.person_by_snils(snils), WORLD.person_by_snils(over.guardian_snils)
        assert ward is not None
        assert guardian is not None
        told = guardian_of(ward)
        assert values(told, "Found", "ActNumber", "ActDate") == ("true", over.act, str(over.since))
        assert values(child(told, "Guardian"), "FamilyName", "FirstName", "BirthDate", "Snils") == (
            guardian.family_name,
            guardian.first_name,
            str(guardian.birth_date),
            guardian.snils,
        )


def test_who_is_no_ward_has_no_guardian() -> None:
    guardian, ward = WORLD.cases()["ward"]
    assert values(guardian_of(guardian), "Found") == ("false",)
    assert values(guardian_of(of_case("minor")), "Found", "ActNumber") == ("false",)
    assert values(guardian_of(ward, KINESHMA), "Found") == ("false",)
    over = {
        "ward_snils": ward.snils, "guardian_snils": guardian.snils, "since": "2010-06-01", "act": "Постановление № 118",
        "body": "Администрация", "until": "2012-01-01",
    }  # fmt: skip
    ended = world_where(person=[{"snils": guardian.snils, "guardianships": [over]}])
    assert values(guardian_of(ward, world=ended), "Found") == ("false",)


# Whom a request names


ABOUT_A_PERSON = {
    municipal.HOUSING_QUEUE: "{}",
    municipal.PRIVATISATION: "{}",
    municipal.HOUSEHOLD_BOOK: "<Person>{}</Person>",
    municipal.SCHOOL: "<Child>{}</Child>",
    municipal.GUARDIANSHIP: "<Child>{}</Child>",
}


@pytest.mark.parametrize("kind_id", ABOUT_A_PERSON)
def test_namesakes_get_nobodys_data_until_one_of_them_is_named_by_snils(kind_id: str) -> None:
    one = of_case("namesakes")
    rejection = refused_by(kind_id, oktmo() + ABOUT_A_PERSON[kind_id].format(named(one)))
    assert rejection.code == "NO_DATA"
    assert "несколько (2), укажите СНИЛС" in rejection.description
    told_by(kind_id, oktmo() + ABOUT_A_PERSON[kind_id].format(known(one)))


@pytest.mark.parametrize("kind_id", ABOUT_A_PERSON)
def test_a_snils_of_somebody_else_gets_nobodys_data(kind_id: str) -> None:
    asked = named(of_case("debtor"), snils=of_case("ward").snils)
    rejection = refused_by(kind_id, oktmo() + ABOUT_A_PERSON[kind_id].format(asked))
    assert rejection.code == "NO_DATA"
    assert "с другими данными" in rejection.description


@pytest.mark.parametrize("kind_id", ABOUT_A_PERSON)
@pytest.mark.parametrize("born", ["1901-01-01", "1901-01-01+04:00", "-0001-01-01", "12013-01-01"])
def test_somebody_unknown_is_no_data(kind_id: str, born: str) -> None:
    asked = f"<FamilyName>Никто</FamilyName><FirstName> Никак </FirstName><BirthDate>{born}</BirthDate>"
    rejection = refused_by(kind_id, oktmo() + ABOUT_A_PERSON[kind_id].format(asked))
    assert rejection.code in ("NO_DATA", "UNKNOWN_REQUEST_DESCRIPTION")


@given(ANY_PERSON)
def test_everybody_gets_an_answer_from_a_body_without_a_territory(index: int) -> None:
    person = WORLD.person(index)
    for kind_id, place in ABOUT_A_PERSON.items():
        assert isinstance(answer_of(kind_id, oktmo() + place.format(known(person)), None), Answered)
