r"""Where the formulas and markers of a Markdown text are, found before its blocks.

Markdown reads `_`, `\\`, `|` and lines that begin with `-`, `#` or `=` in its own way, inside formulas too. So formulas
are found first, and `masked` hides them from the parser of blocks, line by line at the same columns.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from agnesi.documents.build import MARKER
from agnesi.documents.formulas import ROWS
from agnesi.documents.records import Source, Traced, Weave

BEGIN, INSIDE = "\ufdd2", "\ufdd0"  # what hides a formula or a marker: its first character, and the others

_ENVIRONMENTS = "|".join(sorted(name for name in ROWS if name not in ("split", "math", "subequations")))
_TOKEN = re.compile(
    r"^(?P<fence>(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`\n]*)$"
    r"|(?P<code>`+)|(?P<comment><!--)|<(?P<link>https?://[^<>\s]*|mailto:[^<>\s]*)>|\]\((?P<target>[^()\s]*)|https?://[^\s<>)]+"
    r"|</?[A-Za-z][\w-]*(?:\s+[A-Za-z_:@][\w:.-]*(?:\s*=\s*(?:\"[^\"\n]{0,2000}\"|'[^'\n]{0,2000}'|[^\s\"'=<>`$]+))?)*\s*/?>"
    r"|\\begin\{(?P<env>" + _ENVIRONMENTS + r")(?P<star>\*?)\}"
    r"|(?P<double>\\\\[(\[])|(?P<single>\\[(\[])|\$(?P<tick>`)|(?P<dollars>\$\$?)|\\.|(?P<blank>\n[ \t>]*\n)",
    re.MULTILINE,
)
_MONEY = re.compile(
    r"\d[\d,.]*(?:\s*[-–—/]\s*\Z|\s*(?:k|K|[MB]n?|USD)?[,.;:)]*\s+(?!(?:sin|cos|tan|log|exp|ln|max|min|det|tr|mod|if)\b)"
    r"[A-Za-z]{2,}|\s*[,;:)]*\s*\Z(?<=\s))"
)
_MATHS = re.compile(r"[\\^_=<>+*{}≤≥∈∑∫]")
_WORDS = re.compile(r"[A-Za-z]{2,}\s+[A-Za-z]{2,}")
_GOES_ON = re.compile(r"[ \t]*[^\W_]")  # kramdown writes $$x$$ within a sentence
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]?)*")
_FRONT = re.compile(r"\A---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_CLOSER = {"$$": "$$", "\\(": "\\)", "\\[": "\\]", "\\\\(": "\\\\)", "\\\\[": "\\\\]"}
MAX_INLINE = 2_000


@dataclass(frozen=True)
class Found:
    """A formula or marker in [outer, end) of the source; what it says in [start, stop)."""

    kind: str  # "inline", "display" or "marker"
    outer: int
    start: int
    stop: int
    end: int
    environment: str = ""


class Finder:
    """Goes once through the text of a source."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.found: list[Found] = []
        self.unclosed: list[tuple[str, int]] = []
        self.blanks = [m.start() for m in re.finditer(r"\n[ \t>]*(?=\n)", self.text)]
        self.nowhere: dict[str, int] = {}
        self.ticks: dict[int, list[int]] = {}
        for m in re.finditer("`+", self.text):
            self.ticks.setdefault(len(m.group()), []).append(m.start())

    def spans(self) -> list[Found]:
        """Return all formulas and markers in their order."""
        front = _FRONT.match(self.text)
        at = front.end() if front else 0
        while token := _TOKEN.search(self.text, at):
            at = max(self.token(token), token.start() + 1)
        return self.found

    def token(self, token: re.Match[str]) -> int:
        """Take in a token; return where to go on."""
        if token["ticks"]:
            return self.fence(token)
        if token["code"]:
            return self.code(token.end(), len(token["code"]))
        if token["comment"]:
            return self.comment(token.start(), token.end())
        if token["env"]:
            end = f"\\end{{{token['env']}{token['star']}}}"
            stop = self.find(end, token.end())
            if stop < 0:
                self.unclosed.append((f"The environment {token['env']} is not closed.", token.start()))
                return token.end()
            return self.give("display", token.start(), token.start(), stop + len(end), 0, token["env"])
        if token["tick"]:
            stop = self.find("`$", token.end())
            good = 0 <= stop < self.ends(token.end())
            return self.give("inline", token.start(), token.end(), stop, 2) if good else token.start() + 1
        mark = token["double"] or token["single"] or token["dollars"]
        return self.math(token, mark) if mark else token.end()

    def give(self, kind: str, outer: int, start: int, stop: int, closer: int, environment: str = "") -> int:
        """Add a formula; return the place after it."""
        self.found.append(Found(kind, outer, start, stop, stop + closer, environment))
        return stop + closer

    def ends(self, at: int) -> int:
        """Return where the paragraph ends that this place is in."""
        k = bisect_left(self.blanks, at)
        return self.blanks[k] if k < len(self.blanks) else len(self.text)

    def find(self, mark: str, at: int) -> int:
        """Return the next place of a mark, -1 if there is none; what was not found is not looked for again."""
        if mark in self.nowhere:
            return -1
        stop = self.text.find(mark, at)
        if stop < 0:
            self.nowhere[mark] = at
        return stop

    def fence(self, token: re.Match[str]) -> int:
        """Pass over a fenced block."""
        ticks = token["ticks"]
        close = re.compile(rf"^(?:[ \t>])*{re.escape(ticks)}{re.escape(ticks[0])}*[ \t]*$", re.MULTILINE)
        mark = "fence" + ticks
        if mark in self.nowhere:
            return len(self.text)
        stop = close.search(self.text, token.end())
        if stop is None:
            self.nowhere[mark] = token.end()
            return len(self.text)
        return stop.end()

    def code(self, at: int, count: int) -> int:
        """Pass over a code span, if it is closed in its paragraph."""
        places = self.ticks[count]
        k = bisect_left(places, at)
        return places[k] + count if k < len(places) and places[k] < self.ends(at) else at

    def comment(self, start: int, at: int) -> int:
        """Pass over an HTML comment, or take in a marker."""
        stop = self.find("-->", at)
        if stop < 0:
            return at
        said = MARKER.match(self.text[at:stop]) if stop - at <= MAX_INLINE else None
        if said is None:
            return stop + 3
        last = at + said.end("said")
        return self.give("marker", start, at + said.start("said"), last, stop + 3 - last)

    def math(self, token: re.Match[str], mark: str) -> int:
        """Take in a formula between dollars or brackets."""
        at = token.end()
        if mark == "$":
            return self.dollar(at)
        closer = _CLOSER[mark]
        stop = self.find(closer, at)
        while mark == "$$" and stop > 0 and self.text[stop - 1] == "\\":
            stop = self.find(closer, stop + 1)
        begins = not self.text[self.text.rfind("\n", 0, token.start()) + 1 : token.start()].strip(" \t>-*+.)0123456789")
        if stop < 0 or (stop > self.ends(at) and not (begins and mark[-1] in "$[")):
            if mark == "$$":
                self.unclosed.append(("A formula that begins with $$ is not closed.", token.start()))
            return at
        held = self.text[at:stop]
        if mark != "$$" and not _mathematics(held):
            return at
        if not held.strip() or (mark == "$$" and "\n" in held and _HEADING.search(held) and not begins):
            return at
        alone = begins and not _GOES_ON.match(self.text, stop + len(closer))
        rows = alone or "\n" in held or "\\\\" in held
        kind = "display" if mark[-1] == "[" or (mark == "$$" and rows) else "inline"
        return self.give(kind, token.start(), at, stop, len(closer))

    def dollar(self, at: int) -> int:
        """Take in `$...$`: no space inside the dollars, no digit after the second, and no sum of money."""
        stop, end = at, min(self.ends(at), at + MAX_INLINE)
        if self.text[at : at + 1] in tuple(",.;:)!?") and self.text[max(0, at - 2) : at - 1].isdigit():
            return at  # the dollar after a sum: 6$, or
        if self.nowhere.get("$", 0) > at or (self.text[at : at + 1].isspace() and not self.spaced(at)):
            return at
        while True:
            stop = self.text.find("$", stop, end)
            if stop < 0:
                self.nowhere["$"] = end if end < at + MAX_INLINE else at
                return at
            if self.text[stop - 1] != "\\":
                break
            stop += 1
        held = self.text[at:stop]
        if not held.strip() or self.text[stop + 1 : stop + 2].isdigit():
            return at
        if held[-1].isspace() != held[0].isspace() or held.count("`") % 2:
            return at
        if held[0].isdigit() and (_MONEY.match(held) or self.text[max(0, at - 2) : at - 1].isalpha()):
            return at  # a sum of money: $5 and $10, US$3
        return self.give("inline", at - 1, at, stop, 1)

    def spaced(self, at: int) -> bool:
        """Tell whether a dollar with a space after it opens a formula: `$ x = 1 $`, with the like before the other."""
        stop = self.text.find("$", at, min(self.ends(at), at + 200))
        return stop > 0 and self.text[stop - 1] == " " and bool(_MATHS.search(self.text, at, stop))


_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


def _mathematics(held: str) -> bool:
    r"""Tell whether \(...\) or \[...\] is a formula and not escaped brackets of a text."""
    if _MATHS.search(held):
        return True
    return not _WORDS.search(held) and bool(re.search("[A-Za-z]", held)) and len(held) <= 40 and "," not in held


def masked(source: Source, found: list[Found]) -> str:
    """Return the text with formulas and markers hidden: the same lines, and the same columns in them."""
    out, at = [], 0
    for one in found:
        out.append(source.text[at : one.outer])
        lines = source.text[one.outer : one.end].split("\n")
        out.append(BEGIN + INSIDE * (len(lines[0]) - 1))
        for line in lines[1:]:
            prefix = _PREFIX.match(line)
            kept = prefix.group() if prefix else ""
            out.append("\n" + kept + INSIDE * max(1, len(line) - len(kept)))
        at = one.end
    return "".join(out) + source.text[at:]


def said(source: Source, one: Found) -> Traced:
    """Return the text of a formula, without the marks of the block quote that it stands in."""
    out = Weave()
    begins = source.text.rfind("\n", 0, one.outer) + 1
    depth = source.text.count(">", begins, one.outer) if source.text[begins : one.outer].lstrip().startswith(">") else 0
    at = one.start
    for k, line in enumerate(source.text[one.start : one.stop].split("\n")):
        cut = 0
        if k and depth:
            prefix = re.match(rf"(?:[ \t]*>){{0,{depth}}}[ \t]?", line)
            cut = prefix.end() if prefix else 0
        more = 1 if at + len(line) < one.stop else 0
        out.copy(source, at + cut, at + len(line) + more)
        at += len(line) + 1
    return out.traced()
