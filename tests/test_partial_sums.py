"""Sums over rows in parts: blocks of any kind add up to what NumPy computes from the whole."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse
from rich.console import Console
from scipy.special import expit, log_softmax, softmax

import agnesi as ag
import agnesi.partial_sums as home
from agnesi.errors import AgnesiError, Ambiguous, NoDerivative, NotNumeric, ShapeError, UnknownName
from agnesi.expr.nodes import apply
from agnesi.partial_sums import PartialSums, partial_sums
from agnesi.run.operators import Kronecker

RNG = np.random.default_rng(0)
N, D, K, M = 57, 4, 3, 6
X, y, w, μ = RNG.normal(size=(N, D)), RNG.normal(size=N), RNG.normal(size=D), RNG.normal(size=D)
U, V, W = RNG.normal(size=(N, K)), RNG.normal(size=(M, K)), RNG.normal(size=(K, D))
Y, labels = RNG.normal(size=(N, M)), np.eye(K)[RNG.integers(K, size=N)]
signs = np.sign(y)
Λ = np.cov(X.T) + np.eye(D)


@dataclass(frozen=True)
class Case:
    """A scalar with its arrays, and value, gradient and Hessian (as a matrix) written by hand."""

    text: str
    wrt: str
    rows: tuple[str, ...]
    arrays: dict[str, Any]
    value: float
    gradient: Any
    hessian: Any


def ridge(scale: float = 1.0) -> tuple[float, Any, Any]:
    r = X @ w - y
    return scale * r @ r + 0.3 * w @ w, 2 * scale * X.T @ r + 0.6 * w, 2 * scale * X.T @ X + 0.6 * np.eye(D)


def logistic() -> tuple[float, Any, Any]:
    z = signs * (X @ w)
    p = expit(-z)
    return np.logaddexp(0, -z).sum() + 0.15 * w @ w, -X.T @ (signs * p) + 0.3 * w, (
        X.T @ ((p * (1 - p))[:, None] * X) + 0.3 * np.eye(D))  # fmt: skip


def softmax_regression() -> tuple[float, Any, Any]:
    z = X @ W.T
    p = softmax(z, axis=1)
    curved = np.einsum("ni,ij->nij", p, np.eye(K)) - np.einsum("ni,nj->nij", p, p)
    hessian = np.einsum("nij,na,nb->iajb", curved, X, X).reshape(K * D, K * D)
    return -(labels * log_softmax(z, axis=1)).sum(), (p - labels).T @ X, hessian


def factors() -> tuple[float, Any, Any]:
    r = Y - U @ V.T
    return (r**2).sum() + 0.3 * (V**2).sum(), -2 * r.T @ U + 0.6 * V, np.kron(np.eye(M), 2 * U.T @ U + 0.6 * np.eye(K))


def gaussian() -> tuple[float, Any, Any]:
    inverse, r = np.linalg.inv(Λ), X - μ
    value = N / 2 * np.linalg.slogdet(Λ)[1] - 0.5 * np.sum((r @ Λ) * r)
    crossed = np.einsum("il,kj->ijkl", inverse, inverse).reshape(D * D, D * D)
    return value, N / 2 * inverse - r.T @ r / 2, -N / 2 * crossed


def gram() -> tuple[float, Any, Any]:
    return ((X @ W.T) ** 2).sum(), 2 * X.T @ X @ W.T, np.kron(2 * X.T @ X, np.eye(K))


CASES = {
    "ridge": Case("‖X w − y‖² + λ‖w‖²", "w", ("X", "y"), {"X": X, "y": y, "w": w, "λ": 0.3}, *ridge()),
    "mean squared error": Case(
        "1/n ∑_i (x_iᵀw − y_i)² + λ‖w‖²", "w", ("X", "y"), {"X": X, "y": y, "w": w, "λ": 0.3}, *ridge(1 / N)
    ),
    "logistic regression": Case(
        "∑_i log(1 + exp(−y_i x_iᵀ w)) + λ/2 ‖w‖²", "w", ("y", "X"), {"X": X, "y": signs, "w": w, "λ": 0.3}, *logistic()
    ),
    "softmax regression": Case(
        "X: n×d; ∑_i (log ∑_k exp(w_kᵀ x_i) − ∑_k Y_ik w_kᵀ x_i)", "W", ("X", "Y"), {"X": X, "Y": labels, "W": W},
        *softmax_regression(),
    ),
    "matrix factorisation": Case(
        "‖Y − U Vᵀ‖² + λ‖V‖²", "V", ("Y", "U"), {"Y": Y, "U": U, "V": V, "λ": 0.3}, *factors()
    ),
    "Gaussian log likelihood": Case(
        "X: n×d, Λ: d×d spd, μ: d; n/2 log det Λ − ½ ∑_i (x_i − μ)ᵀ Λ (x_i − μ)", "Λ", ("X",), {"X": X, "Λ": Λ, "μ": μ},
        *gaussian(),
    ),
    "Gram": Case("X: n×d, W: d×k; ‖X W‖²", "W", ("X",), {"X": X, "W": W.T}, *gram()),
}  # fmt: skip


def sums_of(case: Case) -> PartialSums:
    return ag.read(case.text).expr.partial_sums(wrt=case.wrt)


def dense(hessian: Any) -> Any:
    """A Hessian as a matrix: of an operator, or of an array with four axes."""
    full = hessian.dense() if hasattr(hessian, "dense") else hessian
    rows = int(np.prod(full.shape[: full.ndim // 2]))
    return np.asarray(full).reshape(rows, rows)


def close(got: Any, wanted: Any) -> None:
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12 * np.max(np.abs(wanted)))


def all_close(found: tuple[Any, ...], case: Case) -> None:
    assert len(found) == 3 and np.shape(found[0]) == () and all(np.asarray(f).dtype != np.float32 for f in found[:2])
    close(found[0], case.value)
    close(found[1], case.gradient)
    close(dense(found[2]), case.hessian)


def blocks_of(case: Case, step: int) -> Iterator[dict[str, Any]]:
    for start in range(0, N, step):
        yield {name: case.arrays[name][start : start + step] for name in case.rows}


def others(case: Case) -> dict[str, Any]:
    return {name: value for name, value in case.arrays.items() if name not in case.rows}


@pytest.mark.parametrize("chunk", [None, 1, 8, 19, N, 1000])
@pytest.mark.parametrize("name", CASES)
def test_blocks_add_up_to_the_whole(name: str, chunk: int | None) -> None:
    case = CASES[name]
    sums = sums_of(case)
    assert sums.rows == case.rows
    all_close(sums.evaluate(order=2, chunk=chunk, **case.arrays), case)


@pytest.mark.parametrize("name", CASES)
def test_one_at_a_time(name: str) -> None:
    case = CASES[name]
    sums = partial_sums(case.text, over="n")  # the variable may come later
    value = sums.value(chunk=8, **case.arrays)
    gradient = sums.gradient(case.wrt, chunk=8, **case.arrays)
    all_close((value, gradient, sums.hessian(case.wrt, chunk=8, **case.arrays)), case)


@pytest.mark.parametrize("name", CASES)
def test_streams(name: str) -> None:
    case = CASES[name]
    size = {"n": N} if name == "mean squared error" else {}
    all_close(sums_of(case).stream(blocks_of(case, 10), order=2, **others(case), **size), case)
    all_close(sums_of(case).stream(lambda: blocks_of(case, 23), order=2, **others(case), n=N), case)


@pytest.mark.parametrize("name", CASES)
def test_a_scheduler_can_have_the_same(name: str) -> None:
    case = CASES[name]
    split = pickle.loads(pickle.dumps(sums_of(case).split(order=2, n=N, **others(case))))
    mapped = pickle.loads(pickle.dumps(split.map))
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(mapped, blocks_of(case, 10)))
    assert [part[0] for part in parts] == [10] * 5 + [7]
    before = pickle.dumps(parts)
    all_close(split.combine(reversed(parts)), case)
    half = tuple(a + b for a, b in zip(parts[0], parts[1], strict=True))  # on the way, as in a tree
    all_close(split.combine([half, *parts[2:]]), case)
    assert pickle.dumps(parts) == before  # nothing is changed that was given


def test_structure_is_kept() -> None:
    case = CASES["matrix factorisation"]
    found = sums_of(case).hessian(chunk=10, **case.arrays)
    assert isinstance(found, Kronecker) and str(found.structure) == "I_d ⊗ (2UᵀU + 2λI)"
    b = np.random.default_rng(1).normal(size=(M, K))
    close(found.solve(b), np.linalg.solve(case.hessian, b.ravel()).reshape(M, K))


def test_third_derivatives() -> None:
    z = X @ w
    found = partial_sums("∑_i (x_iᵀ w)³", over="n").evaluate("w", order=3, chunk=10, X=X, w=w)
    close(found[2], np.einsum("n,ni,nj->ij", 6 * z, X, X))
    close(found[3], 6 * np.einsum("ni,nj,nk->ijk", X, X, X))


@dataclass
class Shelf:
    """An array as libraries for files have them: a shape, slices, and no more. It notes what is read."""

    held: Any
    reads: list[Any] = field(default_factory=list)
    stop_at: int = -1

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.held.shape)

    def __getitem__(self, key: Any) -> Any:
        if len(self.reads) == self.stop_at:
            raise KeyboardInterrupt
        self.reads.append(key)
        return Slice(self.held[key])


@dataclass
class Slice:
    held: Any

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.held, dtype=dtype)


@pytest.mark.parametrize("name", CASES)
def test_files(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    arrays = dict(case.arrays)
    for at, array in enumerate(case.rows):
        np.save(tmp_path / f"{array}.npy", case.arrays[array])
        file = tmp_path / f"{array}.npy"
        arrays[array] = str(file) if at == 0 else file
    all_close(sums_of(case).evaluate(order=2, chunk=10, **arrays), case)
    mapped = {n: np.load(f, mmap_mode="r") if n in case.rows else f for n, f in arrays.items()}
    all_close(sums_of(case).evaluate(order=2, chunk=10, **mapped), case)


def test_every_row_is_read_once() -> None:
    case = CASES["ridge"]
    shelves = {"X": Shelf(X), "y": Shelf(y)}
    all_close(sums_of(case).evaluate(order=2, chunk=10, **{**case.arrays, **shelves}), case)
    wanted = [slice(start, min(start + 10, N)) for start in range(0, N, 10)]
    assert shelves["X"].reads == shelves["y"].reads == wanted


def test_what_is_not_needed_is_not_read() -> None:
    shelves = {"X": Shelf(X), "y": Shelf(y)}
    found = sums_of(CASES["ridge"]).hessian(chunk=10, λ=0.3, w=w, **shelves)
    close(found, CASES["ridge"].hessian)
    assert len(shelves["X"].reads) == 6 and not shelves["y"].reads


def test_columns() -> None:
    shelf = Shelf(X.T)
    found = partial_sums("X: d×n, w: d, y: n; ‖Xᵀ w − y‖² + 0.3‖w‖²", "n", "w")
    assert str(found).endswith("X and y are read in blocks of entries along n")
    all_close(found.evaluate(order=2, chunk=10, X=shelf, y=y[:, None], w=w), CASES["ridge"])
    assert shelf.reads[0] == (slice(None), slice(0, 10))


def test_rows_of_one_line() -> None:
    found = partial_sums("x: 1×n, z: n, a: ℝ; a² (x z) + ‖x‖²", "n", "a")
    for x in (X[:, 0], X[None, :, 0]):
        value, slope = found.evaluate(chunk=10, x=x, z=y, a=0.5)
        close([value, slope], [0.25 * X[:, 0] @ y + X[:, 0] @ X[:, 0], X[:, 0] @ y])


def test_lists_and_other_numbers() -> None:
    whole = RNG.integers(-5, 5, size=(N, D)).astype(np.int8)
    found = sums_of(CASES["ridge"]).gradient(chunk=10, X=whole, y=list(y), w=list(w), λ=1)
    exact = whole.astype(float)
    close(found, 2 * exact.T @ (exact @ w - y) + 2 * w)


def test_single_precision_adds_up_in_double() -> None:
    big = (1 + RNG.random((20_000, 1))).astype(np.float32)
    found = partial_sums("X: n×d, w: d; ‖X w‖²", "n", "w").evaluate(order=2, chunk=999, X=big, w=np.ones(1, np.float32))
    exact = np.sum(big.astype(float) ** 2)
    close(found[0], exact)
    close(found[2], [[2 * exact]])
    assert abs(float(np.sum(big.ravel() ** 2)) - exact) > 1e-9 * exact  # single precision would not do


def test_sparse_matrices_stay_sparse() -> None:
    thin = X * (RNG.random(X.shape) < 0.4)
    found = sums_of(CASES["ridge"])
    wanted = found.evaluate(order=2, X=thin, y=y, w=w, λ=0.3)
    for kind in (scipy.sparse.csr_array, scipy.sparse.coo_array):
        for got, exact in zip(found.evaluate(order=2, chunk=10, X=kind(thin), y=y, w=w, λ=0.3), wanted, strict=True):
            close(got, exact)


def test_memory_is_bounded(tmp_path: Path) -> None:
    rows, file = 200_000, tmp_path / "X.npy"
    store = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=(rows, 20))
    for start in range(0, rows, 50_000):
        store[start : start + 50_000] = np.random.default_rng(start).normal(size=(50_000, 20))
    store.flush()
    sums = partial_sums("X: n×d, w: d; ∑_i log(1 + exp(x_iᵀ w)) + ‖w‖²", wrt="w")
    sums.evaluate(X=np.ones((2, 20)), w=np.ones(20))  # compiled before it is measured
    tracemalloc.start()
    value, gradient = sums.evaluate(chunk=5_000, X=str(file), w=np.full(20, 0.1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 5_000 * 20 * 5 < file.stat().st_size / 3  # a few blocks of doubles, of a file of 16 MB
    z = store @ np.full(20, 0.1)
    close(value, np.logaddexp(0, z).sum() + 0.2)
    close(gradient, store.T.astype(float) @ expit(z) + 0.2)


def test_blocks_of_the_usual_size() -> None:
    shelf = Shelf(np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 40), (0, 0)))
    assert partial_sums("X: n×d; ‖X‖²", "n").value(X=shelf) == 0
    assert len(shelf.reads) == 5 and shelf.reads[0].stop == home.BLOCK // (8 * 40)


def test_a_bar_where_there_is_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES["ridge"]
    all_close(sums_of(case).evaluate(order=2, chunk=10, progress=True, **case.arrays), case)
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
    screen, asked = io.StringIO(), list[bool]()

    def terminal(stderr: bool) -> Console:
        asked.append(stderr)
        return Console(file=screen, force_terminal=True, width=100)

    monkeypatch.setattr(home, "Console", terminal)
    all_close(sums_of(case).evaluate(order=2, chunk=10, progress=True, **case.arrays), case)
    assert asked == [True] and "rows of n" in screen.getvalue() and f"{N}/{N}" in screen.getvalue()
    assert screen.getvalue().rstrip().endswith("\x1b[2K")  # and it is wiped out
    sums_of(case).value(**case.arrays)
    all_close(sums_of(case).stream(blocks_of(case, 10), order=2, progress=True, **others(case)), case)


def test_an_interruption_leaves_nothing_half_done() -> None:
    case = CASES["ridge"]
    sums = sums_of(case)
    arrays = {**case.arrays, "X": Shelf(X, stop_at=3)}
    with pytest.raises(KeyboardInterrupt):
        sums.evaluate(order=2, chunk=10, progress=True, **arrays)
    all_close(sums.evaluate(order=2, chunk=10, **case.arrays), case)


@pytest.mark.parametrize(("text", "wrt", "shown"), [
    ("‖X w − y‖² + λ‖w‖²", "w", "∑ over n of ‖Xw − y‖², plus λ‖w‖² once; X and y are read in blocks of rows"),
    ("mean((X w − y).^2)", None, "∑ over n of ‖Xw − y‖²/n; X and y are read in blocks of rows"),
    ("X: n×d, W: d×k; ‖X W‖²", "W", "∑ over n of ‖XW‖²; X is read in blocks of rows"),
    ("‖Y − U Vᵀ‖²", "U", "∑ over d of ‖Y − UVᵀ‖²; Y and V are read in blocks of entries along d"),
    ("X: n×d, Y: n×d, p: n; sum(X .* Y) + sum(p)", "p",
     "∑ over d of sum(X ⊙ Y), plus sum(p) once; X and Y are read in blocks of entries along d"),
])  # fmt: skip
def test_it_says_what_it_is(text: str, wrt: str | None, shown: str) -> None:
    found = ag.read(text).expr.partial_sums(wrt=wrt)
    assert str(found) == repr(found) == shown


def test_the_axis_of_the_most_arrays() -> None:
    f = ag.read("X: n×d, w: d, y: n, z: n; yᵀ X w + yᵀz").expr
    assert f.partial_sums().rows == ("y", "X", "z") and f.partial_sums("d").rows == ("X", "w")
    assert f.partial_sums(wrt="y").rows == ("X", "w")


def refuse(kind: type[AgnesiError], text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


def test_what_is_no_sum_over_rows() -> None:
    refuse(AgnesiError, "‖Xw − y‖ is not a sum over rows: over n, the square root of the sum couples the rows; over d, "
           "the square of the sum couples the rows.", lambda: partial_sums("‖X w − y‖"))  # fmt: skip
    refuse(AgnesiError, "log(∑_{i=1}^n exp(X[i,:]ᵀw)) is not a sum over n of terms of one row each: the logarithm of "
           "the sum of exponentials of all rows couples them.", lambda: partial_sums("log ∑_i exp(x_iᵀ w)", "n"))
    refuse(AgnesiError, "a² is not a sum over rows: no array in it has a named size.", lambda: partial_sums("a: ℝ; a²"))
    refuse(ShapeError, "A sum over rows is a number, but Xw has the shape n. Reduce it: sum(...), ‖...‖².",
           lambda: ag.read("X w").expr.partial_sums())  # fmt: skip
    refuse(UnknownName, "No array of ‖Xw‖² has an axis of size k. Expected one of n, d.",
           lambda: partial_sums("‖Xw‖²", "k"))  # fmt: skip


def test_several_axes_will_do() -> None:
    refuse(Ambiguous, '‖Y − UVᵀ‖² is a sum over several axes. Expected over="n", the axis of Y and U or over="d", the '
           "axis of Y and V. Name one, or the variable: wrt=....", lambda: partial_sums("‖Y − U Vᵀ‖²"))  # fmt: skip


def test_variables_that_have_rows() -> None:
    told = ("U is read in blocks along n: a derivative in it has entries for every row and is no sum over them. "
            "Differentiate in a variable without the axis n, or name another axis: over=....")  # fmt: skip
    refuse(NoDerivative, told, lambda: partial_sums("‖Y − U Vᵀ‖²", "n", "U"))
    sums = partial_sums("‖Y − U Vᵀ‖²", "n")
    refuse(NoDerivative, told, lambda: sums.gradient("U", Y=Y, U=U, V=V))
    with pytest.raises(UnknownName, match="A does not occur in the expression"):
        sums.gradient("A", Y=Y, U=U, V=V)
    with pytest.raises(NoDerivative, match="is not a symbol of"):
        partial_sums("‖Y − U Vᵀ‖²", "n", "U Vᵀ")
    refuse(NoDerivative, "The order is not between 0 and 8.", lambda: sums.evaluate("V", order=-1, Y=Y, U=U, V=V))


RIDGE = CASES["ridge"]
UNKNOWN = "It depends on the number of all rows, n, which is not known. Give n=...."
SHARED = "Arrays that share a size name must agree in that size."


@pytest.mark.parametrize(("changed", "told"), [
    ({"y": y[:50]}, "X has 57 entries along n, but y has 50. Blocks have the same rows of all arrays."),
    ({"w": np.ones(3)}, "The array for X does not fit. Expected the shape n×d with d = 3, n = 57; got 57×4. " + SHARED),
    ({"n": 60}, "The array for X does not fit. Expected the shape n×d with d = 4, n = 60; got 57×4. " + SHARED),
    ({"X": y}, "X has the wrong number of axes. Expected the shape n×d; got the shape 57. Give X as an array of 2 "
     "axes."),
    ({"X": "data.csv"}, "The file for X is not a .npy file. Got data.csv. numpy.save writes one; of other formats give "
     "the opened array."),
    ({"y": y.astype(complex)}, "The value of y is not made of real numbers. Got ndarray of complex128."),
    ({"chunk": 0}, "A block has at least one row. Got chunk=0."),
])  # fmt: skip
def test_arrays_that_do_not_fit(changed: dict[str, Any], told: str) -> None:
    refuse(NotNumeric, told, lambda: sums_of(RIDGE).evaluate(**{**RIDGE.arrays, **changed}))


def test_arrays_that_are_missing(tmp_path: Path) -> None:
    sums = sums_of(RIDGE)
    refuse(NotNumeric, "w (d), λ (scalar) have no value. Give w=..., λ=....", lambda: sums.value(X=X, y=y))
    refuse(NotNumeric, "y (n) has no value. Give y=....", lambda: sums.value(X=X, w=w, λ=1))
    refuse(NotNumeric, "y (n) has no value. Give y=....", lambda: sums.stream([{"X": X}], w=w, λ=1))
    refuse(NotNumeric, "A block lacks y. Expected arrays for X and y.",
           lambda: sums.stream([{"X": X, "y": y}, {"X": X}], w=w, λ=1))  # fmt: skip
    with pytest.raises(NotNumeric, match=r"^The file for X cannot be mapped: .*No such file"):
        sums.value(X=tmp_path / "none.npy", y=y, w=w, λ=1)


def test_blocks_that_do_not_fit() -> None:
    sums, fixed = sums_of(RIDGE), {"w": w, "λ": 1.0}
    first = {"X": X[:10], "y": y[:10]}
    refuse(NotNumeric, "X has 10 entries along n, but y has 9. Blocks have the same rows of all arrays.",
           lambda: sums.stream([first, {"X": X[:10], "y": y[:9]}], **fixed))  # fmt: skip
    with pytest.raises(NotNumeric, match=r"^The array for \w does not fit"):
        sums.stream([first, {"X": X[:10, :3], "y": y[:10]}], **fixed)
    refuse(NotNumeric, "The blocks have 20 rows together, but n = 30 was given.",
           lambda: sums.stream([first, first], n=30, **fixed))  # fmt: skip


def test_a_mean_needs_the_number_of_all_rows() -> None:
    case = CASES["mean squared error"]
    refuse(NotNumeric, UNKNOWN, lambda: sums_of(case).stream(blocks_of(case, 10), **others(case)))
    refuse(NotNumeric, UNKNOWN, lambda: sums_of(case).split(**others(case)))


def test_a_scalar_called_n_is_the_number_of_rows() -> None:
    n, x, a = ag.symbol("n"), ag.symbol("x", ("n",)), ag.symbol("a")
    f = a * apply("sum", x) / n
    close(f.partial_sums(wrt="a").evaluate(chunk=10, x=y, a=2.0, n=N), (2 * y.mean(), y.mean()))
    close(f.partial_sums(wrt="a").stream([{"x": y[:50]}, {"x": y[50:]}], a=2.0, n=N), (2 * y.mean(), y.mean()))


def test_no_rows() -> None:
    sums, fixed = sums_of(RIDGE), {"w": w, "λ": 0.3}
    for found in (sums.evaluate(order=2, X=X[:0], y=y[:0], **fixed), sums.stream([], order=2, **fixed)):
        close(found[0], 0.3 * w @ w)
        close(found[1], 0.6 * w)
        close(found[2], 0.6 * np.eye(D))
    plain = partial_sums("‖X w − y‖²", wrt="w").stream([], order=2, d=D, w=w)
    assert plain[0] == 0 and not plain[1].any() and plain[1].shape == (D,) and plain[2].shape == (D, D)


def test_derivatives_of_which_a_part_is_zero() -> None:
    sums = partial_sums("‖X w − y‖² + λ‖w‖²", "n")
    value, gradient, hessian = sums.evaluate("λ", order=2, chunk=10, X=X, y=y, w=w, λ=0.3)
    close(value, RIDGE.value)
    close(gradient, w @ w)
    assert hessian == 0
    close(sums.gradient("λ", w=w), w @ w)  # no row is needed for it
    linear = partial_sums("∑_i x_iᵀ w", "n").evaluate("w", order=2, chunk=10, X=X, w=w)
    close(linear[1], X.sum(axis=0))
    assert linear[2].shape == (D, D) and not linear[2].any()


def test_the_number_of_rows_without_rows() -> None:
    sums = partial_sums("X: n×d, Λ: d×d spd; n log det Λ + ‖X‖²", "n")
    close(sums.gradient("Λ", X=Shelf(X), Λ=Λ), N * np.linalg.inv(Λ))
    close(sums.gradient("Λ", n=N, Λ=Λ), N * np.linalg.inv(Λ))
    refuse(NotNumeric, UNKNOWN, lambda: sums.gradient("Λ", Λ=Λ))


def test_it_is_loaded_when_it_is_asked_for() -> None:
    """Expressions have the method from the start."""
    code = """import agnesi, sys
f = agnesi.read('‖X w‖²').expr
print('rich.progress' in sys.modules)
print(f.partial_sums('n').rows, 'rich.progress' in sys.modules)"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "False\n('X',) True\n"
