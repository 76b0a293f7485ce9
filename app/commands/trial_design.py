"""`bijstand trial new` and `trial check`: a design of one's own, written and looked at before it is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.terminal.output import language, print_json, print_table, say
from sim.files import write_whole
from sim.problems import InputError, Problem, Say

__all__ = ["check_command", "new_command"]

_ARMS = Say("arm|role|regime|people|months of treatment", "groep|rol|regime|mensen|maanden behandeling")


@click.command(name="new")
@click.argument("file")
@click.option("--force", is_flag=True, help="write over an existing file")
@click.pass_context
def new_command(context: click.Context, /, file: str, force: bool) -> None:
    """Write a design to start from, with a comment for every setting.

    Example: bijstand trial new my_trial.toml
    """
    from sim.trial.template import design_template

    path = Path(file)
    if path.suffix != ".toml" or path.is_dir() or (path.exists() and not force):
        allowed = Say("a new file that ends in .toml (or --force)", "een nieuw bestand op .toml (of --force)")
        raise InputError([Problem("FILE", file, allowed)])
    try:
        write_whole(path, design_template(language(context)).encode())
    except OSError as error:
        allowed = Say(f"a place that can be written ({error.strerror})", f"een schrijfbare plek ({error.strerror})")
        raise InputError([Problem("FILE", file, allowed)]) from None
    say(
        context,
        Say(
            f"written: {path}; change it, then: bijstand trial check {path}",
            f"geschreven: {path}; pas aan, en dan: bijstand trial check {path}",
        ),
    )


@click.command(name="check")
@click.argument("designs", nargs=-1, required=True, metavar="DESIGN...")
@options.json_option
@click.pass_context
def check_command(context: click.Context, /, designs: tuple[str, ...], as_json: bool) -> None:
    """Check designs (a .toml file or a shipped trial): every problem at once, and what may surprise its reader.

    Example: bijstand trial check my_trial.toml
    """
    from sim.trial.agreement import remarks, treated_months
    from sim.trial.read import design

    lang = language(context)
    problems: list[Problem] = []
    found: list[dict[str, Any]] = []
    for word in designs:
        try:
            one = design(word)
        except InputError as error:
            problems += error.problems
            continue
        arms = []
        for arm in one.arms:
            months = [treated_months(one, arm, wave) for wave in one.waves]
            told = sorted({one.months if month is None else month for month in months})
            treated = (
                "" if arm.role == "reference" else "-".join(str(month) for month in dict.fromkeys((told[0], told[-1])))
            )
            arms.append((arm.name, arm.role, arm.regime, arm.randomised, treated))
        follow = sorted({one.follow_up(wave) for wave in one.waves})
        found.append(
            {
                "design": word,
                "follow_up": follow,
                "report_months": list(one.report_months),
                "survey_months": list(one.survey.months),
                "arms": [dict(zip(_ARMS.en.split("|"), arm, strict=True)) for arm in arms],
                "remarks": [remark.to(lang) for remark in remarks(one)],
            }
        )
        if as_json:
            continue
        followed = "-".join(str(month) for month in dict.fromkeys((follow[0], follow[-1])))
        title = Say(
            f"{word}: {one.people} people, registers for {followed} months",
            f"{word}: {one.people} mensen, registers over {followed} maanden",
        )
        print_table(_ARMS.to(lang).split("|"), arms, title=title.to(lang))
        for remark in remarks(one):
            say(context, Say(f"- {remark.en}", f"- {remark.nl}"))
    if as_json:
        print_json(found)
    InputError.raise_if(problems)
    if not as_json:
        say(context, Say(f"{len(found)} checked, no problems", f"{len(found)} gecontroleerd, geen problemen"))
