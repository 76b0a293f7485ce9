"""Small populations for the tests of regimes."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.people.columns import TRAITS
from sim.people.population import Population

JANUARY = date(2018, 1, 1)


def people(n: int, *, start: date = JANUARY, arms: tuple[str, ...] = ("all",), **columns: object) -> Population:
    """Return `n` people who stand at the start values, but for `columns`; arms and municipalities in turn."""
    own = {name: np.broadcast_to(np.asarray(values, dtype=float), (n,)) for name, values in columns.items()}
    traits = {name: np.full(n, float(column.start)) for name, column in TRAITS.items()}
    return Population(
        name="testville",
        start=start,
        person=np.arange(n, dtype=np.int64),
        municipality=(np.arange(n) % 2).astype(np.int16),
        municipalities=("oss", "nijmegen"),
        caseworker=np.zeros(n, dtype=np.int32),
        arm=(np.arange(n) % len(arms)).astype(np.int16),
        arms=arms,
        columns=traits | own,
    )
