"""Regimes as text: read from TOML tables, every problem at once, and written back without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sim.files import writable
from sim.policy.number_text import toml_number
from sim.problems import InputError, Problem, Say, nearest_name, one_of
from sim.regime.check import regime_problems
from sim.regime.ranges import Range
from sim.regime.regime import ROLES, Change, Origin, Regime

__all__ = ["regime_from_dict", "regime_to_toml", "regimes_from_dict"]

_KEYS = (
    "title",
    "based_on",
    "levers",
    "changes",
    "ranges",
    "months",
    "to_date",
    "announced",
    "after",
    "role",
    "source",
    "locator",
    "note",
)
_CHANGE_KEYS = ("levers", "from_month", "to_month", "from_date", "to_date", "ramp_months")
_ORIGIN_KEYS = ("value", "kind", "source", "locator", "note")
_KINDS = ("published", "assumption")
_RANGE_KEYS = ("low", "high", "kind", "reason", "source", "from_month", "to_month")


def regime_from_dict(
    name: str, data: object, path: str | None = None, known: Mapping[str, Regime] | None = None
) -> Regime:
    """Return the regime that a TOML table describes.

    A lever is a number, or a table with `value`, `kind` (published or assumption), `source`, `locator` and
    `note`; a published value without a source takes that of the regime. `based_on` names regimes of `known`
    whose levers and changes are taken over, in that order; what the table itself says goes first.

    Raises:
        InputError: with every problem of the table; `path` (``regimes.<name>``) starts each path.
    """
    regime, problems = _read(name, data, path or f"regimes.{name}", known or {})
    if problems or regime is None:
        raise InputError(tuple(problems))
    return regime


def regimes_from_dict(
    data: Mapping[str, object], path: str = "regimes", known: Mapping[str, Regime] | None = None
) -> dict[str, Regime]:
    """Return all regimes of a table of tables, in order; a later one may be based on an earlier one."""
    available = dict(known or {})
    read: dict[str, Regime] = {}
    problems: list[Problem] = []
    for name, table in data.items():
        regime, wrong = _read(name, table, f"{path}.{name}", available)
        problems += wrong
        if regime is not None:
            available[name] = read[name] = regime
    InputError.raise_if(problems)
    return read


class _Table:
    """A table being read: takes typed values out and keeps what is wrong with them."""

    def __init__(self, data: object, path: str, keys: Sequence[str], problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.wrong("", data, Say("a table", "een tabel"))
        for key in self.data:
            if key not in keys:
                allowed = Say(f"one of {', '.join(keys)}", f"één van {', '.join(keys)}")
                problems.append(Problem(f"{path}.{key}", key, allowed, nearest_name(str(key), keys)))

    def wrong(self, key: str, value: object, allowed: Say) -> None:
        self.problems.append(Problem(f"{self.path}.{key}" if key else self.path, value, allowed))

    def text(self, key: str) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self.wrong(key, value, Say("a text", "een tekst"))
            return ""
        if not writable(value):
            self.wrong(key, ascii(value), Say("a text without control characters", "een tekst zonder stuurtekens"))
            return ""
        return value

    def whole(self, key: str) -> int | None:
        value = self.data.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.wrong(key, value, Say("a whole number of months", "een geheel aantal maanden"))
            return None
        return value

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.wrong(key, value, Say("a date such as 2018-01-01", "een datum zoals 2018-01-01"))
        return None

    def truth(self, key: str) -> bool:
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, value, Say("true or false", "true of false"))
            return False
        return value

    def choice(self, key: str, names: Sequence[str], otherwise: str) -> str:
        value = self.data.get(key, otherwise)
        if value not in names:
            self.problems.append(one_of(f"{self.path}.{key}", value, names))
            return otherwise
        return str(value)

    def levers(self) -> tuple[dict[str, float], dict[str, Origin]]:
        values: dict[str, float] = {}
        origins: dict[str, Origin] = {}
        given = self.data.get("levers", {})
        if not isinstance(given, Mapping):
            self.wrong("levers", given, Say("a table of levers", "een tabel met knoppen"))
            return values, origins
        for name, value in given.items():
            if not isinstance(value, Mapping):
                values[name] = value
                continue
            entry = _Table(value, f"{self.path}.levers.{name}", _ORIGIN_KEYS, self.problems)
            if "value" not in value:
                entry.wrong("value", "missing", Say("a number", "een getal"))
                continue
            values[name] = value["value"]
            kind = entry.choice("kind", _KINDS, "assumption")
            origins[name] = Origin(
                "published" if kind == "published" else "assumption",
                entry.text("source"),
                entry.text("locator"),
                entry.text("note"),
            )
        return values, origins


def _read(name: str, data: object, path: str, known: Mapping[str, Regime]) -> tuple[Regime | None, list[Problem]]:
    problems: list[Problem] = []
    table = _Table(data, path, _KEYS, problems)
    levers, origins = table.levers()
    changes = _changes(table)
    inherited: dict[str, float] = {}
    inherited_origins: dict[str, Origin] = {}
    inherited_changes: list[Change] = []
    ranges = _ranges(table)
    inherited_ranges: dict[str, tuple[Range, ...]] = {}
    for base in _bases(table, known):
        inherited |= base.levers
        inherited_origins = {k: v for k, v in inherited_origins.items() if k not in base.levers}
        inherited_origins |= base.origins
        inherited_changes += base.changes
        inherited_ranges |= base.ranges
    moved = {lever for change in changes for lever in change.levers}
    for change in inherited_changes:
        kept = {k: v for k, v in change.levers.items() if k not in moved and k not in levers}
        if kept:
            kept_origins = {k: v for k, v in change.origins.items() if k in kept}
            changes.append(replace(change, levers=kept, origins=kept_origins))
    fields: dict[str, Any] = {
        "name": name,
        "title": _title(table, name),
        "levers": inherited | levers,
        "months": table.whole("months"),
        "to_date": table.day("to_date"),
        "announced": table.truth("announced"),
        "after": table.text("after") or None,
        "role": table.choice("role", ROLES, "treatment"),
        "origins": {k: v for k, v in inherited_origins.items() if k not in levers} | origins,
        # A value of its own has a range of its own, or none.
        "ranges": {k: v for k, v in inherited_ranges.items() if k not in levers and k not in moved} | ranges,
        "source": table.text("source"),
        "locator": table.text("locator"),
        "note": table.text("note"),
    }
    fields["origins"] = _sourced(fields["origins"], fields["source"], fields["locator"])
    fields["changes"] = tuple(
        replace(change, origins=_sourced(change.origins, fields["source"], fields["locator"])) for change in changes
    )
    # A regime refuses itself on construction; here its problems join those of the table.
    draft = object.__new__(Regime)
    for key, value in fields.items():
        object.__setattr__(draft, key, value)
    problems += regime_problems(draft, path)
    return (None if problems else Regime(**fields)), problems


def _bases(table: _Table, known: Mapping[str, Regime]) -> list[Regime]:
    given = table.data.get("based_on", [])
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list):
        table.wrong("based_on", given, Say("names of regimes", "namen van regimes"))
        return []
    found: list[Regime] = []
    for base in names:
        if isinstance(base, str) and base in known:
            found.append(known[base])
        else:
            table.problems.append(one_of(f"{table.path}.based_on", base, known))
    return found


def _title(table: _Table, name: str) -> Say:
    given = table.data.get("title", name)
    both = {"en": given, "nl": given} if isinstance(given, str) else given
    if isinstance(both, Mapping) and set(both) == {"en", "nl"}:
        en, nl = both["en"], both["nl"]
        if isinstance(en, str) and isinstance(nl, str) and writable(en + nl):
            return Say(en, nl)
    allowed = Say("a text, or { en, nl }, without control characters", "een tekst, of { en, nl }, zonder stuurtekens")
    table.wrong("title", ascii(given) if isinstance(given, str) else given, allowed)
    return Say(name, name)


def _changes(table: _Table) -> list[Change]:
    given = table.data.get("changes", [])
    if not isinstance(given, list):
        table.wrong("changes", given, Say("a list of tables", "een lijst met tabellen"))
        return []
    changes: list[Change] = []
    for number, data in enumerate(given, start=1):
        entry = _Table(data, f"{table.path}.changes[{number}]", _CHANGE_KEYS, table.problems)
        levers, origins = entry.levers()
        change = Change(
            levers,
            entry.whole("from_month") or 0,
            entry.whole("to_month"),
            entry.day("from_date"),
            entry.day("to_date"),
            entry.whole("ramp_months") or 0,
            origins,
        )
        changes.append(change)
    return changes


def _ranges(table: _Table) -> dict[str, tuple[Range, ...]]:
    given = table.data.get("ranges", {})
    if not isinstance(given, Mapping):
        table.wrong("ranges", given, Say("a table of ranges by lever", "een tabel met bereiken per knop"))
        return {}
    found: dict[str, tuple[Range, ...]] = {}
    for name, windows in given.items():
        read: list[Range] = []
        for number, data in enumerate(windows if isinstance(windows, list) else [windows], start=1):
            entry = _Table(data, f"{table.path}.ranges.{name}[{number}]", _RANGE_KEYS, table.problems)
            low, high = entry.data.get("low"), entry.data.get("high")
            if any(isinstance(end, bool) or not isinstance(end, int | float) for end in (low, high)):
                entry.wrong("low, high", (low, high), Say("two numbers", "twee getallen"))
                continue
            kind = entry.choice("kind", ("printed", "assumption"), "assumption")
            read.append(
                Range(
                    float(entry.data["low"]),
                    float(entry.data["high"]),
                    "printed" if kind == "printed" else "assumption",
                    entry.text("reason"),
                    entry.text("source"),
                    entry.whole("from_month") or 1,
                    entry.whole("to_month"),
                )
            )
        found[str(name)] = tuple(read)
    return found


def _sourced(origins: Mapping[str, Origin], source: str, locator: str) -> dict[str, Origin]:
    """A published value without a source of its own comes from where the regime comes from."""
    return {
        name: replace(origin, source=origin.source or source, locator=origin.locator or locator)
        if origin.kind == "published"
        else origin
        for name, origin in origins.items()
    }


def regime_to_toml(regime: Regime, table: str = "regimes") -> str:
    """Return the regime as the TOML table ``[<table>.<name>]``; reading it back gives an equal regime."""
    head = f"{table}.{_quoted(regime.name)}"
    lines = [f"[{head}]", f"title = {{ en = {_quoted(regime.title.en)}, nl = {_quoted(regime.title.nl)} }}"]
    lines += [f"months = {regime.months}"] if regime.months is not None else []
    lines += [f"to_date = {regime.to_date.isoformat()}"] if regime.to_date else []
    lines += ["announced = true"] if regime.announced else []
    lines += [f"after = {_quoted(regime.after)}"] if regime.after else []
    lines += [f"role = {_quoted(regime.role)}"] if regime.role != "treatment" else []
    for key in ("source", "locator", "note"):
        text = getattr(regime, key)
        lines += [f"{key} = {_quoted(text)}"] if text else []
    if regime.levers:
        lines += ["", f"[{head}.levers]", *_lever_lines(regime.levers, regime.origins)]
    for change in regime.changes:
        lines += ["", f"[[{head}.changes]]"]
        lines += [f"from_month = {change.from_month}"] if change.from_month else []
        lines += [f"to_month = {change.to_month}"] if change.to_month is not None else []
        lines += [f"from_date = {change.from_date.isoformat()}"] if change.from_date else []
        lines += [f"to_date = {change.to_date.isoformat()}"] if change.to_date else []
        lines += [f"ramp_months = {change.ramp_months}"] if change.ramp_months else []
        lines += [f"[{head}.changes.levers]", *_lever_lines(change.levers, change.origins)]
    if regime.ranges:
        lines += ["", f"[{head}.ranges]"]
        for name, found in regime.ranges.items():
            lines.append(f"{name} = [{', '.join(_range_text(each) for each in found)}]")
    return "\n".join(lines) + "\n"


def _lever_lines(levers: Mapping[str, float], origins: Mapping[str, Origin]) -> list[str]:
    lines: list[str] = []
    for name, value in levers.items():
        number = toml_number(float(value))
        if name not in origins:
            lines.append(f"{name} = {number}")
            continue
        origin = origins[name]
        parts = [f"value = {number}", f"kind = {_quoted(origin.kind)}"]
        for key in ("source", "locator", "note"):
            text = getattr(origin, key)
            parts += [f"{key} = {_quoted(text)}"] if text else []
        lines.append(f"{name} = {{ {', '.join(parts)} }}")
    return lines


def _range_text(one: Range) -> str:
    parts = [f"from_month = {one.from_month}"] if one.from_month != 1 else []
    parts += [f"to_month = {one.to_month}"] if one.to_month is not None else []
    parts += [f"low = {one.low!r}", f"high = {one.high!r}", f"kind = {_quoted(one.kind)}"]
    for key in ("reason", "source"):
        text = getattr(one, key)
        parts += [f"{key} = {_quoted(text)}"] if text else []
    return f"{{ {', '.join(parts)} }}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
