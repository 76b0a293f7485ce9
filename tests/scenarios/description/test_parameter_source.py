"""Runs under a posterior: draws that stay the same; taken up, proven and handed over bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.description.find import find_scenarios
from scenarios.description.parameter_source import ParameterSource, spread_order
from scenarios.execution.payload import pack, unpack, work_of
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.resume import expand, resume, run_kept
from scenarios.execution.run import begin, execute, finished_tasks
from scenarios.reproduction.package import export_package, read_package
from scenarios.reproduction.verify import verify
from scenarios.store.store import open_store
from sim.parameters import PARAMETERS, draw_priors
from sim.problems import InputError, Say

SIZE = 12
FIRST = next(iter(PARAMETERS))


def made(size: int = SIZE, name: str = "joint", calibrated: bool = True) -> ParameterSource:
    rng = np.random.default_rng(5)
    values = draw_priors(size, 9)
    return ParameterSource(
        name=name,
        digest="a" * 64,
        label=Say("calibrated: joint", "gekalibreerd: joint"),
        calibrated=calibrated,
        values=values,
        places={"place_match": rng.normal(0, 0.2, size)},
        towns={"oss": {"place_match": rng.normal(0.5, 0.1, size), FIRST: values[::-1, 0].copy()}},
        facts={"created": "2026-11-21"},
    )


def planned(draws: int = 3, population: str = "oss", source: ParameterSource | None = None) -> Plan:
    options = Options(population=population, people=40, months=3, draws=draws, seeds=2, source=source or made())
    return plan(find_scenarios(["regular", "intensive"]), options)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100, 400])
def test_every_beginning_of_the_order_is_spread_evenly(size: int) -> None:
    order = spread_order(size)
    assert sorted(order) == list(range(size))
    for count in range(1, size + 1):
        gaps = np.diff(np.sort(np.r_[-1, order[:count], size]))
        assert gaps.max() <= 4 * size / count + 2


def test_a_draw_is_the_same_for_any_number_of_draws() -> None:
    source = made()
    for town in (None, "oss"):
        many = source.draw(SIZE, town)
        for draws in range(2, SIZE):
            few = source.draw(draws, town)
            np.testing.assert_array_equal(few.parameters, many.parameters[:draws])
            np.testing.assert_array_equal(few.places["place_match"], many.places["place_match"][:draws])


def test_seeds_begin_with_other_draws_and_share_all_of_them() -> None:
    source = made()
    first = {source.draw(2, None, seed).parameters[0, 0] for seed in range(1, 40)}
    assert len(first) > SIZE / 2, "few draws would be the same few for everybody"
    whole = [np.sort(source.draw(SIZE, None, seed).parameters[:, 0]) for seed in (1, 2)]
    np.testing.assert_array_equal(*whole)


def test_a_single_draw_is_the_medians() -> None:
    drawn = made().draw(1, "oss")
    np.testing.assert_array_equal(drawn.parameters[0, 1:], np.median(made().values, axis=0)[1:])
    assert drawn.places["place_match"] == np.median(made().towns["oss"]["place_match"])


def test_a_trial_town_has_its_own_values_also_for_all_who_were_eligible() -> None:
    source = made()
    for population, town in (("oss", "oss"), ("oss_eligible", "oss"), ("nijmegen", None), ("netherlands", None)):
        assert source.town_of(population) == town
        found = planned(3, population)
        meant = source.draw(3, town)
        np.testing.assert_array_equal(found.draws, meant.parameters)
        np.testing.assert_array_equal(found.places["place_match"], meant.places["place_match"])
    assert not np.array_equal(planned(3, "oss").draws, planned(3, "utrecht").draws)


def test_the_shift_of_a_place_reaches_the_people() -> None:
    still = made()
    moved = ParameterSource(
        **{
            **{name: getattr(still, name) for name in ParameterSource.__dataclass_fields__},
            "places": {"place_match": still.places["place_match"] + 4.0},
        }
    )
    before, after = (
        execute(planned(2, "utrecht", source)).measure("works")[0, :, :, 0, -1].mean() for source in (still, moved)
    )
    assert after > before


def test_more_draws_than_there_are_is_refused_with_all_else() -> None:
    with pytest.raises(InputError) as told:
        plan(
            find_scenarios(["regular"]),
            Options(population="oss", people=40, months=3, draws=SIZE + 1, source=made(), inflow=True),
        )
    assert {problem.path for problem in told.value.problems} == {"--draws", "--inflow"}


def test_bytes_come_back_exactly_and_changed_ones_are_refused() -> None:
    source = made()
    data = source.to_bytes()
    back = ParameterSource.from_bytes(data)
    assert back.to_bytes() == data
    assert back.sha256 == source.sha256
    assert (back.name, back.label, back.calibrated, dict(back.facts)) == (
        source.name,
        source.label,
        source.calibrated,
        source.facts,
    )
    for wrong in (b"", data[:-8], data + b"x", data[:60], b"x" + data):
        with pytest.raises(InputError):
            ParameterSource.from_bytes(wrong)


def test_the_run_says_what_it_was_drawn_from() -> None:
    for draws, words in ((3, "posterior draws"), (1, "posterior medians")):
        provenance = begin(planned(draws)).provenance
        assert provenance.parameters["source"] == words
        assert provenance.parameters["posterior"]["town"] == "oss"
        assert provenance.sources["parameters"] == made().sha256
        assert provenance.label["en"].startswith("calibrated")
        assert ("without parameter uncertainty" in provenance.label["en"]) == (draws == 1)
        assert ("zonder parameteronzekerheid" in provenance.label["nl"]) == (draws == 1)


def test_workers_elsewhere_get_the_shifts() -> None:
    work = work_of(planned())
    again = unpack(pack(work)).work
    assert again.digest() == work.digest()
    jobs = again.jobs(1, ((2, 1),))
    np.testing.assert_array_equal(jobs[0].place["place_match"], [work.places["place_match"][2]])
    assert work_of(planned(source=None)).digest() == work.digest()
    other = planned(source=made(SIZE + 1))
    assert work_of(other).digest() != work.digest()


def test_a_run_is_kept_proven_taken_up_enlarged_and_handed_over_bit_for_bit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/runs.sqlite"
    small, large = planned(3), planned(5)
    whole, wider = execute(small), execute(large)
    with open_store(url, write=True) as store:
        kept = run_kept(small, store, command="compare")
        assert kept.digest() == whole.digest()
        loaded = store.load(kept.run_id)
        assert loaded.source is not None
        assert loaded.source.sha256 == made().sha256
        assert [each.kind for each in store.sources_of(kept.run_id)] == ["parameters"]
        assert verify(loaded).same

        begun = begin(small)
        store.plan(begun, command="compare")
        store.keep(begun, next(finished_tasks(small, chunk=2)))
        taken_up, _ = resume(store, begun.run_id)
        assert taken_up.digest() == whole.digest()

        enlarged, _, reused = expand(store, kept.run_id, draws=5)
        assert enlarged.digest() == wider.digest()
        assert reused == small.replicates
        with pytest.raises(InputError, match="--draws"):
            expand(store, kept.run_id, draws=SIZE + 1)

    export_package(loaded, "compare", tmp_path / "package.zip")
    imported, command = read_package(tmp_path / "package.zip")
    assert command == "compare"
    assert verify(imported, sample=3).same
    with open_store(f"sqlite:///{tmp_path}/other.sqlite", write=True) as other:
        other.save(imported)
        assert verify(other.load(imported.run_id), sample=2).same
        more, _, _ = expand(other, imported.run_id, draws=4)
        np.testing.assert_array_equal(more.values, wider.values[:, :4])


def test_a_run_whose_parameter_sets_are_gone_or_changed_is_refused(tmp_path: Path) -> None:
    import sqlite3

    url = f"sqlite:///{tmp_path}/runs.sqlite"
    with open_store(url, write=True) as store:
        kept = run_kept(planned(2), store)
    with sqlite3.connect(tmp_path / "runs.sqlite") as plain:
        plain.execute("UPDATE sources SET data = substr(data, 1, 200)")
    with open_store(url) as store, pytest.raises(InputError):
        store.load(kept.run_id)
