"""`bijstand population`: list populations, draw one, see its make-up and how well it fits."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import options
from app.answering.population import PopulationRequest, frame_of
from app.answering.population import population as answer
from app.terminal.output import language, print_json, print_table, say
from sim.files import write_whole
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from sim.people.make_up import MakeUpRow
    from sim.people.population import Population

__all__ = ["command"]

_FORMATS = (".csv", ".parquet")
_KINDS = {
    "published": Say("published", "gepubliceerd"),
    "derived": Say("derived", "afgeleid"),
    "assumption": Say("assumption", "aanname"),
}
_PEOPLE = options.whole("--people", "number of people; the published number when left out")
_SEED = options.whole("--seed", "which draw", default="1")


class _Group(click.Group):
    """The group; `import` and `facts` are read from their own files when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = importlib.util.find_spec("app.commands.population_import") is not None
        return ["list", "draw", "profile", "fit", "facts", *(["import"] if found else [])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "import" and cmd_name in self.list_commands(ctx):
            from app.commands.population_import import import_command

            return import_command
        if cmd_name == "facts":
            from app.commands.population_facts import facts_command

            return facts_command
        return super().get_command(ctx, cmd_name)


@click.group(name="population", cls=_Group)
def command() -> None:
    """List, draw, import and profile populations; compare the model with known facts.

    Example: bijstand population fit nijmegen
    """


@command.command(name="list")
@options.json_option
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> None:
    """List the populations that ship with the project, and those you imported.

    Example: bijstand population list
    """
    from scenarios.description.people import imported_names, people_of
    from sim.people import catalogue

    lang = language(ctx)
    rows = catalogue.names()
    own = [(name, people_of(name)) for name in imported_names()]
    if as_json:
        shipped = [{**vars(row), "title": row.title.to(lang)} for row in rows]
        print_json([*shipped, *({"name": name, "people": len(people), "imported": True} for name, people in own)])
        return
    heads = {
        "en": ("name", "what", "people", "arms", "published", "derived", "assumed"),
        "nl": ("naam", "wat", "mensen", "groepen", "gepubliceerd", "afgeleid", "aanname"),
    }[lang]
    cells: list[tuple[object, ...]] = [
        (r.name, r.title.to(lang), r.people, len(r.arms), r.published, r.derived, r.assumed) for r in rows
    ]
    said = Say("your own file", "uw eigen bestand").to(lang)
    cells += [(name, said, len(people), len(people.arms), "", "", "") for name, people in own]
    print_table(heads, cells)


@command.command(name="draw")
@click.argument("name")
@_PEOPLE
@_SEED
@options.whole("--inflow-months", "months in which new people enter", default="0")
@click.option("--out", metavar="FILE", help="Where to write the people: FILE.csv or FILE.parquet.")
@click.option("--replace", is_flag=True, help="Overwrite the file.")
@options.json_option
@click.pass_context
def draw_command(ctx: click.Context, /, name: str, out: str | None, replace: bool, as_json: bool, **given: Any) -> None:
    """Draw a population and write its people to a file.

    Example: bijstand population draw nijmegen --seed 7 --out people.csv
    """
    found_wrong = options.found_wrong(ctx)
    found_wrong += [] if out is None else _file_problems(Path(out), replace)
    population = answer(PopulationRequest(name, **options.given_only(given)), found_wrong)
    if out is not None:
        _write(population, Path(out))
    arms = {arm: int((population.arm == place).sum()) for place, arm in enumerate(population.arms)}
    facts: dict[str, object] = {
        "name": population.name,
        "people": len(population),
        "caseworkers": int(population.caseworker.max()) + 1,
        "arms": arms,
        "digest": population.digest(),
        "source": population.source,
        "written": out,
    }
    if as_json:
        print_json(facts)
        return
    words = {"en": ("fact", "value"), "nl": ("gegeven", "waarde")}[language(ctx)]
    listed = ", ".join(f"{arm} {count}" for arm, count in arms.items())
    print_table(words, [(key, listed if key == "arms" else value) for key, value in facts.items() if value])


@command.command(name="profile")
@click.argument("name")
@_PEOPLE
@_SEED
@options.json_option
@click.pass_context
def profile_command(ctx: click.Context, /, name: str, as_json: bool, **given: Any) -> None:
    """Show the make-up of a population per arm; groups under ten are hidden.

    Example: bijstand population profile oss
    """
    population = answer(PopulationRequest(name, **options.given_only(given)), options.found_wrong(ctx))
    from sim.people.make_up import make_up

    lang = language(ctx)
    groups, sizes, rows = make_up(population)
    if as_json:
        print_json({"groups": dict(zip(groups, sizes, strict=True)), "rows": [_made(row, groups) for row in rows]})
        return
    heads = ("", *({"en": "all", "nl": "allen"}[lang] if group == "all" else group for group in groups))
    cells: list[tuple[object, ...]] = [({"en": "people", "nl": "mensen"}[lang], *(_shown(n, False) for n in sizes))]
    cells += [(row.text.to(lang), *(_shown(value, row.share) for value in row.values)) for row in rows]
    print_table(heads, cells, title=population.name)
    say(
        ctx,
        Say("· = fewer than ten people in or outside the group", "· = minder dan tien mensen in of buiten de groep"),
    )


@command.command(name="fit")
@click.argument("name")
@_PEOPLE
@_SEED
@click.option("--published", "only", is_flag=True, help="Leave out the assumptions.")
@options.json_option
@click.pass_context
def fit_command(ctx: click.Context, /, name: str, only: bool, as_json: bool, **given: Any) -> None:
    """Show every figure a population was made from beside what came out.

    Example: bijstand population fit nijmegen --published
    """
    population = answer(PopulationRequest(name, **options.given_only(given)), options.found_wrong(ctx))
    from sim.people.fit import fit_table
    from sim.people.quantities import QUANTITIES
    from sim.small_groups import SMALLEST

    lang = language(ctx)
    rows = [row for row in fit_table(population) if row.people >= SMALLEST and not (only and row.kind == "assumption")]
    inside = sum(row.inside for row in rows)
    if as_json:
        print_json({"population": name, "rows": [vars(row) for row in rows], "inside": inside})
        return
    heads = {
        "en": ("group", "quantity", "figure", "simulated", "s.e.", "inside", "kind", "source"),
        "nl": ("groep", "grootheid", "cijfer", "gesimuleerd", "s.f.", "binnen", "soort", "bron"),
    }[lang]
    yes, no = {"en": ("yes", "no"), "nl": ("ja", "nee")}[lang]
    cells = [
        (
            row.group,
            QUANTITIES[row.quantity].text.to(lang),
            f"{row.published:.4g}",
            f"{row.simulated:.4g}",
            f"{row.standard_error:.2g}",
            yes if row.inside else no,
            _KINDS[row.kind].to(lang),
            row.source,
        )
        for row in rows
    ]
    print_table(heads, cells, title=name)
    say(
        ctx,
        Say(
            f"{inside} of {len(rows)} figures inside the sampling band",
            f"{inside} van {len(rows)} cijfers binnen de steekproefmarge",
        ),
    )


def _file_problems(path: Path, replace: bool) -> list[Problem]:
    problems = []
    if path.suffix not in _FORMATS:
        problems.append(
            Problem("--out", str(path), Say("a file ending in .csv or .parquet", "een bestand op .csv of .parquet"))
        )
    if not path.parent.is_dir():
        problems.append(Problem("--out", str(path.parent), Say("a folder that exists", "een map die bestaat")))
    elif path.exists() and not (replace and path.is_file()):
        problems.append(
            Problem("--out", str(path), Say("a new file (or --replace)", "een nieuw bestand (of --replace)"))
        )
    return problems


def _write(population: Population, path: Path) -> None:
    table = frame_of(population)
    try:
        packed = table.to_csv(index=False).encode() if path.suffix == ".csv" else table.to_parquet(index=False)
        write_whole(path, packed)
    except OSError as error:
        allowed = Say(
            f"a place that can be written ({error.strerror})", f"een plek die beschreven kan worden ({error.strerror})"
        )
        raise InputError((Problem("--out", str(path), allowed),)) from None


def _shown(value: float | None, share: bool) -> str:
    if value is None:
        return "·"
    return f"{value:.1%}" if share else f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.2f}"


def _made(row: MakeUpRow, groups: tuple[str, ...]) -> dict[str, object]:
    return {
        "quantity": row.quantity,
        "text": {"en": row.text.en, "nl": row.text.nl},
        "values": dict(zip(groups, row.values, strict=True)),
    }
