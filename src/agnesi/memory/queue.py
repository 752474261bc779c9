"""What to practise today: what is due, the most nearly forgotten first; then what is new and ready."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from agnesi.course.records import Concept
from agnesi.memory.mastery import ENOUGH, mastery
from agnesi.memory.record import Review, Skill, State, parts_of
from agnesi.memory.schedule import recalled

LENGTHS = (3, 5, 10, 15, 20, 30, 50)
LENGTH = 10
NEWS = (1, 2, 3, 5, 10, 20)
NEW = 5  # kinds of exercise that begin in one day
SOON = timedelta(minutes=20)  # what falls due within this time may be done when nothing else is left


def due(
    state: State, now: datetime, length: int, skills: Iterable[Skill] | None = None,
    concepts: Mapping[str, Concept] | None = None, known: Collection[str] = (), ahead: bool = False,
    new: int | None = None,
) -> list[str]:  # fmt: skip
    """Return at most `length` items to practise now, each of another family.

    Without `skills` these are reviews alone; with them new families follow, those first whose concepts need nothing
    that is not known (said, or shown by practice), at most `new` of them, then what is due
    within `SOON`; with `ahead` at last what is not due yet. Neighbours are of different concepts where that can be.
    """
    every = None if skills is None else {s.id: s for s in skills}
    cards = [c for c in state.cards.values() if every is None or c.family in every]
    waiting = sorted((c for c in cards if c.due <= now), key=lambda c: (recalled(c, now, state.settings), c.family))
    families = [c.family for c in waiting]
    if every is not None:
        families += _new(state, now, every, concepts or {}, known)[:new]
    if every is not None:
        until = datetime.max.replace(tzinfo=now.tzinfo) if ahead else now + SOON
        families += [c.family for c in sorted(cards, key=lambda c: (c.due, c.family)) if now < c.due <= until]
    chosen = families[: max(length, 0)]
    told = {f: every[f].concepts if every else state.cards[f].concepts for f in chosen}
    return [fresh(state, f, every[f].levels if every else None) for f in _mixed(chosen, told)]


def _new(
    state: State, now: datetime, skills: Mapping[str, Skill], concepts: Mapping[str, Concept], known: Collection[str]
) -> list[str]:
    """Return families not practised yet: those that are ready first, in the order in which concepts build on others."""
    shown = mastery(state, concepts, now, skills.values())
    has = {*known, *(c for c, value in shown.items() if value >= ENOUGH)}
    depth = depths(concepts)

    def place(skill: Skill) -> tuple[int, int, str]:
        needs = {n for c in skill.concepts if c in concepts for n in concepts[c].needs} - set(skill.concepts)
        return len(needs - has), max((depth.get(c, 0) for c in skill.concepts), default=0), skill.id

    return [s.id for s in sorted((s for s in skills.values() if s.id not in state.cards), key=place)]


def depths(concepts: Mapping[str, Concept]) -> dict[str, int]:
    """Return for each concept the length of the longest chain of needs below it."""
    found: dict[str, int] = {}
    left = dict(concepts)
    while left:
        done = [c for c in left if all(n in found or n not in concepts for n in concepts[c].needs)]
        for c in done:
            found[c] = 1 + max((found[n] for n in concepts[c].needs if n in found), default=-1)
            del left[c]
        if not done:  # a circle, which no curriculum has
            break
    return found


def _mixed(families: list[str], concepts: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return families with neighbours of different concepts, as far as the order goes."""
    left, out = list(families), list[str]()
    while left:
        last = set(concepts[out[-1]]) if out else set()
        at = next((k for k, f in enumerate(left[:4]) if not last & set(concepts[f])), 0)
        out.append(left.pop(at))
    return out


def fresh(state: State, family: str, levels: int | None = None, level: int | None = None) -> str:
    """Return an item of a family that was not done yet, at the level that comes next (or the one that is wanted)."""
    card = state.cards.get(family)
    wanted = level or (card.level if card else 1)
    wanted = min(wanted, levels) if levels else wanted
    seen = {parts_of(r.item)[2] for r in state.reviews if r.item.startswith(f"{family}/{wanted}/")}
    seed = next(n for n in range(1, len(seen) + 2) if n not in seen)
    return f"{family}/{wanted}/{seed}"


def begun_today(state: State, now: datetime) -> int:
    """Return how many kinds of exercise were done for the first time on this day."""
    here = today(state, now)
    before = {r.family for r in state.reviews if r.at < here[0].at} if here else set()
    return len({r.family for r in here} - before)


def today(state: State, now: datetime) -> list[Review]:
    """Return the reviews of this day, as the zone of `now` counts days."""
    return [r for r in state.reviews if r.at.astimezone(now.tzinfo).date() == now.date()]
