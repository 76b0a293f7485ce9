"""The posterior that comes with the program may be relied on: this model, this evidence, converged, small."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.evidence.registry import load_registry
from calibration.posteriors.check import doubts
from calibration.posteriors.posterior import (
    SHIPPED,
    Posterior,
    default_posterior,
    load_posterior,
    source_of,
    why_not_shipped,
)
from scenarios.description.people import is_shipped
from scenarios.description.schema import MOST
from sim.parameters import PARAMETERS

pytestmark = pytest.mark.skipif(not SHIPPED.is_file(), reason="no posterior is shipped")


@pytest.fixture(scope="module")
def ours() -> Posterior:
    return load_posterior(SHIPPED)


def test_nothing_speaks_against_it(ours: Posterior) -> None:
    assert [problem.to("en") for problem in doubts(ours, [load_registry()])] == []
    assert why_not_shipped() is None
    assert len(ours) >= 2000
    assert SHIPPED.stat().st_size < 16_000_000


def test_it_is_the_default_of_every_run(ours: Posterior) -> None:
    default = default_posterior()
    assert default is not None
    assert default.digest == ours.digest
    assert source_of(default).label.en.startswith("calibrated (posterior ")


def test_its_draws_are_within_bounds_and_as_many_as_a_scenario_asks(ours: Posterior) -> None:
    low, high = (np.array([getattr(each, side) for each in PARAMETERS.values()]) for side in ("low", "high"))
    for values in (ours.parameters, *ours.towns.values()):
        assert ((values >= low) & (values <= high)).all()
    assert 100 <= len(ours) <= MOST["draws"]


def test_its_towns_are_populations(ours: Posterior) -> None:
    assert all(is_shipped(town) for town in ours.towns)
