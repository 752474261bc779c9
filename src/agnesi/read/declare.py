"""Declarations: `X: n×d, y: n, λ > 0`, `X ∈ ℝⁿˣᵈ`, `S : n x n positive definite`, `Σ ≻ 0`, `x_i is row i of X`."""

from __future__ import annotations

import re
from math import prod

from agnesi.errors import Place, ReadError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import symbol
from agnesi.ops.facts import facts
from agnesi.read.cursor import closest
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import MAX_ENTRIES, MAX_SIZE, Vocabulary, too_large
from agnesi.read.words import GREEK

_BETWEEN = frozenset(("≤", "<", "≥", ">"))
_SETS = {"ℝ": "", "R": "", "ℕ": "integer", "N": "integer", "ℤ": "integer", "Z": "integer"}
_LISTED = re.compile(r"[01],(?:[12],)?(?:\.\.\.?|…|\.\.),[A-Za-z]")  # 1, 2, ..., k
_FILLERS = frozenset(
    ("is", "are", "be", "a", "an", "the", "matrix", "vector", "and", "with", "matrices", "vectors", "real", ",")
)


class Declare:
    """Reads declarations into a vocabulary; `read` returns the names declared (none when it is something else)."""

    def __init__(self, words: Vocabulary, text: str) -> None:
        self.words, self.text = words, text

    def read(self, tokens: list[Token]) -> tuple[list[str], int]:
        """Declare what the tokens declare; return the names, and where another statement begins."""
        plans: list[tuple[list[str], list[Token], list[Token]]] = []
        waiting: list[str] = []
        stop = 0
        for piece, after in _commas(tokens):
            plan = self.plan(piece)
            if plan is None:
                break
            names, middle, rest = plan
            if not middle and not rest:
                waiting += names
                continue
            plans.append((waiting + names, middle, rest))
            waiting, stop = [], after
        else:
            stop = len(tokens)
            if waiting and plans:
                names, middle, rest = plans[-1]
                plans[-1] = (names + waiting, middle, rest)
        done: list[str] = []
        for names, middle, rest in plans:
            self.declare(names, middle, rest)
            done += names
        return done, stop

    def plan(self, piece: list[Token]) -> tuple[list[str], list[Token], list[Token]] | None:
        """Return (names, sign, what follows) of one declaration, or None."""
        name, at = self.name(piece, 0)
        if name is None:
            return self.bounded(piece) or self.identity(piece)
        if at == len(piece):
            return [name], [], []
        sign = piece[at]
        rest = piece[at + 1 :]
        if (sign.kind == "op" and sign.text in (":", "∈")) or (sign.kind == "word" and sign.text == "in"):
            return ([name], [sign], rest) if rest else None
        product = self.words.loose and len(name) == 2 and name.islower() and name.isascii() and name.isalpha()
        if product and sign.kind == "op" and sign.text in (*_BETWEEN, "≠"):
            return None  # bc > 0 is about b times c
        if sign.kind == "op" and sign.text in (*_BETWEEN, "≠", "≻", "⪰") and len(rest) == 1 and rest[0].text == "0":
            if name in self.words.definitions or name in self.words.pending:
                return None
            return [name], [sign], rest
        if sign.kind == "word" and self.row(piece, name, at):
            return [name], [Token("op", "row", 0, 0, False)], piece
        if sign.kind == "word" and all(t.kind in ("word", "op", "num") for t in piece[at:]):
            found = fact_words([t.text for t in piece[at:]])
            if found:
                return [name], [Token("op", "facts", sign.start, sign.stop, False)], piece[at:]
        return self.bounded(piece) or self.identity(piece)

    def name(self, piece: list[Token], at: int) -> tuple[str | None, int]:
        """Return a name with its subscript or digits, and where it ends."""
        if at >= len(piece) or piece[at].kind not in ("word", "name"):
            return None, at
        name, at = GREEK.get(piece[at].text, piece[at].text), at + 1
        if at < len(piece) and piece[at].kind == "num" and not piece[at].spaced:
            name, at = name + piece[at].text, at + 1
        if at + 1 < len(piece) and piece[at].text == "_":
            held = piece[at + 1]
            if held.kind in ("num", "word", "name"):
                tail, at = held.text, at + 2
            elif held.text == "{" and at + 3 < len(piece) and piece[at + 3].text == "}":
                tail, at = piece[at + 2].text, at + 4
            else:
                return None, at
            name = name + "_" + tail
        label = label_at(piece, at)
        if label:
            name, at = f"{name}_({label})", at + len_of_label(piece, at)
        while at < len(piece) and piece[at].text == "'":
            name, at = name + "'", at + 1
        return name, at

    def bounded(self, piece: list[Token]) -> tuple[list[str], list[Token], list[Token]] | None:
        """0 ≤ p ≤ 1."""
        if len(piece) >= 5 and piece[0].text == "0" and piece[1].text in ("≤", "<"):
            name, at = self.name(piece, 2)
            if name and at + 2 == len(piece) and piece[at].text in ("≤", "<") and piece[at + 1].text == "1":
                return [name], [Token("op", "unit", 0, 0, False)], piece
        if len(piece) >= 3 and piece[0].text == "0" and piece[1].text in ("<", "≤"):
            name, at = self.name(piece, 2)
            if name and at == len(piece):
                return [name], [Token("op", ">" if piece[1].text == "<" else "≥", 0, 0, False)], piece
        return None

    def identity(self, piece: list[Token]) -> tuple[list[str], list[Token], list[Token]] | None:
        """QᵀQ = I, A = Aᵀ, ‖u‖ = 1."""
        shown = (
            "".join("ᵀ" if t.text in ("'", "ᵀ") else t.text for t in piece)
            .replace("^T", "ᵀ")
            .replace("^{T}", "ᵀ")
            .replace("^ᵀ", "ᵀ")
        )
        shown = shown.replace("^{ᵀ}", "ᵀ")
        left, _, right = shown.partition("=")
        name = left.replace("ᵀ", "")
        if right == "I" and name and len(name) % 2 == 0 and name[: len(name) // 2] == name[len(name) // 2 :]:
            half = name[: len(name) // 2]
            if left == half + "ᵀ" + half and self.one_letter(half) and not self.known(half, "orthogonal"):
                return [GREEK.get(half, half)], [Token("op", "orthogonal", 0, 0, False)], piece
        if (
            right
            and left.replace("ᵀ", "") == right.replace("ᵀ", "")
            and left.count("ᵀ") + right.count("ᵀ") == 1
            and self.one_letter(name)
            and not self.known(name, "symmetric")
        ):
            return [GREEK.get(name, name)], [Token("op", "symmetric", 0, 0, False)], piece
        if right == "1" and left[:1] == left[-1:] == "‖" and left[1:-1].isalpha():
            return [GREEK.get(left[1:-1], left[1:-1])], [Token("op", "unit vector", 0, 0, False)], piece
        return None

    def one_letter(self, name: str) -> bool:
        """Tell whether a text is one name, and no product: A, Σ, or a name that was declared; not Ax."""
        return name.isalpha() and (len(name) == 1 or name in GREEK or name in self.words)

    def known(self, name: str, fact: str) -> bool:
        """Tell whether a fact of a name is known already, or follows from its definition: then it is a claim."""
        name = GREEK.get(name, name)
        if name in self.words.pending or name in self.words.definitions:
            return True
        held = self.words.symbols[name].facts if name in self.words.symbols else self.words.facts.get(name, frozenset())
        return fact in facts.closure(held & {f.name for f in facts})

    def row(self, piece: list[Token], name: str, at: int) -> bool:
        """`x_i is row i of X`, `x_i is column i of X`."""
        words = [t.text for t in piece[at:] if t.text != "the"]
        if len(words) >= 5 and words[0] in ("is", "are") and words[1] in ("row", "column") and words[-2] == "of":
            table = self.words.rows if words[1] == "row" else self.words.columns
            table[name.split("_")[0]] = words[-1]
            return True
        return False

    def declare(self, names: list[str], middle: list[Token], rest: list[Token]) -> None:
        """Put names in force with the shape or facts that follow the sign."""
        sign = middle[0].text if middle else ""
        if sign == "row":
            return
        by_sign = {
            ">": "positive",
            "≥": "nonnegative",
            "<": "negative",
            "≠": "nonzero",
            "≻": "spd",
            "⪰": "psd",
            "unit": "unit interval",
            "orthogonal": "orthogonal",
            "symmetric": "symmetric",
            "unit vector": "unit",
        }
        if sign == "facts":
            found = fact_words([t.text for t in rest]) or []
        elif sign in by_sign:
            found = [by_sign[sign]]
        elif sign == "≤":
            raise ReadError(
                "x ≤ 0 is not declared in this way.",
                where=Place(self.text, middle[0].start, middle[0].stop),
                repair="Write x : negative.",
            )
        else:
            self.shaped(names, rest)
            return
        for name in names:
            self.words.add_facts(name, frozenset(found))

    def shaped(self, names: list[str], rest: list[Token]) -> None:
        """What follows `:` or ∈: a set or sizes, and facts in words, after it or before it."""
        rest = _sizes_first(rest)
        dims, found, at, natural = self.shape(rest)
        words = [t.text for t in rest[at:]]
        more = fact_words(words) if words else []
        if more is None:
            unknown = next(t for t in rest[at:] if t.text not in _FILLERS)
            near = closest(unknown.text, sorted(facts.words))
            raise ReadError(
                f"{unknown.text} is not a shape or a fact.",
                where=Place(self.text, unknown.start, max(unknown.stop, rest[-1].stop)),
                expected="sizes such as n×d, or a fact such as symmetric",
                got=unknown.text,
                repair=f"Did you mean {near}?" if near else "Write X : n×d positive definite.",
            )
        entries = prod(d.number for d in dims or () if d.number is not None)
        if entries > MAX_ENTRIES or any((d.number or 0) > MAX_SIZE for d in dims or ()):
            raise too_large(entries, Place(self.text, rest[0].start, max(t.stop for t in rest)))
        kept = frozenset([*found, *more])
        for name in names:
            if natural and dims is None:
                self.words.sizes.setdefault(name)
            elif dims is None:
                self.words.add_facts(name, kept)
            else:
                self.words.declare(symbol(name, dims, kept))

    def shape(self, rest: list[Token]) -> tuple[list[Dim] | None, list[str], int, bool]:
        """Return (dims or None, facts of the set, where the words begin, whether the set is ℕ)."""
        first = rest[0]
        if first.text in ("scalar", "number") or (first.text == "real" and len(rest) == 1):
            return [], [], 1, False
        if first.text in _SETS and (
            first.kind == "name"
            or (len(rest) > 1 and rest[1].text in ("^", "_"))
            or (len(rest) == 1 and first.text in ("R", "Z"))
        ):
            at, found = 1, [_SETS[first.text]] if _SETS[first.text] else []
            while at + 1 < len(rest) and rest[at].text == "_":
                inner, at = _group(rest, at + 1)
                found += (
                    ["positive" if len([t for t in inner if t.text == "+"]) > 1 else "nonnegative"]
                    if any(t.text == "+" for t in inner)
                    else []
                )
            if at < len(rest) and rest[at].text == "^":
                inner, at = _group(rest, at + 1)
                if [t.text for t in inner] in (["+"], ["†"]):
                    return [], [*found, "nonnegative"], at, False
                return self.dims(inner), found, at, False
            if first.text in ("ℕ", "N"):
                return None, found, at, True
            return [], found, at, False
        if first.text in ("{", "["):
            inner, at = _group(rest, 0)
            held = "".join(t.text for t in inner)
            known = {
                "0,1": "binary" if first.text == "{" else "unit interval",
                "-1,1": "sign",
                "1,-1": "sign",
                "±1": "sign",
                "-1,+1": "sign",
            }
            if first.text == "{" and _LISTED.fullmatch(held) and (at >= len(rest) or rest[at].text != "^"):
                return None, ["integer"], at, True  # y ∈ {1, 2, ..., k}
            if held not in known:
                raise ReadError(
                    "This set is not read.",
                    where=Place(self.text, first.start, rest[at - 1].stop),
                    repair="Write ℝⁿ, {0,1}ⁿ or {−1,1}ⁿ.",
                )
            if at < len(rest) and rest[at].text == "^":
                inner, at = _group(rest, at + 1)
                return self.dims(inner), [known[held]], at, False
            return [], [known[held]], at, False
        if fact_words([t.text for t in rest]):
            return None, [], 0, False
        if first.text == "(":
            inner, at = _group(rest, 0)
            return self.dims(inner), [], at, False
        stop = self.sizes_end(rest)
        return self.dims(rest[:stop]), [], stop, False

    def sizes_end(self, rest: list[Token]) -> int:
        """Return where the sizes end and the words begin."""
        at, ready = 0, False
        while at < len(rest):
            token = rest[at]
            if (token.kind == "word" and token.text == "x" and ready) or token.text in ("×", "*", "+", "-", "·", "by"):
                ready = False
            elif token.kind == "num" or (
                token.kind in ("word", "name") and not fact_words([t.text for t in rest[at:]])
            ):
                if ready and token.spaced:
                    break
                ready = True
            else:
                break
            at += 1
        return at

    def dims(self, tokens: list[Token]) -> list[Dim]:
        """Return the sizes n×d, n x d, (n, d), 2n, n+1."""
        parts: list[list[Token]] = [[]]
        tokens = subscripted(tokens)
        for k, token in enumerate(tokens):
            text = token.text
            if token.kind == "word" and len(text) > 1 and "x" in text[:-1] and token.text not in self.words.sizes:
                left, _, right = text.partition("x")
                if left:
                    parts[-1].append(token._replace(text=left))
                parts.append([token._replace(text=right)] if right else [])
            elif text in ("×", "*", ",", "by") or (
                token.kind == "word" and text == "x" and parts[-1] and k + 1 < len(tokens)
            ):
                parts.append([])
            elif token.kind == "word" and len(text) == 2 and text[1] == "x" and k + 1 < len(tokens):
                parts[-1].append(token._replace(text=text[0]))
                parts.append([])
            else:
                parts[-1].append(token)
        return [self.one(p, tokens) for p in parts]

    def one(self, part: list[Token], tokens: list[Token]) -> Dim:
        """Return the size that the tokens of one axis name."""
        total, factor, sign = Dim.of(0), None, 1
        for token in part:
            if token.kind == "num" and token.text.isdigit():
                factor = (factor or Dim.of(1)) * int(token.text)
            elif token.kind in ("word", "name"):
                factor = (factor or Dim.of(1)) * Dim.of(GREEK.get(token.text, token.text))
            elif token.text in ("+", "-") and factor is not None:
                total, factor, sign = total + factor * sign, None, 1 if token.text == "+" else -1
            elif token.text not in ("·",):
                factor = None
                break
        if factor is None:
            first, last = (tokens[0], tokens[-1]) if tokens else (Token("end", "", 0, 0, False),) * 2
            raise ReadError(
                "A size is missing or not readable.",
                where=Place(self.text, first.start, last.stop),
                expected="sizes such as n×d, n x d or 3×4",
                repair="Write X : n×d.",
            )
        return total + factor * sign


def subscripted(tokens: list[Token]) -> list[Token]:
    """Return the tokens of sizes with n_l, n_0 and n_{l-1} as one name each."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        token = tokens[k]
        letter = token.kind in ("word", "name") and len(token.text) == 1
        below = letter and k + 2 < len(tokens) and tokens[k + 1].text == "_"
        inner, stop = _group(tokens, k + 2) if below else ([], k)
        label = "".join({"-": "m", "+": "p"}.get(t.text, t.text) for t in inner)
        if label.isalnum():
            out.append(token._replace(kind="word", text=f"{token.text}_{label}", stop=tokens[stop - 1].stop))
            k = stop
        else:
            out.append(token)
            k += 1
    return out


def label_at(tokens: list[Token], at: int) -> str:
    """Return the label in a superscript ^{(1)} that stands at `at`, or nothing."""
    texts = [t.text for t in tokens[at : at + 3]]
    if texts != ["^", "{", "("]:
        return ""
    stop = at + len_of_label(tokens, at)
    held = tokens[at + 3 : stop - 2]
    plain = all(t.kind in ("num", "word", "name") or t.text in ("+", "-", ",", "*") for t in held)
    return "".join(t.text for t in held) if plain and tokens[stop - 2].text == ")" else ""


def len_of_label(tokens: list[Token], at: int) -> int:
    """Return how many tokens a superscript in braces has."""
    return 1 + _group(tokens, at + 1)[1] - (at + 1)


def fact_words(words: list[str]) -> list[str] | None:
    """Return the facts that words declare, or None when a word is not one of them."""
    found: list[str] = []
    at = 0
    while at < len(words):
        if words[at] in _FILLERS and not any(" ".join(words[at : at + k]) in facts.words for k in (2, 3)):
            at += 1
            continue
        for size in range(min(5, len(words) - at), 0, -1):
            for phrase in (" ".join(words[at : at + size]), "".join(words[at : at + size])):
                if phrase in facts.words:
                    break
            else:
                continue
            found.append(facts.words[phrase].name)
            at += size
            break
        else:
            if words[at : at + 3] == ["non", "-", "negative"]:
                found.append("nonnegative")
                at += 3
                continue
            return None
    return found


def _sizes_first(rest: list[Token]) -> list[Token]:
    """Return what follows `:` with its sizes before its facts: "symmetric n x n" as "n x n symmetric"."""
    texts = [t.text for t in rest]
    if fact_words(texts) is not None:
        return rest
    for k in range(len(rest) - 1, 0, -1):
        if fact_words(texts[:k]) and (rest[k].kind in ("num", "name", "word") or texts[k] in ("(", *_SETS)):
            return rest[k:] + rest[:k]
    return rest


def _commas(tokens: list[Token]) -> list[tuple[list[Token], int]]:
    """Return the pieces between commas, each with the place after its comma."""
    out: list[tuple[list[Token], int]] = []
    depth, begin = 0, 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == "," and token.kind == "op":
            out.append((tokens[begin:k], k + 1))
            begin = k + 1
    out.append((tokens[begin:], len(tokens)))
    return [(p, after) for p, after in out if p]


def _group(tokens: list[Token], at: int) -> tuple[list[Token], int]:
    """Return the tokens of a bracketed group (or the one token) at `at`, and the place after."""
    if tokens[at].kind != "open":
        return [tokens[at]], at + 1
    depth = 0
    for k in range(at, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[k].kind, 0)
        if depth == 0:
            return tokens[at + 1 : k], k + 1
    return tokens[at + 1 :], len(tokens)
