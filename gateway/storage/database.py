"""Runs storage functions: many units of work in one durable transaction (group commit).

A unit of work is a plain function of a `Connection`. Units that wait together run in one transaction, the answer to
each leaves after the commit: 64 at a time cost little more than one, so `synchronous=FULL` is affordable. A unit
tells an expected outcome (a duplicate id, an empty queue) by its result, never by an exception: an exception undoes
the whole transaction, and then each unit runs again in one of its own, so that only the broken one fails.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import StaticPool

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

_BATCH: Final = 64
_BUSY_MILLISECONDS: Final = 2000
"""How long to wait for another process that holds the SQLite file."""
_POSTGRESQL_WORKERS: Final = 3
_ATTEMPTS_ALONE: Final = 3
"""PostgreSQL may end a transaction to break a deadlock; the unit is run again."""

_LOG: Final = logging.getLogger(__name__)


class StoreError(Exception):
    """The store could not do it (disk full, database locked, connection lost): nothing of the unit was kept."""


class StoreUnusable(Exception):
    """The store cannot be opened; the text is for the person who started the program."""


@dataclass(slots=True)
class _Unit:
    """A unit of work and who waits for it: a future of `loop`, or of a thread when there is no loop."""

    work: Work[Any]
    waiter: "asyncio.Future[Any] | Future[Any]"
    loop: asyncio.AbstractEventLoop | None
    result: Any = None
    error: BaseException | None = None

    def release(self) -> None:
        if self.waiter.done():  # its caller has gone away; the work stays done
            return
        if self.error is not None:
            self.waiter.set_exception(self.error)
        else:
            self.waiter.set_result(self.result)


class Database:
    """One store. Use as an async context manager, or call `close`."""

    def __init__(self, engine: Engine, workers: int) -> None:
        self.engine = engine
        self._waiting: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write, name=f"store-{number}", daemon=True) for number in range(workers)
        ]
        self._closed = False
        for thread in self._threads:
            thread.start()

    @property
    def name(self) -> str:
        """What a person calls this store."""
        url = self.engine.url
        return f"{url.get_backend_name()} ({url.render_as_string(hide_password=True)})"

    async def run(self, work: Work[Result]) -> Result:
        """Run `work` in a transaction; return its result after the commit.

        Raises: StoreError, or what `work` raised.
        """
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._submit(_Unit(work, waiter, loop))
        return await waiter

    def run_now(self, work: Work[Result]) -> Result:
        """Like `run`, for code without an event loop: start-up, tests, tools."""
        waiter: Future[Result] = Future()
        self._submit(_Unit(work, waiter, None))
        return waiter.result()

    def _submit(self, unit: _Unit) -> None:
        if self._closed:
            raise StoreError("the store is closed")
        self._waiting.put(unit)

    def close(self) -> None:
        """Finish what waits, then release the connections."""
        if not self._closed:
            self._closed = True
            for _ in self._threads:
                self._waiting.put(None)
            for thread in self._threads:
                thread.join()
            self.engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def _write(self) -> None:
        while (unit := self._waiting.get()) is not None:
            batch = [unit]
            last = False
            while len(batch) < _BATCH and not last:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                else:
                    batch.append(following)
            self._run_batch(batch)
            if last:
                return

    def _run_batch(self, batch: list[_Unit]) -> None:
        try:
            with self.engine.begin() as connection:
                for unit in batch:
                    unit.result = unit.work(connection)
        except Exception:  # noqa: BLE001 - whatever it was, each unit learns its own outcome below
            for unit in batch:
                self._run_alone(unit)
        _release(batch)

    def _run_alone(self, unit: _Unit) -> None:
        for attempt in range(1, _ATTEMPTS_ALONE + 1):
            try:
                with self.engine.begin() as connection:
                    unit.result, unit.error = unit.work(connection), None
            except OperationalError as error:
                unit.error = StoreError(str(error.orig))
                unit.error.__cause__ = error
                if self.engine.dialect.name == "sqlite":
                    break
                _LOG.warning("store: attempt %d failed: %s", attempt, error.orig)
            except DBAPIError as error:
                unit.error = StoreError(str(error.orig))
                unit.error.__cause__ = error
                break
            except Exception as error:  # noqa: BLE001 - a defect: it belongs to the caller of this unit alone
                unit.error = error
                break
            else:
                break


def _release(batch: list[_Unit]) -> None:
    # One wake-up per event loop and batch, not one per unit.
    by_loop: dict[asyncio.AbstractEventLoop, list[_Unit]] = {}
    for unit in batch:
        if unit.loop is None:
            unit.release()
        else:
            by_loop.setdefault(unit.loop, []).append(unit)
    for loop, units in by_loop.items():
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(_release_all, units)


def _release_all(units: list[_Unit]) -> None:
    for unit in units:
        unit.release()


def open_database(url: str) -> Database:
    """Open the store at a SQLAlchemy URL: `sqlite:///FILE`, `sqlite://` (in memory) or `postgresql://…`.

    Raises: StoreUnusable.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnusable(f"не похоже на адрес хранилища: {url!r}") from error
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, parsed.database)
    if parsed.get_backend_name() != "postgresql":
        raise StoreUnusable(f"хранилище — sqlite или postgresql, найдено {parsed.get_backend_name()!r}")
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=_POSTGRESQL_WORKERS, pool_pre_ping=True
        )
        engine.connect().close()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnusable("для PostgreSQL нужен драйвер: pip install 'mock-smev[postgres]'") from error
    except DBAPIError as error:
        raise StoreUnusable(f"PostgreSQL не отвечает: {error.orig}") from error
    return Database(engine, _POSTGRESQL_WORKERS)


def _open_sqlite(url: str, file: str | None) -> Database:
    if file:
        try:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(f"папку хранилища не создать: {error}") from error
    # One connection for the one writer thread; check_same_thread because migrations run in the opening thread.
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    try:
        engine.connect().close()
    except DBAPIError as error:
        raise StoreUnusable(f"файл хранилища {file} не открыть: {error.orig}") from error
    return Database(engine, workers=1)


def _configure_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guesses
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=OFF",  # references are written by one function each; checking costs a lookup per insert
        "cache_size=-16000",
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
