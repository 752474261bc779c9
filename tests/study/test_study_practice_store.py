"""Practice in the store: what is typed, reviews that count once, old databases, and kill -9 in a loop."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from agnesi.memory import Review, Settings, exported, imported, merged, replayed
from agnesi.study.store import models
from agnesi.study.store.keeping import Store
from agnesi.study.store.practice import MEMORY, PAUSE, Practice
from agnesi.study.store.upgrading import downgrade

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.sqlite3"


@pytest.fixture
def practice(path: Path) -> Iterator[Practice]:
    store = Store.at(path)
    yield Practice(store)
    store.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    times = [START]
    monkeypatch.setattr(models, "now", lambda: times[0])
    return times


def review(item: str, days: float = 0, grade: int = 3) -> Review:
    return Review(START + timedelta(days=days), item, ("gradient", "jacobian"), grade, grade > 1, 1, 12.5)


def test_an_exercise_is_there_again_as_it_was_left(practice: Practice, path: Path) -> None:
    practice.note("f/1/1", "2 x'A\n= ")
    practice.note("f/1/1", "2 x'A\n= ", hint=True)
    practice.note("f/1/1", "2 A x", wrong=True)
    practice.note("f/1/1", "2 A x", wrong=True)
    practice.note("f/1/1", "3 A x", wrong=True)
    practice.store.close()
    store = Store.at(path)
    found = Practice(store).attempt("f/1/1")
    assert (found.text, found.hints, found.wrong, found.shown, found.done) == ("3 A x", 1, 2, False, False)
    assert [a.item for a in Practice(store).begun()] == ["f/1/1"]
    Practice(store).drop("f/1/1")
    assert Practice(store).begun() == [] and Practice(store).attempt("f/1/1").text == ""
    store.close()


def test_what_is_done_counts_once_and_help_afterwards_changes_nothing(practice: Practice) -> None:
    practice.note("f/1/1", "a", hint=True)
    practice.finish("f/1/1", "b", review("f/1/1"))
    practice.note("f/1/1", "c", hint=True, wrong=True)
    practice.finish("f/1/1", "c", review("f/1/1", 3, 1))
    found = practice.attempt("f/1/1")
    assert (found.hints, found.wrong, found.done, found.text) == (1, 0, True, "c") and practice.begun() == []
    assert [r.grade for r in practice.state().reviews] == [3]


def test_time_is_what_was_spent_on_it(practice: Practice, clock: list[datetime]) -> None:
    practice.note("f/1/1", "a", since=START - timedelta(seconds=30))
    for seconds in (10, 20, 4000):
        clock[0] += timedelta(seconds=seconds)
        practice.note("f/1/1", "a" * seconds)
    practice.finish("f/1/1", "b", review("f/1/1"))
    assert practice.attempt("f/1/1").seconds == 60 + PAUSE == practice.state().reviews[0].seconds
    clock[0] += timedelta(seconds=50)
    practice.note("f/1/1", "c")
    assert practice.attempt("f/1/1").seconds == 60 + PAUSE


def test_the_state_follows_from_the_log_however_it_grows(practice: Practice, path: Path) -> None:
    log = [review(f"f-{n % 3}/1/{n}", n % 7, 1 + n % 4) for n in range(30)]
    for n, one in enumerate(log):
        practice.finish(one.item, "", one)
        if n % 4 == 0:
            practice.state()
    found = practice.state()
    plain = [(r.at, r.item, r.concepts, r.grade, r.right, r.hints) for r in found.reviews]
    assert plain == [(r.at, r.item, r.concepts, r.grade, r.right, r.hints) for r in replayed(log).reviews]
    assert found is practice.state() and found == Practice(practice.store).state()
    assert found.cards == replayed(log).cards


def test_settings_move_all_cards(practice: Practice) -> None:
    for n in range(6):
        practice.finish(f"f/1/{n}", "", review(f"f/1/{n}", 3 * n))
    before = practice.state()
    practice.set(Settings(0.8, (5.0,), (20.0,), 300))
    assert practice.settings() == Settings(0.8, (5.0,), (20.0,), 300)
    assert practice.state().cards["f"].due > before.cards["f"].due and practice.state().reviews == before.reviews
    for strange in ("x", {"retention": 5}, {}, {"retention": 0.9, "longest": "x", "steps": 3}):
        practice.store.prefer(MEMORY, strange)
        assert practice.settings() == Settings() and practice.state() == before


def test_a_log_that_is_brought_back_gives_the_same_state(practice: Practice, tmp_path: Path) -> None:
    for n in range(20):
        practice.finish(f"f-{n % 4}/1/{n}", "", review(f"f-{n % 4}/1/{n}", n, 1 + n % 4))
    state = practice.state()
    other_store = Store.at(tmp_path / "other" / "study.sqlite3")
    other = Practice(other_store)
    early = review("f-0/1/0", -5, 2)
    other.add([early, review("g/1/1", 2)])
    brought = imported(exported(state)).state
    assert other.add(brought.reviews) == 19 and other.add(brought.reviews) == 0
    assert other.state() == merged(state, replayed([early, review("g/1/1", 2)]))
    assert practice.add([early]) == 1 and practice.add([early]) == 0 and practice.state().reviews[0] == early
    other_store.close()


def test_a_database_of_the_version_before_is_upgraded_with_all_that_is_in_it(path: Path) -> None:
    store = Store.at(path)
    sheet = store.new_sheet("x'A x", "Kept")
    store.mark("known", "gradient")
    store.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        downgrade(connection, "m0001")
    engine.dispose()
    with sqlite3.connect(path) as file:
        names = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("m0001",)
    file.close()
    assert "review" not in names and "sheet" in names
    again = Store.at(path)
    assert again.sheet(sheet.id).text == "x'A x" and again.marks("known") == {"gradient": True}
    Practice(again).finish("f/1/1", "a", review("f/1/1"))
    assert len(Practice(again).state().reviews) == 1
    again.close()


WRITER = """
import sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from agnesi.memory import Review
from agnesi.study.store.keeping import Store
from agnesi.study.store.practice import Practice
practice = Practice(Store.at(Path(sys.argv[1])))
n = len(practice.state().reviews)
while True:
    n += 1
    item = f"f-{n % 5}/1/{n}"
    practice.note(item, f"typed {n}", hint=n % 2 == 0)
    print("typed", n, flush=True)
    review = Review(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n), item, ("gradient",), 3, True)
    practice.finish(item, f"done {n}", review)
    print("done", n, flush=True)
"""


@pytest.mark.slow
def test_no_review_and_no_draft_that_was_acknowledged_is_lost_by_kill_9(path: Path) -> None:
    chance, done = random.Random(13), 0
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            first = writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.12))
            writer.send_signal(signal.SIGKILL)
            lines = [first, *writer.stdout.read().split("\n")[:-1]]
        typed = max(int(line.split()[1]) for line in lines if line.startswith("typed"))
        said = max([done, *(int(line.split()[1]) for line in lines if line.startswith("done"))])
        store = Store.at(path)
        practice = Practice(store)
        state = practice.state()
        assert [r.item for r in state.reviews] == [f"f-{n % 5}/1/{n}" for n in range(1, len(state.reviews) + 1)]
        assert said <= len(state.reviews) <= said + 1, "the last may be kept and not said, no more"
        assert practice.attempt(f"f-{typed % 5}/1/{typed}").text in (f"typed {typed}", f"done {typed}")
        assert practice.attempt(f"f-{typed % 5}/1/{typed}").hints == (typed % 2 == 0)
        assert state == replayed(state.reviews)
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        done = len(state.reviews)
        store.close()
    assert done > 20
