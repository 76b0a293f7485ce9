"""Pages and fragments of the what-if view; every page works without script, by GET."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from app.studio import question as questions
from app.studio.jobs import Engine, ReplacedError, StoppedError, TooBusyError
from app.studio.page import render
from sim.problems import InputError

if TYPE_CHECKING:
    from app.studio.server import Settings

__all__ = ["ROUTES", "State"]

View = Callable[[Request], Awaitable[Response]]

PREVIEW = {"people": 1000, "draws": 8, "seeds": 1}
REFINED = {"people": 2000, "draws": 20, "seeds": 2}


# What an answer says of itself when nothing is the matter.
NOTHING: Mapping[str, Any] = {"problems": [], "stopped": False, "busy": False, "defect": "", "preview": False}


@dataclass
class State:
    """What the views share."""

    settings: Settings
    preview: Engine
    work: Engine


def state_of(request: Request) -> State:
    """Return what the views share."""
    state: State = request.app.state.studio
    return state


async def first(request: Request) -> Response:
    """Send a visitor to the first view in the language of the studio."""
    return RedirectResponse(f"/{state_of(request).settings.lang}/ask", 303)


async def ask(request: Request) -> Response:
    """The what-if view. With ``answer=1`` (the button, without script) the answer is in the page."""
    lang = request.path_params["lang"]
    query = dict(request.query_params)
    query.pop("token", None)
    wanted = query.pop("answer", "") == "1"
    problems: list[Any] = []
    try:
        question = questions.from_query(query)
    except InputError as error:
        question, problems = questions.default_question(), list(error.problems)
    address = questions.to_query(question)
    if not problems and query and request.url.query not in (address, f"{address}&answer=1"):
        return RedirectResponse(f"/{lang}/ask?{address}" + ("&answer=1" if wanted else ""), 303)
    answer = await _answer(request, question, PREVIEW, preview=True) if wanted and not problems else None
    return render(request, "ask.html", question=question, address=address, problems=problems, answer=answer)


async def answer(request: Request) -> Response:
    """The answer as a fragment: a preview at once, which connects to the stream that refines it."""
    try:
        question = questions.from_query(dict(request.query_params))
    except InputError as error:
        return render(request, "answer.html", question=None, problems=list(error.problems), answer=None, address="")
    try:
        found = await _answer(request, question, PREVIEW, preview=True)
    except ReplacedError:
        return Response(status_code=204)  # a newer question of this visitor is on its way
    address = questions.to_query(question)
    response = render(
        request, "answer.html", question=question, problems=[], answer=found, address=address, refine=True
    )
    response.headers["HX-Push-Url"] = f"/{request.path_params['lang']}/ask?{address}"
    return response


async def refine(request: Request) -> Response:
    """Server-sent events: progress each second, then the refined answer. Closing the stream stops the work."""
    question = questions.from_query(dict(request.query_params))
    engine = state_of(request).work
    try:
        job = engine.ask(visitor_of(request), "whatif", _data(question, REFINED), limit=300.0)
    except TooBusyError:
        return PlainTextResponse("busy", 503)

    async def events() -> AsyncIterator[str]:
        try:
            async for done, total in job.told():
                yield _event("progress", render(request, "progress.html", done=done, total=total).body)
            found = {**NOTHING, **await job.result}
            page = render(
                request,
                "answer.html",
                question=question,
                problems=[],
                answer=found,
                address=questions.to_query(question),
            )
            yield _event("done", page.body)
        except StoppedError:
            yield _event("done", render(request, "stopped.html").body)
        except asyncio.CancelledError:
            engine.stop(job)
            raise
        finally:
            if not job.result.done():
                engine.stop(job)

    return StreamingResponse(events(), media_type="text/event-stream")


def _event(name: str, body: bytes | memoryview) -> str:
    lines = bytes(body).decode().splitlines()
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


async def scenario(request: Request) -> Response:
    """One side of the question as a scenario file."""
    question = questions.from_query(dict(request.query_params))
    letter = request.path_params["letter"]
    place = questions.LETTERS.index(letter) if letter in questions.LETTERS else len(question.sides)
    if place >= len(question.sides):
        return PlainTextResponse("no such regime\n", 404)
    text = questions.to_toml(question, place)
    headers = {"content-disposition": f'attachment; filename="{letter}.toml"'}
    return PlainTextResponse(text, headers=headers, media_type="application/toml")


def visitor_of(request: Request) -> str:
    """Return the random name of this visitor."""
    return str(request.state.visitor)


def _data(question: questions.Question, sizes: Mapping[str, int]) -> dict[str, Any]:
    return {"sides": [questions.to_toml(question, place) for place in range(len(question.sides))], **sizes}


async def _answer(
    request: Request, question: questions.Question, sizes: Mapping[str, int], *, preview: bool
) -> dict[str, Any]:
    """Ask the preview engine; what goes wrong is an answer too."""
    try:
        job = state_of(request).preview.ask(visitor_of(request), "whatif", _data(question, sizes), limit=30.0)
        found: dict[str, Any] = await job.result
    except StoppedError:
        found = {"stopped": True}
    except TooBusyError:
        found = {"busy": True}
    return {**NOTHING, **found, "preview": preview}


_GET = ("GET",)
ROUTES: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    ("/", first, _GET),
    ("/{lang:lang}/ask", ask, _GET),
    ("/{lang:lang}/answer", answer, _GET),
    ("/{lang:lang}/refine", refine, _GET),
    ("/{lang:lang}/scenario/{letter}", scenario, _GET),
)
