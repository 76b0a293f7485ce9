"""Writes the compiled month: the stages of the mechanisms as machine code, through LLVM.

The work space of a block of people is one flat array of rows. Every stage becomes a plain loop over the
block, without branches, that LLVM turns into SIMD; all months of a span are done for a block before the
next block. Arithmetic is IEEE double precision as written (no fast-math, no fused operations), so that NumPy
(`sim.engine.interpret`) finds the same bits. `sim.engine.kernel` keeps the machine code on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from llvmlite import ir

from sim.engine.formula import work_out, work_out_text
from sim.engine.layout import COUNTERS, FIXED, LEVELS, ROWS, arguments, row_of
from sim.engine.rows import PLACE
from sim.mechanisms.base import Stage
from sim.month import MECHANISMS, MONTH, stages
from sim.outcomes.measures import MEASURES
from sim.people.columns import TRAITS
from sim.policy.elementwise import EXPONENT
from sim.random_numbers import BLOCKS, DECISIONS, KEY_STEPS, MULTIPLIERS
from sim.regime.schedule import LEVER_ROWS
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS

__all__ = ["ARGUMENTS", "BLOCK", "SPACE", "UNIFORMS", "WORDS", "source_hash", "write"]

# People per block: the work space of a block stays in the second-level cache.
BLOCK = 128

# Loops run over whole groups of this many people (the rest of the last group is computed and ignored).
GROUP = 32

# Groups in one block for which sums are made by masks, in rows of words from `_MASKS` on; beyond, one by one.
_WIDTHS = (1, 2, 4, 8)
_MASKS = 4

# (name, type) of the arguments of `advance`: p = pointer to, then the element.
ARGUMENTS: tuple[tuple[str, str], ...] = (
    ("space", "pf64"),
    ("words", "pi64"),
    ("traits", "pf32"),
    ("levels", "pf64"),
    ("counters", "pf32"),
    ("person", "pi64"),
    ("municipality", "pi16"),
    ("caseworker", "pi32"),
    ("begin", "pi16"),
    ("instance", "pi16"),
    ("group", "pi16"),
    ("load", "pf64"),
    ("place", "pf64"),
    ("values", "pf64"),
    ("table", "pf64"),
    ("changed", "pi8"),
    ("calendar", "pf64"),
    ("chosen", "pi64"),
    ("sums", "pi64"),
    ("counts", "pi64"),
    ("kept", "pi64"),
    ("flows", "pf64"),
    ("people", "i64"),
    ("places", "i64"),
    ("instances", "i64"),
    ("groups", "i64"),
    ("n_chosen", "i64"),
    ("n_kept", "i64"),
    ("low_key", "i64"),
    ("high_key", "i64"),
    ("flip", "i64"),
    ("first", "i64"),
    ("last", "i64"),
    ("lo", "i64"),
    ("hi", "i64"),
)

# (name, type) of the arguments of `uniforms`.
UNIFORMS: tuple[tuple[str, str], ...] = (
    ("person", "pi64"),
    ("drawn", "pf64"),
    ("n", "i64"),
    ("k0", "i64"),
    ("k1", "i64"),
    ("month", "i64"),
    ("block", "i64"),
    ("lane", "i64"),
)

_F64, _F32, _I64, _I32, _I16, _I8, _I1 = (
    ir.DoubleType(),
    ir.FloatType(),
    ir.IntType(64),
    ir.IntType(32),
    ir.IntType(16),
    ir.IntType(8),
    ir.IntType(1),
)
_TYPES: dict[str, Any] = {"f64": _F64, "f32": _F32, "i64": _I64, "i32": _I32, "i16": _I16, "i8": _I8}
_POINTER = ir.PointerType()
_WORD = 0xFFFFFFFF


def _measure_rows() -> tuple[int, ...]:
    """Return the row in which each measure stands: a row that is there already, or one behind the rest."""
    rows, behind = [], len(ROWS)
    for measure in MEASURES.values():
        if measure.expression in ROWS:
            rows.append(ROWS[measure.expression])
        else:
            rows.append(behind)
            behind += 1
    return tuple(rows)


_MEASURE_ROWS = _measure_rows()

# Sizes of the two scratch arrays that a thread gives to `advance`.
SPACE = (max(*_MEASURE_ROWS, len(ROWS) + 3) + 1) * BLOCK
WORDS = (_MASKS + _WIDTHS[-1]) * BLOCK


@cache
def source_hash() -> str:
    """Return a hash of every source that the compiled month depends on."""
    root = Path(str(files("sim")))
    folders = ("engine", "mechanisms", "policy")
    names = sorted(path for folder in folders for path in (root / folder).glob("*.py"))
    names += [root / f"{name}.py" for name in ("month", "setting", "random_numbers", "people/columns")]
    names += sorted((root / "mechanisms").glob("*.toml"))  # the order of parameters is their place in memory
    names += [root / f"{name}.py" for name in ("outcomes/measures", "regime/schedule", "regime/levers")]
    names += [root / "outcomes" / "measures.toml", root / "regime" / "levers.toml"]
    text = hashlib.sha256()
    for path in names:
        text.update(path.read_bytes())
    return text.hexdigest()


def write() -> ir.Module:
    """Return the month as an LLVM module with two public functions: ``advance`` (`ARGUMENTS`) and ``uniforms``."""
    module = ir.Module("month")
    phases = [_phase(module, name, names) for name, names in MONTH]
    measures = _measures(module)
    draws = _draws(module)
    record = _record(module)
    _advance(module, phases, measures, draws, record)
    _uniforms(module)
    return module


class _Code:
    """A function being written."""

    def __init__(self, module: ir.Module, name: str, given: Sequence[tuple[str, str]]) -> None:
        types = [_POINTER if kind.startswith("p") else _TYPES[kind] for _, kind in given]
        self.function = ir.Function(module, ir.FunctionType(ir.VoidType(), types), name)
        self.function.attributes.add("nounwind")
        self.kinds = dict(given)
        for (label, kind), argument in zip(given, self.function.args, strict=True):
            argument.name = label
            if kind.startswith("p"):
                argument.add_attribute("noalias")
        self.given = {label: each for (label, _), each in zip(given, self.function.args, strict=True)}
        self.build = ir.IRBuilder(self.function.append_basic_block("entry"))

    def inside(self) -> None:
        """Keep the function to itself, and apart: a profile and a test can find it by name."""
        self.function.linkage = "internal"
        self.function.attributes.add("noinline")

    def whole(self, number: int) -> Any:
        return ir.Constant(_I64, number)

    def address(self, name: str, index: Any) -> Any:
        kind = _TYPES[self.kinds[name][1:]]
        return self.build.gep(self.given[name], [index], inbounds=True, source_etype=kind)

    def load(self, name: str, index: Any, *, fixed: bool = False) -> Any:
        kind = _TYPES[self.kinds[name][1:]]
        found = self.build.load(self.address(name, index), typ=kind)
        if fixed:
            found.set_metadata("invariant.load", self.build.module.add_metadata([]))
        return found

    def store(self, name: str, index: Any, value: Any) -> None:
        self.build.store(value, self.address(name, index))

    def index(self, *terms: Any) -> Any:
        total = terms[0]
        for term in terms[1:]:
            total = self.build.add(total, term, flags=["nsw"])
        return total

    def times(self, a: Any, b: Any) -> Any:
        return self.build.mul(a, b, flags=["nsw"])

    def signed(self, value: Any) -> Any:
        return self.build.sext(value, _I64)

    @contextmanager
    def loop(self, start: Any, stop: Any, step: int = 1) -> Iterator[Any]:
        """Write ``for i in range(start, stop, step)``; gives i."""
        build = self.build
        before = build.block
        body = self.function.append_basic_block("body")
        after = self.function.append_basic_block("after")
        build.cbranch(build.icmp_signed("<", start, stop), body, after)
        build.position_at_end(body)
        i = build.phi(_I64)
        i.add_incoming(start, before)
        yield i
        next_i = build.add(i, self.whole(step), flags=["nsw"])
        i.add_incoming(next_i, build.block)
        build.cbranch(build.icmp_signed("<", next_i, stop), body, after)
        build.position_at_end(after)

    def totals(self, stop: Any, count: int, values: Callable[[Any], Sequence[Any]]) -> list[Any]:
        """Return the sums over i < stop (> 0) of the `count` whole numbers of ``values(i)``."""
        build = self.build
        before = build.block
        body = self.function.append_basic_block("body")
        after = self.function.append_basic_block("after")
        build.branch(body)
        build.position_at_end(body)
        i, *totals = (build.phi(_I64) for _ in range(count + 1))
        for phi in (i, *totals):
            phi.add_incoming(self.whole(0), before)
        more = [build.add(total, value) for total, value in zip(totals, values(i), strict=True)]
        next_i = build.add(i, self.whole(1), flags=["nsw"])
        for phi, value in zip((i, *totals), (next_i, *more), strict=True):
            phi.add_incoming(value, build.block)
        build.cbranch(build.icmp_signed("<", next_i, stop), body, after)
        build.position_at_end(after)
        return more

    def row(self, number: int | Any, i: Any) -> Any:
        """Return the place of person i in a row of the work space."""
        base = self.whole(number * BLOCK) if isinstance(number, int) else number
        return self.index(base, i)

    def done(self) -> ir.Function:
        self.build.ret_void()
        return self.function


class _Machine:
    """The algebra of machine code: values are numbers or LLVM values of type double (truths: i1)."""

    def __init__(self, code: _Code) -> None:
        self.build = code.build
        self.module = code.function.module

    def _value(self, a: Any) -> Any:
        return ir.Constant(_F64, a) if isinstance(a, float) else a

    def constant(self, number: float) -> Any:
        return number

    def arithmetic(self, sign: str, a: Any, b: Any) -> Any:
        if isinstance(a, float) and isinstance(b, float):
            return a + b if sign == "+" else a - b if sign == "-" else a * b if sign == "*" else a / b
        make = {"+": self.build.fadd, "-": self.build.fsub, "*": self.build.fmul, "/": self.build.fdiv}[sign]
        return make(self._value(a), self._value(b))

    def negative(self, a: Any) -> Any:
        return -a if isinstance(a, float) else self.build.fneg(a)

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        make = self.build.fcmp_unordered if sign == "!=" else self.build.fcmp_ordered
        return make(sign, self._value(a), self._value(b))

    def join(self, sign: str, a: Any, b: Any) -> Any:
        return self.build.and_(a, b) if sign == "&" else self.build.or_(a, b)

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        return self.build.select(condition, self._value(yes), self._value(no))

    def floor(self, a: Any) -> Any:
        return self.build.call(self.module.declare_intrinsic("llvm.floor", [_F64]), [self._value(a)])

    def power_of_two(self, k: Any) -> Any:
        # The exponent is written into the bits: no conversion, which older vector units lack.
        bits = self.build.bitcast(self.arithmetic("+", k, EXPONENT), _I64)
        return self.build.bitcast(self.build.shl(bits, ir.Constant(_I64, 52)), _F64)

    def named(self, name: str, value: Any) -> Any:
        return value


_SPACE_AND_MONTH = (("space", "pf64"), ("width", "i64"), ("values", "pf64"), ("month", "pf64"))


def _parameter_places() -> dict[str, dict[str, int]]:
    places: dict[str, dict[str, int]] = {}
    index = 0
    for name, mechanism in MECHANISMS.items():
        places[name] = {each.name.split(".")[1]: index + k for k, each in enumerate(mechanism.parameters)}
        index += len(mechanism.parameters)
    return places


class _Fields(dict[str, Any]):
    """Numbers of an array by name, loaded when asked for."""

    def __init__(self, code: _Code, array: str, places: dict[str, int]) -> None:
        super().__init__()
        self.code, self.array, self.places = code, array, places

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __missing__(self, name: str) -> Any:
        return self.code.load(self.array, self.code.whole(self.places[name]), fixed=True)


def _phase(module: ir.Module, name: str, names: Sequence[str]) -> ir.Function:
    """Write one phase of the month: a loop over the block for each stage."""
    found = {f"{each.mechanism}.{each.name}": each for each in stages()}
    code = _Code(module, f"phase_{name}", _SPACE_AND_MONTH)
    code.inside()
    places = _parameter_places()
    fields = {field: k for k, field in enumerate(MONTH_FIELDS)}
    for stage in (found[each] for each in names):
        with code.loop(code.whole(0), code.given["width"]) as i:
            _stage(code, stage, i, places[stage.mechanism], fields)
    return code.done()


def _stage(code: _Code, stage: Stage, i: Any, places: dict[str, int], fields: dict[str, int]) -> None:
    given: dict[str, Any] = {}
    for name in arguments(stage):
        if name == "p":
            given[name] = _Fields(code, "values", places)
        elif name == "month":
            given[name] = _Fields(code, "month", fields)
        else:
            given[name] = code.load("space", code.row(ROWS[row_of(name)], i))
    machine = _Machine(code)
    results = work_out(stage.function, given, machine)
    if len(stage.writes) == 1:
        results = (results,)
    for row, result in zip(stage.writes, results, strict=True):
        code.store("space", code.row(ROWS[row], i), machine._value(result))


def _measures(module: ir.Module) -> ir.Function:
    """Write the measures that are not rows already."""
    code = _Code(module, "measures", _SPACE_AND_MONTH[:2])
    code.inside()
    with code.loop(code.whole(0), code.given["width"]) as i:
        rows = _Rows(code, i)
        for place, measure in zip(_MEASURE_ROWS, MEASURES.values(), strict=True):
            if place >= len(ROWS):
                machine = _Machine(code)
                result = machine._value(work_out_text(measure.expression, rows, machine))
                code.store("space", code.row(place, i), result)
    return code.done()


class _Rows(dict[str, Any]):
    def __init__(self, code: _Code, i: Any) -> None:
        super().__init__()
        self.code, self.i = code, i

    def __contains__(self, name: object) -> bool:
        return name in ROWS

    def __missing__(self, name: str) -> Any:
        self[name] = self.code.load("space", self.code.row(ROWS[name], self.i))
        return self[name]


def _draws(module: ir.Module) -> ir.Function:
    """Write Philox4x32-10: four uniforms for each block of decisions (`sim.random_numbers`)."""
    given = (
        ("space", "pf64"),
        ("words", "pi64"),
        ("width", "i64"),
        ("k0", "i64"),
        ("k1", "i64"),
        ("month", "i64"),
        ("flip", "i64"),
    )
    code = _Code(module, "draws", given)
    code.inside()
    build = code.build
    mask = code.whole(_WORD)
    first = ROWS[f"u_{next(iter(DECISIONS))}"]
    flip, month = (build.and_(code.given[name], mask) for name in ("flip", "month"))
    keys = _keys(code)
    for block in range(BLOCKS):
        with code.loop(code.whole(0), code.given["width"]) as i:
            c0 = build.and_(code.load("words", i), mask)
            c1 = build.and_(code.load("words", code.row(1, i)), mask)
            c2, c3 = month, code.whole(block)
            for lane, word in enumerate(_rounds(code, (c0, c1, c2, c3), keys)):
                value = _between(code, build.xor(word, flip))
                code.store("space", code.row(first + 4 * block + lane, i), value)
    return code.done()


def _keys(code: _Code) -> list[list[Any]]:
    """Return the two halves of the key in each of the ten rounds of Philox."""
    build = code.build
    return [
        [
            build.and_(build.add(code.given[name], code.whole(turn * step & _WORD)), code.whole(_WORD))
            for turn in range(10)
        ]
        for name, step in zip(("k0", "k1"), KEY_STEPS, strict=True)
    ]


def _rounds(code: _Code, counter: tuple[Any, Any, Any, Any], keys: list[list[Any]]) -> tuple[Any, Any, Any, Any]:
    """Return the four words of Philox4x32-10."""
    build, mask, shift = code.build, code.whole(_WORD), code.whole(32)
    c0, c1, c2, c3 = counter
    for turn in range(10):
        h = build.mul(code.whole(MULTIPLIERS[0]), c0)
        g = build.mul(code.whole(MULTIPLIERS[1]), c2)
        c0, c1, c2, c3 = (
            build.xor(build.xor(build.lshr(g, shift), c1), keys[0][turn]),
            build.and_(g, mask),
            build.xor(build.xor(build.lshr(h, shift), c3), keys[1][turn]),
            build.and_(h, mask),
        )
    return c0, c1, c2, c3


def _between(code: _Code, word: Any) -> Any:
    """Return a word of 32 bits as a number strictly between 0 and 1."""
    real = code.build.fadd(code.build.uitofp(word, _F64), ir.Constant(_F64, 0.5))
    return code.build.fmul(real, ir.Constant(_F64, 1.0 / 4294967296.0))


def _uniforms(module: ir.Module) -> ir.Function:
    """Write `sim.random_numbers.uniform`: one draw for each of n people (`UNIFORMS`)."""
    code = _Code(module, "uniforms", UNIFORMS)
    build, mask = code.build, code.whole(_WORD)
    keys = _keys(code)
    month, block = (build.and_(code.given[name], mask) for name in ("month", "block"))
    with code.loop(code.whole(0), code.given["n"]) as i:
        person = code.load("person", i)
        counter = (build.and_(person, mask), build.lshr(person, code.whole(32)), month, block)
        words = _rounds(code, counter, keys)
        found = words[3]
        for lane in range(3):
            found = build.select(build.icmp_signed("==", code.given["lane"], code.whole(lane)), words[lane], found)
        code.store("drawn", i, _between(code, found))
    return code.done()


def _record(module: ir.Module) -> ir.Function:
    """Write the adding up of the measures of one month by group, in whole multiples of 1/FIXED."""
    given = (
        ("space", "pf64"),
        ("words", "pi64"),
        ("n", "i64"),
        ("least", "i64"),
        ("most", "i64"),
        ("chosen", "pi64"),
        ("n_chosen", "i64"),
        ("sums", "pi64"),
        ("counts", "pi64"),
    )
    code = _Code(module, "record", given)
    code.inside()
    build, n = code.build, code.given["n"]
    rows = ir.ArrayType(_I64, len(_MEASURE_ROWS))
    table = ir.GlobalVariable(module, rows, "measure_rows")
    table.linkage, table.global_constant = "internal", True
    table.initializer = ir.Constant(rows, [row * BLOCK for row in _MEASURE_ROWS])
    least, most = code.given["least"], code.given["most"]
    zero, one = code.whole(0), code.whole(1)
    span = code.index(build.sub(most, least), one)

    def row_of_measure(q: Any) -> Any:
        number = code.load("chosen", q)
        return build.load(build.gep(table, [zero, number], inbounds=True, source_etype=rows), typ=_I64)

    def fixed(row: Any, i: Any) -> Any:
        scaled = build.fmul(code.load("space", code.row(row, i)), ir.Constant(_F64, FIXED))
        down = build.call(module.declare_intrinsic("llvm.floor", [_F64]), [build.fadd(scaled, ir.Constant(_F64, 0.5))])
        return build.fptosi(down, _I64)

    with code.loop(zero, n) as i:
        status = code.load("space", code.row(ROWS["status"], i))
        present = build.fcmp_ordered("<", status, ir.Constant(_F64, 2.5))
        code.store("words", code.row(3, i), build.sext(present, _I64))

    # Up to eight groups: a mask of 64 bits for each person and group, and all groups of a measure in one go.
    narrower = zero
    for width in _WIDTHS:
        fits = build.and_(build.icmp_signed("<", narrower, span), build.icmp_signed("<=", span, code.whole(width)))
        narrower = code.whole(width)
        with build.if_then(fits):
            for slot in range(width):
                with code.loop(zero, n) as i:
                    here = build.icmp_signed(
                        "==", code.load("words", code.row(2, i)), code.index(least, code.whole(slot))
                    )
                    mask = build.and_(build.sext(here, _I64), code.load("words", code.row(3, i)))
                    code.store("words", code.row(_MASKS + slot, i), mask)

            def masked(i: Any, value: Any, width: int = width) -> list[Any]:
                return [build.and_(code.load("words", code.row(_MASKS + slot, i)), value) for slot in range(width)]

            def add(name: str, index: Callable[[Any], Any], totals: Sequence[Any]) -> None:
                for slot, total in enumerate(totals):
                    with build.if_then(build.icmp_signed("<", code.whole(slot), span)):
                        place = index(code.index(least, code.whole(slot)))
                        code.store(name, place, build.add(code.load(name, place), total))

            add("counts", lambda g: g, code.totals(n, width, lambda i: masked(i, one)))
            with code.loop(zero, code.given["n_chosen"]) as q:
                row = row_of_measure(q)
                totals = code.totals(n, width, lambda i: masked(i, fixed(row, i)))  # noqa: B023  # used at once
                add("sums", lambda g: code.index(code.times(g, code.given["n_chosen"]), q), totals)
    with build.if_then(build.icmp_signed(">", span, narrower)):
        with code.loop(zero, n) as i:
            g = code.load("words", code.row(2, i))
            code.store("counts", g, build.sub(code.load("counts", g), code.load("words", code.row(3, i))))
        with code.loop(zero, code.given["n_chosen"]) as q:
            row = row_of_measure(q)
            with code.loop(zero, n) as i:
                g = code.index(code.times(code.load("words", code.row(2, i)), code.given["n_chosen"]), q)
                value = build.and_(fixed(row, i), code.load("words", code.row(3, i)))
                code.store("sums", g, build.add(code.load("sums", g), value))
    return code.done()


def _advance(
    module: ir.Module, phases: Sequence[ir.Function], measures: ir.Function, draws: ir.Function, record: ir.Function
) -> None:
    code = _Code(module, "advance", ARGUMENTS)
    build, given = code.build, code.given
    zero = code.whole(0)
    with code.loop(given["lo"], given["hi"], BLOCK) as start:
        left = build.sub(given["hi"], start)
        n = build.select(build.icmp_signed("<", left, code.whole(BLOCK)), left, code.whole(BLOCK))
        groups_of = build.lshr(build.add(n, code.whole(GROUP - 1)), code.whole(GROUP.bit_length() - 1))
        width = build.mul(groups_of, code.whole(GROUP), flags=["nsw", "nuw"])
        _load_people(code, start, n)
        least, most = _groups(code, n)
        soonest, latest = (
            code.signed(code.load("begin", code.index(start, at))) for at in (zero, build.sub(n, code.whole(1)))
        )
        begin = build.select(build.icmp_signed(">", soonest, given["first"]), soonest, given["first"])
        with code.loop(begin, given["last"]) as m:
            since = build.sub(m, code.whole(SETTLE_MONTHS - 1))
            lever_row = build.select(build.icmp_signed(">", since, zero), since, zero)
            _levers(code, start, n, lever_row, build.icmp_signed("==", m, begin))
            with build.if_then(build.icmp_signed("<=", m, latest)):
                _begin_again(code, "levels", ROWS[LEVELS[0]], len(LEVELS), start, n, m)
                _begin_again(code, "counters", ROWS[COUNTERS[0]], len(COUNTERS), start, n, m)
            month = code.address("calendar", code.times(m, code.whole(len(MONTH_FIELDS))))
            keys = [given["low_key"], given["high_key"]]
            build.call(draws, [given["space"], given["words"], width, *keys, since, given["flip"]])
            for phase in phases:
                build.call(phase, [given["space"], width, given["values"], month])
            at = build.sub(m, code.whole(SETTLE_MONTHS))
            with build.if_then(build.icmp_signed(">=", at, zero)):
                build.call(measures, [given["space"], width])
                behind = code.times(at, given["groups"])
                sums = code.address("sums", code.times(behind, given["n_chosen"]))
                counts = code.address("counts", behind)
                chosen = [given["chosen"], given["n_chosen"]]
                build.call(record, [given["space"], given["words"], n, least, most, *chosen, sums, counts])
        with code.loop(zero, given["n_kept"]) as q:
            row = code.times(code.load("kept", q), code.whole(BLOCK))
            target = code.index(code.times(q, given["people"]), start)
            with code.loop(zero, n) as i:
                code.store("flows", code.index(target, i), code.load("space", code.row(row, i)))
        _rows_of_people(code, "levels", ROWS[LEVELS[0]], len(LEVELS), start, n, back=True)
        _rows_of_people(code, "counters", ROWS[COUNTERS[0]], len(COUNTERS), start, n, back=True)
    code.done()


def _load_people(code: _Code, start: Any, n: Any) -> None:
    build, given = code.build, code.given
    _rows_of_people(code, "traits", ROWS[next(iter(TRAITS))], len(TRAITS), start, n)
    _rows_of_people(code, "levels", ROWS[LEVELS[0]], len(LEVELS), start, n)
    _rows_of_people(code, "counters", ROWS[COUNTERS[0]], len(COUNTERS), start, n)
    with code.loop(code.whole(0), n) as i:
        at = code.index(start, i)
        person = code.load("person", at)
        code.store("words", i, person)
        code.store("words", code.row(1, i), build.lshr(person, code.whole(32)))
        code.store("words", code.row(2, i), code.signed(code.load("group", at)))
        office = code.signed(code.load("caseworker", at))
        code.store("space", code.row(ROWS["load"], i), code.load("load", office))
        town = code.signed(code.load("municipality", at))
        for k, row in enumerate(PLACE):
            value = code.load("place", code.index(code.times(given["places"], code.whole(k)), town))
            code.store("space", code.row(ROWS[row], i), value)


def _rows_of_people(code: _Code, name: str, first: int, count: int, start: Any, n: Any, *, back: bool = False) -> None:
    """Copy rows of people into the work space, or `back`."""
    build = code.build
    with code.loop(code.whole(0), code.whole(count)) as r:
        row = code.index(code.whole(first * BLOCK), code.times(r, code.whole(BLOCK)))
        begin = code.index(code.times(r, code.given["people"]), start)
        single = code.kinds[name] == "pf32"
        with code.loop(code.whole(0), n) as i:
            if back:
                value = code.load("space", code.row(row, i))
                code.store(name, code.index(begin, i), build.fptrunc(value, _F32) if single else value)
            else:
                value = code.load(name, code.index(begin, i))
                code.store("space", code.row(row, i), build.fpext(value, _F64) if single else value)


def _begin_again(code: _Code, name: str, first: int, count: int, start: Any, n: Any, month: Any) -> None:
    """Give those who begin in this month or later the states they start with."""
    build = code.build
    with code.loop(code.whole(0), code.whole(count)) as r:
        row = code.index(code.whole(first * BLOCK), code.times(r, code.whole(BLOCK)))
        begin = code.index(code.times(r, code.given["people"]), start)
        with code.loop(code.whole(0), n) as i:
            late = build.icmp_signed(">=", code.signed(code.load("begin", code.index(start, i))), month)
            value = code.load(name, code.index(begin, i))
            value = build.fpext(value, _F64) if code.kinds[name] == "pf32" else value
            now = code.load("space", code.row(row, i))
            code.store("space", code.row(row, i), build.select(late, value, now))


def _groups(code: _Code, n: Any) -> tuple[Any, Any]:
    """Return the least and the most group number in the block."""
    build = code.build
    before = build.block
    body = code.function.append_basic_block("body")
    after = code.function.append_basic_block("after")
    build.branch(body)
    build.position_at_end(body)
    i, least, most = build.phi(_I64), build.phi(_I64), build.phi(_I64)
    for phi, value in ((i, 0), (least, 2**31), (most, -1)):
        phi.add_incoming(code.whole(value), before)
    who = code.load("words", code.row(2, i))
    lower = build.select(build.icmp_signed("<", who, least), who, least)
    higher = build.select(build.icmp_signed(">", who, most), who, most)
    next_i = build.add(i, code.whole(1), flags=["nsw"])
    for phi, value in ((i, next_i), (least, lower), (most, higher)):
        phi.add_incoming(value, body)
    build.cbranch(build.icmp_signed("<", next_i, n), body, after)
    build.position_at_end(after)
    return lower, higher


def _levers(code: _Code, start: Any, n: Any, lever_row: Any, fresh: Any) -> None:
    """Fetch the levers of each person that changed (all of them in the first month of a span)."""
    build, given = code.build, code.given
    size = len(LEVER_ROWS)
    first = ROWS["lever_" + LEVER_ROWS[0]] * BLOCK
    with code.loop(code.whole(0), code.whole(size)) as r:
        line = code.index(code.times(lever_row, code.whole(size)), r)
        changed = build.icmp_signed("!=", code.load("changed", line), ir.Constant(_I8, 0))
        with build.if_then(build.or_(fresh, changed)):
            base = code.times(line, given["instances"])
            row = code.index(code.whole(first), code.times(r, code.whole(BLOCK)))
            with code.loop(code.whole(0), n) as i:
                instance = code.signed(code.load("instance", code.index(start, i)))
                code.store("space", code.row(row, i), code.load("table", code.index(base, instance)))
