"""Working days as Russia counted them, and the moments that terms end at."""

import csv
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.working_time import (
    InvalidTerm,
    Term,
    TermUnit,
    add_working_days,
    due,
    is_working_day,
    next_working_moment,
    working_hours,
)
from gateway.protocol.moments import MOSCOW

WORKING_DAYS_OF_YEARS = (249, 248, 249, 247, 247, 247, 247, 247, 247, 247, 248, 247, 247, 247, 248, 247, 247, 247)
"""The norms of 2010 to 2027."""

DAYS = st.dates(date(2010, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NUMBERS = st.integers(0, 400)


def moscow(text: str) -> datetime:
    """Read local time in Moscow."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.fixture(scope="module")
def calendar() -> dict[date, str]:
    """The days of 2010 to 2027 that are not as their day of the week: day_off or working_weekend."""
    with (Path(__file__).parent / "ru_calendar_2010_2027.csv").open(encoding="utf-8", newline="") as rows:
        return {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(rows)}


def test_every_day_from_2010_to_2027_is_as_in_the_calendar(calendar: dict[date, str]) -> None:
    assert set(calendar.values()) == {"day_off", "working_weekend"}
    day, compared = date(2010, 1, 1), 0
    while day.year < 2028:
        expected = calendar[day] == "working_weekend" if day in calendar else day.weekday() < 5
        assert is_working_day(day) is expected, day
        day, compared = day + timedelta(1), compared + 1
    assert compared == 6574


def test_every_year_has_as_many_working_days_as_its_norm() -> None:
    for year, norm in enumerate(WORKING_DAYS_OF_YEARS, 2010):
        first = date(year, 1, 1)
        length = (date(year + 1, 1, 1) - first).days
        assert sum(is_working_day(first + timedelta(number)) for number in range(length)) == norm, year


@pytest.mark.parametrize(
    ("received", "number", "last"),
    [
        ("2013-03-04", 5, "2013-03-12"),
        ("2013-02-21", 5, "2013-02-28"),  # 25 February was a working Monday
        ("2013-04-30", 5, "2013-05-14"),
        ("2012-12-28", 5, "2013-01-14"),  # 29 December 2012 was a working Saturday
        ("2012-04-27", 5, "2012-05-05"),  # two working Saturdays
        ("2013-12-30", 5, "2014-01-14"),
        ("2014-03-06", 5, "2014-03-14"),  # 10 March 2014 was a day off
        ("2025-10-30", 5, "2025-11-07"),  # 1 November 2025 was a working Saturday
        ("2025-12-29", 5, "2026-01-15"),
        ("2026-04-30", 3, "2026-05-06"),
    ],
)
def test_a_term_of_working_days_ends_with_its_last_day_in_moscow(received: str, number: int, last: str) -> None:
    day = date.fromisoformat(last)
    assert add_working_days(date.fromisoformat(received), number) == day
    for hour in ("00:00", "11:30", "23:59"):  # the hour of receipt does not count
        ends = due(moscow(f"{received}T{hour}"), Term(number, TermUnit.WORKING_DAYS))
        assert ends == datetime.combine(day, time(23, 59, 59, 999999), MOSCOW)


def test_the_day_of_receipt_is_that_of_moscow() -> None:
    late = datetime(2013, 3, 4, 21, 30, tzinfo=UTC)  # past midnight in Moscow
    assert due(late, Term(1, TermUnit.WORKING_DAYS)).date() == date(2013, 3, 6)


@pytest.mark.parametrize(
    ("received", "number", "last"),
    [
        ("2013-03-04", 10, "2013-03-14"),
        ("2013-03-01", 8, "2013-03-11"),  # 9 March, a Saturday
        ("2013-04-09", 30, "2013-05-13"),  # 9 May, and four days off after it
        ("2012-12-15", 14, "2012-12-29"),  # a working Saturday
        ("2013-03-08", 0, "2013-03-11"),
    ],
)
def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day(received: str, number: int, last: str) -> None:
    ends = due(moscow(f"{received}T10:00"), Term(number, TermUnit.CALENDAR_DAYS))
    assert ends == datetime.combine(date.fromisoformat(last), time.max, MOSCOW)


def test_hours_are_plain_hours() -> None:
    received = moscow("2013-03-07T17:45:00")
    assert due(received, Term.parse("48 hours")) == received + timedelta(hours=48)


def test_a_term_that_cannot_end_is_told() -> None:
    last_day = datetime(9999, 12, 31, tzinfo=MOSCOW)
    for written in ("9999 hours", "5 working days", "5 calendar days"):
        with pytest.raises(OverflowError):
            due(last_day, Term.parse(written))
    with pytest.raises(ValueError, match="from 0 on, found -1"):
        add_working_days(date(2013, 3, 4), -1)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2013-03-04T09:00", "2013-03-04T18:00", 8),
        ("2013-03-04T12:00", "2013-03-04T15:00", 2),  # lunch is from 13 to 14
        ("2013-03-04T13:10", "2013-03-04T13:50", 0),
        ("2013-03-04T03:00", "2013-03-04T23:00", 8),
        ("2013-03-04T17:30", "2013-03-05T09:30", 1),
        ("2013-03-07T17:00", "2013-03-11T10:00", 2),  # 8 to 10 March were days off
        ("2013-03-08T10:00", "2013-03-10T17:00", 0),
        ("2012-12-29T10:00", "2013-01-09T10:00", 8),  # over the New Year, and a working Saturday
        ("2013-03-05T10:00", "2013-03-04T10:00", 0),
        ("2010-01-01T00:00", "2028-01-01T00:00", 8 * sum(WORKING_DAYS_OF_YEARS)),
    ],
)
def test_working_hours_are_those_of_an_office_in_moscow(start: str, end: str, hours: float) -> None:
    first, last = moscow(start), moscow(end)
    assert working_hours(first, last) == pytest.approx(hours)
    assert working_hours(first.astimezone(UTC), last.astimezone(UTC)) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2013-03-04T08:59", "2013-03-04T09:00"),
        ("2013-03-04T09:00", "2013-03-04T09:00"),
        ("2013-03-04T12:59", "2013-03-04T12:59"),
        ("2013-03-04T13:00", "2013-03-04T14:00"),
        ("2013-03-04T17:59", "2013-03-04T17:59"),
        ("2013-03-04T18:00", "2013-03-05T09:00"),
        ("2013-03-07T19:00", "2013-03-11T09:00"),
        ("2013-03-09T11:00", "2013-03-11T09:00"),
        ("2013-12-31T20:00", "2014-01-09T09:00"),
    ],
)
def test_work_goes_on_at_the_next_working_moment(moment: str, works: str) -> None:
    assert next_working_moment(moscow(moment)) == moscow(works)


@given(DAYS, NUMBERS)
def test_working_days_after_a_day_end_on_a_working_day_and_are_so_many(day: date, number: int) -> None:
    last = add_working_days(day, number)
    assert is_working_day(last)
    assert last >= day
    if number:
        between = (day + timedelta(step) for step in range(1, (last - day).days + 1))
        assert sum(map(is_working_day, between)) == number


@given(DAYS, DAYS, NUMBERS, NUMBERS)
def test_who_begins_later_or_has_longer_does_not_end_earlier(one: date, two: date, few: int, many: int) -> None:
    earlier, later = sorted((one, two))
    shorter, longer = sorted((few, many))
    assert add_working_days(earlier, shorter) <= add_working_days(later, longer)


@given(MOMENTS, st.integers(0, 60), st.sampled_from(TermUnit))
def test_a_term_ends_after_it_began(received: datetime, number: int, unit: TermUnit) -> None:
    assert due(received, Term(number, unit)) >= received


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_hours_add_up(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    parts = working_hours(first, middle) + working_hours(middle, last)
    assert parts == pytest.approx(working_hours(first, last), abs=1e-6)


@given(MOMENTS)
def test_no_work_is_done_before_the_next_working_moment(moment: datetime) -> None:
    works = next_working_moment(moment)
    assert works >= moment
    assert is_working_day(works.date())
    assert working_hours(moment, works) == pytest.approx(0, abs=1e-9)
    assert working_hours(works, works + timedelta(seconds=1)) > 0
    assert next_working_moment(works) == works


def test_years_without_known_transfers_have_the_holidays_alone() -> None:
    assert not is_working_day(date(2031, 1, 8))
    assert is_working_day(date(1985, 5, 9))
    assert not is_working_day(date(1985, 5, 11))
    assert is_working_day(date(9999, 12, 31))


@pytest.mark.parametrize("written", ["48 hours", "1 hour", "5 working days", "1 working day", "30 calendar days"])
def test_a_term_is_written_as_it_is_read(written: str) -> None:
    assert str(Term.parse(written)) == written


@pytest.mark.parametrize("written", ["", "5", "five days", "5 days", "-5 working days", "12345 hours"])
def test_what_is_no_term_is_refused(written: str) -> None:
    with pytest.raises(InvalidTerm, match=repr(written)):
        Term.parse(written)


def test_a_start_does_not_pay_for_the_calendar() -> None:
    code = "import sys; import gateway.domain.working_time; assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
