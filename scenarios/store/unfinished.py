"""Runs under way: planned first, then task by task, and gone when the run is complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select

from scenarios.provenance import Provenance, array_hash, text_hash
from scenarios.result import Finished, Means, RunResult
from scenarios.store import packing
from scenarios.store.models import TASKS, UNFINISHED
from scenarios.store.rows import insert_new

__all__ = [
    "UnfinishedRow",
    "forget",
    "insert_planned",
    "insert_task",
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


def insert_task(connection: Connection, run_id: str, packed: dict[str, Any]) -> None:
    """Insert what a task gave, packed by `packed_task`; twice is once, a complete run needs none."""
    query = select(UNFINISHED.c.id).where(UNFINISHED.c.id == run_id).with_for_update(key_share=True)
    if connection.execute(query).first() is None:
        return  # another process finished the same run meanwhile
    insert_new(connection, TASKS, [{"run_id": run_id, **packed}])


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
        "sha256": text_hash(pairs + array_hash(means) + array_hash(people)),
        "means": data,
        "people": packing.pack(people)[0],
    }


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


def read_tasks(connection: Connection, run_id: str) -> Iterator[Finished]:
    """Yield the stored tasks of an unfinished run, but for those that were changed since: they are redone."""
    query = select(TASKS).where(TASKS.c.run_id == run_id).order_by(TASKS.c.side, TASKS.c.first)
    for found in connection.execute(query):
        read = _read_task(found)
        if read is not None:
            yield read


def forget(connection: Connection, run_id: str) -> None:
    """Remove an unfinished run."""
    connection.execute(delete(TASKS).where(TASKS.c.run_id == run_id))
    connection.execute(delete(UNFINISHED).where(UNFINISHED.c.id == run_id))


def _read_task(found: Any) -> Finished | None:
    try:
        shape = json.loads(found.shape)
        people = packing.unpack(found.people, "<i8", json.dumps(shape[:-1]), packing.BYTES)
        means = packing.unpack(found.means, "<f8", found.shape, found.encoding, people)
        if text_hash(found.pairs + array_hash(means) + array_hash(people)) != found.sha256:
            return None
        entries: Sequence[tuple[int, int, str | None]] = json.loads(found.pairs)
    except ValueError:
        return None
    good: Iterator[Means] = zip(means, people, strict=True)
    outcomes = tuple(next(good) if reason is None else reason for _, _, reason in entries)
    return Finished(found.side, tuple((draw, seed) for draw, seed, _ in entries), outcomes)
