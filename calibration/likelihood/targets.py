"""Which rows a fit uses, with the trial that each one comes from.

A *town* is a municipality of the shipped evidence, or an own trial (by the name of its study). Rows are
chosen from the registry (`calibration.evidence.selection` says why a row stays out), and checked: two figures for
one quantity must agree, and every row must have a moment, arms and a follow-up that its trial has.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.bias import bias_terms
from calibration.evidence.registry import Registry, load_registry
from calibration.evidence.schema import FIT_USES, Row
from calibration.evidence.selection import left_out as reasons_out
from calibration.evidence.selection import role_of
from calibration.evidence.standard_errors import StandardError
from calibration.moments.table import moment_of
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from sim.trial.design import TrialDesign

__all__ = ["Targets", "contradictions", "select_targets"]

Array = NDArray[np.float64]
# Two figures for one quantity contradict each other beyond this many standard errors of their difference.
_APART = 4.0
_POOLED_ARMS = ("two_treatments", "all_participants", "all_arms", "other_arms", "total_population", "reference_matched")


@dataclass(frozen=True)
class Targets:
    """Rows of a fit, by town in one order.

    Attributes:
        rows: in the order of `towns`, then of the registry.
        towns: towns with rows.
        designs: the trial of each town.
        errors: standard errors by row id; findings in words and rows without one take the simulated spread.
        biases: width of each bias term (``<town>.<family>``, `calibration.evidence.bias`).
        evidence: digest of the registry.
        of: town of each row.
        roles: what each row may teach (`calibration.evidence.selection.role_of`); a row of ``selection`` must not act
            on the effects of treatments.
        left_out: why other rows of the same choice are not in it, by row id.
    """

    rows: tuple[Row, ...]
    towns: tuple[str, ...]
    designs: Mapping[str, TrialDesign]
    errors: Mapping[str, StandardError]
    biases: Mapping[str, float]
    evidence: str
    of: tuple[str, ...]
    roles: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rows."""
        return tuple(row.id for row in self.rows)

    @cached_property
    def observed(self) -> Array:
        """What was published, shape [T]; NaN for findings in words."""
        return np.array(
            [math.nan if row.kind == "ordinal" or row.estimate is None else row.estimate for row in self.rows]
        )

    @cached_property
    def places(self) -> dict[str, NDArray[np.int64]]:
        """Positions of the rows of each town."""
        return {town: np.flatnonzero(np.array(self.of) == town) for town in self.towns}

    def rows_of(self, town: str) -> tuple[Row, ...]:
        """Return the rows of one town."""
        return tuple(self.rows[place] for place in self.places[town])

    @cached_property
    def bias_matrix(self) -> Array:
        """What one unit of each bias term adds to each row, shape [len(biases), T].

        1, 0 or -1 for shares; standard deviations of the outcome for answers to surveys.
        """
        terms = {term.name: term for term in bias_terms()}
        return np.array(
            [
                [
                    terms[name].loading(row) if town == terms[name].town else 0.0
                    for row, town in zip(self.rows, self.of, strict=True)
                ]
                for name in self.biases
            ]
        ).reshape(len(self.biases), len(self.rows))

    def with_bias_width(self, width: float) -> Targets:
        """Return the targets with every bias on work outcomes this wide (shares; 0 takes these terms out).

        The width is the largest judgement left in the evidence, so that answers are shown at several.
        """
        widths = {name: width if name.endswith(".work") else known for name, known in self.biases.items()}
        return replace(self, biases={name: known for name, known in widths.items() if known > 0})

    def without(self, ids: Sequence[str]) -> Targets:
        """Return the targets without these rows (towns that lose every row go too)."""
        kept = [place for place, row in enumerate(self.rows) if row.id not in set(ids)]
        of = tuple(self.of[place] for place in kept)
        towns = tuple(town for town in self.towns if town in of)
        biases = {name: width for name, width in self.biases.items() if name.split(".")[0] in towns}
        return replace(
            self,
            rows=tuple(self.rows[place] for place in kept),
            of=of,
            towns=towns,
            biases=biases,
            roles=tuple(self.roles[place] for place in kept) if self.roles else (),
        )


def select_targets(
    registry: Registry | None = None,
    *,
    only: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    horizons: Sequence[int] = (),
    uses: Sequence[str] = (),
    arms: Sequence[str] = (),
    longest: int | None = None,
    evidence: Path | None = None,
    ids: Sequence[str] = (),
) -> Targets:
    """Return the rows of a fit.

    Args:
        registry: the evidence; loaded from `evidence` when left out.
        only: studies or towns to keep (all when empty).
        leave_out: studies or towns to drop.
        outcomes: outcomes to keep.
        horizons: months after the start to keep (rows without a horizon stay).
        uses: uses to keep (`calibration.evidence.schema.FIT_USES`).
        arms: keep only rows about these arms (and not compared with another); for fits on control groups.
        longest: keep rows up to this horizon.
        evidence: folder of imported trials.
        ids: keep exactly these rows.

    Raises:
        InputError: names that no row has, contradictions, rows that no moment can produce, nothing left.
    """
    registry = load_registry(evidence) if registry is None else registry
    whole = [row for row in registry.rows if row.is_target]
    names = {registry.trial(row) for row in whole} | {row.study for row in whole}
    problems: list[Problem] = []
    for option, asked, known in (
        ("--only", only, names),
        ("--leave-out", leave_out, names),
        ("--outcomes", outcomes, {row.outcome for row in whole}),
        ("--uses", uses, set(FIT_USES)),
        ("--arms", arms, {row.arm for row in whole}),
        ("--rows", ids, {row.id for row in whole}),
    ):
        problems += [one_of(option, name, known) for name in asked if name not in known]
    months = {int(row.horizon_months) for row in whole if row.horizon_months is not None}
    for month in horizons:
        if month not in months:
            listed = ", ".join(str(each) for each in sorted(months))
            problems.append(Problem("--horizons", month, Say(f"one of {listed}", f"een van {listed}")))
    InputError.raise_if(problems)

    def wanted(row: Row) -> bool:
        place = {registry.trial(row), row.study}
        return (
            (not only or bool(place & set(only)))
            and not place & set(leave_out)
            and (not outcomes or row.outcome in outcomes)
            and (not horizons or row.horizon_months is None or int(row.horizon_months) in horizons)
            and (longest is None or row.horizon_months is None or row.horizon_months <= longest)
            and (not uses or row.use in uses)
            and (not arms or (row.arm in arms and (not row.comparator or row.comparator in arms)))
            and (not ids or row.id in ids)
        )

    chosen = [row for row in whole if wanted(row)]
    problems += contradictions(chosen, registry)
    out = {} if ids else reasons_out(registry, chosen)
    rows = tuple(row for row in chosen if row.id not in out)
    if not rows:
        allowed = Say("a choice that leaves at least one row", "een keuze die ten minste één rij overlaat")
        problems.append(Problem("rows", "none", allowed))
    towns = tuple(dict.fromkeys(registry.trial(row) for row in rows))
    designs: dict[str, TrialDesign] = {}
    for town in towns:
        try:
            designs[town] = _design(town, evidence)
        except InputError as error:
            problems += error.problems
    problems += [
        each
        for row in rows
        if registry.trial(row) in designs
        for each in _unproducible(row, designs[registry.trial(row)])
    ]
    InputError.raise_if(problems)
    of = {row.id: registry.trial(row) for row in rows}
    ordered = tuple(sorted(rows, key=lambda row: towns.index(of[row.id])))
    errors = registry.errors
    return Targets(
        rows=ordered,
        towns=towns,
        designs=designs,
        errors={row.id: errors[row.id] for row in ordered if row.id in errors},
        biases={
            term.name: term.width
            for term in bias_terms()
            if any(of[row.id] == term.town and term.loading(row) for row in ordered)
        },
        evidence=registry.digest(),
        of=tuple(of[row.id] for row in ordered),
        roles=tuple(role_of(row, registry) for row in ordered),
        left_out=out,
    )


def contradictions(rows: Sequence[Row], registry: Registry) -> list[Problem]:
    """Return the pairs of figures that cannot both hold: one quantity, two incompatible values."""
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.estimate is not None and row.kind != "ordinal":
            key = (
                registry.trial(row),
                row.arm,
                row.comparator,
                row.outcome,
                row.horizon_months,
                row.subgroup,
                row.specification,
                row.unit,
                row.rater,
                row.wave,
                row.sample,
            )
            groups[key].append(row)
    groups = {key: members for key, members in groups.items() if len(members) > 1}
    errors = registry.errors if groups else {}
    problems = []
    for members in groups.values():
        first = members[0]
        for other in members[1:]:
            gap = abs((first.estimate or 0.0) - (other.estimate or 0.0))
            both = [errors[row.id].median for row in (first, other) if row.id in errors]
            margin = _APART * math.hypot(*both) if len(both) == 2 else 0.0
            if gap > margin + 1e-9:
                allowed = Say(
                    f"one value: {other.id} says {other.estimate:g} about the same people and outcome",
                    f"één waarde: {other.id} zegt {other.estimate:g} over dezelfde mensen en uitkomst",
                )
                problems.append(Problem(first.id, f"{first.estimate:g}", allowed))
    return problems + _unequal(rows, registry)


def _unequal(rows: Sequence[Row], registry: Registry) -> list[Problem]:
    """Return contrasts that are not the difference of two others, by more than a standard error.

    Of three contrasts two are fitted, so that the third would be left out without a word.
    """
    from calibration.evidence.checks import triangles

    if not any(triangles(rows, registry)):
        return []
    errors = {name: each.median for name, each in registry.errors.items()}
    return [
        Problem(
            row.id,
            f"{row.value:g}",
            Say(
                f"{implied:.3g}: that is what the other two contrasts of these arms imply",
                f"{implied:.3g}: dat volgt uit de andere twee verschillen tussen deze groepen",
            ),
        )
        for row, implied in triangles(rows, registry, errors=errors)
    ]


def _design(town: str, evidence: Path | None) -> TrialDesign:
    from sim.trial.read import NAMES, design

    if town in NAMES:
        return design(town)
    own = None if evidence is None else evidence / town / f"{town}.toml"
    if own is None or not own.is_file():
        raise InputError((one_of("town without a trial design", town, NAMES),))
    return design(str(own))


def _unproducible(row: Row, design: TrialDesign) -> list[Problem]:
    """Return why the trial cannot produce a row."""
    problems: list[Problem] = []
    if moment_of(row) is None:
        allowed = Say("an outcome and specification that a moment computes", "iets dat een moment kan berekenen")
        problems.append(Problem(row.id, f"{row.outcome} ({row.kind}, {row.specification})", allowed))
    arms = {arm.name for arm in design.arms} | set(_POOLED_ARMS)
    problems += [one_of(f"{row.id}:arm", name, arms) for name in (row.arm, row.comparator) if name and name not in arms]
    longest = max(design.months, *design.survey.months)
    if row.horizon_months is not None and row.horizon_months > longest:
        allowed = Say(f"a month up to {longest}", f"een maand tot en met {longest}")
        problems.append(Problem(f"{row.id}:horizon_months", row.horizon_months, allowed))
    return problems
