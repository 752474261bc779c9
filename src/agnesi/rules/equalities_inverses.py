"""Identities with inverses of sums: M⁻¹ is known by M⁻¹M = MM⁻¹ = I, with M multiplied out.

The leading product L of M = L + R gives M⁻¹L = I − M⁻¹R and LM⁻¹ = I − RM⁻¹, used from left to right. A matrix is 0
where it is 0 after multiplying by an invertible M. So Woodbury, push-through and the forms of the Kalman gain follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine, key, symmetric
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_blocks import partitioned
from agnesi.rules.equalities_forms import Work, cleared, opened, reduced
from agnesi.rules.equalities_words import Letter, Word, laid, word_of
from agnesi.rules.forms import Factor, Form, Label, Term, fresh, identity
from agnesi.rules.multiply import join
from agnesi.rules.products import simplify

INVERSE = equalities.add(
    "M⁻¹M = MM⁻¹ = I, with M multiplied out", "A: n×n; A inv(A + eye(n)) = eye(n) - inv(A + eye(n))", "MML 2.2.2")
MULTIPLIED = equalities.add(
    "both sides times M, for an invertible M", "U: n×k, V: k×n; inv(eye(n) + U V) U = U inv(eye(k) + V U)",
    "Matrix Cookbook 3.2")
PENROSE = equalities.add("A A⁺ A = A, A⁺ A A⁺ = A⁺", "A: n×m; A pinv(A) A = A", "Matrix Cookbook 3.6")
ROOTS = equalities.add(
    "A^{1/2} A^{1/2} = A, LLᵀ = A for the Cholesky factor L", "A: n×n spd; chol(A) chol(A)' = A", "MML 4.3")
ROOTED = ("inv", "pinv", "sqrtm", "chol")
MOST_STEPS = 400
MOST_PRODUCTS = 10


@dataclass(frozen=True)
class Relation:
    """M⁻¹ L = I − M⁻¹R, with L as a word, and R as words, each divided by the number in front of L."""

    inverse: Expr
    lead: tuple[Letter, ...]
    unit: Word
    rest: tuple[Word, ...]


def relation(inverse: Expr) -> Relation | None:
    """Return what M⁻¹M = I says, where M is a sum or a product of words."""
    if not isinstance(inverse, Apply) or inverse.op.name != "inv":
        return None
    words = [word_of(t) for t in as_form(inverse.args[0]).terms]
    known = [w for w in words if w is not None]
    if len(known) != len(words) or not known:
        return None
    lead = max(known, key=lambda w: (w.matrices(), len(w.letters), [x.name() for x in w.letters]))
    if not lead.letters or not lead.matrices():
        return None
    scale = tuple(Factor(f.base, f.labels, -f.power) for f in lead.scalars)
    rest = tuple(Word(-w.coef / lead.coef, w.scalars + scale, w.letters) for w in known if w is not lead)
    return Relation(inverse, lead.letters, Word(1 / lead.coef, scale, ()), rest)


def settled(form: Form, work: Work) -> Form:
    """Return the form with all M⁻¹L replaced, as long as that ends."""
    relations: dict[Expr, Relation | None] = {}
    for _ in range(MOST_STEPS):
        work.tick()
        step = _rewritten(form, relations, work)
        if step is None:
            return form
        form = reduced(opened(step, work), work)
    return form


def _rewritten(form: Form, relations: dict[Expr, Relation | None], work: Work) -> Form | None:
    """Return the form after one replacement, or None where none applies."""
    width = len(form.shape)
    for k, term in enumerate(form.terms):
        for at in term.factors:
            if at.power != 1 or len(at.labels) != 2 or not isinstance(at.base, Apply):
                continue
            if at.base.op.name == "pinv":
                new = _penrose(term, at, width)
                name = PENROSE
            elif at.base.op.name in ("sqrtm", "chol"):
                new = _root(term, at, width)
                name = ROOTS
            else:
                if at.base not in relations:
                    relations[at.base] = relation(at.base)
                known = relations[at.base]
                new = _replaced(term, at, known, width) if known is not None else None
                name = INVERSE
            if new is not None:
                work.use(name)
                done = [simplify(t, width) for t in new]
                return combine(Form(form.shape, [*form.terms[:k], *(t for t in done if t), *form.terms[k + 1 :]]))
    return None


def _replaced(term: Term, at: Factor, known: Relation, width: int) -> list[Term] | None:
    """Return the terms that M⁻¹L, L on either side, becomes in a product."""
    a, b = at.labels
    sides = [(b, a, False), (a, b, True)]
    if symmetric(at.base):
        sides += [(a, b, False), (b, a, True)]
    for near, far, backward in sides:
        letters = tuple(x.turn() for x in reversed(known.lead)) if backward else known.lead
        path = _path(term, at, near, letters, width)
        if path is None:
            continue
        used, end, dims = path
        left = tuple(f for f in term.factors if f is not at and not any(f is u for u in used))
        unit = (*left, Factor(identity(at.base.shape[0]), (far, end)), *known.unit.scalars)
        first = Term(term.coef * known.unit.coef, unit, dims, term.rank)
        return [first, *(_joined(term, left, dims, end, far, w, at, backward) for w in known.rest)]
    return None


def _joined(
    term: Term, left: tuple[Factor, ...], dims: dict[int, Dim], end: Label, far: Label, word: Word, at: Factor,
    backward: bool,
) -> Term:
    """Return the product with M⁻¹R in place of M⁻¹L, between `far` and `end`."""
    dim = at.base.shape[0]
    x = fresh()
    turned = word.turn() if backward else word
    inner = laid(turned, x, end) if turned.matrices() else _diagonal(turned, x, end, dim)
    inverse = Factor(at.base, (x, far) if backward else (far, x))
    factors = (*left, inverse, *inner.factors)
    return Term(term.coef * inner.coef, factors, {**dims, **inner.dims, x: dim}, term.rank)


def _diagonal(word: Word, start: Label, end: Label, dim: Dim) -> Term:
    inner = laid(word, start, end)
    return Term(inner.coef, (*inner.factors, Factor(identity(dim), (start, end))), dict(inner.dims))


def _path(
    term: Term, at: Factor, near: Label, letters: tuple[Letter, ...], width: int
) -> tuple[list[Factor], Label, dict[int, Dim]] | None:
    """Follow a word from a label; return the factors, the label at its end, and the dims of the labels that stay."""
    used: list[Factor] = []
    here: Label = near
    gone: list[int] = []
    for letter in letters:
        found = _next(term, [at, *used], here, letter)
        if found is None:
            return None
        used.append(found[0])
        if letter.base.ndim == 1:
            continue
        if not isinstance(here, int) or here < width or not _closed(term, here, [at, *used]):
            return None
        gone.append(here)
        here = found[1]
    if here in gone:
        return None
    return used, here, {x: d for x, d in term.dims.items() if x not in gone}


def _next(term: Term, used: list[Factor], here: Label, letter: Letter) -> tuple[Factor, Label] | None:
    for f in term.factors:
        if f.power != letter.power or here not in f.labels or key(f.base) != key(letter.base):
            continue
        if any(f is u for u in used):
            continue
        if letter.base.ndim == 1:
            return f, here
        if f.labels[0] == f.labels[1]:
            continue
        if f.labels[1 if letter.turned else 0] == here or symmetric(f.base):
            return f, f.labels[1] if f.labels[0] == here else f.labels[0]
    return None


def _closed(term: Term, label: Label, used: list[Factor]) -> bool:
    """Tell whether only these factors carry a label."""
    return all(label not in f.labels or any(f is u for u in used) for f in term.factors)


def _root(term: Term, at: Factor, width: int) -> list[Term] | None:
    """A^{1/2} A^{1/2} = A; LLᵀ = A."""
    assert isinstance(at.base, Apply)
    inner = at.base.args[0]
    lower = at.base.op.name == "chol"
    if lower and not symmetric(inner):
        return None
    path = _path(term, at, at.labels[1], (Letter(at.base, lower),), width)
    if path is None:
        return None
    used, end, dims = path
    factors = tuple(f for f in term.factors if f is not at and f is not used[0])
    return [Term(term.coef, (*factors, Factor(inner, (at.labels[0], end))), dims, term.rank)]


def _penrose(term: Term, at: Factor, width: int) -> list[Term] | None:
    """A A⁺ A = A and A⁺ A A⁺ = A⁺."""
    assert isinstance(at.base, Apply)
    inner = Letter(at.base.args[0])
    a, b = at.labels
    for other in (inner, Letter(at.base)):
        middle = inner if other.base is at.base else None
        if middle is None:
            left = _path(term, at, a, (inner.turn(),), width)
            right = _path(term, at, b, (inner,), width)
            if left is None or right is None or left[0][0] is right[0][0]:
                continue
            gone = {a, b}
            used = [at, left[0][0], right[0][0]]
            kept = Factor(inner.base, (left[1], right[1]))
        else:
            path = _path(term, at, b, (inner, other), width)
            if path is None:
                continue
            gone = {x for u in path[0] for x in u.labels} - {path[1]}
            used = [at, *path[0]]
            kept = Factor(at.base, (a, path[1]))
        factors = tuple(f for f in term.factors if not any(f is u for u in used))
        dims = {x: d for x, d in term.dims.items() if x not in gone}
        return [Term(term.coef, (*factors, kept), dims, term.rank)]
    return None


# -- multiplying by M ------------------------------------------------------------------------------------------------


def vanishes(form: Form, work: Work) -> bool:
    """Tell whether a form is surely 0: by the relations of its inverses, after multiplying by some of them.

    A number is cut open first: uᵀFv is 0 for all u and v where the matrix F is.
    """
    if not _inverses(form):
        return False
    if form.shape:
        return _matrix_vanishes(form, work)
    flat = settled(form, work)
    return not flat.terms or all(_cut_vanishes(part, work) for part in _by_vectors(flat))


def _by_vectors(form: Form) -> list[Form]:
    """Return the terms of a number, grouped by how often each vector occurs in them."""
    inside = {n for t in form.terms for f in t.factors if not isinstance(f.base, Symbol) for n in postorder(f.base)}
    groups: dict[tuple[tuple[bytes, int], ...], list[Term]] = {}
    for term in form.terms:
        count: dict[bytes, int] = {}
        for f in term.factors:
            if isinstance(f.base, Symbol) and f.base.ndim == 1 and f.power in (1, 2) and f.base not in inside:
                count[f.base.digest] = count.get(f.base.digest, 0) + int(f.power)
        groups.setdefault(tuple(sorted(count.items())), []).append(term)
    return [Form(form.shape, terms) for terms in groups.values()]


def _cut_vanishes(form: Form, work: Work) -> bool:
    """Tell whether a number is 0 because what stands between two vectors is, for the same two in all terms."""
    if all(not _inverses(Form((), [t])) for t in form.terms):
        return not cleared(form, work).terms
    ends = {f.base for f in form.terms[0].factors if isinstance(f.base, Symbol) and f.base.ndim == 1}
    for v in sorted(ends, key=lambda n: n.digest):
        opened_ = [_without(t, v) for t in form.terms]
        if any(t is None for t in opened_):
            continue
        found = [t for t in opened_ if t is not None]
        width = max(len(t[1]) for t in found)
        if width > 2 or any(len(t[1]) != width for t in found):
            continue
        shape = v.shape * width
        inner = combine(Form(shape, [t[0] for t in found]))
        if width == 2:
            inner = combine(Form(shape, [*inner.terms, *join([(inner, (1, 0))], shape).terms]))
        if not inner.terms or _matrix_vanishes(inner, work):
            return True
    return False


def _without(term: Term, v: Expr) -> tuple[Term, tuple[Label, ...]] | None:
    """Return a product without a vector, whose labels become axes, and those labels."""
    gone = [f for f in term.factors if f.base is v]
    labels = tuple(f.labels[0] for f in gone)
    if not gone or any(f.power not in (1, 2) for f in gone) or len(set(labels)) != len(labels):
        return None
    names: dict[Label, Label] = {x: fresh() for x in term.dims}
    names.update({x: k for k, x in enumerate(labels)})
    kept = Term(term.coef, tuple(f for f in term.factors if f.base is not v), term.dims, term.rank).renamed(names)
    if len(gone) == 1 and gone[0].power == 2:  # v twice at one label: δ between the two axes
        (dim,) = v.shape
        both = (*kept.factors, Factor(identity(dim), (0, 1)))
        return Term(kept.coef, both, {**kept.dims, 1: dim}, kept.rank), (0, 1)
    return (kept, labels) if all(f.power == 1 for f in gone) else None


def _matrix_vanishes(form: Form, work: Work) -> bool:
    todo = [settled(form, work)]
    seen: set[int] = set()
    for _ in range(MOST_PRODUCTS):
        if not todo:
            return False
        now = todo.pop(0)
        if not cleared(now, work).terms:
            return True
        for product in _products(now, work):
            done = settled(cleared(partitioned(product, work), work), work)
            if not done.terms:
                work.use(MULTIPLIED)
                return True
            if len(done.terms) not in seen or len(todo) < 3:
                seen.add(len(done.terms))
                todo.append(done)
        todo.sort(key=_inverses)
    return False


def _inverses(form: Form) -> int:
    return sum(isinstance(f.base, Apply) and f.base.op.name in ROOTED for t in form.terms for f in t.factors)


def _products(form: Form, work: Work) -> Iterator[Form]:
    """Yield the form multiplied by M, from each side where M⁻¹ stands at its end."""
    width = len(form.shape)
    done: set[tuple[Expr, int]] = set()
    for term in form.terms:
        for f in term.factors:
            if not isinstance(f.base, Apply) or f.base.op.name != "inv" or len(f.labels) != 2 or f.power != 1:
                continue
            for axis in range(min(width, 2)):
                if axis not in f.labels or (f.base, axis) in done:
                    continue
                done.add((f.base, axis))
                yield _multiplied(form, f, axis, work)


def _multiplied(form: Form, at: Factor, axis: int, work: Work) -> Form:
    """Return M times the form on one axis; M is kept whole until it met its inverse."""
    assert isinstance(at.base, Apply)
    x = fresh()
    labels: list[Label] = list(range(len(form.shape)))
    labels[axis] = x
    turned = at.labels[1] == axis
    where = (x, axis) if turned else (axis, x)
    whole = Form(at.base.shape, [Term(Fraction(1), (Factor(at.base.args[0], (0, 1)),), dict(enumerate(at.base.shape)))])
    parts = [join([(whole, where), (Form(form.shape, [t]), tuple(labels))], form.shape) for t in form.terms]
    joined = combine(Form(form.shape, [t for p in parts for t in p.terms]))
    return reduced(opened(joined, work), work)


