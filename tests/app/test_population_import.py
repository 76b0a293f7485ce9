"""The import command: template, summary, JSON, both languages, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands.population_import import import_command
from sim.people.clients import read as clients
from sim.problems import InputError
from tests.sim.people.donors import donors


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(clients, "_shipped", lambda mapping: donors(400))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, lang: str = "en") -> Result:
    return CliRunner().invoke(import_command, list(words), obj={"lang": lang})


def test_the_template_imports_at_once(lent: Path) -> None:
    assert run("--template", "--out", "start").exit_code == 0
    done = run("start/clients_example.csv", "--mapping", "start/mapping.toml", "--name", "ourtown")
    assert done.exit_code == 0, done.output
    assert "238 of 240 rows kept, 2 refused" in done.output
    assert "row:42:age" in done.output
    assert (lent / "populations/ourtown/profile.nl.html").is_file()
    assert len(clients.read(lent / "populations/ourtown")) == 238


def test_dutch_is_spoken(lent: Path) -> None:
    run("--template", lang="nl")
    assert "leeftijd en duur" in Path("mapping.toml").read_text()
    done = run("clients_example.csv", "--mapping", "mapping.toml", lang="nl")
    assert "238 van 240 rijen behouden, 2 geweigerd" in done.output
    assert "profile.nl.html" in done.output
    assert "toegestaan" in done.output


def test_json_carries_counts_refusals_and_imputations(lent: Path) -> None:
    run("--template")
    done = run("clients_example.csv", "--mapping", "mapping.toml", "--json", "--keep-link")
    facts = json.loads(done.stdout)
    assert facts["rows"] == {"read": 240, "kept": 238, "refused": 2}
    assert [one["row"] for one in facts["refused"]] == [42, 77]
    assert facts["link"].endswith(".link.csv")
    assert "warning:" in done.stderr
    assert any(one["column"] == "employability" for one in facts["imputed"])


def test_strict_imports_nothing_with_a_refused_row(lent: Path) -> None:
    run("--template")
    done = run("clients_example.csv", "--mapping", "mapping.toml", "--strict")
    assert isinstance(done.exception, InputError)
    assert not (lent / "populations").exists()


def test_what_is_missing_is_told_together(lent: Path) -> None:
    done = run()
    assert isinstance(done.exception, InputError)
    assert [problem.path for problem in done.exception.problems] == ["FILE", "--mapping"]


def test_the_template_overwrites_nothing(lent: Path) -> None:
    Path("mapping.toml").write_text("mine")
    done = run("--template")
    assert isinstance(done.exception, InputError)
    assert Path("mapping.toml").read_text() == "mine"


def test_help_shows_an_example() -> None:
    assert "Example: bijstand population import" in run("--help").output
