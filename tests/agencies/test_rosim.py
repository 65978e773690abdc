"""Rosimushchestvo gives an excerpt for what is federal, and says so of what is not."""

import pytest

from agencies import rosim
from agencies.answers import child, text
from agencies.world import Estate
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import WORLD, ask, content_of, rejection_of


def excerpt(request: Element) -> Element:
    content = content_of(ask(rosim.FEDERAL_PROPERTY, request))
    assert text(content, "ExcerptDate") == str(WORLD.today)
    return content


def asked_by(name: str, value: str) -> Element:
    request = f'<RegisterRequest xmlns="http://rosim.ru/register/xmlExcerpt/2013/04"><Object><{name}>{value}</{name}></Object>'
    return xml.parse(f"{request}</RegisterRequest>".encode())


def federal() -> Estate:
    return next(
        estate for estate in WORLD.estates if estate.public_right is not None and estate.public_right.level == "federal"
    )


def test_what_is_federal_has_an_excerpt() -> None:
    estate = federal()
    right = estate.public_right
    assert right is not None
    told = child(excerpt(rosim.federal_property_request(estate.cadastral_number)), "Excerpt")
    names = ("CadastralNumber", "ObjectAddress", "Holder", "RightNumber", "RightDate")
    assert [text(told, name) for name in names] == [
        estate.cadastral_number,
        str(estate.address),
        right.holder,
        right.number,
        str(right.registered),
    ]
    by_register = excerpt(asked_by("RegisterNumber", text(told, "RegisterNumber")))
    assert text(by_register, "Excerpt", "CadastralNumber") == estate.cadastral_number


@pytest.mark.parametrize("number", [WORLD.estates[0].cadastral_number, "37:24:990000:1"])
def test_what_is_not_federal_is_not_in_the_register(number: str) -> None:
    content = excerpt(asked_by("CadastralNumber", number))
    assert child(content, "NotInRegister") is not None
    assert child(content, "Excerpt") is None


@pytest.mark.parametrize(
    ("name", "value"), [("Address", "г. Иваново"), ("RegisterNumber", "1"), ("CadastralNumber", "")]
)
def test_a_request_without_a_number_is_told_what_to_give(name: str, value: str) -> None:
    rejection = rejection_of(ask(rosim.FEDERAL_PROPERTY, asked_by(name, value)))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "CadastralNumber" in rejection.description
