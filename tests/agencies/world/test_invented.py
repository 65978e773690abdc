"""Who is asked for by a right number and is not there is made of that number, stays, and is one for all keys."""

from datetime import date
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agencies.world import Clues, Firm, Person, World
from agencies.world.check_digits import with_inn_check, with_ogrn_check, with_ogrnip_check, with_snils_check
from tests.agencies.world.people import TODAY

FOREIGN_SNILS = "11223344595"
FOREIGN_INN = "500100732259"
FOREIGN_FIRM_INN = "7707083893"
FOREIGN_OGRN = "1027700132195"


def number(digits: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**digits - 1).map(lambda found: f"{found:0{digits}d}")


def inventing(seed: int = 37) -> World:
    return World(seed, TODAY, invent_unknown=True)


@cache
def shared(seed: int) -> World:
    """Return a world in which more and more people have been invented."""
    return inventing(seed)


def assert_is_known_by_everything(world: World, person: Person) -> None:
    assert world.person_by_snils(person.snils) is person
    if person.inn is not None:
        assert world.person_by_inn(person.inn) is person
    for passport in person.passports:
        assert world.person_by_passport(passport.series, passport.number) is person
    assert person in world.persons_by_name(person.family_name, person.first_name, person.patronymic, person.birth_date)
    assert person in world.persons_at(person.address) or person.death is not None
    for estate in world.estates_of(person):
        assert world.estate(estate.cadastral_number) is estate
        assert estate in world.estates_at(estate.address)
    for vehicle in world.vehicles_of(person):
        assert world.vehicle_by_vin(vehicle.vin) == vehicle
    for charge in world.charges_of(person):
        assert world.charge(charge.uin) == charge
    for relative in (world.spouse_of(person), *world.children_of(person)):
        if relative is not None:
            assert world.person_by_snils(relative.snils) is relative
            assert person in (world.spouse_of(relative), world.father_of(relative), world.mother_of(relative))


@given(st.integers(0, 2), number(9))
@settings(max_examples=40, deadline=None)
def test_by_snils(seed: int, nine: str) -> None:
    world, snils = shared(seed), with_snils_check(nine)
    person = world.person_by_snils(f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}")
    assert person is not None
    assert person.snils == snils
    assert_is_known_by_everything(world, person)


@given(st.integers(0, 2), number(10))
@settings(max_examples=40, deadline=None)
def test_by_inn(seed: int, ten: str) -> None:
    world, inn = shared(seed), with_inn_check(ten)
    person = world.person_by_inn(inn)
    assert person is not None
    assert person.inn == inn
    assert_is_known_by_everything(world, person)


@example(0, "2493", "002493")  # of the third passport of somebody who has not come to the first
@given(st.integers(0, 2), number(4), number(6))
@settings(max_examples=40, deadline=None)
def test_by_passport(seed: int, series: str, six: str) -> None:
    world = shared(seed)
    person = world.person_by_passport(f"{series[:2]} {series[2:]}", six)
    assert person is not None
    assert (series, six) in [(passport.series, passport.number) for passport in person.passports]
    assert_is_known_by_everything(world, person)


@given(st.dates(date(1920, 1, 1), TODAY), st.sampled_from(["Ивановна", "Иванович", None]))
@settings(max_examples=40, deadline=None)
def test_by_name(born: date, patronymic: str | None) -> None:
    world = shared(0)
    (person,) = world.persons_by_name("Пушкина", "Арина", patronymic, born)
    assert (person.family_name, person.first_name, person.patronymic) == ("Пушкина", "Арина", patronymic)
    assert person.birth_date == born
    assert person.sex == ("male" if patronymic == "Иванович" else "female")
    assert (world.spouse_of(person), world.children_of(person)) == (None, ())
    assert_is_known_by_everything(world, person)


@given(number(9), number(10))
@settings(max_examples=40, deadline=None)
def test_the_order_of_asking_does_not_matter(nine: str, ten: str) -> None:
    snils, inn = with_snils_check(nine), with_inn_check(ten)
    one, other = inventing(), inventing()
    first = one.person_by_snils(snils), one.person_by_inn(inn)
    second = other.person_by_inn(inn), other.person_by_snils(snils)
    assert first == second[::-1]


def test_the_same_number_makes_the_same_person_in_every_run() -> None:
    assert inventing().person_by_snils(FOREIGN_SNILS) == inventing().person_by_snils(FOREIGN_SNILS) is not None
    assert inventing().firm_by_ogrn(FOREIGN_OGRN) == inventing().firm_by_ogrn(FOREIGN_OGRN) is not None
    assert inventing().estate("37:24:010203:7") == inventing().estate("37:24:010203:7") is not None


def test_a_drawn_number_leads_to_the_same_person_whichever_is_asked_first() -> None:
    world = inventing()
    person = world.person_by_snils(FOREIGN_SNILS)
    assert person is not None
    again = inventing().person_by_inn(person.inn or "")
    assert again is not None
    assert again.full_name == person.full_name
    assert again.passports == person.passports


def test_who_is_in_the_seed_is_not_invented() -> None:
    plain, world = World(37, TODAY), inventing()
    for person in plain.persons[:50]:
        assert world.person_by_snils(person.snils) == person
        assert plain.jobs_of(person) == world.jobs_of(person)
    assert world.firm_by_ogrn(plain.firms[3].ogrn) == plain.firms[3]
    assert world.estate(plain.estates[3].cadastral_number) == plain.estates[3]


@pytest.mark.parametrize("wrong", ["", "1", "11223344596", "500100732250", "1027700132196", "37:24", "7707083894"])
def test_a_wrong_number_makes_nobody(wrong: str) -> None:
    world = inventing()
    assert world.person_by_snils(wrong) is None
    assert world.person_by_inn(wrong) is None
    assert len(wrong) == 10 or world.person_by_passport("", wrong) is None
    assert world.person_by_ogrnip(wrong) is None
    assert world.firm_by_ogrn(wrong) is None
    assert world.firm_by_inn(wrong) is None
    assert world.estate(wrong) is None


def test_a_name_alone_or_of_tomorrow_makes_nobody() -> None:
    world = inventing()
    assert world.persons_by_name("", "Арина", None, date(1980, 1, 1)) == ()
    assert world.persons_by_name("Пушкина", "Арина", None, date(2013, 3, 5)) == ()
    assert world.persons_by_name("Пушкина", "Арина", None, date(1801, 1, 1)) == ()
    assert world.who(Clues(family_name="Пушкина")) == ()


def test_nobody_is_made_unless_that_is_wanted() -> None:
    world = World(37, TODAY)
    assert world.person_by_snils(FOREIGN_SNILS) is None
    assert world.person_by_inn(FOREIGN_INN) is None
    assert world.firm_by_inn(FOREIGN_FIRM_INN) is None
    assert world.estate("37:24:010203:7") is None
    assert world.persons_by_name("Пушкина", "Арина", None, date(1980, 1, 1)) == ()
    assert world.who(Clues(snils=FOREIGN_SNILS)) == ()


@given(st.integers(0, 2), number(11))
@settings(max_examples=40, deadline=None)
def test_a_firm_and_its_people(seed: int, eleven: str) -> None:
    world, ogrn = shared(seed), with_ogrn_check(f"1{eleven}")
    firm = world.firm_by_ogrn(ogrn)
    assert firm is not None
    assert firm.ogrn == ogrn
    assert_firm_is_whole(world, firm)


@given(number(9))
@settings(max_examples=40, deadline=None)
def test_a_firm_by_inn(nine: str) -> None:
    world, inn = shared(0), with_inn_check(nine)
    firm = world.firm_by_inn(inn)
    assert firm is not None
    assert firm.inn == inn
    assert_firm_is_whole(world, firm)


def assert_firm_is_whole(world: World, firm: Firm) -> None:
    assert world.firm_by_ogrn(firm.ogrn) is firm
    assert world.firm_by_inn(firm.inn) is firm
    assert firm.registered <= TODAY
    for person in (firm.head, *(founder.person for founder in firm.founders)):
        assert firm in world.firms_of(person)
        assert person.age_on(firm.registered) >= 18
        assert_is_known_by_everything(world, person)


@given(number(6), st.integers(1, 10**6))
@settings(max_examples=40, deadline=None)
def test_an_estate_and_its_owners(quarter: str, last: int) -> None:
    world, wanted = shared(1), f"37:24:{quarter}:{last}"
    estate = world.estate(wanted)
    assert estate is not None
    assert estate.cadastral_number == wanted
    assert world.estate(wanted) is estate
    assert estate in world.estates_at(estate.address)
    for right in estate.rights:
        assert estate in world.estates_of(right.owner)
        assert_is_known_by_everything(world, right.owner)


def test_an_entrepreneur() -> None:
    world, ogrnip = inventing(), with_ogrnip_check("30977460012345")
    person = world.person_by_ogrnip(ogrnip)
    assert person is not None
    business = world.entrepreneur_of(person)
    assert business is not None
    assert business.ogrnip == ogrnip
    assert world.person_by_ogrnip(ogrnip) is person
    assert_is_known_by_everything(world, person)


def test_one_request_makes_one_person_of_all_that_it_says() -> None:
    world = inventing()
    clues = Clues(FOREIGN_SNILS, FOREIGN_INN, "37 05", "123456", "Пушкина", "Арина", "Родионовна", date(1979, 5, 6))
    (person,) = world.who(clues)
    assert clues.fit(person)
    assert world.who(clues) == (person,)
    assert world.person_by_passport("3705", "123456") is person
    assert_is_known_by_everything(world, person)


def test_a_request_that_contradicts_itself_finds_nobody() -> None:
    world = inventing()
    known = world.person(0)
    assert world.who(Clues(snils=known.snils, inn=known.inn)) == (known,)
    assert world.who(Clues(snils=known.snils, inn=FOREIGN_INN)) == ()
    assert world.who(Clues(snils=known.snils, family_name="Пушкина")) == ()
    assert world.who(Clues(snils=known.snils, birth_date=date(1901, 1, 1))) == ()
    assert world.who(Clues(snils=known.snils, family_name=known.family_name.upper())) == (known,)


def test_the_invented_do_not_change_the_others() -> None:
    world, plain = inventing(), World(37, TODAY)
    for index in range(200):
        assert world.person_by_snils(with_snils_check(f"{index * 4567:09d}"))
        assert world.estate(f"37:24:01{index:04d}:{index + 1}")
        assert world.firm_by_inn(with_inn_check(f"{index * 7919:09d}"))
    for index in range(0, len(plain.persons), 101):
        person = plain.person(index)
        assert world.person(index) == person
        assert world.estates_of(person) == plain.estates_of(person)
        assert world.firms_of(person) == plain.firms_of(person)
        assert world.persons_at(person.address) == plain.persons_at(person.address)
