"""What the trials found: forest plots per treatment, and every row with what the model makes of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.studio.page import render
from app.studio.views.shared import View, asked

__all__ = ["ROUTES"]


async def evidence(request: Request) -> Response:
    """A forest of one treatment and outcome, and the rows of one study."""
    query = request.query_params
    chosen = {"treatment": query.get("treatment", "guidance"), "measure": query.get("measure", "hours_over_12")}
    forest = await asked(request, "forest", chosen)
    rows = await asked(request, "evidence", {"study": query.get("study", "")})
    return render(request, "evidence.html", forest=forest, rows=rows, chosen=chosen)


ROUTES: tuple[tuple[str, View, str], ...] = (("/{lang:lang}/evidence", evidence, "GET"),)
