"""`bijstand posterior`: what the trials taught, as files and names that others can use."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import options
from app.answering.posterior import posterior_named, record_of
from app.answering.request import folder_database
from app.commands.posterior_diff import diff
from app.terminal.output import language, note, print_json, print_table, say
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from calibration.evidence.registry import Registry
    from calibration.posteriors.posterior import Posterior
    from scenarios.store.posteriors import PosteriorRow

__all__ = ["command", "row_of"]

_HEADERS = Say(
    "name|made|evidence|rows|draws|towns|converged|default",
    "naam|gemaakt|bewijs|regels|trekkingen|gemeenten|geconvergeerd|standaard",
)
_SHOWN = Say(
    "parameter|unit|prior (90%)|posterior (90%)|learned|moved (sd)",
    "parameter|eenheid|vooraf (90%)|achteraf (90%)|geleerd|verschoven (sd)",
)


@click.group(name="posterior")
def command() -> None:
    """List, show, check, compare and keep posteriors: what the trials left of the prior assumptions.

    Example: bijstand posterior list
    """


@command.command(name="list")
@options.database_option
@options.json_option
@click.pass_context
def list_posteriors(context: click.Context, db: str, out: Path, as_json: bool) -> None:
    """List the shipped posterior and those of the database; the default is what runs use.

    Example: bijstand posterior list
    """
    rows, default = _known(db)
    _tell_refused(context, rows)
    if as_json:
        print_json({"default": default or "prior", "posteriors": [asdict(row) for row in rows]})
        return
    if not rows:
        say(
            context,
            Say(
                "no posterior yet: runs draw from the priors, not calibrated",
                "nog geen posterior: runs trekken uit de priors, niet gekalibreerd",
            ),
        )
        return
    yes, no = ("ja", "nee") if language(context) == "nl" else ("yes", "no")
    shown = [
        (
            row.name,
            row.created[:10],
            row.evidence,
            row.rows,
            row.draws,
            ", ".join(row.towns),
            yes if row.converged else no,
            yes if row.name == default else "",
        )
        for row in rows
    ]
    print_table(_HEADERS.to(language(context)).split("|"), shown)


@command.command(name="show")
@click.argument("posterior", metavar="NAME|FILE")
@click.option("--all", "everything", is_flag=True, help="every parameter, not only those that were fitted")
@options.database_option
@options.json_option
@click.pass_context
def show(context: click.Context, posterior: str, everything: bool, db: str, out: Path, as_json: bool) -> None:
    """Show what each parameter was before and after the evidence, and how well the evidence is predicted.

    Example: bijstand posterior show shipped
    """
    from calibration.posteriors.text import learned
    from sim.parameters import PARAMETERS

    found = posterior_named(posterior, db)
    told = learned(found, list(PARAMETERS) if everything else None)
    if as_json:
        print_json(record_of(found, everything=everything))
        return
    lang = language(context)
    shown = [
        (
            each.name,
            PARAMETERS[each.name].unit,
            _ends(each.prior, lang),
            _ends(each.posterior, lang),
            each.told,
            _number(each.shift, lang) if each.shift == each.shift else "",
        )
        for each in told
    ]
    print_table(_SHOWN.to(lang).split("|"), shown)
    say(context, Say("\n" + found.label().en, "\n" + found.label().nl))
    say(context, found.misfit())
    print_table(("", ""), _facts(found, lang))


@command.command(name="check")
@click.argument("posterior", metavar="NAME|FILE")
@options.evidence_option
@options.database_option
@options.json_option
@click.pass_context
def check(context: click.Context, posterior: str, evidence: Path, db: str, out: Path, as_json: bool) -> None:
    """Check that it is whole, of this model, of the evidence as it is now, and converged.

    Ends with 2, and every reason, when it may not be relied on.

    Example: bijstand posterior check shipped
    """
    from calibration.posteriors.check import doubts

    found = posterior_named(posterior, db)
    problems = doubts(found, _registries(evidence))
    if as_json:
        told = [
            {"path": each.path, "value": str(each.value), "allowed": each.allowed.to(language(context))}
            for each in problems
        ]
        print_json({"name": found.name, "digest": found.digest, "sound": not problems, "problems": told})
        if problems:
            context.exit(2)
        return
    InputError.raise_if(problems)
    short = found.digest[:12]
    say(
        context,
        Say(
            f"sound: {found.name} ({short}) is whole, of this model and this evidence, and converged",
            f"in orde: {found.name} ({short}) is gaaf, van dit model en dit bewijs, en geconvergeerd",
        ),
    )


@command.command(name="register")
@click.argument("file", metavar="FILE")
@click.option("--name", metavar="NAME", help="another name than the file says")
@options.evidence_option
@options.database_option
@options.json_option
@click.pass_context
def register(
    context: click.Context, file: str, name: str | None, evidence: Path, db: str, out: Path, as_json: bool
) -> None:
    """Put the posterior of a file into the database, with the evidence it was fitted to, under its name.

    Example: bijstand posterior register joint.nc --name joint-2026
    """
    from calibration.posteriors.file import to_bytes
    from calibration.posteriors.posterior import load_posterior, name_problems
    from scenarios.store.store import open_store

    problems: list[Problem] = [] if name is None else name_problems("--name", name)
    found: Posterior | None = None
    try:
        found = load_posterior(Path(file))
    except InputError as error:
        problems += error.problems
    if found is None or problems:
        raise InputError(problems)
    if name is not None:
        found = replace(found, name=name)
    if db == folder_database(out):
        out.mkdir(parents=True, exist_ok=True)
    with open_store(db, write=True) as store:
        new = store.register_posterior(row_of(found), to_bytes(found), _evidence_set(found, evidence))
    if not found.converged:
        note(
            context,
            Say(
                "it did not converge: it can be looked at, but never be the default",
                "niet geconvergeerd: bekijken kan, de standaard worden niet",
            ),
        )
    if as_json:
        print_json({"name": found.name, "digest": found.digest, "new": new})
        return
    text = Say(f"registered: {found.name}", f"geregistreerd: {found.name}")
    there = Say(f"it was there already: {found.name}", f"die stond er al: {found.name}")
    say(context, text if new else there)


@command.command(name="use")
@click.argument("name", metavar="NAME|shipped")
@options.database_option
@options.json_option
@click.pass_context
def use(context: click.Context, name: str, db: str, out: Path, as_json: bool) -> None:
    """Make a registered posterior the default of the database; `shipped` goes back to ours.

    Refused when the fit did not converge, or the posterior is of another version of the model.

    Example: bijstand posterior use joint-2026
    """
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    url = db
    if name == "shipped":
        if exists(url):
            with open_store(url, write=True) as store:
                store.choose_posterior(None)
    else:
        if not exists(url):
            raise InputError([one_of("posterior", name, ["shipped"])])
        with open_store(url, write=True) as store:
            names = [row.name for row in store.posteriors()]
            if name not in names:
                problem = one_of("posterior", name, ["shipped", *names])
                allowed = Say(
                    f"{problem.allowed.en} (first: bijstand posterior register FILE)",
                    f"{problem.allowed.nl} (eerst: bijstand posterior register BESTAND)",
                )
                raise InputError([Problem("posterior", name, allowed, problem.nearest)])
            if posterior_named(name, url).synthetic:  # refused as well: not whole, of another model
                real = Say("a fit to the results of trials", "een fit aan de uitkomsten van proeven")
                raise InputError([Problem("posterior", name, real)])
            store.choose_posterior(name)
    if as_json:
        print_json({"default": _known(url)[1] or "prior"})
        return
    now = _known(url)[1]
    said = Say(f"runs use: {now or 'the priors'}", f"runs gebruiken: {now or 'de priors'}")
    say(context, said)


command.add_command(diff)


def _known(url: str) -> tuple[list[PosteriorRow], str | None]:
    """Return every posterior, the shipped one first, and the name of the default."""
    from calibration.posteriors.posterior import SHIPPED, default_posterior, load_posterior
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    rows: list[PosteriorRow] = []
    default = None
    if SHIPPED.is_file():
        try:
            rows.append(replace(row_of(load_posterior(SHIPPED)), name="shipped"))
        except InputError:  # `posterior check shipped` tells why
            default = None
        else:
            default = "shipped" if default_posterior() is not None else None
    if exists(url):
        with open_store(url) as store:
            rows += store.posteriors()
            default = store.chosen_posterior() or default
    return rows, default


def _tell_refused(context: click.Context, rows: list[PosteriorRow]) -> None:
    from calibration.posteriors.posterior import SHIPPED

    if SHIPPED.is_file() and "shipped" not in [row.name for row in rows]:
        told = Say(
            "the shipped posterior is refused, and not used: bijstand posterior check shipped",
            "de meegeleverde posterior is geweigerd en niet gebruikt: bijstand posterior check shipped",
        )
        note(context, told)


def row_of(found: Posterior) -> PosteriorRow:
    """Return the line of a posterior in a list."""
    from scenarios.store.posteriors import PosteriorRow

    return PosteriorRow(
        name=found.name,
        digest=found.digest,
        created=found.created[:32],
        evidence=found.evidence[:64],
        rows=len(found.predictive.rows),
        draws=len(found),
        towns=tuple(sorted(found.towns)),
        converged=found.converged,
    )


def _registries(folder: Path) -> list[Registry]:
    """Return the evidence as shipped, and with the trials imported in a folder."""
    from calibration.evidence.registry import load_registry

    return [load_registry(), *([load_registry(folder)] if folder.is_dir() else [])]


def _evidence_set(found: Posterior, folder: Path) -> tuple[bytes, str] | None:
    """Return the evidence of the fit as JSON, when it is the evidence as it is now."""
    from calibration.evidence.rows import write_rows

    for registry in _registries(folder):
        if registry.digest() == found.evidence:
            tables = {
                study.name: write_rows([row for row in registry.rows if row.study == study.name])
                for study in registry.studies
            }
            return json.dumps(tables, ensure_ascii=False, sort_keys=True).encode(), "application/json"
    return None


def _ends(ends: tuple[float, float, float], lang: str) -> str:
    low, middle, high = (_number(each, lang) for each in ends)
    to = "tot" if lang == "nl" else "to"
    return f"{middle} ({low} {to} {high})"


def _number(value: float, lang: str) -> str:
    text = f"{value:.3g}"
    return text.replace(".", ",") if lang == "nl" else text


def _facts(found: Posterior, lang: str) -> list[tuple[str, str]]:
    dutch = lang == "nl"
    told = found.attributes
    rows: list[tuple[str, Any]] = [
        ("naam" if dutch else "name", f"{found.name}, {found.digest[:12]}"),
        ("gemaakt" if dutch else "made", found.created),
        ("bewijs" if dutch else "evidence", f"{found.evidence}, {len(found.predictive.rows)}"),
        ("code", f"{told.get('code', {}).get('version', '')}, {told.get('code', {}).get('sha256', '')[:12]}"),
        ("gemeenten" if dutch else "towns", ", ".join(sorted(found.towns))),
        ("trekkingen" if dutch else "draws", len(found)),
    ]
    for part in ("seeds", "settings", "diagnostics", "timings"):
        values = told.get(part, {})
        short = {name: value for name, value in values.items() if not isinstance(value, dict | list)}
        others = values.get("other_priors") if part == "settings" else None
        if others:
            said = ", ".join(f"{name} {each['value']:g} ± {each['sd']:g}" for name, each in others.items())
            rows.append(("andere priors" if dutch else "other priors", said))
        if short:
            rows.append((part, ", ".join(f"{name} {value}" for name, value in short.items())))
    return [(name, str(value)) for name, value in rows]
