"""∂(u, v)/∂(x, y): the matrix of the partial derivatives, or its determinant where a number is what it equals."""

from __future__ import annotations

import re

_NAME = r"\\?[^\W\d_]\w{0,6}(?:_\{?\w\}?)?"
_LIST = rf"\(\s*({_NAME}(?:\s*,\s*{_NAME})+)\s*\)"
_PARTIAL = r"(?:∂|\\partial(?![A-Za-z]))\s*"
_JACOBIAN = re.compile(
    rf"{_PARTIAL}{_LIST}\s*/\s*{_PARTIAL}{_LIST}|\\frac\s*\{{\s*{_PARTIAL}{_LIST}\s*\}}\s*\{{\s*{_PARTIAL}{_LIST}\s*\}}"
)
_DET = re.compile(r"\bdet\s*\(?\s*$")
_BAR = re.compile(r"(?:\||\\left\s*\||\\l?[vV]ert)\s*$")
_POSITIVE = re.compile(  # a positive number behind the bars: then they take the absolute value
    r"\s*(?:\\right\s*)?(?:\||\\r?[vV]ert)\s*&?=\s*&?\s*(?:\d|\\[dt]?frac\s*\{?\s*\d)"
)
_MADE = re.compile(rf"∂({_NAME})/∂({_NAME})(?=[,;\]])")
_IS_MATRIX = re.compile(r"\s*&?=\s*&?\s*(?:\[|\\begin\{[bp]?matrix|\\left\s*[\[(]|\(\s*\(|[A-Z]\s*(?:$|[\n,.;$]))")
_NAMED = re.compile(
    r"(?:^|[\n,;:.$]|\b(?:is|let|where|with)\s)\s*\$?\s*(?:[A-Z]\w?|\\mathbf\{?[A-Z]\}?)\s*&?:?=\s*&?\s*$"
)


def with_jacobians_of_lists(text: str) -> str:
    """Return a text with [∂u/∂x, ∂u/∂y; ∂v/∂x, ∂v/∂y] for ∂(u, v)/∂(x, y), or the determinant of it.

        >>> with_jacobians_of_lists("J = ∂(u,v)/∂(x,y)")
        'J = [∂u/∂x, ∂u/∂y; ∂v/∂x, ∂v/∂y]'
    """
    out, at = [], 0
    for found in _JACOBIAN.finditer(text):
        above, below = ([n.strip() for n in names.split(",")] for names in found.groups() if names)
        rows = [", ".join(f"∂{u}/∂{x}" for x in below) for u in above]
        matrix = f"[{'; '.join(rows)}]"
        before, after = text[: found.start()], text[found.end() :]
        signed = _BAR.search(before) and not _POSITIVE.match(after)
        matrix_meant = _DET.search(before) or _IS_MATRIX.match(after) or _NAMED.search(before)
        whole = signed or matrix_meant or len(above) != len(below)
        out += [text[at : found.start()], matrix if whole else f"det({matrix})"]
        at = found.end()
    return "".join(out) + text[at:] if out else text


def slopes_of_jacobians(text: str) -> list[tuple[str, str]]:
    """Return (u, x) of each ∂u/∂x in a matrix of them."""
    return _MADE.findall(text)
