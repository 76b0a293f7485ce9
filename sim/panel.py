"""The panel: one row for each person and month, streamed to Parquet in chunks of people.

Rows stand person by person, month by month within a person (that compresses best). Readable with
``pandas.read_parquet``, DuckDB (``from 'panel.parquet'``) and R (``arrow::read_parquet``). The file
appears under its name only when it is complete.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.job import Job, Record, check
from sim.layout import COUNTERS
from sim.people.columns import COLUMNS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say
from sim.setting import Setting
from sim.society import Backend, Society

__all__ = ["write_panel"]

# Most bytes of panel held in memory at once.
_BUDGET = 256 * 2**20

# Digits kept after the point by unit (a share to 1e-4, money to the cent); others as they are.
_DIGITS = {"EUR": 2, "EUR/month": 2, "0..1": 4, "share": 4, "0..10": 3, "hours/week": 2, "log-odds": 4}


def write_panel(
    path: Path,
    population: Population,
    job: Job,
    setting: Setting,
    columns: Sequence[str],
    *,
    labels: dict[str, str] | None = None,
    threads: int = 1,
    backend: Backend = "auto",
    memory: int = _BUDGET,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the panel of one job; return its number of rows.

    The society is lived once for each slice of columns and people that fits in `memory`: people meet
    (caseloads, budgets), so everybody has to live along, and living again is cheaper than keeping all months.

    Args:
        path: the Parquet file; replaced only when the new one is complete.
        population, job, setting: as in `sim.engine.simulate`.
        columns: columns, work rows or measures, beside ``person`` and ``month``.
        labels: metadata of the file (run id, calibration label).
        threads, backend: as in `sim.engine.simulate`.
        memory: bytes of panel in memory at once.
        progress: called with (slices done, slices).

    Raises:
        InputError: unknown columns, a job for other people, a folder that does not exist.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    check(population, [job], setting, Record(columns=tuple(columns)))
    if not path.parent.is_dir():
        allowed = Say("a file in a folder that exists", "een bestand in een bestaande map")
        raise InputError((Problem("panel", path, allowed),))
    months, n = setting.months, len(population)
    names = tuple(dict.fromkeys(name for name in columns if name not in ("person", "month")))
    kinds = {name: _kind(name) for name in names}
    per_person = months * (8 + 2 + sum(np.dtype(kind).itemsize for kind in kinds.values()))
    width = max(1, min(n, memory // max(per_person, 1)))
    fields = [pa.field("person", pa.int64()), pa.field("month", pa.int16())]
    fields += [pa.field(name, pa.from_numpy_dtype(np.dtype(kinds[name]))) for name in names]
    schema = pa.schema(fields, metadata={**(labels or {})})
    slices = [(lo, min(lo + width, n)) for lo in range(0, n, width)]
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        split = [name for name in names if kinds[name] == "float32"]
        with pq.ParquetWriter(
            temporary,
            schema,
            compression="zstd",
            use_dictionary=_coded(names),
            use_byte_stream_split=split,
        ) as writer:
            for done, (lo, hi) in enumerate(slices):
                held = _live(population, job, setting, kinds, lo, hi, threads, backend)
                person = np.repeat(population.person[lo:hi], months)
                month = np.tile(np.arange(1, months + 1, dtype=np.int16), hi - lo)
                arrays = [person, month, *(held[name].reshape(-1) for name in names)]
                writer.write_table(pa.table(arrays, schema=schema), row_group_size=1_000_000)
                if progress is not None:
                    progress(done + 1, len(slices))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return n * months


def _live(
    population: Population,
    job: Job,
    setting: Setting,
    kinds: dict[str, str],
    lo: int,
    hi: int,
    threads: int,
    backend: Backend,
) -> dict[str, npt.NDArray[Any]]:
    """Live all months; return the columns of the people lo..hi, shape [people, months]."""
    society = Society(
        population, job, setting, Record(columns=tuple(kinds)), backend=backend, threads=threads
    )
    held = {name: np.empty((hi - lo, setting.months), dtype=kind) for name, kind in kinds.items()}
    for month in range(setting.months):
        society.run_to(month + 1)
        for name, kind in kinds.items():
            values = society.column(name, slice(lo, hi))
            if kind == "float32":
                digits = _DIGITS.get(COLUMNS[name].unit if name in COLUMNS else "share", 4)
                values = np.round(values, digits)
            held[name][:, month] = values
    return held


def _kind(name: str) -> str:
    """Whole numbers that stay small are kept as int16, the rest as float32."""
    whole = name in COUNTERS or (name in COLUMNS and COLUMNS[name].whole)
    return "int16" if whole and COLUMNS[name].high <= 10_000 else "float32"


def _coded(names: Sequence[str]) -> list[str]:
    """Return the columns worth a dictionary: few values, long runs."""
    return ["month", *(name for name in names if _kind(name) == "int16")]
