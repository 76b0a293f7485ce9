"""People by column, checked: the common ground of simulated trials and a user's own microdata."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.problems import InputError, Problem, Say, nearest_name, one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sample", "TrialFrame", "frame_of", "read_microdata", "sample"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class TrialFrame:
    """Columns by name, shape [n] each: numbers, or texts for categories; NaN (None) where unknown."""

    columns: Mapping[str, Array]

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
    """

    outcome: npt.NDArray[np.float64]
    treated: npt.NDArray[np.float64]
    others: npt.NDArray[np.float64]
    covariates: Mapping[str, Array]
    cluster: Array | None
    names: tuple[str, str, str]

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
    """Read a CSV, Excel or Parquet file with one person per row.

    Raises:
        InputError: no such file, another format, or an empty file.
    """
    import pandas as pd

    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": pd.read_csv,
        ".xlsx": pd.read_excel,
        ".parquet": pd.read_parquet,
    }
    if path.suffix.lower() not in readers:
        raise InputError((one_of(str(path), path.suffix or "no suffix", readers),))
    if not path.is_file():
        raise InputError((Problem(str(path), "missing", Say("a file", "een bestand")),))
    try:
        table = readers[path.suffix.lower()](path)
    except (ValueError, OSError, KeyError) as error:
        allowed = Say("a readable table", "een leesbare tabel")
        raise InputError((Problem(str(path), str(error), allowed),)) from None
    if not len(table):
        raise InputError((Problem(str(path), "no rows", Say("one person per row", "één persoon per rij")),))
    return frame_of(table)


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
    labels = _labels(columns[arm])
    wanted = [_label(treatment), _label(control)]
    for path, label in zip(("treatment", "control"), wanted, strict=True):
        if label not in set(labels.tolist()):
            problems.append(one_of(path, label, sorted(set(labels.tolist()))))
    if wanted[0] == wanted[1]:
        allowed = Say("another arm than the control", "een andere groep dan de controle")
        problems.append(Problem("treatment", wanted[0], allowed))
    values, wrong = _numbers(columns[outcome], outcome)
    problems += wrong
    if cluster and any(_label(value) in ("", "nan", "None") for value in columns[cluster]):
        allowed = Say("a group for everybody", "een groep voor iedereen")
        problems.append(Problem(f"column.{cluster}", "missing", allowed))
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
    InputError.raise_if(problems)
    kept = labels[keep]
    rest = sorted(set(kept.tolist()) - set(wanted))
    others = np.stack([(kept == name).astype(float) for name in rest], axis=1) if rest else np.empty((len(kept), 0))
    return Sample(
        values[keep],
        (kept == wanted[0]).astype(np.float64),
        others,
        {name: columns[name][keep] for name in covariates},
        columns[cluster][keep] if cluster else None,
        (outcome, wanted[0], wanted[1]),
    )


def _array(values: Any) -> Array:
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    return np.asarray([None if _missing(value) else str(value) for value in array], dtype=object)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value)) or str(value) in ("<NA>", "NaT")


def _labels(values: Array) -> npt.NDArray[np.str_]:
    return np.array([_label(value) for value in values], dtype=str)


def _label(value: object) -> str:
    if _missing(value):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _numbers(values: Array, name: str) -> tuple[npt.NDArray[np.float64], list[Problem]]:
    if values.dtype.kind == "f":
        if np.isinf(values).any():
            return values, [Problem(f"column.{name}", "infinite", Say("numbers", "getallen"))]
        return values, []
    found = np.full(len(values), np.nan)
    bad: list[str] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        try:
            found[place] = float(value)
        except ValueError:
            bad.append(f"row {place + 1}: {value}")
    if bad:
        shown = "; ".join(bad[:3]) + (f" (and {len(bad) - 3} more)" if len(bad) > 3 else "")
        return found, [Problem(f"column.{name}", shown, Say("numbers", "getallen"))]
    return found, []
