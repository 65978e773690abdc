"""The parts that records of different civil acts have in common, as XML."""

import zlib
from typing import Final

from agencies.answers import Builder
from agencies.world import Act, Address, FormerName, IdentityDocument, Passport, Person
from agencies.zags.kinds import PASSPORT_CODE, ActKind
from gateway.xml import Element

ABSENT: Final = "1"
"""Text of the elements whose names begin with Пр: the record does not say it."""

_IN_FORCE: Final = "0100"
_IN_RUSSIA: Final = "1"
_COUNTRIES: Final = {"RUS": "643"}


def record(kind: ActKind, act: Act, body: Element, certificates: tuple[IdentityDocument, ...] = ()) -> Element:
    """Build the record of an act; `body` is its ПрдСведРег."""
    root = kind.root
    papers = [_certificate(kind, paper) for paper in certificates]
    return root(
        kind.record,
        [root("ДатаЗапис", act.made), office(root, act), *papers, body],
        РазделЕГР="1",
        НомерЗаписЕГР=_register_number(kind, act),
        НомАГССвид=act.number,
        НомерВерс="1",
        ДатаВерс=act.made,
        КодСостСтат=_IN_FORCE,
    )


def office(build: Builder, act: Act) -> Element:
    """Build an ОрганЗАГС."""
    return build("ОрганЗАГС", НаимЗАГС=act.office, КодЗАГС=f"R37{_office_number(act):05d}")


def full_name(kind: ActKind, element: str, person: Person | FormerName) -> Element:
    """Build an element with Фамилия, Имя, Отчество."""
    return kind.root(element, name_parts(kind, person))


def name_parts(kind: ActKind, person: Person | FormerName) -> list[Element | None]:
    types = kind.types
    return [
        types("Фамилия", person.family_name),
        types("Имя", person.first_name),
        types("ПрОтчество", ABSENT) if person.patronymic is None else types("Отчество", person.patronymic),
    ]


def sex(build: Builder, person: Person) -> Element:
    return build("Пол", "1" if person.sex == "male" else "2")


def citizenship(build: Builder, person: Person) -> Element:
    """Build ГраждОКСМ; a country whose code is not known here is told by its letters."""
    if not person.citizenship:
        return build("ГраждТекст", "Лицо без гражданства")
    code = _COUNTRIES.get(person.citizenship)
    return build("ГраждТекст", person.citizenship) if code is None else build("ГраждОКСМ", code)


def born(build: Builder, person: Person) -> Element:
    return build("ДатаРождКаленд", person.birth_date)


def birth_place(build: Builder, person: Person) -> Element:
    if not person.birth_place:
        return build("ПрМестоРожден", ABSENT)
    return build("МестоРожден", ПризнМесто=_IN_RUSSIA, МестоТекст=person.birth_place)


def home(build: Builder, types: Builder, element: str, address: Address) -> Element:
    """Build an address of a place of living."""
    return build(element, [types("АдрМЖРФ", [types("АдрТекст", str(address))])])


def paper(build: Builder, types: Builder, person: Person) -> Element:
    """Build УдЛичнФЛ of the latest passport, else of the latest other paper."""
    if person.passports:
        passport = person.passports[-1]
        return build("УдЛичнФЛ", [types("КодВидДок", PASSPORT_CODE), *_passport(types, passport)])
    if person.documents:
        document = person.documents[-1]
        return build("УдЛичнФЛ", [types("КодВидДок", document.code), *_document(types, document)])
    return build("ПрУдЛичнФЛ", ABSENT)


def other_act(kind: ActKind, element: str, act_type: str, act: Act | None) -> Element:
    """Build a reference to another act, or say that there is none to refer to."""
    if act is None:
        return kind.root(f"Пр{element}", ABSENT)
    types = kind.types
    reference = types(
        "ЗапАктОсн",
        [types("ДатаЗапис", act.made), office(types, act)],
        ТипАГС=act_type,
        НомерЗапис=act.number,
    )
    return kind.root(element, [reference])


def snils(person: Person) -> str | None:
    """Write a СНИЛС as "999-999-999 99"; None for a number that is not of 11 digits."""
    number = person.snils
    return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}" if len(number) == 11 else None


def _passport(types: Builder, passport: Passport) -> list[Element]:
    return [
        types("СерДок", passport.series),
        types("НомДок", passport.number),
        types("ДатаДокКаленд", passport.issued),
        types("ВыдДок", passport.issuer_name),
        types("КодВыдДок", passport.issuer_code),
    ]


def _document(types: Builder, document: IdentityDocument) -> list[Element]:
    return [
        types("СерДок", document.series) if document.series else types("ПрСерДок", ABSENT),
        types("НомДок", document.number),
        types("ДатаДокКаленд", document.issued),
        types("ВыдДок", document.issuer_name),
        types("ПрКодВыдДок", ABSENT),
    ]


def _certificate(kind: ActKind, document: IdentityDocument) -> Element:
    types = kind.types
    return kind.root(
        kind.certificate,
        [
            types("СерияСвидет", document.series),
            types("НомерСвидет", document.number),
            types("ДатаВыдСвидет", document.issued),
        ],
        ТипСвидет="1",
    )


def _register_number(kind: ActKind, act: Act) -> str:
    # The world has only the number within the office and the year: kind, day, office and number make one of 21 digits.
    digits = "".join(filter(str.isdecimal, act.number))[-6:]
    return f"{kind.act_type}{act.made:%Y%m%d}{_office_number(act):05d}{digits:0>6}"


def _office_number(act: Act) -> int:
    # The world names its offices and does not number them.
    return zlib.crc32(act.office.encode()) % 100_000
