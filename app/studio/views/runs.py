"""Stored runs: the list, one run, side by side, its files; names, proofs and finishing."""

from __future__ import annotations

import base64
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.studio import question as questions
from app.studio.page import render
from app.studio.views.ask import data_of
from app.studio.views.shared import NOTHING, View, asked, form_of
from sim.problems import InputError

__all__ = ["ROUTES"]

KEPT = {"people": 5000, "draws": 30, "seeds": 4}


async def runs(request: Request) -> Response:
    """The list; with ``run`` given twice, two runs side by side."""
    chosen = request.query_params.getlist("run")[:2]
    found = await asked(request, "runs", {})
    both = chosen if len(chosen) == 2 else []
    beside = [await asked(request, "run", {"run": each}, limit=60.0) for each in both]
    return render(request, "runs.html", answer=found, beside=beside)


async def run(request: Request) -> Response:
    """One run."""
    found = await asked(request, "run", {"run": request.path_params["run"]}, limit=60.0)
    return render(request, "run.html", 404 if found["problems"] else 200, answer=found, told=None)


async def file(request: Request) -> Response:
    """One file of a run."""
    parts = request.path_params
    data = {"run": parts["run"], "kind": parts["kind"], "lang": parts["lang"]}
    found = await asked(request, "files", data, limit=120.0, work=True)
    if "content" not in found:
        return render(request, "run.html", 404, answer=found, told=None)
    # Always a download: a report has a style of its own, which no page of the studio may have.
    headers = {"content-disposition": f'attachment; filename="{found["name"]}"'}
    return Response(base64.b64decode(found["content"]), headers=headers, media_type=found["media"])


async def keep(request: Request) -> Response:
    """Simulate a question in full size and keep the run; it can be finished when it stops."""
    form = await form_of(request, 0, 200)
    try:
        question = questions.from_query({k: str(v) for k, v in form.items() if k not in ("title", "parent")})
    except InputError as error:
        nothing = {**NOTHING, "runs": [], "unfinished": [], "count": 0}
        return render(request, "runs.html", 422, answer=nothing, beside=[], problems=list(error.problems))
    data = data_of(question, KEPT) | {name: str(form.get(name, "")) for name in ("title", "parent")}
    found = await asked(request, "keep", data, limit=1800.0, work=True)
    lang = request.path_params["lang"]
    if "run_id" in found:
        return RedirectResponse(f"/{lang}/runs/{found['run_id']}", 303)
    return render(request, "run.html", 422, answer=found, told=None)


async def change(request: Request) -> Response:
    """Rename a run, prove it, or finish it."""
    form = await form_of(request, 0, 5)
    name, what = request.path_params["run"], request.path_params["what"]
    data: dict[str, Any] = {"run": name} | ({"title": str(form.get("title", ""))} if what == "rename" else {})
    told = await asked(request, what, data, limit=1800.0, work=True)
    if told["problems"] or what == "verify":
        found = await asked(request, "run", {"run": name}, limit=60.0)
        return render(request, "run.html", 422 if told["problems"] else 200, answer=found, told=told)
    return RedirectResponse(f"/{request.path_params['lang']}/runs/{name}", 303)


ROUTES: tuple[tuple[str, View, str], ...] = (
    ("/{lang:lang}/runs", runs, "GET"),
    ("/{lang:lang}/runs", keep, "POST"),
    ("/{lang:lang}/runs/{run}", run, "GET"),
    ("/{lang:lang}/runs/{run}/file.{kind}", file, "GET"),
    ("/{lang:lang}/runs/{run}/{what:change}", change, "POST"),
)
