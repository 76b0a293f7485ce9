"""`bijstand runs export|import|tables|check`: runs and tables as files, and the health of the database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import options
from app.answering.request import folder_database
from app.terminal.output import note, print_json, say
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from scenarios.store.store import Store

__all__ = ["check", "export", "import_run", "tables"]

_FORMATS = ("parquet", "csv", "json", "xlsx")
_FORMAT = click.option("--format", "kind", default="parquet", show_default=True, metavar="|".join(_FORMATS))


@click.command(name="export")
@click.argument("run_id", metavar="ID")
@click.option("--out", required=True, metavar="DIR|FILE.zip", help="a new folder or zip")
@_FORMAT
@options.named_database
@options.json_option
@click.pass_context
def export(context: click.Context, run_id: str, out: str, kind: str, db: str, as_json: bool) -> None:
    """Write a replication package: scenario files, parameters, results, the program, and `verify.py`.

    Example: bijstand runs export 20260131-12 --out package.zip
    """
    from scenarios.reproduction.package import export_package
    from scenarios.reproduction.provenance import code_hash
    from scenarios.store.store import open_store

    if not out or "\x00" in out:
        raise InputError([Problem("--out", out, Say("a folder or .zip file", "een map of .zip-bestand"))])
    with open_store(db) as store:
        found = store.find(run_id)
        result, command = store.load(found), store.row(found).command
    if result.provenance.code.get("sha256") != code_hash():
        note(
            context,
            Say(
                "the program was changed since this run was made: the package holds the program of now. "
                "Whether it gives the same numbers: bijstand runs verify " + found,
                "het programma is veranderd sinds deze run: het pakket bevat het programma van nu. "
                "Of dat dezelfde getallen geeft: bijstand runs verify " + found,
            ),
        )
    names = export_package(result, command, Path(out), kind=kind)
    if any("/" in str(each.get("population", "")) for each in result.provenance.settings.get("recipe", [])):
        note(
            context,
            Say(
                "imported people: small groups are not hidden in a package; keep it as confidential as they are",
                "geïmporteerde mensen: kleine groepen zijn zichtbaar in een pakket; houd het even vertrouwelijk",
            ),
        )
    if as_json:
        print_json({"run_id": found, "package": out, "files": names})
        return
    say(context, Say(f"package: {out} ({len(names)} files)", f"pakket: {out} ({len(names)} bestanden)"))


@click.command(name="import")
@click.argument("package", metavar="PACKAGE|FOLDER")
@options.database_option
@options.json_option
@click.pass_context
def import_run(context: click.Context, package: str, db: str, out: Path, as_json: bool) -> None:
    """Put the run of a package, or tables of `runs tables`, into the database; every number is checked first.

    Example: bijstand runs import package.zip
    """
    from scenarios.reproduction.package import read_package
    from scenarios.store import tables as stored
    from scenarios.store.sources import copy_panels

    if not package or "\x00" in package:
        raise InputError([Problem("package", package, Say("a folder or .zip file", "een map of .zip-bestand"))])
    files = stored.files_of(Path(package))
    if files:
        rows = stored.read_tables(files)
        with _writable(db, out) as store:
            copy_panels(Path(package) / "panels", store.panels, [row["place"] for row in rows.get("panels", [])])
            new = store.import_tables(rows)
        if as_json:
            print_json({"tables": new})
            return
        told = ", ".join(f"{name} {count}" for name, count in new.items() if count) or "0"
        say(context, Say(f"new rows: {told}", f"nieuwe rijen: {told}"))
        return
    result, command = read_package(Path(package))
    with _writable(db, out) as store:
        store.save(result, command=command)
    if as_json:
        print_json({"run_id": result.run_id, "result_sha256": result.digest()})
        return
    say(context, Say(f"imported: run {result.run_id}", f"geïmporteerd: run {result.run_id}"))


def _writable(db: str, out: Path) -> Store:
    from scenarios.store.store import open_store

    if db == folder_database(out):
        out.mkdir(parents=True, exist_ok=True)
    return open_store(db, write=True)


@click.command(name="tables")
@click.option("--table", metavar="NAME", help="one table [default: all]")
@click.option("--out", required=True, metavar="DIR", help="a new or empty folder")
@_FORMAT
@options.named_database
@options.json_option
@click.pass_context
def tables(context: click.Context, table: str | None, out: str, kind: str, db: str, as_json: bool) -> None:
    """Write the tables of the database as they are; bytes as hexadecimal text. `runs import` reads them back.

    Panels go along, in a folder of their own.

    Example: bijstand runs tables --out tables --format csv
    """
    from scenarios.reproduction.table_files import write_table
    from scenarios.store.models import METADATA
    from scenarios.store.sources import copy_panels
    from scenarios.store.store import open_store

    names = list(METADATA.tables)
    folder = Path(out)
    problems: list[Problem] = []
    if table is not None and table not in names:
        problems.append(one_of("--table", table, names))
    if kind not in _FORMATS:
        problems.append(one_of("--format", kind, _FORMATS))
    if not out or "\x00" in out or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        problems.append(Problem("--out", out, Say("a new or empty folder", "een nieuwe of lege map")))
    InputError.raise_if(problems)
    files: list[str] = []
    with open_store(db) as store:
        folder.mkdir(parents=True, exist_ok=True)
        files += [
            str(write_table(store.table(name), folder / f"{name}.{kind}")) for name in ([table] if table else names)
        ]
        if table in (None, "panels"):
            copy_panels(store.panels, folder / "panels", store.table("panels")["place"].tolist())
    if as_json:
        print_json({"files": files})
        return
    say(context, Say(f"{len(files)} tables in {out}", f"{len(files)} tabellen in {out}"))


@click.command(name="check")
@options.database_option
@options.json_option
@click.pass_context
def check(context: click.Context, db: str, out: Path, as_json: bool) -> None:
    """Read the whole database and say whether anything in it is damaged or was edited by hand.

    Example: bijstand runs check --db sqlite:///out/bijstand.sqlite
    """
    from scenarios.store.store import open_store

    with open_store(db) as store:
        problems = [*store.check(), *_changed_posteriors(store)]
        runs = store.count()
    if as_json:
        told = [{"path": each.path, "value": str(each.value), "allowed": each.allowed.en} for each in problems]
        print_json({"sound": not problems, "runs": runs, "problems": told})
        if problems:
            context.exit(2)
        return
    if problems:
        count = len(problems)
        note(
            context,
            Say(
                f"NOT sound; {count} {'finding' if count == 1 else 'findings'}:",
                f"NIET gaaf; {count} {'bevinding' if count == 1 else 'bevindingen'}:",
            ),
        )
        for each in problems:
            note(context, Say(f"  - {each.to('en')}", f"  - {each.to('nl')}"))
        context.exit(2)
    say(context, Say(f"sound: {runs} runs, every number checked", f"gaaf: {runs} runs, elk getal gecontroleerd"))


def _changed_posteriors(store: Store) -> list[Problem]:
    """Return the posteriors whose line in the database is not what their file says."""
    from app.commands.posterior import row_of
    from calibration.posteriors.file import from_bytes
    from scenarios.store.database import AwayError

    problems: list[Problem] = []
    for row in store.posteriors():
        try:
            meant = row_of(from_bytes(store.posterior(row.name), row.name))
        except AwayError:
            raise
        except InputError:
            continue  # its bytes were checked with the sources; of another model: `posterior check` tells
        for name, value in asdict(meant).items():
            if getattr(row, name) != value:
                allowed = Say(
                    f"what was stored: 'posteriors.{name}' was changed afterwards",
                    f"wat was opgeslagen: 'posteriors.{name}' is daarna veranderd",
                )
                problems.append(Problem("posterior", row.name, allowed))
    return problems
