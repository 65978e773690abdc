"""Who the tests of the world look at, and what they say of them."""

from datetime import date
from typing import Any, Final

from agencies.world import Person, World
from agencies.world.check_digits import with_uin_check

TODAY: Final = date(2013, 3, 4)
NEW: Final = "11223344595"
NEW_FIRM: Final = "1027700132195"
NEW_ESTATE: Final = "37:24:010203:7"
ADDRESS: Final = {"index": "153000", "town": "Иваново", "street": "ул. Новая", "house": "1", "flat": "2"}
CHARGE: Final = {
    "uin": with_uin_check("1883799000000000999"),
    "charged": "2013-01-10",
    "amount": "500.00",
    "purpose": "Штраф",
    "kbk": "18811630000010000140",
    "recipient": "УФК",
    "recipient_inn": "3799000061",
    "recipient_kpp": "370201001",
    "oktmo": "24701000",
}


def everyone(world: World, *, every: int = 1) -> list[Person]:
    """Return the grown-ups of the seed, or each of several, and their children."""
    found = {person.snils: person for person in world.persons[::every]}
    for person in tuple(found.values()):
        found |= {child.snils: child for child in world.children_of(person)}
    return list(found.values())


def tell(world: World, snils: str, **facts: Any) -> Person:
    """Say something of a person; return the person."""
    world.apply({"person": [{"snils": snils, **facts}]})
    person = world.person_by_snils(snils)
    assert person is not None
    return person
