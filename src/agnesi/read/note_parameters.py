"""Parameters as notes write them: φ(1 − φ) as a product, x | y = 0 ~ N(μ_0, Σ) as a density."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import symbol
from agnesi.read.chance_words import DISTRIBUTIONS
from agnesi.read.cursor import partners
from agnesi.read.lex import lex
from agnesi.read.tokens import Token, with_names
from agnesi.read.vocabulary import Vocabulary

NUMBERS = ("φ", "ψ")  # letters of functions that are numbers where the text multiplies them: φ(1 − φ)
LETTERS = frozenset(("word", "name"))
_NAMED = re.compile(r"(?<![A-Za-z])(?:N|𝒩)\s*\}?\s*_\s*\{?([\dpqab])\}?\s*"
                    r"(?:=\s*(?:\\mathcal\s*\{?\s*)?(?:N|𝒩)\s*\}?\s*)?"
                    r"(\((?:[^()=\n$]|\([^()\n]*\)){1,80},(?:[^()=\n$]|\([^()\n]*\)){1,80}\))")
_DIMENSION = re.compile(r"(?<![\w\\])\$?([a-zA-Z])\$?\s+(?:is|denotes|being|stands for)\s+(?:the\s+)?dimension")
_NORMALISED = re.compile(r"\(\s*2\s*(?:\\pi|π)\s*\)\s*\^\s*\{?\(?\s*[-−]?\s*(?:\\frac\s*\{?)?([a-zA-Z])\}?"
                         r"\s*(?:/\s*2|\{?2)")
_ESTIMATES = re.compile(r"(?i)\b(?:maximum[- ]likelihood|MLEs?|estimat(?:e|es|ed|ors?))\b")
_COMPARED = re.compile(r"\\parallel|\\\||\|\||‖|∥|\\Vert|\\mid\s*\\mid")


def with_parameters(lines: Sequence[list[Token]], source: str, words: Vocabulary) -> list[list[Token]]:
    """Return the formulas of a text with its parameters read as such."""
    laws = _named_laws(source)
    _declare([*laws.values(), *(line[k + 2 :] for line in lines if (k := _class_law(line)))], source, words)
    lines = [[] if laws and _only_names(line, laws) else _spelt(line, laws) if laws else line for line in lines]
    small = {t.text for line in lines for t in line if t.kind in LETTERS}  # x beside X is a value of it
    lines = [[] if _same_choice(line) else line for line in _without_estimates(lines, source)]
    made = [line if _has_values(line, small) else _class_model(line) for line in lines]
    lowest = {n for line in made for n in _zeroth(line)} if made else set()
    lowest = {n for n in lowest if n not in words and any(_bare(line, n) for line in made)}
    made = [_with_zero(line, lowest) for line in made] if lowest else made
    numbers = {n for n in NUMBERS if n not in words and _is_number(n, made)}
    return [_multiplied(line, numbers) for line in made] if numbers else made


def _named_laws(source: str) -> dict[str, list[Token]]:
    """Return what N_0 stands for by its subscript: N(μ_0, Σ_0), of a text with N_0(μ_0, Σ_0) and a divergence."""
    out: dict[str, list[Token]] = {}
    for below, held in _NAMED.findall(source) if _COMPARED.search(source) else ():
        try:
            out.setdefault(below, [t for t in lex(held) if t.kind != "end"])
        except AgnesiError:
            continue
    return out


def _declare(laws: Sequence[Sequence[Token]], source: str, words: Vocabulary) -> None:
    """Declare the means of distributions as vectors of k, where k is called the dimension, or (2π)^(k/2) stands."""
    size = _DIMENSION.search(source) or _NORMALISED.search(source)
    for law in laws if size else ():
        name, stop = "", next((k for k, t in enumerate(law) if t.text == ","), 0)
        mean = [t.text for t in law[1:stop] if t.text not in ("{", "}")]
        plain = len(mean) in (1, 3) and mean[1:2] in ([], ["_"]) and law[1].kind in LETTERS
        name = "".join(mean) if plain and size is not None else ""
        if name and name not in words and law[stop + 1].text[:1].isupper() and size is not None:
            words.declare(symbol(name, [size[1]]))


def _spelt(line: list[Token], laws: Mapping[str, list[Token]]) -> list[Token]:
    """Return a line with N(μ_0, Σ_0) for an N_0 that stands alone in a divergence."""
    out: list[Token] = []
    skip = 0
    for k, token in enumerate(line):
        if skip:
            skip -= 1
            continue
        out.append(token)
        texts = [t.text for t in line[k + 1 : k + 5]]
        below, length = (texts[2], 4) if texts[1:2] == ["{"] else (texts[1], 2) if len(texts) > 1 else ("", 0)
        after = line[k + length + 1].text if k + length + 1 < len(line) else ""
        if token.text != "N" or texts[:1] != ["_"] or below not in laws or after not in ("|", "‖", ")", ",", ";", "]"):
            continue
        end = line[k + length].stop
        out += [t._replace(start=end, stop=end) for t in laws[below]]
        skip = length
    return out


def _only_names(line: Sequence[Token], laws: Mapping[str, list[Token]]) -> bool:
    """Tell whether a line is no more than N_0(μ_0, Σ_0)."""
    texts = [t.text for t in line if t.kind != "end" and t.text not in ("{", "}")]
    named = len(texts) > 6 and texts[:2] == ["N", "_"] and texts[2] in laws
    return named and texts[3:] == [t.text for t in laws[texts[2]] if t.text not in ("{", "}")]


def _without_estimates(lines: Sequence[list[Token]], source: str) -> list[list[Token]]:
    """Return lines without φ = (1/n) ∑ 1{y_i = 1} where estimates are listed and φ is a parameter of a model."""
    if not _ESTIMATES.search(source):
        return list(lines)
    held, out = set[str](), list[list[Token]]()  # S of a posterior Gamma(a + S, b + n) below is no parameter that is
    for line in lines:  # estimated: only models above count
        held |= _left_of(line, True) if any(t.text == "~" for t in line) else set()
        name = _left_of(line, False)
        out.append([] if len(name) == 1 and name <= held and _is_sum(line) else line)
    return out


def _has_values(line: Sequence[Token], names: set[str]) -> bool:
    """Tell whether a line begins with the capital X of a text in which x is a value of X."""
    return bool(line) and line[0].text.isupper() and line[0].text.lower() in names


def _same_choice(line: Sequence[Token]) -> bool:
    """Tell whether a line is argmax_y p(y | x) = argmax_y p(x | y) p(y), which says nothing of the densities else."""
    chosen = [k for k, t in enumerate(line) if t.text in ("argmax", "argmin")]
    equal = any(k and line[k - 1].text == "=" for k in chosen)
    return chosen[:1] == [0] and equal and any(a.text in ("p", "P") and b.text == "(" for a, b in pairwise(line))


def _is_sum(line: Sequence[Token]) -> bool:
    """Tell whether a line is one equation with a sum in it."""
    summed = any(t.text in ("∑", "sum") for t in line)
    return summed and sum(t.text == "=" for t in line) - _inside(line) == 1


def _inside(line: Sequence[Token]) -> int:
    """Return how many = of a line stand in brackets."""
    depth, count = 0, 0
    for token in line:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        count += depth > 0 and token.text == "="
    return count


def _left_of(line: Sequence[Token], model: bool) -> set[str]:
    """Return the name that an equation begins with, or the names right of the ~ of a model, with their subscripts."""
    at = next((k for k, t in enumerate(line) if t.text == ("~" if model else "=")), 0)
    held = line[at + 1 :] if model else line[:at]
    out: set[str] = set()
    for k, token in enumerate(held):
        if token.kind not in LETTERS or (k and held[k - 1].text == "_"):
            continue
        texts = [t.text for t in held[k + 1 : k + 4] if t.text not in ("{", "}")]
        out.add(f"{token.text}_{texts[1]}" if texts[:1] == ["_"] and len(texts) > 1 else token.text)
    plain = model or all(t.kind in LETTERS or t.kind == "num" or t.text in ("_", "{", "}") for t in held)
    return out if plain else set()


def _zeroth(line: Sequence[Token]) -> set[str]:
    """Return θ of a line θ_0 = ..., which names a number of its own."""
    texts = [t.text for t in line[:6] if t.text not in ("{", "}")]
    named = len(texts) > 3 and texts[1:4] in (["_", "0", "="], ["_", "0", ":="]) and line[0].kind in LETTERS
    return {line[0].text} if named else set()


def _bare(line: Sequence[Token], name: str) -> bool:
    """Tell whether a letter stands without a subscript in a line, transposed."""
    marked = any(a.text == name and b.text in ("'", "ᵀ") for a, b in pairwise(line))
    return marked or any(a.text == name and b.text == "^" and c.text[0] in "ᵀT{" for a, b, c in triples(line))


def triples(line: Sequence[Token]) -> Iterator[tuple[Token, Token, Token]]:
    """Return each three neighbours."""
    return zip(line, line[1:], line[2:], strict=False)


def _with_zero(line: Sequence[Token], names: set[str]) -> list[Token]:
    """Return a line with θ_0 as one name."""

    def zeroth(k: int) -> tuple[str, int] | None:
        stop = k + 5 if k + 2 < len(line) and line[k + 2].text == "{" else k + 3
        below = [t.text for t in line[k + 1 : stop] if t.text not in ("{", "}")]
        able = line[k].text in names and line[k].kind in LETTERS and below == ["_", "0"]
        return (f"{line[k].text}_0", stop) if able else None

    return with_names(line, zeroth)


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


def _class_law(line: Sequence[Token]) -> int:
    """Return where the ~ of x | y = 0 ~ N(μ, Σ) stands, 0 for other lines."""
    depth, bar, tilde, equal = 0, 0, 0, 0
    for k, token in enumerate(line):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth:
            continue
        bar = bar or k * (token.text == "|")
        tilde = tilde or k * (token.text == "~")
        equal = equal or k * (token.text == "=")
    told = bar == 1 and bar < equal == tilde - 2 and line[tilde - 1].kind == "num" and line[0].kind in LETTERS
    law = told and tilde + 2 < len(line) and line[tilde + 1].text in DISTRIBUTIONS and line[tilde + 2].text == "("
    return tilde if law else 0


def _class_model(line: list[Token]) -> list[Token]:
    """Return p(x | y = 0) = N(x | μ, Σ) for x | y = 0 ~ N(μ, Σ)."""
    tilde = _class_law(line)
    if not tilde or tilde + 2 not in partners(line):
        return line
    first, law, opened = line[0], line[tilde + 1], line[tilde + 2]
    here, there = first.start, line[tilde].start
    head = [Token("word", "p", here, here, False), Token("open", "(", here, here, False)]
    point = [first._replace(start=opened.stop, stop=opened.stop), Token("op", "|", opened.stop, opened.stop, True)]
    return [
        *head, *line[:tilde], Token("close", ")", there, there, False), line[tilde]._replace(text="="), law, opened,
        *point, *line[tilde + 3 :],
    ]
