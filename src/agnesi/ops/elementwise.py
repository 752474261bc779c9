"""Functions of every entry: exp, log, tanh, sigmoid, relu, gamma and their kin, one record each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

from agnesi.expr.nodes import Expr, apply, constant
from agnesi.expr.operation import Operation, operations
from agnesi.ops.code import code
from agnesi.ops.shapes import Args, Attrs, like, same


def one(u: Expr) -> Expr:
    """Return 1 in a form that may be added to u: the number, or a matrix of ones."""
    return constant(1) if u.ndim < 2 else apply("ones", attrs=u.shape)


def fn(name: str, *args: Expr, attrs: Attrs = ()) -> Expr:
    """Return the named operation of arguments (short, for the derivative column below)."""
    return apply(name, *args, attrs=attrs)


def _elementwise(
    name: str, value: Callable[[Any], Any], derivative: Callable[[Expr], Expr] | None, law: str, doc: str,
    source: str = "MML 5.1.2", *, names: tuple[str, ...] = (), latex: str = "", unicode: str = "", **facts: Any,
) -> None:
    operations.add(Operation(
        name, "elementwise", doc, source, like, lambda node, arrays, size: value(arrays[0]),
        names=(name, *names), derivative=derivative, law=law, core=(0,), latex=latex or rf"\operatorname{{{name}}}",
        unicode=unicode or name, **facts,
    ))


def _softplus(x: Any) -> Any:
    if np.iscomplexobj(x):
        e = np.exp(np.where(np.real(x) > 0, -x, x))  # log1p(e), exact also in its real part where e is tiny
        size = np.log1p(np.real(e) * (2 + np.real(e)) + np.imag(e) ** 2) / 2
        small = size + 1j * np.arctan2(np.imag(e), 1 + np.real(e))
        return np.where(np.real(x) > 0, x, 0) + small
    return np.logaddexp(0.0, x)


def _sigmoid(x: Any) -> Any:
    if np.iscomplexobj(x):
        e = np.exp(np.where(np.real(x) > 0, -x, x))
        return np.where(np.real(x) > 0, 1.0, e) / (1.0 + e)
    e = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1.0, e) / (1.0 + e)


def _cdf(x: Any) -> Any:
    return 0.5 * scipy.special.erfc(-np.asarray(x) / math.sqrt(2.0))


def _abs(x: Any) -> Any:
    """The absolute value, continued analytically so that the complex step sees its slope."""
    return np.where(np.real(x) < 0, -x, x) if np.iscomplexobj(x) else np.abs(x)


def _relu(x: Any) -> Any:
    return np.where(np.real(x) > 0, x, 0.0 * np.asarray(x))


def _step(x: Any) -> Any:
    return np.where(np.real(x) > 0, 1.0, 0.0) + 0.0 * np.asarray(x)


def _sign(x: Any) -> Any:
    return np.sign(np.real(x)) + 0.0 * np.asarray(x)


def _polygamma(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    return scipy.special.polygamma(node.attrs[0], arrays[0])


_elementwise("exp", np.exp, lambda u: fn("exp", u), "d eᵘ = eᵘ du", "The exponential.", latex=r"\exp",
             monotone=1, convex=1, range="positive", code=code("exp"))
_elementwise("log", np.log, lambda u: 1 / u, "d log u = du/u", "The natural logarithm.", names=("ln",), latex=r"\log",
             domain="positive", edges=(0.0,), monotone=1, convex=-1, code=code("log"))
_elementwise("log2", lambda x: np.log(x) / math.log(2.0), lambda u: 1 / (fn("log", constant(2)) * u),
             "d log₂ u = du/(u log 2)", "The logarithm to base 2 (bits).", "MacKay 2.4", latex=r"\log_2",
             unicode="log₂",
             domain="positive", edges=(0.0,), monotone=1, convex=-1, code=code("log2"))
_elementwise("log10", lambda x: np.log(x) / math.log(10.0), lambda u: 1 / (fn("log", constant(10)) * u),
             "d log₁₀ u = du/(u log 10)", "The logarithm to base 10.", "Jaynes 4.2", latex=r"\log_{10}",
             unicode="log₁₀", domain="positive", edges=(0.0,), monotone=1, convex=-1, code=code("log10"))
_elementwise("sqrt", np.sqrt, lambda u: 1 / (2 * fn("sqrt", u)), "d √u = du/(2√u)", "The square root.",
             domain="positive", edges=(0.0,), monotone=1, convex=-1, range="nonnegative", code=code("sqrt"))
_elementwise("abs", _abs, lambda u: fn("sign", u), "d |u| = sign(u) du", "The absolute value.", "Boyd 3.1.5",
             kinks=(0.0,), subdifferential="at 0 every number in [−1, 1]", convex=1, range="nonnegative", even=True,
             code=code("abs"))
_elementwise("sign", _sign, lambda u: 0 * u, "sign is constant away from 0", "The sign: −1, 0 or 1.", "ESL 3.4.2",
             latex=r"\operatorname{sign}", names=("sgn",), kinks=(0.0,),
             subdifferential="at 0 there is none: it jumps", monotone=1, odd=True, piecewise_constant=True,
             code=code("np.sign", "jnp.sign", "sign({0})"))
_elementwise("sin", np.sin, lambda u: fn("cos", u), "d sin u = cos u du", "The sine.", latex=r"\sin", odd=True,
             code=code("sin"))
_elementwise("cos", np.cos, lambda u: -fn("sin", u), "d cos u = −sin u du", "The cosine.", latex=r"\cos", even=True,
             code=code("cos"))
_elementwise("tan", np.tan, lambda u: one(u) + fn("tan", u) ** 2, "d tan u = (1 + tan² u) du", "The tangent.",
             latex=r"\tan", odd=True, edges=(math.pi / 2,), code=code("tan"))
_elementwise("tanh", np.tanh, lambda u: one(u) - fn("tanh", u) ** 2, "d tanh u = (1 − tanh² u) du",
             "The hyperbolic tangent.", "PRML 5.1", latex=r"\tanh", monotone=1, odd=True, code=code("tanh"))
_elementwise("sinh", np.sinh, lambda u: fn("cosh", u), "d sinh u = cosh u du", "The hyperbolic sine.", latex=r"\sinh",
             monotone=1, odd=True, code=code("sinh"))
_elementwise("cosh", np.cosh, lambda u: fn("sinh", u), "d cosh u = sinh u du", "The hyperbolic cosine.",
             latex=r"\cosh", convex=1, even=True, range="positive", code=code("cosh"))
_elementwise("arctan", np.arctan, lambda u: 1 / (one(u) + u**2), "d arctan u = du/(1 + u²)", "The inverse tangent.",
             latex=r"\arctan", names=("atan",), monotone=1, odd=True, code=code("arctan"))
_elementwise("arcsin", np.arcsin, lambda u: 1 / fn("sqrt", one(u) - u**2), "d arcsin u = du/√(1 − u²)",
             "The inverse sine.", latex=r"\arcsin", names=("asin",), domain="open unit ball", edges=(-1.0, 1.0),
             monotone=1, odd=True, code=code("arcsin"))
_elementwise("arccos", np.arccos, lambda u: -(1 / fn("sqrt", one(u) - u**2)), "d arccos u = −du/√(1 − u²)",
             "The inverse cosine.", latex=r"\arccos", names=("acos",), domain="open unit ball", edges=(-1.0, 1.0),
             monotone=-1, code=code("arccos"))
_elementwise("sigmoid", _sigmoid, lambda u: fn("sigmoid", u) * (one(u) - fn("sigmoid", u)),
             "d σ(u) = σ(u)(1 − σ(u)) du", "The logistic sigmoid 1/(1 + e⁻ᵘ).", "PRML 4.88", unicode="σ",
             latex=r"\sigma", names=("logistic", "expit"), monotone=1, range="positive",
             code=code("special.expit", "jax.nn.sigmoid", "torch.sigmoid"))
_elementwise("logit", lambda x: np.log(x) - np.log1p(-x), lambda u: 1 / (u * (one(u) - u)),
             "d logit u = du/(u(1 − u))", "The log odds log(u/(1 − u)), inverse of σ.", "PRML 4.60",
             domain="unit interval",
             edges=(0.0, 1.0), monotone=1, code=code("special.logit", "special.logit", "torch.logit"))
_elementwise("softplus", _softplus, lambda u: fn("sigmoid", u), "d softplus(u) = σ(u) du", "log(1 + eᵘ).", "PRML 4.3.2",
             monotone=1, convex=1, range="positive",
             code=code("softplus({0})", "jax.nn.softplus", "(-torch.nn.functional.logsigmoid(-{0}))"))
_elementwise("relu", _relu, lambda u: fn("step", u), "d relu(u) = step(u) du", "The positive part max(u, 0).",
             "Parr & Howard 5.2", names=("ReLU",), kinks=(0.0,), subdifferential="at 0 every number in [0, 1]",
             monotone=1,
             convex=1, range="nonnegative", code=code("np.maximum({0}, 0)", "jnp.maximum({0}, 0)", "torch.relu"))
_elementwise("step", _step, lambda u: 0 * u, "step is constant away from 0", "1 where u > 0, else 0.",
             "Parr & Howard 5.2", names=("heaviside",), kinks=(0.0,), subdifferential="at 0 there is none: it jumps",
             monotone=1, range="nonnegative", piecewise_constant=True,
             code=code("step({0})", "jnp.heaviside({0}, 0)", "step({0})"))
_elementwise("erf", lambda x: scipy.special.erf(x), lambda u: (2 / fn("sqrt", fn("pi"))) * fn("exp", -(u**2)),
             "d erf(u) = 2/√π e^(−u²) du",
             "The error function.", "PRML 4.115", monotone=1, odd=True,
             code=code("special.erf", "special.erf", "torch.erf"))
_elementwise("normpdf", lambda x: np.exp(-np.asarray(x) ** 2 / 2) / math.sqrt(2 * math.pi),
             lambda u: -(u * fn("normpdf", u)),
             "d φ(u) = −u φ(u) du", "The standard normal density φ.", "PRML 4.3.5", unicode="φ", latex=r"\phi",
             even=True,
             range="positive", code=code("normpdf({0})"))
_elementwise("normcdf", _cdf, lambda u: fn("normpdf", u), "d Φ(u) = φ(u) du",
             "The standard normal distribution function Φ.",
             "PRML 4.114", unicode="Φ", latex=r"\Phi", monotone=1, range="positive",
             code=code("special.ndtr", "special.ndtr", "(torch.erfc({0} * -(0.5**0.5)) / 2)"))
_elementwise("gamma", lambda x: scipy.special.gamma(x), lambda u: fn("gamma", u) * fn("digamma", u),
             "d Γ(u) = Γ(u) ψ(u) du", "The gamma function.",
             "PRML 1.141", names=("Gamma",), unicode="Γ", latex=r"\Gamma", domain="positive", edges=(0.0,), convex=1,
             code=code("special.gamma", "special.gamma", "gamma({0})"))
_elementwise("lgamma", lambda x: scipy.special.loggamma(x), lambda u: fn("digamma", u), "d log Γ(u) = ψ(u) du",
             "The logarithm of the gamma function.",
             "PRML 2.13", names=("gammaln", "loggamma"), domain="positive", edges=(0.0,), convex=1,
             code=code("special.loggamma", "special.gammaln", "torch.lgamma"))
_elementwise("digamma", lambda x: scipy.special.digamma(x), lambda u: fn("polygamma", u, attrs=(1,)),
             "d ψ(u) = ψ₁(u) du",
             "The derivative ψ of log Γ.", "PRML B.25", unicode="ψ", latex=r"\psi", names=("psi",), domain="positive",
             edges=(0.0,), monotone=1, convex=-1, code=code("special.digamma", "special.digamma", "torch.digamma"))
operations.add(Operation(
    "polygamma", "elementwise", "The derivative of order k of the digamma function.", "Abramowitz & Stegun 6.4.1", like,
    _polygamma, names=("polygamma", "trigamma"), law="d ψₖ(u) = ψₖ₊₁(u) du", core=(0,), domain="positive",
    unicode="polygamma", latex=r"\operatorname{polygamma}", edges=(0.0,), extra={"analytic": False},
    code=code("polygamma({a0}, {0})", "special.polygamma({a0}, {0})", "polygamma({a0}, {0})"),
    differential=lambda a, d, attrs: fn("polygamma", a[0], attrs=(attrs[0] + 1,)) * d[0],  # type: ignore[operator]
))


def _d_larger(sign: int) -> Callable[[Args, tuple[Expr | None, ...], Attrs], Expr]:
    def rule(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
        (u, v), (du, dv) = args, dargs
        gap = u - v if sign > 0 else v - u
        # the second weight is 1 minus the first, so that they add up to 1 where u and v are the same
        weights = (fn("step", gap), one(gap) - fn("step", gap))
        terms = [weight * d for weight, d in zip(weights, (du, dv), strict=True) if d is not None]
        return terms[0] if len(terms) == 1 else apply("add", *terms)

    return rule


def _pick(larger: bool) -> Callable[[Any, Any, Any], Any]:
    def value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
        u, v = arrays
        return np.where((np.real(u) >= np.real(v)) == larger, u, v)

    return value


operations.add(Operation(
    "maximum", "elementwise", "The larger of two, entry by entry.", "Parr & Howard 5.2", same("compare"), _pick(True),
    unicode="max", latex=r"\max", law="d max(u, v) = step(u − v) du + (1 − step(u − v)) dv", core=(0, 0),
    differential=_d_larger(1), kinks=(0.0,), names=("maximum",), code=code("maximum", args=2),
    subdifferential="where u = v, every mixture of du and dv",
))
operations.add(Operation(
    "minimum", "elementwise", "The smaller of two, entry by entry.", "Parr & Howard 5.2", same("compare"), _pick(False),
    unicode="min", latex=r"\min", law="d min(u, v) = step(v − u) du + (1 − step(v − u)) dv", core=(0, 0),
    differential=_d_larger(-1), kinks=(0.0,), names=("minimum",), code=code("minimum", args=2),
    subdifferential="where u = v, every mixture of du and dv",
))
