"""Functions of numbers, written by as few as possible: exponentials, logarithms, sines and cosines of single products.

Each e^m, for a product m without a number in front, becomes a positive symbol of its own; e^(2u + v) is then U²V, and
tanh, σ, softmax, log-sum-exp, ... are quotients of such. What is left is the algebra of quotients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd

from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, constant, postorder
from agnesi.rules.bases import as_form
from agnesi.rules.canon import key
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_forms import (
    Work,
    as_base,
    content,
    is_exact,
    magnitude,
    one,
    opened,
    plus,
    positive,
    power,
    times,
)
from agnesi.rules.forms import Factor, Form, Label, Term, build, exact, fresh, leaf, number, split_power
from agnesi.rules.multiply import join
from agnesi.rules.products import simplify
from agnesi.rules.signs import surely_nonnegative

HALF = Fraction(1, 2)

EXP_SUM = equalities.add("e^(u + v) = eᵘ eᵛ", "exp(a + b) = exp(a) exp(b)", "MML 5.1")
EXP_LOG = equalities.add("e^(p log u) = uᵖ", "x > 0, p: scalar; exp(p log(x)) = x^p", "MML 5.1")
LOG_PRODUCT = equalities.add("log uv = log u + log v", "x > 0, y > 0; log(x y^2) = log(x) + 2 log(y)", "MML 5.1")
LOG_PROD = equalities.add(
    "log ∏ u = ∑ log u", "x : n, positive; log(prod_{i=1}^n x_i) = sum_{i=1}^n log(x_i)", "PRML 1.2.4")
LOG_BASE = equalities.add("log_b u = log u / log b", "x > 0; log2(x) = log(x)/log(2)", "MacKay 2.4")
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
PYTHAGORAS = equalities.add("sin² + cos² = 1", "x: scalar; sin(x)^2 + cos(x)^2 = 1", "Abramowitz & Stegun 4.3.10")
ADDITION = equalities.add(
    "the addition theorems of sin and cos", "a: scalar, b: scalar; sin(a + b) = sin(a) cos(b) + cos(a) sin(b)",
    "Abramowitz & Stegun 4.3.16")
TANGENT = equalities.add("tan u = sin u / cos u", "x: scalar; 1 + tan(x)^2 = 1/cos(x)^2", "Abramowitz & Stegun 4.3.3")
EXTREMES = equalities.add(
    "max(u, v) = (u + v + |u − v|)/2", "x: scalar; relu(x) - relu(-x) = x", "Parr & Howard 5.2")
GAMMA = equalities.add("Γ(u + 1) = u Γ(u)", "x > 0; lgamma(x + 1) = log(x) + lgamma(x)", "PRML 1.141")
NORMAL_CDF = equalities.add("Φ(u) = (1 + erf(u/√2))/2", "x: scalar; normcdf(-x) = 1 - normcdf(x)", "PRML 4.114")
PARITY = equalities.add("f(−u) = ±f(u)", "x: scalar; erf(-x) = -erf(x)", "Abramowitz & Stegun 7.1")
POWERS = equalities.add("u^(p + q) = uᵖ u^q", "x > 0, n ∈ ℕ; x^(n+2) = x^2 x^n", "MML 5.1")

Rule = Callable[["Tower", Apply, tuple[Form, ...]], Form | None]


class Tower:
    """Rewrites normal nodes from the inside out."""

    def __init__(self, work: Work, more: dict[str, Rule]) -> None:
        self.work, self.rules = work, {**_RULES, **more}

    def run(self, root: Expr) -> Form:
        """Return the rewritten form of a normal node (all its axes are axes of the form)."""
        forms: dict[Expr, Form] = {}
        for node in postorder(root, below=lambda n: () if isinstance(n, Bind) else n.args):
            self.work.tick()
            below = () if isinstance(node, Bind) else tuple(forms[a] for a in node.args)
            forms[node] = opened(self.step(node, below), self.work)
        return forms[root]

    def step(self, node: Expr, below: tuple[Form, ...]) -> Form:
        """Return the form of a node from the forms of its arguments."""
        if isinstance(node, Const):
            return number(exact(node.value))
        name = node.op.name if isinstance(node, Apply) else ""
        if name == "einsum":
            return _product(node, below)
        if not isinstance(node, Apply) or not node.args:
            return leaf(node)
        if name == "plus":
            return plus(*below)
        if name == "epow" and split_power(node)[1] != 1:
            return power(below[0], Fraction(split_power(node)[1]))
        rule = self.rules.get(name.removeprefix("batched "))
        if rule is not None and all(map(is_exact, below)):
            found = rule(self, node, below)
            if found is not None:
                return found
        return leaf(self.rebuilt(node, below))

    def rebuilt(self, node: Apply, below: tuple[Form, ...]) -> Expr:
        """Return the node over rewritten arguments."""
        args = [build(f) for f in below]
        return apply(node.op, *args, attrs=node.attrs)


def _product(node: Expr, below: tuple[Form, ...]) -> Form:
    assert isinstance(node, Apply)
    coef, subs, out, loose = node.attrs
    names: dict[int, Label] = {label: k for k, label in enumerate(out)}
    parts: list[tuple[Form, Sequence[Label]]] = [(number(coef), ())]
    for form, labels in zip(below, subs, strict=True):
        parts.append((form, [names.setdefault(x, fresh()) for x in labels]))
    for label, dim in loose:
        if label not in names:
            parts.append((join([(one((dim,)), (fresh(),))], ()), ()))
    return join(parts, node.shape)


# -- products as monomials -------------------------------------------------------------------------------------------


def monomial(term: Term, width: int) -> tuple[Expr, tuple[Label, ...]]:
    """Return a product without its number as a node of its own, with the axes that it stands on."""
    order = sorted(term.factors, key=lambda f: (key(f.base), str(f.power)))
    held = {x: None for f in order for x in f.labels if isinstance(x, int) and x < width}
    axes = tuple(held)
    dims = {x: d for x, d in term.dims.items() if x >= width or x in held}
    return build(Form((), [Term(Fraction(1), term.factors, dims)]), axes, dims), axes


def bare(term: Term, form: Form) -> Form:
    """Return one product as a form of the same shape, without its number."""
    return Form(form.shape, [Term(Fraction(1), term.factors, term.dims)])


def factor_form(base: Expr, labels: tuple[Label, ...], exponent: Fraction, like: Form) -> Form:
    """Return base^exponent at labels as a form."""
    term = Term(Fraction(1), (Factor(base, labels, exponent),), dict(enumerate(like.shape)))
    done = simplify(term, len(like.shape))
    return Form(like.shape, [done] if done is not None else [])


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
    node, axes = monomial(term, len(form.shape))
    if isinstance(node, Apply) and node.op.name == "log":
        tower.work.use(EXP_LOG)
        return factor_form(node.args[0], axes, coef, form)
    if isinstance(node, Apply) and node.op.name == "logdet":
        return factor_form(magnitude(apply("det", node.args[0])), axes, coef, form)
    return factor_form(tower.work.stand_in("exp", node, facts=("positive",)), axes, coef, form)


def log_of(tower: Tower, form: Form) -> Form | None:
    """Return log |form|, a sum over the factors of what the terms share and the rest."""
    if not form.terms or not is_exact(form):
        return None
    shared, rest = content(form, True) if len(form.terms) > 1 else (form.terms[0], None)
    parts = [_log_number(tower, Fraction(shared.coef), form), *_log_factors(tower, shared, form)]
    if rest is not None:
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
        return factor_form(apply("logdet", base.args[0]), labels, Fraction(1), form)
    if isinstance(base, Apply) and base.op.name == "prod":
        inner = log_of(tower, as_form(base.args[0]))
        if inner is not None:
            tower.work.use(LOG_PROD)
            return join([(inner, (fresh(),)), (one(form.shape), axes)], form.shape)
    return factor_form(apply("log", magnitude(base)), labels, Fraction(1), form)


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


def _abs(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """|c f g| = |c| |f| |g|; the sign of a sum is fixed."""
    (form,) = below
    if not form.terms:
        return form
    shared, rest = content(form, True) if len(form.terms) > 1 else (form.terms[0], None)
    width = len(form.shape)
    if rest is None and any(x >= width for x in shared.dims):
        node_, axes = monomial(shared, width)
        return factor_form(magnitude(node_), axes, Fraction(1), form).scaled(abs(Fraction(shared.coef)))
    factors = []
    for f in shared.factors:
        even = Fraction(f.power).denominator != 1 or f.power % 2 == 0
        factors.append(f if even else Factor(magnitude(f.base), f.labels, f.power))
    if rest is not None:
        node_, axes = as_base(rest)
        factors.append(Factor(magnitude(node_), axes, 1))
    done = simplify(Term(abs(Fraction(shared.coef)), tuple(factors), dict(enumerate(form.shape))), width)
    return Form(form.shape, [done] if done is not None else [])


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


# -- sines and cosines -----------------------------------------------------------------------------------------------


def note_angles(root: Expr, work: Work) -> None:
    """Note, for each product that stands under a sine or cosine, the greatest number that divides all its multiples."""
    for node in postorder(root):
        if not isinstance(node, Apply) or node.op.name not in ("sin", "cos", "tan"):
            continue
        form = opened(as_form(node.args[0]), work)
        for term in form.terms if is_exact(form) else ():
            name = key(monomial(term, len(form.shape))[0])
            work.angles[name] = _common(work.angles.get(name, Fraction(0)), Fraction(term.coef))


def _common(a: Fraction, b: Fraction) -> Fraction:
    """Return the greatest rational of which both are whole multiples."""
    bottom = a.denominator * b.denominator
    return Fraction(gcd(abs(int(a * bottom)), abs(int(b * bottom))), bottom)


def _cosine_sine(tower: Tower, form: Form) -> tuple[Form, Form] | None:
    """Return (cos, sin) of a form by the addition theorems."""
    if len(form.terms) > 3:
        return None
    found = one(form.shape), Form(form.shape, [])
    for term in form.terms:
        node, axes = monomial(term, len(form.shape))
        coef = Fraction(term.coef)
        if isinstance(node, Apply) and node.op.name == "pi":
            if (2 * coef).denominator != 1:
                return None
            quarter = int(2 * coef) % 4
            unit = one(form.shape)
            pair = (unit.scaled(Fraction((1, 0, -1, 0)[quarter])), unit.scaled(Fraction((0, 1, 0, -1)[quarter])))
        else:
            step = tower.work.angles.get(key(node), Fraction(0)) or abs(coef)
            if (coef / step).denominator != 1 or abs(coef / step) > 6:
                return None
            angle = build(as_form(node).scaled(step))
            sine, cosine = tower.work.stand_in("sin", angle), tower.work.stand_in("cos", angle)
            tower.work.cosines[cosine] = sine
            base = tuple(factor_form(s, axes, Fraction(1), form) for s in (cosine, sine))
            pair = _multiple(tower, (base[0], base[1]), int(coef / step))
        found = _added(tower, found, pair)
    if len(form.terms) > 1 or any(abs(Fraction(t.coef)) != 1 for t in form.terms):
        tower.work.use(ADDITION)
    return found


def _added(tower: Tower, a: tuple[Form, Form], b: tuple[Form, Form]) -> tuple[Form, Form]:
    (c, s), (k, z) = a, b
    cosine = plus(times(c, k), times(s, z).scaled(Fraction(-1)))
    return opened(cosine, tower.work), opened(plus(times(s, k), times(c, z)), tower.work)


def _multiple(tower: Tower, base: tuple[Form, Form], count: int) -> tuple[Form, Form]:
    found = base
    for _ in range(abs(count) - 1):
        found = _added(tower, found, base)
    return (found[0], found[1].scaled(Fraction(-1))) if count < 0 else found


def _trigonometric(name: str) -> Rule:
    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        pair = _cosine_sine(tower, below[0])
        if pair is None:
            return None
        tower.work.use(PYTHAGORAS)
        if name == "tan":
            tower.work.use(TANGENT)
            return times(pair[1], power(pair[0], Fraction(-1)))
        return pair[0] if name == "cos" else pair[1]

    return rule


# -- others ----------------------------------------------------------------------------------------------------------


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


def _halved(tower: Tower, u: Form, v: Form, sign: int) -> Form:
    gap = plus(u, v.scaled(Fraction(-1)))
    size = _abs(tower, apply("abs", build(gap)), (gap,))
    assert size is not None
    tower.work.use(EXTREMES)
    return plus(u, v, size.scaled(Fraction(sign))).scaled(HALF)


def _relu(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    return _halved(tower, below[0], Form(below[0].shape, []), 1)


def _extreme(sign: int) -> Rule:
    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        u, v = below
        return _halved(tower, u, v, sign) if u.shape == v.shape else None

    return rule


def _shifted(kind: str) -> Rule:
    """Γ(u + k) = u (u + 1) … (u + k − 1) Γ(u), its logarithm and the derivative of that."""

    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        (u,) = below
        width = len(u.shape)
        alone = [t for t in u.terms if not t.factors and all(x < width for x in t.dims)]
        others = [t for t in u.terms if t not in alone]
        shift = int(Fraction(alone[0].coef) // 1) if alone else 0
        if not others or not 0 < abs(shift) <= 5:
            return None
        low = plus(u, one(u.shape).scaled(Fraction(-shift)))
        start = min(shift, 0)
        steps = [plus(low, one(u.shape).scaled(Fraction(start + k))) for k in range(abs(shift))]
        atom = factor_form(apply(node.op, build(low)), tuple(range(width)), Fraction(1), u)
        tower.work.use(GAMMA)
        sign = Fraction(1 if shift > 0 else -1)
        if kind == "gamma":
            return times(atom, *(power(s, sign) for s in steps))
        if kind == "digamma":
            return plus(atom, *(power(s, Fraction(-1)).scaled(sign) for s in steps))
        logs = [log_of(tower, s) for s in steps]
        return plus(atom, *(x.scaled(sign) for x in logs if x is not None))

    return rule


def _normcdf(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    u = below[0]
    root = factor_form(constant(2), (), -HALF, u)
    inner = times(u, root)
    tower.work.use(NORMAL_CDF)
    found = _parity(tower, apply("erf", build(inner)), (inner,))
    assert found is not None
    return plus(one(u.shape), found).scaled(HALF)


def _parity(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """f(−u) = f(u) or −f(u): the term that comes first gets a positive number."""
    (u,) = below
    sign = 1
    if u.terms:
        shared = content(u, True)[0] if len(u.terms) > 1 else u.terms[0]
        sign = 1 if shared.coef > 0 else -1
    if sign < 0:
        tower.work.use(PARITY)
    atom = leaf(apply(node.op, build(u.scaled(Fraction(sign))), attrs=node.attrs))
    return atom.scaled(Fraction(sign if node.op.odd else 1))


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


_RULES: dict[str, Rule] = {
    "exp": _exp, "log": _log, "log2": _log_to(2), "log10": _log_to(10), "abs": _abs, "sigmoid": _sigmoid,
    "logit": _logit, "softplus": _softplus, "tanh": _tanh, "sinh": _hyperbolic(-1), "cosh": _hyperbolic(1),
    "softmax": _softmax, "logsumexp": _logsumexp, "sin": _trigonometric("sin"), "cos": _trigonometric("cos"),
    "tan": _trigonometric("tan"), "power": _power, "relu": _relu, "maximum": _extreme(1), "minimum": _extreme(-1),
    "gamma": _shifted("gamma"), "lgamma": _shifted("lgamma"), "digamma": _shifted("digamma"), "normcdf": _normcdf,
    "erf": _parity, "arctan": _parity, "arcsin": _parity, "sign": _parity, "normpdf": _parity,
}  # fmt: skip


def written_back(root: Expr, work: Work) -> dict[Expr, Expr]:
    """Return, for each stand-in symbol below a written expression, the function that it stands for."""
    return {n: restored(n, work) for n in postorder(root) if isinstance(n, Symbol) and n in work.meaning}


def restored(node: Symbol, work: Work) -> Expr:
    """Return the function that a stand-in symbol stands for."""
    kind, inner, other = work.meaning[node]
    return apply(kind, inner) if other is None else apply("pow", other, inner)
