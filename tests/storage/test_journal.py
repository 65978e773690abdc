"""The journal: appended in order, read in pages, bounded from below."""

from dataclasses import replace
from datetime import UTC, datetime

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import Explanation
from gateway.storage import journal
from gateway.storage.database import Database

FULL = JournalEntry(
    datetime(2013, 3, 4, 6, 0, 0, 1, tzinfo=UTC),
    JournalEvent.REFUSED,
    participant="CITY",
    counterpart="FNS",
    operation="SendRequest",
    version="1.3",
    message_id="r1",
    original_message_id="r1",
    message_type="{u}A",
    status="requestIsQueued",
    fault="InvalidContent",
    explanation=Explanation("check", "ожидалось «ё»", "найдено", where="/A/Б", advice="совет"),
    envelope=b"\xff<a/>",
)


def append(store: Database, *entries: JournalEntry) -> None:
    store.run_now(lambda c: journal.append(c, entries))


def ids(store: Database, after: int = 0, limit: int = 1000, message_id: str | None = None) -> list[tuple[int, str]]:
    stored = store.run_now(lambda c: journal.read(c, after, limit, message_id=message_id))
    return [(item.seq, item.entry.message_id) for item in stored]


def numbered(*names: str) -> list[JournalEntry]:
    return [JournalEntry(FULL.moment, JournalEvent.SENT, message_id=name) for name in names]


def test_an_entry_is_read_back_as_it_was(store: Database) -> None:
    append(store, FULL, *numbered("plain"))
    full, plain = store.run_now(journal.read)
    assert full.entry == FULL
    assert plain.entry == numbered("plain")[0]
    assert store.run_now(lambda c: journal.read_one(c, full.seq)) == full
    assert store.run_now(lambda c: journal.read_one(c, 999)) is None


def test_entries_keep_their_order_and_are_read_in_pages(store: Database) -> None:
    append(store, *numbered("a", "b"))
    append(store, *numbered("c"))
    assert ids(store) == [(1, "a"), (2, "b"), (3, "c")]
    assert ids(store, after=1, limit=1) == [(2, "b")]
    assert ids(store, after=3) == []


def test_an_interaction_is_read_by_the_request_of_it(store: Database) -> None:
    [request, other, answer] = numbered("r1", "r2", "a1")
    append(store, request, other, replace(answer, original_message_id="r1"))
    assert ids(store, message_id="r1") == [(1, "r1"), (3, "a1")]
    assert ids(store, message_id="a1") == [(3, "a1")]


def test_a_refusal_is_told_its_place(store: Database) -> None:
    append(store, *numbered("a"))
    seq = store.run_now(lambda c: journal.append_refusal(c, FULL))
    assert store.run_now(lambda c: journal.read_one(c, seq)) == journal.StoredEntry(2, FULL)


def test_the_oldest_entries_go_when_there_are_too_many(store: Database) -> None:
    assert store.run_now(lambda c: journal.trim(c, 3)) == 0
    append(store, *numbered("a", "b", "c", "d", "e"))
    assert store.run_now(lambda c: journal.trim(c, 5)) == 0
    assert store.run_now(lambda c: journal.trim(c, 3)) == 2
    assert ids(store) == [(3, "c"), (4, "d"), (5, "e")]
    assert store.run_now(lambda c: journal.trim(c, 3)) == 0


def test_a_seq_never_comes_twice(store: Database) -> None:
    append(store, *numbered("a", "b"))
    store.run_now(lambda c: journal.trim(c, 1))
    append(store, *numbered("c"))
    assert ids(store) == [(2, "b"), (3, "c")]
