"""`bijstand evidence pool`: one outcome and one lever over all municipalities, with a forest plot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.evidence import evidence_option, registry_of
from app.terminal.output import language, print_json, print_table, say
from sim.problems import InputError, Problem, Say
from sim.written_numbers import read_number

if TYPE_CHECKING:
    from calibration.meta_analysis.pool import Pooled
    from calibration.meta_analysis.rows import Line
    from sim.regime.regime import Regime

__all__ = ["pool_command"]


@click.command(name="pool")
@click.option("--outcome", default="full_time_work", show_default=True, metavar="NAME", help="Outcome or family.")
@click.option(
    "--lever", default="intensive", show_default=True, metavar="NAME", help="exemption, intensive or disregard."
)
@click.option(
    "--method", default="reml", show_default=True, metavar="NAME", help="reml, paule_mandel or dersimonian_laird."
)
@click.option("--level", default="0.95", show_default=True, metavar="P", help="Coverage of the intervals.")
@click.option("--knapp-hartung", is_flag=True, help="Interval of the mean for few studies.")
@click.option("--numbers-only", is_flag=True, help="Leave findings told in words out.")
@click.option("--figure", metavar="DIR", help="Write the forest plot (SVG and PNG) in this folder.")
@evidence_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def pool_command(
    ctx: click.Context,
    outcome: str,
    lever: str,
    method: str,
    level: str,
    knapp_hartung: bool,
    numbers_only: bool,
    figure: str | None,
    folder: str,
    as_json: bool,
) -> None:
    """Pool municipalities: mean effect, spread between them, and what a new one may expect.

    Example: bijstand evidence pool --outcome full_time_work --lever intensive --figure out
    """
    from analysis.effects.words import number
    from calibration.meta_analysis.pool import heterogeneity_in_words
    from calibration.meta_analysis.rows import lines_for, pool_lines, title_of

    lang = language(ctx)
    share = _level(level)
    registry = registry_of(folder)
    lines = lines_for(registry, outcome, lever, findings=not numbers_only, regimes=own_regimes(Path(folder)))
    pooled = pool_lines(lines, method=method, level=share, knapp_hartung=knapp_hartung)
    words = heterogeneity_in_words(pooled)
    title = title_of(outcome, lever)
    name = f"forest_{outcome}_{lever}"
    written = _figure(lines, pooled, title, name, figure, lang, registry.digest()) if figure else []
    if as_json:
        print_json(
            {
                "outcome": outcome,
                "lever": lever,
                "lines": [_line(line) for line in lines],
                "pooled": vars(pooled),
                "heterogeneity": {"en": words.en, "nl": words.nl},
                "evidence": registry.digest(),
                "figures": written,
            }
        )
        return
    heads = {
        "en": ("municipality", "arms", "estimate", "s.e.", "told", "weight"),
        "nl": ("gemeente", "groepen", "schatting", "s.f.", "in woorden", "gewicht"),
    }[lang]
    print_table(
        heads,
        [
            (
                line.name,
                ", ".join(line.arms),
                "" if line.estimate is None else number(line.estimate, 3, lang, signed=True),
                number(line.error, 3, lang),
                line.told.to(lang) if line.told else "",
                f"{_weight(lines, pooled, place):.0%}",
            )
            for place, line in enumerate(lines)
        ],
        title=title.to(lang),
    )
    untold = Say("cannot be told from so few", "niet te zeggen uit zo weinig").to(lang)

    def span(low: float, high: float) -> str:
        known = math.isfinite(low) and math.isfinite(high)
        return f"{number(low, 3, lang, signed=True)} .. {number(high, 3, lang, signed=True)}" if known else untold

    mean = f"{number(pooled.mean, 3, lang, signed=True)} ({share:.0%}: {span(*pooled.interval)})"
    mean = mean if math.isfinite(pooled.mean) else untold
    new = span(*pooled.prediction)
    say(
        ctx,
        Say(
            f"pooled ({pooled.method}): {mean}; a new municipality: {new}",
            f"samen ({pooled.method}): {mean}; een nieuwe gemeente: {new}",
        ),
    )
    say(ctx, words)
    say(ctx, Say(f"evidence {registry.digest()}", f"bewijs {registry.digest()}"))
    for path in written:
        click.echo(path)


def own_regimes(folder: Path) -> Mapping[str, Regime]:
    """Return what the arms of the imported trials get, by ``trial.arm`` (choices left out)."""
    from app.answering.trial_own import imported
    from sim.trial.own_regimes import regimes_of
    from sim.trial.read import read_design

    found: dict[str, Regime] = {}
    for name in imported(folder):
        design = read_design(folder / name / f"{name}.toml")
        known = regimes_of(design.regimes)
        found |= {f"{name}.{arm.name}": known[arm.regime] for arm in design.arms if arm.regime in known}
    return found


def _level(text: str) -> float:
    return read_number("--level", text, 0.5, 0.999)


def _weight(lines: tuple[Line, ...], pooled: Pooled, number: int) -> float:
    """Return the weight of a line; the pooling puts estimates before findings."""
    order = [n for n, line in enumerate(lines) if line.estimate is not None]
    order += [n for n, line in enumerate(lines) if line.estimate is None]
    return pooled.weights[order.index(number)]


def _figure(
    lines: tuple[Line, ...], pooled: Pooled, title: Say, name: str, folder: str, lang: str, digest: str
) -> list[str]:
    from analysis.figures.evidence_forest import ForestRow, draw_evidence_forest
    from analysis.figures.style import save

    z = 1.959963984540054
    rows = []
    for number, line in enumerate(lines):
        weight = _weight(lines, pooled, number)
        if line.estimate is not None:
            half = z * line.error
            rows.append(
                ForestRow(_capital(line.name), line.estimate, line.estimate - half, line.estimate + half, weight)
            )
        elif line.reading is not None:
            low, high = (max(min(t, 3.0), -3.0) * line.error for t in (line.reading.low, line.reading.high))
            rows.append(
                ForestRow(_capital(line.name), None, low, high, weight, f"({line.told.to(lang) if line.told else ''})")
            )
    mean = ForestRow(Say("pooled", "samen").to(lang), pooled.mean, *pooled.interval)
    drawing = draw_evidence_forest(
        rows,
        mean,
        pooled.prediction,
        title=title.to(lang),
        unit=Say("effect (share)", "effect (aandeel)").to(lang),
        lang=lang,
        sources=(Say(f"evidence {digest}", f"bewijs {digest}").to(lang),),
    )
    try:
        return [str(path) for path in save(drawing.figure, Path(folder), name)]
    except OSError as error:
        allowed = Say("a folder that can be written", "een map die beschreven kan worden")
        raise InputError((Problem("--figure", f"{folder} ({error.strerror})", allowed),)) from None


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _line(line: Line) -> dict[str, object]:
    return {
        "municipality": line.municipality,
        "trial": line.trial,
        "arms": list(line.arms),
        "rows": list(line.rows),
        "estimate": line.estimate,
        "error": line.error,
        "told": None if line.told is None else {"en": line.told.en, "nl": line.told.nl},
    }
