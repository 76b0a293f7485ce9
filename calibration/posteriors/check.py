"""Whether a posterior that loads may be relied on now: model, evidence, convergence."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.evidence.registry import Registry
from calibration.fit.gates import gates_of
from calibration.posteriors.posterior import Posterior
from sim.problems import Problem, Say

__all__ = ["doubts"]


def doubts(posterior: Posterior, registries: Sequence[Registry]) -> list[Problem]:
    """Return every reason not to rely on a posterior.

    Args:
        posterior: loaded, so whole and of this model's parameters.
        registries: the evidence as it is now; one of them should be what it was fitted to.
    """
    found: list[Problem] = []
    if not posterior.converged:
        told = posterior.attributes.get("diagnostics", {})
        missed = ", ".join(each.label for each in gates_of(told) if each.used >= 1.0)
        short = missed or ", ".join(
            f"{name} {value}" for name, value in told.items() if not isinstance(value, dict | list)
        )
        allowed = Say(
            "a fit that converged: sample longer (bijstand calibrate)",
            "een fit die geconvergeerd is: trek langer (bijstand calibrate)",
        )
        found.append(Problem("converged", short[:200] or "false", allowed))
    if posterior.synthetic:
        real = Say("a fit to the results of trials", "een fit aan de uitkomsten van proeven")
        found.append(Problem("settings.synthetic", posterior.attributes["settings"]["synthetic"], real))
    for each in posterior.stale():
        allowed = Say(
            f"the model of the fit: {each.en}; fit again (bijstand calibrate)",
            f"het model van de fit: {each.nl}; fit opnieuw (bijstand calibrate)",
        )
        found.append(Problem("model", str(posterior.attributes.get("code", {}).get("version", "")), allowed))
    known = {registry.digest() for registry in registries}
    if posterior.evidence not in known:
        now = ", ".join(sorted(known))
        allowed = Say(
            f"the evidence as it is now ({now}): fit again (bijstand calibrate)",
            f"het bewijs zoals het nu is ({now}): fit opnieuw (bijstand calibrate)",
        )
        found.append(Problem("evidence", posterior.evidence, allowed))
        ids = {row.id for registry in registries for row in registry}
        gone = [name for name in posterior.predictive.rows if name not in ids]
        if gone:
            told_gone = ", ".join(gone[:5]) + (", ..." if len(gone) > 5 else "")
            rows = Say("rows of the registry", "regels van het register")
            found.append(Problem("evidence.rows", f"{len(gone)} gone: {told_gone}", rows))
    return found
