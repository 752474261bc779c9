"""Atoms of the normal form: functions of normal arguments. Free indices and, for functions of entries, all axes
of the argument become the axes of the atom; a few functions of special arguments have simpler forms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Apply, Expr, Index, apply
from agnesi.expr.operation import Operation, operations
from agnesi.rules.bases import as_form, exp_sum, has_fact
from agnesi.rules.batch import lifted
from agnesi.rules.forms import Factor, Form, Label, Term, build, fresh, is_delta
from agnesi.rules.powers import one_plus_exp
from agnesi.rules.products import product, simplify


def as_atom(op: Operation, attrs: tuple[Any, ...], args: Sequence[Form], shape: Shape, batch: int = 0) -> Form:
    """Return op(args) as a one-factor form; `batch` leading axes of the arguments are batch axes already."""
    assert op.core is not None
    free = tuple(sorted({i for a in args for i in a.indices()}, key=lambda i: i.name))
    if not any(op.core):
        return _entrywise_atom(op, attrs, args, shape, free)
    bases = []
    for form in args:
        dims: dict[Label, Dim] = {i: i.dim for i in free}
        bases.append(build(form, (*free, *range(len(form.shape))), dims))
    node = lifted(op, bases, attrs, len(free) + batch)
    axes = tuple(range(len(shape)))
    return Form(shape, [Term(Fraction(1), (Factor(node, (*free, *axes)),), dict(enumerate(shape)))])


def _entrywise_atom(
    op: Operation, attrs: tuple[Any, ...], args: Sequence[Form], shape: Shape, free: tuple[Index, ...]
) -> Form:
    """Axes that no term of an argument carries are left out: f(s𝟏) is f(s)𝟏."""
    carried = {x for a in args for t in a.terms for f in t.factors for x in f.labels}
    axes = tuple(k for k in range(len(shape)) if k in carried)
    order: tuple[Label, ...] = (*free, *axes)
    bases = []
    for form in args:
        terms = [
            Term(t.coef, t.factors, {x: d for x, d in t.dims.items() if x in axes or x >= len(shape)})
            for t in form.terms
        ]
        bases.append(build(Form(form.shape, terms), order, {k: shape[k] for k in axes} | {i: i.dim for i in free}))
    node = apply(op, *bases, attrs=attrs)
    return Form(shape, [Term(Fraction(1), (Factor(node, order),), dict(enumerate(shape)))])


def function(name: str, *args: Form, batch: int | None = None, shape: Shape | None = None) -> Form:
    """Return the named function of forms, with the identities that hold for special arguments."""
    op = operations[name]
    if batch is None and len(args) == 1:
        found = _special(name, args[0])
        if found is not None:
            return found
    if name == "maximum" and any(not a.terms for a in args):
        return function("relu", *(a for a in (args if args[0].terms else args[::-1])[:1]))
    whole = args[0].shape if len(args) == 1 else max((a.shape for a in args), key=len)
    if shape is None:
        return as_atom(op, (), args, whole, batch or 0)
    # a reduction over the last axis: the axes before it are batch axes
    return _reduced(op, args[0])


def _reduced(op: Operation, form: Form) -> Form:
    lead = len(form.shape) - 1
    free = form.indices()
    base = build(form, (*free, *range(len(form.shape))), {i: i.dim for i in free})
    node = lifted(op, [base], (), len(free) + lead)
    axes = tuple(range(lead))
    return Form(form.shape[:-1], [Term(Fraction(1), (Factor(node, (*free, *axes)),), dict(enumerate(form.shape[:-1])))])


def _special(name: str, form: Form) -> Form | None:
    """log(e^u) = u, e^(log u) = u, log(1 + e^v) = softplus(v), log Σ e^u = logsumexp(u); constants."""
    single = form.terms[0] if len(form.terms) == 1 else None
    if name == "log":
        v = one_plus_exp(form)
        if v is not None:
            return _applied("softplus", v[0], v[1], form.shape)
        if single is not None and single.coef == 1 and not single.factors:
            return Form(form.shape, [])
        if single is not None and single.coef == 1 and len(single.factors) == 1 and single.factors[0].power == 1:
            return _log_of(single.factors[0], form)
        if single is not None and single.coef == 1:
            return _log_of_sum(form)
    if name == "exp" and single is not None and single.coef == 1 and len(single.factors) == 1:
        factor = single.factors[0]
        if (
            factor.power == 1
            and isinstance(factor.base, Apply)
            and factor.base.op.name == "log"
            and _plain(single, form)
        ):
            return _argument(factor, form.shape)
    if name == "exp" and not form.terms:
        return Form(form.shape, [Term(Fraction(1), (), dict(enumerate(form.shape)))])
    if name == "abs" and single is not None and len(single.factors) == 1 and _plain(single, form):
        (factor,) = single.factors
        if has_fact(factor.base, "nonnegative") or has_fact(factor.base, "positive"):
            size = single.coef if single.coef > 0 else -single.coef
            return Form(form.shape, [Term(size, single.factors, single.dims)])
    return None


def _plain(term: Term, form: Form) -> bool:
    return all(x < len(form.shape) for x in term.dims)


def _log_of(factor: Factor, form: Form) -> Form | None:
    if not _plain(form.terms[0], form):
        return _log_of_sum(form)
    if isinstance(factor.base, Apply) and factor.base.op.name == "exp":
        return _argument(factor, form.shape)
    return _log_of_sum(form)


def _log_of_sum(form: Form) -> Form | None:
    """log Σ_j exp(u)_..j = logsumexp(u) over that axis."""
    free = form.indices()
    base = build(form, (*free, *range(len(form.shape))), {i: i.dim for i in free})
    total = exp_sum(base)
    if total is None:
        return None
    u, axis = total
    order = [k for k in range(u.ndim) if k != axis] + [axis]
    inner = _applied_form(u, tuple(range(u.ndim)), u.shape)
    turned = build(inner, order)
    node = lifted(operations["logsumexp"], [turned], (), u.ndim - 1)
    labels: tuple[Label, ...] = (*free, *range(len(form.shape)))
    return Form(form.shape, [Term(Fraction(1), (Factor(node, labels),), dict(enumerate(form.shape)))])


def _argument(factor: Factor, shape: Shape) -> Form:
    """Return the argument of a function factor, at the labels of the factor."""
    assert isinstance(factor.base, Apply)
    return _applied_form(factor.base.args[0], factor.labels, shape)


def _applied_form(node: Expr, labels: Sequence[Label], shape: Shape) -> Form:
    """Return a normal node at labels, as a form of the given shape."""
    inner = as_form(node)
    terms = []
    for term in inner.at(labels):
        done = product([term], len(shape), dict(enumerate(shape)))
        if done is not None:
            terms.append(done)
    return Form(shape, terms)


def _applied(name: str, arg: Expr, labels: Sequence[Label], shape: Shape) -> Form:
    node = apply(name, arg)
    return Form(shape, [Term(Fraction(1), (Factor(node, tuple(labels)),), dict(enumerate(shape)))])


# -- matrices --------------------------------------------------------------------------------------------------------


def matrix_atom(op: Operation, form: Form) -> Form:
    """Return inv, det or logdet of a form, simplified where the argument is a product of simple things."""
    name = op.name
    if len(form.terms) == 1:
        found = _of_single(name, form)
        if found is not None:
            return found
    if name == "det" and len(form.terms) == 2:
        lemma = _determinant_lemma(form)
        if lemma is not None:
            return lemma
    return as_atom(op, (), (form,), form.shape if name == "inv" else ())


def _of_single(name: str, form: Form) -> Form | None:
    (term,) = form.terms
    if not term.factors:
        return None
    if name == "inv":
        return _inverse(form, term)
    if len(term.factors) == 1 and not form.indices() and term.coef == 1 and term.factors[0].power == 1:
        (factor,) = term.factors
        inside = factor.base
        if is_delta(factor):
            return Form((), [Term(Fraction(name == "det"), (), {})] if name == "det" else [])
        if isinstance(inside, Apply) and inside.op.name == "inv" and set(factor.labels) == {0, 1}:
            node = Factor(apply(name, inside.args[0]), (), -1 if name == "det" else 1)
            return Form((), [Term(Fraction(1 if name == "det" else -1), (node,), {})])
        if factor.labels == (1, 0):
            return Form((), [Term(Fraction(1), (Factor(apply(name, inside), ()),), {})])
    return None


def _inverse(form: Form, term: Term) -> Form | None:
    """(c D A B)⁻¹ = c⁻¹ B⁻¹ A⁻¹ D⁻¹ for square factors; of a diagonal, entry by entry; of an inverse, the inside."""
    scalars = [f for f in term.factors if not f.labels]
    rest = [f for f in term.factors if f.labels]
    if any(isinstance(x, Index) for f in term.factors for x in f.labels):
        return None
    if isinstance(term.coef, float):
        return None
    outs = [Factor(f.base, (), -f.power) for f in scalars]
    deltas = [f for f in rest if is_delta(f)]
    if deltas:
        if len(deltas) != 1 or set(deltas[0].labels) != {0, 1} or any(x > 1 for f in rest for x in f.labels):  # type: ignore[operator]
            return None
        outs += [Factor(f.base, f.labels, -f.power) for f in rest if f is not deltas[0]]
        return _single(1 / term.coef, [*outs, deltas[0]], term, form.shape)
    path = _square_chain(rest, form)
    if path is None:
        return None
    labels: list[Label] = [0, *(fresh() for _ in path[1:]), 1]
    dim = form.shape[0]
    for k, (base, flipped) in enumerate(reversed(path)):
        outs.append(_inverted(base, flipped, (labels[k], labels[k + 1])))
    dims = {x: dim for x in labels if isinstance(x, int)}
    done = simplify(Term(1 / term.coef, tuple(outs), dims), 2)
    return Form(form.shape, [done] if done is not None else [])


def _inverted(base: Expr, flipped: bool, labels: tuple[Label, Label]) -> Factor:
    where = labels[::-1] if flipped else labels
    if isinstance(base, Apply) and base.op.name == "inv":
        return Factor(base.args[0], where)
    if has_fact(base, "orthogonal"):
        return Factor(base, where[::-1])
    return Factor(apply("inv", base), where)


def _single(coef: Fraction, factors: list[Factor], term: Term, shape: Shape) -> Form:
    return Form(shape, [Term(coef, tuple(factors), term.dims)])


def _square_chain(rest: list[Factor], form: Form) -> list[tuple[Expr, bool]] | None:
    """Return the factors in order from axis 0 to axis 1 where they are a chain of square matrices of one size."""
    left = list(rest)
    at: Label = 0
    path: list[tuple[Expr, bool]] = []
    while left:
        around = [f for f in left if at in f.labels]
        if len(around) != 1:
            return None
        factor = around[0]
        left.remove(factor)
        if factor.power not in (1, 2) or len(factor.labels) != 2 or factor.base.shape != form.shape:
            return None
        if factor.power == 2 or factor.labels[0] == factor.labels[1]:
            return None
        flipped = factor.labels[1] == at
        path.append((factor.base, flipped))
        at = factor.labels[0] if flipped else factor.labels[1]
    if at != 1 or (len(path) == 1 and not path[0][1] and not _simple_inverse(path[0][0])):
        return None
    return path


def _simple_inverse(base: Expr) -> bool:
    return (isinstance(base, Apply) and base.op.name == "inv") or has_fact(base, "orthogonal")


def _determinant_lemma(form: Form) -> Form | None:
    """det(I + u vᵀ) = 1 + vᵀu."""
    eye = [t for t in form.terms if t.coef == 1 and len(t.factors) == 1 and is_delta(t.factors[0])]
    rest = [t for t in form.terms if t not in eye]
    if len(eye) != 1 or len(rest) != 1:
        return None
    sides: list[set[Label]] = []
    for factor in rest[0].factors:
        touching = set(factor.labels)
        joined = [s for s in sides if s & touching]
        for s in joined:
            sides.remove(s)
            touching |= s
        if touching:
            sides.append(touching)
    if not any(0 in s for s in sides) or not any(1 in s for s in sides) or any({0, 1} <= s for s in sides):
        return None
    x = fresh()
    dim = form.shape[0]
    inner = Form(form.shape, rest).at((x, x))[0]
    done = product([inner], 0, {x: dim})
    ones = Term(Fraction(1), (), {})
    return Form((), [ones] + ([done] if done is not None else []))
