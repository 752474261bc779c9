"""The pieces of a formula as it was typed, and where its brackets are: what `typeset` and `layout` go through."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from agnesi.ops.facts import facts
from agnesi.write.names import GREEK

FUNCTIONS = frozenset((
    "exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsin", "arccos", "sqrt", "abs",
    "sign", "max", "min", "argmax", "argmin", "sum", "mean", "det", "tr", "trace", "rank", "diag", "vec", "vech",
    "softmax", "logsumexp", "sigmoid", "relu", "step", "erf", "grad", "Hess", "dim", "ker", "im", "span", "lim",
    "cov", "Cov", "Var", "var", "eye", "ones", "proj", "logdet", "inv", "norm", "kron", "atan2", "lcm", "gcd",
    "mod",
))  # fmt: skip
WORDS = frozenset((
    "for", "if", "where", "and", "or", "with", "when", "of", "in", "is", "are", "the", "otherwise", "over", "by",
    "subject", "to", "such", "that", "let",
))  # fmt: skip
NAMED: Mapping[str, str] = {**{word: letter for letter, word in GREEK.items()}, "oo": "∞", "grad": "∇"}
OPEN, CLOSE = "([{⟨", ")]}⟩"
SIGNS = frozenset("+−-·*/⊙⊘×±^_")
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z]{2,}\d?)|(?P<pair><=|>=|!=|->|=>|:=|\.\*|\./|\|\||\.\.\.)"
    r"|(?P<one>.)", re.DOTALL,
)  # fmt: skip
_SPOKEN = [w for f in facts for w in f.words if re.fullmatch("[A-Za-z][a-z -]+", w)] + ["scalar", "vector", "matrix"]
_PROPERTY = re.compile(  # S: n×n positive definite
    rf"(?<=[\s:])(?:{'|'.join(sorted(map(re.escape, _SPOKEN), key=len, reverse=True))})(?![\w(])"
)


@dataclass(frozen=True)
class Token:
    """A piece of the text and whether a space stands before it."""

    kind: str
    text: str
    spaced: bool


def tokens(text: str) -> list[Token]:
    """Return the pieces of a formula: numbers, known words, signs, and all other letters one by one.

    The words of a property, which stand after what is declared, are one piece.

    >>> [t.text for t in tokens("C ∈ ℝⁿˣᵏ full column rank")][-2:]
    ['ᵏ', 'full column rank']
    """
    out: list[Token] = []
    spaced, stop = False, 0
    declared = re.search("[∈:]", text)
    properties = {m.start(): m for m in _PROPERTY.finditer(text, declared.end())} if declared else {}
    for found in _TOKEN.finditer(text):
        if found.start() < stop:
            continue
        if found.start() in properties:
            said = properties[found.start()]
            out.append(Token("property", said[0], True))
            spaced, stop = False, said.end()
            continue
        kind = found.lastgroup or "one"
        if kind == "space":
            spaced = True
            continue
        if kind == "word" and found[0] not in NAMED and found[0] not in FUNCTIONS and found[0] not in WORDS:
            for k, letter in enumerate(found[0]):
                out.append(Token("number" if letter.isdigit() else "one", letter, spaced and k == 0))
        else:
            out.append(Token(kind, found[0], spaced))
        spaced = False
    return out


def parted(some: Sequence[Token], signs: Collection[str]) -> list[list[Token]]:
    """Return tokens apart at signs that stand in no bracket.

    >>> [[t.text for t in part] for part in parted(tokens("(a, b), c"), ",")]
    [['(', 'a', ',', 'b', ')'], ['c']]
    """
    out: list[list[Token]] = [[]]
    depth = 0
    for token in some:
        depth += (token.text in OPEN) - (token.text in CLOSE)
        if not depth and token.text in signs:
            out.append([])
        else:
            out[-1].append(token)
    return out


def entries(row: Sequence[Token]) -> list[list[Token]]:
    """Return the entries of a row of a matrix: apart by its commas; where it has none, by its spaces.

    A sign with spaces on both sides of it, as in [1 1 + t], parts nothing.

    >>> [len(entries(tokens(row))) for row in ("2 x, 1", "1 −2", "1 1 + t", "x (y + 1)", "sin (x), y")]
    [2, 2, 2, 2, 2]
    """
    found = parted(row, ",")
    if len(found) > 1:
        return [part for part in found if part]
    out: list[list[Token]] = []
    depth = 0
    for k, token in enumerate(row):
        following = row[k + 1] if k + 1 < len(row) else None
        sign = token.text in SIGNS and following is not None and following.spaced
        after = k > 0 and row[k - 1].text in SIGNS and token.spaced
        if not out or (token.spaced and not depth and not sign and not after):
            out.append([])
        out[-1].append(token)
        depth += (token.text in OPEN) - (token.text in CLOSE)
    return out
