"""Powers of forms: of a product, factor by factor where that is right; of a sum, as a whole."""

from __future__ import annotations

from fractions import Fraction

from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, constant
from agnesi.ops.facts import facts
from agnesi.rules.bases import as_form, has_fact, power_of
from agnesi.rules.forms import Coef, Factor, Form, Label, Term, build, squeezed
from agnesi.rules.products import simplify


def power(form: Form, exponent: Fraction) -> Form:
    """Return form^exponent, entry by entry; roots are of what is nonnegative where it is defined."""
    if exponent == 1:
        return form
    if exponent == 0:
        return Form(form.shape, [Term(Fraction(1), (), dict(enumerate(form.shape)))])
    if len(form.terms) == 1:
        found = _of_product(form, exponent)
        if found is not None:
            return found
    special = _logistic(form, exponent)
    return special if special is not None else _whole(form, exponent, Fraction(1))


def _of_product(form: Form, exponent: Fraction) -> Form | None:
    """(c a b)^p = c^p a^p b^p without summed labels, for whole p or factors of known sign."""
    (term,) = form.terms
    width = len(form.shape)
    scale = power_of(term.coef, exponent)
    if any(isinstance(x, int) and x >= width for x in term.dims):
        # a contraction: the coefficient may leave, the sum stays whole
        if scale is None or (term.coef < 0 and exponent.denominator % 2 == 0):
            return None
        return _whole(Form(form.shape, [term.scaled(1 / term.coef)]), exponent, scale)
    if scale is None:
        if term.factors or not term.coef > 0:
            return None
        return _of_number(form, term, exponent)
    whole = exponent.denominator == 1
    if not whole and sum(not _signed(f) for f in term.factors) > 1:
        return None
    factors = []
    for factor in term.factors:
        base, p = factor.base, Fraction(factor.power)
        if not whole and p.denominator == 1 and p % 2 == 0 and not has_fact(base, "nonnegative"):
            base = absolute(base)
        factors.append(Factor(base, factor.labels, p * exponent))
    done = simplify(Term(scale, tuple(factors), term.dims, term.rank), width)
    return Form(form.shape, [done] if done is not None else [])


def _of_number(form: Form, term: Term, exponent: Fraction) -> Form:
    value = term.coef
    number = value if isinstance(value, float) else value.numerator if value.denominator == 1 else value
    return Form(form.shape, [Term(Fraction(1), (Factor(constant(number), (), exponent),), term.dims, term.rank)])


def _signed(factor: Factor) -> bool:
    """Tell whether a factor is surely nonnegative (where it is defined)."""
    p = Fraction(factor.power)
    return p.denominator % 2 == 0 or (p.denominator == 1 and p % 2 == 0) or nonnegative(factor.base)


def nonnegative(node: Expr) -> bool:
    """Tell whether all entries of a node are surely at least 0."""
    if isinstance(node, Const):
        return node.value >= 0
    if isinstance(node, Symbol):
        return "nonnegative" in facts.closure(node.facts)
    if isinstance(node, Apply) and node.op.name in ("size", "pi", "euler"):
        return True
    return has_fact(node, "nonnegative")


def absolute(node: Expr) -> Expr:
    """Return |node| as an atom."""
    return node if nonnegative(node) else apply("abs", node)


def _whole(form: Form, exponent: Fraction, scale: Coef) -> Form:
    """Return scale · base^exponent with the whole form as one base."""
    free = form.indices()
    form, axes = squeezed(form)
    base = build(form, (*free, *axes))
    dims = dict(enumerate(form.shape))
    return Form(form.shape, [Term(scale, (Factor(base, (*free, *axes), exponent),), dims)])


def _logistic(form: Form, exponent: Fraction) -> Form | None:
    """(1 + e^v)^(−k) = σ(−v)^k."""
    if exponent >= 0 or exponent.denominator != 1 or len(form.terms) != 2:
        return None
    v = one_plus_exp(form)
    if v is None:
        return None
    arg, labels = v
    minus = build(Form(arg.shape, [t.scaled(Fraction(-1)) for t in as_form(arg).terms]))
    factor = Factor(apply("sigmoid", minus), labels, -exponent)
    return Form(form.shape, [Term(Fraction(1), (factor,), dict(enumerate(form.shape)))])


def one_plus_exp(form: Form) -> tuple[Expr, tuple[Label, ...]] | None:
    """Return (v, labels) where the form is 1 + e^v, with the labels of v; None otherwise."""
    if len(form.terms) != 2:
        return None
    ones = [t for t in form.terms if t.coef == 1 and not t.factors and all(x < len(form.shape) for x in t.dims)]
    exps = [t for t in form.terms if t.coef == 1 and len(t.factors) == 1]
    if len(ones) != 1 or len(exps) != 1:
        return None
    (factor,) = exps[0].factors
    if factor.power != 1 or not isinstance(factor.base, Apply) or factor.base.op.name != "exp":
        return None
    if any(isinstance(x, int) and x >= len(form.shape) for x in factor.labels):
        return None
    return factor.base.args[0], factor.labels
