"""Functions that come in as text, expressions, sympy or Python, as functions of whole arrays.

A formula is compiled to NumPy once and computed on all points at a time; where it has no value, the value is NaN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np
import sympy

from agnesi.draw.layers import Array
from agnesi.draw.words import listed, low
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Expr, Symbol, symbol, symbols_of
from agnesi.read import read
from agnesi.run.build import Wish, build
from agnesi.run.compiled import execute
from agnesi.run.evaluate import evaluate
from agnesi.worked.exact import read_scalar, to_expr
from agnesi.worked.pieces import scalar_text

_HEAD = re.compile(r"\s*([^\W\d]\w*)\s*(?:\(([^()=]*)\))?\s*=(?!=)\s*(.+)", re.DOTALL)
_CASES = re.compile(r"\b(?:if|else|otherwise|piecewise)\b|\\begin\{cases\}|^\s*\{")
_CLAIM = re.compile(r"[<>≤≥≠]|!=|\\(?:le|leq|ge|geq|ne|neq)(?![a-z])")
LARGER = re.compile(r"\b(?:max|min)\s*\([^()]*,")  # the larger of numbers, not the largest entry of an array
FUNCTIONS = ("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "log", "ln", "sqrt",
             "abs", "sign", "max", "min", "sigmoid", "relu", "erf", "Gamma")  # fmt: skip
_OTHERWISE = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "log10": "log(x)/log(10)",
              "log2": "log(x)/log(2)", "cbrt": "x^(1/3)", "softplus": "log(1 + exp(x))"}  # fmt: skip
_STEP = 1e-3  # of differences of order 4, relative to the size of the point


@dataclass(frozen=True)
class Function:
    """A function of numbers, or of whole points: its text, the names of its variables, and how arrays go through it."""

    text: str
    variables: tuple[str, ...]
    run: Callable[..., Any]
    name: str = ""
    expr: Expr | None = None

    def __call__(self, *values: Any) -> Array:
        """Return the values on arrays that broadcast together; NaN where there is none."""
        arrays = np.broadcast_arrays(*(np.asarray(v, float) for v in values))
        flat = [a.ravel() for a in arrays]
        with np.errstate(all="ignore"):
            found = real(self.run(*flat), self.text)
        if found.shape[:1] != flat[0].shape:
            found = np.broadcast_to(found, (flat[0].size, *found.shape))
        return found.reshape((*arrays[0].shape, *found.shape[1:]))

    @property
    def letters(self) -> tuple[str, ...]:
        """The variables as they are written: x₁ for x_1."""
        return tuple(scalar_text(symbol(name)) for name in self.variables)

    @property
    def told(self) -> str:
        """The function with its name where it has one: f(x) = x²."""
        return f"{self.name}({', '.join(self.letters)}) = {self.text}" if self.name else self.text

    def slopes(self, *at: float) -> Array:
        """Return the partial derivatives at a point, by differences of order 4."""
        found = np.array([self._slope(k, [np.asarray(v, float) for v in at]) for k in range(len(at))])
        size = np.abs(found).max() + np.abs(self(*at))
        return np.where(np.abs(found) < 1e-10 * size, 0.0, found)  # rounding of the differences

    def gradient(self, *arrays: Array) -> tuple[Array, ...]:
        """Return the partial derivatives on arrays."""
        return tuple(self._slope(k, list(arrays)) for k in range(len(arrays)))

    def _slope(self, k: int, at: list[Array]) -> Array:
        h = _STEP * np.maximum(1.0, np.abs(at[k]))
        near = [self(*at[:k], at[k] + s * h, *at[k + 1 :]) for s in (-2, -1, 1, 2)]
        return np.asarray((near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h))


def real(values: Any, text: str = "the function") -> Array:
    """Return values as real numbers: what is complex or infinite becomes NaN. Raises `NotNumeric` for other things."""
    try:
        found = np.asarray(values)
        if np.iscomplexobj(found):
            found = np.where(np.abs(found.imag) <= 1e-12 * np.maximum(1, np.abs(found.real)), found.real, np.nan)
        found = np.array(found, float)
    except (TypeError, ValueError) as error:
        raise NotNumeric(f"The values of {text} are no numbers.", expected="a function that returns numbers") from error
    found[~np.isfinite(found)] = np.nan
    return found


def function_of(
    what: Any,
    count: int | None = None,
    variables: Sequence[str] | str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Function:
    """Return a function of `count` numbers from a text, an expression, sympy, a number or a Python function.

    `variables` says their order; else that of f(x, y) = …, else the alphabet. `values` are numbers for other letters.
    Raises `NotNumeric` where there are more letters than that, `ReadError` for what is not read.
    """
    names = _names(variables)
    if isinstance(what, Function):
        return what
    if callable(what) and not isinstance(what, Expr | sympy.Basic):
        return _python(what, count or 1, names)
    name, told, expr = _parsed(what)
    if expr.shape:
        raise NotNumeric(f"{scalar_text(expr)} is no number but an array.", repair="Draw it with `picture_of`.")
    free = [s for s in symbols_of(expr) if s.name not in (values or {})]
    letters = _ordered([s.name for s in free], names or told, count, scalar_text(expr))
    return Function(scalar_text(expr), letters, _program(expr, letters, values or {}), name, expr)


def alike(several: Sequence[Any], count: int, values: Mapping[str, Any]) -> tuple[Function, ...]:
    """Return functions of the same variables in the same order, whichever of them each formula has."""
    first = [function_of(w, None if isinstance(w, str | Expr) else count, values=values) for w in several]
    heads = [f.variables for f in first if f.name]
    letters = _ordered(sorted({v for f in first for v in f.variables}), heads[0] if heads else (), count,
                       listed([f.text for f in first]))  # fmt: skip
    return tuple(
        function_of(w, count, letters, values) if isinstance(w, str | Expr) else f
        for w, f in zip(several, first, strict=True)
    )


def _names(variables: Sequence[str] | str | None) -> tuple[str, ...]:
    if variables is None:
        return ()
    return tuple(re.split(r"[,\s]+", variables.strip())) if isinstance(variables, str) else tuple(variables)


def _parsed(what: Any) -> tuple[str, tuple[str, ...], Expr]:
    """Return the name, the variables in their order and the expression of f(x, y) = x² y."""
    if isinstance(what, Expr):
        return "", (), what
    if isinstance(what, str):
        if not what.strip():
            raise NotNumeric("The text is empty.", expected="a formula such as x^2 − 1")
        head = _HEAD.fullmatch(what)
        if head is None or head[1] in FUNCTIONS:
            return "", (), read_formula(what)
        told = tuple(v.strip() for v in (head[2] or "").split(",") if v.strip())
        return (head[1] if told else ""), told, read_formula(head[3])
    if not isinstance(what, sympy.Basic | Real):
        raise NotNumeric(f"A {type(what).__name__} is no function.", expected="a text, an expression or a function")
    try:
        return "", (), to_expr(what)
    except (sympy.SympifyError, TypeError, AttributeError) as error:
        raise NotNumeric(
            f"A {type(what).__name__} is no function.", expected="a text, an expression or a function"
        ) from error


def read_formula(text: str) -> Expr:
    """Return the expression of a text in which letters are numbers.

    Raises `NotNumeric` for cases, for claims such as x < 3, and for a name before a bracket that is no known function.
    """
    if _CASES.search(text):
        raise NotNumeric(
            f"A function given by cases is not read: {text.strip()}.",
            repair="Give a Python function to `ag.draw.function`, or write it with max, min or |x|.",
        )
    if _CLAIM.search(text):
        raise NotNumeric(f"{text.strip()} is a claim, not a number.", expected="a formula, or an equation with =")
    expr = read(text, scalar=True).expr if LARGER.search(text) else read_scalar(text)
    for s in symbols_of(expr):
        if len(s.name) > 1 and scalar_text(s) == s.name and re.search(rf"(?<!\w){re.escape(s.name)}\s*\(", text):
            like = _OTHERWISE.get(s.name) or next(iter(get_close_matches(s.name, FUNCTIONS, 1, 0.75)), "")
            raise NotNumeric(f"{s.name} is not a known function.", expected="one such as sin, exp, log or sqrt",
                             repair=f"Write {like}." if like else "")  # fmt: skip
    return expr


def _ordered(free: list[str], told: tuple[str, ...], count: int | None, text: str) -> tuple[str, ...]:
    """Return the variables in order, those that the formula does not need too where they are told or expected."""
    letters = [*told, *sorted(n for n in free if n not in told)]
    if count is None:
        return tuple(letters)
    for spare in ("x", "y", "z", "t"):
        if len(letters) < count and spare not in letters:
            letters = sorted([*letters, spare]) if not told else [*letters, spare]
    if len(letters) > count:
        more = ", ".join(letters)
        raise NotNumeric(
            f"{text} has {len(letters)} letters: {more}.",
            expected=f"a function of {count}",
            repair=f"Give numbers for the others, as in {letters[-1]}=1.",
        )
    return tuple(letters)


def _program(expr: Expr, letters: tuple[str, ...], values: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function of arrays, one for each letter, all of one length."""
    symbols = tuple(symbols_of(expr))
    batch = frozenset(letters) & {s.name for s in symbols}
    try:
        run = execute(build(Wish((expr,), ("",), symbols, batch=batch), {})) if symbols else None
    except AgnesiError:
        return _one_by_one(expr, letters, values)
    given = {n: np.asarray(v, float) for n, v in values.items()}
    constant = evaluate(expr, {}) if run is None else None

    def on(*arrays: Array) -> Any:
        own = {**given, **dict(zip(letters, arrays, strict=True))}
        return run(*(own[s.name] for s in symbols)) if run is not None else constant

    return on


def _one_by_one(expr: Expr, letters: tuple[str, ...], values: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function of arrays that computes point by point, for operations without a program."""

    def value(*point: Any) -> Any:
        try:
            return evaluate(expr, {**values, **dict(zip(letters, point, strict=True))})
        except (AgnesiError, ArithmeticError, ValueError):
            return np.nan

    return lambda *arrays: np.array([value(*p) for p in zip(*arrays, strict=True)])


def _python(what: Callable[..., Any], count: int, names: tuple[str, ...]) -> Function:
    """Return a Python function as one of arrays; one that takes only numbers is called point by point."""
    title = getattr(what, "__name__", "f")
    title = "f" if title == "<lambda>" or not title.isidentifier() else title
    letters = names or ("x", "y", "z")[:count]

    def on(*arrays: Array) -> Any:
        try:
            found = np.asarray(what(*arrays))
            if found.shape[:1] in ((), arrays[0].shape[:1]):
                return found
        except (TypeError, ValueError):
            pass
        return np.array([what(*(float(v) for v in p)) for p in zip(*arrays, strict=True)])

    return Function(f"{title}({', '.join(letters)})", letters, on)


def along_entries(expr: Expr, vector: Symbol, size: int, values: Mapping[str, Any]) -> Function:
    """Return an expression with one free vector as a function of its entries: ‖x‖² of x₁ and x₂."""
    run = _program(expr, (vector.name,), values)
    letters = tuple(low(vector.name, k + 1) for k in range(size))
    return Function(scalar_text(expr), letters, lambda *arrays: run(np.column_stack(arrays)))
