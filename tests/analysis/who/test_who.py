"""For whom: nobody gains by nothing, persons add up to the run, small groups stay hidden."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from analysis.who.by_group import Who, WhoRow, Winners, _rows, who
from analysis.who.groups import FAMILIES, groups_of
from analysis.who.outcomes import OUTCOMES
from analysis.who.tables import who_csv, who_records, who_table
from scenarios.description.find import find_scenarios
from scenarios.description.people import people_of
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.run import execute


def made(*names: str, people: int = 150, draws: int = 2, seeds: int = 2) -> Plan:
    return plan(find_scenarios(names), Options(people=people, months=6, draws=draws, seeds=seeds))


@pytest.fixture(scope="module")
def found() -> Who:
    return who(made("regular", "null", "intensive"), partial(execute, workers=2))


def test_nobody_is_better_or_worse_off_by_nothing(found: Who) -> None:
    rows = [row for row in found.rows if row.scenario == "null" and not row.suppressed]
    assert len(rows) > 200
    for row in rows:
        for estimate in (row.effect, row.shrunk, row.better, row.worse):
            assert (estimate.mean, estimate.low, estimate.high) == (0.0, 0.0, 0.0)


def test_a_policy_does_something_to_somebody(found: Who) -> None:
    row = next(row for row in found.select("intensive", "stress") if row.family == "all")
    assert row.better.mean > 0.0
    assert row.effect.low < row.effect.mean < row.effect.high


def test_the_run_is_that_of_compare(found: Who) -> None:
    again = execute(made("regular", "null", "intensive"))
    assert found.result.digest() == again.digest()


def test_everybody_together_is_the_difference_of_the_run(found: Who) -> None:
    """The mean over persons of their differences is the difference of the means of the run."""
    for outcome in ("stress", "wellbeing", "on_benefit", "months_worked"):
        row = found.select("intensive", outcome)[0]
        whole = found.summary.difference("intensive", OUTCOMES[outcome].column, 6)
        assert row.effect.mean == pytest.approx(whole.mean, abs=2e-6)
        assert row.effect.parameter_sd == pytest.approx(whole.parameter_sd, abs=2e-5)


def test_groups_of_a_family_add_up_to_everybody(found: Who) -> None:
    rows = found.select("intensive", "wellbeing")
    whole = rows[0]
    for family in ("obstacles", "stress_start", "view", "mental"):
        parts = [row for row in rows if row.family == family]
        assert sum(row.people for row in parts) == whole.people
        if not any(row.suppressed for row in parts):
            mean = sum(row.people * row.effect.mean for row in parts) / whole.people
            assert mean == pytest.approx(whole.effect.mean, abs=1e-9)


def test_numbers_do_not_depend_on_the_workers(found: Who) -> None:
    one = who(made("regular", "null", "intensive"), partial(execute, workers=1))
    assert repr(one.rows) == repr(found.rows)


def test_the_questions_of_the_issue_have_a_family() -> None:
    asked = {"obstacles", "mental", "stress_start", "bandwidth_start", "household", "spell", "education", "view"}
    assert asked <= set(FAMILIES)


def test_small_groups_are_hidden_everywhere() -> None:
    few = who(made("regular", "intensive", people=40), partial(execute, workers=1))
    small = [row for row in few.rows if row.suppressed]
    assert small
    assert all(np.isnan(row.effect.mean) and np.isnan(row.shrunk.mean) for row in small)
    assert all(np.isnan(row.better.mean) and np.isnan(row.worse.mean) for row in small)
    rows = list(csv.DictReader(io.StringIO(who_csv(list(who_records(few, "en"))))))
    hidden = [row for row in rows if row["suppressed"] == "True"]
    assert len(hidden) == len(small)
    numbers = [
        name for name in rows[0] if name.split("_")[0] in ("people", "effect", "shrunk", "contrast", "better", "worse")
    ]
    assert len(numbers) == 26
    assert {row[name] for row in hidden for name in [*numbers, "weight"]} == {""}
    _, _, printed = who_table(few, "intensive", "stress", "nl")
    assert any(cells[1].startswith("verborgen") and set(cells[2:]) == {""} for cells in printed)


def test_a_single_small_group_cannot_be_found_by_subtraction() -> None:
    population = people_of("nijmegen", 200, None, 0)
    debt = np.zeros(200)
    debt[:4] = 1.0
    columns = {**population.columns, "problem_debt": debt}
    groups = groups_of(replace(population, columns=columns))
    at = [place for place, (family, _) in enumerate(groups.names) if family == "problem_debt"]
    assert groups.sizes[at].tolist() == [196, 4]
    assert groups.hidden[at].all()
    assert not groups.hidden[0]


def test_those_who_enter_later_are_not_counted() -> None:
    ready = plan(
        find_scenarios(["netherlands_regular", "netherlands_intensive"]),
        Options(people=200, months=4, draws=1, seeds=1, inflow=True),
    )
    seen = who(ready)
    assert seen.entered > 0
    assert seen.people + seen.entered == len(ready.population)
    assert all(row.people <= seen.people for row in seen.rows)


def test_one_draw_has_no_parameter_uncertainty() -> None:
    row = who(made("regular", "intensive", draws=1)).select("intensive", "stress")[0]
    assert np.isnan(row.effect.parameter_sd)
    assert row.shrunk.low < row.shrunk.mean < row.shrunk.high


def planted(draws: int = 4, seeds: int = 2) -> list[WhoRow]:
    """Everybody gains, by a size that the draw decides; twelve people with debts meet nothing at all."""
    ready = made("regular", "intensive", people=200, draws=draws, seeds=seeds)
    debt = np.zeros(200)
    debt[:12] = 1.0
    people = replace(ready.population, columns={**ready.population.columns, "problem_debt": debt})
    groups = groups_of(people)
    winners = Winners(ready, groups)
    place = list(OUTCOMES).index("wellbeing")
    base = {"outcomes": np.zeros((len(OUTCOMES), 200))}
    random = np.random.default_rng(3)
    for draw in range(draws):
        for seed in range(seeds):
            mine = np.zeros((len(OUTCOMES), 200))
            mine[place] = (0.5 + 0.2 * draw + random.normal(0.0, 0.4, 200)) * (debt == 0)
            winners.take((base, {"outcomes": mine}), draw, seed)
    rows = [row for row in _rows(who(ready).result, winners) if row.outcome == "wellbeing"]
    assert next(row for row in rows if row.family == "problem_debt").people == 188
    return rows


def test_few_people_alike_are_no_certainty() -> None:
    row = next(row for row in planted() if (row.family, row.group) == ("problem_debt", "yes"))
    assert (row.people, row.effect.mean, row.better.mean) == (12, 0.0, 0.0)
    assert row.shrunk.low < row.shrunk.mean < row.shrunk.high
    assert row.shrunk.monte_carlo_se > 0.0
    assert 0.0 < row.better.high < 0.5
    assert row.better.low == 0.0


def test_a_group_is_set_against_everybody() -> None:
    rows = planted()
    everybody = rows[0]
    assert np.isnan(everybody.contrast.mean)
    row = next(row for row in rows if (row.family, row.group) == ("problem_debt", "yes"))
    assert row.contrast.mean == pytest.approx(row.shrunk.mean - everybody.effect.mean)
    assert row.contrast.high < 0.0
    # What moves all alike is in the effects and not in what sets most people apart.
    most = next(row for row in rows if (row.family, row.group) == ("problem_debt", "no"))
    assert most.contrast.parameter_sd < 0.3 * most.shrunk.parameter_sd


def test_with_one_seed_the_parameters_stay_in_the_shrunk_interval() -> None:
    one, two = planted(draws=6, seeds=1)[0], planted(draws=6, seeds=2)[0]
    assert np.isnan(one.shrunk.parameter_sd)
    wide = [row.shrunk.high - row.shrunk.low for row in (one, two)]
    assert wide[0] > 0.8 * wide[1]
