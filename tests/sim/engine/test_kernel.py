"""The machine code is vectorised, unfused, complete in itself, and kept on disk safely."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.engine import kernel
from sim.engine.layout import arguments, row_of
from sim.engine.rows import PLACE
from sim.month import PHASES, stages
from sim.people.columns import STATES, TRAITS
from sim.random_numbers import DECISIONS, OUTSIDE, Draws, philox, uniform


@pytest.fixture(scope="module")
def assembly() -> str:
    return str(kernel._machine().emit_assembly(kernel._optimised()))


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names of registers differ")
def test_every_phase_works_on_vectors(assembly):
    for name in (*(f"phase_{phase}" for phase in PHASES), "draws", "measures"):
        body = assembly.split(f"\n{name}:", 1)[1].split(".Lfunc_end", 1)[0]
        packed = len(re.findall(r"v(?:mul|add|sub|div)pd.*[yz]mm", body))
        words = len(re.findall(r"vpmul.*[yz]mm", body))
        compared = len(re.findall(r"vcmp\w*pd.*[yz]mm", body))
        assert packed + words + compared > 5, name


def test_nothing_is_fused(assembly):
    """A fused multiply-add rounds once instead of twice: other bits than NumPy."""
    assert not re.findall(r"vfn?m(?:add|sub)", assembly)


def test_no_function_of_the_c_library_is_called(assembly):
    called = set(re.findall(r"\bcallq?\s+\*?([A-Za-z_]\w*)", assembly))
    own = {f"phase_{phase}" for phase in PHASES} | {"draws", "measures", "record"}
    assert called <= own | {"memset", "memcpy"}


def test_machine_code_is_kept_beside_the_package_or_in_the_cache_of_the_user(tmp_path, monkeypatch):
    code = kernel._compile()
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    places = (blocked / "x" / "month-a.o", tmp_path / "home" / "bijstand" / "month-a.o")
    monkeypatch.setattr(kernel, "_places", lambda: places)
    monkeypatch.setattr(kernel, "_compile", lambda: code)
    kernel._kernel.cache_clear()
    try:
        assert not kernel.is_warm()
        assert kernel.warm()
        assert kernel._whole(places[1].read_bytes()) == code
        whole = places[1].read_bytes()
        kernel._kernel.cache_clear()
        places[1].write_bytes(whole[: len(whole) // 2])  # a disk that was full, a file that was edited
        kernel.warm()
        assert places[1].read_bytes() == whole
        kernel._kernel.cache_clear()
        monkeypatch.setattr(kernel, "_compile", lambda: pytest.fail("compiled twice"))
        assert kernel.is_warm()
        assert not kernel.warm()
    finally:
        kernel._kernel.cache_clear()


@given(
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, 2**62), min_size=1, max_size=40),
    st.integers(-12, 3000),
    st.sampled_from([*DECISIONS, *OUTSIDE]),
)
def test_the_compiled_draws_are_those_of_numpy(seed, people, month, decision):
    person = np.array(people, dtype=np.int64)
    number = (DECISIONS | OUTSIDE)[decision]
    plain = (philox(seed, person, month, number // 4)[number % 4].astype(np.float64) + 0.5) / 2.0**32
    assert kernel._once().uniform(seed, person, month, number).tolist() == plain.tolist()
    assert uniform(seed, decision, month, person).tolist() == plain.tolist()
    draws = Draws(seed, person)
    assert draws.uniform(decision, month).tolist() == plain.tolist()
    assert draws.normal(decision, month) is draws.normal(decision, month)
    assert np.array_equal(draws.normal(decision, month), ndtri(plain))


def test_old_machine_code_is_cleared_away(tmp_path: Path):
    for number in range(12):
        kernel._keep(tmp_path / f"month-{number}.o", b"code")
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert "month-11.o" in kept
    assert len(kept) <= 9


def test_no_stage_reads_what_this_month_has_not_written():
    """The work space still holds the people before: a row read too early would be somebody else's."""
    there = {*TRAITS, *STATES, *PLACE, "load", "p", "month"}
    for stage in stages():
        for name in arguments(stage):
            row = row_of(name)
            assert row in there or row.startswith(("lever_", "u_")), f"{stage.mechanism}.{stage.name}: {name}"
        there |= set(stage.writes)
