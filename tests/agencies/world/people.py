"""Who the tests of the world look at."""

from datetime import date
from typing import Final

from agencies.world import Person, World

TODAY: Final = date(2013, 3, 4)


def everyone(world: World, *, every: int = 1) -> list[Person]:
    """Return the grown-ups of the seed, or each of several, and their children."""
    found = {person.snils: person for person in world.persons[::every]}
    for person in tuple(found.values()):
        found |= {child.snils: child for child in world.children_of(person)}
    return list(found.values())
