"""What befalls people: disability, benefits, convictions, schools, guardianship, the queue for housing, by ordinal."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from agencies.world import names
from agencies.world.draw import Source, days_after, years_after
from agencies.world.families import CHILDREN, FAMILIES, HUSBAND, PLACES, WIFE, Core, Families
from agencies.world.life import (
    Benefit,
    Conviction,
    Disability,
    Enrolment,
    Guardianship,
    HousingQueue,
    Pension,
    Vehicle,
)
from agencies.world.numbers import VEHICLES, Numbers
from agencies.world.places import municipality, social_department, town_named
from agencies.world.records import Person

CHILD_CARE: Final = "Ежемесячное пособие по уходу за ребёнком"
CHILD_ALLOWANCE: Final = "Ежемесячное пособие на ребёнка"
VETERAN: Final = "Ежемесячная денежная выплата ветерану труда"
DISABLED: Final = "Ежемесячная денежная выплата инвалиду"

_Lasting = TypeVar("_Lasting", Benefit, Enrolment)


class Circumstances:
    """Draws what befalls people."""

    def __init__(self, source: Source, numbers: Numbers, families: Families) -> None:
        self._source, self._numbers, self._families = source, numbers, families

    def disability(self, core: Core, today: date) -> Disability | None:
        draw = self._source.draw("disability", core.ordinal)
        child = core.ordinal % PLACES in CHILDREN
        if not draw.percent(2 if child else 5):
            return None
        first = years_after(core.born, 1 if child else 20)
        since = draw.day(first, days_after(first, 8 * 365 if child else 24 * 365))
        for_life = draw.percent(60)
        number = f"МСЭ-2011 № {draw.below(9_000_000) + 1_000_000}"
        if since > today or (core.died and core.died < since):
            return None
        adult = years_after(core.born, 18)
        group = 0 if today < adult else 1 + draw.below(3)
        valid_until = adult if group == 0 else None if for_life else years_after(since, today.year - since.year + 1)
        reason = "Инвалид с детства" if child else "Общее заболевание"
        return Disability(group, since, reason, number, valid_until, "ФКУ «ГБ МСЭ по Ивановской области»")

    def benefits(self, person: Person, core: Core, pensions: tuple[Pension, ...], today: date) -> tuple[Benefit, ...]:
        draw = self._source.draw("benefits", core.ordinal)
        payer = social_department(town_named(person.address.town))
        poor, veteran = draw.percent(30), draw.percent(35)
        found = []
        if veteran and pensions:
            found.append(Benefit(VETERAN, pensions[0].since, Decimal(455), None, payer))
        disability = self.disability(core, today)
        if disability is not None:
            found.append(Benefit(DISABLED, disability.since, Decimal(1_967), None, payer))
        if core.ordinal % PLACES == WIFE:
            found += self._for_children(core, payer, poor=poor)
        ends = person.death.died if person.death else date.max
        return tuple(
            _seen(benefit, min(ends, benefit.until or ends), today) for benefit in found if benefit.since <= today
        )

    def convictions(self, core: Core, today: date) -> tuple[Conviction, ...]:
        draw = self._source.draw("conviction", core.ordinal)
        chance, (article, punishment) = draw.below(100), draw.pick(names.CRIMES)
        sentenced = draw.day(max(years_after(core.born, 19), date(1997, 1, 1)), years_after(core.born, 55))
        if chance >= 3 or sentenced > today or (core.died and core.died < sentenced):
            return ()
        spent = years_after(sentenced, 3)
        court = "Мировой судья судебного участка № 1 Ленинского района г. Иваново"
        return (Conviction(article, sentenced, court, punishment, spent if spent <= today else None),)

    def enrolments(self, core: Core, town: str, today: date) -> tuple[Enrolment, ...]:
        """Return the kindergarten from 3 on and the school from 7 to 18; the form is that of today."""
        draw = self._source.draw("enrolment", core.ordinal)
        number, oktmo = 1 + draw.below(40), town_named(town).oktmo
        into_school = date(core.born.year + (7 if core.born.month < 9 else 8), 9, 1)
        found = []
        if draw.percent(85):
            begins = date(core.born.year + 3, 9, 1)
            year = min(max(today.year - begins.year - (today.month < 9), 0), 3)
            group = ("младшая", "средняя", "старшая", "подготовительная")[year]
            name = f"МБДОУ «Детский сад № {number}»"
            found.append(Enrolment("kindergarten", name, group, begins, oktmo, date(into_school.year, 8, 31)))
        form = min(max(today.year - into_school.year - (today.month < 9), 0) + 1, 11)
        left = date(into_school.year + 11, 6, 25)
        name = f"МБОУ «Средняя школа № {number}»"
        found.append(Enrolment("school", name, f"{form} класс", into_school, oktmo, left))
        if core.born < date(1993, 1, 1):
            return ()  # the registers of schools do not go back so far
        return tuple(_seen(place, place.until, today) for place in found if place.since <= today)

    def guardianships(self, number: int, today: date) -> tuple[Guardianship, ...]:
        """Return the guardianships over the children of a family: their grandmother's, in a few families."""
        draw = self._source.draw("guardianship", number)
        father, *children = (self._families.family(number).members[place] for place in (HUSBAND, *CHILDREN))
        if father is None or father.mother is None or not draw.percent(8):
            return ()
        grandmother = self._families.core(father.mother)
        wards = [child for child in children if child]
        if grandmother is None or not wards or wards[-1].born.year > 2015:
            return ()
        since = draw.day(wards[-1].born, years_after(wards[-1].born, 4))
        found = []
        for ward in wards:
            until = min(years_after(ward.born, 18), grandmother.died or date.max)
            if since < until and since <= today:
                found.append(
                    Guardianship(
                        self._numbers.snils(ward.ordinal),
                        self._numbers.snils(grandmother.ordinal),
                        since,
                        f"Постановление № {draw.below(900) + 100}",
                        municipality(town_named("Иваново")),
                        until if until <= today else None,
                    )
                )
        return tuple(found)

    def housing_queue(self, core: Core, town: str, today: date) -> HousingQueue | None:
        draw = self._source.draw("queue", core.ordinal)
        number, place = divmod(core.ordinal, PLACES)
        since = draw.day(date(2005, 3, 1), date(2011, 8, 31))
        ground = draw.pick(("Малоимущая семья", "Многодетная семья", "Ветеран боевых действий"))
        elder = number < FAMILIES and number % 3 == 0
        if place not in (HUSBAND, WIFE) or elder or not draw.percent(4) or years_after(core.born, 18) > since:
            return None
        got = years_after(since, 6 + draw.below(20))
        ended = got if got <= today else None
        return HousingQueue(1 + draw.below(900), since, ground, town_named(town).oktmo, ended)

    def vehicles(self, core: Core, today: date) -> tuple[Vehicle, ...]:
        found = []
        for place in range(VEHICLES):
            draw = self._source.draw("vehicle", core.ordinal * VEHICLES + place)
            wanted = (45, 12) if core.sex == "male" else (16, 3)
            adult = max(years_after(core.born, 18), date(2003, 1, 1))
            since = draw.day(adult, days_after(adult, 12 * 365))
            until = draw.day(days_after(since, 400), days_after(since, 9000))
            if not draw.percent(wanted[place]) or since > min(today, core.died or today):
                continue
            make, model, power = draw.pick(names.VEHICLES)
            found.append(
                Vehicle(
                    self._numbers.vin(core.ordinal, place),
                    self._numbers.plate(core.ordinal, place),
                    make,
                    model,
                    since.year - draw.below(6),
                    since,
                    until if until <= today else None,
                    "B",
                    power,
                    draw.pick(names.COLOURS),
                    f"37ХХ{draw.below(900_000) + 100_000}",
                    f"37ХА{draw.below(900_000) + 100_000}",
                    self._numbers.snils(core.ordinal),
                )
            )
        return tuple(found)

    def _for_children(self, mother: Core, payer: str, *, poor: bool) -> list[Benefit]:
        found = []
        for ordinal in self._families.children_of(mother):
            child = self._families.core(ordinal)
            if child is None or child.born < date(2000, 1, 1):
                continue
            found.append(Benefit(CHILD_CARE, child.born, Decimal("2326.00"), days_after(child.born, 548), payer))
            if poor:
                until = years_after(child.born, 16)
                found.append(Benefit(CHILD_ALLOWANCE, days_after(child.born, 60), Decimal(300), until, payer))
        return sorted(found, key=lambda benefit: benefit.since)


def _seen(fact: _Lasting, until: date | None, today: date) -> _Lasting:
    """Return a fact whose end, where it has not come yet, is not known."""
    return replace(fact, until=until if until is not None and until <= today else None)
