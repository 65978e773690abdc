"""Families of any seed are families: who is whose, in which order, under which name."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.world import EARLIEST_TODAY, Person, World
from tests.agencies.world.people import TODAY, everyone

SEEDS = st.integers(0, 2**63)
DAYS = st.dates(EARLIEST_TODAY, date(2045, 12, 31))


@given(SEEDS, DAYS, st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_parents_are_of_age_and_alive_when_a_child_is_born(seed: int, today: date, first: int) -> None:
    world = World(seed, today)
    born = 0
    for person in world.persons[first::51]:
        for child in world.children_of(person):
            born += 1
            assert person in (world.father_of(child), world.mother_of(child))
            assert person.age_on(child.birth_date) >= 14
            assert child.birth_date <= today
            assert person.death is None or person.death.died > child.birth_date
            assert child.birth.act is not None
            assert child.birth.act.made >= child.birth_date
    assert born > 5


@given(SEEDS, DAYS, st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_marriages_are_symmetrical(seed: int, today: date, first: int) -> None:
    world = World(seed, today)
    couples = 0
    for person in world.persons[first::51]:
        for marriage in world.marriages_of(person):
            assert person.age_on(marriage.since) >= 18
            assert marriage.since <= today
            assert marriage.until is None or marriage.since < marriage.until <= today
            assert (marriage.divorce_act is not None) == (marriage.ended_by == "divorce")
            for snils in (marriage.husband_snils, marriage.wife_snils):
                partner = world.person_by_snils(snils)
                assert partner is not None
                assert marriage in world.marriages_of(partner)
        spouse = world.spouse_of(person)
        if spouse is not None:
            couples += 1
            assert world.spouse_of(spouse) == person
            assert {spouse.sex, person.sex} == {"male", "female"}
            assert spouse.address == person.address
    assert couples > 3


@given(SEEDS, st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_children_bear_the_names_of_their_parents(seed: int, first: int) -> None:
    world = World(seed, TODAY)
    for father in world.persons[first::51]:
        if father.sex == "female":
            continue
        for child in world.children_of(father):
            names = {child.family_name, *(former.family_name for former in child.former_names)}
            assert father.family_name in {name.removesuffix("а") for name in names}
            assert child.patronymic is not None
            assert child.patronymic[:1] == father.first_name[:1]


def test_who_changed_a_name_has_the_marriage_and_a_new_passport(world: World) -> None:
    changed = [person for person in world.persons if person.former_names]
    assert len(changed) > 100
    for wife in changed:
        (former,) = wife.former_names
        assert former.family_name != wife.family_name
        assert [marriage.act for marriage in world.marriages_of(wife)] == [former.act]
        reasons = [passport.invalid_because for passport in wife.passports]
        if wife.passports[0].issued < former.until:
            assert "Замена в связи с изменением фамилии" in reasons


def test_there_are_all_sorts_of_families(world: World) -> None:
    people = everyone(world)
    sorts = {
        "minor": [person for person in people if person.age_on(TODAY) < 18],
        "grandparent": [
            person for person in people if any(world.children_of(child) for child in world.children_of(person))
        ],
        "divorced": [
            person for person in people if any(item.ended_by == "divorce" for item in world.marriages_of(person))
        ],
        "widowed": [
            person for person in people if any(item.ended_by == "death" for item in world.marriages_of(person))
        ],
        "single": [person for person in world.persons if not world.marriages_of(person)],
        "large": [person for person in people if len(world.children_of(person)) >= 3],
        "without father": [person for person in people if person.birth.mother_snils and not person.birth.father_snils],
        "dead": [person for person in people if person.death],
    }
    assert {sort: len(found) > 5 for sort, found in sorts.items()} == dict.fromkeys(sorts, True)


def test_nobody_is_there_before_the_birth(world: World) -> None:
    later = World(37, date(2020, 1, 1))
    unborn = [child for person in later.persons for child in later.children_of(person) if child.birth_date > TODAY]
    assert len(unborn) > 20
    for child in unborn:
        assert world.person_by_snils(child.snils) is None
        assert world.persons_by_name(child.family_name, child.first_name, child.patronymic, child.birth_date) == ()


def test_guardians_are_not_the_parents(world: World) -> None:
    wards = 0
    for person in everyone(world):
        for over in world.guardianships_of(person):
            ward, guardian = world.person_by_snils(over.ward_snils), world.person_by_snils(over.guardian_snils)
            assert ward is not None
            assert guardian is not None
            assert over in world.guardianships_of(ward)
            assert over in world.guardianships_of(guardian)
            assert ward.age_on(over.since) < 18
            assert guardian not in (world.father_of(ward), world.mother_of(ward))
            wards += person == ward
    assert wards > 5


def test_namesakes_are_told_apart_by_their_numbers(world: World) -> None:
    one, other = world.cases()["namesakes"]
    assert world.persons_by_name(one.family_name, one.first_name, one.patronymic, one.birth_date) == (one, other)
    assert {one.snils, one.inn, one.passport.number}.isdisjoint({other.snils, other.inn, other.passport.number})


def relatives(world: World, person: Person) -> list[Person]:
    found = (world.spouse_of(person), world.father_of(person), world.mother_of(person), *world.children_of(person))
    return [relative for relative in found if relative is not None]


def test_a_family_does_not_leave_the_world(world: World) -> None:
    for person in world.persons[::40]:
        for relative in relatives(world, person):
            assert world.person_by_snils(relative.snils) is relative
            assert person in relatives(world, relative)
