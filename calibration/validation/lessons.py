"""What the trials taught about each mechanism, in plain words, from the numbers of a review.

Nothing here is typed by hand but the sentences: how much uncertainty went, in which direction, thanks to
which rows, what stays tied together, and whether the evidence misses a mechanism that is switched off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.fit.review import Review
from calibration.validation.page_fit import group_text
from calibration.validation.rows import Contraction
from calibration.validation.sensitivity import Variant
from sim.parameters import MECHANISMS, PARAMETERS
from sim.problems import Say

__all__ = ["Lesson", "lessons", "lessons_page"]

_LEARNED = {
    "nothing": Say("nothing that can be seen", "niets dat te zien is"),
    "little": Say("a little", "een beetje"),
    "some": Say("something", "iets"),
    "much": Say("much", "veel"),
}
_ORDER = ("much", "some", "little", "nothing")


@dataclass(frozen=True)
class Lesson:
    """What was learned about one mechanism: the most about any of its numbers, and the sentences."""

    mechanism: str
    title: Say
    learned: str
    sentences: tuple[Say, ...]


def lessons(found: Review, variants: Sequence[Variant] = ()) -> tuple[Lesson, ...]:
    """Return a lesson for every mechanism that has uncertain numbers, the most learned first."""
    result = []
    known = {each.name: each for each in found.contractions}
    for name, mechanism in MECHANISMS.items():
        mine = [known[p.name] for p in mechanism.parameters if p.name in known]
        if not mine:
            continue
        variant = next((each for each in variants if each.mechanism == name), None)
        best = min((each.learned for each in mine), key=_ORDER.index)
        result.append(Lesson(name, mechanism.title, best, tuple(_sentences(found, mine, variant))))
    return tuple(sorted(result, key=lambda each: _ORDER.index(each.learned)))


def lessons_page(found: Sequence[Lesson], source: Say) -> str:
    """Return the page: English first, then the same in Dutch."""
    lines: list[str] = []
    for lang in ("en", "nl"):
        title = Say("What the trials taught about each mechanism", "Wat de trials over elk mechanisme leerden")
        lines += [f"# {title.to(lang)}", ""]
        head = Say(
            f"Made by `bijstand validate all`; {source.en}. A parameter is *learned* when its "
            "uncertainty became "
            "smaller than the prior's or its middle moved; everything else in the model is what was believed "
            "before the trials, and should be read that way.",
            f"Gemaakt met `bijstand validate all`; {source.nl}. Over een parameter is iets *geleerd* als de "
            "onzekerheid kleiner werd dan vooraf of het midden verschoof; al het andere in het model "
            "is wat men "
            "voor de trials al dacht, en moet zo gelezen worden.",
        )
        counts = {level: [each for each in found if each.learned == level] for level in _ORDER}
        silent = Say(
            f"Of {len(found)} mechanisms the trials say much about {len(counts['much'])}, something about "
            f"{len(counts['some'])}, a little about {len(counts['little'])} and nothing that can be "
            "seen about "
            f"{len(counts['nothing'])}.",
            f"Van de {len(found)} mechanismen zeggen de trials over {len(counts['much'])} veel, over "
            f"{len(counts['some'])} iets, over {len(counts['little'])} een beetje en over "
            f"{len(counts['nothing'])} niets dat te zien is.",
        )
        lines += [head.to(lang), "", silent.to(lang), ""]
        for lesson in found:
            lines += [f"## {lesson.title.to(lang)} (`{lesson.mechanism}`): {_LEARNED[lesson.learned].to(lang)}"]
            lines += ["", " ".join(sentence.to(lang) for sentence in lesson.sentences), ""]
    return "\n".join(lines).rstrip() + "\n"


def _sentences(found: Review, mine: Sequence[Contraction], variant: Variant | None) -> list[Say]:
    sentences = [_moved(found, each) for each in mine if each.learned != "nothing"]
    silent = [each.name for each in mine if each.learned == "nothing"]
    if silent:
        listed = ", ".join(f"`{name}`" for name in silent)
        sentences.append(
            Say(
                f"Not taught: {listed}; what the model says of {'it' if len(silent) == 1 else 'them'} "
                "comes from "
                "the literature and from assumptions.",
                f"Niet geleerd: {listed}; wat het model daarover zegt, komt uit de literatuur en uit aannames.",
            )
        )
    names = {each.name for each in mine}
    tied = [p for p in found.pairs if (p.first in names) != (p.second in names) and abs(p.correlation) >= 0.3]
    for pair in tied[:2]:
        own, other = (pair.first, pair.second) if pair.first in names else (pair.second, pair.first)
        kind = (
            Say("their difference, not each", "hun verschil, niet elk apart")
            if pair.correlation > 0
            else Say("their sum, not each", "hun som, niet elk apart")
        )
        sentences.append(
            Say(
                f"`{own}` cannot be told apart from `{other}`: the trials know {kind.en} (r = "
                f"{pair.correlation:+.2f}).",
                f"`{own}` is niet te onderscheiden van `{other}`: de trials kennen {kind.nl} (r = "
                f"{_nl(pair.correlation)}).",
            )
        )
    if variant is not None:
        sentences.append(_without(variant))
    return sentences


def _moved(found: Review, each: Contraction) -> Say:
    groups = [w for w in found.groups if w.parameter == each.name and w.wider >= 0.01][:2]
    by = ", ".join(f"{group_text(w.group, 'en')} (without it {100 * w.wider:.0f}% wider)" for w in groups)
    door = ", ".join(f"{group_text(w.group, 'nl')} (zonder {100 * w.wider:.0f}% breder)" for w in groups)
    text = PARAMETERS[each.name].text if each.name in PARAMETERS else each.name
    share = max(each.share, 0.0)
    way = Say("higher", "hoger") if each.shift > 0 else Say("lower", "lager")
    shift_en = f"and its middle moved {abs(each.shift):.1f} prior deviations {way.en}"
    shift_nl = f"en het midden schoof {_nl(abs(each.shift), 1)} priorafwijking {way.nl}"
    if abs(each.shift) < 0.2:
        shift_en, shift_nl = "and its middle hardly moved", "en het midden schoof nauwelijks"
    return Say(
        f"`{each.name}` ({text}): {100 * share:.0f}% of its prior variance went ± {100 * each.error:.0f}, "
        f"{shift_en}" + (f"; mostly by {by}." if by else "."),
        f"`{each.name}`: {100 * share:.0f}% van de priorvariantie verdween ± {100 * each.error:.0f}, "
        f"{shift_nl}" + (f"; vooral door {door}." if door else "."),
    )


def _without(variant: Variant) -> Say:
    size = f"{variant.evidence:+.1f}"
    if variant.evidence < -2:
        return Say(
            f"Without this mechanism the evidence is clearly less likely ({size} in log likelihood).",
            "Zonder dit mechanisme is het bewijs duidelijk minder waarschijnlijk "
            f"({_nl(variant.evidence, 1)} "
            "in loglikelihood).",
        )
    if variant.evidence > 2:
        return Say(
            f"Without this mechanism the evidence is more likely ({size} in log likelihood): the "
            "trials do not "
            "support it in this form.",
            f"Zonder dit mechanisme is het bewijs waarschijnlijker ({_nl(variant.evidence, 1)} in "
            "loglikelihood): de trials steunen het in deze vorm niet.",
        )
    return Say(
        f"The evidence is about as likely without this mechanism ({size} in log likelihood).",
        f"Zonder dit mechanisme is het bewijs ongeveer even waarschijnlijk ({_nl(variant.evidence, 1)} in "
        "loglikelihood).",
    )


def _nl(value: float, decimals: int = 2) -> str:
    return f"{value:+.{decimals}f}".replace(".", ",") if decimals == 2 else f"{value:.{decimals}f}".replace(".", ",")
