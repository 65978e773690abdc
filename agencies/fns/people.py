"""Whom the tax service finds by the data that its requests give about a person."""

from typing import Final

from agencies.answers import attribute, child, day
from agencies.finding import Named
from agencies.world import Identity, Person, World
from gateway.xml import Element

PASSPORT_CODE: Final = "21"
"""КодВидДок of a passport of a citizen of the Russian Federation (the tax service's list of documents)."""

NOT_FOUND: Final = "01"
"""КодОбр, КодОбраб, TreatmentCode: there is nothing about whom or what is asked for."""

SEVERAL: Final = "02"
"""The same codes: several persons fit."""


def named_in_russian(name: Element | None, born: str) -> Named:
    """Read a ФИО with the attributes Фамилия, Имя, Отчество."""
    return Named(attribute(name, "Фамилия"), attribute(name, "Имя"), attribute(name, "Отчество"), day(born))


def named_in_latin(name: Element | None, born: str) -> Named:
    """Read a ФИО with the attributes FamilyName, FirstName, Patronymic."""
    return Named(attribute(name, "FamilyName"), attribute(name, "FirstName"), attribute(name, "Patronymic"), day(born))


def holder(world: World, named: Named, paper: str) -> Person | None:
    """Find who holds the passport, or other paper, of this series and number, and has this name and birth date."""
    if named.birth_date is None or not paper:
        return None
    found = world.person_by_document("", paper)
    namesakes = world.persons_by_name(named.family_name, named.first_name, named.patronymic, named.birth_date)
    return found if found in namesakes else None


def taxpayer(world: World, asked: Element | None) -> Person | None:
    """Find the person of a СвФЛ: name, birth date, paper, and ИНН and СНИЛС where they are told, are one person's."""
    named = named_in_latin(child(asked, "ФИОФЛ"), attribute(asked, "ДатаРожд"))
    found = holder(world, named, attribute(child(asked, "УдЛичн"), "SeriesNumber"))
    inn, snils = attribute(asked, "ИННФЛ"), attribute(asked, "СНИЛС")
    if found is None or (inn and inn != found.inn) or (snils and world.person_by_snils(snils) != found):
        return None
    return found


def paper_of(who: Identity) -> str:
    """Write series and number as the tax service does: "99 99 999999" for a passport."""
    series = who.passport_series
    if len(series) == 4 and series.isdecimal():
        series = f"{series[:2]} {series[2:]}"
    return f"{series} {who.passport_number}".strip()


def paper_code_of(person: Person) -> str:
    """Return the КодВидДок of the paper that `person.identity` names."""
    return PASSPORT_CODE if person.passports or not person.documents else person.documents[-1].code
