"""What the page says of a fit: rows, learning, information, pairs, misfit, convergence; in both languages."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.figures import calibration as figures
from analysis.inference.interval import NINETY
from calibration.fit.gates import chains_of, gates_of
from calibration.fit.joint import LEAST_ESS, MOST_RHAT
from calibration.fit.review import THEMES, Review
from calibration.validation.page import Section, Table
from calibration.validation.page_methods import methods_section
from calibration.validation.page_shared import dutch, spans
from calibration.validation.rows import in_words
from sim.problems import Say

__all__ = ["convergence_section", "fit_sections", "group_text"]

Array = NDArray[np.float64]


def fit_sections(found: Review, free: Sequence[str], reference: Array | None = None) -> list[Section]:
    """Return what the fit says: rows, learning, information, pairs, misfit, convergence, a second method.

    Args:
        found: of `review`.
        free: names of the free parameters.
        reference: penalised misfits of synthetic truths, where they were made.
    """
    foot = (found.draws.source.en,)
    methods = methods_section(found.draws.told, foot)
    return [
        _rows(found, foot),
        _learned(found, free, foot),
        _informed(found, free, foot),
        _tied(found, foot),
        _misfit(found, reference, foot),
        convergence_section(found, free, foot),
        *([] if methods is None else [methods]),
    ]


def _rows(found: Review, foot: Sequence[str]) -> Section:
    drawings = []
    for town in dict.fromkeys(row.town for row in found.rows):
        mine = [row for row in found.rows if row.town == town and not row.told and math.isfinite(row.published)]
        if mine:
            drawings.append(figures.draw_rows(f"fit_rows_{town}", f"{town.title()}: fit", spans(mine), "en", foot))
    flagged = [row for row in found.rows if row.outside]
    table = Table(
        Say("Rows outside their 90% predictive interval", "Rijen buiten hun 90%-voorspelmarge"),
        ("row", "municipality", "outcome", "published", "predicted", "90%", "p"),
        tuple(
            (
                f"`{row.id}`",
                row.town,
                row.outcome,
                f"{row.published:.3g}",
                f"{row.median:.3g}",
                f"{row.most[0]:.3g} .. {row.most[1]:.3g}",
                f"{row.tail:.3f}",
            )
            if not row.told
            else (f"`{row.id}`", row.town, row.outcome, "in words", f"chance {row.likely:.2f}", "-", "-")
            for row in flagged
        ),
    )
    told = [row for row in found.rows if row.told]
    words = Table(
        Say("Findings in words: predictive chance of what was told", "Bevindingen in woorden: kans daarop"),
        ("row", "municipality", "chance"),
        tuple((f"`{row.id}`", row.town, f"{row.likely:.2f}") for row in told),
    )
    title = Say("Published against predicted", "Gepubliceerd tegenover voorspeld")
    return Section(title, (in_words(found.rows),), (table, words), tuple(drawings))


def _learned(found: Review, free: Sequence[str], foot: Sequence[str]) -> Section:
    mine = [each for each in found.contractions if each.name in free]
    others = [each for each in found.contractions if each.name not in free]
    known = [each for each in mine if each.learned in ("some", "much")]
    silent = [each.name for each in mine if each.learned == "nothing"]
    side = [each for each in others if each.learned in ("some", "much")]
    ordered = sorted(known, key=lambda each: -each.share)
    listed = ", ".join(f"`{each.name}` {100 * each.share:.0f}%" for each in ordered)
    sentences = (
        Say(
            f"The trials taught something about {len(known)} of {len(mine)} free parameters "
            f"({listed}: "
            f"share of the prior variance taken away), and nothing that can be seen about {len(silent)}.",
            f"De trials leerden iets over {len(known)} van de {len(mine)} vrije parameters "
            f"({listed}: "
            f"weggenomen deel van de priorvariantie), en niets zichtbaars over {len(silent)}.",
        ),
        Say(
            f"Of the other {len(others)} numbers {len(side)} were learned about; together the rows determine "
            f"{found.information.learned:.0f} directions of {len(found.information.names)}.",
            f"Over {len(side)} van de andere {len(others)} getallen werd iets geleerd; samen bepalen de "
            "rijen "
            f"{found.information.learned:.0f} richtingen van de {len(found.information.names)}.",
        ),
    )

    def span(ends: tuple[float, float, float], label: str) -> figures.Span:
        low, middle, high = ends
        quarter = (high - low) * 0.6745 / NINETY / 2
        return figures.Span(label, middle, (middle - quarter, middle + quarter), (low, high))

    drawing = figures.draw_contraction(
        "fit_contraction",
        "Prior and posterior of the free parameters / prior en posterior",
        [span(each.prior, each.name) for each in mine],
        [span(each.posterior, each.name) for each in mine],
        "en",
        foot,
    )
    table = Table(
        Say("Contraction (± Monte Carlo error)", "Contractie (± Monte-Carlofout)"),
        ("parameter", "variance taken away", "mean moved (prior sd)", "learned"),
        tuple(
            (f"`{e.name}`", f"{100 * e.share:.0f}% ± {100 * e.error:.0f}", f"{e.shift:+.2f}", e.learned)
            for e in [*mine, *sorted(side, key=lambda e: -e.share)[:25]]
        ),
    )
    return Section(Say("What was learned", "Wat er is geleerd"), sentences, (table,), (drawing,))


def _informed(found: Review, free: Sequence[str], foot: Sequence[str]) -> Section:
    mine = [each for each in found.groups if each.parameter in free]
    groups = list(dict.fromkeys(each.group for each in mine))
    values = np.zeros((len(free), len(groups)))
    for each in mine:
        values[list(free).index(each.parameter), groups.index(each.group)] = each.wider
    labels = [group_text(name, "en") for name in groups]
    drawing = figures.draw_matrix(
        "fit_information",
        "How much wider without these rows (%) / hoeveel breder zonder",
        list(free),
        labels,
        values,
        "en",
        unit="% wider",
        foot=foot,
    )
    best = mine[:1]
    sentence = Say("No group of rows alone informs a free parameter by 0.1% or more.", "Geen groep rijen.")
    if best:
        sentence = Say(
            f"Taking out {group_text(best[0].group, 'en')} would widen `{best[0].parameter}` by "
            f"{100 * best[0].wider:.0f}%: the largest of all; worth is counted given all other rows (Fisher "
            "information around the mode).",
            f"Zonder {group_text(best[0].group, 'nl')} zou `{best[0].parameter}` {100 * best[0].wider:.0f}% "
            "breder "
            "zijn: de grootste van alle; geteld gegeven alle andere rijen (Fisher-informatie rond de modus).",
        )
    single = Table(
        Say("Single rows that inform most", "Losse rijen die het meest zeggen"),
        ("row", "parameter", "wider without it"),
        tuple((f"`{w.group}`", f"`{w.parameter}`", f"{100 * w.wider:.1f}%") for w in found.singles[:20]),
    )
    return Section(
        Say("Which rows inform which parameters", "Welke rijen zeggen iets over welke parameters"),
        (sentence,),
        (single,),
        (drawing,),
    )


def _tied(found: Review, foot: Sequence[str]) -> Section:
    names = list(dict.fromkeys(name for pair in found.pairs for name in (pair.first, pair.second)))[:24]
    values = np.eye(len(names))
    for pair in found.pairs:
        if pair.first in names and pair.second in names:
            i, j = names.index(pair.first), names.index(pair.second)
            values[i, j] = values[j, i] = pair.correlation
    drawings = []
    if names:
        drawings.append(
            figures.draw_matrix(
                "fit_pairs",
                "Known only together (100 r) / alleen samen bekend",
                names,
                names,
                values,
                "en",
                signed=True,
                unit="100 x correlation",
                foot=foot,
            )
        )
    strong = [pair for pair in found.pairs if abs(pair.correlation) >= 0.4]
    listed = ", ".join(f"`{p.first}` and `{p.second}` ({p.correlation:+.2f})" for p in strong[:6])
    lijst = ", ".join(f"`{p.first}` en `{p.second}` ({dutch(p.correlation, 2)})" for p in strong[:6])
    sentence = Say(
        f"{len(strong)} pairs have a posterior correlation of 0.4 or more, and are known only together"
        + (f": {listed}." if strong else "."),
        f"{len(strong)} paren hebben een posteriorcorrelatie van 0,4 of meer, en zijn alleen samen bekend"
        + (f": {lijst}." if strong else "."),
    )
    directions = Table(
        Say("Strongest directions of the information", "Sterkste richtingen van de informatie"),
        ("information (prior = 1)", "made of"),
        tuple(
            (f"{each.strength:.1f}", ", ".join(f"{value:+.2f} `{name}`" for name, value in each.loadings))
            for each in found.information.directions(10)
        ),
    )
    return Section(
        Say("What cannot be told apart", "Wat niet te onderscheiden is"), (sentence,), (directions,), tuple(drawings)
    )


def _misfit(found: Review, reference: Array | None, foot: Sequence[str]) -> Section:
    sentences = [each.in_words() for each in found.towns]
    value, rows = found.total
    if reference is not None and len(reference):
        p = (1 + int((reference >= value).sum())) / (1 + len(reference))
        low, high = np.quantile(reference, [0.05, 0.95])
        sentences.append(
            Say(
                f"Penalised misfit of all {rows} numbers: {value:.0f}; trials of a right model gave "
                f"{low:.0f} to "
                f"{high:.0f} (90% of {len(reference)} synthetic truths), p = {p:.3f}.",
                f"Misfit met straf van alle {rows} getallen: {value:.0f}; trials van een goed model gaven "
                f"{low:.0f} tot {high:.0f} (90% van {len(reference)} synthetische waarheden), p = "
                f"{dutch(p, 3)}.",
            )
        )
    regions = [each.ends for each in found.towns]
    drawing = figures.draw_misfit(
        "fit_misfit",
        "Misfit per municipality / misfit per gemeente",
        [each.group for each in found.towns],
        [each.statistic for each in found.towns],
        regions,
        "en",
        foot,
    )
    return Section(Say("Misfit", "Misfit"), tuple(sentences), (), (drawing,))


def convergence_section(found: Review, free: Sequence[str], foot: Sequence[str]) -> Section:
    """Return what the fit says of its convergence and Monte Carlo error."""
    told, chains = found.draws.told, found.draws.chains
    sentences, tables, drawings = [], [], []
    plain = {name: value for name, value in told.items() if isinstance(value, int | float | bool)}
    gates = gates_of(told)
    if gates:
        reached = [each for each in gates if each.used < 1.0]
        whole = Say(
            "everything that a fit must reach to count is reached",
            "alles wat een fit moet halen om mee te tellen, is gehaald",
        )
        missed = Say(
            f"{len(gates) - len(reached)} of {len(gates)} are not reached: do not read it as a finding",
            f"{len(gates) - len(reached)} van de {len(gates)} zijn niet gehaald: lees hem niet als bevinding",
        )
        verdict = whole if len(reached) == len(gates) else missed
        said = [", ".join(each.text.to(lang) for each in gates) for lang in ("en", "nl")]
        sentences.append(
            Say(
                f"Convergence of the fit: {verdict.en}: {said[0]}.",
                f"Convergentie van de fit: {verdict.nl}: {said[1]}.",
            )
        )
        drawings.append(
            figures.draw_gates(
                "fit_gates",
                "What a fit must reach / wat een fit moet halen",
                [(each.label, each.used) for each in gates],
                "en",
                foot,
            )
        )
    if isinstance(told.get("response_moved_by_reweighing"), float):
        moved, k_hat = float(plain["response_moved_by_reweighing"]), float(plain.get("raw_k_hat", math.nan))
        sentences.append(
            Say(
                "This is the posterior of the emulator, not of the simulator. Weights from the true runs themselves "
                f"(k-hat {k_hat:.2f}: above 0.7 they cannot be trusted; they carry the noise of the runs) would move "
                f"the mean of no response by more than {moved:.2f} standard deviations.",
                "Dit is de posterior van de emulator, niet van de simulator. Gewichten uit de echte runs zelf "
                f"(k-hat {dutch(k_hat, 2)}: boven 0,7 niet te vertrouwen; de ruis van de runs zit erin) zouden het "
                f"gemiddelde van geen respons meer dan {dutch(moved, 2)} standaardafwijking verschuiven.",
            )
        )
    listed = told.get("families")
    families = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    if families:
        tables.append(
            Table(
                Say("The emulator against true runs, by family of rows", "De emulator tegenover echte runs, per groep"),
                ("family", "rows", "mean error (s.e.)", "spread over rows (s.e.)", "slope", "within the gates"),
                tuple(
                    (
                        each["name"],
                        str(each["rows"]),
                        f"{each['gap']:+.2f} ± {each['gap_error']:.2f}",
                        f"{each['spread']:.2f}",
                        "-" if each["slope"] is None else f"{each['slope']:.2f} ± {each['slope_error']:.2f}",
                        "yes" if each["faithful"] else "NO",
                    )
                    for each in families
                ),
            )
        )
    luck = told.get("design_error")
    if isinstance(luck, dict) and isinstance(luck.get("posterior_sd"), float):
        size = float(luck["posterior_sd"])
        sentences.append(
            Say(
                f"Luck of the runs that the emulator learned from: {size:.2f} posterior standard deviations "
                "in the mean of a free parameter (from halves of the runs).",
                f"Toeval van de runs waarvan de emulator leerde: {dutch(size, 2)} "
                "posterior-standaardafwijking in het gemiddelde van een vrije parameter (uit halve sets).",
            )
        )
    if plain:
        tables.append(
            Table(
                Say("Numbers of the fit", "Getallen van de fit"),
                ("name", "value"),
                tuple(
                    (f"`{name}`", f"{value:.4g}" if not isinstance(value, bool) else str(value))
                    for name, value in plain.items()
                ),
            )
        )
    by_latent = chains_of(told)
    if by_latent:
        names, rhat, ess = by_latent
        worst_of, least_of = int(np.argmax(rhat)), int(np.argmin(ess))
        own = [names.index(name) for name in free if name in names]
        error = 1 / np.sqrt(ess[own])
        sentences.append(
            Say(
                f"Over {len(names)} latents the largest R-hat is {rhat[worst_of]:.3f} (`{names[worst_of]}`), "
                f"the fewest effective draws {ess[least_of]:.0f} (`{names[least_of]}`); Monte Carlo error of "
                f"the mean of a free parameter at most {error.max():.3f} posterior standard deviations.",
                f"Over {len(names)} latenten is de grootste R-hat {dutch(rhat[worst_of], 3)} "
                f"(`{names[worst_of]}`), zijn de minste effectieve trekkingen {ess[least_of]:.0f} "
                f"(`{names[least_of]}`); Monte-Carlofout van het gemiddelde van een vrije parameter "
                f"hoogstens {dutch(float(error.max()), 3)} posterior-standaardafwijkingen.",
            )
        )
        drawings.append(
            figures.draw_quality(
                "fit_convergence",
                "Convergence of every latent / convergentie van elke latent",
                [
                    ("R-hat", rhat, MOST_RHAT, False),
                    ("effective draws", ess, LEAST_ESS, True),
                    ("error of a mean (sd)", error, 0.05, False),
                ],
                "en",
                foot,
            )
        )
    if chains:
        worst = max(chains, key=lambda each: each.rhat)
        least = min(chains, key=lambda each: each.bulk)
        sentences.append(
            Say(
                f"Chains: largest R-hat {worst.rhat:.3f} (`{worst.name}`), fewest effective draws "
                f"{least.bulk:.0f} (`{least.name}`): Monte Carlo error of a mean at most "
                f"{least.error:.3f} posterior standard deviations.",
                f"Ketens: grootste R-hat {dutch(worst.rhat, 3)} (`{worst.name}`), minste "
                "effectieve trekkingen "
                f"{least.bulk:.0f} (`{least.name}`): Monte-Carlofout van een gemiddelde hoogstens "
                f"{dutch(least.error, 3)} posterior-standaardafwijkingen.",
            )
        )
        drawings.append(
            figures.draw_quality(
                "fit_convergence",
                "Convergence / convergentie",
                [
                    ("R-hat", np.array([each.rhat for each in chains]), 1.05, False),
                    ("ESS (bulk)", np.array([each.bulk for each in chains]), 100.0, True),
                    ("ESS (tail)", np.array([each.tail for each in chains]), 100.0, True),
                ],
                "en",
                foot,
            )
        )
    elif len(found.draws.z):
        size = min(float(plain.get("ess_min", math.inf)), float(len(found.draws.z)))
        sentences.append(
            Say(
                f"{len(found.draws.z)} equally likely draws, worth at most {size:.0f} independent "
                "ones: Monte "
                "Carlo error "
                f"of a mean {1 / math.sqrt(max(size, 1)):.3f} posterior standard deviations.",
                f"{len(found.draws.z)} even waarschijnlijke trekkingen, hoogstens zoveel waard als "
                f"{size:.0f} "
                "onafhankelijke: Monte-Carlofout van een gemiddelde "
                f"{dutch(1 / math.sqrt(max(size, 1)), 3)} posterior-standaardafwijkingen.",
            )
        )
    return Section(
        Say("Convergence and Monte Carlo error", "Convergentie en Monte-Carlofout"),
        tuple(sentences),
        tuple(tables),
        tuple(drawings),
    )


def group_text(name: str, lang: str) -> str:
    """Return a group of rows in words."""
    town, _, use = name.partition("/")
    return f"{town.title()}: {THEMES[use].to(lang)}" if use in THEMES else name
