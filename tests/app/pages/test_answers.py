"""The page of who and cost: every place and policy answered, each number with interval, label and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.cost.accounts import PARTIES
from analysis.cost.prices import default_prices
from app.cli import run
from app.pages.answers import GOALS, PLACES, POLICIES, SHOWN, WORTHS, main
from scenarios.store.store import open_store

SMALL = ["--people", "220", "--months", "3", "--draws", "2", "--seeds", "2", "--posterior", "prior"]
BETWEEN = re.compile(r"-?[\d.,−+]+ to [\d.,−+]+")


def tables(part: str) -> list[list[dict[str, str]]]:
    """Return the tables of a part of the page, as rows by head."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", part, flags=re.MULTILINE):
        head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["page.md", *SMALL, "--price", "discount_rate=0.03"]) == 0
    return folder


def test_every_question_is_answered_with_interval_label_and_run(made: Path) -> None:
    text = (made / "page.md").read_text()
    assert "not calibrated: prior assumptions" in text
    assert "It is no forecast" in text
    for title in PLACES.values():
        whom = text.split(f"\n## {title}: for whom\n")[1].split("\n## ")[0]
        money = text.split(f"\n## {title}: at what cost\n")[1].split("\n## ")[0]
        everybody, *groups = tables(whom)[:3]
        assert len(everybody) == len(SHOWN)
        assert whom.count("by group</summary>") == len(POLICIES) * len(GOALS)
        for row in [*everybody, *(row for rows in groups for row in rows)]:
            if row.get("people", "").startswith("hidden"):
                assert not row["effect"]
                continue
            assert row["label"].startswith("not calibrated, ")
            assert BETWEEN.search(row["effect"] + row.get("90% interval", ""))
            for share in ("better off", "worse off"):
                assert BETWEEN.search(row[share])
        for heading in ("Accounts, and when", "What one gets", "What it asks", "What a fixed budget", "Is a month"):
            rows = tables(money.split(f"### {heading}")[1].split("\n### ")[0])[0]
            assert rows
            assert all(row["label"].startswith("not calibrated, ") for row in rows)
        accounts = tables(money)[0]
        for policy in POLICIES:
            mine = [row for row in accounts if (row["scenario"], row["line"]) == (policy, "together")]
            assert {row["party"] for row in mine} == {party.en for party in PARTIES.values()}
            assert all(BETWEEN.search(row["90% interval"]) for row in mine)
            assert all(row["label"].endswith("prices assumed") for row in mine)
        assert len(re.findall(r"Run 2\d{7}-", whom + money)) >= 2 * len(POLICIES)
    assert text.count("**For months with work**, learned from") == len(PLACES)
    assert len(WORTHS) == sum(head.endswith(" EUR") for head in tables(text.split("### Is a month")[1])[0][0])


def test_assumed_prices_are_named_and_given_ones_told(made: Path) -> None:
    text = (made / "page.md").read_text()
    listed = {row["price"].strip("`"): row for row in tables(text.split("\n## Prices\n")[1])[0]}
    prices = default_prices()
    assert set(listed) == set(prices.all)
    for name, row in listed.items():
        assert ("assumption" in row["flag"]) == prices.all[name].guessed
        assert row["source"]
    assert listed["discount_rate"]["flag"] == "given by you"
    assert f"{sum(price.guessed for price in prices.all.values())} of the {len(prices.all)} prices" in text


def test_its_figures_and_its_runs_are_there(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (made / "page.md").read_text()
    figures = re.findall(r"!\[[^\]]+\]\((\S+)\)", text)
    assert len(figures) == len(set(figures)) == len(PLACES) * (len(POLICIES) + 3)
    for name in figures:
        assert (made / name).read_bytes().startswith(b"\x89PNG")
    runs = [row["run"] for row in tables(text.split("\n## Runs\n")[1])[0]]
    with open_store(f"sqlite:///{made}/out/bijstand.sqlite") as store:
        assert {row.id for row in store.runs()} == set(runs)
    # Everything that is told to have a run has one of these.
    assert set(re.findall(r"run (2\d{7}-\d{6}-\w{12})", text, flags=re.IGNORECASE)) <= set(runs)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        again = next(line for line in text.splitlines() if line.startswith("bijstand cost"))
        assert run([*again.split()[1:], "--no-figures", "--out", "again", "--json"]) == 0
    net = capsys.readouterr().out.split('"item": "net"')[1].split('"mean": ')[1].split(",")[0]
    shown = text.split("participant | together | ")[1].split(" |")[0].replace("−", "-").replace(",", "")
    assert float(shown) == round(float(net))


def test_wrong_words_end_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = str(tmp_path / "page.md")
    assert main([]) == 2
    assert main([str(tmp_path / "page.txt")]) == 2
    assert main([page, "--people", "x", "--price", "casework=1"]) == 2
    told = capsys.readouterr().err
    assert "--people: 'x'" in told
    assert "did you mean 'caseworker_hour'" in told
    assert main([page, "--goal", "wellbeing", "--population=oss"]) == 2
    assert "--population=oss: the page decides this itself" in capsys.readouterr().err
    assert main([page, "--nonsense"]) == 2
    assert "--nonsense" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
