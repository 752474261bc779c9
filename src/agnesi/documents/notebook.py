"""Jupyter notebooks into paragraphs: Markdown cells are read as Markdown, in their order; code is passed over, save
cells of the magic %%agnesi, which are formulas in Agnesi's own notation.

A place is the number of a cell, counted from 1, and line and column in it. The format is read as the JSON that it is:
nbformat takes a quarter of a second to import, and refuses notebooks with faults that do not matter here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from agnesi.documents.build import Builder
from agnesi.documents.markdown import MarkdownReader
from agnesi.documents.records import LIMITS, Document, Limits, Source, Weave, source_of

MAGIC = re.compile(r"\s*%%agnesi(?!\S)[^\n]*\n")  # the line that makes a code cell one of formulas


def read_notebook(source: Source, limits: Limits = LIMITS) -> Document:
    """Return a notebook, given as the text of its .ipynb file, as a document."""
    builder = Builder(source.path, limits)
    builder.files.append(source.path)
    if len(source.text) > 8 * limits.file_size:  # pictures in the output take most of the room
        words = f"The file is not read: {len(source.text)} characters are too many."
        builder.notice("limit", words, source, 0)
        return builder.document()
    cells = cells_of(source.text)
    if cells is None:
        builder.notice("unreadable", "The file is not a Jupyter notebook.", source, 0)
        return builder.document()
    reader, total = MarkdownReader(builder), 0
    for number, kind, text in cells:
        total += len(text)
        cell = source_of(source.path, text, number)
        if total > limits.total_size:
            builder.notice("limit", "This cell and those after it are not read: the notebook is too large.", cell, 0)
            break
        if kind == "markdown":
            reader.read(cell)
            builder.end()
        elif kind == "code" and (begun := MAGIC.match(cell.text)) is not None and cell.text[begun.end() :].strip():
            out = Weave()
            out.copy(cell, begun.end(), len(cell.text))
            builder.end()
            builder.formula("display", out.traced(), "agnesi")
            builder.end()
    return builder.document()


def cells_of(text: str) -> list[tuple[int, str, str]] | None:
    """Return number, kind and text of the cells of a notebook, None if it is none; formats 3 and 4 are read."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        return None
    sheets = data["worksheets"] if isinstance(data.get("worksheets"), list) else [data]
    cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    if not cells and not any(isinstance(s, dict) and isinstance(s.get("cells"), list) for s in sheets):
        return None
    return list(_texts(cells))


def _texts(cells: list[Any]) -> Iterator[tuple[int, str, str]]:
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", cell.get("input", ""))
        text = source if isinstance(source, str) else "".join(s for s in _list(source) if isinstance(s, str))
        if cell.get("cell_type") == "heading":  # of format 3
            level = cell.get("level") if isinstance(cell.get("level"), int) else 1
            yield number, "markdown", "#" * min(6, max(1, level or 1)) + " " + text
        else:
            yield number, str(cell.get("cell_type")), text


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
