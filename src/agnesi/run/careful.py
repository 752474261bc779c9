"""Patterns that lose digits when they are computed as they stand, and the careful functions that they become.

| as it stands | becomes | why |
|---|---|---|
| log σ(u) | log_sigmoid(u) = −softplus(−u) | σ(u) underflows at u = −746 |
| log softmax(u) | u − logsumexp(u) | the same |
| log(1 − σ(u)) | log_sigmoid(−u) | σ(u) rounds to 1 |
| log(1 − eᵘ), log(1 + u) | log1mexp(u), log1p(u) | 1 + u rounds |
| eᵘ − 1, 1 − σ(u) | expm1(u), σ(−u) | cancellation |
| σ(u)(1 − σ(u)) | dsigmoid(u) = e^(−\\|u\\|)/(1 + e^(−\\|u\\|))² | the same |
| √Σ x² | nrm2(x) | x² overflows at 1e154 |
| log(det A) of a definite A, log Γ | from a factorisation, lgamma | they overflow |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from agnesi.expr.nodes import Apply, Expr, apply
from agnesi.rules.bases import as_form
from agnesi.rules.curvature import definite
from agnesi.rules.forms import Factor, Form, Term

if TYPE_CHECKING:
    from agnesi.run.lower import Lowering, Part


def careful_call(run: Lowering, node: Apply) -> Part | None:
    """Return a careful function for an atom, or None where it is fine as it stands."""
    if node.op.name != "log":
        return None
    arg = node.args[0]
    if isinstance(arg, Apply):
        match arg.op.name:
            case "sigmoid":
                return run.entries("log_sigmoid", (), [run.part(arg.args[0])])
            case "softmax" | "batched softmax":
                value = run.whole(run.part(arg.args[0]), arg.shape)
                return run.all_of(run.values.call("log_softmax", (arg.ndim - 1,), [value], arg.shape))
            case "normcdf":
                return run.entries("log_normcdf", (), [run.part(arg.args[0])])
            case "gamma":
                return run.entries("lgamma", (), [run.part(arg.args[0])])
            case "det" if definite(arg.args[0]):
                return run.part(apply("logdet", arg.args[0]))
    return _log_of_sum(run, as_form(arg))


def _log_of_sum(run: Lowering, form: Form) -> Part | None:
    """log(1 + ...)."""
    ones = [t for t in form.terms if _constant(t, form) and t.coef == 1]
    rest = [t for t in form.terms if t not in ones]
    if len(ones) != 1 or not rest or len(form.terms) > 8:
        return None
    if len(rest) == 1 and rest[0].coef == -1:
        for name, careful, sign in (("exp", "log1mexp", 1), ("sigmoid", "log_sigmoid", -1)):
            inner = _argument(run, rest[0], form, name)
            if inner is not None:
                return run.entries(careful, (), [_times(run, sign, inner)])
    return run.entries("log1p", (), [run.form(Form(form.shape, rest))])


def careful_pair(run: Lowering, form: Form) -> Iterator[tuple[Sequence[Term], Part]]:
    """Yield pairs of terms with what they are together: c eᵘ − c = c expm1(u), c − c σ(u) = c σ(−u)."""
    ones = [t for t in form.terms if _constant(t, form)]
    if len(ones) != 1 or len(form.terms) < 2:
        return
    (one,) = ones
    for term in form.terms:
        if term is one or term.coef != -one.coef:
            continue
        for name, careful, sign in (("exp", "expm1", 1), ("sigmoid", "sigmoid", -1)):
            inner = _argument(run, term, form, name)
            if inner is not None:
                found = run.entries(careful, (), [_times(run, sign, inner)])
                yield (one, term), _times(run, -one.coef if name == "exp" else one.coef, found)
                return


def slope_of_sigmoid(run: Lowering, factors: Sequence[Factor]) -> tuple[Factor, Factor, Part] | None:
    """Return the two factors σ(u) and 1 − σ(u) of a product, with dsigmoid(u)."""
    for s in factors:
        if not (isinstance(s.base, Apply) and s.base.op.name == "sigmoid" and s.power == 1):
            continue
        for other in factors:
            if other.labels == s.labels and other.power == 1 and _is_complement(other.base, s.base):
                return s, other, run.entries("dsigmoid", (), [run.part(s.base.args[0])])
    return None


def _is_complement(node: Expr, s: Expr) -> bool:
    """Tell whether a node is 1 − s."""
    if not isinstance(node, Apply) or node.op.name != "plus" or len(node.args) != 2:
        return False
    form = as_form(node)
    one = [t for t in form.terms if _constant(t, form) and t.coef == 1]
    rest = [t for t in form.terms if t not in one]
    if len(one) != 1 or rest[0].coef != -1 or len(rest[0].factors) != 1:
        return False
    factor = rest[0].factors[0]
    return factor.base is s and factor.power == 1 and factor.labels == tuple(range(node.ndim))


def _constant(term: Term, form: Form) -> bool:
    return not term.factors and all(x < len(form.shape) for x in term.dims)


def _argument(run: Lowering, term: Term, form: Form, name: str) -> Part | None:
    """Return u where a term is a number times name(u), at the axes of the form; None otherwise."""
    if len(term.factors) != 1 or any(x >= len(form.shape) for x in term.dims):
        return None
    (factor,) = term.factors
    base = factor.base
    if not isinstance(base, Apply) or base.op.name != name or factor.power != 1:
        return None
    if len(set(factor.labels)) < len(factor.labels) or not all(isinstance(x, int) for x in factor.labels):
        return None
    return run.relabelled(run.part(base.args[0]), factor.labels)


def _times(run: Lowering, coef: Fraction | float | int, part: Part) -> Part:
    return run.scaled(coef, part)
