"""Where each concept of a route is read: the choice among the places of the resources that a person owns.

A place costs minutes; a further concept in the same section costs half, since the section is read once; a further
resource costs what it takes to get used to it. A *way* weighs these costs: the shortest, the fewest books, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from agnesi.course.advice import Advice
from agnesi.course.curriculum import Curriculum
from agnesi.course.records import Place

SHARED = 0.5  # of the minutes, for each further concept in one section
LISTED = 9  # optional resources of which every selection is tried


@dataclass(frozen=True)
class Way:
    """A way to choose: how much minutes in a resource or a kind of resource count; `each` is added for a resource."""

    name: str
    what: str
    weights: Mapping[str, float] = field(default_factory=dict)
    each: float = 0.0


WAYS = (
    Way("spine", "MML wherever it teaches it, the others where it does not", {"mml": 0.3}),
    Way("shortest", "the fewest minutes"),
    Way("fewest", "as few resources as possible", each=1e5),
    Way("videos", "the video courses first", {"videos": 0.4}),
)


@dataclass(frozen=True)
class Choices:
    """The places of the concepts of a route in owned resources, and what each costs; the choice is made among them."""

    known: Curriculum
    advice: Advice
    way: Way
    places: Mapping[str, tuple[Place, ...]]

    def cost(self, place: Place) -> float:
        """Return the weighed minutes of one concept at a place."""
        kind = self.known.resources[place.resource].kind
        weight = self.way.weights.get(place.resource, self.way.weights.get(kind, 1.0))
        return weight * self.advice.pace(place.resource).minutes(place)

    def opening(self, resources: Iterable[str]) -> float:
        """Return the weighed minutes that it takes to get used to resources."""
        return sum(self.way.each + self.advice.pace(r).opening for r in resources)


def chosen(choices: Choices) -> dict[str, Place]:
    """Return a place for each concept that has one: the best selection of resources, then the best sections of it."""
    costs = {
        concept: _cheapest(choices, places) for concept, places in choices.places.items() if places
    }  # fmt: skip
    best = _selection(choices, costs)
    found = {}
    for concept, by_resource in costs.items():
        found[concept] = min((by_resource[r] for r in best if r in by_resource), key=lambda pair: pair[0])[1]
    return _shared(choices, found, best)


def _cheapest(choices: Choices, places: Sequence[Place]) -> dict[str, tuple[float, Place]]:
    """Return the cheapest place in each resource."""
    found: dict[str, tuple[float, Place]] = {}
    for place in places:
        cost = choices.cost(place)
        if place.resource not in found or cost < found[place.resource][0]:
            found[place.resource] = (cost, place)
    return found


def _selection(choices: Choices, costs: Mapping[str, Mapping[str, tuple[float, Place]]]) -> tuple[str, ...]:
    """Return the resources that cost least together; all that alone teach something are among them."""
    needed = {next(iter(row)) for row in costs.values() if len(row) == 1}
    rank = lambda r: (choices.advice.pace(r).rank, r)
    optional = sorted({r for row in costs.values() for r in row} - needed, key=rank)[:LISTED]
    rows = [{r: pair[0] for r, pair in row.items()} for row in costs.values() if len(row) > 1]
    best, least = (*sorted(needed, key=rank), *optional), float("inf")
    for size in range(len(optional) + 1):
        for some in combinations(optional, size):
            selected = needed.union(some)
            total = choices.opening(selected)
            for row in rows:
                total += min((cost for r, cost in row.items() if r in selected), default=float("inf"))
                if total >= least:
                    break
            else:
                best, least = tuple(sorted(selected, key=rank)), total
    return best


def _shared(choices: Choices, found: dict[str, Place], selected: Iterable[str]) -> dict[str, Place]:
    """Return places moved, one concept at a time, to where a section is read anyway, as long as that saves minutes."""
    allowed = set(selected)
    readers = Counter(found.values())
    for _ in range(4):
        moved = False
        for concept, now in found.items():
            readers[now] -= 1
            here = [p for p in choices.places[concept] if p.resource in allowed]
            best = min(here, key=lambda p: choices.cost(p) * (SHARED if readers[p] > 0 else 1))
            if choices.cost(best) * (SHARED if readers[best] > 0 else 1) < choices.cost(now) * (
                SHARED if readers[now] > 0 else 1
            ):
                found[concept], moved = best, True
            readers[found[concept]] += 1
        if not moved:
            break
    return found
