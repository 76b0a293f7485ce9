"""Posteriors by name, and which of them is taken when nobody says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables; what is there stays as it is."""
    op.create_table(
        "posteriors",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("evidence", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("draws", sa.Integer, nullable=False),
        sa.Column("towns", sa.Text, nullable=False),
        sa.Column("converged", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_posteriors"),
        sa.ForeignKeyConstraint(["sha256"], ["sources.sha256"], name="fk_posteriors_sha256"),
    )
    op.create_index("ix_posteriors_name", "posteriors", ["name"], unique=True)
    op.create_table(
        "chosen",
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_chosen"),
        sa.ForeignKeyConstraint(["sha256"], ["sources.sha256"], name="fk_chosen_sha256"),
    )
