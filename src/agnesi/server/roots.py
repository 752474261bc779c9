"""The paper that a LaTeX file is part of: a chapter is judged with what was defined before it, not by itself."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import islice
from pathlib import Path

from agnesi.documents.latex import read_latex
from agnesi.documents.latex_sources import read_file
from agnesi.documents.records import LIMITS, Document, source_of

UP, MOST = 2, 40  # folders above in which a main file is looked for, and how many files of each are
_TOLD = re.compile(r"(?im)^\s*%\s*!\s*TeX\s+root\s*=\s*(\S[^\n]*?)\s*$")
_MAIN = re.compile(r"^[^%\n]*\\documentclass", re.MULTILINE)
HEAD = 3_000  # characters at the beginning in which the main file is told


def paper_of(path: str, text: str) -> tuple[Document, str] | None:
    """Return the document that takes in a file, with `text` in its place, and the name of the file in it.

    The main file is told by `% !TeX root = ...`, or is one in this folder or those above that takes in this file. None
    where there is none.
    """
    if not Path(path).is_file() or _MAIN.search(text):
        return None
    told = _TOLD.search(text, 0, HEAD)
    root = os.path.join(os.path.dirname(path), told[1].strip("\"'")) if told else _searched(path)
    main = read_file(root) if root else None
    if not root or main is None:
        return None
    own = os.path.realpath(path)
    document = read_latex(
        source_of(root, main), LIMITS, lambda name: text if os.path.realpath(name) == own else read_file(name)
    )
    name = next((f for f in document.files if os.path.realpath(f) == own), None)
    return (document, name) if name is not None and os.path.realpath(root) != own else None


def _searched(path: str) -> str | None:
    """Return the main file that takes in a file, from the folder of the file up."""
    folder = Path(path).resolve().parent
    for place in (folder, *folder.parents[:UP]):
        for one in islice(sorted(place.glob("*.tex")), MOST):
            try:
                changed = one.stat().st_mtime_ns
            except OSError:
                continue
            if os.path.realpath(path) in _parts(str(one), changed):
                return str(one)
    return None


@lru_cache(maxsize=256)
def _parts(path: str, changed: int) -> frozenset[str]:
    """Return the files that a main file takes in; none for a file that is no main file."""
    text = read_file(path)
    if text is None or not _MAIN.search(text) or not re.search(r"\\(?:input|include|subfile|import)", text):
        return frozenset()
    return frozenset(os.path.realpath(f) for f in read_latex(source_of(path, text)).files if f != path)
