"""Functions of matrices: inverse, determinant, exponential, eigenvalues; diag, vec, triangles."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy

from agnesi.errors import ShapeError
from agnesi.expr.dims import Dim, Shape, shape_of
from agnesi.expr.nodes import Expr, apply
from agnesi.expr.operation import Operation, operations
from agnesi.ops.arithmetic import total
from agnesi.ops.code import code
from agnesi.ops.elementwise import fn
from agnesi.ops.shapes import Args, Attrs, described, matrix, square, vector

Darg = Expr | None
REAL_ONLY = {"analytic": False}  # the value does not continue to complex numbers: no complex step through it
Dargs = tuple[Darg, ...]


def chain(*parts: Expr) -> Expr:
    """Return the written matrix product of parts."""
    return apply("mul", *parts)


def _d_inv(a: Args, d: Dargs, _: Attrs) -> Expr:
    x = fn("inv", a[0])
    return -chain(x, d[0], x)  # type: ignore[arg-type]


def _d_pinv(a: Args, d: Dargs, _: Attrs) -> Expr:
    """The rule of Golub & Pereyra for constant rank."""
    x, p, du = a[0], fn("pinv", a[0]), d[0]
    m, n = x.shape
    assert du is not None
    left = chain(p, p.T, du.T, fn("eye", attrs=(m,)) - chain(x, p))
    right = chain(fn("eye", attrs=(n,)) - chain(p, x), du.T, p.T, p)
    return total([-chain(p, du, p), left, right])


def _logdet(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    x = np.asarray(arrays[0])
    sign, value = np.linalg.slogdet(x)
    return value + np.log(np.where(np.real(sign) < 0, -sign, sign)) if np.iscomplexobj(x) else value


def _batched(function: Any) -> Any:
    def value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
        x = np.asarray(arrays[0])
        if x.ndim == 2:
            return function(x)
        flat = x.reshape((-1, *x.shape[-2:]))
        return np.stack([function(m) for m in flat]).reshape(x.shape[:-2] + function(flat[0]).shape)

    return value


def sym_eigh(x: Any) -> Any:
    """Return eigenvalues (rising) and eigenvectors of the symmetric part."""
    return np.linalg.eigh((x + np.swapaxes(x, -1, -2)) / 2)


def _eigvec(at: int) -> Any:
    def value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
        v = sym_eigh(np.real(arrays[0]))[1][..., at]
        lead = np.take_along_axis(v, np.argmax(np.abs(v), axis=-1)[..., None], axis=-1)
        return v * np.sign(lead)

    return value


def _d_eig(which: str) -> Any:
    def rule(a: Args, d: Dargs, _: Attrs) -> Expr:
        v = fn(which, a[0])
        return chain(v.T, d[0], v)  # type: ignore[arg-type]

    return rule


def _d_eigvec(which: str, value: str) -> Any:
    def rule(a: Args, d: Dargs, _: Attrs) -> Expr:
        """d v = (λI − A)⁺ dA v for a simple eigenvalue of a symmetric A."""
        x, du = a[0], d[0]
        assert du is not None
        v, gap = fn(which, x), fn(value, x) * fn("eye", attrs=(x.shape[0],)) - (x + x.T) / 2
        return chain(fn("pinv", gap), (du + du.T) / 2, v)

    return rule


def _d_chol(a: Args, d: Dargs, _: Attrs) -> Expr:
    """dL = L Φ(L⁻¹ dA L⁻ᵀ), Φ = lower triangle with the diagonal halved (Murray 2016)."""
    low, du = fn("chol", a[0]), d[0]
    assert du is not None
    inside = chain(fn("inv", low), (du + du.T) / 2, fn("inv", low).T)
    return chain(low, fn("tril", inside) - fn("diag", fn("diagonal", inside)) / 2)


def _d_matfun(name: str) -> Any:
    """d f(X) = L_f(X, dX), the Fréchet derivative, an operation of its own that is linear in dX."""

    def rule(a: Args, d: Dargs, _: Attrs) -> Expr:
        return fn(f"d{name}", a[0], d[0])  # type: ignore[arg-type]

    return rule


def _adjoint(name: str) -> Any:
    """The adjoint of E ↦ L_f(X, E) is C ↦ L_f(Xᵀ, C) (Higham 3.2)."""
    return lambda args, cotangent: (fn(f"d{name}", args[0].T, cotangent),)


def _adjoint_frechet(name: str) -> Any:
    return lambda args, cotangent: (None, fn(f"d{name}", args[0].T, cotangent))


def matfun(name: str, x: Any) -> Any:
    """Return the matrix function `name` of x: expm, logm or sqrtm."""
    x = np.asarray(x)
    if name == "expm":
        return scipy.linalg.expm(x)
    if not np.iscomplexobj(x) and np.array_equal(x, x.T):
        values, vectors = np.linalg.eigh(x)
        inside = np.where(values > 0, values, np.nan)
        out = vectors @ ((np.log(inside) if name == "logm" else np.sqrt(inside))[:, None] * vectors.T)
    else:
        with warnings.catch_warnings():  # SciPy warns of errors near rounding
            warnings.simplefilter("ignore", RuntimeWarning)
            out = (scipy.linalg.logm if name == "logm" else scipy.linalg.sqrtm)(x)
    gone = np.isnan(out).any() or np.max(np.abs(np.imag(out)), initial=0.0) > 1e-8 * np.max(np.abs(out), initial=0.0)
    if gone and not np.iscomplexobj(x):
        raise np.linalg.LinAlgError(f"the matrix has no real {name}: it has eigenvalues on the negative axis")
    return out if np.iscomplexobj(x) else np.real(out)


def _frechet(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    """The upper right block of f([[X, E], [0, X]])."""
    x, e = np.broadcast_arrays(*arrays)
    n = x.shape[-1]
    top = np.concatenate([x, e], axis=-1)
    big = np.concatenate([top, np.concatenate([np.zeros_like(x), x], axis=-1)], axis=-2)
    name = node.op.name.removeprefix("d")
    flat = [matfun(name, m)[:n, n:] for m in big.reshape((-1, 2 * n, 2 * n))]
    return np.stack(flat).reshape(x.shape)


def _frechet_shape(args: Args, attrs: Attrs) -> Shape:
    shape = square("A Fréchet derivative")(args, attrs)
    if args[1].shape != shape:
        raise ShapeError(f"A Fréchet derivative wants two equal shapes, but {described(*args)}.")
    return shape


def _unvec_shape(args: Args, attrs: Attrs) -> Shape:
    rows, columns = (Dim.of(d) for d in attrs)
    if args[0].shape != shape_of((rows * columns,)):
        wanted = f"a vector of {rows * columns} entries"
        raise ShapeError(f"unvec to {rows}×{columns} wants {wanted}, but {described(args[0])}.")
    return shape_of((rows, columns))


def _vec(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    return np.asarray(arrays[0]).reshape(-1, order="F")


def _unvec(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    return np.asarray(arrays[0]).reshape(tuple(size(Dim.of(d)) for d in node.attrs), order="F")


def _rank_one_trace(a: Args, d: Dargs, _: Attrs) -> Expr:
    return fn("tr", chain(fn("inv", a[0]), d[0]))  # type: ignore[arg-type]


def _add(name: str, doc: str, source: str, shape: Any, value: Any, law: str, **facts: Any) -> None:
    names = facts.pop("names", (name,))
    latex = facts.pop("latex", rf"\operatorname{{{names[0] if names else name}}}")
    operations.add(Operation(name, "matrix", doc, source, shape, value, names=names, latex=latex, law=law, **facts))


_add("inv", "The inverse.", "MML 2.2.2", square("An inverse"), lambda node, arrays, size: np.linalg.inv(arrays[0]),
     "d U⁻¹ = −U⁻¹ dU U⁻¹", core=(2,), core_out=2, domain="invertible", differential=_d_inv, code=code("xp.linalg.inv"))
_add("pinv", "The Moore–Penrose pseudoinverse.", "MML 4.5.3", matrix("A pseudoinverse", lambda s: s[::-1]),
     lambda node, arrays, size: np.linalg.pinv(arrays[0]), "d U⁺ (Golub & Pereyra), at constant rank", core=(2,),
     core_out=2,
     extra=REAL_ONLY, differential=_d_pinv, code=code("pinv({0})", "jnp.linalg.pinv", "pinv({0})"))
_add("det", "The determinant.", "MML 4.1", square("A determinant", "scalar"),
     lambda node, arrays, size: np.linalg.det(arrays[0]), "d det U = det(U) tr(U⁻¹ dU)", core=(2,), latex=r"\det",
     differential=lambda a, d, _: fn("det", a[0]) * _rank_one_trace(a, d, _), code=code("xp.linalg.det"))
_add("logdet", "The logarithm of |det X|.", "PRML C.22", square("logdet", "scalar"), _logdet,
     "d log det U = tr(U⁻¹ dU)",
     core=(2,), domain="invertible", differential=_rank_one_trace, latex=r"\log\det",
     code=code("xp.linalg.slogdet({0})[1]"))
_FUNCTIONS = {
    "expm": ("linalg.expm", "linalg.expm", "torch.linalg.matrix_exp"), "logm": ("logm",) * 3, "sqrtm": ("sqrtm",) * 3,
}
for _name, _doc, _domain in (
    ("expm", "The matrix exponential I + X + X²/2 + ...", "real"),
    ("logm", "The matrix logarithm, inverse of expm near I.", "spd"),
    ("sqrtm", "The principal square root of a matrix.", "spd"),
):
    _add(_name, _doc, "Higham, Functions of Matrices", square(f"{_name}"),
         _batched((lambda name: lambda x: matfun(name, x))(_name)), f"d {_name}(U) = L(U, dU), the Fréchet derivative",
         core=(2,), core_out=2, domain=_domain, differential=_d_matfun(_name),
         code=code(*(f"{f}({{0}})" for f in _FUNCTIONS[_name])),
         extra={"analytic": _name == "expm", "adjoint": _adjoint(_name)})
for _name in _FUNCTIONS:
    _add(f"d{_name}", f"The Fréchet derivative of {_name} at X in the direction E.",
         "Higham, Functions of Matrices 3.1",
         _frechet_shape, _frechet, "it is linear in its direction", core=(2, 2), core_out=2,
         domain="real" if _name == "expm" else "spd",
         extra={"adjoint": _adjoint_frechet(_name), "analytic": _name == "expm"},
         code=code(*(f"frechet({f}, {{0}}, {{1}})" for f in _FUNCTIONS[_name])),
         why_not="second derivatives of matrix functions have no closed form here")
_add("diag", "The diagonal matrix of a vector.", "Matrix Cookbook 9.1", vector("diag", lambda s: (s[0], s[0])),
     lambda node, arrays, size: np.diag(arrays[0]), "d diag(u) = diag(du)", linear=True, latex=r"\operatorname{diag}",
     differential=lambda a, d, _: fn("diag", d[0]))
_add("diagonal", "The diagonal of a square matrix, as a vector.", "Matrix Cookbook 9.1", square("diag", "vector"),
     lambda node, arrays, size: np.diagonal(arrays[0], axis1=-2, axis2=-1), "d diag(U) = diag(dU)", linear=True,
     names=(), einsum="ii->i", latex=r"\operatorname{diag}", differential=lambda a, d, _: fn("diagonal", d[0]))
_add("vec", "The columns, stacked.", "Magnus & Neudecker 2.4", matrix("vec", lambda s: shape_of((s[0] * s[1],))), _vec,
     "d vec U = vec dU", linear=True, differential=lambda a, d, _: fn("vec", d[0]))
_add("unvec", "The matrix whose stacked columns are the vector.", "Magnus & Neudecker 2.4", _unvec_shape, _unvec,
     "d unvec u = unvec du", linear=True, differential=lambda a, d, t: fn("unvec", d[0], attrs=t))
for _name, _doc in (
    ("tril", "The lower triangle with the diagonal."),
    ("triu", "The upper triangle with the diagonal."),
):
    _add(_name, _doc, "Golub & Van Loan 1.2", matrix(_name, lambda s: s),
         (lambda f: lambda node, arrays, size: f(arrays[0]))(np.tril if _name == "tril" else np.triu),
         f"d {_name}(U) = {_name}(dU)",
         linear=True, differential=(lambda name: lambda a, d, _: fn(name, d[0]))(_name))
_add("toeplitz", "Every entry replaced by the sum along its diagonal.", "Matrix Cookbook 2.8.3",
     square("A Toeplitz sum"),
     _batched(lambda x: _diagonal_sums(x)), "it is linear", linear=True,
     names=("toep",), core=(2,), core_out=2, differential=lambda a, d, _: fn("toeplitz", d[0]),
     extra={"adjoint": lambda args, cotangent: (fn("toeplitz", cotangent),)}, code=code("diagonal_sums({0})"))
_add("rank", "The rank.", "MML 2.6.2", matrix("A rank", lambda s: ()),
     lambda node, arrays, size: np.float64(np.linalg.matrix_rank(np.real(arrays[0]))), "", core=(2,),
     piecewise_constant=True, code=code("rank({0})"),
     why_not="the rank is constant where it is differentiable, and jumps elsewhere")
_add("chol", "The lower Cholesky factor L of A = LLᵀ.", "MML 4.3", square("chol"),
     lambda node, arrays, size: np.linalg.cholesky((arrays[0] + np.swapaxes(arrays[0], -1, -2)) / 2),
     "d L = L Φ(L⁻¹ dA L⁻ᵀ), Φ halves the diagonal of tril", core=(2,),
     core_out=2, domain="spd", differential=_d_chol, extra=REAL_ONLY, code=code("xp.linalg.cholesky(symmetric({0}))"))
_add("lammax", "The largest eigenvalue of a symmetric matrix.", "MML 4.2", square("lammax", "scalar"),
     lambda node, arrays, size: sym_eigh(np.real(arrays[0]))[0][..., -1], "d λ = vᵀ dU v, v the unit eigenvector",
     core=(2,), convex=1,
     kinks=(0.0,), subdifferential="where eigenvalues tie, mixtures of v vᵀ", differential=_d_eig("eigvecmax"),
     latex=r"\lambda_{\max}",
     extra=REAL_ONLY, code=code("xp.linalg.eigvalsh(symmetric({0}))[..., -1]"))
_add("lammin", "The smallest eigenvalue of a symmetric matrix.", "MML 4.2", square("lammin", "scalar"),
     lambda node, arrays, size: sym_eigh(np.real(arrays[0]))[0][..., 0], "d λ = vᵀ dU v, v the unit eigenvector",
     core=(2,), convex=-1,
     kinks=(0.0,), subdifferential="where eigenvalues tie, mixtures of v vᵀ", differential=_d_eig("eigvecmin"),
     latex=r"\lambda_{\min}",
     extra=REAL_ONLY, code=code("xp.linalg.eigvalsh(symmetric({0}))[..., 0]"))
_add("eigvecmax", "A unit eigenvector of the largest eigenvalue (its largest entry positive).", "MML 4.2",
     square("eigvecmax", "vector"),
     _eigvec(-1), "d v = (λI − U)⁺ dU v, at a simple eigenvalue", core=(2,), core_out=1,
     differential=_d_eigvec("eigvecmax", "lammax"),
     latex=r"v_{\max}", extra=REAL_ONLY, code=code("eigenvector({0}, -1)"))
_add("eigvecmin", "A unit eigenvector of the smallest eigenvalue (its largest entry positive).", "MML 4.2",
     square("eigvecmin", "vector"), _eigvec(0), "d v = (λI − U)⁺ dU v, at a simple eigenvalue", core=(2,), core_out=1,
     differential=_d_eigvec("eigvecmin", "lammin"), latex=r"v_{\min}", extra=REAL_ONLY,
     code=code("eigenvector({0}, 0)"))
_add("eigvals", "The eigenvalues of a symmetric matrix, falling.", "MML 4.2", square("eigvals", "vector"),
     lambda node, arrays, size: sym_eigh(np.real(arrays[0]))[0][..., ::-1], "d λₖ = vₖᵀ dU vₖ", core=(2,), core_out=1,
     extra=REAL_ONLY, code=code(
         "np.linalg.eigvalsh(symmetric({0}))[..., ::-1]", "jnp.linalg.eigvalsh(symmetric({0}))[..., ::-1]",
         "torch.linalg.eigvalsh(symmetric({0})).flip(-1)",
     ),
     differential=lambda a, d, _: fn("diagonal", chain(fn("eigvecs", a[0]).T, d[0], fn("eigvecs", a[0]))))
_add("eigvecs", "The unit eigenvectors of a symmetric matrix as columns, eigenvalues falling.", "MML 4.2",
     square("eigvecs"),
     lambda node, arrays, size: sym_eigh(np.real(arrays[0]))[1][..., ::-1], "", core=(2,), core_out=2, extra=REAL_ONLY,
     code=code(
         "np.linalg.eigh(symmetric({0}))[1][..., ::-1]", "jnp.linalg.eigh(symmetric({0}))[1][..., ::-1]",
         "torch.linalg.eigh(symmetric({0}))[1].flip(-1)",
     ),
     why_not="a matrix of eigenvectors is fixed only up to signs; differentiate a single one (eigvecmax)")
_add("singvals", "The singular values, falling.", "MML 4.5", matrix("singvals", lambda s: (s[1],)),
     lambda node, arrays, size: _singular_values(arrays[0]), "d σₖ = uₖᵀ dU vₖ, for full column rank", core=(2,),
     core_out=1, range="nonnegative", names=("singvals", "svdvals"), extra=REAL_ONLY, code=code("singvals({0})"),
     differential=lambda a, d, _: _d_singvals(a, d))
_add("polar", "The orthogonal polar factor U(UᵀU)^{-1/2} of a matrix of full column rank.", "Higham 8",
     matrix("polar", lambda s: s),
     lambda node, arrays, size: _polar(arrays[0]), "", core=(2,), core_out=2, extra=REAL_ONLY,
     code=code("polar({0})"), why_not="its derivative has no closed form here")


def _singular_values(x: Any) -> Any:
    """One for each column: a wide matrix has zeros at the end."""
    values = np.linalg.svd(x, compute_uv=False)
    return np.concatenate([values, np.zeros((*values.shape[:-1], np.shape(x)[-1] - values.shape[-1]))], axis=-1)


def _polar(x: Any) -> Any:
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return u @ vt


def _diagonal_sums(x: Any) -> Any:
    n = x.shape[0]
    row, column = np.indices((n, n))
    sums = {k: np.trace(x, offset=k) for k in range(1 - n, n)}
    return np.vectorize(lambda i, j: sums[j - i], otypes=[x.dtype])(row, column)


def _d_singvals(a: Args, d: Dargs) -> Expr:
    """dσ = diag(Vᵀ (X (XᵀX)^{-1/2})ᵀ dX V), V the eigenvectors of XᵀX."""
    x, du = a[0], d[0]
    v = fn("eigvecs", chain(x.T, x))
    return fn("diagonal", chain(v.T, fn("polar", x).T, du, v))  # type: ignore[arg-type]


