"""What a text says of its random quantities: models, independences, moments, and facts in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from agnesi.check.worlds import Chance
from agnesi.check.worlds_formulas import formula_in
from agnesi.check.worlds_scan import learned, with_density, with_moment
from agnesi.errors import AgnesiError, ShapeError
from agnesi.expr.nodes import Expr, apply, constant, symbol
from agnesi.read.lines import Lines

MEANS, SPREADS = ("mean",), ("variance", "covariance")


@dataclass(frozen=True)
class Spoken:
    """A fact in words: its name, and the names that it is said of (of a mean or covariance, the last is the value)."""

    fact: str
    names: tuple[str, ...]


def chance_of_lines(lines: Lines, facts: Iterable[Spoken]) -> Chance:
    """Return what the models, densities and moments of the lines and the facts in words say."""
    out = Chance()
    for line in lines.lines:
        for group in line.groups if line.error is None else ():
            if line.role == "model":
                out = _learned(out, group.sides[0])
            elif line.role == "claim" and group.ops == ("eq",) and not line.arrows and line.above < 0:
                out = _moment(out, *group.sides)
    for name, made in lines.definitions.items():
        letter = name.split("(")[0]
        if "(" in name or letter in ("p", "q", "P"):
            out = with_density(out, name, made.symbols, made.body)
    for line in lines.lines:
        for group in line.groups if line.error is None and line.role == "claim" and line.above < 0 else ():
            given = formula_in(*group.sides[:2], group.ops[0] == "propto", out) if group.ops else None
            if given is not None and group.ops[0] in ("eq", "propto"):
                out = replace(out, formulas=(*out.formulas, given))
    for fact in facts:
        out = _spoken(out, fact, lines)
    said = frozenset(s.name for s in lines.symbols.values() if "random" in s.facts)
    return replace(out, random=out.random | said)


def _learned(known: Chance, model: Expr) -> Chance:
    try:
        return learned(known, model)
    except AgnesiError:
        return known


def _moment(known: Chance, left: Expr, right: Expr) -> Chance:
    try:
        return with_moment(known, apply("eq", left, right))
    except ShapeError:
        return known


def _spoken(known: Chance, fact: Spoken, lines: Lines) -> Chance:
    """Return what is known with a fact in words."""
    names = fact.names
    if fact.fact in ("independent", "iid", "independent and identically distributed"):
        if len(names) > 1:
            alone = [frozenset((n,)) for n in names]
            apart = [
                (one, frozenset().union(*alone[k + 1 :]), frozenset[str]()) for k, one in enumerate(alone[:-1])
            ]
            return replace(known, independent=(*known.independent, *apart))
        return replace(known, copies=known.copies | frozenset(names))
    if fact.fact in (*MEANS, *SPREADS) and len(names) > 1:
        value = _value(names[-1], lines)
        for name in names[:-1] if value is not None else ():
            mean, spread = known.moments.get(name, (None, None))
            mean, spread = (value, spread) if fact.fact in MEANS else (mean, value)
            known = replace(known, moments={**known.moments, name: (mean, spread)})
        return known
    if fact.fact in ("uncorrelated", "disjoint", "mutually exclusive") and len(names) > 1:
        pairs = tuple(frozenset(pair) for pair in combinations(names, 2))
        if fact.fact == "uncorrelated":
            return replace(known, uncorrelated=(*known.uncorrelated, *pairs))
        return replace(known, exclusive=(*known.exclusive, *pairs))
    if fact.fact == "conditionally independent" and len(names) > 2:
        *apart, last = names
        split = (frozenset(apart[:1]), frozenset(apart[1:]), frozenset((last,)))
        return replace(known, independent=(*known.independent, split))
    if fact.fact == "random":
        return replace(known, random=known.random | frozenset(names))
    return known


def _value(text: str, lines: Lines) -> Expr | None:
    """Return the value of a moment: a number, a symbol, or a square such as σ²."""
    if text in lines.symbols:
        return lines.symbols[text]
    if text.lstrip("-").isdigit():
        return constant(int(text))
    base = text.removesuffix("²").removesuffix("^2")
    if base != text:
        return apply("pow", lines.symbols.get(base, symbol(base)), 2)
    return symbol(text) if text.isidentifier() else None


def facts_named(facts: Sequence[Spoken], *wanted: str) -> tuple[str, ...]:
    """Return the names of which one of these facts is said."""
    return tuple(name for fact in facts if fact.fact in wanted for name in fact.names)

