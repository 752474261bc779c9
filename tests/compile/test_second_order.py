"""Hessian products, Newton steps and operators of functions of all structures, in all backends, and dense algebra."""

from __future__ import annotations

import tracemalloc
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
import scipy.sparse.linalg
from feeding import BACKENDS, arguments, array, close

from agnesi.compilation import compile
from agnesi.derivation import gradient, hessian
from agnesi.errors import AgnesiError, NoDerivative, NotNumeric, ShapeError
from agnesi.expr.nodes import Expr, apply, symbol, symbols_of
from agnesi.generate import random_expression
from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler
from agnesi.second_order import hvp, newton_step, operator
from structure_cases import LETTERS, ROWS, SIZES

PAYS = {"n": 1000, "d": 1000, "k": 2, "m": 1000}  # thin updates: Woodbury's formula
PAYS_NOT = {"n": 3, "d": 3, "k": 1000, "m": 3}
PLANS: dict[str, dict[str, int] | None] = {"assumed": None, "thin": PAYS, "wide": PAYS_NOT, "actual": SIZES}


@dataclass(frozen=True)
class Case:
    """A function with its dense gradient and Hessian at a point, by the reference meaning."""

    text: str
    function: Expr
    name: str
    kind: str
    invertible: bool
    values: dict[str, Any]
    slope: np.ndarray
    hessian: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        n = self.slope.size
        return self.hessian.reshape(n, n)

    @property
    def step(self) -> np.ndarray:
        return -np.linalg.solve(self.matrix, self.slope.ravel()).reshape(self.slope.shape)

    def given(self) -> dict[str, Any]:
        return arguments(self.values, SIZES)


@cache
def case(row: str) -> Case:
    """A row of the table, at the best conditioned of ten points."""
    text, name, kind, _ = (part.strip() for part in row.split(" | "))
    invertible = not text.endswith("*")
    text = text.removesuffix("*").strip()
    f, x = read(text, LETTERS).expr, LETTERS[name]
    v = symbol("v", x.shape, x.facts & {"symmetric", "spd"})
    sampler = Sampler([derivative(f, [x]), derivative(f, [x, x])], np.random.default_rng(3), extra=[v, x], sizes=SIZES)
    found = [sampler.point() for _ in range(10 if invertible else 1)]
    n = found[0][1][0].size if np.ndim(found[0][1][0]) else 1
    point, (slope, full) = min(found, key=lambda p: np.linalg.cond(np.reshape(p[1][1], (n, n))))
    return Case(text, f, name, kind, invertible, dict(point.values), np.asarray(slope), np.asarray(full))


INVERTIBLE = [r for r in ROWS if not r.split(" | ")[0].strip().endswith("*")]
IDS = {r: r.split(" | ")[0].strip() for r in ROWS}


def test_the_table_has_all_kinds() -> None:
    assert len(INVERTIBLE) >= 25
    kinds = {case(r).kind for r in INVERTIBLE}
    assert kinds == {"Kronecker", "Diagonal", "Identity", "LowRank", "Dense", "Sum", "Blocks", "Tensor"}
    assert any("K(" in r for r in INVERTIBLE)  # swapped
    assert all(np.linalg.cond(case(r).matrix) < 1e7 for r in INVERTIBLE)


def some(rows: list[str], backend: str) -> list[str]:
    """All rows; for JAX, which compiles slowly, every third."""
    return rows[::3] if backend == "jax" else rows


def params(rows: list[str]) -> list[Any]:
    slow = {"jax": [pytest.mark.slow]}
    return [pytest.param(r, b, id=f"{b}-{IDS[r]}", marks=slow.get(b, [])) for b in BACKENDS for r in some(rows, b)]


# -- Hessian products ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "backend"), params(ROWS))
def test_hessian_products(row: str, backend: str) -> None:
    """Against the dense Hessian, and against differences of the gradient."""
    c = case(row)
    v = c.values["v"]
    f = compile(hvp(c.function, LETTERS[c.name], symbol("v", np.shape(v) and LETTERS[c.name].shape)),
                backend)  # type: ignore[arg-type]
    got = array(f(**c.given()))
    close(got, (c.matrix @ np.ravel(v)).reshape(c.slope.shape), 1e-8, c.text)
    slope, x, h = compile(derivative(c.function, [LETTERS[c.name]])), c.values[c.name], 1e-6
    sides = [slope(**{**c.given(), c.name: x + t * np.asarray(v)}) for t in (h, -h)]
    close(got, (np.asarray(sides[0]) - np.asarray(sides[1])) / (2 * h), 1e-5, f"differences for {c.text}")


def test_hessian_products_are_refused_in_words() -> None:
    with pytest.raises(ShapeError, match=r"^A Hessian is of a scalar, but this function has the shape n\. Reduce it"):
        hvp("X w", "w")
    with pytest.raises(ShapeError, match=r"^A direction of w has its shape, d; X has n×d\. Name a new letter\.$"):
        hvp("‖X w − y‖²", "w", "X")
    assert compile(hvp("cᵀx", "x"))(x=np.ones(3), v=np.ones(3), c=np.ones(3), n=3).tolist() == [0.0, 0.0, 0.0]


def test_a_direction_may_depend_on_the_variable() -> None:
    """It is held fixed: ∇²f · d at d = 2w is not ∇(∇fᵀ2w)."""
    f = compile(hvp("‖X w − y‖² + ∑_i w_i³", "w", "2w"))
    X, w, y = np.arange(6.0).reshape(3, 2), np.array([0.5, -1.0]), np.ones(3)
    wanted = (2 * X.T @ X + np.diag(6 * w)) @ (2 * w)
    close(f(X=X, w=w, y=y), wanted, 1e-12)


OF_MATRICES = {s.name: s for s in (
    symbol("S", ("n", "n"), ("symmetric",)), symbol("V", ("n", "n"), ("symmetric",)), symbol("M", ("d", "d")),
    symbol("λ", (), ("positive",)), symbol("r", (1, "n")), *(symbol(name, ("n",)) for name in "abxy"),
)}  # fmt: skip


@pytest.mark.parametrize("text", ["aᵀS S b", "aᵀS b + ‖S b‖²", "aᵀS S S b", "sum(exp(S) S)", "aᵀ(S ⊙ S) S b"])
def test_hessian_products_of_symmetric_variables(text: str) -> None:
    """Along a symmetric direction: the derivative of the gradient, not its transpose."""
    f, S, V = read(text, OF_MATRICES).expr, OF_MATRICES["S"], OF_MATRICES["V"]
    rng, h = np.random.default_rng(11), 1e-6
    a, b, s, v = rng.normal(size=3), rng.normal(size=3), *(m + m.T for m in rng.normal(size=(2, 3, 3)))
    slope = compile(gradient(f, "S"))
    wanted = (slope(S=s + h * v, a=a, b=b) - slope(S=s - h * v, a=a, b=b)) / (2 * h)
    given = {"S": s, "V": v, "a": a, "b": b}
    close(compile(operator(f, S).matvec(V), structure="dense")(**given), wanted, 1e-6)
    close(compile(hvp(f, S, V))(**given), wanted, 1e-6)


# -- Newton steps ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "backend"), params(INVERTIBLE))
def test_newton_steps(row: str, backend: str) -> None:
    """Whatever sizes are planned for, the step is that of a dense solve."""
    c = case(row)
    tolerance = 1e-10 + 1e-13 * np.linalg.cond(c.matrix)
    for plan in ("assumed",) if backend == "jax" else PLANS:
        sizes = PLANS[plan]
        step = newton_step(c.function, LETTERS[c.name], sizes=sizes)
        assert step.evidence.verdict in ("tested", "proved"), c.text
        f = compile(step, backend, sizes=sizes)  # type: ignore[arg-type]
        close(f(**c.given()), c.step, tolerance, f"{c.text}, sizes {plan}")


@pytest.mark.parametrize("row", [r for r in ROWS if r not in INVERTIBLE and not r.startswith("cᵀx")], ids=IDS.get)
def test_singular_hessians_are_refused_in_words(row: str) -> None:
    c = case(row)
    for sizes in PLANS.values():
        with pytest.raises(NoDerivative,
                           match=rf"^The Hessian in {c.name} is singular: there is no Newton step\. Add a term"):
            newton_step(c.function, LETTERS[c.name], sizes=sizes)


@pytest.mark.parametrize(("text", "name"), [
    ("‖x‖", "x"), ("(xᵀy)²", "x"), ("logsumexp(X w)", "w"), ("(sum(X))²", "X"), ("∑_i log(∑_j exp(X_ij))", "X"),
    ("det(M)", "M"),
    ("‖x − x‖² + (x_1)²", "x"), ("sum(softplus(X w)) − yᵀX w", "w"),
])  # fmt: skip
def test_other_singular_hessians(text: str, name: str) -> None:
    """Singular everywhere, or wherever d > n: a step that is given was checked where the Hessian has an inverse."""
    try:
        step = newton_step(read(text, LETTERS).expr, LETTERS[name])
    except NoDerivative as error:
        assert str(error).startswith(f"The Hessian in {name} is ")
    else:
        assert step.evidence.verdict == "tested" and "/0" not in str(step)


def test_no_newton_step_in_words() -> None:
    for text, name, sentence in (
        ("cᵀx", "x", "The Hessian in x is 0: there is no Newton step."),
        ("‖x‖_1", "x", "The Hessian in x is 0: there is no Newton step."),
        ("X w", "w", "A Hessian is of a scalar, but this function has the shape n. Reduce it: sum(...), ‖...‖²."),
        ("‖X w − y‖²", "X w", "A Newton step is taken in a symbol, not in a part of the expression."),
    ):
        with pytest.raises(AgnesiError) as caught:
            newton_step(text, name)
        assert str(caught.value) == sentence


def test_rows_in_second_derivatives() -> None:
    """A row is an argument like another: it is not lost on the way to a vector."""
    f, x = read("(r x)² + ‖x‖⁴ + λ‖x‖²", OF_MATRICES).expr, OF_MATRICES["x"]
    given = {"r": np.array([[1.0, -2.0, 0.5]]), "x": np.array([0.3, 0.1, -0.2]), "λ": 0.7}
    r, v = given["r"][0], given["x"]  # type: ignore[index]
    matrix = 2 * np.outer(r, r) + 8 * np.outer(v, v) + 4 * (v @ v) * np.eye(3) + 1.4 * np.eye(3)
    slope = 2 * (r @ v) * r + 4 * (v @ v) * v + 1.4 * v
    close(compile(hvp(f, x, "q"))(q=r, **given), matrix @ r, 1e-12)
    close(compile(operator(f, x))(**given).dense(), matrix, 1e-12)
    close(compile(newton_step(f, x))(**given), -np.linalg.solve(matrix, slope), 1e-10)


def test_sizes_that_no_argument_of_a_step_tells() -> None:
    """n counts the summands, and no array of the Hessian has it: it is told by name, or by the array that has it."""
    f, M = read("∑_i (y_i + tr(M M M)) + λ‖M‖²", OF_MATRICES).expr, OF_MATRICES["M"]
    step = newton_step(f, M)
    assert step.iterative
    m = np.diag([1.0, 2.0, 3.0]) / 10
    got = compile(step)(M=m, λ=5.0, y=np.zeros(4), n=4)
    product = compile(hvp(f, M, "Q"))(M=m, λ=5.0, Q=got, n=4)
    close(product, -compile(gradient(f, "M"))(M=m, λ=5.0, n=4), 1e-9)


def test_operators_ask_for_no_more_than_they_need() -> None:
    """The variable tells the sizes that the parts do not: other letters of the function are not asked for."""
    assert set(compile(operator("‖Y − U Vᵀ‖² + λ‖U‖²", "U")).parameters) <= {"U", "V", "λ"}
    assert set(compile(operator("sum(y) + ∑_i c_i x_i + λ‖x‖²", "x")).parameters) == {"x", "λ"}


def test_newtons_method_converges() -> None:
    """Steps of the compiled code find the minimum that SciPy's minimiser finds."""
    text = "sum(softplus(X w)) − yᵀX w + λ‖w‖²"
    step, slope = compile(newton_step(text, "w")), compile(gradient(text, "w"))
    rng = np.random.default_rng(4)
    given = {"X": rng.normal(size=(60, 5)), "y": rng.integers(0, 2, 60) * 1.0, "λ": 0.1}
    w = np.zeros(5)
    for _ in range(8):
        w = w + step(w=w, **given)
    assert np.abs(slope(w=w, **given)).max() < 1e-12


@pytest.mark.nightly
@pytest.mark.parametrize("start", range(500_000, 501_000, 100))
def test_random_functions(start: int) -> None:
    """Products, operators and steps of random functions, every second one made definite; most have a step."""
    steps = 0
    for seed in range(start, start + 100):
        steps += random_function(seed)
    assert steps >= 40


ONCE = ("expm", "logm", "sqrtm", "eigvals", "singvals", "normnuc")  # their second derivatives have no closed form


def random_function(seed: int) -> bool:
    rng = np.random.default_rng(seed)
    f = random_expression(rng, (), 2 + seed % 2, exclude=ONCE)
    moving = [s for s in symbols_of(f) if s.ndim < 2 or s.shape[0].number != 1]
    if not moving:
        return False
    x = moving[int(rng.integers(len(moving)))]
    f = f + symbol("λ_0", (), ("positive",)) * (apply("inner", x, x) if x.shape else x**2) if seed % 2 else f
    v = symbol("v_", x.shape, x.facts)
    try:
        both = [derivative(f, [x]), derivative(f, [x, x])]
        sampler = Sampler(both, rng, extra=[x, v], sizes={"n": 3, "d": 2}, margin=0.02)
        point, (slope, full) = sampler.point()
        step = newton_step(f, x) if seed % 2 else None
    except (NoDerivative, NotNumeric):
        return False
    slope, given, about = np.asarray(slope), arguments(point.values, point.sizes), f"seed {seed}: {f} in {x}"
    matrix, direction = np.reshape(full, (slope.size, slope.size)), np.asarray(point.values["v_"])
    close(compile(hvp(f, x, v))(**given), (matrix @ direction.ravel()).reshape(slope.shape), 1e-7, about)
    condition = np.linalg.cond(matrix)
    numbers = compile(operator(f, x))(**given)
    close(numbers.dense(), np.asarray(full), 1e-8, about)
    if step is None or condition > 1e6:
        return False
    wanted = -np.linalg.solve(matrix, slope.ravel()).reshape(slope.shape)
    close(compile(step)(**given), wanted, 1e-7, about)
    close(numbers.solve(slope), -wanted, 1e-7, about)
    return True


# -- without a shortcut: conjugate gradients -------------------------------------------------------------------------

ITERATED = "∑_i log(∑_j exp((X W)_ij)) + λ‖W‖²"


@pytest.mark.parametrize("backend", [*BACKENDS[::2], pytest.param("jax", marks=pytest.mark.slow)])
@pytest.mark.parametrize("shape", [(20, 5, 4), (30, 400, 4)], ids=["dense", "conjugate gradients"])
def test_steps_without_a_shortcut(shape: tuple[int, int, int], backend: str) -> None:
    """Few unknowns are solved for densely, 1600 by conjugate gradients: the Hessian times the step is −∇f."""
    n, d, k = shape
    rng = np.random.default_rng(5)
    given = {"X": rng.normal(size=(n, d)) / d**0.5, "W": 0.1 * rng.normal(size=(d, k)), "λ": 0.3}
    step = newton_step(ITERATED, "W")
    assert step.iterative and step.operator.kind == "Tensor"
    s = array(compile(step, backend)(**given))  # type: ignore[arg-type]
    slope = compile(gradient(ITERATED, "W"))(**given)
    product = compile(hvp(ITERATED, "W", "V"))(V=s, **given)
    close(product, -slope, 1e-9)


def test_letters_of_directions_are_free() -> None:
    """The direction of the products is none of the function's letters, nor of its sizes."""
    text = "U : n×d, V : d×k, u : n, v : k, λ > 0; ∑_i log(∑_j exp((U V)_ij + u_i v_j)) + λ‖V‖²"
    rng = np.random.default_rng(6)
    given = {"U": rng.normal(size=(30, 400)) / 20, "V": 0.1 * rng.normal(size=(400, 4)), "u": np.ones(30),
             "v": np.ones(4), "λ": 0.3}
    s = compile(newton_step(text, "V"))(**given)
    close(compile(hvp(text, "V", "S"))(S=s, **given), -compile(gradient(text, "V"))(**given), 1e-9)


def test_conjugate_gradients_say_what_is_wrong() -> None:
    """Where the Hessian is not definite there is no minimum to step to."""
    f = compile(newton_step("−∑_i log(∑_j exp((X W)_ij)) − λ‖W‖²", "W"))
    with pytest.raises(ArithmeticError, match="not positive definite"):
        f(X=np.ones((4, 400)), W=np.ones((400, 4)), λ=0.1)


# -- operators -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=IDS.get)
def test_compiled_operators(row: str) -> None:
    c = case(row)
    v = c.values["v"]
    for sizes in PLANS.values():
        made = operator(c.function, LETTERS[c.name], sizes=sizes)
        numbers = compile(made, sizes=sizes)(**c.given())
        close(numbers.dense(), c.hessian, 1e-9, c.text)
        close(numbers.matvec(v), (c.matrix @ np.ravel(v)).reshape(c.slope.shape), 1e-9, c.text)
        close(numbers.diagonal(), np.diag(c.matrix).reshape(c.slope.shape), 1e-9, c.text)
        linear = numbers.linear_operator()
        assert isinstance(linear, scipy.sparse.linalg.LinearOperator)
        close(linear @ np.ravel(v), c.matrix @ np.ravel(v), 1e-9, c.text)
        if c.invertible:
            tolerance = 1e-10 + 1e-13 * np.linalg.cond(c.matrix)
            close(numbers.solve(c.slope), -c.step, tolerance, c.text)
            close(numbers.logdet(), np.linalg.slogdet(c.matrix)[1], 1e-9, c.text)


@pytest.mark.parametrize("row", ROWS, ids=IDS.get)
def test_symbolic_operators(row: str) -> None:
    """Every method of an operator gives an expression, which compiles to the right numbers."""
    c = case(row)
    v = c.values["v"]
    made = operator(c.function, LETTERS[c.name])
    wanted: dict[str, tuple[Expr | None, Any]] = {
        "matvec": (made.matvec("v"), (c.matrix @ np.ravel(v)).reshape(c.slope.shape)),
        "diagonal": (made.diagonal(), np.diag(c.matrix).reshape(c.slope.shape)), "dense": (made.dense(), c.hessian),
    }  # fmt: skip
    if c.invertible:
        solution = np.linalg.solve(c.matrix, np.ravel(v)).reshape(c.slope.shape)
        wanted |= {"solve": (made.solve("v"), solution), "logdet": (made.logdet(), np.linalg.slogdet(c.matrix)[1])}
    tolerance = 1e-9 + 1e-13 * np.linalg.cond(c.matrix) if c.invertible else 1e-9
    for method, (expr, value) in wanted.items():
        if expr is not None:
            close(compile(expr, structure="dense")(**c.given()), np.asarray(value), tolerance, f"{method} of {c.text}")
            close(np.asarray(evaluate(expr, c.values, SIZES)), np.asarray(value), tolerance, f"{method} of {c.text}")


def test_operators_by_other_backends() -> None:
    """Whatever backend computes the parts, the operator is the same."""
    rng = np.random.default_rng(7)
    given = {"Y": rng.normal(size=(6, 4)), "U": rng.normal(size=(6, 2)), "V": rng.normal(size=(4, 2)), "λ": 0.5}
    made = operator("‖Y − U Vᵀ‖² + λ‖U‖²", "U")
    wanted = compile(made)(**given)
    for backend in ("jax", "torch"):
        found = compile(made, backend)(**given)  # type: ignore[arg-type]
        assert repr(found) == repr(wanted) == "Kronecker 12×12: I_n ⊗ (2VᵀV + 2λI)"
        close(found.solve(given["U"]), wanted.solve(given["U"]), 1e-12)


def test_operators_of_jacobians() -> None:
    """Of a vector function, and with an operator among other outputs."""
    rng = np.random.default_rng(8)
    A, x = rng.normal(size=(4, 4)), rng.normal(size=4)
    J = compile(operator("A : n×n, x : n; tanh(A x)", "x"))(A=A, x=x)
    close(J.dense(), (1 - np.tanh(A @ x) ** 2)[:, None] * A, 1e-12)
    close(J.solve(x), np.linalg.solve((1 - np.tanh(A @ x) ** 2)[:, None] * A, x), 1e-9)
    value, H = compile(["exp(x)ᵀ𝟏", operator("x : n; exp(x)ᵀ𝟏", "x")])(x=x)
    close(value, np.exp(x).sum(), 1e-13)
    close(H.solve(x), x / np.exp(x), 1e-13)


def test_structure_by_request() -> None:
    """"auto" keeps derivatives of order 4, "operator" matrices too, "dense" none."""
    rng = np.random.default_rng(9)
    given = {"V": rng.normal(size=(4, 2)), "λ": 0.5, "n": 3}
    H = hessian("‖Y − U Vᵀ‖² + λ‖U‖²", "U")
    kept, dense = compile(H)(**given), compile(H, structure="dense")(**given)
    assert isinstance(dense, np.ndarray) and dense.shape == (3, 2, 3, 2)
    close(kept.dense(), dense, 1e-14)
    matrix = hessian("X : n×d, w : d; ‖X w‖² + λ‖w‖²", "w")
    X = rng.normal(size=(3, 6))
    assert isinstance(compile(matrix)(X=X, λ=1.0), np.ndarray)
    found = compile(matrix, structure="operator", sizes={"n": 3, "d": 600})(X=X, λ=1.0)
    assert type(found).__name__ == "LowRank"
    close(found.dense(), compile(matrix)(X=X, λ=1.0), 1e-13)


def test_hessians_that_are_large_are_never_dense() -> None:
    """Matrix factorisation, n = 1000, k = 5: the dense Hessian would have 25 million entries (200 MB)."""
    rng = np.random.default_rng(10)
    n, m, k = 1000, 200, 5
    given = {"Y": rng.normal(size=(n, m)), "U": rng.normal(size=(n, k)), "V": rng.normal(size=(m, k)), "λ": 0.1}
    text = "Y : n×m, U : n×k, V : m×k; ‖Y − U Vᵀ‖² + λ‖U‖²"
    H, product = compile(operator(text, "U")), compile(hvp(text, "U", "D"))
    step, expression = compile(newton_step(text, "U")), compile(hessian(text, "U"))
    b = rng.normal(size=(n, k))
    gram = 2 * given["V"].T @ given["V"] + 0.2 * np.eye(k)
    tracemalloc.start()
    for made in (H(**given), expression(V=given["V"], λ=0.1, n=n)):
        x, y, log, diagonal = made.solve(b), made @ b, made.logdet(), made.diagonal()
    z, s = product(V=given["V"], λ=0.1, D=b), step(**given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    close(x, np.linalg.solve(gram, b.T).T, 1e-12)
    close(y, b @ gram, 1e-12)
    close(z, b @ gram, 1e-12)
    close(log, np.float64(n * np.linalg.slogdet(gram)[1]), 1e-12)
    close(diagonal, np.tile(np.diag(gram), (n, 1)), 1e-12)
    slope = 2 * (given["U"] @ given["V"].T - given["Y"]) @ given["V"] + 0.2 * given["U"]
    close(s, -np.linalg.solve(gram, slope.T).T, 1e-12)
    assert peak < 5e6


def test_nearly_singular_hessians_warn() -> None:
    with pytest.warns(RuntimeWarning, match="nearly singular: its condition number is"):
        compile(newton_step("‖X w − y‖² + λ‖w‖²", "w"))(X=np.ones((4, 2)), w=np.ones(2), y=np.zeros(4), λ=1e-15)
    with pytest.raises(np.linalg.LinAlgError, match="is singular: it has no inverse"):
        compile(newton_step("‖X w − y‖² + λ‖w‖²", "w"))(X=np.zeros((4, 2)), w=np.ones(2), y=np.zeros(4), λ=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(newton_step("‖X w − y‖² + λ‖w‖²", "w"))(X=np.ones((4, 2)), w=np.ones(2), y=np.zeros(4), λ=1e-3)
