"""The budget of one household under each regime of a question."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.studio import question as questions
from app.studio.jobs import ReplacedError
from app.studio.page import render
from app.studio.views.shared import NOTHING, View, asked
from sim.problems import InputError
from sim.regime.levers import LEVERS

__all__ = ["ROUTES"]

HOUSEHOLD = {"household": "single", "date": "2026-01-01", "age": "40", "cost_sharers": "1", "months_used": "0"}


async def budget(request: Request) -> Response:
    """A form with a household, and net income over earnings for every regime of the question."""
    query = dict(request.query_params)
    query.pop("token", None)
    household = {name: query.pop(name, value).strip() or value for name, value in HOUSEHOLD.items()}
    problems: list[Any] = []
    try:
        question = questions.from_query(query)
    except InputError as error:
        question, problems = questions.default_question(), list(error.problems)
    found: dict[str, Any] = dict(NOTHING)
    if not problems:
        sides = [{name: questions.value_of(side, lever) for name, lever in LEVERS.items()} for side in question.sides]
        try:
            found = await asked(request, "budget", {"household": household, "sides": sides})
        except ReplacedError:
            found = {**NOTHING, "stopped": True}
    return render(
        request,
        "budget.html",
        question=question,
        address=questions.to_query(question),
        household=household,
        problems=problems,
        answer=found,
    )


ROUTES: tuple[tuple[str, View, str], ...] = (("/{lang:lang}/budget", budget, "GET"),)
