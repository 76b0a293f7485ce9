"""Databases as released versions wrote them: the rows of every table, frozen in `released/<schema>.json`.

`python -m tests.scenarios.released` writes the file of the newest schema, once; a file is never made again.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, insert, select, text

from scenarios.execution.result import Finished, RunResult
from scenarios.store.database import connect, reading, writing
from scenarios.store.migrate import HEAD, _migrate
from scenarios.store.store import open_store
from tests.scenarios.samples import sample

__all__ = ["FOLDER", "fill", "freeze"]

FOLDER = Path(__file__).with_name("released")


def fill(url: str, schema: str) -> dict[str, Any]:
    """Make a database of an old schema with the rows that it had, and return what is expected of it."""
    data: dict[str, Any] = json.loads((FOLDER / f"{schema}.json").read_text(encoding="utf-8"))
    with writing(connect(url)) as connection:
        _migrate(connection, schema)
        found = MetaData()
        found.reflect(connection)
        for table in found.sorted_tables:
            rows = [{name: _bytes(value) for name, value in row.items()} for row in data["tables"].get(table.name, [])]
            if rows:
                connection.execute(insert(table), rows)
    return data


def freeze(url: str, target: Path, digests: dict[str, str]) -> None:
    """Write the rows of a database to a file."""
    with reading(connect(url)) as connection:
        found = MetaData()
        found.reflect(connection)
        schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        tables = {
            table.name: [
                {name: _plain(value) for name, value in row.items()}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }
    text_of_it = json.dumps({"schema": schema, "runs": digests, "tables": tables}, indent=1)
    target.write_text(text_of_it, encoding="utf-8")


def _plain(value: Any) -> Any:
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


def _bytes(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def _task(result: RunResult) -> Finished:
    return Finished(0, ((0, 0),), ((result.values[0, 0, 0], result.people[0, 0, 0]),))


def _main() -> None:
    target = FOLDER / f"{HEAD}.json"
    if target.exists():
        raise SystemExit(f"{target} stays as it was released")
    done, begun = sample("20260201-000000-000000000000"), sample("20260202-000000-000000000000", seed=2)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/runs.sqlite"
        with open_store(url, write=True) as store:
            store.save(done, command="compare")
            store.plan(begun, command="run")
            store.keep(begun, _task(begun))
            store.add_source("figure", "levels", b"{}", run_id=done.run_id)
        freeze(url, target, {done.run_id: done.digest()})


if __name__ == "__main__":
    _main()
