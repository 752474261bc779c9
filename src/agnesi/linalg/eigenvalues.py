"""Eigenvalues and eigenvectors: the characteristic polynomial, its roots, and a basis of each eigenspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from agnesi.expr.nodes import Expr, apply
from agnesi.linalg.notation import (
    Floats,
    beside,
    chain,
    columns,
    count,
    equal,
    exactly,
    floats,
    in_floats,
    is_zero,
    low,
    nearly,
    numeric,
    plus,
    readable,
    square,
    tidied,
    tidy,
)
from agnesi.linalg.roots import Root, roots_of, written
from agnesi.linalg.tableau import tableau
from agnesi.worked.exact import matrix, to_expr
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked


@dataclass(frozen=True)
class Eigenspace:
    """An eigenvalue, how many times it is a root, and a basis of its eigenvectors, one column each."""

    value: sympy.Expr
    algebraic: int
    basis: sympy.ImmutableMatrix

    @property
    def geometric(self) -> int:
        """The dimension of the eigenspace."""
        return int(self.basis.cols)


def characteristic_polynomial(A: Any) -> Worked:
    """Find det(A − λI): by the rule for two rows, along the first row for three, by traces for more.

    >>> characteristic_polynomial("[4 2; 1 3]").value
    λ**2 - 7*λ + 10

    `A`: [n n]. Raises `ShapeError` for a matrix that is not square. Source: MML 4.2, definition 4.5.
    """
    M = matrix(A)
    square(M)
    p, steps = polynomial_of(M)
    x = p.gen
    evidence = [
        exactly(f"its value at {scalar_text(x)} = 0 is det(A)", is_zero(p.eval(0) - M.det())),
        exactly("the coefficient after the first is the trace, up to sign", _has_trace(p, M)),
    ]
    answer = (Formula.of(f"det(A − {x}I)", "=", written(p)),)
    question = (Formula.of("A", "=", grid(M)),)
    return Worked(
        "characteristic polynomial", question, p.as_expr(), answer, tuple(steps), tuple(evidence), {"letter": x}, (),
        "MML 4.2",
    )  # fmt: skip


def _has_trace(p: sympy.Poly, M: sympy.MatrixBase) -> bool:
    n = M.rows
    return is_zero(p.coeff_monomial(p.gen ** (n - 1)) * (-1) ** (n - 1) - M.trace())


def letter_for(M: sympy.MatrixBase) -> sympy.Symbol:
    """Return λ, or μ where the matrix holds a λ."""
    return sympy.Symbol("μ" if any(str(s) == "λ" for s in M.free_symbols) else "λ")


def polynomial_of(M: sympy.MatrixBase, name: str = "A") -> tuple[sympy.Poly, list[Step]]:
    """Return det(A − λI) as a polynomial in λ, and the steps that find it."""
    x = letter_for(M)
    n = M.rows
    if M.is_upper or M.is_lower:
        value = sympy.Mul(*[M[i, i] - x for i in range(n)])
        said = f"{name} − {x}I is triangular: its determinant is the product of the diagonal."
        return _poly(value, x), [_first(M, x, said, _factors([M[i, i] for i in range(n)], x), name)]
    if n == 2:
        value = (M[0, 0] - x) * (M[1, 1] - x) - M[0, 1] * M[1, 0]
        crossed = apply("neg", apply("mul", to_expr(M[0, 1]), to_expr(M[1, 0])))
        shown = plus([_factors([M[0, 0], M[1, 1]], x), crossed])
        said = "Multiply along the diagonal, and take away the product of the other two entries."
        return _poly(value, x), [_first(M, x, said, shown, name)]
    if n == 3:
        return _along_first_row(M, x, name)
    return _by_traces(M, x, name)


def _poly(value: sympy.Expr, x: sympy.Symbol) -> sympy.Poly:
    p = sympy.Poly(sympy.expand(value), x)
    return sympy.Poly([tidy(c) for c in p.all_coeffs()], x)


def minus(a: Any, x: sympy.Symbol) -> Expr:
    """Return a − λ as it is written."""
    return apply("neg", to_expr(x)) if is_zero(a) else plus([a, apply("neg", to_expr(x))])


def _factors(diagonal: list[Any], x: sympy.Symbol) -> Expr:
    parts = [minus(a, x) for a in diagonal]
    return parts[0] if len(parts) == 1 else apply("mul", *parts)


def shifted(M: sympy.MatrixBase, x: sympy.Symbol) -> list[list[Any]]:
    """Return the entries of A − λI as they are written."""
    return [[minus(M[i, j], x) if i == j else M[i, j] for j in range(M.cols)] for i in range(M.rows)]


def _first(M: sympy.MatrixBase, x: sympy.Symbol, said: str, shown: Expr, name: str) -> Step:
    name = f"det({name} − {x}I)"
    p = _poly((M - x * sympy.eye(M.rows)).det(method="berkowitz"), x)
    lines = (
        Formula.of(name, "=", grid(shifted(M, x), "|")),
        chain(name, shown, written(p)),
    )
    return Step("determinant", said, lines, source="MML 4.2", data={"A": M, "polynomial": p.as_expr()})


def _along_first_row(M: sympy.MatrixBase, x: sympy.Symbol, name: str) -> tuple[sympy.Poly, list[Step]]:
    """Expand a determinant of three rows along the first one."""
    S = M - x * sympy.eye(3)
    terms, minors = [], []
    for j in range(3):
        if is_zero(M[0, j]) and j:
            continue
        minor = _poly(S.minor_submatrix(0, j).det(), x)
        entry = minus(M[0, 0], x) if j == 0 else to_expr(M[0, j])
        cells = [[c for k, c in enumerate(row) if k != j] for row in shifted(M, x)[1:]]
        minors.append(Formula.of(low("M", f"1{j + 1}"), "=", grid(cells, "|"), "=", written(minor)))
        term = apply("mul", entry, written(minor))
        terms.append(apply("neg", term) if j == 1 else term)
    value = sum(((-1) ** j * S[0, j] * S.minor_submatrix(0, j).det() for j in range(3)), sympy.Integer(0))
    p, name = _poly(value, x), f"det({name} − {x}I)"
    lines = (
        Formula.of(name, "=", grid(shifted(M, x), "|")), *minors,
        Formula.of(name, "=", apply("add", *terms) if len(terms) > 1 else terms[0]), Formula.of(name, "=", written(p)),
    )  # fmt: skip
    said = "Expand along the first row: each entry times the determinant without its row and column, signs + − +."
    return p, [Step("determinant", said, lines, source="MML 4.1", data={"A": M, "polynomial": p.as_expr()})]


def _by_traces(M: sympy.MatrixBase, x: sympy.Symbol, name: str) -> tuple[sympy.Poly, list[Step]]:
    """Find the coefficients one after the other from traces (Faddeev and LeVerrier)."""
    n = M.rows
    B, coefficients, steps = sympy.zeros(n), [sympy.Integer(1)], []
    for k in range(1, n + 1):
        B = tidied(M * B + coefficients[-1] * sympy.eye(n))
        product = tidied(M * B)
        coefficients.append(tidy(-product.trace() / k))
        trace = f"−tr({name}{low('B', k)})" + (f"/{k}" if k > 1 else "")
        lines = (Formula.of(low("B", k), "=", grid(B), ",", f"{name}{low('B', k)}", "=", grid(product)),
                 Formula.of(low("c", k), "=", trace, "=", coefficients[-1]))  # fmt: skip
        last = f"divide by −{k}" if k > 1 else "turn its sign"
        said = f"Coefficient {k}: multiply by {name}, take the trace, {last}."
        data = {"A": M, "B": B, "coefficient": coefficients[-1], "k": k}
        steps.append(Step("coefficient by a trace", said, lines, data=data))
    p = _poly(sympy.Poly(coefficients, x).as_expr() * (-1) ** n, x)
    line = Formula.of(f"det({name} − {x}I)", "=", written(p))
    letter = scalar_text(x)
    whole = f"{high_text(letter, n)} + c₁{high_text(letter, n - 1)} + … + {low('c', n)}"
    whole = f"−({whole})" if n % 2 else whole
    said = f"Put the coefficients together: {whole}."
    return p, [*steps, Step("determinant", said, (line,), data={"A": M, "polynomial": p.as_expr()})]


def high_text(name: str, power: int) -> str:
    """Return a power of a letter as text."""
    return scalar_text(sympy.Symbol(name) ** power)


@dataclass(frozen=True)
class Kernel:
    """A basis of a null space as columns, the reduced echelon form, the row operations, and what was assumed not 0."""

    basis: sympy.ImmutableMatrix
    reduced: sympy.ImmutableMatrix
    operations: tuple[str, ...] = ()
    assumed: tuple[Any, ...] = ()


def kernel_of(M: sympy.MatrixBase) -> Kernel:
    """Return the null space of a matrix by elimination."""
    if all(a.is_Rational for a in M) or M.free_symbols:
        t = tableau(sympy.ImmutableMatrix(M), pick="one")
        t.forward()
        t.backward()
        R, pivots = sympy.ImmutableMatrix(t.rows), [j for _, j in t.pivots]
        told, assumed = tuple(str(o) for o in t.operations), tuple(t.assumed)
    else:
        R, pivots = M.rref(iszerofunc=is_zero, simplify=tidy)
        R, told, assumed = tidied(R), (), ()
    found = []
    for free in (j for j in range(M.cols) if j not in pivots):
        v = sympy.zeros(M.cols, 1)
        v[free] = 1
        for i, j in enumerate(pivots):
            v[j] = -R[i, free]
        found.append(without_fractions(v))
    return Kernel(beside(found, M.cols), R, told, assumed)


def without_fractions(v: sympy.MatrixBase) -> sympy.ImmutableMatrix:
    """Return a multiple of a vector without fractions; its first rational entry that is not 0 is positive."""
    v = tidied(v)
    parts = [sympy.fraction(sympy.together(a)) for a in v]
    v = v * sympy.ilcm(1, 1, *[b for _, b in parts if b.is_Integer])
    v = v * sympy.lcm_list([b for _, b in parts if not b.is_Number] or [1])
    whole = [a for a in v if a != 0]
    if whole and all(a.is_Integer for a in whole):
        v = v / sympy.igcd(0, *whole)
    lead = next((a for a in v if a.is_Rational and a != 0), None)
    return tidied(-v if lead is not None and lead.is_negative else v)


def eigenspaces_of(M: sympy.MatrixBase, roots: list[Root], name: str = "A") -> tuple[list[Eigenspace], list[Step]]:
    """Return the eigenspaces of a matrix whose eigenvalues are known exactly, one step for each."""
    found, steps = [], []
    for k, r in enumerate(roots):
        S = tidied(M - r.value * sympy.eye(M.rows))
        kernel = kernel_of(S)
        basis = kernel.basis
        letter, shown = letter_for(M).name, scalar_text(to_expr(r.value))
        space = Eigenspace(r.value, r.multiplicity, basis)
        found.append(space)
        before = sum(s.basis.cols for s in found[:-1])
        vectors = [[low("v", before + j + 1), "=", grid(v), ","] for j, v in enumerate(columns(basis))]
        lines = (
            Formula.of(*shift_name(r.value, name), "=", grid(S), "∼", grid(kernel.reduced)),
            Formula.of(*[p for v in vectors for p in v][:-1]),
        )
        said = f"Eigenvectors for {low(letter, k + 1)} = {shown}: solve ({name} − {letter}I)v = 0 by elimination."
        data = {"A": M, "eigenvalue": r.value, "shifted": S, "reduced": kernel.reduced, "basis": basis}
        told = f"Row operations: {', '.join(kernel.operations)}. " if kernel.operations else ""
        held = "".join(f" (for {scalar_text(a)} ≠ 0)" for a in kernel.assumed)
        steps.append(
            Step("eigenspace", said, lines, f"{told}{_multiplicity(space, name)}{held}".strip(), "MML 4.2", data)
        )
    return found, steps


def shift_name(value: sympy.Expr, name: str = "A") -> list[Any]:
    """Return A − λI with the number put in: A, A − I, A − 5I, A + 2I, A − ((1 + √5)/2) I."""
    if value.is_zero:
        return [name]
    negative = value.is_Rational and value < 0
    size = -value if negative else value
    sign = "+" if negative else "−"
    if size.is_Integer or size.is_Symbol:
        return [f"{name} {sign} {'' if size == 1 else scalar_text(size)}I"]
    return [name, sign, "(", size, ")", "I"]


def _multiplicity(space: Eigenspace, name: str) -> str:
    if space.algebraic == 1:
        return ""
    if space.geometric == space.algebraic:
        return f"A root {space.algebraic} times, with as many independent eigenvectors."
    few = count(space.geometric, "independent eigenvector")
    return f"A root {space.algebraic} times, but only {few}: {name} is defective."


def eigen(A: Any, exact: bool | None = None, name: str = "A") -> Worked:
    """Find the eigenvalues and eigenvectors of a square matrix.

    >>> found = eigen("[4 2; 1 3]")
    >>> found.value, found.vectors
    ([2, 5], Matrix([
    [ 1, 2],
    [-1, 1]]))

    `A`: [n n]. `value` lists the eigenvalues, each as often as it is a root, rising. Parts: `vectors` (columns, as many
    as are independent), `spaces`, `polynomial`, `defective`, `exact`. Roots without a short formula are numbers in
    floats, and so is everything with `exact=False` or a large array. `name` is what the steps call the matrix. Raises
    `ShapeError` for a matrix that is not square. Source: MML 4.2; Imperial LA W5.
    """
    if numeric(A, exact):
        return _eigen_in_floats(floats(A))
    M = matrix(A)
    square(M)
    readable(M)
    p, steps = polynomial_of(M, name)
    roots, more = roots_of(p.as_expr(), p.gen)
    steps += more
    if not all(r.exact and not nested(r.value) for r in roots):
        return _eigen_by_roots(M, p, roots, steps)
    spaces, more = eigenspaces_of(M, roots, name)
    values = [s.value for s in spaces for _ in range(s.algebraic)]
    vectors = beside([s.basis for s in spaces], M.rows)
    owners = [s.value for s in spaces for _ in range(s.geometric)]
    defective = vectors.cols < M.rows
    evidence = (
        exactly("A v = λ v for every eigenvector", equal(tidied(M * vectors), tidied(vectors * sympy.diag(*owners)))),
        exactly("the eigenvalues add up to the trace", is_zero(sympy.Add(*values) - M.trace())),
        exactly("their product is the determinant", is_zero(sympy.Mul(*values) - M.det())),
    )
    notes = (_defective_note(spaces),) if defective else ()
    parts = {"vectors": vectors, "spaces": tuple(spaces), "polynomial": p.as_expr(), "defective": defective,
             "exact": True, "owners": owners}  # fmt: skip
    answer = tuple(_space_line(k, s, p.gen.name) for k, s in enumerate(spaces))
    question = (Formula.of(name, "=", grid(M)),)
    return Worked(
        "eigenvalues and eigenvectors", question, values, answer, (*steps, *more), evidence, parts, notes, "MML 4.2"
    )


def _space_line(k: int, space: Eigenspace, name: str) -> Formula:
    vectors = [p for v in columns(space.basis) for p in (grid(v), ",")][:-1]
    return Formula.of(low(name, k + 1), "=", space.value, ":", "span", *vectors)


def _defective_note(spaces: list[Eigenspace]) -> str:
    poor = next(s for s in spaces if s.geometric < s.algebraic)
    return (
        f"A is defective: {scalar_text(to_expr(poor.value))} is a root {poor.algebraic} times and has only "
        f"{count(poor.geometric, 'independent eigenvector')}, so A has no basis of eigenvectors."
    )


def nested(value: sympy.Expr) -> bool:
    """Tell whether a number holds roots inside roots, or cube roots: its eigenvectors would be too long to read."""
    return not value.free_symbols and any(
        power.base.has(sympy.Pow) or power.exp.q > 2 for power in value.atoms(sympy.Pow) if not power.exp.is_Integer
    )


def _eigen_by_roots(M: sympy.MatrixBase, p: sympy.Poly, roots: list[Root], steps: list[Step]) -> Worked:
    """Finish in floats where some roots have no short formula."""
    F = in_floats(M)
    found = _eigen_in_floats(F)
    want = sorted((complex(r.value) for r in roots for _ in range(r.multiplicity)), key=_by_size)
    apart = max(abs(a - b) for a, b in zip(want, sorted(map(complex, found.value), key=_by_size), strict=True))
    bound = 1e-6 * max(1.0, float(np.abs(F).max()))
    same = nearly("the eigenvalues are the roots of the polynomial", float(apart), bound)
    real = not np.iscomplexobj(found.value)  # then the columns of V stand in the order of the roots
    answer = (*_root_lines(roots, p.gen.name), *found.answer[1 if real else 0 :])
    step = Step("eigenvectors in floats", "For each root solve (A − λI)v = 0 numerically.", found.answer)
    parts = {**found.parts, "polynomial": p.as_expr(), "roots": tuple(roots)}
    few = "holds roots inside roots or cube roots" if all(r.exact for r in roots) else "has no short formula at all"
    notes = (f"An eigenvalue {few}, so the eigenvectors, and λ in value, are decimals.",)
    return Worked(
        found.name, (Formula.of("A", "=", grid(M)),), found.value, answer, (*steps, step),
        (*found.evidence, same), parts, notes, "MML 4.2",
    )  # fmt: skip


def _root_lines(roots: list[Root], letter: str) -> tuple[Formula, ...]:
    """Return a line for each root: exact with its decimals, or decimals alone where it has no short formula."""
    lines = []
    for k, r in enumerate(roots):
        about = _shown(complex(r.value))
        exact = ["=", r.value] if r.exact else []
        lines.append(Formula.of(low(letter, k + 1), *exact, *([] if r.value.is_Rational else ["≈", about])))
    return tuple(lines)


def _by_size(value: complex) -> tuple[float, float]:
    return (round(value.real, 6), value.imag)


def _eigen_in_floats(F: Floats) -> Worked:
    """Return eigenvalues and unit eigenvectors by LAPACK: of symmetric matrices orthonormal ones."""
    square(F)
    if np.array_equal(F, F.T):
        values, vectors = np.linalg.eigh(F)
    else:
        values, vectors = np.linalg.eig(F)
        order = np.lexsort((-values.imag, values.real))
        values, vectors = values[order], vectors[:, order]
    evidence = (residual(F, values, vectors),)
    answer: tuple[Formula, ...] = (Formula.of("λ", "≈", grid([[_shown(v) for v in values[:12]]], "(")),)
    if len(values) <= 6:
        answer += (Formula.of("V", "≈", grid([[_shown(v) for v in row] for row in rounded(vectors)])),)
    parts = {"vectors": vectors, "exact": False, "defective": None, "polynomial": None}
    return Worked("eigenvalues and eigenvectors", (), values, answer, (), evidence, parts, (), "MML 4.2")


def rounded(F: Any) -> Any:
    """Return floats as they are shown: what is nought to rounding, next to the largest of them, is 0."""
    F = np.asarray(F)
    return np.where(np.abs(F) < 1e-13 * np.abs(F).max(initial=0.0), 0.0, F)


def _shown(value: Any) -> Any:
    """Return a float, or a complex number as text."""
    if not np.iscomplexobj(value) or not value.imag:
        return float(value.real)
    sign = "+" if value.imag > 0 else "−"
    return f"{scalar_text(float(value.real))} {sign} {scalar_text(abs(float(value.imag)))}i"


def residual(F: Floats, values: Any, vectors: Any) -> Verified:
    """Compare A V w with V Λ w for random w: whether A V = V Λ, at the price of a few products with vectors."""
    w = np.random.default_rng(0).standard_normal((len(values), 3))
    error = np.abs(F @ (vectors @ w) - vectors @ (values[:, None] * w)).max()
    scale = max(float(np.abs(F).max()) * len(values), 1e-300)
    return nearly("A V = V Λ, on random vectors", float(error / scale), 1e-10)
