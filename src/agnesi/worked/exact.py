"""Numbers and matrices that come in: text, lists, NumPy arrays, expressions, as exact sympy numbers.

A decimal is what a person wrote: 0.1 is 1/10. Arithmetic on whole matrices of rationals goes through sympy's domains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

import numpy as np
import sympy

from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, constant, postorder, symbol
from agnesi.read import read

_LETTERS = re.compile(r"[^\W\d_]\w*")
_INDEX = re.compile(r"(?<=[^\W\d_])[₀-₉]+")
_RAISED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
ENTRIES = 400  # of a matrix that is worked out with steps

_UNARY: Mapping[str, Any] = {
    "exp": sympy.exp, "log": sympy.log, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "sqrt": sympy.sqrt,
    "abs": sympy.Abs, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "arcsin": sympy.asin,
    "arccos": sympy.acos, "arctan": sympy.atan, "erf": sympy.erf, "gamma": sympy.gamma, "sign": sympy.sign,
    "neg": lambda x: -x, "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)), "relu": lambda x: sympy.Max(x, 0),
}
_WRITTEN = {
    sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan", sympy.Abs: "abs",
    sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.tanh: "tanh", sympy.asin: "arcsin", sympy.acos: "arccos",
    sympy.atan: "arctan", sympy.erf: "erf", sympy.sign: "sign",
}


def scalar(value: Any) -> sympy.Expr:
    """Return a number or an expression without arrays as a sympy expression; raises `AgnesiError` for other things."""
    if isinstance(value, sympy.Expr):
        return value
    if isinstance(value, bool | np.bool_):
        raise NotNumeric(f"{value} is not a number.", expected="a number", got="True or False")
    if isinstance(value, Integral):
        return sympy.Integer(int(value))
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    if isinstance(value, Real):
        number = float(value)
        if not np.isfinite(number):
            raise NotNumeric(f"{number} is not a finite number.", expected="finite numbers", got=str(number))
        return sympy.Rational(repr(number))
    if isinstance(value, str):
        return from_expr(read_scalar(value))
    if isinstance(value, Expr):
        return from_expr(value)
    raise NotNumeric(f"A {type(value).__name__} is not a number.", expected="a number, a text or an expression")


def read_scalar(text: str) -> Expr:
    """Return a text as an expression in which every letter is a number; raises `AgnesiError` for what is not read."""
    text = _INDEX.sub(lambda m: "_" + m[0].translate(_RAISED), text)
    names = {n for n in _LETTERS.findall(text) if n not in _UNARY and n not in ("e", "pi", "π", "ln")}
    return read(text, declarations={n: symbol(n, ()) for n in sorted(names)}).expr


def matrix(what: Any, name: str = "A") -> sympy.ImmutableMatrix:
    """Return a matrix as an exact one: nested lists, a NumPy array, a text such as "[1 2; 3 4]", or an expression.

    A list of numbers is one column. Raises `ShapeError` for rows of different lengths, `NotNumeric` for entries that
    are no numbers, `TooLarge` for more than 400 entries.
    """
    if isinstance(what, str):
        what = _rows_of(what) or read(what).expr
    if isinstance(what, Expr):
        what = _entries(what, name)
    if isinstance(what, sympy.MatrixBase):
        rows: list[Any] = what.tolist()
    elif isinstance(what, np.ndarray):
        rows = what.tolist() if what.ndim else [[what.item()]]
    elif isinstance(what, Sequence):
        rows = list(what)
    else:
        raise NotNumeric(f"{name} is a {type(what).__name__}.", expected="a matrix: lists, an array or a text")
    return _checked(rows, name)


def vector(what: Any, name: str = "b") -> sympy.ImmutableMatrix:
    """Return a vector as one exact column; a row is turned. Raises as `matrix` does, and for more than one column."""
    found = matrix(what, name)
    if found.cols != 1 and found.rows == 1:
        found = found.T
    if found.cols != 1:
        raise ShapeError(f"{name} is {found.rows}×{found.cols}.", expected="a vector")
    return found


def _rows_of(text: str) -> list[list[str]] | None:
    """Return the entries of [1 2; 3 -4] or [1, 2; 3, −4] as texts; None for other texts.

    Spaces and commas separate entries outside brackets, a sign belongs to what it touches: [1 -2] has two entries,
    [1 - 2] has one.
    """
    found = re.fullmatch(r"\s*\[(.*)\]\s*", text, re.DOTALL)
    if not found or "[" in found[1]:
        return None
    rows = []
    for line in re.split(r"[;\n]", found[1].strip()):
        line = re.sub(r"\s*([+*/^=−-])\s+", r"\1", line.strip()) if "," not in line else line
        entries: list[str] = []
        depth, cell = 0, ""
        for char in line:
            depth += (char in "([{") - (char in ")]}")
            if depth == 0 and (char == "," or char.isspace()):
                entries, cell = ([*entries, cell] if cell.strip() else entries), ""
            else:
                cell += char
        rows.append([*entries, cell] if cell.strip() else entries)
    return rows


def _checked(rows: list[Any], name: str) -> sympy.ImmutableMatrix:
    rows = [list(r) if isinstance(r, Sequence) and not isinstance(r, str) else [r] for r in rows]
    lengths = {len(r) for r in rows}
    if len(lengths) > 1:
        told = ", ".join(f"row {k + 1} has {len(r)}" for k, r in enumerate(rows))
        raise ShapeError(f"The rows of {name} have different lengths: {told}.", repair="Give each row as many entries.")
    count = len(rows) * (lengths.pop() if lengths else 0)
    if count > ENTRIES:
        raise TooLarge(
            f"{name} has {count} entries; steps are worked out for at most {ENTRIES}.",
            repair="Use exact=False for numbers without steps.",
        )
    made = []
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            try:
                made.append(scalar(value))
            except AgnesiError as error:
                error.what = f"Entry ({i + 1}, {j + 1}) of {name}: {error.what}"
                raise
    return sympy.ImmutableMatrix(len(rows), len(rows[0]) if rows else 0, made)


def _entries(expr: Expr, name: str) -> list[Any]:
    """Return the entries of a matrix that is written out: [1, 2; 3, 4], diag(…) of numbers, an identity with a size."""
    if isinstance(expr, Apply) and expr.op.name == "blocks":
        rows, columns = expr.attrs if len(expr.attrs) == 2 else (len(expr.args), 1)
        cells = list(expr.args)
        if len(cells) == rows * columns and not any(c.shape for c in cells):
            return [cells[k * columns : (k + 1) * columns] for k in range(rows)]
    if not expr.shape:
        return [[expr]]
    raise NotNumeric(f"{name} is {expr}, whose entries are not written out.", repair="Write it as [1 2; 3 4].")


def from_expr(expr: Expr) -> sympy.Expr:
    """Return an expression without arrays as a sympy expression; raises `NotNumeric` for what sympy has no name for."""
    done: dict[Expr, sympy.Expr] = {}
    for node in postorder(expr):
        done[node] = _from_node(node, [done[a] for a in node.args])
    return done[expr]


def _from_node(node: Expr, args: list[sympy.Expr]) -> sympy.Expr:
    match node:
        case Const():
            value = node.value
            if isinstance(value, Fraction):
                return sympy.Rational(value.numerator, value.denominator)
            return sympy.Integer(value) if isinstance(value, int) else sympy.Rational(repr(float(value)))
        case Symbol() if not node.shape:
            return sympy.Symbol(node.name, real=True, positive=True if "positive" in node.facts else None)
        case Apply() if not node.shape:
            name = node.op.name
            if name in ("pi", "euler"):
                return sympy.pi if name == "pi" else sympy.E
            if name in _UNARY and len(args) == 1:
                return _UNARY[name](args[0])
            if name in ("add", "mul", "hadamard"):
                return sympy.Add(*args) if name == "add" else sympy.Mul(*args)
            if name == "div":
                return args[0] / args[1]
            if name in ("pow", "epow"):
                return args[0] ** args[1]
    raise NotNumeric(f"{node} has no exact value here.", expected="numbers, letters for numbers, and functions of them")


def to_expr(value: Any) -> Expr:
    """Return a number or a sympy expression as an expression of Agnesi, as a person writes it.

    Raises `NotNumeric` for what Agnesi has no operation for.
    """
    value = sympy.sympify(value)
    done: dict[Any, Expr] = {}
    for node in sympy.postorder_traversal(value):
        if node not in done:
            done[node] = _to_node(node, done)
    return done[value]


def _to_node(node: Any, done: Mapping[Any, Expr]) -> Expr:
    args = [done[a] for a in node.args if a in done]
    if isinstance(node, sympy.Integer):
        return constant(int(node))
    if isinstance(node, sympy.Rational):
        return constant(Fraction(int(node.p), int(node.q)))
    if isinstance(node, sympy.Float):
        return constant(float(node))
    if isinstance(node, sympy.Symbol):
        return symbol(node.name, ())
    if node is sympy.pi:
        return apply("pi")
    if node is sympy.I:
        return symbol("i", ())
    if node is sympy.E:
        return apply("exp", constant(1))
    if isinstance(node, sympy.Add):
        return _sum(node, done)
    if isinstance(node, sympy.Mul):
        return _product(node, done)
    if isinstance(node, sympy.Pow):
        return _power(node, done)
    name = _WRITTEN.get(node.func)
    if name and len(args) == 1:
        return apply(name, args[0])
    raise NotNumeric(f"{node} cannot be written here.", expected="numbers, powers, and the usual functions")


def _sum(node: sympy.Add, done: Mapping[Any, Expr]) -> Expr:
    """Return a sum, terms with letters of the highest power first, numbers last, as a person writes a polynomial."""
    ordered = node.as_ordered_terms()
    if node.is_number and not node.has(sympy.exp):
        top, bottom = sympy.fraction(sympy.together(node))
        if bottom != 1 and bottom.is_Integer:
            return apply("div", to_expr(sympy.expand(top)), to_expr(bottom))
        ordered = sorted(ordered, key=lambda t: not t.is_Rational)  # (1 + sqrt(5))/2, the rational part first
    terms = [_term(t) if t.is_negative and t.is_Rational else done[t] if t in done else to_expr(t) for t in ordered]
    return apply("add", *terms)


def _term(number: sympy.Rational) -> Expr:
    """Return a negative number of a sum as it is written there: x − 1, never x + (−1)."""
    return apply("neg", to_expr(-number))


def _product(node: sympy.Mul, done: Mapping[Any, Expr]) -> Expr:
    if node.as_coeff_Mul()[0].is_negative:
        return apply("neg", to_expr(-node))
    top, bottom = _fraction(node)
    if bottom != 1:
        return apply("div", to_expr(top), to_expr(bottom))
    factors = [done[a] if a in done else to_expr(a) for a in sorted(node.as_ordered_factors(), key=_place)]
    return apply("mul", *factors)


def _fraction(node: sympy.Mul) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the top and the bottom of a product: exp(−t) stays above, (1/2 − √5/2)t is (1 − √5)t over 2."""
    raised = [a for a in node.args if isinstance(a, sympy.exp)]
    rest = [sympy.together(a) if isinstance(a, sympy.Add) and a.is_number else a for a in node.args if a not in raised]
    top, bottom = sympy.fraction(sympy.Mul(*rest))
    return sympy.Mul(top, *raised), bottom


def _place(factor: sympy.Expr) -> int:
    """Return the place of a factor in a product, as it is written: 2i√3, k·2ᵏ."""
    if factor.is_number:
        return 0 if factor.is_Rational else 1 if factor is sympy.I else 2
    return 4 if isinstance(factor, sympy.Pow) and factor.base.is_number and factor.base is not sympy.E else 3


def _power(node: sympy.Pow, done: Mapping[Any, Expr]) -> Expr:
    base, exponent = node.args
    if exponent == sympy.Rational(1, 2):
        return apply("sqrt", done[base] if base in done else to_expr(base))
    if base is sympy.E:
        return apply("exp", to_expr(exponent))
    if exponent.is_negative:
        return apply("div", constant(1), to_expr(base ** -exponent))
    return apply("pow", done[base] if base in done else to_expr(base), to_expr(exponent))
