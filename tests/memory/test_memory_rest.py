"""Mastery, the queue of the day, statistics, and what goes out and comes in."""

from __future__ import annotations

import json
import random
import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from scipy.stats import binomtest

import agnesi.exercises as exercises
from agnesi.course import curriculum
from agnesi.errors import AgnesiError
from agnesi.memory import Review, Settings, Skill, State, due, exported, fresh, imported, mastery, merged, replayed
from agnesi.memory import recalled as recall_of
from agnesi.memory.anki import Note, deck
from agnesi.memory.catalogue import told
from agnesi.memory.mastery import PASSED, mastered
from agnesi.memory.queue import SOON, begun_today, depths, today
from agnesi.memory.record import parts_of
from agnesi.memory.statistics import Share, statistics

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
CONCEPTS = {
    "a": SimpleNamespace(id="a", needs=()), "b": SimpleNamespace(id="b", needs=("a",)),
    "c": SimpleNamespace(id="c", needs=("b",)), "d": SimpleNamespace(id="d", needs=()),
}  # fmt: skip
SKILLS = [
    Skill("fa", "A", ("a",), 2), Skill("fb", "B", ("b",), 3), Skill("fc", "C", ("c",), 2), Skill("fd", "D", ("d",)),
]  # fmt: skip


def done(*rows: tuple[str, float, int], settings: Settings | None = None) -> State:
    """A state from rows of item, days after the start, grade."""
    about = {s.id: s.concepts for s in SKILLS}
    made = [
        Review(START + timedelta(days=days), item, about.get(parts_of(item)[0], ("a",)), grade, grade > 1, seconds=60.0)
        for item, days, grade in rows
    ]  # fmt: skip
    return replayed(made, settings)


def test_mastery_grows_with_right_answers_and_levels_and_fades_with_time() -> None:
    def of(state: State, days: float) -> float:
        return mastery(state, CONCEPTS, START + timedelta(days=days), SKILLS)["a"]

    none, once, twice = done(), done(("fa/1/1", 0, 3)), done(("fa/1/1", 0, 3), ("fa/1/2", 2, 3))
    high = done(("fa/1/1", 0, 3), ("fa/2/2", 2, 3))
    assert of(none, 3) == 0 < of(once, 3) < of(twice, 3) < of(high, 3) < 1
    assert of(high, 300) < of(high, 30) < of(high, 3)
    assert of(done(("fa/1/1", 0, 1)), 1) == 0, "a wrong answer shows nothing"
    assert of(done(("fa/1/1", 0, 3)), 0) == pytest.approx(0.5 * 0.5), "one right of one level of two, remembered fully"


def test_harder_exercises_done_right_credit_what_they_need() -> None:
    state = done(("fc/1/1", 0, 3), ("fc/2/1", 1, 3))
    found = mastered(state, CONCEPTS, START + timedelta(days=1), SKILLS)
    c = found["c"].value
    assert c == pytest.approx(0.75)
    assert found["b"].value == pytest.approx(c * PASSED) and found["a"].value == pytest.approx(c * PASSED**2)
    assert found["b"].through == found["a"].through == "c" and found["c"].through == "" and found["d"].value == 0
    failed = done(("fc/1/1", 0, 1))
    assert not any(mastery(failed, CONCEPTS, START, SKILLS).values())


def test_ones_own_exercises_count_where_they_say_more() -> None:
    state = done(("fc/1/1", 0, 3), *((f"fa/2/{n}", n, 3) for n in range(6)))
    found = mastered(state, CONCEPTS, START + timedelta(days=5), SKILLS)
    assert found["a"].through == "" and found["a"].value > 0.9 and found["a"].reviews == 6 and found["b"].through == "c"


def test_a_concept_with_several_families_needs_several() -> None:
    more = [*SKILLS, Skill("fa2", "A", ("a",), 2), Skill("fa3", "A", ("a",), 2), Skill("fa4", "A", ("a",), 2)]
    state = done(("fa/2/1", 0, 3))
    at = START
    assert mastery(state, CONCEPTS, at, more)["a"] == pytest.approx(mastery(state, CONCEPTS, at, SKILLS)["a"] / 3)


def test_the_real_curriculum_is_credited_all_the_way_down() -> None:
    course = curriculum().concepts
    skill = Skill("deep", "Backpropagation", ("backprop",))
    state = replayed([Review(START, "deep/1/1", ("backprop",), 3, True)])
    found = mastery(state, course, START, [skill])
    below, waiting = set(), ["backprop"]
    while waiting:
        needs = set(course[waiting.pop()].needs) - below
        below |= needs
        waiting += needs
    assert {c for c, value in found.items() if value > 0} == below | {"backprop"} and len(below) > 5


def test_what_is_due_comes_first_the_most_nearly_forgotten_before_others() -> None:
    state = done(("fa/1/1", 0, 3), ("fb/1/1", 0, 1), ("fc/1/1", 0, 4), ("fd/1/1", 0, 3))
    now = START + timedelta(days=4)
    found = [parts_of(i)[0] for i in due(state, now, 10)]
    recalls = [recall_of(state.cards[f], now) for f in found]
    assert set(found) == {"fa", "fb", "fd"} and recalls == sorted(recalls) and found[0] == "fb"
    assert due(state, START, 10) == []
    assert len(due(state, START + timedelta(days=60), 10)) == 4


def test_new_families_follow_in_the_order_in_which_concepts_build() -> None:
    assert due(State(), START, 10, SKILLS, CONCEPTS) == ["fa/1/1", "fd/1/1", "fb/1/1", "fc/1/1"]
    assert due(State(), START, 2, SKILLS, CONCEPTS) == ["fa/1/1", "fd/1/1"]
    assert due(State(), START, 1, SKILLS, CONCEPTS, known={"a", "b"}) == ["fa/1/1"]
    ready = due(State(), START, 10, SKILLS, CONCEPTS, known={"b"})  # c is ready, b is not
    assert ready.index("fc/1/1") < ready.index("fb/1/1")
    assert due(State(), START, 0, SKILLS, CONCEPTS) == []


def test_new_kinds_are_as_many_as_a_person_wants_then_comes_what_is_due_soon() -> None:
    assert due(State(), START, 10, SKILLS, CONCEPTS, new=2) == ["fa/1/1", "fd/1/1"]
    assert due(State(), START, 10, SKILLS, CONCEPTS, new=0) == []
    state = done(("fa/1/1", 0, 3))
    soon = state.cards["fa"].due - SOON / 2
    assert state.cards["fa"].due > soon
    assert due(state, soon, 10, SKILLS, CONCEPTS, new=1) == ["fd/1/1", "fa/1/2"]
    assert due(state, state.cards["fa"].due - 2 * SOON, 10, SKILLS, CONCEPTS, new=0) == []
    assert due(state, soon, 10) == []  # reviews alone


def test_kinds_begun_on_a_day_are_counted() -> None:
    assert begun_today(State(), START) == 0
    state = done(("fa/1/1", 0, 3), ("fb/1/1", 1, 3), ("fb/1/2", 1.01, 3), ("fa/1/2", 1.02, 3), ("fd/1/1", 1.03, 1))
    assert begun_today(state, START + timedelta(days=1, hours=2)) == 2
    assert begun_today(state, START) == 1 and begun_today(state, START + timedelta(days=3)) == 0


def test_a_queue_has_the_chosen_length_and_reviews_before_new_ones() -> None:
    state = done(("fc/1/1", 0, 3))
    later = START + timedelta(days=30)
    for length in range(6):
        found = due(state, later, length, SKILLS, CONCEPTS)
        assert len(found) == min(length, 4) and len({parts_of(i)[0] for i in found}) == len(found)
    assert due(state, later, 1, SKILLS, CONCEPTS) == ["fc/1/2"]
    assert due(state, START, 9, SKILLS, CONCEPTS)[-1] != "fc/1/2"
    assert "fc/1/2" in due(state, START, 9, SKILLS, CONCEPTS, ahead=True)


def test_the_same_time_gives_the_same_queue_and_a_review_a_fresh_exercise() -> None:
    state = done(("fa/1/1", 0, 1))
    now = START + timedelta(hours=1)
    assert due(state, now, 1) == due(state, now, 1) == ["fa/1/2"]
    more = done(("fa/1/1", 0, 3), ("fa/1/2", 3, 3))
    assert fresh(more, "fa") == "fa/2/1" and fresh(more, "fa", levels=1) == fresh(more, "fa", level=1) == "fa/1/3"
    assert fresh(State(), "new", 3) == "new/1/1"


def test_neighbours_are_of_different_concepts() -> None:
    skills = [Skill(f"s{n}", "", ("a" if n < 3 else "d",)) for n in range(6)]
    concepts = [("a" if parts_of(i)[0] < "s3" else "d") for i in due(State(), START, 6, skills, CONCEPTS)]
    assert concepts == ["a", "d"] * 3


def test_depths_are_longest_chains() -> None:
    assert depths(CONCEPTS) == {"a": 0, "b": 1, "c": 2, "d": 0}
    course = curriculum().concepts
    found = depths(course)
    assert all(found[c.id] > found[n] for c in course.values() for n in c.needs)


def test_a_day_is_one_of_the_learners_zone() -> None:
    state = done(("fa/1/1", 0, 3), ("fa/1/2", 0.9, 3))
    east = timezone(timedelta(hours=14))
    assert len(today(state, START)) == 1 and len(today(state, START.astimezone(east))) == 1
    assert len(today(state, (START + timedelta(hours=20)).astimezone(timezone(timedelta(hours=-8))))) == 2


@pytest.mark.parametrize(("some", "of"), [(0, 10), (7, 10), (40, 50), (99, 100), (100, 100), (3, 4)])
def test_shares_have_the_interval_of_wilson(some: int, of: int) -> None:
    expected = binomtest(some, of).proportion_ci(0.95, "wilson")
    assert Share(some, of).interval == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_statistics_say_what_they_rest_on() -> None:
    rows = [(f"fa/1/{n}", 3.0 * n, 3 if n % 4 else 1) for n in range(20)]
    rows += [("fb/1/1", 0.01, 2), ("fb/1/2", 0.02, 3)]
    state = done(*rows)
    now = START + timedelta(days=60)
    found = statistics(state, now, CONCEPTS, SKILLS)
    assert found.reviews == 22 and found.days == 20 and found.minutes == 22 and found.usual == 60
    assert (found.alone.some, found.alone.of) == (16, 22) and sum(found.grades.values()) == 22
    assert found.kept.of == 19, "only those a day or more after the one before"
    assert found.kept.some == 15 and found.expected is not None and 0.5 < found.expected < 1
    falls = sorted((max(now, c.due).date() - now.date()).days for c in state.cards.values())
    assert [k for k, (_, n) in enumerate(found.coming) for _ in range(n)] == [k for k in falls if k < 14]
    assert falls[0] == 0
    assert len(found.coming) == 14
    assert found.concepts["a"][1] == Share(15, 20) and set(found.concepts) == {"a", "b"}
    assert found.weeks[0][0] == START.date() and sum(n for _, n, _ in found.weeks) == 22
    nothing = statistics(State(), now, CONCEPTS)
    assert nothing.alone.value is None and nothing.expected is None and nothing.usual is None
    assert "nothing" in str(nothing.kept)
    assert "too few" in str(Share(3, 4)) and "22" in str(found.alone)


def random_state(seed: int) -> State:
    chance = random.Random(seed)
    rows = [
        Review(
            START + timedelta(seconds=chance.uniform(0, 1e7)), f"f-{chance.randrange(9)}/{chance.randint(1, 4)}/{n}",
            tuple(chance.sample(sorted(curriculum().concepts), 2)), chance.randint(1, 4), chance.random() < 0.7,
            chance.randrange(5), chance.uniform(0, 900),
        )
        for n in range(60)
    ]  # fmt: skip
    return replayed(rows, Settings(chance.choice((0.8, 0.93)), (5.0, 20.0), (7.0,), 200))


@pytest.mark.parametrize("seed", range(5))
def test_what_was_exported_is_imported_as_the_same_state(seed: int) -> None:
    state = random_state(seed)
    found = imported(exported(state, ["gradient", "eigen"]))
    assert found.state == state and found.state.cards == state.cards and found.known == ("eigen", "gradient")
    assert exported(found.state, found.known) == exported(state, ["eigen", "gradient"])
    assert imported(exported(State())).state == State()


def test_two_logs_merge_into_one_and_nothing_counts_twice() -> None:
    state = random_state(9)
    one, two = replayed(state.reviews[:40], state.settings), replayed(state.reviews[25:], state.settings)
    assert merged(one, two) == merged(two, one) == state == merged(state, state)


def test_what_is_no_export_is_refused_with_a_sentence() -> None:
    good = json.loads(exported(done(("fa/1/1", 0, 3))))
    wrong = ["", "[]", "{", "[" * 50_000, '{"format": "other"}', json.dumps({**good, "version": 2})]
    changes = [
        ("grade", 7), ("grade", True), ("grade", "3"), ("item", "x"), ("item", 5), ("at", "yesterday"), ("right", 1),
        ("at", "2026-01-01"), ("concepts", "a"), ("hints", -1), ("seconds", -1), ("seconds", "1"),
    ]  # fmt: skip
    wrong += [json.dumps({**good, "reviews": [{**good["reviews"][0], name: value}]}) for name, value in changes]
    fields = [{"reviews": 5}, {"reviews": [3]}, {"known": [1]}]
    fields += [{"settings": {"retention": 3}}, {"settings": {"steps": "x"}}, {"settings": []}]
    wrong += [json.dumps({**good, **field}) for field in fields]
    for text in wrong:
        with pytest.raises(AgnesiError) as caught:
            imported(text)
        assert str(caught.value).endswith(".") and len(str(caught.value)) < 400


def test_a_deck_is_the_sqlite_that_anki_reads(tmp_path: Path) -> None:
    notes = [
        Note("fa/1/1", "Differentiate $x^2 < y$.", "$2x$", ("The rule: $\\frac{d}{dx}$", "Then"), ("vector calculus",)),
        Note("fb/1/2", "Plain & simple", "7"),
    ]  # fmt: skip
    data = deck(notes, START)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        archive.extract("collection.anki2", tmp_path)
    connection = sqlite3.connect(tmp_path / "collection.anki2")
    rows = connection.execute("SELECT guid, tags, flds FROM notes ORDER BY id").fetchall()
    cards = connection.execute("SELECT count(*), count(DISTINCT nid) FROM cards").fetchone()
    models, decks = (json.loads(v) for v in connection.execute("SELECT models, decks FROM col").fetchone())
    connection.close()
    assert cards == (2, 2) and "Agnesi" in {d["name"] for d in decks.values()}
    (model,) = models.values()
    assert [f["name"] for f in model["flds"]] == ["Item", "Question", "Answer", "Steps"]
    item, question, answer, steps = rows[0][2].split("\x1f")
    assert (item, question, answer) == ("fa/1/1", r"Differentiate \(x^2 &lt; y\).", r"\(2x\)")
    assert steps.startswith("<ol><li>The rule: \\(\\frac{d}{dx}\\)</li>") and rows[0][1].strip() == "vector-calculus"
    assert rows[1][2].split("\x1f")[1] == "Plain &amp; simple"
    with zipfile.ZipFile(BytesIO(deck(notes[:1], START + timedelta(days=9)))) as archive:
        (tmp_path / "again").mkdir()
        archive.extract("collection.anki2", tmp_path / "again")
    connection = sqlite3.connect(tmp_path / "again" / "collection.anki2")
    assert connection.execute("SELECT guid FROM notes").fetchall() == [(rows[0][0],)]
    connection.close()


def test_families_are_told_without_loading_them() -> None:
    folder = Path(exercises.__file__).parent / "families"
    loaded = [
        {
            "id": f.id, "title": f.title, "kind": f.kind, "concepts": list(f.concepts), "levels": f.levels,
            "resources": list(f.resources), "where": [list(w) for w in f.where],
        }
        for f in exercises.families().values()
    ]  # fmt: skip
    assert told(folder) == loaded and len(loaded) > 70


@pytest.mark.parametrize(
    "text", ["FAMILIES = tuple(made())", "FAMILIES = (1,)", "FAMILIES = (", "x = 1", 'FAMILIES = (Family(name, "t"),)']
)
def test_families_that_are_not_written_out_are_not_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.py").write_text(text, "utf-8")
    assert told(tmp_path) is None
