"""A run as a folder or zip that a stranger can read, check and make again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scenarios.description.parameter_source import ParameterSource
from scenarios.execution.result import Failure, RunResult
from scenarios.reproduction.package_checks import MOST, check_archive, check_run, check_table, parse_json
from scenarios.reproduction.package_texts import VERIFY, readme
from scenarios.reproduction.provenance import Provenance
from scenarios.reproduction.table_files import FORMATS, read_table, write_table
from sim.files import below
from sim.parameters import PARAMETERS
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["export_package", "read_package"]

_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("sim", "scenarios", "calibration", "analysis", "app", "bijstand")
_BESIDE = ("pyproject.toml", "requirements.lock", "requirements.in", "README.md", "CHANGELOG.md", "Makefile")
_SOURCE = "posterior.bin"
_KEYS = ("scenario", "draw", "seed", "group", "month", "people")


def export_package(result: RunResult, command: str, out: Path, *, kind: str = "parquet") -> list[str]:
    """Write a replication package to a new folder, or to a new file that ends in ``.zip``.

    Imported people are not in it: they are named by their hash, and whoever checks must bring them.

    Returns:
        the files, by their names in the package.

    Raises:
        InputError: the place exists or cannot be written, another kind of table, too many rows for a sheet.
    """
    if kind not in FORMATS:
        raise InputError([one_of("--format", kind, FORMATS)])
    if out.exists():
        allowed = Say("a new folder or .zip file", "een nieuwe map of een nieuw .zip-bestand")
        raise InputError([Problem("--out", str(out), allowed)])
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".package-") as made:
            folder = Path(made) / "package"
            _write(folder, result, command, kind)
            names = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
            if out.suffix == ".zip":
                archive = Path(made) / "package.zip"
                with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
                    for name in names:
                        zipped.write(folder / name, name)
                archive.rename(out)
            else:
                folder.rename(out)
    except OSError as error:
        allowed = Say("a place with room that may be written to", "een plek met ruimte waar geschreven mag worden")
        raise InputError([Problem("--out", f"{out}: {error.strerror}", allowed)]) from error
    return names


def read_package(place: Path) -> tuple[RunResult, str]:
    """Return the run of a package and its command; every file and every number is checked by its hash.

    Raises:
        InputError: no package, a file that was changed or is gone, numbers that are not those of the run.
    """
    with _opened(place) as folder:
        _check_files(folder, place)
        try:
            return _read(folder, place)
        except InputError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration, OSError, zipfile.BadZipFile) as error:
            raise _wrong(place, str(error)[:200]) from error


def _write(folder: Path, result: RunResult, command: str, kind: str) -> None:
    tables = folder / "tables"
    tables.mkdir(parents=True)
    (folder / "scenarios").mkdir()
    for entry in result.provenance.scenarios:
        below(folder / "scenarios", f"{entry['name']}.toml").write_text(str(entry["text"]), encoding="utf-8")
    for name, table in _tables(result).items():
        write_table(table, tables / f"{name}.{kind}")
    if result.source is not None:
        (folder / _SOURCE).write_bytes(result.source.to_bytes())
    run = {
        "package": 1,
        "run_id": result.run_id,
        "command": command,
        "result_sha256": result.digest(),
        "scenarios": result.scenarios,
        "groups": result.groups,
        "measures": result.measures,
        "seeds": result.seeds,
        "months": len(result.months),
        "titles": result.titles,
        "failures": [vars(failure) for failure in result.failures],
        "provenance": result.provenance.to_dict(),
    }
    (folder / "run.json").write_text(json.dumps(run, indent=1, ensure_ascii=False), encoding="utf-8")
    (folder / "verify.py").write_text(VERIFY, encoding="utf-8")
    (folder / "README.md").write_text(readme(result, kind), encoding="utf-8")
    _copy_code(folder / "code")
    files = {str(path.relative_to(folder)): _hash(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    (folder / "manifest.json").write_text(json.dumps(files, indent=1), encoding="utf-8")


def _copy_code(target: Path) -> None:
    skip = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    for package in _CODE:
        shutil.copytree(_ROOT / package, target / package, ignore=skip)
    for name in _BESIDE:
        if (_ROOT / name).is_file():
            shutil.copy(_ROOT / name, target / name)


def _tables(result: RunResult) -> dict[str, pd.DataFrame]:
    import pandas as pd

    axes = np.indices(result.people.shape).reshape(5, -1)
    results = {
        "scenario": np.array(result.scenarios, dtype=object)[axes[0]],
        "draw": axes[1] + 1,
        "seed": np.array(result.seeds)[axes[2]],
        "group": np.array(result.groups, dtype=object)[axes[3]],
        "month": result.months[axes[4]],
        "people": result.people.reshape(-1),
    }
    flat = result.values.reshape(-1, len(result.measures))
    results |= {name: flat[:, place] for place, name in enumerate(result.measures)}
    names = list(result.provenance.parameters.get("names") or PARAMETERS)
    names = names if len(names) == result.parameters.shape[1] else [f"p{n}" for n in range(result.parameters.shape[1])]
    parameters = pd.DataFrame(result.parameters, columns=names)
    parameters.insert(0, "draw", np.arange(1, len(parameters) + 1))
    columns = ("name", "sha256", "text")
    texts = [{name: entry[name] for name in columns} for entry in result.provenance.scenarios]
    return {
        "results": pd.DataFrame(results),
        "parameters": parameters,
        "scenarios": pd.DataFrame(texts),
        "failures": pd.DataFrame(
            [vars(each) for each in result.failures], columns=["scenario", "draw", "seed", "reason"]
        ),
    }


@contextmanager
def _opened(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield place
        return
    if not place.is_file() or not zipfile.is_zipfile(place):
        allowed = Say("a package that `bijstand runs export` wrote", "een pakket dat `bijstand runs export` schreef")
        raise InputError([Problem("package", str(place), allowed)])
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(place) as zipped:
                check_archive(zipped)
                zipped.extractall(folder)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            raise _wrong(place, str(error)) from error
        yield Path(folder)


def _check_files(folder: Path, place: Path) -> None:
    """Refuse a package of which a file is not what was written; they are all named."""
    try:
        files = parse_json(folder / "manifest.json")
        meant = {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise _wrong(place, "manifest.json") from error
    problems: list[Problem] = []
    there = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]
    if len(there) > MOST["files"]:
        raise _wrong(place, f"{len(there)} files")
    for path in there:
        name = path.relative_to(folder).as_posix()
        if name not in meant and name != "manifest.json":
            unknown = Say("a file that manifest.json names", "een bestand dat manifest.json noemt")
            problems.append(Problem(name, "not in the manifest", unknown))
    for name, digest in meant.items():
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        if not inside or not path.is_file():
            gone = Say("the file that was exported: it is gone", "het geëxporteerde bestand: het is weg")
            problems.append(Problem(name, "missing", gone))
        elif _hash(path) != digest:
            changed = Say(
                "the file that was exported: it was changed afterwards",
                "het geëxporteerde bestand: het is daarna veranderd",
            )
            problems.append(Problem(name, "changed", changed))
    InputError.raise_if(problems)


def _read(folder: Path, place: Path) -> tuple[RunResult, str]:
    run = parse_json(folder / "run.json")
    check_run(run)
    kind = next(each for each in FORMATS if (folder / "tables" / f"results.{each}").is_file())
    rows = len(run["scenarios"]) * len(run["seeds"]) * len(run["groups"]) * run["months"]
    for path in sorted((folder / "tables").iterdir()):
        check_table(path, rows)
    results = read_table(folder / "tables" / f"results.{kind}")
    parameters = read_table(folder / "tables" / f"parameters.{kind}").drop(columns="draw")
    shape = (len(run["scenarios"]), len(parameters), len(run["seeds"]), len(run["groups"]), run["months"])
    measures = list(run["measures"])
    result = RunResult(
        run_id=run["run_id"],
        scenarios=tuple(run["scenarios"]),
        groups=tuple(run["groups"]),
        months=np.arange(1, run["months"] + 1, dtype=np.int64),
        measures=tuple(measures),
        values=results[measures].to_numpy(dtype=np.float64).reshape(*shape, len(measures)),
        people=results["people"].to_numpy(dtype=np.int64).reshape(shape),
        parameters=np.ascontiguousarray(parameters.to_numpy(dtype=np.float64)),
        seeds=tuple(run["seeds"]),
        provenance=Provenance.from_dict(run["provenance"]),
        titles=run["titles"],
        failures=tuple(Failure(**each) for each in run["failures"]),
        source=_source(folder, run["provenance"].get("sources", {}).get("parameters")),
    )
    if result.digest() != run["result_sha256"]:
        raise _wrong(place, f"tables/results.{kind}, tables/parameters.{kind}")
    _check_copies(folder, result, kind, place)
    return result, str(run["command"])


def _check_copies(folder: Path, result: RunResult, kind: str, place: Path) -> None:
    """Refuse a package that shows a reader other scenarios, failures or texts than the run has."""
    meant = Say("the scenario of run.json", "het scenario van run.json")
    problems = [
        Problem(f"scenarios/{entry['name']}.toml", "differs", meant)
        for entry in result.provenance.scenarios
        if not _says(folder / "scenarios" / f"{entry['name']}.toml", str(entry["text"]))
    ]
    InputError.raise_if(problems)
    for name, table in _tables(result).items():
        found = read_table(folder / "tables" / f"{name}.{kind}", texts=("name", "sha256", "text", "scenario", "reason"))
        if list(found.columns) != list(table.columns) or not _same(found, table):
            raise _wrong(place, f"tables/{name}.{kind}")


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _same(found: pd.DataFrame, table: pd.DataFrame) -> bool:
    import pandas as pd

    if len(found) != len(table):
        return False
    for name in table.columns:
        one, other = found[name].to_numpy(), table[name].to_numpy()
        if pd.api.types.is_numeric_dtype(table[name]):
            if not np.array_equal(one.astype(np.float64), other.astype(np.float64), equal_nan=True):
                return False
        elif [str(value) for value in one] != [str(value) for value in other]:
            return False
    return True


def _source(folder: Path, digest: str | None) -> ParameterSource | None:
    """Return the parameter sets that the run drew from; the manifest named their file."""
    if digest is None:
        return None
    source = ParameterSource.from_bytes((folder / _SOURCE).read_bytes())
    if source.sha256 != digest:
        raise ValueError(_SOURCE)
    return source


def _wrong(place: Path, what: str) -> InputError:
    allowed = Say(
        f"a package as it was exported: {what} is not what was written",
        f"een pakket zoals het geëxporteerd is: {what} is niet wat er geschreven is",
    )
    return InputError([Problem("package", str(place), allowed)])


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
