"""Good designs within a budget: every design at many sizes by a smooth surrogate, and the Pareto front in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from analysis.planning.cost import cost_of
from analysis.planning.design import Design, in_points
from analysis.planning.power import shrunken, smooth_of
from analysis.planning.trials import Library
from sim.problems import Say

__all__ = ["Candidate", "front", "searched", "told"]


@dataclass(frozen=True)
class Candidate:
    """A design at some size: what it costs, the smallest effect it finds (points) and its assurance, smooth values."""

    name: str
    people: int
    months: int
    sites: int
    cost: float
    mde: float
    assurance: float


def searched(designs: Sequence[Design], libraries: Sequence[Library], budget: float | None) -> list[Candidate]:
    """Return candidates within the budget: every design at sizes from half to four times, on its decision.

    The smooth sampling error is the surrogate: it needs no trials at sizes that were not simulated, and holds within
    the people who are eligible.
    """
    found = []
    for design, library in zip(designs, libraries, strict=True):
        reading = next(one for one in design.readings if one.outcome == design.decision.outcome)
        question = library.question(reading.outcome, design.decision.month, reading.specification, reading.errors)
        arm = design.treatments.index(design.decision.arm)
        smooth = smooth_of(design, library, question, arm)
        effect = shrunken(library.effect[:, question, arm].astype(np.float64), library.effect_error[:, question, arm])
        unit = in_points(reading.outcome)
        for scale in np.geomspace(0.5, 4.0, 13):
            sites = tuple(replace(site, people=max(8, round(site.people * scale))) for site in design.sites)
            if any(site.people > site.town.eligible_people for site in sites):
                continue
            one = replace(design, sites=sites)
            cost = sum(cost_of(one).values())
            if budget is not None and cost > budget:
                continue
            found.append(
                Candidate(
                    design.plan,
                    one.people,
                    (design.sites[0].treatment or 0) - design.tail,
                    len(sites),
                    cost,
                    smooth.mde(design.power, float(one.people)) * unit,
                    float(smooth.power(effect, float(one.people)).mean()),
                )
            )
    return found


def front(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return those that no other beats in cost and assurance both, by cost."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda each: (each.cost, -each.assurance)):
        if not kept or one.assurance > kept[-1].assurance + 1e-9:
            kept.append(one)
    return kept


def told(best: Sequence[Candidate]) -> list[Say]:
    """Return what one gives up for what, from each design on the front to the next that is clearly dearer."""
    sentences = []
    for first, second in pairwise(best):
        more, gain = second.cost - first.cost, 100.0 * (second.assurance - first.assurance)
        sentences.append(
            Say(
                f"from {first.name} with {first.people} people to {second.name} with {second.people}: "
                f"{more:,.0f} euro more for {gain:.1f} points of assurance "
                f"({first.mde:.1f} to {second.mde:.1f} points found)",
                f"van {first.name} met {first.people} mensen naar {second.name} met {second.people}: "
                f"{more:,.0f} euro meer voor {gain:.1f} punten kans "
                f"({first.mde:.1f} naar {second.mde:.1f} punten gevonden)",
            )
        )
    return sentences
