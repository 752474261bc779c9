"""What is kept between requests: never older than the store, the files, what is practised."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, Response
from starlette.testclient import TestClient

from agnesi.course.own import EXAMPLE
from agnesi.lessons.reading import BUILT_IN, readable, stamps
from agnesi.memory import Review
from agnesi.study import kept as kept_pages
from agnesi.study import practising
from agnesi.study.app import application
from agnesi.study.settings import Settings
from agnesi.study.store.keeping import Store
from agnesi.study.store.practice import Practice
from agnesi.study.store.watch import Watch
from study_visitors import ADDRESS, Visitor

PAGES = ("/map", "/map/vector-calculus", "/map/all", "/concepts/gradient", "/resources/mml", "/lessons",
         "/path?goal=backpropagation", "/results", "/search?q=gradient")  # fmt: skip
TEXT = next(BUILT_IN.rglob("matcalc-sum.md")).read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lessons").mkdir()
    return tmp_path / "lessons"


@pytest.fixture
def alone(tmp_path: Path, folder: Path) -> Iterator[TestClient]:
    """A visitor of an app of their own, which reads a folder of lessons."""
    app = application(Settings(data=tmp_path / "data", workers=1, lessons=(folder,)))
    with TestClient(app, base_url=ADDRESS) as client:
        visitor = Visitor(app, base_url=ADDRESS)
        visitor.portal = client.portal
        yield visitor


@pytest.fixture
def again(tmp_path: Path, alone: TestClient) -> Iterator[Store]:
    """The same data, opened as by a second program."""
    store = Store.at(tmp_path / "data" / "study.sqlite3")
    yield store
    store.close()


def lesson(folder: Path, id: str, title: str) -> Path:
    text = TEXT.replace('"matcalc-sum"', f'"{id}"', 1)
    file = folder / f"{id}.md"
    rows = [f'title = "{title}"' if row.startswith("title =") else row for row in text.split("\n")]
    file.write_text("\n".join(rows), "utf-8")
    return file


def made(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return a function that counts the pages that were made, and not taken from those that are kept."""
    pages, seen = client.app.state.pages, []  # type: ignore[attr-defined]
    keep = pages.keep
    monkeypatch.setattr(pages, "keep", lambda key, body: (seen.append(key), keep(key, body)))
    return lambda: len(seen)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_made_once_and_is_the_same_for_all_but_the_token(
    address: str, client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/concepts/gradient")  # from here on the families of exercises are known
    monkeypatch.setattr(practising, "minute", lambda now: 1)
    monkeypatch.setattr(kept_pages, "minute", lambda now: 1)
    count = made(client, monkeypatch)
    first, second = client.get(address), client.get(address)
    assert (first.text, first.status_code) == (second.text, 200) and count() == 1
    other = Visitor(client.app, base_url=ADDRESS)
    other.portal = client.portal
    other.cookies.set("agnesi", "a-token-of-another&<visitor>")
    third = other.get(address)
    assert count() == 1 and kept_pages.TOKEN not in first.text + third.text
    assert "a-token-of-another&amp;&lt;visitor&gt;" in third.text and "<visitor>" not in third.text
    assert client.cookies["agnesi"] in first.text and client.cookies["agnesi"] not in third.text
    assert third.text.replace("a-token-of-another&amp;&lt;visitor&gt;", client.cookies["agnesi"]) == first.text


def test_pages_follow_what_this_and_another_program_keep(alone: Visitor, again: Store) -> None:
    known = [">I know this<" in alone.get("/concepts/gradient").text]
    again.mark("known", "gradient")
    known.append(">I know this<" in alone.get("/concepts/gradient").text)
    alone.submit("/known", {"concept": "gradient", "known": "0"})
    known.append(">I know this<" in alone.get("/concepts/gradient").text)
    assert known == [True, False, True] and again.marks("known") == {}
    again.prefer("theme", "dark")
    assert 'data-theme="dark"' in alone.get("/map").text
    alone.submit("/theme", {"theme": "light"})
    assert 'data-theme="light"' in alone.get("/map").text and again.preference("theme") == "light"
    again.keep_file("curriculum", "own.toml", EXAMPLE)
    assert "The Adam optimiser" in alone.get("/map").text and "The Adam optimiser" in alone.get("/search?q=adam").text


def test_pages_follow_the_folder_of_a_course(alone: Visitor, again: Store, tmp_path: Path) -> None:
    course = tmp_path / "mine" / "course.toml"
    course.parent.mkdir()
    again.prefer("course_folder", str(course.parent))
    shown = [alone.get("/map").text]
    for name in ("A thing of mine", "Another thing"):
        course.write_text(EXAMPLE.replace("The Adam optimiser", name), "utf-8")
        shown.append(alone.get("/map").text)
    found = [("A thing of mine" in text, "Another thing" in text) for text in shown]
    assert found == [(False, False), (True, False), (False, True)]


def test_pages_follow_the_files_of_lessons(alone: Visitor, folder: Path) -> None:
    shown = [alone.get("/lessons").text]
    file = lesson(folder, "own-sum", "A sum of my own")
    shown.append(alone.get("/lessons").text)
    state = file.stat()
    lesson(folder, "own-sum", "A sum, another one")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))  # as after two changes within one tick of the clock
    shown.append(alone.get("/lessons").text)
    (folder / "deeper").mkdir()
    file.rename(folder / "deeper" / "own-sum.md")
    shown.append(alone.get("/lessons").text)
    (folder / "deeper" / "own-sum.md").unlink()
    shown.append(alone.get("/lessons").text)
    found = [("A sum of my own" in text, "A sum, another one" in text) for text in shown]
    assert found == [(False, False), (True, False), (False, True), (False, True), (False, False)]


def test_lessons_are_kept_while_no_file_changes_and_faults_are_looked_at_again(folder: Path) -> None:
    assert readable([folder])[0] is readable([folder])[0] and stamps([folder / "none"]) == stamps()
    file = lesson(folder, "own-sum", "A sum")
    file.write_text("no lesson", "utf-8")
    assert list(readable([folder])[1]) == ["own-sum"]
    lesson(folder, "own-sum", "A sum")
    assert readable([folder])[1] == {} and readable([folder])[0]["own-sum"].title == "A sum"
    (folder / "gone.md").symlink_to(folder / "nothing")
    assert "own-sum" in readable([folder])[0]


def test_mastery_follows_reviews_and_time(alone: Visitor, again: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.get("/concepts/gradient")
    family = next(s for s in practising.skills_at(_Asked(alone))[1].values() if "gradient" in s.concepts)  # type: ignore[arg-type,index]
    now = datetime.now(UTC)
    texts = [alone.get("/concepts/gradient").text]
    for k in range(2):
        at = now - timedelta(days=9 - k)
        Practice(again).add([Review(at, f"{family.id}/1/{k}", family.concepts, 3, True, 0, 30.0)])
        texts.append(alone.get("/concepts/gradient").text)
    monkeypatch.setattr(practising, "moment", lambda: now + timedelta(days=400))
    monkeypatch.setattr(kept_pages, "moment", lambda: now + timedelta(days=400))
    texts.append(alone.get("/concepts/gradient").text)
    assert len(set(map(_shown, texts))) == 4


def _shown(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


class _Asked:
    """As much of a request as `skills_at` looks at."""

    def __init__(self, client: TestClient) -> None:
        self.app = client.app


def test_what_cannot_be_told_at_the_moment_is_not_kept(alone: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def page(request: object, passing: bool, status: int) -> Response:
        request.state.passing = passing  # type: ignore[attr-defined]
        return HTMLResponse(f"<p>{request.state.csrf}</p>", status)  # type: ignore[attr-defined]

    count = made(alone, monkeypatch)
    token = "a-token-of-a-visitor"
    for passing, status, kept in ((True, 200, 0), (False, 404, 0), (False, 200, 1)):
        answer = kept_pages.kept_page(lambda r, p=passing, s=status: page(r, p, s))
        request = kept_pages.Request({
            "type": "http", "method": "GET", "path": "/none", "query_string": b"", "headers": [], "app": alone.app,
            "scheme": "http", "server": ("127.0.0.1", 80), "state": {"csrf": token, "visitor": ""},
        })  # fmt: skip
        response = answer(request)
        assert (response.body, response.status_code) == (f"<p>{token}</p>".encode(), status)
        assert int(response.headers["content-length"]) == len(response.body) and count() == kept


def test_a_watch_tells_every_change_and_says_so_where_it_cannot_tell(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE t (x)")
    watch = Watch(str(path))
    seen = [watch.version()]
    assert watch.version() == seen[0]
    for k in range(50):
        writer.execute("INSERT INTO t VALUES (?)", (k,))
        seen.append(watch.version())
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writer.execute("DELETE FROM t")
    watch.close()  # a new connection begins to count anew
    seen.append(watch.version())
    assert len(set(seen)) == 52
    lost = Watch(str(tmp_path / "none" / "a.sqlite3"))
    assert lost.version() != lost.version()
    writer.close()
    watch.close()


def test_what_is_read_once_is_read_again_after_a_change_and_is_nobodys_to_change(tmp_path: Path) -> None:
    store = Store.at(tmp_path / "study.sqlite3")
    reads = []
    assert [store.once("a", lambda: reads.append(1) or len(reads)) for _ in range(3)] == [1, 1, 1]
    store.mark("known", "gradient")
    assert store.once("a", lambda: reads.append(1) or len(reads)) == 2
    store.marks("known").clear()
    store.sheets().append(replace(store.new_sheet("x"), id="none"))
    assert list(store.marks("known")) == ["gradient"] and len(store.sheets()) == 1
    store.close()
