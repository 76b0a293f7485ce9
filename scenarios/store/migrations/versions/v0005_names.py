"""Runs get names that people gave them, and know the run that they were changed from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from scenarios.store.models import ID

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table; what is there stays as it is."""
    op.create_table(
        "names",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("parent", ID, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_names"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_names_run_id"),
    )
