"""The one clock of a gateway, and what becomes due on it: as time passes by itself, or because the clock is moved.

Two kinds of things become due. A source knows its own next moment and catches up with it (leases and lives, which stand
in the store). Work is put down for a moment (`Agenda`: what simulated agencies do next) and is gone with the process.
"""

import asyncio
import heapq
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Protocol

from sqlalchemy import Connection

from gateway.domain.clock import (
    LATEST,
    Clock,
    ClockMode,
    ClockSetting,
    GatewayClock,
    InvalidClock,
    checked_moment,
    went_back,
)
from gateway.storage import clock as kept_clock
from gateway.storage.database import Database, StoreError
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)

MOST_EVENTS: Final = 1_000_000
"""Of one advance. Work that puts itself down again for the moment that it is done at would never end otherwise."""
_KEEP_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 1.0
_LONGEST_SLEEP_SECONDS: Final = 60.0
"""The machine's clock may be set; a timer of the event loop does not hear of it."""
_SHORTEST_SLEEP_SECONDS: Final = 0.001

Work = Callable[[], Awaitable[None]]


class DueSource(Protocol):
    """Something in which things become due at moments that it knows."""

    sooner: Callable[[], None]
    """Called whenever its next moment has come nearer. The timekeeper sets it."""

    @property
    def what(self) -> str:
        """What becomes due in it, for people."""

    def next_due(self) -> datetime | None:
        """Return the next moment, an earlier one where something may have been called off, None for none."""

    async def look(self) -> None:
        """Find out the next moment: `next_due` returns it afterwards.

        Raises: StoreError.
        """

    async def catch_up(self, now: datetime) -> None:
        """Do what has become due by `now`; `next_due` is later than `now` afterwards.

        Raises: StoreError.
        """


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing that becomes due, in words for people."""

    moment: datetime
    what: str


@dataclass(frozen=True, slots=True)
class AdvanceReport:
    """From which moment to which the clock was advanced, and how many events happened on the way."""

    began: datetime
    ended: datetime
    events: int


class TooManyEvents(Exception):
    """An advance met more events than one may; the clock stands where `report` says, and nothing is lost."""

    def __init__(self, report: AdvanceReport) -> None:
        self.report = report
        super().__init__(
            say(
                f"за один перевод часов — {report.events} событий, больше нельзя; часы остановились на полпути",
                f"{report.events} events happened in one advance, which is the limit; the clock stopped on the way",
            )
        )


async def open_clock(store: Database, real: Clock, wanted: ClockSetting | None) -> GatewayClock:
    """Return the clock of a store: as `wanted`, else as it went before, real in an empty store.

    A virtual clock goes on from its last kept moment, as though no time had passed meanwhile. So does one that is
    started with the very setting that it was started with before: whoever restarts a container changes nothing.

    Raises: ClockGoesBack when `wanted` begins before it, StoreError.
    """

    def work(connection: Connection) -> GatewayClock:
        kept = kept_clock.load(connection)
        again = wanted is not None and kept_clock.given_before(connection, str(wanted))
        goes_on = again and kept is not None and kept.mode is not ClockMode.REAL
        clock = GatewayClock(real, _beginning(kept, None if goes_on else wanted, real.now()))
        kept_clock.keep(connection, clock.setting.scale, clock.now())
        return clock

    return await store.run(work)


def _beginning(kept: ClockSetting | None, wanted: ClockSetting | None, real_now: datetime) -> ClockSetting:
    if kept is None:
        return wanted or ClockSetting()
    reached = kept.moment or real_now
    if wanted is None:
        return kept
    if wanted.mode is ClockMode.REAL:
        if kept.mode is not ClockMode.REAL and real_now < reached:
            raise went_back(real_now, reached)
        return wanted
    if wanted.moment is not None and wanted.moment < reached:
        raise went_back(wanted.moment, reached)
    present = reached if kept.mode is not ClockMode.REAL else max(real_now, reached)
    return ClockSetting(wanted.scale, wanted.moment or present)


class Timekeeper:
    """Has everything happen that becomes due on `clock`; the only one who changes how that clock goes.

    Whatever is done on its behalf (work, a source, a settle hook) must not wait for the timekeeper itself: it does one
    thing at a time.
    """

    def __init__(self, clock: GatewayClock, store: Database, most_events: int = MOST_EVENTS) -> None:
        self.clock: Final = clock
        self._store, self._most_events = store, most_events
        self._sources: list[DueSource] = []
        self._hooks: list[Callable[[], Awaitable[None]]] = []
        self._agenda: list[tuple[datetime, int, Work]] = []
        self._order = count()
        self._turn = asyncio.Lock()  # first come, first served
        self._woken = asyncio.Event()
        self._kept = clock.setting
        self._kept_at = 0.0

    # --- what becomes due ----------------------------------------------------------------------------------------

    def at(self, moment: datetime, work: Work) -> None:
        """Have `work` done when the clock has reached `moment`, as `Agenda` says. A defect in it is logged."""
        sooner = not self._agenda or moment < self._agenda[0][0]
        heapq.heappush(self._agenda, (moment, next(self._order), work))
        if sooner:
            self.wake()

    def watch(self, source: DueSource) -> None:
        """Let `source` catch up whenever something in it becomes due."""
        self._sources.append(source)
        source.sooner = self.wake
        self.wake()

    def on_settle(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Have `hook` awaited after each event of an advance: it returns when nothing is going on any more.

        It waits for what goes on, not for what is put down for later: that comes after it has returned.
        """
        self._hooks.append(hook)

    async def next_due(self) -> Due | None:
        """Return what becomes due next. What has been due before now is due now.

        Raises: StoreError.
        """
        looked: list[DueSource] = []
        while True:
            moment, source = self._soonest()
            if moment is None:
                return None
            if source is None or source in looked:
                what = source.what if source else say("работа имитируемого ведомства", "work of a simulated agency")
                return Due(max(moment, self.clock.now()), what)
            await source.look()
            looked.append(source)

    def _soonest(self) -> tuple[datetime | None, DueSource | None]:
        """Return the moment at which to look next, and the source that named it, None when it was the agenda."""
        moment = self._agenda[0][0] if self._agenda else None
        named: DueSource | None = None
        for source in self._sources:
            due = source.next_due()
            if due is not None and (moment is None or due <= moment):
                moment, named = due, source
        return moment, named

    def wake(self) -> None:
        """Look again at what becomes due next: it is nearer than it was."""
        self._woken.set()

    # --- as time passes ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Do what becomes due as the clock goes by itself, and keep the clock in the store, until cancelled."""
        try:
            while True:
                self._woken.clear()
                pause = await self._round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
        finally:
            try:
                await self._keep()
            except StoreError as error:
                _LOG.error("clock: %s", error)

    async def _round(self) -> float:
        """Do what is due; return how many of the machine's seconds there are to sleep."""
        try:
            async with self._turn:
                await self._do_due(self._most_events)
                if self.clock.is_virtual:
                    await self._keep_now_and_then()
        except StoreError as error:
            _LOG.error("what became due: %s", error)
            return _RETRY_SECONDS
        except Exception:  # noqa: BLE001 - the rest is not to suffer from it
            _LOG.exception("a defect in what became due")
            return _RETRY_SECONDS
        due, _ = self._soonest()
        longest = _KEEP_SECONDS if self.clock.setting.mode is ClockMode.SCALED else _LONGEST_SLEEP_SECONDS
        seconds = None if due is None else self.clock.seconds_until(due)
        return longest if seconds is None else min(max(seconds, _SHORTEST_SLEEP_SECONDS), longest)

    async def _do_due(self, most: int) -> int:
        """Let sources catch up and do the works of moments that have come, `most` at most; return how many it was."""
        events = 0
        for source in self._sources:
            moment = source.next_due()
            if moment is not None and moment <= self.clock.now():
                await source.catch_up(self.clock.now())
                events += 1
        while self._agenda and self._agenda[0][0] <= self.clock.now() and events < most:
            _, _, work = heapq.heappop(self._agenda)
            await self._do(work)
            events += 1
        return events

    @staticmethod
    async def _do(work: Work) -> None:
        try:
            await work()
        except Exception:  # noqa: BLE001 - the rest of the agenda is not to suffer from it
            _LOG.exception("a defect in work that became due")

    # --- moved by hand -------------------------------------------------------------------------------------------

    async def advance(self, *, by: timedelta | None = None, to: datetime | None = None) -> AdvanceReport:
        """Advance a virtual clock by a length of time, to a moment, or (with neither) to the next due event.

        The clock goes from one due moment to the next; at each everything due happens and settles before it goes on.
        Advances that come meanwhile wait for their turn, and then start from where this one ended.

        Raises: ClockIsReal, ClockGoesBack, InvalidClock, TooManyEvents, StoreError.
        """
        async with self._turn:
            with self.clock.held():
                began = self.clock.now()
                target = to if by is None else _sum(began, by)
                if target is not None:
                    self.clock.refuse_back(target)
                    checked_moment(target)
                try:
                    return await self._advance(began, target)
                finally:
                    self.wake()

    async def _advance(self, began: datetime, target: datetime | None) -> AdvanceReport:
        for source in self._sources:
            await source.look()  # so that nothing is counted that has been called off
        events = await self._let_happen(began, 0)
        if target is None:
            due = await self.next_due()
            target = began if due is None else due.moment
        while (due := await self.next_due()) is not None and due.moment <= target:
            self.clock.set(due.moment)
            events = await self._let_happen(began, events)
            await self._keep_now_and_then()
        self.clock.set(target)
        await self._keep()
        return AdvanceReport(began, target, events)

    async def _let_happen(self, began: datetime, events: int) -> int:
        """Let everything happen that is due now, and what follows from it; return how many events there have been.

        Raises: TooManyEvents.
        """
        while True:
            events += await self._do_due(self._most_events - events)
            for hook in self._hooks:
                await hook()
            due, _ = self._soonest()
            if due is None or due > self.clock.now():
                return events
            if events >= self._most_events:
                raise TooManyEvents(AdvanceReport(began, self.clock.now(), events))

    async def freeze(self) -> None:
        """Stop the clock at the present moment.

        Raises: StoreError.
        """
        await self._change(self.clock.freeze)

    async def scale(self, factor: float) -> None:
        """Let the clock go `factor` times as fast as the machine's from the present moment.

        Raises: InvalidClock, StoreError.
        """
        await self._change(lambda: self.clock.run(factor))

    async def follow_machine(self) -> None:
        """Let the clock be real. What should have happened up to now happens late, in the order of its moments.

        Raises: ClockGoesBack when the clock is ahead, StoreError.
        """
        await self._change(self.clock.follow_machine)

    async def _change(self, change: Callable[[], None]) -> None:
        async with self._turn:
            change()
            self.wake()
            await self._keep()

    # --- put back ------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """Let nothing become due and nobody move the clock until the block ends; the store knows its moment then.

        Raises: StoreError.
        """
        async with self._turn:
            await self._keep()
            yield

    def start_over(self, setting: ClockSetting | None) -> None:
        """Forget all work that was put down, and go as `setting` says, be it from an earlier moment; None is real.

        Only while `stopped`, when the store has been put back to what it was at that moment.
        """
        self._agenda.clear()
        self.clock.start_over(setting or ClockSetting())
        self._kept = self.clock.setting
        self.wake()

    # --- kept in the store ---------------------------------------------------------------------------------------

    async def _keep_now_and_then(self) -> None:
        """Keep the clock if it has not been for a second."""
        if asyncio.get_running_loop().time() - self._kept_at >= _KEEP_SECONDS:
            await self._keep()

    async def _keep(self) -> None:
        setting = self.clock.setting
        moment = setting.moment
        if setting == self._kept or moment is None:
            return
        await self._store.run(lambda connection: kept_clock.keep(connection, setting.scale, moment))
        self._kept, self._kept_at = setting, asyncio.get_running_loop().time()


def _sum(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        raise InvalidClock(
            say(
                f"ожидался срок не далее {LATEST.year} года, найдено {by}",
                f"expected no later than {LATEST.year}, found {by}",
            )
        ) from None
