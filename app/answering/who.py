"""For whom a policy works, who gains and who loses, and a rule that tailors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.observed import USUAL_PRICES, PriceChanges, planned_against
from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import open_runner
from app.output_folder import write_folder
from sim.problems import Problem, one_of, within

if TYPE_CHECKING:
    from analysis.who.by_group import Who
    from analysis.who.tailor import Tailored
    from scenarios.description.schema import Scenario
    from scenarios.execution.observe import Observed
    from scenarios.execution.plan import Plan

__all__ = ["WhoAnswer", "WhoRequest", "record_of", "who", "write"]


@dataclass(frozen=True)
class WhoRequest:
    """Scenarios against a baseline, and what a rule that chooses between them is learned for.

    Attributes:
        scenarios: by name, file or as read.
        against: the baseline.
        goals: outcomes, names of `analysis.who.outcomes.GOALS`; one rule is learned for each.
        tailor: whether to look for rules.
        depth: questions below each other in a rule.
        observe: what a rule may ask; None = what a caseworker sees.
        prices: for the cost of a rule.
        groups: groups of one's own, as conditions (``household == "single" and debt > 0``).
    """

    scenarios: tuple[str | Scenario, ...]
    settings: RunSettings = USUAL
    against: str | Scenario = "regular"
    goals: tuple[str, ...] = ("months_worked",)
    tailor: bool = True
    depth: int = 2
    observe: tuple[str, ...] | None = None
    prices: PriceChanges = USUAL_PRICES
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class WhoAnswer:
    """The plan, the effects by group, and the rule for each goal."""

    plan: Plan
    who: Who
    rules: Mapping[str, Tailored]


def who(request: WhoRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> WhoAnswer:
    """Simulate, look at every person, and learn the rules.

    Raises:
        InputError: every problem; nothing was simulated.
        FailedRunError, CancelledRunError: a run began and was not finished.
    """
    from analysis.who.by_group import who as effects_by_group
    from analysis.who.groups import group_of
    from analysis.who.observables import OBSERVED, check_observed
    from analysis.who.outcomes import GOALS
    from analysis.who.policy_tree import MOST_DEPTH
    from analysis.who.tailor import Lessons, tailor

    watch = watch or Watch()
    found = list(problems)
    prices = request.prices.read(found)
    found += [one_of("--goal", goal, GOALS) for goal in request.goals if goal not in GOALS]
    if not 1 <= request.depth <= MOST_DEPTH:
        found.append(within("--depth", request.depth, 1, MOST_DEPTH))
    if request.observe is not None:
        found += check_observed(request.observe)
    plan = planned_against(request.against, request.scenarios, request.settings, watch, found)
    assert prices is not None
    for condition in request.groups:
        group_of(condition, plan.population)  # refused before anything is simulated
    lessons = {goal: Lessons(plan, goal) for goal in request.goals}

    def take(pair: Observed) -> None:
        for lesson in lessons.values():
            lesson.take(pair)

    with open_runner(request.settings) as runner:
        # Nothing is saved before the answer is whole: until then all of it can be taken up where it stopped.
        run = runner.observed("who", watch)
        by_group = effects_by_group(plan, run, also=take, conditions=request.groups)
        rules = {
            goal: tailor(
                plan,
                lessons[goal],
                goal,
                prices,
                observed=OBSERVED if request.observe is None else request.observe,
                depth=request.depth,
                run=run,
            )
            for goal in (request.goals if request.tailor else ())
        }
        runner.save("who", [by_group.result, *(rule.result for rule in rules.values() if rule.result is not None)])
    return WhoAnswer(plan, by_group, rules)


def write(found: WhoAnswer, goal: str, out: Path, lang: str, *, figures: bool = True) -> list[Path]:
    """Write table, figures and the rule for `goal` as a scenario into ``out/<run id>``; return the files."""
    from analysis.who.tables import rule_comments, who_csv, who_records

    result, rule = found.who.result, found.rules.get(goal)

    def files(folder: Path) -> list[Path]:
        paths = [folder / "who.csv"]
        paths[0].write_text(who_csv(list(who_records(found.who, lang))), encoding="utf-8")
        if rule is not None and rule.scenario is not None:
            sides = [side.scenario for side in found.plan.sides]
            comments = "".join(f"# {line}\n" for line in rule_comments(rule, sides, result.run_id, lang))
            paths.append(folder / f"{rule.scenario.name}.toml")
            paths[-1].write_text(comments + rule.scenario.text, encoding="utf-8")
        if figures:
            from analysis.figures import style
            from analysis.who.figures import draw_who

            for scenario in result.scenarios[1:]:
                drawing = draw_who(found.who, scenario, goal, lang)
                paths += style.save(drawing.figure, folder, f"{drawing.name}_{lang}")
        return paths

    return write_folder(out, result.run_id, files, run_id=result.run_id)


def record_of(answer: WhoAnswer, goal: str, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.who.tables import tailored_record, who_records

    found, rule = answer.who, answer.rules.get(goal)
    return {
        "run_id": found.result.run_id,
        "baseline": found.result.scenarios[0],
        "month": found.month,
        "people": found.people,
        "entered_later": found.entered,
        "interval": 0.9,
        "label": found.result.provenance.label[lang],
        "rows": list(who_records(found, lang)),
        "tailored": None if rule is None else tailored_record(rule, lang),
        "files": [str(path) for path in files],
    }
