"""Moscow's time as the tz database has it, and lengths of time as people and ISO 8601 write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.protocol import moments


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2011, 3, 26, 23, 0, tzinfo=UTC), "2011-03-27T03:00:00.000+04:00"),  # summer time for good
        (datetime(2013, 3, 1, 5, 0, tzinfo=UTC), "2013-03-01T09:00:00.000+04:00"),
        (datetime(2014, 10, 25, 21, 59, 59, tzinfo=UTC), "2014-10-26T01:59:59.000+04:00"),
        (datetime(2014, 10, 25, 22, 0, tzinfo=UTC), "2014-10-26T01:00:00.000+03:00"),  # and no more
        (datetime(1900, 1, 1, tzinfo=UTC), "1900-01-01T03:00:00.000+03:00"),  # local mean time had seconds
    ],
)
def test_moscow_is_as_far_ahead_as_it_was(moment: datetime, text: str) -> None:
    assert moments.write(moment) == text
    assert moments.read(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2013-03-01T09:00:00", datetime(2013, 3, 1, 5, 0, tzinfo=UTC)),
        ("2026-03-01T09:00:00", datetime(2026, 3, 1, 6, 0, tzinfo=UTC)),
        ("1890-01-01T03:00:00", datetime(1890, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_without_an_offset_is_moscow_time_of_its_day(text: str, moment: datetime) -> None:
    assert moments.read(text) == moment


def test_sums_with_what_was_read_are_in_true_seconds() -> None:
    """Not on the wall of a clock that was turned back in between."""
    before = moments.read("2014-10-26T00:30:00")
    assert moments.write(before + timedelta(hours=2)) == "2014-10-26T01:30:00.000+03:00"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_is_written_with_an_offset_that_xml_knows(moment: datetime) -> None:
    text = moments.write(moment)
    assert text[-6] in "+-"
    assert text[-3] == ":"
    assert moments.read(text) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45s", timedelta(seconds=45)),
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("1w", timedelta(days=7)),
        (" 1d12h ", timedelta(days=1, hours=12)),
        ("PT2H", timedelta(hours=2)),
        ("P1DT0.5S", timedelta(days=1, seconds=0.5)),
        ("P2W", timedelta(days=14)),
        ("PT0S", timedelta(0)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert moments.read_duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "1y", "P1Y", "P1M", "P", "PT", "P1DT", "-PT2H", "٣d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected 90m"):
        moments.read_duration(text)
