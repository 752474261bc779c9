"""A derivation of Agnesi as a worked result, so that derivatives of arrays are shown as all other algorithms are."""

from __future__ import annotations

from typing import Any

from agnesi.calculus.derivatives import sentence
from agnesi.derivation import Derivation, derive, rows_of
from agnesi.expr.nodes import Expr
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
    return Worked(
        "derivative", (formula(found.name, found.function),), found.result, answer, steps, (agrees,),
        {"function": found.function, "variable": found.variables[0]}, found.notes,
    )  # fmt: skip


def _label(found: Derivation) -> str:
    """Return the name of the derivative: that of the last step, or ∂f/∂x."""
    for line in reversed(found.steps):
        if isinstance(line.left, str):
            return line.left
    return f"∂{found.name}/" + "".join(f"∂{v}" for v in found.variables)
