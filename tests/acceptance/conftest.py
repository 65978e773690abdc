"""A gateway on a real socket; a store made once, so that each test starts at once."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.app import Gateway, running
from gateway.settings import Settings
from gateway.storage import schema
from gateway.storage.database import open_database
from tests.conversation import INN_KIND, PROVIDER

Start = Callable[..., Awaitable[Gateway]]


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store file with tables and nothing in them."""
    file = tmp_path_factory.mktemp("store") / "smev.db"
    store = open_database(f"sqlite:///{file}")
    schema.upgrade(store.engine)
    store.close()
    return file


@pytest.fixture
async def start(new_store: Path, tmp_path: Path) -> AsyncIterator[Start]:
    """Start a gateway with settings; FNS provides the taxpayer numbers unless they say otherwise."""
    shutil.copy(new_store, tmp_path / "smev.db")
    async with AsyncExitStack() as stack:

        async def starting(**settings: Any) -> Gateway:
            chosen = {
                "port": 0,
                "data": tmp_path,
                "topology": "none",
                "provide": (f"{PROVIDER}={INN_KIND}",),
                **settings,
            }
            return await stack.enter_async_context(running(Settings(**chosen)))

        yield starting


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    """A gateway with default settings."""
    return await start()
