"""What families draw: numbers, matrices, scalar functions, and how they are written in a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from random import Random
from typing import Any

import sympy

from agnesi.derivation import Derivation, derivative, derive
from agnesi.errors import UnknownName
from agnesi.exercises.record import Formula, Option, Planted
from agnesi.expr.nodes import Expr, replace, symbol, symbols_of
from agnesi.read import read
from agnesi.rules.steps import Line
from agnesi.worked import exact
from agnesi.write import write

_BESIDE = re.compile(r"([A-Za-z]*)([²³⁴⁵⁶⁷⁸⁹)]*)\(")  # x(2x) could be a value of x, sin(2x) is one
_NESTED = re.compile(r"\([^()]*/[^()]*(?:\([^()]*\)[^()]*)*\)+/")  # (2x − 5/(x + 1))/(x + 1)
_ROOT = re.compile(r"\*?sqrt\((\d+)\)")
_UP = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def integer(rng: Random, low: int, high: int, *not_: int) -> int:
    """Return a whole number from low to high that is none of the others; 0 is never drawn unless low is 0."""
    wanted = [k for k in range(low, high + 1) if k not in not_ and (k != 0 or low == 0)]
    return rng.choice(wanted)


def matrix(rng: Random, rows: int, cols: int, size: int = 4) -> sympy.ImmutableMatrix:
    """Return a matrix of small whole numbers."""
    return sympy.ImmutableMatrix(rows, cols, [rng.randint(-size, size) for _ in range(rows * cols)])


def unimodular(rng: Random, n: int, moves: int = 3) -> sympy.ImmutableMatrix:
    """Return a whole matrix of determinant 1 or −1, so that its inverse is whole too."""
    made = sympy.eye(n)
    for _ in range(moves):
        i, j = rng.sample(range(n), 2)
        made[i, :] = made[i, :] + rng.choice((-2, -1, 1, 2)) * made[j, :]
    return sympy.ImmutableMatrix(made)


def raised(base: str, power: int | str) -> str:
    """Return a power as books write it: x³, x for the first, 1 for none.

    >>> raised("x", 3), raised("x", 1)
    ('x³', 'x')
    """
    if power in (0, "0"):
        return "1"
    return base if power in (1, "1") else base + str(power).translate(_UP)


def times(factor: int | str, rest: str) -> str:
    """Return a product with a number in front, without a 1.

    >>> times(-1, "x"), times(3, "x²"), times(2, "1")
    ('−x', '3x²', '2')
    """
    sign = str(factor).replace("-", "−")
    if rest == "1":
        return sign
    return {"1": rest, "−1": f"−{rest}"}.get(sign, f"{sign}{rest}")


def plus(*terms: str) -> str:
    """Return a sum of terms, a minus in place of plus and minus.

    >>> plus("x²", "−3x", "1")
    'x² − 3x + 1'
    """
    out = ""
    for term in terms:
        bare = term.removeprefix("−")
        out += (f" {'−' if bare != term else '+'} {bare}") if out else term
    return out


@dataclass(frozen=True)
class Inner:
    """A scalar function of x as text, its derivative as text, and whether it needs brackets in a product."""

    text: str
    slope: str
    sum: bool = False

    @property
    def closed(self) -> str:
        """The text, in brackets where a product needs them."""
        return f"({self.text})" if self.sum else self.text


def linear(rng: Random, x: str = "x") -> Inner:
    """Return ax + b."""
    a, b = integer(rng, 2, 5), integer(rng, -5, 5)
    return Inner(plus(times(a, x), times(b, "1")), str(a), True)


def power(rng: Random, x: str = "x", low: int = 2, high: int = 5) -> Inner:
    """Return xⁿ."""
    n = integer(rng, low, high)
    return Inner(raised(x, n), times(n, raised(x, n - 1)))


def quadratic(rng: Random, x: str = "x") -> Inner:
    """Return x² + b or ax² + bx."""
    b = integer(rng, 1, 5)
    return Inner(plus(raised(x, 2), times(b, "1")), times(2, x), True)


def fact(value: Any) -> str:
    """Return an expression of the engine as text that reads back."""
    return write(value, "unicode")


@lru_cache(maxsize=256)
def shown(text: str) -> str:
    """Return a formula as Agnesi writes it, in dollars.

    >>> shown("x^2 y")
    '$x²y$'
    """
    return f"${write(read(text).expr, 'unicode')}$"


@lru_cache(maxsize=256)
def slope_of(text: str, wrt: str) -> str:
    """Return the derivative of a text by the engine, as text; 0 in a letter that does not occur."""
    try:
        return fact(derivative(text, wrt))
    except UnknownName:
        return "0"


@lru_cache(maxsize=256)
def put(text: str, letters: tuple[tuple[str, str], ...], head: str = "") -> str:
    """Return a text with formulas put in for letters that are numbers.

    >>> put("u² + 3x", (("u", "sin(x)"),))
    'sin²(x) + 3x'
    """
    known = {n: symbol(n, ()) for n in (*"xyztuvgh", *(name for name, _ in letters))}
    expr = read(f"{head}; {text}" if head else text, known).expr
    inside: dict[Expr, Expr] = {known[name]: read(formula, known).expr for name, formula in letters}
    return _BESIDE.sub(_dotted, fact(replace(expr, inside)))


def _dotted(found: re.Match[str]) -> str:
    """Return a name or power with a point between it and a bracket, unless it is the name of a function."""
    name, up = found[1], found[2]
    return found[0] if len(name) > 1 or not (name or up) else f"{name}{up}·("


def number_of(text: str, **letters: Any) -> sympy.Expr:
    """Return the exact value of a formula, with numbers for its letters.

    >>> number_of("x² − 1/3", x=sympy.Rational(1, 2))
    -1/12
    """
    at = tuple((name, f"({str(value).replace('-', '−')})") for name, value in letters.items())
    return exact.scalar(put(text, at))


def values(text: str, x: tuple[float, ...] = (0.7, 1.3)) -> tuple[float, ...]:
    """Return the values of a formula in x at some places."""
    expr = read(text, {"x": symbol("x", ())}).expr
    return tuple(float(expr.evaluate(**({"x": at} if symbols_of(expr) else {}))) for at in x)


def unlike(right: str, slips: Sequence[Planted]) -> tuple[Planted, ...]:
    """Return planted formulas in x without those that have the value of the right one or of one another."""
    kept, seen = [], [values(right)]
    for one in distinct(right, slips):
        mine = values(one.text)
        if all(any(abs(a - b) > 1e-9 for a, b in zip(mine, other, strict=True)) for other in seen):
            seen.append(mine)
            kept.append(one)
    return tuple(kept)


def once(work: Callable[..., Any], *given: Any, **named: Any) -> Callable[[], Any]:
    """Return what works an exercise when it is called: once, however often solution and hints ask for it."""

    @cache
    def worked() -> Any:
        return work(*given, **named)

    return worked


def derivation(text: str, wrt: str) -> Callable[[], Derivation]:
    """Return what derives a text with its steps, when it is called."""
    return partial(_derived, text, wrt)


@lru_cache(maxsize=64)
def _derived(text: str, wrt: str) -> Derivation:
    return derive(text, wrt, chain="nested")


def kept_lines(done: Derivation) -> tuple[Line, ...]:
    """Return the lines of a derivation, without a last one that collects terms into a fraction within a fraction."""
    last = done.steps[-1]
    nested = last.rule.startswith("the same") and _NESTED.search(write(last.right, "unicode"))
    return done.steps[:-1] if nested and len(done.steps) > 2 else done.steps


def asked(claim: str, text: str, wrt: str, given: str = "") -> Formula:
    """Return the answer to: differentiate this. `claim` is the left side, `text` the function with its declarations."""
    return Formula(claim, slope_of(f"{given}; {text}" if given else text, wrt), (text, wrt))


def distinct(right: str, slips: Sequence[Planted]) -> tuple[Planted, ...]:
    """Return planted answers without those that are written alike, or like the right one."""
    seen, out = {right.replace(" ", "")}, []
    for one in slips:
        key = one.text.replace(" ", "")
        if key not in seen:
            seen.add(key)
            out.append(one)
    return tuple(out)


def shuffled(rng: Random, right: Option, wrong: Sequence[tuple[Option, str, str, str]]) -> tuple[
    tuple[Option, ...], int, tuple[Planted, ...]
]:  # fmt: skip
    """Return options in random order, the place of the right one, and the slip of each other.

    Each wrong one is (option, slip, words, why).
    """
    order: list[tuple[Option, str, str, str] | None] = [None, *wrong]
    rng.shuffle(order)
    options = tuple(right if one is None else one[0] for one in order)
    slips = tuple(Planted(chr(97 + k), *one[1:]) for k, one in enumerate(order) if one is not None)
    return options, order.index(None), slips


def apart(right: Any, slips: list[tuple[Any, str, str, str]]) -> tuple[Planted, ...]:
    """Return planted values that differ from the right one and from one another."""
    seen, out = [right], []
    for value, slip, words, why in slips:
        if all(getattr(value, "shape", None) != getattr(s, "shape", None) or value != s for s in seen):
            seen.append(value)
            out.append(Planted(typed(value) if hasattr(value, "tolist") else str(value), slip, words, why))
    return tuple(out)


def typed(value: Any) -> str:
    """Return a number or a matrix as a question shows it and a learner types it: 3/2, [1 2; 3 4].

    >>> typed(sympy.Matrix([[1, -2], [3, sympy.sqrt(2)]]))
    '[1 −2; 3 √2]'
    """
    return _written(value, " ")


def listed(value: Any) -> str:
    """Return the same with commas, which read back whatever the entries are: [1/2, −√3/2; 0, 1]."""
    return _written(value, ", ")


def declared(value: Any) -> str:
    """Return a number, a matrix or a vector as a worksheet declares it: (1, 0) for a column, which is a vector there.

    >>> declared(sympy.Matrix([1, -2]))
    '(1, −2)'
    """
    column = hasattr(value, "cols") and value.cols == 1 and value.rows > 1
    return f"({', '.join(_cell(v) for v in value)})" if column else listed(value)


def _written(value: Any, mark: str) -> str:
    rows = value.tolist() if hasattr(value, "tolist") else [[value]]
    cells = [mark.join(_cell(v) for v in row) for row in rows]
    return f"[{'; '.join(cells)}]" if hasattr(value, "tolist") else cells[0]


def _cell(value: Any) -> str:
    """Return one number: 2√3 − 5/2 without spaces."""
    plain = str(value).replace("-", "−").replace(" ", "").replace("**", "^")
    return _ROOT.sub(r"√\1", plain)
