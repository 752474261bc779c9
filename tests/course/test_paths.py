"""Routes can be walked, reach their goal, leave out what is known, keep to what is owned, and are short."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from agnesi.course import Goal, Route, curriculum, read_goal, route
from agnesi.course.advice import advice
from agnesi.course.goals import within
from agnesi.course.paths import SPEEDS, concepts_called, with_needs
from agnesi.course.places import WAYS, Choices, Way, chosen
from agnesi.course.records import Place
from agnesi.errors import AgnesiError

ALL = curriculum()
GOALS = (
    "understand backpropagation", "read PRML chapter 10", "Gaussian processes", "linear algebra", "read ESL", "start",
)  # fmt: skip
KNOWN = ((), ("gradient", "eigen"), ("backprop", "mvn", "least-squares"))
SHELVES = (None, ("mml",), ("mml", "matcalc", "impcalc"), ("prml", "jaynes"), ())


def walkable(found: Route, knows: tuple[str, ...]) -> None:
    """Each concept stands after what it needs, once, and with a reason."""
    seen = set(with_needs(knows, ALL)) | set(found.asides)
    for stop in found.stops:
        for c in stop.concepts:
            assert set(ALL.concepts[c].needs) <= seen, c
            assert stop.why[c].endswith(".")
            seen.add(c)
    assert len(set(found.concepts)) == len(found.concepts)
    assert set(found.goal.concepts) <= seen


@pytest.mark.parametrize(("goal", "knows", "owns"), list(product(GOALS, KNOWN, SHELVES)))
def test_a_route_can_be_walked(goal: str, knows: tuple[str, ...], owns: tuple[str, ...] | None) -> None:
    found = route(goal, knows, owns)
    walkable(found, knows)
    every = with_needs(found.goal.concepts, ALL)
    assert set(found.concepts) <= every and not set(found.concepts) & set(found.skipped)
    for stop in found.stops:
        if stop.place is None:
            assert stop.minutes == 0 and stop.others  # where else it is taught is said
            continue
        target = stop.place.resource == found.goal.resource
        assert owns is None or stop.place.resource in owns or target
        for c in stop.concepts:
            assert stop.place in ALL.concepts[c].taught
        assert all(o.place != stop.place and set(o.concepts) <= set(stop.concepts) for o in stop.others)
        assert all(b.companion in (owns or ALL.resources) for b in stop.beside)
    openings = sum(advice().pace(r).opening for r in found.resources)
    assert found.minutes == sum(s.minutes for s in found.stops) + openings


def test_nothing_is_on_the_route_that_the_goal_does_not_need() -> None:
    found = route("gp")
    needed = with_needs(["gp"], ALL)
    assert set(found.concepts) == needed
    known = route("gp", ["mvn", "kernels"])
    assert known.concepts == ("gp",) and set(known.skipped) == needed - {"gp"}
    assert route("gp", ["gp"]).stops == () and route("gp", ["gp"]).minutes == 0


def test_who_knows_more_has_a_shorter_way() -> None:
    for goal in GOALS:
        plain = route(goal)
        for c in plain.concepts[::7]:
            assert len(route(goal, [c]).concepts) <= len(plain.concepts)


def test_a_part_of_a_book_is_read_there_and_last_and_once() -> None:
    for text in ("read PRML chapter 10", "read MML chapter 5", "MacKay 45", "matcalc 4"):
        goal = read_goal(text)
        for owns in (None, ["mml"], []):
            found = route(goal, owns=owns)
            at = [s.place is not None and _within(s.place, goal) for s in found.stops]
            there = {c for s, here in zip(found.stops, at, strict=True) if here for c in s.concepts}
            assert set(goal.concepts) == there
            assert at[-1]
    assert all(route("read PRML chapter 10").stops[-k].place.chapter == "10" for k in (1, 2, 3, 4))  # type: ignore[union-attr]


def _within(place: Place, goal: Goal) -> bool:
    return place.resource == goal.resource and any(within(place.section, s) for s in goal.sections)


def test_a_part_of_a_book_is_to_be_read_though_its_concepts_are_known() -> None:
    found = route("prml 6.4", ["gp"])
    assert [(s.place.resource, s.place.section) for s in found.stops if s.place] == [("prml", "6.4")]


def test_the_spine_is_mml_and_backpropagation_ends_in_its_section() -> None:
    found = route("understand backpropagation")
    last = found.stops[-1]
    assert last.place and (last.place.resource, last.place.section) == ("mml", "5.6")
    assert found.resources[0] == "mml" and found.stops[0].first
    assert {o.place.resource for o in last.others} == {"prml", "impcalc", "itila", "esl"}
    chain = next(s for s in found.stops if "jacobian" in s.concepts).why["jacobian"]
    assert chain.startswith("Needed for ") and chain.endswith("Backpropagation.")


@pytest.mark.parametrize("goal", GOALS)
def test_each_way_keeps_what_it_promises(goal: str) -> None:
    by = {w.name: route(goal, way=w.name) for w in WAYS}
    for found in by.values():
        walkable(found, ())
    # a section that is shared is weighed after the resources are chosen: hence the two percent
    assert len(by["fewest"].resources) == min(len(f.resources) for f in by.values())
    assert by["shortest"].minutes <= min(f.minutes for f in by.values()) * 1.02
    videos = {n: _watched(f) for n, f in by.items()}
    assert videos["videos"] == max(videos.values())
    for name, found in by.items():
        assert name not in {a.way for a in found.alternatives}
        for other in found.alternatives:
            there = by[other.way]
            assert (other.minutes, other.stops, other.resources) == (there.minutes, len(there.stops), there.resources)


def _watched(found: Route) -> int:
    stops = [s for s in found.stops if s.place and ALL.resources[s.place.resource].kind == "videos"]
    return sum(len(s.concepts) for s in stops)


def test_places_are_the_cheapest_of_all_choices() -> None:
    """Without shared sections the choice is the best there is: compared with all choices, one by one."""
    some = ["derivative", "diff-rules", "jacobian", "multi-chain", "mlp", "hessian"]
    places = {c: ALL.concepts[c].taught for c in some}
    for way in WAYS:
        it = Choices(ALL, advice(), Way(way.name, way.what, way.weights, way.each), places)
        found = chosen(it)
        total = lambda at: sum(it.cost(p) for p in at) + it.opening({p.resource for p in at})
        assert total(found.values()) <= min(total(at) for at in product(*places.values())) + 1e-9 or _shares(found)


def _shares(found: dict) -> bool:  # type: ignore[type-arg]
    return any(a == b for a, b in combinations(found.values(), 2))


def test_speed_changes_the_minutes_only() -> None:
    slow, normal, fast = (route("gp", speed=s) for s in SPEEDS)
    assert slow.concepts == normal.concepts == fast.concepts
    assert slow.minutes > 1.3 * normal.minutes > 1.3 * fast.minutes


def test_asides_are_left_out_and_said_unless_they_are_wanted() -> None:
    found = route("Bayes' theorem")
    assert found.asides == ("cox-rules",) and "jaynes" not in found.resources
    assert not {"cox-rules", "plausible-reasoning"} & {*found.concepts, *found.skipped}
    assert set(route("cox-rules").concepts) == {"cox-rules", "plausible-reasoning"} and not route("cox-rules").asides
    assert {"cox-rules", "plausible-reasoning"} <= set(route("read Jaynes chapters 1 to 4").concepts)
    assert not route("Bayes' theorem", ["cox-rules"]).asides


def test_a_concept_that_no_owned_resource_teaches_is_said() -> None:
    found = route("understand backpropagation", owns=["mml"])
    assert set(found.missing) == {"elementwise", "sum-reduction", "vector-chain", "mlp"}
    assert {o.place.resource for s in found.stops if s.place is None for o in s.others} >= {"matcalc", "impcalc"}
    assert all(not o.owned for s in found.stops if s.place is None for o in s.others)


def test_companions_stand_where_a_chapter_is_begun() -> None:
    found = route("eigen", owns=["mml", "impla"])
    begun = {s.place.chapter: s for s in reversed(found.stops) if s.place and s.place.resource == "mml"}
    for chapter, stop in begun.items():
        assert [b.companion for b in stop.beside] == (["impla"] if chapter in ("2", "3", "4") else [])
    assert begun and sum(1 for s in found.stops if s.beside) <= len(begun) + 5
    assert not any(s.beside for s in route("eigen", owns=["mml"]).stops)


def test_examples_are_results_about_the_concepts() -> None:
    for stop in route("gp").stops:
        for id in stop.examples:
            assert set(ALL.results[id].concepts) & set(stop.concepts)


@pytest.mark.parametrize(("words", "said"), [
    (dict(knows=["slopes"]), "no concept slopes"), (dict(owns=["bible"]), "no resource bible"),
    (dict(way="direct"), "no way direct"), (dict(speed="warp"), "no speed warp"),
])  # fmt: skip
def test_what_does_not_exist_is_refused(words: dict, said: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(AgnesiError) as refused:
        route("gp", **words)
    assert said in str(refused.value)


def test_words_for_what_is_known() -> None:
    assert concepts_called("gradient") == ("gradient",)
    assert set(concepts_called("linear algebra")) >= {"matrix", "rank"}
    assert set(concepts_called("MML chapter 2")) >= {"matrix", "rank"}
