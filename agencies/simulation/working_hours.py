"""Moments in working time: 9 to 13 and 14 to 18 o'clock in Moscow on working days."""

from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.domain.working_time import is_working_day, next_working_moment
from gateway.protocol.moments import MOSCOW

HOURS_A_DAY: Final = 8

_HALF: Final = timedelta(hours=4)
_NOON: Final = time(13)
_EVENING: Final = time(18)


def after_working_hours(moment: datetime, hours: float) -> datetime:
    """Return the moment at which `hours` of working time have passed since `moment` (aware)."""
    left, local = timedelta(hours=hours), next_working_moment(moment)
    while True:
        end = datetime.combine(local.date(), _NOON if local.time() < _NOON else _EVENING, MOSCOW)
        if local + left < end:
            return local + left
        left -= end - local
        local = next_working_moment(end)


def working_days(first: date, last: date) -> list[date]:
    """Return the working days from `first` to `last`, both included."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if is_working_day(day)]


def moment_of(day: date, share: float) -> datetime:
    """Return the moment of a working day at which a share (0 to below 1) of its working time has passed."""
    return after_working_hours(datetime.combine(day, time(9), MOSCOW), share * HOURS_A_DAY)
