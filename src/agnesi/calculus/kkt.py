"""Extrema under inequalities: the conditions of Karush, Kuhn and Tucker, one active set after the other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from agnesi.calculus.functions import (
    Function,
    Letters,
    called,
    function,
    functions,
    letter,
    lowered,
    neat,
    partial,
    shown,
)
from agnesi.calculus.lagrange import equation
from agnesi.calculus.solving import solve_system
from agnesi.errors import NotNumeric, ReadError, ShapeError, TooLarge
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "MML 7.2"
MOST = 6  # inequalities: 2⁶ sets of active ones


@dataclass(frozen=True)
class Case:
    """A point with a set of active constraints: where, the multipliers by constraint, and why it fails, if it does."""

    active: tuple[int, ...]
    at: tuple[Any, ...]
    multipliers: tuple[Any, ...]
    value: Any
    fails: str


def kkt(
    f: Any, at_most: Any, equal: Any = (), variables: Letters = None, box: tuple[float, float] = (-6.0, 6.0)
) -> Worked:
    """Minimise a function under inequalities and equations by the KKT conditions, one active set at a time.

    >>> found = kkt("(x - 2)^2 + (y - 1)^2", ["x + y <= 2", "x >= 0"])
    >>> found.at, found.multipliers
    ((3/2, 1/2), (1, 0))

    Inequalities are texts such as "x + y <= 2" or "x >= 0", equations such as "x = y". The conditions: the gradient
    of the Lagrangian is zero, the constraints hold, λ ≥ 0, and λ or the slack is zero. The value is the least value
    among the points that satisfy all; `cases` has every set that was tried, with the reason where it fails. To
    maximise f, minimise −f. Raises `ReadError` for a constraint that is none, `TooLarge` above six inequalities.
    Source: MML 7.2.
    """
    low = [at_most] if isinstance(at_most, str) else list(at_most)
    even = [equal] if isinstance(equal, str) else list(equal)
    if not low and not even:
        raise ShapeError("There is no constraint.", repair="Use critical_points(f) without one.")
    if len(low) > MOST:
        raise TooLarge(f"{len(low)} inequalities have {2 ** len(low)} sets of active ones.", repair=f"At most {MOST}.")
    gs, hs = [inequality(g, variables) for g in low], [equation(h, variables) for h in even]
    read = function(f, variables)
    if variables is None:
        read = Function(read.expr, read.written, functions([read.expr, *gs, *hs])[0].variables, read.name)
    if read.expr.free_symbols.union(*(e.free_symbols for e in (*gs, *hs))) - set(read.variables):
        raise NotNumeric("Function or constraints hold other letters.", repair="Give them values, or name them.")
    cases = [c for active in _subsets(len(gs)) for c in _solved(read, gs, hs, active, box)]
    good = [c for c in cases if not c.fails]
    best = min(good, key=lambda c: float(c.value), default=None)
    steps = [_conditions(read, gs, hs), *_case_steps(read, gs, cases), _choice(read, good)]
    answer = (
        [Formula.of(*called(letter(read.name), c.at), "=", shown(c.value), why="the least value")
         for c in good if abs(float(c.value) - float(best.value)) < 1e-12]
        if best
        else [Formula.of("no point satisfies the conditions")]
    )
    parts = {"at": best.at, "multipliers": best.multipliers, "active": best.active} if best else {"at": None}
    lines = (read.question(), *(Formula.of(shown(g), "≤", 0) for g in gs), *(Formula.of(shown(h), "=", 0) for h in hs))
    return Worked("KKT conditions", lines, best.value if best else None, tuple(answer), tuple(steps),
                  tuple(_checked(read, gs, hs, best)) if best else (), {**parts, "cases": tuple(cases)},
                  _notes(read, gs, hs, best), SOURCE)  # fmt: skip


def inequality(text: Any, variables: Letters = None) -> sympy.Expr:
    """Read a constraint such as "x + y <= 2" or "x >= 0" as an expression that is at most 0.

    >>> inequality("x >= 1")
    1 - x
    """
    if not isinstance(text, str):
        return function(text, variables).expr
    sides = re.split(r"<=|≤|>=|≥|<|>", text)
    if len(sides) != 2:
        raise ReadError(f"{text} is not one inequality.", repair='Write it as "x + y <= 2" or "x >= 0".')
    first, second = (function(s, variables).expr for s in sides)
    return second - first if re.search(r">|≥", text) else first - second


def _subsets(count: int) -> list[tuple[int, ...]]:
    return [s for k in range(count + 1) for s in itertools.combinations(range(count), k)]


def _multipliers(gs: Sequence[Any], hs: Sequence[Any]) -> tuple[list[sympy.Symbol], list[sympy.Symbol]]:
    lambdas = [sympy.Symbol(f"λ_{k + 1}", real=True) for k in range(len(gs))]
    return lambdas, [sympy.Symbol(f"μ_{k + 1}", real=True) for k in range(len(hs))]


def _stationarity(f: Function, gs: Sequence[Any], hs: Sequence[Any]) -> list[sympy.Expr]:
    lambdas, mus = _multipliers(gs, hs)
    terms = list(zip([*lambdas, *mus], [*gs, *hs], strict=True))
    return [sympy.expand(sympy.diff(f.expr + sum((m * g for m, g in terms), sympy.Integer(0)), x)) for x in f.variables]


def _solved(f: Function, gs: Any, hs: Any, active: tuple[int, ...], box: tuple[float, float]) -> list[Case]:
    """Return the points at which exactly these inequalities are taken as equations."""
    xs, (lambdas, mus) = f.variables, _multipliers(gs, hs)
    off = {m: 0 for k, m in enumerate(lambdas) if k not in active}
    equations = [e.subs(off) for e in _stationarity(f, gs, hs)] + [gs[k] for k in active] + list(hs)
    unknown = [*xs, *(lambdas[k] for k in active), *mus]
    if len(equations) > 2 * len(xs) + len(hs):
        return []
    found = solve_system(equations, unknown, box)
    out = []
    for p in found.points:
        at = tuple(neat(p[x]) for x in xs)
        multipliers = tuple(neat(p[m]) if m in p else sympy.Integer(0) for m in [*lambdas, *mus])
        out.append(
            Case(
                active,
                at,
                multipliers,
                neat(f.expr.subs(dict(zip(xs, at, strict=True)))),
                _fails(gs, xs, at, multipliers),
            )
        )
    return out


def _fails(gs: Any, xs: Any, at: Any, multipliers: Any) -> str:
    """Return the first condition that a point breaks: a negative multiplier, or a constraint; empty if none."""
    put = dict(zip(xs, at, strict=True))
    for k, g in enumerate(gs):
        if float(g.subs(put)) > 1e-9:
            return f"constraint {k + 1} is broken"
    for k in range(len(gs)):
        if float(multipliers[k]) < -1e-9:
            return f"λ{lowered(k + 1)} is negative"
    return ""


def _conditions(f: Function, gs: Any, hs: Any) -> Step:
    lambdas, mus = _multipliers(gs, hs)
    L: list[Any] = ["L", "=", letter(f.name)]
    for m, g in zip([*lambdas, *mus], [*gs, *hs], strict=True):
        L += ["+", shown(m), "(", shown(g), ")"]
    lines = [Formula.of(*L)]
    lines += [
        Formula.of(partial("L", x), "=", shown(e), "=", 0)
        for x, e in zip(f.variables, _stationarity(f, gs, hs), strict=True)
    ]
    for m, g in zip(lambdas, gs, strict=True):
        lines.append(Formula.of(shown(m), "≥", 0, ",", shown(g), "≤", 0, ",", shown(m), "(", shown(g), ")", "=", 0))
    lines += [Formula.of(shown(h), "=", 0) for h in hs]
    why = "The last of each line is complementary slackness: a constraint that is not active has no multiplier."
    return Step("conditions", "Write down the Lagrangian and the conditions.", tuple(lines), why, SOURCE, {
        "stationarity": _stationarity(f, gs, hs), "at most": tuple(gs), "equal": tuple(hs)})  # fmt: skip


def _case_steps(f: Function, gs: Any, cases: Sequence[Case]) -> list[Step]:
    lambdas, _ = _multipliers(gs, [])
    steps = []
    for c in cases:
        names = ", ".join(str(k + 1) for k in c.active)
        told = f"Constraint{'s' * (len(c.active) != 1)} {names} active." if c.active else "No inequality active."
        parts: list[Any] = []
        for k, (v, value) in enumerate(zip(f.variables, c.at, strict=True)):
            parts += [*([","] if k else []), v.name, "=", shown(value)]
        for k in c.active:
            parts += [",", lambdas[k].name, "=", shown(c.multipliers[k])]
        verdict = f"No: {c.fails}." if c.fails else "All conditions hold."
        steps.append(Step("case", told, (Formula.of(*parts),), verdict, "", {"case": c}))
    return steps


def _choice(f: Function, good: Sequence[Case]) -> Step:
    lines = tuple(Formula.of(*called(letter(f.name), c.at), "=", shown(c.value)) for c in good)
    told = "Compare the values." if len(good) > 1 else "One point is left." if good else "No point is left."
    return Step("compare", told, lines, "", "", {"candidates": tuple(good)})


def _notes(f: Function, gs: Any, hs: Any, best: Case | None) -> tuple[str, ...]:
    convex = all(_convex(e, f.variables) for e in (f.expr, *gs)) and all(sympy.diff(h, x, y) == 0 for h in hs
                 for x in f.variables for y in f.variables)  # fmt: skip
    if best is None:
        return ("No point satisfies the conditions: the set is empty, or the minimum is not attained.",)
    if convex:
        return ("Function and set are convex: the point is the global minimum.",)
    return ("The conditions are necessary only: function or set is not convex here, or it is not seen to be.",)


def _convex(e: sympy.Expr, xs: Sequence[Any]) -> bool:
    """Tell whether an expression is seen to be convex: a constant Hessian that is positive semidefinite."""
    H = sympy.hessian(e, xs)
    return not H.free_symbols and bool(H.is_positive_semidefinite)


def _checked(f: Function, gs: Any, hs: Any, best: Case) -> list[Verified]:
    lambdas, mus = _multipliers(gs, hs)
    put = {**dict(zip(f.variables, best.at, strict=True)), **dict(zip([*lambdas, *mus], best.multipliers, strict=True))}
    size: Callable[..., Any] = lambda e: abs(float(sympy.N(sympy.simplify(e.subs(put)), 20)))
    gradient = max((size(e) for e in _stationarity(f, gs, hs)), default=0.0)
    slack = max((size(m * g) for m, g in zip(lambdas, gs, strict=True)), default=0.0)
    feasible = all(float(g.subs(put)) <= 1e-9 for g in gs) and all(size(h) < 1e-9 for h in hs)
    told: Callable[..., Any] = lambda v: "exactly" if v == 0 else f"largest {v:.0e}".replace("e-", "e−")
    return [
        Verified("the gradient of the Lagrangian is zero", gradient < 1e-8, told(gradient)),
        Verified("the constraints hold", feasible),
        Verified("complementary slackness", slack < 1e-8, told(slack)),
        Verified("the multipliers are not negative", all(float(m) >= -1e-9 for m in best.multipliers[: len(gs)])),
    ]


def hessian_of_lagrangian(f: Any, at_most: Any, multipliers: Sequence[Any], variables: Letters = None) -> Any:
    """Return the Hessian of the Lagrangian as a matrix to show, for given multipliers of the inequalities."""
    read = function(f, variables)
    gs = [inequality(g, variables) for g in at_most]
    total = read.expr + sum((m * g for m, g in zip(multipliers, gs, strict=True)), sympy.Integer(0))
    return grid(sympy.hessian(total, read.variables))
