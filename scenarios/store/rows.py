"""Between a run and the rows of its tables."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert, select

from scenarios.execution.result import Failure, RunResult
from scenarios.reproduction.provenance import Provenance, array_hash, text_hash
from scenarios.store import packing
from scenarios.store.models import PROVENANCE, RUN_SCENARIOS, SCENARIOS

__all__ = [
    "RunRow",
    "failures_hash",
    "insert_inputs",
    "insert_new",
    "packed_rows",
    "read_inputs",
    "read_row",
    "read_scenario_rows",
    "run_row",
]

# A cell of SQLite holds a billion bytes; parts stay far below it.
_PART_BYTES = 64_000_000


@dataclass(frozen=True)
class RunRow:
    """One line of `bijstand runs list`."""

    id: str
    created: str
    command: str
    scenarios: tuple[str, ...]
    population: str
    population_sha256: str
    people: int
    months: int
    draws: int
    seeds: int
    base_seed: int
    failed: int
    seconds: float
    label: Mapping[str, str]
    code_version: str
    code_sha256: str
    result_sha256: str


def read_row(found: Mapping[Any, Any]) -> RunRow:
    """Return the line of a run from its row."""
    fields = dict(found)
    label = {"en": fields.pop("label_en"), "nl": fields.pop("label_nl")}
    scenarios = tuple(json.loads(fields.pop("scenarios")))
    return RunRow(**fields, scenarios=scenarios, label=label)


def read_inputs(connection: Connection, run_id: str) -> tuple[dict[str, Any], Provenance]:
    """Return the names along the axes and the provenance of a run.

    Raises:
        ValueError: a stored text is not the one that was saved.
    """
    found = connection.execute(select(PROVENANCE).where(PROVENANCE.c.run_id == run_id)).first()
    if found is None or text_hash(found.axes + found.inputs) != found.sha256:
        raise ValueError("provenance")
    inputs = json.loads(found.inputs)
    query = (
        select(SCENARIOS.c.sha256, SCENARIOS.c.text)
        .join(RUN_SCENARIOS, RUN_SCENARIOS.c.sha256 == SCENARIOS.c.sha256)
        .where(RUN_SCENARIOS.c.run_id == run_id)
    )
    texts = {str(row.sha256): str(row.text) for row in connection.execute(query)}
    if any(text_hash(text) != digest for digest, text in texts.items()):
        raise ValueError("scenarios")
    if any(entry["sha256"] not in texts for entry in inputs["scenarios"]):
        raise ValueError("run_scenarios")
    inputs["scenarios"] = [{**entry, "text": texts[entry["sha256"]]} for entry in inputs["scenarios"]]
    return json.loads(found.axes), Provenance.from_dict(inputs)


def run_row(result: RunResult, command: str) -> dict[str, Any]:
    """Return the row of a run."""
    provenance = result.provenance
    return {
        "id": result.run_id,
        "created": provenance.created,
        "command": command,
        "scenarios": json.dumps(list(result.scenarios)),
        "population": str(provenance.population["name"])[:200],
        "population_sha256": provenance.population["sha256"],
        "people": provenance.population["people"],
        "months": len(result.months),
        "draws": result.parameters.shape[0],
        "seeds": len(result.seeds),
        "base_seed": provenance.seeds["base"],
        "failed": len(result.failures),
        "seconds": math.fsum(provenance.timings.values()),
        "label_en": provenance.label["en"],
        "label_nl": provenance.label["nl"],
        "code_version": provenance.code["version"],
        "code_sha256": provenance.code["sha256"],
        "result_sha256": result.digest(),
    }


def failures_hash(failures: Sequence[Failure]) -> str:
    """Return one hash of all that failed."""
    return text_hash(json.dumps([[each.scenario, each.draw, each.seed, each.reason] for each in failures]))


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows but for those whose key is there already (another process may be first); count them."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    kept = 0
    for row in rows:
        query = dialect.insert(table).values(**row).on_conflict_do_nothing()
        kept += len(connection.execute(query.returning(*table.primary_key)).all())
    return kept


def insert_inputs(connection: Connection, result: RunResult, command: str) -> None:
    """Insert what a run was made with; a scenario text is kept once for all runs."""
    inputs = result.provenance.to_dict()
    entries = [dict(entry) for entry in inputs["scenarios"]]
    texts = [str(entry.pop("text")) for entry in entries]
    inputs["scenarios"] = entries
    hashes = [text_hash(text) for text in texts]
    rows_of_texts = [{"sha256": digest, "text": text} for digest, text in zip(hashes, texts, strict=True)]
    insert_new(connection, SCENARIOS, rows_of_texts)
    for entry, digest in zip(entries, hashes, strict=True):
        entry["sha256"] = digest
    axes = {
        "scenarios": list(result.scenarios),
        "groups": list(result.groups),
        "measures": list(result.measures),
        "seeds": list(result.seeds),
        "titles": {name: dict(titles) for name, titles in result.titles.items()},
        "command": command,
        "failures": failures_hash(result.failures),
    }
    texts_of_run = {"axes": json.dumps(axes), "inputs": json.dumps(inputs)}
    digest = text_hash(texts_of_run["axes"] + texts_of_run["inputs"])
    connection.execute(insert(PROVENANCE), {"run_id": result.run_id, **texts_of_run, "sha256": digest})
    rows = [{"run_id": result.run_id, **row} for row in _scenario_rows(result, hashes)]
    connection.execute(insert(RUN_SCENARIOS), rows)


def read_scenario_rows(connection: Connection, result: RunResult) -> list[str]:
    """Return which columns of `run_scenarios` are not as they were written."""
    query = select(RUN_SCENARIOS).where(RUN_SCENARIOS.c.run_id == result.run_id)
    found = connection.execute(query.order_by(RUN_SCENARIOS.c.position)).mappings().all()
    meant = _scenario_rows(result, [entry["sha256"] for entry in result.provenance.scenarios])
    if len(found) != len(meant):
        return ["run_scenarios"]
    return [
        f"run_scenarios.{name}"
        for row, mine in zip(found, meant, strict=True)
        for name, value in mine.items()
        if row[name] != value
    ]


def _scenario_rows(result: RunResult, hashes: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "position": position,
            "name": name,
            "title_en": result.title(name, "en"),
            "title_nl": result.title(name, "nl"),
            "sha256": hashes[position],
        }
        for position, name in enumerate(result.scenarios)
    ]


def packed_rows(result: RunResult) -> Iterator[dict[str, Any]]:
    """Yield the rows of the arrays of a run."""
    for name, values in result.arrays().items():
        rows = max(1, _PART_BYTES // max(1, values[:1].nbytes))
        for part, start in enumerate(range(0, max(1, len(values)), rows)):
            chunk = np.ascontiguousarray(values[start : start + rows])
            if name == "values":
                people = result.people[start : start + rows]
                data, dtype, shape, encoding = packing.pack_means(chunk, people, result.groups)
            else:
                data, dtype, shape, encoding = packing.pack(chunk)
            yield {
                "run_id": result.run_id,
                "name": name,
                "part": part,
                "dtype": dtype,
                "shape": shape,
                "encoding": encoding,
                "sha256": array_hash(chunk),
                "data": data,
            }
