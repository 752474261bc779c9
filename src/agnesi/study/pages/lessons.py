"""Lessons: the list by book and chapter, and a page for each, in the notation of the reader's book."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agnesi.course import curriculum
from agnesi.course.advice import advice
from agnesi.dialects import dialects
from agnesi.study.kept import kept_page
from agnesi.study.mine import mine
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.pages.concepts import back_to
from agnesi.study.practising import skills_of
from agnesi.study.verbs.lesson_texts import Lesson, lesson_file, neighbours, readable
from agnesi.study.web import page, safe_mathml, store
from agnesi.study.work import Unanswered, compute

VERBS = "agnesi.study.verbs.lessons"
EXERCISES = 8  # families of a lesson that are listed
SECONDS = 30.0  # a lesson may bring all of the mathematics with it
_TAGS = frozenset((
    "p", "em", "strong", "ul", "ol", "li", "code", "a", "table", "thead", "tbody", "tr", "th", "td", "blockquote",
    "br", "h3", "h4", "pre", "hr", "span",
))  # fmt: skip
_TAG = re.compile(r'<(/?)([a-z0-9]+)((?: (?:href="/(?!/)[\w/.#?=&;-]*"|start="\d+"))*) ?/?>')
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


def prose(text: str) -> Markup:
    """Return prose that a lesson was made into: a few tags and MathML, looked at again; all else is escaped."""
    formulas = _MATH.findall(text)
    rest = _TAG.sub(lambda m: "" if m[2] in _TAGS else m[0], _MATH.sub("", text))
    if "<" in rest or not all(safe_mathml(f) for f in formulas):
        return Markup("<p>{}</p>").format(text)
    return Markup(text)  # looked at, tag by tag


def chosen_dialect(request: Request, lesson: Lesson) -> str:
    """Return the notation of a page: as its address says, as the reader prefers, or as the book of the lesson has."""
    asked = request.query_params.get("as") or str(store(request).preference("dialect", "") or "")
    if asked in dialects:
        return asked
    return lesson.resource if lesson.resource in dialects else "agnesi"


@kept_page
def listed(request: Request) -> Response:
    """Answer with the lessons by book and chapter; of one book with `of`."""
    own, chosen = mine(request), request.query_params.get("of", "")
    every, found = readable(lesson_folders(request))
    faults = {id: str(fault) for id, fault in found.items()}
    faults |= {one.id: _homeless(one) for one in every.values() if one.resource not in own.course.resources}
    groups: list[dict[str, Any]] = []
    books = sorted({one.resource for one in every.values()}, key=lambda id: (own.advice.pace(id).rank, id))
    for id in books:
        resource = own.course.resources.get(id)
        if resource is None or (chosen and id != chosen):
            continue
        titles = {c.n: c.title for c in resource.chapters}
        them = [one for one in every.values() if one.resource == id]
        chapters = [
            {"n": n, "title": titles.get(n, ""), "lessons": [one for one in them if one.chapter == n]}
            for n in dict.fromkeys(one.chapter for one in them)
        ]
        groups.append({"resource": resource, "chapters": chapters, "count": len(them)})
    counts = {r.id: sum(one.resource == r.id for one in every.values()) for r in own.course.resources.values()}
    return page(
        request, "lessons.html", groups=groups, total=len(every), chosen=chosen, faults=faults, own=own,
        resources=[r for r in own.course.resources.values() if counts[r.id]], counts=counts, short_name=advice().short,
    )  # fmt: skip


async def one(request: Request) -> Response:
    """Answer with one lesson, filled in by the engine."""
    every, faults = await run_in_threadpool(lambda: readable(lesson_folders(request)))
    id = request.path_params["id"]
    lesson = every.get(id)
    if lesson is None or id in faults:
        if id not in faults:
            raise HTTPException(404)
        return page(request, "lesson_fault.html", 422, id=id, fault=str(faults[id]), watch=_watched(request, id))
    own = await run_in_threadpool(mine, request)
    if lesson.resource not in own.course.resources:
        return page(request, "lesson_fault.html", 422, id=id, fault=_homeless(lesson), watch=_watched(request, id))
    dialect = await run_in_threadpool(chosen_dialect, request, lesson)
    parts, problem = [], None
    try:
        parts = await compute(request, f"{VERBS}:parts", *_address(lesson), dialect, seconds=SECONDS)
    except Unanswered as error:
        problem = error.problem
    before, after = neighbours(lesson, every)
    exercises = await _exercises(request, lesson)
    return page(
        request, "lesson.html", 422 if problem else 200, lesson=lesson, parts=parts, problem=problem, own=own,
        dialect=dialect, dialects=list(dialects), before=before, after=after, prose=prose, watch=_watched(request, id),
        resource=own.course.resources[lesson.resource], short_name=advice().short, exercises=exercises,
        **_around(lesson, every, own, parts),
    )  # fmt: skip


def _homeless(lesson: Lesson) -> str:
    """Return a sentence about a lesson whose book or course nobody knows."""
    place = f"{lesson.path}:{lesson.lines['resource']}"
    return f"{place}: There is no resource {lesson.resource}: a course.toml may add it."


async def _exercises(request: Request, lesson: Lesson) -> list[Any]:
    """Return the families of exercises that a lesson names, then others about the concepts that it teaches."""
    try:
        known = await skills_of(request)
    except Unanswered:
        return []
    about = [s.id for s in known.values() if set(s.concepts[:1]) & set(lesson.concepts)]
    return [known[id] for id in dict.fromkeys((*lesson.exercises, *about)) if id in known][:EXERCISES]


def _around(lesson: Lesson, every: Mapping[str, Lesson], own: Any, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a lesson leads to: concepts, places to read, other results, lessons that come next."""
    course = own.course
    shown = {p["id"] for p in parts if p["kind"] == "result" and "id" in p}
    places = []
    for place in lesson.where:
        resource = course.resources.get(place.resource)
        title = next((c.title for c in resource.chapters if c.n == place.chapter), "") if resource else ""
        if resource is not None:
            places.append({"place": place, "resource": resource, "title": title})
    return {
        "concepts": [course.concepts[c] for c in lesson.concepts if c in course.concepts],
        "needs": [course.concepts[c] for c in lesson.needs if c in course.concepts], "places": places,
        "taught": {c: next((o for o in every.values() if c in o.concepts), None) for c in lesson.needs},
        "results": [curriculum().results[r] for r in lesson.results if r in curriculum().results and r not in shown],
        "following": [every[n] for n in lesson.next if n in every],
        "row": any(p["kind"] == "derive" for p in parts),
    }  # fmt: skip


def _address(lesson: Lesson) -> tuple[str, int]:
    return str(lesson.path), lesson.path.stat().st_mtime_ns


def _watched(request: Request, id: str) -> str:
    """Return the address that tells when a lesson has changed, where the app was asked to watch."""
    return f"/lessons/{id}/stamp" if request.app.state.settings.watch else ""


def stamp(request: Request) -> Response:
    """Answer with the time of the file of a lesson; a page that follows it asks again and again."""
    path = lesson_file(request.path_params["id"], lesson_folders(request)) if request.app.state.settings.watch else None
    if path is None:
        raise HTTPException(404)
    return JSONResponse({"stamp": str(path.stat().st_mtime_ns)}, headers={"cache-control": "no-store"})


async def choose(request: Request) -> Response:
    """Keep in which notation a person reads, and go back to where they were; "" is that of each book."""
    async with request.form() as form:
        asked, back = str(form.get("dialect", "")), str(form.get("back", ""))
    await run_in_threadpool(store(request).prefer, "dialect", asked if asked in dialects else "")
    return back_to(back.partition("?")[0], "/lessons")


def _values(request: Request) -> dict[str, float]:
    """Return the numbers of the sliders that an address names."""
    out: dict[str, float] = {}
    for name, text in request.query_params.items():
        if re.fullmatch(r"-?\d{1,6}(?:\.\d{1,9})?", text) and re.fullmatch(r"[^\W\d]\w{0,20}", name):
            out[name] = float(text)
    return out


def _theme(request: Request) -> str:
    return "dark" if request.query_params.get("theme") == "dark" else "light"


async def _drawn(request: Request, verb: str) -> Any:
    every = (await run_in_threadpool(lambda: readable(lesson_folders(request))))[0]
    lesson = every.get(request.path_params["id"])
    if lesson is None:
        raise HTTPException(404)
    told = (*_address(lesson), request.path_params["number"], _theme(request), _values(request))
    found = await compute(request, f"{VERBS}:{verb}", *told, seconds=SECONDS)
    if not found:
        raise HTTPException(404)
    return found


async def picture(request: Request) -> Response:
    """Answer with the still picture of a figure, for a light or a dark page."""
    found = await _drawn(request, "picture")
    kept = {"cache-control": "no-cache"}
    if "svg" in found:
        return Response(found["svg"], media_type="image/svg+xml", headers=kept)
    return Response(b64decode(found["png"]), media_type="image/png", headers=kept)


async def figure(request: Request) -> Response:
    """Answer with a figure that can be turned, zoomed and pointed at, for these values of its sliders."""
    return JSONResponse(await _drawn(request, "figure"), headers={"cache-control": "no-cache"})


ROUTES = [
    Route("/lessons", listed, name="lessons"), Route("/lessons/dialect", choose, methods=["POST"]),
    Route("/lessons/{id}", one, name="lesson"), Route("/lesson/{id}", one), Route("/lessons/{id}/stamp", stamp),
    Route("/lessons/{id}/figures/{number:int}", figure), Route("/lessons/{id}/pictures/{number:int}", picture),
]  # fmt: skip
