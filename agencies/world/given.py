"""What is said of the world beside its seed: pieces of fixtures that refer to others, clues about somebody."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Final, Generic, TypeVar

from agencies.world.draw import digits
from agencies.world.records import Person, record

Fact = TypeVar("Fact")


@record
class GivenFounder:
    """A founder by СНИЛС, the nominal value of the share in roubles."""

    snils: str
    share: Decimal


@record
class GivenRight:
    """A person's right to an estate; the owner is a СНИЛС."""

    owner: str
    registered: date
    kind: str = "Собственность"
    share: str | None = None
    number: str = ""


@record
class Clues:
    """What a request says about whom it means; None for what it does not say. Separators do not matter."""

    snils: str | None = None
    inn: str | None = None
    series: str | None = None
    number: str | None = None
    family_name: str | None = None
    first_name: str | None = None
    patronymic: str | None = None
    birth_date: date | None = None

    @property
    def named(self) -> bool:
        """Tell whether the name and the birth date are enough to look for somebody."""
        return bool(self.family_name and self.first_name and self.birth_date)

    def fit(self, person: Person) -> bool:
        """Tell whether nothing here speaks against `person`; a patronymic that is not said does not."""
        papers = {paper_key(paper.series, paper.number) for paper in person.papers}
        said = (
            (self.snils and digits(self.snils), digits(person.snils)),
            (self.inn, person.inn),
            (self.birth_date, person.birth_date),
            (name_part(self.family_name), name_part(person.family_name)),
            (name_part(self.first_name), name_part(person.first_name)),
            (name_part(self.patronymic), name_part(person.patronymic)),
        )
        held = not self.number or paper_key(self.series or "", self.number) in papers
        return held and all(not clue or clue == fact for clue, fact in said)


class Mutual(Generic[Fact]):
    """Facts between two persons: what is said of one of them is true of the other, and of nobody else any more."""

    def __init__(self, sides: Callable[[Fact], tuple[str, str]]) -> None:
        self._sides: Final = sides
        self._said: dict[str, tuple[Fact, ...]] = {}
        self._named: dict[str, set[str]] = {}

    def say(self, snils: str, facts: tuple[Fact, ...]) -> None:
        """Take `facts` for all that `snils` has."""
        self._said[snils] = facts
        for fact in facts:
            for side in self._sides(fact):
                self._named.setdefault(side, set()).add(snils)

    def of(self, snils: str, drawn: Iterable[Fact]) -> tuple[Fact, ...]:
        """Return the facts of `snils`, where the seed has `drawn`."""
        own = self._said.get(snils)
        if own is None:
            own = tuple(fact for fact in drawn if not any(side in self._said for side in self._sides(fact)))
        others = (
            fact
            for giver in sorted(self._named.get(snils, ()))
            for fact in self._said[giver]
            if snils in self._sides(fact) and fact not in own
        )
        return (*own, *others)


def name_part(text: str | None) -> str:
    """Return what two spellings of a name have in common: case, ё and outer spaces do not matter."""
    return (text or "").strip().casefold().replace("ё", "е")


def name_key(family_name: str, first_name: str, patronymic: str | None, birth_date: date) -> tuple[str, date]:
    return f"{name_part(family_name)}|{name_part(first_name)}|{name_part(patronymic)}", birth_date


def paper_key(series: str, number: str) -> str:
    """Return series and number of a passport or another paper without spaces."""
    return f"{series}{number}".replace(" ", "").upper()
