"""One random expression, tried in every way: values, derivatives, second derivatives; with a tally of what was tried.

A case is a seed. Each way of trying it returns what came out: "checked", "no closed form", "no point" (the domain was
not found, or a kink or edge is too near), "constant", "not in JAX", or a sentence that says what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import jax
import numpy as np
from jax_values import NOT_COVERED
from jax_values import value as jax_value

from agnesi.check.evidence import derivative_evidence
from agnesi.errors import NoDerivative, NotNumeric, ReadError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, plain, postorder, symbols_of
from agnesi.generate import random_expression
from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.rules.normal import normalise
from agnesi.rules.tidy import tidy
from agnesi.run.evaluate import evaluate as planned
from agnesi.run.reference import evaluate as reference
from agnesi.run.sample import Point, Sampler
from agnesi.write import write

SIZES = {"n": 3, "d": 2}  # one pair of sizes, so that JAX compiles each operation once
SHAPES: list[tuple[Any, ...]] = [
    (), (), (), ("n",), ("d",), (1, "n"), ("n", "d"), ("n", "n"), ("d", "d"),
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A random expression, and the symbol it is differentiated in (None: it is constant)."""

    seed: int
    expr: Expr
    variable: Symbol | None

    def __str__(self) -> str:
        moved = f" in {self.variable.name}" if self.variable else ""
        return f"seed {self.seed}{moved}: {plain(self.expr)}"


def case(
    seed: int, only_smooth: bool = True, depth: int | None = None, scalar: bool = False, exclude: Iterable[str] = ()
) -> Case:
    """Return the case of a seed."""
    rng = np.random.default_rng(seed)
    shape = () if scalar else SHAPES[int(rng.integers(len(SHAPES)))]
    levels = 2 + seed % 3 if depth is None else depth
    expr = random_expression(rng, shape, levels, only_smooth=only_smooth, exclude=tuple(exclude))
    moving = symbols_of(expr)
    return Case(seed, expr, moving[int(rng.integers(len(moving)))] if moving else None)


def points(case: Case, *more: Expr, count: int = 2) -> Iterator[Point]:
    """Yield points where the expression (and more) has moderate values, away from kinks."""
    extra = [] if case.variable is None else [case.variable]
    sampler = Sampler([case.expr, *more], np.random.default_rng(case.seed), extra=extra, sizes=SIZES, margin=0.02)
    for _ in range(count):
        for _ in range(20):
            point, (found, *_rest) = sampler.point()
            if np.max(np.abs(found), initial=0.0) < 100:  # exp of more overflows inside results
                break
        else:
            raise NotNumeric("No point with moderate values.")
        yield point


def close(left: Any, right: Any, tolerance: float) -> bool:
    """Tell whether two arrays agree relative to their largest entry; axes of size 1 do not matter."""
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if left.size != right.size or not (np.all(np.isfinite(left)) and np.all(np.isfinite(right))):
        return False
    scale = max(float(np.max(np.abs(left), initial=0.0)), float(np.max(np.abs(right), initial=0.0)), 1.0)
    return bool(np.max(np.abs(left.reshape(-1) - right.reshape(-1)), initial=0.0) <= tolerance * scale)


def kinked_integral(expr: Expr) -> bool:
    """Tell whether an integrand has a kink or a jump: no fixed rule of quadrature is exact over it."""
    inside = [m for n in postorder(expr) if isinstance(n, Bind) and n.op.name == "Integral" for m in postorder(n.body)]
    extremes = ("Max", "Min", "Argmax", "Argmin")
    return any(isinstance(m, Apply | Bind) and (m.op.kinks or m.op.name in extremes) for m in inside)


def covered(expr: Expr) -> bool:
    """Tell whether JAX can give the expression a value."""
    ops = {n.op.name for n in postorder(expr) if isinstance(n, Apply | Bind)}
    return not ops & set(NOT_COVERED) and not kinked_integral(expr)


def values(case: Case) -> str:
    """Compare the literal value with JAX, with the planned value, and with the value of the tidied normal form."""
    if not covered(case.expr):
        return "not in JAX"
    try:
        forms: dict[str, Expr] = {"tidied": tidy(normalise(case.expr)), "normal": normalise(case.expr)}
    except NoDerivative:
        forms = {}
    try:
        for point in points(case):
            got = reference(case.expr, point.values, point.sizes)
            sides = {"JAX": jax_value(case.expr, point.values, point.sizes)}
            sides["planned"] = planned(case.expr, point.values, point.sizes)
            for name, form in forms.items():
                sides[name] = reference(form, point.values, point.sizes)
            for name, side in sides.items():
                if not close(got, side, 1e-7):
                    return f"{name} value: {np.asarray(side)} is not {np.asarray(got)}"
                if name in ("planned", "tidied") and np.shape(side) != np.shape(got):
                    return f"{name} shape: {np.shape(side)} is not {np.shape(got)}"
    except NotNumeric:
        return "no point"
    return "checked" if forms else "no closed form"


def jacobians(case: Case) -> str:
    """Compare the derivative along random directions with jax.jvp, and with derivative_evidence at other sizes."""
    return _derivatives(case, 1, whole=False)


def hessians(case: Case) -> str:
    """Compare the second derivative along pairs of random directions with jax.jvp of jax.jvp."""
    return _derivatives(case, 2, whole=False)


def whole_jacobians(case: Case) -> str:
    """Compare the first derivative with jax.jacobian, entry by entry (slower: JAX compiles more)."""
    return _derivatives(case, 1, whole=True)


def whole_hessians(case: Case) -> str:
    """Compare the second derivative of a scalar with jax.hessian, entry by entry."""
    return _derivatives(case, 2, whole=True)


def _derivatives(case: Case, order: int, whole: bool) -> str:
    if case.variable is None:
        return "constant"
    if not covered(case.expr):
        return "not in JAX"
    try:
        result = derivative(case.expr, [case.variable] * order)
    except NoDerivative:
        return "no closed form"
    try:
        (point,) = points(case, result, count=1)
        got = np.asarray(reference(result, point.values, point.sizes))
    except NotNumeric:
        return "no point"
    for left, right in _sides(case, order, point, got, whole):
        if not np.all(np.isfinite(right)):
            return "no point"
        if not close(left, right, 1e-6 if order == 1 else 1e-5):
            return f"derivative {plain(result)}: {np.asarray(left).tolist()} is not {np.asarray(right).tolist()}"
    if order == 1:
        found = derivative_evidence(case.expr, [case.variable], result, points=1, seed=case.seed)
        if found.verdict == "refuted":
            return f"derivative {plain(result)}: {found}"
    return "checked"


def _sides(case: Case, order: int, point: Point, got: Any, whole: bool) -> Iterator[tuple[Any, Any]]:
    """Yield the claimed derivative and JAX's: the whole arrays, or their contractions with random directions."""
    assert case.variable is not None
    name = case.variable.name
    at = np.asarray(point.values[name], dtype=float)

    def f(x: Any) -> Any:
        return jax_value(case.expr, {**point.values, name: x}, point.sizes)

    if whole:
        yield got, jax.jacobian(f)(at) if order == 1 else jax.hessian(f)(at)
        return
    rng = np.random.default_rng(case.seed)
    for _ in range(2):
        claimed, along = got, f
        for _ in range(order):
            direction = rng.normal(size=at.shape)
            claimed = claimed.reshape(-1, at.size) @ direction.reshape(-1)
            along = _slope(along, direction)
        yield claimed, along(at)


def _slope(f: Callable[[Any], Any], direction: Any) -> Callable[[Any], Any]:
    return lambda x: jax.jvp(f, (x,), (direction,))[1]


def round_trips(case: Case) -> str:
    """Print in Unicode, ASCII and LaTeX, and read back: the same expression, by identity."""
    if unsaid(case.expr):
        return "not in the text"
    for form in ("unicode", "ascii", "latex"):
        text = write(case.expr, form)
        try:
            again = read(text, declared(case.expr)).expr
        except ReadError as error:
            return f"{form} {text} is not read: {error}"
        if again is not case.expr:
            return f"{form} {text} reads as {plain(again)}"
    return "checked"


def unsaid(expr: Expr) -> str:
    """Return what a text of the expression does not tell (empty: all is told), as things stand.

    ∑_{i = 1} is where a sum starts, not a condition; a size is read as one only if a shape has it; e² is exp(2);
    𝟎_{n·n} is a matrix; blocks side by side are parted by spaces, as products are.
    """
    shapes = {name for s in declared(expr).values() for d in s.shape for name in d.names}
    for node in postorder(expr):
        if isinstance(node, Bind) and isinstance(node.condition, Apply) and node.condition.op.name == "eq":
            return "a condition i = 1"
        if not isinstance(node, Apply):
            continue
        if node.op.name == "size" and not Dim.of(node.attrs[0]).names <= shapes:
            return "a size that no shape has"
        if node.op.name == "pow" and isinstance(node.args[0], Apply) and node.args[0].op.name == "euler":
            return "a power of e"
        if node.op.name in ("zeros", "ones") and any(len(m) > 1 for d in node.shape for m, _ in d.terms):
            return "a vector of n·n entries"
        if node.op.name == "blocks" and any(isinstance(a, Apply) and a.op.name == "mul" for a in node.args):
            return "a product among blocks"
    return ""


def well_formed(case: Case) -> str:
    """Print in MathML, and parse it as XML: one math element, no empty token."""
    try:
        root = ElementTree.fromstring(write(case.expr, "mathml"))
    except ElementTree.ParseError as error:
        return f"MathML: {error}"
    if not root.tag.endswith("math") or any(
        node.tag.rpartition("}")[2] in ("mi", "mn", "mo") and not (node.text or "").strip() for node in root.iter()
    ):
        return "MathML with an empty token"
    return "checked"


def declared(expr: Expr) -> dict[str, Symbol]:
    """Return the symbols that occur, bound ones too."""
    nodes = postorder(expr, below=lambda n: (*n.args, *n.variables) if isinstance(n, Bind) else n.args)
    return {node.name: node for node in nodes if isinstance(node, Symbol)}


OUTCOMES = ("checked", "no closed form", "no point", "constant", "not in JAX", "not in the text")


def tally(cases: Iterable[Case], way: Callable[[Case], str], known: Mapping[int, str]) -> Counter[str]:
    """Return how many cases came out how; fails with every wrong one, and with `known` seeds that are right by now."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for one in cases:
        try:
            outcome = way(one)
        except Exception as error:  # a crash is one more wrong answer: the others are wanted too
            outcome = f"{type(error).__name__}: {error}"
        if outcome not in OUTCOMES:
            if one.seed not in known:
                wrong.append(f"{one}\n    {outcome}")
            outcome = "known to be wrong" if one.seed in known else "wrong"
        elif one.seed in known:
            wrong.append(f"{one}\n    is right by now: take it off the list ({known[one.seed]})")
        counts[outcome] += 1
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(wrong)
    return counts
