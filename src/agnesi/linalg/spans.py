"""Vectors and what they span: independence, a basis of a span, membership, orthogonal complements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg.elimination import assumptions
from agnesi.linalg.notation import beside, columns, equal, exactly, is_zero, low
from agnesi.linalg.reading_off import named
from agnesi.linalg.subspaces import basis_formula, kernel_of, reduced, sympy_rank
from agnesi.linalg.systems import solve
from agnesi.linalg.tableau import Pick
from agnesi.linalg.written import linear, said_list
from agnesi.worked.exact import matrix, vector
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked


def beside_each_other(vectors: Any, name: str = "v") -> sympy.ImmutableMatrix:
    """Return vectors as the columns of a matrix: a list of vectors, or a matrix whose columns they are.

    >>> beside_each_other([[1, 2], [3, 4]])
    Matrix([
    [1, 3],
    [2, 4]])

    Raises `ShapeError` for vectors of different lengths, and for none.
    """
    if isinstance(vectors, str | np.ndarray | sympy.MatrixBase):
        found = [sympy.ImmutableMatrix(v) for v in columns(matrix(vectors, "the matrix of the vectors"))]
    elif isinstance(vectors, Sequence):
        found = [vector(v, low(name, k + 1)) for k, v in enumerate(vectors)]
    else:
        raise NotNumeric(f"The vectors are a {type(vectors).__name__}.", expected="a list of vectors, or a matrix")
    lengths = {v.rows for v in found}
    if len(lengths) != 1 or 0 in lengths:
        told = ", ".join(f"{low(name, k + 1)} has {v.rows}" for k, v in enumerate(found))
        said = f"The vectors have different numbers of entries: {told}." if found else "There are no vectors."
        raise ShapeError(said, expected="one or more vectors of the same length")
    return beside(found, found[0].rows)


def _question(V: sympy.ImmutableMatrix, name: str = "v") -> tuple[Formula, ...]:
    parts: list[Any] = []
    for k in range(V.cols):
        parts += ["," if k else "", low(name, k + 1), "=", V[:, k]]
    return (Formula.of(*parts[1:]),)


def _beside_step(V: sympy.ImmutableMatrix) -> Step:
    return Step(
        "vectors as columns",
        "Write the vectors as columns of a matrix.",
        (Formula.of("A", "=", V),),
        data={"matrix": V},
    )


def independent(vectors: Any, *, pick: Pick = "first") -> Worked:
    """Test whether vectors are linearly independent: they are, if each column has a pivot.

    >>> independent([[1, 2], [2, 4]]).value
    False
    >>> independent([[1, 2], [2, 4]]).relation.T
    Matrix([[-2, 1]])

    `vectors`: a list of vectors, or a matrix [n k] with them as columns. Part `relation`: numbers c, not all 0, with
    c₁v₁ + … + cₖvₖ = 0, or None. Source: MML 2.5.
    """
    V = beside_each_other(vectors)
    t = reduced(V, pick)
    kernel, _ = kernel_of(t, named("", V.cols, V.free_symbols))
    found = kernel.cols == 0
    names = [sympy.Symbol(f"v_{k + 1}") for k in range(V.cols)]
    pivots = [j for _, j in t.pivots]
    lines: tuple[Formula, ...] = ()
    if found:
        said, relation = "Each column has a pivot: only 0·v₁ + … gives the zero vector.", None
    else:
        relation = sympy.ImmutableMatrix(kernel[:, 0])
        free = next(j for j in range(V.cols) if j not in pivots)
        made = low("v", free + 1)
        said = f"Column {free + 1} has no pivot: its entries are the numbers that make {made} of the columns with one."
        rest = linear([-relation[j] if j != free else sympy.S.Zero for j in range(V.cols)], names)
        lines = (Formula.of(names[free], "=", rest), Formula.of(linear(list(relation), names), "=", 0))
    last = Step("independent or not", said, lines, source="MML 2.5", data={"matrix": V, "relation": relation})
    checks = [
        exactly("the rank, found another way, is the number of vectors just then", (sympy_rank(V) == V.cols) == found)
    ]
    if relation is not None:
        checks.append(exactly("this combination of the vectors is 0", equal(V * relation, sympy.zeros(V.rows, 1))))
    answer = Formula.of("linearly independent" if found else "linearly dependent")
    parts = {"relation": relation, "rank": len(pivots), "pivots": pivots}
    steps = (_beside_step(V), *t.steps, last)
    notes = assumptions(t)
    return Worked("linear independence", _question(V), found, (answer,), steps, tuple(checks), parts, notes, "MML 2.5")


def span_basis(vectors: Any, *, pick: Pick = "first") -> Worked:
    """Find a basis of the span of vectors: those in whose columns pivots stand.

    >>> span_basis([[1, 2], [2, 4], [0, 1]]).value
    Matrix([
    [1, 0],
    [2, 1]])

    `vectors`: a list of vectors, or a matrix [n k]; the value: [n d]. Parts: `dimension`, `kept` (which vectors, from
    0), `combinations` [d k]: each vector by the basis. Source: MML 2.6.1.
    """
    V = beside_each_other(vectors)
    t = reduced(V, pick)
    kept = [j for _, j in t.pivots]
    value = beside([V[:, j] for j in kept], V.rows)
    numbers = sympy.ImmutableMatrix(t.rows)[: len(kept), :]
    names = [sympy.Symbol(f"v_{k + 1}") for k in range(V.cols)]
    told = said_list([low("v", j + 1) for j in kept])
    said = (
        f"Pivots stand in the columns of {told}: these are a basis." if kept else "There is no pivot: the span is {0}."
    )
    chosen = [names[j] for j in kept]
    lines = [Formula.of(names[j], "=", linear(list(numbers[:, j]), chosen)) for j in range(V.cols) if j not in kept]
    why = "The other columns hold the numbers that make their vectors of the basis." if lines else ""
    last = Step("pivot columns", said, tuple(lines), why, "MML 2.6.1", {"matrix": V, "basis": value, "kept": kept})
    back = value * numbers if kept else sympy.zeros(*V.shape)
    evidence = (
        exactly("every vector is this combination of the basis", equal(back, V)),
        exactly("the basis is independent", value.cols == (sympy_rank(value) if kept else 0)),
    )
    parts = {"dimension": len(kept), "kept": kept, "combinations": numbers}
    answer = (basis_formula("span", value) if not kept else Formula.of("basis", ":", *_listed(value)),
              Formula.of("dim", "=", len(kept)))  # fmt: skip
    steps = (_beside_step(V), *t.steps, last)
    return Worked("basis of a span", _question(V), value, answer, steps, evidence, parts, assumptions(t), "MML 2.6.1")


def _listed(basis: sympy.MatrixBase) -> list[Any]:
    parts: list[Any] = []
    for k in range(basis.cols):
        parts += [",", basis[:, k]] if k else [basis[:, k]]
    return parts


def in_span(x: Any, vectors: Any, *, pick: Pick = "first") -> Worked:
    """Test whether a vector is in the span of others: whether numbers c with c₁v₁ + … + cₖvₖ = x exist.

    >>> in_span([3, 6], [[1, 2]]).value, in_span([3, 5], [[1, 2]]).value
    (True, False)

    `x`: [n]; `vectors`: a list of vectors [n], or a matrix [n k]. Part `coefficients`: the numbers c, or None.
    Source: MML 2.4.2, 2.6.1.
    """
    V, b = beside_each_other(vectors), vector(x, "x")
    if b.rows != V.rows:
        raise ShapeError(f"x has {b.rows} entries, the vectors have {V.rows}.", repair="They must be in one space.")
    names = [f"c_{k + 1}" for k in range(V.cols)]
    found = solve(V, b, unknowns=names, pick=pick)
    inside = found.parts["kind"] != "none"
    first = Step(
        "as an equation", "Look for numbers c with this combination:", (_combination(V, b, names),), source="MML 2.6.1"
    )
    value = found.parts["particular"]
    vs = [sympy.Symbol(f"v_{k + 1}") for k in range(V.cols)]
    answer = Formula.of("x", "=", linear(list(value), vs)) if inside else Formula.of("x", "is not in the span")
    question = (Formula.of("x", "=", b), *_question(V))
    steps = (first, *found.steps)
    return Worked(
        "membership of a span",
        question,
        inside,
        (answer,),
        steps,
        found.evidence,
        {"coefficients": value},
        found.notes,
        "MML 2.6.1",
    )


def _combination(V: sympy.ImmutableMatrix, b: Any, names: list[str]) -> Formula:
    parts: list[Any] = []
    for k, name in enumerate(names):
        parts += ["+"] if k else []
        parts += [name, V[:, k]]
    return Formula.of(*parts, "=", b)


def orthogonal_complement(vectors: Any) -> Worked:
    """Find the orthogonal complement of a span: all x at right angles to the vectors, the null space of their rows.

    >>> orthogonal_complement([[1, 0, 1]]).value
    Matrix([
    [0, -1],
    [1,  0],
    [0,  1]])

    `vectors`: a list of vectors [n], or a matrix [n k] with them as columns; the value has a basis as columns.
    Part `normal`: for a plane (a hyperplane), its normal vector. Source: MML 3.6.
    """
    V = beside_each_other(vectors)
    rows = sympy.ImmutableMatrix(V.T)
    t = reduced(rows)
    kernel, found = kernel_of(t, named("", V.rows, V.free_symbols))
    first = Step(
        "vectors as rows", "x is at right angles to each vector just if A x = 0, with the vectors as rows of A.",
        (Formula.of("A", "=", rows),), "Each entry of A x is the inner product of one vector with x.", "MML 3.6",
        {"matrix": rows},
    )  # fmt: skip
    products = sympy.ImmutableMatrix(V.T * kernel)
    d = len(t.pivots)
    together = sympy_rank(sympy.ImmutableMatrix(sympy.Matrix.hstack(V, kernel)))
    evidence = (
        exactly("all inner products are 0", all(is_zero(v) for v in products)),
        exactly(f"dimensions: {d} + {kernel.cols} = {V.rows}", d + kernel.cols == V.rows),
        exactly("both together span the whole space", together == V.rows),
    )
    lines: tuple[Formula, ...] = ()
    if kernel.cols:
        said, lines = "Each vector times each of the basis found:", (Formula.of(rows, kernel, "=", products),)
    else:
        said = "Only 0 is at right angles to all of them: they span the whole space."
    last = Step("inner products", said, lines, data={"left": rows, "right": kernel, "product": products})
    parts = {"dimension": kernel.cols, "normal": sympy.ImmutableMatrix(kernel[:, 0]) if kernel.cols == 1 else None}
    return Worked(
        "orthogonal complement", _question(V), kernel, (basis_formula("U⟂", kernel),), (first, *t.steps, *found, last),
        evidence, parts, assumptions(t), "MML 3.6",
    )  # fmt: skip
