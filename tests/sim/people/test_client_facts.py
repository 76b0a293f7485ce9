"""Whatever columns a client file has, nothing that it says is contradicted by what is lent."""

from __future__ import annotations

import tempfile
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.people.catalogue import load as load_shipped
from sim.people.clients.read import Imported, import_clients
from sim.people.clients.rules import PER_HOUR, RULES, USUAL_DEBT, per_hour
from sim.people.columns import COLUMNS
from sim.problems import InputError

LENDERS = load_shipped("netherlands", people=600, seed=1)
HOUR = per_hour(date(2024, 1, 1))
# Columns that tell one fact with another, and values that each may have; None: the cell is empty and drawn.
VALUES = {
    "debt": (0, 500, 25000, None),
    "problem_debt": (0, 1, None),
    "education": (0, 1, 2, None),
    "low_education": (0, 1, None),
    "care": (0, 1, None),
    "caring": (0, 0.3, 1, None),
    "household": (0, 1, 2, None),
    "youngest_child_age": (-1, 3, 15, None),
    "hours": (0, 6, 30, None),
    "earnings": (0, 350.5, 900, None),
    "contract": (0, 1, 2, None),
    "wage": (0, 1, 1.2, None),
    "job_months": (0, 7, None),
    "motivation": (0.1, 0.9, None),
    "intrinsic_motivation": (0.2, 0.8, None),
    "stress": (0.05, 0.95, None),
    "stress_trait": (-2, 2, None),
}
CODES = {"household", "education", "contract"}


def load(folder: Path, rows: dict[str, list[float | None]], max_refused: float = 1.0) -> Imported:
    names = list(rows)
    count = len(rows[names[0]])
    lines = ["id;age;" + ";".join(names)]
    for row in range(count):
        cells = ["" if rows[name][row] is None else str(rows[name][row]).replace(".", ",") for name in names]
        lines.append(f"{row};45;" + ";".join(cells))
    (folder / "c.csv").write_text("\n".join(lines) + "\n")
    mapping = ["[file]", "reference_date = 2024-01-01", 'decimal = ","', "[clients]", 'id = "id"', "[columns]"]
    mapping.append('age = "age"')
    for name in names:
        codes = ", ".join(f'"{number}" = "{label}"' for number, label in enumerate(COLUMNS[name].codes))
        table = f", values = {{ {codes} }}" if name in CODES else ""
        mapping.append(f'{name} = {{ column = "{name}", blank = "draw"{table} }}')
    (folder / "m.toml").write_text("\n".join(mapping) + "\n")
    return import_clients(
        folder / "c.csv", folder / "m.toml", out=folder / "out", donors=LENDERS, max_refused=max_refused
    )


@st.composite
def files(draw: st.DrawFn) -> dict[str, list[float | None]]:
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=len(VALUES), unique=True))
    count = draw(st.integers(1, 12))
    return {name: draw(st.lists(st.sampled_from(VALUES[name]), min_size=count, max_size=count)) for name in names}


def broken_rules(columns: dict[str, np.ndarray]) -> dict[str, int]:
    rules = [rule for rule in RULES if set(rule.needs) <= set(columns)]
    return {rule.name: int(rule.broken(columns).sum()) for rule in rules if rule.broken(columns).any()}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_what_the_file_says_stays_and_nothing_lent_contradicts_it(rows):
    with tempfile.TemporaryDirectory() as folder:
        try:
            people = load(Path(folder), rows).population
        except InputError:
            return  # every row contradicts itself
    at = np.argsort(people.person)
    columns = {name: np.asarray(people[name], dtype=np.float64)[at] for name in people.columns}
    hour = {PER_HOUR: np.full(len(people), HOUR)}
    whole = columns | {"earnings": columns["hours"] * columns["wage"] * HOUR} | hour
    said = {name: np.array([np.nan if cell is None else cell for cell in cells]) for name, cells in rows.items()}
    # Rows that contradict themselves are refused, by the rules as declared; the others are all there.
    count = len(next(iter(said.values())))
    full = {PER_HOUR: np.full(count, HOUR), "age": np.full(count, 45.0), **said}
    refused = np.zeros(count, dtype=bool)
    for rule in RULES:
        if set(rule.needs) <= set(full):
            refused |= rule.broken(full)
    assert len(people) == int((~refused).sum())
    for name, cells in said.items():
        known = ~np.isnan(cells[~refused])
        # Told three times, hours times wage is within 5% of the earnings (the rule); the hours and the wage stay.
        near = 0.05 if name == "earnings" and {"hours", "wage"} <= set(rows) else 1e-5
        assert whole[name][known] == pytest.approx(cells[~refused][known], rel=near), name
    assert broken_rules(whole) == {}


def test_debt_and_its_flag_agree_whichever_the_file_has(tmp_path):
    """69 of 189 clients whose file said "no debts" were given problem debt."""
    for folder, rows in (("a", {"debt": [0] * 40 + [5000] * 40}), ("b", {"problem_debt": [0] * 40 + [1] * 40})):
        (tmp_path / folder).mkdir()
        people = load(tmp_path / folder, rows).population
        at = np.argsort(people.person)
        assert ((people["debt"] > 0) == (people["problem_debt"] == 1)).all()
        assert (people["problem_debt"][at] == np.repeat([0, 1], 40)).all()


def test_earnings_of_now_become_hours_times_wage(tmp_path):
    people = load(tmp_path, {"earnings": [0, 400, 1500], "hours": [None, 12, None]}).population
    at = np.argsort(people.person)
    assert (people["hours"] * people["wage"] * HOUR)[at] == pytest.approx([0, 400, 1500])
    assert people["hours"][at][:2].tolist() == [0, 12]


def test_a_row_that_contradicts_itself_is_refused_with_the_rule(tmp_path):
    found = load(tmp_path, {"debt": [100, 0, 100], "problem_debt": [0, 0, 1]})
    assert [(one.row, one.reason) for one in found.refusals] == [(2, "debt_without_problem_debt")]


def test_the_usual_debt_is_that_of_the_shipped_recipe():
    path = Path(__file__).parents[3] / "sim/people/data/netherlands.toml"

    def values(table: object) -> list[float]:
        if not isinstance(table, dict):
            return []
        own = [table["debt_median"]["value"]] if "debt_median" in table else []
        return own + [value for part in table.values() for value in values(part)]

    assert USUAL_DEBT in values(tomllib.loads(path.read_text("utf-8")))
