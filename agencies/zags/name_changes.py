"""Records of changes of names: not those by marriage or divorce, whose records are of other kinds."""

from typing import Final

from agencies.answers import Answer, Question
from agencies.world import Act, FormerName, Person, World
from agencies.zags.kinds import BIRTH, NAME_CHANGE
from agencies.zags.questions import Asked, answer
from agencies.zags.writing import birth_place, born, citizenship, full_name, home, other_act, paper, record, snils
from gateway.xml import Element

NAME_CHANGES: Final = "zags/name-change"

_root, _types = NAME_CHANGE.root, NAME_CHANGE.types


def name_changes(question: Question) -> tuple[Answer, ...]:
    """Answer a PERNAMEINFRequest with every change of the person's name that has a record of its own."""
    return answer(NAME_CHANGE, question, _records)


def _records(world: World, person: Person, _: Asked) -> list[tuple[Act, Element]]:
    of_marriages = {act for one in world.marriages_of(person) for act in (one.act, one.divorce_act)}
    names: list[Person | FormerName] = [*person.former_names, person]
    return [
        (former.act, _record(person, former, names[position], former.act))
        for position, former in enumerate(person.former_names, start=1)
        if former.act is not None and former.act not in of_marriages
    ]


def _record(person: Person, before: FormerName, after: Person | FormerName, act: Act) -> Element:
    body = _root(
        "ПрдСведРег",
        [
            citizenship(_root, person),
            full_name(NAME_CHANGE, "ФИОДо", before),
            full_name(NAME_CHANGE, "ФИОПосле", after),
            born(_root, person),
            birth_place(_root, person),
            home(_root, _types, "АдрМЖ", person.address),
            paper(_root, _types, person),
            other_act(NAME_CHANGE, "СведРегРожд", BIRTH.act_type, person.birth.act),
        ],
        СНИЛС=snils(person),
    )
    return record(NAME_CHANGE, act, body)
