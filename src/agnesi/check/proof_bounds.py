"""Proofs of a ≤ b: the difference is a sum of squares, or a ≤ … ≤ b by named inequalities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from agnesi.errors import AgnesiError, IncompleteRecord
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, bind, constant
from agnesi.ops.facts import facts
from agnesi.rules.canon import symmetric
from agnesi.rules.normal import normalise
from agnesi.rules.signs import definite, surely_nonnegative

LEVELS = 8  # sums in sums, factors in products: deeper terms are left as they are


@dataclass(frozen=True)
class Bound:
    """A named inequality: `above(u)` yields what is at least u, for a u of its kind; `below(u)` what is at most u.

    `example` is a claim that it proves, `false` one like it that does not hold.
    """

    name: str
    source: str
    example: str
    false: str
    above: Callable[[Apply], Iterator[Expr]] | None = None
    below: Callable[[Apply], Iterator[Expr]] | None = None

    def __post_init__(self) -> None:
        if not (self.name and self.source and self.example and self.false and (self.above or self.below)):
            raise IncompleteRecord(f"The inequality {self.name or '?'} is incomplete.")


def bounds_above(node: Expr) -> Iterator[tuple[Bound, Expr]]:
    """Yield what is surely at least a number, with the inequality that says so; terms of sums one at a time."""
    yield from _bounded(node, True)


def bounds_below(node: Expr) -> Iterator[tuple[Bound, Expr]]:
    """Yield what is surely at most a number."""
    yield from _bounded(node, False)


def _bounded(node: Expr, up: bool, levels: int = LEVELS) -> Iterator[tuple[Bound, Expr]]:
    if not isinstance(node, Apply) or node.shape or levels == 0:
        return
    for bound in BOUNDS:
        rule = bound.above if up else bound.below
        if rule is not None:
            for other in rule(node):
                yield bound, other
    name = node.op.name
    if name == "add":
        for k, arg in enumerate(node.args):
            for bound, other in _bounded(arg, up, levels - 1):
                yield bound, apply("add", *node.args[:k], other, *node.args[k + 1 :])
    elif name == "neg":
        for bound, other in _bounded(node.args[0], not up, levels - 1):
            yield bound, -other
    elif name == "mul" and all(not a.shape for a in node.args):
        for k, arg in enumerate(node.args):
            if all(surely_nonnegative(a) for a in node.args[:k] + node.args[k + 1 :]):
                for bound, other in _bounded(arg, up, levels - 1):
                    yield bound, apply("mul", *node.args[:k], other, *node.args[k + 1 :])
    elif name == "div" and surely_nonnegative(node.args[1]):
        for bound, other in _bounded(node.args[0], up, levels - 1):
            yield bound, other / node.args[1]
    elif name == "pow" and node.args[1] == constant(2) and up:
        for bound, other in _bounded(apply("abs", node.args[0]), up, levels - 1):
            yield bound, other**2


def _op(node: Expr) -> str:
    return node.op.name if isinstance(node, Apply) else ""


def _known(node: Expr, fact: str) -> bool:
    return isinstance(node, Symbol) and fact in facts.closure(f for f in node.facts if f in facts)


# -- norms -----------------------------------------------------------------------------------------------------------


def _triangle(node: Apply) -> Iterator[Expr]:
    inner = node.args[0] if node.op.name in ("norm", "norm1", "norminf", "normnuc", "abs") else None
    if inner is not None and _op(inner) == "add":
        yield apply("add", *(apply(node.op, _unsigned(a)) for a in inner.args))


def _unsigned(node: Expr) -> Expr:
    return node.args[0] if _op(node) == "neg" else node


def _split_norm(node: Apply) -> Iterator[Expr]:
    """‖u‖ ≥ ±(‖u + v‖ − ‖v‖): the triangle inequality turned round."""
    if node.op.name in ("norm", "norm1", "norminf") and _op(node.args[0]) == "add" and len(node.args[0].args) == 2:
        u, v = (apply(node.op, _unsigned(a)) for a in node.args[0].args)
        yield u - v
        yield v - u
        yield apply("abs", u - v)


def _cauchy_schwarz(node: Apply) -> Iterator[Expr]:
    inner = node.args[0] if node.op.name == "abs" else node
    pair = _inner_product(inner)
    if pair is not None:
        yield apply("norm", pair[0]) * apply("norm", pair[1])


def _inner_product(node: Expr) -> tuple[Expr, Expr] | None:
    """Return (u, v) where a number is uᵀv."""
    if _op(node) == "inner":
        return node.args[0], node.args[1]
    if _op(node) != "mul" or node.shape or any(not a.shape for a in node.args):
        return None
    head, rest = node.args[0], node.args[1:]
    if _op(head) != "transpose" or head.args[0].ndim != 1 or not rest:
        return None
    tail = rest[0] if len(rest) == 1 else apply("mul", *rest)
    return (head.args[0], tail) if tail.ndim == 1 else None


def _norm_of_product(node: Apply) -> Iterator[Expr]:
    inner = node.args[0] if node.op.name == "norm" else None
    if inner is not None and _op(inner) == "mul" and len(inner.args) == 2 and all(a.shape for a in inner.args):
        yield apply("norm", inner.args[0]) * apply("norm", inner.args[1])


def _size(node: Expr) -> Expr:
    return apply("size", attrs=(node.shape[0],))


def _norms_up(node: Apply) -> Iterator[Expr]:
    if node.op.name not in ("norm", "norm1", "norminf") or node.args[0].ndim != 1:
        return
    u = node.args[0]
    if node.op.name == "norminf":
        yield apply("norm", u)
    elif node.op.name == "norm":
        yield apply("norm1", u)
        yield apply("sqrt", _size(u)) * apply("norminf", u)
    else:
        yield apply("sqrt", _size(u)) * apply("norm", u)


def _rayleigh(which: str) -> Callable[[Apply], Iterator[Expr]]:
    def rule(node: Apply) -> Iterator[Expr]:
        if node.op.name != "mul" or node.shape or len(node.args) != 3:
            return
        head, matrix, tail = node.args
        if head is apply("transpose", tail) and tail.ndim == 1 and _symmetric(matrix):
            yield apply(which, matrix) * apply("norm", tail) ** 2

    return rule


def _symmetric(node: Expr) -> bool:
    try:
        return symmetric(normalise(node))
    except AgnesiError:
        return False


# -- functions -------------------------------------------------------------------------------------------------------


def _log_tangent(node: Apply) -> Iterator[Expr]:
    if node.op.name == "log":
        yield node.args[0] - 1


def _logdet_tangent(node: Apply) -> Iterator[Expr]:
    if node.op.name == "logdet" and definite(node.args[0]):
        yield apply("tr", node.args[0]) - _size(node.args[0])


def _exp_tangent(node: Apply) -> Iterator[Expr]:
    if node.op.name == "exp":
        yield node.args[0] + 1


def _capped(node: Apply) -> Iterator[Expr]:
    if node.op.name in ("sigmoid", "tanh", "sin", "cos", "normcdf", "erf"):
        yield constant(1)


def _floored(node: Apply) -> Iterator[Expr]:
    if node.op.name == "cosh":
        yield constant(1)
    if node.op.name in ("tanh", "sin", "cos", "erf"):
        yield constant(-1)


def _absolute(node: Apply) -> Iterator[Expr]:
    if node.op.name == "abs":
        yield node.args[0]
        yield -node.args[0]


def _greater(node: Apply) -> Iterator[Expr]:
    if node.op.name == "maximum":
        yield from node.args
    elif node.op.name == "relu":
        yield node.args[0]
        yield constant(0)


def _lesser(node: Apply) -> Iterator[Expr]:
    if node.op.name == "minimum":
        yield from node.args


def _soft_above(node: Apply) -> Iterator[Expr]:
    if node.op.name == "logsumexp" and node.args[0].ndim == 1:
        yield apply("max", node.args[0]) + apply("log", _size(node.args[0]))
    elif node.op.name == "softplus":
        yield apply("relu", node.args[0]) + apply("log", constant(2))


def _soft_below(node: Apply) -> Iterator[Expr]:
    if node.op.name == "logsumexp" and node.args[0].ndim == 1:
        yield apply("max", node.args[0])
    elif node.op.name == "softplus":
        yield apply("relu", node.args[0])
        yield node.args[0]


def _mean_geometric(node: Apply) -> Iterator[Expr]:
    """√(xy) ≤ (x + y)/2."""
    inner = node.args[0] if node.op.name == "sqrt" else None
    if inner is not None and _op(inner) == "mul" and len(inner.args) == 2 and all(map(surely_nonnegative, inner.args)):
        yield (inner.args[0] + inner.args[1]) / 2


def _jensen(sign: int) -> Callable[[Apply], Iterator[Expr]]:
    """f(∑ pᵢ xᵢ) against ∑ pᵢ f(xᵢ), for a convex (1) or concave (−1) f of a number."""

    def rule(node: Apply) -> Iterator[Expr]:
        f = _curved(node, sign)
        if f is None:
            return
        inner = node.args[0]
        if _op(inner) == "mean":
            yield apply("mean", f(inner.args[0]))
        pair = _inner_product(inner)
        if pair is not None:
            for p, x in (pair, pair[::-1]):
                if _known(p, "probability"):
                    yield p.T @ f(x)
        if isinstance(inner, Bind) and inner.op.name == "Sum" and inner.condition is None:
            yield from _expected(inner, f)
        yield from _mixed(inner, f)

    return rule


def _expected(total: Bind, f: Callable[[Expr], Expr]) -> Iterator[Expr]:
    """∑ pᵢ xᵢ with a distribution p."""
    body = total.body
    if len(total.variables) != 1 or _op(body) != "mul" or len(body.args) != 2:
        return
    for p, x in (body.args, body.args[::-1]):
        if _op(p) == "entry" and p.args[1:] == total.variables and _known(p.args[0], "probability"):
            yield bind("Sum", total.variables, p * f(x))


def _curved(node: Apply, sign: int) -> Callable[[Expr], Expr] | None:
    """Return f where a node is f of a number and f has the curvature on its whole domain."""
    if node.op.name == "pow" and isinstance(node.args[1], Const):
        power = Fraction(node.args[1].value)
        even = power.denominator == 1 and power > 0 and power % 2 == 0
        return (lambda u: apply("epow" if u.shape else "pow", u, node.args[1])) if even and sign > 0 else None
    if node.op.family == "elementwise" and node.op.convex == sign and len(node.args) == 1:
        return lambda u: apply(node.op, u)
    return None


def _mixed(inner: Expr, f: Callable[[Expr], Expr]) -> Iterator[Expr]:
    """t x + (1 − t) y with t between 0 and 1."""
    if _op(inner) != "add" or len(inner.args) != 2:
        return
    for first, second in (inner.args, inner.args[::-1]):
        if _op(first) == "mul" == _op(second) and len(first.args) == len(second.args) == 2:
            t, x = first.args
            rest, y = second.args
            if _known(t, "unit interval") and rest is 1 - t and not x.shape:
                yield t * f(x) + (1 - t) * f(y)


BOUNDS: tuple[Bound, ...] = (
    Bound("the triangle inequality", "MML 3.1", "x: n, y: n; norm(x + y) <= norm(x) + norm(y)",
          "x: n, y: n; norm(x + y) <= norm(x)", above=_triangle, below=_split_norm),
    Bound("the Cauchy–Schwarz inequality", "MML 3.2", "x: n, y: n; (x'y)^2 <= (x'x) (y'y)",
          "x: n, y: n; (x'x) (y'y) <= (x'y)^2", above=_cauchy_schwarz),
    Bound("‖AB‖ ≤ ‖A‖‖B‖", "Matrix Cookbook 10.4", "A: n×m, x: m; norm(A x) <= normF(A) norm(x)",
          "A: n×m, x: m; normF(A) norm(x) <= norm(A x)", above=_norm_of_product),
    Bound("‖u‖_∞ ≤ ‖u‖₂ ≤ ‖u‖₁ ≤ √n ‖u‖₂ ≤ n ‖u‖_∞", "MML 3.1", "x: n; norm(x) <= norm1(x)",
          "x: n; norm1(x) <= norm(x)", above=_norms_up),
    Bound("uᵀAu ≤ λ_max(A) ‖u‖²", "MML 4.2", "A: n×n symmetric, x: n; x' A x <= lammax(A) (x'x)",
          "A: n×n symmetric, x: n; lammax(A) (x'x) <= x' A x", above=_rayleigh("lammax"), below=_rayleigh("lammin")),
    Bound("log u ≤ u − 1", "MacKay 2.7", "x: scalar positive; log(x) <= x - 1",
          "x: scalar positive; x - 1 <= log(x)", above=_log_tangent),
    Bound("log det A ≤ tr A − n", "Boyd 3.1.5", "A: n×n spd; logdet(A) <= tr(A) - n",
          "A: n×n spd; tr(A) - n <= logdet(A)", above=_logdet_tangent),
    Bound("eᵘ ≥ 1 + u", "MacKay 2.7", "x: scalar; 1 + x <= exp(x)", "x: scalar; exp(x) <= 1 + x", below=_exp_tangent),
    Bound("σ, tanh, sin, cos are at most 1 in size, cosh at least 1", "PRML 4.60", "x: scalar; sigmoid(x) <= 1",
          "x: scalar; sigmoid(x) <= 1/2", above=_capped, below=_floored),
    Bound("|u| ≥ ±u", "Boyd 3.1.5", "x: scalar; x <= abs(x)", "x: scalar; abs(x) <= x", below=_absolute),
    Bound("max(u, v) ≥ u, v ≥ min(u, v)", "Boyd 3.2.3", "x: scalar, y: scalar; x <= max(x, y)",
          "x: scalar, y: scalar; max(x, y) <= x", above=_lesser, below=_greater),
    Bound("max u ≤ logsumexp u ≤ max u + log n", "Boyd 3.1.5", "x: n; max(x) <= logsumexp(x)",
          "x: n; logsumexp(x) <= max(x)", above=_soft_above, below=_soft_below),
    Bound("√(uv) ≤ (u + v)/2", "Boyd 3.1.9", "x: scalar positive, y: scalar positive; sqrt(x y) <= (x + y)/2",
          "x: scalar positive, y: scalar positive; (x + y)/2 <= sqrt(x y)", above=_mean_geometric),
    Bound("Jensen's inequality", "Boyd 3.1.8", "p: n probability, x: n; exp(p'x) <= p' exp(x)",
          "p: n probability, x: n; p' exp(x) <= exp(p'x)", above=_jensen(1), below=_jensen(-1)),
)
