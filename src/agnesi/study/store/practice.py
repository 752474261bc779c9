"""What a person practises, in their store: exercises as they stand, and the log of reviews that memory rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from agnesi.errors import AgnesiError
from agnesi.memory import Review, Settings, State, replayed, reviewed
from agnesi.study.store import models
from agnesi.study.store.keeping import Store
from agnesi.study.store.models import AttemptRow, ReviewRow

PAUSE = 120.0  # seconds: more than this between two keystrokes was not spent on the exercise
MOST = 3600.0
MEMORY = "memory"  # the preference that keeps the settings


@dataclass(frozen=True)
class Attempt:
    """An exercise as it stands."""

    item: str
    text: str = ""
    hints: int = 0
    wrong: int = 0
    shown: bool = False
    done: bool = False
    seconds: float = 0.0
    changed: datetime | None = None


class Practice:
    """Exercises and reviews of one store. A method is one transaction, on the disc when it returns."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._state, self._at = State(), (0, 0)

    def attempt(self, item: str) -> Attempt:
        """Return an exercise as it stands; a new one where nothing was done yet."""
        with Session(self.store.engine) as session:
            row = session.get(AttemptRow, item)
            return _attempt(row) if row else Attempt(item)

    def begun(self, limit: int = 20) -> list[Attempt]:
        """Return exercises that were begun and not done, the last first."""
        wanted = select(AttemptRow).where(AttemptRow.done.is_(False)).order_by(AttemptRow.changed.desc()).limit(limit)
        with Session(self.store.engine) as session:
            return [_attempt(row) for row in session.scalars(wanted)]

    def note(
        self, item: str, text: str, *, hint: bool = False, wrong: bool = False, shown: bool = False,
        since: datetime | None = None,
    ) -> Attempt:  # fmt: skip
        """Keep what is typed, and that a hint was asked, an answer was wrong, or the solution was shown.

        The same wrong answer again counts once. `since` is when the page was opened, for the time that is spent.
        """
        with Session(self.store.writing) as session, session.begin():
            row = _row(session, item, since)
            if not row.done:
                row.hints += hint
                if wrong and text != row.last_wrong:
                    row.wrong, row.last_wrong = row.wrong + 1, text
            row.text, row.shown = text, row.shown or shown
            session.flush()
            return _attempt(row)

    def finish(self, item: str, text: str, review: Review, since: datetime | None = None) -> Attempt:
        """Keep that an exercise is done, with its review, which counts once; its time is what was spent on the item."""
        with Session(self.store.writing) as session, session.begin():
            row = _row(session, item, since)
            row.text, row.done = text, True
            if session.scalar(select(ReviewRow.id).where(ReviewRow.item == item)) is None:
                told = {**asdict(review), "item": item, "concepts": list(review.concepts), "seconds": row.seconds}
                session.add(ReviewRow(**told))
            session.flush()
            return _attempt(row)

    def drop(self, item: str) -> None:
        """Forget an exercise that was begun; what is reviewed stays."""
        with Session(self.store.writing) as session, session.begin():
            session.execute(delete(AttemptRow).where(AttemptRow.item == item, AttemptRow.done.is_(False)))

    def settings(self) -> Settings:
        """Return how reviews are scheduled; the usual way where what is kept does not fit."""
        kept = self.store.preference(MEMORY)
        if not isinstance(kept, Mapping):
            return Settings()
        try:
            steps, again = (tuple(kept.get(n, getattr(Settings(), n))) for n in ("steps", "again"))
            return Settings(float(kept["retention"]), steps, again, int(kept["longest"]))
        except (AgnesiError, KeyError, TypeError, ValueError):
            return Settings()

    def set(self, settings: Settings) -> None:
        """Keep how reviews are scheduled; all cards follow it from their first review on."""
        told = asdict(settings)
        self.store.prefer(MEMORY, {**told, "steps": list(settings.steps), "again": list(settings.again)})

    def state(self) -> State:
        """Return all that is remembered."""
        return self.store.once("what is remembered", self._now)

    def _now(self) -> State:
        settings = self.settings()
        with self._lock, Session(self.store.engine) as session:
            last, many = session.execute(select(func.max(ReviewRow.id), func.count())).one()
            at = (last or 0, many)
            if at == self._at and settings == self._state.settings:
                return self._state
            added = session.scalars(select(ReviewRow).where(ReviewRow.id > self._at[0]).order_by(ReviewRow.id)).all()
            if settings == self._state.settings and len(added) == many - self._at[1] < 20:
                for row in added:
                    self._state = reviewed(self._state, _review(row))
            else:
                self._state = replayed((_review(row) for row in session.scalars(select(ReviewRow))), settings)
            self._at = at
            return self._state

    def add(self, reviews: Iterable[Review]) -> int:
        """Keep reviews of another log; of one item the earlier counts. Return how many were new, or earlier."""
        changed = 0
        with Session(self.store.writing) as session, session.begin():
            old = {row.item: row for row in session.scalars(select(ReviewRow))}
            for review in reviews:
                row = old.get(review.item)
                if row is not None and row.at <= review.at:
                    continue
                if row is not None:
                    session.delete(row)
                    session.flush()
                old[review.item] = ReviewRow(**{**asdict(review), "concepts": list(review.concepts)})
                session.add(old[review.item])
                changed += 1
        return changed


def _row(session: Session, item: str, since: datetime | None) -> AttemptRow:
    """Return the row of an exercise, a new one where there is none, with the time that passed since it was touched."""
    at = models.now()
    row = session.get(AttemptRow, item)
    if row is None:
        row = AttemptRow(
            item=item, text="", hints=0, wrong=0, last_wrong="", shown=False, done=False, seconds=0.0, begun=at,
            changed=since if since is not None and since < at else at,
        )  # fmt: skip
        session.add(row)
    if not row.done:
        row.seconds = min(row.seconds + min(max((at - row.changed).total_seconds(), 0.0), PAUSE), MOST)
    row.changed = at
    return row


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(row.item, row.text, row.hints, row.wrong, row.shown, row.done, row.seconds, row.changed)


def _review(row: ReviewRow) -> Review:
    return Review(row.at, row.item, tuple(row.concepts), row.grade, row.right, row.hints, row.seconds)
