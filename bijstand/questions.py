"""The ten questions: each is asked with the names of the command line and answered by `app.answering`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from app.answering.request import RunSettings, Watch
from bijstand import answers
from sim.problems import InputError, Problem, Say, nearest_name

if TYPE_CHECKING:
    from scenarios.description.schema import Scenario

__all__ = [
    "Settings",
    "benefit",
    "calibrate",
    "compare",
    "cost",
    "dose",
    "population",
    "posterior",
    "project",
    "settings_of",
    "trial",
    "who",
]


class Settings(TypedDict, total=False):
    """What every question about a run may be given; see `app.answering.request.RunSettings`.

    `db` is the URL of a database of runs, such as ``sqlite:///runs.sqlite``: then the run is kept as it goes.
    """

    population: str | None
    posterior: str | None
    people: int | None
    months: int | None
    draws: int | None
    seeds: int | None
    seed: int | None
    inflow: bool | None
    workers: int | None
    processes: bool
    cluster: str | None
    db: str | None
    resume: bool


def compare(*scenarios: str | Scenario, watch: Watch | None = None, **settings: Unpack[Settings]) -> answers.Compared:
    """Run scenarios under common random numbers and compare each with the first; one alone is only simulated.

    Args:
        scenarios: names of the catalogue, TOML files, or scenarios as `scenarios.description` reads them.
        watch: progress and a way to stop.
        settings: sizes, people, parameters, workers, database.

    Raises:
        InputError: every problem at once; nothing was simulated.

    Example:
        >>> compare("regular", "intensive", people=100, months=6, posterior="prior").frame().shape[0] > 0
        True
    """
    from app.answering.compare import CompareRequest
    from app.answering.compare import compare as answer

    return answers.Compared(answer(CompareRequest(scenarios, settings_of(settings)), watch or _noting()))


def project(
    *scenarios: str | Scenario,
    treatment: Sequence[int | str] = (),
    ending: str | None = None,
    market: Sequence[str] | str = (),
    lockdown: bool | None = None,
    precision: float | None = None,
    most: int = 4000,
    variants: bool = False,
    watch: Watch | None = None,
    **settings: Unpack[Settings],
) -> answers.Projected:
    """Project policies over years, by length of treatment (months, or ``"always"``), ending and labour market.

    Args:
        scenarios: policies; the background of the first is the baseline.
        treatment: lengths of treatment in months.
        ending: ``announced``, ``silent`` or ``both``.
        market: one or more of historic, flat, tight, slack.
        lockdown: whether the lockdowns of 2020-2022 happen.
        precision: percentage points; a pilot run then chooses draws and seeds.
        most: most replicates of each scenario with `precision`.
        variants: also without each mechanism in turn.
        watch, settings: as for `compare`.
    """
    from app.answering.project import ProjectRequest
    from app.answering.project import project as answer

    request = ProjectRequest(
        scenarios,
        settings_of(settings),
        treatments=tuple(str(length) for length in treatment),
        ending=ending,
        markets=_names(market),
        lockdown=lockdown,
        precision=precision,
        most=most,
        variants=variants,
    )
    return answers.Projected(answer(request, watch or _noting()))


def dose(
    *levers: str,
    values: Sequence[float] | None = None,
    values2: Sequence[float] | None = None,
    scenario: str | Scenario | None = None,
    month: int | None = None,
    watch: Watch | None = None,
    **settings: Unpack[Settings],
) -> answers.Dosed:
    """Move one lever, or two, and give the effect at each value, with the shape of the curve.

    Args:
        levers: names of docs/regimes.md, or ``treatment_months``.
        values, values2: of the first and the second lever, in its unit; None = by lever.
        scenario: what the lever is moved in.
        month: of the effects; None = the last.
        watch, settings: as for `compare`.
    """
    from app.answering.dose import DoseRequest, Span
    from app.answering.dose import dose as answer

    first, second = (Span(values=None if given is None else tuple(map(float, given))) for given in (values, values2))
    request = DoseRequest(levers, settings_of(settings), (first, second), scenario, month)
    return answers.Dosed(answer(request, watch or _noting()))


def who(
    *scenarios: str | Scenario,
    against: str | Scenario = "regular",
    goal: str = "months_worked",
    tailor: bool = True,
    depth: int = 2,
    observe: Sequence[str] | None = None,
    watch: Watch | None = None,
    **settings: Unpack[Settings],
) -> answers.ForWhom:
    """Give effects by group, who gains and who loses, and a rule that chooses between the scenarios.

    Args:
        scenarios: policies.
        against: the baseline.
        goal: outcome that a rule is learned for: income, months_worked, on_benefit, stress, ...
        tailor: whether to look for a rule.
        depth: questions below each other in the rule, 1 to 3.
        observe: what the rule may ask; None = what a caseworker sees.
        watch, settings: as for `compare`.
    """
    from app.answering.who import WhoRequest
    from app.answering.who import who as answer

    observed = None if observe is None else tuple(observe)
    request = WhoRequest(scenarios, settings_of(settings), against, (goal,), tailor, depth, observed)
    return answers.ForWhom(answer(request, watch or _noting()), goal)


def cost(
    *scenarios: str | Scenario,
    against: str | Scenario = "regular",
    price: Sequence[str] = (),
    effect: str = "months_worked",
    worth: float | None = None,
    budget: float | None = None,
    clients: int | None = None,
    watch: Watch | None = None,
    **settings: Unpack[Settings],
) -> answers.Costs:
    """Keep the accounts of participant, municipality, national government and society, euros per person.

    Args:
        scenarios: policies.
        against: the baseline.
        price: ``NAME=VALUE`` texts that replace prices.
        effect: natural unit of the cost plane.
        worth: largest value of one unit of effect, euros.
        budget: euros over the run: whom can it reach?
        clients: people that the budget is for.
        watch, settings: as for `compare`.
    """
    from app.answering.cost import CostRequest
    from app.answering.cost import cost as answer
    from app.answering.observed import PriceChanges

    changed = PriceChanges(_names(price))
    request = CostRequest(scenarios, settings_of(settings), against, changed, effect, worth, budget, clients)
    return answers.Costs(answer(request, watch or _noting()))


def trial(
    name: str,
    *,
    replicates: int = 100,
    draws: int = 1,
    seed: int = 1,
    reference: int | None = None,
    recruit: bool = False,
    posterior: str = "prior",
    evidence: str | Path = "out/evidence",
    watch: Watch | None = None,
) -> answers.Trial:
    """Simulate a trial as it was run, many times, beside the figures of its report.

    Args:
        name: a trial of `bijstand trial list`, or a TOML file with a design.
        replicates: simulated trials.
        draws: sets of parameters (1 = the medians).
        seed: base seed.
        reference: people of the reference group; None = as published.
        recruit: people sign up, in place of the published participants.
        posterior: where parameters come from; it may have been fitted to these very figures.
        evidence: folder of imported trials.
        watch: progress and a way to stop.
    """
    from app.answering.trial import TrialRequest
    from app.answering.trial import trial as answer

    request = TrialRequest(name, replicates, draws, seed, reference, recruit, Path(evidence), posterior)
    return answers.Trial(answer(request, watch or _noting()))


def calibrate(*, watch: Watch | None = None, **asked: Any) -> answers.Posterior:
    """Fit the mechanisms to what the trials found; the posterior is written to ``out/posterior_<name>.nc``.

    Args:
        watch: progress and a way to stop.
        asked: fields of `app.answering.calibrate.CalibrateRequest`: only, leave_out, name, file, quick, ...
    """
    from app.answering.calibrate import CalibrateRequest
    from app.answering.calibrate import calibrate as answer

    _known_names(asked, [field.name for field in fields(CalibrateRequest)])
    return answers.Posterior(answer(CalibrateRequest(**asked), watch or _noting()).posterior)


def benefit(**household: Any) -> answers.Benefit:
    """Return the benefit of one household in one month under the law of a date, to the cent.

    Args:
        household: fields of `app.answering.benefit.BenefitRequest`: household, date, age, net_earnings,
            partner_net_earnings, cost_sharers, months_used, sanction, regime.

    Example:
        >>> benefit(date="2018-07-01", net_earnings=400).amounts["norm"] > 0
        True
    """
    from app.answering.benefit import BenefitRequest
    from app.answering.benefit import benefit as answer

    _known_names(household, [field.name for field in fields(BenefitRequest)])
    return answers.Benefit(answer(BenefitRequest(**household)))


def population(name: str, *, people: int | None = None, seed: int = 1, inflow_months: int = 0) -> answers.People:
    """Draw a synthetic population: `name` is one of `bijstand population list`."""
    from app.answering.population import PopulationRequest
    from app.answering.population import population as answer

    return answers.People(answer(PopulationRequest(name, people, seed, inflow_months)))


def posterior(name: str = "shipped", *, db: str | None = None) -> answers.Posterior:
    """Return what the trials left of the prior assumptions.

    Args:
        name: ``shipped``, a ``.nc`` file, or a name in the database.
        db: database in which names are looked up.
    """
    from app.answering.posterior import posterior_named

    return answers.Posterior(posterior_named(name, db))


def settings_of(given: Settings) -> RunSettings:
    """Return the settings of a run; a name that there is not is refused with the nearest one."""
    names = [field.name for field in fields(RunSettings) if field.name not in ("database", "out")]
    _known_names(given, [*names, "db"])
    values: dict[str, Any] = dict(given)
    return RunSettings(database=values.pop("db", None), **values)


def _known_names(given: Any, known: Sequence[str]) -> None:
    allowed = Say(f"one of {', '.join(known)}", f"één van {', '.join(known)}")
    InputError.raise_if(
        Problem(name, given[name], allowed, nearest_name(name, known)) for name in given if name not in known
    )


def _names(given: Sequence[str] | str) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _noting() -> Watch:
    """Return a watch that only passes on what a reader of the numbers must know, beside the output."""
    return Watch(note=lambda text: print(text.en, file=sys.stderr))  # noqa: T201
