"""Stored runs: listed, shown, named, proved, finished, and their files."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.studio.answers.shared import plain, watching
from app.studio.answers.whatif import record_of
from sim.problems import InputError, one_of

__all__ = ["files", "listed", "rename", "resume", "shown", "verify"]

Progress = Callable[[int, int], None]

_KINDS = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def listed(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return the newest runs, their names, and those that are not finished."""
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    url = environment["database"]
    if not exists(url):
        return {"runs": [], "unfinished": [], "count": 0}
    with open_store(url) as store:
        names = store.names()
        rows = [
            plain(asdict(row)) | {"label": dict(row.label), "scenarios": list(row.scenarios)} for row in store.runs()
        ]
        begun = [plain(asdict(row)) | {"scenarios": list(row.scenarios)} for row in store.unfinished()]
        count = store.count()
    for row in rows:
        name = names.get(row["id"])
        row |= {"title": name.title if name else "", "parent": name.parent if name else ""}
    return {"runs": rows, "unfinished": begun, "count": count}


def shown(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return one run as the what-if view shows it, with its scenario files."""
    from app.answering.beside import kept_assumed
    from app.answering.compare import summed_up
    from scenarios.store.store import open_store

    with open_store(environment["database"]) as store:
        found = store.find(str(data["run"]))
        result, name, assumed = store.load(found), store.names().get(found), kept_assumed(store, found)
    told = record_of(summed_up(result, assumed))
    texts = {entry["name"]: str(entry["text"]) for entry in result.provenance.scenarios}
    created = result.provenance.created[:16].replace("T", " ")
    return told | {
        "title": name.title if name else "",
        "parent": name.parent if name else "",
        "texts": texts,
        "created": created,
    }


def rename(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Give a run a title."""
    from scenarios.store.store import open_store

    with open_store(environment["database"], write=True) as store:
        found = store.find(str(data["run"]))
        return {"title": store.name(found, title=str(data["title"])).title, "run": found}


def verify(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Make a run anew and compare it bit for bit."""
    from app.answering.again import verify as prove
    from app.answering.request import RunSettings

    found = prove(str(data["run"]), None, RunSettings(database=environment["database"]), watching(progress))
    return {
        "run": found.run_id,
        "same": found.same,
        "checked": found.checked,
        "of": found.of,
        "inputs": [str(each) for each in found.inputs][:10],
        "wrong": [str(each) for each in found.wrong][:10],
    }


def resume(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Finish a run that stopped."""
    from app.answering.again import resume as finish
    from app.answering.request import RunSettings

    return record_of(finish(str(data["run"]), RunSettings(database=environment["database"]), watching(progress)))


def files(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return one file of a run: its report in HTML or Excel, its table as CSV, everything as JSON."""
    from analysis.effects.tables import to_json, write_csv
    from analysis.report.write import write_report
    from app.answering.compare import summed_up
    from scenarios.store.store import open_store

    kind, lang = str(data["kind"]), str(data["lang"])
    if kind not in _KINDS:
        raise InputError([one_of("kind", kind, _KINDS)])
    with open_store(environment["database"]) as store:
        result = store.load(store.find(str(data["run"])))
    found = summed_up(result)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if kind == "csv":
            path = write_csv(found.summary, place / f"{result.run_id}.csv", lang)
        elif kind == "json":
            path = place / f"{result.run_id}.json"
            path.write_text(to_json(found.summary, lang), encoding="utf-8")
        else:
            path = next(
                each for each in write_report(result, found.summary, place, lang, (kind,)) if each.suffix == f".{kind}"
            )
        content = base64.b64encode(path.read_bytes()).decode("ascii")
        return {"name": path.name, "media": _KINDS[kind], "content": content}
