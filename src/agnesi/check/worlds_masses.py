"""Probabilities of whole numbers that a text writes out, P(X = k) = (1 − p)^(k−1) p, known by their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from agnesi.check.worlds_laws import Law, log_density
from agnesi.check.worlds_scan import Chance, Given, constant_value, has_chance, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, symbols_of
from agnesi.run.reference import evaluate

PLACES = (1.0, 2.0, 3.0)
SHARES = (0.3, 0.62)
TRIALS = 7.0


def with_mass(known: Chance, sides: Sequence[Expr]) -> Chance:
    """Return what is known with the law that P(X = k) = ... gives, where nothing is known of X."""
    left, right = sides[0], sides[-1]
    if not is_op(left, "probability") or not isinstance(left, Apply) or len(left.args) != 1 or has_chance(right):
        return known
    (event,) = left.args
    if not is_op(event, "eq") or not all(isinstance(a, Symbol) and not a.shape for a in event.args):
        return known
    variable, place = event.args
    assert isinstance(variable, Symbol) and isinstance(place, Symbol)
    taken = {g.variable.name for g in known.laws} | known.moments.keys()
    taken |= {s.name for f in known.formulas for s in f.left}
    if variable.name in taken or place not in symbols_of(right) or variable in symbols_of(right) or right.shape:
        return known
    law = law_of_mass(right, place)
    return known if law is None else replace(known, laws=(*known.laws, Given(variable, law)))


def with_values(known: Chance, groups: Sequence[Sequence[Expr]]) -> tuple[Chance, list[int]]:
    """Return what is known with the laws that P(X = 0) = 1/2, P(X = 1) = 1/3, ... give, and which equations gave them.

    The probabilities of a variable of which nothing else is known must sum to one.
    """
    found: dict[Symbol, dict[float, Expr]] = {}
    places: dict[Symbol, list[int]] = {}
    taken = {g.variable.name for g in known.laws} | known.moments.keys() | known.copies | _conditioned_on(groups)
    for at, sides in enumerate(groups):
        held = [_at_value(s) for s in sides[:-1]]
        if has_chance(sides[-1]) or sides[-1].shape or not held or any(h is None for h in held):
            continue
        for one in held:
            assert one is not None
            variable, value = one
            if variable.name not in taken and value not in found.setdefault(variable, {}):
                found[variable][value] = sides[-1]
                places.setdefault(variable, []).append(at)
    used: list[int] = []
    for variable, masses in found.items():
        if len(masses) > 1 and _whole(list(masses.values())):
            parameters = tuple(p for value, mass in masses.items() for p in (constant(_plain(value)), mass))
            known = replace(known, laws=(*known.laws, Given(variable, Law("Listed", parameters))))
            used += places[variable]
    return known, used


def _conditioned_on(groups: Sequence[Sequence[Expr]]) -> set[str]:
    """Return the variables whose values others have probabilities given: X of P(Y = 1 | X = 0) = 0.2."""
    left = [s for sides in groups for s in sides[:1] if is_op(s, "probability") and isinstance(s, Apply)]
    given = [a for s in left for a in s.args[s.attrs[1] :] if is_op(a, "eq")]
    return {s.name for a in given if isinstance(a, Apply) for s in symbols_of(a.args[0])}


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _at_value(side: Expr) -> tuple[Symbol, float] | None:
    """Return X and c of P(X = c)."""
    if not is_op(side, "probability") or not isinstance(side, Apply) or len(side.args) != 1:
        return None
    (event,) = side.args
    if not is_op(event, "eq") or not isinstance(event, Apply):
        return None
    one, value = event.args[0], constant_value(event.args[1])
    return (one, float(value)) if isinstance(one, Symbol) and not one.shape and value is not None else None


def _whole(masses: Sequence[Expr]) -> bool:
    """Tell whether probabilities sum to one, whatever their letters are."""
    letters = symbols_of(*masses)
    if any(s.shape for s in letters) or len(letters) > 3:
        return False
    for share in SHARES:
        values = {s.name: np.float64(share / (k + 1)) for k, s in enumerate(letters)}
        try:
            total = sum(float(np.real(evaluate(m, values))) for m in masses)
        except (AgnesiError, KeyError, ArithmeticError, TypeError, ValueError):
            return False
        if not np.isclose(total, 1.0, rtol=1e-9):
            return False
    return True


def law_of_mass(body: Expr, place: Symbol) -> Law | None:
    """Return the law of whole numbers whose probabilities a formula gives, or None."""
    letters = [s for s in symbols_of(body) if s is not place]
    if len(letters) > 2 or any(s.shape for s in letters):
        return None
    return next((law for law in _candidates(letters) if _alike(body, law, place, letters)), None)


def _candidates(letters: Sequence[Symbol]) -> Iterator[Law]:
    """Yield the laws that letters may be parameters of."""
    if len(letters) == 1:
        for name in ("Poisson", "Geometric", "Geometric from 0", "Bernoulli"):
            yield Law(name, (letters[0],))
    elif len(letters) == 2:
        for first, second in (letters, letters[::-1]):
            yield Law("Binomial", (first, second))


def _alike(body: Expr, law: Law, place: Symbol, letters: Sequence[Symbol]) -> bool:
    """Tell whether a formula and a law have the same values."""
    other = apply("exp", log_density(law, place))
    places = PLACES[:1] if law.name == "Bernoulli" else PLACES
    for share in SHARES:
        values = {s.name: np.float64(share) for s in letters}
        if law.name == "Binomial" and isinstance(law.parameters[0], Symbol):
            values[law.parameters[0].name] = np.float64(TRIALS)
        for k in places + (0.0,) * (law.name in ("Bernoulli", "Geometric from 0", "Poisson")):
            try:
                a, b = (float(np.real(evaluate(e, {**values, place.name: np.float64(k)}))) for e in (body, other))
            except (AgnesiError, KeyError, ArithmeticError, TypeError, ValueError):
                return False
            if not np.isclose(a, b, rtol=1e-9, atol=0):
                return False
    return True
