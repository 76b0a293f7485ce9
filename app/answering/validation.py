"""What `bijstand validate` does: the machinery, the checks that were asked for, the pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.problems import InputError, Problem, Say, one_of, within

if TYPE_CHECKING:
    from calibration.fit.amortised import Amortised
    from calibration.posteriors.posterior import Posterior
    from calibration.validation.page import Section
    from calibration.validation.sensitivity import Variant

__all__ = ["PARTS", "Asked", "asked_problems", "validate"]

PARTS = ("fit", "sbc", "leave-out", "sensitivity")
Progress = Callable[[str, int, int], None]
_PAGES = {
    "sbc": "calibration_sbc",
    "leave-out": "calibration_leave_out",
    "fit": "calibration_fit",
    "sensitivity": "calibration_sensitivity",
}


@dataclass(frozen=True)
class Asked:
    """What was asked.

    Attributes:
        parts: names of `PARTS`.
        out: folder of the pages; `work`: of the batches.
        truths, spoilt: synthetic truths, and how many of them are spoilt in each way.
        design, replicates, trials: size of the emulator's design and of the covariance.
        draws: posterior draws in which mechanisms are switched off.
        posterior: name or file; empty = the shipped one, or else a refit on the emulator.
        seed, workers: base seed and processes.
    """

    parts: tuple[str, ...]
    out: Path = Path("docs/validation")
    work: Path = Path("out/validation")
    truths: int = 100
    spoilt: int = 25
    design: int = 1024
    replicates: int = 2
    trials: int = 1000
    draws: int = 12
    posterior: str = ""
    seed: int = 1
    workers: int = 1


def asked_problems(asked: Asked) -> list[Problem]:
    """Return what cannot be done."""
    problems = [one_of("part", name, PARTS) for name in asked.parts if name not in PARTS]
    for name, low, high in (
        ("truths", 20, 10_000),
        ("design", 64, 65_536),
        ("replicates", 2, 64),
        ("trials", 32, 10_000),
        ("draws", 4, 400),
        ("seed", 0, 2**31 - 1),
        ("workers", 1, 256),
    ):
        value = getattr(asked, name)
        if not low <= value <= high:
            problems.append(within(f"--{name}", value, low, high))
    if not 0 <= asked.spoilt <= asked.truths:
        problems.append(within("--spoilt", asked.spoilt, 0, asked.truths))
    for option, path in (("--out", asked.out), ("--work", asked.work)):
        if any(part.is_file() for part in (path, *path.parents)):
            problems.append(Problem(option, str(path), Say("the name of a folder", "de naam van een map")))
    return problems


def validate(asked: Asked, progress: Progress | None) -> tuple[list[Path], list[Say]]:
    """Make the pages; return their paths and the sentences that sum them up.

    Raises:
        InputError: what cannot be done, a posterior that is not there or belongs to other rows.
    """
    InputError.raise_if(asked_problems(asked))
    from calibration.fit.amortised import build_machinery
    from calibration.fit.checkpoint import Checkpoint
    from calibration.likelihood.targets import select_targets
    from calibration.validation.lessons import lessons, lessons_page
    from calibration.validation.page import write_page
    from scenarios.execution.processes import Pool
    from sim.files import write_whole

    posterior = _posterior(asked.posterior)
    targets = select_targets()
    checkpoint = Checkpoint(asked.work, {"what": "sbc"}, resume=True)
    with Pool(asked.workers) as pool:
        made = build_machinery(
            targets,
            design=asked.design,
            replicates=asked.replicates,
            trials=asked.trials,
            seed=asked.seed,
            pool=pool,
            checkpoint=checkpoint,
            progress=progress,
        )
        sections, taught = _sections(asked, made, posterior, pool, checkpoint, progress)
    whole = len(asked.parts) == len(PARTS)
    title = Say("Validation of the calibration", "Validatie van de kalibratie")
    name = "calibration" if whole else _PAGES[asked.parts[0]]
    files = write_page(asked.out, name, title, _head(asked, made), sections)
    if whole and taught is not None:
        page = asked.out / "what_the_trials_taught.md"
        review, off = taught
        write_whole(page, lessons_page(lessons(review, off), review.draws.source).encode())
        files.append(page)
    told = [sentence for section in sections for sentence in section.sentences[:2]]
    return files, told


def _sections(
    asked: Asked, made: Amortised, posterior: Posterior | None, pool: Any, checkpoint: Any, progress: Progress | None
) -> tuple[list[Section], tuple[Any, Any] | None]:
    """Return the sections that were asked for; and the review with the variants, for the lessons."""
    import numpy as np

    from calibration.fit.amortised import projected_at
    from calibration.fit.review import draws_of, own_draws, review
    from calibration.validation.leave_out import leave_out_all
    from calibration.validation.page_checks import leave_out_section, sbc_section, sensitivity_section, timing_section
    from calibration.validation.page_fit import fit_sections
    from calibration.validation.sbc import run_sbc
    from calibration.validation.sensitivity import check_emulator, prior_refits, prior_sensitivity, sobol, variants

    seconds, core = dict(made.seconds), made.core
    foot = (f"{len(core.targets.rows)} rows, evidence {core.targets.evidence}, seed {asked.seed}",)
    found: list[Section] = []
    reference, inflation, start = None, 1.0, time.perf_counter()
    if "sbc" in asked.parts:
        checked = run_sbc(
            made,
            truths=asked.truths,
            misspecified_truths=asked.spoilt,
            seed=asked.seed,
            pool=pool,
            checkpoint=checkpoint,
            progress=progress,
        )
        reference = checked.misfits
        inflation = checked.inflation
        seconds |= checked.seconds
        found.append(sbc_section(checked, foot))
    judged = None
    off: tuple[Variant, ...] = ()
    if "fit" in asked.parts or "sensitivity" in asked.parts:
        start = time.perf_counter()
        draws = own_draws(core, seed=asked.seed) if posterior is None else draws_of(core, posterior)
        seconds["draws"], start = time.perf_counter() - start, time.perf_counter()
    if "fit" in asked.parts:
        judged = review(core, draws, seed=asked.seed, inflation=inflation)
        found = [*fit_sections(judged, core.space.free, reference), *found]
        seconds["review"] = time.perf_counter() - start
    if "leave-out" in asked.parts:
        start = time.perf_counter()
        found.append(
            leave_out_section(leave_out_all(core, seed=asked.seed, checkpoint=checkpoint, progress=progress), foot)
        )
        seconds["leave-out"] = time.perf_counter() - start
    if "sensitivity" in asked.parts and made.projections is not None:
        start = time.perf_counter()
        rng = np.random.default_rng(asked.seed + 17)
        fresh = rng.standard_normal((64, core.space.dimension))
        true = projected_at(core.space, fresh, made.projections.town, 1500, 3, 1, pool, checkpoint, progress)
        indices = sobol(made.projections, check_emulator(made.projections, fresh, true), seed=asked.seed)
        free = [core.space.index[name] for name in core.space.free]
        names = [each.name for each in made.projections.quantities]
        shifts = prior_sensitivity(core.space.free, names, draws.z[:, free], made.projections.means(draws.z))
        shifts = prior_refits(core, names, made.projections.means, shifts, seed=asked.seed)
        # mechanisms are switched off under this emulator's own posterior: on and off by one yardstick
        own = draws if posterior is None else own_draws(core, seed=asked.seed)
        chosen = own.z[np.linspace(0, len(own.z) - 1, asked.draws).round().astype(int)]
        off = variants(core, chosen, seed=asked.seed, pool=pool, checkpoint=checkpoint, progress=progress)
        found.append(sensitivity_section(indices, shifts, off, foot))
        seconds["sensitivity"] = time.perf_counter() - start
    found.append(timing_section(seconds, asked.workers))
    return found, None if judged is None else (judged, off)


def _head(asked: Asked, made: Amortised) -> Sequence[Say]:
    targets, emulator = made.targets, made.core.emulator
    import numpy as np

    r2 = np.quantile(emulator.r2, [0.25, 0.5, 0.75])
    command = "all" if len(asked.parts) == len(PARTS) else asked.parts[0]
    again = (
        f"bijstand validate {command} --design {asked.design}"
        + (f" --truths {asked.truths} --spoilt {asked.spoilt}" if "sbc" in asked.parts else "")
        + (f" --draws {asked.draws}" if "sensitivity" in asked.parts else "")
        + f" --seed {asked.seed} --out {asked.out.as_posix()}"
    )
    r2_nl = ", ".join(f"{value:.2f}".replace(".", ",") for value in r2)
    return (
        Say(f"Made by `{again}`.", f"Gemaakt met `{again}`."),
        Say(
            f"{len(targets.rows)} rows of {len(targets.towns)} municipalities. Emulator of all rows over the "
            f"whole prior: {asked.design} parameter sets x {asked.replicates} trials; R2 on held-out batches "
            f"{r2[0]:.2f}, {r2[1]:.2f}, {r2[2]:.2f} (quartiles over rows; its error is part of every "
            "likelihood).",
            f"{len(targets.rows)} rijen uit {len(targets.towns)} gemeenten. Emulator van alle rijen "
            "over de hele "
            f"prior: {asked.design} parametersets x {asked.replicates} trials; R2 op weggelaten "
            f"batches {r2_nl} "
            "(kwartielen over rijen; de fout ervan zit in elke likelihood).",
        ),
    )


def _posterior(word: str) -> Posterior | None:
    from calibration.posteriors.posterior import default_posterior, load_posterior

    if word:
        return load_posterior(Path(word))
    return default_posterior()
