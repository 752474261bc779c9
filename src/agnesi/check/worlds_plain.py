"""Densities that a text defines as functions: f(x) = 2x of X, p(x) = e^(−x), where nothing else is said of it.

The support is the one on which the function is a density: it sums to one there. A mixture ∫ p(x | l) p(l) dl of named
densities is kept as the two models that make it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import scipy

from agnesi.check.worlds_densities import limits
from agnesi.check.worlds_laws import DISCRETE, SUPPORT, Law, density
from agnesi.check.worlds_scan import MAIN, Chance, Formula, Given, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, constant, fold, postorder, symbols_of, with_args
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


def with_plain_density(known: Chance, made: Mapping[str, Definition], sides: Sequence[Expr]) -> Chance:
    """Return what is known with the density p(x), f(x) or f_X(x) of x or X, of which the text takes moments.

    One that has no world here leaves what is known as it is.
    """
    moments = [n for n in postorder(*sides) if is_op(n, "expectation", "variance")]
    random = {s for n in moments for s in symbols_of(n) if not s.shape and len(s.name) == 1}
    for one in sorted(random, key=lambda s: s.name):
        taken = {g.variable.name for g in known.laws} | known.copies | {s.name for f in known.formulas for s in f.left}
        taken |= {n for n, _ in known.transforms} | known.moments.keys()
        found = next((d for n, d in made.items() if _names_density(n, one) and _of(d, one)), None)
        if one.name in taken or found is None:
            continue
        body = substituted(found.body, {found.symbols[0]: one})
        mixed = mixture(body, one)
        if mixed and not {g.variable.name for g in mixed} & (taken | {s.name for s in symbols_of(*sides)} - {one.name}):
            known = replace(known, laws=(*known.laws, *mixed), open=known.open - {one.name})
            continue
        nested = any(isinstance(n, Bind) and any(is_op(m, "density") for m in postorder(n)) for n in postorder(body))
        body = _opened(body)
        law = support_of(body, one) if not nested else None  # an integral of integrals takes too long
        if law is not None:
            formula = Formula(MAIN, (one,), found.symbols[1:], body, law=law)
            known = replace(known, formulas=(*known.formulas, formula), open=known.open - {one.name})
    return known


def _names_density(name: str, one: Symbol) -> bool:
    """Tell whether p(x) is the density of x, and p, f or f_X that of X."""
    return name == "p" or name.startswith(f"p({one.name}|") or (one.name.isupper() and name in ("f", f"f_{one.name}"))


def _of(made: Definition, one: Symbol) -> bool:
    """Tell whether a definition is of a number x for the variable x or X, alone or given others."""
    first = made.parameters[:1] in ((one.name.lower(),), (one.name,))
    alone = len(made.parameters) == 1 or "|" in made.name
    return first and alone and not made.body.shape and not made.symbols[0].shape and "integer" not in one.facts


def mixture(body: Expr, one: Symbol) -> tuple[Given, ...]:
    """Return the two models that ∫ N(x | 0, 1/l) Gam(l | a, b) dl makes: l ~ Gam(a, b), x ~ N(0, 1/l); none for others.

    The integral must run over all values that l can have.
    """
    if not isinstance(body, Bind) or body.op.name not in ("Integral", "Whole") or len(body.variables) != 1:
        return ()
    (hidden,), inner = body.variables, body.body
    parts = [a for a in inner.args if isinstance(a, Apply)] if is_op(inner, "mul") and len(inner.args) == 2 else []
    laws = {a.args[0]: Law(a.attrs[0], a.args[1:]) for a in parts if is_op(a, "density")}
    if set(laws) != {one, hidden} or not isinstance(hidden, Symbol) or laws[hidden].name in DISCRETE:
        return ()
    mixing = laws[hidden]
    if {one, hidden} & set(symbols_of(*mixing.parameters)) or one in symbols_of(*laws[one].parameters):
        return ()
    between = limits(hidden, [(hidden, f) for f in SUPPORT.get(mixing.name, ())])
    ends: tuple[Expr, ...] = mixing.parameters if mixing.name == "Uniform" else between
    if body.op.name == "Integral" and tuple(body.args[1:]) != ends:
        return ()
    return Given(hidden, mixing, MAIN), Given(one, laws[one], MAIN)


def _opened(body: Expr) -> Expr:
    """Return a body with formulas in place of named densities: ½ N(x | 0, 1) + ½ N(x | 2, 1)."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        if is_op(node, "density") and isinstance(node, Apply):
            return density(Law(node.attrs[0], below[1:]), below[0])
        return with_args(node, below)

    return fold(body, step)


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
