"""The response of a town: either sign, in proportion to what differs from the background, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.simulate import Job, Record, simulate
from sim.mechanisms.response import USUAL_DISREGARD, USUAL_GUIDANCE
from sim.parameters import MECHANISMS, PARAMETERS, defaults, draw_priors, with_values
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import make_setting
from tests.reference.people import plain_people, schedule_of
from tests.sim.laboratory import laboratory, set_lever

TYPES = ("guidance", "exemption", "disregard")
FULL = {"adaptation.half_life": 0.05}


def exposures(levers: dict[str, float], *, months: int = 1, **rows: Any) -> list[float]:
    """Exposures of one person whose regime differs from the background in `levers`, fully felt."""
    here = laboratory(parameters=FULL, **rows)
    for name, value in levers.items():
        set_lever(here.rows, name, value, background=False)
    here.live(months)
    return [float(here.rows[f"exposure_{kind}"][0]) for kind in TYPES]


@pytest.mark.parametrize(("name", "kind"), [("intensive", 0), ("exemption", 1), ("disregard", 2)])
def test_the_headline_presets_are_one_dose_of_their_own_type(name: str, kind: int) -> None:
    found = exposures(dict(preset(name).levers))
    assert found == pytest.approx([float(place == kind) for place in range(3)], abs=2e-3)


def test_nothing_that_differs_is_no_exposure_to_the_last_bit() -> None:
    for contacts, caseload in ((0.0, 20.0), (0.25, 125.0), (3.7, 61.3)):
        here = laboratory(parameters=FULL, lever_contacts=contacts, lever_caseload=caseload, lever_disregard_share=0.3)
        here.live()
        assert [here.rows[f"exposure_{kind}"][0] for kind in TYPES] == [0.0, 0.0, 0.0]


def test_a_larger_dose_is_more_exposure_without_a_cap() -> None:
    ladder = [exposures({"contacts": contacts})[0] for contacts in (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)]
    assert ladder[:2] == [0.0, 0.0], "fewer contacts than usual are no guidance"
    assert all(np.diff(ladder[1:]) > 0.15)
    # Close to a logarithm, as the document says.
    logs = np.log((np.array([0.5, 1.0, 2.0, 4.0]) + 0.1) / 0.35) / USUAL_GUIDANCE
    np.testing.assert_allclose(ladder[2:6], logs, rtol=0.04)
    assert exposures({"disregard_share": 1.0, "disregard_months": 99.0})[2] == pytest.approx(1.0 / USUAL_DISREGARD)


def test_help_without_more_talks_counts_and_the_exempted_cannot_be_exempted_again() -> None:
    assert exposures({"caseload": 50.0})[0] > 0.5
    lifted = {"search_duty": 0.0}
    assert exposures(lifted)[1] == pytest.approx(1.0)
    assert exposures(lifted, work_duty_exempt=1.0)[1] == 0.0


def test_who_is_off_benefit_is_not_exposed_and_a_disregard_that_ran_out_is_none() -> None:
    everything = {"contacts": 2.0, "search_duty": 0.0, "disregard_share": 0.5, "disregard_months": 600.0}
    assert exposures(everything, status=1.0) == [0.0, 0.0, 0.0]
    assert exposures({"disregard_share": 0.5, "disregard_months": 6.0}, disregard_months=6.0)[2] == 0.0


def test_exposure_is_felt_with_adaptation() -> None:
    here = laboratory(parameters={"adaptation.half_life": 3.0}, lever_since_start=0.0)
    set_lever(here.rows, "contacts", 1.0, background=False)
    felt = []

    def clock(t: int) -> None:
        here.rows["lever_since_start"] = np.full(1, float(t))

    for _ in range(4):
        here.live(1, clock)
        felt.append(float(here.rows["exposure_guidance"][0]))
    assert np.diff(felt).min() > 0
    assert felt[2] == pytest.approx(felt[0] / (1 - 2 ** (-1 / 3)) / 2, rel=1e-9), "half of it after the half-life"


def offer_odds(response: float) -> float:
    """Factor on the odds of an offer under the usual dose of guidance."""
    here = laboratory(parameters={**FULL, "response.guidance_work": response})
    set_lever(here.rows, "contacts", 1.0, background=False)
    set_lever(here.rows, "caseload", 82.5, background=False)
    here.live()
    return float(here.rows["offer_odds"][0])


def test_the_response_turns_offers_up_and_down_nearly_alike_and_never_below_none() -> None:
    assert offer_odds(0.0) == 1.0
    assert offer_odds(0.5) == pytest.approx(1.25**2, rel=1e-3)
    assert offer_odds(-0.5) == pytest.approx(0.75**2, rel=1e-3)
    assert offer_odds(-3.0) == 0.0


def test_search_moves_interviews_and_hardly_offers() -> None:
    people = plain_people(4000, seed=4)
    record = Record(snapshots=tuple(range(1, 13)), columns=("interviews", "offers"))
    found = []
    for value in (0.0, 0.8):
        job = Job(
            with_values(defaults(), {"response.guidance_search": value}),
            schedule_of(people, preset("intensive"), months=12),
            stream("search"),
        )
        found.append(simulate(people, [job], make_setting(people.start, 12), record)[0].snapshots.sum(axis=(0, 2)))
    ratio = found[1] / found[0]
    assert ratio[0] > 1.3
    assert ratio[1] == pytest.approx(1.0, abs=0.12)


@pytest.mark.parametrize("kind", TYPES)
def test_the_regular_regime_does_not_move_whatever_the_response(kind: str) -> None:
    """A scenario that changes nothing differs by exactly nothing."""
    people = plain_people(300, seed=2)
    record = Record(series=("on_benefit", "hours_over_12", "stress", "trust", "interviews"))
    moved = {
        f"response.{kind}_{what}": 0.8
        for what in ("work", "search", "mind", "stress", "trust", "efficacy", "belonging")
    }
    schedule = schedule_of(people, preset("regular"), months=14)
    jobs = [Job(values, schedule, stream("same")) for values in (defaults(), with_values(defaults(), moved))]
    one, other = simulate(people, jobs, make_setting(people.start, 14), record)
    assert np.array_equal(one.sums, other.sums)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("kind", TYPES)
def test_the_mind_follows_the_sign(kind: str, sign: float) -> None:
    levers = dict(preset({"guidance": "intensive"}.get(kind, kind)).levers)
    found = []
    for value in (0.0, sign):
        here = laboratory(parameters={**FULL, f"response.{kind}_mind": value})
        for name, at in levers.items():
            set_lever(here.rows, name, at, background=False)
        here.live()
        found.append([float(here.rows[f"{each}_drive"][0]) for each in ("stress", "trust", "efficacy", "belonging")])
    moved = np.array(found[1]) - np.array(found[0])
    np.testing.assert_allclose(moved, sign * np.array([-1.0, 1.0, 1.0, 0.5]), atol=2e-2)


def test_priors_take_no_side_and_towns_differ() -> None:
    each = [PARAMETERS[one.name] for one in MECHANISMS["response"].parameters]
    assert {one.value for one in each} == {0.0}
    assert all(one.low == -one.high for one in each)
    apart = {one.name for one in each if one.between > 0}
    assert apart == {f"response.{kind}_{what}" for kind in TYPES for what in ("work", "mind")}
    drawn = draw_priors(800, 1)
    column = list(PARAMETERS).index("response.guidance_work")
    # The deviation of a town that was not studied is in a draw: wider than the mean over towns alone.
    assert drawn[:, column].std() == pytest.approx(PARAMETERS["response.guidance_work"].sd * np.sqrt(2.0), rel=0.15)
