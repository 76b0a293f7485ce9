"""What the headline hangs on: the machinery of a fit, the posterior, and every test that needs both."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.answering.request import Watch
from sim.problems import InputError, Problem, Say, one_of, within

if TYPE_CHECKING:
    from calibration.fit.joint import Machinery, Settings

__all__ = ["PARTS", "HeadlineAsked", "check_headline"]

PARTS = ("variants", "towns", "worlds")


@dataclass(frozen=True)
class HeadlineAsked:
    """What is asked.

    Attributes:
        parts: of `PARTS`: refits that turn, leave out or add figures; a town left out; worlds whose towns differ.
        work: folder of batches of the fit (`bijstand calibrate --work`); batches that are not there are simulated.
        town: of the headline.
        worlds: synthetic worlds.
        draws, warm: of each chain of a refit; four chains.
        sets: parameter sets that teach the headline's emulator.
        workers: processes.
        seed: base seed of the checks.
        quick: a small fit, to try things.
        out: folder of the page, None = no page.
    """

    parts: tuple[str, ...] = PARTS
    work: Path = Path("out/calibration/joint")
    town: str = "nijmegen"
    worlds: int = 100
    draws: int = 150
    warm: int = 150
    sets: int = 512
    workers: int = 1
    seed: int = 1
    quick: bool = False
    out: Path | None = None


def check_headline(asked: HeadlineAsked, watch: Watch | None = None) -> tuple[list[Path], list[Say]]:
    """Make the checks and their page; return the files and what was found in sentences.

    Raises:
        InputError: unknown parts or towns, sizes out of bounds, a folder of another fit.
    """
    from calibration.fit.checkpoint import Checkpoint
    from calibration.fit.joint import QUICK, Settings, build, fit_identity, make_fit_space
    from calibration.likelihood.targets import select_targets
    from calibration.validation.headline import Sizes, headline_variants, teach_headline
    from calibration.validation.headline_page import told_of, write_headline_page
    from calibration.validation.town_effects import covered_towns
    from calibration.validation.town_scores import score_town
    from scenarios.execution.processes import Pool

    seen = watch or Watch()
    targets = select_targets()
    problems = [one_of("--part", name, PARTS) for name in asked.parts if name not in PARTS]
    if asked.town not in targets.towns:
        problems.append(one_of("--town", asked.town, targets.towns))
    for name, value, low, high in (
        ("worlds", asked.worlds, 4, 10_000),
        ("draws", asked.draws, 8, 10_000),
        ("warm", asked.warm, 8, 10_000),
        ("sets", asked.sets, 64, 10_000),
        ("workers", asked.workers, 1, 256),
    ):
        if not low <= value <= high:
            problems.append(within(f"--{name}", value, low, high))
    if asked.work.is_file():
        problems.append(Problem("--work", str(asked.work), Say("a folder", "een map")))
    InputError.raise_if(problems)
    settings = QUICK if asked.quick else Settings()
    space = make_fit_space(targets)
    kept = Checkpoint(asked.work, fit_identity(targets, space, settings), resume=asked.work.is_dir())
    sizes = Sizes(asked.sets, draws=asked.draws, warm=asked.warm, seed=asked.seed)
    with Pool(asked.workers) as pool:
        core = build(targets, settings, space=space, pool=pool, checkpoint=kept, progress=seen.progress)
        draws = _draws(core, settings)
        headline = teach_headline(core, draws, sizes, pool)
        variants = (
            headline_variants(core, headline, draws, town=asked.town, sizes=sizes, pool=pool, progress=seen.progress)
            if "variants" in asked.parts
            else ()
        )
        tasks = [
            (score_town, (core, town, asked.draws, asked.warm)) for town in targets.towns if "towns" in asked.parts
        ]
        scored = dict(pool.run(tasks))
        scores = [each for number in sorted(scored) for each in scored[number]]
        covered, rhat = (
            covered_towns(
                core, headline, worlds=asked.worlds, draws=asked.draws, warm=asked.warm, seed=asked.seed, pool=pool
            )
            if "worlds" in asked.parts
            else ((), float("nan"))
        )
    told = told_of(variants, covered, scores, asked.town)
    if asked.out is None:
        return [], told
    used = {name: value for name, value in asdict(asked).items() if name not in ("out", "work", "workers")}
    used |= {
        "headline_r2": [round(float(each), 3) for each in headline.r2],
        "largest_rhat_of_worlds": None if rhat != rhat else round(rhat, 3),
    }
    return (
        write_headline_page(
            asked.out, variants=variants, covered=covered, scores=scores, town=asked.town, settings=used
        ),
        told,
    )


def _draws(core: Machinery, settings: Settings) -> NDArray[np.float64]:
    """Return the draws of the shipped posterior when it is of this fit, else those of chains made now."""
    from calibration.posteriors.posterior import default_posterior

    shipped = default_posterior()
    same = shipped is not None and shipped.attributes["settings"].get("space") == core.space.digest()
    if shipped is not None and same and shipped.evidence == core.targets.evidence:
        return shipped.latent
    chains = core.sample(core.likelihood(), draws=settings.draws, warm=settings.warm, seed=settings.seed)
    return chains.flat(settings.keep)
