"""A posterior: what the trials left of the priors, as equally likely sets of parameters, with its provenance.

Numbers are held to single precision, so that a file keeps them exactly. The digest is of the content
(numbers, evidence, settings), whatever file it stands in and whenever it was made.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.inference.interval import NINETY
from calibration.fit.model_version import mechanisms_digest, priors_digest
from scenarios.description.parameter_source import ParameterSource
from scenarios.reproduction.provenance import code_hash, code_version
from sim.engine.rows import PLACE
from sim.parameters import PARAMETERS
from sim.problems import InputError, Problem, Say, one_of

__all__ = [
    "NEW",
    "SHIPPED",
    "Posterior",
    "Predictive",
    "default_posterior",
    "load_posterior",
    "make_posterior",
    "name_problems",
    "source_of",
    "why_not_shipped",
]

Array = npt.NDArray[np.float64]

SHIPPED = Path(__file__).parents[1] / "data" / "posterior.nc"
NEW = "new"  # a municipality that was not studied
RESERVED = ("prior", "shipped")
# What may differ between two makings of the same posterior.
_VOLATILE = ("created", "timings", "code")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Predictive:
    """The evidence beside what the calibrated model gives for it.

    Attributes:
        rows: ids of the rows.
        published: [T]; NaN for a finding in words.
        simulated: [S, T] moments under each draw, without sampling error.
        covariance: [T, T] of the sampling error.
        log_likelihood: [S, T] of each row given the other numbers of its town; empty where it was not kept.
    """

    rows: tuple[str, ...]
    published: Array
    simulated: Array
    covariance: Array
    log_likelihood: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def inside(self) -> npt.NDArray[np.bool_]:
        """Return which published numbers lie in their 90% predictive interval (normal), False for words."""
        spread = np.sqrt(self.simulated.var(axis=0) + np.diag(self.covariance))
        away = np.abs(self.published - self.simulated.mean(axis=0))
        found: npt.NDArray[np.bool_] = away <= NINETY * spread
        return found

    @property
    def numbers(self) -> int:
        """How many rows have a published number and an error."""
        spread = np.sqrt(self.simulated.var(axis=0) + np.diag(self.covariance))
        return int((np.isfinite(self.published) & np.isfinite(spread)).sum())


@dataclass(frozen=True)
class Posterior:
    """Equally likely draws after seeing the evidence.

    Attributes:
        name: lower case, as the command line names it.
        parameters: [S, P] of a new municipality, in the order of `PARAMETERS`.
        towns: town -> [S, P] there.
        places: town (and ``new``) -> shift of the place (`sim.engine.rows.PLACE`) -> [S].
        latent: [S, D] latents of the fit, named by `latent_names`.
        prior: [S0, P] draws of the prior.
        predictive: the evidence and what the model gives for it.
        log_posterior: [S] log density of each draw in the space of the fit, up to a constant; empty where it was
            not kept.
        attributes: plain values: evidence, code, model, seeds, settings, diagnostics, converged, created.
    """

    name: str
    parameters: Array
    towns: Mapping[str, Array]
    places: Mapping[str, Mapping[str, Array]]
    latent: Array
    latent_names: tuple[str, ...]
    prior: Array
    predictive: Predictive
    attributes: Mapping[str, Any] = field(default_factory=dict)
    log_posterior: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        rounded = {
            "parameters": _held(self.parameters),
            "towns": {town: _held(values) for town, values in self.towns.items()},
            "places": {
                town: {name: _single(values) for name, values in shifts.items()} for town, shifts in self.places.items()
            },
            "latent": _single(self.latent),
            "prior": _held(self.prior),
            "predictive": Predictive(
                self.predictive.rows,
                _single(self.predictive.published),
                _single(self.predictive.simulated),
                _single(self.predictive.covariance),
                _single(self.predictive.log_likelihood),
            ),
            "log_posterior": _single(self.log_posterior),
            "attributes": json.loads(json.dumps(dict(self.attributes), sort_keys=True)),
        }
        for name, value in rounded.items():
            object.__setattr__(self, name, value)
        InputError.raise_if(_misshapen(self))

    def __len__(self) -> int:
        return len(self.parameters)

    @property
    def converged(self) -> bool:
        """Whether the fit converged."""
        return self.attributes.get("converged") is True

    @property
    def synthetic(self) -> bool:
        """Whether it was fitted to data simulated from a drawn truth, for teaching and tests."""
        return self.attributes.get("settings", {}).get("synthetic") is not None

    @property
    def calibrated(self) -> bool:
        """Whether what is made with it may be called calibrated: converged, real data, this model."""
        return self.usable and not self.stale()

    @property
    def usable(self) -> bool:
        """Whether it may be a default: a fit to real data that converged."""
        return self.converged and not self.synthetic

    @property
    def evidence(self) -> str:
        """Digest of the registry it was fitted to."""
        return str(self.attributes.get("evidence", ""))

    @property
    def created(self) -> str:
        """Moment of the fit, UTC, ISO 8601."""
        return str(self.attributes.get("created", ""))

    @cached_property
    def digest(self) -> str:
        """Hash of the content: the same fit made again, with the same numbers, has the same digest."""
        text = hashlib.sha256()
        kept = {name: value for name, value in self.attributes.items() if name not in _VOLATILE}
        head = [self.name, list(PARAMETERS), self.latent_names, self.predictive.rows, sorted(self.towns), kept]
        text.update(json.dumps(head, sort_keys=True).encode())
        for name, values in self.arrays().items():
            text.update(f"{name}{values.shape}".encode())
            text.update(np.ascontiguousarray(values, dtype="<f4").tobytes())
        return text.hexdigest()

    def arrays(self) -> dict[str, Array]:
        """Return every array by a name of its own, in one order."""
        found = {"parameters": self.parameters, "latent": self.latent, "prior": self.prior}
        found |= {f"towns/{town}": self.towns[town] for town in sorted(self.towns)}
        for town in sorted(self.places):
            shifts = self.places[town]
            found |= {f"places/{town}/{name}": shifts[name] for name in sorted(shifts)}
        return found | {
            "published": self.predictive.published,
            "simulated": self.predictive.simulated,
            "covariance": self.predictive.covariance,
            **({"log_likelihood": self.predictive.log_likelihood} if self.predictive.log_likelihood.size else {}),
            **({"log_posterior": self.log_posterior} if self.log_posterior.size else {}),
        }

    def codes(self, town: str) -> dict[str, Array]:
        """Return the readings of a town's arms (`sim.trial.codes`): positions 0 .. 1 by code, [S] each."""
        from scipy.special import ndtr

        head = f"code.{town}."
        return {
            name.removeprefix(head): np.asarray(ndtr(self.latent[:, column]))
            for column, name in enumerate(self.latent_names)
            if name.startswith(head)
        }

    def stale(self) -> tuple[Say, ...]:
        """Return how the model has changed since the fit, in words; empty = it is the same model."""
        model = self.attributes.get("model", {})
        told: list[Say] = []
        if model.get("priors") != priors_digest():
            told.append(Say("other priors or bounds than now", "andere priors of grenzen dan nu"))
        if model.get("mechanisms") != mechanisms_digest():
            told.append(Say("equations of mechanisms changed since", "vergelijkingen van mechanismen zijn veranderd"))
        return tuple(told)

    def label(self) -> Say:
        """Return what stands with every number made with it."""
        about = f"posterior {self.name}, {self.created[:10]}, {self.evidence[:8]}"
        if self.synthetic:
            return Say(
                f"not calibrated: fitted to synthetic data ({about})",
                f"niet gekalibreerd: gefit aan synthetische gegevens ({about})",
            )
        if not self.converged:
            return Say(
                f"not calibrated: the fit did not converge ({about})",
                f"niet gekalibreerd: de fit is niet geconvergeerd ({about})",
            )
        if self.stale():
            return Say(
                f"not calibrated: fitted to an older version of the model ({about})",
                f"niet gekalibreerd: gefit op een oudere versie van het model ({about})",
            )
        return Say(f"calibrated ({about})", f"gekalibreerd ({about})")

    def misfit(self) -> Say:
        """Return in one sentence how well it predicts the evidence it was fitted to."""
        count = self.predictive.numbers
        inside = int(self.predictive.inside().sum())
        if not count:
            return Say("No published number was fitted.", "Er is geen gepubliceerd cijfer gebruikt.")
        share = round(100 * inside / count)
        return Say(
            f"The 90% predictive intervals hold {inside} of the {count} published numbers ({share}%).",
            f"De 90%-voorspelmarges bevatten {inside} van de {count} gepubliceerde cijfers ({share}%).",
        )


def make_posterior(
    name: str,
    *,
    parameters: Array,
    towns: Mapping[str, Array],
    places: Mapping[str, Mapping[str, Array]],
    latent: Array,
    latent_names: Sequence[str],
    prior: Array,
    predictive: Predictive,
    evidence: str,
    converged: bool,
    seeds: Mapping[str, int],
    settings: Mapping[str, Any] | None = None,
    timings: Mapping[str, float] | None = None,
    diagnostics: Mapping[str, Any] | None = None,
    log_posterior: Array | None = None,
) -> Posterior:
    """Return the posterior of a fit that ended now, with code and model as they are.

    Args:
        name: lower case; not the name of something else.
        parameters, towns, places, latent, latent_names, prior, predictive: see `Posterior`.
        evidence: digest of the registry.
        converged: what the fit says of itself.
        seeds, settings, timings, diagnostics: plain values that can be stored as JSON; ``settings["chains"]`` says
            into how many chains the draws divide.
        log_posterior: see `Posterior`.

    Raises:
        InputError: a bad name, arrays that do not fit, numbers that are not finite.
    """
    InputError.raise_if(name_problems("name", name))
    return Posterior(
        name,
        parameters,
        towns,
        places,
        latent,
        tuple(latent_names),
        prior,
        predictive,
        {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "evidence": evidence,
            "code": {"version": code_version(), "sha256": code_hash()},
            "model": {"priors": priors_digest(), "mechanisms": mechanisms_digest()},
            "seeds": dict(seeds),
            "settings": _plain(settings or {}),
            "timings": _plain(timings or {}),
            "diagnostics": _plain(diagnostics or {}),
            "converged": bool(converged),
        },
        np.zeros(0) if log_posterior is None else log_posterior,
    )


def load_posterior(path: Path) -> Posterior:
    """Return the posterior of a file (`calibration.posteriors.file.load`)."""
    from calibration.posteriors.file import load

    return load(path)


def default_posterior(path: Path | None = None) -> Posterior | None:
    """Return the shipped posterior, or None: not there, not whole, of another model, or not converged."""
    return _shipped(path)[0]


def why_not_shipped(path: Path | None = None) -> Say | None:
    """Return why runs do not draw from the shipped posterior, in words; None = they do, and may."""
    return _shipped(path)[1]


def _shipped(path: Path | None = None) -> tuple[Posterior | None, Say | None]:
    place = SHIPPED if path is None else path
    if not place.is_file():
        return None, Say("no posterior is shipped", "er wordt geen posterior meegeleverd")
    found = place.stat()
    return _judged(place, found.st_mtime_ns, found.st_size, priors_digest(), mechanisms_digest())


@lru_cache(maxsize=1)
def _judged(place: Path, _changed: int, _size: int, *_model: str) -> tuple[Posterior | None, Say | None]:
    """Read a posterior once for as long as neither the file nor the model changes."""
    try:
        found = load_posterior(place)
    except InputError as error:
        first = error.problems[0]
        value = str(first.value) if first.path != "posterior" else place.name
        return None, Say(
            f"the shipped posterior cannot be used ({value}; needed: {first.allowed.en})",
            f"de meegeleverde posterior is niet te gebruiken ({value}; nodig: {first.allowed.nl})",
        )
    if not found.usable:
        text = found.label()
        return None, Say(f"the shipped posterior is {text.en}", f"de meegeleverde posterior is {text.nl}")
    stale = found.stale()
    if stale:
        return found, Say(
            f"the model changed since the fit of the shipped posterior: {', '.join(each.en for each in stale)}",
            f"het model is veranderd na de fit van de meegeleverde posterior: {', '.join(each.nl for each in stale)}",
        )
    return found, None


def source_of(posterior: Posterior) -> ParameterSource:
    """Return what a run draws its parameters from (`scenarios.execution.plan.Options.source`)."""
    from calibration.posteriors.furthest import furthest_effects

    order = list(PARAMETERS)
    towns: dict[str, dict[str, Array]] = {}
    for town, values in posterior.towns.items():
        moved = np.flatnonzero((values != posterior.parameters).any(axis=0))
        towns[town] = {order[column]: values[:, column] for column in moved}
        towns[town] |= dict(posterior.places.get(town, {}))
    return ParameterSource(
        name=posterior.name,
        digest=posterior.digest,
        label=posterior.label(),
        calibrated=posterior.calibrated,
        values=posterior.parameters,
        places=dict(posterior.places.get(NEW, {})),
        towns=towns,
        facts={
            "created": posterior.created,
            "evidence": posterior.evidence,
            "rows": len(posterior.predictive.rows),
            "synthetic": posterior.synthetic,
            "misfit": posterior.misfit()._asdict(),
            "furthest": {town: text._asdict() for town, text in furthest_effects(posterior).items()},
            "stale": [each._asdict() for each in posterior.stale()],
        },
    )


def name_problems(path: str, name: str) -> list[Problem]:
    """Return what is wrong with the name of a posterior."""
    if _NAME.fullmatch(name) and name not in RESERVED:
        return []
    allowed = Say(
        f"lower-case letters, digits, '_', '.' and '-', at most 64; not {', '.join(RESERVED)}",
        f"kleine letters, cijfers, '_', '.' en '-', hoogstens 64; niet {', '.join(RESERVED)}",
    )
    return [Problem(path, name, allowed)]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON keeps them: no NumPy, no NaN."""

    def one(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(name): one(each) for name, each in value.items()}
        if isinstance(value, np.ndarray | np.generic):
            return one(value.tolist())
        if isinstance(value, list | tuple | set | frozenset):
            return [one(each) for each in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value if value is None or isinstance(value, str | int | float | bool) else str(value)

    return {str(name): one(value) for name, value in values.items()}


def _single(values: npt.ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def _held(values: npt.ArrayLike) -> Array:
    """Return parameters in single precision, within the bounds that they were within before."""
    given = np.asarray(values, dtype=np.float64)
    near = given.astype(np.float32)
    if given.ndim == 2 and given.shape[1] == len(PARAMETERS):
        low = np.array([each.low for each in PARAMETERS.values()])
        high = np.array([each.high for each in PARAMETERS.values()])
        near = np.where((near > high) & (given <= high), np.nextafter(near, np.float32(-np.inf)), near)
        near = np.where((near < low) & (given >= low), np.nextafter(near, np.float32(np.inf)), near)
    return near.astype(np.float64)


def _misshapen(found: Posterior) -> list[Problem]:
    """Return every array that does not fit, or holds what is no number."""
    draws, width, rows = len(found.parameters), len(PARAMETERS), len(found.predictive.rows)
    meant: dict[str, tuple[int, ...]] = {
        "parameters": (draws, width),
        "latent": (draws, len(found.latent_names)),
        "prior": (len(found.prior), width),
        "published": (rows,),
        "simulated": (draws, rows),
        "covariance": (rows, rows),
        "log_likelihood": (draws, rows),
        **{f"towns/{town}": (draws, width) for town in found.towns},
    }
    problems: list[Problem] = []
    if not draws:
        problems.append(Problem("parameters", "no draws", Say("one draw or more", "een trekking of meer")))
    for name, values in found.arrays().items():
        shape = meant.get(name, (draws,))
        if values.shape != shape:
            told = " x ".join(map(str, shape))
            problems.append(Problem(name, " x ".join(map(str, values.shape)), Say(told, told)))
        elif name not in ("published", "simulated", "covariance", "log_likelihood") and not np.isfinite(values).all():
            problems.append(Problem(name, "nan", Say("finite numbers", "eindige getallen")))
    for town, shifts in found.places.items():
        problems += [one_of(f"places/{town}", name, PLACE) for name in shifts if name not in PLACE]
        if town != NEW and town not in found.towns:
            problems.append(one_of("places", town, [NEW, *found.towns]))
    return problems
