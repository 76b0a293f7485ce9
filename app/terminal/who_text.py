"""For whom a policy works, as the terminal says it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.terminal.output import language, print_table, say
from app.terminal.run_text import label_lines
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.who.tailor import Tailored
    from app.answering.who import WhoAnswer

__all__ = ["print_who"]


def print_who(context: click.Context, answer: WhoAnswer, goal: str, files: Sequence[Path]) -> None:
    """Print effects by group, who is better and worse off, the rule and what it brings."""
    from analysis.who.tables import contrast_line, gain_table, who_table, worth_of

    lang, found, rule = language(context), answer.who, answer.rules.get(goal)
    for scenario in found.result.scenarios[1:]:
        title, headers, rows = who_table(found, scenario, goal, lang)
        print_table(headers, rows, title=title)
        say(context, contrast_line(found, scenario, goal))
        click.echo("")
    size = worth_of(goal)
    say(
        context,
        Say(
            f"better or worse off: the same person, the same luck, {size.en}; no trial can see this",
            f"beter of slechter af: dezelfde persoon, hetzelfde toeval, {size.nl}; geen proef kan dit zien",
        ),
    )
    if found.entered:
        later = found.entered
        say(
            context,
            Say(f"{later} people entered later and are not counted", f"{later} mensen kwamen later en tellen niet mee"),
        )
    if rule is not None:
        _print_rule(context, rule)
        if rule.scenario is not None:
            title, headers, rows = gain_table(rule, lang)
            print_table(headers, rows, title=title)
            path = next(path for path in files if path.suffix == ".toml")
            say(context, Say(f"the rule as a scenario: {path}", f"de regel als scenario: {path}"))
    label_lines(context, found.result, {name: found.label(name) for name in found.result.scenarios[1:]})
    if rule is not None and rule.result is not None:
        tested = rule.result.run_id
        say(context, Say(f"the rule was tested in run {tested}", f"de regel is getoetst in run {tested}"))
    if files:
        say(context, Say(f"tables and figures: {files[0].parent}", f"tabellen en figuren: {files[0].parent}"))


def _print_rule(context: click.Context, rule: Tailored) -> None:
    from analysis.who.outcomes import OUTCOMES

    lang, goal = language(context), OUTCOMES[rule.goal].text
    click.echo("")
    if rule.scenario is None:
        said = rule.reason
        say(context, Say(f"Tailoring: none ({said.en})", f"Maatwerk: geen ({said.nl})"))
        return
    say(context, Say(f"Tailoring for {goal.en}:", f"Maatwerk voor {goal.nl}:"))
    for when, scenario, share in rule.rules:
        text = when or Say("everybody else", "alle anderen").to(lang)
        click.echo(f"  {text}: {scenario} ({100.0 * share:.0f}%)")
    click.echo("")
