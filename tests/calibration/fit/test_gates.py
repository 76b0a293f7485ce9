"""What a fit must reach, told as a figure and in words."""

from __future__ import annotations

from calibration.fit.gates import chains_of, gates_of

FAMILY = {"name": "oss/causal_itt", "rows": 4, "spread": 0.1}
TOLD = {
    "rhat_max": 1.01,
    "ess_min": 800.0,
    "raw_k_hat": 1.35,
    "response_moved_by_reweighing": 0.4,
    "families": [
        {**FAMILY, "gap": 0.1, "gap_error": 0.02, "slope": 1.1, "slope_error": 0.02, "faithful": True},
        {**FAMILY, "gap": -0.4, "gap_error": 0.05, "slope": None, "slope_error": None, "faithful": False},
    ],
    "gate": {"rhat_below": 1.02, "ess_above": 400.0, "family_gap_below": 0.25, "slope_between": [0.75, 1.25]},
}


def test_each_gate_tells_how_much_of_its_limit_was_used() -> None:
    rhat, ess, gap, slope = gates_of(TOLD)
    assert [round(each.used, 3) for each in (rhat, ess, gap, slope)] == [0.5, 0.5, 1.2, 0.24]
    assert "1.010" in rhat.label
    assert "minstens 400" in ess.text.nl
    assert "0,30 (grens 0,25)" in gap.text.nl


def test_what_the_fit_does_not_tell_is_left_out() -> None:
    assert gates_of({}) == ()
    assert [each.used for each in gates_of({"rhat_max": 1.0, "gate": TOLD["gate"]})] == [0.0]
    assert chains_of(TOLD) is None
    names, rhat, ess = chains_of({"chains": {"names": ["a"], "rhat": [1.1], "ess": [50.0]}}) or ([], None, None)
    assert (names, rhat, ess) == (["a"], [1.1], [50.0])


def test_the_page_draws_and_tells_convergence() -> None:
    from types import SimpleNamespace
    from typing import Any

    import numpy as np

    from calibration.validation.page_fit import convergence_section

    chains = {"names": ["a", "b"], "rhat": [1.0, 1.01], "ess": [900.0, 400.0]}
    draws = SimpleNamespace(told={**TOLD, "chains": chains}, chains=(), z=np.zeros((40, 2)))
    found: Any = SimpleNamespace(draws=draws)
    section = convergence_section(found, ["b"], ())
    assert [each.name for each in section.drawings] == ["fit_gates", "fit_convergence"]
    assert "1 of 4 are not reached" in section.sentences[0].en
    assert "posterior of the emulator" in section.sentences[1].en
    assert "k-hat 1.35" in section.sentences[1].en
    assert "at most 0.050" in section.sentences[2].en
    assert [row[-1] for row in section.tables[0].rows] == ["yes", "NO"]
    draws.told = {}
    assert convergence_section(found, ["b"], ()).drawings == ()
