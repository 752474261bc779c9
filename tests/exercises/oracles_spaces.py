"""Oracles of norms, right angles, bounds, bases, subspaces and of the chain rule with two ways."""

from __future__ import annotations

import re

import numpy as np
import sympy
from oracles import near, oracle, points, value

from agnesi.exercises import Choice, Formula, Instance

_UP = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def numbers(text: str) -> list[float]:
    """Return the whole numbers that stand in a question."""
    return [float(n) for n in re.findall(r"-?\d+", text.replace("−", "-"))]


def parsed(text: str) -> sympy.Expr:
    """Return a formula of a question as sympy reads it."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**{m[0].translate(_UP)}", text.replace("−", "-").replace("·", "*"))
    text = re.sub(r"(sin|cos|exp)\*\*2(\([^()]*\))", r"\1\2**2", text)
    text = re.sub(r"(?<=[\dxyzt)])\s*(?=[xyzt(]|sin|cos|exp)", "*", text)
    return sympy.sympify(re.sub(r"(?<=[xyzt\d)])\s+(?=[xyzt(a-z])", "*", text))


@oracle("impla-norm")
def _norm(one: Instance) -> bool:
    found = points(one.question)
    if one.level == 1:
        return near(value(one), np.linalg.norm(found[0]))
    if one.level == 2:
        return near(value(one), np.linalg.norm(found[0] - found[1]))
    return near(value(one), found[0] / np.linalg.norm(found[0]))


@oracle("impla-orthogonal")
def _orthogonal(one: Instance) -> bool:
    if one.level == 3:
        v = value(one)[:, 0]
        return near([v @ p for p in points(one.question)], [0, 0]) and bool(np.abs(v).max() > 0)
    shown = re.search(r"y = \((.*?)\)", one.question)
    assert shown is not None
    y = [float(value(one).item()) if e == "t" else float(e.replace("−", "-")) for e in shown[1].split(", ")]
    return near(points(one.question)[0] @ y, 0)


@oracle("impla-cauchy-schwarz")
def _bound(one: Instance) -> bool:
    """Go round the circle of all directions in the plane that matters."""
    angle = np.linspace(0, 2 * np.pi, 360 * 360 + 1)
    given = numbers(re.sub(r"[²‖$]", " ", one.question))
    if one.level == 1:
        reached = given[0] * given[1] * np.cos(angle)
        return near(np.round(reached.min() if "least" in one.question else reached.max(), 6), value(one))
    if one.level == 2:
        r = np.sqrt(given[2])
        reached = r * (given[0] * np.cos(angle) + given[1] * np.sin(angle))
        return bool(abs(reached.max() - value(one).item()) < 1e-5)
    n, s = given
    return near(value(one), n * (s / np.sqrt(n)))  # all entries alike, of length s


@oracle("impla-basis")
def _basis(one: Instance) -> bool:
    if one.level == 3:
        A = np.array(points(one.question)).T
        return near(value(one), A.shape[0] - np.linalg.matrix_rank(A))
    rows = re.findall(r"\$\(([^$]*)\)\$", one.question)
    t = str(value(one).item())
    A = np.array([[float((t if e == "t" else e).replace("−", "-")) for e in row.split(", ")] for row in rows])
    return abs(np.linalg.det(A)) < 1e-8


@oracle("impla-subspace")
def _subspace(one: Instance) -> bool:
    """Of levels 1 and 2: the right set, and no other, holds 0, and the sums and multiples of what is in it."""
    assert isinstance(one.answer, Choice)
    if one.level == 3:
        return True
    good = [_closed(o.text, 2 if one.level == 1 else 3) for o in one.choices]
    return [k for k, g in enumerate(good) if g] == [one.answer.right]


def _closed(text: str, n: int) -> bool:
    grid = np.array(np.meshgrid(*[np.arange(-6.0, 7)] * n)).reshape(n, -1).T
    grid = np.vstack([grid, grid[:, :1] * np.ones(n) * [1, *[k for k in (2, 3, 4, 5, 6)][: n - 1]]])
    conditions = [_test(part) for part in text.split(" and ")]

    def inside(p: np.ndarray) -> np.ndarray:
        return np.all([c(p) for c in conditions], axis=0)

    members = grid[inside(grid)]
    zero = bool(inside(np.zeros((1, n)))[0])
    some = members[:: max(1, len(members) // 40)]
    sums = (some[:, None, :] + some[None, :, :]).reshape(-1, n)
    return zero and bool(inside(sums).all() and inside(-members).all())


def _test(text: str):  # type: ignore[no-untyped-def]
    sign = next(s for s in ("≥", "≤", "=") if s in text)
    left, right = (parsed(side) for side in text.split(sign))
    f = sympy.lambdify(sympy.symbols("x y z"), left - right, "numpy")

    def holds(p: np.ndarray) -> np.ndarray:
        x, y, z = (p[:, k] if k < p.shape[1] else np.zeros(len(p)) for k in range(3))
        d = f(x, y, z) + 0 * x
        return {"≥": d >= -1e-9, "≤": d <= 1e-9, "=": np.abs(d) < 1e-9}[sign]

    return holds


@oracle("impcalc-chain")
def _chain(one: Instance) -> bool:
    """Put x(t) and y(t) into z, differentiate with sympy, and compare at a place."""
    assert isinstance(one.answer, Formula)
    z, x, y = (parsed(m) for m in re.findall(r"\$[zxy] = ([^$]*)\$", one.question))
    t = sympy.Symbol("t")
    slope = sympy.diff(z.subs({sympy.Symbol("x"): x, sympy.Symbol("y"): y}, simultaneous=True), t)
    return abs(float((slope - parsed(one.answer.value)).subs(t, 0.7))) < 1e-8 * (1 + abs(float(slope.subs(t, 0.7))))
