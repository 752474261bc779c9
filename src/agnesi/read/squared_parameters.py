"""ℓ(μ, σ²) = ...: a variance among the parameters of a function is a parameter as well, whose root is the letter."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.tokens import Token

_ROOTS = frozenset(("σ", "\\sigma", "sigma", "τ", "\\tau", "tau", "s"))


def with_squared_parameters(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with ℓ(μ, σ) for ℓ(μ, σ²) where a line defines this function of so many letters."""
    functions = {line[0].text for line in lines if _defines(line)}
    if any(_moves(line, k) for line in lines for k in range(len(line) - 2)):
        return list(lines)  # ∂ℓ/∂σ²: there σ² is the letter
    return [_plain(line, functions) for line in lines] if functions else list(lines)


def _defines(line: Sequence[Token]) -> bool:
    """Tell whether a line begins with ℓ(μ, σ²) =."""
    stop = next((k for k, t in enumerate(line) if t.text == ")"), 0)
    inside = [t.text for t in line[2:stop]]
    called = len(line) > stop + 1 and line[1].text == "(" if len(line) > 1 else False
    return called and stop > 4 and line[stop + 1].text in ("=", ":=") and "," in inside and _squared(line, 2, stop) > 0


def _moves(line: Sequence[Token], k: int) -> bool:
    """Tell whether ∂σ² stands at a place."""
    return line[k].text in ("∂", "d") and line[k + 1].text in _ROOTS and line[k + 2].text == "^"


def _squared(line: Sequence[Token], start: int, stop: int) -> int:
    """Return the place of σ in σ² between two places; 0 where there is none, or other mathematics."""
    if any(t.text not in (",", "^", "{", "}", "2") and t.kind not in ("word", "name") for t in line[start:stop]):
        return 0
    return next((k for k in range(start, stop) if line[k].text in _ROOTS and line[k + 1].text == "^"), 0)


def _plain(line: list[Token], functions: set[str]) -> list[Token]:
    out: list[Token] = []
    k = 0
    while k < len(line):
        opened = line[k].text in functions and k + 1 < len(line) and line[k + 1].text == "("
        stop = next((j for j in range(k + 2, len(line)) if line[j].text == ")"), 0) if opened else 0
        at = _squared(line, k + 2, stop) if stop else 0
        if at:
            end = at + 3 if line[at + 2].text != "{" else at + 5
            out += [*line[k : at + 1], *line[end : stop + 1]]
            k = stop + 1
        else:
            out.append(line[k])
            k += 1
    return out
