"""What a statement of a derivation is there for: text has an order, and letters are in use before they are defined."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from agnesi.errors import AgnesiError
from agnesi.read.chance_names import OPENS
from agnesi.read.drafts import Draft
from agnesi.read.found_lines import Piece
from agnesi.read.runs import ARROWS
from agnesi.read.scene import names_of
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS
from agnesi.read.words import GREEK
from agnesi.read.worksheet import Sheet

_TRANSPOSED = re.compile(r"['′ᵀ⊤]\s?|\^\s?\{?\s?(?:T(?![a-z])|\\(?:top|intercal))\s?\}?\s?")
_BARE = re.compile(r"\\?[^\W\d_]+(?:_\{?\w{1,3}\}?)?")
LOOSER = str.maketrans("≤≥", "<>")
AGAINST = {"<": ">", ">": "<"}


class Roles(Sheet):
    """A sheet that tells definitions from claims by what stands before them and elsewhere in the text."""

    held: set[str]  # names that an equation before holds
    pieces: Sequence[Piece]
    skipped: Mapping[int, AgnesiError]  # the pieces that were not read

    def opposed(self, tokens: list[Token]) -> bool:
        """Tell whether β > 0 is one of two cases, since β < 0 stands in the text too: neither is declared then."""
        sign = half_line(tokens)
        return bool(sign) and any(half_line(d.tokens) == AGAINST[sign] and d.tokens[0].text == tokens[0].text
                                  for d in self.drafts)

    def new_name(self, tokens: list[Token]) -> None:
        """Take vn in "1/vn = ..." for one name."""
        if len(tokens) > 4 and [t.text for t in tokens[:2]] == ["1", "/"] and tokens[3].text == "=":
            if short_word(tokens[2]) and tokens[2].text not in self.words:
                self.words.facts.setdefault(tokens[2].text, frozenset())

    def bounds_product(self, tokens: list[Token]) -> bool:
        """Tell whether bc > 0 is about b times c, since both letters stand elsewhere too."""
        if len(tokens) < 3 or tokens[1].text not in ("<", ">", "≤", "≥") or tokens[0].text in self.words:
            return False
        word = tokens[0].text
        able = tokens[0].kind == "word" and len(word) == 2 and word.isascii() and word.islower() and word[0] != "d"
        others = {t.text for d in self.drafts if d.tokens is not tokens for t in d.tokens}
        return able and word not in GREEK and set(word) <= others

    def is_product(self, tokens: list[Token]) -> bool:
        """Tell whether Su = λu is about S times u, since both letters stand by themselves elsewhere."""
        word = tokens[0].text
        text = _TRANSPOSED.sub("ᵀ ", self.text)
        alone = {c for c in word if re.search(rf"(?<![A-Za-z\\]){c}(?![A-Za-z0-9])", text)}
        formed = word[-1] in alone and f"ᵀ {word}" in text  # uᵀSu
        return len(word) == 2 and (len(alone) == len(set(word)) or formed)

    def left(self, tokens: list[Token]) -> tuple[str, tuple[str, ...], int] | None:
        """No definition has an arrow in it, or gives a letter in use a number: x = 0 is a place then."""
        if any(t.text in ARROWS for t in tokens) or self.alike(tokens):
            return None
        if len(tokens) > 2 and tokens[1].text in ("=", ":="):
            name = tokens[0].text
            if name in self.words.logarithms and not self.used(name):
                return name, (), 2
            if short_word(tokens[0]) and name not in self.words and not self.used(name):
                return None if self.is_product(tokens) else (name, (), 2)
            if self.words.pending.get(name) or self.is_function(name):  # H = log 2 beside H(p) = ...
                return None
            number = all(t.kind == "num" or t.text in ("-", "/", ".") for t in tokens[2:])
            if number and tokens[1].text == "=":
                if self.written_before(name, tokens[0].start) or self.valued_twice(name):
                    return None
        if self.entry_before(tokens):
            return None
        if len(tokens) > 4 and tokens[0].text in ("P", "Pr", "ℙ", "Prob") and tokens[1].text == "(":
            event = tokens[2].text
            if event.startswith(OPENS) or (len(event) > 1 and event.isalpha() and event not in GREEK):
                return None  # P(one of each) = ... is no function of an argument
        found = self.sloped(tokens) or super().left(tokens)
        if found is not None and found[1]:  # f(x) = f(x − h) + ... says something of f, and does not define it
            name, _, at = found
            if any(a.text == name and b.text == "(" for a, b in pairwise(tokens[at:])):
                return None
        return found

    def piece_of(self, token: Token) -> Piece | None:
        """Return the piece that a token stands in."""
        return next((p for p in self.pieces if p.start <= token.start < p.stop), None)

    def valued_twice(self, name: str) -> bool:
        """Tell whether a letter is given several numbers, each by words: for x = 2 ..., for x = 3 ...."""
        found = set()
        for draft in self.drafts:
            held = [t.text for t in draft.tokens if t.kind != "end"]
            held = held[1:] if held[:1] == ["where"] else held
            if held[:2] != [name, "="] or not set("".join(held[2:])) <= set("0123456789./-"):
                continue
            piece = self.piece_of(draft.tokens[0])
            if piece is None or not (piece.supposed or piece.where):
                return False
            found.add("".join(held[2:]))
        return len(found) > 1

    def alike(self, tokens: Sequence[Token]) -> bool:
        """Tell whether a chain of bare letters is supposed to hold: when Σ₀ = Σ₁ = Σ."""
        sides = "".join(t.text for t in tokens if t.kind != "end").split("=")
        piece = self.piece_of(tokens[0]) if len(sides) > 2 else None
        return piece is not None and piece.supposed and all(_BARE.fullmatch(side) for side in sides)

    def is_function(self, name: str) -> bool:
        """Tell whether another statement defines H(p) = ...."""
        heads = ([t.text for t in d.tokens[:5]] for d in self.drafts)
        return any(h[:2] == [name, "("] and h[3:] in ([")", "="], [")", ":="]) for h in heads)

    def sloped(self, tokens: list[Token]) -> tuple[str, tuple[str, ...], int] | None:
        """Return the definition H(p) = ... of a letter with another habit, where H'(p) is written."""
        held = [t.text for t in tokens[:5]]
        plain = len(held) == 5 and held[1] == "(" and held[3:] in ([")", "="], [")", ":="])
        able = plain and len(held[0]) == len(held[2]) == 1 and held[0].isupper() and held[2].isalpha()
        able = able and held[0] not in self.words
        if not able:
            return None
        name, over = re.escape(held[0]), re.escape(held[2])
        quotient = rf"[d∂](?:\^?\{{?2\}}?|²)?\s*{name}\s*(?:\({over}\))?\s*[/}}]\s*\{{?\s*[d∂]\s*{over}(?!\w)"
        primed = rf"(?<!\w){name}['′]{{1,3}}(?:\({over}\)|\s*=)"
        if not re.search(rf"{primed}|(?<![A-Za-z]){quotient}", self.text):
            return None
        return held[0], (held[2],), 5

    def written_before(self, name: str, start: int) -> bool:
        """Tell whether a letter stands in a formula before a place, in one that was not read too."""
        unread = (self.pieces[k] for k in self.skipped)
        if any(p.stop <= start and re.search(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", p.text) for p in unread):
            return True
        return any(
            t.text == name or (t.kind == "word" and len(t.text) < 4 and name in t.text)
            for d in self.drafts for t in d.tokens if t.stop <= start
        )

    def entry_before(self, tokens: Sequence[Token]) -> bool:
        """Tell whether x_1 = 3 gives an entry a number that an equation before holds."""
        texts = [t.text for t in tokens if t.kind != "end"]
        entry = len(texts) > 4 and texts[1] == "_" and texts[2].isdigit() and texts[3] == "="
        if not entry or not set("".join(texts[4:])) <= set("0123456789./-"):
            return False
        return any(
            [a.text, b.text, c.text] == texts[:3] and c.stop <= tokens[0].start
            for d in self.drafts for a, b, c in zip(d.tokens, d.tokens[1:], d.tokens[2:], strict=False)
        )

    def used(self, name: str) -> bool:
        """Tell whether an equation before holds the name."""
        return name in self.held

    def by_entries(self, draft: Draft) -> None:
        """q_ij = q_ji says that q is symmetric; it defines nothing."""
        tree = draft.tree
        name = mirrored(tree) if tree is not None and tree.head == "rel" else ""
        if not name and draft.role == "definition" and draft.body is not None and draft.body.head == "sub":
            first = draft.body.args[0]
            name = str(first.value) if first.head == "name" and draft.name.startswith(f"{first.value}_") else ""
            name = "" if re.fullmatch(r"\w_\w", draft.name) and len(draft.body.args) == 2 else name  # p_1 = p_2
        if name:
            self.words.pending.pop(draft.name, None)
            self.words.add_facts(name, frozenset(("symmetric",)))
            draft.role, draft.tree, draft.names = "declaration", None, (name,)
            return
        if draft.role == "claim" and tree is not None:
            if self.of_argument(tree, draft) or self.differentiated_before(tree, draft):
                return
        if draft.body is not None and labelled(draft.name, draft.body, self.drafts):
            return
        super().by_entries(draft)

    def of_argument(self, tree: Node, draft: Draft) -> bool:
        """Tell whether λ_k = ... speaks of what a function before was of: Q(λ) = ..."""
        first = tree.args[0].args[0] if tree.args and tree.args[0].head == "sub" else None
        before = itertools.takewhile(lambda d: d is not draft, self.drafts)
        return first is not None and any(first.value in d.parameters for d in before)

    def differentiated_before(self, tree: Node, draft: Draft) -> bool:
        """Tell whether μ_k = ... is what a letter comes to in which something before was differentiated: ∂Q/∂μ_k."""
        first = tree.args[0].args[0] if tree.args and tree.args[0].head == "sub" else None
        before = [d.tree for d in itertools.takewhile(lambda d: d is not draft, self.drafts) if d.tree is not None]
        if first is not None and str(first.value).endswith("_") and any(first.value in names_of(one) for one in before):
            return True  # N_k = −λ π_k beside N
        heads = [n for one in before for n in postorder(one) if n.head in ("derivative", "nabla")]
        moved = {name for n in heads for v in n.args[1:] for name in names_of(v)}
        if first is None or first.value in moved or not heads:
            return first is not None and first.value in moved
        told = any(d.role == "definition" and d.tree is not None and first.value in names_of(d.tree)
                   for d in itertools.takewhile(lambda d: d is not draft, self.drafts))
        plain = draft.tokens[0].text not in ("where", "with")
        return told and plain and bool(moved & set(names_of(tree.args[1])))  # N_k = −λ π_k below ∂L/∂π_k = N_k/π_k + λ


def half_line(tokens: Sequence[Token]) -> str:
    """Return the direction of β > 0 or β ≤ 0, or nothing."""
    held = [t.text for t in tokens if t.kind != "end"]
    return held[1].translate(LOOSER) if len(held) == 3 and held[2] == "0" and held[1] in ("<", ">", "≤", "≥") else ""


def labelled(name: str, body: Node, drafts: Sequence[Draft]) -> bool:
    """Tell whether F_a = 140 beside F_b = 110 is a number of its own, not an entry of F."""
    base, _, label = name.partition("_")
    names = {d.name for d in drafts if d.role == "definition" and d.name.startswith(f"{base}_")}
    return bool(label) and len(names) > 1 and label not in names_of(body)


def mirrored(tree: Node) -> str:
    """Return q where a relation is q_ij = q_ji, else nothing."""
    if tree.value != ("eq",) or any(a.head != "sub" or len(a.args) != 3 for a in tree.args):
        return ""
    (one, i, j), (other, k, m) = (a.args for a in tree.args)
    same = one.head == other.head == "name" and one.value == other.value and i.value == m.value and j.value == k.value
    return str(one.value) if same and i.value != j.value else ""


def short_word(token: Token) -> bool:
    """Tell whether a word of two to four small letters may be a name: mn, vn, err."""
    text = token.text
    return (
        token.kind == "word" and text.isascii() and text.isalpha() and text[1:].islower() and 1 < len(text) < 5
        and text not in FUNCTIONS and text not in GREEK and text[0] != "d"
    )
