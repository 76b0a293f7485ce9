"""A trial simulated as it was run, beside its report: tables, page and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.request import Watch
from app.answering.runner import SIMULATING
from app.output_folder import folder_problems, write_folder
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from analysis.trial.cell import Cell
    from analysis.trial.tables import Estimates, Published, Table
    from app.answering.trial_own import OwnFigures
    from scenarios.description.parameter_source import Drawn, ParameterSource
    from sim.trial.data import TrialData
    from sim.trial.design import TrialDesign

__all__ = [
    "Asked",
    "Made",
    "TrialRequest",
    "published_of",
    "record_of",
    "run_trial",
    "said",
    "trial",
    "write",
    "write_each",
]

_DOUBT = Say(
    "A question mark: the published figure is in doubt (see `bijstand evidence list`).",
    "Een vraagteken: aan het gepubliceerde cijfer wordt getwijfeld (zie `bijstand evidence list`).",
)
_MOST = 10_000
_KINDS = ("baseline", "level", "effect", "matched", "ordinal")


@dataclass(frozen=True)
class TrialRequest:
    """Which trial, and how often.

    Attributes:
        name: a shipped or imported trial, or a TOML file with a design.
        replicates: simulated trials.
        draws: sets of parameters (1 = the medians).
        seed: base seed.
        reference: people of the reference group; None = as published.
        recruit: people sign up, in place of the published participants.
        evidence: folder with imported trials.
        posterior: ``prior``, a name or a file; it may have been fitted to these very figures.
        database: where names of posteriors are looked up.
        out: folder of files; None = no files.
    """

    name: str
    replicates: int = 100
    draws: int = 1
    seed: int = 1
    reference: int | None = None
    recruit: bool = False
    evidence: Path = Path("out/evidence")
    posterior: str = "prior"
    database: str | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Asked:
    """What was asked: the design, how often, which people, which parameters.

    `reference`: people of the reference group per replicate (None: as published). `own`: figures of an
    imported trial, kept in the folder `evidence`. `parameters`: a posterior (None: the prior), as it was
    called (`posterior`).
    """

    design: TrialDesign
    replicates: int
    draws: int
    seed: int
    source: str
    reference: int | None
    own: OwnFigures | None = None
    evidence: str = ""
    parameters: ParameterSource | None = None
    posterior: str = ""


@dataclass(frozen=True)
class Made:
    """What came out: the tables with the label and the id that every number carries."""

    asked: Asked
    tables: list[Table]
    found: Mapping[Cell, Estimates]
    run_id: str
    label: Say

    @property
    def compared(self) -> int:
        """Figures with a published value."""
        return sum(table.compared for table in self.tables)

    @property
    def outside(self) -> int:
        """Published values outside their sampling interval."""
        return sum(table.outside for table in self.tables)


def trial(request: TrialRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> Made:
    """Simulate a trial many times at its real size and put it beside its report.

    Raises:
        InputError: every problem; nothing was simulated.
        CancelledRunError: whoever asked no longer wants it.
    """
    from scenarios.execution.run import available_workers

    watch = watch or Watch()
    return run_trial(_check(request, watch, list(problems)), watch.of(SIMULATING), available_workers())


def _check(request: TrialRequest, watch: Watch, problems: list[Problem]) -> Asked:
    from app.answering.posterior import chosen_source
    from app.answering.trial_own import found_design
    from calibration.likelihood.covariance import source_of

    for option, low, high in (("replicates", 2, _MOST), ("draws", 1, _MOST), ("seed", 0, 2**53)):
        value = getattr(request, option)
        if not low <= value <= high:
            problems.append(within(f"--{option}", value, low, high))
    if request.draws > request.replicates:
        allowed = Say("at most the number of replicates", "hoogstens het aantal herhalingen")
        problems.append(Problem("--draws", request.draws, allowed))
    problems += folder_problems(request.out)
    source = chosen_source(request.posterior, request.database, problems, watch.note)
    if source is not None:
        problems += source.too_many(request.draws)
    found = own = None
    try:
        found, own = found_design(request.name, request.evidence)
    except InputError as error:
        problems += error.problems
    reference = request.reference
    if found is not None and reference is not None and not 0 <= reference <= found.eligible_people:
        problems.append(within("--reference", reference, 0, found.eligible_people))
    if problems or found is None:
        raise InputError(problems)
    return Asked(
        found,
        request.replicates,
        request.draws,
        request.seed,
        "eligible" if request.recruit else source_of(found),
        reference,
        own,
        str(request.evidence),
        source,
        request.posterior,
    )


def run_trial(asked: Asked, progress: Callable[[int, int], None] | None, threads: int) -> Made:
    """Simulate the trial and put it beside its report."""
    from analysis.trial.cells import months_needed
    from analysis.trial.tables import collect, tables
    from scenarios.reproduction.provenance import code_hash, text_hash
    from sim.trial.measure import REGISTER
    from sim.trial.run import simulate_many

    own = asked.own
    design = asked.design
    drawn = _drawn(asked)
    vectors = drawn.parameters
    each = -(-asked.replicates // asked.draws)

    def trials() -> Iterator[TrialData]:
        rows = simulate_many(
            design,
            vectors,
            asked.seed,
            replicates=each,
            source="published" if asked.source == "published" else "eligible",
            reference=asked.reference,
            place=[
                {name: float(values[draw]) for name, values in drawn.places.items()} for draw in range(len(vectors))
            ],
            measures=own.measures if own else REGISTER,
            months=own.months(design) if own else months_needed(design.name, design.months),
            threads=threads,
        )
        done = 0
        for row in rows:
            for trial in row:
                yield trial
                done += 1
                if progress is not None:
                    progress(done, each * asked.draws)

    if own is None:
        found = collect(trials())
        made = tables(design, found, published_of(design.name))
    else:
        found = collect(trials(), own.compute())
        made = tables(design, found, own.published, own.names)
    words = (
        repr(design),
        vectors.tobytes().hex(),
        {name: values.tobytes().hex() for name, values in drawn.places.items()},
        asked.seed,
        each,
        asked.source,
        asked.reference,
        own.rows if own else (),
        code_hash(),
    )
    label = (
        asked.parameters.label
        if asked.parameters is not None
        else Say("not calibrated: prior medians", "niet gekalibreerd: prior-medianen")
        if asked.draws == 1
        else Say(f"not calibrated: {asked.draws} prior draws", f"niet gekalibreerd: {asked.draws} prior-trekkingen")
    )
    return Made(asked, made, found, f"trial-{text_hash(repr(words))[:12]}", label)


def _drawn(asked: Asked) -> Drawn:
    """Return the parameters: of a posterior those of the town where it knows them, else of the prior."""
    from scenarios.description.parameter_source import Drawn
    from sim.parameters import defaults, draw_priors

    source = asked.parameters
    if source is not None:
        return source.draw(asked.draws, source.town_of(asked.design.municipality), asked.seed)
    if asked.draws == 1:
        return Drawn(defaults()[None], {})
    return Drawn(draw_priors(asked.draws, asked.seed), {})


def published_of(name: str) -> dict[Cell, Published]:
    """Return what the reports say about a trial, by figure; nothing for a design that is not shipped."""
    from analysis.trial.cell import Cell
    from analysis.trial.tables import Published
    from calibration.evidence.registry import load_registry

    registry = load_registry()
    found: dict[Cell, Published] = {}
    for row in registry:
        if row.municipality != name or row.kind not in _KINDS:
            continue
        if row.estimate is None and not row.sign:
            continue
        month = "" if row.horizon_months is None else f"{row.horizon_months:g}"
        cell = Cell(
            row.locator,
            row.outcome,
            row.arm,
            row.comparator,
            row.specification,
            row.wave or month,
            row.subgroup,
            row.sample,
        )
        found.setdefault(cell, Published(row.estimate, row.sign, row.marker, registry.doubts(row)))
    return found


def write(
    made: Made, out: Path, page: Path | None, lang: str, *, figures: bool = True, png: bool = False
) -> list[Path]:
    """Write tables and figures into ``out/trial_<name>`` (the tables into `page` when given); return the files."""
    from analysis.figures import style
    from analysis.trial.figures import draw_trial
    from analysis.trial.output import markdown
    from sim.files import write_whole

    design = made.asked.design
    text = _page(made, markdown(made.tables, lang), lang)

    def files(folder: Path) -> list[Path]:
        paths = []
        if page is None:
            paths.append(folder / f"{design.name}.md")
            paths[0].write_text(text, encoding="utf-8")
        if figures:
            label = (made.label.to(lang), made.run_id)
            for drawing in draw_trial(made.tables, lang, design.title.to(lang), label):
                paths += style.save(drawing.figure, folder, f"{drawing.name}_{lang}", raster=png)
        return paths

    written = write_folder(out, f"trial_{design.name}", files, renew=True)
    if page is None:
        return written
    page.parent.mkdir(parents=True, exist_ok=True)
    write_whole(page, text.encode())
    return [page, *written]


def write_each(made: Made, path: Path) -> Path:
    """Write every figure of every simulated trial, with its standard error where the report's model has one.

    Raises:
        InputError: the file cannot be written.
    """
    from analysis.trial.output import replicates_csv
    from sim.files import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, replicates_csv(made.asked.design, made.found, made.run_id).encode())
    except OSError as error:
        allowed = Say("a place that can be written", "een plek die beschreven kan worden")
        raise InputError([Problem("--each", f"{path} ({error.strerror})", allowed)]) from None
    return path


def record_of(made: Made, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.trial.output import json_of as tables_json
    from sim.trial.agreement import remarks

    asked = made.asked
    return {
        "trial": asked.design.name,
        "title": asked.design.title.to(lang),
        "run_id": made.run_id,
        "label": made.label.to(lang),
        "replicates": asked.replicates,
        "draws": asked.draws,
        "seed": asked.seed,
        "people": asked.source,
        "remarks": [one.to(lang) for one in remarks(asked.design)],
        "compared": made.compared,
        "outside": made.outside,
        "tables": tables_json(made.tables, lang),
        "files": [str(path) for path in files],
    }


def said(made: Made) -> tuple[Say, ...]:
    """Return the sentences that go with the tables."""
    from sim.trial.agreement import remarks

    asked = made.asked
    return (
        Say(
            f"{asked.replicates} simulated trials of {asked.design.people} people; {made.label.en}; "
            f"seed {asked.seed}; run {made.run_id}",
            f"{asked.replicates} gesimuleerde proeven van {asked.design.people} mensen; {made.label.nl}; "
            f"seed {asked.seed}; run {made.run_id}",
        ),
        *remarks(asked.design),
        *_compared(made),
        *([_DOUBT] if any(one.doubts for one in _told(made)) else []),
    )


def _told(made: Made) -> list[Published]:
    return [row.published for table in made.tables for row in table.rows if row.published is not None]


def _compared(made: Made) -> tuple[Say, ...]:
    compared, outside = made.compared, made.outside
    told = _told(made)
    if not told:
        return (
            Say(
                "No figure of this trial's effects was published: the tables are what the model expects.",
                "Van deze proef is geen effect gepubliceerd: de tabellen zijn wat het model verwacht.",
            ),
        )
    if all(one.value is None for one in told):
        return (
            Say(
                f"Only signs and significance were published: {outside} of {compared} signs are found in "
                "fewer than one in twenty simulated trials.",
                f"Alleen tekens en significantie zijn gepubliceerd: {outside} van {compared} tekens komen in "
                "minder dan een op de twintig gesimuleerde proeven voor.",
            ),
        )
    return (
        Say(
            f"{outside} of {compared} published values lie outside the 90% sampling interval; about "
            f"{0.1 * compared:.0f} would by chance alone.",
            f"{outside} van {compared} gepubliceerde waarden liggen buiten de 90%-steekproefmarge; door "
            f"toeval alleen al ongeveer {0.1 * compared:.0f}.",
        ),
    )


def _page(made: Made, body: str, lang: str) -> str:
    asked = made.asked
    reference = "" if asked.reference is None else f" --reference {asked.reference}"
    people = "" if asked.source == "published" or asked.own else " --recruit"
    folder = f" --evidence {asked.evidence}" if asked.own else ""
    draws = "" if asked.draws == 1 else f" --draws {asked.draws}"
    posterior = f" --posterior {asked.posterior}" if asked.parameters else ""
    again = (
        f"bijstand trial run {asked.design.name} --replicates {asked.replicates} --seed {asked.seed}"
        f"{draws}{posterior}{people}{reference}{folder}"
    )
    made_by = Say("Made by", "Gemaakt met").to(lang)
    lines = [f"# {asked.design.title.to(lang)}", "", f"{made_by} `{again}`.", ""]
    for sentence in said(made):
        lines += [sentence.to(lang), ""]
    source = Say("Source of the design", "Bron van het ontwerp").to(lang)
    lines += [f"{source}: {asked.design.source}.", ""]
    return "\n".join(lines) + "\n" + body
