"""Parameters as notes write them: φ(1 − φ) as a product, x | y = 0 ~ N(μ_0, Σ) as a density."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.chance_words import DISTRIBUTIONS
from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

NUMBERS = ("φ", "ψ")  # letters of functions that are numbers where the text multiplies them: φ(1 − φ)
LETTERS = frozenset(("word", "name"))


def with_parameters(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the formulas of a text with its parameters read as such."""
    made = [_class_model(line) for line in lines]
    numbers = {n for n in NUMBERS if n not in words and _is_number(n, made)}
    return [_multiplied(line, numbers) for line in made] if numbers else made


def _is_number(name: str, lines: Sequence[Sequence[Token]]) -> bool:
    """Tell whether a letter stands before no bracket but that of φ(1 − φ), and elsewhere alone."""
    alone = False
    for line in lines:
        for k, token in enumerate(line):
            if token.text != name:
                continue
            if k + 1 < len(line) and line[k + 1].text in ("(", "'"):
                if not _is_product(line, k):
                    return False
            else:
                alone |= k == 0 or line[k - 1].text not in ("_", "∂", "∇")
    return alone


def _is_product(line: Sequence[Token], k: int) -> bool:
    """Tell whether φ(1 − φ) stands at a place."""
    held = [t.text for t in line[k + 2 : k + 5]]
    return held[:2] in (["1", "-"], ["1", "−"]) and held[2:] == [line[k].text]


def _multiplied(line: list[Token], names: set[str]) -> list[Token]:
    """Return a line with φ(1 − φ) as φ * (1 − φ)."""
    out: list[Token] = []
    for k, token in enumerate(line):
        out.append(token)
        if token.text in names and k + 1 < len(line) and line[k + 1].text == "(":
            out.append(Token("op", "*", token.stop, token.stop, False))
    return out


def _class_model(line: list[Token]) -> list[Token]:
    """Return p(x | y = 0) = N(x | μ, Σ) for x | y = 0 ~ N(μ, Σ)."""
    depth, bar, tilde, equal = 0, 0, 0, 0
    for k, token in enumerate(line):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth:
            continue
        bar = bar or k * (token.text == "|")
        tilde = tilde or k * (token.text == "~")
        equal = equal or k * (token.text == "=")
    if not 0 < bar < equal < tilde or tilde + 2 >= len(line) or line[tilde + 2].text != "(":
        return line
    law, closed = line[tilde + 1], partners(line).get(tilde + 2, 0)
    if law.text not in DISTRIBUTIONS or bar != 1 or line[0].kind not in LETTERS or not closed:
        return line
    first, opened = line[0], line[tilde + 2]
    here, there = first.start, line[tilde].start
    head = [Token("word", "p", here, here, False), Token("open", "(", here, here, False)]
    point = [first._replace(start=opened.stop, stop=opened.stop), Token("op", "|", opened.stop, opened.stop, True)]
    return [
        *head, *line[:tilde], Token("close", ")", there, there, False), line[tilde]._replace(text="="), law, opened,
        *point, *line[tilde + 3 :],
    ]
