"""The texts of exercises in pieces: words, and formulas as MathML or LaTeX. Who makes pages
of them escapes the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agnesi.dialects import dialects
from agnesi.errors import AgnesiError
from agnesi.exercises import answers
from agnesi.exercises.drawing import listed
from agnesi.exercises.record import Instance
from agnesi.lessons.typeset import mathml, shapes_in
from agnesi.read import read
from agnesi.write import write

_PIECE = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\$(?P<math>[^$]+?)\$|\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*\s][^*]*)\*|`(?P<code>[^`]+)`",
    re.DOTALL,
)
_RAISED = {ord(a): f"^{{{b}}}" for a, b in zip("⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ", [*"0123456789", "T"], strict=True)}


def typeset(text: str, shapes: Mapping[str, int], display: bool = False) -> str:
    """Return a formula as MathML, as it is written; "" where that cannot be done."""
    try:
        return mathml(text, dialects["agnesi"], shapes, display=display)
    except (AgnesiError, IndexError, RecursionError):  # anything may be typed
        return ""


def shapes_of(one: Instance) -> dict[str, int]:
    """Return the letters of an exercise with the number of their axes."""
    return shapes_in([one.given, one.question])


def paragraphs(text: str, shapes: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return Markdown as paragraphs and lists of pieces: {"kind": "p" | "ol" | "ul" | "pre", "rows": [pieces]}."""
    found: list[dict[str, Any]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        rows = block.strip("\n").split("\n")
        numbered = all(re.match(r"\s*\d+[.)]\s", r) for r in rows)
        dashed = all(re.match(r"\s*[-*•]\s", r) for r in rows)
        if numbered or dashed:
            bare = [re.sub(r"^\s*(\d+[.)]|[-*•])\s+", "", r) for r in rows]
            found.append({"kind": "ol" if numbered else "ul", "rows": [pieces(r, shapes) for r in bare]})
        elif all(r.startswith("    ") for r in rows):
            found.append({"kind": "pre", "rows": [[["text", r[4:]]] for r in rows]})
        else:
            found.append({"kind": "p", "rows": [pieces(r, shapes) for r in rows]})
    return found


def pieces(text: str, shapes: Mapping[str, int], plain: bool = False) -> list[list[str]]:
    """Return a line as pieces [kind, value]: text, math (MathML), strong, em, code; `plain` has no stars.

    >>> pieces("If $x$ is **small**", {})
    [['text', 'If '], ['math', '<math><mi>x</mi></math>'], ['text', ' is '], ['strong', 'small']]
    """
    found: list[list[str]] = []
    at = 0
    for m in _PIECE.finditer(text):
        kind = m.lastgroup or "text"
        if plain and kind in ("strong", "em"):
            continue
        if text[at : m.start()]:
            found.append(["text", text[at : m.start()]])
        value = m[kind]
        if kind in ("math", "display"):
            made = typeset(value, shapes, kind == "display")
            kind, value = ("math", made) if made else ("code", value)
        found.append([kind, value])
        at = m.end()
    return [*found, ["text", text[at:]]] if text[at:] else found


def latexed(text: str, one: Instance) -> str:
    """Return a text with its formulas in LaTeX."""
    return re.sub(r"\$([^$]+)\$", lambda m: dollars(m[1], one.given), text)


def dollars(text: str, given: str = "") -> str:
    """Return a formula as LaTeX between dollars: each side that cannot be read as it is; several lines as they are."""
    if not text.strip():
        return text
    if "\n" in text:
        return f"```{text}```"
    told = [" = ".join(_latex(side.strip(), given) for side in part.split(" = ")) for part in answers.split(text, ",")]
    return f"${', '.join(told)}$"


def _with_commas(text: str) -> str:
    """Return a matrix of numbers with commas between them: [−1/3 −5/9] could be a difference."""
    if text[:1] != "[" or text[-1:] != "]" or "," in text:
        return text
    return listed(answers.array(text))


def _latex(text: str, given: str) -> str:
    try:
        return write(read(_with_commas(text)).expr, "latex")
    except AgnesiError:
        return text.translate(_RAISED)
