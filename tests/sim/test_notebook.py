"""The Mesa notebook runs from top to bottom and shows what it says."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lived() -> nbformat.NotebookNode:
    notebook = nbformat.read(_ROOT / "notebooks" / "mesa.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(_ROOT)}})
    return client.execute()


def answers(notebook: nbformat.NotebookNode, words: str) -> dict[str, str]:
    """Return the outputs of the first cell that holds `words`, by type."""
    cell = next(cell for cell in notebook.cells if words in cell.source)
    return {
        kind: str(text)
        for output in cell.outputs
        if output.output_type in ("execute_result", "display_data")
        for kind, text in output.data.items()
    }


def test_the_notebook_lives_all_months(lived):
    assert answers(lived, "model.run_model()")["text/plain"] == "(24, False)"


def test_offices_and_recipients_answer(lived):
    assert "'caseloads': [" in answers(lived, "offices.get")["text/plain"]
    assert answers(lived, "person = working[0]")["text/plain"].startswith("(Recipient(")


def test_mesa_s_visualisation_is_rendered(lived):
    assert "application/vnd.jupyter.widget-view+json" in answers(lived, "SolaraViz(")
