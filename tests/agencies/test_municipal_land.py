"""What municipalities know of land: their own property, acts on parcels, household books."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agencies import municipal
from agencies.answers import child, children, text
from agencies.world import Estate, Person, World
from gateway.xml import Element
from tests.agencies.asking import WORLD
from tests.agencies.local_asking import IVANOVO, KINESHMA, element, known, oktmo, told_by, values, world_where

# Municipal property


def excerpt(estate: Estate, place: str | None = None, *, by_address: bool = False, world: World = WORLD) -> Element:
    asked = element("Address", estate.address) if by_address else element("CadasterNumber", estate.cadastral_number)
    return told_by(municipal.PROPERTY_REGISTER, asked, place or estate.address.oktmo, world)


def test_the_register_of_property_lists_what_is_municipal_and_nothing_else() -> None:
    levels = set()
    for estate in WORLD.estates[:1000]:
        told = excerpt(estate)
        right = estate.public_right
        levels.add(None if right is None else right.level)
        if right is None or right.level != "municipal":
            assert values(told, "NotListed") == ("Объект не числится в реестре",)
            continue
        name = {"parcel": "Land", "building": "Building", "flat": "Premise"}[estate.kind]
        described = child(told, name)
        assert values(described, "Address", "Area", "Purpose") == (
            str(estate.address),
            f"{estate.area:.1f}",
            estate.purpose,
        )
        assert values(told, "CadasterNumber", "Rightholder") == (estate.cadastral_number, right.holder)
        assert values(child(told, "OwnershipRight"), "Number", "Date") == (right.number, str(right.registered))
        elsewhere = KINESHMA if right.oktmo != KINESHMA else IVANOVO
        assert values(excerpt(estate, elsewhere), "NotListed")
    assert levels == {None, "municipal", "regional", "federal"}


def test_municipal_property_is_found_by_address_too() -> None:
    public = WORLD.estate("37:24:990112:22")
    assert public is not None
    assert values(excerpt(public, by_address=True), "CadasterNumber") == (public.cadastral_number,)
    parts = "<Locality>Иваново</Locality><Street>Прядильная</Street><House>12</House><Apartment>22</Apartment>"
    told = told_by(municipal.PROPERTY_REGISTER, f"<Query><Address>{parts}</Address></Query>")
    assert values(told, "CadasterNumber") == (public.cadastral_number,)


def test_charges_in_force_are_told() -> None:
    lease = {"kind": "Аренда", "number": "37-1", "since": "2012-05-05", "in_favour_of": "ООО «Ткач»"}
    ended = {"kind": "Арест", "number": "37-2", "since": "2010-05-05", "in_favour_of": "ФССП", "until": "2011-01-01"}
    world = world_where(estate=[{"cadastral_number": "37:24:990112:22", "encumbrances": [lease, ended]}])
    public = world.estate("37:24:990112:22")
    assert public is not None
    charges = children(excerpt(public, world=world), "Charge")
    assert [values(charge, "Kind", "Number", "Date") for charge in charges] == [("Аренда", "37-1", "2012-05-05")]


@pytest.mark.parametrize("body", ["", "<Query/><Address/>", "<CadasterNumber> </CadasterNumber>"])
def test_a_request_for_no_object_is_told_what_is_missing(body: str) -> None:
    (why,) = values(told_by(municipal.PROPERTY_REGISTER, body), "NotListed")
    assert "CadasterNumber" in why
    assert "Address" in why


# Land


def land_act(parcel: Estate, applicant: str | None = None, place: str | None = None) -> tuple[str, ...]:
    body = oktmo() + element("CadastralNumber", parcel.cadastral_number) + element("Applicant", applicant)
    told = told_by(municipal.LAND_ACT, body, place or parcel.address.oktmo)
    return values(told, "Found", "ActNumber", "ActDate", "RightKind")


def test_a_parcel_was_given_before_the_first_right_to_it_was_registered() -> None:
    given_to = set()
    for parcel in (estate for estate in WORLD.estates if estate.kind == "parcel"):
        rights = [(right.registered, right.kind) for right in parcel.rights]
        rights += [(right.registered, right.kind) for right in parcel.firm_rights]
        given_to.add((bool(parcel.rights), bool(parcel.firm_rights)))
        if not rights:
            assert land_act(parcel) == ("false",)
            continue
        registered, kind = min(rights)
        found, number, made, told_kind = land_act(parcel)
        assert (found, told_kind) == ("true", kind)
        assert number.endswith(parcel.cadastral_number.rpartition(":")[2])
        assert date.fromisoformat(made) == registered - timedelta(days=30)
    assert given_to == {(True, False), (False, True), (False, False)}


def test_a_decision_is_about_its_applicant() -> None:
    parcel = next(estate for estate in WORLD.estates if estate.kind == "parcel" and len(estate.rights) == 2)
    for right in parcel.rights:
        assert land_act(parcel, right.owner.full_name.upper())[0] == "true"
    assert land_act(parcel, "Чужой Пётр Ильич") == ("false",)
    owned = next(estate for estate in WORLD.estates if estate.kind == "parcel" and estate.firm_rights)
    firm = WORLD.firm_by_ogrn(owned.firm_rights[0].ogrn)
    assert firm is not None
    assert land_act(owned, firm.short_name)[0] == "true"


def test_a_parcel_is_found_on_its_own_territory_and_by_address() -> None:
    parcel = next(estate for estate in WORLD.estates if estate.kind == "parcel" and estate.rights)
    elsewhere = KINESHMA if parcel.address.oktmo != KINESHMA else IVANOVO
    assert land_act(parcel, place=elsewhere) == ("false",)
    body = oktmo() + element("Address", parcel.address)
    assert values(told_by(municipal.LAND_ACT, body, parcel.address.oktmo), "Found") == ("true",)
    assert values(told_by(municipal.LAND_ACT, oktmo() + element("Address", "нигде")), "Found") == ("false",)


def test_a_building_is_no_parcel() -> None:
    home = WORLD.estate("37:24:990112:83")
    assert home is not None
    assert home.rights
    assert land_act(home) == ("false",)


# Households


def household(body: str, place: str = IVANOVO, world: World = WORLD) -> Element:
    return told_by(municipal.HOUSEHOLD_BOOK, oktmo(place) + body, place, world)


def in_houses() -> list[Person]:
    return [person for person in WORLD.persons if person.address.flat is None and person.death is None]


def test_a_household_is_who_lives_in_a_house() -> None:
    people = in_houses()
    assert len(people) > 100
    with_land = 0
    for person in people[:60]:
        town = person.address.oktmo
        told = household(f"<Person>{known(person)}</Person>", town)
        assert values(told, "Found", "Address") == ("true", str(person.address))
        members = {text(member, "FullName"): text(member, "BirthDate") for member in children(told, "Member")}
        here = WORLD.persons_at(person.address)
        assert members == {member.full_name: str(member.birth_date) for member in here}
        parcels = {
            estate.cadastral_number: estate.area
            for member in here
            for estate in WORLD.estates_of(member)
            if estate.kind == "parcel" and estate.address.oktmo == town
        }
        with_land += bool(parcels)
        assert values(told, "LandArea") == ((f"{sum(parcels.values(), Decimal(0)):.1f}",) if parcels else ())
        by_address = household(element("Address", person.address), town)
        assert [node.text for node in by_address.iter()] == [node.text for node in told.iter()]
    assert with_land


def test_members_are_told_what_they_are_to_the_owner() -> None:
    father, mother, *_ = WORLD.cases()["example"]
    told = household(f"<Person>{known(mother)}</Person>")
    relations = {text(member, "FullName"): text(member, "Relation") for member in children(told, "Member")}
    assert relations == {
        father.full_name: "глава хозяйства",
        mother.full_name: "жена",
        "Смирнова Анна Ивановна": "дочь",
        "Смирнов Павел Иванович": "сын",
    }


def test_parents_of_the_owner_and_strangers_are_members_too() -> None:
    snils = ("95500000100", "95500000201", "95500000302")
    address = {"index": "153000", "town": "Иваново", "street": "ул. Новая", "house": "7", "oktmo": IVANOVO}
    born = ("1980-01-01", "1955-01-01", "1990-01-01")
    names = ("Дочкина Анна", "Маткина Вера", "Гостев Олег")
    people: list[dict[str, Any]] = [
        {
            "snils": number,
            "family_name": name.split()[0],
            "first_name": name.split()[1],
            "birth_date": day,
            "address": address,
            "sex": "male" if name.startswith("Г") else "female",
        }
        for number, name, day in zip(snils, names, born, strict=True)
    ]
    people[0]["mother"] = snils[1]
    owned = {
        "cadastral_number": "37:24:999999:7",
        "kind": "building",
        "address": address,
        "rights": [{"owner": snils[0], "registered": "2001-01-01"}],
    }
    world = world_where(person=people, estate=[owned])
    told = household(element("Address", "153000, г. Иваново, ул. Новая, д. 7"), world=world)
    assert [(text(member, "FullName").split()[0], text(member, "Relation")) for member in children(told, "Member")] == [
        ("Дочкина", "глава хозяйства"),
        ("Маткина", "мать"),
        ("Гостев", ""),
    ]


def test_who_lives_in_a_flat_or_elsewhere_has_no_household_book_here() -> None:
    in_flat = next(person for person in WORLD.persons if person.address.flat is not None and person.death is None)
    assert values(household(f"<Person>{known(in_flat)}</Person>", in_flat.address.oktmo), "Found") == ("false",)
    assert values(household(element("Address", in_flat.address), in_flat.address.oktmo), "Found") == ("false",)
    away = next(person for person in in_houses() if person.address.oktmo != IVANOVO)
    assert values(household(f"<Person>{known(away)}</Person>"), "Found") == ("false",)
    assert values(household(element("Address", "где-то")), "Found") == ("false",)
