"""What pages of practice share: the families there are, what is remembered, the queue of the day, when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from anyio import from_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from agnesi.course.folder import CourseFolder, course_folder
from agnesi.errors import AgnesiError
from agnesi.memory import Skill, State, catalogue, due
from agnesi.memory.mastery import Mastered, mastered
from agnesi.memory.queue import LENGTH, LENGTHS, NEW, NEWS, begun_today, today
from agnesi.study.mine import FOLDER, Mine, mine
from agnesi.study.store.practice import Practice
from agnesi.study.web import store
from agnesi.study.work import Unanswered, compute

VERBS = "agnesi.study.verbs.practice"
CATALOGUE = "practice catalogue"
FAMILIES = Path(__file__).parents[1] / "exercises" / "families"
MORE = 5


@dataclass(frozen=True)
class Scope:
    """What a person wants to practise: everything, one concept, or one resource."""

    concept: str = ""
    resource: str = ""

    @property
    def query(self) -> str:
        """As it stands in an address, with its question mark; empty for everything."""
        told = {k: v for k, v in (("concept", self.concept), ("resource", self.resource)) if v}
        return f"?{urlencode(told)}" if told else ""

    def has(self, skill: Skill) -> bool:
        """Tell whether a family belongs to it."""
        return (not self.concept or self.concept in skill.concepts) and (
            not self.resource or self.resource in skill.resources
        )


EVERYTHING = Scope()


@dataclass(frozen=True)
class Day:
    """What there is to do today: items, how many are done, how long a day is, how many more are due."""

    items: tuple[str, ...]
    done: int
    length: int
    waiting: int


def practice(request: Request) -> Practice:
    """Return what the person who asks practises."""
    kept, app = store(request), request.app
    found: Practice | None = getattr(app.state, "practice", None)
    if found is None or found.store is not kept:
        found = app.state.practice = Practice(kept)
    return found


def moment() -> datetime:
    """Return this moment in the zone of this computer, which says where days begin."""
    return datetime.now().astimezone()


def folder(request: Request) -> CourseFolder | None:
    """Return the folder of a person's own course; None where there is none, or it cannot be read."""
    try:
        told = str(store(request).preference(FOLDER, "") or "")
        return course_folder(Path(told)) if told else None
    except (AgnesiError, OSError):
        return None


def own(request: Request) -> list[str]:
    """Return where a person's own course is and its stamp, for the verbs: two empty texts where there is none."""
    found = folder(request)
    return [str(found.path), found.stamp] if found is not None else ["", ""]


async def skills_of(request: Request) -> dict[str, Skill]:
    """Return the families of exercises that there are, by id.

    Those of Agnesi are read from their sources. With a course of one's own they are asked of a worker, which takes
    seconds while the workers begin, and kept with the stamp of their files.
    """
    where = [*own(request), families_stamp()]
    kept = getattr(request.app.state, "skills", None)
    if kept is None or kept[0] != where:
        before = await run_in_threadpool(store(request).preference, CATALOGUE)
        rows = before["rows"] if isinstance(before, dict) and before.get("where") == where else None
        if rows is None and not where[0]:
            rows = await run_in_threadpool(catalogue.told, FAMILIES)
        if rows is None:
            rows = await compute(request, f"{VERBS}:catalogue", where[:2], seconds=30.0)
            await run_in_threadpool(store(request).prefer, CATALOGUE, {"where": where, "rows": rows})
        kept = request.app.state.skills = (where, {row["id"]: _skill(row) for row in rows})
    found: dict[str, Skill] = kept[1]
    return found


def skills_at(request: Request) -> tuple[list[str], dict[str, Skill]] | None:
    """Return the families as they were last told, and where they are; None where they are no more so, or never were."""
    kept: tuple[list[str], dict[str, Skill]] | None = getattr(request.app.state, "skills", None)
    return kept if kept is not None and kept[0] == [*own(request), families_stamp()] else None


@cache
def families_stamp() -> str:
    """Return what changes whenever a file of the families that come with Agnesi does; none of them is loaded."""
    files = [f"{f.name} {f.stat().st_mtime_ns} {f.stat().st_size}" for f in sorted(FAMILIES.glob("*.py"))]
    return sha256("\n".join(files).encode()).hexdigest()[:16]


def _skill(row: Mapping[str, Any]) -> Skill:
    return Skill(row["id"], row["title"], tuple(row["concepts"]), row["levels"], row["kind"], tuple(row["resources"]))


def skills(request: Request) -> dict[str, Skill]:
    """Return the families as `skills_of` does, in a thread; none where they cannot be told at the moment."""
    kept = skills_at(request)
    if kept is not None:
        return kept[1]
    try:
        return from_thread.run(skills_of, request)
    except (Unanswered, RuntimeError):
        request.state.passing = True  # the page is not to be kept
        return {}


def scope_of(request: Request, given: Mapping[str, Any] | None = None) -> Scope:
    """Return what an address or a form says is to be practised; what there is not is left out."""
    told = request.query_params if given is None else given
    course = mine(request).course
    concept, resource = str(told.get("concept", "")), str(told.get("resource", ""))
    return Scope(concept if concept in course.concepts else "", resource if resource in course.resources else "")


def length(request: Request) -> int:
    """Return how many exercises a person wants in a day."""
    found = store(request).preference("practice", LENGTH)
    return found if found in LENGTHS else LENGTH


def new_ones(request: Request) -> int:
    """Return how many kinds of exercise a person wants to begin in a day."""
    found = store(request).preference("practice new", NEW)
    return found if found in NEWS else NEW


def day(request: Request, every: Mapping[str, Skill], scope: Scope, more: int = 0) -> Day:
    """Return what is to be done today, or now, in a scope: what was begun first."""
    kept, now, person = practice(request), moment(), mine(request)
    state = kept.state()
    chosen = {s.id: s for s in every.values() if scope.has(s)}
    begun = [a.item for a in kept.begun() if a.item.split("/")[0] in chosen and (a.wrong or a.hints or a.text.strip())]
    done = len(today(state, now))
    wanted = length(request) + more
    left = wanted if scope.query else max(wanted - done, 0)
    concepts = person.course.concepts
    taken = {item.split("/")[0] for item in begun}
    others = [s for s in chosen.values() if s.id not in taken]
    opened = sum(f not in state.cards for f in taken)
    new = None if scope.query else max(0, new_ones(request) + more - begun_today(state, now) - opened)
    items = [*begun, *due(state, now, left, others, concepts, person.known, bool(scope.query), new)][:left]
    waiting = sum(card.due <= now and card.family in every for card in state.cards.values())
    return Day(tuple(items), done, length(request), waiting)


def mastery_of(request: Request, own: Mine) -> dict[str, Mastered]:
    """Return how well each concept is known by practice; call it in a thread."""
    state, now = practice(request).state(), moment()
    if not state.cards:
        return {}
    known = skills(request)
    kept = skills_at(request)
    key = ("mastery", own.text, *(kept[0] if kept and known else ("not told",)), minute(now))
    return store(request).once(key, lambda: mastered(state, own.course.concepts, now, known.values()))


def minute(now: datetime) -> int:
    """Return the number of a minute: for so long what is forgotten meanwhile is not counted anew."""
    return int(now.timestamp() // 60)


def coming(at: datetime, now: datetime) -> str:
    """Return when something falls due, in words.

    >>> from datetime import UTC
    >>> now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> coming(now, now), coming(now + timedelta(minutes=9.5), now), coming(now + timedelta(days=2, hours=1), now)
    ('now', 'in 10 minutes', 'in 2 days')
    """
    left = at - now
    if left <= timedelta(seconds=30):
        return "now"
    minutes = round(left.total_seconds() / 60)
    if minutes < 90:
        return f"in {minutes} minute{'s' if minutes != 1 else ''}"
    if minutes < 20 * 60:
        return f"in {round(minutes / 60)} hours"
    days = max(1, round(left.total_seconds() / 86_400))
    if days < 60:
        return f"in {days} day{'s' if days != 1 else ''}"
    return f"in {round(days / 30.4)} months"


def why(state: State, item: str, now: datetime, begun: bool) -> str:
    """Return why an item is in the queue, in words."""
    card = state.cards.get(item.split("/")[0])
    if begun:
        return "begun"
    if card is None:
        return "new"
    if card.due <= now:
        return "due" if (now - card.due).days < 1 else f"due since {coming(now + (now - card.due), now)[3:]}"
    return f"due {coming(card.due, now)}"
