"""The words of probability: named distributions, and how a text tells that a letter before a bracket is a density."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_NAMES = """
Normal: N Normal Gaussian
Bernoulli: Bern Ber Bernoulli
Binomial: Bin Binom Binomial
Geometric: Geom Geo Geometric
Poisson: Poisson Poi Pois
Categorical: Cat Categorical
Uniform: U Unif Uniform
Exponential: Exp Expon Exponential
Gamma: Gam Gamma Γ
Beta: Beta
Dirichlet: Dir Dirichlet
Laplace: Lap Laplace
Cauchy: Cauchy
"""
DISTRIBUTIONS: Mapping[str, str] = {
    word: line.split(":")[0] for line in _NAMES.split("\n") if line for word in line.split(":")[1].split()
}
SHORT: Mapping[str, str] = {"Normal": "N"}  # printed so, as the books do
QUANTITIES: Mapping[str, str] = {
    "E": "expectation", "𝔼": "expectation", "Var": "variance", "Cov": "covariance", "V": "variance",
    "var": "variance", "cov": "covariance",
    "H": "entropy", "h": "entropy", "I": "mutual_information", "KL": "kl", "D": "kl", "D_KL": "kl",
}
SURE = frozenset(("Var", "Cov", "var", "cov", "𝔼", "KL", "Pr"))  # nothing else is written so
DENSITIES = frozenset(("p", "q", "P", "Pr"))
EVENTS = frozenset(("∩", "∪", "¬", "not"))
MAX_HELD = 400  # tokens of a bracket that are looked at: no density is longer
_SIGNS = frozenset(("=", "≠", "<", "≤", ">", "≥"))
_RANDOM = frozenset("XYZUVWSTN")


def held_in(tokens: list[Token], opened: int, closed: int) -> list[Token]:
    """Return the tokens in a bracket that do not stand in a bracket of their own."""
    out: list[Token] = []
    depth = 0
    for token in tokens[opened + 1 : min(closed, opened + MAX_HELD)]:
        depth -= token.kind == "close"
        if depth == 0:
            out.append(token)
        depth += token.kind == "open"
    return out


def odd(held: list[Token], mark: str) -> bool:
    """Tell whether a bar stands alone: p(x | y), p(‖q)."""
    return len([t for t in held if t.kind == "op" and t.text == mark]) % 2 == 1


def is_density(name: str, tokens: list[Token], opened: int, closed: int, words: Vocabulary) -> bool:
    """Tell whether `name(` opens a density or a probability: p(x), p(x, y), P(A ∩ B), π(a | s), Pr(X > 0)."""
    if tokens[opened].spaced or words.symbolic(name):
        return False
    held = held_in(tokens, opened, closed)
    letter = len(name) == 1 or name == "Pr"
    if not held or not letter or name in ("N", "H", "I", "D", "E", "U") or name in words.sizes:
        return False
    if odd(held, "|"):
        return True
    if name not in DENSITIES or words.function(name):
        return False
    signs = {t.text for t in held if t.kind == "op"}
    if name == "Pr" or signs & {",", ";"} or any(t.text in EVENTS or t.text in ("and", "or") for t in held):
        return True
    if signs & _SIGNS:
        return True
    plain = [t for t in held if t.text != "_" and t.kind != "num" and t.kind not in ("open", "close")]
    if name == "P" and all((t.kind in ("name", "word") and t.text[0].isupper()) or t.text in "ᵀ'^c" for t in plain):
        return True
    return _one_name(held)


def _one_name(held: list[Token]) -> bool:
    """Tell whether tokens are one name, perhaps with a subscript: x, x_1, x_i, x'."""
    if held[0].kind not in ("name", "word"):
        return False
    rest = held[1:]
    while rest and rest[-1].text == "'":
        rest = rest[:-1]
    return not rest or rest[0].text == "_"


def is_expectation(tokens: list[Token], opened: int, closed: int, words: Vocabulary) -> bool:
    """Tell whether E( opens an expectation: where the text speaks of chance, or the bracket holds a random letter."""
    if tokens[opened].spaced:
        return False
    held = tokens[opened + 1 : min(closed, opened + MAX_HELD)]
    return words.chance or any(t.kind == "name" and t.text in _RANDOM for t in held)


def speaks_of_chance(tokens: list[Token]) -> bool:
    """Tell whether a text has a word of probability in it that nothing else has."""
    for token, after in pairwise(tokens):
        if token.text in SURE or (token.text == "~" and token.kind == "op"):
            return True
        if token.text == "E" and after.text == "[" and not after.spaced:
            return True
        if token.text in ("p", "q", "P") and after.text == "(" and not after.spaced and token.kind == "word":
            return True
    return False
