"""The map: areas, the concepts of one area, and all concepts at once, as drawings with links and as lists."""

from __future__ import annotations

from functools import lru_cache

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agnesi.course import Curriculum
from agnesi.course.records import AREAS
from agnesi.errors import AgnesiError
from agnesi.study.kept import kept_page
from agnesi.study.layout import Drawing, banded, drawn
from agnesi.study.mine import Mine, extended, mine, way_to
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.practising import mastery_of
from agnesi.study.verbs.lesson_texts import lesson_of_each
from agnesi.study.web import page

LEANS = {  # the areas on which each leans most: some of its concepts need some of theirs
    "linear algebra": (), "vector calculus": (), "probability": (), "analytic geometry": ("linear algebra",),
    "matrix decompositions": ("analytic geometry", "linear algebra"), "coding": ("vector calculus", "linear algebra"),
    "matrix calculus": ("vector calculus",), "optimisation": ("vector calculus",),
    "Bayesian inference": ("probability",), "statistics": ("probability",), "information theory": ("probability",),
    "models": ("matrix decompositions", "optimisation", "statistics", "Bayesian inference", "vector calculus"),
}


def slug(area: str) -> str:
    """Return the name of an area as it stands in an address."""
    return area.casefold().replace(" ", "-")


@kept_page
def areas(request: Request) -> Response:
    """Answer with the areas and how they lean on one another; below them all concepts as a list."""
    own = mine(request)
    rows = [(area, slug(area), _members(own.course, area)) for area in AREAS]
    return page(
        request, "map.html", own=own, rows=rows, drawing=_areas(), slug=slug, resources=own.course.resources,
    )  # fmt: skip


@kept_page
def area(request: Request) -> Response:
    """Answer with the concepts of one area."""
    own = mine(request)
    name = next((a for a in AREAS if slug(a) == request.path_params["area"]), None)
    if name is None:
        raise HTTPException(404)
    members = _members(own.course, name)
    at = AREAS.index(name)
    beside = [(a, slug(a)) for a in (*AREAS[max(0, at - 1) : at], *AREAS[at + 1 : at + 2])]
    before = [*dict.fromkeys(_outside(own, name, members))]
    return page(
        request, "map_area.html", own=own, area=name, members=own.concepts(members), drawing=_area(own.text, name),
        beside=beside, before=before, slug=slug, mastery=mastery_of(request, own),
        lessons=lesson_of_each(lesson_folders(request)),
    )  # fmt: skip


@kept_page
def everything(request: Request) -> Response:
    """Answer with all concepts in one drawing; those on the way to a goal are marked."""
    own = mine(request)
    goal = request.query_params.get("goal", "").strip()[:300]
    on: frozenset[str] = frozenset()
    sentence, targets = "", frozenset[str]()
    if goal:
        try:
            found = way_to(own, goal, own.owns, "spine", "normal")
            on, targets = frozenset(found.concepts), frozenset(found.goal.concepts)
        except AgnesiError as error:
            sentence = str(error)
    rows = [(area, slug(area), _members(own.course, area)) for area in AREAS]
    return page(
        request, "map_all.html", own=own, drawing=_everything(own.text), goal=goal, on=on, targets=targets,
        sentence=sentence, rows=rows, mastery=mastery_of(request, own),
        drawn=request.query_params.get("drawing") == "1",
    )  # fmt: skip


def _members(course: Curriculum, area: str) -> list[str]:
    return [c.id for c in course.concepts.values() if c.area == area]


def _outside(own: Mine, name: str, members: list[str]) -> list[str]:
    """Return the areas that an area leans on."""
    needed = (own.course.concepts[n].area for m in members for n in own.course.concepts[m].needs)
    return sorted({a for a in needed if a != name}, key=AREAS.index)


@lru_cache(maxsize=64)
def _area(text: str, area: str) -> Drawing:
    course, _ = extended(text)
    members = _members(course, area)
    return drawn({m: course.concepts[m].name for m in members}, {m: course.concepts[m].needs for m in members})


@lru_cache(maxsize=8)
def _everything(text: str) -> Drawing:
    course, _ = extended(text)
    concepts = course.concepts.values()
    strips = {area: _members(course, area) for area in AREAS}
    return banded({c.id: c.name for c in concepts}, {c.id: c.needs for c in concepts}, strips)


@lru_cache(maxsize=1)
def _areas() -> Drawing:
    """Return the areas as a map, each to the right of those that it leans on most."""
    needs = {slug(a): [slug(b) for b in LEANS[a]] for a in AREAS}
    return drawn({slug(a): a.capitalize() for a in AREAS}, needs)


ROUTES = [
    Route("/map", areas, name="map"), Route("/map/all", everything, name="map_all"),
    Route("/map/{area}", area, name="map_area"),
]  # fmt: skip
