"""One linear tokenizer for Unicode, ASCII and LaTeX: the three spellings give the same tokens.

A token knows its span in the source, and whether a space stands before it. Words are left whole here; `split`
cuts them into names once it is known which names are declared.
"""

from __future__ import annotations

import re
import unicodedata

from agnesi.errors import Place, ReadError, TooLarge
from agnesi.read.latex_commands import Commands
from agnesi.read.latex_habits import plainly, usual
from agnesi.read.latex_marks import unmarked
from agnesi.read.macros import expand
from agnesi.read.token_lines import bars_apart, check_brackets, with_rows
from agnesi.read.tokens import Token, dots_as_products, infix_words
from agnesi.read.words import DECORATIONS, GREEK, SUB, SUPER

MAX_TEXT = 300_000
MAX_DIGITS = 300
PRIMED = {"″": 2, "‴": 3}
INTEGRALS = {"∬": 2, "∭": 3}
_OPS = {
    "−": "-",
    "–": "-",
    "∗": "*",
    "⋅": "·",
    "∘": "⊙",
    ".*": "⊙",
    "⊘": "./",
    "==": "≡",
    "!=": "≠",
    "<=": "≤",
    ">=": "≥",
    "⩽": "≤",
    "⩾": "≥",
    "=>": "⇒",
    "<=>": "⇔",
    "~=": "≈",
    "||": "‖",
    "∥": "‖",
    "**": "^",
    "′": "'",
    "’": "'",
    "⊤": "ᵀ",
    "≔": ":=",
    "←": ":=",
    "≕": "=:",
    "≜": ":=",
    "⟹": "⇒",
    "⟺": "⇔",
    "⟶": "->",
    "≝": ":=",
    "∼": "~",
    "…": "..",
    "⋯": "..",
    "⋆": "*",
    "@": "*",
    "...": "..",
    "∂": "∂",
    "÷": "/",
    "∕": "/",
    "⟂": "⊥",
    "⫫": "⊥",
    "→": "->",
    "↦": "->",
    "×": "×",
    "⊗": "⊗",
    "†": "†",
    "ǁ": "‖",
    "∣": "|",
    "<-": "<-",
}
_MASTER = re.compile(
    r"""(?P<space>[ \t\u00a0\u2000-\u200b\u2061\u2062]+)
    |(?P<newline>\r?\n)
    |(?P<num>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<cmd>\\[A-Za-z]+|\\.)
    |(?P<primes>['′’″‴]+)
    |(?P<op><=>|\.\.\.|:=|=:(?![=])|\.\*|\./|\.\^|\*\*|\.\.|<=|>=|!=|==|=>|~=|\|\||->|<-|[-+*/^_=<>~|&,;:.!?−–∗·⋅∘⊙⊘⊗×÷∕†≤≥⩽⩾≠≈∝≡⇒⇔⟹⟺⟶≔≕≜≝∼∈≻⪰≺⪯∑∏∫∂∇√‖∥ǁ∣⊤⟂⊥⫫…⋯⋆@→←↦±∩∪¬])
    |(?P<open>[(\[{⟨])
    |(?P<close>[)\]}⟩])
    |(?P<word>[^\W\d_ᵀ⁰-₟ᴬ-ᶿⱼˀ-ˤ\U0001D400-\U0001D7FFℝℕℤ]{1,200})""",
    re.VERBOSE,
)
_PLAIN = {"𝟙": "𝟏", **{c: c for c in "ᵀ𝟏𝟎ℝℕℤ𝔼∞"}}
_FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "¼": (1, 4), "¾": (3, 4), "⅔": (2, 3)}


def lex(text: str) -> list[Token]:
    """Return the tokens of `text`, with an end token; raises `ReadError` or `TooLarge`."""
    if len(text) > MAX_TEXT:
        raise TooLarge(
            f"The text has {len(text)} characters; at most {MAX_TEXT} are read.", repair="Split it into parts."
        )
    source = unmarked(expand(text)) if "\\" in text else text
    tokens = _Lexer(source).run()
    check_brackets(tokens, source)
    return list(with_rows(bars_apart(infix_words(dots_as_products(tokens)), source)))


def source_of(text: str) -> str:
    """Return the text that the spans of tokens refer to: `text` with its macros expanded, and LaTeX in one way."""
    return plainly(unmarked(usual(expand(text))) if "\\" in text else text)


class _Lexer(Commands):
    """The state of one pass over the text."""

    def run(self) -> list[Token]:
        text, size, match = self.text, len(self.text), _MASTER.match
        while self.at < size:
            found = match(text, self.at)
            kind = found.lastgroup if found else None
            start = self.at
            if found is None or kind is None:
                self.single(text[start], start)
                continue
            piece, self.at = found.group(), found.end()
            if kind == "space":
                self.spaced = True
            elif kind == "newline":
                self.emit("op", "\n", start, self.at)
                self.spaced = True
            elif kind == "cmd":
                self.command(piece, start)
            elif kind == "word":
                self.word(piece, start)
            elif kind == "num":
                self.number(piece, start)
            elif kind == "primes":
                for k, mark in enumerate(piece):
                    for _ in range(PRIMED.get(mark, 1)):
                        self.emit("op", "'", start + k, start + k + 1)
            else:
                self.operator(kind, _OPS.get(piece, piece), start)
        self.emit("end", "", size, size)
        return self.out

    def operator(self, kind: str, piece: str, start: int) -> None:
        if piece == "_" and self.out and self.out[-1].kind == "word" and not self.spaced and self.trailing():
            last = self.out.pop()
            self.out.append(last._replace(kind="name", text=last.text + "_", stop=self.at))
            return
        self.emit(kind, piece, start, self.at)

    def trailing(self) -> bool:
        """Tell whether an underscore ends a name (c_) rather than opening a subscript."""
        after = self.text[self.at : self.at + 1]
        return not (after.isalnum() or after in "{\\(+") or after in SUPER or after == ""

    def number(self, piece: str, start: int) -> None:
        if len(piece) > MAX_DIGITS:
            raise TooLarge(
                f"A number with {len(piece)} digits is too long to read.", where=Place(self.text, start, self.at)
            )
        self.emit("num", piece, start, self.at)

    def word(self, piece: str, start: int) -> None:
        """Emit a run of letters; styled letters (𝐱) become plain ones, hats become names like y_hat."""
        if self.text[self.at : self.at + 1] in DECORATIONS and self.at < len(self.text):
            if len(piece) > 1:
                self.emit("word", piece[:-1], start, start + len(piece) - 1)
            self.at = start + len(piece)
            self.styled(piece[-1], self.at - 1)
            return
        if piece.isascii():
            self.emit("word", piece, start, start + len(piece))
            return
        self.at = start
        plain_from = start
        while self.at < start + len(piece):
            char = self.text[self.at]
            if char in SUPER or char in SUB or char in "ᵀ∑" or self.odd(char):
                if plain_from < self.at:
                    self.emit("word", self.text[plain_from : self.at], plain_from, self.at)
                self.single(char, self.at)
                return
            self.at += 1
        self.emit("word", piece, plain_from, self.at)

    def odd(self, char: str) -> bool:
        """Tell whether a letter is not plain (styled, accented, or followed by a combining accent)."""
        if char.isascii() or char in GREEK.values() or char == "ℓ":
            after = self.text[self.at + 1 : self.at + 2]
            return after in DECORATIONS and after != ""
        return True

    def single(self, char: str, at: int) -> None:
        """Emit a character that is no plain token: a superscript, a subscript, a styled or accented letter."""
        self.at = at + 1
        if char in SUPER or char in SUB:
            self.script(at)
        elif char in _PLAIN:
            self.emit("op" if char == "ᵀ" else "name", _PLAIN[char], at, self.at)
        elif char in _FRACTIONS and self.after_number():
            whole = self.out.pop()  # 1½ is 3/2
            self.bracket(whole, (("op", "+"), ("num", char)))
        elif char in _FRACTIONS:
            self.emit("num", char, at, self.at)
        elif char == "°" and self.after_number():
            self.bracket(self.out.pop(), (("op", "*"), ("name", "π"), ("op", "/"), ("num", "180")))
        elif char == "‵":
            self.emit("op", "'", at, self.at)
        elif char in INTEGRALS:
            for _ in range(INTEGRALS[char]):
                self.emit("op", "∫", at, self.at)
        else:
            self.styled(char, at)

    def after_number(self) -> bool:
        """Tell whether a number stands directly before."""
        return bool(self.out) and self.out[-1].kind == "num" and not self.spaced and self.out[-1].text.isdigit()

    def bracket(self, first: Token, rest: tuple[tuple[str, str], ...]) -> None:
        """Emit a number with what a mark behind it adds, in brackets."""
        start, stop = first.start, self.at
        self.out += [first._replace(kind="open", text="("), first._replace(spaced=False)]
        self.out += [Token(kind, text, stop - 1, stop, False) for kind, text in rest]
        self.out.append(Token("close", ")", start, stop, False))

    def styled(self, char: str, at: int) -> None:
        parts = (
            unicodedata.normalize("NFKD", char)
            if char not in "ϵϕϑϖ"
            else {"ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "ϖ": "π"}[char]
        )
        after = self.text[self.at : self.at + 1]
        if len(parts) == 1 and after and after in DECORATIONS:
            parts, self.at = parts + after, self.at + 1
        base, marks = parts[:1], parts[1:]
        if base.isalpha() and all(m in DECORATIONS for m in marks):
            name = base + "".join(DECORATIONS[m] for m in marks)
            self.emit("name" if marks else "word", name, at, self.at)
            return
        if base.isdigit() and not marks:
            self.emit("num", parts, at, self.at)
            return
        shown = char if char.isprintable() else f"U+{ord(char):04X}"
        raise ReadError(
            f"The character {shown} is not part of the notation.",
            where=Place(self.text, at, at + 1),
            repair="Remove it, or write the symbol in words (for example lambda, <=, sum).",
        )

    def script(self, at: int) -> None:
        """Emit a run of superscripts (or subscripts) as ^{...} (or _{...})."""
        table = SUPER if self.text[at] in SUPER else SUB
        stop = at
        while stop < len(self.text) and (
            self.text[stop] in table or (self.text[stop] == "ᵀ" and table is SUPER and stop > at)
        ):
            stop += 1
            if self.text[at] == "⁽" and self.text[stop - 1] == "⁾":
                break  # W⁽¹⁾⁻¹ is the inverse of W⁽¹⁾
        inner = "".join(table.get(c, "T") for c in self.text[at:stop])
        self.at = stop
        if inner in ("+", "*") and table is SUPER:
            self.emit("op", "^", at, stop)
            self.emit("op", "†", at, stop)
            return
        self.emit("op", "^" if table is SUPER else "_", at, stop)
        self.emit("open", "{", at, stop)
        for piece in self.inside(inner):
            self.out.append(Token(piece.kind, piece.text, at + piece.start, min(stop, at + piece.stop), piece.spaced))
        self.emit("close", "}", at, stop)

    def inside(self, inner: str) -> list[Token]:
        """Return the tokens of an argument by themselves, without an end token."""
        return _Lexer(inner, self.depth + 1).run()[:-1]
