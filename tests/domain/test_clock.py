"""Moments: moved by hand, kept as microseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.clock import ManualClock, from_microseconds, to_microseconds

MOMENT = datetime(2013, 3, 4, 6, 0, tzinfo=UTC)


def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = ManualClock(MOMENT)
    assert clock.now() == clock.now() == MOMENT
    clock.advance(timedelta(days=1))
    clock.advance(timedelta(0))
    assert clock.now() == MOMENT + timedelta(days=1)


def test_a_clock_does_not_go_back() -> None:
    clock = ManualClock(MOMENT)
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-timedelta(microseconds=1))
    assert clock.now() == MOMENT


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives_the_store(moment: datetime) -> None:
    assert from_microseconds(to_microseconds(moment)) == moment


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_an_offset_makes_no_other_moment(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert to_microseconds(elsewhere) == to_microseconds(moment)


def test_the_epoch_is_zero() -> None:
    assert to_microseconds(datetime(1970, 1, 1, 3, tzinfo=timezone(timedelta(hours=3)))) == 0
    assert to_microseconds(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == -1
