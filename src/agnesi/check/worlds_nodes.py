"""Nodes and weights that integrate against named distributions.

| distribution | of polynomials (exact) | of other functions |
|---|---|---|
| Normal(μ, V) | Gauss-Hermite; μ + L z with L Lᵀ = V | the trapezoidal rule, which is as good for smooth functions |
| Uniform(a, b), Beta(a, b) | Gauss-Legendre, Gauss-Jacobi | the double exponential rule, good at singular ends too |
| Exponential(λ), Gamma(a, b), Laplace(m, b) | (generalised) Gauss-Laguerre | the double exponential rule |
| Bernoulli, Binomial, Poisson, Geometric | enumeration, up to a negligible tail | the same |

Whether a function is integrated well, a second rule with fewer nodes tells. Source: Trefethen and Weideman,
The exponentially convergent trapezoidal rule, 2014.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from agnesi.check.worlds_laws import Law, root
from agnesi.errors import NotNumeric, TooLarge
from agnesi.expr.nodes import Const, Expr, apply, constant, symbols_of

FEW = 6  # Gauss nodes on an axis: exact for polynomials to degree 11
NORMAL = {1: (65, 8.0), 2: (31, 7.5)}  # nodes on each axis and where they end, by the number of axes
MANY = 100  # nodes of a double exponential rule
FARTHEST = 600  # beyond that the first probabilities of a series are 0 in floats, and so is what it seems to be
FAR = 250  # whole numbers that are enumerated at most
TAIL = {1: 80, 2: 40}  # how far whole numbers are enumerated, by the number of axes


@dataclass(frozen=True)
class Nodes:
    """Standard nodes z, and weights unless these depend on parameters; `value(z)` is the random variable."""

    points: Any
    weights: Any | None
    value: Callable[[Expr], Expr]


@dataclass(frozen=True)
class Effort:
    """How many nodes: for polynomials only or not, on how many axes in all, and which share of the usual number."""

    simple: bool = False
    axes: int = 1
    share: float = 1.0
    degree: int = 0  # of the polynomials, where it is known

    @property
    def few(self) -> int:
        """The number of Gauss nodes that polynomials need: n are exact to degree 2n − 1."""
        if not self.degree:
            return self.of(FEW)
        return min(self.of(FEW), max(2, self.degree // 2 + 1) + (self.share != 1.0))

    def of(self, count: int) -> int:
        """Return the share of a usual number."""
        return max(4, round(count * self.share))


def nodes(law: Law, shape: tuple[int, ...], effort: Effort, number: Callable[[Expr], float]) -> Nodes:
    """Return nodes for a law; `number` gives the value of a parameter that the nodes depend on.

    Raises `NotNumeric` where there are none.
    """
    p = law.parameters
    match law.name:
        case "Normal":
            z, w = normal_nodes(max(1, effort.axes), effort)
            if not shape:
                return Nodes(z, w, lambda one: _shifted(p[0], root(p[1]) * one))
            z, w = _grid(z, w, shape[0])
            return Nodes(z, w, lambda one: _shifted(p[0], apply("mul", apply("chol", p[1]), one)))
        case "Uniform":
            z, w = unit_nodes(1.0, 1.0, effort)
            return Nodes(z, w, lambda one: p[0] + (p[1] - p[0]) * one)
        case "Beta":
            z, w = unit_nodes(number(p[0]), number(p[1]), effort)
            return Nodes(z, w, lambda one: one)
        case "Exponential":
            z, w = positive_nodes(1.0, effort)
            return Nodes(z, w, lambda one: one / p[0])
        case "Gamma":
            z, w = positive_nodes(number(p[0]), effort)
            return Nodes(z, w, lambda one: one / p[1])
        case "Laplace":
            z, w = positive_nodes(1.0, effort)
            return Nodes(np.r_[-z[::-1], z], np.r_[w[::-1], w] / 2, lambda one: p[0] + p[1] * one)
        case "Listed":
            return Nodes(np.array([number(v) for v in p[::2]]), None, lambda one: one)
        case "Bernoulli":
            return Nodes(np.array([0.0, 1.0]), None, lambda one: one)
        case "Binomial":
            trials = number(p[0])
            bounded(law.name, trials)
            if trials != round(trials) or not 0 < trials < 100:
                raise NotNumeric("The number of trials is a small whole number.")
            return Nodes(np.arange(trials + 1), None, lambda one: one)
        case "Poisson" | "Geometric" | "Geometric from 0":
            first, last = 1.0 if law.name == "Geometric" else 0.0, effort.of(TAIL.get(effort.axes, 20))
            if not symbols_of(p[0]):
                last = max(last, int(bounded(law.name, reach(law.name, number(p[0])))))
            if last > FAR:
                raise NotNumeric(f"{law.name} with these numbers reaches too far to be enumerated.")
            return Nodes(np.arange(first, last), None, lambda one: one)
    raise NotNumeric(f"Expectations under {law.name} are not computed here.")


def matched(law: Law) -> Nodes | None:
    """Return three nodes with the mean and the variance of a law of whole numbers: enough for squares."""
    p = law.parameters
    one = constant(1)
    match law.name:
        case "Bernoulli":
            mean, spread = p[0], p[0] * (one - p[0])
        case "Binomial":
            mean, spread = p[0] * p[1], p[0] * p[1] * (one - p[1])
        case "Poisson":
            mean, spread = p[0], p[0]
        case "Geometric":
            mean, spread = one / p[0], (one - p[0]) / p[0] ** 2
        case "Geometric from 0":
            mean, spread = (one - p[0]) / p[0], (one - p[0]) / p[0] ** 2
        case _:
            return None
    z, w = np.polynomial.hermite_e.hermegauss(3)
    return Nodes(z, w / w.sum(), lambda at: mean + apply("sqrt", spread) * at)


def reach(name: str, parameter: float) -> float:
    """Return the whole number beyond which the probability of a Poisson or geometric variable is negligible."""
    if name == "Poisson":
        return parameter + 8 * float(np.sqrt(max(parameter, 0.0))) + 8
    return 1.0 if parameter >= 1 else -30.0 / float(np.log1p(-parameter)) if parameter > 0 else np.inf


def bounded(name: str, last: float) -> float:
    """Return how far a variable reaches; raises `TooLarge` where the first probabilities are 0 in floats."""
    if last > FARTHEST:
        raise TooLarge(f"{name} with these numbers reaches too far to be computed with.")
    return last


def fixed_parameters(law: Law) -> tuple[Expr, ...]:
    """Return the parameters whose numbers the nodes depend on."""
    return {"Gamma": law.parameters[:1], "Beta": law.parameters, "Binomial": law.parameters[:1]}.get(law.name, ())


def normal_nodes(axes: int, effort: Effort) -> tuple[Any, Any]:
    """Return nodes for a standard normal variable, one of several."""
    if effort.simple or axes not in NORMAL:
        z, w = np.polynomial.hermite_e.hermegauss(effort.few if effort.simple else effort.of(10))
        return z, w / w.sum()
    count, end = NORMAL[axes]
    z = np.linspace(-end, end, effort.of(count))
    w = np.exp(-(z**2) / 2)
    return z, w / w.sum()


def positive_nodes(shape: float, effort: Effort) -> tuple[Any, Any]:
    """Return nodes for a standard gamma variable: z = exp(t − e^(−t)) carries all of t to z > 0."""
    if effort.simple:
        z, w = scipy.special.roots_genlaguerre(effort.few, shape - 1)
        return z, w / w.sum()
    t = np.linspace(-4.0, 5.6, effort.of(MANY))
    z = np.exp(t - np.exp(-t))
    w = (t[1] - t[0]) * z * (1 + np.exp(-t)) * np.exp((shape - 1) * np.log(z) - z - scipy.special.gammaln(shape))
    return z, w


def unit_nodes(a: float, b: float, effort: Effort) -> tuple[Any, Any]:
    """Return nodes for a beta variable: z = (1 + tanh(½π sinh t))/2 carries all of t to 0 < z < 1."""
    if effort.simple or min(a, b) < 1:
        z, w = scipy.special.roots_jacobi(effort.few if effort.simple else effort.of(MANY), b - 1, a - 1)
        return (z + 1) / 2, w / w.sum()
    t = np.linspace(-3.0, 3.0, effort.of(MANY))
    u = np.pi / 2 * np.sinh(t)
    z = scipy.special.expit(2 * u)
    slope = 2 * z * scipy.special.expit(-2 * u) * np.pi / 2 * np.cosh(t)
    log_density = scipy.special.xlogy(a - 1, z) + scipy.special.xlog1py(b - 1, -z) - scipy.special.betaln(a, b)
    return z, (t[1] - t[0]) * slope * np.exp(log_density)


def _shifted(mean: Expr, rest: Expr) -> Expr:
    return rest if isinstance(mean, Const) and mean.value == 0 else mean + rest


def _grid(z: Any, w: Any, axes: int) -> tuple[Any, Any]:
    """Return the product rule over several axes: points × axes, and weights."""
    if len(z) ** axes > 6_000:
        raise NotNumeric("A normal vector has at most three entries in a finite world.")
    points = np.stack(np.meshgrid(*[z] * axes, indexing="ij"), axis=-1).reshape(-1, axes)
    weights = np.ones(1)
    for _ in range(axes):
        weights = np.multiply.outer(weights, w).reshape(-1)
    return points, weights
