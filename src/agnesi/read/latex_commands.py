"""What LaTeX commands stand for as tokens: Greek letters, signs, styles, accents, matrices."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from agnesi.errors import Place, ReadError, TooLarge
from agnesi.read.tokens import Token
from agnesi.read.words import COMMANDS, GREEK, KEYWORDS, STYLES

MAX_STYLES = 30
_SIZED = {"left", "right", "middle", *(f"{b}ig{g}{s}" for b in "bB" for g in ("", "g") for s in ("", *"lrm"))}


class Commands(ABC):
    """The state of one pass over a text, and the LaTeX commands in it."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text, self.at, self.spaced, self.depth = text, 0, False, depth
        if depth > MAX_STYLES:
            raise TooLarge(
                f"Commands such as \\text are nested more than {MAX_STYLES} deep.",
                where=Place(text, 0, 1),
                repair="Remove the inner ones.",
            )
        self.out: list[Token] = []

    def emit(self, kind: str, text: str, start: int, stop: int) -> None:
        """Add a token, with the space that was passed before it."""
        self.out.append(Token(kind, text, start, stop, self.spaced))
        self.spaced = False

    @abstractmethod
    def inside(self, inner: str) -> list[Token]:
        """Return the tokens of an argument by themselves, without an end token."""

    def command(self, piece: str, start: int) -> None:
        """Emit what a LaTeX command stands for."""
        name = piece[1:]
        if name in _SIZED:
            if self.text[self.at : self.at + 1] == ".":
                self.at += 1
            self.spaced = self.spaced and self.text[start - 1 : start] not in ("}", ")", "]")  # \mathrm{E}\bigl[
        elif name in STYLES or name in ("text", "operatorname", "textrm", "textit", "textbf", "mbox"):
            self.style(name, start)
        elif name in ("hat", "bar", "tilde", "dot", "overline", "widehat", "widetilde", "check"):
            self.decorate(name, start)
        elif name in ("begin", "end"):
            self.environment(name, start)
        elif name in GREEK:
            self.emit("name" if name not in KEYWORDS else "word", GREEK[name], start, self.at)
        elif name in COMMANDS:
            kind, text = COMMANDS[name]
            if kind == "space":
                self.spaced = True
            elif name == "_" and self.out and self.out[-1].kind in ("word", "name"):
                last = self.out.pop()
                self.out.append(last._replace(kind="name", text=last.text + "_", stop=self.at))
                self.spaced = False
            elif kind:
                self.emit(kind, text, start, self.at)
        else:
            raise ReadError(
                f"The LaTeX command {piece} is not known.",
                where=Place(self.text, start, self.at),
                repair="Define it with \\newcommand, or write it in Unicode or ASCII.",
            )

    def environment(self, name: str, start: int) -> None:
        """A matrix environment becomes ⟦ & \\\\ ⟧; equation, align and the like are transparent."""
        kind, _ = self.argument()
        kind = kind.rstrip("*")
        if kind in ("cases", "dcases", "rcases"):
            if name == "begin":
                self.emit("op", "cases", start, self.at)
            self.emit("open" if name == "begin" else "close", "⟦" if name == "begin" else "⟧", start, self.at)
            return
        if not kind.endswith("matrix") and kind != "array":
            return
        if kind == "array" and name == "begin":
            self.argument()
        bar = {"vmatrix": "|", "Vmatrix": "‖"}.get(kind)
        if name == "begin":
            if bar:
                self.emit("op", bar, start, self.at)
            self.emit("open", "⟦", start, self.at)
        else:
            self.emit("close", "⟧", start, self.at)
            if bar:
                self.emit("op", bar, start, self.at)

    def argument(self) -> tuple[str, int]:
        """Return the raw text of a command's argument and where it begins: {...}, a command or one character."""
        text = self.text
        while text[self.at : self.at + 1] == " ":
            self.at += 1
        if text[self.at : self.at + 1] == "{":
            depth, begin = 0, self.at + 1
            for k in range(self.at, len(text)):
                depth += {"{": 1, "}": -1}.get(text[k], 0)
                if depth == 0:
                    self.at = k + 1
                    return text[begin:k], begin
            raise ReadError(
                "A brace is opened but not closed.", where=Place(text, self.at, self.at + 1), repair="Add }."
            )
        found = re.compile(r"\\[A-Za-z]+|.").match(text, self.at)
        if found is None:
            return "", self.at
        self.at = found.end()
        return found.group(), found.start()

    def style(self, name: str, start: int) -> None:
        """Emit what stands in \\mathbf{...} or \\text{...}; a bold 0 or 1 is a vector, a roman T a transpose."""
        inner, _ = self.argument()
        bare = inner.strip().removeprefix("*")
        if name in ("mathbf", "boldsymbol", "bm", "mathbb", "symbf") and bare in ("0", "1"):
            self.emit("name", "𝟏" if bare == "1" else "𝟎", start, self.at)
        elif name == "mathbb" and bare in ("R", "N", "Z", "E"):
            self.emit("name", {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "E": "𝔼"}[bare], start, self.at)
        elif name in ("mathrm", "mathsf", "mathtt", "text", "textrm", "mathit") and bare in ("T", "⊤"):
            self.emit("op", "ᵀ", start, self.at)
        else:
            self.include(inner, start, wordy=name in ("mathrm", "operatorname", "text", "textrm", "mathsf", "mbox"))

    def include(self, inner: str, start: int, wordy: bool) -> None:
        """Emit the tokens of a braced argument in place; a word in roman stays whole."""
        for k, piece in enumerate(self.inside(inner)):
            spaced = (self.spaced or piece.spaced or wordy) if k == 0 else piece.spaced
            self.out.append(Token(piece.kind, piece.text, start, self.at, spaced))
        self.spaced = wordy and bool(inner.strip()) and self.text[self.at : self.at + 1] not in ("(", "[")

    def decorate(self, name: str, start: int) -> None:
        """Emit a name with an accent as a name of its own: \\hat{y} is y_hat."""
        inner, _ = self.argument()
        suffix = {"overline": "bar", "widehat": "hat", "widetilde": "tilde", "check": "hat"}.get(name, name)
        pieces = self.inside(inner)
        if len(pieces) != 1 or pieces[0].kind not in ("word", "name"):
            raise ReadError(f"\\{name} is read over a single name.", where=Place(self.text, start, self.at))
        self.emit("name", f"{pieces[0].text}_{suffix}", start, self.at)
