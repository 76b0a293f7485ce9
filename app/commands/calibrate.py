"""`bijstand calibrate`: one joint fit of the mechanism parameters to the evidence of all municipalities."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from app import options
from app.answering import calibrate
from app.terminal.calibrate_text import print_calibrated
from app.terminal.output import note, print_json
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]

_TEACHING = Say("synthetic data from a drawn truth", "synthetische gegevens uit een getrokken waarheid")


@click.command(name="calibrate")
@click.option("--only", metavar="NAME", multiple=True, help="only this study or municipality (repeatable)")
@click.option("--leave-out", metavar="NAME", multiple=True, help="without this study or municipality")
@click.option("--outcomes", metavar="NAME", multiple=True, help="only this outcome (repeatable)")
@click.option("--uses", metavar="USE", multiple=True, help="only rows of this use (repeatable)")
@options.whole("--horizons", "only rows after this many months (repeatable)", metavar="MONTHS", multiple=True)
@options.whole("--longest", "only rows up to this many months", metavar="MONTHS")
@options.folder("--priors", "other priors for some parameters", default=None, metavar="FILE.toml")
@options.evidence_option
@options.folder(
    "--out", "the posterior [default: out/posterior_NAME.nc]", default=None, param="file", metavar="FILE.nc"
)
@click.option("--name", metavar="NAME", default="joint", show_default=True, help="name of the posterior")
@options.folder("--work", "folder of batches [default: out/calibration/NAME]", default=None)
@click.option("--resume", is_flag=True, help="go on with the batches in that folder")
@options.whole("--seed", "base seed", default="1")
@options.whole("--workers", "processes [default: the cores of this machine]")
@click.option("--quick", is_flag=True, help="a small fit of a minute or two, to try things; it will not converge")
@options.whole("--synthetic", "fit to data simulated from a drawn truth, and show the truth", metavar="SEED")
@click.option("--cross-check", is_flag=True, help="fit again by an ensemble smoother on true runs, and compare")
@options.json_option
@click.pass_context
def command(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """Fit the mechanisms to what the trials found, all municipalities together, and keep the posterior.

    Runs of the simulator are kept on disk as they come: after an interruption the same command with --resume
    goes on where it was, with the same numbers.

    Example: bijstand calibrate --only oss --quick
    """
    words = shlex.join(["bijstand", *sys.argv[1:]])
    request = calibrate.CalibrateRequest(**options.given_only(given), command=words)
    if request.synthetic is not None:
        note(context, _TEACHING)
    try:
        with watching(context) as watch:
            found = calibrate.calibrate(request, watch, options.found_wrong(context))
    except KeyboardInterrupt:
        kept: Path = request.folder
        note(
            context,
            Say(
                f"interrupted; nothing is lost: the same command with --resume goes on ({kept})",
                f"onderbroken; er is niets verloren: dezelfde opdracht met --resume gaat verder ({kept})",
            ),
        )
        raise
    if as_json:
        print_json(calibrate.record_of(found))
        return
    print_calibrated(context, found)
