"""`bijstand ablate`: mechanisms off, one at a time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.answering.posterior_choice import chosen_source, posterior_option
from app.answering.runs import database_url
from app.terminal.output import language, print_json, print_table, progress_bar, say
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from analysis.checks.ablation import Ablation
    from scenarios.execution.plan import Plan

__all__ = ["command"]


@click.command(name="ablate")
@click.argument("scenario")
@click.option("--people", metavar="N", default="2000", show_default=True, help="how many people")
@click.option("--population", metavar="NAME|FOLDER", help="other people than the scenario says")
@posterior_option
@click.option("--months", metavar="N", default="24", show_default=True, help="months to simulate")
@click.option("--draws", metavar="N", default="10", show_default=True, help="sets of parameters (1 = medians)")
@click.option("--seeds", metavar="N", default="2", show_default=True, help="repetitions of each")
@click.option("--seed", metavar="N", help="base seed")
@click.option("--mechanism", "mechanisms", metavar="NAME", multiple=True, help="only this one (repeatable)")
@click.option("--out", default="out", show_default=True, metavar="DIR", help="folder for table and figure")
@click.option("--page", metavar="FILE.md", help="write the tables to this Markdown file too")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.pass_context
def command(
    context: click.Context,
    /,
    scenario: str,
    population: str | None,
    posterior: str | None,
    mechanisms: tuple[str, ...],
    out: str,
    page: str | None,
    as_json: bool,
    **given: str | None,
) -> None:
    """Switch every mechanism off, one at a time, and show what changes after 16 and 24 months.

    Two numbers each: the change in the outcome under SCENARIO, and the change in the effect of SCENARIO
    against its background. Every society has the same people and the same luck.

    Example: bijstand ablate intensive --people 1000 --draws 5
    """
    from analysis.checks.ablation import ablate
    from scenarios.execution.run import RunFailedError, available_workers

    plan, folder = _read(scenario, population, posterior, mechanisms, out, page, given)
    with progress_bar("simuleren" if language(context) == "nl" else "simulating") as progress:
        try:
            found = ablate(plan, progress=progress, workers=available_workers())
        except RunFailedError as error:
            raise click.ClickException(str(error)) from error
    again = _again(scenario, {"population": population, "posterior": posterior, **given, "page": page}, mechanisms)
    files = _write(found, folder, Path(page) if page else None, again, language(context))
    if as_json:
        shown = {key: value for key, value in asdict(found).items() if key not in ("rows", "title", "label")}
        words = {"title": found.title.to(language(context)), "label": found.label.to(language(context))}
        rows = [{**asdict(row), "differs": row.differs} for row in found.rows]
        print_json({**shown, **words, "rows": rows, "files": [str(path) for path in files]})
        return
    _print(context, found)
    say(context, Say(f"table and figure: {files[0].parent}", f"tabel en figuur: {files[0].parent}"))


def _read(
    scenario: str,
    population: str | None,
    posterior: str | None,
    mechanisms: tuple[str, ...],
    out: str,
    page: str | None,
    given: dict[str, str | None],
) -> tuple[Plan, Path]:
    """Return the plan and the folder; raise one `InputError` with every problem."""
    from analysis.checks.ablation import plan_ablation
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options

    problems: list[Problem] = []
    numbers = whole_numbers(given, problems)
    options = Options(
        population=population,
        people=numbers.get("people"),
        months=numbers.get("months"),
        draws=numbers.get("draws"),
        seeds=numbers.get("seeds"),
        seed=numbers.get("seed", 1),
        source=chosen_source(posterior, database_url(None, out), problems),
    )
    folder = Path(out)
    if not out or "\x00" in out or any(part.is_file() for part in (folder, *folder.parents)):
        problems.append(Problem("--out", out, Say("the name of a folder", "de naam van een map")))
    if page is not None and ("\x00" in page or not page.endswith(".md") or not Path(page).parent.is_dir()):
        allowed = Say("a file ending in .md in a folder that exists", "een bestand op .md in een map die bestaat")
        problems.append(Problem("--page", page, allowed))
    made: Plan | None = None
    try:
        made = plan_ablation(find_scenario(scenario), options, mechanisms)
    except InputError as error:
        problems += error.problems
    if problems or made is None:
        raise InputError(problems)
    return made, folder


def _write(found: Ablation, folder: Path, page: Path | None, again: str, lang: str) -> list[Path]:
    from analysis.checks.ablation import ablation_csv
    from analysis.checks.ablation_figure import draw_ablation
    from analysis.checks.ablation_page import ablation_page
    from analysis.figures import style

    place = folder / f"ablation_{found.scenario}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        table = place / "ablation.csv"
        table.write_text(ablation_csv(found), encoding="utf-8")
        if page is not None:
            page.write_text(ablation_page(found, lang, again), encoding="utf-8")
        return [table, *style.save(draw_ablation(found, lang).figure, place, "ablation")]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        allowed = Say(f"a folder that can be written ({reason})", f"een map die te schrijven is ({reason})")
        raise InputError([Problem("--out", str(place), allowed)]) from error


def _print(context: click.Context, found: Ablation) -> None:
    """Print the last month: changes with their intervals, an asterisk where an interval leaves zero out."""
    from analysis.checks.ablation_page import ablation_tables, size_line

    for table in ablation_tables(found, language(context)):
        print_table(table.heads, table.cells, title=table.title)
        click.echo("")
    say(context, size_line(found))


def _again(scenario: str, words: dict[str, object], mechanisms: tuple[str, ...]) -> str:
    """Return the command that makes the page again."""
    given = [f"--{key} {value}" for key, value in words.items() if value not in (None, "")]
    given += [f"--mechanism {name}" for name in mechanisms]
    return " ".join(["bijstand ablate", scenario, *given])
