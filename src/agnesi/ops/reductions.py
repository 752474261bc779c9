"""From many entries to few: sums, means, norms, log-sum-exp, softmax, maxima."""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.errors import ShapeError
from agnesi.expr.dims import Shape
from agnesi.expr.nodes import Expr, apply, constant
from agnesi.expr.operation import Operation, operations
from agnesi.ops.arithmetic import total
from agnesi.ops.code import code
from agnesi.ops.elementwise import fn
from agnesi.ops.shapes import Args, Attrs, described, matrix, scalar_of_any, square, vector

Darg = Expr | None


def count(u: Expr) -> Expr:
    """Return the number of entries of u, as an expression."""
    parts = [fn("size", attrs=(d,)) for d in u.shape]
    if not parts:
        return constant(1)
    return parts[0] if len(parts) == 1 else apply("mul", *parts)


def _axes(node: Expr) -> tuple[int, ...]:
    return tuple(range(-node.args[0].ndim, 0)) if node.args[0].ndim else ()


def _lse(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    x, axes = np.asarray(arrays[0]), _axes(node)
    top = np.max(np.real(x), axis=axes, keepdims=True)
    return np.log(np.sum(np.exp(x - top), axis=axes)) + top.reshape(np.sum(x * 0, axis=axes).shape)


def softmax_value(x: Any) -> Any:
    """Return exp(x)/Σexp(x) over the last axis, without overflow."""
    x = np.asarray(x)
    e = np.exp(x - np.max(np.real(x), axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def _norm_value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    x = np.asarray(arrays[0])
    scale = np.max(np.abs(x), initial=0.0)
    if scale == 0 or not np.isfinite(scale):
        return scale * 1.0
    return np.sqrt(np.sum((x / scale) ** 2)) * scale


def _paired(weights: Expr, du: Darg) -> Expr:
    """Return ⟨weights, du⟩, of vectors as weightsᵀ du."""
    assert du is not None
    return weights.T @ du if du.ndim == 1 and weights.ndim == 1 else fn("inner", weights, du)


def _d_logsumexp(a: Args, d: tuple[Darg, ...], _: Attrs) -> Expr:
    u, du = a[0], d[0]
    if u.ndim == 1:
        return _paired(fn("softmax", u), du)
    assert du is not None
    return fn("sum", fn("exp", u - fn("logsumexp", u) * fn("ones", attrs=u.shape)) * du)


def _d_norm(a: Args, d: tuple[Darg, ...], _: Attrs) -> Expr:
    return _paired(a[0], d[0]) / fn("norm", a[0])


def _norm_quad_shape(args: Args, attrs: Attrs) -> Shape:
    x, a = args
    if x.ndim != 1 or a.shape != x.shape * 2:
        raise ShapeError(f"‖x‖_A wants a vector and a square matrix of its size, but {described(x, a)}.")
    return ()


def _d_norm_quad(args: Args, d: tuple[Darg, ...], _: Attrs) -> Expr:
    (x, a), (dx, da) = args, d
    terms: list[Expr] = []
    if dx is not None:
        terms.append((apply("mul", x.T, a, dx) + apply("mul", dx.T, a, x)) / (2 * fn("norm_quad", x, a)))
    if da is not None:
        terms.append(apply("mul", x.T, da, x) / (2 * fn("norm_quad", x, a)))
    return total(terms)


def _d_softmax(a: Args, d: tuple[Darg, ...], _: Attrs) -> Expr:
    p, du = fn("softmax", a[0]), d[0]
    return apply("hadamard", p, du) - apply("mul", p, apply("mul", p.T, du))  # type: ignore[arg-type]


def _d_softmaxrows(a: Args, d: tuple[Darg, ...], _: Attrs) -> Expr:
    p, du, m = fn("softmaxrows", a[0]), d[0], a[0].shape[1]
    inner = apply("mul", apply("hadamard", p, du), fn("ones", attrs=(m, m)))  # type: ignore[arg-type]
    return apply("hadamard", p, apply("add", du, apply("neg", inner)))  # type: ignore[arg-type]


def _extreme(larger: bool) -> Any:
    def value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
        x = np.asarray(arrays[0])
        core = node.args[0].ndim
        flat = x.reshape((*x.shape[:x.ndim - core], -1)) if core else x.reshape((*x.shape, 1))
        pick = np.argmax(np.real(flat), axis=-1) if larger else np.argmin(np.real(flat), axis=-1)
        return np.take_along_axis(flat, pick[..., None], axis=-1)[..., 0]

    return value


def _onehot(larger: bool) -> Any:
    def value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
        x = np.asarray(arrays[0])
        pick = np.argmax(np.real(x), axis=-1) if larger else np.argmin(np.real(x), axis=-1)
        return np.eye(x.shape[-1])[pick]

    return value


operations.add(Operation(
    "sum", "reduction", "The sum of all entries.", "Parr & Howard 4.3", scalar_of_any,
    lambda node, arrays, size: np.sum(arrays[0]), names=("sum",), linear=True, law="d sum(u) = sum(du)",
    latex=r"\operatorname{sum}", differential=lambda a, d, _: fn("sum", d[0]),  # type: ignore[arg-type]
))
operations.add(Operation(
    "mean", "reduction", "The mean of all entries.", "PRML 1.2.2", scalar_of_any,
    lambda node, arrays, size: np.mean(arrays[0]), names=("mean",), linear=True, law="d mean(u) = mean(du)",
    latex=r"\operatorname{mean}", differential=lambda a, d, _: fn("mean", d[0]),  # type: ignore[arg-type]
))
operations.add(Operation(
    "prod", "reduction", "The product of all entries.", "MML 5.1.2", scalar_of_any,
    lambda node, arrays, size: np.prod(np.asarray(arrays[0]).reshape((*np.shape(arrays[0])[:-1], -1)), axis=-1)
    if node.args[0].ndim == 1 else np.prod(arrays[0]),
    names=("prod",), law="d prod(u) = prod(u) sum(du ./ u)", latex=r"\operatorname{prod}", core=(1,),
    code=code("{0}.prod(-1)"),
    differential=lambda a, d, _: fn("prod", a[0]) * fn("sum", d[0] / a[0]),  # type: ignore[operator]
))
operations.add(Operation(
    "logsumexp", "reduction", "log Σ exp of the entries, the smooth maximum.", "Boyd 3.1.5", scalar_of_any, _lse,
    names=("logsumexp", "lse"), law="d logsumexp(u) = softmax(u)ᵀ du", latex=r"\operatorname{logsumexp}", core=(1,),
    convex=1, code=code("logsumexp({0})", "special.logsumexp({0}, axis=-1)", "torch.logsumexp({0}, -1)"),
    differential=_d_logsumexp,
))
operations.add(Operation(
    "softmax", "vector", "exp(x)/Σ exp(x): a vector of probabilities.", "PRML 4.104",
    vector("softmax", lambda s: s), lambda node, arrays, size: softmax_value(arrays[0]), names=("softmax",),
    law="d softmax(u) = p ⊙ du − p (pᵀdu), p = softmax(u)", latex=r"\operatorname{softmax}", core=(1,), core_out=1,
    range="probability", differential=_d_softmax,
    code=code("softmax({0})", "jax.nn.softmax({0}, axis=-1)", "torch.softmax({0}, -1)"),
))
operations.add(Operation(
    "softmaxrows", "matrix", "The softmax of each row.", "PRML 4.104", matrix("softmaxrows", lambda s: s),
    lambda node, arrays, size: softmax_value(arrays[0]), names=("softmaxrows",),
    law="d P = P ⊙ (dU − (P ⊙ dU) 𝟏𝟏ᵀ), P = softmaxrows(U)",
    latex=r"\operatorname{softmaxrows}", range="positive", differential=_d_softmaxrows,
))
operations.add(Operation(
    "norm", "reduction", "The Euclidean norm of a vector, the Frobenius norm of a matrix.", "MML 3.1", scalar_of_any,
    _norm_value, names=("norm", "norm2", "normF"), law="d‖u‖ = uᵀdu/‖u‖", kinks=(0.0,), convex=1, range="nonnegative",
    subdifferential="at 0 the unit ball", differential=_d_norm,
))
operations.add(Operation(
    "norm1", "reduction", "The sum of absolute values.", "MML 3.1", scalar_of_any,
    lambda node, arrays, size: np.sum(np.where(np.real(arrays[0]) < 0, -arrays[0], arrays[0])), names=("norm1",),
    law="d‖u‖₁ = sign(u)ᵀdu", extra={"sign": "‖·‖₁"}, kinks=(0.0,), convex=1, range="nonnegative",
    subdifferential="where an entry is 0, every number in [−1, 1] in its place",
    differential=lambda a, d, _: _paired(fn("sign", a[0]), d[0]),
))
operations.add(Operation(
    "norminf", "reduction", "The largest absolute value.", "MML 3.1", scalar_of_any,
    lambda node, arrays, size: np.max(np.where(np.real(arrays[0]) < 0, -arrays[0], arrays[0])), names=("norminf",),
    law="‖u‖_∞ = max |u|", extra={"sign": "‖·‖_∞"}, kinks=(0.0,), convex=1, range="nonnegative",
    subdifferential="where several entries tie, mixtures of their signs",
    differential=lambda a, d, _: fn(
        "inner", fn("onehotmax", fn("abs", a[0])), fn("sign", a[0]) * d[0]),  # type: ignore[operator]
))
operations.add(Operation(
    "norm_quad", "reduction", "The norm √(xᵀAx) that a positive definite A makes.", "MML 3.2.3", _norm_quad_shape,
    lambda node, arrays, size: np.sqrt(arrays[0] @ arrays[1] @ arrays[0]), law="d√(uᵀAu) = uᵀA du/√(uᵀAu)", convex=1,
    kinks=(0.0,), subdifferential="at 0 the unit ball of the dual norm", differential=_d_norm_quad, range="nonnegative",
))
operations.add(Operation(
    "normnuc", "reduction", "The nuclear norm: the sum of the singular values.", "ESL 18.1",
    matrix("The nuclear norm", lambda s: ()),
    lambda node, arrays, size: np.sum(np.linalg.svd(arrays[0], compute_uv=False), axis=-1), names=("normnuc",),
    law="d‖U‖_* = tr((U (UᵀU)^{-1/2})ᵀ dU) for full column rank", core=(2,), convex=1,
    extra={"analytic": False, "sign": "‖·‖_*"}, kinks=(0.0,), range="nonnegative",
    subdifferential="where the rank falls, a convex set of matrices", code=code(
        "np.linalg.svd({0}, compute_uv=False).sum(-1)", "jnp.linalg.svd({0}, compute_uv=False).sum(-1)",
        "torch.linalg.svdvals({0}).sum(-1)",
    ),
    differential=lambda a, d, _: fn("inner", fn("polar", a[0]), d[0]),  # type: ignore[arg-type]
))
for _name, _larger in (("max", True), ("min", False)):
    _word = "largest" if _larger else "smallest"
    operations.add(Operation(
        _name, "reduction", f"The {_word} entry.", "Boyd 3.2.3", scalar_of_any, _extreme(_larger), names=(_name,),
        law=f"d {_name}(u) is du at the {_word} entry", latex=rf"\{_name}", core=(1,), kinks=(0.0,),
        subdifferential=f"where several entries are {_word}, mixtures of them", convex=1 if _larger else -1,
        differential=(lambda hot: lambda a, d, _: fn("inner", fn(hot, a[0]), d[0]))(f"onehot{_name}"),
        code=code(f"{{0}}.{_name}(-1)", f"{{0}}.{_name}(-1)", f"{{0}}.a{_name}(-1)"),
    ))
    operations.add(Operation(
        f"onehot{_name}", "vector", f"1 at the {_word} entry, 0 elsewhere.", "Boyd 3.2.3",
        lambda args, attrs: args[0].shape, (lambda one: lambda node, arrays, size: (
            one(node, (np.asarray(arrays[0]).reshape(-1),), size).reshape(np.shape(arrays[0]))
            if node.args[0].ndim != 1 else one(node, arrays, size)))(_onehot(_larger)),
        names=(f"onehot{_name}",), law="it is constant between ties", core=(1,), core_out=1, piecewise_constant=True,
        range="nonnegative", differential=lambda a, d, _: apply("mul", 0, d[0]), kinks=(0.0,),  # type: ignore[arg-type]
        subdifferential="at ties it jumps", code=code(f"onehot{_name}({{0}})"),
    ))
operations.add(Operation(
    "cumsum", "vector", "The running sums of a vector.", "MacKay 2.1", vector("cumsum", lambda s: s),
    lambda node, arrays, size: np.cumsum(arrays[0], axis=-1), names=("cumsum",), linear=True,
    law="d cumsum(u) = cumsum(du)",
    latex=r"\operatorname{cumsum}", differential=lambda a, d, _: fn("cumsum", d[0]),  # type: ignore[arg-type]
))
operations.add(Operation(
    "tr", "reduction", "The trace: the sum of the diagonal.", "MML 4.1", square("A trace", "scalar"),
    lambda node, arrays, size: np.trace(arrays[0], axis1=-2, axis2=-1), names=("tr", "trace"), einsum="ii->",
    linear=True,
    law="d tr U = tr dU", latex=r"\operatorname{tr}",
    differential=lambda a, d, _: fn("tr", d[0]),  # type: ignore[arg-type]
))
