"""`bijstand budget`: the budget curve and the effective marginal rate, by regime."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from app.commands.benefit import household_options, language_of, law_line
from sim.files import write_whole
from sim.policy.assess import LIMITS, BenefitCase, check_values
from sim.policy.curve import BudgetCurve, budget_curve
from sim.policy.explain import law_facts
from sim.policy.law import Law, load_law
from sim.policy.problems import InputError, Problem, Say
from sim.policy.reading import option_name, read_amount, read_values
from sim.policy.regimes import REGIMES, BenefitRegime, find_regime

__all__ = ["command"]

_MOST_POINTS = 20_000
_MOST_REGIMES = 7

_COLUMNS = {
    "earnings": Say("earnings", "inkomsten"),
    "kept": Say("kept", "vrij"),
    "benefit": Say("benefit", "bijstand"),
    "net_income": Say("net income", "netto inkomen"),
    "marginal_rate": Say("marginal rate", "marginale druk"),
}


@click.command(name="budget")
@household_options
@click.option("--regime", default=None, metavar="NAME|FILE", help="One regime [default: regular].")
@click.option(
    "--regimes",
    default=None,
    metavar="A,B,...",
    help=f"Regimes to compare, at most {_MOST_REGIMES}, from {', '.join(REGIMES)} and .toml files.",
)
@click.option("--to", default=None, metavar="EURO", help="Last net earnings [default: 1.3 times the norm].")
@click.option("--step", default="100", show_default=True, metavar="EURO", help="Step between rows.")
@click.option("--figure", default=None, metavar="FILE", help="Also draw the curves, .png or .svg.")
@click.option("--csv", "csv_file", default=None, metavar="FILE", help="Also write the table as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of tables.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    regime: str | None,
    regimes: str | None,
    to: str | None,
    step: str,
    figure: str | None,
    csv_file: str | None,
    as_json: bool,
    **texts: str,
) -> None:
    """Net income at every level of earnings, and what is lost of each extra euro.

    The curve starts at --net-earnings. The marginal rate of a row is the share of the earnings since the
    row before that does not reach net income.

    Example: bijstand budget --date 2018-07-01 --regimes regular,experiment_50 --figure curve.svg
    """
    lang, law = language_of(ctx), load_law()
    cases, earnings = _read(texts, law, regime, regimes, to, step, {"--figure": figure, "--csv": csv_file})
    curves = [budget_curve(case, earnings, law) for case in cases]
    if csv_file is not None:
        _write("--csv", Path(csv_file), _csv(curves).encode())
    if figure is not None:
        _write("--figure", Path(figure), _drawn(curves, cases[0], law, lang, Path(figure).suffix.lower()))
    if as_json:
        record = {"law": law_facts(cases[0], law), "regimes": [_record(curve) for curve in curves]}
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join([law_line(cases[0], law, lang), *(_table(curve, lang) for curve in curves)]))


def _read(
    texts: Mapping[str, str],
    law: Law,
    regime: str | None,
    regimes: str | None,
    to: str | None,
    step: str,
    files: Mapping[str, str | None],
) -> tuple[list[BenefitCase], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the case of each regime and the earnings; raise one `InputError` with every problem."""
    values, problems = read_values(texts)
    chosen: list[BenefitRegime] = []
    if regime is not None and regimes is not None:
        problems.append(Problem("--regime", regime, Say("not together with --regimes", "niet samen met --regimes")))
    path = "--regime" if regimes is None else "--regimes"
    names = [name.strip() for name in (regimes if regimes is not None else regime or "regular").split(",")]
    if len(names) > _MOST_REGIMES or len(set(names)) < len(names):
        problems.append(
            Problem(
                path,
                ",".join(names),
                Say(f"at most {_MOST_REGIMES} different regimes", f"ten hoogste {_MOST_REGIMES} verschillende regimes"),
            )
        )
    for name in names[:_MOST_REGIMES]:
        try:
            chosen.append(find_regime(name, path))
        except InputError as error:
            problems.extend(error.problems)
    found: dict[Problem, None] = dict.fromkeys(problems)
    for checked in [{**values, "regime": one} for one in chosen] or [values]:
        found.update(dict.fromkeys(check_values(checked, law, option_name)))
    problems = list(found)
    high = LIMITS["net_earnings"][1]
    sizes: dict[str, float] = {}
    for name, text in (("--to", to), ("--step", step)):
        try:
            if text is not None:
                sizes[name] = read_amount(name, text.strip(), 0.01, high)
        except InputError as error:
            problems.extend(error.problems)
    for name, file in files.items():
        problems.extend(_file_problems(name, file))
    start = values.get("net_earnings", 0.0)
    if "--to" in sizes and sizes["--to"] <= start:
        problems.append(
            Problem(
                "--to",
                sizes["--to"],
                Say(f"more than --net-earnings ({start:g})", f"meer dan --net-earnings ({start:g})"),
            )
        )
    end = sizes.get("--to", high if to is not None else start)
    if "--step" in sizes and (end - start) / sizes["--step"] > _MOST_POINTS:
        problems.append(
            Problem(
                "--step",
                sizes["--step"],
                Say(f"a step with at most {_MOST_POINTS} rows", f"een stap met ten hoogste {_MOST_POINTS} rijen"),
            )
        )
    InputError.raise_if(problems)
    cases = [BenefitCase(**values, regime=one) for one in chosen]
    if "--to" not in sizes:
        end = min(high, start + math.ceil(1.3 * _norm(cases[0], law) / 100.0) * 100.0)
    cents = range(round(start * 100), round(end * 100), max(1, round(sizes["--step"] * 100)))
    return cases, np.array([*cents, round(end * 100)], dtype=np.float64) / 100.0


def _file_problems(name: str, file: str | None) -> list[Problem]:
    if file is None:
        return []
    path = Path(file)
    if name == "--figure" and path.suffix.lower() not in (".png", ".svg"):
        return [Problem(name, file, Say("a file that ends in .png or .svg", "een bestand op .png of .svg"))]
    try:
        fine = path.parent.is_dir() and not path.is_dir()
    except (OSError, ValueError):
        fine = False
    return (
        [] if fine else [Problem(name, file, Say("a file in a folder that exists", "een bestand in een bestaande map"))]
    )


def _write(name: str, path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        said = Say(f"a file that can be written ({reason})", f"een bestand dat te schrijven is ({reason})")
        raise InputError([Problem(name, str(path), said)]) from error


def _drawn(curves: list[BudgetCurve], case: BenefitCase, law: Law, lang: str, suffix: str) -> bytes:
    from analysis.figures import style
    from analysis.figures.budget import draw_budget

    drawing = draw_budget(curves, _norm(case, law), law_line(case, law, lang), lang)
    return style.png(drawing) if suffix == ".png" else style.svg(drawing).encode()


def _norm(case: BenefitCase, law: Law) -> float:
    terms, _ = case.terms(law)
    return float(terms.norm)


def _record(curve: BudgetCurve) -> dict[str, Any]:
    keys = [*_COLUMNS, "premium"]
    columns = {key: getattr(curve, key).tolist() for key in keys}
    points = [
        {key: None if math.isnan(value) else value for key, value in zip(keys, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]
    return {"regime": curve.regime, "points": points}


def _csv(curves: list[BudgetCurve]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["regime", "earnings", "kept", "benefit", "premium", "net_income", "effective_marginal_rate"])
    for curve in curves:
        for point in _record(curve)["points"]:
            rate = point["marginal_rate"]
            writer.writerow(
                [
                    curve.regime,
                    *(f"{point[key]:.2f}" for key in ("earnings", "kept", "benefit", "premium", "net_income")),
                    "" if rate is None else f"{rate:.4f}",
                ]
            )
    return text.getvalue()


def _table(curve: BudgetCurve, lang: str) -> str:
    titles = [title.to(lang) for title in _COLUMNS.values()]
    widths = [max(10, len(title)) for title in titles]
    lines = ["", curve.regime, "  ".join(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True))]
    for row in zip(*(getattr(curve, key) for key in _COLUMNS), strict=True):
        cells = [f"{value:.2f}" for value in row[:-1]] + ["-" if math.isnan(row[-1]) else f"{row[-1]:.1%}"]
        lines.append("  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    return "\n".join(lines)
