"""z = f(x, y), x = x(s, t): functions of several variables of which nothing is said but their chain rule.

x, y and f get instances with constants of their own, so that a chain rule is tested on random smooth functions. That is
done only where every other equation of the text has the form of a chain rule, a derivative that is a sum of products of
derivatives: anything else, ∂u/∂x = ∂v/∂y, may be what the functions satisfy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.expr.nodes import Expr, Symbol, apply, symbol
from agnesi.read.cursor import RELATIONS, partners
from agnesi.read.generic import APPLIED, letter_of
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Definition, Vocabulary

_NAMED = ("word", "name")
_ALONG = re.compile(r"(?<![\w\\])([a-z])\s*=\s*\1\(([a-z])\)")  # x = x(t), which the text says in passing
_MOST = 3  # variables of one function


def with_chain_rules(lines: Sequence[list[Token]], words: Vocabulary, source: str) -> set[str]:
    """Put instances of the functions of chain rules in force, and return their constants."""
    named = [one for one in map(self_named, lines) if one is not None]
    named += [(name, (over,)) for name, over in _ALONG.findall(source) if (name, (over,)) not in named]
    outer = [one for one in map(_applied, lines) if one is not None]
    rest = [line for line in lines if self_named(line) is None and _applied(line) is None and _relates(line)]
    if not named or not rest or not all(map(_is_rule, rest)):
        return set()
    known = {*words.definitions, *words.symbols}
    if {name for name, _ in (*named, *outer)} & known or not {f for f, _ in outer} <= APPLIED:
        return set()
    constants: set[str] = set()
    for name, over in (*named, *outer):
        given = tuple(words.symbols.get(a) or symbol(a, ()) for a in over)
        body, own = _instance(name, given)
        free = (name, over) in outer
        words.definitions[name] = Definition(name, over if free else (), body, given if free else ())
        words.symbols.update({s.name: s for s in own})
        constants |= {s.name for s in own}
    return constants


def self_named(line: Sequence[Token]) -> tuple[str, tuple[str, ...]] | None:
    """Return x with s and t for x = x(s, t)."""
    called = _called(line)
    return called[1:] if called is not None and called[0] == called[1] else None


def _applied(line: Sequence[Token]) -> tuple[str, tuple[str, ...]] | None:
    """Return f with x and y for z = f(x, y)."""
    called = _called(line)
    return called[1:] if called is not None and called[0] != called[1] else None


def _called(line: Sequence[Token]) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the names of z = f(x, y): z, f, and x and y."""
    held = [t for t in line if t.kind != "end" and t.text != "where"]
    texts = [t.text for t in held]
    if len(held) < 6 or texts[1] != "=" or texts[3] != "(" or texts[-1] != ")" or held[0].kind not in _NAMED:
        return None
    inner = held[4:-1]
    plain = all(t.kind in _NAMED and len(t.text) == 1 if k % 2 == 0 else t.text == "," for k, t in enumerate(inner))
    names = tuple(t.text for t in inner[::2])
    able = plain and len(inner) % 2 == 1 and len(names) <= _MOST and len(texts[0]) == len(texts[2]) == 1
    return (texts[0], texts[2], names) if able and texts[2].isalpha() and texts[0] not in names else None


def _relates(line: Sequence[Token]) -> bool:
    return any(t.text in RELATIONS for t in line)


def _is_rule(line: Sequence[Token]) -> bool:
    """Tell whether a line says that a derivative is a sum of products of derivatives."""
    held = [t for t in line if t.kind != "end" and t.text not in (",", ".")]
    signs = [k for k, t in enumerate(held) if t.text in RELATIONS]
    if len(signs) != 1 or held[signs[0]].text != "=":
        return False
    left, right = _slopes(held[: signs[0]]), _slopes(held[signs[0] + 1 :])
    return left == [1] and bool(right) and all(count > 1 for count in right)


def _slopes(tokens: list[Token]) -> list[int]:
    """Return how many quotients of differentials each term is a product of; nothing where it holds anything else."""
    edges = partners(tokens)
    counts, k = [0], 0
    while k < len(tokens):
        above, below = edges.get(k + 1, -1), -1
        below = edges.get(above + 1, -1) if above > 0 else -1
        starts = [tokens[at].text[:1] for at in (k + 2, above + 2)] if below > 0 else []
        if tokens[k].text == "frac" and starts and all(start in ("∂", "d") for start in starts):
            counts[-1] += 1
            k = below + 1
        elif tokens[k].text == "+":
            counts.append(0)
            k += 1
        else:
            return []
    return counts


def _instance(name: str, given: Sequence[Symbol]) -> tuple[Expr, list[Symbol]]:
    """Return a sin(b x + c y + d) + e x² + f y² + g x y, and its constants."""
    own: list[Symbol] = []

    def constant() -> Symbol:
        own.append(letter_of(name, len(own) + 1, ()))
        return own[-1]

    along = apply("add", *(apply("mul", constant(), x) for x in given), constant())
    terms = [apply("mul", constant(), apply("sin", along))]
    terms += [apply("mul", constant(), apply("pow", x, 2)) for x in given]
    if len(given) > 1:
        terms.append(apply("mul", constant(), *given))
    return apply("add", *terms), own
