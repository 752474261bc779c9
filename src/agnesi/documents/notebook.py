"""Jupyter notebooks into paragraphs: Markdown cells are read as Markdown, in their order; code is passed over, save
cells of the magic %%agnesi, which are formulas in Agnesi's own notation.

A place is the number of a cell, counted from 1, and line and column in it; for tools that know nothing of cells, each
line of a cell also has its line in the file. The format is read as the JSON that it is:
nbformat takes a quarter of a second to import, and refuses notebooks with faults that do not matter here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from agnesi.documents.build import Builder
from agnesi.documents.markdown import MarkdownReader
from agnesi.documents.records import LIMITS, Document, Limits, Source, Weave, source_of

_DECODER = json.JSONDecoder()
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
    reader, total, rows = MarkdownReader(builder), 0, rows_of(source)
    for number, kind, text in cells:
        total += len(text)
        cell = source_of(source.path, text, number, rows.get(number, ()))
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


def rows_of(source: Source) -> dict[int, tuple[int, ...]]:
    """Return for each cell of a notebook, by its number, the lines of the file in which the lines of its text stand."""
    text, out = source.text, dict[int, tuple[int, ...]]()
    whole = _past(text, 0)
    sheets = _elements(text, _values(text, whole).get("worksheets")) or [whole]
    cells = [cell for sheet in sheets for cell in _elements(text, _values(text, sheet).get("cells"))]
    for number, cell in enumerate(cells, 1):
        fields = _values(text, cell)
        at = fields.get("source", fields.get("input"))
        if at is not None:
            parts = _elements(text, at) if text[at] == "[" else [at]
            out[number] = tuple(_rows(source, parts))
    return out


def _rows(source: Source, parts: Iterable[int]) -> Iterator[int]:
    """Yield the line of the file in which each line of a text begins that is given in parts, JSON strings."""
    begins = True
    for part in parts:
        said, _ = _DECODER.raw_decode(source.text, part)
        for line in re.findall(r"[^\n]*\n|[^\n]+", said) if isinstance(said, str) else ():
            if begins:
                yield source.location(part).line
            begins = line.endswith("\n")


def _values(text: str, at: int) -> dict[str | int, int]:
    """Return where the values of a JSON object or list begin, by key or index; nothing for another value."""
    found, opened = dict[str | int, int](), text[at]
    if opened not in "{[":
        return found
    at = _past(text, at + 1)
    while text[at] not in "}]":
        key: str | int = len(found)
        if opened == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _past(text, _past(text, at) + 1)
        found[key] = at
        at = _past(text, _DECODER.raw_decode(text, at)[1])
        at = _past(text, at + 1) if text[at] == "," else at
    return found


def _elements(text: str, at: int | None) -> list[int]:
    """Return where the elements of a JSON list begin; none of what is no list."""
    return list(_values(text, at).values()) if at is not None and text[at] == "[" else []


def _past(text: str, at: int) -> int:
    """Return the place after blanks."""
    while text[at : at + 1] in (" ", "\n", "\t"):
        at += 1
    return at


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
