"""Convexity by composition: which functions of convex functions are convex (Boyd & Vandenberghe 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, constant, fold, postorder
from agnesi.ops.facts import facts
from agnesi.rules.bases import has_fact
from agnesi.rules.powers import nonnegative


def composition(f: Expr, variable: Symbol, assumed: dict[str, None] | None = None) -> str:
    """Return "constant", "affine", "convex", "concave" or "" by the rules of composition (Boyd 3.2).

    Scalars of unknown sign are assumed nonnegative where that helps, and their names are added to `assumed`.
    """
    needed: dict[str, None] = {} if assumed is None else assumed

    def step(node: Expr, kinds: tuple[str, ...]) -> str:
        if node is variable:
            return "affine"
        if not kinds or all(k == "constant" for k in kinds):
            return "constant"
        if isinstance(node, Bind):
            return kinds[0] if node.op.name == "Sum" else "convex" if node.op.name == "Max" and kinds[0] in _UP else ""
        return _composed(node, kinds, needed) if isinstance(node, Apply) else ""

    return fold(f, step)


def built_from(f: Expr, variable: Symbol) -> str:
    """Return, in words, the curved functions of affine arguments that f is built from."""
    names: dict[str, None] = {}
    for node in postorder(f):
        if isinstance(node, Apply) and node.op.convex and composition(node.args[0], variable) == "affine":
            names.setdefault(node.op.name)
        elif (
            isinstance(node, Apply)
            and node.op.name in ("pow", "epow")
            and composition(node.args[0], variable) == "affine"
        ):
            names.setdefault("a square" if node.args[1] == constant(2) else "a power")
    listed = ", ".join(names)
    return "built by rules that keep convexity" + (
        f" from {listed} of functions affine in {variable.name}" if listed else ""
    )


_UP = ("constant", "affine", "convex")
_DOWN = ("constant", "affine", "concave")


def _composed(node: Apply, kinds: tuple[str, ...], assumed: dict[str, None]) -> str:
    name = node.op.name
    if name == "add":
        return _joined(kinds)
    if name == "neg":
        return _flipped(kinds[0])
    if name in ("mul", "hadamard", "div", "ediv", "inner"):
        return _scaled(node, kinds, assumed)
    if node.op.linear:
        return kinds[0] if kinds[0] == "affine" or name in ("sum", "mean", "entry", "diag", "vec", "tr") else ""
    if name in ("pow", "epow") and isinstance(node.args[1], Const):
        return _powered(node, kinds[0])
    if name == "maximum":
        return "convex" if all(k in _UP for k in kinds) else ""
    if name == "norm_quad" and not _semidefinite_symbol(node.args[1]):
        return ""
    if name == "logdet" and kinds[0] == "affine" and _symmetric_positive(node.args[0]):
        return "concave"
    if node.op.convex == 1 and (kinds[0] == "affine" or (node.op.monotone == 1 and kinds[0] == "convex")):
        return "convex"
    if node.op.convex == 1 and name == "logsumexp" and kinds[0] == "convex":
        return "convex"
    if node.op.convex == -1 and (kinds[0] == "affine" or (node.op.monotone == 1 and kinds[0] == "concave")):
        return "concave"
    return ""


def _joined(kinds: Sequence[str]) -> str:
    if all(k in ("constant", "affine") for k in kinds):
        return "affine"
    if all(k in _UP for k in kinds):
        return "convex"
    return "concave" if all(k in _DOWN for k in kinds) else ""


def _flipped(kind: str) -> str:
    return {"convex": "concave", "concave": "convex"}.get(kind, kind)


def _scaled(node: Apply, kinds: tuple[str, ...], assumed: dict[str, None]) -> str:
    """A product with one factor that varies: affine stays affine; a convex one wants factors of known sign."""
    moving = [k for k, kind in enumerate(kinds) if kind != "constant"]
    if len(moving) != 1 or (node.op.name in ("div", "ediv") and moving[0] == 1):
        return ""
    kind = kinds[moving[0]]
    if kind == "affine":
        return "affine"
    sign = 1
    for k, arg in enumerate(node.args):
        if k != moving[0]:
            found = _sign(arg)
            if found == 0 and isinstance(arg, Symbol) and not arg.shape and "random" not in arg.facts:
                under = node.op.name in ("div", "ediv") and k == 1
                assumed[f"{arg.name} {'>' if under else '≥'} 0"] = None
                found = 1
            if found == 0:
                return ""
            sign *= found
    return kind if sign > 0 else _flipped(kind)


def _sign(node: Expr) -> int:
    if isinstance(node, Const):
        return 1 if node.value >= 0 else -1
    if isinstance(node, Apply) and node.op.name == "neg":
        return -_sign(node.args[0])
    if isinstance(node, Apply) and node.op.name in ("mul", "div", "hadamard", "ediv"):
        product = 1
        for arg in node.args:
            product *= _sign(arg)
        return product
    if isinstance(node, Apply) and node.op.name == "transpose":
        return _sign(node.args[0])
    return (
        1 if nonnegative(node) or positive_entries(node) or (isinstance(node, Apply) and node.op.name == "ones") else 0
    )


def _powered(node: Apply, kind: str) -> str:
    power = node.args[1]
    assert isinstance(power, Const)
    if kind == "affine" and isinstance(power.value, int) and power.value > 0 and power.value % 2 == 0:
        return "convex"
    if kind == "convex" and power.value >= 1 and _sign(node.args[0]) > 0:
        return "convex"
    return kind if power.value == 1 else ""


def _semidefinite_symbol(node: Expr) -> bool:
    if isinstance(node, Apply) and node.op.name == "inv":
        return _symmetric_positive(node.args[0])
    return isinstance(node, Symbol) and "psd" in facts.closure(node.facts)


def _symmetric_positive(node: Expr) -> bool:
    return isinstance(node, Symbol) and "spd" in facts.closure(node.facts)


def positive_entries(node: Expr) -> bool:
    """Tell whether all entries are surely above 0."""
    return has_fact(node, "positive") or (isinstance(node, Apply) and node.op.name in ("size", "pi", "euler"))
