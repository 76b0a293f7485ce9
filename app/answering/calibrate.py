"""Fit the mechanisms to what the trials found, all municipalities together, and keep the posterior."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.request import CancelledRunError, Watch
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from calibration.fit.joint import Data, Fit, Settings
    from calibration.fit.space import Space
    from calibration.likelihood.targets import Targets
    from calibration.posteriors.posterior import Posterior

__all__ = ["CalibrateRequest", "Calibrated", "calibrate", "record_of", "verdict"]


@dataclass(frozen=True)
class CalibrateRequest:
    """What to fit, and where to keep it.

    Attributes:
        only, leave_out: studies or municipalities.
        outcomes, uses: only rows of these outcomes and uses.
        horizons: only rows after so many months; `longest`: only rows up to so many.
        priors: file with other priors.
        evidence: folder of imported trials.
        name: of the posterior.
        file: the posterior, NetCDF; None = ``out/posterior_<name>.nc``.
        work: folder of batches; None = ``out/calibration/<name>``.
        resume: go on with the batches in that folder.
        quick: a small fit of a minute or two; it will not converge.
        synthetic: seed of a drawn truth whose data are fitted in place of the published figures.
        cross_check: fit again by an ensemble smoother on true runs.
        command: what the user typed, for the record of the fit.
    """

    only: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    horizons: tuple[int, ...] = ()
    longest: int | None = None
    priors: Path | None = None
    evidence: Path = Path("out/evidence")
    name: str = "joint"
    file: Path | None = None
    work: Path | None = None
    resume: bool = False
    seed: int = 1
    workers: int | None = None
    quick: bool = False
    synthetic: int | None = None
    cross_check: bool = False
    command: str = ""

    @property
    def target(self) -> Path:
        """The file of the posterior."""
        return self.file or Path("out") / f"posterior_{self.name}.nc"

    @property
    def folder(self) -> Path:
        """The folder of batches."""
        return self.work or Path("out") / "calibration" / self.name


@dataclass(frozen=True)
class Calibrated:
    """The fit, its posterior (written to `file`), and what else was asked: a truth, a second method."""

    fit: Fit
    posterior: Posterior
    file: Path
    extra: Mapping[str, Any]


def calibrate(request: CalibrateRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> Calibrated:
    """Fit, and write the posterior.

    Raises:
        InputError: every problem; nothing was simulated.
        CancelledRunError: whoever asked no longer wants it; with `resume` the same request goes on.
    """
    from calibration.fit.checkpoint import Checkpoint
    from calibration.fit.joint import fit, fit_identity
    from calibration.fit.result import posterior_of
    from calibration.posteriors.file import save
    from scenarios.execution.processes import Pool

    targets, space, settings = _check(request, list(problems))
    data, truth = _data(request, targets, space)
    checkpoint = Checkpoint(request.folder, fit_identity(targets, space, settings, data), resume=request.resume)
    progress = _progress(watch or Watch())
    extra: dict[str, Any] = {}
    with Pool(request.workers or os.cpu_count() or 1) as pool:
        found = fit(targets, settings, space=space, data=data, pool=pool, checkpoint=checkpoint, progress=progress)
        if request.cross_check:
            from calibration.validation.cross_check import cross_check

            extra["cross_check"] = cross_check(found, pool=pool, checkpoint=checkpoint, progress=progress)
    if truth is not None:
        extra["truth"] = truth
    names = ("only", "leave_out", "outcomes", "uses", "horizons", "longest", "quick", "synthetic", "command")
    asked = {name: getattr(request, name) for name in names}
    asked["horizons"] = tuple(str(months) for months in request.horizons)
    asked["priors"] = None if request.priors is None else str(request.priors)
    posterior = posterior_of(found, request.name, settings=asked, more=extra)
    save(posterior, request.target)
    return Calibrated(found, posterior, request.target, extra)


def verdict(found: Fit) -> Say:
    """Say whether the fit converged, and by which gates it did or did not."""
    from calibration.fit.gates import gates_of
    from calibration.fit.result import diagnostics

    gates = gates_of(diagnostics(found))
    en, nl = ("; ".join(each.text.to(lang) for each in gates) for lang in ("en", "nl"))
    if found.converged:
        return Say(f"converged: {en}", f"geconvergeerd: {nl}")
    missed = [each for each in gates if each.used >= 1.0]
    short = [", ".join(each.text.to(lang) for each in missed) for lang in ("en", "nl")]
    return Say(
        f"NOT converged: {short[0] or 'no true runs were made'}; it never becomes the default (all: {en})",
        f"NIET geconvergeerd: {short[1] or 'er zijn geen echte runs gemaakt'}; "
        f"hij wordt nooit de standaard (alles: {nl})",
    )


def record_of(found: Calibrated) -> dict[str, Any]:
    """Return everything for machines."""
    from calibration.fit.result import diagnostics
    from calibration.posteriors.text import learned
    from sim.parameters import PARAMETERS

    posterior = found.posterior
    return {
        "name": posterior.name,
        "file": str(found.file),
        "digest": posterior.digest,
        "converged": posterior.converged,
        "diagnostics": {**diagnostics(found.fit), **found.extra},
        "timings": dict(found.fit.timings),
        "parameters": [
            {
                "name": each.name,
                "unit": PARAMETERS[each.name].unit,
                "prior": each.prior,
                "posterior": each.posterior,
                "learned": each.share,
                "moved": each.shift,
            }
            for each in learned(posterior, None)
        ],
    }


def _check(request: CalibrateRequest, problems: list[Problem]) -> tuple[Targets, Space, Settings]:
    """Return what to fit, its space and the sizes; raise one `InputError` with every problem."""
    from calibration.fit.joint import QUICK, Settings, make_fit_space
    from calibration.fit.prior_file import read_priors
    from calibration.likelihood.targets import select_targets
    from calibration.posteriors.posterior import name_problems

    problems += name_problems("--name", request.name)
    for option, low, high in (("seed", 0, 2**62), ("workers", 1, 256), ("synthetic", 0, 2**62), ("longest", 0, 600)):
        value = getattr(request, option)
        if value is not None and not low <= value <= high:
            problems.append(within(f"--{option}", value, low, high))
    changed = None
    if request.priors is not None:
        try:
            changed = read_priors(request.priors)
        except InputError as error:
            problems += error.problems
    targets = space = None
    names = ("only", "leave_out", "outcomes", "uses", "longest", "evidence")
    try:
        chosen: dict[str, Any] = {name: getattr(request, name) for name in names}
        targets = select_targets(**chosen, horizons=list(request.horizons))
        space = make_fit_space(targets, changed)
    except InputError as error:
        problems += error.problems
    if problems or targets is None or space is None:
        raise InputError(problems)
    _writable(request.target)
    return targets, space, replace(QUICK if request.quick else Settings(), seed=request.seed)


def _writable(target: Path) -> None:
    """Refuse a place for the posterior before the work is done, not after."""
    allowed = Say("a file in a folder that can be written", "een bestand in een map die beschreven kan worden")
    refused = InputError((Problem("--out", str(target), allowed),))
    if target.is_dir() or "\x00" in str(target):
        raise refused
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise refused from None
    if not os.access(target.parent, os.W_OK):
        raise refused


def _data(request: CalibrateRequest, targets: Targets, space: Space) -> tuple[Data, dict[str, float] | None]:
    """Return the published figures, or those of a drawn truth with that truth."""
    from calibration.fit.joint import Data

    if request.synthetic is None:
        return Data(), None
    from calibration.validation.synthetic import synthetic_data
    from sim.parameters import PARAMETERS

    data, z = synthetic_data(targets, space, request.synthetic)
    values = space.parameters(z[None], None)[0]
    return data, {name: float(values[place]) for place, name in enumerate(PARAMETERS) if name in space.free}


def _progress(watch: Watch) -> Callable[[Say, int, int], None] | None:
    if watch.cancelled is None:
        return watch.progress
    cancelled = watch.cancelled

    def step(text: Say, done: int, whole: int) -> None:
        if cancelled():
            raise CancelledRunError
        if watch.progress is not None:
            watch.progress(text, done, whole)

    return step
