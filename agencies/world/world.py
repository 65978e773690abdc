"""One seeded world: the people, firms and real estate that every simulated agency answers from.

All of it is synthetic, and nothing is made before it is asked for: docs/reference/world.md.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from agencies.world.alone import alone
from agencies.world.biography import Biography
from agencies.world.cases import shipped
from agencies.world.families import FAMILIES, PLACES
from agencies.world.finding import Finder
from agencies.world.firms import FIRMS
from agencies.world.given import Clues
from agencies.world.inventing import Inventor
from agencies.world.life import (
    Benefit,
    Charge,
    Conviction,
    Disability,
    Enforcement,
    Enrolment,
    Guardianship,
    HousingQueue,
    Income,
    IncomeStatement,
    Job,
    MilitaryService,
    Payment,
    Pension,
    Privatisation,
    SocialHire,
    Unemployment,
    Vehicle,
)
from agencies.world.numbered import Numbered
from agencies.world.property import ESTATES
from agencies.world.records import Address, Entrepreneur, Estate, Firm, Marriage, Person
from agencies.world.register import Kind, Register
from agencies.world.telling import Statement, Teller
from agencies.world.work import statements

if TYPE_CHECKING:
    from agencies.world.fixtures import EstateFacts, FirmFacts, Fixtures, PersonFacts

Found = TypeVar("Found")

EARLIEST_TODAY: Final = date(2011, 10, 1)
"""What the seed draws began before this day, on which 210-FZ Art. 7 took effect for federal bodies: families, homes,
firms and rights are then the same on any day. Only what time itself brings comes later: births, deaths, jobs."""

PERSONS: Final = 2 * FAMILIES


class _Parts:
    """The working parts of a world, made when something is asked for first."""

    def __init__(self, seed: int, today: date) -> None:
        self.register: Final = Register(seed, today)
        self.finder: Final = Finder(self.register)
        self.inventor: Final = Inventor(self.register)
        self.biography: Final = Biography(self.register)
        self.teller: Final = Teller(self.register, self.finder, self.inventor)
        self.teller.tell(shipped(today))


class World:
    """The registers as of `today`, all that a `seed` determines, and what fixtures say.

    The same seed gives the same people, firms and estates on any day; a day sees only what has happened by then. With
    `invent_unknown`, who or what is asked for by a right number, or by a name and a birth date, and is not there, is
    made of that number, deterministically, and stays. Subjects that are the same for every seed: `cases()["example"]`.

    Raises: ValueError for a day before EARLIEST_TODAY.
    """

    def __init__(self, seed: int, today: date, *, invent_unknown: bool = False) -> None:
        if today < EARLIEST_TODAY:
            raise ValueError(f"the world begins on {EARLIEST_TODAY}, today is {today}")
        self.seed: Final = seed
        self.today: Final = today
        self.invent_unknown: Final = invent_unknown
        self.lock: Final = threading.RLock()  # agencies answer in threads, and nobody may be invented twice
        self._applied: dict[tuple[Kind, str], PersonFacts | FirmFacts | EstateFacts] = {}

    @cached_property
    def _parts(self) -> _Parts:
        return _Parts(self.seed, self.today)

    # What there is

    def person(self, index: int) -> Person:
        """Return the grown-up number `index`, from 0 to PERSONS - 1; raises IndexError beyond."""
        if not 0 <= index < PERSONS:
            raise IndexError(index)
        person = self._parts.register.person(index // 2 * PLACES + index % 2)
        assert person is not None, "every family of the seed has a husband and a wife"  # noqa: S101
        return person

    @cached_property
    def persons(self) -> Sequence[Person]:
        """The grown-ups of the seed, all born before 1994; children are found by `children_of`."""
        return Numbered(PERSONS, self.person)

    @cached_property
    def firms(self) -> Sequence[Firm]:
        """The firms of the seed."""
        return Numbered(FIRMS, lambda index: _certain(self._parts.register.firm(index)))

    @cached_property
    def estates(self) -> Sequence[Estate]:
        """The estates of the seed."""
        return Numbered(ESTATES, lambda index: _certain(self._parts.register.estate(index)))

    def cases(self) -> Mapping[str, tuple[Person, ...]]:
        """Return the edge people, and those of fixtures, by the name of their case: "no-inn", "debtor", "example"…"""
        found: dict[str, list[Person]] = {}
        for case, ordinal in self._parts.register.cases():
            found.setdefault(case, []).append(_certain(self._parts.register.person(ordinal)))
        return {case: tuple(people) for case, people in found.items()}

    # Who or what is it: None, or an empty tuple, for what is not in the world

    @alone
    def person_by_snils(self, snils: str) -> Person | None:
        """Find a person by СНИЛС; separators are ignored."""
        return self._parts.finder.person_by_snils(snils) or self._invented(Clues(snils=snils))

    @alone
    def person_by_inn(self, inn: str) -> Person | None:
        """Find a person by 12 digits of ИНН."""
        return self._parts.finder.person_by_inn(inn) or self._invented(Clues(inn=inn))

    @alone
    def person_by_passport(self, series: str, number: str) -> Person | None:
        """Find a person by any passport held, a replaced one too; spaces are ignored."""
        found = self._parts.finder.person_by_passport(series, number)
        return found or self._invented(Clues(series=series, number=number))

    def person_by_document(self, series: str, number: str) -> Person | None:
        """Find a person by a passport or by any other paper of `Person.documents`."""
        return self._parts.finder.person_by_document(series, number)

    @alone
    def person_by_ogrnip(self, ogrnip: str) -> Person | None:
        """Find an individual entrepreneur, one that has ceased too, by 15 digits of ОГРНИП."""
        register = self._parts.register
        drawn = register.drawn.numbers.whose_ogrnip(ogrnip)
        for ordinal in register.places("person", "ogrnip", ogrnip, drawn):
            person = register.person(ordinal)
            entrepreneur = None if person is None else self.entrepreneur_of(person)
            if entrepreneur is not None and entrepreneur.ogrnip == ogrnip:
                return person
        return self._parts.inventor.entrepreneur(ogrnip) if self.invent_unknown else None

    @alone
    def persons_by_name(
        self, family_name: str, first_name: str, patronymic: str | None, birth_date: date
    ) -> tuple[Person, ...]:
        """Find everybody of that name born that day; case, ё and outer spaces do not matter."""
        found = self._parts.finder.persons_by_name(family_name, first_name, patronymic, birth_date)
        clues = Clues(family_name=family_name, first_name=first_name, patronymic=patronymic, birth_date=birth_date)
        return found or self._at_most_one(clues)

    @alone
    def who(self, clues: Clues) -> tuple[Person, ...]:
        """Find whom everything fits that a request says: numbers, a paper, name and birth date together.

        Nobody is invented where a single clue leads to somebody, whom another one does not fit.
        """
        fitting, known = self._parts.finder.who(clues)
        return fitting if fitting or known else self._at_most_one(clues)

    def persons_at(self, address: Address) -> tuple[Person, ...]:
        """Return who lives at an address: town, street, house and flat count."""
        return self._parts.finder.persons_at(address)

    @alone
    def firm_by_ogrn(self, ogrn: str) -> Firm | None:
        found = self._parts.finder.firm_by_ogrn(ogrn)
        return self._parts.inventor.firm(ogrn=ogrn) if found is None and self.invent_unknown else found

    @alone
    def firm_by_inn(self, inn: str) -> Firm | None:
        """Find a firm by 10 digits of ИНН."""
        found = self._parts.finder.firm_by_inn(inn)
        return self._parts.inventor.firm(inn=inn) if found is None and self.invent_unknown else found

    @alone
    def estate(self, cadastral_number: str) -> Estate | None:
        found = self._parts.finder.estate(cadastral_number)
        return self._parts.inventor.estate(cadastral_number) if found is None and self.invent_unknown else found

    def estates_at(self, address: Address) -> tuple[Estate, ...]:
        """Return what stands at an address: town, street, house and flat count."""
        return self._parts.finder.estates_at(address)

    def vehicle_by_vin(self, vin: str) -> Vehicle | None:
        """Return the vehicle as its latest owner has it; `owner_snils` says who that is."""
        return self._vehicle("vin", vin, self._parts.register.drawn.numbers.whose_vin(vin))

    def vehicle_by_plate(self, plate: str) -> Vehicle | None:
        """Return the vehicle as its latest owner has it; spaces and small letters do not matter."""
        plate = plate.replace(" ", "").upper()
        return self._vehicle("plate", plate, self._parts.register.drawn.numbers.whose_plate(plate))

    def charge(self, uin: str) -> Charge | None:
        owners = self._owners("uin", uin, self._parts.register.drawn.numbers.whose_uin(uin))
        return next((charge for owner in owners for charge in self.charges_of(owner) if charge.uin == uin), None)

    def payment(self, uip: str) -> Payment | None:
        owners = self._owners("uip", uip, self._parts.register.drawn.numbers.whose_uip(uip))
        return next((payment for owner in owners for payment in self.payments_of(owner) if payment.uip == uip), None)

    def enforcement(self, number: str) -> Enforcement | None:
        owners = self._owners("enforcement", number, self._parts.register.drawn.numbers.whose_enforcement(number))
        return next(
            (found for owner in owners for found in self.enforcements_of(owner) if found.number == number), None
        )

    # A person's family

    def spouse_of(self, person: Person) -> Person | None:
        """Return the husband or wife of a marriage that goes on."""
        for marriage in self.marriages_of(person):
            wife = marriage.husband_snils == person.snils
            spouse = self._parts.finder.person_by_snils(marriage.wife_snils if wife else marriage.husband_snils)
            if marriage.until is None and spouse is not None and spouse.death is None and person.death is None:
                return spouse
        return None

    def marriages_of(self, person: Person) -> tuple[Marriage, ...]:
        """Return the marriages, those that have ended too; both have the same ones."""
        return self._parts.biography.marriages(person)

    def father_of(self, person: Person) -> Person | None:
        """Return the father, where the world knows him."""
        return self._parts.finder.person_by_snils(person.birth.father_snils or "")

    def mother_of(self, person: Person) -> Person | None:
        """Return the mother, where the world knows her."""
        return self._parts.finder.person_by_snils(person.birth.mother_snils or "")

    def children_of(self, person: Person) -> tuple[Person, ...]:
        """Return the children born by today, of any age, the eldest first."""
        return self._parts.finder.children_of(person)

    def guardianships_of(self, person: Person) -> tuple[Guardianship, ...]:
        """Return the guardianships in which `person` is the ward or the guardian."""
        return self._parts.biography.guardianships(person)

    # What a person does and gets

    def jobs_of(self, person: Person) -> tuple[Job, ...]:
        """Return the jobs in order; the employers are firms of the world."""
        return self._parts.biography.jobs(person)

    def incomes_of(self, person: Person, year: int) -> tuple[Income, ...]:
        """Return what was paid in `year`, by month, for the months that are over."""
        return self._parts.biography.incomes(person, year)

    def income_statements_of(self, person: Person, year: int) -> tuple[IncomeStatement, ...]:
        """Return the incomes of `year` by employer (2-НДФЛ)."""
        return statements(self.incomes_of(person, year), year)

    def entrepreneur_of(self, person: Person) -> Entrepreneur | None:
        """Return the person as an individual entrepreneur, one that has ceased too."""
        return self._parts.biography.entrepreneur(person)

    def firms_of(self, person: Person) -> tuple[Firm, ...]:
        """Return the firms that `person` heads or has founded."""
        found = (self._parts.register.firm(index) for index in self._parts.biography.firms(person))
        return tuple(firm for firm in found if firm is not None and person.snils in _leaders(firm))

    def pensions_of(self, person: Person) -> tuple[Pension, ...]:
        return self._parts.biography.pensions(person)

    def benefits_of(self, person: Person) -> tuple[Benefit, ...]:
        """Return the social benefits, those that have ended too."""
        return self._parts.biography.benefits(person)

    def disability_of(self, person: Person) -> Disability | None:
        return self._parts.biography.disability(person)

    def unemployment_of(self, person: Person) -> tuple[Unemployment, ...]:
        """Return the registrations as unemployed, in order."""
        return self._parts.biography.unemployment(person)

    def military_service_of(self, person: Person) -> MilitaryService | None:
        return self._parts.biography.military_service(person)

    def convictions_of(self, person: Person) -> tuple[Conviction, ...]:
        return self._parts.biography.convictions(person)

    def enrolments_of(self, person: Person) -> tuple[Enrolment, ...]:
        """Return a child's kindergartens and schools, the present one last."""
        return self._parts.biography.enrolments(person)

    # What a person or a firm has and owes

    def estates_of(self, owner: Person | Firm) -> tuple[Estate, ...]:
        """Return what `owner` owns, wholly or in part."""
        key = owner.snils if isinstance(owner, Person) else owner.ogrn
        found = (self._parts.register.estate(index) for index in self._parts.biography.estates(owner))
        return tuple(estate for estate in found if estate is not None and key in _owners(estate))

    def vehicles_of(self, person: Person) -> tuple[Vehicle, ...]:
        """Return the vehicles owned now or before."""
        return self._parts.biography.vehicles(person)

    def housing_queue_of(self, person: Person) -> HousingQueue | None:
        return self._parts.biography.housing_queue(person)

    def social_hire_of(self, person: Person) -> SocialHire | None:
        """Return the contract by which the household lives in a public flat."""
        return self._parts.biography.social_hire(person)

    def privatisations_of(self, person: Person) -> tuple[Privatisation, ...]:
        return self._parts.biography.privatisations(person)

    def charges_of(self, payer: Person | Firm) -> tuple[Charge, ...]:
        return self._parts.biography.charges(payer)

    def payments_of(self, payer: Person | Firm) -> tuple[Payment, ...]:
        return self._parts.biography.payments(payer)

    def unpaid_of(self, payer: Person | Firm) -> tuple[Charge, ...]:
        """Return the charges that no payment names."""
        paid = {payment.uin for payment in self.payments_of(payer)}
        return tuple(charge for charge in self.charges_of(payer) if charge.uin not in paid)

    def enforcements_of(self, debtor: Person | Firm) -> tuple[Enforcement, ...]:
        """Return the enforcement proceedings, those that have ended too."""
        return self._parts.biography.enforcements(debtor)

    # What a tester says

    @alone
    def apply(self, fixtures: "Mapping[str, Any] | Fixtures") -> tuple[str, ...]:
        """Add or change subjects, at once for every lookup; return warnings: wrong check digits are kept.

        Raises: FixtureError; nothing has been changed then.
        """
        from agencies.world.fixtures import read_fixtures  # noqa: PLC0415 - 0.1 s that only fixtures pay for

        said = read_fixtures(fixtures).subjects
        for facts in said:
            earlier = self._applied.get(facts.subject)
            self._applied[facts.subject] = facts if earlier is None else facts.over(earlier)
        return self._parts.teller.tell(Statement(*facts.subject, facts.said()) for facts in said)

    def fixtures(self) -> dict[str, Any]:
        """Return what was applied, JSON-able, in the form that `apply` takes."""
        found: dict[str, Any] = {"person": [], "firm": [], "estate": []}
        for (kind, _), facts in self._applied.items():
            found[kind].append(facts.model_dump(mode="json", exclude_unset=True))
        return found

    @alone
    def forget_fixtures(self) -> None:
        """Return to what the seed says; who was invented is invented again when asked for."""
        self._applied.clear()
        self.__dict__.pop("_parts", None)

    # How it is found

    def _invented(self, clues: Clues) -> Person | None:
        return self._parts.inventor.person(clues) if self.invent_unknown else None

    def _at_most_one(self, clues: Clues) -> tuple[Person, ...]:
        return tuple(filter(None, [self._invented(clues)]))

    def _vehicle(self, key: str, number: str, drawn: int | None) -> Vehicle | None:
        register = self._parts.register
        people = (register.person(ordinal) for ordinal in register.places("person", key, number, drawn))
        found = (vehicle for person in people if person for vehicle in self.vehicles_of(person))
        having = [vehicle for vehicle in found if getattr(vehicle, key) == number]
        return max(having, key=lambda vehicle: (vehicle.until is None, vehicle.since), default=None)

    def _owners(self, key: str, number: str, drawn: tuple[int, bool] | None) -> list[Person | Firm]:
        """Return the persons and firms that may have a charge, a payment or a proceeding."""
        register = self._parts.register
        place, is_firm = drawn or (None, False)
        found: list[Person | Firm | None] = []
        found += [register.person(at) for at in register.places("person", key, number, None if is_firm else place)]
        found += [register.firm(at) for at in register.places("firm", key, number, place if is_firm else None)]
        return [owner for owner in found if owner is not None]


def _certain(found: Found | None) -> Found:
    assert found is not None, "the seed has it"  # noqa: S101
    return found


def _leaders(firm: Firm) -> set[str]:
    return {firm.head.snils, *(founder.person.snils for founder in firm.founders)}


def _owners(estate: Estate) -> set[str]:
    return {*(right.owner.snils for right in estate.rights), *(right.ogrn for right in estate.firm_rights)}
