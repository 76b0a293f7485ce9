"""Arrays as compressed bytes and back, exactly.

Means are kept as what they came from: the engine's sums are whole numbers of 2**-20, so a mean is stored as
that whole number, and divided by the same people again on the way back. Where that would lose one bit, the
bytes of the mean itself are kept.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BYTES", "SUMS", "Packed", "pack", "pack_means", "strata_of", "unpack"]

BYTES = "shuffle+zstd"
SUMS = "sums+zstd"
_FIRST = "shuffle+zlib"  # what version 0001 wrote
_UNIT = 2.0**20
_MOST = 2.0**62

# Bytes, type, shape, encoding.
Packed = tuple[bytes, str, str, str]


def pack(values: npt.NDArray[Any]) -> Packed:
    """Return the bytes, type, shape and encoding of an array; bytes of equal significance stand together."""
    flat = np.ascontiguousarray(values)
    flat = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
    return _squeeze(_planes(flat)), flat.dtype.str, json.dumps(list(values.shape)), BYTES


def pack_means(values: npt.NDArray[np.float64], people: npt.NDArray[np.int64], groups: Sequence[str]) -> Packed:
    """Return means over people, packed as sums where that is exact.

    Args:
        values: [..., group, month, measure].
        people: [..., group, month].
        groups: names along the axis of groups; those that share a title before the colon divide the first.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        real = np.nan_to_num(values * people[..., None] * _UNIT, nan=0.0)
    if not values.size or np.abs(real).max() >= _MOST:
        return pack(values)
    sums = np.rint(real).astype(np.int64)
    if _means(sums, people).tobytes() != np.ascontiguousarray(values).tobytes():
        return pack(values)
    strata = strata_of(groups)
    rest = np.moveaxis(_apart(sums, strata), -1, 0)
    shifts = [_zeros(each) for each in rest]
    frames = [_squeeze(_planes(_steps(each >> shift))) for each, shift in zip(rest, shifts, strict=True)]
    head = {"strata": strata, "shifts": shifts, "sizes": [len(frame) for frame in frames]}
    text = json.dumps(head).encode()
    data = b"".join([len(text).to_bytes(4, "little"), text, *frames])
    return data, "<f8", json.dumps(list(values.shape)), SUMS


def unpack(
    data: bytes, dtype: str, shape: str, encoding: str, people: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[Any]:
    """Return the array that `pack` or `pack_means` wrote (the latter needs the people again).

    Raises:
        ValueError: the bytes are not what was written.
    """
    try:
        sizes = tuple(json.loads(shape))
        if encoding == SUMS:
            if people is None:
                raise ValueError("people are missing")
            return _means(_sums(data, sizes), people)
        kind = np.dtype(dtype)
        count = int(np.prod(sizes)) * kind.itemsize
        if encoding == _FIRST:
            planes = zlib.decompress(data)
        elif encoding == BYTES:
            planes = _widen(data, count)
        else:
            raise ValueError(f"unknown encoding {encoding}")
        return _whole(planes, kind).reshape(sizes)
    except (zlib.error, OSError, TypeError, KeyError, IndexError, OverflowError, MemoryError) as error:
        raise ValueError(str(error)) from error


def strata_of(groups: Sequence[str]) -> list[list[int]]:
    """Return the places of the groups that divide everybody, by their common title."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(groups):
        if ": " in name and place:
            found.setdefault(name.split(": ")[0], []).append(place)
    return [places for places in found.values() if len(places) > 1]


def _means(sums: npt.NDArray[np.int64], people: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    # As `scenarios.execution.run` divides: a group of nobody has no mean.
    with np.errstate(invalid="ignore"):
        found: npt.NDArray[np.float64] = (sums / _UNIT) / np.where(people > 0, people, np.nan)[..., None]
    return found


def _sums(data: bytes, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    length = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + length])
    place = 4 + length
    one = shape[:-1]
    found = np.empty((shape[-1], *one), dtype=np.int64)
    for measure, (shift, size) in enumerate(zip(head["shifts"], head["sizes"], strict=True)):
        planes = _widen(data[place : place + size], int(np.prod(one)) * 8)
        place += size
        steps = _whole(planes, np.dtype("<u8")).reshape(one)
        whole = (steps >> np.uint64(1)).astype(np.int64) ^ -(steps & np.uint64(1)).astype(np.int64)
        found[measure] = np.cumsum(whole, axis=-1) << shift
    if place != len(data):
        raise ValueError("bytes left over")
    return _together(np.moveaxis(found, 0, -1), head["strata"])


def _apart(sums: npt.NDArray[np.int64], strata: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
    """Keep of the last group of each stratum only what the others do not tell: nothing, as a rule."""
    rest = sums.copy()
    for places in strata:
        others = sums[..., list(places[:-1]), :, :].sum(axis=-3)
        rest[..., places[-1], :, :] -= sums[..., 0, :, :] - others
    return rest


def _together(rest: npt.NDArray[np.int64], strata: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
    sums = np.ascontiguousarray(rest)
    for places in strata:
        others = sums[..., list(places[:-1]), :, :].sum(axis=-3)
        sums[..., places[-1], :, :] += sums[..., 0, :, :] - others
    return sums


def _zeros(values: npt.NDArray[np.int64]) -> int:
    """Return how many last bits are zero in all values: counts of people are whole, their bits are few."""
    bits = int(np.bitwise_or.reduce(values.reshape(-1)))
    return 0 if bits == 0 else (bits & -bits).bit_length() - 1


def _steps(values: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return the differences between months, small ones of either sign as small numbers."""
    steps = np.diff(values, axis=-1, prepend=0)
    return ((steps << 1) ^ (steps >> 63)).astype("<u8")


def _planes(flat: npt.NDArray[Any]) -> bytes:
    flat = np.ascontiguousarray(flat)
    return np.ascontiguousarray(flat.reshape(-1).view(np.uint8).reshape(-1, flat.dtype.itemsize).T).tobytes()


def _whole(planes: bytes, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    raw = np.frombuffer(planes, dtype=np.uint8).reshape(kind.itemsize, -1)
    return np.ascontiguousarray(raw.T).reshape(-1).view(kind)


def _squeeze(data: bytes) -> bytes:
    import pyarrow as pa

    squeezed: bytes = pa.compress(data, codec="zstd", asbytes=True)
    return squeezed


def _widen(data: bytes, size: int) -> bytes:
    import pyarrow as pa

    widened: bytes = pa.decompress(data, decompressed_size=size, codec="zstd", asbytes=True)
    if len(widened) != size:
        raise ValueError("another size")
    return widened
