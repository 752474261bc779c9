"""The mathematics that a step shows: names, signs, expressions, numbers and matrices side by side.

    Formula.of("A", "=", grid([[1, 2], [3, 4]]))

A part that is text is a sign ("=", "→", "·") or a name ("A", "x₁"); numbers and sympy expressions are written as Agnesi
writes its own expressions; a `Grid` is a matrix, perhaps with a bar before its last columns and with marked entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from agnesi.expr.nodes import Expr, symbol
from agnesi.worked.exact import to_expr
from agnesi.worked.words import small_formula
from agnesi.write import write

Form = Literal["unicode", "ascii", "latex", "mathml"]
Bars = Literal["[", "|", "(", ""]

_SIGNS = {  # text: (ASCII, LaTeX)
    "=": ("=", "="), "≠": ("!=", r"\neq"), "≈": ("~=", r"\approx"), "→": ("->", r"\to"), "⇒": ("=>", r"\Rightarrow"),
    "·": ("*", r"\cdot"), "+": ("+", "+"), "−": ("-", "-"), "-": ("-", "-"), "⟂": ("perp", r"\perp"), ",": (",", ","),
    "∈": ("in", r"\in"), "⊂": ("subset", r"\subset"), "≤": ("<=", r"\leq"), "≥": (">=", r"\geq"), "<": ("<", "<"),
    ">": (">", ">"), "(": ("(", "("), ")": (")", ")"), "~": ("~", r"\sim"), "↔": ("<->", r"\leftrightarrow"),
    "←": ("<-", r"\leftarrow"), "∼": ("~", r"\sim"), ":": (":", ":"), "×": ("x", r"\times"), ";": (";", ";"),
    "|": ("|", "|"), "⟨": ("<", r"\langle"), "⟩": (">", r"\rangle"), "‖": ("||", r"\|"), "∪": ("u", r"\cup"),
}  # fmt: skip
_QUOTIENT = re.compile(r"(?:[d∂])(²?)([^\W\d_]?[\w′]*)/([d∂][^\W_]\w*?²?(?:[d∂][^\W_]\w*?²?)*)")  # ∂f/∂x, d²f/dx²
_OF_LISTS = re.compile(r"∂(\([^()]*\)|[^\W\d_]\w*)/∂(\([^()]*\)|[^\W\d_]\w*)")  # ∂(x, y)/∂(u, v)
_CALLED = re.compile(r"([^\W\d_][\w′]*)\(([^\W\d_]\w*(?:, [^\W\d_]\w*)*)\)")  # f(x, y)
_BELOW = re.compile(r"[d∂]([^\W_]\w*?)(²?)(?=[d∂]|$)")
_CALLING = re.compile(r"∇?[A-Za-z](?:_\d+)?[₀-₉]*′*")  # f(1, 2): the name of a function before its bracket
_NAME = re.compile(r"[^\W\d_]\w*(?:_\w+)?['′]*|[^\W\d_]+[₀-₉ᵢⱼₖₙₘ]*")
_RAISED = re.compile(r"([^\W\d_][^\s⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀⁿᵏ]*)([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀⁿᵏ]+)")  # A⁻¹, Aᵀ, A⁺, Aᵏ
_ROOT = re.compile(r"(?:(?<=[0-9i]) )?(?<![^\W\d_])sqrt\(")
_SHORT_ROOT = re.compile(r"(?:(?<=[0-9i]) )?(?<![^\W\d_])sqrt\((\d+|[^\W\d_][₀-₉]*)\)(?=([\w(])?)")
_BETWEEN = frozenset(  # words that join formulas, and stand apart from them
    ("about", "and", "at", "for", "from", "is", "maximise", "minimise", "not", "or", "over", "rad", "to", "where",
     "with")
)
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀⁿᵏ", "0123456789-+Tnk")


@dataclass(frozen=True)
class Grid:
    """A matrix as it is shown: rows of numbers (sympy, Python or expressions), brackets, bars, marked entries.

    `bars` are columns before which a bar stands: {3} for [A | b] with three columns in A; `marks` are (row, column).
    """

    rows: tuple[tuple[Any, ...], ...]
    brackets: Bars = "["
    bars: frozenset[int] = frozenset()
    marks: frozenset[tuple[int, int]] = frozenset()

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return len(self.rows), len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class Lettered:
    """An expression in which the rows of some matrices have letters of their own: {"X": "x"} shows row i of X as xᵢ."""

    expr: Expr
    rows: Mapping[str, str]


def grid(
    matrix: Any, brackets: Bars = "[", bars: Iterable[int] = (), marks: Iterable[tuple[int, int]] = ()
) -> Grid:
    """Return a matrix (nested lists, NumPy or sympy) as it is shown; a list of numbers is one column."""
    rows = matrix.tolist() if hasattr(matrix, "tolist") else [list(r) if isinstance(r, Sequence) else r for r in matrix]
    rows = [r if isinstance(r, list) else [r] for r in rows]
    return Grid(tuple(tuple(r) for r in rows), brackets, frozenset(bars), frozenset(marks))


@dataclass(frozen=True)
class Formula:
    """Parts side by side; `why` may say in words how the line comes from the one above."""

    parts: tuple[Any, ...]
    why: str = ""

    @staticmethod
    def of(*parts: Any, why: str = "") -> Formula:
        """Return a formula of its parts: signs and names as text, numbers, expressions, matrices."""
        return Formula(tuple(grid(p) if _is_matrix(p) else p for p in parts), why)

    def text(self, ascii_only: bool = False) -> list[str]:
        """Return the lines of the formula for a terminal: matrices stand on several, everything else at mid-height."""
        form: Form = "ascii" if ascii_only else "unicode"
        blocks = [_block(p, form) for p in self.parts]
        height = max((len(b) for b in blocks), default=0)
        out = [""] * height
        for k, block in enumerate(blocks):
            width, above = max(map(len, block), default=0), (height - len(block)) // 2
            gap = " " if k and not _close(self.parts, k) else ""
            for row in range(height):
                inside = block[row - above] if above <= row < above + len(block) else ""
                out[row] += gap + inside.ljust(width)
        return [line.rstrip() for line in out]

    def latex(self) -> str:
        """Return the formula as LaTeX, without dollars."""
        return " ".join(_latex(p) for p in self.parts)

    def mathml(self) -> str:
        """Return the formula as one MathML element."""
        inside = "".join(_with_low_brackets([_mathml(p) for p in self.parts]))
        return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{inside}</math>'


def scalar_text(value: Any, form: Form = "unicode") -> str:
    """Return a number, a sympy expression or an expression of Agnesi as text; floats with six digits at most."""
    if isinstance(value, Expr):
        return _rooted(write(value, form), form)
    if isinstance(value, Lettered):
        return _rooted(write(value.expr, form, rows=value.rows), form)
    if isinstance(value, str):
        return _word(value, form)
    if isinstance(value, float) or type(value).__module__ == "numpy":
        return _number(float(value), form)
    return _rooted(write(to_expr(value), form), form)


def _rooted(text: str, form: Form) -> str:
    """Return text for a terminal with roots as they are written on paper.

    >>> _rooted("2 sqrt(3)x + sqrt(2 + sqrt(2))", "unicode")
    '2√3 x + √(2 + √2)'
    """
    if form != "unicode" or "sqrt(" not in text:
        return text
    return _ROOT.sub("√(", _SHORT_ROOT.sub(lambda m: f"√{m[1]}{' ' if m[2] else ''}", text))


def _number(value: float, form: Form) -> str:
    shown = f"{value:.6g}" if value else "0"
    if form == "mathml":
        return f"<mn>{shown.replace('-', '−')}</mn>"
    if form == "latex":
        mantissa, _, power = shown.partition("e")
        return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else shown
    return shown.replace("-", "−") if form == "unicode" else shown


def _is_matrix(part: Any) -> bool:
    return not isinstance(part, str | Grid | Expr) and (
        isinstance(part, list | tuple) or (hasattr(part, "shape") and len(part.shape) > 0 and hasattr(part, "tolist"))
    )


def _close(parts: Sequence[Any], k: int) -> bool:
    """Tell whether no space stands before part k: after an opening bracket, before a closing one or a comma.

    Of bars in pairs, ‖ or |, each first one opens and each second one closes.
    """
    left, right = parts[k - 1], parts[k]
    if isinstance(left, str) and left in _BARS and parts.count(left) % 2 == 0:
        return parts[: k - 1].count(left) % 2 == 0
    if isinstance(right, str) and right in _BARS and parts.count(right) % 2 == 0:
        return parts[:k].count(right) % 2 == 1
    if right == "(" and isinstance(left, str) and _CALLING.fullmatch(left):
        return True
    opened = isinstance(left, str) and left in ("(", "⟨", "{")
    return opened or (isinstance(right, str) and right in (")", "⟩", "}", ",", ";", ":"))


_BARS = ("‖", "|")


def _word(text: str, form: Form) -> str:
    """Return a sign or a name in one of the forms; other text stays words."""
    if text in _SIGNS:
        plain, latex = _SIGNS[text]
        if form == "mathml":
            return f"<mo>{escape(text)}</mo>"
        return plain if form == "ascii" else latex if form == "latex" else text
    formula = small_formula(text, form, lambda x: _OUTER.sub("", write(symbol(x, ()), form)))
    if formula is not None:
        return formula
    if form != "unicode" and (raised := _RAISED.fullmatch(text)):
        return _power(raised[1], raised[2].translate(_PLAIN), form)
    if form in ("latex", "mathml") and (found := _QUOTIENT.fullmatch(text)):
        return _quotient(found, form)
    if form in ("latex", "mathml") and (found := _OF_LISTS.fullmatch(text)):
        above, below = (_listed(part, form) for part in found.groups())
        if form == "latex":
            return rf"\frac{{\partial {above}}}{{\partial {below}}}"
        return f"<mfrac><mrow><mi>∂</mi>{above}</mrow><mrow><mi>∂</mi>{below}</mrow></mfrac>"
    if form in ("latex", "mathml") and (found := _CALLED.fullmatch(text)):
        return f"{_word(found[1], form)}{_listed(f'({found[2]})', form)}"
    if _NAME.fullmatch(text) and len(text) < 9 and text not in _BETWEEN:
        return _OUTER.sub("", write(symbol(text, ()), form)) if form == "mathml" else write(symbol(text, ()), form)
    if form == "mathml":
        return f"<mtext>\N{NO-BREAK SPACE}{escape(text)}\N{NO-BREAK SPACE}</mtext>"
    return rf"\text{{ {text} }}" if form == "latex" else text


def _listed(text: str, form: Form) -> str:
    """Return (x, y) or a single name."""
    if not text.startswith("("):
        return _word(text, form)
    opened, comma, closed = (_word(sign, form) for sign in "(,)")
    return f"{opened}{f'{comma} '.join(_word(name, form) for name in text[1:-1].split(', '))}{closed}"


def _with_low_brackets(parts: list[str]) -> list[str]:
    """Return the parts with brackets that stay as low as what is in them: a matrix beside them makes others grow."""
    out, opened = list(parts), list[int]()
    for k, part in enumerate(parts):
        if part == "<mo>(</mo>":
            opened.append(k)
        elif part == "<mo>)</mo>" and opened:
            start = opened.pop()
            if not any("<mtable" in p or "<mfrac" in p for p in parts[start:k]):
                out[start], out[k] = (f'<mo stretchy="false">{sign}</mo>' for sign in "()")
    return out


def _power(base: str, above: str, form: Form) -> str:
    """Return a name with a mark above it, as of an inverse or a transpose."""
    if form == "mathml":
        return f"<msup><mrow>{_word(base, form)}</mrow><mi>{above.replace('-', '−')}</mi></msup>"
    above = r"\top" if above == "T" and form == "latex" else above
    return f"{_word(base, form)}^{{{above}}}" if form == "latex" else f"{base}^{above}"


def _quotient(found: re.Match[str], form: Form) -> str:
    """Return ∂f/∂x, df/dx or ∂²f/∂x∂y as a fraction."""
    sign, below = found[0][0], _BELOW.findall(found[3])
    if form == "latex":
        d = r"\partial " if sign == "∂" else "d"
        top = f"{d.strip()}^2 " if found[1] else d
        under = " ".join(f"{d}{_word(name, form)}{'^2' if square else ''}" for name, square in below)
        return rf"\frac{{{top}{_word(found[2], form) if found[2] else ''}}}{{{under}}}"
    d = f"<mi>{sign}</mi>"
    above = (f"<msup>{d}<mn>2</mn></msup>" if found[1] else d) + (_word(found[2], form) if found[2] else "")
    under = "".join(
        d + (f"<msup><mrow>{_word(name, form)}</mrow><mn>2</mn></msup>" if square else _word(name, form))
        for name, square in below
    )
    return f"<mfrac><mrow>{above}</mrow><mrow>{under}</mrow></mfrac>"


def _block(part: Any, form: Form) -> list[str]:
    if not isinstance(part, Grid):
        return [scalar_text(part, form)]
    cells = [[scalar_text(v, form) for v in row] for row in part.rows]
    if not cells or not cells[0]:
        return ["[ ]"]
    cells = [[_marked(c, (i, j) in part.marks) for j, c in enumerate(row)] for i, row in enumerate(cells)]
    widths = [max(len(row[j]) for row in cells) for j in range(len(cells[0]))]
    bar = "|" if form == "ascii" else "│"
    gap = "  " if any(" " in c for row in cells for c in row) else " "  # 2x + 1 and y stand apart
    lines = []
    for row in cells:
        shown = [f"{c:>{w}}" for c, w in zip(row, widths, strict=True)]
        lines.append(gap.join(f"{bar} {c}" if j in part.bars else c for j, c in enumerate(shown)))
    return [f"{left}{line}{right}" for line, (left, right) in zip(lines, _brackets(part, form), strict=True)]


def _marked(cell: str, marked: bool) -> str:
    return f"({cell})" if marked else cell


def _brackets(part: Grid, form: Form) -> Iterator[tuple[str, str]]:
    count = len(part.rows)
    for k in range(count):
        if part.brackets == "":
            yield "", ""
        elif part.brackets == "|":
            yield ("|", "|") if form == "ascii" else ("│", "│")
        elif form == "ascii" or count == 1:
            yield ("(", ")") if part.brackets == "(" else ("[", "]")
        else:
            ends = "⎛⎞⎜⎟⎝⎠" if part.brackets == "(" else "⎡⎤⎢⎥⎣⎦"
            at = 0 if k == 0 else 4 if k == count - 1 else 2
            yield ends[at], ends[at + 1]


def _latex(part: Any) -> str:
    if not isinstance(part, Grid):
        return scalar_text(part, "latex")
    columns = part.shape[1]
    layout = "".join(("|" if j in part.bars else "") + "r" for j in range(columns))
    cells = [
        [rf"\boxed{{{c}}}" if (i, j) in part.marks else c for j, c in enumerate(scalar_text(v, "latex") for v in row)]
        for i, row in enumerate(part.rows)
    ]
    body = r" \\ ".join(" & ".join(row) for row in cells)
    left, right = {"[": ("[", "]"), "(": ("(", ")"), "|": ("|", "|"), "": (".", ".")}[part.brackets]
    return rf"\left{left}\begin{{array}}{{{layout}}} {body} \end{{array}}\right{right}"


_OUTER = re.compile(r"^\s*<math[^>]*>|</math>\s*$")


_LINE = "1.3px solid currentColor"
_SIDES = {  # brackets as borders: few machines have a font whose brackets grow
    "[": f"border-inline:{_LINE};border-block:0;padding:2px .45em;margin:0 .15em;background:" + ",".join(
        f"linear-gradient(currentColor,currentColor) {corner}/5px 1.3px no-repeat"
        for corner in ("left top", "right top", "left bottom", "right bottom")
    ),
    "(": f"border-inline:{_LINE};border-radius:.7em;padding:2px .5em;margin:0 .15em",
    "|": f"border-inline:{_LINE};padding:0 .35em;margin:0 .15em",
    "": "",
}
_SIDE_NAMES = {"[": "grid square", "(": "grid round", "|": "grid lines", "": "grid"}  # for style sheets


def _mathml(part: Any) -> str:
    if not isinstance(part, Grid):
        return _OUTER.sub("", scalar_text(part, "mathml"))
    rows = []
    for i, row in enumerate(part.rows):
        cells = []
        for j, value in enumerate(row):
            style = "border-left:1px solid currentColor;padding-left:.6em;" if j in part.bars else ""
            style += "outline:1.5px solid #b3261e;outline-offset:-1px;" if (i, j) in part.marks else ""
            kind = " ".join((*(("bar",) if j in part.bars else ()), *(("mark",) if (i, j) in part.marks else ())))
            shown = f' class="{kind}" style="{style}"' if style else ""
            cells.append(f"<mtd{shown}>{_OUTER.sub('', scalar_text(value, 'mathml'))}</mtd>")
        rows.append(f"<mtr>{''.join(cells)}</mtr>")
    named = f'class="{_SIDE_NAMES[part.brackets]}" style="{_SIDES[part.brackets]}"'
    return f"<mtable {named}>{''.join(rows)}</mtable>"
