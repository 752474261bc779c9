"""What the reader of derivations takes and gives: pieces of a text, and lines with their roles, sides and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, Symbol
from agnesi.read.vocabulary import Definition


@dataclass(frozen=True)
class Piece:
    """A formula of a text: its place, and whether it continues the formula before it or is there to define."""

    text: str
    start: int
    stop: int
    continues: bool = False
    where: bool = False
    supposed: bool = False


@dataclass(frozen=True)
class Group:
    """Sides with the names of the relations between them: a = b ≤ c."""

    sides: tuple[Expr, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """What one formula says: its role, its groups of relations (several where ⇒ or ⇔ joins them), or its error.

    `role` is "definition" (of `name`, the first side of the first group is its body), "claim", "expression",
    "declaration" (of `names`), "model" or "problem". A line that continues has the last side above as its first side.
    `arrows` are the signs between groups ("implies", "iff").
    """

    piece: Piece
    role: str
    groups: tuple[Group, ...] = ()
    arrows: tuple[str, ...] = ()
    name: str = ""
    parameters: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    error: AgnesiError | None = None
    above: int = -1  # the piece that this one continues
    shape_fault: bool = False
    unsized: tuple[Group, ...] = ()  # its groups where all sizes are one, for a line whose shapes do not fit


@dataclass(frozen=True)
class Lines:
    """All lines of a text with their symbols, definitions, and what was said while reading."""

    lines: tuple[Line, ...]
    symbols: Mapping[str, Symbol]
    definitions: Mapping[str, Definition]
    inferred: tuple[str, ...]
    notes: tuple[str, ...]
    instances: frozenset[str] = frozenset()  # constants of functions of which nothing is said: a test, never a proof
    constrained: frozenset[str] = frozenset()  # functions of which an equation of the text may say what they satisfy


def in_anchor(error: AgnesiError, piece: Piece) -> bool:
    """Tell whether the fault lies in the side that a line goes on from, not in the line."""
    return error.where is not None and error.where.start < piece.start
