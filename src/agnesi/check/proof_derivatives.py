"""Why a derivative is what it is: the laws of the differential, line by line."""

from __future__ import annotations

from agnesi.check.proof_steps import ProofStep
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol
from agnesi.rules.derive import resolved
from agnesi.rules.steps import explain

DERIVED = ProofStep("the derivative, carried out by the rules of the differential", "Magnus & Neudecker 5")
MOST = 12


def derivation_steps(node: Expr) -> tuple[ProofStep, ...]:
    """Return the lines of the derivation of a derivative in one symbol; of others, that it was carried out.

        >>> from agnesi.expr.nodes import apply, symbol
        >>> x = symbol("x", ("n",))
        >>> print(*derivation_steps(apply("derivative", x.T @ x, x, attrs=("nabla",))), sep="; ")
        d‖u‖² = 2uᵀ du (Matrix Cookbook 2.6); df = (∇f)ᵀ dx (MML 5.2)
    """
    if not isinstance(node, Apply) or node.op.name != "derivative":
        return (DERIVED,)
    f, *variables = node.args
    if len(variables) != 1 or not isinstance(variables[0], Symbol):
        return (DERIVED,)
    try:
        lines = explain(f, variables[0], resolved(node), "fewer")
    except AgnesiError:
        return (DERIVED,)
    steps = tuple(ProofStep(x.rule, x.source, x.right) for x in lines if x.kind not in ("given", "definition"))
    return steps if 0 < len(steps) <= MOST else (DERIVED,)
