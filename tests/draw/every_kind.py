"""One picture of every kind, by name: what the tests of the renderers go through."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from agnesi import draw
from agnesi.draw import Picture
from agnesi.worked.graph import Edge, Graph, Node

RNG = np.random.default_rng(3)
CLOUD = RNG.normal(170, 8, 200)
HALF = 0.5**0.5
GRAPH = Graph(
    (Node("x", "x", 2, -3.5, "input"), Node("y", "y", 1, 1, "input"), Node("a", "x²", 4, -0.5), Node("b", "a y", 4, 1),
     Node("f", "b − x", 2, 1, "output")),
    (Edge("x", "a", "2x", 4), Edge("a", "b", "y", 1), Edge("y", "b", "a", 4), Edge("b", "f", 1), Edge("x", "f", -1)),
)  # fmt: skip

KINDS: dict[str, Callable[[], Picture]] = {
    "function": lambda: draw.function("f(x) = x^3 - x"),
    "functions": lambda: draw.function(["sin(x)", "1/x", "sqrt(x)", np.arctan], (-4, 4)),
    "tangent line": lambda: draw.tangent_line("x^2", 1),
    "taylor": lambda: draw.taylor("sin(x) + cos(x)", 0, [0, 1, 5, 10]),
    "curve": lambda: draw.parametric(["cos(t)", "sin(2t)"]),
    "curve of space": lambda: draw.parametric(["cos(t)", "sin(t)", "t/5"]),
    "contours": lambda: draw.contours(
        "x^2 + 3y^2", gradients=True, path=[[2, 2], [1, -1], [0, 0]], points={"least": [[0, 0]]}
    ),
    "surface": lambda: draw.surface("sin(x) cos(y)", path=[[0, 0], [1, 1]], points=[[1, 0]]),
    "tangent plane": lambda: draw.tangent_plane("x^2 + y^2", [1, 0]),
    "constraint": lambda: draw.constraint("x y", "x^2 + y^2 = 1", [[HALF, HALF], [HALF, -HALF]]),
    "implicit": lambda: draw.implicit("x^2 + x y + y^2 = 3"),
    "meetings": lambda: draw.meetings("cos(x)", "x"),
    "field": lambda: draw.vector_field(["-y", "x"]),
    "linear map": lambda: draw.linear_map([[1, 1], [0.5, 1.5]]),
    "turn": lambda: draw.linear_map([[0, -1], [1, 0]], show=["grid", "circle", "eigen", "singular", "square"]),
    "determinant": lambda: draw.determinant([[3, 1], [1, 2]]),
    "volume": lambda: draw.determinant([[1, 0, 0.5], [0, 2, 0], [0, 0.3, 1]]),
    "transformations": lambda: draw.transformations({"stretch": [[2, 0], [0, 1]], "turn": [[0, -1], [1, 0]]}),
    "unit balls": lambda: draw.unit_balls([1, 2, float("inf"), [[2, 1], [1, 2]]]),
    "vectors": lambda: draw.vectors([[2, 1], [-1, 1], [1, 2]], ["u", "v", "u + v"]),
    "vectors of space": lambda: draw.vectors([[2, 1, 0], [-1, 1, 1]]),
    "projection": lambda: draw.projection([2, 1], [3, 0.5]),
    "projection on a plane": lambda: draw.projection([6, 0, 0], "[1 0; 1 1; 1 2]"),
    "gram schmidt": lambda: draw.gram_schmidt([[2, 0], [1, 1]]),
    "gram schmidt of space": lambda: draw.gram_schmidt([[1, 1, 0], [1, 0, 1], [0, 1, 1]], normalised=True),
    "subspace": lambda: draw.subspace([[1, 2, 0], [0, 1, 1]], [0, 0, 1], [[1, 2, 1]]),
    "graph": lambda: draw.graph(GRAPH),
    "heat map": lambda: draw.heat_map([[1, -2.5, 3], [0, 4, 1]], rows=["a", "b"], columns=["u", "v", "w"]),
    "large heat map": lambda: draw.heat_map(np.arange(600.0).reshape(20, 30)),
    "images": lambda: draw.images({"rank 1": np.ones((8, 6)), "rank 2": np.eye(8, 6)}),
    "histogram": lambda: draw.histogram(CLOUD, "normal", label="height", unit="cm"),
    "scatter": lambda: draw.scatter([0, 1, 2, 3], [1, 2.5, 5, 7], {"line": 1, "bend": "x^2/2 + 1"}, residuals=True),
    "gaussian": lambda: draw.gaussian([0, 1], [[2, 1], [1, 1]], 50, given={2: 2}),
    "convergence": lambda: draw.convergence({"plain": 0.8 ** np.arange(30), "momentum": 0.5 ** np.arange(30)}),
    "bars": lambda: draw.bars([0.1, 0.4, 0.5], ["A", "B", "C"], label="rank"),
}
