"""Backpropagation by hand through a small network: forward, backward, line by line, checked; and training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.calculus.differences import central_gradient
from agnesi.calculus.given import floats, positive, whole
from agnesi.errors import NotNumeric, ShapeError, TooLarge, UnknownName
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "Imperial MVC W3"


@dataclass(frozen=True)
class Activation:
    """An activation: its value, its slope in terms of z and of the value a, and how the slope is written."""

    name: str
    value: Callable[[Any], Any]
    slope: Callable[[Any, Any], Any]
    written: str


_ACTIVATIONS = {
    "tanh": Activation("tanh", np.tanh, lambda z, a: 1 - a**2, "1 − a²"),
    "sigmoid": Activation("σ", lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda z, a: a * (1 - a), "a(1 − a)"),
    "relu": Activation("max(0, ·)", lambda z: np.maximum(z, 0), lambda z, a: (z > 0) * 1.0, "1 where z > 0, else 0"),
    "linear": Activation("id", lambda z: z, lambda z, a: np.ones_like(z), "1"),
}


@dataclass(frozen=True)
class Network:
    """A network of layers a = act(W a + b): weights [out in], biases [out], and the name of the activation."""

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    activation: str = "sigmoid"

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths of the layers, the input first: (1, 6, 7, 2)."""
        return (self.weights[0].shape[1], *(W.shape[0] for W in self.weights))

    def forward(self, x: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return the sums z and the outputs a of every layer, the input first; columns are examples."""
        act = _ACTIVATIONS[self.activation]
        a, zs, outputs = x, [], [x]
        for W, b in zip(self.weights, self.biases, strict=True):
            z = W @ a + b[:, None]
            a = act.value(z)
            zs.append(z)
            outputs.append(a)
        return zs, outputs

    def __call__(self, x: Any) -> np.ndarray:
        """Return the outputs for inputs: [in N] -> [out N]."""
        inside = np.asarray(x, dtype=float)
        columns = inside.reshape(self.sizes[0], -1)
        return self.forward(columns)[1][-1]


def network(sizes: Sequence[int], activation: str = "sigmoid", seed: int = 0, scale: float = 1.0) -> Network:
    """Make a network with random weights: normal, divided by the root of the number of inputs.

    >>> network([1, 6, 7, 2]).sizes
    (1, 6, 7, 2)

    Raises `ShapeError` for fewer than two layers, `UnknownName` for an activation that is not known.
    """
    sizes = [whole(s, "units of a layer") for s in sizes]
    if len(sizes) < 2 or min(sizes) < 1:
        raise ShapeError(
            f"A network of layers {sizes} has no weights.", repair="Give at least two widths, such as [1, 6, 2]."
        )
    if activation not in _ACTIVATIONS:
        raise UnknownName(f"{activation} is no activation here.", expected=", ".join(_ACTIVATIONS))
    draw = np.random.default_rng(seed)
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = tuple(scale * draw.normal(size=(o, i)) / np.sqrt(i) for o, i in pairs)
    return Network(weights, tuple(scale * draw.normal(size=o) for o, _ in pairs), activation)


def _columns(net: Network, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(net, Network):
        raise ShapeError(f"A {type(net).__name__} is no network.", repair="Make one with network([1, 6, 2]).")
    inside, outside = floats(x, "x"), floats(y, "y")
    for name, values, size in (("x", inside, net.sizes[0]), ("y", outside, net.sizes[-1])):
        if (values.ndim == 2 and values.shape[0] != size) or (values.ndim == 1 and size != 1 and len(values) != size):
            raise ShapeError(f"{name} has the shape {values.shape}.", expected=f"[{size} N]: a column for each example")
    inside = inside.reshape(net.sizes[0], -1)
    outside = outside.reshape(net.sizes[-1], -1)
    if inside.shape[1] != outside.shape[1]:
        raise ShapeError(
            f"There are {inside.shape[1]} inputs and {outside.shape[1]} targets.", repair="Give as many of each."
        )
    return inside, outside


def gradients(
    net: Network, x: np.ndarray, y: np.ndarray
) -> tuple[float, list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Return the cost C = (1/N) Σ ‖a − y‖², and ∂C/∂W, ∂C/∂b, ∂C/∂z for every layer.

    Shapes: x: [in N], y: [out N]; the lists follow the layers, the first weights first.
    """
    act, n = _ACTIVATIONS[net.activation], x.shape[1]
    zs, outputs = net.forward(x)
    back = 2 * (outputs[-1] - y) / n
    in_w: list[np.ndarray] = []
    in_b: list[np.ndarray] = []
    deltas: list[np.ndarray] = []
    for k in reversed(range(len(zs))):
        delta = back * act.slope(zs[k], outputs[k + 1])
        in_w.insert(0, delta @ outputs[k].T)
        in_b.insert(0, delta.sum(axis=1))
        deltas.insert(0, delta)
        back = net.weights[k].T @ delta
    return float(np.sum((outputs[-1] - y) ** 2) / n), in_w, in_b, deltas


def backpropagate(net: Network, x: Any, y: Any) -> Worked:
    """Compute the gradient of the mean squared error in all weights and biases, layer by layer from the end.

    >>> net = Network((np.array([[0.5]]), np.array([[2.0]])), (np.array([0.0]), np.array([1.0])), "linear")
    >>> backpropagate(net, [1.0], [1.0]).gradients
    ((array([[4.]]), array([[1.]])), (array([4.]), array([2.])))

    The parts: `gradients` (those in the weights, those in the biases), `deltas` (∂C/∂z), `outputs`, `cost`. Shapes:
    x: [in N], y: [out N], columns are examples. Raises `ShapeError`. Source: Imperial MVC W3; MML 5.6.1.
    """
    inside, outside = _columns(net, x, y)
    if sum(net.sizes) > 200:
        raise TooLarge(f"A network of {sum(net.sizes)} units is not written out.", repair="Use gradients(net, x, y).")
    zs, outputs = net.forward(inside)
    cost, in_w, in_b, deltas = gradients(net, inside, outside)
    steps = [_shapes(net, inside), *_forward_steps(net, zs, outputs), _cost_step(outputs[-1], outside, cost)]
    for k in reversed(range(len(zs))):
        steps.append(_delta_step(net, k, zs, outputs, outside, deltas))
        steps.append(_layer_step(net, k, outputs, deltas, in_w, in_b))
    question = (Formula.of("C", "=", "(1/N) Σ ‖a⁽ᴸ⁾ − y‖²", ",", "layers", "–".join(map(str, net.sizes))),)
    answer = []
    for k, (W, b) in enumerate(zip(in_w, in_b, strict=True), 1):
        answer.append(Formula.of(_pretty(f"∂C/∂W_{k}"), "=", _small(W), ",", _pretty(f"∂C/∂b_{k}"), "=", _small(b)))
    return Worked(
        "backpropagation",
        question,
        (tuple(in_w), tuple(in_b)),
        tuple(answer),
        tuple(steps),
        (_by_differences(net, inside, outside, in_w, in_b),),
        {"gradients": (tuple(in_w), tuple(in_b)), "deltas": tuple(deltas), "outputs": tuple(outputs), "cost": cost},
        (),
        SOURCE,
    )


def _small(values: np.ndarray) -> Any:
    """Return a matrix to show; of a wide one its shape."""
    rows = np.atleast_2d(values.T if values.ndim == 1 else values)
    rows = rows.T if values.ndim == 1 else rows
    if rows.shape[1] > 8 or rows.shape[0] > 12:
        return f"a {rows.shape[0]}×{rows.shape[1]} matrix"
    return grid([[float(f"{v:.4g}") for v in row] for row in rows])


def _shapes(net: Network, x: np.ndarray) -> Step:
    lines = tuple(
        Formula.of(
            _pretty(f"W_{k}:"),
            f"{W.shape[0]}×{W.shape[1]}",
            ",",
            _pretty(f"b_{k}:"),
            str(len(b)),
            ",",
            _pretty(f"a_{k}:"),
            f"{W.shape[0]}×{x.shape[1]}",
        )
        for k, (W, b) in enumerate(zip(net.weights, net.biases, strict=True), 1)
    )
    return Step(
        "shapes", f"The shapes; a column for each of {x.shape[1]} example{'s' * (x.shape[1] != 1)}.", lines, "", SOURCE
    )


def _forward_steps(net: Network, zs: Any, outputs: Any) -> list[Step]:
    act, steps = _ACTIVATIONS[net.activation], []
    for k, z in enumerate(zs):
        before = "x" if k == 0 else f"a_{k}"
        lines = (
            Formula.of(f"z_{k + 1}", "=", f"W_{k + 1}", before, "+", f"b_{k + 1}", "=", _small(z)),
            Formula.of(
                f"a_{k + 1}",
                "=",
                f"{act.name}(z)" if act.name != "max(0, ·)" else "max(0, z)",
                "=",
                _small(outputs[k + 1]),
            ),
        )
        data = {"weights": net.weights[k], "bias": net.biases[k], "before": outputs[k], "z": z, "after": outputs[k + 1]}
        steps.append(Step("forward", f"Forwards through layer {k + 1}.", lines, "", SOURCE, data))
    return steps


def _cost_step(output: np.ndarray, y: np.ndarray, cost: float) -> Step:
    line = Formula.of("C", "=", "(1/N) Σ ‖a − y‖²", "=", cost)
    return Step(
        "cost",
        "The cost: the mean square of the error.",
        (line,),
        "",
        SOURCE,
        {"output": output, "target": y, "cost": cost},
    )


def _delta_step(net: Network, k: int, zs: Any, outputs: Any, y: np.ndarray, deltas: Any) -> Step:
    act, last = _ACTIVATIONS[net.activation], k == len(zs) - 1
    upper = f"∂C/∂a_{k + 1} = 2(a − y)/N" if last else f"∂C/∂a_{k + 1} = W_{k + 2}ᵀ ∂C/∂z_{k + 2}"
    lines = (
        Formula.of(
            _pretty(f"∂C/∂z_{k + 1}"),
            "=",
            _pretty(f"∂C/∂a_{k + 1}"),
            "⊙",
            f"{act.name.replace('max(0, ·)', 'relu')}′(z)",
            "=",
            _small(deltas[k]),
        ),
    )
    why = f"{_pretty(upper)}, and the activation has the slope {act.written}."
    data = {"layer": k, "delta": deltas[k], "z": zs[k], "output": outputs[k + 1], "target": y if last else None,
            "above": None if last else (net.weights[k + 1], deltas[k + 1])}  # fmt: skip
    return Step("backward", f"Backwards into layer {k + 1}.", lines, why, SOURCE, data)


def _pretty(text: str) -> str:
    for k in range(10):
        text = text.replace(f"_{k}", "₀₁₂₃₄₅₆₇₈₉"[k])
    return text


def _layer_step(net: Network, k: int, outputs: Any, deltas: Any, in_w: Any, in_b: Any) -> Step:
    before = "xᵀ" if k == 0 else f"{_pretty(f'a_{k}')}ᵀ"
    lines = (Formula.of(_pretty(f"∂C/∂W_{k + 1}"), "=", _pretty(f"∂C/∂z_{k + 1}"), before, "=", _small(in_w[k])),
             Formula.of(_pretty(f"∂C/∂b_{k + 1}"), "=", "the sum of its columns", "=", _small(in_b[k])))  # fmt: skip
    data = {"delta": deltas[k], "before": outputs[k], "weights": in_w[k], "bias": in_b[k]}
    return Step(
        "gradient of a layer", f"The gradient in the weights and biases of layer {k + 1}.", lines, "", SOURCE, data
    )


def _flat(weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.concatenate([W.ravel(), b]) for W, b in zip(weights, biases, strict=True)])


def _unflat(net: Network, values: np.ndarray) -> Network:
    weights, biases, at = [], [], 0
    for W, b in zip(net.weights, net.biases, strict=True):
        weights.append(values[at : at + W.size].reshape(W.shape))
        biases.append(values[at + W.size : at + W.size + b.size])
        at += W.size + b.size
    return Network(tuple(weights), tuple(biases), net.activation)


def _by_differences(net: Network, x: np.ndarray, y: np.ndarray, in_w: Any, in_b: Any) -> Verified:
    """Check every derivative by a central difference of the cost."""
    base, told = _flat(net.weights, net.biases), _flat(in_w, in_b)
    cost: Callable[..., Any] = lambda p: float(np.sum((_unflat(net, p).forward(x)[1][-1] - y) ** 2) / x.shape[1])
    seen = central_gradient(cost, base)
    worst = float((np.abs(seen - told) / (1 + np.abs(told))).max())
    how = f"{len(base)} derivatives, largest error {worst:.0e}".replace("e-", "e−")
    return Verified("central differences of the cost", worst < 1e-6, how)


def train_network(
    sizes: Sequence[int], x: Any, y: Any, activation: str = "sigmoid", steps: int = 2000, rate: float = 1.0,
    momentum: float = 0.9, seed: int = 0, keep: int = 20,
) -> Worked:  # fmt: skip
    """Train a network by gradient descent with momentum on the mean squared error, and keep its outputs on the way.

    >>> t = np.linspace(0, 1, 20)
    >>> found = train_network([1, 4, 1], t, 0.3 + 0.4 * t, steps=300)
    >>> bool(found.costs[-1] < found.costs[0] / 10)
    True

    The walk goes back to the best place, with half the rate, where the cost would double or stays above it for long.
    The value is the trained `Network`; the parts are `costs`, and `snapshots`: pairs of a step and the outputs for x.
    Shapes: x: [in N], y: [out N]. Source: Imperial MVC W3.
    """
    net = network(sizes, activation, seed)
    inside, outside = _columns(net, x, y)
    rate, steps, keep = positive(rate, "rate"), whole(steps, "steps", 1, 1_000_000), whole(keep, "snapshots", 1, 10_000)
    if not 0 <= momentum < 1:
        raise NotNumeric(f"The momentum {momentum} is not in [0, 1).", repair="Give one such as 0.9.")
    values, move = (
        _flat(net.weights, net.biases),
        np.zeros(sum(W.size + b.size for W, b in zip(net.weights, net.biases, strict=True))),
    )
    costs: list[float] = []
    snapshots: list[tuple[int, np.ndarray]] = []
    chosen = set(np.unique(np.geomspace(1, steps, keep).astype(int))) | {0, steps}
    best, best_at = (np.inf, values), 0
    for k in range(steps + 1):
        now = _unflat(net, values)
        cost, in_w, in_b, _ = gradients(now, inside, outside)
        stuck = k - best_at > 50 and cost > 1.2 * best[0]
        if not np.isfinite(cost) or stuck or cost > 2 * (costs[-1] if costs else np.inf) + 1e-12:
            best_at = k
            values, move, rate = best[1], 0 * move, rate / 2
            now = _unflat(net, values)
            cost, in_w, in_b, _ = gradients(now, inside, outside)
        costs.append(cost)
        if cost < best[0]:
            best, best_at = (cost, values), k
        if k in chosen:
            snapshots.append((k, now(inside)))
        move = momentum * move - rate * _flat(in_w, in_b)
        values = values + move
    trained = _unflat(net, best[1])
    return _trained(trained, inside, outside, costs, snapshots, best[0], rate, momentum)


def _trained(
    net: Network,
    x: np.ndarray,
    y: np.ndarray,
    costs: list[float],
    snapshots: Any,
    best: float,
    rate: float,
    momentum: float,
) -> Worked:
    shown_at = [*[k for k, _ in snapshots][:: max(1, len(snapshots) // 8)], len(costs) - 1]
    lines = tuple(Formula.of("C", "=", costs[k], why=f"after {k} steps") for k in dict.fromkeys(shown_at))
    count = sum(W.size + b.size for W, b in zip(net.weights, net.biases, strict=True))
    steps = (
        Step(
            "network",
            f"Layers {'–'.join(map(str, net.sizes))} with {count} weights and biases, activation {net.activation}.",
            (),
            "",
            SOURCE,
        ),
        Step(
            "training",
            f"Gradient descent with step {rate:g} and momentum {momentum:g}.",
            lines,
            "",
            SOURCE,
            {"costs": np.array(costs)},
        ),
    )
    _, in_w, in_b, _ = gradients(net, x, y)
    evidence = (Verified("the cost fell", best < costs[0], f"from {costs[0]:.4g} to {best:.4g}".replace("-", "−")),
                _by_differences(net, x, y, in_w, in_b))  # fmt: skip
    return Worked(
        "training a network",
        (Formula.of("C", "=", "(1/N) Σ ‖a⁽ᴸ⁾ − y‖²"),),
        net,
        (Formula.of("C", "=", best),),
        steps,
        evidence,
        {"costs": np.array(costs), "snapshots": tuple(snapshots)},
        source=SOURCE,
    )
