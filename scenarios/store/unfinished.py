"""Runs under way: planned first, then task by task, and gone when the run is complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, delete, func, insert, select

from scenarios.execution.observe import Observation
from scenarios.execution.result import Finished, Means, RunResult
from scenarios.reproduction.provenance import Provenance, array_hash, text_hash
from scenarios.store import packing
from scenarios.store.models import OBSERVED, TASKS, UNFINISHED
from scenarios.store.rows import insert_new

__all__ = [
    "UnfinishedRow",
    "check",
    "forget",
    "insert_planned",
    "insert_task",
    "packed_observed",
    "packed_task",
    "read_planned",
    "read_tasks",
    "waiting",
]


@dataclass(frozen=True)
class UnfinishedRow:
    """A run that is not complete: how many of its replicates are stored."""

    id: str
    created: str
    command: str
    scenarios: tuple[str, ...]
    done: int
    total: int


def insert_planned(connection: Connection, empty: RunResult, command: str) -> None:
    """Insert a run of which nothing was simulated yet."""
    inputs = json.dumps(empty.provenance.to_dict())
    scenarios = json.dumps(list(empty.scenarios))
    row = {
        "id": empty.run_id,
        "created": empty.provenance.created,
        "command": command,
        "scenarios": scenarios,
        "total": int(np.prod(empty.values.shape[:3])),
        "inputs": inputs,
        "sha256": text_hash(command + scenarios + inputs),
    }
    connection.execute(insert(UNFINISHED), row)


def insert_task(
    connection: Connection, run_id: str, packed: dict[str, Any], observed: Sequence[dict[str, Any]] = ()
) -> None:
    """Insert what a task gave, packed by `packed_task` and `packed_observed`; twice is once.

    A complete run needs none.
    """
    query = select(UNFINISHED.c.id).where(UNFINISHED.c.id == run_id).with_for_update(key_share=True)
    if connection.execute(query).first() is None:
        return  # another process finished the same run meanwhile
    if insert_new(connection, TASKS, [{"run_id": run_id, **packed}]):
        insert_new(connection, OBSERVED, [{"run_id": run_id, **each} for each in observed])


def packed_task(finished: Finished, empty: RunResult) -> dict[str, Any]:
    """Return the row of a task."""
    groups, months, measures = empty.values.shape[3:]
    good = [outcome for outcome in finished.outcomes if not isinstance(outcome, str)]
    means = np.array([each[0] for each in good]).reshape(len(good), groups, months, measures)
    people = np.array([each[1] for each in good], dtype=np.int64).reshape(len(good), groups, months)
    reasons = [outcome if isinstance(outcome, str) else None for outcome in finished.outcomes]
    pairs = json.dumps([[*pair, reason] for pair, reason in zip(finished.pairs, reasons, strict=True)])
    data, _, shape, encoding = packing.pack_means(means, people, empty.groups)
    draw, seed = finished.pairs[0]
    return {
        "side": finished.side,
        "first": draw * len(empty.seeds) + seed,
        "replicates": len(finished.pairs),
        "pairs": pairs,
        "shape": shape,
        "encoding": encoding,
        "sha256": _hash(finished.side, pairs, means, people),
        "means": data,
        "people": packing.pack(people)[0],
    }


def packed_observed(finished: Finished, empty: RunResult) -> list[dict[str, Any]]:
    """Return the rows of what an observer kept of a task: each array stacked over its good replicates."""
    good = [each for each in finished.observed if each is not None]
    draw, seed = finished.pairs[0]
    rows = []
    for name in good[0] if good else ():
        values = np.stack([each[name] for each in good])
        data, _, shape, _ = packing.pack(values)
        rows.append(
            {
                "side": finished.side,
                "first": draw * len(empty.seeds) + seed,
                "name": name,
                "shape": shape,
                "sha256": array_hash(values),
                "data": data,
            }
        )
    return rows


def waiting(connection: Connection, limit: int) -> list[UnfinishedRow]:
    """Return the newest unfinished runs."""
    done = func.coalesce(func.sum(TASKS.c.replicates), 0)
    query = (
        select(UNFINISHED.c.id, UNFINISHED.c.created, UNFINISHED.c.command, UNFINISHED.c.scenarios, done)
        .add_columns(UNFINISHED.c.total)
        .join(TASKS, TASKS.c.run_id == UNFINISHED.c.id, isouter=True)
        .group_by(UNFINISHED.c.id)
        .order_by(UNFINISHED.c.id.desc())
        .limit(limit)
    )
    return [
        UnfinishedRow(str(id), str(created), str(command), tuple(json.loads(names)), int(count), int(total))
        for id, created, command, names, count, total in connection.execute(query)  # noqa: A001
    ]


def read_planned(connection: Connection, run_id: str) -> tuple[str, Provenance]:
    """Return the command and the provenance of an unfinished run.

    Raises:
        ValueError: a stored text is not the one that was saved.
    """
    found = connection.execute(select(UNFINISHED).where(UNFINISHED.c.id == run_id)).one()
    if text_hash(found.command + found.scenarios + found.inputs) != found.sha256:
        raise ValueError("unfinished")
    return str(found.command), Provenance.from_dict(json.loads(found.inputs))


def check(connection: Connection, run_id: str) -> None:
    """Read all of an unfinished run; one that was finished meanwhile is no longer ours to check.

    Raises:
        ValueError: a stored text or task is not the one that was saved; `resume` makes such a task again.
    """
    found = connection.execute(select(UNFINISHED).where(UNFINISHED.c.id == run_id)).first()
    if found is None:
        return
    made = read_planned(connection, run_id)[1]
    if found.created != made.created:
        raise ValueError("unfinished.created")
    draws = made.parameters.get("draws")  # the first runs did not write it down
    if draws is not None and found.total != len(made.scenarios) * draws * made.seeds["count"]:
        raise ValueError("unfinished.total")
    tasks = connection.execute(select(TASKS).where(TASKS.c.run_id == run_id)).all()
    wrong = 0
    for task in tasks:
        read = _read_task(task)
        draw, seed = (-1, 0) if read is None else read.pairs[0]
        wrong += task.first != draw * made.seeds["count"] + seed
    if wrong:
        raise ValueError(f"tasks ({wrong} of {len(tasks)})")


def read_tasks(connection: Connection, run_id: str) -> Iterator[Finished]:
    """Yield the stored tasks of an unfinished run, but for those that were changed since: they are redone."""
    query = select(TASKS).where(TASKS.c.run_id == run_id).order_by(TASKS.c.side, TASKS.c.first)
    for found in connection.execute(query):
        read = _read_task(found)
        if read is not None:
            yield replace(read, observed=_read_observed(connection, found, read))


def _read_observed(connection: Connection, task: Any, read: Finished) -> tuple[Observation | None, ...]:
    """Return what was kept of the replicates of a task; nothing when nobody observed, or it was changed since."""
    query = select(OBSERVED).where(
        OBSERVED.c.run_id == task.run_id, OBSERVED.c.side == task.side, OBSERVED.c.first == task.first
    )
    arrays = {}
    for row in connection.execute(query):
        try:
            values = packing.unpack(row.data, "<f8", row.shape, packing.BYTES)
        except ValueError:
            return ()
        if array_hash(values) != row.sha256:
            return ()
        arrays[row.name] = values
    good = [not isinstance(outcome, str) for outcome in read.outcomes]
    if not arrays or any(len(values) != sum(good) for values in arrays.values()):
        return ()
    places = iter(range(sum(good)))
    return tuple(
        {name: values[place] for name, values in arrays.items()} if each and (place := next(places)) >= 0 else None
        for each in good
    )


def forget(connection: Connection, run_id: str) -> None:
    """Remove an unfinished run."""
    connection.execute(delete(OBSERVED).where(OBSERVED.c.run_id == run_id))
    connection.execute(delete(TASKS).where(TASKS.c.run_id == run_id))
    connection.execute(delete(UNFINISHED).where(UNFINISHED.c.id == run_id))


def _hash(side: int, pairs: str, means: npt.NDArray[np.float64], people: npt.NDArray[np.int64]) -> str:
    return text_hash(f"{side} {pairs}" + array_hash(means) + array_hash(people))


def _read_task(found: Any) -> Finished | None:
    try:
        shape = json.loads(found.shape)
        people = packing.unpack(found.people, "<i8", json.dumps(shape[:-1]), packing.BYTES)
        means = packing.unpack(found.means, "<f8", found.shape, found.encoding, people)
        # Tasks of earlier versions have no side in their hash.
        old = text_hash(found.pairs + array_hash(means) + array_hash(people))
        if found.sha256 not in (_hash(found.side, found.pairs, means, people), old):
            return None
        entries: Sequence[tuple[int, int, str | None]] = json.loads(found.pairs)
        if len(entries) != found.replicates:
            return None
    except ValueError:
        return None
    good: Iterator[Means] = zip(means, people, strict=True)
    outcomes = tuple(next(good) if reason is None else reason for _, _, reason in entries)
    return Finished(found.side, tuple((draw, seed) for draw, seed, _ in entries), outcomes)
