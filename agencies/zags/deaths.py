"""Records of deaths."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from agencies.answers import Answer, Question, attribute, child, children, day, text
from agencies.world import Act, Identity, Person, World
from agencies.zags.births import read_name
from agencies.zags.kinds import DEATH
from agencies.zags.questions import Asked, answer, request
from agencies.zags.writing import ABSENT, birth_place, born, citizenship, full_name, home, paper, record, sex, snils
from gateway.xml import Element

DEATHS: Final = "zags/death"

_root, _types = DEATH.root, DEATH.types


@dataclass(frozen=True, slots=True)
class DeathRecord:
    """What a requester reads of a record."""

    number: str
    made: date | None
    office: str
    deceased: str
    died: date | None


def deaths(question: Question) -> tuple[Answer, ...]:
    """Answer a FATALINFRequest; РезОбраб 2 says that no death of the person is registered."""
    return answer(DEATH, question, _records)


def death_request(who: Identity, request_id: str, case_number: str) -> Element:
    """Build a FATALINFRequest; `request_id` at most 36 characters long."""
    return request(DEATH, who, request_id, case_number)


def read_death(content: Element) -> DeathRecord | None:
    """Read a FATALINFResponse about one person; None when no death is registered, or several persons fit."""
    told = children(content, "СведОтветАГС")
    found = child(told[0], DEATH.record) if told else None
    if found is None:
        return None
    body = child(found, "ПрдСведРег")
    return DeathRecord(
        number=attribute(found, "НомАГССвид"),
        made=day(text(found, "ДатаЗапис")),
        office=attribute(child(found, "ОрганЗАГС"), "НаимЗАГС"),
        deceased=read_name(child(body, "ФИОУмер")) or "",
        died=day(text(body, "ДатаСмертКаленд")),
    )


def _records(_: World, person: Person, __: Asked) -> list[tuple[Act, Element]]:
    death = person.death
    if death is None:
        return []
    body = _root(
        "ПрдСведРег",
        [
            sex(_root, person),
            citizenship(_root, person),
            full_name(DEATH, "ФИОУмер", person),
            birth_place(_root, person),
            born(_root, person),
            paper(_root, _types, person),
            home(_root, _types, "МЖПосл", person.address),
            _root("ДатаСмертКаленд", death.died),
            _root("ПрВремяСмерт", ABSENT),
            _root("ПрМестоСмерт", ABSENT),
            _root("ПрСведПричСмерт", ABSENT),
        ],
        СНИЛС=snils(person),
    )
    return [(death.act, record(DEATH, death.act, body))]
