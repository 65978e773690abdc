"""Brings a store to the tables of this release by Alembic migrations; a newer store is refused."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from gateway.words import say

HEAD: Final = "0001"
"""Newest revision under migrations/versions; a test compares. Here so that a current store needs no Alembic import."""

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class StoreTooNew(Exception):
    """The store was written by a newer release."""


def upgrade(engine: Engine) -> None:
    """Create or migrate the tables.

    Raises: StoreTooNew.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
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


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run_alembic(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - only a new or an old store pays for the import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
