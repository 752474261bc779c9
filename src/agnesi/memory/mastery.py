"""How well each concept is known, from what was done: its own exercises, and harder ones that need it.

The strength of a family is the chance that it is still known now, times the share of its levels that was reached, times
1 − 2⁻ᵏ after k right answers in a row (one with help counts half). A concept has the mean of the strengths of its best
`COUNTED` families (those not done yet count 0), or, where that is more, what exercises of concepts that need it show of
it: their strength times `PASSED` for each step between the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agnesi.course.records import Concept
from agnesi.memory.record import Card, Skill, State
from agnesi.memory.schedule import recalled

COUNTED = 3
PASSED = 0.9
ENOUGH = 0.6  # from here on a concept counts as known for what needs it


@dataclass(frozen=True)
class Mastered:
    """How well a concept is known, 0 to 1; from how many reviews; and `through` which concept, if not by its own."""

    value: float
    reviews: int
    through: str = ""


def strength(card: Card, now: datetime, state: State, levels: int) -> float:
    """Return how well a family is known, 0 to 1."""
    depth = min(card.best, levels) / max(levels, 1)
    return recalled(card, now, state.settings) * depth * float(1 - 0.5**card.rights)


def mastery(
    state: State, concepts: Mapping[str, Concept], now: datetime, skills: Iterable[Skill] = ()
) -> dict[str, float]:
    """Return how well each concept is known, 0 to 1; `skills` are all families there are, practised or not."""
    return {id: found.value for id, found in mastered(state, concepts, now, skills).items()}


def mastered(
    state: State, concepts: Mapping[str, Concept], now: datetime, skills: Iterable[Skill] = ()
) -> dict[str, Mastered]:
    """Return how well each concept is known, and what that rests on."""
    known = {s.id: s for s in skills}
    rows: defaultdict[str, list[float]] = defaultdict(list)
    counts: defaultdict[str, int] = defaultdict(int)
    for family in sorted({*known, *state.cards}):
        card, skill = state.cards.get(family), known.get(family)
        about = skill.concepts if skill else card.concepts if card else ()
        value = strength(card, now, state, skill.levels if skill else max(card.best, 1)) if card else 0.0
        for concept in about:
            rows[concept].append(value)
            counts[concept] += card.count if card else 0
    own = {c: Mastered(_mean(rows[c]), counts[c]) for c in concepts}
    return _credited(own, concepts)


def _mean(values: list[float]) -> float:
    best = sorted(values, reverse=True)[:COUNTED]
    return sum(best) / len(best) if best else 0.0


def _credited(own: Mapping[str, Mastered], concepts: Mapping[str, Concept]) -> dict[str, Mastered]:
    """Pass what is known of a concept down to those that it needs, step by step."""
    found = dict(own)
    waiting = sorted((c for c in own if own[c].value > 0), key=lambda c: own[c].value)
    while waiting:
        concept = waiting.pop()
        here = found[concept]
        for need in concepts[concept].needs:
            value = here.value * PASSED
            if need in found and value > found[need].value + 1e-12:
                found[need] = Mastered(value, here.reviews, here.through or concept)
                waiting.append(need)
    return found
