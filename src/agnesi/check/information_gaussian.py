"""Entropies of linear combinations of independent normal variables in closed form: h(aX), h(X + Z), I(X; X + Z).

h(A | B) = ½ log((2πe)ⁿ det Cov[A, B]/det Cov[B]): the covariances follow from the coefficients (Cover & Thomas 8.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from agnesi.check.worlds_scan import MAIN, Chance, Given, has_chance, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, fold, postorder, replace, symbols_of, with_args
from agnesi.rules.tidy import tidy

_MOST = 2  # quantities whose determinant is written out


def gaussian_information(sides: Sequence[Expr], known: Chance) -> list[Expr] | None:
    """Return sides with entropies in closed form; None where none is of a combination, or one has no such form."""
    nodes = [n for n in postorder(*sides) if is_op(n, "entropy", "mutual_information")]
    combined = any(isinstance(n, Apply) and any(not isinstance(a, Symbol) for a in n.args) for n in nodes)
    laws = {g.variable: g for g in known.laws if _is_normal(g)}
    if not combined or not laws:
        return None

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        return _closed(made, laws, known) if is_op(made, "entropy", "mutual_information") else made

    try:
        out = [fold(side, step) for side in sides]
    except (AgnesiError, ArithmeticError):
        return None
    return None if has_chance(*out) or any(s in laws for s in symbols_of(*out)) else out


def _is_normal(given: Given) -> bool:
    """Tell whether a law is that of one normal number with parameters that are no random variables."""
    plain = given.law.name == "Normal" and not given.variable.shape and not given.copies and given.letter == MAIN
    return plain and len(given.law.parameters) == 2 and not has_chance(*given.law.parameters)


def _closed(node: Expr, laws: Mapping[Symbol, Given], known: Chance) -> Expr:
    """Return an entropy or information of combinations of normal variables by their covariances."""
    if not isinstance(node, Apply) or not node.attrs:
        return node
    unit = apply("log", constant(2)) if known.bits else constant(1)
    first = node.attrs[0]
    if is_op(node, "entropy"):
        given = node.args[first:]
        total = _entropy(node.args, laws, known)
        return (total - _entropy(given, laws, known) if given else total) / unit
    second = node.attrs[1]
    a, b, c = node.args[:first], node.args[first : first + second], node.args[first + second :]
    if c:
        return node
    return (_entropy(a, laws, known) + _entropy(b, laws, known) - _entropy((*a, *b), laws, known)) / unit


def _entropy(args: Sequence[Expr], laws: Mapping[Symbol, Given], known: Chance) -> Expr:
    """Return ½ log((2πe)ⁿ det Cov) of one or two combinations."""
    rows = [_coefficients(a, laws) for a in args]
    used = {s for row in rows for s in row}
    if not 0 < len(args) <= _MOST or not all(rows) or not _independent({s.name for s in used}, known):
        raise AgnesiError("These entropies have no closed form here.")

    def covariance(i: int, j: int) -> Expr:
        both = [s for s in rows[i] if s in rows[j]]
        terms = [rows[i][s] * rows[j][s] * laws[s].law.parameters[1] for s in both]
        return reduce(lambda x, y: x + y, terms) if terms else constant(0)

    det = covariance(0, 0)
    if len(args) == 2:
        det = det * covariance(1, 1) - covariance(0, 1) ** 2
    scale = (constant(2) * apply("pi") * apply("exp", constant(1))) ** len(args)
    return apply("log", scale * tidy(det)) / 2


def _coefficients(one: Expr, laws: Mapping[Symbol, Given]) -> dict[Symbol, Expr]:
    """Return what stands in front of each normal variable of a linear combination; nothing for what is none."""
    out: dict[Symbol, Expr] = {}
    held = [s for s in symbols_of(one) if s in laws]
    linear = ("add", "neg", "mul", "div")
    inner = [n for n in postorder(one) if isinstance(n, Apply) and any(s in held for s in symbols_of(n))]
    if any(n.op.name not in linear for n in inner) or any(
        sum(bool(set(symbols_of(a)) & set(held)) for a in n.args) > 1 for n in inner if n.op.name in ("mul", "div")
    ):
        return {}
    nothing: dict[Expr, Expr] = {s: constant(0) for s in held}
    for s in held:
        out[s] = replace(one, {**nothing, s: constant(1)}) - replace(one, nothing)
    return out


def _independent(names: set[str], known: Chance) -> bool:
    """Tell whether variables are independent: the text says so, or gives each a law and no covariances."""
    if not (known.crossed or known.pending or known.independent):
        return True
    apart = [(a, b) for a, b, c in known.independent if not c]
    return all(any((x in a and y in b) or (y in a and x in b) for a, b in apart) for x in names for y in names - {x})
