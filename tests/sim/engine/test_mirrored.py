"""Mirrored draws are proven to help where the documentation says so, and nowhere else is that said."""

from __future__ import annotations

import numpy as np

from benchmarks.mirrored import MEASURED, measure
from sim.people import catalogue


def test_mirrored_pairs_help_for_the_level_of_stress_not_for_effects():
    found = measure(catalogue.load("nijmegen", 390), 80, month=12)
    assert all(table.shape == (len(MEASURED), 3) for table in found.values())
    at = MEASURED.index("stress")
    assert found["level"][at, 2] < 0.75
    assert found["effect"][at, 2] > 0.75
    assert (found["effect"][:, 1] < 1.1).all()
    assert (found["effect"][:, 2] > 0.85).all()
    assert found["common"][at, 1] > 4.0
    for table in found.values():
        assert np.all((table[:, 1] <= table[:, 0]) & (table[:, 0] <= table[:, 2]))
