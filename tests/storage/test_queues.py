"""Queues: oldest first, leased until acknowledged, by selector and node; taking never scans the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

from gateway.domain.clock import to_microseconds
from gateway.domain.queues import Queue
from gateway.protocol.statuses import WireMessageType
from gateway.storage import prepared, queues
from gateway.storage.database import Database, open_database
from gateway.storage.interactions import NewMessage, insert_message
from gateway.storage.queues import NewDelivery, Taken, Wanted
from gateway.storage.tables import DELIVERIES, FREE

NOW = datetime(2013, 3, 4, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
INSTANT = timedelta(microseconds=1)


def put(store: Database, name: str, recipient: str = "FNS", **fields: Any) -> None:
    """Put a message named `name` into the requests of FNS."""

    def work(connection: Connection) -> None:
        message = (
            insert_message(
                connection,
                NewMessage(
                    name,
                    "1.2",
                    WireMessageType.REQUEST,
                    "CITY",
                    recipient,
                    fields.get("message_type", "{u}A"),
                    NOW,
                    b"<A/>",
                ),
            )
            or 1
        )  # a broadcast: one message, many deliveries
        values = {"queue": Queue.REQUESTS, "message_type": "{u}A", "interaction": message, **fields}
        queues.put(connection, [NewDelivery(message=message, message_id=name, recipient=recipient, **values)])

    store.run_now(work)


def take(
    store: Database,
    recipient: str = "FNS",
    queue: Queue = Queue.REQUESTS,
    now: datetime = NOW,
    until: datetime = LATER,
    **wanted: str,
) -> Taken | None:
    return store.run_now(lambda c: queues.take(c, Wanted(recipient, queue, **wanted), now, until))


def name_of(taken: Taken | None) -> str | None:
    return None if taken is None else taken.message_id


def ack(store: Database, name: str, recipient: str = "FNS", now: datetime = NOW) -> bool:
    return store.run_now(lambda c: queues.acknowledge(c, recipient, name, now)) is not None


def release(store: Database, now: datetime) -> list[tuple[str, str]]:
    return store.run_now(lambda c: [(r.message_id, r.recipient) for r in queues.release_ended_leases(c, now)])


def test_the_oldest_message_comes_first_and_each_once(store: Database) -> None:
    for name in "abc":
        put(store, name)
    assert [name_of(take(store)) for _ in range(4)] == ["a", "b", "c", None]


def test_a_queue_belongs_to_one_recipient_and_one_kind(store: Database) -> None:
    put(store, "request")
    put(store, "response", queue=Queue.RESPONSES)
    put(store, "status", queue=Queue.STATUSES)
    put(store, "others", recipient="MVD")
    assert name_of(take(store, queue=Queue.STATUSES)) == "status"
    assert name_of(take(store, queue=Queue.RESPONSES)) == "response"
    assert name_of(take(store)) == "request"
    assert take(store) is None
    assert name_of(take(store, recipient="MVD")) == "others"


def test_a_lease_hides_a_message_until_it_ends(store: Database) -> None:
    put(store, "a")
    put(store, "b")
    first = take(store)
    assert first is not None
    assert first.attempts == 1
    assert name_of(take(store)) == "b"
    assert release(store, LATER - INSTANT) == []
    assert take(store) is None
    assert release(store, LATER) == [("a", "FNS"), ("b", "FNS")]
    again = take(store, now=LATER, until=LATER + timedelta(minutes=15))
    assert again is not None
    assert (again.message_id, again.attempts) == ("a", 2)


def test_a_released_message_keeps_its_place(store: Database) -> None:
    put(store, "a")
    take(store)
    put(store, "b")
    release(store, LATER)
    assert [name_of(take(store, now=LATER)) for _ in range(2)] == ["a", "b"]


def test_ack_counts_while_the_lease_lasts_and_once(store: Database) -> None:
    put(store, "a")
    put(store, "b")
    assert not ack(store, "a")  # not taken yet
    take(store)
    take(store)
    assert not ack(store, "a", recipient="MVD")
    assert ack(store, "a", now=LATER - INSTANT)
    assert not ack(store, "a", now=LATER - INSTANT)
    assert not ack(store, "b", now=LATER)
    assert release(store, LATER) == [("b", "FNS")]


def test_ack_says_whose_interaction_moves(store: Database) -> None:
    put(store, "a", queue=Queue.RESPONSES, interaction=77)
    take(store, queue=Queue.RESPONSES)
    acked = store.run_now(lambda c: queues.acknowledge(c, "FNS", "a", NOW))
    assert acked is not None
    assert (acked.interaction, acked.queue) == (77, Queue.RESPONSES)


def test_each_subscriber_acknowledges_its_own_copy(store: Database) -> None:
    put(store, "notice", recipient="FNS")
    put(store, "notice", recipient="MVD")
    take(store)
    take(store, recipient="MVD")
    assert ack(store, "notice", recipient="MVD")
    assert release(store, LATER) == [("notice", "FNS")]


def test_selectors_filter_and_do_not_disturb_the_rest(store: Database) -> None:
    for name, message_type in (("a1", "{u}A"), ("b1", "{u}B"), ("a2", "{u}A"), ("b2", "{u}B")):
        put(store, name, message_type=message_type, request_type=f"{message_type}?")
    assert name_of(take(store, message_type="{u}B")) == "b1"
    assert name_of(take(store, request_type="{u}B?")) == "b2"
    assert take(store, message_type="{u}B") is None
    assert take(store, message_type="{v}A") is None
    assert [name_of(take(store)) for _ in range(3)] == ["a1", "a2", None]


def test_a_node_gets_its_own_and_nobody_in_particular_gets_any(store: Database) -> None:
    for name, node in (("one", "1"), ("none", None), ("two", "2"), ("two again", "2")):
        put(store, name, node_id=node)
    assert name_of(take(store, node_id="2")) == "two"
    assert name_of(take(store, node_id="2", message_type="{u}A")) == "two again"
    assert take(store, node_id="2") is None
    assert [name_of(take(store)) for _ in range(2)] == ["one", "none"]


def test_a_message_whose_life_has_ended_is_not_taken_but_removed(store: Database) -> None:
    put(store, "ends", eol=to_microseconds(LATER))
    put(store, "leased", eol=to_microseconds(LATER))
    put(store, "stays", eol=to_microseconds(LATER + INSTANT))
    put(store, "endless")

    def remove(now: datetime) -> list[str]:
        return store.run_now(lambda c: [ended.message_id for ended in queues.remove_expired(c, now)])

    assert remove(LATER - INSTANT) == []
    assert name_of(take(store, message_type="{u}A")) == "ends"
    assert name_of(take(store)) == "leased"
    assert remove(LATER) == []  # both are with the provider
    release(store, LATER)
    assert name_of(take(store, now=LATER)) == "stays"
    assert remove(LATER) == ["ends", "leased"]
    assert name_of(take(store, now=LATER)) == "endless"


def test_next_due_is_the_nearest_end_of_a_lease_or_a_life(store: Database) -> None:
    def due() -> int | None:
        return store.run_now(queues.next_due)

    assert due() is None
    put(store, "a", eol=to_microseconds(LATER) + 5)
    assert due() == to_microseconds(LATER) + 5
    put(store, "b", recipient="MVD")
    take(store, recipient="MVD")
    assert due() == to_microseconds(LATER)
    take(store, until=LATER + timedelta(hours=1))  # an end of life counts once the message is free again
    assert due() == to_microseconds(LATER)
    ack(store, "b", recipient="MVD")
    assert due() == to_microseconds(LATER + timedelta(hours=1))


def test_whereabouts_tell_why_an_ack_found_nothing(store: Database) -> None:
    put(store, "a")
    put(store, "a", recipient="MVD")
    take(store)
    places = store.run_now(lambda c: queues.whereabouts(c, "a"))
    assert [(place.recipient, place.leased, place.lease_until) for place in places] == [
        ("FNS", True, to_microseconds(LATER)),
        ("MVD", False, None),
    ]


def test_taken_messages_count_into_the_length_of_a_queue(store: Database) -> None:
    put(store, "a")
    put(store, "b", node_id="1")
    put(store, "c", queue=Queue.RESPONSES)
    take(store)
    full = {limit: store.run_now(lambda c, n=limit: queues.is_full(c, "FNS", Queue.REQUESTS, n)) for limit in range(4)}  # type: ignore[misc]
    assert full == {0: True, 1: True, 2: True, 3: False}
    assert store.run_now(lambda c: queues.pending(c, "FNS")) == {Queue.REQUESTS: 2, Queue.RESPONSES: 1}
    assert store.run_now(lambda c: queues.pending(c, "FNS", "1")) == {Queue.REQUESTS: 1}
    assert store.run_now(lambda c: queues.pending(c, "MVD")) == {}


def test_a_delivery_that_needs_no_ack_is_removed(store: Database) -> None:
    put(store, "a")
    taken = take(store)
    assert taken is not None
    store.run_now(lambda c: queues.remove(c, taken.delivery))
    assert release(store, LATER) == []


def test_a_message_that_somebody_is_just_taking_is_passed_over(postgresql_url: str) -> None:
    """SKIP LOCKED: without it the second would wait for the first, and then find nothing."""
    store = open_database(f"{postgresql_url}&options=-c%20lock_timeout%3D1000")
    put(store, "a")
    put(store, "b")
    inside: list[str | None] = []

    def take_and_linger(connection: Connection) -> str | None:
        first = name_of(queues.take(connection, Wanted("FNS", Queue.REQUESTS), NOW, LATER))
        inside.append(name_of(take(store)))  # by another of the store's workers
        return first

    assert store.run_now(take_and_linger) == "a"
    assert inside == ["b"]
    store.close()


# --- plans -----------------------------------------------------------------------------------------------------


class Listener:
    """A cursor that remembers what it was told to execute."""

    def __init__(self, cursor: Any, heard: list[tuple[str, Any]]) -> None:
        self._cursor, self._heard = cursor, heard

    def execute(self, statement: str, parameters: Any = ()) -> Any:
        self._heard.append((statement, parameters))
        return self._cursor.execute(statement, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def plan_of(store: Database, work: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The plan that SQLite makes for the one statement that `work` executes, whatever its parameters will be."""
    heard: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        heard.append((statement, parameters))

    with monkeypatch.context() as patched:
        patched.setattr(prepared, "_cursor", lambda c: Listener(c.connection.cursor(), heard))
        event.listen(store.engine, "before_cursor_execute", listen)
        store.run_now(work)
        event.remove(store.engine, "before_cursor_execute", listen)
    [(statement, given)] = [item for item in heard if "deliveries" in item[0]]
    parameters = tuple(None for _ in given)  # SQLite looks at values that are bound; an index must not need that
    rows = store.run_now(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    return "\n".join(row[3] for row in rows)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Any:
    database = open_database(sqlite_url)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "deliveries_free (recipient=? AND queue=?)"),
        ({"message_type": "{u}A"}, "deliveries_free_by_type (recipient=? AND queue=? AND message_type=?)"),
        ({"request_type": "{u}A"}, "deliveries_free (recipient=? AND queue=?)"),
        ({"node_id": "1"}, "deliveries_free (recipient=? AND queue=?)"),
    ],
)
def test_taking_a_message_uses_a_partial_index_and_sorts_nothing(
    sqlite_store: Database, wanted: dict[str, str], index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(
        sqlite_store, lambda c: queues.take(c, Wanted("FNS", Queue.REQUESTS, **wanted), NOW, LATER), monkeypatch
    )
    assert f"SEARCH deliveries USING INDEX {index}" in plan or f"USING COVERING INDEX {index}" in plan
    assert "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)" in plan  # what is updated
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (lambda c: queues.acknowledge(c, "FNS", "a", NOW), "deliveries_message_id (message_id=?)"),
        (lambda c: queues.whereabouts(c, "a"), "deliveries_message_id (message_id=?)"),
        (lambda c: queues.release_ended_leases(c, NOW), "deliveries_leased (lease_until<?)"),
        (lambda c: queues.remove_expired(c, NOW), "deliveries_ending (eol>? AND eol<?)"),
    ],
)
def test_the_other_statements_use_their_indexes(
    sqlite_store: Database, work: Any, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(sqlite_store, work, monkeypatch)
    assert f"deliveries USING INDEX {index}" in plan
    assert "SCAN" not in plan


def test_what_a_take_costs_does_not_grow_with_the_table(sqlite_store: Database) -> None:
    """Steps of SQLite's virtual machine, counted: the same with 20 messages as with 5020 acknowledged or foreign."""

    def steps() -> int:
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        def work(connection: Connection) -> None:
            raw: Any = connection.connection.driver_connection
            raw.set_progress_handler(tick, 1)
            queues.take(connection, Wanted("FNS", Queue.REQUESTS), NOW, LATER)
            raw.set_progress_handler(None, 0)

        sqlite_store.run_now(work)
        return count

    for number in range(20):
        put(sqlite_store, f"few-{number}")
    few = steps()

    def add_many(connection: Connection) -> None:
        queues.put(
            connection,
            [NewDelivery(1, None, f"m{n}", "MVD", Queue.REQUESTS, "{u}A") for n in range(2500)]
            + [NewDelivery(1, None, f"n{n}", "FNS", Queue.RESPONSES, "{u}A") for n in range(2500)],
        )

    sqlite_store.run_now(add_many)
    assert steps() == few
    left = sqlite_store.run_now(
        lambda c: c.execute(
            select(func.count()).where(DELIVERIES.c.recipient == "FNS", DELIVERIES.c.state == FREE)
        ).scalar()
    )
    assert left == 18 + 2500
