"""`bijstand validate`: is the calibration right, does it predict, and what does it hang on."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from app import options
from app.terminal.output import language, print_json, say
from app.terminal.watching import watching
from sim.problems import InputError, Say

__all__ = ["command"]

_VALIDATING = Say("validating", "valideren")
_OPTIONS = (
    options.folder("--out", "folder of the pages", default="docs/validation"),
    options.folder("--work", "folder of batches; the same command goes on from there", default="out/validation"),
    options.whole("--design", "parameter sets of the emulator", default="1024"),
    options.whole("--replicates", "trials of each", default="2"),
    options.whole("--trials", "trials of the covariance", default="1000"),
    options.whole("--seed", "base seed", default="1"),
    options.whole("--workers", "processes [default: the cores of this machine]"),
    options.json_option,
)
_TRUTHS = (
    options.whole("--truths", "synthetic truths", default="100"),
    options.whole("--spoilt", "spoilt truths of each kind", default="25"),
)
_POSTERIOR = (
    click.option(
        "--posterior", metavar="FILE.nc", default="", help="the posterior to judge [default: the shipped one]"
    ),
    options.whole("--draws", "posterior draws in which mechanisms are switched off", default="12"),
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


@command.command(name="headline")
@options.listed("--part", "only this part: variants, towns or worlds (repeatable)", param="parts")
@options.folder("--work", "folder of batches of the fit", default="out/calibration/joint")
@click.option("--town", metavar="NAME", default="nijmegen", help="municipality of the headline", show_default=True)
@options.whole("--worlds", "synthetic worlds", default="100")
@options.whole("--draws", "draws per chain of a refit", default="150")
@options.whole("--warm", "warm-up of a refit", default="150")
@options.whole("--sets", "parameter sets that teach the headline", default="512")
@options.whole("--seed", "base seed", default="1")
@options.whole("--workers", "processes [default: the cores of this machine]")
@click.option("--quick", is_flag=True, help="a small fit, to try things")
@options.folder("--out", "folder of the page headline.md", default=None)
@options.json_option
@click.pass_context
def headline_command(context: click.Context, /, **given: Any) -> None:
    """Show what the headline hangs on: findings turned round or left out, trials added, worlds whose towns differ.

    Example: bijstand validate headline --work out/calibration/joint --worlds 20 --out docs/validation
    """
    from app.answering.headline import PARTS, HeadlineAsked, check_headline

    as_json = bool(given.pop("as_json"))
    InputError.raise_if(options.found_wrong(context))
    chosen = {"workers": os.cpu_count() or 1} | options.given_only(given)
    chosen["parts"] = tuple(given["parts"] or PARTS)
    with watching(context) as watch:
        files, told = check_headline(HeadlineAsked(**chosen), watch)
    if as_json:
        print_json({"files": [str(path) for path in files], "said": [one.to(language(context)) for one in told]})
        return
    for sentence in told:
        say(context, sentence)
    for path in files:
        click.echo(str(path))


def _run(context: click.Context, parts: tuple[str, ...], given: dict[str, Any]) -> None:
    from app.answering.validation import Asked, asked_problems, validate

    as_json = bool(given.pop("as_json"))
    problems = options.found_wrong(context)
    asked = Asked(parts, **({"workers": os.cpu_count() or 1} | options.given_only(given)))
    InputError.raise_if([*problems, *asked_problems(asked)])
    with watching(context) as watch:
        step = watch.of(_VALIDATING)
        files, told = validate(asked, None if step is None else lambda _stage, done, whole: step(done, whole))
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
