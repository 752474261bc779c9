"""Random expressions: compiled values and gradients against the reference meaning, in all backends.

A case is a seed. Each is "checked", or there is "no point" (a kink or an edge is too near), "no closed form" or
"no code"; most must be checked.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from feeding import call, close

from agnesi.compilation import compile
from agnesi.errors import NoDerivative, NotCompiled, NotNumeric
from agnesi.expr.nodes import Apply, Expr, plain, postorder, symbols_of
from agnesi.generate import random_expression
from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.run.sample import Point, Sampler

SHAPES: list[tuple[object, ...]] = [(), ("n",), (), ("n", "d"), ("d",), (), (1, "n"), ("n", "n")]
SIZES = [{"n": 3, "d": 2}, {"n": 2, "d": 5}, {"n": 4, "d": 3}, {"n": 5, "d": 5}]
ONCE = ("expm", "logm", "sqrtm", "eigvals", "singvals", "normnuc")  # their second derivatives have no closed form
SLOW = ("logm", "dlogm", "expm", "dexpm", "sqrtm",
        "dsqrtm")  # the reference meaning of their derivatives takes minutes over four axes


@dataclass(frozen=True)
class Case:
    """A random expression with its derivative in one of its symbols, and points with the reference values."""

    seed: int
    exprs: tuple[Expr, ...]
    points: tuple[tuple[Point, tuple[np.ndarray, ...]], ...]


@cache
def case(seed: int, order: int = 1, count: int = 2) -> Case | str:
    """The case of a seed: every third has kinks. A word where there is none."""
    rng = np.random.default_rng(seed)
    shape = SHAPES[seed % len(SHAPES)] if order == 1 else ()
    f = random_expression(rng, shape, 2 + seed % 3 - (order > 1), only_smooth=seed % 3 > 0, exclude=ONCE * (order > 1))
    exprs = [f]
    most = 2 if any(isinstance(n, Apply) and n.op.name in SLOW for n in postorder(f)) else 4
    moving = [s for s in symbols_of(f) if f.ndim + order * s.ndim <= most]
    try:
        if moving:
            variable = moving[int(rng.integers(len(moving)))]
            exprs += [derivative(f, [variable] * k) for k in range(1, order + 1)]
        sampler = Sampler(exprs, rng, sizes=SIZES[seed % len(SIZES)], margin=0.02)
        found = [sampler.point() for _ in range(count)]
    except NoDerivative:
        return "no closed form"
    except NotNumeric:
        return "no point"
    return Case(seed, tuple(exprs), tuple((p, tuple(np.asarray(v) for v in values)) for p, values in found))


def agrees(seed: int, backend: str, order: int = 1, count: int = 2) -> str:
    """Compare everything that is compiled for a seed with the reference values."""
    made = case(seed, order, count)
    if isinstance(made, str):
        return made
    about = f"seed {seed}: {' and '.join(plain(e) for e in made.exprs)}"
    try:
        f = compile(list(made.exprs), backend)  # type: ignore[arg-type]
    except NotCompiled:
        return "no code"
    for point, wanted in made.points:
        got = call(f, point)
        assert len(got) == len(wanted), about
        for left, right in zip(got, wanted, strict=True):
            close(left, right, 1e-8, about)
    return "checked"


def tally(seeds: Iterable[int], backend: str, order: int = 1, least: float = 0.9, count: int = 2) -> None:
    """Compare all seeds; at least so many in a hundred must have been compared."""
    seeds = list(seeds)
    found = Counter(agrees(seed, backend, order, count) for seed in seeds)
    assert found["checked"] >= least * len(seeds), dict(found)


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_numpy(start: int) -> None:
    tally(range(start, start + 50), "numpy")


@pytest.mark.parametrize("start", range(0, 150, 50))
def test_torch(start: int) -> None:
    tally(range(start, start + 50), "torch")


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 60, 20))
def test_jax(start: int) -> None:
    tally(range(start, start + 20), "jax")


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_second_derivatives(backend: str) -> None:
    tally(range(1000, 1040), backend, order=2, least=0.8)


# Expressions, and derivatives of them, whose code was wrong once.
REMEMBERED = [
    "A : n×n; diag(exp(A))/sum(exp(A))", "w : d; logsumexp(diag(w))", "x : n; exp(x) − 1", "x : n; 1 − σ(x)",
    "x : n; y + 2 − 2σ(x)",
    "X : n×d; logsumexp((X.^2 + ones(n, d)).^3)", "A : n×n; A⁻² + A⁻¹", "p : n, U : n×k, x : n; (diag(p) + U Uᵀ)⁻¹x",
    "X : n×d, A : d×m, b : m, y : n; ‖tanh(X A)b − y‖²", "S : n×n, S spd; tr(S⁻¹) + log det S",
    "x : n; ‖[x; x]‖² + sum(cumsum(x))",
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "torch", pytest.param("jax", marks=pytest.mark.slow)])
def test_what_once_went_wrong(backend: str) -> None:
    for text in REMEMBERED:
        f = read(text).expr
        exprs = [f, *(derivative(f, [s]) for s in symbols_of(f) if f.ndim + s.ndim <= 2)]
        sampler = Sampler(exprs, np.random.default_rng(1), sizes={"n": 4, "d": 3, "k": 2, "m": 5}, margin=0.02)
        both = compile(exprs, backend)  # type: ignore[arg-type]
        point, wanted = sampler.point()
        for got, right in zip(call(both, point), wanted, strict=True):
            close(got, right, 1e-9, text)


# -- several outputs, and once more ----------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_outputs_together_equal_those_compiled_one_by_one(backend: str) -> None:
    """Shared work changes nothing but the last bits."""
    compared = 0
    for seed in range(2000, 2060):
        made = case(seed)
        if isinstance(made, str) or len(made.exprs) < 2:
            continue
        extra = 2 * made.exprs[-1]
        try:
            together = compile([*made.exprs, extra, made.exprs[0]], backend)  # type: ignore[arg-type]
        except NotCompiled:
            continue
        alone = [compile(e, backend) for e in (*made.exprs, extra, made.exprs[0])]  # type: ignore[arg-type]
        for point, _ in made.points:
            wanted = [call(f, point)[0] for f in alone]
            for left, right in zip(call(together, point), wanted, strict=True):
                close(left, right, 1e-10, f"seed {seed}: {plain(made.exprs[0])}")
        compared += 1
    assert compared > 40


def test_compiled_again_after_pickling() -> None:
    compared = 0
    for seed in range(3000, 3030):
        made = case(seed)
        if isinstance(made, str):
            continue
        for backend in ("numpy", "torch"):
            try:
                f = compile(list(made.exprs), backend)  # type: ignore[arg-type]
            except NotCompiled:
                continue
            again = pickle.loads(pickle.dumps(f))
            assert again is not f
            assert (again.source, again.parameters, again.formulas) == (f.source, f.parameters, f.formulas)
            for left, right in zip(call(again, made.points[0][0]), call(f, made.points[0][0]), strict=True):
                assert np.array_equal(left, right)
            compared += 1
    assert compared > 40


@pytest.mark.slow
def test_jax_compiled_again_after_pickling() -> None:
    f = compile(["‖X w − y‖²", "2Xᵀ(X w − y)"], "jax")
    again = pickle.loads(pickle.dumps(f))
    values = {"X": np.eye(3, 2), "w": np.array([1.0, 2.0]), "y": np.ones(3)}
    assert again.source == f.source and again.backend == "jax"
    close(again(**values)[0], 2.0, 1e-12)
    close(again(**values)[1], np.array([0.0, 2.0]), 1e-12)


# -- nightly ---------------------------------------------------------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.parametrize("start", range(100_000, 106_000, 200))
def test_thousands_in_numpy(start: int) -> None:
    tally(range(start, start + 200), "numpy", count=1)


@pytest.mark.nightly
@pytest.mark.parametrize("start", range(200_000, 202_000, 200))
def test_thousands_in_torch(start: int) -> None:
    tally(range(start, start + 200), "torch", count=1)


@pytest.mark.nightly
@pytest.mark.parametrize("start", range(300_000, 300_300, 50))
def test_hundreds_in_jax(start: int) -> None:
    tally(range(start, start + 50), "jax", count=1)


@pytest.mark.nightly
@pytest.mark.parametrize("start", range(400_000, 401_000, 100))
def test_a_thousand_second_derivatives(start: int) -> None:
    tally(range(start, start + 100), "numpy", order=2, least=0.75, count=1)
