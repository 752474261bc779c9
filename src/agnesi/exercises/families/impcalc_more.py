"""More multivariate calculus: tangent planes, networks, backpropagation by hand, fits of lines and of curves."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import calculus, linalg
from agnesi.exercises.drawing import (
    apart,
    asked,
    derivation,
    distinct,
    integer,
    number_of,
    once,
    plus,
    raised,
    slope_of,
    times,
)  # fmt: skip
from agnesi.exercises.made_wrong import slips_of_derivative
from agnesi.exercises.record import Exact, Family, Formula, Instance, Planted, Shape
from agnesi.expr.nodes import Expr
from agnesi.read import read
from agnesi.worked.pieces import Formula as Formula_
from agnesi.worked.record import Step, Worked

HEAD = "x: scalar; y: scalar"


def _plane(rng: Random, level: int) -> Instance:
    """Draw the linearisation of a polynomial in x and y at a point."""
    a, b, n = integer(rng, 1, 4), integer(rng, -4, 4), integer(rng, 2, 3)
    body = {
        1: plus(times(a, "x²"), times(b, "y²")),
        2: plus(times(a, "x² y"), times(b, "y")),
        3: plus(times(a, f"{raised('x', n)} y²"), times(b, "x y")),
    }[level]
    p, q = integer(rng, -2, 2), integer(rng, -2, 2)
    text = f"{HEAD}; {body}"
    work = once(calculus.linearise, body, (p, q), "x, y")
    height, sx, sy = (number_of(t, x=p, y=q) for t in (body, slope_of(text, "x"), slope_of(text, "y")))
    x, y = sympy.symbols("x y", real=True)
    value = _linear(work().value)
    slips = [
        Planted(
            _linear(height + sx * x + sy * y),
            "distance left out",
            "the slopes were multiplied by x and y, not by the distances",
            "f(a) + ∇f(a)·(x − a): the distance from the point stands there.",
        ),
        Planted(
            _linear(sx * (x - p) + sy * (y - q)),
            "value at the place",
            "the value at the point was left out",
            "f(a) + ∇f(a)·(x − a).",
        ),
        Planted(
            _linear(height + sy * (x - p) + sx * (y - q)),
            "entries exchanged",
            "the two slopes were exchanged",
            "∂f/∂x belongs to x − a, ∂f/∂y to y − b.",
        ),
    ]
    return Instance(
        f"Find the linear approximation of $f(x, y) = {body}$ at $({p}, {q})$.".replace("-", "−"),
        Formula(value, value),
        "a formula such as 3 + 2(x − 1) − (y − 2)",
        HEAD,
        slips=distinct(value, slips),
        work=work,
    )


def _linear(plane: sympy.Expr) -> str:
    """Return a linear polynomial in x and y as text."""
    terms = sympy.Poly(plane, *sympy.symbols("x y", real=True)).terms()
    names = {(1, 0): "x", (0, 1): "y", (0, 0): "1"}
    return plus(*(times(int(c), names[powers]) for powers, c in terms if c)) if any(c for _, c in terms) else "0"


def _chain_of_units(rng: Random, level: int) -> Instance:
    """Draw one or two units in a row with numbers: the slope of the cost in the first weight, by hand."""
    x, t = integer(rng, -3, 3), integer(rng, -3, 3)
    w, b, v, c = (integer(rng, -3, 3) for _ in range(4))
    while w * x + b == 0:  # where the square is level nothing would be left of the slope
        b = integer(rng, -3, 3)
    out = {1: "w x + b", 2: "v (w x + b) + c", 3: "v (w x + b)² + c"}[level]
    names = {
        1: f"$a = w x + b$ with $w = {w}$, $b = {b}$",
        2: f"$h = w x + b$, $a = v h + c$ with $w = {w}$, $b = {b}$, $v = {v}$, $c = {c}$",
        3: f"$h = (w x + b)²$, $a = v h + c$ with $w = {w}$, $b = {b}$, $v = {v}$, $c = {c}$",
    }[level]
    at = {"w": w, "x": x, "b": b, **({"v": v, "c": c} if level > 1 else {})}
    head = "".join(f"{name}: scalar; " for name in (*at, "a", "t"))
    a = number_of(out, **at)
    if a == t:
        t += 1
    cost = "(a − t)²"
    told = slope_of(f"{head}{cost}", "a")
    error, inner = number_of(told, a=a, t=t), number_of(slope_of(f"{head}{out}", "w"), **at)
    value = number_of(slope_of(f"{head}({out} − t)²", "w"), **at, t=t)
    slips = [
        (error, "chain cut off", "the slope of the cost in a was given", "∂C/∂w = ∂C/∂a · ∂a/∂w: go on to w."),
        (inner, "cost left out", "the slope of the output was given, not that of the cost", "∂C/∂w = ∂C/∂a · ∂a/∂w."),
        (sympy.Rational(value, 2), "factor 2 lost", "", ""),
        (-value, "sign", "", ""),
    ]
    steps = (
        ("Forward: the output", f"a = {a}".replace("-", "−")),
        ("Backward: the cost", f"∂C/∂a = {told} = {error}".replace("-", "−")),
        ("Along the chain to w", f"∂a/∂w = {slope_of(f'{head}{out}', 'w')} = {inner}".replace("-", "−")),
        ("Multiply", f"∂C/∂w = {_closed(error)} · {_closed(inner)} = {value}".replace("-", "−")),
    )
    return Instance(
        f"A network: {names}; the input is $x = {x}$, the target $t = {t}$, the cost $C = {cost}$. "
        "Find $∂C/∂w$ by going backward.".replace("-", "−"),
        Exact(value),
        "a number",
        slips=apart(value, slips),
        work=lambda: steps,
    )


def _closed(value: Any) -> str:
    return f"({value})" if value < 0 else str(value)


def _backprop(rng: Random, level: int) -> Instance:
    """Draw a layer with letters: the slope of the cost in the weights, the bias or the input."""
    k = integer(rng, 2, 9)
    unit = {1: "W x + b", 2: "tanh(W x + b)", 3: "sigmoid(W x + b)"}[level]
    f = rng.choice((f"‖{unit} − t‖²", f"{k}‖t − {unit}‖²", f"‖{unit} − {k}t‖²", f"{k} tᵀ({unit})"))
    wrt = rng.choice("bx" if level == 1 else "bWx")
    head = "W: m×n; x: n; b: m; t: m"
    text = f"{head}; {f}"
    answer = asked(f"∂C/∂{wrt}", text, wrt)
    slips = [*slips_of_derivative(text, wrt, 2)]
    if wrt == "x":
        slips.append(
            Planted(
                slope_of(text, "b"), "chain cut off", "the slope before Wᵀ was given", "Go on through W: Wᵀ times it."
            )
        )
    if wrt == "b":
        slips.append(Planted(f"({answer.value})/2", "factor 2 lost"))
    form = {"b": "a vector of size m", "x": "a vector of size n", "W": "a matrix m×n"}[wrt]
    return Instance(
        f"For one layer, with $W : m×n$, $x : n$ and $b, t : m$, let $C = {f}$. Find $∂C/∂{wrt}$.",
        answer,
        form,
        f"{head}; C = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(text, wrt),
    )


def _layers(rng: Random, level: int) -> Instance:
    """Draw a network: the shape of the weights of a layer, of its output, or of their product with examples."""
    sizes = rng.sample(range(2, 10), 3)
    n, m, k = (str(s) for s in sizes)
    N = str(rng.randint(10, 60))
    head = f"V: {m}×{n}; W: {k}×{m}; x: {n}; b: {m}; X: {N}×{n}"
    texts = {1: ("V x", "V x + b"), 2: ("W tanh(V x + b)", "W V"), 3: ("X Vᵀ", "tanh(X Vᵀ) Wᵀ", "VᵀWᵀ")}[level]
    text = rng.choice(texts)
    expr = _read(head, text)
    dims = tuple(str(d) for d in expr.shape)
    slips = [
        Planted(
            "×".join(reversed(dims)) if len(dims) == 2 else f"1×{dims[0]}",
            "transposed shape",
            "rows and columns were exchanged",
            "The inner sizes meet and vanish, the outer ones stay.",
        ),
        Planted(
            "×".join((*dims, n)[:3]) if dims[-1] != n else m,
            "size of another layer",
            "the size of another layer was given",
            "Each layer’s weights have a row for each of its units, a column for each of its inputs.",
        ),
    ]
    told = (
        f"the input has {n} entries, the first layer {m} units with weights $V$, the second {k} units with weights $W$"
    )
    rows = f"; $X$ has an example in each of its {N} rows" if level == 3 else ""
    return Instance(
        f"In a network {told}{rows}. What shape has ${text}$?",
        Shape(dims),
        "a shape: 3×4, or 3",
        head,
        slips=tuple(slips),
        work=once(_read, head, text),
    )


def _read(head: str, text: str) -> Expr:
    return read(f"{head}; {text}").expr


def _line(rng: Random, level: int) -> Instance:
    """Draw three to five points: the slope, or slope and intercept, of the line of least squares."""
    count = level + 2
    x = sorted(rng.sample(range(-3, 6), count))
    m, c = integer(rng, -3, 3), integer(rng, -4, 4)
    y = [m * v + c + rng.randint(-2, 2) for v in x]
    while len({(b - y[0]) * (x[1] - x[0]) == (y[1] - y[0]) * (v - x[0]) for v, b in zip(x, y, strict=True)}) == 1:
        y[-1] += 1
    work = once(_fitted, x, y)
    slope, intercept = (sympy.nsimplify(v) for v in work().value)
    value = sympy.ImmutableMatrix([slope, intercept])
    through = sympy.Rational(sum(a * b for a, b in zip(x, y, strict=True)), sum(a * a for a in x))
    ends = sympy.Rational(y[-1] - y[0], x[-1] - x[0])
    slips = [
        (
            value[[1, 0], :],
            "entries exchanged",
            "slope and intercept were exchanged",
            "First the slope m, then the intercept c.",
        ),
        (
            sympy.ImmutableMatrix([through, 0]),
            "line through the origin",
            "the line was made to go through the origin",
            "Both m and c are free: both derivatives of χ² are 0.",
        ),
        (
            sympy.ImmutableMatrix([ends, y[0] - ends * x[0]]),
            "line through the ends",
            "the line goes through the first and the last point",
            "The squares of all distances count.",
        ),
    ]
    points = ", ".join(f"({a}, {b})" for a, b in zip(x, y, strict=True)).replace("-", "−")
    return Instance(
        f"Fit $y = m x + c$ to the points {points} by least squares: find $(m, c)$.",
        Exact(value, "vector"),
        "a pair (m, c), such as (1/2, −3)",
        slips=apart(value, slips),
        work=work,
    )


def _fitted(x: list[int], y: list[int]) -> Worked:
    """Return a line of least squares worked, without its errors."""
    done = calculus.fit_line(x, y)
    return replace(done, steps=done.steps[: next(k for k, s in enumerate(done.steps, 1) if "intercept." in s.said)])


_CURVES = {  # models in x with parameters a and b, by level
    1: ("a x + {k}b", "a x² + {k}b x", "{k}a + b x³", "a x + {k}b x²"),
    2: ("a exp(−{k}b x)", "a sin({k}b x)", "a/(x + {k}b)", "a exp({k}x) + b"),
    3: ("a exp(−(x − {k}b)²)", "a sin(b x) + {k}b", "{k}/(1 + a exp(b x))", "a exp(−x²/(2b²)) + {k}"),
}


def _parameter(rng: Random, level: int) -> Instance:
    """Draw a model of a curve: its slope in a parameter, a column of the Jacobian of a non-linear fit."""
    model = rng.choice(_CURVES[level]).replace("{k}", str(integer(rng, 2, 7)))
    wrt = rng.choice("ab") if level == 1 else "b" if rng.random() < 0.7 else "a"
    head = "x: scalar; a: scalar; b: scalar"
    text = f"{head}; {model}"
    answer = asked(f"∂f/∂{wrt}", text, wrt)
    other = "a" if wrt == "b" else "b"
    why = "Of a fit the parameters move; x belongs to the data."
    slips = [
        Planted(slope_of(text, "x"), "slope in x", "the derivative was taken in x", why),
        Planted(slope_of(text, other), "other variable", f"the derivative was taken in {other}"),
        *slips_of_derivative(text, wrt, 1),
    ]
    return Instance(
        f"To fit $f(x; a, b) = {model}$ by least squares, one needs its slopes in the parameters. Find $∂f/∂{wrt}$.",
        answer,
        "a formula in x, a and b",
        f"{head}; f = {model}",
        slips=distinct(answer.value, slips),
        work=derivation(text, wrt),
    )


def _residual(rng: Random, level: int) -> Instance:
    """Draw points and two polynomials: which sum of squares is what, and so which fits the data better; a number."""
    count = level + 2
    x = list(range(count))
    a, b, c = integer(rng, -2, 2), integer(rng, -3, 3), rng.randint(-3, 3)
    y = [a * v * v + b * v + c + rng.randint(-1, 1) for v in x]
    model = plus(times(a, "x²"), times(b, "x"), *([times(c, "1")] if c else []))
    if level == 1:
        model, a = plus(times(b, "x"), *([times(c, "1")] if c else [])), 0
        y = [b * v + c + rng.choice((-1, 1, 2)) for v in x]
    left = [q - int(number_of(model, x=p)) for p, q in zip(x, y, strict=True)]
    if not any(left):
        y[0], left[0] = y[0] + 1, 1
    work = once(_squares, x, y, model, left)
    value = sympy.Integer(work().value)
    slips = [
        (
            sympy.Integer(sum(left)),
            "distances added",
            "the distances were added, not their squares",
            "χ² = Σ (yᵢ − f(xᵢ))².",
        ),
        (
            sympy.Integer(sum(v * v for v in y)),
            "model left out",
            "the squares of the data were added",
            "χ² = Σ (yᵢ − f(xᵢ))².",
        ),
        (
            sympy.Rational(value, count),
            "mean for sum",
            "it was divided by the number of points",
            "χ² is the sum, not the mean.",
        ),
    ]
    points = ", ".join(f"({p}, {q})" for p, q in zip(x, y, strict=True)).replace("-", "−")
    return Instance(
        f"How large is $χ² = ∑ (y_i − f(x_i))²$ for $f(x) = {model}$ and the points {points}?",
        Exact(value, lines="value"),
        "a number",
        slips=apart(value, slips),
        work=work,
    )


def _squares(x: list[int], y: list[int], model: str, left: list[int]) -> Worked:
    """Return the sum of the squared distances worked: each distance first."""
    done = linalg.inner(left, left)
    rows = (f"{q} − f({p}) = {q} − {_closed(number_of(model, x=p))} = {r}" for p, q, r in zip(x, y, left, strict=True))
    lines = tuple(Formula_.of(row.replace("-", "−")) for row in rows)
    first = Step("distances", "Find the distances rᵢ = yᵢ − f(xᵢ).", lines)
    squares = "".join(f"{'+' if k else ''}{_closed(r)}²" for k, r in enumerate(left)).replace("+", " + ")
    line = Formula_.of("χ²", "=", squares.replace("-", "−"), "=", done.value)
    return replace(done, steps=(first, Step("squares", "Add their squares.", (line,))))


FAMILIES = (
    Family(
        "impcalc-tangent-plane",
        "The linear approximation in two letters",
        "compute",
        ("multi-taylor", "gradient", "taylor"),
        _plane,
        where=(("impcalc", "4"), ("mml", "5.8")),
    ),
    Family(
        "impcalc-backward-numbers",
        "Backward through a network, with numbers",
        "compute",
        ("backprop", "multi-chain"),
        _chain_of_units,
        where=(("impcalc", "3"), ("mml", "5.6")),
    ),
    Family(
        "impcalc-backward-letters",
        "Backward through a layer, with letters",
        "differentiate",
        ("backprop", "mlp", "multi-chain"),
        _backprop,
        where=(("impcalc", "3"), ("mml", "5.6")),
    ),
    Family(
        "impcalc-layer-shapes", "Shapes in a network", "shape", ("mlp", "matrix"), _layers, where=(("impcalc", "3"),)
    ),
    Family(
        "impcalc-fit-line",
        "A line of least squares",
        "compute",
        ("least-squares", "gradient"),
        _line,
        where=(("impcalc", "6"), ("mml", "9.2")),
    ),
    Family(
        "impcalc-fit-slopes",
        "The slopes of a model in its parameters",
        "differentiate",
        ("nonlinear-ls", "partial-deriv"),
        _parameter,
        where=(("impcalc", "6"),),
    ),
    Family(
        "impcalc-misfit",
        "How badly a curve fits",
        "compute",
        ("error-analysis", "least-squares"),
        _residual,
        where=(("impcalc", "6"),),
    ),
)
