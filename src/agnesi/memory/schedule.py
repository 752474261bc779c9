"""When an exercise comes again: fsrs schedules, and two good answers in a row raise the level."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from fsrs import Card as Scheduled
from fsrs import Rating, Scheduler
from fsrs import State as Phase

from agnesi.memory.record import AGAIN, GOOD, HARD, Card, Review, Settings, State

RUN = 2  # good answers in a row after which the level rises; wrong ones after which it falls


@lru_cache(maxsize=16)
def scheduler(settings: Settings) -> Scheduler:
    """Return the scheduler of fsrs for settings; without chance, so that a log has one state."""
    steps, again = (tuple(timedelta(minutes=m) for m in them) for them in (settings.steps, settings.again))
    return Scheduler(
        desired_retention=settings.retention, learning_steps=steps, relearning_steps=again,
        maximum_interval=settings.longest, enable_fuzzing=False,
    )  # fmt: skip


def graded(right: bool, wrong: int = 0, hints: int = 0, shown: bool = False) -> int:
    """Return the grade of an exercise: answers that were wrong, hints that were asked, the solution shown before.

    >>> graded(True), graded(True, hints=1), graded(True, wrong=3), graded(True, shown=True)
    (3, 2, 1, 1)
    """
    if not right or shown or wrong > 2 or hints > 3:
        return AGAIN
    return HARD if wrong or hints else GOOD


def reviewed(state: State, review: Review) -> State:
    """Return the state after a review; one that is older than the last is put where it belongs.

    An item counts once: a second review of the same item changes nothing.
    """
    if any(old.item == review.item for old in reversed(state.reviews)):
        return state
    if state.reviews and review.at < state.reviews[-1].at:
        return replayed([*state.reviews, review], state.settings)
    card = _after(state.cards.get(review.family), review, state.settings)
    return State((*state.reviews, review), {**state.cards, review.family: card}, state.settings)


def replayed(reviews: Iterable[Review], settings: Settings | None = None) -> State:
    """Return the state that follows from reviews, in any order; of one item the first counts."""
    settings = settings or Settings()
    every: list[Review] = []
    for review in reviews:
        insort(every, review, key=_order)
    cards: dict[str, Card] = {}
    seen: set[str] = set()
    kept = []
    for review in every:
        if review.item not in seen:
            seen.add(review.item)
            kept.append(review)
            cards[review.family] = _after(cards.get(review.family), review, settings)
    return State(tuple(kept), cards, settings)


def _order(review: Review) -> tuple[datetime, str]:
    return review.at, review.item


def _after(card: Card | None, review: Review, settings: Settings) -> Card:
    """Return the card of a family after a review."""
    before = _scheduled(card) if card else Scheduled(card_id=0, due=review.at)
    after, _ = scheduler(settings).review_card(before, Rating(review.grade), review.at)
    assert after.stability is not None and after.difficulty is not None
    old = card or Card(review.family, review.concepts, review.at, review.at, 0.0, 0.0, 0, None, level=review.level)
    level, run = _level(old, review)
    failed = review.grade == AGAIN
    return replace(
        old, concepts=review.concepts, due=after.due, last=review.at, stability=after.stability,
        difficulty=after.difficulty, phase=int(after.state), step=after.step, level=level, run=run,
        best=max(old.best, review.level) if not failed else min(old.best, max(review.level - 1, 0)),
        rights=0.0 if failed else old.rights + (1.0 if review.grade >= GOOD else 0.5),
        count=old.count + 1, lapses=old.lapses + failed,
    )  # fmt: skip


def _level(card: Card, review: Review) -> tuple[int, int]:
    """Return the level to draw next, and the answers in a row at it."""
    if review.grade == HARD:
        return max(card.level, review.level), 0
    if review.grade == AGAIN:
        run = min(card.run, 0) - 1
        return (max(1, min(card.level, review.level) - 1), 0) if run <= -RUN else (card.level, run)
    if review.level < card.level:
        return card.level, card.run
    run = max(card.run, 0) + 1 if review.level == card.level else 1
    return (review.level + 1, 0) if run >= RUN else (review.level, run)


def _scheduled(card: Card) -> Scheduled:
    """Return a card as fsrs has it."""
    return Scheduled(0, Phase(card.phase), card.step, card.stability, card.difficulty, card.due, card.last)


def recalled(card: Card, now: datetime, settings: Settings | None = None) -> float:
    """Return the chance, by the model of fsrs, that a family is still known at a time."""
    return scheduler(settings or Settings()).get_card_retrievability(_scheduled(card), now.astimezone(UTC))


def history(state: State) -> list[tuple[Review, float | None, float]]:
    """Return each review with the recall predicted for it, and the days since the one before (None and 0 at first)."""
    cards: dict[str, Card] = {}
    found: list[tuple[Review, float | None, float]] = []
    for review in state.reviews:
        card = cards.get(review.family)
        days = (review.at - card.last).total_seconds() / 86_400 if card else 0.0
        found.append((review, recalled(card, review.at, state.settings) if card else None, days))
        cards[review.family] = _after(card, review, state.settings)
    return found
