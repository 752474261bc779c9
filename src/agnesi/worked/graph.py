"""A computational graph as a record: what each node computes, its value and adjoint, local derivatives on edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Node:
    """One node: its name ("a"), the operation in the names of its parents ("x²"), its value and its adjoint ∂f/∂a.

    `kind` is "input", "operation" or "output"; `adjoint` is None before the backward pass.
    """

    name: str
    operation: Any
    value: Any = None
    adjoint: Any = None
    kind: str = "operation"


@dataclass(frozen=True)
class Edge:
    """An edge from a parent to the node that uses it: the local derivative as an expression and as a number."""

    start: str
    end: str
    derivative: Any
    value: Any = None


@dataclass(frozen=True)
class Graph:
    """The nodes in an order in which they can be computed, and the edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, name: str) -> Node:
        """Return the node of a name."""
        return next(n for n in self.nodes if n.name == name)

    def into(self, name: str) -> tuple[Edge, ...]:
        """Return the edges that end at a node."""
        return tuple(e for e in self.edges if e.end == name)

    def out_of(self, name: str) -> tuple[Edge, ...]:
        """Return the edges that start at a node."""
        return tuple(e for e in self.edges if e.start == name)

    def depths(self) -> dict[str, int]:
        """Return for each node the length of the longest way to it from an input: its column in a drawing."""
        found: dict[str, int] = {}
        for node in self.nodes:
            found[node.name] = max((found[e.start] + 1 for e in self.into(node.name)), default=0)
        return found
