"""Tables of a trial: every published figure is computed, and what lies outside is marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.estimators import ancova, linear
from analysis.estimators.trial_frame import register_outcome, trial_frame
from analysis.trial.cell import Cell
from analysis.trial.cells import cells, months_needed
from analysis.trial.figures import draw_trial
from analysis.trial.output import HEADERS, cells_of, json_of, markdown
from analysis.trial.tables import Estimates, Published, collect, tables
from sim.parameters import defaults
from sim.problems import Say
from sim.trial.data import TrialData
from sim.trial.read import design
from sim.trial.run import simulate_trial


@pytest.fixture(scope="module")
def nijmegen() -> TrialData:
    plain = design("nijmegen")
    return simulate_trial(plain, defaults(), 1, reference=400, months=months_needed("nijmegen", 25))[0]


def test_tables_have_what_the_slow_estimators_give(nijmegen: TrialData) -> None:
    found = cells(nijmegen)
    outcome = register_outcome(nijmegen, "hours_over_12", 16, wage_only=True)
    frame = trial_frame(nijmegen, {"hours_gt_12": outcome}, wave=2)
    for specification in ("basic", "loep", "extra"):
        slow = linear.estimate(frame, "hours_gt_12", "exemption_disregard", specification=specification)
        cell = Cell("table 3", "hours_gt_12", "exemption_disregard", "control", specification, "16")
        assert found[cell] == pytest.approx(slow.value, abs=1e-10)
        assert slow.n == 366
    survey = ancova.estimate(frame, "life_satisfaction", "intensive_disregard")
    cell = Cell("table 8", "life_satisfaction", "intensive_disregard", "control", "loep", "m3")
    assert found[cell] == pytest.approx(survey.value, abs=1e-10)
    clustered = linear.estimate(frame, "hours_gt_12", "intensive_disregard", cluster="caseworker")
    assert clustered.standard_error > 0


def test_the_two_arms_contrast_is_the_difference_of_their_contrasts(nijmegen: TrialData) -> None:
    found = cells(nijmegen)
    for cell, value in found.items():
        if cell.comparator != "exemption_disregard":
            continue
        parts = [cell._replace(arm=arm, comparator="control") for arm in (cell.arm, "exemption_disregard")]
        assert value == pytest.approx(found[parts[0]] - found[parts[1]], abs=1e-12)


def test_oss_counts_everybody_once() -> None:
    trial = simulate_trial(design("oss"), defaults(), 1, reference=200, months=months_needed("oss", 24))[0]
    found = cells(trial)
    level = {
        part: found[
            Cell(
                "table 3.1.3",
                "exit_to_full_time_work_24m",
                "total_population",
                "",
                "raw",
                "24",
                part,
                "incl_withdrawals",
            )
        ]
        for part in ("sitting_stock", "new_inflow", "all")
    }
    assert min(level["sitting_stock"], level["new_inflow"]) <= level["all"]
    assert level["all"] <= max(level["sitting_stock"], level["new_inflow"])
    matched = [value for cell, value in found.items() if cell.table == "table 3.1.7"]
    assert len(matched) == 12
    assert np.isfinite(matched).all()


def test_outside_is_marked_and_counted() -> None:
    plain = design("oss")
    values = np.linspace(-0.1, 0.1, 101)
    inside, beyond, sign, none = (
        Cell("t", name, "intensive", "standard") for name in ("inside", "beyond", "sign", "none")
    )
    published = {
        inside: Published(0.089, marker="n.s."),
        beyond: Published(-0.091, doubts=(Say("doubt", "twijfel"),)),
        sign: Published(None, "positive", "p<0.05"),
    }
    found = dict.fromkeys((inside, beyond, none), values) | {sign: -np.abs(values)}
    (table,) = tables(plain, {cell: Estimates(each, each) for cell, each in found.items()}, published)
    assert [row.outside for row in table.rows] == [False, True, None, True]
    assert (table.compared, table.outside) == (3, 2)
    assert table.rows[0].low == pytest.approx(-0.09)
    dutch = cells_of(table.rows[1], "nl")
    assert len(dutch) == len(HEADERS.to("nl").split("|"))
    assert "−0,091" in dutch
    assert "ERBUITEN" in dutch
    assert "2 of 3" in markdown([table], "en")
    assert json_of([table], "en")[0]["rows"][1]["outside"] is True
    (drawing,) = draw_trial([table], "en", "Oss", ("not calibrated", "run x"))
    assert "Outside: beyond" in drawing.alt


def test_small_groups_are_not_shown() -> None:
    plain = design("oss")
    few = replace(plain, arms=(replace(plain.arms[0], itt=9), *plain.arms[1:]))
    cell = Cell("t", "x", "own_direction", "standard")
    (table,) = tables(few, {cell: Estimates(np.zeros(5), np.zeros(5))}, {cell: Published(0.5)})
    assert table.rows[0].suppressed
    assert "fewer than 10" in cells_of(table.rows[0], "en")[3]
    assert json_of([table], "en")[0]["rows"][0]["mean"] is None
    assert table.compared == 0


def test_every_trial_gives_its_figures() -> None:
    for name in ("amsterdam", "groningen", "utrecht", "tilburg", "deventer", "wageningen"):
        plain = design(name)
        trials = simulate_trial(plain, defaults(), 1, reference=0, months=months_needed(name, plain.months))
        found = collect(trials)
        assert len(found) >= 18, name
        assert all(np.isfinite(each.values).all() for each in found.values()), name
