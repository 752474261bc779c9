"""What a text says of its random quantities: models, independences, moments, and facts in words."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from agnesi.check.chances_settled import channel_in, settled, transforms
from agnesi.check.chances_told import Spoken as Spoken
from agnesi.check.chances_told import between, fitting, of_one_law, plain_name, related, white, with_value
from agnesi.check.information_given import with_information
from agnesi.check.upto import without_constant
from agnesi.check.worlds import Chance, lowered
from agnesi.check.worlds_cast import quantities
from agnesi.check.worlds_formulas import formula_in
from agnesi.check.worlds_masses import with_mass, with_values
from agnesi.check.worlds_parts import expanded, with_partition
from agnesi.check.worlds_plain import with_plain_density
from agnesi.check.worlds_scan import Formula, Given, has_chance, is_op, learned, with_density, with_moment
from agnesi.errors import AgnesiError, ShapeError
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, symbols_of
from agnesi.read.lines import Group, Lines
from agnesi.run.reference import evaluate

SUBSCRIPTED = re.compile(r"([^_]+?)(_.+|[₀-₉ₙₘᵢⱼₖ]+)")
MEANS, SPREADS = ("mean",), ("variance", "covariance")


def chance_of_lines(
    lines: Lines, facts: Iterable[Spoken], given: set[int] | None = None, derived: Container[int] = ()
) -> Chance:
    """Return what the models, densities and moments of the lines and the facts in words say.

    Places of lines such as P(D) = 0.01, which give a number or a moment and claim nothing, are added to `given`; lines
    at the places `derived` are said to follow from others, so they give nothing.
    """
    facts = list(facts)
    sides = [s for line in lines.lines if line.error is None for group in line.groups for s in group.sides]
    out = with_partition(Chance(channel=channel_in(facts, lines)), sides)
    for line in lines.lines:
        for group in line.groups if line.error is None else ():
            if line.role == "model" and line.piece.start not in derived:
                model = group.sides[0]
                out = _learned(out, model.body if isinstance(model, Bind) else model)  # x_n ~ ... for all n
    for name, made in lines.definitions.items():
        letter = name.split("(")[0]
        if "(" in name or letter in ("p", "q", "P"):
            out = with_density(out, name, made.symbols, made.body)
    for line in lines.lines:
        for group in line.groups if line.error is None and line.role == "claim" and line.above < 0 else ():
            if set(group.ops) == {"eq"} and len(group.sides) == 2:
                before, out = out, with_mass(out, group.sides)
                if out is not before and given is not None:
                    given.add(line.piece.start)
    stated = [
        (line.piece.start, group.sides) for line in lines.lines for group in line.groups
        if line.error is None and line.role == "claim" and line.above < 0 and set(group.ops) == {"eq"}
    ]
    out, used = with_values(out, [sides for _, sides in stated])
    if given is not None:
        given |= {stated[k][0] for k in used}
    out = replace(out, transforms=transforms(lines))
    out = _with_formulas(out, lines, given, derived)
    out = with_plain_density(out, lines.definitions, sides)
    defined = {s.name for name, made in lines.definitions.items() if name == "p" or name[:2] == "p("
               for s in made.symbols[:1]}  # fmt: skip
    for line in lines.lines:
        for group in line.groups if line.error is None else ():
            named = line.role == "definition" and bool(group.ops) and is_op(group.sides[0], "probability")
            if (
                (line.role == "claim" or named) and set(group.ops) == {"eq"} and not line.arrows and line.above < 0
                and line.piece.start not in derived and not _by_formula(group.sides[0], out, defined)
            ):
                before, out = out, _moments(out, _named_first(group.sides), facts, lines)
                if out is not before and given is not None:
                    given.add(line.piece.start)
    for line in lines.lines:
        if line.error is None and line.role == "claim" and line.above < 0 and line.piece.start not in derived:
            for group in line.groups if not line.arrows else ():
                before, out = out, _valued(group, out)
                out = with_information(out, *group.sides) if group.ops == ("eq",) else out
                if out is not before and given is not None and len(group.ops) == 1:
                    given.add(line.piece.start)
    out = replace(out, laws=tuple(_of_entries(g, lines) for g in out.laws))
    for fact in facts:
        out = _spoken(out, fact, lines)
    out = related(white(fitting(out, lines.symbols), lines), facts, lines)
    said = frozenset(s.name for s in lines.symbols.values() if "random" in s.facts)
    return settled(replace(out, random=out.random | said), lines, sides)


def _by_formula(side: Expr, known: Chance, defined: Container[str]) -> bool:
    """Tell whether a moment is of a variable whose density is given, or `defined` but `open`: then it is claimed."""
    left = {s.name for f in known.formulas for s in f.left} | {n for n in known.open if n in defined}
    return is_op(side, "expectation", "variance", "covariance") and bool(left & {s.name for s in symbols_of(side)})


def _valued(group: Group, known: Chance) -> Chance:
    """Return what is known with p(X = 1 | Y = 0) = 0.9, where it does not follow from what is known."""
    if not group.ops or group.ops[0] != "eq" or known.channel is not None:
        return known
    left, right = group.sides[:2]
    if not isinstance(left, Apply) or symbols_of(right) or has_chance(right):
        return known
    if not is_op(left, "probability"):  # E[X | A] = 3: what is said of X so has no finite world here
        one = _given_event(left, known)
        return replace(known, open=known.open | {one.name}) if one is not None else known
    if not left.args or not all(is_op(a, "eq") and isinstance(a.args[1], Const) for a in left.args):
        return known
    try:
        found = []
        for seed in range(3):
            world = lowered([left, left], known, seed)
            value = evaluate(world.roots[0], world.values)
            if np.ndim(value):  # a variable that is left free
                return known
            found.append(float(value))
    except AgnesiError:
        return known
    if max(found) - min(found) < 1e-7:
        return known
    return replace(known, valued=(*known.valued, apply("eq", left, right)))


def _given_event(left: Apply, known: Chance) -> Symbol | None:
    """Return X of E[X | A], a number of which nothing is said given an event."""
    if not is_op(left, "expectation"):
        return None
    inside, dists, given = quantities(left)
    one = inside[0]
    taken = {g.variable.name for g in known.laws} | known.moments.keys() | known.copies
    events = all(isinstance(g, Symbol) or is_op(g, "complement") for g in given)
    capital = all(s.name[:1].isupper() for s in symbols_of(*given))
    told = bool({s for p, _ in known.numbers for s in symbols_of(p)} & set(symbols_of(*given)))
    if not isinstance(one, Symbol) or one.shape or one.name in taken or dists:
        return None
    return one if given and events and capital and told else None


def _of_entries(given: Given, lines: Lines) -> Given:
    """Return the law of x_n as that of the entries of x, where the text has the vector x."""
    base, _, below = given.variable.name.partition("_")
    owner = lines.symbols.get(base)
    if owner is None or owner.ndim != 1 or given.variable.shape or not below.isalpha() or given.copies:
        return given
    return replace(given, variable=owner, copies=True)


def _with_formulas(known: Chance, lines: Lines, given: set[int] | None, derived: Container[int]) -> Chance:
    """Return what is known with the densities that lines give; P(k = 1) = 1/2 where densities have k for a state."""
    for prior in (False, True):
        for line in lines.lines:
            for group in line.groups if line.error is None and line.role == "claim" and line.above < 0 else ():
                made = _formulas(group, known)
                stateful = {n for f in known.formulas for n, _ in (*f.cases, *f.states) if f.given}
                found = [f for f in made if _of_prior(f) is prior and (not prior or f.cases[0][0] in stateful)]
                if not found or (line.piece.start in derived and not found[0].loose):
                    continue
                known = replace(known, formulas=(*known.formulas, *found))
                if given is not None and set(group.ops) == {"eq"} and not found[0].loose:
                    given.add(line.piece.start)
    return known


def _of_prior(formula: Formula) -> bool:
    """Tell whether a formula gives the probability of one state: P(k = 1) = π."""
    return bool(formula.cases) and not set(formula.left) & set(symbols_of(formula.body))


def _formulas(group: Group, known: Chance) -> list[Formula]:
    """Return the densities that p(x) = ..., p(x) ∝ ... or log p(x) = ... + const gives, where nothing else is known."""
    if not group.ops or not set(group.ops) <= {"eq", "propto"}:
        return []
    left, right = group.sides[0], group.sides[-1]
    if len(group.ops) > 1 and "propto" in group.ops:  # p(f | D) = p(D | f) p(f)/p(D) ∝ ...
        made = formula_in(left, right, True, known) if has_chance(group.sides[1]) else None
        return [made] if made is not None else []
    if len(group.ops) > 1:  # P(k = 1) = P(k = 2) = 1/2
        heads = group.sides[:-1] if all(is_op(s, "probability") for s in group.sides[:-1]) else group.sides[:1]
        found = [formula_in(s, right if len(heads) > 1 else group.sides[1], False, known) for s in heads]
        return [f for f in found if f is not None]
    without = without_constant(left, right)
    if without is not None and isinstance(left, Apply) and left.op.name == "log" and without[0] is left:
        made = formula_in(left.args[0], apply("exp", without[1]), True, known)
    elif without is None and is_op(left, "log") and isinstance(left, Apply):
        made = formula_in(left.args[0], apply("exp", right), False, known)
    else:
        made = formula_in(left, right, group.ops[0] == "propto", known) if without is None else None
    return [made] if made is not None else []


def _learned(known: Chance, model: Expr) -> Chance:
    try:
        return learned(known, model)
    except AgnesiError:
        return known


def _named_first(sides: Sequence[Expr]) -> Sequence[Expr]:
    """Return P(H) = 0.5 of p = P(H) = 0.5."""
    named = len(sides) > 2 and isinstance(sides[0], Symbol) and is_op(sides[1], "probability")
    return sides[1:] if named else sides


def _moments(known: Chance, sides: Sequence[Expr], facts: Sequence[Spoken], lines: Lines) -> Chance:
    """Return what is known with E[X] = E[Y] = 0: moments of one value, where each of them says something new."""
    out = known
    for left in sides[:-1]:
        before, out = out, _moment(out, left, sides[-1])
        if out is before:
            out = between(out, left, sides[-1], facts, lines)
        if out is before and not (out is not known and is_op(left, "probability")):  # the last of a partition follows
            return known
    return out


def _moment(known: Chance, left: Expr, right: Expr) -> Chance:
    parts = dict(known.parts)
    made = expanded(left, parts) if parts and left.shape else left
    if made is not left and is_op(made, "blocks") and isinstance(made, Apply):  # P(H_i) = 1/3
        other = expanded(right, parts)
        several = other.args if is_op(other, "blocks") and isinstance(other, Apply) else (right,) * len(made.args)
        for one, value in zip(made.args, several, strict=False):
            known = _moment(known, one, value)
        return known
    try:
        return with_moment(known, apply("eq", left, right))
    except ShapeError:
        return known


def _spoken(known: Chance, fact: Spoken, lines: Lines) -> Chance:
    """Return what is known with a fact in words."""
    names = _samples(fact.names, lines)
    if fact.fact == "rate":
        return replace(known, rates=True)
    if fact.fact == "function of" and len(names) == 2:
        return replace(known, maps=(*known.maps, (names[0], names[1])), random=known.random | set(names))
    if fact.fact == "exhaustive":
        return replace(known, exhaustive=(*known.exhaustive, frozenset(names)))
    if fact.fact == "identically distributed":
        return known if len(names) == 1 and names != fact.names else of_one_law(known, names, lines)
    if fact.fact in ("independent", "iid", "independent and identically distributed"):
        if len(names) > 1:
            alone = [frozenset((n,)) for n in names]
            apart = [
                (one, frozenset().union(*alone[k + 1 :]), frozenset[str]()) for k, one in enumerate(alone[:-1])
            ]
            alike = (tuple(names),) if fact.fact != "independent" else ()
            return replace(known, independent=(*known.independent, *apart), alike=(*known.alike, *alike))
        return replace(known, copies=known.copies | frozenset(names))
    if fact.fact in (*MEANS, *SPREADS) and len(names) > 1:
        return with_value(known, fact.fact, _samples(fact.names[:-1], lines), fact.names[-1], lines)
    if fact.fact == "uncorrelated" and len(names) == 1:
        return replace(known, uncorrelated=(*known.uncorrelated, frozenset(names)))
    if fact.fact in ("uncorrelated", "disjoint", "mutually exclusive") and len(names) > 1:
        pairs = tuple(frozenset(pair) for pair in combinations(names, 2))
        if fact.fact == "uncorrelated":
            return replace(known, uncorrelated=(*known.uncorrelated, *pairs))
        return replace(known, exclusive=(*known.exclusive, *pairs))
    if fact.fact == "gaussian":
        return replace(known, gaussian=known.gaussian | frozenset(names))
    if fact.fact == "conditionally independent" and len(names) > 2:
        first, *others, last = names
        split = (frozenset((first,)), frozenset(others), frozenset((last,)))
        return replace(known, independent=(*known.independent, split))
    if fact.fact == "random":
        return replace(known, random=known.random | frozenset(names))
    return known


def _samples(names: Sequence[str], lines: Lines) -> tuple[str, ...]:
    """Return the names with x for x_1, x_N and x_n, where the text has the vector x."""
    out: dict[str, None] = {}
    for name in map(plain_name, names):
        found = SUBSCRIPTED.fullmatch(name)
        base, below = found.groups() if found else (name, "")
        owner = lines.symbols.get(base)
        out[base if below and owner is not None and owner.ndim == 1 else name] = None
    return tuple(out)


def facts_named(facts: Sequence[Spoken], *wanted: str) -> tuple[str, ...]:
    """Return the names of which one of these facts is said."""
    return tuple(name for fact in facts if fact.fact in wanted for name in fact.names)

