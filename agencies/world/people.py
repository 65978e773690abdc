"""Persons as the registers write them down: numbers, papers, acts, registrations, as of a day."""

from datetime import date
from typing import Final, Literal

from agencies.world.draw import Draw, Source, days_after, years_after
from agencies.world.families import FAMILIES, HUSBAND, PLACES, Core, Families, Family
from agencies.world.numbers import Numbers
from agencies.world.places import (
    FLATS,
    HOUSES,
    TOWNS,
    Town,
    flat_address,
    house_address,
    registry_office,
    town_named,
)
from agencies.world.records import (
    Act,
    Address,
    Birth,
    Death,
    FormerName,
    IdentityDocument,
    Marriage,
    Passport,
    Person,
    Registration,
)

_FIRST_OF_THIS_FORM: Final = date(1998, 1, 1)
BY_AGE: Final = "Замена в связи с достижением возраста"
BY_NAME: Final = "Замена в связи с изменением фамилии"
BY_DEATH: Final = "Смерть владельца"


class People:
    """Makes persons of what `Families` knows of them."""

    def __init__(self, source: Source, numbers: Numbers, families: Families) -> None:
        self._source, self._numbers, self._families = source, numbers, families

    def person(self, core: Core, today: date) -> Person:
        """Return the person as of `today`, on which they must be born."""
        family = self._families.family(core.ordinal // PLACES)
        draw = self._source.draw("person", core.ordinal)
        birth_town = self._town(core.ordinal // PLACES if core.mother is None else core.mother // PLACES)
        if core.mother is None and draw.percent(40):
            birth_town = draw.pick(TOWNS)
        made = days_after(core.born, draw.below(25))
        died = core.died if core.died and core.died <= today else None
        address = self.address(core)
        return Person(
            snils=self._numbers.snils(core.ordinal),
            inn=self._inn(draw, core, today),
            family_name=core.family_name,
            first_name=core.first_name,
            patronymic=core.patronymic,
            sex=core.sex,
            birth_date=core.born,
            passports=self._passports(core, family, today),
            address=address,
            birth_place=f"г. {birth_town.name}",
            documents=(self._certificate(core, made, birth_town),) if made <= today else (),
            former_names=self._former_names(core, family),
            birth=Birth(
                Act(str(1 + draw.below(3000)), made, registry_office(birth_town)),
                None if core.father is None else self._numbers.snils(core.father),
                None if core.mother is None else self._numbers.snils(core.mother),
            ),
            death=None if died is None else Death(died, _death_act(draw, died, address)),
            registrations=self._registrations(core, address, today),
        )

    def marriage(self, family: Family, widowed: date, today: date) -> Marriage | None:
        """Return the marriage of a family as of `today`, where one of the two dies on the day `widowed`."""
        husband, wife = family.members[:2]
        if family.married is None or husband is None or wife is None:
            return None
        ended_by: Literal["divorce", "death"] = "divorce" if family.divorced else "death"
        until = family.divorced or widowed
        ended = until <= today
        return Marriage(
            self._numbers.snils(husband.ordinal),
            self._numbers.snils(wife.ordinal),
            family.married,
            self._act("wedding", family, family.married),
            until if ended else None,
            ended_by if ended else None,
            self._act("divorce", family, until) if family.divorced else None,
        )

    def address(self, core: Core) -> Address:
        """Return where somebody lives: the second dwelling of a family is that of a husband who lives alone."""
        number, place = divmod(core.ordinal, PLACES)
        alone = place == HUSBAND and not self._families.family(number).together
        return self.dwelling(2 * number + alone)

    def dwelling(self, index: int) -> Address:
        """Return the address of a family's first or second dwelling (`2 * family` or one more)."""
        town = self._town(index // 2)
        if self.is_flat(index):
            return flat_address(town, self._source.spread("flat", FLATS).number(index))
        return house_address(town, self._source.spread("house", HOUSES).number(index))

    def is_flat(self, index: int) -> bool:
        # There are houses for the families of the seed only.
        return index >= 2 * FAMILIES or self._source.draw("dwelling", index).percent(75)

    def _town(self, family: int) -> Town:
        draw = self._source.draw("town", family)
        return TOWNS[0] if draw.percent(60) else draw.pick(TOWNS)

    def _inn(self, draw: Draw, core: Core, today: date) -> str | None:
        # Grown-ups have one, but for a few pensioners; the young get theirs somewhere between 14 and 18.
        elder_woman = core.sex == "female" and core.ordinal // PLACES % 3 == 0 and core.ordinal // PLACES < FAMILIES
        got = days_after(years_after(core.born, 14), draw.below(4 * 365))
        refused = draw.percent(4) and elder_woman
        return None if refused or got > today else self._numbers.inn(core.ordinal)

    def _passports(self, core: Core, family: Family, today: date) -> tuple[Passport, ...]:
        # Passports of this form are given at 14 and replaced at 20 and at 45 (Government resolution 828 of
        # 08.07.1997); who was older when they came exchanged the Soviet one until 2004. All is drawn before
        # `today` is looked at, or else a later day would draw other people.
        draw = self._source.draw("passports", core.ordinal)
        exchanged = draw.day(_FIRST_OF_THIS_FORM, date(2003, 12, 31))
        fourteen, twenty, forty_five = (
            days_after(years_after(core.born, age), 5 + draw.below(25)) for age in (14, 20, 45)
        )
        office = 1 + draw.below(30)
        events = [(twenty, BY_AGE), (forty_five, BY_AGE)]
        if core.maiden_name and family.married:
            events.append((days_after(family.married, 40 + draw.below(20)), BY_NAME))
        issued = _issues(fourteen if fourteen >= _FIRST_OF_THIS_FORM else exchanged, sorted(events))
        died = core.died is not None and core.died <= today
        issued = [event for event in issued if event[0] <= (core.died if died and core.died else today)]
        reasons = [reason for _, reason in issued[1:]] + [BY_DEATH if died else None]
        asked_for = self._numbers.given("passport", core.ordinal)
        if asked_for and not issued:
            issued = [(today, "")]
        numbers = [self._numbers.passport(core.ordinal, place) for place in range(len(issued))]
        if asked_for:
            numbers[-1] = (asked_for[:4], asked_for[4:])
        return tuple(
            Passport(
                *numbers[place],
                issuer_code=f"370-{office:03d}",
                issuer_name=issuer(day),
                issued=day,
                invalid_because=reason,
            )
            for place, ((day, _), reason) in enumerate(zip(issued, reasons, strict=False))
        )

    def _certificate(self, core: Core, made: date, town: Town) -> IdentityDocument:
        series, number = self._numbers.certificate(core.ordinal)
        return IdentityDocument("03", "Свидетельство о рождении", series, number, registry_office(town), made)

    def _former_names(self, core: Core, family: Family) -> tuple[FormerName, ...]:
        if core.maiden_name is None or family.married is None:
            return ()
        act = self._act("wedding", family, family.married)
        return (
            FormerName(core.maiden_name, core.first_name, core.patronymic, family.married, "Заключение брака", act),
        )

    def _act(self, kind: str, family: Family, made: date) -> Act:
        draw = self._source.draw(kind, family.number)
        return Act(str(1 + draw.below(2000)), made, registry_office(self._town(family.number)))

    def _registrations(self, core: Core, address: Address, today: date) -> tuple[Registration, ...]:
        draw = self._source.draw("registration", core.ordinal)
        grown = draw.day(date(1985, 1, 1), date(2011, 6, 30))
        since = max(days_after(core.born, 20 + draw.below(20)), grown)
        made = [Registration("living", address, days_after(since, -draw.below(4)), since, None, _migration(address))]
        if draw.percent(4) and core.mother is None:
            town = draw.pick(TOWNS)
            staying = house_address(town, draw.below(HOUSES))
            begins = draw.day(date(2010, 9, 1), date(2011, 8, 31))
            ends = draw.day(date(2012, 3, 1), date(2016, 8, 31))
            until = ends if ends <= today else None
            made.append(Registration("staying", staying, days_after(begins, -3), begins, until, _migration(staying)))
        return tuple(registration for registration in made if registration.applied <= today)


def _issues(first: date, replaced: list[tuple[date, str]]) -> list[tuple[date, str]]:
    """Return when each passport was issued and why; who is about to replace one anyway does it once."""
    issued = [(first, "")]
    for day, reason in replaced:
        if day > days_after(issued[-1][0], 60):
            issued.append((day, reason))
        elif reason == BY_NAME:
            issued[-1] = (day, reason if len(issued) > 1 else "")
    return issued


def issuer(issued: date) -> str:
    """Return who issued passports on a day."""
    if issued < date(2007, 1, 1):
        return "Отделом внутренних дел Ленинского района города Иваново"
    if issued < date(2016, 6, 1):
        return "Отделом УФМС России по Ивановской области"
    return "УМВД России по Ивановской области"


def _migration(address: Address) -> str:
    return f"Отдел УФМС России по Ивановской области в г. {address.town}"


def _death_act(draw: Draw, died: date, address: Address) -> Act:
    made = days_after(died, 1 + draw.below(3))
    return Act(str(1 + draw.below(3000)), made, registry_office(town_named(address.town)))
