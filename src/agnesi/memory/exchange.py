"""Reviews and settings as JSON, out and in. What is read is looked at, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agnesi.errors import AgnesiError
from agnesi.memory.record import Review, Settings, State
from agnesi.memory.schedule import replayed

FORMAT, VERSION = "agnesi memory", 1
MOST = 200_000  # reviews of one file
REPAIR = "Take a file that the page Memory saved."


@dataclass(frozen=True)
class Brought:
    """What a file holds: the state, and the concepts that its owner says they know."""

    state: State
    known: tuple[str, ...] = ()


def exported(state: State, known: Iterable[str] = ()) -> str:
    """Return all that is remembered as JSON: the reviews (cards follow from them), the settings, what is known."""
    settings = state.settings
    rows = [
        {"at": r.at.isoformat(), "item": r.item, "concepts": list(r.concepts), "grade": r.grade, "right": r.right,
         "hints": r.hints, "seconds": r.seconds}
        for r in state.reviews
    ]  # fmt: skip
    told = {
        "retention": settings.retention, "steps": list(settings.steps), "again": list(settings.again),
        "longest": settings.longest,
    }  # fmt: skip
    data = {"format": FORMAT, "version": VERSION, "settings": told, "known": sorted(known), "reviews": rows}
    return json.dumps(data, ensure_ascii=False, indent=1)


def imported(text: str) -> Brought:
    """Return what a JSON text holds; raises `AgnesiError` for a text that is not one of ours."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise AgnesiError(f"The file is no JSON: {error}.", repair=REPAIR) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise AgnesiError("The file holds no reviews of Agnesi.", repair=REPAIR)
    if data.get("version") != VERSION:
        raise AgnesiError(f"The file is of version {data.get('version')!r:.20}.", expected=f"version {VERSION}")
    rows = _list(data, "reviews")
    if len(rows) > MOST:
        raise AgnesiError(f"The file has {len(rows)} reviews; at most {MOST} are read.")
    reviews = [_review(row, k) for k, row in enumerate(rows, 1)]
    known = tuple(_text(c, "A concept") for c in _list(data, "known"))
    return Brought(replayed(reviews, _settings(data.get("settings"))), known)


def merged(state: State, other: State) -> State:
    """Return what two logs say together, under the settings of the first; of one item the earlier review counts."""
    return replayed([*state.reviews, *other.reviews], state.settings)


def _review(row: Any, number: int) -> Review:
    try:
        if not isinstance(row, dict):
            raise AgnesiError("It is no object.")
        concepts = tuple(_text(c, "A concept") for c in _list(row, "concepts"))
        at = datetime.fromisoformat(_text(row.get("at"), "Its time"))
        item, right = _text(row.get("item"), "Its exercise"), row.get("right")
        if not isinstance(right, bool):
            raise AgnesiError("It does not say whether it was right.")
        grade, hints = (int(_number(row.get(name, 0), name, int)) for name in ("grade", "hints"))
        seconds = float(_number(row.get("seconds", 0), "seconds", int, float))
        return Review(at, item, concepts, grade, right, hints, seconds)
    except (AgnesiError, ValueError, OverflowError) as error:
        raise AgnesiError(f"Review {number} of the file cannot be read. {error}", repair=REPAIR) from None


def _settings(row: Any) -> Settings:
    plain = Settings()
    if row is None:
        return plain
    try:
        if not isinstance(row, dict):
            raise TypeError
        steps, again = (tuple(float(s) for s in row.get(n, getattr(plain, n))) for n in ("steps", "again"))
        return Settings(
            float(row.get("retention", plain.retention)), steps, again, int(row.get("longest", plain.longest))
        )
    except (TypeError, ValueError, OverflowError):
        raise AgnesiError("The settings of the file cannot be read.", repair=REPAIR) from None


def _number(value: Any, name: str, *kinds: type) -> Any:
    if type(value) not in kinds:
        raise AgnesiError(f"Its {name} is {value!r:.60}.", expected="a number")
    return value


def _list(data: dict[str, Any], name: str) -> list[Any]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise AgnesiError(f"{name} is no list.", repair=REPAIR)
    return found


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value or len(value) > 300:
        raise AgnesiError(f"{what} is {value!r:.60}.", expected="a short text")
    return value
