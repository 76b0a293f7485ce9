"""A posterior as a netCDF file that ArviZ and others read: written whole or not at all, refused when changed.

Groups: ``posterior`` (chain, draw: one variable per parameter of a new municipality, by its name; what differs in
a town as ``town:name``; the fit's own coordinates ``latent``), ``sample_stats`` (``lp``), ``log_likelihood`` (per
row), ``prior``, ``posterior_predictive``, ``observed_data`` and ``constant_data`` (units, bounds and priors of the
parameters, those that are held fixed, sampling covariance of the rows).
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from calibration.posteriors.posterior import NEW, Posterior, Predictive
from sim.parameters import PARAMETERS
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    import h5netcdf
    import h5py

__all__ = ["FORMAT", "GROUPS", "from_bytes", "load", "save", "to_bytes"]

FORMAT = 2
GROUPS = ("posterior", "prior", "posterior_predictive", "observed_data", "constant_data")
_MARKS = (b"\x89HDF\r\n\x1a\n",)


def save(posterior: Posterior, path: Path) -> Path:
    """Write the posterior to `path`, at once: what was there stays until all of it is on the disk.

    Raises:
        InputError: a folder that is not there or may not be written to, a full disk.
    """
    partial = path.with_name(f".{path.name[:60]}.{os.getpid()}.partial")
    try:
        _write(posterior, partial)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        if path.exists():
            partial.chmod(path.stat().st_mode)
        os.replace(partial, path)
    except OSError as error:
        allowed = Say(
            "a file in a folder with room that may be written to",
            "een bestand in een map met ruimte waarin geschreven mag worden",
        )
        raise InputError([Problem(str(path), error.strerror or str(error)[:100], allowed)]) from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def load(path: Path) -> Posterior:
    """Return the posterior of a file, checked against its hashes.

    Raises:
        InputError: not there, no netCDF, cut off, changed afterwards, groups missing, or of a model with
            other parameters.
    """
    name = str(path)
    if "\x00" in name or not path.is_file():
        allowed = Say(
            "the file of a posterior (bijstand posterior list)",
            "het bestand van een posterior (bijstand posterior list)",
        )
        raise InputError([Problem("posterior", name.replace("\x00", "?"), allowed)])
    try:
        return from_bytes(path.read_bytes(), name)
    except OSError as error:
        allowed = Say("a file that may be read", "een bestand dat gelezen mag worden")
        raise InputError([Problem("posterior", f"{name}: {error.strerror}", allowed)]) from error


def to_bytes(posterior: Posterior) -> bytes:
    """Return the file of a posterior as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        return save(posterior, Path(folder) / "posterior.nc").read_bytes()


def from_bytes(data: bytes, place: str = "posterior") -> Posterior:
    """Return the posterior of the bytes of a file; `place` names it in messages.

    Raises:
        InputError: see `load`.
    """
    import io

    import h5py  # plain HDF5: to look up what netCDF adds for each of hundreds of variables takes seconds

    if not data.startswith(_MARKS):
        raise InputError([_not_whole(place, Say("another kind of file", "een ander soort bestand"))])
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            InputError.raise_if(_foreign(file, place))
            return _read(file, place)
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, AttributeError, IndexError) as error:
        raise InputError([_not_whole(place, Say("cut off or damaged", "afgekapt of beschadigd"))]) from error


def _write(posterior: Posterior, path: Path) -> None:
    import h5netcdf

    attributes = json.dumps(dict(posterior.attributes), sort_keys=True)
    chains = _chains(posterior)
    order = list(PARAMETERS)
    towns = sorted(posterior.towns)
    moved = [
        column
        for column in range(len(order))
        if any((posterior.towns[t][:, column] != posterior.parameters[:, column]).any() for t in towns)
    ]
    with h5netcdf.File(path, "w") as file:
        file.attrs["bijstand_posterior"] = FORMAT
        file.attrs["name"] = posterior.name
        file.attrs["content_sha256"] = posterior.digest
        file.attrs["attributes"] = attributes
        file.attrs["attributes_sha256"] = hashlib.sha256(attributes.encode()).hexdigest()
        for name in ("created", "evidence"):
            file.attrs[name] = str(posterior.attributes.get(name, ""))
        file.attrs["converged"] = int(posterior.converged)
        drawn = _group(file, "posterior", chains, len(posterior))
        moves = [column for column in range(len(order)) if np.ptp(posterior.parameters[:, column]) > 0]
        for column in moves:
            _numbers(drawn, order[column], posterior.parameters[:, column], ())
        for name, values in posterior.places.get(NEW, {}).items():
            _numbers(drawn, f"{NEW}:{name}", values, ())
        for town in towns:
            for column in moved:
                _numbers(drawn, f"{town}:{order[column]}", posterior.towns[town][:, column], ())
        for town, shifts in posterior.places.items():
            for name, values in shifts.items() if town != NEW else ():
                _numbers(drawn, f"{town}:{name}", values, ())
        _names(drawn, "latent_name", list(posterior.latent_names))
        _numbers(drawn, "latent", posterior.latent, ("latent_name",))
        if posterior.log_posterior.size:
            stats = _group(file, "sample_stats", chains, len(posterior))
            _numbers(stats, "lp", posterior.log_posterior, ())
        if posterior.predictive.log_likelihood.size:
            likely = _group(file, "log_likelihood", chains, len(posterior))
            _names(likely, "row", list(posterior.predictive.rows))
            _numbers(likely, "moment", posterior.predictive.log_likelihood, ("row",))
        before = _group(file, "prior", 1, len(posterior.prior))
        for column in range(len(order)):
            if np.ptp(posterior.prior[:, column]) > 0:
                _numbers(before, order[column], posterior.prior[:, column], ())
        predicted = _group(file, "posterior_predictive", chains, len(posterior))
        _names(predicted, "row", list(posterior.predictive.rows))
        _numbers(predicted, "moment", posterior.predictive.simulated, ("row",))
        observed = file.create_group("observed_data")
        _names(observed, "row", list(posterior.predictive.rows))
        _variable(observed, "moment", ("row",), posterior.predictive.published)
        _constants(file, posterior, order)


def _constants(file: h5netcdf.File, posterior: Posterior, order: list[str]) -> None:
    group = file.create_group("constant_data")
    _names(group, "parameter", order)
    _names(group, "row", list(posterior.predictive.rows))
    _names(group, "row2", list(posterior.predictive.rows))
    _names(group, "town", sorted(posterior.towns))
    _variable(group, "held", ("parameter",), posterior.parameters[0])
    _variable(
        group, "held_prior", ("parameter",), posterior.prior[0] if len(posterior.prior) else posterior.parameters[0]
    )
    _variable(group, "covariance", ("row", "row2"), posterior.predictive.covariance)
    for name in ("unit", "law", "text"):
        texts = [str(getattr(each, name)) for each in PARAMETERS.values()]
        _texts(group, name, "parameter", texts)
    given = posterior.attributes.get("settings", {}).get("other_priors", {})
    for name in ("value", "low", "high", "sd"):
        numbers = np.array([given.get(each.name, {}).get(name, getattr(each, name)) for each in PARAMETERS.values()])
        _variable(group, f"prior_{name}", ("parameter",), numbers)


def _group(file: h5netcdf.File, name: str, chains: int, draws: int) -> h5netcdf.Group:
    group = file.create_group(name)
    for dimension, size in (("chain", chains), ("draw", draws // chains)):
        group.dimensions[dimension] = size
        group.create_variable(dimension, (dimension,), data=np.arange(size, dtype=np.int32))
    return group


def _names(group: h5netcdf.Group, dimension: str, names: list[str]) -> None:
    group.dimensions[dimension] = len(names)
    _texts(group, dimension, dimension, names)


def _texts(group: h5netcdf.Group, name: str, dimension: str, texts: list[str]) -> None:
    import h5py

    found = group.create_variable(name, (dimension,), dtype=h5py.string_dtype())
    if texts:
        found[...] = np.array(texts, dtype=object)


def _numbers(group: h5netcdf.Group, name: str, values: npt.NDArray[Any], more: tuple[str, ...]) -> None:
    chains, draws = group.dimensions["chain"].size, group.dimensions["draw"].size
    _variable(group, name, ("chain", "draw", *more), values.reshape(chains, draws, *values.shape[1:]))


def _variable(group: h5netcdf.Group, name: str, dimensions: tuple[str, ...], values: npt.NDArray[Any]) -> None:
    single = np.asarray(values, dtype="<f4")
    settings: dict[str, Any] = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
    group.create_variable(name, dimensions, data=single, **(settings if single.size else {}))


def _chains(posterior: Posterior) -> int:
    """Return the number of chains, when the draws stand chain after chain."""
    chains = posterior.attributes.get("settings", {}).get("chains", 1)
    whole = isinstance(chains, int) and chains >= 1 and len(posterior) % chains == 0
    return chains if whole else 1


def _foreign(file: h5py.File, place: str) -> list[Problem]:
    """Return what makes the file another thing than a posterior of this model; all of it."""
    problems: list[Problem] = []
    version = file.attrs.get("bijstand_posterior")
    number = None if version is None else int(np.ravel(version)[0])
    if number != FORMAT:
        told = Say(f"a posterior of this program (format {FORMAT})", f"een posterior van dit programma ({FORMAT})")
        problems.append(Problem(place, f"format {number}", told))
    missing = [name for name in GROUPS if name not in file]
    problems += [
        Problem(f"{place}: {name}", "missing", Say("a group of the file", "een groep van het bestand"))
        for name in missing
    ]
    if "constant_data" in file and "parameter" in file["constant_data"]:
        problems += _other_model(_read_texts(file["constant_data"], "parameter"), place)
    elif "constant_data" in file:
        problems.append(Problem(f"{place}: constant_data/parameter", "missing", Say("names", "namen")))
    return problems


def _other_model(names: list[str], place: str) -> list[Problem]:
    """Return how the parameters of a file differ from those of this version of the model."""
    mine = list(PARAMETERS)
    if names == mine:
        return []
    gone = [name for name in names if name not in PARAMETERS]
    new = [name for name in mine if name not in set(names)]
    told = [f"{len(gone)} unknown ({', '.join(gone[:3])})"] * bool(gone)
    told += [f"{len(new)} missing ({', '.join(new[:3])})"] * bool(new)
    allowed = Say(
        "the parameters of this version of the model, in their order: fit again (bijstand calibrate)",
        "de parameters van deze versie van het model, in hun volgorde: fit opnieuw (bijstand calibrate)",
    )
    return [Problem(f"{place}: parameters", "; ".join(told) or "another order", allowed)]


def _read(file: h5py.File, place: str) -> Posterior:
    text = _text(file.attrs["attributes"])
    drawn, held = file["posterior"], file["constant_data"]
    order = list(PARAMETERS)
    latent = _flat(drawn["latent"])
    parameters = _columns(drawn, order, np.asarray(held["held"][...], dtype=np.float64), len(latent))
    towns = {town: parameters.copy() for town in _read_texts(held, "town")}
    places: dict[str, dict[str, npt.NDArray[np.float64]]] = {}
    for name in drawn:
        town, mark, what = name.partition(":")
        if mark and what in PARAMETERS:
            towns[town][:, order.index(what)] = _flat(drawn[name])
        elif mark:
            places.setdefault(town, {})[what] = _flat(drawn[name])
    prior = _columns(
        file["prior"], order, np.asarray(held["held_prior"][...], dtype=np.float64), len(file["prior"]["draw"])
    )
    likely = _flat(file["log_likelihood"]["moment"]) if "log_likelihood" in file else np.zeros((0, 0))
    density = _flat(file["sample_stats"]["lp"]) if "sample_stats" in file else np.zeros(0)
    rows = tuple(_read_texts(file["observed_data"], "row"))
    predictive = Predictive(
        rows,
        np.asarray(file["observed_data"]["moment"][...], dtype=np.float64),
        _flat(file["posterior_predictive"]["moment"]),
        np.asarray(file["constant_data"]["covariance"][...], dtype=np.float64),
        likely,
    )
    with warnings.catch_warnings():  # a changed file may hold what does not fit; the hash tells it
        warnings.simplefilter("ignore", RuntimeWarning)
        found_posterior = Posterior(
            _text(file.attrs["name"]),
            parameters,
            towns,
            places,
            latent,
            tuple(_read_texts(drawn, "latent_name")),
            prior,
            predictive,
            json.loads(text),
            density,
        )
    problems: list[Problem] = []
    changed = Say("what was written: it was changed afterwards", "wat er geschreven is: het is daarna veranderd")
    if hashlib.sha256(text.encode()).hexdigest() != _text(file.attrs["attributes_sha256"]):
        problems.append(Problem(f"{place}: attributes", "changed", changed))
    if found_posterior.digest != _text(file.attrs["content_sha256"]):
        problems.append(Problem(f"{place}: content_sha256", "changed", changed))
    InputError.raise_if(problems)
    return found_posterior


def _columns(group: Any, order: list[str], held: npt.NDArray[np.float64], draws: int) -> npt.NDArray[np.float64]:
    """Return parameters [draws, P]: drawn ones from their variables, the others as they are held."""
    found = np.tile(held, (draws, 1))
    for column, name in enumerate(order):
        if name in group:
            found[:, column] = _flat(group[name])
    return found


def _flat(variable: Any) -> npt.NDArray[np.float64]:
    """Return a variable of (chain, draw, ...) as [S, ...]."""
    values = np.asarray(variable[...], dtype=np.float64)
    return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])


def _read_texts(group: Any, name: str) -> list[str]:
    return [_text(each) for each in group[name][...]]


def _text(value: Any) -> str:
    one = np.ravel(value)[0] if isinstance(value, np.ndarray) else value
    return one.decode() if isinstance(one, bytes) else str(one)


def _not_whole(place: str, why: Say) -> Problem:
    allowed = Say(
        f"a posterior in netCDF as it was written: this is {why.en}",
        f"een posterior in netCDF zoals die geschreven is: dit is {why.nl}",
    )
    return Problem("posterior", place, allowed)
