"""Functions and points as people write them: texts, lists, expressions, and how their values are shown.

f = function("x^2 y + 3z")           # its letters are its variables, in alphabetical order
g = function("a x^2", "x")           # a stays a letter
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import mpmath
import numpy as np
import sympy
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from agnesi.errors import AgnesiError, NotNumeric, ShapeError, UnknownName
from agnesi.expr.nodes import Expr
from agnesi.worked.exact import from_expr, read_scalar, scalar, to_expr
from agnesi.worked.pieces import Formula

Letters: TypeAlias = str | Sequence[Any] | None

_CALLS = {
    "exp", "log", "sin", "cos", "tan", "sqrt", "abs", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "erf",
    "gamma", "sign", "sigmoid", "relu", "ln", "pi", "max", "min",
}  # fmt: skip
_GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho",
    "sigma", "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{2,}(?![\w(])")
_CALL = re.compile(r"(?<![\w.])([A-Za-z]{2,})\s*\(")
_LONGEST = 4  # letters side by side that are still taken as a product
_SPELLED = (
    (re.compile(r"σ\s*\("), "sigmoid("), (re.compile(r"max\(\s*0\s*,"), "relu("),
    (re.compile(r"\b(arc)?(sin|cos|tan)h?⁻¹\s*\("), r"arc\2("),
)  # fmt: skip


@dataclass(frozen=True)
class Function:
    """A real function of some letters: `expr` in sympy, `written` as it was given, `variables` in their order."""

    expr: sympy.Expr
    written: Any
    variables: tuple[sympy.Symbol, ...]
    name: str = "f"

    @property
    def head(self) -> str:
        """The left side of its definition: f(x, y)."""
        if not self.variables:
            return letter(self.name)
        return f"{letter(self.name)}({', '.join(letter(v) for v in self.variables)})"

    def question(self) -> Formula:
        """Return its definition as a formula."""
        return Formula.of(self.head, "=", self.written)

    def at(self, point: Sequence[Any]) -> sympy.Expr:
        """Return its value at a point, exactly."""
        return sympy.simplify(self.expr.subs(dict(zip(self.variables, point, strict=True)), simultaneous=True))

    @cached_property
    def gradient(self) -> tuple[sympy.Expr, ...]:
        """The partial derivatives, simplified where that makes them shorter."""
        return tuple(neat(sympy.diff(self.expr, v)) for v in self.variables)

    @cached_property
    def hessian(self) -> sympy.ImmutableMatrix:
        """The matrix of second partial derivatives."""
        return sympy.ImmutableMatrix([[neat(sympy.diff(g, v)) for v in self.variables] for g in self.gradient])

    @cached_property
    def call(self) -> Callable[..., Any]:
        """The function for numbers and arrays: one argument for each variable."""
        return compiled(self.variables, self.expr)

    def of(self, point: Any) -> float:
        """Return its value at an array of coordinates, as a float."""
        return float(self.call(*np.asarray(point, dtype=float)))

    def slope(self, point: Any) -> np.ndarray:
        """Return its gradient at an array of coordinates, as floats."""
        return np.array(self._slopes(*np.asarray(point, dtype=float)), dtype=float)

    def curvature(self, point: Any) -> np.ndarray:
        """Return its Hessian at an array of coordinates, as floats."""
        return np.array(self._curvatures(*np.asarray(point, dtype=float)), dtype=float)

    @cached_property
    def _slopes(self) -> Callable[..., Any]:
        return compiled(self.variables, list(self.gradient))

    @cached_property
    def _curvatures(self) -> Callable[..., Any]:
        return compiled(self.variables, self.hessian.tolist())


def compiled(variables: Sequence[sympy.Symbol], expr: Any) -> Callable[..., Any]:
    """Return an expression, or a list of them, as a function of numbers and arrays; common parts are computed once."""
    return sympy.lambdify(  # type: ignore[no-any-return]
        list(variables), expr, modules=["scipy", "numpy"], cse=isinstance(expr, list)
    )


def one_variable(what: Any, variables: Letters, example: str) -> Function:
    """Read a function of one variable; `example` is a call that names it, for the error."""
    read = function(what, variables)
    if len(read.variables) == 1:
        return read
    told = "several variables" if read.variables else "no variable"
    raise UnknownName(f"{read.head} has {told}.", repair=f"Name one, as in {example}.")


def function(what: Any, variables: Letters = None, name: str = "f") -> Function:
    """Read a function: a text, an expression, a sympy expression or a number, and its variables.

    >>> f = function("x^2 y + 3z")
    >>> f.variables, f.at([1, 2, 3])
    ((x, y, z), 11)

    Without `variables` all letters are variables, in alphabetical order; else the other letters stay letters.
    Raises `ReadError` for what cannot be read, `NotNumeric` for arrays, `UnknownName` for a variable named twice.
    """
    if isinstance(what, Function):
        return what if variables is None else Function(what.expr, what.written, letters(variables), what.name)
    wanted = None if variables is None else letters(variables)
    if isinstance(what, str):
        written: Any = _read(what, wanted)
        expr = _exactly(written, what.strip())
    elif isinstance(what, Expr):
        written, expr = what, _exactly(what, what)
    else:
        expr = _real(scalar(what))
        written = shown(expr)
    found = tuple(sorted(expr.free_symbols, key=lambda s: _order(s.name)))
    return Function(expr, written, found if wanted is None else wanted, name)


def functions(what: Any, variables: Letters = None, name: str = "f") -> tuple[Function, ...]:
    """Read several functions of the same variables: a list, or a text "[x y; x + y]"; their names are f₁, f₂, …"""
    if isinstance(what, str):
        inside = what.strip()
        inside = inside[1:-1] if inside.startswith("[") and inside.endswith("]") else inside
        what = _parts(inside)
    if isinstance(what, sympy.MatrixBase):
        what = list(what)
    if not isinstance(what, Sequence):
        what = [what]
    if not what:
        raise ShapeError("No function was given.", expected="a list of functions", repair='Write ["x y", "x + y"].')
    first = [function(w, variables, name) for w in what]
    if variables is None:
        together = set().union(*(f.expr.free_symbols for f in first))
        shared = tuple(sorted(together, key=lambda s: _order(s.name)))
    else:
        shared = letters(variables)
    names = [name] if len(first) == 1 else [f"{name}_{k + 1}" for k in range(len(first))]
    return tuple(Function(f.expr, f.written, shared, n) for f, n in zip(first, names, strict=True))


_INFINITE = frozenset(("oo", "inf", "infty", "∞"))


def letters(variables: Letters) -> tuple[sympy.Symbol, ...]:
    """Return the letters of a list, or of a text such as "x, y" or "x y", as real symbols."""
    if variables is None:
        return ()
    if isinstance(variables, str):
        variables = re.split(r"[\s,]+", variables.strip())
    if isinstance(variables, sympy.Symbol):
        variables = [variables]
    if not isinstance(variables, Sequence):
        raise UnknownName(f"{variables} is no name of a variable.", repair='Write letters, such as "x" or "x, y".')
    names = [_named(v.name if isinstance(v, sympy.Symbol) else str(v)) for v in variables]
    endless = next((n for n in names if n in _INFINITE), None)
    if endless is not None:
        raise UnknownName(
            f"{endless} is no name of a variable: it is infinity.", expected="a letter, behind the bounds",
            repair='The letter comes last: integral("x exp(-x)", 0, "oo", "x").',
        )
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise UnknownName(f"The variable {twice} is named twice.", repair="Name each variable once.")
    return tuple(sympy.Symbol(n, real=True) for n in names)


def point(what: Any, variables: Sequence[sympy.Symbol], name: str = "The point") -> tuple[sympy.Expr, ...]:
    """Read a point: one coordinate for each variable, as a list, a text "(1, 2)", a number, or {"x": 1, "y": 2}.

    >>> point("(1, 1/2)", letters("x y"))
    (1, 1/2)
    """
    if not variables:
        raise ShapeError("The function has no variables.", repair="Name one, as in variables='x'.")
    if isinstance(what, Mapping):
        named = {_named(str(k)): v for k, v in what.items()}
        missing = [v.name for v in variables if v.name not in named]
        if missing:
            raise UnknownName(f"{name} has no value for {', '.join(missing)}.", repair="Give one for each variable.")
        what = [named[v.name] for v in variables]
    if isinstance(what, str):
        what = _parts(what.strip().strip("[]()")) if len(variables) != 1 else [what.strip().strip("[]")]
    if isinstance(what, np.ndarray):
        what = what.ravel().tolist()
    if isinstance(what, sympy.MatrixBase):
        what = list(what)
    if not isinstance(what, Sequence):
        what = [what]
    if len(what) != len(variables):
        listed = ", ".join(v.name for v in variables)
        raise ShapeError(
            f"{name} has {len(what)} coordinate{'s' * (len(what) != 1)}.",
            expected=f"{len(variables)}, one for each of {listed}",
            repair="Give one number for each variable.",
        )
    return tuple(exact_number(w, name) for w in what)


def exact_number(what: Any, name: str = "The point") -> sympy.Expr:
    """Return a number or a letter for one, as "pi/4" or "a"; raises `NotNumeric` for 1/0, `UnknownName` for words."""
    found = _real(_exactly(_read(what, None), what) if isinstance(what, str) else scalar(what))
    if found.has(sympy.zoo, sympy.nan, sympy.oo):
        raise NotNumeric(f"{name} holds {what}, which has no value.", expected="finite numbers")
    return found


def numbers(what: Any, variables: Sequence[sympy.Symbol], name: str = "The point") -> np.ndarray:
    """Read a point as floats; raises `NotNumeric` for a coordinate that is a letter."""
    exact = point(what, variables, name)
    for value in exact:
        if value.free_symbols:
            raise NotNumeric(f"{name} holds the letter {min(map(str, value.free_symbols))}.", expected="numbers")
        if value.is_real is False:
            raise NotNumeric(f"{name} holds {said(value)}, which is not real.", expected="real numbers")
    return np.asarray([float(v) for v in exact])


def _read(text: str, wanted: tuple[sympy.Symbol, ...] | None) -> Expr:
    for pattern, spelled in _SPELLED:
        text = pattern.sub(spelled, text)
    text = _bases(text)
    known = {v.name for v in wanted or ()}
    for call in _CALL.finditer(text):
        if call[1] not in _CALLS | _GREEK | known:
            raise UnknownName(f"{call[1]} is no function that is known here.", expected=", ".join(sorted(_CALLS)))
    return read_scalar(_WORD.sub(lambda m: _spaced(m[0], known), text))


def _exactly(written: Expr, text: Any) -> sympy.Expr:
    """Return what was read as a sympy expression; says what was written where there is none."""
    try:
        return from_expr(written)
    except NotNumeric as error:
        raise NotNumeric(
            f"{text} is no function of numbers that can be worked with here.",
            expected="numbers, letters for numbers, and functions of them",
        ) from error


def _bases(text: str) -> str:
    """Return log2(u) as (ln(u)/ln(2)), and log₁₀ likewise."""
    while found := re.search(r"\blog_?(2|10|₂|₁₀)\s*\(", text):
        depth, end = 1, found.end()
        while end < len(text) and depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        base = {"₂": "2", "₁₀": "10"}.get(found[1], found[1])
        text = f"{text[: found.start()]}(ln({text[found.end() : end - 1]})/ln({base})){text[end:]}"
    return text


def _spaced(word: str, known: set[str]) -> str:
    """Return 2xy as 2 x y: letters side by side are a product, unless they are the name of something.

    A long word, or one in which a letter comes twice, is no product that a person would write.
    """
    if word in _CALLS or word in _GREEK or word in known:
        return word
    glued = any(word.startswith(c) for c in _CALLS if len(c) > 2)
    if glued or len(word) > _LONGEST or len(set(word)) < len(word):
        raise UnknownName(
            f"{word} is no letter and no function that is known here.",
            repair="Write sin(x) with brackets, a product with spaces, x y, and an index as x_1.",
        )
    return " ".join(word)


def _named(name: str) -> str:
    """Return a name as the reader has it: mu is μ."""
    found = from_expr(read_scalar(name))
    if not isinstance(found, sympy.Symbol):
        raise UnknownName(f"{name} is no name of a variable.", repair="Write letters, such as x, y or x_1.")
    return str(found.name)


def _real(expr: sympy.Expr) -> sympy.Expr:
    """Return an expression in which letters stand for real numbers."""
    return expr.xreplace(
        {s: sympy.Symbol(s.name, real=True) for s in expr.free_symbols if s.assumptions0.get("real") is None}
    )


def _parts(text: str) -> list[str]:
    """Return the entries of "x y, x + y" or of "x y; x + y", cut outside brackets."""
    sign = ";" if ";" in text else ","
    out, depth = [""], 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == sign and depth == 0:
            out.append("")
        else:
            out[-1] += char
    return [part.strip() for part in out if part.strip()]


def _order(name: str) -> tuple[str, int]:
    """Return the key by which letters are ordered: x₂ stands before x₁₀."""
    found = re.fullmatch(r"(.*?)_?(\d+)", name)
    return (found[1], int(found[2])) if found else (name, -1)


def vanishes(expr: sympy.Expr) -> bool:
    """Tell whether an expression is zero: multiplied out, or in exponentials, where that is enough; it is cheap.

    >>> x = sympy.Symbol("x")
    >>> vanishes(1 / sympy.cosh(x) ** 2 + sympy.tanh(x) ** 2 - 1), vanishes(sympy.sin(x) ** 2 - 1)
    (True, False)
    """
    if expr == 0 or sympy.expand(expr) == 0:
        return True
    if expr.has(HyperbolicFunction):
        above, _ = sympy.fraction(sympy.together(expr.rewrite(sympy.exp)))
        if sympy.expand(above) == 0:
            return True
    return bool(sympy.simplify(expr) == 0)


def neat(expr: sympy.Expr) -> sympy.Expr:
    """Return an expression simplified where that makes it shorter; a decimal that is zero up to rounding as zero."""
    if isinstance(expr, sympy.Float):
        return sympy.Integer(0) if abs(expr) < 1e-25 else expr
    if not expr.free_symbols and not expr.has(sympy.Float):
        found = sympy.nsimplify(expr) if expr.is_Rational else sympy.simplify(expr)
    elif expr.count_ops() > 200:
        return expr
    elif expr.is_polynomial(*expr.free_symbols):
        return sympy.expand(expr)
    elif expr.is_Add and len({h.args for h in expr.atoms(HyperbolicFunction)}) > 1:  # each term alone: it takes seconds
        found = sympy.Add(*map(neat, expr.args))
    else:
        found = min((sympy.simplify(expr), sympy.factor_terms(expr)), key=lambda e: e.count_ops())
    return found if found.count_ops() < expr.count_ops() else expr


def letter(symbol: sympy.Symbol | str) -> str:
    """Return a letter as it is written: x_1 is x₁."""
    name = symbol if isinstance(symbol, str) else symbol.name
    return Formula.of(name).text()[0]


def shown(value: Any) -> Any:
    """Return a value as a part of a formula: exact if it is short, else a number with six digits."""
    if isinstance(value, str | float | Expr | int):
        return value
    if isinstance(value, np.generic):
        return float(value)
    value = sympy.sympify(value)
    if value in (sympy.oo, -sympy.oo):
        return "∞" if value is sympy.oo else "−∞"
    if value.is_number and value.is_real and (value.has(sympy.Float) or value.count_ops() > 12):
        return float(value)
    try:
        return to_expr(value)
    except AgnesiError:
        return float(value) if value.is_number and value.is_real else str(value)


def called(name: str, values: Sequence[Any]) -> list[Any]:
    """Return the value of a function at a point as parts of a formula: f(1, 2), and f(3)."""
    return [name, "(", *tupled(values), ")"] if len(values) == 1 else [name, *tupled(values)]


def lowered(number: int) -> str:
    """Return a whole number as an index: ₁₂."""
    return str(number).translate(str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋"))


def tupled(values: Sequence[Any]) -> list[Any]:
    """Return a point as parts of a formula: (1, 2), and a single number without brackets."""
    if len(values) == 1:
        return [shown(values[0])]
    parts: list[Any] = ["("]
    for k, value in enumerate(values):
        parts += [shown(value)] if k == 0 else [",", shown(value)]
    return [*parts, ")"]


def said(value: Any) -> str:
    """Return a value as one line of text, for a sentence."""
    return " ".join(Formula.of(shown(value)).text())


def said_point(values: Sequence[Any]) -> str:
    """Return a point as one line of text, for a sentence."""
    return Formula.of(*tupled(values)).text()[0]


def partial(name: str, variable: sympy.Symbol | str, several: bool = True) -> str:
    """Return the sign of a derivative: ∂f/∂x, or df/dx for a function of one variable."""
    d = "∂" if several else "d"
    return f"{d}{letter(name)}/{d}{letter(variable)}"


def differences(expr: sympy.Expr, variable: sympy.Symbol, at: Mapping[sympy.Symbol, Any]) -> mpmath.mpf:
    """Return a central difference of an expression with 40 digits, an independent check of a derivative."""
    with mpmath.workdps(40):
        names = list(at)
        run = sympy.lambdify(names, expr, "mpmath")
        place, h = names.index(variable), mpmath.mpf(10) ** -12
        centre = [mpmath.mpf(sympy.N(v, 40)) if not isinstance(v, float) else mpmath.mpf(v) for v in at.values()]
        up, down = list(centre), list(centre)
        up[place] += h
        down[place] -= h
        return mpmath.re((run(*up) - run(*down)) / (2 * h))


def has_kink(expr: sympy.Expr, variables: Sequence[sympy.Symbol], at: Sequence[Any]) -> bool:
    """Tell whether a function with |u| or a maximum in it has different slopes on the two sides of a point."""
    if not expr.has(sympy.Abs, sympy.Max, sympy.Min, sympy.sign) or any(a.free_symbols for a in at):
        return False
    with mpmath.workdps(40):
        run, h = sympy.lambdify(list(variables), expr, "mpmath"), mpmath.mpf(10) ** -12
        centre = [mpmath.mpf(sympy.N(a, 40)) for a in at]
        for k in range(len(centre)):
            up, down = ([c + s * h * (i == k) for i, c in enumerate(centre)] for s in (1, -1))
            ahead, behind = run(*up) - run(*centre), run(*centre) - run(*down)
            if abs(ahead - behind) > 1e-6 * h:
                return True
    return False


def sample(variables: Sequence[sympy.Symbol], seed: int = 0) -> dict[sympy.Symbol, sympy.Rational]:
    """Return a point of rationals between 1/2 and 3/2 for checks: a number for each variable."""
    draw = np.random.default_rng(seed)
    return {v: sympy.Rational(int(draw.integers(500, 1500)), 1000) for v in variables}
