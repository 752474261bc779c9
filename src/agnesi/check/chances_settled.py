"""What a whole text settles of its distributions: sizes of samples, what q is over, which letters are vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from agnesi.check.chances_told import Spoken
from agnesi.check.worlds_laws import Law
from agnesi.check.worlds_scan import MAIN, Chance, Channel, Given, constant_value, has_chance, is_op, letter_of
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, Symbol, constant, postorder, symbol
from agnesi.read.apply import resized
from agnesi.read.lines import Lines
from agnesi.read.names import in_greek


def settled(known: Chance, lines: Lines, sides: Iterable[Expr]) -> Chance:
    """Return what is known with what the whole text settles."""
    sides = list(sides)
    known = _drawn(replace(known, laws=tuple(_of_one_size(g, lines) for g in known.laws)))
    positive = _logged(sides) - {g.variable.name for g in known.laws} - known.moments.keys()
    return replace(known, over=_over(sides), vectors=_vectors(lines, sides), positive=positive)


def _logged(sides: Iterable[Expr]) -> frozenset[str]:
    """Return the random numbers of which a text takes a logarithm or a root: E[log X]."""
    moments = [n for n in postorder(*sides) if is_op(n, "expectation", "variance", "covariance")]
    inside = [n for n in postorder(*moments) if is_op(n, "log", "log2", "sqrt")]
    return frozenset(n.args[0].name for n in inside if isinstance(n.args[0], Symbol) and not n.args[0].shape)


def transforms(lines: Lines) -> tuple[tuple[str, Expr], ...]:
    """Return the capitals that are defined as a number made of others: Y = X²."""
    found = [(n, d.body) for n, d in lines.definitions.items() if n[:1].isupper() and not d.parameters]
    return tuple((n, body) for n, body in found if not body.shape and not has_chance(body))


def _drawn(known: Chance) -> Chance:
    """Return what is known where a text has p(z) and another model z ~ ...: that of q, or one that has no letter."""
    mine = [g for g in known.laws if g.letter == MAIN]
    pairs = [(g, h) for k, g in enumerate(mine) for h in mine[:k] if h.variable is g.variable]
    twice = {g.variable.name for g, h in pairs if h.law != g.law}
    if not twice:
        return known
    first = next(g for g in mine if g.variable.name in twice)
    same = [g for g in known.laws if g.letter != MAIN and (g.variable, g.law) == (first.variable, first.law)]
    other = same[0] if same else None
    if other is None or len(twice) > 1:
        return replace(known, open=known.open | twice)
    return replace(known, laws=tuple(g for g in known.laws if g is not first), usual=other.letter)


def channel_in(facts: Iterable[Spoken], lines: Lines) -> Channel | None:
    """Return the binary channel that the words tell, with P(X = 1) where a line gives it."""
    told = next((f.names for f in facts if f.fact == "channel"), None)
    if told is None:
        return None
    kind, source, output, error, *more = told
    ones: Expr | None = constant(Fraction(1, 2)) if more else None
    for line in lines.lines:
        for group in line.groups if line.error is None and line.role == "claim" else ():
            value = _ones(group.sides, source) if group.ops[:1] == ("eq",) else None
            ones = value if ones is None else ones
    return Channel(kind, source, output, _number_or_letter(error, lines), ones)


def _ones(sides: Sequence[Expr], source: str) -> Expr | None:
    """Return a of P(X = 1) = a."""
    left, right = sides[:2]
    if not is_op(left, "probability") or not isinstance(left, Apply) or len(left.args) != 1 or has_chance(right):
        return None
    (event,) = left.args
    if not is_op(event, "eq") or not isinstance(event.args[0], Symbol) or event.args[0].name.upper() != source:
        return None
    value = constant_value(event.args[1])
    return right if value == 1 else constant(1) - right if value == 0 else None


def _number_or_letter(text: str, lines: Lines) -> Expr:
    name = in_greek(text)
    if name[0].isdigit() or name[0] == ".":
        return constant(Fraction(name))
    return lines.symbols.get(name, symbol(name))


def _of_one_size(given: Given, lines: Lines) -> Given:
    """Return a law with the sizes that its variable has in the text: the model x_i ~ N(m, s²) says none itself."""
    owner = lines.symbols.get(given.variable.name)
    if owner is None or owner.shape == given.variable.shape or owner.ndim != given.variable.ndim:
        return given
    sizes: dict[str, Dim] = {}
    for mine, theirs in zip(given.variable.shape, owner.shape, strict=True):
        (name, *more) = sorted(mine.names) or [""]
        if mine != theirs and (not name or more or sizes.setdefault(name, theirs) != theirs):
            return given
    variable = resized(given.variable, sizes)
    assert isinstance(variable, Symbol)
    law = Law(given.law.name, tuple(resized(p, sizes) for p in given.law.parameters))
    return replace(given, variable=variable, law=law)


def _over(sides: Iterable[Expr]) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Return, for letters other than p, the names that they are written over in the text: q(z), q(z | x)."""
    out: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for node in postorder(*sides):
        if not is_op(node, "probability") or not isinstance(node, Apply) or not node.args:
            continue
        letter, count = letter_of(node.attrs[0]), node.attrs[1]
        if letter == MAIN or not all(isinstance(a, Symbol) for a in node.args):
            continue
        names = tuple(a.name for a in node.args if isinstance(a, Symbol))
        out.setdefault(letter, (names[:count], names[count:]))
    return tuple((letter, left, given) for letter, (left, given) in out.items())


def _vectors(lines: Lines, sides: Iterable[Expr]) -> tuple[tuple[str, Expr], ...]:
    """Return the vectors that letters of whole distributions stand for: p with entries p_k, u with u_k = 1/K."""
    letters = {
        n.attrs[0] for n in postorder(*sides) if is_op(n, "probability") and isinstance(n, Apply) and not n.args
    }
    out: list[tuple[str, Expr]] = []
    for letter in sorted(letters):
        made = lines.definitions.get(letter)
        owner = lines.symbols.get(letter)
        if made is not None and not made.parameters and made.body.ndim == 1:
            out.append((letter, made.body))
        elif owner is not None and owner.ndim == 1:
            out.append((letter, owner))
    return tuple(out)

