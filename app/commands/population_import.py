"""`bijstand population import`: a user's own client file, on this machine only."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from sim.people.clients.read import Imported

__all__ = ["import_command"]

_LISTED = 20


@click.command(name="import")
@click.argument("file", required=False)
@click.option("--mapping", help="TOML file that says which column is which (see --template).")
@click.option("--name", help="Short name of the population; from the file name when left out.")
@click.option("--out", help="Folder to write; populations/NAME when left out (--template: where to write).")
@click.option("--max-refused", type=float, default=0.05, show_default=True, help="Largest share of refused rows.")
@click.option("--strict", is_flag=True, help="Import nothing when any row is refused.")
@click.option("--replace", is_flag=True, help="Overwrite an earlier import in the same folder.")
@click.option("--keep-link", is_flag=True, help="Write person -> client id beside the folder (personal data).")
@click.option("--template", is_flag=True, help="Write mapping.toml and a made-up clients_example.csv, and stop.")
@click.option("--lang", type=click.Choice(["en", "nl"]), default=None, help="Language of messages.")
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
@click.pass_context
def import_command(
    ctx: click.Context,
    file: str | None,
    mapping: str | None,
    name: str | None,
    out: str | None,
    max_refused: float,
    strict: bool,
    replace: bool,
    keep_link: bool,
    template: bool,
    lang: str | None,
    as_json: bool,
) -> None:
    """Import your own client file (CSV or Excel) as a population.

    Rows are kept or refused with a reason; what the file lacks is filled in as the mapping says, and flagged.
    Nothing is sent anywhere.

    Example: bijstand population import clients.csv --mapping mapping.toml --name ourtown
    """
    spoken = lang or (ctx.obj or {}).get("lang", "en")
    if template:
        _write_template(Path(out or "."), spoken, as_json)
        return
    _need(file, mapping)
    from sim.people.clients.read import import_clients

    done = import_clients(
        str(file),
        str(mapping),
        name=name,
        out=out,
        max_refused=0.0 if strict else max_refused,
        keep_link=keep_link,
        replace=replace,
        progress=_progress(spoken),
    )
    if sys.stderr.isatty():
        click.echo(err=True)
    for warning in done.warnings:
        click.echo(("let op: " if spoken == "nl" else "warning: ") + warning.to(spoken), err=True)
    click.echo(json.dumps(_facts(done), ensure_ascii=False, indent=1) if as_json else _summary(done, spoken))


def _need(file: str | None, mapping: str | None) -> None:
    problems = []
    if file is None:
        problems.append(Problem("FILE", "missing", Say("a CSV or Excel file", "een CSV- of Excel-bestand")))
    if mapping is None:
        allowed = Say("a mapping file; --template writes one", "een koppelbestand; --template schrijft er een")
        problems.append(Problem("--mapping", "missing", allowed))
    InputError.raise_if(problems)


def _progress(lang: str) -> Callable[[int], None] | None:
    if not sys.stderr.isatty():
        return None
    word = "rijen" if lang == "nl" else "rows"
    return lambda rows: click.echo(f"\r{rows} {word}", err=True, nl=False)


def _write_template(folder: Path, lang: str, as_json: bool) -> None:
    from sim.people.clients.store import write_file
    from sim.people.clients.template import example_csv, mapping_template

    files = {"mapping.toml": mapping_template(lang), "clients_example.csv": example_csv()}
    allowed = Say("a place where it does not stand yet", "een plek waar het nog niet staat")
    InputError.raise_if(
        Problem(str(folder / name), "exists already", allowed) for name in files if (folder / name).exists()
    )
    for name, text in files.items():
        write_file(folder / name, text.encode())
    written = [str(folder / name) for name in files]
    click.echo(json.dumps({"written": written}) if as_json else "\n".join(written))


def _facts(done: Imported) -> dict[str, Any]:
    return {
        "name": done.population.name,
        "folder": str(done.folder),
        "digest": done.population.digest(),
        "rows": {"read": done.read, "kept": done.kept, "refused": done.refused},
        "refused": [
            {
                "row": one.row,
                "column": one.column,
                "reason": one.reason,
                "value": one.value,
                "allowed": {"en": one.allowed.en, "nl": one.allowed.nl},
            }
            for one in done.refusals
        ],
        "imputed": done.profile["imputed"],
        "link": None if done.link is None else str(done.link),
        "warnings": [{"en": one.en, "nl": one.nl} for one in done.warnings],
    }


def _summary(done: Imported, lang: str) -> str:
    dutch = lang == "nl"
    drawn = [one.column for one in done.imputed if one.how == "drawn"]
    fixed = [one.column for one in done.imputed if one.how == "constant"]
    lines = [
        f"{done.folder}: {done.kept} "
        + (f"van {done.read} rijen behouden, {done.refused} geweigerd" if dutch else "")
        + ("" if dutch else f"of {done.read} rows kept, {done.refused} refused")
    ]
    lines += [f"  - {one.problem('rij' if dutch else 'row').to(lang)}" for one in done.refusals[:_LISTED]]
    if len(done.refusals) > _LISTED:
        lines.append(f"  - ... {done.folder / 'refused.csv'}")
    if drawn:
        lines.append(("aangevuld uit gelijkenden: " if dutch else "filled in from look-alikes: ") + ", ".join(drawn))
    if fixed:
        lines.append(("vastgezet: " if dutch else "set to one value: ") + ", ".join(fixed))
    page = done.folder / f"profile.{'nl' if dutch else 'en'}.html"
    lines.append(("profiel: " if dutch else "profile: ") + str(page))
    return "\n".join(lines)
