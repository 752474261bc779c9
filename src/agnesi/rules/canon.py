"""Canonical fingerprints: two products that differ only in the order of factors, names of summed labels, or the
orientation of symmetric matrices get the same key; so like terms combine, and equal normal forms are recognised.

Labels are coloured and refined; where colours tie, each tied label is singled out in turn and the least listing wins.
Past a bound on that search the key is that of the product as it is written: twins in another order of factors may then
get different keys, but equal is never claimed wrongly.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b

from agnesi.expr.clock import ask
from agnesi.expr.dims import Shape
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, postorder
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form
from agnesi.rules.forms import LONG, Factor, Form, Label, Term, is_delta, unbuild

Key = bytes
_SEARCH = 200


def _hash(*parts: object) -> Key:
    return blake2b(repr(parts).encode(), digest_size=16).digest()


def key(node: Expr) -> Key:
    """Return the canonical key of an expression of the normal form (or of an atom)."""
    if node._memo is None or "key" not in node._memo:
        for sub in postorder(node, below=lambda n: () if n._memo and "key" in n._memo else n.args):
            found = _node_key(sub)
            sub.memo("key", lambda: found)
    return node.memo("key", lambda: b"")  # type: ignore[no-any-return]


def _node_key(node: Expr) -> Key:
    match node:
        case Const():
            return _hash("c", Fraction(node.value) if _finite(node) else repr(node.value))
        case Apply() if node.op.name == "einsum":
            return form_key(unbuild(node))
        case Apply() if node.op.name == "plus":
            return _hash("+", list(map(str, node.shape)), sorted(key(a) for a in node.args))
        case Apply():
            return _hash("a", node.op.name, [key(a) for a in node.args], node.attrs)
        case Bind():
            return _hash("b", node.op.name, [v.digest for v in node.variables], [key(a) for a in node.args])
    return node.digest


def _finite(node: Const) -> bool:
    return not isinstance(node.value, float) or abs(node.value) < float("inf")


def form_key(form: Form) -> Key:
    """Return the key of a form; it tells its shape too, for an axis that no factor carries has a size all the same."""
    keys = [_single_key(t, form.shape) for t in form.terms]
    return keys[0] if len(keys) == 1 else _hash("+", list(map(str, form.shape)), sorted(keys))


def _single_key(term: Term, shape: Shape) -> Key:
    """Return the key of one product: that of its base where it is nothing but a base."""
    if term.coef == 1 and len(term.factors) == 1 and term.factors[0].power == 1:
        factor = term.factors[0]
        if factor.labels == tuple(range(len(shape))) and len(term.dims) <= len(shape):
            return key(factor.base)
    if not term.factors and not term.dims and not shape:
        return _hash("c", term.coef)
    return _hash("t", list(map(str, shape)), term_key(term, len(shape)), _coef(term))


def _coef(term: Term) -> object:
    return term.coef if isinstance(term.coef, float) else (term.coef.numerator, term.coef.denominator)


def symmetric(node: Expr) -> bool:
    """Tell whether the last two axes of a node can be swapped: declared, or seen from its normal form."""
    return (
        node.ndim >= 2 and node.shape[-1] == node.shape[-2] and bool(node.memo("symmetric", lambda: _symmetric(node)))
    )


def _symmetric(node: Expr) -> bool:
    match node:
        case Symbol():
            return node.ndim == 2 and "symmetric" in facts.closure(node.facts)
        case Apply() if node.op.name in ("einsum", "plus"):
            k = node.ndim
            swapped = [*range(k - 2), k - 1, k - 2]
            parts = [unbuild(a) if isinstance(a, Apply) and a.op.name == "einsum" else None for a in _summands(node)]
            if any(p is None for p in parts) and len(parts) == 1:
                return False
            left = sorted(_turned_keys(node, list(range(k))))
            return left == sorted(_turned_keys(node, swapped))
        case Apply() if node.op.name == "eye":
            return True
        case Apply() if node.op.name in ("inv", "expm", "logm", "sqrtm", "pinv", "toeplitz") or node.op.core == (0,):
            return node.op.name != "toeplitz" and symmetric(node.args[0])
    return False


def _summands(node: Apply) -> tuple[Expr, ...]:
    return node.args if node.op.name == "plus" else (node,)


def _turned_keys(node: Apply, order: list[int]) -> list[Key]:
    """Return the keys of the summands with the axes permuted; one with δ between the last two is the same turned."""
    keys = []
    last = {node.ndim - 2, node.ndim - 1}
    for part in _summands(node):
        if isinstance(part, Apply) and part.op.name == "einsum":
            term = unbuild(part).terms[0]
            if any(is_delta(f) and set(f.labels) == last for f in term.factors):
                continue
        else:
            axes = tuple(range(part.ndim))
            term = Term(Fraction(1), (Factor(part, axes),), dict(enumerate(part.shape)))
        names: dict[Label, Label] = {k: order[k] for k in range(len(order))}
        turned = term.renamed(names)
        keys.append(_hash(term_key(turned, len(order)), _coef(term)))
    return keys


def term_key(term: Term, width: int) -> Key:
    """Return the key of a product up to its coefficient; labels below `width` and indices are fixed."""
    ask()
    parts = _components(term, width)
    return _hash(sorted(_component_key(factors, labels, term, width) for factors, labels in parts))


def _components(term: Term, width: int) -> list[tuple[list[Factor], list[int]]]:
    """Return the factors and summed labels, grouped into parts that share summed labels."""
    parent: dict[int, int] = {}

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    summed = [x for x in term.dims if x >= width]
    for x in summed:
        parent[x] = x
    for factor in term.factors:
        inner = [x for x in factor.labels if isinstance(x, int) and x >= width]
        for x in inner[1:]:
            parent[find(x)] = find(inner[0])
    groups: dict[int, tuple[list[Factor], list[int]]] = {}
    for x in summed:
        groups.setdefault(find(x), ([], []))[1].append(x)
    fixed: list[tuple[list[Factor], list[int]]] = []
    for factor in term.factors:
        inner = [x for x in factor.labels if isinstance(x, int) and x >= width]
        if inner:
            groups[find(inner[0])][0].append(factor)
        else:
            fixed.append(([factor], []))
    return fixed + list(groups.values())


def _component_key(factors: list[Factor], labels: list[int], term: Term, width: int) -> Key:
    names = [(key(f.base), f.power, symmetric(f.base)) for f in factors]
    colours: dict[Label, object] = {x: ("s", str(term.dims[x])) for x in labels}
    for factor in factors:
        for x in factor.labels:
            if x not in colours:
                colours[x] = ("o", x) if isinstance(x, int) else ("i", x.name, str(x.dim))
    budget = [_SEARCH]
    found = _least(names, factors, colours, set(labels), budget)
    return found if budget[0] >= 0 else _as_written(names, factors, colours, set(labels))


def _as_written(
    names: list[tuple[Key, Fraction | int, bool]], factors: list[Factor], colours: dict[Label, object], open_: set[int]
) -> Key:
    """Return the key of factors in their order, with summed labels numbered as they appear."""
    place: dict[Label, int] = {}
    rows = [
        (base, str(power), [place.setdefault(x, len(place)) if x in open_ else colours[x] for x in factor.labels])
        for (base, power, _), factor in zip(names, factors, strict=True)
    ]
    return _hash("as written", rows, [colours[x] for x in place])


def _listing(
    names: list[tuple[Key, Fraction | int, bool]], factors: list[Factor], colours: dict[Label, object]
) -> list[object]:
    rows = []
    for (base, power, turns), factor in zip(names, factors, strict=True):
        seen = [repr(colours[x]) for x in factor.labels]
        if turns:
            seen[-2:] = sorted(seen[-2:])
        rows.append((base, str(power), tuple(seen)))
    return sorted(rows, key=repr)


def _refine(
    names: list[tuple[Key, Fraction | int, bool]], factors: list[Factor], colours: dict[Label, object], open_: set[int]
) -> dict[Label, object]:
    """Refine the colours of the summed labels until the number of colours stays."""
    before = len({repr(colours[x]) for x in open_})
    while True:
        around: dict[int, list[object]] = {x: [] for x in open_}
        for (base, power, turns), factor in zip(names, factors, strict=True):
            seen = [repr(colours[x]) for x in factor.labels]
            last = len(seen) - 2
            shown = seen[:last] + sorted(seen[last:]) if turns else seen
            for at, x in enumerate(factor.labels):
                if x in around:
                    place = last if turns and at >= last else at
                    around[x].append((base, str(power), place, tuple(shown)))
        fresh_colours = dict(colours)
        for x in open_:
            fresh_colours[x] = _hash(colours[x], sorted(around[x], key=repr))
        after = len({repr(fresh_colours[x]) for x in open_})
        colours = fresh_colours
        if after == before or after == len(open_):
            return colours
        before = after


def _least(
    names: list[tuple[Key, Fraction | int, bool]],
    factors: list[Factor],
    colours: dict[Label, object],
    open_: set[int],
    budget: list[int],
) -> Key:
    budget[0] -= 1
    if budget[0] < 0:
        return b""
    colours = _refine(names, factors, colours, open_) if open_ else colours
    classes: dict[str, list[int]] = {}
    for x in open_:
        classes.setdefault(repr(colours[x]), []).append(x)
    tied = [c for c in sorted(classes) if len(classes[c]) > 1]
    if not tied:
        return _hash(_listing(names, factors, colours), sorted(classes))
    best: Key | None = None
    for x in classes[tied[0]]:
        single = dict(colours)
        single[x] = ("single", colours[x])
        found = _least(names, factors, single, open_, budget)
        best = found if best is None or found < best else best
        if budget[0] < 0:
            return b""
    assert best is not None
    return best


def _opened(term: Term, width: int) -> list[Term]:
    """Return the terms of a product that is a number times one short sum over the axes; else the product itself."""
    if len(term.factors) != 1:
        return [term]
    (factor,) = term.factors
    base = factor.base
    short = isinstance(base, Apply) and base.op.name == "plus" and len(base.args) <= LONG
    if not short or factor.power != 1 or len(set(factor.labels)) < len(factor.labels):
        return [term]
    if any(isinstance(x, int) and x >= width for x in (*factor.labels, *term.dims)):
        return [term]
    parts = as_form(base).at(factor.labels)
    return [Term(p.coef * term.coef, p.factors, {**p.dims, **term.dims}, term.rank) for p in parts]


def combine(form: Form) -> Form:
    """Return the form with like terms added and zero terms dropped, in the order of first appearance."""
    if len(form.terms) < 2:
        return Form(form.shape, [t for t in form.terms if t.coef != 0])
    width = len(form.shape)
    found: dict[Key, Term] = {}
    for term in (t for whole in form.terms for t in _opened(whole, width)):
        name = term_key(term, width)
        if name in found:
            old = found[name]
            found[name] = Term(old.coef + term.coef, old.factors, old.dims, min(old.rank, term.rank))
        else:
            found[name] = term
    return Form(form.shape, [t for t in found.values() if t.coef != 0])
