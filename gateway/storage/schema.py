"""Brings a store to the tables of this release: a new one at once, an old one by Alembic; a newer one is refused."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from gateway.storage.tables import METADATA
from gateway.words import say

HEAD: Final = "0001"
"""Newest revision under migrations/versions; a test compares. Here so that a current store needs no Alembic import."""

_VERSION_TABLE: Final = "alembic_version"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class StoreTooNew(Exception):
    """The store was written by a newer release."""


def upgrade(engine: Engine) -> None:
    """Create or migrate the tables.

    Raises: StoreTooNew.
    """
    with engine.begin() as connection:
        tables = inspect(connection).get_table_names()
        if not tables:
            _create(connection)
            return
        revision = _revision(connection) if _VERSION_TABLE in tables else None
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
