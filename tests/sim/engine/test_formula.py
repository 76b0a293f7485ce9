"""The small language of stages: worked out on floats it gives what Python gives; strangers are refused."""

from __future__ import annotations

import math
import operator
import re
from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.formula import check_language, work_out, work_out_text
from sim.engine.interpret import parameter_tuples
from sim.engine.layout import arguments
from sim.month import check_stages, stages
from sim.parameters import draw_priors
from sim.policy.elementwise import maximum, where
from sim.setting import MONTH_FIELDS

_SIGNS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "&": operator.and_,
    "|": operator.or_,
}


class Floats:
    """Plain floats."""

    def constant(self, number):
        return number

    def arithmetic(self, sign, a, b):
        return _SIGNS[sign](a, b)

    compare = join = arithmetic

    def negative(self, a):
        return -a

    def where(self, condition, yes, no):
        return yes if condition else no

    def floor(self, a):
        return float(math.floor(a))

    def power_of_two(self, k):
        return math.ldexp(1.0, int(k))

    def named(self, name, value):
        return value


@given(st.integers(0, 2**32 - 1))
def test_every_stage_gives_what_python_gives(seed):
    luck = np.random.default_rng(seed)
    parameters = parameter_tuples(draw_priors(1, seed)[0])
    month = namedtuple("month", MONTH_FIELDS)(*luck.uniform(1, 30, len(MONTH_FIELDS)))
    for stage in stages():
        given = {}
        for name in arguments(stage):
            tuples = {"p": parameters[stage.mechanism], "month": month}
            given[name] = tuples[name] if name in tuples else float(luck.uniform(0.01, 1.0))
        worded = {name: value._asdict() if name in ("p", "month") else value for name, value in given.items()}
        assert work_out(stage.function, worded, Floats()) == stage.function(**given), stage.name


def loops(x):
    for _ in range(3):
        x = x + 1.0
    return x


def chooses(x):
    return 1.0 if x > 0 else 2.0


def both(x):
    return where(x > 0.0 and x < 1.0, 1.0, 0.0)


def foreign(x):
    return math.sin(x)


def silent(x):
    x = x + 1.0


def powers(x):
    return x**2


@pytest.mark.parametrize("function", [loops, chooses, both, foreign, silent, powers])
def test_what_is_not_in_the_language_is_refused_with_its_place(function):
    with pytest.raises(TypeError, match=function.__name__):
        work_out(function, {"x": 0.5}, Floats())


def misspells(p, month, x):
    y = x * p.quality
    return y + p.qualty


def forgets(p, month, x):
    return x + monht.t  # noqa: F821


def borrows(p, month, x):
    return np.exp(x)


@pytest.mark.parametrize(
    ("function", "line", "told"),
    [
        (misspells, 2, r"p\.qualty is not in the language of stages \(did you mean p\.quality\?\)"),
        (forgets, 1, r"monht\.t is not in the language"),
        (borrows, 1, r"np\.exp\(x\) is not in the language"),
        (chooses, 1, r"if x > 0"),
    ],
)
def test_a_stage_is_refused_on_import_with_file_line_expression_and_nearest_name(function, line, told):
    """Under NumPy too: `np.exp` runs there, with other bits than the compiler would give."""
    named = {"p": {"quality": None, "skill": None}, "month": {"t": None}, "x": None}
    line += function.__code__.co_firstlineno
    with pytest.raises(TypeError, match=rf"{re.escape(__file__)}:{line}: {function.__name__}: .*{told}"):
        check_language(function, named)


def test_the_month_refuses_a_stage_that_no_compiler_could_run():
    good = stages()[0]
    check_stages(stages())
    with pytest.raises(TypeError, match="borrows"):
        check_stages([good, replace(good, function=borrows)])


def test_helpers_constants_and_keywords_are_followed():
    def outer(x):
        """Say."""
        y, z = x + LIMIT, -x
        return maximum(b=y, a=z)

    assert work_out(outer, {"x": 2.0}, Floats()) == 5.0


LIMIT = 3


def test_an_expression_is_worked_out_over_names():
    assert work_out_text("where((a > 1.0) & (b < 2.0), a * b, 0.0)", {"a": 3.0, "b": 1.5}, Floats()) == 4.5
