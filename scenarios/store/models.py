"""The tables of the store, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

__all__ = [
    "ARRAYS",
    "CHOSEN",
    "FAILURES",
    "METADATA",
    "NAMES",
    "OBSERVED",
    "PANELS",
    "POSTERIORS",
    "PROVENANCE",
    "RUNS",
    "RUN_SCENARIOS",
    "RUN_SOURCES",
    "SCENARIOS",
    "SOURCES",
    "TASKS",
    "UNFINISHED",
]

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


# Ids compare byte by byte on every server, so that the newest come last and a prefix is a range.
ID = String(32).with_variant(String(32, collation="C"), "postgresql")


def _run(*, primary_key: bool = True) -> Column[str]:
    return Column("run_id", String(32), ForeignKey("runs.id"), primary_key=primary_key, nullable=False)


# One narrow row per run, so that a list of 100,000 runs reads no results.
RUNS = Table(
    "runs",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("created", String(32), nullable=False),
    Column("command", String(16), nullable=False),
    Column("scenarios", Text, nullable=False),
    Column("population", String(200), nullable=False),
    Column("population_sha256", String(64), nullable=False),
    Column("people", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("draws", Integer, nullable=False),
    Column("seeds", Integer, nullable=False),
    Column("base_seed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("label_en", String(200), nullable=False),
    Column("label_nl", String(200), nullable=False),
    Column("code_version", String(64), nullable=False),
    Column("code_sha256", String(64), nullable=False),
    Column("result_sha256", String(64), nullable=False),
    Index("ix_runs_created", "created"),
    Index("ix_runs_result_sha256", "result_sha256"),
)

# The names along the axes of the arrays, and the inputs in full.
PROVENANCE = Table(
    "provenance",
    METADATA,
    _run(),
    Column("axes", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)

SCENARIOS = Table(
    "scenarios", METADATA, Column("sha256", String(64), primary_key=True), Column("text", Text, nullable=False)
)

RUN_SCENARIOS = Table(
    "run_scenarios",
    METADATA,
    _run(),
    Column("position", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("title_en", Text, nullable=False),
    Column("title_nl", Text, nullable=False),
    Column("sha256", String(64), ForeignKey("scenarios.sha256"), nullable=False),
    Index("ix_run_scenarios_name", "name", "run_id"),
)

# Arrays are cut along their first axis where a part could grow past what one cell may hold.
ARRAYS = Table(
    "arrays",
    METADATA,
    _run(),
    Column("name", String(32), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("dtype", String(8), nullable=False),
    Column("shape", String(200), nullable=False),
    Column("encoding", String(16), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
)

FAILURES = Table(
    "failures",
    METADATA,
    _run(),
    Column("scenario", String(200), primary_key=True),
    Column("draw", Integer, primary_key=True),
    Column("seed", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
)

# Runs that were planned or are running: only `runs` and its tables hold results that anybody may see.
UNFINISHED = Table(
    "unfinished",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("created", String(32), nullable=False),
    Column("command", String(16), nullable=False),
    Column("scenarios", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)

# What finished of them: replicates of one scenario; they leave when the run is complete.
TASKS = Table(
    "tasks",
    METADATA,
    Column("run_id", String(32), ForeignKey("unfinished.id"), primary_key=True, nullable=False),
    Column("side", Integer, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("replicates", Integer, nullable=False),
    Column("pairs", Text, nullable=False),
    Column("shape", String(200), nullable=False),
    Column("encoding", String(16), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("means", LargeBinary, nullable=False),
    Column("people", LargeBinary, nullable=False),
)

# What an observer kept of those replicates, array by array: stacked over the good ones of a task.
OBSERVED = Table(
    "observed",
    METADATA,
    Column("run_id", String(32), ForeignKey("unfinished.id"), primary_key=True, nullable=False),
    Column("side", Integer, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("shape", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# Evidence sets, posteriors, data of figures: kept once by their hash, named by the runs that used them.
SOURCES = Table(
    "sources",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("created", String(32), nullable=False),
    Column("media", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("ix_sources_kind", "kind", "name"),
)

RUN_SOURCES = Table(
    "run_sources", METADATA, _run(), Column("sha256", String(64), ForeignKey("sources.sha256"), primary_key=True)
)

# Posteriors by name; the file of each is a source.
POSTERIORS = Table(
    "posteriors",
    METADATA,
    Column("sha256", String(64), ForeignKey("sources.sha256"), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created", String(32), nullable=False),
    Column("evidence", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("draws", Integer, nullable=False),
    Column("towns", Text, nullable=False),
    Column("converged", Integer, nullable=False),
    Index("ix_posteriors_name", "name", unique=True),
)

# What is taken when nobody says which: `what` is ``posterior``.
CHOSEN = Table(
    "chosen",
    METADATA,
    Column("what", String(32), primary_key=True),
    Column("sha256", String(64), ForeignKey("sources.sha256"), nullable=False),
)

# What people call a run, and the run that it was changed from ("" = none): the only thing about a run that may change.
NAMES = Table(
    "names",
    METADATA,
    Column("run_id", ID, ForeignKey("runs.id"), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("parent", ID, nullable=False),
)

# Large tables of persons and months stand in Parquet files beside the database, known by their hash.
PANELS = Table(
    "panels",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("run_id", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("place", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Index("ix_panels_run_id", "run_id"),
)
