"""The teacher's view: problem sheets from families with a seed, and a course folder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agnesi.course.folder import COURSE as COURSE_FILE
from agnesi.course.folder import course_folder
from agnesi.course.own import EXAMPLE
from agnesi.errors import AgnesiError
from agnesi.memory import Skill
from agnesi.study.mine import FOLDER, mine
from agnesi.study.pages.memory import deck_of
from agnesi.study.practising import own, skills_of
from agnesi.study.web import page, store
from agnesi.study.work import Unanswered, compute

VERBS = "agnesi.study.verbs.sheets_of_problems"
FORMS = {"md": "text/markdown", "tex": "application/x-tex", "html": "text/html"}
SECONDS = 60.0
MOST = 60


async def teach(request: Request, sentence: str = "", status: int = 200) -> Response:
    """Answer with the families to draw a sheet from, and the folder of one's own course."""
    every = await skills_of(request)
    where = own(request)
    faults = await compute(request, f"{VERBS}:faults", where) if where[0] else []
    example = await compute(request, f"{VERBS}:example")
    told = str(store(request).preference(FOLDER, "") or "")
    shown = await run_in_threadpool(_folder, told)
    person = await run_in_threadpool(mine, request)
    names = person.course.resources
    groups: dict[str, list[Skill]] = {}
    for skill in every.values():
        first = skill.resources[0] if skill.resources else ""
        groups.setdefault(names[first].title if first in names else "Your own", []).append(skill)
    return page(
        request, "practice/teach.html", status, groups=groups, sentence=sentence or shown.get("fault", ""),
        folder=told, shown=shown, faults=faults, example=example, course_example=EXAMPLE, own=person,
        plain=str(request.app.state.settings.data / "course"),
    )  # fmt: skip


def _folder(told: str) -> dict[str, Any]:
    """Return what a folder has, for the page."""
    if not told:
        return {}
    try:
        found = course_folder(Path(told))
    except (AgnesiError, OSError) as error:
        return {"fault": str(error)}
    if found is None:
        return {"fault": f"There is no folder {told}."}
    return {
        "families": [f.name for f in found.families], "lessons": [f.stem for f in found.lessons],
        "course": (found.path / COURSE_FILE).is_file(),
    }  # fmt: skip


async def choose_folder(request: Request) -> Response:
    """Keep which folder has a person's own course; an empty one where it is to be begun."""
    async with request.form() as form:
        path, begin = str(form.get("path", "")).strip(), form.get("begin") == "1"
    if len(path) > 1000:
        raise HTTPException(413)
    try:
        await run_in_threadpool(_keep_folder, request, path, begin)
    except (AgnesiError, OSError) as error:
        return await teach(request, str(error), 422)
    return RedirectResponse("/teach", 303)


def _keep_folder(request: Request, path: str, begin: bool) -> None:
    folder = Path(path).expanduser() if path else None
    if folder is not None and not folder.is_absolute():
        raise AgnesiError(f"{path} is no full path.", repair="Begin at the root of the disc.")
    if folder is not None and not folder.is_dir():
        if not begin:
            raise AgnesiError(f"There is no folder {path}.", repair="Make it, or press Begin a course there.")
        for part in ("families", "lessons"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    store(request).prefer(FOLDER, str(folder) if folder else "")


def _wishes(request: Request) -> tuple[list[str], int, str]:
    """Return what a sheet is to have, its seed and its title, as the address tells."""
    query = request.query_params
    wishes = [w for w in query.getlist("f") if w]
    for name, value in query.multi_items():
        if name.startswith("n-") and value.isdecimal() and 0 < int(value) <= MOST:
            level = query.get(f"l-{name[2:]}", "1")
            wishes.append(f"{name[2:]}/{level if level.isdecimal() else 1}/{int(value)}")
    seed = query.get("seed", "0")
    return wishes, int(seed) if seed.isdecimal() and len(seed) < 10 else 0, query.get("title", "").strip()[:200]


async def sheet(request: Request) -> Response:
    """Answer with a problem sheet to print; its address is the short one."""
    wishes, seed, title = _wishes(request)
    if any(name.startswith("n-") for name in request.query_params):
        told = [*(("f", w) for w in wishes), ("seed", seed), ("title", title)]
        return RedirectResponse(f"/teach/sheet?{urlencode(told)}", 303)
    solutions = request.query_params.get("solutions", "1") != "0"
    try:
        told_of = (wishes, seed, title or "Problem sheet", own(request))
        found = await compute(request, f"{VERBS}:drawn_sheet", *told_of, seconds=SECONDS)
    except Unanswered as error:
        return await teach(request, error.problem.text, 422)
    query = urlencode([*(("f", w) for w in wishes), ("seed", seed), ("title", title)])
    other = urlencode([*(("f", w) for w in wishes), ("seed", seed + 1), ("title", title)])
    return page(request, "practice/sheet.html", found=found, query=query, other=other, solutions=solutions)


async def sheet_file(request: Request) -> Response:
    """Answer with a problem sheet as Markdown, LaTeX, HTML, or a deck for Anki."""
    wishes, seed, title = _wishes(request)
    form, title = request.path_params["form"], title or "Problem sheet"
    told = (wishes, seed, title)
    if form == "apkg":
        rows = await compute(request, f"{VERBS}:deck_rows", *told, own(request), seconds=SECONDS)
        return await run_in_threadpool(deck_of, rows, title)
    if form not in FORMS:
        raise HTTPException(404)
    solutions = request.query_params.get("solutions", "1") != "0"
    text = await compute(request, f"{VERBS}:sheet_text", *told, form, solutions, own(request), seconds=SECONDS)
    headers = {"content-disposition": f'attachment; filename="sheet.{form}"'}
    return Response(text, media_type=f"{FORMS[form]}; charset=utf-8", headers=headers)


ROUTES = [
    Route("/teach", teach, name="teach"), Route("/teach/folder", choose_folder, methods=["POST"]),
    Route("/teach/sheet", sheet), Route("/teach/sheet.{form}", sheet_file),
]  # fmt: skip
