"""Outcomes, each declared once (``measures.toml``) as an expression over a person's rows in one month.

``state``: at the end of the month; ``flow``: of the month; ``ever``: by the end of the month; ``sum``: since
the start; ``scale``: what a survey would find before its noise. Shares are 0 or 1 per person. The engine
compiles the expressions; NumPy and the trace evaluate the same text (`sim.policy.elementwise` only).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from sim.problems import Say

__all__ = ["HEADLINE", "MEASURES", "Measure"]

Kind = Literal["state", "flow", "ever", "sum", "scale"]


@dataclass(frozen=True)
class Measure:
    """One outcome; `expression` reads columns, work rows and drives by name."""

    name: str
    unit: str
    kind: Kind
    text: Say
    expression: str


def _read() -> dict[str, Measure]:
    rows = tomllib.loads(files("sim.outcomes").joinpath("measures.toml").read_text("utf-8"))
    return {
        name: Measure(
            name,
            row["unit"],
            row["kind"],
            Say(**row["text"]),
            f"where({row['share']}, 1.0, 0.0)" if "share" in row else row["value"],
        )
        for name, row in rows.items()
    }


MEASURES: dict[str, Measure] = _read()

# What tables show first.
HEADLINE: tuple[str, ...] = (
    "on_benefit",
    "exit_work_ever",
    "hours_over_8",
    "hours_over_12",
    "hours_over_27",
    "wml_over_70",
    "permanent",
    "part_time_on_benefit",
    "income",
    "stress",
    "wellbeing",
    "trust",
)
