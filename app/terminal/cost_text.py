"""What a policy costs whom, as the terminal says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.terminal.output import language, print_table, say
from app.terminal.run_text import label_lines
from sim.problems import Say

if TYPE_CHECKING:
    from app.answering.cost import CostAnswer

__all__ = ["print_cost"]


def print_cost(context: click.Context, answer: CostAnswer) -> None:
    """Print accounts, effects, what it asks of the office, what the budget delivers, and the assumed prices."""
    from analysis.cost.text import account_table, budget_table, capacity_table, effect_table, price_lines
    from scenarios.execution.deliverable import undeliverable

    lang, found = language(context), answer.cost
    for title, headers, rows in (
        account_table(found, lang),
        effect_table(found, lang, answer.effect),
        capacity_table(found, lang),
        *([budget_table(found, answer.budgets, lang)] if answer.budgets else []),
    ):
        print_table(headers, rows, title=title)
        click.echo("")
    if answer.group is not None:
        who = f"{answer.group} ({found.people})"
        say(context, Say(f"only of people with {who}", f"alleen van mensen met {who}"))
    for sentence in undeliverable(answer.plan):
        say(context, sentence)
    for line in price_lines(found.prices, lang):
        click.echo(line)
    label_lines(context, found.result, {name: found.label(name) for name in found.scenarios[1:]})
