"""Which rows a joint fit may use together: one specification per quantity, and no row that repeats others.

Arms share a control group, three models use the same data, a printed contrast of two arms follows from
their contrasts with control. Each row is a linear form in the levels of the groups (arm minus
comparator); rows are taken in order of preference and kept when they do not follow from those before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from calibration.evidence.registry import Registry
from calibration.evidence.schema import Row
from calibration.moments.outcomes import Outcome, outcomes
from sim.outcomes.measurement import items, studies

__all__ = ["PREFERENCE", "independent_rows"]

# Best controlled first (what the Nijmegen report gives most weight), text last.
PREFERENCE = ("extra", "loep", "basic", "raw", "adjusted_mean_difference", "logit")
_USES = (
    "causal_itt",
    "survey_panel",
    "register_level",
    "survey_level",
    "response_level",
    "selection_contrast",
    "ordinal",
)
_POOLED = ("two_treatments", "all_participants", "all_arms", "other_arms", "total_population")


def independent_rows(
    registry: Registry,
    rows: Iterable[Row] | None = None,
    *,
    preference: Sequence[str] = PREFERENCE,
    subgroup: str = "all",
) -> tuple[Row, ...]:
    """Return targets of which none repeats another, in the order of the registry.

    Args:
        registry: the evidence (its studies say which arm is the control).
        rows: rows to choose from; all targets when left out.
        preference: specifications, best first; others come after them.
        subgroup: only rows of this subgroup.
    """
    wanted = [row for row in (registry.rows if rows is None else rows) if row.is_target and row.subgroup == subgroup]
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in wanted:
        groups[(row.municipality, row.outcome, row.horizon_months)].append(row)
    kept: set[str] = set()
    for members in groups.values():
        kept |= _independent(members, registry, preference)
    return _without_sums(tuple(row for row in wanted if row.id in kept))


def _without_sums(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows without those that sum up others: an index beside its items, "all work outcomes"."""
    parts = {row.outcome: _parts(outcomes()[row.outcome]) for row in rows}
    single: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if len(parts[row.outcome]) == 1:
            single[(row.municipality, row.arm, row.comparator)] |= parts[row.outcome]
    return tuple(
        row
        for row in rows
        if len(parts[row.outcome]) == 1 or not parts[row.outcome] <= single[(row.municipality, row.arm, row.comparator)]
    )


def _parts(outcome: Outcome) -> frozenset[str]:
    """Return the measures or items that an outcome is made of, indices taken apart."""
    known = {item.name: item.parts for study in studies() for item in items(study).values()}
    names = [part for name in outcome.parts for part in (known.get(name) or (name,))]
    return frozenset(names)


def _independent(rows: Sequence[Row], registry: Registry, preference: Sequence[str]) -> set[str]:
    names = sorted({name for row in rows for name in (row.arm, row.comparator) if name and name not in _POOLED})
    place = {name: number for number, name in enumerate(names)}
    basis = np.zeros((0, len(names)))
    kept: set[str] = set()
    ordered = sorted(rows, key=lambda row: _rank(row, registry, preference))
    for row in ordered:
        form = _form(row, place)
        if form is None:
            continue
        larger = np.vstack([basis, form])
        if np.linalg.matrix_rank(larger) > len(basis):
            basis = larger
            kept.add(row.id)
    if not kept:  # only pooled groups: they say something when their parts do not
        kept.add(ordered[0].id)
    return kept


def _rank(row: Row, registry: Registry, preference: Sequence[str]) -> tuple[object, ...]:
    study = registry.study(row.study)
    order = preference.index(row.specification) if row.specification in preference else len(preference)
    control_first = 0 if (row.comparator or row.arm) == study.control else 1
    return _USES.index(row.use), control_first, row.comparator == study.reference, order, row.id


def _form(row: Row, place: dict[str, int]) -> np.ndarray | None:
    if row.arm in _POOLED or row.comparator in _POOLED:
        return None
    form = np.zeros(len(place))
    form[place[row.arm]] = 1.0
    if row.comparator:
        form[place[row.comparator]] -= 1.0
    return form
