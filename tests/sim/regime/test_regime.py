"""A regime refuses what cannot be, all at once, and survives being written down."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from sim.problems import InputError, Say
from sim.regime.check import NEEDS
from sim.regime.levers import LEVERS
from sim.regime.read import regime_from_dict, regime_to_toml, regimes_from_dict
from sim.regime.regime import Change, Regime, check_sequences, with_months
from tests.sim.regimes_drawn import BUNDLES, regimes

TITLE = Say("a", "b")

NO_EFFECT: list[tuple[dict[str, float], str]] = [
    ({"disregard_cap": 202.0}, "disregard_cap"),
    ({"disregard_share": 0.5, "disregard_cap": 202.0}, "disregard_share"),
    ({"disregard_months": 6}, "disregard_months"),
    ({"premium_interval": 3}, "premium_interval"),
    ({"premium_share": 0.5}, "premium_share"),
    ({"premium_cap": 100.0}, "premium_cap"),
    ({"exit_bonus_times": 1}, "exit_bonus_times"),
    ({"exit_bonus": 100.0, "exit_bonus_times": 0}, "exit_bonus"),
    ({"supplement_hours": 20.0}, "supplement_hours"),
    ({"supplement_window": 6}, "supplement_window"),
    ({"supplement_months": 12}, "supplement_months"),
    ({"supplement": 100.0, "supplement_months": 0}, "supplement"),
    ({"group_share": 0.5, "contacts": 0.0}, "group_share"),
    ({"work_content": 0.9, "contacts": 0.0, "own_initiative": 0.0}, "work_content"),
    ({"personal_content": 0.9, "contacts": 0.0, "own_initiative": 0.0}, "personal_content"),
    ({"caseload": 50.0, "contacts": 0.0, "own_initiative": 0.0}, "caseload"),
    ({"sanction_duration": 3.0, "enforcement": 0.0}, "sanction_duration"),
    ({"sanction_share": 1.0, "enforcement": 0.0}, "sanction_share"),
    ({"enforcement": 0.5, "search_duty": 0.0, "reintegration_duty": 0.0, "quid_pro_quo": 0.0}, "enforcement"),
]


def _problems(**fields: object) -> list[tuple[str, str | None]]:
    with pytest.raises(InputError) as caught:
        Regime("x", TITLE, **fields)
    return [(problem.path.removeprefix("regimes.x."), problem.nearest) for problem in caught.value.problems]


def _paths(**fields: object) -> list[str]:
    return [path for path, _ in _problems(**fields)]


def test_levers_are_refused_all_at_once_with_nearest_name() -> None:
    found = _problems(levers={"contact": 1.0, "tone": 2.0, "caseload": float("nan"), "premium_interval": 2.5})
    assert found == [
        ("levers.contact", "contacts"),
        ("levers.tone", None),
        ("levers.caseload", None),
        ("levers.premium_interval", None),
    ]


@pytest.mark.parametrize("name", LEVERS)
def test_every_lever_can_be_set_from_text_within_its_bounds_only(name: str) -> None:
    lever = LEVERS[name]
    company = {other: value for bundle in BUNDLES if name in bundle for other, value in bundle.items()}
    # No bonus at all is said by its amount: zero times would say it twice.
    lowest = 1.0 if name in ("exit_bonus_times", "supplement_months") else lever.low
    for value in (lowest, lever.high):
        alone = value == 0 and not name.startswith("supplement_")
        levers = {name: value} if alone else {**company, name: value}
        assert regime_from_dict("x", {"levers": levers}).levers[name] == value
    for value in (lever.low - 0.5, lever.high + 0.5, True, "1", float("inf")):
        with pytest.raises(InputError) as caught:
            regime_from_dict("x", {"levers": {name: value}})
        assert f"regimes.x.levers.{name}" in [problem.path for problem in caught.value.problems]


@pytest.mark.parametrize(("levers", "path"), NO_EFFECT)
def test_a_setting_without_effect_is_an_error(levers: dict[str, float], path: str) -> None:
    assert f"levers.{path}" in _paths(levers=levers)


def test_every_dependent_lever_is_tried_above() -> None:
    assert {path for _, path in NO_EFFECT} == set(NEEDS)


def test_a_setting_that_works_later_is_no_error() -> None:
    later = Change({"disregard_share": 0.5}, from_month=13)
    regime = Regime("x", TITLE, {"disregard_cap": 202.0, "disregard_months": 600}, (later,))
    assert regime.changes == (later,)


def test_a_lever_at_its_regular_value_may_undo_the_municipality() -> None:
    levers = {"disregard_cap": 0.0, "premium_share": 0.0, "exit_bonus_times": 2.0}
    assert Regime("x", TITLE, levers).levers == levers


def _change(first: int, last: int | None = None, value: float = 0.8, ramp: int = 0, lever: str = "tone") -> Change:
    return Change({lever: value}, from_month=first, to_month=last, ramp_months=ramp)


def _dated(first: date | None, last: date | None = None, ramp: int = 0, month: int = 0) -> Change:
    return Change({"tone": 0.5}, from_month=month, from_date=first, to_date=last, ramp_months=ramp)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ([Change({}, 1)], "changes[1].levers"),
        ([_change(0)], "changes[1].from_month"),
        ([_change(-3)], "changes[1].from_month"),
        ([_change(6, 3)], "changes[1].to_month"),
        ([_change(25)], "changes[1].from_month"),
        ([_change(5, 30)], "changes[1].to_month"),
        ([_change(5, 8, ramp=4)], "changes[1].ramp_months"),
        ([_change(20, ramp=5)], "changes[1].ramp_months"),
        ([_change(5, ramp=-1)], "changes[1].ramp_months"),
        ([_change(5, value=0, ramp=2, lever="statutory_disregard")], "changes[1].ramp_months"),
        ([_change(3, 8), _change(8, 9, 0.5)], "changes[2].levers.tone"),
        ([_change(3), _change(3, None, 0.5)], "changes[2].levers.tone"),
        ([_change(3, 8), _change(1, 4, 0.5)], "changes[2].levers.tone"),
        ([_change(3), _dated(date(2019, 1, 1))], "changes[2].levers.tone"),
        ([_dated(date(2019, 1, 1), month=2)], "changes[1]"),
        ([_dated(None, date(2019, 1, 1))], "changes[1].from_date"),
        ([_dated(date(2019, 1, 15))], "changes[1].from_date"),
        ([_dated(date(2021, 1, 1))], "changes[1].from_date"),
        ([_dated(date(2019, 3, 1), date(2019, 2, 28))], "changes[1].to_date"),
        ([_dated(date(2019, 3, 1), date(2019, 4, 30), ramp=2)], "changes[1].ramp_months"),
        ([_change(3), _change(6)], "changes[2].levers.tone"),
        ([_change(3, 6, 0.3)], "changes[1].levers.tone"),
    ],
)
def test_contradictory_months_and_dates_are_refused(changes: list[Change], path: str) -> None:
    found = _paths(levers={"tone": 0.3}, changes=tuple(changes), months=24, to_date=date(2020, 12, 31))
    assert found == [path]


def test_changes_that_follow_each_other_are_fine() -> None:
    following = (_change(3, 7), _change(8, 9, 0.5), _change(12, None, 0.6))
    assert Regime("x", TITLE, {"tone": 0.3}, following, 24).changes == following
    interrupted = (_change(3), _change(8, 9, 0.5))
    assert Regime("x", TITLE, {"tone": 0.3}, interrupted, 24).changes == interrupted


def test_an_end_is_needed_for_what_speaks_of_it() -> None:
    assert _paths(announced=True, after="regular") == ["announced", "after"]
    assert _paths(months=0) == ["months"]
    assert _paths(role="placebo") == ["role"]


def test_sequences_must_exist_and_end() -> None:
    a = Regime("a", TITLE, months=3, after="b")
    b = Regime("b", TITLE, months=3, after="a")
    lost = Regime("lost", TITLE, months=3, after="bb")
    assert check_sequences({"a": a, "b": replace(b, after=None)}) == []
    found = check_sequences({"a": a, "b": b, "lost": lost})
    assert [(problem.path, problem.nearest) for problem in found] == [
        ("regimes.a.after", None),
        ("regimes.b.after", None),
        ("regimes.lost.after", "b"),
    ]


def test_another_length_keeps_the_treatment() -> None:
    regime = Regime(
        "x",
        TITLE,
        {"tone": 0.3},
        (_change(4, 20, 0.8, 10), _change(22, None, 0.5)),
        25,
        to_date=date(2019, 12, 31),
        announced=True,
    )
    longer = with_months(regime, 48)
    assert (longer.months, longer.to_date, longer.announced) == (48, None, True)
    assert longer.changes == regime.changes
    assert with_months(regime, 12).changes == (_change(4, 12, 0.8, 8),)
    assert with_months(regime, 3).changes == ()
    assert not with_months(regime, None).ends


def test_a_file_is_refused_with_every_problem_and_its_place() -> None:
    text = """
    [regimes.one]
    title = { en = "only english" }
    month = 3
    months = 2.5
    announced = "yes"
    role = "contrl"
    to_date = "31-12-2019"
    based_on = ["exemtion"]
    [regimes.one.levers]
    contact = 1
    tone = { value = "high", kind = "publishd", sauce = "x" }
    caseload = { kind = "published" }
    [[regimes.one.changes]]
    from_month = "3"
    levers = 3
    [regimes.two]
    levers = []
    changes = {}
    [regimes.three]
    based_on = "one"
    """
    known = {"exemption": Regime("exemption", TITLE)}
    with pytest.raises(InputError) as caught:
        regimes_from_dict(tomllib.loads(text)["regimes"], known=known)
    found = {problem.path: problem.nearest for problem in caught.value.problems}
    expected = {
        "regimes.one.title": None,
        "regimes.one.month": "months",
        "regimes.one.months": None,
        "regimes.one.announced": None,
        "regimes.one.role": "control",
        "regimes.one.to_date": None,
        "regimes.one.based_on": "exemption",
        "regimes.one.levers.contact": "contacts",
        "regimes.one.levers.tone": None,
        "regimes.one.levers.tone.kind": "published",
        "regimes.one.levers.tone.sauce": "source",
        "regimes.one.levers.caseload.value": None,
        "regimes.one.changes[1].from_month": None,
        "regimes.one.changes[1].levers": None,
        "regimes.two.levers": None,
        "regimes.two.changes": None,
        "regimes.three.based_on": None,
    }
    assert expected.items() <= found.items()


@pytest.mark.parametrize("data", [None, 3, "exemption", [], [1]])
def test_a_regime_must_be_a_table(data: object) -> None:
    with pytest.raises(InputError):
        regime_from_dict("x", data)


def test_based_on_takes_over_in_order_and_the_table_goes_first() -> None:
    moved = [{"from_month": 3, "levers": {"tone": 0.9, "contacts": 2.0}}]
    data = {
        "a": {"levers": {"tone": 0.1, "contacts": 1.0}, "changes": moved},
        "b": {"levers": {"contacts": 3.0, "followed": 1.0}},
        "c": {"based_on": ["a", "b"], "levers": {"tone": 0.5}},
    }
    c = regimes_from_dict(data)["c"]
    assert c.levers == {"tone": 0.5, "contacts": 3.0, "followed": 1.0}
    assert c.changes == (Change({"contacts": 2.0}, 3),)


@given(regimes())
@settings(max_examples=150, deadline=None)
def test_what_is_written_down_reads_back_equal(regime: Regime) -> None:
    table = tomllib.loads(regime_to_toml(regime))["regimes"]
    assert list(table) == [regime.name]
    assert regime_from_dict(regime.name, table[regime.name]) == regime
