# ruff: noqa: E501  (a table: one line for one case)
"""For every operation: arguments to try it on, and its meaning written anew in NumPy, SciPy or mpmath."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import scipy

import agnesi.ops  # noqa: F401
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, apply, bind, constant, index, symbol

s, t, u = symbol("s"), symbol("t"), symbol("u")
x, y, x2 = (symbol(name, ("n",)) for name in ("x", "y", "x2"))
z = symbol("z", ("d",))
r, q = symbol("r", (1, "n")), symbol("q", (1, "n"))
X, Y = symbol("X", ("n", "d")), symbol("Y", ("n", "d"))
W = symbol("W", ("d", "m"))
A, B = symbol("A", ("n", "n")), symbol("B", ("n", "n"))
SPD, SPDB = symbol("S", ("n", "n"), ("spd",)), symbol("T", ("n", "n"), ("spd",))
SYM = symbol("M", ("n", "n"), ("symmetric",))
i, j, k = index("i", "n"), index("j", "n"), index("k", "d")
v = symbol("v", (Dim.of("n") * "d",))


@dataclass(frozen=True)
class Case:
    """An application to symbols (and constants), with an oracle for its value: oracle(*arrays of its arguments)."""

    node: Expr
    oracle: Callable[..., Any]


CASES: dict[str, list[Case]] = {}


def case(name: str, args: tuple[Any, ...], oracle: Callable[..., Any], attrs: tuple[Any, ...] = ()) -> None:
    CASES.setdefault(name, []).append(Case(apply(name, *args, attrs=attrs), oracle))


def mp(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the mpmath function of every entry, computed to 40 digits."""

    def one(number: float) -> float:
        with mpmath.workdps(40):
            return float(mpmath.re(function(mpmath.mpf(float(number)))))

    return lambda array: np.vectorize(one, otypes=[float])(array)


# Elementwise functions: mpmath is the oracle.
ENTRYWISE: dict[str, Callable[[Any], Any]] = {
    "exp": mpmath.exp, "log": mpmath.log, "log2": lambda a: mpmath.log(a, 2), "log10": mpmath.log10,
    "sqrt": mpmath.sqrt, "abs": abs, "sign": mpmath.sign, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan,
    "tanh": mpmath.tanh, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "arctan": mpmath.atan, "arcsin": mpmath.asin,
    "arccos": mpmath.acos, "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)), "logit": lambda a: mpmath.log(a / (1 - a)),
    "softplus": lambda a: mpmath.log1p(mpmath.exp(a)), "relu": lambda a: max(a, mpmath.mpf(0)),
    "step": lambda a: mpmath.mpf(1 if a > 0 else 0), "erf": mpmath.erf, "normpdf": mpmath.npdf, "normcdf": mpmath.ncdf,
    "gamma": mpmath.gamma, "factorial": mpmath.factorial, "lgamma": mpmath.loggamma, "digamma": mpmath.digamma,
}
for _name, _function in ENTRYWISE.items():
    for _arg in (s, x, X, r):
        case(_name, (_arg,), mp(_function))
for _order in (0, 1, 2):
    case("polygamma", (x,), mp(lambda a, order=_order: mpmath.polygamma(order, a)), (_order,))
case("binom", (s, t), lambda a, b: float(mpmath.binomial(float(a), float(b))))
case("binom", (7, t), lambda a, b: float(mpmath.binomial(7, float(b))))
for _pair in ((s, t), (x, y), (X, Y), (x, s), (s, x)):
    case("maximum", _pair, lambda a, b: (a + b + np.abs(a - b)) / 2)
    case("minimum", _pair, lambda a, b: (a + b - np.abs(a - b)) / 2)


def matmul(*arrays: Any) -> Any:
    """Multiply entry by entry with explicit sums."""
    out = np.asarray(arrays[0])
    for right in map(np.asarray, arrays[1:]):
        if out.ndim == 0 or right.ndim == 0:
            out = np.multiply(out, right)
            continue
        a = out if out.ndim == 2 else out[:, None]
        b = right if right.ndim == 2 else right[:, None]
        full = np.array([[sum(a[p, h] * b[h, c] for h in range(a.shape[1])) for c in range(b.shape[1])] for p in range(len(a))])
        out = full[0, 0] if full.shape == (1, 1) else full[:, 0] if full.shape[1] == 1 else full
    return out


def kronecker(a: Any, b: Any) -> Any:
    a, b = (np.asarray(m) if np.ndim(m) == 2 else np.reshape(m, (-1, 1)) for m in (a, b))
    out = np.zeros((a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))
    for p, c in np.ndindex(*a.shape):
        out[p * b.shape[0] : (p + 1) * b.shape[0], c * b.shape[1] : (c + 1) * b.shape[1]] = a[p, c] * b
    return out


for _pair in ((s, t), (x, y), (X, Y), (r, q), (x, s), (X, s)):
    case("add", _pair, lambda a, b: np.array(a) + np.array(b))
case("add", (x, y, x2), lambda a, b, c: b + c + a)
for _arg in (s, x, X, r):
    case("neg", (_arg,), lambda a: 0 - a)
for _args in ((s, t), (s, x), (X, s), (X, z), (r, X), (x, r), (X, W), (r, x), (r, A, x), (s, X, W), (X, t, z), (A, B, X, z)):
    case("mul", _args, matmul)
for _args in ((x, y), (X, Y), (r, q), (x, y, x2), (s, x)):
    case("hadamard", _args, lambda *a: np.exp(sum(np.log(np.asarray(b, dtype=complex)) for b in a)).real)
for _arg in (s, x, X, r):
    case("div", (_arg, t), lambda a, b: a * b**-1)
for _pair in ((x, y), (X, Y), (s, x), (r, q)):
    case("ediv", _pair, lambda a, b: a * b**-1.0)
for _power in (0, 1, 2, 3, -1, -2, 0.5, -1.5):
    case("pow", (s, constant(_power)), lambda a, p: mp(lambda b: b**p)(a))
    for _arg in (x, X):
        case("epow", (_arg, constant(_power)), lambda a, p: mp(lambda b: b**p)(a))
case("pow", (s, t), lambda a, p: np.exp(p * np.log(a)))
case("epow", (x, t), lambda a, p: np.exp(p * np.log(a)))
case("epow", (s, t), lambda a, p: np.exp(p * np.log(a)))
for _pair in ((s, t), (x, y)):
    case("power", _pair, lambda a, p: np.exp(p * np.log(a)))
for _power in (2, 3, 5):
    case("matpow", (A,), lambda a, power=_power: matmul(*[a] * power), (_power,))
case("transpose", (x,), lambda a: np.array([list(a)]))
case("transpose", (r,), lambda a: np.array(list(a[0])))
case("transpose", (X,), lambda a: np.array(list(zip(*a, strict=True))))
case("transpose", (s,), lambda a: a)
for _pair in ((x, y), (X, Y), (r, q), (s, t)):
    case("inner", _pair, lambda a, b: math.fsum(np.ravel(a) * np.ravel(b)))
case("kron", (X, W), kronecker)
case("kron", (x, z), lambda a, b: kronecker(a, b)[:, 0])
case("kron", (x, X), kronecker)
case("kron", (r, X), kronecker)

# Reductions.
for _arg in (x, X, r, s):
    case("sum", (_arg,), lambda a: math.fsum(np.ravel(a)))
    case("mean", (_arg,), lambda a: math.fsum(np.ravel(a)) / np.size(a))
    case("prod", (_arg,), lambda a: math.prod(np.ravel(a)))
    case("max", (_arg,), lambda a: max(np.ravel(a)))
    case("min", (_arg,), lambda a: min(np.ravel(a)))
    case("logsumexp", (_arg,), lambda a: math.log(sum(map(math.exp, np.ravel(a)))))
    case("norm", (_arg,), lambda a: math.hypot(*np.ravel(a)))
    case("norm1", (_arg,), lambda a: sum(map(abs, np.ravel(a))))
    case("norminf", (_arg,), lambda a: max(map(abs, np.ravel(a))))
for _arg in (x, X):
    case("onehotmax", (_arg,), lambda a: np.where(a == np.max(a), 1.0, 0.0))
    case("onehotmin", (_arg,), lambda a: np.where(a == np.min(a), 1.0, 0.0))
case("norm_quad", (x, SPD), lambda a, m: math.sqrt(sum(a[p] * m[p, c] * a[c] for p, c in np.ndindex(*m.shape))))
case("normnuc", (X,), lambda a: sum(np.sqrt(np.maximum(np.linalg.eigvalsh(a @ a.T if len(a) < len(a.T) else a.T @ a), 0))))
case("softmax", (x,), lambda a: np.exp(a) / sum(np.exp(a)))
case("softmaxrows", (X,), lambda a: np.array([np.exp(row) / sum(np.exp(row)) for row in a]))
case("cumsum", (x,), lambda a: np.array(list(itertools.accumulate(a))))
case("tr", (A,), lambda a: sum(a[p, p] for p in range(len(a))))


# Matrix functions.
def leibniz(a: Any) -> float:
    """The determinant as the sum over permutations."""
    total = 0.0
    for order in itertools.permutations(range(len(a))):
        sign = (-1) ** sum(order[p] > order[c] for p, c in itertools.combinations(range(len(a)), 2))
        total += sign * math.prod(a[p, order[p]] for p in range(len(a)))
    return total


def series(a: Any) -> Any:
    """The exponential by its power series."""
    out, term = np.eye(len(a)), np.eye(len(a))
    for power in range(1, 80):
        term = term @ a / power
        out = out + term
    return out


def spectral(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def of(a: Any) -> Any:
        values, vectors = scipy.linalg.eigh(a)
        return vectors @ np.diag(function(values)) @ vectors.T

    return of


def cholesky(a: Any) -> Any:
    low = np.zeros_like(a)
    for p, c in np.ndindex(*a.shape):
        if p >= c:
            rest = a[p, c] - low[p, :c] @ low[c, :c]
            low[p, c] = math.sqrt(rest) if p == c else rest / low[c, c]
    return low


def eigenvalues(a: Any) -> Any:
    return np.sort(np.real(scipy.linalg.eigvals((a + a.T) / 2)))[::-1]


def eigenvector(at: int) -> Callable[[Any], Any]:
    def of(a: Any) -> Any:
        vector = scipy.linalg.null_space((a + a.T) / 2 - eigenvalues(a)[at] * np.eye(len(a)), rcond=1e-9)[:, 0]
        return vector * np.sign(vector[np.argmax(np.abs(vector))])

    return of


def diagonal_sums(a: Any) -> Any:
    n = len(a)
    return np.array([[sum(a[p, c] for p, c in np.ndindex(n, n) if c - p == col - row) for col in range(n)] for row in range(n)])


case("inv", (A,), lambda a: np.linalg.solve(a, np.eye(len(a))))
case("pinv", (X,), lambda a: np.linalg.lstsq(a, np.eye(len(a)), rcond=None)[0])
case("det", (A,), leibniz)
case("logdet", (A,), lambda a: math.log(abs(leibniz(a))))
case("logdet", (SPD,), lambda a: math.log(leibniz(a)))
case("expm", (A,), series)
case("logm", (SPD,), spectral(np.log))
case("sqrtm", (SPD,), spectral(np.sqrt))
case("dexpm", (A, B), lambda a, e: scipy.linalg.expm_frechet(a, e, compute_expm=False))
case("dsqrtm", (SPD, B), lambda a, e: scipy.linalg.solve_sylvester(spectral(np.sqrt)(a), spectral(np.sqrt)(a), e))
case("dlogm", (SPD, B), lambda a, e: np.stack([  # d log X = ∫₀¹ (t(X − I) + I)⁻¹ E (t(X − I) + I)⁻¹ dt, Gauss–Legendre
    w * np.linalg.inv(p * (a - np.eye(len(a))) + np.eye(len(a))) @ e @ np.linalg.inv(p * (a - np.eye(len(a))) + np.eye(len(a)))
    for p, w in zip(*[g / 2 + h for g, h in zip(np.polynomial.legendre.leggauss(60), (0.5, 0), strict=True)], strict=True)
]).sum(axis=0))
case("diag", (x,), lambda a: np.array([[a[p] if p == c else 0.0 for c in range(len(a))] for p in range(len(a))]))
case("diagonal", (A,), lambda a: np.array([a[p, p] for p in range(len(a))]))
case("vec", (X,), lambda a: np.array([a[p, c] for c in range(a.shape[1]) for p in range(a.shape[0])]))
case("unvec", (v,), lambda a: None, ("n", "d"))
case("tril", (X,), lambda a: np.array([[a[p, c] if p >= c else 0.0 for c in range(a.shape[1])] for p in range(len(a))]))
case("triu", (X,), lambda a: np.array([[a[p, c] if p <= c else 0.0 for c in range(a.shape[1])] for p in range(len(a))]))
case("toeplitz", (A,), diagonal_sums)
case("rank", (X,), lambda a: float(np.linalg.matrix_rank(a)))
case("rank", (x @ y.T,), lambda a: 1.0)
case("chol", (SPD,), cholesky)
case("lammax", (SYM,), lambda a: eigenvalues(a)[0])
case("lammin", (SYM,), lambda a: eigenvalues(a)[-1])
case("lammax", (A,), lambda a: eigenvalues(a)[0])
case("eigvals", (SYM,), eigenvalues)
case("eigvecmax", (SYM,), eigenvector(0))
case("eigvecmin", (SYM,), eigenvector(-1))
case("singvals", (X,), lambda a: np.sqrt(np.maximum(eigenvalues(a.T @ a), 0)))
case("polar", (X,), lambda a: scipy.linalg.polar(a)[0])
case("eigvecs", (SYM,), lambda a: None)

# Entries, leaves, relations.
case("entry", (x, constant(2)), lambda a, p: a[1])
case("entry", (r, constant(2)), lambda a, p: a[0, 1])
case("entry", (X, constant(1), constant(2)), lambda a, p, c: a[0, 1])
case("row", (X, constant(2)), lambda a, p: a[1])
case("col", (X, constant(2)), lambda a, p: a.T[1])
case("blocks", (A, X, symbol("P", ("d", "n")), symbol("D", ("d", "d"))), lambda a, b, c, d: np.vstack([np.hstack([a, b]), np.hstack([c, d])]), (2, 2))
case("blocks", (x, z), lambda a, b: np.append(a, b), (2, 1))
case("blocks", (A, x), lambda a, b: np.column_stack([a, b]), (1, 2))
case("blocks", (X, z.T), lambda a, b: np.vstack([a, b]), (2, 1))
case("eye", (), lambda: np.diag(np.ones(3)), (3,))
case("ones", (), lambda: np.array([1.0, 1.0]), (2,))
case("ones", (), lambda: np.array([[1.0, 1.0, 1.0]] * 2), (2, 3))
case("zeros", (), lambda: np.array([0.0, 0.0]), (2,))
case("basis", (constant(2),), lambda p: np.array([0.0, 1.0, 0.0]), (3,))
case("size", (), lambda: 4.0, (4,))
case("pi", (), lambda: 4 * math.atan(1))
case("euler", (), lambda: math.exp(1))
for _name, _test in (("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")):
    case(_name, (s, t), lambda a, b, test=_test: {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[test])
    case(_name, (s, s), lambda a, b, test=_test: "=" in test and test != "!=")


# Binders: (expression, oracle of the values by name).
BINDERS: dict[str, list[tuple[Expr, Callable[[dict[str, Any]], Any]]]] = {
    "Sum": [
        (bind("Sum", (i,), apply("entry", x, i)), lambda a: sum(a["x"])),
        (bind("Sum", (i, j), apply("entry", A, i, j) * i, apply("ne", i, j)),
         lambda a: sum((p + 1) * a["A"][p, c] for p, c in np.ndindex(*a["A"].shape) if p != c)),
        (bind("Sum", (i,), apply("row", X, i)), lambda a: sum(a["X"])),
        (bind("Sum", (i,), apply("entry", x, i) * bind("Sum", (k,), apply("entry", X, i, k))),
         lambda a: sum(a["x"][p] * a["X"][p].sum() for p in range(len(a["x"])))),
        (bind("Sum", (i,), apply("entry", x, i) * apply("entry", x, i - 1), apply("gt", i, constant(1))),
         lambda a: a["x"][1:] @ a["x"][:-1]),
        (bind("Sum", (i,), s), lambda a: a["s"] * a["n"]),
    ],
    "Prod": [(bind("Prod", (i,), apply("entry", x, i)), lambda a: math.prod(a["x"])),
             (bind("Prod", (i,), apply("entry", x, i), apply("lt", i, constant(1))), lambda a: 1.0)],
    "Max": [(bind("Max", (i,), apply("entry", x, i)), lambda a: max(a["x"]))],
    "Min": [(bind("Min", (i, k), apply("entry", X, i, k)), lambda a: min(a["X"].ravel()))],
    "Argmax": [(bind("Argmax", (i,), apply("entry", x, i)), lambda a: 1.0 + list(a["x"]).index(max(a["x"])))],
    "Argmin": [(bind("Argmin", (i,), apply("entry", x, i)), lambda a: 1.0 + list(a["x"]).index(min(a["x"])))],
    "Integral": [
        (bind("Integral", (u,), apply("exp", -(s**2 * u**2)), constant(float("-inf")), constant(float("inf"))),
         lambda a: math.sqrt(math.pi) / abs(a["s"])),
        (bind("Integral", (u,), u * x, constant(0), t), lambda a: a["t"] ** 2 / 2 * a["x"]),
        (bind("Sum", (i,), bind("Integral", (u,), u * apply("entry", x, i), constant(0), constant(2))), lambda a: 2 * sum(a["x"])),
    ],
    "Limit": [(bind("Limit", (u,), (apply("exp", s * u) - 1) / u, constant(0), constant(0)), lambda a: a["s"]),
              (bind("Limit", (u,), (1 + s / u) ** u, constant(float("inf")), constant(0)), lambda a: math.exp(a["s"]))],
    "Series": [(bind("Series", (u,), s**u / apply("factorial", u), constant(0), constant(float("inf"))), lambda a: math.exp(a["s"])),
               (bind("Series", (u,), u * x, constant(2), constant(5)), lambda a: 14 * a["x"])],
    "SeriesProd": [(bind("SeriesProd", (u,), 1 - 1 / u**2, constant(2), constant(float("inf"))), lambda a: 0.5)],
    "Tensor": [
        (bind("Tensor", (i, k), apply("entry", X, i, k) * i), lambda a: a["X"] * np.arange(1, len(a["X"]) + 1)[:, None]),
        (bind("Tensor", (i, j, k), apply("entry", x, i) * apply("entry", X, j, k)), lambda a: np.multiply.outer(a["x"], a["X"])),
    ],
}
WITHOUT_VALUE = {"big_o", "little_o", "approx", "propto", "equiv", "define", "implies", "iff", "Expectation"}
CHANCE: dict[str, tuple[object, ...]] = {
    "expectation": (), "variance": (), "covariance": (), "probability": ("p", 1), "entropy": (1,), "cross_entropy": (), "kl": (),
    "mutual_information": (1, 1), "distribution": ("Normal",), "density": ("Normal",), "follows": (1,), "independent": (1, 1),
    "intersection": (), "union": (), "complement": (), "Outcomes": (), "Whole": (),
}  # tests/check/test_worlds.py
DERIVATIVES = {"d", "derivative"}  # tests/run/test_reference.py
NORMAL = {"einsum", "plus", "fuse", "slot", "mask"}  # test_normal_records.py


def applications() -> list[Apply]:
    return [c.node for cases in CASES.values() for c in cases if isinstance(c.node, Apply)]
