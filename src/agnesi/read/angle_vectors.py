"""⟨2x, 4y, 6z⟩ and ⟨4, 1⟩ as vectors, as calculus writes them: angle brackets with parts that are numbers."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_NAMED = ("word", "name")
_WAVES = frozenset(("sin", "cos", "tan", "exp", "ln", "sinh", "cosh"))
_SCALARS = frozenset("xyztrsabckθφ")  # letters of coordinates, times and constants
_SIGNS = frozenset("+-*/^·′'()[]{}_")


def with_vectors_in_angles(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with (a, b) for ⟨a, b⟩ where the parts are numbers; an inner product of vectors stays one."""
    if not any(t.text == "⟨" for line in lines for t in line):
        return list(lines)
    held = [_angles(line) for line in lines]
    products = any(_of_letters(line, parts, words) for line, own in zip(lines, held, strict=True) for parts in own)
    return [_opened(line, own, words, products) for line, own in zip(lines, held, strict=True)]


def _angles(line: list[Token]) -> list[list[tuple[int, int]]]:
    """Return the parts of each pair of angle brackets: where they begin and end."""
    found: list[list[tuple[int, int]]] = []
    for first, last in partners(line).items() if any(t.text == "⟨" for t in line) else ():
        if line[first].text != "⟨":
            continue
        begin, depth, parts = first + 1, 0, []
        for k in range(first + 1, last):
            depth += (line[k].kind == "open") - (line[k].kind == "close")
            if depth == 0 and line[k].text == ",":
                parts.append((begin, k))
                begin = k + 1
        parts.append((begin, last))
        if len(parts) > 1 and all(a < b for a, b in parts):
            found.append(parts)
    return found


def _of_letters(line: list[Token], parts: list[tuple[int, int]], words: Vocabulary) -> bool:
    """Tell whether angle brackets are an inner product for sure: ⟨x, y⟩, ⟨Ax, y⟩, ⟨u − v, w⟩."""
    alone = len(parts) == 2 and all(_letter(line[a:b]) for a, b in parts)
    return alone or (len(parts) == 2 and any(_array(t, words) for a, b in parts for t in line[a:b]))


def _letter(part: Sequence[Token]) -> bool:
    """Tell whether a part is a letter, perhaps with an index."""
    return part[0].kind in _NAMED and (len(part) == 1 or part[1].text == "_") and len(part) < 6


def _array(token: Token, words: Vocabulary) -> bool:
    if token.kind not in _NAMED or token.text in _WAVES:
        return False
    known = words.symbols.get(token.text)
    return (known is not None and bool(known.shape)) or token.text[:1].isupper()


def _opened(
    line: list[Token], held: list[list[tuple[int, int]]], words: Vocabulary, products: bool
) -> list[Token]:
    """Return a line with round brackets for the angles of vectors."""
    out = list(line)
    for parts in held:
        first, last = parts[0][0] - 1, parts[-1][1]
        shown = [line[a:b] for a, b in parts]
        if not _is_vector(shown, [t.text for t in line[:first]], words, products):
            continue
        out[first] = out[first]._replace(text="(")
        out[last] = out[last]._replace(text=")")
    return out


def _is_vector(parts: Sequence[Sequence[Token]], before: Sequence[str], words: Vocabulary, products: bool) -> bool:
    """Tell whether angle brackets hold the entries of a vector, and not the two vectors of an inner product."""
    if len(parts) > 2 or all(_number(p) for p in parts):
        return True
    if any(_array(t, words) for p in parts for t in p):
        return False
    if any(t.text in _WAVES for p in parts for t in p):
        return all(_scalar(p) for p in parts)
    sloped = list(before[-1:]) == ["="] and "∇" in before
    of_several = list(before[-2:]) == [")", "="] and "(" in before and before.count("=") == 1
    plain = all(_scalar(p) for p in parts) and not products
    return plain and (sloped or of_several or any(_number(p) for p in parts) or all(len(p) > 1 for p in parts))


def _number(part: Sequence[Token]) -> bool:
    """Tell whether a part is a number: 3, −1/2, √2/2, \\frac35."""
    return all(t.kind == "num" or t.text in _SIGNS or t.text in ("frac", "√", "sqrt", "π") for t in part) and any(
        t.kind == "num" or t.text == "π" for t in part
    )


def _scalar(part: Sequence[Token]) -> bool:
    """Tell whether a part is made of numbers, of letters that stand for numbers, and of their functions."""
    for token in part:
        letters = token.kind in _NAMED and len(token.text) < 4 and set(token.text) <= _SCALARS
        plain = token.kind == "num" or token.text in _SIGNS or token.text in _WAVES
        if not (letters or plain or token.text in ("frac", "√", "sqrt", "π", "e", "∂", "f", "g")):
            return False
    return True
