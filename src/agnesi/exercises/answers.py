"""What learners type: numbers, vectors, matrices, sets, shapes, options; and when two of them are the same.

All numbers are exact: 0.5 is 1/2. A matrix may be typed as `[1 2; 3 4]`, as rows on lines of their own, in LaTeX, or as
nested lists; a vector also as (1, 2); a set as {1, 3}, as 1, 3, or as "1 and 3".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy

from agnesi.errors import AgnesiError, ReadError
from agnesi.exercises.record import Exact, Option
from agnesi.expr.nodes import Apply, Const, Expr, postorder
from agnesi.worked import exact

_RELATION = re.compile(r"(?<![<>!:=])(?:=|≈|\\approx|:=)(?!=)")
_ENVIRONMENT = re.compile(r"\\begin\{[bpvBV]?matrix\}(.*?)\\end\{[bpvBV]?matrix\}", re.DOTALL)
_LIST_ROWS = re.compile(r"\]\s*,?\s*\[|\)\s*,\s*\(")
_OPEN, _CLOSE = "([{", ")]}"
_NAME = re.compile(r"[A-Za-zλμ](?:_?\{?\d\}?|[₀-₉])?")
_TIMES = re.compile(r"([-−+]|[-−+]?\(?[-−+]?[\d.]+(?:\s*/\s*\(?[-−+]?\d+\)?)?\)?\s*[·*]?)\s*(\[.*\])", re.DOTALL)
_PLAIN_ROW = re.compile(r"^[\s|]*[-−+]?[\d./√a-z]+(?:[\s,&]+[-−+]?[\d./√a-z]+)*[\s|]*$", re.IGNORECASE)
_ARITHMETIC = ("add", "mul", "pow", "epow")
DIGITS, ZERO = 40, sympy.Float("1e-25")


def tidy(text: str) -> str:
    """Return what was typed without dollars, bullets and outer blanks."""
    return re.sub(r"^\s*(?:[-*•]\s+(?=\D)|\d+[.)]\s+(?=\D))?", "", text.replace("$", "").replace("\r", "")).strip()


def lines_of(text: str) -> list[str]:
    """Return the lines of an answer that are not empty; rows of one matrix on lines of their own are joined."""
    lines = [line for line in (tidy(row) for row in text.strip().splitlines()) if line]
    if len(lines) > 1 and all(_PLAIN_ROW.match(line) for line in lines):
        counts = {len(re.split(r"[\s,&]+", line.strip("| "))) for line in lines}
        if len(counts) == 1 and counts != {1}:
            return ["[" + "; ".join(line.replace("&", " ").strip("| ") for line in lines) + "]"]
    return lines


def right_side(line: str) -> str:
    """Return what stands after the last equals sign, outside brackets."""
    return sides(line)[-1]


def sides(line: str) -> list[str]:
    """Return what stands between the equals signs of a line, outside brackets."""
    cuts = [m for m in _RELATION.finditer(line) if _depth(line, m.start()) == 0]
    starts = [0, *(m.end() for m in cuts)]
    stops = [*(m.start() for m in cuts), len(line)]
    return [line[a:b].strip() for a, b in zip(starts, stops, strict=True)]


def _depth(text: str, at: int) -> int:
    return sum((c in _OPEN) - (c in _CLOSE) for c in text[:at])


def split(text: str, marks: str) -> list[str]:
    """Return the parts of a text between marks that stand outside brackets."""
    out: list[str] = []
    cell, depth = "", 0
    for char in text:
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and char in marks:
            out, cell = [*out, cell], ""
        else:
            cell += char
    return [part.strip() for part in (*out, cell) if part.strip()]


def number(text: str) -> sympy.Expr:
    """Return a number as it was typed, exact; raises `AgnesiError` for what is none."""
    return exact.scalar(right_side(text))


def array(text: str) -> sympy.ImmutableMatrix:
    """Return a matrix or a vector (one column) as it was typed; raises `AgnesiError` for what is none."""
    named = entries(text)
    text = f"({', '.join(named)})" if named else right_side(text)
    times = _TIMES.fullmatch(text)
    if times and times[1].strip("-−+ "):  # 1/2 [1 2; 3 4]
        return (number(times[1].rstrip("·* ")) * array(times[2])).as_immutable()
    if times:
        found = array(times[2])
        return (-found).as_immutable() if times[1].strip() in ("-", "−") else found
    turned = bool(re.search(r"(?:\^\\top|\^T|ᵀ|')$", text))
    text = re.sub(r"\s*(?:\^\{?(?:\\top|T)\}?|ᵀ|')$", "", text)
    found = exact.matrix(_bracketed(text))
    return found.T if turned else found


def entries(text: str) -> list[str]:
    """Return the entries of a vector that were typed with their names: x₁ = 2, x₂ = 3; none where they were not."""
    parts = [sides(part) for part in split(re.sub(r"\s+and\s+", ", ", text), ",;")]
    named = [p for p in parts if len(p) == 2 and _NAME.fullmatch(p[0])]
    return [p[1] for p in named] if len(named) == len(parts) > 1 and len({p[0] for p in named}) > 1 else []


def joined(lines: list[str]) -> list[str]:
    """Return lines, each with one entry of a vector and its name, as one line."""
    return [", ".join(lines)] if len(lines) > 1 and entries(", ".join(lines)) else lines


def _bracketed(text: str) -> str:
    """Return a matrix in the one way that all can be typed: [1 2; 3 4]."""
    environment = _ENVIRONMENT.search(text)
    if environment:
        rows = [row.replace("&", ",").strip() for row in environment[1].split(r"\\") if row.strip()]
        return "[" + "; ".join(rows) + "]"
    text = text.strip()
    inside = text[1:-1].strip() if text[:1] in _OPEN and text[-1:] in _CLOSE and _whole(text) else text
    if inside[:1] in ("[", "(") and _LIST_ROWS.search(inside) and inside[-1:] in ("]", ")"):
        return "[" + "; ".join(row[1:-1] for row in split(inside, ",") if row[:1] in "[(") + "]"
    return f"[{inside}]"


def _whole(text: str) -> bool:
    """Tell whether the first bracket closes at the end."""
    return all(_depth(text, k) > 0 for k in range(1, len(text)))


def listed(text: str) -> str:
    """Return a vector typed as [a b; c] as (a b, c): its entries are formulas, in which blanks stand for products.

    >>> listed("v = [2x cos(y); 3]")
    'v = (2x cos(y), 3)'
    """
    right = right_side(text)
    if right[:1] != "[" or right[-1:] != "]" or not _whole(right):
        parts = split(right, ",;")  # without any brackets
        return f"{text[: len(text) - len(right)]}({', '.join(parts)})" if len(parts) > 1 else text
    parts = split(right[1:-1], ";,")
    return f"{text[: len(text) - len(right)]}({', '.join(parts)})" if len(parts) > 1 else text


def column(found: sympy.ImmutableMatrix) -> sympy.ImmutableMatrix:
    """Return a vector as one column, however it was typed."""
    return found.T if found.rows == 1 else found


def members(text: str) -> list[str]:
    """Return the members of a set as texts: {1, 3}; 1, 3; 1 and 3; λ₁ = 1, λ₂ = 3."""
    text = re.sub(r"\s+(?:and|or|und)\s+|\\text\{\s*and\s*\}", ", ", text.strip())
    named = sides(text)
    if len(named) == 2 and named[1][:1] in ("{", "\\"):
        text = named[1]
    text = text.replace(r"\{", "{").replace(r"\}", "}")
    inside = text[1:-1] if text[:1] == "{" and text[-1:] == "}" and _whole(text) else text
    return [right_side(part) for part in split(inside, ",;\n")]


def value(text: str, answer: Exact) -> Any:
    """Return an answer of the form that is asked; raises `AgnesiError` for what cannot be read as one."""
    match answer.form:
        case "number":
            return number(text)
        case "vector":
            return column(array(text))
        case "matrix":
            return array(text)
        case "set":
            vectors = any(isinstance(v, sympy.MatrixBase) for v in answer.value)
            return tuple(column(array(m)) if vectors else number(m) for m in members(text))


def lettered(value: Any) -> bool:
    """Tell whether letters stand in a number, a matrix or a set of them."""
    parts = value if isinstance(value, tuple) else (value,)
    return any(bool(getattr(part, "free_symbols", ())) for part in parts)


def carried_out(text: str, answer: Exact) -> bool:
    """Tell whether nothing is left to be worked out: 2·3 + 1 is a number, and so is 7; only 7 is carried out."""
    parts = members(text) if answer.form == "set" else [right_side(text)]
    return not any(_open(part) for part in parts)


def _open(text: str) -> bool:
    cells = split(re.sub(r"[\[\](){}]", " ", _bracketed(text)), ",; \n") if any(c in text for c in "[;&") else [text]
    return any(_sum_of_numbers(cell) for cell in cells)


def _sum_of_numbers(cell: str) -> bool:
    """Tell whether numbers stand in a text that can be added, multiplied or raised."""
    try:
        expr = exact.read_scalar(cell)
    except AgnesiError:
        return False
    for node in postorder(expr):
        if isinstance(node, Apply) and node.op.name in _ARITHMETIC:
            if sum(_rational(a) for a in node.args) > 1:
                return True
    return False


def _rational(node: Expr) -> bool:
    if isinstance(node, Apply) and node.op.name in ("neg", "div"):
        return all(_rational(a) for a in node.args)
    return isinstance(node, Const)


def zero(value: Any) -> bool:
    """Tell whether a number is 0: exactly for rationals, to many digits for roots and exponentials."""
    value = sympy.sympify(value)
    if value.is_Rational or value.is_Float:
        return bool(value == 0)
    if value.free_symbols:
        return bool(sympy.simplify(value) == 0)
    return bool(abs(sympy.N(value, DIGITS)) < ZERO)


def same(given: Any, right: Any, answer: Exact) -> bool:
    """Tell whether what was given counts as the answer."""
    if answer.form == "set":
        return _same_set(given, right, answer)
    if isinstance(right, sympy.MatrixBase):
        return _same_matrix(given, right, answer)
    difference = given - right
    if answer.near and not difference.free_symbols:
        return bool(abs(sympy.N(difference)) <= answer.near)
    return zero(difference)


def _same_set(given: Sequence[Any], right: Sequence[Any], answer: Exact) -> bool:
    one = Exact(
        None, "vector" if right and isinstance(right[0], sympy.MatrixBase) else "number", answer.same, answer.near
    )
    left = list(right)
    for item in given:
        found = next((r for r in left if same(item, r, one)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _same_matrix(given: Any, right: Any, answer: Exact) -> bool:
    if answer.same == "span":
        return given.rows == right.rows and _rank(given) == _rank(right) == _rank(given.row_join(right))
    if given.shape != right.shape:
        return False
    if answer.same == "scale":
        pairs = zip(given, right, strict=True)
        factor = next((a / b for a, b in pairs if not zero(b)), sympy.Integer(0))
        return not zero(factor) and all(zero(a - factor * b) for a, b in zip(given, right, strict=True))
    if answer.same == "pattern":
        return echelon(given) and row_equivalent(given, right)
    plus = all(_close(a - b, answer.near) for a, b in zip(given, right, strict=True))
    return plus or (
        answer.same == "sign" and all(_close(a + b, answer.near) for a, b in zip(given, right, strict=True))
    )


def _close(difference: Any, near: float) -> bool:
    return bool(abs(sympy.N(difference)) <= near) if near else zero(difference)


def rounded(given: Any, answer: Exact) -> bool:
    """Tell whether numbers are near those of the answer, as they are when somebody rounds to three digits."""
    right = answer.value
    if answer.form == "set" or answer.same or getattr(given, "shape", None) != getattr(right, "shape", None):
        return False
    pairs = zip(given, right, strict=True) if hasattr(right, "shape") else [(given, right)]
    return all(abs(sympy.N(a - b)) <= 0.003 * max(1, abs(sympy.N(b))) for a, b in pairs)


def _rank(matrix: Any) -> int:
    return int(sympy.Matrix(matrix).rank(iszerofunc=zero))


def echelon(matrix: Any) -> bool:
    """Tell whether a matrix is in echelon form: each pivot to the right of the one above, rows of zeros last."""
    before = -1
    for i in range(matrix.rows):
        pivot = next((j for j in range(matrix.cols) if not zero(matrix[i, j])), matrix.cols + i)
        if pivot <= before:
            return False
        before = pivot
    return True


def row_equivalent(a: Any, b: Any) -> bool:
    """Tell whether row operations lead from one matrix to the other: they have the same reduced echelon form."""
    return bool(a.shape == b.shape and a.rref()[0] == b.rref()[0])


_SIZES = str.maketrans({"×": " ", ",": " ", "(": " ", ")": " ", "{": " ", "}": " ", "[": " ", "]": " ", "ˣ": " "})
_RAISED = str.maketrans("ⁿᵐᵏᵈᵖʳ⁰¹²³⁴⁵⁶⁷⁸⁹", "nmkdpr0123456789")
_NUMBER_WORDS = ("scalar", "number", "a number", "a scalar", "real", "1", "1x1", "1×1", "ℝ", "R", "()")


def shape(text: str) -> tuple[str, ...]:
    """Return a shape as it was typed: n×d, n x d, (n, d), ℝⁿˣᵈ, R^{n×d}, n; () for a number.

    Raises `ReadError` for what is no shape.
    """
    text = tidy(text).rstrip(".")
    if text.lower() in _NUMBER_WORDS or text in _NUMBER_WORDS:
        return ()
    body = re.sub(r"^(?:.*(?:∈|\\in|:)\s*)?(?:ℝ|\\mathbb\{?R\}?|R)\s*\^?", "", text).replace(r"\times", "×")
    body = re.sub(r"(?<=[\w+\-)])\s*[x*]\s*(?=[\w(])", "×", body) if "×" not in body else body
    parts = body.translate(_RAISED).translate(_SIZES).replace(" by ", " ").split()
    if not 1 <= len(parts) <= 4 or not all(re.fullmatch(r"\w[\w+\-]*", p) for p in parts):
        raise ReadError(f"{text!r} is not read as a shape.", expected="sizes such as n×d, n, or “number”")
    if len(parts) == 1 and re.fullmatch(r"[a-zA-Z]x[a-zA-Z]", parts[0]):
        parts = parts[0].split("x")
    return tuple(parts)


def option(text: str, options: Sequence[Option]) -> int | None:
    """Return the number (from 0) of the option that was chosen: by its letter, its number, or its text."""
    text = tidy(text).strip("() .").lower()
    if len(text) == 1 and text.isalpha() and ord(text) - 97 < len(options):
        return ord(text) - 97
    if text.isdecimal() and 1 <= int(text) <= len(options):
        return int(text) - 1
    plain = [o.text.replace("$", "").strip().lower() for o in options]
    return plain.index(text.replace("$", "")) if text.replace("$", "") in plain else None
