"""Answers are valid by their kinds' schemas, true to the one world, and honest about what is not there."""

from typing import get_args

import pytest

from agencies import fns, mvd, rosreestr
from agencies.answering import ANSWERS
from agencies.answers import RejectCode, Rejected
from gateway import ns, xml
from gateway.xml import Element
from tests.agencies.asking import ASKER, CASE, GUID, KINDS, LIBRARY, SCHEMAS, WORLD, ask, content_of, question

# Every kind of every agency


def test_each_answered_kind_is_in_the_catalogue() -> None:
    assert all(LIBRARY.catalogue.by_id(kind_id) for kind_id in ANSWERS)


def test_reject_codes_are_those_of_the_exchange() -> None:
    types = xml.parse((SCHEMAS / "smev3" / "1.2" / "smev-message-exchange-types-1.2.xsd").read_bytes())
    path = f".//{{{ns.XSD}}}simpleType[@name='RejectCode']//{{{ns.XSD}}}enumeration"
    assert {value.get("value") for value in types.iterfind(path)} == set(get_args(RejectCode))


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_the_example_of_each_kind_is_answered_by_its_example(kind_id: str) -> None:
    folder = next((KINDS / kind_id).iterdir())
    request, response = (xml.parse((folder / f"example-{role}.xml").read_bytes()) for role in ("request", "response"))
    assert texts(content_of(ANSWERS[kind_id](question(request)))) == texts(response)


def texts(element: Element) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (
            str(node.tag),
            (node.text or "").strip(),
            {str(name): str(node.attrib[name]) for name in node.attrib},
        )
        for node in element.iter("*")
    ]


@pytest.mark.parametrize("kind_id", sorted(ANSWERS))
def test_an_empty_request_is_answered_without_failing(kind_id: str) -> None:
    kind = LIBRARY.catalogue.by_id(kind_id)
    assert kind is not None
    empty = xml.parse(f'<{kind.request.root} xmlns="{kind.request.namespace}"/>'.encode())
    assert ANSWERS[kind_id](question(empty))


def test_whom_nobody_knows_there_is_no_data_about() -> None:
    (answer,) = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request("0000", "000000"))
    assert answer == Rejected("NO_DATA", "Граждан с указанными данными не найдено")


# One world


def test_one_person_is_the_same_at_every_agency() -> None:
    estate = next(estate for estate in WORLD.estates if estate.rights)
    request = rosreestr.egrn_request(estate.cadastral_number, CASE)
    extract = rosreestr.read_extract(content_of(ask(rosreestr.EGRN_STATEMENT, request)))
    assert extract is not None
    owner = WORLD.person_by_snils(extract.owners[0].snils)
    assert owner is not None
    inn = content_of(ask(fns.INN_BY_PERSON, fns.inn_request(owner.identity, GUID, ASKER)))
    assert fns.read_inn(inn) == owner.inn
    by_name = ask(mvd.PASSPORT_DOSSIER, mvd.dossier_request_by_name(owner.identity))
    assert mvd.read_dossier(content_of(by_name))[-1] == owner.passport
