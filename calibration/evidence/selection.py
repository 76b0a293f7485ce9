"""Which rows a joint fit may use together, and why each of the others stays out.

Numbers: arms share a control group, three models use the same data, a printed contrast of two arms follows from
their contrasts with control. Each number is a linear form in the levels of the groups (arm minus comparator);
numbers are taken in order of preference and kept when they do not follow from those before.

Findings in words: every one that says something of its own quantity is kept. That "a below b" and "c above a" are
told does not tell the sign of c minus b, so no rank test is made; that findings of one trial hang together is the
business of the likelihood (orthant probabilities given the numbers).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from analysis.outcomes import Outcome, outcomes
from calibration.evidence.ordinal import read_finding
from calibration.evidence.registry import Registry
from calibration.evidence.schema import Row
from sim.outcomes.measurement import items, studies
from sim.problems import Say

__all__ = ["PREFERENCE", "REASONS", "independent_rows", "left_out", "role_of"]

# Best controlled first (what the Nijmegen report gives most weight), text last.
PREFERENCE = ("extra", "loep", "basic", "raw", "adjusted_mean_difference", "logit")
_ORDER = (
    "causal_itt",
    "survey_panel",
    "register_level",
    "survey_level",
    "response_level",
    "selection_contrast",
    "ordinal",
    "ordinal_weak",
    "contaminated",
)
_POOLED = ("two_treatments", "all_participants", "all_arms", "other_arms", "total_population")
# Why a row that a fit could use is not in it.
REASONS: Mapping[str, Say] = {
    "repeated": Say(
        "the same quantity, better controlled, is fitted", "dezelfde grootheid, beter gecorrigeerd, doet mee"
    ),
    "implied": Say("a number that follows from fitted numbers", "een getal dat volgt uit getallen die meedoen"),
    "pooled": Say("a number about several groups whose parts are fitted", "een getal over groepen die los meedoen"),
    "sum": Say("a number that sums up fitted numbers", "een getal dat getallen optelt die meedoen"),
    "subgroup": Say("a number about part of the people who are fitted whole", "een getal over een deel van de mensen"),
    "no_reading": Say("says nothing about its own sign or size", "zegt niets over het eigen teken of de grootte"),
}


def independent_rows(
    registry: Registry,
    rows: Iterable[Row] | None = None,
    *,
    preference: Sequence[str] = PREFERENCE,
    subgroup: str = "all",
) -> tuple[Row, ...]:
    """Return the targets that enter a fit together, in the order of the registry.

    Args:
        registry: the evidence (its studies say which arm is the control).
        rows: rows to choose from; all targets when left out.
        preference: specifications, best first; others come after them.
        subgroup: numbers of this subgroup only.
    """
    wanted = [row for row in (registry.rows if rows is None else rows) if row.is_target]
    out = left_out(registry, wanted, preference=preference, subgroup=subgroup)
    return tuple(row for row in wanted if row.id not in out)


def left_out(
    registry: Registry,
    rows: Iterable[Row] | None = None,
    *,
    preference: Sequence[str] = PREFERENCE,
    subgroup: str = "all",
) -> dict[str, str]:
    """Return why rows stay out of a fit: row id -> a key of `REASONS`, or the use that keeps it out (`USES`).

    Arguments as in `independent_rows`; rows that are not named enter.
    """
    every = list(registry.rows if rows is None else rows)
    out = {row.id: row.use for row in every if not row.is_target}
    usable = [row for row in every if row.is_target]
    numbers = [row for row in usable if row.kind != "ordinal"]
    out |= {row.id: "subgroup" for row in numbers if row.subgroup != subgroup}
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in numbers:
        if row.id not in out:
            groups[(registry.trial(row), row.outcome, row.horizon_months)].append(row)
    for members in groups.values():
        out |= _dependent(members, registry, preference)
    out |= _sums([row for row in numbers if row.id not in out], registry)
    said: set[tuple[object, ...]] = set()
    for row in sorted((row for row in usable if row.kind == "ordinal"), key=lambda row: _ORDER.index(row.use)):
        reading = read_finding(row)
        key = (registry.trial(row), row.arm, row.comparator, row.outcome, row.horizon_months, row.wave, row.subgroup)
        if reading is None:
            out[row.id] = "no_reading"
        elif (*key, row.sign, row.marker) in said:
            out[row.id] = "repeated"  # the same sentence, in another place of the same report
        said.add((*key, row.sign, row.marker))
    return out


def role_of(row: Row, registry: Registry) -> str:
    """Return what a row may teach: ``effect``, ``selection``, ``level`` or ``process``.

    A contrast with people who did not take part tells who took part and what taking part does, not what a treatment
    does; where the reference group was set aside by lot before sign-up it is a control group like any other.
    """
    study = registry.study(row.study)
    if row.outcome in outcomes() and outcomes()[row.outcome].source == "process":
        return "process"
    if not row.is_contrast:
        return "level"
    outside = {study.reference, "reference_matched"} - {""}
    if outside & {row.arm, row.comparator} and row.municipality not in study.random_reference:
        return "selection"
    return "selection" if row.use == "selection_contrast" else "effect"


def _sums(rows: Sequence[Row], registry: Registry) -> dict[str, str]:
    """Return the numbers that sum up others: an index beside its items, "all work outcomes" beside each."""
    parts = {row.outcome: _parts(outcomes()[row.outcome]) for row in rows}
    single: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if len(parts[row.outcome]) == 1:
            single[(registry.trial(row), row.arm, row.comparator)] |= parts[row.outcome]
    return {
        row.id: "sum"
        for row in rows
        if len(parts[row.outcome]) > 1 and parts[row.outcome] <= single[(registry.trial(row), row.arm, row.comparator)]
    }


def _parts(outcome: Outcome) -> frozenset[str]:
    """Return the measures or items that an outcome is made of, indices taken apart."""
    known = {item.name: item.parts for study in studies() for item in items(study).values()}
    names = [part for name in outcome.parts for part in (known.get(name) or (name,))]
    return frozenset(names)


def _dependent(rows: Sequence[Row], registry: Registry, preference: Sequence[str]) -> dict[str, str]:
    names = sorted({name for row in rows for name in (row.arm, row.comparator) if name and name not in _POOLED})
    place = {name: number for number, name in enumerate(names)}
    basis = np.zeros((0, len(names)))
    out: dict[str, str] = {}
    pairs: set[frozenset[str]] = set()
    ordered = sorted(rows, key=lambda row: _rank(row, registry, preference))
    for row in ordered:
        form = _form(row, place)
        if form is None:
            out[row.id] = "pooled"
            continue
        larger = np.vstack([basis, form])
        if np.linalg.matrix_rank(larger) > len(basis):
            basis = larger
        else:
            out[row.id] = "repeated" if frozenset({row.arm, row.comparator}) in pairs else "implied"
        pairs.add(frozenset({row.arm, row.comparator}))
    if len(out) == len(rows):  # only pooled groups: they say something when their parts do not
        del out[ordered[0].id]
    return out


def _rank(row: Row, registry: Registry, preference: Sequence[str]) -> tuple[object, ...]:
    study = registry.study(row.study)
    order = preference.index(row.specification) if row.specification in preference else len(preference)
    control_first = 0 if (row.comparator or row.arm) == study.control else 1
    return _ORDER.index(row.use), control_first, row.comparator == study.reference, order, row.id


def _form(row: Row, place: dict[str, int]) -> np.ndarray | None:
    if row.arm in _POOLED or row.comparator in _POOLED:
        return None
    form = np.zeros(len(place))
    form[place[row.arm]] = 1.0
    if row.comparator:
        form[place[row.comparator]] -= 1.0
    return form
