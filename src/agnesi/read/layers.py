"""Superscripts that number layers or iterates: W^l a^{l-1} is read as W^{(l)} a^{(l-1)}, w^{t+1} = w^t − ... likewise.

They are no powers where l − 1 or l + 1 stands beside l, where an index follows (b^l_j), or where a matrix has one.
"""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.tokens import Token

LAYERS = ("l", "ℓ")
LAST = "L"  # the last layer, beside l
STEPS = ("t", "k")
_BINDERS = frozenset(("∑", "∏", "max", "min", "sum", "prod"))
_STOPS = frozenset(("=", ":="))
Found = tuple[str, tuple[str, ...], int]  # a letter, the tokens of its superscript, and the place after it


def with_labels(tokens: list[Token]) -> list[Token]:
    """Return tokens with W^{[l-1]} as W^{(l-1)}: a superscript in square brackets is a number of a layer."""
    out = list(tokens)
    for k in range(len(tokens) - 4):
        if [t.text for t in tokens[k : k + 3]] != ["^", "{", "["]:
            continue
        close = next((j for j in range(k + 3, len(tokens)) if tokens[j].text in ("]", "[", "}")), k)
        held = tokens[k + 3 : close]
        plain = all(t.kind in ("num", "word", "name") or t.text in ("+", "-") for t in held)
        if tokens[close].text == "]" and held and plain:
            out[k + 2] = tokens[k + 2]._replace(text="(")
            out[close] = tokens[close]._replace(text=")")
    return out


def with_layers(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with superscripts that are numbers of layers or of iterates in brackets."""
    held = [[raised(line, k) for k in range(len(line))] for line in lines]
    if not any(one is not None for line in held for one in line):
        return list(lines)
    bases: dict[str, set[str]] = {}
    for letter in LAYERS:
        named = [(o, line, o[2]) for line, row in zip(lines, held, strict=True) for o in row if o and letter in o[1]]
        if named and not bound(lines, letter) and numbers_layers(letter, named, lines):
            for one, _, _ in named:
                bases.setdefault(one[0], set()).update((letter, LAST))
    for letter in STEPS:
        for line in lines:
            base = stepped(line, letter)
            if base and not bound(lines, letter):
                bases.setdefault(base, set()).add(letter)
    return [labelled(line, bases) for line in lines] if bases else list(lines)


def raised(line: Sequence[Token], k: int) -> Found | None:
    """Return the letter at a place with its superscript l, {l}, {l+1}, {l-1} or a number."""
    token = line[k]
    if token.kind not in ("word", "name") or k + 2 >= len(line) or line[k + 1].text != "^":
        return None
    if line[k + 2].text != "{":
        return (token.text, (line[k + 2].text,), k + 3) if line[k + 2].kind in ("word", "name", "num") else None
    inner = [t.text for t in line[k + 3 : k + 7]]
    if len(inner) > 1 and inner[1] == "}":
        return token.text, (inner[0],), k + 5
    if len(inner) > 3 and inner[1] in ("+", "-") and inner[2] == "1" and inner[3] == "}":
        return token.text, (inner[0], inner[1], inner[2]), k + 7
    return None


def numbers_layers(
    letter: str, named: Sequence[tuple[Found, list[Token], int]], lines: Sequence[Sequence[Token]]
) -> bool:
    """Tell whether superscripts with a letter are shown to be numbers of layers; x^{l+1} = x x^l are powers."""
    scripts, letters = {one[1] for one, _, _ in named}, {one[0] for one, _, _ in named}
    alone = any(bare(line, name) or any(t.text == f"d{name}" for t in line) for line in lines for name in letters)
    beside = (letter,) in scripts and len(scripts) > 1 and not alone
    matrix = any(len(one[0]) == 1 and one[0].isupper() for one, _, _ in named)
    below = any(stop < len(line) and line[stop].text == "_" for _, line, stop in named)
    return beside or matrix or below


def bound(lines: Sequence[Sequence[Token]], letter: str) -> bool:
    """Tell whether a letter is the index of a sum or product: then x^l may be a power."""
    return any(
        t.text == letter and k > 1 and line[k - 1 - (line[k - 1].text == "{")].text == "_"
        and line[k - 2 - (line[k - 1].text == "{")].text in _BINDERS
        for line in lines for k, t in enumerate(line)
    )


def stepped(line: Sequence[Token], letter: str) -> str:
    """Return w where a line begins with w^{t+1} = w^t ± ..., and w stands nowhere without a superscript."""
    begin = 1 if line and line[0].text == "where" else 0
    first = raised(line, begin) if len(line) > begin else None
    if first is None or first[1] != (letter, "+", "1") or line[first[2]].text not in _STOPS:
        return ""
    second = raised(line, first[2] + 1)
    if second is None or second[:2] != (first[0], (letter,)) or line[second[2]].text not in ("+", "-"):
        return ""
    return "" if bare(line, first[0]) else first[0]


def bare(line: Sequence[Token], name: str) -> bool:
    """Tell whether a letter stands in a line without a superscript."""
    return any(t.text == name and (k + 1 >= len(line) or line[k + 1].text != "^") for k, t in enumerate(line))


def labelled(line: list[Token], bases: dict[str, set[str]]) -> list[Token]:
    """Return a line in which the superscripts of letters that number something stand in brackets."""
    out, k = list[Token](), 0
    while k < len(line):
        one = raised(line, k)
        letters = bases.get(one[0], set()) if one is not None else set()
        if one is None or not (one[1][0] in letters or (one[1][0].isdigit() and LAST in letters and len(one[1]) == 1)):
            out.append(line[k])
            k += 1
            continue
        begin, end = line[k + 2], line[one[2] - 1]
        inner = [t for t in line[k + 2 : one[2]] if t.text not in ("{", "}")]
        out += [line[k], line[k + 1], begin._replace(kind="open", text="{"), begin._replace(kind="open", text="(")]
        out += inner
        out += [end._replace(kind="close", text=")"), end._replace(kind="close", text="}")]
        k = one[2]
    return out
