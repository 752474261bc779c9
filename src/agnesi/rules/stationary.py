"""The stationary point in closed form, where the gradient is linear in the unknown."""

from __future__ import annotations

from dataclasses import dataclass

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, symbol
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine
from agnesi.rules.chains import shared_coef
from agnesi.rules.curvature import definite_sum, depends, smooth
from agnesi.rules.derive import normal_derivative
from agnesi.rules.forms import Form, Label, Term, build, is_delta
from agnesi.rules.multiply import join
from agnesi.rules.normal import form_of
from agnesi.rules.products import simplify
from agnesi.rules.tidy import Tidy


@dataclass(frozen=True)
class Stationary:
    """The point where the gradient vanishes: variable = `value`, if `condition` holds (empty: always)."""

    variable: Symbol
    value: Expr
    condition: Expr | None


def stationary(f: Expr, variable: Symbol) -> Stationary | None:
    """Return the stationary point of a scalar f where ∇f = H x + c with H and c free of the variable, else None."""
    if f.shape or variable.ndim > 2:
        return None
    try:
        gradient = normal_derivative(f, [variable])
        slope = normal_derivative(f, [variable, variable])
    except AgnesiError:
        return None
    if not slope.terms or depends(slope, variable) or not smooth(gradient, variable):
        return None
    zero = Form(variable.shape, [])
    rest = form_of(build(gradient), {variable: zero})
    if variable.ndim == 2:
        return _of_matrix(f, variable, slope, rest)
    return _solved(f, variable, slope, rest)


def _solved(f: Expr, variable: Symbol, slope: Form, rest: Form) -> Stationary | None:
    tidy = Tidy(f)
    scale = shared_coef([t.coef for t in (*slope.terms, *rest.terms)])
    slope, rest = slope.scaled(1 / scale), _spread(rest.scaled(-1 / scale))
    if not variable.shape:
        value = apply("div", tidy.write(rest), tidy.write(slope))
        return Stationary(variable, _simplest(value, f), None)
    matrix = build(slope)
    place = symbol("\0h", slope.shape)
    env: dict[Expr, Form] = {place: as_form(matrix)}
    solved = form_of(apply("inv", place), env)
    found = join([(solved, (0, 99)), (rest, (99,))], variable.shape)
    return Stationary(variable, Tidy(f).write(found), None if _invertible(slope) else tidy.write(slope))


def _simplest(value: Expr, f: Expr) -> Expr:
    return Tidy(f).write(form_of(value))


def _spread(form: Form) -> Form:
    """Return a form with sums inside its products multiplied out, where that is short (Xᵀ(0 − y) is −Xᵀy)."""
    out: list[Term] = []
    for term in form.terms:
        single = [f for f in term.factors if f.power == 1 and isinstance(f.base, Apply) and f.base.op.name == "plus"]
        if len(single) != 1:
            out.append(term)
            continue
        others = tuple(f for f in term.factors if f is not single[0])
        for part in as_form(single[0].base).at(single[0].labels):
            joined = Term(term.coef * part.coef, others + part.factors, {**term.dims, **part.dims}, term.rank)
            done = simplify(joined, len(form.shape))
            if done is not None:
                out.append(done)
    return combine(Form(form.shape, out))


def _invertible(slope: Form) -> bool:
    """Tell whether a matrix is surely invertible: every term is semidefinite, and one is definite."""
    found = definite_sum(slope)
    return found is not None and found.startswith("strictly")


def _of_matrix(f: Expr, variable: Symbol, slope: Form, rest: Form) -> Stationary | None:
    """Solve L W = C or W R = C, where the derivative of the gradient acts from one side only."""
    for near, far in (((0, 2), (1, 3)), ((1, 3), (0, 2))):
        side = _one_sided(slope, near, far)
        if side is None:
            continue
        scale = shared_coef([t.coef for t in (*side.terms, *rest.terms)])
        side, right = side.scaled(1 / scale), _spread(rest.scaled(-1 / scale))
        place = symbol("\0h", side.shape)
        solved = form_of(apply("inv", place), {place: as_form(build(side))})
        left: list[Label] = [0, 99] if near == (0, 2) else [1, 99]
        other: list[Label] = [99, 1] if near == (0, 2) else [0, 99]
        value = join([(solved, left), (right, other)], variable.shape)
        return Stationary(variable, Tidy(f).write(value), None if _invertible(side) else Tidy(f).write(side))
    return None


def _one_sided(slope: Form, near: tuple[int, int], far: tuple[int, int]) -> Form | None:
    """Return M where the derivative of the gradient is M on the axes `near` and δ on the axes `far`."""
    terms = []
    for term in slope.terms:
        deltas = [f for f in term.factors if is_delta(f) and set(f.labels) == set(far)]
        others = [f for f in term.factors if f not in deltas]
        if len(deltas) != 1 or any(x in far for f in others for x in f.labels):
            return None
        names: dict[Label, Label] = {near[0]: 0, near[1]: 1}
        inner = Term(term.coef, tuple(others), {x: d for x, d in term.dims.items() if x not in far})
        shifted = _apart(inner)
        terms.append(shifted.renamed(names))
    dims = (slope.shape[near[0]], slope.shape[near[1]])
    return combine(Form(dims, [Term(t.coef, t.factors, {**t.dims, 0: dims[0], 1: dims[1]}) for t in terms]))


def _apart(term: Term) -> Term:
    """Return the term with its summed labels out of the way of the axes 0 to 3."""
    names: dict[Label, Label] = {x: x + 10**8 for x in term.dims if x > 3}
    return term.renamed(names)
