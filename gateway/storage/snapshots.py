"""Snapshots: a whole store in one SQLite file, written from any store and read back into any.

A snapshot is a SQLite store like any other, in one file and at rest: it can be copied, and opened by other programs.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Engine, Table, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gateway.domain.clock import ClockSetting
from gateway.storage import clock, schema
from gateway.storage.database import Database, StoreError
from gateway.storage.merging import go_on_counting
from gateway.storage.tables import MESSAGES, METADATA
from gateway.words import say

SUFFIX: Final = ".db"
_CHUNK: Final = 500
_NOT_YET_DURABLE: Final = "PRAGMA synchronous=OFF"
"""While a snapshot is written it is nobody's; it is flushed once at the end."""
_ROLLBACK_JOURNAL: Final = b"\x01\x01"
_FORMAT_VERSIONS: Final = slice(18, 20)
"""Bytes of a SQLite file that say whether it needs a write-ahead log beside it (SQLite file format, 1.3.3)."""


class SnapshotUnusable(Exception):
    """The file is no snapshot, or one of a newer release; the text says which."""


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What a snapshot holds. `clock` is how the clock went and where it stood, None where nothing had happened."""

    messages: int
    clock: ClockSetting | None
    revision: str


def save(store: Database, file: Path) -> None:
    """Write everything that `store` holds at one moment into a new file. Nobody has to wait for it.

    Raises: StoreError, OSError.
    """
    database = store.engine.url.database
    try:
        if store.engine.dialect.name != "sqlite":
            _save_rows(store.engine, file)
        elif not database or database == ":memory:":
            file.write_bytes(store.run_now(_serialized))
        else:
            _save_pages(Path(database), file)
    except (DBAPIError, sqlite3.Error) as error:
        raise StoreError(str(error.orig if isinstance(error, DBAPIError) else error)) from error
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _serialized(connection: Connection) -> bytes:
    driver: Any = connection.connection.dbapi_connection
    content = bytearray(driver.serialize())  # not by its backup, which waits for the transaction that this runs in
    content[_FORMAT_VERSIONS] = _ROLLBACK_JOURNAL
    return bytes(content)


def _save_pages(database: Path, file: Path) -> None:
    with closing(_read_only(database)) as source, closing(sqlite3.connect(file)) as target:
        target.execute(_NOT_YET_DURABLE)
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE").fetchall()


def _save_rows(source: Engine, file: Path) -> None:
    engine = _engine(file)
    event.listen(engine, "connect", lambda driver, _: driver.execute(_NOT_YET_DURABLE))
    try:
        schema.upgrade(engine)
        # One moment of the store, and no locks.
        with source.connect().execution_options(isolation_level="REPEATABLE READ") as connection, engine.begin() as new:
            _copy(connection, new)
    finally:
        engine.dispose()


def load_into(engine: Engine, file: Path) -> None:
    """Fill the SQLite store of `engine`, which nobody uses yet, with a snapshot; `schema.upgrade` is still to come.

    Raises: SnapshotUnusable.
    """
    facts(file)
    with closing(_read_only(file)) as source, engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        source.backup(driver)


@contextmanager
def opened(file: Path) -> Iterator[Path]:
    """Yield a snapshot whose tables are those of this release: an older one is brought up in a copy.

    Raises: SnapshotUnusable.
    """
    if facts(file).revision == schema.HEAD:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="mock-smev-") as folder:
        copied = Path(shutil.copy(file, folder))
        engine = _engine(copied)
        try:
            schema.upgrade(engine)
        finally:
            engine.dispose()
        yield copied


def replace_all(target: Connection, snapshot: Path) -> None:
    """Put what `opened` yields in the place of all that a store holds; keys and references stay as they are.

    Either all of it is replaced or nothing. On SQLite what the transaction has done before is committed first.
    """
    if target.dialect.name == "sqlite":
        _replace_pages(target, snapshot)
        return
    schema.hold_all(target)
    target.execute(text(f"TRUNCATE {', '.join(METADATA.tables)}"))
    engine = _engine(snapshot)
    try:
        with engine.connect() as source:
            _copy(source, target)
    finally:
        engine.dispose()
    go_on_counting(target)


def _replace_pages(target: Connection, snapshot: Path) -> None:
    driver: Any = target.connection.dbapi_connection
    driver.execute("COMMIT")  # a backup is a transaction of its own
    try:
        with closing(_read_only(snapshot)) as source:
            source.backup(driver, progress=_refuse_to_wait)
    finally:
        driver.execute("BEGIN IMMEDIATE")


def _refuse_to_wait(status: int, _: int, __: int) -> None:
    """Let the writer of the store decide how long it waits for another process: the backup would for ever."""
    if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise sqlite3.OperationalError("database is locked")


def facts(file: Path) -> SnapshotFacts:
    """Look into a snapshot.

    Raises: SnapshotUnusable.
    """
    engine = create_engine("sqlite://", creator=lambda: _read_only(file), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
            if revision > schema.HEAD:
                raise SnapshotUnusable(
                    say(
                        f"снимок версии {revision}, эта программа знает {schema.HEAD}: обновите программу",
                        f"the snapshot is of version {revision}, this program knows {schema.HEAD}: update the program",
                    )
                )
            messages = count_messages(connection)
            return SnapshotFacts(messages, clock.look(connection), revision)
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise SnapshotUnusable(
            say(f"{file.name}: это не снимок шлюза: {cause}", f"{file.name}: no snapshot of a gateway: {cause}")
        ) from error
    finally:
        engine.dispose()


def count_messages(connection: Connection) -> int:
    """Return how many messages a store holds."""
    return connection.execute(select(func.count()).select_from(MESSAGES)).scalar() or 0


def _engine(file: Path) -> Engine:
    return create_engine(f"sqlite:///{file}")


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _copy(source: Connection, target: Connection) -> None:
    into = _insert if target.dialect.name == "sqlite" else _copy_in
    for table in METADATA.sorted_tables:
        into(target, table, _chunks(source, table))


def _chunks(source: Connection, table: Table) -> Iterator[Sequence[Any]]:
    driver: Any = source.connection.dbapi_connection
    of_a_server = source.dialect.name == "postgresql"
    # On the server, and in binary: half of the content is bytes.
    with closing(driver.cursor(name=table.name, binary=True) if of_a_server else driver.cursor()) as cursor:
        cursor.execute(_selection(table))
        while chunk := cursor.fetchmany(_CHUNK):
            yield chunk


def _selection(table: Table) -> str:
    names = ", ".join(column.name for column in table.c)
    return f"SELECT {names} FROM {table.name} ORDER BY {next(iter(table.primary_key)).name}"  # noqa: S608 - our tables


def _insert(target: Connection, table: Table, chunks: Iterator[Sequence[Any]]) -> None:
    driver: Any = target.connection.dbapi_connection
    names, places = ", ".join(column.name for column in table.c), ", ".join("?" for _ in table.c)
    for chunk in chunks:
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", chunk)  # noqa: S608 - our tables


def _copy_in(target: Connection, table: Table, chunks: Iterator[Sequence[Any]]) -> None:
    driver: Any = target.connection.dbapi_connection
    names = ", ".join(column.name for column in table.c)
    flags = [place for place, column in enumerate(table.c) if isinstance(column.type, Boolean)]
    statement = f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copying:
        copying.set_types([column.type.compile(target.dialect).partition("(")[0].lower() for column in table.c])
        for chunk in chunks:
            for row in chunk:
                copying.write_row(_with_flags(row, flags) if flags else row)


def _with_flags(row: Sequence[Any], flags: Sequence[int]) -> list[Any]:
    """Return a row of SQLite, which knows no booleans, with those that it has."""
    values = list(row)
    for place in flags:
        values[place] = None if values[place] is None else bool(values[place])
    return values
