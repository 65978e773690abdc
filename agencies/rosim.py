"""Rosimushchestvo (Росимущество): the register of federal property."""

import zlib
from typing import Final

from agencies.answers import Answer, Answered, Answers, Builder, Question, Rejected
from agencies.finding import text_inside
from agencies.world import Estate, PublicRight
from gateway.xml import Element

FEDERAL_PROPERTY: Final = "rosim/federal-property"

_PREFIX: Final = "П12-"

_rosim: Final = Builder("http://rosim.ru/register/xmlExcerpt/2013/04")


def federal_property(question: Question) -> tuple[Answer, ...]:
    """Answer a RegisterRequest with an excerpt, or with NotInRegister for what is not federal.

    The object is asked for by RegisterNumber or by CadastralNumber; an address alone is not searched by.
    """
    world, content = question.world, question.content
    number = text_inside(content, "CadastralNumber") or cadastral_number(text_inside(content, "RegisterNumber"))
    if not number:
        wanted = "Укажите кадастровый номер (CadastralNumber) или реестровый номер (RegisterNumber) объекта"
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", wanted),)
    estate = world.estate(number)
    right = None if estate is None else estate.public_right
    if estate is None or right is None or right.level != "federal":
        found = _rosim("NotInRegister")
    else:
        found = _excerpt(estate, right)
    told = [
        _rosim("ExcerptNumber", f"37/{zlib.crc32(question.message_id.encode()):010d}"),
        _rosim("ExcerptDate", world.today),
        found,
    ]
    return (Answered(_rosim("MessageEnvelope", list(told))),)


def federal_property_request(number: str) -> Element:
    """Build a RegisterRequest by a cadastral number."""
    return _rosim("RegisterRequest", [_rosim("CadastralNumber", number)])


def register_number(cadastral: str) -> str:
    """Return the number that an object has in the register (РНФИ): invented here, of its cadastral number."""
    return _PREFIX + cadastral.replace(":", "-")


def cadastral_number(register: str) -> str:
    """Return the cadastral number of an object in the register; "" for what is no number of the register."""
    return register.removeprefix(_PREFIX).replace("-", ":") if register.startswith(_PREFIX) else ""


def _excerpt(estate: Estate, right: PublicRight) -> Element:
    return _rosim(
        "Excerpt",
        [
            _rosim("RegisterNumber", register_number(estate.cadastral_number)),
            _rosim("CadastralNumber", estate.cadastral_number),
            _rosim("ObjectType", estate.kind),
            _rosim("ObjectAddress", str(estate.address)),
            _rosim("Area", f"{estate.area:.1f}"),
            _rosim("Holder", right.holder),
            _rosim("RightNumber", right.number),
            _rosim("RightDate", right.registered),
        ],
    )


ANSWERS: Final[Answers] = {FEDERAL_PROPERTY: federal_property}
