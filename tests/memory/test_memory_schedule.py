"""Scheduling against fsrs itself, its published intervals, and a log in any order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import fsrs
import pytest

from agnesi.errors import AgnesiError
from agnesi.memory import Review, Settings, State, graded, recalled, replayed, reviewed
from agnesi.memory.record import parts_of
from agnesi.memory.schedule import history

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
STEPS = (10.0,)


def review(at: datetime, grade: int, item: str = "f/1/1", **more: object) -> Review:
    return Review(at, item, ("gradient",), grade, grade > 1, **more)


def test_cards_are_those_of_fsrs_for_random_logs() -> None:
    chance = random.Random(11)
    for turn in range(40):
        steps, again = chance.choice(((10.0,), (1.0, 10.0), ())), chance.choice(((10.0,), (5.0, 30.0), ()))
        settings = Settings(chance.choice((0.8, 0.9, 0.95)), steps, again, 365)
        first, later = ([timedelta(minutes=m) for m in them] for them in (steps, again))
        oracle = fsrs.Scheduler(
            desired_retention=settings.retention, learning_steps=first, relearning_steps=later, maximum_interval=365,
            enable_fuzzing=False,
        )  # fmt: skip
        theirs, at, state = fsrs.Card(card_id=turn), START, State(settings=settings)
        for n in range(25):
            grade = chance.choice((1, 2, 3, 3, 3, 4))
            at += timedelta(minutes=chance.choice((1, 12, 60))) if chance.random() < 0.3 else timedelta(
                days=chance.expovariate(0.1)
            )
            theirs, _ = oracle.review_card(theirs, fsrs.Rating(grade), at)
            state = reviewed(state, review(at, grade, f"f/1/{n}"))
            ours = state.cards["f"]
            assert (ours.due, ours.last, ours.phase, ours.step) == (
                theirs.due, theirs.last_review, theirs.state.value, theirs.step,
            )  # fmt: skip
            assert (ours.stability, ours.difficulty) == (theirs.stability, theirs.difficulty)
            later = at + timedelta(days=chance.uniform(0, 300))
            assert recalled(ours, later, settings) == oracle.get_card_retrievability(theirs, later)


def test_intervals_are_those_that_fsrs_publishes() -> None:
    """The table of py-fsrs's own test_review_default_args: six good, two again, five good, each on its day."""
    state, found = State(settings=Settings(steps=(1.0, 10.0), longest=36_500)), []
    at = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
    for n, grade in enumerate((3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3)):
        state = reviewed(state, review(at, grade, f"f/1/{n}"))
        card = state.cards["f"]
        found.append((card.due - card.last).days)
        at = card.due
    assert found == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def random_log(chance: random.Random, many: int, families: int = 5) -> list[Review]:
    at, log = START, []
    for n in range(many):
        at += timedelta(hours=chance.expovariate(0.05))
        family = chance.randrange(families)
        log.append(review(at, chance.choice((1, 2, 3, 3)), f"family-{family}/{chance.randint(1, 3)}/{n}", hints=n % 3))
    return log


def test_a_log_has_one_state_in_whatever_order_it_comes() -> None:
    chance = random.Random(2)
    for _ in range(10):
        log = random_log(chance, 30)
        state = State()
        for one in log:
            state = reviewed(state, one)
        mixed = chance.sample(log, len(log))
        other = State()
        for one in mixed:
            other = reviewed(other, one)
        assert state == replayed(mixed) == other and len(state.reviews) == 30
        assert state != replayed(log[:-1])


def test_an_exercise_counts_once() -> None:
    one = review(START, 1)
    state = reviewed(State(), one)
    assert reviewed(state, review(START + timedelta(days=3), 3)) is state
    assert replayed([review(START + timedelta(days=3), 3), one]).reviews == (one,)


def run(*grades: int, level: int | None = None) -> State:
    state = State()
    for n, grade in enumerate(grades):
        card = state.cards.get("f")
        at = START + timedelta(days=3 * n)
        state = reviewed(state, review(at, grade, f"f/{level or (card.level if card else 1)}/{n}"))
    return state


def test_two_good_answers_raise_the_level_and_two_wrong_ones_lower_it() -> None:
    every = ((3,), (3, 3), (3, 2, 3), (3, 3, 3, 3), (3, 3, 1), (3, 3, 1, 1))
    levels = [run(*grades).cards["f"].level for grades in every]
    assert levels == [1, 2, 1, 3, 2, 1]
    assert run(3, 3, 3, level=1).cards["f"].level == 2, "an easier exercise than the next one raises nothing"
    assert run(3, level=3).cards["f"].level == 3 and run(1, 1, level=1).cards["f"].level == 1


def test_right_answers_since_the_last_wrong_one_are_counted() -> None:
    assert run(3, 2, 3).cards["f"].rights == 2.5
    card = run(3, 3, 3, 1, 3).cards["f"]
    assert (card.rights, card.lapses, card.count) == (1.0, 1, 5)
    assert card.best == 2


def test_grades_tell_of_help() -> None:
    assert graded(False) == 1 and graded(True) == 3
    assert [graded(True, wrong=n) for n in range(4)] == [3, 2, 2, 1]
    assert [graded(True, hints=n) for n in range(5)] == [3, 2, 2, 2, 1]
    assert graded(True, shown=True) == 1


def test_history_tells_what_was_predicted_before_each_review() -> None:
    log = random_log(random.Random(4), 25)
    state = replayed(log)
    for k, (one, predicted, days) in enumerate(history(state)):
        before = replayed(state.reviews[:k]).cards.get(one.family)
        assert (predicted is None) == (before is None)
        if before is not None:
            assert predicted == recalled(before, one.at) and days == (one.at - before.last).total_seconds() / 86_400


def test_times_of_other_zones_are_the_same_moment() -> None:
    there = START.astimezone(timezone(timedelta(hours=9)))
    assert reviewed(State(), review(there, 3)) == reviewed(State(), review(START, 3))


@pytest.mark.parametrize(
    "make",
    [
        lambda: review(datetime(2026, 1, 1), 3), lambda: review(START, 0), lambda: review(START, 5),
        lambda: review(START, 3, "f"), lambda: review(START, 3, "../1/1"), lambda: review(START, 3, "f/0/1"),
        lambda: review(START, 3, hints=-1), lambda: review(START, 3, seconds=float("nan")),
        lambda: Settings(retention=1.0), lambda: Settings(steps=(0.0,)), lambda: Settings(longest=0),
    ],
)  # fmt: skip
def test_what_is_no_review_is_refused(make: object) -> None:
    with pytest.raises(AgnesiError):
        make()


def test_items_are_family_level_seed() -> None:
    assert parts_of("a-b/12/0") == ("a-b", 12, 0)
    for wrong in ("a/1/01", "a/1", "A/1/1", "a/1/1/1", "a/1/1\n", ""):
        with pytest.raises(AgnesiError):
            parts_of(wrong)
