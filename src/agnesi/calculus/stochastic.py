"""Stochastic gradient descent for a mean of losses: batches, momentum, and what the noise averages to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from agnesi.calculus.descent import placed
from agnesi.calculus.differences import central_gradient
from agnesi.calculus.functions import Function, compiled, function, letter, letters, shown
from agnesi.calculus.given import columns, floats, positive, whole
from agnesi.errors import NotNumeric, ShapeError
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def stochastic_descent(
    loss: Any, data: Any, start: Any, parameters: str, rate: float = 0.05, epochs: int = 20, batch: int = 1,
    momentum: float = 0.0, seed: int = 0, decay: float = 0.0,
) -> Worked:  # fmt: skip
    """Minimise a mean of losses, (1/N) Σ L(θ, dataᵢ), with gradients of small random batches.

    >>> rows = {"x": [0, 1, 2, 3], "y": [1, 3, 5, 7]}
    >>> found = stochastic_descent("(y - a x - b)^2", rows, [0, 0], "a b", rate=0.05, epochs=300)
    >>> found.value.round(2)
    array([2., 1.])

    `data` gives each letter of the loss that is no parameter its list of N numbers. Each epoch goes once through the
    data in a random order; the step is γ/(1 + decay · t). The parts: `path`, `losses` (the full loss after each
    epoch) and `noise` (the gradients of all batches of one at the start, whose mean is the full gradient). Shapes:
    data: N each, start: [n]. Source: MML 7.1.3.
    """
    thetas = letters(parameters)
    read = function(loss)
    names = [s for s in read.variables if s not in thetas]
    table = columns(data, [s.name for s in names])
    n, at = len(table[0]), floats(start, "The start").ravel()
    if len(at) != len(thetas):
        raise ShapeError(f"The start has {len(at)} numbers for {len(thetas)} parameters.", repair="Give one for each.")
    rate, epochs = positive(rate, "rate"), whole(epochs, "epochs", 1, 100_000)
    if not 1 <= whole(batch, "batch") <= n or not 0 <= momentum < 1:
        raise NotNumeric(f"A batch of {batch} and a momentum of {momentum} do not fit.",
                         repair=f"Give a batch from 1 to {n}, a momentum in [0, 1).")  # fmt: skip
    slopes = _slopes(read, thetas, names)
    value = compiled([*thetas, *names], read.expr)
    full: Callable[..., Any] = lambda p: float(np.mean(np.broadcast_to(value(*p, *table), (n,))))
    noise = slopes(at, table)
    path, losses = [at], [full(at)]
    draw, move, t = np.random.default_rng(seed), np.zeros_like(at), 0
    for _ in range(epochs):
        order = draw.permutation(n)
        for k in range(0, n, batch):
            rows = [column[order[k : k + batch]] for column in table]
            move = -rate / (1 + decay * t) * slopes(at, rows).mean(axis=0) + momentum * move
            at, t = at + move, t + 1
            path.append(at)
        losses.append(full(at))
        if not np.isfinite(losses[-1]) or np.abs(at).max() > 1e12:
            break
    return _written_up(read, thetas, n, batch, np.array(path), np.array(losses), noise, full, rate, momentum)


def _slopes(f: Function, thetas: tuple[sympy.Symbol, ...], names: list[sympy.Symbol]) -> Any:
    runs = [compiled([*thetas, *names], sympy.diff(f.expr, t)) for t in thetas]

    def at(p: np.ndarray, table: list[np.ndarray]) -> np.ndarray:
        size = len(table[0])
        return np.stack([np.broadcast_to(np.asarray(r(*p, *table), dtype=float), (size,)) for r in runs], axis=1)

    return at


def _written_up(
    f: Function, thetas: Any, n: int, batch: int, path: np.ndarray, losses: np.ndarray, noise: np.ndarray, full: Any,
    rate: float, momentum: float,
) -> Worked:  # fmt: skip
    mean = noise.mean(axis=0)
    seen = central_gradient(full, path[0])
    error = float(np.abs(mean - seen).max() / (1 + np.abs(mean).max()))
    gradient = [Formula.of(f"∂L/∂{letter(t)}", "=", shown(sympy.diff(f.expr, t))) for t in thetas]
    first = path[1] if len(path) > 1 else path[0]
    steps = (
        Step(
            "gradient of one loss",
            "Differentiate the loss of one example.",
            tuple(gradient),
            "",
            "MML 7.1.3",
            {"loss": f.expr, "parameters": thetas},
        ),
        Step(
            "noise",
            f"At the start the {n} examples give {n} different gradients; their mean is the full gradient.",
            (Formula.of("mean", "=", grid([list(mean)]), ",", "spread", "=", grid([list(noise.std(axis=0))])),),
            "A random batch is right on average: its gradient is unbiased.",
            "MML 7.1.3",
            {"noise": noise, "mean": mean},
        ),
        Step(
            "first step",
            f"The first step, with {batch} of {n} examples.",
            (Formula.of(grid([list(path[0])]), "→", grid([list(first)])),),
            "",
            "",
            {"path": path[:2]},
        ),
        Step("epochs", "The full loss after each epoch.", (Formula.of(*_arrow(losses)),), "", "", {"losses": losses}),
    )
    evidence = (
        Verified(
            "the mean of the single gradients is the full gradient, by differences",
            error < 1e-6,
            f"largest error {error:.0e}".replace("e-", "e−"),
        ),
        Verified(
            "the full loss fell",
            bool(losses[-1] < losses[0]),
            f"from {losses[0]:.4g} to {losses[-1]:.4g}".replace("-", "−"),
        ),
    )
    answer = Formula.of(*placed(thetas, path[-1]))
    return Worked(
        "stochastic gradient descent",
        (Formula.of("L", "=", f.written),),
        path[-1],
        (answer,),
        steps,
        evidence,
        {"path": path, "losses": losses, "noise": noise, "full_gradient": mean, "rate": rate, "momentum": momentum},
        source="MML 7.1.3",
    )


def _arrow(losses: np.ndarray) -> list[Any]:
    chosen = sorted({0, 1, 2, len(losses) // 2, len(losses) - 1} & set(range(len(losses))))
    parts: list[Any] = []
    for k in chosen:
        parts += [*(["→"] if parts else []), float(losses[k])]
    return parts
