"""Plan a trial: sizes and lengths by slider or number; power, cost and value; the protocol as text."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.studio.page import render
from app.studio.views.shared import NOTHING, View, asked
from sim.problems import Problem, Say

__all__ = ["ROUTES"]

_BOUNDS = {"months": (1, 120), "follow_up": (1, 120), "per_arm": (10, 5000)}


async def plan(request: Request) -> Response:
    """The form; with ``answer=1`` the designs are simulated and the answer is in the page."""
    query = request.query_params
    told = await asked(request, "plans", {})
    chosen = {name: query.get(name, "").strip() for name in ("plan", *_BOUNDS)}
    chosen["plan"] = chosen["plan"] or "nijmegen_as_run"
    problems: list[Problem] = []
    numbers = {name: _numbers(name, chosen[name], problems) for name in _BOUNDS}
    found: dict[str, Any] = dict(NOTHING)
    if query.get("answer") == "1" and not problems:
        found = await asked(request, "plan", {"plan": chosen["plan"], **numbers}, limit=900.0, work=True)
    status = 422 if problems or found["problems"] else 200
    return render(request, "plan.html", status, plans=told, chosen=chosen, problems=problems, answer=found)


def _numbers(name: str, text: str, problems: list[Problem]) -> list[int]:
    """Return whole numbers separated by commas or spaces; several make a design each."""
    low, high = _BOUNDS[name]
    words = [word for word in re.split(r"[,;\s]+", text) if word]
    if len(words) > 4 or any(not word.isdigit() or not low <= int(word) <= high for word in words):
        allowed = Say(f"up to four whole numbers, {low} .. {high}", f"tot vier gehele getallen, {low} .. {high}")
        problems.append(Problem(name, text[:40], allowed))
        return []
    return [int(word) for word in words]


ROUTES: tuple[tuple[str, View, str], ...] = (("/{lang:lang}/plan", plan, "GET"),)
