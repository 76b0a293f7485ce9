"""Looking at people changes no number, has one order, and survives a society that breaks."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.cost.of_run import cost
from analysis.cost.prices import default_prices
from analysis.who.by_group import who
from scenarios.description.find import find_scenarios
from scenarios.execution.observe import Column, Lives, Seen, live
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.run import RunFailedError, execute


class Watch:
    """Counts months and keeps one column."""

    columns: tuple[str, ...] = ("stress", "contacts", "income")

    def __init__(self, breaks: bool = False) -> None:
        self.breaks, self.months, self.income = breaks, 0, 0.0

    def look(self, month: int, column: Column) -> None:
        self.months += 1
        assert self.months == month
        if self.breaks and month == 2:
            raise ValueError("no more")
        self.income += float(column("income").mean())


def made(seeds: int = 3) -> Plan:
    return plan(find_scenarios(["regular", "intensive"]), Options(people=100, months=4, draws=2, seeds=seeds))


def test_the_numbers_are_those_of_a_run_that_nobody_looked_at() -> None:
    looked = live(made(), lambda *_: Watch(), lambda _: None, workers=3)
    assert looked.digest() == execute(made()).digest()
    assert looked.provenance.parameters == execute(made()).provenance.parameters


def test_an_eye_sees_what_the_run_sums() -> None:
    seen: list[Seen] = []
    result = live(made(), lambda *_: Watch(), seen.append)
    for pair in seen:
        for side, eye in enumerate(pair.eyes):
            assert eye.months == 4
            whole = result.measure("income")[side, pair.draw, pair.seed, 0].sum()
            assert eye.income == pytest.approx(whole, abs=1e-4)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_pairs_come_in_one_order(workers: int) -> None:
    order: list[tuple[int, int]] = []
    live(made(), lambda *_: Watch(), lambda seen: order.append((seen.draw, seen.seed)), workers=workers)
    assert order == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_a_society_that_breaks_is_told_and_left_out() -> None:
    seen: list[Seen] = []
    breaks = lambda side, draw, seed, job, setting: Watch((side, draw, seed) == (1, 1, 2))  # noqa: E731
    result = live(made(), breaks, seen.append, workers=2)
    assert [(each.scenario, each.draw, each.seed) for each in result.failures] == [
        ("intensive", 1, 2),
        ("regular", 1, 2),
    ]
    assert "no more" in result.failures[0].reason
    assert np.isnan(result.values[:, 1, 2]).all()
    assert np.isfinite(result.values[:, 0]).all()
    assert [pair.whole for pair in seen] == [True] * 5 + [False]


def test_a_scenario_without_any_society_is_an_error() -> None:
    lives = Lives(made(), lambda *_: Watch(breaks=True))
    with pytest.raises(RunFailedError, match="no more"):
        list(lives)


def test_effects_and_accounts_leave_out_what_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.cost.flows import CostEye
    from analysis.who.outcomes import WhoEye

    for eye in (WhoEye, CostEye):
        plain, count = eye.look, [0]

        def look(self: object, month: int, column: Column, plain=plain, count=count) -> None:
            count[0] += 1
            if count[0] == 1:
                raise ValueError("no more")
            plain(self, month, column)

        monkeypatch.setattr(eye, "look", look)
    found = who(made())
    assert len(found.result.failures) == 2
    row = found.select("intensive", "wellbeing")[0]
    assert row.effect.low < row.effect.mean < row.effect.high
    assert row.shrunk.low < row.shrunk.mean < row.shrunk.high
    accounts = cost(made(), default_prices())
    assert len(accounts.result.failures) == 2
    assert np.isfinite(accounts.net("intensive", "society").mean)
    assert np.isfinite(accounts.break_even("intensive", "municipality").share)
    gained, spent = accounts.cloud("intensive", "wellbeing", "society")
    assert np.isfinite(gained).all()
    assert np.isfinite(spent).all()
