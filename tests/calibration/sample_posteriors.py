"""Small posteriors made by hand from prior draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.posteriors.posterior import Posterior, Predictive, make_posterior
from sim.parameters import PARAMETERS, draw_priors

FREE = [name for name, each in PARAMETERS.items() if each.free]
DELIVERY = "attention.brokerage"


def small(name: str = "hand", draws: int = 16, *, seed: int = 3, **changes: Any) -> Posterior:
    """Return a posterior of two towns in which every free parameter is known better than before."""
    rng = np.random.default_rng(seed)
    medians, drawn = draw_priors(400, 5).mean(axis=0), draw_priors(draws, seed)
    free = [list(PARAMETERS).index(each) for each in FREE]
    drawn[:, free] = medians[free] + 0.3 * (drawn[:, free] - medians[free])
    there = {town: drawn.copy() for town in ("nijmegen", "oss")}
    for values in there.values():
        column = list(PARAMETERS).index(DELIVERY)
        values[:, column] = np.clip(values[:, column] * 1.1, 0, PARAMETERS[DELIVERY].high)
    places = {
        town: {"place_match": rng.normal(at, 0.1, draws), "place_other": rng.normal(-at, 0.1, draws)}
        for town, at in (("new", 0.0), ("nijmegen", 0.3), ("oss", -0.3))
    }
    rows = ("nijmegen:m01", "oss:m01", "oss:m02")
    simulated = rng.normal(0.2, 0.02, (draws, 3))
    given: dict[str, Any] = {
        "parameters": drawn,
        "towns": there,
        "places": places,
        "latent": rng.normal(size=(draws, 4)),
        "latent_names": ("a", "b", "c", "d"),
        "prior": draw_priors(40, 8),
        "predictive": Predictive(
            rows, np.array([0.21, 0.9, np.nan]), simulated, np.diag([4e-4] * 3), rng.normal(-1.0, 0.1, (draws, 3))
        ),
        "log_posterior": rng.normal(-300.0, 1.0, draws),
        "evidence": "0123456789abcdef",
        "converged": True,
        "seeds": {"base": seed},
        "settings": {"chains": 2},
        "timings": {"sample": 1.5},
        "diagnostics": {"rhat": 1.01, "ess": 400.0, "by_hand": float("nan")},
    }
    return make_posterior(name, **{**given, **changes})
