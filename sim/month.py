"""The order of a month: one numbered list. `docs/model.md` has the same list; a test compares the two."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature

from sim.engine.formula import check_language
from sim.mechanisms import (
    adaptation,
    anticipation,
    attention,
    autonomy,
    budget_loop,
    caseworkers,
    coaching,
    duration,
    financial_gain,
    labour_market,
    leaving,
    market,
    mind,
    month_start,
    movers_stayers,
    obligations,
    obstacles,
    own_direction,
    participation,
    programme_time,
    purse,
    pushed_effort,
    records,
    rejections,
    response,
    scarcity,
    search,
    settlement,
    stepping_stone,
    survey,
    temporary_jobs,
    trust,
    views,
    work_strain,
)
from sim.mechanisms.base import Mechanism, Stage
from sim.setting import MONTH_FIELDS

__all__ = ["MECHANISMS", "MONTH", "PHASES", "check_stages", "stages"]

# Every mechanism, in the order of the brief; the core (book-keeping) last.
MECHANISMS: dict[str, Mechanism] = {
    each.name: each
    for each in (
        scarcity.SCARCITY,
        obligations.OBLIGATIONS,
        trust.TRUST,
        attention.ATTENTION,
        pushed_effort.PUSHED_EFFORT,
        programme_time.PROGRAMME_TIME,
        coaching.COACHING,
        financial_gain.FINANCIAL_GAIN,
        stepping_stone.STEPPING_STONE,
        settlement.SETTLEMENT,
        work_strain.WORK_STRAIN,
        rejections.REJECTIONS,
        obstacles.OBSTACLES,
        duration.DURATION,
        movers_stayers.MOVERS_STAYERS,
        adaptation.ADAPTATION,
        anticipation.ANTICIPATION,
        participation.PARTICIPATION,
        autonomy.AUTONOMY,
        own_direction.OWN_DIRECTION,
        temporary_jobs.TEMPORARY_JOBS,
        views.VIEWS,
        labour_market.LABOUR_MARKET,
        budget_loop.BUDGET_LOOP,
        caseworkers.CASEWORKERS,
        response.RESPONSE,
        month_start.MONTH_START,
        purse.PURSE,
        mind.MIND,
        search.SEARCH,
        market.MARKET,
        leaving.LEAVING,
        survey.SURVEY,
        records.RECORDS,
    )
}

# (phase, stages as "mechanism.stage"), in the order in which they run.
MONTH: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "calendar",
        (
            "month_start.enter",
            "mind.begin",
            "search.begin_search",
            "market.begin_market",
            "leaving.begin_leaving",
            "adaptation.adapt",
            "adaptation.felt",
            "response.be_exposed",
            "anticipation.nearness",
            "participation.reflect",
            "labour_market.feel_the_market",
            "obstacles.weigh_obstacles",
            "obstacles.be_held_back",
            "movers_stayers.move_or_stay",
            "duration.lose_experience",
            "stepping_stone.gain_experience",
            "duration.be_away_long",
        ),
    ),
    (
        "office",
        (
            "caseworkers.skill_of_caseworker",
            "attention.contact",
            "attention.feel_support",
            "coaching.develop",
            "coaching.be_locked_in",
            "attention.broker",
            "own_direction.learn",
            "obligations.threaten",
            "obligations.sanction",
            "trust.be_checked",
        ),
    ),
    (
        "purse",
        (
            "purse.set_norm",
            "purse.keep",
            "purse.know_the_rule",
            "settlement.set_the_rules",
            "purse.settle",
            "purse.pay_premium",
            "purse.spend",
            "scarcity.feel_scarcity",
        ),
    ),
    (
        "mind",
        (
            "scarcity.weigh",
            "obligations.be_burdened",
            "autonomy.breathe",
            "settlement.keep_the_books",
            "work_strain.be_strained",
            "obstacles.suffer",
            "anticipation.worry",
            "rejections.be_discouraged",
            "rejections.take_it_in",
            "attention.be_supported",
            "coaching.pay_off",
            "autonomy.be_free_to_help",
            "response.respond_in_mind",
            "mind.move_stress",
            "scarcity.tax_bandwidth",
            "trust.move_trust",
            "autonomy.be_motivated",
            "mind.move_habits",
        ),
    ),
    (
        "search",
        (
            "financial_gain.best_small_job",
            "financial_gain.follow_the_money",
            "stepping_stone.step_up",
            "obligations.be_pushed",
            "pushed_effort.push",
            "programme_time.be_taken_up",
            "autonomy.want_to",
            "own_direction.direct_oneself",
            "views.answer",
            "trust.give_back",
            "scarcity.have_room",
            "rejections.give_up",
            "anticipation.hurry",
            "participation.be_watched",
            "search.search",
        ),
    ),
    (
        "market",
        (
            "response.respond_at_work",
            "pushed_effort.apply_widely",
            "market.meet",
            "market.describe",
            "market.weigh_offer",
            "obligations.take_what_comes",
            "pushed_effort.fit_less",
            "programme_time.be_steered",
            "financial_gain.count_the_money",
            "settlement.fear_the_books",
            "work_strain.foresee_strain",
            "market.accept",
            "market.venture",
            "temporary_jobs.run_out",
            "work_strain.give_out",
            "market.lose",
            "market.grow",
            "rejections.remember",
            "mind.move_efficacy",
        ),
    ),
    ("benefit", ("leaving.leave", "leaving.earn_bonus")),
    ("records", ("survey.answer_scales", "records.add_up")),
)

PHASES: tuple[str, ...] = tuple(phase for phase, _ in MONTH)


def stages() -> tuple[Stage, ...]:
    """Return the stages of a month in their order."""
    found = {f"{each.mechanism}.{each.name}": each for one in MECHANISMS.values() for each in one.stages}
    return tuple(found[name] for _, names in MONTH for name in names)


def check_stages(found: Sequence[Stage]) -> None:
    """Refuse a stage that an engine could not run: every engine gives the same numbers, or none does.

    Raises:
        TypeError: an expression outside the language of stages, or a parameter that its mechanism does not
            declare: with file, line, expression and nearest name.
    """
    for stage in found:
        declared = MECHANISMS[stage.mechanism].parameters if stage.mechanism in MECHANISMS else ()
        named = {"p": dict.fromkeys(each.name.split(".")[1] for each in declared), "month": dict.fromkeys(MONTH_FIELDS)}
        check_language(stage.function, {name: named.get(name) for name in signature(stage.function).parameters})


check_stages(stages())  # on import, so that NumPy refuses what the compiler would
