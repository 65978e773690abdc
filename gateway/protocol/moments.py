"""xs:dateTime as SMEV writes it: milliseconds and the Moscow offset, 2020-05-20T07:52:37.000+03:00; and durations.

Moscow's offset is that of the tz database: +04:00 from 2011-03-27 to 2014-10-26, +03:00 since.
"""

import re
from datetime import datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

MOSCOW: Final = ZoneInfo("Europe/Moscow")

_WHOLE_MINUTES_SINCE: Final = 1920
"""Before this year Moscow's offsets have seconds, which xs:dateTime cannot write."""
_STANDARD: Final = timezone(timedelta(hours=3))
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SHORT: Final = re.compile(r"(?:\d{1,9}[wdhms])+", re.ASCII)
_SHORT_PART: Final = re.compile(r"(\d+)([wdhms])", re.ASCII)
_ISO: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)


def write(moment: datetime) -> str:
    """Return `moment` as an xs:dateTime."""
    try:
        local = moment.astimezone(MOSCOW if moment.year >= _WHOLE_MINUTES_SINCE else _STANDARD)
        return local.isoformat(timespec="milliseconds")
    except OverflowError:  # DateTime.MinValue and MaxValue of .NET clients have no Moscow time
        return moment.isoformat(timespec="milliseconds")


def read(text: str) -> datetime:
    """Read an xs:dateTime; one without an offset is Moscow time. The offset of the result is a plain one.

    Raises: ValueError.
    """
    stripped = text.strip()
    if "T" not in stripped:
        raise ValueError(f"expected xs:dateTime, found {stripped!r}")
    moment = datetime.fromisoformat(stripped)
    return moment if moment.tzinfo else in_moscow(moment)


def in_moscow(naive: datetime) -> datetime:
    """Return the moment when clocks in Moscow show `naive`, with a plain offset: sums with it are in true seconds."""
    if naive.year < _WHOLE_MINUTES_SINCE:
        return naive.replace(tzinfo=_STANDARD)
    return naive.replace(tzinfo=timezone(naive.replace(tzinfo=MOSCOW).utcoffset() or timedelta(0)))


def read_duration(text: str) -> timedelta:
    """Read a length of time: `90m`, `2h`, `3d`, `1w`, `1d12h`, or as ISO 8601 `PT90M`, `P3D`, `P1W`.

    Years and months are not taken: they have no one length.

    Raises: ValueError, OverflowError.
    """
    stripped = text.strip()
    if _SHORT.fullmatch(stripped):
        return sum(
            (timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _SHORT_PART.findall(stripped)), timedelta(0)
        )
    parts = _ISO.fullmatch(stripped)
    if parts is None:
        raise ValueError(f"expected 90m, 2h, 3d, 1w or a duration of ISO 8601 without years and months, found {text!r}")
    return timedelta(**{unit: float(count) for unit, count in parts.groupdict().items() if count is not None})
