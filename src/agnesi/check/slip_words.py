"""What differs between a wrong line and the repaired one, in words."""

from __future__ import annotations

from agnesi.check.slip_places import name_of
from agnesi.expr.nodes import Const, Expr


def difference(line: Expr, whole: Expr) -> tuple[Expr, Expr]:
    """Return the smallest part in which two expressions differ, as it stands in each."""
    while name_of(line) == name_of(whole) and len(line.args) == len(whole.args):
        apart = [(a, b) for a, b in zip(line.args, whole.args, strict=True) if a is not b]
        if len(apart) != 1 or apart[0][0].ndim != apart[0][1].ndim:
            break
        line, whole = apart[0]
    return line, whole


def changed(wrong: Expr, right: Expr) -> str:
    """Say what to put in place of what: "with X⁻¹ in place of X", "with the term λw", "without the factor 2"."""
    before = list(wrong.args) if name_of(wrong) == "add" else [wrong]
    after = list(right.args) if name_of(right) == "add" else [right]
    more, less = _without(after, before), _without(before, after)
    if len(more) == 1 and not less and len(after) == len(before) + 1 and not isinstance(more[0], Const):
        return f"with the term {more[0]}"
    if len(less) == 1 and not more and len(before) == len(after) + 1 and not isinstance(less[0], Const):
        return f"without the term {less[0]}"
    if len(more) == len(less) == 1 and len(before) == len(after) > 1:
        return changed_factors(less[0], more[0])
    return changed_factors(wrong, right)


def changed_factors(wrong: Expr, right: Expr) -> str:
    """Say by which factor two terms differ, or which part stands in place of which."""
    sides = [n.args[0] if name_of(n) == "neg" else n for n in (wrong, right)]
    before, after = (list(n.args) if name_of(n) in ("mul", "hadamard") else [n] for n in sides)
    more, less = _without(after, before), _without(before, after)
    if name_of(wrong) == "neg" == name_of(right) or "neg" not in (name_of(wrong), name_of(right)):
        if len(more) == 1 and not less and len(after) == len(before) + 1 > 2:
            return f"with the factor {more[0]}"
        if len(less) == 1 and not more and len(before) == len(after) + 1:
            return f"without the factor {less[0]}"
    return f"with {right} in place of {wrong}"


def _without(parts: list[Expr], gone: list[Expr]) -> list[Expr]:
    left = list(gone)
    out: list[Expr] = []
    for part in parts:
        if part in left:
            left.remove(part)
        else:
            out.append(part)
    return out
