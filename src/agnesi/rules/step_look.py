"""What can be seen of a written expression: its operation, its differentials, its numbers, whether it is symmetric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, postorder
from agnesi.ops.facts import facts

Number = Fraction | float


def op_of(node: Expr) -> str:
    """Return the name of the operation at the top, or "" for constants, symbols and indices."""
    return node.op.name if isinstance(node, (Apply, Bind)) else ""


def differential_of(node: Expr) -> Expr:
    """Return d(node), unevaluated."""
    return apply("d", node)


def has_d(root: Expr) -> bool:
    """Tell whether an expression holds a differential."""
    if root._memo is not None and "has_d" in root._memo:
        return bool(root._memo["has_d"])
    for node in postorder(root, below=_unknown):
        found = op_of(node) == "d" or any(a._memo is not None and a._memo.get("has_d") for a in node.args)
        node.memo("has_d", _constantly(found))
    return bool(root.memo("has_d", lambda: False))


def _constantly(value: bool) -> Callable[[], bool]:
    return lambda: value


def _unknown(node: Expr) -> Iterable[Expr]:
    if op_of(node) == "d":
        return ()
    return (a for a in node.args if a._memo is None or "has_d" not in a._memo)


def number_of(node: Expr) -> Number | None:
    """Return the number that a written literal is (2, ½, −3, 0.5), or None."""
    match node:
        case Const():
            return node.value if isinstance(node.value, float) else Fraction(node.value)
        case Apply() if node.op.name == "neg" and isinstance(node.args[0], (Const, Apply)):
            inner = node.args[0]
            found = number_of(inner) if isinstance(inner, Const) or op_of(inner) == "div" else None
            return None if found is None else -found
        case Apply() if node.op.name == "div" and all(isinstance(a, Const) for a in node.args):
            top, bottom = (number_of(a) for a in node.args)
            return top / bottom if top is not None and bottom else None
    return None


def is_zero(node: Expr) -> bool:
    """Tell whether a node is written as zero."""
    return op_of(node) == "zeros" or (isinstance(node, Const) and node.value == 0)


def is_symmetric(root: Expr) -> bool:
    """Tell whether a written matrix is symmetric for a reason that can be seen."""
    return bool(root.memo("symmetric as written", lambda: _symmetric(root)))


def _symmetric(root: Expr) -> bool:
    if root.ndim != 2 or root.shape[0] != root.shape[1]:
        return not root.shape
    seen: dict[Expr, bool] = {}
    for node in postorder(root, below=lambda n: n.args if op_of(n) in _KEEPS else ()):
        match op_of(node):
            case "" if isinstance(node, Symbol):
                seen[node] = "symmetric" in facts.closure(node.facts) or not node.shape
            case "eye" | "diag":
                seen[node] = True
            case "ones" | "zeros":
                seen[node] = True
            case "mul":
                seen[node] = all(seen[a] for a in node.args if a.shape) and sum(bool(a.shape) for a in node.args) == 1
                seen[node] = seen[node] or palindrome(node.args)
            case "add":
                counts = Counter(node.args)
                seen[node] = all(seen[a] for a in node.args) or counts == Counter(_mirror(a) for a in node.args)
            case name if name in _KEEPS:
                seen[node] = all(seen[a] for a in node.args)
            case _:
                seen[node] = not node.shape
    return seen[root]


_KEEPS = {"add", "neg", "inv", "transpose", "div", "mul", "matpow", "expm", "sqrtm", "logm"}


def palindrome(factors: Iterable[Expr]) -> bool:
    """Tell whether a product reads the same when transposed, as XᵀSX does."""
    chain = [f for f in factors if f.shape]
    turned = [_mirror(f) for f in reversed(chain)]
    return len(chain) > 1 and all(a is b for a, b in zip(chain, turned, strict=True))


def _mirror(factor: Expr) -> Expr:
    inside = factor.args[0] if op_of(factor) == "inv" else factor
    known = isinstance(inside, Symbol) and "symmetric" in facts.closure(inside.facts)
    if known or op_of(inside) in ("eye", "diag"):
        return factor
    return factor.args[0] if op_of(factor) == "transpose" else apply("transpose", factor)


def differentials(root: Expr) -> list[Expr]:
    """Return the distinct d-nodes of an expression, in reading order."""
    if not has_d(root):
        return []
    walk = postorder(root, below=lambda n: (a for a in n.args if has_d(a)) if op_of(n) != "d" else ())
    return [n for n in walk if op_of(n) == "d"]
