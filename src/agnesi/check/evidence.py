"""Numerical evidence: does a derivative agree with the function it came from, do two expressions agree?

Every claim is tried at random points of the domain, over several random sizes. A point where the sides differ is kept
as the counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from agnesi.check.directions import written_directions
from agnesi.errors import NotNumeric
from agnesi.expr.dims import ONE, Shape, show_shape
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbols_of
from agnesi.run.reference import Program, along, analytic
from agnesi.run.sample import Point, Sampler

Verdict = Literal["tested", "refuted", "not tested"]
Structure = str | Mapping[str, str] | None
STEPS = (2e-3, 1e-4, 1e-2)
DIRECTIONS = 2


@dataclass(frozen=True)
class Evidence:
    """What was tried: the verdict, the number of points, the worst relative error, the method, the sizes.

    `values`, `left` and `right` are the counterexample of a refutation (for a derivative: the claimed and the
    numerical derivative along one random direction). `note` says what else a reader should know.
    """

    verdict: Verdict
    points: int
    worst: float
    method: str
    sizes: tuple[Mapping[str, int], ...] = ()
    note: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    left: Any = None
    right: Any = None

    def __bool__(self) -> bool:
        return self.verdict == "tested"

    def __str__(self) -> str:
        if self.verdict == "not tested":
            return f"not tested: {self.note}"
        if self.verdict == "refuted":
            return f"refuted{self._by(' by ')}: {self.note}"
        count = f"{self.points} random point{'s' if self.points != 1 else ''}"
        worst = "no error" if self.worst == 0 else f"largest relative error {self.worst:.0e}"
        return f"agrees{self._by(' with ')} at {count} ({worst})" + (f"; {self.note}" if self.note else "")


    def _by(self, word: str) -> str:
        return f"{word}{self.method}" if self.method else ""


def derivative_evidence(
    f: Expr, variables: Sequence[Expr | str], result: Expr, structure: Structure = None, points: int = 5, seed: int = 0,
    sizes: Mapping[str, int] | None = None,
) -> Evidence:
    """Compare `result`, the derivative of f in `variables` (one: first order, two: second, ...), with f itself.

    `result` has f's axes first, then each variable's; axes of size 1 do not matter. At each point the two are compared
    along random directions: by the complex step where every operation allows it, else by extrapolated
    central differences. `structure` ("symmetric", "diagonal", "toeplitz", or one for each name) says that
    entry (i, j) is the derivative along E_ij + E_ji, along E_ii only, or along a whole diagonal.

        >>> from agnesi.expr.nodes import apply, symbol
        >>> import agnesi.ops
        >>> X = symbol("X", ("n", "n"))
        >>> str(derivative_evidence(apply("tr", X @ X), [X], 2 * X.T)).split(" (")[0]
        'agrees with the complex step at 5 random points'
    """
    moved = [_variable(f, v) for v in variables]
    wanted = f.shape + tuple(d for v in moved for d in v.shape)
    if _squeezed(result.shape) != _squeezed(wanted):
        note = f"its shape is {show_shape(result.shape)}; the derivative has the shape {show_shape(wanted)}"
        return Evidence("refuted", 0, np.inf, "the shape", note=note)
    exact = analytic(f)
    method = "the complex step" if exact and len(moved) < 2 else "finite differences"
    tolerance = 1e-7 if exact and len(moved) < 2 else 1e-5 if len(moved) < 2 or (exact and len(moved) == 2) else 1e-3
    rng = np.random.default_rng(seed)
    spread = _spreads(moved, structure)
    try:
        largest = 5 if result.ndim < 3 else 3  # tensors are evaluated entry by entry
        sampler = Sampler([result, f], rng, extra=moved, sizes=sizes, largest=largest)
        directional = _Directional(Program(f), moved, spread, exact)
    except NotNumeric as error:
        return Evidence("not tested", 0, np.nan, method, note=str(error))

    def sides(at: Point, values: tuple[Any, ...]) -> tuple[Any, Any, float]:
        return directional(at, values, rng, tolerance)

    return _tried(sampler, points, tolerance, method, ("result", "numerically"), sides)


def equal_evidence(
    a: Expr, b: Expr, points: int = 5, seed: int = 0, moving: Sequence[str] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> Evidence:
    """Compare two expressions at random points over several sizes; axes of size 1 do not matter.

    In expressions with differentials, `moving` names the symbols that have one (those whose dX is written, unless told;
    all, where none is); the others are constant.
    """
    if _squeezed(a.shape) != _squeezed(b.shape):
        note = f"the shapes differ: {show_shape(a.shape)} and {show_shape(b.shape)}"
        return Evidence("refuted", 0, np.inf, "the shape", note=note)
    rng = np.random.default_rng(seed)
    tolerance = 1e-5 if _has_derivatives(postorder(a, b)) else 1e-8
    try:
        sampler = Sampler([a, b], rng, extra=written_directions(a, b, moving=moving), sizes=sizes)
    except NotNumeric as error:
        return Evidence("not tested", 0, np.nan, "", note=str(error))

    def sides(at: Point, values: tuple[Any, ...]) -> tuple[Any, Any, float]:
        left, right = (np.asarray(v) for v in values)
        return left.reshape(right.shape), right, 1e-5

    return _tried(sampler, points, tolerance, "", ("left", "right"), sides)


def _has_derivatives(nodes: Iterable[Expr]) -> bool:
    """Tell whether a value needs numerical differentiation (dX alone does not)."""
    return any(
        isinstance(n, Apply)
        and n.op.family == "derivative"
        and not (n.op.name == "d" and isinstance(n.args[0], Symbol))
        for n in nodes
    )


def _variable(f: Expr, variable: Expr | str) -> Symbol:
    if isinstance(variable, Symbol):
        return variable
    found = [s for s in symbols_of(f) if s.name == variable]
    if not found:
        raise NotNumeric(f"{variable} is not a symbol of the function.", repair="Name a symbol that occurs in it.")
    return found[0]


def _squeezed(shape: Shape) -> Shape:
    return tuple(d for d in shape if d != ONE)


class _Directional:
    """Both sides of "the claimed derivative, along random directions, is the numerical one"."""

    def __init__(
        self, program: Program, variables: Sequence[Symbol], spread: Sequence[Callable[[Any], Any]], exact: bool
    ) -> None:
        self.program, self.variables, self.spread, self.exact = program, variables, spread, exact

    def __call__(
        self, at: Point, values: tuple[Any, ...], rng: np.random.Generator, tolerance: float
    ) -> tuple[Any, Any, float]:
        claimed, value = (np.asarray(v) for v in values)
        worst: tuple[float, Any, Any, float] = (-1.0, None, None, 1.0)
        for _ in range(DIRECTIONS):
            weights = [rng.normal(size=tuple(d.size(at.sizes) for d in v.shape)) for v in self.variables]
            left = _contracted(claimed, weights)
            floor = 1e-3 * float(np.max(np.abs(value), initial=0.0)) + 1e-12
            error, right = self._closest(at, weights, left, floor, tolerance)
            if error > worst[0] or np.isnan(error):
                worst = (error, left, right, floor)
        return worst[1:]

    def _closest(
        self, at: Point, weights: list[Any], left: Any, floor: float, tolerance: float
    ) -> tuple[float, Any]:
        """The numerical side; where it disagrees, other steps are tried: a kink or an edge may be near."""
        best: tuple[float, Any] = (np.inf, None)
        directions = [(v.name, s(w)) for v, s, w in zip(self.variables, self.spread, weights, strict=True)]
        env = {**at.sizes, **at.values}
        for step in STEPS:
            try:
                with np.errstate(all="ignore"):
                    right = np.asarray(along(self.program, env, at.sizes, directions, self.exact, step)).reshape(-1)
            except NotNumeric:
                continue
            error = relative_error(left, right, floor)
            if best[1] is None or error < best[0]:
                best = (error, right)
            if error <= tolerance or (self.exact and len(directions) < 2):
                break
        return best


def _spreads(variables: Sequence[Symbol], structure: Structure) -> list[Callable[[Any], Any]]:
    named = {v.name: structure for v in variables} if isinstance(structure, str) else dict(structure or {})
    return [_spreading(named.get(v.name) if v.ndim == 2 else None) for v in variables]


def _spreading(structure: str | None) -> Callable[[Any], Any]:
    """Return the map from weights of the result's entries to the direction in which the variable moves."""
    if structure is None:
        return lambda w: w
    if structure == "symmetric":
        return lambda w: w + w.T - np.diag(np.diag(w))
    if structure == "diagonal":
        return lambda w: np.diag(np.diag(w))
    if structure == "toeplitz":
        return _along_diagonals
    raise NotNumeric(f"There is no structure named {structure}.", expected="symmetric, diagonal or toeplitz")


def _along_diagonals(w: Any) -> Any:
    n = len(w)
    sums = np.array([np.trace(w, offset=k) for k in range(1 - n, n)])
    row, column = np.indices((n, n))
    return sums[column - row + n - 1]


def _contracted(claimed: Any, weights: list[Any]) -> Any:
    """Sum the claimed derivative against weights on the axes of each variable; a vector over f's entries is left."""
    for weight in reversed(weights):
        claimed = claimed.reshape(-1, weight.size) @ weight.reshape(-1)
    return claimed.reshape(-1)


def relative_error(left: Any, right: Any, floor: float = 1e-12) -> float:
    """Return max |left − right| over the larger of max |left|, max |right| and `floor`."""
    left, right = np.asarray(left), np.asarray(right)
    if not left.size and not right.size:
        return 0.0
    scale = max(float(np.max(np.abs(left))), float(np.max(np.abs(right))), floor)
    return float(np.max(np.abs(left - right))) / scale


def _tried(
    sampler: Sampler, points: int, tolerance: float, method: str, names: tuple[str, str],
    sides: Callable[[Point, tuple[Any, ...]], tuple[Any, Any, float]],
) -> Evidence:
    """Compare two sides at random points; stop at the first disagreement."""
    worst = 0.0
    seen: list[Mapping[str, int]] = []
    for _ in range(points):
        try:
            at, values = sampler.point()
            left, right, floor = sides(at, values)
        except NotNumeric as reason:
            return Evidence("not tested", len(seen), np.nan, method, tuple(seen), str(reason))
        if right is None:
            return Evidence("not tested", len(seen), np.nan, method, tuple(seen), "no direction stays in the domain")
        error = relative_error(left, right, floor)
        seen.append(at.sizes)
        if not error <= tolerance:
            note = _counterexample(at, names, left, right)
            return Evidence("refuted", len(seen), error, method, tuple(seen), note, at.values, left, right)
        worst = max(worst, error)
    return Evidence("tested", points, worst, method, tuple(seen))


def _counterexample(at: Point, names: tuple[str, str], left: Any, right: Any) -> str:
    """The point in words: n = 2, X = [[1.2, 0.3], [0.1, 0.8]]: left 0.311, right 0.842."""
    parts = [f"{name} = {size}" for name, size in at.sizes.items()]
    parts += [f"{name} = {shown(value)}" for name, value in at.values.items()]
    return f"{', '.join(parts) or 'everywhere'}: {names[0]} {shown(left)}, {names[1]} {shown(right)}"


def shown(value: Any, limit: int = 12) -> str:
    """Return a number or a small array in few digits."""
    array = np.asarray(value)
    if array.size == 1 and array.ndim <= 1:
        return f"{array.reshape(-1)[0]:.4g}"
    if array.size > limit:
        return f"{'×'.join(map(str, array.shape))} array"
    return "[" + ", ".join(shown(row) for row in array) + "]"
