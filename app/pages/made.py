"""What the pages that a command makes share: their sizes, where their parameters come from, refusals."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from sim.problems import InputError

if TYPE_CHECKING:
    from analysis.effects.summary import Summary
    from scenarios.execution.result import RunResult

__all__ = ["origin", "refused", "sizes"]


def sizes(usual: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return the options of a run: the usual ones where `words` do not say otherwise, and the words."""
    pairs = zip(usual[::2], usual[1::2], strict=True)
    return [each for pair in pairs if pair[0] not in words for each in pair] + list(words)


def origin(result: RunResult, summary: Summary) -> Iterator[str]:
    """Say what the parameters are when they are not those of a calibrated posterior; else nothing."""
    if not isinstance(result.provenance.parameters.get("posterior"), dict):
        yield (
            "These are prior assumptions with sources, not yet corrected by the trials: the page shows what "
            "the assumptions imply, and the machinery at work. It is no forecast."
        )
    elif not summary.calibrated:
        yield (
            "The fit to the trials may not be called calibrated (`bijstand posterior show`): read the page "
            "as what the model says when the trials are taken into account as far as that fit goes."
        )


def refused(error: InputError | click.ClickException) -> int:
    """Print what is wrong with the options; return the exit code."""
    if isinstance(error, InputError):
        sys.stderr.write("\n".join(problem.to("en") for problem in error.problems) + "\n")
        return 2
    sys.stderr.write(f"{error.format_message()}\n")
    return error.exit_code
