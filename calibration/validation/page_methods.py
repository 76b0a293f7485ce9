"""A second method on the page: the fit beside an ensemble smoother, when the posterior keeps both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.figures.posterior import Pair, draw_moves
from analysis.inference.precision import NINETY
from calibration.validation.page import Section, Table
from calibration.validation.page_shared import dutch
from sim.problems import Say

__all__ = ["methods_section"]


def methods_section(told: Mapping[str, Any], foot: Sequence[str] = ()) -> Section | None:
    """Return the comparison of both methods; None when the fit was made without ``--cross-check``.

    Args:
        told: diagnostics of a posterior; ``cross_check`` is what `calibration.validation.cross_check.compare` returns.
        foot: words below the figure.
    """
    found = told.get("cross_check")
    if not isinstance(found, Mapping):
        return None
    rows = list(found["rows"])
    far = [each for each in rows if abs(each["z"]) >= 1.96]
    names = ", ".join(f"`{each['name']}` ({each['z']:+.1f})" for each in sorted(far, key=_distance))
    named = Say(
        f"further apart: {names}" if far else "none is further apart",
        f"verder uit elkaar: {names}" if far else "geen ligt verder uit elkaar",
    )
    errors = [float(found[key]) for key in ("monte_carlo_error", "design_error")]
    sentences = (
        Say(
            "The same figures by another road: an ensemble smoother on true runs, without emulator and "
            "without chains. It knows numbers only, so both leave out the findings in words. Values are "
            "latents: 0 and 1 are the mean and standard deviation of the prior.",
            "Dezelfde cijfers langs een andere weg: een ensemble-smoother op echte runs, zonder emulator en "
            "zonder ketens. Die kent alleen getallen; beide laten dus de bevindingen in woorden weg. Waarden "
            "zijn latenten: 0 en 1 zijn gemiddelde en standaardafwijking van de prior.",
        ),
        Say(f"Verdict: {found['verdict']['en']}.", f"Oordeel: {found['verdict']['nl']}."),
        Say(
            f"{len(rows) - len(far)} of {len(rows)} means lie within 1.96 Monte Carlo errors "
            f"({errors[0]:.2f} of the smoother, {errors[1]:.2f} of the emulator's design, and that of the "
            f"chains); {named.en}. A parameter named here is known less well than its interval says.",
            f"{len(rows) - len(far)} van de {len(rows)} gemiddelden liggen binnen 1,96 Monte-Carlofout "
            f"({dutch(errors[0], 2)} van de smoother, {dutch(errors[1], 2)} van het ontwerp van de emulator, "
            f"en die van de ketens); {named.nl}. Een parameter die hier staat, is minder goed bekend dan "
            "zijn marge zegt.",
        ),
    )
    table = Table(
        Say("Two methods", "Twee methoden"),
        ("latent", "emulator: mean", "sd", "smoother: mean", "sd", "difference / error"),
        tuple(
            (
                each["name"],
                f"{each['mean']:+.2f}",
                f"{each['sd']:.2f}",
                f"{each['other_mean']:+.2f}",
                f"{each['other_sd']:.2f}",
                f"{each['z']:+.1f}",
            )
            for each in rows
        ),
    )
    pairs = [
        Pair(each["name"], _span(each["mean"], each["sd"]), _span(each["other_mean"], each["other_sd"]))
        for each in rows
    ]
    drawing = draw_moves(
        pairs, "emulator", "smoother", "en", foot, name="fit_two_methods", caption=_CAPTION, axis=_AXIS
    )
    return Section(Say("Two methods beside each other", "Twee methoden naast elkaar"), sentences, (table,), (drawing,))


_CAPTION = Say(
    "Emulator with chains and ensemble smoother: means and 90% intervals of the latents, in standard "
    "deviations of the prior",
    "Emulator met ketens en ensemble-smoother: gemiddelden en 90%-marges van de latenten, in "
    "standaardafwijkingen van de prior",
)
_AXIS = Say(
    "standard deviations of the prior, from its mean", "standaardafwijkingen van de prior, vanaf het gemiddelde"
)


def _distance(row: Mapping[str, Any]) -> float:
    return -abs(float(row["z"]))


def _span(mean: float, sd: float) -> tuple[float, float, float]:
    return mean - NINETY * sd, mean, mean + NINETY * sd
