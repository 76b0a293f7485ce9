"""Every sentence that an answer can say is short, easy, and free of the words of modellers."""

from __future__ import annotations

import pytest

from analysis.answer.measures import SPOKEN
from analysis.answer.readability import forbidden_in, misses, readability, syllables
from analysis.answer.templates import TEMPLATES
from tests.analysis.answer.cases import cases

SLOTS = {
    "nl": {
        "n": "40", "lo": "10", "hi": "70", "a": "60", "b": "50", "dir": "meer", "t": "twee jaar", "verb": "werken",
        "rest": "", "what": "werk", "scale": "10", "place": "Oostdijk", "x": "900.000 euro",
        "range": "600.000 tot 1,2 miljoen", "price": "55 euro voor een uur", "unit": "euro per maand", "Count": "Zes",
        "saw": "Twee zagen meer werk, vier zagen minder", "measure": "werk", "Town": "Nijmegen",
        "after": " na 16 maanden", "k": "vijf", "seen": "25 maanden", "asked": "48 maanden", "each": "",
    },
    "en": {
        "n": "40", "lo": "10", "hi": "70", "a": "60", "b": "50", "dir": "more", "t": "two years", "verb": "",
        "rest": "work", "what": "work", "scale": "10", "place": "Oostdijk", "x": "900,000 euros",
        "range": "600,000 to 1.2 million", "price": "55 euros for an hour", "unit": "euros a month", "Count": "Six",
        "saw": "Two saw more work, four saw less", "measure": "work", "Town": "Nijmegen",
        "after": " after 16 months", "k": "five", "seen": "25 months", "asked": "48 months", "each": "",
    },
}  # fmt: skip


def _filled(lang: str) -> dict[str, str]:
    return {key: text.to(lang).format(**SLOTS[lang]) for key, text in TEMPLATES.items()}


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_all_templates_meet_the_targets(lang: str) -> None:
    assert misses(" ".join(_filled(lang).values()), lang) == []


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_template_says_a_word_of_modellers(lang: str) -> None:
    found = {key: forbidden_in(text, lang) for key, text in _filled(lang).items()}
    assert {key: words for key, words in found.items() if words} == {}


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_outcome_is_spoken_of_in_words_of_modellers(lang: str) -> None:
    for name, words in SPOKEN.items():
        said = f"{words.verb.to(lang)} {words.rest.to(lang)} {words.what.to(lang)} {words.saw.to(lang)}"
        assert forbidden_in(said, lang) == [], name


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_answers_of_all_cases_meet_the_targets(lang: str) -> None:
    assert misses(" ".join(line for case in cases().values() for line in case[lang]), lang) == []


def test_what_is_hard_to_read_is_found() -> None:
    hard = (
        "De gekalibreerde parameters impliceren een statistisch significante vermindering van de uitstroompercentages "
        "in de gesimuleerde populatie gedurende de observatieperiode van vierentwintig maanden na de behandeling."
    )
    found = misses(hard, "nl")
    assert any("words a sentence" in text for text in found)
    assert any("score" in text for text in found)
    assert any("four syllables" in text for text in found)
    assert any("a sentence of" in text for text in found)
    assert {"significant", "behandeling"} & set(forbidden_in(hard + " Dit is significant.", "nl"))


@pytest.mark.parametrize(
    ("word", "lang", "count"),
    [
        ("bijstand", "nl", 2),
        ("geïnd", "nl", 2),
        ("gemeente", "nl", 3),
        ("uitvoering", "nl", 3),
        ("waarschijnlijk", "nl", 3),
        ("1.000", "nl", 1),
        ("people", "en", 2),
        ("made", "en", 1),
        ("table", "en", 2),
        ("tried", "en", 1),
        ("wanted", "en", 2),
        ("municipality", "en", 6),
    ],
)
def test_syllables_are_groups_of_vowels(word: str, lang: str, count: int) -> None:
    assert syllables(word, lang) == count


def test_the_score_is_that_of_its_formula() -> None:
    found = readability("De kat zit op de mat. De hond ook.", "nl")
    assert found.sentences == 2
    assert found.score == pytest.approx(206.84 - 77.0 * 9 / 9 - 0.93 * 4.5)
