"""`pytest --agnesi`: a test for each judged statement, as people see it; run in the process and in others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import agnesi
import agnesi.documents.judging
import agnesi.documents.verb
from agnesi import pytest_plugin
from agnesi.cli import DOCUMENTS
from agnesi.documents.files import READERS

pytest_plugins = ["pytester"]

NOTES = r"""# Notes

Let $x, y \in \mathbb{R}^n$. The product is symmetric: $x^\top y = y^\top x$.

It is also said that

$$ x^\top x = \|x\|. $$

A slip to learn from: <!-- agnesi: wrong --> $\|x\|^2 = 2 x^\top x$.
"""
RIGHT = "Let $x \\in \\mathbb{R}^n$. Then $x^\\top x = \\|x\\|^2$.\n"
UNREAD = "Let $x \\in \\mathbb{R}^n$ and $A \\in \\mathbb{R}^{m \\times m \\times k}$. Then $\\|x\\|^2 + = 2 x$.\n"
MISTAKEN = 'It is said <!-- agnesi: wrong --> that $(a + b)^2 = a^2 + 2ab + b^2$ for $a, b \\in \\mathbb{R}$.\n'


@pytest.fixture
def docs(pytester: pytest.Pytester) -> Path:
    folder = pytester.path / "docs"
    folder.mkdir()
    return folder


def put(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def test_a_test_for_each_statement(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, notes=NOTES)
    found = pytester.runpytest("--agnesi", "docs", "-v")
    found.assert_outcomes(passed=2, failed=1)
    found.stdout.fnmatch_lines([
        f"agnesi: {agnesi.__version__}",
        "*docs/notes.md::line 3: x^*top y = y^*top x PASSED*",
        "*notes.md::line 7: *FAILED*", "*notes.md::line 9: *PASSED*", "_* notes.md, line 7: *_",
        "docs/notes.md:7:4: wrong: *", "*left *right *", "It would be right with *",
    ])  # fmt: skip
    assert "pytest_plugin.py" not in found.stdout.str() and "Traceback" not in found.stdout.str()


def test_the_exit_status_is_that_of_tests(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, right=RIGHT)
    assert pytester.runpytest("--agnesi", "docs").ret == pytest.ExitCode.OK
    put(docs, wrong=NOTES)
    assert pytester.runpytest("--agnesi", "docs").ret == pytest.ExitCode.TESTS_FAILED


def test_without_the_option_nothing_is_collected_or_loaded(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, notes=NOTES)
    pytester.makepyfile("""
        import sys
        def test_light():
            assert "agnesi.pytest_plugin" in sys.modules
            assert [m for m in sys.modules if m.startswith("agnesi")] == ["agnesi", "agnesi.pytest_plugin"]
            assert not {"numpy", "scipy", "rich", "typer", "markdown_it"} & set(sys.modules)
    """)
    found = pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:hypothesispytest")
    found.assert_outcomes(passed=1)


def test_ordinary_tests_run_beside_them(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, right=RIGHT)
    pytester.makepyfile("def test_a(): pass")
    pytester.runpytest("--agnesi").assert_outcomes(passed=2)
    pytester.runpytest("--agnesi", "-k", "line").assert_outcomes(passed=1, deselected=1)


def test_what_is_not_read_is_skipped_or_fails(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, unread=UNREAD)
    found = pytester.runpytest("--agnesi", "docs", "-rs")
    found.assert_outcomes(skipped=1)
    found.stdout.fnmatch_lines(["SKIPPED * docs/unread.md:1: docs/unread.md:1:*: not read: *; *"])
    found = pytester.runpytest("--agnesi", "--agnesi-strict", "docs")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["docs/unread.md:1:*: not read: *"])
    pytester.makeini("[pytest]\nagnesi_strict = true")
    pytester.runpytest("--agnesi", "docs").assert_outcomes(failed=1)


def test_what_is_right_though_marked_as_wrong_fails(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, mistaken=MISTAKEN)
    found = pytester.runpytest("--agnesi", "docs")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["docs/mistaken.md:1:*: expected to be wrong, but proved: *"])


def test_a_dialect_of_the_configuration(
    pytester: pytest.Pytester, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(docs, right=RIGHT)
    asked = list[str]()
    real = agnesi.documents.verb.check_files
    monkeypatch.setattr(
        "agnesi.documents.verb.check_files", lambda *a, **k: asked.append(k["dialect"]) or real(*a, **k)
    )
    pytester.runpytest("--agnesi", "docs").assert_outcomes(passed=1)
    pytester.makeini("[pytest]\nagnesi_dialect = mml")
    pytester.runpytest("--agnesi", "docs").assert_outcomes(passed=1)
    assert asked == ["agnesi", "mml"]
    pytester.makeini("[pytest]\nagnesi_dialect = klingon")
    found = pytester.runpytest("--agnesi", "docs")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*agnesi_dialect is klingon; expected one of *mml*"])


def test_an_input_is_judged_where_it_is_taken_in(pytester: pytest.Pytester, docs: Path) -> None:
    whole = "\\documentclass{article}\n\\begin{document}\nLet $x \\in \\mathbb{R}^n$. \\input{part}\n\\end{document}\n"
    (docs / "main.tex").write_text(whole, encoding="utf-8")
    (docs / "part.tex").write_text("Then $x^\\top x = \\|x\\|^2$, and $x^\\top x = \\|x\\|$.\n", encoding="utf-8")
    found = pytester.runpytest("--agnesi", "docs", "-v")
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["*main.tex::part.tex, line 1: *PASSED*", "docs/part.tex:1:*: wrong: *"])
    pytester.runpytest("--agnesi", "docs/part.tex").assert_outcomes(passed=1, failed=1)


def test_a_notebook_names_its_cells(pytester: pytest.Pytester, docs: Path) -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in ("# Title", RIGHT)]
    (docs / "a.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    found = pytester.runpytest("--agnesi", "docs", "-v")
    found.stdout.fnmatch_lines(["*a.ipynb::cell 2, line 1: *PASSED*"])


def test_the_same_formula_twice(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, twice="Let $x \\in \\mathbb{R}^n$. Then $x^\\top x = \\|x\\|^2$ and $x^\\top x = \\|x\\|^2$.\n")
    found = pytester.runpytest("--agnesi", "docs", "-v")
    found.assert_outcomes(passed=2)
    found.stdout.fnmatch_lines(["*|^2 PASSED*", "*|^2 (2) PASSED*"])


def test_what_pytest_ignores_is_not_judged(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, right=RIGHT, wrong=NOTES)
    pytester.runpytest("--agnesi", "docs", "--ignore=docs/wrong.md").assert_outcomes(passed=1)


def test_a_file_that_cannot_be_read_fails(
    pytester: pytest.Pytester, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(docs, lost=RIGHT)
    monkeypatch.setattr("agnesi.documents.files.read_file", lambda path: None)
    found = pytester.runpytest("--agnesi", "docs")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["The file docs*lost.md cannot be read.*"])


def test_judgements_are_kept_in_the_cache_of_pytest(
    pytester: pytest.Pytester, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(docs, notes=NOTES)
    monkeypatch.setattr("agnesi.documents.cache.fingerprint", lambda: "one state of the source")
    pytester.runpytest("--agnesi", "docs").assert_outcomes(passed=2, failed=1)
    assert (pytester.path / ".pytest_cache" / "d" / "agnesi" / "judged.sqlite").exists()
    assert not (pytester.path / ".agnesi_cache").exists()
    judged = list[str]()
    real = agnesi.documents.judging.check_within
    monkeypatch.setattr(
        "agnesi.documents.judging.check_within", lambda text, *a, **k: judged.append(text) or real(text, *a, **k)
    )
    pytester.runpytest("--agnesi", "docs").assert_outcomes(passed=2, failed=1)
    assert judged == []
    put(docs, notes=NOTES.replace("A slip to learn from", "A slip"))
    pytester.runpytest("--agnesi", "docs").assert_outcomes(passed=2, failed=1)
    assert judged and all("A slip:" in text for text in judged)
    pytester.runpytest("--agnesi", "docs", "-p", "no:cacheprovider").assert_outcomes(passed=2, failed=1)
    assert any("symmetric" in text for text in judged)


@pytest.mark.slow
def test_several_processes_share_the_work(pytester: pytest.Pytester, docs: Path) -> None:
    put(docs, **{f"n{k}": NOTES + f"\nNumber {k}: $x^\\top x = \\|x\\|^{{2}}$.\n" for k in range(4)})
    found = pytester.runpytest_subprocess("--agnesi", "docs", "-n", "2")
    found.assert_outcomes(passed=12, failed=4)
    assert not (pytester.path / ".pytest_cache" / "d" / "agnesi" / "runs").exists()


def test_the_kinds_of_documents_are_those_that_are_read() -> None:
    assert set(pytest_plugin.KINDS) == set(READERS) == set(DOCUMENTS)
