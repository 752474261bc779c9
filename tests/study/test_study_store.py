"""What a person makes: kept with every version, brought to new tables, and there again after kill -9."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import StatementError

from agnesi.errors import AgnesiError
from agnesi.study.store import keeping, models
from agnesi.study.store.keeping import LATEST, TAB, Store, Writer, stamp
from agnesi.study.store.upgrading import downgrade


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "study.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    found = Store.at(path)
    yield found
    found.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that the store is told; a test moves it."""
    times = [datetime(2026, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr(keeping, "now", lambda: times[0])
    return times


def later(clock: list[datetime], seconds: float) -> None:
    clock[0] += timedelta(seconds=seconds)


def test_a_worksheet_comes_back_as_it_was_left(store: Store, path: Path) -> None:
    made = store.new_sheet("‖Xw − y‖²", "Least squares", {"dialect": "mml", "sliders": {"a": 0.5}})
    store.save(made.id, "2Xᵀ(Xw − y)\n", {"dialect": "prml"}, title="Gradient")
    store.close()
    again = Store.at(path)
    found = again.sheet(made.id)
    assert found is not None
    assert (found.text, found.title, found.state) == ("2Xᵀ(Xw − y)\n", "Gradient", {"dialect": "prml"})
    assert found.created.tzinfo is UTC and found.changed >= found.created
    assert [s.id for s in again.sheets()] == [made.id]
    again.close()


def test_undo_and_redo_go_through_all_versions(store: Store, clock: list[datetime]) -> None:
    id = store.new_sheet("0").id
    for text in "123":
        later(clock, 10)
        store.save(id, text)
    seen = [store.undo(id).text for _ in range(5)]
    assert seen == ["2", "1", "0", "0", "0"] and not store.sheet(id).can_undo
    assert [store.redo(id).text for _ in range(4)] == ["1", "2", "3", "3"] and not store.sheet(id).can_redo
    assert [v.text for v in store.versions(id)] == ["0", "1", "2", "3"]
    assert store.show_version(id, 2).text == "1" and store.show_version(id, 99).text == "3"


def test_what_is_typed_after_an_undo_takes_the_place_of_what_was_undone(store: Store, clock: list[datetime]) -> None:
    id = store.new_sheet("a").id
    for text in ("ab", "abc"):
        later(clock, 10)
        store.save(id, text)
    store.undo(id)
    store.save(id, "abx")
    assert [v.text for v in store.versions(id)] == ["a", "ab", "abx"]
    assert store.undo(id).text == "ab"


def test_quick_typing_is_one_step_of_undo_and_the_same_text_none(store: Store, clock: list[datetime]) -> None:
    id = store.new_sheet("").id
    later(clock, 10)
    for text in ("x", "x+", "x+y"):
        later(clock, 0.5)
        store.save(id, text)
        store.save(id, text)
    assert [v.text for v in store.versions(id)] == ["", "x+y"]
    later(clock, 10)
    store.save(id, "x+y+z")
    assert store.undo(id).text == "x+y" and store.undo(id).text == ""


def test_a_state_alone_is_a_change_too(store: Store, clock: list[datetime]) -> None:
    id = store.new_sheet("x", state={"grain": "normal"}).id
    later(clock, 10)
    assert store.save(id, "x", {"grain": "all"}).state == {"grain": "all"}
    assert store.save(id, "xx").state == {"grain": "all"}
    assert store.undo(id).state == {"grain": "normal"}


def test_a_worksheet_put_away_is_not_lost(store: Store) -> None:
    id = store.new_sheet("x").id
    store.drop_sheet(id)
    assert store.sheet(id) is None and store.sheets() == [] and store.save(id, "y") is None and store.undo(id) is None
    store.drop_sheet(id, back=True)
    assert store.sheet(id).text == "x"


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.sheet("none") is None and store.file("none") is None
    assert store.save("none", "x") is None and store.versions("none") == []


def test_marks_are_said_and_taken_back(store: Store) -> None:
    store.mark("known", "chain-rule")
    store.mark("known", "gradient", {"since": 2})
    store.mark("read", "mml 5.2")
    store.mark("known", "chain-rule", False)
    assert store.marks("known") == {"chain-rule": False, "gradient": {"since": 2}}
    store.unmark("known", "chain-rule")
    store.unmark("known", "never said")
    assert list(store.marks("known")) == ["gradient"] and store.marks("read") == {"mml 5.2": True}


def test_files_are_kept_with_what_was_found(store: Store) -> None:
    kept = store.keep_file("document", "notes.md", "$a = b$", None)
    store.set_found(kept.id, {"wrong": 1})
    assert store.file(kept.id).found == {"wrong": 1}
    assert [f.name for f in store.files("document")] == ["notes.md"] and store.files("curriculum") == []
    store.drop_file(kept.id)
    assert store.file(kept.id) is None


def test_preferences_are_known_at_once(store: Store, path: Path) -> None:
    assert store.preference("theme", "auto") == "auto"
    store.prefer("theme", "dark")
    assert store.preference("theme", "auto") == "dark"
    other = Store.at(path)
    assert other.preference("theme") == "dark"
    other.close()


@pytest.mark.parametrize("text", ["", "\u202e\U0001d400 \n\r\t'\";--", "x" * 100_000, "'); DROP TABLE sheet; --"])
def test_any_text_comes_back_to_the_letter(store: Store, text: str) -> None:
    id = store.new_sheet(text, text).id
    store.mark("goal", text[:300], text)
    found = store.sheet(id)
    assert (found.text, found.title) == (text, text) and store.marks("goal") == {text[:300]: text}


def test_times_are_in_utc(store: Store) -> None:
    there = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    kind = models.Moment()
    assert kind.process_bind_param(there, store.engine.dialect) == datetime(2026, 7, 1, 10)
    assert kind.process_result_value(datetime(2026, 7, 1, 10), store.engine.dialect) == there
    with pytest.raises((ValueError, StatementError), match="zone"):
        kind.process_bind_param(datetime(2026, 7, 1), store.engine.dialect)


def test_the_changes_make_the_tables_of_the_models(path: Path) -> None:
    store = Store.at(path)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, models.Base.metadata) == []
        assert context.get_current_revision() == LATEST
    store.close()


def test_the_changes_are_one_line_and_the_store_knows_the_last() -> None:
    scripts = ScriptDirectory(str(Path(keeping.__file__).parent / "migrations"))
    assert scripts.get_heads() == [LATEST] and len(scripts.get_bases()) == 1


def test_the_changes_can_be_taken_back(path: Path) -> None:
    Store.at(path).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        downgrade(connection, "base")
    engine.dispose()
    with sqlite3.connect(path) as file:
        names = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    file.close()
    assert names <= {"alembic_version"}
    again = Store.at(path)
    assert again.sheets() == []
    again.close()


def test_tables_of_a_later_version_are_left_alone(path: Path) -> None:
    Store.at(path).close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE alembic_version SET version_num = 'm9999'")
    file.close()
    before = path.read_bytes()
    with pytest.raises(AgnesiError, match="later version"):
        Store.at(path)
    assert path.read_bytes() == before


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    odd = tmp_path / "a ?b=c#%20ö" / "study.sqlite3"
    Store.at(odd).close()
    assert odd.is_file()


def test_several_threads_write_at_once(store: Store) -> None:
    ids = [store.new_sheet("").id for _ in range(4)]

    def write(id: str) -> None:
        for i in range(25):
            store.save(id, f"{i}")
            store.mark("known", f"{id} {i}")

    threads = [Thread(target=write, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {store.sheet(id).text for id in ids} == {"24"} and len(store.marks("known")) == 100


WRITER = """
import sys
from pathlib import Path
from agnesi.study.store.keeping import Store
store = Store.at(Path(sys.argv[1]))
sheet = store.sheets()[0] if store.sheets() else store.new_sheet("0")
n = int(sheet.text)
while True:
    n += 1
    store.save(sheet.id, str(n), {"n": n})
    store.mark("written", str(n))
    print(n, flush=True)
"""


@pytest.mark.slow
def test_what_was_acknowledged_survives_kill_9_in_a_loop(path: Path) -> None:
    chance = random.Random(7)
    said = 0
    for turn in range(12):
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = int(writer.stdout.readline())
            assert first == said + 1 or (turn and first == said + 2), "what was written last may be unsaid, no more"
            time.sleep(chance.uniform(0, 0.15))
            writer.send_signal(signal.SIGKILL)
            lines = [first, *(int(line) for line in writer.stdout.read().split("\n")[:-1])]
        said = lines[-1]
        store = Store.at(path)
        sheet = store.sheets()[0]
        assert int(sheet.text) in (said, said + 1) and sheet.state == {"n": int(sheet.text)}
        assert set(store.marks("written")) >= {str(n) for n in lines}
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        said = int(sheet.text)
        store.close()


@pytest.mark.slow
def test_an_upgrade_that_is_killed_is_made_again(path: Path) -> None:
    chance = random.Random(3)
    code = WRITER.partition("sheet =")[0]
    for _ in range(6):
        for file in path.parent.glob("*") if path.parent.is_dir() else ():
            file.unlink()
        with subprocess.Popen([sys.executable, "-c", code, str(path)]) as first:
            while not path.exists() and first.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.2))
            first.send_signal(signal.SIGKILL)
        store = Store.at(path)
        assert store.sheet(store.new_sheet("x").id).text == "x"
        store.close()


def test_two_windows_that_write_one_sheet_lose_nothing(store: Store) -> None:
    id = store.new_sheet("start", state={TAB: "a"}).id
    seen = {"a": stamp("start"), "b": stamp("start")}

    def writes(tab: str, text: str) -> bool:
        found = store.save(id, text, {"do": "check"}, by=Writer(tab, seen[tab]))
        assert found is not None and found.text == text
        seen[tab] = stamp(text)
        return found.crossed

    crossed = [writes("a", "a1"), writes("a", "a2"), writes("b", "b1"), writes("b", "b2"), writes("a", "a3")]
    assert crossed == [False, False, True, False, True]
    assert [v.text for v in store.versions(id)] == ["start", "a2", "b2", "a3"]  # those within two seconds are one edit
    store.undo(id)
    seen["a"] = stamp("b2")  # the page shows it
    assert writes("a", "a4") is False and [v.text for v in store.versions(id)][-2:] == ["b2", "a4"]


def test_an_answer_that_was_not_heard_is_no_other_window(store: Store) -> None:
    id = store.new_sheet("x", state={TAB: "a"}).id
    for text in ("x + 1", "x + 12"):  # the second request does not know that the first was kept
        found = store.save(id, text, {}, by=Writer("a", stamp("x")))
        assert found is not None and not found.crossed


def test_a_clock_that_is_set_back_merges_no_versions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    id = store.new_sheet("one").id
    store.save(id, "two")
    for hours, text in ((-5, "three"), (-9, "four")):
        monkeypatch.setattr(keeping, "now", lambda h=hours: models.now() + timedelta(hours=h))
        store.save(id, text)
    assert [v.text for v in store.versions(id)] == ["one", "two", "three", "four"]
    assert store.sheets()[0].text == "four"


def test_a_sheet_is_made_once_under_the_id_that_its_page_brings(store: Store) -> None:
    first = store.new_sheet("a", id="abcdefghijkl")
    assert first.id == "abcdefghijkl" and store.new_sheet("b", id=first.id).id != first.id
    assert store.sheet(first.id).text == "a"  # type: ignore[union-attr]


def test_many_things_are_marked_at_once_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.remark("known", ["a", "b", "c"])
    store.mark("known", "d", False)
    store.remark("known", ["d", "e"], ["a", "b"])
    assert store.marks("known") == {"c": True, "d": True, "e": True}

    def gone() -> datetime:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(keeping, "now", gone)
    with pytest.raises(RuntimeError):
        store.remark("known", ["f", "g"], ["c"])
    assert store.marks("known") == {"c": True, "d": True, "e": True}


def test_a_file_that_is_read_only_is_a_sentence(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda file, mode: file != path)
    with pytest.raises(AgnesiError, match=r"may not be written\. Allow the file and its folder.*--data FOLDER"):
        Store.at(path)
