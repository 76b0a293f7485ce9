"""Tables are plain in a pipe; JSON is JSON whatever is put in."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from app.terminal.output import print_json, print_sections, print_table


def test_a_table_in_a_pipe_is_plain_and_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "n", "share"), [("a", 1, "+0.5"), ("long name", 20, "−10.0"), ("c", None, "")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["name        n  share", "a           1   +0.5", "long name  20  −10.0", "c"]


def test_a_cell_stays_on_one_line_and_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a",), [("two\nlines\x1b[31m",)])
    assert capsys.readouterr().out == "a\ntwo lines [31m\n"


def test_json_has_no_nan_and_takes_numpy(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": np.array([1.0, np.nan]), "b": np.int64(3), "c": date(2018, 1, 1), "d": float("inf"), 5: (1, {2})})
    assert json.loads(capsys.readouterr().out) == {
        "a": [1.0, None],
        "b": 3,
        "c": "2018-01-01",
        "d": None,
        "5": [1, [2]],
    }


def test_sections_share_their_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_sections(("who", "n"), [("first", [("a", 1)]), ("second, with a long title", [("bb", 200)])])
    assert capsys.readouterr().out == "who    n\nfirst\na      1\nsecond, with a long title\nbb   200\n"
