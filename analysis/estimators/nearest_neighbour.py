"""Nearest-neighbour matching on covariates, each scaled by its standard deviation (Oss 2020, table 3.1.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.estimators.frame import TrialFrame, sample
from analysis.estimators.matching import Target, match
from analysis.estimators.result import LEVEL, Estimate, estimate_of
from analysis.estimators.specifications import covariates_of, matrix
from sim.problems import InputError, Problem, Say, one_of, within

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_matching", "estimate"]


def estimate(
    data: TrialFrame | pd.DataFrame | Mapping[str, Any],
    outcome: str,
    treatment: object,
    *,
    control: object = "control",
    arm: str = "arm",
    specification: str = "loep",
    covariates: Sequence[str] | None = None,
    target: Target = "att",
    neighbours: int = 1,
    correct_bias: bool = True,
    level: float = LEVEL,
) -> Estimate:
    """Return the matched effect of `treatment` against `control`.

    Args:
        target: ``att`` (on the treated) or ``ate`` (on all).
        neighbours: matches per person.
        correct_bias: correct for what still differs within pairs (Abadie and Imbens 2011).
        data, outcome, treatment, control, arm, specification, covariates, level: as in `linear`.

    Raises:
        InputError: bad data, no covariates, an unknown target.
    """
    names = covariates_of(specification) if covariates is None else tuple(covariates)
    check_matching(target, neighbours, names)
    people = sample(data, outcome, treatment, control=control, arm=arm, covariates=names, only_two=True)
    x, _ = matrix(people.covariates, len(people.outcome))
    if not x.shape[1]:
        allowed = Say("covariates that differ between people", "kenmerken die tussen mensen verschillen")
        raise InputError((Problem("covariates", "all constant", allowed),))
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    found = match(
        people.outcome,
        people.treated,
        scaled,
        target=target,
        neighbours=neighbours,
        correct_on=scaled if correct_bias else None,
    )
    return estimate_of(f"nearest neighbour {target}", people, found.value, found.standard_error, level=level)


def check_matching(target: str, neighbours: int, covariates: Sequence[str]) -> None:
    """Refuse an unknown target, too many neighbours, matching on nothing."""
    problems = [one_of("target", target, ("att", "ate"))] if target not in ("att", "ate") else []
    if not 1 <= neighbours <= 100:
        problems.append(within("neighbours", neighbours, 1, 100))
    if not covariates:
        allowed = Say("at least one covariate", "ten minste één kenmerk")
        problems.append(Problem("covariates", "none", allowed))
    InputError.raise_if(problems)
