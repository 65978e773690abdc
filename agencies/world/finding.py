"""Who or what has a number, a name or an address: nobody is made here who is not in the world."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from agencies.world.directory import Directory
from agencies.world.families import PLACES
from agencies.world.given import Clues, name_key, paper_key
from agencies.world.places import address_key
from agencies.world.records import Address, Estate, Firm, Person
from agencies.world.register import Register


class Finder:
    """Looks for people, firms and estates of a register."""

    def __init__(self, register: Register) -> None:
        self._register: Final = register
        self._numbers: Final = register.drawn.numbers
        self._directory: Final = Directory(register.drawn)

    def person_by_snils(self, snils: str) -> Person | None:
        ordinal = self._register.ordinal(snils)
        return None if ordinal is None else self._register.person(ordinal)

    def person_by_inn(self, inn: str) -> Person | None:
        places = self._register.places("person", "inn", inn, self._numbers.whose_inn(inn))
        return next((person for person in self._people(places) if person.inn == inn), None)

    def person_by_passport(self, series: str, number: str) -> Person | None:
        wanted = paper_key(series, number)
        found = self._people(self._by_paper(wanted))
        return next(
            (
                person
                for person in found
                if wanted in (paper_key(item.series, item.number) for item in person.passports)
            ),
            None,
        )

    def person_by_document(self, series: str, number: str) -> Person | None:
        wanted = paper_key(series, number)
        found = self._people(self._by_paper(wanted))
        return next(
            (person for person in found if wanted in (paper_key(item.series, item.number) for item in person.papers)),
            None,
        )

    def persons_by_name(
        self, family_name: str, first_name: str, patronymic: str | None, birth_date: date
    ) -> tuple[Person, ...]:
        wanted = name_key(family_name, first_name, patronymic, birth_date)
        added = self._register.places("person", "name", str(wanted), None)
        found = self._people(dict.fromkeys((*self._directory.named(wanted), *added)))
        return tuple(
            person
            for person in found
            if name_key(person.family_name, person.first_name, person.patronymic, person.birth_date) == wanted
        )

    def persons_at(self, address: Address) -> tuple[Person, ...]:
        wanted = address_key(address)
        families = dict.fromkeys(index // 2 for index in self._directory.estates_at(address))
        places = [family * PLACES + place for family in families for place in range(PLACES)]
        places += self._register.places("person", "address", str(wanted), None)
        return tuple(
            person
            for person in self._people(dict.fromkeys(places))
            if address_key(person.address) == wanted and person.death is None
        )

    def children_of(self, person: Person) -> tuple[Person, ...]:
        """Return the born children, the eldest first."""
        ordinal = self._register.ordinal(person.snils)
        core = None if ordinal is None else self._register.drawn.families.core(ordinal)
        drawn = () if core is None else self._register.drawn.families.children_of(core)
        added = self._register.places("person", "parent", person.snils, None)
        found = (
            child
            for child in self._people(dict.fromkeys((*drawn, *added)))
            if person.snils in (child.birth.father_snils, child.birth.mother_snils)
        )
        return tuple(sorted(found, key=lambda child: (child.birth_date, child.snils)))

    def who(self, clues: Clues) -> tuple[tuple[Person, ...], bool]:
        """Return whom all clues fit, and whether any single clue leads to anybody."""
        found = self._by_each(clues)
        return tuple(person for person in found if clues.fit(person)), bool(found)

    def firm_by_ogrn(self, ogrn: str) -> Firm | None:
        index = self._register.firm_index(ogrn)
        return None if index is None else self._register.firm(index)

    def firm_by_inn(self, inn: str) -> Firm | None:
        places = self._register.places("firm", "firm_inn", inn, self._numbers.which_firm_inn(inn))
        return next((firm for firm in self._firms(places) if firm.inn == inn), None)

    def estate(self, cadastral_number: str) -> Estate | None:
        index = self._register.estate_index(cadastral_number)
        return None if index is None else self._register.estate(index)

    def estates_at(self, address: Address) -> tuple[Estate, ...]:
        wanted = address_key(address)
        added = self._register.places("estate", "address", str(wanted), None)
        places = dict.fromkeys((*self._directory.estates_at(address), *added))
        found = (self._register.estate(place) for place in places)
        return tuple(estate for estate in found if estate and address_key(estate.address) == wanted)

    def _by_paper(self, wanted: str) -> tuple[int, ...]:
        drawn = self._numbers.whose_paper(wanted[:-6], wanted[-6:])
        return self._register.places("person", "paper", wanted, drawn)

    def _by_each(self, clues: Clues) -> tuple[Person, ...]:
        found: list[Person | None] = []
        if clues.snils:
            found.append(self.person_by_snils(clues.snils))
        if clues.inn:
            found.append(self.person_by_inn(clues.inn))
        if clues.number:
            found.append(self.person_by_document(clues.series or "", clues.number))
        if clues.family_name and clues.first_name and clues.birth_date:
            found += self.persons_by_name(clues.family_name, clues.first_name, clues.patronymic, clues.birth_date)
        return tuple({person.snils: person for person in found if person}.values())

    def _people(self, places: Iterable[int]) -> tuple[Person, ...]:
        return tuple(person for place in places if (person := self._register.person(place)))

    def _firms(self, places: Iterable[int]) -> tuple[Firm, ...]:
        return tuple(firm for place in places if (firm := self._register.firm(place)))
