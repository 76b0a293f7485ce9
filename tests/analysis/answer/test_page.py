"""The council page: one A4, readable, the same numbers as the data, nothing that should not be said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.answer.council import Group, council_json, council_of, question_of
from analysis.answer.money_words import adding, amount_rows, money_lines
from analysis.answer.page import LIMITS, page_of, page_text
from analysis.answer.page_write import can_make_pdf, fitted, html_of, write_page
from analysis.answer.readability import forbidden_in, misses
from analysis.answer.triple import Span
from sim.problems import InputError, Say
from tests.analysis.answer.councils import COUNCILS, council_a, council_b, council_c

BOTH = pytest.mark.parametrize("lang", ["nl", "en"])
ALL = pytest.mark.parametrize("name", COUNCILS)
PDF = pytest.mark.skipif(not can_make_pdf(), reason="WeasyPrint is not installed")


def _count(text: str) -> int:
    from weasyprint import HTML

    return len(HTML(string=text).render().pages)


@PDF
@BOTH
@ALL
def test_each_page_is_one_sheet_at_its_first_size(name: str, lang: str) -> None:
    make, clients = COUNCILS[name]
    council = make()
    assert _count(html_of(page_of(council, lang, clients=clients), council)) == 1


@BOTH
@ALL
def test_each_page_can_be_read(name: str, lang: str) -> None:
    make, clients = COUNCILS[name]
    for given in (clients, None):
        text = page_text(page_of(make(), lang, clients=given))
        assert misses(text, lang) == []
        assert forbidden_in(text, lang) == []


@BOTH
@ALL
def test_what_is_stored_gives_the_same_page(name: str, lang: str) -> None:
    make, clients = COUNCILS[name]
    council = make()
    again = council_of(json.loads(json.dumps(council_json(council), allow_nan=False)))
    assert html_of(page_of(again, lang, clients=clients), again) == html_of(
        page_of(council, lang, clients=clients), council
    )


@PDF
@BOTH
def test_at_all_limits_the_order_of_fitting_ends_on_one_sheet(lang: str) -> None:
    council = council_b()
    many = tuple(
        Group(
            Say(f"People of a kind with a long name {n}", f"Mensen van een soort met een lange naam {n}"),
            0.1,
            Span(0.0, -0.05, 0.05),
        )
        for n in range(LIMITS["groups"])
    )
    full = replace(
        council,
        rules=(council.rules[0],) * LIMITS["rules"],
        groups=(*council.groups[:2], *many),
        notes=(council_a().notes[0],) * 2,
        plan=Say(" ".join(["People talk more often."] * 8), " ".join(["Mensen praten nu vaker."] * 8)),
        calibrated=False,
    )
    text = fitted(full, lang, clients=2400, count=_count)
    assert _count(text) == 1
    assert "lange naam 5" not in text
    assert "long name 5" not in text
    # The groups that were asked for go first; the plan's own stay.
    assert {"nl": "Alleenstaanden met schulden", "en": "Singles with debts"}[lang] in text


def test_what_cannot_fit_is_refused_with_what_to_shorten() -> None:
    with pytest.raises(InputError, match="A4"):
        fitted(council_a(), "nl", count=lambda _: 2)


def test_each_step_of_fitting_takes_less(tmp_path: Path) -> None:
    seen: list[str] = []

    def never(text: str) -> int:
        seen.append(text)
        return 1 if len(seen) == 8 else 2

    fitted(council_a(), "nl", clients=6030, count=never)
    assert len(seen) == 8
    assert "Meer klantmanagers" in seen[4]
    assert "Meer klantmanagers" not in seen[5]
    assert [text.count("<li>") for text in seen[4:]] == [4, 4, 3, 3]
    assert "9.5pt" in seen[7]


def test_without_clients_there_are_shares_and_no_people_of_the_simulation() -> None:
    page = page_of(council_b(), "nl")
    assert [row.count for row in page.rules] == ["27%", "73%"]
    assert "6.030" not in page_text(page)
    assert "Oostdijk zijn dat" not in page_text(page)
    assert "voor elke 1.000 mensen" in " ".join(page.money)
    assert "Geef het aantal mensen met bijstand" in page.cost_note


def test_a_page_that_cannot_tell_does_not_say_about() -> None:
    page = page_of(council_a(), "nl", clients=6030)
    assert page.tone == "unclear"
    assert "ongeveer" not in " ".join(page.size)
    assert "Nijmegen zijn dat" not in page_text(page)
    assert "niet te zeggen" in page.verdict


def test_a_gain_that_costs_says_that_it_costs() -> None:
    page = page_of(council_b(), "nl", clients=2400)
    assert page.verdict == "Waarschijnlijk wel. Het kost geld."
    assert page.money == ("Het kost de gemeente ongeveer 900.000 euro per jaar (600.000 tot 1,2 miljoen).",)
    assert page.rules[0].count == "640"


def test_far_outside_no_other_groups_are_named_and_no_euro_is_saved() -> None:
    council = replace(council_c(), net=Span(50, 10, 90), outlay=Span(0, 0, 0))
    page = page_of(council, "nl", clients=2400)
    assert [row.own for row in page.groups] == [True]
    assert "geen andere groepen" in page.groups_note
    assert "levert" not in " ".join(page.money)


def test_groups_of_too_few_people_are_told_so_and_no_number() -> None:
    page = page_of(council_a(), "nl", clients=6030)
    row = next(row for row in page.groups if row.name == "Mensen met een partner")  # nor how few they are
    assert row.cell == "te weinig mensen"


@BOTH
@ALL
def test_the_table_of_costs_adds_up(name: str, lang: str) -> None:
    make, clients = COUNCILS[name]
    rows = {row.name: _value(amount) for row, amount, _ in amount_rows(make().amounts, clients, "nl")}
    assert rows["municipality"] + rows["participant"] + rows["national"] == pytest.approx(rows["society"])
    parts = [rows[part] for part in ("delivery", "benefit") if part in rows]
    assert sum(parts) == pytest.approx(rows["municipality"])


def _value(text: str) -> float:
    return float(text.replace("−", "-").replace(".", "").replace(",", "."))


def test_what_is_left_goes_to_the_largest_part() -> None:
    assert adding(-19, {"a": -18.4, "b": 0.1}) == {"a": -19, "b": 0}
    assert adding(10, {"a": 3.4, "b": 3.4, "c": 3.3}) == {"a": 4, "b": 3, "c": 3}


@BOTH
def test_money_is_said_in_five_ways(lang: str) -> None:
    none = Span(0.0, 0.0, 0.0)
    told = [
        money_lines(net, outlay, 1000, lang)[0]
        for net, outlay in (
            (none, none),
            (Span(-100, -150, -50), none),
            (Span(100, 50, 150), none),
            (Span(-10, -150, 130), Span(80, 60, 100)),
            (Span(-10, -150, 130), Span(80, -60, 220)),
        )
    ]
    assert len(set(told)) == 5
    words = {
        "nl": ["niets extra", "kost de gemeente", "levert", "De uitvoering kost", "of"],
        "en": ["nothing", "costs", "saves", "Carrying", "or"],
    }
    assert all(word in text for word, text in zip(words[lang], told, strict=True))


def test_titles_are_at_most_one_line() -> None:
    long = Say(
        "A very long name of a plan that nobody can read at once", "Een heel lange naam van een plan dat niemand leest"
    )
    for treatment in ("guidance", "exemption", "disregard", None):
        for measure in ("works", "wellbeing"):
            for place in ("", "Nijmegen", "Krimpen aan den IJssel"):
                text = question_of(treatment, measure, place, long)
                assert max(len(text.nl), len(text.en)) <= 52


@PDF
def test_a_pdf_is_one_page_and_the_same_each_time(tmp_path: Path) -> None:
    one, two = (write_page(council_a(), tmp_path / name, "nl", ("html", "pdf"), clients=6030) for name in "ab")
    assert [path.suffix for path in one] == [".html", ".pdf"]
    assert one[1].read_bytes() == two[1].read_bytes()
    assert one[1].read_bytes().startswith(b"%PDF")


def test_a_pdf_without_weasyprint_says_how_to_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.answer.page_write.can_make_pdf", lambda: False)
    with pytest.raises(InputError, match=r"bijstand\[pdf\]"):
        write_page(council_a(), tmp_path, "nl", ("pdf",))
    assert write_page(council_a(), tmp_path, "nl")[0].exists()


def test_the_page_has_no_file_names_and_no_hashes() -> None:
    page = page_of(council_a(), "nl", clients=6030)
    assert not re.search(r"[0-9a-f]{16}|\.toml|\.csv", page_text(page) + page.foot)
