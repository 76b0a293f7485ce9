"""The estimators by name: the one visible list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from analysis.estimators import ancova, linear, logit, nearest_neighbour, propensity
from analysis.estimators.result import Estimate
from sim.problems import InputError, one_of

__all__ = ["METHODS", "method"]

METHODS: Mapping[str, Callable[..., Estimate]] = MappingProxyType(
    {
        "linear": linear.estimate,
        "ancova": ancova.estimate,
        "logit": logit.estimate,
        "nearest_neighbour": nearest_neighbour.estimate,
        "propensity": propensity.estimate,
    }
)


def method(name: str) -> Callable[..., Estimate]:
    """Return an estimator: ``estimate(data, outcome, treatment, ...) -> Estimate``."""
    if name not in METHODS:
        raise InputError((one_of("method", name, METHODS),))
    return METHODS[name]
