"""Eigenvalues are computed for symmetric matrices: one of which nothing is said is taken for symmetric, with a note.

Of a product AB of which it cannot be seen that it is symmetric, a line about eigenvalues is not read: with the
symmetric part of AB in its place it would be another claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agnesi.check.chances_told import with_twins
from agnesi.errors import AgnesiError, Place, ReadError
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbol, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.lines import Line, Lines
from agnesi.rules.canon import symmetric
from agnesi.rules.normal import normalise

SPECTRAL = frozenset(("lammax", "lammin", "eigvals", "eigvecs", "eigvecmax", "eigvecmin"))
OPEN = frozenset(("invertible", "nonzero", "entries nonzero"))  # facts beside which a matrix may be symmetric too


def with_symmetric(lines: Lines, source: str) -> Lines:
    """Return lines in which the matrices whose eigenvalues are spoken of are symmetric, and an error for the others."""
    matrices = {m for line in lines.lines for m in _matrices(line)}
    loose = {m for m in matrices if not is_symmetric(m)}
    twins = {s: symbol(s.name, s.shape, s.facts | {"symmetric"}) for s in symbols_of(*loose) if _may_be(s)}
    held: dict[Expr, Expr] = {s: t for s, t in twins.items()}
    lost = {m for m in loose if not is_symmetric(substituted(m, held))}
    needed = {s: t for s, t in twins.items() if any(s in symbols_of(m) for m in loose - lost)}
    if lost:
        lines = replace(lines, lines=tuple(_refused(line, lost, source) for line in lines.lines))
    if not needed:
        return lines
    names = sorted(s.name for s in needed)
    said = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"
    note = f"eigenvalues are those of symmetric matrices: {said} taken for symmetric"
    return with_twins(replace(lines, notes=(*lines.notes, note)), needed)


def is_symmetric(matrix: Expr) -> bool:
    """Tell whether a matrix equals its transpose, as far as its normal form shows."""
    try:
        return symmetric(matrix) or symmetric(normalise(matrix))
    except AgnesiError:
        return False


def _may_be(s: Symbol) -> bool:
    return s.ndim == 2 and s.shape[0] == s.shape[1] and s.facts <= OPEN


def _matrices(line: Line) -> Iterable[Expr]:
    sides = [side for g in line.groups for side in g.sides] if line.error is None else []
    return (n.args[0] for n in postorder(*sides) if isinstance(n, Apply) and n.op.name in SPECTRAL)


def _refused(line: Line, lost: set[Expr], source: str) -> Line:
    found = next((m for m in _matrices(line) if m in lost), None)
    if found is None:
        return line
    error = ReadError(
        f"Eigenvalues are computed for symmetric matrices, and {found} need not be one.",
        where=Place(source, line.piece.start, line.piece.stop), repair="Say that it is symmetric, if it is.",
    )
    return replace(line, groups=(), error=error)
