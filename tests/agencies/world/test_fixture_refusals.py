"""What is odd in a fixture is kept with a warning; what is wrong is refused, and the refusal explains itself."""

from typing import Any

import pytest

from agencies.world import World
from agencies.world.fixtures import FixtureError
from tests.agencies.world.people import CHARGE, NEW, NEW_FIRM, TODAY


@pytest.fixture
def world() -> World:
    return World(37, TODAY)


# Warnings


def test_wrong_check_digits_are_kept_with_a_warning(world: World, english: None) -> None:
    business = {"ogrnip": "304500116000158", "registered": "2004-01-01", "ceased": None, "okved": "1",
                "okved_name": "х", "tax_office": "3702"}  # fmt: skip
    warnings = world.apply(
        {
            "person": [{"snils": "112-233-445 96", "inn": "500100732250", "entrepreneur": business,
                        "charges": [{**CHARGE, "uin": "1"}]}],
            "firm": [{"ogrn": "1027700132196", "inn": "7707083894"}],
        }
    )  # fmt: skip
    wrong = ("СНИЛС 112-233-445 96", "ИНН 500100732250", "ОГРНИП 304500116000158", "УИН 1", "ОГРН 1027700132196",
             "ИНН 7707083894")  # fmt: skip
    assert len(warnings) == len(wrong)
    for warning, number in zip(warnings, wrong, strict=True):
        assert f": {number}: wrong length or check digit" in warning
    person = world.person_by_snils("11223344596")
    assert person is not None
    assert world.person_by_inn("500100732250") is person
    assert world.person_by_ogrnip("304500116000158") is person
    assert world.firm_by_inn("7707083894") == world.firm_by_ogrn("1027700132196") is not None


def test_who_is_named_and_not_there_is_added_with_a_warning(world: World, english: None) -> None:
    job = {"employer_ogrn": NEW_FIRM, "position": "Ткач", "since": "2012-01-01"}
    warnings = world.apply({"person": [{"snils": world.person(0).snils, "jobs": [job], "mother": NEW}]})
    assert [warning.partition(": ")[2] for warning in warnings] == [
        f"there was not a person with СНИЛС {NEW} in the world, now there is",
        f"there was not a firm with ОГРН {NEW_FIRM} in the world, now there is",
    ]
    assert world.firm_by_ogrn(NEW_FIRM) is not None
    assert world.mother_of(world.person(0)) == world.person_by_snils(NEW) is not None


def test_a_number_of_somebody_else_leads_to_the_latest(world: World, english: None) -> None:
    owner = world.person(7)
    (warning,) = world.apply({"person": [{"snils": NEW, "inn": owner.inn}]})
    assert f"{owner.snils} has the ИНН {owner.inn} already" in warning
    found = world.person_by_inn(owner.inn or "")
    assert found is not None
    assert found.snils == NEW


# Errors


@pytest.mark.parametrize(
    ("said", "path", "expected", "found"),
    [
        ({"people": []}, "people", "known fields only", "people = []"),
        ({"person": [{"snils": NEW, "surname": "х"}]}, "person[0].surname", "known fields only", "surname = 'х'"),
        ({"person": [{"family_name": "х"}]}, "person[0].snils", "a required field", "none"),
        ({"person": [{"snils": 11223344595}]}, "person[0].snils", "a text in quotation marks", "11223344595"),
        ({"person": [{"snils": "abc"}]}, "person[0].snils", "a number of digits", "'abc'"),
        ({"firm": [{"ogrn": ""}]}, "firm[0].ogrn", "a text that is not empty", "''"),
        ({"person": {"snils": NEW}}, "person", "a list", f"{{'snils': '{NEW}'}}"),
        ({"person": ["x"]}, "person[0]", "an object with fields", "'x'"),
        ({"person": [{"snils": NEW, "birth_date": "1.2.80"}]}, "person[0].birth_date", "a date such as", "'1.2.80'"),
        ({"person": [{"snils": NEW, "sex": "m"}]}, "person[0].sex", "one of 'male' or 'female'", "'m'"),
        ({"person": [{"snils": NEW, "first_name": None}]}, "person[0].first_name", "a text in quotation marks", "None"),
        (
            {"person": [{"snils": NEW, "jobs": [{"employer_ogrn": NEW_FIRM, "position": "х", "since": 5}]}]},
            "person[0].jobs[0].since", "a date such as", "5",
        ),
        (
            {"person": [{"snils": NEW, "jobs": [{"employer": NEW_FIRM, "position": "х", "since": "2011-01-01"}]}]},
            "person[0].jobs[0].employer", "known fields only", f"employer = '{NEW_FIRM}'",
        ),
        ({"firm": [{"ogrn": NEW_FIRM, "headcount": "5"}]}, "firm[0].headcount", "a whole number", "'5'"),
        ({"estate": [{"cadastral_number": "1", "area": "big"}]}, "estate[0].area", "a number", "'big'"),
        ({"person": [{"snils": NEW, "inn": {1, 2}}]}, "", "a JSON or TOML document", "set: {1, 2}"),
    ],
)  # fmt: skip
def test_an_error_says_where_what_was_expected_what_was_found_and_what_to_do(
    world: World, english: None, said: dict[str, Any], path: str, expected: str, found: str
) -> None:
    with pytest.raises(FixtureError) as refused:
        world.apply(said)
    problems = {problem.path: problem for problem in refused.value.problems}
    assert expected in problems[path].expected
    assert problems[path].found == found
    assert problems[path].advice
    assert str(problems[path]) in str(refused.value)
    assert world.fixtures() == {"person": [], "firm": [], "estate": []}


def test_all_errors_are_told_at_once_and_nothing_is_applied(world: World) -> None:
    with pytest.raises(FixtureError) as refused:
        world.apply({"person": [{"snils": NEW}, {"snils": 1, "sex": 2}], "firm": [{}]})
    assert [problem.path for problem in refused.value.problems] == ["person[1].snils", "person[1].sex", "firm[0].ogrn"]
    assert world.person_by_snils(NEW) is None


def test_errors_are_told_in_russian_by_default(world: World) -> None:
    with pytest.raises(
        FixtureError, match=r"\[x\] ожидалось: только известные поля; найдено: x = 1; что делать: уберите"
    ):
        world.apply({"x": 1})
