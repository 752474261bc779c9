"""Solutions read off an echelon form: rows as equations, free unknowns, a particular solution, and the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from agnesi.errors import ShapeError
from agnesi.expr.nodes import Expr
from agnesi.linalg.notation import is_zero, low
from agnesi.linalg.row_operations import factored
from agnesi.linalg.tableau import Tableau
from agnesi.linalg.written import linear, put_in, said_list
from agnesi.worked.pieces import Formula, scalar_text
from agnesi.worked.record import Step

Found = tuple[sympy.ImmutableMatrix, sympy.ImmutableMatrix, list[int], list[Step]]


def named(unknowns: Any, count: int, taken: set[Any]) -> list[sympy.Symbol]:
    """Return the names of the unknowns: those given, else x₁, x₂, … (y₁, … where x₁ stands for a number).

    Raises `ShapeError` for another number of names.
    """
    given = unknowns.replace(",", " ").split() if isinstance(unknowns, str) else [str(u) for u in unknowns]
    if given and len(given) != count:
        raise ShapeError(f"There are {count} unknowns, and {len(given)} names.", repair="Name each column of A.")
    if given:
        return [sympy.Symbol(n, real=True) for n in given]
    held = {str(s) for s in taken}
    stem = next(s for s in ("x", "y", "z", "u", "v", "unknown") if not held & {f"{s}_{k + 1}" for k in range(count)})
    return [sympy.Symbol(f"{stem}_{k + 1}", real=True) for k in range(count)]


def general(particular: Any, kernel: Any, taken: set[Any]) -> tuple[sympy.ImmutableMatrix, list[sympy.Symbol]]:
    """Return particular + λ₁ k₁ + λ₂ k₂ + … and the letters λ; t₁, … where λ₁ is taken."""
    held = {str(s) for s in taken}
    stem = next(s for s in ("λ", "t", "s", "r", "parameter") if not any(h.startswith(s) for h in held))
    letters = [sympy.Symbol(f"{stem}_{k + 1}" if kernel.cols > 1 else stem, real=True) for k in range(kernel.cols)]
    value = particular
    for k, letter in enumerate(letters):
        value = value + letter * kernel[:, k]
    return sympy.ImmutableMatrix(value), letters


def no_solution(t: Tableau) -> Step:
    """Return the step that shows the row which says 0 = something else."""
    row = next(i for i in range(len(t.pivots), len(t.rows)) if not is_zero(t.rows[i][-1]))
    right = t.rows[row][-1]
    told = f"{low('R', row + 1)} says 0 = {scalar_text(right)}"
    lines = (Formula.of(0, "=", right),)
    data = {"rows": [list(r) for r in t.rows], "row": row}
    if right.free_symbols:
        return Step(
            "a condition for a solution", f"{told}: only where that holds is there a solution.", lines, data=data
        )
    return Step("no solution", f"{told}, which no values of the unknowns make true.", lines, data=data)


def read_off(t: Tableau, names: Sequence[Any]) -> Found:
    """Return particular solution, kernel, free columns and steps from a reduced echelon form [R | b].

    A tableau without a bar is that of A x = 0, with a last column of zeros.
    """
    n = t.columns
    leads = {j: i for i, j in t.pivots}
    free = [j for j in range(n) if j not in leads]
    particular = sympy.ImmutableMatrix([t.rows[leads[j]][-1] if j in leads else 0 for j in range(n)])
    kernel = sympy.zeros(n, len(free))
    for k, f in enumerate(free):
        kernel[f, k] = 1
        for j, i in leads.items():
            kernel[j, k] = factored(-t.rows[i][f])
    kernel = sympy.ImmutableMatrix(kernel)
    lines = tuple(
        Formula.of(names[j], "=", _solved_for(t.rows[i][-1], [(-t.rows[i][f], names[f]) for f in free]))
        for i, j in t.pivots
    )
    data = {"rows": [list(r) for r in t.rows], "particular": particular, "kernel": kernel}
    steps = [Step("read off", _told_free(free, names), lines, source="MML 2.3.1", data=data)]
    if free:
        steps.append(_particular(particular, free, names))
        steps.append(_kernel(kernel, free, names, bool(t.bars)))
    return particular, kernel, free, steps


def _solved_for(right: Any, terms: Sequence[tuple[Any, Any]]) -> Expr:
    """Return right + c₁x₁ + c₂x₂ + … as it is written; a right side 0 is left out where terms follow."""
    return linear([right, *(c for c, _ in terms)], [sympy.S.One, *(x for _, x in terms)])


def _told_free(free: Sequence[int], names: Sequence[Any]) -> str:
    if not free:
        return "Every unknown has a pivot: read off the solution."
    told = said_list([scalar_text(names[j]) for j in free])
    verb = "is" if len(free) == 1 else "are"
    return f"{told} {verb} free, for there is no pivot in {'its column' if len(free) == 1 else 'their columns'}: " \
        "solve each row for the unknown of its pivot."  # fmt: skip


def _particular(particular: Any, free: Sequence[int], names: Sequence[Any]) -> Step:
    told = " = ".join(scalar_text(names[j]) for j in free)
    said = f"A particular solution: {told} = 0."
    return Step("particular solution", said, (Formula.of("x_p", "=", particular),), data={"particular": particular})


def _kernel(kernel: Any, free: Sequence[int], names: Sequence[Any], right: bool) -> Step:
    lines = tuple(Formula.of(low("k", k + 1), "=", kernel[:, k]) for k in range(len(free)))
    ones = f"{scalar_text(names[free[0]])} = 1" if len(free) == 1 else "one free unknown after the other 1, the rest 0"
    said = f"The kernel, all solutions of A x = 0: {'b replaced by 0, and ' if right else 'put '}{ones}."
    return Step("kernel", said, lines, source="MML 2.3.3", data={"kernel": kernel})


def back_substituted(t: Tableau, names: Sequence[Any]) -> Found:
    """Return particular solution, kernel, free columns and steps from an echelon form [U | b], from its last row up."""
    n = t.columns
    leads = {j for _, j in t.pivots}
    free = [j for j in range(n) if j not in leads]
    known: dict[int, Any] = {j: names[j] for j in free}
    steps = [Step("free unknowns", _told_free(free, names).split(":")[0] + ".")] if free else []
    for i, j in reversed(t.pivots):
        steps.append(one_unknown(t.rows[i], j, known, names, "back substitution", i + 1))
    at_zero = {names[j]: 0 for j in free}
    particular = sympy.ImmutableMatrix([factored(sympy.sympify(known[j]).subs(at_zero)) for j in range(n)])
    kernel = sympy.ImmutableMatrix(n, len(free), lambda j, k: factored(sympy.diff(known[j], names[free[k]])))
    if free:
        steps.append(_particular(particular, free, names))
        steps.append(_kernel(kernel, free, names, bool(t.bars)))
    return particular, kernel, free, steps


def one_unknown(
    row: Sequence[Any], j: int, known: dict[int, Any], names: Sequence[Any], rule: str, number: int
) -> Step:
    """Solve one equation (a row, its right side last) for unknown j, the others `known`; keep it in `known`."""
    others = [k for k in range(len(names)) if k != j and not is_zero(row[k])]
    found = factored((row[-1] - sum(row[k] * known[k] for k in others)) / row[j])
    known[j] = found if found.free_symbols.isdisjoint(names) else sympy.expand(found)
    lines = [Formula.of(linear(row[:-1], names), "=", row[-1])]
    if others:
        lines.append(Formula.of(names[j], "=", put_in(row[-1], row[j], [(row[k], known[k]) for k in others])))
    if others or row[j] != 1:
        lines.append(Formula.of(names[j], "=", known[j]))
    data = {"row": list(row), "column": j, "known": dict(known)}
    return Step(rule, f"Equation {number} gives {scalar_text(names[j])}.", tuple(lines), data=data)
