"""A table comes back from every format as it went in: every bit of a number, every character of a text."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from scenarios.reproduction.table_files import FORMATS, read_table, write_table
from sim.problems import InputError

NUMBERS = [0.1, 1 / 3, 5e-324, -0.0, 1.7976931348623157e308, math.nan]
TEXTS = ["=1+1", "_x0041_", "a\tb\nc\r\nd\x01", " é😀 <&>'\" ", "x" * 70_001, "0012"]


def odd() -> pd.DataFrame:
    whole = [2**53 + 1, -(2**62), 0, 1, 2, 3]
    data = [bytes([number]) * 20_000 for number in range(6)]
    return pd.DataFrame({"number": NUMBERS, "text": TEXTS, "whole": whole, "data": data})


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_is_lost(kind: str, tmp_path: Path) -> None:
    made = odd()
    found = read_table(write_table(made, tmp_path / f"t.{kind}"), texts=("text", "data"))
    assert list(found.columns) == list(made.columns)
    assert found["number"].to_numpy(dtype=float).tobytes() == made["number"].to_numpy().tobytes()
    assert found["text"].tolist() == TEXTS
    assert found["whole"].tolist() == made["whole"].tolist()
    data = [bytes.fromhex(each) if isinstance(each, str) else bytes(each) for each in found["data"]]
    assert data == made["data"].tolist()


@pytest.mark.parametrize("kind", FORMATS)
def test_random_numbers_keep_every_bit(kind: str, tmp_path: Path) -> None:
    bits = np.random.default_rng(8).integers(0, 2**64, size=4000, dtype=np.uint64).view(np.float64)
    values = bits[np.isfinite(bits)]
    found = read_table(write_table(pd.DataFrame({"x": values}), tmp_path / f"t.{kind}"))
    assert found["x"].to_numpy(dtype=float).tobytes() == values.tobytes()


def test_a_sheet_has_texts_and_no_formulas(tmp_path: Path) -> None:
    path = write_table(odd(), tmp_path / "a<b&c.xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["a<b&c"]
    assert book.worksheets[0]["B2"].data_type != "f"
    assert book.worksheets[0]["B2"].value == "=1+1"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_without_rows_keeps_its_columns(kind: str, tmp_path: Path) -> None:
    path = write_table(pd.DataFrame({"a": [], "b": []}), tmp_path / f"t.{kind}")
    assert list(read_table(path).columns) == ["a", "b"]
    assert len(read_table(path)) == 0


def test_what_is_too_large_for_a_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="take parquet"):
        write_table(pd.DataFrame({"a": np.zeros(1_000_001)}), tmp_path / "t.xlsx")
