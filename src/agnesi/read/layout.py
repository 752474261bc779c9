"""The lines of loose text: LaTeX and Markdown markup, comments and numbering are taken off, and every place is kept.

What is taken off is replaced by spaces, so that a place in the page is the same place in the source.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agnesi.read.english import words
from agnesi.read.numbering import NUMBER, Numbering
from agnesi.read.remarks import without_remarks
from agnesi.read.worded import pieced

MAX_JOINED = 20  # lines that one open bracket may join

_MATH = r"(?:equation|align|alignat|gather|multline|eqnarray|flalign|displaymath|aligned|alignedat|split|gathered|math)"
_BLANKED = re.compile(
    r"\\(?:begin|end)\{" + _MATH + r"\*?\}(?:\{\d*\}|\[[a-z]\])?"
    r"|\\(?:label|tag|ref|eqref|cite|section|subsection|subsubsection|paragraph|title|author|date|usepackage"
    r"|documentclass|vspace|hspace|intertext\*)\*?(?:\[[^\]\n]*\])?\{[^{}\n]*\}"
    r"|\\(?:nonumber|notag|noindent|maketitle|item|centering|hfill|medskip|bigskip|smallskip|newpage|qedhere)(?![A-Za-z])"
    r"|\\(?:begin|end)\{(?!(?:[pbBvV]?matrix|smallmatrix|[dr]?cases|array)\*?\})[A-Za-z*]+\}(?:\[[^\]\n]*\])?"
)
_PREAMBLE = re.compile(r"\A.*?\\begin\{document\}|\\end\{document\}.*\Z", re.DOTALL)
_DELIMITER = re.compile(
    r"(?<!\\)\$\$|(?<!\\)\\[\[\]()](?![A-Za-z]*\})|\\(?:begin|end)\{(?P<env>" + _MATH + r")\*?\}(?:\{\d*\}|\[[a-z]\])?"
)
_INTERTEXT = re.compile(r"\\(?:short)?intertext\s*\{(?P<held>(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){0,400})\}")
_TWO_DISPLAYS = re.compile(r"(?<!\\)\$(?=\$[ \t]*\$\$[^$\n]+\$\$)(?<=[^$]\$)")  # that stand on one line
_CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_INLINE = re.compile(r"(?<![\\$])\$(?!\s*\d[\d,.]*\s+(?:[a-z]{2,}|[-–]\s))([^$\n]+(?:\n[^$\n]+){0,5})\$")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*(\w*)[^\n]*$", re.MULTILINE)
_READ_FENCES = frozenset(("agnesi", "math", "text", "latex", "tex", ""))
_BOLD = re.compile(r"(?<![\w*)\]'])(\*\*|__)(?=[^\s*_])([^*\n]{1,300}?)(?<=[^\s*])\1(?![\w*(])")
_EMPHASIS = re.compile(r"\\(?:emph|textbf|textit|underline|boxed)\{([^{}\n]*)\}")
_HEADING = re.compile(r"^[ \t]*#{1,6}(?:[ \t][^\n]*)?$", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*(#|//|>|%|;;|--)(?=[ \t])", re.MULTILINE)
_REASON = re.compile(
    r"[=≤≥≈∝<>][^\n]{0,400}?(?:[ \t]{2,}(<-+|←|⟵|<=+(?=[ \t]+[A-Za-z]{3}))[ \t]|[ \t]{4,}()(?=(?!(?:so|and|or|hence|"
    r"then|thus|therefore|where|with|for|if|when|as|given|subject|let|which|gives|since|because|by|using|iff|means|implies|"
    r"is|in|to|of|at|on|mod)\b)[a-z]{3,}[ ,.:;]))"
)
_EQUATED = re.compile(
    r"([ \t]*#{1,2})[ \t]+(?:d/d\w{1,3}[ \t]+)?[^\W\d_]\w{0,7}'?[ \t]{0,2}(?:\([^()=\n]{1,30}\)[ \t]{0,2})?:?=(?![=>])"
)
_COMMENT = re.compile(r"(?:(?<=\s)|^)(?:#|%|//|--(?=\s+[A-Za-z]{2}))[^\n]*", re.MULTILINE)
_OVER = re.compile(r"\b(?:(arg)[ \t]{0,2})?(max|min)[ \t]+over[ \t]+(\\?[^\W\d_]\w{0,6})[ \t]+of(?![\w-])")
_SUBJECT = re.compile(r"\bsubject to (?:the )?(?:constraints?|conditions?)(?: that)?(?=[ :])", re.IGNORECASE)
_CONFINED = re.compile(
    r"(\b(?:maximi[sz]e|minimi[sz]e)\b(?![^.;\n]{0,80}\bsubject to)[^.;\n]{1,80}?\s)"
    r"(on the (?:unit )?(?:circle|sphere|line|plane|curve|ellipse|surface|constraint)(?:[ \t]+of)?)(?=[^.;\n]{0,80}=)",
    re.IGNORECASE,
)
_EVERY = re.compile(r"(?<=\S)(?:[ \t]*∀|[ \t]*\\forall(?![A-Za-z]))")
_LIMIT = re.compile(r"\blim[ \t](\(\w[ \t]*(?:→|->)[ \t]*[^\s()]+\)|\w(?:→|->)[+−-]?(?:\d+|∞|\w)(?=[ \t]))")
_INNER = re.compile(r"(?<![A-Za-z_)\]])<(?=\S)([^<>=\n]{1,30},[^<>=\n]{1,30})(?<=\S)>(?![=\w])")
_CASES = re.compile(r";(?=[ \t]{0,9}[^\s;=][^;\n=]{0,40}\b(?:if|otherwise|else)\b)")  # z if z > 0; 0 otherwise
_DEFINITION = re.compile(
    r"(?:(?<=[\s,;:(])|^)(?P<word>[A-Za-z]{2,20})(?:(?P<held>\([^()=\n]{1,40}\))\s*|\s*)(?:=(?![=>])|:=|≔)",
    re.MULTILINE,
)
_NOT_NAMED = words("is so as or and of if we get LHS RHS lhs rhs derivative result answer gradient hessian")
_RULE = re.compile(r"^[ \t]*(?:[-=*_~]{3,}|\\hline|\\bottomrule)[ \t]*$", re.MULTILINE)
_CLAIMED = re.compile(r"claim", re.IGNORECASE)
_EQUATION_NUMBER = re.compile(
    r"[ \t]+(?:\(\d{1,3}(?:\.\d{1,3})?[a-h]?'?\)|\[\d{1,3}\]|\(\*+\)|\(†\))[ \t]*[.,;]?[ \t]*$"
)
_OPEN_END = re.compile(r"(?:[-+*/·=≤≥<>≈∝≡⊗⊙×^~]|\\(?:cdot|times|le|ge|leq|geq|approx|propto|otimes|odot))[ \t&]*$")
_GOES_ON = re.compile(
    r"[ \t&]*(?:[+·⊗⊙/)\]}]|\*(?!\S*[ \t]*[=≤≥])|[-−](?=[^=≤≥<>≈∝]*$)|\\(?:cdot|times|otimes|odot)(?![A-Za-z]))"
)
_BREAK = re.compile(
    r"\n|\\\\(?:\[[^\]\n]{0,20}\])?|\\(?:begin|end)\{(?:[pbBvV]?matrix|smallmatrix|[dr]?cases|array)"
)
RELATION_FIRST = re.compile(
    r"[ \t&]*(?:propto(?![A-Za-z])|[=≤≥<>≈∝≡⇒⇔≠~]|:=|=>|<=|>=|!=|->|→|∴"
    r"|\\(?:leq?|geq?|neq?|approx|propto|equiv|sim|implies|iff|to|lt|gt"
    r"|Rightarrow|Leftrightarrow|therefore|coloneqq|rightarrow)(?![A-Za-z]))"
)


@dataclass(frozen=True)
class Row:
    """A logical line [start, stop) of the page; an `aside` is a comment, read for its declarations only."""

    start: int
    stop: int
    aside: bool = False
    claimed: bool = False  # it was labelled as a claim


@dataclass
class Page:
    """A text without its markup, its logical lines, and the spans that are surely mathematics ($...$)."""

    source: str
    text: str
    rows: list[Row]
    sure: list[tuple[int, int]]
    marked: bool  # whether mathematics is marked with $
    pieced: frozenset[str] = frozenset()  # functions that are defined by cases on several lines
    names: frozenset[str] = frozenset()  # words that an equation defines: activation(x) = ..., xbar = ...

    def inside(self, at: int) -> bool:
        """Tell whether a place stands inside $...$ or a display."""
        k = bisect_right(self.sure, (at, len(self.text) + 1)) - 1
        return k >= 0 and self.sure[k][0] <= at < self.sure[k][1]


def page_of(source: str) -> Page:
    """Return the page of a text."""
    text = source
    marked = "$" in text or "\\(" in text or "\\[" in text or "\\begin{" in text
    if "\\begin{document}" in text:
        text = _PREAMBLE.sub(_spaces, text)
    if "```" in text or "~~~" in text:
        text = _fenced(text)
    sure: list[tuple[int, int]] = []
    inline = False
    if marked:
        text = _EMPHASIS.sub(lambda f: " " * (f.start(1) - f.start()) + f[1] + " ", text)
        sure = _displays(text)
        if "\\intertext" in text:
            text, sure = _between_lines(text, sure)
        inline = "\\(" in text
        if "$" in text:
            for found in _INLINE.finditer(_cut(text, sure)):
                sure.append(found.span(1))
                inline = True
        sure.sort()
        text = _TWO_DISPLAYS.sub(";", text)
        text = _BLANKED.sub(_spaces, text)
        text = re.sub(r"(?<!\\)(?:\$|\\[\[\]()])", _spaces, text)
    text = without_remarks(text)
    text = _HEADING.sub(_untitled, _uncommented(text))
    text = _RULE.sub(_spaces, text)
    if "**" in text or "__" in text:
        text = _BOLD.sub(lambda f: f"  {f[2]}  ", text)
    text = text.replace("`", " ")
    text = _OVER.sub(_indexed, _CASES.sub(",", text))
    text = _EVERY.sub(lambda f: ",".ljust(len(f.group())), text)
    text = _LIMIT.sub(lambda f: "lim_" + f[1], _INNER.sub(lambda f: f"⟨{f[1]}⟩", text))
    text = _SUBJECT.sub(lambda f: "subject to".ljust(len(f.group())), text)
    text = _CONFINED.sub(lambda f: f[1] + "subject to".ljust(len(f[2])), text)
    rows = list(_rows(text, sure if marked else []))
    return Page(source, _only(text, rows), rows, sure, inline, pieced(text), _defined(text))


def _uncommented(text: str) -> str:
    """Blank the marks of a text in which every line is a comment of a program (#, //) or quoted (>)."""
    lines = [line for line in text.split("\n") if line.strip()]
    marks = {found[1] if (found := _MARK.match(line)) else "" for line in lines}
    return _MARK.sub(_spaces, text) if len(lines) > 1 and len(marks) == 1 and "" not in marks else text


def _untitled(found: re.Match[str]) -> str:
    """Blank a heading; of a comment that begins with an equation only its mark."""
    line = found.group()
    marks = _EQUATED.match(line)
    return " " * marks.end(1) + line[marks.end(1) :] if marks else _spaces(found)


def _indexed(found: re.Match[str]) -> str:
    """Return `min_w` in place of `min over w of`, with spaces up to its length."""
    return f"{found[1] or ''}{found[2]}_{found[3]}".ljust(len(found.group()))


def _defined(text: str) -> frozenset[str]:
    """Return the words that stand as names on the left of a definition."""
    return frozenset(found["word"] for found in _DEFINITION.finditer(text)) - _NOT_NAMED


def _only(text: str, rows: list[Row]) -> str:
    """Return the text with what is in no row (numbers of lines, marks of comments) blank."""
    out, at = [], 0
    for row in sorted(rows, key=lambda r: r.start):
        if row.start >= at:
            out += [re.sub(r"[^\n]", " ", text[at : row.start]), text[row.start : row.stop]]
            at = row.stop
    return "".join(out) + re.sub(r"[^\n]", " ", text[at:])


def _spaces(found: re.Match[str]) -> str:
    """Return spaces in place of what was found; line breaks stay."""
    return re.sub(r"[^\n]", " ", found.group())


def _displays(text: str) -> list[tuple[int, int]]:
    """Return the spans between $$ and $$, \\[ and \\], \\( and \\), and in equation environments."""
    out: list[tuple[int, int]] = []
    closer, begin = "", 0
    for found in _DELIMITER.finditer(text):
        mark = f"\\end{{{found['env']}}}" if found["env"] and found.group()[1] == "e" else found.group()
        if closer:
            if mark == closer:
                out.append((begin, found.start()))
                closer = ""
            continue
        closer, begin = f"\\end{{{found['env']}}}" if found["env"] else _CLOSERS.get(mark, ""), found.end()
    return out


def _between_lines(text: str, sure: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without the marks of \\intertext{...}, and the displays without what they hold."""
    for found in _INTERTEXT.finditer(text):
        start, stop = found.span("held")
        text = text[: found.start()] + " " * (start - found.start()) + text[start:stop] + " " + text[found.end() :]
        sure = [p for a, b in sure for p in (((a, found.start()), (found.end(), b)) if a <= start < b else ((a, b),))]
    return text, sure


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with the spans (and the $$ about them) blank."""
    out, at = [], 0
    for start, stop in spans:
        out += [text[at : max(at, start - 2)], " " * (min(2, start - at) + stop - start + 2)]
        at = stop + 2
    return "".join(out)[: len(text)] + text[at:]


def _fenced(text: str) -> str:
    """Blank fences, and the code in those that are not mathematics."""
    out: list[str] = []
    at, held = 0, None
    for found in _FENCE.finditer(text):
        piece = text[at : found.start()]
        out.append(piece if held is None or held in _READ_FENCES else re.sub(r"[^\n]", " ", piece))
        out.append(" " * len(found.group()))
        at, held = found.end(), (found[1].lower() if held is None else None)
    return "".join(out) + text[at:]


def _rows(text: str, sure: list[tuple[int, int]]) -> Iterator[Row]:
    """Cut a page into logical lines: open brackets and operators at an end join lines, a sign at the start does not."""
    waiting: list[Row] = []
    lines = list(_physical(text, sure))
    numbering = Numbering(text)
    depth, joined = 0, 0
    start = -1
    for k, (begin, stop, broken) in enumerate(lines):
        body, aside, label = _bare(text, begin, stop, None if start >= 0 else numbering)
        if start < 0:
            start, claimed = body[0], label
            depth, joined = 0, 0
        if aside is not None:
            waiting.append(Row(aside[0], aside[1], True))
        shown = text[body[0] : body[1]]
        depth = max(0, depth + _depth(shown))
        joined += 1
        after = text[lines[k + 1][0] : lines[k + 1][1]] if k + 1 < len(lines) else ""
        if _joins(shown, after, depth, joined, broken, bool(waiting)):
            continue
        if text[start : body[1]].strip():
            yield Row(start, body[1], False, claimed)
        yield from waiting
        waiting, start = [], -1


def _joins(shown: str, after: str, depth: int, joined: int, broken: bool, aside: bool) -> bool:
    """Tell whether the next physical line belongs to this one."""
    if broken or not after.strip() or joined >= MAX_JOINED or aside:
        return False
    if depth > 0:
        return True
    if RELATION_FIRST.match(after) or not shown.strip():
        return False
    goes_on = _GOES_ON.match(after) and not NUMBER.match(after.replace("+", " ", 1))
    return bool(goes_on or _OPEN_END.search(shown))


def _physical(text: str, sure: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, stop, whether \\\\ ends it) of physical lines; in displays \\\\ outside brackets ends a line."""
    breaks: Callable[[int], bool] = _inside(sure)
    at, depth = 0, 0
    for found in _BREAK.finditer(text):
        mark = found.group()
        if mark == "\n":
            yield at, found.start(), False
            at, depth = found.end(), depth if depth and breaks(found.start()) else 0
        elif mark.startswith(r"\begin"):
            depth += 1
        elif mark.startswith(r"\end"):
            depth -= 1
        elif depth <= 0 and breaks(found.start()):
            yield at, found.start(), True
            at = found.end()
    yield at, len(text), True


def _inside(sure: list[tuple[int, int]]) -> Callable[[int], bool]:
    def test(at: int) -> bool:
        k = bisect_right(sure, (at, 1 << 60)) - 1
        return k >= 0 and sure[k][0] <= at < sure[k][1]

    return test


def _bare(
    text: str, begin: int, stop: int, numbering: Numbering | None
) -> tuple[tuple[int, int], tuple[int, int] | None, bool]:
    """Return the span of a line without numbering and comment, the span of the comment, and whether it is a claim."""
    line = text[begin:stop]
    aside, label = None, False
    comment = _COMMENT.search(line)
    if comment:
        mark = len(re.match(r"[#%/-]+", comment.group()).group())  # type: ignore[union-attr]
        aside, line = (begin + comment.start() + mark, stop), line[: comment.start()]
    reason = _REASON.search(line)
    if reason and aside is None:
        cut = 1 if reason[1] else 2
        aside, line = (begin + reason.end(cut), stop), line[: reason.start(cut)]
    if numbering is not None:
        at = 0
        for _ in range(3):
            end = numbering.end(line, at)
            if end == at:
                break
            label = label or bool(_CLAIMED.search(line, at, end))
            at = end
        begin, line = begin + at, line[at:]
    number = _EQUATION_NUMBER.search(line[-40:]) if line else None
    if number and not re.search(r"[-+*/=^(,|]\s*$", line[: len(line) - len(number.group())]):
        line = line[: len(line) - len(number.group())]
    return (begin, begin + len(line)), aside, label


def _depth(shown: str) -> int:
    return sum(shown.count(c) for c in "([{⟨") - sum(shown.count(c) for c in ")]}⟩")
