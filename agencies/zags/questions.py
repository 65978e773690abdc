"""How the register of civil acts is asked: requests are read, people found, records told; and requests are built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from agencies.answers import Answer, Answered, Question, Rejected, attribute, child, children, day, text
from agencies.finding import Named
from agencies.world import Act, Identity, Person, World
from agencies.zags.kinds import PASSPORT_CODE, ActKind
from gateway.xml import Element

_REGION: Final = "37"

_LEGAL_BASIS: Final = "01"
_FOUND: Final = "1"
_NOTHING: Final = "2"
_SEVERAL: Final = "3"


@dataclass(frozen=True, slots=True)
class Asked:
    """One СведЗапрос: whom it names, in which `role` of the record ("" where it does not say), and which record."""

    document_id: str
    named: Named
    snils: str
    paper: tuple[str, str]
    role: str
    record_number: str

    @property
    def names_somebody(self) -> bool:
        name = self.named
        return bool(self.snils or (name.family_name and name.first_name and name.birth_date))


RecordsOf: TypeAlias = Callable[[World, Person, Asked], Sequence[tuple[Act, Element]]]
"""Gives the records of one kind about a person, each with its act."""


def answer(kind: ActKind, question: Question, records_of: RecordsOf) -> tuple[Answer, ...]:
    """Answer a request of `kind`: each СведЗапрос by a СведОтветАГС of the same ИдДок."""
    content = question.content
    asked = [_read(element) for element in children(content, "СведЗапрос")]
    if not asked or not all(one.names_somebody for one in asked):
        who = ", ".join(one.document_id for one in asked if not one.names_somebody)
        where = f" (ИдДок {who})" if who else ""
        advice = "Укажите в СведЗапрос фамилию, имя и дату рождения либо СНИЛС"
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", f"{advice}{where}"),)
    told: list[Element | None] = [_answer(kind, question.world, one, records_of) for one in asked]
    return (
        Answered(
            kind.root(
                f"{kind.code}Response",
                told,
                ИдЗапрос=content.get("ИдЗапрос"),
                ДатаСвед=question.world.today,
                КолДок=len(told),
                ТипАГСЗапрос=kind.act_type,
            )
        ),
    )


def request(kind: ActKind, who: Identity, request_id: str, case_number: str, **roles: str) -> Element:
    """Build a request of `kind` about one person; `request_id` at most 36 characters long.

    `case_number` is the legal basis (СведОсн), `roles` the attribute of СведФЛ that tells the person's role, if any.
    """
    name = _name(kind, who)
    paper = kind.root(
        "УдЛичнФЛ", КодВидДок=PASSPORT_CODE, СерДок=who.passport_series or None, НомДок=who.passport_number
    )
    about: list[Element | None] = [
        name,
        kind.root("ДатаРождКаленд", who.birth_date),
        paper if who.passport_number else None,
    ]
    return kind.root(
        f"{kind.code}Request",
        [
            kind.root("СведОсн", [kind.root("СведДокОсн", f"Дело {case_number}")], КодНормОсн=_LEGAL_BASIS),
            kind.root(
                "СведЗапрос",
                [kind.root("СведФЛ", about, **roles), kind.root("РегионРегАГС", _REGION)],
                ИдДок=request_id,
            ),
        ],
        ИдЗапрос=request_id,
        КолДок="1",
        ТипАГС=kind.act_type,
    )


def find(world: World, asked: Asked) -> tuple[Person, ...]:
    """Find everybody whom a question fits: by СНИЛС where it is told, else by name and birth date, and by the paper."""
    named = asked.named
    found: tuple[Person, ...] = ()
    if named.birth_date is not None:
        found = world.persons_by_name(named.family_name, named.first_name, named.patronymic, named.birth_date)
    if asked.snils:
        person = world.person_by_snils(asked.snils)
        unnamed = not named.family_name or named.birth_date is None
        return () if person is None or not (unnamed or person in found) else (person,)
    if len(found) > 1 and asked.paper[1]:
        person = world.person_by_document(*asked.paper)
        return tuple(candidate for candidate in found if candidate == person)
    return found


def _answer(kind: ActKind, world: World, asked: Asked, records_of: RecordsOf) -> Element:
    persons = find(world, asked)
    records = [record for person in persons for record in records_of(world, person, asked)]
    if asked.record_number:
        records = [(act, record) for act, record in records if act.number == asked.record_number]
    elif len(persons) > 1:
        return kind.root("СведОтветАГС", ИдДок=asked.document_id, РезОбраб=_SEVERAL)
    told: list[Element | None] = [record for _, record in records]
    return kind.root("СведОтветАГС", told, ИдДок=asked.document_id, РезОбраб=_FOUND if told else _NOTHING)


def _read(element: Element) -> Asked:
    person = child(element, "СведФЛ")
    name, paper = child(person, "ФИО"), child(person, "УдЛичнФЛ")
    return Asked(
        document_id=element.get("ИдДок", ""),
        named=Named(
            text(name, "Фамилия"), text(name, "Имя"), text(name, "Отчество"), day(text(person, "ДатаРождКаленд"))
        ),
        snils=attribute(person, "СНИЛС"),
        paper=(attribute(paper, "СерДок"), attribute(paper, "НомДок")),
        role=attribute(person, "ТипУчАЗ"),
        record_number=attribute(child(element, "СведАГС"), "НомерЗапис"),
    )


def _name(kind: ActKind, who: Identity) -> Element:
    types = kind.types
    last = types("ПрОтчество", "1") if who.patronymic is None else types("Отчество", who.patronymic)
    return kind.root("ФИО", [types("Фамилия", who.family_name), types("Имя", who.first_name), last])
