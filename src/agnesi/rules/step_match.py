"""Match a law's left side against an expression, and write its right side for what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, postorder, with_args
from agnesi.ops.facts import facts
from agnesi.rules.laws import Law, laws
from agnesi.rules.simplify import Factors, built
from agnesi.rules.step_look import is_symmetric, op_of, palindrome

Bindings = dict[Expr, Expr]


@dataclass(frozen=True)
class Found:
    """A law that fits, with the differential it gives; `opened` is the first step of the law's own derivation."""

    law: Law
    after: Expr
    opened: Expr | None = None


def law_for(node: Expr, varies: Callable[[Expr], bool]) -> Found | None:
    """Return the first law that fits a node; None where none does."""
    for law in _by_top().get(op_of(node), ()):
        for k, (left, right) in enumerate(law.cases):
            found = match(left, node, law.spans)
            if found is not None and _allowed(law, found, varies):
                opened = instantiate(law.opens.rights[k], found) if law.opens is not None else None
                return Found(law, instantiate(right, found), opened)
    return None


_tops: dict[str, list[Law]] = {}


def _by_top() -> dict[str, list[Law]]:
    if not _tops:
        for law in laws:
            for name in dict.fromkeys(op_of(left) for left, _ in law.cases):
                _tops.setdefault(name, []).append(law)
    return _tops


def _allowed(law: Law, found: Bindings, varies: Callable[[Expr], bool]) -> bool:
    for key, value in found.items():
        assert isinstance(key, Symbol)
        if varies(value) == (key.name in law.constants):
            return False
        fact = law.facts.get(key.name)
        if fact == "symmetric" and not (is_symmetric(value) or (op_of(value) == "mul" and palindrome(value.args))):
            return False
        if fact == "probability" and not _sums_to_one(value):
            return False
        if fact == "stochastic" and not _rows_sum_to_one(value):
            return False
    return True


def _sums_to_one(node: Expr) -> bool:
    if isinstance(node, Symbol):
        return "probability" in facts.closure(node.facts)
    return op_of(node) in ("softmax", "basis", "onehotmax", "onehotmin")


def _rows_sum_to_one(node: Expr) -> bool:
    if isinstance(node, Symbol):
        return "stochastic" in facts.closure(node.facts)
    return op_of(node) == "softmaxrows"


def match(pattern: Expr, node: Expr, spans: frozenset[str]) -> Bindings | None:
    """Return what each symbol of a pattern stands for in a node, or None."""
    found: Bindings = {}
    dims: dict[str, Dim] = {}
    todo = [(pattern, node)]
    while todo:
        p, e = todo.pop()
        if isinstance(p, Symbol):
            if p in found:
                if found[p] is not e:
                    return None
            elif not _fits(p, e, dims):
                return None
            else:
                found[p] = e
            continue
        if not isinstance(p, Apply):
            if p is not e:
                return None
            continue
        pairs = _pairs(p, e, spans)
        if pairs is None:
            return None
        todo.extend(reversed(pairs))
    return found


def _fits(p: Symbol, e: Expr, dims: dict[str, Dim]) -> bool:
    if p.ndim != e.ndim:
        return False
    for want, got in zip(p.shape, e.shape, strict=True):
        (name,) = want.names
        if dims.setdefault(name, got) != got:
            return False
    return p.ndim < 2 or e.shape[0].number != 1


def _pairs(p: Apply, e: Expr, spans: frozenset[str]) -> list[tuple[Expr, Expr]] | None:
    """Pair the arguments of a pattern with those of a node, where the operations agree."""
    if not isinstance(e, Apply) or e.op is not p.op or e.ndim != p.ndim:
        return None
    if p.op.name == "ones":
        return []
    if p.op.name == "mul":
        return _product_pairs(p, e, spans)
    if len(p.args) != len(e.args) or (p.attrs != e.attrs and p.op.family != "leaf"):
        return None
    return list(zip(p.args, e.args, strict=True))


def _product_pairs(p: Apply, e: Apply, spans: frozenset[str]) -> list[tuple[Expr, Expr]] | None:
    first = p.args[0]
    whole = list(e.args)
    span = next((k for k, a in enumerate(p.args) if isinstance(a, Symbol) and a.name in spans), None)
    if span is None or op_of(first) != "transpose":
        return list(zip(p.args, whole, strict=True)) if len(whole) == len(p.args) else None
    flat = Factors().take(whole)
    if flat.scalars or flat.units or flat.below or flat.coefficient != 1 or op_of(flat.chain[0]) != "transpose":
        return None
    head, body = flat.chain[0], flat.chain[1:]
    pairs = [(first, head)]
    if span == len(p.args) - 1:  # uᵀ v: v is all the rest
        return [*pairs, (p.args[-1], _chain(body))] if body else None
    tail = Factors().take((head.args[0],)).chain  # uᵀ A u: u is what follows A
    if len(tail) >= len(body) or body[len(body) - len(tail) :] != tail:
        return None
    return [*pairs, (p.args[span], _chain(body[: len(body) - len(tail)])), (p.args[-1], head.args[0])]


def _chain(parts: list[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else apply("mul", *parts)


def instantiate(right: Expr, found: Bindings) -> Expr:
    """Write the right side of a law with what its symbols stand for."""
    sizes: dict[str, Dim] = {}
    for p, e in found.items():
        sizes.update((str(want), got) for want, got in zip(p.shape, e.shape, strict=True))
    out: dict[Expr, Expr] = {}
    for node in postorder(right):
        if node in found:
            out[node] = found[node]
        elif isinstance(node, Apply) and node.op.name == "ones":
            dims = [sizes.get(str(a), a) for a in node.attrs]
            out[node] = apply("ones", attrs=tuple(dims))
        elif isinstance(node, (Apply, Bind)):
            args = tuple(out[a] for a in node.args)
            out[node] = built(node, args) if op_of(node) != "d" else with_args(node, args)
        else:
            out[node] = node
    return out[right]
