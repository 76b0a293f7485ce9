"""Teaches Numba the house's arithmetic, so that the mechanisms compile as they stand.

`where` becomes a select (no branch), the rest of `sim.policy.elementwise` and the rules of
`sim.policy.benefit` compile from their own source. IEEE semantics throughout: no fast-math.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload, register_jitable

from sim.month import MECHANISMS
from sim.policy import benefit, elementwise
from sim.policy.elementwise import maximum, minimum, where

__all__ = ["OPTIONS", "maximum", "minimum", "where"]

# cache: compiled code stays on disk; nogil: threads run blocks side by side; numpy: no check for division by 0.
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "boundscheck": False}


@intrinsic
def _select(typing_context: Any, condition: Any, yes: Any, no: Any) -> Any:
    """Return yes or no without a branch."""
    if not isinstance(condition, types.Boolean):
        return None
    signature = types.float64(types.boolean, types.float64, types.float64)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        bit = values[0]
        if bit.type.width > 1:
            bit = builder.trunc(bit, ir.IntType(1))
        return builder.select(bit, values[1], values[2])

    return signature, generate


@overload(elementwise.where)
def _where(condition: Any, yes: Any, no: Any) -> Any:
    def choose(condition: Any, yes: Any, no: Any) -> Any:
        return _select(condition, yes, no)

    return choose


@overload(elementwise.floor)
def _floor(x: Any) -> Any:
    def down(x: Any) -> Any:
        return float(math.floor(x))

    return down


for _module in (elementwise, benefit):
    for _name in _module.__all__:
        _function = getattr(_module, _name)
        if callable(_function) and _name not in ("where", "floor"):
            register_jitable(_function)

for _mechanism in MECHANISMS.values():
    for _stage in _mechanism.stages:
        register_jitable(_stage.function)

del _module, _name, _function, _mechanism, _stage
