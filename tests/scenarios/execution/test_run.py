"""Laws of a run: the same numbers for any way of doing it, exact zeros, failures told and never averaged."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from scenarios.description.find import find_scenario, find_scenarios
from scenarios.description.schema import read_scenario
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import RunFailedError, execute
from sim.engine.simulate import Job, Outcome, simulate
from sim.parameters import PARAMETERS
from sim.problems import InputError

SMALL = Options(people=60, months=4, draws=2, seeds=3)


def planned(*words: str, options: Options = SMALL) -> Plan:
    return plan(find_scenarios(words), options)


@pytest.fixture(scope="module")
def result() -> RunResult:
    return execute(planned("regular", "null", "intensive"))


def values(result: RunResult, scenario: str) -> np.ndarray:
    return result.values[result.scenarios.index(scenario)]


def test_a_null_scenario_differs_by_exactly_zero(result: RunResult) -> None:
    np.testing.assert_array_equal(values(result, "null"), values(result, "regular"))
    assert (values(result, "intensive") != values(result, "regular")).any()


def test_the_shape_is_as_told(result: RunResult) -> None:
    groups = len(result.groups)
    assert result.values.shape == (3, 2, 3, groups, 4, len(result.measures))
    assert result.people.shape == (3, 2, 3, groups, 4)
    assert result.parameters.shape == (2, len(PARAMETERS))
    assert np.isfinite(result.values[:, :, :, 0]).all()
    assert (result.people[:, :, :, 0] == 60).all()
    assert not result.failures
    assert result.provenance.timings["simulate"] > 0


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 2, 6])
def test_any_workers_and_chunks_give_the_same_bits(workers: int, chunk: int) -> None:
    options = replace(SMALL, months=2)
    base = execute(planned("regular", "intensive", options=options)).digest()
    assert execute(planned("regular", "intensive", options=options), workers=workers, chunk=chunk).digest() == base


def test_any_executor_gives_the_same_bits() -> None:
    made = planned("regular", "intensive", options=Options(people=20, months=2, draws=1, seeds=2))
    base = execute(made).digest()
    with ThreadPoolExecutor(2) as threads:
        assert execute(made, executor=threads).digest() == base
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert execute(made, executor=processes).digest() == base


def test_the_order_and_the_company_of_scenarios_do_not_matter(result: RunResult) -> None:
    other = execute(planned("intensive", "exemption", "regular"))
    for name in ("intensive", "regular"):
        np.testing.assert_array_equal(values(other, name), values(result, name))


def test_more_draws_and_seeds_keep_the_first(result: RunResult) -> None:
    more = execute(planned("regular", options=replace(SMALL, draws=3, seeds=4)))
    np.testing.assert_array_equal(values(more, "regular")[:2, :3], values(result, "regular"))


def test_another_seed_is_other_luck_and_other_parameters(result: RunResult) -> None:
    other = execute(planned("regular", options=replace(SMALL, seed=2)))
    assert (values(other, "regular") != values(result, "regular")).any()
    assert (other.parameters != result.parameters).any()


def test_one_draw_is_the_prior_median() -> None:
    made = planned("regular", options=replace(SMALL, draws=1))
    np.testing.assert_array_equal(made.draws[0], [each.value for each in PARAMETERS.values()])
    assert made.medians


def test_groups_average_to_everybody(result: RunResult) -> None:
    obstacles = [place for place, group in enumerate(result.groups) if group.startswith("obstacles")]
    people = result.people[..., obstacles, :].astype(float)
    sums = np.nansum(result.values[..., obstacles, :, :] * people[..., None], axis=3)
    np.testing.assert_allclose(sums / 60, result.values[..., 0, :, :], rtol=1e-12, atol=1e-12)


def test_lots_are_drawn_anew_for_each_replicate_and_alike_in_each_scenario() -> None:
    made = plan([find_scenario("duty_lottery"), replace(find_scenario("duty_lottery"), name="copy")], SMALL)
    first, second = (side.schedules for side in made.sides)
    assert (first[0].instance != first[1].instance).any()
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine.instance, theirs.instance)


def fragile(population: Any, jobs: Sequence[Job], *rest: Any, **options: Any) -> list[Outcome]:
    """Break on every job of the second replicate, and give nonsense for the third."""
    found = []
    for job, outcome in zip(jobs, simulate(population, jobs, *rest, **options), strict=True):
        if job.seed == BROKEN[1]:
            raise FloatingPointError("overflow")
        if job.seed == BROKEN[2]:
            sums = outcome.sums.copy()
            sums[1, 0, 3] = np.nan
            outcome = replace(outcome, sums=sums)
        found.append(outcome)
    return found


BROKEN = planned("regular").keys


@pytest.mark.parametrize("chunk", [1, 6])
def test_a_replicate_that_fails_is_told_and_the_others_are_untouched(result: RunResult, chunk: int) -> None:
    found = execute(planned("regular"), simulate=fragile, chunk=chunk)
    assert [(each.draw, each.seed) for each in found.failures] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert {each.reason for each in found.failures if each.seed == 1} == {"FloatingPointError: overflow"}
    assert {each.reason for each in found.failures if each.seed == 2} == {
        f"{found.measures[3]} is not finite in month 2"
    }
    mine = values(found, "regular")
    np.testing.assert_array_equal(mine[:, 0], values(result, "regular")[:, 0])
    assert np.isnan(mine[:, 1:]).all()


def test_a_run_without_a_single_good_replicate_is_no_run() -> None:
    def broken(*arguments: Any, **options: Any) -> list[Outcome]:
        raise MemoryError("no room")

    with pytest.raises(RunFailedError, match="MemoryError: no room"):
        execute(planned("regular"), simulate=broken)


def test_bad_input_found_by_the_engine_is_not_a_failed_replicate() -> None:
    def refusing(*arguments: Any, **options: Any) -> list[Outcome]:
        raise InputError([])

    with pytest.raises(InputError):
        execute(planned("regular"), simulate=refusing)


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    execute(planned("regular"), progress=lambda done, total: seen.append((done, total)), chunk=2)
    assert seen == [(2, 6), (4, 6), (6, 6)]


def test_parameters_and_switches_of_a_scenario_stay_its_own() -> None:
    name = next(n for n, p in PARAMETERS.items() if p.off is not None and p.sd > 0)
    place = list(PARAMETERS).index(name)
    scenario = find_scenario("regular")
    off = replace(scenario, name="off", mechanisms_off=(name.split(".")[0],))
    fixed = replace(scenario, name="fixed", parameters={name: PARAMETERS[name].high})
    made = plan([scenario, off, fixed], SMALL)
    np.testing.assert_array_equal(made.sides[0].parameters, made.draws)
    assert (made.sides[1].parameters[:, place] == PARAMETERS[name].off).all()
    assert (made.sides[2].parameters[:, place] == PARAMETERS[name].high).all()


@pytest.mark.parametrize(
    ("options", "path"),
    [
        (Options(people=5), "--people"),
        (Options(months=0), "--months"),
        (Options(draws=0), "--draws"),
        (Options(seeds=10**9), "--seeds"),
        (Options(seed=-1), "--seed"),
        (Options(population="nowhere"), "--population"),
        (Options(draws=10_000, seeds=1000), "draws x seeds"),
    ],
)
def test_impossible_options(options: Options, path: str) -> None:
    with pytest.raises(InputError) as caught:
        planned("regular", options=options)
    assert path in {problem.path for problem in caught.value.problems}


def test_scenarios_of_other_people_or_months_cannot_be_compared() -> None:
    with pytest.raises(InputError) as caught:
        plan(find_scenarios(["regular", "oss_trial", "nijmegen_trial"]))
    paths = {problem.path for problem in caught.value.problems}
    assert {"oss_trial: population", "oss_trial: people", "nijmegen_trial: people", "nijmegen_trial: months"} <= paths
    assert plan(find_scenarios(["oss_trial", "oss_no_trial"]), Options(draws=1, seeds=1)).replicates == 2


def test_another_population_comes_in_its_own_size() -> None:
    assert len(planned("regular", options=Options(population="oss", draws=1, seeds=1)).population) == 345


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("start = 1999-01-01", "start"),
        ("lockdown = false", "lockdown"),
        ("groups = ['municipality']", "groups"),
        (
            "[assignment]\nrules = [{ when = 'age > 66.9', regime = 'intensive' }]\notherwise = 'regular'",
            "assignment.rules[1].when",
        ),
        ("assignment = { arms = { control = 'regular' } }", "assignment.exemption_disregard"),
    ],
)
def test_what_only_the_people_and_the_law_can_tell(text: str, path: str) -> None:
    regime = "" if "assignment" in text else "regime = 'intensive'\n"
    scenario = read_scenario(tomllib.loads(f"name = 'a'\n{regime}{text}"))
    with pytest.raises(InputError) as caught:
        plan([scenario], SMALL)
    found = {problem.path for problem in caught.value.problems}
    assert any(path in each for each in found), found


def test_the_provenance_names_all_inputs(result: RunResult) -> None:
    made = result.provenance
    assert made.label["en"].startswith("not calibrated")
    assert made.population["people"] == 60
    assert made.population["sha256"] == planned("regular").population.digest()
    assert [entry["name"] for entry in made.scenarios] == ["regular", "null", "intensive"]
    assert made.scenarios[2]["regimes"]["intensive"]["levers"]["contacts"] == 1.0
    assert 'regime = "intensive"' in made.scenarios[2]["text"]
    assert made.law["first"] == "2017-12-01"
    assert made.law["last"] == "2018-03-01"
    assert made.parameters["source"] == "prior draws"
    assert len(made.code["sha256"]) == 64
    again = execute(planned("regular", "null", "intensive")).provenance
    mine, theirs = made.to_dict(), again.to_dict()
    for data in (mine, theirs):
        data.pop("created")
        data.pop("timings")
    assert mine == theirs


def test_the_hash_of_the_code_sees_one_changed_character(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from scenarios.reproduction import provenance

    monkeypatch.setattr(provenance, "_ROOT", tmp_path)
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "a.py").write_text("x = 1")
    provenance.code_hash.cache_clear()
    before = provenance.code_hash()
    (tmp_path / "sim" / "a.py").write_text("x = 2")
    provenance.code_hash.cache_clear()
    after = provenance.code_hash()
    provenance.code_hash.cache_clear()
    assert before != after
