"""Fixtures of all tests: stores of both kinds, and an exchange in this process that speaks through real bytes."""

import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from gateway import library
from gateway.data_files import data_folder
from gateway.library import shelf
from gateway.library.folders import KindFolder, find_folders
from gateway.library.kind_file import KindError
from gateway.library.schema import Schema
from gateway.storage.database import Database, open_database

pytest.register_assert_rewrite("tests.exchange.participants")

from tests.exchange.participants import Sandbox, Speaker  # noqa: E402 - its asserts speak once it is registered
from tests.stores import PostgresqlStores, SqliteStores, postgresql_server  # noqa: E402

# Eight thousand tests are half a million objects that stay: who looks for garbage does not have to look at them again
# and again. A sixth of the run's time.
gc.disable()


def pytest_collection_finish() -> None:
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _shipped_kinds_are_read_once() -> Iterator[None]:
    """A program reads and compiles what ships once; hundreds of gateways in one process would do so each."""
    kinds = data_folder("schemas") / "kinds"
    shipped_folders = cache(lambda: tuple(find_folders(kinds, shipped=True)))
    shipped_schema = cache(Schema)

    def folders(root: Path, *, shipped: bool = False) -> Iterator[KindFolder | KindError]:
        yield from shipped_folders() if shipped and root == kinds else find_folders(root, shipped=shipped)

    def schema(folder: Path, xsd: Path) -> Schema:
        return (shipped_schema if folder.is_relative_to(kinds) else Schema)(folder, xsd)

    with patch.object(library, "find_folders", folders), patch.object(shelf, "Schema", schema):
        yield


@pytest.fixture(scope="session")
def sqlite_stores(tmp_path_factory: pytest.TempPathFactory) -> SqliteStores:
    return SqliteStores(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def postgresql_stores() -> Iterator[PostgresqlStores]:
    with postgresql_server() as url:
        yield PostgresqlStores(url)


@pytest.fixture
def sqlite_url(sqlite_stores: SqliteStores, tmp_path: Path) -> str:
    """A migrated SQLite store without rows."""
    return sqlite_stores.new(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_stores: PostgresqlStores) -> Iterator[str]:
    """A migrated PostgreSQL store without rows."""
    with postgresql_stores.new() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated store without rows, of each kind in turn. Only who asks for PostgreSQL pays for its start."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    stores: PostgresqlStores = request.getfixturevalue("postgresql_stores")
    with stores.bare() as url:
        yield url


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    database = open_database(store_url)
    yield database
    database.close()


@pytest.fixture
def smev(store_url: str) -> Iterator[Sandbox]:
    """An exchange in this process: no HTTP, a clock that stands until it is moved."""
    sandbox = Sandbox(store_url)
    yield sandbox
    sandbox.close()


@pytest.fixture
def consumer(smev: Sandbox) -> Speaker:
    """Asks; provides nothing but its share of applications."""
    return smev.speaker("CITY")


@pytest.fixture
def fns(smev: Sandbox) -> Speaker:
    """Provides fns/inn-by-person and fns/egrul."""
    return smev.speaker("FNS")
