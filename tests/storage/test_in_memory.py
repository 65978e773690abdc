"""A store in memory: each unit runs and commits at once, in the thread of whoever wants it."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, insert

from gateway.storage import schema
from gateway.storage.database import Database, StoreError, open_database
from gateway.storage.tables import SETTINGS
from tests.storage.test_database import names, write


@pytest.fixture(params=["sqlite://", "sqlite:///:memory:"])
def memory(request: pytest.FixtureRequest) -> Iterator[Database]:
    database = open_database(request.param)
    schema.upgrade(database.engine)
    yield database
    database.close()


async def test_nothing_is_handed_over_and_nothing_waited_for(memory: Database) -> None:
    threads: list[str] = []

    def note(connection: Connection) -> list[str]:
        threads.append(threading.current_thread().name)
        return names(connection)

    def next_turn() -> None:
        threads.append("the loop went on")

    asyncio.get_running_loop().call_soon(next_turn)
    await memory.run(write("a"))
    assert await memory.run(note) == ["a"]
    assert threads == [threading.current_thread().name]


async def test_a_unit_that_raises_leaves_nothing_and_stops_nobody(memory: Database) -> None:
    await memory.run(write("a"))

    def broken(connection: Connection) -> None:
        connection.execute(insert(SETTINGS), {"name": "broken", "value": b""})
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await memory.run(broken)
    with pytest.raises(StoreError):
        await memory.run(write("a"))
    assert await memory.run(write("b")) == "b"
    assert await memory.run(names) == ["a", "b"]


async def test_threads_and_a_loop_share_it(memory: Database) -> None:
    def write_many(prefix: str) -> None:
        for number in range(50):
            memory.run_now(write(f"{prefix}{number:02}"))

    threads = [asyncio.to_thread(write_many, prefix) for prefix in "ab"]
    await asyncio.gather(*threads, *(memory.run(write(f"c{number:02}")) for number in range(50)))
    assert len(await memory.run(names)) == 150


async def test_closed_it_refuses_work(memory: Database) -> None:
    memory.close()
    memory.close()
    with pytest.raises(StoreError):
        await memory.run(names)
    with pytest.raises(StoreError):
        memory.run_now(names)
