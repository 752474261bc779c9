"""`agnesi check FILES`: exit statuses, report forms, files of all kinds, interruption, and one cache for many."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import junitparser
import pytest
from typer.testing import CliRunner, Result

from agnesi.cli import app
from agnesi.documents.cache import DAY, MAX_AGE, Cache
from agnesi.documents.files import check_file

RIGHT = "Let $x \\in \\mathbb{R}^n$. Then $x^\\top x = \\|x\\|^2$.\n"
WRONG = RIGHT.replace("\\|^2", "\\|")
UNREAD = "Let $x \\in \\mathbb{R}$. Then $\\|x\\|^2 + = 2 x$.\n"
EXPECTED = WRONG.replace("Then", "Then <!-- agnesi: wrong -->")
COMMAND = [sys.executable, "-c", "from agnesi.cli import main; main()", "check"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("right", RIGHT), ("wrong", WRONG), ("unread", UNREAD), ("expected", EXPECTED)):
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["check", *args, "--jobs", "1"])


# -- statuses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("args", "status"), [
    (["right.md"], 0), (["wrong.md"], 1), (["unread.md"], 0), (["unread.md", "--strict"], 1), (["expected.md"], 0),
    (["right.md", "--strict"], 0), (["right.md", "wrong.md"], 1), (["."], 1), (["missing.md"], 2),
    (["right.md", "missing.md"], 2),
])  # fmt: skip
def test_exit_statuses(args: list[str], status: int) -> None:
    found = run(*args)
    assert found.exit_code == status, found.output
    assert "Traceback" not in found.output


FILES = {
    "empty.md": (b"", 0, "0 formulas"), "plain.md": (b"Words only, at $5.", 0, "nothing to judge"),
    "binary.md": (b"\x00\x01\xff$x=1$", 2, "is not UTF-8 text"), "noise.tex": (bytes(range(128, 256)) * 9, 2, "UTF-8"),
    "wide.tex": ("$x = 1$".encode("utf-16"), 2, "is not UTF-8 text"), "empty.ipynb": (b"", 2, "is not a Jupyter"),
    "broken.ipynb": (b'{"nbformat": 4', 2, "is not a Jupyter"), "list.ipynb": (b"[]", 2, "is not a Jupyter"),
    "latin.md": ("Für alle Zahlen ist $x = x$, und das ist schön.\n".encode("latin-1"), 0, "proved"),
    "a b é.md": (RIGHT.encode(), 0, "1 proved"),
    "other.rst": (b"hello", 2, "is of no kind that is read"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_of_all_kinds(folder: Path, name: str) -> None:
    data, status, words = FILES[name]
    (folder / name).write_bytes(data)
    found = run(name, "plain.md") if name == "other.rst" else run(name)
    assert found.exit_code == status and words in found.output, found.output


def test_what_cannot_be_read_does_not_hide_what_is_wrong(folder: Path) -> None:
    (folder / "binary.md").write_bytes(b"\x00")
    assert run("binary.md", "right.md").exit_code == 2
    found = run("binary.md", "wrong.md")
    assert found.exit_code == 1 and "UTF-8" in found.output and "wrong.md:1:" in found.output


def test_folders(folder: Path) -> None:
    (folder / "talks" / "build").mkdir(parents=True)
    assert run("talks").exit_code == 2, "there is no document in it"
    (folder / "talks" / "a.md").write_text(RIGHT, encoding="utf-8")
    (folder / "talks" / "build" / "b.md").write_text(WRONG, encoding="utf-8")
    for name in ("talks", "talks/"):
        found = run(name)
        assert found.exit_code == 0 and "a.md: 2 formulas" in found.output


def test_a_display_after_a_heading_in_another_cell(folder: Path) -> None:
    cells = [{"cell_type": "markdown", "source": s} for s in ("# Norms", "$$ 2x = x + x $$")]
    (folder / "a.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    assert "1 proved" in run("a.ipynb").output


# -- forms -----------------------------------------------------------------------------------------------------------


def test_json() -> None:
    data = json.loads(run("right.md", "wrong.md", "--json").stdout)
    right, wrong = data["files"]
    assert (right["counts"], wrong["counts"]) == ({"proved": 1}, {"refuted": 1})
    (one,) = [s for s in wrong["statements"] if s["wrong"]]
    assert (one["file"], one["line"], one["column"]) == ("wrong.md", 1, WRONG.index("x^") + 1)
    assert WRONG[one["column"] - 1 : one["end_column"] - 1].startswith("x^\\top x = \\|x\\|")


@pytest.mark.parametrize("strict", [False, True])
def test_junit(folder: Path, strict: bool) -> None:
    (folder / "binary.md").write_bytes(b"\x00")
    names = ["right.md", "wrong.md", "unread.md", "expected.md", "binary.md"]
    run(*names, "--junit", "out.xml", *(["--strict"] if strict else []))
    suites = list(junitparser.JUnitXml.fromfile("out.xml"))
    assert [s.name for s in suites] == names
    kinds = [[type(r).__name__ for case in s for r in case.result] for s in suites]
    assert kinds == [[], ["Failure"], ["Failure" if strict else "Skipped"], [], ["Error"]]
    for suite in suites:
        said = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert said == (suite.tests, suite.failures, suite.errors, suite.skipped)
    (case,) = suites[1]
    assert case.result[0].message.startswith("wrong.md:1:") and "left" in case.result[0].text


REQUIRED = {  # attributes that the schemas of Ant (JUnit.xsd) and Jenkins (junit-10.xsd) ask for, and tools read
    "testsuites": set(), "testsuite": {"name", "tests", "failures", "errors", "time"},
    "testcase": {"name", "classname", "time"}, "failure": {"type"}, "error": {"type"}, "skipped": set(),
}  # fmt: skip
WITHIN = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "error", "skipped"}}


def test_junit_has_what_the_schemas_ask_for(folder: Path) -> None:
    (folder / "cut.md").write_text("Some $$ never ends.\n", encoding="utf-8")
    (folder / "binary.md").write_bytes(b"\x00")
    run("wrong.md", "unread.md", "binary.md", "cut.md", "--junit", "out.xml")
    seen = set()
    for element in ElementTree.parse("out.xml").iter():
        seen.add(element.tag)
        assert REQUIRED[element.tag] <= set(element.attrib)
        assert {child.tag for child in element} <= WITHIN.get(element.tag, set())
        assert element.tag != "testcase" or len(element) <= 1
    assert seen == set(REQUIRED)


@pytest.mark.parametrize("strict", [False, True])
def test_what_was_left_out_is_in_junit_as_in_the_status(folder: Path, strict: bool) -> None:
    (folder / "cut.md").write_text("Some $$ never ends.\n", encoding="utf-8")
    found = run("cut.md", "--junit", "out.xml", *(["--strict"] if strict else []))
    (suite,) = junitparser.JUnitXml.fromfile("out.xml")
    assert (found.exit_code, suite.failures, suite.skipped) == ((1, 1, 0) if strict else (0, 0, 1))


def test_what_is_marked_as_wrong_and_not_read_is_no_error(folder: Path) -> None:
    (folder / "odd.md").write_text(UNREAD.replace("Then", "Then <!-- agnesi: wrong -->"), encoding="utf-8")
    found = run("odd.md", "--strict", "--junit", "out.xml")
    (suite,) = junitparser.JUnitXml.fromfile("out.xml")
    assert "expected to be wrong, but not read" in found.output
    assert (found.exit_code, suite.tests, suite.failures) == (0, 1, 0)


def test_sarif(folder: Path) -> None:
    (folder / "a b é.md").write_text("Some words.\n\n" + WRONG, encoding="utf-8")
    run("a b é.md", "unread.md", "expected.md", "--sarif", "out.sarif")
    log = json.loads(Path("out.sarif").read_text(encoding="utf-8"))
    assert log["version"] == "2.1.0" and "sarif-2.1.0" in log["$schema"]
    (one,) = log["runs"]
    rules = {r["id"]: r for r in one["tool"]["driver"]["rules"]}
    assert [(r["ruleId"], r["level"]) for r in one["results"]] == [("wrong", "error"), ("not-read", "note")]
    for result in one["results"]:
        assert result["ruleId"] in rules and result["message"]["text"]
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1 and region["startColumn"] >= 1
    place = one["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b%20%C3%A9.md" and place["region"]["startLine"] == 3
    for rule in rules.values():  # what GitHub asks for
        assert all(rule[name]["text"].endswith(".") for name in ("shortDescription", "fullDescription", "help"))


def sarif_results(*names: str) -> list[dict[str, Any]]:
    """The results of a SARIF report, each with its place besides."""
    run(*names, "--sarif", "out.sarif")
    (one,) = json.loads(Path("out.sarif").read_text(encoding="utf-8"))["runs"]
    return [{**r, "place": r["locations"][0]["physicalLocation"]} for r in one["results"]]


def test_braces_are_no_placeholders_in_sarif(folder: Path) -> None:
    """SARIF 3.11.5: {0} in a message stands for an argument, and a brace is written twice."""
    (folder / "a.md").write_text("So $x^{2} + x^{10} = x^{12}$.\n", encoding="utf-8")
    (one,) = sarif_results("a.md")
    text = one["message"]["text"]
    assert "x^{{2}} + x^{{10}} = x^{{12}}" in text and not re.search("[{}]", re.sub(r"\{\{|\}\}", "", text))


def test_sarif_names_lines_of_the_file_of_a_notebook(folder: Path) -> None:
    cells = [{"cell_type": "markdown", "source": s.splitlines(True)} for s in ("# Norms\n", "Some words.\n\n" + WRONG)]
    text = json.dumps({"nbformat": 4, "cells": cells}, indent=1)
    (folder / "a.ipynb").write_text(text, encoding="utf-8")
    (one,) = sarif_results("a.ipynb")
    line = next(k for k, said in enumerate(text.split("\n"), 1) if "Then" in said)
    assert one["place"]["region"] == {"startLine": line, "endLine": line}
    assert one["message"]["text"].startswith("cell 2, line 3: wrong: ")


def test_absolute_paths_are_uris_of_files(folder: Path) -> None:
    (one,) = sarif_results(str(folder / "wrong.md"))
    assert one["place"]["artifactLocation"]["uri"] == (folder / "wrong.md").as_uri()


def test_reports_that_cannot_be_written() -> None:
    found = run("right.md", "--junit", "nowhere/out.xml")
    assert found.exit_code == 2 and "cannot be written" in found.output and "1 proved" in found.output
    found = run("x = x", "--sarif", "out.sarif")
    assert found.exit_code == 2 and "documents only" in found.output


# -- the cache, and interruption -------------------------------------------------------------------------------------


def long_document(count: int) -> str:
    return "Let $x, y \\in \\mathbb{R}^n$.\n\n" + "\n".join(
        f"## {k}\n\nHere $x^\\top y + {k} = y^\\top x + {k}$.\n" for k in range(count)
    )


def started(*args: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", **more
    )


def rows() -> int:
    """The number of judgements in the cache, which must be sound; 0 where there is none yet."""
    try:
        base = sqlite3.connect("file:.agnesi_cache/judged.sqlite?mode=ro", uri=True, timeout=20)
        with base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            count = int(base.execute("SELECT count(*) FROM judged").fetchone()[0])
        base.close()
        return count
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_what_was_judged_survives_an_interruption(folder: Path, sign: int, status: int, jobs: str) -> None:
    (folder / "long.md").write_text(long_document(3000), encoding="utf-8")
    process = started("long.md", "right.md", "--jobs", jobs)
    while rows() < 5:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.send_signal(sign)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status and out == "" and "Traceback" not in err
    kept = rows()
    assert 5 <= kept < 3000
    (folder / "long.md").write_text(long_document(3), encoding="utf-8")
    assert "3 proved" in run("long.md").output and rows() >= kept


@pytest.mark.slow
def test_two_processes_on_one_cache(folder: Path) -> None:
    (folder / "long.md").write_text(long_document(40), encoding="utf-8")
    both = [started("long.md", "right.md", "--jobs", "2"), started("long.md", "right.md", "--jobs", "1")]
    for process in both:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0 and err == "" and "41 proved" in out
    base = sqlite3.connect(".agnesi_cache/judged.sqlite")  # the first 16 characters name the state of the source
    kept = base.execute("SELECT count(DISTINCT substr(key, 17)) FROM judged").fetchone()
    assert kept == (44,)  # 42 paragraphs, and the two documents as wholes
    base.close()


@pytest.mark.parametrize("spoil", ["file", "noise"])
def test_a_cache_that_cannot_be_used_is_left_alone(folder: Path, spoil: str) -> None:
    if spoil == "file":
        (folder / ".agnesi_cache").write_text("in the way", encoding="utf-8")
    else:
        (folder / ".agnesi_cache").mkdir()
        (folder / ".agnesi_cache" / "judged.sqlite").write_bytes(b"noise" * 1000)
    assert run("wrong.md").exit_code == 1 and run("right.md").exit_code == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_is_read_only_and_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "wrong.md").chmod(0)
    folder.chmod(0o500)
    try:
        assert run("right.md").exit_code == 0
        assert run("wrong.md").exit_code == 2
    finally:
        folder.chmod(0o700)


def test_judgements_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agnesi.documents.cache.fingerprint", lambda: "one state of the source")
    cache = Path(".agnesi_cache")
    first, second = check_file("wrong.md", folder=cache), check_file("wrong.md", folder=cache)
    assert (first.cached, second.cached) == (0, second.units) and second.units > 0
    assert first.statements == second.statements
    assert check_file("wrong.md", folder=cache, dialect="mml").cached == 0


def test_what_is_used_is_not_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that is checked week by week keeps its judgements past the age at which others go."""
    monkeypatch.setattr("agnesi.documents.cache.fingerprint", lambda: "one state of the source")
    began, kept = time.time(), Cache(folder / "kept")
    kept.put("used", {"a": 1})
    kept.put("unused", {"a": 2})
    kept.keep_whole("document", {"a": 3})
    for day in range(0, 2 * MAX_AGE // DAY, 5):
        monkeypatch.setattr("agnesi.documents.cache.time.time", lambda day=day: began + day * DAY)
        if kept.whole("document") is None:  # then its units are asked for, and it is put together anew
            kept.keep_whole("document", {"a": kept.get("used")})
        kept.close()
        kept = Cache(folder / "kept")
    assert kept.get("used") == {"a": 1} and kept.whole("document") == {"a": {"a": 1}} and kept.get("unused") is None
    kept.close()


def test_a_cache_holds_so_many_and_the_last_used_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agnesi.documents.cache.fingerprint", lambda: "one state of the source")
    began = time.time()
    monkeypatch.setattr("agnesi.documents.cache.KEPT", 3)
    kept = Cache(folder / "kept")
    for day, key in enumerate("abcde"):
        monkeypatch.setattr("agnesi.documents.cache.time.time", lambda day=day: began + day * DAY)
        kept.put(key, {"key": key})
    monkeypatch.setattr("agnesi.documents.cache.time.time", lambda: began + 9 * DAY)
    assert kept.get("a") == {"key": "a"}
    kept.close()
    kept = Cache(folder / "kept")
    assert [key for key in "abcde" if kept.get(key)] == ["a", "d", "e"]
    kept.close()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals like that here")
@pytest.mark.slow
def test_a_bar_on_a_terminal_only() -> None:
    assert started("right.md").communicate(timeout=120)[1] == ""
    master, slave = os.openpty()
    command, env = [*COMMAND, "right.md", "--no-cache"], {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, env=env) as process:
        assert process.stdout is not None and b"1 proved" in process.stdout.read()
    os.close(slave)
    shown = b""
    while b"right.md" not in shown:
        shown += os.read(master, 4096)  # an error where the terminal has nothing more
    os.close(master)
