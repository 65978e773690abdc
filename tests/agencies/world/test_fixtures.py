"""What a tester says is true at once, for every lookup, can be saved and said again, and can be taken back."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.world import World
from agencies.world.fixtures import FixtureError, Fixtures, load_fixtures, read_fixtures
from tests.agencies.world.people import ADDRESS, CHARGE, NEW, NEW_ESTATE, NEW_FIRM, TODAY, tell


@pytest.fixture
def world() -> World:
    return World(37, TODAY)


# New subjects


def test_a_new_person_has_what_is_said_and_what_nobody_can_be_without(world: World) -> None:
    person = tell(
        world, NEW, family_name="Пушкина", first_name="Арина", patronymic="Родионовна", birth_date="1980-05-06"
    )
    assert (person.full_name, person.sex, person.birth_date) == ("Пушкина Арина Родионовна", "female", date(1980, 5, 6))
    assert person.inn is not None
    assert person.passports
    assert world.person_by_inn(person.inn) is person
    assert world.person_by_passport(person.passport.series, person.passport.number) is person
    assert world.persons_by_name("ПУШКИНА", "Арина", "Родионовна", date(1980, 5, 6)) == (person,)
    assert person in world.persons_at(person.address)
    for facts in (
        world.jobs_of(person),
        world.incomes_of(person, 2012),
        world.charges_of(person),
        world.vehicles_of(person),
        world.estates_of(person),
        world.marriages_of(person),
        world.children_of(person),
        world.enforcements_of(person),
        world.benefits_of(person),
    ):
        assert facts == ()
    assert world.social_hire_of(person) is None


def test_a_new_person_is_the_same_in_every_world_of_the_seed(world: World) -> None:
    assert tell(world, NEW) == tell(World(37, TODAY), NEW)


def test_a_new_firm_and_its_head(world: World) -> None:
    warnings = world.apply(
        {
            "person": [{"snils": NEW, "first_name": "Арина"}],
            "firm": [{"ogrn": NEW_FIRM, "inn": "7707083893", "short_name": "ООО «Новая»", "head": NEW, "headcount": 3,
                      "founders": [{"snils": NEW, "share": 10000}], "charges": [CHARGE]}],
        }
    )  # fmt: skip
    assert warnings == ()
    firm = world.firm_by_ogrn(NEW_FIRM)
    assert firm is not None
    assert world.firm_by_inn("7707083893") is firm
    assert (firm.short_name, firm.head.snils, firm.capital) == ("ООО «Новая»", NEW, Decimal(10000))
    assert world.firms_of(firm.head) == (firm,)
    assert [charge.payer for charge in world.charges_of(firm)] == [NEW_FIRM]
    assert world.charge(CHARGE["uin"]) in world.unpaid_of(firm)


def test_a_new_estate_and_its_owner(world: World) -> None:
    right = {"owner": NEW, "registered": "2012-02-03", "share": "1/2", "number": "37-1"}
    estate_facts = {"cadastral_number": NEW_ESTATE, "kind": "parcel", "area": "1000.5", "address": ADDRESS}
    world.apply({"person": [{"snils": NEW}], "estate": [{**estate_facts, "rights": [right]}]})
    estate = world.estate(NEW_ESTATE)
    assert estate is not None
    assert (estate.kind, estate.area, estate.rights[0].share) == ("parcel", Decimal("1000.5"), "1/2")
    assert world.estates_of(estate.rights[0].owner) == (estate,)
    assert world.estates_at(estate.address) == (estate,)


# Overrides


def test_an_override_is_seen_by_every_lookup(world: World) -> None:
    before = world.person(5)
    passport = {
        "series": "3705",
        "number": "123456",
        "issuer_code": "370-001",
        "issuer_name": "ОВД",
        "issued": "2012-01-09",
    }
    person = tell(
        world, before.snils, inn="500100732259", family_name="Пушкина", passports=[passport], address=ADDRESS,
        birth_date="1970-01-02",
    )  # fmt: skip
    assert world.person(5) is person
    assert world.person_by_inn("500100732259") is person
    assert world.person_by_inn(before.inn or "") is None
    assert world.person_by_passport("37 05", "123456") is person
    assert world.person_by_passport(before.passport.series, before.passport.number) is None
    assert world.persons_by_name("Пушкина", before.first_name, before.patronymic, date(1970, 1, 2)) == (person,)
    assert before.snils not in {
        other.snils
        for other in world.persons_by_name(before.family_name, before.first_name, before.patronymic, before.birth_date)
    }
    assert person in world.persons_at(person.address)
    assert person not in world.persons_at(before.address)
    assert [made.address for made in person.registrations if made.kind == "living"] == [person.address]


def test_what_is_not_said_stays(world: World) -> None:
    before = world.person(5)
    jobs, estates = world.jobs_of(before), world.estates_of(before)
    person = tell(world, before.snils, birth_place="г. Шуя")
    assert (person.birth_place, person.inn, person.passports) == ("г. Шуя", before.inn, before.passports)
    assert world.jobs_of(person) == jobs
    assert [estate.cadastral_number for estate in world.estates_of(person)] == [
        estate.cadastral_number for estate in estates
    ]


def test_the_head_of_a_firm_changes_with_the_person(world: World) -> None:
    firm = world.firms[0]
    assert world.firm_by_ogrn(firm.ogrn) is firm
    tell(world, firm.head.snils, family_name="Пушкина")
    changed = world.firm_by_ogrn(firm.ogrn)
    assert changed is not None
    assert changed.head.family_name == "Пушкина"


def test_a_new_head_of_a_known_firm(world: World) -> None:
    firm, other = world.firms[0], world.person(777)
    world.apply({"firm": [{"ogrn": firm.ogrn, "head": other.snils, "inn": "7707083893", "ceased": "2012-05-05"}]})
    changed = world.firm_by_inn("7707083893")
    assert changed is not None
    assert (changed.ogrn, changed.head.snils, changed.ceased) == (firm.ogrn, other.snils, date(2012, 5, 5))
    assert changed in world.firms_of(changed.head)
    assert world.firm_by_inn(firm.inn) is None


def test_a_new_owner_of_a_known_estate(world: World) -> None:
    estate = next(estate for estate in world.estates if estate.rights)
    former, other = estate.rights[0].owner, world.person(777)
    right = {"owner": other.snils, "registered": "2012-05-05"}
    world.apply({"estate": [{"cadastral_number": estate.cadastral_number, "rights": [right]}]})
    owned = [found.cadastral_number for found in world.estates_of(other)]
    assert estate.cadastral_number in owned
    assert estate.cadastral_number not in [found.cadastral_number for found in world.estates_of(former)]


def test_null_takes_away(world: World) -> None:
    person = tell(world, world.person(5).snils, inn=None, patronymic=None, entrepreneur=None)
    assert (person.inn, person.patronymic, world.entrepreneur_of(person)) == (None, None, None)


def test_nested_facts_name_their_subject_and_are_found_by_number(world: World) -> None:
    vehicle = {"vin": "X1", "plate": "А001АА37", "make": "ВАЗ", "model": "2107", "year": 2001, "since": "2009-01-01"}
    payment = {**CHARGE, "uip": "U1", "paid": "2013-01-11"}
    del payment["charged"]
    enforcement = {
        "number": "1/13/37001-ИП", "since": "2013-02-01", "amount": 10, "balance": 5.5, "subject": "Штраф",
        "document": "№ 1", "office": "ОСП", "bailiff": "Котова",
    }  # fmt: skip
    business = {"ogrnip": "304500116000157", "registered": "2004-01-01", "ceased": None, "okved": "60.22",
                "okved_name": "Такси", "tax_office": "3702"}  # fmt: skip
    person = tell(
        world, NEW, vehicles=[vehicle], charges=[CHARGE], payments=[payment], enforcements=[enforcement],
        entrepreneur=business, disability={"group": 1, "since": "2011-01-01", "reason": "х", "certificate": "1"},
    )  # fmt: skip
    found = world.vehicle_by_vin("X1")
    assert found is not None
    assert found.owner_snils == NEW
    assert world.vehicle_by_plate("А001АА37") == found
    charge, paid, debt = world.charge(CHARGE["uin"]), world.payment("U1"), world.enforcement("1/13/37001-ИП")
    assert charge is not None
    assert paid is not None
    assert debt is not None
    assert (charge.payer, paid.payer, debt.debtor) == (NEW, NEW, NEW)
    assert world.unpaid_of(person) == ()
    assert debt.balance == Decimal("5.5")
    assert world.person_by_ogrnip("304500116000157") is person
    disability = world.disability_of(person)
    assert disability is not None
    assert disability.group == 1


def test_jobs_bring_incomes_unless_those_are_said(world: World) -> None:
    firm = world.firms[0]
    job = {"employer_ogrn": firm.ogrn, "position": "Ткач", "since": "2012-01-01", "salary": 10000}
    person = tell(world, NEW, jobs=[job])
    (statement,) = world.income_statements_of(person, 2012)
    assert (statement.total, statement.tax, statement.employer_ogrn) == (Decimal(120_000), Decimal(15_600), firm.ogrn)
    income = {"year": 2012, "month": 5, "code": "2000", "amount": 7, "tax": 1, "employer_ogrn": firm.ogrn}
    tell(world, NEW, incomes=[income])
    assert [item.amount for item in world.incomes_of(person, 2012)] == [Decimal(7)]
    assert world.incomes_of(person, 2011) == ()


# Families


def test_a_marriage_is_of_both_and_of_nobody_else(world: World) -> None:
    husband = next(person for person in world.persons if person.sex == "male" and world.spouse_of(person))
    former = world.spouse_of(husband)
    assert former is not None
    marriage = {"husband_snils": husband.snils, "wife_snils": NEW, "since": "2012-08-08"}
    bride = tell(world, NEW, first_name="Арина", marriages=[marriage])
    assert world.spouse_of(bride) == world.person_by_snils(husband.snils)
    assert bride in [world.person_by_snils(item.wife_snils) for item in world.marriages_of(husband)]
    assert world.spouse_of(former) == husband  # nothing was said of the other marriage
    tell(world, husband.snils, marriages=[marriage])
    assert world.spouse_of(former) is None
    assert world.marriages_of(former) == ()
    assert world.spouse_of(husband) == world.person_by_snils(NEW)
    assert len(world.marriages_of(husband)) == 1


def test_children_are_those_that_are_listed(world: World) -> None:
    mother = next(person for person in world.persons if person.sex == "female" and len(world.children_of(person)) > 1)
    kept, *dropped = world.children_of(mother)
    tell(world, mother.snils, children=[kept.snils, NEW])
    child = world.person_by_snils(NEW)
    assert child is not None
    assert {found.snils for found in world.children_of(mother)} == {kept.snils, NEW}
    assert world.mother_of(child) == world.person_by_snils(mother.snils)
    for other in dropped:
        changed = world.person_by_snils(other.snils)
        assert changed is not None
        assert world.mother_of(changed) is None


def test_a_father_gets_the_child_that_names_him(world: World) -> None:
    father = world.person(0)
    child = tell(world, NEW, father=father.snils, birth_date="2010-01-01")
    assert child in world.children_of(father)


def test_a_death_ends_the_marriage_and_the_job(world: World) -> None:
    person = next(
        person
        for person in world.persons
        if world.spouse_of(person) and any(job.until is None for job in world.jobs_of(person))
    )
    spouse = world.spouse_of(person)
    assert spouse is not None
    death = {"died": "2013-02-02", "act": {"number": "1", "made": "2013-02-03", "office": "ЗАГС"}}
    dead = tell(world, person.snils, death=death)
    assert world.spouse_of(spouse) is None
    assert [(item.until, item.ended_by) for item in world.marriages_of(spouse)] == [(date(2013, 2, 2), "death")]
    assert all(job.until is not None and job.until <= date(2013, 2, 2) for job in world.jobs_of(dead))
    assert dead.passport.invalid_because == "Смерть владельца"
    assert dead not in world.persons_at(dead.address)


def test_guardianship_is_seen_from_both_sides(world: World) -> None:
    guardian, ward = world.person(0), world.person(1)
    over = {"ward_snils": ward.snils, "guardian_snils": guardian.snils, "since": "2012-01-01", "act": "1", "body": "х"}
    tell(world, guardian.snils, guardianships=[over])
    assert world.guardianships_of(ward) == world.guardianships_of(guardian) != ()


# Files, saving, taking back


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    toml, plain = tmp_path / "facts.toml", tmp_path / "facts.json"
    toml.write_text(f'[[person]]\nsnils = "{NEW}"\nbirth_date = 1980-05-06\njobs = []\n', encoding="utf-8")
    plain.write_text(json.dumps({"person": [{"snils": NEW, "birth_date": "1980-05-06", "jobs": []}]}), encoding="utf-8")
    assert load_fixtures(toml) == load_fixtures(plain)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("broken.toml", "[[person]\n", "line 1"),
        ("broken.json", '{"person": [}', "line 1 column 13"),
        ("missing.toml", None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, name: str, text: str | None, found: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FixtureError) as refused:
        load_fixtures(tmp_path / name)
    assert refused.value.problems[0].path.endswith(name)
    assert found in refused.value.problems[0].found


def test_what_was_applied_can_be_saved_and_said_again(world: World) -> None:
    tell(world, NEW, family_name="Пушкина", inn=None, address=ADDRESS, charges=[CHARGE])
    tell(world, NEW, family_name="Гоголева", vehicles=[])
    world.apply({"firm": [{"ogrn": NEW_FIRM, "tax_debt": "10.50"}], "estate": [{"cadastral_number": NEW_ESTATE}]})
    saved = json.loads(json.dumps(world.fixtures()))
    assert [set(person) for person in saved["person"]] == [
        {"snils", "family_name", "inn", "address", "charges", "vehicles"}
    ]
    again = World(37, TODAY)
    again.apply(saved)
    assert again.fixtures() == world.fixtures()
    assert again.person_by_snils(NEW) == world.person_by_snils(NEW)
    assert again.firm_by_ogrn(NEW_FIRM) == world.firm_by_ogrn(NEW_FIRM)
    assert again.estate(NEW_ESTATE) == world.estate(NEW_ESTATE)


def test_forgotten_fixtures_leave_the_seed(world: World) -> None:
    before, jobs = world.person(5), world.jobs_of(world.person(5))
    tell(world, before.snils, family_name="Пушкина", jobs=[])
    tell(world, NEW)
    world.forget_fixtures()
    assert world.person(5) == before
    assert world.jobs_of(before) == jobs
    assert world.person_by_snils(NEW) is None
    assert world.fixtures() == {"person": [], "firm": [], "estate": []}
    assert world.cases()["debtor"]


def test_a_model_is_taken_as_well_as_a_dict(world: World) -> None:
    said = read_fixtures({"person": [{"snils": NEW, "case": "mine"}]})
    assert isinstance(said, Fixtures)
    world.apply(said)
    assert [person.snils for person in world.cases()["mine"]] == [NEW]


def test_fixtures_go_over_the_invented_too() -> None:
    world = World(37, TODAY, invent_unknown=True)
    before = world.person_by_snils(NEW)
    assert before is not None
    after = tell(world, NEW, family_name="Пушкина")
    assert (after.inn, after.family_name) == (before.inn, "Пушкина")
    assert world.jobs_of(after) == world.jobs_of(before)


TEXTS = st.text(st.characters(categories=("L", "N"), max_codepoint=1200), min_size=1, max_size=20)


@given(
    st.fixed_dictionaries(
        {"snils": st.just(NEW)},
        optional={
            "inn": st.none() | TEXTS,
            "family_name": TEXTS,
            "patronymic": st.none() | TEXTS,
            "sex": st.sampled_from(["male", "female"]),
            "birth_date": st.dates(date(1900, 1, 1), TODAY).map(date.isoformat),
            "birth_place": TEXTS,
            "citizenship": st.sampled_from(["RUS", "UZB", ""]),
            "case": TEXTS,
            "jobs": st.just([]),
        },
    )
)
@settings(max_examples=30, deadline=None)
def test_any_facts_come_back_as_they_were_said(facts: dict[str, Any]) -> None:
    world = World(37, TODAY)
    world.apply({"person": [facts]})
    assert world.fixtures()["person"] == [facts]
    person = world.person_by_snils(NEW)
    assert person is not None
    for field in set(facts) - {"case", "jobs", "birth_date"}:
        assert getattr(person, field) == facts[field]
    assert (person.passports == ()) == (facts.get("citizenship", "RUS") != "RUS" or person.age_on(TODAY) < 14)


def test_numbers_of_any_form_are_kept_with_a_warning(world: World) -> None:
    warnings = world.apply({"firm": [{"ogrn": "P"}, {"ogrn": "1²3"}]})
    assert len(warnings) == 2
    for ogrn in ("P", "1²3"):
        firm = world.firm_by_ogrn(ogrn)
        assert firm is not None
        assert firm.ogrn == ogrn
