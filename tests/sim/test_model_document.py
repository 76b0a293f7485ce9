"""`docs/model.md` says what the code does: the same list of the month, every mechanism, seven elements."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.month import MECHANISMS, MONTH, PHASES, stages
from sim.people.columns import STATES, TRAITS
from sim.random_numbers import DECISIONS
from sim.setting import SETTLE_MONTHS

TEXT = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
)


def test_the_document_has_the_same_numbered_list_as_the_code() -> None:
    words = {f"{each.mechanism}.{each.name}": (each.function.__doc__ or "").splitlines()[0] for each in stages()}
    expected = []
    for number, (phase, names) in enumerate(MONTH, start=1):
        expected.append(f"{number}. **{phase.capitalize()}**")
        expected += [f"    {step}. `{name}`: {words[name]}" for step, name in enumerate(names, start=1)]
    section = TEXT.split("## 3.")[1].split("## 4.")[0]
    assert [line for line in section.splitlines() if re.match(r"\s*\d+\. ", line)] == expected


def test_every_stage_is_run_once_and_every_phase_has_its_place() -> None:
    declared = [f"{each.mechanism}.{each.name}" for one in MECHANISMS.values() for each in one.stages]
    listed = [name for _, names in MONTH for name in names]
    assert sorted(listed) == sorted(declared)
    assert PHASES == ("calendar", "office", "purse", "mind", "search", "market", "benefit", "records")


@pytest.mark.parametrize(("number", "element"), list(enumerate(ELEMENTS, start=1)))
def test_all_seven_elements_are_there(number: int, element: str) -> None:
    assert f"\n## {number}. {element}\n" in TEXT


def test_every_mechanism_is_described_with_its_title() -> None:
    table = TEXT.split("## 7.")[1]
    for name, each in MECHANISMS.items():
        assert f"| `{name}` | {each.title.en} |" in table


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    assert f"{len(TRAITS)} traits that never change and\n{len(STATES)} states" in TEXT
    assert len(DECISIONS) == 20
    assert "Twenty decisions a month" in TEXT
    assert SETTLE_MONTHS == 12
    assert "twelve\nsettling months" in TEXT
