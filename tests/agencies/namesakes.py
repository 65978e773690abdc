"""People whose name is theirs alone on their day of birth, and a world in which nobody's is."""

from typing import Final

from agencies.world import Person, World
from tests.agencies.asking import WORLD


class NamesakesEverywhere(World):
    """A world where everybody has a namesake born on the same day."""

    def persons_by_name(self, *_: object) -> tuple[Person, ...]:
        return (self.person(0), self.person(1))


NAMESAKES: Final = NamesakesEverywhere(37, WORLD.today)


def is_alone(person: Person) -> bool:
    """Tell whether nobody else has the name and the birth date of `person`."""
    found = WORLD.persons_by_name(person.family_name, person.first_name, person.patronymic, person.birth_date)
    return found == (person,)
