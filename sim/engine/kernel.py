"""Compiles the month once for this processor and keeps the machine code on disk."""

from __future__ import annotations

import ctypes
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.state import State
from sim.random_numbers import lend

__all__ = ["Library", "compiled", "is_warm", "warm"]

# Machine code kept on disk at once: a shared folder serves several kinds of processor.
_KEPT = 8
_DIGEST = hashlib.sha256().digest_size

# A line of the cache, in bytes: the widest vector that begins elsewhere needs two of them.
_LINE = 64

_WORD = 0xFFFFFFFF
_loaded = threading.local()
_loading = threading.Lock()


def _unlock() -> None:
    """Take a new lock in a forked process: whoever held the old one is not there to give it back."""
    global _loading
    _loading = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


def compiled(state: State) -> Callable[[int, int, int, int, Any, Any], None]:
    """Return ``advance(first, last, lo, hi, sums, counts)`` for one state, as `sim.engine.interpret.bind` does."""
    return _once().bind(state)


def is_warm() -> bool:
    """Tell whether machine code for the present sources and processor is at hand."""
    return _kernel.cache_info().currsize > 0 or any(path.exists() for path in _places())


def warm() -> bool:
    """Compile if needed; tell whether that was needed."""
    needed = not is_warm()
    _once()
    return needed


class Library:
    """Machine code in memory, kept alive together with the engine that holds it."""

    def __init__(self, code: bytes) -> None:
        """Load an object file."""
        from llvmlite import binding as llvm

        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    @classmethod
    def of(cls, text: str) -> Library:
        """Compile LLVM's text for this processor."""
        return cls(_compile(text))

    def function(self, name: str, kinds: str) -> Any:
        """Return a function by name; its arguments by kind: p = pointer, i = whole number."""
        types = [ctypes.c_void_p if kind == "p" else ctypes.c_int64 for kind in kinds]
        return ctypes.CFUNCTYPE(None, *types)(self._engine.get_function_address(name))


class _Kernel(Library):
    def __init__(self, code: bytes) -> None:
        from sim.engine.compiler import ARGUMENTS, UNIFORMS

        super().__init__(code)
        self._function = self.function("advance", "".join(kind[0] for _, kind in ARGUMENTS))
        self._uniforms = self.function("uniforms", "".join(kind[0] for _, kind in UNIFORMS))
        lend(self.uniform)

    def uniform(self, seed: int, person: npt.NDArray[np.int64], month: int, number: int) -> npt.NDArray[np.float64]:
        """Return what `sim.random_numbers.uniform` returns for a decision by number, to the last bit."""
        ids = np.ascontiguousarray(person, dtype=np.int64)
        drawn = np.empty(ids.shape)
        places = (ids.ctypes.data, drawn.ctypes.data, ids.size)
        self._uniforms(*places, seed & _WORD, (seed >> 32) & _WORD, month & _WORD, number // 4, number % 4)
        return drawn

    def bind(self, state: State) -> Callable[[int, int, int, int, Any, Any], None]:
        """Return ``advance`` with everything filled in but months, people and where to add."""
        function = self._function
        arrays = (
            state.traits,
            state.levels,
            state.counters,
            state.person,
            state.municipality,
            state.caseworker,
            state.begin,
            state.instance,
            state.group,
            state.load,
            state.place,
            state.values,
            state.levers.table,
            state.levers.changed,
            state.calendar,
            state.chosen,
        )
        before = tuple(array.ctypes.data for array in arrays)
        after = (
            state.kept.ctypes.data,
            state.flows.ctypes.data,
            state.levels.shape[1],
            state.place.shape[1],
            state.levers.table.shape[2],
        )
        luck = (state.key & _WORD, (state.key >> 32) & _WORD, _WORD if state.flip else 0)
        sizes = (len(state.chosen), len(state.kept))

        def advance(first: int, last: int, lo: int, hi: int, sums: Any, counts: Any) -> None:
            _ = state, self  # keep the arrays and the machine code alive
            totals = (sums.ctypes.data, counts.ctypes.data)
            groups = counts.shape[1]
            function(*_scratch(), *before, *totals, *after, groups, *sizes, *luck, first, last, lo, hi)

        return advance


def _scratch() -> tuple[int, int]:
    """Return the work space of this thread."""
    if not hasattr(_loaded, "places"):
        from sim.engine.compiler import SPACE, WORDS

        _loaded.arrays = tuple(np.zeros(8 * size + _LINE, dtype=np.int8) for size in (SPACE, WORDS))
        _loaded.places = tuple(-(-array.ctypes.data // _LINE) * _LINE for array in _loaded.arrays)
    places: tuple[int, int] = _loaded.places
    return places


def _once() -> _Kernel:
    """Return the one kernel of this process: two threads that ask at once must not load two."""
    with _loading:
        return _kernel()


@cache
def _kernel() -> _Kernel:
    for path in _places():
        try:
            code = _whole(path.read_bytes())
        except OSError:
            continue
        if code is not None:
            return _Kernel(code)
    code = _compile()
    for path in _places():
        try:
            _keep(path, code)
            break
        except OSError:
            continue
    return _Kernel(code)


def _whole(kept: bytes) -> bytes | None:
    """Return the machine code of a kept file; None when it is not what was written (disk full, edited)."""
    code = kept[_DIGEST:]
    return code if hashlib.sha256(code).digest() == kept[:_DIGEST] else None


def _keep(path: Path, code: bytes) -> None:
    """Write checksum and machine code in one step: a reader finds all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    older = sorted(path.parent.glob("month-*.o"), key=lambda each: each.stat().st_mtime)
    for old in older[:-_KEPT]:
        old.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(hashlib.sha256(code).digest() + code)
    os.replace(name, path)


@cache
def _places() -> tuple[Path, ...]:
    """Return where machine code is kept: beside the package, else in the user's cache."""
    from llvmlite import __version__
    from llvmlite import binding as llvm

    from sim.engine.compiler import source_hash

    text = "|".join((source_hash(), __version__, llvm.get_host_cpu_name(), _features()))
    name = f"month-{hashlib.sha256(text.encode()).hexdigest()[:20]}.o"
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(str(files("sim"))) / "__pycache__" / name, home / "bijstand" / name


def _features() -> str:
    from llvmlite import binding as llvm

    return str(llvm.get_host_cpu_features().flatten())


def _machine() -> Any:
    """Return a new description of this processor (an engine takes its own along)."""
    from llvmlite import binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=3, reloc="pic", codemodel="jitdefault", jit=True
    )


def _optimised(text: str = "") -> Any:
    """Return a module of LLVM's text (default: the month), optimised for this processor."""
    from llvmlite import binding as llvm

    from sim.engine.compiler import write

    machine = _machine()
    module = llvm.parse_assembly(text or str(write()))
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization, tuning.slp_vectorization = True, False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return module


def _compile(text: str = "") -> bytes:
    return bytes(_machine().emit_object(_optimised(text)))
