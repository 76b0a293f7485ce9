"""What the commands print: tables (drawn on a terminal, plain in a pipe), JSON for machines, progress."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import click

from sim.problems import Say

__all__ = ["language", "note", "on_terminal", "print_json", "print_sections", "print_table", "say"]


def language(context: click.Context) -> str:
    """Return the language of this call: 'en' or 'nl'."""
    return str((context.obj or {}).get("lang", "en"))


def on_terminal() -> bool:
    """Return whether a person watches the output."""
    return sys.stdout.isatty()


def say(context: click.Context, text: Say) -> None:
    """Print one sentence in the language of this call."""
    click.echo(text.to(language(context)))


def note(context: click.Context, text: Say) -> None:
    """Print one sentence beside the output proper (to standard error)."""
    click.echo(text.to(language(context)), err=True)


def print_json(data: object) -> None:
    """Print `data` as JSON: numpy values become plain ones, NaN and infinity become null, dates ISO texts."""
    click.echo(json.dumps(_plain(data), ensure_ascii=False, indent=2, allow_nan=False))


def print_sections(headers: Sequence[str], sections: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> None:
    """Print one table in parts, each under a heading of its own line."""
    cells = [[_cell(value) for value in row] for _, rows in sections for row in rows]
    lines = _aligned(headers, cells, _flush(headers, cells))
    click.echo(click.style(lines.pop(0), bold=True))
    for heading, rows in sections:
        click.echo(click.style(heading, bold=True))
        for _ in rows:
            click.echo(lines.pop(0))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "") -> None:
    """Print a table; columns in which every cell reads as a number stand to the right.

    In a pipe: two spaces between aligned columns, no colour, no frame, whatever the width.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    right = _flush(headers, cells)
    if on_terminal():
        _draw(headers, cells, right, title)
        return
    click.echo("\n".join([title] * bool(title) + _aligned(headers, cells, right)))


def _draw(headers: Sequence[str], cells: list[list[str]], right: list[bool], title: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left")
    for head, flush in zip(headers, right, strict=True):
        table.add_column(Text(head), justify="right" if flush else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _flush(headers: Sequence[str], cells: list[list[str]]) -> list[bool]:
    """Return which columns stand to the right: those in which every cell reads as a number."""
    return [bool(cells) and all(_is_number(row[place]) for row in cells) for place in range(len(headers))]


def _aligned(headers: Sequence[str], cells: list[list[str]], right: list[bool]) -> list[str]:
    widths = [max([len(head), *(len(row[place]) for row in cells)]) for place, head in enumerate(headers)]
    lines: list[str] = []
    for row in ([*headers], *cells):
        parts = [
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return lines


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "".join(each if each.isprintable() else " " for each in str(value)).rstrip()


def _is_number(text: str) -> bool:
    stripped = text.strip("%+-−€ ").split(" ")[0].replace(",", "").replace(".", "")
    return text == "" or stripped.isdigit()


def _plain(data: object) -> Any:
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if data is None or isinstance(data, str | bool | int):
        return data
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set | frozenset):
        return [_plain(value) for value in data]
    convert = getattr(data, "tolist", None)  # numpy arrays and numbers, without importing numpy
    if convert is not None:
        return _plain(convert())
    return str(data)
