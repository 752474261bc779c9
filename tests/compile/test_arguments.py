"""What compiled functions take, and the sentences with which they refuse the rest; the same in all backends."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse
import torch
from feeding import BACKENDS, array, close

from agnesi.compilation import compile
from agnesi.errors import AgnesiError, NotCompiled, NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import apply, symbol, symbols_of
from agnesi.read import read
from agnesi.run.compiled import Compiled

both = pytest.mark.parametrize("backend", BACKENDS)
rng = np.random.default_rng(5)
X, w, y = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=4)
GIVEN = {"X": X, "w": w, "y": y}
SQUARES = "‖X w − y‖²"


@cache
def made(text: str, backend: str, check_facts: bool = False) -> Compiled:
    return compile(text, backend, check_facts=check_facts)  # type: ignore[arg-type]


def value(given: Mapping[str, Any]) -> float:
    r = np.asarray(given["X"], float) @ np.ravel(given["w"]) - np.ravel(given["y"])
    return float(r @ r)


# -- refusals, in sentences ------------------------------------------------------------------------------------------

FIT = "Arrays that share a size name must agree in that size."
REFUSED: list[tuple[str, dict[str, Any], str]] = [  # text, arguments (beside X, w and y; None: left out), sentence
    (SQUARES, {"y": None}, "y (n) has no value. Give y=...."),
    (SQUARES, {"w": None, "y": None}, "w (d), y (n) have no value. Give w=..., y=...."),
    (SQUARES, {"X": None, "w": None, "y": None}, "X (n×d), w (d), y (n) have no value. Give X=..., w=..., y=...."),
    (SQUARES, {"y": np.ones(5)}, f"The array for y does not fit. Expected the shape n with n = 4; got 5. {FIT}"),
    (SQUARES, {"X": X.T}, f"The array for w does not fit. Expected the shape d with d = 4; got 3. {FIT}"),
    (SQUARES, {"X": w}, "X has the wrong number of axes. Expected the shape n×d; got the shape 3. "
                        "Give X as an array of 2 axes."),
    (SQUARES, {"X": 1.0}, "X has the wrong number of axes. Expected the shape n×d; got a scalar. "
                          "Give X as an array of 2 axes."),
    (SQUARES, {"w": 1.0}, "w has the wrong number of axes. Expected the shape d; got a scalar. "
                          "Give w as an array of 1 axis."),
    (SQUARES, {"X": X + 1j}, "X is complex; compiled functions are for real numbers. "
                             "expr.evaluate(...) takes complex values."),
    (SQUARES, {"X": "abc"}, "The value of X is not a real number of at most 64 bits. Expected numbers; got str."),
    (SQUARES, {"X": {}}, "The value of X is not a real number of at most 64 bits. Expected numbers; "
                         "got dict of object."),
    (SQUARES, {"X": X.astype(object)}, "The value of X is not a real number of at most 64 bits. Expected numbers; "
                                       "got ndarray of object."),
    (SQUARES, {"X": np.zeros((4, 3), "M8[s]")}, "The value of X is not a real number of at most 64 bits. "
                                                "Expected numbers; got ndarray."),
    (SQUARES, {"X": X.astype(np.longdouble)}, "The value of X is not a real number of at most 64 bits. "
                                              f"Expected numbers; got ndarray of {np.dtype(np.longdouble)}."),
    ("a ‖w‖²", {"a": "1"}, "The value of a is not a real number of at most 64 bits. Expected numbers; got str."),
    ("a ‖w‖²", {"a": 1j}, "a is complex; compiled functions are for real numbers. "
                          "expr.evaluate(...) takes complex values."),
    ("a ‖w‖²", {"a": Fraction(1, 3)}, "The value of a is not a real number of at most 64 bits. Expected numbers; "
                                      "got Fraction of object."),
    ("Σ : n×n spd; log det Σ", {"Σ": np.ones((2, 3))}, "The array for Σ does not fit. Expected the shape n×n with "
                                                       f"n = 2; got 2×3. {FIT}"),
    ("A : 3×2; 2A", {"A": np.ones((2, 3))}, f"The array for A does not fit. Expected the shape 3×2; got 2×3. {FIT}"),
    ("ones(n)", {}, "The size n is not known. Give n=...."),
    ("sum(y) + ‖ones(d)‖²", {}, "The size d is not known. Give d=...."),
]  # fmt: skip


@both
@pytest.mark.parametrize(("text", "given", "sentence"), REFUSED, ids=[f"{t}, {'-'.join(g)}" for t, g, _ in REFUSED])
def test_refused(text: str, given: dict[str, Any], sentence: str, backend: str) -> None:
    f = made(text, backend)
    values = {k: v for k, v in {**{k: v for k, v in GIVEN.items() if k in f.parameters},
                                **given}.items() if v is not None}
    with pytest.raises(NotNumeric) as caught:
        f(**values)
    assert str(caught.value) == sentence


# Those for which the exact words are left open: the sentence must name the argument.
NAMED: list[tuple[str, dict[str, Any], str]] = [
    (SQUARES, {"X": [[1, 2, 3], [4, 5]]}, "X"), ("a ‖w‖²", {"a": 10**400}, "a"),
    (SQUARES, {"X": np.stack([X, X]), "w": np.ones((5, 3))}, "w"), (SQUARES, {"w": np.ones((2, 4))}, "w"),
    ("ones(n)", {"n": 2.5}, "n"), ("ones(n)", {"n": -1}, "n"), ("ones(n)", {"n": "3"}, "n"),
    ("ones(n)", {"n": [3]}, "n"),
]  # fmt: skip


@both
@pytest.mark.parametrize(("text", "given", "name"), NAMED, ids=[f"{t}, {g}"[:60] for t, g, _ in NAMED])
def test_refused_by_name(text: str, given: dict[str, Any], name: str, backend: str) -> None:
    f = made(text, backend)
    with pytest.raises(AgnesiError) as caught:
        f(**{k: v for k, v in GIVEN.items() if k in f.parameters} | given)
    assert name in str(caught.value).replace(",", " ").replace(".", " ").split()


@both
def test_None_is_no_value(backend: str) -> None:
    with pytest.raises(NotNumeric, match="X"):
        made(SQUARES, backend)(**{**GIVEN, "X": None})


@both
def test_a_size_that_no_whole_number_gives(backend: str) -> None:
    """x has 2n entries; there are 5."""
    f = compile(2 * symbol("x", (Dim.of("n") * 2,)), backend)  # type: ignore[arg-type]
    close(f(np.ones(4)), 2 * np.ones(4), 0)
    with pytest.raises(NotNumeric, match=r"No whole number n gives x its shape\. Expected the shape 2·n"):
        f(np.ones(5))


@both
@pytest.mark.parametrize("text", ["x_3", "X[1,3]", "X[3,:]", "X[:,3]"])
def test_entries_that_are_not_there(text: str, backend: str) -> None:
    """No entry is taken for another."""
    with pytest.raises(NotNumeric, match="3"):
        made(text, backend)(**{"x": np.ones(2)} if text == "x_3" else {"X": np.eye(2)})


@both
def test_too_many_arguments(backend: str) -> None:
    """The inside is not shown: there is no door that a person has written."""
    with pytest.raises((TypeError, AgnesiError)) as caught:
        made(SQUARES, backend)(X, w, y, 1.0)
    assert "door" not in str(caught.value)


@both
def test_every_wrong_shape_is_refused(backend: str) -> None:
    """Whatever axis of whatever argument is longer by one, nothing is computed."""
    texts = {
        "yᵀX w + λ‖w‖²": {"X": (4, 3), "w": (3,), "y": (4,)}, "tr(A B) + xᵀA x": {"A": (3, 3), "B": (3, 3), "x": (3,)},
        "‖Y − U Vᵀ‖²": {"Y": (4, 5), "U": (4, 2), "V": (5, 2)}, "A : 3×2; ‖A z‖²": {"A": (3, 2), "z": (2,)},
    }  # fmt: skip
    refused = 0
    for text, shapes in texts.items():
        f = made(text, backend)
        good = {**{name: np.ones(shape) for name, shape in shapes.items()}, "λ": 0.5}
        f(**good)
        for name, shape in shapes.items():
            for axis in range(len(shape)):
                longer = tuple(n + (k == axis) for k, n in enumerate(shape))
                for value in (np.ones(longer), np.ones(longer).tolist(), np.ones(longer, np.float32)):
                    with pytest.raises(NotNumeric, match="does not fit"):
                        f(**{**good, name: value})
                    refused += 1
    assert refused == 3 * (4 + 5 + 6 + 3)


# -- what is taken ---------------------------------------------------------------------------------------------------

INTEGERS = {"X": np.arange(12).reshape(4, 3), "w": np.arange(3), "y": np.arange(4)}
TAKEN: dict[str, dict[str, Any]] = {
    "lists": {"X": X.tolist(), "w": w.tolist(), "y": y.tolist()}, "tuples": {"w": tuple(w), "y": tuple(y)},
    "integers": INTEGERS, "lists of integers": {k: v.tolist() for k, v in INTEGERS.items()},
    "small integers": {k: v.astype(np.int8) for k, v in INTEGERS.items()},
    "unsigned integers": {k: v.astype(np.uint64) for k, v in INTEGERS.items()},
    "booleans": {"X": X > 0, "y": y > 0}, "a column for w": {"w": w[:, None]}, "a column for y": {"y": y[:, None]},
    "columns": {"w": w[:, None], "y": y[:, None]}, "Fortran's order": {"X": np.asfortranarray(X)},
    "not contiguous": {"X": np.repeat(X, 2, 1)[:, ::2], "w": np.repeat(w, 3)[::3]},
    "backwards": {"X": X[::-1, ::-1], "w": w[::-1], "y": y[::-1]},
    "other byte order": {"X": X.astype(">f8"), "w": w.astype(">f8")},
    "read-only": {"X": np.broadcast_to(w, (4, 3)), "y": np.broadcast_to(1.5, 4)},
    "PyTorch": {k: torch.tensor(v) for k, v in GIVEN.items()}, "JAX": {k: jnp.asarray(v) for k, v in GIVEN.items()},
    "of all kinds": {"X": torch.tensor(X), "w": jnp.asarray(w), "y": y.tolist()},
    "numbers of whole tensors": {k: torch.tensor(v.astype(np.int64)) for k, v in INTEGERS.items()},
}  # fmt: skip


@both
@pytest.mark.parametrize("name", TAKEN)
def test_taken(name: str, backend: str) -> None:
    """Whatever holds real numbers: it is converted, and computed with in double precision."""
    given = {**GIVEN, **TAKEN[name]}
    got = made(SQUARES, backend)(**given)
    close(got, np.float64(value({k: array(v) for k, v in given.items()})), 1e-12)
    assert array(got).dtype == np.float64


@both
@pytest.mark.parametrize("a", [2, 2.0, True, np.int64(2), np.float64(2), np.array(2.0), [[2.0]], np.array([[2]]),
                               torch.tensor(2.0, dtype=torch.float64), jnp.asarray(2.0)], ids=repr)  # fmt: skip
def test_numbers(a: Any, backend: str) -> None:
    got = made("x : n; a x", backend)(a=a, x=np.array([1.0, 2.0]))
    close(got, float(np.reshape(array(a), ())) * np.array([1.0, 2.0]), 1e-14)
    assert array(got).dtype == np.float64


@both
def test_a_tensor_for_a_number_is_a_number_or_a_batch(backend: str) -> None:
    """Several numbers for one are computed one by one, not entry by entry with the vector."""
    x = torch.tensor([1.0, 10.0], dtype=torch.float64)
    got = made("x : n; a x", backend)(a=torch.tensor([2.0, 3.0], dtype=torch.float64), x=x)
    close(got, np.array([[2.0, 20.0], [3.0, 30.0]]), 1e-14)


@both
def test_rows(backend: str) -> None:
    r, x = symbol("r", (1, "n")), symbol("x", ("n",))
    f = compile(r @ x, backend)  # type: ignore[arg-type]
    row = np.array([1.0, 2.0, 3.0])
    for given in (row[None], row, row.tolist(), [row.tolist()]):
        close(f(r=given, x=np.ones(3)), np.float64(6.0), 1e-15)
    with pytest.raises(NotNumeric, match=r"The array for r does not fit. Expected the shape 1×n.*got 3×1"):
        f(r=row[:, None], x=np.ones(3))


@pytest.mark.parametrize("text", ["x : n; λ x", "x : n, λ > 0; λ x", "X : n×d; λ X", "x : n; a x", "α x + β y", "X w"])
def test_texts_are_read_as_elsewhere(text: str) -> None:
    """What is compiled is not taken for a scalar: λx is λ times x, not an inner product with a row λ."""
    known = {s.name: s.shape for s in symbols_of(read(text).expr)}
    f = compile(text)
    one = {name: np.ones(tuple(2 for _ in shape)) if shape else 2.0 for name, shape in known.items()}
    assert np.shape(f(**one)) == tuple(2 for _ in read(text).expr.shape)


@both
def test_order_of_arguments(backend: str) -> None:
    """Arguments come as they are read; by name and by position are the same."""
    assert made(SQUARES, backend).parameters == ("X", "w", "y")
    assert made("‖y − X w‖²", backend).parameters == ("y", "X", "w")
    wanted = np.float64(value(GIVEN))
    f = made(SQUARES, backend)
    for got in (f(X, w, y), f(X, w, y=y), f(y=y, w=w, X=X), f(X, y=y, w=w)):
        close(got, wanted, 1e-12)
    with pytest.raises(TypeError, match="X"):
        f(X, X=X, w=w, y=y)


@both
def test_other_names_are_ignored_but_not_taken_for_others(backend: str) -> None:
    f = made(SQUARES, backend)
    close(f(**GIVEN, q=3, Z="not looked at"), np.float64(value(GIVEN)), 1e-12)
    with pytest.raises(NotNumeric, match=r"^y \(n\) has no value"):
        f(X=X, w=w, Y=y)


# -- precision -------------------------------------------------------------------------------------------------------

SINGLE = [
    "X w − y", "‖X w − y‖²", "½x + π", "sum(softplus(x))", "log σ(x)", "softmax(x)", "logsumexp(x)", "‖x‖", "λ x",
    "x ./ 3",
    "S : n×n spd; S⁻¹ x", "S : n×n spd; log det S", "S : n×n spd; S⁻¹", "A⁻¹ x", "A⁻¹", "log det A", "det(A)",
    "diag(x) + λ I",
    "(X ᵀX + λ I)⁻¹ Xᵀ y", "∑_i log(1 + x_i²)", "x yᵀ", "x ⊗ y", "[x; y]", "tr(A)", "∑_i i x_i", "mean(x)",
    "relu(X)", "cumsum(x)",
    "(diag(x.^2 + 1) + X Xᵀ)⁻¹ y", "ones(n) + x", "tril(A)", "expm(A)", "exp(x) − 1", "Φ(x)", "lgamma(x.^2 + 1)",
]  # fmt: skip


@pytest.mark.parametrize(("text", "backend"), [
    *((t, "numpy") for t in SINGLE), *((t, "torch") for t in SINGLE), *((t, "jax") for t in SINGLE[::3]),
])  # fmt: skip
def test_single_precision_stays(text: str, backend: str) -> None:
    """float32 in, float32 out, right to single precision."""
    f = made(text, backend)
    c = rng.normal(size=(4, 4)) / 2
    values = {"X": X, "w": w, "y": y, "x": np.array([0.3, -1.2, 2.0, 0.1]), "S": c @ c.T + np.eye(4),
              "A": c + 2 * np.eye(4)}
    given = {k: v for k, v in values.items() if k in f.parameters}
    single = {k: v.astype(np.float32) for k, v in given.items()}
    number = {"λ": 0.3} if "λ" in f.parameters else {}
    wanted = made(text, "numpy")(**{k: v.astype(float) for k, v in single.items()}, **number)
    for way in ({}, {"λ": np.float32(0.3)} if number else {}):
        got = array(f(**single, **(way or number)))
        assert got.dtype == np.float32
        close(got, wanted, 3e-5)
    mixed = {k: (v if k == max(given) else single[k]) for k, v in given.items()}
    if len(mixed) > 1:
        assert array(f(**mixed, **number)).dtype == np.float64


def test_dtype_float32_of_jax() -> None:
    """dtype="float32" leaves JAX as it is; "float64" turns on 64 bits in the source."""
    assert "jax_enable_x64" in compile("2x", "jax").source
    assert "jax_enable_x64" not in compile("2x", "jax", dtype="float32").source


# -- declared facts --------------------------------------------------------------------------------------------------

FACTS: list[tuple[str, dict[str, Any], str]] = [
    ("Σ : n×n spd; log det Σ", {"Σ": -np.eye(2)}, "Σ was declared positive definite, but the value is not"),
    ("Σ : n×n spd; log det Σ", {"Σ": np.array([[2.0, 1.0], [0.0, 2.0]])}, "Σ was declared positive definite, but"),
    ("Σ : n×n spd; log det Σ", {"Σ": np.full((2, 2), np.nan)}, "Σ was declared positive definite, but"),
    ("Σ : n×n spd; log det Σ", {"Σ": np.stack([np.eye(2), -np.eye(2)])}, "Σ was declared positive definite, but"),
    ("λ > 0; λ x", {"λ": -1.0, "x": w}, "λ was declared positive, but the value is not"),
    ("λ > 0; λ x", {"λ": 0, "x": w}, "λ was declared positive, but the value is not"),
    ("x : n, λ : scalar, λ > 0; λ x", {"λ": np.array([1.0, -2.0]), "x": w}, "λ was declared positive, but the"),
    ("S : n×n symmetric; S x", {"S": np.arange(4.0).reshape(2, 2), "x": np.ones(2)}, "S was declared symmetric, but"),
]  # fmt: skip


@both
@pytest.mark.parametrize(("text", "given",
                          "sentence"), FACTS, ids=[f"{t}, {next(iter(g.values()))}"[:50] for t, g, _ in FACTS])
def test_facts_are_checked_on_request(text: str, given: dict[str, Any], sentence: str, backend: str) -> None:
    """The fact that was declared is named, with what it means, and one repair."""
    with pytest.raises(NotNumeric) as caught:
        made(text, backend, True)(**given)
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith("Give another value, or leave the fact out.")


@both
def test_facts_that_hold_pass(backend: str) -> None:
    close(made("Σ : n×n spd; log det Σ", backend, True)(Σ=2 * np.eye(2)), np.log(4.0), 1e-14)
    close(made("Σ : n×n spd; log det Σ", backend, True)(Σ=2 * np.eye(2, dtype=np.float32)), np.log(4.0), 1e-6)
    close(made("λ > 0; λ x", backend, True)(λ=2, x=[1, 2]), np.array([2.0, 4.0]), 1e-14)
    noisy = np.array([[1, 0.1], [np.nextafter(np.float32(0.1), np.float32(1)), 1]], np.float32)  # one bit off
    f = made("S : n×n symmetric; S x", backend, True)
    close(f(S=noisy, x=np.ones(2, np.float32)), np.full(2, 1.1), 1e-6)


def test_facts_are_not_checked_unasked() -> None:
    assert made("λ > 0; λ x", "numpy")(λ=-1.0, x=w).tolist() == (-w).tolist()


# -- calls of compile itself -----------------------------------------------------------------------------------------


def test_what_cannot_be_compiled() -> None:
    for options, sentence in (
        ({"backend": "tensorflow"}, "There is no backend 'tensorflow'. Expected one of numpy, jax, torch."),
        ({"dtype": "float16"}, "There is no dtype 'float16'. Expected one of float64, float32."),
        ({"structure": "sparse"}, "There is no structure 'sparse'. Expected one of auto, operator, dense."),
        *(({"name": name}, f"A function cannot be named {name!r}. Expected a name of Python that is not in use.")
          for name in ("lambda", "two words", "np", "softplus", "")),
    ):  # fmt: skip
        with pytest.raises(NotCompiled) as caught:
            compile("sum(softplus(x)) + 1", **options)  # type: ignore[arg-type]
        assert str(caught.value) == sentence
    for nothing in ([], None, 3):
        with pytest.raises(NotCompiled, match=r"nothing to compile|is not a formula"):
            compile(nothing)


def test_names_of_functions() -> None:
    """A function may be called like an argument."""
    for name in ("x", "loss", "f2", "φ"):
        f = compile("x + 1", name=name)
        assert f"def {name}(x):" in f.source
        close(f(x=np.zeros(2)), np.ones(2), 1e-14)


def test_one_in_a_list_and_one_alone() -> None:
    """Several outputs are a tuple, in order; equal ones do not share memory."""
    first, second, third = compile(["x", "x", "2x"])(w)
    close(first, w, 0)
    close(third, 2 * w, 0)
    assert not np.shares_memory(first, second)


def test_constants_are_numbers_of_the_backend() -> None:
    for text, number in (("3", 3.0), ("1/3", 1 / 3), ("√2", 2**0.5), ("π", np.pi), ("sum(x) − sum(x)", 0.0)):
        for backend in BACKENDS:
            got = made(text, backend)(x=w)
            close(got, np.float64(number), 1e-15)
            assert array(got).dtype == np.float64, (text, backend)
            assert backend != "torch" or isinstance(got, torch.Tensor)


def test_the_same_name_in_several_texts() -> None:
    """What one text leaves open, the other may tell; what contradicts is refused in a sentence."""
    f = compile(["x : n; ‖x‖²", "x : n; x > 0; sum(log(x))"])
    close(f(np.ones(3))[0], np.float64(3.0), 1e-15)
    close(f(np.ones(3))[1], np.float64(0.0), 1e-15)
    for texts in (["x : n; ‖x‖²", "x : n×d; ‖x‖²"], ["X : n×d; X w", "X : n×n; tr(X)"]):
        with pytest.raises(AgnesiError, match=r"[xX] "):
            compile(texts)


def test_what_a_compiled_function_tells_about_itself() -> None:
    f = made(SQUARES, "numpy")
    assert repr(f) == "<compiled for numpy: ‖Xw − y‖² (X, w, y)>"
    assert isinstance(f, Compiled) and f.backend == "numpy" and f.formulas == ("‖Xw − y‖²",)


def test_gradients_of_backends_pass_through() -> None:
    """PyTorch and JAX differentiate compiled functions as they do their own."""
    weights = torch.tensor(w, requires_grad=True)
    made(SQUARES, "torch")(torch.tensor(X), weights, torch.tensor(y)).backward()
    wanted = 2 * X.T @ (X @ w - y)
    close(weights.grad, wanted, 1e-12)


def test_sparse_tensors_and_other_homes() -> None:
    """SciPy's sparse matrices are refused by the other backends in words."""
    thin = scipy.sparse.csr_matrix(X)
    for backend, matrix in product(("jax", "torch"), (thin, thin.tocoo(), scipy.sparse.csr_array(X))):
        with pytest.raises(NotCompiled, match=r"for the NumPy backend, not for (JAX|PyTorch)\. Give X.toarray\(\)\."):
            made(SQUARES, backend)(X=matrix, w=w, y=y)


def test_functions_of_two_sizes() -> None:
    """vec(X) has n·d entries; the size of a join is the sum."""
    for backend in BACKENDS:
        A, v = symbol("A", ("n", "d")), symbol("v", (Dim.of("n") * Dim.of("d"),))
        f = compile(apply("inner", apply("vec", A), v), backend)  # type: ignore[arg-type]
        close(f(A=X, v=np.ones(12)), X.sum(), 1e-13)
        with pytest.raises(NotNumeric, match=r"The array for v does not fit. Expected the shape d·n with d = 3, n = 4"):
            f(A=X, v=np.ones(13))
