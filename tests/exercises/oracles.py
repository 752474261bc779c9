"""Independent oracles: what an exercise asks, worked out again without Agnesi: NumPy, sympy or differences.

`@oracle("family")` puts a function (instance) -> bool here; `test_oracles.py` holds instances of every such family to
it, and every formula that is a derivative to central differences of the function itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from agnesi.exercises import Choice, Exact, Formula, Instance

Oracle = Callable[[Instance], bool]
oracles: dict[str, Oracle] = {}


def oracle(*ids: str) -> Callable[[Oracle], Oracle]:
    """Register the oracle of some families."""

    def put(check: Oracle) -> Oracle:
        oracles.update({i: check for i in ids})
        return check

    return put


def matrices(text: str) -> list[np.ndarray]:
    """Return the matrices [1 2; 3 4] that stand in a question."""
    found = re.findall(r"\[([-−\d./ ;]+)\]", text)
    return [np.array([[_number(v) for v in row.split()] for row in m.replace("−", "-").split(";")]) for m in found]


def points(text: str) -> list[np.ndarray]:
    """Return the vectors (1, −2) that stand in a question."""
    found = re.findall(r"\(([-−\d./]+(?:, [-−\d./]+)+)\)", text)
    return [np.array([_number(v) for v in p.replace("−", "-").split(", ")]) for p in found]


def _number(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def value(one: Instance) -> np.ndarray:
    """Return the right answer as numbers."""
    assert isinstance(one.answer, Exact)
    return np.array(
        sympy.Matrix([one.answer.value]) if not hasattr(one.answer.value, "tolist") else one.answer.value, float
    )


def near(a: Any, b: Any) -> bool:
    """Tell whether two arrays have the same numbers."""
    return bool(np.allclose(np.asarray(a, float).ravel(), np.asarray(b, float).ravel(), rtol=1e-9, atol=1e-9))


def function(text: str) -> sympy.Expr:
    """Return the polynomial f(x, y) = … of a question, read by sympy alone."""
    body = re.search(r"f\(x(?:, y)?\) = ([^$]+)\$", text)
    assert body is not None, text
    plain = body[1].replace("−", "-")
    plain = re.sub("[²³⁴⁵⁶⁷⁸⁹]", lambda m: "**" + str("²³⁴⁵⁶⁷⁸⁹".index(m[0]) + 2), plain)
    plain = re.sub(r"(?<=[\dxy)]) ?(?=[xy(])", "*", plain)
    return sympy.sympify(plain)


@oracle("impla-echelon")
def _echelon(one: Instance) -> bool:
    (A,) = matrices(one.question)
    U = value(one)
    below = all(abs(U[i, j]) < 1e-12 for i in range(1, len(U)) for j in range(min(i, U.shape[1])))
    return below and np.linalg.matrix_rank(np.vstack([A, U])) == np.linalg.matrix_rank(A) == np.linalg.matrix_rank(U)


@oracle("impla-solve")
def _solve(one: Instance) -> bool:
    A, b = matrices(one.question)
    return near(A @ value(one), b)


@oracle("impla-inverse")
def _inverse(one: Instance) -> bool:
    return near(value(one), np.linalg.inv(matrices(one.question)[0]))


@oracle("impla-product")
def _product(one: Instance) -> bool:
    A, B = matrices(one.question)
    return near(value(one), A @ B)


@oracle("impla-projection")
def _projection(one: Instance) -> bool:
    s, r = points(one.question)
    p = value(one).ravel()
    return bool(abs((s - p) @ r) < 1e-9) and np.linalg.matrix_rank(np.vstack([p, r])) == 1


@oracle("impla-coordinates")
def _coordinates(one: Instance) -> bool:
    x, *basis = points(one.question)
    return near(np.column_stack(basis) @ value(one).ravel(), x)


@oracle("impla-determinant")
def _determinant(one: Instance) -> bool:
    return near(value(one), np.linalg.det(matrices(one.question)[0]))


@oracle("impla-eigenvalues")
def _eigenvalues(one: Instance) -> bool:
    return near(sorted(float(v) for v in one.answer.value), sorted(np.linalg.eigvals(matrices(one.question)[0]).real))


@oracle("impla-eigenvector")
def _eigenvector(one: Instance) -> bool:
    A, v = matrices(one.question)[0], value(one).ravel()
    at = float(re.search(r"eigenvalue \$([-−\d]+)\$", one.question)[1].replace("−", "-"))
    return near(A @ v, at * v) and bool(np.abs(v).max() > 0)


@oracle("impla-characteristic")
def _characteristic(one: Instance) -> bool:
    assert isinstance(one.answer, Formula)
    lam = sympy.Symbol("lam")
    text = one.answer.value.replace("−", "-").replace("λ²", "lam**2")
    polynomial = sympy.sympify(re.sub(r"(?<=\d)(?=lam)", "*", text.replace("λ", "lam")))
    return near(np.poly(matrices(one.question)[0]), [float(c) for c in sympy.Poly(polynomial, lam).all_coeffs()])


@oracle("impla-matrix-power")
def _power(one: Instance) -> bool:
    n = int(re.search(r"A\^(\d)", one.question)[1])
    return near(value(one), np.linalg.matrix_power(matrices(one.question)[0], n))


@oracle("impla-dimension")
def _dimension(one: Instance) -> bool:
    return near(value(one), np.linalg.matrix_rank(np.array(points(one.question))))


@oracle("impla-lengths")
def _lengths(one: Instance) -> bool:
    u, *more = points(one.question)
    right = (
        u @ more[0]
        if "dot" in one.question
        else np.linalg.norm(u)
        if "length" in one.question
        else (u @ more[0] / np.linalg.norm(u) / np.linalg.norm(more[0]))
    )
    return near(float(one.answer.value), right)


@oracle("matcalc-neuron-numbers")
def _neuron(one: Instance) -> bool:
    w, x = points(one.question)
    b = float(re.search(r"b = ([-−\d]+)", one.question)[1].replace("−", "-"))
    h = 1e-6
    slopes = [(max(0, (w + h * e) @ x + b) - max(0, (w - h * e) @ x + b)) / (2 * h) for e in np.eye(len(w))]
    return bool(np.allclose(value(one).ravel(), slopes, atol=1e-6))


@oracle("matcalc-neuron-loss")
def _loss(one: Instance) -> bool:
    X, y = matrices(one.question)
    w = np.array([_number(v) for v in re.search(r"w = \(([^)]*)\)", one.question)[1].replace("−", "-").split(", ")])
    b, h = float(re.search(r"b = (\d+)", one.question)[1]), 1e-6

    def loss(at: np.ndarray) -> float:
        return float(np.mean((y.ravel() - np.maximum(0, X @ at + b)) ** 2))

    slopes = [(loss(w + h * e) - loss(w - h * e)) / (2 * h) for e in np.eye(len(w))]
    return bool(np.allclose(value(one).ravel(), slopes, atol=1e-5)) or bool(np.any(np.abs(X @ w + b) < 1e-9))


@oracle("impcalc-level-point")
def _level(one: Instance) -> bool:
    f, at = function(one.question), value(one).ravel()
    x, y = sympy.symbols("x y")
    return near([sympy.diff(f, v).subs({x: int(at[0]), y: int(at[1])}) for v in (x, y)], [0, 0])


@oracle("impcalc-descent-step")
def _descent(one: Instance) -> bool:
    f, at = function(one.question), points(one.question.split("from")[1])[0]
    rate = _number(re.search(r"rate \$([\d/]+)\$", one.question)[1])
    x, y = sympy.symbols("x y")
    slope = np.array([float(sympy.diff(f, v).subs({x: at[0], y: at[1]})) for v in (x, y)])
    return near(value(one), at - rate * slope)


@oracle("impcalc-directional")
def _directional(one: Instance) -> bool:
    f, (at, along) = function(one.question), points(one.question)[-2:]
    x, y = sympy.symbols("x y")
    slope = np.array([float(sympy.diff(f, v).subs({x: at[0], y: at[1]})) for v in (x, y)])
    return near(value(one), slope @ along / np.linalg.norm(along))


@oracle("impcalc-lagrange")
def _lagrange(one: Instance) -> bool:
    f = function(one.question)
    x, y = sympy.symbols("x y")
    at = dict(zip((x, y), one.answer.value, strict=True))
    left, right = re.search(r"on \$([^=]*) = (\d+)\$", one.question).groups()
    g = sympy.sympify(re.sub(r"(?<=\d)(?=[xy])", "*", left)) - int(right)
    parallel = sympy.diff(f, x).subs(at) * sympy.diff(g, y) - sympy.diff(f, y).subs(at) * sympy.diff(g, x)
    return parallel == 0 and g.subs(at) == 0


@oracle("impcalc-newton-step")
def _newton(one: Instance) -> bool:
    f, x = function(one.question), sympy.Symbol("x")
    at = int(re.search(r"from \$x = (\d+)", one.question)[1])
    return near(value(one), float(at - f.subs(x, at) / sympy.diff(f, x).subs(x, at)))


@oracle("impla-gram-schmidt")
def _gram_schmidt(one: Instance) -> bool:
    a, b = points(one.question)
    u = value(one).ravel()
    unit = "orthonormal" not in one.question or abs(np.linalg.norm(u) - 1) < 1e-9
    return bool(abs(u @ a) < 1e-9) and np.linalg.matrix_rank(np.vstack([a, b, u]), tol=1e-9) == 2 and unit


@oracle("impla-rotation")
def _rotation(one: Instance) -> bool:
    (v,) = points(one.question)
    turn = np.deg2rad(float(re.search(r"by (\d+)°", one.question)[1]))
    made = complex(*v) * np.exp(1j * turn)
    return near(value(one), [made.real, made.imag])


@oracle("impla-markov")
def _markov(one: Instance) -> bool:
    (P,) = matrices(one.question)
    steps = int(re.search(r"after (\d)", one.question)[1])
    return near(P.sum(axis=0), np.ones(len(P))) and near(value(one), np.linalg.matrix_power(P, steps)[:, 0])


@oracle("impla-pagerank")
def _pagerank(one: Instance) -> bool:
    told = re.search(r"go from (.*?)\. Find", one.question)[1].split("; ")
    links = {row[0]: row.split(" to ")[1].split(" and ") for row in told}
    names, ranks = sorted(links), value(one).ravel()
    L = np.array([[(to in links[page]) / len(links[page]) for page in names] for to in names])
    return near(L @ ranks, ranks) and near(ranks.sum(), 1)


@oracle("impla-null-vector")
def _null(one: Instance) -> bool:
    return near(matrices(one.question)[0] @ value(one).ravel(), 0) and bool(np.abs(value(one)).max() > 0)


@oracle("impcalc-fit-line")
def _fit(one: Instance) -> bool:
    x, y = np.array(points(one.question)).T
    return near(value(one), np.polyfit(x, y, 1))


@oracle("impcalc-misfit")
def _misfit(one: Instance) -> bool:
    f, (x, y) = function(one.question), np.array(points(one.question)).T
    left = [b - float(f.subs("x", int(a))) for a, b in zip(x, y, strict=True)]
    return near(value(one), sum(r * r for r in left))


@oracle("impcalc-backward-numbers")
def _backward(one: Instance) -> bool:
    told = {k: float(v.replace("−", "-")) for k, v in re.findall(r"\$([wbvcxt]) = ([-−\d]+)\$", one.question)}

    def cost(w: float) -> float:
        h = w * told["x"] + told["b"]
        h = h * h if "²$" in one.question.split("with")[0] else h
        return float(((told["v"] * h + told["c"] if "v" in told else h) - told["t"]) ** 2)

    slope = (cost(told["w"] + 1e-5) - cost(told["w"] - 1e-5)) / 2e-5
    return abs(float(one.answer.value) - slope) < 1e-4 * (1 + abs(slope))


@oracle("impcalc-difference")
def _difference(one: Instance) -> bool:
    f, x = function(one.question), sympy.Symbol("x")
    at, h = (sympy.Rational(v) for v in re.findall(r"= ([\d/]+)\$", one.question)[-2:])
    lower = at if "forward" in one.question else at - h
    return bool((f.subs(x, at + h) - f.subs(x, lower)) / (at + h - lower) == one.answer.value)


@oracle("impcalc-tangent-plane")
def _plane(one: Instance) -> bool:
    assert isinstance(one.answer, Formula)
    f, (x, y) = function(one.question), sympy.symbols("x y")
    p, q = points(one.question)[-1]
    at = {x: int(p), y: int(q)}
    plane = f.subs(at) + f.diff(x).subs(at) * (x - int(p)) + f.diff(y).subs(at) * (y - int(q))
    typed = sympy.sympify(re.sub(r"(?<=\d)(?=[xy])", "*", one.answer.value.replace("−", "-")))
    return sympy.expand(plane - typed) == 0


@oracle("impla-combination")
def _combination(one: Instance) -> bool:
    u, v = points(one.question)
    a, b = re.search(r"out \$(\d+)u ([−+] ?\d*)v", one.question).groups()  # type: ignore[union-attr]
    factor = b.replace("−", "-").replace(" ", "").replace("+", "")
    return near(value(one), int(a) * u + float(factor + "1" if factor in ("", "-") else factor) * v)


@oracle("impla-singular")
def _has_inverse(one: Instance) -> bool:
    assert isinstance(one.answer, Choice)
    regular = np.linalg.matrix_rank(matrices(one.question)[0]) == len(matrices(one.question)[0])
    return regular == (one.choices[one.answer.right].text == "it has an inverse")
