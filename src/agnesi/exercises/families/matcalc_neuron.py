"""One neuron, by The Matrix Calculus You Need, chapters 5 and 6: its gradient, its loss, the update of its weights."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import linalg
from agnesi.calculus import neuron_loss
from agnesi.derivation import derivative
from agnesi.exercises.drawing import asked, derivation, distinct, integer, once, plus, slope_of, typed
from agnesi.exercises.made_wrong import slips_of_derivative
from agnesi.exercises.record import Exact, Family, Formula, Instance, Planted
from agnesi.worked.pieces import Formula as Line
from agnesi.worked.record import Worked

HEAD = "w: n; x: n; b: scalar"
_PIECES = "max(0, z) is flat for z < 0 and has the slope 1 for z > 0; the slope of z = w·x + b in w is x, in b it is 1."


def _numbers(rng: Random, level: int) -> Instance:
    """Draw numbers for w, x and b: the gradient in w is x or 0."""
    n = level + 1
    w, x = ([integer(rng, -4, 4) for _ in range(n)] for _ in "wx")
    b = integer(rng, -6, 6)
    product = linalg.inner(w, x)
    if product.value + b == 0:
        b += 1
    z = int(product.value) + b
    row = sympy.ImmutableMatrix(n, 1, x)
    unit = f"{HEAD}; max(0, wᵀx + b)"
    rule, slope = slope_of(unit, "w"), derivative(unit, "w").evaluate(w=w, x=x, b=b)
    value = sympy.ImmutableMatrix(n, 1, [int(v) for v in slope])
    text = typed
    slips = [
        Planted(
            text(sympy.ImmutableMatrix(n, 1, w)), "weights for inputs", "the weights were given: that is the slope in x"
        ),
        Planted(
            text(row * z),
            "chain through the rectifier",
            "x was multiplied by w·x + b, not by the slope of max",
            _PIECES,
        ),
        Planted(
            text(row if z < 0 else sympy.zeros(n, 1)), "other piece", "the other piece of max(0, z) was taken", _PIECES
        ),
    ]
    right = text(value)
    said = plus(f"z = {_row(w)}·{_row(x)}", str(b).replace("-", "−")) + f" = {z}".replace("-", "−")
    steps = (
        ("max(0, z) has the slope step(z): 1 above 0, and 0 below; z has the slope x in w", f"∂a/∂w = {rule}"),
        ("Work out what goes into the rectifier", said),
        (f"z is {'above' if z > 0 else 'below'} 0, so its slope there is {1 if z > 0 else 0}", f"∂a/∂w = {right}"),
    )
    kept = [p for p in distinct(right, slips) if p.text != right]
    return Instance(
        f"A neuron gives $a = max(0, w·x + b)$. For $w = {_row(w)}$, $x = {_row(x)}$ and $b = "
        f"{str(b).replace('-', '−')}$, "
        "what is $∂a/∂w$?",
        Exact(value, "vector"),
        "a vector, such as [1; 2]; a row counts too",
        slips=tuple(kept),
        work=lambda: steps,
    )


def _row(entries: list[int]) -> str:
    return "(" + ", ".join(str(e).replace("-", "−") for e in entries) + ")"


_UNITS = {  # what a neuron may do with z = w·x + b, by level
    1: (
        "wᵀx + b",
        "(wᵀx + b)²",
        "{a} wᵀx + b",
        "exp(wᵀx + b)",
        "(wᵀx − b)²",
        "wᵀx + {a}b",
        "{a}(wᵀx + b)²",
        "exp({a} wᵀx)",
    ),
    2: (
        "max(0, wᵀx + b)",
        "max(0, {a} wᵀx + b)",
        "tanh(wᵀx + b)",
        "sigmoid(wᵀx + b)",
        "tanh({a} wᵀx + b)",
        "max(0, wᵀx − {a}b)",
        "sigmoid({a} wᵀx)",
        "{a} tanh(wᵀx + b)",
    ),
    3: (
        "max(0, wᵀx + b)²",
        "log(1 + exp(wᵀx + {a}b))",
        "tanh(wᵀx + b)²",
        "{a} sigmoid(wᵀx + b)²",
        "max(0, wᵀx + b) + {a} wᵀw",
        "tanh(wᵀx + b) + {a} b",
        "sigmoid({a} wᵀx + b) + b²",
        "exp(−{a}(wᵀx + b)²)",
    ),
}


def _letters(rng: Random, level: int) -> Instance:
    """Draw the gradient of a unit in w or in b, with letters."""
    f = rng.choice(_UNITS[level]).replace("{a}", str(integer(rng, 2, 6)))
    wrt = rng.choice("wb") if "b" in f else "w"
    text = f"{HEAD}; {f}"
    answer = asked(f"∂a/∂{wrt}", text, wrt)
    slips = list(slips_of_derivative(text, wrt, 3))
    if "x" in answer.value and wrt == "w":
        slips.append(Planted(slope_of(f"{HEAD}; {f}", "x"), "other variable", "the derivative was taken in x"))
    if wrt == "b":
        slips.append(
            Planted(
                f"2({answer.value}) + 1",
                "bias counted twice",
                "the slope in b was counted twice",
                "b stands in wᵀx + b once, with the slope 1.",
            )
        )
    form = (
        "a vector, such as x step(wᵀx + b) (step(z) is 1 for z > 0, else 0)"
        if wrt == "w"
        else "a number, in w, x and b"
    )
    return Instance(
        f"For $w, x ∈ ℝⁿ$ and a number $b$ let $a = {f}$. Find $∂a/∂{wrt}$.",
        answer,
        form,
        f"{HEAD}; a = {f}",
        slips=distinct(answer.value, slips),
        work=derivation(text, wrt),
    )


def _loss(rng: Random, level: int) -> Instance:
    """Draw two to four examples and weights: the gradient of the mean squared loss, in w or in b."""
    count, n = level + 1, 1 if level == 1 else 2
    X = [[integer(rng, -3, 3) for _ in range(n)] for _ in range(count)]
    y = [rng.randint(-3, 3) for _ in range(count)]
    w, b = [integer(rng, 1, 3) for _ in range(n)], integer(rng, 1, 3)
    done = neuron_loss(X, y, w, b)
    while all(v == 0 for v in done.value[:-1]):
        y = [v + 1 for v in y]
        X = [[abs(v) for v in row] for row in X]
        done = neuron_loss(X, y, w, b)
    value = sympy.ImmutableMatrix(n, 1, list(done.value[:-1]))
    rows = "; ".join(" ".join(str(v) for v in row) for row in X).replace("-", "−")
    told = "; ".join(str(v) for v in y).replace("-", "−")
    every = _everyone(X, y, w, b)
    slips = [
        Planted(typed(value / 2), "factor 2 lost"),
        Planted(
            typed(-value),
            "sign",
            "the error was taken as y − a, so the sign is turned",
            "∂C/∂w = (2/N) Σ (a − y) x over the active examples.",
        ),
        Planted(typed(value * count), "1/n lost"),
    ]
    if every != value:
        slips.append(
            Planted(typed(every), "inactive examples counted", "examples with w·x + b < 0 were counted too", _PIECES)
        )
    if n == 1:
        ask, form = "number", Exact(value[0])
    else:
        ask, form = "vector", Exact(value, "vector")
    planted = tuple(
        Planted(p.text.strip("[]") if n == 1 else p.text, p.slip, p.words, p.why) for p in distinct(typed(value), slips)
    )
    return Instance(
        f"A neuron $a = max(0, w·x + b)$ with $w = {_row(w)}$, $b = {b}$ sees the examples $X = [{rows}]$ (one "
        f"in a row) with "
        f"targets $y = [{told}]$. Find $∂C/∂w$ of the loss $C = (1/N) ∑ (y − a)²$, with $N = {count}$.",
        form,
        f"a {ask}; fractions are welcome",
        slips=planted,
        work=once(_weights_only, X, y, w, b),
    )


def _weights_only(X: list[list[int]], y: list[int], w: list[int], b: int) -> Worked:
    """Return the loss worked as far as its gradient in the weights."""
    done = neuron_loss(X, y, w, b)
    steps = [replace(s, lines=tuple(_lowered(f) for f in s.lines)) for s in done.steps[:3]]
    return replace(done, steps=tuple(steps))


def _lowered(formula: Line) -> Line:
    """Return w·x_1 + b as w·x₁ + b."""
    down = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    parts = [
        re.sub(r"_(\d)", lambda m: m[1].translate(down), p) if isinstance(p, str) else p for p in formula.parts
    ]
    return replace(formula, parts=tuple(parts))


def _everyone(X: list[list[int]], y: list[int], w: list[int], b: int) -> Any:
    """Return the gradient as it would be without the rectifier."""
    rows, target = sympy.Matrix(X), sympy.Matrix(y)
    errors = rows * sympy.Matrix(w) + sympy.ones(len(y), 1) * b - target
    return (rows.T * errors * sympy.Rational(2, len(y))).as_immutable()


_LOSSES = {  # by level: loss in letters, with its declarations
    1: (
        "X: N×n; y: N; w: n; η: scalar",
        ("‖y − X w‖²", "{a}‖X w − y‖²", "‖X w‖² + {a} yᵀy", "{a} yᵀX w", "‖w‖² + {a} yᵀX w"),
    ),
    2: (
        "X: N×n; y: N; w: n; η: scalar; λ: scalar",
        ("‖y − X w‖² + λ‖w‖²", "{a}‖X w − y‖² + λ wᵀw", "{a}λ‖w‖² − yᵀX w", "λ‖X w − y‖² + {a}‖w‖²"),
    ),
    3: (
        "X: N×n; y: N; w: n; u: n; η: scalar; λ: scalar",
        (
            "‖tanh(X w) − y‖² + {a}λ‖w‖²",
            "sum(exp(X w)) − {a} yᵀX w",
            "‖X w − y‖² + {a}λ‖w − u‖²",
            "sum(log(1 + exp(X w))) + {a}λ‖w‖²",
        ),
    ),
}


def _update(rng: Random, level: int) -> Instance:
    """Draw a loss; ask for one step of gradient descent on the weights."""
    head, texts = _LOSSES[level]
    f = rng.choice(texts).replace("{a}", str(integer(rng, 2, 7)))
    slope = slope_of(f"{head}; {f}", "w")
    value = f"w − η ({slope})"
    slips = [
        Planted(
            f"w + η ({slope})",
            "sign",
            "the step goes up the gradient",
            "To make C smaller, go against the gradient: w − η ∇C.",
        ),
        Planted(
            slope,
            "gradient for the step",
            "the gradient was given, not where the step leads",
            "The new weights are w − η ∇C.",
        ),
        Planted(f"w − ({slope})", "learning rate lost", "the learning rate η was left out"),
        *(
            Planted(f"w − η ({p.text})", p.slip)
            for p in slips_of_derivative(f"{head}; {f}", "w", 1)
            if p.slip != "held constant"
        ),
    ]
    return Instance(
        f"Here {_told(head)}. Write one step of gradient descent on $C(w) = {f}$ with the learning rate $η$: "
        "the new $w$ is …",
        Formula("w − η ∇C(w)", value, (f"{head}; {f}", "w")),
        "a formula, such as w − 2η Xᵀ(X w − y)",
        f"{head}; C(w) = {f}",
        slips=distinct(value, slips),
        work=derivation(f"{head}; {f}", "w"),
    )


def _told(head: str) -> str:
    return ", ".join(f"${part.replace(': scalar', ' ∈ ℝ').replace(': ', ' : ')}$" for part in head.split("; "))


FAMILIES = (
    Family(
        "matcalc-neuron-numbers",
        "The gradient of a neuron, with numbers",
        "compute",
        ("neuron-grad", "gradient"),
        _numbers,
        where=(("matcalc", "5"), ("impcalc", "3")),
    ),
    Family(
        "matcalc-neuron-letters",
        "The gradient of a unit, with letters",
        "differentiate",
        ("neuron-grad", "vector-chain"),
        _letters,
        where=(("matcalc", "5"), ("impcalc", "3")),
    ),
    Family(
        "matcalc-neuron-loss",
        "The gradient of the loss of one neuron",
        "compute",
        ("loss-grad", "neuron-grad"),
        _loss,
        where=(("matcalc", "6"),),
    ),
    Family(
        "matcalc-update-rule",
        "Write the update rule",
        "update rule",
        ("loss-grad", "gradient-descent", "gradient"),
        _update,
        where=(("matcalc", "6"), ("impcalc", "5"), ("mml", "7.1")),
    ),
)
