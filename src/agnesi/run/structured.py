"""The kinds of structured matrices in numbers: products, solutions, log det and diagonals without the dense array.

An operator acts on arrays of shape `axes` (n, or n×k); as a matrix it is N×N with the axes flattened row by row, as
`ravel` does and `numpy.kron` expects. Every method takes arrays in either shape, also with one more axis for several
of them at once, and answers in the shape it was asked in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from agnesi.errors import NotNumeric
from agnesi.rules.structure import Structure
from agnesi.run.factorisation import Factorisation, singular, warn_near_singular


class Operator(ABC):
    """A matrix with structure. It prints as the mathematics of its symbolic `structure`, or as `text`, with reasons.

    Unlike elsewhere, this interface has methods of its own: they turn any accepted shape into the one that the five
    abstract methods of a kind work in: `columns` (for solutions: `axes`), and one more axis or none.
    """

    def __init__(self, axes: Sequence[int], dtype: Any, columns: Sequence[int] | None = None) -> None:
        self.axes: tuple[int, ...] = tuple(axes)
        self.columns: tuple[int, ...] = self.axes if columns is None else tuple(columns)
        self.shape = (prod(self.axes), prod(self.columns))
        self.dtype = np.dtype(dtype)
        self.text = ""
        self.reasons: tuple[str, ...] = ()
        self.structure: Structure | None = None

    @abstractmethod
    def dense(self) -> Any:
        """Return the array in full: the axes of the rows, then those of the columns."""

    @abstractmethod
    def apply(self, v: Any) -> Any:
        """Return the product with an array of shape `columns`, or `columns` and one more axis."""

    @abstractmethod
    def slogdet(self) -> tuple[float, float]:
        """Return the sign of the determinant, and log |det|."""

    @abstractmethod
    def diagonal(self) -> Any:
        """Return the diagonal, in the shape `axes`."""

    @property
    @abstractmethod
    def T(self) -> Operator:
        """The transposed operator."""

    def solve_shaped(self, b: Any) -> Any:
        """Return the solution for an array of shape `axes`, or `axes` and one more axis."""
        if len(self.axes) == 1 and len(self.columns) == 1:
            return self.factorisation.solve(b)
        x = self.factorisation.solve(b.reshape((self.shape[0], *b.shape[len(self.axes) :])))
        return x.reshape(self.columns + b.shape[len(self.axes) :])

    @cached_property
    def factorisation(self) -> Factorisation:
        """The factors of the dense matrix, computed once."""
        return Factorisation(self.matrix())

    def matrix(self) -> Any:
        """Return the dense matrix, flattened to two axes."""
        return self.dense().reshape(self.shape)

    def matvec(self, v: Any) -> Any:
        """Return the product with v."""
        return self._shaped(v, self.columns, self.axes, self.apply)

    def solve(self, b: Any) -> Any:
        """Return the solution x of operator · x = b.

        Warns `NearSingular` with the condition number; raises `numpy.linalg.LinAlgError` for a singular matrix.
        """
        if self.shape[0] != self.shape[1]:
            raise NotNumeric(f"A matrix of {self.shape[0]}×{self.shape[1]} is not square: it has no inverse.")
        return self._shaped(b, self.axes, self.columns, self.solve_shaped)

    def logdet(self) -> float:
        """Return log |det|."""
        if self.shape[0] != self.shape[1]:
            raise NotNumeric(f"A matrix of {self.shape[0]}×{self.shape[1]} is not square: it has no determinant.")
        return self.slogdet()[1]

    def linear_operator(self) -> LinearOperator:
        """Return the operator for `scipy.sparse.linalg`, on flat vectors."""
        turned = self.T

        def there(v: Any) -> Any:
            return self.matvec(v).reshape((self.shape[0], *v.shape[1:]))

        def back(v: Any) -> Any:
            return turned.matvec(v).reshape((self.shape[1], *v.shape[1:]))

        return LinearOperator(self.shape, matvec=there, rmatvec=back, matmat=there, rmatmat=back, dtype=self.dtype)

    def _shaped(self, v: Any, taken: tuple[int, ...], given: tuple[int, ...], work: Callable[[Any], Any]) -> Any:
        v = np.asarray(v)
        if v.dtype.kind not in "fc":
            v = v.astype(float)
        if v.shape == taken:
            return work(v)
        k, n = len(taken), prod(taken)
        if v.shape[:k] == taken and v.ndim <= k + 1:
            return work(v)
        if v.ndim in (1, 2) and v.shape[0] == n:
            return work(v.reshape(taken + v.shape[1:])).reshape((prod(given), *v.shape[1:]))
        shown = "×".join(map(str, taken)) or "scalar"
        raise NotNumeric(
            "An array does not fit the operator.", expected=f"the shape {shown}, or {n} flat, or several of them",
            got="×".join(map(str, v.shape)) or "a number",
        )  # fmt: skip

    def __matmul__(self, v: Any) -> Any:
        return NotImplemented if isinstance(v, Operator) else self.matvec(v)

    def __rmatmul__(self, v: Any) -> Any:
        v = np.asarray(v)
        return self.T.matvec(v) if v.ndim == 1 or v.shape == self.axes else self.T.matvec(v.T).T

    __array_ufunc__ = None  # v @ operator comes here, not to NumPy

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.dense(), dtype=dtype, copy=True)

    def __repr__(self) -> str:
        size = "×".join(map(str, self.shape))
        text = self.text or (str(self.structure) if self.structure is not None else "")
        return f"{type(self).__name__} {size}" + (f": {text}" if text else "")

    def __str__(self) -> str:
        reasons = self.reasons or (self.structure.why() if self.structure is not None else ())
        return "\n".join([repr(self), *(f"  {reason}" for reason in reasons)])


def floating(values: Any) -> Any:
    """Return an array of floating-point numbers; float32 stays."""
    a = np.asarray(values)
    return a if a.dtype.kind in "fc" else a.astype(float)


class Dense(Operator):
    """An array in full: `lead` axes of rows (half of them, unless told), then those of the columns."""

    def __init__(self, array: Any, lead: int | None = None, symmetric: bool | None = None) -> None:
        self.array = floating(array)
        lead = self.array.ndim // 2 if lead is None else lead
        super().__init__(self.array.shape[:lead], self.array.dtype, self.array.shape[lead:])
        self._flat = self.array.reshape(self.shape)
        self.symmetric = symmetric

    def dense(self) -> Any:
        """Return the array."""
        return self.array

    def apply(self, v: Any) -> Any:
        """Return the matrix product."""
        extra = v.shape[len(self.columns) :]
        return (self._flat @ v.reshape((self.shape[1], *extra))).reshape(self.axes + extra)

    @cached_property
    def factorisation(self) -> Factorisation:
        """The factors of the matrix, computed once."""
        return Factorisation(self._flat, self.symmetric)

    def slogdet(self) -> tuple[float, float]:
        """Return the sign of the determinant, and log |det|."""
        return self.factorisation.slogdet()

    def diagonal(self) -> Any:
        """Return the diagonal."""
        return np.diagonal(self._flat).reshape(self.axes)

    @property
    def T(self) -> Dense:
        """The transposed matrix."""
        flat = self._flat.T.reshape(self.columns + self.axes)
        return self if self.symmetric else Dense(flat, len(self.columns))


class Identity(Operator):
    """c I on arrays of shape `axes`."""

    def __init__(self, scale: Any, axes: Sequence[int]) -> None:
        super().__init__(axes, getattr(scale, "dtype", np.float64))
        self.scale = float(scale)

    def dense(self) -> Any:
        """Return c I in full."""
        out = np.zeros(self.shape, self.dtype)
        out.flat[:: self.shape[0] + 1] = self.scale
        return out.reshape(self.axes * 2)

    def apply(self, v: Any) -> Any:
        """Return c v."""
        return v if self.scale == 1 else self.scale * v

    def solve_shaped(self, b: Any) -> Any:
        """Return b / c."""
        if self.scale == 0:
            raise singular()
        return b if self.scale == 1 else b / self.scale

    def slogdet(self) -> tuple[float, float]:
        """Return the sign of cᴺ and N log |c|."""
        n = self.shape[0]
        with np.errstate(divide="ignore"):
            return float(np.sign(self.scale) ** n), n * float(np.log(abs(self.scale)))

    def diagonal(self) -> Any:
        """Return c everywhere."""
        return np.full(self.axes, self.scale, dtype=self.dtype)

    @property
    def T(self) -> Identity:
        """The operator itself."""
        return self


class Diagonal(Operator):
    """diag(d), with entries of the shape of the arrays."""

    def __init__(self, entries: Any) -> None:
        self.entries = floating(entries)
        super().__init__(self.entries.shape, self.entries.dtype)

    def dense(self) -> Any:
        """Return the diagonal matrix in full."""
        return np.diag(self.entries.ravel()).reshape(self.axes * 2)

    def apply(self, v: Any) -> Any:
        """Return d ⊙ v."""
        return self._wide(v) * v

    def solve_shaped(self, b: Any) -> Any:
        """Return b ./ d."""
        if not self.entries.all():
            raise singular()
        return b / self._wide(b)

    def _wide(self, v: Any) -> Any:
        return self.entries if v.ndim == self.entries.ndim else self.entries[..., None]

    def slogdet(self) -> tuple[float, float]:
        """Return the sign of Π d and Σ log |d|."""
        with np.errstate(divide="ignore"):
            return float(np.prod(np.sign(self.entries))), float(np.sum(np.log(np.abs(self.entries))))

    def diagonal(self) -> Any:
        """Return d."""
        return self.entries

    @property
    def T(self) -> Diagonal:
        """The operator itself."""
        return self


class Kronecker(Operator):
    """A ⊗ B on arrays of two axes, X ↦ A X Bᵀ; with `swapped`, X ↦ (A X Bᵀ)ᵀ."""

    def __init__(self, left: Operator, right: Operator, swapped: bool = False) -> None:
        rows = (*left.axes, *right.axes)
        super().__init__(
            rows[::-1] if swapped else rows, np.result_type(left.dtype, right.dtype), (*left.columns, *right.columns)
        )
        self.left, self.right, self.swapped = left, right, swapped

    def dense(self) -> Any:
        """Return A_ik B_jl, or A_jk B_il."""
        return np.einsum("jk,il->ijkl" if self.swapped else "ik,jl->ijkl", self.left.dense(), self.right.dense())

    def apply(self, v: Any) -> Any:
        """Return A v Bᵀ, or its transpose."""
        out = _second(self.right.apply, _first(self.left.apply, v))
        return out.swapaxes(0, 1) if self.swapped else out

    def solve_shaped(self, b: Any) -> Any:
        """Return A⁻¹ b B⁻ᵀ, or A⁻¹ bᵀ B⁻ᵀ."""
        if self.left.shape[0] != self.left.shape[1] or self.right.shape[0] != self.right.shape[1]:
            raise singular()  # factors that are not square have products of low rank
        b = b.swapaxes(0, 1) if self.swapped else b
        return _second(self.right.solve_shaped, _first(self.left.solve_shaped, b))

    def slogdet(self) -> tuple[float, float]:
        """Return k log |det A| + n log |det B|, with the sign."""
        n, k = self.left.shape[0], self.right.shape[0]
        if self.left.shape[1] != n:
            return 0.0, -np.inf
        (s, a), (t, b) = self.left.slogdet(), self.right.slogdet()
        turn = (-1.0) ** (n * (n - 1) // 2) if self.swapped else 1.0
        return turn * s**k * t**n, k * a + n * b

    def diagonal(self) -> Any:
        """Return A_ii B_jj, or A_ji B_ij."""
        if self.swapped:
            return self.left.dense().T * self.right.dense()
        return np.multiply.outer(self.left.diagonal(), self.right.diagonal())

    @property
    def T(self) -> Kronecker:
        """Aᵀ ⊗ Bᵀ; swapped, the factors change places."""
        if self.swapped:
            return Kronecker(self.right.T, self.left.T, True)
        return Kronecker(self.left.T, self.right.T)


def _first(work: Callable[[Any], Any], v: Any) -> Any:
    """Work along the first axis of an array of two or three axes."""
    if v.ndim == 2:
        return work(v)
    out = work(v.reshape(v.shape[0], -1))
    return out.reshape((out.shape[0], *v.shape[1:]))


def _second(work: Callable[[Any], Any], v: Any) -> Any:
    """Work along the second axis of an array of two or three axes."""
    return _first(work, v.swapaxes(0, 1)).swapaxes(0, 1)


class Blocks(Operator):
    """Block diagonal along `axis` of arrays with two axes: one matrix for each place of that axis."""

    def __init__(self, blocks: Any, axis: int = 0) -> None:
        self.blocks, self.axis = floating(blocks), axis
        n, rows, columns = self.blocks.shape
        step = 1 if axis == 0 else -1
        super().__init__((n, rows)[::step], self.blocks.dtype, (n, columns)[::step])

    def dense(self) -> Any:
        """Return the array with the blocks in their places."""
        n = len(self.blocks)
        out = np.zeros(self.axes + self.columns, dtype=self.dtype)
        at = np.arange(n)
        if self.axis == 0:
            out[at, :, at, :] = self.blocks
        else:
            out[:, at, :, at] = self.blocks
        return out

    def apply(self, v: Any) -> Any:
        """Return the products block by block."""
        return self._each(v, lambda x: self.blocks @ x)

    def solve_shaped(self, b: Any) -> Any:
        """Return the solutions block by block."""
        return self._each(b, self._solve)

    def _solve(self, b: Any) -> Any:
        try:
            x = np.linalg.solve(self.blocks, b)
        except np.linalg.LinAlgError:
            raise singular() from None
        # ‖x‖ ‖B‖ / ‖b‖ is at most the condition number of a block, and near it for most b
        top = np.linalg.norm(x, axis=1) * np.linalg.norm(self.blocks, axis=(1, 2))[:, None]
        with np.errstate(all="ignore"):
            seen = np.nanmin(np.linalg.norm(b, axis=1) / top, initial=1.0)
        warn_near_singular(float(seen), self.shape[0], self.dtype, 6)
        return x

    def _each(self, v: Any, work: Callable[[Any], Any]) -> Any:
        v = v if self.axis == 0 else v.swapaxes(0, 1)
        out = work(v) if v.ndim == 3 else work(v[:, :, None])[:, :, 0]
        return out if self.axis == 0 else out.swapaxes(0, 1)

    def slogdet(self) -> tuple[float, float]:
        """Return Σ log |det| over the blocks."""
        signs, logs = np.linalg.slogdet(self.blocks)
        return float(np.prod(signs)), float(np.sum(logs))

    def diagonal(self) -> Any:
        """Return the diagonals of the blocks."""
        out = np.diagonal(self.blocks, axis1=1, axis2=2)
        return out if self.axis == 0 else out.T

    @property
    def T(self) -> Blocks:
        """The transposed blocks."""
        return Blocks(self.blocks.swapaxes(1, 2), self.axis)
