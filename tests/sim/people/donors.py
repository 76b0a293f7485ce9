"""A small made-up population that lends what a client file does not have."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.people.columns import TRAITS
from sim.people.population import Population
from sim.random_numbers import uniform

__all__ = ["donors"]


def donors(people: int = 1500) -> Population:
    """Return donors whose employability falls with age and who speak Dutch poorly when low educated."""
    ids = np.arange(people, dtype=np.int64)
    zeros = np.zeros(people, dtype=np.int64)

    def luck(number: int) -> np.ndarray:
        return uniform(5, "population", number, ids)

    columns = {name: np.full(people, float(column.start)) for name, column in TRAITS.items()}
    age = columns["age"] = 20 + 46 * luck(1)
    household = columns["household"] = np.digitize(luck(3), [0.6, 0.8]).astype(float)
    columns["male"] = (luck(2) < 0.5).astype(float)
    columns["youngest_child_age"] = np.where(household == 1, np.floor(np.minimum(17, (age - 18) * luck(4))), -1.0)
    columns["partner_earnings"] = np.where(household == 2, 300.0, 0.0)
    columns["cost_sharers"] = np.where(household == 2, 2.0, 1.0)
    columns["education"] = np.digitize(luck(5), [0.5, 0.85]).astype(float)
    columns["poor_dutch"] = (columns["education"] == 0).astype(float)
    columns["employability"] = 2 - age / 20 + 0.2 * luck(6)
    columns["mental"] = (luck(7) < 0.3).astype(float)
    columns["spell_months"] = np.floor(luck(8) * (age - 18) * 12)
    columns["hours"] = np.where(luck(9) < 0.1, 8.0, 0.0)
    columns["contract"] = np.where(columns["hours"] > 0, 2.0, 0.0)
    columns["stress"] = luck(10)
    return Population(
        name="lenders",
        start=date(2024, 1, 1),
        person=ids,
        municipality=zeros.astype(np.int16),
        municipalities=("x",),
        caseworker=zeros.astype(np.int32),
        arm=zeros.astype(np.int16),
        arms=("all",),
        columns=columns,
    )
