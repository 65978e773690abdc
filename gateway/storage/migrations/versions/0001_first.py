"""First tables: settings, participants, messages, interactions, deliveries, attachments, journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "participants",
        sa.Column("mnemonic", sa.String(50), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("certificate", sa.String(64), unique=True),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(36), nullable=False, unique=True),
        sa.Column("interaction", sa.BigInteger),
        sa.Column("version", sa.String(3), nullable=False),
        sa.Column("wire_type", sa.String(9), nullable=False),
        sa.Column("sender", sa.String(50), nullable=False),
        sa.Column("recipient", sa.String(50)),
        sa.Column("message_type", sa.Text, nullable=False),
        sa.Column("reference_message_id", sa.String(36)),
        sa.Column("transaction_code", sa.Text),
        sa.Column("node_id", sa.Text),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Column("has_attachments", sa.Boolean, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("caller_signature", sa.LargeBinary),
    )
    op.create_table(
        "interactions",
        sa.Column("id", _KEY, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("eol", sa.BigInteger),
    )
    op.create_table(
        "attachments",
        sa.Column("message", sa.BigInteger, sa.ForeignKey("messages.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("content_id", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    _create_deliveries()
    _create_journal()


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("message", sa.BigInteger, sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("interaction", sa.BigInteger),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("recipient", sa.String(50), nullable=False),
        sa.Column("queue", sa.SmallInteger, nullable=False),
        sa.Column("message_type", sa.Text, nullable=False),
        sa.Column("request_type", sa.Text),
        sa.Column("node_id", sa.Text),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("eol", sa.BigInteger),
    )
    for name, columns, predicate in (
        ("deliveries_free", ["recipient", "queue", "id"], "state = 0"),
        ("deliveries_free_by_type", ["recipient", "queue", "message_type", "id"], "state = 0"),
        ("deliveries_leased", ["lease_until"], "state = 1"),
        ("deliveries_ending", ["eol"], "eol IS NOT NULL"),
    ):
        where = sa.text(predicate)
        op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("deliveries_message_id", "deliveries", ["message_id"])


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", _KEY, primary_key=True, autoincrement=True),
        sa.Column("moment", sa.BigInteger, nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("participant", sa.String(50), nullable=False),
        sa.Column("counterpart", sa.String(50), nullable=False),
        sa.Column("operation", sa.String(30), nullable=False),
        sa.Column("version", sa.String(3), nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("original_message_id", sa.Text, nullable=False),
        sa.Column("message_type", sa.Text, nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("fault", sa.String(50), nullable=False),
        sa.Column("explanation", sa.Text),
        sa.Column("envelope", sa.LargeBinary),
    )
