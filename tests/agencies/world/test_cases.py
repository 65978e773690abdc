"""The edge people are what their cases say, for every seed and on every day; the reference page lists them."""

import dataclasses
import re
import tomllib
from datetime import date
from types import UnionType
from typing import Any, Final, get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.world import EARLIEST_TODAY, Person, World, list_cases
from agencies.world.cases import about
from agencies.world.check_digits import is_inn, is_snils
from agencies.world.fixtures import EstateFacts, FirmFacts, PersonFacts
from tests.agencies.world.people import TODAY
from tests.docs.pages import ROOT, code_block, read

PAGE: Final = ROOT / "docs" / "reference" / "world.md"


def only(people: tuple[Person, ...]) -> Person:
    (person,) = people
    return person


@given(st.integers(0, 2**63), st.dates(EARLIEST_TODAY, date(2042, 12, 31)))
@settings(max_examples=20, deadline=None)
def test_each_case_is_what_it_says(seed: int, today: date) -> None:
    world = World(seed, today)
    cases = world.cases()
    assert only(cases["no-inn"]).inn is None
    assert [passport.invalid_because for passport in only(cases["two-passports"]).passports] == [None, None]
    wife = only(cases["changed-surname"])
    assert wife.former_names[0].family_name == "Белова"
    assert wife.passports[0].invalid_because
    assert world.spouse_of(wife) is not None
    assert only(cases["deceased"]).death is not None
    assert cases["minor"]
    assert all(person.age_on(today) < 18 and world.mother_of(person) for person in cases["minor"])
    foreigner = only(cases["foreigner"])
    assert (foreigner.citizenship, foreigner.passports, len(foreigner.documents)) == ("UZB", (), 2)
    debtor = only(cases["debtor"])
    assert len(world.enforcements_of(debtor)) == 2
    assert len(world.unpaid_of(debtor)) == 1
    pending = only(cases["pending-registration"]).registrations[-1]
    assert (pending.since, pending.applied < today) == (None, True)
    assert len({(person.full_name, person.birth_date) for person in cases["namesakes"]}) == 1
    assert len(cases["namesakes"]) == 2
    assert world.convictions_of(only(cases["convicted"]))[0].spent is None
    assert world.entrepreneur_of(only(cases["entrepreneur"])) is not None
    assert world.unemployment_of(only(cases["unemployed"]))
    assert world.social_hire_of(only(cases["pensioner"])) is not None
    assert len(cases["ward"]) == 2


def test_the_cases_are_the_same_for_every_seed() -> None:
    one, other = World(1, TODAY).cases(), World(2, TODAY).cases()
    assert one == other
    assert len(one) == 15


def test_the_numbers_of_the_cases_are_right_and_apart_from_the_seeds() -> None:
    world = World(37, TODAY)
    drawn = {person.snils for person in world.persons}
    for people in world.cases().values():
        for person in people:
            assert is_snils(person.snils)
            assert person.inn is None or is_inn(person.inn)
            assert person.snils not in drawn
            assert world.person_by_snils(person.snils) is person
            assert not 910_000_000 <= int(person.snils[:9]) < 950_000_000


def test_who_is_not_born_yet_is_no_case() -> None:
    assert len(World(1, EARLIEST_TODAY).cases()["minor"]) == 2
    assert all(person.birth_date <= EARLIEST_TODAY for person in World(1, EARLIEST_TODAY).cases()["minor"])


def test_the_subjects_of_the_examples_belong_together() -> None:
    world = World(5, TODAY)
    husband, wife, *children = world.cases()["example"]
    assert world.spouse_of(husband) == wife
    assert world.children_of(husband) == world.children_of(wife) == tuple(children)
    firm = world.firm_by_ogrn(world.jobs_of(husband)[0].employer_ogrn)
    assert firm is not None
    assert firm.short_name == "ООО «Шуйский хлеб-4»"
    home, land = world.estates_of(husband)
    assert world.estates_of(wife) == (home, land)
    assert home.address == land.address == husband.address
    assert world.payment(world.payments_of(husband)[0].uip) is not None
    assert world.unpaid_of(husband) == ()


def test_the_page_lists_the_cases(english: None) -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \| (.+, \d{11}) \|$", read(PAGE), re.MULTILINE)
    assert rows == [
        (case, about(case), "<br>".join(f"{person.full_name}, {person.snils}" for person in people))
        for case, people in World(37, TODAY).cases().items()
    ]
    assert {entry["about"] for entry in list_cases(World(37, TODAY))} == {row[1] for row in rows}


def test_the_page_lists_the_fields() -> None:
    for facts in (PersonFacts, FirmFacts, EstateFacts):
        rows = "\n".join(f"| `{field}` |" for field in facts.model_fields)
        told = re.sub(r"^(\| `\w+` \|).*$", r"\1", read(PAGE), flags=re.MULTILINE)
        assert rows in told


def test_the_page_lists_the_fields_of_the_records() -> None:
    records: dict[str, type] = {}
    for facts in (PersonFacts, FirmFacts, EstateFacts):
        for field in facts.model_fields.values():
            collect(field.annotation, records)
    assert len(records) > 20
    for name, found in records.items():
        required = [field.name for field in dataclasses.fields(found) if field.default is dataclasses.MISSING]
        optional = [field.name for field in dataclasses.fields(found) if field.default is not dataclasses.MISSING]
        row = f"| `{name}` | {listed(required)} | {listed(optional) or '—'} |"
        assert row in read(PAGE).splitlines()


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def collect(annotation: Any, records: dict[str, type]) -> None:
    """Collect the records that a field is made of."""
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        if annotation.__name__ not in records:
            records[annotation.__name__] = annotation
            for hint in get_type_hints(annotation).values():
                collect(hint, records)
        return
    assert not isinstance(annotation, UnionType) or get_args(annotation)
    for part in get_args(annotation):
        collect(part, records)


def test_the_fixture_of_the_page_works() -> None:
    world = World(37, TODAY)
    assert world.apply(tomllib.loads(code_block(PAGE, "toml", "my-tester"))) == ()
    (person,) = world.cases()["my-tester"]
    firm, estate = world.firm_by_ogrn("1027700132195"), world.estate("37:24:010203:7")
    assert firm is not None
    assert estate is not None
    assert firm.head == person
    assert world.jobs_of(person)[0].employer_ogrn == firm.ogrn
    assert world.estates_of(person) == (estate,)
