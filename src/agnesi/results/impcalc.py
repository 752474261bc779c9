"""Results of the Imperial College course Mathematics for Machine Learning: Multivariate Calculus."""

from __future__ import annotations

import numpy as np
import sympy

from agnesi.calculus import (
    backpropagate,
    critical_points,
    derivative,
    difference_errors,
    first_principles,
    fit_line,
    gradient,
    hessian,
    jacobian,
    lagrange,
    linearise,
    network,
    newton,
    power_series,
    taylor_pieces,
    train_network,
    vector_chain,
)
from agnesi.calculus.functions import function
from agnesi.draw import Axis, Picture, constraint, contours, convergence, panels, scatter, surface
from agnesi.draw import taylor as draw_taylor
from agnesi.draw.layers import Curve
from agnesi.draw.picture import retitled
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results
from agnesi.worked.exact import to_expr


@results.reproduces("mvc-1-def")
def derivatives_from_the_limit() -> Found:
    """Find five derivatives as the limit of the quotient, and see the limit in numbers."""
    done = {f: first_principles(f) for f in ("x", "x²", "1/x", "exp(x)", "sin(x)")}
    return Found(tuple(done.values()), {f"d({f})/dx": d.value for f, d in done.items()})


@results.reproduces("mvc-1-beast")
def a_beast() -> Found:
    """Derive sin(2x⁵ + 3x)/exp(7x)."""
    done = derivative("sin(2x⁵ + 3x)/exp(7x)")
    return Found((done,), {"df/dx": done.value})


@results.reproduces("mvc-2-hess")
def bowl_or_saddle() -> Found:
    """Find the Hessians of a bowl and of a saddle, their determinants and signs."""
    asked = {"x² + y²": "minimum", "x² − y²": "saddle"}
    hessians = {f: hessian(f, [0, 0]) for f in asked}
    kinds = {f: critical_points(f) for f in asked}
    right = all(kinds[f].value[0].kind == kind for f, kind in asked.items())
    values = {f"det H of {f}": H.value.det() for f, H in hessians.items()}
    values |= {f"∂²f/∂x² of {f}": H.value[0, 0] for f, H in hessians.items()}
    values |= {f"{f} has at (0, 0) a": d.value[0].kind for f, d in kinds.items()}
    return Found(
        (*hessians.values(), *kinds.values()), values,
        (holds("the bowl has a minimum, the other a saddle", right),),
        panels([surface(f, (-2, 2), (-2, 2)) for f in asked], "A bowl and a saddle"),
    )  # fmt: skip


@results.reproduces("mvc-2-jac")
def jacobian_as_a_field() -> Found:
    """Find the Jacobian of x²y + 3z, and draw its arrows over x and y."""
    done, f = gradient("x² y + 3z", [0, 0, 0]), function("x² y + 3z")
    places = np.random.default_rng(0).uniform(-2, 2, (50, 3))
    uphill = all(f.of(p + 1e-4 * f.slope(p)) > f.of(p) for p in places)
    return Found(
        (done,), {"J": done.value}, (holds("from 50 places a small step along the arrow goes uphill", uphill),),
        contours("x² y", (-2, 2), (-2, 2), gradients=True), ("The picture is the slice z = 0; 3z adds a constant.",),
    )  # fmt: skip


@results.reproduces("mvc-3-chain")
def chain_rule_through_layers() -> Found:
    """Multiply the Jacobians of three layers."""
    done = vector_chain("x y", {"x": "u² v", "y": "u − v"}, {"u": "sin t", "v": "exp(t)"})
    return Found((done,), {"df/dt": done.value})


@results.reproduces("mvc-3-backprop")
def network_learns_a_heart() -> Found:
    """Backpropagate by hand through 1, 2 and 1 neurons; train 1, 6, 7 and 2 until their curve is the heart shown."""
    t = np.linspace(0, 1, 100)
    turn = 2 * np.pi * t
    up = 13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)
    heart = 0.5 + np.array([16 * np.sin(turn) ** 3, up]) / 40
    done = train_network([1, 6, 7, 2], t, heart, steps=6000, rate=3, seed=1, keep=8)
    by_hand = backpropagate(network([1, 2, 1], seed=0), [0.5], [1])
    fixed = float(((heart - heart.mean(axis=1, keepdims=True)) ** 2).sum(axis=0).mean())
    gap = float(np.abs(done.value(t) - heart).max())
    return Found(
        (by_hand, done), {"cost at the start": done.costs[0], "lowest cost": done.costs.min(), "largest gap": gap},
        (holds("the cost is below a hundredth of that of a single best point", done.costs.min() < fixed / 100),
         near("the curve is the heart, up to a twelfth of its width", gap, 0.8 / 12)),
        panels([_learnt(heart, *shot) for shot in done.snapshots[-6:]], "A network learns a heart", 3),
    )  # fmt: skip


def _learnt(target: np.ndarray, steps: int, outputs: np.ndarray) -> Picture:
    """Return the curve that a network gives after some steps over the one that it is to learn: [2 N] each."""
    away = np.linalg.norm(outputs - target, axis=0).mean()
    alt = f"After {steps} steps the curve of the network is {away:.2g} away from the heart on average."
    low, high = float(min(target.min(), outputs.min())), float(max(target.max(), outputs.max()))
    axes = tuple(Axis(name, low - 0.06, high + 0.06) for name in "xy")
    layers = (Curve(target.T, "", "faint"), Curve(outputs.T, "", "vermillion"))
    return Picture(f"after {steps} steps", axes, layers, alt, True, 1.0)


@results.reproduces("mvc-4-power")
def maclaurin_series() -> Found:
    """Write exp, cos and 1/(1 − x) as power series with their radius of convergence, and draw them."""
    asked = {"exp(x)": (-4, 4), "cos(x)": (-7, 7), "1/(1 − x)": (-1.6, 1.6)}
    done = {f: power_series(f) for f in asked}
    radii = {f: "∞" if d.radius == sympy.oo else str(d.radius) for f, d in done.items()}
    pictures = [
        retitled(draw_taylor(f, 0, [1, 2, 4, 8], interval), f"{f}: radius of convergence {radii[f]}")
        for f, interval in asked.items()
    ]
    return Found(
        tuple(done.values()), {f"radius of convergence of {f}": d.radius for f, d in done.items()},
        picture=panels(pictures, "Maclaurin series"),
    )  # fmt: skip


@results.reproduces("mvc-4-error")
def errors_of_differences() -> Found:
    """Measure how the errors of forward and central differences fall with the step."""
    tangent, done = linearise("sin(x)", 1), difference_errors("sin(x)", 1)
    forward, central = done.value
    h, *errors = np.array(done.table, dtype=float).T
    return Found(
        (tangent, done), {"slope of the forward error": forward, "slope of the central error": central},
        picture=convergence(
            dict(zip(("forward", "central"), errors, strict=True)), across="n, with the step h = 10⁻ⁿ",
            x=-np.log10(h), title="Errors of differences",
        ),
    )  # fmt: skip


@results.reproduces("mvc-4-2d")
def taylor_pieces_of_a_surface() -> Found:
    """Find the constant, the plane and the parabola that touch a surface, and draw them."""
    f, at = "exp(−(x² + y²)/2)", ["1/2", 0]
    done = taylor_pieces(f, at)
    drawn = {"the function": f, **{name: to_expr(piece) for name, piece in done.value.items()}}
    pictures = [retitled(surface(g, (-1, 2), (-1.5, 1.5), z=(-1, 1.5)), name) for name, g in drawn.items()]
    return Found((done,), dict(done.value), picture=panels(pictures, "Taylor pieces of a surface"))


@results.reproduces("mvc-6-jac")
def jacobian_of_a_gaussian() -> Found:
    """Derive a Gaussian in its mean and its width."""
    done = jacobian("exp(−(x − μ)²/(2σ²))/(σ sqrt(2π))", variables="μ, σ")
    return Found((done,), {"∂f/∂(μ, σ)": done.value})


@results.reproduces("mvc-5-newton")
def newton_and_its_failure() -> Found:
    """Iterate from 0, which runs in a circle, and from −2, which finds the root."""
    cycle, root = newton("x³ − 2x + 2", 0), newton("x³ − 2x + 2", -2)
    places = [float(row.x) for row in cycle.table[:2]] * 2
    circle = holds("from 0 it runs in a circle", cycle.outcome == "cycle")
    return Found((cycle, root), {"iterates from 0": places, "root from −2": float(root.value)}, (circle,))


@results.reproduces("mvc-5-lagrange")
def lagrange_multipliers() -> Found:
    """Maximise x²y on a circle of radius a."""
    done = lagrange("x² y", "x² + y² = a²", "x y")
    best = max(done.maximisers, key=lambda at: at[0].subs({s: 1 for s in at[0].free_symbols}))
    picture = constraint("x² y", "x² + y² = 1", [[(2 / 3) ** 0.5, (1 / 3) ** 0.5]], (-1.55, 1.65), (-1.55, 1.65))
    return Found((done,), {"x": best[0], "y": best[1], "maximum": done.maximum}, picture=picture)


@results.reproduces("mvc-6-line")
def line_with_errors() -> Found:
    """Fit slope and intercept by setting the gradient of χ² to zero, and compare with NumPy's fit."""
    x, y = [0, 1, 2, 3, 4], [1, 3, 5, 8, 9]
    done = fit_line(x, y)
    fitted, covariance = np.polyfit(x, y, 1, cov=True)
    gap = np.abs(fitted - np.array(done.value, dtype=float)).max()
    errors = np.array([done.slope_error, done.intercept_error], dtype=float)
    apart = np.abs(np.sqrt(np.diag(covariance)) - errors).max()
    return Found(
        (done,), {"slope": done.slope, "error of the slope": done.slope_error, "intercept": done.intercept,
                  "error of the intercept": done.intercept_error},
        (near("slope and intercept are those of NumPy's fit", gap, 1e-9),
         near("so are their errors", apart, 1e-9)), scatter(x, y, 1),
    )  # fmt: skip
