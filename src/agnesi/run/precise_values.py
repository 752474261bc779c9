"""What operations mean in numbers of many digits: a table over mpmath for those whose records compute in floats.

Arrays are NumPy arrays of mpmath numbers. An operation that only moves, adds and multiplies entries keeps the value
of its record (`EXACT` names these); the others stand in `VALUES`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from mpmath import mp, mpf

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
from agnesi.ops.matrices import sym_eigh

Value = Callable[[Any, tuple[Any, ...], Any], Any]

EXACT = frozenset((
    "add", "neg", "mul", "hadamard", "div", "ediv", "matpow", "transpose", "inner", "kron", "sum", "mean", "prod",
    "cumsum", "tr", "entry", "row", "col", "blocks", "diag", "diagonal", "vec", "unvec", "tril", "triu", "toeplitz",
    "eye", "ones", "zeros", "basis", "max", "min", "maximum", "minimum", "norm1", "norminf", "onehotmax", "onehotmin",
    "eq", "ne", "lt", "le", "gt", "ge", "plus", "fuse", "slot", "mask", "size", "relu", "step",
))


def exactly(value: Any) -> Any:
    """Return a number or an array in many digits; a float is taken as the number that it is."""
    if isinstance(value, Fraction):
        return mpf(value.numerator) / value.denominator
    if isinstance(value, (bool, np.bool_, mpf, mpmath.mpc)):
        return value
    if np.ndim(value) == 0:
        one = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
        return exactly(one) if isinstance(one, Fraction) else mpmath.mpmathify(one)
    array = np.asarray(value)
    if array.dtype == bool:
        return array
    out = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        out[place] = exactly(array[place])
    return out


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of every entry; where it is not real there is no value."""

    def real(*numbers: Any) -> Any:
        try:
            out = function(*numbers)
        except (ValueError, ZeroDivisionError):
            return mp.nan
        return out if not isinstance(out, mpmath.mpc) else out.real if out.imag == 0 else mp.nan

    def value(*arrays: Any) -> Any:
        return np.frompyfunc(real, len(arrays), 1)(*arrays)

    return value


def to_matrix(array: Any) -> Any:
    """Return an mpmath matrix."""
    return mp.matrix(np.asarray(array, dtype=object).tolist())


def from_matrix(matrix: Any) -> Any:
    """Return an array of an mpmath matrix; complex entries only where they are more than rounding."""
    out = np.empty((matrix.rows, matrix.cols), dtype=object)
    for r, c in np.ndindex(out.shape):
        entry = matrix[r, c]
        if isinstance(entry, mpmath.mpc):
            if abs(entry.imag) > mpf(10) ** (-mp.dps // 2) * (1 + abs(entry)):
                raise NotNumeric("The matrix function is not real here.")
            entry = entry.real
        out[r, c] = entry
    return out


def _symmetric(x: Any) -> Any:
    return (x + x.T) / 2


def _eigh(x: Any) -> tuple[Any, Any]:
    """Eigenvalues, rising, and eigenvectors as columns, of the symmetric part."""
    values, vectors = mp.eigsy(to_matrix(_symmetric(x)))
    found = np.array(list(values), dtype=object)
    order = sorted(range(len(found)), key=lambda k: found[k])
    return found[order], from_matrix(vectors)[:, order]


def _eigvecs(x: Any) -> Any:
    """The eigenvectors, eigenvalues falling, with the signs that they have in floats."""
    vectors, floats = _eigh(x)[1], sym_eigh(np.asarray(x, dtype=float))[1]
    return (vectors * np.where(np.sum(vectors * floats, axis=0) < 0, -1, 1))[:, ::-1]


def _svd(x: Any) -> tuple[Any, Any, Any]:
    u, s, v = mp.svd_r(to_matrix(x))
    return from_matrix(u), np.array(list(s), dtype=object), from_matrix(v)


def _eigvec(at: int) -> Callable[[Any], Any]:
    def value(x: Any) -> Any:
        v = _eigh(x)[1][:, at]
        lead = max(v, key=abs)
        return v if lead > 0 else -v

    return value


def _singular(x: Any) -> Any:
    values = np.sort(_svd(x)[1])[::-1]
    rest = [mpf(0)] * (x.shape[1] - len(values))
    return np.array([*values, *rest], dtype=object)


def _threshold(values: Any) -> Any:
    return max(values, default=mpf(0)) * mpf(10) ** (-mp.dps // 2)


def _pinv(x: Any) -> Any:
    u, s, v = _svd(x)
    small = _threshold(s)
    return (v.T * np.array([1 / t if t > small else mpf(0) for t in s], dtype=object)) @ u.T


def _polar(x: Any) -> Any:
    u, _, v = _svd(x)
    return u @ v


def _det(x: Any) -> Any:
    return mp.det(to_matrix(x))


def _inverse(x: Any) -> Any:
    return from_matrix(mp.inverse(to_matrix(x)))


MATRIX_FUNCTIONS: dict[str, Callable[[Any], Any]] = {"expm": mp.expm, "logm": mp.logm, "sqrtm": mp.sqrtm}


def _frechet(name: str) -> Value:
    def value(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
        x, e = arrays
        n = len(x)
        zero = exactly(np.zeros((n, n)))
        big = np.concatenate([np.concatenate([x, e], axis=1), np.concatenate([zero, x], axis=1)], axis=0)
        return from_matrix(MATRIX_FUNCTIONS[name](to_matrix(big)))[:n, n:]

    return value


def _softmax(x: Any) -> Any:
    e = each(mp.exp)(x - np.max(x))
    return e / np.sum(e)


def _logsumexp(x: Any) -> Any:
    flat = np.asarray(x, dtype=object).reshape(-1)
    top = max(flat)
    return top + mp.log(sum(each(mp.exp)(flat - top)))


def _norm(x: Any) -> Any:
    return mp.sqrt(sum(t * t for t in np.asarray(x, dtype=object).reshape(-1)))


def _power(base: Any, power: Any) -> Any:
    if power == int(power) if mp.isfinite(power) else False:
        return base ** int(power)
    return mp.power(base, power)


def _einsum(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    """The product of the record, with its coefficient taken exactly."""
    coef, subs, out, dims = node.attrs
    known = dict(dims)
    operands: list[Any] = []
    for array, labels in zip(arrays, subs, strict=True):
        operands += [np.asarray(array, dtype=object), list(labels)]
    carried = {label for labels in subs for label in labels}
    for label in out:
        if label not in carried:
            operands += [exactly(np.ones(size(known[label]))), [label]]
            carried.add(label)
    scale = exactly(coef)
    for label, dim in dims:
        if label not in carried:
            scale = scale * size(dim)
    return scale * np.einsum(*operands, list(out)) if operands else scale


def _sign(x: Any) -> Any:
    return mpf((x > 0) - (x < 0))


def _one(function: Callable[[Any], Any]) -> Value:
    return lambda node, arrays, size: function(arrays[0])


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "exp": mp.exp, "log": mp.log, "log2": lambda x: mp.log(x) / mp.log(2), "log10": mp.log10, "sqrt": mp.sqrt,
    "abs": abs, "sign": _sign, "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "tanh": mp.tanh, "sinh": mp.sinh,
    "cosh": mp.cosh, "arctan": mp.atan, "arcsin": mp.asin, "arccos": mp.acos,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "logit": lambda x: mp.log(x) - mp.log1p(-x),
    "softplus": lambda x: max(x, 0) + mp.log1p(mp.exp(-abs(x))), "erf": mp.erf,
    "normpdf": mp.npdf, "normcdf": mp.ncdf, "gamma": mp.gamma, "lgamma": mp.loggamma, "digamma": mp.digamma,
    "factorial": mp.factorial, "binom": mp.binomial, "pow": _power, "epow": _power, "power": _power,
}
VALUES: dict[str, Value] = {
    **{name: (lambda f: lambda node, arrays, size: f(*arrays))(each(f)) for name, f in ELEMENTWISE.items()},
    "polygamma": lambda node, arrays, size: each(lambda x: mp.polygamma(node.attrs[0], x))(arrays[0]),
    "size": lambda node, arrays, size: mpf(size(Dim.of(node.attrs[0]))),
    "pi": lambda node, arrays, size: +mp.pi, "euler": lambda node, arrays, size: +mp.e,
    "softmax": _one(_softmax), "softmaxrows": _one(lambda x: np.array([_softmax(row) for row in x], dtype=object)),
    "logsumexp": _one(_logsumexp), "norm": _one(_norm), "einsum": _einsum,
    "norm_quad": lambda node, arrays, size: mp.sqrt(arrays[0] @ arrays[1] @ arrays[0]),
    "normnuc": _one(lambda x: sum(_svd(x)[1])), "inv": _one(_inverse), "pinv": _one(_pinv), "det": _one(_det),
    "logdet": _one(lambda x: mp.log(abs(_det(x)))), "polar": _one(_polar), "singvals": _one(_singular),
    "chol": _one(lambda x: from_matrix(mp.cholesky(to_matrix(_symmetric(x))))),
    "lammax": _one(lambda x: _eigh(x)[0][-1]), "lammin": _one(lambda x: _eigh(x)[0][0]),
    "eigvals": _one(lambda x: _eigh(x)[0][::-1]), "eigvecs": _one(_eigvecs),
    "eigvecmax": _one(_eigvec(-1)), "eigvecmin": _one(_eigvec(0)),
    "rank": _one(lambda x: mpf(sum(s > _threshold(_svd(x)[1]) for s in _svd(x)[1]))),
    **{name: _one((lambda f: lambda x: from_matrix(f(to_matrix(x))))(f)) for name, f in MATRIX_FUNCTIONS.items()},
    **{f"d{name}": _frechet(name) for name in MATRIX_FUNCTIONS},
}
