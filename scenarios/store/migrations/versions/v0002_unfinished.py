"""Runs that are not finished, sources of runs, panels on disk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables; runs that are there stay as they are."""
    op.create_table(
        "unfinished",
        sa.Column("id", ID, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("command", sa.String(16), nullable=False),
        sa.Column("scenarios", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unfinished"),
    )
    op.create_table(
        "tasks",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("side", sa.Integer, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("replicates", sa.Integer, nullable=False),
        sa.Column("pairs", sa.Text, nullable=False),
        sa.Column("shape", sa.String(200), nullable=False),
        sa.Column("encoding", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("means", sa.LargeBinary, nullable=False),
        sa.Column("people", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "side", "first", name="pk_tasks"),
        sa.ForeignKeyConstraint(["run_id"], ["unfinished.id"], name="fk_tasks_run_id"),
    )
    op.create_table(
        "sources",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("media", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_sources"),
    )
    op.create_index("ix_sources_kind", "sources", ["kind", "name"])
    op.create_table(
        "run_sources",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "sha256", name="pk_run_sources"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_sources_run_id"),
        sa.ForeignKeyConstraint(["sha256"], ["sources.sha256"], name="fk_run_sources_sha256"),
    )
    op.create_table(
        "panels",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_panels"),
    )
    op.create_index("ix_panels_run_id", "panels", ["run_id"])
