"""For 210-FZ: cases, terms and violations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("interactions") as interactions:
        interactions.add_column(sa.Column("case_number", sa.String(100)))
        interactions.add_column(sa.Column("due", sa.BigInteger))
        interactions.add_column(sa.Column("answered_at", sa.BigInteger))
        interactions.add_column(sa.Column("outcome", sa.String(10)))
        interactions.add_column(sa.Column("overdue", sa.Boolean, nullable=False, server_default=sa.false()))
    _partial_index("interactions_case", "interactions", ["case_number", "id"], "case_number IS NOT NULL")
    _partial_index(
        "interactions_due", "interactions", ["due"], "due IS NOT NULL AND answered_at IS NULL AND NOT overdue"
    )
    _create_cases()
    _create_violations()


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.String(100), primary_key=True),
        sa.Column("service", sa.String(50), nullable=False),
        sa.Column("body", sa.String(50), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("outcome", sa.String(20)),
        sa.Column("particulars", sa.Text, nullable=False),
    )
    op.create_index("cases_opened", "cases", ["opened_at", "number"])
    op.create_index("cases_body", "cases", ["body", "opened_at"])
    op.create_table(
        "case_events",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("case_number", sa.String(100), nullable=False),
        sa.Column("moment", sa.BigInteger, nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("message_id", sa.String(36)),
        sa.Column("details", sa.Text, nullable=False),
    )
    op.create_index("case_events_case", "case_events", ["case_number", "id"])
    op.create_table(
        "deadlines",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("case_number", sa.String(100), nullable=False),
        sa.Column("reference", sa.String(100)),
    )
    op.create_index("deadlines_due", "deadlines", ["due"])
    op.create_index("deadlines_case", "deadlines", ["case_number"])


def _create_violations() -> None:
    op.create_table(
        "violations",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("moment", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("body", sa.String(50), nullable=False),
        sa.Column("case_number", sa.String(100)),
        sa.Column("service", sa.String(50)),
        sa.Column("kind", sa.Text),
        sa.Column("document", sa.String(50)),
        sa.Column("message_id", sa.String(36)),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
    op.create_index("violations_moment", "violations", ["moment"])
    _partial_index("violations_case", "violations", ["case_number", "id"], "case_number IS NOT NULL")
    _partial_index("violations_message", "violations", ["message_id"], "message_id IS NOT NULL")


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
