"""No number hides in a stage: what can be wrong is a parameter with a prior, what is structure has a name.

Allowed in a stage body are 0, 1, 1/2, 2, 12 and 60, and bounds between codes (n + 1/2) in comparisons.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.mechanisms.base import Stage
from sim.month import stages
from sim.setting import MONTH_FIELDS, make_setting
from tests.sim.laboratory import laboratory

_PLAIN = {0.0, 1.0, 0.5, 2.0, 12.0, 60.0}


def hidden_numbers(function: Callable[..., Any]) -> Iterator[float]:
    """Give the numbers in the body of a stage that should have been declared."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    between = {
        id(part)
        for compared in ast.walk(tree)
        if isinstance(compared, ast.Compare)
        for part in ast.walk(compared)
        if isinstance(part, ast.Constant) and isinstance(part.value, float) and part.value % 1 == 0.5
    }
    for part in ast.walk(tree):
        number = isinstance(part, ast.Constant) and isinstance(part.value, int | float)
        if number and not isinstance(part.value, bool) and float(part.value) not in _PLAIN and id(part) not in between:
            yield float(part.value)


@pytest.mark.parametrize("stage", stages(), ids=lambda each: f"{each.mechanism}.{each.name}")
def test_no_number_hides_in_a_stage(stage: Stage) -> None:
    assert list(hidden_numbers(stage.function)) == []


def test_a_hidden_number_is_found() -> None:
    def planted(p: Any, stress: Any) -> Any:
        return stress + 0.3 * p.search + (1.0 if stress > 1.5 else 0.0)

    assert list(hidden_numbers(planted)) == [0.3]
    assert replace(stages()[0], function=planted).function is planted


def _month(day: date) -> dict[str, float]:
    return dict(zip(MONTH_FIELDS, make_setting(day, 1).table[-1].tolist(), strict=True))


def test_who_is_under_27_keeps_earnings_only_while_the_law_says_so() -> None:
    """Art. 31a held in the first nine months of 2021: the mechanisms know the date, not the age."""
    works = {"hours": 12.0, "contract": 2.0, "wage": 1.0, "fit": 0.5, "age": (24.0, 30.0)}
    kept = {}
    for day in (date(2020, 12, 1), date(2021, 2, 1), date(2021, 10, 1)):
        rows = laboratory(2, month=_month(day) | {"open": 1.0, "years": 0.0}, **works).live()
        kept[day] = (rows["kept"] > 0.0).tolist()
    assert kept == {date(2020, 12, 1): [False, True], date(2021, 2, 1): [True, True], date(2021, 10, 1): [False, True]}


def test_ages_of_the_law_come_from_its_data() -> None:
    """Move an age in the month's law: norm and disregards follow, so no mechanism holds the number itself."""
    law = _month(date(2018, 1, 1)) | {"open": 1.0, "years": 0.0}
    young = laboratory(1, month=law | {"norm_full_age": 25.0}, age=24.0).live()["norm"][0]
    full = laboratory(1, month=law, age=24.0).live()["norm"][0]
    assert young == law["norm_single_18_20"] < full == law["norm_single"]
    parent = {"household": 1.0, "youngest_child_age": 13.0, "statutory_months": 8.0}
    works = {"hours": 12.0, "contract": 2.0, "wage": 1.0, "fit": 0.5}
    kept = [
        float(laboratory(1, month=law | {"r_child_age": below}, **parent, **works).live()["kept"][0])
        for below in (12.0, 14.0)
    ]
    assert kept[0] == 0.0 < kept[1]
    assert np.isfinite(kept).all()
