"""The ablation as tables for the console and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from analysis.checks.ablation import Ablation
from analysis.effects.words import amount, name_of, unit_of
from sim.parameters import MECHANISMS
from sim.problems import Say

__all__ = ["SHOWN", "AblationTable", "ablation_page", "ablation_tables", "size_line", "still"]

SHOWN = ("on_benefit", "exit_work_ever", "hours_over_12", "income", "stress", "wellbeing")


class AblationTable(NamedTuple):
    """One kind of change: title, column heads, one row of cells per mechanism."""

    title: str
    heads: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def ablation_tables(found: Ablation, lang: str) -> list[AblationTable]:
    """Return the changes in the last month with half their interval; an asterisk where it leaves zero out."""
    month = found.months[-1]
    titles = {
        "level": Say("Change in the outcome", "Verandering van de uitkomst"),
        "effect": Say(
            f"Change in the effect against {found.background}",
            f"Verandering van het effect ten opzichte van {found.background}",
        ),
    }
    names = [name for name in SHOWN if name in found.measures]
    heads = [Say("mechanism off", "mechanisme uit").to(lang)]
    heads += [f"{name_of(name, lang)} ({unit_of(name, lang, difference=True)})" for name in names]
    when = Say(f"after {month} months, off minus on", f"na {month} maanden, uit min aan").to(lang)
    tables = []
    for kind in found.kinds:
        cells = []
        for mechanism in found.mechanisms:
            line = [MECHANISMS[mechanism].title.to(lang)]
            for name in names:
                row = found.row(mechanism, kind, name, month)
                half = amount((row.high - row.low) / 2.0, name, lang)
                line.append(f"{amount(row.change, name, lang, difference=True)} ± {half}{'*' * row.differs}")
            cells.append(tuple(line))
        tables.append(AblationTable(f"{titles[kind].to(lang)}, {when}", tuple(heads), tuple(cells)))
    return tables


def size_line(found: Ablation) -> Say:
    """Return run, label and sizes, and how to read a cell."""
    sizes = f"{found.draws} draws x {found.seeds} seeds"
    return Say(
        f"run {found.run_id}: {found.label.en}; {found.people} people, {sizes}; "
        "± half of the 90% interval, * without 0",
        f"run {found.run_id}: {found.label.nl}; {found.people} mensen, {sizes}; ± halve 90%-marge, * zonder 0",
    )


def ablation_page(found: Ablation, lang: str, command: str) -> str:
    """Return the tables as Markdown; `command` makes the page again."""
    made_by = Say("Made by", "Gemaakt met").to(lang)
    title = Say("Mechanisms off, one at a time", "Mechanismen uit, een voor een").to(lang)
    lines = [f"# {title}: {found.title.to(lang)}", "", f"{made_by} `{command}`.", ""]
    lines += [_first(size_line(found).to(lang)) + ".", ""]
    lines += [_HOW.to(lang), ""]
    for table in ablation_tables(found, lang):
        lines += [f"## {table.title}", "", _line(table.heads), "|" + " --- |" + " ---: |" * (len(table.heads) - 1)]
        lines += [_line(cells) for cells in table.cells]
        lines.append("")
    return "\n".join([*lines, *_without_effect(found, lang)])


def still(found: Ablation) -> list[str]:
    """Return the mechanisms whose switch moves nothing that is shown by more than two Monte Carlo errors."""
    month = found.months[-1]
    return [
        name
        for name in found.mechanisms
        if all(
            abs(row.change) <= 2.0 * row.monte_carlo_se
            for row in found.rows
            if row.mechanism == name and row.month == month and row.measure in SHOWN
        )
    ]


def _without_effect(found: Ablation, lang: str) -> list[str]:
    names = still(found)
    if not names:
        return []
    title = Say("Moves nothing here, and why it stays", "Beweegt hier niets, en waarom het blijft")
    lines = [f"## {title.to(lang)}", ""]
    for name in names:
        each = MECHANISMS[name]
        lines.append(f"- {each.title.to(lang)}" + (f": {each.keep.to(lang)}." if each.keep else "."))
    return [*lines, ""]


_HOW = Say(
    "Every society has the same people, parameters and luck: a change is taken replicate by replicate, and "
    "intervals hold the spread over the draws of the parameters. A mechanism that is not at work under this "
    "regime changes nothing, exactly.",
    "Elke samenleving heeft dezelfde mensen, parameters en geluk: een verandering is per herhaling genomen; "
    "de marges bevatten de spreiding over de trekkingen van parameters. Een mechanisme dat onder dit regime "
    "niet werkt, verandert precies niets.",
)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
