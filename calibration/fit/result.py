"""What a fit leaves: a posterior for others, and the figures by which to judge it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.inference.interval import NINETY
from calibration.fit.halves import design_error
from calibration.fit.joint import LEAST_ESS, MOST_RHAT, Fit
from calibration.fit.truth import MOST_GAP, SLOPES
from calibration.likelihood.covariance import NUGGET
from calibration.likelihood.targets import Targets
from calibration.posteriors.posterior import NEW, Posterior, Predictive, make_posterior
from sim.parameters import PARAMETERS

if TYPE_CHECKING:
    from calibration.fit.space import Space
    from calibration.likelihood.covariance import Covariance

__all__ = ["Misfit", "diagnostics", "misfits", "other_priors", "posterior_of", "sampling_covariance"]

Array = NDArray[np.float64]
_PRIOR_DRAWS = 400


@dataclass(frozen=True)
class Misfit:
    """How well the fit predicts the numbers of one town.

    `surprise` is the mean of squared (published - predicted) over its predictive standard deviation: about 1
    when all is well; `outside` counts rows outside their 90% predictive interval.
    """

    town: str
    rows: int
    numbers: int
    surprise: float
    outside: int
    worst: str
    worst_z: float


def sampling_covariance(targets: Targets, covariances: Mapping[str, Covariance], *, exact: bool = False) -> Array:
    """Return the covariance of the sampling error of all rows [T, T]: standard errors of the evidence where
    known (medians), else simulated; correlations simulated; towns independent.
    """
    found = np.zeros((len(targets.rows), len(targets.rows)))
    for town, place in targets.places.items():
        spread = covariances[town].sd.copy()
        for number, row in enumerate(targets.rows_of(town)):
            known = targets.errors.get(row.id)
            if known is not None and known.median > 0 and not exact:
                spread[number] = known.median
        own = 0.0 if exact else NUGGET
        inside = covariances[town].correlation + own * np.eye(len(place))
        found[np.ix_(place, place)] = inside * np.outer(spread, spread)
    return found


def misfits(fit: Fit) -> tuple[Misfit, ...]:
    """Return the misfit of every town (towns with words only have no surprise: NaN)."""
    targets = fit.machinery.targets
    published = targets.observed if fit.data.y is None else fit.data.y
    covariance = sampling_covariance(targets, fit.machinery.covariances, exact=fit.data.exact)
    means = _biased(fit)
    spread = np.sqrt(means.var(axis=0) + np.diag(covariance))
    usable = np.isfinite(targets.observed) & (np.diag(covariance) > 1e-10)
    z = np.where(usable, (published - means.mean(axis=0)) / np.where(usable, spread, 1.0), np.nan)
    found = []
    for town, place in targets.places.items():
        here = z[place]
        count = int(np.isfinite(here).sum())
        worst = int(np.nanargmax(np.abs(here))) if count else 0
        found.append(
            Misfit(
                town,
                len(place),
                count,
                float(np.nanmean(np.square(here))) if count else math.nan,
                int((np.abs(here[np.isfinite(here)]) > NINETY).sum()),
                targets.ids[place[worst]] if count else "",
                float(here[worst]) if count else math.nan,
            )
        )
    return tuple(found)


def diagnostics(fit: Fit) -> dict[str, object]:
    """Return the figures of the fit as plain values: convergence, the emulator, the check, misfit by town."""
    machinery = fit.machinery
    r2, error = machinery.emulator.r2, machinery.emulator.error_sd
    covariance = sampling_covariance(machinery.targets, machinery.covariances, exact=fit.data.exact)
    spread = np.sqrt(np.diag(covariance))
    ratio = error[spread > 1e-5] / spread[spread > 1e-5]
    told: dict[str, object] = {
        "rhat_max": float(fit.rhat.max()),
        "ess_min": float(fit.ess.min()),
        "ess_median": float(np.median(fit.ess)),
        "ess_log_likelihood": float(fit.ess[-1]),
        "gate": {
            "rhat_below": MOST_RHAT,
            "ess_above": LEAST_ESS,
            "family_gap_below": MOST_GAP,
            "slope_between": list(SLOPES),
        },
        "emulator_r2": _quantiles(r2),
        "emulator_error_over_standard_error": _quantiles(ratio),
        "posterior_of": "the emulator of the moments",
        "misfit": [asdict(each) for each in misfits(fit)],
        "bias": {
            name: {"mean": float(values.mean()), "sd": float(values.std())}
            for name, values in machinery.space.bias(fit.z).items()
        },
    }
    if machinery.facts is not None:
        known, expected = machinery.facts.known, machinery.facts.means(fit.z)
        told["facts"] = {
            name: {
                "published": float(value),
                "error": float(error),
                "mean": float(each.mean()),
                "sd": float(each.std()),
            }
            for name, value, error, each in zip(known.ids, known.values, known.errors, expected.T, strict=True)
        }
    chains = fit.machinery.space.names
    told["chains"] = {
        "names": [*chains, "log likelihood"],
        "rhat": [float(each) for each in fit.rhat],
        "ess": [float(each) for each in fit.ess],
    }
    if fit.halves is not None:
        free = np.array([machinery.space.index[name] for name in machinery.space.free])
        told["design_error"] = {
            "prior_sd": design_error(fit.halves, free),
            "posterior_sd": design_error(fit.halves / fit.z.std(axis=0), free),
        }
    if fit.check is not None:
        told |= {
            "true_runs": len(fit.check.z),
            "emulator_faithful": fit.check.faithful,
            "raw_k_hat": fit.check.raw_k_hat,
            "response_moved_by_reweighing": fit.check.moved,
            "families": [{**asdict(each), "faithful": each.faithful} for each in fit.check.families],
            "z_scores": {name: float(z) for name, z in zip(machinery.targets.ids, fit.check.scores, strict=True)},
        }
    return told


def other_priors(space: Space) -> dict[str, dict[str, float]]:
    """Return the priors of a fit that are not the shipped ones, as plain numbers by parameter."""
    found = {
        name: {key: float(getattr(each, key)) for key in ("value", "low", "high", "sd")}
        for name, each in space.priors.items()
        if each != PARAMETERS[name]
    }
    for name, value in space.fixed.items():
        found[name] = {"value": value, "low": PARAMETERS[name].low, "high": PARAMETERS[name].high, "sd": 0.0}
    return found


def posterior_of(
    fit: Fit, name: str, *, settings: Mapping[str, object] | None = None, more: Mapping[str, object] | None = None
) -> Posterior:
    """Return the posterior of a fit as others use it.

    Args:
        fit: a finished fit.
        name: of the posterior.
        settings: how it was asked for (command, selection); sizes and seed are added.
        more: further diagnostics (the cross-check).
    """
    machinery, space = fit.machinery, fit.machinery.space
    sizes = asdict(fit.settings)
    likelihood = machinery.likelihood(fit.data)
    pointwise = likelihood.pointwise(fit.means, fit.z)
    density = likelihood.log(fit.means, fit.z) - 0.5 * np.square(fit.z).sum(axis=1)
    random = np.random.default_rng(fit.settings.seed)
    prior = space.parameters(random.standard_normal((_PRIOR_DRAWS, space.dimension)), None)
    places = {
        town or NEW: {name: space.deviation(fit.z, name, town) for name in ("place_match", "place_other")}
        for town in (None, *space.towns)
    }
    published = machinery.targets.observed
    if fit.data.y is not None:
        published = np.where(np.isfinite(published), fit.data.y, np.nan)
    covariance = sampling_covariance(machinery.targets, machinery.covariances, exact=fit.data.exact)
    return make_posterior(
        name,
        parameters=space.parameters(fit.z, None),
        towns={town: space.parameters(fit.z, town) for town in space.towns},
        places=places,
        latent=fit.z,
        latent_names=space.names,
        prior=prior,
        predictive=Predictive(machinery.targets.ids, published, _biased(fit), covariance, pointwise),
        evidence=machinery.targets.evidence,
        converged=fit.converged,
        seeds={"base": fit.settings.seed},
        settings={
            "chains": fit.settings.chains,
            "fit": sizes,
            "space": space.digest(),
            "other_priors": other_priors(space),
            **(settings or {}),
        },
        timings=fit.timings,
        diagnostics={**diagnostics(fit), **(more or {})},
        log_posterior=density,
    )


def _biased(fit: Fit) -> Array:
    """Return the moments under the draws with the bias of imbalanced control groups in, shape [S, T]."""
    likelihood = fit.machinery.likelihood(fit.data)
    return likelihood.shifted(fit.means, fit.z)


def _quantiles(values: Array) -> dict[str, float]:
    return {f"q{round(100 * q):02d}": float(np.quantile(values, q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)}
