"""Keep runs: save them whole or not at all, find, list and load them."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, func, insert, select

from scenarios.provenance import Provenance, array_hash
from scenarios.result import Failure, RunResult
from scenarios.store import packing
from scenarios.store.database import connect, file_of, reading, writing
from scenarios.store.migrate import upgrade
from scenarios.store.models import ARRAYS, FAILURES, RUN_SCENARIOS, RUNS
from scenarios.store.rows import RunRow, insert_inputs, packed_rows, read_inputs, read_row, run_row
from sim.problems import InputError, Problem, Say, nearest_name

__all__ = ["RunRow", "Store", "open_store"]


def open_store(url: str, *, write: bool = False, timeout: float = 30.0) -> Store:
    """Open the database at `url`; with `write` it is made when missing, and checked to take writes.

    Raises:
        InputError: bad URL, missing folder, locked, read-only, damaged, not ours, from a newer program.
    """
    engine = connect(url, timeout=timeout, create=write)
    upgrade(engine, write=write)
    return Store(engine)


class Store:
    """The runs of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def save(self, result: RunResult, *, command: str = "run") -> None:
        """Store a complete run in one transaction: it is there whole, or not at all.

        Raises:
            InputError: locked, read-only, full or damaged database; what was stored before is untouched.
        """
        packed = list(packed_rows(result))
        with writing(self._engine) as connection:
            connection.execute(insert(RUNS), run_row(result, command))
            insert_inputs(connection, result)
            for row in packed:
                connection.execute(insert(ARRAYS), row)
            if result.failures:
                rows = [{"run_id": result.run_id, **vars(failure)} for failure in result.failures]
                connection.execute(insert(FAILURES), rows)

    def count(self, *, scenario: str | None = None) -> int:
        """Return the number of runs."""
        query = select(func.count()).select_from(RUNS)
        if scenario is not None:
            query = select(func.count(RUN_SCENARIOS.c.run_id.distinct())).where(
                RUN_SCENARIOS.c.name == scenario
            )
        with reading(self._engine) as connection:
            number: int = connection.execute(query).scalar_one()
            return number

    def runs(self, *, limit: int = 20, scenario: str | None = None) -> list[RunRow]:
        """Return the newest runs, newest first."""
        query = select(RUNS).order_by(RUNS.c.id.desc()).limit(limit)
        if scenario is not None:
            query = query.where(
                RUNS.c.id.in_(select(RUN_SCENARIOS.c.run_id).where(RUN_SCENARIOS.c.name == scenario))
            )
        with reading(self._engine) as connection:
            return [read_row(found) for found in connection.execute(query).mappings()]

    def find(self, prefix: str) -> str:
        """Return the id that starts with `prefix`.

        Raises:
            InputError: no such run (with the nearest id), or more than one.
        """
        with reading(self._engine) as connection:
            query = select(RUNS.c.id).where(RUNS.c.id >= prefix, RUNS.c.id < prefix + "\x7f")
            found = list(connection.execute(query.order_by(RUNS.c.id).limit(6)).scalars()) if prefix else []
            if len(found) == 1:
                return str(found[0])
            near = _neighbours(connection, prefix)
        if found:
            listed = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise _unknown(
                prefix, Say(f"one run; this fits {listed}", f"één run; dit past op {listed}"), None
            )
        allowed = Say(
            f"a run of {self.place} (`bijstand runs list`)",
            f"een run uit {self.place} (`bijstand runs list`)",
        )
        raise _unknown(prefix, allowed, nearest_name(prefix, near) or (near[0] if near else None))

    def row(self, run_id: str) -> RunRow:
        """Return the line of one run, by its full id."""
        with reading(self._engine) as connection:
            found = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).mappings().one()
            return read_row(found)

    def provenance(self, run_id: str) -> Provenance:
        """Return what a run was made with, by its full id."""
        with reading(self._engine) as connection:
            return self._inputs(connection, run_id)[1]

    def load(self, run_id: str) -> RunResult:
        """Return a run as it was stored, checked against its hashes.

        Raises:
            InputError: the stored numbers or texts are not those that were saved.
        """
        with reading(self._engine) as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).mappings().one()
            axes, provenance = self._inputs(connection, run_id)
            arrays = self._arrays(connection, run_id)
            query = select(FAILURES).where(FAILURES.c.run_id == run_id)
            query = query.order_by(FAILURES.c.scenario, FAILURES.c.draw, FAILURES.c.seed)
            failures = tuple(
                Failure(found.scenario, found.draw, found.seed, found.reason)
                for found in connection.execute(query)
            )
        missing = {"months", "values", "people", "parameters"} - set(arrays)
        if missing:
            raise self._changed(run_id, ", ".join(sorted(missing)))
        result = RunResult(
            run_id=run_id,
            scenarios=tuple(axes["scenarios"]),
            groups=tuple(axes["groups"]),
            months=arrays["months"],
            measures=tuple(axes["measures"]),
            values=arrays["values"],
            people=arrays["people"],
            parameters=arrays["parameters"],
            seeds=tuple(axes["seeds"]),
            provenance=provenance,
            titles=axes["titles"],
            failures=failures,
        )
        if result.digest() != row["result_sha256"]:
            raise self._changed(run_id, "result")
        return result

    @property
    def place(self) -> str:
        """The file of the database."""
        return str(file_of(str(self._engine.url)))

    def _inputs(self, connection: Connection, run_id: str) -> tuple[dict[str, Any], Provenance]:
        try:
            return read_inputs(connection, run_id)
        except ValueError as error:
            raise self._changed(run_id, "inputs") from error

    def _arrays(self, connection: Connection, run_id: str) -> dict[str, npt.NDArray[Any]]:
        parts: dict[str, list[npt.NDArray[Any]]] = {}
        query = select(ARRAYS).where(ARRAYS.c.run_id == run_id).order_by(ARRAYS.c.name, ARRAYS.c.part)
        for found in connection.execute(query):
            try:
                values = packing.unpack(found.data, found.dtype, found.shape, found.encoding)
            except ValueError as error:
                raise self._changed(run_id, found.name) from error
            if array_hash(values) != found.sha256:
                raise self._changed(run_id, found.name)
            parts.setdefault(found.name, []).append(values)
        return {
            name: np.concatenate(values) if len(values) > 1 else values[0] for name, values in parts.items()
        }

    def _changed(self, run_id: str, name: str) -> InputError:
        allowed = Say(
            f"what was stored: '{name}' was changed afterwards in {self.place}; make the run again",
            f"wat was opgeslagen: '{name}' is daarna veranderd in {self.place}; maak de run opnieuw",
        )
        return InputError([Problem("run", run_id, allowed)])


def _unknown(prefix: str, allowed: Say, nearest: str | None) -> InputError:
    return InputError([Problem("run", prefix, allowed, nearest)])


def _neighbours(connection: Connection, prefix: str) -> list[str]:
    after = select(RUNS.c.id).where(RUNS.c.id >= prefix).order_by(RUNS.c.id).limit(3)
    before = select(RUNS.c.id).where(RUNS.c.id < prefix).order_by(RUNS.c.id.desc()).limit(3)
    found = [str(name) for query in (before, after) for name in connection.execute(query).scalars()]
    return sorted(found, key=lambda name: -_shared(name, prefix))


def _shared(a: str, b: str) -> int:
    return next(
        (place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
