"""Rewriting a normal form before it is lowered: shortcuts that structure allows.

A log determinant of a diagonal plus low rank becomes the determinant lemma, where that takes less work at the assumed
sizes. (Inverses of such matrices are dealt with where they meet a vector: a solve by Woodbury's formula is a step of
its own. Multiplied out, its terms would cancel.) A sum that has an identity, a diagonal or a thin product in it is
multiplied out where it meets something else, so that (D + UUᵀ)v is Dv + U(Uᵀv) and no square matrix is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, fold, postorder, with_args
from agnesi.rules.bases import as_form
from agnesi.rules.composition import positive_entries
from agnesi.rules.expand import split_at
from agnesi.rules.forms import Factor, Form, Term, is_delta
from agnesi.rules.structure import Diagonal, LowRank, Structure, shortcut, structure

MOST = 12  # a product is multiplied out into at most so many


def with_shortcuts(root: Expr, sizes: Mapping[str, int]) -> Expr:
    """Return a normal form with log determinants of structured matrices in their cheaper form."""
    if not any(_may(n) for n in postorder(root)):
        return root

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        made = with_args(node, args)
        if isinstance(made, Apply) and _may(made):
            try:
                found = shortcut(made, sizes) if sound(structure(as_form(made.args[0]), 1)) else None
            except AgnesiError:
                found = None
            if found is not None and found.shape == made.shape:
                return found
        return made

    return fold(root, step)


def sound(found: Structure) -> bool:
    """Tell whether Woodbury's formula divides by nothing that may be 0: the diagonal is surely positive, or it is σ²I.

    (With λ = 0 a matrix λI + UUᵀ of low rank has no inverse anyway.)
    """
    base = found.base if isinstance(found, LowRank) else None
    return not isinstance(base, Diagonal) or positive_entries(base.entries)


def _may(node: Expr) -> bool:
    if not isinstance(node, Apply) or node.op.name != "logdet" or node.args[0].ndim != 2:
        return False
    inner = node.args[0]
    return isinstance(inner, Apply) and inner.op.name in ("plus", "einsum")


def opened(term: Term, form: Form, pays: Callable[[Term, int], bool]) -> list[Term]:
    """Return a product with its structured sums multiplied out where they meet other factors, or where that `pays`."""
    width = len(form.shape)
    done: list[Term] = []
    todo = [term]
    while todo:
        current = todo.pop()
        places = range(len(current.factors))
        at = next((k for k in places if _opens(current, k, width) or pays(current, k)), None)
        if at is None or len(todo) + len(done) > MOST:
            done.append(current)
        else:
            todo += reversed(split_at(current, at, width))
    return done


def _opens(term: Term, at: int, width: int) -> bool:
    """Tell whether a factor of a product is a sum that is better multiplied out.

    A matrix is, where its diagonal is wanted or an axis of it is summed over, if it has an identity, a diagonal or an
    outer product in it, or the inverse of another factor; or if it is made of matrices as they are given and meets a
    vector; but not into more than one product of matrices. So is a sum of arrays none of which has all its axes
    (xᵢ − mⱼ), where an axis is summed over.
    """
    factor = term.factors[at]
    base = factor.base
    if factor.power != 1 or not isinstance(base, Apply) or base.op.name != "plus":
        return False
    beside = [f.base for f in term.factors if f.labels == factor.labels]
    if any(isinstance(b, Apply) and b.op.name == "normpdf" for b in beside):
        return any(f.power < 0 for t in as_form(base).terms for f in t.factors)  # φ/Φ is computed together
    if base.ndim < 2:
        return False
    summed = [x for x in factor.labels if isinstance(x, int) and x >= width]
    terms = as_form(base).terms
    if base.ndim > 2:
        axes = set(range(base.ndim))
        return bool(summed) and all(not axes <= {x for f in t.factors for x in f.labels} for t in terms)
    if not summed and factor.labels[0] != factor.labels[1]:
        return False
    others = [f for k, f in enumerate(term.factors) if k != at]
    met = [f for f in others if set(summed) & set(f.labels)]
    vector = bool(met) and all(len(f.labels) == 1 for f in met)
    if (summed and all(map(_constant, terms))) or (vector and len(terms) <= 3 and all(map(_given, terms))):
        return True
    bases = {f.base for f in others}
    thin = [_thin(t) for t in terms]
    if any(thin) and (vector or len(thin) - sum(thin) <= 1):
        return True
    return any(_inverse_of(f) in bases for t in terms for f in t.factors)


def _constant(term: Term) -> bool:
    """Tell whether a term is made of places and orders alone, which are never multiplied as matrices."""
    labelled = [f for f in term.factors if f.labels]
    return all(isinstance(f.base, Apply) and f.base.op.name in ("eye", "slot", "mask") for f in labelled)


def _given(term: Term) -> bool:
    """Tell whether a term is a number times a matrix that is an argument."""
    labelled = [f for f in term.factors if f.labels]
    if len(labelled) != 1 or labelled[0].power != 1 or set(labelled[0].labels) != {0, 1}:
        return False
    return isinstance(labelled[0].base, Symbol)


def _inverse_of(factor: Factor) -> Expr | None:
    inverse = isinstance(factor.base, Apply) and factor.base.op.name == "inv"
    return factor.base.args[0] if inverse and isinstance(factor.base, Apply) else None


def _thin(term: Term) -> bool:
    """Tell whether a product over the axes 0 and 1 has a δ between them, or is an outer product."""
    if any(is_delta(f) and set(f.labels) == {0, 1} for f in term.factors):
        return True
    if not all(any(axis in f.labels for f in term.factors) for axis in (0, 1)):
        return False  # constant along an axis: a broadcast
    reached: set[object] = {0}
    grew = True
    while grew:
        more = {x for f in term.factors if reached & set(f.labels) for x in f.labels}
        grew = not more <= reached
        reached |= more
    return 1 not in reached
