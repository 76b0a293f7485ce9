"""Laws of a user's own client file: all problems at once, nothing half-written, nobody to be recognised."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import table_file as client_file
from sim.people.clients import read as clients
from sim.people.clients import store as client_store
from sim.people.clients.mapping import read_mapping
from sim.people.clients.overview import SMALLEST, hide
from sim.people.clients.read import Imported, import_clients, read
from sim.people.clients.template import EXAMPLE_ROWS, example_csv, mapping_template
from sim.people.clients.words import FLAGS
from sim.problems import InputError
from tests.sim.people.donors import donors

LENDERS = donors()
HEAD = """
version = 1
[file]
reference_date = 2024-01-01
decimal = ","
[clients]
id = "id"
[columns]
"""
SMALL = 'age = "age"\nhousehold = { column = "home", scheme = "english" }\n'


def put(folder: Path, table: str, columns: str = SMALL, head: str = HEAD) -> tuple[Path, Path]:
    """Write a client file (a string with one row a line) and its mapping."""
    (folder / "c.csv").write_text(table)
    (folder / "m.toml").write_text(head + columns)
    return folder / "c.csv", folder / "m.toml"


def load(folder: Path, table: str, columns: str = SMALL, **more: Any) -> Imported:
    file, mapping = put(folder, table, columns)
    out = Path(tempfile.mkdtemp(dir=folder)) / "out"
    return import_clients(file, mapping, out=out, donors=LENDERS, max_refused=more.pop("max_refused", 0.9), **more)


def faults(folder: Path, table: str, columns: str = SMALL) -> str:
    with pytest.raises(InputError) as caught:
        load(folder, table, columns, max_refused=0)
    return str(caught.value)


def refused(action: Callable[[], object]) -> InputError | None:
    """Return the problems of an action, None when there are none; anything else is a traceback."""
    try:
        action()
    except InputError as error:
        return error
    return None


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    (folder / "c.csv").write_text(example_csv())
    (folder / "m.toml").write_text(mapping_template("nl"))
    return folder


@pytest.fixture(scope="module")
def imported(example: Path) -> Imported:
    return import_clients(example / "c.csv", example / "m.toml", out=example / "out", donors=LENDERS)


# the example and the way back


def test_the_example_loses_its_two_impossible_people(imported: Imported) -> None:
    assert (imported.read, imported.kept) == (EXAMPLE_ROWS, EXAMPLE_ROWS - 2)
    assert [(one.row, one.column) for one in imported.refusals] == [(42, "age"), (77, "hours")]
    imported.population.check()


def test_what_is_read_back_is_what_was_imported(imported: Imported) -> None:
    again = read(imported.folder)
    assert again.digest() == imported.population.digest()
    assert again.municipalities == ("Voorbeeldstad",)


def test_known_client_comes_out_as_written(tmp_path: Path) -> None:
    columns = """
    age = { column = "born", kind = "date", format = "%d-%m-%Y" }
    household = { kind = "partner_and_children", partner = "partner", children = "kids" }
    youngest_child_age = { column = "kid", blank = -1 }
    spell_months = { column = "since", kind = "date", format = "%Y%m%d" }
    earnings_before = { column = "earned", unit = "EUR/year" }
    trust = { column = "trust", unit = "1..5" }
    mental = { column = "mental", kind = "yes_no" }
    cost_sharers = { column = "home", cap = true }
    """
    table = (
        "id;born;partner;kids;kid;since;earned;trust;mental;home\n"
        "a;15-01-1980;nee;2;4;20220301;€ 1.200,00;4;JA;7\n"
        "b;01-01-1990;ja;0;;20231231;12.000,-;1;nee;2\n"
    )
    people = load(tmp_path, table, columns).population
    got = {name: people[name][np.argsort(people.person)].tolist() for name in people.columns}
    assert got["age"] == pytest.approx([43 + 11 / 12, 34])
    assert got["household"] == [1, 2]
    assert got["youngest_child_age"] == [4, -1]
    assert got["spell_months"] == [22, 0]
    assert got["earnings_before"] == [100, 1000]
    assert got["trust"] == [0.75, 0]
    assert got["mental"] == [1, 0]
    assert got["cost_sharers"] == [5, 2]


def test_format_encoding_and_separator_do_not_matter(tmp_path: Path, imported: Imported, example: Path) -> None:
    rows = list(csv.reader(io.StringIO(example_csv()), delimiter=";"))
    for name, delimiter, encoding in (("a", ",", "utf-8-sig"), ("b", "\t", "cp1252"), ("c", ";", "utf-8")):
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows([[*row, "é"] for row in rows])
        (tmp_path / f"{name}.csv").write_bytes(text.getvalue().encode(encoding))
    book = openpyxl.Workbook()
    book.active.title = "Leeg"
    page = book.create_sheet("Cliënten")
    for row in rows:
        page.append([float(cell.replace(",", ".")) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "d.xlsx")
    mapping = mapping_template("en")
    (tmp_path / "m.toml").write_text(mapping)
    (tmp_path / "x.toml").write_text(mapping.replace("[file]", '[file]\nsheet = "Cliënten"'))
    for file in ("a.csv", "b.csv", "c.csv", "d.xlsx"):
        settings_file = tmp_path / ("x.toml" if file == "d.xlsx" else "m.toml")
        done = import_clients(tmp_path / file, settings_file, out=tmp_path / f"{file}.out", donors=LENDERS)
        assert done.kept == imported.kept
        for name, values in imported.population.columns.items():
            np.testing.assert_array_equal(done.population[name], values, err_msg=f"{file} {name}")


def test_chunks_do_not_matter(
    imported: Imported, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_file, "CHUNK_ROWS", 7)
    done = import_clients(example / "c.csv", example / "m.toml", out=tmp_path / "out", donors=LENDERS)
    assert done.population.digest() == imported.population.digest()


# everything that is wrong, at once


def test_mapping_file_and_folder_problems_come_together(tmp_path: Path) -> None:
    columns = """
    agee = "age"
    age = { column = "agge", unit = "fortnights" }
    male = { column = "home", kind = "codes", scheme = "leters" }
    household = { column = "home", values = { a = "singel" } }
    spell_months = { column = "since", kind = "date", format = "%y" }
    [missing]
    otherwise = "guess"
    donors = "nederlands"
    match = ["mental"]
    [missing.columns]
    debt = -5
    """
    file, mapping = put(tmp_path, "id,age,home\n1,30,a\n", columns)
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputError) as caught:
        import_clients(file, mapping, name="No Name", out=tmp_path / "taken", max_refused=2)
    said = str(caught.value)
    for expected in (
        "did you mean 'age'",
        "fortnights",
        "did you mean 'letters'",
        "did you mean 'single'",
        "'%y'",
        "guess",
        "did you mean 'netherlands'",
        "missing.match",
        "missing.columns.debt",
        "'agge'",
        "'since'",
        "taken: 'exists already'",
        "--name",
        "--max-refused",
    ):
        assert expected in said, expected
    assert "problemen" not in said
    assert len(caught.value.problems) >= 13
    assert all(problem.to("nl") != problem.to("en") for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        ("1,12,single", "age", "18 .. 67"),
        ("1,thirty,single", "age", "'xxxxxx'"),
        ("1,30.5.2,single", "age", "number"),
        ("1,,single", "age", "a value"),
        ("1,30,castle", "household", "'castle'"),
        ("1,30,single,extra", "row", "3 fields"),
        (",30,single", "clients.id", "client id"),
        ('1,30,"si"ngle', "row", "3 fields"),
        ("1,inf,single", "age", "number"),
        ("1," + "9" * 400 + ",single", "age", "number"),
    ],
)
def test_a_row_is_refused_with_place_and_reason(tmp_path: Path, row: str, place: str, reason: str) -> None:
    said = faults(tmp_path, f"id,age,home\n0,30,couple\n{row}\n")
    assert f"c.csv:3:{place}" in said
    assert reason in said
    assert "c.csv:2" not in said


@pytest.mark.parametrize(
    ("columns", "cells", "rule"),
    [
        ({"household": 1, "youngest_child_age": -1}, {}, "has a child"),
        ({"household": 0, "youngest_child_age": 3}, {}, "single parent"),
        ({"household": 0, "partner_earnings": 10}, {}, "only a couple"),
        ({"household": 2, "cost_sharers": 1}, {}, "two adults"),
        ({"age": 25, "youngest_child_age": 15}, {}, "12 years younger"),
        ({"age": 25, "spell_months": 200}, {}, "18 or later"),
        ({"age": 25, "job_months": 200}, {}, "13 or later"),
        ({"hours": 10, "contract": 0}, {}, "with a contract"),
        ({"hours": 0, "contract": 1}, {}, "working hours"),
        ({"low_education": 1, "education": 2}, {}, "is a low education"),
        ({"hours": 70}, {}, "0 .. 40"),
        ({"spell_months": -1}, {}, "0 .. 720"),
        ({"spell_months": 1.5}, {}, "whole"),
    ],
)
def test_impossible_people_are_refused(tmp_path: Path, columns: dict[str, float], cells: Any, rule: str) -> None:
    spec = "".join(
        f'{name} = {{ column = "{name}", kind = "codes", values = {{ "{value}" = {value} }} }}\n'
        if name in ("household", "contract", "education", "low_education")
        else f'{name} = "{name}"\n'
        for name, value in columns.items()
    )
    head = "id;" + ";".join(columns)
    row = "1;" + ";".join(str(value).replace(".", ",") for value in columns.values())
    said = faults(tmp_path, f"{head}\n{row}\n", spec)
    assert "c.csv:2:" in said
    assert rule in said


def test_a_future_date_and_a_two_digit_year_are_refused(tmp_path: Path) -> None:
    columns = 'spell_months = { column = "since", kind = "date" }\n'
    said = faults(tmp_path, "id,since\n1,2024-01-02\n2,24-01-01\n3,2023-12-01\n", columns)
    assert "c.csv:2:spell_months" in said
    assert "c.csv:3:spell_months" in said
    assert "c.csv:4" not in said


def test_a_client_counts_once(tmp_path: Path) -> None:
    done = load(tmp_path, "id,age,home\nsecret1,30,single\nsecret1,31,single\n")
    assert done.kept == 1
    assert done.refusals[0].value == "as in row 2"


def test_above_the_threshold_nothing_is_written(tmp_path: Path) -> None:
    table = "id,age,home\n" + "".join(f"{n},{12 if n < 6 else 40},single\n" for n in range(100))
    file, mapping = put(tmp_path, table)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError) as caught:
        import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS)
    assert "6 of 100 rows refused" in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before
    done = import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS, max_refused=0.06)
    assert done.kept == 94


def _zip(*names: str) -> bytes:
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")  # a fixed date: the same bytes on every worker
    return text.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"id,age,home\n", "no rows"),
        (b"\n\n", "no heading"),
        (b"a,b\n1,2\n", "no mapped column"),
        (b"id,age,home\n1,3\x000,single\n", "binary"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1xx", "Parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "encrypted"),
        ("id,age,home\n1,30,single\n".encode("utf-16"), "UTF-8"),
        (_zip("a.txt"), "zip archive"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "damaged"),
        (_zip("a.txt")[:-20], "damaged"),
        (b'id,age,home\n1,30,"single\n2,30,single\n', "quote not closed"),
        (b"id,age,home\n1,30,\x81\xff\n", "not text"),
    ],
    ids=range(14),
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    _, mapping = put(tmp_path, "")
    (tmp_path / "c.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        import_clients(tmp_path / "c.csv", mapping, out=tmp_path / "out", donors=LENDERS)
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_missing_folders_and_wrong_sheets_are_told(tmp_path: Path) -> None:
    _, mapping = put(tmp_path, "")
    for file in (tmp_path / "none.csv", tmp_path, Path("a\0b")):
        with pytest.raises(InputError):
            import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS)
    book = openpyxl.Workbook()
    book.active.title = "Clients"
    book.save(tmp_path / "b.xlsx")
    (tmp_path / "m.toml").write_text(HEAD.replace("[file]", '[file]\nsheet = "Cliens"') + SMALL)
    with pytest.raises(InputError, match="did you mean 'Clients'"):
        import_clients(tmp_path / "b.xlsx", mapping, out=tmp_path / "out", donors=LENDERS)


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
CELL = st.one_of(
    st.sampled_from(["30", "single", "couple", "", "12", "-1", "1,5", '"', "=1+1", "ja"]), st.text(max_size=6)
)


@FUZZ
@given(content=st.binary(max_size=300), start=st.sampled_from([b"", b"id,age,home\n", b"PK\x03\x04", b"\xef\xbb\xbf"]))
def test_garbage_is_refused_never_a_traceback(content: bytes, start: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, mapping = put(folder, "")
        file.write_bytes(start + content)
        out = folder / "out"
        error = refused(lambda: import_clients(file, mapping, out=out, donors=LENDERS, max_refused=1))
        assert out.exists() == (error is None)
        assert error is None or error.problems


@FUZZ
@given(place=st.integers(0, 5000), content=st.binary(min_size=1, max_size=40), part=st.integers(0, 7))
def test_a_damaged_workbook_is_refused_never_a_traceback(place: int, content: bytes, part: int) -> None:
    text, damaged = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["id", "age", "home"], [1, 30, "single"], [2, 40, "couple"]):
        book.active.append(row)
    book.save(text)
    with zipfile.ZipFile(text) as whole, zipfile.ZipFile(damaged, "w") as archive:
        for number, one in enumerate(whole.namelist()):
            inside = whole.read(one)
            spot = place % len(inside)
            archive.writestr(one, inside[:spot] + content + inside[spot + 3 :] if number == part else inside)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, mapping = put(folder, "")
        file.write_bytes(damaged.getvalue())
        error = refused(lambda: import_clients(file, mapping, out=folder / "out", donors=LENDERS))
        assert error is None or error.problems


@FUZZ
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8), delimiter=st.sampled_from(",;\t"))
def test_random_tables_are_kept_or_refused(rows: list[list[str]], delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows([["id", "age", "home"], *rows])
        file, mapping = put(folder, "")
        file.write_bytes(text.getvalue().encode("utf-8", "replace"))
        out = folder / "out"
        error = refused(lambda: import_clients(file, mapping, out=out, donors=LENDERS, max_refused=1))
        if error is None:
            read(out).check()
        else:
            assert all(problem.to("nl") for problem in error.problems)


@FUZZ
@given(content=st.binary(max_size=200), keep=st.integers(0, 400))
def test_a_damaged_mapping_is_refused(content: bytes, keep: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "m.toml"
        place.write_bytes(mapping_template("en").encode()[:keep] + content)
        error = refused(lambda: read_mapping(place))
        assert error is None or error.problems


SCALAR = st.one_of(st.integers(), st.booleans(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
KEYS = (
    *("sheet", "decimal", "reference_date", "blank_words", "id", "caseload", "match", "donors", "seed"),
    *("columns", "kind", "column", "values", "scheme", "unit", "blank", "cap", "format", "yes", "partner"),
)
TABLES = ("file", "clients", "missing", "columns", "columns.age", "columns.household", "columns.male")


@settings(max_examples=200, deadline=None)
@given(table=st.sampled_from(TABLES), key=st.sampled_from(KEYS), value=SCALAR)
def test_any_value_at_any_key_gives_problems_not_a_traceback(table: str, key: str, value: Any) -> None:
    shown = json.dumps(value, ensure_ascii=False).replace("NaN", "nan").replace("Infinity", "inf").replace("\x7f", "")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "m.toml"
        place.write_text(f"version = 1\n[{table}]\n{key} = {shown}\n", encoding="utf-8")
        _, problems = read_mapping(place)
        assert problems  # at least the reference date


# what was filled in


def test_only_missing_cells_are_drawn_and_they_are_flagged(tmp_path: Path) -> None:
    columns = SMALL + 'education = { column = "level", scheme = "english", blank = "draw" }\n'
    columns += "[missing.columns]\nreporting_trait = 0.5\n"
    table = "id,age,home,level\n" + "".join(f"{n},{20 + n % 40},single,{'high' if n % 4 else ''}\n" for n in range(80))
    done = load(tmp_path, table, columns)
    level = done.population["education"][np.argsort(done.population.person)]
    assert (level[np.arange(80) % 4 > 0] == 2).all()
    told = {one.column: (one.how, one.rows) for one in done.imputed}
    assert told["education"] == ("drawn", 20)
    assert told["reporting_trait"] == ("constant", 80)
    assert told["employability"] == ("drawn", 80)
    assert told["stress"] == ("drawn", 80)
    assert "age" not in told
    import pyarrow.parquet as pq

    flags = pq.read_table(done.folder / "people.parquet")["imputed.education"].to_numpy()
    assert flags.sum() == 20


def test_donors_are_alike_and_lend_what_goes_together(tmp_path: Path) -> None:
    table = "id,age,home\n" + "".join(f"{n},{20 + n % 45},{('single', 'couple')[n % 2]}\n" for n in range(600))
    people = load(tmp_path, table).population
    # Donors: employability = 2 - age / 20 + at most 0.2; poor Dutch exactly when low educated.
    assert np.abs(people["employability"] - (2.1 - people["age"] / 20)).max() < 0.35
    assert ((people["education"] == 0) == (people["poor_dutch"] == 1)).all()
    assert ((people["partner_earnings"] > 0) == (people["household"] == 2)).all()
    assert 0.4 < people["poor_dutch"].mean() < 0.6
    assert len(np.unique(people["stress"])) > 200


def test_refusing_one_row_changes_nobody_else(tmp_path: Path) -> None:
    rows = [f"{n},{20 + n % 45},single" for n in range(60)]
    whole = load(tmp_path, "id,age,home\n" + "\n".join(rows)).population
    rows[10] = "10,12,single"
    less = load(tmp_path, "id,age,home\n" + "\n".join(rows)).population
    order, left = np.argsort(whole.person), np.argsort(less.person)
    others = np.delete(np.arange(60), 10)
    for name in ("employability", "stress", "education", "mental"):
        np.testing.assert_array_equal(less[name][left], whole[name][order][others])


def test_another_seed_draws_other_donors(tmp_path: Path) -> None:
    table = "id,age,home\n" + "".join(f"{n},{20 + n % 45},single\n" for n in range(60))
    first, again = (load(tmp_path, table).population["stress"] for _ in range(2))
    other = load(tmp_path, table, SMALL + "[missing]\nseed = 2\n").population["stress"]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_drawn_values_never_make_impossible_people(tmp_path: Path) -> None:
    columns = 'youngest_child_age = { column = "kid", blank = -1 }\nhours = "hours"\nage = "age"\n'
    table = "id,kid,hours,age\n" + "".join(
        f"{n},{'' if n % 3 else n % 8},{n % 2 * 10},{20 + n % 47}\n" for n in range(300)
    )
    people = load(tmp_path, table, columns).population
    child, household = people["youngest_child_age"], people["household"]
    assert not ((household == 0) & (child >= 0)).any()
    assert not ((household == 1) & (child < 0)).any()
    assert ((people["contract"] > 0) == (people["hours"] > 0)).all()
    assert not ((household != 2) & (people["partner_earnings"] > 0)).any()
    assert (people["spell_months"] <= (people["age"] - 18) * 12 + 12).all()


def test_without_donors_a_draw_is_an_error(tmp_path: Path) -> None:
    file, mapping = put(tmp_path, "id,age,home\n1,30,single\n")
    with pytest.raises(InputError, match=r"missing\.donors"):
        import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS.take(np.arange(0)))


# places and caseworkers


def test_caseworkers_belong_to_one_place_and_caseloads_are_even(tmp_path: Path) -> None:
    head = HEAD.replace('id = "id"', 'id = "id"\nmunicipality_column = "town"\ncaseworker_column = "kw"\ncaseload = 10')
    table = "id,age,home,town,kw\n" + "".join(
        f"{n},40,single,{'ab'[n % 2]},{'x' if n < 20 else ''}\n" for n in range(101)
    )
    file, mapping = put(tmp_path, table, head=head)
    people = import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS).population
    assert people.municipalities == ("a", "b")
    for worker in np.unique(people.caseworker):
        mine = people.caseworker == worker
        assert len(np.unique(people.municipality[mine])) == 1
        assert mine.sum() <= 10
        assert len(np.unique(people["quality"][mine])) == 1
    assert people.caseworker.max() + 1 == len(np.unique(people.caseworker)) == 11


# nobody to be recognised


def test_ids_and_names_stay_out_of_everything(tmp_path: Path) -> None:
    rows = "".join(f"ZQX{n:04d},{30 + n % 30},single,Voornaam{n}\n" for n in range(60))
    rows += "ZQX0001,30,single,x\nZQX9999,Jansen,single,x\nZQX9998,30,Pietersen 1234567,x\n"
    done = load(tmp_path, "id,age,home,name\n" + rows)
    assert done.refused == 3
    everything = b"".join(file.read_bytes() for file in done.folder.iterdir())
    said = " ".join(one.problem("c.csv").to("nl") for one in done.refusals).encode()
    for secret in (b"ZQX", b"Voornaam", b"Jansen", b"1234567"):
        assert secret not in everything + said
    assert done.link is None
    assert [path.name for path in done.folder.parent.iterdir()] == ["out"]


def test_a_column_of_names_taken_for_codes_is_masked(tmp_path: Path) -> None:
    said = load(
        tmp_path,
        "id,age,home\nq,30,single\n"
        + "".join(f"{n},30,Naam{chr(97 + n // 26)}{chr(97 + n % 26)}\n" for n in range(60)),
        max_refused=1,
    )
    assert not any("Naam" in one.value for one in said.refusals)


def test_the_link_is_kept_only_on_request_beside_the_folder(tmp_path: Path) -> None:
    done = load(tmp_path, "id,age,home\n=A1,30,single\nB2,31,single\n", keep_link=True)
    assert done.link is not None
    assert done.link.parent == done.folder.parent
    assert done.link.read_text().splitlines() == ["person,client_id", "0,'=A1", "1,B2"]
    assert done.warnings
    if os.name == "posix":
        assert done.link.stat().st_mode & 0o077 == 0
        assert done.folder.stat().st_mode & 0o077 == 0


def test_nothing_is_sent_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    done = load(tmp_path, "id,age,home\n" + "".join(f"{n},40,single\n" for n in range(30)))
    for lang in ("nl", "en"):
        page = (done.folder / f"profile.{lang}.html").read_text()
        assert "http:" not in page
        assert "https:" not in page
        assert f'<html lang="{lang}">' in page


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=2), min_size=1, max_size=6))
def test_hidden_groups_cannot_be_subtracted(counts: list[list[int]]) -> None:
    table = np.asarray(counts, dtype=np.int64)
    people = table.sum(axis=1)
    hidden = hide(table)
    assert (table[~hidden & (people > 0)] >= SMALLEST).all()
    if hidden.any() and (~hidden & (people > 0)).any():
        assert hidden.sum() >= 2
        assert (table[hidden].sum(axis=0) >= SMALLEST).all()


def test_one_small_group_takes_another_with_it() -> None:
    assert hide(np.asarray([[3], [500], [40]])).tolist() == [True, False, True]
    assert hide(np.asarray([[10], [500], [40]])).tolist() == [False, False, False]
    assert hide(np.asarray([[3], [0], [40]])).tolist() == [True, False, True]


def test_a_profile_shows_no_group_under_ten(imported: Imported) -> None:
    shown = json.loads((imported.folder / "profile.json").read_text())
    total = shown["people"]
    hidden_somewhere = False
    for table in shown["distributions"]:
        counts = [cell["people"] for cell in table["groups"]]
        seen = [count for count in counts if count is not None]
        assert all(count == 0 or count >= SMALLEST for count in seen)
        if None in counts:
            hidden_somewhere = True
            assert counts.count(None) >= 2
            assert total - sum(seen) >= SMALLEST
    assert hidden_somewhere
    for table in shown["by_group"]:
        people = [cell["people"] for cell in table["groups"]]
        for entry in table["shares"]:
            for count, share in zip(people, entry["shares"], strict=True):
                if share is not None:
                    assert count is not None
                    assert min(share, 1 - share) * count >= SMALLEST - 0.5
    assert {entry["column"] for entry in shown["by_group"][0]["shares"]} == set(FLAGS)


# whole or not at all


def test_a_changed_folder_is_refused(imported: Imported, tmp_path: Path) -> None:
    import shutil

    for name, old, new, said in (
        ("population.toml", b"rows_kept = 238", b"rows_kept = 239", "hash differs"),
        ("population.toml", b"version = 1", b"version = 2", "version 1"),
        ("population.toml", b"version = 1", b"version = ", "damaged"),
        ("people.parquet", b"PAR1", b"PAR2", "hash differs"),
    ):
        copy = tmp_path / "copy"
        shutil.copytree(imported.folder, copy)
        content = (copy / name).read_bytes()
        assert old in content
        (copy / name).write_bytes(content.replace(old, new))
        with pytest.raises(InputError, match=said):
            read(copy)
        (copy / name).unlink()
        with pytest.raises(InputError):
            read(copy)
        shutil.rmtree(copy)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, mapping = put(tmp_path, "id,age,home\n1,30,single\n")
    before = sorted(tmp_path.iterdir())
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(client_store.os, "fsync", full)
    with pytest.raises(InputError, match="No space"):
        import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS)
    assert sorted(tmp_path.iterdir()) == before


def test_a_killed_import_leaves_no_folder_and_the_next_one_sweeps(tmp_path: Path) -> None:
    file, mapping = put(tmp_path, "id,age,home\n1,30,single\n")
    words = f"""
import os
from pathlib import Path
from sim.people.clients import store as client_store
from sim.people.clients.read import import_clients
from tests.sim.people.donors import donors
write, done = client_store._write, []
def killed(path, content):
    write(path, content)
    done.append(path)
    if len(done) == 3:
        os._exit(9)
client_store._write = killed
import_clients({str(file)!r}, {str(mapping)!r}, out=Path({str(tmp_path / "out")!r}), donors=donors(200))
"""
    root = Path(clients.__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", words], cwd=root, capture_output=True, check=False)
    assert ended.returncode == 9, ended.stderr
    assert not (tmp_path / "out").exists()
    (left,) = tmp_path.glob(".out.partial-*")
    os.utime(left, (0, 0))
    done = import_clients(file, mapping, out=tmp_path / "out", donors=LENDERS)
    assert not left.exists()
    assert done.kept == 1


def test_replace_overwrites_a_population_folder_only(tmp_path: Path) -> None:
    file, mapping = put(tmp_path, "id,age,home\n1,30,single\n")
    out = tmp_path / "out"
    import_clients(file, mapping, out=out, donors=LENDERS)
    with pytest.raises(InputError, match="exists already"):
        import_clients(file, mapping, out=out, donors=LENDERS)
    file.write_text("id,age,home\n1,30,single\n2,50,single\n")
    import_clients(file, mapping, out=out, donors=LENDERS, replace=True)
    assert len(read(out)) == 2
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="not a population folder"):
        import_clients(file, mapping, out=tmp_path / "mine", donors=LENDERS, replace=True)
