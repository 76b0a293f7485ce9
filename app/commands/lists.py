"""`bijstand columns`, `levers`, `outcomes`: every name that a file or a rule may use: unit, range, meaning."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import click

from app import options
from app.terminal.output import language, print_json, print_table
from sim.problems import Say

__all__ = ["columns", "levers", "outcomes"]

_HEADERS = Say("name|kind|unit|range|meaning", "naam|soort|eenheid|bereik|betekenis")


@click.command(name="columns")
@options.json_option
@click.pass_context
def columns(context: click.Context, /, as_json: bool) -> None:
    """Traits and starting states of people: what rules, groups and client files may name.

    Example: bijstand columns
    """
    from sim.people.clients.schemes import IMPORTABLE
    from sim.people.columns import STATES, TRAITS

    dutch = tomllib.loads(files("sim.people").joinpath("columns_nl.toml").read_text("utf-8"))
    rows = []
    for column in (TRAITS | STATES).values():
        span = " | ".join(column.codes) or f"{column.low:g} .. {column.high:g}"
        kind = Say("trait", "kenmerk") if column.kind == "trait" else Say("state", "toestand")
        text = Say(column.text, dutch.get(column.name, column.text))
        rows.append((column.name, kind, column.unit, span, text, column.name in IMPORTABLE))
    _show(context, rows, as_json, "importable")


@click.command(name="levers")
@options.json_option
@click.pass_context
def levers(context: click.Context, /, as_json: bool) -> None:
    """Levers of a regime: what a scenario file may set.

    Example: bijstand levers
    """
    from sim.regime.levers import LEVERS

    rows = []
    for lever in LEVERS.values():
        kind = Say("whole", "geheel") if lever.whole else Say("number", "getal")
        rows.append((lever.name, kind, lever.unit, f"{lever.low:g} .. {lever.high:g}", lever.text, lever.regular))
    _show(context, rows, as_json, "regular")


@click.command(name="outcomes")
@options.json_option
@click.pass_context
def outcomes(context: click.Context, /, as_json: bool) -> None:
    """Outcomes that a run keeps and tables show.

    Example: bijstand outcomes
    """
    from sim.outcomes.measures import HEADLINE, MEASURES

    rows = [
        (one.name, Say(one.kind, one.kind), one.unit, "", one.text, one.name in HEADLINE) for one in MEASURES.values()
    ]
    _show(context, rows, as_json, "headline")


def _show(context: click.Context, rows: list[tuple[Any, ...]], as_json: bool, last: str) -> None:
    lang = language(context)
    if as_json:
        keys = ("name", "kind", "unit", "range", "meaning", last)
        print_json([dict(zip(keys, (n, k.en, u, r, t._asdict(), x), strict=True)) for n, k, u, r, t, x in rows])
        return
    print_table(_HEADERS.to(lang).split("|"), [(n, k.to(lang), u, r, t.to(lang)) for n, k, u, r, t, _ in rows])
