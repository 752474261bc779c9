"""Matrices as what they do to the plane and to space: the grid, the circle, areas, shapes, unit balls of norms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from agnesi.draw.grids import Box, square
from agnesi.draw.incoming import matrix_of, needs, numbers, vectors_of
from agnesi.draw.layers import CYCLE, DASHES, Array, Arrows, Axis, Colour, Curve, Layer, Polygon, Text
from agnesi.draw.picture import Picture, panels
from agnesi.draw.placing import placed
from agnesi.draw.words import LOW, listed, low, matrix_said, point, said
from agnesi.errors import NotNumeric, ShapeError

SHOWN = ("grid", "circle", "eigen", "singular", "square")


def flat_axes(box: Box, names: Sequence[str] = ("x₁", "x₂")) -> tuple[Axis, Axis]:
    """Return the two axes of a box."""
    return Axis(names[0], box[0], box[1]), Axis(names[1], box[2], box[3])


def circle(turns: int = 181) -> Array:
    """Return points of the unit circle [n 2]."""
    angle = np.linspace(0, 2 * np.pi, turns)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def linear_map(
    A: Any, *, show: Iterable[str] = ("grid", "circle", "eigen", "singular"), shape: Any = None, title: str = ""
) -> Picture:
    """Draw what a 2×2 matrix does: to the grid and the unit circle, with eigenvectors and singular vectors.

    `show`: some of "grid", "circle", "eigen", "singular", "square"; `shape` is a polygon [n 2] that is mapped too.
    Source: MML 4.2 and 4.5.

    >>> linear_map([[2, 0], [0, 1]]).alt.split(". ")[1]
    'The unit circle becomes an ellipse with half-axes 2 and 1'
    """
    M = matrix_of(A, "the matrix", (2, 2))
    wanted = set(show)
    needs(
        wanted <= set(SHOWN),
        f"There is nothing called {listed(sorted(wanted - set(SHOWN)))} to show.",
        expected=listed(SHOWN),
    )
    outline = vectors_of(shape, "the shape", (2,)) if shape is not None else None
    round_zero = [M.T, -M.T, circle()] if wanted - {"square"} else [M.T]
    layers, seen, told, words = list[Layer](), round_zero, [], list[tuple[Array, str, Colour]]()
    if outline is not None:
        layers += [Polygon(outline, "shape", "faint", 0.15), Polygon(outline @ M.T, "its image", "sky", 0.45)]
        seen += [outline, outline @ M.T]
    if "square" in wanted:
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
        name = "image of the square" if "circle" in wanted else "its image"
        layers += [Polygon(corners, "unit square", "faint", 0.2), Polygon(corners @ M.T, name, "sky", 0.4)]
        told.append(f"The unit square becomes a parallelogram of area {said(abs(np.linalg.det(M)))}.")
        seen.append(corners @ M.T)
    if "circle" in wanted:
        layers += [
            Curve(circle(), "unit circle", "ink", "dotted", 1.6),
            Curve(circle() @ M.T, "image of the circle" if layers else "its image", "ink", "solid", 2),
        ]
        seen.append(circle() @ M.T)
        told.append(_ellipse_told(M))
    for ask, made in (("singular", _singular), ("eigen", _eigen)):
        if ask in wanted:
            own, said_, names = made(M)
            layers, told, words = [*layers, *own], [*told, said_], [*words, *names]
    columns = _arrow_layers(M.T, ("blue", "vermillion"))
    box = square(np.vstack([*seen, *(w[0] for w in words)]), 0.13)
    if "grid" in wanted:
        layers = [*_grid(M, box), *layers]
    if outline is None:
        layers += columns
        words += [(M[:, k], f"Ae{low('', k + 1)}", c) for k, c in enumerate(("blue", "vermillion"))]  # type: ignore[misc]
    lines = [layer.points for layer in layers if isinstance(layer, Curve) and layer.colour == "ink"]
    lines += [np.vstack([layer.tails, layer.heads]) for layer in layers if isinstance(layer, Arrows)]
    layers += placed(words, box, [w[0] for w in words], lines)
    alt = (
        f"The linear map A = {matrix_said(M)}: e₁ goes to {point(M[:, 0])} and e₂ to {point(M[:, 1])}. {' '.join(told)}"
    )
    return Picture(title or f"A = {matrix_said(M)}", flat_axes(box), tuple(layers), alt.strip(), True, 1.0)


def _arrow_layers(heads: Array, colours: Sequence[Colour], label: str = "") -> list[Layer]:
    origin = np.zeros((1, heads.shape[1]))
    return [Arrows(origin, h[None], label, c) for h, c in zip(heads, colours, strict=True) if np.any(h != 0)]


def _grid(M: Array, box: Box) -> list[Layer]:
    """Return the image of the grid of whole numbers, as far as the box goes."""
    try:
        reach = np.abs(np.linalg.inv(M)).sum(axis=1).max() * max(map(abs, box))
    except np.linalg.LinAlgError:
        reach = 6.0
    count = int(np.clip(np.ceil(reach), 2, 12))
    step, ends = max(1, count // 6), np.array([-count, count], float)
    rows = []
    for k in range(-count, count + 1, step):
        for line in (np.column_stack([[k, k], ends]), np.column_stack([ends, [k, k]])):
            rows += [*(line @ M.T), np.full(2, np.nan)]
    return [Curve(np.array(rows[:-1]), "grid", "sky", "solid", 0.9)]


def _ellipse_told(M: Array) -> str:
    s = np.linalg.svd(M, compute_uv=False)
    if s[1] <= 1e-12 * max(s[0], 1e-300):
        return f"The unit circle is squashed to a segment of half-length {said(s[0])}."
    if s[0] - s[1] <= 1e-9 * s[0]:
        return f"The unit circle becomes a circle of radius {said(s[0])}."
    return f"The unit circle becomes an ellipse with half-axes {said(s[0])} and {said(s[1])}."


def _singular(M: Array) -> tuple[list[Layer], str, list[tuple[Array, str, Colour]]]:
    """Return the arrows σᵢuᵢ, the half-axes of the ellipse, and the right singular vectors that are sent there."""
    U, s, Vt = np.linalg.svd(M)
    s = np.where(s <= 1e-12 * s[0], 0.0, s)
    if s[0] - s[1] <= 1e-9 * s[0]:
        return [], f"Both singular values are {said(s[0])}: every direction is stretched alike.", []
    signs = np.where(Vt[np.arange(2), np.abs(Vt).argmax(axis=1)] < 0, -1.0, 1.0)
    heads = (U * s * signs).T
    keep = s > 1e-12 * max(s[0], 1e-300)
    layers: list[Layer] = [Arrows(np.zeros((2, 2)), Vt * signs[:, None], "v₁, v₂", "faint", 2, "dashed")]
    layers += [Arrows(np.zeros((int(keep.sum()), 2)), heads[keep], "Avᵢ = σᵢuᵢ", "purple", 2.2)] if keep.any() else []
    words: list[tuple[Array, str, Colour]] = [
        (heads[k], low("σ", k + 1) + low("u", k + 1), "purple") for k in (0, 1) if keep[k]
    ]
    return layers, f"Singular values {said(s[0])} and {said(s[1])}.", words


def _eigen(M: Array) -> tuple[list[Layer], str, list[tuple[Array, str, Colour]]]:
    """Return the lines that the map keeps, with their eigenvalues."""
    values, vectors = np.linalg.eig(M)
    if np.iscomplexobj(values) and np.abs(values.imag).max() > 1e-9 * np.abs(values).max():
        pair = f"{said(values[0].real)} ± {said(abs(values[0].imag))}i"
        return [], f"No real eigenvectors: the eigenvalues are {pair}, a turn.", []
    values, vectors = values.real, vectors.real
    if np.allclose(M, values[0] * np.eye(2)):
        return [], f"Every vector is an eigenvector, with eigenvalue {said(values[0])}.", []
    order = np.argsort(-np.abs(values))
    reach = 1.05 * max(1.0, float(np.linalg.norm(M, 2)))
    layers, words, told = list[Layer](), list[tuple[Array, str, Colour]](), []
    once = abs(np.linalg.det(vectors)) < 1e-6  # only one direction
    for k in order[: 1 if once else 2]:
        v = vectors[:, k] * (-1 if vectors[np.abs(vectors[:, k]).argmax(), k] < 0 else 1)
        layers.append(Curve(np.array([-v, v]) * reach, "eigenvectors", "green", "dashed", 1.8))
        words.append((-v * reach, f"λ = {said(values[k])}", "green"))
        told.append(f"{said(values[k])} along {point(v / np.abs(v).max())}")
    return layers, f"Eigenvalue{'' if once else 's'} {listed(told)}{'; it is defective' if once else ''}.", words


def determinant(A: Any, *, title: str = "") -> Picture:
    """Draw the unit square and the parallelogram that a 2×2 matrix makes of it, or the parallelepiped of a 3×3 one.

    Its area (volume) is |det A|; the sign tells whether the plane was turned over. Source: MML 4.1.

    >>> determinant([[3, 1], [1, 2]]).title
    'det A = 5, area 5'
    """
    M = matrix_of(A, "the matrix")
    if M.shape not in ((2, 2), (3, 3)):
        raise ShapeError(f"The matrix is {M.shape[0]}×{M.shape[1]}.", expected="2×2 or 3×3, to be drawn")
    value = float(np.linalg.det(M))
    value = round(value, 9) if abs(value) < 1e6 else value
    size = len(M)
    measure, shape = ("area", "parallelogram") if size == 2 else ("volume", "parallelepiped")
    three: tuple[Colour, ...] = ("blue", "vermillion", "green")
    colours = three[:size]
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * size, indexing="ij")).reshape(size, -1).T
    image = corners @ M.T
    layers: list[Layer] = _faces(M, size)
    layers += _arrow_layers(M.T, colours)
    columns = listed([point(M[:, k]) for k in range(size)])
    side = "; the orientation is turned over" if value < 0 else "; it is flat" if value == 0 else ""
    alt = f"The {shape} of the columns {columns}: det A = {said(value)}, {measure} {said(abs(value))}{side}."
    head = title or f"det A = {said(value)}, {measure} {said(abs(value))}"
    words = [(M[:, k], low("a", k + 1), colours[k]) for k in range(size)]
    if size == 2:
        box = square(np.vstack([image, corners]), 0.13)
        layers += placed(words, box, [w[0] for w in words], [np.vstack([np.zeros(2), w[0]]) for w in words])
        return Picture(head, flat_axes(box), tuple(layers), alt, True, 1.0)
    from_, to = image.min(axis=0), image.max(axis=0)
    room = 0.1 * (to - from_).max()
    axes = tuple(Axis(low("x", k + 1), from_[k] - room, to[k] + room) for k in range(3))
    return Picture(head, axes, (*layers, *solid_words(words)), alt, True, 0.95)


def solid_words(words: Sequence[tuple[Array, str, Colour]]) -> list[Layer]:
    """Return texts at points of space."""
    from_origin = [Text(w[0], w[1], (1 if w[0][0] >= 0 else -1, 1 if w[0][2] >= 0 else -1), w[2]) for w in words]
    return list(from_origin)


def _faces(M: Array, size: int) -> list[Layer]:
    if size == 2:
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
        return [Polygon(corners, "unit square", "faint", 0.25), Polygon(corners @ M.T, "its image", "sky", 0.4)]
    out: list[Layer] = []
    for axis in range(3):
        u, v = (M[:, k] for k in range(3) if k != axis)
        for start in (np.zeros(3), M[:, axis]):
            out.append(Polygon(np.array([start, start + u, start + u + v, start + v]), "", "sky", 0.22))
    return out


def transformations(matrices: Mapping[str, Any], shape: Any = None, *, title: str = "") -> Picture:
    """Draw panels of one scale: what several 2×2 matrices do to the unit square, or to a shape.

    Source: Imperial LA W3.

    >>> transformations({"stretch": [[2, 0], [0, 1]], "shear": [[1, 1], [0, 1]]}).panels[1].title
    'shear, det 1'
    """
    needs(bool(matrices), "There are no matrices to draw.", repair="Give at least one, by name.")
    shown = ("square",) if shape is None else ()
    made = [
        linear_map(A, show=shown, shape=shape, title=f"{name}, det {said(np.linalg.det(matrix_of(A, name, (2, 2))))}")
        for name, A in matrices.items()
    ]
    ends = np.array([[(a.low, a.high) for a in p.axes] for p in made])
    middle = (ends[..., 0].min(axis=0) + ends[..., 1].max(axis=0)) / 2
    half = 1.25 * float((ends[..., 1].max(axis=0) - ends[..., 0].min(axis=0)).max()) / 2
    axes = flat_axes((middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half))
    return panels([replace(p, axes=axes) for p in made], title)


def unit_balls(norms: Iterable[Any] = (1, 2, float("inf")), *, title: str = "Unit balls") -> Picture:
    """Draw the vectors of length 1 in several norms: p ≥ 1, ∞, or a positive definite matrix A for √(xᵀAx).

    Source: MML 3.1 and 3.2.

    >>> unit_balls([1, 2]).alt.split(": ")[1]
    'ℓ₁ reaches 1 along e₁ and 0.707 along (1, 1)/√2; ℓ₂ reaches 1 along e₁ and 1 along (1, 1)/√2.'
    """
    layers, told = list[Layer](), []
    for k, norm in enumerate(norms):
        name, length = _norm(norm)
        ball = circle(721) / length(circle(721))[:, None]
        layers.append(Curve(ball, name, CYCLE[k % 6], DASHES[k % 3], 2.2))
        ends = 1 / length(np.array([[1, 0], [0.5**0.5, 0.5**0.5]]))
        told.append(f"{name} reaches {said(ends[0])} along e₁ and {said(ends[1])} along (1, 1)/√2")
    needs(bool(layers), "There is no norm to draw.", repair="Give at least one, such as 2.")
    box = square(np.concatenate([layer.points for layer in layers if isinstance(layer, Curve)]), 0.08)
    return Picture(title, flat_axes(box), tuple(layers), f"Vectors of length 1: {'; '.join(told)}.", True, 1.0)


def _norm(norm: Any) -> tuple[str, Any]:
    """Return the name of a norm and the function of rows that computes it."""
    if np.ndim(norm) == 0 and not (isinstance(norm, str) and "[" in norm):
        p = (
            float("inf")
            if str(norm) in ("inf", "∞", "oo")
            else float(numbers(norm, "p"))
            if norm != float("inf")
            else norm
        )
        if p < 1:
            raise NotNumeric(f"p = {said(p)} gives no norm: its ball is not convex.", expected="p of at least 1")
        return f"ℓ{said(p).translate(LOW)}", lambda rows: np.linalg.norm(rows, p, axis=1)
    A = matrix_of(norm, "the matrix of the norm", (2, 2))
    if not np.allclose(A, A.T) or np.linalg.eigvalsh(A).min() <= 0:
        raise NotNumeric(f"{matrix_said(A)} is not symmetric positive definite, so xᵀAx is no squared length.")
    return f"√(xᵀAx), A = {matrix_said(A)}", lambda rows: np.sqrt(np.einsum("ni,ij,nj->n", rows, A, rows))
