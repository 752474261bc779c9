"""Idioms of notes, as tokens: x* and w^* as names, λ_1 + ... + λ_n as a sum, f = log as f(x) = log(x), np.log."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.columns import columns_alone
from agnesi.read.cursor import RELATIONS, partners
from agnesi.read.tokens import Token
from agnesi.read.unindexed import indexed
from agnesi.read.vocabulary import FUNCTIONS, Vocabulary

_LIBRARIES = frozenset(("np", "numpy", "math", "torch", "jnp", "scipy", "linalg", "tf", "F", "special"))
_ENDS = frozenset((")", "]", "}", ",", ";", "ᵀ", "'", "|", "‖", "+", "-", "/", "⊙"))
_LETTERS = ("i", "j", "k", "l", "m")
MOST_TERMS = 8  # that are written out before the dots


def idiomatic(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a formula with its idioms spelled out."""
    return summed(starred(mapped(aliased(unqualified(indicated(equal_indices(indexed(columns_alone(tokens)))))))))


def indicated(tokens: list[Token]) -> list[Token]:
    """Return the tokens with (z > 0), which is 1 or 0, for 1[z > 0], 1{z > 0}, 𝟏(z > 0), I(z > 0) and 1_{z > 0}."""
    if not any(t.text in ("<", ">", "≤", "≥") for t in tokens):
        return tokens
    edges = partners(tokens)
    out: list[Token] = []
    shut: set[int] = set()
    k = 0
    while k < len(tokens):
        token = tokens[k]
        at = k + 1 + (k + 1 < len(tokens) and tokens[k + 1].text == "_")
        close = edges.get(at) if token.text in ("1", "𝟏", "I") and not tokens[min(at, len(tokens) - 1)].spaced else None
        inner = tokens[at + 1 : close] if close else []
        depth, signs = 0, 0
        for one in inner:
            depth += (one.kind == "open") - (one.kind == "close")
            signs += not depth and one.text in ("<", ">", "≤", "≥")
        if close and signs == 1 and all(t.text not in (",", ":") for t in inner):
            out.append(token._replace(kind="open", text="(", stop=tokens[at].stop))
            shut.add(close)
            k = at + 1
            continue
        out.append(token._replace(text=")") if k in shut else token)
        k += 1
    return out


def equal_indices(tokens: list[Token]) -> list[Token]:
    """Return the tokens with δ_{ij} for 1[i = j], 1{i = j}, 𝟏(i = j), I(i = j), 1_{i = j} and [i = j]."""
    texts = [t.text for t in tokens]
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        marked = texts[k] in ("1", "𝟏", "I") and k + 1 < len(tokens) and not tokens[k + 1].spaced
        at = k + marked + (marked and texts[k + 1] == "_")
        inner = tokens[at + 1 : at + 4]
        shut = {"(": ")", "[": "]", "{": "}"}.get(texts[at] if at < len(tokens) else "", "")
        able = len(inner) == 3 and inner[1].text in ("=", "==") and shut != "" and texts[at + 4 : at + 5] == [shut]
        able = able and all(len(t.text) == 1 and t.text.islower() for t in (inner[0], inner[2]))
        before = tokens[k - 1] if k else None
        alone = before is None or (before.kind in ("op", "num", "open") and before.text not in ("_", "^"))
        if able and (marked or (texts[at] == "[" and alone)):
            start, stop = tokens[k].start, tokens[at + 4].stop
            pair = (("word", inner[0].text), ("op", ","), ("word", inner[2].text))
            body = (("word", "δ"), ("op", "_"), ("open", "{"), *pair, ("close", "}"))
            made = [Token(kind, text, start, stop, False) for kind, text in body]
            out += [made[0]._replace(spaced=tokens[k].spaced), *made[1:]]
            k = at + 5
            continue
        out.append(tokens[k])
        k += 1
    return out


def integrated(lines: Sequence[Sequence[Token]]) -> frozenset[str]:
    """Return the letters that integrals run over: x in ∫ f dx."""
    found: set[str] = set()
    for line in lines:
        if not any(t.text in ("∫", "int") for t in line):
            continue
        for k, token in enumerate(line):
            if token.text in ("d", "∂d") and k + 1 < len(line) and line[k + 1].kind in ("word", "name"):
                found.add(line[k + 1].text)
            elif token.kind == "word" and len(token.text) == 2 and token.text[0] == "d":
                found.add(token.text[1])
    return frozenset(found)


def unqualified(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the names of libraries: np.log(x), torch.sum(x), np.linalg.inv(A)."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        token, dot = tokens[k], tokens[k + 1] if k + 1 < len(tokens) else None
        dotted = dot is not None and dot.text == "·" and dot.stop == dot.start + 1 and not dot.spaced
        called = dotted and k + 3 < len(tokens) and tokens[k + 2].kind == "word" and tokens[k + 3].text in ("(", "·")
        if called and token.kind == "word" and token.text in _LIBRARIES:
            k += 2
            continue
        out.append(token)
        k += 1
    return out


def chosen(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with C(n, k), nCr(n, k) and choose(n, k) as binomial coefficients, unless C is defined."""
    defined = "C" in words or any(_defines(line, "C") for line in lines)
    return [_chosen(line, ("C", "nCr", "choose", "comb")[defined:]) for line in lines]


def _defines(line: Sequence[Token], name: str) -> bool:
    """Tell whether a line begins with C(x, y) = ..."""
    if len(line) < 4 or line[0].text != name or line[1].text != "(":
        return False
    closed = partners(list(line)).get(1, 0)
    return line[closed + 1 : closed + 2] != [] and line[closed + 1].text in ("=", ":=") and all(
        t.kind in ("word", "name") or t.text in (",", "'", "_") for t in line[2:closed]
    )


def _chosen(line: list[Token], names: Sequence[str]) -> list[Token]:
    edges = partners(line)
    out = list(line)
    for opened, closed in edges.items():
        before = line[opened - 1] if opened else None
        if before is None or before.text not in names or line[opened].text != "(" or line[opened].spaced:
            continue
        inner, depth = line[opened + 1 : closed], 0
        commas = 0
        for token in inner:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            commas += token.text == "," and depth == 0
        random = any(t.kind == "word" and t.text.isupper() and t.text not in "NM" for t in inner)
        if commas == 1 and not random:
            out[opened - 1] = before._replace(kind="word", text="binom")
    return out


def aliased(tokens: list[Token]) -> list[Token]:
    """Return f = log as f(x) = log(x), where the right side is the name of a function and nothing else."""
    held = [t for t in tokens if t.kind != "end"]
    if len(held) != 3 or held[1].text not in ("=", ":=") or held[2].text not in FUNCTIONS or len(held[0].text) != 1:
        return tokens
    name, sign, function = held
    if name.kind not in ("word", "name") or function.kind != "word" or function.text in ("E", "Var", "Cov", "I"):
        return tokens
    call = (("open", "("), ("name", "t"), ("close", ")"))
    x = [Token(kind, text, name.stop, name.stop, False) for kind, text in call]
    y = [t._replace(start=function.stop, stop=function.stop) for t in x]
    return [name, *x, sign, function, *y]


def mapped(tokens: list[Token]) -> list[Token]:
    """Return f: x -> x² as f(x) = x²."""
    arrow = arrow_in(tokens)
    named = arrow == 3 and tokens[1].text == ":" and all(tokens[k].kind in ("word", "name") for k in (0, 2))
    if not named or len(tokens[0].text) > 2 or len(tokens[2].text) > 2 or tokens[4].text == "ℝ":
        return tokens
    name, _, variable, sign = tokens[:4]
    opened = Token("open", "(", name.stop, name.stop, False)
    closed = Token("close", ")", variable.stop, variable.stop, False)
    return [name, opened, variable, closed, sign._replace(text="="), *tokens[4:]]


def arrow_in(tokens: Sequence[Token]) -> int:
    """Return where the arrow of a map stands outside brackets, or 0."""
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == "->" and token.kind == "op":
            return k
    return 0


def starred(tokens: list[Token]) -> list[Token]:
    """Return x*, x^*, x^{*} and x^\\star as the name x_star: a star after a name that multiplies nothing."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        token = tokens[k]
        stop = _star(tokens, k)
        base = out[-1] if out else None
        if stop and base is not None and base.kind in ("word", "name") and len(base.text) < 4:
            out[-1] = base._replace(kind="name", text=f"{base.text}_star", stop=tokens[stop - 1].stop)
            k = stop
            continue
        number = base is not None and base.kind == "num" and len(out) > 1 and not base.spaced
        if stop and number and base is not None and out[-2].kind == "word" and len(out[-2].text) == 1:  # q1*
            first = out[-2]
            out[-2:] = [first._replace(kind="name", text=f"{first.text}{base.text}_star", stop=tokens[stop - 1].stop)]
            k = stop
            continue
        subscript = (base is not None and base.text == "}") or (len(out) > 2 and out[-2].text == "_")
        begin = _subscripted(out) if stop and subscript else -1
        if begin >= 0:  # x_1^*
            first = out[begin]
            out[begin] = first._replace(kind="name", text=f"{first.text}_star", stop=first.stop)
            k = stop
            continue
        out.append(token)
        k += 1
    return out


def _star(tokens: Sequence[Token], k: int) -> int:
    """Return where a star that is a mark ends, or 0: x* before a relation, ^*, ^{*}, ^\\star."""
    token, after = tokens[k], tokens[k + 1] if k + 1 < len(tokens) else None
    if token.text in ("^", "_") and after is not None and token.kind == "op":
        held = [t.text for t in tokens[k + 1 : k + 4]]
        if after.text in ("*", "⋆") and token.text == "^" and not _operand(tokens, k + 2):
            return k + 2
        if held[:1] == ["{"] and held[1:2] in (["*"], ["⋆"]) and held[2:] == ["}"] and token.text == "^":
            return k + 4
        if after.text in ("*", "⋆") and token.text == "_" and k + 2 < len(tokens) and tokens[k + 2].text == "^":
            return k + 2  # k_*^⊤
        return 0
    if token.text != "*" or token.kind != "op" or token.spaced:
        return 0
    if k and tokens[k - 1].text.endswith("_") and after is not None and after.text == "^":
        return k + 1  # k_*^⊤
    return k + 1 if not _operand(tokens, k + 1) else 0


def _operand(tokens: Sequence[Token], k: int) -> bool:
    """Tell whether something that is multiplied stands at a place."""
    if k >= len(tokens) or tokens[k].kind == "end":
        return False
    token = tokens[k]
    return not (token.text in RELATIONS or token.text in _ENDS or token.text in (".", ":", "for", "and", "where"))


def _subscripted(tokens: Sequence[Token]) -> int:
    """Return where the name begins whose subscript ends here, or −1."""
    at = len(tokens) - 1
    if tokens[at].text == "}":
        opened = next((a for a, b in partners(list(tokens)).items() if b == at), -1)
        at = opened
    under = at - 1
    able = under > 0 and tokens[under].text == "_" and tokens[under - 1].kind in ("word", "name")
    return under - 1 if able and len(tokens[under - 1].text) < 4 else -1


# -- sums with dots -----------------------------------------------------------------------------------------------


def summed(tokens: list[Token]) -> list[Token]:
    """Return a_1 b_1 + ... + a_n b_n as ∑_{i=1}^n a_i b_i, and x_1 ⋯ x_n as a product."""
    for k in reversed([k for k, t in enumerate(tokens) if t.text == ".." and t.kind == "op"]):
        found = _series(tokens, k)
        if found is not None:
            tokens = found
    return tokens


def _series(tokens: list[Token], dots: int) -> list[Token] | None:
    """Return the tokens with the sum or product around some dots written with its sign, or None."""
    left = tokens[dots - 1].text if dots else ""
    right = tokens[dots + 1].text if dots + 1 < len(tokens) else ""
    if left == "+" and right == "+":
        sign, begin, stop = "+", dots - 1, dots + 2
    elif left in "·*×" and left and left == right:
        sign, begin, stop = left, dots - 1, dots + 2
    elif left not in (",", "", "(", "{", "[", "=") and right not in (",", "", ")") and left not in "+-*·/,":
        sign, begin, stop = "", dots, dots + 1
        if dots > 1 and tokens[dots - 2].text in ("·", "*", "×") and tokens[dots - 1].kind in ("num", "name", "word"):
            sign = tokens[dots - 2].text  # 1 · 2 ⋯ n
    else:
        return None
    edges = partners(tokens)
    end = _forward(tokens, stop, edges, sign)
    last = tokens[stop:end]
    terms: list[list[Token]] = []
    at = begin
    while len(terms) < MOST_TERMS:
        start = _backward(tokens, at, edges, sign)
        if start >= at:
            break
        terms.insert(0, tokens[start:at])
        joined = tokens[start - 1].text if start else ""
        if not sign or joined != sign:
            break
        at = start - 1
    if not terms or not last:
        return None
    if not sign:  # x_1 x_2 ⋯ x_n: juxtaposed factors, each a letter with a subscript
        terms = _factors(terms[0])
        before = tokens[max(0, dots - 3) : dots - 1]
        if len(terms) == 1 and terms[0][0].kind == "num" and [t.text for t in before[1:]] == ["="]:
            if before[0].kind in ("word", "name"):  # k = 1..n is a range
                return None
    body = _pattern(terms, last, tokens)
    if body is None:
        return None
    letter, made, low, high = body
    first = tokens[dots]
    place = (first.start, first.stop)
    begin = begin if sign else dots
    length = sum(map(len, terms)) + (len(terms) - 1 if sign else 0)
    origin = begin - length

    def token(kind: str, text: str, spaced: bool = False) -> Token:
        return Token(kind, text, *place, spaced)

    head = [token("op", "∑" if sign == "+" else "∏", True), token("op", "_"), token("open", "{"), token("name", letter),
            token("op", "="), token("num", low), token("close", "}"), token("op", "^"), token("open", "{"), *high,
            token("close", "}"), token("open", "(", True), *made, token("close", ")")]
    opened = Token("open", "(", tokens[origin].start, tokens[origin].start, tokens[origin].spaced)
    closed = Token("close", ")", last[-1].stop, last[-1].stop, False)
    return [*tokens[:origin], opened, *head, closed, *tokens[end:]]


def _factors(run: list[Token]) -> list[list[Token]]:
    """Return x_1 x_2 as the factors x_1 and x_2."""
    out: list[list[Token]] = []
    for k, token in enumerate(run):
        joined = token.text in ("_", "^", "{", "}") or (k and run[k - 1].text in ("_", "^", "{")) or not out
        if joined and out:
            out[-1].append(token)
        else:
            out.append([token])
    return out


def _forward(tokens: Sequence[Token], at: int, edges: dict[int, int], sign: str) -> int:
    """Return where the term that begins at a place ends."""
    begun = at
    while at < len(tokens) and tokens[at].kind not in ("end", "close"):
        text = tokens[at].text
        if text in RELATIONS or text in ("+", ",", ";", "\n", "..") or (text == "-" and at > begun):
            break
        if sign != "+" and text in ("·", "*", "×", "/"):
            break
        if not sign and at > begun and text not in ("_", "^", "{") and tokens[at - 1].text not in ("_", "^"):
            break
        at = edges.get(at, at) + 1
    return at


def _backward(tokens: Sequence[Token], at: int, edges: dict[int, int], sign: str) -> int:
    """Return where the term that ends before a place begins."""
    opened = {b: a for a, b in edges.items()}
    while at > 0 and tokens[at - 1].kind != "open":
        token = tokens[at - 1]
        if token.text in RELATIONS or token.text in ("+", "-", ",", ";", "\n", ".."):
            break
        if sign != "+" and token.text in ("·", "*", "×", "/"):
            break
        at = opened.get(at - 1, at - 1)
    return at


def _pattern(
    terms: list[list[Token]], last: list[Token], tokens: Sequence[Token]
) -> tuple[str, list[Token], str, list[Token]] | None:
    """Return (index, term, first number, last number) where all terms are one term at 1, 2, ..., n; else None."""
    used = {t.text for t in tokens}
    terms = _powers(terms, last)
    letter = next((x for x in _LETTERS if x not in used), "")
    for low in ("1", "0"):
        made = _between(terms[0], last, low)
        if made is None or not letter:
            continue
        body, high = made
        filled = [_filled(body, str(int(low) + n)) for n in range(len(terms))]
        fits = [[t.text for t in one] == [t.text for t in term] for one, term in zip(filled, terms, strict=True)]
        if all(fits) and high and [t.text for t in high] not in (["1"], ["0"]):
            own = [Token("name", letter, t.start, t.stop, t.spaced) if hole else t for t, hole in body]
            return letter, own, low, high
    return None


def _powers(terms: list[list[Token]], last: Sequence[Token]) -> list[list[Token]]:
    """Return 1, r, r^2 as r^0, r^1, r^2 before r^n, and r, r^2 as r^1, r^2."""
    if len(last) < 3 or last[1].text != "^" or len(terms) < 2:
        return terms
    place = terms[0][0]
    if [t.text for t in terms[0]] == [last[0].text]:
        return [[*terms[0], last[1]._replace(start=place.stop), place._replace(text="1", kind="num")], *terms[1:]]
    if [t.text for t in terms[0]] != ["1"]:
        return terms
    if [t.text for t in terms[1]] != [last[0].text]:
        return terms
    base = last[0]._replace(start=place.start, stop=place.stop)
    powers = [[base, last[1], place._replace(text=str(k))] for k in (0, 1)]
    return [*powers, *terms[2:]]


def _filled(body: Sequence[tuple[Token, bool]], number: str) -> list[Token]:
    return [t._replace(text=number, kind="num") if hole else t for t, hole in body]


def _between(
    first: Sequence[Token], last: Sequence[Token], low: str
) -> tuple[list[tuple[Token, bool]], list[Token]] | None:
    """Return the first term with holes where the last one differs, and what stands in the holes of the last."""
    body: list[tuple[Token, bool]] = []
    high: list[Token] = []
    i = j = 0
    while i < len(first) and j < len(last):
        a, b = first[i], last[j]
        if a.text == b.text:
            body.append((a, False))
            i, j = i + 1, j + 1
            continue
        held = [b]
        if a.text == low and b.text == "{":
            close = next((k for k in range(j, len(last)) if last[k].text == "}"), -1)
            held, j = list(last[j + 1 : close]), close
        elif a.text != low or b.kind not in ("word", "name", "num"):
            return None
        if high and [t.text for t in high] != [t.text for t in held]:
            return None
        high = held
        body.append((a, True))
        i, j = i + 1, j + 1
    return (body, high) if i == len(first) and j == len(last) and high else None
