"""The world is one, the same for every order of asking, and its numbers are right."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.check_digits import is_inn, is_ogrn, is_snils
from agencies.registers import World

TODAY = date(2013, 3, 4)


@pytest.fixture(scope="module")
def world() -> World:
    return World(37, TODAY)


def test_the_same_seed_gives_the_same_world_in_any_order_of_asking(world: World) -> None:
    other = World(37, TODAY)
    assert other.estates[-1] == world.estates[-1]
    assert other.firms[7] == world.firms[7]
    assert [other.person(index) for index in reversed(range(300))] == list(reversed(world.persons))


def test_another_seed_gives_another_world(world: World) -> None:
    other = World(38, TODAY)
    assert {person.snils for person in other.persons} != {person.snils for person in world.persons}
    assert other.persons[0] != world.persons[0]


def test_a_later_day_changes_passports_only(world: World) -> None:
    later = World(37, date(2033, 1, 1))
    replaced = 0
    for before, after in zip(world.persons, later.persons, strict=True):
        assert (before.snils, before.full_name, before.address) == (
            after.snils,
            after.full_name,
            after.address,
        )
        assert [passport.number for passport in before.passports] == [
            passport.number for passport in after.passports[: len(before.passports)]
        ]
        replaced += len(after.passports) > len(before.passports)
    assert replaced > 50
    assert [firm.ogrn for firm in later.firms] == [firm.ogrn for firm in world.firms]


def test_a_world_before_the_law_is_refused() -> None:
    with pytest.raises(ValueError, match="2011-10-01"):
        World(1, date(2011, 9, 30))


@given(st.integers(0, 10**6))
def test_numbers_are_right_and_nobody_shares_one(seed: int) -> None:
    some = World(seed, TODAY)
    people = [some.person(index) for index in range(0, 300, 11)]
    assert all(is_snils(person.snils) and is_inn(person.inn) for person in people)
    assert len({person.snils for person in people}) == len(people)
    assert len({person.inn for person in people}) == len(people)


def test_all_numbers_are_unique(world: World) -> None:
    passports = [(passport.series, passport.number) for person in world.persons for passport in person.passports]
    for numbers in (
        passports,
        [person.snils for person in world.persons],
        [person.inn for person in world.persons],
        [firm.ogrn for firm in world.firms],
        [firm.inn for firm in world.firms],
        [estate.cadastral_number for estate in world.estates],
    ):
        assert len(set(numbers)) == len(numbers)
    assert all(is_ogrn(firm.ogrn) and is_inn(firm.inn) and len(firm.kpp) == 9 for firm in world.firms)


def test_names_agree_with_sex(world: World) -> None:
    for person in world.persons:
        female = person.sex == "female"
        assert person.family_name.endswith("а") == female
        if person.patronymic is not None:
            assert person.patronymic.endswith("на" if female else "ич")
    assert any(person.patronymic is None for person in world.persons)
    assert {person.sex for person in world.persons} == {"male", "female"}


def test_passports_follow_each_other_and_the_last_is_valid(world: World) -> None:
    for person in world.persons:
        issued = [passport.issued for passport in person.passports]
        assert issued == sorted(set(issued))
        assert issued[0] >= person.birth_date + timedelta(days=14 * 365)
        assert issued[-1] <= TODAY
        assert [passport.invalid_because is None for passport in person.passports] == [
            *[False] * (len(issued) - 1),
            True,
        ]
    assert any(len(person.passports) == 2 for person in world.persons)


def test_firms_are_founded_and_led_by_adults_of_this_world(world: World) -> None:
    for firm in world.firms:
        for person in (firm.head, *(founder.person for founder in firm.founders)):
            assert world.person_by_snils(person.snils) is person
            assert firm.registered >= person.birth_date + timedelta(days=18 * 365)
        assert firm.capital == sum(founder.share for founder in firm.founders)
        assert firm.capital >= Decimal(10_000)
        assert firm.ceased is None or firm.registered < firm.ceased <= TODAY
        assert f"{firm.registered:%y}" == firm.ogrn[1:3]
    assert any(firm.ceased for firm in world.firms)


def test_estates_belong_to_persons_of_this_world(world: World) -> None:
    shared = 0
    for estate in world.estates:
        assert estate.cadastral_number.startswith("37:24:")
        assert estate.area > 0
        assert estate.value > 0
        for right in estate.rights:
            assert estate in world.estates_of(right.owner)
        shared += len(estate.rights) == 2
    assert shared
    assert any(not estate.rights for estate in world.estates)
    assert {estate.kind for estate in world.estates} == {"parcel", "building", "flat"}


def test_everything_is_found_by_its_numbers(world: World) -> None:
    for person in world.persons:
        assert world.person_by_snils(f"{person.snils[:3]}-{person.snils[3:]}") is person
        assert world.person_by_inn(person.inn) is person
        assert person in world.persons_by_name(
            f" {person.family_name.upper()}", person.first_name, person.patronymic, person.birth_date
        )
        for passport in person.passports:
            assert world.person_by_passport(passport.series, passport.number) is person
    for firm in world.firms:
        assert world.firm_by_ogrn(firm.ogrn) is firm
        assert world.firm_by_inn(firm.inn) is firm
        assert world.firm_by_ogrn(firm.inn) is None
    for estate in world.estates:
        assert world.estate(estate.cadastral_number) is estate


def test_names_are_found_without_yo(world: World) -> None:
    person = next(person for person in world.persons if "ё" in person.family_name)
    spelled = person.family_name.replace("ё", "е")
    assert person in world.persons_by_name(spelled, person.first_name, person.patronymic, person.birth_date)


def test_what_is_not_there_is_not_found(world: World) -> None:
    assert world.person_by_snils("00000000000") is None
    assert world.person_by_inn("") is None
    assert world.person_by_passport("", "") is None
    assert world.persons_by_name("Никто", "Никто", None, TODAY) == ()
    assert world.firm_by_ogrn("") is None
    assert world.estate("37:24:990000:1") is None
    with pytest.raises(IndexError):
        world.person(300)
    with pytest.raises(IndexError):
        world.person(-1)
