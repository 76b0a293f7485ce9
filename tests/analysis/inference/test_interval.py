"""The one interval: its factor is the normal's, its numbers are those of the decomposition, and no file has its own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from scipy.stats import norm

from analysis.inference.interval import NINETY, UNKNOWN, Interval
from analysis.inference.variance import decompose

_ROOT = Path(__file__).resolve().parents[3]


def test_the_factor_is_the_95_percent_quantile_of_the_normal() -> None:
    assert abs(norm.ppf(0.95) - NINETY) < 1e-15


def test_an_interval_is_one_place_of_a_decomposition() -> None:
    parts = decompose(np.random.default_rng(1).normal(size=(6, 3, 2)), 0.9)
    found = Interval.at(parts, 1)
    assert (found.mean, found.low, found.high) == (parts.mean[1], parts.low[1], parts.high[1])
    assert (found.monte_carlo_se, found.parameter_sd) == (parts.monte_carlo_se[1], parts.parameter_sd[1])
    assert np.isnan(list(vars(UNKNOWN).values())).all()


def test_the_factor_stands_in_one_file() -> None:
    """A second copy would drift: the code says NINETY (docstrings and comments may name the number)."""
    for room in ("sim", "scenarios", "analysis", "calibration", "app", "bijstand"):
        for path in (_ROOT / room).rglob("*.py"):
            code = re.sub(r'""".*?"""', "", path.read_text(), flags=re.DOTALL)
            code = re.sub(r"#.*", "", code)
            if path.name != "interval.py":
                assert not re.search(r"\b1\.64(?:5|4853)", code), path
