"""How projections moved, in words: only what is more than luck is called a move."""

from __future__ import annotations

from dataclasses import replace

from analysis.effects.summary import Row
from calibration.posteriors.projection_moves import effect_moves, projection_words
from sim.problems import Say

ROW = Row(
    run_id="r",
    kind="difference",
    scenario="intensive",
    baseline="regular",
    group="all",
    measure="on_benefit",
    month=24,
    mean=-0.03,
    low=-0.07,
    high=0.01,
    monte_carlo_se=0.001,
    parameter_sd=0.024,
    share_above=0.1,
    share_below=0.9,
    apart="both",
    replicates=40,
    failed=0,
    people=1000,
    suppressed=False,
    validity="inside",
    distance=0.0,
    reasons=Say("", ""),
    calibration=Say("calibrated (posterior next)", "gekalibreerd (posterior next)"),
)


def _text(pairs: list[tuple[Row, Row]], draws: int, lang: str = "en") -> str:
    return "\n".join(each.to(lang) for each in projection_words(effect_moves(pairs, draws), draws))


def test_a_move_beyond_luck_is_told_with_both_intervals_and_the_label() -> None:
    other = replace(ROW, mean=-0.06, low=-0.07, high=-0.05, parameter_sd=0.006)
    told = _text([(ROW, other)], 100)
    for word in (
        "1 effects 1 moved",
        "−3.0 (−7.0 to +1.0) -> −6.0 (−7.0 to −5.0)",
        "down by 3.0",
        "75% narrower",
        "now leaves zero out",
        "calibrated (posterior next)",
    ):
        assert word in told
    dutch = _text([(ROW, other)], 100, "nl")
    for word in ("omlaag met 3,0", "marge 75% smaller", "laat nul nu buiten", "gekalibreerd"):
        assert word in dutch
    assert "[calibrated (posterior next), " in told
    raw = replace(ROW, calibration=Say("not calibrated", "niet gekalibreerd"))
    assert "[A: not calibrated, inside" in _text([(raw, other)], 100)
    back = _text([(other, ROW)], 100)
    assert "up by 3.0" in back
    assert "now holds zero" in back


def test_what_few_draws_do_is_not_called_learning() -> None:
    other = replace(ROW, mean=-0.036, low=-0.07, high=-0.002)
    (move,) = effect_moves([(ROW, other)], 6)
    assert not move.moved
    assert not move.surer
    assert "did not visibly change" in _text([(ROW, other)], 6)
    assert effect_moves([(ROW, other)], 400)[0].moved


def test_one_draw_says_nothing_of_luck() -> None:
    one = replace(ROW, parameter_sd=float("nan"))
    (move,) = effect_moves([(one, replace(one, mean=0.5))], 1)
    assert not move.moved
    assert not move.surer


def test_the_clearest_move_comes_first() -> None:
    small, large = replace(ROW, mean=-0.04, month=12), replace(ROW, mean=-0.2)
    found = effect_moves([(replace(ROW, month=12), small), (ROW, large)], 50)
    assert [each.a.month for each in found] == [24, 12]
    assert projection_words((), 50) == ()
