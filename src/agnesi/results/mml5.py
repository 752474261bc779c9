"""Results of Mathematics for Machine Learning, chapter 5: vector calculus."""

from __future__ import annotations

import sympy

from agnesi.calculus import gradient, graph, reverse_mode, taylor, taylor_errors
from agnesi.calculus.functions import function
from agnesi.check.evidence import equal_evidence
from agnesi.draw import graph as draw_graph
from agnesi.draw import taylor as draw_taylor
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import replace
from agnesi.results.derived import by_differences, derived
from agnesi.results.record import Found, holds
from agnesi.results.registry import results

GRADIENTS = (
    ("X: n×n; tr(A X)", "X"), ("X: n×n invertible; det(X)", "X"), ("X: n×n invertible; aᵀ X⁻¹ b", "X"),
    ("x: n; B: n×n; xᵀB x", "x"), ("aᵀX b", "X"), ("W symmetric; (x − A s)ᵀ W (x − A s)", "s"),
)  # fmt: skip


@results.reproduces("mml-5-taylor")
def taylor_polynomials() -> Found:
    """Expand sin x + cos x at 0 to degree 10, and draw the polynomials of degree 0, 1, 5 and 10 over it."""
    f = "sin(x) + cos(x)"
    done = taylor(f, 0, 10)
    errors = [abs(error) for _, error in taylor_errors(f, 0, [0, 1, 5, 10], 0.5)]
    return Found(
        (done,), {"T₁₀": done.value},
        (holds("the error at x = 0.5 falls from degree to degree", errors == sorted(errors, reverse=True)),),
        draw_taylor(f, 0, [0, 1, 5, 10], (-4, 4)),
    )  # fmt: skip


@results.reproduces("mml-5-mtaylor")
def taylor_expansion_of_two_variables() -> Found:
    """Expand x² + 2xy + y³ about (1, 2) to third order: the terms are the polynomial itself."""
    f = "x² + 2x y + y³"
    done = taylor(f, [1, 2], 3)
    out = sympy.expand(done.value)
    whole = out == sympy.expand(function(f).expr)
    return Found((done,), {"T₃ multiplied out": out}, (holds("multiplied out, it is the polynomial", whole),))


@results.reproduces("mml-5-partial")
def partial_derivatives() -> Found:
    """Find the partial derivatives of (x + 2y³)² by the chain rule."""
    done = gradient("(x + 2y³)²")
    return Found((done,), {"∇f": done.value})


@results.reproduces("mml-5-gradid")
def gradients_of_matrices() -> Found:
    """Derive the gradients of a trace, a determinant, an inverse, bilinear and quadratic forms; test each twice."""
    done = {d.question[0].text()[0].removeprefix("f = "): d for d in (derived(*asked) for asked in GRADIENTS)}
    return Found(
        tuple(done.values()), {f"∇({f})": d.value for f, d in done.items()},
        tuple(by_differences(f"∇({f})", d.function, d.variable, d.value) for f, d in done.items()),
    )  # fmt: skip


@results.reproduces("mml-5-lsgrad")
def gradient_of_least_squares() -> Found:
    """Derive the loss ‖y − Φθ‖² in θ, and check the shapes."""
    whole = derived("Φ: N×D; y: N; θ: D; ‖y − Φθ‖²", "θ")
    in_e, in_theta = derived("e: N; ‖e‖²", "e"), derived("Φ: N×D; y: N; θ: D; y − Φθ", "θ")
    chained = replace(in_theta.value.T @ in_e.value, {in_e.variable: in_theta.function})
    same = equal_evidence(chained, whole.value)
    named = {"∂L/∂e": in_e, "∂e/∂θ": in_theta, "dL/dθ": whole}
    shapes = {f"shape of {name}": show_shape(d.value.shape) for name, d in named.items()}
    return Found(
        (in_e, in_theta, whole), {name: d.value for name, d in named.items()} | shapes,
        (holds("(∂e/∂θ)ᵀ ∂L/∂e with e = y − Φθ is dL/dθ", bool(same), str(same)),),
        notes=("MML writes gradients as rows: dL/dθ = 2eᵀ(−Φ), with the shapes 1×N, N×D and 1×D.",),
    )  # fmt: skip


@results.reproduces("mml-5-autodiff")
def reverse_mode_through_a_graph() -> Found:
    """Compute values forwards and adjoints backwards through the graph of the function."""
    f = "sqrt(x² + exp(x²)) + cos(x² + exp(x²))"
    done = reverse_mode(f, [1])
    return Found((done,), {"df/dx at 1": float(done.value[0])}, picture=draw_graph(graph(f, [1])))
