"""The page `docs/validation/headline.md`: what the headline hangs on, coverage, prediction; JSON beside it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analysis.checks.prior_effects import TREATMENTS
from calibration.validation.headline import Answer, Variant
from calibration.validation.town_effects import Covered
from calibration.validation.town_scores import KINDS, TownScore, summed
from sim.problems import Say

__all__ = ["told_of", "write_headline_page"]


def told_of(
    variants: Sequence[Variant], covered: Sequence[Covered], scores: Sequence[TownScore], town: str
) -> list[Say]:
    """Return what was found, in sentences."""
    found = []
    known = {each.name: each for each in variants}
    if "fit" in known:
        own = known["fit"].of("guidance", town)
        found.append(
            Say(
                f"Guidance in {town.title()}, works over 12 hours at month 24: {_interval(own)} points, chance above "
                f"zero {own.above:.2f}.",
                f"Begeleiding in {town.title()}, werkt meer dan 12 uur in maand 24: {_interval(own)} procentpunt, kans "
                f"boven nul {own.above:.2f}.",
            )
        )
        others = [each for each in variants if each.name.startswith("without")]
        if others:
            far = max(others, key=lambda each: abs(each.of("guidance", town).mean - own.mean))
            moved = far.of("guidance", town).mean - own.mean
            share = abs(moved) / max(own.sd, 1e-9)
            found.append(
                Say(
                    f"Of {len(others)} groups of rows left out, {far.name.removeprefix('without_')} moves it most: "
                    f"{100 * moved:+.1f} points, {share:.2f} of its standard deviation.",
                    f"Van {len(others)} weggelaten groepen rijen verschuift {far.name.removeprefix('without_')} "
                    f"het meest: {100 * moved:+.1f} procentpunt, {share:.2f} standaardafwijking.",
                )
            )
    for each in covered:
        verdict = ("within", "binnen") if each.right else ("OUTSIDE", "BUITEN")
        share = 100 * each.inside / each.trials
        found.append(
            Say(
                f"Worlds whose towns differ, {each.name}: {100 * each.level:.0f}% intervals hold {share:.0f}% "
                f"({each.inside} of {each.trials}), {verdict[0]} {each.low} to {each.high}.",
                f"Werelden met verschillende gemeenten, {each.name}: {100 * each.level:.0f}%-intervallen bevatten "
                f"{share:.0f}% ({each.inside} van {each.trials}), {verdict[1]} {each.low} tot {each.high}.",
            )
        )
    for kind in KINDS if scores else ():
        gain, error, rows = summed(list(scores), kind, "model")
        pooled, pooled_error, _ = summed(list(scores), kind, "pooled")
        if rows:
            found.append(
                Say(
                    f"A town left out, {kind} ({rows}): {gain:+.2f} ± {error:.2f} on no effect; the pooled effect "
                    f"{pooled:+.2f} ± {pooled_error:.2f}.",
                    f"Een weggelaten gemeente, {kind} ({rows}): {gain:+.2f} ± {error:.2f} ten opzichte van geen "
                    f"effect; het gezamenlijke effect {pooled:+.2f} ± {pooled_error:.2f}.",
                )
            )
    return found


def write_headline_page(
    folder: Path,
    *,
    variants: Sequence[Variant],
    covered: Sequence[Covered],
    scores: Sequence[TownScore],
    town: str,
    settings: Mapping[str, Any],
) -> list[Path]:
    """Write ``headline.md`` and ``headline.json`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "settings": dict(settings),
        "variants": [asdict(each) | {"text": each.text._asdict()} for each in variants],
        "coverage": [asdict(each) | {"right": each.right} for each in covered],
        "scores": [asdict(each) for each in scores],
    }
    told = told_of(variants, covered, scores, town)
    files = [folder / "headline.md", folder / "headline.json"]
    files[1].write_text(json.dumps(_finite(record), indent=1, ensure_ascii=False) + "\n", "utf-8")
    parts = ["# What the headline hangs on", "", *(f"- {each.en}" for each in told), ""]
    parts += _variants(variants, town) + _scores(scores)
    parts += [f"Made by `bijstand validate headline` ({', '.join(f'{k} {v}' for k, v in settings.items())}).", ""]
    files[0].write_text("\n".join(parts), "utf-8")
    return files


def _variants(variants: Sequence[Variant], town: str) -> list[str]:
    heads = [
        "variant",
        *(f"{each}, {place}" for each in TREATMENTS for place in (town, "a new town")),
        "R-hat",
        "k-hat",
    ]
    lines = [
        "Effects of the headline presets on works over 12 hours at month 24, in points: mean, 90% interval, chance "
        "above zero. A refit per variant; half and double the spread between towns by weights.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + " --- |" * len(heads),
    ]
    for each in variants:
        cells = [
            f"{_interval(each.of(treatment, place))}, {each.of(treatment, place).above:.2f}"
            for treatment in TREATMENTS
            for place in (town, "new")
        ]
        checks = ["-" if not math.isfinite(value) else f"{value:.2f}" for value in (each.rhat, each.k_hat)]
        lines.append("| " + " | ".join([each.text.en, *cells, *checks]) + " |")
    return [*lines, ""]


def _scores(scores: Sequence[TownScore]) -> list[str]:
    if not scores:
        return []
    lines = [
        "A town left out: gain on no effect (numbers: CRPS in standard errors; words: log chance), summed over "
        "contrasts.",
        "",
        "| town | kind | rows | model | pooled effect | model in 90% | expected spread (s.e.) | R-hat |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in scores:
        if each.method != "model":
            continue
        pooled = next(one for one in scores if (one.town, one.kind, one.method) == (each.town, each.kind, "pooled"))
        inside = "-" if not math.isfinite(each.inside) else f"{100 * each.inside:.0f}%"
        lines.append(
            f"| {each.town} | {each.kind} | {each.rows} | {each.gain:+.2f} ± {each.error:.2f} | "
            f"{pooled.gain:+.2f} ± {pooled.error:.2f} | {inside} | {each.sharpness:.2f} | {each.rhat:.2f} |"
        )
    return [*lines, ""]


def _interval(each: Answer) -> str:
    return f"{100 * each.mean:+.1f} [{100 * each.low:+.1f}, {100 * each.high:+.1f}]"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
