"""Looking at people changes no number, has one order, survives what breaks, and is kept and taken up like any run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from analysis.cost.of_run import cost
from analysis.cost.prices import default_prices
from analysis.who.by_group import who
from scenarios.description.find import find_scenarios
from scenarios.execution.executors import processes
from scenarios.execution.observe import Column, Observation, Observed, Together
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.resume import run_kept, stopped_run
from scenarios.execution.run import RunFailedError, begin, execute
from scenarios.store.store import open_store
from sim.engine.simulate import Job
from sim.setting import Setting


@dataclass(frozen=True)
class Incomes:
    """Keeps the sum of the mean incomes, and the incomes of the last month; breaks in one society on request."""

    breaks: int | None = None
    name: str = "income"

    def open(self, job: Job, setting: Setting) -> _Look:
        return _Look(self.breaks in (0, job.seed), self.name)


class _Look:
    columns: tuple[str, ...] = ("stress", "contacts", "income")

    def __init__(self, breaks: bool, name: str) -> None:
        self.breaks, self.name, self.months, self.income = breaks, name, 0, 0.0
        self.last = np.zeros(0)

    def look(self, month: int, column: Column) -> None:
        self.months += 1
        assert self.months == month
        if self.breaks and month == 2:
            raise ValueError("no more")
        self.last = column("income").copy()
        self.income += float(self.last.mean())

    def kept(self) -> Observation:
        return {self.name: np.array([self.months, self.income]), f"{self.name} last": self.last}


def made(seeds: int = 3) -> Plan:
    return plan(find_scenarios(["regular", "intensive"]), Options(people=100, months=4, draws=2, seeds=seeds))


def same(a: list[Observed], b: list[Observed]) -> bool:
    """Return whether two lists of observations are equal to the bit."""
    return [(each.draw, each.seed) for each in a] == [(each.draw, each.seed) for each in b] and all(
        one is not None and other is not None and all(np.array_equal(one[name], other[name]) for name in one)
        for x, y in zip(a, b, strict=True)
        for one, other in zip(x.sides, y.sides, strict=True)
    )


def test_the_numbers_are_those_of_a_run_that_nobody_looked_at() -> None:
    looked = execute(made(), workers=3, observer=Incomes(), take=lambda _: None)
    assert looked.digest() == execute(made()).digest()
    assert looked.provenance.parameters == execute(made()).provenance.parameters


def test_an_observer_sees_what_the_run_sums() -> None:
    seen: list[Observed] = []
    result = execute(made(), observer=Together((Incomes(), Incomes(name="again"))), take=seen.append)
    for pair in seen:
        for side, kept in enumerate(pair.sides):
            assert kept is not None
            months, income = kept["income"]
            assert months == 4
            assert np.array_equal(kept["income"], kept["again"])
            whole = result.measure("income")[side, pair.draw, pair.seed, 0].sum()
            assert income == pytest.approx(whole, abs=1e-4)


def test_pairs_come_in_one_order_with_the_same_bits_whoever_does_the_work() -> None:
    alone: list[Observed] = []
    execute(made(), chunk=1, observer=Incomes(), take=alone.append)
    assert [(each.draw, each.seed) for each in alone] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    threads: list[Observed] = []
    execute(made(), workers=5, chunk=2, observer=Incomes(), take=threads.append)
    assert same(alone, threads)
    apart: list[Observed] = []
    with processes(2) as pool:
        execute(made(), executor=pool, observer=Incomes(), take=apart.append)
    assert same(alone, apart)


def test_a_society_that_breaks_is_told_and_left_out() -> None:
    seen: list[Observed] = []
    ready = made()
    result = execute(ready, workers=2, observer=Incomes(breaks=ready.keys[2]), take=seen.append)
    assert {(each.scenario, each.seed) for each in result.failures} == {("intensive", 2), ("regular", 2)}
    assert "no more" in result.failures[0].reason
    assert np.isnan(result.values[:, :, 2]).all()
    assert np.isfinite(result.values[:, :, :2]).all()
    assert [pair.whole for pair in seen] == [True, True, False] * 2
    assert seen[2].sides == (None, None)


def test_a_scenario_without_any_society_is_an_error() -> None:
    with pytest.raises(RunFailedError, match="no more"):
        execute(made(), observer=Incomes(breaks=0), take=lambda _: None)


def test_what_was_seen_is_kept_and_taken_up_to_the_bit(tmp_path: Path) -> None:
    """Stopped after three replicates: the same pairs come, and only what was left is simulated."""
    whole: list[Observed] = []
    ready = made()
    result = execute(ready, observer=Incomes(), take=whole.append)
    with open_store(f"sqlite:///{tmp_path}/runs.sqlite", write=True) as store:
        start = begin(ready)
        store.plan(start, command="who")

        def stop(done: int, _: int) -> None:
            if done >= 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_kept(
                ready,
                store,
                start=start,
                command="who",
                chunk=1,
                progress=stop,
                observer=Incomes(),
                take=lambda _: None,
            )
        assert stopped_run(store, ready, "cost") is None
        assert stopped_run(store, made(seeds=2), "who") is None
        found = stopped_run(store, ready, "who")
        assert found is not None
        again, known = found
        assert again.run_id == start.run_id
        assert sum(len(each.pairs) for each in known) >= 3
        assert all(each.observed for each in known)
        steps: list[int] = []
        rest: list[Observed] = []
        finished = run_kept(
            ready,
            store,
            command="who",
            start=again,
            known=known,
            chunk=1,
            progress=lambda done, _: steps.append(done),
            observer=Incomes(),
            take=rest.append,
        )
        assert len(steps) == ready.replicates - sum(len(each.pairs) for each in known)
        assert finished.digest() == result.digest()
        assert same(rest, whole)
        assert not store.check()
        assert store.unfinished() == []


def test_what_was_seen_and_then_edited_is_made_again(tmp_path: Path) -> None:
    ready = made(seeds=1)
    with open_store(f"sqlite:///{tmp_path}/runs.sqlite", write=True) as store:
        start = begin(ready)
        store.plan(start, command="who")
        run_kept(ready, store, start=start, command="who", observer=Incomes(), take=lambda _: None, save=False)
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE observed SET sha256 = 'x' WHERE side = 1 AND name = 'income'")
        found = stopped_run(store, ready, "who")
        assert found is not None
        assert {bool(each.observed) for each in found[1] if each.side == 1} == {False}
        assert {bool(each.observed) for each in found[1] if each.side == 0} == {True}


def test_effects_and_accounts_leave_out_what_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.cost.flows import _Flows
    from analysis.who.outcomes import _AtTheEnd

    for eye in (_AtTheEnd, _Flows):
        plain, count = eye.look, [0]

        def look(self: object, month: int, column: Column, plain=plain, count=count) -> None:
            count[0] += 1
            if count[0] == 1:
                raise ValueError("no more")
            plain(self, month, column)

        monkeypatch.setattr(eye, "look", look)
    found = who(made())
    assert len(found.result.failures) == 1
    row = found.select("intensive", "wellbeing")[0]
    assert row.effect.low < row.effect.mean < row.effect.high
    assert row.shrunk.low < row.shrunk.mean < row.shrunk.high
    accounts = cost(made(), default_prices())
    assert len(accounts.result.failures) == 1
    assert np.isfinite(accounts.net("intensive", "society").mean)
    assert np.isfinite(accounts.break_even("intensive", "municipality").share)
    gained, spent = accounts.cloud("intensive", "wellbeing", "society")
    assert np.isfinite(gained).all()
    assert np.isfinite(spent).all()
