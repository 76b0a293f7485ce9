"""Laws of the society: what must hold whatever the parameters are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.simulate import Job, Record, Society
from sim.parameters import MECHANISMS, PARAMETERS, defaults, draw_priors, switch_off, with_values
from sim.people.columns import COLUMNS, FLOWS, STATES
from sim.people.population import Population
from sim.problems import Say
from sim.random_numbers import stream
from sim.regime.presets import preset, presets
from sim.regime.regime import Change, Regime
from sim.regime.schedule import Schedule
from sim.setting import make_setting
from tests.reference.people import plain_people, random_people, schedule_of
from tests.sim.laboratory import laboratory

seeds = st.integers(0, 2**32 - 1)
KEPT = tuple(dict.fromkeys([*STATES, *FLOWS]))


def lived(
    people: Population,
    schedule: Schedule,
    months: int,
    parameters: np.ndarray | None = None,
    *,
    seed: int = 1,
    snapshots: tuple[int, ...] = (),
) -> np.ndarray:
    """Return every state and flow of everybody at the end of the run, or of the snapshots."""
    at = snapshots or (months,)
    job = Job(defaults() if parameters is None else parameters, schedule, stream("law", seed))
    society = Society(
        people, job, make_setting(people.start, months), Record(snapshots=at, columns=KEPT), backend="numpy"
    )
    found = []
    for month in at:
        society.run_to(month)
        found.append(np.stack([society.column(name) for name in KEPT]))
    return np.stack(found)


def people_of_random_lives(n: int, seed: int) -> dict[str, np.ndarray]:
    """Columns of random people as rows of the laboratory."""
    people = random_people(n, seed)
    return {name: people[name] for name in {**people.columns}} | {"status": np.zeros(n)}


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(0, 1), st.floats(0, 1), st.floats(0, 3000), st.floats(0, 1000), st.integers(0, 60))
def test_more_disregard_never_lowers_income_at_the_same_hours(
    seed: int, share: float, more: float, cap: float, higher: float, months: int
) -> None:
    columns = people_of_random_lives(40, seed)
    luck = np.random.default_rng(seed)
    columns |= {f"u_{name}": luck.random(40) for name in ("settlement_error", "sanction", "check")}
    levers = {
        "lever_statutory_disregard": luck.integers(0, 2, 40) * 1.0,
        "lever_settlement_noise": luck.random(40),
        "lever_allowance_lag": luck.random(40) * 12.0,
    }
    taper = {"settlement.taper": luck.random(40) * 0.6, "settlement.error": luck.random(40)}

    def income(share: float, cap: float, months: int, shock: float) -> np.ndarray:
        here = laboratory(
            40,
            parameters=taper,
            lever_disregard_share=share,
            lever_disregard_cap=cap,
            lever_disregard_months=months,
            u_expense_shock=shock,
            **columns,
            **levers,
        )
        income: np.ndarray = here.live()["income"]
        return income

    less = (share, cap, months)
    for larger in (
        (min(share + more, 1.0), cap, months),
        (share, min(cap + higher, 3000.0), months),
        (share, cap, months + 12),
        (min(share + more, 1.0), min(cap + higher, 3000.0), months + 12),
    ):
        quiet = income(*larger, 0.5) - income(*less, 0.5)
        claim = income(*larger, 0.99) - income(*less, 0.99)
        assert (quiet >= -1e-9).all()
        # Allowances are claimed back in one month of twelve: that month may be worse, the year is not.
        assert (11.0 * quiet + claim >= -1e-7).all()


def test_negative_control_a_smaller_disregard_does_lower_income() -> None:
    earns = {"hours": 12.0, "contract": 2.0, "wage": 1.0, "lever_statutory_disregard": 0.0}
    kept = {"lever_disregard_cap": 200.0, "lever_disregard_months": 60.0}
    high = laboratory(1, **earns, **kept, lever_disregard_share=0.5).live()["income"]
    low = laboratory(1, **earns, **kept, lever_disregard_share=0.2).live()["income"]
    assert low[0] < high[0] - 50.0


def test_without_contact_no_coaching_and_no_brokerage() -> None:
    """With neither contacts nor room for own initiative nothing about the content of contacts matters."""
    people = plain_people(150)
    silent = Regime("silent", Say("", ""), {"contacts": 0.0, "own_initiative": 0.0, "caseload": 125.0})
    talk = {"personal_content": 0.9, "work_content": 0.9, "self_reliance_training": 1.0, "group_share": 0.0}
    strong = dict.fromkeys(("coaching.lock_in", "coaching.efficacy", "coaching.venture"), 2.5)
    strong |= {"coaching.gain": 1.0, "attention.brokerage": 0.5, "attention.kappa": 5.0}
    strong |= {"own_direction.learning": 0.5, "caseworkers.sigma": 1.5, "attention.minutes": 150.0}

    def life(levers: dict[str, float], parameters: dict[str, float]) -> dict[str, np.ndarray]:
        moved = {f"lever_{name}": value for name, value in (dict(silent.levers) | levers).items()}
        rows: dict[str, np.ndarray] = laboratory(population=people, luck=3, parameters=parameters, **moved).live(24)
        return rows

    plain, coached = life({}, {}), life(talk, strong)
    for name in (*STATES, *FLOWS):
        np.testing.assert_array_equal(plain[name], coached[name], err_msg=name)
    assert (life({"contacts": 1.0}, {})["efficacy"] != life(talk | {"contacts": 1.0}, strong)["efficacy"]).any()


def test_duties_that_nobody_feels_equal_exemption_without_attention() -> None:
    """Regular duties at zero weight, with a neutral tone, equal no duties at all with a neutral tone."""
    people = plain_people(150)
    alone = {"lever_contacts": 0.0, "lever_own_initiative": 0.0, "lever_tone": 0.0}
    duties = {"lever_search_duty": 0.0, "lever_reintegration_duty": 0.0, "lever_quid_pro_quo": 0.0}
    unfelt = {f"adaptation.weight_{name}": 0.0 for name in ("search", "reintegration", "quid")}
    unfelt |= {"obligations.sanction_rate": 0.0}

    exempt = laboratory(population=people, luck=4, **alone, **duties).live(24)
    unmoved = laboratory(population=people, luck=4, parameters=unfelt, **alone).live(24)
    regular = laboratory(population=people, luck=4, **alone).live(24)
    for name in (*STATES, *FLOWS):
        np.testing.assert_array_equal(exempt[name], unmoved[name], err_msg=name)
    assert (regular["stress"] != exempt["stress"]).any()


def test_all_mechanisms_off_gives_the_constant_hazard_of_the_closed_form() -> None:
    """Without mechanisms the months on benefit are geometric, with the hazard worked out by hand."""
    from lifelines import KaplanMeierFitter
    from scipy.special import expit
    from scipy.stats import poisson

    n, months = 4000, 24
    everything = [name for name, each in MECHANISMS.items() if not each.core]
    values = switch_off(defaults(), everything, core=True)
    values = with_values(values, {"market.rate": 0.6, "market.offer": 0.0, "leaving.other": -4.0})
    # A partner earns the norm: whoever finds any work leaves, so that there is no part-time work on benefit.
    alike = {"age": 30.0, "household": 2.0, "partner_earnings": 3000.0, "hours": 0.0, "contract": 0.0}
    people = plain_people(n, **alike, wage=0.0, fit=0.0, efficacy=0.5)
    job = Job(values, schedule_of(people, preset("regular"), months=months), stream("hazard"))
    society = Society(people, job, make_setting(people.start, months), Record(), backend="numpy")
    society.run_to(months)

    p = dict(zip(PARAMETERS, values.tolist(), strict=True))
    effort = expit(p["search.base"])
    rate = p["market.rate"] * effort * (1 + p["market.bend"]) / (effort + p["market.bend"])
    refused = 1.0 - expit(p["market.offer"])
    met = [*poisson.pmf(range(4), rate), poisson.sf(3, rate)]
    offer = 1.0 - sum(chance * refused**number for number, chance in enumerate(met))
    found = offer * expit(p["market.accept"])
    work = found + (1 - found) * expit(p["market.venture"])
    leave = work + (1 - work) * expit(p["leaving.other"])

    month = society.column("first_exit_any")
    gone = month > 0
    km = KaplanMeierFitter(alpha=0.001).fit(np.where(gone, month, months), gone)
    band = km.confidence_interval_.loc[1:months].to_numpy()
    expected = (1 - leave) ** np.arange(1, months + 1)
    assert ((band[:, 0] <= expected) & (expected <= band[:, 1])).all()
    # First exits only: who left otherwise may come back and leave for work later.
    by_work = (society.column("first_exit_work") == month)[gone].mean()
    assert by_work == pytest.approx(work / leave, abs=4 * np.sqrt(0.25 / gone.sum()))
    # Negative control: a hazard a fifth higher falls outside the band.
    assert (band[:, 0] > (1 - 1.2 * leave) ** np.arange(1, months + 1)).any()


@settings(max_examples=8, deadline=None)
@given(seeds, st.integers(0, 8))
def test_adding_one_person_changes_nobody_else(seed: int, extra: int) -> None:
    people = random_people(9, seed)
    values = switch_off(draw_priors(1, seed)[0], ["budget_loop"])
    others = np.arange(9) != extra
    regime = preset("intensive")
    with_one = lived(people, schedule_of(people, regime, months=10), 10, values)
    fewer = people.take(others)
    without = lived(fewer, schedule_of(fewer, regime, months=10), 10, values)
    np.testing.assert_array_equal(with_one[:, :, others], without)


def test_negative_control_with_the_budget_loop_people_do_meet() -> None:
    people = plain_people(12)
    values = with_values(defaults(), {"budget_loop.refill": 0.0, "leaving.other": -2.0})
    regime = Regime("busy", Say("", ""), {"contacts": 8.0})
    whole = lived(people, schedule_of(people, regime, months=12), 12, values)[:, :, :11]
    fewer = people.take(np.arange(11))
    assert (whole != lived(fewer, schedule_of(fewer, regime, months=12), 12, values)).any()


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0, 50_000), st.floats(1, 100_000))
def test_more_debt_never_means_less_stress(seed: int, debt: float, more: float) -> None:
    columns = people_of_random_lives(30, seed)
    luck = np.random.default_rng(seed)
    columns |= {f"u_{name}": luck.random(30) for name in ("expense_shock", "stress_shock_a", "stress_shock_b")}
    low = laboratory(30, **(columns | {"debt": debt})).live()
    high = laboratory(30, **(columns | {"debt": debt + more})).live()
    assert (high["scarcity"] >= low["scarcity"]).all()
    assert (high["stress"] >= low["stress"]).all()
    assert (high["bandwidth"] <= low["bandwidth"]).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_regime_that_changes_nothing_differs_by_exactly_zero(seed: int) -> None:
    people = random_people(20, seed)
    regular = preset("regular")
    nothing = Regime("nothing", Say("nothing", "niets"))
    stated = Regime("stated", Say("stated", "gezegd"), {"contacts": 0.25, "tone": -0.2}, months=6)
    base = lived(people, schedule_of(people, regular, months=14), 14)
    for regime in (nothing, stated):
        np.testing.assert_array_equal(base, lived(people, schedule_of(people, regime, months=14), 14))


def test_months_before_the_policy_are_the_same_in_every_regime() -> None:
    """Every preset starts in month 7; until month 6 nobody can tell which it will be."""
    few = plain_people(6)
    chosen = [regime for regime in presets().values() if regime.after is None and regime.to_date is None]
    crowd = copies(few, len(chosen))
    schedule = schedule_of(crowd, *chosen, months=12, start_month=7)
    before, after = lived(crowd, schedule, 12, snapshots=(6, 12)).reshape(2, len(KEPT), len(chosen), 6)
    assert (before == before[:, :1]).all()
    assert (after != after[:, :1]).any(axis=(0, 2)).sum() >= len(chosen) // 2


def test_a_change_within_a_run_acts_from_its_month_on() -> None:
    """Own clock, calendar and ramp: equal to the last bit before, different after."""
    few = plain_people(25)
    same = {"contacts": 1.0, "personal_content": 0.4, "caseload": 40.0}
    changes = [
        (),
        (Change({"contacts": 4.0}, from_month=8),),
        (Change({"tone": 1.0}, from_month=8, ramp_months=3),),
        (Change({"search_duty": 0.0}, from_date=date(2018, 8, 1)),),
        (Change({"settlement_noise": 0.0, "settlement_delay": 0.0}, from_month=8, to_month=9),),
    ]
    chosen = [Regime(f"r{k}", Say("", ""), same, changes=made) for k, made in enumerate(changes)]
    crowd = copies(few, len(chosen))
    found = lived(crowd, schedule_of(crowd, *chosen, months=10), 10, snapshots=(7, 8, 10))
    before, first, later = found.reshape(3, len(KEPT), len(chosen), 25)
    assert (before == before[:, :1]).all()
    assert (first != first[:, :1]).any(axis=(0, 2)).tolist() == [False, True, True, True, True]
    assert (later != later[:, :1]).any(axis=(0, 2)).tolist() == [False, True, True, True, True]


def copies(people: Population, times: int) -> Population:
    """The same people, with the same luck, `times` over: each copy its own arm and its own caseworkers."""
    n = len(people)
    width = int(people.caseworker.max()) + 1
    return replace(
        people,
        person=np.tile(people.person, times),
        municipality=np.tile(people.municipality, times),
        caseworker=np.concatenate([people.caseworker + width * k for k in range(times)]),
        arm=np.repeat(np.arange(times), n).astype(np.int16),
        arms=tuple(f"copy{k}" for k in range(times)),
        columns={name: np.tile(values, times) for name, values in people.columns.items()},
    )


def test_every_recorded_column_has_a_meaning_and_a_unit() -> None:
    assert all(column.text and column.unit and column.low < column.high for column in COLUMNS.values())
