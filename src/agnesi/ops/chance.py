"""Probability and information: what is said of random quantities. None has a value or a derivative by itself.

`agnesi.check.worlds` gives them values: it puts sums over finite worlds in their place.

| operation | arguments | attrs |
|---|---|---|
| probability | what is left of the bar, then right of it; none for the distribution itself | letter, how many left |
| expectation, variance, covariance | the quantities; a distribution; conditions | how many quantities, distributions |
| entropy | random variables, or a distribution; conditions | how many left |
| mutual_information | the groups; conditions | how many in each group |
| kl, cross_entropy | two distributions | |
| distribution, density | its parameters; the point, then its parameters | name |
| follows | random variables, a distribution, conditions | how many variables |
| independent | the groups; conditions | how many in each group |
| intersection, union, complement | events | |
"""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.errors import ShapeError
from agnesi.expr.dims import Shape, shape_of
from agnesi.expr.nodes import Expr
from agnesi.expr.operation import Operation, operations
from agnesi.ops.shapes import Args, Attrs, called, like

OPAQUE = "the distribution of the random quantity is not part of the expression"


def _scalar(args: Args, attrs: Attrs) -> Shape:
    return ()


def _second_moment(args: Args, attrs: Attrs) -> Shape:
    """The shape of a variance or covariance: the axes of one quantity, then of the other."""
    count = int(attrs[0]) if attrs else len(args)
    pair = args[:count] if count > 1 else (args[0], args[0])
    for one in pair:
        if one.ndim > 1:
            raise ShapeError(
                f"The covariance of the matrix {called(one)} is not read.", repair=f"Write vec({called(one)})."
            )
    dims = [d for one in pair for d in one.shape]
    return shape_of(dims) if len(dims) > 1 else tuple(dims)


for _name, _letter, _latex, _doc, _source in (
    ("expectation", "E", r"\mathbb{E}", "The expectation of a random quantity.", "MML 6.4.1"),
    ("variance", "Var", r"\operatorname{Var}", "The variance (of a vector, the covariance matrix).", "MML 6.4.1"),
    ("covariance", "Cov", r"\operatorname{Cov}", "The covariance of two random quantities, or of one vector.",
     "MML 6.4.1"),
    ("probability", "P", "P", "The probability of events, or a density, given others.", "MML 6.2"),
    ("entropy", "H", "H", "The entropy of random variables, or of a distribution, given others.", "MacKay 2.4"),
    ("cross_entropy", "H", "H", "The cross entropy −∑ p log q.", "MacKay 2.5"),
    ("mutual_information", "I", "I", "The mutual information of random variables, given others.", "MacKay 8.1"),
    ("kl", "KL", r"\mathrm{KL}", "The Kullback-Leibler divergence of one distribution from another.", "PRML 1.6.1"),
    ("distribution", "", "", "A named distribution with its parameters.", "PRML B"),
    ("density", "", "", "The density of a named distribution at a point.", "PRML B"),
    ("follows", "~", r"\sim", "A model: these random variables have this distribution, given others.", "MML 6.3"),
    ("independent", "⊥", r"\perp", "These random variables are independent, given others.", "PRML 8.2"),
    ("intersection", "∩", r"\cap", "Both events happen.", "MacKay 2.1"),
    ("union", "∪", r"\cup", "One of the events happens, or both.", "MacKay 2.1"),
    ("complement", "¬", r"\neg", "The event does not happen.", "MacKay 2.1"),
):
    operations.add(Operation(
        _name, "probability", _doc, _source,
        like if _name == "expectation" else _second_moment if _name in ("variance", "covariance") else _scalar,
        lambda node, arrays, size: float("nan"), unicode=_letter, latex=_latex, why_not=OPAQUE,
    ))


def _body(args: Args, variables: Attrs) -> Shape:
    return args[0].shape


for _name, _sign, _latex, _doc in (
    ("Outcomes", "∑", r"\sum", "The sum over all values of random variables."),
    ("Whole", "∫", r"\int", "The integral over all values of random variables."),
):
    operations.add(Operation(
        _name, "binder", _doc, "MML 6.2", _body, lambda node, arrays, size: float("nan"), unicode=_sign, latex=_latex,
        why_not=OPAQUE,
    ))


def _agreed(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    """The first value where the second is the same to eight digits; else no number."""
    fine, rough = (np.asarray(a) for a in arrays)
    scale = np.maximum(np.abs(fine), 1e-9)
    return np.where(np.abs(fine - rough) <= 1e-8 * scale + 1e-12, fine, np.nan)[()]


operations.add(Operation(
    "agreed", "quadrature", "A number that two quadratures agree on; no number where they do not.", "MacKay 29.1", like,
    _agreed, why_not=OPAQUE,
))
