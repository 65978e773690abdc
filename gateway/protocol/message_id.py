"""MessageID: an RFC 4122 version 1 UUID, lower case (basic:UUID and spec of message-exchange)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

LONGEST: Final = 36
"""Characters of a UUID, and of whatever stands in for one where the pattern is not checked."""

_PATTERN: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_EPOCH: Final = datetime(1582, 10, 15, tzinfo=UTC)
"""Version 1 timestamps count 100 ns intervals from the Gregorian reform (RFC 4122, 4.1.4)."""


def is_uuid(text: str) -> bool:
    """Whether `text` matches the pattern of basic:UUID (lower case only)."""
    return _PATTERN.fullmatch(text) is not None


def is_time_based(text: str) -> bool:
    """Whether `text` is a UUID, in either case, whose version nibble is 1."""
    return is_uuid(text.lower()) and text[14] == "1"


def moment_of(text: str) -> datetime | None:
    """Return the moment inside a version 1 UUID, None where no calendar can hold it."""
    intervals = int(text[15:18] + text[9:13] + text[0:8], 16)
    try:
        return _UUID_EPOCH + timedelta(microseconds=intervals // 10)
    except OverflowError:
        return None


def time_based(moment: datetime, tick: int, clock_seq: int, node: int) -> str:
    """Build a version 1 UUID from `moment`, `tick` extra 100 ns intervals, 14 bit `clock_seq`, 48 bit `node`."""
    intervals = (moment - _UUID_EPOCH) // timedelta(microseconds=1) * 10 + tick
    low, middle, high = intervals & 0xFFFFFFFF, (intervals >> 32) & 0xFFFF, (intervals >> 48) & 0x0FFF
    return f"{low:08x}-{middle:04x}-1{high:03x}-{clock_seq & 0x3FFF | 0x8000:04x}-{node:012x}"
