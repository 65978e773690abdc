"""Records of births: one's own, and those of one's children."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from agencies.answers import Answer, Question, attribute, child, children, day, text
from agencies.world import Act, Identity, Person, World
from agencies.zags.kinds import BIRTH
from agencies.zags.questions import Asked, answer, request
from agencies.zags.writing import (
    ABSENT,
    birth_place,
    born,
    citizenship,
    full_name,
    home,
    name_parts,
    paper,
    record,
    sex,
    snils,
)
from gateway.xml import Element

BIRTHS: Final = "zags/birth"

_CERTIFICATE: Final = "03"
_ROLES: Final = {"own": "1", "mother": "2", "father": "3"}

_root, _types = BIRTH.root, BIRTH.types


@dataclass(frozen=True, slots=True)
class BirthRecord:
    """What a requester reads of a record: names in full, parents None where the record has none."""

    number: str
    made: date | None
    office: str
    child: str
    birth_date: date | None
    mother: str | None
    father: str | None


def births(question: Question) -> tuple[Answer, ...]:
    """Answer a ROGDINFRequest: ТипУчАЗ 2 or 3 asks for the person's children, without it for the person's own birth."""
    return answer(BIRTH, question, _records)


def birth_request(
    who: Identity, request_id: str, case_number: str, role: Literal["own", "mother", "father"] = "own"
) -> Element:
    """Build a ROGDINFRequest about the birth of `who`, or as a `role` of a parent, about the births of the children.

    `request_id` is at most 36 characters long.
    """
    return request(BIRTH, who, request_id, case_number, ТипУчАЗ=_ROLES[role])


def read_births(content: Element) -> tuple[BirthRecord, ...]:
    """Read a ROGDINFResponse; empty when the register has no such record, or several persons fit."""
    return tuple(_read(found) for told in children(content, "СведОтветАГС") for found in children(told, BIRTH.record))


def _records(world: World, person: Person, asked: Asked) -> list[tuple[Act, Element]]:
    if asked.role in (_ROLES["mother"], _ROLES["father"]):
        sex = "female" if asked.role == _ROLES["mother"] else "male"
        newborn = world.children_of(person) if person.sex == sex else ()
    else:
        newborn = (person,)
    return [(one.birth.act, _record(world, one, one.birth.act)) for one in newborn if one.birth.act is not None]


def _record(world: World, person: Person, act: Act) -> Element:
    mother, father = world.mother_of(person), world.father_of(person)
    of_child = _root(
        "СведРодившемся",
        [
            _root("ЖивМертв", "1"),
            sex(_root, person),
            full_name(BIRTH, "ФИОРожд", person),
            born(_root, person),
            birth_place(_root, person),
        ],
        СНИЛС=snils(person),
    )
    body = [
        _root("ПрСчетМатер", ABSENT),
        of_child,
        _root("ПрМать", ABSENT) if mother is None else _parent("СведМать", mother),
        *([] if father is None else [_parent("СведОтец", father), _root("ПрСведДокОснОтец", ABSENT)]),
        _root("ПрСведДокРод", ABSENT),
    ]
    certificates = tuple(paper for paper in person.documents if paper.code == _CERTIFICATE)
    return record(BIRTH, act, _root("ПрдСведРег", list(body)), certificates)


def _parent(element: str, person: Person) -> Element:
    return _root(
        element,
        [
            citizenship(_types, person),
            _types("ФИО", name_parts(BIRTH, person)),
            born(_types, person),
            birth_place(_types, person),
            paper(_types, _types, person),
            home(_types, _types, "АдрМЖ", person.address),
        ],
        СНИЛС=snils(person),
    )


def _read(found: Element) -> BirthRecord:
    body = child(found, "ПрдСведРег")
    newborn = child(body, "СведРодившемся")
    return BirthRecord(
        number=attribute(found, "НомАГССвид"),
        made=day(text(found, "ДатаЗапис")),
        office=attribute(child(found, "ОрганЗАГС"), "НаимЗАГС"),
        child=read_name(child(newborn, "ФИОРожд")) or "",
        birth_date=day(text(newborn, "ДатаРождКаленд")),
        mother=read_name(child(body, "СведМать", "ФИО")),
        father=read_name(child(body, "СведОтец", "ФИО")),
    )


def read_name(name: Element | None) -> str | None:
    """Read a name in full; None where there is none."""
    return " ".join(filter(None, (text(name, part) for part in ("Фамилия", "Имя", "Отчество")))) or None
