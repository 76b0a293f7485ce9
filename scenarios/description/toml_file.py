"""Read a TOML file that somebody else wrote: whatever it is, the answer is a table or one message."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from sim.policy.number_text import toml_float
from sim.problems import InputError, Problem, Say, nearest_name

__all__ = ["LARGEST", "read_toml"]

LARGEST = 1_000_000
_PLACE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$")

# How Dutch hands write numbers and dates, and how TOML wants them.
_MISWRITTEN = (
    (re.compile(r"=\s*([+-]?\d+),(\d+)\s*(?:#.*)?$"), r"\1.\2"),
    (re.compile(r"=\s*(\d\d)-(\d\d)-(\d{4})\s*(?:#.*)?$"), r"\3-\2-\1"),
)


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text and the table of a TOML file.

    Raises:
        InputError: missing, a folder, unreadable, empty, larger than 1 MB, binary, not UTF-8, or not TOML
            (with line and column).
    """
    raw = _bytes(path)
    if b"\x00" in raw:
        raise _wrong(path, "binary", Say("a text file in TOML", "een tekstbestand in TOML"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _wrong(f"{path}:{line}", "not UTF-8", Say("text in UTF-8", "tekst in UTF-8")) from None
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text, parse_float=toml_float)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path, text, str(error)) from None
    except (RecursionError, ValueError):  # nesting without end; a number of a million digits
        raise _wrong(path, "too deep or too long", Say("plain TOML", "gewone TOML")) from None
    if not data:
        raise _empty(path)
    return text, data


def _bytes(path: Path) -> bytes:
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise _wrong(path, "a folder", Say("a TOML file", "een TOML-bestand"))
        if not stat.S_ISREG(kind.st_mode):
            raise _wrong(path, "a device or pipe", Say("a regular file", "een gewoon bestand"))
        if kind.st_size > LARGEST:
            allowed = Say(f"at most {LARGEST} bytes", f"hoogstens {LARGEST} bytes")
            raise _wrong(path, f"{kind.st_size} bytes", allowed)
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except FileNotFoundError:
        near = [str(path.with_name(found.name)) for found in _beside(path)]
        allowed = Say("an existing file", "een bestaand bestand")
        raise InputError([Problem(str(path), "no such file", allowed, nearest_name(str(path), near))]) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = getattr(error, "strerror", None) or "not a file name"
        raise _wrong(path, reason, Say("a file that can be read", "een bestand dat gelezen kan worden")) from None
    if not raw.strip():
        raise _empty(path)
    return raw


def _beside(path: Path) -> list[Path]:
    try:
        return sorted(path.parent.glob("*.toml"))[:200]
    except OSError:
        return []


def _syntax(path: Path, text: str, message: str) -> InputError:
    found = _PLACE.match(message)
    reason, line, column = (found.group(1), found.group(2), found.group(3)) if found else (message, None, None)
    number = int(line) if line else text.count("\n") + 1
    lines = text.split("\n")
    shown = lines[number - 1].strip() if number <= len(lines) else ""
    place = f"{path}:{number}" + (f":{column}" if column else "")
    for pattern, right in _MISWRITTEN:
        miswritten = pattern.search(shown)
        if miswritten:
            word = miswritten.expand(right)
            return _wrong(place, shown, Say(f"in a TOML file: {word}", f"in een TOML-bestand: {word}"))
    return _wrong(place, shown or "end of file", Say(f"valid TOML ({reason})", f"geldige TOML ({reason})"))


def _empty(path: Path) -> InputError:
    allowed = Say(
        "a scenario (`bijstand scenarios new FILE` writes an example)",
        "een scenario (`bijstand scenarios new BESTAND` schrijft een voorbeeld)",
    )
    return _wrong(path, "empty", allowed)


def _wrong(place: Path | str, value: object, allowed: Say) -> InputError:
    return InputError([Problem(str(place), value, allowed)])
