"""Eleven documents in the manner of public notes, with 30 planted errata: no false alarm, what is found stays found.

The documents were written by someone who did not know Agnesi. `judged.toml` lists what is known: the errata that are
found, and the false alarms that are not mended yet, so that neither grows worse unseen.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from agnesi.documents.files import check_file
from agnesi.documents.report import DocumentReport, Statement

NOTES = Path(__file__).parent / "notes"
ERRATA: list[dict[str, Any]] = tomllib.loads((NOTES / "errata.toml").read_text(encoding="utf-8"))["erratum"]
KNOWN: dict[str, Any] = tomllib.loads((NOTES / "judged.toml").read_text(encoding="utf-8"))
DOCUMENTS = [
    "01_glm_notes.tex", "02_duality_handout.tex", "03_wiki_multivariate_normal.md", "04_blog_backprop.md",
    "05_arxiv/main.tex", "06_solutions.tex", "07_plausible_inference.tex", "08_stat_learning.tex",
    "09_vector_calculus_chapter.md", "10_mcmc.ipynb", "11_cheatsheet_README.md",
]
NEAR = 2  # lines between an erratum and the statement that is called wrong


def place(statement: Statement) -> str:
    """Where a statement stands: file, cell and line."""
    where = statement.where
    name = Path(where.file).relative_to(NOTES).as_posix()
    return f"{name}:{where.line}" if where.cell is None else f"{name}:cell {where.cell}:{where.line}"


def meant(statement: Statement) -> list[int]:
    """The numbers of the errata that a statement may be."""
    where = statement.where
    name, cells = Path(where.file).relative_to(NOTES).as_posix(), (-1, (where.cell or 0) - 1)
    return [
        k for k, e in enumerate(ERRATA)
        if e["file"] == name and abs(e["line"] - where.line) <= NEAR and e.get("cell", -1) in cells
    ]


@pytest.fixture(scope="module", params=DOCUMENTS)
def report(request: pytest.FixtureRequest) -> DocumentReport:
    """One document, judged."""
    return check_file(NOTES / request.param)


def test_nothing_right_is_called_wrong(report: DocumentReport) -> None:
    """What is called wrong is an erratum, or a false alarm that is known."""
    wrong = [s for s in report.wrong if not s.carries]
    assert {place(s) for s in wrong if not meant(s)} <= set(KNOWN["false_alarms"])


def test_errata_stay_found(report: DocumentReport) -> None:
    """The errata that were found once are found."""
    found = {k for s in report.wrong for k in meant(s)}
    name = Path(report.path).relative_to(NOTES).as_posix().partition("/")[0]
    mine = {k for k, e in enumerate(ERRATA) if e["file"].partition("/")[0] == name}
    wanted = {k for k in mine if f"{ERRATA[k]['file']}:{ERRATA[k]['line']}" in KNOWN["found"]}
    assert wanted <= found


def test_what_is_read_does_not_shrink(report: DocumentReport) -> None:
    """Every formula is accounted for, and at least as many statements are found right as were once."""
    name = Path(report.path).relative_to(NOTES).as_posix()
    right = sum(s.verdict in ("proved", "tested") for s in report.statements)
    assert not report.failure and report.formulas >= 50
    assert right >= KNOWN["right"][name]
