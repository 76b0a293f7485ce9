"""`bijstand trace`: one person's months, and why each thing happened."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.terminal.output import language, print_json, say
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from scenarios.execution.plan import Plan

__all__ = ["command"]


@click.command(name="trace")
@click.argument("scenario")
@click.option("--person", metavar="ID", default="0", show_default=True, help="number of the person")
@click.option("--people", metavar="N", help="how many people (the others set caseloads)")
@click.option("--population", metavar="NAME|FOLDER", help="other people than the scenario says")
@click.option("--months", metavar="N", help="how many months to tell")
@click.option("--seed", metavar="N", help="base seed: the life that `bijstand run --draws 1` lives")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def command(
    context: click.Context,
    /,
    scenario: str,
    person: str,
    people: str | None,
    population: str | None,
    months: str | None,
    seed: str | None,
    as_json: bool,
) -> None:
    """Tell one simulated person's months: contacts, purse, mind, search, offers with the odds.

    Each pull on a decision is taken apart by mechanism (log-odds), and each chance stands beside the draw
    that decided: it happens when the luck is below the chance. SCENARIO is a name or a TOML file.

    Example: bijstand trace intensive --person 17 --months 6
    """
    given = {"person": person, "people": people, "months": months, "seed": seed}
    plan, numbers = _read(scenario, population, given)
    from sim.engine.simulate import Job
    from sim.outcomes.person_trace import trace

    side = plan.sides[0]
    job = Job(side.parameters[0], side.schedules[0], plan.keys[0])
    told = trace(plan.population, job, side.setting, numbers["person"], numbers.get("months"))
    if as_json:
        print_json(
            {
                "scenario": side.scenario.name,
                "population": plan.population.name,
                "person": numbers["person"],
                "months": [asdict(month) for month in told],
            }
        )
        return
    from app.terminal.trace_text import tell

    name, who = plan.population.name, numbers["person"]
    title = side.scenario.title
    say(context, Say(f"person {who} of {name}, under: {title.en}", f"persoon {who} van {name}, onder: {title.nl}"))
    say(
        context,
        Say(
            "simulated, prior medians: not calibrated; pulls in log-odds\n",
            "gesimuleerd, medianen van de priors: niet gekalibreerd; krachten in log-odds\n",
        ),
    )
    click.echo("\n".join(tell(told, language(context))).rstrip())


def _read(scenario: str, population: str | None, given: dict[str, str | None]) -> tuple[Plan, dict[str, int]]:
    """Return the plan and the numbers; raise one `InputError` with every problem."""
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options, plan

    problems: list[Problem] = []
    numbers = whole_numbers(given, problems)
    made: Plan | None = None
    try:
        found = find_scenario(scenario)
        if not 1 <= numbers.get("months", 1) <= found.months:
            problems.append(within("--months", numbers["months"], 1, found.months, "months"))
        options = Options(
            population=population, people=numbers.get("people"), draws=1, seeds=1, seed=numbers.get("seed", 1)
        )
        made = plan([found], options)
    except InputError as error:
        problems += error.problems
    if made is not None and "person" in numbers and numbers["person"] not in made.population.person:
        first, last = int(made.population.person.min()), int(made.population.person.max())
        problems.append(within("--person", numbers["person"], first, last))
    if problems or made is None:
        raise InputError(problems)
    return made, numbers
