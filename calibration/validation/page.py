"""The pages of the validation: sections of sentences, tables and figures, as Markdown with its PNGs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.files import write_whole
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from analysis.figures.style import Drawing

__all__ = ["MOST_BYTES", "Section", "Table", "write_page"]

MOST_BYTES = 150_000
_DPI = (110, 90, 70, 55)


@dataclass(frozen=True)
class Table:
    """A table with a title; cells are texts."""

    title: Say
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the page; every sentence stands there in both languages, a figure under its own."""

    title: Say
    sentences: tuple[Say, ...] = ()
    tables: tuple[Table, ...] = ()
    drawings: tuple[Drawing, ...] = field(default=())


def write_page(folder: Path, name: str, title: Say, head: Sequence[Say], sections: Sequence[Section]) -> list[Path]:
    """Write `name`.md and its figures in `folder`; return the paths.

    Raises:
        InputError: a folder that cannot be written.
    """
    lines = [f"# {title.en}", "", f"*{title.nl}*", ""]
    for sentence in head:
        lines += _both(sentence)
    files: list[Path] = []
    images = folder / "calibration"
    try:
        images.mkdir(parents=True, exist_ok=True)
        for section in sections:
            lines += [f"## {section.title.en}", "", f"*{section.title.nl}*", ""]
            for sentence in section.sentences:
                lines += _both(sentence)
            for drawing in section.drawings:
                path = images / f"{drawing.name}.png"
                write_whole(path, _small(drawing))
                files.append(path)
                lines += [f"![{drawing.alt[:300]}](calibration/{path.name})", "", f"{drawing.caption}.", ""]
            for table in section.tables:
                lines += _table(table)
        page = folder / f"{name}.md"
        write_whole(page, ("\n".join(lines).rstrip() + "\n").encode())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        allowed = Say(f"a folder that can be written ({reason})", f"een map die te schrijven is ({reason})")
        raise InputError([Problem("--out", str(folder), allowed)]) from error
    return [page, *files]


def _both(sentence: Say) -> list[str]:
    return [sentence.en, "", f"*{sentence.nl}*", ""]


def _table(table: Table) -> list[str]:
    if not table.rows:
        return []
    lines = [f"**{table.title.en}** / *{table.title.nl}*", "", "| " + " | ".join(table.headers) + " |"]
    lines.append("|" + "---|" * len(table.headers))
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in table.rows]
    return [*lines, ""]


def _small(drawing: Drawing) -> bytes:
    """Return the figure as PNG below `MOST_BYTES`: as sharp as fits."""
    from analysis.figures.style import png

    made = b""
    for dpi in _DPI:
        made = png(drawing.figure, dpi)
        if len(made) < MOST_BYTES:
            break
    return made
