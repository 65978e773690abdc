"""Time as an argument: whoever needs a moment is given a Clock."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Clock(Protocol):
    """Where moments come from: the machine's clock, or one that a test moves by hand."""

    def now(self) -> datetime:
        """Return the present moment, with an offset."""


class Agenda(Protocol):
    """Where work is put down for a moment of the gateway's clock, which may stand still, jump or run fast."""

    def at(self, moment: datetime, work: Callable[[], Awaitable[None]]) -> None:
        """Have `work` done when the clock has reached `moment`; work for one moment is done in the order given."""


class ManualClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def advance(self, by: timedelta) -> None:
        """Move the clock forward.

        Raises: ValueError when `by` is negative: moments already written would lie in the future.
        """
        if by < timedelta(0):
            raise ValueError(f"a clock does not go back: {by}")
        self._moment += by


def to_microseconds(moment: datetime) -> int:
    """Return microseconds since 1970-01-01T00:00Z: how the store keeps and orders moments."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Inverse of `to_microseconds`, in UTC."""
    return _EPOCH + value * _MICROSECOND
