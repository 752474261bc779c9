"""Diagonals: of arrays with δ between their axes, which are added to a view; of diagonal matrices, which only scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agnesi.expr.nodes import Apply, Expr, Symbol
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form
from agnesi.rules.forms import Factor, Form, Label, Term, build, fresh, is_delta
from agnesi.run.parts import Part
from agnesi.run.products import Operand

if TYPE_CHECKING:
    from agnesi.run.lower import Lowering


def with_blocks(run: Lowering, terms: Sequence[Term], form: Form) -> Part:
    """Return a sum of products, those with δ added to diagonals of the others: no array is filled with zeros twice."""
    plain = [t for t in terms if not _deltas(t)]
    rest = run.added([run.term(t, form) for t in plain]) if plain else None
    if rest is not None and len(plain) == len(terms):
        return rest
    value = run.whole(rest, form.shape) if rest is not None else run.values.full(0, form.shape)
    groups: dict[frozenset[tuple[int, int]], list[Term]] = {}
    for term in terms:
        if _deltas(term):
            groups.setdefault(frozenset(_deltas(term)), []).append(term)
    for pairs, group in groups.items():
        names = _joined(pairs, len(form.shape))
        kept = sorted(set(names.values()))
        place: dict[Label, Label] = {k: kept.index(x) for k, x in names.items()}
        shape = tuple(form.shape[k] for k in kept)
        part = run.added([run.term(_reduced(t, place, len(form.shape)), Form(shape, [])) for t in group])
        block = run.products.aligned(Operand(part.value, part.labels), tuple(range(len(shape))))
        where = "".join("ijklmnop"[kept.index(names[k])] for k in range(len(form.shape)))
        value = run.values.make("addview", (value, block), (where, "ijklmnop"[: len(kept)]), form.shape)
    return run.all_of(value)


def scaling(term: Term, width: int) -> Term:
    """Return a product in which diagonal matrices, declared or sums of diag(·), have one label: they scale an axis."""
    for factor in term.factors:
        base, labels = factor.base, factor.labels
        if len(set(labels)) != 2:
            continue
        declared = isinstance(base, Symbol) and "diagonal" in facts.closure(base.facts)
        entries = None if declared else _entries(base)
        if not declared and entries is None:
            continue
        gone = next((x for x in labels if isinstance(x, int) and x >= width), None)
        if gone is not None and factor.power == 1:
            kept = labels[1 - labels.index(gone)]
            dims = {x: d for x, d in term.dims.items() if x != gone}
            scaled = [f if f is not factor or entries is None else Factor(entries, (kept,)) for f in term.factors]
            factors = tuple(f.renamed({gone: kept}) for f in scaled)
            return scaling(Term(term.coef, factors, dims, term.rank), width)
    return term


def _entries(base: Expr) -> Expr | None:
    """Return the diagonal of diag(u) − diag(v) + ... as a vector; None for other matrices."""
    if not isinstance(base, Apply) or base.op.name != "plus" or base.ndim != 2:
        return None
    terms = as_form(base).terms
    if not all(any(is_delta(f) and set(f.labels) == {0, 1} for f in t.factors) for t in terms):
        return None
    return build(Form(base.shape[:1], [_reduced(t, {0: 0, 1: 0}, 2) for t in terms]))


def _deltas(term: Term) -> list[tuple[int, int]]:
    """Return the pairs of axes between which a product has δ."""
    found: list[tuple[int, int]] = []
    for factor in term.factors:
        i, j = factor.labels if is_delta(factor) else (None, None)
        if isinstance(i, int) and isinstance(j, int):
            found.append((min(i, j), max(i, j)))
    return found


def _joined(pairs: frozenset[tuple[int, int]], width: int) -> dict[int, int]:
    """Return, for each axis, the first of those that δ joins it with."""
    names = {k: k for k in range(width)}
    for i, j in sorted(pairs):
        low, high = sorted((names[i], names[j]))
        names = {k: low if x == high else x for k, x in names.items()}
    return names


def _reduced(term: Term, place: Mapping[Label, Label], width: int) -> Term:
    """Return a product without its δ, its axes renumbered."""
    names: dict[Label, Label] = {x: fresh() for x in term.dims if x >= width}
    names.update(place)
    rest = [f for f in term.factors if not (is_delta(f) and all(isinstance(x, int) and x < width for x in f.labels))]
    dims = {names[x]: d for x, d in term.dims.items() if x in names}
    own = {x: d for x, d in dims.items() if isinstance(x, int)}
    return Term(term.coef, tuple(f.renamed(names) for f in rest), own, term.rank)
