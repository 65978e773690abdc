"""Whom and what a request of any kind is about, and what the world knows of them by the names of elements.

For kinds that nobody wrote code for: their samples are filled with true facts wherever a name says what it wants.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from agencies.world.draw import digits
from agencies.world.given import Clues
from agencies.world.records import Address, Estate, Firm, Passport, Person
from agencies.world.world import World
from gateway import xml
from gateway.library.naming import contexts_of, field_of
from gateway.xml import Element

Value: TypeAlias = str | date | Decimal | int | None
Said: TypeAlias = dict[str, str]
"""What one part of a request says about one person, firm or estate: values by field."""

_OF_PERSON: Final = tuple(field.name for field in fields(Clues))
_LABELS: Final = {
    "snils": "СНИЛС",
    "inn": "ИНН",
    "number": "документ",
    "family_name": "гражданин",
    "ogrnip": "ОГРНИП",
    "ogrn": "ОГРН",
    "firm_inn": "ИНН",
    "cadastral": "кадастровый номер",
}
"""How what was looked for is named, the most telling first."""

_PERSON: Final[Mapping[str, Callable[[Person], Value]]] = {
    "snils": lambda person: person.snils,
    "inn": lambda person: person.inn,
    "family_name": lambda person: person.family_name,
    "first_name": lambda person: person.first_name,
    "patronymic": lambda person: person.patronymic,
    "full_name": lambda person: person.full_name,
    "birth_date": lambda person: person.birth_date,
    "birth_place": lambda person: person.birth_place,
    "citizenship": lambda person: person.citizenship,
    "death_date": lambda person: person.death.died if person.death else None,
}
_FIRM: Final[Mapping[str, Callable[[Firm], Value]]] = {
    "inn": lambda firm: firm.inn,
    "ogrn": lambda firm: firm.ogrn,
    "kpp": lambda firm: firm.kpp,
    "firm_full_name": lambda firm: firm.full_name,
    "firm_short_name": lambda firm: firm.short_name,
    "name": lambda firm: firm.full_name,
    "registered": lambda firm: firm.registered,
    "okved": lambda firm: firm.okved,
}
_ADDRESS: Final[Mapping[str, Callable[[Address], Value]]] = {
    "address": str,
    "index": lambda address: address.index,
    "region": lambda _: "37",
    "region_name": lambda _: "Ивановская область",
    "district": lambda address: address.district,
    "town": lambda address: address.town,
    "street": lambda address: address.street,
    "house": lambda address: address.house,
    "flat": lambda address: address.flat,
    "oktmo": lambda address: address.oktmo or None,
    "kladr": lambda address: address.kladr or None,
    "fias": lambda address: address.fias or None,
}
_ESTATE: Final[Mapping[str, Callable[[Estate], Value]]] = {
    "cadastral": lambda estate: estate.cadastral_number,
    "cadastral_value": lambda estate: estate.value,
    "area": lambda estate: estate.area,
}
_VEHICLE: Final = ("vin", "plate", "make", "model", "year")
_PAPER: Final = ("series", "number", "paper", "issued", "issuer", "issuer_code")


def facts_of(world: World, content: Element) -> "Facts":
    """Find the persons, the firm and the estate that `content` names; it need not be valid by any schema."""
    loose, groups = _gather(content, frozenset())
    return Facts(world, (*groups, loose) if loose else groups)


class Facts:
    """What the world knows of the subjects of one request: `persons` in its order, `firm` and `estate` or None."""

    def __init__(self, world: World, said: tuple[Said, ...]) -> None:
        self._world: Final = world
        self._said: Final = said
        found = (person for group in said for person in _persons(world, group))
        self.persons: Final = tuple({person.snils: person for person in found}.values())
        self.firm: Final = next(filter(None, (_firm(world, group) for group in said)), None)
        self.estate: Final = next(filter(None, (_estate(world, group) for group in said)), None)

    @property
    def sought(self) -> str:
        """What the request looks for, as a requester would call it: "СНИЛС 95214771414"; "" where it names nothing."""
        labels = (
            (label, group[field]) for field, label in _LABELS.items() for group in self._said if _leads(field, group)
        )
        label, value = next(labels, ("", ""))
        return f"{label} {value}".strip()

    @property
    def is_unknown(self) -> bool:
        """Tell whether the request names somebody or something, and the world has none of it."""
        return bool(self.sought) and not (self.persons or self.firm or self.estate)

    def suggest(self, path: tuple[str, ...]) -> str | None:
        """Return the world's value for a place by local names from the root down, an attribute as "@name".

        None where the name says nothing, or the world has nothing for it. Dates are in ISO 8601, money with a point.
        """
        name = path[-1].removeprefix("@")
        field = field_of(name)
        if field is None:
            return None
        steps = [contexts_of(step.removeprefix("@")) for step in path]
        place = _Place(field, frozenset().union(*steps), self._person(steps), name.isascii())
        value = _RESOLVERS.get(field, Facts._nothing)(self, place)
        return None if value is None else value.isoformat() if isinstance(value, date) else str(value)

    def _of_paper(self, place: "_Place") -> Value:
        """Return what stands in the latest passport, or in another paper of who has none."""
        papers = () if place.person is None else place.person.papers
        if not papers or not ("paper" in place.around or place.field.startswith("issuer")):
            return None
        paper = papers[-1]
        if place.field == "paper":
            return f"{paper.series} {paper.number}"
        if place.field == "issuer_code":
            return paper.issuer_code if isinstance(paper, Passport) else None
        value: Value = getattr(paper, "issuer_name" if place.field == "issuer" else place.field)
        return value

    def _of_vehicle(self, place: "_Place") -> Value:
        told = "vehicle" in place.around or place.field in ("vin", "plate")
        vehicles = self._world.vehicles_of(place.person) if place.person is not None and told else ()
        value: Value = getattr(vehicles[0], place.field) if vehicles else None
        return value

    def _of_address(self, place: "_Place") -> Value:
        address = self._address(place.person, place.around)
        return None if address is None else _ADDRESS[place.field](address)

    def _of_firm(self, place: "_Place") -> Value:
        """Return what the firm is called or numbered; an ИНН is a person's, unless the place is about a firm."""
        about_firm = "firm" in place.around or (not self.persons and self.firm is not None)
        if place.field == "inn" and not about_firm:
            return self._of_person(place)
        firm = self._firm_of(place.person) if about_firm or place.field != "name" else None
        return None if firm is None else _FIRM[place.field](firm)

    def _of_estate(self, place: "_Place") -> Value:
        estate = self._estate_of(place.person)
        return None if estate is None else _ESTATE[place.field](estate)

    def _of_person(self, place: "_Place") -> Value:
        return None if place.person is None else _PERSON[place.field](place.person)

    def _sex(self, place: "_Place") -> Value:
        if place.person is None:
            return None
        male, female = ("Male", "Female") if place.is_latin else ("М", "Ж")
        return male if place.person.sex == "male" else female

    def _nothing(self, place: "_Place") -> Value:
        return None

    def _person(self, steps: list[frozenset[str]]) -> Person | None:
        """Return whom a place is about: a relative or a head where the nearest step says so."""
        main = self._main_person()
        for contexts in reversed(steps):
            for role, find in self._roles().items():
                if role in contexts:
                    return find(main)
        return main

    def _main_person(self) -> Person | None:
        if self.persons:
            return self.persons[0]
        if self.firm is not None:
            return self.firm.head
        return self.estate.rights[0].owner if self.estate is not None and self.estate.rights else None

    def _roles(self) -> dict[str, Callable[[Person | None], Person | None]]:
        world = self._world
        return {
            "mother": lambda person: person and world.mother_of(person),
            "father": lambda person: person and world.father_of(person),
            "spouse": lambda person: person and world.spouse_of(person),
            "child": lambda person: person and next(iter(world.children_of(person)), person),
            "head": lambda person: self.firm.head if self.firm else person,
        }

    def _firm_of(self, person: Person | None) -> Firm | None:
        """Return the firm that is named, else where the person works, else the person's own."""
        if self.firm is not None or person is None:
            return self.firm
        working = [job.employer_ogrn for job in self._world.jobs_of(person) if job.until is None]
        if working:
            return self._world.firm_by_ogrn(working[-1])
        return next(iter(self._world.firms_of(person)), None)

    def _estate_of(self, person: Person | None) -> Estate | None:
        if self.estate is not None:
            return self.estate
        owner = self.firm or person
        return None if owner is None else next(iter(self._world.estates_of(owner)), None)

    def _address(self, person: Person | None, around: frozenset[str]) -> Address | None:
        if self.estate is not None and ("estate" in around or person is None):
            return self.estate.address
        if self.firm is not None and ("firm" in around or not self.persons):
            return self.firm.address
        return None if person is None else person.address

    def _sum(self, place: "_Place") -> Value:
        """Return a sum by what a place is about: debts and payments of the firm, where one is named."""
        person, world = place.person, self._world
        owner = self.firm or person
        sums: dict[str, Callable[[], list[Decimal]]] = {}
        if owner is not None:
            sums["debt"] = lambda: [found.balance for found in world.enforcements_of(owner) if found.until is None]
            sums["payment"] = lambda: [found.amount for found in world.payments_of(owner)]
        if person is not None:
            sums["income"] = lambda: self._incomes(person)
            sums["pension"] = lambda: [found.monthly for found in world.pensions_of(person)]
            sums["benefit"] = lambda: [found.monthly for found in world.benefits_of(person)]
        found = [value for context, values in sums.items() if context in place.around for value in values()]
        return found[-1] if found else None

    def _owed(self, place: "_Place") -> Value:
        """Return a number of a charge, a payment or a proceeding."""
        owner = self.firm or place.person
        if owner is None:
            return None
        if place.field == "enforcement":
            return next((found.number for found in self._world.enforcements_of(owner)), None)
        if place.field == "uip":
            return next((found.uip for found in self._world.payments_of(owner)), None)
        return next((getattr(found, place.field) for found in self._world.charges_of(owner)), None)

    def _ogrnip(self, place: "_Place") -> Value:
        entrepreneur = None if place.person is None else self._world.entrepreneur_of(place.person)
        return None if entrepreneur is None else entrepreneur.ogrnip

    def _position(self, place: "_Place") -> Value:
        jobs = () if place.person is None else self._world.jobs_of(place.person)
        return self.firm.head_position if self.firm else jobs[-1].position if jobs else None

    def _incomes(self, person: Person) -> list[Decimal]:
        years = (self._world.today.year - 1, self._world.today.year)
        return [found.total for year in years for found in self._world.income_statements_of(person, year)][:1]


class _Place(NamedTuple):
    """A place in a document: what it wants, what the steps to it are about, whose it is, how its name is written."""

    field: str
    around: frozenset[str]
    person: Person | None
    is_latin: bool


_RESOLVERS: Final[Mapping[str, Callable[[Facts, _Place], Value]]] = {
    **dict.fromkeys(_PERSON, Facts._of_person),
    **dict.fromkeys(_FIRM, Facts._of_firm),
    **dict.fromkeys(_ADDRESS, Facts._of_address),
    **dict.fromkeys(_ESTATE, Facts._of_estate),
    **dict.fromkeys(_VEHICLE, Facts._of_vehicle),
    **dict.fromkeys(_PAPER, Facts._of_paper),
    **dict.fromkeys(("uin", "uip", "kbk", "enforcement"), Facts._owed),
    "sum": Facts._sum,
    "sex": Facts._sex,
    "ogrnip": Facts._ogrnip,
    "position": Facts._position,
}


def _leads(field: str, said: Said) -> bool:
    """Tell whether a request can be looked up by `field`: a family name needs the rest of the name and a birth date."""
    return field in said and (field != "family_name" or {"first_name", "birth_date"} <= said.keys())


def _gather(element: Element, around: frozenset[str]) -> tuple[Said, tuple[Said, ...]]:
    """Return what `element` says of one subject, and what it says of others, for whom it names the same things."""
    name = xml.name_of(element)[1]
    around |= contexts_of(name)
    loose: Said = {}
    for key, value in element.attrib.items():
        _note(loose, str(key).rpartition("}")[2], str(value), around)
    groups: list[Said] = []
    below = list(element.iterchildren("*"))
    if not below:
        _note(loose, name, element.text or "", around)
    for child in below:
        said, others = _gather(child, around)
        groups += others
        if any(loose.get(field, value) != value for field, value in said.items()):
            groups.append(said)
        else:
            loose |= said
    return loose, tuple(groups)


def _note(said: Said, name: str, value: str, around: frozenset[str]) -> None:
    """Add what a name and its value say, if they say anything."""
    field, value = field_of(name), " ".join(value.split())
    if value and field is not None and field in _READERS:
        said |= _READERS[field](value)
    elif value and field in ("series", "number"):
        said |= {field: value} if "paper" in around | contexts_of(name) else {}
    elif value and field is not None and (field in _LABELS or field in _OF_PERSON):
        said[field] = value


def _read_name(value: str) -> Said:
    parts = value.split()
    return dict(zip(("family_name", "first_name", "patronymic"), parts, strict=False)) if len(parts) in (2, 3) else {}


def _read_paper(value: str) -> Said:
    number = value.replace(" ", "")
    return {"series": number[:-6], "number": number[-6:]}


def _read_inn(value: str) -> Said:
    return {"firm_inn" if len(digits(value)) == 10 else "inn": digits(value)}


def _read_birth_date(value: str) -> Said:
    day = _day(value)
    return {} if day is None else {"birth_date": day}


_READERS: Final[Mapping[str, Callable[[str], Said]]] = {
    "full_name": _read_name,
    "paper": _read_paper,
    "inn": _read_inn,
    "birth_date": _read_birth_date,
}


def _day(written: str) -> str | None:
    """Return a date in ISO 8601, whichever of the two usual ways it is written in."""
    if len(written) >= 10 and written[2:3] == "." == written[5:6]:
        written = f"{written[6:10]}-{written[3:5]}-{written[:2]}"
    try:
        return date.fromisoformat(written[:10]).isoformat()
    except ValueError:
        return None


def _persons(world: World, said: Said) -> Iterator[Person]:
    clues = {field: said[field] for field in _OF_PERSON if field in said and field != "birth_date"}
    born = date.fromisoformat(said["birth_date"]) if "birth_date" in said else None
    asked = Clues(**clues, birth_date=born)
    if asked.snils or asked.inn or asked.number or asked.named:
        yield from world.who(asked)
    elif "ogrnip" in said:
        found = world.person_by_ogrnip(said["ogrnip"])
        if found is not None:
            yield found


def _firm(world: World, said: Said) -> Firm | None:
    by_ogrn = world.firm_by_ogrn(said["ogrn"]) if "ogrn" in said else None
    return by_ogrn or (world.firm_by_inn(said["firm_inn"]) if "firm_inn" in said else None)


def _estate(world: World, said: Said) -> Estate | None:
    return world.estate(said["cadastral"]) if "cadastral" in said else None
