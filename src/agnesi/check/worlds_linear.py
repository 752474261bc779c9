"""Moments of linear quantities in closed form: Cov[x | Hx + v] of what is jointly Gaussian.

Where a text conditions on a linear combination of variables whose means and covariances are given, no table has the
answer; the normal law has. E[a | b] = E[a] + Cov[a, b] Cov[b]⁻¹ (b − E[b]), and Cov[a | b] = Cov[a] − Cov[a, b]
Cov[b]⁻¹ Cov[b, a] (PRML 2.81, 2.82).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agnesi.check.worlds_cast import quantities
from agnesi.check.worlds_laws import root
from agnesi.check.worlds_scan import Chance, has_chance, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import (
    Apply,
    Expr,
    Symbol,
    apply,
    constant,
    fold,
    postorder,
    replace,
    symbol,
    symbols_of,
    with_args,
)
from agnesi.rules.derive import derivative


@dataclass(frozen=True)
class Closed:
    """Roots without conditional moments, and what was assumed of the variables."""

    roots: tuple[Expr, ...]
    assumed: tuple[str, ...]


def closed_moments(roots: Sequence[Expr], known: Chance) -> Closed | None:
    """Return the roots with moments in closed form; None where none needs it, or where one of them has none.

    All or nothing: the normal law is one instance, and no other may stand beside it.
    """
    if not any(_on_quantity(n, known) for n in postorder(*roots)):
        return None
    base = Linear(known, {s.name: s for s in symbols_of(*roots)})

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        return base.moment(made) if is_op(made, "expectation", "variance", "covariance") else made

    try:
        out = tuple(fold(r, step) for r in roots)
    except (AgnesiError, KeyError):
        return None
    if has_chance(*out) or any(s in base.spreads for s in symbols_of(*out) if s not in base.shown):
        return None
    names = sorted(s.name for s in base.used)
    normal = {g.variable.name for g in known.laws if g.law.name == "Normal"}
    said = () if set(names) <= known.gaussian | normal else (f"{', '.join(names)} jointly Gaussian",)
    return Closed(out, said)


def _on_quantity(node: Expr, known: Chance) -> bool:
    """Tell whether a moment is conditional on a combination of variables with given moments, or on one beside it."""
    if not is_op(node, "expectation", "variance", "covariance") or not isinstance(node, Apply):
        return False
    inside, dists, given = quantities(node)
    plain = all(isinstance(g.args[0] if is_op(g, "eq") and isinstance(g, Apply) else g, Symbol) for g in given)
    if not dists and plain and _pairs(known) & {s.name for s in symbols_of(*inside, *given)}:
        return True
    normal = {g.variable.name for g in known.laws if g.law.name == "Normal" and not g.copies}
    if not given and not dists:  # Cov[Hx + v, x], for which there are too many nodes
        return bool({s.name for s in symbols_of(*inside) if s.shape} & normal)
    if dists or not given:
        return False
    told = {n for n, (_, v) in known.moments.items() if v is not None}
    lawful = {g.variable.name for g in known.laws}
    said = {s.name for s in symbols_of(*inside, *given)} & known.gaussian
    if said and not said & lawful and all(isinstance(g, Symbol) and g.name in known.gaussian for g in given):
        return True
    told |= normal
    held = {s.name for s in symbols_of(*given)} & told
    combined = any(isinstance(g, Apply) and g.op.family != "relation" for g in given)
    return bool(held) and combined and not any(is_op(g, "eq") and has_chance(g) for g in given)


def _pairs(known: Chance) -> frozenset[str]:
    """Return the names of two numbers whose means, variances and covariance are given, as of a normal law."""
    laws = {g.variable.name for g in known.laws if g.law.name == "Normal" and not g.copies}
    told = [pair for pair, _ in known.crossed if pair <= laws and all(None not in _of(known, n) for n in pair)]
    return frozenset().union(*told)


def _of(known: Chance, name: str) -> tuple[Expr | None, Expr | None]:
    return known.moments.get(name, (None, None))


class Linear:
    """Means and covariances of the variables of a text, and of what is linear in them."""

    def __init__(self, known: Chance, letters: Mapping[str, Symbol]) -> None:
        self.known, self.letters = known, letters
        self.means: dict[Symbol, Expr] = {}
        self.spreads: dict[Symbol, Expr] = {}
        self.used: set[Symbol] = set()
        self.shown: set[Symbol] = set()

    def variables(self, *parts: Expr) -> list[Symbol]:
        """Return the random variables of some parts; raises `KeyError` for one whose covariance is not given."""
        found: list[Symbol] = []
        laws = {g.variable.name: g for g in self.known.laws}
        for one in symbols_of(*parts):
            mean, spread = self.known.moments.get(one.name, (None, None))
            law = laws.get(one.name)
            if law is not None and one.name in _pairs(self.known):
                assert mean is not None and spread is not None
            elif law is not None:
                above = any(s.name in laws for s in symbols_of(*law.law.parameters))
                if law.law.name != "Normal" or law.copies or above:
                    raise KeyError(one.name)
                mean, spread = law.law.parameters
            elif one.name in self.known.gaussian and one.name not in self.known.copies:
                mean = mean if mean is not None else self.by_letter("μ", one)
                spread = spread if spread is not None else self.by_letter("Σ" if one.shape else "σ", one, one)
            elif one.name in self.known.moments:
                if spread is None or one.name in self.known.copies:
                    raise KeyError(one.name)
            elif one.name in self.known.random:
                raise KeyError(one.name)
            else:
                continue
            assert spread is not None
            zero = apply("zeros", attrs=one.shape) if one.shape else constant(0)
            if mean is None:
                mean = symbol(f"{one.name} mean", one.shape)
            self.means[one] = zero if mean is constant(0) else mean
            self.spreads[one] = spread
            found.append(one)
        self.used.update(found)
        return found

    def by_letter(self, letter: str, *of: Symbol) -> Expr:
        """Return μ_x, Σ_x_x or Σ_x_y, as the text writes it."""
        shape = tuple(d for s in of for d in s.shape)
        names = [s.name for s in of]
        spellings = ["_".join([letter, *names]), letter + "_" + "".join(names)]
        spellings += [f"{letter}_{names[0]}"] if len(set(names)) == 1 else []
        found = next((self.letters[n] for n in spellings if n in self.letters and self.letters[n].shape == shape), None)
        if found is None and letter == "σ" and len(set(names)) == 1:
            return (self.letters.get(f"σ_{names[0]}") or symbol(f"σ_{names[0]}", (), frozenset(("positive",)))) ** 2
        facts = frozenset(("spd",)) if len(shape) == 2 and len(set(names)) == 1 else frozenset[str]()
        return found if found is not None else symbol(spellings[0], shape, facts)

    def moment(self, node: Expr) -> Expr:
        """Return a moment in closed form."""
        assert isinstance(node, Apply)
        inside, dists, given = quantities(node)
        if dists:
            raise KeyError("distribution")
        points, values = self.conditions(given)
        first, second = inside[0], inside[-1]
        if node.op.name == "expectation":
            return self.mean_given(first, points, values)
        return self.covariance_given(first, second, points)

    def conditions(self, given: Sequence[Expr]) -> tuple[list[Expr], list[Expr]]:
        """Return the quantities that are given, and their values."""
        points: list[Expr] = []
        values: list[Expr] = []
        for one in given:
            if is_op(one, "eq") and isinstance(one, Apply):
                points.append(one.args[0])
                values.append(one.args[1])
            else:
                points.append(one)
                values.append(one)
                self.shown.update(self.variables(one))
        return points, values

    def mean(self, one: Expr) -> Expr:
        """Return the mean of a linear quantity."""
        held = self.variables(one)
        self.slopes(one, held)
        return replace(one, {s: self.means[s] for s in held})

    def slopes(self, one: Expr, held: Sequence[Symbol]) -> Mapping[Symbol, Expr]:
        """Return the derivatives of a linear quantity; raises `KeyError` for one that is not linear."""
        out = {s: derivative(one, [s]) for s in held}
        if any(s in symbols_of(slope) for slope in out.values() for s in held):
            raise KeyError("not linear")
        return out

    def covariance(self, first: Expr, second: Expr) -> Expr:
        """Return the covariance of two linear quantities."""
        left, right = self.slopes(first, self.variables(first)), self.slopes(second, self.variables(second))
        parts: list[Expr] = []
        for s, slope in left.items():
            for t, other in right.items():
                cross = self.cross(s, t)
                if cross is not None:
                    parts.append(_between(slope, first, s, cross, t, second, other))
        if not parts:
            dims = (*first.shape, *second.shape)
            return apply("zeros", attrs=dims) if dims else constant(0)
        return parts[0] if len(parts) == 1 else apply("add", *parts)

    def cross(self, s: Symbol, t: Symbol) -> Expr | None:
        """Return the covariance of two variables; None where they are uncorrelated."""
        if s is t:
            return self.spreads[s]
        pair = frozenset((s.name, t.name))
        told = next((c for names, c in self.known.crossed if names == pair), None)
        if told is not None:
            return told
        apart = any(
            (s.name in a and t.name in b) or (t.name in a and s.name in b)
            for a, b, given in self.known.independent if not given
        )
        if {s.name, t.name} <= self.known.gaussian and not apart:
            if not s.shape and not t.shape and "ρ" in self.letters:
                return self.letters["ρ"] * root(self.spreads[s]) * root(self.spreads[t])
            letter = "Σ" if s.shape or t.shape else "σ"
            swapped = any(n in self.letters for n in (f"{letter}_{t.name}_{s.name}", f"{letter}_{t.name}{s.name}"))
            direct = any(n in self.letters for n in (f"{letter}_{s.name}_{t.name}", f"{letter}_{s.name}{t.name}"))
            if (swapped and not direct) or (not direct and s.name > t.name):
                held = self.by_letter(letter, t, s)
                return apply("transpose", held) if held.ndim == 2 else held
            return self.by_letter(letter, s, t)
        if apart or pair in self.known.uncorrelated or {s.name, t.name} <= self.lawful():
            return None
        raise KeyError("the covariance is not known")

    def lawful(self) -> set[str]:
        """Return the names of variables with laws of their own, which are independent."""
        return {g.variable.name for g in self.known.laws}

    def joined(self, points: Sequence[Expr]) -> Expr:
        """Return what is given, which is one quantity here."""
        if len(points) != 1:
            raise KeyError("several quantities")
        return points[0]

    def mean_given(self, one: Expr, points: Sequence[Expr], values: Sequence[Expr]) -> Expr:
        """Return E[one | points = values]."""
        mean = self.mean(one)
        if not points:
            return mean
        at = self.joined(points)
        gap = values[0] - self.mean(at)
        cross, inner = self.covariance(one, at), self.covariance(at, at)
        if not at.shape:
            return mean + cross / inner * gap
        if not one.shape:
            return mean + apply("mul", apply("transpose", cross), apply("inv", inner), gap)
        return mean + apply("mul", cross, apply("inv", inner), gap)

    def covariance_given(self, first: Expr, second: Expr, points: Sequence[Expr]) -> Expr:
        """Return Cov[first, second | points]."""
        whole = self.covariance(first, second)
        if not points:
            return whole
        at = self.joined(points)
        left, right, inner = self.covariance(first, at), self.covariance(at, second), self.covariance(at, at)
        if not at.shape:
            if left.shape and right.shape:
                return whole - apply("mul", left, apply("transpose", right)) / inner
            return whole - left * right / inner
        turned = left if left.ndim == 2 else apply("transpose", left)
        return whole - apply("mul", turned, apply("inv", inner), right)


def _between(slope: Expr, first: Expr, s: Symbol, cross: Expr, t: Symbol, second: Expr, other: Expr) -> Expr:
    """Return slope · cross · otherᵀ for numbers and vectors."""
    left = slope if first.shape or not s.shape else apply("transpose", slope)  # of a number: a row
    right = apply("transpose", other) if second.shape and (t.shape or first.shape or s.shape) else other
    if not s.shape and not t.shape:
        if first.shape and second.shape:
            return apply("mul", cross, slope, apply("transpose", other))
        return apply("mul", cross, slope, other)
    return apply("mul", left, cross, right)
