"""The levers of a regime: unit, bounds, neutral value and source, declared once (``levers.toml``).

A regime is a set of values on these levers (`sim.regime.regime`); nothing in the month asks which regime
somebody is in, only where the levers stand.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from sim.problems import Say

__all__ = ["LEVERS", "Lever"]


@dataclass(frozen=True)
class Lever:
    """One lever: `regular` is its value in the regular regime of 2018.

    `felt`: people must get used to a new value (adaptation); what the law or the office does follows at once.
    `practice`: in the hands of the caseworker, so that incomplete delivery and control drift work on it.
    `whole`: only whole numbers make sense.
    """

    name: str
    unit: str
    low: float
    high: float
    regular: float
    text: Say
    source: str
    felt: bool = False
    practice: bool = False
    whole: bool = False


def _read() -> dict[str, Lever]:
    rows = tomllib.loads(files("sim.regime").joinpath("levers.toml").read_text("utf-8"))
    return {name: Lever(**{**row, "name": name, "text": Say(**row["text"])}) for name, row in rows.items()}


LEVERS: dict[str, Lever] = _read()
