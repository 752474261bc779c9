"""A line of a derivation, and how long a derivation is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agnesi.expr.nodes import Expr, fold

Grain = Literal["fewer", "normal", "all"]
Kind = Literal["given", "definition", "differential", "collect", "vec", "result"]


@dataclass(frozen=True)
class Line:
    """One line: `left` = `right` by `rule`, taught in `source`; `note` is a remark, on a kink or a convention.

    `left` is a label ("f", "df", "∇f") or, for a definition, its symbol. Lines of the kind "vec" are about vec f: the
    first gives vec df, the second its Jacobian in vec X.
    """

    left: Expr | str
    right: Expr
    rule: str
    source: str = ""
    kind: Kind = "differential"
    note: str = ""


def joined(parts: list[str]) -> str:
    """Join the names of laws, each once."""
    return "; ".join(dict.fromkeys(p for part in parts for p in part.split("; ") if p))


def length(lines: list[Line]) -> int:
    """Return the size of a derivation in nodes, as they are printed."""
    return sum(fold(line.right, lambda node, below: 1 + sum(below)) for line in lines)
