"""Whether each line of a derivation equals the one above it, numerically: for the golden transcripts and at random."""

from __future__ import annotations

from collections.abc import Iterable

from agnesi.check.evidence import Evidence, derivative_evidence, equal_evidence
from agnesi.expr.nodes import Expr, Symbol, apply, replace
from agnesi.rules.steps import Line


def unequal_lines(f: Expr, variable: Expr, lines: Iterable[Line], structure: str | None = None) -> list[str]:
    """Return what is wrong with the lines, as sentences; a line that cannot be tried counts as wrong.

    Names are replaced by what they stand for. A second derivative goes on from the gradient as a function of its own.
    """
    assert isinstance(variable, Symbol)
    names: dict[Expr, Expr] = {}
    last: dict[str, Expr] = {}
    label = "df"
    wrong: list[str] = []
    for line in lines:
        right = restored(line.right, names)
        if line.kind == "definition":
            assert isinstance(line.left, Symbol)
            names[line.left] = right
            continue
        left = str(line.left)
        if left.startswith("d") and left[1:] in last and line.kind == "differential":
            f, label, last = last[left[1:]], left, {}
        found = [equal(above, below, variable) for above, below in pairs(f, variable, line, right, left, last, label)]
        if line.kind == "result" and left not in last:
            found.append(derivative_evidence(f, [variable], right, structure=structure, points=2))
        if left == "G":
            found = [derivative_evidence(f, [variable], right, points=2)]
        wrong += [f"{left} = {line.right} by {line.rule}: {each}" for each in found if each.verdict != "tested"]
        last[left] = right
    return wrong


def equal(above: Expr, below: Expr, variable: Symbol) -> Evidence:
    """Compare two lines; where they differ, elsewhere too: d of a composite is a difference quotient, bad at a kink."""
    found = equal_evidence(above, below, points=2, moving=[variable.name])
    if found.verdict != "refuted":
        return found
    return equal_evidence(above, below, points=3, seed=1, moving=[variable.name])


def pairs(
    f: Expr, variable: Symbol, line: Line, right: Expr, left: str, last: dict[str, Expr], label: str
) -> Iterable[tuple[Expr, Expr]]:
    """Return what must be equal for a line to follow from those above it."""
    if line.kind == "given":
        yield f, right
    elif line.kind == "vec":
        dx = apply("d", variable)
        if not left.startswith("∂"):
            df = last.get(label, apply("d", f))
            yield (apply("vec", df) if df.ndim == 2 else df), right
        else:
            moved = apply("mul", right, apply("vec", dx) if dx.ndim == 2 else dx)
            yield last[f"vec {label}" if f.ndim == 2 else label], moved
    elif left in last:
        yield last[left], right
    elif line.kind != "result" and left == label:
        yield apply("d", f), right


def restored(expr: Expr, names: dict[Expr, Expr]) -> Expr:
    """Return an expression with names replaced by what they stand for."""
    return replace(expr, names) if names else expr
