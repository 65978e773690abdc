"""What the tax service tells of firms besides the register: number of employees, separate divisions."""

import zlib
from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected
from agencies.finding import text_inside
from agencies.fns.people import NOT_FOUND
from agencies.world import Division, Firm, World
from gateway.xml import Element

HEADCOUNT: Final = "fns/headcount"
SEPARATE_DIVISION: Final = "fns/separate-division"

_UNNAMED: Final = (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите ИНН организации (ИННЮЛ) или её ОГРН"),)

_headcount: Final = Builder("urn://x-artefacts-fns-SRCHIS/082-2/4.0.1")
_division: Final = Builder("urn://x-artefacts-fns-uchorgop-tosmv-ru/370_68/4.0.1")


def headcount(question: Question) -> tuple[Answer, ...]:
    """Answer a RequestDocument with the number for the last calendar year; КодОбр 01 where there is none."""
    world, content = question.world, question.content
    inn, ogrn = _numbers(content)
    if not inn and not ogrn:
        return _UNNAMED
    firm = _firm(world, inn, ogrn)
    last_year = world.today.year - 1
    if firm is None or text_inside(content, "ОтчетГод")[:4] not in ("", str(last_year)) or not _worked(firm, last_year):
        told = _headcount("КодОбр", NOT_FOUND)
    else:
        as_of = date(world.today.year, 1, 1)
        told = _headcount("СрСписЧисл", СреднЧисл=firm.headcount, ДатаСвед=world.today, СреднЧислДата=as_of)
    # Made of the request itself: the same run must give the same journal.
    number = f"{zlib.crc32(question.message_id.encode()):020d}"
    return (Answered(_headcount("ResponseDocument", [told], ИдЗапросФНС=number)),)


def separate_division(question: Question) -> tuple[Answer, ...]:
    """Answer an FNSUchOrgOPRequest with every division of the firm; КодОбр 01 where there is none."""
    content = question.content
    inn, ogrn = _numbers(content)
    if not inn and not ogrn:
        return _UNNAMED
    firm = _firm(question.world, inn, ogrn)
    told: list[Element | None] = [] if firm is None else [_told(firm, division) for division in firm.divisions]
    body = told or [_division("КодОбр", NOT_FOUND)]
    return (Answered(_division("FNSUchOrgOPResponse", body, ИдДок=content.get("ИдДок"))),)


def _numbers(content: Element) -> tuple[str, str]:
    return text_inside(content, "ИННЮЛ", "ИНН"), text_inside(content, "ОГРН")


def _firm(world: World, inn: str, ogrn: str) -> Firm | None:
    return world.firm_by_inn(inn) or world.firm_by_ogrn(ogrn)


def _worked(firm: Firm, year: int) -> bool:
    return firm.registered.year <= year and (firm.ceased is None or firm.ceased.year > year)


def _told(firm: Firm, division: Division) -> Element:
    return _division(
        "СвОрг",
        НаимОП=division.name,
        ИННЮЛ=firm.inn,
        КППОП=division.kpp,
        КодНООП=division.kpp[:4],
        АдресМНОП=division.address,
    )
