"""Time as an argument: whoever needs a moment is given a Clock. That of a gateway is the machine's, or virtual."""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, Self

from gateway.protocol import moments
from gateway.words import say

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Between these a virtual clock may be set: what reckons from its moments finds a calendar there."""
FASTEST: Final = 1_000_000.0
SLOWEST: Final = 0.001

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SCALED: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)x", re.ASCII)


class Clock(Protocol):
    """Where moments come from: the machine's clock, a gateway's, or one that a test moves by hand."""

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


class InvalidClock(ValueError):
    """This is no setting of a clock; the text says what one looks like."""


class ClockRefuses(Exception):
    """The clock cannot do this now; `hint` says what can be done instead."""

    def __init__(self, text: str, hint: str) -> None:
        self.hint = hint
        super().__init__(text)


class ClockGoesBack(ClockRefuses):
    """The clock would go back, and moments already written would lie in the future."""


class ClockIsReal(ClockRefuses):
    """The clock follows the machine, which nobody moves by hand."""


class ClockMode(StrEnum):
    """How a gateway's clock goes: as the machine's, not at all, or so many times as fast."""

    REAL = "real"
    FROZEN = "frozen"
    SCALED = "scaled"


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How a clock goes and from when: `scale` is its seconds in one of the machine's, None follows the machine.

    Without a `moment` it goes on from the present one.
    """

    scale: float | None = None
    moment: datetime | None = None

    @property
    def mode(self) -> ClockMode:
        if self.scale is None:
            return ClockMode.REAL
        return ClockMode.SCALED if self.scale else ClockMode.FROZEN

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `real`, `frozen` or `60x`; the latter two with `@` and an xs:dateTime where they begin.

        Raises: InvalidClock.
        """
        how, at, when = text.strip().partition("@")
        if how == ClockMode.REAL and not at:
            return cls()
        scaled = _SCALED.fullmatch(how)
        if scaled is None and how != ClockMode.FROZEN:
            raise InvalidClock(
                say(
                    f"ожидалось real, frozen@2013-03-01T09:00:00+04:00 или 60x@2013-03-01T09:00:00+04:00 "
                    f"(без @ — от настоящего момента), найдено {text!r}",
                    f"expected real, frozen@2013-03-01T09:00:00+04:00 or 60x@2013-03-01T09:00:00+04:00 "
                    f"(without @, from the present moment), found {text!r}",
                )
            )
        return cls(checked_scale(float(scaled[1])) if scaled else 0.0, _read(when) if at else None)

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        if self.scale is None:
            return ClockMode.REAL.value
        how = f"{self.scale:.15g}x" if self.scale else ClockMode.FROZEN.value
        return how if self.moment is None else f"{how}@{self.moment.astimezone(moments.MOSCOW).isoformat()}"


def checked_scale(scale: float) -> float:
    """Return `scale`.

    Raises: InvalidClock when a clock does not go as fast or as slowly.
    """
    if not SLOWEST <= scale <= FASTEST:
        slow, fast = f"{SLOWEST:g}x", f"{FASTEST:.0f}x"
        raise InvalidClock(
            say(f"ожидалось от {slow} до {fast}, найдено {scale:g}x", f"expected {slow} to {fast}, found {scale:g}x")
        )
    return scale


def checked_moment(moment: datetime) -> datetime:
    """Return `moment`.

    Raises: InvalidClock when no virtual clock can stand there.
    """
    if not EARLIEST <= moment <= LATEST:
        first, last = EARLIEST.year, LATEST.year
        found = moment.isoformat()
        raise InvalidClock(
            say(f"ожидался момент с {first} по {last} год, найдено {found}",
                f"expected a moment from {first} to {last}, found {found}")
        )  # fmt: skip
    return moment


def _read(text: str) -> datetime:
    try:
        moment = moments.read(text)
    except ValueError:
        raise InvalidClock(
            say(
                f"ожидался момент, например 2013-03-01T09:00:00+04:00, найдено {text!r}",
                f"expected a moment, as 2013-03-01T09:00:00+04:00, found {text!r}",
            )
        ) from None
    return checked_moment(moment)


class GatewayClock:
    """The one clock of a gateway: follows the machine's (`real`), or is virtual and stands still or runs `scale` fast.

    It never goes back, as what has been written at a moment would lie in the future, unless a whole store does.
    """

    def __init__(self, real: Clock, setting: ClockSetting = ClockSetting()) -> None:
        self._real = real
        self._scale = setting.scale
        self._held = False
        self._since = real.now()
        self._moment = self._latest = (setting.moment or self._since).astimezone(UTC)

    def now(self) -> datetime:
        """Return the present moment, in UTC while the clock is virtual."""
        return self._real.now() if self._scale is None else self._virtual_now()

    def _virtual_now(self) -> datetime:
        if self._scale and not self._held:
            # The machine's own clock may be set back; this one waits for it then.
            self._latest = max(self._latest, self._moment + (self._real.now() - self._since) * self._scale)
        return self._latest

    def _start_from(self, moment: datetime) -> None:
        self._moment = self._latest = moment.astimezone(UTC)
        self._since = self._real.now()

    @property
    def setting(self) -> ClockSetting:
        """How it goes, at which moment."""
        return ClockSetting(self._scale, self.now())

    @property
    def is_virtual(self) -> bool:
        """Whether it does not follow the machine's."""
        return self._scale is not None

    def seconds_until(self, moment: datetime) -> float | None:
        """Return the machine's seconds until `moment` comes by itself; None when it does not."""
        left = (moment - self.now()).total_seconds()
        if self._scale is None or left <= 0:
            return max(left, 0.0)
        return left / self._scale if self._scale else None

    def set(self, moment: datetime) -> None:
        """Move a virtual clock to `moment`.

        Raises: ClockIsReal, ClockGoesBack.
        """
        self.refuse_by_hand()
        self.refuse_back(moment)
        self._start_from(moment)

    def freeze(self) -> None:
        """Stand still from now on."""
        self._go(0.0)

    def run(self, scale: float) -> None:
        """Go `scale` times as fast as the machine's clock from now on.

        Raises: InvalidClock.
        """
        self._go(checked_scale(scale))

    def follow_machine(self) -> None:
        """Be real from now on.

        Raises: ClockGoesBack when this clock is ahead.
        """
        if self.is_virtual and self._real.now() < self.now():
            raise ClockGoesBack(
                say(
                    f"часы шлюза впереди настоящих: на них {moments.write(self.now())}, "
                    "записанные моменты оказались бы в будущем",
                    f"the gateway's clock is ahead of real time: it shows {moments.write(self.now())}, "
                    "moments already written would lie in the future",
                ),
                say(
                    "дождитесь этого момента или начните с пустого хранилища (--data)",
                    "wait for that moment, or begin with an empty store (--data)",
                ),
            )
        self._scale = None

    def start_over(self, setting: ClockSetting) -> None:
        """Go as `setting` says, be it from an earlier moment: nothing that was written since then stands any more."""
        self._scale = setting.scale
        self._start_from(setting.moment or self._real.now())

    def _go(self, scale: float) -> None:
        now = self.now()
        self._scale = scale
        self._start_from(now)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a virtual clock from going by itself, so that it shows exactly the moments it is set to.

        Raises: ClockIsReal.
        """
        self.refuse_by_hand()
        self._start_from(self.now())
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._start_from(self._latest)

    def refuse_by_hand(self) -> None:
        """Raises: ClockIsReal when nobody may move this clock."""
        if not self.is_virtual:
            raise ClockIsReal(
                say("часы настоящие, вручную их не переводят", "the clock is real, it is not moved by hand"),
                say("сначала остановите их: mock-smev clock freeze", "freeze it first: mock-smev clock freeze"),
            )

    def refuse_back(self, moment: datetime) -> None:
        """Raises: ClockGoesBack when `moment` has passed."""
        if moment < self.now():
            raise went_back(moment, self.now())


def went_back(moment: datetime, now: datetime) -> ClockGoesBack:
    """Return why a clock that shows `now` is not set to `moment`."""
    wanted, reached = moments.write(moment), moments.write(now)
    return ClockGoesBack(
        say(
            f"часы не идут назад: на них {reached}, а {wanted} раньше; записанные моменты оказались бы в будущем",
            f"a clock does not go back: it shows {reached}, and {wanted} is earlier; "
            "moments already written would lie in the future",
        ),
        say(
            "назовите более поздний момент или начните с пустого хранилища (--data)",
            "name a later moment, or begin with an empty store (--data)",
        ),
    )


def to_microseconds(moment: datetime) -> int:
    """Return microseconds since 1970-01-01T00:00Z: how the store keeps and orders moments."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Inverse of `to_microseconds`, in UTC."""
    return _EPOCH + value * _MICROSECOND
