"""`bijstand evidence`: what the trials found, checked, pooled, and a researcher's own trial beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.terminal.output import language, note, print_json, print_table, say
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from calibration.evidence.registry import Registry
    from calibration.evidence.schema import Row

__all__ = ["command", "evidence_option", "registry_of"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
evidence_option = click.option(
    "--evidence",
    "folder",
    default="out/evidence",
    show_default=True,
    metavar="DIR",
    help="Folder with imported trials.",
)


class _Group(click.Group):
    """The group; `pool` and `targets` are read from files of their own when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["list", "show", "check", "targets", "pool", "import", "remove"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "pool":
            from app.commands.evidence_pool import pool_command

            return pool_command
        if cmd_name == "targets":
            from app.commands.evidence_targets import targets_command

            return targets_command
        return super().get_command(ctx, cmd_name)


@click.group(name="evidence", cls=_Group)
def command() -> None:
    """What the trials found: list, check, pool, and import your own.

    Example: bijstand evidence list --municipality nijmegen --use causal_itt
    """


def registry_of(folder: str) -> Registry:
    """Return the shipped evidence with what was imported in `folder`."""
    from calibration.evidence.registry import load_registry

    return load_registry(Path(folder))


@command.command(name="list")
@click.option("--municipality", metavar="NAME", help="Only this municipality.")
@click.option("--outcome", metavar="NAME", help="Only this outcome.")
@click.option("--use", "--use-flag", "use", metavar="NAME", help="Only rows with this use (see --uses).")
@click.option("--study", metavar="NAME", help="Only this study.")
@click.option("--targets", is_flag=True, help="Only rows that a fit can use.")
@click.option("--uses", is_flag=True, help="Say what each use means, and how many rows have it.")
@evidence_option
@_JSON
@click.pass_context
def list_command(
    ctx: click.Context,
    municipality: str | None,
    outcome: str | None,
    use: str | None,
    study: str | None,
    targets: bool,
    uses: bool,
    folder: str,
    as_json: bool,
) -> None:
    """List the rows of the evidence.

    Example: bijstand evidence list --municipality oss --outcome wellbeing --json
    """
    registry = registry_of(folder)
    if uses:
        _uses(ctx, registry, as_json)
        return
    rows = registry.select(municipality=municipality, outcome=outcome, use=use, study=study, targets=targets)
    if as_json:
        print_json([_facts(registry, row, language(ctx)) for row in rows])
        return
    heads = {
        "en": ("id", "arm", "against", "outcome", "month", "value", "marker", "s.e.", "use", "doubt"),
        "nl": ("id", "groep", "tegen", "uitkomst", "maand", "waarde", "ster", "s.f.", "gebruik", "twijfel"),
    }[language(ctx)]

    errors = registry.errors
    cells = [
        (
            row.id,
            row.arm,
            row.comparator,
            row.outcome,
            "" if row.horizon_months is None else f"{row.horizon_months:g}",
            row.sign if row.estimate is None else f"{row.estimate:g}",
            row.marker,
            f"{errors[row.id].median:.3g}" if row.id in errors else "",
            row.use,
            " ".join(row.doubt),
        )
        for row in rows
    ]
    print_table(heads, cells)
    say(ctx, Say(f"{len(rows)} rows", f"{len(rows)} rijen"))


@command.command(name="show")
@click.argument("row_id")
@evidence_option
@_JSON
@click.pass_context
def show_command(ctx: click.Context, row_id: str, folder: str, as_json: bool) -> None:
    """Show one row with its source, its doubts, its moment and its standard error.

    Example: bijstand evidence show nij_t3_hours_gt_12_ex_vs_co_extra
    """
    registry = registry_of(folder)
    facts = _facts(registry, registry[row_id], language(ctx), full=True)
    if as_json:
        print_json(facts)
        return
    heads = {"en": ("fact", "value"), "nl": ("gegeven", "waarde")}[language(ctx)]
    print_table(heads, [(key, _shown(value)) for key, value in facts.items() if value not in (None, "", [])])


@command.command(name="check")
@evidence_option
@_JSON
@click.pass_context
def check_command(ctx: click.Context, folder: str, as_json: bool) -> int:
    """Check every row: numbers as printed, ranges, doubts, and exactly one moment per target.

    Example: bijstand evidence check
    """
    from calibration.evidence.checks import check_registry
    from calibration.moments.evaluate import counts
    from calibration.moments.table import names_of

    registry = registry_of(folder)
    problems = check_registry(registry, names_of)
    targets = [row for row in registry if row.is_target]
    facts = {
        "studies": len(registry.studies),
        "rows": len(registry),
        "targets": len(targets),
        "moments": counts(targets),
        "digest": registry.digest(),
        "problems": [problem.to(language(ctx)) for problem in problems],
    }
    if as_json:
        print_json(facts)
    else:
        heads = {"en": ("moment", "rows"), "nl": ("moment", "rijen")}[language(ctx)]
        print_table(heads, sorted(counts(targets).items()))
        say(
            ctx,
            Say(
                f"{len(registry)} rows of {len(registry.studies)} studies, {len(targets)} targets, digest "
                f"{registry.digest()}: {len(problems)} problems",
                f"{len(registry)} rijen van {len(registry.studies)} studies, {len(targets)} doelen, kenmerk "
                f"{registry.digest()}: {len(problems)} problemen",
            ),
        )
        for problem in problems:
            click.echo(f"  - {problem.to(language(ctx))}")
    return 1 if problems else 0


@command.command(name="import")
@click.argument("file", required=False)
@click.option("--template", metavar="FILE", help="Write a template (.csv or .xlsx) instead.")
@click.option("--replace", is_flag=True, help="Replace the trial of that name.")
@evidence_option
@_JSON
@click.pass_context
def import_command(
    ctx: click.Context, file: str | None, template: str | None, replace: bool, folder: str, as_json: bool
) -> None:
    """Import your own trial: effects, arms, outcomes. Everything is checked before anything is kept.

    Example: bijstand evidence import my_trial.xlsx
    """
    if (file is None) == (template is None):
        allowed = Say("a FILE, or --template FILE", "een BESTAND, of --template BESTAND")
        given = "missing" if file is None else "both"
        raise InputError((Problem("FILE", given, allowed),))
    if template is not None:
        from calibration.evidence.template import write_template

        written = write_template(Path(template))
        if as_json:
            print_json({"written": str(written)})
        else:
            click.echo(str(written))
        return
    from calibration.evidence.own.store import store_trial
    from calibration.evidence.own.trial import read_own_trial

    source = Path(str(file))
    trial = read_own_trial(source)
    target = store_trial(trial, Path(folder), source, replace=replace)
    for warning in trial.warnings:
        note(ctx, Say(f"note: {warning.en}", f"let op: {warning.nl}"))
    facts = {
        "name": trial.study.name,
        "folder": str(target),
        "rows": len(trial.rows),
        "arms": {arm.name: arm.regime for arm in trial.arms},
    }
    if as_json:
        print_json(facts)
        return
    say(
        ctx,
        Say(
            f"{target}: {len(trial.rows)} rows, {len(trial.arms)} arms. "
            f"Next: bijstand evidence list --study {trial.study.name}",
            f"{target}: {len(trial.rows)} rijen, {len(trial.arms)} groepen. "
            f"Verder: bijstand evidence list --study {trial.study.name}",
        ),
    )


@command.command(name="remove")
@click.argument("name")
@evidence_option
@click.pass_context
def remove_command(ctx: click.Context, name: str, folder: str) -> None:
    """Take an imported trial out again.

    Example: bijstand evidence remove arnhem
    """
    from calibration.evidence.own.store import remove_trial

    remove_trial(name, Path(folder))
    say(ctx, Say(f"{name} was removed", f"{name} is verwijderd"))


def _uses(ctx: click.Context, registry: Registry, as_json: bool) -> None:
    from calibration.evidence.schema import FIT_USES, USES

    lang = language(ctx)
    rows = [
        (name, sum(row.use == name for row in registry), name in FIT_USES, text.to(lang)) for name, text in USES.items()
    ]
    if as_json:
        print_json([{"use": name, "rows": n, "target": fit, "text": text} for name, n, fit, text in rows])
        return
    heads = {"en": ("use", "rows", "target", "meaning"), "nl": ("gebruik", "rijen", "doel", "betekenis")}[lang]
    print_table(heads, rows)


def _facts(registry: Registry, row: Row, lang: str, *, full: bool = False) -> dict[str, object]:
    from calibration.evidence.schema import COLUMNS

    study = registry.study(row.study)
    facts: dict[str, object] = {column: getattr(row, column) for column in COLUMNS}
    facts["study"], facts["doubt"] = row.study, list(row.doubt)
    facts["estimate"] = row.estimate
    facts["source"] = f"{study.short}, {row.locator}"
    facts["doubts"] = [text.to(lang) for text in registry.doubts(row)]
    if full:
        from calibration.evidence.schema import USES
        from calibration.moments.table import moment_of

        moment = moment_of(row) if row.is_target else None
        facts["meaning"] = USES[row.use].to(lang)
        facts["moment"] = None if moment is None else f"{moment.name}: {moment.text.to(lang)}"
        error = registry.errors.get(row.id)
        if error is not None:
            facts["inferred_se"] = f"{error.median:.4g} ({error.low:.4g} - {error.high:.4g}; {error.method})"
        facts["title"] = f"{study.title} ({study.publisher}, {study.year})"
    return facts


def _shown(value: object) -> str:
    return "; ".join(str(part) for part in value) if isinstance(value, list) else str(value)
