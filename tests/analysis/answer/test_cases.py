"""Answers as data: the label, the verdict, the conflicts and every sentence of each case, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.answer.label import LABEL_TEXTS
from analysis.answer.label_words import label_words
from analysis.answer.sentences import said
from analysis.answer.verdict import MARKS, VERDICTS
from tests.analysis.answer.cases import cases, made

CASES = cases()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_label_verdict_and_conflicts_are_those_of_the_case(case: dict[str, Any]) -> None:
    answer = made(case)
    label = answer.label
    found = ", ".join((label.support, label.tried, label.measured, label.agreed, label.own_town, label.outside))
    assert found == case["label"]
    assert answer.verdict == case["verdict"]
    assert answer.needed == case.get("needed")
    assert list(answer.conflicts) == case.get("conflicts", [])


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_answer_is_said_in_the_words_of_the_case(case: dict[str, Any], lang: str) -> None:
    assert said(made(case), lang, place=case["place"], clients=case["clients"]).lines == case[lang]


def test_every_verdict_and_every_value_of_the_label_has_a_case() -> None:
    answers = [made(case) for case in CASES.values()]
    assert {answer.verdict for answer in answers} == set(VERDICTS) == set(MARKS)
    for field, texts in LABEL_TEXTS.items():
        missing = set(texts) - {getattr(answer.label, field) for answer in answers}
        assert missing == ({"partly"} if field == "tried" else set())


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_label_is_five_short_answers(lang: str) -> None:
    for case in CASES.values():
        answers = label_words(made(case), lang)
        assert len(answers) == 5
        assert all(len(text) <= 40 for _, text in answers)


def test_an_outcome_that_no_trial_measured_is_never_claimed() -> None:
    for case in CASES.values():
        answer = made(case | {"towns": []})
        assert answer.label.support == "none"
        assert answer.verdict not in ("gain", "harm", "little", "unclear")


def test_no_difference_is_claimed_from_few_draws_or_without_width() -> None:
    for case in CASES.values():
        for changed in ({"draws": 19}, {"seeds": 1}, {"concluded": [0.04, 0.04, 0.04]}, {"concluded": None}):
            assert made(case | changed).verdict in ("unknown", "zero", "hidden")


def test_turning_every_sign_turns_gain_into_harm_and_nothing_else() -> None:
    turned = {"gain": "harm", "harm": "gain"}
    for case in CASES.values():
        answer, other = made(case), made(case | _turned(case))
        assert other.verdict == turned.get(answer.verdict, answer.verdict)
        assert other.label == answer.label
        assert other.conflicts == answer.conflicts


def _turned(case: dict[str, Any]) -> dict[str, Any]:
    def numbers(text: str) -> str:
        values = [-float(word) for word in text.split(" ")]
        whole = [f"{value:+.0f}" for value in values] if len(values) == 1 else [str(v) for v in values]
        return " ".join(whole if len(whole) == 1 else [whole[0], whole[2], whole[1]])

    def three(name: str) -> dict[str, list[float]]:
        mean, low, high = case[name]
        return {name: [-mean, -high, -low]}

    changed: dict[str, Any] = {}
    for name in ("assumed", "concluded", "pooled"):
        if case.get(name):
            changed |= three(name)
    changed["towns"] = [f"{text.split(' ', 1)[0]} {numbers(text.split(' ', 1)[1])}" for text in case.get("towns", [])]
    if case.get("own"):
        measure, month, rest = case["own"].split(" ", 2)
        changed["own"] = f"{measure} {month} {numbers(rest)}"
    return changed
