"""Group commit: units of work that wait together run in one transaction, and are answered after its commit.

A unit tells an expected outcome (a duplicate id, an empty queue) by its result, never by an exception: an exception
undoes the whole transaction, and then each unit runs again in one of its own, so that only the broken one fails.
"""

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

BATCH: Final = 64
_ATTEMPTS_ALONE: Final = 3
"""PostgreSQL may end a transaction to break a deadlock; the unit is run again."""
LOCKED_PAUSE_SECONDS: Final = 0.05
LOCKED_ATTEMPTS: Final = 40
"""How long (two seconds) to wait for another process that holds the SQLite file."""

_LOG: Final = logging.getLogger(__name__)


class StoreError(Exception):
    """The store could not do it (disk full, database locked, connection lost): nothing of the unit was kept."""


@dataclass(slots=True)
class Unit:
    """A unit of work and who waits for it: a future of `loop`, or of a thread when there is no loop."""

    work: Work[Any]
    waiter: "asyncio.Future[Any] | Future[Any]"
    loop: asyncio.AbstractEventLoop | None
    result: Any = None
    error: BaseException | None = None

    def release(self) -> None:
        """Tell the waiter what came of it."""
        if self.waiter.done():  # its caller has gone away; the work stays done
            return
        if self.error is not None:
            self.waiter.set_exception(self.error)
        else:
            self.waiter.set_result(self.result)


class Writer(Protocol):
    """Runs units in batches."""

    def submit(self, unit: Unit) -> None:
        """Get in line. Raises: StoreError when the writer is closed."""

    def close(self) -> None:
        """Finish what waits; take nothing more."""


class WorkerThreads:
    """Threads that each take a batch, run it, commit. For a server, where every statement waits for the network."""

    def __init__(self, engine: Engine, workers: int) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()  # nothing may get in line behind the end that `close` puts there
        self._threads = [
            threading.Thread(target=self._work, name=f"store-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, unit: Unit) -> None:
        with self._closing:
            if self._closed:
                raise StoreError("the store is closed")
            self._waiting.put(unit)

    def close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            for _ in self._threads:
                self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (unit := self._waiting.get()) is not None:
            batch = [unit]
            last = False
            while len(batch) < BATCH and not last:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                else:
                    batch.append(following)
            run_batch(self._engine, batch)
            release(batch)
            if last:
                return


class LoopWriter:
    """Runs statements in the event loop's own thread and only the commit in another. For an embedded database.

    SQLite answers a statement in microseconds and lets go of the interpreter lock at each; from a second thread that
    costs two thread switches a statement, which under load is most of the time. The commit waits for the disk: it
    goes to a thread, the loop meanwhile reads the next calls, and their units are the next batch.

    One batch is under way at a time. Whoever has no event loop runs batches in its own thread.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pending: deque[Unit] = deque()
        self._state = _IDLE
        self._closed = False
        self._lock = threading.Condition()
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="store")
        # Kept from batch to batch: taking one from the pool and giving it back is a tenth of a small batch.
        self._connection: Connection | None = None

    def submit(self, unit: Unit) -> None:
        with self._lock:
            if self._closed:
                raise StoreError("the store is closed")
            self._pending.append(unit)
            before = self._state
            if unit.loop is None and before is not _RUNNING:
                self._state = _RUNNING  # even when a loop was to begin: this thread may be that loop's
            elif before is _IDLE:
                self._state = _SCHEDULED
        if unit.loop is None:
            if before is not _RUNNING:
                self._run_all()
        elif before is _IDLE:
            unit.loop.call_soon(self._begin)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._state is _SCHEDULED:
                self._state = _RUNNING
                mine = True
            else:
                mine = False
        if mine:
            self._run_all()
        with self._lock:
            self._lock.wait_for(lambda: self._state is _IDLE)
        self._committer.shutdown()
        if self._connection is not None:
            self._connection.close()

    def _begin(self) -> None:
        with self._lock:
            if self._state is not _SCHEDULED:
                return
            self._state = _RUNNING
            batch = self._next_batch()
        self._connection = _try_batch(self._engine, batch, self._connection)
        self._committer.submit(self._end, batch)

    def _end(self, batch: list[Unit]) -> None:
        if self._connection is None or not _try_commit(self._connection):
            self._connection = None
            run_each_alone(self._engine, batch)
        release(batch)
        with self._lock:
            if not self._pending:
                self._become_idle()
                return
            loop = self._pending[0].loop
            # Whoever closes may stand in that loop's way.
            if loop is not None and not self._closed and all(unit.loop is not None for unit in self._pending):
                with suppress(RuntimeError):  # that loop has been closed: this thread goes on below
                    self._state = _SCHEDULED
                    loop.call_soon_threadsafe(self._begin)
                    return
            self._state = _RUNNING
        self._run_all()

    def _run_all(self) -> None:
        while True:
            with self._lock:
                batch = self._next_batch()
                if not batch:
                    self._become_idle()
                    return
            run_batch(self._engine, batch)
            release(batch)

    def _next_batch(self) -> list[Unit]:
        return [self._pending.popleft() for _ in range(min(BATCH, len(self._pending)))]

    def _become_idle(self) -> None:
        self._state = _IDLE
        self._lock.notify_all()


class InlineWriter:
    """Runs each unit at once, in the thread that submits it. For a store in memory, whose commit waits for nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closed = False
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._driver: Any = None
        """The driver's own connection under that one."""

    def submit(self, unit: Unit) -> None:
        with self._lock:
            if self._closed:
                raise StoreError("the store is closed")
            if not self._try(unit):
                run_each_alone(self._engine, [unit])
        unit.release()

    def _try(self, unit: Unit) -> bool:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
                self._driver = self._connection.connection.dbapi_connection
                self._connection.begin()
            else:
                # For SQLAlchemy it is one long transaction: to begin and end one by it is a tenth of a whole exchange.
                self._driver.execute("BEGIN IMMEDIATE")
            unit.result = unit.work(self._connection)
            self._driver.execute("COMMIT")
        except Exception:  # noqa: BLE001 - the unit learns its own outcome when it runs again
            self._let_go()
            return False
        return True

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()  # and undo what is open

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._let_go()


_IDLE: Final = "idle"
_SCHEDULED: Final = "scheduled"
_RUNNING: Final = "running"


def run_batch(engine: Engine, batch: list[Unit]) -> None:
    """Run `batch` in one transaction; where that fails, each unit in its own."""
    connection = _try_batch(engine, batch)
    if connection is None or not _try_commit(connection):
        run_each_alone(engine, batch)
    else:
        connection.close()


def _try_batch(engine: Engine, batch: list[Unit], connection: Connection | None = None) -> Connection | None:
    """Run the units of `batch` in a transaction that stays open; None when it had to be undone."""
    try:
        connection = connection or engine.connect()
    except Exception:  # noqa: BLE001 - each unit learns its own outcome when it runs alone
        return None
    try:
        connection.begin()
        for unit in batch:
            unit.result = unit.work(connection)
    except Exception:  # noqa: BLE001
        with suppress(Exception):
            connection.close()
        return None
    return connection


def _try_commit(connection: Connection) -> bool:
    """Commit; where that fails, undo and close."""
    try:
        connection.commit()
    except Exception:  # noqa: BLE001
        _roll_back(connection)
        with suppress(Exception):
            connection.close()
        return False
    return True


def _roll_back(connection: Connection) -> None:
    # After a COMMIT that failed SQLAlchemy takes the transaction for ended; SQLite may keep it open.
    with suppress(Exception):
        connection.connection.rollback()


def run_each_alone(engine: Engine, batch: list[Unit]) -> None:
    """Run each unit in a transaction of its own, again where waiting may help; keep its result or its error."""
    # Shared: when the file stays locked, the batch waits two seconds, not two for each of its units.
    patience = iter(range(LOCKED_ATTEMPTS))
    for unit in batch:
        for attempt in range(1, LOCKED_ATTEMPTS + _ATTEMPTS_ALONE):
            failure = _try_alone(engine, unit)
            if failure is None or not _worth_waiting(engine, failure, attempt, patience):
                break


def _try_alone(engine: Engine, unit: Unit) -> BaseException | None:
    """Run the unit; return the driver's error that stopped it, None when it has its result or a defect of its own."""
    driver: Any = engine.dialect.loaded_dbapi
    try:
        _run(engine, unit)
    except (DBAPIError, driver.Error) as error:
        cause: BaseException = error.orig or error if isinstance(error, DBAPIError) else error
        unit.error = StoreError(str(cause))
        unit.error.__cause__ = error
        return cause
    except Exception as error:  # noqa: BLE001 - it belongs to the caller of this unit alone
        unit.error = error
    return None


def _run(engine: Engine, unit: Unit) -> None:
    with engine.connect() as connection:
        try:
            connection.begin()
            unit.result, unit.error = unit.work(connection), None
            connection.commit()
        except BaseException:
            _roll_back(connection)
            raise


def _worth_waiting(engine: Engine, failure: BaseException, attempt: int, patience: Iterator[int]) -> bool:
    driver: Any = engine.dialect.loaded_dbapi
    if engine.dialect.name == "sqlite":
        if "locked" not in str(failure) or next(patience, None) is None:
            return False
        time.sleep(LOCKED_PAUSE_SECONDS)
        return True
    if attempt >= _ATTEMPTS_ALONE or not isinstance(failure, driver.OperationalError):
        return False
    _LOG.warning("store: attempt %d failed: %s", attempt, failure)
    return True


def release(batch: list[Unit]) -> None:
    """Tell everybody who waits: one wake-up per event loop and batch, not one per unit."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Unit]] = {}
    for unit in batch:
        if unit.loop is None:
            unit.release()
        else:
            by_loop.setdefault(unit.loop, []).append(unit)
    for loop, units in by_loop.items():
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(_release_all, units)


def _release_all(units: list[Unit]) -> None:
    for unit in units:
        unit.release()
