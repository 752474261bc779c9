"""Sines and cosines: addition theorems, and cos² = 1 − sin²."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from agnesi.expr.nodes import Apply, Expr, postorder
from agnesi.rules.bases import as_form
from agnesi.rules.canon import key
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_forms import Work, is_exact, one, opened, plus, power, times
from agnesi.rules.equalities_tower import Rule, Tower, factor_form, monomial
from agnesi.rules.forms import Form, build

PYTHAGORAS = equalities.add("sin² + cos² = 1", "x: scalar; sin(x)^2 + cos(x)^2 = 1", "Abramowitz & Stegun 4.3.10")
ADDITION = equalities.add(
    "the addition theorems of sin and cos", "a: scalar, b: scalar; sin(a + b) = sin(a) cos(b) + cos(a) sin(b)",
    "Abramowitz & Stegun 4.3.16")
TANGENT = equalities.add("tan u = sin u / cos u", "x: scalar; 1 + tan(x)^2 = 1/cos(x)^2", "Abramowitz & Stegun 4.3.3")



def note_angles(root: Expr, work: Work) -> None:
    """Note, for each product that stands under a sine or cosine, the greatest number that divides all its multiples."""
    for node in postorder(root):
        if not isinstance(node, Apply) or node.op.name not in ("sin", "cos", "tan"):
            continue
        form = opened(as_form(node.args[0]), work)
        for term in form.terms if is_exact(form) else ():
            name = key(monomial(term, len(form.shape))[0])
            work.angles[name] = _common(work.angles.get(name, Fraction(0)), Fraction(term.coef))


def _common(a: Fraction, b: Fraction) -> Fraction:
    """Return the greatest rational of which both are whole multiples."""
    bottom = a.denominator * b.denominator
    return Fraction(gcd(abs(int(a * bottom)), abs(int(b * bottom))), bottom)


def _cosine_sine(tower: Tower, form: Form) -> tuple[Form, Form] | None:
    """Return (cos, sin) of a form by the addition theorems."""
    if len(form.terms) > 3:
        return None
    found = one(form.shape), Form(form.shape, [])
    for term in form.terms:
        node, axes = monomial(term, len(form.shape))
        coef = Fraction(term.coef)
        if isinstance(node, Apply) and node.op.name == "pi":
            if (2 * coef).denominator != 1:
                return None
            quarter = int(2 * coef) % 4
            unit = one(form.shape)
            pair = (unit.scaled(Fraction((1, 0, -1, 0)[quarter])), unit.scaled(Fraction((0, 1, 0, -1)[quarter])))
        else:
            step = tower.work.angles.get(key(node), Fraction(0)) or abs(coef)
            if (coef / step).denominator != 1 or abs(coef / step) > 6:
                return None
            angle = build(as_form(node).scaled(step))
            sine, cosine = tower.work.stand_in("sin", angle), tower.work.stand_in("cos", angle)
            tower.work.cosines[cosine] = sine
            base = tuple(factor_form(s, axes, Fraction(1), form) for s in (cosine, sine))
            pair = _multiple(tower, (base[0], base[1]), int(coef / step))
        found = _added(tower, found, pair)
    if len(form.terms) > 1 or any(abs(Fraction(t.coef)) != 1 for t in form.terms):
        tower.work.use(ADDITION)
    return found


def _added(tower: Tower, a: tuple[Form, Form], b: tuple[Form, Form]) -> tuple[Form, Form]:
    (c, s), (k, z) = a, b
    cosine = plus(times(c, k), times(s, z).scaled(Fraction(-1)))
    return opened(cosine, tower.work), opened(plus(times(s, k), times(c, z)), tower.work)


def _multiple(tower: Tower, base: tuple[Form, Form], count: int) -> tuple[Form, Form]:
    found = base
    for _ in range(abs(count) - 1):
        found = _added(tower, found, base)
    return (found[0], found[1].scaled(Fraction(-1))) if count < 0 else found


def _trigonometric(name: str) -> Rule:
    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        pair = _cosine_sine(tower, below[0])
        if pair is None:
            return None
        tower.work.use(PYTHAGORAS)
        if name == "tan":
            tower.work.use(TANGENT)
            return times(pair[1], power(pair[0], Fraction(-1)))
        return pair[0] if name == "cos" else pair[1]

    return rule


CIRCLES: dict[str, Rule] = {name: _trigonometric(name) for name in ("sin", "cos", "tan")}
