"""Between a run and the rows of its tables."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from scenarios.provenance import Provenance, array_hash, text_hash
from scenarios.result import RunResult
from scenarios.store import packing
from scenarios.store.models import PROVENANCE, RUN_SCENARIOS, SCENARIOS

__all__ = ["RunRow", "insert_inputs", "packed_rows", "read_inputs", "read_row", "run_row"]

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
    found = connection.execute(select(PROVENANCE).where(PROVENANCE.c.run_id == run_id)).one()
    if text_hash(found.axes + found.inputs) != found.sha256:
        raise ValueError("inputs")
    inputs = json.loads(found.inputs)
    query = (
        select(SCENARIOS.c.sha256, SCENARIOS.c.text)
        .join(RUN_SCENARIOS, RUN_SCENARIOS.c.sha256 == SCENARIOS.c.sha256)
        .where(RUN_SCENARIOS.c.run_id == run_id)
    )
    texts = {str(row.sha256): str(row.text) for row in connection.execute(query)}
    if any(text_hash(text) != digest for digest, text in texts.items()):
        raise ValueError("scenarios")
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
        "population": provenance.population["name"],
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


def insert_inputs(connection: Connection, result: RunResult) -> None:
    """Insert what a run was made with; a scenario text is kept once for all runs."""
    inputs = result.provenance.to_dict()
    entries = [dict(entry) for entry in inputs["scenarios"]]
    texts = [str(entry.pop("text")) for entry in entries]
    inputs["scenarios"] = entries
    hashes = [text_hash(text) for text in texts]
    for digest, text in dict(zip(hashes, texts, strict=True)).items():
        known = connection.execute(select(SCENARIOS.c.sha256).where(SCENARIOS.c.sha256 == digest)).first()
        if known is None:
            connection.execute(insert(SCENARIOS), {"sha256": digest, "text": text})
    for entry, digest in zip(entries, hashes, strict=True):
        entry["sha256"] = digest
    axes = {
        "scenarios": list(result.scenarios),
        "groups": list(result.groups),
        "measures": list(result.measures),
        "seeds": list(result.seeds),
        "titles": {name: dict(titles) for name, titles in result.titles.items()},
    }
    texts_of_run = {"axes": json.dumps(axes), "inputs": json.dumps(inputs)}
    digest = text_hash(texts_of_run["axes"] + texts_of_run["inputs"])
    connection.execute(insert(PROVENANCE), {"run_id": result.run_id, **texts_of_run, "sha256": digest})
    rows: Sequence[dict[str, Any]] = [
        {
            "run_id": result.run_id,
            "position": position,
            "name": name,
            "title_en": result.title(name, "en"),
            "title_nl": result.title(name, "nl"),
            "sha256": hashes[position],
        }
        for position, name in enumerate(result.scenarios)
    ]
    connection.execute(insert(RUN_SCENARIOS), rows)


def packed_rows(result: RunResult) -> Iterator[dict[str, Any]]:
    """Yield the rows of the arrays of a run."""
    for name, values in result.arrays().items():
        rows = max(1, _PART_BYTES // max(1, values[:1].nbytes))
        for part, start in enumerate(range(0, max(1, len(values)), rows)):
            chunk = np.ascontiguousarray(values[start : start + rows])
            data, dtype, shape = packing.pack(chunk)
            yield {
                "run_id": result.run_id,
                "name": name,
                "part": part,
                "dtype": dtype,
                "shape": shape,
                "encoding": packing.ENCODING,
                "sha256": array_hash(chunk),
                "data": data,
            }
