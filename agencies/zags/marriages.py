"""Records of marriages and of divorces."""

from typing import Final

from agencies.answers import Answer, Question
from agencies.world import Act, Marriage, Person, World
from agencies.zags.kinds import DIVORCE, MARRIAGE, ActKind
from agencies.zags.questions import Asked, answer
from agencies.zags.writing import ABSENT, birth_place, born, citizenship, home, other_act, paper, record, snils
from gateway.xml import Element

MARRIAGES: Final = "zags/marriage"
DIVORCES: Final = "zags/divorce"


def marriages(question: Question) -> tuple[Answer, ...]:
    """Answer a BRAKZAKINFRequest with every marriage of the person that has a record."""
    return answer(MARRIAGE, question, _weddings)


def divorces(question: Question) -> tuple[Answer, ...]:
    """Answer a BRAKRASTINFRequest with every divorce of the person that has a record."""
    return answer(DIVORCE, question, _divorces)


def _weddings(world: World, person: Person, _: Asked) -> list[tuple[Act, Element]]:
    told = []
    for marriage in world.marriages_of(person):
        couple = _couple(world, MARRIAGE, marriage, marriage.act)
        if marriage.act is not None and couple:
            body = MARRIAGE.root("ПрдСведРег", [MARRIAGE.root("ДатаЗаклБрак", marriage.since), *couple])
            told.append((marriage.act, record(MARRIAGE, marriage.act, body)))
    return told


def _divorces(world: World, person: Person, _: Asked) -> list[tuple[Act, Element]]:
    told = []
    for marriage in world.marriages_of(person):
        act, until = marriage.divorce_act, marriage.until
        couple = _couple(world, DIVORCE, marriage, act)
        if act is not None and until is not None and couple:
            wedding = other_act(DIVORCE, "СведДокЗаклБрак", MARRIAGE.act_type, marriage.act)
            body = DIVORCE.root("ПрдСведРег", [*couple, DIVORCE.root("ДатаПрекрБрак", until), wedding])
            told.append((act, record(DIVORCE, act, body)))
    return told


def _couple(world: World, kind: ActKind, marriage: Marriage, act: Act | None) -> list[Element]:
    # A fixture may marry somebody whom the world does not know: such a record cannot be written.
    husband, wife = world.person_by_snils(marriage.husband_snils), world.person_by_snils(marriage.wife_snils)
    if husband is None or wife is None:
        return []
    return [_spouse(kind, "Супруг", husband, act), _spouse(kind, "Супруга", wife, act)]


def _spouse(kind: ActKind, element: str, person: Person, act: Act | None) -> Element:
    types = kind.types
    before, after = _family_names(person, act)
    return kind.root(
        element,
        [
            types("ФамилияДо", before),
            types("ФамилияПосле", after),
            types("Имя", person.first_name),
            types("ПрОтчество", ABSENT) if person.patronymic is None else types("Отчество", person.patronymic),
            citizenship(types, person),
            born(types, person),
            birth_place(types, person),
            home(types, types, "АдрМЖ", person.address),
            paper(types, types, person),
        ],
        СНИЛС=snils(person),
    )


def _family_names(person: Person, act: Act | None) -> tuple[str, str]:
    """Return the family names before and after an act: one and the same where the act changed none."""
    names = [*(former.family_name for former in person.former_names), person.family_name]
    for position, former in enumerate(person.former_names):
        if act is not None and former.act == act:
            return names[position], names[position + 1]
    for position, former in enumerate(person.former_names):
        if act is not None and former.until > act.made:
            return names[position], names[position]
    return names[-1], names[-1]
