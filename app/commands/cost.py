"""`bijstand cost`: accounts per party, when they break even, and what a budget delivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.answering.observed_runs import Ready, files_of, label_lines, lived_options, living, ready, store
from app.terminal.output import language, print_json, print_table, say
from sim.problems import InputError, Problem, Say
from sim.written_numbers import try_number, try_whole

if TYPE_CHECKING:
    from analysis.cost.capacity import Delivered
    from analysis.cost.of_run import Cost
    from analysis.cost.prices import Prices

__all__ = ["command", "lived"]

_LIMITS = {"budget": (0.0, 1e12), "clients": (1.0, 1e7), "worth": (1.0, 1e9)}
_MOST_WORTH = 5000.0


@click.command(name="cost")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--against", default="regular", show_default=True, metavar="BASELINE", help="what it is compared with")
@click.option("--price", "given_prices", multiple=True, metavar="NAME=VALUE", help="replace a price (repeatable)")
@click.option("--prices", "price_file", metavar="FILE", help="replace prices by those of a TOML file")
@click.option(
    "--effect",
    default="months_worked",
    show_default=True,
    metavar="NAME",
    help="natural unit of the cost plane: months_worked, months_on_benefit, wellbeing, stress, ...",
)
@click.option("--worth", metavar="EUR", help="largest value of one unit in the acceptability curve [5000]")
@click.option("--budget", metavar="EUR", help="a fixed budget over the run: whom can it reach?")
@click.option("--clients", metavar="N", help="people that the budget is for [the people of the run]")
@lived_options
@click.pass_context
def command(context: click.Context, /, scenarios: tuple[str, ...], **given: Any) -> None:
    """Cost and benefit of scenarios for participant, municipality, national government and society.

    Euros per person over the whole run, discounted, against the baseline, under the same luck. Prices that no
    source gives are assumptions and say so: put in your own.

    Example: bijstand cost intensive --price caseworker_hour=62 --budget 500000 --people 2000
    """
    made, found, budgets, worth = lived(context, scenarios, given)
    files = _files(context, made, found, budgets, given, worth)
    if given["as_json"]:
        print_json(_json(found, budgets, files, language(context)))
        return
    _print(context, found, budgets, given["effect"])
    if files:
        say(context, Say(f"tables and figures: {files[0].parent}", f"tabellen en figuren: {files[0].parent}"))


def lived(
    context: click.Context, scenarios: Sequence[str], given: dict[str, Any]
) -> tuple[Ready, Cost, list[tuple[str, Delivered]], float]:
    """Check the options, simulate and store; return plan, accounts, what the budget delivers, and the worth.

    Raises:
        InputError: everything that is wrong with the options.
    """
    from analysis.cost.accounts import EFFECTS
    from analysis.cost.capacity import delivered
    from analysis.cost.of_run import cost
    from sim.problems import one_of

    problems: list[Problem] = []
    prices = _prices(given, problems)
    numbers = {name: _amount(name, given[name], problems) for name in _LIMITS}
    if given["effect"] not in EFFECTS:
        problems.append(one_of("--effect", given["effect"], EFFECTS))
    if numbers["clients"] is not None and numbers["budget"] is None:
        told = Say("only together with --budget", "alleen samen met --budget")
        problems.append(Problem("--clients", given["clients"], told))
    made = ready(scenarios, given["against"], given, problems)
    assert prices is not None
    with living(context) as progress:
        found = cost(made.plan, prices, progress=progress, workers=made.workers)
    store(made, found.result, "cost")
    budgets: list[tuple[str, Delivered]] = []
    if numbers["budget"] is not None:
        clients = int(numbers["clients"] or found.people)
        budgets = [(name, delivered(found, name, numbers["budget"], clients)) for name in found.scenarios[1:]]
    return made, found, budgets, numbers["worth"] or _MOST_WORTH


def _prices(given: dict[str, Any], problems: list[Problem]) -> Prices | None:
    from analysis.cost.prices import read_prices

    try:
        return read_prices(given["given_prices"], Path(given["price_file"]) if given["price_file"] else None)
    except InputError as error:
        problems += error.problems
        return None


def _amount(name: str, word: str | None, problems: list[Problem]) -> float | None:
    if word is None:
        return None
    low, high = _LIMITS[name]
    if name == "clients":
        return try_whole("--clients", word, problems, low, high)
    return try_number(f"--{name}", word, low, high, problems, "EUR")


def _files(
    context: click.Context,
    made: Ready,
    found: Cost,
    budgets: Sequence[tuple[str, Delivered]],
    given: dict[str, Any],
    worth: float,
) -> list[Path]:
    from analysis.cost.of_run import sensitivity
    from analysis.cost.tables import acceptability_csv, cost_rows, price_rows, rows_csv, sensitivity_csv, table_csv

    lang = language(context)

    def write(folder: Path) -> list[Path]:
        tables = {
            "cost.csv": rows_csv(list(cost_rows(found, lang, budgets))),
            "acceptability.csv": acceptability_csv(found, given["effect"], worth, lang),
            "prices.csv": table_csv(price_rows(found.prices, lang)),
            "price_sensitivity.csv": sensitivity_csv(
                found,
                {party: list(sensitivity(made.plan, found, party)) for party in ("municipality", "society")},
                lang,
            ),
        }
        paths = []
        for name, text in tables.items():
            paths.append(folder / name)
            paths[-1].write_text(text, encoding="utf-8")
        if given["figures"]:
            from analysis.cost.figures import draw_acceptability, draw_cost_paths, draw_cost_plane
            from analysis.figures import style

            for drawing in (
                draw_cost_plane(found, given["effect"], lang),
                draw_acceptability(found, given["effect"], lang, worth),
                draw_cost_paths(found, lang),
            ):
                paths += style.save(drawing.figure, folder, f"{drawing.name}_{lang}")
        return paths

    return files_of(context, made, found.result, write)


def _json(found: Cost, budgets: Sequence[tuple[str, Delivered]], files: Sequence[Path], lang: str) -> dict[str, Any]:
    from analysis.cost.tables import cost_rows, price_rows

    label = found.result.provenance.label
    return {
        "run_id": found.result.run_id,
        "baseline": found.scenarios[0],
        "months": found.month,
        "people": found.people,
        "interval": 0.9,
        "label": label[lang],
        "rows": [asdict(row) for row in cost_rows(found, lang, budgets)],
        "prices": price_rows(found.prices, lang),
        "files": [str(path) for path in files],
    }


def _print(context: click.Context, found: Cost, budgets: Sequence[tuple[str, Delivered]], effect: str) -> None:
    from analysis.cost.text import account_table, budget_table, capacity_table, effect_table, price_lines

    lang = language(context)
    for title, headers, rows in (
        account_table(found, lang),
        effect_table(found, lang, effect),
        capacity_table(found, lang),
        *([budget_table(found, budgets, lang)] if budgets else []),
    ):
        print_table(headers, rows, title=title)
        click.echo("")
    for line in price_lines(found.prices, lang):
        click.echo(line)
    label_lines(context, found.result, {name: found.label(name) for name in found.scenarios[1:]})
