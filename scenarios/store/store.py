"""Keep runs: save them whole or not at all, find, list and load them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, Connection, Engine, func, insert, select, text

from scenarios.description.parameter_source import ParameterSource
from scenarios.execution.result import Failure, Finished, RunResult
from scenarios.reproduction.provenance import Provenance, array_hash
from scenarios.store import names, packing, posteriors, sources, tables, unfinished
from scenarios.store.database import AwayError, LostError, connect, place_of, reading, writing
from scenarios.store.migrate import upgrade
from scenarios.store.models import ARRAYS, FAILURES, PANELS, POSTERIORS, RUN_SCENARIOS, RUNS, SOURCES, UNFINISHED
from scenarios.store.names import RunName
from scenarios.store.parameters import insert_parameters, read_parameters
from scenarios.store.posteriors import PosteriorRow
from scenarios.store.rows import (
    RunRow,
    failures_hash,
    insert_inputs,
    insert_new,
    packed_rows,
    read_inputs,
    read_row,
    read_scenario_rows,
    run_row,
)
from scenarios.store.unfinished import UnfinishedRow
from sim.problems import InputError, Problem, Say, nearest_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunRow", "Store", "UnfinishedRow", "open_store"]

_Found = TypeVar("_Found")
_Words = ParamSpec("_Words")
_LAST = re.compile(r"last(?:-(\d{1,6}))?")
# Seconds between attempts to reach a server that went away.
_PAUSES = (0.1, 0.5, 2.0, 5.0)


def _patiently(work: Callable[[], _Found]) -> _Found:
    """Do `work`; again when the server went away meanwhile."""
    for pause in (*_PAUSES, None):
        try:
            return work()
        except LostError:
            if pause is None:
                raise
            time.sleep(pause)
    raise AssertionError  # the last pause is None


def _patient(method: Callable[Concatenate[Store, _Words], _Found]) -> Callable[Concatenate[Store, _Words], _Found]:
    """Make a method of `Store` that only reads try again, as writing does."""

    @wraps(method)
    def patient(self: Store, /, *words: _Words.args, **named: _Words.kwargs) -> _Found:
        return _patiently(lambda: method(self, *words, **named))

    return patient


def open_store(url: str, *, write: bool = False, timeout: float = 30.0) -> Store:
    """Open the database at `url`; with `write` it is made when missing, and checked to take writes.

    Raises:
        InputError: bad URL, missing folder, locked, read-only, damaged, not ours, from a newer program.
    """
    engine = connect(url, timeout=timeout, create=write)
    _patiently(lambda: upgrade(engine, write=write))
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

    def plan(self, empty: RunResult, *, command: str = "run") -> None:
        """Store that a run begins (`scenarios.execution.run.begin`); nobody sees it among the runs yet."""

        def write(connection: Connection) -> None:
            unfinished.insert_planned(connection, empty, command)
            insert_parameters(connection, empty.source, None)

        self._write(write)

    def keep(self, empty: RunResult, finished: Finished) -> None:
        """Store a task of a run that is under way, in a transaction of its own."""
        packed = unfinished.packed_task(finished, empty)
        observed = unfinished.packed_observed(finished, empty)
        self._write(lambda connection: unfinished.insert_task(connection, empty.run_id, packed, observed))

    def save(self, result: RunResult, *, command: str = "run") -> None:
        """Store a complete run in one transaction: it is there whole, or not at all; its tasks leave with it.

        Raises:
            InputError: locked, read-only, full or damaged database; another run of the same id; what was
                stored before is untouched.
        """
        packed = list(packed_rows(result))
        row = run_row(result, command)

        def write(connection: Connection) -> None:
            begun = insert_new(connection, RUNS, [row])
            if not begun:  # another process may have finished the same run a moment ago
                query = select(RUNS.c.result_sha256).where(RUNS.c.id == result.run_id)
                if connection.execute(query).scalar() != row["result_sha256"]:
                    allowed = Say(
                        f"an id that is free: {self.place} holds another run of this id",
                        f"een vrij id: {self.place} bevat een andere run met dit id",
                    )
                    raise _unknown(result.run_id, allowed, None)
            else:
                insert_inputs(connection, result, command)
                insert_parameters(connection, result.source, result.run_id)
                for each in packed:
                    connection.execute(insert(ARRAYS), each)
                if result.failures:
                    rows = [{"run_id": result.run_id, **vars(failure)} for failure in result.failures]
                    connection.execute(insert(FAILURES), rows)
            unfinished.forget(connection, result.run_id)

        self._write(write)

    def name(self, run_id: str, *, title: str | None = None, parent: str | None = None) -> RunName:
        """Give a run a title, or the run it was changed from; what is not given stays. "" takes a title away.

        Raises:
            InputError: a title that cannot be shown on one line, no such run.
        """
        return self._write(lambda connection: names.give(connection, run_id, title, parent))

    @_patient
    def names(self) -> dict[str, RunName]:
        """Return the names of the runs that have one, by id."""
        with reading(self._engine) as connection:
            return names.read(connection)

    def forget(self, run_id: str) -> None:
        """Remove an unfinished run, by its full id."""
        self._write(lambda connection: unfinished.forget(connection, run_id))

    @_patient
    def unfinished(self, *, limit: int = 20) -> list[UnfinishedRow]:
        """Return the newest runs that are planned or under way, newest first."""
        with reading(self._engine) as connection:
            return unfinished.waiting(connection, limit)

    @_patient
    def find_unfinished(self, prefix: str) -> str:
        """Return the id of the unfinished run that starts with `prefix`; ``last`` is the newest.

        Raises:
            InputError: no such run, or more than one; a run that is complete.
        """
        with reading(self._engine) as connection:
            query = select(UNFINISHED.c.id).order_by(UNFINISHED.c.id)
            every = [str(name) for name in connection.execute(query).scalars()]
            row = _first(connection, prefix)
        found = every[-1:] if prefix == "last" else [name for name in every if prefix and name.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        listed = ", ".join((found or every)[:5])
        if not found and row is not None:
            allowed = Say("an unfinished run: this one is complete", "een onvoltooide run: deze is voltooid")
        elif not every:
            allowed = Say(
                f"an unfinished run: {self.place} has none", f"een onvoltooide run: {self.place} heeft er geen"
            )
        else:
            allowed = Say(f"one unfinished run: {listed}", f"één onvoltooide run: {listed}")
        raise _unknown(prefix, allowed, nearest_name(prefix, every))

    @_patient
    def planned(self, run_id: str) -> tuple[str, Provenance]:
        """Return the command and the provenance of an unfinished run, by its full id."""
        with reading(self._engine) as connection:
            try:
                return unfinished.read_planned(connection, run_id)
            except ValueError as error:
                raise self._changed(run_id, str(error)) from error

    @_patient
    def parameter_source(self, provenance: Provenance) -> ParameterSource | None:
        """Return what a run drew its parameters from; None = the priors.

        Raises:
            InputError: it is not in the database any more, or was changed.
        """
        with reading(self._engine) as connection:
            return self._parameters(connection, "posterior", provenance)

    @_patient
    def tasks(self, run_id: str) -> list[Finished]:
        """Return what is stored of an unfinished run, by its full id."""
        with reading(self._engine) as connection:
            return list(unfinished.read_tasks(connection, run_id))

    @_patient
    def count(self, *, scenario: str | None = None) -> int:
        """Return the number of runs."""
        query = select(func.count()).select_from(RUNS)
        if scenario is not None:
            query = select(func.count(RUN_SCENARIOS.c.run_id.distinct())).where(RUN_SCENARIOS.c.name == scenario)
        with reading(self._engine) as connection:
            number: int = connection.execute(query).scalar_one()
            return number

    @_patient
    def runs(self, *, limit: int = 20, scenario: str | None = None) -> list[RunRow]:
        """Return the newest runs, newest first."""
        query = select(RUNS).order_by(RUNS.c.id.desc()).limit(limit)
        if scenario is not None:
            query = query.where(RUNS.c.id.in_(select(RUN_SCENARIOS.c.run_id).where(RUN_SCENARIOS.c.name == scenario)))
        with reading(self._engine) as connection:
            return [read_row(found) for found in connection.execute(query).mappings()]

    @_patient
    def find(self, prefix: str) -> str:
        """Return the id of the complete run that starts with `prefix`; ``last`` and ``last-1`` count back.

        A title that one run was given works as its id does.

        Raises:
            InputError: no such run (with the nearest id), or more than one.
        """
        prefix = prefix.replace("\x00", "")  # no server takes it
        with reading(self._engine) as connection:
            back = _LAST.fullmatch(prefix)
            if back is not None:
                newest = select(RUNS.c.id).order_by(RUNS.c.id.desc()).offset(int(back[1] or 0)).limit(1)
                prefix = connection.execute(newest).scalar() or prefix
            query = select(RUNS.c.id).where(RUNS.c.id >= prefix, RUNS.c.id < prefix + "\x7f")
            found = list(connection.execute(query.order_by(RUNS.c.id).limit(6)).scalars()) if prefix else []
            if len(found) == 1:
                return str(found[0])
            titled = names.titled(connection, prefix) if prefix and not found else []
            if len(titled) == 1:
                return titled[0]
            found = found or titled
            near = _neighbours(connection, prefix)
            query = select(UNFINISHED.c.id).where(UNFINISHED.c.id.startswith(prefix, autoescape=True))
            begun = connection.execute(query).scalars().first() if prefix and not found else None
        if begun is not None:
            allowed = Say(
                f"a complete run; this one is not: bijstand runs resume {begun}",
                f"een voltooide run; deze is dat niet: bijstand runs resume {begun}",
            )
            raise _unknown(prefix, allowed, None)
        if found:
            listed = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise _unknown(prefix, Say(f"one run; this fits {listed}", f"één run; dit past op {listed}"), None)
        allowed = Say(
            f"a run of {self.place} (`bijstand runs list`)", f"een run uit {self.place} (`bijstand runs list`)"
        )
        raise _unknown(prefix, allowed, nearest_name(prefix, near) or (near[0] if near else None))

    @_patient
    def row(self, run_id: str) -> RunRow:
        """Return the line of one run, by its full id."""
        with reading(self._engine) as connection:
            found = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).mappings().one()
            return read_row(found)

    @_patient
    def provenance(self, run_id: str) -> Provenance:
        """Return what a run was made with, by its full id."""
        with reading(self._engine) as connection:
            return self._inputs(connection, run_id)[1]

    @_patient
    def load(self, run_id: str) -> RunResult:
        """Return a run as it was stored, checked against its hashes.

        Raises:
            InputError: the stored numbers or texts are not those that were saved.
        """
        with reading(self._engine) as connection:
            return self._load(connection, run_id)

    def check(self) -> list[Problem]:
        """Return everything that is wrong with the database and its runs, each by name; reads all of it.

        Raises:
            AwayError: the database cannot be read just now: that is no finding about what is in it.
        """
        found: list[Problem] = self._check_engine()
        for each in self._checks():
            try:
                each()
            except AwayError:
                raise
            except InputError as error:
                found += error.problems
        return found

    @_patient
    def _check_engine(self) -> list[Problem]:
        if self._engine.dialect.name != "sqlite":
            return []
        sound = Say("a sound database", "een gave database")
        with reading(self._engine) as connection:
            told = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            lost = connection.execute(text("PRAGMA foreign_key_check")).all()
        found = [Problem("integrity_check", line, sound) for line in told if line != "ok"]
        return found + [Problem("foreign_key_check", str(line), sound) for line in lost]

    @_patient
    def _checks(self) -> list[Callable[[], object]]:
        """Return what reads every run, panel, posterior, source and unfinished run that is there now."""
        with reading(self._engine) as connection:

            def keys(*columns: Column[Any]) -> list[tuple[str, ...]]:
                query = select(*columns).order_by(*columns)
                return [tuple(str(value) for value in row) for row in connection.execute(query)]

            return [
                *(partial(self.load, *key) for key in keys(RUNS.c.id)),
                *(partial(self._check_panel_row, *key) for key in keys(PANELS.c.sha256)),
                *(partial(self.posterior, *key) for key in keys(POSTERIORS.c.name)),
                *(partial(self.source, *key) for key in keys(SOURCES.c.sha256)),
                *(partial(self._check_unfinished, *key) for key in keys(UNFINISHED.c.id)),
            ]

    @_patient
    def _check_panel_row(self, sha256: str) -> None:
        with reading(self._engine) as connection:
            self._read_panel_row(connection, sha256)

    def _read_panel_row(self, connection: Connection, sha256: str) -> None:
        row = connection.execute(select(PANELS).where(PANELS.c.sha256 == sha256)).mappings().one()
        wrong = sources.changed_panel(connection, self.panels, row)
        if wrong:
            raise self._changed(row["run_id"], ", ".join(f"panels.{name}" for name in wrong))

    @_patient
    def _check_unfinished(self, run_id: str) -> None:
        with reading(self._engine) as connection:
            self._read_unfinished(connection, run_id)

    def _read_unfinished(self, connection: Connection, run_id: str) -> None:
        try:
            unfinished.check(connection, run_id)
        except ValueError as error:
            raise self._changed(run_id, str(error)) from error

    def _read_source(self, connection: Connection, sha256: str) -> tuple[sources.Source, bytes] | None:
        try:
            return sources.read_source(connection, sha256)
        except ValueError as error:
            raise self._changed(sha256, str(error)) from error

    def add_source(
        self, kind: str, name: str, data: bytes, *, media: str = "application/json", run_id: str | None = None
    ) -> str:
        """Store an evidence set, a posterior or the data of a figure once, and return its hash."""
        return self._write(lambda connection: sources.insert_source(connection, kind, name, data, media, run_id))

    @_patient
    def source(self, sha256: str) -> tuple[sources.Source, bytes]:
        """Return a source and its bytes, by its hash.

        Raises:
            InputError: no such source, or bytes that were changed since.
        """
        with reading(self._engine) as connection:
            found = self._read_source(connection, sha256)
        if found is None:
            allowed = Say(f"a source of {self.place}", f"een bron uit {self.place}")
            raise InputError([Problem("source", sha256, allowed)])
        return found

    def register_posterior(self, row: PosteriorRow, data: bytes, evidence: tuple[bytes, str] | None = None) -> bool:
        """Store a posterior under its name, with the evidence (bytes, media); False when it is there already.

        Raises:
            InputError: another posterior has this name, or this one has another.
        """
        return self._write(lambda connection: posteriors.register(connection, row, data, evidence))

    @_patient
    def posteriors(self) -> list[PosteriorRow]:
        """Return the posteriors, the newest fit first."""
        with reading(self._engine) as connection:
            return posteriors.listed(connection)

    @_patient
    def posterior(self, name: str) -> bytes:
        """Return the file of a posterior.

        Raises:
            InputError: no such posterior, or a file that was changed since.
        """
        with reading(self._engine) as connection:
            try:
                return posteriors.read(connection, name)
            except ValueError as error:
                raise self._changed(name, str(error)) from error

    def choose_posterior(self, name: str | None) -> None:
        """Make a posterior the default (None = none); one that did not converge is refused."""
        self._write(lambda connection: posteriors.choose(connection, name))

    @_patient
    def chosen_posterior(self) -> str | None:
        """Return the name of the default posterior, or None."""
        with reading(self._engine) as connection:
            return posteriors.chosen(connection)

    @_patient
    def sources_of(self, run_id: str) -> list[sources.Source]:
        """Return the sources that a run names, by its full id."""
        with reading(self._engine) as connection:
            return sources.sources_of(connection, run_id)

    def save_panel(self, run_id: str, name: str, table: pd.DataFrame) -> sources.Panel:
        """Write a large table of a run to Parquet in the folder `panels`, and store its hash."""
        panel = sources.write_panel(self.panels, run_id, name, table)
        self._write(lambda connection: insert_new(connection, PANELS, [vars(panel)]))
        return panel

    def keep_panel(self, run_id: str, name: str, path: Path) -> sources.Panel:
        """Move a Parquet file from `panel_folder` to its own hash, and store that."""
        panel = sources.adopt_panel(self.panels, run_id, name, path)
        self._write(lambda connection: insert_new(connection, PANELS, [vars(panel)]))
        return panel

    def panel_folder(self) -> Path:
        """Return the folder of the Parquet files, made when missing."""
        self.panels.mkdir(parents=True, exist_ok=True)
        return self.panels

    def load_panel(self, run_id: str, name: str) -> pd.DataFrame:
        """Return a panel of a run, checked against its hash."""
        import pandas as pd

        return pd.read_parquet(self.check_panel(run_id, name))

    @_patient
    def check_panel(self, run_id: str, name: str) -> Path:
        """Return the file of a panel; raise InputError when it is gone or was changed."""
        with reading(self._engine) as connection:
            return sources.panel_file(connection, self.panels, run_id, name)

    @_patient
    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the database as it is, bytes as bytes."""
        import pandas as pd

        from scenarios.store.models import METADATA

        with reading(self._engine) as connection:
            return pd.read_sql(select(METADATA.tables[name]), connection)

    def import_tables(self, found: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
        """Insert the rows of tables that are new, when all of them are sound; return how many by table.

        Raises:
            InputError: a run that is not whole or was changed, or a panel, a source or an unfinished run that
                was: nothing is inserted.
        """

        def write(connection: Connection) -> dict[str, int]:
            new = tables.insert_tables(connection, found)
            problems: list[Problem] = []
            for row in found.get("runs", []):
                try:
                    if self._load(connection, row["id"]).digest() != row["result_sha256"]:
                        raise self._changed(row["id"], "runs.result_sha256")
                except InputError as error:
                    problems += error.problems
            others = (
                ("panels", "sha256", self._read_panel_row),
                ("sources", "sha256", self._read_source),
                ("unfinished", "id", self._read_unfinished),
            )
            for name, key, read in others:
                for row in found.get(name, []):
                    try:
                        read(connection, row[key])
                    except InputError as error:
                        problems += error.problems
            InputError.raise_if(problems)
            return new

        return self._write(write)

    @property
    def panels(self) -> Path:
        """The folder of the Parquet files: beside a SQLite file, else `BIJSTAND_PANELS`, else ``panels``."""
        if self._engine.dialect.name == "sqlite":
            return Path(self.place).parent / "panels"
        return Path(os.environ.get("BIJSTAND_PANELS", "panels"))

    @property
    def place(self) -> str:
        """The file of the database, or its URL without the password."""
        return place_of(self._engine.url)

    def _write(self, work: Callable[[Connection], _Found]) -> _Found:
        """Do `work` in one transaction; again when the server went away meanwhile."""

        def once() -> _Found:
            with writing(self._engine) as connection:
                return work(connection)

        return _patiently(once)

    def _load(self, connection: Connection, run_id: str) -> RunResult:
        row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).mappings().one()
        axes, provenance = self._inputs(connection, run_id)
        arrays = self._arrays(connection, run_id)
        query = select(FAILURES).where(FAILURES.c.run_id == run_id)
        query = query.order_by(FAILURES.c.scenario, FAILURES.c.draw, FAILURES.c.seed)
        failures = tuple(
            Failure(found.scenario, found.draw, found.seed, found.reason) for found in connection.execute(query)
        )
        missing = {"months", "values", "people", "parameters"} - set(arrays)
        if missing:
            raise self._changed(run_id, ", ".join(f"arrays: {name}" for name in sorted(missing)))
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
            source=self._parameters(connection, run_id, provenance),
        )
        if result.values.shape[:5] != result.people.shape:
            raise self._changed(run_id, "arrays.shape")
        wrong = [*_other_columns(result, axes, row), *read_scenario_rows(connection, result)]
        if wrong:
            raise self._changed(run_id, ", ".join(wrong))
        return result

    def _inputs(self, connection: Connection, run_id: str) -> tuple[dict[str, Any], Provenance]:
        try:
            return read_inputs(connection, run_id)
        except ValueError as error:
            raise self._changed(run_id, str(error)) from error

    def _parameters(self, connection: Connection, what: str, provenance: Provenance) -> ParameterSource | None:
        try:
            return read_parameters(connection, provenance.sources.get("parameters"))
        except ValueError as error:
            raise self._changed(what, str(error)) from error

    def _arrays(self, connection: Connection, run_id: str) -> dict[str, npt.NDArray[Any]]:
        parts: dict[str, list[npt.NDArray[Any]]] = {}
        query = select(ARRAYS).where(ARRAYS.c.run_id == run_id).order_by(ARRAYS.c.name, ARRAYS.c.part)
        for found in connection.execute(query):
            if found.part != len(parts.get(found.name, [])):
                raise self._changed(run_id, f"arrays: {found.name}")
            try:
                mine = parts.get("people", [])[found.part : found.part + 1]  # people come before values
                over = mine[0] if mine and found.name == "values" else None
                values = packing.unpack(found.data, found.dtype, found.shape, found.encoding, over)
            except ValueError as error:
                raise self._changed(run_id, f"arrays: {found.name}") from error
            if array_hash(values) != found.sha256:
                raise self._changed(run_id, f"arrays: {found.name}")
            parts.setdefault(found.name, []).append(values)
        return {name: np.concatenate(values) if len(values) > 1 else values[0] for name, values in parts.items()}

    def _changed(self, run_id: str, name: str) -> InputError:
        allowed = Say(
            f"what was stored: '{name}' was changed afterwards in {self.place}; make the run again",
            f"wat was opgeslagen: '{name}' is daarna veranderd in {self.place}; maak de run opnieuw",
        )
        return InputError([Problem("run", run_id, allowed)])


def _other_columns(result: RunResult, axes: Mapping[str, Any], row: Mapping[Any, Any]) -> list[str]:
    """Return which columns of `runs` and which tables do not say what the rest of the run says."""
    meant = run_row(result, axes.get("command", row["command"]))
    wrong = [f"runs.{name}" for name, value in meant.items() if row[name] != value]
    if axes.get("failures", failures_hash(result.failures)) != failures_hash(result.failures):
        wrong.append("failures")
    return wrong


def _first(connection: Connection, prefix: str) -> str | None:
    query = select(RUNS.c.id).where(RUNS.c.id.startswith(prefix, autoescape=True)).limit(1)
    return connection.execute(query).scalars().first() if prefix else None


def _unknown(prefix: str, allowed: Say, nearest: str | None) -> InputError:
    return InputError([Problem("run", prefix, allowed, nearest)])


def _neighbours(connection: Connection, prefix: str) -> list[str]:
    after = select(RUNS.c.id).where(RUNS.c.id >= prefix).order_by(RUNS.c.id).limit(3)
    before = select(RUNS.c.id).where(RUNS.c.id < prefix).order_by(RUNS.c.id.desc()).limit(3)
    found = [str(name) for query in (before, after) for name in connection.execute(query).scalars()]
    return sorted(found, key=lambda name: -_shared(name, prefix))


def _shared(a: str, b: str) -> int:
    return next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
