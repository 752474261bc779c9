"""Integrands whose logarithms have values where their densities underflow: log(λ e^(−λx)) is log λ − λx."""

from __future__ import annotations

from agnesi.expr.nodes import Apply, Bind, Expr, apply, fold, postorder, with_args


def with_logs_open(root: Expr) -> Expr:
    """Return an expression in which integrals hold log a + u for log(a e^u)."""
    if not any(isinstance(n, Bind) and n.op.name == "Integral" for n in postorder(root)):
        return root

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Bind) and node.op.name == "Integral":
            below = (fold(below[0], _opened), *below[1:])
        return with_args(node, below)

    return fold(root, step)


def _opened(node: Expr, below: tuple[Expr, ...]) -> Expr:
    if isinstance(node, Apply) and node.op.name == "log" and not node.shape:
        (inside,) = below
        parts = inside.args if isinstance(inside, Apply) and inside.op.name == "mul" else (inside,)
        powers = [p.args[0] for p in parts if isinstance(p, Apply) and p.op.name == "exp" and not p.shape]
        others = [p for p in parts if not (isinstance(p, Apply) and p.op.name == "exp")]
        if powers and all(not p.shape for p in parts):
            factors = [apply("mul", *others) if len(others) > 1 else others[0]] if others else []
            terms = [*(apply("log", f) for f in factors), *powers]
            return apply("add", *terms) if len(terms) > 1 else terms[0]
    return with_args(node, below)
