"""The page of the Python interface has an example for each name, and each runs; so do the notebooks of the users."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import bijstand
from calibration.posteriors.file import save
from tests.calibration.sample_posteriors import small
from tests.docs.pages import ROOT, blocks

_PAGE = ROOT / "docs/python.md"
_SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", _PAGE.read_text(), flags=re.MULTILINE | re.DOTALL))
NOTEBOOKS = ("policy", "researcher", "planner")


def _run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped.nc"
    save(small("sample"), shipped)
    monkeypatch.setattr("calibration.posteriors.posterior.SHIPPED", shipped)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text(_SECTIONS[name])
    found = [block.text for block in blocks(tmp_path / "page.md") if block.kind == "python"]
    assert found
    for text in found:
        assert f"bijstand.{name}" in text
        exec(compile(text, f"docs/python.md: {name}", "exec"), {"__name__": "__main__"})


def test_every_name_of_the_interface_has_its_section_and_no_other() -> None:
    assert set(_SECTIONS) == set(bijstand.__all__)


@pytest.mark.parametrize("name", [name for name in bijstand.__all__ if name != "calibrate"])
def test_the_example_of_a_name_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(name, tmp_path, monkeypatch)
    assert capsys.readouterr().out.strip()


@pytest.mark.slow
def test_the_example_of_a_fit_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run("calibrate", tmp_path, monkeypatch)
    assert "posterior_median" in capsys.readouterr().out


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_from_top_to_bottom(name: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("text/html" in output.get("data", {}) for output in shown)
    assert any("image/png" in output.get("data", {}) for output in shown)
    assert not [output for output in shown if output.output_type == "error"]
