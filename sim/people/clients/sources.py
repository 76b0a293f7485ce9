"""The [columns] of a mapping: where each of our columns comes from, in which unit or by which value table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.people.clients.checks import Checker
from sim.people.clients.schemes import IMPORTABLE, NO_WORDS, SCHEMES, UNITS, YES_WORDS, code_value, fold, span
from sim.problems import one_of, within

__all__ = ["Source", "SourceReader", "allowed_values"]

Kind = Literal["number", "date", "codes", "yes_no", "partner_and_children"]

_KEYS: Mapping[str, tuple[str, ...]] = {
    "number": ("kind", "column", "blank", "unit", "cap"),
    "date": ("kind", "column", "blank", "format"),
    "codes": ("kind", "column", "blank", "values", "scheme"),
    "yes_no": ("kind", "column", "blank", "yes", "no"),
    "partner_and_children": ("kind", "blank", "partner", "children", "yes", "no"),
}
_DIRECTIVES = re.compile(r"%(.)")


@dataclass(frozen=True)
class Source:
    """Where one of our columns comes from. `blank` is "refuse", "draw" or the value of an empty cell."""

    target: str
    kind: Kind
    columns: tuple[str, ...]
    blank: str | float = "refuse"
    factor: float = 1.0
    offset: float = 0.0
    cap: bool = False
    formats: tuple[str, ...] = ()
    table: Mapping[str, float] = field(default_factory=dict)


class SourceReader(Checker):
    """Reads the sources of our columns."""

    def sources(self, columns: dict[str, Any]) -> tuple[Source, ...]:
        """Return the source of every column that is named well."""
        found: list[Source] = []
        for target, entry in columns.items():
            if target not in IMPORTABLE:
                continue
            place = f"columns.{target}"
            if isinstance(entry, str):
                entry = {"column": entry}
            if not isinstance(entry, dict):
                self.wrong(place, type(entry).__name__, "a column name or a table", "een kolomnaam of een tabel")
                continue
            source = self.source(target, place, entry)
            if source is not None:
                found.append(source)
        return tuple(found)

    def source(self, target: str, place: str, entry: dict[str, Any]) -> Source | None:
        """Return the source of one column, None when its kind makes no sense."""
        column = IMPORTABLE[target]
        kinds = ["codes"] if column.codes else ["yes_no", "codes"] if column.unit == "0/1" else ["number"]
        kinds += ["codes"] if kinds == ["number"] else []
        kinds += ["date"] if column.unit in ("years", "months") else []
        kinds += ["partner_and_children"] if target == "household" else []
        kind = entry.get("kind", kinds[0])
        if kind not in kinds:
            self.problems.append(one_of(f"{self.name}:{place}.kind", kind, kinds))
            return None
        self.names(entry, f"{place}.", _KEYS[kind])
        ends = ("partner", "children") if kind == "partner_and_children" else ("column",)
        named = [self.text(entry, f"{place}.{end}") for end in ends]
        for end in ends:
            if end not in entry:
                self.wrong(
                    f"{place}.{end}",
                    "missing",
                    "the name of a column of the file",
                    "de naam van een kolom in het bestand",
                )
        factor, offset = self.unit(column.unit, place, entry) if kind == "number" else (1.0, 0.0)
        cap = entry.get("cap", False)
        if not isinstance(cap, bool):
            self.wrong(f"{place}.cap", cap, "true or false", "true of false")
            cap = False
        table: Mapping[str, float] = {}
        if kind == "codes":
            table = self.values(target, place, entry)
        if kind in ("yes_no", "partner_and_children"):
            table = self.yes_no(place, entry)
        return Source(
            target=target,
            kind=kind,
            columns=tuple(name for name in named if name is not None),
            blank=self.blank(target, place, entry),
            factor=factor,
            offset=offset,
            cap=cap,
            formats=self.formats(place, entry) if kind == "date" else (),
            table=table,
        )

    def unit(self, ours: str, place: str, entry: dict[str, Any]) -> tuple[float, float]:
        """Return the factor and offset from the file's unit to ours."""
        unit = self.text(entry, f"{place}.unit", (*UNITS.get(ours, ()), ours))
        return UNITS.get(ours, {}).get(unit or ours, (1.0, 0.0))

    def blank(self, target: str, place: str, entry: dict[str, Any]) -> str | float:
        """Return what an empty cell means."""
        value = entry.get("blank", "refuse")
        if value in ("refuse", "draw"):
            return str(value)
        number = code_value(target, value)
        if number is None:
            self.wrong(f"{place}.blank", value, *allowed_values(target))
            return "refuse"
        return number

    def formats(self, place: str, entry: dict[str, Any]) -> tuple[str, ...]:
        """Return the date formats to try, in order."""
        value = entry.get("format", "%Y-%m-%d")
        formats = value if isinstance(value, list) else [value]
        for one in formats:
            found = _DIRECTIVES.findall(one) if isinstance(one, str) else []
            if "Y" not in found or "m" not in found or set(found) - set("YmdHMS") or len(found) > len({*found}):
                self.wrong(
                    f"{place}.format",
                    one,
                    "a date format of %d, %m, %Y (four digits), %H, %M, %S, such as %d-%m-%Y",
                    "een datumvorm van %d, %m, %Y (vier cijfers), %H, %M, %S, zoals %d-%m-%Y",
                )
                return ("%Y-%m-%d",)
        return tuple(formats)

    def values(self, target: str, place: str, entry: dict[str, Any]) -> Mapping[str, float]:
        """Return the value table of a coded column: folded word -> our code."""
        schemes, table = SCHEMES.get(target, {}), dict[str, float]()
        scheme = self.text(entry, f"{place}.scheme", schemes) if "scheme" in entry else None
        if scheme is not None:
            table.update(schemes[scheme])
        values = entry.get("values", {})
        if not isinstance(values, dict):
            self.wrong(f"{place}.values", type(values).__name__, "a table of values", "een tabel met waarden")
            values = {}
        own: dict[str, float] = {}
        for word, ours in values.items():
            number = code_value(target, ours)
            if number is None:
                column = IMPORTABLE[target]
                self.problems.append(
                    one_of(f"{self.name}:{place}.values.{word}", ours, column.codes)
                    if column.codes
                    else within(f"{self.name}:{place}.values.{word}", ours, column.low, column.high)
                )
            elif own.setdefault(fold(word), number) != number:
                self.wrong(
                    f"{place}.values.{word}",
                    ours,
                    "one meaning per word (case is ignored)",
                    "één betekenis per woord (hoofdletters tellen niet)",
                )
        if not values and scheme is None and "scheme" not in entry:
            known = ", ".join(schemes) or "-"
            self.wrong(
                f"{place}.values",
                "missing",
                f"a table of values or a scheme ({known})",
                f"een tabel met waarden of een schema ({known})",
            )
        return table | own

    def yes_no(self, place: str, entry: dict[str, Any]) -> Mapping[str, float]:
        """Return the yes and no words as 1 and 0."""
        yes = {fold(word) for word in self.words(entry, f"{place}.yes", YES_WORDS)}
        no = {fold(word) for word in self.words(entry, f"{place}.no", NO_WORDS)}
        for word in sorted(yes & no):
            self.wrong(f"{place}.yes", word, "a word that does not also mean no", "een woord dat niet ook nee betekent")
        return dict.fromkeys(no, 0.0) | dict.fromkeys(yes, 1.0)


def allowed_values(target: str, refuse: bool = True) -> tuple[str, str]:
    """Return what may stand for a missing value of `target`, in both languages."""
    values = span(target)
    word = "'refuse', 'draw'" if refuse else "'draw'"
    return f"{word} or a value ({values.en})", f"{word} of een waarde ({values.nl})"
