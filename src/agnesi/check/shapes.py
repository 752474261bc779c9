"""Lines whose shapes do not fit, read once more with all sizes one: every matrix square, so they have a meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agnesi.errors import AgnesiError
from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Symbol, symbol, symbols_of
from agnesi.read.apply import resized
from agnesi.read.lines import Group, Lines, Piece, read_lines


def with_one_size(source: str, pieces: Sequence[Piece], lines: Lines) -> Lines:
    """Return the lines, those whose shapes do not fit with what they say where all sizes are one.

    A product X(Xw − y) of an n×d matrix with itself has no meaning; where n = d it has one, and whether the line is
    then right can be tested.
    """
    if not any(line.shape_fault for line in lines.lines):
        return lines
    again = read_lines(source, _needed(pieces, lines), (), one_size(lines.symbols))
    found = {line.piece.start: line.groups for line in again.lines if line.error is None}
    return replace(
        lines,
        lines=tuple(
            replace(line, unsized=found.get(line.piece.start, ())) if line.shape_fault else line for line in lines.lines
        ),
    )


def _needed(pieces: Sequence[Piece], lines: Lines) -> list[Piece]:
    """Return the pieces whose shapes do not fit, what they go on from, and the definitions."""
    declared = {line.piece.start for line in lines.lines if line.role == "declaration"}
    wanted = {line.piece.start for line in lines.lines if line.shape_fault or line.role in ("definition", "model")}
    kept: list[Piece] = []
    goes_on = False  # whether the piece behind goes on from this one
    for piece in reversed(pieces):
        if piece.start not in declared and (goes_on or piece.start in wanted):
            kept.append(piece)
            goes_on = piece.continues
    return kept[::-1]


def one_size(symbols: Mapping[str, Symbol], size: str = "n") -> dict[str, Symbol]:
    """Return the symbols with every size made the same."""
    return {name: symbol(s.name, [size] * s.ndim, s.facts) for name, s in symbols.items()}


def with_same_sizes(lines: Lines) -> Lines:
    """Return lines in which a letter has one size: x of y = ∑_i x_i² and of dy/dx, where the two were told apart."""
    def at(group: Group) -> Group:
        found: dict[str, set[Shape]] = {}
        for one in symbols_of(*group.sides):
            found.setdefault(one.name, set()).add(one.shape)
        equal: dict[str, Dim] = {}
        for name, shapes in found.items():
            own = lines.symbols[name].shape if name in lines.symbols else ()
            for shape in shapes if len(shapes) > 1 else ():
                if len(shape) == len(own):
                    pairs = [(a, b) for a, b in zip(shape, own, strict=True) if a != b]
                    equal |= {min(a.names): b for a, b in pairs if a.names and a == Dim.of(min(a.names))}
        try:
            return replace(group, sides=tuple(resized(side, equal) for side in group.sides)) if equal else group
        except AgnesiError:
            return group

    return replace(lines, lines=tuple(replace(li, groups=tuple(map(at, li.groups))) for li in lines.lines))
