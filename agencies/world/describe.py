"""Everything that the world knows of a number, as JSON can hold it: for people who look, and for their programs."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from agencies.world.cases import about
from agencies.world.check_digits import is_inn, is_ogrn, is_ogrnip, is_snils
from agencies.world.draw import digits
from agencies.world.records import Estate, Firm, Person
from agencies.world.world import World
from gateway.words import say

_CADASTRAL: Final = re.compile(r"\d\d:\d\d:\d{6,7}:\d{1,9}")
_NUMBER: Final = re.compile(r"[\d\s-]+")
_YEARS_OF_INCOMES: Final = 3


class NotInWorld(LookupError):
    """Nobody and nothing has that number; the text says why, and what to do."""


def describe(world: World, number: str) -> dict[str, Any]:
    """Return what is known of a СНИЛС, ИНН, ОГРН, ОГРНИП or cadastral number, separators ignored.

    Keys are those of the records; `subject` is "person", "firm" or "estate".

    Raises: NotInWorld.
    """
    number = number.strip()
    if _CADASTRAL.fullmatch(number):
        estate = world.estate(number)
        if estate is None:
            raise NotInWorld(_nobody(say("кадастровый номер", "cadastral number"), number, right=True))
        return _estate(estate)
    compact = digits(number) if _NUMBER.fullmatch(number) else ""
    form = _FORMS.get(len(compact))
    if form is None:
        raise NotInWorld(_unknown_form(number))
    name, is_right, find = form
    found = find(world, compact)
    if found is None:
        raise NotInWorld(_nobody(name, number, right=is_right(compact)))
    return _person(world, found) if isinstance(found, Person) else _firm(world, found)


def list_cases(world: World, case: str | None = None) -> list[dict[str, Any]]:
    """Return who belongs to a case, or to any: case, what is special, СНИЛС, name, birth date.

    Raises: NotInWorld for a case that the world does not have.
    """
    cases = world.cases()
    if case is not None and case not in cases:
        known = ", ".join(cases)
        raise NotInWorld(say(f"случая {case!r} нет; есть {known}", f"there is no case {case!r}; there are {known}"))
    return [
        {"case": name, "about": about(name), **_someone(person), "birth_date": person.birth_date.isoformat()}
        for name, people in cases.items()
        if case in (None, name)
        for person in people
    ]


_FORMS: Final[dict[int, tuple[str, Callable[[str], bool], Callable[[World, str], Person | Firm | None]]]] = {
    10: ("ИНН", is_inn, World.firm_by_inn),
    11: ("СНИЛС", is_snils, World.person_by_snils),
    12: ("ИНН", is_inn, World.person_by_inn),
    13: ("ОГРН", is_ogrn, World.firm_by_ogrn),
    15: ("ОГРНИП", is_ogrnip, World.person_by_ogrnip),
}
"""Forms of numbers by length: name, whether the check digits are right, who has it."""


def _unknown_form(number: str) -> str:
    return say(
        f"{number!r}: неизвестный вид номера. Ожидалось: СНИЛС (11 цифр), ИНН (10 или 12), ОГРН (13), ОГРНИП (15) или "
        "кадастровый номер вида 37:24:010101:1",
        f"{number!r} is no number of a known form. Expected: a СНИЛС (11 digits), an ИНН (10 or 12), an ОГРН (13), "
        "an ОГРНИП (15) or a cadastral number such as 37:24:010101:1",
    )


def _nobody(name: str, number: str, *, right: bool) -> str:
    if not right:
        return say(
            f"{name} {number}: в мире такого нет, и контрольные цифры неверны; проверьте номер",
            f"{name} {number}: the world has none, and its check digits are wrong; check the number",
        )
    return say(
        f"{name} {number}: в мире такого нет; добавьте фикстурой или включите придумывание неизвестных",
        f"{name} {number}: the world has none; add it by a fixture, or let the unknown be invented",
    )


def _person(world: World, person: Person) -> dict[str, Any]:
    years = range(world.today.year - _YEARS_OF_INCOMES + 1, world.today.year + 1)
    family = {"spouse": world.spouse_of(person), "father": world.father_of(person), "mother": world.mother_of(person)}
    return {
        "subject": "person",
        "full_name": person.full_name,
        "age": person.age_on(person.death.died if person.death else world.today),
        **plain(person),
        **{name: None if relative is None else _someone(relative) for name, relative in family.items()},
        "children": [_someone(child) for child in world.children_of(person)],
        "marriages": plain(world.marriages_of(person)),
        "guardianships": plain(world.guardianships_of(person)),
        "jobs": [{**plain(job), **_employer(world, job.employer_ogrn)} for job in world.jobs_of(person)],
        "income_statements": [plain(item) for year in years for item in world.income_statements_of(person, year)],
        "entrepreneur": plain(world.entrepreneur_of(person)),
        "firms": [_business(firm) for firm in world.firms_of(person)],
        "pensions": plain(world.pensions_of(person)),
        "benefits": plain(world.benefits_of(person)),
        "disability": plain(world.disability_of(person)),
        "unemployment": plain(world.unemployment_of(person)),
        "military_service": plain(world.military_service_of(person)),
        "convictions": plain(world.convictions_of(person)),
        "enrolments": plain(world.enrolments_of(person)),
        "estates": [_property(estate) for estate in world.estates_of(person)],
        "vehicles": plain(world.vehicles_of(person)),
        "housing_queue": plain(world.housing_queue_of(person)),
        "social_hire": plain(world.social_hire_of(person)),
        "privatisations": plain(world.privatisations_of(person)),
        **_owed(world, person),
    }


def _firm(world: World, firm: Firm) -> dict[str, Any]:
    return {
        "subject": "firm",
        **plain(firm),
        "head": _someone(firm.head),
        "founders": [{**_someone(founder.person), "share": str(founder.share)} for founder in firm.founders],
        "capital": str(firm.capital),
        "estates": [_property(estate) for estate in world.estates_of(firm)],
        **_owed(world, firm),
    }


def _estate(estate: Estate) -> dict[str, Any]:
    rights = [{**plain(right), "owner": _someone(right.owner)} for right in estate.rights]
    return {"subject": "estate", **plain(estate), "address_text": str(estate.address), "rights": rights}


def _owed(world: World, owner: Person | Firm) -> dict[str, Any]:
    return {
        "charges": plain(world.charges_of(owner)),
        "unpaid": [charge.uin for charge in world.unpaid_of(owner)],
        "payments": plain(world.payments_of(owner)),
        "enforcements": plain(world.enforcements_of(owner)),
    }


def _someone(person: Person) -> dict[str, Any]:
    return {"snils": person.snils, "inn": person.inn, "full_name": person.full_name}


def _business(firm: Firm) -> dict[str, Any]:
    return {"ogrn": firm.ogrn, "inn": firm.inn, "short_name": firm.short_name}


def _employer(world: World, ogrn: str) -> dict[str, Any]:
    firm = world.firm_by_ogrn(ogrn)
    return {} if firm is None else {"employer": firm.short_name}


def _property(estate: Estate) -> dict[str, Any]:
    return {"cadastral_number": estate.cadastral_number, "kind": estate.kind, "address": str(estate.address)}


def plain(value: Any) -> Any:
    """Return records as dicts, dates and money as texts: what JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
