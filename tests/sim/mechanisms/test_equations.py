"""The docstring of a mechanism holds its equation: every parameter stands in it by name."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from sim.parameters import MECHANISMS

CLAIMS = sorted(name for name, each in MECHANISMS.items() if not each.core)


@pytest.mark.parametrize("name", CLAIMS)
def test_the_equation_names_every_parameter(name: str) -> None:
    words = set(re.findall(r"\w+", import_module(f"sim.mechanisms.{name}").__doc__ or ""))
    short = {each.name.partition(".")[2] for each in MECHANISMS[name].parameters}
    assert short <= words, f"{name}: {sorted(short - words)} stand in no equation"
