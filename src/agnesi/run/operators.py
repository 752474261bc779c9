"""Matrices that keep their structure, put together: low rank plus diagonal, sums, functions, and any symbolic one.

`assemble` makes the operator of a symbolic structure from the values of its parts. The kinds with one part are in
`structured`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import scipy.linalg
from scipy.sparse.linalg import LinearOperator, cg

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr
from agnesi.rules import structure as symbolic
from agnesi.rules.structure import Structure
from agnesi.run.factorisation import Factorisation, NearSingular, is_symmetric, singular, warn_near_singular
from agnesi.run.structured import Blocks, Dense, Diagonal, Identity, Kronecker, Operator, floating

__all__ = [
    "Blocks", "Dense", "Diagonal", "Identity", "Kronecker", "LowRank", "MatrixFree", "NearSingular", "Operator", "Sum",
    "assemble", "assembler",
]  # fmt: skip
SMALL = 2000  # up to this many rows a sum is factored in full
CANCELS = 1e4  # above this norm of I + C VᵀB⁻¹U, Woodbury's formula loses digits
TRIED = 256  # up to this many rows a function is made a matrix, column by column


class LowRank(Operator):
    """B + U C Vᵀ with a base B (None: 0), solved by Woodbury's formula where U has fewer columns than rows.

    `left` is U: `axes` and one more axis (without it, one column); `core` is C: a number, a diagonal or a matrix;
    `right` is V where it is not U.
    """

    def __init__(self, base: Operator | None, left: Any, core: Any = 1.0, right: Any = None) -> None:
        u = floating(left)
        axes = base.axes if base is not None else u.shape[:-1]
        super().__init__(axes, u.dtype if base is None or isinstance(base, Identity) else
                         np.result_type(u.dtype, base.dtype))  # fmt: skip
        self.base, n = base, prod(axes)
        self.left = u.reshape(n, -1)
        self.right = self.left if right is None else floating(right).reshape(n, -1)
        c = np.asarray(core, dtype=u.dtype)
        self.core = np.full(self.left.shape[1], c) if c.ndim == 0 else c

    def _middle(self, x: Any) -> Any:
        """Return C x."""
        if self.core.ndim == 2:
            return self.core @ x
        return self.core * x if x.ndim == 1 else self.core[:, None] * x

    @cached_property
    def _root(self) -> Any:
        """The root of C where the update is U C Uᵀ with a diagonal C ≥ 0, else None."""
        known = self.right is self.left and self.core.ndim == 1 and (self.core >= 0).all()
        return np.sqrt(self.core) if known else None

    def dense(self) -> Any:
        """Return B + U C Vᵀ in full."""
        if self._root is not None:
            half = self.left * self._root
            out = half @ half.T
        else:
            out = self.left @ self._middle(self.right.T)
        out = out.astype(self.dtype, copy=False)
        if isinstance(self.base, Identity | Diagonal):
            own = self.base.scale if isinstance(self.base, Identity) else self.base.entries.ravel()
            out.ravel()[:: len(out) + 1] += own
        elif self.base is not None:
            out = out + self.base.matrix()
        return out.reshape(self.axes * 2)

    @cached_property
    def factorisation(self) -> Factorisation:
        """The factors of the dense matrix, computed once."""
        plain = isinstance(self.base, Identity | Diagonal) and self.right is self.left and self.core.ndim == 1
        return Factorisation(self.matrix(), True if plain else None)

    def apply(self, v: Any) -> Any:
        """Return B v + U C Vᵀv."""
        flat = v.reshape((self.shape[0], *v.shape[len(self.axes) :]))
        update = (self.left @ self._middle(self.right.T @ flat)).reshape(v.shape)
        return update if self.base is None else self.base.apply(v) + update

    @cached_property
    def _small(self) -> tuple[Any, Any, Factorisation] | None:
        """Z = B⁻¹U, the root of C where C is a diagonal ≥ 0, and I + C VᵀZ factored; None: use the dense matrix."""
        p = self.left.shape[1]
        if self.base is None or p >= self.shape[0]:
            return None
        try:
            z = self.base.solve_shaped(self.left.reshape((*self.axes, p))).reshape(-1, p)
        except np.linalg.LinAlgError:
            return None  # the base alone is singular
        met, root, symmetric = self.right.T @ z, self._root, None
        if root is not None:
            met = root[:, None] * met * root
            if isinstance(self.base, Identity | Diagonal):
                met, symmetric = (met + met.T) / 2, True
        else:
            met = self._middle(met)
        small = np.eye(p, dtype=met.dtype) + met
        norm = 1.0 + float(np.max(np.sum(np.abs(met), axis=0)))
        return z, root, Factorisation(small, symmetric, norm, self.shape[0])

    def solve_shaped(self, b: Any) -> Any:
        """Return B⁻¹b − B⁻¹U (I + C VᵀB⁻¹U)⁻¹ C VᵀB⁻¹b, refined once where the base is small beside the update."""
        if self._small is None:
            return super().solve_shaped(b)
        x = self._woodbury(b)
        return x if self._small[2].scale < CANCELS else x + self._woodbury(b - self.apply(x))

    def _woodbury(self, b: Any) -> Any:
        assert self._small is not None and self.base is not None
        z, root, small = self._small
        first = self.base.solve_shaped(b)
        met = self.right.T @ first.reshape((self.shape[0], *b.shape[len(self.axes) :]))
        if root is None:
            back = small.solve(self._middle(met))
        else:
            wide = root if met.ndim == 1 else root[:, None]
            back = wide * small.solve(wide * met)
        return first - (z @ back).reshape(b.shape)

    def slogdet(self) -> tuple[float, float]:
        """Return log |det B| + log |det(I + C VᵀB⁻¹U)|, with the sign."""
        if self._small is None or self.base is None:
            return self.factorisation.slogdet()
        (s, a), (t, b) = self.base.slogdet(), self._small[2].slogdet()
        return s * t, a + b

    def diagonal(self) -> Any:
        """Return the diagonal of B and the products of rows of U and V."""
        right = self.right * self.core if self.core.ndim == 1 else self.right @ self.core.T
        own = np.einsum("ip,ip->i", self.left, right).reshape(self.axes)
        return own if self.base is None else self.base.diagonal() + own

    @property
    def T(self) -> LowRank:
        """Bᵀ + V Cᵀ Uᵀ."""
        base = None if self.base is None else self.base.T
        wide = (*self.axes, self.left.shape[1])
        right = None if self.right is self.left else self.left.reshape(wide)
        return LowRank(base, self.right.reshape(wide), self.core.T, right)


class Sum(Operator):
    """A sum of operators on the same arrays.

    A ⊗ I + I ⊗ B is solved with the eigenvalues of A and B; other sums in full where they are small, else by
    conjugate gradients.
    """

    def __init__(self, parts: Sequence[Operator]) -> None:
        first = parts[0]
        super().__init__(first.axes, np.result_type(*(p.dtype for p in parts)), first.columns)
        self.parts = tuple(parts)

    def dense(self) -> Any:
        """Return the sum in full."""
        return sum((p.dense() for p in self.parts[1:]), self.parts[0].dense())

    def apply(self, v: Any) -> Any:
        """Return the sum of the products."""
        return sum((p.apply(v) for p in self.parts[1:]), self.parts[0].apply(v))

    @cached_property
    def _sides(self) -> tuple[Any, Any] | None:
        """A and B where the operator is A ⊗ I + I ⊗ B."""
        for one, other in (self.parts, self.parts[::-1]) if len(self.parts) == 2 else ():
            if isinstance(one, Kronecker) and isinstance(other, Kronecker) and not one.swapped and not other.swapped:
                if isinstance(one.right, Identity) and isinstance(other.left, Identity):
                    return one.right.scale * one.left.dense(), other.left.scale * other.right.dense()
        return None

    @cached_property
    def _eigen(self) -> tuple[Any, Any, Any]:
        """The eigenvalues a_i + b_j, and the eigenvectors of A and of B where both are symmetric, else None."""
        assert self._sides is not None
        if all(map(is_symmetric, self._sides)):
            (a, p), (b, q) = (np.linalg.eigh(m) for m in self._sides)
        else:
            (a, b), p, q = (np.linalg.eigvals(m) for m in self._sides), None, None
        return a[:, None] + b, p, q

    def solve_shaped(self, b: Any) -> Any:
        """Return the solution by eigenvalues, by Sylvester's equation, in full, or by conjugate gradients."""
        if self._sides is None:
            return super().solve_shaped(b) if self.shape[0] <= SMALL else _iterated(self, b)
        values, p, q = self._eigen
        size = np.abs(values)
        if not size.all():
            raise singular()
        warn_near_singular(float(size.min() / size.max()), values.size, self.dtype, 6)
        wide = b if b.ndim == 3 else b[..., None]
        if p is None:
            left, right = self._sides
            columns = [scipy.linalg.solve_sylvester(left, right.T, wide[..., k]) for k in range(wide.shape[-1])]
            return np.stack(columns, axis=-1).reshape(b.shape)
        inner = np.einsum("ia,ijm,jb->abm", p, wide, q, optimize=True) / values[..., None]
        return np.einsum("ia,abm,jb->ijm", p, inner, q, optimize=True).reshape(b.shape)

    def slogdet(self) -> tuple[float, float]:
        """Return log |det|, by eigenvalues or in full."""
        if self._sides is None:
            return _full(self).slogdet()
        values = self._eigen[0]
        size = np.abs(values)
        if not size.all():
            return 0.0, -np.inf
        return float(np.real(np.prod(values / size))), float(np.sum(np.log(size)))

    def diagonal(self) -> Any:
        """Return the sum of the diagonals."""
        return sum((p.diagonal() for p in self.parts[1:]), self.parts[0].diagonal())

    @property
    def T(self) -> Sum:
        """The sum of the transposed parts."""
        return Sum([p.T for p in self.parts])


class MatrixFree(Operator):
    """A symmetric operator of which only the product with an array of shape `axes` is known."""

    def __init__(self, function: Callable[[Any], Any], axes: Sequence[int], dtype: Any = np.float64) -> None:
        super().__init__(axes, dtype)
        self.function = function

    def dense(self) -> Any:
        """Return the array, made column by column."""
        eye = np.eye(self.shape[0], dtype=self.dtype).reshape((*self.axes, -1))
        return self.apply(eye).reshape(self.axes * 2)

    def apply(self, v: Any) -> Any:
        """Return the product."""
        if v.ndim == len(self.axes):
            return self.function(v)
        return np.stack([self.function(v[..., k]) for k in range(v.shape[-1])], axis=-1)

    def solve_shaped(self, b: Any) -> Any:
        """Return the solution, in full where the operator is small, else by conjugate gradients."""
        return super().solve_shaped(b) if self.shape[0] <= TRIED else _iterated(self, b)

    def slogdet(self) -> tuple[float, float]:
        """Return log |det| of the dense matrix."""
        return _full(self).slogdet()

    def diagonal(self) -> Any:
        """Return the diagonal of the dense matrix."""
        return np.diagonal(self.matrix()).reshape(self.axes)

    @property
    def T(self) -> MatrixFree:
        """The operator itself."""
        return self


def _full(operator: Operator) -> Factorisation:
    """Return the factors of the dense matrix, where it is small."""
    if operator.shape[0] > SMALL:
        raise NotNumeric(
            f"log det of a {type(operator).__name__} with {operator.shape[0]} rows has no shortcut.",
            repair=f"Up to {SMALL} rows it is found from the dense matrix; for more, take dense() yourself.",
        )
    return operator.factorisation


def _iterated(operator: Operator, b: Any) -> Any:
    """Return the solution by conjugate gradients, with the diagonal for a preconditioner where it is known."""
    n = operator.shape[0]
    flat = b.reshape(n, -1)
    scale = np.ones(n) if isinstance(operator, MatrixFree) else operator.diagonal().ravel()
    scale = scale if np.all(scale > 0) else np.ones(n)
    near = LinearOperator((n, n), matvec=lambda v: v.ravel() / scale, dtype=operator.dtype)
    whole = LinearOperator((n, n), matvec=operator.matvec, dtype=operator.dtype)
    tolerance = max(1e-12, 4 * float(np.finfo(operator.dtype).eps))
    out = np.empty(flat.shape, dtype=np.result_type(flat.dtype, operator.dtype))
    for k in range(flat.shape[1]):
        with np.errstate(all="ignore"):
            out[:, k], info = cg(whole, flat[:, k], rtol=tolerance, maxiter=10 * n, M=near)
        if info:
            left = np.linalg.norm(flat[:, k] - operator.matvec(out[:, k])) / np.linalg.norm(flat[:, k])
            raise NotNumeric(
                f"Conjugate gradients did not converge in {10 * n} steps: the relative residual is {left:.0e}.",
                repair="They need a symmetric positive definite matrix; for another, solve with dense().",
            )
    return out.reshape(b.shape)


# -- from the symbolic structure -------------------------------------------------------------------------------------


Parts = Callable[[Expr], Any]


def assemble(found: Structure, parts: Parts) -> Operator:
    """Return the operator of a symbolic structure; `parts` gives the value of each of its `parts_of`."""
    return assembler(found)(parts)


def assembler(found: Structure) -> Callable[[Parts], Operator]:
    """Return the function that makes the operator of a structure from the values of its parts, for many calls."""
    make = _assembler(found)

    def assembled(parts: Parts) -> Operator:
        out = make(parts)
        out.structure = found
        return out

    return assembled


def _assembler(found: Structure) -> Callable[[Parts], Operator]:
    match found:
        case symbolic.Identity():
            scale, *sizes = found.parts()
            return lambda parts: Identity(parts(scale), tuple(int(parts(n)) for n in sizes))
        case symbolic.Diagonal():
            return lambda parts: Diagonal(parts(found.entries))
        case symbolic.Kronecker():
            left, right = _assembler(found.left), _assembler(found.right)
            return lambda parts: Kronecker(left(parts), right(parts), found.swapped)
        case symbolic.Blocks():
            return lambda parts: Blocks(parts(found.blocks), found.axis)
        case symbolic.LowRank():
            base = None if found.base is None else _assembler(found.base)
            return lambda parts: _low_rank(found, None if base is None else base(parts), parts)
        case symbolic.Sum():
            made = [_assembler(s) for s in found.structures]
            return lambda parts: Sum([m(parts) for m in made])
        case symbolic.Dense():
            known = True if found.symmetric else None
            return lambda parts: Dense(parts(found.matrix), 1, known)
    (whole,) = found.parts()
    return lambda parts: Dense(parts(whole), found.lead)


def _low_rank(found: symbolic.LowRank, base: Operator | None, parts: Parts) -> Operator:
    """Return B + U C Vᵀ with the columns of all updates side by side."""
    lefts, cores, rights = [], [], []
    for update in found.updates:
        left = floating(parts(update.left))
        left = left[..., None] if left.ndim == found.lead else left
        right = left if update.symmetric else floating(parts(update.right)).reshape(left.shape)
        core = np.asarray(parts(update.core), dtype=left.dtype)
        lefts.append(left)
        rights.append(right)
        cores.append(np.full(left.shape[-1], core) if core.ndim == 0 else core)
    symmetric = all(u.symmetric for u in found.updates)
    left = lefts[0] if len(lefts) == 1 else np.concatenate(lefts, axis=-1)
    right = None if symmetric else rights[0] if len(rights) == 1 else np.concatenate(rights, axis=-1)
    if all(c.ndim == 1 for c in cores):
        core = np.concatenate(cores)
    else:
        core = scipy.linalg.block_diag(*(np.diag(c) if c.ndim == 1 else c for c in cores)).astype(left.dtype)
    return LowRank(base, left, core, right)
