"""Slopes in other coordinates: ∂r/∂x where x = r cos θ and y = r sin θ were given, the other coordinate held.

    x = r cos(θ); y = r sin(θ)        ∂r/∂x is the entry (r, x) of the inverse of ∂(x, y)/∂(r, θ)

1/(∂x/∂r) would be another slope: the one with θ held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, postorder, symbols_of
from agnesi.expr.nodes import replace as replaced
from agnesi.read.found_lines import Group, Lines

MOST = 4  # coordinates


@dataclass(frozen=True)
class System:
    """New coordinates as expressions of the old ones, as many as there are."""

    new: tuple[Expr, ...]
    bodies: tuple[Expr, ...]
    old: tuple[Symbol, ...]

    def slope(self, old: Expr, new: Expr) -> Expr | None:
        """Return ∂(old)/∂(new), the other new coordinates held, or None where they are not of this system."""
        if old not in self.old or new not in self.new:
            return None
        slopes = [apply("derivative", body, x, attrs=("partial",)) for body in self.bodies for x in self.old]
        inverse = apply("inv", apply("blocks", *slopes, attrs=(len(self.bodies), len(self.old))))
        return apply("entry", inverse, constant(self.old.index(old) + 1), constant(self.new.index(new) + 1))


def systems(given: Iterable[tuple[Expr, Expr]]) -> list[System]:
    """Return the systems among (new coordinate, its body): k bodies in k numbers; a body may lack some of them."""
    bodies = {new: (body, frozenset(symbols_of(body))) for new, body in given if not body.shape}
    found = []
    for letters in dict.fromkeys(held for _, held in bodies.values()):
        inside = {new: body for new, (body, held) in bodies.items() if held and held <= letters and new not in letters}
        numbers = 2 <= len(letters) <= MOST and not any(s.shape for s in letters)
        if numbers and len(inside) == len(letters):
            found.append(System(tuple(inside), tuple(inside.values()), tuple(sorted(letters, key=lambda s: s.name))))
    return found


def with_slopes(group: Group, found: Sequence[System]) -> Group:
    """Return a group with the slopes of old coordinates in new ones."""
    told: dict[Expr, Expr] = {}
    for node in postorder(*group.sides) if found else ():
        if isinstance(node, Apply) and node.op.name == "derivative" and len(node.args) == 2:
            slopes = (one.slope(*node.args) for one in found)
            slope = next((s for s in slopes if s is not None), None)
            told |= {} if slope is None else {node: slope}
    return Group(tuple(replaced(s, told) for s in group.sides), group.ops) if told else group


def with_inverse_slopes(lines: Lines) -> Lines:
    """Return lines with the slopes of what definitions have as coordinates: there x stands as r cos θ."""
    bodies: Mapping[str, Expr] = {n: d.body for n, d in lines.definitions.items() if not d.parameters}
    found = systems((body, body) for body in bodies.values())
    if not found:
        return lines
    made = (replace(li, groups=tuple(with_slopes(g, found) for g in li.groups)) for li in lines.lines)
    return replace(lines, lines=tuple(made))
