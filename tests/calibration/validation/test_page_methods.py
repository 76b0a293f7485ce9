"""The page tells which parameters two methods do not agree on, and says nothing when only one was used."""

from __future__ import annotations

from calibration.validation.page_methods import methods_section


def _row(name: str, z: float) -> dict[str, object]:
    return {"name": name, "mean": 0.5, "sd": 0.9, "other_mean": -0.25, "other_sd": 1.0, "z": z}


def test_a_fit_by_one_method_has_no_such_section():
    assert methods_section({"k_hat": 0.2}) is None


def test_what_differs_is_named_worst_first_in_both_languages():
    rows = [_row("near", 0.3), _row("far", 2.5), _row("further", -4.0)]
    verdict = {"en": "the methods differ", "nl": "de methoden verschillen"}
    told = {"rows": rows, "verdict": verdict, "monte_carlo_error": 0.2, "design_error": 0.125}
    found = methods_section({"cross_check": told})
    assert found is not None
    en, nl = (" ".join(each.to(lang) for each in found.sentences) for lang in ("en", "nl"))
    assert "the methods differ" in en
    assert "de methoden verschillen" in nl
    assert "1 of 3 means" in en
    assert "`further` (-4.0), `far` (+2.5)" in en
    assert "`further` (-4.0), `far` (+2.5)" in nl
    assert "`near`" not in en
    assert "0.12" in en
    assert "0,12" in nl
    assert found.tables[0].rows[0] == ("near", "+0.50", "0.90", "-0.25", "1.00", "+0.3")
    assert "far: +0.5 -> -0.2" in found.drawings[0].alt


def test_agreement_is_told_too():
    told = {
        "rows": [_row("near", 0.3)],
        "verdict": {"en": "agree", "nl": "gelijk"},
        "monte_carlo_error": 0.2,
        "design_error": 0.1,
    }
    found = methods_section({"cross_check": told})
    assert found is not None
    assert "none is further apart" in found.sentences[2].en
