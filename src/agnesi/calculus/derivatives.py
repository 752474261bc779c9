"""Derivatives by the rules, line by line, and the table of the rules themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import mpmath
import sympy

from agnesi.calculus.functions import (
    Function,
    Letters,
    differences,
    function,
    letter,
    letters,
    neat,
    partial,
    said,
    sample,
    shown,
    vanishes,
)
from agnesi.calculus.given import whole
from agnesi.errors import AgnesiError, NoDerivative, UnknownName
from agnesi.expr.nodes import Expr, Symbol, symbol
from agnesi.rules.derive import derivative as closed_form
from agnesi.rules.steps import Line, explain
from agnesi.worked.exact import from_expr, to_expr
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

BY_THE_LIMIT = "Imperial MVC W1"


def derivative(f: Any, variable: Letters = None, order: int = 1) -> Worked:
    """Differentiate a function of one variable by the rules, or partially in one of several.

    >>> print(derivative("sin(x^2)").answer[0].text()[0])
    df/dx = 2x cos(x²)

    `order` above 1 differentiates again. Raises `UnknownName` where the variable is not told and several are there,
    `NoDerivative` where no rule is known. Source: MML 5.1.2, 5.2; Parr & Howard 2, 3.
    """
    read, x = _asked(f, variable)
    order = whole(order, "the order")
    if order < 1 or order > 9:
        raise NoDerivative(f"A derivative of order {order} is not worked out.", repair="Ask for an order from 1 to 9.")
    several = len(read.expr.free_symbols - {x}) > 0
    steps: list[Step] = []
    current: Any = read.written
    label = read.name
    for k in range(order):
        found, lines = by_rules(current, x, label)
        steps += lines
        current, label = found, f"{read.name}{'′' * (k + 1)}"
    result = from_expr(current) if isinstance(current, Expr) else current
    sign = _sign(read.name, x, order, several)
    return Worked(
        "derivative", (read.question(),), result, (Formula.of(sign, "=", shown(result)),), tuple(steps),
        tuple(checked(read.expr, x, result, order)), {"variable": x, "function": read.expr},
        _held(read, x, several), "MML 5.2" if several else "MML 5.1.2",
    )  # fmt: skip


def _held(read: Function, x: sympy.Symbol, several: bool) -> tuple[str, ...]:
    if not several:
        return ()
    others = [letter(s) for s in sorted(read.expr.free_symbols - {x}, key=str)]
    return (f"{', '.join(others)} {'are' if len(others) > 1 else 'is'} held constant.",)


def _asked(f: Any, variable: Letters) -> tuple[Function, sympy.Symbol]:
    read = function(f, None if isinstance(f, Function) else variable if isinstance(variable, str | list) else None)
    read = Function(read.expr, read.written, function(read.expr).variables, read.name)
    if variable is not None:
        return read, letters(variable)[0]
    if len(read.variables) > 1:
        raise UnknownName(
            f"{read.head} has several variables.", repair=f'Name one of them: derivative(f, "{read.variables[0]}").'
        )
    return read, read.variables[0] if read.variables else sympy.Symbol("x", real=True)


def _sign(name: str, x: sympy.Symbol, order: int, several: bool) -> str:
    if order == 1:
        return partial(name, x, several)
    if order == 2:
        d = "∂" if several else "d"
        return f"{d}²{letter(name)}/{d}{letter(x)}²"
    return f"{letter(name)}⁽{str(order).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}⁾"


def by_rules(written: Any, x: sympy.Symbol, name: str = "f") -> tuple[Any, list[Step]]:
    """Return a derivative in closed form and the lines that lead to it; without lines where only sympy knows it."""
    try:
        source = written if isinstance(written, Expr) else to_expr(written)
        variable = symbol(x.name, ())
        found = closed_form(source, [variable])
        return found, [_step(line) for line in explain(source, variable, found, name=name) if line.kind != "given"]
    except AgnesiError:
        expr = from_expr(written) if isinstance(written, Expr) else written
        got = neat(sympy.diff(expr, x))
        if got.has(sympy.Derivative):
            raise NoDerivative(f"No rule is known for the derivative of {said(written)}.") from None
        step = Step("derivative", f"Differentiate in {letter(x)}.", (Formula.of(shown(got)),), data={"result": got})
        return shown(got), [step]


def _step(line: Line) -> Step:
    left = line.left if isinstance(line.left, str) else line.left.name if isinstance(line.left, Symbol) else line.left
    words = {"definition": "name a part", "differential": "differential", "collect": "collect", "result": "read off"}
    told = f"Name a part: {line.rule}." if line.kind == "definition" else sentence(line.rule)
    right = _ordered(line.right) if line.kind == "result" else line.right
    data = {"left": left, "right": line.right}
    return Step(words.get(line.kind, line.kind), told, (Formula.of(left, "=", right),), line.note, line.source, data)


def _ordered(written: Expr) -> Any:
    """Return an expression with its factors in alphabetical order, as a person writes numbers and letters."""
    try:
        return shown(from_expr(written))
    except AgnesiError:
        return written


def sentence(words: str) -> str:
    """Return words as a sentence; what begins with a formula keeps its small letter."""
    word = re.match(r"[A-Za-z]{3,}\b(?!\()|a (?!is\b|and\b|are\b)", words)
    return f"{words[:1].upper() if word else words[:1]}{words[1:]}."


def checked(f: sympy.Expr, x: sympy.Symbol, result: sympy.Expr, order: int = 1) -> list[Verified]:
    """Check a derivative: against sympy's, and against differences at three points with 40 digits."""
    before = f if order == 1 else sympy.diff(f, x, order - 1)
    out = []
    other = sympy.diff(f, x, order)
    if vanishes(other - result):
        out.append(Verified("sympy's derivative is the same", True))
    worst, tried = mpmath.mpf(0), 0
    for seed in range(6):
        at = sample(sorted(f.free_symbols | {x}, key=str), seed)
        try:
            seen = differences(before, x, at)
            with mpmath.workdps(40):
                told = mpmath.mpf(sympy.N(result.subs(at), 40))
                error = abs(seen - told) / (1 + abs(told))
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        worst, tried = max(worst, error), tried + 1
        if tried == 3:
            break
    if tried:
        how = f"largest error {mpmath.nstr(worst, 1)}"
        out.append(Verified(f"central differences at {tried} points", bool(worst < 1e-15), how))
    return out


def _table() -> list[tuple[str, sympy.Expr, sympy.Expr, str]]:
    """Return the rules: name, function, derivative as the rule has it, condition."""
    x, c, n = sympy.symbols("x c n", real=True)
    a = sympy.Symbol("a", positive=True)
    u, v = (sympy.Function(k)(x) for k in "uv")
    du, dv = u.diff(x), v.diff(x)
    g = sympy.Function("u")
    return [
        ("constant", c, sympy.Integer(0), ""), ("constant factor", c * u, c * du, ""),
        ("power", x**n, n * x ** (n - 1), ""), ("sum", u + v, du + dv, ""), ("difference", u - v, du - dv, ""),
        ("product", u * v, du * v + u * dv, ""), ("quotient", u / v, (du * v - u * dv) / v**2, "v ≠ 0"),
        ("chain", g(v), sympy.Subs(sympy.Derivative(g(x), x), x, v) * dv, "du/dx = du/dv · dv/dx"),
        ("exponential", sympy.exp(x), sympy.exp(x), ""), ("general exponential", a**x, a**x * sympy.log(a), "a > 0"),
        ("logarithm", sympy.log(x), 1 / x, "x > 0"), ("sine", sympy.sin(x), sympy.cos(x), ""),
        ("cosine", sympy.cos(x), -sympy.sin(x), ""), ("tangent", sympy.tan(x), 1 / sympy.cos(x) ** 2, ""),
        ("reciprocal", 1 / x, -1 / x**2, "x ≠ 0"), ("square root", sympy.sqrt(x), 1 / (2 * sympy.sqrt(x)), "x > 0"),
        ("hyperbolic tangent", sympy.tanh(x), 1 - sympy.tanh(x) ** 2, ""),
        ("sigmoid", 1 / (1 + sympy.exp(-x)), sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2, "σ′ = σ(1 − σ)"),
    ]  # fmt: skip


_SAID = {
    "constant factor": ("c u", "c u′"), "sum": ("u + v", "u′ + v′"), "difference": ("u − v", "u′ − v′"),
    "product": ("u v", "u′v + u v′"), "quotient": ("u/v", "(u′v − u v′)/v²"), "chain": ("u(v)", "u′(v) v′"),
}  # fmt: skip


def derivative_rules() -> Worked:
    """Return the table of the rules of differentiation, each checked by sympy with u and v unknown functions.

    >>> derivative_rules().verified
    True

    Source: Parr & Howard 2; MML 5.1.2.
    """
    steps, evidence, rows = [], [], []
    for name, f, slope, condition in _table():
        holds = sympy.simplify((sympy.diff(f, sympy.Symbol("x", real=True)) - slope).doit()) == 0
        left, right = _SAID.get(name, (shown(f), shown(slope)))
        line = Formula.of("d/dx", "(", left, ")", "=", right)
        why = f"({condition})" if condition else ""
        steps.append(Step("rule", f"{name[:1].upper()}{name[1:]} rule.", (line,), why, "", {"f": f, "slope": slope}))
        evidence.append(Verified(f"{name} rule, symbolically", bool(holds)))
        rows.append((name, f, slope))
    together = Verified(f"{len(rows)} rules against sympy's derivative", all(v.holds for v in evidence))
    return Worked(
        "rules of differentiation", (), rows, (Formula.of(f"{len(rows)} rules"),), tuple(steps),
        (together,), {"rules": rows}, source="Parr & Howard 2",
    )  # fmt: skip


def nth(f: sympy.Expr, variables: Sequence[sympy.Symbol], orders: Sequence[int]) -> sympy.Expr:
    """Return a mixed partial derivative of the given orders."""
    for v, k in zip(variables, orders, strict=True):
        f = sympy.diff(f, v, k)
    return neat(f)
