"""Accounts balance, transfers cancel, discounting has its closed form, nothing costs nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from analysis.cost.accounts import EFFECTS, LINES, PARTIES, book, discount, growth, lines_of
from analysis.cost.capacity import capacity, delivered
from analysis.cost.flows import QUANTITIES
from analysis.cost.of_run import Cost, _break_even, cost, sensitivity
from analysis.cost.prices import default_prices, read_prices
from analysis.cost.tables import acceptability_csv, cost_rows, rows_csv
from analysis.cost.text import account_table, capacity_table, effect_table
from scenarios.description.find import find_scenarios
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.run import execute
from sim.engine.simulate import Job, Record, Society
from sim.parameters import PARAMETERS
from sim.regime.levers import LEVERS


def made(*names: str, months: int = 6) -> Plan:
    return plan(find_scenarios(names), Options(people=120, months=months, draws=2, seeds=2))


@pytest.fixture(scope="module")
def found() -> Cost:
    return cost(made("regular", "null", "intensive", "keep_all"), default_prices(), partial(execute, workers=2))


def test_society_is_the_sum_of_the_parties(found: Cost) -> None:
    for scenario in found.scenarios[1:]:
        parties = sum(found.account(scenario, party) for party in PARTIES if party != "society")
        assert found.account(scenario, "society") == pytest.approx(parties, abs=1e-9)
        for line in LINES:
            parts = sum(found.replicates(scenario, line, party) for party in PARTIES if party != "society")
            assert found.replicates(scenario, line, "society") == pytest.approx(parts, abs=1e-9)


def test_transfers_cancel_and_only_they() -> None:
    random = np.random.default_rng(1)
    quantities = random.uniform(1.0, 9.0, size=(5, 12, len(QUANTITIES)))
    prices = read_prices(["budget_return=0.4", "setup_cost=100"])
    accounts = book(quantities, prices, date(2018, 1, 1), first=False)
    for place, line in enumerate(LINES.values()):
        total = accounts[..., place, :].sum(axis=-1)
        assert np.abs(accounts[..., place, :]).max() > 0.0
        if line.transfer:
            assert np.abs(total).max() < 1e-12, line.name
        else:
            assert np.abs(total).max() > 0.1, line.name


def test_nothing_costs_exactly_nothing(found: Cost) -> None:
    for party in PARTIES:
        net = found.net("null", party)
        assert (net.mean, net.low, net.high) == (0.0, 0.0, 0.0)
        assert found.break_even("null", party).never_apart
    for effect in EFFECTS:
        assert found.effect("null", effect).mean == 0.0
    assert delivered(found, "null", 1000.0, 50).people.middle == 50.0


def test_keeping_all_moves_money_from_town_to_people(found: Cost) -> None:
    assert found.net("keep_all", "participant").mean > 0.0
    assert found.net("keep_all", "municipality").mean < 0.0
    benefits = found.budget("keep_all", "benefits").mean
    staff, work = (found.budget("keep_all", name).mean for name in ("staff", "reintegration"))
    assert benefits + staff + work == pytest.approx(found.net("keep_all", "municipality").mean)


def test_discounting_has_its_closed_form() -> None:
    rate, months = 0.0225, 48
    monthly = (1.0 + rate) ** (1.0 / 12.0) - 1.0
    annuity = (1.0 - (1.0 + monthly) ** -months) / monthly
    assert discount(rate, months).sum() == pytest.approx(annuity, rel=1e-12)
    assert discount(0.0, 10).tolist() == [1.0] * 10
    assert discount(rate, 12)[-1] == pytest.approx(1.0 / (1.0 + rate))
    assert growth(0.02, date(2018, 1, 1), date(2020, 1, 1), 1)[0] == pytest.approx(1.02**2)


def test_a_level_stream_is_worth_the_annuity() -> None:
    quantities = np.zeros((24, len(QUANTITIES)))
    quantities[:, QUANTITIES.index("programme")] = 100.0
    accounts = book(quantities, default_prices(), date(2018, 1, 1), first=True)
    worth = (accounts.sum(axis=(1, 2)) * discount(0.05, 24)).sum()
    assert worth == pytest.approx(-100.0 * discount(0.05, 24).sum())


@pytest.mark.parametrize("taper", [0.0, 0.5])
def test_money_of_participants_is_their_income(taper: float) -> None:
    """Undiscounted, the account of participants is what they lived on: with tapers, claims, premiums and bonuses on."""
    names = ["regular", "keep_all", "premium", "exit_bonus", "simple_settlement"]
    sides = [replace(side, parameters={"settlement.taper": taper}) for side in find_scenarios(names)]
    assert LEVERS["allowance_lag"].regular > 0.0  # a part of what is lost is claimed back later
    ready = plan(sides, Options(people=150, months=14, draws=2, seeds=2))
    prices = read_prices(["discount_rate=0", "other_income_national=1"])
    seen = cost(ready, prices)
    for name in names[1:]:
        lived_on = seen.effect(name, "income").mean
        assert seen.net(name, "participant").mean == pytest.approx(lived_on, rel=1e-6, abs=1e-6)
        if taper and name == "keep_all":
            assert seen.line(name, "allowances", "participant").mean < 0.0


def test_hours_of_the_office_are_those_that_bound_the_contacts() -> None:
    """The rows that the stages record, beside the equations of the model page."""
    ready = made("regular", "weekly_coaching")
    side = ready.sides[1]
    job = Job(side.parameters[0], side.schedules[0], ready.keys[0])
    rows = ("contact_minutes", "staffed_hours", "place_capacity", "lever_group_share", "lever_caseload")
    record = Record(series=("stress",), columns=rows)
    society = Society(ready.population, job, side.setting, record, backend="numpy")
    society.run_to(3)
    column = {name: society.column(name) for name in ("contact_minutes", "staffed_hours")}
    levers = {name: society.column(f"lever_{name}") for name in ("group_share", "caseload")}
    p = dict(zip(PARAMETERS, side.parameters[0], strict=True))
    minutes = p["attention.minutes"] * (1.0 - levers["group_share"] * (1.0 - p["attention.group_minutes"]))
    assert np.allclose(column["contact_minutes"], minutes)
    hours = p["attention.hours"] * society.column("place_capacity") / levers["caseload"]
    assert np.allclose(column["staffed_hours"], hours)


def test_accounts_are_linear_in_prices(found: Cost) -> None:
    ready = made("regular", "null", "intensive", "keep_all")
    for scenario, price, end, number in sensitivity(ready, found, "municipality"):
        if scenario == "null" and price != "setup_cost":
            assert number.mean == 0.0
        if scenario == "intensive" and price == "caseworker_hour":
            each = found.prices.all[price]
            line = found.line(scenario, "caseworkers", "municipality").mean
            change = line * (getattr(each, end) / each.value - 1.0)
            net = found.net(scenario, "municipality").mean
            assert number.mean == pytest.approx(net + change)


def test_more_contacts_and_a_smaller_caseload_cost_caseworkers(found: Cost) -> None:
    regular, intensive = (capacity(found, name) for name in ("regular", "intensive"))
    assert intensive.planned.mean > 2.0 * regular.planned.mean
    assert intensive.caseworkers > 1.2 * regular.caseworkers
    for asked in (regular, intensive):
        assert asked.needed_hours.mean >= max(asked.staffed_hours.mean, asked.contact_hours.mean) - 1e-9
    assert found.line("intensive", "caseworkers", "municipality").mean < 0.0


def test_dear_indirect_hours_cost_caseworkers() -> None:
    ready = made("regular", "weekly_coaching")
    cheap, dear = (
        cost(ready, read_prices([f"indirect_hours={hours}"])).budget("weekly_coaching", "staff").mean
        for hours in (0.0, 4.0)
    )
    assert dear < cheap < 0.0


def test_a_larger_budget_reaches_more_people_up_to_all(found: Cost) -> None:
    reached = [delivered(found, "intensive", budget, 200) for budget in (0.0, 5_000.0, 10_000.0, 1e9)]
    people = [each.people.middle for each in reached]
    assert people[0] == 0.0
    assert people[1] < people[2]
    assert people[3] == 200.0
    assert reached[2].effects["wellbeing"].middle == pytest.approx(2.0 * reached[1].effects["wellbeing"].middle)


@pytest.mark.parametrize(
    ("path", "share", "month"),
    [
        ([[-3.0, -1.0, 0.0, 2.0]], 1.0, 3.0),
        ([[-3.0, 1.0, -1.0, 2.0]], 1.0, 4.0),
        ([[-3.0, -2.0, -1.0, -0.5], [-1.0, 2.0, 3.0, 4.0]], 0.5, 2.0),
        ([[1.0, 2.0, 3.0, 4.0]], 1.0, 1.0),
        ([[5.0, 4.0, 0.0, -1.0]], 0.0, np.nan),
    ],
)
def test_break_even_is_for_good(path: list[list[float]], share: float, month: float) -> None:
    even = _break_even(np.array(path))
    assert even.share == share
    assert even.month == pytest.approx(month, nan_ok=True)


def test_what_is_worth_more_is_more_acceptable(found: Cost) -> None:
    worth = np.linspace(0.0, 1e6, 50)
    share = found.acceptable("keep_all", "income", "municipality", worth)
    gained, _ = found.cloud("keep_all", "income", "municipality")
    assert (gained > 0).all()
    assert (np.diff(share) >= 0.0).all()
    assert share[-1] == 1.0


def test_every_row_has_interval_label_and_run(found: Cost) -> None:
    budgets = [("intensive", delivered(found, "intensive", 5_000.0, 100))]
    rows = list(cost_rows(found, "nl", budgets))
    assert {row.section for row in rows} == {"account", "break-even", "budget", "effect", "capacity", "fixed budget"}
    for row in rows:
        assert row.run_id == found.result.run_id
        assert row.validity
        assert row.calibration == "niet gekalibreerd"
        assert row.interval_holds
        if row.section != "break-even":
            assert np.isfinite([row.mean, row.low, row.high]).all()
            assert row.low <= row.mean <= row.high
    assert len(rows_csv(rows).splitlines()) == len(rows) + 1


def test_numbers_do_not_depend_on_the_workers(found: Cost) -> None:
    one = cost(made("regular", "null", "intensive", "keep_all"), default_prices(), partial(execute, workers=1))
    assert np.array_equal(one.quantities, found.quantities)
    assert one.result.digest() == found.result.digest()


def test_the_curve_has_an_interval_that_holds_it(found: Cost) -> None:
    rows = list(csv.DictReader(io.StringIO(acceptability_csv(found, "wellbeing", 1e5, "en"))))
    assert len(rows) == 3 * 2 * 21
    for row in rows:
        assert 0.0 <= float(row["low"]) <= float(row["share_of_draws"]) <= float(row["high"]) <= 1.0
        assert float(row["high"]) > float(row["low"])
        assert row["validity"]
        assert row["run_id"] == found.result.run_id


def test_half_of_the_people_by_lot_costs_about_half(tmp_path: Path) -> None:
    """What `--budget` reckons with: people do not get dearer because others take part."""
    half = tmp_path / "half.toml"
    half.write_text(
        'name = "half"\npopulation = "nijmegen"\nmonths = 12\n[assignment.shares]\nintensive = 0.5\nregular = 0.5\n'
    )
    sides = find_scenarios(["regular", "intensive", str(half)])
    ready = plan(sides, Options(people=1000, months=12, draws=3, seeds=2))
    seen = cost(ready, default_prices())
    whole, part = (float(seen.outlay(name).mean()) for name in ("intensive", "half"))
    assert part == pytest.approx(0.5 * whole, rel=0.12)
    gains = [seen.effect(name, "wellbeing").mean for name in ("intensive", "half")]
    assert gains[1] == pytest.approx(0.5 * gains[0], rel=0.12)


def test_every_account_names_the_prices_that_nobody_printed(found: Cost) -> None:
    rows = {
        (row.party, row.item): row
        for row in cost_rows(found, "en")
        if (row.section, row.scenario) == ("account", "intensive")
    }
    guessed = rows["municipality", "net"].prices_assumed
    assert "caseworker_hour" in guessed
    assert "earnings_tax" not in guessed
    assert "discount_rate" not in guessed  # verified
    assert rows["municipality", "caseworkers"].prices_assumed == "caseworker_hour, indirect_hours, cost_growth"
    assert rows["participant", "benefit"].prices_assumed == ""
    own = [f"{name}={found.prices[name]}" for name in found.prices.all]
    given = replace(found, prices=read_prices(own))
    assert {row.prices_assumed for row in cost_rows(given, "en")} == {""}
    _, _, printed = account_table(found, "en")
    town = next(cells for cells in printed if cells[:3] == ["intensive", "municipality", "together"])
    assert town[-1] == "not calibrated, inside; prices assumed"


def test_lines_move_the_money_of_who_they_say() -> None:
    for party in ("participant", "municipality", "national"):
        assert len(lines_of(party)) >= 5
    assert set(lines_of("society")) == {line.name for line in LINES.values() if not line.transfer}


def test_caseworkers_units_and_shares_have_an_interval(found: Cost) -> None:
    rows = list(cost_rows(found, "en"))
    shares = [row for row in rows if row.item == "share of draws" and row.scenario == "intensive"]
    assert len(shares) == len(PARTIES)
    assert all(0.0 <= row.low <= row.mean <= row.high <= 1.0 for row in shares)
    assert all(row.validity_reasons for row in rows if row.scenario == "keep_all")
    _, _, printed = capacity_table(found, "nl")
    assert all(" tot " in cells[-2] for cells in printed)
    _, heads, printed = effect_table(found, "en", "months_worked")
    assert "90% of the draws" in heads[-2]
    assert next(cells[-2] for cells in printed if cells[0] == "null") == "no difference"


def test_what_a_unit_costs_is_a_range_over_draws(found: Cost, monkeypatch: pytest.MonkeyPatch) -> None:
    def clouds(gained: list[float], spent: list[float]) -> None:
        monkeypatch.setattr(Cost, "cloud", lambda *_: (np.array(gained), np.array(spent)))

    clouds([1.0, 2.0, 4.0], [100.0, 100.0, 100.0])
    assert found.per_unit("intensive", "stress", "society") == (50.0, 25.0, 100.0)
    clouds([1.0, 0.0, -1.0], [-5.0, 5.0, 5.0])
    assert found.per_unit("intensive", "stress", "society") == (np.inf, -5.0, np.inf)
    # Dear and worse in no draw, cheap and worse in one: a ratio would read the wrong way round.
    clouds([1.0, -1.0], [100.0, -100.0])
    assert np.isnan(found.per_unit("intensive", "stress", "society")[0])


def test_the_figure_of_accounts_over_time_ends_in_the_numbers_of_the_table(found: Cost) -> None:
    """One recipe of the interval: the table said -385 to +94 where the figure showed -270 to +47."""
    for scenario in found.scenarios[1:]:
        for party in PARTIES:
            net = found.net(scenario, party)
            for path, end in zip(found.running(scenario, party), (net.mean, net.low, net.high), strict=True):
                assert len(path) == found.month
                assert path[-1] == pytest.approx(end, rel=1e-9, abs=1e-6)
