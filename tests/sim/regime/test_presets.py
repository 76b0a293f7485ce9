"""Every arm of every published trial is there, with its figures and where they come from."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from sim.problems import InputError
from sim.regime.assignment import assign
from sim.regime.levers import LEVERS
from sim.regime.presets import TRIALS, assignment_presets, background_of, preset, presets, trial_assignment
from sim.regime.read import regime_from_dict, regime_to_toml
from sim.regime.schedule import LEVER_ROWS, compile_schedule
from tests.sim.regime_people import people

# Municipality and arm of every row of the design tables of the two evidence sets.
ARMS = """
nijmegen exemption_disregard intensive_disregard control reference
deventer exemption_disregard intensive_disregard self_app_disregard control reference
tilburg exemption_disregard_bonus intensive intensive_disregard_bonus control reference
utrecht exemption intensive disregard control
groningen exemption intensive disregard choice control reference
wageningen exemption intensive disregard control reference
oss own_direction intensive standard reference
amsterdam extra_attention self_direction comparison
"""
DESIGNS = [(line.split()[0], arm) for line in ARMS.strip().splitlines() for arm in line.split()[1:]]

HEADLINE = ("regular", "exemption", "intensive", "disregard")


@pytest.mark.parametrize(("municipality", "arm"), DESIGNS)
def test_every_arm_of_the_designs_has_a_preset(municipality: str, arm: str) -> None:
    name = f"{municipality}.{arm}"
    assert (name in presets()) != (name in assignment_presets())
    assert arm in TRIALS[municipality]


def test_no_trial_has_an_arm_that_the_designs_lack() -> None:
    assert sorted((place, arm) for place, arms in TRIALS.items() for arm in arms) == sorted(DESIGNS)


def test_the_headline_regimes_and_their_mixes_are_there() -> None:
    mixes = ("exemption_disregard", "intensive_disregard", "disregard_100", "bonus", "premium", "own_direction")
    for name in (*HEADLINE, *mixes):
        assert name in presets()
    assert not presets()["regular"].levers


# Published figures: 50% up to 202 (Nijmegen 200), 25% in Deventer, contacts a year, months, bonus, premium.
PUBLISHED = [
    ("nijmegen.exemption_disregard", {"disregard_share": 0.5, "disregard_cap": 200, "contacts": 0, "search_duty": 0}),
    ("nijmegen.intensive_disregard", {"disregard_share": 0.5, "disregard_cap": 200}),
    ("deventer.exemption_disregard", {"disregard_share": 0.25, "disregard_cap": 202, "contacts": 2 / 12}),
    ("deventer.intensive_disregard", {"disregard_share": 0.25, "contacts": 26 / 12}),
    ("deventer.self_app_disregard", {"disregard_share": 0.25, "reintegration_duty": 0}),
    ("tilburg.exemption_disregard_bonus", {"disregard_share": 0.5, "disregard_cap": 202}),
    ("tilburg.intensive", {"contacts": 6 / 12}),
    ("tilburg.intensive_disregard_bonus", {"contacts": 6 / 12, "disregard_share": 0.5}),
    ("utrecht.exemption", {"contacts": 0, "search_duty": 0}),
    ("utrecht.disregard", {"disregard_share": 0.5, "disregard_cap": 202}),
    ("groningen.disregard", {"disregard_share": 0.5, "disregard_cap": 202}),
    ("wageningen.disregard", {"disregard_share": 0.5, "disregard_cap": 202}),
    ("oss.intensive", {"contacts": 2 * LEVERS["contacts"].regular}),
    ("amsterdam.self_direction", {"premium_share": 0.5, "premium_cap": 200, "contacts": 0}),
    ("amsterdam.comparison", {"premium_share": 0.5, "premium_cap": 200, "premium_interval": 6}),
]


@pytest.mark.parametrize(("name", "levers"), PUBLISHED)
def test_published_figures_stand_as_printed(name: str, levers: dict[str, float]) -> None:
    regime = preset(name)
    for lever, value in levers.items():
        assert regime.levers[lever] == pytest.approx(value, abs=1e-6)
        assert regime.origins[lever].kind == "published"


def test_the_doubts_of_the_sources_are_kept() -> None:
    assert "doubtful" in preset("deventer.intensive_disregard").origins["disregard_share"].note
    assert "not printed" in preset("tilburg.intensive_disregard_bonus").origins["exit_bonus"].note
    assert preset("deventer.intensive_disregard_50").levers["disregard_share"] == 0.5


# Findings of the audit of the codes: what the sentences of the reports allow.
MENDED = [
    ("oss.intensive", "self_reliance_training", 0.3, 0.8),
    ("oss.intensive", "own_direction", 0.2, 0.5),
    ("oss.own_direction", "personal_content", 0.2, 0.7),
    ("oss.own_direction", "own_initiative", 0.4, 0.8),
    *((f"amsterdam.{arm}", "quid_pro_quo", 0, 0) for arm in ("premium", "regular")),
    ("nijmegen.intensive_disregard", "group_share", 0.5, 0.95),
    ("utrecht.intensive", "own_initiative", 0.5, 0.9),
    ("tilburg.exemption_disregard_bonus", "personal_content", 0.2, 0.7),
    ("wageningen.exemption", "personal_content", 0.2, 0.7),
    ("tilburg.exemption_disregard_bonus", "contacts", 0.25, 1.0),
    ("amsterdam.extra_attention", "contacts", 0.2, 1.0),
    *(
        (f"{arm}", "enforcement", 0.3, 0.7)
        for arm in ("utrecht.intensive", "groningen.intensive", "oss.intensive", "amsterdam.extra_attention")
    ),
]


@pytest.mark.parametrize(("name", "lever", "low", "high"), MENDED)
def test_codes_lie_within_what_the_text_allows(name: str, lever: str, low: float, high: float) -> None:
    assert low <= preset(name).levers[lever] <= high
    assert preset(name).origins[lever].kind == "assumption"


def test_wageningen_worked_in_the_new_way_with_all_groups() -> None:
    control, disregard = preset("wageningen.control"), preset("wageningen.disregard")
    assert [change.levers for change in control.changes] == [change.levers for change in disregard.changes]


def test_tilburgs_bonus_is_at_most_what_the_law_allows_in_a_year() -> None:
    regime = preset("tilburg.intensive_disregard_bonus")
    assert regime.levers["exit_bonus"] * regime.levers["exit_bonus_times"] == 2392


@pytest.mark.parametrize(
    ("name", "months"),
    [("nijmegen.control", 25), ("oss.intensive", 24), ("utrecht.disregard", 16), ("groningen.exemption", 24)],
)
def test_trials_last_as_published(name: str, months: int) -> None:
    assert preset(name).months == months


@pytest.mark.parametrize("name", presets())
def test_every_value_says_where_it_comes_from(name: str) -> None:
    regime = presets()[name]
    assert regime.title.en
    assert regime.title.nl
    assert regime.title.en != regime.title.nl
    for moved in (regime, *regime.changes):
        assert set(moved.levers) == set(moved.origins)
        for origin in moved.origins.values():
            assert (origin.source and origin.locator) if origin.kind == "published" else origin.note


@pytest.mark.parametrize("name", presets())
def test_presets_survive_being_written_down(name: str) -> None:
    regime = presets()[name]
    table = tomllib.loads(regime_to_toml(regime))["regimes"]
    assert regime_from_dict(name, table[name]) == regime


def test_presets_name_no_file_of_ours() -> None:
    towns = (Path(__file__).parents[3] / "sim" / "municipalities").glob("*/*.toml")
    for path in (*towns, files("sim.regime").joinpath("headline.toml")):
        assert not re.search(r"seeds?/|shared|designs\.csv|\.txt|https?:", path.read_text("utf-8"))


@pytest.mark.parametrize("municipality", TRIALS)
def test_a_trial_runs_as_it_was_designed(municipality: str) -> None:
    arms = TRIALS[municipality]
    trial = people(60 * len(arms), arms=arms)
    schedule = compile_schedule(
        trial, presets(), trial_assignment(municipality, trial.arms), months=30, background=background_of(municipality)
    )
    given = schedule.instance_regime[schedule.instance]
    for number, arm in enumerate(arms):
        met = {schedule.regimes[regime] for regime in set(given[trial.arm == number].tolist())}
        expected = {f"{municipality}.{arm}"}
        if arm == "choice":
            expected = {f"{municipality}.{other}" for other in ("exemption", "intensive", "disregard")}
        assert met == expected


def test_the_example_assignments_work() -> None:
    mixed = people(
        40,
        poor_dutch=[i % 2 for i in range(40)],
        physical=[i // 2 % 2 for i in range(40)],
        capacity_to_act=[i / 40 for i in range(40)],
        intrinsic_motivation=[i * 7 % 40 / 40 for i in range(40)],
    )
    for assignment in assignment_presets().values():
        names, index = assign(mixed, assignment, presets())
        assert len(set(index.tolist())) == len(names) >= 2


def test_amsterdam_goes_from_half_to_thirty_percent_on_its_day() -> None:
    trial = people(3, arms=TRIALS["amsterdam"])
    schedule = compile_schedule(
        trial, presets(), trial_assignment("amsterdam"), months=48, background=background_of("amsterdam")
    )
    share = schedule.table[:, :, LEVER_ROWS.index("premium_share")]
    cap = schedule.table[:, :, LEVER_ROWS.index("premium_cap")]
    assert (share[:38] == 0.5).all()
    assert (cap[:38] == 200).all()
    assert (share[38:] == 0.3).all()
    assert (cap[38:] == 217).all()


def test_unknown_names_come_with_the_nearest() -> None:
    asks = {
        "oss.own_direction": lambda: preset("oss.own_directon"),
        "oss": lambda: trial_assignment("os"),
        "standard": lambda: trial_assignment("oss", ["standrd"]),
    }
    for nearest, ask in asks.items():
        with pytest.raises(InputError) as caught:
            ask()
        assert caught.value.problems[0].nearest == nearest
    assert background_of("nowhere") == preset("regular")


def test_the_page_for_readers_names_every_lever_and_every_preset() -> None:
    page = (Path(__file__).parents[3] / "docs" / "regimes.md").read_text("utf-8")
    missing = [name for name in (*LEVERS, *presets(), *assignment_presets()) if f"`{name}`" not in page]
    assert missing == []
