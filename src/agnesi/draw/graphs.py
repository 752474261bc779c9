"""Computational graphs: nodes in layers from the inputs down to the output, with forward and backward values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import sympy

from agnesi.draw.graph_layout import Layout, layout_of
from agnesi.draw.incoming import needs
from agnesi.draw.layers import Array, Arrows, Axis, Boxes, Colour, Curve, Layer, Text
from agnesi.draw.picture import Picture
from agnesi.draw.words import counted, said
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr
from agnesi.worked.exact import to_expr
from agnesi.worked.graph import Edge, Graph, Node
from agnesi.worked.pieces import scalar_text

LINE, PAD, BETWEEN = 15.0, 12.0, 52.0  # of boxes and the room below them, in pixels of a picture 400 wide
LONGEST = 26
_COLOURS: dict[str, Colour] = {"input": "blue", "output": "vermillion"}


def graph(what: Any, edges: Any = None, *, title: str = "Computational graph") -> Picture:
    """Draw a computational graph: each node with its operation, value and adjoint, each edge with its local derivative.

    `what`: a `Graph` of `agnesi.worked.graph`, or nodes (objects with `name`, `operation`, `value`, `adjoint`) and
    `edges` (objects with `start`, `end`, `derivative`, `value`, or tuples of the first three). Source: MML 5.6.

    >>> from agnesi.worked.graph import Edge, Graph, Node
    >>> nodes = Node("x", "x", 3, 6, "input"), Node("f", "x²", 9, 1, "output")
    >>> graph(Graph(nodes, (Edge("x", "f", "2x", 6),))).alt.split(". ")[1]
    'x is 3, its adjoint 6'
    """
    nodes, links = _checked(what, edges)
    output = next((n.name for n in nodes if n.kind == "output"), nodes[-1].name)
    texts = [_box_text(n, output) for n in nodes]
    rows = max(t.count("\n") + 1 for t in texts)
    height = LINE * rows + PAD
    made = layout_of(
        [n.name for n in nodes], [(e.start, e.end) for e in links], _widths(nodes, texts), height + BETWEEN
    )
    layers: list[Layer] = []
    for edge in links:
        layers += _edge_layers(made, edge, height, _share(edge, links))
    centres = np.array([made.at[n.name] for n in nodes])
    layers.append(Boxes(centres, tuple(texts), tuple(_COLOURS.get(n.kind, "faint") for n in nodes)))
    axes = (
        Axis("", 0.0, made.width, shown=False),
        Axis("", -height / 2 - 8, made.height + height / 2 + 8, shown=False),
    )
    return Picture(
        title,
        axes,
        tuple(layers),
        _told(nodes, links, title),
        False,
        (made.height + height + 16) / 400,
        False,
        wide=max(1.0, made.width / 400),
    )


def _checked(what: Any, edges: Any) -> tuple[list[Node], list[Edge]]:
    """Return nodes and edges as records; raises `AgnesiError` for what is no graph."""
    nodes = list(what.nodes if edges is None and hasattr(what, "nodes") else what)
    links = list(what.edges if edges is None and hasattr(what, "edges") else edges or ())
    needs(bool(nodes), "The graph has no nodes.", repair="Give at least one.")
    needs(
        all(hasattr(n, "name") for n in nodes),
        "A node of the graph has no name.",
        expected='nodes such as Node("a", "x²", 4)',
    )
    needs(len(nodes) <= 120, f"The graph has {len(nodes)} nodes, which nobody can read.", expected="at most 120")
    taken = [
        Node(str(n.name), getattr(n, "operation", ""), getattr(n, "value", None), getattr(n, "adjoint", None),
             getattr(n, "kind", "operation"))
        for n in nodes
    ]  # fmt: skip
    made = [
        Edge(*e)
        if isinstance(e, tuple)
        else Edge(e.start, e.end, getattr(e, "derivative", None), getattr(e, "value", None))
        for e in links
    ]
    names = [n.name for n in taken]
    needs(len(set(names)) == len(names), "Two nodes of the graph have the same name.")
    for e in made:
        needs(e.start in names and e.end in names, f"The edge from {e.start} to {e.end} has an end that is no node.")
        if names.index(e.start) >= names.index(e.end):
            raise AgnesiError(
                f"The edge from {e.start} to {e.end} goes back.",
                expected="nodes in an order in which they can be computed",
            )
    inputs = set(names) - {e.end for e in made}
    return [
        Node(n.name, n.operation, n.value, n.adjoint, "input" if n.name in inputs and len(names) > 1 else n.kind)
        for n in taken
    ], made


def _written(value: Any) -> str:
    """Return an operation, a derivative or a value as text."""
    if value is None:
        return ""
    if isinstance(value, sympy.Basic) and not value.is_number:
        value = to_expr(value)
    if isinstance(value, Expr):
        return scalar_text(value)
    try:
        return said(value, 4)
    except (TypeError, ValueError):
        return str(value)


def _box_text(node: Node, output: str) -> str:
    operation = _written(node.operation)
    name = node.name if operation in ("", node.name) else f"{node.name} = {operation}"
    lines = [name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"]
    if node.value is not None:
        lines.append(_written(node.value))
    if node.adjoint is not None:
        lines.append(f"∂{output}/∂{node.name} = {_written(node.adjoint)}")
    return "\n".join(lines)


def _widths(nodes: list[Node], texts: list[str]) -> dict[str, float]:
    return {n.name: 7.0 * max(map(len, t.split("\n"))) + 14 for n, t in zip(nodes, texts, strict=True)}


def _edge_layers(made: Layout, edge: Edge, height: float, where: float) -> list[Layer]:
    """Return an edge from the bottom of a box to the top of another, with its local derivative in the middle."""
    way = made.ways[edge.start, edge.end].copy()
    way[0, 1] -= height / 2
    way[-1, 1] += height / 2
    smooth = _smooth(way)
    step = smooth[-1] - smooth[-2]
    back = smooth[-1] - step / (np.linalg.norm(step) or 1) * 12
    out: list[Layer] = [Curve(smooth, "", "faint", "solid", 1.5), Arrows(back[None], smooth[-1:], "", "faint", 1.5)]
    told = _derivative(edge)
    if told:
        at = round(where * 16) + (0 if where < 0.5 else len(smooth) - 17)
        out.append(Text(smooth[at], told, (0, 0), "green", True))
    return out


def _share(edge: Edge, links: list[Edge]) -> float:
    """Return where the derivative stands on its edge: near the end where edges part, near the start where they meet."""
    part = sum(e.start == edge.start for e in links) > 1
    meet = sum(e.end == edge.end for e in links) > 1
    return 0.5 if part == meet else 0.62 if part else 0.38


def _derivative(edge: Edge) -> str:
    formula, value = _written(edge.derivative), _written(edge.value)
    if not value or formula == value:
        return formula if len(formula) <= 14 else ""
    return f"{formula} = {value}" if len(formula) + len(value) <= 12 else value


def _smooth(way: Array) -> Array:
    """Return a line through the corners of a way with vertical ends: half a cosine between each two."""
    share = np.linspace(0, 1, 17)
    parts = []
    for a, b in pairwise(way):
        x = a[0] + (b[0] - a[0]) * (1 - np.cos(np.pi * share)) / 2
        parts.append(np.column_stack([x, a[1] + (b[1] - a[1]) * share]))
    return np.concatenate(parts)


def _told(nodes: list[Node], links: list[Edge], title: str) -> str:
    parts = []
    for n in nodes:
        operation = _written(n.operation)
        what = n.name if operation in ("", n.name) else f"{n.name} = {operation}"
        value = f" is {_written(n.value)}" if n.value is not None else ""
        adjoint = f", its adjoint {_written(n.adjoint)}" if n.adjoint is not None else ""
        parts.append(f"{what}{value}{adjoint}.")
    steps = [f"∂{e.end}/∂{e.start} = {_written(e.derivative)}{_equal(e)}" for e in links if e.derivative is not None]
    lead = f"{title}: {counted(len(nodes), 'node')}, {counted(len(links), 'edge')}."
    return " ".join([lead, *parts, *([f"Along the edges {'; '.join(steps)}."] if steps else [])])


def _equal(edge: Edge) -> str:
    value = _written(edge.value)
    return f" = {value}" if value and value != _written(edge.derivative) else ""


__all__ = ["Edge", "Graph", "Node", "graph"]
