"""One page for the council about one side of a question: the page of `bijstand council`, as HTML or PDF."""

from __future__ import annotations

import base64
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.studio.answers.shared import posterior_of, watching
from sim.problems import InputError, one_of

__all__ = ["council"]

_MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
_STEP = 4


def council(
    data: Mapping[str, Any], environment: Mapping[str, Any], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Return the page as a file.

    Args:
        data: ``against``, ``plan``: scenario files as texts; ``clients``: of the whole town, or None; ``kind``:
            html or pdf; ``lang``; sizes.
        environment: database and posterior of the studio.
        progress: told replicates done and all.
    """
    from app.answering.council import CouncilRequest, write
    from app.answering.council import council as answer
    from app.answering.request import RunSettings
    from scenarios.description.schema import read_scenario

    kind = str(data["kind"])
    if kind not in _MEDIA:
        raise InputError([one_of("kind", kind, _MEDIA)])
    against, plan = (
        read_scenario(tomllib.loads(text), text=text, place="studio") for text in (data["against"], data["plan"])
    )
    settings = RunSettings(
        posterior=posterior_of(environment),
        people=data.get("people"),
        draws=data.get("draws"),
        seeds=data.get("seeds"),
        database=environment["database"],
    )
    found = answer(CouncilRequest(plan, settings, against, clients=data.get("clients")), watching(progress, _STEP))
    with tempfile.TemporaryDirectory() as folder:
        paths = write(found, Path(folder), str(data["lang"]), (kind,))
        path = next(each for each in paths if each.suffix == f".{kind}")
        content = base64.b64encode(path.read_bytes()).decode("ascii")
    return {"name": path.name, "media": _MEDIA[kind], "content": content}
