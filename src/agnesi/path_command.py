"""What `agnesi path GOAL` prints: the stops of a route, how long they take, and why each is on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from textwrap import wrap
from typing import Any

from agnesi.course import Curriculum, Route, Stop, curriculum, route, with_own
from agnesi.course.advice import Advice, advice
from agnesi.course.folder import COURSE
from agnesi.course.paths import concepts_called
from agnesi.errors import AgnesiError

WIDTH = 100


def found(
    goal: str, know: Iterable[str], own: Iterable[str], way: str, speed: str, added: Path | None, as_json: bool
) -> str:
    """Return the route to a goal as text or JSON; without a goal, where to start.

    Raises `AgnesiError` for a goal, a concept or a resource that is not there, and for a file that cannot be read.
    """
    known, given = with_own(_text(added)) if added else (curriculum(), advice())
    if not goal.strip():
        return _start(known, given)
    has = [c for words in know for c in concepts_called(words, known, given)]
    it = route(goal, has, list(own) or None, way=way, speed=speed, known=known, given=given)
    return json.dumps(data(it, known), ensure_ascii=False, indent=2) if as_json else shown(it, known, given)


def _text(path: Path) -> str:
    """Return the text of a file, or of course.toml in a folder."""
    path = path / COURSE if path.is_dir() else path
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AgnesiError(f"The file {path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def time(minutes: float) -> str:
    """Return a time in words.

    >>> time(35), time(95), time(60)
    ('35 min', '1 h 35 min', '1 h')
    """
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def data(it: Route, known: Curriculum) -> dict[str, Any]:
    """Return a route as plain data."""
    return {
        "goal": asdict(it.goal), "minutes": it.minutes, "way": it.way, "resources": list(it.resources),
        "stops": [
            {
                "resource": s.place.resource if s.place else None, "section": s.place.section if s.place else None,
                "minutes": s.minutes, "chosen": s.chosen, "examples": list(s.examples),
                "concepts": [{"id": c, "name": known.concepts[c].name, "why": s.why[c]} for c in s.concepts],
                "others": [
                    {"resource": o.place.resource, "section": o.place.section, "minutes": o.minutes, "owned": o.owned}
                    for o in s.others
                ],
            }
            for s in it.stops
        ],
        "known": list(it.skipped), "missing": list(it.missing), "asides": list(it.asides),
        "alternatives": [asdict(a) for a in it.alternatives],
    }  # fmt: skip


def shown(it: Route, known: Curriculum, given: Advice) -> str:
    """Return a route as text for a terminal."""
    names = {r.id: given.short(r) for r in known.resources.values()}
    lines = [it.goal.name]
    if not it.stops:
        return f"{it.goal.name}\nYou know all of it already."
    through = ", ".join(names[r] for r in it.resources)
    several = "s" if len(it.stops) > 1 else ""
    lines.append(f"{len(it.stops)} stop{several}, about {time(it.minutes)}, through {through}. Times are estimates.")
    if it.goal.others:
        lines.append(f"Or did you mean: {'; '.join(it.goal.others)}?")
    for n, stop in enumerate(it.stops, 1):
        lines += ["", *_stop(n, stop, known, given)]
    for c in it.asides:
        lines += ["", *wrap(f"Left out: {known.concepts[c].name}. {given.asides[c].why}", WIDTH)]
    if it.missing:
        lines += ["", f"In none of these resources: {', '.join(known.concepts[c].name for c in it.missing)}."]
    if it.alternatives:
        lines += ["", "Other ways"]
        lines += [
            f"  --way {a.way:9} {time(a.minutes):12} {len(a.resources):2} resource(s),"
            f" {a.stops:2} stops: {a.what}"
            for a in it.alternatives
        ]
    return "\n".join(lines)


def _stop(n: int, stop: Stop, known: Curriculum, given: Advice) -> list[str]:
    if stop.place is None:
        head = f"{n:3}  in none of these resources"
    else:
        resource = known.resources[stop.place.resource]
        title = next((f" ({c.title})" for c in resource.chapters if c.n == stop.place.chapter), "")
        unit = "" if "." in stop.place.section else f"{resource.unit} "
        head = f"{n:3}  {given.short(resource)} {unit}{stop.place.section}{title}, {time(stop.minutes)}"
    lines = [head]
    for c in stop.concepts:
        lines += _wrapped(f"{known.concepts[c].name}. {stop.why[c]}")
    if stop.first and stop.place:
        lines += _wrapped(given.pace(stop.place.resource).how)
    for b in stop.beside:
        lines += _wrapped(f"Beside it {given.short(known.resources[b.companion])}: {b.why}")
    other = next((o for o in stop.others), None)
    if other:
        unit = "" if "." in other.place.section else f"{known.resources[other.place.resource].unit} "
        where = f"{given.short(known.resources[other.place.resource])} {unit}{other.place.section}"
        lines += _wrapped(f"Or {where}, {time(other.minutes)}{'' if other.owned else ', which is not among these'}.")
    return lines


def _wrapped(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent="     ", subsequent_indent="       ")


def _start(known: Curriculum, given: Advice) -> str:
    """Return where to start, for somebody who has no goal yet."""
    lines = ["Where to start"]
    for r in sorted(known.resources.values(), key=lambda r: given.pace(r.id).rank):
        how = f"{r.start} {given.pace(r.id).how}"
        lines += ["", f"  {given.short(r)}: {r.title}", *_wrapped(how), *_wrapped(r.use)]
    return "\n".join([*lines, "", 'Then say what you want: agnesi path "understand backpropagation".'])
