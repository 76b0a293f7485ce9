"""Numbers are rounded by how sure they are, ends outward, never to a false zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.answer.measures import kind_of
from analysis.answer.rounding import plain, rounded, two_digits
from analysis.answer.triple import Span
from analysis.answer.wording import euros_a_year, period

PEOPLE = kind_of("works")
VALUES = st.floats(-0.9, 0.9, allow_nan=False)


@pytest.mark.parametrize(
    ("given_span", "shown"),
    [
        ((-0.0052, -0.0601, 0.0497), (-5, -65, 50)),
        ((0.041, 0.0104, 0.0699), (40, 10, 70)),
        ((0.10, -0.05, 0.25), (100, -50, 250)),
        ((0.0123, 0.0081, 0.0165), (12, 8, 17)),
        ((0.041, 0.0021, 0.0799), (40, 2, 80)),  # the lower end would have become 0
        ((-0.041, -0.0799, -0.0004), (-40, -80, -1)),
    ],
)
def test_people_in_every_thousand(given_span: tuple[float, float, float], shown: tuple[int, int, int]) -> None:
    span, decimals = rounded(Span(*given_span), PEOPLE)
    assert (span.mean, span.low, span.high) == shown
    assert decimals == 0


@given(VALUES, VALUES, VALUES)
def test_ends_go_outward_and_never_to_a_false_zero(a: float, b: float, c: float) -> None:
    low, mean, high = sorted((a, b, c))
    span, _ = rounded(Span(mean, low, high), PEOPLE)
    # An end within 1 of zero that leaves zero out becomes 1, not 0: the only end that is rounded inward.
    assert span.low <= max(low * 1000, 0.0 < low * 1000 < 1.0) + 1e-6
    assert span.high >= min(high * 1000, -(-1.0 < high * 1000 < 0.0)) - 1e-6
    assert span.low <= span.mean <= span.high
    if low > 0.001:
        assert span.low > 0
        assert span.mean > 0
    if high < -0.001:
        assert span.high < 0
    assert "-0.0" not in (str(span.low), str(span.mean), str(span.high))


def test_what_the_trials_printed_is_shown_as_it_was_printed() -> None:
    span, _ = plain(Span(-0.1, -0.194, -0.006), PEOPLE)
    assert (span.mean, span.low, span.high) == (-100, -194, -6)


@pytest.mark.parametrize(
    ("amounts", "nl", "en"),
    [
        (
            (1.91e6, 1.52e6, 2.36e6),
            ("1,9 miljoen euro", "1,5 tot 2,4 miljoen"),
            ("1.9 million euros", "1.5 to 2.4 million"),
        ),
        (
            (9.1e5, 6.2e5, 1.19e6),
            ("900.000 euro", "600.000 tot 1,2 miljoen"),
            ("900,000 euros", "600,000 to 1.2 million"),
        ),
        ((42_300, 21_000, 63_000), ("40.000 euro", "20.000 tot 70.000"), ("40,000 euros", "20,000 to 70,000")),
        ((4_230, 2_100, 6_300), ("4.000 euro", "2.000 tot 7.000"), ("4,000 euros", "2,000 to 7,000")),
        ((2.0e6, 1.0e6, 3.0e6), ("2 miljoen euro", "1 tot 3 miljoen"), ("2 million euros", "1 to 3 million")),
    ],
)  # fmt: skip
def test_euros_a_year(amounts: tuple[float, float, float], nl: tuple[str, str], en: tuple[str, str]) -> None:
    assert euros_a_year(*amounts, "nl") == nl
    assert euros_a_year(*amounts, "en") == en


def test_people_of_a_town_have_two_digits() -> None:
    assert [two_digits(value) for value in (3.4, 95.2, 123.0, 1284.0, 98_765.0)] == [3, 95, 120, 1300, 99_000]


def test_times_are_words() -> None:
    assert [period(months, "nl") for months in (1, 12, 16, 24, 48)] == [
        "1 maand",
        "één jaar",
        "16 maanden",
        "twee jaar",
        "vier jaar",
    ]
    assert period(12, "en") == "one year"
