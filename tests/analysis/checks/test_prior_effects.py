"""The check of the priors sees priors that take a side or know too much, and Monte Carlo error is not spread."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.checks.prior_effects import PriorEffect, prior_effects
from app.cli import run
from sim.parameters import PARAMETERS, defaults, draw_priors, with_values

MEASURES = ("hours_over_12", "wellbeing")


def test_priors_that_know_everything_have_no_spread_but_noise_would() -> None:
    same = np.tile(defaults(), (24, 1))
    # Every draw has the same effect: what differs between seeds is Monte Carlo error and is taken off.
    found = prior_effects(parameters=same, people=300, month=12, measures=MEASURES)
    assert max(each.sd for each in found) < 1e-9
    assert all("sd" in each.misses() for each in found)


def test_a_prior_with_a_sign_is_seen() -> None:
    one_sided = np.stack([with_values(values, {"response.guidance_work": 1.2}) for values in draw_priors(40, 1)])
    guided = prior_effects(parameters=one_sided, people=400, measures=MEASURES)[0]
    assert guided.treatment == "guidance"
    assert "chance" in guided.misses()
    free = prior_effects(draws=40, people=400, measures=MEASURES)[0]
    assert free.sd > 0.03
    assert free.above < guided.above


def test_bars_are_those_of_the_outcome() -> None:
    assert PriorEffect("guidance", "hours_over_12", 0.0, 0.05, 0.5, 0.0).misses() == ()
    assert PriorEffect("guidance", "hours_over_12", 0.02, 0.05, 0.5, 0.0).misses() == ("mean",)
    assert PriorEffect("guidance", "hours_over_12", 0.0, 0.03, 0.75, 0.0).misses() == ("sd", "chance")
    assert PriorEffect("guidance", "trust", 0.02, 0.05, 0.75, 0.0, scale=0.2).misses() == ()
    assert PriorEffect("guidance", "income", 9.0, 1.0, 1.0, 0.0).misses() == ()


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["prior", "check", "--draws", "8", "--people", "100", "--month", "3", "--out", str(tmp_path)]
    assert run(words) == 0
    kept = json.loads((tmp_path / "priors.json").read_text("utf-8"))
    assert {each["treatment"] for each in kept["effects"]} == {"guidance", "exemption", "disregard"}
    assert "trust" in (tmp_path / "priors.md").read_text("utf-8")
    capsys.readouterr()
    assert run(["prior", "check", "--draws", "1", "--people", "x"]) == 2
    told = capsys.readouterr().err
    assert "--draws" in told
    assert "--people" in told


def test_sources_of_priors_name_no_row_of_the_fit() -> None:
    """Trials that are fitted are no source of a prior's size: nobody learns twice from one table."""
    from calibration.likelihood.targets import select_targets

    # A source that cites a table of a fitted report must say that the size itself is an assumption or from elsewhere.
    tables = {(row.study.split("_")[0], row.locator) for row in select_targets().rows if row.locator}
    assert tables
    twice = [
        name
        for name, each in PARAMETERS.items()
        if each.free
        and any(word in each.source for word in ("table 3", "table 4", "table 5", "table 6", "table 7", "table 8"))
        and "assumption" not in each.source
    ]
    assert twice == []
