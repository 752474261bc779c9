"""Simplifying one product: deltas dissolve, equal factors gather, inverses cancel, facts apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from agnesi.expr.clock import ask
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, Symbol, apply
from agnesi.rules.bases import as_form, has_fact, power_of
from agnesi.rules.canon import combine, key, symmetric
from agnesi.rules.forms import (
    Coef,
    Factor,
    Form,
    Label,
    Term,
    build,
    fresh,
    is_delta,
    unbuild,
)
from agnesi.rules.pairs import (
    Lone,
    Rewritten,
    absolute_value,
    constant_pair,
    drop,
    even_slope,
    inverse_pair,
    orthogonal_pair,
    power_pair,
    sigmoid_times_exp,
    softmax_quotient,
)


def simplify(term: Term, width: int) -> Term | None:
    """Return the simplified product (None for zero); labels below `width` are axes, the rest is summed."""
    while True:
        ask()
        coef, factors, dims = term.coef, list(term.factors), dict(term.dims)
        if coef == 0:
            return None
        factors, coef = _inline(factors, dims, coef)
        factors = _gather(_dissolve(factors, dims, width))  # before counting: what cancels leaves its labels to none
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
                drop(dims, x)
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
                drop(dims, last)
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
        return orthogonal_pair(factor, rest, dims, lone)
    match base.op.name:
        case "inv" if factor.power == 1:
            return inverse_pair(factor, rest, dims, lone)
        case "fuse" | "slot":
            return constant_pair(factor, rest, dims, lone)
        case "sigmoid":
            return sigmoid_times_exp(factor, rest) or even_slope(factor, rest)
        case "abs":
            return absolute_value(factor, rest)
        case "power":
            return power_pair(factor, rest)
        case "plus" if factor.power == 1 and any(lone(x, 1) for x in factor.labels):
            return _summed_out(factor, rest, lone)
    return softmax_quotient(factor, rest)


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
