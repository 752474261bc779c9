"""Matrices and vectors as pictures: every arrow, ellipse and area against NumPy."""

from __future__ import annotations

import re

import numpy as np
import pytest

from agnesi import draw
from agnesi.draw.graph_layout import crossings, layout_of
from agnesi.draw.layers import Arrows, Curve, Polygon, Text
from agnesi.draw.picture import Picture
from agnesi.draw.placing import placed, rectangle, view_of
from agnesi.errors import AgnesiError

RNG = np.random.default_rng(5)
MATRICES = [RNG.normal(size=(2, 2)).round(2) for _ in range(6)] + [
    np.array(m, float)
    for m in ([[1, 1], [0, 1]], [[0, -1], [1, 0]], 2 * np.eye(2), [[1, 2], [2, 4]], np.zeros((2, 2)), [[0, 1], [0, 0]])
]


def only(picture: Picture, kind: type) -> list:
    return [layer for layer in picture.layers if isinstance(layer, kind)]


def in_view(picture: Picture, points: np.ndarray) -> bool:
    return all(((axis.low <= points[:, k]) & (points[:, k] <= axis.high)).all() for k, axis in enumerate(picture.axes))


@pytest.mark.parametrize("A", MATRICES, ids=lambda A: str(A.tolist()))
def test_a_map_draws_its_columns_its_ellipse_and_its_eigenvectors(A: np.ndarray) -> None:
    picture = draw.linear_map(A)
    named = {layer.label: layer for layer in picture.layers if getattr(layer, "label", "")}
    heads = [layer.heads[0] for layer in only(picture, Arrows) if not layer.label]
    assert np.allclose(sorted(map(tuple, heads)), sorted(tuple(c) for c in A.T if c.any()))
    ring = named["its image"].points
    assert np.allclose(ring, named["unit circle"].points @ A.T) and in_view(picture, ring)
    s = np.linalg.svd(A, compute_uv=False)
    assert np.isclose(np.linalg.norm(ring, axis=1).max(), s[0], rtol=1e-3, atol=1e-9)
    if "Avᵢ = σᵢuᵢ" in named:
        half = named["Avᵢ = σᵢuᵢ"].heads
        assert np.allclose(np.sort(np.linalg.norm(half, axis=1))[::-1], s[s > 1e-9])
        assert np.allclose(half, (named["v₁, v₂"].heads @ A.T)[: len(half)], atol=1e-9)
    for line in [layer for layer in only(picture, Curve) if layer.label == "eigenvectors"]:
        v = line.points[1] - line.points[0]
        assert abs(v[0] * (A @ v)[1] - v[1] * (A @ v)[0]) < 1e-6 * max(1, v @ v)
    values = np.linalg.eigvals(A)
    if np.abs(values.imag).max() > 1e-9:
        assert "No real eigenvectors" in picture.alt
    assert in_view(picture, np.array([t.at for t in only(picture, Text)] or [[0, 0]]))


@pytest.mark.parametrize("A", [*MATRICES, *(RNG.normal(size=(3, 3)) for _ in range(4))], ids=lambda A: str(A.shape))
def test_the_area_is_that_of_the_polygon(A: np.ndarray) -> None:
    picture = draw.determinant(A)
    if A.shape == (2, 2):
        x, y = only(picture, Polygon)[1].points.T
        area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        assert np.isclose(area, abs(np.linalg.det(A)), atol=1e-9)
        told = float(re.search(r"area (\S+?)[.;]? ?(?:$|the|it)", picture.alt)[1].rstrip(".").replace("−", "-"))  # type: ignore[index]
        assert np.isclose(told, area, rtol=6e-3, atol=1e-6)
    else:
        assert len(only(picture, Polygon)) == 6 and "volume" in picture.alt
    assert ("turned over" in picture.alt) == (np.linalg.det(A) < -1e-9)
    assert ("flat" in picture.alt) == (abs(np.linalg.det(A)) < 1e-9)


@pytest.mark.parametrize("size", [2, 3])
def test_projections_are_orthogonal(size: int) -> None:
    for k in range(1, size):
        b, basis = RNG.normal(size=size), RNG.normal(size=(k, size))
        picture = draw.projection(b, basis.tolist())
        p = next(a.heads[0] for a in only(picture, Arrows) if a.colour == "green")
        expected = basis.T @ np.linalg.lstsq(basis.T, b, rcond=None)[0]
        assert np.allclose(p, expected) and np.allclose(basis @ (b - p), 0, atol=1e-12)
        rest = next(a for a in only(picture, Arrows) if a.colour == "vermillion")
        assert np.allclose(rest.tails[0], p) and np.allclose(rest.heads[0], b)
        (corner,) = (c.points for c in only(picture, Curve) if c.colour == "ink")
        assert abs((corner[0] - corner[1]) @ (corner[2] - corner[1])) < 1e-12, "the mark of the right angle is one"


@pytest.mark.parametrize("scale", [1e-8, 1, 1e8])
def test_a_vector_of_the_subspace_is_its_own_projection(scale: float) -> None:
    basis = np.array([[1, 0, 1], [0, 1, 1]])
    for b in ([1, 1, 2], [0.1, 0.7, 0.8], [1 / 3, -3, -8 / 3]):
        picture = draw.projection((scale * np.array(b)).tolist(), basis.tolist())
        assert "the residual (0, 0, 0)" in picture.alt and picture.alt.endswith("length 0.")
        assert not [a for a in only(picture, Arrows) if a.colour == "vermillion"]
    tilted = draw.projection([scale, scale, scale * (2 + 1e-6)], basis.tolist())
    assert [a for a in only(tilted, Arrows) if a.colour == "vermillion"], "a small residual is one"


def test_an_affine_projection_lands_on_its_line() -> None:
    picture = draw.projection([3, 3], [1, 0], origin=[0, 1])
    p = next(a.heads[0] for a in only(picture, Arrows) if a.colour == "green")
    assert np.allclose(p, [3, 1])


@pytest.mark.parametrize("size", [2, 3])
def test_gram_schmidt_gives_orthogonal_vectors_of_the_same_span(size: int) -> None:
    rows = RNG.normal(size=(size, size))
    picture = draw.gram_schmidt(rows, normalised=True)
    found = np.array([a.heads[0] for a in only(picture, Arrows) if a.dash == "solid"])
    assert np.allclose(found @ found.T, np.eye(size), atol=1e-9)
    q, r = np.linalg.qr(rows.T)
    assert np.allclose(found, (q * np.sign(np.diag(r))).T)


def test_unit_balls_have_norm_one() -> None:
    A = np.array([[2, 1], [1, 3]])
    balls = only(draw.unit_balls([1, 2, 3, np.inf, A]), Curve)
    for p, ball in zip((1, 2, 3, np.inf), balls, strict=False):
        assert np.allclose(np.linalg.norm(ball.points, p, axis=1), 1)
    assert np.allclose(np.einsum("ni,ij,nj->n", balls[4].points, A, balls[4].points), 1)


def test_a_shape_is_mapped() -> None:
    shape = [[0, 0], [2, 0], [1, 3]]
    first, second = only(draw.linear_map([[0, 1], [1, 0]], show=(), shape=shape), Polygon)
    assert np.allclose(second.points, np.array(shape)[:, ::-1]) and np.allclose(first.points, shape)


def test_vectors_start_where_they_are_told() -> None:
    picture = draw.vectors([[1, 0], [0, 2]], ["a", "b"], tails=[[0, 0], [1, 0]])
    assert [a.heads[0].tolist() for a in only(picture, Arrows)] == [[1, 0], [1, 2]]
    assert "b from (1, 0) to (1, 2), length 2" in picture.alt
    middle = draw.vectors([[1, 0], [0, 2]], ["~a", "b"])
    assert (middle.title, middle.alt) == ("a and b", draw.vectors([[1, 0], [0, 2]], ["a", "b"]).alt)
    columns = draw.vectors("[2 -1; 1 1]").alt
    assert columns.startswith("Arrows: v₁ from (0, 0) to (2, 1)"), "columns of a text are the vectors"


def test_names_do_not_cover_each_other() -> None:
    for seed in range(8):
        heads = np.random.default_rng(seed).normal(size=(4, 2))
        picture = draw.vectors(heads, ["first", "second", "third", "fourth"])
        box = (picture.axes[0].low, picture.axes[0].high, picture.axes[1].low, picture.axes[1].high)
        low, size = np.array([box[0], box[2]]), np.array([box[1] - box[0], box[3] - box[2]])
        spans = [rectangle((t.at - low) / size, t.side, t.text) for t in only(picture, Text)]
        far = [np.linalg.norm(a - b) / size.max() > 0.12 for i, a in enumerate(heads) for b in heads[:i]]
        overlap = [bool((a < d).all() and (c < b).all()) for i, (a, b) in enumerate(spans) for c, d in spans[:i]]
        assert not any(o and f for o, f in zip(overlap, far, strict=True))


def test_a_word_keeps_off_a_line() -> None:
    line = np.array([[0.0, 0.0], [1.0, 1.0]])
    (free,) = placed([(np.array([0.5, 0.5]), "word", "ink")], (0, 1, 0, 1), [np.array([1.0, 1.0])], [line])
    assert free.side not in ((1, 1), (-1, -1))


def test_space_is_seen_from_where_the_points_are_apart() -> None:
    around = np.radians(view_of(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]]))[1])
    assert abs(np.cos(around)) > 0.1 and abs(np.sin(around)) > 0.1, "not along an axis"


@pytest.mark.parametrize("bad", [
    lambda: draw.linear_map([[1, 2, 3]]), lambda: draw.linear_map("[1 a; 2 3]"),
    lambda: draw.linear_map([[1, np.nan], [0, 1]]),
    lambda: draw.linear_map([[1, 2], [3, 4]], show=["eigenvalues"]), lambda: draw.determinant(np.eye(4)),
    lambda: draw.transformations({}),
    lambda: draw.linear_map([[1e200, 0], [0, 1]]), lambda: draw.linear_map([[1j, 0], [0, 1]]),
    lambda: draw.linear_map("hello"),
    lambda: draw.unit_balls([0.5]), lambda: draw.unit_balls([]), lambda: draw.unit_balls([[[1, 2], [2, 1]]]),
    lambda: draw.unit_balls(["a"]),
    lambda: draw.vectors([[1, 2, 3, 4]]), lambda: draw.vectors([]), lambda: draw.vectors([[1, 2], [1, 2, 3]]),
    lambda: draw.vectors([[1, 2]], ["a", "b"]),
    lambda: draw.vectors([[1, 2]], tails=[[0, 0], [1, 1]]), lambda: draw.projection([1, 2], [[1, 2], [2, 4]]),
    lambda: draw.projection([1, 2], [[1, 0], [0, 1]]),
    lambda: draw.projection([1, 2, 3], [1, 2]), lambda: draw.projection([1, 2], [0, 0]),
    lambda: draw.gram_schmidt([[1, 2], [2, 4]]),
    lambda: draw.gram_schmidt([[0, 0]]), lambda: draw.subspace(np.eye(3)), lambda: draw.subspace([[1, 1], [2, 2]]),
    lambda: draw.vectors([[np.inf, 1]]), lambda: draw.vectors(None), lambda: draw.vectors({"a": 1}),
])  # fmt: skip
def test_what_cannot_be_drawn_is_said(bad) -> None:
    with pytest.raises(AgnesiError) as error:
        bad().svg()
    assert len(str(error.value)) > 15 and "object at" not in str(error.value)


def test_layouts_of_graphs_have_no_overlaps_and_few_crossings() -> None:
    names = list("abcdefg")
    edges = [("a", "c"), ("b", "d"), ("c", "e"), ("d", "e"), ("c", "f"), ("d", "f"), ("e", "g"), ("f", "g"), ("a", "g")]
    made = layout_of(names, edges, dict.fromkeys(names, 80.0), 100.0)
    for i, a in enumerate(names):
        for b in names[:i]:
            (x, y), (u, v) = made.at[a], made.at[b]
            assert abs(y - v) > 50 or abs(x - u) >= 80
    for a, b in edges:
        assert made.at[a][1] > made.at[b][1], "values flow downward"
        assert np.allclose(made.ways[a, b][[0, -1]], [made.at[a], made.at[b]])
    assert crossings([["a", "b"], ["d", "c"]], [("a", "c"), ("b", "d")]) == 1
    assert crossings([["a", "b"], ["c", "d"]], [("a", "c"), ("b", "d")]) == 0
