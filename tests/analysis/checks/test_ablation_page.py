"""The page of the ablation names what moves nothing, with the reason why it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.checks.ablation import Ablation, AblationRow
from analysis.checks.ablation_page import ablation_page, still
from sim.parameters import MECHANISMS
from sim.problems import Say


def _found(changes: dict[str, float]) -> Ablation:
    rows = tuple(
        AblationRow(name, kind, "exit_work_ever", 24, 0.2, change, change - 0.01, change + 0.01, 0.004, 0.002)
        for name, change in changes.items()
        for kind in ("level", "effect")
    )
    label = Say("not calibrated", "niet gekalibreerd")
    return Ablation(
        *("run", "intensive", Say("Intensive", "Intensief"), "regular", tuple(changes), ("level", "effect")),
        *(("exit_work_ever",), (24,), rows, 100, 2, 2, label),
    )


def test_what_moves_less_than_its_error_is_named_with_its_reason() -> None:
    found = _found({"views": 0.005, "obstacles": 0.1})
    assert still(found) == ["views"]
    page = ablation_page(found, "en", "bijstand ablate")
    assert MECHANISMS["views"].keep is not None
    assert MECHANISMS["views"].keep.en in page
    assert "Moves nothing here" not in ablation_page(_found({"obstacles": 0.1}), "en", "bijstand ablate")


def test_one_moved_outcome_is_enough_to_be_left_out() -> None:
    found = _found({"views": 0.0})
    moved = replace(found.rows[0], measure="income", change=0.1)
    assert still(replace(found, rows=(*found.rows, moved))) == []


@pytest.mark.parametrize("name", [name for name, each in MECHANISMS.items() if not each.core])
def test_every_mechanism_has_a_reason_to_stay_in_both_languages(name: str) -> None:
    keep = MECHANISMS[name].keep
    assert keep is not None
    assert keep.en != keep.nl
