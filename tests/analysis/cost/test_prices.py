"""Prices say where they come from, can be replaced, and wrong ones are told all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analysis.cost.prices import FLAGS, default_prices, read_prices
from sim.problems import InputError


def test_every_price_has_a_date_a_source_a_flag_and_both_languages() -> None:
    for price in default_prices().all.values():
        assert isinstance(price.date, date)
        assert price.flag in FLAGS
        assert len(price.source) > 20
        assert price.text.en
        assert price.text.nl
        assert price.least <= price.low <= price.value <= price.high <= price.most, price.name


def test_what_nobody_printed_is_called_an_assumption() -> None:
    for price in default_prices().all.values():
        guessed = any(word in price.source for word in ("no report", "not sourced", "from memory", "not looked"))
        assert not guessed or price.flag == "assumption", price.name


def test_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'caseworker_hour = 61.5\n[benefit_tax]\nvalue = 0.3\nsource = "our books 2024"\n'
        'flag = "verified"\ndate = 2024-01-01\n'
    )
    prices = read_prices(["caseworker_hour=70"], file)
    assert prices["caseworker_hour"] == 70.0
    assert prices.all["caseworker_hour"].flag == "given"
    tax = prices.all["benefit_tax"]
    assert (tax.value, tax.flag, tax.source, tax.date.year) == (0.3, "verified", "our books 2024", 2024)
    assert prices["discount_rate"] == default_prices()["discount_rate"]


def test_all_problems_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('casewrker_hour = 5\nbenefit_tax = "much"\n[setup_cost]\nvalue = 5\nflag = "sure"\ncolour = 1\n')
    with pytest.raises(InputError) as caught:
        read_prices(["discount_rate=3", "caseworker_hour", "earnings_tax=nan", "cost_growth=true"], file)
    paths = [problem.path for problem in caught.value.problems]
    assert len(paths) == 8
    assert caught.value.problems[0].nearest == "caseworker_hour"


@pytest.mark.parametrize("text", ["", "[", "\x00", "a = {"])
def test_a_file_of_garbage_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "garbage.toml"
    file.write_text(text)
    with pytest.raises(InputError):
        read_prices([], file)
