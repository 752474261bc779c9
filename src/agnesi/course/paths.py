"""The route to a goal: from what a person knows, through sections of what they own, and why each stop is on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agnesi.course.advice import Advice, Companion, advice
from agnesi.course.curriculum import Curriculum, curriculum
from agnesi.course.goals import Goal, read_goal, within
from agnesi.course.places import SHARED, WAYS, Choices, Way, chosen
from agnesi.course.records import AREAS, Place, Result
from agnesi.errors import UnknownName

SPEEDS = {"slow": 1.5, "normal": 1.0, "fast": 0.6}


@dataclass(frozen=True)
class Other:
    """Another place for concepts of a stop, what it takes there, and whether the person owns it."""

    place: Place
    concepts: tuple[str, ...]
    minutes: int
    owned: bool


@dataclass(frozen=True)
class Stop:
    """A section to read, or, without a place, concepts that no owned resource teaches.

    `why` has a sentence for each concept; `chosen` tells why here; `first` holds where the resource is met first.
    """

    place: Place | None
    concepts: tuple[str, ...]
    minutes: int
    why: Mapping[str, str]
    chosen: str
    others: tuple[Other, ...]
    beside: tuple[Companion, ...]
    examples: tuple[str, ...]
    first: bool


@dataclass(frozen=True)
class Alternative:
    """The same goal by another way: what it prefers, through which resources, and how long it takes."""

    way: str
    what: str
    resources: tuple[str, ...]
    minutes: int
    stops: int


@dataclass(frozen=True)
class Route:
    """A route: its stops in order, the minutes they take, what was known already, and other ways.

    `asides` are needed in principle and left out: they tell why something is so that can be used without them.
    """

    goal: Goal
    stops: tuple[Stop, ...]
    minutes: int
    way: str
    skipped: tuple[str, ...]
    resources: tuple[str, ...]
    asides: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()

    @property
    def concepts(self) -> tuple[str, ...]:
        """The ids of the concepts, in the order in which they are met."""
        return tuple(c for stop in self.stops for c in stop.concepts)

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of the concepts that no owned resource teaches."""
        return tuple(c for stop in self.stops if stop.place is None for c in stop.concepts)


def route(
    goal: Goal | str,
    knows: Collection[str] = (),
    owns: Collection[str] | None = None,
    *,
    way: str = "spine",
    speed: str = "normal",
    known: Curriculum | None = None,
    given: Advice | None = None,
) -> Route:
    """Return the way from what a person knows to a goal, through the resources that they own (None: all).

    Who knows a concept knows what it needs. Times are estimates, of the advice.

    >>> [s.place.section for s in route("gradient", knows=["partial-deriv"], owns=["mml"]).stops]
    ['2.4', '5.2']

    Raises `UnknownName` for a goal that is not understood, and for concepts, resources, ways that do not exist.
    """
    known, given = known or curriculum(), given or advice()
    goal = read_goal(goal, known, given) if isinstance(goal, str) else goal
    _require(knows, known.concepts, "concept")
    _require(known.resources if owns is None else owns, known.resources, "resource")
    _require([way], {w.name: w for w in WAYS}, "way")
    _require([speed], SPEEDS, "speed")
    shelf = frozenset(known.resources if owns is None else owns)
    planner = _Planner(known, given, goal, frozenset(knows), shelf, speed)
    plans = {w.name: planner.plan(w) for w in WAYS}
    found = planner.route(plans[way])
    seen, others = {(found.resources, found.minutes)}, []
    for other in WAYS:
        plan = plans[other.name]
        if (plan.resources, plan.minutes) not in seen:
            seen.add((plan.resources, plan.minutes))
            others.append(Alternative(other.name, other.what, plan.resources, plan.minutes, len(plan.groups)))
    return replace(found, alternatives=tuple(others))


def _require(names: Iterable[str], there: Collection[str], what: str) -> None:
    strange = sorted(set(names) - set(there))
    if strange:
        few = f"one of {', '.join(there)}" if len(there) < 30 else f"a {what} of the curriculum"
        raise UnknownName(f"There is no {what} {', '.join(strange)}.", expected=few)


def with_needs(concepts: Iterable[str], known: Curriculum) -> frozenset[str]:
    """Return concepts and all that they need, directly or not.

    >>> sorted(with_needs(["partial-deriv"], curriculum()))
    ['derivative', 'diff-rules', 'partial-deriv']
    """
    found: set[str] = set()
    left = list(concepts)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += known.concepts[name].needs
    return frozenset(found)


def concepts_called(words: str, known: Curriculum | None = None, given: Advice | None = None) -> tuple[str, ...]:
    """Return the concepts that words of a person mean: an id, a name, an area, a chapter.

    >>> concepts_called("gradient")
    ('gradient',)
    """
    known = known or curriculum()
    return (words,) if words in known.concepts else read_goal(words, known, given).concepts


@dataclass(frozen=True)
class _Plan:
    """A route before its words: groups of concepts with their places, and where each concept could be read."""

    way: str
    groups: tuple[tuple[tuple[str, ...], Place | None], ...]
    resources: tuple[str, ...]
    minutes: int
    places: Mapping[str, tuple[Place, ...]]


@dataclass(frozen=True)
class _About:
    """What is said of the concepts of a route: which of them need each, results about each, where each is taught."""

    users: Mapping[str, list[str]]
    results: Mapping[str, list[Result]]
    places: Mapping[str, tuple[Place, ...]]


@dataclass(frozen=True)
class _Planner:
    """What all ways of one route have in common."""

    known: Curriculum
    advice: Advice
    goal: Goal
    knows: frozenset[str]
    owns: frozenset[str]
    speed: str

    def plan(self, way: Way) -> _Plan:
        """Return what is read where, in which order, by one way."""
        needed = self._needed()
        places = {c: self._places(c) for c in needed}
        at = chosen(Choices(self.known, self.advice, way, places))
        groups = self._grouped(self._ordered(needed, at), at)
        used = tuple(dict.fromkeys(place.resource for _, place in groups if place))
        opening = sum(self.advice.pace(r).opening for r in used) * SPEEDS[self.speed]
        minutes = sum(self._minutes(place, len(concepts)) for concepts, place in groups if place) + round(opening)
        return _Plan(way.name, tuple(groups), used, minutes, places)

    def route(self, plan: _Plan) -> Route:
        """Return a plan as a route, with all that is said about its stops."""
        about, stops = self._about(plan), list[Stop]()
        for concepts, place in plan.groups:
            stops.append(self._stop(concepts, place, stops, about))
        has = with_needs(self.knows, self.known)
        skipped = with_needs(self.goal.concepts, self.known).difference(plan.places).intersection(has)
        needed = {n for c in plan.places for n in self.known.concepts[c].needs}
        asides = sorted(c for c in needed if c in self.advice.asides and c not in plan.places and c not in has)
        return Route(
            self.goal, tuple(stops), plan.minutes, plan.way, tuple(sorted(skipped)), plan.resources, tuple(asides)
        )

    def _needed(self) -> frozenset[str]:
        """Return the concepts to be learnt: those of the goal and what they need, but for what is known, and asides."""
        has = with_needs(self.knows, self.known)
        left = [c for c in self.goal.concepts if c not in has or self.goal.resource]
        needed: set[str] = set()
        while left:
            name = left.pop()
            if name not in needed:
                needed.add(name)
                out = has if name in self.advice.asides else has.union(self.advice.asides)
                left += [n for n in self.known.concepts[name].needs if n not in out]
        return frozenset(needed)

    def _target(self, place: Place) -> bool:
        return place.resource == self.goal.resource and any(within(place.section, s) for s in self.goal.sections)

    def _places(self, concept: str) -> tuple[Place, ...]:
        """Return where a concept may be read: in the part that is the goal, else in all that is owned."""
        taught = self.known.concepts[concept].taught
        if concept in self.goal.concepts and self.goal.resource:
            return tuple(p for p in taught if self._target(p))
        return tuple(p for p in taught if p.resource in self.owns)

    def _ordered(self, needed: Collection[str], at: Mapping[str, Place]) -> list[str]:
        """Return the concepts so that each stands after its needs, and one goes on in the same section, chapter, book.

        Where another resource must be opened, it is the one in which most can be read at a stretch. The part of a
        resource that is the goal comes last.
        """
        left, order = set(needed), list[str]()
        last = {c for c in needed if c in at and self._target(at[c])}
        held = last - with_needs([n for c in left - last for n in self.known.concepts[c].needs], self.known)
        here: Place | None = None
        while left:
            free = self._free(left)
            free = [c for c in free if c not in held] or free
            nearest = min(free, key=lambda c: self._nearness(c, at, here))
            if here is None or nearest not in at or at[nearest].resource != here.resource:
                runs = {c: self._run(left - held, at[c].resource, at) for c in free if c in at}
                nearest = min(free, key=lambda c: (-runs.get(c, -1), self._nearness(c, at, here)))
            order.append(nearest)
            left.discard(nearest)
            here = at.get(nearest, here)
        return order

    def _free(self, left: Collection[str]) -> list[str]:
        return sorted(c for c in left if not any(n in left for n in self.known.concepts[c].needs))

    def _run(self, left: Collection[str], resource: str, at: Mapping[str, Place]) -> int:
        """Count the concepts that can be read one after another without leaving a resource."""
        rest, count = set(left), 0
        while now := [c for c in self._free(rest) if c in at and at[c].resource == resource]:
            rest.difference_update(now)
            count += len(now)
        return count

    def _nearness(self, concept: str, at: Mapping[str, Place], here: Place | None) -> tuple[Any, ...]:
        place = at.get(concept)
        if place is None:
            return (3,)
        rank = self.advice.pace(place.resource).rank
        where = (rank, _numbers(place.section), AREAS.index(self.known.concepts[concept].area), concept)
        if here is None or place.resource != here.resource:
            return (2, *where)
        return (0 if place == here else 1, *where)

    def _grouped(self, order: list[str], at: Mapping[str, Place]) -> list[tuple[tuple[str, ...], Place | None]]:
        """Return neighbours that are read in one section together."""
        groups: list[tuple[tuple[str, ...], Place | None]] = []
        for concept in order:
            place = at.get(concept)
            if groups and groups[-1][1] == place:
                groups[-1] = ((*groups[-1][0], concept), place)
            else:
                groups.append(((concept,), place))
        return groups

    def _about(self, plan: _Plan) -> _About:
        users: dict[str, list[str]] = {c: [] for c in plan.places}
        results: dict[str, list[Result]] = {c: [] for c in plan.places}
        for c in (c for c in self.known.concepts if c in users):
            for n in self.known.concepts[c].needs:
                if n in users:
                    users[n].append(c)
        for result in self.known.results.values():
            for c in result.concepts:
                if c in results:
                    results[c].append(result)
        return _About(users, results, plan.places)

    def _stop(self, concepts: tuple[str, ...], place: Place | None, before: list[Stop], about: _About) -> Stop:
        """Return a stop with all that is said about it."""
        first = place is not None and all(s.place is None or s.place.resource != place.resource for s in before)
        new = place is not None and all(
            s.place is None or (s.place.resource, s.place.chapter) != (place.resource, place.chapter) for s in before
        )
        beside = tuple(self.advice.beside(place.resource, place.chapter)) if place and new else ()
        return Stop(
            place, concepts, self._minutes(place, len(concepts)) if place else 0,
            {c: self._why(c, about.users) for c in concepts}, self._reason(concepts, place, before, about.places),
            self._others(concepts, place), tuple(c for c in beside if c.companion in self.owns),
            self._examples(concepts, place, about), first,
        )  # fmt: skip

    def _minutes(self, place: Place, count: int) -> int:
        one = self.advice.pace(place.resource).minutes(place) * SPEEDS[self.speed]
        return 5 * round(one * (1 + SHARED * (count - 1)) / 5)

    def _why(self, concept: str, users: Mapping[str, list[str]]) -> str:
        """Tell what on the route needs a concept, as a chain that ends in the goal."""
        if concept in self.goal.concepts:
            return "This is what you want."
        chain = self._chain(concept, users)
        names = [f"“{name}”" if "," in name else name for name in (self.known.concepts[c].name for c in chain[1:])]
        if len(names) > 2:
            return f"Needed for {names[0]}, which {names[1]} needs, and so on up to {names[-1]}."
        return f"Needed for {', and that for '.join(names)}."

    def _chain(self, concept: str, users: Mapping[str, list[str]]) -> list[str]:
        """Return the shortest chain of needs from a concept up to one of the goal."""
        chains = [[concept]]
        seen = {concept}
        for chain in chains:
            if chain[-1] in self.goal.concepts:
                return chain
            for user in users[chain[-1]]:
                if user not in seen:
                    seen.add(user)
                    chains.append([*chain, user])
        return [concept]

    def _reason(
        self,
        concepts: tuple[str, ...],
        place: Place | None,
        before: list[Stop],
        places: Mapping[str, tuple[Place, ...]],
    ) -> str:
        """Tell why a stop is here and not elsewhere."""
        if place is None:
            return "None of your resources teaches this."
        count = max(len({p.resource for p in places[c]}) for c in concepts)
        if self._target(place):
            return "This is the part that you want to read."
        if all(len(places[c]) == 1 for c in concepts):
            return "The only place in your resources."
        if before and before[-1].place and before[-1].place.resource == place.resource:
            return "You have it open already."
        if place.resource == "mml":
            return "MML is the spine: its notation is that of all the rest."
        return f"The best of {count} resources of yours for this route." if count > 1 else "The best place of several."

    def _others(self, concepts: tuple[str, ...], place: Place | None) -> tuple[Other, ...]:
        """Return the other places for these concepts: owned ones first, the shortest first."""
        there: dict[Place, list[str]] = {}
        for c in concepts:
            for p in self.known.concepts[c].taught:
                if p != place:
                    there.setdefault(p, []).append(c)
        found = [Other(p, tuple(cs), self._minutes(p, len(cs)), p.resource in self.owns) for p, cs in there.items()]
        return tuple(sorted(found, key=lambda o: (not o.owned, -len(o.concepts), o.minutes)))

    def _examples(self, concepts: tuple[str, ...], place: Place | None, about: _About) -> tuple[str, ...]:
        """Return the ids of results to work through: about these concepts, of this resource first."""
        found = {r.id: r.resource for c in concepts for r in about.results[c]}
        return tuple(sorted(found, key=lambda id: place is None or found[id] != place.resource))


def _numbers(section: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(p), "") if p.isdigit() else (99, p) for p in section.split("."))
