"""The market: interviews, offers, acceptance, hours, contract, growth of hours, loss, self-employment.

``interviews ~ Poisson(rate * g(effort) * exp(match_drive))`` with ``g(e) = e (1 + h) / (e + h)`` (concave);
brokered vacancies ~ Poisson of what attention expects, with a better chance of an offer. One offer a month
at most is looked at; its hours, contract, wage and fit are drawn; it is accepted with
``L(accept_drive + ...)``. A worker takes an offer only when it brings more hours.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import clip, exp, logistic, maximum, minimum, where

MARKET = mechanism("market")

# Edges of the bands of hours among offers, and of what a venture begins with.
_LEAST_HOURS, _SMALL_JOB, _LARGE_JOB, _FULL_WEEK = 4.0, 12.0, 27.0, 40.0
_VENTURE_HOURS = 8.0
# Bounds of a gain, in norms; age at which work ends.
_MOST_LOST, _MOST_GAINED = -1.0, 3.0
_END_OF_WORK = 67.0
# Codes of contracts.
_AGENCY, _SELF_EMPLOYED = 3.0, 4.0
# Third term of a Poisson law by inversion.
_THREE = 3.0


@MARKET.stage(
    "match_drive",
    "broker_drive",
    "offer_drive",
    "small_drive",
    "accept_drive",
    "loss_drive",
    "growth_drive",
    "venture_drive",
)
def begin_market(
    p: Element, place_match: Element, employability: Element, efficacy: Element, fit: Element, job_months: Element
) -> Element:
    """Start the drives of the market at their base."""
    tenure = 1.0 - exp(-job_months / 12.0)
    return (
        place_match + p.employability * employability,
        0.5 * place_match + 0.5 * p.employability * employability,
        p.offer + p.offer_efficacy * (efficacy - 0.5),
        p.small,
        p.accept,
        p.loss - p.loss_fit * (fit - 0.5) - p.loss_tenure * tenure,
        p.growth,
        p.venture + p.venture_efficacy * (efficacy - 0.5),
    )


@MARKET.stage("interviews", "offers", "rejections")
def meet(
    p: Element,
    month: Element,
    search_effort: Element,
    match_drive: Element,
    brokered: Element,
    offer_drive: Element,
    offer_odds: Element,
    offer_odds_own: Element,
    u_interviews: Element,
    u_brokered: Element,
    u_offer: Element,
) -> Element:
    """Draw interviews (at most 4 own, 2 brokered) and whether at least one gives an offer."""
    rate = p.rate * search_effort * (1.0 + p.bend) / (search_effort + p.bend) * exp(match_drive) * month.open
    p0 = exp(-rate)
    p1 = p0 * rate
    p2 = p1 * rate * 0.5
    p3 = p2 * rate / _THREE
    own = (
        where(u_interviews > p0, 1.0, 0.0)
        + where(u_interviews > p0 + p1, 1.0, 0.0)
        + where(u_interviews > p0 + p1 + p2, 1.0, 0.0)
        + where(u_interviews > p0 + p1 + p2 + p3, 1.0, 0.0)
    )
    b0 = exp(-brokered)
    through = where(u_brokered > b0, 1.0, 0.0) + where(u_brokered > b0 + b0 * brokered, 1.0, 0.0)
    no_own = 1.0 - offer_odds_own / (offer_odds_own + exp(-offer_drive))
    no_brokered = 1.0 - offer_odds / (offer_odds + exp(-offer_drive - p.offer_brokered))
    none = (
        where(own > 0.5, no_own, 1.0)
        * where(own > 1.5, no_own, 1.0)
        * where(own > 2.5, no_own, 1.0)
        * where(own > 3.5, no_own, 1.0)
        * where(through > 0.5, no_brokered, 1.0)
        * where(through > 1.5, no_brokered, 1.0)
    )
    met = own + through
    offer = where((u_offer > none) & (met > 0.5), 1.0, 0.0)
    return met, offer, met - offer


@MARKET.stage("offer_hours", "offer_contract", "offer_wage", "offer_fit")
def describe(
    p: Element,
    small_drive: Element,
    hours_cap: Element,
    motivation: Element,
    skill: Element,
    u_offer_hours: Element,
    u_offer_contract: Element,
    u_offer_fit: Element,
    u_wage_growth: Element,
) -> Element:
    """Draw hours, contract, wage and fit of the offer; health and care cap the hours."""
    small = logistic(small_drive)
    medium = (1.0 - small) * (1.0 - p.large)
    large = 1.0 - small - medium
    u = u_offer_hours
    hours = where(
        u < small,
        _LEAST_HOURS + (_SMALL_JOB - _LEAST_HOURS) * u / small,
        where(
            u < small + medium,
            _SMALL_JOB + (_LARGE_JOB - _SMALL_JOB) * (u - small) / medium,
            _LARGE_JOB + (_FULL_WEEK - _LARGE_JOB) * (u - small - medium) / large,
        ),
    )
    temporary = where(u_offer_contract > 1.0 - p.agency * (1.0 - p.permanent), _AGENCY, 2.0)
    contract = where(u_offer_contract < p.permanent, 1.0, temporary)
    wage = 1.0 + p.wage_spread * u_wage_growth * u_wage_growth * (0.5 + skill)
    fit = clip(u_offer_fit * (1.0 - p.fit_motivation) + p.fit_motivation * motivation, 0.0, 1.0)
    return minimum(hours, hours_cap), contract, wage, fit


@MARKET.stage("offer_gain")
def weigh_offer(
    p: Element,
    month: Element,
    offer_hours: Element,
    offer_wage: Element,
    kept_share: Element,
    kept_cap: Element,
    norm: Element,
    earnings: Element,
    kept: Element,
    in_benefit: Element,
    partner_earnings: Element,
    adaptation: Element,
    bonus_paid: Element,
    lever_exit_bonus: Element,
    bg_exit_bonus: Element,
    lever_exit_bonus_times: Element,
    hours: Element,
    supplement_months: Element,
    lever_since_start: Element,
    lever_supplement: Element,
    bg_supplement: Element,
    lever_supplement_hours: Element,
    lever_supplement_window: Element,
    lever_supplement_months: Element,
) -> Element:
    """What the offer would add to income, as a share of the norm; an exit bonus, far off, counts for little."""
    earned = offer_hours / FULL_TIME_HOURS_WEEK * month.wml_net * offer_wage
    held = minimum(kept_share * earned, kept_cap)
    then = maximum(norm + held, earned + partner_earnings)
    now = maximum(norm + kept, earnings + partner_earnings)
    bonus = p.bonus_salience * (bg_exit_bonus + adaptation * (lever_exit_bonus - bg_exit_bonus)) / 12.0
    leaves = (earned + partner_earnings >= norm) & (bonus_paid < lever_exit_bonus_times)
    more = then - now + where(leaves, bonus, 0.0)
    in_time = (supplement_months > 0.5) | (lever_since_start <= lever_supplement_window)
    still = in_time & (supplement_months < lever_supplement_months)
    gains = still & (offer_hours >= lever_supplement_hours) & (hours < lever_supplement_hours)
    added = where(gains, bg_supplement + adaptation * (lever_supplement - bg_supplement), 0.0)
    return clip((where(in_benefit > 0.5, more, earned - earnings) + added) / norm, _MOST_LOST, _MOST_GAINED)


@MARKET.stage("hours", "contract", "wage", "fit", "job_months", "accepted", "job_starts")
def accept(
    p: Element,
    accept_drive: Element,
    offers: Element,
    offer_hours: Element,
    offer_contract: Element,
    offer_wage: Element,
    offer_fit: Element,
    hours: Element,
    contract: Element,
    wage: Element,
    fit: Element,
    job_months: Element,
    job_starts: Element,
    u_accept: Element,
) -> Element:
    """Accept or refuse; a worker takes only an offer of some hours more."""
    chance = logistic(accept_drive + p.accept_fit * (offer_fit - 0.5))
    takes = (offers > 0.5) & (offer_hours > hours + p.more_hours * where(hours > 0.0, 1.0, 0.0)) & (u_accept < chance)
    return (
        where(takes, offer_hours, hours),
        where(takes, offer_contract, contract),
        where(takes, offer_wage, wage),
        where(takes, offer_fit, fit),
        where(takes, 0.0, job_months),
        where(takes, 1.0, 0.0),
        job_starts + where(takes, 1.0, 0.0),
    )


@MARKET.stage("hours", "contract", "wage", "fit", "job_starts", "accepted")
def venture(
    p: Element,
    month: Element,
    in_benefit: Element,
    venture_drive: Element,
    hours: Element,
    contract: Element,
    wage: Element,
    fit: Element,
    hours_cap: Element,
    motivation: Element,
    job_starts: Element,
    accepted: Element,
    u_start_self_employed: Element,
) -> Element:
    """Some without work begin for themselves, with hours that differ widely and a wage that may be low."""
    chance = logistic(venture_drive)
    begins = (u_start_self_employed < chance * month.open) & (hours <= 0.0) & (in_benefit > 0.5)
    rank = u_start_self_employed / chance
    return (
        where(begins, minimum(_VENTURE_HOURS + (_FULL_WEEK - _VENTURE_HOURS) * rank, hours_cap), hours),
        where(begins, _SELF_EMPLOYED, contract),
        where(begins, p.venture_wage + p.venture_spread * rank, wage),
        where(begins, 0.5 + p.venture_fit * motivation, fit),
        job_starts + where(begins, 1.0, 0.0),
        where(begins, 1.0, accepted),
    )


@MARKET.stage("hours", "contract", "wage", "fit", "job_months", "job_lost")
def lose(
    month: Element,
    loss_drive: Element,
    hours: Element,
    contract: Element,
    wage: Element,
    fit: Element,
    job_months: Element,
    accepted: Element,
    age_now: Element,
    u_job_loss: Element,
) -> Element:
    """Jobs that were there at the start of the month may end; work ends at the pension age."""
    chance = logistic(loss_drive) * month.open
    ends = (hours > 0.0) & (accepted < 0.5) & ((u_job_loss < chance) | (age_now >= _END_OF_WORK))
    worked = where((hours > 0.0) & (accepted < 0.5), job_months + month.open, job_months)
    return (
        where(ends, 0.0, hours),
        where(ends, 0.0, contract),
        where(ends, 0.0, wage),
        where(ends, 0.0, fit),
        where(ends, 0.0, worked),
        where(ends, 1.0, 0.0),
    )


@MARKET.stage("hours")
def grow(
    p: Element,
    month: Element,
    growth_drive: Element,
    hours: Element,
    hours_cap: Element,
    accepted: Element,
    u_hours_growth: Element,
) -> Element:
    """Hours in the job may grow by a step, up to what health and care allow."""
    grows = (hours > 0.0) & (accepted < 0.5) & (u_hours_growth < logistic(growth_drive) * month.open)
    return where(grows, maximum(hours, minimum(hours + p.step, hours_cap)), hours)
