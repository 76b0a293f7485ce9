"""What a mechanism is: parameters declared once, and stages in the form that runs anywhere.

A *stage* is a small pure function of elements (floats, arrays or compiled loop variables) written with
`sim.policy.elementwise`. Its argument names say what it reads; the decorator says what it writes:

* ``p``: the mechanism's own parameters (``p.name``);
* ``month``: the month's numbers for everybody (`sim.setting.MONTH_FIELDS`);
* a column of `sim.people.columns` or a work row of `sim.engine.rows`: by its name;
* ``lever_x`` and ``bg_x``: lever x as it stands for the person, and in the background regime;
* ``u_x``: the uniform draw of decision x (`sim.random_numbers.DECISIONS`);
* ``place_x``: a number of the person's municipality (`sim.engine.rows.PLACE`).

The compiled engine, the Mesa model, NumPy and the trace all run these same functions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

from sim.problems import Say

__all__ = ["Element", "Mechanism", "Parameter", "Stage", "mechanism"]

Element = Any
Law = Literal["normal", "lognormal", "logit"]


@dataclass(frozen=True)
class Parameter:
    """One number of a mechanism.

    Attributes:
        name: full name, ``mechanism.parameter``.
        value: prior median.
        unit: unit of the value.
        low, high: hard bounds.
        sd: spread of the prior: standard deviation of the value (normal), of its log (lognormal) or of its
            log-odds within the bounds (logit). 0 = held fixed.
        law: family of the prior, truncated to the bounds.
        off: value when the mechanism is switched off; None = untouched by the switch.
        source: where the value comes from.
        text: one line of meaning.
        free: freed in a first calibration.
        between: scale of the half-normal spread between municipalities, in prior standard deviations;
            0 = the same everywhere. A prior draw is of a municipality that was not studied.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    sd: float
    source: str
    text: str
    law: Law = "normal"
    off: float | None = None
    free: bool = False
    between: float = 0.0


@dataclass(frozen=True)
class Stage:
    """One step of the month: a function, what it reads (its arguments) and what it writes."""

    name: str
    mechanism: str
    function: Callable[..., Element]
    writes: tuple[str, ...]


@dataclass
class Mechanism:
    """A named set of parameters and stages with the claim that they stand for.

    `core` mechanisms are book-keeping (calendar, purse, ...) and cannot be switched off. `keep`: why the mechanism
    stays where switching it off moves nothing.
    """

    name: str
    title: Say
    evidence: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    core: bool = False
    keep: Say | None = None
    stages: list[Stage] = field(default_factory=list)

    def stage(self, *writes: str) -> Callable[[Callable[..., Element]], Callable[..., Element]]:
        """Register a function as a stage that writes the named rows."""

        def register(function: Callable[..., Element]) -> Callable[..., Element]:
            self.stages.append(Stage(function.__name__, self.name, function, writes))
            return function

        return register


def mechanism(name: str) -> Mechanism:
    """Return the mechanism that ``name.toml`` beside its equations declares; its stages are registered on it.

    The file holds the title and the ids of the evidence, and per parameter (full name ``mechanism.parameter``)
    the fields of `Parameter`; ``law`` is normal, ``off`` untouched and ``free`` false where it says nothing.
    """
    data = tomllib.loads(files("sim.mechanisms").joinpath(f"{name}.toml").read_text("utf-8"))
    rows = data.get("parameters", {})
    parameters = tuple(Parameter(name=f"{name}.{key}", **row) for key, row in rows.items())
    keep = Say(**data["keep"]) if "keep" in data else None
    return Mechanism(name, Say(**data["title"]), tuple(data["evidence"]), parameters, data.get("core", False), keep)
