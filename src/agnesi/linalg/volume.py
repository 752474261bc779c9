"""The determinant as signed volume: base times height, one edge after the other, and the sign as orientation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import sympy

from agnesi.errors import ShapeError
from agnesi.linalg.arithmetic import given
from agnesi.linalg.determinants import expansion
from agnesi.linalg.notation import columns, dot, exactly, is_zero, low, tidied, tidy
from agnesi.linalg.row_operations import factored
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Worked

NAMES = {1: "length", 2: "area", 3: "volume"}
FIGURES = {1: "segment", 2: "parallelogram", 3: "parallelepiped"}


def signed_volume(A: Any) -> Worked:
    """Find the signed area or volume of the box whose edges are the columns of A, as base times height.

    >>> found = signed_volume("[3 1; 1 2]")
    >>> found.value, found.volume, found.orientation
    (5, 5, 1)

    `A`: [n n]. The volume is found without the determinant, from lengths of perpendicular parts; the determinant then
    gives the sign, and must agree. Parts: `volume`, `orientation` (1, −1 or 0), `heights`, `corners`: [2ⁿ n] for the
    picture (n ≤ 3). Raises `ShapeError` for a matrix that is not square. Source: MML 4.1; Imperial LA W3.
    """
    M = given(A)
    if M.rows != M.cols:
        raise ShapeError(f"A is {M.rows}×{M.cols}: {M.cols} edges in {M.rows} dimensions.", expected="a square matrix")
    n = M.rows
    heights, steps = _heights(columns(M))
    size = tidy(sympy.Mul(*heights))
    name = NAMES.get(n, "volume")
    told = " · ".join(["base", *["height"] * (n - 1)]) if n > 1 else "length"
    if n > 1:
        line = Formula.of(name, "=", *_times(heights), "=", size)
        steps.append(
            Step("base times height", f"The {name} is {told}.", (line,), data={"heights": heights, "volume": size})
        )
    det = expansion(M)[0] if n < 4 else factored(M.det(method="berkowitz"))
    turned = 0 if is_zero(det) else 1 if det.is_positive else -1 if det.is_negative else None
    steps.append(Step("orientation", _orientation(turned, n), (Formula.of("det A", "=", det),), data={"det": det}))
    evidence = (
        exactly(f"the {name}, squared, is the determinant squared", is_zero(sympy.expand(size**2 - det**2))),
        exactly("det(AᵀA), the Gram determinant, is its square too", is_zero((M.T * M).det() - size**2)),
    )
    parts = {"volume": size, "orientation": turned, "heights": heights, "corners": _corners(M)}
    return Worked(
        f"the determinant as signed {name}", (Formula.of("A", "=", M),), det,
        (Formula.of(name, "=", "|det A|", "=", size),), tuple(steps), evidence, parts, (), "MML 4.1",
    )  # fmt: skip


def _heights(edges: Sequence[sympy.ImmutableMatrix]) -> tuple[list[Any], list[Step]]:
    """Return the length of each edge's part at right angles to the edges before it, and the steps."""
    base: list[sympy.ImmutableMatrix] = []
    heights, steps = [], []
    for k, edge in enumerate(edges):
        name, rest = low("a", k + 1), edge
        for u in base:
            rest = tidied(rest - dot(edge, u) / dot(u, u) * u)
        height = tidy(sympy.sqrt(dot(rest, rest)))
        heights.append(height)
        before = {1: "a₁", 2: "a₁ and a₂"}.get(k, f"a₁ to {low('a', k)}")
        angles = f"The height of {name} over {before}: its part at right angles to {'it' if k == 1 else 'them'}."
        said = f"The base is {name}." if k == 0 else angles
        part = "" if k == 0 else "⟂"
        lines = [Formula.of(f"{name}{part}", "=", rest), Formula.of("‖", f"{name}{part}", "‖", "=", height)]
        steps.append(Step("height", said, tuple(lines), data={"edge": edge, "rest": rest, "height": height}))
        if not is_zero(height):
            base.append(rest)
    return heights, steps


def _times(factors: Sequence[Any]) -> list[Any]:
    parts: list[Any] = []
    for f in factors:
        parts += ["·", f] if parts else [f]
    return parts


def _orientation(sign: int | None, n: int) -> str:
    name, figure = NAMES.get(n, "volume"), FIGURES.get(n, "box")
    if sign is None:
        return f"The determinant is the signed {name}: its sign depends on the letters."
    if sign == 0:
        return f"The determinant is 0: the {figure} is flat, its edges depend on each other."
    if n == 1:
        return "The sign is the direction on the line."
    turn = (
        "turned against the clock from one to the next"
        if n == 2
        else "as thumb, first and second finger of a right hand"
    )
    kept = "keep their orientation" if sign > 0 else "change their orientation"
    how = f": {turn}" if sign > 0 and n < 4 else ", as in a mirror" if sign < 0 else ""
    return f"The determinant is {'positive' if sign > 0 else 'negative'}: the edges {kept}{how}."


def _corners(M: sympy.ImmutableMatrix) -> list[list[Any]]:
    """Return the corners of the box from the origin, for up to three edges."""
    if M.cols > 3:
        return []
    return [list(M * sympy.Matrix(bits)) for bits in product((0, 1), repeat=M.cols)]
