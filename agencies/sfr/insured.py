"""How the fund's kinds name an insured person: the parts of the name stand in a namespace of SMEV."""

from typing import Final

from agencies.answers import Builder, day, text
from agencies.finding import Named
from agencies.world import Identity, Person
from agencies.world.records import Sex
from gateway.xml import Element

smev: Final = Builder("urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1")


def named_in(content: Element) -> Named:
    """Read the name and the birth date that stand in a request."""
    family_name, first_name, patronymic = (text(content, part) for part in ("FamilyName", "FirstName", "Patronymic"))
    return Named(family_name, first_name, patronymic, day(text(content, "BirthDate")))


def names(who: Person | Identity) -> list[Element | None]:
    """Write the name of a person."""
    return [
        smev("FamilyName", who.family_name),
        smev("FirstName", who.first_name),
        None if who.patronymic is None else smev("Patronymic", who.patronymic),
    ]


def gender(sex: Sex) -> str:
    """Return a sex as the fund writes it."""
    return "Male" if sex == "male" else "Female"
