"""Every name that a file may use is listed with unit, range and meaning in both languages; the help knows its tasks."""

from __future__ import annotations

import json

import pytest

from app import cli
from app.cli import run
from sim.outcomes.measures import MEASURES
from sim.people.columns import STATES, TRAITS
from sim.regime.levers import LEVERS


@pytest.mark.parametrize(
    ("command", "names"), [("columns", TRAITS | STATES), ("levers", LEVERS), ("outcomes", MEASURES)]
)
def test_every_name_stands_in_its_list(command, names, capsys):
    assert run([command, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(names)
    assert all(row["unit"] and row["meaning"]["en"] and row["meaning"]["nl"] for row in rows)


def test_every_trait_has_a_dutch_meaning(capsys):
    assert run(["columns", "--json"]) == 0
    rows = {row["name"]: row["meaning"] for row in json.loads(capsys.readouterr().out)}
    assert [name for name in TRAITS if rows[name]["en"] == rows[name]["nl"]] == []


def test_help_shows_every_command_once_by_task_and_the_version_is_told(capsys):
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert said.index("Start here") < said.index("The program itself")
    for name in cli.COMMANDS:
        assert sum(line.startswith(f"  {name} ") for line in said.splitlines()) == 1, name
    assert run(["--version"]) == 0
    assert "bijstand" in capsys.readouterr().out


def test_an_unknown_trait_is_sent_to_the_list(capsys):
    assert run(["who", "intensive", "--people", "50", "--group", "schulden > 0"]) == 2
    assert "bijstand columns" in capsys.readouterr().err
