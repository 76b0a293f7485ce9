"""The three pages of the tests: nothing can be told, a gain that costs money, never tried. Numbers are invented."""

from __future__ import annotations

from dataclasses import replace

from analysis.answer.build import with_sentences
from analysis.answer.council import Council, Group, Rule
from analysis.answer.money_words import Amount
from analysis.answer.plan_words import OTHERS
from analysis.answer.triple import Span
from sim.problems import Say
from tests.analysis.answer.cases import answer

HALF = Say("Keep half of the wage", "De helft van het loon houden")
SINGLES = Say("Singles with debts", "Alleenstaanden met schulden")


def _amounts(**given: tuple[float, float, float]) -> tuple[Amount, ...]:
    kinds = {
        "delivery": ("part", Say("More caseworkers", "Meer klantmanagers"), True),
        "benefit": ("part", Say("Benefits", "Uitkeringen"), False),
        "municipality": ("municipality", Say("Municipality", "Gemeente"), False),
        "participant": ("party", Say("People on benefit", "Mensen met bijstand"), False),
        "national": ("party", Say("National government", "Rijk"), False),
        "society": ("sum", Say("Together", "Samen"), False),
    }
    return tuple(
        Amount(name, kinds[name][1], kinds[name][0], Span(*span), kinds[name][2]) for name, span in given.items()
    )


def council_a() -> Council:
    """Return the page of which nothing can be told."""
    return Council(
        run_id="20261201-093000-voorbeeld",
        created="2026-12-01T09:30:00",
        version="0.9",
        place="Nijmegen",
        question=Say("Does more guidance help people to work?", "Helpt meer begeleiding mensen in Nijmegen aan werk?"),
        plan=Say(
            "People talk with their caseworker more often. The plan lasts two years.",
            "Mensen praten vaker met hun klantmanager. Het plan duurt twee jaar.",
        ),
        answer=with_sentences(answer("nijmegen intensive")),
        treatment="guidance",
        rules=(
            Rule(
                Say("Everybody on benefit", "Iedereen met bijstand"),
                Say("A talk every two weeks", "Elke twee weken een gesprek"),
                1.0,
            ),
        ),
        groups=(
            Group(Say("Singles", "Alleenstaanden"), 0.721, Span(-0.004, -0.06, 0.052)),
            Group(Say("Parents without a partner", "Ouders zonder partner"), 0.179, Span(0.0, -0.063, 0.06)),
            Group(Say("People with debts", "Mensen met schulden"), 0.38, Span(-0.006, -0.07, 0.058)),
            Group(Say("People with a partner", "Mensen met een partner"), 0.001, None),
        ),
        amounts=_amounts(
            delivery=(-315, -398, -249),
            benefit=(4, -265, 282),
            municipality=(-311, -647, 17),
            participant=(17, -66, 99),
            national=(0, -50, 50),
            society=(-294, -647, 50),
        ),
        net=Span(-311, -647, 17),
        outlay=Span(315, 249, 398),
        price=Say("55 euros for an hour", "55 euro voor een uur"),
        years=2.0,
        calibrated=True,
        notes=(Say("Why the trial in Nijmegen found less work.", "Waarom de proef in Nijmegen minder werk vond."),),
    )


def council_b() -> Council:
    """Return the page of a gain that costs money, with two rules."""
    return replace(
        council_a(),
        place="Oostdijk",
        question=Say(
            "Do more people work if they keep half of the wage?", "Gaan meer mensen werken met half loon erbij?"
        ),
        answer=with_sentences(answer("disregard in another town")),
        treatment="disregard",
        rules=(
            Rule(
                SINGLES,
                Say(
                    "Keep half of the wage, a talk every two weeks",
                    "De helft van het loon houden, elke twee weken een gesprek",
                ),
                0.267,
            ),
            Rule(
                Say("Everybody else", "Alle anderen"),
                Say("Keep half of the wage", "De helft van het loon houden"),
                0.733,
            ),
        ),
        groups=(
            Group(SINGLES, 0.267, Span(0.045, 0.008, 0.081), True, True),
            Group(OTHERS, 0.733, Span(0.038, 0.009, 0.068), True, True),
            Group(Say("Parents without a partner", "Ouders zonder partner"), 0.18, Span(0.03, -0.004, 0.066)),
        ),
        amounts=_amounts(
            delivery=(-160, -210, -118),
            benefit=(-215, -320, -110),
            municipality=(-375, -500, -250),
            participant=(420, 300, 540),
            national=(25, -40, 90),
            society=(70, -120, 260),
        ),
        net=Span(-375, -500, -250),
        outlay=Span(160, 118, 210),
        notes=(),
    )


def council_c() -> Council:
    """Return the page of a plan that nobody tried."""
    return replace(
        council_a(),
        place="Oostdijk",
        question=Say("What if people keep the whole wage?", "Wat als mensen vier jaar hun hele loon houden?"),
        answer=with_sentences(answer("far outside the trials")),
        treatment="disregard",
        rules=(
            Rule(
                Say("Everybody on benefit", "Iedereen met bijstand"),
                Say("Keep all of the wage", "Al het loon houden"),
                1.0,
            ),
        ),
        amounts=_amounts(
            benefit=(-1290, -1740, -910),
            municipality=(-1290, -1740, -910),
            participant=(1250, 900, 1600),
            national=(30, -60, 120),
            society=(-10, -400, 380),
        ),
        net=Span(-1290, -1740, -910),
        outlay=Span(0, 0, 0),
        price=Say("", ""),
        notes=(),
    )


COUNCILS = {"a": (council_a, 6030), "b": (council_b, 2400), "c": (council_c, 2400)}
