"""Queues as people see them: how deep they are, who has a message, emptied on request."""

from gateway.domain.clock import to_microseconds
from gateway.domain.queues import Queue
from gateway.storage import queues
from gateway.storage.database import Database
from tests.storage.test_queues import LATER, NOW, put, take


def test_queues_tell_how_deep_they_are(store: Database) -> None:
    assert store.run_now(queues.depths) == []
    for name in ("a", "b", "c"):
        put(store, name)
    put(store, "d", queue=Queue.STATUSES)
    put(store, "e", "MVD")
    take(store)
    first, second, third = store.run_now(queues.depths)
    assert (first.recipient, first.queue, first.free, first.leased) == ("FNS", Queue.REQUESTS, 2, 1)
    assert (first.oldest, first.next_lease_end) == (NOW, LATER)
    assert (second.recipient, second.queue, second.free, second.leased) == ("FNS", Queue.STATUSES, 1, 0)
    assert second.next_lease_end is None
    assert third.recipient == "MVD"
    assert store.run_now(lambda c: queues.depths(c, "MVD")) == [third]


def test_deliveries_of_a_message_tell_who_has_it(store: Database) -> None:
    put(store, "a")
    put(store, "a", "MVD", eol=to_microseconds(LATER))
    put(store, "b")
    take(store)
    waiting = store.run_now(lambda c: queues.deliveries_of(c, ["a", "nothing"]))
    assert [(each.recipient, each.attempts, each.lease_until, each.eol) for each in waiting] == [
        ("FNS", 1, LATER, None),
        ("MVD", 0, None, LATER),
    ]
    assert store.run_now(lambda c: queues.deliveries_of(c, [])) == []


def test_a_queue_is_emptied_alone_or_with_others(store: Database) -> None:
    for name in ("a", "b"):
        put(store, name)
    put(store, "c", queue=Queue.STATUSES)
    put(store, "d", "MVD")
    take(store)
    assert store.run_now(lambda c: queues.purge(c, "FNS", Queue.REQUESTS)) == 2
    assert store.run_now(lambda c: queues.purge(c, "FNS")) == 1
    assert store.run_now(queues.purge) == 1
    assert store.run_now(queues.depths) == []
