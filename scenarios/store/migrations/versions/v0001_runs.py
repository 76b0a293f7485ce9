"""Runs, their provenance, scenarios, arrays and failures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("command", sa.String(16), nullable=False),
        sa.Column("scenarios", sa.Text, nullable=False),
        sa.Column("population", sa.String(200), nullable=False),
        sa.Column("population_sha256", sa.String(64), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("draws", sa.Integer, nullable=False),
        sa.Column("seeds", sa.Integer, nullable=False),
        sa.Column("base_seed", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("label_en", sa.String(200), nullable=False),
        sa.Column("label_nl", sa.String(200), nullable=False),
        sa.Column("code_version", sa.String(64), nullable=False),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("result_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_created", "runs", ["created"])
    op.create_index("ix_runs_result_sha256", "runs", ["result_sha256"])
    op.create_table(
        "provenance",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("axes", sa.Text, nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_provenance"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_provenance_run_id"),
    )
    op.create_table(
        "scenarios",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_scenarios"),
    )
    op.create_table(
        "run_scenarios",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("title_nl", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_run_scenarios"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_scenarios_run_id"),
        sa.ForeignKeyConstraint(["sha256"], ["scenarios.sha256"], name="fk_run_scenarios_sha256"),
    )
    op.create_index("ix_run_scenarios_name", "run_scenarios", ["name", "run_id"])
    op.create_table(
        "arrays",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("dtype", sa.String(8), nullable=False),
        sa.Column("shape", sa.String(200), nullable=False),
        sa.Column("encoding", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "name", "part", name="pk_arrays"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_arrays_run_id"),
    )
    op.create_table(
        "failures",
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("scenario", sa.String(200), nullable=False),
        sa.Column("draw", sa.Integer, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "scenario", "draw", "seed", name="pk_failures"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_failures_run_id"),
    )
