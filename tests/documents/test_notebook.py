"""Notebooks: Markdown cells in their order, places by cell and line, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agnesi.documents.notebook import read_notebook
from agnesi.documents.records import Document, Limits, source_of

MATERIAL = Path(__file__).parent / "material"


def read(data: object, limits: Limits | None = None) -> Document:
    text = data if isinstance(data, str) else json.dumps(data)
    return read_notebook(source_of("book.ipynb", text), limits or Limits())


def notebook(*cells: tuple[str, object]) -> dict[str, object]:
    return {"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": k, "source": s} for k, s in cells]}


def test_cells_and_places() -> None:
    document = read(notebook(
        ("markdown", ["# One\n", "so $a$"]), ("code", "$no$"), ("raw", "$no$"), ("markdown", "\n\n$$b$$"),
        ("markdown", "$c$"),
    ))
    assert [(p.text, p.cell, p.line, p.column) for p in document.formulas] == [
        ("a", 1, 2, 5), ("b", 4, 3, 3), ("c", 5, 1, 2),
    ]
    assert str(document.paragraphs[-1].where(1)) == "book.ipynb:cell 5:1:2"
    assert {document.sections[p.section].title for p in document.paragraphs} == {"One"}


def test_macros_and_markers_last_from_cell_to_cell() -> None:
    document = read(notebook(
        ("markdown", r"$\newcommand{\R}{\mathbb{R}}$ <!-- agnesi: off -->"), ("markdown", r"$\R$"),
        ("markdown", "<!-- agnesi: on --> <!-- agnesi: skip -->"), ("markdown", r"$x \in \R$ and $y$"),
    ))
    assert [(p.text, p.mark) for p in document.formulas] == [
        (r"\mathbb{R}", "off"), (r"x \in \mathbb{R}", "skip"), ("y", ""),
    ]


def test_the_old_format() -> None:
    cells = [{"cell_type": "heading", "level": 2, "source": "H"}, {"cell_type": "code", "input": "$n$"},
             {"cell_type": "markdown", "source": "$a$"}]
    document = read({"nbformat": 3, "worksheets": [{"cells": cells}]})
    assert [(p.text, p.cell) for p in document.formulas] == [("a", 3)] and document.sections[1].title == "H"


@pytest.mark.parametrize("text", [
    "", "[]", "{}", "5", "null", "[" * 100_000,
    '{"nbformat": 4}', '{"nbformat": 4, "cells": 5}', '{"nbformat": "x", "cells": []}',
])
def test_files_that_are_no_notebooks(text: str) -> None:
    document = read(text)
    assert [n.kind for n in document.notices] == ["unreadable"] and not document.paragraphs


def test_odd_cells_do_not_stop_the_rest() -> None:
    cells = [5, {}, *({"cell_type": "markdown", **more} for more in ({}, {"source": 7}, {"source": ["$a$", 3]}))]
    document = read({"nbformat": 4, "cells": cells})
    assert [(p.text, p.cell) for p in document.formulas] == [("a", 5)]


def test_limits() -> None:
    document = read(notebook(("markdown", "$a$"), ("markdown", "$b$" * 50)), Limits(total_size=100))
    assert [p.text for p in document.formulas] == ["a"]
    assert [(n.kind, n.where.cell) for n in document.notices] == [("limit", 2)]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("version", [3, 4])
def test_lines_of_the_file(indent: int | None, version: int) -> None:
    """The line of the file that a formula is on holds its text, however the file is laid out."""
    texts: list[object] = ["One\n\n$a$ and\n\n", ["$b", "b$, \n", "\n", "$c$"], "", [], ["$d$\n$e$\n", "$f$"], "$g$"]
    cells: list[object] = [{"metadata": {"source": "$no$", "cells": [1, "{"]}, "cell_type": "markdown", "source": s}
                           for s in texts]
    cells.insert(1, 7)
    data = {"worksheets": [{"cells": cells[:3]}, {"cells": cells[3:]}]} if version == 3 else {"cells": cells}
    text = json.dumps({"metadata": {"cells": 5}, **data, "nbformat": version}, indent=indent)
    document = read(text)
    assert [p.text for p in document.formulas] == ["a", "bb", "c", "d", "e", "f", "g"]
    for piece in document.formulas:
        row = piece.traced.location(0).row
        assert row is not None and f"${piece.text[0]}" in text.split("\n")[row - 1]


def test_the_notebook() -> None:
    text = (MATERIAL / "pca.ipynb").read_text(encoding="utf-8")
    sources = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    document = read(text)
    assert len(document.formulas) == 17 and not document.notices
    assert [p.text for p in document.formulas if p.mark == "wrong"] == [r"\nabla_u (u^\top u) = u"]
    exact = [p for par in document.paragraphs for p in par.pieces if p.exact]
    assert len(exact) > 30
    for piece in exact:
        assert piece.cell is not None and sources[piece.cell - 1][piece.start : piece.end] == piece.text
