"""Fills a queue with as many messages as a bench wants, without sending each of them."""

from pathlib import Path

from sqlalchemy import text

from bench.exchange import KIND, REQUEST
from gateway.data_files import data_folder
from gateway.library import load
from gateway.protocol.mtom import Package
from gateway.protocol.operations import SendRequest
from gateway.protocol.smev3 import read_call
from gateway.protocol.soap import open_envelope
from gateway.storage.database import open_database
from gateway.storage.schema import upgrade

_ID = "printf('%08x-0000-11e0-8000-000000000000', n)"
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"


def fill_queue(data: Path, count: int) -> None:
    """Create a store in `data` with `count` requests waiting for PROVIDER."""
    package = Package(REQUEST)
    call = read_call(open_envelope(REQUEST), package)
    assert isinstance(call, SendRequest)
    kind = load(data_folder("schemas") / "kinds").catalogue.by_id(KIND)
    assert kind is not None
    store = open_database(f"sqlite:///{data / 'smev.db'}")
    upgrade(store.engine)
    parameters = {"count": count, "type": str(kind.request), "source": call.data.source, "sent": 1_700_000_000_000_000}
    with store.engine.begin() as connection:
        connection.execute(
            text(
                f"{_NUMBERS} INSERT INTO messages (message_id, version, wire_type, sender, recipient, message_type,"  # noqa: S608
                " sent_at, has_attachments, source)"
                f" SELECT {_ID}, '1.2', 'REQUEST', 'CONSUMER', 'PROVIDER', :type, :sent + n, 0, :source FROM numbers"
            ),
            parameters,
        )
        connection.execute(
            text(
                "INSERT INTO interactions (id, status, consumer, provider, message_type, sent_at)"
                " SELECT id, 'requestIsAcceptedBySmev', sender, recipient, message_type, sent_at FROM messages"
            )
        )
        connection.execute(
            text(
                "INSERT INTO deliveries (message, interaction, message_id, recipient, queue, message_type, state,"
                " attempts) SELECT id, id, message_id, 'PROVIDER', 0, message_type, 0, 0 FROM messages ORDER BY id"
            )
        )
    with store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    store.close()
