"""For the admin API: participants as it writes them; interactions and the journal found by more than a key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REPEATED = {
    "consumer": "sender",
    "provider": "recipient",
    "message_type": "message_type",
    "transaction_code": "transaction_code",
    "sent_at": "sent_at",
}
"""Columns of interactions, and the columns of messages that they repeat."""


def upgrade() -> None:
    with op.batch_alter_table("participants") as participants:
        participants.add_column(sa.Column("oktmo", sa.String(11)))
        participants.add_column(sa.Column("may_request", sa.Text))
        participants.add_column(sa.Column("provides", sa.Text))
        participants.add_column(sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("journal_message", "journal", ["message_id"])
    op.create_index("journal_original", "journal", ["original_message_id"])
    _widen_interactions()
    not_null = "interaction IS NOT NULL"
    op.create_index(
        "messages_interaction",
        "messages",
        ["interaction"],
        sqlite_where=sa.text(not_null),
        postgresql_where=sa.text(not_null),
    )


def _widen_interactions() -> None:
    with op.batch_alter_table("interactions") as interactions:
        interactions.add_column(sa.Column("consumer", sa.String(50)))
        interactions.add_column(sa.Column("provider", sa.String(50)))
        interactions.add_column(sa.Column("message_type", sa.Text))
        interactions.add_column(sa.Column("transaction_code", sa.Text))
        interactions.add_column(sa.Column("sent_at", sa.BigInteger))
        interactions.add_column(sa.Column("fault", sa.String(50)))
    copies = ", ".join(
        f"{column} = (SELECT {original} FROM messages WHERE messages.id = interactions.id)"  # noqa: S608 - constants
        for column, original in _REPEATED.items()
    )
    op.execute(f"UPDATE interactions SET {copies}")  # noqa: S608
    op.execute(
        "UPDATE interactions SET fault = (SELECT journal.fault FROM journal"
        " JOIN messages ON messages.message_id = journal.original_message_id"
        " WHERE messages.id = interactions.id AND journal.fault <> '' ORDER BY journal.seq DESC LIMIT 1)"
    )
    with op.batch_alter_table("interactions") as interactions:
        interactions.alter_column("consumer", existing_type=sa.String(50), nullable=False)
        interactions.alter_column("message_type", existing_type=sa.Text, nullable=False)
        interactions.alter_column("sent_at", existing_type=sa.BigInteger, nullable=False)
    op.create_index("interactions_consumer", "interactions", ["consumer", "id"])
    op.create_index("interactions_provider", "interactions", ["provider", "id"])
    where = sa.text("transaction_code IS NOT NULL")
    op.create_index(
        "interactions_transaction",
        "interactions",
        ["transaction_code", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
