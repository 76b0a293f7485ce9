"""The strongest reasons not to believe the number of a run: draws weighed again, and small simulations beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import Runner, open_runner
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from analysis.answer.doubt import Doubt
    from analysis.answer.triple import Span
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult

__all__ = ["DoubtAnswer", "DoubtRequest", "doubt", "record_of"]

_SIMULATING = Say("other assumptions", "andere aannames")
_DRAWS, _SEEDS, _PEOPLE, _MONTH = 10, 2, 400, 24
_NO_POSTERIOR = Say(
    "priors and evidence are not weighed again: the run drew from no posterior that keeps the likelihood of rows",
    "vooraf en bewijs zijn niet opnieuw gewogen: de run trok niet uit een posterior die de kans van regels bewaart",
)


@dataclass(frozen=True)
class DoubtRequest:
    """A stored run of a baseline and a plan, and the number that is doubted (the last month up to 24)."""

    run: str
    settings: RunSettings = USUAL
    measure: str = "hours_over_12"


@dataclass(frozen=True)
class DoubtAnswer:
    """The number as the run has it, the reasons in order, and what could not be weighed."""

    run_id: str
    measure: str
    month: int
    whole: Span
    doubts: tuple[Doubt, ...]
    left_out: tuple[Say, ...]


def doubt(request: DoubtRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> DoubtAnswer:
    """Return the reasons, those that move the number furthest first.

    Raises:
        InputError: no such run, or one without comparison.
    """
    import numpy as np

    from analysis.answer.doubt import reweighed
    from analysis.answer.measures import SPOKEN
    from scenarios.reproduction.replan import plan_again
    from scenarios.store.store import open_store

    watch, found = watch or Watch(), [*problems, *request.settings.problems()]
    if request.measure not in SPOKEN:
        found.append(one_of("--measure", request.measure, SPOKEN))
    InputError.raise_if(found)
    assert request.settings.database is not None
    with open_store(request.settings.database) as store:
        result = store.load(store.find(request.run))
    if len(result.scenarios) < 2:
        allowed = Say("a run of a baseline and a plan", "een run van een uitgangspunt en een plan")
        raise InputError([Problem("run", f"{len(result.scenarios)} scenario", allowed)])
    month = min(int(result.months[-1]), _MONTH)
    values = np.nanmean(_effect(result, request.measure, month), axis=1)
    whole, _, _ = reweighed(values, np.zeros(len(values)))
    left_out: list[Say] = []
    doubts = _weighed(request, result, values, left_out)
    plan = plan_again(result.provenance, population=request.settings.population, source=result.source)
    with open_runner(replace(request.settings, database=None)) as runner:
        doubts += list(_simulated(plan, request.measure, month, runner, watch))
    doubts.sort(key=lambda each: (not each.sound, -abs(each.moved)))
    return DoubtAnswer(result.run_id, request.measure, month, whole, tuple(doubts), tuple(left_out))


def _effect(result: RunResult, measure: str, month: int) -> npt.NDArray[np.float64]:
    """Return the difference of the first plan with the baseline, [draw, seed]."""
    at = (0, result.months.tolist().index(month), result.measures.index(measure))
    return result.values[1, :, :, *at] - result.values[0, :, :, *at]


def _weighed(
    request: DoubtRequest, result: RunResult, values: npt.NDArray[np.float64], left_out: list[Say]
) -> list[Doubt]:
    import numpy as np

    from analysis.answer.doubt import doubts_of
    from app.answering.posterior import posterior_named
    from scenarios.description.parameter_source import spread_order
    from sim.random_numbers import stream

    made = result.provenance.parameters.get("posterior") or {}
    try:
        posterior = posterior_named(str(made["name"]), request.settings.database) if made else None
    except InputError:
        posterior = None
    if posterior is None or not posterior.predictive.log_likelihood.size or result.source is None:
        left_out.append(_NO_POSTERIOR)
        return []
    count = len(posterior.parameters)
    start = stream("posterior draws", int(result.provenance.seeds["base"])) % count
    chosen = (spread_order(count)[: len(values)] + start) % count
    families = _families(posterior.predictive.rows)
    return doubts_of(
        values,
        np.asarray(posterior.latent[chosen], dtype=np.float64),
        posterior.latent_names,
        np.asarray(posterior.predictive.log_likelihood[chosen], dtype=np.float64),
        families,
    )


def _families(rows: Sequence[str]) -> dict[tuple[str, str], list[int]]:
    """Return rows by outcome and by town of the shipped evidence; a row of one's own by its first word."""
    from calibration.evidence.registry import load_registry

    known = {row.id: row for row in load_registry().rows}
    families: dict[tuple[str, str], list[int]] = {}
    for place, name in enumerate(rows):
        row = known.get(name)
        outcome, town = (name, name.split(":")[0]) if row is None else (row.outcome, row.municipality)
        families.setdefault(("rows", outcome), []).append(place)
        families.setdefault(("town", town), []).append(place)
    return families


def _simulated(plan: Plan, measure: str, month: int, runner: Runner, watch: Watch) -> Iterator[Doubt]:
    """Give what another labour market and each mechanism switched off do to the number, in a smaller run."""
    import numpy as np

    from analysis.answer.doubt import Doubt, reweighed
    from scenarios.execution.plan import Options
    from scenarios.execution.plan import plan as plan_of
    from sim.parameters import MECHANISMS
    from sim.setting import MARKETS

    sides = [replace(side.scenario, groups=()) for side in plan.sides[:2]]
    first = sides[0]
    options = Options(
        people=min(first.people or _PEOPLE, _PEOPLE),
        draws=min(_DRAWS, len(plan.draws)),
        seeds=min(_SEEDS, len(plan.keys)),
        seed=plan.seed,
        source=plan.source,
    )

    def number(changes: dict[str, Any]) -> npt.NDArray[np.float64]:
        made = plan_of([replace(side, **changes) for side in sides], options)
        return np.asarray(np.nanmean(_effect(runner.simulate(made, watch, _SIMULATING), measure, month), axis=1))

    base = number({})
    cases: list[tuple[str, Say, dict[str, Any]]] = [
        ("market", Say(f"labour market: {market}", f"arbeidsmarkt: {market}"), {"market": market})
        for market in MARKETS
        if market != first.market
    ]
    for name, mechanism in MECHANISMS.items():
        if not mechanism.core and name not in first.mechanisms_off:
            text = Say(f"without the mechanism: {mechanism.title.en}", f"zonder het mechanisme: {mechanism.title.nl}")
            cases.append(("mechanism", text, {"mechanisms_off": (*first.mechanisms_off, name)}))
    for kind, text, changes in cases:
        values = number(changes)
        span, k, effective = reweighed(values, np.zeros(len(values)))
        yield Doubt(kind, text, span, float(values.mean() - base.mean()), k, effective)


def record_of(found: DoubtAnswer, lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    return {
        "run_id": found.run_id,
        "measure": found.measure,
        "month": found.month,
        "whole": vars(found.whole),
        "doubts": [
            {
                "kind": each.kind,
                "reason": each.text.to(lang),
                **vars(each.span),
                "moved": each.moved,
                "k_hat": each.k_hat,
                "effective_draws": each.effective,
                "sound": each.sound,
            }
            for each in found.doubts
        ],
        "left_out": [each.to(lang) for each in found.left_out],
    }
