"""Work is done in working hours of Moscow, whatever the moment at which it came."""

from datetime import date

import pytest

from agencies.simulation.pace import RegionalPace
from agencies.simulation.plan import RegionData
from agencies.simulation.working_hours import after_working_hours, moment_of, working_days
from gateway.domain.working_time import next_working_moment, working_hours
from gateway.protocol import moments


@pytest.mark.parametrize(
    ("moment", "hours", "done"),
    [
        ("2013-03-04T09:00:00+04:00", 0, "2013-03-04T09:00:00+04:00"),
        ("2013-03-04T09:00:00+04:00", 3.5, "2013-03-04T12:30:00+04:00"),
        ("2013-03-04T12:00:00+04:00", 2, "2013-03-04T15:00:00+04:00"),
        ("2013-03-04T17:00:00+04:00", 2, "2013-03-05T10:00:00+04:00"),
        ("2013-03-07T17:00:00+04:00", 2, "2013-03-11T10:00:00+04:00"),  # 8 March is a day off, a Friday
        ("2013-03-02T12:00:00+04:00", 8.5, "2013-03-05T09:30:00+04:00"),
    ],
)
def test_working_hours_pass_only_in_working_time(moment: str, hours: float, done: str) -> None:
    begun = moments.read(moment)
    assert after_working_hours(begun, hours) == moments.read(done)
    assert working_hours(begun, moments.read(done)) == pytest.approx(hours)


def test_march_2013_had_twenty_working_days() -> None:
    days = working_days(date(2013, 3, 1), date(2013, 3, 31))
    assert len(days) == 20
    assert moment_of(days[0], 0.5) == moments.read("2013-03-01T14:00:00+04:00")


def test_a_body_takes_as_long_as_the_data_say() -> None:
    data = RegionData.load()
    pace = RegionalPace(1, data.work, data.answers)
    now = moments.read("2013-03-04T09:00:00+04:00")
    hours = sorted(working_hours(now, pace.answers("FNS001", f"37-{case}", "fns/egrul", now)) for case in range(400))
    least, median, _, most = data.answers["fns/egrul"]
    assert least <= hours[0]
    assert hours[-1] <= most
    assert hours[200] == pytest.approx(median, rel=0.3)
    assert next_working_moment(pace.sends("IVN001", "37-1", now)) == pace.sends("IVN001", "37-1", now)
    assert pace.answers("EPGU01", "37-1", "applicant/demand", now) == now
