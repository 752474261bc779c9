"""What stands between expressions or over them: relations, derivatives, big operators."""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.expr.dims import Shape
from agnesi.expr.nodes import Index
from agnesi.expr.operation import Operation, operations
from agnesi.ops.shapes import Args, Attrs, like, same


def _compare(function: Any) -> Any:
    return lambda node, arrays, size: function(*(np.real(a) for a in arrays))


for _name, _sign, _ascii, _latex, _function, _doc in (
    ("eq", "=", "=", "=", np.equal, "Equality."),
    ("ne", "≠", "!=", r"\neq", np.not_equal, "Inequality."),
    ("lt", "<", "<", "<", np.less, "Less than."),
    ("le", "≤", "<=", r"\leq", np.less_equal, "At most."),
    ("gt", ">", ">", ">", np.greater, "Greater than."),
    ("ge", "≥", ">=", r"\geq", np.greater_equal, "At least."),
    ("approx", "≈", "~=", r"\approx", None, "Approximate equality."),
    ("propto", "∝", "propto", r"\propto", None, "Equality up to a factor."),
    ("equiv", "≡", "==", r"\equiv", None, "Identity."),
    ("define", ":=", ":=", ":=", None, "Definition."),
    ("implies", "⇒", "=>", r"\Rightarrow", None, "Implication."),
    ("iff", "⇔", "<=>", r"\Leftrightarrow", None, "Equivalence."),
):
    operations.add(Operation(
        _name, "relation", _doc, "NOTATION",
        (lambda args, attrs: ()) if _name in ("implies", "iff") else same("compare"),
        _compare(_function) if _function else lambda node, arrays, size: np.nan, unicode=_sign, latex=_latex,
        extra={"ascii": _ascii},
    ))


def _derivative_shape(args: Args, attrs: Attrs) -> Shape:
    """The shape of f, then of each variable; a row output counts as a vector."""
    shape: Shape = tuple(d for d in args[0].shape if d.number != 1)
    for variable in args[1:]:
        shape += variable.shape
    return shape


operations.add(Operation(
    "d", "derivative", "The differential: dX of a variable, d(f) of an expression.", "Magnus & Neudecker 5", like,
    lambda node, arrays, size: np.nan,
))
operations.add(Operation(
    "derivative", "derivative", "The derivative of f in the variables that follow it; axes of f first. "
    "attrs: how it was written (nabla, partial, hessian, jacobian, total).", "MML 5.2", _derivative_shape,
    lambda node, arrays, size: np.nan,
))


def _bound_scalar(args: Args, variables: Attrs) -> Shape:
    return args[0].shape


def _place_shape(args: Args, variables: Attrs) -> Shape:
    """Where an optimum is: a position, or a value of the variable."""
    return variables[0].shape if len(variables) == 1 and not isinstance(variables[0], Index) else ()


def _tensor_shape(args: Args, variables: Attrs) -> Shape:
    return tuple(v.dim for v in variables if isinstance(v, Index))


for _name, _sign, _latex, _doc, _source in (
    ("Sum", "∑", r"\sum", "The sum over indices, under a condition such as i ≠ j.", "MML 2.2"),
    ("Prod", "∏", r"\prod", "The product over indices.", "PRML 1.2.4"),
    ("Max", "max", r"\max", "The maximum over an index or a variable.", "MML 7.1"),
    ("Min", "min", r"\min", "The minimum over an index or a variable.", "MML 7.1"),
    ("Argmax", "argmax", r"\operatorname{argmax}", "Where the maximum is.", "MML 7.1"),
    ("Argmin", "argmin", r"\operatorname{argmin}", "Where the minimum is.", "MML 7.1"),
    ("Integral", "∫", r"\int", "The integral over a variable (body, lower limit, upper limit).", "MML 5.1"),
    ("Expectation", "𝔼", r"\mathbb{E}", "The expectation over the variables.", "MML 6.4.1"),
):
    operations.add(Operation(
        _name, "binder", _doc, _source, _place_shape if _name.startswith("Arg") else _bound_scalar,
        lambda node, arrays, size: np.nan, unicode=_sign, latex=_latex,
        linear=_name in ("Sum", "Integral", "Expectation"),
        extra={"analytic": _name != "Integral", "ends": _name == "Integral"},  # its limits are real numbers
        why_not="" if _name in ("Sum", "Prod", "Max", "Min") else "it is not differentiated here",
    ))
operations.add(Operation(
    "Tensor", "binder", "The tensor with the given entries: [T_ijk]_{ijk}.", "Laue, Mitterreiter, Giesen 2018",
    _tensor_shape,
    lambda node, arrays, size: np.nan,
))
