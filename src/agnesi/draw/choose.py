"""The picture that fits an expression: chosen by its shape and by what is free in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy
from scipy.optimize import minimize

from agnesi.draw.arrows import vectors
from agnesi.draw.curves import function, meetings, parametric
from agnesi.draw.fields import contours, equation_said, implicit, vector_field, zero_of
from agnesi.draw.formulas import FUNCTIONS, Function, along_entries, read_formula
from agnesi.draw.graphs import graph
from agnesi.draw.incoming import numbers
from agnesi.draw.layers import Array
from agnesi.draw.maps import linear_map
from agnesi.draw.matrices import heat_map
from agnesi.draw.picture import Picture
from agnesi.draw.words import listed
from agnesi.errors import AgnesiError, NotNumeric, ShapeError
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Apply, Expr, Symbol, replace, symbol, symbols_of
from agnesi.read import read
from agnesi.run.evaluate import evaluate
from agnesi.run.sizes import prepare
from agnesi.worked.exact import from_expr, matrix, to_expr
from agnesi.worked.pieces import scalar_text

_HEAD = re.compile(r"\s*([^\W\d]\w*)\s*(?:\([^()=]*\))?\s*=(?!=)\s*(?=\S)")
_EQUATION = re.compile(r"([^=]+)(?<![<>!:])=([^=]+)")
_ARRAYS = re.compile(
    r"‖|\|\||ᵀ|'|\^T\b|:|\bdet\b|\btr\b|\binv\b|norm|\\lVert|\b(?:sum|max(?!\s*\([^()]*,)|diag|softmax|logsumexp)\b"
)
_CAPITAL = re.compile(r"(?<![\w\\])[A-Z](?!\w)")


def picture_of(what: Any, x: Any = None, y: Any = None, **values: Any) -> Picture:
    """Draw an expression, a text, a matrix or a graph as the kind of picture that fits it.

    A number of one number is drawn as a graph, of two numbers or of a vector of size two as level curves with the
    gradient; a vector of size two of one number as a curve, of two as a field; numbers alone as arrows, as a linear map
    (2×2) or as a heat map. `values` are numbers and arrays for letters; `x`, `y` are ranges (or values, where a letter
    has that name and more are free than can be drawn). Raises `AgnesiError` where more is free than a picture shows.

    >>> picture_of("x^2 - y").alt.split(" for ")[0], picture_of([[2, 1], [0, 1]]).title
    ('Level curves of x² − y', 'A = [2 1; 0 1]')
    >>> picture_of("‖X w - y‖²", X=np.eye(2), y=[1, 2]).axes[0].label
    'w₁'
    """
    if hasattr(what, "nodes") and hasattr(what, "edges"):
        return graph(what)
    if callable(what) and not isinstance(what, Expr | sympy.Basic):
        return function(what, x, y=y)
    if not isinstance(what, str | Expr) and not (isinstance(what, sympy.Basic) and what.free_symbols):
        return _numbers(numbers(what, "what is to be drawn"))
    what = what.strip().strip("$") if isinstance(what, str) else what
    x, y, values = _ranges(what, x, y, values)
    products = _products(what, values)
    entries = products or _entries(expr := _read(what, values))
    if entries is not None:
        return _of_entries(entries, x, y, values)
    return _scalar(what, expr, x, y, values) if not expr.shape else _array(expr, x, y, values)


def _ranges(what: Any, x: Any, y: Any, values: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return the ranges and the values: x= is a value where it is no pair of numbers, or where x is an array."""
    found = dict(values)
    kept = []
    for name, given in (("x", x), ("y", y)):
        pair = given is not None and not isinstance(given, str) and np.ndim(given) == 1 and np.size(given) == 2
        vector = isinstance(what, Expr) and any(s.name == name and s.ndim for s in symbols_of(what))
        named = isinstance(what, str) and _says_arrays(what) and re.search(rf"(?<!\w){name}(?!\w)", what)
        if given is not None and (not pair or vector or named):
            found[name] = given
            given = None
        kept.append(given)
    return kept[0], kept[1], found


def _read(what: Any, values: Mapping[str, Any]) -> Expr | sympy.MatrixBase:
    """Return a text as an expression: of numbers where it can be, of arrays where it says so or has values that are."""
    if isinstance(what, Expr):
        return what
    if not isinstance(what, str):
        return what if isinstance(what, sympy.MatrixBase) else to_expr(what)
    if not what.strip():
        raise NotNumeric("The text is empty.", expected="a formula such as x^2 − 1, or a matrix such as [1 2; 3 4]")
    body = what[len(_head(what)) :]
    if body.strip().startswith("[") and body.strip().endswith("]"):
        return matrix(body)
    if any(np.ndim(v) for v in values.values()) or _says_arrays(body, values):
        return read(what if body != what or not _EQUATION.fullmatch(body) else zero_of(body)).expr
    try:
        return read_formula(zero_of(body))
    except NotNumeric:
        raise
    except AgnesiError:
        return read(what).expr


def _head(text: str) -> str:
    """Return what stands before a formula: "f(x) = ", but not "cos(x) = ", which begins an equation."""
    found = _HEAD.match(text)
    return found[0] if found and found[1] not in FUNCTIONS else ""


def _says_arrays(text: str, values: Mapping[str, Any] = MappingProxyType({})) -> bool:
    """Tell whether a text speaks of arrays: by its signs, or by a capital letter that is given no number."""
    return bool(_ARRAYS.search(text) or set(_CAPITAL.findall(text)) - set(values))


def _products(what: Any, values: Mapping[str, Any]) -> list[list[sympy.Expr]] | None:
    """Return two or three entries with letters where spaces between commas are products: [t cos(t), t sin(t)]."""
    if not isinstance(what, str) or not re.fullmatch(r"\[[^\[\]]*[,;][^\[\]]*\]", what.strip()):
        return None
    cells = re.split(r"[,;]", what.strip()[1:-1])
    try:
        read_ = matrix(what)
        known = {s for s in read_.free_symbols if s.name not in values}
        if len(cells) == read_.rows * read_.cols or read_.rows > 1 or not known:
            return None
    except AgnesiError:
        pass
    if len(cells) > 3 or ("," in what and ";" in what):
        return None
    try:
        made = [[from_expr(read_formula(cell))] for cell in cells]
    except AgnesiError:
        return None
    return made if any(s.name not in values for row in made for s in row[0].free_symbols) else None


def _entries(expr: Any) -> list[list[sympy.Expr]] | None:
    """Return the entries of a matrix that is written out, as sympy expressions; None for other things."""
    if isinstance(expr, sympy.MatrixBase):
        return expr.tolist()  # type: ignore[no-any-return]
    if isinstance(expr, Apply) and expr.op.name == "blocks" and not any(a.shape for a in expr.args):
        columns = expr.attrs[1] if len(expr.attrs) == 2 else 1
        cells = [from_expr(a) for a in expr.args]
        return [cells[k : k + columns] for k in range(0, len(cells), columns)]
    return None


def _of_entries(entries: list[list[sympy.Expr]], x: Any, y: Any, values: Mapping[str, Any]) -> Picture:
    known = {
        s: _whole(numbers(values[s.name], s.name).item())
        for row in entries
        for e in row
        for s in e.free_symbols
        if s.name in values
    }
    rows = [[e.subs(known) for e in row] for row in entries]
    free = sorted({s.name for row in rows for e in row for s in e.free_symbols})
    if not free:
        return _numbers(np.array([[float(e) for e in row] for row in rows]))
    cells = [to_expr(e) for row in rows for e in row]
    if len(rows) != 1 and len(rows[0]) != 1:
        raise NotNumeric(
            f"The matrix has the letter{'s' if len(free) > 1 else ''} {listed(free)}.",
            repair=f"Give a number for each, as in {free[0]}=1; write products with *.",
        )
    if len(free) == 1 and len(cells) in (2, 3):
        return parametric(cells, x)
    if len(free) == 2 and len(cells) == 2:
        return vector_field(cells, x, y)
    raise ShapeError(f"{len(cells)} entries of {len(free)} letters are more than a picture shows.",
                     expected="two or three entries of one letter, or two of two")  # fmt: skip


def _whole(value: Any) -> Any:
    """Return a whole number as one, so that 1.0 t is written t."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _numbers(found: Array) -> Picture:
    """Draw numbers: a vector of the plane or of space, a linear map, or a heat map."""
    if found.ndim == 2 and 1 in found.shape and found.size in (2, 3):
        found = found.reshape(-1)
    if found.ndim == 0:
        raise NotNumeric(
            f"{float(found):g} is one number: there is nothing to draw.", expected="a function, a vector or a matrix"
        )
    if found.ndim == 1 and found.size in (2, 3):
        return vectors([found], ["v"])
    if found.shape == (2, 2):
        return linear_map(found)
    if found.ndim <= 2:
        return heat_map(found)
    raise ShapeError(f"An array of {found.ndim} axes cannot be drawn.", expected="a vector or a matrix")


def _scalar(what: Any, expr: Expr, x: Any, y: Any, values: Mapping[str, Any]) -> Picture:
    """Draw a number that depends on numbers or on one vector."""
    free = [s for s in symbols_of(expr) if s.name not in values]
    if not free:
        raise NotNumeric(
            f"{scalar_text(expr)} is one number: there is nothing to draw.", repair="Leave one or two letters free."
        )
    equation = _EQUATION.fullmatch(what) if isinstance(what, str) and not _head(what) else None
    told = what if isinstance(what, str) and _head(what) and not values else expr
    given = {n: v for n, v in values.items() if any(s.name == n for s in symbols_of(expr))}
    if all(not s.shape for s in free) and all(np.ndim(v) == 0 for v in given.values()):
        if equation and len(free) == 1:
            return meetings(equation[1], equation[2], x, y=y, title=equation_said(what), **given)
        if equation and len(free) == 2:
            return implicit(what, x, y, **given)
        if len(free) == 1:
            return function(told, x, y=y, **given)
        if len(free) == 2:
            return contours(told, x, y, gradients=True, **given)
    if len(free) == 1 and free[0].ndim <= 1:
        fixed, vector, size = _sized(expr, free[0], given)
        if size == 1:
            return function(along_entries(fixed, vector, 1, given), x, y=y)
        if size == 2:
            f = along_entries(fixed, vector, 2, given)
            if equation:
                return implicit(f, x, y, title=what.strip())
            x, y = (x, y) if x is not None or y is not None else _around_the_least(f)
            return contours(f, x, y, gradients=True)
        raise ShapeError(
            f"{scalar_text(expr)} depends on {size} numbers.", expected="one or two", repair="Fix the others by values."
        )
    named = listed([f"{s.name} ({show_shape(s.shape)})" if s.shape else s.name for s in free])
    raise NotNumeric(f"{scalar_text(expr)} has {named} free.", expected="one or two numbers, or one vector of size two",
                     repair=f"Give values for the others, as in {free[-1].name}=…")  # fmt: skip


def _sized(expr: Expr, vector: Symbol, values: Mapping[str, Any]) -> tuple[Expr, Symbol, int]:
    """Return the expression with the free vector at the size that the values leave it, two where they say nothing."""
    if not vector.shape:
        return expr, vector, 1
    _, sizes = prepare([s for s in symbols_of(expr) if s.name in values], values)
    dim = vector.shape[0]
    size = dim.size({**dict.fromkeys(dim.names, 2), **sizes})
    table: dict[Expr, Expr] = {}
    known = {**dict.fromkeys(dim.names, 2), **sizes}
    for s in symbols_of(expr):
        if s is vector or s.name in values:
            table[s] = symbol(s.name, [_settled(d, known) for d in s.shape], s.facts)
    fixed = replace(expr, table)
    return fixed, table[vector], size  # type: ignore[return-value]


def _settled(dim: Dim, sizes: Mapping[str, int]) -> Dim:
    return Dim.of(dim.size(sizes)) if dim.names <= set(sizes) else dim


def _around_the_least(f: Function) -> tuple[Any, Any]:
    """Return ranges around the lowest point where it is not far away; None where there is none."""
    found = minimize(lambda p: float(np.nan_to_num(f(*p), nan=1e300)), np.array([0.1, 0.2]), method="Nelder-Mead")
    if not found.success or np.abs(found.x).max() > 1e4:
        return None, None
    half = max(2.0, 0.8 * float(np.abs(found.x).max()))
    return tuple((float(np.round(c - half, 2)), float(np.round(c + half, 2))) for c in found.x)  # type: ignore[return-value]


def _array(expr: Expr, x: Any, y: Any, values: Mapping[str, Any]) -> Picture:
    """Draw an array without free letters, or a vector of size two that depends on a vector of size two."""
    free = [s for s in symbols_of(expr) if s.name not in values]
    if not free:
        return _numbers(np.asarray(evaluate(expr, values), float))
    if len(free) == 1 and expr.ndim == 1 and free[0].ndim == 1:
        fixed, vector, size = _sized(expr, free[0], values)
        whole = along_entries(fixed, vector, size, values)
        if size == 2 and whole(1.0, 1.0).shape == (2,):
            parts = [Function(f"{whole.text} [{k + 1}]", whole.variables, _part(whole, k)) for k in (0, 1)]
            return vector_field(parts, x, y, title=whole.text)
    named = listed([f"{s.name} ({show_shape(s.shape)})" if s.shape else s.name for s in free])
    raise NotNumeric(
        f"{scalar_text(expr)} is an array of shape {show_shape(expr.shape)}, and "
        f"{named} {'is' if len(free) == 1 else 'are'} free.",
        repair=f"Give values, as in {free[0].name}=…",
    )


def _part(whole: Function, k: int) -> Any:
    return lambda *arrays: whole(*arrays)[..., k]
