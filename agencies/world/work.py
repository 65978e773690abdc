"""Work and what comes instead of it: jobs, incomes, unemployment, pensions, by ordinal; all seen as of a day."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from agencies.world import names
from agencies.world.draw import Draw, Source, days_after, in_year, years_after
from agencies.world.families import FAMILIES, PLACES, Core
from agencies.world.firms import FIRMS, FirmCore, Firms
from agencies.world.life import Income, IncomeStatement, Job, MilitaryService, Pension, Unemployment
from agencies.world.numbers import Numbers
from agencies.world.places import TOWNS, commissariat, employment_centre
from agencies.world.records import Entrepreneur, Person

_JOBS_BEGIN: Final = date(2002, 9, 1)
_HORIZON: Final = date(2060, 1, 1)
_PAY: Final = "2000"
_HOLIDAY_PAY: Final = "2012"
_REFORM: Final = date(2019, 1, 1)
"""The pension age is 5 years higher since then (350-FZ); the steps between are left out."""


class _Span(NamedTuple):
    """A job that is drawn or a span between two."""

    since: date
    until: date
    firm: FirmCore | None
    draw: Draw


class Work:
    """Draws what people do for a living."""

    def __init__(self, source: Source, numbers: Numbers, firms: Firms) -> None:
        self._source, self._numbers, self._firms = source, numbers, firms

    def jobs(self, person: Person, core: Core, today: date) -> tuple[Job, ...]:
        return tuple(
            Job(
                span.firm.ogrn,
                span.draw.pick(names.POSITIONS),
                span.since,
                span.until if span.until <= today else None,
                self._salary(core, span.since),
            )
            for span in self._spans(person, core, today)
            if span.firm is not None and span.since <= today
        )

    def unemployment(self, person: Person, core: Core, today: date) -> tuple[Unemployment, ...]:
        return tuple(
            Unemployment(
                days_after(span.since, 14),
                Decimal(850 + span.draw.below(4050)),
                span.until if span.until <= today else None,
                employment_centre(TOWNS[0]),
            )
            for span in self._spans(person, core, today)
            if span.firm is None and (span.until - span.since).days > 90 and days_after(span.since, 14) <= today
        )

    def military_service(self, core: Core, today: date) -> MilitaryService | None:
        served = self._served(core)
        if served is None or served[0] > today:
            return None
        draw = self._source.draw("card", core.ordinal)
        card = f"АН {draw.below(9_000_000) + 1_000_000}"
        until = served[1] if served[1] <= today else None
        return MilitaryService(served[0], until, card, commissariat(TOWNS[0]), "А" if draw.percent(70) else "Б")

    def pension(self, person: Person, core: Core, today: date) -> tuple[Pension, ...]:
        """Return the old-age pension, once it is due."""
        since = self.pension_begins(core)
        if since > today or (person.death and person.death.died < since):
            return ()
        draw = self._source.draw("pension", core.ordinal)
        until = person.death.died if person.death else None
        return (
            Pension("old age", since, Decimal(6_500 + draw.below(9_500)), until, f"{draw.below(900_000) + 100_000}"),
        )

    def pension_begins(self, core: Core) -> date:
        age = 60 if core.sex == "male" else 55
        due = years_after(core.born, age)
        return due if due < _REFORM else years_after(core.born, age + 5)

    def entrepreneur(self, core: Core, today: date) -> Entrepreneur | None:
        draw = self._source.draw("entrepreneur", core.ordinal)
        chance, (okved, okved_name) = draw.below(100), draw.pick(names.SOLE_TRADES)
        registered = draw.day(max(date(2004, 1, 1), years_after(core.born, 18)), date(2011, 9, 30))
        ceased = draw.day(days_after(registered, 200), date(2030, 1, 1)) if draw.percent(30) else None
        number, place = divmod(core.ordinal, PLACES)
        elder = number < FAMILIES and number % 3 == 0
        asked_for = self._numbers.given("ogrnip", core.ordinal)
        if asked_for is not None:
            registered = in_year(registered, 2000 + int(asked_for[1:3]), today)
        if asked_for is None and (chance >= 8 or elder or place > 1 or years_after(core.born, 18) > registered):
            return None
        return Entrepreneur(
            self._numbers.ogrnip(core.ordinal, registered),
            registered,
            ceased if ceased and ceased <= today else None,
            okved,
            okved_name,
            "3702",
            self._numbers.snils(core.ordinal),
        )

    def _salary(self, core: Core, since: date) -> Decimal:
        base = 9_000 + self._source.draw("salary", core.ordinal).below(30) * 1_000
        return raised(Decimal(base), since.year - 2012)

    def _served(self, core: Core) -> tuple[date, date] | None:
        draw = self._source.draw("service", core.ordinal)
        if core.sex == "female" or not draw.percent(60):
            return None
        since = draw.day(days_after(years_after(core.born, 18), 60), years_after(core.born, 20))
        return since, years_after(since, 2 if since < date(2007, 1, 1) else 1)  # one year since 2008

    def _spans(self, person: Person, core: Core, today: date) -> list[_Span]:
        """Draw a working life: jobs and what lies between them, both ends known, until the pension or the death."""
        draw = self._source.draw("work", core.ordinal)
        if draw.percent(6):  # a few never work by contract
            return []
        begins = days_after(years_after(core.born, 18), 60 + draw.below(5 * 365))
        served = self._served(core)
        begins = max(begins, _JOBS_BEGIN, served[1] if served else _JOBS_BEGIN)
        last = min(self.pension_begins(core), core.died or _HORIZON, person.death.died if person.death else _HORIZON)
        spans: list[_Span] = []
        while begins < last and begins <= today:
            own = self._source.draw("job", core.ordinal * 64 + len(spans))
            firm = self._firms.core(own.below(FIRMS))
            until = min(days_after(begins, 200 + own.below(3200)), last, firm.ceased or last)
            if firm.registered <= begins < until:
                spans.append(_Span(begins, until, firm, own))
                begins = days_after(until, 1 + own.below(60))
            else:
                until = min(days_after(begins, 30 + own.below(200)), last)
                spans.append(_Span(begins, until, None, own))
                begins = days_after(until, 1)
        return spans


def incomes(jobs: tuple[Job, ...], year: int, today: date) -> tuple[Income, ...]:
    """Return what jobs paid in the months of `year` that are over, by month and employer."""
    return tuple(
        income
        for month in range(1, 13)
        if date(year, month, monthrange(year, month)[1]) < today
        for job in jobs
        for income in _month(job, year, month)
    )


def statements(paid: tuple[Income, ...], year: int) -> tuple[IncomeStatement, ...]:
    """Return the incomes of a year by employer, in the order in which the employers paid first."""
    employers = dict.fromkeys(income.employer_ogrn for income in paid)
    by_employer = {ogrn: tuple(income for income in paid if income.employer_ogrn == ogrn) for ogrn in employers}
    return tuple(
        IncomeStatement(
            year,
            ogrn,
            incomes,
            sum((income.amount for income in incomes), Decimal(0)),
            sum((income.tax for income in incomes), Decimal(0)),
        )
        for ogrn, incomes in by_employer.items()
    )


def raised(pay: Decimal, years: int) -> Decimal:
    """Return a pay `years` later (or earlier): 7 % more each year, in whole hundreds."""
    return (pay * Decimal(107) ** years / Decimal(100) ** years / 100).quantize(Decimal(1)) * 100


def _month(job: Job, year: int, month: int) -> tuple[Income, ...]:
    days = monthrange(year, month)[1]
    first, last = date(year, month, 1), date(year, month, days)
    worked = (min(last, job.until or last) - max(first, job.since)).days + 1
    if worked <= 0:
        return ()
    amount = (raised(job.salary, year - job.since.year) * worked / days).quantize(Decimal("0.01"))
    if month != 7 or worked < days:
        return (_income(job, year, month, _PAY, amount),)
    holiday = (amount / 2).quantize(Decimal("0.01"))  # half of July is a holiday
    return (
        _income(job, year, month, _PAY, amount - holiday),
        _income(job, year, month, _HOLIDAY_PAY, holiday),
    )


def _income(job: Job, year: int, month: int, code: str, amount: Decimal) -> Income:
    tax = (amount * 13 / 100).quantize(Decimal(1))  # in whole roubles: Tax Code, Art. 52 part 6
    return Income(year, month, code, amount, tax, job.employer_ogrn)
