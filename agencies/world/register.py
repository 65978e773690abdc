"""What the world consists of: what the seed draws, what was asked for and made, what fixtures say.

Persons are known by an ordinal, firms and estates by an index. Whoever looks for a number gets candidates here, and
must see whether they still have it: a fixture may have given them another one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from agencies.world.draw import digits
from agencies.world.drawn import Drawn
from agencies.world.families import FAMILIES, HUSBAND, PLACES, WIFE, Core
from agencies.world.firms import FIRMS
from agencies.world.given import GivenFounder, GivenRight, Mutual, name_key, paper_key
from agencies.world.life import Guardianship
from agencies.world.people import BY_DEATH
from agencies.world.places import address_key
from agencies.world.property import ESTATES
from agencies.world.records import Address, Birth, Estate, Firm, Founder, Marriage, Person, Right

Said: TypeAlias = Mapping[str, Any]
"""Fields of a fixture by name."""
Kind: TypeAlias = Literal["person", "firm", "estate"]


class Subject(NamedTuple):
    """A person by ordinal, a firm or an estate by index."""

    kind: Kind
    place: int


_CORE: Final = ("family_name", "first_name", "patronymic", "sex")
_OF_PERSON: Final = (
    *("inn", "birth_place", "citizenship", "address", "passports", "documents", "former_names", "registrations"),
    "death",
)
_OF_FIRM: Final = (
    *("inn", "kpp", "tax_office", "full_name", "short_name", "legal_form", "registered", "ceased", "address"),
    *("head_position", "okved", "okved_name", "headcount", "tax_debt", "divisions", "licences"),
)
_OF_ESTATE: Final = (
    *("kind", "address", "area", "value", "purpose", "category", "floor", "built", "put_on_record"),
    *("firm_rights", "public_right", "encumbrances"),
)
_SHARED: Final = ("name", "address", "parent", "owner", "leader")
"""Keys that many have by right."""


class Register:
    """Persons, firms and estates of one world, made when they are asked for."""

    def __init__(self, seed: int, today: date) -> None:
        self.today: Final = today
        self.drawn: Final = Drawn(seed)
        self.marriages: Final = Mutual[Marriage](lambda marriage: (marriage.husband_snils, marriage.wife_snils))
        self.guardianships: Final = Mutual[Guardianship](lambda over: (over.ward_snils, over.guardian_snils))
        self._persons: dict[int, Person] = {}
        self._firms: dict[int, Firm] = {}
        self._estates: dict[int, Estate] = {}
        self._said: dict[Subject, dict[str, Any]] = {}
        self._families: set[int] = set()
        self._bare: set[Subject] = set()
        self._extra: set[Subject] = set()
        self._keys: dict[tuple[str, str], list[Subject]] = {}
        self.remembered: Final[dict[tuple[Subject, str], Any]] = {}
        """Facts that have been drawn, until something is said again."""

    # Who and what there is

    def person(self, ordinal: int) -> Person | None:
        """Return a person; None for nobody, for a family that the world does not have, for the unborn."""
        found = self._persons.get(ordinal)
        if found is None:
            found = self._make_person(ordinal)
            if found is not None:
                self._persons[ordinal] = found
        return found

    def firm(self, index: int) -> Firm | None:
        found = self._firms.get(index)
        if found is None and (index < FIRMS or ("firm", index) in self._extra):
            found = self._firms[index] = self._make_firm(index)
        return found

    def estate(self, index: int) -> Estate | None:
        found = self._estates.get(index)
        if found is None and (index < ESTATES or self._is_extra_estate(index)):
            found = self._estates[index] = self._make_estate(index)
        return found

    def _is_extra_estate(self, index: int) -> bool:
        number = index // 2
        lived_in = number in self._families and not any(
            Subject("person", number * PLACES + place) in self._bare for place in (HUSBAND, WIFE)
        )
        return lived_in or Subject("estate", index) in self._extra

    def ordinal(self, snils: str) -> int | None:
        """Return who has a СНИЛС, separators ignored."""
        wanted = digits(snils)
        for place in self.places("person", "snils", wanted, self.drawn.numbers.whose_snils(wanted)):
            person = self.person(place)
            if person is not None and person.snils == wanted:
                return place
        return None

    def firm_index(self, ogrn: str) -> int | None:
        """Return which firm has an ОГРН."""
        for place in self.places("firm", "ogrn", ogrn, self.drawn.numbers.which_ogrn(ogrn)):
            firm = self.firm(place)
            if firm is not None and firm.ogrn == ogrn:
                return place
        return None

    def estate_index(self, cadastral_number: str) -> int | None:
        """Return which estate has a cadastral number."""
        drawn = self.drawn.numbers.which_cadastral(cadastral_number)
        for place in self.places("estate", "cadastral", cadastral_number, drawn):
            estate = self.estate(place)
            if estate is not None and estate.cadastral_number == cadastral_number:
                return place
        return None

    def core(self, ordinal: int) -> Core | None:
        """Return what a person is made of, with what is said of it."""
        core, said = self.drawn.families.core(ordinal), self._said.get(Subject("person", ordinal))
        if core is None or not said:
            return core
        changed: dict[str, Any] = {field: said[field] for field in _CORE if field in said}
        if "birth_date" in said:
            changed |= {"born": said["birth_date"], "died": None}
        if "death" in said:
            changed["died"] = said["death"].died if said["death"] else None
        return core._replace(**changed)

    def has_family(self, number: int) -> bool:
        return number < FAMILIES or number in self._families

    def is_bare(self, subject: Subject) -> bool:
        """Tell whether nothing is true of a subject but what is said, and what it cannot be without."""
        return subject in self._bare

    def said(self, subject: Subject) -> Said:
        return self._said.get(subject, {})

    def subjects(self, key: str, value: str) -> tuple[Subject, ...]:
        """Return the subjects that are not the seed's, or of which something is said, that have or had this key."""
        return tuple(self._keys.get((key, value), ()))

    def places(self, kind: Kind, key: str, value: str, drawn: int | None) -> tuple[int, ...]:
        """Return where to look for who or what has a key: the `drawn` place last."""
        found = tuple(subject.place for subject in self.subjects(key, value) if subject.kind == kind)
        return found if drawn is None else (*found, drawn)

    def cases(self) -> tuple[tuple[str, int], ...]:
        """Return the named cases of persons, by ordinal, in the order in which they were said."""
        return tuple(
            (said["case"], subject.place)
            for subject, said in self._said.items()
            if subject.kind == "person" and said.get("case")
        )

    # What is added

    def admit(self, number: int) -> None:
        """Let a family that the seed does not have be in the world."""
        self._families.add(number)
        for ordinal in range(number * PLACES, (number + 1) * PLACES):
            self.note_person(ordinal)
        for index in (2 * number, 2 * number + 1):
            address = self.drawn.property.address(index)
            self.note(Subject("estate", index), "address", str(address_key(address)))

    def add(self, subject: Subject, *, bare: bool) -> None:
        """Let a firm or an estate that the seed does not have be in the world, or somebody only known by fixtures."""
        self._extra.add(subject)
        if bare:
            self._bare.add(subject)
        if subject[0] == "person":
            self._families.add(subject[1] // PLACES)

    def say(self, subject: Subject, said: Said) -> None:
        """Let `said` be true of a subject from now on."""
        self._said.setdefault(subject, {}).update(said)
        self._persons.clear()
        self._firms.clear()
        self._estates.clear()
        self.remembered.clear()
        kind, place = subject
        if kind == "person":
            self._say_of_person(place, said)
        elif kind == "firm":
            self.note_firm(place)
        else:
            self.note_estate(place)

    def note_person(self, ordinal: int) -> None:
        """Let somebody be found by every number, the name, the address and the parents."""
        person, subject = self.person(ordinal), Subject("person", ordinal)
        if person is None:
            return
        self.note(subject, "snils", digits(person.snils))
        self.note(subject, "inn", person.inn)
        for paper in person.papers:
            self.note(subject, "paper", paper_key(paper.series, paper.number))
        named = name_key(person.family_name, person.first_name, person.patronymic, person.birth_date)
        self.note(subject, "name", str(named))
        self.note(subject, "address", str(address_key(person.address)))
        for parent in (person.birth.father_snils, person.birth.mother_snils):
            self.note(subject, "parent", parent)

    def note_firm(self, index: int) -> None:
        firm, subject = self.firm(index), Subject("firm", index)
        if firm is None:
            return
        self.note(subject, "ogrn", firm.ogrn)
        self.note(subject, "firm_inn", firm.inn)
        for person in (firm.head, *(founder.person for founder in firm.founders)):
            self.note(subject, "leader", person.snils)
        self._note_owed(subject)

    def note_estate(self, index: int) -> None:
        estate, subject = self.estate(index), Subject("estate", index)
        if estate is None:
            return
        self.note(subject, "cadastral", estate.cadastral_number)
        self.note(subject, "address", str(address_key(estate.address)))
        for right in estate.rights:
            self.note(subject, "owner", right.owner.snils)
        for firm_right in estate.firm_rights:
            self.note(subject, "owner", firm_right.ogrn)

    def _say_of_person(self, ordinal: int, said: Said) -> None:
        self.note_person(ordinal)
        subject, snils = Subject("person", ordinal), self.drawn.numbers.snils(ordinal)
        for vehicle in said.get("vehicles", ()):
            self.note(subject, "vin", vehicle.vin)
            self.note(subject, "plate", vehicle.plate)
        if said.get("entrepreneur"):
            self.note(subject, "ogrnip", said["entrepreneur"].ogrnip)
        if "marriages" in said:
            self.marriages.say(snils, said["marriages"])
        if "guardianships" in said:
            self.guardianships.say(snils, said["guardianships"])
        self._note_owed(subject)

    def _note_owed(self, subject: Subject) -> None:
        said = self.said(subject)
        for charge in said.get("charges", ()):
            self.note(subject, "uin", charge.uin)
        for payment in said.get("payments", ()):
            self.note(subject, "uip", payment.uip)
        for enforcement in said.get("enforcements", ()):
            self.note(subject, "enforcement", enforcement.number)

    def note(self, subject: Subject, key: str, value: str | None) -> None:
        """Let a subject be looked for by a key."""
        if not value:
            return
        subjects = self._keys.setdefault((key, value), [])
        if subject in subjects:
            subjects.remove(subject)
        if key in _SHARED:
            subjects.append(subject)
        else:
            subjects.insert(0, subject)  # the latest counts where several have one number

    # How it is made

    def _make_person(self, ordinal: int) -> Person | None:
        said = self.said(Subject("person", ordinal))
        core = self.core(ordinal) if self.has_family(ordinal // PLACES) else None
        if core is None or (core.born > self.today and not said):
            return None
        person = self.drawn.people.person(core, self.today)
        changed = {field: said[field] for field in _OF_PERSON if field in said}
        birth = person.birth
        changed["birth"] = Birth(
            said.get("birth_act", birth.act),
            said.get("father", birth.father_snils),
            said.get("mother", birth.mother_snils),
        )
        return replace(person, **{**_consequences(person, said), **changed})

    def _make_firm(self, index: int) -> Firm:
        said = self.said(Subject("firm", index))
        firm = self.drawn.firms.firm(index, self._certain, self.today)
        changed = {field: said[field] for field in _OF_FIRM if field in said}
        if "head" in said:
            changed["head"] = self._known(said["head"])
        if "founders" in said:
            given: tuple[GivenFounder, ...] = said["founders"]
            changed["founders"] = tuple(Founder(self._known(founder.snils), founder.share) for founder in given)
        return replace(firm, **changed)

    def _make_estate(self, index: int) -> Estate:
        said = self.said(Subject("estate", index))
        estate = self.drawn.property.estate(index, self.person, self.today)
        if self.is_bare(Subject("estate", index)):
            estate = replace(estate, rights=(), firm_rights=(), public_right=None, encumbrances=())
        changed = {field: said[field] for field in _OF_ESTATE if field in said}
        if "rights" in said:
            given: tuple[GivenRight, ...] = said["rights"]
            changed["rights"] = tuple(
                Right(right.kind, right.share, right.number, right.registered, self._known(right.owner))
                for right in given
            )
        return replace(estate, **changed)

    def _certain(self, ordinal: int) -> Person:
        person = self.person(ordinal)
        assert person is not None, "a firm is led by people of the world"  # noqa: S101
        return person

    def _known(self, snils: str) -> Person:
        """Return somebody whom a fixture names, and who was added before it was said."""
        ordinal = self.ordinal(snils)
        assert ordinal is not None, "whom a fixture names is added first"  # noqa: S101
        return self._certain(ordinal)


def _consequences(person: Person, said: Said) -> dict[str, Any]:
    """Return what follows from what is said, unless that is said otherwise."""
    found: dict[str, Any] = {}
    if "address" in said:
        address: Address = said["address"]
        found["registrations"] = tuple(
            replace(made, address=address) if made.kind == "living" else made for made in person.registrations
        )
    if said.get("citizenship", "RUS") != "RUS":
        found["passports"] = ()
    elif said.get("death") and person.passports:
        found["passports"] = (*person.passports[:-1], replace(person.passports[-1], invalid_because=BY_DEATH))
    return found
