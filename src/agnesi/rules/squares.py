"""Forms that are surely at least 0: sums of squares, of quadratic forms, and quadratic forms in products.

A number is written as ∑ Q_ij ⟨a_i, a_j⟩ over products a_i (of numbers, or a number times a vector or matrix); it is at
least 0 where Q is positive semidefinite, which is seen exactly, in fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr
from agnesi.rules.bases import as_form
from agnesi.rules.canon import key
from agnesi.rules.curvature import definite_sum
from agnesi.rules.forms import Factor, Form, Label, Term, is_delta
from agnesi.rules.signs import surely_nonnegative

Monomial = tuple[tuple[bytes, Fraction], ...]
Atom = tuple[Monomial, bytes]
MOST_ATOMS = 12


def nonnegative_form(form: Form) -> str | None:
    """Return why a number is surely at least 0 ("a sum of squares", ...), or None where that is not seen."""
    if form.shape:
        return None
    if not form.terms:
        return "0"
    if all(_nonnegative_term(t) for t in form.terms):
        return "a sum of squares" if len(form.terms) > 1 else "a square, or a product of what is at least 0"
    return "a positive semidefinite quadratic form" if _gram(form) else None


def _nonnegative_term(term: Term) -> bool:
    """Tell whether one product is at least 0: positive number, even powers, known signs, quadratic forms."""
    if not isinstance(term.coef, Fraction) or term.coef < 0:
        return False
    left = [f for f in term.factors if not _sure(f)]
    return not left or _quadratic(term, left)


def _sure(factor: Factor) -> bool:
    power = Fraction(factor.power)
    even = power.denominator % 2 == 0 or power.numerator % 2 == 0
    return even or is_delta(factor) or surely_nonnegative(factor.base) or nonnegative_form_of(factor.base)


def nonnegative_form_of(base: Expr) -> bool:
    """Tell whether a base is a number that is a sum of squares."""
    form = as_form(base)
    if base.shape or len(form.terms) < 1 or (len(form.terms) == 1 and form.terms[0].factors[:1] == ()):
        return False
    if len(form.terms) == 1 and form.terms[0].factors[0].base is base:
        return False
    return nonnegative_form(form) is not None


def _quadratic(term: Term, left: list[Factor]) -> bool:
    """Tell whether the factors of unknown sign are u, M, u with M positive semidefinite (for all labels they share)."""
    for k, a in enumerate(left):
        for b in left[k + 1 :]:
            if a.base.ndim == 0 or a.power != 1 or b.power != 1 or key(a.base) != key(b.base):
                continue
            apart = [(x, y) for x, y in zip(a.labels, b.labels, strict=True) if x != y]
            middle = tuple(f for f in left if f is not a and f is not b)
            if len(apart) != 1 or not middle:
                continue
            (i, j) = apart[0]
            if isinstance(i, int) and isinstance(j, int) and _definite_between(term, middle, i, j):
                others = [f for f in term.factors if f not in left]
                if all({i, j} & set(f.labels) == set() for f in others):
                    return True
    return False


def _definite_between(term: Term, middle: tuple[Factor, ...], i: int, j: int) -> bool:
    names: dict[Label, Label] = {i: 0, j: 1}
    inside = {x for f in middle for x in f.labels} - {i, j}
    for at, x in enumerate(sorted(inside, key=repr)):
        names[x] = at + 2
    dims = {names[x]: term.dims[x] for x in (i, j, *inside) if isinstance(x, int) and x in term.dims}
    if len(dims) != len(inside) + 2:
        return False
    whole = {x: d for x, d in dims.items() if isinstance(x, int)}
    inner = Term(Fraction(1), tuple(f.renamed(names) for f in middle), whole)
    form = Form((term.dims[i], term.dims[j]), [inner])
    if any(isinstance(x, int) and x in inside for f in term.factors if f not in middle for x in f.labels):
        return False
    try:
        return definite_sum(form) in ("convex", "strictly convex")
    except AgnesiError:
        return False


# -- quadratic forms in products -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """coef · (product of numbers) · ⟨u, v⟩; u and v are b"" where there is no vector."""

    coef: Fraction
    monomial: Monomial
    left: bytes
    right: bytes


def _gram(form: Form) -> bool:
    """Tell whether a form is ∑ Q_ij ⟨a_i, a_j⟩ with a positive semidefinite Q."""
    bases: dict[bytes, Expr] = {}
    pieces = [_piece(t, bases) for t in form.terms]
    if any(p is None for p in pieces):
        return False
    known = [p for p in pieces if p is not None]
    atoms = _atoms(known, bases)
    if not atoms or len(atoms) > MOST_ATOMS:
        return False
    place = {a: k for k, a in enumerate(atoms)}
    matrix = [[Fraction(0)] * len(atoms) for _ in atoms]
    for piece in known:
        at = _pair(piece, atoms, place)
        if at is None:
            return False
        i, j = at
        if i == j:
            matrix[i][i] += piece.coef
        else:
            matrix[i][j] += piece.coef / 2
            matrix[j][i] += piece.coef / 2
    return semidefinite(matrix)


def _piece(term: Term, bases: dict[bytes, Expr]) -> _Piece | None:
    if not isinstance(term.coef, Fraction):
        return None
    numbers: dict[bytes, Fraction] = {}
    arrays: list[Factor] = []
    for f in term.factors:
        bases.setdefault(key(f.base), f.base)
        if not f.labels:
            numbers[key(f.base)] = numbers.get(key(f.base), Fraction(0)) + Fraction(f.power)
        else:
            arrays += [f] * int(f.power) if f.power in (1, 2) else [f, f, f]
    if len(arrays) not in (0, 2) or (arrays and arrays[0].labels != arrays[1].labels):
        return None
    if arrays and (len(set(arrays[0].labels)) != len(arrays[0].labels) or set(term.dims) != set(arrays[0].labels)):
        return None
    sides = sorted(key(f.base) for f in arrays) or [b"", b""]
    return _Piece(term.coef, tuple(sorted(numbers.items())), sides[0], sides[1])


def _atoms(pieces: Iterable[_Piece], bases: dict[bytes, Expr]) -> list[Atom]:
    """Return the square roots of the squares with positive numbers."""
    found: dict[Atom, None] = {}
    for p in pieces:
        if p.coef > 0 and p.left == p.right:
            half = tuple((b, k / 2) for b, k in p.monomial)
            if all(k.denominator == 1 or surely_nonnegative(bases[b]) for b, k in half):
                found.setdefault((half, p.left))
    return list(found)


def _pair(piece: _Piece, atoms: Sequence[Atom], place: dict[Atom, int]) -> tuple[int, int] | None:
    """Return the two products whose product a piece is; a positive square is the square of one."""
    half = (tuple((b, k / 2) for b, k in piece.monomial), piece.left)
    if piece.coef > 0 and piece.left == piece.right and half in place:
        return place[half], place[half]
    for i, (m, u) in enumerate(atoms):
        for j in range(i + 1, len(atoms)):
            n, v = atoms[j]
            if sorted((u, v)) == [piece.left, piece.right] and _times(m, n) == piece.monomial:
                return i, j
    return (place[half], place[half]) if piece.left == piece.right and half in place else None


def _times(m: Monomial, n: Monomial) -> Monomial:
    total = dict(m)
    for b, k in n:
        total[b] = total.get(b, Fraction(0)) + k
    return tuple(sorted((b, k) for b, k in total.items() if k))


def semidefinite(matrix: Sequence[Sequence[Fraction]]) -> bool:
    """Tell whether a symmetric matrix of fractions is positive semidefinite, by elimination."""
    a = [list(row) for row in matrix]
    for k in range(len(a)):
        if a[k][k] < 0 or (a[k][k] == 0 and any(a[k][j] for j in range(k, len(a)))):
            return False
        if a[k][k] == 0:
            continue
        for i in range(k + 1, len(a)):
            ratio = a[i][k] / a[k][k]
            for j in range(k, len(a)):
                a[i][j] -= ratio * a[k][j]
    return True
