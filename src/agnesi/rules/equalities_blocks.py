"""Block matrices: the identity is the sum of the identities of its blocks."""

from __future__ import annotations

from agnesi.expr.dims import ONE, Dim
from agnesi.expr.nodes import Apply, Expr
from agnesi.rules.canon import combine
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_forms import Work
from agnesi.rules.forms import Factor, Form, Term, fresh, is_delta
from agnesi.rules.products import simplify

BLOCKS = equalities.add(
    "I = [I 0; 0 I]", "A: n×n invertible, D: m×m invertible; [A 0; 0 D] [inv(A) 0; 0 inv(D)] = eye(n + m)", "MML 2.3.3")


def partitioned(form: Form, work: Work) -> Form:
    """Return a form with each identity written by blocks, where other terms have the blocks of its size."""
    slots = _slots(form)
    out: list[Term] = []
    changed = False
    for term in form.terms:
        at = next((f for f in term.factors if is_delta(f) and _cover(slots, f.base.shape[0])), None)
        if at is None:
            out.append(term)
            continue
        changed = True
        work.use(BLOCKS)
        rest = tuple(f for f in term.factors if f is not at)
        for slot in _cover(slots, at.base.shape[0]):
            x = fresh()
            y = fresh() if slot.shape[1] == ONE else x  # a block of width 1 leaves its axis to itself
            both = (Factor(slot, (at.labels[0], x)), Factor(slot, (at.labels[1], y)))
            dims = {**term.dims, x: slot.shape[1], y: slot.shape[1]}
            found = simplify(Term(term.coef, rest + both, dims, term.rank), len(form.shape))
            out += [found] if found is not None else []
    return combine(Form(form.shape, out)) if changed else form


def entries(form: Form) -> list[list[Form]] | None:
    """Return the entries of a small square matrix that is made of numbers; None where it is not."""
    size = form.shape[0].number
    if size is None or size > 3:
        return None
    table: list[list[list[Term]]] = [[[] for _ in range(size)] for _ in range(size)]
    for term in form.terms:
        slots = [f for f in term.factors if isinstance(f.base, Apply) and f.base.op.name == "slot"]
        rest = tuple(f for f in term.factors if f not in slots)
        alone = (f for f in slots if f.base.shape[1] == ONE and f.power == 1)
        where = {f.labels[0]: f.base for f in alone if isinstance(f.base, Apply)}
        if len(slots) != 2 or set(where) != {0, 1} or any(f.labels for f in rest):
            return None
        i, j = (Dim.of(where[k].attrs[0]).number for k in (0, 1))
        if i is None or j is None:
            return None
        table[i][j].append(Term(term.coef, rest, {}, term.rank))
    return [[combine(Form((), cell)) for cell in row] for row in table]


def _slots(form: Form) -> list[Expr]:
    bases = (f.base for t in form.terms for f in t.factors)
    return list(dict.fromkeys(b for b in bases if isinstance(b, Apply) and b.op.name == "slot"))


def _cover(slots: list[Expr], dim: Dim) -> list[Expr]:
    """Return the blocks, one after the other, that fill an axis; none where they do not."""
    at, out = Dim.of(0), list[Expr]()
    while at != dim:
        step = [s for s in slots if isinstance(s, Apply) and Dim.of(s.attrs[0]) == at and Dim.of(s.attrs[2]) == dim]
        if len(step) != 1 or len(out) >= 16:
            return []
        out.append(step[0])
        at = at + step[0].shape[1]
    return out
