"""What is told where no slip is found: the special case in which a wrong line is right, or the right number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from agnesi.check.candidates import Diagnosis
from agnesi.check.probe import Fingerprint, PointProbe, Probe, each_carried_out
from agnesi.check.slip_edits import is_square, rational
from agnesi.check.slip_places import UNFIT
from agnesi.check.slip_wholes import plain_fraction
from agnesi.check.slips import Slip, slips
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Symbol,
    apply,
    constant,
    operations_in,
    postorder,
    replace,
    symbol,
    symbols_of,
)

EXACT = 1e12  # whole numbers up to this are shown as such
FEW = 4  # symbols that are tried
Equal = Callable[[Expr, Expr], bool]


class Special(NamedTuple):
    """A slip, and the condition under which the wrong line would be right."""

    slip: Slip
    said: str


class _Case(NamedTuple):
    slip: str
    fact: str
    said: str
    fits: Callable[[Symbol, frozenset[str]], bool]


_SYMMETRIC = frozenset(("symmetric", "spd", "psd", "diagonal", "projection"))
CASES = (
    _Case("transposed twin lost", "symmetric", "were symmetric", lambda s, ops: is_square(s) and "transpose" in ops),
    _Case(
        "taken for orthogonal", "orthogonal", "were orthogonal",
        lambda s, ops: is_square(s) and "transpose" in ops and not _SYMMETRIC & s.facts,
    ),
)


def special(above: Expr, line: Expr, forms: Sequence[Expr], probe: Probe) -> list[Diagnosis]:
    """Say in which special case the line would follow; the right line is the last form of the one above."""
    if not isinstance(probe, PointProbe) or not plain((above, line)):
        return []
    right = next((f for f in reversed(forms) if f is not above), above)
    return [
        Diagnosis(
            s.slip.name, f"It would be right only if {s.said}. Probably {s.slip.words}.", right, (line, right),
            s.slip.explanation, s.slip.source, s.slip.cost,
        )
        for s in special_cases(above, line, probe.agree)
    ]


def worked_out(
    above: Expr, line: Expr, held: Fingerprint | None, probe: Probe, given: bool
) -> tuple[Diagnosis, ...]:
    """Say what a number should have been, where nothing else is known.

    The line above is a number as it stands, or a letter that equations which are `given` make one: 3x = 15, x = 3.
    """
    settled = (isinstance(above, Symbol) and given) or not symbols_of(above)
    if not isinstance(line, Const) or held is None or held.shape or not settled or not plain((above,)):
        return ()
    number = float(held.numbers[0])
    found = plain_fraction(number)
    found = Fraction(int(number)) if found is None and number.is_integer() and abs(number) < EXACT else found
    right = rational(found) if found is not None else constant(float(f"{number:.9g}"))
    if not probe.equal(above, right):
        return ()
    slip, short = slips["arithmetic"], right if found is not None else constant(float(f"{number:.4g}"))
    words = f"It would be right with {short} in place of {line}. Probably {slip.words}."
    return (Diagnosis(slip.name, words, short, (line, short), slip.explanation, slip.source, slip.cost),)


def plain(exprs: Sequence[Expr]) -> bool:
    """Tell whether nothing here is random."""
    return not any(isinstance(n, Apply | Bind) and n.op.family == "probability" for n in postorder(*exprs))


def special_cases(above: Expr, line: Expr, equal: Equal) -> Iterator[Special]:
    """Yield the special cases in which the line would follow from the one above."""
    above, line = (without_differentials(each_carried_out(e)) for e in (above, line))
    used = frozenset(operations_in(above) | operations_in(line))
    known = [s for s in symbols_of(above, line) if not s.name.startswith("\0")][: 2 * FEW]
    for one, other in list(combinations([s for s in known if is_square(s)], 2))[:FEW]:
        if one.shape == other.shape and equal(*commuting((one, other), above, line)):
            yield Special(slips["taken to commute"], f"{one} and {other} commuted")
            return
    for case in CASES:
        for s in [s for s in known if case.fits(s, used) and case.fact not in s.facts][:FEW]:
            if case.fact == "symmetric" and _SYMMETRIC & s.facts:
                continue
            told: dict[Expr, Expr] = {s: symbol(s.name, s.shape, (*s.facts, case.fact))}
            try:
                if equal(replace(above, told), replace(line, told)):
                    yield Special(slips[case.slip], f"{s} {case.said}")
                    return
            except UNFIT:
                continue


def without_differentials(root: Expr) -> Expr:
    """Return an expression with a letter for each differential of a letter: dA."""
    moved = [n for n in postorder(root) if isinstance(n, Apply) and n.op.name == "d" and isinstance(n.args[0], Symbol)]
    return replace(root, {n: symbol(f"d{n.args[0]}", n.shape) for n in moved}) if moved else root


def commuting(both: tuple[Symbol, Symbol], *sides: Expr) -> tuple[Expr, ...]:
    """Return expressions with two matrices that commute: polynomials of the same matrix."""
    base = symbol("\0common", both[0].shape)
    square = apply("mul", base, base)
    eye = apply("eye", attrs=(both[0].shape[0],))
    told: dict[Expr, Expr] = {s: sum_of(eye, base, square, f"\0of {s.name}") for s in both}
    return tuple(replace(side, told) for side in sides)


def sum_of(eye: Expr, base: Expr, square: Expr, name: str) -> Expr:
    """Return a polynomial of degree 2 of a matrix with numbers that are free."""
    a, b, c = (symbol(f"{name} {k}") for k in range(3))
    return apply("add", apply("mul", a, eye), apply("mul", b, base), apply("mul", c, square))
