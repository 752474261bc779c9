"""The kinds of structured matrices, each with its shortcut: what it takes to multiply, solve, and find log det.

A matrix acts on arrays with `lead` axes; its form has the axes of the rows, then those of the columns. Flattening is
row by row: A ⊗ B sends X to A X Bᵀ, as `numpy.kron(A, B)` does to `X.ravel()`. So for X of n×k the left factor acts
on the first axis and the right one on the second. With `swapped` the result is transposed, (A X Bᵀ)ᵀ: the entry at
(i, j), (k, l) is then A_jk B_il. The logarithm of a determinant is log |det|, as everywhere in Agnesi.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Protocol

from agnesi.errors import AgnesiError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, apply, index
from agnesi.rules.bases import as_form
from agnesi.rules.canon import symmetric
from agnesi.rules.curvature import definite_sum
from agnesi.rules.forms import Form, Label, build
from agnesi.rules.indexed import fixed_at
from agnesi.rules.multiply import delta_of, join
from agnesi.rules.normal import form_of
from agnesi.rules.structure_eigen import by_eigenvalues
from agnesi.rules.structure_forms import (
    Middle,
    added,
    along,
    applied,
    corrected,
    count,
    diagonal_of,
    entrywise,
    inverted,
    log_abs,
    log_det,
    middle,
    outer,
    reciprocal,
    scaled_by,
    size_expr,
    stacked,
    total,
)
from agnesi.rules.tidy import Tidy


class Structure(Protocol):
    """A matrix whose structure is known."""

    @property
    def form(self) -> Form:
        """The matrix as a form: the axes of the rows, then those of the columns."""

    @property
    def lead(self) -> int:
        """How many axes the rows have."""

    @property
    def reason(self) -> str:
        """Why the structure may be used, in one sentence."""

    def matvec(self, v: Expr) -> Expr:
        """Return the product with v, an array of the shape of the columns; the matrix is not built."""

    def diagonal(self) -> Expr:
        """Return the diagonal, in the shape of the rows."""

    def dense(self) -> Form:
        """Return the matrix in full, as a form."""

    def solve(self, b: Expr) -> Expr | None:
        """Return the solution v of matrix · v = b, or None where nothing better than iteration is known."""

    def logdet(self) -> Expr | None:
        """Return log |det|, or None where nothing better than building the matrix is known."""

    def inverse(self) -> Form | None:
        """Return the inverse of a matrix of order 2, or None."""

    def why(self) -> tuple[str, ...]:
        """Return the reasons for the shortcut, one sentence each."""

    def parts(self) -> tuple[Expr, ...]:
        """Return the expressions whose values the structure consists of."""

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return the solution for a form b whose `axes` are the rows; other axes count right-hand sides."""

    def log_determinant(self) -> Form | None:
        """Return log |det| as a form, or None."""


def _matvec(self: Structure, v: Expr) -> Expr:
    return build(applied(self.form, self.lead, form_of(v)))


def _diagonal(self: Structure) -> Expr:
    return build(diagonal_of(self.form, self.lead))


def _dense(self: Structure) -> Form:
    return self.form


def _solve(self: Structure, b: Expr) -> Expr | None:
    found = self.solved(form_of(b), range(self.lead))
    return None if found is None else build(found)


def _logdet(self: Structure) -> Expr | None:
    found = self.log_determinant()
    return None if found is None else build(found)


def _inverse(self: Structure) -> Form | None:
    if self.lead != 1 or len(self.form.shape) != 2:
        return None
    return self.solved(join([(delta_of(self.form.shape[0]), (0, 1))], self.form.shape), (0,))


def _why(self: Structure) -> tuple[str, ...]:
    return (self.reason,)


def square(structure: Structure) -> bool:
    """Tell whether rows and columns have the same shape."""
    shape, lead = structure.form.shape, structure.lead
    return shape[:lead] == shape[lead:]


@dataclass(frozen=True)
class Identity:
    """c I over all axes."""

    form: Form = field(repr=False, compare=False)
    lead: int
    scale: Expr
    reason: str = "the matrix is a multiple of the identity"
    matvec, diagonal, dense, solve, logdet, inverse, why = _matvec, _diagonal, _dense, _solve, _logdet, _inverse, _why

    def parts(self) -> tuple[Expr, ...]:
        """Return c and the sizes of the rows."""
        return self.scale, *map(size_expr, self.form.shape[: self.lead])

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return b / c; None where c is 0."""
        scale = as_form(self.scale)
        return scaled_by(b, reciprocal(scale)) if scale.terms else None

    def log_determinant(self) -> Form | None:
        """Return N log |c|; None where c is 0."""
        scale = as_form(self.scale)
        return scaled_by(log_abs(scale), count(self.form.shape[: self.lead])) if scale.terms else None

    def __str__(self) -> str:
        if not self.lead:
            return _written(as_form(self.scale))
        whole = prod(self.form.shape[1 : self.lead], start=self.form.shape[0])
        return _written(scaled_by(join([(delta_of(whole), (0, 1))], (whole, whole)), as_form(self.scale)))


@dataclass(frozen=True)
class Diagonal:
    """diag(d): `entries` has the shape of the rows."""

    form: Form = field(repr=False, compare=False)
    lead: int
    entries: Expr
    reason: str = "each entry of the variable meets only itself: there is δ between rows and columns"
    matvec, diagonal, dense, solve, logdet, inverse, why = _matvec, _diagonal, _dense, _solve, _logdet, _inverse, _why

    def parts(self) -> tuple[Expr, ...]:
        """Return the entries."""
        return (self.entries,)

    def solved(self, b: Form, axes: Sequence[int]) -> Form:
        """Return b ./ d."""
        return entrywise(reciprocal(as_form(self.entries)), b, axes)

    def log_determinant(self) -> Form:
        """Return Σ log |d|."""
        return total(log_abs(as_form(self.entries)))

    def __str__(self) -> str:
        return _written(self.form) if self.lead == 1 else f"diag({_written(as_form(self.entries))})"


@dataclass(frozen=True)
class Kronecker:
    """A ⊗ B on arrays of two axes: X ↦ A X Bᵀ; with `swapped`, X ↦ (A X Bᵀ)ᵀ."""

    form: Form = field(repr=False, compare=False)
    left: Structure
    right: Structure
    swapped: bool
    reason: str
    lead: int = 2
    matvec, diagonal, dense, solve, logdet, inverse = _matvec, _diagonal, _dense, _solve, _logdet, _inverse

    def parts(self) -> tuple[Expr, ...]:
        """Return the parts of both factors."""
        return (*self.left.parts(), *self.right.parts())

    def why(self) -> tuple[str, ...]:
        """Return the reasons, those of the factors last."""
        inner = [r for s in (self.left, self.right) if not isinstance(s, Identity) for r in s.why()]
        return tuple(dict.fromkeys((self.reason, *inner)))

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return A⁻¹ b B⁻ᵀ."""
        first, second = axes
        if self.swapped:
            labels: list[Label] = list(range(len(b.shape)))
            labels[first], labels[second] = second, first
            b = join([(b, labels)], tuple(b.shape[x] for x in labels if isinstance(x, int)))
        half = self.left.solved(b, (first,)) if square(self.left) else None
        return self.right.solved(half, (second,)) if half is not None and square(self.right) else None

    def log_determinant(self) -> Form | None:
        """Return k log |det A| + n log |det B|."""
        n, k = self.left.form.shape[:1], self.right.form.shape[:1]
        left, right = self.left.log_determinant(), self.right.log_determinant()
        if left is None or right is None:
            return None
        return added((), scaled_by(left, count(k)), scaled_by(right, count(n)))

    def __str__(self) -> str:
        left, right = (Tidy().write(s.form) for s in (self.left, self.right))
        sign = "−" if isinstance(right, Apply) and right.op.name == "neg" else ""
        text = str(apply("kron", left, right.args[0] if sign else right))
        return f"{sign}K({text})" if self.swapped else f"{sign}({text})" if sign else text


@dataclass(frozen=True)
class Blocks:
    """Blocks on the diagonal: `blocks` is one matrix for each place of `axis`, over the other axis."""

    form: Form = field(repr=False, compare=False)
    blocks: Expr
    axis: int
    reason: str
    lead: int = 2
    matvec, diagonal, dense, solve, logdet, inverse, why = _matvec, _diagonal, _dense, _solve, _logdet, _inverse, _why

    def parts(self) -> tuple[Expr, ...]:
        """Return the blocks."""
        return (self.blocks,)

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return the solutions block by block."""
        if not square(self):
            return None
        which, row = axes[self.axis], axes[1 - self.axis]
        labels: list[Label] = list(range(len(b.shape)))
        labels[row] = x = len(labels)
        return join([(inverted(as_form(self.blocks), 1), (which, row, x)), (b, labels)], b.shape)

    def log_determinant(self) -> Form | None:
        """Return Σ log |det| over the blocks."""
        return total(log_det(as_form(self.blocks), 1)) if square(self) else None

    def __str__(self) -> str:
        at = index("ij"[self.axis], self.blocks.shape[0])
        try:
            text = _written(fixed_at(self.blocks, [at]))
        except AgnesiError:
            return _written(self.form)
        return f"blockdiag({text} for each {at.name})"


@dataclass(frozen=True)
class Update:
    """U C Vᵀ: `left` is U and `right` is V, with the axes of the rows and one more, p; `core` is C.

    A scalar core is c I, a vector is a diagonal. For rank one there is no p, and u c vᵀ has a scalar c.
    """

    left: Expr
    core: Expr
    right: Expr

    @property
    def symmetric(self) -> bool:
        """Whether U is V."""
        return self.left is self.right

    def rank(self, lead: int) -> Dim:
        """Return the number of columns of U."""
        return self.left.shape[-1] if self.left.ndim > lead else Dim.of(1)


@dataclass(frozen=True)
class LowRank:
    """B + Σ U C Vᵀ with a base B that is easy to solve with (None: the base is 0), by Woodbury's formula."""

    form: Form = field(repr=False, compare=False)
    lead: int
    base: Structure | None
    updates: tuple[Update, ...]
    reason: str
    matvec, diagonal, dense, solve, logdet, inverse = _matvec, _diagonal, _dense, _solve, _logdet, _inverse

    def parts(self) -> tuple[Expr, ...]:
        """Return the parts of the base, and of each update U, C and V (V only where it is not U)."""
        base = () if self.base is None else self.base.parts()
        own = [p for u in self.updates for p in ((u.left, u.core) if u.symmetric else (u.left, u.core, u.right))]
        return (*base, *own)

    @property
    def definite(self) -> str:
        """How definite the matrix surely is: "positive definite", ..., or ""."""
        return _definite(self.form) if self.lead == 1 else ""

    def why(self) -> tuple[str, ...]:
        """Return the reasons, that of the base, and how definite the matrix is."""
        base = self.base.why() if self.base is not None else ()
        return (self.reason, *base, *([f"it is {self.definite}"] if self.definite else []))

    def pays(self, sizes: Mapping[str, int]) -> bool:
        """Tell whether Woodbury's formula takes less arithmetic than a dense factorisation, for these sizes."""
        if self.base is None:
            return False
        n = prod(d.size(sizes) for d in self.form.shape[: self.lead])
        ranks = [u.rank(self.lead).size(sizes) for u in self.updates]
        dense = n**3 / 3 + n**2 * sum(ranks)
        return sum(n * p**2 + p**3 / 3 + 4 * n * p for p in ranks) + 2 * n * sum(ranks) ** 2 < dense

    def correction(self) -> Middle | None:
        """Return what corrects the inverse of the base, by Woodbury's formula."""
        update = stacked(self.lead, [(u.left, u.core, u.right) for u in self.updates])
        z = None if self.base is None else self.base.solved(update[0], tuple(range(self.lead)))
        scale = as_form(self.base.scale) if isinstance(self.base, Identity) else None
        return None if z is None else middle(self.lead, update, z, scale)

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return B⁻¹b − B⁻¹U (C⁻¹ + VᵀB⁻¹U)⁻¹ VᵀB⁻¹b."""
        step = self.correction()
        found = None if self.base is None or step is None else self.base.solved(b, axes)
        return None if found is None or step is None else corrected(step, found, axes)

    def log_determinant(self) -> Form | None:
        """Return log |det B| + log |det(I + C VᵀB⁻¹U)|: the determinant lemma."""
        step = self.correction()
        own = None if self.base is None or step is None else self.base.log_determinant()
        return None if own is None or step is None else added((), own, step.change)

    def __str__(self) -> str:
        if self.lead == 1 or self.base is None:
            return _written(self.form)
        return " + ".join(
            [str(self.base), *(_written(outer(u.left, u.core, u.right, self.lead)) for u in self.updates)]
        )


@dataclass(frozen=True)
class Dense:
    """A matrix of order 2 without a shortcut; `updates` are the products U C Vᵀ whose sum it is, if it is one."""

    form: Form = field(repr=False, compare=False)
    matrix: Expr
    reason: str
    updates: tuple[Update, ...] = ()
    lead: int = 1
    matvec, diagonal, dense, solve, logdet, inverse = _matvec, _diagonal, _dense, _solve, _logdet, _inverse

    @property
    def symmetric(self) -> bool:
        """Whether the matrix is surely symmetric."""
        return symmetric(self.matrix)

    @property
    def definite(self) -> str:
        """How definite the matrix surely is: "positive definite", "positive semidefinite", "negative ..." or ""."""
        return _definite(self.form)

    def parts(self) -> tuple[Expr, ...]:
        """Return the matrix."""
        return (self.matrix,)

    def why(self) -> tuple[str, ...]:
        """Return the reason, and how definite the matrix is."""
        return (self.reason, f"it is {self.definite}") if self.definite else (self.reason,)

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return M⁻¹b."""
        return along(inverted(self.form), b, axes[0]) if square(self) else None

    def log_determinant(self) -> Form | None:
        """Return log |det M|."""
        return log_det(self.form) if square(self) else None

    def __str__(self) -> str:
        return _written(self.form)


@dataclass(frozen=True)
class Sum:
    """A sum of structures that do not merge."""

    form: Form = field(repr=False, compare=False)
    lead: int
    structures: tuple[Structure, ...]
    reason: str = "the matrix is a sum of parts that have structure, which products with it use part by part"
    matvec, diagonal, dense, solve, logdet, inverse = _matvec, _diagonal, _dense, _solve, _logdet, _inverse

    def parts(self) -> tuple[Expr, ...]:
        """Return the parts of all summands."""
        return tuple(p for s in self.structures for p in s.parts())

    def why(self) -> tuple[str, ...]:
        """Return the reasons of the sum and of its summands."""
        return tuple(dict.fromkeys((self.reason, *(r for s in self.structures for r in s.why()))))

    def solved(self, b: Form, axes: Sequence[int]) -> Form | None:
        """Return the solution by eigenvalues for A ⊗ B + cI and A ⊗ I + I ⊗ B + cI; else None."""
        shifts = [as_form(s.scale) for s in self.structures if isinstance(s, Identity)]
        pairs = [s for s in self.structures if isinstance(s, Kronecker) and not s.swapped]
        if tuple(axes) != (0, 1) or len(shifts) > 1 or len(shifts) + len(pairs) != len(self.structures):
            return None
        shift = shifts[0] if shifts else None
        if len(pairs) == 1:
            return by_eigenvalues(pairs[0].left.form, pairs[0].right.form, shift, True, b)
        first = [s for s in pairs if isinstance(s.right, Identity)]
        second = [s for s in pairs if isinstance(s.left, Identity)]
        if len(pairs) != 2 or len(first) != 1 or len(second) != 1 or first == second:
            return None
        one, other = first[0].right, second[0].left
        assert isinstance(one, Identity) and isinstance(other, Identity)
        left = scaled_by(first[0].left.form, as_form(one.scale))
        return by_eigenvalues(left, scaled_by(second[0].right.form, as_form(other.scale)), shift, False, b)

    def log_determinant(self) -> None:
        """Return None."""

    def __str__(self) -> str:
        return " + ".join(map(str, self.structures)).replace("+ −", "− ")


@dataclass(frozen=True)
class Tensor:
    """A matrix over arrays in which no structure was found."""

    form: Form = field(repr=False, compare=False)
    lead: int
    reason: str = "no structure was found"
    matvec, diagonal, dense, solve, logdet, inverse, why = _matvec, _diagonal, _dense, _solve, _logdet, _inverse, _why

    def parts(self) -> tuple[Expr, ...]:
        """Return the whole."""
        return (build(self.form),)

    def solved(self, b: Form, axes: Sequence[int]) -> None:
        """Return None."""

    def log_determinant(self) -> None:
        """Return None."""

    def __str__(self) -> str:
        return _written(self.form)


_DEFINITE = {
    "strictly convex": "positive definite", "convex": "positive semidefinite",
    "strictly concave": "negative definite", "concave": "negative semidefinite",
}  # fmt: skip


def _definite(form: Form) -> str:
    def look() -> str:
        return _DEFINITE.get(definite_sum(form) or "", "")

    return build(form).memo("definite", look)  # type: ignore[no-any-return]


def _written(form: Form) -> str:
    return str(Tidy().write(form))
