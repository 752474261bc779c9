"""Gradients, Jacobians, Hessians and directional derivatives: as formulas, and at a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
import sympy

from agnesi.calculus.derivatives import by_rules
from agnesi.calculus.functions import (
    Function,
    Letters,
    called,
    differences,
    function,
    functions,
    has_kink,
    letter,
    neat,
    partial,
    point,
    said,
    said_point,
    sample,
    shown,
    tupled,
)
from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.expr.nodes import Expr
from agnesi.worked.exact import from_expr
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

MOST = 64  # entries of a matrix of derivatives


def gradient(f: Any, at: Any = None, variables: Letters = None) -> Worked:
    """Find the gradient: all partial derivatives of a scalar function, each by the rules with the others held constant.

    >>> gradient("x^2 y + 3z").value
    Matrix([[2*x*y, x**2, 3]])
    >>> gradient("x^2 y + 3z", [1, 2, 3]).part
    Matrix([[4, 1, 3]])

    Shapes: f: [] of x: [n] -> [1 n], a row, as the Jacobian of one function. Source: MML 5.2; Parr & Howard 3.
    """
    found = jacobian([function(f, variables)] if isinstance(f, str) else [f], at, variables)
    return Worked("gradient", found.question, found.value, found.answer, found.steps, found.evidence, found.parts,
                  found.notes, "MML 5.2")  # fmt: skip


def jacobian(f: Any, at: Any = None, variables: Letters = None) -> Worked:
    """Find the Jacobian of several functions: a row for each function, a column for each variable.

    >>> jacobian(["3x^2 y", "2x + y^8"]).value
    Matrix([
    [6*x*y, 3*x**2],
    [    2, 8*y**7]])

    With a point `at` the part `part` is the matrix of numbers there. Shapes: f: [m] of x: [n] -> [m n].
    Raises `ShapeError` for a point of another length, `TooLarge` above 64 entries. Source: Parr & Howard 4; MML 5.3.
    """
    fs = _all(f, variables)
    xs = fs[0].variables
    if not xs:
        raise ShapeError("The function has no variables.", repair="Name one, as in variables='x'.")
    if len(fs) * len(xs) > MOST:
        raise TooLarge(f"The Jacobian has {len(fs) * len(xs)} entries.", repair=f"At most {MOST} are worked out.")
    steps, rows = [], []
    for g in fs:
        row = []
        for x in xs:
            entry, step = partial_step(g, x)
            row.append(entry)
            steps.append(step)
        rows.append(row)
    J = sympy.ImmutableMatrix(rows)
    name, below = _symbol(fs), _below(xs)
    told = "Put them in a row." if len(fs) == 1 else "Stack them: a row for each function, a column for each variable."
    steps.append(
        Step(
            "stack",
            told,
            (Formula.of(name, "=", grid(_cells(J))),),
            f"It is {J.rows}×{J.cols}.",
            "Parr & Howard 4",
            {"jacobian": J},
        )
    )
    return _with_point("Jacobian", fs, J, at, steps, name, below)


def _all(f: Any, variables: Letters) -> tuple[Function, ...]:
    if isinstance(f, list | tuple) and f and all(isinstance(g, Function) for g in f):
        return tuple(f) if variables is None else tuple(function(g, variables) for g in f)
    return functions(f, variables)


def _symbol(fs: Sequence[Function]) -> str:
    return f"∇{letter(fs[0].name)}" if len(fs) == 1 else "J"


def _below(xs: Sequence[sympy.Symbol]) -> str:
    return f"({', '.join(letter(x) for x in xs)})"


def partial_step(f: Function, x: sympy.Symbol) -> tuple[sympy.Expr, Step]:
    """Return a partial derivative and the step that finds it, with the laws that were used."""
    found, lines = by_rules(f.written if isinstance(f.written, Expr) else f.expr, x, f.name)
    entry = from_expr(found) if isinstance(found, Expr) else found
    entry = neat(entry)
    laws = [s.said.rstrip(".") for s in lines if s.rule == "differential"]
    others = [letter(v) for v in f.variables if v != x and v in f.expr.free_symbols]
    several = len(f.variables) > 1
    held = f", with {' and '.join(others)} held constant" if others else ""
    if x not in f.expr.free_symbols:
        held, laws = f": {letter(x)} does not occur", []
    sign = partial(f.name, x, several)
    line = Formula.of(sign, "=", shown(entry))
    data = {"function": f.expr, "variable": x, "result": entry}
    return entry, Step("partial derivative", f"Differentiate {letter(f.name)} in {letter(x)}{held}.", (line,),
                       "; ".join(dict.fromkeys(laws)), "MML 5.2" if several else "MML 5.1.2", data)  # fmt: skip


def _cells(matrix: Any) -> list[list[Any]]:
    return [[shown(v) for v in row] for row in matrix.tolist()]


def _with_point(kind: str, fs: Sequence[Function], J: Any, at: Any, steps: list[Step], name: str, below: str) -> Worked:
    """Finish a matrix of derivatives: the formula, and the numbers at a point if there is one."""
    xs = fs[0].variables
    question = tuple(f.question() for f in fs)
    answer = [Formula.of(name, "=", grid(_cells(J)))]
    parts: dict[str, Any] = {"variables": xs}
    if at is not None:
        where = point(at, xs)
        put = dict(zip(xs, where, strict=True))
        there = sympy.ImmutableMatrix(J.subs(put, simultaneous=True).applyfunc(neat))
        if kink(there) or any(has_kink(f.expr, xs, where) for f in fs):
            raise NotNumeric(f"A derivative has no value at {said_point(where)}.", repair="Choose another point.")
        line = Formula.of(*called(name, where), "=", grid(_cells(there)))
        told = "Put the point in: " + ", ".join(f"{letter(x)} = {said(w)}" for x, w in put.items()) + "."
        steps.append(Step("put in", told, (line,), data={"matrix": J, "point": put, "result": there}))
        answer.append(line)
        parts |= {"at": where, "part": there}
        question = (*question, Formula.of("at", _below(xs), "=", *tupled(where)))
    evidence = [entries_checked([f.expr for f in fs], xs, J)] if kind == "Jacobian" else []
    return Worked(kind, question, J, tuple(answer), tuple(steps), tuple(evidence), parts,
                  source="Parr & Howard 4" if kind == "Jacobian" else "MML 5.7")  # fmt: skip


def kink(values: Any) -> bool:
    """Tell whether a value is none: a pole, or the derivative of |x| where it has a kink."""
    return bool(values.has(sympy.zoo, sympy.nan, sympy.oo, sympy.DiracDelta, sympy.Derivative, sympy.Heaviside))


def entries_checked(fs: Sequence[sympy.Expr], xs: Sequence[sympy.Symbol], J: Any) -> Verified:
    """Check every entry of a Jacobian by central differences with 40 digits."""
    worst, tried = mpmath.mpf(0), 0
    letters_in = sorted(set(xs).union(*(f.free_symbols for f in fs)), key=str)
    for seed in range(4):
        at = sample(letters_in, seed)
        try:
            for i, f in enumerate(fs):
                for j, x in enumerate(xs):
                    seen = differences(f, x, at)
                    with mpmath.workdps(40):
                        told = mpmath.mpf(sympy.N(J[i, j].subs(at), 40))
                        worst = max(worst, abs(seen - told) / (1 + abs(told)))
            tried += 1
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        if tried == 2:
            break
    how = f"largest error {mpmath.nstr(worst, 1)}".replace("-", "−") if tried else "no point of the domain was found"
    return Verified(f"central differences of every entry at {tried} points", bool(tried and worst < 1e-15), how)


def hessian(f: Any, at: Any = None, variables: Letters = None) -> Worked:
    """Find the Hessian, the matrix of second partial derivatives, and its determinant.

    >>> hessian("x^2 - y^2").value
    Matrix([
    [2,  0],
    [0, -2]])

    Shapes: f: [] of x: [n] -> [n n]. Source: Imperial MVC W2; MML 5.7.
    """
    read = function(f, variables)
    xs = read.variables
    if not xs or len(xs) ** 2 > MOST:
        raise TooLarge(f"A Hessian in {len(xs)} variables is not worked out.", repair="Use between 1 and 8 variables.")
    steps, first = [], []
    for x in xs:
        entry, step = partial_step(read, x)
        first.append(entry)
        steps.append(step)
    rows = [[neat(sympy.diff(g, y)) for y in xs] for g in first]
    H = sympy.ImmutableMatrix(rows)
    steps += [_second(read, x, g, row) for x, g, row in zip(xs, first, rows, strict=True)]
    symmetric = H.is_symmetric()
    why = (
        "It is symmetric: the order of differentiation does not matter (Schwarz)." if symmetric and len(xs) > 1 else ""
    )
    steps.append(
        Step(
            "Hessian",
            "Put the second derivatives in a matrix.",
            (Formula.of("H", "=", grid(_cells(H))),),
            why,
            "Imperial MVC W2",
            {"gradient": first, "hessian": H},
        )
    )
    told = _with_point("Hessian", [read], H, at, steps, "H", _below(xs))
    evidence = (entries_checked(first, xs, H), Verified("the matrix is symmetric", bool(symmetric)))
    there = told.parts.get("part", H)
    parts = {**told.parts, "determinant": neat(there.det()), "gradient": tuple(first)}
    answer = (*told.answer, Formula.of("det H", "=", shown(parts["determinant"]))) if len(xs) > 1 else told.answer
    return Worked("Hessian", told.question, H, answer, told.steps, evidence, parts, source="Imperial MVC W2")


def _second(f: Function, x: sympy.Symbol, g: sympy.Expr, row: Sequence[sympy.Expr]) -> Step:
    d = "∂" if len(f.variables) > 1 else "d"
    lines = []
    for y, entry in zip(f.variables, row, strict=True):
        below = f"{d}{letter(x)}²" if x == y else f"{d}{letter(y)}{d}{letter(x)}"
        lines.append(Formula.of(f"{d}²{f.name}/{below}", "=", shown(entry)))
    told = f"Differentiate {partial(f.name, x, len(f.variables) > 1)} = {said(g)} once more."
    return Step("second derivatives", told, tuple(lines), "", "MML 5.7", {"function": g, "row": tuple(row)})


def directional(f: Any, at: Any, direction: Any, variables: Letters = None) -> Worked:
    """Find the derivative along a direction: the gradient times the unit vector of the direction.

    >>> directional("x^2 + y^2", [1, 1], [3, 4]).value
    14/5

    The parts `steepest` and `slope` are the direction of steepest ascent and the slope along it. Raises `ShapeError`
    for a zero direction. Source: Imperial MVC W5; MML 5.2.
    """
    read = function(f, variables)
    xs = read.variables
    where, along = point(at, xs), point(direction, xs, "The direction")
    length = sympy.sqrt(sum(a**2 for a in along))
    if length == 0:
        raise ShapeError("The direction is zero.", repair="Give a direction that is not zero.")
    unit = [sympy.nsimplify(a / length) if (a / length).is_Rational else sympy.simplify(a / length) for a in along]
    there = [neat(g.subs(dict(zip(xs, where, strict=True)))) for g in read.gradient]
    if any(kink(g) for g in there) or has_kink(read.expr, xs, where):
        raise NotNumeric(f"A derivative has no value at {said_point(where)}.", repair="Choose another point.")
    value = sympy.simplify(sum((g * u for g, u in zip(there, unit, strict=True)), sympy.Integer(0)))
    steep = sympy.simplify(sympy.sqrt(sum(g**2 for g in there)))
    name = letter(read.name)
    steps = (
        Step(
            "gradient",
            "Find the gradient at the point.",
            (Formula.of(*called(f"∇{name}", where), "=", *tupled(there)),),
            "",
            "MML 5.2",
            {"gradient": there},
        ),
        Step(
            "unit vector",
            "Divide the direction by its length.",
            (Formula.of("u", "=", *tupled(unit)),),
            f"Its length is {said(length)}.",
            "",
            {"direction": along, "unit": unit},
        ),
        Step(
            "dot product",
            "Multiply them entry by entry, and add.",
            (Formula.of(f"∇{name}", "·", "u", "=", shown(value)),),
            "",
            "Imperial MVC W5",
            {"value": value},
        ),
        Step(
            "steepest ascent",
            "The largest slope is along the gradient itself; downhill is the opposite.",
            (Formula.of(f"‖∇{name}‖", "=", shown(steep)),),
            "Cauchy–Schwarz",
            "MML 5.2",
            {"slope": steep},
        ),
    )
    t = sympy.Dummy("t", real=True)
    moved = read.expr.subs({x: w + t * u for x, w, u in zip(xs, where, unit, strict=True)}, simultaneous=True)
    numbers = sample(sorted((moved.free_symbols | value.free_symbols) - {t}, key=str))
    seen = differences(moved, t, {**numbers, t: sympy.Integer(0)})
    with mpmath.workdps(40):
        error = abs(seen - mpmath.mpf(sympy.N(value.subs(numbers), 40)))
    holds = Verified("central difference along the line", bool(error < 1e-12 * (1 + abs(seen))),
                     f"error {mpmath.nstr(error, 1)}".replace("-", "−"))  # fmt: skip
    question = (read.question(), Formula.of("at", *tupled(where), "along", *tupled(along)))
    steepest = tuple(sympy.simplify(g / steep) for g in there) if steep != 0 else ()
    return Worked("directional derivative", question, value, (Formula.of("∂f/∂u", "=", shown(value)),), steps, (holds,),
                  {"unit": tuple(unit), "gradient": tuple(there), "slope": steep, "steepest": steepest},
                  source="Imperial MVC W5")  # fmt: skip
