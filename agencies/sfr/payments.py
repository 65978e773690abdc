"""Pensions and social payments for a period, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, children, day, text
from agencies.finding import find_insured
from agencies.sfr.insured import gender, named_in, names
from agencies.sfr.months import Month, months_between, overlaps
from agencies.world import Benefit, Identity, Pension, Person, World
from agencies.world.records import Sex
from gateway.xml import Element

PAYMENTS_FOR_PERIOD: Final = "sfr/payments-for-period"

_PENSIONS: Final = {
    "old age": "Трудовая пенсия по старости",
    "disability": "Трудовая пенсия по инвалидности",
    "survivor": "Трудовая пенсия по случаю потери кормильца",
}

_request: Final = Builder("http://kvs.pfr.com/bap-for-period/1.0.1")
_benefits: Final = Builder("http://kvs.pfr.com/benefits-common/1.0.0")


@dataclass(frozen=True, slots=True)
class MonthlyPayment:
    """What was paid for one reason in one month, in roubles."""

    year: int
    month: int
    kind: str
    amount: Decimal


def payments_for_period(question: Question) -> tuple[Answer, ...]:
    """Answer a BapForPeriodRequest; ExistData is false where nothing was paid in the period till today."""
    world, content = question.world, question.content
    person = find_insured(world, text(content, "Snils"), named_in(content))
    if isinstance(person, Rejected):
        return (person,)
    begin, count = day(text(content, "BeginPeriod")), _number(text(content, "NumberOfMonths"))
    if begin is None or count < 1:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите начало периода и число месяцев, не меньше одного"),)
    paid = payments_of(world, person, Month.of(begin), count)
    months = [_month(month, list(payments)) for month, payments in groupby(paid, lambda item: (item.year, item.month))]
    told = [
        *names(person),
        _benefits("Snils", person.snils),
        _benefits("BirthDate", person.birth_date),
        _benefits("Gender", gender(person.sex)),
        _benefits("ActualDate", world.today),
        _benefits("ExistData", "true" if paid else "false"),
        _benefits("BeginPeriod", begin),
        _benefits("NumberOfMonths", str(count)),
        _benefits("MonthlyPayments", list(months)) if months else None,
    ]
    return (Answered(_request("BapForPeriodResponse", told)),)


def payments_request(who: Identity, snils: str, sex: Sex, begin: date, months: int) -> Element:
    """Build a BapForPeriodRequest for `months` months (at least one) from that of `begin` on."""
    return _request(
        "BapForPeriodRequest",
        [
            *names(who),
            _benefits("Snils", snils),
            _benefits("BirthDate", who.birth_date),
            _benefits("Gender", gender(sex)),
            _benefits("BeginPeriod", begin),
            _benefits("NumberOfMonths", str(months)),
        ],
    )


def read_payments(content: Element) -> tuple[MonthlyPayment, ...]:
    """Read a BapForPeriodResponse, month by month; empty when nothing was paid.

    Raises: ValueError, decimal.InvalidOperation where a number is none (its schema asks for one).
    """
    months = child(content, "MonthlyPayments")
    return tuple(
        MonthlyPayment(
            year=int(text(month, "Year")),
            month=int(text(month, "Month").strip("-")),
            kind=text(payment, "Type"),
            amount=Decimal(text(payment, "Sum")),
        )
        for month in ([] if months is None else children(months, "MonthlyPayment"))
        for payments in children(month, "Payments")
        for payment in children(payments, "Payment")
    )


def payments_of(world: World, person: Person, first: Month, count: int) -> tuple[MonthlyPayment, ...]:
    """Return what the fund paid to `person` in `count` months from `first` on, those to come left out."""
    paid: list[Pension | Benefit] = [*world.pensions_of(person), *_of_the_fund(world.benefits_of(person))]
    return tuple(
        MonthlyPayment(month.year, month.number, _PENSIONS.get(item.kind, item.kind), item.monthly)
        for month in months_between(first, min(first.after(count - 1), Month.of(world.today)))
        for item in paid
        if overlaps(month, item.since, item.until)
    )


def _of_the_fund(benefits: tuple[Benefit, ...]) -> Iterator[Benefit]:
    """Leave out what a body of social protection pays."""
    return (benefit for benefit in benefits if "фонд" in benefit.payer.casefold())


def _month(month: tuple[int, int], payments: list[MonthlyPayment]) -> Element:
    year, number = month
    total = sum((payment.amount for payment in payments), Decimal(0))
    listed: list[Element | None] = [
        _benefits("Payment", [_benefits("Type", payment.kind), _benefits("Sum", f"{payment.amount:.2f}")])
        for payment in payments
    ]
    return _benefits(
        "MonthlyPayment",
        [
            _benefits("Year", f"{year:04d}"),
            _benefits("Month", f"--{number:02d}"),
            _benefits("TotalPaymentsSum", f"{total:.2f}"),
            _benefits("NumberOfPayments", str(len(payments))),
            _benefits("Payments", listed),
        ],
    )


def _number(written: str) -> int:
    """Read an xs:int; 0 where it is none."""
    try:
        return int(written)
    except ValueError:
        return 0
