"""The page of the priors of effects, `docs/validation/priors.md`, with its numbers as JSON beside it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.checks.prior_effects import BARS, PriorEffect
from sim.outcomes.measures import MEASURES
from sim.problems import Say

__all__ = ["effects_record", "headers", "prior_rows", "prior_told", "write_prior_page"]


def headers(lang: str) -> list[str]:
    """Return the heads of the table."""
    if lang == "nl":
        return ["behandeling", "uitkomst", "gemiddelde", "sd", "kans boven nul", "eenheid", "lat"]
    return ["treatment", "outcome", "mean", "sd", "chance above zero", "unit", "bar"]


def prior_rows(effects: Sequence[PriorEffect], lang: str) -> list[list[str]]:
    """Return the table: shares in points, scales in standard deviations between people where they have a bar."""
    rows = []
    for each in effects:
        factor, unit = _shown(each)
        misses = each.misses()
        bar = ", ".join(misses) if misses else "ok" if each.measure in BARS else ""
        numbers = [f"{factor * each.mean:+.2f}", f"{factor * each.sd:.2f}", f"{each.above:.2f}"]
        rows.append([each.treatment, MEASURES[each.measure].text.to(lang), *numbers, unit.to(lang), bar])
    return rows


def prior_told(effects: Sequence[PriorEffect]) -> Say:
    """Return in one sentence whether the priors keep their bars."""
    asked = [each for each in effects if each.measure in BARS]
    missed = [each for each in asked if each.misses()]
    if not missed:
        return Say(
            f"The priors of all {len(asked)} effects keep their bars: they take no side.",
            f"De priors van alle {len(asked)} effecten halen hun lat: ze kiezen geen kant.",
        )
    names = [f"{each.treatment} {each.measure} ({', '.join(each.misses())})" for each in missed]
    return Say(
        f"{len(missed)} of {len(asked)} effects miss a bar: {'; '.join(names)}.",
        f"{len(missed)} van {len(asked)} effecten halen een lat niet: {'; '.join(names)}.",
    )


def write_prior_page(effects: Sequence[PriorEffect], folder: Path, settings: Mapping[str, Any]) -> list[Path]:
    """Write ``priors.md`` and ``priors.json`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {"settings": dict(settings), "told": prior_told(effects)._asdict(), "effects": effects_record(effects)}
    places = [folder / "priors.md", folder / "priors.json"]
    places[1].write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    table = [headers("en"), ["---"] * 7, *prior_rows(effects, "en")]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in table)
    sizes = ", ".join(f"{name} {value}" for name, value in settings.items())
    places[0].write_text(
        "# What the priors say of effects\n\n"
        "Before any trial is read: each treatment (its headline preset) against the regular regime after 24 months, "
        "under draws of the priors for a municipality that was not studied. Bars: for work |mean| below 0.3 sd, sd at "
        "least 4 points, chance above zero .3 to .7; for well-being and trust chance .2 to .8 and sd at least 0.15 "
        "of the standard deviation between people. Monte Carlo error is taken off the spread.\n\n"
        f"{prior_told(effects).en}\n\n{lines}\n\n"
        f"Made by `bijstand prior check --out docs/validation` ({sizes}). Numbers: [priors.json](priors.json).\n",
        "utf-8",
    )
    return places


def effects_record(effects: Sequence[PriorEffect]) -> list[dict[str, Any]]:
    """Return the effects as plain values, in the unit of the outcome."""
    return [
        {
            "treatment": each.treatment,
            "measure": each.measure,
            "mean": each.mean,
            "sd": each.sd,
            "chance_above_zero": each.above,
            "error_of_mean": each.error,
            "scale": each.scale if math.isfinite(each.scale) else None,
            "misses": list(each.misses()),
        }
        for each in effects
    ]


def _shown(each: PriorEffect) -> tuple[float, Say]:
    if MEASURES[each.measure].unit == "share":
        return 100.0, Say("points", "procentpunt")
    if each.measure in BARS:
        return 1.0 / each.scale, Say("sd between people", "sd tussen mensen")
    return 1.0, Say(MEASURES[each.measure].unit, MEASURES[each.measure].unit)
