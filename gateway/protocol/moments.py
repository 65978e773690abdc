"""xs:dateTime as SMEV writes it: milliseconds and the Moscow offset, 2020-05-20T07:52:37.000+03:00."""

from datetime import datetime, timedelta, timezone
from typing import Final

MOSCOW: Final = timezone(timedelta(hours=3))


def write(moment: datetime) -> str:
    """Return `moment` as an xs:dateTime."""
    try:
        return moment.astimezone(MOSCOW).isoformat(timespec="milliseconds")
    except OverflowError:  # DateTime.MinValue and MaxValue of .NET clients have no Moscow time
        return moment.isoformat(timespec="milliseconds")


def read(text: str) -> datetime:
    """Read an xs:dateTime; one without an offset is Moscow time.

    Raises: ValueError.
    """
    stripped = text.strip()
    if "T" not in stripped:
        raise ValueError(f"expected xs:dateTime, found {stripped!r}")
    moment = datetime.fromisoformat(stripped)
    return moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)
