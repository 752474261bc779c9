"""The path to a goal: what to read, in which order, how long it takes, why each stop is on it, and other ways."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agnesi.course.goals import near
from agnesi.course.paths import SPEEDS
from agnesi.course.places import WAYS
from agnesi.errors import AgnesiError
from agnesi.study.kept import kept_page
from agnesi.study.layout import Drawing, drawn
from agnesi.study.mine import Mine, extended, mine, way_to
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.pages.concepts import back_to
from agnesi.study.verbs.lesson_texts import lesson_of_each
from agnesi.study.verbs.reproduced import reproduced
from agnesi.study.web import page, store

WORDS = {
    "spine": "With MML as the spine", "shortest": "The shortest", "fewest": "Fewest resources",
    "videos": "Videos first",
}  # fmt: skip
DRAWN = 60  # concepts of a route that is drawn
EXAMPLES = (
    "understand backpropagation", "read PRML chapter 10", "Gaussian processes", "principal component analysis",
    "Bayes' theorem", "where to start",
)  # fmt: skip


@kept_page
def path(request: Request) -> Response:
    """Answer with the route to the goal in the address, or with goals to choose from and where to start."""
    own = mine(request)
    asked = request.query_params
    goal = asked.get("goal", "").strip()
    way = asked.get("way", "spine") if asked.get("way") in WORDS else "spine"
    speed = asked.get("speed", "normal") if asked.get("speed") in SPEEDS else "normal"
    chosen = frozenset(r for r in asked.getlist("own") if r in own.course.resources)
    found, sentence, others = None, "", tuple[str, ...]()
    if goal:
        try:
            found = way_to(own, goal, chosen or own.owns, way, speed)
        except AgnesiError as error:
            sentence, others = error.what, near(goal, own.course, own.advice)
    here = f"/path?{request.url.query}" if goal else "/path"
    resources = sorted(own.course.resources.values(), key=lambda r: own.advice.pace(r.id).rank)
    return page(
        request, "path.html", 422 if sentence else 200, own=own, goal=goal, found=found, sentence=sentence, way=way,
        speed=speed, ways={w.name: w for w in WAYS}, words=WORDS, speeds=list(SPEEDS), chosen=chosen,
        kept=store(request).marks("goal"), examples=EXAMPLES, address=_addresses(goal, way, speed, chosen), here=here,
        reproduced=reproduced(), titles=_titles(own),
        lessons=lesson_of_each(lesson_folders(request)), resources=resources,
        near=others, drawing=_drawing(own.text, found.concepts) if found and 1 < len(found.concepts) <= DRAWN else None,
    )  # fmt: skip


def _addresses(goal: str, way: str, speed: str, chosen: frozenset[str]) -> object:
    """Return a function that gives the address of this page with something changed."""

    def address(**change: str) -> str:
        told = {"goal": goal, "way": way, "speed": speed, **change}
        rows = [(k, v) for k, v in told.items() if (k, v) not in (("way", "spine"), ("speed", "normal"))]
        return "/path?" + urlencode([*rows, *(("own", r) for r in sorted(chosen))])

    return address


@lru_cache(maxsize=64)
def _drawing(text: str, concepts: tuple[str, ...]) -> Drawing:
    """Return the concepts of a route as a map."""
    course, _ = extended(text)
    return drawn({c: course.concepts[c].name for c in concepts}, {c: course.concepts[c].needs for c in concepts})


def _titles(own: Mine) -> dict[tuple[str, str], str]:
    """Return the titles of chapters by resource and number."""
    return {(r.id, c.n): c.title for r in own.course.resources.values() for c in r.chapters}


async def keep(request: Request) -> Response:
    """Keep a goal, or forget it; then go back."""
    form = await request.form()
    goal = str(form.get("goal", "")).strip()[:300]
    kept = store(request)
    if goal:
        await run_in_threadpool(kept.mark if form.get("keep") == "1" else kept.unmark, "goal", goal)
    return back_to(str(form.get("back", "")), "/path")


ROUTES = [Route("/path", path, name="path"), Route("/path/keep", keep, methods=["POST"])]
