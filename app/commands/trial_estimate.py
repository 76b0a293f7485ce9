"""`bijstand trial estimate`: the reports' estimators on a researcher's own microdata."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.terminal.output import language, print_json, print_table, say
from sim.problems import InputError, Problem, Say, one_of
from sim.written_numbers import listed, try_number, try_whole

if TYPE_CHECKING:
    from analysis.estimators.result import Estimate

__all__ = ["estimate_command"]

_FEWEST = 10
_TARGETS = ("att", "ate")
# Options that only some methods have.
_ONLY = {"cluster": ("linear", "ancova"), "target": ("nearest_neighbour", "propensity"), "baseline": ("ancova",)}
_HEADERS = Say(
    "treatment|control|effect|s.e.|interval|p|people|treated|controls",
    "behandeling|controle|effect|s.f.|interval|p|mensen|behandeld|controles",
)


@click.command(name="estimate")
@click.argument("file")
@click.option("--outcome", default="", metavar="COLUMN", help="column of the outcome")
@click.option("--treatment", "treatments", multiple=True, metavar="VALUE", help="arm (repeatable)")
@click.option("--control", default="control", show_default=True, metavar="VALUE", help="arm to compare with")
@click.option("--arm", default="arm", show_default=True, metavar="COLUMN", help="column of the arms")
@click.option("--method", default="linear", show_default=True, metavar="NAME", help="see below")
@click.option(
    "--covariates",
    default="",
    metavar="A,B",
    help="columns to control for or to match on (A;B when a name has a comma)",
)
@click.option("--baseline", metavar="COLUMN", help="ancova: the outcome at the start [<outcome>_at_start]")
@click.option("--cluster", metavar="COLUMN", help="linear, ancova: cluster errors by this, e.g. caseworker")
@click.option("--target", metavar="att|ate", help="matching: effect on the treated (att) or on all (ate)")
@click.option("--level", default="0.90", show_default=True, metavar="X", help="coverage of the interval")
@click.option(
    "--as-evidence", metavar="FILE", help="write the effects as a file for `evidence import` (.csv; with --month)"
)
@click.option("--month", metavar="N", help="month after the start that the outcome was measured in")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def estimate_command(
    context: click.Context,
    /,
    file: str,
    outcome: str,
    treatments: tuple[str, ...],
    control: str,
    arm: str,
    method: str,
    covariates: str,
    level: str,
    as_evidence: str | None,
    month: str | None,
    as_json: bool,
    **special: str | None,
) -> None:
    """Estimate the effect of an arm in your own FILE (CSV, Excel, Parquet, Stata, SPSS): one person per row.

    Methods: linear (intention to treat), ancova (given the outcome at the start), logit (difference of
    predicted margins), nearest_neighbour and propensity (matching, bias corrected). Nothing leaves the
    computer; groups of fewer than ten people are refused.

    Example: bijstand trial estimate clients.csv --outcome works --treatment coached --control usual
    """
    problems = [
        Problem(name, "missing", Say(f"{name} {what}", f"{name} {what}"))
        for name, what, given in (("--outcome", "COLUMN", outcome), ("--treatment", "VALUE", treatments))
        if not given
    ]
    at = None if month is None else try_whole("--month", month, problems, 0, 600, "months")
    if (as_evidence is None) != (month is None):
        told = Say("--as-evidence FILE and --month N together", "--as-evidence FILE en --month N samen")
        problems.append(Problem("--as-evidence" if month is None else "--month", as_evidence or month, told))
    wanted = _checked(method, level, {key: value for key, value in special.items() if value}, problems)
    names = tuple(name for name in listed(covariates) if name)
    found = _estimates(Path(file), outcome, treatments, control, arm, method, names, wanted)
    if as_evidence is not None and at is not None:
        from calibration.evidence.own.from_estimates import write_evidence

        write_evidence(Path(as_evidence), found, at)
    if as_json:
        print_json([asdict(one) | {"notes": [note._asdict() for note in one.notes]} for one in found])
        return
    from analysis.effects.words import number

    lang = language(context)
    rows = [
        (
            one.treatment,
            one.control,
            _shown(one.value, lang),
            _shown(one.standard_error, lang).lstrip("+"),
            f"{_shown(one.low, lang)} .. {_shown(one.high, lang)}",
            number(one.p_value, 3, lang),
            one.n,
            one.n_treatment,
            one.n_control,
        )
        for one in found
    ]
    print_table(_HEADERS.to(lang).split("|"), rows)
    share = f"{found[0].level:.0%}"
    used = ", ".join(found[0].covariates) or Say("none", "geen").to(lang)
    say(
        context,
        Say(
            f"{outcome}: {method}, {share} interval; covariates: {used}",
            f"{outcome}: {method}, interval van {share}; controlevariabelen: {used}",
        ),
    )
    _notes(context, found)
    if as_evidence is not None:
        say(
            context,
            Say(
                f"{as_evidence}: fill in [study] and the regimes, then `bijstand evidence import {as_evidence}`",
                f"{as_evidence}: vul [study] en de regimes in, en dan `bijstand evidence import {as_evidence}`",
            ),
        )


def _notes(context: click.Context, found: list[Estimate]) -> None:
    """Print each note once, with the arm in front when it is not of all."""
    lang = language(context)
    for text in dict.fromkeys(note.to(lang) for one in found for note in one.notes):
        arms = [one.treatment for one in found if text in [note.to(lang) for note in one.notes]]
        click.echo(text if len(arms) == len(found) else f"{', '.join(arms)}: {text}")


def _shown(value: float, lang: str) -> str:
    from analysis.effects.words import number

    return number(value, 3 if abs(value) < 10 else 1, lang, signed=True)


def _checked(method: str, level: str, special: dict[str, str], problems: list[Problem]) -> dict[str, Any]:
    """Return the options as the estimator takes them; raise `InputError` with every problem."""
    from analysis.estimators.methods import METHODS

    if method not in METHODS:
        problems.append(one_of("--method", method, METHODS))
    share = try_number("--level", level, 0.5, 0.999, problems)
    for key, value in special.items():
        if method in METHODS and method not in _ONLY[key]:
            known = " ".join(_ONLY[key])
            allowed = Say(f"only with {known}", f"alleen bij {known}")
            problems.append(Problem(f"--{key}", value, allowed))
    if "target" in special and special["target"] not in _TARGETS:
        problems.append(one_of("--target", special["target"], _TARGETS))
    InputError.raise_if(problems)
    return {"level": share, **special}


def _estimates(
    file: Path,
    outcome: str,
    treatments: tuple[str, ...],
    control: str,
    arm: str,
    method: str,
    covariates: tuple[str, ...],
    wanted: dict[str, Any],
) -> list[Estimate]:
    from analysis.estimators.frame import read_microdata
    from analysis.estimators.methods import METHODS

    data = read_microdata(file)
    found: list[Estimate] = []
    problems: list[Problem] = []
    for treatment in dict.fromkeys(treatments):
        try:
            one = METHODS[method](data, outcome, treatment, control=control, arm=arm, covariates=covariates, **wanted)
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        fewest = min(one.n_treatment, one.n_control)
        if fewest < _FEWEST:
            allowed = Say(f"at least {_FEWEST} people in each arm", f"ten minste {_FEWEST} mensen per groep")
            problems.append(Problem(f"--treatment {treatment}", "too few people", allowed))
        found.append(one)
    InputError.raise_if(problems)
    return found
