"""Tables of the store as files: read back into a database, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Float, Integer, LargeBinary, Table, func, select
from sqlalchemy.exc import IntegrityError

from scenarios.reproduction.table_files import FORMATS, read_table
from scenarios.store.models import METADATA
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["files_of", "insert_tables", "read_tables"]


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files in a folder that are tables of the store, by the name of the table."""
    if not folder.is_dir() or (folder / "manifest.json").exists():
        return {}
    paths = [folder / f"{name}.{kind}" for name in METADATA.tables for kind in FORMATS]
    return {path.stem: path for path in paths if path.is_file()}


def read_tables(files: Mapping[str, Path]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of tables, by table.

    Raises:
        InputError: a file that is no table, columns that are missing, cells of another kind than the column.
    """
    problems: list[Problem] = []
    found: dict[str, list[dict[str, Any]]] = {}
    for name, path in files.items():
        table = METADATA.tables[name]
        try:
            texts = [column.name for column in table.columns if not _is_number(column.type)]
            found[name] = list(_rows(table, read_table(path, texts=texts)))
        except (ValueError, KeyError, TypeError, OSError, StopIteration) as error:
            allowed = Say(
                "a table as `bijstand runs tables` wrote it", "een tabel zoals `bijstand runs tables` schreef"
            )
            problems.append(Problem(str(path), str(error)[:200] or type(error).__name__, allowed))
    InputError.raise_if(problems)
    return found


def insert_tables(connection: Connection, tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Insert rows whose keys are new, and return how many there were by table.

    Raises:
        InputError: rows that hang on others that are not there.
    """
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new: dict[str, int] = {}
    for table in METADATA.sorted_tables:
        rows = tables.get(table.name, [])
        before = _count(connection, table)
        if rows:
            try:
                connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
            except IntegrityError as error:
                needed = sorted({key.column.table.name for key in table.foreign_keys})
                allowed = Say(
                    f"rows whose run, scenario or source comes along (tables {', '.join(needed)}), no empty cells",
                    f"rijen waarvan run, scenario of bron meekomt (tabellen {', '.join(needed)}), geen lege cellen",
                )
                raise InputError([Problem("package", table.name, allowed)]) from error
        if table.name in tables:
            new[table.name] = _count(connection, table) - before
    return new


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _is_number(kind: Any) -> bool:
    return isinstance(kind, Integer | Float)


def _rows(table: Table, found: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    missing = [name for name in names if name not in found.columns]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}")
    columns = [[_value(table.columns[name].type, value) for value in found[name].tolist()] for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _value(kind: Any, value: Any) -> Any:
    empty = value is None or (isinstance(value, float) and value != value)
    if _is_number(kind):
        number = None if empty else float(value) if isinstance(kind, Float) else int(value)
        if isinstance(number, int) and number != value:
            raise ValueError(f"not a whole number: {value}")
        return number
    if isinstance(kind, LargeBinary):
        return b"" if empty else bytes.fromhex(value) if isinstance(value, str) else bytes(value)
    return "" if empty else str(value)
