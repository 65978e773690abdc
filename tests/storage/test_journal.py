"""The journal: appended in order, read in pages, bounded from below."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.faults import Explanation
from gateway.storage import journal
from gateway.storage.database import Database, open_database
from gateway.storage.journal import Sought

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


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(event=JournalEvent.REFUSED), ["r1"]),
        (Sought(participant="CITY"), ["r1"]),
        (Sought(participant="FNS"), ["r1"]),
        (Sought(message_type="{u}A"), ["r1"]),
        (Sought(fault="InvalidContent"), ["r1"]),
        (Sought(since=FULL.moment), ["r1", "plain"]),
        (Sought(since=FULL.moment + timedelta(microseconds=1)), []),
        (Sought(until=FULL.moment + timedelta(microseconds=1)), ["r1", "plain"]),
        (Sought(until=FULL.moment), []),
        (Sought(message_id="plain"), ["plain"]),
        (Sought(event=JournalEvent.SENT, fault="InvalidContent"), []),
    ],
)
def test_every_filter_reads_its_own(store: Database, sought: Sought, found: list[str]) -> None:
    append(store, FULL, *numbered("plain"))
    entries = store.run_now(lambda c: journal.search(c, sought, range(1, 10), 10))
    assert [stored.entry.message_id for stored in entries] == found


def test_a_search_stays_within_its_seqs(store: Database) -> None:
    append(store, *numbered("a", "b", "c", "d"))
    found = store.run_now(lambda c: journal.search(c, Sought(), range(2, 4), 10))
    assert [stored.entry.message_id for stored in found] == ["b", "c"]
    assert len(store.run_now(lambda c: journal.search(c, Sought(), range(1, 5), 1))) == 1


def test_envelopes_are_left_where_they_are_on_request(store: Database) -> None:
    append(store, FULL)
    [light] = store.run_now(lambda c: journal.search(c, Sought(), range(1, 5), 1, envelopes=False))
    assert light.entry == replace(FULL, envelope=None)


def test_refusals_of_a_message_come_newest_first_with_their_envelopes(store: Database) -> None:
    [sent] = numbered("r1")
    rejected = replace(FULL, event=JournalEvent.REJECTED, envelope=None)
    append(store, replace(sent, envelope=b"<sent/>"), rejected, FULL, replace(FULL, message_id="r2"))
    told = store.run_now(lambda c: journal.explained(c, "r1", 10))
    assert [(stored.seq, stored.entry.envelope) for stored in told] == [(3, FULL.envelope), (2, b"<sent/>")]
    assert len(store.run_now(lambda c: journal.explained(c, "r1", 1))) == 1
    assert store.run_now(lambda c: journal.explained(c, "nobody", 10)) == []


def test_an_id_of_any_length_is_kept_and_found(store: Database) -> None:
    """A refused MessageID may be of any length; an index entry of PostgreSQL may not."""
    endless = "".join(chr(0x4E00 + number) for number in range(10_000))
    append(store, replace(FULL, message_id=endless))
    [told] = store.run_now(lambda c: journal.explained(c, endless, 10))
    assert told.entry.message_id == endless[: journal.LONGEST_MESSAGE_ID]
    assert len(store.run_now(lambda c: journal.read(c, message_id=endless))) == 1


def test_an_emptied_journal_goes_on_counting(store: Database) -> None:
    assert store.run_now(journal.clear) == 0
    append(store, *numbered("a", "b"), FULL)
    assert store.run_now(journal.clear) == 3
    assert store.run_now(journal.read) == []
    assert store.run_now(lambda c: journal.read_one(c, 3)) is None
    assert store.run_now(lambda c: journal.explained(c, "r1", 10)) == []
    assert store.run_now(journal.clear) == 0
    append(store, *numbered("c"))
    assert ids(store) == [(4, "c")]
    assert store.run_now(journal.clear) == 1


def test_the_horizon_is_the_newest_entry_when_nobody_writes(store: Database) -> None:
    assert store.run_now(journal.horizon).newest == 0
    append(store, *numbered("a", "b"))
    horizon = store.run_now(journal.horizon)
    assert (horizon.newest, horizon.running) == (2, horizon.next)


def test_the_horizon_tells_of_who_is_still_writing(postgresql_url: str) -> None:
    with contextlib.closing(open_database(postgresql_url)) as store, store.engine.connect() as slow:
        slow.begin()
        journal.append(slow, numbered("slow"))
        append(store, *numbered("fast"))
        before = store.run_now(journal.horizon)
        assert (before.newest, before.running < before.next) == (2, True)
        slow.commit()
        assert store.run_now(journal.horizon).running >= before.next
