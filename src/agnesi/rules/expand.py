"""Multiplying out: sums inside products are distributed, so that everything that can cancel does.

Used to look for shorter answers, and to prove that two expressions have the same normal form.
"""

from __future__ import annotations

from agnesi.expr.nodes import Apply
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine
from agnesi.rules.forms import Factor, Form, Term
from agnesi.rules.products import simplify


def expanded(form: Form, limit: int = 64) -> Form | None:
    """Return the form with sums in its products multiplied out, or None past `limit` terms."""
    width = len(form.shape)
    done: list[Term] = []
    todo = list(reversed(form.terms))
    while todo:
        term = todo.pop()
        ready = [k for k, f in enumerate(term.factors) if _opens(f)]
        # a sum that holds sums or quotients is opened first: what is in it may cancel against the others
        at = next((k for k in ready if _nested(term.factors[k])), ready[0] if ready else None)
        if at is None:
            done.append(term)
        else:
            todo.extend(reversed(split_at(term, at, width)))
        if len(done) + len(todo) > limit:
            return None
    return combine(Form(form.shape, done))


def _opens(factor: Factor) -> bool:
    """Tell whether a factor is a sum to a small whole power."""
    whole = factor.power in (1, 2, 3)
    return whole and isinstance(factor.base, Apply) and factor.base.op.name == "plus"


def _nested(factor: Factor) -> bool:
    return any(f.power < 0 or _opens(f) for t in as_form(factor.base).terms for f in t.factors)


def split_at(term: Term, at: int, width: int) -> list[Term]:
    """Return a product with the sum that its factor `at` is multiplied out."""
    chosen = term.factors[at]
    others = term.factors[:at] + term.factors[at + 1 :]
    if chosen.power != 1:
        others = (*others, Factor(chosen.base, chosen.labels, chosen.power - 1))
    found = []
    for part in as_form(chosen.base).at(chosen.labels):
        dims = {**part.dims, **term.dims}
        whole = Term(term.coef * part.coef, others + part.factors, dims, term.rank)
        simple = simplify(whole, width)
        if simple is not None:
            found.append(simple)
    return found
