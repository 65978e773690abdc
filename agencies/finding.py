"""Whom a request is about: one person, or the rejection that says why nobody's data is given."""

from dataclasses import dataclass
from datetime import date

from agencies.answers import Rejected, text
from agencies.world import Clues, Person, World
from gateway import xml
from gateway.xml import Element


@dataclass(frozen=True, slots=True)
class Named:
    """How a request names a person; "" and None where it does not say."""

    family_name: str
    first_name: str
    patronymic: str
    birth_date: date | None


def find_person(world: World, named: Named, advice: str) -> Person | Rejected:
    """Find the one person of this name born that day; `advice` tells a requester how to tell namesakes apart."""
    if not named.family_name or not named.first_name or named.birth_date is None:
        return Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите фамилию, имя и дату рождения")
    found = world.persons_by_name(named.family_name, named.first_name, named.patronymic, named.birth_date)
    if not found:
        return Rejected("NO_DATA", "Граждан с указанными данными не найдено")
    if len(found) > 1:
        return Rejected("NO_DATA", f"Граждан с указанными данными найдено несколько ({len(found)}){advice}")
    return found[0]


def find_insured(world: World, snils: str, named: Named) -> Person | Rejected:
    """Find the person of a СНИЛС, who must have the name and, where it is told, the birth date."""
    told = Clues(
        snils=snils or None,
        family_name=named.family_name or None,
        first_name=named.first_name or None,
        patronymic=named.patronymic or None,
        birth_date=named.birth_date,
    )
    fitting = world.who(told) if snils else ()  # where the world invents somebody, then of all that is told
    person = fitting[0] if fitting else world.person_by_snils(snils) if snils else None
    if person is None:
        return Rejected("NO_DATA", f"Застрахованное лицо со СНИЛС {snils or '(не указан)'} не найдено")
    if not is_named(person, named):
        return Rejected("NO_DATA", f"СНИЛС {snils} принадлежит гражданину с другими данными")
    return person


def is_named(person: Person, named: Named) -> bool:
    """Tell whether a person has this name and, where it is told, was born that day; case and ё do not matter."""
    has = person.family_name, person.first_name, person.patronymic or ""
    told = named.family_name, named.first_name, named.patronymic
    return _spelled(has) == _spelled(told) and named.birth_date in (None, person.birth_date)


def inside(content: Element, name: str) -> Element | None:
    """Return the first element of this local name at any depth: an open request may wrap what it says."""
    return next((node for node in content.iter("*") if xml.name_of(node)[1] == name), None)


def text_inside(content: Element, *names: str) -> str:
    """Return the first text found under one of `names` at any depth, without outer spaces; "" where there is none."""
    return next(filter(None, (text(inside(content, name)) for name in names)), "")


def _spelled(name: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip().casefold().replace("ё", "е") for part in name)
