"""Limits, sums over whole numbers between two ends (which may be infinite), factorials and binomial coefficients.

`Sum` runs over the positions of an axis; `Series` runs over a variable that is a whole number between two ends given
by expressions, so that ∑_{n=0}^∞ and ∑_{j=1}^{i} have a meaning.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from agnesi.expr.dims import Shape
from agnesi.expr.nodes import Expr, apply
from agnesi.expr.operation import Operation, operations
from agnesi.ops.arithmetic import total
from agnesi.ops.code import code
from agnesi.ops.elementwise import fn, one
from agnesi.ops.shapes import Args, Attrs, like, scalars

UNITS = {"Series": "Sum", "SeriesProd": "Prod"}  # a series, and the big operator whose sign it has


def _body(args: Args, variables: Attrs) -> Shape:
    return args[0].shape


for _name, _sign, _latex, _doc, _source in (
    ("Limit", "lim", r"\lim", "The limit of an expression as a variable goes to a point (body, point, side: 1 from "
     "above, −1 from below, 0 both).", "MML 5.1"),
    ("Series", "∑", r"\sum", "The sum over the whole numbers between two ends, which may be infinite (body, lower end, "
     "upper end).", "MML 5.1.1"),
    ("SeriesProd", "∏", r"\prod", "The product over the whole numbers between two ends, which may be infinite (body, "
     "lower end, upper end).", "Jaynes 2.2"),
):
    operations.add(Operation(
        _name, "binder", _doc, _source, _body, lambda node, arrays, size: np.nan, unicode=_sign, latex=_latex,
        linear=_name != "SeriesProd", extra={"analytic": False, "ends": True},
        why_not="it is not differentiated here",
    ))


for _name, _letter, _doc in (
    ("big_o", "O", "A term that is at most a constant times its argument, as that goes to its limit."),
    ("little_o", "o", "A term that is small against its argument, as that goes to its limit."),
):
    operations.add(Operation(
        _name, "leaf", _doc, "MML 5.1.1", like, lambda node, arrays, size: np.nan, unicode=_letter, latex=_letter,
    ))


def _factorial(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    return scipy.special.gamma(np.asarray(arrays[0]) + 1.0)[()]


def _binom(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    n, k = (np.real(a) for a in arrays)
    return scipy.special.binom(n, k)


def _d_factorial(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    (u,), (du,) = args, dargs
    assert du is not None
    return fn("factorial", u) * fn("digamma", one(u) + u) * du


def _d_binom(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    """d C(n, k) = C(n, k) ((ψ(n+1) − ψ(n−k+1)) dn + (ψ(n−k+1) − ψ(k+1)) dk)."""
    (n, k), (dn, dk) = args, dargs
    rest, whole, part = (fn("digamma", 1 + u) for u in (n - k, n, k))
    terms: list[Expr] = []
    if dn is not None:
        terms.append((whole - rest) * dn)
    if dk is not None:
        terms.append((rest - part) * dk)
    return apply("binom", n, k) * total(terms)


operations.add(Operation(
    "factorial", "elementwise", "The factorial n!, which is Γ(n + 1).", "MacKay 1.1", like, _factorial,
    names=("factorial",), differential=_d_factorial, law="d u! = u! ψ(u + 1) du", core=(0,), unicode="factorial",
    latex=r"\operatorname{factorial}", domain="positive",
    code=code("special.gamma(1 + {0})", "special.gamma(1 + {0})", "gamma(1 + {0})"),
))
operations.add(Operation(
    "binom", "elementwise", "The binomial coefficient n!/(k! (n − k)!).", "MacKay 1.2", scalars("binom"), _binom,
    names=("binom",), law="d C(n, k) = C(n, k) ((ψ(n+1) − ψ(n−k+1)) dn + (ψ(n−k+1) − ψ(k+1)) dk)", core=(0, 0),
    latex=r"\operatorname{binom}", unicode="binom", differential=_d_binom, domain="positive",
    extra={"analytic": False}, code=code("special.binom({0}, {1})", "binom({0}, {1})", "binom({0}, {1})"),
))
