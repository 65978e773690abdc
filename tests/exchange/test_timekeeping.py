"""What becomes due happens: in order, once, whole; by itself as time passes, or because somebody moves the clock."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest

from gateway.domain.clock import (
    ClockGoesBack,
    ClockIsReal,
    ClockMode,
    ClockSetting,
    GatewayClock,
    InvalidClock,
    ManualClock,
)
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.exchange.timekeeping import MOST_EVENTS, Due, Timekeeper, TooManyEvents, open_clock
from gateway.machine import SystemClock
from gateway.storage import clock as kept_clock
from gateway.storage import journal
from gateway.storage.database import Database, StoreError, open_database
from tests.exchange.participants import START

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FROZEN = ClockSetting(0.0, START)
TODAY = START.replace(year=2026)


@pytest.fixture
async def empty(sqlite_url: str) -> AsyncIterator[Database]:
    async with open_database(sqlite_url) as store:
        yield store


def frozen(store: Database, most_events: int = MOST_EVENTS) -> Timekeeper:
    return Timekeeper(GatewayClock(ManualClock(TODAY), FROZEN), store, most_events)


@asynccontextmanager
async def at_work(timekeeper: Timekeeper) -> AsyncIterator[None]:
    """The timekeeper runs beside the block."""
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(timekeeper.run())
        await asyncio.sleep(0)
        yield
        running.cancel()


class Diary:
    """Writes down what was done, and at which moment of the clock."""

    def __init__(self, timekeeper: Timekeeper) -> None:
        self._timekeeper = timekeeper
        self.lines: list[tuple[str, datetime]] = []

    async def write(self, line: str) -> None:
        self.lines.append((line, self._timekeeper.clock.now()))

    def plan(self, line: str, after: timedelta) -> None:
        """Put down that `line` is to be written some time after START."""
        self._timekeeper.at(START + after, partial(self.write, line))


class Lease:
    """A source in which one thing becomes due."""

    what = "the end of a lease"

    def __init__(self, moment: datetime | None) -> None:
        self.moment = moment
        self.sooner: Callable[[], None] = lambda: None
        self.caught_up: list[datetime] = []
        self.fails, self.called_off = 0, False
        self.done = asyncio.Event()

    def next_due(self) -> datetime | None:
        return self.moment

    async def look(self) -> None:
        if self.called_off:
            self.moment = None

    async def catch_up(self, now: datetime) -> None:
        if self.fails:
            self.fails -= 1
            raise StoreError("the disk is full")
        self.caught_up.append(now)
        self.moment = None
        self.done.set()

    def take(self, moment: datetime) -> None:
        self.moment = moment
        self.sooner()


# --- moved by hand -----------------------------------------------------------------------------------------------


async def test_an_advance_goes_from_one_due_moment_to_the_next(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)
    diary.plan("third", 2 * HOUR)
    diary.plan("first", HOUR)
    diary.plan("second", HOUR)
    diary.plan("never", 4 * HOUR)
    report = await timekeeper.advance(by=3 * HOUR)
    assert diary.lines == [("first", START + HOUR), ("second", START + HOUR), ("third", START + 2 * HOUR)]
    assert (report.began, report.ended, report.events) == (START, START + 3 * HOUR, 3)
    assert timekeeper.clock.now() == START + 3 * HOUR
    assert await timekeeper.next_due() == Due(START + 4 * HOUR, "работа имитируемого ведомства")


async def test_what_is_due_when_the_advance_ends_has_happened(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)
    diary.plan("at the very end", HOUR)
    await timekeeper.advance(to=START + HOUR)
    assert diary.lines == [("at the very end", START + HOUR)]


async def test_work_may_put_down_more_work_within_the_advance(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)

    async def every_hour(number: int) -> None:
        await diary.write(f"{number}")
        timekeeper.at(timekeeper.clock.now() + HOUR, partial(every_hour, number + 1))

    timekeeper.at(START + HOUR, partial(every_hour, 1))
    await timekeeper.advance(by=DAY)
    assert diary.lines == [(f"{number}", START + number * HOUR) for number in range(1, 25)]


async def test_the_clock_goes_to_the_next_due_event(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)
    diary.plan("overdue", -HOUR)
    diary.plan("next", HOUR)
    diary.plan("later", 2 * HOUR)
    report = await timekeeper.advance()
    assert diary.lines == [("overdue", START), ("next", START + HOUR)]
    assert (report.ended, report.events) == (START + HOUR, 2)
    await timekeeper.advance()
    nothing_more = await timekeeper.advance()
    assert (nothing_more.began, nothing_more.ended, nothing_more.events) == (START + 2 * HOUR, START + 2 * HOUR, 0)


async def test_sources_catch_up_at_their_own_moment_before_the_work_of_that_moment(empty: Database) -> None:
    timekeeper = frozen(empty)
    lease, seen = Lease(START + HOUR), list[list[datetime]]()
    timekeeper.watch(lease)

    async def look() -> None:
        seen.append(list(lease.caught_up))

    timekeeper.at(START + HOUR, look)
    assert await timekeeper.next_due() == Due(START + HOUR, "the end of a lease")
    report = await timekeeper.advance(by=DAY)
    assert lease.caught_up == [START + HOUR]
    assert seen == [[START + HOUR]]
    assert report.events == 2


async def test_what_has_been_called_off_is_no_event(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary, lease = Diary(timekeeper), Lease(START + HOUR)
    timekeeper.watch(lease)
    diary.plan("next", 2 * HOUR)
    lease.called_off = True
    report = await timekeeper.advance()
    assert (report.ended, report.events) == (START + 2 * HOUR, 1)
    assert lease.caught_up == []


async def test_nothing_goes_on_any_more_when_the_clock_moves_on(empty: Database) -> None:
    """What an event sets going in the background belongs to its moment."""
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)
    going_on: set[asyncio.Task[None]] = set()

    async with asyncio.TaskGroup() as tasks:

        async def slowly(line: str) -> None:
            for _ in range(20):
                await asyncio.sleep(0)
            await diary.write(line)

        async def begin(line: str) -> None:
            going_on.add(tasks.create_task(slowly(line)))

        async def settle() -> None:
            if going_on:
                await asyncio.wait(going_on)
            going_on.clear()

        timekeeper.on_settle(settle)
        await begin("already")
        timekeeper.at(START + HOUR, partial(begin, "one"))
        timekeeper.at(START + 2 * HOUR, partial(begin, "two"))
        await timekeeper.advance(by=DAY)
    assert diary.lines == [("already", START), ("one", START + HOUR), ("two", START + 2 * HOUR)]


async def test_a_defect_in_work_stops_nothing_else(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)

    async def broken() -> None:
        raise ZeroDivisionError("a defect")

    timekeeper.at(START + HOUR, broken)
    diary.plan("after it", HOUR)
    report = await timekeeper.advance(by=DAY)
    assert diary.lines == [("after it", START + HOUR)]
    assert report.events == 2
    assert "ZeroDivisionError: a defect" in caplog.text


async def test_advances_at_once_happen_one_after_the_other(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)
    for hour in range(1, 11):
        diary.plan(f"{hour}", hour * HOUR)
    reports = await asyncio.gather(*(timekeeper.advance(by=2 * HOUR) for _ in range(5)))
    assert [report.began for report in reports] == [START + 2 * number * HOUR for number in range(5)]
    assert [report.events for report in reports] == [2] * 5
    assert diary.lines == [(f"{hour}", START + hour * HOUR) for hour in range(1, 11)]


@pytest.mark.parametrize("far", [{"by": timedelta.max}, {"to": START.replace(year=2150)}])
async def test_an_advance_beyond_every_calendar_is_refused(empty: Database, far: dict[str, timedelta]) -> None:
    timekeeper = frozen(empty)
    with pytest.raises(InvalidClock, match="2100"):
        await timekeeper.advance(**far)  # type: ignore[arg-type] # one of the two
    assert timekeeper.clock.now() == START


async def test_the_clock_is_not_advanced_backwards(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary = Diary(timekeeper)
    diary.plan("due", timedelta(0))
    with pytest.raises(ClockGoesBack):
        await timekeeper.advance(to=START - HOUR)
    with pytest.raises(ClockGoesBack):
        await timekeeper.advance(by=-HOUR)
    assert diary.lines == []
    assert timekeeper.clock.now() == START


async def test_work_without_end_is_stopped_and_goes_on_when_it_is_asked_to(empty: Database) -> None:
    timekeeper = frozen(empty, most_events=10)
    done = 0

    async def again() -> None:
        nonlocal done
        done += 1
        timekeeper.at(timekeeper.clock.now(), again)

    timekeeper.at(START + HOUR, again)
    for turn in (1, 2):
        with pytest.raises(TooManyEvents, match="10 событий") as stopped:
            await timekeeper.advance(by=DAY)
        assert stopped.value.report.ended == timekeeper.clock.now() == START + HOUR
        assert done == 10 * turn


async def test_a_source_that_fails_stops_the_advance_where_it_is(empty: Database) -> None:
    timekeeper = frozen(empty)
    lease = Lease(START + HOUR)
    lease.fails = 1
    timekeeper.watch(lease)
    with pytest.raises(StoreError):
        await timekeeper.advance(by=DAY)
    assert timekeeper.clock.now() == START + HOUR
    await timekeeper.advance(by=DAY)
    assert lease.caught_up == [START + HOUR]


# --- how it goes -------------------------------------------------------------------------------------------------


async def test_a_real_clock_is_advanced_only_once_it_is_frozen(empty: Database) -> None:
    timekeeper = Timekeeper(GatewayClock(ManualClock(TODAY)), empty)
    with pytest.raises(ClockIsReal):
        await timekeeper.advance(by=HOUR)
    await timekeeper.freeze()
    assert (await timekeeper.advance(by=HOUR)).ended == TODAY + HOUR
    with pytest.raises(ClockGoesBack):
        await timekeeper.follow_machine()
    await timekeeper.scale(60)
    assert timekeeper.clock.setting == ClockSetting(60.0, TODAY + HOUR)


async def test_a_scaled_clock_that_is_advanced_goes_on_as_fast(empty: Database) -> None:
    machine = ManualClock(TODAY)
    timekeeper = Timekeeper(GatewayClock(machine, ClockSetting(60.0, START)), empty)
    diary = Diary(timekeeper)
    machine.advance(timedelta(seconds=30))
    diary.plan("on the way", HOUR)
    await timekeeper.advance(to=START + 2 * HOUR)
    machine.advance(timedelta(minutes=1))
    assert diary.lines == [("on the way", START + HOUR)]
    assert timekeeper.clock.now() == START + 3 * HOUR
    assert timekeeper.clock.setting.mode is ClockMode.SCALED


# --- as time passes ----------------------------------------------------------------------------------------------


async def test_on_a_frozen_clock_what_is_due_now_happens_at_once(empty: Database) -> None:
    timekeeper = frozen(empty)
    done = asyncio.Event()
    async with at_work(timekeeper):
        timekeeper.at(START, partial(_set, done))
        await asyncio.wait_for(done.wait(), 30)


async def test_nothing_happens_by_itself_on_a_frozen_clock(empty: Database) -> None:
    timekeeper = frozen(empty)
    diary, done = Diary(timekeeper), asyncio.Event()
    async with at_work(timekeeper):
        diary.plan("later", timedelta(microseconds=1))
        timekeeper.at(START, partial(_set, done))
        await asyncio.wait_for(done.wait(), 30)
        assert diary.lines == []


@pytest.mark.parametrize("scale", [None, 3600.0])
async def test_what_becomes_due_happens_when_its_moment_comes(empty: Database, scale: float | None) -> None:
    """The sleeper is woken by what is put down for a nearer moment, also by a source."""
    clock = GatewayClock(SystemClock(), ClockSetting(scale))
    timekeeper = Timekeeper(clock, empty)
    work, lease = asyncio.Event(), Lease(None)
    timekeeper.watch(lease)
    soon = timedelta(milliseconds=20) * (scale or 1)
    async with at_work(timekeeper):
        timekeeper.at(clock.now() + 1000 * soon, _fail)
        due = clock.now() + soon
        timekeeper.at(due, partial(_set, work))
        await asyncio.wait_for(work.wait(), 30)
        assert clock.now() >= due
        due = clock.now() + soon
        lease.take(due)
        await asyncio.wait_for(lease.done.wait(), 30)
        assert lease.caught_up[0] >= due


async def test_the_sleeper_is_woken_when_the_clock_is_changed(empty: Database) -> None:
    timekeeper = Timekeeper(GatewayClock(SystemClock(), FROZEN), empty)
    done = asyncio.Event()
    async with at_work(timekeeper):
        timekeeper.at(START + DAY, partial(_set, done))
        await timekeeper.scale(1_000_000)
        await asyncio.wait_for(done.wait(), 30)
    assert timekeeper.clock.now() >= START + DAY


async def test_a_failing_store_is_told_and_asked_again(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    timekeeper = frozen(empty)
    lease = Lease(START)
    lease.fails = 1
    timekeeper.watch(lease)
    async with at_work(timekeeper):
        await asyncio.wait_for(lease.done.wait(), 30)
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == [
        "what became due: the disk is full"
    ]


# --- kept in the store -------------------------------------------------------------------------------------------


async def test_an_empty_store_has_the_real_clock(store: Database) -> None:
    clock = await open_clock(store, ManualClock(TODAY), None)
    assert clock.setting == ClockSetting(None, TODAY)


@pytest.mark.parametrize("scale", [0.0, 60.0])
async def test_a_virtual_clock_goes_on_where_it_was(store: Database, scale: float) -> None:
    """The time during which the gateway was down has not passed."""
    machine = ManualClock(TODAY)
    clock = await open_clock(store, machine, ClockSetting(scale, START))
    async with at_work(Timekeeper(clock, store)):
        machine.advance(timedelta(minutes=1))
    stopped = clock.now()
    assert stopped == START + timedelta(minutes=scale)
    machine.advance(DAY)
    again = await open_clock(store, machine, None)
    assert again.setting == ClockSetting(scale, stopped)


async def test_every_change_is_kept_at_once(store: Database) -> None:
    machine = ManualClock(TODAY)
    timekeeper = Timekeeper(await open_clock(store, machine, None), store)

    async def kept() -> ClockSetting | None:
        return await store.run(kept_clock.load)

    await timekeeper.freeze()
    assert await kept() == ClockSetting(0.0, TODAY)
    await timekeeper.advance(by=HOUR)
    assert await kept() == ClockSetting(0.0, TODAY + HOUR)
    await timekeeper.scale(60)
    assert await kept() == ClockSetting(60.0, TODAY + HOUR)
    machine.advance(DAY)
    await timekeeper.freeze()
    with pytest.raises(ClockGoesBack):
        await timekeeper.follow_machine()
    assert await kept() == ClockSetting(0.0, TODAY + HOUR + 60 * DAY)


async def test_a_killed_gateway_does_not_begin_before_what_it_has_written(store: Database) -> None:
    machine = ManualClock(TODAY)
    await open_clock(store, machine, ClockSetting(60.0, START))
    written = JournalEntry(START + HOUR, JournalEvent.REGISTERED, participant="CITY")
    store.run_now(lambda connection: journal.append(connection, [written]))
    assert (await open_clock(store, machine, None)).setting == ClockSetting(60.0, START + HOUR)
    with pytest.raises(ClockGoesBack):
        await open_clock(store, machine, ClockSetting(0.0, START + HOUR / 2))


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (None, "frozen", ClockSetting(0.0, TODAY)),
        (None, "60x@2013-03-04T10:00:00+04:00", ClockSetting(60.0, START)),
        ("real", "frozen", ClockSetting(0.0, TODAY)),
        ("real", "frozen@2013-03-04T10:00:00+04:00", None),
        ("frozen@2013-03-04T10:00:00+04:00", "60x", ClockSetting(60.0, START)),
        ("frozen@2013-03-04T10:00:00+04:00", "frozen@2013-03-04T10:00:00+04:00", ClockSetting(0.0, START)),
        ("frozen@2013-03-04T10:00:00+04:00", "frozen@2013-03-04T11:00:00+04:00", ClockSetting(0.0, START + HOUR)),
        ("frozen@2013-03-04T10:00:00+04:00", "frozen@2013-03-04T09:59:59+04:00", None),
        ("frozen@2013-03-04T10:00:00+04:00", "real", ClockSetting(None, TODAY)),
        ("frozen@2033-03-04T10:00:00+03:00", "real", None),
        ("60x@2033-03-04T10:00:00+03:00", "frozen@2013-03-04T10:00:00+04:00", None),
    ],
)
async def test_a_gateway_is_started_with_another_clock_unless_it_goes_back(
    sqlite_url: str, before: str | None, wanted: str, after: ClockSetting | None
) -> None:
    machine = ManualClock(TODAY)
    async with open_database(sqlite_url) as store:
        if before is not None:
            await open_clock(store, machine, ClockSetting.parse(before))
        kept = await store.run(kept_clock.load)
        if after is None:
            with pytest.raises(ClockGoesBack):
                await open_clock(store, machine, ClockSetting.parse(wanted))
            assert await store.run(kept_clock.load) == kept
        else:
            assert (await open_clock(store, machine, ClockSetting.parse(wanted))).setting == after
            assert await store.run(kept_clock.load) == after


async def test_a_gateway_that_is_started_again_with_the_same_setting_goes_on(sqlite_url: str) -> None:
    wanted = ClockSetting.parse("frozen@2013-03-04T10:00:00+04:00")
    async with open_database(sqlite_url) as store:
        timekeeper = Timekeeper(await open_clock(store, ManualClock(TODAY), wanted), store)
        await timekeeper.advance(by=HOUR)
        assert (await open_clock(store, ManualClock(TODAY), wanted)).now() == START + HOUR
        earlier = ClockSetting.parse("frozen@2013-03-04T10:30:00+04:00")
        with pytest.raises(ClockGoesBack):
            await open_clock(store, ManualClock(TODAY), earlier)
        with pytest.raises(ClockGoesBack):  # which was refused is not what the clock was started with
            await open_clock(store, ManualClock(TODAY), earlier)


async def _set(event: asyncio.Event) -> None:
    event.set()


async def _fail() -> None:
    pytest.fail("it is not due for a long time")
