r"""Macros of a document (\newcommand, \def, \DeclareMathOperator, \DeclarePairedDelimiter, \let, \newenvironment).

`agnesi.read.macros.expand` does the same for a single formula. Here definitions last from formula to formula, every
character keeps its place in its file, and what goes past a limit is left as it is, with a notice, in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from agnesi.documents.records import Limits, Source, Traced, Weave

Tell = Callable[[str, str, Source, int], None]  # kind and words of a notice, and where

_TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.)", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_NEW = re.compile(
    r"\*?\s*(?:\{\s*(\\(?:[A-Za-z@]+|.))\s*\}|(\\(?:[A-Za-z@]+|.)))\s*(?:\[(\d)\])?\s*(?:\[([^\]]{0,500})\])?\s*(?=\{)"
)
_DEF = re.compile(r"\s*(\\(?:[A-Za-z@]+|.))\s*((?:#\d)*)\s*(?=\{)")
_DEF_OTHER = re.compile(r"\s*(\\(?:[A-Za-z@]+|.))[^{}\n]{0,80}(?=\{)")
_LET = re.compile(r"\s*(\\(?:[A-Za-z@]+|.))\s*=?\s*(\\(?:[A-Za-z@]+|.)|[^\s\\])")
_DOCUMENT_COMMAND = re.compile(r"\s*\{?\s*(\\[A-Za-z@]+)\s*\}?\s*\{((?:\s*m)*\s*)\}\s*(?=\{)")
_ENVIRONMENT = re.compile(r"\*?\s*\{([A-Za-z*]+)\}\s*(?:\[(\d)\])?\s*(?:\[([^\]]{0,500})\])?\s*(?=\{)")
_NAMED = re.compile(r"\{([A-Za-z*]+)\}")
_OPTION = re.compile(r"\s*\[([^\[\]]{0,500})\]")
_LOOSE_END = re.compile(r"\\[A-Za-z@]+\Z")
_DEFINERS = {"newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "DeclareMathOperator"}
_ALL = {
    *_DEFINERS, "def", "gdef", "edef", "xdef", "let", "DeclarePairedDelimiter", "newenvironment", "renewenvironment",
    "NewDocumentCommand", "RenewDocumentCommand",
}
_FIXED = {  # what the structure of a document hangs on keeps its meaning
    "begin", "end", "section", "subsection", "chapter", "paragraph", "label", "ref", "eqref", "cite", "item", "text",
    "left", "right", "footnote", "input", "include", "par", "caption", "title", "author", "date", "abstractname",
}
MENTIONED = re.compile("|".join(rf"\\{name}(?![A-Za-z])" for name in sorted(_ALL)))


@dataclass(frozen=True)
class Macro:
    """What a name stands for: `#1` in the body is its first argument; a `final` body is not read again."""

    count: int
    body: str
    default: str | None = None
    final: bool = False
    pair: bool = False


@dataclass
class _Frame:
    text: str
    at: int
    closed: dict[int, int] | None = None  # where braces close; None: not known yet


def closings(text: str) -> dict[int, int]:
    """Return for each opened brace the place of the one that closes it."""
    out, opened = {}, []
    for found in _BRACE.finditer(text):
        if found.group() == "{":
            opened.append(found.start())
        elif found.group() == "}" and opened:
            out[opened.pop()] = found.start()
    return out


class Macros:
    """The macros that are defined so far, and what their uses have cost."""

    def __init__(self, limits: Limits, tell: Tell) -> None:
        self.limits, self.tell = limits, tell
        self.table: dict[str, Macro] = {}
        self.uses = self.written = 0
        self.failed = 0  # macros that came to too much
        self.stopped = False

    def expanded(self, given: Traced) -> Traced:
        """Return a text without definitions and with every use of a macro replaced."""
        if self.stopped or not ((self.table and "\\" in given.text) or MENTIONED.search(given.text)):
            return given
        return _Expansion(self, given).run()

    def define(self, name: str, macro: Macro, only_new: bool = False) -> None:
        """Take in a definition."""
        if name.lstrip("\\") not in _FIXED and not (only_new and name in self.table):
            self.table[name] = macro


class _Expansion:
    """One text in which macros are expanded: a stack of what is being read, the text itself at the bottom."""

    def __init__(self, macros: Macros, given: Traced) -> None:
        self.macros, self.given = macros, given
        self.frames = [_Frame(given.text, 0, closings(given.text))]
        self.out = Weave()
        self.copied = 0  # of the given text
        self.buffer: list[str] = []  # what the current use at the bottom has written
        self.begun, self.uses, self.written = 0, 0, 0

    def run(self) -> Traced:
        """Read to the end."""
        while True:
            frame = self.frames[-1]
            found = _TOKEN.search(frame.text, frame.at)
            if found is None:
                if len(self.frames) == 1:
                    break
                self.emit(frame.text[frame.at :])
                self.pop()
                continue
            if not self.token(frame, found):
                if len(self.frames) > 1:
                    self.emit(frame.text[frame.at : found.end()])
                frame.at = found.end()
        self.out.add(self.given.cut(self.copied, len(self.given.text)))
        return self.out.traced()

    def token(self, frame: _Frame, found: re.Match[str]) -> bool:
        """Take in a definition or a use; return whether it was one."""
        name = found.group()
        if name[1:] in _ALL:
            stop = self.definition(frame, name[1:], found.end())
            if stop is None:
                return False
            self.until(frame, found.start())
            frame.at = stop
            self.skipped()
            return True
        if name in ("\\begin", "\\end"):
            named = _NAMED.match(frame.text, found.end())
            name, end = (f"{name} {named[1]}", named.end()) if named else (name, found.end())
            return named is not None and name in self.macros.table and self.use(frame, name, found.start(), end)
        return name in self.macros.table and self.use(frame, name, found.start(), found.end())

    def until(self, frame: _Frame, stop: int) -> None:
        """Write what stands before a use or definition."""
        if len(self.frames) > 1:
            self.emit(frame.text[frame.at : stop])
        else:
            self.out.add(self.given.cut(self.copied, stop))
            self.copied = stop

    def skipped(self) -> None:
        """Leave out what was read at the bottom."""
        if len(self.frames) == 1:
            self.copied = self.frames[0].at

    def emit(self, text: str) -> None:
        """Write expanded text; a command that ends what was written is kept apart from letters."""
        if text:
            if self.buffer and text[0].isalpha() and _LOOSE_END.search(self.buffer[-1]):
                self.buffer.append(" ")
            self.buffer.append(text)

    def pop(self) -> None:
        """Go back to the text around; at the bottom, what a use has written is written down."""
        self.frames.pop()
        if len(self.frames) == 1:
            self.flush()

    def flush(self) -> None:
        """Write down what the use at the bottom came to."""
        frame, text = self.frames[0], "".join(self.buffer)
        if _LOOSE_END.search(text[-40:]) and frame.text[frame.at : frame.at + 1].isalpha():
            text += " "
        source, start = self.given.place(self.begun)
        other, last = self.given.place(max(self.begun, frame.at - 1))
        self.out.write(text, source, start, max(start, last + 1) if other is source else start)
        self.buffer, self.copied = [], frame.at

    def use(self, frame: _Frame, name: str, start: int, stop: int) -> bool:
        """Begin the expansion of a use; return False where its arguments are missing."""
        macro, bottom = self.macros.table[name], len(self.frames) == 1
        saved = [(f, f.at) for f in self.frames]
        before = frame.at
        frame.at = stop
        args = self.arguments(macro)
        if args is None:
            self.frames = [f for f, _ in saved]
            for f, at in saved:
                f.at = at
            return False
        if bottom:
            self.out.add(self.given.cut(self.copied, start))
            self.copied, self.begun, self.uses, self.written = start, start, 0, 0
        else:
            self.emit(frame.text[before:start])
        body = _filled(macro, args)
        if self.too_much(name, len(body)):
            return True
        if macro.final:
            self.emit(body)
            if len(self.frames) == 1:
                self.flush()
        else:
            self.frames.append(_Frame(body, 0))
        return True

    def too_much(self, name: str, length: int) -> bool:
        """Count a use; past a limit, leave the use at the bottom unexpanded and forget the macro."""
        macros, limits = self.macros, self.macros.limits
        self.uses, self.written = self.uses + 1, self.written + length
        macros.uses, macros.written = macros.uses + 1, macros.written + length
        source, at = self.given.place(self.begun)
        endless = self.uses > limits.expansions_of_one or self.written > limits.expanded_of_one
        macros.failed += endless
        if macros.failed > limits.endless or macros.uses > limits.expansions or macros.written > limits.expanded:
            macros.tell("limit", "The macros of the document come to too much; no more are expanded.", source, at)
            macros.stopped = True
            macros.table.clear()
        elif endless:
            words = f"The macro {name} expands without end, or to too much; it is left as it is."
            macros.tell("limit", words, source, at)
            macros.table.pop(name, None)
        else:
            return False
        self.frames, self.buffer = self.frames[:1], []
        self.out.add(self.given.cut(self.copied, self.frames[0].at))
        self.copied = self.frames[0].at
        return True

    def arguments(self, macro: Macro) -> list[str] | None:
        """Read the arguments of a use; None if one is missing."""
        args: list[str] = []
        frame = self.frames[-1]
        if macro.pair:
            frame.at += frame.text[frame.at : frame.at + 1] == "*"
        if macro.default is not None or macro.pair:
            found = _OPTION.match(frame.text, frame.at)
            args.append(found[1] if found else macro.default or "")
            frame.at = found.end() if found else frame.at
        while len(args) < macro.count + macro.pair:
            arg = self.argument()
            if arg is None:
                return None
            args.append(arg)
        return args

    def argument(self) -> str | None:
        """Read one argument: what stands in braces, a command, or a character."""
        while True:
            frame = self.frames[-1]
            while frame.text[frame.at : frame.at + 1] in (" ", "\n", "\t"):
                frame.at += 1
            if frame.at < len(frame.text):
                break
            if len(self.frames) == 1:
                return None
            self.frames.pop()
        if frame.text[frame.at] in "}$&":
            return None
        if frame.text[frame.at] != "{":
            found = _TOKEN.match(frame.text, frame.at)
            arg = found.group() if found else frame.text[frame.at]
            frame.at += len(arg)
            return arg
        stop = self.closed(frame, frame.at)
        if stop is None:
            return None
        arg, frame.at = frame.text[frame.at + 1 : stop], stop + 1
        return arg

    def closed(self, frame: _Frame, at: int) -> int | None:
        """Return where the brace that opens here closes."""
        if frame.closed is None:
            frame.closed = closings(frame.text)
        return frame.closed.get(at)

    def group(self, frame: _Frame, at: int) -> tuple[str, int] | None:
        """Return what stands in braces, after spaces, and the place after it."""
        while frame.text[at : at + 1] in (" ", "\n", "\t"):
            at += 1
        stop = self.closed(frame, at)
        return (frame.text[at + 1 : stop], stop + 1) if stop is not None else None

    def definition(self, frame: _Frame, word: str, at: int) -> int | None:
        """Take in a definition; return the place after it, or None if it is none."""
        text, define = frame.text, self.macros.define
        if word == "let":
            found = _LET.match(text, at)
            if found:
                define(found[1], self.macros.table.get(found[2]) or Macro(0, found[2], final=True))
            return found.end() if found else None
        if word.endswith("environment"):
            return self.environment(frame, at)
        pattern = _DEF if word.endswith("def") else _DOCUMENT_COMMAND if "Document" in word else _NEW
        found = pattern.match(text, at)
        body = self.group(frame, found.end()) if found else None
        if found is None or body is None:
            return self.unreadable(frame, word, at)
        if pattern is _DEF:
            define(found[1], Macro(found[2].count("#"), body[0]))
        elif pattern is _DOCUMENT_COMMAND:
            define(found[1], Macro(found[2].count("m"), body[0]))
        elif word == "DeclareMathOperator":
            define(found[1] or found[2], Macro(0, f"\\operatorname{{{body[0]}}}", final=True))
        elif word == "DeclarePairedDelimiter":
            right = self.group(frame, body[1])
            if right is None:
                return None
            define(found[1] or found[2], Macro(1, f"{body[0]} #2 {right[0]}", pair=True))
            return right[1]
        else:
            define(found[1] or found[2], Macro(int(found[3] or 0), body[0], found[4]), word == "providecommand")
        return body[1]

    def environment(self, frame: _Frame, at: int) -> int | None:
        """Take in a \\newenvironment."""
        found = _ENVIRONMENT.match(frame.text, at)
        begin = self.group(frame, found.end()) if found else None
        end = self.group(frame, begin[1]) if begin else None
        if found is None or begin is None or end is None:
            return None
        self.macros.define(f"\\begin {found[1]}", Macro(int(found[2] or 0), begin[0], found[3]))
        self.macros.define(f"\\end {found[1]}", Macro(0, end[0]))
        return end[1]

    def unreadable(self, frame: _Frame, word: str, at: int) -> int | None:
        """Pass over a definition of a kind that is not understood."""
        found = _DEF_OTHER.match(frame.text, at) if word.endswith("def") else None
        body = self.group(frame, found.end()) if found else None
        if found is None or body is None:
            return None
        source, place = self.given.place(min(at, len(self.given.text)) if len(self.frames) == 1 else self.begun)
        self.macros.tell("unreadable", f"The arguments of the macro {found[1]} are not understood.", source, place)
        return body[1]


def _filled(macro: Macro, args: list[str]) -> str:
    """Return the body with its arguments; a letter does not run into the command before it."""
    if not args:
        return macro.body

    def put(found: re.Match[str]) -> str:
        k = int(found[2])
        arg = args[k - 1] if 0 < k <= len(args) else ""
        return found[1] + (" " if found[1] and arg[:1].isalpha() else "") + arg

    return re.sub(r"(\\[A-Za-z@]+|)#(\d)", put, macro.body)
