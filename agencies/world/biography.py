"""What persons and firms do, get, have and owe: as fixtures say it, else as the seed draws it."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from agencies.world.circumstances import Circumstances
from agencies.world.draw import years_after
from agencies.world.families import FAMILIES, HUSBAND, PLACES, WIFE, Core
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
    Job,
    MilitaryService,
    Payment,
    Pension,
    Privatisation,
    SocialHire,
    Unemployment,
    Vehicle,
)
from agencies.world.money import Debtor, Money
from agencies.world.property import Property
from agencies.world.records import Entrepreneur, Firm, Marriage, Person
from agencies.world.register import Register, Subject
from agencies.world.work import Work, incomes

Fact = TypeVar("Fact")


class Biography:
    """Facts of the subjects of a register, as of its today."""

    def __init__(self, register: Register) -> None:
        self._register: Final = register
        self._today: Final = register.today
        self._work: Final[Work] = register.drawn.work
        self._circumstances: Final[Circumstances] = register.drawn.circumstances
        self._property: Final[Property] = register.drawn.property
        self._money: Final[Money] = register.drawn.money

    # Families

    def marriages(self, person: Person) -> tuple[Marriage, ...]:
        return self._register.marriages.of(person.snils, self._drawn(person, self._drawn_marriages, ()))

    def guardianships(self, person: Person) -> tuple[Guardianship, ...]:
        return self._register.guardianships.of(person.snils, self._drawn(person, self._drawn_guardianships, ()))

    # Work and support

    def jobs(self, person: Person) -> tuple[Job, ...]:
        return self._fact(person, "jobs", lambda core: self._work.jobs(person, core, self._today), ())

    def incomes(self, person: Person, year: int) -> tuple[Income, ...]:
        subject = self._subject(person)
        if subject is None or not date.min.year <= year < date.max.year:
            return ()
        said, remembered = self._register.said(subject), self._register.remembered
        if "incomes" in said:
            return tuple(income for income in said["incomes"] if income.year == year)
        if (subject, f"incomes {year}") not in remembered:
            remembered[subject, f"incomes {year}"] = incomes(self.jobs(person), year, self._today)
        drawn: tuple[Income, ...] = remembered[subject, f"incomes {year}"]
        return drawn

    def entrepreneur(self, person: Person) -> Entrepreneur | None:
        return self._fact(person, "entrepreneur", lambda core: self._work.entrepreneur(core, self._today), None)

    def pensions(self, person: Person) -> tuple[Pension, ...]:
        return self._fact(person, "pensions", lambda core: self._drawn_pensions(person, core), ())

    def benefits(self, person: Person) -> tuple[Benefit, ...]:
        def draw(core: Core) -> tuple[Benefit, ...]:
            return self._circumstances.benefits(person, core, self.pensions(person), self._today)

        return self._fact(person, "benefits", draw, ())

    def disability(self, person: Person) -> Disability | None:
        return self._fact(person, "disability", lambda core: self._circumstances.disability(core, self._today), None)

    def unemployment(self, person: Person) -> tuple[Unemployment, ...]:
        return self._fact(person, "unemployment", lambda core: self._work.unemployment(person, core, self._today), ())

    def military_service(self, person: Person) -> MilitaryService | None:
        return self._fact(person, "military_service", lambda core: self._work.military_service(core, self._today), None)

    def convictions(self, person: Person) -> tuple[Conviction, ...]:
        return self._fact(person, "convictions", lambda core: self._circumstances.convictions(core, self._today), ())

    def enrolments(self, person: Person) -> tuple[Enrolment, ...]:
        def draw(core: Core) -> tuple[Enrolment, ...]:
            return self._circumstances.enrolments(core, person.address.town, self._today)

        return self._fact(person, "enrolments", draw, ())

    # Possessions and debts

    def vehicles(self, person: Person) -> tuple[Vehicle, ...]:
        return self._fact(person, "vehicles", lambda core: self._circumstances.vehicles(core, self._today), ())

    def housing_queue(self, person: Person) -> HousingQueue | None:
        def draw(core: Core) -> HousingQueue | None:
            return self._circumstances.housing_queue(core, person.address.town, self._today)

        return self._fact(person, "housing_queue", draw, None)

    def social_hire(self, person: Person) -> SocialHire | None:
        return self._fact(person, "social_hire", lambda core: self._property.hire(core.ordinal), None)

    def privatisations(self, person: Person) -> tuple[Privatisation, ...]:
        return self._fact(person, "privatisations", lambda core: self._property.privatisations(core.ordinal), ())

    def charges(self, payer: Person | Firm) -> tuple[Charge, ...]:
        return self._owed(payer, "charges", self._money.charges)

    def payments(self, payer: Person | Firm) -> tuple[Payment, ...]:
        return self._owed(payer, "payments", self._money.payments)

    def enforcements(self, debtor: Person | Firm) -> tuple[Enforcement, ...]:
        return self._owed(debtor, "enforcements", self._money.enforcements)

    def estates(self, owner: Person | Firm) -> tuple[int, ...]:
        """Return the indices of estates that may be the owner's, without repetitions."""
        subject = self._subject(owner)
        if isinstance(owner, Person):
            drawn = () if subject is None else self._property.of_person(subject.place)
        else:
            drawn = () if subject is None else self._property.of_firm(subject.place)
        key = owner.snils if isinstance(owner, Person) else owner.ogrn
        return tuple(dict.fromkeys((*drawn, *self._register.places("estate", "owner", key, None))))

    def firms(self, person: Person) -> tuple[int, ...]:
        """Return the indices of firms that the person may head or have founded, without repetitions."""
        subject = self._subject(person)
        drawn = () if subject is None else self._register.drawn.firms.around(subject.place)
        return tuple(dict.fromkeys((*drawn, *self._register.places("firm", "leader", person.snils, None))))

    # Said or drawn

    def _subject(self, owner: Person | Firm) -> Subject | None:
        if isinstance(owner, Person):
            ordinal = self._register.ordinal(owner.snils)
            return None if ordinal is None else Subject("person", ordinal)
        index = self._register.firm_index(owner.ogrn)
        return None if index is None else Subject("firm", index)

    def _fact(self, person: Person, field: str, draw: Callable[[Core], Fact], nothing: Fact) -> Fact:
        subject = self._subject(person)
        if subject is None:
            return nothing
        said, remembered = self._register.said(subject), self._register.remembered
        if field in said:
            found: Fact = said[field]
            return found
        if (subject, field) not in remembered:
            remembered[subject, field] = self._drawn(person, draw, nothing)
        drawn: Fact = remembered[subject, field]
        return drawn

    def _drawn(self, person: Person, draw: Callable[[Core], Fact], nothing: Fact) -> Fact:
        """Return what the seed draws; nothing for who is known by fixtures only."""
        subject = self._subject(person)
        if subject is None or self._register.is_bare(subject):
            return nothing
        core = self._register.core(subject.place)
        return nothing if core is None else draw(core)

    def _owed(
        self, owner: Person | Firm, field: str, draw: Callable[[Debtor, date], tuple[Fact, ...]]
    ) -> tuple[Fact, ...]:
        subject = self._subject(owner)
        if subject is None:
            return ()
        said, remembered = self._register.said(subject), self._register.remembered
        if field in said:
            found: tuple[Fact, ...] = said[field]
            return found
        if self._register.is_bare(subject):
            return ()
        if (subject, field) not in remembered:
            remembered[subject, field] = draw(_debtor(owner, subject), self._today)
        drawn: tuple[Fact, ...] = remembered[subject, field]
        return drawn

    def _drawn_marriages(self, core: Core) -> tuple[Marriage, ...]:
        number, place = divmod(core.ordinal, PLACES)
        if place not in (HUSBAND, WIFE):
            return ()
        couple = [self._register.core(number * PLACES + side) for side in (HUSBAND, WIFE)]
        widowed = min(spouse.died or date.max if spouse else date.max for spouse in couple)
        family = self._register.drawn.families.family(number)
        marriage = self._register.drawn.people.marriage(family, widowed, self._today)
        return () if marriage is None else (marriage,)

    def _drawn_guardianships(self, core: Core) -> tuple[Guardianship, ...]:
        """Return those of a ward, by the family, and those of a grandmother, by her sons' families."""
        families = self._register.drawn.families
        numbers = [core.ordinal // PLACES]
        if numbers[0] < FAMILIES and numbers[0] % 3 == 0:
            numbers = [child // PLACES for child in families.children_of(core)]
        snils = self._register.drawn.numbers.snils(core.ordinal)
        return tuple(
            over
            for number in numbers
            for over in self._circumstances.guardianships(number, self._today)
            if snils in (over.ward_snils, over.guardian_snils)
        )

    def _drawn_pensions(self, person: Person, core: Core) -> tuple[Pension, ...]:
        return self._work.pension(person, core, self._today)


def _debtor(owner: Person | Firm, subject: Subject) -> Debtor:
    if isinstance(owner, Firm):
        until = owner.ceased or date.max
        return Debtor(subject.place, True, owner.ogrn, owner.address.town, owner.registered, until)
    until = owner.death.died if owner.death else date.max
    return Debtor(subject.place, False, owner.snils, owner.address.town, years_after(owner.birth_date, 18), until)
