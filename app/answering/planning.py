"""Plans of trials: what each design would show, what it costs, what it is worth, and which is better for what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.observed import USUAL_PRICES, PriceChanges
from app.answering.request import MOST_WORKERS, Watch
from app.output_folder import folder_problems, write_folder
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from analysis.cost.prices import Prices
    from analysis.planning.caseload import Caseload
    from analysis.planning.design import Design
    from analysis.planning.lengths import Lengths
    from analysis.planning.power import Shown
    from analysis.planning.search import Candidate
    from analysis.planning.trials import Family, Library
    from analysis.planning.value import Value
    from scenarios.description.parameter_source import Drawn, ParameterSource

__all__ = ["PlanAnswer", "PlanRequest", "Worths", "planning", "record_of", "write"]

_TRIALS = Say("simulating trials", "proeven simuleren")
_CASELOAD = Say("simulating the caseload", "het bestand simuleren")
_LIMITS = {"trials": (20, 100_000), "draws": (10, 10_000), "people": (50, 20_000), "seed": (0, 2**53)}
QUICK = 200


@dataclass(frozen=True)
class PlanRequest:
    """Which plans, and how precise.

    Attributes:
        files: plans in TOML.
        posterior, database: as every command takes them.
        trials: simulated trials of each design; draws: sets of parameters, None = a quarter of the trials, at most
            as many as the posterior holds.
        people: simulated in each site's caseload, for net benefit and the bias of volunteers; 0 = not reckoned.
        seed: base seed.
        workers: processes; the numbers do not depend on it.
        kept: folder in which simulated trials are kept and taken from; None = nowhere.
        budget: euros that a design may cost in the search; None = any.
        prices: of the caseload's accounts.
        out: folder of files; None = no files.
    """

    files: tuple[Path, ...]
    posterior: str | ParameterSource | None = None
    database: str | None = None
    trials: int = 2000
    draws: int | None = None
    people: int = 500
    seed: int = 1
    workers: int | None = None
    kept: Path | None = None
    budget: float | None = None
    prices: PriceChanges = USUAL_PRICES
    out: Path | None = None


@dataclass(frozen=True)
class Worths:
    """Value of information of one design: per person, and in euros for the population."""

    evpi: Value
    by_mechanism: dict[str, Value]
    evsi: Value
    reweighed: Value
    population: int
    whole: Value
    cost: float
    benefit: Value

    @property
    def agree(self) -> bool:
        """Whether the two ways to reckon EVSI differ by no more than twice their error."""
        gap = abs(self.evsi.value - self.reweighed.value)
        return bool(gap <= 2.0 * math.hypot(self.evsi.error, self.reweighed.error))


@dataclass(frozen=True)
class PlanAnswer:
    """Designs, and what each shows; `values` and `caseloads` are empty when they were not reckoned."""

    request: PlanRequest
    designs: tuple[Design, ...]
    libraries: tuple[Library, ...]
    shown: tuple[tuple[Shown, ...], ...]
    caseloads: tuple[Caseload, ...]
    values: tuple[Worths, ...]
    lengths: Lengths | None
    candidates: tuple[Candidate, ...]
    draws: int
    label: Say
    run_id: str
    notes: tuple[Say, ...] = field(default=())


def planning(request: PlanRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> PlanAnswer:
    """Simulate every design of the plans and say what it would show, cost and be worth.

    Raises:
        InputError: every problem of every plan and option; nothing was simulated.
        CancelledRunError: whoever asked no longer wants it; trials that are kept need not be simulated again.
    """
    from analysis.planning.lengths import lengths, pair_of
    from analysis.planning.power import shown
    from analysis.planning.search import searched
    from analysis.planning.trials import families_of, simulate_families
    from scenarios.execution.processes import Pool
    from scenarios.execution.run import available_workers
    from scenarios.reproduction.provenance import code_hash, text_hash

    watch = watch or Watch()
    designs, source, prices = _checked(request, watch, list(problems))
    draws = request.draws or max(10, request.trials // 4)
    if source is not None:
        draws = min(draws, len(source))
    trials = max(2, -(-request.trials // draws))
    families, place = families_of(designs, trials, request.seed)
    workers = request.workers or available_workers()
    drawn = [_drawn(family, source, draws, request.seed) for family in families]
    with Pool(workers) as pool:
        found = simulate_families(
            families, drawn, folder=request.kept, code=code_hash(), pool=pool, progress=watch.of(_TRIALS)
        )
    libraries = [found[number] for number in place]
    caseloads = _caseloads(request, designs, source, prices, draws, watch, workers) if request.people else []
    told = [
        tuple(shown(one, library, caseloads[n].effects if caseloads else None))
        for n, (one, library) in enumerate(zip(designs, libraries, strict=True))
    ]
    pair = pair_of(designs)
    values = [_worths(*each) for each in zip(designs, libraries, caseloads, strict=True)] if caseloads else []
    words = (designs, draws, trials, request.seed, request.people, source.digest if source else "prior", code_hash())
    return PlanAnswer(
        request=request,
        designs=tuple(designs),
        libraries=tuple(libraries),
        shown=tuple(told),
        caseloads=tuple(caseloads),
        values=tuple(values),
        lengths=None
        if pair is None
        else lengths(designs[pair[0]], designs[pair[1]], (libraries[pair[0]], libraries[pair[1]])),
        candidates=tuple(searched(designs, libraries, request.budget)),
        draws=draws,
        label=source.label if source else Say("not calibrated: prior draws", "niet gekalibreerd: prior-trekkingen"),
        run_id=f"plan-{text_hash(repr(words))[:12]}",
        notes=tuple(_notes(told)),
    )


def _checked(
    request: PlanRequest, watch: Watch, problems: list[Problem]
) -> tuple[list[Design], ParameterSource | None, Prices]:
    from analysis.planning.file import read_plans
    from app.answering.posterior import chosen_source

    for option, (low, high) in _LIMITS.items():
        value = getattr(request, option)
        if value is not None and not low <= value <= high and not (option == "people" and value == 0):
            problems.append(within(f"--{option}", value, low, high))
    if request.draws is not None and 2 * request.draws > request.trials:
        allowed = Say("at most half of --trials", "hoogstens de helft van --trials")
        problems.append(Problem("--draws", request.draws, allowed))
    if request.workers is not None and not 1 <= request.workers <= MOST_WORKERS:
        problems.append(within("--workers", request.workers, 1, MOST_WORKERS))
    if request.budget is not None and not 0 < request.budget < 1e12:
        problems.append(within("--budget", request.budget, 0, 1e12, "EUR"))
    problems += folder_problems(request.out) + folder_problems(request.kept, "--kept")
    source: ParameterSource | None
    if request.posterior is None or isinstance(request.posterior, str):
        source = chosen_source(request.posterior, request.database, problems, watch.note)
    else:
        source = request.posterior
    if source is not None and request.draws is not None:
        problems += source.too_many(request.draws)
    prices = request.prices.read(problems)
    designs: list[Design] = []
    try:
        designs = read_plans(list(request.files))
    except InputError as error:
        problems += error.problems
    InputError.raise_if(problems)
    assert prices is not None
    return designs, source, prices


def _drawn(family: Family, source: ParameterSource | None, draws: int, seed: int) -> list[Drawn]:
    """Return the sets of parameters of every site: of its town where the posterior knows it; set k is one world."""
    from scenarios.description.parameter_source import Drawn
    from sim.parameters import draw_priors

    if source is None:
        return [Drawn(draw_priors(draws, seed), {})] * len(family.sites)
    return [source.draw(draws, source.town_of(site.town.eligible), seed) for site in family.sites]


def _caseloads(
    request: PlanRequest,
    designs: Sequence[Design],
    source: ParameterSource | None,
    prices: Prices,
    draws: int,
    watch: Watch,
    workers: int,
) -> list[Caseload]:
    from analysis.planning.caseload import caseload_key, caseload_of

    kept: dict[str, Caseload] = {}
    found = []
    for one in designs:
        key = repr(caseload_key(one))
        if key not in kept:
            kept[key] = caseload_of(
                one,
                source,
                prices,
                draws=draws,
                people=request.people,
                seed=request.seed,
                progress=watch.of(_CASELOAD),
                workers=workers,
            )
        found.append(kept[key])
    return found


def _worths(design: Design, library: Library, caseload: Caseload) -> Worths:
    """Return what the findings on the design's outcomes, each in its last month, are worth."""
    import numpy as np

    from analysis.planning.cost import cost_of
    from analysis.planning.value import by_mechanism, enbs, evpi, evsi, evsi_reweighed, scale_up
    from sim.parameters import PARAMETERS

    size = library.family.size_of(design)
    questions = [
        library.question(one.outcome, max(one.months), one.specification, one.errors) for one in design.readings
    ]
    summary = library.estimates[:, :, size, :, :, 0][:, :, questions].astype(np.float64)
    summary = summary.reshape(*summary.shape[:2], -1)
    truth = library.effect[:, questions, :].astype(np.float64).reshape(len(summary), -1)
    regression = evsi(caseload.benefit, summary)
    population = design.worth.population or caseload.people
    whole = scale_up(regression, design.worth, population, design.sites[0].follow_up)
    cost = sum(cost_of(design).values())
    return Worths(
        evpi(caseload.benefit),
        dict(by_mechanism(caseload.benefit, caseload.parameters, list(PARAMETERS))),
        regression,
        evsi_reweighed(caseload.benefit, truth, summary),
        population,
        whole,
        cost,
        enbs(whole, cost),
    )


def _notes(told: Sequence[Sequence[Shown]]) -> list[Say]:
    failed = sum(one.failed for each in told for one in each)
    if not failed:
        return []
    return [
        Say(
            f"{failed} estimates could not be made; they are left out, not counted as found or not found.",
            f"{failed} schattingen konden niet worden gemaakt; ze zijn weggelaten, niet als gevonden of niet geteld.",
        )
    ]


def record_of(answer: PlanAnswer, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.planning.cost import cost_of
    from analysis.planning.label import validity_of
    from analysis.planning.search import front

    designs = []
    for number, one in enumerate(answer.designs):
        rows = []
        for row in answer.shown[number]:
            validity = validity_of(one, row.month, row.arm)
            powers = [{"effect": k, "closed": row.closed[k], **asdict(v)} for k, v in row.powers.items()]
            rows.append(asdict(row) | {"powers": powers, "closed": None, "validity": validity.label.value})
        entry = {
            "name": one.name,
            "title": one.title.to(lang),
            "people": one.people,
            "cost": cost_of(one),
            "rows": rows,
            "value": asdict(answer.values[number]) if answer.values else None,
        }
        designs.append(entry)
    return {
        "run_id": answer.run_id,
        "label": answer.label.to(lang),
        "trials": answer.request.trials,
        "draws": answer.draws,
        "seed": answer.request.seed,
        "designs": designs,
        "lengths": answer.lengths.sentence.to(lang) if answer.lengths else None,
        "front": [asdict(one) for one in front(answer.candidates)],
        "notes": [note.to(lang) for note in answer.notes],
        "files": [str(path) for path in files],
    }


def write(answer: PlanAnswer, out: Path, lang: str, *, figures: bool = True, page: Path | None = None) -> list[Path]:
    """Write page, protocols and figures into ``out/<run id>``, and the page to `page` too; return the files."""
    from analysis.planning.page import page_text
    from analysis.planning.protocol import protocol_text
    from sim.files import write_whole

    text = page_text(answer, lang)

    def files(folder: Path) -> list[Path]:
        paths = [folder / "plan.md"]
        paths[0].write_text(text, encoding="utf-8")
        for one, told in zip(answer.designs, answer.shown, strict=True):
            paths.append(folder / f"protocol_{one.name.replace(' ', '_').replace('=', '')}_{lang}.md")
            paths[-1].write_text(protocol_text(one, told, answer.label, lang), encoding="utf-8")
        if figures:
            from analysis.figures import style
            from analysis.planning.figures import draw_plan

            for drawing in draw_plan(answer.designs, answer.libraries, answer.label, answer.run_id, lang):
                paths += style.save(drawing.figure, folder, f"{drawing.name}_{lang}")
        return paths

    written = write_folder(out, answer.run_id, files, renew=True)
    if page is not None:
        write_whole(page, text.encode())
        written.insert(0, page)
    return written
