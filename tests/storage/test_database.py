"""The store runs units of work: many in one durable transaction, each with an outcome of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, event, insert, select
from sqlalchemy.engine import make_url

from gateway.storage import group_commit
from gateway.storage.database import Database, StoreError, StoreUnusable, open_database
from gateway.storage.group_commit import Unit, WorkerThreads
from gateway.storage.tables import SETTINGS
from tests.stores import PostgresqlStores, migrate


def write(name: str, value: bytes = b"") -> Callable[[Connection], str]:
    def unit(connection: Connection) -> str:
        connection.execute(insert(SETTINGS), {"name": name, "value": value})
        return name

    return unit


def names(connection: Connection) -> list[str]:
    return list(connection.execute(select(SETTINGS.c.name).order_by(SETTINGS.c.name)).scalars())


def names_seen_from_outside(store: Database) -> list[str]:
    """What another connection sees: what is committed."""
    url = make_url(str(store.engine.url.render_as_string(hide_password=False)))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return names(connection)
    finally:
        engine.dispose()


class Plug:
    """Holds every worker of a store, so that the units submitted meanwhile wait together."""

    def __init__(self, store: Database) -> None:
        self._pull = threading.Event()
        self._held = threading.Semaphore(0)
        workers = 1 if store.engine.dialect.name == "sqlite" else 3
        self._waiters = [threading.Thread(target=store.run_now, args=(self._hold,)) for _ in range(workers)]

    def _hold(self, _: Connection) -> None:
        self._held.release()
        assert self._pull.wait(10)

    def __enter__(self) -> None:
        for waiter in self._waiters:  # one by one: two that wait together would be one worker's batch
            waiter.start()
            assert self._held.acquire(timeout=10)

    def __exit__(self, *_: object) -> None:
        self._pull.set()
        for waiter in self._waiters:
            waiter.join()


def count_commits(store: Database) -> list[Connection]:
    commits: list[Connection] = []
    event.listen(store.engine, "commit", commits.append)
    return commits


async def test_units_that_wait_together_commit_together(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as store:
        commits = count_commits(store)
        async with asyncio.TaskGroup() as group:
            with Plug(store):
                tasks = [group.create_task(store.run(write(f"{number:02}"))) for number in range(40)]
                await asyncio.sleep(0)  # each task submits its unit
        assert [task.result() for task in tasks] == [f"{number:02}" for number in range(40)]
        assert len(commits) == 2  # the plug's and one for all of them
        assert len(names_seen_from_outside(store)) == 40


async def test_units_run_in_the_order_in_which_they_came(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as store:
        ran: list[int] = []
        async with asyncio.TaskGroup() as group:
            with Plug(store):
                for number in range(150):  # more than one batch
                    group.create_task(store.run(lambda _, number=number: ran.append(number)))  # type: ignore[misc]
                await asyncio.sleep(0)
        assert ran == list(range(150))


async def test_a_unit_that_raises_fails_alone(store: Database) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(insert(SETTINGS), {"name": "broken", "value": b""})
        raise LookupError("mine")

    outcomes: list[Any] = []
    with Plug(store):
        waiting = [asyncio.ensure_future(store.run(write(name))) for name in ("a", "b")]
        waiting.append(asyncio.ensure_future(store.run(broken)))  # type: ignore[arg-type]
        waiting += [asyncio.ensure_future(store.run(write(name))) for name in ("c", "d")]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(outcomes[2], LookupError)
    assert outcomes[:2] + outcomes[3:] == ["a", "b", "c", "d"]
    assert names_seen_from_outside(store) == ["a", "b", "c", "d"]


async def test_a_unit_that_breaks_a_constraint_fails_alone_as_a_store_error(store: Database) -> None:
    with Plug(store):
        waiting = [asyncio.ensure_future(store.run(write(name))) for name in ("a", "a", "b")]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["StoreError", "str", "str"]
    assert names_seen_from_outside(store) == ["a", "b"]


async def test_the_answer_leaves_after_the_commit(store: Database) -> None:
    committed = threading.Event()
    answered_before_commit = []

    def before_commit(_: Connection) -> None:
        # The unit has run, its transaction has not ended: nobody may have been answered.
        answered_before_commit.append(waiter.done())
        committed.set()

    event.listen(store.engine, "commit", before_commit)
    waiter = asyncio.ensure_future(store.run(write("kept")))
    assert await waiter == "kept"
    assert committed.is_set()
    assert answered_before_commit == [False]
    assert names_seen_from_outside(store) == ["kept"]


async def test_nothing_is_seen_outside_while_the_transaction_runs(store: Database) -> None:
    seen: list[list[str]] = []

    def unit(connection: Connection) -> None:
        write("half")(connection)
        seen.append(names(connection))
        seen.append(names_seen_from_outside(store))

    await store.run(unit)
    assert seen == [["half"], []]


async def test_a_commit_that_fails_is_a_store_error_and_keeps_nothing(store: Database) -> None:
    """A deferred constraint is checked by COMMIT itself; on SQLite the transaction then stays open."""
    if store.engine.dialect.name == "sqlite":
        with closing(store.engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA foreign_keys=ON")
    store.run_now(lambda c: c.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
    child = "CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"
    store.run_now(lambda c: c.exec_driver_sql(child))

    def orphan(connection: Connection) -> None:
        write("lost")(connection)
        connection.exec_driver_sql("INSERT INTO child VALUES (1)")

    waiting = [asyncio.ensure_future(store.run(write("kept"))), asyncio.ensure_future(store.run(orphan))]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert outcomes[0] == "kept"
    assert isinstance(outcomes[1], StoreError)
    assert await store.run(names) == ["kept"]
    with pytest.raises(StoreError):
        await store.run(orphan)
    assert await store.run(write("next")) == "next"
    assert names_seen_from_outside(store) == ["kept", "next"]


async def test_another_process_that_holds_the_file_is_a_store_error(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two seconds are waited for it, without standing in the loop's way."""
    monkeypatch.setattr(group_commit, "LOCKED_PAUSE_SECONDS", 0.001)
    async with open_database(sqlite_url) as store, open_database(sqlite_url) as other:
        with Plug(other), pytest.raises(StoreError, match="locked"):
            await store.run(write("late"))
        assert await store.run(write("later")) == "later"


async def test_another_process_that_holds_the_file_for_a_moment_is_waited_for(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as store, open_database(sqlite_url) as other:
        with Plug(other):
            waiting = asyncio.ensure_future(store.run(write("late")))
            await asyncio.sleep(0.1)
            assert not waiting.done()
        assert await waiting == "late"


async def test_close_finishes_what_waits(store: Database) -> None:
    with Plug(store):
        waiting = [asyncio.ensure_future(store.run(write(f"{number:03}"))) for number in range(200)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(asyncio.to_thread(store.close))
        await asyncio.sleep(0.01)
        assert not closing.done()
    await closing
    assert len(await asyncio.gather(*waiting)) == 200
    assert len(names_seen_from_outside(store)) == 200


async def test_a_closed_store_refuses_work(store: Database) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.run(names)
    with pytest.raises(StoreError, match="closed"):
        store.run_now(names)


def test_work_that_comes_while_the_store_closes_is_not_left_waiting(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(sqlite_url)
    writer = WorkerThreads(engine, 1)
    closer = threading.Thread(target=writer.close)
    line = writer._waiting

    def put_late(unit: Unit | None) -> None:
        if unit is not None:  # the writer has taken this unit in; now it is closed, before the unit stands in line
            closer.start()
            closer.join(0.2)
        line.put(unit)

    monkeypatch.setattr(writer, "_waiting", SimpleNamespace(put=put_late, get=line.get, get_nowait=line.get_nowait))
    waiter: Future[str] = Future()
    writer.submit(Unit(write("kept"), waiter, None))
    assert waiter.result(5) == "kept"
    closer.join(5)
    engine.dispose()


@contextmanager
def slow_commits(store: Database) -> Iterator[threading.Event]:
    """Every commit waits until the event is set."""
    go = threading.Event()

    def wait(_: Connection) -> None:
        assert go.wait(10)

    event.listen(store.engine, "commit", wait)
    yield go
    event.remove(store.engine, "commit", wait)


async def test_units_that_come_while_others_commit_are_the_next_batch(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as store:
        commits = count_commits(store)
        with slow_commits(store) as go:
            first = asyncio.ensure_future(store.run(write("first")))
            await asyncio.sleep(0.05)  # the loop goes on while the disk is written
            assert len(commits) == 1
            others = [asyncio.ensure_future(store.run(write(f"{number:02}"))) for number in range(40)]
            await asyncio.sleep(0.01)
            assert not first.done()
            go.set()
            assert await first == "first"
            await asyncio.gather(*others)
        assert len(commits) == 2
        assert len(names_seen_from_outside(store)) == 41


def test_closing_in_the_loops_own_thread_finishes_what_waits(store_url: str) -> None:
    outcomes: list[str] = []

    async def close_under_way() -> None:
        store = open_database(store_url)
        with slow_commits(store) as go:
            waiting = [asyncio.ensure_future(store.run(write("first")))]
            await asyncio.sleep(0.05)
            waiting.append(asyncio.ensure_future(store.run(write("second"))))
            await asyncio.sleep(0)
            threading.Timer(0.1, go.set).start()
            store.close()
        outcomes.extend(await asyncio.gather(*waiting))

    thread = threading.Thread(target=asyncio.run, args=(close_under_way(),), daemon=True)
    thread.start()
    thread.join(5)
    assert outcomes == ["first", "second"]


async def test_code_without_a_loop_and_code_with_one_share_a_store(store: Database) -> None:
    def write_many(prefix: str) -> None:
        for number in range(50):
            store.run_now(write(f"{prefix}{number:02}"))

    threads = [asyncio.to_thread(write_many, prefix) for prefix in "ab"]
    coroutines = [store.run(write(f"c{number:02}")) for number in range(50)]
    await asyncio.gather(*threads, *coroutines)
    store.run_now(write("d"))  # in the loop's own thread
    assert len(await store.run(names)) == 151


async def test_a_caller_that_has_gone_away_costs_nothing(store: Database) -> None:
    with Plug(store):
        gone = asyncio.ensure_future(store.run(write("kept")))
        stays = asyncio.ensure_future(store.run(write("also")))
        await asyncio.sleep(0)
        gone.cancel()
    assert await stays == "also"
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await store.run(names) == ["also", "kept"]  # the work was on its way


def test_run_now_works_without_a_loop(store: Database) -> None:
    assert store.run_now(write("a")) == "a"
    assert store.run_now(names) == ["a"]


@pytest.fixture
def contested_url(postgresql_stores: PostgresqlStores) -> Iterator[str]:
    """A PostgreSQL store that looks for deadlocks after 50 ms."""
    with postgresql_stores.bare() as url:
        migrate(url)
        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.execute("SELECT current_database()").fetchone()
            assert name is not None
            connection.execute(f"ALTER DATABASE {name[0]} SET deadlock_timeout = '50ms'".encode())
        yield url


def test_a_unit_that_postgresql_ends_to_break_a_deadlock_is_run_again(contested_url: str) -> None:
    with psycopg.connect(contested_url) as rival, closing(open_database(contested_url)) as store:
        rival.execute("SET deadlock_timeout = '30s'")  # so that the store's transaction is the one to be ended
        store.run_now(write("a", b"0"))
        store.run_now(write("b", b"0"))
        rival.execute("UPDATE settings SET value = '1' WHERE name = 'b'")
        runs = []

        def unit(connection: Connection) -> int:
            runs.append(1)
            connection.exec_driver_sql("UPDATE settings SET value = value || '2' WHERE name = 'a'")
            if len(runs) == 1:
                threading.Thread(target=finish_rival, daemon=True).start()
                # PostgreSQL looks for a deadlock once for each wait: the rival's must have begun by then.
                while not connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first():
                    time.sleep(0.005)
            connection.exec_driver_sql("UPDATE settings SET value = value || '2' WHERE name = 'b'")
            return len(runs)

        def finish_rival() -> None:
            rival.execute("UPDATE settings SET value = value || '1' WHERE name = 'a'")
            rival.commit()

        assert store.run_now(unit) == 2
        kept = store.run_now(lambda c: dict(c.execute(select(SETTINGS.c.name, SETTINGS.c.value)).all()))
        assert {name: bytes(value) for name, value in kept.items()} == {"a": b"012", "b": b"12"}


def test_a_unit_that_fails_for_good_is_given_up(contested_url: str) -> None:
    store = open_database(contested_url)
    runs: list[int] = []

    def unit(_: Connection) -> None:
        runs.append(1)
        raise psycopg.OperationalError("connection lost")

    with pytest.raises(StoreError, match="connection lost"):
        store.run_now(unit)
    assert len(runs) == 4  # with others, then three times alone
    store.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("smev.db", "не похоже на адрес"),
        ("mysql://localhost/smev", "sqlite или postgresql"),
        ("postgresql://nobody@127.0.0.1:1/smev?connect_timeout=1", "PostgreSQL не отвечает"),
        ("sqlite:////proc/no/smev.db", "не создать"),
        ("sqlite:////proc", "не открыть"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, words: str) -> None:
    with pytest.raises(StoreUnusable, match=words):
        open_database(url)


def test_the_name_of_a_store_hides_its_password(postgresql_url: str) -> None:
    store = open_database(postgresql_url.replace("postgres:@", "postgres:secret@"))
    assert store.name.startswith("postgresql (")
    assert "secret" not in store.name
    store.close()
