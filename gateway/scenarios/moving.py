"""Where `advance` moves the clock."""

from datetime import datetime, timedelta

from gateway.domain.clock import checked_moment
from gateway.protocol.moments import read, read_duration
from gateway.scenarios.problems import expected
from gateway.scenarios.shapes import LONGEST_WAIT
from gateway.words import say


def target_of(text: str) -> timedelta | datetime | None:
    """Return what `advance` says: a length of time, a moment, or None for the next due event.

    Raises: ValueError.
    """
    if text == "next":
        return None
    try:
        if "T" in text and not text.startswith("P"):
            return checked_moment(read(text))
        length = read_duration(text)
    except (ValueError, OverflowError):
        length = LONGEST_WAIT * 2
    if length > LONGEST_WAIT:
        what = say("срок (5d), момент или next", "a length of time (5d), a moment or next")
        raise ValueError(expected(what, text))
    return length
