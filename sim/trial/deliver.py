"""What people get: withdrawal, contamination, and the schedules of their arms by wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.people import recipe as recipes
from sim.people.columns import STATES, TRAITS
from sim.people.offices import assign
from sim.people.population import Population
from sim.random_numbers import stream, uniform
from sim.regime.assignment import ByArm
from sim.regime.presets import assignment_presets
from sim.regime.regime import Regime
from sim.regime.schedule import Schedule, compile_schedule
from sim.trial.codes import read_codes
from sim.trial.design import TrialDesign
from sim.trial.randomise import rank_within, wave_of
from sim.trial.recruit import People, score

__all__ = ["REGULAR", "Treated", "schedule_of", "staff", "treat", "wave_population"]

REGULAR = "regular"


@dataclass(frozen=True)
class Treated:
    """What happened to each person, shape [n] each.

    `given` indexes the design's arms and, one beyond, the regular treatment of those who withdrew.
    """

    in_itt: npt.NDArray[np.bool_]
    withdrawn: npt.NDArray[np.bool_]
    given: npt.NDArray[np.int64]
    wave: npt.NDArray[np.int64]


def treat(design: TrialDesign, people: People, seed: int) -> Treated:
    """Return who is analysed, who refused, what everybody is given and when it starts."""
    group = people.replicate * 64 + people.arm
    sizes = np.array([arm.randomised for arm in design.arms])
    itt = np.array([arm.itt if arm.role != "reference" else arm.randomised for arm in design.arms])
    mistaken = rank_within(group, uniform(seed, "randomisation", 2, people.person))
    is_reference = np.array([arm.role == "reference" for arm in design.arms])[people.arm]
    in_itt = is_reference | (mistaken >= (sizes - itt)[people.arm])
    refuses = np.array([arm.withdrawn for arm in design.arms])[people.arm]
    drawn = uniform(seed, "withdrawal", 0, people.person)
    wish = score(design.leaving_terms, people, seed) + np.log(drawn / (1.0 - drawn))
    # People assigned by mistake stand last in the queue: they are never counted as withdrawn.
    queue = rank_within(group, -np.where(in_itt, wish, -1e9))
    withdrawn = in_itt & (queue < refuses)
    given = np.where(withdrawn | ~in_itt, len(design.arms), people.arm)
    if design.contamination.value > 0:
        names = [arm.name for arm in design.arms]
        control = np.array([arm.role == "control" for arm in design.arms])[people.arm]
        strays = uniform(seed, "contamination", 0, people.person) < design.contamination.value
        given = np.where(control & strays & (given == people.arm), names.index(design.contamination_arm), given)
    wave = np.zeros(len(people), dtype=np.int64)
    for rows, shares in (
        (~is_reference, [one.share for one in design.waves]),
        (is_reference, [one.reference_share for one in design.waves]),
    ):
        if rows.any():
            _, dense = np.unique(group[rows], return_inverse=True)
            spells = people.column("spell_months")[rows]
            wave[rows] = wave_of(design.waves, shares, dense, spells, people.person[rows], seed)
    return Treated(in_itt, withdrawn, given, wave)


def staff(design: TrialDesign, people: People, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return everybody's caseworker (contiguous over replicates) and the quality of that one, shape [n]."""
    caseworker = np.empty(len(people), dtype=np.int64)
    quality = np.empty(len(people))
    own = recipes.read(design.participants)
    places = {arm.name: number for number, arm in enumerate(own.arms)}
    place = np.array([places.get(arm.name, 0) for arm in design.arms], dtype=np.int64)
    desks = 0
    _, starts = np.unique(people.replicate, return_index=True)
    for first, last in zip(starts, [*starts[1:], len(people)], strict=True):
        number = int(people.replicate[first])
        for source, name in ((0, design.participants), (1, design.eligible)):
            is_reference = people.arm[first:last] == _reference_place(design)
            from_here = ~is_reference if source == 0 else is_reference
            rows = first + np.flatnonzero(from_here)
            if not len(rows):
                continue
            arm = place[people.arm[rows]] if source == 0 else np.zeros(len(rows), dtype=np.int64)
            key = stream("trial staff", design.name, seed, number, name)
            desk, skill = assign(recipes.read(name), arm, key)
            caseworker[rows] = desks + desk
            quality[rows] = skill
            desks += int(desk.max()) + 1
    return caseworker, quality


def wave_population(
    design: TrialDesign,
    people: People,
    treated: Treated,
    caseworker: npt.NDArray[np.int64],
    quality: npt.NDArray[np.float64],
    wave: int,
) -> tuple[npt.NDArray[np.int64], Population]:
    """Return the rows of a wave by caseworker, and them as a population of many small municipalities."""
    rows = np.flatnonzero(treated.wave == wave)
    rows = rows[np.argsort(caseworker[rows], kind="stable")]
    # Of the starting states only those of the catalogue are given; the engine settles the minds.
    columns = {name: people.columns[name][rows] for name in people.columns if name in TRAITS or name in STATES}
    columns["quality"] = quality[rows]
    first = int(people.replicate.min())
    many = int(people.replicate.max()) - first + 1
    population = Population(
        name=design.name,
        start=design.waves[wave].start,
        person=people.person[rows],
        municipality=(people.replicate[rows] - first).astype(np.int16),
        municipalities=tuple(f"{design.municipality} {number}" for number in range(many)),
        caseworker=caseworker[rows].astype(np.int32),
        arm=treated.given[rows].astype(np.int16),
        arms=(*(arm.name for arm in design.arms), REGULAR),
        columns=columns,
        source=design.source,
    )
    return rows, population


def schedule_of(
    design: TrialDesign, population: Population, months: int, seed: int, codes: Mapping[str, float] | None = None
) -> Schedule:
    """Return what the people of a wave get, month by month; `codes` are readings of it (`sim.trial.codes`)."""
    read, background = read_codes(design, codes or {})
    regimes: dict[str, Regime] = dict(read)
    choices = assignment_presets()
    targets: Mapping[str, object] = {arm.name: choices.get(arm.regime, arm.regime) for arm in design.arms}
    if design.followed is not None:
        for arm in design.arms:
            if arm.role != "reference" and arm.regime in regimes:
                regime = regimes[arm.regime]
                regimes[arm.regime] = replace(regime, levers={**regime.levers, "followed": design.followed})
    drift = design.drift.value
    return compile_schedule(
        population,
        regimes,
        ByArm({**targets, REGULAR: background.name}),  # type: ignore[dict-item]
        months=months,
        background=background,
        delivery=design.delivery.value,
        drift_per_year=drift if design.drift_towards else 0.0,
        drift_towards=design.drift_towards if design.drift_towards and drift > 0 else None,
        seed=seed,
    )


def _reference_place(design: TrialDesign) -> int:
    return len(design.arms) - 1 if design.reference is not None else -1
