"""Brings a store to the tables of this release: a new one at once, an old one by Alembic; a newer one is refused."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from gateway.storage.group_commit import LOCKED_ATTEMPTS, LOCKED_PAUSE_SECONDS, Result
from gateway.storage.tables import METADATA
from gateway.words import say

HEAD: Final = "0004"
"""Newest revision under migrations/versions; a test compares. Here so that a current store needs no Alembic import."""

_VERSION_TABLE: Final = "alembic_version"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class StoreLocked(Exception):
    """Another process holds the store and does not let go."""


class StoreTooNew(Exception):
    """The store was written by a newer release."""


def upgrade(engine: Engine) -> None:
    """Create or migrate the tables.

    Raises: StoreTooNew, StoreLocked.
    """
    revision = _when_unlocked(engine, _create_or_tell_revision)
    if revision == HEAD:
        return
    if revision is not None and revision > HEAD:
        raise StoreTooNew(
            say(
                f"хранилище версии {revision}, эта программа знает {HEAD}: обновите программу",
                f"the store is of version {revision}, this program knows {HEAD}: update the program",
            )
        )
    _run_alembic(engine)


def hold_all(connection: Connection) -> None:
    """Keep everybody else from the tables until this transaction ends; SQLite writes in turn anyway.

    Whoever has read something by now finishes first: nobody writes on the ground of what is about to go.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {', '.join(METADATA.tables)} IN ACCESS EXCLUSIVE MODE"))


def _when_unlocked(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Run `work` in a transaction; wait while another process holds the file."""
    driver: Any = engine.dialect.loaded_dbapi
    for _ in range(LOCKED_ATTEMPTS):
        try:
            with engine.begin() as connection:
                return work(connection)
        except (OperationalError, driver.OperationalError) as error:
            if "locked" not in str(error):
                raise
        time.sleep(LOCKED_PAUSE_SECONDS)
    raise StoreLocked(say("его держит другой процесс", "another process holds it"))


def _create_or_tell_revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        _create(connection)
        return HEAD
    return _revision(connection) if _VERSION_TABLE in tables else None


def _create(connection: Connection) -> None:
    # What the migrations come to, as a test proves; going through them one by one costs a new store 0.2 s of start.
    METADATA.create_all(connection)
    connection.execute(text(f"CREATE TABLE {_VERSION_TABLE} (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text(f"INSERT INTO {_VERSION_TABLE} VALUES (:head)"), {"head": HEAD})  # noqa: S608 - a constant


def _revision(connection: Connection) -> str | None:
    return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _run_alembic(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - only a new or an old store pays for the import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
