"""Concepts and resources: what they are, where they are taught, what is reproduced; "I know this", "I own this"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agnesi.course import Concept, Resource, curriculum
from agnesi.course.advice import Companion
from agnesi.course.own import EXAMPLE
from agnesi.course.paths import with_needs
from agnesi.course.records import Chapter, Place
from agnesi.errors import AgnesiError
from agnesi.study.kept import kept_page
from agnesi.study.layout import around
from agnesi.study.mine import OWN, Mine, extended, mine
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.pages.map import slug
from agnesi.study.practising import mastery_of, skills
from agnesi.study.verbs.gallery import starts
from agnesi.study.verbs.lesson_texts import Lesson, lessons_about, readable
from agnesi.study.verbs.reproduced import reproduced, results_about, results_by_chapter
from agnesi.study.web import page, store

SHOWN = 9  # concepts on one side of the small map


@dataclass(frozen=True)
class Told:
    """A chapter of a resource with its concepts, companions, and how many results are reproduced."""

    chapter: Chapter
    concepts: tuple[Concept, ...]
    companions: tuple[Companion, ...]
    results: int
    lessons: tuple[Lesson, ...]


@kept_page
def concept(request: Request) -> Response:
    """Answer with one concept."""
    own = mine(request)
    it = own.course.concepts.get(request.path_params["id"])
    if it is None:
        raise HTTPException(404)
    users = own.users(it.id)
    near = [*it.needs, *(u.id for u in users)]
    names = {n: own.course.concepts[n].name for n in (*near, it.id)}
    drawing = around(it.id, it.needs[:SHOWN], [u.id for u in users[:SHOWN]], names)
    every = with_needs([it.id], own.course) - {it.id}
    return page(
        request, "concept.html", own=own, it=it, area=slug(it.area), drawing=drawing, needs=own.concepts(it.needs),
        users=users, results=results_about(it.id), reproduced=reproduced(), places=_places(own, it),
        before=len(every), left=len(every - own.known), starts=[s for s in starts().values() if s.concept == it.id],
        lessons=lessons_about(it.id, lesson_folders(request)), mastery=mastery_of(request, own).get(it.id),
        exercises=[s for s in skills(request).values() if it.id in s.concepts],
    )  # fmt: skip


def _places(own: Mine, it: Concept) -> list[tuple[Place, Resource, str, int, bool]]:
    """Return where a concept is taught: place, resource, title of the chapter, minutes, owned; easier ones first."""
    rows = []
    for place in it.taught:
        resource = own.course.resources[place.resource]
        title = next((c.title for c in resource.chapters if c.n == place.chapter), "")
        minutes = own.advice.pace(resource.id).minutes(place)
        rows.append((place, resource, title, minutes, resource.id in own.owns))
    return sorted(rows, key=lambda row: (not row[4], own.advice.pace(row[0].resource).rank))


@kept_page
def resource(request: Request) -> Response:
    """Answer with one resource: what it is good for, where to start, its chapters and what they teach."""
    own = mine(request)
    it = own.course.resources.get(request.path_params["id"])
    if it is None:
        raise HTTPException(404)
    computed = reproduced()
    by_chapter = results_by_chapter(it.id) if it.id in curriculum().resources else {}
    every = readable(lesson_folders(request))[0].values()
    rows = []
    for chapter in it.chapters:
        at = (it.id, chapter.n)
        here = tuple(c for c in own.course.concepts.values() if at in {(p.resource, p.chapter) for p in c.taught})
        count = sum(1 for r in by_chapter.get(chapter.n, ()) if r.id in computed)
        taught = tuple(one for one in every if (one.resource, one.chapter) == at)
        rows.append(Told(chapter, here, tuple(own.advice.beside(it.id, chapter.n)), count, taught))
    return page(request, "resource.html", own=own, it=it, rows=rows, pace=own.advice.pace(it.id))


async def know(request: Request) -> Response:
    """Keep that concepts are known, or no longer; then go back to where the person was."""
    form = await request.form()
    ids = [id for id in form.getlist("concept") if isinstance(id, str)]
    await run_in_threadpool(_keep_known, request, ids, form.get("known") == "1")
    return back_to(str(form.get("back", "")), "/map")


def _keep_known(request: Request, ids: list[str], known: bool) -> None:
    """Keep what is known. Who does not know a concept does not know what needs it; the rest of what they know stays."""
    own, kept = mine(request), store(request)
    ids = [id for id in ids if id in own.course.concepts]
    if known:
        new = own.said.union(ids)
    else:
        lost = {c for c in own.known if with_needs([c], own.course).intersection(ids)}
        undone = lost <= own.said and lost <= set(ids)  # what was said is taken back, and what it implied with it
        new = own.said - lost if undone else own.known - lost
    kept.remark("known", new - own.said, own.said - new)


async def own_books(request: Request) -> Response:
    """Keep which resources a person owns."""
    form = await request.form()
    await run_in_threadpool(_keep_owned, request, form.getlist("own"))
    return back_to(str(form.get("back", "")), "/path")


def _keep_owned(request: Request, chosen: list[Any]) -> None:
    resources = mine(request).course.resources
    owned = [r for r in resources if r in chosen]
    store(request).prefer("owns", owned if owned and len(owned) < len(resources) else None)


def back_to(address: str, otherwise: str) -> Response:
    """Return an answer that sends to a page of the app."""
    good = address.startswith("/") and not address.startswith(("//", "/\\"))
    return RedirectResponse(address if good else otherwise, 303)


def own_file(request: Request, text: str | None = None, sentence: str = "") -> Response:
    """Answer with the page on which a person adds resources, concepts and goals of their own."""
    own = mine(request)
    files = store(request).files(OWN)
    shown = text if text is not None else files[0].text if files else ""
    return page(
        request, "own.html", 422 if sentence else 200, own=own, text=shown, sentence=sentence or own.trouble,
        example=EXAMPLE, saved=bool(files),
    )  # fmt: skip


async def add_own(request: Request) -> Response:
    """Keep a person's own file, from the text or from a file that is given; say what is wrong with it."""
    async with request.form() as form:
        given, text = form.get("file"), str(form.get("text", ""))
        data = await given.read() if isinstance(given, UploadFile) and given.filename else b""
    try:
        text = data.decode("utf-8-sig") if data else text
    except UnicodeDecodeError:
        return await run_in_threadpool(own_file, request, text, "The file is not UTF-8 text. Save it as UTF-8.")
    return await run_in_threadpool(_kept_own, request, text)


def _kept_own(request: Request, text: str) -> Response:
    """Keep the file where it fits; the last ten stay, should one be wanted again."""
    try:
        extended(text)
    except AgnesiError as error:
        return own_file(request, text, str(error))
    kept = store(request)
    old = kept.files(OWN)
    if text.strip() or old:
        kept.keep_file(OWN, "own.toml", text)
    for file in old[9:]:
        kept.drop_file(file.id)
    return RedirectResponse("/own", 303)


ROUTES = [
    Route("/concepts/{id}", concept, name="concept"), Route("/resources/{id}", resource, name="resource"),
    Route("/known", know, methods=["POST"]), Route("/owns", own_books, methods=["POST"]),
    Route("/own", own_file, name="own"), Route("/own", add_own, methods=["POST"]),
]  # fmt: skip
