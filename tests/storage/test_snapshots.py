"""A whole store in a file, and back in any store: every row of every table, and what comes next."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from gateway.storage import schema, snapshots
from gateway.storage.database import Database, open_database
from gateway.storage.snapshots import SnapshotUnusable
from gateway.storage.tables import METADATA
from tests.exchange.lawful import CASE, lawful
from tests.exchange.participants import Sandbox
from tests.storage.test_merging import OTHER, case_is_worked

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def worked(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A gateway of each kind of store."""
    url = "sqlite://" if request.param == "memory" else request.getfixturevalue(f"{request.param}_url")
    sandbox = lawful(Sandbox(url, seed=1))
    yield sandbox
    sandbox.close()


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another store, in which something else has happened."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    else:
        url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'other.db'}"
    with closing(open_database(url)) as store:
        schema.upgrade(store.engine)
        yield store


def rows_of(store: Database) -> Rows:
    def read(connection: Connection) -> Rows:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }

    return store.run_now(read)


async def test_a_store_is_put_back_row_by_row(worked: Sandbox, tmp_path: Path) -> None:
    await case_is_worked(worked, CASE)
    before = rows_of(worked.store)
    told = ("settings", "messages", "interactions", "deliveries", "journal", "cases", "deadlines")
    assert [name for name in told if not before[name]] == []
    file = tmp_path / "one.db"
    snapshots.save(worked.store, file)
    await case_is_worked(worked, OTHER)
    assert rows_of(worked.store) != before
    with snapshots.opened(file) as snapshot:
        worked.store.run_now(lambda connection: snapshots.replace_all(connection, snapshot))
    assert rows_of(worked.store) == before
    await case_is_worked(worked, OTHER)  # keys go on where they were


@pytest.mark.parametrize("worked", ["sqlite"], indirect=True)
async def test_a_snapshot_goes_into_any_store(worked: Sandbox, other: Database, tmp_path: Path) -> None:
    await case_is_worked(worked, CASE)
    snapshots.save(worked.store, tmp_path / "one.db")
    with snapshots.opened(tmp_path / "one.db") as snapshot:
        other.run_now(lambda connection: snapshots.replace_all(connection, snapshot))
    assert rows_of(other) == rows_of(worked.store)
    snapshots.save(other, tmp_path / "two.db")
    assert snapshots.facts(tmp_path / "two.db") == snapshots.facts(tmp_path / "one.db")


@pytest.mark.parametrize("worked", ["sqlite", "memory"], indirect=True)
async def test_a_snapshot_is_one_file_that_other_programs_read(worked: Sandbox, tmp_path: Path) -> None:
    await case_is_worked(worked, CASE)
    folder = tmp_path / "snapshots"
    folder.mkdir()
    snapshots.save(worked.store, folder / "one.db")
    assert [path.name for path in folder.iterdir()] == ["one.db"]
    with closing(sqlite3.connect(folder / "one.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("other", ["sqlite", "memory"], indirect=True)
async def test_an_old_snapshot_is_brought_up_in_a_copy(other: Database, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(open_database(f"sqlite:///{file}")) as old, old.engine.begin() as connection:
        _migrate_to(connection, "0001")
    content = file.read_bytes()
    assert snapshots.facts(file).revision == "0001"
    with snapshots.opened(file) as snapshot:
        other.run_now(lambda connection: snapshots.replace_all(connection, snapshot))
    assert rows_of(other)["messages"] == []
    assert other.run_now(lambda c: c.execute(text("SELECT version_num FROM alembic_version")).scalar()) == schema.HEAD
    assert file.read_bytes() == content


def _migrate_to(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - only here
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_what_is_no_snapshot_is_told(tmp_path: Path) -> None:
    file = tmp_path / "text.db"
    file.write_text("no database, only words")
    with pytest.raises(SnapshotUnusable, match=r"text\.db"):
        snapshots.facts(file)
    with pytest.raises(SnapshotUnusable):
        snapshots.facts(tmp_path / "nothing.db")
    assert not (tmp_path / "nothing.db").exists()
