"""Products of matrices as words: the factors in order from one axis to the other, with diagonals between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr
from agnesi.rules.canon import key, symmetric
from agnesi.rules.forms import Factor, Form, Label, Term, fresh, identity, is_delta
from agnesi.rules.products import simplify


@dataclass(frozen=True)
class Letter:
    """One factor of a word: a matrix, perhaps turned, or a vector (to a power) that stands for a diagonal."""

    base: Expr
    turned: bool = False
    power: Fraction = Fraction(1)

    @property
    def rows(self) -> Dim:
        """The size of the side that it begins with."""
        return self.base.shape[-1 if self.turned else 0]

    @property
    def columns(self) -> Dim:
        """The size of the side that it ends with."""
        return self.base.shape[0 if self.turned or self.base.ndim == 1 else 1]

    def turn(self) -> Letter:
        """Return the transpose."""
        return self if self.base.ndim == 1 or symmetric(self.base) else Letter(self.base, not self.turned, self.power)

    def name(self) -> tuple[bytes, bool, str]:
        """Return what tells letters apart."""
        return (key(self.base), self.turned and not symmetric(self.base), str(self.power))


@dataclass(frozen=True)
class Word:
    """A number, scalar factors and letters: one term of a matrix."""

    coef: Fraction
    scalars: tuple[Factor, ...]
    letters: tuple[Letter, ...]

    def matrices(self) -> int:
        """Return the number of letters that are matrices."""
        return sum(x.base.ndim == 2 for x in self.letters)

    def turn(self) -> Word:
        """Return the transpose."""
        return Word(self.coef, self.scalars, tuple(x.turn() for x in reversed(self.letters)))


def word_of(term: Term) -> Word | None:
    """Return a product with axes 0 and 1 as a word; None where it is no chain of matrices and diagonals."""
    if not isinstance(term.coef, Fraction):
        return None
    scalars = tuple(f for f in term.factors if not f.labels)
    left = [f for f in term.factors if f.labels and not is_delta(f)]
    deltas = [f for f in term.factors if is_delta(f)]
    if any(len(f.labels) > 2 or not all(isinstance(x, int) for x in f.labels) for f in left):
        return None
    at: Label = 0
    letters: list[Letter] = []
    if deltas:
        if len(deltas) > 1 or any(len(f.labels) != 1 for f in left) or set(deltas[0].labels) != {0, 1}:
            return None
        return Word(term.coef, scalars, tuple(Letter(f.base, False, Fraction(f.power)) for f in left))
    while True:
        here = [f for f in left if at in f.labels]
        matrices = [f for f in here if len(f.labels) == 2]
        diagonals = [Letter(f.base, False, Fraction(f.power)) for f in here if len(f.labels) == 1]
        letters += sorted(diagonals, key=Letter.name)
        if at == 1 and not matrices:
            break
        if len(matrices) != 1 or matrices[0].power != 1 or matrices[0].labels[0] == matrices[0].labels[1]:
            return None
        (m,) = matrices
        turned = m.labels[1] == at
        letters.append(Letter(m.base, turned))
        left = [f for f in left if f not in here]
        at = m.labels[0] if turned else m.labels[1]
    left = [f for f in left if at not in f.labels]
    return Word(term.coef, scalars, tuple(letters)) if not left and len(term.dims) >= 2 else None


def laid(word: Word, start: Label, end: Label) -> Term:
    """Return a word as a product from one label to another (not simplified)."""
    factors = list(word.scalars)
    dims: dict[int, Dim] = {}
    at = start
    pending = word.matrices()
    if not pending:
        factors += [Factor(x.base, (start,), x.power) for x in word.letters]
        if not word.letters:
            return Term(word.coef, tuple(factors), dims)
    for letter in word.letters if pending else ():
        if letter.base.ndim == 1:
            factors.append(Factor(letter.base, (at,), letter.power))
            continue
        pending -= 1
        to: Label = end if not pending else fresh()
        if isinstance(to, int) and pending:
            dims[to] = letter.columns
        factors.append(Factor(letter.base, (to, at) if letter.turned else (at, to)))
        at = to
    return Term(word.coef, tuple(factors), dims)


def matrix_of(word: Word, rows: Dim, columns: Dim) -> Form:
    """Return a word as the form of a matrix."""
    term = laid(word, 0, 1)
    factors = term.factors if word.matrices() else (*term.factors, Factor(identity(rows), (0, 1)))
    done = simplify(Term(term.coef, factors, {**term.dims, 0: rows, 1: columns}), 2)
    return Form((rows, columns), [done] if done is not None else [])


def rotations(letters: Sequence[Letter]) -> list[tuple[Letter, ...]]:
    """Return all rotations of letters."""
    return [tuple(letters[k:]) + tuple(letters[:k]) for k in range(max(len(letters), 1))]
