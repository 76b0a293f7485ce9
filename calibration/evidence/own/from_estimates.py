"""Estimates from a researcher's microdata as a trial file: what is known is filled in, the rest asks to be."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path

from analysis.estimators.result import Estimate
from analysis.outcomes import outcomes
from calibration.evidence.own.effect import EFFECT_COLUMNS
from sim.files import write_whole
from sim.policy.number_text import toml_number
from sim.problems import InputError, Problem, Say

__all__ = ["evidence_csv", "write_evidence"]

# What only the researcher knows; `evidence import` asks for each that is left empty.
_STUDY = ("name", "title", "publisher", "year", "municipality", "control", "start", "months")


def evidence_csv(estimates: Sequence[Estimate], month: int) -> str:
    """Return the blocks [study], [arms], [outcomes] and [effects] with a row for each estimate.

    Args:
        estimates: of one file, with one control.
        month: the month after the start of treatment that the outcome was measured in.

    Raises:
        InputError: an estimate without a standard error is no evidence of a size.
    """
    InputError.raise_if(
        Problem(
            f"--treatment {one.treatment}",
            "no standard error",
            Say(
                "an estimate with an error (see the notes below its table)", "een schatting met een fout (zie de noten)"
            ),
        )
        for one in estimates
        if not math.isfinite(one.standard_error) or one.standard_error <= 0
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    control = _slug(estimates[0].control)
    writer.writerows([["[study]"], ["key", "value"]])
    known = {"control": control, "months": str(month), "confidence_level": f"{estimates[0].level:g}"}
    writer.writerows([key, known.get(key, "")] for key in (*_STUDY, "confidence_level"))
    writer.writerows([[], ["[arms]"], ["arm", "people", "regime"]])
    sizes = {control: estimates[0].n_control} | {_slug(one.treatment): one.n_treatment for one in estimates}
    writer.writerows([arm, size, "regular" if arm == control else ""] for arm, size in sizes.items())
    foreign = [name for name in dict.fromkeys(one.outcome for one in estimates) if name not in outcomes()]
    if foreign:
        writer.writerows([[], ["[outcomes]"], ["yours", "ours"], *([name, ""] for name in foreign)])
    writer.writerows([[], ["[effects]"], EFFECT_COLUMNS])
    for one in estimates:
        row = {
            "arm": _slug(one.treatment),
            "comparator": control,
            "outcome": one.outcome,
            "effect": toml_number(one.value, ".6g"),
            "se": toml_number(one.standard_error, ".6g"),
            "n_arm": one.n_treatment,
            "n_comparator": one.n_control,
            "horizon_months": month,
            "specification": "loep" if one.covariates else "raw",
            "locator": f"own microdata, {one.method}",
            "note": "; ".join(note.en for note in one.notes),
        }
        writer.writerow([row.get(column, "") for column in EFFECT_COLUMNS])
    return out.getvalue()


def write_evidence(path: Path, estimates: Sequence[Estimate], month: int) -> None:
    """Write `evidence_csv`; a file that stands there already is not touched.

    Raises:
        InputError: as `evidence_csv`, and when the file exists or cannot be written.
    """
    text = evidence_csv(estimates, month)
    if path.exists() or path.suffix.lower() != ".csv":
        allowed = Say("a new file that ends in .csv", "een nieuw bestand op .csv")
        raise InputError((Problem("--as-evidence", str(path), allowed),))
    try:
        write_whole(path, text.encode())
    except OSError as error:
        allowed = Say("a place that can be written", "een plek die beschreven kan worden")
        raise InputError((Problem("--as-evidence", f"{path} ({error.strerror})", allowed),)) from None


def _slug(label: str) -> str:
    """Return an arm's label as a name of the evidence: small letters, digits and _, a letter first."""
    word = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:38]
    return word if word[:1].isalpha() else f"a_{word}"
