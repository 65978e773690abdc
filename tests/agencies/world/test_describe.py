"""What the world knows of a number is told whole, as JSON, and why it knows nothing."""

import json
from datetime import date

import pytest

from agencies.world import NotInWorld, World, describe, list_cases
from tests.agencies.world.people import TODAY, everyone

pytestmark = pytest.mark.usefixtures("english")


def test_everybody_can_be_described(world: World) -> None:
    for person in everyone(world, every=60):
        told = json.loads(json.dumps(describe(world, person.snils)))
        assert (told["subject"], told["snils"], told["full_name"]) == ("person", person.snils, person.full_name)
        assert len(told["jobs"]) == len(world.jobs_of(person))
        assert len(told["children"]) == len(world.children_of(person))
        assert len(told["payments"]) == len(world.payments_of(person))
        assert [passport["number"] for passport in told["passports"]] == [item.number for item in person.passports]
        spouse = world.spouse_of(person)
        assert (told["spouse"] and told["spouse"]["snils"]) == (spouse and spouse.snils)


def test_a_person_is_described_by_any_number(world: World) -> None:
    person = next(person for person in world.persons if world.entrepreneur_of(person))
    business = world.entrepreneur_of(person)
    assert business is not None
    by_snils = describe(world, f" {person.snils[:3]}-{person.snils[3:6]}-{person.snils[6:9]} {person.snils[9:]} ")
    assert describe(world, person.inn or "") == by_snils
    assert describe(world, business.ogrnip) == by_snils
    assert by_snils["entrepreneur"]["ogrnip"] == business.ogrnip
    assert by_snils["age"] == person.age_on(TODAY)


def test_the_age_of_the_dead_is_the_one_they_reached(world: World) -> None:
    (dead,) = world.cases()["deceased"]
    told = describe(world, dead.snils)
    assert (told["age"], told["death"]["died"]) == (58, "2011-03-14")


def test_a_firm_is_described(world: World) -> None:
    for firm in world.firms[::20]:
        told = json.loads(json.dumps(describe(world, firm.ogrn)))
        assert describe(world, firm.inn) == describe(world, firm.ogrn)
        assert (told["subject"], told["head"]["snils"], told["capital"]) == ("firm", firm.head.snils, str(firm.capital))
        assert len(told["charges"]) == len(world.charges_of(firm))


def test_an_estate_is_described(world: World) -> None:
    for estate in world.estates[::50]:
        told = json.loads(json.dumps(describe(world, estate.cadastral_number)))
        assert (told["subject"], told["address_text"]) == ("estate", str(estate.address))
        assert [right["owner"]["snils"] for right in told["rights"]] == [right.owner.snils for right in estate.rights]


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("", "'' is no number of a known form. Expected: a СНИЛС (11 digits), an ИНН (10 or 12), an ОГРН (13)"),
        ("Смирнов", "'Смирнов' is no number of a known form"),
        ("1234567", "'1234567' is no number of a known form"),
        ("37/24/990000/1", "is no number of a known form"),
        ("112-233-445 95", "СНИЛС 112-233-445 95: the world has none; add it by a fixture"),
        ("112-233-445 96", "СНИЛС 112-233-445 96: the world has none, and its check digits are wrong"),
        ("500100732259", "ИНН 500100732259: the world has none; add it by a fixture"),
        ("7707083894", "ИНН 7707083894: the world has none, and its check digits are wrong"),
        ("1027700132195", "ОГРН 1027700132195: the world has none; add it by a fixture"),
        ("304500116000157", "ОГРНИП 304500116000157: the world has none; add it by a fixture"),
        ("37:24:990000:1", "cadastral number 37:24:990000:1: the world has none"),
    ],
)
def test_it_says_why_it_knows_nothing(world: World, number: str, why: str) -> None:
    with pytest.raises(NotInWorld) as refused:
        describe(world, number)
    assert why in str(refused.value)


def test_who_is_invented_is_described() -> None:
    told = describe(World(37, TODAY, invent_unknown=True), "11223344595")
    assert told["snils"] == "11223344595"


def test_cases_are_listed(world: World) -> None:
    (debtor,) = list_cases(world, "debtor")
    assert debtor == {
        "case": "debtor",
        "about": "two enforcement proceedings and an unpaid charge",
        "snils": world.cases()["debtor"][0].snils,
        "inn": world.cases()["debtor"][0].inn,
        "full_name": "Уваров Сергей Павлович",
        "birth_date": date(1974, 6, 18).isoformat(),
    }
    assert {entry["case"] for entry in list_cases(world)} == set(world.cases())
    with pytest.raises(NotInWorld, match="there is no case 'nobody'; there are example, no-inn, "):
        list_cases(world, "nobody")
