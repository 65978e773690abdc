"""Messages and interactions: kept once, moved by the table, read back as they were."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from gateway.domain.interaction import TRANSITIONS, Event
from gateway.protocol.messages import Attachment
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage import interactions
from gateway.storage.database import Database
from gateway.storage.interactions import NewMessage, StoredMessage

MOMENT = datetime(2013, 3, 4, 6, 0, 0, 123456, tzinfo=UTC)
ATTACHMENTS = (Attachment("one", b"\x00\xff"), Attachment("two", b""))
REQUEST = NewMessage(
    message_id="r1",
    version="1.1",
    wire_type=WireMessageType.REQUEST,
    sender="CITY",
    recipient="FNS",
    message_type="{u}A",
    sent_at=MOMENT,
    source="<A>ё</A>".encode(),
    reference_message_id="root",
    transaction_code="tx",
    node_id="7",
    caller_signature=b"<Signature/>",
    attachments=ATTACHMENTS,
)


def keep(store: Database, new: NewMessage) -> int | None:
    return store.run_now(lambda c: interactions.insert_message(c, new))


def response(request: int, **fields: str) -> NewMessage:
    return NewMessage(
        fields.get("message_id", "a1"), "1.2", WireMessageType.RESPONSE, "FNS", "CITY", "{u}B", MOMENT, b"<B/>",
        interaction=request,
    )  # fmt: skip


def test_a_message_is_read_back_as_it_was(store: Database) -> None:
    key = keep(store, REQUEST)
    assert key is not None
    stored = store.run_now(lambda c: interactions.load(c, key))
    assert stored == StoredMessage(
        key=key, message_id="r1", interaction=None, version="1.1", wire_type=WireMessageType.REQUEST, sender="CITY",
        recipient="FNS", message_type="{u}A", reference_message_id="root", transaction_code="tx", node_id="7",
        sent_at=MOMENT, source="<A>ё</A>".encode(), caller_signature=b"<Signature/>", attachments=ATTACHMENTS,
    )  # fmt: skip
    assert store.run_now(lambda c: interactions.find(c, "r1")) == stored


def test_a_response_knows_the_request_that_it_answers(store: Database) -> None:
    key = keep(store, REQUEST)
    assert key is not None
    keep(store, response(key))
    stored = store.run_now(lambda c: interactions.find(c, "a1"))
    assert stored is not None
    assert stored.interaction == key
    assert (stored.original_message_id, stored.original_transaction_code, stored.original_reference) == (
        "r1", "tx", "root",
    )  # fmt: skip
    assert stored.attachments == ()


def test_a_message_id_is_taken_once_by_requests_and_responses_together(store: Database) -> None:
    key = keep(store, REQUEST)
    assert key is not None
    assert keep(store, REQUEST) is None
    assert keep(store, response(key, message_id="r1")) is None
    assert keep(store, response(key)) is not None
    first = store.run_now(lambda c: interactions.find(c, "r1"))
    assert first is not None
    assert first.source == REQUEST.source
    assert len(first.attachments) == 2


def test_an_unknown_message_is_not_found(store: Database) -> None:
    assert store.run_now(lambda c: interactions.find(c, "nobody")) is None


@pytest.mark.parametrize("event", Event)
def test_the_store_moves_every_state_as_the_table_says(store: Database, event: Event) -> None:
    def work(connection: Connection) -> dict[InteractionStatus, InteractionStatus | None]:
        moved = {}
        for before in InteractionStatus:
            key = interactions.insert_message(connection, replace(REQUEST, message_id=before.value))
            assert key is not None
            interactions.open_interaction(connection, interactions.NewInteraction(key, before, "a/b", None))
            moved[before] = interactions.move(connection, key, event)
            assert interactions.status_of(connection, key) == moved[before]
        return moved

    for before, after in store.run_now(work).items():
        assert after == TRANSITIONS.get((before, event), before)


def test_an_unknown_interaction_does_not_move(store: Database) -> None:
    assert store.run_now(lambda c: interactions.move(c, 12345, Event.ANSWERED)) is None
    assert store.run_now(lambda c: interactions.status_of(c, 12345)) is None
