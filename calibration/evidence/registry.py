"""All evidence in one place: the shipped studies, and the trials a researcher imported."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

from calibration.evidence.rows import read_rows, read_study, write_rows
from calibration.evidence.schema import Row, Study
from calibration.evidence.standard_errors import StandardError, infer_standard_errors
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["IMPORTED", "SHIPPED", "Registry", "load_registry"]

SHIPPED = ("nijmegen", "mejudice", "oss", "amsterdam", "external", "long_run")
IMPORTED = Path("out/evidence")


@dataclass(frozen=True)
class Registry:
    """Studies and their rows, in the order in which they were read."""

    studies: tuple[Study, ...]
    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, name: str) -> Row:
        for row in self.rows:
            if row.id == name:
                return row
        raise InputError((one_of("row", name, [row.id for row in self.rows]),))

    def study(self, name: str) -> Study:
        """Return one study; raise InputError with the nearest name when there is none."""
        for study in self.studies:
            if study.name == name:
                return study
        raise InputError((one_of("study", name, [study.name for study in self.studies]),))

    def select(
        self,
        *,
        study: str | None = None,
        municipality: str | None = None,
        outcome: str | None = None,
        use: str | None = None,
        arm: str | None = None,
        targets: bool = False,
    ) -> tuple[Row, ...]:
        """Return the rows that meet every condition given.

        Raises:
            InputError: a name that no row has (all of them in one message).
        """
        asked = {"study": study, "municipality": municipality, "outcome": outcome, "use": use, "arm": arm}
        problems: list[Problem] = []
        for column, wanted in asked.items():
            known = {str(getattr(row, column)) for row in self.rows}
            if wanted is not None and wanted not in known:
                problems.append(one_of(column, wanted, known))
        InputError.raise_if(problems)
        return tuple(
            row
            for row in self.rows
            if all(wanted is None or getattr(row, column) == wanted for column, wanted in asked.items())
            and (row.is_target or not targets)
        )

    def trial(self, row: Row) -> str:
        """Return the trial of a row: its municipality, or the study when it is a researcher's own trial."""
        return row.municipality if self.study(row.study).shipped else row.study

    def doubts(self, row: Row) -> tuple[Say, ...]:
        """Return what to know before using a row, its own note last."""
        known = self.study(row.study).doubts
        said = [known[code].text for code in row.doubt if code in known]
        return (*said, *([Say(row.doubt_note, row.doubt_note)] if row.doubt_note else []))

    def digest(self) -> str:
        """Return a hash of every figure: two registries with one digest hold the same evidence."""
        return self._digest

    @cached_property
    def errors(self) -> Mapping[str, StandardError]:
        """Standard errors by row id (`calibration.evidence.standard_errors`), inferred once."""
        return infer_standard_errors(self.rows, self.studies)

    @cached_property
    def _digest(self) -> str:
        hashed = hashlib.sha256()
        for study in self.studies:
            hashed.update(study.name.encode())
            hashed.update(write_rows([row for row in self.rows if row.study == study.name]).encode())
        return hashed.hexdigest()[:16]


def load_registry(evidence: Path | None = None, *, only: Sequence[str] | None = None) -> Registry:
    """Return the shipped evidence and, when `evidence` is a folder, the trials imported there.

    Args:
        evidence: a folder as `bijstand evidence import` fills it; it may be missing.
        only: names of studies to keep.

    Raises:
        InputError: a file that cannot be read, or two studies or rows with one name.
    """
    registry = _shipped()
    if evidence is not None:
        registry = _joined(registry, _imported(evidence))
    if only is not None:
        for name in only:
            registry.study(name)
        registry = Registry(
            tuple(study for study in registry.studies if study.name in only),
            tuple(row for row in registry.rows if row.study in only),
        )
    return registry


@lru_cache(maxsize=1)
def _shipped() -> Registry:
    folder = files("calibration").joinpath("evidence", "data")
    studies: list[Study] = []
    rows: list[Row] = []
    for name in SHIPPED:
        study = read_study(folder.joinpath(f"{name}.toml").read_text("utf-8"), f"{name}.toml")
        studies.append(study)
        rows += read_rows(folder.joinpath(f"{name}.csv").read_text("utf-8"), study, f"{name}.csv")
    return Registry(tuple(studies), tuple(rows))


def _imported(folder: Path) -> Registry:
    studies: list[Study] = []
    rows: list[Row] = []
    for head in sorted(folder.glob("*/study.toml")) if folder.is_dir() else []:
        if head.parent.name.startswith("."):
            continue  # an import that did not finish
        study = read_study(_text(head), str(head), shipped=False)
        studies.append(study)
        rows += read_rows(_text(head.with_name("rows.csv")), study, str(head.with_name("rows.csv")))
    return Registry(tuple(studies), tuple(rows))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        allowed = Say("a file that an import wrote", "een bestand dat een import schreef")
        raise InputError((Problem(str(path), reason, allowed),)) from None


def _joined(first: Registry, second: Registry) -> Registry:
    problems = []
    for column, names, others in (
        ("study", [s.name for s in first.studies], [s.name for s in second.studies]),
        ("row", [row.id for row in first.rows], [row.id for row in second.rows]),
    ):
        taken = set(names)
        for name in others:
            if name in taken:
                allowed = Say("a name that is not taken", "een naam die nog vrij is")
                problems.append(Problem(column, name, allowed))
            taken.add(name)
    InputError.raise_if(problems)
    return Registry((*first.studies, *second.studies), (*first.rows, *second.rows))
