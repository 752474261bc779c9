"""Pairs of factors that become something simpler: M⁻¹M, |u| sign(u), e^u σ(−u), e^u / Σ e^u, joined slots, ..."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, Index, apply
from agnesi.expr.operation import operations
from agnesi.rules.bases import as_form, exp_sum, has_fact
from agnesi.rules.batch import lifted
from agnesi.rules.canon import combine, key, symmetric
from agnesi.rules.forms import Factor, Form, Label, Term, build, identity

Lone = Callable[[Label, int], bool]
Rewritten = tuple[list[Factor], int] | None


def drop(dims: dict[int, Dim], label: Label) -> None:
    """Forget a summed label."""
    if isinstance(label, int):
        dims.pop(label, None)


def orthogonal_pair(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
    """QᵀQ = I, and QQᵀ = I for a square Q."""
    if not has_fact(factor.base, "orthogonal") or factor.base.ndim != 2 or factor.power not in (1, 2):
        return None
    square = factor.base.shape[0] == factor.base.shape[1]
    for axis in (0, 1) if square else (0,):
        x = factor.labels[axis]
        if factor.power == 2:
            if lone(x, 1):
                drop(dims, x)
                return rest, 1
            continue
        for other in rest:
            if other.base is factor.base and other.power == 1 and other.labels[axis] == x and lone(x, 2):
                drop(dims, x)
                delta = Factor(identity(factor.base.shape[1 - axis]), (factor.labels[1 - axis], other.labels[1 - axis]))
                return [f for f in rest if f is not other] + [delta], 1
    return None


def inverse_pair(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
    """M⁻¹M = MM⁻¹ = I, in either orientation where M is symmetric."""
    assert isinstance(factor.base, Apply)
    inner = factor.base.args[0]
    batch, (a, b) = factor.labels[:-2], factor.labels[-2:]
    name, swaps = key(inner), symmetric(inner)
    for other in rest:
        if other.power != 1 or key(other.base) != name or other.labels[:-2] != batch:
            continue
        c, d = other.labels[-2:]
        for left, right, near, far in ((b, c, a, d), (a, d, b, c), *(((b, d, a, c), (a, c, b, d)) if swaps else ())):
            if left == right and lone(left, 2):
                drop(dims, left)
                delta = Factor(identity(inner.shape[-1]), (near, far))
                return [f for f in rest if f is not other] + [delta], 1
    return None


def constant_pair(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
    """Σ_p F_pab F_pcd = δ_ac δ_bd; Σ_p S_pa S'_pb = δ_ab for the same slot, 0 for slots that do not overlap."""
    assert isinstance(factor.base, Apply)
    p = factor.labels[0]
    for other in rest:
        if other.power == 1 and isinstance(other.base, Apply) and other.base.op.name == "plus" and lone(p, 2):
            picked = _picked(factor, other, dims)
            if picked is not None:
                return [f for f in rest if f is not other] + picked[0], picked[1]
        same = other.base is factor.base and factor.base.op.name == "fuse" and other.labels[1:] == factor.labels[1:]
        if same and all(lone(x, 2) for x in factor.labels[1:]):
            for x in factor.labels[1:]:
                drop(dims, x)
            delta = Factor(identity(factor.base.shape[0]), (p, other.labels[0]))
            return [f for f in rest if f is not other] + [delta], 1
        if (
            not isinstance(other.base, Apply)
            or other.base.op is not factor.base.op
            or other.labels[0] != p
            or not lone(p, 2)
        ):
            continue
        others = [f for f in rest if f is not other]
        if other.base is factor.base:
            if factor.base.op.name == "slot" and not whole_slot(factor.base):
                continue
            drop(dims, p)
            pairs = zip(factor.labels[1:], other.labels[1:], factor.base.shape[1:], strict=True)
            return others + [Factor(identity(dim), (a, b)) for a, b, dim in pairs], 1
        if factor.base.op.name == "slot" and _apart(factor.base, other.base):
            return rest, 0
    return None


def _picked(factor: Factor, other: Factor, dims: dict[int, Dim]) -> Rewritten:
    """A slot picks one block out of a sum of blocks: Sᵀ(S a + S' b) = a."""
    p = factor.labels[0]
    if p not in other.labels or not isinstance(factor.base, Apply) or not whole_slot(factor.base):
        return None
    found = []
    for term in as_form(other.base).at(other.labels):
        slots = [f for f in term.factors if isinstance(f.base, Apply) and f.base.op.name == "slot" and f.labels[0] == p]
        if len(slots) != 1:
            return None
        if slots[0].base is factor.base:
            found.append((term, slots[0]))
        elif not isinstance(slots[0].base, Apply) or not _apart(factor.base, slots[0].base):
            return None
    if len(found) != 1 or found[0][0].coef != 1:
        return ([], 0) if not found else None
    term, slot = found[0]
    drop(dims, p)
    dims.update({x: d for x, d in term.dims.items() if x != p})
    delta = Factor(identity(factor.base.shape[1]), (slot.labels[1], factor.labels[1]))
    return [*(f for f in term.factors if f is not slot), delta], 1


def whole_slot(base: Apply) -> bool:
    """Tell whether a slot lies within its axis: a shift by one that runs over the end does not."""
    if base.op.name != "slot":
        return False
    offset, width, total = (Dim.of(d) for d in base.attrs)
    return all(c >= 0 for dim in (offset, total - (offset + width)) for _, c in dim.terms)


def _apart(left: Apply, right: Apply) -> bool:
    """Tell whether two slots of one axis surely do not overlap (blocks laid end to end)."""
    (o1, w1, _), (o2, w2, _) = left.attrs, right.attrs
    gap1, gap2 = Dim.of(o2) - (Dim.of(o1) + w1), Dim.of(o1) - (Dim.of(o2) + w2)
    return any(all(c >= 0 for _, c in gap.terms) for gap in (gap1, gap2))


def absolute_value(factor: Factor, rest: list[Factor]) -> Rewritten:
    """|u| sign(u) = u, |u|² = u²."""
    assert isinstance(factor.base, Apply)
    inner = factor.base.args[0]
    for other in rest:
        if isinstance(other.base, Apply) and other.base.op.name == "sign" and other.base.args[0] is inner:
            if other.labels == factor.labels and other.power == 1 and factor.power >= 1:
                kept = [f for f in rest if f is not other]
                less = [Factor(factor.base, factor.labels, factor.power - 1)] if factor.power > 1 else []
                return [*kept, *less, Factor(inner, factor.labels)], 1
    if factor.power == int(factor.power) and factor.power % 2 == 0:
        return [*rest, Factor(inner, factor.labels, factor.power)], 1
    return None


def even_slope(factor: Factor, rest: list[Factor]) -> Rewritten:
    """σ(u)(1 − σ(u)) is even: a sign in front of u, a number or one declared ±1, does not matter."""
    assert isinstance(factor.base, Apply)
    u = as_form(factor.base.args[0])
    if factor.power != 1 or len(u.terms) != 1:
        return None
    (term,) = u.terms
    signs = [f for f in term.factors if has_fact(f.base, "sign") and f.power == 1]
    others = tuple(f for f in term.factors if f not in signs)
    carried = {x for f in others for x in f.labels}
    axes = range(len(u.shape))
    entrywise = all(x in carried and (isinstance(x, Index) or x in axes) for f in signs for x in f.labels)
    if not entrywise or (term.coef > 0 and not signs):
        return None
    slope = key(_one_minus(factor.base))
    for other in rest:
        if other.labels == factor.labels and other.power == 1 and key(other.base) == slope:
            size = term.coef if term.coef > 0 else -term.coef
            inner = apply("sigmoid", build(Form(u.shape, [Term(size, others, term.dims)])))
            kept = [f for f in rest if f is not other]
            return [*kept, Factor(inner, factor.labels), Factor(_one_minus(inner), factor.labels)], 1
    return None


def _one_minus(base: Expr) -> Expr:
    ones = Term(Fraction(1), (), dict(enumerate(base.shape)))
    axes = tuple(range(base.ndim))
    return build(Form(base.shape, [ones, Term(Fraction(-1), (Factor(base, axes),), dict(enumerate(base.shape)))]))


def sigmoid_times_exp(factor: Factor, rest: list[Factor]) -> Rewritten:
    """e^u σ(−u) = σ(u)."""
    if factor.power < 1 or factor.power != int(factor.power):
        return None
    for other in rest:
        if (
            isinstance(other.base, Apply)
            and other.base.op.name == "exp"
            and other.labels == factor.labels
            and other.power >= 1
        ):
            assert isinstance(factor.base, Apply)
            u = other.base.args[0]
            if key(factor.base.args[0]) == key(_negative(u)):
                kept = [f for f in rest if f is not other]
                flipped = Factor(apply("sigmoid", u), factor.labels)
                less = [Factor(f.base, f.labels, f.power - 1) for f in (factor, other) if f.power > 1]
                return [*kept, flipped, *less], 1
    return None


def _negative(node: Expr) -> Expr:
    return build(as_form(node).scaled(Fraction(-1)))


def softmax_quotient(factor: Factor, rest: list[Factor]) -> Rewritten:
    """e^u_i / Σ_j e^u_j = softmax(u)_i."""
    base = factor.base
    if (
        not isinstance(base, Apply)
        or base.op.name != "einsum"
        or factor.power >= 0
        or factor.power != int(factor.power)
    ):
        return None
    total = exp_sum(base)
    if total is None:
        return None
    u, axis = total
    for other in rest:
        if (
            isinstance(other.base, Apply)
            and other.base.op.name == "exp"
            and other.power >= 1
            and other.base.args[0] is u
        ):
            outer = tuple(x for k, x in enumerate(other.labels) if k != axis)
            if outer == factor.labels:
                turned = build(Form(u.shape, as_form(u).terms), [k for k in range(u.ndim) if k != axis] + [axis])
                soft = Factor(lifted(operations["softmax"], [turned], (), u.ndim - 1), (*outer, other.labels[axis]))
                kept = [f for f in rest if f is not other]
                less = []
                if other.power > 1:
                    less.append(Factor(other.base, other.labels, other.power - 1))
                if factor.power < -1:
                    less.append(Factor(base, factor.labels, factor.power + 1))
                return [*kept, soft, *less], 1
    return None


def power_pair(factor: Factor, rest: list[Factor]) -> Rewritten:
    """u^p u^q = u^(p + q), and u u^p = u^(p + 1), entry by entry."""
    assert isinstance(factor.base, Apply)
    u, p = factor.base.args
    for other in rest:
        whole = Fraction(other.power).denominator == 1 == Fraction(factor.power).denominator
        if other.labels != factor.labels or not whole:
            continue
        if isinstance(other.base, Apply) and other.base.op.name == "power" and other.base.args[0] is u:
            more = as_form(other.base.args[1]).scaled(Fraction(other.power))
        elif other.base is u:
            ones = Term(Fraction(other.power), (), dict(enumerate(u.shape)))
            more = Form(u.shape, [ones])
        else:
            continue
        total = combine(Form(u.shape, [*as_form(p).scaled(Fraction(factor.power)).terms, *more.terms]))
        kept = [f for f in rest if f is not other]
        if not total.terms:
            return kept, 1
        if len(total.terms) == 1 and not total.terms[0].factors and isinstance(total.terms[0].coef, Fraction):
            return [*kept, Factor(u, factor.labels, total.terms[0].coef)], 1
        return [*kept, Factor(apply("power", u, build(total)), factor.labels)], 1
    return None
