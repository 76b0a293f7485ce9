"""`bijstand benefit`: the benefit of one household under the law of a date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from app import options
from app.answering.benefit import AMOUNTS, Benefit, BenefitRequest, record_of
from app.answering.benefit import benefit as answer
from app.terminal.output import print_json
from sim.policy.assess import BenefitCase
from sim.policy.explain import OUT_OF_SCOPE, law_facts, reasons
from sim.policy.law import Law
from sim.policy.problems import Say
from sim.policy.regimes import REGIME_TEMPLATE, REGIMES

__all__ = ["command", "household_options", "language_of", "law_line"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

# All options are texts: `read_case` checks them together, so that one message names every problem.
_OPTIONS: tuple[tuple[str, str, str], ...] = (
    ("--household", "single", "single, single_parent or couple"),
    ("--date", "2026-07-01", "day in the month, YYYY-MM-DD, 2017-01-01 .. 2026-12-31"),
    ("--age", "40", "age of the earner, from 18 to pension age"),
    ("--net-earnings", "0", "net earnings per month, euro"),
    ("--partner-net-earnings", "0", "the partner's net earnings per month, euro (couple)"),
    ("--cost-sharers", "1", "people who share the home's costs, all counted (couple: 1 or 2 is nobody else)"),
    ("--months-used", "0", "months of disregard used before this one"),
    ("--partner-age", "", "age of the partner [that of the earner] (couple)"),
    ("--children", "0", "children under 18 at home (they set the norm of couples with a partner of 18-20)"),
    ("--sanction", "0", "sanction, percentage of the norm"),
)

_EPILOG = "\b\nA regime FILE looks like this:\n" + "\n".join(f"  {line}" for line in REGIME_TEMPLATE.splitlines())


def household_options(function: _Command) -> _Command:
    """Add the options that describe a household."""
    for name, default, text in reversed(_OPTIONS):
        function = click.option(name, default=default, show_default=True, metavar="TEXT", help=text)(function)
    return function


@click.command(name="benefit", epilog=_EPILOG)
@household_options
@click.option(
    "--regime",
    default="regular",
    show_default=True,
    metavar="NAME|FILE",
    help=f"{', '.join(REGIMES)}, or a .toml file.",
)
@options.json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, **texts: str) -> None:
    """The benefit of one household in one month, to the cent.

    Example: bijstand benefit --household single --date 2018-07-01 --age 40 --net-earnings 400
    """
    found = answer(BenefitRequest(**texts))
    if as_json:
        print_json(record_of(found))
    else:
        click.echo(_page(found, language_of(ctx)))


def language_of(ctx: click.Context) -> str:
    """Return the language asked for, "en" or "nl"."""
    return str((ctx.obj or {}).get("lang", "en"))


def law_line(case: BenefitCase, law: Law, lang: str) -> str:
    """Return the line that says which law was applied."""
    first, last = law_facts(case, law)["half_year"]
    household = Say(
        {"single": "single person", "single_parent": "single parent", "couple": "couple"}[case.household],
        {"single": "alleenstaande", "single_parent": "alleenstaande ouder", "couple": "paar"}[case.household],
    )
    return Say(
        f"{household.en}, age {case.age}, {case.date} (law of {first} .. {last})",
        f"{household.nl}, {case.age} jaar, {case.date} (recht van {first} .. {last})",
    ).to(lang)


def _page(found: Benefit, lang: str) -> str:
    case, law = found.case, found.law
    labels = {name: AMOUNTS[name].to(lang) for name in found.amounts}
    width = max(len(label) for label in labels.values())
    lines = [
        law_line(case, law, lang),
        *(f"  {labels[name]:<{width}}  {amount:>10.2f}" for name, amount in found.amounts.items()),
        "",
        *(f"  - {one.to(lang)}" for one in reasons(case, law)),
    ]
    for kinds, says in (
        (("secondary", "memory"), Say("not verified in the law text", "niet in de wettekst nagelezen")),
        (("held",), Say("held from the half-year before, not confirmed for this date", "aangehouden, niet bevestigd")),
    ):
        weak = sorted({row["name"] for row in law_facts(case, law)["parameters"] if row["verified"] in kinds})
        if weak:
            lines.append(f"  - {says.to(lang)}: {', '.join(weak)}")
    lines.append(f"  - {OUT_OF_SCOPE.to(lang)}")
    return "\n".join(lines)
