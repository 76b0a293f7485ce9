"""The space of a fit: latent standard normals, and what they mean for every municipality.

The prior of a latent vector z is exactly N(0, I); z = 0 is the median of everything. Its dimensions:

    parameter            Phi(z) is the share of the (truncated) prior below the value
    tau.<name>           spread between municipalities: half-normal, tau = scale Phi^-1((1 + Phi(z)) / 2)
    <town>:<name>        deviation of a municipality: tau times this latent; town "new" = one not seen yet
    code.<town>.<code>   reading of the arms: Phi(z) is the position within the ranges (`sim.trial.codes`)
    bias.<town>.<family> shift of the contrasts with a control group that was better placed by chance
    selection.<...>      shift of the contrasts with people who did not take part
    error.<study>.<outcome>  log standard error of a family of rows, in its own standard deviations

A deviation of a mechanism parameter moves its latent (one unit = one prior standard deviation), so bounds
hold everywhere; deviations of `sim.engine.rows.PLACE` numbers are on their own (log or log-odds) scale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.parameters import PARAMETERS, Parameter
from sim.priors import half_normal, half_normal_slope, support
from sim.priors import latent as latent_of
from sim.priors import value as value_at
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["NEW", "PLACES", "POOLED", "Space", "make_space"]

Array = NDArray[np.float64]

NEW = "new"
# Half-normal scale of the spread between municipalities. Context: log of job finding and log-odds of other
# exits (exits of municipalities with like clients differ by some tens of percents). Delivery: in prior
# standard deviations of the mechanism (`between` of a parameter): half of one lets brokerage differ by a third.
PLACES: Mapping[str, float] = {"place_match": 0.25, "place_other": 0.25}
POOLED: Mapping[str, float] = {
    **PLACES,
    **{name: each.between for name, each in PARAMETERS.items() if each.between > 0 and each.sd > 0},
}


@dataclass(frozen=True)
class Space:
    """Latent standard normals <-> parameters.

    Attributes:
        towns: municipalities (or own trials) of the fit.
        names: one per dimension (see the module).
        priors: the parameters with a spread, by name, in the order of `PARAMETERS`.
        biases: width of each bias by name, in the unit of its rows.
        fixed: parameters that a file of priors holds at another value than the shipped one.
        codes: readings of the arms by town.
        selections: width of each selection term by name, in the unit of its rows.
    """

    towns: tuple[str, ...]
    names: tuple[str, ...]
    priors: Mapping[str, Parameter]
    biases: Mapping[str, float]
    fixed: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    selections: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each name."""
        return {name: place for place, name in enumerate(self.names)}

    @property
    def dimension(self) -> int:
        """Number of latents."""
        return len(self.names)

    @cached_property
    def free(self) -> tuple[str, ...]:
        """Names of the mechanism parameters that the fit is about."""
        return tuple(name for name, prior in self.priors.items() if prior.free)

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """Names of the columns of `inputs` that all towns have: what the moments of one town depend on."""
        return (*self.priors, *PLACES)

    def inputs_of(self, town: str | None) -> tuple[str, ...]:
        """Return the names of all columns of `inputs` of a town: its codes come last."""
        return (*self.input_names, *(f"code.{town}.{name}" for name in self.codes.get(town or "", ())))

    @cached_property
    def curved(self) -> NDArray[np.int64]:
        """Columns of `inputs` that may act in a curve and together (free parameters and places)."""
        wanted = {*self.free, *PLACES, *POOLED}
        return np.array([place for place, name in enumerate(self.input_names) if name in wanted])

    def spread(self, z: Array, name: str) -> Array:
        """Return the spread tau of a pooled quantity between municipalities, shape [K]."""
        latent = np.atleast_2d(z)[:, self.index[f"tau.{name}"]]
        return POOLED[name] * half_normal(latent)

    def deviation(self, z: Array, name: str, town: str | None) -> Array:
        """Return how far a town is from the average one, shape [K]; None = a new municipality."""
        z = np.atleast_2d(z)
        return np.asarray(self.spread(z, name) * z[:, self.index[f"{town or NEW}:{name}"]])

    def inputs(self, z: Array, town: str | None) -> Array:
        """Return what the moments of a town depend on, shape [K, len(inputs_of(town))], in standard deviations.

        Raises:
            KeyError: a town that is not in the fit.
        """
        z = np.atleast_2d(z)
        names = self.inputs_of(town)
        found = np.empty((len(z), len(names)))
        found[:, : len(self.priors)] = z[:, : len(self.priors)]
        for place in range(len(self.input_names), len(names)):
            found[:, place] = z[:, self.index[names[place]]]
        for name in POOLED:
            moved = self.deviation(z, name, town)
            place = self.input_names.index(name) if name in self.input_names else -1
            if name in PLACES:
                found[:, place] = moved / PLACES[name]
            elif place >= 0:
                found[:, place] += moved
        return found

    def pulled(self, adjoint: Array, z: Array, town: str | None) -> Array:
        """Return the gradient in z [K, D] of what has gradient `adjoint` [K, inputs] in `inputs(z, town)`."""
        z = np.atleast_2d(z)
        found = np.zeros_like(z)
        names = self.inputs_of(town)
        found[:, : len(self.priors)] = adjoint[:, : len(self.priors)]
        for place in range(len(self.input_names), len(names)):
            found[:, self.index[names[place]]] = adjoint[:, place]
        for name in POOLED:
            if name not in self.input_names:
                continue
            up = adjoint[:, self.input_names.index(name)] / PLACES.get(name, 1.0)
            spread, own = self.index[f"tau.{name}"], self.index[f"{town or NEW}:{name}"]
            found[:, own] += up * self.spread(z, name)
            found[:, spread] += up * z[:, own] * POOLED[name] * half_normal_slope(z[:, spread])
        return found

    def parameters(self, z: Array, town: str | None) -> Array:
        """Return parameter vectors [K, P] in the order of `PARAMETERS`; None = a new municipality."""
        return self.values(self.inputs(z, town))

    def place(self, z: Array, town: str | None) -> list[dict[str, float]]:
        """Return the shifts of the municipality (`sim.engine.rows.PLACE`), one dict per vector."""
        moved = {name: self.deviation(z, name, town) for name in PLACES}
        return [{name: float(shift[row]) for name, shift in moved.items()} for row in range(len(moved["place_match"]))]

    def readings(self, z: Array, town: str) -> list[dict[str, float]]:
        """Return the positions of a town's codes (`sim.trial.codes.read_codes`), one dict per vector."""
        from scipy.special import ndtr

        z = np.atleast_2d(z)
        names = self.codes.get(town, ())
        at = ndtr(z[:, [self.index[f"code.{town}.{name}"] for name in names]]) if names else np.empty((len(z), 0))
        return [dict(zip(names, row.tolist(), strict=True)) for row in at]

    def values(self, inputs: Array) -> Array:
        """Return the parameter vectors [K, P] of rows of `inputs`."""
        values = np.tile(np.array([each.value for each in PARAMETERS.values()]), (len(inputs), 1))
        order = {name: place for place, name in enumerate(PARAMETERS)}
        for name, value in self.fixed.items():
            values[:, order[name]] = value
        for column, (name, each) in enumerate(self.priors.items()):
            values[:, order[name]] = value_at(each, inputs[:, column])
        return values

    def latent(self, parameters: Array) -> Array:
        """Return latents [K, D] whose average municipality has these parameter vectors [K, P].

        Everything that is not a parameter (spreads, deviations, biases, errors) stands at 0.
        """
        parameters = np.atleast_2d(parameters)
        z = np.zeros((len(parameters), self.dimension))
        order = {name: place for place, name in enumerate(PARAMETERS)}
        for column, (name, each) in enumerate(self.priors.items()):
            z[:, column] = latent_of(each, parameters[:, order[name]])
        return z

    def bias(self, z: Array) -> dict[str, Array]:
        """Return the shift of each family of contrasts by name, [K] each, in the unit of the rows."""
        z = np.atleast_2d(z)
        return {name: width * z[:, self.index[f"bias.{name}"]] for name, width in self.biases.items()}

    def digest(self) -> str:
        """Return a hash of everything that gives a latent vector its meaning."""
        told = [repr((p.name, p.value, p.low, p.high, p.sd, p.law)) for p in self.priors.values()]
        told += [f"{name}={value!r}" for name, value in self.fixed.items()]
        widths = [repr(dict(each)) for each in (self.biases, self.selections, POOLED)]
        text = "\n".join([*self.names, *told, *widths])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_space(
    towns: Sequence[str],
    *,
    biases: Mapping[str, float] | None = None,
    errors: Sequence[str] = (),
    priors: Mapping[str, Parameter] | None = None,
    codes: Mapping[str, Sequence[str]] | None = None,
    selections: Mapping[str, float] | None = None,
) -> Space:
    """Return the space of a fit.

    Args:
        towns: municipalities, in order.
        biases: width of each bias term, by ``<town>.<family>``.
        errors: families of standard errors that are not known exactly, ``<study>.<outcome>``.
        priors: parameters whose prior differs from the shipped one, by name; sd 0 fixes a parameter.
        codes: readings of the arms by town (`sim.trial.codes.code_names`).
        selections: width of each selection term, by name.

    Raises:
        InputError: unknown names, priors without support, no towns.
    """
    problems = [one_of(f"priors.{name}", name, PARAMETERS) for name in priors or {} if name not in PARAMETERS]
    if not towns:
        problems.append(Problem("towns", "none", Say("one municipality or more", "een gemeente of meer")))
    if NEW in towns:
        allowed = Say(f"another name than '{NEW}'", f"een andere naam dan '{NEW}'")
        problems.append(Problem("towns", NEW, allowed))
    known = {name: (priors or {}).get(name, each) for name, each in PARAMETERS.items()}
    for each in known.values():
        if each.sd > 0 and not support(each) > 1e-6:
            allowed = Say(
                f"a prior with support within {each.low:g} .. {each.high:g}",
                f"een prior met steun binnen {each.low:g} .. {each.high:g}",
            )
            problems.append(Problem(f"priors.{each.name}", f"{each.value:g} ± {each.sd:g}", allowed))
    InputError.raise_if(problems)
    varied = {name: each for name, each in known.items() if each.sd > 0}
    names = [*varied, *(f"tau.{name}" for name in POOLED)]
    names += [f"{town}:{name}" for town in (*towns, NEW) for name in POOLED]
    read = {town: tuple(found) for town, found in (codes or {}).items() if found}
    names += [f"code.{town}.{name}" for town, found in read.items() for name in found]
    names += [f"bias.{name}" for name in biases or {}]
    names += [f"selection.{name}" for name in selections or {}]
    names += [f"error.{name}" for name in errors]
    fixed = {name: each.value for name, each in known.items() if not each.sd and each != PARAMETERS[name]}
    return Space(tuple(towns), tuple(names), varied, dict(biases or {}), fixed, read, dict(selections or {}))
