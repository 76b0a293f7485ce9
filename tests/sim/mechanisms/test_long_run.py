"""The long run, sanctions and offices: laws that hold under the prior, and facts at its medians."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.checks.long_run import HORIZONS, LEVELS, LONG_RUN, STOCK, long_run, stock_facts
from sim.engine.simulate import Job, Record, Society, simulate
from sim.parameters import defaults, draw_priors, switch_off, with_values
from sim.people.catalogue import load
from sim.people.population import Population
from sim.problems import Say
from sim.random_numbers import stream
from sim.regime.assignment import Everybody
from sim.regime.presets import preset, presets
from sim.regime.regime import Regime
from sim.regime.schedule import compile_schedule
from sim.setting import make_setting
from tests.reference.people import plain_people, schedule_of
from tests.sim.laboratory import laboratory

HARD = Regime("hard", Say("hard", "streng"), {"sanction_share": 1.0, "sanction_duration": 3})
SOFT = Regime("soft", Say("soft", "mild"), {"sanction_share": 0.3, "sanction_duration": 1})


@pytest.fixture(scope="module")
def cohort() -> dict[str, np.ndarray]:
    """Facts at the prior medians (row 0) and without differences between people (row 1)."""
    alike = switch_off(defaults(), ["movers_stayers"])
    return dict(zip(LONG_RUN, long_run([defaults(), alike], people=3000).T, strict=True))


@pytest.mark.parametrize("month", HORIZONS)
def test_new_people_stay_as_long_as_is_known(cohort: dict[str, np.ndarray], month: int) -> None:
    assert cohort[f"survival_{month}"][0] == pytest.approx(LEVELS[f"survival_{month}"].value, abs=0.03)


def test_they_come_back_as_often_as_is_known(cohort: dict[str, np.ndarray]) -> None:
    assert 0.17 <= cohort["return_work_12"][0] <= 0.23
    assert 0.30 <= cohort["return_work_60"][0] <= 0.40


def test_the_stock_is_as_it_is_known() -> None:
    facts = dict(zip(STOCK, stock_facts([defaults()], people=4000)[0], strict=True))
    assert 0.83 <= facts["stock_over_a_year"] <= 0.87
    assert 0.23 <= facts["outflow"] <= 0.30
    assert 0.075 <= facts["outflow_work"] <= 0.10
    assert 0.07 <= facts["part_time"] <= 0.09
    assert 0.07 <= facts["part_time_60"] <= 0.095


def test_movers_leave_and_stayers_stay(cohort: dict[str, np.ndarray]) -> None:
    """Differences between people alone make the hazard fall: alike, more leave late (after years)."""
    late = [np.log(cohort["survival_60"][row] / cohort["survival_120"][row]) for row in (0, 1)]
    assert late[1] > 1.4 * late[0]


def test_a_return_is_ever_less_likely() -> None:
    drives = laboratory(3, status=(1.0, 1.0, 2.0), months_out=(0.0, 60.0, 60.0)).live()["back_drive"]
    fresh = laboratory(1, status=2.0, months_out=0.0).live()["back_drive"]
    assert drives[1] < drives[0] - 1.0
    assert drives[2] < fresh[0] - 1.0


def test_a_threat_that_bites_more_moves_search_acceptance_fit_and_stress() -> None:
    rows = laboratory(2, lever_sanction_share=(0.3, 1.0), lever_sanction_duration=(1.0, 3.0)).live()
    for name, sign in {"search_drive": 1, "accept_drive": 1, "offer_fit": -1, "stress_drive": 1}.items():
        assert sign * (rows[name][1] - rows[name][0]) > 0.0, name
    free = {"lever_search_duty": 0.0, "lever_reintegration_duty": 0.0, "lever_quid_pro_quo": 0.0}
    free = {**free, "parameters": {"adaptation.half_life": 0.05}}
    none = laboratory(2, lever_sanction_share=(0.3, 1.0), lever_sanction_duration=(1.0, 3.0), **free).live()
    assert none["search_drive"][0] == none["search_drive"][1], "nobody is threatened without a duty"


def test_trust_falls_more_by_a_sanction_that_bites_more() -> None:
    cut = {"trust": 0.6, "motivation": 0.0, "u_sanction": 1e-6, "u_check": 0.9}
    rows = laboratory(2, lever_sanction_share=(0.3, 1.0), lever_sanction_duration=(1.0, 3.0), **cut).live()
    assert rows["trust"][1] < rows["trust"][0]


def _left_for_work(people: Population, regimes: list[Regime], vectors: np.ndarray) -> np.ndarray:
    """Share that left for work within 24 months, shape [vectors, regimes]."""
    setting = make_setting(people.start, 24, market="flat", lockdown=False)
    record = Record(snapshots=(24,), columns=("first_exit_work",))
    shares = []
    for vector in vectors:
        named = {each.name: each for each in regimes}
        schedules = [
            compile_schedule(people, {**presets(), **named}, Everybody(name), months=24, background=preset("regular"))
            for name in named
        ]
        jobs = [Job(vector, schedule, stream("sanctions")) for schedule in schedules]
        shares.append([float((one.snapshots[0, 0] > 0).mean()) for one in simulate(people, jobs, setting, record)])
    return np.array(shares)


def test_harder_sanctions_raise_exit_and_an_exit_bonus_does_nothing_sure() -> None:
    """Rotterdam (van der Klaauw and van Ours 2013), as prior: P(more exit) > 0.9; the bonus covers zero."""
    people = load("nijmegen_eligible", people=3000)
    found = _left_for_work(people, [HARD, SOFT, preset("regular"), preset("bonus")], draw_priors(20, 5))
    assert (found[:, 0] > found[:, 1]).mean() > 0.9
    gained = found[:, 3] - found[:, 2]
    assert gained.min() <= 0.0 <= gained.max()
    assert abs(gained.mean()) < 0.005


def test_more_effort_more_interviews_and_fewer_jobs_is_possible() -> None:
    """The slopes of the push are free: with these, all three hold at once; with none, pressure helps to a job."""
    push = {"pushed_effort.interviews": 0.5, "pushed_effort.offers": 1.5}
    quiet = {"obligations.search": 0.4, "obligations.accept": 0.0, "autonomy.crowds": 0.0, "obligations.fit": 0.0}
    n = 4000
    odds = {"u_interviews": np.linspace(0.0, 1.0, n, endpoint=False), "u_offer": 0.5}

    def lived(search_duty: float, parameters: dict[str, float]) -> dict[str, float]:
        rows = laboratory(n, lever_search_duty=search_duty, parameters={**quiet, **parameters}, **odds).live()
        expected = rows["offer_odds_own"] / (rows["offer_odds_own"] + np.exp(-rows["offer_drive"]))
        return {
            "applications": float(rows["applications"].mean()),
            "interviews": float(rows["interviews"].mean()),
            "jobs": float((rows["interviews"] * expected).mean()),
        }

    pushed, left = lived(1.0, push), lived(0.0, push)
    assert pushed["applications"] > left["applications"]
    assert pushed["interviews"] > left["interviews"]
    assert pushed["jobs"] < left["jobs"]
    none = {"pushed_effort.interviews": 0.0, "pushed_effort.offers": 0.0}
    assert lived(1.0, none)["jobs"] > lived(0.0, none)["jobs"]


def test_regular_policy_does_not_make_itself_richer() -> None:
    people = load("netherlands", people=3000, inflow_months=60)
    schedule = compile_schedule(people, presets(), Everybody("regular"), months=60, background=preset("regular"))
    setting = make_setting(people.start, 60, market="flat", lockdown=False)
    society = Society(people, Job(defaults(), schedule, stream("own budget")), setting, Record())
    society.run_to(60)
    capacity = np.stack(society.capacity)
    assert capacity.shape[0] == 5
    assert np.abs(capacity - 1.0).max() < 0.05


def test_a_saving_against_the_own_budget_buys_hours() -> None:
    people = plain_people(400)
    schedule = schedule_of(people, preset("regular"), months=30)
    moved = with_values(defaults(), {"budget_loop.stock_half_life": 240.0})

    def hours(values: np.ndarray) -> float:
        society = Society(people, Job(values, schedule, 1), make_setting(people.start, 30), Record(), backend="numpy")
        society.run_to(30)
        return float(society.capacity[-1][0])

    assert hours(moved) > hours(defaults()) + 0.05, "a budget that falls less leaves a saving"


def test_the_last_in_the_queue_get_no_planned_contact() -> None:
    few = {"lever_contacts": 1.0, "lever_unserved": 0.3, "lever_own_initiative": 0.0, "u_contact_taken": 0.5}
    alone = {**few, "parameters": {"attention.own_contacts": 0.0, "attention.tailors": 0.0}}
    assert laboratory(3, service_rank=(0.1, 0.69, 0.71), **alone).live()["contacts"].tolist() == [1.0, 1.0, 0.0]


def test_a_new_way_of_working_is_learned() -> None:
    here = laboratory(3, lever_contacts=(1.0, 1.0, 0.25), lever_since_start=(1.0, 24.0, 1.0))
    here.rows["lever_bg_contacts"] = np.full(3, 0.25)
    skilled = here.live()["skilled"]
    assert skilled[0] < skilled[1] < skilled[2] + 1e-12
