"""Exponentials and logarithms of single products, and what is made of them: σ, tanh, softmax, log-sum-exp, powers.

Each e^m, for a product m without a number in front, becomes a positive symbol of its own; e^(2u + v) is then U²V, and
tanh, σ, softmax, ... are quotients of such. What is left is the algebra of quotients.
"""

from __future__ import annotations

from fractions import Fraction

from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant
from agnesi.rules.bases import as_form
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_forms import as_base, content, is_exact, magnitude, one, opened, plus, power, times
from agnesi.rules.equalities_tower import Rule, Tower, factor_form, monomial
from agnesi.rules.forms import Form, Label, Term, build, fresh, leaf
from agnesi.rules.multiply import join
from agnesi.rules.signs import surely_nonnegative

HALF = Fraction(1, 2)
EXP_SUM = equalities.add("e^(u + v) = eᵘ eᵛ", "exp(a + b) = exp(a) exp(b)", "MML 5.1")
EXP_LOG = equalities.add("e^(p log u) = uᵖ", "x > 0, p: scalar; exp(p log(x)) = x^p", "MML 5.1")
LOG_PRODUCT = equalities.add("log uv = log u + log v", "x > 0, y > 0; log(x y^2) = log(x) + 2 log(y)", "MML 5.1")
LOG_PROD = equalities.add(
    "log ∏ u = ∑ log u", "x : n, positive; log(prod_{i=1}^n x_i) = sum_{i=1}^n log(x_i)", "PRML 1.2.4")
LOG_BASE = equalities.add("log_b u = log u / log b", "x > 0; log2(x) = log(x)/log(2)", "MacKay 2.4")
LOGDET = equalities.add("log det A = logdet A", "A: n×n spd; log(det(A)) = logdet(A)", "PRML C.22")
SIGMOID = equalities.add("σ(u) = eᵘ/(1 + eᵘ)", "x: scalar; sigmoid(-x) = 1 - sigmoid(x)", "PRML 4.60")
LOGIT = equalities.add("logit u = log u − log(1 − u)", "0 < p < 1; logit(p) = log(p/(1 - p))", "PRML 4.60")
SOFTPLUS = equalities.add("softplus u = log(1 + eᵘ)", "x: scalar; softplus(x) - softplus(-x) = x", "PRML 4.3.2")
SOFTMAX = equalities.add(
    "softmax(u) = eᵘ/∑ eᵘ", "x: n, c: scalar; softmax(x + c) = softmax(x)", "PRML 4.104")
LOGSUMEXP = equalities.add(
    "logsumexp u = log ∑ eᵘ", "x: n, c: scalar; logsumexp(x + c) = c + logsumexp(x)", "Boyd 3.1.5")
TANH = equalities.add(
    "tanh u = (e²ᵘ − 1)/(e²ᵘ + 1)", "x: scalar; tanh(x) = 2 sigmoid(2 x) - 1", "PRML 5.1")
HYPERBOLIC = equalities.add(
    "cosh u = (eᵘ + e⁻ᵘ)/2, sinh u = (eᵘ − e⁻ᵘ)/2", "x: scalar; cosh(x)^2 - sinh(x)^2 = 1", "Abramowitz & Stegun 4.5")
POWERS = equalities.add("u^(p + q) = uᵖ u^q", "x: scalar, n ∈ ℕ; (x^(n + 2) - x^n)/(x - 1) = x^n (x + 1)", "MML 5.1")


# -- exponentials and logarithms -------------------------------------------------------------------------------------


def exp_of(tower: Tower, form: Form) -> Form:
    """Return e^form: a product over the terms."""
    out = one(form.shape)
    if len(form.terms) > 1:
        tower.work.use(EXP_SUM)
    for term in form.terms:
        out = times(out, _exp_term(tower, term, form))
    return out


def _exp_term(tower: Tower, term: Term, form: Form) -> Form:
    coef = Fraction(term.coef)
    if not term.factors and all(x < len(form.shape) for x in term.dims):
        return factor_form(apply("euler"), (), coef, form)
    picked = _picked(tower, term, form)
    if picked is not None:
        return picked
    node, axes = monomial(term, len(form.shape))
    if isinstance(node, Apply) and node.op.name == "log":
        tower.work.use(EXP_LOG)
        return factor_form(node.args[0], axes, coef, form)
    if isinstance(node, Apply) and node.op.name == "logdet":
        return factor_form(magnitude(apply("det", node.args[0])), axes, coef, form)
    return factor_form(tower.work.stand_in("exp", node, facts=("positive",)), axes, coef, form)


def _picked(tower: Tower, term: Term, form: Form) -> Form | None:
    """Return e^(u_k) as the entry k of e^u, where a number picks an entry."""
    width = len(form.shape)
    for f in term.factors:
        if not isinstance(f.base, Apply) or f.base.op.name != "basis" or f.power != 1:
            continue
        (x,) = f.labels
        if not isinstance(x, int) or x < width or set(term.dims) - set(range(width)) != {x}:
            continue
        names: dict[Label, Label] = {x: width}
        rest = Term(term.coef, tuple(g for g in term.factors if g is not f), term.dims).renamed(names)
        inner = exp_of(tower, Form((*form.shape, term.dims[x]), [rest]))
        return join([(inner, (*range(width), x)), (leaf(f.base), (x,))], form.shape)
    return None


def log_of(tower: Tower, form: Form) -> Form | None:
    """Return log |form|, a sum over the factors of what the terms share and the rest."""
    if not form.terms or not is_exact(form):
        return None
    shared, rest = content(form, True) if len(form.terms) > 1 else (form.terms[0], None)
    parts = [_log_number(tower, Fraction(shared.coef), form), *_log_factors(tower, shared, form)]
    if rest is not None and len(rest.terms) < 2:
        inner = log_of(tower, rest)
        if inner is None:
            return None
        parts.append(inner)
    elif rest is not None:
        node, held = as_base(rest)
        parts.append(_log_base(tower, node, held, form))
    if len(parts) > 2:
        tower.work.use(LOG_PRODUCT)
    return plus(*parts)


def _log_number(tower: Tower, value: Fraction, form: Form) -> Form:
    """Return log |value| as a sum over its primes."""
    terms: list[Form] = [Form(form.shape, [])]
    for whole, sign in ((abs(value.numerator), 1), (value.denominator, -1)):
        for prime, count in _primes(whole):
            base = apply("log", constant(prime))
            terms.append(factor_form(base, (), Fraction(1), form).scaled(Fraction(sign * count)))
    return plus(*terms)


def _primes(value: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    at = 2
    while at * at <= value and at < 1000:
        count = 0
        while value % at == 0:
            value //= at
            count += 1
        if count:
            out.append((at, count))
        at += 1
    return [*out, (value, 1)] if value > 1 else out


def _log_factors(tower: Tower, term: Term, form: Form) -> list[Form]:
    """Return the logarithms of the factors of a product; factors that are summed together stay together."""
    width = len(form.shape)
    inner = [f for f in term.factors if any(isinstance(x, int) and x >= width for x in f.labels)]
    single = [f for f in term.factors if f not in inner]
    out = [_log_base(tower, f.base, f.labels, form).scaled(Fraction(f.power)) for f in single]
    summed = {x: d for x, d in term.dims.items() if x >= width}
    if inner or summed:
        node, axes = monomial(Term(Fraction(1), tuple(inner), summed | dict(enumerate(form.shape))), width)
        out.append(_log_base(tower, node, axes, form))
    return out


def _log_base(tower: Tower, base: Expr, labels: tuple[Label, ...], form: Form) -> Form:
    """Return log |base| at labels."""
    meaning = tower.work.meaning.get(base)
    axes = tuple(range(len(form.shape)))
    if isinstance(base, Symbol) and "sign" in base.facts:
        return Form(form.shape, [])
    if meaning is not None and meaning[0] == "exp":
        return join([(as_form(meaning[1]), labels), (one(form.shape), axes)], form.shape)
    if isinstance(base, Apply) and base.op.name == "euler":
        return one(form.shape)
    if isinstance(base, Apply) and base.op.name == "abs":
        return _log_base(tower, base.args[0], labels, form)
    if isinstance(base, Apply) and base.op.name == "det":
        tower.work.use(LOGDET)
        return factor_form(apply("logdet", base.args[0]), labels, Fraction(1), form)
    if isinstance(base, Apply) and base.op.name == "einsum" and _splits(base):
        inner = log_of(tower, as_form(base))
        if inner is not None:
            return join([(inner, labels), (one(form.shape), axes)], form.shape)
    if isinstance(base, Apply) and base.op.name == "prod":
        inner = log_of(tower, as_form(base.args[0]))
        if inner is not None:
            tower.work.use(LOG_PROD)
            return join([(inner, (fresh(),)), (one(form.shape), axes)], form.shape)
    return factor_form(apply("log", magnitude(base)), labels, Fraction(1), form)


def _splits(base: Apply) -> bool:
    """Tell whether a product has a number or a factor that no summed label joins to the others."""
    (term,) = as_form(base).terms
    return term.coef != 1 or any(all(isinstance(x, int) and x < base.ndim for x in f.labels) for f in term.factors)


def _exp(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    return exp_of(tower, below[0])


def _log(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    return log_of(tower, below[0])


def _log_to(base: int) -> Rule:
    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        top = log_of(tower, below[0])
        if top is None:
            return None
        tower.work.use(LOG_BASE)
        return times(top, power(_log_number(tower, Fraction(base), below[0]), Fraction(-1)))

    return rule


def _sigmoid(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    tower.work.use(SIGMOID)
    e = exp_of(tower, below[0])
    return times(e, power(plus(one(e.shape), e), Fraction(-1)))


def _logit(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    (u,) = below
    top, bottom = log_of(tower, u), log_of(tower, plus(one(u.shape), u.scaled(Fraction(-1))))
    if top is None or bottom is None:
        return None
    tower.work.use(LOGIT)
    return plus(top, bottom.scaled(Fraction(-1)))


def _softplus(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    tower.work.use(SOFTPLUS)
    e = exp_of(tower, below[0])
    return log_of(tower, plus(one(e.shape), e))


def _tanh(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    tower.work.use(TANH)
    e = exp_of(tower, below[0].scaled(Fraction(2)))
    unit = one(e.shape)
    return times(plus(e, unit.scaled(Fraction(-1))), power(plus(e, unit), Fraction(-1)))


def _hyperbolic(sign: int) -> Rule:
    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
        tower.work.use(HYPERBOLIC)
        up, down = exp_of(tower, below[0]), exp_of(tower, below[0].scaled(Fraction(-1)))
        return plus(up, down.scaled(Fraction(sign))).scaled(HALF)

    return rule


def _totalled(form: Form) -> Form:
    """Return the sum over the last axis, of one axis less."""
    axes = (*range(len(form.shape) - 1), fresh())
    return join([(form, axes)], form.shape[:-1])


def _softmax(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    tower.work.use(SOFTMAX)
    e = exp_of(tower, below[0])
    under = power(_totalled(e), Fraction(-1))
    axes = tuple(range(len(e.shape)))
    return join([(e, axes), (under, axes[:-1])], e.shape)


def _logsumexp(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    tower.work.use(LOGSUMEXP)
    return log_of(tower, _totalled(exp_of(tower, below[0])))


def _power(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """u^(p + k) = u^p u^k; u^p = e^(p log u) where u is surely positive."""
    base, exponent = below
    if len(base.terms) > 1:
        inner, held = as_base(base)
        base = factor_form(inner, held, Fraction(1), base)
    if not base.terms or base.shape not in ((), exponent.shape) or exponent.shape not in ((), base.shape):
        return None
    (term,) = base.terms
    shape = node.shape
    sure = all(surely_nonnegative(f.base) for f in term.factors)  # 0 to a power is where the logarithm has no value
    if term.coef > 0 and sure and all(x < len(base.shape) for x in term.dims):
        log = log_of(tower, base)
        assert log is not None
        tower.work.use(EXP_LOG)
        return exp_of(tower, opened(_spread(log, exponent, shape), tower.work))
    return _split_power(tower, base, exponent, node)


def _spread(a: Form, b: Form, shape: tuple[object, ...]) -> Form:
    """Return the entrywise product of forms, one of which may be a number."""
    width = len(shape)
    axes = tuple(range(width))
    return join([(a, axes if a.shape else ()), (b, axes if b.shape else ())], shape)  # type: ignore[arg-type]


def _split_power(tower: Tower, base: Form, exponent: Form, node: Apply) -> Form | None:
    """Powers of a number of unknown sign: whole numbers leave the exponent, and whole multiples become powers."""
    u, held = as_base(base)
    if held or not all(Fraction(t.coef).denominator == 1 for t in exponent.terms):
        return None
    out = one(node.shape)
    scalar = leaf(u)
    for term in exponent.terms:
        count = Fraction(term.coef)
        if not term.factors and all(x < len(exponent.shape) for x in term.dims):
            out = _spread(out, power(scalar, count), node.shape)
        else:
            m, axes = monomial(term, len(exponent.shape))
            out = times(out, factor_form(tower.work.stand_in("power", m, u), axes, count, out))
    if len(exponent.terms) > 1:
        tower.work.use(POWERS)
    return out


def product_of_exponentials(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """∏ e^u = e^∑u: exponentials leave the product."""
    (u,) = below
    if node.op.name != "prod" or len(u.terms) != 1 or len(u.shape) != 1:
        return None
    (term,) = u.terms
    inner = [f for f in term.factors if f.labels == (0,)]
    exps = [f for f in inner if tower.work.meaning.get(f.base, ("",))[0] == "exp"]
    others = [f for f in term.factors if f not in exps]
    if not exps or any(x > 0 for x in term.dims):
        return None
    sums = [_totalled(as_form(tower.work.meaning[f.base][1])).scaled(Fraction(f.power)) for f in exps]
    rest = leaf(apply("prod", build(Form(u.shape, [Term(term.coef, tuple(others), term.dims)]))))
    bare_one = term.coef == 1 and not others
    tower.work.use(EXP_SUM)
    return times(exp_of(tower, plus(*sums)), *(() if bare_one else (rest,)))


EXPONENTIALS: dict[str, Rule] = {
    "exp": _exp, "log": _log, "log2": _log_to(2), "log10": _log_to(10), "sigmoid": _sigmoid, "logit": _logit,
    "softplus": _softplus, "tanh": _tanh, "sinh": _hyperbolic(-1), "cosh": _hyperbolic(1), "softmax": _softmax,
    "logsumexp": _logsumexp, "power": _power,
}  # fmt: skip
