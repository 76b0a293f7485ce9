"""The dates of a design agree, or one sentence says where they do not; no key means nothing."""

from __future__ import annotations

import copy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.problems import InputError
from sim.trial.agreement import remarks, treated_months
from sim.trial.read import NAMES, design, design_from_data, read_design
from sim.trial.template import design_template
from tests.sim.trial.test_design_file import file_of


def longer() -> dict[str, Any]:
    """Nijmegen copied for a trial of 48 months, as the page for planners says: its arms still treat for 25."""
    data = file_of("nijmegen")
    return data | {"end": date(2021, 12, 31), "report_months": [24, 36, 48]}


def test_a_treatment_that_stops_before_the_registers_is_told() -> None:
    found = design_from_data("my48", longer(), "my48.toml")
    assert found.months == 49
    said = " ".join(one.en for one in remarks(found))
    for arm in ("exemption_disregard", "intensive_disregard"):
        assert f"arm {arm}: treatment stops after " in said
    assert "registers end after 4" in said
    assert all("month" in one.en and "maand" in one.nl for one in remarks(found))


def test_a_design_whose_dates_agree_has_nothing_to_say() -> None:
    data = longer()
    data["waves"] = [data["waves"][0] | {"share": 1.0, "newest": False}]
    data["survey"]["months"] = [0, 24, 48]
    own = {"title": {"en": "a", "nl": "a"}, "based_on": "nijmegen.control", "levers": {"contacts": 4.0}, "months": 60}
    data["regimes"] = {"long": own}
    for arm in data["arms"][:-1]:
        if arm["role"] == "treatment":
            arm["regime"] = "long"
    found = design_from_data("own", data, "own.toml")
    assert remarks(found) == ()
    assert treated_months(found, found.arms[0], found.waves[0]) == found.months


@pytest.mark.parametrize("name", NAMES)
def test_the_trials_that_were_run_are_not_refused(name: str) -> None:
    assert design(name).months > 0


def test_a_report_beyond_the_registers_is_refused() -> None:
    data = file_of("nijmegen") | {"report_months": [12, 36]}
    with pytest.raises(InputError, match=r"report_months\[2\]: 36; allowed: at most 25"):
        design_from_data("own", data, "own.toml")


def test_a_treatment_over_before_anybody_starts_is_refused() -> None:
    data = longer()
    for wave in data["waves"]:
        wave["start"] = wave["start"].replace(year=2020)
    with pytest.raises(InputError, match="has not ended before anybody starts"):
        design_from_data("own", data, "own.toml")


@pytest.mark.parametrize(
    "path",
    [
        ("arms", 0, "wxthdrawn"),
        ("waves", 0, "stert"),
        ("survey", "mnths"),
        ("randomisation", "momnt"),
        ("survey", "terms", 0, "coeffqcient"),
        ("delivery", "valeu"),
    ],
)
def test_a_misspelt_key_is_refused_wherever_it_stands(path: tuple[Any, ...]) -> None:
    data = copy.deepcopy(file_of("nijmegen"))
    table: Any = data
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = 1
    with pytest.raises(InputError, match=path[-1]):
        design_from_data("own", data, "own.toml")


@pytest.mark.parametrize(("where", "value"), [("newest", "false"), ("reference_random", "false"), ("months", [12.5])])
def test_words_are_no_truth_values_and_half_months_no_months(where: str, value: object) -> None:
    data = copy.deepcopy(file_of("nijmegen"))
    if where == "newest":
        data["waves"][0]["newest"] = value
    elif where == "months":
        data["survey"]["months"] = [0, *value, 24]  # type: ignore[misc]
    else:
        data["reference_random"] = value
    with pytest.raises(InputError, match=where):
        design_from_data("own", data, "own.toml")


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_the_template_is_a_design_without_remarks(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(design_template(lang), encoding="utf-8")
    found = read_design(path)
    assert found.months == 48
    assert remarks(found) == ()
    assert tomllib.loads(design_template("en")) == tomllib.loads(design_template("nl"))
