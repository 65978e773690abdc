"""The ministry of internal affairs tells of passports, registrations, convictions and vehicles what the world knows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import mvd
from agencies.answers import child, text
from agencies.mvd.gibdd import vehicles
from agencies.mvd.registrations import Registered
from agencies.world import PERSONS, Person, Registration, World
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import WORLD, ask, content_of, over_the_wire, question, rejection_of
from tests.agencies.namesakes import NAMESAKES, is_alone

indices = st.integers(0, PERSONS - 1)


GROWN_UP = next(person for person in WORLD.persons if person.passports and person.death is None)


# Passports


@given(indices)
def test_the_dossier_of_any_person_has_every_passport(index: int) -> None:
    person = WORLD.person(index)
    for passport in person.passports:
        answers = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request(passport.series, passport.number))
        assert mvd.read_dossier(content_of(answers)) == person.passports


def test_a_dossier_tells_the_sex_and_when_a_passport_was_replaced() -> None:
    person = next(person for person in WORLD.persons if len(person.passports) > 1 and person.death is None)
    content = content_of(ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request_by_name(person.identity)))
    assert text(content, "person", "gender") == ("M" if person.sex == "male" else "F")
    invalid = child(content, "passportDossier", "passport", "invalidDoc")
    assert text(invalid, "invalidityDate") == str(person.passports[1].issued)
    assert text(invalid, "invalidityReason") == "602"


def test_a_dossier_is_found_by_name() -> None:
    answers = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request_by_name(GROWN_UP.identity))
    assert mvd.read_dossier(content_of(answers)) == GROWN_UP.passports


def test_namesakes_of_one_day_get_nobody_the_dossier() -> None:
    answers = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request_by_name(GROWN_UP.identity), NAMESAKES)
    assert rejection_of(answers).code == "NO_DATA"
    assert "несколько (2), укажите паспорт" in rejection_of(answers).description


# Registrations


def registered(kind_id: str, request: Element) -> Registered | None:
    return mvd.read_registration(content_of(ask(kind_id, request)))


@given(indices)
def test_the_place_of_living_is_that_of_the_registration_in_force(index: int) -> None:
    person = WORLD.person(index)
    for passport in person.passports:
        who = replace(person.identity, passport_series=passport.series, passport_number=passport.number)
        assert registered(mvd.LIVING_PLACE, mvd.living_place_request(who, passport.issued)) == in_force(
            person, "living"
        )
        assert registered(mvd.STAYING_PLACE, mvd.staying_place_request(who, passport.issued)) == in_force(
            person, "staying"
        )


def in_force(person: Person, kind: str) -> Registered | None:
    found = [item for item in person.registrations if item.kind == kind and holds(item)]
    return Registered(str(found[-1].address), found[-1].since, None) if found else None


def holds(registration: Registration) -> bool:
    return registration.since is not None and registration.until is None


def test_somebody_stays_somewhere() -> None:
    assert any(in_force(person, "staying") for person in WORLD.persons)


def test_the_parts_of_an_address_are_told_too() -> None:
    request = mvd.living_place_request(GROWN_UP.identity, GROWN_UP.passport.issued)
    told = child(content_of(ask(mvd.LIVING_PLACE, request)), "registrationInfo")
    address = GROWN_UP.address
    assert [text(told, name) for name in ("settlement", "street", "house", "flat")] == [
        address.town,
        address.street,
        address.house,
        address.flat or "",
    ]
    assert text(told, "regionOktmo") == "24000000"


def test_a_registration_that_ended_or_is_applied_for_does_not_count() -> None:
    past, future = date(2012, 1, 1), date(2013, 3, 1)
    address = GROWN_UP.address
    person = replace(
        GROWN_UP,
        registrations=(
            Registration("living", address, past, past, until=date(2012, 6, 1)),
            Registration("living", address, future, None),
        ),
    )

    class Changed(World):
        def person_by_document(self, *_: str) -> Person | None:
            return person

        def persons_by_name(self, *_: object) -> tuple[Person, ...]:
            return (person,)

    request = mvd.living_place_request(person.identity, person.passport.issued)
    assert mvd.read_registration(content_of(ask(mvd.LIVING_PLACE, request, Changed(37, WORLD.today)))) is None


def test_name_and_passport_must_be_of_one_person() -> None:
    other = next(person for person in WORLD.persons if person.passports and person != GROWN_UP)
    who = replace(GROWN_UP.identity, passport_series=other.passport.series, passport_number=other.passport.number)
    assert registered(mvd.LIVING_PLACE, mvd.living_place_request(who, other.passport.issued)) is None


# Convictions


def test_convictions_are_told_as_the_courts_gave_them() -> None:
    convicts = [person for person in WORLD.persons if WORLD.convictions_of(person)]
    assert convicts
    for person in convicts[:10]:
        content = content_of(ask(mvd.CONVICTIONS, mvd.convictions_request(person.identity, person.snils)))
        records = child(content, "records")
        assert records is not None
        told = [
            (text(record, "article"), text(record, "court"), text(record, "sentence"), text(record, "sentenceDate"))
            for record in records[:-1]
        ]
        assert told == [
            (item.article, item.court, item.punishment, str(item.sentenced)) for item in WORLD.convictions_of(person)
        ]
        spent = [text(record, "expungedDate") for record in records[:-1]]
        assert spent == [str(item.spent or "") for item in WORLD.convictions_of(person)]
        assert all(item.court in mvd.read_convictions(content) for item in WORLD.convictions_of(person))


def test_no_records_is_an_answer_too() -> None:
    person = next(person for person in WORLD.persons if not WORLD.convictions_of(person))
    content = content_of(ask(mvd.CONVICTIONS, mvd.convictions_request(person.identity, person.snils)))
    assert child(content, "noRecords") is not None
    assert mvd.read_convictions(content) == ""


def test_a_snils_of_somebody_else_gets_no_convictions() -> None:
    other = next(person for person in WORLD.persons if person != GROWN_UP)
    answers = ask(mvd.CONVICTIONS, mvd.convictions_request(GROWN_UP.identity, other.snils))
    assert "с другими данными" in rejection_of(answers).description


def test_namesakes_are_told_apart_by_snils() -> None:
    nameless = ask(mvd.CONVICTIONS, mvd.convictions_request(GROWN_UP.identity), NAMESAKES)
    assert "несколько (2), укажите СНИЛС" in rejection_of(nameless).description


@pytest.mark.parametrize("born", ["", "<year>1967</year>", "<year>1967</year><month>13</month><day>1</day>"])
def test_convictions_without_a_birth_date_are_not_looked_for(born: str) -> None:
    namespace = "urn://ru/mvd/ibd-m/convictions/search/1.0.2"
    written = (
        f'<request xmlns="{namespace}"><birthDate>{born or "<year>0</year>"}</birthDate><surname>А</surname></request>'
    )
    assert "дату рождения" in rejection_of(ask(mvd.CONVICTIONS, xml.parse(written.encode()))).description


@pytest.mark.parametrize("written", ["{:%d.%m.%Y}", "{:%Y-%m-%d}"])
def test_the_older_kind_tells_the_same_in_words(written: str) -> None:
    person = next(person for person in WORLD.persons if WORLD.convictions_of(person) and person.patronymic)
    request = f"""<g:RequestGIAC xmlns:g="http://tower.ru/mvd/clients/giac/request"><g:Message><g:Document>
        <g:PrivatePerson><g:FirstName>{person.first_name}</g:FirstName><g:FathersName>{person.patronymic}</g:FathersName>
        <g:SecName>{person.family_name}</g:SecName><g:DateOfBirth>{written.format(person.birth_date)}</g:DateOfBirth>
        </g:PrivatePerson></g:Document></g:Message></g:RequestGIAC>"""
    content = content_of(ask(mvd.CONVICTIONS_GIAC, xml.parse(request.encode())))
    told, found = mvd.read_convictions_giac(content)
    assert found
    assert all(item.court in told for item in WORLD.convictions_of(person))


# Vehicles


@given(indices)
def test_vehicles_are_those_owned_today(index: int) -> None:
    person = WORLD.person(index)
    owned = mvd.read_vehicles(content_of(ask(mvd.VEHICLES, mvd.vehicles_request(person.identity))))
    if not is_alone(person):
        assert owned is None
        return
    assert owned == tuple(
        mvd.OwnedVehicle(item.year, Decimal(item.power), item.category, item.registration_certificate)
        for item in WORLD.vehicles_of(person)
        if item.until is None
    )


def test_somebody_has_a_vehicle_and_somebody_has_sold_one() -> None:
    owned = [vehicle for person in WORLD.persons for vehicle in WORLD.vehicles_of(person)]
    assert {vehicle.until is None for vehicle in owned} == {True, False}


def test_an_unknown_owner_is_an_error_of_the_kind() -> None:
    request = mvd.vehicles_request(replace(GROWN_UP.identity, birth_date=date(1901, 1, 1)))
    content = content_of(ask(mvd.VEHICLES, request))
    assert mvd.read_vehicles(content) is None
    assert text(content, "errorText") == "Граждан с указанными данными не найдено"


def test_namesakes_are_an_error_of_the_kind() -> None:
    (answer,) = vehicles(question(over_the_wire(mvd.vehicles_request(GROWN_UP.identity)), NAMESAKES))
    assert "несколько (2)" in text(content_of((answer,)), "errorText")


# Residence permits


def permit_of(person: Person, citizenship: str) -> Element:
    patronymic = f"<Patronymic>{person.patronymic}</Patronymic>" if person.patronymic else ""
    request = f"""<ResidencePermitRequest xmlns="urn://mock-smev/mvd/residence-permit/1.0.0">
        <FamilyName>{person.family_name}</FamilyName><FirstName>{person.first_name}</FirstName>{patronymic}
        <BirthDate>{person.birth_date}</BirthDate><Citizenship>{citizenship}</Citizenship>
        <DocumentNumber>1</DocumentNumber></ResidencePermitRequest>"""
    return content_of(ask(mvd.RESIDENCE_PERMIT, xml.parse(request.encode())))


def test_the_permit_of_a_foreigner_is_told() -> None:
    (person,) = WORLD.cases()["foreigner"]
    paper = next(paper for paper in person.documents if paper.code in ("12", "15"))
    told = child(permit_of(person, person.citizenship), "Permit")
    assert [text(told, name) for name in ("Kind", "Status", "Number", "IssueDate")] == [
        "permanent" if paper.code == "12" else "temporary",
        "valid",
        f"{paper.series} {paper.number}",
        str(paper.issued),
    ]


def test_who_has_no_permit_or_another_citizenship_is_not_found() -> None:
    (person,) = WORLD.cases()["foreigner"]
    assert child(permit_of(person, "AAA"), "NotFound") is not None
    citizen = next(person for person in WORLD.persons if is_alone(person))
    assert child(permit_of(citizen, citizen.citizenship), "NotFound") is not None
