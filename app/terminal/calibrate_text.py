"""What a fit taught, as the terminal says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.terminal.output import language, print_table, say
from sim.problems import Say

if TYPE_CHECKING:
    from app.answering.calibrate import Calibrated

__all__ = ["print_calibrated"]

_HEAD = Say(
    "parameter|unit|prior (90%)|posterior (90%)|learned|moved (sd)",
    "parameter|eenheid|vooraf (90%)|achteraf (90%)|geleerd|verschoven (sd)",
)
_MISFIT = Say(
    "municipality|rows|numbers|surprise|outside 90%|furthest row|its z",
    "gemeente|regels|cijfers|verrassing|buiten 90%|verste regel|z daarvan",
)


def print_calibrated(context: click.Context, answer: Calibrated) -> None:
    """Print prior beside posterior, misfit by municipality, convergence and times."""
    from app.answering.calibrate import verdict
    from calibration.fit.result import misfits
    from calibration.posteriors.text import learned
    from sim.parameters import PARAMETERS

    found, posterior, extra = answer.fit, answer.posterior, answer.extra
    told = learned(posterior, None)
    lang = language(context)
    truth: Any = extra.get("truth")
    heads = [*_HEAD.to(lang).split("|"), *(["truth" if lang == "en" else "waarheid"] if truth else [])]
    cells = [
        [
            each.name,
            PARAMETERS[each.name].unit,
            _ends(each.prior),
            _ends(each.posterior),
            each.told,
            f"{each.shift:+.2f}",
            *([f"{truth[each.name]:.3g}"] if truth else []),
        ]
        for each in told
    ]
    print_table(heads, cells)
    click.echo("")
    rows = [
        [
            each.town,
            each.rows,
            each.numbers,
            "" if not each.numbers else f"{each.surprise:.2f}",
            each.outside,
            each.worst,
            "" if not each.numbers else f"{each.worst_z:+.1f}",
        ]
        for each in misfits(found)
    ]
    print_table(_MISFIT.to(lang).split("|"), rows)
    click.echo("")
    say(context, verdict(found))
    if "cross_check" in extra:
        _agreement(context, extra["cross_check"])
    times = ", ".join(f"{key} {value:.0f} s" for key, value in found.timings.items())
    say(context, Say(f"times: {times}", f"tijden: {times}"))
    say(context, posterior.misfit())
    say(context, Say(f"written: {answer.file}", f"geschreven: {answer.file}"))


def _agreement(context: click.Context, found: Any) -> None:
    """Print both methods beside each other."""
    lang = language(context)
    heads = Say(
        "latent|emulator mean|sd|smoother mean|sd|difference / MC error",
        "latent|emulator gemiddelde|sd|smoother gemiddelde|sd|verschil / MC-fout",
    )
    rows = [
        [
            each["name"],
            f"{each['mean']:+.2f}",
            f"{each['sd']:.2f}",
            f"{each['other_mean']:+.2f}",
            f"{each['other_sd']:.2f}",
            f"{each['z']:+.1f}",
        ]
        for each in found["rows"]
    ]
    print_table(heads.to(lang).split("|"), rows)
    say(context, Say(**found["verdict"]))


def _ends(interval: tuple[float, float, float]) -> str:
    return f"{interval[1]:.3g} ({interval[0]:.3g} .. {interval[2]:.3g})"
