"""Where synthetic people stand before month 1: part-time work, purse, and rough levels of the mind.

Net earnings are ``hours / 36 x net minimum wage x wage``; people on benefit earn less than their norm. The
mind is only a start: the engine settles it before month 1. Scores and curves are assumptions; shares and
means come from the figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.people.cuts import Cuts, banded
from sim.people.latents import Latents
from sim.people.traits import logistic

__all__ = ["FULL_WEEK", "HOUR_BANDS", "draw_start"]

Array = npt.NDArray[np.float64]
Columns = dict[str, Array]
FULL_WEEK = 36.0
HOUR_BANDS = ("hours_lt8", "hours_8_12", "hours_12_20", "hours_20_27")
_BELOW_NORM = 0.9


def draw_start(people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts) -> None:
    """Add earnings before the start and the starting values of states to the columns of `people`."""
    works = _works(people, figures, luck, cuts)
    _job(people, figures, luck, cuts, works)
    _earnings_before(people, figures, luck, cuts, works)
    _purse(people, figures, luck, works)
    _mind(people, luck, works)


def _works(people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts) -> npt.NDArray[np.bool_]:
    burden = 0.6 * people["physical"] + 0.6 * people["mental"] + 0.5 * people["poor_dutch"]
    burden = burden + 0.6 * people["addiction"] + 0.4 * people["care"] + 0.9 * people["work_duty_exempt"]
    return cuts.top("part_time", luck.normal["work"] - burden, figures["part_time"])


def _job(
    people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts, works: npt.NDArray[np.bool_]
) -> None:
    kinds = [figures[name] for name in ("permanent", "temporary", "agency", "self_employed")]
    kind = 1.0 + np.searchsorted(np.cumsum(kinds)[:-1] / sum(kinds), luck.uniform("contract"))
    people["contract"] = np.where(works, kind, 0.0)
    wage = np.where(kind == 4, 0.85, 1.0) + 0.07 * np.abs(luck.normal["wage"])
    people["wage"] = np.where(works, wage, 0.0)
    per_hour = figures["net_minimum_wage"] / FULL_WEEK * wage
    norm = np.where(people["household"] == 2, figures["norm_couple"], figures["norm_single"])
    most = (_BELOW_NORM * norm - people["partner_earnings"]) / per_hour
    shares = [figures[name] for name in HOUR_BANDS]

    def hours(bend: float) -> Array:
        drawn = banded(luck.uniform("hours"), [2.0, 8.0, 12.0, 20.0, 27.0], shares, 1.0 / bend)
        least: Array = np.minimum(drawn, most)
        return least

    def mean_net(bend: float) -> float:
        return float((hours(bend) * per_hour)[works].mean()) if works.any() else figures["part_time_net_mean"]

    bend = cuts.solve("hours", mean_net, figures["part_time_net_mean"], 0.2, 5.0)
    people["hours"] = np.where(works, hours(bend), 0.0)
    people["fit"] = np.where(works, logistic(0.8 * luck.normal["fit"] + 0.4 * (kind == 1)), 0.0)
    usual = np.where(kind == 1, 30.0, np.where(kind == 4, 24.0, 9.0))
    months = np.minimum(1.0 + np.floor(-usual * np.log1p(-luck.uniform("job_months"))), 240.0)
    people["job_months"] = np.where(works, np.minimum(months, np.floor((people["age"] - 15.0) * 12.0)), 0.0)


def _earnings_before(
    people: Columns, figures: Mapping[str, float], luck: Latents, cuts: Cuts, works: npt.NDArray[np.bool_]
) -> None:
    score = luck.normal["earnings"] + 2.0 * works + 0.6 * (people["spell_months"] <= 12)
    earned = cuts.top("earned", score, figures["earnings_before_share"])
    raw = np.exp(0.7 * luck.normal["earnings_size"]) * np.where(people["spell_months"] <= 12, 2.0, 1.0)
    raw = raw * np.where(works, 1.4, 1.0) * earned

    def net(scale: float) -> Array:
        drawn: Array = np.minimum(scale * raw, 4000.0)
        return drawn

    scale = cuts.solve("earned_scale", lambda trial: float(net(trial).mean()), figures["earnings_before_mean"], 1, 4000)
    people["earnings_before"] = net(scale)


def _purse(people: Columns, figures: Mapping[str, float], luck: Latents, works: npt.NDArray[np.bool_]) -> None:
    z, owing = luck.normal, people["problem_debt"] == 1
    savings = np.minimum(np.exp(5.4 + 1.1 * z["buffer"] + 0.3 * works), 6000.0)
    people["buffer"] = np.where(owing, np.clip(-300.0 + 400.0 * z["buffer"], -3000.0, 1500.0), savings)
    size = np.clip(figures["debt_median"] * np.exp(0.9 * z["debt_size"]), 500.0, 150000.0)
    people["debt"] = np.where(owing, size, 0.0)


def _mind(people: Columns, luck: Latents, works: npt.NDArray[np.bool_]) -> None:
    z = luck.normal
    people["stress"] = logistic(-0.2 + 0.8 * people["stress_trait"] + 0.3 * people["problem_debt"])
    people["bandwidth"] = np.clip((0.35 + 0.6 * people["capacity_to_act"]) * (1 - 0.6 * people["stress"] ** 2), 0, 1)
    people["trust"] = logistic(0.1 + 0.6 * z["trust"])
    people["social_trust"] = logistic(0.1 + 0.6 * z["social_trust"])
    people["belonging"] = logistic(0.2 + 0.7 * z["belonging"])
    long = np.minimum(people["spell_months"], 180.0) / 60.0
    people["efficacy"] = logistic(0.3 + 0.6 * z["efficacy"] - 0.3 * long + 0.5 * works)
    people["motivation"] = people["intrinsic_motivation"]
    before = np.minimum(people["earnings_before"] / 1000.0, 1.5)
    people["skill"] = logistic(-0.1 + 0.5 * z["skill"] + 0.8 * before + 0.6 * works - 0.45 * long)
    people["volunteering"] = logistic(-1.4 + 0.8 * z["volunteering"] - 0.4 * works)
    people["caring"] = logistic(-1.8 + 0.7 * z["caring"] + 1.8 * people["care"])
