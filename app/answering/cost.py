"""Accounts per party, when they break even, and what a budget delivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.observed import USUAL_PRICES, PriceChanges, planned_against
from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import open_runner
from app.output_folder import write_folder
from sim.problems import Problem, Say, one_of

if TYPE_CHECKING:
    from analysis.cost.capacity import Delivered
    from analysis.cost.of_run import Cost
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Plan

__all__ = ["CostAnswer", "CostRequest", "cost", "record_of", "write"]

_LIMITS = {"budget": (0.0, 1e12), "clients": (1, 10_000_000), "worth": (1.0, 1e9)}
_MOST_WORTH = 5000.0


@dataclass(frozen=True)
class CostRequest:
    """Scenarios against a baseline, and what is asked of their accounts.

    Attributes:
        scenarios: by name, file or as read.
        against: the baseline.
        prices: in place of the usual ones.
        effect: natural unit of the cost plane, a name of `analysis.cost.accounts.EFFECTS`.
        worth: largest value of one unit of effect in the acceptability curve, euros; None = 5,000.
        budget: euros over the run: whom can it reach?
        clients: people that the budget is for; None = the people of the run.
        group: accounts of those who fall under this condition only (``household == "single" and debt > 0``).
    """

    scenarios: tuple[str | Scenario, ...]
    settings: RunSettings = USUAL
    against: str | Scenario = "regular"
    prices: PriceChanges = USUAL_PRICES
    effect: str = "months_worked"
    worth: float | None = None
    budget: float | None = None
    clients: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class CostAnswer:
    """The plan, its accounts, what the budget delivers by scenario, and the largest worth of a unit."""

    plan: Plan
    cost: Cost
    effect: str
    budgets: tuple[tuple[str, Delivered], ...]
    worth: float
    group: str | None = None


def cost(request: CostRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> CostAnswer:
    """Simulate, and keep the accounts of everybody who was there at the start.

    Raises:
        InputError: every problem; nothing was simulated.
        FailedRunError, CancelledRunError: the run began and was not finished.
    """
    from analysis.cost.accounts import EFFECTS
    from analysis.cost.capacity import delivered
    from analysis.cost.of_run import cost as accounts_of
    from analysis.who.groups import group_of

    watch = watch or Watch()
    found = list(problems)
    prices = request.prices.read(found)
    for name, (low, high) in _LIMITS.items():
        value = getattr(request, name)
        if value is not None and not low <= value <= high:
            text = f"{low:.0f} .. {high:.0f}"
            found.append(Problem(f"--{name}", value, Say(text, text)))
    if request.effect not in EFFECTS:
        found.append(one_of("--effect", request.effect, EFFECTS))
    if request.clients is not None and request.budget is None:
        allowed = Say("only together with --budget", "alleen samen met --budget")
        found.append(Problem("--clients", request.clients, allowed))
    plan = planned_against(request.against, request.scenarios, request.settings, watch, found)
    assert prices is not None
    if request.group is not None:
        group_of(request.group, plan.population)  # refused before anything is simulated
    with open_runner(request.settings) as runner:
        accounts = accounts_of(plan, prices, runner.observed("cost", watch), group=request.group)
        runner.save("cost", [accounts.result])
    budgets: list[tuple[str, Delivered]] = []
    if request.budget is not None:
        clients = request.clients or accounts.people
        budgets = [(name, delivered(accounts, name, request.budget, clients)) for name in accounts.scenarios[1:]]
    return CostAnswer(plan, accounts, request.effect, tuple(budgets), request.worth or _MOST_WORTH, request.group)


def write(answer: CostAnswer, out: Path, lang: str, *, figures: bool = True) -> list[Path]:
    """Write tables and figures into ``out/<run id>``; return the files."""
    from analysis.cost.of_run import sensitivity
    from analysis.cost.tables import acceptability_csv, cost_rows, price_rows, rows_csv, sensitivity_csv, table_csv

    found = answer.cost
    parties = {party: list(sensitivity(answer.plan, found, party)) for party in ("municipality", "society")}
    tables = {
        "cost.csv": rows_csv(list(cost_rows(found, lang, answer.budgets))),
        "acceptability.csv": acceptability_csv(found, answer.effect, answer.worth, lang),
        "prices.csv": table_csv(price_rows(found.prices, lang)),
        "price_sensitivity.csv": sensitivity_csv(found, parties, lang),
    }

    def files(folder: Path) -> list[Path]:
        paths = []
        for name, text in tables.items():
            paths.append(folder / name)
            paths[-1].write_text(text, encoding="utf-8")
        if figures:
            from analysis.cost.figures import draw_acceptability, draw_cost_paths, draw_cost_plane
            from analysis.figures import style

            for drawing in (
                draw_cost_plane(found, answer.effect, lang),
                draw_acceptability(found, answer.effect, lang, answer.worth),
                draw_cost_paths(found, lang),
            ):
                paths += style.save(drawing.figure, folder, f"{drawing.name}_{lang}")
        return paths

    return write_folder(out, found.result.run_id, files, run_id=found.result.run_id)


def record_of(answer: CostAnswer, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.cost.tables import cost_rows, price_rows
    from scenarios.execution.deliverable import undeliverable

    found = answer.cost
    return {
        "group": answer.group,
        "remarks": [one.to(lang) for one in undeliverable(answer.plan)],
        "run_id": found.result.run_id,
        "baseline": found.scenarios[0],
        "months": found.month,
        "people": found.people,
        "interval": 0.9,
        "label": found.result.provenance.label[lang],
        "rows": [asdict(row) for row in cost_rows(found, lang, answer.budgets)],
        "prices": price_rows(found.prices, lang),
        "files": [str(path) for path in files],
    }
