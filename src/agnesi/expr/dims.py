"""Dims: the sizes of axes. A name (`n`), a number (3), or a polynomial of them (`n·m`, `n + 1`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from agnesi.errors import NotNumeric

Monomial = tuple[str, ...]


class Dim:
    """An axis size: a polynomial with integer coefficients in size names; equal when the polynomials are."""

    __slots__ = ("_hash", "terms")
    terms: tuple[tuple[Monomial, int], ...]

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = tuple(sorted((m, c) for m, c in terms.items() if c))
        self._hash = hash(self.terms)

    @staticmethod
    def of(value: DimLike) -> Dim:
        """Return the dim of a name or a number."""
        return value if isinstance(value, Dim) else _dim(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dim) and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: DimLike) -> Dim:
        total = dict(self.terms)
        for mono, count in Dim.of(other).terms:
            total[mono] = total.get(mono, 0) + count
        return Dim(total)

    def __mul__(self, other: DimLike) -> Dim:
        product: dict[Monomial, int] = {}
        for m1, c1 in self.terms:
            for m2, c2 in Dim.of(other).terms:
                mono = tuple(sorted(m1 + m2))
                product[mono] = product.get(mono, 0) + c1 * c2
        return Dim(product)

    def __sub__(self, other: DimLike) -> Dim:
        return self + Dim.of(other) * Dim.of(-1)

    @property
    def number(self) -> int | None:
        """The size as a number, or None where it has names in it."""
        if not self.terms:
            return 0
        (mono, count), *rest = self.terms
        return count if not rest and not mono else None

    @property
    def names(self) -> frozenset[str]:
        """The size names that occur."""
        return frozenset(name for mono, _ in self.terms for name in mono)

    def size(self, sizes: Mapping[str, int]) -> int:
        """Return the number that this dim is for the given `sizes` of names."""
        total = 0
        for mono, count in self.terms:
            for name in mono:
                if name not in sizes:
                    raise NotNumeric(f"The size {name} is not known.", repair=f"Give {name}=... or an array.")
                count *= sizes[name]
            total += count
        return total

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        text = ""
        for mono, count in sorted(self.terms, key=lambda t: (-len(t[0]), t[0])):
            sign = ("-" if count < 0 else "") if not text else (" - " if count < 0 else " + ")
            size = abs(count)
            text += sign + "·".join(([str(size)] if size != 1 or not mono else []) + list(mono))
        return text

    __repr__ = __str__


DimLike = Dim | int | str
Shape = tuple[Dim, ...]


@lru_cache(maxsize=4096)
def _dim(value: int | str) -> Dim:
    return Dim({(value,): 1} if isinstance(value, str) else {(): value})


ONE = Dim.of(1)


def shape_of(dims: Iterable[DimLike]) -> Shape:
    """Return a shape; a column n×1 is the vector n, and 1×1 is a scalar (rows 1×n stay)."""
    shape = tuple(Dim.of(d) for d in dims)
    if len(shape) == 2 and shape[1] == ONE:
        shape = shape[:1]
    return () if shape == (ONE,) else shape


def show_shape(shape: Shape) -> str:
    """Return a shape in words: `scalar`, `n`, `n×d`."""
    return "×".join(f"({d})" if len(d.terms) > 1 and len(shape) > 1 else str(d) for d in shape) or "scalar"
