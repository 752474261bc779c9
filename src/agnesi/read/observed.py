"""Observed data with additive noise: y = Φw + ε with ε ~ N(0, S) is the model y ~ N(Φw, S).

A text that takes derivatives, or speaks of a likelihood or a posterior, holds y fixed; one that takes means and
variances of y needs the equation as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

SPREADS = frozenset(("E", "𝔼", "Var", "Cov", "var", "cov"))
CHOSEN = frozenset(("∇", "∂", "argmax", "argmin"))


def as_observed(lines: Sequence[list[Token]], source: str) -> list[list[Token]]:
    """Return the tokens of lines with the equation of noisy data as a model."""
    texts = {t.text for line in lines for t in line}
    if "~" not in texts or texts & SPREADS or not (texts & CHOSEN or _speaks(source)):
        return list(lines)
    noises = {line[0].text: law for line in lines if (law := _law(line))}
    out = []
    for line in lines:
        made = _model(line, noises)
        out.append(made if made is not None else line)
    return out


def _speaks(source: str) -> bool:
    return any(word in source.lower() for word in ("posterior", "likelihood", "gradient", "minimi", "maximi"))


def _law(line: list[Token]) -> list[Token]:
    """Return the spread S of ε ~ N(0, S) as tokens."""
    if len(line) < 7 or [t.text for t in line[1:5]] != ["~", "N", "(", "0"] or line[5].text != ",":
        return []
    stop = partners(line).get(3, 0)
    return list(line[6:stop])


def _model(line: Sequence[Token], noises: dict[str, list[Token]]) -> list[Token] | None:
    """Return y ~ N(Φw, S) for y = Φw + ε."""
    rest = [t for t in line if t.kind != "end"]
    if len(rest) < 5 or rest[1].text not in ("=", ":=") or rest[-2].text != "+" or rest[-1].text not in noises:
        return None
    name, body = rest[0], rest[2:-2]
    if name.kind not in ("word", "name") or any(t.text in ("=", "~", name.text) for t in body):
        return None
    place = rest[-1]

    def sign(kind: str, text: str) -> Token:
        return place._replace(kind=kind, text=text, spaced=False)

    spread = [t._replace(start=place.start, stop=place.stop) for t in noises[place.text]]
    law = [sign("op", "~"), sign("word", "N"), sign("open", "("), *body, sign("op", ","), *spread, sign("close", ")")]
    return [name, *law, *(t for t in line if t.kind == "end")]
