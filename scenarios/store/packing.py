"""Arrays as compressed bytes and back, exactly."""

from __future__ import annotations

import json
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ENCODING", "pack", "unpack"]

ENCODING = "shuffle+zlib"


def pack(values: npt.NDArray[Any]) -> tuple[bytes, str, str]:
    """Return the bytes, the type and the shape of an array; bytes of equal significance stand together."""
    flat = np.ascontiguousarray(values)
    flat = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
    planes = np.ascontiguousarray(flat.reshape(-1).view(np.uint8).reshape(-1, flat.dtype.itemsize).T)
    return zlib.compress(planes.tobytes(), 1), flat.dtype.str, json.dumps(list(values.shape))


def unpack(data: bytes, dtype: str, shape: str, encoding: str) -> npt.NDArray[Any]:
    """Return the array that `pack` wrote.

    Raises:
        ValueError: the bytes are not what `pack` wrote (`zlib.error` is turned into it).
    """
    if encoding != ENCODING:
        raise ValueError(f"unknown encoding {encoding}")
    kind = np.dtype(dtype)
    try:
        planes = np.frombuffer(zlib.decompress(data), dtype=np.uint8)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    flat = np.ascontiguousarray(planes.reshape(kind.itemsize, -1).T).reshape(-1).view(kind)
    return flat.reshape(json.loads(shape))
