"""The panel: one row for each person and month, streamed to Parquet in chunks of people.

Rows stand person by person, month by month within a person (that compresses best). Readable with
``pandas.read_parquet``, DuckDB (``from 'panel.parquet'``) and R (``arrow::read_parquet``). The file
appears under its name only when it is complete.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.job import Job, Record, check
from sim.engine.layout import COUNTERS, ROWS
from sim.engine.society import Backend, Society
from sim.outcomes.measures import MEASURES
from sim.people.columns import COLUMNS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of
from sim.setting import Setting

__all__ = ["write_panel"]

# Most bytes of panel held in memory at once.
_BUDGET = 256 * 2**20

# Digits kept after the point by unit (a share to 1e-4, money to the cent); four of others.
_DIGITS = {"EUR": 2, "EUR/month": 2, "0..1": 4, "share": 4, "0..10": 3, "hours/week": 2, "log-odds": 4}

# Who a person is: names as codes with a list of names (a category in pandas, a factor in R).
_WHO = ("municipality", "arm", "regime", "caseworker")


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
        population, job, setting: as in `sim.engine.simulate.simulate`.
        columns: columns, work rows or measures, and ``municipality``, ``caseworker``, ``arm`` or ``regime``
            (the regime given, now); ``person`` and ``month`` always come first.
        labels: metadata of the file (run id, calibration label).
        threads, backend: as in `sim.engine.simulate.simulate`.
        memory: bytes of panel in memory at once.
        progress: called with (slices done, slices).

    Raises:
        InputError: unknown columns, a job for other people, no such folder, no room or no right to write.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = tuple(dict.fromkeys(name for name in columns if name not in ("person", "month")))
    _check(path, population, job, setting, names)
    months, n = setting.months, len(population)
    kinds = {name: _kind(name) for name in names}
    lists = {"municipality": population.municipalities, "arm": population.arms}
    lists["regime"] = job.schedule.regimes
    per_person = months * (8 + 2 + sum(np.dtype(kind).itemsize for kind in kinds.values()))
    width = max(1, min(n, memory // max(per_person, 1)))
    fields = [pa.field("person", pa.int64()), pa.field("month", pa.int16())]
    for name, kind in kinds.items():
        plain = pa.from_numpy_dtype(np.dtype(kind))
        fields.append(pa.field(name, pa.dictionary(plain, pa.string()) if name in lists else plain))
    schema = pa.schema(fields, metadata={**(labels or {})})
    slices = [(lo, min(lo + width, n)) for lo in range(0, n, width)]
    partial = path.with_name(f".{path.name[:60]}.{os.getpid()}.{threading.get_ident()}.partial")
    split = [name for name in names if kinds[name] == "float32"]
    coded = ["month", *(name for name in names if kinds[name] != "float32")]
    try:
        with (
            _told_by_disk(path),
            pq.ParquetWriter(
                partial, schema, compression="zstd", use_dictionary=coded, use_byte_stream_split=split
            ) as writer,
        ):
            for done, (lo, hi) in enumerate(slices):
                held = _live(population, job, setting, kinds, lo, hi, threads, backend)
                person = np.repeat(population.person[lo:hi], months)
                month = np.tile(np.arange(1, months + 1, dtype=np.int16), hi - lo)
                arrays = [person, month]
                for name in names:
                    values = held.pop(name).reshape(-1)
                    if name in lists:
                        values = pa.DictionaryArray.from_arrays(values, pa.array(lists[name], pa.string()))
                    arrays.append(values)
                writer.write_table(pa.table(arrays, schema=schema), row_group_size=1_000_000)
                if progress is not None:
                    progress(done + 1, len(slices))
        with _told_by_disk(path):
            if path.exists():
                partial.chmod(path.stat().st_mode)
            os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return n * months


def _check(path: Path, population: Population, job: Job, setting: Setting, names: Sequence[str]) -> None:
    """Refuse, all at once, columns, a job and a place that do not fit."""
    problems = [
        one_of("columns", name, (*_WHO, *ROWS, *MEASURES))
        for name in names
        if name not in _WHO and name not in ROWS and name not in MEASURES
    ]
    if not path.parent.is_dir() or path.is_dir():
        allowed = Say("a file in a folder that exists", "een bestand in een bestaande map")
        problems.append(Problem("panel", path, allowed))
    try:
        check(population, [job], setting, Record())
    except InputError as error:
        problems += error.problems
    InputError.raise_if(problems)


@contextmanager
def _told_by_disk(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # of whoever is told of the progress
        raise
    except OSError as error:
        allowed = Say(
            "a file in a folder with room that may be written to",
            "een bestand in een map met ruimte waarin geschreven mag worden",
        )
        raise InputError([Problem(str(path), error.strerror or str(error)[:100], allowed)]) from error


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
    lived = tuple(name for name in kinds if name not in _WHO)
    society = Society(population, job, setting, Record(columns=lived), backend=backend, threads=threads)
    held = {name: np.empty((hi - lo, setting.months), dtype=kind) for name, kind in kinds.items()}
    for month in range(setting.months):
        society.run_to(month + 1)
        for name, kind in kinds.items():
            if name in _WHO:
                values = _who(name, society, lo, hi)
            else:
                values = society.column(name, slice(lo, hi))
                if kind == "float32":
                    values = np.round(values, _DIGITS.get(_unit(name), 4))
            held[name][:, month] = values
    return held


def _who(name: str, society: Society, lo: int, hi: int) -> npt.NDArray[Any]:
    if name == "regime":
        regimes: npt.NDArray[Any] = society.job.schedule.instance_regime[society.instance(slice(lo, hi))]
        return regimes
    values: npt.NDArray[Any] = getattr(society.population, name)[lo:hi]
    return values


def _unit(name: str) -> str:
    return COLUMNS[name].unit if name in COLUMNS else MEASURES[name].unit if name in MEASURES else ""


def _kind(name: str) -> str:
    """Whole numbers that stay small are kept as int16, the rest as float32."""
    if name in _WHO:
        return "int32" if name == "caseworker" else "int16"
    whole = name in COUNTERS or (name in COLUMNS and COLUMNS[name].whole)
    whole = whole or (name in MEASURES and MEASURES[name].expression.startswith("where("))
    high = COLUMNS[name].high if name in COLUMNS else 1
    return "int16" if whole and high <= 10_000 else "float32"
