"""Convictions: the search of the information centre (ГИАЦ), and its older kind of SMEV 2."""

import base64
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, attribute, child, day, text
from agencies.finding import Named, find_insured, find_person, inside
from agencies.world import Conviction, Identity, Person
from gateway.xml import Element

CONVICTIONS: Final = "mvd/convictions"
CONVICTIONS_GIAC: Final = "mvd/convictions-giac"

_search: Final = Builder("urn://ru/mvd/ibd-m/convictions/search/1.0.2")
_giac: Final = Builder("http://tower.ru/mvd/clients/giac/request")


def convictions(question: Question) -> tuple[Answer, ...]:
    """Answer a request with the records of the person, spent ones too, or with noRecords; by СНИЛС where it is told."""
    content = question.content
    born = child(content, "birthDate")
    named = Named(
        text(content, "surname"),
        text(content, "name"),
        text(content, "patronymicName"),
        _date(text(born, "year"), text(born, "month"), text(born, "day")),
    )
    person = _whom(question, text(content, "SNILS"), named)
    if isinstance(person, Rejected):
        return (person,)
    records = question.world.convictions_of(person)
    if not records:
        return (Answered(_search("response", [_search("noRecords")])),)
    told = [_search("record", _record(record)) for record in records]
    return (
        Answered(_search("response", [_search("records", [*told, _search("additionalInfo", _in_words(records))])])),
    )


def convictions_request(who: Identity, snils: str | None = None) -> Element:
    """Build a request about a person of the region, whom `snils` (11 digits) tells from namesakes."""
    born = who.birth_date
    parts = (("year", born.year), ("month", born.month), ("day", born.day))
    return _search(
        "request",
        [
            _search("birthDate", [_search(name, str(value)) for name, value in parts]),
            None if snils is None else _search("SNILS", snils),
            _search("surname", who.family_name),
            _search("name", who.first_name),
            None if who.patronymic is None else _search("patronymicName", who.patronymic),
        ],
    )


def read_convictions(content: Element) -> str:
    """Read a response: what the records say in words, "" where there are none."""
    return text(content, "records", "additionalInfo")


def convictions_giac(question: Question) -> tuple[Answer, ...]:
    """Answer a RequestGIAC with the number that it got here and what is found, as a text in base64."""
    asked = inside(question.content, "PrivatePerson")
    patronymic = text(asked, "FathersName").strip("-")  # a client of the real kind writes a hyphen for none
    named = Named(text(asked, "SecName"), text(asked, "FirstName"), patronymic, _day(text(asked, "DateOfBirth")))
    person = _whom(question, text(asked, "SNILS"), named)
    if isinstance(person, Rejected):
        return (person,)
    records = question.world.convictions_of(person)
    words = _in_words(records) if records else f"{person.full_name}: сведений о судимости нет"
    division = _giac(
        "Subdivision",
        [_giac("Result", base64.b64encode(words.encode()).decode())],
        code="37",
        name="ИЦ УМВД России по Ивановской области",
        date=question.world.today,
        found=str(bool(records)).lower(),
    )
    number = f"37{zlib.crc32(question.message_id.encode()):010d}"
    told = [_giac("RequestID", number), _giac("ResponseInfo", [division])]
    return (Answered(_giac("ResponseGIAC", list(told))),)


def read_convictions_giac(content: Element) -> tuple[str, bool]:
    """Read a ResponseGIAC: its text, and whether there are records about the person.

    Raises: binascii.Error, UnicodeDecodeError where the text is not base64 of UTF-8.
    """
    division = child(content, "ResponseInfo", "Subdivision")
    words = base64.b64decode(text(division, "Result")).decode()
    return words, attribute(division, "found") in ("true", "1")


def _whom(question: Question, snils: str, named: Named) -> Person | Rejected:
    if snils and named.birth_date is not None:
        return find_insured(question.world, snils, named)
    return find_person(question.world, named, advice=", укажите СНИЛС")


def _record(record: Conviction) -> list[Element | None]:
    return [
        _search("court", record.court),
        _search("sentenceDate", record.sentenced),
        _search("article", record.article),
        _search("sentence", record.punishment),
        None if record.spent is None else _search("expungedDate", record.spent),
    ]


def _in_words(records: Sequence[Conviction]) -> str:
    return "; ".join(
        f"{record.sentenced:%d.%m.%Y} {record.court}, {record.article}, {record.punishment}, "
        + ("судимость не погашена" if record.spent is None else f"судимость погашена {record.spent:%d.%m.%Y}")
        for record in records
    )


def _date(year: str, month: str, number: str) -> date | None:
    try:
        return date(int(year), int(month), int(number))
    except (ValueError, OverflowError):
        return None


def _day(written: str) -> date | None:
    """Read dd.mm.yyyy, as the real kind has it, or a date of XML."""
    parts = written.split(".")
    return _date(parts[2], parts[1], parts[0]) if len(parts) == 3 else day(written)
