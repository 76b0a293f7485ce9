"""Compiles the month once for this processor and keeps the machine code on disk."""

from __future__ import annotations

import ctypes
import hashlib
import os
import tempfile
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["compiled_advance", "is_warm", "warm"]

# Machine code kept on disk at once: a shared folder serves several kinds of processor.
_KEPT = 8

_loaded = threading.local()


def compiled_advance() -> Any:
    """Return the compiled `advance`, with the arguments of `sim.interpret.advance`."""
    return _kernel().advance


def is_warm() -> bool:
    """Tell whether machine code for the present sources and processor is at hand."""
    return _kernel.cache_info().currsize > 0 or any(path.exists() for path in _places())


def warm() -> bool:
    """Compile if needed; tell whether that was needed."""
    needed = not is_warm()
    _kernel()
    return needed


class _Kernel:
    """Machine code, kept alive together with the engine that holds it."""

    def __init__(self, code: bytes) -> None:
        from llvmlite import binding as llvm

        from sim.compiler import ARGUMENTS

        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        kinds = [ctypes.c_void_p if kind.startswith("p") else ctypes.c_int64 for _, kind in ARGUMENTS]
        self._function = ctypes.CFUNCTYPE(None, *kinds)(self._engine.get_function_address("advance"))

    def advance(
        self,
        traits: Any,
        levels: Any,
        counters: Any,
        person: Any,
        municipality: Any,
        caseworker: Any,
        instance: Any,
        group: Any,
        load: Any,
        place: Any,
        values: Any,
        levers: Any,
        calendar: Any,
        key: int,
        flip: bool,
        first: int,
        last: int,
        lo: int,
        hi: int,
        chosen: Any,
        sums: Any,
        counts: Any,
        kept: Any,
        flows: Any,
    ) -> None:
        """Move the people lo..hi through the months first..last-1 (rows of `calendar`)."""
        arrays = (
            *_scratch(),
            traits,
            levels,
            counters,
            person,
            municipality,
            caseworker,
            instance,
            group,
            load,
            place,
            values,
            levers.table,
            levers.changed,
            calendar,
            chosen,
            sums,
            counts,
            kept,
            flows,
        )
        self._function(
            *(array.ctypes.data for array in arrays),
            levels.shape[1],
            place.shape[1],
            levers.table.shape[2],
            counts.shape[1],
            len(chosen),
            len(kept),
            key & 0xFFFFFFFF,
            (key >> 32) & 0xFFFFFFFF,
            0xFFFFFFFF if flip else 0,
            first,
            last,
            lo,
            hi,
        )


def _scratch() -> tuple[Any, Any]:
    from sim.compiler import SPACE, WORDS

    if not hasattr(_loaded, "space"):
        _loaded.space, _loaded.words = np.zeros(SPACE), np.zeros(WORDS, dtype=np.int64)
    return _loaded.space, _loaded.words


@cache
def _kernel() -> _Kernel:
    for path in _places():
        try:
            return _Kernel(path.read_bytes())
        except OSError:
            continue
    code = _compile()
    for path in _places():
        try:
            _keep(path, code)
            break
        except OSError:
            continue
    return _Kernel(code)


def _keep(path: Path, code: bytes) -> None:
    """Write the machine code in one step: a reader finds all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    older = sorted(path.parent.glob("month-*.o"), key=lambda each: each.stat().st_mtime)
    for old in older[:-_KEPT]:
        old.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(code)
    os.replace(name, path)


@cache
def _places() -> tuple[Path, ...]:
    """Return where machine code is kept: beside the package, else in the user's cache."""
    from llvmlite import __version__
    from llvmlite import binding as llvm

    from sim.compiler import source_hash

    text = "|".join((source_hash(), __version__, llvm.get_host_cpu_name(), _features()))
    name = f"month-{hashlib.sha256(text.encode()).hexdigest()[:20]}.o"
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(str(files("sim"))) / "__pycache__" / name, home / "bijstand" / name


def _features() -> str:
    from llvmlite import binding as llvm

    return str(llvm.get_host_cpu_features().flatten())


@cache
def _machine() -> Any:
    from llvmlite import binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=_features(),
        opt=3,
        reloc="pic",
        codemodel="jitdefault",
        jit=True,
    )


def _optimised() -> Any:
    from llvmlite import binding as llvm

    from sim.compiler import write

    machine = _machine()
    text = write()
    text.triple = machine.triple
    text.data_layout = str(machine.target_data)
    module = llvm.parse_assembly(str(text))
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization, tuning.slp_vectorization = True, False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return module


def _compile() -> bytes:
    return bytes(_machine().emit_object(_optimised()))
