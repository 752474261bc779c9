"""Subscripts that are derivatives: f_x, z_{xx} beside f(x, y) = ...; sums whose range is not written again; ±."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise

from agnesi.read.alternatives import alternatives, between_arrows
from agnesi.read.cursor import partners
from agnesi.read.regions import over_regions, regions_in
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

VARIABLES = frozenset("xyzuvtrsθφ")
FUNCTIONS = frozenset("fghuvwzFGHTVQVLφψ")
MULTIPLIERS = frozenset(("λ", "μ", "lambda", "mu", "nu", "ν"))
_NAMED = ("word", "name")
ORDERS = frozenset("123456")  # of derivatives in brackets, f^{(3)}
INDICES = frozenset("ijkl")
MOST = 3  # variables that a subscript names
_BOTH = {"±": "+-", "∓": "-+"}
_SUMS = frozenset(("∑", "sum", "∏", "prod"))


def with_partials(lines: Sequence[list[Token]], words: Vocabulary, source: str) -> list[list[Token]]:
    """Return the lines with f_x as (∂f/∂x) where f is defined as a function of x, or as an expression that holds x.

    Integrals over regions get their ends.
    """
    lines = over_regions(lines, regions_in(lines, source)) if any(t.text == "∫" for li in lines for t in li) else lines
    orders = _parameters(lines)
    lines = [_primed(line, orders) for line in lines] if orders else lines
    lines = [_quotients_at(line, orders) for line in lines] if orders else lines
    lines = [_with_del(line, orders) for line in lines] if orders else lines
    known = _functions(lines)
    known = {f: over for f, over in known.items() if f not in words.symbols and not _indexed(lines, f, over)}
    lines = [of_powers(line) for line in lines] if words.log_powers else lines
    lines = [_subscripted(line, known, slopes_named(lines)) for line in lines] if known else lines
    return [_spelled(line, known, orders) if known else line for line in lines]


def slopes_named(lines: Sequence[Sequence[Token]]) -> set[str]:
    """Return the functions whose slopes are written without a mark, since a line says what one is: fx = 2x + y."""
    heads = {line[0].text for line in lines if len(line) > 1 and line[0].kind == "word" and line[1].text == "="}
    heads = {h for h in heads if 1 < len(h) <= MOST and h[0] in FUNCTIONS and h.islower() and set(h[1:]) <= VARIABLES}
    return {h[0] for h in heads if sum(other[0] == h[0] for other in heads) > 1}


def _subscripted(line: list[Token], known: dict[str, frozenset[str]], named: set[str]) -> list[Token]:
    """Return a line with f_xy for fxy where slopes of f are written so."""
    out: list[Token] = []
    for token in line:
        f, letters = token.text[:1], token.text[1:]
        if token.kind == "word" and letters and f in named & set(known) and set(letters) <= known[f]:
            first = token._replace(kind="name", text=f)
            out += [first, Token("op", "_", token.start, token.stop, False),
                    Token("word", letters, token.start, token.stop, False)]
        else:
            out.append(token)
    return out


def _functions(lines: Sequence[Sequence[Token]]) -> dict[str, frozenset[str]]:
    """Return what is defined with the letters that it may be differentiated in: f(x, y) = ..., z = x² y.

    What is defined twice may be differentiated in the letters of both.
    """
    found: dict[str, frozenset[str]] = {}
    for line in lines:
        texts = [t.text for t in line]
        if len(line) < 4 or line[0].kind not in _NAMED or texts[0] not in FUNCTIONS:
            continue
        close = partners(list(line)).get(1, 0) if texts[1] == "(" else 0
        if close and texts[close + 1] in ("=", ":="):
            held = frozenset(texts[2:close:2])
            if set(texts[3:close:2]) <= {","} and held - MULTIPLIERS <= VARIABLES:
                found[texts[0]] = found.get(texts[0], frozenset()) | held
        elif texts[1] in ("=", ":="):
            held = frozenset(c for t in line[2:] if t.kind in _NAMED and len(t.text) < 4 for c in t.text)
            found[texts[0]] = found.get(texts[0], frozenset()) | (held & VARIABLES - {texts[0]})
    through = _moved(lines) - found.keys()
    return {f: over | _letters_of(lines, over & through) for f, over in found.items() if over}


def _moved(lines: Sequence[Sequence[Token]]) -> set[str]:
    """Return the variables that lines define: x of x = r cos θ."""
    return {li[0].text for li in lines if len(li) > 3 and li[0].text in VARIABLES and li[1].text in ("=", ":=")}


def _letters_of(lines: Sequence[Sequence[Token]], names: Container[str]) -> frozenset[str]:
    """Return the variables that stand in the definitions of some names."""
    made = [li for li in lines if len(li) > 3 and li[0].text in names and li[1].text in ("=", ":=")]
    held = {c for li in made for t in li[2:] if t.kind in _NAMED and len(t.text) < 4 for c in t.text}
    return frozenset(held & VARIABLES)


def _indexed(lines: Sequence[Sequence[Token]], name: str, over: frozenset[str]) -> bool:
    """Tell whether a name has other subscripts too, so that x may be an index: z_i, u_t."""
    for line in lines:
        for k, token in enumerate(line):
            if token.text == name and _subscript(line, k)[0] and not set(_subscript(line, k)[0]) <= over:
                return True
    return False


def _subscript(line: Sequence[Token], k: int) -> tuple[str, int]:
    """Return the letters of the subscript behind a token, and the place after them."""
    if k + 2 >= len(line) or line[k].kind not in _NAMED or line[k + 1].text != "_" or line[k + 1].kind != "op":
        return "", k + 1
    if line[k + 2].text != "{":
        return (line[k + 2].text, k + 3) if line[k + 2].kind in _NAMED else ("?", k + 3)
    stop = next((j for j in range(k + 3, len(line)) if line[j].text == "}"), k + 2)
    inner = line[k + 3 : stop]
    able = inner and all(t.kind in _NAMED for t in inner)
    return ("".join(t.text for t in inner) if able else "?"), stop + 1


def _parameters(lines: Sequence[Sequence[Token]]) -> dict[str, tuple[str, ...]]:
    """Return the functions that lines define, f(x, y) = ..., with their parameters in order."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if len(line) > 4 and line[0].kind in _NAMED and line[1].text == "(":
            close = partners(list(line)).get(1, 0)
            held = line[2:close]
            plain = all(t.kind in _NAMED if j % 2 == 0 else t.text == "," for j, t in enumerate(held))
            if len(held) % 2 and plain and close + 1 < len(line) and line[close + 1].text in ("=", ":="):
                found.setdefault(line[0].text, tuple(t.text for t in held[::2]))
    return found


def _primed(line: list[Token], functions: Container[str]) -> list[Token]:
    """Return a line with f^{(3)} as f with three primes, for functions."""
    out: list[Token] = []
    k = 0
    while k < len(line):
        held = [t.text for t in line[k + 1 : k + 7]]
        held = held[:1] + held[2:5] if held[1:2] == ["{"] and held[5:6] == ["}"] else held[:4]
        order = held[2] if held[:2] == ["^", "("] and held[3:4] == [")"] else ""
        out.append(line[k])
        if line[k].text not in functions or order not in ORDERS:
            k += 1
            continue
        last = k + (6 if line[k + 2].text == "{" else 4)
        out += [Token("op", "'", line[k + 1].start, line[last].stop, False)] * int(order)
        k = last + 1
    return out


def _quotients_at(line: list[Token], orders: Mapping[str, tuple[str, ...]]) -> list[Token]:
    """Return \\frac{∂f}{∂x}(1, 2) as its value at the place, for functions of several numbers."""
    edges = partners(line)
    for k in range(len(line) - 1, -1, -1):
        below = edges.get(k + 1, -2) + 1
        stop = edges.get(below, -2) + 1
        if line[k].text != "frac" or line[k].kind != "cmd" or below < 1 or stop < 1:
            continue
        above, under = line[k + 2 : below - 1], line[below + 1 : stop - 1]
        name = above[-1].text if above else ""
        place, after = _at(line, stop, orders.get(name, ()))
        slope = bool(under) and above[:1] != [] and above[0].text in "∂d" and under[0].text in "∂d"
        if slope and len(orders.get(name, ())) > 1 and after > stop:
            opened = Token("open", "(", line[k].start, line[k].start, line[k].spaced)
            closed = Token("close", ")", line[after - 1].stop, line[after - 1].stop, False)
            line = [*line[:k], opened, *line[k:stop], *place, closed, *line[after:]]
    return line


def _with_del(line: list[Token], orders: Mapping[str, tuple[str, ...]]) -> list[Token]:
    """Return ∂_x f, ∂_x ∂_y f and ∂_{xy} f as quotients, and ∂_i f of f(w) as ∂f/∂w_i."""
    out: list[Token] = []
    k = 0
    while k < len(line):
        at, letters = k, ""
        while at < len(line) and line[at].text == "∂" and at + 2 < len(line) and line[at + 1].text == "_":
            last = partners(line).get(at + 2, at + 2)
            letters += "".join(t.text for t in line[at + 2 : last + 1] if t.text not in "{}")
            at = last + 1
        over = orders.get(line[at].text, ()) if letters and at < len(line) else ()
        indexed = len(over) == 1 and letters in INDICES and letters not in over
        if not over or not (indexed or set(letters) <= set(over)) or len(letters) > MOST:
            out.append(line[k])
            k += 1
            continue
        place, stop = _at(line, at + 1, over)
        token = line[at]._replace(start=line[k].start, spaced=line[k].spaced)
        made = _quotient(token, line[stop - 1].stop, over[0] if indexed else letters)
        if indexed:
            end = line[stop - 1].stop
            made[-1:-1] = [Token("op", "_", end, end, False), Token("name", letters, end, end, False)]
        out += [*made[:-1], *place, made[-1]]
        k = stop
    return out


def _at(line: list[Token], stop: int, order: tuple[str, ...]) -> tuple[list[Token], int]:
    """Return |_{x=1,y=2} for the (1, 2) that stands at a place, behind f_x of a function with these parameters."""
    close = partners(line).get(stop, 0) if order and stop < len(line) and line[stop].text == "(" else 0
    if not close:
        return [], stop
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in line[stop + 1 : close]:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text == "," and depth == 0:
            arguments.append([])
        else:
            arguments[-1].append(token)
    if len(arguments) != len(order) or not all(arguments):
        return [], stop
    if [[t.text for t in one] for one in arguments] == [[name] for name in order]:
        return [], close + 1
    start, end = line[stop].start, line[close].stop
    out = [Token("op", "|", start, start, False), Token("op", "_", start, start, False),
           Token("open", "{", start, start, False)]
    for name, one in zip(order, arguments, strict=True):
        out += [Token("name", name, start, start, False), Token("op", "=", start, start, False), *one]
        out.append(Token("op", ",", one[-1].stop, one[-1].stop, False))
    return [*out[:-1], Token("close", "}", end, end, False)], close + 1


def _spelled(
    line: list[Token], known: dict[str, frozenset[str]], orders: Mapping[str, tuple[str, ...]]
) -> list[Token]:
    """Return a line with f_xy as (∂^2 f/(∂x ∂y)), and f_x(1, 2) as its value there."""
    out: list[Token] = []
    k = 0
    while k < len(line):
        token = line[k]
        letters, stop = _subscript(line, k) if token.text in known else ("", k + 1)
        able = 0 < len(letters) <= MOST and set(letters) <= known.get(token.text, frozenset())
        before = line[k - 1].text if k else ""
        if not able or before in ("∂", "∂d", "d", "_", "'"):
            out.append(token)
            k += 1
            continue
        made = _quotient(token, line[stop - 1].stop, letters)
        place, stop = _at(line, stop, orders.get(token.text, ()))
        out += [*made[:-1], *place, made[-1]]
        k = stop
    return out


def _quotient(token: Token, stop: int, letters: str) -> list[Token]:
    """Return the tokens of a partial derivative in brackets."""
    order = [("op", "^"), ("num", str(len(letters)))] if len(letters) > 1 else []
    below = [part for c in letters for part in (("op", "∂"), ("name", c))]
    top = [("open", "("), ("op", "∂"), *order, ("name", token.text), ("op", "/")]
    kinds = [*top, ("open", "("), *below, ("close", ")"), ("close", ")")] if order else [*top, *below, ("close", ")")]
    made = [Token(kind, text, token.start, stop, False) for kind, text in kinds]
    return [made[0]._replace(spaced=token.spaced), *made[1:]]


def with_ranges_again(lines: Sequence[list[Token]], goes_on: Sequence[bool]) -> list[list[Token]]:
    """Return ∑_{n=1}^∞ a_n = ∑ b_n with the range of the first sum at those that have none, if they hold its index.

    `goes_on` tells which lines go on from the one before them.
    """
    out: list[list[Token]] = []
    held: list[Token] = []
    for line, on in zip(lines, goes_on, strict=True):
        held = held if on else []
        if any(t.text in _SUMS for t in line):
            line, held = _with_ranges(line, held)
        out.append(line)
    return out


def _with_ranges(tokens: list[Token], range_: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return a line with the ranges of its sums, and the last range."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        token = tokens[k]
        stop = _range_end(tokens, k + 1) if token.text in _SUMS and token.kind != "end" else 0
        if stop > k + 1:
            range_ = tokens[k + 1 : stop]
            out += tokens[k:stop]
            k = stop
            continue
        out.append(token)
        k += 1
        index = next((t.text for t in range_ if t.kind in _NAMED), "") if stop else ""
        sign = next((j for j in range(k, len(tokens)) if tokens[j].text in ("=", "≤", "≥")), len(tokens))
        if index and any(t.kind in _NAMED and t.text == index for t in tokens[k:sign]):
            out += [t._replace(start=token.stop, stop=token.stop, spaced=False) for t in range_]
    return out, range_


def _range_end(tokens: Sequence[Token], k: int) -> int:
    """Return the place after the subscript and superscript of a sum that begin at `k`."""
    while k + 1 < len(tokens) and tokens[k].kind == "op" and tokens[k].text in ("_", "^"):
        close = next((j for j in range(k + 2, len(tokens)) if tokens[j].text == "}"), k + 1)
        k = close + 1 if tokens[k + 1].text in ("{",) else k + 2
    return k


def both_signs(run: list[Token], used: str) -> list[Token]:
    """Return x = A ± B as (x − (A + B))(x − (A − B)) = 0, where x stands in the text before; and x = a or x = b so.

    Another side is one more such product, and what stands before and behind ⇒ is read alike.
    """
    run = alternatives(run)
    if not any(t.text in _BOTH for t in run):
        return run
    return between_arrows(run, lambda part: _of_both(part, used))


def _of_both(part: list[Token], used: str) -> list[Token]:
    """Return one relation with its double signs as products; its left side stands in the text before, or is applied."""
    signs = [k for k, t in enumerate(part) if t.text == "="]
    left = part[: signs[0]] if signs else []
    if [t.text for t in left[1:]] == ["_", "{", "1", ",", "2", "}"]:  # the roots x_{1,2} = a ± b
        left = left[:1]
    able = len(part) > 2 and any(t.text in _BOTH for t in part) and bool(left)
    name = re.escape(left[0].text) if left else ""
    if len(left) == 1:
        able = able and left[0].kind in _NAMED
        able = able and re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])|[0-9a-z]{name}\b", used) is not None
    elif any(t.text in _BOTH or t.text == "," for t in left) or used.count(left[0].text if left else "") < 2:
        able = False
    if not able:
        return part
    at = part[-1].stop
    out: list[Token] = []
    for k, stop in pairwise([*signs, len(part)]):
        side = part[k + 1 : stop]
        for way in (0, 1):
            less = [_mark("open", "(", side[0].start), *left, _mark("op", "-", side[0].start)]
            out += [*less, _mark("open", "(", side[0].start), *_with_sign(side, way)]
            out += [_mark("close", ")", side[-1].stop)] * 2
        out.append(_mark("op", "=", at))
    return [*out, _mark("num", "0", at)]


def _mark(kind: str, text: str, at: int) -> Token:
    return Token(kind, text, at, at, False)


def _with_sign(side: list[Token], way: int) -> list[Token]:
    """Return a side with the upper or the lower of its double signs; a plus that opens is left out."""
    out: list[Token] = []
    for token in side:
        sign = _BOTH[token.text][way] if token.text in _BOTH else ""
        if not (sign == "+" and (not out or out[-1].kind == "open")):
            out.append(token._replace(text=sign) if sign else token)
    return out


def of_powers(tokens: list[Token]) -> list[Token]:
    """Return log(∏ x_i)^{1/n} as the logarithm of the power, and log₂ (1/2)/(1/4) as that of the quotient."""
    edges = partners(tokens)
    opens, closes = set[int](), set[int]()
    for k, token in enumerate(tokens[:-2]):
        stop = edges.get(k + 1, 0) if token.text in ("log", "ln") and tokens[k + 1].text == "(" else 0
        if stop and stop + 2 < len(tokens) and tokens[stop + 1].text == "^":
            opens.add(k + 1)
            closes.add(edges.get(stop + 2, stop + 2))
        first = next((j for j in range(k + 1, min(k + 4, len(tokens))) if tokens[j].text == "("), 0)
        base = all(t.kind == "num" or t.text == "_" for t in tokens[k + 1 : first])
        end = edges.get(first, 0) if first and base and token.text in ("log", "ln") and tokens[first].spaced else 0
        if end and [t.text for t in tokens[end + 1 : end + 3]] == ["/", "("]:
            opens.add(first)
            closes.add(edges[end + 2])
    out: list[Token] = []
    for k, token in enumerate(tokens):
        out += [Token("open", "(", token.start, token.start, False)] * (k in opens)
        out.append(token)
        out += [Token("close", ")", token.stop, token.stop, False)] * (k in closes)
    return out
