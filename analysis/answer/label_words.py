"""The label of an answer in five short questions, and an effect on a group in a cell."""

from __future__ import annotations

from analysis.answer.label import LABEL_TEXTS
from analysis.answer.measures import spoken
from analysis.answer.rounding import rounded
from analysis.answer.sentences import direction
from analysis.answer.triple import Answer, Span
from analysis.effects.words import number

__all__ = ["group_words", "label_words"]


def label_words(answer: Answer, lang: str) -> list[tuple[str, str]]:
    """Return the label as five short questions with their answers, the support first."""
    label, found = answer.label, answer.found
    dutch = lang == "nl"

    def word(field: str, value: str) -> str:
        return LABEL_TEXTS[field][value].to(lang)

    towns = 0 if found is None else found.trials
    tried = word("tried", label.tried)
    if towns and label.tried != "no":
        many = ("stad" if towns == 1 else "steden") if dutch else ("town" if towns == 1 else "towns")
        tried += f", in {towns} {many}"
    measured = word("measured", label.measured)
    if found is not None and found.trials:
        count = found.numbers
        if label.measured == "neighbour" and found.own is not None and found.own.measure == answer.asked.measure:
            measured = word("measured", "yes")
        told = ("met een getal" if dutch else "with a number") if count else ""
        measured += f", {count} {told}" if count else (", alleen richting" if dutch else ", direction only")
    agreed = word("agreed", label.agreed)
    if found is not None and label.agreed == "mixed":
        agreed += f": {found.signs(1)} {'meer' if dutch else 'more'}, {found.signs(-1)} {'minder' if dutch else 'less'}"
        zero = found.signs(0)
        agreed += f", {zero} {'gelijk' if dutch else 'the same'}" if zero else ""
    elif found is not None and label.agreed == "agree":
        agreed += f": {max(found.signs(s) for s in (-1, 0, 1))} {'van' if dutch else 'of'} {found.trials}"
    asked = (
        ("Onderbouwing", "Geprobeerd?", "Gemeten?", "Zelfde richting?", "Buiten de proeven?")
        if dutch
        else ("Support", "Tried?", "Measured?", "Same direction?", "Outside the trials?")
    )
    answers = (word("support", label.support), tried, measured, agreed, word("outside", label.outside))
    return list(zip(asked, answers, strict=True))


def group_words(span: Span, verdict: str, measure: str, lang: str) -> str:
    """Return the effect on a group in a cell: "60 fewer to 50 more", or "40 more (10 to 70)"."""
    words = spoken(measure)
    shown, decimals = rounded(span, words.kind)
    less, more = (direction(sign, words, lang) for sign in (-1.0, 1.0))
    to = " tot " if lang == "nl" else " to "
    low, high = (number(abs(end), decimals, lang) for end in (shown.low, shown.high))
    if verdict in ("gain", "harm"):
        ends = to.join(sorted((low, high), key=lambda text: abs(shown.low) if text == low else abs(shown.high)))
        return f"{number(abs(shown.mean), decimals, lang)} {direction(shown.mean, words, lang)} ({ends})"
    left = f"{low} {less}" if shown.low < 0.0 else f"{low} {more}"
    right = f"{high} {more}" if shown.high > 0.0 else f"{high} {less}"
    return left + to + right
