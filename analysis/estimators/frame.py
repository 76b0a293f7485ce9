"""People by column, checked: the common ground of simulated trials and a user's own microdata."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.people.clients.schemes import BLANK_WORDS, fold
from sim.policy.number_text import NOT_A_NUMBER, decimal_mark, parse
from sim.problems import InputError, Problem, Say, nearest_name, one_of
from sim.table_file import open_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sample", "TrialFrame", "frame_of", "read_microdata", "sample"]

Array = npt.NDArray[Any]
_UNKNOWN = frozenset(fold(word) for word in BLANK_WORDS)
_TRUTH = {"true": 1.0, "false": 0.0, "waar": 1.0, "onwaar": 0.0}
_CODE = re.compile(r"0\d+")


@dataclass(frozen=True)
class TrialFrame:
    """Columns by name, shape [n] each: numbers (NaN where unknown), or texts as the file has them (None: empty).

    `rows`: the row of the file of each person, shape [n] (the heading is row 1); `decimal`: the file's decimal mark.
    """

    columns: Mapping[str, Array]
    rows: Array | None = None
    decimal: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def to_pandas(self) -> pd.DataFrame:
        """Return the columns as a data frame."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns))


@dataclass(frozen=True)
class Sample:
    """People of two arms (and of other arms that share the residual variance) with a known outcome.

    Attributes:
        outcome: shape [n].
        treated: 1 in the treatment arm, shape [n].
        others: one 0/1 column for each further arm, shape [n, others].
        covariates: covariates by name, shape [n] each.
        cluster: group of each person, or None.
        names: outcome, treatment and control.
        notes: what was read otherwise than it was written, and who was left out.
    """

    outcome: npt.NDArray[np.float64]
    treated: npt.NDArray[np.float64]
    others: npt.NDArray[np.float64]
    covariates: Mapping[str, Array]
    cluster: Array | None
    names: tuple[str, str, str]
    notes: tuple[Say, ...] = ()

    @property
    def sizes(self) -> tuple[int, int, int]:
        """People in all, in the treatment arm, in the control arm."""
        treated = int(self.treated.sum())
        control = len(self.treated) - treated - int(self.others.sum())
        return len(self.treated), treated, control


def frame_of(data: TrialFrame | pd.DataFrame | Mapping[str, Any]) -> TrialFrame:
    """Return columns as arrays; categories become texts."""
    if isinstance(data, TrialFrame):
        return data
    columns: dict[str, Any] = {str(name): values for name, values in data.items()}
    return TrialFrame({name: _array(values) for name, values in columns.items()})


def read_microdata(path: Path) -> TrialFrame:
    """Read a table with one person per row: whatever `sim.table_file` reads.

    Texts stay as they are (a code keeps its zeros, an arm may be called NA); what is a number is decided where a number
    is needed, by the decimal mark that the file's own cells show.

    Raises:
        InputError: no such file, another format, a row of another width, two columns of one name, or an empty file.
    """
    file = open_table(path)
    twice = [name for name in dict.fromkeys(file.heading) if file.heading.count(name) > 1]
    once = Say("each column once", "elke kolom één keer")
    problems = [Problem(f"{file.name}:1", name, once) for name in twice]
    cells: dict[str, list[object]] = {name: [] for name in dict.fromkeys(file.heading) if name}
    rows: list[int] = []
    for chunk in file.chunks(list(cells)):
        allowed = Say(f"{len(file.heading)} fields, as the heading", f"{len(file.heading)} velden, zoals de kop")
        problems += [Problem(f"{file.name}:{row}", f"{found} fields", allowed) for row, found in chunk.short[:5]]
        rows += chunk.numbers
        for name, values in chunk.cells.items():
            cells[name] += values
    if not rows and not problems:
        problems.append(Problem(str(path), "no rows", Say("one person per row", "één persoon per rij")))
    InputError.raise_if(problems)
    mark = "" if file.typed else decimal_mark(str(cell) for values in cells.values() for cell in values)
    return TrialFrame({name: _array(values) for name, values in cells.items()}, np.asarray(rows), mark)


def sample(
    data: TrialFrame | pd.DataFrame | Mapping[str, Any],
    outcome: str,
    treatment: object,
    *,
    control: object,
    arm: str = "arm",
    covariates: Sequence[str] = (),
    cluster: str | None = None,
    binary: bool = False,
    only_two: bool = False,
) -> Sample:
    """Return the people to compare; raise InputError with everything that is wrong with the data.

    Args:
        data: one person per row.
        outcome: column of numbers; people whose outcome is unknown are left out.
        treatment, control: values of the column `arm`.
        covariates: columns to control for (texts become categories; unknown numbers get an indicator).
        cluster: column of groups for clustered errors.
        binary: the outcome must be 0 or 1.
        only_two: people of other arms are left out (else they stay, with their own indicator).
    """
    frame = frame_of(data)
    columns = frame.columns
    needed = [outcome, arm, *covariates, *([cluster] if cluster else [])]
    problems = [one_of(f"column.{name}", name, columns) for name in dict.fromkeys(needed) if name not in columns]
    InputError.raise_if(problems)
    notes: list[Say] = []
    labels = _labels(columns[arm], arm, notes)
    known_labels = sorted(set(labels.tolist()) - {""})
    by_fold = {fold(label): label for label in known_labels}
    wanted = [by_fold.get(fold(_label(one)), _label(one)) for one in (treatment, control)]
    for path, label in zip(("treatment", "control"), wanted, strict=True):
        if label not in known_labels:
            problems.append(one_of(path, label, known_labels or ("(no arm)",)))
    if wanted[0] == wanted[1]:
        allowed = Say("another arm than the control", "een andere groep dan de controle")
        problems.append(Problem("treatment", wanted[0], allowed))
    values, wrong = _numbers(columns[outcome], outcome, frame)
    problems += wrong
    known = ~np.isnan(values)
    if binary and not np.isin(values[known], (0.0, 1.0)).all():
        problems.append(Problem(f"column.{outcome}", "other values", Say("0 or 1", "0 of 1")))
    keep = known & (labels != "")
    if only_two:
        keep &= np.isin(labels, wanted)
    for label in dict.fromkeys(wanted):
        count = int((labels[keep] == label).sum())
        if count < 2 and not any(problem.path in ("treatment", "control") for problem in problems):
            allowed = Say("at least two people with a known outcome", "ten minste twee mensen met een bekende uitkomst")
            problems.append(Problem(f"{arm}.{label}", count, allowed))
    for name in covariates:
        if name in (outcome, arm):
            allowed = Say("not the outcome or the arm", "niet de uitkomst of de groep")
            problems.append(Problem("covariates", name, allowed, nearest_name(name, columns)))
    groups = None if cluster is None else _labels(columns[cluster], cluster, notes, blanks=True)[keep]
    if groups is not None and (groups == "").any():
        allowed = Say("a group for everybody who is compared", "een groep voor iedereen die vergeleken wordt")
        problems.append(Problem(f"column.{cluster}", f"{int((groups == '').sum())} missing", allowed))
    controlled: dict[str, Array] = {}
    for name in dict.fromkeys(covariates):
        told, wrong = _covariate(columns[name], name, frame)
        problems += wrong
        controlled[name] = told[keep]
    InputError.raise_if(problems)
    kept = labels[keep]
    rest = sorted(set(kept.tolist()) - set(wanted))
    others = np.stack([(kept == name).astype(float) for name in rest], axis=1) if rest else np.empty((len(kept), 0))
    notes += _left_out(labels, known, wanted, only_two=only_two)
    return Sample(
        values[keep],
        (kept == wanted[0]).astype(np.float64),
        others,
        _that_vary(controlled, notes),
        groups,
        (outcome, wanted[0], wanted[1]),
        tuple(notes),
    )


def _left_out(labels: Array, known: npt.NDArray[np.bool_], wanted: Sequence[str], *, only_two: bool) -> list[Say]:
    """Name the arms that are not compared and the people who are left out: nobody vanishes without a word."""
    notes: list[Say] = []
    named, counts = np.unique(labels[labels != ""], return_counts=True)
    rest = [f"'{name}' {count}" for name, count in zip(named, counts, strict=True) if name not in wanted]
    if rest:
        listed = ", ".join(rest)
        notes.append(
            Say(f"also in the file, left out: {listed}", f"ook in het bestand, weggelaten: {listed}")
            if only_two
            else Say(
                f"also in the file, in the same regression: {listed}",
                f"ook in het bestand, in dezelfde regressie: {listed}",
            )
        )
    nameless, unknown = int((labels == "").sum()), int((~known & (labels != "")).sum())
    if nameless:
        notes.append(Say(f"left out: {nameless} without an arm", f"weggelaten: {nameless} zonder groep"))
    if unknown:
        notes.append(
            Say(f"left out: {unknown} without a known outcome", f"weggelaten: {unknown} zonder bekende uitkomst")
        )
    return notes


def _that_vary(columns: Mapping[str, Array], notes: list[Say]) -> dict[str, Array]:
    """Return the covariates that can play a part; the others are named."""
    found: dict[str, Array] = {}
    for name, values in columns.items():
        levels = set(values[~np.isnan(values)].tolist()) if values.dtype.kind == "f" else {*values.tolist()} - {None}
        unknown = np.isnan(values).any() if values.dtype.kind == "f" else None in values.tolist()
        if not levels:
            notes.append(
                Say(
                    f"{name} is unknown for everybody and plays no part",
                    f"{name} is voor iedereen onbekend en telt niet mee",
                )
            )
        elif len(levels) == 1 and not unknown:
            notes.append(
                Say(
                    f"{name} is the same for everybody and plays no part",
                    f"{name} is voor iedereen gelijk en telt niet mee",
                )
            )
        else:
            found[name] = values
    return found


def _array(values: Any) -> Array:
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    cells = [None if _missing(value) else value for value in array.tolist()]
    if all(cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)) for cell in cells):
        return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)
    return np.array([None if cell is None else _label(cell) for cell in cells] + [None], dtype=object)[:-1]


def _missing(value: object) -> bool:
    if value is None or (isinstance(value, float) and np.isnan(value)) or str(value) in ("<NA>", "NaT"):
        return True
    return isinstance(value, str) and not value.strip()


def _labels(values: Array, column: str, notes: list[Say], *, blanks: bool = False) -> npt.NDArray[np.str_]:
    """Return labels without outer blanks, the spellings of one label as its commonest; what differed is noted.

    An arm may be called NA or none; with `blanks` such words mean that the label is not known.
    """
    labels = [_label(value) for value in values]
    spellings: dict[str, Counter[str]] = {}
    for label, value in zip(labels, values, strict=True):
        if label:
            spellings.setdefault(fold(label), Counter())[str(value) if isinstance(value, str) else label] += 1
    for said in spellings.values():
        if len(said) > 1:
            listed = ", ".join(f"'{one}' {count}" for one, count in sorted(said.items()))
            notes.append(Say(f"{column}: read as one label: {listed}", f"{column}: gelezen als één label: {listed}"))
    names = {
        key: "" if blanks and key in _UNKNOWN else " ".join(said.most_common(1)[0][0].split())
        for key, said in spellings.items()
    }
    return np.array([names[fold(label)] if label else "" for label in labels], dtype=str)


def _label(value: object) -> str:
    if _missing(value):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _numbers(values: Array, name: str, frame: TrialFrame) -> tuple[npt.NDArray[np.float64], list[Problem]]:
    """Return a column as numbers, NaN where its word says unknown, and what is no number by its row."""
    if values.dtype.kind == "f":
        if np.isinf(values).any():
            return values, [Problem(f"column.{name}", "infinite", Say("numbers", "getallen"))]
        return values, []
    found = np.full(len(values), np.nan)
    bad: list[str] = []
    allowed = Say("numbers", "getallen")
    for place, value in enumerate(values):
        if value is None or fold(value) in _UNKNOWN:
            continue
        if fold(value) in _TRUTH:
            found[place] = _TRUTH[fold(value)]
            continue
        read = parse(value, frame.decimal)
        if isinstance(read, tuple):
            row = place + 1 if frame.rows is None else frame.rows[place]
            bad.append(f"row {row}: {value}")
            allowed = allowed if read is NOT_A_NUMBER else Say(*read)
        else:
            found[place] = float(read)
    if bad:
        shown = "; ".join(bad[:3]) + (f" (and {len(bad) - 3} more)" if len(bad) > 3 else "")
        return found, [Problem(f"column.{name}", shown, allowed)]
    return found, []


def _covariate(values: Array, name: str, frame: TrialFrame) -> tuple[Array, list[Problem]]:
    """Return a covariate: numbers when every known cell is one and none is a code with zeros, else categories."""
    if values.dtype.kind == "f":
        return values, []
    known = [value for value in values if value is not None and fold(value) not in _UNKNOWN]
    numeric = [parse(value, frame.decimal) for value in known]
    coded = any(_CODE.fullmatch(value.strip()) for value in known)
    if known and not coded and all(read is not NOT_A_NUMBER for read in numeric):
        return _numbers(values, name, frame)
    notes: list[Say] = []
    texts = _labels(values, name, notes, blanks=True)
    return np.array([text or None for text in texts] + [None], dtype=object)[:-1], []
