"""Priors from a file: other medians and spreads of parameters for one fit.

    [parameters]
    "attention.brokerage" = { value = 0.06, sd = 0.5 }
    "scarcity.chi" = { sd = 0 }            # fixed at its value

Keys: value (the median), sd (on the scale of the prior: log, log-odds or plain), low, high. What is left out
is as shipped; the law (normal, lognormal, logit) stays.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path

from sim.parameters import PARAMETERS, Parameter
from sim.policy.number_text import toml_float
from sim.problems import InputError, Problem, Say, one_of, within

__all__ = ["read_priors"]

_KEYS = ("value", "sd", "low", "high")


def read_priors(path: Path) -> dict[str, Parameter]:
    """Return the parameters whose prior the file changes, by name.

    Raises:
        InputError: not a TOML file, unknown names or keys, values without support, every problem at once.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"), parse_float=toml_float)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError((Problem(str(path), reason, Say("a TOML file", "een TOML-bestand")),)) from None
    problems = [one_of(f"{path}:{key}", key, ("parameters",)) for key in data if key != "parameters"]
    table = data.get("parameters", {})
    if not isinstance(table, dict) or not table:
        allowed = Say("a table [parameters] with one prior or more", "een tabel [parameters] met een prior of meer")
        problems.append(Problem(f"{path}:parameters", "missing", allowed))
        table = {}
    found: dict[str, Parameter] = {}
    for name, values in table.items():
        here = f"{path}:{name}"
        if name not in PARAMETERS:
            problems.append(one_of(here, name, PARAMETERS))
            continue
        if not isinstance(values, dict):
            like = "{ value = 1, sd = 0.5 }"
            problems.append(Problem(here, str(values), Say(f"a table like {like}", f"een tabel als {like}")))
            continue
        before = len(problems)
        problems += [one_of(f"{here}.{key}", key, _KEYS) for key in values if key not in _KEYS]
        changed = _changed(PARAMETERS[name], values, here, problems)
        if len(problems) == before:
            found[name] = changed
    InputError.raise_if(problems)
    return found


def _changed(each: Parameter, values: dict[str, object], here: str, problems: list[Problem]) -> Parameter:
    """Return the parameter with the file's numbers; add what is wrong to `problems`."""
    numbers: dict[str, float] = {}
    for key in _KEYS:
        value = values.get(key, getattr(each, key))
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            problems.append(within(f"{here}.{key}", str(value), each.low, each.high, each.unit))
            return each
        numbers[key] = float(value)
    problems += [
        within(f"{here}.{key}", numbers[key], each.low, each.high, each.unit)
        for key in ("low", "high")
        if not each.low <= numbers[key] <= each.high
    ]
    if numbers["sd"] > 0 and _endless(each, numbers):
        within_bounds = Say(
            f"a median inside {numbers['low']:g} .. {numbers['high']:g}, or sd = 0: a {each.law} prior has "
            "no support at its end",
            f"een mediaan binnen {numbers['low']:g} .. {numbers['high']:g}, of sd = 0: een {each.law} prior "
            "heeft aan het einde geen steun",
        )
        problems.append(Problem(f"{here}.value", numbers["value"], within_bounds))
    if numbers["sd"] < 0:
        problems.append(Problem(f"{here}.sd", numbers["sd"], Say("0 or more", "0 of meer")))
    if not numbers["low"] <= numbers["value"] <= numbers["high"] or not numbers["low"] < numbers["high"]:
        problems.append(within(f"{here}.value", numbers["value"], numbers["low"], numbers["high"], each.unit))
    return replace(each, value=numbers["value"], sd=numbers["sd"], low=numbers["low"], high=numbers["high"])


def _endless(each: Parameter, numbers: dict[str, float]) -> bool:
    """Whether the median lies where the scale of the prior has no end: log of 0, log-odds of 0 or 1."""
    if each.law == "lognormal":
        return numbers["value"] == 0.0
    return each.law == "logit" and numbers["value"] in (numbers["low"], numbers["high"])
