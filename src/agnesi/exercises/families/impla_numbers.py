"""Linear algebra by hand: products, lengths, projections, bases."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import linalg
from agnesi.exercises.drawing import (
    apart,
    declared,
    distinct,
    integer,
    listed,
    matrix,
    once,
    plus,
    times,
    typed,
    unimodular,
)
from agnesi.exercises.record import Exact, Family, Instance, Planted
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked


def _vector(rng: Random, n: int, size: int = 4) -> sympy.ImmutableMatrix:
    return sympy.ImmutableMatrix(n, 1, [integer(rng, -size, size) for _ in range(n)])


def _vec(v: Any) -> str:
    return "(" + ", ".join(str(e).replace("-", "−") for e in v) + ")"


def _combination(rng: Random, level: int) -> Instance:
    """Draw a combination of two or three vectors."""
    n = level + 1
    u, v = _vector(rng, n), _vector(rng, n)
    a, b = integer(rng, 2, 5), integer(rng, -5, 5)
    value = sympy.ImmutableMatrix(linalg.product(u.row_join(v), [[a], [b]]).value)
    first, second = times(a, "u"), times(b, "v")
    steps = (
        (f"Multiply each entry of u by {a}", f"{first} = {typed(a * u)}"),
        (f"Multiply each entry of v by {b}".replace("-", "−"), f"{second} = {typed(b * v)}"),
        ("Add them entry by entry", f"{plus(first, second)} = {typed(value)}"),
    )
    slips = [
        ((a * u - b * v).as_immutable(), "sign", "", ""),
        ((u + b * v).as_immutable(), "factor lost", "", ""),
        (
            sympy.ImmutableMatrix(
                n, 1, [a * p + b * q + (0 if k else a) for k, (p, q) in enumerate(zip(u, v, strict=True))]
            ),
            "arithmetic",
            "",
            "",
        ),
    ]
    return Instance(
        f"For $u = {_vec(u)}$ and $v = {_vec(v)}$ work out ${plus(times(a, 'u'), times(b, 'v'))}$.",
        Exact(value, "vector", claim=plus(first, second)),
        "a vector, such as (1, −2)",
        f"u = {_vec(u)}; v = {_vec(v)}",
        slips=apart(value, slips),
        work=lambda: steps,
    )


def _product(rng: Random, level: int) -> Instance:
    """Draw a product of two matrices, or of a matrix and a vector."""
    A = matrix(rng, 2, 2 if level < 3 else 3, 3)
    B = matrix(rng, A.cols, 1 if level == 1 else 2, 3)
    while sympy.zeros(2, B.cols) == A * B or A == A.T:
        A, B = matrix(rng, 2, A.cols, 3), matrix(rng, A.cols, B.cols, 3)
    value = sympy.ImmutableMatrix(linalg.product(A, B).value)
    slips = (
        []
        if A.rows != A.cols
        else [
            (
                (A.T * B).as_immutable(),
                "transpose too much",
                "columns of the first matrix were used, not rows",
                "Entry (i, j) is row i of the first times column j of the second.",
            )
        ]
    )
    if A.shape == B.shape:
        slips += [
            ((B * A).as_immutable(), "factors swapped", "", ""),
            (A.multiply_elementwise(B).as_immutable(), "entrywise for matrix product", "", ""),
        ]
    if value.cols > 1 and value.rows == value.cols:
        slips.append((value.T.as_immutable(), "transposed as a whole", "", ""))
    slips.append(((value + sympy.ones(*value.shape)).as_immutable(), "arithmetic", "", ""))
    name = "A x" if level == 1 else "A B"
    other = "x" if level == 1 else "B"
    return Instance(
        f"Work out ${name}$ for $A = {typed(A)}$ and ${other} = {typed(B)}$.",
        Exact(value, "vector" if level == 1 else "matrix", claim=name),
        "a matrix, such as [1 2; 3 4]" if level > 1 else "a vector",
        f"A = {listed(A)}; {other} = {declared(B)}",
        slips=apart(value, slips),
        work=once(_multiplied, A, B, other),
    )


def _multiplied(A: sympy.Matrix, B: sympy.Matrix, other: str) -> Worked:
    """Return the product worked, with the letter of the question for the second factor."""
    done = linalg.product(A, B)
    steps = [replace(s, said=s.said.replace("B", other), why=s.why.replace("B", other)) for s in done.steps]
    return replace(done, steps=tuple(steps))


def _dot(rng: Random, level: int) -> Instance:
    """Draw a dot product (level 1), a length, or the cosine of an angle."""
    n = 2 if level == 1 else 3
    u, v = _vector(rng, n), _vector(rng, n)
    dot = (u.T * v)[0]
    if level == 1:
        work = once(linalg.inner, u, v)
        value = work().value
        slips = [
            (sum(abs(a * b) for a, b in zip(u, v, strict=True)), "sign", "", ""),
            (sum(u) * sum(v), "product of sums", "", ""),
            (-dot if dot else dot + 1, "sign of a sum", "", ""),
        ]
        ask, claim = f"the dot product of $x = {_vec(u)}$ and $y = {_vec(v)}$", "xᵀy"
    elif level == 2:
        work = once(linalg.norm, u)
        value = work().value
        slips = [
            ((u.T * u)[0], "root lost", "", ""),
            (
                sum(abs(e) for e in u),
                "sum of entries for the length",
                "the entries were added, not their squares",
                "‖x‖ = √(x₁² + … + xₙ²).",
            ),
        ]
        ask, claim = f"the length of $x = {_vec(u)}$", "‖x‖"
    else:
        work = once(linalg.angle, u, v)
        value = work().cosine
        slips = [
            (
                dot,
                "lengths left out",
                "the dot product was not divided by the lengths",
                "cos of the angle = xᵀy/(‖x‖‖y‖).",
            ),
            (dot / ((u.T * u)[0] * (v.T * v)[0]), "root lost", "", ""),
            (-value if value else value + 1, "sign", "", ""),
        ]
        ask, claim = f"the cosine of the angle between $x = {_vec(u)}$ and $y = {_vec(v)}$", "xᵀy/(‖x‖ ‖y‖)"
    planted = tuple(
        Planted(str(sympy.sympify(t)).replace("**", "^"), *rest) for t, *rest in slips if sympy.sympify(t) != value
    )
    return Instance(
        f"Find {ask}.",
        Exact(sympy.sympify(value), claim=claim),
        "a number, such as 3, 5/2 or sqrt(13)",
        f"x = {_vec(u)}" if level == 2 else f"x = {_vec(u)}; y = {_vec(v)}",
        slips=distinct(str(value), planted),
        work=work,
    )


def _projection(rng: Random, level: int) -> Instance:
    """Draw the vector projection of s on r."""
    n = 2 if level < 3 else 3
    r, s = _vector(rng, n, 3), _vector(rng, n, 5)
    if level == 1:
        r = sympy.ImmutableMatrix(2, 1, rng.choice(([1, 1], [1, -1], [2, 1], [1, 2], [3, 1])))
    while (r.T * s)[0] == 0:
        s = _vector(rng, n, 5)
    work = once(linalg.scalar_projection, r, s)
    found = sympy.ImmutableMatrix(work().vector)
    slips = [
        (
            ((r.T * s)[0] * r).as_immutable(),
            "not divided by the length",
            "rᵀs was not divided by the squared length of r",
            "The vector projection is (rᵀs/rᵀr) r.",
        ),
        (
            ((r.T * s)[0] / (s.T * s)[0] * s).as_immutable(),
            "projected on the other vector",
            "r was projected on s, not s on r",
            "What one projects on gives the direction of the answer.",
        ),
        (
            (s - found).as_immutable(),
            "residual for projection",
            "what is left over was given",
            "The projection lies along r.",
        ),
    ]
    return Instance(
        f"Project $s = {_vec(s)}$ on $r = {_vec(r)}$: find the vector projection.",
        Exact(found, "vector", claim="(rᵀs/(rᵀr)) r"),
        "a vector, such as (1/2, −2)",
        f"r = {_vec(r)}; s = {_vec(s)}",
        slips=apart(found, slips),
        work=work,
    )


def _coordinates(rng: Random, level: int) -> Instance:
    """Draw a vector and a basis: its coordinates in it."""
    n = 2 if level < 3 else 3
    B = unimodular(rng, n, 2 if level == 1 else 4)
    while sympy.eye(n) == B:
        B = unimodular(rng, n, 4)
    c = _vector(rng, n, 3)
    x = (B * c).as_immutable()
    work = once(linalg.coordinates, x, B)
    value = sympy.ImmutableMatrix(work().value)
    slips = [
        (
            (B * x).as_immutable(),
            "inverse lost",
            "the vector was multiplied by the basis matrix, not by its inverse",
            "B c = x, so c = B⁻¹x.",
        ),
        ((B.T * x).as_immutable(), "transpose for inverse", "", ""),
        (
            x,
            "coordinates not changed",
            "the vector itself was given",
            "In another basis the same vector has other coordinates.",
        ),
    ]
    told = ", ".join(f"$b_{k} = {_vec(B[:, k - 1])}$" for k in range(1, n + 1))
    return Instance(
        f"What are the coordinates of $x = {_vec(x)}$ in the basis {told}?",
        Exact(value, "vector", claim="B⁻¹ x"),
        "a vector, such as (2, −1)",
        f"B = {listed(B)}; x = {_vec(x)}",
        slips=apart(value, slips),
        work=work,
    )


def _counted(A: sympy.Matrix) -> Worked:
    """Return the rank worked; that the pivots are counted is said before their number."""
    done = linalg.rank(A)
    first = Step("columns", "Put the vectors into the columns of a matrix.", (Formula.of("A", "=", A),))
    last = replace(done.steps[-1], said=f"Count the pivots: {done.value}")
    return replace(done, steps=(first, *done.steps[:-1], last))


def _independent(rng: Random, level: int) -> Instance:
    """Draw vectors: how many of them are independent?"""
    n = 2 if level == 1 else 3
    wanted = rng.randint(1, n)
    base = [_vector(rng, n, 3) for _ in range(wanted)]
    A = sympy.Matrix.hstack(*base)
    while A.rank() < wanted:
        base = [_vector(rng, n, 3) for _ in range(wanted)]
        A = sympy.Matrix.hstack(*base)
    count = n if level < 3 else 4
    while A.cols < count:
        A = A.row_join(sum((rng.randint(-2, 2) * b for b in base), sympy.zeros(n, 1)))
    A = A.as_immutable()
    work = once(_counted, A)
    value = sympy.Integer(work().value)
    told = ", ".join(f"${_vec(A[:, k])}$" for k in range(count))
    slips = [
        (
            sympy.Integer(count),
            "all counted",
            "all vectors were counted, dependent ones too",
            "A vector that is a combination of the others adds nothing to the span.",
        ),
        (
            sympy.Integer(count) - value,
            "dependent ones counted",
            "the superfluous vectors were counted",
            "The dimension of the span is the number of pivots.",
        ),
        (value + 1, "arithmetic", "", ""),
    ]
    return Instance(
        f"What is the dimension of the span of {told}?",
        Exact(value),
        "a number",
        slips=apart(value, slips),
        work=work,
    )


FAMILIES = (
    Family(
        "impla-combination",
        "Combine vectors",
        "compute",
        ("vectors", "vector-space"),
        _combination,
        where=(("impla", "2"),),
    ),
    Family(
        "impla-product",
        "Multiply matrices",
        "compute",
        ("matrix", "linear-map"),
        _product,
        where=(("impla", "3"), ("mml", "2.2")),
    ),
    Family(
        "impla-lengths",
        "Dot products, lengths, angles",
        "compute",
        ("inner-product", "norm", "orthogonality", "cauchy-schwarz"),
        _dot,
        where=(("impla", "2"), ("mml", "3.2")),
    ),
    Family(
        "impla-projection",
        "Project one vector on another",
        "compute",
        ("projection", "inner-product"),
        _projection,
        where=(("impla", "2"), ("mml", "3.8")),
    ),
    Family(
        "impla-coordinates",
        "Coordinates in another basis",
        "compute",
        ("change-basis", "basis-dim"),
        _coordinates,
        where=(("impla", "2"), ("impla", "4")),
    ),
    Family(
        "impla-dimension",
        "The dimension of a span",
        "compute",
        ("lin-indep", "basis-dim", "vector-space"),
        _independent,
        where=(("impla", "2"), ("mml", "2.5")),
    ),
)
