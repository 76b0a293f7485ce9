"""Projections: null contrasts are exactly zero, nothing moves before the policy, labels follow the tail."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from analysis.effects.summary import Summary, summarise
from analysis.effects.validity import Label
from analysis.projection.policies import Policy, answers, marks_of, policies, question
from analysis.projection.variants import plan_variants, spread
from scenarios.description.find import find_scenario
from scenarios.description.schema import Scenario, read_scenario
from scenarios.execution.plan import Options, plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import execute
from sim.problems import InputError

SIZES = Options(people=120, draws=3, seeds=2, months=30)


def scenario(name: str) -> Scenario:
    return replace(find_scenario(name), groups=())


@pytest.fixture(scope="module")
def made() -> tuple[RunResult, Summary, list[Policy]]:
    baseline, found = policies([scenario("intensive")], treatments=(12, 24, 0), endings=(True, False))
    result = execute(plan([baseline, *(each.scenario for each in found)], SIZES))
    return result, replace(summarise(result), marks=marks_of(30, found)), found


def test_every_length_and_ending_is_there_once(made: tuple[RunResult, Summary, list[Policy]]) -> None:
    result, summary, found = made
    assert result.scenarios == (
        "regular",
        *("intensive-12m", "intensive-12m-silent", "intensive-24m", "intensive-24m-silent"),
        "intensive-always",
    )
    assert [each.ends for each in found] == [12, 12, 24, 24, None]
    assert summary.key_months() == (12, 24, 30)


def test_lengths_are_the_same_until_one_stops(made: tuple[RunResult, Summary, list[Policy]]) -> None:
    """Silent ends: nobody can know, so that every month before the end is equal to the last bit."""
    values = made[0].values
    names = list(made[0].scenarios)
    silent, longer, always = (
        values[names.index(name)] for name in ("intensive-12m-silent", "intensive-24m-silent", "intensive-always")
    )
    np.testing.assert_array_equal(silent[..., :12, :], always[..., :12, :])
    np.testing.assert_array_equal(longer[..., :24, :], always[..., :24, :])
    assert (silent[..., 12:, :] != always[..., 12:, :]).any()


def test_months_before_the_policy_are_those_of_the_baseline() -> None:
    text = "start_month = 7\n" + find_scenario("intensive").text
    late = read_scenario(tomllib.loads(text), text=text)
    baseline, found = policies([replace(late, groups=())], treatments=(6,), endings=(False,))
    assert found[0].ends == 12
    options = replace(SIZES, months=12)
    result = execute(plan([baseline, found[0].scenario], options))
    np.testing.assert_array_equal(result.values[0][..., :6, :], result.values[1][..., :6, :])
    assert (result.values[0][..., 6:, :] != result.values[1][..., 6:, :]).any()


def test_contrasts_are_exact_sums_of_the_replicates(made: tuple[RunResult, Summary, list[Policy]]) -> None:
    result, summary, found = made
    rows = list(answers(result, summary, found, ["stress"]))
    assert {row.kind for row in rows} == {"longer", "since_end", "announced"}
    stress = dict(zip(result.scenarios, result.measure("stress")[..., 0, :], strict=True))

    def row(kind: str, name: str, month: int) -> object:
        return next(r for r in rows if (r.kind, r.scenario, r.month) == (kind, name, month))

    longer = row("longer", "intensive-24m", 24)
    expected = (stress["intensive-24m"] - stress["intensive-12m"])[..., 23].mean()
    assert longer.mean == pytest.approx(expected, abs=1e-12)
    fade = row("since_end", "intensive-12m", 30)
    effect = stress["intensive-12m"] - stress["regular"]
    assert fade.mean == pytest.approx((effect[..., 29] - effect[..., 11]).mean(), abs=1e-12)
    assert "since the end" in question(fade, {}, "en")
    announced = row("announced", "intensive-24m", 24)
    assert announced.baseline == "intensive-24m-silent"
    # Nobody looks ahead to a silent end: before month 12 lengths with a silent end do not differ at all.
    twelve = next(
        r
        for r in rows
        if (r.kind, r.scenario, r.baseline, r.month) == ("longer", "intensive-24m-silent", "intensive-12m-silent", 12)
    )
    assert (twelve.mean, twelve.low, twelve.high) == (0.0, 0.0, 0.0)


def test_a_stopped_treatment_is_labelled_by_its_tail(made: tuple[RunResult, Summary, list[Policy]]) -> None:
    summary = made[1]
    assert summary.difference("intensive-12m", "stress", 12).validity == Label.INSIDE
    late = summary.difference("intensive-12m", "stress", 24)
    assert late.validity == Label.EXTRAPOLATED
    assert "12 months after the end" in late.reasons.en
    assert summary.difference("intensive-always", "stress", 24).validity == Label.INSIDE
    assert summary.level("regular", "stress", 24).validity == Label.INSIDE


def test_every_row_is_labelled_and_carries_its_run(made: tuple[RunResult, Summary, list[Policy]]) -> None:
    for row in answers(*made, ["on_benefit"]):
        assert row.label("nl").startswith("niet gekalibreerd, ")
        assert row.run_id == made[0].run_id
        assert row.low <= row.mean <= row.high


def test_a_market_that_did_not_happen_is_never_inside() -> None:
    baseline, found = policies([scenario("intensive")], market="slack")
    result = execute(plan([baseline, found[0].scenario], replace(SIZES, months=6)))
    summary = summarise(result)
    assert {each.label for side in summary.validity for each in side} == {Label.EXTRAPOLATED}
    assert "'slack' that did not happen" in summary.difference("intensive", "stress", 6).reasons.en


def test_the_law_beyond_the_last_known_date_is_labelled() -> None:
    old = scenario("regular")
    text = old.text + "start = 2026-01-01\n"
    future = read_scenario(tomllib.loads(text), text=text)
    result = execute(plan([replace(future, groups=())], Options(people=40, months=24, draws=1, seeds=1)))
    beyond = int(result.provenance.law["months_beyond_known_law"])
    assert 0 < beyond < 24
    summary = summarise(result)
    labels = [each.label for each in summary.validity[0]]
    assert labels == [Label.INSIDE] * (24 - beyond) + [Label.EXTRAPOLATED] * beyond
    assert f"law of the last {beyond} months not known yet" in summary.validity[0][-1].reasons("en")


def test_problems_of_all_scenarios_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        policies([scenario("learning_start"), scenario("coaching_then_exemption")], treatments=(12,))
    assert len(caught.value.problems) == 2


def test_variants_spread_around_the_whole_and_an_idle_mechanism_adds_nothing() -> None:
    policy = replace(scenario("exemption"), months=6)
    options = Options(people=80, draws=2, seeds=2, months=6)
    baseline, found = policies([policy])
    summary = summarise(execute(plan([baseline, found[0].scenario], options)))
    ready = plan_variants(found[0].scenario, options, ["anticipation", "obligations"])
    (one,) = spread(ready, summary, measures=["stress"], months=[6])
    whole = summary.difference("exemption", "stress", 6).mean
    assert one.whole == pytest.approx(whole, abs=1e-12)
    assert one.variants == 2
    # No end is announced: without anticipation nothing changes, so the whole is an end of the spread.
    assert one.whole in (pytest.approx(one.low, abs=1e-12), pytest.approx(one.high, abs=1e-12))
    assert one.low < one.high
    assert one.validity == Label.INSIDE
