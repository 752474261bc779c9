"""Named distributions: densities in ordinary notation, domains, and the conventions that books differ in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, constant

Params = Sequence[Expr]


@dataclass(frozen=True)
class Law:
    """A random variable's distribution: its `name`, its `parameters`, which may hold other random variables."""

    name: str
    parameters: tuple[Expr, ...]


def half() -> Expr:
    """Return 1/2."""
    return apply("div", constant(1), constant(2))


def power(base: Expr, exponent: Expr) -> Expr:
    """Return a power of a scalar."""
    return apply("pow", base, exponent)


def two_pi() -> Expr:
    """Return 2π."""
    return apply("mul", constant(2), apply("pi"))


def root(x: Expr) -> Expr:
    """Return √x, which of a square σ² is σ."""
    if isinstance(x, Apply) and x.op.name == "pow":
        base, exponent = x.args
        if isinstance(exponent, Const) and exponent.value == 2:
            return base
    return apply("sqrt", x)


def log_density(law: Law, x: Expr) -> Expr:
    """Return the logarithm of the density (or of the probability) at x.

    Raises `NotNumeric` for distributions without one here.
    """
    rule = _LOG_DENSITIES.get(law.name)
    if rule is None:
        raise NotNumeric(f"The density of {law.name} is not known here.")
    wanted = len(law.parameters) if law.name in MANY_PARAMETERS else _COUNT.get(law.name, 2)
    if len(law.parameters) != wanted:
        raise NotNumeric(f"{law.name} has {wanted} parameters, not {len(law.parameters)}.")
    return rule(x, *law.parameters)


def density(law: Law, x: Expr) -> Expr:
    """Return the density (or the probability) at x."""
    return apply("exp", log_density(law, x))


def _normal(x: Expr, mean: Expr, spread: Expr) -> Expr:
    gap = x - mean if mean is not constant(0) else x
    if x.shape:
        if spread.ndim != 2:
            raise NotNumeric("The covariance of a vector is a matrix.", repair="Write σ²I.")
        size = apply("size", attrs=(x.shape[0],))
        form = apply("mul", apply("transpose", gap), apply("inv", spread), gap)
        return -half() * form - half() * apply("logdet", spread) - half() * size * apply("log", two_pi())
    return -(gap**2) / (constant(2) * spread) - half() * apply("log", two_pi() * spread)


def _listed(x: Expr, values: Params, masses: Params) -> Expr:
    """Return the probability of x, one of a few values: a sum over the values of what is 1 at one and 0 at others."""
    terms = []
    for k, (value, mass) in enumerate(zip(values, masses, strict=True)):
        others = [(x - other) / (value - other) for j, other in enumerate(values) if j != k]
        terms.append(apply("mul", mass, *others))
    return apply("add", *terms)


def _log_choose(n: Expr, k: Expr) -> Expr:
    return _log_gamma(n + 1) - _log_gamma(k + 1) - _log_gamma(n - k + 1)


def _log_gamma(x: Expr) -> Expr:
    return apply("lgamma", x)


def _log(x: Expr) -> Expr:
    return apply("log", x)


_LOG_DENSITIES: Mapping[str, Callable[..., Expr]] = {
    "Normal": _normal,
    "Bernoulli": lambda x, p: _log(p * x + (constant(1) - p) * (constant(1) - x)),
    "Binomial": lambda x, n, p: _log_choose(n, x) + x * _log(p) + (n - x) * _log(constant(1) - p),
    "Poisson": lambda x, rate: x * _log(rate) - rate - _log_gamma(x + 1),
    "Geometric": lambda x, p: (x - 1) * _log(constant(1) - p) + _log(p),
    "Geometric from 0": lambda x, p: x * _log(constant(1) - p) + _log(p),
    "Uniform": lambda x, a, b: -_log(b - a),
    "Exponential": lambda x, rate: _log(rate) - rate * x,
    "Gamma": lambda x, a, b: a * _log(b) + (a - 1) * _log(x) - b * x - _log_gamma(a),
    "Beta": lambda x, a, b: (a - 1) * _log(x) + (b - 1) * _log(constant(1) - x)
    + _log_gamma(a + b) - _log_gamma(a) - _log_gamma(b),
    "Laplace": lambda x, m, b: -apply("abs", x - m) / b - _log(constant(2) * b),
    "Listed": lambda x, *held: _log(_listed(x, held[::2], held[1::2])),
    "Cauchy": lambda x, m, b: -_log(apply("pi") * b * (constant(1) + ((x - m) / b) ** 2)),
}
MANY_PARAMETERS = frozenset(("Listed",))
_COUNT = {"Bernoulli": 1, "Poisson": 1, "Geometric": 1, "Geometric from 0": 1, "Exponential": 1}
DISCRETE = frozenset(("Listed", "Bernoulli", "Binomial", "Poisson", "Geometric", "Geometric from 0"))
SUPPORT: Mapping[str, tuple[str, ...]] = {
    "Bernoulli": ("binary",), "Binomial": ("integer", "nonnegative"), "Poisson": ("integer", "nonnegative"),
    "Geometric": ("integer", "positive"), "Geometric from 0": ("integer", "nonnegative"),
    "Exponential": ("positive",), "Gamma": ("positive",), "Beta": ("unit interval",),
}
_DOMAIN: Mapping[str, tuple[str, ...]] = {
    "Normal": ("", "positive"), "Bernoulli": ("unit interval",), "Binomial": ("", "unit interval"),
    "Poisson": ("positive",), "Geometric": ("unit interval",), "Geometric from 0": ("unit interval",),
    "Exponential": ("positive",), "Gamma": ("positive", "positive"), "Beta": ("positive", "positive"),
    "Laplace": ("", "positive"), "Cauchy": ("", "positive"),
}
# Other conventions for the same name, which books use as well; a claim is wrong only where it is wrong in all.
OTHER: Mapping[str, Callable[[Law], Law]] = {
    "Exponential": lambda law: Law("Exponential", (constant(1) / law.parameters[0],)),
    "Gamma": lambda law: Law("Gamma", (law.parameters[0], constant(1) / law.parameters[-1])),
    "Geometric": lambda law: Law("Geometric from 0", law.parameters),
}


def domain_facts(law: Law) -> list[tuple[Symbol, str]]:
    """Return what symbols in parameters must be: v > 0 in N(μ, v), α > 0 in N(0, I/α), Σ positive definite."""
    out: list[tuple[Symbol, str]] = []
    for one, fact in zip(law.parameters, _DOMAIN.get(law.name, ()), strict=False):
        if fact == "positive":
            out += _positive(one)
        elif fact and isinstance(one, Symbol):
            out.append((one, fact))
    return out + _ends(law)


def _ends(law: Law) -> list[tuple[Symbol, str]]:
    """Return that b is positive in U(0, b) and U(−b, b)."""
    if law.name != "Uniform" or len(law.parameters) != 2:
        return []
    low, high = law.parameters
    if not isinstance(high, Symbol):
        return []
    above = isinstance(low, Const) and isinstance(low.value, int | float) and low.value >= 0
    about = isinstance(low, Apply) and low.op.name == "neg" and low.args[0] is high
    return [(high, "positive")] if above or about else []


def _positive(spread: Expr) -> list[tuple[Symbol, str]]:
    """Return what makes a variance, a covariance or a rate positive: the symbols of its terms."""
    out: list[tuple[Symbol, str]] = []
    stack = [spread]
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol):
            out += [(one, "spd" if one.ndim == 2 else "positive")] if one.ndim != 1 else []
        elif isinstance(one, Apply) and one.op.name in ("add", "div", "inv", "pow"):
            stack.extend(one.args[:1] if one.op.name == "pow" else one.args)
        elif isinstance(one, Apply) and one.op.name == "mul" and sum(bool(a.shape) for a in one.args) < 2:
            stack.extend(one.args)
    return out


def other_convention(law: Law) -> Law:
    """Return the law as other books mean it: N(μ, σ) with a standard deviation, Exp(θ) and Gamma(a, θ) with a scale."""
    if law.name == "Normal" and len(law.parameters) == 2:
        mean, spread = law.parameters
        if isinstance(spread, Symbol) and not spread.shape:
            return Law("Normal", (mean, power(spread, constant(2))))
        return law
    change = OTHER.get(law.name)
    return change(law) if change and law.parameters else law


def distribution_function(law: Law, x: Expr) -> Expr:
    """Return P(X ≤ x); raises `NotNumeric` for laws without one here."""
    p = law.parameters
    match law.name:
        case "Normal" if not x.shape:
            return apply("normcdf", (x - p[0]) / root(p[1]))
        case "Exponential":
            return constant(1) - apply("exp", -p[0] * apply("relu", x))
        case "Uniform":
            return apply("minimum", constant(1), apply("relu", (x - p[0]) / (p[1] - p[0])))
    raise NotNumeric(f"Probabilities of ranges under {law.name} are not computed here.")
