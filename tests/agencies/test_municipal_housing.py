"""What municipalities know of dwellings: contracts, the house book, the queue, privatisation."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import municipal
from agencies.answers import child, children, text
from agencies.world import ESTATES, Address, Estate, Passport, Person, World
from gateway.xml import Element
from tests.agencies.asking import WORLD
from tests.agencies.local_asking import (
    IVANOVO,
    KINESHMA,
    REGION,
    element,
    known,
    named,
    of_case,
    oktmo,
    told_by,
    values,
    world_where,
)

ANY_ESTATE = st.integers(0, ESTATES - 1)


# Social hire


def social_hire(address: Address, town: str | None = None, world: World = WORLD) -> Element:
    names = {"City": address.town, "Street": address.street, "House": address.house, "Flat": address.flat}
    body = element("RegionCode", "37") + "".join(element(name, value) for name, value in names.items())
    return told_by(
        municipal.SOCIAL_HIRE, body + element("ReceiverOKTMO", town or address.oktmo), town or address.oktmo, world
    )


def let_flats() -> Iterator[tuple[Estate, Person]]:
    """Go through the flats that are let by social hire, each with one who lives there."""
    for person in WORLD.persons:
        contract = WORLD.social_hire_of(person)
        estate = None if contract is None else WORLD.estate(contract.cadastral_number)
        if estate is not None and person.death is None:
            yield estate, person


def test_the_contract_of_a_flat_names_the_tenants_and_the_first_of_them() -> None:
    flats = list(let_flats())
    assert len(flats) > 100
    for estate, person in flats:
        contract = WORLD.social_hire_of(person)
        assert contract is not None
        told = social_hire(estate.address)
        assert values(child(told, "ObjectDescription"), "ContractNumber", "TotalArea") == (
            contract.number,
            f"{estate.area:.1f}",
        )
        assert text(told, "ObjectAddress") == str(estate.address)
        members = [member for snils in contract.members if (member := WORLD.person_by_snils(snils))]
        tenants = [member for member in members if member.death is None]
        listed = child(told, "Employers")
        assert listed is not None
        employers = children(listed, "Employer")
        assert [values(item, "LastName", "FirstName", "Birthday") for item in employers] == [
            (tenant.family_name, tenant.first_name, str(tenant.birth_date)) for tenant in tenants
        ]
        assert [text(item, "Is_contract_owner") for item in employers] == ["true"] + ["false"] * (len(tenants) - 1)
        papers = [tenant.papers[-1] for tenant in tenants]
        assert [values(item, "DocumentSeries", "DocumentNumber") for item in employers] == [
            (paper.series, paper.number) for paper in papers
        ]
        assert {
            text(item, "DocumentType")
            for item, paper in zip(employers, papers, strict=True)
            if isinstance(paper, Passport)
        } <= {"Паспорт гражданина Российской Федерации"}


def is_let(told: Element) -> bool:
    found = text(told, "ResponseInfo", "Status") == "Найдено"
    assert found is (child(told, "ObjectDescription") is not None)
    return found


def test_a_flat_of_another_municipality_is_not_let_here() -> None:
    estate = next(estate for estate, _ in let_flats() if estate.address.oktmo != IVANOVO)
    assert is_let(social_hire(estate.address))
    assert is_let(social_hire(estate.address, REGION))
    assert not is_let(social_hire(estate.address, IVANOVO))


def test_what_its_owners_live_in_is_not_let() -> None:
    flat = next(estate for estate in WORLD.estates if estate.kind == "flat" and estate.rights)
    assert not is_let(social_hire(flat.address))
    assert not is_let(social_hire(Address("", "Иваново", "ул. Неведомая", "1"), IVANOVO))


def test_a_contract_that_has_ended_lets_nothing() -> None:
    estate, person = next(let_flats())
    contract = WORLD.social_hire_of(person)
    assert contract is not None
    living = WORLD.persons_at(estate.address)
    facts = {
        "number": contract.number,
        "since": str(contract.since),
        "cadastral_number": contract.cadastral_number,
        "landlord": contract.landlord,
    }
    assert is_let(
        social_hire(
            estate.address, world=world_where(person=[{"snils": it.snils, "social_hire": facts} for it in living])
        )
    )
    ended = facts | {"until": "2012-12-31"}
    assert not is_let(
        social_hire(
            estate.address, world=world_where(person=[{"snils": it.snils, "social_hire": ended} for it in living])
        )
    )


@pytest.mark.parametrize("body", ["", "<Wrapped><City>Иваново</City></Wrapped>", "<City/><Street/><House/>"])
def test_an_incomplete_address_finds_no_contract(body: str) -> None:
    assert not is_let(told_by(municipal.SOCIAL_HIRE, body))


# The house book


def house_book(estate: Estate, place: str | None = None, *, by_number: bool = False, world: World = WORLD) -> Element:
    names = {"City": estate.address.town, "Street": estate.address.street, "House": estate.address.house}
    parts = "".join(element(f"object{name}", value) for name, value in names.items())
    last = element("objectCadastrNumber", estate.cadastral_number) if by_number else ""
    body = element("regionCode", "37") + parts + element("objectFlat", estate.address.flat) + last
    return told_by(municipal.HOUSE_BOOK, body, place or estate.address.oktmo, world)


def entries(told: Element, name: str) -> list[tuple[str, ...]]:
    return [values(item, "lastName", "firstName", "middleName", "birthDate") for item in children(told, name)]


def names_of(people: list[Person]) -> list[tuple[str, ...]]:
    return [tuple(filter(None, (it.family_name, it.first_name, it.patronymic, str(it.birth_date)))) for it in people]


@given(ANY_ESTATE)
def test_the_house_book_has_the_owners_of_a_dwelling_and_who_is_registered_there(index: int) -> None:
    estate = WORLD.estates[index]
    told = house_book(estate, by_number=True)
    if estate.kind == "parcel":
        assert values(told, "comment") == ("Помещение не найдено",)
        return
    assert entries(told, "owner") == names_of([right.owner for right in estate.rights])
    assert [text(item, "share") for item in children(told, "owner")] == [right.share or "1" for right in estate.rights]
    here = {person.snils: person for person in WORLD.persons_at(estate.address)}
    since = {
        snils: str(registration.since)
        for snils, person in here.items()
        for registration in person.registrations
        if registration.kind == "living" and registration.since  # who was born last week is not registered yet
    }
    assert entries(told, "registeredPerson") == names_of([here[snils] for snils in since])
    listed = children(told, "registeredPerson")
    assert [text(item, "registrationDate") for item in listed] == list(since.values())
    alone = estate.address.flat is not None  # a plot and a house may stand at one address
    assert not alone or [node.text for node in house_book(estate).iter()] == [node.text for node in told.iter()]


def test_an_owner_that_is_no_person_is_told_in_words() -> None:
    public = next(estate for estate in WORLD.estates if estate.kind == "flat" and estate.public_right)
    assert public.public_right is not None
    assert values(house_book(public), "comment") == (f"Собственник: {public.public_right.holder}",)
    owned = next(estate for estate in WORLD.estates if estate.kind == "building" and estate.firm_rights)
    firm = WORLD.firm_by_ogrn(owned.firm_rights[0].ogrn)
    assert firm is not None
    assert values(house_book(owned), "comment") == (f"Собственник: {firm.full_name}",)


def test_a_dwelling_of_another_municipality_stands_in_another_house_book() -> None:
    estate = next(estate for estate in WORLD.estates if estate.kind == "flat" and estate.address.oktmo != IVANOVO)
    for by_number in (True, False):
        assert entries(house_book(estate, by_number=by_number), "registeredPerson")
        assert values(house_book(estate, IVANOVO, by_number=by_number), "comment") == ("Помещение не найдено",)


def test_a_registration_that_is_applied_for_does_not_stand_in_the_house_book() -> None:
    person = of_case("pending-registration")
    pending = next(item for item in person.registrations if item.since is None)
    number = "37:24:999999:1"
    address = {
        "index": "153000",
        "town": "Иваново",
        "street": pending.address.street,
        "house": pending.address.house,
        "flat": pending.address.flat,
    }
    world = world_where(
        estate=[{"cadastral_number": number, "kind": "flat", "address": address}],
        person=[{"snils": person.snils, "address": address}],
    )
    estate = world.estate(number)
    assert estate is not None
    assert [who.snils for who in world.persons_at(estate.address)] == [person.snils]
    told = house_book(estate, IVANOVO, by_number=True, world=world)
    assert entries(told, "registeredPerson") == []
    assert values(told, "comment") == ("Сведений о собственниках и зарегистрированных нет",)


# The queue for housing


def queued() -> list[Person]:
    return [person for person in WORLD.persons if WORLD.housing_queue_of(person)]


def test_whoever_waits_for_housing_is_found_in_the_queue_of_his_municipality_only() -> None:
    people = queued()
    assert len({place.oktmo for person in people if (place := WORLD.housing_queue_of(person))}) > 5
    for person in people:
        place = WORLD.housing_queue_of(person)
        assert place is not None
        body = oktmo(place.oktmo) + known(person)
        told = told_by(municipal.HOUSING_QUEUE, body, place.oktmo)
        asked = ("true", str(place.since), place.ground, str(place.number))
        assert values(told, "Found", "Since", "Category", "Number") == asked
        elsewhere = KINESHMA if place.oktmo != KINESHMA else IVANOVO
        assert values(told_by(municipal.HOUSING_QUEUE, body, elsewhere), "Found", "Since") == ("false",)


def test_who_has_got_housing_or_never_waited_is_not_in_the_queue() -> None:
    person = of_case("unemployed")
    assert values(told_by(municipal.HOUSING_QUEUE, oktmo() + named(person)), "Found", "Number") == ("true", "212")
    place = {
        "number": 212,
        "since": "2008-04-07",
        "ground": "Малоимущая семья",
        "oktmo": IVANOVO,
        "until": "2013-01-31",
    }
    served = world_where(person=[{"snils": person.snils, "housing_queue": place}])
    assert values(told_by(municipal.HOUSING_QUEUE, oktmo() + named(person), world=served), "Found") == ("false",)
    settled = next(it for it in WORLD.persons if WORLD.housing_queue_of(it) is None)
    assert values(told_by(municipal.HOUSING_QUEUE, oktmo() + known(settled)), "Found") == ("false",)


# Privatisation


def test_whoever_got_a_flat_free_of_charge_is_told_which_and_when() -> None:
    people = [person for person in WORLD.persons if WORLD.privatisations_of(person)]
    assert len(people) > 100
    for person in people[:100]:
        made = WORLD.privatisations_of(person)[-1]
        flat = WORLD.estate(made.cadastral_number)
        assert flat is not None
        told = told_by(municipal.PRIVATISATION, oktmo() + known(person), flat.address.oktmo)
        assert values(told, "TookPart", "Address", "Date") == ("true", str(flat.address), str(made.made))


def test_a_flat_got_in_another_municipality_does_not_count_here() -> None:
    person = of_case("example")
    body = oktmo() + known(person) + element("FormerAddress", "г. Кинешма") + element("FormerAddress", "г. Шуя")
    assert values(told_by(municipal.PRIVATISATION, body), "TookPart") == ("true",)
    assert values(told_by(municipal.PRIVATISATION, body, KINESHMA), "TookPart", "Address") == ("false",)
    assert values(told_by(municipal.PRIVATISATION, oktmo() + known(of_case("debtor"))), "TookPart") == ("false",)


def test_a_privatised_flat_that_the_world_does_not_know_is_told_without_its_address() -> None:
    person = of_case("debtor")
    made = {"number": "1", "made": "2001-02-03", "cadastral_number": "37:24:999999:9"}
    world = world_where(person=[{"snils": person.snils, "privatisations": [made]}])
    told = told_by(municipal.PRIVATISATION, oktmo() + known(person), world=world)
    assert values(told, "TookPart", "Address", "Date") == ("true", "2001-02-03")
