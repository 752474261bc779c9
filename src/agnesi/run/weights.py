"""Products that differ only in the weights of a summed axis are one product: XᵀD₁X + XᵀD₂X = Xᵀ(D₁ + D₂)X."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.expr.nodes import symbol
from agnesi.rules.canon import term_key
from agnesi.rules.forms import Factor, Form, Term, build


@dataclass(frozen=True)
class _Split:
    """A product as a frame, and the weights that stand on one summed label of it (scalars count as weights)."""

    label: int
    frame: tuple[Factor, ...]
    weights: tuple[Factor, ...]


def with_joint_weights(terms: Sequence[Term], width: int) -> list[Term]:
    """Return a sum of products in which those of one frame are one product, with the sum of their weights."""
    if len(terms) < 2:
        return list(terms)
    groups: dict[object, list[tuple[Term, _Split]]] = {}
    for at, term in enumerate(terms):
        found = _split(term, width)
        if found is None:
            groups[at] = [(term, _Split(-1, (), ()))]
            continue
        frame = Term(Fraction(1), (*found.frame, Factor(_MARK, (found.label,))), term.dims)
        groups.setdefault(term_key(frame, width), []).append((term, found))
    return [_joint(group) if len(group) > 1 else group[0][0] for group in groups.values()]


def _split(term: Term, width: int) -> _Split | None:
    wide = [f for f in term.factors if len(f.labels) > 1]
    summed = [x for x in term.dims if x >= width and sum(x in f.labels for f in wide) >= 2]
    if len(summed) != 1:
        return None
    (label,) = summed
    weights = tuple(f for f in term.factors if set(f.labels) <= {label} and len(f.labels) < 2)
    frame = tuple(f for f in term.factors if f not in weights)
    return _Split(label, frame, weights) if any(f.labels for f in weights) else None


def _joint(group: Sequence[tuple[Term, _Split]]) -> Term:
    """Return one product for several: the frame of the first, with the sum of all weights."""
    first, own = group[0]
    dim = first.dims[own.label]
    terms = [
        Term(t.coef, tuple(f.renamed({s.label: 0}) for f in s.weights), {0: dim}) for t, s in group
    ]  # fmt: skip
    weight = Factor(build(Form((dim,), terms)), (own.label,))
    return Term(Fraction(1), (*own.frame, weight), first.dims, first.rank)


_MARK = symbol("\0weights", ("n",))
