"""All diagnostics of one fit in one place: from its draws, and from the emulator around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.ordinal import read_finding
from calibration.evidence.schema import Row
from calibration.fit.joint import Machinery
from calibration.fit.result import sampling_covariance
from calibration.fit.sampler import sample
from calibration.likelihood.joint import Likelihood
from calibration.posteriors.posterior import Posterior
from calibration.validation.information import Information, Pair, Worth, information, pairs, worth_of_groups
from calibration.validation.misfit import Misfit, misfit
from calibration.validation.rows import Contraction, Convergence, RowCheck, check_rows, contraction, convergence
from scenarios.execution.processes import one_thread
from sim.problems import InputError, Problem, Say

__all__ = ["THEMES", "Draws", "Review", "draws_of", "own_draws", "review", "row_group"]

Array = NDArray[np.float64]

THEMES: Mapping[str, Say] = {
    "causal_itt": Say("work and income", "werk en inkomen"),
    "survey_panel": Say("survey answers", "enquête-antwoorden"),
    "ordinal": Say("findings in words", "bevindingen in woorden"),
    "register_level": Say("levels in registers", "niveaus in registers"),
    "survey_level": Say("levels in surveys", "niveaus in enquêtes"),
    "response_level": Say("response", "respons"),
    "selection_contrast": Say("volunteers against others", "vrijwilligers tegenover anderen"),
}
# What a finding in words tells of its estimate, as a share of what the number would: a sign tells 2/pi of it.
_WORDS = 2.0 / np.pi


@dataclass(frozen=True)
class Draws:
    """A posterior to be judged.

    Attributes:
        source: which fit, in words.
        z: latents [S, D], in the order of the machinery's space.
        means: expected figures [S, T], bias included.
        told: numbers that the fit says of itself (R-hat, k-hat, ...).
        chains: convergence of the free parameters, where the chains are at hand.
    """

    source: Say
    z: Array
    means: Array
    told: Mapping[str, object]
    chains: tuple[Convergence, ...] = ()


@dataclass(frozen=True)
class Review:
    """Everything that the page about a fit shows.

    Attributes:
        draws: the posterior.
        rows: each row beside its prediction.
        contractions: free parameters first, then all others.
        information: around the mode.
        groups, singles: what groups of rows (for every latent) and single rows (for free ones) are worth.
        pairs: parameters known only together.
        towns: misfit per municipality; `total`: penalised misfit of all and its rows.
    """

    draws: Draws
    rows: tuple[RowCheck, ...]
    contractions: tuple[Contraction, ...]
    information: Information
    groups: tuple[Worth, ...]
    singles: tuple[Worth, ...]
    pairs: tuple[Pair, ...]
    towns: tuple[Misfit, ...]
    total: tuple[float, int]


def row_group(row: Row, town: str) -> str:
    """Return the group of a row: ``nijmegen/survey_panel``."""
    return f"{town}/{row.use}"


def draws_of(core: Machinery, posterior: Posterior) -> Draws:
    """Return the draws of a posterior file, in the latents of `core`.

    Raises:
        InputError: a posterior of other rows or with other latents.
    """
    problems = []
    if posterior.predictive.rows != core.targets.ids:
        said = Say("the rows of the whole evidence as it is now", "de rijen van het hele bewijs zoals het nu is")
        problems.append(Problem("posterior.rows", f"{len(posterior.predictive.rows)} rows", said))
    if set(posterior.latent_names) != set(core.space.names):
        said = Say("the latents of this model", "de latenten van dit model")
        problems.append(Problem("posterior.latents", f"{len(posterior.latent_names)}", said))
    InputError.raise_if(problems)
    z = np.zeros((len(posterior), core.space.dimension))
    z[:, [core.space.index[name] for name in posterior.latent_names]] = posterior.latent
    told = posterior.attributes.get("diagnostics", {})
    source = posterior.label()
    return Draws(source, z, posterior.predictive.simulated, told if isinstance(told, Mapping) else {})


def own_draws(core: Machinery, *, seed: int = 1, chains: int = 8, draws: int = 100, thin: int = 6) -> Draws:
    """Return a posterior of the real evidence under the emulator of `core` (no true-run correction)."""
    likelihood = core.likelihood()
    with one_thread():
        base = core.approximation(likelihood)
        made = sample(
            core.log(likelihood),
            core.space.dimension,
            draws=draws,
            warm=200,
            thin=thin,
            chains=chains,
            seed=seed,
            approximation=base,
            gradient=core.gradient(likelihood),
        )
    look = [core.space.index[name] for name in core.space.free]
    z = made.flat()
    told = convergence(core.space.free, made.z[:, :, look])
    source = Say(
        "refit on the emulator over the whole prior (not the shipped posterior)",
        "herfit op de emulator over de hele prior (niet de meegeleverde posterior)",
    )
    return Draws(source, z, likelihood.shifted(core.emulator.means(z), z), {}, told)


def review(core: Machinery, draws: Draws, *, seed: int = 1, inflation: float = 1.0) -> Review:
    """Return all diagnostics of a posterior.

    Args:
        core: rows, emulator and covariances.
        draws: the posterior.
        seed: of the predictive draws.
        inflation: how much larger the misfit of synthetic truths was than their rows; the misfit of towns is
            judged by a covariance that much larger (correlations estimated from few trials look too sure).
    """
    targets, space = core.targets, core.space
    covariance = sampling_covariance(targets, core.covariances)
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(draws.means.shape) @ _root(covariance).T
    published = targets.observed
    likely = _likely(targets.rows, draws.means, np.sqrt(np.diag(covariance)))
    rows = check_rows(
        targets.ids, list(targets.of), [row.outcome for row in targets.rows], published, draws.means + noise, likely
    )
    free = list(space.free)
    order = free + [name for name in space.priors if name not in free]
    order += [name for name in space.names if name.startswith(("tau.", "bias."))]
    columns = [space.index[name] for name in order]
    prior = rng.standard_normal((4000, len(order)))
    contractions = contraction(order, prior, draws.z[:, columns], _effective(draws, len(order)))

    likelihood = core.likelihood()
    mode = core.approximation(likelihood).mean

    def moments(z: Array) -> Array:
        return likelihood.shifted(core.emulator.means(z), z)

    jacobian = _jacobian(moments, mode)
    grown = _grown(likelihood, mode, len(targets.rows))
    whole = covariance * np.outer(grown, grown)
    for town, error in core.emulator.errors().items():
        place = targets.places[town]
        whole[np.ix_(place, place)] += error
    words = np.array([row.kind == "ordinal" for row in targets.rows])
    stretch = np.where(words, 1.0 / np.sqrt(_WORDS), 1.0)
    whole = whole * np.outer(stretch, stretch) + 1e-10 * np.diag(np.maximum(np.diag(whole), 1e-8))
    informed = information(space.names, jacobian, whole)
    by_group: dict[str, list[int]] = {}
    for number, (row, town) in enumerate(zip(targets.rows, targets.of, strict=True)):
        by_group.setdefault(row_group(row, town), []).append(number)
    groups = worth_of_groups(informed, by_group, least=0.001)
    one = {row.id: [number] for number, row in enumerate(targets.rows)}
    singles = tuple(w for w in worth_of_groups(informed, one, least=0.005) if w.parameter in free)
    live = np.flatnonzero(np.isfinite(published) & (np.diag(covariance) > 1e-10))
    inside = {int(place): position for position, place in enumerate(live)}
    towns = {town: [inside[int(p)] for p in place if int(p) in inside] for town, place in targets.places.items()}
    towns = {town: place for town, place in towns.items() if place}
    towns["all"] = list(range(len(live)))
    found = misfit(
        published[live], moments(mode[None])[0][live], jacobian[live], inflation * whole[np.ix_(live, live)], towns
    )
    white = likelihood.white(core.emulator.means(mode[None]), mode[None])[0]
    total = (float(white @ white + mode @ mode), len(white))
    tied = pairs(order, draws.z[:, columns], least=0.25)
    return Review(draws, rows, contractions, informed, groups, singles, tied, found, total)


def _grown(likelihood: Likelihood, mode: Array, rows: int) -> Array:
    """Return the standard errors at the mode over their medians, shape [T]."""
    found = np.ones(rows)
    for each in likelihood.towns.values():
        score = np.where(each.score >= 0, mode[each.score], 0.0)
        found[each.at] = np.exp(each.log_sd * score)
    return found


def _effective(draws: Draws, width: int) -> float | Array:
    if not draws.chains:
        return float(len(draws.z))
    found = np.full(width, min(each.bulk for each in draws.chains))
    found[: len(draws.chains)] = [each.bulk for each in draws.chains]
    return found


def _likely(rows: tuple[Row, ...], means: Array, error: Array) -> Array:
    """Return the predictive probability of what was told in words, shape [T]."""
    from scipy.special import ndtr

    found = np.full(len(rows), np.nan)
    for number, row in enumerate(rows):
        reading = read_finding(row) if row.kind == "ordinal" else None
        if reading is None:
            continue
        centre = means[:, number] / max(float(error[number]), 1e-12)
        inside = ndtr(reading.high - centre) - ndtr(reading.low - centre)
        found[number] = float((reading.truth * inside + (1 - reading.truth) * 0.5).mean())
    return found


def _jacobian(moments: object, z: Array, step: float = 1e-3) -> Array:
    assert callable(moments)
    moves = np.eye(len(z)) * step
    found = moments(np.concatenate([z + moves, z - moves]))
    return np.asarray((found[: len(z)] - found[len(z) :]).T / (2 * step))


def _root(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
