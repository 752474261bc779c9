"""Proofs of a ≤ b: the difference is a sum of squares or has a sure sign, or a ≤ … ≤ b by named inequalities."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from agnesi.check.assumptions import assumptions
from agnesi.check.proof_bounds import bounds_above, bounds_below
from agnesi.check.proof_equality import difference, equal_steps, rewritten
from agnesi.check.proof_steps import Proof, ProofStep
from agnesi.check.proof_vacuous import vacuous
from agnesi.errors import AgnesiError
from agnesi.expr.clock import now
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr
from agnesi.rules.bases import has_fact
from agnesi.rules.derive import resolved
from agnesi.rules.equalities_forms import OutOfTime, Work, is_exact, opened
from agnesi.rules.forms import Form, Term, build
from agnesi.rules.normal import form_of
from agnesi.rules.signs import surely_nonnegative
from agnesi.rules.squares import nonnegative_form
from agnesi.rules.tidy import Tidy

DEPTH = 2
SIGN = ProofStep("the difference is made of parts that are at least 0", "Boyd 2")
GIBBS = ProofStep("∑ p log(p/q) ≥ 0", "MacKay 2.6")


def prove_inequality(a: Expr, b: Expr, budget: float = 0.15) -> Proof | None:
    """Return a proof that a ≤ b wherever both have a value, or None where none is found.

        >>> from agnesi.expr.nodes import symbol
        >>> x, y = symbol("x"), symbol("y")
        >>> print(prove_inequality(2 * x * y, x**2 + y**2))
        the difference is a positive semidefinite quadratic form (MML 3.2)
    """
    work = Work(now() + budget)
    if a.ndim > 1 or b.ndim > 1:  # between matrices ≤ may mean the order of semidefinite matrices
        return None
    try:
        steps = _chain(resolved(a), resolved(b), work)
    except (AgnesiError, OutOfTime):
        return None
    return Proof(steps, assumptions(a, b)) if steps is not None and not vacuous(a, b) else None


def _chain(a: Expr, b: Expr, work: Work) -> tuple[ProofStep, ...] | None:
    """Search breadth first: raise a or lower b by one named inequality at a time."""
    starts = dict.fromkeys(((a, b), (_tidied(a), _tidied(b))))
    todo: list[tuple[Expr, Expr, tuple[ProofStep, ...]]] = [(small, large, ()) for small, large in starts]
    seen: set[tuple[Expr, Expr]] = set(starts)
    for depth in range(DEPTH + 1):
        later: list[tuple[Expr, Expr, tuple[ProofStep, ...]]] = []
        for small, large, steps in todo:
            work.tick()
            last = _at_most(small, large, work)
            if last is not None:
                return (*steps, *last)
            if depth < DEPTH:
                for pair, step in _steps(small, large):
                    if pair not in seen:
                        seen.add(pair)
                        later.append((*pair, (*steps, step)))
        todo = later
    return None


def _tidied(node: Expr) -> Expr:
    """Return a side with its functions recovered: log(1 + eᵘ) is softplus(u)."""
    try:
        written = Tidy().write(form_of(node))
    except AgnesiError:
        return node
    return written if written.shape == node.shape else node


def _steps(a: Expr, b: Expr) -> Iterator[tuple[tuple[Expr, Expr], ProofStep]]:
    for bound, above in bounds_above(a):
        yield (above, b), ProofStep(bound.name, bound.source, above)
    for bound, below in bounds_below(b):
        yield (a, below), ProofStep(bound.name, bound.source, below)


def _at_most(a: Expr, b: Expr, work: Work) -> tuple[ProofStep, ...] | None:
    """Return why a ≤ b in one go: equal, or a difference that is surely at least 0."""
    try:
        gap = difference(b, a)
    except AgnesiError:
        return None
    if gap is None or gap.indices() or not is_exact(gap):
        return None
    flat = opened(gap, work)
    if not flat.terms:
        return ()
    if surely_nonnegative(b - a) or surely_nonnegative(build(gap)):
        return (SIGN,)
    for form in (gap, flat):
        why = nonnegative_form(form)
        if why is not None:
            return (ProofStep(f"the difference is {why}", "MML 3.2"),)
    equal = equal_steps(a, b, Work(work.deadline))
    if equal is not None:
        return equal
    plain = Work(work.deadline)
    deep = rewritten(flat, plain)
    if not deep.indices() and surely_nonnegative(build(deep)):
        return (SIGN,)
    return (GIBBS,) if _gibbs(deep) else None


# -- ∑ p log(p/q) ≥ 0 ------------------------------------------------------------------------------------------------


def _gibbs(form: Form) -> bool:
    """Tell whether a form is c ∑ p (log p − log q), c ≥ 0, for a distribution p and a q that sums to at most 1.

    q is a distribution, or 1/K for K outcomes: then log K stands in place of −∑ p log q.
    """
    if len(form.terms) != 2:
        return False
    for first, second in (form.terms, form.terms[::-1]):
        own = _cross(first)
        if own is None or own[0] is not own[1] or first.coef <= 0 or second.coef != -_sign(second) * first.coef:
            continue
        other = _cross(second)
        if other is not None and second.coef < 0 and other[0] is own[0]:
            return _distribution(other[1])
        return second.coef > 0 and _log_size(second) == own[0].shape[0]
    return False


def _sign(term: Term) -> Fraction:
    return Fraction(1 if term.coef < 0 else -1)


def _cross(term: Term) -> tuple[Expr, Expr] | None:
    """Return (p, q) where a product is ∑ pᵢ log qᵢ, up to its number."""
    if len(term.factors) != 2 or any(f.power != 1 or len(f.labels) != 1 for f in term.factors):
        return None
    for p, log in (term.factors, term.factors[::-1]):
        base = log.base
        if p.labels == log.labels and isinstance(base, Apply) and base.op.name == "log" and _distribution(p.base):
            return p.base, base.args[0]
    return None


def _distribution(node: Expr) -> bool:
    return node.ndim == 1 and has_fact(node, "probability")


def _log_size(term: Term) -> Dim | None:
    """Return the size whose logarithm a product is, up to its number."""
    if len(term.factors) != 1 or term.factors[0].power != 1:
        return None
    base = term.factors[0].base
    inner = base.args[0] if isinstance(base, Apply) and base.op.name == "log" else None
    return Dim.of(inner.attrs[0]) if isinstance(inner, Apply) and inner.op.name == "size" else None
