"""The what-if view: a question by its address, a preview at once, refined while one reads, kept on request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from app.studio import question as questions
from app.studio.jobs import ReplacedError, StoppedError, TooBusyError
from app.studio.page import render
from app.studio.views.shared import NOTHING, View, asked, event, state_of, visitor_of
from sim.problems import InputError

__all__ = ["PREVIEW", "REFINED", "ROUTES"]

PREVIEW = {"people": 1000, "draws": 8, "seeds": 1}
REFINED = {"people": 2000, "draws": 20, "seeds": 2}


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
    found = None
    if wanted and not problems:
        try:
            found = await asked(request, "whatif", data_of(question, PREVIEW)) | {"preview": True}
        except ReplacedError:
            found = {**NOTHING, "stopped": True}
    return render(request, "ask.html", question=question, address=address, problems=problems, answer=found)


async def answer(request: Request) -> Response:
    """The answer as a fragment: a preview at once, which connects to the stream that refines it."""
    try:
        question = questions.from_query(dict(request.query_params))
    except InputError as error:
        return render(request, "answer.html", problems=list(error.problems))
    try:
        found = await asked(request, "whatif", data_of(question, PREVIEW)) | {"preview": True}
    except ReplacedError:
        return Response(status_code=204)  # a newer question of this visitor is on its way
    address = questions.to_query(question)
    response = render(request, "answer.html", question=question, answer=found, address=address, refine=True)
    response.headers["HX-Push-Url"] = f"/{request.path_params['lang']}/ask?{address}"
    return response


async def refine(request: Request) -> Response:
    """Server-sent events: progress each second, then the refined answer. Closing the stream stops the work."""
    try:
        question = questions.from_query(dict(request.query_params))
    except InputError as error:
        return PlainTextResponse(str(error), 422)
    engine = state_of(request).work
    try:
        job = engine.ask(visitor_of(request), "whatif", data_of(question, REFINED), limit=300.0)
    except TooBusyError:
        return PlainTextResponse("busy", 503)

    async def events() -> AsyncIterator[str]:
        try:
            async for done, total in job.told():
                yield event("progress", render(request, "progress.html", done=done, total=total).body)
            found = {**NOTHING, **await job.result}
            address = questions.to_query(question)
            page = render(request, "answer.html", question=question, answer=found, address=address)
            yield event("done", page.body)
        except StoppedError:
            yield event("done", render(request, "stopped.html").body)
        except asyncio.CancelledError:
            engine.stop(job)
            raise
        finally:
            if not job.result.done():
                engine.stop(job)

    return StreamingResponse(events(), media_type="text/event-stream")


async def scenario(request: Request) -> Response:
    """One side of the question as a scenario file."""
    try:
        question = questions.from_query(dict(request.query_params))
    except InputError as error:
        return PlainTextResponse(str(error), 422)
    letter = request.path_params["letter"]
    place = questions.LETTERS.index(letter) if letter in questions.LETTERS else len(question.sides)
    if place >= len(question.sides):
        return PlainTextResponse("no such regime\n", 404)
    text = questions.to_toml(question, place)
    headers = {"content-disposition": f'attachment; filename="{letter}.toml"'}
    return PlainTextResponse(text, headers=headers, media_type="application/toml")


def data_of(question: questions.Question, sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return a question as the engine takes it."""
    return {"sides": [questions.to_toml(question, place) for place in range(len(question.sides))], **sizes}


ROUTES: tuple[tuple[str, View, str], ...] = (
    ("/", first, "GET"),
    ("/{lang:lang}/ask", ask, "GET"),
    ("/{lang:lang}/answer", answer, "GET"),
    ("/{lang:lang}/refine", refine, "GET"),
    ("/{lang:lang}/scenario/{letter}", scenario, "GET"),
)
