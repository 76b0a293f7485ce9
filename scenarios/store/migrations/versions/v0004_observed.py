"""What observers keep of replicates that are not finished; names that people give runs, and the run each came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenarios.store.models import ID

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables; everything that is there stays as it is."""
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
    op.create_table(
        "names",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("parent", ID, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_names"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_names_run_id"),
    )
