"""What observers keep of replicates of runs that are not finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table; everything that is there stays as it is."""
    op.create_table(
        "observed",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("side", sa.Integer, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("shape", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "side", "first", "name", name="pk_observed"),
        sa.ForeignKeyConstraint(["run_id"], ["unfinished.id"], name="fk_observed_run_id"),
    )
