"""A chapter of a paper is judged with the macros and declarations of the files before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_hanging import NoPipe

from agnesi.documents.cache import Cache
from agnesi.server.jobs import Job
from agnesi.server.kinds import Kind
from agnesi.server.location import Placed
from agnesi.server.roots import paper_of
from agnesi.server.worker import _judged, _Watched

MAIN = """\\documentclass{article}
\\newcommand{\\nrm}[1]{\\|#1\\|^2}
\\begin{document}
Throughout, let $A$ be a symmetric matrix.
\\input{parts/one}
\\end{document}
"""
CHAPTER = "We have $\\nrm{x} = x^\\top x$ and $A^\\top x = A x$.\n"


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "main.tex").write_text(MAIN)
    (tmp_path / "other.tex").write_text("\\documentclass{article}\\begin{document}$1 + 1 = 3$\\end{document}")
    path = tmp_path / "parts" / "one.tex"
    path.write_text("It was saved when $1 + 1 = 3$.")
    return path


def judged(path: Path, text: str, cache: Path) -> Placed:
    watched = _Watched(cache, NoPipe())  # type: ignore[arg-type]
    found, _ = _judged(Job(1, Kind(str(path)), text), text, watched, "agnesi")
    Cache.close(watched)
    return found


def test_a_chapter_is_judged_within_its_paper(chapter: Path, tmp_path: Path) -> None:
    found = judged(chapter, CHAPTER + "Then $x^\\top x = 2 \\nrm{x}$.\n", tmp_path / "cache")
    own = [(s.verdict, at) for s, at in zip(found.report.statements, found.places, strict=True) if at is not None]
    assert [v for v, _ in own if v] == ["proved", "proved", "refuted"]
    start, stop = own[-1][1]
    assert (CHAPTER + "Then $x^\\top x = 2 \\nrm{x}$.\n")[start:stop] == "x^\\top x = 2 \\nrm{x}"
    assert any(at is None for at in found.places)  # what the main file says is not shown in the chapter


def test_the_main_file_may_be_told(chapter: Path, tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c" / "d"
    deep.mkdir(parents=True)
    (tmp_path / "main.tex").write_text(MAIN.replace("parts/one", "a/b/c/d/two"))
    (deep / "two.tex").write_text("")
    assert paper_of(str(deep / "two.tex"), CHAPTER) is None
    told = paper_of(str(deep / "two.tex"), "% !TEX root = ../../../../main.tex\n" + CHAPTER)
    assert told is not None and told[1].endswith("two.tex") and len(told[0].files) == 2


def test_what_is_no_chapter_is_a_document_of_its_own(chapter: Path, tmp_path: Path) -> None:
    assert paper_of(str(tmp_path / "main.tex"), MAIN) is None
    assert paper_of(str(tmp_path / "new.tex"), CHAPTER) is None
    assert paper_of(str(chapter), "% !TEX root = missing.tex\n") is None
    assert paper_of(str(chapter), "% !TEX root = one.tex\n") is None
