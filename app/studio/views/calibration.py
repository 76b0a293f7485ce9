"""A researcher's own trial: template, upload, fit in the background."""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.studio.jobs import TooBusyError
from app.studio.page import render
from app.studio.security import MOST_UPLOAD
from app.studio.views.shared import NOTHING, View, asked, form_of, state_of, visitor_of
from sim.problems import Problem, Say

__all__ = ["ROUTES"]


async def calibration(request: Request) -> Response:
    """What can be done here, and the fits of this visitor."""
    return render(request, "calibration.html", jobs=_jobs(request))


async def template(request: Request) -> Response:
    """The template as a file."""
    found = await asked(request, "template", {"kind": request.path_params["kind"]})
    if found["problems"] or "content" not in found:
        return PlainTextResponse("no such template\n", 404)
    headers = {"content-disposition": f'attachment; filename="{found["name"]}"'}
    return Response(base64.b64decode(found["content"]), headers=headers, media_type="application/octet-stream")


async def upload(request: Request) -> Response:
    """Check an uploaded file; keep it when asked and nothing is wrong."""
    form = await form_of(request, 1, 5, MOST_UPLOAD)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        problem = Problem("file", "", Say("a .csv or .xlsx file", "een .csv- of .xlsx-bestand"))
        return render(request, "calibration.html", 422, jobs=_jobs(request), problems=[problem])
    content = await file.read(MOST_UPLOAD + 1)
    if len(content) > MOST_UPLOAD:
        allowed = Say(f"at most {MOST_UPLOAD // 1_000_000} MB", f"hoogstens {MOST_UPLOAD // 1_000_000} MB")
        problem = Problem("file", f"{len(content)} bytes", allowed)
        return render(request, "calibration.html", 422, jobs=_jobs(request), problems=[problem])
    data = {"content": content, "suffix": PurePosixPath(file.filename).suffix[:10], "keep": form.get("keep") == "1"}
    found = await asked(request, "check_trial", data, limit=60.0)
    status = 422 if found["problems"] else 200
    return render(request, "calibration.html", status, jobs=_jobs(request), answer=found)


async def fit(request: Request) -> Response:
    """Begin a quick fit of an imported trial in the background."""
    form = await form_of(request, 0, 3)
    state, visitor = state_of(request), visitor_of(request)
    try:
        job = state.work.ask(visitor, "fit", {"trial": str(form.get("trial", ""))}, limit=3600.0)
    except TooBusyError:
        return render(request, "calibration.html", 503, jobs=_jobs(request), answer={**NOTHING, "busy": True})
    state.jobs[visitor, job.number] = job
    return RedirectResponse(f"/{request.path_params['lang']}/calibration", 303)


async def stop(request: Request) -> Response:
    """Stop a fit of this visitor."""
    state, key = state_of(request), (visitor_of(request), int(request.path_params["number"]))
    if key in state.jobs:
        state.work.stop(state.jobs.pop(key))
    return RedirectResponse(f"/{request.path_params['lang']}/calibration", 303)


def _jobs(request: Request) -> list[dict[str, Any]]:
    """Return the fits of this visitor: under way with progress, or done with what was found."""
    state, visitor = state_of(request), visitor_of(request)
    told: list[dict[str, Any]] = []
    for (who, number), job in state.jobs.items():
        if who != visitor or job.name != "fit":
            continue
        failed = job.result.done() and job.result.exception() is not None
        made = {} if not job.result.done() else {"stopped": True} if failed else job.result.result()
        told.append(
            {
                "number": number,
                "trial": job.data["trial"],
                "done": job.result.done(),
                "progress": job.progress,
                "place": state.work.place(job),
                "answer": {**NOTHING, **made},
            }
        )
    return told


ROUTES: tuple[tuple[str, View, str], ...] = (
    ("/{lang:lang}/calibration", calibration, "GET"),
    ("/{lang:lang}/calibration", upload, "POST"),
    ("/{lang:lang}/calibration/template.{kind}", template, "GET"),
    ("/{lang:lang}/calibration/fit", fit, "POST"),
    ("/{lang:lang}/calibration/stop/{number:int}", stop, "POST"),
)
