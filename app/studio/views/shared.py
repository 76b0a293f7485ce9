"""What the views share: the engines, the visitor, and questions put to an engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.studio.jobs import Engine, Job, StoppedError, TooBusyError

if TYPE_CHECKING:
    from app.studio.server import Settings

__all__ = ["NOTHING", "State", "View", "asked", "event", "form_of", "state_of", "visitor_of"]

View = Callable[[Request], Awaitable[Response]]

# What an answer says of itself when nothing is the matter.
NOTHING: Mapping[str, Any] = {"problems": [], "stopped": False, "busy": False, "defect": "", "preview": False}


@dataclass
class State:
    """What the views share; `jobs`: long work by the visitor who asked for it and its number."""

    settings: Settings
    preview: Engine
    work: Engine
    jobs: dict[tuple[str, int], Job] = field(default_factory=dict)


def state_of(request: Request) -> State:
    """Return what the views share."""
    state: State = request.app.state.studio
    return state


def visitor_of(request: Request) -> str:
    """Return the random name of this visitor."""
    return str(request.state.visitor)


async def asked(
    request: Request, name: str, data: Mapping[str, Any], *, limit: float = 30.0, work: bool = False
) -> dict[str, Any]:
    """Put a question to an engine and wait; what goes wrong is an answer too.

    Raises:
        ReplacedError: a newer question of this visitor took its place.
    """
    state = state_of(request)
    engine = state.work if work else state.preview
    try:
        found: dict[str, Any] = await engine.ask(visitor_of(request), name, data, limit=limit).result
    except StoppedError:
        found = {"stopped": True}
    except TooBusyError:
        found = {"busy": True}
    return {**NOTHING, **found}


def event(name: str, body: bytes | memoryview) -> str:
    """Return one server-sent event."""
    lines = bytes(body).decode().splitlines()
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


async def form_of(request: Request, files: int = 0, fields: int = 3, part: int = 1_000_000) -> FormData:
    """The form of a request; one that cannot be read (a name beyond the parser's limit) is answered with 400."""
    try:
        return await request.form(max_files=files, max_fields=fields, max_part_size=part)
    except MultipartParseError as error:
        raise HTTPException(400) from error
