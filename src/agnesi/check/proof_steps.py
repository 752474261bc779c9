"""What a proof is: named steps, and what was assumed."""

from __future__ import annotations

from dataclasses import dataclass

from agnesi.expr.nodes import Expr


@dataclass(frozen=True)
class ProofStep:
    """One step: the equality in words, where it is taught, and the side after the step where it is written out."""

    name: str
    source: str
    expr: Expr | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.source})" if self.source else self.name


@dataclass(frozen=True)
class Proof:
    """Why two sides are equal: the steps in order, and what was assumed besides what is declared."""

    steps: tuple[ProofStep, ...]
    assumptions: tuple[str, ...] = ()

    def __str__(self) -> str:
        given = f", for {', '.join(self.assumptions)}" if self.assumptions else ""
        return "; ".join(map(str, self.steps)) + given
