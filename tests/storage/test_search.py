"""Interactions found among many: what is found, and that no search looks at more rows than it was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage import interactions, journal, schema
from gateway.storage.database import Database, open_database
from gateway.storage.interactions import NewMessage, Sought

START = datetime(2013, 3, 4, 6, 0, tzinfo=UTC)
MANY = 10_000
STEPS_OF_A_ROW = 25
"""Instructions of SQLite that looking at one row may take, with every filter at once."""


def new(message_id: str, **fields: Any) -> NewMessage:
    common: dict[str, Any] = {
        "version": "1.2", "wire_type": WireMessageType.REQUEST, "sender": "CITY", "recipient": "FNS",
        "message_type": "{u}A", "sent_at": START, "source": b"<A/>",
    }  # fmt: skip
    return NewMessage(message_id, **{**common, **fields})


def keep(store: Database, message: NewMessage, status: str = "requestIsQueued", kind: str | None = "a/b") -> int:
    def work(connection: Connection) -> int:
        key = interactions.insert_message(connection, message)
        assert key is not None
        interactions.open_interaction(connection, interactions.NewInteraction(key, InteractionStatus(status), kind, 7))
        return key

    return store.run_now(work)


def search(store: Database, sought: Sought = Sought(), keys: range = range(1, 1000), limit: int = 100) -> list[str]:  # noqa: B008
    return [found.message_id for found in store.run_now(lambda c: interactions.search(c, sought, keys, limit))]


def test_an_interaction_repeats_what_its_request_is_searched_by(store: Database) -> None:
    key = keep(store, new("r1", transaction_code="x" * 300, sent_at=START))
    found = store.run_now(lambda c: interactions.found(c, key))
    assert found is not None
    assert (found.message_id, found.consumer, found.provider, found.message_type) == ("r1", "CITY", "FNS", "{u}A")
    assert (found.status, found.kind) == (InteractionStatus.REQUEST_IS_QUEUED, "a/b")
    assert found.transaction_code == "x" * 200
    assert (found.sent_at, found.eol) == (START, datetime(1970, 1, 1, microsecond=7, tzinfo=UTC))
    assert search(store, Sought(transaction_code="x" * 300)) == ["r1"]
    assert store.run_now(lambda c: interactions.found(c, key + 1)) is None
    assert store.run_now(interactions.newest_key) == key


def test_the_newest_come_first_and_only_within_the_keys(store: Database) -> None:
    keys = [keep(store, new(name)) for name in ("a", "b", "c", "d")]
    assert search(store) == ["d", "c", "b", "a"]
    assert search(store, limit=2) == ["d", "c"]
    assert search(store, keys=range(keys[1], keys[3])) == ["c", "b"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(consumer="TOWN"), ["b"]),
        (Sought(provider="MVD"), ["c"]),
        (Sought(participant="MVD"), ["c"]),
        (Sought(participant="TOWN"), ["b"]),
        (Sought(kind="x/y"), ["c"]),
        (Sought(message_type="{u}B"), ["b"]),
        (Sought(status=InteractionStatus.UNDER_PROCESSING), ["a"]),
        (Sought(transaction_code="t"), ["b"]),
        (Sought(fault="InvalidContent"), ["b"]),
        (Sought(fault="AccessDenied"), []),
        (Sought(since=START + timedelta(seconds=1)), ["c", "b"]),
        (Sought(until=START + timedelta(seconds=1)), ["a"]),
        (Sought(since=START + timedelta(seconds=1), until=START + timedelta(seconds=2)), ["b"]),
        (Sought(consumer="TOWN", provider="MVD"), []),
    ],
)
def test_every_filter_finds_its_own(store: Database, sought: Sought, found: list[str]) -> None:
    keep(store, new("a"), "underProcessing")
    second = START + timedelta(seconds=1)
    keep(store, new("b", sender="TOWN", message_type="{u}B", transaction_code="t", sent_at=second))
    keep(store, new("c", recipient="MVD", sent_at=START + timedelta(seconds=2)), kind="x/y")
    refusal = JournalEntry(
        START, JournalEvent.REJECTED, message_id="b", original_message_id="b", fault="InvalidContent"
    )
    store.run_now(lambda c: journal.append(c, [refusal]))
    assert search(store, sought) == found


def test_the_messages_of_an_interaction_are_those_of_it(store: Database) -> None:
    key = keep(store, new("r1"))
    other = keep(store, new("r2"))
    for name, request in (("a1", key), ("a2", other), ("a3", key)):
        answer = new(name, wire_type=WireMessageType.RESPONSE, interaction=request)
        store.run_now(partial(interactions.insert_message, new=answer))
    messages = store.run_now(lambda c: interactions.messages_of(c, key))
    assert [message.message_id for message in messages] == ["r1", "a1", "a3"]
    assert {message.original_message_id for message in messages} == {None, "r1"}


def test_everything_goes_and_is_counted(store: Database) -> None:
    key = keep(store, new("r1"))
    store.run_now(lambda c: interactions.insert_message(c, new("a1", interaction=key)))
    assert store.run_now(interactions.clear) == 1
    assert search(store) == []
    assert store.run_now(lambda c: interactions.find(c, "a1")) is None
    assert store.run_now(interactions.clear) == 0


# --- among many --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A SQLite store with many interactions, the very first of them rare in every way."""
    store = open_database(f"sqlite:///{tmp_path_factory.mktemp('many') / 'smev.db'}")
    schema.upgrade(store.engine)

    def fill(connection: Connection) -> None:
        for number in range(1, MANY + 1):
            name = f"r{number}"
            rare = {"sender": "RARE", "recipient": "RARER", "message_type": "{u}R", "transaction_code": "rare"}
            key = interactions.insert_message(connection, new(name, **(rare if number == 1 else {})))
            assert key == number
            interactions.open_interaction(
                connection, interactions.NewInteraction(key, InteractionStatus.MESSAGE_IS_DELIVERED, "a/b", None)
            )
            sent = JournalEntry(START, JournalEvent.SENT, message_id=name, original_message_id=name)
            journal.append(connection, [sent])

    store.run_now(fill)
    yield store
    store.close()


@contextmanager
def counted(connection: Connection) -> Iterator[list[int]]:
    """Count the instructions that SQLite runs: rows looked at, whatever the machine."""
    driver: Any = connection.connection.dbapi_connection
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    driver.set_progress_handler(step, 1)
    try:
        yield steps
    finally:
        driver.set_progress_handler(None, 1)


def steps_of(store: Database, sought: Sought, keys: range) -> int:
    def work(connection: Connection) -> int:
        with counted(connection) as steps:
            interactions.search(connection, sought, keys, 50)
        return steps[0]

    return store.run_now(work)


@pytest.mark.parametrize(
    "sought",
    [
        Sought(),
        Sought(status=InteractionStatus.UNDER_PROCESSING),
        Sought(kind="rare"),
        Sought(message_type="{u}R"),
        Sought(participant="RARE"),
        Sought(consumer="RARE"),
        Sought(transaction_code="rare"),
        Sought(fault="InvalidContent"),
        Sought(since=START),
    ],
)
def test_no_search_looks_at_more_rows_than_its_keys(many: Database, sought: Sought) -> None:
    small, large = (steps_of(many, sought, range(MANY - count, MANY)) for count in (100, 1000))
    assert small < 100 * STEPS_OF_A_ROW
    assert large < 1000 * STEPS_OF_A_ROW


@pytest.mark.parametrize("sought", [Sought(consumer="RARE"), Sought(provider="RARER"), Sought(transaction_code="rare")])
def test_an_index_leads_to_who_is_rare(many: Database, sought: Sought) -> None:
    """However many keys there are: no row of anybody else is looked at."""
    assert steps_of(many, sought, range(1, MANY + 1)) < 2 * STEPS_OF_A_ROW


def test_the_first_page_costs_the_same_however_many_there_are(many: Database) -> None:
    few, all_of_them = (steps_of(many, Sought(), range(MANY - count, MANY + 1)) for count in (100, MANY - 1))
    assert all_of_them == few


def test_the_journal_of_one_message_is_found_by_index(many: Database) -> None:
    def work(connection: Connection) -> tuple[int, int]:
        with counted(connection) as steps:
            history = journal.read(connection, message_id="r77")
            explained = journal.explained(connection, "r77", 10)
        return steps[0], len(history) + len(explained)

    steps, found = many.run_now(work)
    assert found == 1
    assert steps < 10 * STEPS_OF_A_ROW
