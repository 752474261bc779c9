"""Memory: what practice shows, what comes next, settings; export to JSON and Anki, import."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agnesi.errors import AgnesiError
from agnesi.memory import Settings, exported, imported
from agnesi.memory.queue import LENGTHS
from agnesi.memory.statistics import FEW, statistics
from agnesi.study.mine import mine
from agnesi.study.practising import VERBS, coming, length, mastery_of, moment, own, practice, skills
from agnesi.study.web import page, store
from agnesi.study.work import compute

NOTES = 200  # exercises of a deck, the last ones done
AHEAD = 14  # days
BAR, HEIGHT = 44, 90


def shown(request: Request, sentence: str = "", said: str = "", status: int = 200) -> Response:
    """Answer with what practice shows."""
    person, kept, now = mine(request), practice(request), moment()
    state = kept.state()
    every = skills(request)
    found = statistics(state, now, person.course.concepts, every.values(), AHEAD)
    rows = sorted(found.concepts.items(), key=lambda row: (-row[1][0].value, row[0]))
    credited = _credited(request, found.concepts)
    most = max((n for _, n in found.coming), default=0) or 1
    bars = [
        {"day": day, "many": many, "x": k * BAR, "height": round(HEIGHT * many / most)}
        for k, (day, many) in enumerate(found.coming)
    ]  # fmt: skip
    cards = sorted(state.cards.values(), key=lambda c: c.due)[:12]
    told = request.query_params.get("said", "")
    return page(
        request, "practice/memory.html", status, own=person, found=found, rows=rows, bars=bars, few=FEW,
        credited=credited, settings=state.settings, sentence=sentence, width=AHEAD * BAR, height=HEIGHT,
        said=said or (f"{int(told)} reviews were new." if told.isdecimal() and len(told) < 8 else ""),
        cards=[(c, every.get(c.family), coming(c.due, now)) for c in cards], reviews=len(state.reviews),
        length=length(request), lengths=LENGTHS,
    )  # fmt: skip


def _credited(request: Request, direct: Any) -> list[tuple[str, Any]]:
    """Return the concepts that are known through harder ones alone, the best known first."""
    mastery = mastery_of(request, mine(request))
    rows = [(c, m) for c, m in mastery.items() if m.through and m.value > 0 and c not in direct]
    return sorted(rows, key=lambda row: -row[1].value)


async def export_json(request: Request) -> Response:
    """Answer with all reviews and settings, and what is said to be known, as JSON."""
    text = await run_in_threadpool(lambda: exported(practice(request).state(), store(request).marks("known")))
    name = f"agnesi-memory-{datetime.now(UTC):%Y-%m-%d}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/json", headers=headers)


async def export_anki(request: Request) -> Response:
    """Answer with the exercises done last as a deck for Anki."""
    state = await run_in_threadpool(practice(request).state)
    items = [r.item for r in state.reviews[-NOTES:]]
    if not items:
        sentence = "There is nothing to export yet: a deck has the exercises that you did."
        return await run_in_threadpool(shown, request, sentence, "", 422)
    rows = await compute(request, f"{VERBS}:notes", items, own(request), seconds=60.0)
    return await run_in_threadpool(deck_of, rows, "Agnesi")


def deck_of(rows: list[dict[str, Any]], title: str) -> Response:
    """Return notes as a deck for Anki."""
    anki = import_module("agnesi.memory.anki")
    notes = [anki.Note(r["item"], r["question"], r["answer"], tuple(r["steps"]), tuple(r["tags"])) for r in rows]
    data = anki.deck(notes, datetime.now(UTC), title)
    headers = {"content-disposition": 'attachment; filename="agnesi.apkg"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


async def bring(request: Request) -> Response:
    """Keep the reviews of a JSON file beside those that there are."""
    async with request.form() as form:
        given, text = form.get("file"), str(form.get("text", ""))
        data = await given.read() if isinstance(given, UploadFile) and given.filename else b""
    try:
        brought = imported(data.decode("utf-8-sig") if data else text)
    except UnicodeDecodeError:
        return await run_in_threadpool(shown, request, "The file is not UTF-8 text.", "", 422)
    except AgnesiError as error:
        return await run_in_threadpool(shown, request, str(error), "", 422)
    return await run_in_threadpool(_brought, request, brought)


def _brought(request: Request, brought: Any) -> Response:
    kept = practice(request)
    if not kept.state().reviews:
        kept.set(brought.state.settings)
    added = kept.add(brought.state.reviews)
    concepts = mine(request).course.concepts
    for concept in brought.known:
        if concept in concepts:
            store(request).mark("known", concept)
    return RedirectResponse(f"/memory?said={added}", 303)


async def choose(request: Request) -> Response:
    """Keep how reviews are scheduled."""
    async with request.form() as form:
        retention, longest = str(form.get("retention", "")), str(form.get("longest", ""))
    before = practice(request).settings()
    try:
        settings = Settings(float(retention), before.steps, before.again, int(longest))
    except (ValueError, AgnesiError):
        sentence = "Choose a share between 0.7 and 0.97, and 1 to 36500 days."
        return await run_in_threadpool(shown, request, sentence, "", 422)
    await run_in_threadpool(practice(request).set, settings)
    return RedirectResponse("/memory", 303)


ROUTES = [
    Route("/memory", shown, name="memory"), Route("/memory/export.json", export_json),
    Route("/memory/export.apkg", export_anki), Route("/memory/import", bring, methods=["POST"]),
    Route("/memory/settings", choose, methods=["POST"]),
]  # fmt: skip
