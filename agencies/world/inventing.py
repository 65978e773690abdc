"""Who and what the seed does not have: made of the number they are asked for by, or of what a fixture says.

A number in the ranges of the world leads to one place of it, where everything else is drawn as for anybody; so the
same person comes of each of its numbers, in every order. For a foreign number the place follows from its digits.
"""

import re
from datetime import date
from typing import Final

from agencies.world.check_digits import is_inn, is_ogrn, is_ogrnip, is_snils
from agencies.world.draw import digits
from agencies.world.families import FAMILIES, HUSBAND, LIMIT, PLACES, WIFE, Core
from agencies.world.firms import FIRMS
from agencies.world.given import Clues, name_key
from agencies.world.names import sex_by_name
from agencies.world.records import Estate, Firm, Person
from agencies.world.register import Register, Said, Subject

_FIRMS_LIMIT: Final = 10**5
_CADASTRAL: Final = re.compile(r"\d\d:\d\d:\d{6,7}:\d{1,9}")
_OLDEST: Final = date(1900, 1, 1)


class Inventor:
    """Adds to a register."""

    def __init__(self, register: Register) -> None:
        self._register: Final = register
        self._drawn: Final = register.drawn

    def person(self, clues: Clues) -> Person | None:
        """Make somebody whom all clues fit; None where a clue is malformed or there are too few."""
        text = self._well_formed(clues)
        if text is None:
            return None
        described = bool(clues.family_name or clues.first_name or clues.birth_date)
        ordinal = None if described else self._place_of(clues)
        if ordinal is None:
            ordinal = self._free_place(text, clues)
        if described:
            self._drawn.families.settle(self._described(ordinal, clues))
        return self._give_numbers(ordinal, clues)

    def entrepreneur(self, ogrnip: str) -> Person | None:
        """Make an individual entrepreneur; None for a number with a wrong check digit."""
        if not is_ogrnip(ogrnip):
            return None
        drawn = self._drawn.numbers.whose_ogrnip(ogrnip)
        ordinal = drawn if drawn is not None and self._is_free(drawn) else self._free_place(ogrnip, Clues())
        self._drawn.numbers.give("ogrnip", ordinal, ogrnip)
        self._register.note(Subject("person", ordinal), "ogrnip", ogrnip)
        return self._give_numbers(ordinal, Clues())

    def firm(self, *, ogrn: str | None = None, inn: str | None = None) -> Firm | None:
        """Make a firm and the people who lead it; None for a number with a wrong check digit."""
        numbers = self._drawn.numbers
        if not (is_ogrn(ogrn) if ogrn else is_inn(inn or "") and len(inn or "") == 10):
            return None
        index = numbers.which_ogrn(ogrn) if ogrn else numbers.which_firm_inn(inn or "")
        if index is None or index < FIRMS or self._register.firm(index):
            index = self._free_firm(ogrn or inn or "")
        if inn:
            numbers.give("firm_inn", index, inn)
        self._add_firm(index, ogrn, bare=False)
        return self._register.firm(index)

    def estate(self, cadastral_number: str) -> Estate | None:
        """Make an estate and the family that it belongs to; None for what is no cadastral number."""
        if _CADASTRAL.fullmatch(cadastral_number) is None:
            return None
        index = self._drawn.numbers.which_cadastral(cadastral_number)
        if index is None or not self._is_free_family(index // 2):
            chance = self._drawn.source.ordinal_of(f"which {cadastral_number}", 0, 2)
            index = 2 * self._free_family(cadastral_number) + chance
            self._drawn.numbers.give("cadastral", index, cadastral_number)
        self._register.admit(index // 2)
        self._register.note_estate(index)
        return self._register.estate(index)

    # Known by fixtures only

    def bare_person(self, snils: str, said: Said) -> Subject:
        """Make somebody of whom only that is true which a fixture says, and what nobody can be without."""
        first_name, patronymic = said.get("first_name"), said.get("patronymic")
        clues = Clues(snils, first_name=first_name, patronymic=patronymic)
        ordinal = self._free_place(snils, clues, said.get("sex"))
        core = self._core(ordinal)
        self._drawn.families.settle(core._replace(died=None, maiden_name=None, father=None, mother=None))
        self._drawn.numbers.give("snils", ordinal, digits(snils))
        subject = Subject("person", ordinal)
        self._register.add(subject, bare=True)
        self._register.note_person(ordinal)
        return subject

    def bare_firm(self, ogrn: str) -> Subject:
        index = self._free_firm(ogrn)
        self._add_firm(index, ogrn, bare=True)
        return Subject("firm", index)

    def bare_estate(self, cadastral_number: str) -> Subject:
        subject = Subject("estate", 2 * self._free_family(cadastral_number))
        self._drawn.numbers.give("cadastral", subject.place, cadastral_number)
        self._register.add(subject, bare=True)
        self._register.note_estate(subject.place)
        return subject

    # Places

    def _well_formed(self, clues: Clues) -> str | None:
        """Return the first clue as a text, if every number is well-formed and one clue is enough."""
        snils, passport = digits(clues.snils or ""), digits((clues.series or "") + (clues.number or ""))
        born = clues.birth_date
        if clues.snils and not is_snils(snils):
            return None
        if clues.inn and not (len(clues.inn) == 12 and is_inn(clues.inn)):
            return None
        if clues.number and len(passport) != 10:
            return None
        if born is not None and not _OLDEST <= born <= self._register.today:
            return None
        named = clues.family_name, clues.first_name, clues.patronymic
        name = str(name_key(named[0] or "", named[1] or "", named[2], born)) if clues.named and born else ""
        return snils or clues.inn or passport or name or None

    def _place_of(self, clues: Clues) -> int | None:
        """Return the free place that a number of the world's ranges leads to."""
        numbers, passport = self._drawn.numbers, digits((clues.series or "") + (clues.number or ""))
        candidates = (
            numbers.whose_snils(digits(clues.snils or "")),
            numbers.whose_inn(clues.inn or ""),
            numbers.whose_paper(passport[:4], passport[4:]),
        )
        return next((place for place in candidates if place is not None and self._is_free(place)), None)

    def _free_place(self, text: str, clues: Clues, sex: str | None = None) -> int:
        """Return a place for a husband or a wife in a family that nobody has asked for."""
        guess = sex or sex_by_name(clues.first_name, clues.patronymic)
        chance = self._drawn.source.ordinal_of(f"sex {text}", 0, 2)
        place = {"male": HUSBAND, "female": WIFE}.get(guess or "", chance)
        return self._free_family(text) * PLACES + place

    def _free_family(self, text: str) -> int:
        number = self._drawn.source.ordinal_of(text, FAMILIES, LIMIT)
        while not self._is_free_family(number):
            number = number + 1 if number + 1 < LIMIT else FAMILIES
        return number

    def _is_free_family(self, number: int) -> bool:
        return FAMILIES <= number < LIMIT and not self._register.has_family(number)

    def _is_free(self, ordinal: int) -> bool:
        """Tell whether somebody born would be there, in a family that the world does not have yet."""
        core = self._drawn.families.core(ordinal) if self._is_free_family(ordinal // PLACES) else None
        return core is not None and core.born <= self._register.today

    def _free_firm(self, text: str) -> int:
        index = self._drawn.source.ordinal_of(text, FIRMS, _FIRMS_LIMIT)
        while self._register.firm(index):
            index = index + 1 if index + 1 < _FIRMS_LIMIT else FIRMS
        return index

    def _core(self, ordinal: int) -> Core:
        core = self._drawn.families.core(ordinal)
        assert core is not None, "every family has a husband and a wife"  # noqa: S101
        return core

    def _holds(self, ordinal: int, passport: str) -> bool:
        """Tell whether it is a passport that was issued; a number of the world's may be of one that is yet to come."""
        person = self._drawn.people.person(self._core(ordinal), self._register.today)
        return any(held.series + held.number == passport for held in person.passports)

    def _described(self, ordinal: int, clues: Clues) -> Core:
        core = self._core(ordinal)._replace(died=None, maiden_name=None, father=None, mother=None)
        if clues.first_name:
            patronymic = (clues.patronymic or "").strip() or None
            core = core._replace(first_name=clues.first_name.strip(), patronymic=patronymic)
        return core._replace(
            family_name=(clues.family_name or core.family_name).strip(), born=clues.birth_date or core.born
        )

    def _give_numbers(self, ordinal: int, clues: Clues) -> Person | None:
        numbers, passport = self._drawn.numbers, digits((clues.series or "") + (clues.number or ""))
        if clues.snils:
            numbers.give("snils", ordinal, digits(clues.snils))
        if clues.inn:
            numbers.give("inn", ordinal, clues.inn)
        if passport and not self._holds(ordinal, passport):
            numbers.give("passport", ordinal, passport)
        self._register.admit(ordinal // PLACES)
        return self._register.person(ordinal)

    def _add_firm(self, index: int, ogrn: str | None, *, bare: bool) -> None:
        core = self._drawn.firms.invent(index, ogrn, self._register.today)
        for leader in {core.head // PLACES, *(ordinal // PLACES for ordinal, _ in core.founders)}:
            self._register.admit(leader)
        self._register.add(Subject("firm", index), bare=bare)
        self._register.note_firm(index)
