"""What a stranger uploads is refused in words or made harmless; nothing is written unless it was asked and sound."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.studio.security import MOST_UPLOAD
from calibration.evidence.template import template_csv

FROM = {"origin": "http://127.0.0.1:8321"}
ADDRESS = "/en/calibration"


def zipped(*entries: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


class _Opens:
    """Would make a file where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, ("/tmp/bijstand-unpickled", "w")


GOOD = template_csv().encode()
HOSTILE: dict[str, tuple[str, bytes]] = {
    "empty": ("a.csv", b""),
    "binary": ("a.csv", bytes(range(256)) * 40),
    "nul": ("a.csv", b"a,b\x00c\n1,2\n"),
    "utf-16": ("a.csv", GOOD.decode().encode("utf-16")),
    "one long line": ("a.csv", b"x" * 2_000_000),
    "many columns": ("a.csv", b"," * 200_000 + b"\n"),
    "many rows": ("a.csv", GOOD + b"1,2,3\n" * 200_000),
    "formula": ("a.csv", GOOD.replace(b"name", b'=HYPERLINK("http://evil.example")', 1)),
    "script": ("a.csv", b"<script>alert(1)</script>,b\n1,2\n"),
    "no ending": ("a", GOOD),
    "exe": ("a.exe", b"MZ" + bytes(100)),
    "pickle as csv": ("a.csv", pickle.dumps(_Opens())),
    "pickle as xlsx": ("a.xlsx", pickle.dumps(_Opens())),
    "pkl": ("a.pkl", pickle.dumps(_Opens())),
    "macro workbook": ("a.xlsm", zipped(("xl/vbaProject.bin", b"x"))),
    "macro as xlsx": ("a.xlsx", zipped(("xl/vbaProject.bin", b"x"))),
    "not a workbook": ("a.xlsx", b"PK\x03\x04" + bytes(100)),
    "cut workbook": ("a.xlsx", zipped(("xl/workbook.xml", b"<x/>"))[:-30]),
    "zip bomb": ("a.xlsx", zipped(("xl/worksheets/sheet1.xml", b" " * 400_000_000))),
    "many files": ("a.xlsx", zipped(*((f"{n}", b"") for n in range(20_000)))),
    "entities": ("a.xlsx", zipped(("[Content_Types].xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))),
    "traversal": ("a.xlsx", zipped(("../../../tmp/bijstand-traversed", b"x"))),
    "name with folders": ("../../../tmp/bijstand-written.csv", b"x"),
    "name with a drive": ("C:\\x\\y.csv", b"x"),
    "name with quotes": ('a";filename="b.csv', b"x"),
    "name of markup": ("<img src=x onerror=alert(1)>.csv", b"x"),
    "long name": ("x" * 5000 + ".csv", b"x"),
    "name of nothing": (".csv", b"x"),
    "directory": ("a/", b"x"),
    "shell": ("$(touch /tmp/bijstand-shell).csv", b"x"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_told_in_words_and_write_nothing(studio: TestClient, case: str) -> None:
    out = Path(studio.app.state.studio.settings.out)  # type: ignore[attr-defined]
    before = sorted(str(path) for path in out.rglob("*"))
    name, content = HOSTILE[case]
    page = studio.post(ADDRESS, headers=FROM, files={"file": (name, content)}, data={"keep": "1"})
    assert page.status_code in (400, 413, 422), page.status_code
    assert "Traceback" not in page.text
    assert "fault of the program" not in page.text
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert sorted(str(path) for path in out.rglob("*")) == before
    assert not list(Path("/tmp").glob("bijstand-*"))


def test_a_file_of_200_megabytes_is_refused_by_its_length(studio: TestClient) -> None:
    headers = FROM | {"content-length": str(200_000_000), "content-type": "multipart/form-data; boundary=x"}
    assert studio.post(ADDRESS, headers=headers, content=b"").status_code == 413
    assert MOST_UPLOAD < 200_000_000


def test_the_template_is_read_and_kept_when_asked(studio: TestClient) -> None:
    template = studio.get("/en/calibration/template.csv")
    assert template.status_code == 200
    out = Path(studio.app.state.studio.settings.out)  # type: ignore[attr-defined]
    page = studio.post(ADDRESS, headers=FROM, files={"file": ("mine.csv", template.content)})
    assert page.status_code == 200, page.text
    assert not (out / "evidence").exists()
    page = studio.post(ADDRESS, headers=FROM, files={"file": ("mine.csv", template.content)}, data={"keep": "1"})
    assert "It is kept" in page.text
    assert (out / "evidence").is_dir()


def test_problems_of_a_file_are_told_by_row_and_column(studio: TestClient) -> None:
    page = studio.post(ADDRESS, headers=FROM, files={"file": ("mine.csv", GOOD.replace(b"0.", b"x0.", 1))})
    assert page.status_code == 422
    assert "upload.csv" in page.text
    assert "/tmp" not in page.text
