"""Tables of other programs: Parquet, Stata (.dta) and SPSS (.sav), as the rows that `sim.table_file` gives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cell_of", "frame_rows", "read_frame"]


def read_frame(place: Path, start: bytes, most_rows: int) -> pd.DataFrame | None:
    """Return the table of a Parquet, Stata or SPSS file with its value labels, None when it is none of these.

    Args:
        place: the file.
        start: its first bytes.
        most_rows: the largest number of rows that is read.

    Raises:
        InputError: a damaged file, or too many rows.
    """
    kind = _kind(place, start)
    if kind is None:
        return None
    try:
        frame = _read(place, kind, most_rows)
    except InputError:
        raise
    except Exception as error:  # each library has its own kinds for a damaged file
        reason = (str(error).splitlines() or [type(error).__name__])[0][:80]
        allowed = Say(f"a {kind} file that can be read", f"een leesbaar {kind}-bestand")
        raise InputError([Problem(place.name, reason, allowed)]) from error
    frame.columns = [str(name) for name in frame.columns]
    return frame


def _kind(place: Path, start: bytes) -> str | None:
    if start.startswith(b"PAR1"):
        return "Parquet"
    if start.startswith((b"$FL2", b"$FL3")):
        return "SPSS"
    # Before version 13 a Stata file has no mark of its own but its version number.
    if start.startswith(b"<stata_d") or (place.suffix.lower() == ".dta" and start[:1] in bytes(range(0x69, 0x74))):
        return "Stata"
    return None


def _read(place: Path, kind: str, most_rows: int) -> pd.DataFrame:
    if kind == "Parquet":
        import pyarrow.parquet as parquet

        rows = parquet.read_metadata(place).num_rows
        _fits(place, rows, most_rows)
        table: pd.DataFrame = parquet.read_table(place).to_pandas()
        return table
    import pyreadstat

    reader = pyreadstat.read_sav if kind == "SPSS" else pyreadstat.read_dta
    _, about = reader(str(place), metadataonly=True)
    _fits(place, about.number_rows or 0, most_rows)
    # The labels are what the user knows: "coached", not 2.
    frame: pd.DataFrame = reader(str(place), apply_value_formats=True, formats_as_category=False)[0]
    return frame


def _fits(place: Path, rows: int, most: int) -> None:
    if rows > most:
        raise InputError([Problem(place.name, f"{rows} rows", Say(f"at most {most} rows", f"hoogstens {most} rijen"))])


def frame_rows(frame: pd.DataFrame) -> Iterator[Sequence[object]]:
    """Yield the heading and then each row, cells as `cell_of` gives them."""
    yield [str(name) for name in frame.columns]
    for record in frame.itertuples(index=False, name=None):
        yield [cell_of(value) for value in record]


def cell_of(value: object) -> object:
    """Return a cell as text, except numbers, which keep their value; what is unknown is an empty text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if hasattr(value, "item") and not isinstance(value, str):
        return cell_of(value.item())
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        if value != value:  # NaT
            return ""
        midnight = value.time() == time()
        return value.strftime("%Y-%m-%d") if midnight else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, int | float | str) else "" if str(value) in ("<NA>", "NaT") else str(value)
