"""One page for the council, made of a question and handed over as a file to print."""

from __future__ import annotations

import base64

from starlette.requests import Request
from starlette.responses import Response

from app.studio import question as questions
from app.studio.page import render
from app.studio.views.shared import View, asked
from sim.problems import InputError, Problem, Say

__all__ = ["ROUTES"]

# Sizes at which the verdict of a headline is steady.
SIZES = {"people": 3000, "draws": 30, "seeds": 4}


async def council(request: Request) -> Response:
    """Make the page of one side against the first."""
    query = {name: value for name, value in request.query_params.items() if name not in ("side", "clients", "kind")}
    letter, kind = request.query_params.get("side", "b"), request.query_params.get("kind", "html")
    clients = request.query_params.get("clients", "").strip().replace(".", "")
    problems: list[Problem] = []
    question = questions.default_question()
    try:
        question = questions.from_query(query)
    except InputError as error:
        problems += error.problems
    letters = questions.LETTERS[1 : len(question.sides)]
    if letter not in letters:
        problems.append(Problem("side", letter, Say(f"one of {', '.join(letters)}", f"één van {', '.join(letters)}")))
    if clients and not (clients.isdigit() and len(clients) < 9):
        problems.append(Problem("clients", clients, Say("a whole number", "een geheel getal")))
    address = questions.to_query(question)
    if problems:
        return render(request, "council.html", 422, question=question, address=address, problems=problems)
    data = {
        "against": questions.to_toml(question, 0),
        "plan": questions.to_toml(question, questions.LETTERS.index(letter)),
        "clients": int(clients) if clients else None,
        "kind": kind,
        "lang": request.path_params["lang"],
        **SIZES,
    }
    found = await asked(request, "council", data, limit=600.0, work=True)
    if "content" not in found:
        return render(request, "council.html", 422, question=question, address=address, answer=found)
    headers = {"content-disposition": f'attachment; filename="{found["name"]}"'}
    return Response(base64.b64decode(found["content"]), headers=headers, media_type=found["media"])


ROUTES: tuple[tuple[str, View, str], ...] = (("/{lang:lang}/council", council, "GET"),)
