"""The one visible table of moments: which rows each claims, and how it computes them.

A row that a fit could use belongs to exactly one moment; `bijstand evidence check` says so when it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.outcomes import outcomes
from calibration.evidence.schema import Row
from calibration.moments.contrasts import (
    linear_contrasts,
    logit_margins,
    matched_effects,
    survey_adjusted,
    survey_ancova,
)
from calibration.moments.levels import register_levels, response_shares, survey_levels, withdrawal_shares
from calibration.moments.prepared import Prepared
from sim.problems import Say

__all__ = ["MOMENTS", "Moment", "moment_of", "names_of"]

_LINEAR = ("raw", "basic", "loep", "extra")
_ADJUSTED = ("adjusted_mean_difference",)
_MATCHED = ("nn_matching_att", "nn_matching_ate", "ps_matching_att", "ps_matching_ate")
_CONTRASTS = ("effect", "difference")


@dataclass(frozen=True)
class Moment:
    """One way to compute rows from a trial; an empty pattern matches everything.

    Attributes:
        name: as `bijstand evidence list` shows it.
        text: what it computes.
        source: of the outcome (register, survey, process).
        kinds, specifications, outcomes: which rows it claims.
        contrast: whether the row compares two groups.
        compute: values of rows, in their order.
    """

    name: str
    text: Say
    source: str
    kinds: tuple[str, ...]
    specifications: tuple[str, ...]
    contrast: bool
    compute: Callable[[Prepared, Sequence[Row]], NDArray[np.float64]]
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def claims(self, row: Row) -> bool:
        """Return whether the row is one of this moment's."""
        outcome = outcomes().get(row.outcome)
        return (
            outcome is not None
            and outcome.source == self.source
            and row.kind in self.kinds
            and row.is_contrast == self.contrast
            and (not self.specifications or row.specification in self.specifications)
            and (not self.only or row.outcome in self.only)
            and row.outcome not in self.without
        )


# name, what, source, kinds, specifications, contrast, function
MOMENTS: tuple[Moment, ...] = (
    Moment(
        "itt_linear",
        Say(
            "linear model of a register outcome on the arms and the report's covariates",
            "lineair model van een registeruitkomst op de groepen en de controlevariabelen",
        ),
        "register",
        _CONTRASTS,
        _LINEAR,
        True,
        linear_contrasts,
    ),
    Moment(
        "itt_sign",
        Say(
            "the same linear model, for a finding told in words (covariates of LOEP)",
            "hetzelfde lineaire model, voor een bevinding in woorden (LOEP-variabelen)",
        ),
        "register",
        ("ordinal",),
        (),
        True,
        linear_contrasts,
    ),
    Moment(
        "logit_margins",
        Say(
            "difference of predicted margins of a logit without covariates",
            "verschil van voorspelde kansen uit een logit zonder controlevariabelen",
        ),
        "register",
        ("effect",),
        ("logit",),
        True,
        logit_margins,
    ),
    Moment(
        "matching",
        Say(
            "nearest neighbour or propensity score, on the treated or on all",
            "dichtstbijzijnde buur of propensity score, op behandelden of op allen",
        ),
        "register",
        ("matched",),
        _MATCHED,
        True,
        matched_effects,
    ),
    Moment(
        "survey_ancova",
        Say(
            "survey outcome on the arms, its baseline and covariates",
            "vragenlijstuitkomst op de groepen, de nulmeting en controlevariabelen",
        ),
        "survey",
        ("effect",),
        _LINEAR,
        True,
        survey_ancova,
    ),
    Moment(
        "survey_sign",
        Say("the same, for a finding told in words", "hetzelfde, voor een bevinding in woorden"),
        "survey",
        ("ordinal",),
        (),
        True,
        survey_ancova,
    ),
    Moment(
        "survey_adjusted",
        Say(
            "difference between groups among who answers, without baseline",
            "verschil tussen groepen onder wie antwoordt, zonder nulmeting",
        ),
        "survey",
        ("difference",),
        _ADJUSTED,
        True,
        survey_adjusted,
    ),
    Moment(
        "register_level",
        Say("mean of a group in the register", "gemiddelde van een groep in het register"),
        "register",
        ("level",),
        (),
        False,
        register_levels,
    ),
    Moment(
        "survey_level",
        Say("mean of a group among who answers", "gemiddelde van een groep onder wie antwoordt"),
        "survey",
        ("level",),
        (),
        False,
        survey_levels,
    ),
    Moment(
        "withdrawal",
        Say("share that withdrew after assignment", "aandeel dat zich terugtrok"),
        "process",
        ("level",),
        (),
        False,
        withdrawal_shares,
        only=("withdrawal_after_assignment",),
    ),
    Moment(
        "response",
        Say("share that answered", "aandeel dat antwoordde"),
        "process",
        ("level",),
        (),
        False,
        response_shares,
        only=("survey_response",),
    ),
    Moment(
        "response_difference",
        Say("difference of the shares that answered", "verschil van de aandelen die antwoordden"),
        "process",
        ("difference", "effect"),
        (),
        True,
        response_shares,
        only=("survey_response",),
    ),
)


def names_of(row: Row) -> list[str]:
    """Return the names of all moments that claim a row."""
    return [moment.name for moment in MOMENTS if moment.claims(row)]


def moment_of(row: Row) -> Moment | None:
    """Return the moment of a row, None when none claims it."""
    return next((moment for moment in MOMENTS if moment.claims(row)), None)
