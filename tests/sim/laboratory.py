"""A laboratory for the month: people as rows of arrays, any row, lever, draw or parameter set by hand.

Parameters may be arrays too, so that one run compares hundreds of parameter values on the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.interpret import parameter_tuples, run_stages
from sim.engine.layout import ROWS
from sim.engine.rows import PLACE
from sim.parameters import defaults
from sim.people.columns import STATES, TRAITS
from sim.people.population import Population
from sim.random_numbers import DECISIONS, uniform
from sim.regime.levers import LEVERS
from sim.regime.schedule import LEVER_ROWS
from sim.setting import MONTH_FIELDS, make_setting

Rows = dict[str, Any]


@dataclass
class Laboratory:
    """People who live month after month.

    Attributes:
        rows: the work space; change it freely between months.
        parameters: by full name, a number or one per person.
        month: numbers of the month.
        luck: draws from a seed for these people; None leaves the draws in `rows` as they are.
    """

    rows: Rows
    parameters: dict[str, Any]
    month: dict[str, float]
    person: npt.NDArray[np.int64]
    luck: int | None = None
    seen: dict[str, Rows] = field(default_factory=dict)

    def live(self, months: int = 1, each: Callable[[int], None] | None = None) -> Rows:
        """Live on; `each` is called with the month's number before it. Returns the rows."""
        by_mechanism = parameter_tuples(defaults())
        for mechanism, values in by_mechanism.items():
            changed = {
                name.split(".")[1]: value for name, value in self.parameters.items() if name.startswith(mechanism + ".")
            }
            by_mechanism[mechanism] = values._replace(**changed)
        for _ in range(months):
            self.month["t"] += 1.0
            t = int(self.month["t"])
            if each is not None:
                each(t)
            if self.luck is not None:
                for name in DECISIONS:
                    self.rows[f"u_{name}"] = uniform(self.luck, name, t, self.person)
            run_stages(self.rows, by_mechanism, SimpleNamespace(**self.month), self._watch)
        return self.rows

    def _watch(self, t: int, stage: str, writes: tuple[str, ...], rows: Rows) -> None:
        self.seen[stage] = {name: rows[name].copy() for name in writes}


def laboratory(
    n: int = 1,
    *,
    population: Population | None = None,
    parameters: Mapping[str, Any] | None = None,
    month: Mapping[str, float] | None = None,
    luck: int | None = None,
    **rows: Any,
) -> Laboratory:
    """Return `n` people in the regular regime who stand at the start values (or those of a population).

    Draws stand at 0.5; `rows` sets columns, ``lever_x``, ``u_x`` or work rows. A lever is set in its
    background as well, so that it is felt in full.
    """
    size = n if population is None else len(population)
    space: Rows = {name: np.zeros(size) for name in ROWS}
    for name, column in {**TRAITS, **STATES}.items():
        space[name] = np.full(size, float(column.start)) if population is None else population[name] * 1.0
    for name, (start, _, _) in PLACE.items():
        space[name] = np.full(size, start)
    space["load"] = np.ones(size)
    for name in DECISIONS:
        space[f"u_{name}"] = np.full(size, 0.5)
    for name, lever in LEVERS.items():
        set_lever(space, name, lever.regular)
    space["lever_months_to_end"] = np.full(size, 999.0)
    space["lever_since_start"] = np.full(size, 999.0)
    for name, value in rows.items():
        if name.startswith("lever_") and name[6:] in LEVERS:
            set_lever(space, name[6:], value)
        else:
            assert name in space, name
            space[name] = np.broadcast_to(np.asarray(value, dtype=float), (size,)).copy()
    numbers = _january() | {"t": 0.0} | dict(month or {})
    person = np.arange(size) if population is None else population.person
    return Laboratory(space, dict(parameters or {}), numbers, person, luck)


def set_lever(rows: Rows, name: str, value: Any, *, background: bool = True) -> None:
    """Move a lever of everybody."""
    size = len(rows["age"])
    rows[f"lever_{name}"] = np.broadcast_to(np.asarray(value, dtype=float), (size,)).copy()
    if background and f"bg_{name}" in LEVER_ROWS:
        rows[f"lever_bg_{name}"] = rows[f"lever_{name}"].copy()


@cache
def _january() -> dict[str, float]:
    return dict(zip(MONTH_FIELDS, make_setting(date(2018, 1, 1), 1).table[-1].tolist(), strict=True))
