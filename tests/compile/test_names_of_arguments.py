"""Names: those that Python does not take as they are, and those that a program has uses of its own for."""

from __future__ import annotations

import numpy as np
import pytest
from feeding import BACKENDS, close

import agnesi.ops  # noqa: F401  the operations by name
from agnesi.compilation import compile
from agnesi.expr.nodes import Symbol, apply, symbol
from agnesi.run.reference import evaluate
from agnesi.second_order import hvp

both = pytest.mark.parametrize("backend", BACKENDS)
S, B = symbol("S", ("n", "n"), ("spd",)), symbol("B", ("n", "d"))
POINT = {"S": np.array([[2.0, 0.1], [0.1, 1.0]]), "B": np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])}
x = np.array([0.3, -0.4])

SPELLED = {
    "lambda": "lambda_", "x′": "x_prime", "x'": "x_prime", "𝐱": "x", "Σ": "Σ", "w_1": "w_1", "ŷ": "ŷ", "x*": "x_star",
    "class": "class_", "None": "None_", "x̄": "x̄", "α_12": "α_12", "λ": "λ", "A1": "A1",
}  # fmt: skip


@both
@pytest.mark.parametrize("name", SPELLED)
def test_names_that_python_takes_only_changed(name: str, backend: str) -> None:
    """The changed name is an argument by name, is in the source, and in `parameters`."""
    v = symbol(name, ("n",))
    f = compile((S @ v).T @ v, backend)  # type: ignore[arg-type]
    spelled = SPELLED[name]
    assert set(f.parameters) == {"S", spelled}
    for got in (f(**{"S": POINT["S"], spelled: x}), f(*({"S": POINT["S"]}.get(p, x) for p in f.parameters))):
        close(got, np.float64(x @ POINT["S"] @ x), 1e-14)


# Names of modules, of functions of the prelude, of builtins, of steps, of sizes, of what stands around the program.
TAKEN = [
    "np", "jnp", "torch", "jax", "special", "linalg", "warnings", "functools", "solve", "factor", "softplus", "nrm2",
    "sigmoid",
    "log_sigmoid", "float", "len", "min", "n", "d", "L", "r", "t", "z", "f", "door", "self", "_run", "_slow",
    "_missing", "_others",
]  # fmt: skip


@both
@pytest.mark.parametrize("name", TAKEN)
def test_names_that_programs_use_themselves(name: str, backend: str) -> None:
    """A vector of any name, in a program that imports, calls and counts."""
    v = symbol(name, ("n",))
    parts = [apply("sum", apply(op, v)) for op in ("softplus", "sigmoid", "tanh")]
    parts += [(apply("inv", S) @ v).T @ v, apply("norm", v), apply("sum", B), apply("size", attrs=("d",))]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    f = compile(whole, backend)  # type: ignore[arg-type]
    got = f(**{p: POINT.get(p, x) for p in f.parameters})
    close(got, np.float64(evaluate(whole, {name: x, **POINT})), 1e-12)


def test_the_letters_of_directions() -> None:
    """d is the usual letter of a direction, and of a size."""
    f = compile(hvp("X : n×d, w : d, y : n; ‖X w − y‖²", "w", "d"))
    X = POINT["B"]
    close(f(X=X, d=np.arange(3.0)), 2 * X.T @ (X @ np.arange(3.0)), 1e-14)


@pytest.mark.parametrize(("one", "other"), [("x′", "x_prime"), ("lambda", "lambda_"), ("w*", "w_star"), ("ϕ", "φ")])
def test_two_names_that_python_takes_for_one(one: str, other: str) -> None:
    """They stay two arguments, whatever they are called then."""
    a, b = symbol(one, ("n",)), symbol(other, ("n",))
    f = compile([2 * a.T @ b, a - b])
    assert len(set(f.parameters)) == 2
    p, q = np.array([1.0, 2.0]), np.array([5.0, 3.0])
    product, difference = f(p, q)
    close(product, np.float64(22.0), 1e-14)
    close(difference, p - q, 1e-14)


def test_names_of_definitions_are_taken_over() -> None:
    """A definition gives its name to its step, unless that is taken."""
    f = compile("X : n×d, w : d, y : n;  residual = X w − y;  ‖residual‖² + sum(residual)")
    assert "residual = X @ w - y" in f.source
    r = POINT["B"] @ np.ones(3) - x
    close(f(X=POINT["B"], w=np.ones(3), y=x), np.float64(r @ r + r.sum()), 1e-13)


def test_symbols_whose_names_are_the_same() -> None:
    """Facts do not make a name two arguments."""
    plain, known = symbol("A", ("n", "n")), symbol("A", ("n", "n"), ("spd",))
    f = compile([apply("tr", plain), apply("logdet", known)])
    value, log = f(A=2 * np.eye(2))
    close(value, np.float64(4.0), 1e-15)
    close(log, np.log(4.0), 1e-15)


def test_every_symbol_is_an_argument_of_its_own() -> None:
    """Forty letters at once: none is lost, none is mixed up."""
    letters = [symbol(c, ()) for c in "abcdefghijklmnopqrstuvwxyzαβγδεζηθκλνξ"]
    total: Symbol = 0 * letters[0]  # type: ignore[assignment]
    for k, s in enumerate(letters):
        total = total + (k + 1) * s**2  # type: ignore[assignment]
    f = compile(total)
    numbers = dict(zip((s.name for s in letters), np.linspace(1, 2, len(letters)), strict=True))
    close(f(**numbers), np.float64(sum((k + 1) * numbers[s.name] ** 2 for k, s in enumerate(letters))), 1e-12)
