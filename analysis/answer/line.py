"""Answers as a table of one line each: at 80 columns for a terminal, at 120 with the months and the words.

The mark of the verdict is never dropped. Marks that occur are explained in the last lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from analysis.answer.label import LABEL_TEXTS
from analysis.answer.measures import UNITS, spoken
from analysis.answer.precision import FEWEST_SEEDS
from analysis.answer.rounding import plain, rounded
from analysis.answer.triple import Answer, Span
from analysis.answer.verdict import MARKS
from analysis.answer.wording import count_word, period, signed
from analysis.effects.words import number
from sim.problems import Say

__all__ = ["ascii_only", "cells", "computing_line", "narrow_table", "tables", "wide_table"]

_NARROW, _WIDE = 80, 120
_WIDTHS = (20, 11, 13, 12, 1)  # the least widths of the columns at 80
_HEADS = Say("measure|assumed|trials|concluded||support", "maat|vooraf|proeven|conclusie||onderbouwd")
_WIDE_HEADS = Say(
    "measure, month|scenario|assumed|trials|concluded||support",
    "maat, maand|scenario|vooraf|proeven|conclusie||onderbouwd",
)
_TITLE = Say(
    "{scenario} against {baseline}, after {t}: people in every 1,000, range 90%",
    "{scenario} tegenover {baseline}, na {t}: mensen op elke 1.000, marge 90%",
)
_NOTHING = Say("not measured", "niet gemeten")
_NO_PRIOR = Say("?", "?")
_HIDDEN = Say("{0}: fewer than 10 people, not shown", "{0}: minder dan 10 mensen, niet getoond")
_FEW = Say("needs {0} draws", "vraagt {0} trekk.")

_LEGEND: dict[str, Say] = {
    "+": Say("+ gain", "+ winst"),
    "-": Say("- harm", "- verlies"),
    "=": Say("= little difference", "= weinig verschil"),
    "?": Say("? cannot be told", "? niet te zeggen"),
    ".": Say(". no claim", ". geen uitspraak"),
    "0": Say("0 the same plan", "0 hetzelfde plan"),
}


def tables(answers: Sequence[Answer], lang: str, titles: Mapping[str, str], *, width: int) -> list[str]:
    """Return the lines of the tables that fit in `width` columns."""
    return wide_table(answers, lang) if width >= _WIDE else narrow_table(answers, lang, titles)


def narrow_table(answers: Sequence[Answer], lang: str, titles: Mapping[str, str]) -> list[str]:
    """Return lines of at most 80 columns, scenario and month above their rows."""
    lines: list[str] = []
    blocks: dict[tuple[str, int], list[Answer]] = {}
    for answer in answers:
        blocks.setdefault((answer.asked.scenario, answer.asked.month), []).append(answer)
    for (scenario, month), rows in blocks.items():
        slots = {"scenario": titles.get(scenario, scenario), "baseline": rows[0].asked.baseline}
        slots["baseline"] = titles.get(slots["baseline"], slots["baseline"])
        lines += [""] * bool(lines) + wrap(_TITLE.to(lang).format(t=period(month, lang), **slots), _NARROW)
        rows_shown = [_HEADS.to(lang).split("|"), *(cells(answer, lang, short=True) for answer in rows)]
        lines += _aligned(rows_shown, _WIDTHS, _NARROW)
    return lines + _legend(answers, lang, _NARROW)


def wide_table(answers: Sequence[Answer], lang: str) -> list[str]:
    """Return lines of at most 120 columns where names allow it."""
    shown = [_WIDE_HEADS.to(lang).split("|")]
    for answer in answers:
        name, *rest = cells(answer, lang, short=False)
        asked = answer.asked
        alone = answer.verdict == "hidden"
        shown.append(
            [f"{asked.scenario}, {asked.month}: {name}"] if alone else [f"{name}, {asked.month}", asked.scenario, *rest]
        )
    return _aligned(shown, (), _WIDE) + _legend(answers, lang, _WIDE)


def ascii_only(text: str) -> str:
    """Return a line for a terminal that knows no Unicode: the marks keep their meaning."""
    for given, instead in (("\N{MINUS SIGN}", "-"), ("\N{NOT EQUAL TO}", "x")):
        text = text.replace(given, instead)
    return text.encode("ascii", "replace").decode()


def computing_line(answers: Sequence[Answer], lang: str) -> str:
    """Return what other draws and other seeds would change: the largest errors of an end of an interval by unit."""
    largest: dict[str, tuple[float, str]] = {}
    for answer in answers:
        error = answer.concluded.end_error
        if error is None or answer.verdict in ("hidden", "zero"):
            continue
        kind = spoken(answer.asked.measure).kind
        shown = error * kind.factor
        unit = UNITS[kind.form].to(lang)
        if shown > largest.get(unit, (0.0, ""))[0]:
            decimals = 0 if kind.form in ("people", "euros") else 1 if kind.form == "one" else 2
            largest[unit] = (shown, number(max(shown, 10.0**-decimals), decimals, lang))
    draws, seeds = answers[0].concluded.draws, answers[0].concluded.seeds
    told = "; ".join(f"± {text} {unit}" for unit, (_, text) in largest.items()) or "?"
    if lang == "nl":
        return f"door het rekenen alleen ({draws} trekkingen x {seeds} keer) schuift een grens hooguit: {told}"
    return f"computing alone ({draws} draws x {seeds} seeds) moves an end of a range by at most: {told}"


def cells(answer: Answer, lang: str, *, short: bool) -> list[str]:
    """Return an answer in six cells: measure, assumed, trials, concluded, mark, support."""
    words = spoken(answer.asked.measure)
    name = words.short.to(lang)
    if answer.verdict == "hidden":
        return [_HIDDEN.to(lang).format(name), "", "", "", "", ""]
    kind = words.kind
    before = "?" if answer.assumed is None else _span(*plain(answer.assumed, kind), lang, short=short)
    found = _NOTHING.to(lang)
    if answer.found is not None and answer.found.trials:
        together = answer.found
        if together.mean is None or together.low is None or together.high is None:
            found = _directions(answer, lang)
        else:
            found = _span(*plain(Span(together.mean, together.low, together.high), kind), lang, short=short)
    return [name, before, found, _concluded(answer, lang, short), MARKS[answer.verdict], _support(answer, lang, short)]


def _concluded(answer: Answer, lang: str, short: bool) -> str:
    span = answer.concluded.span
    if answer.verdict == "zero":
        return "0"
    if span is None or not span.high > span.low:
        return _FEW.to(lang).format(answer.needed) if answer.needed else "?"
    shown, decimals = rounded(span, spoken(answer.asked.measure).kind)
    if answer.verdict in ("outside", "unmeasured"):  # no middle: nobody tried it
        low, high = (signed(end, decimals, lang) for end in (shown.low, shown.high))
        return f"{low}..{high}" if short else f"{low} {'tot' if lang == 'nl' else 'to'} {high}"
    return _span(shown, decimals, lang, short=short)


def _span(span: Span, decimals: int, lang: str, *, short: bool) -> str:
    values = (span.mean, span.low, span.high)
    mean, low, high = (signed(value, decimals, lang) if value else "0" for value in values)
    if short:
        return f"{mean} {low}..{high}"
    return f"{mean} ({low} {'tot' if lang == 'nl' else 'to'} {high})"


def _directions(answer: Answer, lang: str) -> str:
    found = answer.found
    assert found is not None
    more, less = ("meer", "minder") if lang == "nl" else ("more", "less")
    parts = [f"{found.signs(1)} {more}"] * bool(found.signs(1)) + [f"{found.signs(-1)} {less}"] * bool(found.signs(-1))
    same = found.signs(0)
    return ", ".join(parts + [f"{same} {'gelijk' if lang == 'nl' else 'same'}"] * bool(same))


def _support(answer: Answer, lang: str, short: bool) -> str:
    label, found = answer.label, answer.found
    trials = 0 if found is None else found.trials
    marks = [LABEL_TEXTS["support"][label.support].to(lang) if not short or trials else _none(lang)]
    agreed = {"agree": ("=", "agree", "eens"), "mixed": ("≠", "mixed", "oneens")}.get(label.agreed)
    if short:
        marks.append(f"{trials}{agreed[0] if agreed else ''}")
    elif trials:
        marks.append(f"{trials} {agreed[2 if lang == 'nl' else 1] if agreed else ''}".strip())
    own, far = {"nl": "stad≠", "en": "town≠"}[lang], {"little": ">", "far": ">>"}
    apart = {"nl": "proef≠", "en": "trial≠"}[lang]
    marks += [own] * ("own_town" in answer.conflicts) + [apart] * ("trials" in answer.conflicts)
    marks += [far[label.outside]] if label.outside in far else []
    return (" " if short else ", ").join(marks)


def _none(lang: str) -> str:
    return "geen" if lang == "nl" else "none"


def _legend(answers: Sequence[Answer], lang: str, width: int) -> list[str]:
    met = dict.fromkeys(MARKS[answer.verdict] for answer in answers)
    words = [_LEGEND[mark].to(lang) for mark in _LEGEND if mark in met]
    texts: list[str] = []
    mixed = [a for a in answers if a.label.agreed == "mixed" and a.found is not None and a.verdict != "hidden"]
    if mixed:
        trials = mixed[0].found.trials if mixed[0].found is not None else 0
        count = count_word(trials, lang)
        texts.append(f"{trials}≠ {count} proeven, oneens" if lang == "nl" else f"{trials}≠ {count} trials, mixed")
    if any(a.label.agreed == "agree" and a.verdict != "hidden" for a in answers):
        texts.append("= na een aantal: eens" if lang == "nl" else "= after a count: they agree")
    if any("own_town" in a.conflicts for a in answers):
        texts.append("stad≠ eigen stad vond iets anders" if lang == "nl" else "town≠ the own town found something else")
    if any("trials" in a.conflicts for a in answers):
        texts.append(
            "proef≠ model en proeven verschillen meer dan hun marges"
            if lang == "nl"
            else "trial≠ model and trials differ by more than their errors"
        )
    if any(a.label.outside in ("little", "far") for a in answers):
        texts.append("> iets, >> ver buiten de proeven" if lang == "nl" else "> a little, >> far outside the trials")
        why = dict.fromkeys(reason[lang] for a in answers for reason in a.label.reasons)
        texts.append(("buiten: " if lang == "nl" else "outside: ") + "; ".join(why))
    unknown = [a.needed for a in answers if a.verdict == "unknown" and a.needed is not None]
    if unknown:
        texts.append(
            f"? vraagt ten minste {min(unknown)} trekkingen en {FEWEST_SEEDS} keer"
            if lang == "nl"
            else f"? needs at least {min(unknown)} draws and {FEWEST_SEEDS} seeds"
        )
    lines = wrap("  ".join(words).replace(" ", "\N{NO-BREAK SPACE}").replace("\N{NO-BREAK SPACE}" * 2, "  "), width)
    lines += wrap("  ".join(text.replace(" ", "\N{NO-BREAK SPACE}") for text in texts), width, break_long_words=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _aligned(rows: Sequence[Sequence[str]], least: Sequence[int], width: int) -> list[str]:
    """Return rows in columns; one cell that stands alone in its row may run across the others."""
    full = [row for row in rows if len(row) > 1 and any(row[1:])]
    count = max(len(row) for row in rows)
    needed = [max(len(row[place]) for row in full) for place in range(count)]
    widths = [max(wide, least[place] if place < len(least) else 0) for place, wide in enumerate(needed)]
    if sum(widths) + count - 1 > width:
        widths = needed
    # Where two blanks between columns are too many, the mark keeps them longest: it is what the eye looks for.
    gaps = next(
        (
            gap
            for gap in ((2,) * count, (1, *(2,) * count), (1,) * count)
            if sum(widths) + sum(gap[: count - 1]) <= width
        ),
        (1,) * count,
    )
    lines = []
    for row in rows:
        if not any(row[1:]):
            lines.append(row[0])
            continue
        parts = (cell.ljust(wide + gap) for cell, wide, gap in zip(row, widths, gaps, strict=False))
        lines.append("".join(parts).rstrip())
    return lines
