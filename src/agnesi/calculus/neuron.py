"""One neuron with the rectifier: its gradient, the gradients of a mean squared loss, and its training by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from agnesi.calculus.differences import central_gradient
from agnesi.calculus.functions import neat, shown
from agnesi.calculus.given import floats, positive, whole
from agnesi.errors import NotNumeric, ShapeError
from agnesi.worked.exact import matrix, scalar, vector
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

SOURCE = "Parr & Howard 5"


def neuron_gradient(inputs: int = 3) -> Worked:
    """Find the gradient of a neuron, a = max(0, w·x + b), in its weights and bias: in two pieces.

    >>> neuron_gradient(2).value
    {'w': (Matrix([[0, 0]]), Matrix([[x_1, x_2]])), 'b': (0, 1)}

    The first of each pair is for w·x + b ≤ 0, the second for w·x + b > 0. Source: Parr & Howard 5.
    """
    inputs = whole(inputs, "inputs of a neuron", 1, 8)
    w, x = ([sympy.Symbol(f"{n}_{k}", real=True) for k in range(1, inputs + 1)] for n in "wx")
    b = sympy.Symbol("b", real=True)
    z = sympy.Add(*[p * q for p, q in zip(w, x, strict=True)]) + b
    row = sympy.ImmutableMatrix([[sympy.diff(z, v) for v in w]])
    zero = sympy.zeros(1, inputs).as_immutable()
    step = sympy.Symbol("s", real=True)
    steps = (
        Step("intermediate variables", "Name the affine part.", (
            Formula.of("z", "=", shown(z)), Formula.of("a", "=", "max(0, z)")), "", SOURCE, {"z": z}),
        Step("Jacobian", "Differentiate the affine part: the dot product gives x, the bias 1.", (
            Formula.of("∂z/∂w", "=", grid([[shown(v) for v in row]]), "=", "xᵀ"), Formula.of("∂z/∂b", "=", 1)),
            "", SOURCE, {"z": z, "row": row, "bias": sympy.diff(z, b)}),
        Step("rectifier", "The rectifier is flat on the left and has the slope 1 on the right.", (
            Formula.of("da/dz", "=", 0, why="for z ≤ 0"), Formula.of("da/dz", "=", 1, why="for z > 0")),
            "At z = 0 it has a kink; 0 is the convention.", SOURCE, {"slope": step}),
        Step("multiply", "Multiply along the chain: ∂a/∂w = da/dz · ∂z/∂w.", (
            Formula.of("∂a/∂w", "=", grid(zero), why="for w·x + b ≤ 0"),
            Formula.of("∂a/∂w", "=", grid([[shown(v) for v in row]]), why="for w·x + b > 0"),
            Formula.of("∂a/∂b", "=", 0, why="for w·x + b ≤ 0"), Formula.of("∂a/∂b", "=", 1, why="for w·x + b > 0")),
            "", SOURCE, {"w": (zero, row), "b": (0, 1)}),
    )  # fmt: skip
    answer = (
        Formula.of("∂a/∂w", "=", "0ᵀ or xᵀ"), Formula.of("∂a/∂b", "=", "0 or 1", why="as w·x + b is ≤ 0 or > 0"),
    )  # fmt: skip
    question = (Formula.of("a", "=", "max(0, w·x + b)"),)
    return Worked("gradient of a neuron", question, {"w": (zero, row), "b": (0, 1)}, answer, steps,
                  (_neuron_differences(inputs),), {}, source=SOURCE)  # fmt: skip


def _neuron_differences(inputs: int, count: int = 200, h: float = 1e-6) -> Verified:
    draw = np.random.default_rng(0)
    worst, sides = 0.0, set()
    for _ in range(count):
        w, x, b = draw.normal(size=inputs), draw.normal(size=inputs), draw.normal()
        active = w @ x + b > 0
        if abs(w @ x + b) < 1e-3:
            continue
        sides.add(bool(active))
        run: Callable[..., Any] = lambda p, x=x: max(0.0, p[:-1] @ x + p[-1])
        seen = central_gradient(run, np.append(w, b), h)
        worst = max(worst, float(np.abs(seen - (np.append(x, 1.0) if active else 0)).max()))
    told = f"{count} random neurons, on both sides of the kink: largest error {worst:.0e}".replace("e-", "e−")
    return Verified("central differences", worst < 1e-7 and len(sides) == 2, told)


def _data(X: Any, y: Any, w: Any, b: Any) -> tuple[Any, Any, Any, sympy.Expr]:
    rows, told, weights = matrix(X, "X"), vector(y, "y"), vector(w, "w")
    if rows.rows != told.rows:
        raise ShapeError(
            f"X has {rows.rows} rows and y has {told.rows} entries.", repair="Give one target for each row."
        )
    if rows.cols != weights.rows:
        raise ShapeError(
            f"X has {rows.cols} columns and w has {weights.rows} entries.", repair="Give one weight for each."
        )
    bias = scalar(b)
    if (rows.free_symbols | told.free_symbols | weights.free_symbols | bias.free_symbols) or not rows.rows:
        raise NotNumeric("X, y, w and b are numbers here.", repair="Give a number for each letter.")
    return rows, told, weights, bias


def neuron_loss(X: Any, y: Any, w: Any, b: Any = 0) -> Worked:
    """Find the gradient of the mean squared loss of one neuron in weights and bias, example by example.

    >>> neuron_loss([[1], [2], [3]], [1, 3, 0], [1], 1).value
    (26/3, 10/3)

    ∂C/∂w = (2/N) Σ eᵢ xᵢᵀ and ∂C/∂b = (2/N) Σ eᵢ over the active examples, with eᵢ = w·xᵢ + b − yᵢ. The part `stacked`
    is the same for ŵ = [w b], x̂ = [x 1]. Shapes: X: [N n], y: [N], w: [n]. Source: Parr & Howard 6.1, 6.2.
    """
    rows, told, weights, bias = _data(X, y, w, b)
    n = rows.rows
    z = [neat((rows[i, :] * weights)[0] + bias) for i in range(n)]
    active = [bool(v > 0) for v in z]
    errors: list[Any] = [neat(z[i] - told[i]) if active[i] else None for i in range(n)]
    on = [i for i in range(n) if active[i]]
    empty = sympy.zeros(1, rows.cols).as_immutable()
    in_w = sum((errors[i] * rows[i, :] for i in on), empty) * sympy.Rational(2, n)
    in_b = sum((errors[i] for i in on), sympy.Integer(0)) * sympy.Rational(2, n)
    loss = sum(((told[i] - (z[i] if active[i] else 0)) ** 2 for i in range(n)), sympy.Integer(0)) / n
    steps = (_forward(z, active, told, loss), _errors(z, told, errors, on, active), _weights(rows, errors, on, in_w, n),
             _bias(errors, on, in_b, n), _stacked(rows, errors, on, in_w, in_b, n))  # fmt: skip
    answer = (Formula.of("∂C/∂w", "=", grid([[shown(v) for v in in_w]])), Formula.of("∂C/∂b", "=", shown(in_b)))
    value = (*list(in_w), in_b)
    question = (
        Formula.of("C", "=", "(1/N) Σ (yᵢ − max(0, w·xᵢ + b))²"),
        Formula.of("X", "=", rows, ",", "y", "=", told, ",", "w", "=", weights, ",", "b", "=", shown(bias)),
    )  # fmt: skip
    notes = () if on else ("No example is active: the gradient is zero, and gradient descent would not move.",)
    kink = [i + 1 for i in range(n) if z[i] == 0]
    if kink:
        notes = (*notes, f"Example {kink[0]} lies on the kink, where 0 is the convention for the slope.")
    evidence = () if kink else (_loss_differences(rows, told, weights, bias, value),)
    return Worked("loss gradient of a neuron", question, value, answer, steps, evidence,
                  {"loss": loss, "active": tuple(active), "errors": tuple(errors), "stacked": value}, notes,
                  "Parr & Howard 6")  # fmt: skip


def _forward(z: Any, active: Any, y: Any, loss: Any) -> Step:
    lines = tuple(Formula.of(f"w·x{str(i + 1).translate(_LOW)} + b", "=", shown(v),
                             why="active" if active[i] else "not active: output 0")
                  for i, v in enumerate(z))  # fmt: skip
    return Step("forward", "Compute the affine part of every example; those above 0 are active.",
                (*lines, Formula.of("C", "=", shown(loss))), "", "Parr & Howard 6", {"z": z, "loss": loss})  # fmt: skip


def _errors(z: Any, y: Any, errors: Any, on: list[int], active: Any) -> Step:
    lines = tuple(Formula.of(f"e_{i + 1}", "=", shown(z[i]), "−", _bracket(y[i]), "=", shown(errors[i])) for i in on)
    return Step(
        "errors",
        "Take the error of each active example: output minus target.",
        lines,
        "",
        "Parr & Howard 6.1",
        {"errors": errors},
    )


def _bracket(value: sympy.Expr) -> Any:
    return shown(value) if not value.could_extract_minus_sign() else f"({Formula.of(shown(value)).text()[0]})"


def _weights(rows: Any, errors: Any, on: list[int], in_w: Any, n: int) -> Step:
    general = Formula.of("∂C/∂w", "=", "(2/N) Σ eᵢ xᵢᵀ", "over active i")
    parts: list[Any] = ["=", sympy.Rational(2, n), "·", "("]
    for k, i in enumerate(on):
        parts += [*(["+"] if k else []), _bracket(errors[i]), "·", grid(rows[i, :])]
    numbers = Formula.of(*parts, ")", "=", grid([[shown(v) for v in in_w]]))
    return Step(
        "gradient in w",
        "Each active example adds its error times its input.",
        (general, numbers) if on else (general,),
        "Chain rule: C → u = y − a → a → z → w.",
        "Parr & Howard 6.1",
        {"gradient": in_w},
    )


def _bias(errors: Any, on: list[int], in_b: Any, n: int) -> Step:
    parts: list[Any] = ["=", sympy.Rational(2, n), "·", "("]
    for k, i in enumerate(on):
        parts += [*(["+"] if k else []), _bracket(errors[i])]
    general = Formula.of("∂C/∂b", "=", "(2/N) Σ eᵢ", "over active i")
    lines = (general, Formula.of(*parts, ")", "=", shown(in_b))) if on else (general,)
    return Step(
        "gradient in b", "Each active example adds its error.", lines, "", "Parr & Howard 6.2", {"gradient": in_b}
    )


def _stacked(rows: Any, errors: Any, on: list[int], in_w: Any, in_b: Any, n: int) -> Step:
    line = Formula.of("∂C/∂ŵ", "=", "(2/N) Σ eᵢ x̂ᵢᵀ", "=", grid([[*(shown(v) for v in in_w), shown(in_b)]]))
    return Step("stack", "With ŵ = [w b] and x̂ = [x 1] both are one formula.", (line,), "", "Parr & Howard 6.2", {
        "errors": errors, "rows": rows, "gradient": (*list(in_w), in_b)})  # fmt: skip


def _loss_differences(rows: Any, y: Any, w: Any, b: Any, value: tuple[Any, ...]) -> Verified:
    X, t = np.array(rows.tolist(), dtype=float), np.array(list(y), dtype=float)
    run: Callable[..., Any] = lambda p: float(np.mean((t - np.maximum(0, X @ p[:-1] + p[-1])) ** 2))
    at = np.array([*list(w), b], dtype=float)
    told = np.array([float(v) for v in value])
    error = float(np.abs(central_gradient(run, at, 1e-7) - told).max() / (1 + np.abs(told).max()))
    return Verified("central differences of the loss", error < 1e-6, f"largest error {error:.0e}".replace("e-", "e−"))


def train_neuron(X: Any, y: Any, w: Any, b: float = 0.0, rate: float = 0.05, steps: int = 200) -> Worked:
    """Train one neuron by gradient descent with the gradients of Parr & Howard 6; the path and the losses are data.

    >>> found = train_neuron([[0], [1], [2], [3]], [1, 3, 5, 7], [0], 0.5, rate=0.1, steps=500)
    >>> found.value.round(3)
    array([2., 1.])

    Shapes: X: [N n], y: [N], w: [n]; value: [w b]. Source: Parr & Howard 6.
    """
    A, t = floats(X, "X"), floats(y, "y")
    at = np.append(floats(w, "w"), floats(b, "b"))
    rate, steps = positive(rate, "rate"), whole(steps, "steps", 1, 1_000_000)
    if A.ndim != 2 or t.ndim != 1 or len(t) != len(A) or A.shape[1] != len(at) - 1:
        raise ShapeError(
            f"X is {A.shape}, y {t.shape}, w has {len(at) - 1} entries.", expected="X: [N n], y: [N], w: [n]"
        )
    path, losses = [at.copy()], []
    wide = np.column_stack([A, np.ones(len(A))])
    for _ in range(steps + 1):
        z = wide @ at
        error = np.where(z > 0, z, 0) - t
        losses.append(float(np.mean(error**2)))
        slope = 2 / len(t) * ((z > 0) * error) @ wide
        at = at - rate * slope
        path.append(at.copy())
    chosen = sorted({0, 1, 2, steps // 4, steps // 2, steps})
    shown_steps = tuple(
        Step(
            "gradient step",
            f"After {k} steps.",
            (
                Formula.of(
                    "w", "=", grid([list(path[k][:-1])]), ",", "b", "=", float(path[k][-1]), ",", "C", "=", losses[k]
                ),
            ),
            data={"weights": path[k], "loss": losses[k]},
        )
        for k in chosen
    )
    falls = losses[-1] <= losses[0]
    question = (Formula.of("C", "=", "(1/N) Σ (yᵢ − max(0, w·xᵢ + b))²"),)
    answer = Formula.of("w", "=", grid([list(path[steps][:-1])]), ",", "b", "=", float(path[steps][-1]))
    told = f"from {losses[0]:.4g} to {losses[-1]:.4g}"
    return Worked(
        "training a neuron",
        question,
        path[steps],
        (answer,),
        shown_steps,
        (Verified("the loss falls", falls, told),),
        {"path": np.array(path[: steps + 1]), "losses": np.array(losses)},
        source="Parr & Howard 6",
    )
