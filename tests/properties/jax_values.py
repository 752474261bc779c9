"""Expressions evaluated a second time: in JAX, from the meanings of the operations, without their records.

    value(expr, {"X": X, "w": w}, {"n": 3, "d": 2})

is a JAX number or array, so `jax.jacobian` and `jax.hessian` of it are an oracle for closed forms. Nothing here calls
an operation's own `value`. `NOT_COVERED` says what is left out, and why.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol
from agnesi.ops import operations

jax.config.update("jax_enable_x64", True)

_NO_NUMBER = "it is a statement, not a number"
_FORMAL = ("probability", "quadrature")
_NORMAL = "it stands in the normal form only"
NOT_COVERED = {
    **dict.fromkeys(("approx", "propto", "equiv", "define", "implies", "iff"), _NO_NUMBER),
    **dict.fromkeys(("einsum", "plus", "fuse", "slot", "mask", "power"), _NORMAL),
    **dict.fromkeys(("d", "derivative"), "it is what JAX is asked to do, not what it is given"),
    **dict.fromkeys(
        ("Expectation", "Outcomes", "Whole", *(f.name for f in operations if f.family in _FORMAL)),
        "its distribution is not given",
    ),
    **dict.fromkeys(("Limit", "Series", "SeriesProd"), "it is extrapolated: tests/run/test_analysis.py"),
    **dict.fromkeys(("big_o", "little_o"), _NO_NUMBER),
    "rank": "it is a whole number that jumps: JAX has no derivative of it, and neither has anybody",
}

Sizes = Mapping[str, int]
GAUSS = np.polynomial.legendre.leggauss(40)


def value(expr: Expr, arrays: Mapping[str, Any], sizes: Sizes) -> Any:
    """Return the value of `expr` as a JAX array of its shape (axes of size 1 as declared)."""
    out = _value(expr, dict(arrays), sizes, {})
    return jnp.asarray(out, dtype=float).reshape(tuple(d.size(sizes) for d in expr.shape))


def _value(node: Expr, env: dict[Any, Any], sizes: Sizes, memo: dict[Expr, Any]) -> Any:
    """Recursive: the expressions of tests are small."""
    if node in memo:
        return memo[node]
    match node:
        case Const():
            out: Any = float(node.value)
        case Symbol():
            out = env[node.name]
        case Index():
            out = env[node]
        case Bind():
            out = _bound(node, env, sizes, memo)
        case Apply() if node.op.name in ("pow", "epow"):
            out = _raised(node, _value(node.args[0], env, sizes, memo), lambda p: _value(p, env, sizes, memo))
        case Apply():
            args = [_value(a, env, sizes, memo) for a in node.args]
            out = MEANINGS[node.op.name](node, args, lambda dim: Dim.of(dim).size(sizes))
    memo[node] = out
    return out


def _raised(node: Apply, base: Any, at: Callable[[Expr], Any]) -> Any:
    """A power; a number as exponent stays one, so that JAX need not differentiate with respect to it."""
    exponent = node.args[1]
    if isinstance(exponent, Const):
        number = float(exponent.value)
        return jnp.asarray(base) ** (int(number) if number.is_integer() else number)
    return jnp.power(jnp.asarray(base), at(exponent))


# -- binders ---------------------------------------------------------------------------------------------------------


def _bound(node: Bind, env: dict[Any, Any], sizes: Sizes, memo: dict[Expr, Any]) -> Any:
    if node.op.name == "Integral":
        return _integral(node, env, sizes, memo)
    ranges = [range(1, v.dim.size(sizes) + 1) for v in node.variables]  # type: ignore[attr-defined]
    places, found = [], []
    for place in itertools.product(*ranges):
        inner = {**env, **dict(zip(node.variables, map(float, place), strict=True))}
        fresh: dict[Expr, Any] = {}
        if node.condition is None or bool(_value(node.condition, inner, sizes, fresh)):
            places.append(place)
            found.append(jnp.asarray(_value(node.body, inner, sizes, fresh)))
    shape = tuple(d.size(sizes) for d in node.body.shape)
    match node.op.name:
        case "Sum":
            return sum(found, jnp.zeros(shape))
        case "Prod":
            out = jnp.ones(shape)
            for one in found:
                out = out * one
            return out
        case "Max":
            return jnp.max(jnp.stack(found))
        case "Min":
            return jnp.min(jnp.stack(found))
        case "Argmax":
            return jnp.asarray([p[0] for p in places], dtype=float)[jnp.argmax(jnp.stack(found))]
        case "Argmin":
            return jnp.asarray([p[0] for p in places], dtype=float)[jnp.argmin(jnp.stack(found))]
        case "Tensor":
            return jnp.stack(found).reshape([len(r) for r in ranges])
    raise NotImplementedError(node.op.name)


def _integral(node: Bind, env: dict[Any, Any], sizes: Sizes, memo: dict[Expr, Any]) -> Any:
    """Gauss–Legendre: exact to rounding for the smooth integrands of the generator."""
    (t,), low, high = node.variables, *(_value(a, env, sizes, memo) for a in node.args[1:])
    total: Any = 0.0
    for x, weight in zip(*GAUSS, strict=True):
        inner = {**env, t.name: low + (high - low) * (x + 1) / 2}  # type: ignore[attr-defined]
        total = total + weight * _value(node.body, inner, sizes, {})
    return total * (high - low) / 2


# -- products and shapes ---------------------------------------------------------------------------------------------


def _as_matrix(array: Any, shape: Any, size: Any) -> Any:
    """A vector as a column."""
    full = (*(size(d) for d in shape), 1, 1)[:2]
    return jnp.asarray(array).reshape(full)


def _mul(node: Apply, args: list[Any], size: Any) -> Any:
    """Scalars scale; all others are matrices (vectors are columns); a product of 1×1 is a scalar."""
    out: Any = None
    scale: Any = 1.0
    for arg, array in zip(node.args, args, strict=True):
        if not arg.shape:
            scale = scale * array
            continue
        matrix = _as_matrix(array, arg.shape, size)
        if out is not None and out.shape == (1, 1) and matrix.shape[0] != 1:
            scale, out = scale * out[0, 0], matrix
        elif out is not None and matrix.shape == (1, 1) and out.shape[1] != 1:
            scale = scale * matrix[0, 0]
        else:
            out = matrix if out is None else out @ matrix
    if out is None:
        return scale
    return (scale * out).reshape(tuple(size(d) for d in node.shape))


def _kron(node: Apply, args: list[Any], size: Any) -> Any:
    a, b = (_as_matrix(x, e.shape, size) for e, x in zip(node.args, args, strict=True))
    out = jnp.einsum("ij,kl->ikjl", a, b).reshape(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])
    return out.reshape(tuple(size(d) for d in node.shape))


def _blocks(node: Apply, args: list[Any], size: Any) -> Any:
    rows, columns = node.attrs
    parts = [_as_matrix(x, e.shape, size) for e, x in zip(node.args, args, strict=True)]
    lines = [jnp.concatenate(parts[r * columns : (r + 1) * columns], axis=1) for r in range(rows)]
    return jnp.concatenate(lines, axis=0).reshape(tuple(size(d) for d in node.shape))


def _entry(node: Apply, args: list[Any], size: Any) -> Any:
    owner, places = jnp.asarray(args[0]), tuple(int(p) - 1 for p in args[1:])
    if owner.ndim == len(places) + 1:  # a row 1×n with one index
        owner = owner.reshape(-1)
    if min(places) < 0 or any(p >= n for p, n in zip(places, owner.shape, strict=True)):
        raise IndexError(places)
    return owner[places]


# -- matrices --------------------------------------------------------------------------------------------------------


def _symmetric(x: Any) -> Any:
    return (x + x.T) / 2


def _power(x: Any, k: int) -> Any:
    out = x
    for _ in range(k - 1):
        out = out @ x
    return out


def _square_root_step(_: int, pair: tuple[Any, Any]) -> tuple[Any, Any]:
    y, z = pair
    logs = jnp.linalg.slogdet(y)[1] + jnp.linalg.slogdet(z)[1]
    scale = jax.lax.stop_gradient(jnp.exp(-logs / (2 * len(y))))
    return (scale * y + jnp.linalg.inv(z) / scale) / 2, (scale * z + jnp.linalg.inv(y) / scale) / 2


@jax.jit
def _sqrtm(x: Any) -> Any:
    """Denman and Beavers: a coupled Newton iteration, with the determinant as scaling."""
    return jax.lax.fori_loop(0, 16, _square_root_step, (x, jnp.eye(len(x))))[0]


@jax.jit
def _logm(x: Any) -> Any:
    """Five square roots, then log X = ∫₀¹ (X − I)(t(X − I) + I)⁻¹ dt by Gauss."""
    root = jax.lax.fori_loop(0, 5, lambda _, y: _sqrtm(y), x)
    eye = jnp.eye(len(x))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    inverses = jnp.linalg.inv((nodes[:, None, None] + 1) / 2 * (root - eye) + eye)
    return 2.0**5 * (root - eye) @ jnp.tensordot(weights / 2, inverses, 1)


@jax.jit
def _expm(x: Any) -> Any:
    """A Taylor series of X/2⁸, squared eight times."""
    small, eye = x / 2.0**8, jnp.eye(len(x))
    out = eye
    for k in range(18, 0, -1):
        out = eye + small @ out / k
    for _ in range(8):
        out = out @ out
    return out


def _along(function: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda node, a, size: jax.jvp(function, (jnp.asarray(a[0]),), (jnp.asarray(a[1]),))[1]


def _eigenvector(at: int) -> Callable[..., Any]:
    def meaning(node: Apply, args: list[Any], size: Any) -> Any:
        v = jnp.linalg.eigh(_symmetric(args[0]))[1][:, at]
        return v * jax.lax.stop_gradient(jnp.sign(v[jnp.argmax(jnp.abs(v))]))

    return meaning


def _singular_values(node: Apply, args: list[Any], size: Any) -> Any:
    found = jnp.linalg.svd(args[0], compute_uv=False)
    return jnp.concatenate([found, jnp.zeros(args[0].shape[1] - len(found))])


def _polar(node: Apply, args: list[Any], size: Any) -> Any:
    u, _, vt = jnp.linalg.svd(args[0], full_matrices=False)
    return u @ vt


def _sums_along_diagonals(node: Apply, args: list[Any], size: Any) -> Any:
    (x,), n = args, len(args[0])
    return jnp.stack([jnp.stack([jnp.trace(x, offset=j - i) for j in range(n)]) for i in range(n)])


def _hot(at: Callable[[Any], Any]) -> Callable[..., Any]:
    def meaning(node: Apply, args: list[Any], size: Any) -> Any:
        flat = jnp.reshape(jnp.asarray(args[0]), -1)
        return (jnp.arange(flat.size) == at(flat)).astype(float).reshape(jnp.shape(args[0]))

    return meaning


def _softmax(x: Any) -> Any:
    e = jnp.exp(x - jax.lax.stop_gradient(jnp.max(x, axis=-1, keepdims=True)))
    return e / jnp.sum(e, axis=-1, keepdims=True)


def _logsumexp(x: Any) -> Any:
    top = jax.lax.stop_gradient(jnp.max(x))
    return top + jnp.log(jnp.sum(jnp.exp(x - top)))


def _sum(terms: list[Any]) -> Any:
    out = terms[0]
    for term in terms[1:]:
        out = out + term
    return out


def _all_of(terms: list[Any]) -> Any:
    out = terms[0]
    for term in terms[1:]:
        out = out * term
    return out


def _shaped(fill: Callable[..., Any]) -> Callable[..., Any]:
    return lambda node, a, size: fill(tuple(size(d) for d in node.shape))


def _unary(function: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda node, a, size: function(jnp.asarray(a[0]))


def _compared(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda node, a, size: function(a[0], a[1])


ONE_ARGUMENT: dict[str, Callable[[Any], Any]] = {
    "neg": lambda u: -u, "exp": jnp.exp, "log": jnp.log, "log2": lambda u: jnp.log(u) / jnp.log(2.0),
    "log10": lambda u: jnp.log(u) / jnp.log(10.0), "sqrt": jnp.sqrt, "abs": jnp.abs, "sign": jnp.sign, "sin": jnp.sin,
    "cos": jnp.cos, "tan": jnp.tan, "tanh": jnp.tanh, "sinh": jnp.sinh, "cosh": jnp.cosh, "arctan": jnp.arctan,
    "arcsin": jnp.arcsin, "arccos": jnp.arccos, "sigmoid": lambda u: 1 / (1 + jnp.exp(-u)),
    "logit": lambda u: jnp.log(u / (1 - u)), "softplus": lambda u: jnp.logaddexp(u, 0.0),
    "relu": lambda u: jnp.where(u > 0, u, 0.0), "step": lambda u: jnp.where(u > 0, 1.0, 0.0), "erf": special.erf,
    "normpdf": lambda u: jnp.exp(-u * u / 2) / jnp.sqrt(2 * jnp.pi),
    "normcdf": lambda u: (1 + special.erf(u / jnp.sqrt(2.0))) / 2, "gamma": lambda u: jnp.exp(special.gammaln(u)),
    "factorial": lambda u: jnp.exp(special.gammaln(u + 1)),
    "lgamma": special.gammaln, "digamma": special.digamma,
    "sum": jnp.sum, "mean": jnp.mean, "prod": lambda x: _all_of(list(x.reshape(-1))), "max": jnp.max, "min": jnp.min,
    "logsumexp": _logsumexp, "softmax": _softmax, "softmaxrows": _softmax,
    "norm": lambda x: jnp.sqrt(jnp.sum(x * x)), "norm1": lambda x: jnp.sum(jnp.abs(x)),
    "norminf": lambda x: jnp.max(jnp.abs(x)), "normnuc": lambda x: jnp.sum(jnp.linalg.svd(x, compute_uv=False)),
    "cumsum": lambda x: jnp.tril(jnp.ones((len(x), len(x)))) @ x, "tr": lambda x: jnp.sum(jnp.diagonal(x)),
    "inv": jnp.linalg.inv, "pinv": jnp.linalg.pinv, "det": jnp.linalg.det,
    "logdet": lambda x: jnp.log(jnp.abs(jnp.linalg.det(x))), "expm": _expm, "logm": _logm, "sqrtm": _sqrtm,
    "diag": lambda x: x[:, None] * jnp.eye(len(x)), "diagonal": jnp.diagonal, "tril": jnp.tril, "triu": jnp.triu,
    "vec": lambda x: x.T.reshape(-1), "chol": lambda x: jnp.linalg.cholesky(_symmetric(x)),
    "lammax": lambda x: jnp.linalg.eigh(_symmetric(x))[0][-1], "lammin": lambda x: jnp.linalg.eigh(_symmetric(x))[0][0],
    "eigvals": lambda x: jnp.linalg.eigh(_symmetric(x))[0][::-1],
    "eigvecs": lambda x: jnp.linalg.eigh(_symmetric(x))[1][:, ::-1],
}  # fmt: skip
MEANINGS: dict[str, Callable[..., Any]] = {
    **{name: _unary(function) for name, function in ONE_ARGUMENT.items()},
    "add": lambda node, a, size: _sum(a), "hadamard": lambda node, a, size: _all_of(a), "mul": _mul,
    "div": lambda node, a, size: a[0] / a[1], "ediv": lambda node, a, size: a[0] / a[1],
    "pow": _raised, "epow": _raised,  # their exponents are looked at before they are evaluated
    "matpow": lambda node, a, size: _power(a[0], int(node.attrs[0])),
    "transpose": lambda node, a, size: jnp.asarray(a[0]).T.reshape(tuple(size(d) for d in node.shape)),
    "inner": lambda node, a, size: jnp.sum(a[0] * a[1]), "kron": _kron,
    "binom": lambda node, a, size: jnp.exp(
        special.gammaln(a[0] + 1) - special.gammaln(a[1] + 1) - special.gammaln(a[0] - a[1] + 1)),
    "polygamma": lambda node, a, size: special.polygamma(int(node.attrs[0]), a[0]),
    "maximum": lambda node, a, size: jnp.where(a[0] >= a[1], a[0], a[1]),
    "minimum": lambda node, a, size: jnp.where(a[0] >= a[1], a[1], a[0]),
    "norm_quad": lambda node, a, size: jnp.sqrt(a[0] @ a[1] @ a[0]),
    "onehotmax": _hot(jnp.argmax), "onehotmin": _hot(jnp.argmin),
    "dexpm": _along(_expm), "dlogm": _along(_logm), "dsqrtm": _along(_sqrtm),
    "unvec": lambda node, a, size: jnp.reshape(a[0], tuple(size(d) for d in node.attrs)[::-1]).T.reshape(
        tuple(size(d) for d in node.shape)),
    "toeplitz": _sums_along_diagonals, "eigvecmax": _eigenvector(-1), "eigvecmin": _eigenvector(0),
    "singvals": _singular_values, "polar": _polar,
    "eye": lambda node, a, size: jnp.eye(size(node.attrs[0])), "ones": _shaped(jnp.ones), "zeros": _shaped(jnp.zeros),
    "basis": lambda node, a, size: (jnp.arange(size(node.attrs[0])) == int(a[0]) - 1).astype(float),
    "size": lambda node, a, size: float(size(node.attrs[0])), "pi": lambda node, a, size: float(np.pi),
    "euler": lambda node, a, size: float(np.e),
    "entry": _entry, "row": lambda node, a, size: a[0][int(a[1]) - 1, :],
    "col": lambda node, a, size: a[0][:, int(a[1]) - 1],
    "blocks": _blocks,
    "eq": _compared(lambda u, v: u == v), "ne": _compared(lambda u, v: u != v), "lt": _compared(lambda u, v: u < v),
    "le": _compared(lambda u, v: u <= v), "gt": _compared(lambda u, v: u > v), "ge": _compared(lambda u, v: u >= v),
}  # fmt: skip
BINDERS = ("Sum", "Prod", "Max", "Min", "Argmax", "Argmin", "Integral", "Tensor")
