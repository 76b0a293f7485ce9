"""`bijstand calibrate`: one joint fit of the mechanism parameters to the evidence of all municipalities."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.terminal.output import language, note, print_json, print_table, say
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from calibration.fit.joint import Data, Fit, Settings
    from calibration.fit.space import Space
    from calibration.likelihood.targets import Targets

__all__ = ["command"]

_HEAD = Say(
    "parameter|unit|prior (90%)|posterior (90%)|learned|moved (sd)",
    "parameter|eenheid|vooraf (90%)|achteraf (90%)|geleerd|verschoven (sd)",
)
_MISFIT = Say(
    "municipality|rows|numbers|surprise|outside 90%|furthest row|its z",
    "gemeente|regels|cijfers|verrassing|buiten 90%|verste regel|z daarvan",
)
_TEACHING = Say("synthetic data from a drawn truth", "synthetische gegevens uit een getrokken waarheid")


@click.command(name="calibrate")
@click.option("--only", metavar="NAME", multiple=True, help="only this study or municipality (repeatable)")
@click.option("--leave-out", metavar="NAME", multiple=True, help="without this study or municipality")
@click.option("--outcomes", metavar="NAME", multiple=True, help="only this outcome (repeatable)")
@click.option("--uses", metavar="USE", multiple=True, help="only rows of this use (repeatable)")
@click.option("--horizons", metavar="MONTHS", multiple=True, help="only rows after this many months (repeatable)")
@click.option("--longest", metavar="MONTHS", help="only rows up to this many months")
@click.option("--priors", metavar="FILE.toml", help="other priors for some parameters")
@click.option("--evidence", metavar="DIR", default="out/evidence", show_default=True, help="folder of imported trials")
@click.option("--out", metavar="FILE.nc", help="the posterior [default: out/posterior_NAME.nc]")
@click.option("--name", metavar="NAME", default="joint", show_default=True, help="name of the posterior")
@click.option("--work", metavar="DIR", help="folder of batches [default: out/calibration/NAME]")
@click.option("--resume", is_flag=True, help="go on with the batches in that folder")
@click.option("--seed", metavar="N", help="base seed [default: 1]")
@click.option("--workers", metavar="N", help="processes [default: the cores of this machine]")
@click.option("--quick", is_flag=True, help="a small fit of a minute or two, to try things; it will not converge")
@click.option("--synthetic", metavar="SEED", help="fit to data simulated from a drawn truth, and show the truth")
@click.option("--cross-check", is_flag=True, help="fit again by an ensemble smoother on true runs, and compare")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def command(
    context: click.Context,
    /,
    only: tuple[str, ...],
    leave_out: tuple[str, ...],
    outcomes: tuple[str, ...],
    uses: tuple[str, ...],
    horizons: tuple[str, ...],
    priors: str | None,
    evidence: str,
    out: str | None,
    name: str,
    work: str | None,
    resume: bool,
    quick: bool,
    cross_check: bool,
    as_json: bool,
    **given: str | None,
) -> None:
    """Fit the mechanisms to what the trials found, all municipalities together, and keep the posterior.

    Runs of the simulator are kept on disk as they come: after an interruption the same command with --resume
    goes on where it was, with the same numbers.

    Example: bijstand calibrate --only oss --quick
    """
    from calibration.fit.checkpoint import Checkpoint
    from calibration.fit.joint import fit, fit_identity
    from calibration.fit.result import posterior_of
    from calibration.fit.simulate import Pool
    from calibration.posteriors.file import save

    selection: dict[str, Any] = {"only": only, "leave_out": leave_out, "outcomes": outcomes, "uses": uses}
    targets, space, settings, numbers = _read(selection, horizons, priors, Path(evidence), name, quick, given)
    target = Path(out) if out else Path("out") / f"posterior_{name}.nc"
    folder = Path(work) if work else Path("out") / "calibration" / name
    _writable(target)
    data, truth = _data(context, targets, space, numbers)
    checkpoint = Checkpoint(folder, fit_identity(targets, space, settings, data), resume=resume)
    workers = numbers.get("workers", os.cpu_count() or 1)
    extra: dict[str, object] = {}
    try:
        with Pool(workers) as pool, _progress(language(context)) as progress:
            found = fit(targets, settings, space=space, data=data, pool=pool, checkpoint=checkpoint, progress=progress)
            if cross_check:
                from calibration.validation.cross_check import cross_check as check

                extra["cross_check"] = check(found, pool=pool, checkpoint=checkpoint, progress=progress)
    except KeyboardInterrupt:
        note(
            context,
            Say(
                f"interrupted; nothing is lost: the same command with --resume goes on ({folder})",
                f"onderbroken; er is niets verloren: dezelfde opdracht met --resume gaat verder ({folder})",
            ),
        )
        raise
    asked = {
        **selection,
        "horizons": horizons,
        "longest": numbers.get("longest"),
        "priors": priors,
        "quick": quick,
        "synthetic": numbers.get("synthetic"),
        "command": shlex.join(["bijstand", *_words()]),
    }
    if truth is not None:
        extra["truth"] = truth
    posterior = posterior_of(found, name, settings=asked, more=extra)
    save(posterior, target)
    _report(context, found, posterior, target, extra, as_json)


def _read(
    selection: dict[str, Any],
    horizons: tuple[str, ...],
    priors: str | None,
    evidence: Path,
    name: str,
    quick: bool,
    given: dict[str, str | None],
) -> tuple[Targets, Space, Settings, dict[str, int]]:
    """Return what to fit, its space, the sizes and the numbers; raise one `InputError` with every problem."""
    from calibration.fit.joint import QUICK, Settings, make_fit_space
    from calibration.fit.prior_file import read_priors
    from calibration.likelihood.targets import select_targets
    from calibration.posteriors.posterior import name_problems

    problems: list[Problem] = [*name_problems("--name", name)]
    numbers = whole_numbers(given, problems)
    for option, low, high in (("seed", 0, 2**62), ("workers", 1, 256), ("synthetic", 0, 2**62), ("longest", 0, 600)):
        if option in numbers and not low <= numbers[option] <= high:
            problems.append(within(f"--{option}", numbers[option], low, high))
    months = []
    for word in horizons:
        found = whole_numbers({"horizons": word}, problems)
        months += list(found.values())
    changed = None
    if priors is not None:
        try:
            changed = read_priors(Path(priors))
        except InputError as error:
            problems += error.problems
    targets = space = None
    try:
        targets = select_targets(**selection, horizons=months, longest=numbers.get("longest"), evidence=evidence)
        space = make_fit_space(targets, changed)
    except InputError as error:
        problems += error.problems
    if problems or targets is None or space is None:
        raise InputError(problems)
    settings = replace(QUICK if quick else Settings(), seed=numbers.get("seed", 1))
    return targets, space, settings, numbers


def _writable(target: Path) -> None:
    """Refuse a place for the posterior before the work is done, not after."""
    allowed = Say("a file in a folder that can be written", "een bestand in een map die beschreven kan worden")
    if target.is_dir() or "\x00" in str(target):
        raise InputError((Problem("--out", str(target), allowed),))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise InputError((Problem("--out", str(target), allowed),)) from None
    if not os.access(target.parent, os.W_OK):
        raise InputError((Problem("--out", str(target), allowed),))


def _data(
    context: click.Context, targets: Targets, space: Space, numbers: dict[str, int]
) -> tuple[Data, dict[str, float] | None]:
    """Return the published figures, or those of a drawn truth with that truth."""
    from calibration.fit.joint import Data

    if "synthetic" not in numbers:
        return Data(), None
    from calibration.validation.synthetic import synthetic_data

    note(context, _TEACHING)
    data, z = synthetic_data(targets, space, numbers["synthetic"])
    from sim.parameters import PARAMETERS

    values = space.parameters(z[None], None)[0]
    return data, {name: float(values[place]) for place, name in enumerate(PARAMETERS) if name in space.free}


def _words() -> list[str]:
    return sys.argv[1:]


@contextmanager
def _progress(lang: str) -> Iterator[Callable[[Say, int, int], None] | None]:
    """Draw what is being done on standard error; lines in a pipe are left out."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def told(text: Say, done: int, total: int) -> None:
            shown = text.to(lang)
            if shown not in tasks:
                tasks[shown] = bar.add_task(shown, total=total)
            bar.update(tasks[shown], completed=done, total=total)

        yield told


def _report(
    context: click.Context, found: Fit, posterior: Any, target: Path, extra: dict[str, object], as_json: bool
) -> None:
    """Print prior beside posterior, misfit by municipality, convergence and times."""
    from calibration.fit.gates import gates_of
    from calibration.fit.result import diagnostics, misfits
    from calibration.posteriors.text import learned
    from sim.parameters import PARAMETERS

    told = learned(posterior, None)
    figures = diagnostics(found)
    if as_json:
        print_json(
            {
                "name": posterior.name,
                "file": str(target),
                "digest": posterior.digest,
                "converged": posterior.converged,
                "diagnostics": {**figures, **extra},
                "timings": dict(found.timings),
                "parameters": [
                    {
                        "name": each.name,
                        "unit": PARAMETERS[each.name].unit,
                        "prior": each.prior,
                        "posterior": each.posterior,
                        "learned": each.share,
                        "moved": each.shift,
                    }
                    for each in told
                ],
            }
        )
        return
    lang = language(context)
    truth: Any = extra.get("truth")
    heads = [*_HEAD.to(lang).split("|"), *(["truth" if lang == "en" else "waarheid"] if truth else [])]
    cells = [
        [
            each.name,
            PARAMETERS[each.name].unit,
            _ends(each.prior),
            _ends(each.posterior),
            each.told,
            f"{each.shift:+.2f}",
            *([f"{truth[each.name]:.3g}"] if truth else []),
        ]
        for each in told
    ]
    print_table(heads, cells)
    click.echo("")
    rows = [
        [
            each.town,
            each.rows,
            each.numbers,
            "" if not each.numbers else f"{each.surprise:.2f}",
            each.outside,
            each.worst,
            "" if not each.numbers else f"{each.worst_z:+.1f}",
        ]
        for each in misfits(found)
    ]
    print_table(_MISFIT.to(lang).split("|"), rows)
    click.echo("")
    gates = gates_of(figures)
    missed = [each for each in gates if each.used >= 1.0]
    en, nl = ("; ".join(each.text.to(lang) for each in gates) for lang in ("en", "nl"))
    if found.converged:
        verdict = Say(f"converged: {en}", f"geconvergeerd: {nl}")
    else:
        short = [", ".join(each.text.to(lang) for each in missed) for lang in ("en", "nl")]
        none = Say("no true runs were made", "er zijn geen echte runs gemaakt")
        verdict = Say(
            f"NOT converged: {short[0] or none.en}; it never becomes the default (all: {en})",
            f"NIET geconvergeerd: {short[1] or none.nl}; hij wordt nooit de standaard (alles: {nl})",
        )
    say(context, verdict)
    if "cross_check" in extra:
        _agreement(context, extra["cross_check"])
    times = ", ".join(f"{key} {value:.0f} s" for key, value in found.timings.items())
    say(context, Say(f"times: {times}", f"tijden: {times}"))
    say(context, posterior.misfit())
    say(context, Say(f"written: {target}", f"geschreven: {target}"))


def _agreement(context: click.Context, found: Any) -> None:
    """Print both methods beside each other."""
    lang = language(context)
    heads = Say(
        "latent|emulator mean|sd|smoother mean|sd|difference / MC error",
        "latent|emulator gemiddelde|sd|smoother gemiddelde|sd|verschil / MC-fout",
    )
    rows = [
        [
            each["name"],
            f"{each['mean']:+.2f}",
            f"{each['sd']:.2f}",
            f"{each['other_mean']:+.2f}",
            f"{each['other_sd']:.2f}",
            f"{each['z']:+.1f}",
        ]
        for each in found["rows"]
    ]
    print_table(heads.to(lang).split("|"), rows)
    say(context, Say(**found["verdict"]))


def _ends(interval: tuple[float, float, float]) -> str:
    return f"{interval[1]:.3g} ({interval[0]:.3g} .. {interval[2]:.3g})"
