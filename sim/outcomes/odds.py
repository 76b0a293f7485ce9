"""What was decided for one person in one month, how likely it was, and the draw that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import exp, logistic, maximum, minimum

__all__ = ["Contact", "Decision", "contact_of", "decisions_of"]

Numbers = Mapping[str, float]
Stood = Mapping[str, Numbers]


@dataclass(frozen=True)
class Decision:
    """One throw of the dice.

    Attributes:
        name: what was decided.
        at_stake: whether it could happen at all to this person this month.
        chance: how likely it was.
        draw: the uniform draw; `below` tells whether it happens below the chance, else above 1 - chance.
        happened: whether it did.
    """

    name: str
    at_stake: bool
    chance: float
    draw: float
    below: bool
    happened: bool


@dataclass(frozen=True)
class Contact:
    """Contacts of a month: planned by the office, sought by the person, possible in the caseload, had."""

    planned: float
    sought: float
    possible: float
    expected: float
    draw: float
    had: float


def contact_of(stood: Stood, p: Numbers, law: Numbers) -> Contact:
    """Return the contacts of a month."""
    a = stood["attention.contact"]
    minutes = p["attention.minutes"] * (1.0 - a["lever_group_share"] * (1.0 - p["attention.group_minutes"]))
    room = p["attention.hours"] * a["place_capacity"] * 60.0 / (a["lever_caseload"] * a["load"] * minutes)
    before = a["lever_bg_own_initiative"]
    open_to_it = before + a["adaptation"] * (a["lever_own_initiative"] - before)
    sought = p["attention.own_contacts"] * open_to_it * (a["capacity_to_act"] + a["efficacy"])
    goes_on = 1.0 - law["lockdown"] * (1.0 - p["attention.lockdown"])
    served = 0.0 if a["service_rank"] > 1.0 - a["lever_unserved"] else 1.0
    fitted = maximum(1.0 + p["attention.tailors"] * a["lever_tailoring"] * (0.5 - a["capacity_to_act"]), 0.0)
    planned = a["lever_contacts"] * served * fitted
    expected = minimum(planned + sought, room) * goes_on * a["in_benefit"]
    return Contact(planned, sought, room, expected, a["u_contact_taken"], a["contacts"])


def decisions_of(stood: Stood, p: Numbers, law: Numbers) -> list[Decision]:
    """Return every throw of the month in its order; `stood` holds the rows after each stage."""
    start, market = stood["month_start.enter"], stood["market.meet"]
    end = stood["records.add_up"]
    on = start["in_benefit"] > 0.5

    def throw(name: str, draw: str, at_stake: bool, chance: float, happened: float, below: bool = True) -> Decision:
        return Decision(name, at_stake, chance if at_stake else 0.0, end[f"u_{draw}"], below, happened > 0.5)

    own, rate = _own_interviews(market, p)
    brokered = _poisson(market["brokered"], market["u_brokered"], 2)
    refused = exp(-market["offer_drive"])
    none = (1.0 - market["offer_odds_own"] / (market["offer_odds_own"] + refused)) ** own
    better_odds = market["offer_odds"] * exp(p["market.offer_brokered"])
    none *= (1.0 - better_odds / (better_odds + refused)) ** brokered
    offered = stood["market.accept"]
    had, has = start["hours"], stood["market.venture"]
    better = offered["offer_hours"] > had + (4.0 if had > 0.0 else 0.0)
    kept_job = has["hours"] > 0.0 and has["accepted"] < 0.5
    left = stood["market.grow"]
    return [
        throw(
            "sanction",
            "sanction",
            on and start["sanction_months"] < 0.5,
            _sanction(stood["own_direction.learn"], p),
            end["sanction_new"],
        ),
        throw("check", "check", on, end["lever_checks"] / 12.0, end["checked"]),
        throw("interview", "interviews", rate > 0.0, 1.0 - exp(-rate), own, below=False),
        throw("vacancy", "brokered", market["brokered"] > 0.0, 1.0 - exp(-market["brokered"]), brokered, below=False),
        throw("offer", "offer", own + brokered > 0, 1.0 - none, market["offers"], below=False),
        throw(
            "accept",
            "accept",
            market["offers"] > 0.5 and better,
            logistic(offered["accept_drive"] + p["market.accept_fit"] * (offered["offer_fit"] - 0.5)),
            offered["accepted"],
        ),
        throw(
            "venture",
            "start_self_employed",
            on and offered["hours"] <= 0.0,
            logistic(end["venture_drive"]),
            float(offered["hours"] <= 0.0 < has["hours"]),
        ),
        throw("loss", "job_loss", kept_job, logistic(end["loss_drive"]), end["job_lost"]),
        throw(
            "growth",
            "hours_growth",
            kept_job and end["job_lost"] < 0.5 and has["hours"] < has["hours_cap"],
            logistic(end["growth_drive"]),
            float(left["hours"] > stood["market.lose"]["hours"]),
        ),
        throw("exit_other", "exit_other", on and not _earns(left, law), _exit(left, p), end["exit_other"]),
        throw("reentry", "reentry", *_return(left, p, law), end["reentry"]),
    ]


def _own_interviews(a: Numbers, p: Numbers) -> tuple[int, float]:
    bend, effort = p["market.bend"], a["search_effort"]
    rate = p["market.rate"] * effort * (1.0 + bend) / (effort + bend) * exp(a["match_drive"])
    return _poisson(rate, a["u_interviews"], 4), rate


def _poisson(rate: float, draw: float, most: int) -> int:
    """Return a Poisson number by inversion, at most `most`, in the arithmetic of the market."""
    chance = below = float(exp(-rate))
    number = 0
    for step in (1.0, 0.5, 1.0 / 3.0, 0.0)[:most]:
        number += draw > below
        chance = chance * rate * step if step != 1.0 / 3.0 else chance * rate / 3.0
        below += chance
    return number


def _sanction(a: Numbers, p: Numbers) -> float:
    if a["lever_sanction_share"] <= 0.0:
        return 0.0
    failing = (1.0 - a["motivation"]) * (1.5 - a["capacity_to_act"]) * (1.0 - a["work_duty_exempt"])
    return p["obligations.sanction_rate"] * a["lever_enforcement"] * a["lever_search_duty"] * failing


def _earns(a: Numbers, law: Numbers) -> bool:
    earned = a["hours"] / FULL_TIME_HOURS_WEEK * law["wml_net"] * a["wage"] + a["partner_earnings"]
    return a["hours"] > 0.0 and earned >= a["norm"]


def _exit(a: Numbers, p: Numbers) -> float:
    if a["age_now"] >= p["leaving.pension_age"]:
        return 1.0
    return float(logistic(a["leave_drive"]))


def _return(a: Numbers, p: Numbers, law: Numbers) -> tuple[bool, float]:
    """Return whether the person could come back, and how likely that was."""
    young = a["age_now"] < p["leaving.pension_age"]
    free = not _earns(a, law) if a["status"] == 1.0 else a["status"] == 2.0
    return young and free, float(logistic(a["back_drive"]))
