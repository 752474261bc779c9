"""Results: the list by book and chapter, and one page for each with its steps, picture, code and published value."""

from __future__ import annotations

from base64 import b64decode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agnesi.course import Result, curriculum
from agnesi.course.advice import advice
from agnesi.study.kept import kept_page
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.verbs.gallery import starts
from agnesi.study.verbs.lesson_texts import lessons_of
from agnesi.study.verbs.reproduced import reproduced, results_by_chapter
from agnesi.study.web import page
from agnesi.study.work import Unanswered, compute

VERBS = "agnesi.study.verbs.results"
FILES = {"py": "text/x-python", "tex": "application/x-tex", "txt": "text/plain", "json": "application/json"}
SECONDS = 30.0  # a result may bring all of the mathematics with it


@kept_page
def listed(request: Request) -> Response:
    """Answer with the results of one resource, or of all; `all=1` lists also what is not reproduced yet."""
    course, everything = curriculum(), request.query_params.get("all") == "1"
    chosen = request.query_params.get("of", "")
    groups = []
    for resource in course.resources.values():
        if chosen and resource.id != chosen:
            continue
        titles = {c.n: c.title for c in resource.chapters}
        chapters = []
        for n, them in results_by_chapter(resource.id).items():
            shown = [r for r in them if everything or chosen or r.id in reproduced()]
            if shown:
                chapters.append({"n": n, "title": titles.get(n, ""), "results": shown})
        if chapters:
            groups.append({"resource": resource, "chapters": chapters})
    return page(
        request, "results.html", groups=groups, resources=course.resources.values(), counts=_counts(), chosen=chosen,
        everything=everything, short_name=advice().short, reproduced=reproduced(), total=len(course.results),
    )  # fmt: skip


def _counts() -> dict[str, int]:
    results = curriculum().results
    return {id: sum(results[r].resource == id for r in reproduced()) for id in curriculum().resources}


async def one(request: Request) -> Response:
    """Answer with one result, computed in a worker; one that is not reproduced yet says so."""
    result = _result(request)
    course = curriculum()
    found, problem = None, None
    if result.id in reproduced():
        try:
            found = await compute(request, f"{VERBS}:result", result.id, seconds=SECONDS)
        except Unanswered as error:
            problem = error.problem
    before, after = _neighbours(result)
    return page(
        request, "result.html", 200 if not problem else 422, result=result, found=found, problem=problem,
        resource=course.resources[result.resource], concepts=[course.concepts[c] for c in result.concepts],
        short_name=advice().short, before=before, after=after, is_known=result.id in reproduced(),
        starts=[s for s in starts().values() if s.concept in result.concepts],
        lessons=await run_in_threadpool(lambda: lessons_of(result.id, lesson_folders(request))),
    )  # fmt: skip


def _result(request: Request) -> Result:
    found = curriculum().results.get(request.path_params["id"])
    if found is None:
        raise HTTPException(404)
    return found


def _neighbours(result: Result) -> tuple[Result | None, Result | None]:
    """Return the reproduced results before and after one, of the same resource."""
    row = [
        r for them in results_by_chapter(result.resource).values() for r in them
        if r.id in reproduced() or r.id == result.id
    ]  # fmt: skip
    at = row.index(result)
    return (row[at - 1] if at else None), (row[at + 1] if at + 1 < len(row) else None)


async def picture(request: Request) -> Response:
    """Answer with the picture of a result, for a light or a dark page."""
    found = await compute(request, f"{VERBS}:picture", _reproduced(request), _theme(request), seconds=SECONDS)
    if not found:
        raise HTTPException(404)
    kept = {"cache-control": "private, max-age=86400"}
    if "svg" in found:
        return Response(found["svg"], media_type="image/svg+xml", headers=kept)
    return Response(b64decode(found["png"]), media_type="image/png", headers=kept)


async def figure(request: Request) -> Response:
    """Answer with the picture of a result as a figure that can be turned and zoomed."""
    found = await compute(request, f"{VERBS}:figure", _reproduced(request), _theme(request), seconds=SECONDS)
    if found is None:
        raise HTTPException(404)
    return JSONResponse(found, headers={"cache-control": "private, max-age=86400"})


async def file(request: Request) -> Response:
    """Answer with a result as Python, LaTeX, text or JSON."""
    form = request.path_params["form"]
    if form not in FILES:
        raise HTTPException(404)
    id = _reproduced(request)
    text = await compute(request, f"{VERBS}:text", id, form, seconds=SECONDS)
    told = {"content-disposition": f'attachment; filename="{id}.{form}"'}
    return Response(text, media_type=FILES[form], headers=told)


def _reproduced(request: Request) -> str:
    """Return the id that is asked for; there is no page of one that is not reproduced."""
    id = str(request.path_params["id"])
    if id not in reproduced():
        raise HTTPException(404)
    return id


def _theme(request: Request) -> str:
    return "dark" if request.query_params.get("theme") == "dark" else "light"


ROUTES = [
    Route("/results", listed, name="results"),
    Route("/results/{id}", one, name="result"),
    Route("/results/{id}/picture", picture),
    Route("/results/{id}/figure", figure),
    Route("/results/{id}/file.{form}", file),
]
