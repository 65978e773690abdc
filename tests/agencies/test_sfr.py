"""The social fund tells of numbers, payments, work and needs of persons what the world knows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import sfr
from agencies.answers import child, text
from agencies.sfr.months import Month, months_between, overlaps
from agencies.world import PERSONS, Benefit, Pension, Person, World
from agencies.world.records import Sex
from gateway.xml import Element
from tests.agencies.asking import WORLD, ask, content_of, rejection_of
from tests.agencies.namesakes import NAMESAKES, is_alone

indices = st.integers(0, PERSONS - 1)
TODAY = WORLD.today


CITIZEN = next(person for person in WORLD.persons if person.passports and is_alone(person))
OTHER = next(person for person in WORLD.persons if person.snils != CITIZEN.snils)


# Insurance numbers


@given(indices)
def test_the_snils_of_any_person_is_found_by_any_passport(index: int) -> None:
    person = WORLD.person(index)
    for passport in person.passports:
        answers = ask(sfr.SNILS_BY_ADDITIONAL_DATA, sfr.snils_request(person.identity, person.sex, passport))
        assert sfr.read_snils(content_of(answers)) == person.snils


def test_the_snils_is_found_without_a_document_where_there_are_no_namesakes() -> None:
    request = sfr.snils_request(CITIZEN.identity, CITIZEN.sex)
    assert sfr.read_snils(content_of(ask(sfr.SNILS_BY_ADDITIONAL_DATA, request))) == CITIZEN.snils
    rejection = rejection_of(ask(sfr.SNILS_BY_ADDITIONAL_DATA, request, NAMESAKES))
    assert "несколько (2), укажите документ" in rejection.description


def test_a_document_of_somebody_else_finds_nobody() -> None:
    other = next(person for person in WORLD.persons if person.passports and person.snils != CITIZEN.snils)
    request = sfr.snils_request(CITIZEN.identity, CITIZEN.sex, other.passport)
    assert rejection_of(ask(sfr.SNILS_BY_ADDITIONAL_DATA, request)).code == "NO_DATA"


def test_another_sex_finds_nobody() -> None:
    sex: Sex = "male" if CITIZEN.sex == "female" else "female"
    rejection = rejection_of(ask(sfr.SNILS_BY_ADDITIONAL_DATA, sfr.snils_request(CITIZEN.identity, sex)))
    assert "пол не совпадает" in rejection.description


def test_the_snils_is_found_by_name_alone() -> None:
    request = sfr.snils_by_data_request(CITIZEN.identity, CITIZEN.sex)
    assert sfr.read_snils(content_of(ask(sfr.SNILS_BY_DATA, request))) == CITIZEN.snils
    assert "несколько (2)" in rejection_of(ask(sfr.SNILS_BY_DATA, request, NAMESAKES)).description


@pytest.mark.parametrize(
    ("snils", "born", "is_valid"),
    [
        (CITIZEN.snils, CITIZEN.birth_date, True),
        (CITIZEN.snils, None, True),
        (CITIZEN.snils, date(1901, 1, 1), False),
        (OTHER.snils, None, False),
        ("00000000000", None, False),
    ],
)
def test_a_snils_is_valid_with_the_name_and_the_birth_date_of_its_holder(
    snils: str, born: date | None, is_valid: bool
) -> None:
    request = sfr.snils_validation_request(CITIZEN.identity, snils)
    if born is None:
        request.remove(request[-1])
    else:
        request[-1].text = str(born)
    assert sfr.read_snils_validation(content_of(ask(sfr.SNILS_VALIDATION, request))) is is_valid


# Payments


def paid_to(person: Person, begin: date, months: int, world: World = WORLD) -> Element:
    request = sfr.payments_request(person.identity, person.snils, person.sex, begin, months)
    return content_of(ask(sfr.PAYMENTS_FOR_PERIOD, request, world))


def pensioners() -> Iterator[tuple[Person, Pension]]:
    return ((person, pension) for person in WORLD.persons for pension in WORLD.pensions_of(person)[:1])


def test_a_pension_is_told_month_by_month() -> None:
    person, pension = next((who, what) for who, what in pensioners() if what.until is None)
    content = paid_to(person, date(2012, 11, 15), 3)
    payments = sfr.read_payments(content)
    assert [(item.year, item.month) for item in payments] == [(2012, 11), (2012, 12), (2013, 1)]
    assert {item.amount for item in payments} == {pension.monthly}
    assert text(content, "ExistData") == "true"
    assert text(content, "ActualDate") == str(TODAY)
    months = child(content, "MonthlyPayments")
    assert months is not None
    assert [text(month, "Month") for month in months] == ["--11", "--12", "--01"]
    assert {(text(month, "TotalPaymentsSum"), text(month, "NumberOfPayments")) for month in months} == {
        (f"{pension.monthly:.2f}", "1")
    }


@given(indices, st.integers(2000, 2030), st.integers(1, 12), st.integers(1, 40))
def test_payments_are_those_of_the_world(index: int, year: int, month: int, count: int) -> None:
    person, first = WORLD.person(index), Month(year, month)
    told = [
        (item.year, item.month, item.amount) for item in sfr.read_payments(paid_to(person, date(year, month, 1), count))
    ]
    assert told == [
        (*passed, pension.monthly)
        for passed in months_between(first, min(first.after(count - 1), Month.of(TODAY)))
        for pension in WORLD.pensions_of(person)
        if overlaps(passed, pension.since, pension.until)
    ]


def test_nothing_paid_is_told_as_such() -> None:
    person = next(person for person in WORLD.persons if not WORLD.pensions_of(person))
    content = paid_to(person, date(2012, 1, 1), 12)
    assert sfr.read_payments(content) == ()
    assert text(content, "ExistData") == "false"


@pytest.mark.parametrize("months", [2**31 - 1, 100_000])
def test_no_number_of_months_is_too_long(months: int) -> None:
    person, pension = next((who, what) for who, what in pensioners() if what.until is None)
    begin = max(pension.since, date(2012, 1, 1))
    passed = (TODAY.year - begin.year) * 12 + TODAY.month - begin.month + 1
    assert len(sfr.read_payments(paid_to(person, begin, months))) == passed


@pytest.mark.parametrize("months", [0, -1])
def test_a_period_of_no_month_is_refused(months: int) -> None:
    request = sfr.payments_request(CITIZEN.identity, CITIZEN.snils, CITIZEN.sex, TODAY, months)
    rejection = rejection_of(ask(sfr.PAYMENTS_FOR_PERIOD, request))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "число месяцев" in rejection.description


def test_payments_are_told_only_of_the_holder_of_the_snils() -> None:
    request = sfr.payments_request(CITIZEN.identity, OTHER.snils, CITIZEN.sex, TODAY, 1)
    assert "с другими данными" in rejection_of(ask(sfr.PAYMENTS_FOR_PERIOD, request)).description
    request = sfr.payments_request(CITIZEN.identity, "00000000000", CITIZEN.sex, TODAY, 1)
    assert "00000000000 не найдено" in rejection_of(ask(sfr.PAYMENTS_FOR_PERIOD, request)).description


def test_a_benefit_counts_where_the_fund_pays_it() -> None:
    class Paying(World):
        def benefits_of(self, _: Person) -> tuple[Benefit, ...]:
            fund, department = "Пенсионный фонд Российской Федерации", "Отдел социальной защиты"
            started = date(2013, 1, 9)
            return (
                Benefit("Компенсация", started, Decimal(100), payer=fund),
                Benefit("Субсидия", started, Decimal(200), payer=department),
            )

        def pensions_of(self, _: Person) -> tuple[Pension, ...]:
            return ()

    payments = sfr.read_payments(paid_to(CITIZEN, date(2012, 12, 1), 3, Paying(37, TODAY)))
    assert [(item.month, item.kind, item.amount) for item in payments] == [
        (1, "Компенсация", Decimal(100)),
        (2, "Компенсация", Decimal(100)),
    ]


# Work


@given(indices)
def test_who_works_this_month_and_for_whom_is_that_of_the_world(index: int) -> None:
    person = WORLD.person(index)
    told = sfr.read_work(content_of(ask(sfr.WORK_FACT, sfr.work_request(person.identity, person.snils))))
    employers = [
        firm
        for job in WORLD.jobs_of(person)
        if overlaps(Month.of(TODAY), job.since, job.until) and (firm := WORLD.firm_by_ogrn(job.employer_ogrn))
    ]
    assert told == tuple(sfr.WorkedMonth(2013, 3, firm.inn, firm.short_name) for firm in employers)


def test_work_is_told_month_by_month() -> None:
    person, job = next(
        (person, job)
        for person in WORLD.persons
        for job in WORLD.jobs_of(person)
        if job.until is not None and Month.of(job.since).after(2) <= Month.of(job.until)
    )
    start = Month.of(job.since)
    request = sfr.work_request(person.identity, person.snils, start.after(-1), start.after(1))
    told = sfr.read_work(content_of(ask(sfr.WORK_FACT, request)))
    firm = WORLD.firm_by_ogrn(job.employer_ogrn)
    assert firm is not None
    assert [(item.year, item.month) for item in told if item.employer_inn == firm.inn][-2:] == [start, start.after(1)]


@pytest.mark.parametrize("period", ["13.2012", "2012", "1.2012", "04.2013"])
def test_a_period_that_is_none_is_refused(period: str) -> None:
    request = sfr.work_request(CITIZEN.identity, CITIZEN.snils, Month(2012, 1), Month(2013, 1))
    request[-2].text = period
    rejection = rejection_of(ask(sfr.WORK_FACT, request))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "03.2013" in rejection.description


def test_work_without_a_snils_is_not_told() -> None:
    request = sfr.work_request(CITIZEN.identity, CITIZEN.snils)
    request.remove(request[-1])
    assert "(не указан)" in rejection_of(ask(sfr.WORK_FACT, request)).description


# Months


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(-30, 30))
def test_months_later_and_earlier_undo_each_other(year: int, number: int, by: int) -> None:
    month = Month(year, number)
    assert month.after(by).after(-by) == month
    assert len(list(months_between(month, month.after(by)))) == max(by + 1, 0)


# Requests that leave out what they need


@pytest.mark.parametrize(
    ("kind_id", "request_"),
    [
        (sfr.WORK_FACT, sfr.work_request(CITIZEN.identity, "")),
        (sfr.SNILS_BY_DATA, sfr.snils_by_data_request(replace(CITIZEN.identity, family_name=""), CITIZEN.sex)),
        (sfr.SNILS_BY_ADDITIONAL_DATA, sfr.snils_request(replace(CITIZEN.identity, first_name=""), CITIZEN.sex)),
    ],
)
def test_an_empty_key_is_answered_with_what_is_missing(kind_id: str, request_: Element) -> None:
    assert rejection_of(ask(kind_id, request_)).description.startswith(("Укажите", "Застрахованное лицо"))
