"""Whatever a file is, reading it gives a table or one message that names the place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.description.toml_file import LARGEST, read_toml
from sim.problems import InputError

BAD = {
    "empty": (b"", "empty"),
    "spaces": (b" \n\t\n", "empty"),
    "only comments": (b"# nothing here\n", "empty"),
    "binary": (b"name = \x00\x01\x02", "binary"),
    "not utf-8": (b'name = "caf\xe9"\n', "not UTF-8"),
    "huge": (b"#" * (LARGEST + 1), "1000001 bytes"),
    "twice": (b'name = "a"\nname = "b"\n', "Cannot overwrite"),
    "no value": (b"name = \n", "valid TOML"),
    "unclosed": (b'name = "a\n', "valid TOML"),
    "json": (b'{"name": "a"}', "valid TOML"),
    "deep": (b"x = " + b"[" * 5000 + b"]" * 5000, "plain TOML"),
    "long number": (b"x = " + b"9" * 5000, "plain TOML"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_content(tmp_path: Path, case: str) -> None:
    content, words = BAD[case]
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_toml(path)
    assert len(caught.value.problems) == 1
    assert "scenario.toml" in caught.value.problems[0].path


def test_a_syntax_error_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text('name = "a"\n\nmonths == 3\n')
    with pytest.raises(InputError) as caught:
        read_toml(path)
    assert caught.value.problems[0].path == f"{path}:3:9"
    assert caught.value.problems[0].value == "months == 3"


def test_bad_places(tmp_path: Path) -> None:
    (tmp_path / "regular.toml").write_text("name = 'a'")
    with pytest.raises(InputError) as caught:
        read_toml(tmp_path / "regulr.toml")
    assert caught.value.problems[0].nearest == str(tmp_path / "regular.toml")
    os.mkfifo(tmp_path / "pipe.toml")
    for place, words in [
        (tmp_path, "a folder"),
        (tmp_path / "pipe.toml", "device or pipe"),
        (Path("/dev/zero"), "device or pipe"),
        (tmp_path / "regular.toml" / "below.toml", "can be read"),
        (tmp_path / ("x" * 300), "can be read"),
        (Path("a\x00b"), "can be read"),
    ]:
        with pytest.raises(InputError, match=words):
            read_toml(place)


def test_windows_files_are_read_as_others(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfname = 'a'\r\nmonths = 3\r\n")
    (tmp_path / "b.toml").write_bytes(b"name = 'a'\nmonths = 3\n")
    assert read_toml(tmp_path / "a.toml") == read_toml(tmp_path / "b.toml")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_no_content_gives_anything_but_a_table_or_a_message(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    read: tuple[object, object] = ("", {})
    problems = 0
    try:
        read = read_toml(path)
    except InputError as error:
        problems = len(error.problems)
    assert all(read) == (problems == 0)
