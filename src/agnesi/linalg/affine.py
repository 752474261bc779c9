"""Affine spaces: a point plus directions, or a system of equations; each from the other, and where two meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from agnesi.errors import ShapeError
from agnesi.linalg.equations import equations
from agnesi.linalg.notation import equal, exactly, is_zero, low
from agnesi.linalg.reading_off import named
from agnesi.linalg.spans import beside_each_other
from agnesi.linalg.subspaces import kernel_of, reduced, sympy_rank
from agnesi.linalg.systems import solve
from agnesi.linalg.written import linear
from agnesi.worked.exact import vector
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked

KINDS = {0: "a point", 1: "a line", 2: "a plane"}


def kind_of(dimension: int, ambient: int) -> str:
    """Return what an affine space of a dimension is called: a point, a line, a plane, a hyperplane.

    >>> kind_of(1, 3), kind_of(3, 4)
    ('a line', 'a hyperplane')
    """
    if dimension == ambient:
        return "the whole space"
    if dimension in KINDS:
        return KINDS[dimension]
    return "a hyperplane" if dimension == ambient - 1 else f"an affine space of dimension {dimension}"


def solution_space(A: Any, b: Any = None, *, unknowns: Any = "") -> Worked:
    """Write all solutions of A x = b in parametric form: a point, plus numbers times directions.

    >>> found = solution_space("x + y + z = 3")
    >>> found.point.T, found.directions.T
    (Matrix([[3, 0, 0]]), Matrix([
    [-1, 1, 0],
    [-1, 0, 1]]))

    `A`: [m n] and `b`: [m], or equations as one text. Parts: `point`, `directions` [n k], `dimension`, `figure` ("a
    line"). The value is the point with letters for the numbers; None for no solution. Source: MML 2.8.
    """
    found = solve(A, b, unknowns=unknowns)
    if found.parts["kind"] == "none":
        return Worked(
            "solution space", found.question, None, (Formula.of("empty"),), found.steps, found.evidence,
            {"point": None, "directions": None, "dimension": None, "figure": "empty"}, found.notes, "MML 2.8",
        )  # fmt: skip
    point, directions = found.parts["particular"], found.parts["kernel"]
    n, k = directions.rows, directions.cols
    figure = kind_of(k, n)
    line = Formula.of(sympy.Matrix(found.parts["unknowns"]), "=", found.value)
    said = f"The solutions are {figure}: a point of it, and {_directions(k)}." if k else "The one solution is a point."
    last = Step("parametric form", said, (line,), source="MML 2.8", data={"point": point, "directions": directions})
    parts = {
        "point": point,
        "directions": directions,
        "dimension": k,
        "figure": figure,
        "parameters": found.parts["parameters"],
    }
    seen = exactly("the parametric form satisfies the equations for all numbers", _satisfies(found))
    return Worked(
        "solution space", found.question, found.value, found.answer, (*found.steps, last), (*found.evidence, seen),
        parts,
        found.notes, "MML 2.8",
    )  # fmt: skip


def _directions(k: int) -> str:
    return "one direction" if k == 1 else f"{k} directions, which span the kernel"


def _satisfies(found: Worked) -> bool:
    """Tell whether the general solution, letters and all, satisfies the system of the question."""
    left, _, _, right = found.question[0].parts
    A, b = sympy.Matrix(left.rows), sympy.Matrix(right.rows)
    return all(is_zero(v) for v in A * found.value - b)


def implicit_form(point: Any, directions: Any, *, unknowns: Any = "") -> Worked:
    """Write point + span(directions) as equations N x = c: rows of N at right angles to all directions.

    >>> found = implicit_form([1, 0, 0], [[1, 1, 0], [0, 1, 1]])
    >>> found.matrix, found.right
    (Matrix([[1, -1, 1]]), Matrix([[1]]))

    `point`: [n]; `directions`: a list of vectors [n], or a matrix [n k]. Parts: `matrix`, `right`. Raises `ShapeError`
    for other lengths. Source: MML 2.8, 3.6.
    """
    p = vector(point, "the point")
    U = beside_each_other(directions, "u") if _any(directions) else sympy.ImmutableMatrix(sympy.zeros(p.rows, 0))
    if U.rows != p.rows:
        raise ShapeError(f"The point has {p.rows} entries, the directions have {U.rows}.")
    n = p.rows
    names = named(unknowns, n, U.free_symbols | p.free_symbols)
    steps: list[Step] = []
    if U.cols:
        t = reduced(sympy.ImmutableMatrix(U.T))
        normals, found = kernel_of(t, [sympy.Symbol(f"n_{k + 1}") for k in range(n)])
        said = "Find all vectors at right angles to the directions: the kernel of the matrix with them as rows."
        steps = [Step("normals", said, (Formula.of("Uᵀ", "=", U.T),), source="MML 3.6"), *t.steps, *found]
    else:
        normals = sympy.ImmutableMatrix(sympy.eye(n))
    N = sympy.ImmutableMatrix(normals.T)
    c = sympy.ImmutableMatrix(N * p)
    lines = [Formula.of(linear(list(N.row(i)), names), "=", c[i]) for i in range(N.rows)]
    said = (
        "Each normal gives one equation; its right side is the normal times the point."
        if lines
        else "There is no normal: no equation, the whole space."
    )
    steps.append(Step("equations", said, tuple(lines), data={"matrix": N, "right": c, "point": p}))
    evidence = (
        exactly("the point satisfies the equations", equal(N * p, c)),
        exactly("N times each direction is 0", all(is_zero(v) for v in N * U)),
        exactly(
            "number of equations = n − number of independent directions", N.rows == n - (sympy_rank(U) if U.cols else 0)
        ),
    )
    question: list[Any] = [sympy.Matrix(names), "=", p]
    for k in range(U.cols):
        question += ["+", low("λ", k + 1), U[:, k]]
    return Worked(
        "equations of an affine space", (Formula.of(*question),), (N, c),
        tuple(lines) or (Formula.of("the whole space"),),
        tuple(steps), evidence, {"matrix": N, "right": c}, (), "MML 2.8",
    )  # fmt: skip


def intersection(first: Any, second: Any, *, unknowns: str = "") -> Worked:
    """Find where two affine spaces meet. Each is equations as a text, or a pair (point, directions).

    >>> found = intersection("x + y = 2", "x − y = 0", unknowns="x y")
    >>> found.figure, found.point.T
    ('a point', Matrix([[1, 1]]))
    >>> intersection(([0, 0, 0], [[1, 0, 0]]), ([0, 0, 1], [[1, 0, 0]])).figure
    'empty'

    Both are written as equations and solved together. Parts as of `solution_space`, and `relation`: "parallel", "skew",
    "equal", "contained" or "meeting". Raises `ShapeError` for spaces of different numbers of unknowns. Source: MML 2.8.
    """
    (A, b, names, one), (C, d, _, other) = (_as_equations(s, unknowns) for s in (first, second))
    if A.cols != C.cols:
        raise ShapeError(
            f"The first space has {A.cols} unknowns, the second {C.cols}.", repair='Name them: unknowns="x y z".'
        )
    M = sympy.ImmutableMatrix(sympy.Matrix.vstack(A, C))
    r = sympy.ImmutableMatrix(sympy.Matrix.vstack(b, d))
    if not M.rows:
        raise ShapeError("Both are the whole space.", repair="Give at least one equation.")
    found = solution_space(M, r, unknowns=[str(x) for x in names])
    said = "What both hold satisfies all equations: write them together."
    both = Step("both systems", said, (Formula.of(M, sympy.Matrix(names), "=", r),), data={"matrix": M, "right": r})
    relation = _relation(A, C, M, found.parts["dimension"])
    answer = (*found.answer, Formula.of(relation))
    parts = {**found.parts, "relation": relation}
    steps = (*one, *other, both, *found.steps)
    return Worked(
        "intersection", found.question, found.value, answer, steps, found.evidence, parts, found.notes, "MML 2.8"
    )


def _any(directions: Any) -> bool:
    """Tell whether there are directions: an empty list is a single point."""
    return not isinstance(directions, Sequence) or len(directions) > 0


def _as_equations(space: Any, unknowns: str) -> tuple[Any, Any, list[Any], tuple[Step, ...]]:
    if isinstance(space, str):
        A, b, names = equations(space, unknowns)
        return A, b, names, ()
    if not isinstance(space, Sequence) or len(space) != 2:
        got = f"{len(space)} parts" if isinstance(space, Sequence) else f"a {type(space).__name__}"
        raise ShapeError("A space should be its equations as text, or a point and directions.", got=got)
    point, directions = space
    found = implicit_form(point, directions, unknowns=unknowns)
    N, c = found.value
    return N, c, named(unknowns, N.cols, set()), found.steps


def _relation(A: Any, C: Any, M: Any, dimension: int | None) -> str:
    """Return how two spaces lie to each other, from the ranks of their equations."""
    n = A.cols
    one, other = (n - (sympy_rank(X) if X.rows else 0) for X in (A, C))
    shared = n - sympy_rank(M)  # directions that both have
    if dimension is None:
        return "parallel" if shared == min(one, other) else "skew"
    if dimension == one == other:
        return "equal"
    return "contained" if dimension == min(one, other) else "meeting"
