"""Algorithms of linear algebra and calculus: the list, and a page for each that works it with its steps."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agnesi.study.verbs.algorithms import algorithms, groups
from agnesi.study.web import page
from agnesi.study.work import Unanswered, compute

VERB = "agnesi.study.verbs.algorithms:worked"
FILES = {"tex": ("application/x-tex", "tex"), "txt": ("text/plain", "text")}
SECONDS = 20.0


def listed(request: Request) -> Response:
    """Answer with all algorithms by group."""
    return page(request, "workbench/algorithms.html", groups=groups())


async def one(request: Request) -> Response:
    """Answer with an algorithm worked for what is asked, or for its example."""
    found = algorithms().get(request.path_params["id"])
    if found is None:
        raise HTTPException(404)
    given = {ask.name: request.query_params.get(ask.name, ask.example) for ask in found.asks}
    worked, problem = None, None
    try:
        worked = await compute(request, VERB, found.id, given, seconds=SECONDS)
    except Unanswered as error:
        problem = error.problem
    context = {"algorithm": found, "given": given, "worked": worked, "problem": problem, "query": request.url.query}
    return page(request, "workbench/algorithm.html", 422 if problem else 200, **context)


async def file(request: Request) -> Response:
    """Answer with what was worked as LaTeX or as text."""
    found = algorithms().get(request.path_params["id"])
    form = request.path_params["form"]
    if found is None or form not in FILES:
        raise HTTPException(404)
    given = {ask.name: request.query_params.get(ask.name, ask.example) for ask in found.asks}
    worked = await compute(request, VERB, found.id, given, seconds=SECONDS)
    kind, part = FILES[form]
    headers = {"content-disposition": f'attachment; filename="{found.id}.{form}"'}
    return Response(worked["tex" if part == "tex" else "text"], media_type=f"{kind}; charset=utf-8", headers=headers)


ROUTES = [
    Route("/workbench/algorithms", listed),
    Route("/workbench/algorithms/{id}", one),
    Route("/workbench/algorithms/{id}/file.{form}", file),
]
