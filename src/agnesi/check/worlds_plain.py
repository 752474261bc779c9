"""Densities that a text calls f: f(x) = 2x on [0, 1], where X is random and nothing else is said of it.

The support is the one on which the function is a density: it sums to one there.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import scipy

from agnesi.check.worlds_laws import Law
from agnesi.check.worlds_scan import MAIN, Chance, Formula, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, Symbol, constant, postorder, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.vocabulary import Definition
from agnesi.run.reference import Program

SUPPORTS = (
    (0.0, 1.0, Law("Uniform", (constant(0), constant(1)))),
    (0.0, np.inf, Law("Exponential", (constant(1),))),
    (-np.inf, np.inf, Law("Normal", (constant(0), constant(1)))),
)
LETTERS = (0.7, 1.9)
MAX_LETTERS = 3


def with_plain_density(known: Chance, made: Mapping[str, Definition], sides: Iterable[Expr]) -> Chance:
    """Return what is known with the density f(x) or f_X(x) of X, of which the text takes moments."""
    moments = [n for n in postorder(*sides) if is_op(n, "expectation", "variance")]
    random = {s for n in moments for s in symbols_of(n) if not s.shape and s.name.isupper() and len(s.name) == 1}
    taken = {g.variable.name for g in known.laws} | known.copies | {s.name for f in known.formulas for s in f.left}
    taken |= {n for n, _ in known.transforms} | known.moments.keys()
    for one in sorted(random, key=lambda s: s.name):
        if one.name in taken:
            continue
        found = next((made[n] for n in (f"f_{one.name}", "f", "p") if n in made and _of(made[n], one)), None)
        if found is None:
            continue
        body = substituted(found.body, {found.symbols[0]: one})
        law = support_of(body, one)
        if law is not None:
            known = replace(known, formulas=(*known.formulas, Formula(MAIN, (one,), (), body, law=law)))
    return known


def _of(made: Definition, one: Symbol) -> bool:
    """Tell whether a definition is of a number x for the variable X."""
    return made.parameters == (one.name.lower(),) and not made.body.shape and not made.symbols[0].shape


def support_of(body: Expr, one: Symbol) -> Law | None:
    """Return a law with the support on which a body is a density: its integral is one, whatever its letters are."""
    letters = [s for s in symbols_of(body) if s is not one]
    if len(letters) > MAX_LETTERS or any(s.shape for s in letters) or one not in symbols_of(body):
        return None
    try:
        program = Program(body)
    except AgnesiError:
        return None

    def total(low: float, high: float, letter: float) -> float:
        values = {s.name: np.float64(letter) for s in letters}

        def at(x: float) -> float:
            return float(np.real(program({**values, one.name: np.float64(x)}, {})[0]))

        inside = [at(x) for x in (np.linspace(0.05, 0.95, 5) if high == 1.0 else (0.1, 0.5, 2.0, -0.5 * (low < 0)))]
        return float(scipy.integrate.quad(at, low, high, limit=80)[0]) if min(inside) >= 0 else np.nan

    for low, high, law in SUPPORTS:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                if all(abs(total(low, high, letter) - 1) < 1e-6 for letter in LETTERS):
                    return law
        except (AgnesiError, ArithmeticError, ValueError, TypeError, KeyError):
            continue
    return None
