"""The backend code of the records: complete, equal to the reference meaning, careful at hard points."""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import re
import string
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy
import torch

from agnesi.errors import IncompleteRecord, NotCompiled
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Const, apply, constant, plain
from agnesi.expr.operation import BACKENDS, Operation, operations
from agnesi.ops.code import NAMES, code
from agnesi.rules.batch import batched
from agnesi.run import backends, prelude_entries, prelude_matrices
from agnesi.run.factorise import FACTORISED
from agnesi.run.prelude import CAREFUL, LAYOUTS, Prelude, Preludes, filled, needed, preludes, template
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler
from ops import operation_cases as table

jax.config.update("jax_enable_x64", True)

SIZES = {"n": 4, "d": 3, "m": 2}
CONSTANTS = ("eye", "ones", "zeros", "basis", "size", "pi", "euler", "fuse", "slot", "mask")
ATOMS = [op for op in operations if op.core is not None or op.family == "elementwise"]
UP_TO_SIGN = ("eigvecs",)


# -- running templates -----------------------------------------------------------------------------------------------


@functools.cache
def program(backend: str, text: str, count: int) -> Callable[..., Any]:
    """A function of `count` arrays from a template with its prelude, and nothing else; JAX compiles it."""
    space: dict[str, Any] = {name: importlib.import_module(home) for name, home in NAMES[backend].items()}
    names = ", ".join(f"x{k}" for k in range(count))
    source = "\n".join(p.source for p in needed(text, backend)) + f"\ndef f({names}):\n    return {text}\n"
    exec(compile(source, f"<{backend}>", "exec"), space)
    return jax.jit(space["f"]) if backend == "jax" else space["f"]  # type: ignore[no-any-return]


def given(backend: str, array: Any) -> Any:
    array = np.asarray(array)
    return {"numpy": lambda: array, "jax": lambda: jnp.asarray(array), "torch": lambda: torch.tensor(array)}[backend]()


def run(backend: str, name: str, arrays: Any, attrs: tuple[Any, ...] = (), **more: Any) -> Any:
    """The value of an operation or careful form by its code, as a NumPy array."""
    text = filled(template(name, backend), [f"x{k}" for k in range(len(arrays))], attrs, **more)
    return np.asarray(program(backend, text, len(arrays))(*(given(backend, a) for a in arrays)))


def batchable(node: Apply) -> bool:
    """Tell whether the arguments of a case are what the core of its operation works on."""
    core = node.op.core
    return core is not None and (not any(core) or all(a.ndim == c for a, c in zip(node.args, core, strict=True)))


ALL = [c.node for op in ATOMS for c in table.CASES[op.name] if isinstance(c.node, Apply) and batchable(c.node)]
CASES = [n for n in ALL if n.op.name not in table.ENTRYWISE or n.args[0] is table.X]
FIRST = list({n.op: n for n in reversed(CASES)}.values())
both = pytest.mark.parametrize("backend", BACKENDS)


@functools.cache
def points(node: Apply, count: int = 3) -> list[tuple[list[Any], Any]]:
    """Points of the domain, all of one size: the arguments and the reference value."""
    sampler = Sampler([node, *node.args], np.random.default_rng(4), sizes=SIZES)
    found = []
    for _ in range(count):
        _, (value, *arrays) = sampler.point()
        found.append((arrays, value))
    return found


def agree(name: str, value: Any, expected: Any, rtol: float) -> None:
    if name in UP_TO_SIGN:
        value, expected = np.abs(value), np.abs(expected)
    scale = np.max(np.abs(expected), initial=1e-3)
    np.testing.assert_allclose(value, expected, rtol=rtol, atol=rtol * scale)


# -- complete --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", [*ATOMS, *(operations[c] for c in CONSTANTS)], ids=repr)
def test_every_atom_has_code_or_says_why_not(op: Operation) -> None:
    for backend in BACKENDS:
        assert op.code.get(backend) or op.extra.get("no_code", {}).get(backend)


def test_every_atom_is_tried() -> None:
    assert {n.op.name for n in CASES} == {op.name for op in ATOMS}
    assert len(ATOMS) > 50


TEMPLATES = [(op.name, b, op.code[b]) for op in operations for b in op.code] + [
    (name, b, text) for name, texts in CAREFUL.items() for b, text in texts.items()
]


@pytest.mark.parametrize(("name", "backend", "text"), TEMPLATES, ids=[f"{n}-{b}" for n, b, _ in TEMPLATES])
def test_a_template_is_one_factor_of_known_names(name: str, backend: str, text: str) -> None:
    places = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    numbered = [p for p in places if p.isdigit()]
    assert len(numbered) == len(set(numbered)), "an argument that occurs twice would be computed twice"
    assert set(places) <= {"0", "1", "a0", "a1", "a2", "dtype", "shape"}
    line = filled(text, ["x", "y"], ["lt" if name == "mask" else "n", "n", "d"], dtype="t", shape=("n", "d"))
    power = ast.parse(f"{line} ** p", mode="eval").body
    assert isinstance(power, ast.BinOp) and isinstance(power.op, ast.Pow)
    assert not isinstance(power.left, ast.BinOp | ast.UnaryOp | ast.Compare) or line.startswith("(")
    used = {n.id for n in ast.walk(power) if isinstance(n, ast.Name)} - {"x", "y", "n", "d", "t", "p"}
    assert used <= {*NAMES[backend], *(p.name for p in preludes if p.backend == backend)}


@both
def test_every_prelude_function_is_used(backend: str) -> None:
    texts = [filled(t, ["x", "y"], ["n", "n", "d"], dtype="t") for n, b, t in TEMPLATES if b == backend and n != "mask"]
    layouts = [t[backend].format("x", "y") for t in LAYOUTS.values() if backend in t]
    templates = [t.replace("{like}", "") for t in backends.BACKENDS[backend].templates.values()]
    spelled = [re.sub(r"{[^}]*}", "x", t) for t in templates if re.match(r"\w+\({0}", t)]
    used = {p.name for text in [*texts, *layouts, *spelled] for p in needed(text, backend)} - set(FACTORISED)
    sources = [*prelude_entries.SOURCES, *prelude_matrices.SOURCES]
    own = {source.partition("(")[0].split()[-1] for where, source in sources if backend in where.split()}
    assert own - set(FACTORISED) == used


# -- equal to the reference ------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("node", CASES, ids=plain)
def test_value(node: Apply, backend: str) -> None:
    for arrays, expected in points(node):
        value = run(backend, node.op.name, arrays, node.attrs)
        assert value.shape == np.shape(expected) and value.dtype == np.float64
        agree(node.op.name, value, expected, 1e-10)


@both
@pytest.mark.parametrize("node", FIRST, ids=plain)
def test_leading_batch_axes(node: Apply, backend: str) -> None:
    """Three points in one array of shape (1, 3, ...) give their three values."""
    found = points(node)
    arrays = [np.stack(column)[None] for column in zip(*(a for a, _ in found), strict=True)]
    if not any(node.op.core or ()):  # functions of entries are broadcast
        width = max(a.ndim for a in arrays)
        arrays = [a.reshape(*a.shape[:2], *(1,) * (width - a.ndim), *a.shape[2:]) for a in arrays]
    value = run(backend, node.op.name, arrays, node.attrs)
    agree(node.op.name, value, np.stack([v for _, v in found])[None], 1e-10)


@both
@pytest.mark.parametrize("node", FIRST, ids=plain)
def test_float32_stays(node: Apply, backend: str) -> None:
    arrays, expected = points(node)[0]
    value = run(backend, node.op.name, [np.asarray(a, np.float32) for a in arrays], node.attrs)
    assert value.dtype == np.float32
    agree(node.op.name, value, expected, 2e-3)


@both
def test_an_operation_over_batches_has_the_code_of_the_operation(backend: str) -> None:
    assert template(batched(operations["softmax"]).name, backend) == operations["softmax"].code[backend]


DTYPES = {"numpy": "np.float32", "jax": "jnp.float32", "torch": "torch.float32"}
LEAVES = [
    *(apply("mask", attrs=(kind, Dim.of("n"), Dim.of("d"))) for kind in ("lt", "le", "gt", "ge")),
    apply("slot", attrs=(2, 3, 6)), apply("slot", attrs=(0, 3, 4)), apply("fuse", attrs=(2, 3)),
    apply("basis", constant(1), attrs=(4,)), apply("basis", constant(4), attrs=(4,)), apply("eye", attrs=(3,)),
    apply("ones", attrs=(3,)), apply("ones", attrs=(2, 3)), apply("zeros", attrs=(2, 3)), apply("size", attrs=("n",)),
    apply("pi"), apply("euler"),
]


@both
@pytest.mark.parametrize("node", LEAVES, ids=[f"{n.op.name}{n.attrs}" for n in LEAVES])
def test_constants(node: Apply, backend: str) -> None:
    attrs = [a if node.op.name == "mask" and k == 0 else Dim.of(a).size(SIZES) for k, a in enumerate(node.attrs)]
    args = [str(a.value) for a in node.args if isinstance(a, Const)]
    shape = [d.size(SIZES) for d in node.shape]
    text = filled(template(node.op.name, backend), args, attrs, dtype=DTYPES[backend], shape=shape)
    value = np.asarray(program(backend, text, 0)())
    np.testing.assert_allclose(value, evaluate(node, {}, SIZES), rtol=1e-15)
    assert value.dtype == np.float32 or not node.shape


def test_a_unit_vector_needs_a_place() -> None:
    for backend, place in itertools.product(("numpy", "torch"), (0, 5)):
        with pytest.raises(IndexError, match=f"no index {place} of 4"):
            program(backend, f"unit({place}, 4, {DTYPES[backend]})", 0)()
    assert np.isnan(program("jax", "unit(0, 4, jnp.float32)", 0)()).all()


# -- kinks, infinity and nan -----------------------------------------------------------------------------------------

INF, NAN = np.inf, np.nan
ENTRIES: dict[str, list[tuple[Any, ...]]] = {  # (argument, ..., value)
    "relu": [(0.0, 0.0), (-0.0, 0.0), (INF, INF), (-INF, 0.0), (NAN, NAN), (-3.0, 0.0)],
    "step": [(0.0, 0.0), (-0.0, 0.0), (INF, 1.0), (-INF, 0.0), (NAN, NAN), (1e-300, 1.0)],
    "sign": [(0.0, 0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (-2.0, -1.0)],
    "abs": [(-INF, INF), (NAN, NAN), (-0.0, 0.0)],
    "maximum": [(NAN, 1.0, NAN), (1.0, NAN, NAN), (2.0, 2.0, 2.0), (INF, 1.0, INF), (-INF, 1.0, 1.0)],
    "minimum": [(NAN, 1.0, NAN), (1.0, NAN, NAN), (2.0, 2.0, 2.0), (-INF, 1.0, -INF), (INF, 1.0, 1.0)],
    "sigmoid": [(INF, 1.0), (-INF, 0.0), (NAN, NAN), (800.0, 1.0), (-800.0, 0.0)],
    "softplus": [(INF, INF), (-INF, 0.0), (NAN, NAN), (1e300, 1e300), (-1e300, 0.0)],
    "exp": [(-INF, 0.0), (INF, INF), (NAN, NAN)],
    "tanh": [(-INF, -1.0), (INF, 1.0), (NAN, NAN), (400.0, 1.0)],
    "arctan": [(INF, np.pi / 2), (NAN, NAN)],
    "log": [(INF, INF), (NAN, NAN)], "sqrt": [(0.0, 0.0), (INF, INF), (NAN, NAN)],
    "erf": [(INF, 1.0), (-INF, -1.0), (NAN, NAN)],
    "normcdf": [(INF, 1.0), (-INF, 0.0), (NAN, NAN)], "normpdf": [(INF, 0.0), (NAN, NAN), (100.0, 0.0)],
    "logit": [(0.0, -INF), (1.0, INF), (NAN, NAN)],
    "log_sigmoid": [(INF, 0.0), (-INF, -INF), (NAN, NAN), (-1e300, -1e300)],
    "dsigmoid": [(INF, 0.0), (-INF, 0.0), (NAN, NAN), (0.0, 0.25)],
    "sech2": [(INF, 0.0), (-INF, 0.0), (NAN, NAN), (0.0, 1.0)],
    "xlogx": [(0.0, 0.0), (1.0, 0.0), (INF, INF), (NAN, NAN)],
    "log1mexp": [(-INF, 0.0), (NAN, NAN)], "log_normcdf": [(INF, 0.0), (NAN, NAN)],
    "log1p": [(INF, INF), (NAN, NAN)], "expm1": [(-INF, -1.0), (NAN, NAN)],
}
VECTORS: dict[str, list[tuple[list[float], Any]]] = {
    "logsumexp": [([-INF, -INF], -INF), ([INF, 1.0], INF), ([INF, INF], INF), ([INF, -INF], INF), ([NAN, 1.0], NAN),
                  ([NAN, INF], NAN), ([NAN, -INF], NAN), ([-INF, 3.0], 3.0), ([1e4, 1e4], 1e4 + np.log(2)),
                  ([-1e300, -1e300], -1e300)],
    "softmax": [([1e4, 1e4], [0.5, 0.5]), ([-INF, 3.0], [0.0, 1.0]), ([NAN, 1.0], [NAN, NAN]),
                ([INF, 1.0], [NAN, NAN]), ([-1e4, 1e4], [0.0, 1.0]), ([-INF, -INF], [NAN, NAN])],
    "log_softmax": [([1e4, 1e4], [-np.log(2)] * 2), ([-INF, 3.0], [-INF, 0.0]), ([NAN, 1.0], [NAN, NAN]),
                    ([-1e4, 1e4], [-2e4, 0.0]), ([-INF, -INF], [NAN, NAN])],
    "max": [([1.0, 1.0], 1.0), ([NAN, 1.0], NAN), ([1.0, NAN], NAN), ([-INF, 1.0], 1.0), ([INF, 1.0], INF)],
    "min": [([1.0, 1.0], 1.0), ([NAN, 1.0], NAN), ([1.0, NAN], NAN), ([-INF, 1.0], -INF), ([INF, 1.0], 1.0)],
    "onehotmax": [([1.0, 1.0], [1.0, 0.0]), ([0.0, INF], [0.0, 1.0])],
    "onehotmin": [([1.0, 1.0], [1.0, 0.0]), ([0.0, -INF], [0.0, 1.0])],
    "prod": [([0.0, 2.0], 0.0), ([NAN, 0.0], NAN)],
    "nrm2": [([0.0, 0.0], 0.0), ([-INF, 1.0], INF), ([NAN, 1.0], NAN), ([3e200, 4e200], 5e200),
             ([3e-200, -4e-200], 5e-200), ([3.0, 4.0], 5.0), ([3e-30, 4e-30], 5e-30)],
}  # fmt: skip


@both
@pytest.mark.parametrize("name", ENTRIES)
def test_special_entries(name: str, backend: str) -> None:
    """As one array, one by one without axes, and as 32-bit numbers; a warning would be an error."""
    rows = ENTRIES[name]
    *arrays, expected = (np.array(column) for column in zip(*rows, strict=True))
    np.testing.assert_allclose(run(backend, name, arrays), expected, rtol=1e-14)
    for *args, value in rows:
        np.testing.assert_allclose(run(backend, name, [np.array(a) for a in args]), value, rtol=1e-14)
    short = [r for r in rows if all(np.isinf(v) or np.isnan(v) or v == 0 or 1e-3 <= abs(v) < 1e4 for v in r)]
    *arrays, expected = (np.array(column, np.float32) for column in zip(*short, strict=True))
    found = run(backend, name, arrays)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@both
@pytest.mark.parametrize("name", VECTORS)
def test_special_vectors(name: str, backend: str) -> None:
    """One by one, and (but for a norm of everything) as the rows of a matrix."""
    for vector, expected in VECTORS[name]:
        np.testing.assert_allclose(run(backend, name, [np.array(vector)]), expected, rtol=1e-13)
    if name != "nrm2":
        rows, expected = ([r[k] for r in VECTORS[name]] for k in (0, 1))
        np.testing.assert_allclose(run(backend, name, [np.array(rows)]), expected, rtol=1e-13)


# -- hard points, to fifty digits ------------------------------------------------------------------------------------

LINE = [-700.0, -300.0, -40.0, -20.5, -3.0, -0.7, -1e-3, -1e-9, 0.0, 1e-17, 1e-9, 1e-3, 0.7, 3.0, 17.0, 40.0, 300.0]
ABOVE = [1e-300, 1e-20, 1e-3, 0.3, 0.999, 1.0, 1.001, 7.0, 1e5, 1e300]
BELOW = [-1e-300, -1e-20, -1e-9, -1e-3, -0.5, -0.6931, -0.694, -3.0, -36.0, -40.0, -300.0]
HARD: dict[str, tuple[list[float], Callable[[Any], Any]]] = {
    "sigmoid": (LINE, lambda x: 1 / (1 + mpmath.exp(-x))),
    "softplus": (LINE, lambda x: mpmath.log1p(mpmath.exp(x))),
    "log_sigmoid": (LINE, lambda x: -mpmath.log1p(mpmath.exp(-x))),
    "dsigmoid": (LINE, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
    "sech2": (LINE, lambda x: mpmath.sech(x) ** 2),
    "log1mexp": (BELOW, lambda x: mpmath.log(-mpmath.expm1(x))),
    "log1p": ([*ABOVE, -1e-20, -1e-9, -0.5, -0.999], mpmath.log1p),
    "expm1": ([x for x in LINE if x], mpmath.expm1),
    "xlogx": (ABOVE[:-1], lambda x: x * mpmath.log(x)),
    "normcdf": ([-37.0, -20.0, -10.0, -5.0, -1.0, 0.0, 1e-9, 2.0, 9.0], mpmath.ncdf),
    "log_normcdf": ([-1e5, -300.0, -20.0, -10.0, -5.0, -1.0, 0.0, 1e-9, 2.0, 9.0],
                    lambda x: mpmath.log(mpmath.ncdf(x))),
    "normpdf": ([-37.0, -5.0, 0.0, 1e-9, 2.0], mpmath.npdf),
    "logit": ([1e-300, 1e-20, 0.01, 0.3, 0.9, 1 - 2.0**-50], lambda p: mpmath.log(p) - mpmath.log1p(-p)),
    "lgamma": ([1e-20, 0.3, 0.9, 1.7, 5.0, 1e5, 1e100], mpmath.loggamma),
    "gamma": ([1e-20, 0.3, 0.9, 1.7, 5.0, 100.0], mpmath.gamma),
    "digamma": ([1e-20, 0.3, 0.9, 3.0, 1e5], mpmath.digamma),
    "erf": ([-5.0, -1e-9, 1e-300, 0.3, 3.0], mpmath.erf),
    "tanh": ([-20.0, -1e-9, 1e-20, 0.3, 3.0], mpmath.tanh),
}  # fmt: skip
ROUGH = {"normcdf": 1e-12, "log_normcdf": 1e-12, "normpdf": 1e-12, "gamma": 1e-12, "logit": 1e-13, "lgamma": 1e-13}


@both
@pytest.mark.parametrize("name", HARD)
def test_hard_points(name: str, backend: str) -> None:
    xs, exact = HARD[name]
    with mpmath.workdps(50):
        expected = [float(exact(mpmath.mpf(x))) for x in xs]
    with mpmath.workdps(400):  # where 50 digits cancel: log(1 − tiny)
        expected = [float(exact(mpmath.mpf(x))) if e == 0 else e for x, e in zip(xs, expected, strict=True)]
    np.testing.assert_allclose(run(backend, name, [np.array(xs)]), expected, rtol=ROUGH.get(name, 1e-14))


@both
@pytest.mark.parametrize("order", [0, 1, 2, 5, 9])
def test_polygamma(order: int, backend: str) -> None:
    xs = np.array([1e-3, 0.3, 1.0, 2.5, 40.0, 1e4])
    with mpmath.workdps(50):
        expected = [float(mpmath.polygamma(order, mpmath.mpf(x))) for x in xs]
    np.testing.assert_allclose(run(backend, "polygamma", [xs], (order,)), expected, rtol=1e-13)


@both
@pytest.mark.parametrize("vector", [
    [0.0, -40.0, -800.0], [1e-9, 0.0, -1e-9], [700.0, 710.0, 709.5], [-1000.0, -1001.0, -999.0],
    [5.0, 5.0, 5.0 - 1e-12],
], ids=str)  # fmt: skip
def test_log_of_sums_and_norms(vector: list[float], backend: str) -> None:
    with mpmath.workdps(50):
        xs = [mpmath.mpf(x) for x in vector]
        total = mpmath.log(sum(mpmath.exp(x) for x in xs))
        logs, norm = [float(x - total) for x in xs], mpmath.sqrt(sum(x * x for x in xs))
    array = np.array(vector)
    np.testing.assert_allclose(run(backend, "logsumexp", [array]), float(total), rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(run(backend, "log_softmax", [array]), logs, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(run(backend, "nrm2", [array]), float(norm), rtol=1e-15)


@both
@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1e-155, 1e-20, 1.0, 1e17, 1e154, 1e300])
def test_norms_of_any_size(scale: float, backend: str) -> None:
    array = scale * np.random.default_rng(1).normal(size=(7, 3))
    with mpmath.workdps(50):
        norm = float(mpmath.sqrt(sum(mpmath.mpf(x) ** 2 for x in array.ravel())))
    np.testing.assert_allclose(run(backend, "nrm2", [array]), norm, rtol=1e-15)
    if 1e-30 < scale < 1e30:
        found = run(backend, "nrm2", [array.astype(np.float32)])
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, norm, rtol=1e-6)


# -- matrices --------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("name", ["logm", "sqrtm"])
def test_functions_of_matrices_that_are_not_symmetric(name: str, backend: str) -> None:
    """Against SciPy: generic ones, a Jordan block, eigenvalues over many powers of ten."""
    rng = np.random.default_rng(2)
    for x in (
        np.eye(4) + 0.3 * rng.normal(size=(4, 4)), np.array([[2.0, 5.0], [0.0, 2.0]]),
        np.triu(rng.normal(size=(3, 3)), 1) + np.diag([1e-3, 1.0, 1e4]), 1e-15 * (3 * np.eye(3) + np.eye(3, k=1)),
    ):
        with np.errstate(all="ignore"):
            expected = getattr(scipy.linalg, name)(x)
        np.testing.assert_allclose(run(backend, name, [x]), expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


@both
@pytest.mark.parametrize("name", ["logm", "sqrtm"])
def test_where_there_is_no_real_function(name: str, backend: str) -> None:
    for x in (np.diag([-1.0, -2.0, 3.0]), np.array([[-1.0, 1.0], [0.0, -2.0]])):
        if backend == "numpy":
            with pytest.raises(np.linalg.LinAlgError, match="eigenvalues on the negative axis"):
                run(backend, name, [x])
        else:
            assert np.isnan(run(backend, name, [x])).all()


@both
def test_a_pseudoinverse_of_lower_rank(backend: str) -> None:
    rng = np.random.default_rng(3)
    left, right = rng.normal(size=(2, 30, 2)), rng.normal(size=(2, 2, 20))
    exact = np.linalg.pinv(right) @ np.linalg.pinv(left)  # of full rank each
    np.testing.assert_allclose(run(backend, "pinv", [left @ right]), exact, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(run(backend, "rank", [left @ right]), [2.0, 2.0])


@both
def test_a_wide_matrix_has_as_many_singular_values_as_columns(backend: str) -> None:
    np.testing.assert_allclose(run(backend, "singvals", [np.array([[[3.0, 0.0, 4.0]]])]), [[5.0, 0.0, 0.0]])


@both
def test_functions_of_the_symmetric_part(backend: str) -> None:
    """As in the reference, eigenvalues and Cholesky factors are those of (A + Aᵀ)/2."""
    a = np.random.default_rng(6).normal(size=(4, 4)) + 6 * np.eye(4)
    for name in ("lammax", "lammin", "eigvals", "chol", "eigvecmax", "eigvecmin"):
        np.testing.assert_allclose(run(backend, name, [a]), run(backend, name, [(a + a.T) / 2]), rtol=1e-12, atol=1e-14)
    vectors, values = run(backend, "eigvecs", [a]), run(backend, "eigvals", [a])
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, (a + a.T) / 2, atol=1e-12)


@both
def test_logarithms_of_determinants(backend: str) -> None:
    x = np.array([[0.0, 2.0], [3.0, 0.0]])  # det = −6
    np.testing.assert_allclose(run(backend, "logdet", [x]), np.log(6.0))
    np.testing.assert_allclose(run(backend, "logdet", [1e-200 * np.eye(5)]), -1000 * np.log(10.0))


# -- what is refused -------------------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "name": "softsign", "family": "elementwise", "doc": "x/(1 + |x|).", "source": "ESL 11.3", "core": (0,),
    "shape": lambda args, attrs: (), "value": lambda node, arrays, size: 0.0, "why_not": "a test",
}
SOURCE = 'def f(x):\n    """2x."""\n    return np.add(x, x)\n'


def test_code_is_for_all_backends_or_says_why_not() -> None:
    Operation(**RECORD)  # a record without code cannot stand in generated code, and is fine otherwise
    Operation(**RECORD, code=code("exp"))
    some = {"numpy": "np.exp({0})", "torch": "torch.exp({0})"}
    with pytest.raises(IncompleteRecord, match="softsign lacks: code for jax"):
        Operation(**RECORD, code=some)
    with pytest.raises(IncompleteRecord, match="softsign lacks: code for numpy"):
        Operation(**RECORD, code={**some, "numpy": "", "jax": "jnp.exp({0})"})
    with pytest.raises(IncompleteRecord, match="code for tensorflow"):
        Operation(**RECORD, code={**code("exp"), "tensorflow": "tf.exp({0})"})
    Operation(**RECORD, code=some, extra={"no_code": {"jax": "JAX has none"}})


def test_what_has_no_code_is_refused_with_the_reason() -> None:
    with pytest.raises(NotCompiled, match="There is no jax code for cumsum: the record of cumsum gives none"):
        template("cumsum", "jax")


def test_how_templates_are_written() -> None:
    assert code("maximum", args=2)["numpy"] == "np.maximum({0}, {1})"
    assert code("a.b", "jax.c", "d({0})") == {"numpy": "a.b({0})", "jax": "jax.c({0})", "torch": "d({0})"}
    assert code("xp.linalg.eigh({0})[1]")["jax"] == "jnp.linalg.eigh({0})[1]"
    assert code("pi", args=0)["torch"] == "torch.pi"
    with pytest.raises(ValueError, match="zip"):
        code("exp", "log")


def test_a_prelude_function_is_complete_and_alone() -> None:
    known = Preludes()
    known.add(Prelude("f", "numpy", SOURCE))
    assert ("numpy", "f") in known and known["numpy", "f"].source == SOURCE
    with pytest.raises(IncompleteRecord, match="two prelude functions f for numpy"):
        known.add(Prelude("f", "numpy", SOURCE))
    with pytest.raises(IncompleteRecord, match="g for numpy uses unknown: h"):
        known.add(Prelude("g", "numpy", 'def g(x):\n    """h."""\n    return f(h(x))\n'))
    known.add(Prelude("g", "numpy", 'def g(x):\n    """4x."""\n    y = f(x)\n    return f(y)\n'))
    with pytest.raises(IncompleteRecord, match="uses unknown: np"):
        known.add(Prelude("f", "jax", SOURCE))
    for name, backend, source, said in (
        ("g", "numpy", SOURCE, "one function of that name"), ("f", "numpy", SOURCE * 2, "one function"),
        ("f", "numpy", "def f(x):\n    return x\n", "its formula"), ("f", "cupy", SOURCE, "no such backend"),
    ):
        with pytest.raises(IncompleteRecord, match=said):
            Prelude(name, backend, source)


def test_what_a_text_needs_comes_in_order() -> None:
    names = [p.name for p in needed("a = frechet(logm, x, e)\nb = x.softmax + softmax", "numpy")]
    assert set(names) == {"softmax", "by_eigenvalues", "sqrtm", "log_near_one", "logm", "frechet"}
    assert names.index("by_eigenvalues") < names.index("sqrtm") < names.index("logm")
    assert needed("np.softmax(x)", "numpy") == needed("softplus(x)", "jax") == []
