"""Results of Parr & Howard, The Matrix Calculus You Need For Deep Learning."""

from __future__ import annotations

import numpy as np

from agnesi.calculus import (
    derivative_rules,
    gradient,
    jacobian,
    neuron_gradient,
    neuron_loss,
    single_chain,
    total_derivative,
    train_neuron,
    vector_chain,
)
from agnesi.draw import convergence
from agnesi.expr.dims import show_shape
from agnesi.results.derived import derived
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results

NEURON = "w: n; x: n; b: scalar; max(0, wᵀx + b)"
DATA = [[1, 0], [2, 1], [-2, 1]], [1, 2, 0], [1, "1/2"], "1/2"
LOSS = "1/N ∑_{i=1}^N (y_i − max(0, wᵀx_i + b))²"


@results.reproduces("mat-2-rules")
def rules_of_one_variable() -> Found:
    """Derive each rule of the table."""
    return Found((derivative_rules(),))


@results.reproduces("mat-3-grad")
def gradient_of_two_variables() -> Found:
    """Find both partial derivatives of 3x²y."""
    done = gradient("3x² y")
    return Found((done,), {"∇f": done.value})


@results.reproduces("mat-4-jac")
def stacked_jacobian() -> Found:
    """Stack the gradients of two functions."""
    done = jacobian(["3x² y", "2x + y⁸"])
    return Found((done,), {"J": done.value})


@results.reproduces("mat-41-id")
def identity_and_shapes() -> Found:
    """Derive ∂x/∂x, and one derivative of each of the six shapes."""
    same = derived("x: n; x", "x")
    asked = {
        "scalar by scalar": ("x: scalar; x²", "x"), "scalar by vector": ("x: n; xᵀx", "x"),
        "scalar by matrix": ("X: m×n; tr(XᵀX)", "X"), "vector by scalar": ("t: scalar; a: n; t a", "t"),
        "vector by vector": ("A: m×n; x: n; A x", "x"), "matrix by scalar": ("t: scalar; A: m×n; t A", "t"),
    }  # fmt: skip
    done = {name: derived(*question) for name, question in asked.items()}
    fits = all(d.value.shape == d.function.shape + d.variable.shape for d in done.values())
    return Found(
        (same,), {"∂x/∂x": same.value, **{name: show_shape(d.value.shape) for name, d in done.items()}},
        (holds("the shape of a derivative is that of the function, then that of the variable", fits),),
    )  # fmt: skip


@results.reproduces("mat-42-elem")
def elementwise_operators() -> Found:
    """Derive the Jacobians of sum, difference, product and quotient entry by entry: all are diagonal."""
    asked = (("+", "+", "x"), ("−", "-", "x"), ("⊙", ".*", "w"), ("⊙", ".*", "x"), ("⊘", "./", "w"), ("⊘", "./", "x"))
    done = {f"∂(w {sign} x)/∂{v}": derived(f"w: n; x: n; w {op} x", v) for sign, op, v in asked}
    return Found(tuple(done.values()), {name: d.value for name, d in done.items()})


@results.reproduces("mat-43-scalar")
def scalar_expansion() -> Found:
    """Derive x + z and xz in the number z."""
    asked = {"∂(x + z)/∂z": "x + z", "∂(xz)/∂z": "x z"}
    done = {name: derived(f"x: n; z: scalar; {text}", "z") for name, text in asked.items()}
    return Found(tuple(done.values()), {name: d.value for name, d in done.items()})


@results.reproduces("mat-44-sum")
def sum_of_a_vector() -> Found:
    """Derive the sum of the entries of a vector."""
    done = derived("x: n; sum(x)", "x")
    return Found((done,), {"∂y/∂x": done.value}, notes=("The paper writes the gradient as a row.",))


@results.reproduces("mat-451-single")
def chain_rule_of_one_variable() -> Found:
    """Derive two nested functions through their intermediate variables."""
    first, second = single_chain("sin(x²)", "x"), single_chain("ln(sin(x³)²)", "x")
    return Found((first, second), {"d sin(x²)/dx": first.value, "d ln(sin(x³)²)/dx": second.value})


@results.reproduces("mat-452-total")
def total_derivatives() -> Found:
    """Derive two functions in which x acts along several ways."""
    first, second = total_derivative("x + x²"), total_derivative("sin(x + x²)")
    return Found((first, second), {"d(x + x²)/dx": first.value, "d sin(x + x²)/dx": second.value})


@results.reproduces("mat-453-vector")
def vector_chain_rule() -> Found:
    """Multiply the Jacobian of (ln g₁, sin g₂) by that of (x², 3x)."""
    done = vector_chain(["ln u", "sin v"], {"u": "x²", "v": "3x"})
    return Found((done,), {"dy/dx": done.value})


@results.reproduces("mat-5-neuron")
def gradient_of_a_neuron() -> Found:
    """Derive max(0, wᵀx + b) in w and in b, in vectors and piece by piece for three inputs."""
    in_w, in_b, pieces = derived(NEURON, "w"), derived(NEURON, "b"), neuron_gradient(3)
    return Found((in_w, in_b, pieces), {"∂/∂w": in_w.value, "∂/∂b": in_b.value})


@results.reproduces("mat-6-w")
def loss_by_weights() -> Found:
    """Derive the mean squared error of one neuron in its weights."""
    done, numbers = derived(LOSS, "w"), neuron_loss(*DATA)
    return Found((done, numbers), {"∂C/∂w": done.value})


@results.reproduces("mat-6-b")
def loss_by_bias() -> Found:
    """Derive the mean squared error of one neuron in its bias, and in weights and bias as one vector."""
    done, numbers = derived(LOSS, "b"), neuron_loss(*DATA)
    stacked = derived("1/N ∑_{i=1}^N (y_i − max(0, vᵀz_i))²", "v")
    return Found(
        (done, stacked, numbers), {"∂C/∂b": done.value, "∂C/∂v": stacked.value},
        notes=("With v = [w; b] and z = [x; 1] the stacked gradient is both at once.",),
    )  # fmt: skip


@results.reproduces("mat-6-gd")
def training_a_neuron() -> Found:
    """Train one neuron on points of the line 2x + 1 by gradient descent."""
    x, y = [0, 1, 2, 3], [1, 3, 5, 7]
    done = train_neuron([[v] for v in x], y, [0], 0.5, rate=0.1, steps=300)
    falls = (np.diff(done.losses) <= 0).all()
    return Found(
        (done,), {"[w b]": done.value, "first loss": done.losses[0], "last loss": done.losses[-1]},
        (holds("the loss falls with every step", falls),
         near("the neuron has learnt the line 2x + 1", np.abs(done.value - [2, 1]).max(), 1e-6)),
        convergence(done.losses, label="loss", across="step", title="Training one neuron"),
    )  # fmt: skip
