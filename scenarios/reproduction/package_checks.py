"""What a package from a stranger must be before anything of it is used: its sizes, files, names and shapes.

Nothing is unpacked before its sizes are known, no name reaches the disk or the database unless our own program
could have given it, and every file is named in the manifest, with its hash, and no other file is there.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from scenarios.description.fields import NAME
from sim.files import too_deep
from sim.outcomes.measures import MEASURES
from sim.problems import InputError, Problem, Say

__all__ = ["MOST", "check_archive", "check_run", "check_table", "parse_json"]

# Limits of a package; docs/runs.md prints them. The largest run that a plan allows is 2 GB of numbers.
MOST = {"files": 5_000, "bytes": 4 << 30, "ratio": 400, "json": 64 << 20, "text": 1 << 20, "scenarios": 200}
_RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-z]{4,20}")
_MEASURE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MONTHS = 600


def check_archive(zipped: zipfile.ZipFile) -> None:
    """Refuse an archive by its own list, before anything is unpacked.

    Raises:
        ValueError: what is wrong with it.
    """
    entries = zipped.infolist()
    if len(entries) > MOST["files"]:
        raise ValueError(f"{len(entries)} files, at most {MOST['files']}")
    if sum(entry.file_size for entry in entries) > MOST["bytes"]:
        raise ValueError(f"more than {MOST['bytes'] >> 30} GB when unpacked")
    for entry in entries:
        if entry.file_size > MOST["ratio"] * max(entry.compress_size, 1) and entry.file_size > 1 << 20:
            raise ValueError(f"{entry.filename[:80]}: packed more than {MOST['ratio']} to 1")
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or "\x00" in entry.filename:
            raise ValueError(f"{entry.filename[:80]!r}: not a place within the package")


def parse_json(path: Path) -> Any:
    """Return a JSON file whose size, nesting and numbers are those of a file of ours.

    Raises:
        ValueError: too large, nested too deep, or not JSON.
    """
    if path.stat().st_size > MOST["json"]:
        raise ValueError(f"{path.name}: more than {MOST['json'] >> 20} MB")
    text = path.read_text(encoding="utf-8")
    if too_deep(text):
        raise ValueError(f"{path.name}: nested too deep")
    return json.loads(text, parse_constant=_no_number)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def check_table(path: Path, rows: int) -> None:
    """Refuse a table that would unpack to more than a run can hold, before it is read.

    Args:
        path: a file of `scenarios.reproduction.table_files.FORMATS`.
        rows: rows of the results for one draw; draws are at most 10,000.

    Raises:
        ValueError: what is wrong with it.
    """
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as zipped:
            check_archive(zipped)
    elif path.suffix == ".parquet":
        from pyarrow import parquet

        told = parquet.ParquetFile(path).metadata
        size = sum(told.row_group(place).total_byte_size for place in range(told.num_row_groups))
        if told.num_rows > 10_000 * max(rows, 1) or size > MOST["bytes"]:
            raise ValueError(f"{path.name}: {told.num_rows} rows")


def check_run(run: Any) -> None:
    """Refuse a ``run.json`` with a name, size or shape that no run of ours has; all problems at once.

    Raises:
        InputError: each with its place in the file.
    """
    problems: list[Problem] = []

    def want(path: str, value: Any, fits: bool, en: str, nl: str) -> bool:
        if not fits:
            problems.append(Problem(f"run.json: {path}", str(value)[:80], Say(en, nl)))
        return fits

    if not want("", type(run).__name__, isinstance(run, dict), "an object", "een object"):
        raise InputError(problems)
    want("package", run.get("package"), run.get("package") == 1, "1", "1")
    identity = run.get("run_id")
    want("run_id", identity, _is(identity, _RUN_ID), "an id as a run has", "een id zoals een run heeft")
    command = run.get("command")
    want("command", command, _is_line(command, 40), "the name of a command", "de naam van een opdracht")
    names = run.get("scenarios")
    if want("scenarios", names, _is_list(names, str, MOST["scenarios"]), "a list of names", "een lijst namen"):
        for name in names:
            want("scenarios", name, _is(name, NAME), "a name of a-z, 0-9, _ and -", "een naam van a-z, 0-9, _ en -")
        want("scenarios", names, len(set(names)) == len(names), "different names", "verschillende namen")
    groups: Any = run.get("groups", ())
    fine = _is_list(groups, str, 10_000) and all(_is_line(group, 200) for group in groups)
    want("groups", groups, fine, "a list of groups", "een lijst groepen")
    measures: Any = run.get("measures", ())
    fine = _is_list(measures, str, 10 * len(MEASURES)) and all(_is(name, _MEASURE) for name in measures)
    want("measures", measures, fine, "a list of measures", "een lijst maten")
    seeds = run.get("seeds")
    want("seeds", seeds, _is_list(seeds, int, 10_000), "a list of whole numbers", "een lijst gehele getallen")
    months = run.get("months")
    fine = type(months) is int and 1 <= months <= _MONTHS
    want("months", months, fine, f"1 .. {_MONTHS}", f"1 .. {_MONTHS}")
    titles = run.get("titles")
    fine = isinstance(titles, dict) and all(
        isinstance(title, dict) and set(title) == {"en", "nl"} and all(_is_line(text, 500) for text in title.values())
        for title in titles.values()
    )
    want("titles", titles, fine, "a title in en and nl for each scenario", "een titel in en en nl bij elk scenario")
    failures = run.get("failures")
    want("failures", failures, _is_list(failures, dict, 10_000_000), "a list", "een lijst")
    made = run.get("provenance")
    if want("provenance", type(made).__name__, isinstance(made, dict), "an object", "een object"):
        _check_provenance(made, names, want)
    InputError.raise_if(problems)


def _check_provenance(made: Mapping[str, Any], names: Any, want: Any) -> None:
    entries: Any = made.get("scenarios", ())
    if not want("provenance.scenarios", entries, _is_list(entries, dict, MOST["scenarios"]), "a list", "een lijst"):
        return
    told = [entry.get("name") for entry in entries]
    same_en, same_nl = "the names of `scenarios`, in order", "de namen van `scenarios`, op volgorde"
    want("provenance.scenarios", told, told == names, same_en, same_nl)
    for entry in entries:
        text = entry.get("text")
        fine = isinstance(text, str) and len(text) <= MOST["text"]
        want("provenance.scenarios.text", type(text).__name__, fine, "a text of at most 1 MB", "een tekst tot 1 MB")
    label = made.get("label")
    fine = isinstance(label, dict) and set(label) == {"en", "nl"} and all(_is_line(t, 500) for t in label.values())
    want("provenance.label", label, fine, "a line in en and nl", "een regel in en en nl")


def _is(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_line(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and value.isprintable()


def _is_list(value: Any, kind: type, most: int) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) <= most
        and all(type(each) is kind for each in value)
    )
