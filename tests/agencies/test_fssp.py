"""The bailiffs tell of enforcement proceedings what the world knows; no proceedings are an empty list."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import fssp
from agencies.world import PERSONS, Person
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import ASKER, GUID, LIBRARY, WORLD, ask, content_of, question, rejection_of
from tests.agencies.namesakes import NAMESAKES, is_alone

indices = st.integers(0, PERSONS - 1)

ROOT = "urn://x-artifacts-fssp-ru/mvv/smev3/inquiry-documents/1.1.1"
CONTAINER = "urn://x-artifacts-fssp-ru/mvv/smev3/container/1.1.0"

DEBTOR = next(person for person in WORLD.persons if WORLD.enforcements_of(person))


def inquiry(document: str) -> Element:
    """Write a request by hand."""
    head = f'xmlns="{ROOT}" xmlns:c="{CONTAINER}"'
    envelope = f"<c:ID>1</c:ID><c:Date>2013-03-04T10:00:00</c:Date><c:SenderID>MUN</c:SenderID>{document}"
    return xml.parse(f"<InquiryDocumentsRequest {head}>{envelope}</InquiryDocumentsRequest>".encode())


def proceedings(request: Element) -> tuple[fssp.Proceeding, ...]:
    return fssp.read_enforcement(content_of(ask(fssp.ENFORCEMENT, request)))


def of(person: Person) -> tuple[fssp.Proceeding, ...]:
    """What the world says about a person, as a requester would read it."""
    return tuple(
        fssp.Proceeding(one.number, one.since, one.until, one.subject, one.amount, one.balance)
        for one in WORLD.enforcements_of(person)
    )


@given(indices)
def test_the_proceedings_against_any_person_are_those_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    request = fssp.enforcement_request_by_number(person.snils, GUID, ASKER, WORLD.today)
    assert proceedings(request) == of(person)


def test_a_debtor_is_found_by_name_and_by_inn_too() -> None:
    debtor = next(
        person for person in WORLD.persons if person.inn and WORLD.enforcements_of(person) and is_alone(person)
    )
    assert debtor.inn is not None
    assert proceedings(fssp.enforcement_request(debtor.identity, GUID, ASKER, WORLD.today)) == of(debtor)
    assert proceedings(fssp.enforcement_request_by_number(debtor.inn, GUID, ASKER, WORLD.today)) == of(debtor)


def test_proceedings_that_have_ended_are_told_apart() -> None:
    ended = [one for person in WORLD.persons for one in of(person) if one.ended]
    going_on = [one for person in WORLD.persons for one in of(person) if one.ended is None]
    assert ended
    assert going_on
    assert all(one.balance <= one.amount for one in ended + going_on)


def test_against_whom_nobody_knows_there_are_no_proceedings() -> None:
    stranger = replace(DEBTOR.identity, family_name="Неизвестный")
    assert proceedings(fssp.enforcement_request(stranger, GUID, ASKER, WORLD.today)) == ()
    assert proceedings(fssp.enforcement_request_by_number("0" * 11, GUID, ASKER, WORLD.today)) == ()


def test_namesakes_get_nobody_the_proceedings() -> None:
    request = fssp.enforcement_request(DEBTOR.identity, GUID, ASKER, WORLD.today)
    rejection = rejection_of(ask(fssp.ENFORCEMENT, request, NAMESAKES))
    assert rejection.code == "NO_DATA"
    assert "укажите СНИЛС" in rejection.description


def test_an_inquiry_by_attachment_is_told_what_to_do() -> None:
    rejection = rejection_of(ask(fssp.ENFORCEMENT, inquiry("<c:Document><c:Filename>a.zip</c:Filename></c:Document>")))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "Debtor" in rejection.description


def test_an_answer_is_for_who_has_asked() -> None:
    content = content_of(
        ask(fssp.ENFORCEMENT, inquiry(f"<c:Document><Debtor><Snils>{DEBTOR.snils}</Snils></Debtor></c:Document>"))
    )
    assert {xml.name_of(node)[1]: node.text for node in content}["ReceiverID"] == "MUN"


@pytest.mark.parametrize("debtor", ["<Debtor/>", "<Debtor><FamilyName>Смирнов</FamilyName></Debtor>"])
def test_a_debtor_who_is_named_in_part_is_refused_by_the_schema_and_explained_by_the_agency(debtor: str) -> None:
    request = inquiry(f"<c:Document>{debtor}</c:Document>")

    assert LIBRARY.violations(request) != ()
    rejection = rejection_of(fssp.enforcement(question(request)))
    assert "дату рождения" in rejection.description
