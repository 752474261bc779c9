"""Determinants: the formula for 2 × 2, Sarrus, Laplace along the line with most zeros, elimination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from scipy.linalg import blas, lapack

from agnesi.errors import AgnesiError, ShapeError, TooLarge
from agnesi.expr.nodes import Expr, apply
from agnesi.linalg import arithmetic
from agnesi.linalg.arithmetic import given, largest, probe, sympy_matrix
from agnesi.linalg.elimination import started, zeros_of
from agnesi.linalg.notation import Floats, exactly, floats, is_zero, low, nearly, numeric, square
from agnesi.linalg.row_operations import factored
from agnesi.linalg.tableau import Pick
from agnesi.linalg.written import summed, written_product
from agnesi.worked.exact import to_expr
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked

WAYS = ("formula", "Sarrus", "Laplace", "elimination")
PRIME = 2**31 - 1
MINORS = 40  # that are written out in an expansion


def determinant(
    A: Any, *, by: str | None = None, pick: Pick = "first", steps: bool = True, exact: bool | None = None
) -> Worked:
    """Find the determinant of a square matrix.

    >>> determinant("[1 2; 3 4]").value, determinant("[1 2 3; 4 5 6; 7 8 10]", by="Laplace").value
    (-2, -3)

    `A`: [n n]. `by` is "formula" (up to 2 × 2), "Sarrus" (3 × 3), "Laplace" or "elimination"; without it, the shortest
    on paper. `steps=False` gives the exact answer alone, `exact=False` floats by LAPACK. Raises `ShapeError` for a
    matrix that is not square or does not fit `by`, `TooLarge` for a Laplace expansion with more than 40 minors.
    Source: MML 4.1; Imperial LA W3.
    """
    if numeric(A, exact):
        return _in_floats(floats(A))
    if not steps:
        return _exactly(A)
    M = given(A)
    square(M)
    way = by or _shortest(M)
    if way not in WAYS:
        raise AgnesiError(
            f"There is no way to a determinant called {way!r}.", expected=", ".join(f'"{w}"' for w in WAYS)
        )
    if (way == "formula" and M.rows > 2) or (way == "Sarrus" and M.rows != 3):
        fits = "2 × 2" if way == "formula" else "3 × 3"
        raise ShapeError(f"A is {M.rows}×{M.cols}; {way} is for {fits}.", repair='Use by="Laplace" or "elimination".')
    if way in ("formula", "Sarrus"):
        value, found = expansion(M)
        said = "ad − bc: the product of the diagonal less that of the other." if M.rows == 2 else SARRUS[0]
        made = [Step(way, said if M.rows > 1 else "The entry itself.", found, data={"matrix": M, "value": value})]
    elif way == "Laplace":
        value, made = _laplace(M)
    else:
        value, made = _eliminated(M, pick)
    return _worked(M, value, made)


SARRUS = ("Write the first two columns once more; products down to the right, less those up to the right.",)


def _shortest(M: sympy.ImmutableMatrix) -> str:
    if M.rows < 4:
        return "formula" if M.rows < 3 else "Sarrus"
    zeros = max(sum(is_zero(v) for v in line) for line in [*M.tolist(), *M.T.tolist()])
    return "Laplace" if M.rows == 4 and (zeros > 1 or M.free_symbols) else "elimination"


def _worked(M: sympy.ImmutableMatrix, value: Any, steps: Sequence[Step]) -> Worked:
    other = factored(sympy.sympify(M.det(method="berkowitz")))
    evidence = (exactly("Berkowitz's algorithm, without division, gives the same", is_zero(other - value)),)
    name = Formula.of("det A", "=", value)
    return Worked(
        "determinant", (Formula.of("det A", "=", grid(M, "|")),), value, (name,), tuple(steps), evidence, {},
        singular_values(value), "MML 4.1",
    )  # fmt: skip


def singular_values(det: Any) -> tuple[str, ...]:
    """Return for which values of its letters a determinant is 0, as a sentence; nothing without letters."""
    top = sympy.fraction(factored(det))[0]
    if not top.free_symbols:
        return ()
    values = zeros_of(top)
    return (f"A is singular for {values}.",) if values else (f"A is singular just where {scalar_text(top)} = 0.",)


def expansion(M: sympy.ImmutableMatrix) -> tuple[Any, tuple[Formula, ...]]:
    """Return the determinant of a matrix up to 3 × 3 by its formula, and the lines that show it."""
    n = M.rows
    if n == 1:
        return M[0, 0], (Formula.of("det A", "=", M[0, 0]),)
    plus = [[(i, (i + k) % n) for i in range(n)] for k in range(n if n > 2 else 1)]
    minus = [[(i, (k - i) % n) for i in range(n)] for k in (range(n) if n > 2 else (1,))]
    down = [[M[p] for p in places] for places in plus]
    up = [[M[p] for p in places] for places in minus]
    terms = [written_product(f) for f in down] + [apply("neg", written_product(f)) for f in up]
    value = factored(sum(sympy.Mul(*f) for f in down) - sum(sympy.Mul(*f) for f in up))
    lines = [Formula.of("det A", "=", summed(terms)), Formula.of("det A", "=", value)]
    if n == 3:
        lines.insert(0, Formula.of(grid(sympy.Matrix.hstack(M, M[:, :2]), "|", bars={3})))
        lines.insert(2, Formula.of("det A", "=", summed([to_expr(_signed(f)) for f in down] + _taken(up))))
    return value, tuple(lines)


def _signed(factors: Sequence[Any]) -> Any:
    return factored(sympy.Mul(*factors))


def _taken(products: Sequence[Sequence[Any]]) -> list[Expr]:
    return [apply("neg", to_expr(_signed(f))) for f in products]


def minor(M: sympy.ImmutableMatrix, i: int, j: int) -> sympy.ImmutableMatrix:
    """Return a matrix without row i and column j."""
    return M.minor_submatrix(i, j)


def cofactor_lines(M: sympy.ImmutableMatrix) -> tuple[sympy.ImmutableMatrix, tuple[Formula, ...]]:
    """Return the matrix of cofactors of a 2 × 2 or 3 × 3 matrix, and a line for each cofactor."""
    n = M.rows
    found: list[Any] = []
    lines = []
    for i in range(n):
        for j in range(n):
            inside = minor(M, i, j)
            value = expansion(inside)[0]
            cofactor = factored(-value if (i + j) % 2 else value)
            found.append(cofactor)
            sign = ["−"] if (i + j) % 2 else []
            shown = [*sign, grid(inside, "|"), "="] if n > 2 else []  # bars around one number would be its size
            lines.append(Formula.of(f"C{low('', i + 1)}{low('', j + 1)}", "=", *shown, cofactor))
    C = sympy.ImmutableMatrix(n, n, found)
    return C, (*lines, Formula.of("C", "=", C))


def _laplace(M: sympy.ImmutableMatrix) -> tuple[Any, list[Step]]:
    """Return the determinant by expanding along the line with most zeros, and again in the minors."""
    steps: list[Step] = []
    value = _expanded(M, "A", steps)
    return value, steps


def _expanded(M: sympy.ImmutableMatrix, name: str, steps: list[Step]) -> Any:
    if M.rows < 3:
        return expansion(M)[0]
    if len(steps) >= MINORS:
        raise TooLarge(f"The expansion has more than {MINORS} minors.", repair='Use by="elimination".')
    line, row = _best_line(M)
    places = [(line, k) if row else (k, line) for k in range(M.rows)]
    used = [p for p in places if not is_zero(M[p])]
    at = len(steps)
    steps.append(Step("", ""))  # its minors come after it
    minors = [minor(M, *p) for p in used]
    values = [_expanded(m, "", steps) for m in minors]
    signs = [-1 if sum(p) % 2 else 1 for p in used]
    value = factored(sum((s * M[p] * v for s, p, v in zip(signs, used, values, strict=True)), sympy.S.Zero))
    head: list[Any] = ["det A", "="] if name else [grid(M, "|"), "="]
    kind = f"{'row' if row else 'column'} {line + 1}"
    zeros = M.rows - len(used)
    said = f"Expand along {kind}" + (f": {zeros} of its entries {'is' if zeros == 1 else 'are'} 0." if zeros else ".")
    said += " The minors follow." if name and M.rows > 3 and used else ""
    lines = [Formula.of(*head, *_terms([M[p] for p in used], signs, [grid(m, "|") for m in minors]))]
    if used:
        lines.append(Formula.of(*head[-1:], *_terms([M[p] for p in used], signs, values), "=", value))
    why = "The signs go like a chessboard, + at the top left." if name else ""
    data = {"matrix": M, "line": line, "row": row, "minors": minors, "values": values, "value": value}
    steps[at] = Step("Laplace expansion", said, tuple(lines), why, "MML 4.1", data)
    return value


def _best_line(M: sympy.ImmutableMatrix) -> tuple[int, bool]:
    """Return the row or column with most zeros, the first row if there are none."""
    counts = [(sum(is_zero(v) for v in line), -k, row) for row, lines in ((True, M.tolist()), (False, M.T.tolist()))
              for k, line in enumerate(lines)]  # fmt: skip
    _, k, row = max(counts, key=lambda c: (c[0], c[2], c[1]))
    return -k, row


def _terms(entries: Sequence[Any], signs: Sequence[int], factors: Sequence[Any]) -> list[Any]:
    """Return the parts of a·M₁ − b·M₂ + …; 0 for none."""
    parts: list[Any] = []
    for entry, sign, factor in zip(entries, signs, factors, strict=True):
        if sign < 0 or parts:
            parts.append("−" if sign < 0 else "+")
        parts += (
            _bracketed(entry, bool(parts)) + ["·"] + ([factor] if hasattr(factor, "rows") else _bracketed(factor, True))
        )
    return parts or [0]


def _bracketed(value: Any, inside: bool) -> list[Any]:
    """Return a factor, in brackets where it is a sum, or is negative and does not come first."""
    sum_of = isinstance(value, sympy.Add)
    return ["(", value, ")"] if sum_of or (inside and value.could_extract_minus_sign()) else [value]


def _eliminated(M: sympy.ImmutableMatrix, pick: Pick) -> tuple[Any, list[Step]]:
    """Return the determinant as the product of the pivots, its sign turned by every swap."""
    t = started(M, pick=pick)
    t.forward()
    swaps = sum(o.kind == "swap" for o in t.operations)
    why = "Adding a multiple of a row changes no determinant; each swap turns its sign."
    if len(t.pivots) < M.rows:
        said = "A column has no pivot, so a row of zeros is left: the determinant is 0."
        return sympy.S.Zero, [
            *t.steps,
            Step("product of the pivots", said, (), why, "MML 4.1", {"rows": t.rows, "swaps": swaps}),
        ]
    diagonal = [t.rows[i][i] for i in range(M.rows)]
    value = factored((-1) ** swaps * sympy.Mul(*diagonal))
    product = written_product(diagonal)
    line = Formula.of("det A", "=", apply("neg", product) if swaps % 2 else product, "=", value)
    told = f"{swaps} {'swap' if swaps == 1 else 'swaps'}" if swaps else "no swap"
    said = f"The determinant is the product of the pivots, with {told}."
    data = {"rows": [list(r) for r in t.rows], "swaps": swaps, "value": value}
    return value, [*t.steps, Step("product of the pivots", said, (line,), why, "MML 4.1", data)]


def _exactly(A: Any) -> Worked:
    D = arithmetic.exact(A)
    square(D)
    value = arithmetic.determinant(D)
    evidence = (_checked(D, value),)
    question = (Formula.of("A", "=", sympy_matrix(D)),) if D.shape[0] <= 12 else ()
    return Worked("determinant", question, value, (Formula.of("det A", "=", value),), (), evidence, source="MML 4.1")


def _checked(D: Any, value: Any) -> Verified:
    """Check a determinant: rational ones modulo a prime, by elimination there; others against the rank."""
    rest = arithmetic.modulo(D, PRIME) if D.domain == sympy.QQ else None
    if rest is None:
        _, pivots = arithmetic.rref(D)
        return exactly("it is 0 just if the rank is less than n", (value == 0) == (len(pivots) < D.shape[0]))
    found = int(value.p) * pow(int(value.q), -1, PRIME) % PRIME
    return exactly("elimination modulo the prime 2³¹ − 1 gives the same remainder", found == rest)


def _order(pivots: Any) -> list[int]:
    """Return where each row of L U goes when the swaps of LAPACK are undone, the last one first."""
    order = list(range(len(pivots)))
    for i, k in reversed(list(enumerate(pivots.tolist()))):
        order[i], order[k] = order[k], order[i]
    return order


def _in_floats(M: Floats) -> Worked:
    square(M)
    n = M.shape[0]
    factors, pivots, _ = lapack.dgetrf(M.T)  # Mᵀ = P L U, and det Mᵀ = det M
    diagonal = np.diag(factors)
    sign = float(np.prod(np.sign(diagonal)) * (-1) ** int(np.sum(pivots != np.arange(n)))) + 0.0  # never −0
    logarithm = float(np.log(np.abs(diagonal)).sum()) if sign else -np.inf
    value = sign * float(np.exp(logarithm)) if logarithm < 709 else np.inf * sign
    parts = {"sign": sign, "log": logarithm}
    notes = ("It is past the largest float: use sign and log.",) if np.isinf(value) else ()
    x = probe(n)
    made = blas.dtrmv(factors, blas.dtrmv(factors, x), lower=1, diag=1)
    error = float(np.abs(made[_order(pivots)] - x @ M).max())
    evidence = (nearly("P L U x = Aᵀx for a vector x, of the factors used", error, 1e-13 * n * largest(M)),)
    return Worked("determinant in floats", (), value, (Formula.of("det A", "=", value),), (), evidence, parts, notes)
