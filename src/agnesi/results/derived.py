"""A derivation of Agnesi as a worked result, so that derivatives of arrays are shown as all other algorithms are."""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.calculus.derivatives import sentence
from agnesi.derivation import Derivation, derive, rows_of
from agnesi.expr.nodes import Expr, Symbol
from agnesi.run.evaluate import evaluate
from agnesi.run.sample import Sampler
from agnesi.worked.pieces import Formula, Lettered
from agnesi.worked.record import Step, Verified, Worked


def derived(f: Expr | str, wrt: Any = None, **options: Any) -> Worked:
    """Return the derivative of f as a worked result: `value` is the closed form, an expression.

    >>> print(derived("max(0, wᵀx + b)", "w").answer[0].text()[0])
    ∇f = step(wᵀx + b)x

    Takes what `agnesi.derive` takes, and raises what it raises. Source: Parr & Howard 4, MML 5.
    """
    found = derive(f, wrt, **options)
    rows = rows_of(found)

    def formula(left: Expr | str, right: Expr) -> Formula:
        return Formula.of(left, "=", Lettered(right, rows) if rows else right)

    steps = tuple(
        Step(line.rule, sentence(line.rule), (formula(line.left, line.right),), source=line.source,
             data={"left": line.left, "right": line.right})
        for line in found.steps if line.kind != "given"
    )  # fmt: skip
    answer = (formula(_label(found), found.result),)
    agrees = Verified(
        f"{_label(found)} is the derivative of {found.name}", found.evidence.verdict == "tested", str(found.evidence)
    )
    notes = tuple(sentence(note) for note in found.notes)
    return Worked(
        "derivative", (formula(found.name, found.function),), found.result, answer, steps, (agrees,),
        {"function": found.function, "variable": found.variables[0]}, notes,
    )  # fmt: skip


def by_differences(name: str, f: Expr, variable: Symbol, gradient: Expr, points: int = 3, h: float = 1e-5) -> Verified:
    """Check the gradient of a number by central differences, one for each entry of the variable, at random points.

    >>> done = derived("x: n; xᵀx", "x")
    >>> by_differences("∇f", done.function, done.variable, 3 * done.value).holds
    False
    """
    sampler = Sampler([f, gradient], np.random.default_rng(0))
    worst, count = 0.0, 0
    for _ in range(points):
        point, (_, told) = sampler.point()
        start = np.array(point.values[variable.name], dtype=float)
        seen = np.empty_like(start)
        for place in np.ndindex(start.shape):
            ends = []
            for step in (h, -h):
                moved = start.copy()
                moved[place] += step
                ends.append(float(evaluate(f, {**point.values, variable.name: moved}, point.sizes)))
            seen[place] = (ends[0] - ends[1]) / (2 * h)
        worst = max(worst, float(np.abs(seen - told).max() / (1 + np.abs(told).max())))
        count += start.size
    told_so = f"{count} of them at {points} random points, largest relative error {worst:.0e}"
    return Verified(f"{name} by central differences", worst < 1e-6, told_so.replace("e-", "e−"))


def _label(found: Derivation) -> str:
    """Return the name of the derivative: that of the last step, or ∂f/∂x."""
    for line in reversed(found.steps):
        if isinstance(line.left, str):
            return line.left
    return f"∂{found.name}/" + "".join(f"∂{v}" for v in found.variables)
