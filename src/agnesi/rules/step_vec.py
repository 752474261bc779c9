"""The Jacobian of a matrix-valued function through vec: vec(AXB) = (Bᵀ ⊗ A) vec X (Magnus & Neudecker 2.4)."""

from __future__ import annotations

from agnesi.expr.nodes import Expr, Symbol, apply, postorder
from agnesi.rules.simplify import entrywise, over, plus, times, transposed
from agnesi.rules.step_collect import Term, settle
from agnesi.rules.step_line import Line
from agnesi.rules.step_look import differential_of, has_d, op_of

KRON = "vec(AXB) = (Bᵀ ⊗ A) vec X"
OUTER = "vec(uvᵀ) = v ⊗ u"
HADAMARD = "vec(V ⊙ U) = diag(vec V) vec U"
NESTED = 8  # entrywise products inside one another, past which the Jacobian is not worth reading


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
    if any(op_of(n) == "mul" and n.ndim == 2 and has_d(n) and scalar_moves(n) for n in postorder(start)):
        return []
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


def scalar_moves(product: Expr) -> bool:
    """Tell whether it is a number in front of a matrix that holds the differential: there vec needs another rule."""
    return any(has_d(a) and not a.shape for a in product.args)


def jacobian_of(term: Term, variable: Symbol, matrix: bool, words: list[str], depth: int = 0) -> Expr | None:
    """Return J with vec(term) = J vec dX (or term = J vec dX, for a vector); None where there is no such product."""
    left = times(*term.left) if term.left else None
    right = times(*term.right) if term.right else None
    dx = differential_of(variable)
    body: Expr | None = None
    if term.sums or term.trace or depth > NESTED:
        return None
    if op_of(term.active) == "hadamard":
        body = masked(term, variable, words, depth)
        if body is not None and (left is not None or right is not None):
            body = times(sandwich(term.active, left, right), body)
    elif variable.ndim == 1 and matrix:
        body = vector_jacobian(term.active, dx, left, right)
        words.append(OUTER)
    elif variable.ndim == 2 and term.active is dx:
        body = sandwich(dx, left, right)
        words += [KRON] if left is not None or right is not None else []
    if body is None:
        return None
    whole = times(*term.scalars, body)
    return over(whole, times(*term.below)) if term.below else whole


def masked(term: Term, variable: Symbol, words: list[str], depth: int) -> Expr | None:
    """Return the Jacobian of V ⊙ dU: diag(vec V) times that of dU."""
    active = term.active
    live = [a for a in active.args if has_d(a)]
    if len(live) != 1 or not live[0].shape or (variable.ndim == 1 and active.ndim < 2):
        return None
    mask = entrywise(*(a for a in active.args if a is not live[0]))
    if not mask.shape:
        return None
    inner, _ = settle([Term(live[0], scalar=False)])
    parts = [jacobian_of(t, variable, active.ndim == 2, words, depth + 1) for t in inner]
    if any(p is None for p in parts):
        return None
    words.append(HADAMARD if active.ndim == 2 else "v ⊙ u = diag(v) u")
    inside = plus(*(p for p in parts if p is not None))
    return times(apply("diag", apply("vec", mask) if mask.ndim == 2 else mask), inside)


def sandwich(inner: Expr, left: Expr | None, right: Expr | None) -> Expr:
    """Return Rᵀ ⊗ L for L U R, with an identity for what is not there."""
    if inner.ndim == 1:
        return left if left is not None else apply("eye", attrs=inner.shape)
    rows, columns = inner.shape
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
