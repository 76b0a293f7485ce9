"""`bijstand validate`: is the calibration right, does it predict, and what does it hang on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from app.terminal.output import language, print_json, progress_bar, say
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say

__all__ = ["command"]

_OPTIONS = (
    click.option("--out", default="docs/validation", show_default=True, metavar="DIR", help="folder of the pages"),
    click.option(
        "--work",
        default="out/validation",
        show_default=True,
        metavar="DIR",
        help="folder of batches; the same command goes on from there",
    ),
    click.option("--design", metavar="N", default="1024", show_default=True, help="parameter sets of the emulator"),
    click.option("--replicates", metavar="N", default="2", show_default=True, help="trials of each"),
    click.option("--trials", metavar="N", default="1000", show_default=True, help="trials of the covariance"),
    click.option("--seed", metavar="N", default="1", show_default=True, help="base seed"),
    click.option("--workers", metavar="N", help="processes [default: the cores of this machine]"),
    click.option("--json", "as_json", is_flag=True, help="print JSON"),
)
_TRUTHS = (
    click.option("--truths", metavar="N", default="100", show_default=True, help="synthetic truths"),
    click.option("--spoilt", metavar="N", default="25", show_default=True, help="spoilt truths of each kind"),
)
_POSTERIOR = (
    click.option(
        "--posterior", metavar="FILE.nc", default="", help="the posterior to judge [default: the shipped one]"
    ),
    click.option(
        "--draws",
        metavar="N",
        default="12",
        show_default=True,
        help="posterior draws in which mechanisms are switched off",
    ),
)


def _with(*groups: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return click.pass_context(function)

    return add


@click.group(name="validate")
def command() -> None:
    """Test the calibration: on known truths, on rows left out, on other priors and mechanisms.

    Example: bijstand validate sbc --truths 100 --out docs/validation
    """


@command.command(name="all")
@_with(_OPTIONS, _TRUTHS, _POSTERIOR)
def all_command(context: click.Context, /, **given: Any) -> None:
    """Make every check and the pages calibration.md and what_the_trials_taught.md.

    Example: bijstand validate all --truths 100
    """
    from app.answering.validation import PARTS

    _run(context, PARTS, given)


@command.command(name="fit")
@_with(_OPTIONS, _POSTERIOR)
def fit_command(context: click.Context, /, **given: Any) -> None:
    """Judge a posterior: rows, learning, information, misfit, convergence.

    Example: bijstand validate fit --posterior out/posterior_joint.nc
    """
    _run(context, ("fit",), given)


@command.command(name="sbc")
@_with(_OPTIONS, _TRUTHS)
def sbc_command(context: click.Context, /, **given: Any) -> None:
    """Fit synthetic truths: are the intervals as wide as they should be?

    Example: bijstand validate sbc --truths 100 --out docs/validation
    """
    _run(context, ("sbc",), given)


@command.command(name="leave-out")
@_with(_OPTIONS)
def leave_out_command(context: click.Context, /, **given: Any) -> None:
    """Predict each municipality from the others, arms from controls, later months from the first year.

    Example: bijstand validate leave-out --out out/validation
    """
    _run(context, ("leave-out",), given)


@command.command(name="sensitivity")
@_with(_OPTIONS, _POSTERIOR)
def sensitivity_command(context: click.Context, /, **given: Any) -> None:
    """Show what projections hang on: parameters, priors, mechanisms.

    Example: bijstand validate sensitivity --draws 8
    """
    _run(context, ("sensitivity",), given)


def _run(context: click.Context, parts: tuple[str, ...], given: dict[str, Any]) -> None:
    from app.answering.validation import Asked, asked_problems, validate

    as_json = bool(given.pop("as_json"))
    problems: list[Problem] = []
    folders = {}
    for name in ("out", "work"):
        word = given.pop(name)
        if not word or "\x00" in word:
            problems.append(Problem(f"--{name}", word, Say("the name of a folder", "de naam van een map")))
        folders[name] = Path(word.replace("\x00", "") or ".")
    posterior = str(given.pop("posterior", "") or "")
    numbers = whole_numbers(given, problems)
    numbers.setdefault("workers", os.cpu_count() or 1)
    asked = Asked(parts, folders["out"], folders["work"], posterior=posterior, **numbers)
    InputError.raise_if([*problems, *asked_problems(asked)])
    with progress_bar("valideren" if language(context) == "nl" else "validating") as progress:
        files, told = validate(asked, None if progress is None else lambda stage, done, whole: progress(done, whole))
    if as_json:
        lang = language(context)
        print_json({"parts": parts, "files": [str(path) for path in files], "said": [one.to(lang) for one in told]})
        return
    for sentence in told:
        say(context, sentence)
    say(
        context,
        Say(
            f"page: {files[0]}; {len(files) - 1} other files", f"pagina: {files[0]}; {len(files) - 1} andere bestanden"
        ),
    )
