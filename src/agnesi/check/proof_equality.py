"""Proofs: two expressions are equal because they have the same normal form, or by a chain of named equalities.

What is proved is that the two sides agree wherever both have a value. What the sides need to have one is told by
`assumptions`. Where no proof is found nothing is said.
"""

from __future__ import annotations

from dataclasses import replace

from agnesi.check.assumptions import assumptions
from agnesi.check.proof_derivatives import derivation_steps
from agnesi.check.proof_steps import Proof, ProofStep
from agnesi.check.proof_vacuous import vacuous
from agnesi.errors import AgnesiError
from agnesi.expr.clock import now
from agnesi.expr.dims import ONE
from agnesi.expr.nodes import Expr, apply
from agnesi.expr.nodes import replace as substitute
from agnesi.rules.canon import combine
from agnesi.rules.chains import tokens
from agnesi.rules.derive import resolved
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_blocks import partitioned
from agnesi.rules.equalities_circles import CIRCLES, note_angles
from agnesi.rules.equalities_exponentials import EXPONENTIALS
from agnesi.rules.equalities_forms import OutOfTime, Work, cleared, is_exact, opened, reduced
from agnesi.rules.equalities_inverses import vanishes
from agnesi.rules.equalities_matrices import MATRICES, spectral
from agnesi.rules.equalities_special import SPECIAL
from agnesi.rules.equalities_sums import counted
from agnesi.rules.equalities_tower import Tower, written_back
from agnesi.rules.forms import Form, build
from agnesi.rules.multiply import join
from agnesi.rules.normal import form_of
from agnesi.rules.tidy import Tidy

SAME = ProofStep("same normal form", "")
MULTIPLIED_OUT = ProofStep("multiplied out", "MML 2.2")
ONE_DENOMINATOR = ProofStep("over one denominator", "MML 5.1")
LONGEST = 60
RULES = {**EXPONENTIALS, **CIRCLES, **SPECIAL, **MATRICES}


def prove(a: Expr, b: Expr, budget: float = 0.15) -> Proof | None:
    """Return a proof that a = b wherever both have a value, or None where none is found within `budget` seconds.

    Shapes must agree up to axes of size 1. Facts are those of the symbols.

        >>> from agnesi.expr.nodes import symbol
        >>> x, y = symbol("x", ("n",)), symbol("y", ("n",))
        >>> print(prove(apply("norm", x + y) ** 2, x.T @ x + 2 * (x.T @ y) + y.T @ y))
        multiplied out (MML 2.2)
    """
    work = Work(now() + budget)
    try:
        steps = equal_steps(a, b, work)
    except (AgnesiError, OutOfTime):
        return None
    return Proof(steps, assumptions(a, b)) if steps is not None and not vacuous(a, b) else None


def equal_steps(a: Expr, b: Expr, work: Work) -> tuple[ProofStep, ...] | None:
    """Return the steps that lead from a to b, cheap ways first."""
    if a is b:
        return (SAME,)
    left, right = resolved(a), resolved(b)
    gap = difference(left, right)
    if gap is None or not is_exact(gap):
        return None
    steps: tuple[ProofStep, ...] = ()
    if gap.terms:
        work.tick()
        first = opened(gap, work)
        found = _by_names(first, work) if first.terms else (MULTIPLIED_OUT,)
        if found is None:
            return None
        steps = _with_meeting(found, left, work)
    derived = [s for old, new in ((a, left), (b, right)) if old is not new for s in derivation_steps(old)]
    return (*derived, *steps) or (SAME,)


def _with_meeting(steps: tuple[ProofStep, ...], a: Expr, work: Work) -> tuple[ProofStep, ...]:
    """Add to the last named step what the left side becomes by it, where that is short and something else."""
    named = [k for k, s in enumerate(steps) if s.name in equalities]
    try:
        met = _meeting(a, Work(work.deadline))
    except (AgnesiError, OutOfTime):
        met = None
    if not named or met is None:
        return steps
    at = named[-1]
    return (*steps[:at], replace(steps[at], expr=met), *steps[at + 1 :])


def _meeting(a: Expr, work: Work) -> Expr | None:
    """Return the left side with its functions written by few."""
    if a.ndim > 2:
        return None
    form = rewritten(opened(form_of(a), work), work)
    work.tick()
    met = substitute(Tidy(a).write(form), written_back(work))
    return met if met.shape == a.shape and met is not a and tokens(met) <= LONGEST else None


def difference(a: Expr, b: Expr) -> Form | None:
    """Return the normal form of a − b; None where the shapes differ. A row and a column of one size do differ."""
    left, right = form_of(a), form_of(b)
    if left.shape != right.shape:
        left, right = _squeezed(left), _squeezed(right)
    if left.shape != right.shape:
        return None
    return combine(Form(left.shape, [*left.terms, *right.scaled(-_ONE).terms]))


_ONE = form_of(apply("size", attrs=(ONE,))).terms[0].coef


def _squeezed(form: Form) -> Form:
    """Return a form without its axes of size 1."""
    axes = [k for k, d in enumerate(form.shape) if d != ONE]
    names = {k: at for at, k in enumerate(axes)}
    labels = [names.get(k, 1_000_000 + k) for k in range(len(form.shape))]
    return join([(form, labels)], tuple(form.shape[k] for k in axes))


def _by_names(gap: Form, work: Work) -> tuple[ProofStep, ...] | None:
    """Return the named equalities by which a difference is 0."""
    tower = Tower(work, RULES)
    form = _climbed(gap, tower)
    if not form.terms:
        return _steps(work)
    form = partitioned(form, work)
    if not form.terms:
        return _steps(work)
    flat = counted(cleared(form, work), tower)
    if not flat.terms:
        return _steps(work, ONE_DENOMINATOR)
    if vanishes(flat, work):
        return _steps(work)
    return None


def rewritten(gap: Form, work: Work) -> Form:
    """Return a form with its functions written by few: exponentials, logarithms, sines, determinants of factors."""
    return _climbed(gap, Tower(work, RULES))


def _climbed(gap: Form, tower: Tower) -> Form:
    free = gap.indices()
    node = build(gap, (*free, *range(len(gap.shape))), {i: i.dim for i in free})
    note_angles(node, tower.work)
    return counted(spectral(tower, reduced(opened(tower.run(node), tower.work), tower.work)), tower)


def _steps(work: Work, *more: ProofStep) -> tuple[ProofStep, ...]:
    named = tuple(ProofStep(e.name, e.source) for e in map(equalities.__getitem__, work.used))
    return (*named, *more) if named or more else (MULTIPLIED_OUT,)

