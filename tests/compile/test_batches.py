"""Leading axes: arrays with more axes than declared are computed one by one, in one call, as a Python loop would."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from feeding import arguments, close, outputs
from letters import LETTERS, TEXTS, compiled, draw, expression

from agnesi.compilation import compile
from agnesi.errors import NotCompiled
from agnesi.expr.nodes import Expr, symbols_of
from agnesi.rules.derive import derivative
from agnesi.run.compiled import Compiled
from agnesi.second_order import newton_step, operator

SIZES = {"n": 4, "d": 3, "k": 2, "m": 5}
BATCHED = [t for t in TEXTS if symbols_of(expression(t))]
JAX = ["‖X w − y‖²", "2Xᵀ(X w − y)", "S⁻¹ x", "log det S", "softmax(x)", "(λ I + S)⁻¹ y", "diag(p) X",
       "sum(softplus(X w)) − yᵀX w + λ‖w‖²"]
ROWS = [pytest.param(t, b, id=f"{b}-{t}") for b in ("numpy", "torch") for t in BATCHED]
ROWS += [pytest.param(t, "jax", id=f"jax-{t}", marks=pytest.mark.slow) for t in JAX]


def stacked(text: str, names: Sequence[str], lead: tuple[int, ...], rng: np.random.Generator) -> dict[str, Any]:
    """Values of the letters of a text, those of `names` with leading axes."""
    out = draw(text, SIZES, rng)
    for name in names:
        many = [draw(text, SIZES, rng)[name] for _ in range(int(np.prod(lead)))]
        out[name] = np.stack(many).reshape(*lead, *out[name].shape)
    return out


def one_by_one(f: Compiled, values: dict[str, Any], lead: tuple[int, ...], ndims: dict[str, int]) -> list[np.ndarray]:
    """What a loop over the leading axes gives, every argument broadcast to all of them."""
    wide = {k: np.broadcast_to(v, (*lead, *np.shape(v)[np.ndim(v) - ndims[k] :])) for k, v in values.items()}
    found = [outputs(f(**arguments({k: v[at] for k, v in wide.items()}, SIZES))) for at in np.ndindex(*lead)]
    return [np.stack([o[k] for o in found]).reshape(*lead, *found[0][k].shape) for k in range(len(found[0]))]


def agree(f: Compiled, values: dict[str, Any], lead: tuple[int, ...], ndims: dict[str, int], about: str) -> None:
    wanted = one_by_one(f, values, lead, ndims)
    for got, right in zip(outputs(f(**arguments(values, SIZES))), wanted, strict=True):
        close(got, right, 1e-8, about)


def axes(*exprs: Expr) -> dict[str, int]:
    return {s.name: s.ndim for s in symbols_of(*exprs)}


@pytest.mark.parametrize(("text", "backend"), ROWS)
def test_every_argument_alone_and_all_together(text: str, backend: str) -> None:
    f, rng, ndims = compiled(text, backend), np.random.default_rng(8), axes(expression(text))
    names = list(ndims)
    choices = [[n] for n in names] + [names] * (len(names) > 1)
    for chosen, lead in product(choices if backend != "jax" else choices[-1:], ((2,), (3, 2))):
        agree(f, stacked(text, chosen, lead, rng), lead, ndims, f"{text}, {chosen}, {lead}")


LEADS: list[tuple[dict[str, tuple[int, ...]], tuple[int, ...]]] = [
    ({"X": (3, 1), "w": (2,)}, (3, 2)), ({"X": (2, 1), "w": (1, 3), "y": (2, 3)}, (2, 3)),
    ({"w": (1, 2), "y": (3, 1)}, (3, 2)),
    ({"X": (2,), "w": (1,)}, (2,)), ({"y": (2, 1, 3), "w": (2, 1)}, (2, 2, 3)), ({"w": (0,)}, (0,)),
    ({"X": (1, 1)}, (1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize(("leads", "lead"), LEADS, ids=[str(sorted(given.items())) for given, _ in LEADS])
def test_leading_axes_are_broadcast(leads: dict[str, tuple[int, ...]], lead: tuple[int, ...], backend: str) -> None:
    """As NumPy broadcasts: sizes of 1 are repeated, axes that are missing are added on the left."""
    rng = np.random.default_rng(9)
    for text in ("‖X w − y‖²", "2Xᵀ(X w − y)"):
        values = draw(text, SIZES, rng)
        for name, own in leads.items():
            values[name] = rng.normal(size=(*own, *values[name].shape))
        if lead == (0,):
            got = outputs(compiled(text, backend)(**values))[0]
            assert got.shape == (0,) + ((3,) if text.startswith("2") else ())
        else:
            agree(compiled(text, backend), values, lead, axes(expression(text)), text)


FUNCTIONS: list[tuple[str, str]] = [
    ("‖X w − y‖² + λ‖w‖²", "w"), ("sum(softplus(X w)) − yᵀX w + λ‖w‖²", "w"), ("xᵀS⁻¹ x + log det S", "x"),
    ("logsumexp(X w)", "w"),
    ("½xᵀA x", "x"), ("log det S", "S"), ("‖Z − U Vᵀ‖² + λ‖U‖²", "U"), ("−yᵀ log softmax(x)", "x"),
    ("∑_i log(1 + x_i²)", "x"),
    ("‖tanh(X w) − y‖²", "w"), ("log det(diag(p) + X Xᵀ)", "p"), ("xᵀ(λ I + S)⁻¹ x", "λ"),
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize(("text", "name"), FUNCTIONS, ids=[f"{t} in {n}" for t, n in FUNCTIONS])
def test_value_gradient_and_hessian_in_one(text: str, name: str, backend: str) -> None:
    f, variable = expression(text), LETTERS[name]
    exprs = [f, *(derivative(f, [variable] * k) for k in (1, 2))]
    both = compile(exprs, backend, structure="dense")  # type: ignore[arg-type]
    rng, ndims = np.random.default_rng(10), axes(*exprs)
    for chosen, lead in (([name], (3,)), (list(ndims), (2, 2))):
        agree(both, stacked(text, chosen, lead, rng), lead, ndims, f"{text}, {chosen}")


@pytest.mark.slow
@pytest.mark.parametrize(("text", "name"), [FUNCTIONS[1], FUNCTIONS[2], FUNCTIONS[5]], ids=str)
def test_value_gradient_and_hessian_in_jax(text: str, name: str) -> None:
    f, variable = expression(text), LETTERS[name]
    exprs = [f, *(derivative(f, [variable] * k) for k in (1, 2))]
    both = compile(exprs, "jax", structure="dense")
    agree(both, stacked(text, [name], (3,), np.random.default_rng(10)), (3,), axes(*exprs), text)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_newton_steps_of_many(backend: str) -> None:
    """A step with a solve, for many starting points and many data."""
    text = "sum(softplus(X w)) − yᵀX w + λ‖w‖²"
    f = compile(newton_step(expression(text), LETTERS["w"]), backend)  # type: ignore[arg-type]
    for chosen in (["w"], ["X"], ["X", "w", "y", "λ"]):
        agree(f, stacked(text, chosen, (3,), np.random.default_rng(11)), (3,), axes(expression(text)), str(chosen))


def test_lists_and_integers_are_batches_too() -> None:
    f = compiled("a x", "numpy")
    close(f(a=[1, 2], x=[1, 2, 3]), np.array([[1.0, 2, 3], [2, 4, 6]]), 0)
    close(f(a=2, x=[[1, 2], [3, 4]]), np.array([[2.0, 4], [6, 8]]), 0)


def test_single_precision_stays() -> None:
    values = stacked("‖X w − y‖²", ["w"], (3,), np.random.default_rng(12))
    got = compiled("‖X w − y‖²", "numpy")(**{k: v.astype(np.float32) for k, v in values.items()})
    assert got.dtype == np.float32
    close(got, compiled("‖X w − y‖²", "numpy")(**values), 1e-5)


def test_a_row_of_a_vector_is_a_batch_of_one() -> None:
    f, X, w = compiled("X w", "numpy"), np.arange(12.0).reshape(4, 3), np.ones(3)
    assert f(X=X, w=w[None]).shape == (1, 4)
    assert f(X=X, w=w[:, None]).shape == (4,)


def test_operators_have_no_leading_axes() -> None:
    f = compile(operator("‖Y − U Vᵀ‖² + λ‖U‖²", "U"))
    values = {"Y": np.ones((4, 5)), "U": np.ones((4, 2)), "V": np.ones((3, 5, 2)), "λ": 1.0}
    with pytest.raises(NotCompiled, match=r"^A call cannot have both operators as outputs and leading batch axes\.$"):
        f(**values)


def test_many_are_computed_together() -> None:
    """The program for a batch is one: it has no loop over the leading axis, and is made once."""
    f = compile("‖X w − y‖²")
    rng = np.random.default_rng(13)
    X, y = rng.normal(size=(5, 3)), rng.normal(size=5)
    for count in (10, 1000):
        W = rng.normal(size=(count, 3))
        close(f(X=X, w=W, y=y), ((W @ X.T - y) ** 2).sum(1), 1e-12)
