"""What was probably done where an answer is wrong and no planted one: found from what was typed alone.

Of numbers: what the whole answer has to do with the right one (its sign, twice it, its entries exchanged), then the
slips of `agnesi.check` in the formula that the answer was worked out by. Of derivatives: what is no line of a chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import sympy

import agnesi.checking as checking
from agnesi.check.slips import slips
from agnesi.errors import AgnesiError
from agnesi.exercises import answers
from agnesi.exercises.drawing import declared, slope_of
from agnesi.exercises.record import Exact, Formula, Instance, Planted
from agnesi.expr.nodes import Apply, Const, Expr, symbols_of
from agnesi.read import read

FEW = 3  # entries that may be exchanged
LARGE = 6  # from which twice a whole number is no other small number by chance
OF_NUMBERS = frozenset((  # of a single number others agree too often by chance to be told
    "denominator lost", "square too much", "square lost", "root lost", "root too much", "norm of a sum unsquared",
    "off-diagonal part lost", "quotient turned", "transpose lost",
))  # fmt: skip
GUESSES = frozenset(("arithmetic", "coefficient", "coefficients", "n for n − 1", "n − 1 for n", "ones for a vector"))
EXCHANGED = Planted("", "entries exchanged", "the entries stand in the wrong order", "")
NOTHING = Planted("", "zero vector", "the zero vector was given", "What is asked for is not 0.")


def guessed(instance: Instance, answer: Exact, given: Any) -> Planted | None:
    """Return the slip that makes a wrong answer of numbers, or None; nothing is looked up in the instance's list."""
    return (
        _made(given, _wholes(answer), answer)
        or _in_claim(instance, answer, given)
        or _made(given, _factors(answer), answer)
    )


def _made(given: Any, made: Iterator[tuple[Any, Planted]], answer: Exact) -> Planted | None:
    """Return the slip of the first value that is the one given."""
    return next((planted for value, planted in made if given == value or answers.same(given, value, answer)), None)


def _in_claim(instance: Instance, answer: Exact, given: Any) -> Planted | None:
    """Return the slip in the formula that the answer is worked out by."""
    if not answer.claim or isinstance(given, tuple) or answers.lettered(given):
        return None
    typed = declared(given)
    try:
        return _spoiled(instance, answer, typed) or _by_check(instance, answer, typed)
    except AgnesiError:
        return None


_SPOILS = (  # of a formula for a number: pattern, what stands in its place, the slip
    (" − ", " + ", "sign"), (r" \+ ", " − ", "sign"), (r"(\w)/(\w)", r"\2/\1", "quotient turned"),
    (r"/(?:\([^()]*\)|\w|‖\w‖)$", "", "denominator lost"), (r"(?<![\w.])2(?=[\w(])", "", "factor 2 lost"),
    (r" \w$", "", "factor lost"), (" − [^ ()]+$", "", "term lost"),
)  # fmt: skip


_TURNED = (("([A-Z])(?= )", r"\1ᵀ", "transpose too much"),)  # of each matrix in a product


def _spoiled(instance: Instance, answer: Exact, typed: str) -> Planted | None:
    """Return the slip that makes of the formula one that has the value typed."""
    for pattern, put, slip in _SPOILS if answer.form == "number" else _TURNED:
        wrong = re.sub(pattern, put, answer.claim, count=answer.form == "number")
        if wrong != answer.claim:
            statements = checking.check(f"{instance.given}\nso {wrong} = {typed}", diagnose=False).statements
            if statements and statements[-1].verdict in ("proved", "tested"):
                return Planted("", slip)
    return None


def _by_check(instance: Instance, answer: Exact, typed: str) -> Planted | None:
    """Return the slip that `check` finds between the formula and the value typed."""
    statements = checking.check(f"{instance.given}\nso {answer.claim} = {typed}").statements
    found = statements[-1].diagnosis if statements else None
    if found is None or found.slip not in slips:
        return None
    told = found.slip in OF_NUMBERS if answer.form == "number" else found.slip not in GUESSES
    return Planted("", found.slip) if told else None


def guessed_formula(instance: Instance, answer: Formula, side: Expr) -> Planted | None:
    """Return the slip that makes a wrong derivative where `check` sees none: nothing, or in another variable."""
    if not answer.of:
        return _by_entries(instance, answer, side)
    if isinstance(side, Const) and side.value == 0:
        return Planted("", "held constant")
    text, wrt = answer.of
    for name in sorted({s.name for s in symbols_of(read(text).expr)} - {wrt}):
        statements = checking.check(f"{instance.given}\nso {side} = {slope_of(text, name)}", diagnose=False).statements
        if statements and statements[-1].verdict in ("proved", "tested"):
            return Planted("", "other variable", f"the derivative was taken in {name}")
    return None


def _wholes(answer: Exact) -> Iterator[tuple[Any, Planted]]:
    """Yield what a slip makes of the whole answer, with its name."""
    right = answer.value
    if answer.form == "set":
        if not any(hasattr(v, "shape") for v in right):
            yield tuple(-v for v in right), Planted("", "sign", "the signs of all are turned")
        return
    if hasattr(right, "shape"):
        if answer.same == "pattern":
            return
        yield from _of_matrix(right, answer)
    if answer.same != "scale":
        yield -right, Planted("", "sign")
    if not hasattr(right, "shape") and not right.free_symbols and (not right.is_Integer or abs(right) >= LARGE):
        yield right**2, Planted("", "root lost" if not right.is_Rational else "square too much")


def _factors(answer: Exact) -> Iterator[tuple[Any, Planted]]:
    """Yield multiples of the whole answer; of a small whole number they would be other small numbers by chance."""
    right = answer.value
    if answer.form == "set" or answer.same:
        return
    if hasattr(right, "shape") or not right.is_Integer or abs(right) >= LARGE:
        yield right / 2, Planted("", "factor 2 lost")
        yield 2 * right, Planted("", "factor 2 too much")
        yield from ((k * right, Planted("", "factor 3 or 4")) for k in (3, 4))


def _of_matrix(right: Any, answer: Exact) -> Iterator[tuple[Any, Planted]]:
    if answer.same in ("scale", "sign") and any(right):
        yield sympy.zeros(*right.shape).as_immutable(), NOTHING
    if right.cols > 1:
        yield right.T.as_immutable(), Planted("", "transposed as a whole")
    elif right.rows <= FEW:
        entries = list(right)
        for order in permutations(entries):
            if list(order) != entries:
                yield sympy.ImmutableMatrix(right.rows, 1, list(order)), EXCHANGED
        if answer.same:
            for k in range(right.rows):
                turned = [-e if j == k else e for j, e in enumerate(entries)]
                yield sympy.ImmutableMatrix(right.rows, 1, turned), Planted("", "sign", "one sign is turned")


def _by_entries(instance: Instance, answer: Formula, side: Expr) -> Planted | None:
    """Return the slip in the entries of a vector of derivatives, where it is the same in all that are wrong."""
    defined = re.search(r"f\((\w)\) = \((.*)\)$", instance.given)
    if not answer.vector or defined is None or not isinstance(side, Apply):
        return None
    bodies, typed = answers.split(defined[2], ","), [str(a) for a in side.args]
    if len(bodies) != len(typed):
        return None
    found = set()
    for body, entry in zip(bodies, typed, strict=True):
        told = f"{defined[1]}: scalar; f({defined[1]}) = {body}\nso f′({defined[1]}) = {entry}"
        one = checking.check(told).statements[-1]
        if one.verdict not in ("proved", "tested"):
            found.add(one.diagnosis.slip if one.diagnosis is not None else "")
    known = {s.name for s in slips} - GUESSES
    return Planted("", found.pop()) if len(found) == 1 and found <= known else None
