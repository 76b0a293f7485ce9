"""`bijstand scenarios`: list, show, check and write scenario files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.terminal.output import language, print_json, print_table, say
from sim.files import write_whole
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from scenarios.description.schema import Scenario
    from sim.regime.regime import Regime

__all__ = ["command"]

_JSON = click.option("--json", "as_json", is_flag=True, help="print JSON")
_HEADERS = Say("name|what|population|people|months|regimes", "naam|wat|populatie|mensen|maanden|regimes")


@click.group(name="scenarios")
def command() -> None:
    """List, show, check and write scenario files.

    Example: bijstand scenarios new my_scenario.toml
    """


@command.command(name="list")
@_JSON
@click.pass_context
def list_all(context: click.Context, as_json: bool) -> None:
    """List the ready scenarios; their names work wherever a file does.

    Example: bijstand scenarios list
    """
    from scenarios.description.find import catalogue_names, find_scenario

    found = [find_scenario(name) for name in catalogue_names()]
    if as_json:
        print_json([_facts(scenario) for scenario in found])
        return
    lang = language(context)
    rows = [
        (
            scenario.name,
            scenario.title.to(lang),
            scenario.population,
            scenario.people or "",
            scenario.months,
            ", ".join(scenario.regimes),
        )
        for scenario in found
    ]
    print_table(_HEADERS.to(lang).split("|"), rows)


@command.command(name="show")
@click.argument("scenario")
@_JSON
@click.pass_context
def show(context: click.Context, scenario: str, as_json: bool) -> None:
    """Show one scenario: its settings, and the levers that its regimes move.

    Example: bijstand scenarios show tailored
    """
    from scenarios.description.find import find_scenario
    from sim.regime.levers import LEVERS
    from sim.regime.regime import Origin

    found = find_scenario(scenario)
    lang = language(context)
    if as_json:
        print_json(_facts(found) | {"text": found.text})
        return
    click.echo(f"{found.name}: {found.title.to(lang)}\n")
    facts = _facts(found)
    print_table(("", ""), [(key, value) for key, value in facts.items() if key not in ("regimes", "title", "name")])
    click.echo()
    rows = [
        (
            name,
            lever,
            f"{value:g}",
            _range(regime, lever),
            _KINDS[regime.origins.get(lever, Origin()).kind].to(lang),
            f"{LEVERS[lever].regular:g}",
            LEVERS[lever].unit,
            LEVERS[lever].text.to(lang),
        )
        for name, regime in found.regimes.items()
        for lever, value in regime.levers.items()
    ]
    heads = Say(
        "regime|lever|value|range|kind|regular|unit|meaning",
        "regime|knop|waarde|bereik|soort|regulier|eenheid|betekenis",
    )
    print_table(heads.to(lang).split("|"), rows)


_KINDS = {"published": Say("published", "gepubliceerd"), "assumption": Say("assumed", "aanname")}


def _range(regime: Regime, lever: str) -> str:
    """Return what the text of the report leaves open for a lever, over all windows of months."""
    windows = regime.ranges.get(lever, ())
    if not windows:
        return ""
    return f"{min(each.low for each in windows):g} .. {max(each.high for each in windows):g}"


@command.command(name="check")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@_JSON
@click.pass_context
def check(context: click.Context, scenarios: tuple[str, ...], as_json: bool) -> None:
    """Check scenarios against the people, the law and each other's limits; tell every problem at once.

    Example: bijstand scenarios check my_scenario.toml
    """
    from scenarios.description.find import find_scenario
    from scenarios.execution.deliverable import undeliverable
    from scenarios.execution.plan import Options, plan

    problems: list[Problem] = []
    good: list[str] = []
    remarks: list[str] = []
    for word in scenarios:
        try:
            made = plan([find_scenario(word)], Options(draws=1, seeds=1))
            good.append(word)
            remarks += [f"{word}: {one.to(language(context))}" for one in undeliverable(made)]
        except InputError as error:
            several = len(scenarios) > 1 and not word.endswith(".toml")
            problems += [
                Problem(f"{word}: {p.path}" if several else p.path, p.value, p.allowed, p.nearest)
                for p in error.problems
            ]
    if as_json:
        lang = language(context)
        told = [{"path": p.path, "value": str(p.value), "message": p.to(lang), "nearest": p.nearest} for p in problems]
        print_json({"good": good, "problems": told, "remarks": remarks})
    InputError.raise_if(problems)
    if not as_json:
        for remark in remarks:
            click.echo(remark)
        say(context, Say(f"{len(good)} checked, no problems", f"{len(good)} gecontroleerd, geen problemen"))


@command.command(name="new")
@click.argument("file")
@click.option("--force", is_flag=True, help="write over an existing file")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def new(context: click.Context, file: str, force: bool, as_json: bool) -> None:
    """Write an example scenario with a comment for every setting.

    Example: bijstand scenarios new my_scenario.toml
    """
    from scenarios.description.find import TEMPLATE

    path = Path(file)
    text = TEMPLATE.read_text(encoding="utf-8")
    try:
        if path.is_dir() or (path.exists() and not force):
            allowed = Say("a new file (or --force)", "een nieuw bestand (of --force)")
            raise InputError([Problem("FILE", file, allowed)])
        write_whole(path, text.encode())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        allowed = Say(
            f"a file in an existing folder where you may write ({reason})",
            f"een bestand in een bestaande, schrijfbare map ({reason})",
        )
        raise InputError([Problem("FILE", file, allowed)]) from None
    if as_json:
        print_json({"file": str(path)})
        return
    say(
        context,
        Say(
            f"written: {path}; check it with: bijstand scenarios check {path}",
            f"geschreven: {path}; controleer met: bijstand scenarios check {path}",
        ),
    )


def _facts(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title._asdict(),
        "population": scenario.population,
        "people": scenario.people,
        "start": None if scenario.start is None else str(scenario.start),
        "months": scenario.months,
        "assignment": {"kind": type(scenario.assignment).__name__, **asdict(scenario.assignment)},
        "regimes": {name: dict(regime.levers) for name, regime in scenario.regimes.items()},
        "start_month": scenario.start_month,
        "background": scenario.background.name,
        "delivery": scenario.delivery,
        "drift": scenario.drift,
        "market": scenario.market,
        "lockdown": scenario.lockdown,
        "parameters": dict(scenario.parameters),
        "mechanisms_off": list(scenario.mechanisms_off),
        "draws": scenario.draws,
        "seeds": scenario.seeds,
        "groups": list(scenario.groups),
    }
