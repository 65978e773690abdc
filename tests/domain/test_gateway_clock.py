"""The one clock of a gateway: real, frozen or scaled, and never back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.clock import (
    EARLIEST,
    FASTEST,
    LATEST,
    SLOWEST,
    ClockGoesBack,
    ClockIsReal,
    ClockMode,
    ClockSetting,
    GatewayClock,
    InvalidClock,
    ManualClock,
)

TODAY = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
SPRING = datetime(2013, 3, 1, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine(ManualClock):
    """The machine's clock, which somebody may also set back."""

    def set_back(self, by: timedelta) -> None:
        self._moment -= by


@pytest.fixture
def machine() -> Machine:
    return Machine(TODAY)


# --- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("real", ClockSetting()),
        ("frozen", ClockSetting(0.0)),
        ("frozen@2013-03-01T09:00:00+04:00", ClockSetting(0.0, SPRING)),
        ("frozen@2013-03-01T09:00:00", ClockSetting(0.0, SPRING)),  # Moscow time of that day
        ("60x", ClockSetting(60.0)),
        (" 0.5x@2013-03-01T05:00:00Z ", ClockSetting(0.5, SPRING)),
    ],
)
def test_a_setting_is_read(text: str, setting: ClockSetting) -> None:
    assert ClockSetting.parse(text) == setting


@given(
    st.builds(
        ClockSetting,
        st.none() | st.just(0.0) | st.integers(1, 1_000_000).map(float) | st.sampled_from([SLOWEST, 0.25, 1.5]),
        st.none() | st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    )
)
def test_a_setting_is_written_as_it_is_read(setting: ClockSetting) -> None:
    read = ClockSetting.parse(str(setting))
    assert read == (setting if setting.mode is not ClockMode.REAL else ClockSetting())


@pytest.mark.parametrize(
    "text",
    [
        "", "Real", "real@2013-03-01T09:00:00+04:00", "frozen@", "frozen@yesterday", "frozen@2013-03-01",
        "frozen@1812-09-07T06:00:00", "frozen@2812-09-07T06:00:00", "x", "60", "-60x", "0x", "1e3x", "infx", "nanx",
        "10000000x", "60x@", "60X",
    ],
)  # fmt: skip
def test_what_is_no_setting_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(InvalidClock, match="ожидал"):
        ClockSetting.parse(text)


# --- how it goes -------------------------------------------------------------------------------------------------


def test_a_real_clock_follows_the_machine(machine: Machine) -> None:
    clock = GatewayClock(machine)
    machine.advance(HOUR)
    assert clock.now() == TODAY + HOUR
    assert clock.setting == ClockSetting(None, TODAY + HOUR)
    assert not clock.is_virtual
    assert clock.seconds_until(TODAY + 2 * HOUR) == 3600


def test_a_frozen_clock_stands(machine: Machine) -> None:
    clock = GatewayClock(machine, ClockSetting(0.0, SPRING))
    machine.advance(HOUR)
    assert clock.now() == SPRING
    assert clock.seconds_until(SPRING + HOUR) is None
    assert clock.seconds_until(SPRING) == 0


def test_a_scaled_clock_goes_so_many_times_as_fast(machine: Machine) -> None:
    clock = GatewayClock(machine, ClockSetting(60.0, SPRING))
    machine.advance(timedelta(minutes=1))
    assert clock.now() == SPRING + HOUR
    assert clock.seconds_until(SPRING + 2 * HOUR) == 60


def test_a_clock_goes_on_from_the_moment_at_which_it_is_changed(machine: Machine) -> None:
    clock = GatewayClock(machine)
    clock.run(60)
    machine.advance(timedelta(minutes=1))
    clock.freeze()
    machine.advance(HOUR)
    assert clock.now() == TODAY + HOUR
    clock.run(2)
    machine.advance(HOUR)
    assert clock.now() == TODAY + 3 * HOUR


def test_a_scaled_clock_waits_when_the_machine_is_set_back(machine: Machine) -> None:
    clock = GatewayClock(machine, ClockSetting(60.0, SPRING))
    machine.advance(HOUR)
    reached = clock.now()
    machine.set_back(HOUR / 2)
    assert clock.now() == reached
    machine.advance(HOUR)
    assert clock.now() == SPRING + 90 * HOUR


def test_a_held_clock_shows_what_it_is_set_to_and_then_goes_on(machine: Machine) -> None:
    clock = GatewayClock(machine, ClockSetting(60.0, SPRING))
    with clock.held():
        machine.advance(HOUR)
        assert clock.now() == SPRING
        clock.set(SPRING + HOUR)
        machine.advance(HOUR)
        assert clock.now() == SPRING + HOUR
    machine.advance(timedelta(minutes=1))
    assert clock.now() == SPRING + 2 * HOUR


# --- never back --------------------------------------------------------------------------------------------------


def test_a_virtual_clock_is_not_set_back(machine: Machine) -> None:
    clock = GatewayClock(machine, ClockSetting(0.0, SPRING))
    clock.set(SPRING)
    with pytest.raises(ClockGoesBack, match="записанные моменты оказались бы в будущем") as refusal:
        clock.set(SPRING - timedelta(microseconds=1))
    assert refusal.value.hint
    assert clock.now() == SPRING


def test_a_real_clock_is_not_moved_by_hand(machine: Machine) -> None:
    clock = GatewayClock(machine)
    with pytest.raises(ClockIsReal) as refusal:
        clock.set(TODAY + HOUR)
    assert "freeze" in refusal.value.hint
    with pytest.raises(ClockIsReal), clock.held():
        pytest.fail("a real clock cannot be held")


def test_a_virtual_clock_becomes_real_unless_it_is_ahead(machine: Machine) -> None:
    clock = GatewayClock(machine)
    clock.freeze()
    clock.set(TODAY + HOUR)
    with pytest.raises(ClockGoesBack, match="впереди настоящих"):
        clock.follow_machine()
    assert clock.is_virtual
    machine.advance(HOUR)
    clock.follow_machine()
    machine.advance(HOUR)
    assert clock.now() == TODAY + 2 * HOUR


@pytest.mark.parametrize("scale", [0.0, -1.0, SLOWEST / 2, FASTEST * 2, float("nan"), float("inf")])
def test_a_scale_that_no_clock_has_is_refused(machine: Machine, scale: float) -> None:
    clock = GatewayClock(machine)
    with pytest.raises(InvalidClock):
        clock.run(scale)
    assert not clock.is_virtual


def test_the_ends_of_what_can_be_set_are_within_every_calendar() -> None:
    for moment in (EARLIEST, LATEST):
        assert ClockSetting.parse(f"frozen@{moment.isoformat()}").moment == moment
