"""Contacts beyond what a caseload leaves time for are said, with the caseload that would do; others are not."""

from __future__ import annotations

import re
import tomllib

import pytest

from scenarios.description.schema import read_scenario
from scenarios.execution.deliverable import undeliverable
from scenarios.execution.plan import Options, plan


def said(contacts: float, caseload: float, group: float = 0.0) -> list[str]:
    text = f"""
name = "coached"
regime = "coach"
months = 6
population = "nijmegen"
people = 40
[regimes.coach]
title = {{ en = "coach", nl = "coach" }}
levers = {{ contacts = {contacts}, caseload = {caseload}, group_share = {group} }}
"""
    scenario = read_scenario(tomllib.loads(text), text=text)
    return [one.en for one in undeliverable(plan([scenario], Options(draws=1, seeds=1)))]


def test_what_the_sentence_says_would_do_does() -> None:
    """2 contacts a month of an hour with 125 clients ask 250 of 120 hours: 48%; 60 clients leave room for all."""
    (sentence,) = said(2.0, 125)
    assert "at most 48%" in sentence
    enough = int(re.search(r"caseload = (\d+)", sentence)[1])  # type: ignore[index]
    assert enough == 60
    assert said(2.0, enough) == []
    assert said(2.0, enough + 5) != []


@pytest.mark.parametrize("contacts", [0.0, 0.25, 0.9])
def test_contacts_that_fit_are_not_spoken_of(contacts: float) -> None:
    assert said(contacts, 125) == []


def test_groups_take_less_time() -> None:
    assert said(2.0, 100) != []
    assert said(2.0, 100, group=0.9) == []
