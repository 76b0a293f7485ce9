"""Traits of synthetic people: latents and figures in, columns out, in one order that respects dependence.

Impediments first, then age, spell, home and origin, schooling, care, debt, exemption, and the latent traits.
Constants in the scores (how much a flag weighs) are assumptions; shares and means come from the figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.people.cuts import Cuts, banded
from sim.people.impediments import Patterns
from sim.people.latents import Latents

__all__ = ["AGE_BANDS", "draw_traits", "logistic"]

Array = npt.NDArray[np.float64]
Columns = dict[str, Array]
AGE_BANDS = ("age_lt27", "age_27_34", "age_35_44", "age_45_54", "age_55_up")
_NEVER = -1e6


def draw_traits(figures: Mapping[str, float], patterns: Patterns, group: str, luck: Latents, cuts: Cuts) -> Columns:
    """Return every trait but earnings, entry and caseworker, and the spell, each [n]."""
    people: Columns = patterns.draw(group, luck.uniform("obstacles"))
    people["age"] = _age(figures, luck.uniform("age"), cuts)
    people["spell_months"] = _spell(figures, luck.uniform("spell"), people["age"], cuts)
    people["male"] = cuts.top("male", luck.normal["male"], figures["male"]).astype(np.float64)
    _home(people, figures, luck, cuts)
    _origin(people, figures, luck, cuts)
    _schooling(people, figures, luck, cuts)
    _burdens(people, figures, luck, cuts)
    if group == "inflow":
        people["spell_months"] = np.zeros(len(people["age"]))
    _latent_traits(people, figures, luck)
    return people


def logistic(value: Array) -> Array:
    """Return 1 / (1 + exp(-value))."""
    risen: Array = 1.0 / (1.0 + np.exp(-value))
    return risen


def _age(figures: Mapping[str, float], uniform: Array, cuts: Cuts) -> Array:
    """Bands as given; inside the bands bent so that the mean is met."""
    edges = [figures["age_low"], 27.0, 35.0, 45.0, 55.0, figures["age_high"]]
    edges = [max(edge, figures["age_low"]) for edge in edges]
    shares = [figures[name] for name in AGE_BANDS]

    def bend() -> float:
        share = np.array(shares) / sum(shares)
        low, width = share @ np.array(edges[:-1]), share @ np.diff(np.array(edges))
        return float(np.clip(width / max(figures["age_mean"] - low, 1e-6) - 1.0, 0.2, 5.0))

    return banded(uniform, edges, shares, cuts.at("age", bend))


def _spell(figures: Mapping[str, float], uniform: Array, age: Array, cuts: Cuts) -> Array:
    """Bands to one and three years, then a Weibull tail whose scale meets the mean; whole months."""
    shares = [figures["spell_up_to_1y"], figures["spell_1_3y"], figures["spell_over_3y"]]
    first = 1.0 - shares[2] / sum(shares)
    body = banded(np.minimum(uniform / first, 1.0), [figures["spell_min"] - 0.5, 12.5, 36.5], shares[:2])
    beyond = np.clip((uniform - first) / (1.0 - first), 0.0, 1.0 - 1e-9)
    tail = (-np.log1p(-beyond)) ** (1.0 / figures["spell_tail"])
    most = np.minimum(np.floor((age - 18.0) * 12.0) + 12.0, 540.0)

    def months(scale: float) -> Array:
        drawn = np.where(uniform < first, body, 36.5 + scale * tail)
        rounded: Array = np.clip(np.floor(drawn + 0.5), 1.0, most)
        return rounded

    scale = cuts.solve("spell", lambda trial: float(months(trial).mean()), figures["spell_mean"], 1.0, 300.0)
    return months(scale)


def _home(people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts) -> None:
    age, z = people["age"], luck.normal
    young = np.where((age >= 21) & (age < 54), 0.8, -2.0)
    parent = cuts.top("single_parent", z["household"] + 1.8 * (1 - people["male"]) + young, figures["single_parent"])
    couple = cuts.top("couple", np.where(parent, _NEVER, z["child"]), figures["couple"])
    people["household"] = np.where(parent, 1.0, np.where(couple, 2.0, 0.0))
    fertile = np.where((age >= 22) & (age < 58), 1.0, -2.5)
    with_child = cuts.top(
        "couple_child",
        np.where(couple, z["couple_child"] + fertile, _NEVER),
        figures["couple"] * figures["couple_with_children"],
    )
    oldest = np.clip(age - 18.0, 0.5, 17.999)
    youngest = np.clip(age - 46.0, 0.0, 12.0)
    child = np.floor(np.minimum(youngest, oldest) + (oldest - np.minimum(youngest, oldest)) * luck.uniform("child"))
    people["youngest_child_age"] = np.where(parent | with_child, child, -1.0)
    share, more = luck.uniform("sharers"), 1.0 - figures["shares_home"]
    extra = (share > more).astype(np.float64) + (share > more + 0.75 * (1 - more)) + (share > more + 0.95 * (1 - more))
    people["cost_sharers"] = np.where(couple, 2.0, 1.0) + extra
    works = couple & (luck.uniform("partner") > 1.0 - figures["partner_works"])
    part = (luck.uniform("partner") - 1.0 + figures["partner_works"]) / max(figures["partner_works"], 1e-9)
    people["partner_earnings"] = np.where(works, 100.0 + 500.0 * np.clip(part, 0.0, 1.0), 0.0)


def _origin(people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts) -> None:
    other = cuts.top("non_western", luck.normal["migration"] + 2.0 * people["poor_dutch"], figures["non_western"])
    western = cuts.top(
        "western", np.where(other, _NEVER, luck.normal["western"] + 1.5 * people["poor_dutch"]), figures["western"]
    )
    people["migration"] = np.where(other, 2.0, np.where(western, 1.0, 0.0))


def _schooling(people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts) -> None:
    z = luck.normal["education"]
    low = cuts.top("education_low", -z + 20.0 * people["low_education"], figures["education_low"])
    high = cuts.top("education_high", np.where(low, _NEVER, z), figures["education_high"])
    people["education"] = np.where(low, 0.0, np.where(high, 2.0, 1.0))


def _burdens(people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts) -> None:
    z, child = luck.normal, people["youngest_child_age"]
    small, school = (child >= 0) & (child < 5), (child >= 5) & (child < 12)
    duty = z["care"] + 1.3 * small + 0.6 * school + 0.4 * (1 - people["male"])
    people["care"] = cuts.top("care", duty, figures["care"]).astype(np.float64)
    owing = z["debt"] + 0.5 * people["mental"] + 0.5 * people["addiction"]
    people["problem_debt"] = cuts.top("problem_debt", owing, figures["problem_debt"]).astype(np.float64)
    unable = (
        z["exempt"]
        + 0.9 * people["physical"]
        + 0.9 * people["mental"]
        + 0.6 * people["addiction"]
        + 1.0 * (small & (people["household"] == 1))
        + 0.4 * (people["age"] > 58)
    )
    people["work_duty_exempt"] = cuts.top("exempt", unable, figures["work_duty_exempt"]).astype(np.float64)


def _latent_traits(people: Columns, figures: Mapping[str, float], luck: Latents) -> None:
    z = luck.normal
    people["employability"] = np.clip(figures["employability_mean"] + z["employability"], -4, 4)
    # Who is still there after years is not who came in: movers have left.
    gone = figures["movers_left"] * np.log1p(people["spell_months"] / 12.0)
    people["mobility"] = np.clip(z["mobility"] - gone, -4, 4)
    people["service_rank"] = luck.uniform("service")
    people["intrinsic_motivation"] = logistic(0.4 + 0.9 * z["motivation"])
    limits = 0.5 * people["low_education"] + 0.4 * people["mental"] + 0.5 * people["addiction"]
    people["capacity_to_act"] = logistic(0.35 + 0.9 * z["capacity"] - limits - 0.3 * people["problem_debt"])
    strain = 0.5 * people["problem_debt"] + 0.6 * people["mental"] + 0.3 * people["physical"]
    people["stress_trait"] = np.clip(0.8 * z["stress"] + strain - 0.45, -4, 4)
    people["reporting_trait"] = np.clip(z["reporting"], -4, 4)
