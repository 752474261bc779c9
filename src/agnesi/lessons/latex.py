r"""LaTeX as the text that `typeset` sets: \frac{a}{b} stays a fraction, commands become their signs, styles go."""

from __future__ import annotations

import re

from agnesi.read.words import COMMANDS, GREEK, STYLES

FRACTION = "\ufdd4"  # stands before the two groups of a fraction
_ENVIRONMENT = re.compile(
    r"\\begin\{(?:[a-zA-Z]?matrix|array)\*?\}(?:\{[lcr|]*\})?(.*?)\\end\{[a-zA-Z]+\*?\}", re.DOTALL
)
_LINES = re.compile(r"\\(?:begin|end)\{[a-zA-Z]+\*?\}")
_SIZED = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\s*\.?")
_STYLE = "|".join(sorted(STYLES | {"text", "operatorname", "textrm", "textbf", "mbox"}))
_STYLED = re.compile(rf"\\(?:{_STYLE})\*?\s*\{{([^{{}}]*)\}}")
_BOARD = re.compile(r"\\mathbb\s*(?:\{([A-Z])\}|([A-Z]))")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_BOARDS = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "E": "𝔼"}
_TOP = r"\\top|\\intercal|\\math(?:sf|rm)\s*\{?T\}?|⊤"
_TRANSPOSE = re.compile(rf"\^\s*(?:{_TOP}|\{{\s*(?:{_TOP}|T)\s*\}}|T(?!\w))")


def raised(text: str) -> str:
    r"""Return a text with ᵀ for all spellings of it.

    >>> raised("A^T B^{T}"), raised(r"A^\top")
    ('Aᵀ Bᵀ', 'Aᵀ')
    """
    return _TRANSPOSE.sub("ᵀ", text)


def plain(text: str) -> str:
    r"""Return LaTeX as text that is set letter by letter.

    >>> plain(r"\lVert Xw - y \rVert^2"), plain(r"Aᵀ \in \mathbb{R}^{n \times d}")
    ('‖ Xw - y ‖^2', 'Aᵀ ∈ ℝ^{n × d}')
    """
    text = _BOARD.sub(lambda m: _BOARDS.get(m[1] or m[2], m[1] or m[2]), text)
    text = _ENVIRONMENT.sub(_matrix, _SIZED.sub("", text))
    text = _LINES.sub("", text)
    for _ in range(4):  # \mathrm{\text{...}}
        text = _STYLED.sub(lambda m: m[1], text)
    return re.sub(r"[ \t]+", " ", _COMMAND.sub(_command, text)).replace("&", "").strip()


def _matrix(found: re.Match[str]) -> str:
    """Return the rows of a matrix as [a, b; c, d]."""
    rows = [row.strip() for row in re.split(r"\\\\(?:\[[^\]]*\])?", found[1]) if row.strip()]
    return f"[{'; '.join(row.replace('&', ',') for row in rows)}{';' * (len(rows) == 1)}]"


def _command(found: re.Match[str]) -> str:
    """Return what a command stands for; one that is not known as its name."""
    name = found[1]
    kind, sign = COMMANDS.get(name, ("", ""))
    if kind == "cmd":
        return {"frac": FRACTION, "sqrt": "√"}.get(sign, "")
    if name == "\\":
        return "; "
    if name in GREEK:
        return GREEK[name]
    return f" {sign or name} " if kind == "word" else " " if kind == "space" else {"..": "…", "->": "→"}.get(sign, sign)
