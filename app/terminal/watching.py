"""What a person at the terminal sees of work under way, and what the end of it means."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from app.answering.request import FailedRunError, Watch
from app.terminal.output import language, note
from sim.problems import InputError, Say

__all__ = ["watching"]

# Seconds between two lines of progress where nobody watches a bar.
_EVERY = 60.0


@contextmanager
def watching(context: click.Context, *, resumable: str | None = None) -> Iterator[Watch]:
    """Draw progress on a terminal; whatever ends a stored run before its time also tells how to finish it.

    Args:
        context: the call.
        resumable: id of a run that was stored before, when this call takes it up again.
    """
    from scenarios.execution.resume import NotStartedError

    runs: list[str] = [] if resumable is None else [resumable]
    lang = language(context)
    try:
        with _bars(lang) as progress:
            yield Watch(progress=progress, started=runs.append, note=lambda text: note(context, text))
    except KeyboardInterrupt:
        if runs:
            note(context, _resume(runs))
        raise
    except FailedRunError as error:
        raise click.ClickException(_lines(error.text.to(lang), runs, lang)) from error
    except NotStartedError:
        raise
    except InputError as error:
        if not runs:
            raise
        told = "\n".join(problem.to(lang) for problem in error.problems)
        raise click.ClickException(_lines(told, runs, lang)) from error


def _lines(text: str, runs: list[str], lang: str) -> str:
    return "\n".join([text, *([_resume(runs).to(lang)] if runs else [])])


def _resume(runs: list[str]) -> Say:
    return Say(
        f"what finished is kept; the same command with --resume goes on, or: bijstand runs resume {runs[-1]}",
        f"wat klaar is, is bewaard; dezelfde opdracht met --resume gaat verder, of: bijstand runs resume {runs[-1]}",
    )


def _minutely(lang: str) -> Callable[[Say, int, int], None]:
    """Return a function that says how far the work is, at most once a minute: log files must not look dead."""
    last = time.monotonic()

    def tell(text: Say, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            click.echo(f"{time.strftime('%H:%M:%S')} {text.to(lang)}: {done}/{total}", err=True)

    return tell


@contextmanager
def _bars(lang: str) -> Iterator[Any]:
    """Give a function that draws each kind of work on a line of its own; a line a minute without a terminal."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield _minutely(lang)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def draw(text: Say, done: int, total: int) -> None:
            shown = text.to(lang)
            if shown not in tasks:
                tasks[shown] = bar.add_task(shown, total=total)
            bar.update(tasks[shown], completed=done, total=total)

        yield draw
