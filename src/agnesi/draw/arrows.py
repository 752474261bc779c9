"""Vectors as arrows: sums and bases, projections with their residuals, Gram–Schmidt, in the plane and in space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.draw.grids import Box, square
from agnesi.draw.incoming import needs, numbers, vector_of, vectors_of
from agnesi.draw.layers import CYCLE, Array, Arrows, Axis, Colour, Curve, Dash, Layer, Points, Polygon
from agnesi.draw.maps import flat_axes, solid_words
from agnesi.draw.picture import Picture
from agnesi.draw.placing import placed, view_of
from agnesi.draw.words import listed, low, point, said
from agnesi.errors import NotNumeric, ShapeError

Arrow = tuple[Array, Array, str, Colour, Dash]  # tail, head, name, colour, dash


def scene(title: str, arrows: Sequence[Arrow], more: Sequence[Layer], alt: str, cover: Array | None = None) -> Picture:
    """Return a picture of named arrows, with what lies below them, all of it in view."""
    ends = np.array([p for a in arrows for p in (a[0], a[1])])
    seen = ends if cover is None else np.vstack([ends, cover])
    layers: list[Layer] = [*more]
    for tail, head, _, colour, dash in arrows:
        if np.any(tail != head):
            layers.append(Arrows(tail[None], head[None], "", colour, 2.4, dash))
    words = [(_label_at(tail, head, name), name.strip("~"), colour) for tail, head, name, colour, _ in arrows if name]
    if ends.shape[1] == 2:
        box: Box = square(seen, 0.14)
        ways = [_way(tail, head, name) for tail, head, name, _, _ in arrows if name]
        layers += placed(words, box, ways, [np.array([t, h]) for t, h, *_ in arrows])
        return Picture(title, flat_axes(box), tuple(layers), alt, True, 1.0)
    low_, high = np.minimum(seen.min(axis=0), 0), np.maximum(seen.max(axis=0), 0)
    room = 0.08 * float((high - low_).max() or 1.0)
    least = 0.35 * float((high - low_).max() or 1.0)
    pad = np.maximum(room, (least - (high - low_)) / 2)
    axes = tuple(Axis(low("x", k + 1), float(low_[k] - pad[k]), float(high[k] + pad[k])) for k in range(3))
    view = view_of(np.unique(ends.round(9), axis=0))
    return Picture(title, axes, (*layers, *solid_words(words)), alt, True, 0.95, view=view)


def _label_at(tail: Array, head: Array, name: str) -> Array:
    """Return where a name stands: at the head, or in the middle where it begins with "~"."""
    return np.asarray((tail + head) / 2 if name.startswith("~") else head)


def _way(tail: Array, head: Array, name: str) -> Array:
    along = head - tail
    return np.array([-along[1], along[0]]) if name.startswith("~") else along


def vectors(what: Any, names: Sequence[str] | None = None, *, tails: Any = None, title: str = "") -> Picture:
    """Draw vectors of the plane or of space as arrows, from the origin or from `tails`; `names` are their letters.

    A name that begins with "~" stands beside the middle of its arrow, not at the head.

    >>> vectors([[2, 1], [-1, 1]], ["u", "v"]).alt
    'Arrows: u from (0, 0) to (2, 1), length 2.24; v from (0, 0) to (−1, 1), length 1.41.'
    """
    rows = vectors_of(what)
    starts = vectors_of(tails, "the tails") if tails is not None else np.zeros_like(rows)
    if starts.shape != rows.shape:
        raise ShapeError(
            f"There are {len(rows)} vectors and {len(starts)} tails of other shapes.", expected="one tail for each"
        )
    letters = list(names) if names is not None else [low("v", k + 1) for k in range(len(rows))]
    needs(
        len(letters) == len(rows),
        f"There are {len(rows)} vectors and {len(letters)} names.",
        expected="one name for each",
    )
    arrows: list[Arrow] = [
        (t, t + v, n, CYCLE[k % 6], "solid") for k, (t, v, n) in enumerate(zip(starts, rows, letters, strict=True))
    ]
    letters = [n.strip("~") for n in letters]
    told = [
        f"{n} from {point(t)} to {point(t + v)}, length {said(np.linalg.norm(v))}"
        for n, t, v in zip(letters, starts, rows, strict=True)
    ]
    head = title or (listed(letters) if len(letters) < 6 else f"{len(letters)} vectors")
    return scene(head, arrows, (), f"Arrows: {'; '.join(told)}.", np.zeros((1, rows.shape[1])))


def projection(b: Any, onto: Any, *, origin: Any = None, title: str = "") -> Picture:
    """Draw the orthogonal projection of b on the span of vectors: the subspace, the projection, the residual.

    `onto`: a vector, a list of them, or a text with them as columns; `origin` moves the subspace to an affine one.
    Raises `NotNumeric` where the vectors are dependent, or span everything. Source: MML 3.8.

    >>> projection([6, 0, 0], [[1, 1, 1], [0, 1, 2]]).alt.split("; ")[1]
    'the residual (1, −2, 1) is orthogonal to it, length 2.45.'
    """
    start = vector_of(b, "the vector", (2, 3))
    basis = _basis(onto, len(start))
    foot = vector_of(origin, "the origin", (len(start),)) if origin is not None else np.zeros(len(start))
    Q, _ = np.linalg.qr(basis.T)
    shadow = foot + Q @ (Q.T @ (start - foot))
    size = max(float(np.abs(start).max()), float(np.abs(foot).max()))
    rest = np.where(np.abs(start - shadow) < 1e-12 * size, 0.0, start - shadow)
    shadow = np.where(rest == 0, start, np.where(np.abs(shadow) < 1e-12 * size, 0.0, shadow))
    reach = 1.25 * max(np.linalg.norm(start - foot), np.linalg.norm(shadow - foot), *np.linalg.norm(basis, axis=1))
    below, cover = _subspace(Q, foot, float(reach), np.vstack([shadow, foot + basis]))
    arrows: list[Arrow] = [
        (foot, start, "b", "blue", "solid"), (foot, shadow, "p", "green", "solid"),
        (shadow, start, "~b − p" if rest.any() else "", "vermillion", "dashed"),
    ]  # fmt: skip
    kind = "line" if len(basis) == 1 else "plane"
    spanned = listed([point(v) for v in basis])
    alt = (
        f"The projection of b = {point(start)} on the {kind} spanned by {spanned} is p = {point(shadow)}; the residual "
        f"{point(rest)} is orthogonal to it, length {said(np.linalg.norm(rest))}."
    )
    corner = _right_angle(shadow, shadow - foot if np.linalg.norm(shadow - foot) > 0 else Q[:, 0], rest, float(reach))
    return scene(title or f"Projection on a {kind}", arrows, [*below, *corner], alt, cover)


def _basis(onto: Any, size: int) -> Array:
    single = isinstance(onto, Sequence) and not isinstance(onto, str) and np.ndim(numbers(onto, "the subspace")) == 1
    basis = vectors_of([onto] if single else onto, "the vectors of the subspace", (size,))
    if np.linalg.matrix_rank(basis) < len(basis):
        raise NotNumeric(
            "The vectors of the subspace are linearly dependent.", repair="Leave out those that others make up."
        )
    if len(basis) >= size:
        raise NotNumeric(f"{len(basis)} independent vectors span the whole space: b is its own projection.")
    return basis


def _subspace(Q: Array, foot: Array, reach: float, points: Array) -> tuple[list[Layer], Array]:
    """Return the line, as far as `reach`, or the part of a plane that holds points, and what must be in view."""
    if Q.shape[1] == 1:
        ends = foot + np.outer([-reach, reach], Q[:, 0])
        return [Curve(ends, "subspace", "faint", "solid", 1.6)], foot[None]
    inside = (np.vstack([foot, points]) - foot) @ Q
    room = 0.25 * float(np.ptp(inside, axis=0).max())
    (a, b), (c, d) = inside.min(axis=0) - room, inside.max(axis=0) + room
    corners = foot + np.array([[a, b], [c, b], [c, d], [a, d]]) @ Q.T
    return [Polygon(corners, "subspace", "sky", 0.3)], corners


def _right_angle(at: Array, along: Array, up: Array, size: float) -> list[Layer]:
    """Return the small corner that marks a right angle."""
    lengths = np.linalg.norm(along), np.linalg.norm(up)
    if min(lengths) < 1e-9 * size:
        return []
    step = min(0.06 * size, 0.4 * min(lengths))
    a, b = -along / lengths[0] * step, up / lengths[1] * step
    return [Curve(np.array([at + a, at + a + b, at + b]), "", "ink", "solid", 1.0)]


def gram_schmidt(what: Any, *, normalised: bool = False, title: str = "") -> Picture:
    """Draw vectors (dashed) and what Gram–Schmidt makes of them: orthogonal, if asked of length 1.

    Each residual is what is left of a vector when its shadow on the earlier ones is taken away. Source: MML 3.8.3.

    >>> gram_schmidt([[2, 0], [1, 1]]).alt.split(": ")[1]
    'from a₁ = (2, 0) comes u₁ = (2, 0); from a₂ = (1, 1) comes u₂ = (0, 1).'
    """
    rows = vectors_of(what)
    if np.linalg.matrix_rank(rows) < len(rows):
        raise NotNumeric("The vectors are linearly dependent: one of them leaves no residual.", repair="Leave it out.")
    found: list[Array] = []
    arrows: list[Arrow] = []
    colours: tuple[Colour, ...] = ("blue", "vermillion", "green")
    told, drops = [], list[Layer]()
    origin = np.zeros(rows.shape[1])
    for k, a in enumerate(rows):
        u = a - sum((q * (a @ q) / (q @ q) for q in found), np.zeros_like(a))
        u = np.where(np.abs(u) < 1e-12 * np.abs(rows).max(), 0.0, u)
        found.append(u)
        shown = u / np.linalg.norm(u) if normalised else u
        if not np.allclose(a, shown):
            arrows.append((origin, a, low("a", k + 1), colours[k], "dashed"))
            drops.append(Curve(np.array([u, a]), "", "faint", "dotted", 1.6))
        same = np.allclose(a, shown)
        arrows.append(
            (origin, shown, f"{low('u', k + 1)}{' = ' + low('a', k + 1) if same else ''}", colours[k], "solid")
        )
        told.append(f"from {low('a', k + 1)} = {point(a)} comes {low('u', k + 1)} = {point(shown)}")
    alt = f"Gram–Schmidt on {len(rows)} vectors: {'; '.join(told)}."
    return scene(title or "Gram–Schmidt", arrows, drops, alt, np.zeros((1, rows.shape[1])))


def subspace(what: Any, origin: Any = None, points: Any = None, *, title: str = "") -> Picture:
    """Draw the line or plane through a point that vectors span, with points on it. Source: MML 2.8.

    >>> subspace([[1, 2]], [0, 1]).alt
    'The line through (0, 1) along (1, 2).'
    """
    first = numbers(what, "the vectors") if not isinstance(what, str) else None
    basis = vectors_of([what] if first is not None and first.ndim == 1 else what)
    foot = vector_of(origin, "the point", (basis.shape[1],)) if origin is not None else np.zeros(basis.shape[1])
    if np.linalg.matrix_rank(basis) < len(basis) or len(basis) >= max(3, basis.shape[1]):
        raise NotNumeric(
            "These vectors span no line or plane of their own.", expected="one vector, or two independent ones"
        )
    Q, _ = np.linalg.qr(basis.T)
    reach = 1.6 * max(1e-300, *np.linalg.norm(basis, axis=1))
    marked = (
        vectors_of(points, "the points", (basis.shape[1],)) if points is not None else np.zeros((0, basis.shape[1]))
    )
    below, cover = _subspace(Q, foot, float(reach), np.vstack([foot + basis, foot - basis, marked]))
    arrows: list[Arrow] = [(foot, foot + v, low("b", k + 1), CYCLE[k], "solid") for k, v in enumerate(basis)]
    kind = "line" if len(basis) == 1 else "plane"
    alt = f"The {kind} through {point(foot)} along {listed([point(v) for v in basis])}."
    alt += f" Points: {listed([point(p) for p in marked])}." if len(marked) else ""
    more = [*below, *([Points(marked)] if len(marked) else [])]
    return scene(title or f"A {kind} through {point(foot)}", arrows, more, alt, np.vstack([cover, marked]))
