"""The Jacobian of a matrix-valued function through vec: vec(AXB) = (Bᵀ ⊗ A) vec X (Magnus & Neudecker 2.4)."""

from __future__ import annotations

from agnesi.expr.nodes import Expr, Symbol, apply
from agnesi.rules.simplify import over, plus, times, transposed
from agnesi.rules.step_collect import Term, settle
from agnesi.rules.step_line import Line
from agnesi.rules.step_look import differential_of, has_d, op_of

KRON = "vec(AXB) = (Bᵀ ⊗ A) vec X"
OUTER = "vec(uvᵀ) = v ⊗ u"
HADAMARD = "vec(V ⊙ U) = diag(vec V) vec U"


def vec_lines(f: Expr, df: Expr, variable: Symbol, name: str = "f") -> list[Line]:
    """Return the lines vec df = J vec dX and ∂vec f/∂(vec X)ᵀ = J; none where the dX stand in no such products."""
    if not f.shape or not variable.shape or f.ndim + variable.ndim < 3 or f.ndim > 2 or variable.ndim > 2:
        return []
    if f.ndim == 2 and f.shape[0].number == 1:
        return []
    start = df
    words = list[str]()
    if op_of(df) == "vec" and has_d(df):
        start = df.args[0]
    terms, _ = settle([Term(start, scalar=False)])
    parts = [jacobian_of(t, variable, start.ndim == 2, words) for t in terms]
    if any(p is None for p in parts):
        return []
    whole = plus(*(p for p in parts if p is not None))
    dx = differential_of(variable)
    dx = apply("vec", dx) if variable.ndim == 2 else dx
    of = f"vec {name}" if f.ndim == 2 else name
    by = f"∂(vec {variable.name})ᵀ" if variable.ndim == 2 else f"∂{variable.name}ᵀ"
    moved = f"vec d{name}" if f.ndim == 2 else f"d{name}"
    first = Line(moved, times(whole, dx), "; ".join(dict.fromkeys(words)), "Magnus & Neudecker 2.4", "vec")
    read = f"{moved} = J {'vec d' if variable.ndim == 2 else 'd'}{variable.name}"
    return [first, Line(f"∂{of}/{by}", whole, read, "Magnus & Neudecker 9.4", "vec")]


def jacobian_of(term: Term, variable: Symbol, matrix: bool, words: list[str]) -> Expr | None:
    """Return J with vec(term) = J vec dX."""
    active, mask = term.active, None
    if op_of(active) == "hadamard" and len(active.args) == 2 and active.ndim == 2:
        live = next(a for a in active.args if has_d(a))
        mask = next(a for a in active.args if a is not live)
        active = live
    dx = differential_of(variable)
    if term.sums or term.trace or (mask is not None and has_d(mask)):
        return None
    if not (active is dx or (op_of(active) == "transpose" and active.args[0] is dx and variable.ndim == 1)):
        return None
    left, right = times(*term.left) if term.left else None, times(*term.right) if term.right else None
    if variable.ndim == 1 and not matrix:
        return None
    if variable.ndim == 1:
        body = vector_jacobian(active, dx, left, right)
        words.append(OUTER if body is not None else "")
    else:
        body = matrix_jacobian(variable, left, right)
        words.append(KRON if left is not None or right is not None else "")
    if body is None:
        return None
    if mask is not None:
        body = times(body, apply("diag", apply("vec", mask)))
        words.append(HADAMARD)
    words[:] = [w for w in words if w]
    whole = times(*term.scalars, body)
    return over(whole, times(*term.below)) if term.below else whole


def matrix_jacobian(variable: Symbol, left: Expr | None, right: Expr | None) -> Expr:
    """Return Rᵀ ⊗ L for L dX R, with an identity for what is not there."""
    rows, columns = variable.shape
    if left is None and right is None:
        return apply("eye", attrs=(rows * columns,))
    turned = transposed(right) if right is not None else apply("eye", attrs=(columns,))
    return apply("kron", turned, left if left is not None else apply("eye", attrs=(rows,)))


def vector_jacobian(active: Expr, dx: Expr, left: Expr | None, right: Expr | None) -> Expr | None:
    """Return r ⊗ L for L dx rᵀ, and R ⊗ l (R turned) for l dxᵀ R."""
    (size,) = dx.shape
    if active is dx:
        if right is None or right.ndim != 2 or right.shape[0].number != 1:
            return None
        return apply("kron", transposed(right), left if left is not None else apply("eye", attrs=(size,)))
    if left is None or left.ndim != 1:
        return None
    return apply("kron", transposed(right) if right is not None else apply("eye", attrs=(size,)), left)
