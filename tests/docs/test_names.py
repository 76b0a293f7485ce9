"""Commands, options, make targets and glossary names that the pages mention exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from app.cli import COMMANDS, bijstand
from tests.docs.pages import PAGES, ROOT, code_spans

_CONTEXT = click.Context(bijstand)


def _options(command: click.Command) -> set[str]:
    return {option for each in command.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}


def _faults(words: list[str]) -> list[str]:
    """Return what does not exist in one command line; words in capitals stand for anything."""
    command: click.Command = bijstand
    faults: list[str] = []
    known = _options(bijstand)
    for word in words:
        if word.startswith("--"):
            option = word.split("=")[0]
            if option not in known:
                faults.append(f"{command.name}: no option {option}")
        elif isinstance(command, click.Group) and "|" not in word and re.fullmatch(r"[a-z]+", word):
            if word in ("en", "nl"):
                continue
            found = command.get_command(_CONTEXT, word)
            if found is None:
                return [*faults, f"{command.name}: no command {word}"]
            command = found
            known |= _options(command)
        elif isinstance(command, click.Group) and "|" in word:
            names = word.split("|")
            return [*faults, *(f"no command {name}" for name in names if command.get_command(_CONTEXT, name) is None)]
    return faults


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_command_lines_exist(page: Path) -> None:
    faults: list[str] = []
    for span in code_spans(page):
        line = span.removeprefix("$ ").split("#")[0].strip()
        if line.startswith("bijstand "):
            faults += _faults(shlex.split(line.replace("'", ""))[1:])
    if page.name == "carry-on.md":
        faults = [fault for fault in faults if fault != "bijstand: no command hello"]  # the page makes it
    assert not faults


def test_a_wrong_option_or_command_would_be_found() -> None:
    assert _faults(["compare", "regular", "--peeple", "3"])
    assert _faults(["compere"])
    assert _faults(["runs", "shew"])
    assert not _faults(["--lang", "nl", "runs", "show", "2", "--json"])


def test_options_in_running_text_exist() -> None:
    every = _options(bijstand)

    def collect(command: click.Command) -> None:
        every.update(_options(command))
        if isinstance(command, click.Group):
            for name in command.list_commands(_CONTEXT):
                found = command.get_command(_CONTEXT, name)
                assert found is not None, name
                collect(found)

    for name, (module, _) in COMMANDS.items():
        if (ROOT / "app/commands" / f"{module}.py").exists():
            found = bijstand.get_command(_CONTEXT, name)
            assert found is not None
            collect(found)
    mentioned = {
        option
        for page in PAGES
        for span in code_spans(page)
        if span.startswith("--")
        for option in re.findall(r"--[a-z][a-z-]*", span)
    }
    assert mentioned - every == set()


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    mentioned = {
        found[1] for page in PAGES for span in code_spans(page) if (found := re.match(r"make ([a-z-]+)", span))
    }
    assert {"run", "test"} <= mentioned <= targets


def test_names_in_the_glossary_exist_in_the_code() -> None:
    sources = [*ROOT.glob("sim/**/*.py"), *ROOT.glob("sim/**/*.toml"), *ROOT.glob("scenarios/**/*.toml")]
    words = set(re.findall(r"\w+", " ".join(path.read_text("utf-8") for path in sources)))
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(\w+)`", text))
    assert len(names) >= 20
    beginnings = {name for name in names if any(word.startswith(f"{name}_") for word in words)}
    assert names - words - beginnings == set()
