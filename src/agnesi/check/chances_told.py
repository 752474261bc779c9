"""Moments that a text tells in words: their values as expressions, and what they make of vectors and of pairs.

A vector whose entries are not said to be independent has a covariance of its own: σ²((1 − ρ) I + ρ 𝟏𝟏ᵀ) where each
pair has the correlation ρ. Two numbers with a covariance are taken for jointly Gaussian, one instance of all laws.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agnesi.check.worlds import renamed
from agnesi.check.worlds_cast import quantities
from agnesi.check.worlds_laws import SUPPORT, Law, domain_facts, root
from agnesi.check.worlds_scan import Chance, Given, constant_value, has_chance, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, postorder, symbol, symbols_of
from agnesi.read.lines import Group, Lines
from agnesi.read.moments_told import Told, moments_told
from agnesi.read.prose import Fragment
from agnesi.read.words import GREEK
from agnesi.read.worksheet import read

MOMENTS = frozenset(("mean", "variance", "covariance"))
TOGETHER = frozenset(("independent", "uncorrelated", "iid", "identically distributed"))
SQUARE = re.compile(r"(\\?[^\W\d²³]+(?:_\{?\w+\}?|[₀-₉ᵢⱼₙ]+)?\d?)\s*(?:²|\^2|\^\{2\})$")
IDENTITY = re.compile(r"(.*?)\s*\*?\s*I(?:_\{?\w\}?|[ₙₘₚₖ])?$")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₘₗₜ", "0123456789ijknmlt")
EXAMPLE = "\0r"  # the correlation of a sample of which nothing is said


@dataclass(frozen=True)
class Spoken:
    """A fact in words: its name, and the names that it is said of (of a moment, the last is the value)."""

    fact: str
    names: tuple[str, ...]


def spoken_facts(found: Sequence[Fragment], source: str, more: Sequence[Told] = ()) -> list[Spoken]:
    """Return the facts in words of a text: those of its moments from a scan of their own, the others from the prose."""
    said = [f for f in found if f.kind == "fact"]
    told = moments_told(source)
    lines = {(source.count("\n", 0, t.start + len(_lead(source, t.start))) + 1, _kind(t.fact)) for t in told}
    kept = [f for f in said if (f.line, _kind(f.fact)) not in lines or _kind(f.fact) == ""]
    return [*(Spoken(f.fact, f.names) for f in kept), *(Spoken(t.fact, t.names) for t in (*told, *more))]


def _lead(source: str, start: int) -> str:
    """Return the blanks at a place."""
    return source[start : len(source) - len(source[start:].lstrip())]


def _kind(fact: str) -> str:
    return "moment" if fact in MOMENTS or fact == "pair covariance" else fact if fact in TOGETHER else ""


def plain_name(text: str) -> str:
    """Return a name as the reader has it: μ for \\mu and mu, x_bar for \\bar{x}."""
    text = re.sub(r"\\(bar|hat|tilde|overline)\s*\{?\s*(\\?\w+?)\s*\}?$", r"\2_\1", text).replace("overline", "bar")
    text = re.sub(r"\\(?:mathbf|boldsymbol|bm|mathrm)\s*\{\s*(.*?)\s*\}", r"\1", text).removeprefix("\\")
    found = re.fullmatch(r"([^₀-₉ᵢⱼₖₙₘₗₜ]+)([₀-₉ᵢⱼₖₙₘₗₜ]+)", text)
    text = f"{found[1]}_{found[2].translate(LOWERED)}" if found else text
    base, _, below = text.partition("_")
    below = below.strip("{}")
    return GREEK.get(base, base) + (f"_{below}" if below else "")


def value_of(text: str, owner: Symbol | None, lines: Lines) -> Expr | None:
    """Return the value of a moment: a number, a symbol, a square such as σ², or any formula of the text's symbols."""
    name = plain_name(text)
    if name in lines.symbols:
        return lines.symbols[name]
    if text.lstrip("-").isdigit():
        return constant(int(text))
    square = SQUARE.match(text)
    if square:
        base = value_of(square[1], owner, lines)
        return apply("pow", base, 2) if base is not None and not base.shape else None
    vector = _subscripted(name, owner, lines)
    if vector is not None:
        return vector
    identity = IDENTITY.match(text)
    if identity and owner is not None and owner.ndim == 1 and "I" not in lines.symbols:
        scale = value_of(identity[1], None, lines) if identity[1] else constant(1)
        return None if scale is None else apply("mul", scale, apply("eye", attrs=owner.shape))
    if re.fullmatch(r"\\?[^\W\d]\w*", text) and (len(name) == 1 or "_" in name or name[1:].isdigit()):
        return symbol(name)
    try:
        return read(text, dict(lines.symbols), dict(lines.definitions), scalar=owner is None or not owner.shape).expr
    except AgnesiError:
        return None


def _subscripted(name: str, owner: Symbol | None, lines: Lines) -> Expr | None:
    """Return the vector μ for μ_i, where the text has it."""
    base, _, below = name.partition("_")
    held = lines.symbols.get(base)
    if owner is None or not below.isalpha() or len(below) > 1 or held is None or held.shape != owner.shape:
        return None
    return held


def with_value(known: Chance, fact: str, names: Sequence[str], text: str, lines: Lines) -> Chance:
    """Return what is known with a mean, a variance or a covariance of names."""
    lawful = {g.variable.name for g in known.laws}
    moments = dict(known.moments)
    for name in names:
        owner = lines.symbols.get(name)
        value = value_of(text, owner, lines) if name not in lawful else None
        if value is None or (owner is not None and owner in symbols_of(value)):
            continue
        mean, spread = moments.get(name, (None, None))
        moments[name] = (value, spread) if fact == "mean" else (mean, value)
    return replace(known, moments=moments)


def related(known: Chance, facts: Iterable[Spoken], lines: Lines) -> Chance:
    """Return what is known with the correlations and covariances of pairs, and covariances for vectors."""
    facts = list(facts)
    said: dict[str, tuple[str, Expr]] = {}
    for fact in facts:
        if fact.fact not in ("correlation", "pair covariance"):
            continue
        names = _owners(fact.names[:-1], lines)
        value = value_of(fact.names[-1], None, lines)
        if value is None or value.shape:
            continue
        if len(names) == 1:
            said[names[0]] = (fact.fact, value)
        elif len(names) == 2:
            known = paired(known, (names[0], names[1]), fact.fact, value, lines)
    for first, second, kind, value in known.pending:
        known = paired(known, (first, second), kind, value, lines)
    moments, facts_found = dict(known.moments), list(known.facts)
    for name, (mean, spread) in known.moments.items():
        owner = lines.symbols.get(name)
        if owner is None or owner.ndim != 1 or spread is None or spread.shape:
            continue
        if name in said:
            moments[name] = (mean, _alike(owner, spread, *said[name]))
            facts_found += [(s, "unit interval") for s in symbols_of(said[name][1]) if s.name in ("ρ", "r")]
        elif name not in known.copies and any(f.fact == "together" for f in facts):
            known = replace(known, copies=known.copies | {name})
        elif name not in known.copies:
            link = symbol(EXAMPLE, (), frozenset(("unit interval",)))
            moments[name] = (mean, _alike(owner, spread, "correlation", link))
    return replace(known, moments=moments, facts=tuple(facts_found), copies=known.copies - said.keys())


def between(known: Chance, left: Expr, right: Expr, facts: Iterable[Spoken], lines: Lines) -> Chance:
    """Return what is known with Cov(X, Y) = c, corr(X, Y) = ρ, E[Y | X] = a + b X or Var[Y | X] = v as given."""
    if has_chance(right):
        return known
    if is_op(left, "expectation", "variance") and isinstance(left, Apply):
        sides = [s for line in lines.lines if line.error is None for g in line.groups for s in g.sides]
        dense = any(is_op(n, "probability", "density", "follows") for n in postorder(*sides))
        return known if dense or lines.definitions.keys() & {"p", "q", "P"} else conditional(known, left, right)
    fact, pair = "pair covariance", _pair(left)
    if is_op(left, "div") and isinstance(left, Apply) and is_op(left.args[1], "sqrt"):
        inside = [n for n in postorder(left.args[1]) if is_op(n, "variance")]
        fact, pair = "correlation", _pair(left.args[0]) if len(inside) == 2 else ()
    names = {s.name for s in pair}
    if len(names) != 2 or right.shape or names & {s.name for s in symbols_of(right)}:
        return known
    apart = [set(f.names) for f in facts if f.fact in TOGETHER]
    told = any(names <= one for one in apart) or any(names <= a | b and names & a and names & b for a, b, c in
                                                     known.independent if not c)
    told = told or any(names == {a, b} for a, b, *_ in known.pending)
    if told or any(names == one for one, _ in known.crossed):
        return known
    return replace(known, pending=(*known.pending, (pair[0].name, pair[1].name, fact, right)))


def _pair(one: Expr) -> tuple[Symbol, ...]:
    """Return X and Y of Cov(X, Y), two numbers; nothing for others."""
    if not is_op(one, "covariance") or not isinstance(one, Apply) or one.attrs or len(one.args) != 2:
        return ()
    held = tuple(a for a in one.args if isinstance(a, Symbol) and not a.shape)
    return held if len(held) == 2 else ()


def conditional(known: Chance, left: Apply, right: Expr) -> Chance:
    """Return what is known with the mean or the variance of a number given another: Y given X."""
    inside, dists, given = quantities(left)
    if dists or len(given) != 1 or not isinstance(inside[0], Symbol) or not isinstance(given[0], Symbol):
        return known
    one, other = inside[0], given[0]
    taken = {g.variable.name for g in known.laws} | known.moments.keys() | known.copies
    if one.shape or other.shape or one.name in taken or one in symbols_of(right) or right.shape:
        return known
    held = {name: (by, mean, spread) for name, by, mean, spread in known.conditional}
    by, mean, spread = held.get(one.name, (other, None, None))
    if by is not other or any(other.name == name for name in held):
        return known
    mean, spread = (right, spread) if left.op.name == "expectation" else (mean, right)
    if (mean is not right or held.get(one.name, (other, None, None))[1] is not None) and spread is not right:
        return known
    rest = tuple(c for c in known.conditional if c[0] != one.name)
    return replace(known, conditional=(*rest, (one.name, other, mean, spread)))


def _owners(names: Sequence[str], lines: Lines) -> list[str]:
    """Return x for x_1, x_n and x_i where the text has the vector x."""
    out: dict[str, None] = {}
    for name in map(plain_name, names):
        base = re.sub(r"(_.+|[₀-₉ₙₘᵢⱼₖ]+)$", "", name)
        held = lines.symbols.get(base)
        out[base if held is not None and held.ndim == 1 and base != name else name] = None
    return list(out)


def _alike(owner: Symbol, spread: Expr, fact: str, link: Expr) -> Expr:
    """Return the covariance of a vector whose entries have one variance, and each pair one covariance."""
    common = spread * link if fact == "correlation" else link
    ones = apply("ones", attrs=owner.shape)
    return apply("mul", spread - common, apply("eye", attrs=owner.shape)) + apply(
        "mul", common, ones, apply("transpose", ones)
    )


def paired(known: Chance, pair: tuple[str, str], fact: str, value: Expr, lines: Lines) -> Chance:
    """Return what is known with the correlation or covariance of two numbers."""
    known = _unbound(known, pair)
    if any(g.variable.name in pair for g in known.laws) or any(one & set(pair) for one, _ in known.crossed):
        return known
    held = [lines.symbols.get(n, symbol(n)) for n in pair]
    if any(s.shape for s in held):
        return known
    moments = dict(known.moments)
    for one in held:
        mean, spread = moments.get(one.name, (None, None))
        free = symbol(f"{one.name} deviation", (), frozenset(("positive",)))
        moments[one.name] = (
            mean if mean is not None else symbol(f"{one.name} mean"),
            spread if spread is not None else free**2,
        )
    (_, first), (_, second) = (moments[n] for n in pair)
    assert first is not None and second is not None
    cross = value * root(first) * root(second) if fact == "correlation" else value
    unit = all(constant_value(v) == 1 for v in (first, second))
    facts = [(s, "unit interval") for s in symbols_of(value) if fact == "correlation" or unit]
    facts += [(s, "positive") for v in (first, second) for s in [root(v)] if isinstance(s, Symbol)]
    facts += [(v, "positive") for v in (first, second) if isinstance(v, Symbol)]
    return joint(replace(
        known, moments=moments, crossed=(*known.crossed, (frozenset(pair), cross)), facts=(*known.facts, *facts),
    ), held)


def _unbound(known: Chance, pair: tuple[str, str]) -> Chance:
    """Return what is known with the normal laws of two numbers as their moments: these are jointly Gaussian then."""
    mine = [g for g in known.laws if g.variable.name in pair]
    names = {g.variable.name for g in known.laws}
    plain = all(
        g.law.name == "Normal" and not g.variable.shape and not {s.name for s in symbols_of(*g.law.parameters)} & names
        for g in mine
    )
    if len(mine) != 2 or not plain:
        return known
    moments: dict[str, tuple[Expr | None, Expr | None]] = dict(known.moments)
    for one in mine:
        mean, spread = one.law.parameters
        moments[one.variable.name] = (mean, spread)
    return replace(known, moments=moments, laws=tuple(g for g in known.laws if g not in mine))


def joint(known: Chance, held: Sequence[Symbol]) -> Chance:
    """Return what is known with normal laws of a pair: X ~ N(m, s²), Y | X ~ N(n + c/s² (X − m), t² − c²/s²)."""
    first, second = held
    (m, s), (n, t) = known.moments[first.name], known.moments[second.name]
    cross = next(c for pair, c in known.crossed if pair == {first.name, second.name})
    assert m is not None and s is not None and n is not None and t is not None
    slope = cross / s
    laws = (
        Given(first, Law("Normal", (m, _marked(s)))),
        Given(second, Law("Normal", (n + slope * (first - m), t - slope * cross))),
    )
    return replace(known, laws=(*known.laws, *laws))


def _marked(spread: Expr) -> Expr:
    """Return a variance that is no bare symbol: the second parameter of N is a variance here, whatever a text means."""
    return apply("pow", apply("sqrt", spread), constant(2)) if isinstance(spread, Symbol) else spread


def white(known: Chance, lines: Lines) -> Chance:
    """Return what is known where the entries of a vector are uncorrelated and have one variance: Cov[x] = σ² I."""
    moments: dict[str, tuple[Expr | None, Expr | None]] = dict(known.moments)
    for name in {n for pair in known.uncorrelated if len(pair) == 1 for n in pair} - known.copies:
        owner, (mean, spread) = lines.symbols.get(name), moments.get(name, (None, None))
        if owner is None or owner.ndim != 1 or spread is None:
            continue
        if not spread.shape:
            moments[name] = (mean, apply("mul", spread, apply("eye", attrs=owner.shape)))
        elif spread.ndim == 1:
            moments[name] = (mean, apply("diag", spread))
    return replace(known, moments=moments, uncorrelated=tuple(p for p in known.uncorrelated if len(p) == 2))


def fitting(known: Chance, symbols: Mapping[str, Symbol]) -> Chance:
    """Return what is known without moments whose shapes do not fit; a mean 0 of a vector is the vector 0."""
    moments: dict[str, tuple[Expr | None, Expr | None]] = {}
    for name, (mean, spread) in known.moments.items():
        owner = symbols.get(name)
        if owner is None:
            moments[name] = (mean, spread)
            continue
        if mean is not None and mean.shape and mean.shape != owner.shape:
            mean = None
        fits = spread is None or not spread.shape or spread.shape == owner.shape * 2
        alike = name in known.copies and spread is not None and spread.shape == owner.shape
        if mean is not None and constant_value(mean) == 0 and owner.ndim == 1:
            mean = apply("zeros", attrs=owner.shape)
        if mean is not None or (spread is not None and (fits or alike)):
            moments[name] = (mean, spread if fits or alike else None)
    able = {n for n in known.copies if n not in symbols or symbols[n].ndim == 1}
    return replace(known, moments=moments, copies=frozenset(able))


def spreads_told(known: Chance) -> dict[Symbol, Symbol]:
    """Return the symbols of given covariances and variances with what these make of them: positive (definite)."""
    values = [v for _, v in known.moments.values() if v is not None]
    values += [g.law.parameters[1] for g in known.laws if g.law.name == "Normal" and len(g.law.parameters) == 2]
    facts = [pair for v in values for pair in _positive(v)]
    return {s: symbol(s.name, s.shape, s.facts | {f}) for s, f in facts if f not in s.facts and not _apart(s, f)}


def domains_told(known: Chance) -> dict[Symbol, Symbol]:
    """Return the parameters and variables of the distributions of a text with what these make of them: 0 < p < 1."""
    found: dict[Symbol, frozenset[str]] = {}
    for one in known.laws:
        pairs = [*domain_facts(one.law), *((one.variable, f) for f in SUPPORT.get(one.law.name, ()))]
        for s, fact in pairs:
            if fact not in s.facts and not _apart(s, fact):
                found[s] = found.get(s, s.facts) | {fact}
    return {s: symbol(s.name, s.shape, names) for s, names in found.items()}


def _apart(one: Symbol, fact: str) -> bool:
    """Tell whether a symbol cannot have a fact: a matrix with two sizes, a diagonal of units."""
    return one.ndim == 2 and one.shape[0] != one.shape[1]


def _positive(spread: Expr) -> list[tuple[Symbol, str]]:
    """Return what makes a given spread positive: Σ, σ² and v themselves, and σ² in σ²I."""
    if is_op(spread, "mul") and isinstance(spread, Apply) and any(is_op(a, "eye") for a in spread.args):
        return [pair for a in spread.args for pair in _positive(a)]
    if is_op(spread, "pow") and isinstance(spread, Apply) and isinstance(spread.args[0], Symbol):
        return [(spread.args[0], "positive")] if not spread.shape else []
    if isinstance(spread, Symbol) and spread.ndim in (0, 2):
        return [(spread, "spd" if spread.ndim else "positive")]
    return []


def with_twins(lines: Lines, twins: Mapping[Symbol, Symbol]) -> Lines:
    """Return lines in which symbols have more facts."""
    mapping: dict[Expr, Expr] = {s: t for s, t in twins.items()}

    def at(group: Group) -> Group:
        return replace(group, sides=tuple(renamed(s, mapping) for s in group.sides))

    changed = [
        replace(one, groups=tuple(map(at, one.groups)), unsized=tuple(map(at, one.unsized))) for one in lines.lines
    ]
    names = {s.name: t for s, t in twins.items()}
    definitions = {
        n: replace(d, symbols=tuple(names.get(s.name, s) for s in d.symbols), body=renamed(d.body, mapping))
        for n, d in lines.definitions.items()
    }
    symbols = {n: names.get(n, s) for n, s in lines.symbols.items()}
    return replace(lines, lines=tuple(changed), symbols=symbols, definitions=definitions)


def of_one_law(known: Chance, names: Sequence[str], lines: Lines) -> Chance:
    """Return what is known where numbers have the same distribution: the same mean and variance."""
    held = [lines.symbols.get(n) for n in names]
    if len(names) < 2 or any(s is None or s.shape for s in held):
        return known
    moments = dict(known.moments)
    means = [m for n in names for m, _ in [moments.get(n, (None, None))] if m is not None]
    spreads = [v for n in names for _, v in [moments.get(n, (None, None))] if v is not None]
    mean = means[0] if means else symbol(f"{names[0]} mean")
    spread = spreads[0] if spreads else symbol(f"{names[0]} deviation", (), frozenset(("positive",))) ** 2
    return replace(known, moments=moments | dict.fromkeys(names, (mean, spread)))


def is_zero(mean: Expr | None) -> bool:
    """Tell whether a mean is 0."""
    return mean is None or constant_value(mean) == 0 or is_op(mean, "zeros")
