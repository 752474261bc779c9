"""Simplifying one product: deltas dissolve, equal factors gather, inverses cancel, facts apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from math import isqrt

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply
from agnesi.expr.operation import operations
from agnesi.ops.facts import facts
from agnesi.rules.batch import lifted
from agnesi.rules.canon import combine, key, symmetric
from agnesi.rules.forms import (
    Coef,
    Factor,
    Form,
    Label,
    Term,
    build,
    exact,
    fresh,
    identity,
    is_delta,
    leaf,
    unbuild,
)

Lone = Callable[[Label, int], bool]
Rewritten = tuple[list[Factor], int] | None


def has_fact(node: Expr, fact: str) -> bool:
    """Tell whether a base is declared or known to have a fact."""
    if isinstance(node, Symbol):
        return fact in facts.closure(node.facts)
    return isinstance(node, Apply) and node.op.range in facts and fact in facts.closure((node.op.range,))


def power_of(coef: Coef, power: Fraction | int) -> Coef | None:
    """Return coef^power where it is exact, else None."""
    if isinstance(coef, float):
        return coef ** float(power) if coef > 0 else None
    if power == int(power):
        return Fraction(coef) ** int(power) if coef else None
    if coef <= 0 or Fraction(power).denominator != 2:
        return None
    top, bottom = isqrt(coef.numerator), isqrt(coef.denominator)
    if top * top != coef.numerator or bottom * bottom != coef.denominator:
        return None
    return Fraction(top, bottom) ** int(2 * power)


def simplify(term: Term, width: int) -> Term | None:
    """Return the simplified product (None for zero); labels below `width` are axes, the rest is summed."""
    while True:
        coef, factors, dims = term.coef, list(term.factors), dict(term.dims)
        if coef == 0:
            return None
        factors = _dissolve(factors, dims, width)
        factors, coef = _inline(factors, dims, coef)
        coef = _count(factors, dims, coef, width)
        factors = _gather(factors)
        changed, factors, coef = _rewrite(factors, dims, coef, width)
        if coef == 0:
            return None
        term = Term(coef, tuple(factors), dims, term.rank)
        if not changed:
            return term


def _dissolve(factors: list[Factor], dims: dict[int, Dim], width: int) -> list[Factor]:
    """Remove deltas that have a summed label; δ_ii over a summed label counts its size."""

    def summed(x: Label) -> bool:
        return isinstance(x, int) and x >= width

    deltas = [f for f in factors if is_delta(f)]
    if not deltas:
        return factors
    rest = [f for f in factors if not is_delta(f)]
    names: dict[Label, Label] = {}
    kept: list[Factor] = []

    def final(x: Label) -> Label:
        while x in names:
            x = names[x]
        return x

    for delta in deltas:
        a, b = (final(x) for x in delta.labels)
        if a == b:
            continue
        if summed(a):
            names[a] = b
        elif summed(b):
            names[b] = a
        else:
            kept.append(Factor(delta.base, (a, b)))
    if names:
        table = {x: final(x) for x in names}
        for x in table:
            if isinstance(x, int):
                _drop(dims, x)
        rest = [f.renamed(table) for f in rest]
        kept = [f.renamed(table) for f in kept]
    return rest + _distinct(kept)


def _count(factors: list[Factor], dims: dict[int, Dim], coef: Coef, width: int) -> Coef:
    """Turn a summed label that no factor carries into its size, as a number."""
    carried = {x for f in factors for x in f.labels}
    for x in [x for x in dims if x >= width and x not in carried]:
        dim = dims.pop(x)
        if dim.number is not None:
            coef *= dim.number
        elif len(dim.terms) == 1:
            ((names, times),) = dim.terms
            coef *= times
            factors += [Factor(apply("size", attrs=(Dim.of(n),)), ()) for n in names]
        else:
            factors.append(Factor(apply("size", attrs=(dim,)), ()))
    return coef


def _drop(dims: dict[int, Dim], label: Label) -> None:
    """Forget a summed label."""
    if isinstance(label, int):
        dims.pop(label, None)


def _distinct(deltas: list[Factor]) -> list[Factor]:
    seen, out = set(), []
    for delta in deltas:
        name = frozenset(delta.labels)
        if len(name) > 1 and name not in seen:
            seen.add(name)
            out.append(delta)
    return out


def _inline(factors: list[Factor], dims: dict[int, Dim], coef: Coef) -> tuple[list[Factor], Coef]:
    """Replace a factor that is itself a product (to a whole power) by its factors."""
    out: list[Factor] = []
    for factor in factors:
        base = factor.base
        if isinstance(base, Apply) and base.op.name == "einsum":
            inner = unbuild(base).terms[0]
            plain = factor.power == 1 or (factor.power == int(factor.power) and all(x < base.ndim for x in inner.dims))
            if plain:
                (term,) = Form(base.shape, [inner]).at(factor.labels)
                scale = power_of(term.coef, factor.power)
                if scale is not None:
                    coef *= scale
                    for x, dim in term.dims.items():
                        dims.setdefault(x, dim)
                    nested = [Factor(f.base, f.labels, f.power * factor.power) for f in term.factors]
                    more, coef = _inline(nested, dims, coef)
                    out += more
                    continue
        out.append(factor)
    return out, coef


def _gather(factors: list[Factor]) -> list[Factor]:
    """Add the powers of equal factors."""
    table: dict[tuple[bytes, tuple[Label, ...]], Factor] = {}
    for factor in factors:
        labels = factor.labels
        if len(labels) >= 2 and labels[-1] != labels[-2] and symmetric(factor.base):
            labels = (*labels[:-2], *sorted(labels[-2:], key=repr))
        name = (key(factor.base), labels)
        if name in table:
            old = table[name]
            table[name] = Factor(old.base, old.labels, old.power + factor.power)
        else:
            table[name] = factor
    return [f for f in table.values() if f.power != 0]


def _rewrite(factors: list[Factor], dims: dict[int, Dim], coef: Coef, width: int) -> tuple[bool, list[Factor], Coef]:
    """Apply the first rule that fires: inverse pairs, constant tensors, exponentials, facts."""
    uses = Counter(x for f in factors for x in f.labels)

    def lone(x: Label, times: int) -> bool:
        return isinstance(x, int) and x >= width and uses[x] == times

    for at, factor in enumerate(factors):
        rest = factors[:at] + factors[at + 1 :]
        if not isinstance(factor.base, (Apply, Symbol)):
            continue
        if has_fact(factor.base, "sign") and factor.power not in (1,) and factor.power == int(factor.power):
            power = int(factor.power) % 2
            return True, rest + ([Factor(factor.base, factor.labels, power)] if power else []), coef
        if (has_fact(factor.base, "binary") or _zero_one(factor.base)) and factor.power > 1:
            return True, [*rest, Factor(factor.base, factor.labels, 1)], coef
        if factor.power == 1 and factor.labels and lone(factor.labels[-1], 1):
            if has_fact(factor.base, "probability") or has_fact(factor.base, "stochastic"):
                last = factor.labels[-1]
                _drop(dims, last)
                for x in factor.labels[:-1]:
                    if isinstance(x, int):
                        dims.setdefault(x, factor.base.shape[0])
                return True, rest, coef
        found = _pair(factor, rest, dims, lone)
        if found is not None:
            return True, found[0], coef * found[1]
    return False, factors, coef


def _zero_one(base: Expr) -> bool:
    """Tell whether all entries are 0 or 1 by construction, so that powers do nothing."""
    return isinstance(base, Apply) and base.op.name in (
        "mask",
        "slot",
        "fuse",
        "basis",
        "step",
        "onehotmax",
        "onehotmin",
    )


def _pair(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
    base = factor.base
    if not isinstance(base, Apply):
        return _orthogonal(factor, rest, dims, lone)
    match base.op.name:
        case "inv" if factor.power == 1:
            return _cancel_inverse(factor, rest, dims, lone)
        case "fuse" | "slot":
            return _constants(factor, rest, dims, lone)
        case "sigmoid":
            return _sigmoid_times_exp(factor, rest) or _even_slope(factor, rest)
        case "abs":
            return _absolute(factor, rest)
        case "plus" if factor.power == 1 and any(lone(x, 1) for x in factor.labels):
            return _summed_out(factor, rest, lone)
    return _softmax(factor, rest)


def _orthogonal(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
    """QᵀQ = I, and QQᵀ = I for a square Q."""
    if not has_fact(factor.base, "orthogonal") or factor.base.ndim != 2 or factor.power not in (1, 2):
        return None
    square = factor.base.shape[0] == factor.base.shape[1]
    for axis in (0, 1) if square else (0,):
        x = factor.labels[axis]
        if factor.power == 2:
            if lone(x, 1):
                _drop(dims, x)
                return rest, 1
            continue
        for other in rest:
            if other.base is factor.base and other.power == 1 and other.labels[axis] == x and lone(x, 2):
                _drop(dims, x)
                delta = Factor(identity(factor.base.shape[1 - axis]), (factor.labels[1 - axis], other.labels[1 - axis]))
                return [f for f in rest if f is not other] + [delta], 1
    return None


def _cancel_inverse(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
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
                _drop(dims, left)
                delta = Factor(identity(inner.shape[-1]), (near, far))
                return [f for f in rest if f is not other] + [delta], 1
    return None


def _constants(factor: Factor, rest: list[Factor], dims: dict[int, Dim], lone: Lone) -> Rewritten:
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
                _drop(dims, x)
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
            _drop(dims, p)
            pairs = zip(factor.labels[1:], other.labels[1:], factor.base.shape[1:], strict=True)
            return others + [Factor(identity(dim), (a, b)) for a, b, dim in pairs], 1
        if factor.base.op.name == "slot" and _apart(factor.base, other.base):
            return rest, 0
    return None


def _picked(factor: Factor, other: Factor, dims: dict[int, Dim]) -> Rewritten:
    """A slot picks one block out of a sum of blocks: Sᵀ(S a + S' b) = a."""
    p = factor.labels[0]
    if p not in other.labels or not isinstance(factor.base, Apply) or factor.base.op.name != "slot":
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
    _drop(dims, p)
    dims.update({x: d for x, d in term.dims.items() if x != p})
    delta = Factor(identity(factor.base.shape[1]), (slot.labels[1], factor.labels[1]))
    return [*(f for f in term.factors if f is not slot), delta], 1


def _apart(left: Apply, right: Apply) -> bool:
    """Tell whether two slots of one axis surely do not overlap (blocks laid end to end)."""
    (o1, w1, _), (o2, w2, _) = left.attrs, right.attrs
    gap1, gap2 = Dim.of(o2) - (Dim.of(o1) + w1), Dim.of(o1) - (Dim.of(o2) + w2)
    return any(all(c >= 0 for _, c in gap.terms) for gap in (gap1, gap2))


def _absolute(factor: Factor, rest: list[Factor]) -> Rewritten:
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


def _summed_out(factor: Factor, rest: list[Factor], lone: Lone) -> Rewritten:
    """Drop those terms of a sum that add up to 0 over a label nothing else carries, as Σ (x − mean(x)) does."""
    form = as_form(factor.base)
    keep = [k for k, x in enumerate(factor.labels) if not lone(x, 1)]
    labels: list[Label] = [keep.index(k) if k in keep else fresh() for k in range(len(factor.labels))]
    shape = tuple(form.shape[k] for k in keep)
    found = [product([t], len(shape), dict(enumerate(shape))) for t in form.at(labels)]
    if not combine(Form(shape, [t for t in found if t is not None])).terms:
        return [], 0
    alive = [t for t, f in zip(form.terms, found, strict=True) if f is not None]
    if len(alive) == len(form.terms):
        return None
    return [*rest, Factor(build(Form(form.shape, alive)), factor.labels)], 1


def _even_slope(factor: Factor, rest: list[Factor]) -> Rewritten:
    """σ(u)(1 − σ(u)) is even: a sign in front of u, a number or one declared ±1, does not matter."""
    assert isinstance(factor.base, Apply)
    u = as_form(factor.base.args[0])
    if factor.power != 1 or len(u.terms) != 1:
        return None
    (term,) = u.terms
    signs = [f for f in term.factors if has_fact(f.base, "sign") and f.power == 1]
    others = tuple(f for f in term.factors if f not in signs)
    carried = {x for f in others for x in f.labels}
    if any(x not in carried for f in signs for x in f.labels) or (term.coef > 0 and not signs):
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


def _sigmoid_times_exp(factor: Factor, rest: list[Factor]) -> Rewritten:
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


def as_form(node: Expr) -> Form:
    """Return the form of an expression that is already normal."""
    if isinstance(node, Apply) and node.op.name == "plus":
        return Form(node.shape, [t for a in node.args for t in as_form(a).terms])
    if isinstance(node, Apply) and node.op.name == "einsum":
        return unbuild(node)
    if isinstance(node, Apply) and node.op.name == "zeros":
        return Form(node.shape, [])
    if isinstance(node, Apply) and node.op.name == "ones":
        return Form(node.shape, [Term(Fraction(1), (), dict(enumerate(node.shape)))])
    if isinstance(node, Const):
        value = exact(node.value)
        return Form((), [Term(value, (), {})] if value else [])
    return leaf(node)


def _softmax(factor: Factor, rest: list[Factor]) -> Rewritten:
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


def exp_sum(base: Expr) -> tuple[Expr, int] | None:
    """Return (u, axis) where base is Σ exp(u) over that one axis, its other axes in order; None otherwise."""
    if not isinstance(base, Apply) or base.op.name != "einsum":
        return None
    term = unbuild(base).terms[0]
    if term.coef != 1 or len(term.factors) != 1 or term.factors[0].power != 1:
        return None
    factor, width = term.factors[0], base.ndim
    if not isinstance(factor.base, Apply) or factor.base.op.name != "exp":
        return None
    inner = [k for k, x in enumerate(factor.labels) if isinstance(x, int) and x >= width]
    outer = tuple(x for x in factor.labels if not (isinstance(x, int) and x >= width))
    if len(inner) != 1 or outer != tuple(range(width)):
        return None
    return factor.base.args[0], inner[0]


def product(parts: Iterable[Term], width: int, axes: dict[int, Dim]) -> Term | None:
    """Return the simplified product of terms whose labels are already their final ones."""
    coef: Coef = Fraction(1)
    factors: list[Factor] = []
    dims: dict[int, Dim] = dict(axes)
    rank: tuple[int, ...] = ()
    for part in parts:
        coef = coef * part.coef
        factors += part.factors
        dims.update(part.dims)
        rank += part.rank
    return simplify(Term(coef, tuple(factors), dims, rank[:12]), width)
