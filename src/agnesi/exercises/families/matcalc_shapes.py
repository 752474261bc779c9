"""Shapes: of products and element-wise expressions, of gradients and Jacobians."""

from __future__ import annotations

from functools import partial
from random import Random

from agnesi.derivation import derivative
from agnesi.exercises.record import Family, Instance, Planted, Shape
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Expr
from agnesi.read import read

DIMS = "A: m×n, B: n×k, X: n×d, x: n, u: m, w: d, y: n, z: k"
_VALUES = (  # expressions by level; their shapes come from the reader
    ("A x", "Aᵀu", "X w", "Xᵀy", "xᵀy", "A B", "x yᵀ", "Bᵀx"),
    ("X w − y", "A B z", "‖X w − y‖²", "xᵀX w", "x ⊙ y", "AᵀA", "A Aᵀ", "sum(x ⊙ y)", "u xᵀ"),
    ("diag(x)", "Xᵀ(X w − y)", "diag(x) X", "(X w − y) wᵀ", "xᵀAᵀA x", "tr(A B Bᵀ Aᵀ)", "max(0, X w)", "A diag(x) B"),
)
_WHY = "A product of an m×n and an n×k is m×k: the inner sizes meet and vanish, the outer ones stay."


def _turned(dims: tuple[str, ...]) -> str:
    return "×".join(reversed(dims)) if len(dims) == 2 else f"1×{dims[0]}"


def _value(rng: Random, level: int) -> Instance:
    """Draw an expression of declared letters."""
    text = rng.choice(_VALUES[level - 1])
    expr = _read(text)
    dims = tuple(str(d) for d in expr.shape)
    slips = []
    if len(dims) == 2 and dims[0] != dims[1]:
        slips.append(Planted(_turned(dims), "transposed shape", "rows and columns were exchanged", _WHY))
    if len(dims) == 1:
        slips.append(Planted(_turned(dims), "row for column", "a column was taken for a row", _WHY))
    if dims:
        slips.append(Planted("number", "array taken for a number", "an array was taken for a number", _WHY))
    if not dims:
        slips.append(
            Planted(
                "n",
                "sum not seen",
                "a vector was taken for the number that it is summed to",
                "xᵀy, ‖x‖², sum(x) and tr(A) are numbers.",
            )
        )
    question = f"Given are {_declared(text)}. What shape has ${text}$?"
    return Instance(
        question, Shape(dims), "a shape: m×n, n, or number", DIMS, slips=tuple(slips), work=partial(_read, text)
    )


def _declared(text: str) -> str:
    names = [part.strip() for part in DIMS.split(",")]
    used = [
        n for n in names if n[0] in text.replace("diag", "").replace("max", "").replace("tr", "").replace("sum", "")
    ]
    return ", ".join(f"${n.replace(': ', ' : ')}$" for n in used)


def _read(text: str) -> Expr:
    return read(f"{DIMS}; {text}").expr


_DERIVATIVES = (  # what is differentiated, and in what
    (("x ⊙ y", "x"), ("sum(x)", "x"), ("xᵀy", "x"), ("A x", "x"), ("X w", "w"), ("‖x‖²", "x")),
    (("X w − y", "w"), ("‖X w − y‖²", "w"), ("max(0, A x)", "x"), ("xᵀX w", "X"), ("A B z", "z")),
    (("‖A x − u‖²", "A"), ("tr(A B Bᵀ Aᵀ)", "A"), ("max(0, X w)", "w"), ("sum(A B z)", "B"), ("A diag(x) y", "x")),
)
_WHY_J = "A Jacobian has a row for each entry of the function and a column for each entry of the variable."


def _slope(rng: Random, level: int) -> Instance:
    """Draw a gradient or Jacobian."""
    text, wrt = rng.choice(_DERIVATIVES[level - 1])
    expr = _derived(text, wrt)
    dims = tuple(str(d) for d in expr.shape)
    value = _read(text)
    slips = []
    if len(dims) == 2 and dims[0] != dims[1]:
        slips.append(Planted(_turned(dims), "transposed shape", "rows and columns were exchanged", _WHY_J))
    if value.shape and len(dims) == 2:
        slips.append(
            Planted(dims[0], "Jacobian taken for a vector", "the derivative of a vector was taken for a vector", _WHY_J)
        )
    if not value.shape:
        slips.append(
            Planted(
                "number",
                "shape of the function",
                "the shape of the function was given, not that of the slope",
                "The gradient has one entry for each entry of the variable.",
            )
        )
    name = f"the gradient of the number ${text}$" if not value.shape else f"the Jacobian of ${text}$"
    layout = (
        " (as columns have it: the shape of the variable)" if not value.shape else " (rows: the function's entries)"
    )
    return Instance(
        f"Given are {_declared(text)}. What shape has {name} in ${wrt}${layout}?",
        Shape(dims),
        "a shape: m×n, n, or number",
        DIMS,
        slips=tuple(slips),
        work=partial(_reasons, text, wrt),
    )


def _reasons(text: str, wrt: str) -> tuple[tuple[str, str], ...]:
    """Return the shapes of the function, of the variable, and what follows for the derivative."""
    function, variable = _read(text).shape, _read(wrt).shape
    size = show_shape(_derived(text, wrt).shape)
    rule = "one entry for each entry of the variable" if not function else (
        "a row for each entry of the function, a column for each entry of the variable")
    return (
        (f"{text}: {show_shape(function) if function else 'a number'}", ""),
        (f"{wrt}: {show_shape(variable)}", ""),
        (f"a derivative with {rule}: {size}", ""),
    )


def _derived(text: str, wrt: str) -> Expr:
    return derivative(f"{DIMS}; {text}", wrt)


FAMILIES = (
    Family(
        "matcalc-shape-of-value",
        "The shape of an expression",
        "shape",
        ("jacobian", "matrix", "elementwise"),
        _value,
        where=(("matcalc", "4.1"), ("impla", "3")),
    ),
    Family(
        "matcalc-shape-of-slope",
        "The shape of a derivative",
        "shape",
        ("jacobian", "gradient"),
        _slope,
        where=(("matcalc", "4.1"), ("mml", "5.3")),
    ),
)
