"""Practice: the queue of the day, and one exercise with its answer box, verdict, hints, solution, and what is next."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agnesi.errors import AgnesiError
from agnesi.memory import Review, Skill, fresh, graded
from agnesi.memory.queue import LENGTHS, NEWS
from agnesi.memory.record import GRADES, parts_of
from agnesi.study.mine import mine
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.practising import (
    EVERYTHING,
    MORE,
    VERBS,
    Scope,
    coming,
    day,
    length,
    moment,
    new_ones,
    own,
    practice,
    scope_of,
    skills_of,
    why,
)
from agnesi.study.store.practice import Attempt
from agnesi.study.verbs.lesson_texts import Lesson, readable
from agnesi.study.web import page, store
from agnesi.study.work import Problem, Unanswered, compute

MOST_HINTS = 40
IN_ADDRESS = 1500  # letters of an answer that stand in the address
SOLVING = 20.0  # seconds
KINDS = {
    "differentiate": "differentiate", "shape": "find the shape", "missing line": "fill in the line",
    "compute": "by hand",
    "wrong line": "find the wrong line", "prove": "prove", "picture": "choose the picture", "translate": "translate",
    "update rule": "write the update",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What an address of an exercise tells: the item, the answer, what was asked for."""

    item: str
    family: str
    level: int
    seed: int
    text: str = ""
    do: str = ""
    hint: int = 0
    scope: Scope = EVERYTHING
    told: bool = False  # the address has the answer

    @property
    def call(self) -> tuple[str, int, int]:
        """The arguments that every verb takes first."""
        return self.family, self.level, self.seed

    @property
    def address(self) -> str:
        """The address of this state."""
        told: dict[str, Any] = {}
        if self.text and len(self.text) <= IN_ADDRESS:
            told["text"] = self.text
        told |= {k: v for k, v in (("do", self.do), ("hint", self.hint)) if v}
        told |= {k: v for k, v in (("concept", self.scope.concept), ("resource", self.scope.resource)) if v}
        return f"/practice/{self.item}{'?' + urlencode(told) if told else ''}"


async def today(request: Request) -> Response:
    """Answer with the queue of the day."""
    every = await skills_of(request)
    scope = scope_of(request)
    more = request.query_params.get("more", "")
    return await run_in_threadpool(_today, request, every, scope, MORE * int(more) if more in tuple("123456789") else 0)


def _today(request: Request, every: dict[str, Skill], scope: Scope, more: int) -> Response:
    person, kept, now = mine(request), practice(request), moment()
    it, state = day(request, every, scope, more), kept.state()
    begun = {a.item for a in kept.begun()}
    rows = [
        {"item": item, "skill": every[parts_of(item)[0]], "level": parts_of(item)[1],
         "why": why(state, item, now, item in begun)}
        for item in it.items
    ]  # fmt: skip
    taught = {c for s in every.values() for c in s.concepts}
    used = {r for s in every.values() for r in s.resources}
    concepts = sorted((c for c in person.course.concepts.values() if c.id in taught), key=lambda c: c.name.casefold())
    resources = [r for r in person.course.resources.values() if r.id in used]
    coming_next = min((c.due for c in state.cards.values() if c.due > now), default=None)
    return page(
        request, "practice/today.html", own=person, it=it, rows=rows, scope=scope, concepts=concepts,
        resources=resources, lengths=LENGTHS, kinds=KINDS, length=length(request), families=len(every),
        news=NEWS, new=new_ones(request),
        more=more // MORE + 1, next_due=coming(coming_next, now) if coming_next else "", reviews=len(state.reviews),
    )  # fmt: skip


async def choose_length(request: Request) -> Response:
    """Keep how many exercises a person wants in a day, and how many new kinds of them."""
    async with request.form() as form:
        told = {name: str(form.get(field, "")) for name, field in (("practice", "length"), ("practice new", "new"))}
    for name, among in (("practice", LENGTHS), ("practice new", NEWS)):
        if told[name].isdecimal() and int(told[name]) in among:
            await run_in_threadpool(store(request).prefer, name, int(told[name]))
    return RedirectResponse("/practice", 303)


async def following(request: Request) -> Response:
    """Go to the next exercise of the queue; to the queue where there is none left."""
    every = await skills_of(request)
    scope = scope_of(request)
    now_at = request.query_params.get("after", "")
    it = await run_in_threadpool(day, request, every, scope)
    left = [item for item in it.items if item != now_at]
    return RedirectResponse(f"/practice/{left[0]}{scope.query}" if left else f"/practice{scope.query}", 303)


async def family(request: Request) -> Response:
    """Go to an exercise of a family that was not done yet, at the level that comes next."""
    every = await skills_of(request)
    skill = every.get(request.path_params["family"])
    if skill is None:
        raise HTTPException(404)
    wanted = request.query_params.get("level", "")
    level = int(wanted) if wanted.isdecimal() and 1 <= int(wanted) <= skill.levels else None
    state = await run_in_threadpool(practice(request).state)
    return RedirectResponse(f"/practice/{fresh(state, skill.id, skill.levels, level)}{scope_of(request).query}", 303)


async def exercise(request: Request) -> Response:
    """Answer with one exercise, in the state that the address tells; without one, as it was left."""
    skill, asked = await _asked(request)
    attempt = await run_in_threadpool(practice(request).attempt, asked.item)
    if not asked.told and not asked.do:
        asked = replace(asked, text=attempt.text, do="check" if attempt.done else "")
    return await _shown(request, skill, asked, attempt)


async def _asked(request: Request, form: dict[str, str] | None = None) -> tuple[Skill, Asked]:
    """Return the family and what is asked; 404 where there is no such exercise."""
    item = "/".join(request.path_params[name] for name in ("family", "level", "seed"))
    try:
        name, level, seed = parts_of(item)
    except AgnesiError:
        raise HTTPException(404) from None
    skill = (await skills_of(request)).get(name)
    if skill is None or level > skill.levels:
        raise HTTPException(404)
    told = dict(request.query_params) if form is None else form
    hint = told.get("hint", "")
    number = min(int(hint), MOST_HINTS) if hint.isdecimal() and len(hint) < 4 else 0
    do = told.get("do", "") if told.get("do") in ("check", "hint", "solution", "again") else ""
    text = told.get("text", "").replace("\r\n", "\n")
    return skill, Asked(item, name, level, seed, text, do, number, scope_of(request, told), "text" in told)


async def _shown(request: Request, skill: Skill, asked: Asked, attempt: Attempt) -> Response:
    """Return the page of an exercise."""
    where = own(request)
    found = await compute(request, f"{VERBS}:asked", *asked.call, where)
    verdict, problem = await _verdict(request, asked) if asked.text.strip() else (None, None)
    hints = await compute(request, f"{VERBS}:hinted", *asked.call, asked.text, asked.hint, where) if asked.hint else []
    shows = asked.do == "solution" or bool(asked.do == "check" and verdict and verdict["right"])
    solved = await compute(request, f"{VERBS}:solved", *asked.call, where, seconds=SOLVING) if shows else None
    kept, now = practice(request), moment()
    state = await run_in_threadpool(kept.state)
    card = state.cards.get(asked.family)
    review = next((r for r in reversed(state.reviews) if r.item == asked.item), None)
    person = await run_in_threadpool(mine, request)
    names = person.course.concepts
    return page(
        request, "practice/exercise.html", 422 if problem and asked.do == "check" else 200, skill=skill, asked=asked,
        found=found, verdict=verdict, problem=problem, hints=hints, solved=solved, attempt=attempt, review=review,
        grade=GRADES[review.grade] if review else "", again=coming(card.due, now) if card and review else "",
        concepts=[names[c] for c in skill.concepts if c in names],
        lessons=await run_in_threadpool(_lessons, request, asked.family),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        kind=KINDS.get(skill.kind, skill.kind), other=f"/practice/{asked.family}/{asked.level}/{asked.seed + 1}",
        no_more=bool(asked.hint) and len(hints) < asked.hint, fresh=fresh(state, skill.id, skill.levels),
        raised=bool(card and card.level > asked.level and asked.level < skill.levels),
    )  # fmt: skip


def _lessons(request: Request, family: str) -> list[Lesson]:
    """Return the lessons that lead to a family."""
    return [one for one in readable(lesson_folders(request))[0].values() if family in one.exercises]


async def _verdict(request: Request, asked: Asked) -> tuple[dict[str, Any] | None, Problem | None]:
    try:
        found = await compute(request, f"{VERBS}:judged", *asked.call, asked.text, own(request), seconds=10.0)
        return dict(found), None
    except Unanswered as error:
        return None, error.problem


async def ask(request: Request) -> Response:
    """Keep the answer, do what the button says, and go to the state that follows."""
    async with request.form() as given:
        form = {k: v for k, v in given.items() if isinstance(v, str)}
    skill, asked = await _asked(request, form)
    kept, since = practice(request), _since(form.get("since", ""))
    hint = 0
    if asked.do == "again":
        await run_in_threadpool(_given_up, request, skill, asked, since)
        return RedirectResponse(f"/practice/next{asked.scope.query}", 303)
    if asked.do == "check" and asked.text.strip():
        await _checked(request, skill, asked, since)
    elif asked.do == "hint":
        before = form.get("hinted", "").replace("\r\n", "\n")
        told = (*asked.call, asked.text, before, asked.hint, own(request))
        hint = min(int(await compute(request, f"{VERBS}:hint_number", *told)), MOST_HINTS) if asked.hint else 1
        more = len(await compute(request, f"{VERBS}:hinted", *asked.call, asked.text, hint, own(request))) >= hint
        await run_in_threadpool(lambda: kept.note(asked.item, asked.text, hint=more, since=since))
    else:
        shown = asked.do == "solution"
        await run_in_threadpool(lambda: kept.note(asked.item, asked.text, shown=shown, since=since))
    do = asked.do if asked.do in ("check", "solution") else ""
    return RedirectResponse(replace(asked, do=do, hint=hint).address, 303)


async def _checked(request: Request, skill: Skill, asked: Asked, since: datetime | None) -> None:
    """Keep an answer with what is found of it; a right one is a review."""
    verdict, _ = await _verdict(request, asked)
    await run_in_threadpool(_keep, request, skill, asked, verdict, since)


def _keep(request: Request, skill: Skill, asked: Asked, verdict: dict[str, Any] | None, since: datetime | None) -> None:
    kept = practice(request)
    if verdict is None or not verdict["right"]:
        kept.note(asked.item, asked.text, wrong=bool(verdict and verdict["state"] == "wrong"), since=since)
        return
    so_far = kept.attempt(asked.item)
    grade = graded(True, so_far.wrong, so_far.hints, so_far.shown)
    review = Review(datetime.now(UTC), asked.item, skill.concepts, grade, True, so_far.hints)
    kept.finish(asked.item, asked.text, review, since)


def _given_up(request: Request, skill: Skill, asked: Asked, since: datetime | None) -> None:
    """Keep that the answer was not found: the kind is to come again soon."""
    kept = practice(request)
    hints = kept.attempt(asked.item).hints
    review = Review(datetime.now(UTC), asked.item, skill.concepts, graded(False), False, hints)
    kept.finish(asked.item, asked.text, review, since)


def _since(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


async def live(request: Request) -> Response:
    """Keep what is typed, and answer with its lines set in type and judged."""
    async with request.form() as given:
        form = {k: v for k, v in given.items() if isinstance(v, str)}
    _, asked = await _asked(request, form)
    kept, since = practice(request), _since(form.get("since", ""))
    keeping = asyncio.create_task(run_in_threadpool(lambda: kept.note(asked.item, asked.text, since=since)))
    verdict: dict[str, Any] | None = None
    try:
        if asked.text.strip():
            verdict = await compute(request, f"{VERBS}:judged", *asked.call, asked.text, own(request), seconds=3.0)
    except Unanswered:
        verdict = None
    await keeping
    return page(request, "practice/live.html", verdict=verdict, ended=asked.text.endswith("\n"))


async def picture(request: Request) -> Response:
    """Answer with a picture of an exercise: of its solution, or an option by its letter."""
    _, asked = await _asked(request)
    which = request.path_params["which"]
    theme = "dark" if request.query_params.get("theme") == "dark" else "light"
    if which != "solution" and (len(which) != 1 or not "a" <= which <= "h"):
        raise HTTPException(404)
    found = await compute(request, f"{VERBS}:picture", *asked.call, which, theme, own(request), seconds=SOLVING)
    if not found:
        raise HTTPException(404)
    if "svg" in found:
        return Response(found["svg"], media_type="image/svg+xml")
    return Response(b64decode(found["png"]), media_type="image/png")


async def put_away(request: Request) -> Response:
    """Take an exercise that was begun out of the queue."""
    async with request.form() as given:
        form = {k: v for k, v in given.items() if isinstance(v, str)}
    _, asked = await _asked(request, form)
    await run_in_threadpool(practice(request).drop, asked.item)
    return RedirectResponse(f"/practice{asked.scope.query}", 303)


ROUTES = [
    Route("/practice", today, name="practice"),
    Route("/practice/length", choose_length, methods=["POST"]),
    Route("/practice/next", following),
    Route("/practice/{family}", family),
    Route("/practice/{family}/{level}/{seed}", exercise, name="exercise"),
    Route("/practice/{family}/{level}/{seed}/ask", ask, methods=["POST"]),
    Route("/practice/{family}/{level}/{seed}/live", live, methods=["POST"]),
    Route("/practice/{family}/{level}/{seed}/away", put_away, methods=["POST"]),
    Route("/practice/{family}/{level}/{seed}/picture/{which}", picture),
]
