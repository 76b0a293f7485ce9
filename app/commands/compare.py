"""`bijstand compare`: scenarios side by side, under the same luck."""

from __future__ import annotations

from typing import Any

import click

from app.answering.runs import run_options, run_scenarios

__all__ = ["command"]


@click.command(name="compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO SCENARIO...")
@run_options
@click.pass_context
def command(context: click.Context, /, scenarios: tuple[str, ...], **given: Any) -> None:
    """Compare scenarios with the first one: names (`bijstand scenarios list`) or TOML files.

    Every person meets the same luck in each scenario, so that differences come from the policy alone.

    Example: bijstand compare regular exemption intensive --population oss_eligible
    """
    if len(scenarios) < 2:
        raise click.UsageError("give at least two scenarios; the first is the baseline (or use `bijstand run`)")
    run_scenarios(context, scenarios, "compare", given)
