"""The exponential: its coefficients found again, its error measured, and the same bits in every form."""

from __future__ import annotations

import ast
import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.policy import elementwise
from sim.policy.elementwise import EXP_LIMIT, exp, power_of_two
from tests.reference import arithmetic

# Extended precision: the C library errs by less than 1e-18 there.
LONG = np.longdouble
IN_LIMITS = st.floats(-60.0, 60.0, allow_nan=False)


def coefficients_found_again() -> list[float]:
    """Return the polynomial through (2**f - 1) / f in the nine Chebyshev points of +-1/2, by Newton's differences."""
    ln2 = np.log(LONG(2))
    points = [np.cos(LONG(math.pi) * (2 * i + 1) / 18) / 2 for i in range(9)]
    table = [np.expm1(f * ln2) / f if f else ln2 for f in points]
    for order in range(1, 9):
        table[order:] = [(table[i] - table[i - 1]) / (points[i] - points[i - order]) for i in range(order, 9)]
    power = [LONG(0)] * 9
    for difference, point in zip(reversed(table), reversed(points), strict=True):
        power = [difference - point * power[0], *(power[k - 1] - point * power[k] for k in range(1, 9))]
    return [float(each) for each in power]


def test_the_coefficients_are_found_again():
    text = ast.parse(inspect.getsource(elementwise.exp))
    written = sorted(
        {node.value for node in ast.walk(text) if isinstance(node, ast.Constant) and isinstance(node.value, float)}
        - {1.0, 1.4426950408889634},
        reverse=True,
    )
    # Where the points lie to the last bit moves the small ones a little: by less than moves any exponential.
    assert written == pytest.approx(coefficients_found_again(), rel=1e-9)


def test_the_error_is_below_what_it_says_and_what_it_was():
    """Of the exponential before (a Taylor polynomial and eight squarings) 5.1e-14 was measured on the same points."""
    x = np.random.default_rng(1).uniform(-EXP_LIMIT, EXP_LIMIT, 200_000)
    wrong = np.abs(exp(x) / np.exp(x.astype(LONG)) - 1).max()
    assert 1e-16 < wrong < 4e-14


@given(st.lists(IN_LIMITS, min_size=1, max_size=9))
def test_one_text_gives_the_same_bits_in_every_form(values):
    found = exp(np.array(values)).tolist()
    assert found == [exp(value) for value in values] == [arithmetic.exp(value) for value in values]


def test_it_ends_where_it_is_clipped_and_is_one_at_nought():
    assert exp(0.0) == 1.0
    assert exp(1e9) == exp(40.0)
    assert exp(-1e9) == exp(-40.0)
    assert float(exp(1.0)) == pytest.approx(math.e, rel=1e-15)


@given(st.lists(st.integers(-1022, 1022), min_size=1, max_size=9))
def test_powers_of_two_are_exact(whole):
    assert power_of_two(np.array(whole, dtype=float)).tolist() == [2.0**k for k in whole]
    assert [power_of_two(float(k)) for k in whole] == [2.0**k for k in whole]
