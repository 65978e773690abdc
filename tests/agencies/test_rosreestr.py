"""Rosreestr numbers a request first, then tells of real estate and the rights to it what the world knows."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import rosreestr
from agencies.answers import Answered, InProgress, children, text
from agencies.papers import packed
from agencies.world import ESTATES, Encumbrance, Estate, World
from gateway import xml
from gateway.protocol.messages import AttachmentHeader
from gateway.xml import Element
from tests.agencies.asking import CASE, LIBRARY, WORLD, ask, content_of, over_the_wire, question, rejection_of
from tests.agencies.namesakes import is_alone
from tests.conversation import c14n

indices = st.integers(0, ESTATES - 1)
UNKNOWN = "37:24:990000:1"
PUBLISHED_BEAN = (
    '<t:createRequestBean xmlns:t="http://portal.fccland.ru/types/"><t:okato>24</t:okato>'
    "<t:requestType>CADASTRAL_PASSPORT</t:requestType></t:createRequestBean>"
)


def extract_of(estate: Estate, world: World = WORLD) -> rosreestr.EgrnExtract:
    answers = ask(rosreestr.EGRN_STATEMENT, rosreestr.egrn_request(estate.cadastral_number, CASE), world)
    extract = rosreestr.read_extract(content_of(answers))
    assert extract is not None
    assert answers[0] == InProgress(rosreestr.ACCEPTED, extract.request_number)
    return extract


# The extract


@given(indices)
def test_the_extract_of_any_estate_comes_after_its_request_number(index: int) -> None:
    estate = WORLD.estates[index]
    extract = extract_of(estate)
    assert (extract.cadastral_number, extract.kind, extract.address, extract.area, extract.value) == (
        estate.cadastral_number,
        estate.kind,
        str(estate.address),
        estate.area,
        estate.value,
    )
    assert (extract.purpose, extract.category) == (estate.purpose, estate.category)
    assert [(owner.snils, owner.birth_date, owner.share) for owner in extract.owners] == [
        (right.owner.snils, right.owner.birth_date, right.share) for right in estate.rights
    ]


def test_the_extract_comes_as_a_zip_too_with_a_signature_where_somebody_signs() -> None:
    estate = WORLD.estates[0]
    answered = ask(rosreestr.EGRN_STATEMENT, rosreestr.egrn_request(estate.cadastral_number, CASE))[-1]
    assert isinstance(answered, Answered)
    [paper] = answered.papers
    header, unsigned = packed(paper, lambda _: None)
    again, signed = packed(paper, lambda content: b"CMS over %d bytes" % len(content))
    assert header == again == AttachmentHeader(f"{paper.name}.zip", "application/zip")
    assert packed(paper, lambda _: None)[1] == unsigned
    name = f"{paper.name}.xml"
    with zipfile.ZipFile(io.BytesIO(unsigned)) as archive:
        assert archive.namelist() == [name]
        content = archive.read(name)
        assert archive.infolist()[0].date_time[:3] == (paper.day.year, paper.day.month, paper.day.day)
    extract = content_of((answered,)).find("{*}Extract")
    assert extract is not None
    assert c14n(xml.parse(content)) == c14n(extract)
    with zipfile.ZipFile(io.BytesIO(signed)) as archive:
        assert archive.read(f"{name}.sig") == b"CMS over %d bytes" % len(content)


def holders(estate: Estate) -> tuple[str, ...]:
    firms = [WORLD.firm_by_ogrn(right.ogrn) for right in estate.firm_rights]
    public = [] if estate.public_right is None else [estate.public_right.holder]
    return (*(firm.full_name for firm in firms if firm), *public)


def test_firms_and_public_bodies_own_too() -> None:
    of_firm = next(estate for estate in WORLD.estates if estate.firm_rights)
    of_town = next(estate for estate in WORLD.estates if estate.is_municipal)
    for estate in (of_firm, of_town):
        extract = extract_of(estate)
        assert extract.owners == ()
        assert extract.organizations == holders(estate) != ()


def test_only_encumbrances_in_force_are_told() -> None:
    ended = Encumbrance("Аренда", "37-1", date(2010, 1, 1), "Арендатор", date(2011, 1, 1))
    lasting = Encumbrance("Ипотека", "37-2", date(2010, 1, 1), "Банк")

    class Encumbered(World):
        def estate(self, cadastral_number: str) -> Estate | None:
            found = super().estate(cadastral_number)
            return found and replace(found, encumbrances=(ended, lasting))

    assert extract_of(WORLD.estates[0], Encumbered(37, WORLD.today)).encumbrances == ("Ипотека",)


def test_an_unknown_cadastral_number_is_no_data_after_the_request_number() -> None:
    answers = ask(rosreestr.EGRN_STATEMENT, rosreestr.egrn_request(UNKNOWN, CASE))
    assert isinstance(answers[0], InProgress)
    assert rejection_of(answers).code == "NO_DATA"
    assert UNKNOWN in rejection_of(answers).description


def test_a_request_by_attachment_as_the_published_kind_has_it_is_told_what_to_do() -> None:
    named = "<IsUnstructuredFormat>false</IsUnstructuredFormat><IsZippedPacket>true</IsZippedPacket>"
    request = f"""<r:Request xmlns:r="urn://x-artefacts-rosreestr-gov-ru/virtual-services/egrn-statement/1.1.2"
        xmlns="urn://x-artefacts-rosreestr-gov-ru/virtual-services/egrn-statement/1.1.2">
        <region>37</region><externalNumber>1</externalNumber><senderType>Vedomstvo</senderType>
        <actionCode>659511111112</actionCode><Attachment><IsMTOMAttachmentContent>true</IsMTOMAttachmentContent>
        <RequestDescription>{named}<fileName>request.xml</fileName></RequestDescription>
        <Statement>{named}<fileName>statement.xml</fileName></Statement>
        <File><IsUnstructuredFormat>true</IsUnstructuredFormat><IsZippedPacket>true</IsZippedPacket>
        <fileName>request.xml.sig</fileName></File></Attachment></r:Request>"""
    answers = ask(rosreestr.EGRN_STATEMENT, xml.parse(request.encode()))
    assert rejection_of(answers).code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "CadastralNumber" in rejection_of(answers).description


def test_an_answer_that_tells_only_the_request_number_has_no_extract() -> None:
    request = rosreestr.egrn_request(WORLD.estates[0].cadastral_number, CASE)
    content = content_of(ask(rosreestr.EGRN_STATEMENT, request))
    content.remove(content[-1])
    assert LIBRARY.violations(content) == ()
    assert rosreestr.read_extract(content) is None


# Cadastre and rights


def objects_of(request: Element) -> list[Element]:
    first, final = ask(rosreestr.CADASTRE_AND_RIGHTS, request)
    content = content_of((final,))
    assert first == InProgress(rosreestr.ACCEPTED, text(content, "requestNumber"))
    assert text(content, "orderStatus") == "PROCESSED"
    return children(content, "object")


@given(indices)
def test_the_cadastre_tells_of_an_object(index: int) -> None:
    estate = WORLD.estates[index]
    (told,) = objects_of(rosreestr.cadastre_request("OBJECT_RIGHTS", estate.cadastral_number))
    assert [text(told, name) for name in ("cadastralNumber", "objectType", "address", "purpose", "landCategory")] == [
        estate.cadastral_number,
        estate.kind,
        str(estate.address),
        estate.purpose,
        estate.category,
    ]
    assert (Decimal(text(told, "area")), Decimal(text(told, "cadastralValue"))) == (estate.area, estate.value)
    rights = children(told, "right")
    assert [
        (text(right, "registrationNumber"), text(right, "registrationDate"), text(right, "person", "birthDate"))
        for right in rights[: len(estate.rights)]
    ] == [(right.number, str(right.registered), str(right.owner.birth_date)) for right in estate.rights]
    assert tuple(text(right, "organization") for right in rights[len(estate.rights) :]) == holders(estate)


def test_a_person_s_rights_are_all_that_they_own() -> None:
    owner = next(right.owner for estate in WORLD.estates for right in estate.rights if is_alone(right.owner))
    told = objects_of(rosreestr.rights_request("SUBJECT_RIGHTS", owner))
    assert [text(item, "cadastralNumber") for item in told] == [
        estate.cadastral_number for estate in WORLD.estates_of(owner)
    ]


def test_who_owns_nothing_has_no_objects() -> None:
    person = next(person for person in WORLD.persons if not WORLD.estates_of(person) and is_alone(person))
    assert objects_of(rosreestr.rights_request("SUBJECT_RIGHTS", person)) == []


def test_a_flat_has_no_cadastral_passport_of_a_parcel() -> None:
    flat = next(estate for estate in WORLD.estates if estate.kind == "flat")
    answers = ask(
        rosreestr.CADASTRE_AND_RIGHTS,
        rosreestr.cadastre_request("PARCEL_CADASTRAL_PASSPORT", flat.cadastral_number),
    )
    assert isinstance(answers[0], InProgress)
    assert "земельного участка" in rejection_of(answers).description
    parcel = next(estate for estate in WORLD.estates if estate.kind == "parcel")
    assert objects_of(rosreestr.cadastre_request("PARCEL_VALUE", parcel.cadastral_number))


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("", "requestType"),
        ("<requestType>OBJECT_RIGHTS</requestType>", "cadastralNumber"),
        ("<requestType>SUBJECT_RIGHTS</requestType>", "дату рождения"),
        (PUBLISHED_BEAN, "cadastralNumber"),
    ],
)
def test_what_a_request_lacks_is_told_at_once(content: str, wanted: str) -> None:
    request = xml.parse(f'<CreateRequest xmlns="http://portal.rosreestr.ru/">{content}</CreateRequest>'.encode())
    (answer,) = ask(rosreestr.CADASTRE_AND_RIGHTS, request)
    assert rejection_of((answer,)).code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert wanted in rejection_of((answer,)).description


def test_the_same_request_of_two_messages_gets_two_numbers() -> None:
    request = over_the_wire(rosreestr.cadastre_request("OBJECT_RIGHTS", WORLD.estates[0].cadastral_number))
    answers = ask(rosreestr.CADASTRE_AND_RIGHTS, request)
    assert isinstance(answers[-1], Answered)
    again = rosreestr.ANSWERS[rosreestr.CADASTRE_AND_RIGHTS](replace(question(request), message_id="another"))
    assert answers[0] != again[0]
