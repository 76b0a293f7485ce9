"""One page for a council: effects, groups and costs of a plan in one run, or of a run that was stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.beside import PAGE, answers_of_run, assumed_of_run, kept_assumed, kept_page, town_of
from app.answering.observed import USUAL_PRICES, PriceChanges, planned_against
from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import Runner, open_runner
from app.output_folder import write_folder
from sim.problems import InputError, Problem, Say, one_of, within

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from analysis.answer.assemble import Part
    from analysis.answer.council import Council
    from analysis.answer.triple import Span
    from analysis.cost.prices import Prices
    from scenarios.description.schema import Scenario
    from scenarios.execution.observe import Observed
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult

__all__ = ["CouncilAnswer", "CouncilRequest", "council", "record_of", "write"]

_DATA = "other"
_SMALL_JOBS, _WORK = "hours_over_8", "hours_over_12"
_FAR = 24  # months, the last of the headline tables
FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class CouncilRequest:
    """What the page is about.

    Attributes:
        plan: a scenario by name, file or as read, or the id of a stored run of two scenarios.
        against: the baseline.
        measure: the outcome in the headline; None = small jobs where wages are kept, else work over 12 hours.
        groups: expressions such as ``household == "single"``, at most 4.
        clients: people on benefit in the municipality.
        place: its name; None = of the people of the run.
        title: the question; None = one about the plan.
        prices: in place of the usual ones.
    """

    plan: str | Scenario
    settings: RunSettings = USUAL
    against: str | Scenario = "regular"
    measure: str | None = None
    groups: tuple[str, ...] = ()
    clients: int | None = None
    place: str | None = None
    title: str | None = None
    prices: PriceChanges = USUAL_PRICES


@dataclass(frozen=True)
class CouncilAnswer:
    """The page's data, and for how many people it is written."""

    council: Council
    clients: int | None


def council(request: CouncilRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> CouncilAnswer:
    """Make the data of the page: of a scenario by one run with everything, of a stored run from what it kept.

    Raises:
        InputError: every problem; nothing was simulated.
        FailedRunError, CancelledRunError: the run began and was not finished.
    """
    watch, found = watch or Watch(), [*problems, *_problems(request)]
    prices = request.prices.read(found)
    kept = _kept(request, found) if isinstance(request.plan, str) and not found else None
    if isinstance(kept, _Stored):
        if kept.council is not None and not _changed(request):
            return CouncilAnswer(_named(kept.council, request), request.clients)
        plan = _plan_of(kept.result, request)
    else:
        plan = planned_against(request.against, [request.plan], _sizes(request, found), watch, found)
    InputError.raise_if(found)
    assert prices is not None
    with open_runner(request.settings) as runner:
        made = _made(request, plan, prices, runner, watch, kept)
    return CouncilAnswer(made, request.clients)


@dataclass(frozen=True)
class _Stored:
    """A stored run, what was assumed of it, and its page where it has one."""

    result: RunResult
    assumed: dict[tuple[str, str, int, str], Span]
    council: Council | None


def _problems(request: CouncilRequest) -> list[Problem]:
    from analysis.answer.council import LONGEST_TITLE
    from analysis.answer.measures import SPOKEN

    found: list[Problem] = []
    if request.measure is not None and request.measure not in SPOKEN:
        found.append(one_of("--measure", request.measure, SPOKEN))
    if request.clients is not None and not 10 <= request.clients <= 10_000_000:
        found.append(within("--clients", request.clients, 10, 10_000_000))
    if request.title is not None and len(request.title) > LONGEST_TITLE:
        allowed = Say(f"at most {LONGEST_TITLE} characters: one line", f"hoogstens {LONGEST_TITLE} tekens: één regel")
        found.append(Problem("--title", request.title, allowed))
    if len(request.groups) > 4:
        found.append(Problem("--group", len(request.groups), Say("at most 4", "hoogstens 4")))
    return found


def _changed(request: CouncilRequest) -> bool:
    """Whether a stored page must be made anew: other groups, outcome or prices."""
    return bool(request.groups or request.measure or request.prices != USUAL_PRICES)


def _kept(request: CouncilRequest, problems: list[Problem]) -> _Stored | None:
    """Return the stored run that is meant; None when the word is a scenario."""
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    assert isinstance(request.plan, str)
    url = request.settings.database
    looks = request.plan[:1].isdigit() or request.plan.split("-")[0] == "last"
    if not looks or url is None or not exists(url):
        return None
    with open_store(url) as store:
        try:
            run_id = store.find(request.plan)
        except InputError as error:
            problems += error.problems
            return None
        result, assumed = store.load(run_id), kept_assumed(store, run_id)
        page = kept_page(store, run_id)
    if len(result.scenarios) != 2:
        allowed = Say("a run of a baseline and one plan", "een run van een uitgangspunt en één plan")
        problems.append(Problem("run", f"{len(result.scenarios)} scenarios", allowed))
        return None
    return _Stored(result, assumed, page)


def _named(made: Council, request: CouncilRequest) -> Council:
    place = made.place if request.place is None else request.place
    question = made.question if request.title is None else Say(request.title, request.title)
    return replace(made, place=place, question=question)


def _plan_of(result: RunResult, request: CouncilRequest) -> Plan:
    from scenarios.reproduction.replan import plan_again

    return plan_again(result.provenance, population=request.settings.population, source=result.source)


def _sizes(request: CouncilRequest, problems: list[Problem]) -> RunSettings:
    """Return the settings with the people and months of the plan: its baseline has the same."""
    from scenarios.description.find import find_scenarios

    try:
        asked = find_scenarios([request.plan])[0]
    except InputError as error:
        problems += error.problems
        return request.settings
    settings = request.settings
    return replace(
        settings,
        population=settings.population or asked.population,
        people=settings.people if settings.people is not None or settings.population else asked.people,
        months=settings.months or asked.months,
    )


def _made(
    request: CouncilRequest, plan: Plan, prices: Prices, runner: Runner, watch: Watch, kept: _Stored | None
) -> Council:
    import numpy as np

    from analysis.answer.assemble import council_of_run, parts_of
    from analysis.answer.council import council_json
    from analysis.answer.group_observer import GroupObserver
    from analysis.cost.flows import QUANTITIES
    from analysis.cost.of_run import flow_observer, priced
    from analysis.effects.summary import summarise
    from analysis.who.groups import groups_of
    from scenarios.execution.observe import Together

    parts = parts_of(plan, request.groups)
    measure, month = _headline(request, plan), min(plan.months, _FAR)
    counted = groups_of(plan.population).people
    shape = (len(plan.sides), len(plan.draws), len(plan.keys))
    flows = np.full((*shape, plan.months, len(QUANTITIES)), np.nan)
    table = np.full((*shape, len(parts) + 1), np.nan)

    def take(pair: Observed) -> None:
        for side, seen in enumerate(pair.sides):
            if seen is not None:
                flows[side, pair.draw, pair.seed] = seen["flows"]
                table[side, pair.draw, pair.seed] = seen["groups"]

    observer = Together((flow_observer(counted, prices), GroupObserver(_members(parts, counted), measure, month)))
    if kept is None:
        result = runner.run(plan, "council", watch, observer=observer, take=take)
        assumed = assumed_of_run(result, plan, runner, watch)
    else:
        runner.simulate(plan, watch, observer=observer, take=take)
        result, assumed = kept.result, kept.assumed
    summary = replace(summarise(result), marks=(month,))
    answers = answers_of_run(result, summary, assumed, measures=[measure], months=[month])
    made = council_of_run(
        plan,
        answers[0],
        priced(plan, result, flows, prices, people=int(counted.sum())),
        parts,
        table,
        place=_place(request, plan),
        question=None if request.title is None else Say(request.title, request.title),
        calibrated=summary.calibrated,
    )
    if runner.store is not None:
        runner.store.add_source(_DATA, PAGE, json.dumps(council_json(made)).encode(), run_id=result.run_id)
    return made


def _members(parts: Sequence[Part], everyone: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    import numpy as np

    return np.stack([*(part.member for part in parts), everyone])


def _headline(request: CouncilRequest, plan: Plan) -> str:
    """Return the outcome of the headline: small jobs where keeping wages is the plan, else work."""
    if request.measure is not None:
        return request.measure
    levers = [regime.levers for regime in plan.sides[1].scenario.regimes.values()]
    keeps = any(each.get("disregard_share", 0.0) > 0.0 for each in levers)
    guided = any(each.get("contacts", 0.0) > 0.5 for each in levers)
    return _SMALL_JOBS if keeps and not guided else _WORK


def _place(request: CouncilRequest, plan: Plan) -> str:
    from analysis.answer.sentences import place_name

    if request.place is not None:
        return request.place
    name = plan.population.name
    town = town_of(name)
    if town:
        return place_name(town)
    return "" if name in ("netherlands",) else place_name(Path(name).name)


def write(found: CouncilAnswer, out: Path, lang: str, formats: tuple[str, ...] = ("html",)) -> list[Path]:
    """Write the page and its data into ``out/<run id>``; return the files.

    Raises:
        InputError: PDF without WeasyPrint, or a page that cannot be made to fit.
    """
    from analysis.answer.council import council_json
    from analysis.answer.page_write import write_page
    from analysis.effects.positions import evidence_of_trials

    made = found.council
    measured_to = evidence_of_trials().horizon

    def files(folder: Path) -> list[Path]:
        paths = write_page(made, folder, lang, formats, clients=found.clients, measured_to=measured_to)
        data = folder / f"council-{made.run_id}.json"
        data.write_text(json.dumps(council_json(made), ensure_ascii=False, indent=1), encoding="utf-8")
        return [*paths, data]

    return write_folder(out, made.run_id, files, run_id=made.run_id, renew=True)


def record_of(found: CouncilAnswer, files: Sequence[Path]) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.answer.council import council_json

    return {**council_json(found.council), "clients": found.clients, "files": [str(path) for path in files]}
