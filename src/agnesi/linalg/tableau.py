"""Elimination on a tableau [A | more]: pivots are chosen in the columns of A, and every operation is written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import sympy

from agnesi.linalg.notation import is_zero, low
from agnesi.linalg.row_operations import RowOperation, Rows, factored
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step

Pick = Literal["first", "one", "largest"]
PICKS = ("first", "one", "largest")


@dataclass
class Tableau:
    """Rows under elimination: `columns` may hold pivots, a bar stands before each of `bars`.

    `pick` says which entry of a column becomes the pivot: the "first" that is not zero, a "one" where there is one (so
    that no fractions arise), or the "largest", as programs do. Entries that are numbers come before those with letters;
    a pivot with letters is assumed not to be zero, and is kept in `assumed`.
    """

    rows: Rows
    columns: int
    bars: frozenset[int] = frozenset()
    pick: Pick = "first"
    operations: list[RowOperation] = field(default_factory=list)
    pivots: list[tuple[int, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    assumed: list[Any] = field(default_factory=list)

    def shown(self) -> Formula:
        """Return the rows as they are now, pivots marked."""
        return Formula.of("∼", grid(self.rows, bars=self.bars, marks=self.pivots))

    def do(self, rule: str, said: str, operations: Sequence[RowOperation], why: str = "", source: str = "") -> None:
        """Apply row operations, and keep them as one step with the matrix that they give."""
        before = [list(r) for r in self.rows]
        for operation in operations:
            self.rows = operation.on(self.rows)
        self.operations += operations
        data = {"before": before, "operations": list(operations), "after": [list(r) for r in self.rows]}
        told = f"{said}{', '.join(map(str, operations))}."
        self.steps.append(Step(rule, told, (self.shown(),), why, source, data))

    def remark(self, rule: str, said: str, **data: Any) -> None:
        """Keep a step that changes nothing: a column without a pivot."""
        self.steps.append(Step(rule, said, data={"rows": [list(r) for r in self.rows], **data}))

    def pivot_row(self, top: int, column: int) -> int | None:
        """Return the row, from `top` down, whose entry in the column becomes the pivot; None where all are zero."""
        found = [k for k in range(top, len(self.rows)) if not is_zero(self.rows[k][column])]
        plain = [k for k in found if not self.rows[k][column].free_symbols]
        if plain and self.pick == "largest":
            return max(plain, key=lambda k: (abs(self.rows[k][column]), -k))
        if plain and self.pick == "one":
            return min(plain, key=lambda k: (abs(self.rows[k][column]) != 1, k))
        return plain[0] if plain else found[0] if found else None

    def forward(self) -> None:
        """Bring the rows to echelon form: below each pivot only zeros."""
        top = 0
        for column in range(self.columns):
            if top == len(self.rows):
                break
            chosen = self.pivot_row(top, column)
            if chosen is None:
                self.remark("no pivot in a column", self._empty(top, column), column=column, top=top)
                continue
            if chosen != top:
                why = self._why_swap(top, chosen, column)
                self.do("swap two rows", "", [RowOperation("swap", top, chosen)], why, "MML 2.3.2")
            self.pivots.append((top, column))
            self._assume(self.rows[top][column])
            self.clear(top, column, range(top + 1, len(self.rows)), "below")
            top += 1
        last = max((k for k, s in enumerate(self.steps) if s.lines), default=None)
        if last is not None:  # the last pivots were found after that line
            self.steps[last] = replace(self.steps[last], lines=(self.shown(),))

    def clear(self, top: int, column: int, others: Iterable[int], side: str) -> None:
        """Make the entries of a column zero in other rows by multiples of the pivot row."""
        pivot = self.rows[top][column]
        where = [k for k in others if not is_zero(self.rows[k][column])]
        if not where:
            return
        operations = [RowOperation("add", k, top, factored(-self.rows[k][column] / pivot)) for k in where]
        said = f"Zeros {side} the pivot {scalar_text(pivot)} of column {column + 1}: "
        name, first = low("R", where[0] + 1), self.rows[where[0]][column]
        held = f"{name} has {scalar_text(first)} there"
        many = f", which is {_ratio(first, pivot)} times the pivot: that multiple" if pivot != 1 else ": that multiple"
        why = f"{held}{many} of {low('R', top + 1)} is taken away."
        self.do(f"zeros {side} a pivot", said, operations, why, "MML 2.3.2")

    def backward(self) -> None:
        """Bring an echelon form to the reduced one: every pivot 1, and only zeros above it."""
        scales = [
            RowOperation("scale", i, factor=factored(1 / self.rows[i][j]))
            for i, j in self.pivots
            if self.rows[i][j] != 1
        ]
        if scales:
            self.do("make pivots 1", "Divide each row by its pivot: ", scales, source="MML 2.3.2")
        for i, j in reversed(self.pivots):
            self.clear(i, j, range(i - 1, -1, -1), "above")

    def elimination(self) -> sympy.ImmutableMatrix:
        """Return the matrix E of all operations: E times the rows at the start is the rows now."""
        rows: Rows = sympy.eye(len(self.rows)).tolist()
        for operation in self.operations:
            rows = operation.on(rows)
        return sympy.ImmutableMatrix(rows)

    def _assume(self, pivot: Any) -> None:
        if pivot.free_symbols:
            factors = [f for f, _ in sympy.factor_list(sympy.fraction(pivot)[0])[1]]
            self.assumed += [f for f in factors if f not in self.assumed]

    def _empty(self, top: int, column: int) -> str:
        where = f"from row {top + 1} down" if top else "in it"
        return f"Column {column + 1} has no pivot: all entries {where} are 0."

    def _why_swap(self, top: int, chosen: int, column: int) -> str:
        entry = self.rows[top][column]
        if is_zero(entry):
            return f"The entry of {low('R', top + 1)} in column {column + 1} is 0, so it cannot be the pivot."
        best = scalar_text(self.rows[chosen][column])
        if entry.free_symbols:
            return f"{best} is a number, while {scalar_text(entry)} could be 0."
        kind = "the largest entry in size" if self.pick == "largest" else "an entry that divides without fractions"
        return f"{best} is {kind} of column {column + 1} from row {top + 1} down."


def _ratio(entry: Any, pivot: Any) -> str:
    return scalar_text(factored(entry / pivot))


def tableau(*blocks: sympy.MatrixBase, pick: Pick = "first") -> Tableau:
    """Return the tableau [A | B | …] of matrices with as many rows; pivots are looked for in the first."""
    rows = [[factored(v) for b in blocks for v in b.row(k)] for k in range(blocks[0].rows)]
    widths = [b.cols for b in blocks]
    bars = frozenset(sum(widths[:k]) for k in range(1, len(widths)))
    return Tableau(rows, widths[0], bars, pick)
