"""How statements about subjects become true in a register: those of fixtures and those about the shipped people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from agencies.world.check_digits import is_inn, is_ogrn, is_ogrnip, is_snils, is_uin
from agencies.world.draw import digits
from agencies.world.finding import Finder
from agencies.world.inventing import Inventor
from agencies.world.register import Kind, Register, Said, Subject
from gateway.words import say

_OWNERS: Final = {
    "vehicles": "owner_snils",
    "entrepreneur": "snils",
    "charges": "payer",
    "payments": "payer",
    "enforcements": "debtor",
}
"""Facts that name whose they are, and how: by the number of their subject."""


class Statement(NamedTuple):
    """What is said of one subject: a person by СНИЛС, a firm by ОГРН, an estate by cadastral number."""

    kind: Kind
    number: str
    said: Said


class Teller:
    """Makes statements true, and warns of what is odd in them."""

    def __init__(self, register: Register, finder: Finder, inventor: Inventor) -> None:
        self._register, self._finder, self._inventor = register, finder, inventor

    def tell(self, statements: Iterable[Statement]) -> tuple[str, ...]:
        """Make all of them true; return warnings. Subjects and those they name are added where they are missing."""
        statements = tuple(statements)
        warnings = [warning for statement in statements for warning in _wrong_checks(statement)]
        subjects = [self._subject(statement) or self._add(statement) for statement in statements]
        for statement in statements:
            warnings += self._taken(statement)
            for named in _named(statement):
                if self._subject(named) is None:
                    self._add(named)
                    warnings.append(_unknown(statement, named))
        for subject, statement in zip(subjects, statements, strict=True):
            self._register.say(subject, _owned(statement))
        for statement in statements:
            if statement.kind == "person" and "children" in statement.said:
                self._tell_children(statement)
        return tuple(dict.fromkeys(warnings))

    def _subject(self, statement: Statement) -> Subject | None:
        """Return the subject of a statement; None where the world does not have it."""
        kind, number, register = statement.kind, statement.number, self._register
        find = {"person": register.ordinal, "firm": register.firm_index, "estate": register.estate_index}
        place = find[kind](number)
        return None if place is None else Subject(kind, place)

    def _add(self, statement: Statement) -> Subject:
        if statement.kind == "person":
            return self._inventor.bare_person(statement.number, statement.said)
        if statement.kind == "firm":
            return self._inventor.bare_firm(statement.number)
        return self._inventor.bare_estate(statement.number)

    def _tell_children(self, statement: Statement) -> None:
        """Let the listed persons be somebody's children, and nobody else."""
        parent = self._finder.person_by_snils(statement.number)
        assert parent is not None, "the subject of a statement was added"  # noqa: S101
        field = "father" if parent.sex == "male" else "mother"
        listed = [digits(snils) for snils in statement.said["children"]]
        for child in self._finder.children_of(parent):
            if child.snils not in listed:
                self._say_of(child.snils, {field: None})
        for snils in listed:
            self._say_of(snils, {field: parent.snils})

    def _say_of(self, snils: str, said: Said) -> None:
        ordinal = self._register.ordinal(snils)
        assert ordinal is not None, "whom a statement names was added"  # noqa: S101
        self._register.say(Subject("person", ordinal), said)

    def _taken(self, statement: Statement) -> list[str]:
        """Warn of an ИНН that somebody else has: from now on it leads to the subject of the statement."""
        inn = statement.said.get("inn")
        if not inn:
            return []
        person, firm = self._finder.person_by_inn(inn), self._finder.firm_by_inn(inn)
        owner = person.snils if person else firm.ogrn if firm else None
        if owner is None or owner in (statement.number, digits(statement.number)):
            return []
        return [
            say(
                f"{statement.number}: ИНН {inn} уже есть у {owner}; поиск по нему теперь ведёт к {statement.number}",
                f"{statement.number}: {owner} has the ИНН {inn} already; it leads to {statement.number} now",
            )
        ]


def _owned(statement: Statement) -> Said:
    """Return what is said, where facts that were written below their subject name it."""
    owner = digits(statement.number) if statement.kind == "person" else statement.number
    said = dict(statement.said)
    for field, name in _OWNERS.items():
        facts = said.get(field)
        if isinstance(facts, tuple):
            said[field] = tuple(replace(fact, **{name: getattr(fact, name) or owner}) for fact in facts)
        elif facts is not None:
            said[field] = replace(facts, **{name: getattr(facts, name) or owner})
    for field in ("father", "mother"):
        if said.get(field):
            said[field] = digits(said[field])
    return said


def _named(statement: Statement) -> Iterator[Statement]:
    """Go through the persons and firms that a statement names."""
    said = statement.said
    if statement.kind == "person":
        people = [said.get("father"), said.get("mother"), *said.get("children", ())]
        people += [
            side for marriage in said.get("marriages", ()) for side in (marriage.husband_snils, marriage.wife_snils)
        ]
        people += [side for over in said.get("guardianships", ()) for side in (over.ward_snils, over.guardian_snils)]
        firms = [fact.employer_ogrn for field in ("jobs", "incomes") for fact in said.get(field, ())]
    else:
        people = [said.get("head"), *(founder.snils for founder in said.get("founders", ()))]
        people += [right.owner for right in said.get("rights", ())]
        firms = [right.ogrn for right in said.get("firm_rights", ())]
    yield from (Statement("person", snils, {}) for snils in dict.fromkeys(people) if snils)
    yield from (Statement("firm", ogrn, {}) for ogrn in dict.fromkeys(firms))


def _unknown(statement: Statement, named: Statement) -> str:
    russian = {"person": "человека со СНИЛС", "firm": "организации с ОГРН", "estate": "объекта"}[named.kind]
    english = {"person": "a person with СНИЛС", "firm": "a firm with ОГРН", "estate": "an estate"}[named.kind]
    return say(
        f"{statement.number}: {russian} {named.number} в мире не было, теперь есть",
        f"{statement.number}: there was not {english} {named.number} in the world, now there is",
    )


def _wrong_checks(statement: Statement) -> Iterator[str]:
    for name, number, right in _numbers(statement):
        if number and not right:
            yield say(
                f"{statement.number}: {name} {number}: неверная длина или контрольная цифра; значение оставлено",
                f"{statement.number}: {name} {number}: wrong length or check digit; the value is kept",
            )


def _numbers(statement: Statement) -> Iterator[tuple[str, str | None, bool]]:
    """Go through the numbers that have check digits: name, number, whether it is right."""
    said: Mapping[str, Any] = statement.said
    inn = said.get("inn") or ""
    if statement.kind == "person":
        yield "СНИЛС", statement.number, is_snils(digits(statement.number))
        yield "ИНН", inn, is_inn(inn) and len(inn) == 12
    elif statement.kind == "firm":
        yield "ОГРН", statement.number, is_ogrn(statement.number)
        yield "ИНН", inn, is_inn(inn) and len(inn) == 10
    if said.get("entrepreneur"):
        yield "ОГРНИП", said["entrepreneur"].ogrnip, is_ogrnip(said["entrepreneur"].ogrnip)
    for charge in said.get("charges", ()):
        yield "УИН", charge.uin, is_uin(charge.uin)
    for named in _named(statement):
        if named.kind == "person":
            yield "СНИЛС", named.number, is_snils(digits(named.number))
        else:
            yield "ОГРН", named.number, is_ogrn(named.number)
