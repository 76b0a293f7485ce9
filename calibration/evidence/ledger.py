"""What becomes of every finding: in the fit, or why not; and whether what is told and what is fitted have one balance.

A finding is a quantity (town, arm, comparison group, outcome, month), told in one or more rows. Its direction is that
of its best row: *positive* or *negative* when it is significant, or when no test is named; *null* when it was tested
and is not significant, or told as about zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from calibration.evidence.registry import Registry
from calibration.evidence.schema import USES, Row
from calibration.evidence.selection import PREFERENCE, REASONS, left_out, role_of
from sim.problems import Say

__all__ = [
    "DIRECTIONS",
    "FAMILIES",
    "Balance",
    "Entry",
    "balance",
    "direction_of",
    "family_of",
    "ledger",
    "unexplained",
]

DIRECTIONS = ("positive", "negative", "null")
# Families of outcomes by the beginning of their names; the first that fits.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "self_employment": ("self_employed", "exit_to_self_employment", "work_including_self"),
    "contract": ("permanent_contract",),
    "work": (
        "hours_gt",
        "hours_13",
        "earnings_gt",
        "work_outcomes",
        "exit_to_full",
        "exit_other",
        "exit_any",
        "job_finding",
    ),
    "search": ("job_", "expects_to_find", "can_make_good", "can_find"),
    "trust": ("trust_", "social_trust", "institutional_trust"),
    "wellbeing": ("wellbeing", "life_", "happy"),
    "health": ("general_health", "health_", "subjective_health", "not_", "calm_"),
    "participation": ("volunt", "informal_care", "contact_", "social_participation", "perceived_social"),
    "autonomy": ("choice_freedom", "self_reliance"),
    "poverty": ("deprivation_poverty", "income_poverty", "income_and_deprivation"),
}
# Uses of rows that tell an effect, whether or not a fit may use them.
_TOLD = (
    "causal_itt",
    "survey_panel",
    "ordinal",
    "ordinal_weak",
    "contaminated",
    "doubtful",
    "do_not_use",
    "descriptive",
)


@dataclass(frozen=True)
class Entry:
    """One row: whether it is in the fit, and if not why (a key of `REASONS` or `USES`; empty = no reason known)."""

    row: Row
    town: str
    treatment: str
    family: str
    direction: str
    fitted: bool
    reason: str

    def reason_text(self) -> Say:
        """Return the reason in both languages."""
        known = REASONS.get(self.reason) or USES.get(self.reason)
        return known or Say("no reason", "geen reden")


@dataclass(frozen=True)
class Balance:
    """Findings on one family of outcomes under one treatment by direction (`DIRECTIONS`): told, and in the fit."""

    treatment: str
    family: str
    told: tuple[int, int, int]
    fitted: tuple[int, int, int]


def ledger(
    registry: Registry,
    treatment_of: Callable[[Row], str],
    *,
    fitted: Collection[str] | None = None,
    out: Mapping[str, str] | None = None,
) -> tuple[Entry, ...]:
    """Return an entry for every row of the evidence, in its order.

    Args:
        registry: the evidence.
        treatment_of: what a contrast tells of (`calibration.meta_analysis.bundles.told_of`).
        fitted: ids of the rows of a fit; those that a fit of today would take when left out.
        out: why rows are not in it, by id; what the rules of today say when left out.
    """
    reasons = left_out(registry) if out is None else dict(out)
    inside = {row.id for row in registry if row.id not in reasons} if fitted is None else set(fitted)
    return tuple(
        Entry(
            row,
            registry.trial(row),
            "selection" if role_of(row, registry) == "selection" else treatment_of(row) if row.is_contrast else "level",
            family_of(row.outcome),
            direction_of(row),
            row.id in inside,
            "" if row.id in inside else reasons.get(row.id, ""),
        )
        for row in registry
    )


def unexplained(entries: Collection[Entry]) -> tuple[Entry, ...]:
    """Return the rows that a fit could use, that are not in it, and for which nobody says why."""
    return tuple(entry for entry in entries if not entry.fitted and not entry.reason)


def balance(entries: Collection[Entry]) -> tuple[Balance, ...]:
    """Return told and fitted findings beside each other, per treatment and family of outcomes."""
    told: dict[tuple[object, ...], Entry] = {}
    inside: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        row = entry.row
        contrast = row.is_contrast and row.use in _TOLD and row.subgroup == "all" and row.kind in _KINDS
        if not contrast or not entry.direction or entry.treatment == "selection":
            continue
        key = (entry.town, row.arm, row.comparator, row.outcome, row.horizon_months, row.wave, row.rater)
        for found, counts in ((told, True), (inside, entry.fitted)):
            if counts and (key not in found or _rank(row) < _rank(found[key].row)):
                found[key] = entry
    groups = {(entry.treatment, entry.family) for entry in told.values()}
    counted = [
        Counter((entry.treatment, entry.family, entry.direction) for entry in found.values())
        for found in (told, inside)
    ]
    return tuple(
        Balance(
            treatment,
            family,
            *(tuple(count[(treatment, family, direction)] for direction in DIRECTIONS) for count in counted),  # type: ignore[arg-type]
        )
        for treatment, family in sorted(groups)
    )


_KINDS = ("effect", "difference", "ordinal")


def _rank(row: Row) -> tuple[object, ...]:
    order = PREFERENCE.index(row.specification) if row.specification in PREFERENCE else len(PREFERENCE)
    return row.kind == "ordinal", order, row.id


def direction_of(row: Row) -> str:
    """Return positive, negative or null; empty when a row tells no direction."""
    if row.kind == "ordinal":
        sign = row.sign.removeprefix("mostly_")
        if sign == "zero" or row.marker == "n.s." or row.significant in ("no", "mostly_no"):
            return "null"
        return sign if sign in ("positive", "negative") else ""
    if row.estimate is None:
        return ""
    if row.marker in ("n.s.", "near p<0.10") or row.significant == "no" or row.estimate == 0:
        return "null"
    return "positive" if row.estimate > 0 else "negative"


def family_of(outcome: str) -> str:
    """Return the family of an outcome, ``other`` when it has none."""
    return next((name for name, starts in FAMILIES.items() if outcome.startswith(starts)), "other")
