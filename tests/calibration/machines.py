"""A calibration without a simulator: rows of Nijmegen and Oss whose moments are known functions of z."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from calibration.fit.emulator import Emulator, TownEmulator
from calibration.fit.joint import Machinery, make_fit_space
from calibration.likelihood.covariance import Covariance
from calibration.likelihood.targets import select_targets


@lru_cache(maxsize=1)
def small_machinery() -> Machinery:
    """Return a machinery of 14 rows, linear in the free parameters; errors of rows correlate by 0.3."""
    whole = select_targets()
    ids = [
        *[row.id for row in whole.rows_of("nijmegen") if row.use == "survey_panel"][:4],
        *[row.id for row in whole.rows_of("nijmegen") if row.use == "causal_itt"][:3],
        *[row.id for row in whole.rows_of("oss") if row.use == "survey_panel"][:4],
        *[row.id for row in whole.rows_of("oss") if row.kind == "level" and row.arm == "standard"][:2],
        *[row.id for row in whole.rows_of("groningen")][:1],
    ]
    targets = select_targets(ids=ids)
    space = make_fit_space(targets)
    rng = np.random.default_rng(4)
    towns, covariances = {}, {}
    curved = len(space.curved)
    for town, place in targets.places.items():
        features = 1 + len(space.inputs_of(town)) + curved * (curved + 1) // 2
        rows = len(place)
        sd = np.array(
            [targets.errors[row.id].median if row.id in targets.errors else 0.1 for row in targets.rows_of(town)]
        )
        sd = np.where(sd > 0, sd, 0.1)
        weights = np.zeros((features, rows))
        weights[1 + space.curved] = rng.normal(size=(curved, rows)) * sd * 0.6
        correlation = 0.7 * np.eye(rows) + 0.3
        covariances[town] = Covariance(
            tuple(row.id for row in targets.rows_of(town)), np.zeros(rows), sd, correlation, 200
        )
        towns[town] = TownEmulator(space.curved, weights, 1e-4 * np.diag(sd**2), np.full(rows, 0.9), (0.1, 0.1))
    return Machinery(targets, space, Emulator(space, dict(targets.places), towns), covariances)
