"""What the page says of the checks: known truths, rows left out, sensitivity, time; in both languages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.figures import calibration as figures
from analysis.figures import calibration_checks as checks
from calibration.validation.leave_out import METHODS, LeftOut, Score
from calibration.validation.page import Section, Table
from calibration.validation.page_shared import dutch, spans
from calibration.validation.sbc import CASES, LEVELS, Judged, Sbc, judge
from calibration.validation.scores import expected_inside
from calibration.validation.sensitivity import LEAST_R2, PriorShift, Sobol, Variant
from sim.problems import Say

__all__ = ["leave_out_section", "sbc_section", "sensitivity_section", "timing_section"]

Array = NDArray[np.float64]


def sbc_section(found: Sbc, foot: Sequence[str] = ()) -> Section:
    """Return ranks, coverage and detection."""
    judged = judge(found.names, found.truths, found.draws)
    pointwise = judge(found.names, found.truths, found.draws, error=0.05)
    count, quantities = len(found.truths), len(found.names)
    out = [each.name for each in judged if not each.right]
    crossed = sum(not one.right for each in pointwise for one in each.coverages)
    bounds = [expected_inside(count, level, 0.05) for level in LEVELS]
    shares = [float(np.mean([each.coverages[k].share for each in judged])) for k in range(len(LEVELS))]
    low_p = min(each.p for each in judged)
    uneven = [each for each in judged if each.p < 0.05 / quantities]
    named = [f"`{each.name}` ({', '.join(f'{100 * one.share:.0f}%' for one in each.coverages)})" for each in uneven]
    region = expected_inside(count, 0.1, 0.01)
    sentences = (
        Say(
            f"{count} truths from the prior, each with one trial per municipality at its real size by the "
            "true "
            f"simulator: on average {100 * shares[0]:.0f}% of the 50% intervals and "
            f"{100 * shares[1]:.0f}% of "
            f"the 90% intervals of {quantities} quantities held the truth.",
            f"{count} waarheden uit de prior, elk met één trial per gemeente op ware grootte door de echte "
            f"simulator: gemiddeld bevatte {100 * shares[0]:.0f}% van de 50%-marges en "
            f"{100 * shares[1]:.0f}% "
            f"van de 90%-marges van {quantities} grootheden de waarheid.",
        ),
        Say(
            f"{crossed} of {len(LEVELS) * quantities} coverages lie outside their own 95% binomial bounds "
            "(about "
            f"{0.05 * len(LEVELS) * quantities:.0f} would by chance); "
            + (
                f"outside the bounds for all together: {', '.join(out)}."
                if out
                else "none lies outside the bounds that hold for all of them together (95%)."
            ),
            f"{crossed} van de {len(LEVELS) * quantities} dekkingen liggen buiten hun eigen binomiale "
            "95%-grenzen "
            f"(door toeval ongeveer {0.05 * len(LEVELS) * quantities:.0f}); "
            + (
                f"buiten de grenzen voor alle samen: {', '.join(out)}."
                if out
                else "geen enkele ligt buiten de grenzen die voor alle samen gelden (95%)."
            ),
        ),
        Say(
            f"Smallest p-value of uniform ranks: {low_p:.3f} over {quantities} quantities "
            f"(Bonferroni limit {0.05 / quantities:.4f}; "
            + (
                f"below it, with the share inside their 50% and 90% intervals: {', '.join(named)}"
                if named
                else "none below it"
            )
            + f"); median R-hat of the refits {np.median(found.rhat):.2f}, largest {found.rhat.max():.2f}.",
            f"Kleinste p-waarde van gelijkmatige rangen: {dutch(low_p, 3)} over {quantities} grootheden "
            f"(Bonferroni-grens {dutch(0.05 / quantities, 4)}; "
            + (
                f"daaronder, met het deel binnen hun 50%- en 90%-marges: {', '.join(named)}"
                if named
                else "geen daaronder"
            )
            + f"); mediane R-hat van de herfits {dutch(float(np.median(found.rhat)), 2)}, "
            f"grootste {dutch(float(found.rhat.max()), 2)}.",
        ),
        _sureness(found),
        *(_detected(found, case.case) for case in found.detections),
    )
    drawings = [
        checks.draw_ranks(
            "sbc_ranks",
            "Ranks of the truth / rangen van de waarheid",
            found.names,
            found.ranks,
            found.draws.shape[1],
            region,
            "en",
            foot=foot,
        ),
        checks.draw_coverage(
            "sbc_coverage",
            "Coverage of 50% and 90% intervals / dekking",
            [each.name for each in judged],
            [np.array([each.coverages[k].share for each in judged]) for k in range(len(LEVELS))],
            LEVELS,
            [(low / count, high / count) for low, high in bounds],
            "en",
            foot=foot,
        ),
        checks.draw_detection(
            "sbc_detection",
            "Misfit of right and of misspecified truths / misfit",
            found.misfits,
            [(CASES[each.case].en, each.median) for each in found.detections],
            "en",
            foot,
        ),
    ]
    table = Table(
        Say(
            f"Coverage (bounds of all together: {_bounds(judged)})",
            f"Dekking (grenzen voor alle samen: {_bounds(judged)})",
        ),
        ("quantity", "50%: inside", "90%: inside", "p of ranks", "variance explained", "r(mean, truth)"),
        tuple(
            (
                f"`{each.name}`",
                f"{each.coverages[0].inside}/{count}",
                f"{each.coverages[1].inside}/{count}",
                f"{each.p:.3f}",
                f"{each.contraction:.2f}",
                f"{each.correlation:.2f}",
            )
            for each in judged
        ),
    )
    title = Say("Calibration of the calibration", "IJking van de kalibratie")
    return Section(title, sentences, (table,), tuple(drawings))


def leave_out_section(found: Sequence[LeftOut], foot: Sequence[str] = ()) -> Section:
    """Return what the model said of rows that it did not see."""
    sentences, rows, scored = [], [], []
    towns = [each for each in found if each.name.startswith("town.")]
    inside = np.sum([each.inside(0.9) for each in towns], axis=0) if towns else np.zeros(2)
    half = np.sum([each.inside(0.5) for each in towns], axis=0) if towns else np.zeros(2)
    if inside[1]:
        sentences.append(
            Say(
                f"Left out one at a time, {inside[0]:.0f} of {inside[1]:.0f} published numbers "
                f"({100 * inside[0] / inside[1]:.0f}%) lay in the 90% predictive interval and {half[0]:.0f} "
                f"({100 * half[0] / half[1]:.0f}%) in the 50% interval.",
                f"Steeds één gemeente weggelaten: {inside[0]:.0f} van de {inside[1]:.0f} gepubliceerde "
                "getallen "
                f"({100 * inside[0] / inside[1]:.0f}%) lagen in de 90%-voorspelmarge en {half[0]:.0f} "
                f"({100 * half[0] / half[1]:.0f}%) in de 50%-marge.",
            )
        )
    for each in found:
        in90, numbers = each.inside(0.9)
        in50, _ = each.inside(0.5)
        model, none, pooled = (each.score(name) for name in METHODS)
        rows.append(
            (
                each.title.en,
                str(each.kept),
                f"{in90}/{numbers}" if numbers else "-",
                f"{in50}/{numbers}" if numbers else "-",
                *_score_cells(model, none, pooled),
                f"{each.rhat:.2f}",
            )
        )
        if model is not None and none is not None and pooled is not None:
            sentences.append(_verdict(each, model.log, none.log, pooled.log))
            if model.rows:
                scored.append((each.title.en, model, pooled))
    table = Table(
        Say("Prediction of rows left out", "Voorspelling van weggelaten rijen"),
        (
            "left out",
            "rows kept",
            "in 90%",
            "in 50%",
            "contrasts",
            "in words",
            "CRPS model",
            "CRPS no effect",
            "CRPS pooled",
            "log score model - no effect",
            "log score model - pooled",
            "R-hat",
        ),
        tuple(rows),
    )
    drawings = []
    if scored:
        values = np.array([[model.crps_gain, pooled.crps_gain] for _, model, pooled in scored])
        errors = 2 * np.array([[model.crps_error, pooled.crps_error] for _, model, pooled in scored])
        drawings.append(
            checks.draw_scores(
                "leave_out_scores",
                "Better than 'no effect'? / beter dan 'geen effect'?",
                [title for title, _, _ in scored],
                ["calibrated model", "pooled effect"],
                values,
                "CRPS gain in standard errors (+- 2 s.e. over rows)",
                "en",
                errors=errors,
                foot=foot,
            )
        )
    for each in found:
        mine = [row for row in each.checks if not row.told and math.isfinite(row.published)]
        if mine:
            drawings.append(
                figures.draw_rows(
                    f"leave_out_{each.name.replace('.', '_')}", f"Prediction {each.title.en}", spans(mine), "en", foot
                )
            )
    return Section(
        Say("Prediction of what was left out", "Voorspelling van wat werd weggelaten"),
        tuple(sentences),
        (table,),
        tuple(drawings),
    )


def sensitivity_section(
    indices: Sequence[Sobol], shifts: Sequence[PriorShift], off: Sequence[Variant], foot: Sequence[str] = ()
) -> Section:
    """Return Sobol indices, prior sensitivity and structural variants."""
    good = [each for each in indices if not each.refused]
    refused = [each for each in indices if each.refused]
    sentences: list[Say] = []
    drawings = []
    tables = []
    for each in good:
        top = np.argsort(-each.total)[:3]
        told = ", ".join(f"`{each.groups[k]}` ({100 * each.total[k]:.0f}%)" for k in top)
        sentences.append(
            Say(
                f"{each.text.en}: hangs most on {told} of the prior variance (R2 of the emulator on new runs "
                f"{each.r2:.2f}).",
                f"{each.text.nl}: hangt het meest af van {told} van de priorvariantie (R2 van de emulator op "
                f"nieuwe runs {dutch(each.r2, 2)}).",
            )
        )
    if refused:
        names = ", ".join(f"`{each.outcome}` ({each.r2:.2f})" for each in refused)
        sentences.append(
            Say(
                f"Refused, because the emulator explains less than {LEAST_R2} of new runs: {names}.",
                f"Geweigerd, omdat de emulator minder dan {dutch(LEAST_R2, 1)} van nieuwe runs verklaart: {names}.",
            )
        )
    if good:
        whole = np.array([each.total for each in good])
        order = np.argsort(-whole.max(axis=0))[:16]
        drawings.append(
            checks.draw_bars(
                "sobol",
                "Sobol indices over the prior / Sobol-indices over de prior",
                [good[0].groups[k] for k in order],
                [(e.outcome, e.first[order], e.total[order], e.total_half[order]) for e in good[:6]],
                "share of variance",
                "en",
                foot=foot,
            )
        )
    if shifts:
        moved = sorted((each for each in shifts if each.parameter != "all"), key=lambda e: -abs(e.moved))
        trusted = [each for each in moved if each.trusted]
        if trusted:
            first = trusted[0]
            sentences.append(
                Say(
                    "Of all single priors made half or twice as wide, the largest move is "
                    f"{first.moved:+.2f} "
                    f"posterior standard deviations (`{first.parameter}` x {first.factor:g}, "
                    f"{first.outcome}).",
                    "Van alle priors die één voor één half of dubbel zo breed werden gemaakt, is de grootste "
                    f"verschuiving {dutch(first.moved, 2)} posterior-standaardafwijkingen "
                    f"(`{first.parameter}` x "
                    f"{first.factor:g}, {first.outcome}).",
                )
            )
        together = [each for each in shifts if each.parameter == "all"]
        sentences += [_together(together, factor) for factor in dict.fromkeys(e.factor for e in together)]
        tables.append(
            Table(
                Say(
                    "Prior sensitivity: the largest moves, and all priors at once",
                    "Priorgevoeligheid: de grootste verschuivingen, en alle priors tegelijk",
                ),
                ("prior", "factor", "projection", "before: mean (sd)", "after: mean (sd)", "move (sd)", "how"),
                tuple(_shift_cells(each) for each in [*moved[:12], *together[:24]]),
            )
        )
    if off:
        needed = [each for each in off if each.evidence < -2]
        better = [each for each in off if each.evidence > 2]
        unclear = len(off) - len(needed) - len(better)
        sentences.append(
            Say(
                "Without these mechanisms the evidence is clearly less likely, also after a refit (log "
                "marginal "
                f"likelihood more than 2 lower): {_names(needed, 'en')}; clearly more likely: "
                f"{_names(better, 'en')}; the trials cannot tell for the other {unclear}.",
                "Zonder deze mechanismen is het bewijs duidelijk minder waarschijnlijk, ook na een "
                "herfit (log "
                f"marginale likelihood meer dan 2 lager): {_names(needed, 'nl')}; duidelijk "
                "waarschijnlijker: "
                f"{_names(better, 'nl')}; voor de andere {unclear} kunnen de trials "
                "het niet zeggen.",
            )
        )
        tables.append(
            Table(
                Say("Mechanisms off", "Mechanismen uit"),
                (
                    "mechanism",
                    "log likelihood, rest as calibrated",
                    "misfit after refit",
                    "log marginal likelihood after refit",
                ),
                tuple(
                    (
                        f"{each.title.en} (`{each.mechanism}`)",
                        f"{each.change:+.1f} ± {2 * each.error:.1f}",
                        f"{each.misfit:+.1f}",
                        f"{each.evidence:+.1f}",
                    )
                    for each in off
                ),
            )
        )
        values = np.array([[each.evidence] for each in off])
        drawings.append(
            checks.draw_scores(
                "variants",
                "Mechanisms off / mechanismen uit",
                [each.title.en for each in off],
                ["log marginal likelihood, off minus on"],
                np.clip(values, -60, 60),
                "below 0: the mechanism helps",
                "en",
                foot=foot,
            )
        )
    title = Say("Sensitivity", "Gevoeligheid")
    return Section(title, tuple(sentences), tuple(tables), tuple(drawings))


def timing_section(seconds: Mapping[str, float], workers: int) -> Section:
    """Return what the validation cost."""
    total = sum(seconds.values())
    sentence = Say(
        f"Made in {total / 60:.0f} minutes with {workers} processes (what was on disk already counts little).",
        f"Gemaakt in {total / 60:.0f} minuten met {workers} processen (wat er al lag, telt nauwelijks mee).",
    )
    rows = tuple((name, f"{value:.0f}") for name, value in seconds.items())
    table = Table(Say("Seconds", "Seconden"), ("stage", "seconds"), rows)
    return Section(Say("Time", "Tijd"), (sentence,), (table,))


def _names(off: Sequence[Variant], lang: str) -> str:
    none = Say("none", "geen").to(lang)
    return ", ".join(f"{each.title.to(lang)} ({each.evidence:+.0f})" for each in off) or none


def _bounds(judged: Sequence[Judged]) -> str:
    return ", ".join(f"{100 * one.level:.0f}%: {one.low} - {one.high}" for one in judged[0].coverages)


def _sureness(found: Sbc) -> Say:
    """Say whether the likelihood is as sure as it should be."""
    mean, rows, factor = float(found.misfits.mean()), found.freedom, found.inflation
    error = 2 * float(found.misfits.std()) / math.sqrt(len(found.misfits))
    if abs(mean - rows) <= error:
        return Say(
            f"Misfit of right truths: {mean:.0f} on average over {rows} rows, as it should be.",
            f"Misfit van goede waarheden: gemiddeld {mean:.0f} over {rows} rijen, zoals het hoort.",
        )
    wide = 100 * (math.sqrt(factor) - 1)
    if factor < 1:
        return Say(
            f"Misfit of right truths: {mean:.0f} on average over {rows} rows: the likelihood is too cautious.",
            f"Misfit van goede waarheden: gemiddeld {mean:.0f} over {rows} rijen: te voorzichtig.",
        )
    return Say(
        f"Misfit of right truths: {mean:.0f} (± {error:.0f}) on average where {rows} rows should give "
        f"{rows}: "
        f"the likelihood is too sure by a factor {factor:.2f} (correlations come from a limited number of "
        f"simulated trials), so what the data taught should be read with intervals about {wide:.0f}% wider.",
        f"Misfit van goede waarheden: gemiddeld {mean:.0f} (± {error:.0f}) waar {rows} rijen {rows} zouden "
        f"geven: de likelihood is een factor {dutch(factor, 2)} te zeker (correlaties komen uit een beperkt "
        f"aantal gesimuleerde trials); lees wat de data leerden dus met ongeveer {wide:.0f}% bredere marges.",
    )


def _detected(found: Sbc, case: str) -> Say:
    one = next(each for each in found.detections if each.case == case)
    what = CASES[case]
    return Say(
        f"Misspecified truth, {what.en}: seen by the misfit in {one.seen} of {one.truths} (5% level).",
        f"Verkeerd gespecificeerd, {what.nl}: door de misfit gezien in {one.seen} van de {one.truths} (5%-niveau).",
    )


def _score_cells(*scores: object) -> tuple[str, ...]:
    known = [score for score in scores if isinstance(score, Score)]
    if len(known) < len(scores):
        return ("0", "0", "-", "-", "-", "-", "-")
    model, none, pooled = known
    values = [f"{each.crps:.2f}" if each.rows else "-" for each in known]
    return (str(model.rows), str(model.told), *values, f"{model.log - none.log:+.1f}", f"{model.log - pooled.log:+.1f}")


def _verdict(each: LeftOut, model: float, none: float, pooled: float) -> Say:
    first, second = _rank(model - none), _rank(model - pooled)
    return Say(
        f"{each.title.en}: {first.en} no effect (log score {model - none:+.1f}) and {second.en} the pooled "
        f"effect ({model - pooled:+.1f}).",
        f"{each.title.nl}: {first.nl} geen effect (logscore {_signed(model - none)}) en {second.nl} het "
        f"gezamenlijke effect ({_signed(model - pooled)}).",
    )


def _rank(gain: float) -> Say:
    if gain > 1:
        return Say("better than", "beter dan")
    return Say("worse than", "slechter dan") if gain < -1 else Say("about as good as", "ongeveer zo goed als")


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace(".", ",")


def _together(shifts: Sequence[PriorShift], factor: float) -> Say:
    """Return what all priors at once, `factor` times as wide, do to the projections."""
    mine = [each for each in shifts if each.factor == factor]
    most = max(mine, key=lambda each: abs(each.moved))
    wide, breed = ("half as wide", "half zo breed") if factor < 1 else ("twice as wide", "dubbel zo breed")
    doubt = (
        Say("", "")
        if most.trusted
        else Say(
            "; the emulator learned too little there to rely on it",
            "; de emulator leerde daar te weinig om erop te bouwen",
        )
    )
    return Say(
        f"All priors at once {wide}: the largest move is {most.moved:+.2f} posterior standard deviations "
        f"({most.outcome}){doubt.en}.",
        f"Alle priors tegelijk {breed}: de grootste verschuiving is {dutch(most.moved, 2)} "
        f"posterior-standaardafwijkingen ({most.outcome}){doubt.nl}.",
    )


def _shift_cells(each: PriorShift) -> tuple[str, ...]:
    return (
        f"`{each.parameter}`",
        f"{each.factor:g}",
        f"`{each.outcome}`",
        f"{each.before[0]:.4f} ({each.before[1]:.4f})",
        f"{each.after[0]:.4f} ({each.after[1]:.4f})",
        f"{each.moved:+.2f}",
        _how(each),
    )


def _how(each: PriorShift) -> str:
    if each.refitted:
        beyond = f"refit; {100 * each.beyond:.0f}% of the latents beyond the design"
        return f"{beyond}{'' if each.trusted else ' (not to be trusted)'}"
    return f"k-hat {each.k_hat:.2f}{'' if each.trusted else ' (not to be trusted)'}"
