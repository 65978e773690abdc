"""Opens a store and runs storage functions in it: plain synchronous functions of a `Connection`."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from gateway.storage.group_commit import (
    InlineWriter,
    LoopWriter,
    Result,
    StoreError,
    Unit,
    Work,
    WorkerThreads,
    Writer,
)
from gateway.words import say

__all__ = ["Database", "StoreError", "StoreUnusable", "open_database"]

_POSTGRESQL_WORKERS: Final = 3


class StoreUnusable(Exception):
    """The store cannot be opened; the text is for the person who started the program."""


class Database:
    """One store. Use as an async context manager, or call `close`."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self.engine = engine
        self._writer = writer
        self._listening: set[asyncio.Event] = set()

    @property
    def name(self) -> str:
        """What a person calls this store."""
        url = self.engine.url
        return f"{url.get_backend_name()} ({url.render_as_string(hide_password=True)})"

    @property
    def is_shared(self) -> bool:
        """Whether other gateways may work on this store at the same time."""
        return self.engine.dialect.name == "postgresql"

    async def run(self, work: Work[Result]) -> Result:
        """Run `work` in a transaction; return its result after the commit.

        Raises: StoreError, or what `work` raised.
        """
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._writer.submit(Unit(work, waiter, loop))
        result = await waiter
        for rung in self._listening:
            rung.set()
        return result

    def run_now(self, work: Work[Result]) -> Result:
        """Like `run`, for code without an event loop: start-up, tests, tools."""
        waiter: Future[Result] = Future()
        self._writer.submit(Unit(work, waiter, None))
        return waiter.result()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Yield an event of this loop that is set whenever `run` has done something: a hint that it is worth a look.

        What `run_now` and other processes do rings nobody.
        """
        rung = asyncio.Event()
        self._listening.add(rung)
        try:
            yield rung
        finally:
            self._listening.discard(rung)

    def close(self) -> None:
        """Finish what waits, then release the connections."""
        self._writer.close()
        self.engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)


def open_database(url: str) -> Database:
    """Open the store at a SQLAlchemy URL: `sqlite:///FILE`, `sqlite://` (in memory) or `postgresql://…`.

    Raises: StoreUnusable.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnusable(
            say(f"не похоже на адрес хранилища: {url!r}", f"does not look like the URL of a store: {url!r}")
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, parsed.database)
    if parsed.get_backend_name() != "postgresql":
        found = repr(parsed.get_backend_name())
        raise StoreUnusable(
            say(
                f"хранилище — sqlite или postgresql, найдено {found}", f"a store is sqlite or postgresql, found {found}"
            )
        )
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=_POSTGRESQL_WORKERS, pool_pre_ping=True
        )
        engine.connect().close()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        driver = say("для PostgreSQL нужен драйвер", "PostgreSQL needs a driver")
        raise StoreUnusable(f"{driver}: pip install 'mock-smev[postgres]'") from error
    except DBAPIError as error:
        raise StoreUnusable(f"{say('PostgreSQL не отвечает', 'PostgreSQL does not answer')}: {error.orig}") from error
    return Database(engine, WorkerThreads(engine, _POSTGRESQL_WORKERS))


def _open_sqlite(url: str, file: str | None) -> Database:
    if file:
        try:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(
                say(f"папку хранилища не создать: {error}", f"cannot create the folder of the store: {error}")
            ) from error
    # One connection; one thread at a time uses it, now the loop's, now the committer's.
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    try:
        engine.connect().close()
    except DBAPIError as error:
        raise StoreUnusable(
            say(f"файл хранилища {file} не открыть: {error.orig}", f"cannot open the store file {file}: {error.orig}")
        ) from error
    return Database(engine, InlineWriter(engine) if file in {None, "", ":memory:"} else LoopWriter(engine))


def _configure_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guesses
    for pragma in (
        "busy_timeout=0",  # the loop's thread must not wait for another process: group_commit does, elsewhere
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=OFF",  # references are written by one function each; checking costs a lookup per insert
        "cache_size=-16000",
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_immediate(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN IMMEDIATE")
