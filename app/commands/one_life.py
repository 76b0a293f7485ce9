"""`bijstand trace`: one person's months, and why each thing happened."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from app import options
from app.terminal.output import language, print_json, say
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from scenarios.execution.plan import Plan

__all__ = ["command"]


@click.command(name="trace")
@click.argument("scenario")
@options.whole("--person", "number of the person", default="0", metavar="ID")
@options.whole("--people", "how many people (the others set caseloads)")
@options.population_option
@options.whole("--months", "how many months to tell")
@options.whole("--seed", "base seed: the life that `bijstand run --draws 1` lives", default="1")
@options.json_option
@click.pass_context
def command(
    context: click.Context, /, scenario: str, person: int | None, months: int | None, as_json: bool, **sizes: Any
) -> None:
    """Tell one simulated person's months: contacts, purse, mind, search, offers with the odds.

    Each pull on a decision is taken apart by mechanism (log-odds), and each chance stands beside the draw
    that decided: it happens when the draw is below the chance. SCENARIO is a name or a TOML file.

    Example: bijstand trace intensive --person 17 --months 6
    """
    plan = _plan(scenario, person, months, options.given_only(sizes), options.found_wrong(context))
    assert person is not None
    from sim.engine.simulate import Job
    from sim.outcomes.person_trace import trace

    side = plan.sides[0]
    job = Job(side.parameters[0], side.schedules[0], plan.keys[0])
    told = trace(plan.population, job, side.setting, person, months)
    if as_json:
        print_json(
            {
                "scenario": side.scenario.name,
                "population": plan.population.name,
                "person": person,
                "months": [asdict(month) for month in told],
            }
        )
        return
    from app.terminal.trace_text import tell

    name, who = plan.population.name, person
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


def _plan(
    scenario: str, person: int | None, months: int | None, sizes: dict[str, Any], problems: list[Problem]
) -> Plan:
    """Return the plan; raise one `InputError` with every problem."""
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options, plan

    made: Plan | None = None
    try:
        found = find_scenario(scenario)
        if months is not None and not 1 <= months <= found.months:
            problems.append(within("--months", months, 1, found.months, "months"))
        made = plan([found], Options(draws=1, seeds=1, **sizes))
    except InputError as error:
        problems += error.problems
    if made is not None and person is not None and person not in made.population.person:
        first, last = int(made.population.person.min()), int(made.population.person.max())
        problems.append(within("--person", person, first, last))
    if problems or made is None:
        raise InputError(problems)
    return made
