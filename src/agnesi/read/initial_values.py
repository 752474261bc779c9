"""x(t) = exp(At) x_0: beside a function x(t), x_0 is a letter of its own, the value that it begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agnesi.read.tokens import Token

_NAMED = ("word", "name")


def with_initial_values(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with x_0 as one name for each function that a line defines as x(t) = ...

    So are x_1, x_2, ... of a function whose definition itself holds one of them: f(x) = f_0 + f_1 x.
    """
    defined = [line for line in lines if _defines(line)]
    numbers = {line[0].text: "0" for line in defined}
    for line in defined:
        if any(_numbered(line, k, "0123456789") > k for k, t in enumerate(line[1:], 1) if t.text == line[0].text):
            numbers[line[0].text] = "0123456789"
    return [_joined(line, numbers) for line in lines] if numbers else list(lines)


def _defines(line: Sequence[Token]) -> bool:
    """Tell whether a line begins with x(t) =."""
    texts = [t.text for t in line[:5]]
    return len(texts) == 5 and line[0].kind in _NAMED and texts[1] == "(" and line[2].kind in _NAMED and (
        texts[3] == ")" and texts[4] in ("=", ":=")
    )


def _joined(line: list[Token], numbers: Mapping[str, str]) -> list[Token]:
    out: list[Token] = []
    k = 0
    while k < len(line):
        stop = _numbered(line, k, numbers[line[k].text]) if line[k].kind in _NAMED and line[k].text in numbers else k
        called = stop > k and stop < len(line) and line[stop].text in ("(", "[", "^", "'")
        if stop > k and not called:
            name = f"{line[k].text}_{next(t.text for t in line[k + 2 : stop] if t.text.isdigit())}"
            out.append(line[k]._replace(kind="name", text=name, stop=line[stop - 1].stop))
            k = stop
        else:
            out.append(line[k])
            k += 1
    return out


def _numbered(line: Sequence[Token], k: int, digits: str) -> int:
    """Return the place after a number below the letter at k; k where there is none, or another one."""
    held = [t.text for t in line[k + 1 : k + 5]]
    if held[:1] == ["_"] and len(held) > 1 and held[1] in digits:
        return k + 3
    return k + 5 if held[:2] == ["_", "{"] and held[3:] == ["}"] and held[2] in digits else k
