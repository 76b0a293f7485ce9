"""The figure of an answer: assumed, what the trials found, concluded, above each other on one axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.answer.figure_base import ASSUMED, CONCLUDED, SMALLEST_TEXT, WIDTH, box, canvas, write_at
from analysis.answer.figure_pen import FOOT, LEFT, RIGHT, Pen
from analysis.answer.measures import UNITS, Spoken, spoken
from analysis.answer.rounding import plain, rounded
from analysis.answer.sentences import place_name, said
from analysis.answer.triple import Answer, Finding, Span
from analysis.answer.wording import signed
from analysis.figures.style import INK, Drawing
from sim.problems import Say

__all__ = ["caption_of", "draw_three"]

_TALL, _LOW = 23.0, 15.0  # a row with its number above it, a row without
_STRETCH = 1.6  # another town's line that would stretch the axis more is cut with an arrow

_WORDS = {
    "assumed": Say("Assumed", "Vooraf"),
    "concluded": Say("Concluded", "Conclusie"),
    "own": Say("{0} trial", "Proef {0}"),
    "others": Say("other towns", "andere steden"),
    "directions": Say("direction only", "alleen richting"),
    "together": Say("{0} trials together", "{0} proeven samen"),
    "trials": Say("Trials", "Proeven"),
    "nothing": Say("no trial measured this", "geen enkele proef heeft dit gemeten"),
}


@dataclass(frozen=True)
class _Row:
    """One row: its name, its height, and what draws it at a height in points."""

    name: str
    height: float
    size: float
    draw: Callable[[float], None]
    colour: str = INK
    bold: bool = False


def draw_three(answer: Answer, lang: str, *, wide: bool = False) -> Drawing:
    """Draw an answer at 8 cm; `wide` adds what a new town could find.

    Raises:
        ValueError: an answer of which nothing may be shown.
    """
    if answer.suppressed or answer.concluded.span is None:
        raise ValueError("nothing is shown of this answer")
    words = spoken(answer.asked.measure)
    low, high = _range(answer, words)
    heights = [_TALL, *(_TALL if number else _LOW for number in _numbers(answer)), _TALL + 2.0]
    height = sum(heights) + FOOT
    with canvas(height) as figure:
        axes = box(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, height - FOOT - 1.0)
        pen = Pen(figure, axes, low, high, lang, words)
        rows = _rows(answer, pen, lang, wide=wide)
        pen.ground(height - FOOT - 1.0)
        top = height - 1.0
        for row in rows:
            top -= row.height
            y = top + 6.0
            row.draw(y)
            write_at(figure, LEFT - 2.5, y - 2.6, row.name, row.size, align="right", colour=row.colour, bold=row.bold)
        pen.foot()
        alt = " ".join(said(answer, lang).sure)
    return Drawing("answer", caption_of(answer, lang), alt, figure)


def caption_of(answer: Answer, lang: str) -> str:
    """Return what the figure shows and what its marks mean; triangles only when there are any."""
    words, found = spoken(answer.asked.measure), answer.found
    dutch = lang == "nl"
    what = words.short.to(lang)
    if words.kind.form == "people":
        who = words.verb.nl + " er meer of minder" + words.rest.nl if dutch else f"more or fewer {words.rest.en}"
        text = f"Van elke 1.000 mensen: hoeveel {who}. " if dutch else f"In every 1,000 people: how many {who}. "
        text = text.replace("hoeveel hebben er", "hoeveel er").replace("hoeveel werken er", "hoeveel er")
        if dutch:
            text = f"Van elke 1.000 mensen: hoeveel er meer of minder{words.rest.nl} {words.verb.nl}. "
    else:
        text = f"{what}: {UNITS[words.kind.form].to(lang)}. "
    text += "Streep of balk: marge." if dutch else "Line or bar: range."
    if found is not None and any(each.estimate is None for each in found.towns):
        text += " Driehoek: de proef noemde alleen een richting." if dutch else " Triangle: the trial told a direction."
    if found is not None and found.measure != answer.asked.measure and found.trials:
        other = spoken(found.measure).short.to(lang) if found.measure in _known() else found.measure
        own = found.own is not None and found.own.measure == answer.asked.measure
        others = (
            ("De andere steden" if own else "De proeven") if dutch else ("The other towns" if own else "The trials")
        )
        text += f" {others} maten: {other}." if dutch else f" {others} measured: {other}."
    return text


def _known() -> frozenset[str]:
    from analysis.answer.measures import SPOKEN

    return frozenset(SPOKEN)


def _values(span: Span, words: Spoken) -> Span:
    factor = words.kind.factor
    return Span(span.mean * factor, span.low * factor, span.high * factor)


def _spans(answer: Answer, words: Spoken) -> list[Span]:
    """Return what the axis must hold in full."""
    spans = [answer.assumed, answer.concluded.span]
    found = answer.found
    if found is not None:
        if found.mean is not None and found.low is not None and found.high is not None:
            spans.append(Span(found.mean, found.low, found.high))
        own = found.own
        if own is not None and own.estimate is not None and own.low is not None and own.high is not None:
            spans.append(Span(own.estimate, own.low, own.high))
    return [_values(span, words) for span in spans if span is not None]


def _range(answer: Answer, words: Spoken) -> tuple[float, float]:
    spans = _spans(answer, words)
    low, high = min(0.0, *(span.low for span in spans)), max(0.0, *(span.high for span in spans))
    wide = high - low
    for town in _others(answer):
        if town.low is not None and town.high is not None:
            factor = words.kind.factor
            if max(high, town.high * factor) - min(low, town.low * factor) <= _STRETCH * wide:
                low, high = min(low, town.low * factor), max(high, town.high * factor)
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def _others(answer: Answer) -> list[Finding]:
    found = answer.found
    if found is None:
        return []
    own = None if found.own is None else found.own.town
    return [each for each in found.towns if each.estimate is not None and each.town != own]


def _directions(answer: Answer) -> list[int]:
    found = answer.found
    own = None if found is None or found.own is None or found.own.estimate is None else found.own.town
    towns = () if found is None else found.towns
    return [each.direction for each in towns if each.estimate is None and each.town != own]


def _numbers(answer: Answer) -> list[bool]:
    """Return for each row of trials whether it has a number above it."""
    found = answer.found
    if found is None or found.trials == 0:
        return [False]
    own = found.own is not None and found.own.estimate is not None
    return (
        [True] * own
        + [False] * bool(_others(answer))
        + [False] * bool(_directions(answer))
        + [True] * (found.mean is not None)
    )


def _rows(answer: Answer, pen: Pen, lang: str, *, wide: bool) -> list[_Row]:
    found = answer.found
    rows = [_Row(_WORDS["assumed"].to(lang), _TALL, 8.0, lambda y: _draw_assumed(answer, pen, y))]
    if found is None or found.trials == 0:
        nothing = _WORDS["nothing"].to(lang)

        def tell(y: float) -> None:
            write_at(
                pen.figure,
                pen.at((pen.low + pen.high) / 2.0),
                y - 2.5,
                nothing,
                7.0,
                align="centre",
                italic=True,
                ground=True,
            )

        rows.append(_Row(_WORDS["trials"].to(lang), _LOW, 8.0, tell))
    else:
        own = found.own
        if own is not None and own.estimate is not None:
            name = _WORDS["own"].to(lang).format(place_name(own.town))
            rows.append(_Row(name, _TALL, SMALLEST_TEXT, lambda y: _draw_own(own, pen, y), "#333333"))
        if _others(answer):
            rows.append(
                _Row(_WORDS["others"].to(lang), _LOW, SMALLEST_TEXT, lambda y: _draw_others(answer, pen, y), "#333333")
            )
        if _directions(answer):
            name = _WORDS["directions"].to(lang)
            rows.append(_Row(name, _LOW, SMALLEST_TEXT, lambda y: _draw_directions(answer, pen, y), "#333333"))
        if found.mean is not None:
            name = _WORDS["together"].to(lang).format(found.trials)
            if found.trials == 1:
                name = Say("1 trial", "1 proef").to(lang)
            rows.append(
                _Row(name, _TALL, SMALLEST_TEXT, lambda y: _draw_together(answer, pen, y, wide=wide), "#333333")
            )
    concluded = _WORDS["concluded"].to(lang)
    rows.append(_Row(concluded, _TALL + 2.0, 8.0, lambda y: _draw_concluded(answer, pen, y), CONCLUDED, bold=True))
    return rows


def _told(shown: Span, decimals: int, lang: str) -> str:
    mean, low, high = (signed(value, decimals, lang) for value in (shown.mean, shown.low, shown.high))
    return f"{mean} ({low} {'tot' if lang == 'nl' else 'to'} {high})"


def _draw_assumed(answer: Answer, pen: Pen, y: float) -> None:
    if answer.assumed is None:
        write_at(pen.figure, pen.at(0.0), y - 2.5, "?", 7.0, align="centre", ground=True)
        return
    at = _values(answer.assumed, pen.words)
    pen.line(y, at.low, at.high, colour=ASSUMED, width=1.4)
    for end in (at.low, at.high):
        pen.axes.plot([end] * 2, [y - FOOT - 2.5, y - FOOT + 2.5], color=ASSUMED, linewidth=1.4)
    pen.mark(y, at.mean, "o", 4.6, fill="white", edge=ASSUMED, width=1.3)
    shown, decimals = plain(answer.assumed, pen.words.kind)
    pen.number(y, _told(shown, decimals, pen.lang), at.mean, colour="#333333")


def _draw_own(own: Finding, pen: Pen, y: float) -> None:
    assert own.estimate is not None
    low = own.estimate if own.low is None else own.low
    high = own.estimate if own.high is None else own.high
    span = Span(own.estimate, low, high)
    at = _values(span, pen.words)
    pen.line(y, at.low, at.high)
    pen.mark(y, at.mean, "s", 4.6, fill=INK, edge=INK)
    shown, decimals = plain(span, pen.words.kind)
    pen.number(y, _told(shown, decimals, pen.lang), at.mean, colour="#333333")


def _draw_others(answer: Answer, pen: Pen, y: float) -> None:
    towns = _others(answer)
    for place, town in enumerate(towns):
        above = y + 2.2 * (place - (len(towns) - 1) / 2.0)
        assert town.estimate is not None
        factor = pen.words.kind.factor
        if town.low is not None and town.high is not None:
            pen.line(above, town.low * factor, town.high * factor, width=0.6)
        pen.mark(above, town.estimate * factor, "o", 2.4, fill=INK, edge=INK, width=0.6)


def _draw_directions(answer: Answer, pen: Pen, y: float) -> None:
    """Draw one triangle a town beside zero; a town that told no difference is a small ring on it."""
    per_point = (pen.high - pen.low) / (WIDTH - LEFT - RIGHT)
    for sign, marker in ((-1, "<"), (1, ">"), (0, "o")):
        count = sum(each == sign for each in _directions(answer))
        for place in range(count):
            away = 7.2 * (1 + place) * sign if sign else 7.2 * (place - (count - 1) / 2.0)
            pen.mark(y, away * per_point, marker, 4.6 if sign else 3.6, fill="white", edge=INK, width=0.9)


def _draw_together(answer: Answer, pen: Pen, y: float, *, wide: bool) -> None:
    found = answer.found
    assert found is not None
    assert found.mean is not None
    assert found.low is not None
    assert found.high is not None
    span = Span(found.mean, found.low, found.high)
    at = _values(span, pen.words)
    if wide and found.new_town_low is not None and found.new_town_high is not None:
        factor = pen.words.kind.factor
        pen.axes.plot(
            [found.new_town_low * factor, found.new_town_high * factor], [y - FOOT] * 2, color=INK, linewidth=0.8,
            linestyle=(0, (2, 1.5)),
        )  # fmt: skip
    pen.line(y, at.low, at.high)
    pen.mark(y, at.mean, "D", 5.2, fill="white", edge=INK, width=1.1)
    shown, decimals = plain(span, pen.words.kind)
    pen.number(y, _told(shown, decimals, pen.lang), at.mean, colour="#333333")


def _draw_concluded(answer: Answer, pen: Pen, y: float) -> None:
    span = answer.concluded.span
    assert span is not None
    at = _values(span, pen.words)
    shown, decimals = rounded(span, pen.words.kind)
    height, base = 6.4, y - FOOT
    unclaimed = answer.verdict in ("outside", "unmeasured")
    pen.axes.barh(
        base, at.high - at.low, left=at.low, height=height, facecolor="white" if unclaimed else CONCLUDED,
        edgecolor=CONCLUDED, linewidth=1.0 if unclaimed else 0.0, hatch="//////" if unclaimed else None, zorder=3,
    )  # fmt: skip
    pen.axes.plot(
        [0.0, 0.0], [base - height, base + height], color="white", linewidth=0.8, linestyle=(0, (1.6, 1.6)), zorder=4
    )
    if unclaimed:
        low, high = (signed(end, decimals, pen.lang) for end in (shown.low, shown.high))
        text = f"{low} {'tot' if pen.lang == 'nl' else 'to'} {high}"
        pen.number(y, text, (at.low + at.high) / 2.0, colour=CONCLUDED)
        return
    pen.mark(y, at.mean, "o", 4.2, fill="white", edge=CONCLUDED)
    pen.number(y, _told(shown, decimals, pen.lang), at.mean, size=7.5, colour=CONCLUDED, bold=True)
