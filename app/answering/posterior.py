"""Which posterior a command uses: what `--posterior` names, else the default of the database, else ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from calibration.posteriors.posterior import Posterior
    from scenarios.description.parameter_source import ParameterSource

__all__ = ["chosen_source", "posterior_named", "record_of"]

PRIOR, SHIPPED = "prior", "shipped"


def chosen_source(
    word: str | None, url: str | None, problems: list[Problem], note: Callable[[Say], None] | None = None
) -> ParameterSource | None:
    """Return what runs draw their parameters from; None = the priors.

    What is wrong with `word` joins the problems; what is wrong with the database is told by whoever opens it.
    Whoever did not ask for the priors is told by `note` in one line why the numbers are not calibrated.
    """
    from calibration.posteriors.posterior import default_posterior, source_of, why_not_shipped

    if word == PRIOR:
        return None
    try:
        name = word or _default_of(url)
        if name is None:
            found, why = default_posterior(), why_not_shipped()
        else:
            found = posterior_named(name, url)
            why = None if found.calibrated else found.label()
        if why is not None and note is not None:
            note(_not_calibrated(why, found is None))
        return None if found is None else source_of(found)
    except InputError as error:
        problems += [each for each in error.problems if each.path != "--db"]
        return None


def _not_calibrated(why: Say, priors: bool) -> Say:
    """Say why the numbers are not calibrated, and what to do about it."""
    used = (
        Say("the priors are used", "de priors worden gebruikt") if priors else Say("it is used", "hij wordt gebruikt")
    )
    return Say(
        f"Not calibrated: {why.en.removeprefix('not calibrated: ')}; {used.en}. Fit again with `bijstand calibrate`.",
        f"Niet gekalibreerd: {why.nl.removeprefix('niet gekalibreerd: ')}; {used.nl}. "
        "Fit opnieuw met `bijstand calibrate`.",
    )


def posterior_named(word: str, url: str | None) -> Posterior:
    """Return a posterior by what the user calls it: ``shipped``, a file, or a name in the database.

    Raises:
        InputError: nothing of that name, or a file that is refused (`calibration.posteriors.file.load`).
    """
    from calibration.posteriors.file import from_bytes
    from calibration.posteriors.posterior import SHIPPED as OURS
    from calibration.posteriors.posterior import load_posterior

    if word == SHIPPED:
        return load_posterior(OURS)
    if "\x00" in word or not word or len(word) > 1000:
        raise InputError([_unknown(word, [])])
    if word.endswith(".nc") or "/" in word or Path(word).is_file():
        return load_posterior(Path(word))
    names = _names(url)
    if word not in names:
        if OURS.is_file() and (ours := load_posterior(OURS)).name == word:
            return ours
        raise InputError([_unknown(word, names)])
    from scenarios.store.store import open_store

    assert url is not None  # it has names
    with open_store(url) as store:
        return from_bytes(store.posterior(word), word)


def _unknown(word: str, names: list[str]) -> Problem:
    known = [PRIOR, SHIPPED, *names]
    problem = one_of("--posterior", word.replace("\x00", "?"), known)
    allowed = Say(f"{problem.allowed.en}, or a .nc file", f"{problem.allowed.nl}, of een .nc-bestand")
    return Problem(problem.path, problem.value, allowed, problem.nearest)


def _names(url: str | None) -> list[str]:
    from scenarios.store.database import exists

    if url is None or not exists(url):
        return []
    from scenarios.store.store import open_store

    with open_store(url) as store:
        return [row.name for row in store.posteriors()]


def _default_of(url: str | None) -> str | None:
    from scenarios.store.database import exists

    try:
        if url is None or not exists(url):
            return None
        from scenarios.store.store import open_store

        with open_store(url) as store:
            return store.chosen_posterior()
    except InputError:
        return None


def record_of(found: Posterior, *, everything: bool) -> dict[str, Any]:
    """Return everything for machines: of every parameter, or of those that were fitted."""
    from dataclasses import asdict

    from calibration.posteriors.text import learned
    from sim.parameters import PARAMETERS

    told = learned(found, list(PARAMETERS) if everything else None)
    return {
        "name": found.name,
        "digest": found.digest,
        "label": found.label()._asdict(),
        "misfit": found.misfit()._asdict(),
        "draws": len(found),
        "towns": sorted(found.towns),
        "attributes": dict(found.attributes),
        "parameters": [{**asdict(each), "unit": PARAMETERS[each.name].unit, "learned": each.learned} for each in told],
    }
