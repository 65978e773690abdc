"""What people do and get agrees with who they are, where they work, and what day it is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.world import EARLIEST_TODAY, Person, World
from tests.agencies.world.people import TODAY, everyone

SEEDS = st.integers(0, 2**63)
DAYS = st.dates(EARLIEST_TODAY, date(2045, 12, 31))


@given(SEEDS, DAYS, st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_nobody_works_before_18_after_death_or_for_a_firm_that_is_not_there(seed: int, today: date, first: int) -> None:
    world = World(seed, today)
    worked = 0
    for person in world.persons[first::51]:
        jobs = world.jobs_of(person)
        worked += len(jobs)
        for job in jobs:
            firm = world.firm_by_ogrn(job.employer_ogrn)
            assert firm is not None
            assert firm.registered <= job.since <= today
            assert person.age_on(job.since) >= 18
            assert job.until is None or job.since <= job.until <= today
            if firm.ceased is not None:
                assert job.until is not None
                assert job.until <= firm.ceased
            if person.death is not None:
                assert job.until is not None
                assert job.until <= person.death.died
        ends = [job.until for job in jobs[:-1]]
        assert all(end is not None and end < job.since for end, job in zip(ends, jobs[1:], strict=True))
    assert worked > 5


@given(SEEDS, st.dates(EARLIEST_TODAY, date(2030, 12, 31)), st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_totals_agree_with_the_months(seed: int, today: date, first: int) -> None:
    world = World(seed, today)
    year = today.year - 1
    told = 0
    for person in world.persons[first::51]:
        incomes = world.incomes_of(person, year)
        statements = world.income_statements_of(person, year)
        assert sum((statement.total for statement in statements), Decimal(0)) == sum(item.amount for item in incomes)
        assert sum((statement.tax for statement in statements), Decimal(0)) == sum(item.tax for item in incomes)
        employers = {job.employer_ogrn for job in world.jobs_of(person)}
        for statement in statements:
            told += 1
            assert statement.employer_ogrn in employers
            assert all((item.year, item.employer_ogrn) == (year, statement.employer_ogrn) for item in statement.incomes)
            assert abs(statement.tax - statement.total * 13 / 100) <= len(statement.incomes)
    assert told > 0


def test_incomes_are_those_of_the_months_that_are_over(world: World) -> None:
    working = [person for person in world.persons if any(job.until is None for job in world.jobs_of(person))]
    for person in working[:50]:
        assert {income.month for income in world.incomes_of(person, TODAY.year)} <= {1, 2}
        assert world.incomes_of(person, TODAY.year + 1) == ()
        assert world.incomes_of(person, 1) == ()
    assert any({income.code for income in world.incomes_of(person, 2012)} == {"2000", "2012"} for person in working)


def test_facts_of_life_have_begun_and_ended_in_the_right_order(world: World) -> None:
    people = everyone(world)
    for person in people:
        facts: list[Any] = [
            *world.jobs_of(person),
            *world.pensions_of(person),
            *world.benefits_of(person),
            *world.unemployment_of(person),
            *world.enrolments_of(person),
            *world.vehicles_of(person),
            *world.enforcements_of(person),
            *world.marriages_of(person),
        ]
        for fact in facts:
            assert person.birth_date <= fact.since <= TODAY
            assert fact.until is None or fact.since <= fact.until <= TODAY


def test_pensioners_are_old_enough(world: World) -> None:
    pensioners = [person for person in world.persons if world.pensions_of(person)]
    assert len(pensioners) > 100
    for person in pensioners:
        (pension,) = world.pensions_of(person)
        assert person.age_on(pension.since) == (60 if person.sex == "male" else 55)
        assert all(job.since < pension.since for job in world.jobs_of(person))


def test_only_children_go_to_school(world: World) -> None:
    pupils = [person for person in everyone(world) if any(place.until is None for place in world.enrolments_of(person))]
    assert len(pupils) > 100
    assert all(2 <= person.age_on(TODAY) <= 18 for person in pupils)


def test_only_men_of_age_have_served(world: World) -> None:
    soldiers = [person for person in everyone(world) if world.military_service_of(person)]
    assert len(soldiers) > 100
    for person in soldiers:
        service = world.military_service_of(person)
        assert service is not None
        assert person.sex == "male"
        assert 18 <= person.age_on(service.since) <= 27


def test_a_registration_is_where_the_person_lives(world: World) -> None:
    staying = 0
    for person in everyone(world):
        living = [made for made in person.registrations if made.kind == "living"]
        assert [made.address for made in living] == [person.address] * len(living)
        staying += any(made.kind == "staying" for made in person.registrations)
    assert staying > 10


def test_who_lives_by_social_hire_lives_in_a_public_flat(world: World) -> None:
    hiring = 0
    for person in everyone(world):
        hire = world.social_hire_of(person)
        if hire is not None:
            hiring += 1
            flat = world.estate(hire.cadastral_number)
            assert flat is not None
            assert flat.is_municipal
            assert flat.address == person.address
        for contract in world.privatisations_of(person):
            assert contract.cadastral_number in {estate.cadastral_number for estate in world.estates_of(person)}
    assert hiring > 20


@pytest.mark.parametrize(
    "has",
    [
        World.disability_of,
        World.convictions_of,
        World.housing_queue_of,
        World.entrepreneur_of,
        World.enforcements_of,
        World.unpaid_of,
        World.unemployment_of,
        World.vehicles_of,
    ],
)
def test_misfortune_and_fortune_come_to_some(world: World, has: object) -> None:
    assert callable(has)
    lucky: list[Person] = [person for person in world.persons if has(world, person)]
    assert 10 < len(lucky) < len(world.persons)
