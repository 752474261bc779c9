"""Whether expectations are of polynomials in the random variables, and of which degree: then few nodes are exact."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.check.worlds_cast import Cast
from agnesi.check.worlds_scan import INFORMATION, Chance, is_op
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, fold, postorder, symbols_of

_POLYNOMIAL = frozenset((
    "add", "mul", "neg", "transpose", "inner", "entry", "row", "sum", "tr", "expectation", "variance", "covariance",
    "eye", "ones", "zeros", "size", "eq", "diag", "diagonal", "vec", "kron", "hadamard",
))
_OF_LOG_DENSITIES = ("kl", "entropy", "cross_entropy")
_PRODUCTS = frozenset(("mul", "inner", "kron", "hadamard"))
_POWERS = (1, 2, 3, 4)


def degree_of(roots: Sequence[Expr], cast: Cast, known: Chance, nested: bool = False) -> int:
    """Return the degree of the polynomials that expectations are taken of; 0 where they are of other functions.

    With `nested`, laws may depend on other variables: what counts is what is written.
    """
    if not nested and any(s.name in cast.variables for g in known.laws for s in symbols_of(*g.law.parameters)):
        return 0
    quadratic = 1
    for node in postorder(*roots):
        if is_op(node, *_OF_LOG_DENSITIES) and _of_gaussians(node, known):
            quadratic = 2  # the mean of a log density of a Gaussian
            continue
        if is_op(node, "density", "probability", *INFORMATION):
            return 0
        if not isinstance(node, (Apply, Bind)) or not any(s.name in cast.variables for s in symbols_of(node)):
            continue
        whole = node.args[1:] if is_op(node, "pow", "div") else ()
        if whole:
            power = is_op(node, "pow") and isinstance(whole[0], Const) and whole[0].value in _POWERS
            free = is_op(node, "div") and not any(s.name in cast.variables for s in symbols_of(whole[0]))
            if not (power or free):
                return 0
        elif node.op.name not in _POLYNOMIAL and not is_op(node, "Sum"):
            return 0
    found = [quadratic]

    def step(node: Expr, below: tuple[int, ...]) -> int:
        here = _degree(node, below, cast)
        found.append(here)
        return here

    for root in roots:
        fold(root, step)
    return max(found)


def _of_gaussians(node: Expr, known: Chance) -> bool:
    """Tell whether all that a divergence or an entropy is of is Gaussian: a law as written, or a variable with one."""
    normal = {g.variable.name for g in known.laws if g.law.name == "Normal"}
    for one in node.args:
        written = isinstance(one, Apply) and one.op.name == "distribution" and one.attrs[:1] == ("Normal",)
        if not written and not (isinstance(one, Symbol) and one.name in normal):
            return False
    return bool(node.args)


def _degree(node: Expr, below: tuple[int, ...], cast: Cast) -> int:
    """Return the degree of a node from those of its parts."""
    if isinstance(node, Symbol):
        return int(node.name in cast.variables)
    if is_op(node, "pow") and isinstance(node.args[1], Const):
        return below[0] * max(1, round(float(node.args[1].value)))
    if is_op(node, "variance"):
        return 2 * below[0]
    if is_op(node, *_PRODUCTS, "covariance"):
        return sum(below) * (2 if is_op(node, "covariance") and len(below) == 1 else 1)
    return max(below, default=0)
