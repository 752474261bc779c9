"""Python text cut into pieces for colours: keywords, strings, numbers, comments."""

from __future__ import annotations

import keyword
import re

_PIECE = re.compile(
    r"(?P<c>#[^\n]*)|(?P<s>[rfb]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))"
    r"|(?P<n>(?<![\w.])\d[\d_.]*(?:e[+-]?\d+)?j?)|(?P<w>[^\W\d]\w*)",
    re.DOTALL,
)


def coloured(code: str) -> list[list[str]]:
    """Return [class, text] for all of a text: "k" keywords, "s" strings, "n" numbers, "c" comments, "" the rest.

    >>> coloured("x = 1  # one")
    [['', 'x = '], ['n', '1'], ['', '  '], ['c', '# one']]
    """
    out: list[list[str]] = []
    at = 0
    for found in _PIECE.finditer(code):
        kind = found.lastgroup or ""
        if kind == "w":
            if not keyword.iskeyword(found[0]):
                continue
            kind = "k"
        if found.start() > at:
            out.append(["", code[at : found.start()]])
        out.append([kind, found[0]])
        at = found.end()
    return [*out, ["", code[at:]]] if at < len(code) else out
