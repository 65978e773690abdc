"""For files by reference: which message names which file, and the login of its reader."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ref_attachments",
        sa.Column("message", sa.BigInteger, sa.ForeignKey("messages.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("folder", sa.String(36), nullable=False, unique=True),
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("sender", sa.String(50), nullable=False),
        sa.Column("user_name", sa.String(30), nullable=False, unique=True),
        sa.Column("password", sa.String(30), nullable=False),
    )
    op.create_index("ref_attachments_sender", "ref_attachments", ["sender"])
