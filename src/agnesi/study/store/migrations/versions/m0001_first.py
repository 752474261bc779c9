"""The first tables: worksheets with versions, marks, files, preferences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "m0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sheet",
        sa.Column("id", sa.String(24), nullable=False), sa.Column("title", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False), sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False), sa.Column("dropped", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sheet"),
    )  # fmt: skip
    op.create_index("ix_sheet_changed", "sheet", ["changed"])
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("sheet", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False), sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_version_sheet_sheet", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("sheet", "number", name="uq_version_sheet"),
    )  # fmt: skip
    op.create_index("ix_version_sheet", "version", ["sheet"])
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("thing", sa.String(400), nullable=False), sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mark"),
    )  # fmt: skip
    op.create_index("ix_mark_kind_thing", "mark", ["kind", "thing"], unique=True)
    op.create_table(
        "file",
        sa.Column("id", sa.String(24), nullable=False), sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=True), sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
    )  # fmt: skip
    op.create_index("ix_file_kind", "file", ["kind"])
    op.create_table(
        "preference",
        sa.Column("name", sa.String(60), nullable=False), sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_preference"),
    )  # fmt: skip


def downgrade() -> None:
    """Drop the tables."""
    for table in ("preference", "file", "mark", "version", "sheet"):
        op.drop_table(table)
