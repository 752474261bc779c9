"""A formula set in type as it was written: letter by letter, with the habits of the reader's book.

The checker reads a formula and judges it; here nothing is read into it, and nothing is simplified, so that the page
shows what the author wrote. A dialect changes bold letters, the sign of the transpose, and the name of the logarithm.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise

from agnesi.dialects import Dialect
from agnesi.lessons.latex import FRACTION, plain, raised
from agnesi.lessons.tokens import CLOSE, FUNCTIONS, NAMED, OPEN, SIGNS, WORDS, Token, entries, parted, tokens

PAIRS: Mapping[str, str] = {
    "<=": "≤", ">=": "≥", "!=": "≠", "->": "→", "=>": "⇒", ":=": "≔", ".*": "⊙", "./": "⊘", "||": "‖", "-": "−",
    "*": "·",
}  # fmt: skip
UP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵐᵏᵈⁱʲᵖˣʸᵗʳᴺᴰ⁽⁾⋆", "0123456789+−nmkdijpxytrND()*", strict=True))
DOWN = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₙₘₖₚₓₐₜᵣₛₗₑₕᵤᵥ", "0123456789+−ijnmkpxatrslehuv", strict=True))
LARGE = "∑∏∫"
BARS = ("‖", "|", "||")
BEFORE = frozenset((*OPEN, *SIGNS, *",;:=<>≤≥≠≈→⇒≔∈∝~⇔/", "<=", ">=", "!=", "->", "=>", ":=", ".*", "./"))  # a term
SPACE = '<mspace width="0.17em"/>'
MINUS, CLOSE_BY = '<mo form="prefix">−</mo>', ' lspace="0" rspace="0"'
BELOW = ("lim", "max", "min", "argmax", "argmin")
DEEPEST = 25
_BRACKETED = re.compile(
    r'<mrow><mo stretchy="(true|false)">\(</mo>(?P<inside>.*)<mo stretchy="\1">\)</mo></mrow>', re.DOTALL
)
TALL = re.compile("<m(?:frac|table|under|underover|over)>")
_NAME = r"[^\W\d_][^\W_]?(?:_(?:\w+|\{[^{}]*\}))?"  # x, x1, x_i
_SHAPED = re.compile(
    rf"(?<!\w)(?P<names>{_NAME}(?:\s*,\s*(?:…\s*,\s*)?{_NAME})*)\s*"
    r"(?:∈\s*ℝ(?P<set>[^\s,;.)$]*)|:\s*(?P<size>[\w ]+?(?:\s*[×x]\s*\w+)?)\s*(?=[;,.$\n]|$|\s+[a-z]{3,}))"
)
_LISTED = re.compile(  # v = (1, 2), A = [1 2; 3 4]
    r"(?<![\w∂∇′'])(?P<name>[^\W\d_](?:_\w|[₀-₉])?)\s*=\s*(?:\([^()=]*,[^()=]*\)|\[(?P<matrix>[^\[\]=]*)\])"
)
_SIZE = re.compile(r"[A-Za-z0-9]{1,2}|scalar|integer|\w+\s*[×x]\s*\w+.*")


def shapes_in(texts: Iterable[str]) -> dict[str, int]:
    """Return the letters that texts declare, with the number of their axes; g_ stands for a g with an index.

    >>> shapes_in(["X: n×d; w ∈ ℝᵈ; λ: scalar"])
    {'X': 2, 'w': 1, 'λ': 0}
    >>> shapes_in(["g_i ∈ ℝᵈ"])
    {'g_': 1, 'g': 1}
    >>> shapes_in(["A = [1 2; 3 4]; v = (1, 2); u = [1; 2]"])
    {'A': 2, 'v': 1, 'u': 1}
    """
    found: dict[str, int] = {}
    for text in texts:
        for m in _SHAPED.finditer(text):
            size = m["set"] if m["set"] is not None else m["size"]
            axes = 2 if re.search(r"[ˣ×]|\w x \w", size) else 0 if size in ("", "scalar", "integer") else 1
            if m["set"] is None and not _SIZE.fullmatch(size.strip()):
                continue
            for name in re.findall(_NAME, m["names"]):
                letter, indexed, _ = name.partition("_")
                found[letter + indexed] = axes
                if indexed and axes:
                    found.setdefault(letter, axes)
        for m in _LISTED.finditer(text):
            rows = m["matrix"]
            found.setdefault(m["name"], 2 if rows and (";" not in rows or re.search(r"[^\s;]\s+[^\s;]", rows)) else 1)
    return found


def mathml(text: str, dialect: Dialect, shapes: Mapping[str, int] | None = None, display: bool = False) -> str:
    """Return a formula as one MathML element.

    >>> from agnesi.dialects import dialects
    >>> mathml("wᵀx", dialects["agnesi"])
    '<math><msup><mi>w</mi><mo>⊤</mo></msup><mi>x</mi></math>'
    """
    text = raised(text)
    text = plain(text) if "\\" in text else text
    inside = _Setter(tokens(text), dialect, shapes or {}, display).run()
    return f'<math display="block">{inside}</math>' if display else f"<math>{inside}</math>"


class _Setter:
    """Goes once through the tokens."""

    def __init__(self, tokens: Sequence[Token], dialect: Dialect, shapes: Mapping[str, int], display: bool) -> None:
        self.tokens, self.dialect, self.shapes, self.display = tokens, dialect, shapes, display
        self.at = self.deep = 0
        self.opened: set[int] = set()  # where bars open

    def peek(self) -> Token | None:
        """Return the next token."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def run(self, stop: Collection[str] = ()) -> str:
        """Return everything up to a closing sign, or to the end; a fraction bar takes what is typed close before it."""
        out: list[str] = []
        start = 0
        while (token := self.peek()) is not None and token.text not in stop:
            if self.display and token.text == "/" and out[start:] and self.at + 1 < len(self.tokens):
                self.at += 1
                above = _bare(out[start]) if len(out) == start + 1 else f"<mrow>{''.join(out[start:])}</mrow>"
                out[start:] = [f"<mfrac>{above}{_bare(self.applied())}</mfrac>"]
                continue
            out += [SPACE] if self.apart() else []
            begins = token.text.isalnum() or token.text in (*OPEN, *BARS, "∇", "∂", "√", "∞", FRACTION)
            start = len(out) if token.spaced or not begins else start
            out.append(self.fraction() or self.applied())
            start = start if begins and token.text != "lim" else len(out)
        return "".join(out)

    def apart(self) -> bool:
        """Tell whether a differential begins or ends here beside a factor, as in ∫ f(x) dx and A dX B."""
        token = self.tokens[self.at]
        if not self.at or not token.spaced or not (token.text[0].isalnum() or token.text in OPEN):
            return False
        before = self.tokens[self.at - 1].text
        if self.differential(self.at):
            return before[-1].isalnum() or before in CLOSE or before in UP
        return self.at > 1 and self.differential(self.at - 2)

    def differential(self, k: int) -> bool:
        """Tell whether dx is written from a token on, not close to what stands before it."""
        parts = self.tokens[k : k + 2]
        if len(parts) < 2 or parts[0].text != "d" or (k and not parts[0].spaced and self.tokens[k - 1].text.isalnum()):
            return False
        return not parts[1].spaced and parts[1].text.isalpha() and parts[1].text not in UP

    def applied(self) -> str:
        """Return an atom together with the brackets that follow it at once: f(x), sin(x)."""
        name = self.tokens[self.at]
        out = [self.part()]
        named = name.kind == "word" or name.text.isalpha() or name.text == "∇"
        while named and (token := self.peek()) is not None and token.text == "(" and not token.spaced:
            out.append(self.part())
        return out[0] if len(out) == 1 else f"<mrow>{''.join(out)}</mrow>"

    def fraction(self) -> str:
        """Return ∂f/∂x, which is written without spaces, as a fraction."""
        k = self.at
        joined = k and not self.tokens[k].spaced and self.tokens[k - 1].text.isalnum()
        if self.tokens[k].text not in ("∂", "d", "δ") or joined:
            return ""
        bar, depth = -1, 0
        while k < len(self.tokens) and (depth or k == self.at or not self.tokens[k].spaced or self.of_function(k)):
            text = self.tokens[k].text
            depth += (text in OPEN) - (text in CLOSE)
            if depth < 0 or (not depth and text in ",=+−-;") or (
                bar >= 0 and k > bar + 2 and text == "(" and self.tokens[k - 1].text != "^"
            ):
                break
            if text == "/" and not depth and bar < 0:
                bar = k
            k += 1
        if bar < 0 or bar + 1 >= k or self.tokens[bar + 1].text not in ("∂", "d", "δ"):
            return ""
        above, below = self.tokens[self.at : bar], self.tokens[bar + 1 : k]
        self.at = k
        parts = [self.within(some) for some in (above, below)]
        return f"<mfrac><mrow>{parts[0]}</mrow><mrow>{parts[1]}</mrow></mfrac>"

    def of_function(self, k: int) -> bool:
        """Tell whether a ∂ or a function before a space applies to a token, as in ∂ log det(X)/∂X."""
        return self.tokens[k - 1].text == "∂" or self.tokens[k - 1].text in FUNCTIONS

    def within(self, some: Sequence[Token]) -> str:
        """Return some tokens set by themselves."""
        return _Setter(some, self.dialect, self.shapes, False).run()

    def part(self) -> str:
        """Return an atom with its indices and powers; the name of a function stands apart from what it is beside."""
        start = self.at
        found = self.scripted()
        while (token := self.peek()) is not None and token.text == "!" and not token.spaced:
            self.at += 1
            found = f'<mrow>{found}<mo form="postfix">!</mo></mrow>'
        if self.tokens[start].text not in FUNCTIONS or self.tokens[start].text == "sqrt":
            return found
        before, following = self.tokens[start - 1] if start else None, self.peek()
        factor = before is not None and (before.text[-1].isalnum() or before.text in CLOSE or before.text in UP)
        factor = factor or (before is not None and before.text in BARS and start - 1 not in self.opened)
        apart = factor and before is not None and before.text not in FUNCTIONS
        ends = following is None or following.text in OPEN or following.text in CLOSE + ",;"
        return f"{SPACE if apart else ''}{found}{'' if ends else SPACE}"

    def scripted(self) -> str:
        """Return an atom with its indices and powers."""
        start = self.at
        base = self.primed(self.atom())
        low, high = self.scripts()
        text = self.tokens[start].text
        if low and self.shapes.get(text) == 1 and not self.shapes.get(f"{text}_"):  # an entry is a number, not bold
            base = f"<mi>{escape(text)}</mi>"
        limits = self.display and (text in LARGE[:2] or text in BELOW)
        if limits and (low or high):
            return f"<munderover>{base}{_row(low)}{_row(high)}</munderover>" if low and high else (
                f"<munder>{base}{_row(low)}</munder>" if low else f"<mover>{base}{_row(high)}</mover>")
        if low and high:
            return f"<msubsup>{base}{_row(low)}{_row(high)}</msubsup>"
        return f"<msub>{base}{_row(low)}</msub>" if low else f"<msup>{base}{_row(high)}</msup>" if high else base

    def primed(self, base: str) -> str:
        """Return an atom with the primes that follow it: f′, and f' before a bracket."""
        marks = ""
        while (token := self.peek()) is not None and not token.spaced and token.text in ("′", "'"):
            following = self.tokens[self.at + 1].text if self.at + 1 < len(self.tokens) else ""
            if token.text == "'" and following not in ("(", "'"):
                break
            marks += '<mo lspace="0" rspace="0">′</mo>'
            self.at += 1
        return f"<mrow>{base}{marks}</mrow>" if marks else base

    def scripts(self) -> tuple[str, str]:
        """Return what stands below and above, as the next tokens say."""
        low, high = "", ""
        while (token := self.peek()) is not None and (not token.spaced or token.text in ("^", "_")):
            if token.text in UP or token.text in ("ᵀ", "⊤", "'"):
                high += self.raised()
            elif token.text in DOWN:
                low += self.run_of(DOWN)
            elif token.text in "^_" and self.at + 1 < len(self.tokens):
                self.at += 1
                inside = self.group()
                low, high = (low + inside, high) if token.text == "_" else (low, high + inside)
            else:
                break
        return low, high

    def raised(self) -> str:
        """Return a power in raised letters, or a transpose."""
        if self.tokens[self.at].text in UP:
            return self.run_of(UP)
        self.at += 1
        return self.transpose()

    def run_of(self, letters: Mapping[str, str]) -> str:
        """Return raised or lowered letters as an expression of their own."""
        start = self.at
        while (token := self.peek()) is not None and token.text in letters:
            self.at += 1
        out = "".join(letters[t.text] for t in self.tokens[start : self.at])
        if letters is UP and start and self.tokens[start - 1].text == "ℝ":  # n×d, with a raised x for the cross
            out = out[:1] + out[1:-1].replace("x", "×") + out[1:][-1:]
        following = self.peek()
        turned = letters is UP and out.endswith("−") and following is not None and following.text in ("ᵀ", "⊤")
        if turned:
            self.at += 1
        if turned:
            return _Setter(tokens(out[:-1]), self.dialect, {}, False).run() + MINUS + self.transpose(CLOSE_BY)
        return _Setter(tokens(out), self.dialect, {}, False).run()

    def transpose(self, spaces: str = "") -> str:
        """Return the sign of the transpose in the dialect."""
        return f"<mo{spaces}>⊤</mo>" if "top" in self.dialect.transpose else '<mi mathvariant="normal">T</mi>'

    def group(self) -> str:
        """Return {...} without its braces, or one atom."""
        token = self.peek()
        if token is not None and token.text in ("-", "−") and self.at + 1 < len(self.tokens):  # e^−x
            return self.atom() + self.atom()
        if token is not None and token.text == "{":
            self.at += 1
            display, self.display = self.display, False
            inside = self.run("}")
            self.display = display
            self.at += 1
            return inside
        return self.atom() if token is not None else ""

    def atom(self) -> str:
        """Return one thing: a number, a letter, a sign, a bracket with what is in it, a root, a matrix."""
        token = self.tokens[self.at]
        self.at += 1
        text = token.text
        if token.kind == "number":
            return f"<mn>{text}</mn>"
        if token.kind == "word":
            return self.word(text)
        if token.kind == "property":
            after_word = self.at > 1 and self.tokens[self.at - 2].text in (":", *WORDS)
            return f"<mtext>{'' if after_word else '&#160;'}{text}</mtext>"
        if text in ("…", "..."):
            return "<mi>…</mi>"
        if text == FRACTION:
            return f"<mfrac><mrow>{self.group()}</mrow><mrow>{self.group()}</mrow></mfrac>"
        if text == "√":
            return f"<msqrt>{self.root()}</msqrt>"
        if text in OPEN and self.deep < DEEPEST:
            return self.bracket(text)
        if text in BARS and self.deep < DEEPEST and (end := self.other_bar()) >= 0:
            return self.barred(end)
        if text in ("-", "−", "+", "±") and self.at > 1 and self.begins(self.at - 1):
            return f'<mo form="prefix">{PAIRS.get(text, text)}</mo>'
        if text in BARS:
            return f'<mo stretchy="false" lspace="0" rspace="0">{PAIRS.get(text, text)}</mo>'
        if token.kind == "pair" or text in PAIRS:
            return f"<mo>{escape(PAIRS.get(text, text))}</mo>"
        if text.isalpha() or text in "∇∂∞":
            return f"<mi>{self.letter(text)}</mi>" if text != "∂" else "<mo>∂</mo>"
        if text == "/":
            return '<mo lspace="0" rspace="0">/</mo>'
        return f"<mo>{escape(text)}</mo>"

    def begins(self, k: int) -> bool:
        """Tell whether a term begins at a token: after nothing, an opening bracket or bar, a sign, a word."""
        before = self.tokens[k - 1] if k else None
        return before is None or before.text in BEFORE or before.text in WORDS or k - 1 in self.opened

    def other_bar(self) -> int:
        """Return where the bars that the last token opens are closed; −1 where it opens none: p(x | y)."""
        k, sign = self.at - 1, self.tokens[self.at - 1]
        following = self.peek()
        if sign.text == "|" and not self.begins(k):
            before = self.tokens[k - 1]
            apart = sign.spaced and following is not None and not following.spaced
            if not apart and before.kind != "number" and before.text not in FUNCTIONS:
                return -1
        depth = 0
        for at in range(self.at, len(self.tokens)):
            text = self.tokens[at].text
            depth += (text in OPEN) - (text in CLOSE)
            if depth < 0:
                return -1
            if not depth and at > self.at and PAIRS.get(text, text) == PAIRS.get(sign.text, sign.text):
                return at
        return -1

    def barred(self, end: int) -> str:
        """Return a norm or an absolute value, up to its closing bars."""
        bar = self.tokens[self.at - 1].text
        self.opened.add(self.at - 1)
        outer = self.tokens
        self.deep += 1
        self.tokens = outer[:end]
        inside = self.run()
        self.tokens = outer
        self.deep -= 1
        self.at = end + 1
        tall = "true" if TALL.search(inside) else "false"
        sign = f'<mo stretchy="{tall}" lspace="0" rspace="0">{PAIRS.get(bar, bar)}</mo>'
        return f"<mrow>{sign}{inside}{sign}</mrow>"

    def word(self, text: str) -> str:
        """Return a function, a Greek letter that is spelled out, or a word between formulas."""
        if text in WORDS:
            return f"<mtext>&#160;{text}&#160;</mtext>"
        if text in NAMED:
            return f"<mi>{self.letter(NAMED[text])}</mi>"
        if text == "sqrt":
            return f"<msqrt>{self.root()}</msqrt>"
        following = self.peek()
        plain = following is None or following.text not in DOWN
        shown = self.dialect.log if text in ("log", "ln") and plain else text
        return f"<mi>{shown}</mi>"

    def root(self) -> str:
        """Return what stands under a root: the next atom, without the brackets around it."""
        token = self.peek()
        if token is not None and token.text in "({":
            self.at += 1
            inside = self.run(CLOSE[OPEN.index(token.text)])
            self.at += 1
            return inside
        return self.part() if token is not None else ""

    def letter(self, text: str) -> str:
        """Return a letter, bold where the dialect has vectors or matrices so."""
        axes = self.shapes.get(text, 0)
        bold = (axes == 1 and self.dialect.bold_vectors) or (axes == 2 and self.dialect.bold_matrices)
        return bolded(text) if bold else escape(text)

    def bracket(self, text: str) -> str:
        """Return a bracket with what is in it; [1 2; 3 4] as a matrix."""
        closing = CLOSE[OPEN.index(text)]
        end = self.closing(text, closing)
        rows = self.tokens[self.at : end]
        if text == "[" and end >= 0 and _is_matrix(rows):
            self.at = end + 1
            return self.matrix(rows)
        self.deep += 1
        inside = self.run(closing)
        self.deep -= 1
        closed = self.peek() is not None
        self.at += 1
        tall = "true" if TALL.search(inside) else "false"
        last = f'<mo stretchy="{tall}">{closing}</mo>' if closed else ""
        return f'<mrow><mo stretchy="{tall}">{text}</mo>{inside}{last}</mrow>'

    def closing(self, opening: str, closing: str) -> int:
        """Return where the bracket that was just opened is closed; −1 where it is not."""
        depth = 1
        for k in range(self.at, len(self.tokens)):
            depth += (self.tokens[k].text == opening) - (self.tokens[k].text == closing)
            if not depth:
                return k
        return -1

    def matrix(self, some: Sequence[Token]) -> str:
        """Return the entries between brackets as a table."""
        cells = ["".join(f"<mtd>{self.within(c)}</mtd>" for c in entries(row)) for row in parted(some, ";")]
        table = "".join(f"<mtr>{c}</mtr>" for c in cells if c)
        return f'<mrow><mo stretchy="true">[</mo><mtable>{table}</mtable><mo stretchy="true">]</mo></mrow>'


def _bare(part: str) -> str:
    """Return a part of a fraction without the brackets around it."""
    found = _BRACKETED.fullmatch(part)
    return f"<mrow>{found['inside'] if found else part}</mrow>"


def _is_matrix(some: Sequence[Token]) -> bool:
    """Tell whether what stands in [ ] is a matrix: rows apart by ;, or entries apart by spaces alone."""
    if len(parted(some, ";")) > 1:
        return True
    signs = any(a.spaced and a.text in SIGNS and b.spaced for a, b in pairwise(some))
    return not signs and len(parted(some, ",=")) == 1 and len(entries(some)) > 1


def _row(inside: str) -> str:
    return inside if inside.count("</m") == 1 else f"<mrow>{inside}</mrow>"


def bolded(text: str) -> str:
    """Return a letter as a bold one of mathematics.

    >>> bolded("x")
    '𝐱'
    """
    for first, last, start in (("a", "z", 0x1D41A), ("A", "Z", 0x1D400), ("Α", "Ω", 0x1D6A8), ("α", "ω", 0x1D6C2)):
        if first <= text <= last:
            return chr(start + ord(text) - ord(first))
    return escape(text)
