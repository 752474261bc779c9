r"""The files of a LaTeX document as one text: \input is followed, comments and verbatim text are taken off.

A comment that is a marker (`% agnesi: ...`) leaves one character, `MARK`, whose place is that of the comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agnesi.documents.build import MARKER, Builder
from agnesi.documents.records import LIMITS, MARK, Source, Traced, Weave, source_of

Reader = Callable[[str], str | None]  # from a path to the text of the file, None if there is none

_VERBATIM = "verbatim|Verbatim|lstlisting|minted|comment|filecontents|alltt|code|pyconsole|pycode|BVerbatim"
_TOKEN = re.compile(
    r"\\begin\s*\{(?P<verbatim>" + _VERBATIM + r")(?P<star>\*?)\}"
    r"|\\(?P<verb>verb|lstinline|mintinline)\*?(?![A-Za-z])"
    r"|\\(?P<input>input|include|subfile|subfileinclude|loadgeometry|import|subimport|inputfrom)(?![A-Za-z])"
    r"|\\(?P<package>usepackage|RequirePackage)\s*(?:\[[^\]]{0,500}\])?\s*\{(?P<packages>[^{}]{0,500})\}"
    r"|\\documentclass\s*\[(?P<main>[^\]]{0,500})\]\s*\{subfiles\}"
    r"|\\(?P<iffalse>iffalse)(?![A-Za-z])|\\(?P<endinput>endinput)(?![A-Za-z])"
    r"|(?P<escape>\\.)|(?P<comment>%[^\n]*)",
    re.DOTALL,
)
_BRACED = re.compile(r"\s*\{\s*\"?([^{}\n\"]{1,300}?)\"?\s*\}")
_BARE = re.compile(r"[ \t]*([^\s{}\\%]+)")
_OPTIONS = re.compile(r"\s*\[[^\]\n]*\]")
_IF = re.compile(r"\\(?:(?P<open>if(?!f(?![A-Za-z])|thenelse|undef|def)[A-Za-z@]*)|(?P<close>fi)(?![A-Za-z]))")
_BEGIN, _END = re.compile(r"\\begin\s*\{document\}"), re.compile(r"\\end\s*\{document\}")
_SUFFIXES = ("", ".tex", ".ltx")


@dataclass
class _Open:
    """A file that is being read: where it goes on, and where it ends."""

    source: Source
    at: int
    stop: int


class Joiner:
    """Reads the files of a document from the main one on."""

    def __init__(self, builder: Builder, read: Reader) -> None:
        self.builder, self.limits, self.read = builder, builder.limits, read
        self.out = Weave()
        self.open: list[_Open] = []
        self.total = 0
        self.texts: dict[str, str | None] = {}
        self.missing: dict[str, bool] = {}  # ends of verbatim environments that are not there

    def joined(self, main: Source) -> Traced:
        """Return the text of a document."""
        self.builder.files.append(main.path)
        self.open = [_Open(main, 0, len(main.text))]
        self.total = len(main.text)
        while self.open:
            self.go_on(self.open[-1])
        return self.out.traced()

    def go_on(self, file: _Open) -> None:
        """Read a file up to the next one that it takes in, or to its end."""
        text = file.source.text
        while found := _TOKEN.search(text, file.at, file.stop):
            start = found.start()
            if found["escape"]:
                self.out.copy(file.source, file.at, found.end())
                file.at = found.end()
                continue
            self.out.copy(file.source, file.at, start)
            file.at = found.end()
            if found["comment"]:
                self.comment(file, start)
            elif found["verbatim"]:
                self.verbatim(file, found["verbatim"] + found["star"], start)
            elif found["verb"]:
                self.verb(file, found["verb"])
            elif found["iffalse"]:
                self.unread(file)
            elif found["endinput"]:
                break
            elif self.takes_in(file, found):
                return
        else:
            self.out.copy(file.source, file.at, file.stop)
        self.open.pop()
        if self.open:
            self.out.write("\n", file.source, file.stop, file.stop)

    def comment(self, file: _Open, start: int) -> None:
        """Leave a comment out: with its line if it is alone on it; a marker stays as one character."""
        text, source = file.source.text, file.source
        begins = text.rfind("\n", 0, start) + 1
        if MARKER.match(text[start + 1 : file.at]):
            self.out.write(MARK, source, start, file.at)
        if not text[begins:start].strip(" \t") and file.at < file.stop:
            file.at += 1

    def verbatim(self, file: _Open, name: str, start: int) -> None:
        """Leave out an environment in which nothing is read."""
        end = f"\\end{{{name}}}"
        at = -1 if end in self.missing else file.source.text.find(end, file.at, file.stop)
        if at < 0:
            self.missing[end] = True
            self.builder.notice("unclosed", f"The environment {name} is not closed.", file.source, start)
        else:
            file.at = at + len(end)

    def verb(self, file: _Open, word: str) -> None:
        """Leave out \\verb|...|."""
        text = file.source.text
        found = _OPTIONS.match(text, file.at) if word != "verb" else None
        at = found.end() if found else file.at
        if word == "mintinline" and (braced := _BRACED.match(text, at)):
            at = braced.end()
        mark = text[at : at + 1]
        line = text.find("\n", at)
        stop = text.find("}" if mark == "{" else mark, at + 1, line if line >= 0 else file.stop) if mark.strip() else -1
        file.at = stop + 1 if stop >= 0 else file.at

    def unread(self, file: _Open) -> None:
        """Leave out \\iffalse ... \\fi (what follows an \\else in it too)."""
        depth = 1
        for found in _IF.finditer(file.source.text, file.at, file.stop):
            depth += 1 if found["open"] else -1
            if depth == 0:
                file.at = found.end()
                return
        self.builder.notice("unclosed", "An \\iffalse is not closed.", file.source, file.at)
        file.at = file.stop

    def takes_in(self, file: _Open, found: re.Match[str]) -> bool:
        """Follow \\input and the like; return whether another file is to be read now."""
        text, folder = file.source.text, ""
        if found["package"]:
            names = [name.strip() + ".sty" for name in found["packages"].split(",")]
            return any([self.enter(file, name, found.start(), True) for name in reversed(names)])
        if found["main"]:
            return self.preamble(file, found["main"].strip(), found.start())
        word = found["input"]
        name = _BRACED.match(text, file.at) or (_BARE.match(text, file.at) if word == "input" else None)
        if name is None:
            return False
        file.at = name.end()
        if word in ("import", "subimport", "inputfrom"):
            folder, name = name[1], _BRACED.match(text, name.end())
            if name is None:
                return False
            file.at = name.end()
        return self.enter(file, str(PurePosixPath(folder) / name[1]), found.start(), False, word.startswith("subfile"))

    def preamble(self, file: _Open, name: str, start: int) -> bool:
        """A chapter that names its main file: the macros of that are in force."""
        if not self.enter(file, name, start, True):
            return False
        begins = _BEGIN.search(self.open[-1].source.text)
        self.open[-1].stop = begins.start() if begins else 0
        return True

    def enter(self, file: _Open, name: str, start: int, optional: bool, whole: bool = False) -> bool:
        """Open a file, unless it is missing, open already, too deep or too large."""
        tell = self.builder.notice
        if len(self.builder.files) >= self.limits.files:
            if not optional:
                words = f"The file {name} is not read: there are more than {self.limits.files}."
                tell("limit", words, file.source, start)
            return False
        path, text = self.find(file, name)
        if text is None:
            if not optional:
                tell("missing", f"The file {name} is not found.", file.source, start)
        elif any(one.source.path == path for one in self.open):
            if not optional:
                chain = " → ".join([*(one.source.path for one in self.open), path])
                tell("cycle", f"The file takes itself in: {chain}.", file.source, start)
        elif len(self.open) > self.limits.input_depth:
            words = f"The file {name} is not read: \\input is nested {self.limits.input_depth} deep here."
            tell("limit", words, file.source, start)
        elif len(text) > self.limits.file_size or self.total + len(text) > self.limits.total_size:
            tell("limit", f"The file {name} is not read: {len(text)} characters are too many.", file.source, start)
        else:
            source = source_of(path, text)
            self.total += len(text) + 200  # so that an empty file is not free
            self.builder.files.append(path)
            self.open.append(_bounded(source) if whole else _Open(source, 0, len(source.text)))
            return True
        return False

    def find(self, file: _Open, name: str) -> tuple[str, str | None]:
        """Return path and text of a file: relative to the main file, then to the one that names it."""
        folders = [Path(self.builder.path).parent, Path(file.source.path).parent]
        for folder in dict.fromkeys(folders):
            for suffix in _SUFFIXES:
                path = folder / (name + suffix)
                plain = Path(*_without_dots(path.parts))
                if plain.suffix in (".tex", ".ltx", ".sty", ".cls", ".def", ".tikz", ".txt"):
                    if str(plain) not in self.texts:
                        self.texts[str(plain)] = self.read(str(plain))
                    text = self.texts[str(plain)]
                    if text is not None:
                        return str(plain), text
        return name, None


def said_by(mark: Traced) -> str:
    """Return what the marker says that left the character `MARK`."""
    source, at = mark.place(0)
    line = source.text.find("\n", at)
    said = MARKER.match(source.text[at + 1 : line if line >= 0 else len(source.text)])
    return said["said"] if said else ""


def _bounded(source: Source) -> _Open:
    """Return a file from its \\begin{document} to its \\end{document}, if it has them."""
    begins = _BEGIN.search(source.text)
    ends = _END.search(source.text, begins.end() if begins else 0)
    return _Open(source, begins.end() if begins else 0, ends.start() if ends else len(source.text))


def _without_dots(parts: tuple[str, ...]) -> list[str]:
    out: list[str] = []
    for part in parts:
        if part == ".." and out and out[-1] not in ("..", "/"):
            out.pop()
        elif part != ".":
            out.append(part)
    return out


def read_file(path: str) -> str | None:
    """Return the text of a file, None if it is not there or cannot be read."""
    try:
        if not Path(path).is_file():
            return None
        with Path(path).open("rb") as file:
            return file.read(4 * LIMITS.file_size + 4).decode("utf-8", errors="replace")
    except (OSError, ValueError):
        return None
