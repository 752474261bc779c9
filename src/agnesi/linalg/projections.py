"""Orthogonal projections on a line, a plane, any subspace and affine space, and reflections in them."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import ImmutableMatrix as Matrix

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg.notation import (
    beside,
    chain,
    column,
    columns,
    dot,
    equal,
    exactly,
    is_zero,
    low,
    over,
    products,
    same_length,
    square_root,
    tidied,
    tidy,
)
from agnesi.linalg.squares import inner_matrix
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def scalar_projection(r: Any, s: Any) -> Worked:
    """Find how far a vector s reaches along r: r·s/|r|, and the vector of that length along r.

    >>> found = scalar_projection([3, -4, 0], [10, 5, -6])
    >>> found.value, found.vector.T
    (2, Matrix([[6/5, -8/5, 0]]))

    `r`, `s`: [n]; r is the direction. Part `vector` is the vector projection. Raises `NotNumeric` for r = 0.
    Source: Imperial LA W2.
    """
    u, v = column(r, "r"), column(s, "s")
    same_length(u, v, "r and s")
    length = dot(u, u)
    if is_zero(length):
        raise NotNumeric("r is the zero vector: it has no direction to project on.", expected="r that is not 0")
    product = dot(u, v)
    value, along = tidy(product / square_root(length)), tidied(u * product / length)
    steps = (
        Step("dot product", "Multiply entry by entry and add.", (chain("rᵀs", products(list(u), list(v)), product),)),
        Step("scalar projection", "Divide by the length of r.",
             (chain("rᵀs/|r|", over(product, square_root(length)), value),), "|s| cos θ = rᵀs/|r|.", "Imperial LA W2",
             {"r": u, "s": v, "value": value}),
        Step("vector projection", "Go as far along r: multiply r by rᵀs/rᵀr.",
             (Formula.of("(rᵀs/rᵀr) r", "=", tidy(product / length), grid(u), "=", grid(along)),), "",
             "Imperial LA W2", {"r": u, "s": v, "vector": along}),
    )  # fmt: skip
    evidence = (
        exactly("what is left of s is orthogonal to r", is_zero(dot(u, tidied(v - along)))),
        exactly("the vector has this length, up to the sign", is_zero(dot(along, along) - value**2)),
    )
    question = (Formula.of("r", "=", grid(u), ",", "s", "=", grid(v)),)
    answer = (Formula.of("scalar projection", "=", value), Formula.of("vector projection", "=", grid(along)))
    return Worked(
        "projection of s on r", question, value, answer, steps, evidence, {"vector": along}, (), "Imperial LA W2"
    )


def projection_matrix(B: Any, A: Any = None) -> Worked:
    """Find the matrix P that projects on what the columns of B span: bbᵀ/bᵀb for a line, B(BᵀB)⁻¹Bᵀ in general.

    >>> projection_matrix([1, 2, 2]).value
    Matrix([
    [1/9, 2/9, 2/9],
    [2/9, 4/9, 4/9],
    [2/9, 4/9, 4/9]])

    `B`: [n k], a basis in columns, or one vector; `A`: [n n], an inner product. Columns that depend on others are left
    out, with a note. Raises `NotNumeric` where B spans nothing. Source: MML 3.8.1, 3.8.2.
    """
    M, metric, notes = _basis(B, A)
    P, steps = _matrix_of(M, metric)
    evidence = _projects(P, M, metric)
    parts = {"basis": M, "rank": M.cols}
    answer = (Formula.of("P", "=", grid(P)),)
    return Worked("projection matrix", _asked(M, metric), P, answer, steps, evidence, parts, notes, _source(M))


def _source(M: Matrix) -> str:
    return "MML 3.8.1" if M.cols == 1 else "MML 3.8.2"


def _basis(B: Any, A: Any, name: str = "B") -> tuple[Matrix, Matrix | None, tuple[str, ...]]:
    """Return independent columns of B, the inner product, and a note on the columns left out."""
    M = matrix(B, name)
    M = M.T if M.rows == 1 and M.cols > 1 else M
    metric = None if A is None else inner_matrix(A, M.rows)
    _, pivots = M.rref(iszerofunc=is_zero, simplify=tidy)
    if not pivots:
        raise NotNumeric(f"{name} spans only the zero vector: there is nothing to project on.", repair="Give a basis.")
    if len(pivots) == M.cols:
        return M, metric, ()
    left = [low("b", k + 1) for k in range(M.cols) if k not in pivots]
    told = f"{', '.join(left)} depend{'s' if len(left) == 1 else ''} on columns before, and may be left out."
    return beside([columns(M)[k] for k in pivots], M.rows), metric, (told,)


def _asked(M: Matrix, metric: Matrix | None, x: Matrix | None = None, support: Matrix | None = None) -> tuple[Any, ...]:
    name = "b" if M.cols == 1 else "B"
    parts: list[Any] = [] if x is None else ["x", "=", grid(x), ","]
    parts += [name, "=", grid(M)]
    parts += [] if support is None else [",", "x₀", "=", grid(support)]
    return (Formula.of(*parts, *([] if metric is None else [",", "A", "=", grid(metric)])),)


def _matrix_of(M: Matrix, metric: Matrix | None) -> tuple[Matrix, tuple[Step, ...]]:
    """Return the projection matrix and the steps that find it."""
    middle, C = ("", M) if metric is None else ("A", Matrix(metric * M))
    if M.cols == 1:
        length = dot(M, M, metric)
        outer = tidied(M * C.T)
        P = tidied(outer / length)
        steps: tuple[Step, ...] = (
            Step("length squared", f"Find bᵀ{middle}b.", (chain(f"bᵀ{middle}b", products(list(M), list(C)), length),)),
            Step("outer product", f"Find bbᵀ{middle}, and divide.", (
                Formula.of(f"bbᵀ{middle}", "=", grid(M), grid(C.T), "=", grid(outer)),
                Formula.of("P", "=", f"bbᵀ{middle}/bᵀ{middle}b", "=", tidy(1 / length), grid(outer))),
                source="MML 3.8.1", data={"B": M, "A": metric, "P": P}),
        )  # fmt: skip
        return P, steps
    G = tidied(M.T * C)
    inverse = tidied(G.inv())
    P = tidied(M * inverse * C.T)
    name = f"Bᵀ{middle}B"
    steps = (
        Step("Gram matrix", "Multiply the basis with itself: inner products of its vectors.",
             (Formula.of(name, "=", grid(C.T), grid(M), "=", grid(G)),), data={"B": M, "A": metric, "G": G}),
        Step("inverse", "Invert it.", (Formula.of(f"({name})⁻¹", "=", grid(inverse)),),
             "The columns are independent, so it has an inverse.", data={"G": G, "inverse": inverse}),
        Step("projection matrix", f"Put together P = B({name})⁻¹Bᵀ{middle}.", (Formula.of("P", "=", grid(P)),),
             source="MML 3.8.2", data={"B": M, "A": metric, "P": P}),
    )  # fmt: skip
    return P, steps


def _projects(P: Matrix, M: Matrix, metric: Matrix | None) -> tuple[Verified, ...]:
    symmetric = P if metric is None else metric * P
    name = "P" if metric is None else "AP"
    return (
        exactly("P² = P", equal(tidied(P * P), P)),
        exactly(f"{name} is symmetric", equal(tidied(symmetric), tidied(symmetric.T))),
        exactly("P leaves the basis as it is", equal(tidied(P * M), M)),
        exactly("its trace is the dimension of the space", is_zero(P.trace() - M.cols)),
    )


def project(x: Any, B: Any, A: Any = None, support: Any = None) -> Worked:
    """Project x on the line, plane or space that the columns of B span, or on that space moved to a support point.

    >>> found = project([6, 0, 0], "[1 0; 1 1; 1 2]")
    >>> found.coordinates.T, found.value.T, found.error
    (Matrix([[5, -3]]), Matrix([[5, 2, -1]]), sqrt(6))

    `x`: [n]; `B`: [n k]; `A`: [n n], an inner product; `support`: [n]. Parts: `coordinates`, `residual`, `error` (its
    length), `matrix`. Raises `ShapeError` for other shapes, `NotNumeric` where B spans nothing. Source: MML 3.8.
    """
    v = column(x, "x")
    M, metric, notes = _basis(B, A)
    if M.rows != v.rows:
        raise ShapeError(f"x has {v.rows} entries, the columns of B have {M.rows}.")
    start = None if support is None else column(support, "the support point")
    if start is not None:
        same_length(v, start, "x and the support point")
    moved = v if start is None else tidied(v - start)
    steps: list[Step] = []
    if start is not None:
        line = Formula.of("x − x₀", "=", grid(v), "−", grid(start), "=", grid(moved))
        said = "Move the space into the origin: take off the support point."
        steps.append(Step("to the origin", said, (line,), source="MML 3.8.4", data={"x": v, "x0": start}))
    coordinates, more = _coordinates(moved, M, metric, "x" if start is None else "(x − x₀)")
    steps += more
    inside = tidied(M * coordinates)
    steps.append(_combine(M, coordinates, inside))
    value = inside if start is None else tidied(inside + start)
    if start is not None:
        line = Formula.of("p", "=", grid(start), "+", grid(inside), "=", grid(value))
        steps.append(Step("back", "Move back by the support point.", (line,), source="MML 3.8.4"))
    residual = tidied(v - value)
    error = square_root(dot(residual, residual, metric))
    lines = (Formula.of("x − p", "=", grid(residual)), Formula.of("‖x − p‖", "=", error))
    steps.append(Step("residual", "See what is left, and how long it is.", lines, data={"x": v, "p": value}))
    P, _ = _matrix_of(M, metric)
    against = tidied(M.T * (residual if metric is None else metric * residual))
    evidence = (
        exactly("the residual is orthogonal to every column of B", equal(against, sympy.zeros(M.cols, 1))),
        exactly("the projection matrix gives the same", equal(tidied(P * moved), inside)),
    )
    parts = {"coordinates": coordinates, "residual": residual, "error": error, "matrix": P, "basis": M}
    answer = (
        Formula.of("p", "=", grid(value), ",", "λ" if M.cols == 1 else "coordinates", "=", grid(coordinates)),
        Formula.of("‖x − p‖", "=", error),
    )
    question = _asked(M, metric, v, start)
    return Worked("projection", question, value, answer, tuple(steps), evidence, parts, notes, _source(M))


def _combine(M: Matrix, coordinates: Matrix, p: Matrix) -> Step:
    parts: list[Any] = []
    for c, b in zip(coordinates, columns(M), strict=True):
        negative = c.could_extract_minus_sign()
        parts += ["−" if negative else "+"] if parts or negative else []
        parts += [-c if negative else c, grid(b)]
    said = "Take these multiples of the basis vectors." if M.cols > 1 else "Take this multiple of b."
    line = Formula.of("p", "=", *parts, "=", grid(p))
    return Step("projected vector", said, (line,), data={"B": M, "coordinates": coordinates, "p": p})


def _coordinates(x: Matrix, M: Matrix, metric: Matrix | None, name: str) -> tuple[Matrix, list[Step]]:
    """Return the coordinates of the projection from the normal equations, and the steps."""
    middle, C = ("", M) if metric is None else ("A", Matrix(metric * M))
    G, right = tidied(M.T * C), tidied(C.T * x)
    data = {"B": M, "A": metric, "x": x, "G": G, "right": right}
    if M.cols == 1:
        value = tidy(right[0] / G[0])
        head = [] if metric is None else [Formula.of("bᵀA", "=", grid(C.T))]
        lines: tuple[Formula, ...] = (
            *head,
            chain(f"bᵀ{middle}{name}", products(list(C), list(x)), right[0]),
            chain(f"bᵀ{middle}b", products(list(C), list(M)), G[0]),
            chain("λ", over(right[0], G[0]), value),
        )
        said = "What is left, x − λb, is to be orthogonal to b: that gives λ."
        return Matrix([value]), [Step("coordinate", said, lines, source="MML 3.8.1", data=data)]
    solution = tidied(G.LUsolve(right))
    lines = (
        Formula.of(f"Bᵀ{middle}B", "=", grid(G), ",", f"Bᵀ{middle}{name}", "=", grid(right)),
        Formula.of(grid(G), "λ", "=", grid(right), "⇒", "λ", "=", grid(solution)),
    )
    said = f"What is left is to be orthogonal to each basis vector: Bᵀ{middle}Bλ = Bᵀ{middle}{name}."
    return solution, [Step("normal equations", said, lines, source="MML 3.8.2", data={**data, "solution": solution})]


def reflection_matrix(B: Any) -> Worked:
    """Find the matrix that reflects in what the columns of B span: 2P − I.

    >>> reflection_matrix([1, 1]).value
    Matrix([
    [0, 1],
    [1, 0]])

    `B`: [n k]. Raises as `projection_matrix` does. Source: MML 3.8; Imperial LA W4.
    """
    found = projection_matrix(B)
    P, n = found.value, found.value.rows
    R = tidied(2 * P - sympy.eye(n))
    line = Formula.of("R", "=", "2P − I", "=", grid(R))
    why = "The part in the space stays, P x; the part across it, x − P x, changes its sign: P x − (x − P x)."
    last = Step("reflection", "Turn the residual round.", (line,), why, data={"P": P, "R": R})
    M = found.basis
    evidence = (
        exactly("reflecting twice gives everything back", equal(tidied(R * R), sympy.eye(n))),
        exactly("R is orthogonal: RᵀR = I", equal(tidied(R.T * R), sympy.eye(n))),
        exactly("what is reflected in stays where it is", equal(tidied(R * M), M)),
        exactly("its determinant is (−1) to the number of directions across", is_zero(R.det() - (-1) ** (n - M.cols))),
    )
    answer = (Formula.of("R", "=", grid(R)),)
    steps = (*found.steps, last)
    parts = {"projection": P, "basis": M}
    return Worked("reflection", found.question, R, answer, steps, evidence, parts, found.notes, "MML 3.8")
