"""Practice: exercises as they stand, and reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "m0002"
down_revision = "m0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "attempt",
        sa.Column("item", sa.String(120), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False), sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_wrong", sa.Text(), nullable=False), sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False), sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("begun", sa.DateTime(), nullable=False), sa.Column("changed", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("item", name="pk_attempt"),
    )  # fmt: skip
    op.create_index("ix_attempt_done", "attempt", ["done"])
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("item", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False), sa.Column("concepts", sa.JSON(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False), sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False), sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review"), sa.UniqueConstraint("item", name="uq_review_item"),
    )  # fmt: skip
    op.create_index("ix_review_at", "review", ["at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("review", "attempt"):
        op.drop_table(table)
