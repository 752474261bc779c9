"""log p for log p(x | μ): a density that is written out once with its arguments, and named without them afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.tokens import Token

_LOGS = ("log", "ln")
_DENSITIES = ("p", "q", "L")
_EQUAL = ("=", ":=", "∝")
_GOES_ON = frozenset(("(", "_", "^", "'", "[", "|"))


def with_arguments_again(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with the arguments of p in log p, where one line defines p(x | μ) = ... and none another p."""
    heads: dict[str, list[list[Token]]] = {}
    for line in lines:
        held = _head(line)
        if held:
            heads.setdefault(line[0].text, []).append(held)
    once = {name: held[0] for name, held in heads.items() if len({" ".join(t.text for t in h) for h in held}) == 1}
    if not once:
        return list(lines)
    return [_filled(line, once) for line in lines]


def _head(line: Sequence[Token]) -> list[Token]:
    """Return the bracket with the arguments of a density that a line defines."""
    if len(line) < 5 or line[0].text not in _DENSITIES or line[1].text != "(":
        return []
    depth = 0
    for k, token in enumerate(line[1:], 1):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            ends = k + 1 < len(line) and line[k + 1].text in _EQUAL
            return list(line[1 : k + 1]) if ends else []
    return []


def _filled(line: list[Token], once: dict[str, list[Token]]) -> list[Token]:
    out: list[Token] = []
    for k, token in enumerate(line):
        out.append(token)
        after = line[k + 1].text if k + 1 < len(line) else ""
        if k and token.text in once and line[k - 1].text in _LOGS and after not in _GOES_ON:
            out += [t._replace(start=token.stop, stop=token.stop) for t in once[token.text]]
    return out
