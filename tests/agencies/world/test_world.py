"""The world is one, the same for every order of asking and on every day, and its numbers are right."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.world import ESTATES, FIRMS, PERSONS, Firm, Person, World
from agencies.world.check_digits import is_inn, is_ogrn, is_ogrnip, is_snils, is_uin
from tests.agencies.world.people import TODAY, everyone

LATER = date(2033, 1, 1)


def test_the_same_seed_gives_the_same_world_in_any_order_of_asking(world: World) -> None:
    other = World(37, TODAY)
    assert other.estates[-1] == world.estates[-1]
    assert other.firms[7] == world.firms[7]
    assert [other.person(index) for index in reversed(range(300))] == list(reversed(world.persons[:300]))


@given(st.integers(0, 10**6), st.permutations(range(40)))
@settings(max_examples=5, deadline=None)
def test_what_is_asked_first_changes_nothing(seed: int, order: list[int]) -> None:
    straight, mixed = World(seed, TODAY), World(seed, TODAY)

    def lives(world: World, indices: list[int]) -> dict[int, object]:
        return {
            index: (
                world.person(index),
                world.jobs_of(world.person(index)),
                world.estates_of(world.person(index)),
                world.children_of(world.person(index)),
                world.charges_of(world.person(index)),
                world.firms[index],
            )
            for index in indices
        }

    assert lives(straight, list(range(40))) == lives(mixed, order)


def test_another_seed_gives_another_world(world: World) -> None:
    other = World(38, TODAY)
    assert not {person.snils for person in other.persons} & {person.snils for person in world.persons}
    assert other.persons[0].full_name != world.persons[0].full_name


def test_a_later_day_brings_only_what_time_brings(world: World) -> None:
    later = World(37, LATER)
    replaced = died = 0
    for before, after in zip(world.persons, later.persons, strict=True):
        assert (before.snils, before.full_name, before.address) == (after.snils, after.full_name, after.address)
        assert [passport.number for passport in before.passports] == [
            passport.number for passport in after.passports[: len(before.passports)]
        ]
        assert before.death in (None, after.death)
        replaced += len(after.passports) > len(before.passports)
        died += after.death != before.death
    assert replaced > 50
    assert died > 50
    assert [firm.ogrn for firm in later.firms] == [firm.ogrn for firm in world.firms]
    assert [estate.rights[0].number for estate in later.estates if estate.rights] == [
        estate.rights[0].number for estate in world.estates if estate.rights
    ]


def test_a_world_before_the_law_is_refused() -> None:
    with pytest.raises(ValueError, match="2011-10-01"):
        World(1, date(2011, 9, 30))


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_numbers_are_right_and_nobody_shares_one(seed: int) -> None:
    some = World(seed, TODAY)
    people = [some.person(index) for index in range(0, PERSONS, 97)]
    assert all(is_snils(person.snils) for person in people)
    assert len({person.snils for person in people}) == len(people)
    inns = [person.inn for person in people if person.inn is not None]
    assert len(inns) > len(people) / 2
    assert all(is_inn(inn) for inn in inns)
    assert len(set(inns)) == len(inns)


def test_all_numbers_are_unique(world: World) -> None:
    people = [*everyone(world), *(person for people in world.cases().values() for person in people)]
    owners: list[Person | Firm] = [*people, *world.firms]
    charges = [charge for owner in owners for charge in world.charges_of(owner)]
    vehicles = [vehicle for person in people for vehicle in world.vehicles_of(person)]
    entrepreneurs = [found for person in people if (found := world.entrepreneur_of(person))]
    for numbers in (
        [(paper.series, paper.number) for person in people for paper in person.papers],
        [person.snils for person in people],
        [person.inn for person in people if person.inn],
        [firm.ogrn for firm in world.firms],
        [firm.inn for firm in world.firms],
        [estate.cadastral_number for estate in world.estates],
        [charge.uin for charge in charges],
        [payment.uip for owner in owners for payment in world.payments_of(owner)],
        [found.number for owner in owners for found in world.enforcements_of(owner)],
        [vehicle.vin for vehicle in vehicles],
        [vehicle.plate for vehicle in vehicles],
        [found.ogrnip for found in entrepreneurs],
    ):
        assert len(numbers) > 30
        assert len(set(numbers)) == len(numbers)
    assert all(is_ogrn(firm.ogrn) and is_inn(firm.inn) and len(firm.kpp) == 9 for firm in world.firms)
    assert all(is_ogrnip(found.ogrnip) for found in entrepreneurs)
    assert all(is_uin(charge.uin) for charge in charges)


def test_names_agree_with_sex(world: World) -> None:
    for person in world.persons:
        female = person.sex == "female"
        assert person.family_name.endswith("а") == female
        if person.patronymic is not None:
            assert person.patronymic.endswith("на" if female else "ич")
    assert any(person.patronymic is None for person in world.persons)
    assert {person.sex for person in world.persons} == {"male", "female"}


def test_passports_follow_each_other_and_the_last_is_valid_while_the_holder_lives(world: World) -> None:
    for person in everyone(world):
        issued = [passport.issued for passport in person.passports]
        assert issued == sorted(set(issued))
        if person.age_on(TODAY) >= 15:
            assert person.passport is person.passports[-1]
        if issued:
            assert issued[0] >= person.birth_date + timedelta(days=14 * 365)
            assert issued[-1] <= TODAY
            assert [passport.invalid_because is None for passport in person.passports] == [
                *[False] * (len(issued) - 1),
                person.death is None,
            ]
    assert any(len(person.passports) == 2 for person in world.persons)


def test_a_child_has_no_passport_but_a_birth_certificate(world: World) -> None:
    child = next(person for person in everyone(world) if person.age_on(TODAY) < 14)
    with pytest.raises(LookupError, match=child.snils):
        _ = child.passport
    certificate = child.documents[0]
    assert certificate.code == "03"
    assert (child.identity.passport_series, child.identity.passport_number) == (certificate.series, certificate.number)


def test_firms_are_founded_and_led_by_adults_of_this_world(world: World) -> None:
    for firm in world.firms:
        for person in (firm.head, *(founder.person for founder in firm.founders)):
            assert world.person_by_snils(person.snils) is person
            assert firm.registered >= person.birth_date + timedelta(days=18 * 365)
            assert firm in world.firms_of(person)
        assert firm.head.death is None
        assert firm.capital == sum(founder.share for founder in firm.founders)
        assert firm.capital >= Decimal(10_000)
        assert firm.ceased is None or firm.registered < firm.ceased <= TODAY
        assert f"{firm.registered:%y}" == firm.ogrn[1:3]
    for having in (
        [firm.ceased for firm in world.firms],
        [firm.tax_debt for firm in world.firms],
        [firm.divisions for firm in world.firms],
        [firm.licences for firm in world.firms],
    ):
        assert any(having)
        assert not all(having)


def test_estates_belong_to_persons_firms_or_the_public(world: World) -> None:
    kinds = []
    for estate in world.estates:
        assert estate.cadastral_number.startswith("37:24:")
        assert estate.area > 0
        assert estate.value > 0
        assert bool(estate.rights) + bool(estate.firm_rights) + bool(estate.public_right) <= 1
        for right in estate.rights:
            assert estate in world.estates_of(right.owner)
            assert right.owner.age_on(right.registered) >= 18
        for firm_right in estate.firm_rights:
            owner = world.firm_by_ogrn(firm_right.ogrn)
            assert owner is not None
            assert owner.registered <= firm_right.registered
            assert estate in world.estates_of(owner)
        kinds.append((len(estate.rights), bool(estate.firm_rights), estate.is_municipal))
    assert set(kinds) >= {(0, False, False), (1, False, False), (2, False, False), (0, True, False), (0, False, True)}
    assert {estate.kind for estate in world.estates} == {"parcel", "building", "flat"}
    assert any(estate.encumbrances for estate in world.estates)


def test_money_that_is_paid_was_charged_before(world: World) -> None:
    paid = 0
    owners: list[Person | Firm] = [*world.persons[:300], *world.firms]
    for owner in owners:
        charges = {charge.uin: charge for charge in world.charges_of(owner)}
        for payment in world.payments_of(owner):
            charge = charges[payment.uin or ""]
            assert charge.charged <= payment.paid <= TODAY
            assert (payment.amount, payment.payer) == (charge.amount, charge.payer)
            paid += 1
        assert {charge.uin for charge in world.unpaid_of(owner)} <= set(charges)
    assert paid > 100


def test_everything_is_found_by_its_numbers(world: World) -> None:
    for person in everyone(world):
        assert world.person_by_snils(f"{person.snils[:3]}-{person.snils[3:]}") is person
        assert person.inn is None or world.person_by_inn(person.inn) is person
        assert person in world.persons_by_name(
            f" {person.family_name.upper()}", person.first_name, person.patronymic, person.birth_date
        )
        for passport in person.passports:
            assert world.person_by_passport(f"{passport.series[:2]} {passport.series[2:]}", passport.number) is person
        for paper in person.papers:
            assert world.person_by_document(paper.series, paper.number) is person
        assert (person in world.persons_at(person.address)) == (person.death is None)
    for estate in world.estates:
        assert world.estate(estate.cadastral_number) is estate
        assert estate in world.estates_at(estate.address)


def test_firms_and_what_is_owed_is_found_by_number(world: World) -> None:
    for firm in world.firms:
        assert world.firm_by_ogrn(firm.ogrn) is firm
        assert world.firm_by_inn(firm.inn) is firm
        assert world.firm_by_ogrn(firm.inn) is None
    owners: list[Person | Firm] = [*world.persons[:400], *world.firms]
    counted = 0
    for owner in owners:
        for charge in world.charges_of(owner):
            assert world.charge(charge.uin) == charge
        for payment in world.payments_of(owner):
            assert world.payment(payment.uip) == payment
        for enforcement in world.enforcements_of(owner):
            assert world.enforcement(enforcement.number) == enforcement
            counted += 1
    assert counted > 10


def test_vehicles_and_entrepreneurs_are_found_by_number(world: World) -> None:
    vehicles = businesses = 0
    for person in world.persons[:600]:
        for vehicle in world.vehicles_of(person):
            assert vehicle.owner_snils == person.snils
            assert world.vehicle_by_vin(vehicle.vin) == vehicle
            assert world.vehicle_by_plate(f"{vehicle.plate[:6].lower()} {vehicle.plate[6:]}") == vehicle
            vehicles += 1
        business = world.entrepreneur_of(person)
        if business is not None:
            assert world.person_by_ogrnip(business.ogrnip) is person
            businesses += 1
    assert vehicles > 50
    assert businesses > 10


def test_names_are_found_without_yo(world: World) -> None:
    person = next(person for person in world.persons if "ё" in person.family_name)
    spelled = person.family_name.replace("ё", "е")
    assert person in world.persons_by_name(spelled, person.first_name, person.patronymic, person.birth_date)


@pytest.mark.parametrize(
    "wrong", ["", "x", "0", "37", "00000000000", "1" * 500, "٣" * 11, "37:24:980000", "/13/37098-ИП"]
)
def test_what_is_not_there_is_not_found(world: World, wrong: str) -> None:
    assert world.person_by_snils(wrong) is None
    assert world.person_by_inn(wrong) is None
    assert world.person_by_passport(wrong, wrong) is None
    assert world.person_by_passport("", wrong) is None
    assert world.person_by_document(wrong, "000000") is None
    assert world.person_by_ogrnip(wrong) is None
    assert world.firm_by_ogrn(wrong) is None
    assert world.firm_by_inn(wrong) is None
    assert world.estate(wrong) is None
    assert world.vehicle_by_vin(wrong) is None
    assert world.vehicle_by_plate(wrong) is None
    assert world.charge(wrong) is None
    assert world.payment(wrong) is None
    assert world.enforcement(wrong) is None


def test_beyond_the_last_one_there_is_nobody(world: World) -> None:
    assert world.persons_by_name("Никто", "Никто", None, TODAY) == ()
    assert world.estate("37:24:990000:1") is None
    for index in (PERSONS, -1):
        with pytest.raises(IndexError):
            world.person(index)
    assert (len(world.persons), len(world.firms), len(world.estates)) == (PERSONS, FIRMS, ESTATES)
    with pytest.raises(IndexError):
        _ = world.firms[FIRMS]
