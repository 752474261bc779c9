"""Algorithms of linear algebra and calculus: the list, and a page for each that works it with its steps."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agnesi.study.verbs.algorithms import Algorithm, algorithms, groups
from agnesi.study.web import page
from agnesi.study.work import Unanswered, compute

VERB = "agnesi.study.verbs.algorithms:worked"
PICTURE = "agnesi.study.verbs.illustrated:pictured"
FILES = {"tex": ("application/x-tex", "tex"), "txt": ("text/plain", "text")}
SECONDS, QUICK = 20.0, 5.0


def listed(request: Request) -> Response:
    """Answer with all algorithms by group."""
    return page(request, "workbench/algorithms.html", groups=groups())


async def one(request: Request) -> Response:
    """Answer with an algorithm worked for what is asked, or for its example."""
    found = algorithms().get(request.path_params["id"])
    if found is None:
        raise HTTPException(404)
    given = _given(request, found)
    worked, problem = None, None
    try:
        worked = await compute(request, VERB, found.id, given, seconds=SECONDS)
    except Unanswered as error:
        problem = error.problem
    picture = await _picture(request, found, given) if problem is None or problem.kind == "refused" else None
    context = {"algorithm": found, "given": given, "worked": worked, "problem": problem, "query": request.url.query}
    context["picture"] = picture
    return page(request, "workbench/algorithm.html", 422 if problem else 200, **context)


def _given(request: Request, found: Algorithm) -> dict[str, str]:
    """Return what is asked, by the names of the arguments: from the address, else the example."""
    return {ask.name: request.query_params.get(ask.name, ask.example) for ask in found.asks}


async def _picture(
    request: Request, found: Algorithm, given: dict[str, str], theme: str = "light", form: str = "plotly"
) -> Any:
    try:
        return await compute(request, PICTURE, found.id, given, theme, form, seconds=QUICK)
    except Unanswered:
        return None


async def picture(request: Request) -> Response:
    """Answer with the picture of what is asked, as data for the page's script or as SVG."""
    found = algorithms().get(request.path_params["id"])
    form = request.path_params["form"]
    theme = request.query_params.get("theme", "light")
    if found is None or form not in ("json", "svg"):
        raise HTTPException(404)
    kind = "plotly" if form == "json" else "svg"
    theme = theme if theme in ("light", "dark") else "light"
    made = await _picture(request, found, _given(request, found), theme, kind)
    if made is None:
        raise HTTPException(404)
    return JSONResponse(made) if form == "json" else Response(made["svg"], media_type="image/svg+xml")


async def file(request: Request) -> Response:
    """Answer with what was worked as LaTeX or as text."""
    found = algorithms().get(request.path_params["id"])
    form = request.path_params["form"]
    if found is None or form not in FILES:
        raise HTTPException(404)
    given = _given(request, found)
    worked = await compute(request, VERB, found.id, given, seconds=SECONDS)
    kind, part = FILES[form]
    headers = {"content-disposition": f'attachment; filename="{found.id}.{form}"'}
    return Response(worked["tex" if part == "tex" else "text"], media_type=f"{kind}; charset=utf-8", headers=headers)


ROUTES = [
    Route("/workbench/algorithms", listed),
    Route("/workbench/algorithms/{id}", one),
    Route("/workbench/algorithms/{id}/file.{form}", file),
    Route("/workbench/algorithms/{id}/picture.{form}", picture),
]
