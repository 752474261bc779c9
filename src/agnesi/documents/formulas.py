r"""A formula as the checker reads it: rows are lines, and labels, tags, alignment and spacing are taken off.

In LaTeX the end of a line means nothing and `\\` ends a row; for the checker a line is a line. So line ends become
spaces, save before a relation sign, and a row that goes on with what the one above began is joined to it.
"""

from __future__ import annotations

import re

from agnesi.documents.records import Limits, Traced


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


ROWS = names(
    "equation align alignat gather multline eqnarray flalign displaymath math dmath IEEEeqnarray split aligned "
    "alignedat gathered multlined subequations empheq"
)
_ONE = frozenset(("multline", "multlined", "dmath"))
_BOLD = re.compile(r"\\(?:mbox|hbox|text)\s*\{\s*\\bf\s+([A-Z])\s*\}")
_OPAQUE = names("cases dcases rcases array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix")
_TOKEN = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<env>[A-Za-z]+)\*?\}"
    r"|(?P<row>\\\\\*?(?:[ \t]*\[[^\]\n]{0,20}\])?\s*)"
    r"|\\(?P<word>[A-Za-z]+)\*?|\\.|(?P<one>[{}&~])|(?P<line>\s*\n\s*)",
    re.DOTALL,
)
_HELD = re.compile(r"\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}")
_GONE = names(
    "nonumber notag displaybreak allowdisplaybreaks qedhere hfill displaystyle textstyle scriptstyle limits centering "
    "ensuremath xspace relax smallskip medskip bigskip noindent small footnotesize"
)
_GONE_HELD = names("label tag hspace vspace phantom vphantom hphantom cite citep citet footnote eqref")
_AS_TEXT = names("mbox hbox textrm textnormal textit textup textsf")
_BEGUN = re.compile(r"(?:\{[^{}]{0,40}\}|\[[^\[\]]{0,40}\])")
_ARG = re.compile(r"\\operatorname\*?\s*\{\s*(?:\\rm\s*)?arg\s*(?:\\[,;:! ]|~)?\s*(max|min)\s*\}")
_LEAD = re.compile(r"(?:\s|&|~|\\q?quad(?![A-Za-z])|\\[,;:! ]|\{\}|\\hspace\*?\{[^{}]{0,40}\}){0,60}")
_CUT = re.compile(  # brackets that are closed and opened again because the row ends
    r"\\right\s*\.\s*(?:\\no[a-z]+\s*)?\\\\\*?(?:[ \t]*\[[^\]\n]{0,20}\])?" + _LEAD.pattern + r"\\left\s*\."
)
_RELATION = re.compile(
    r"[=≤≥<>≈∝≡⇒⇔≠~∼]|:=|\\(?:leq?|geq?|leqslant|geqslant|neq?|approx|propto|equiv|sim|implies|iff|to|lt|gt|ll|gg|in"
    r"|Rightarrow|Leftrightarrow|Longrightarrow|Longleftrightarrow|therefore|coloneqq|triangleq|rightarrow|simeq|cong"
    r"|succeq|preceq|succ|prec|overset|stackrel)(?![A-Za-z])"
)
_GOES_ON = re.compile(r"[+·⊗⊙/)\]*^_]|\\(?:cdot|times|otimes|odot|pm|mp|right|bigr|Bigr|oplus|circ)(?![A-Za-z])")
_OPEN_END = re.compile(r"(?:[-+*/=<>(\[]|\\(?:cdot|times|le|ge|leq|geq|approx|otimes|odot|pm))\s*(?:\{\}|&|\s)*\Z")
_OPENING, _CLOSING = frozenset(("{", "(", "[", "\\begin", "\\left")), frozenset(("}", ")", "]", "\\end", "\\right"))
_TEXT = re.compile(r"\\(?:text|mbox|textrm|textit)(?![A-Za-z])")
_ENDED = re.compile(r"\\\\|\Z|\\end")
_PLACING = re.compile(r"\[[tbc]\]")


def checked_formula(given: Traced, environment: str = "") -> Traced:
    """Return a formula in the form for the checker."""
    text = given.text
    if environment == "agnesi" or not _TOKEN.search(text):
        return given
    return given.edited(_Rows(text, environment).edits())


def nesting(text: str) -> int:
    """Return how deep braces and environments are nested."""
    depth = most = 0
    for found in re.finditer(r"\\(?:begin|end|left|right)(?![A-Za-z])|\\.|[{}()\[\]]", text, re.DOTALL):
        one = found.group()
        depth = max(0, depth + (one in _OPENING) - (one in _CLOSING))
        most = max(most, depth)
    return most


def beyond(text: str, limits: Limits) -> str:
    """Return what limit a formula is past, as a sentence; '' if none."""
    if len(text) > limits.formula:
        return f"A formula of {len(text)} characters is left out; at most {limits.formula} are read."
    if len(text) > 2 * limits.nesting and (depth := nesting(text)) > limits.nesting:
        return f"A formula with {depth} brackets within brackets is left out; at most {limits.nesting} are read."
    return ""


class _Rows:
    """Goes through a formula and collects what is to be changed."""

    def __init__(self, text: str, environment: str) -> None:
        self.text = text
        self.outer = [environment.rstrip("*")]
        self.opaque = self.braces = self.lefts = 0
        self.row_at = 0  # where the row begins
        self.ands = 0  # alignment marks in the row
        self.told_until = -1  # the brace that closes an \\intertext

    def edits(self) -> list[tuple[int, int, str]]:
        """Return (start, stop, text) from left to right."""
        out: list[tuple[int, int, str]] = []
        at = 0
        while found := _TOKEN.search(self.text, at):
            start, stop, put = self.token(found)
            if put is not None:
                out.append((start, stop, put))
            at = max(stop, found.start() + 1)
        return out

    def token(self, found: re.Match[str]) -> tuple[int, int, str | None]:
        """Return what a token is replaced by (None: it stays), and its span."""
        start, stop = found.span()
        if found["edge"]:
            return self.edge(found)
        if found["row"]:
            if self.opaque:
                return start, stop, None if "\n" not in found["row"] else found["row"].replace("\n", " ")
            return start, stop, self.row(start, stop)
        if found["line"]:
            return start, stop, self.line(start, stop)
        if found["one"]:
            return start, stop, self.one(found["one"], start, stop)
        return self.word(found["word"] or "", found.group(), start, stop)

    def edge(self, found: re.Match[str]) -> tuple[int, int, str | None]:
        """An environment of rows is taken off; matrices and cases stay."""
        start, stop = found.span()
        begins = found["edge"] == "begin"
        if found["env"] not in ROWS:
            self.opaque = max(0, self.opaque + (1 if begins else -1))
            return start, stop, None
        if begins:
            self.outer.append(found["env"])
            self.row_at, self.ands = stop, 0
            held = _BEGUN.match(self.text, stop) if found["env"] in ("alignat", "alignedat", "IEEEeqnarray") else None
            held = held or _PLACING.match(self.text, stop)
            stop = held.end() if held else stop
        elif len(self.outer) > 1:
            self.outer.pop()
        return start, stop, ""

    def row(self, start: int, stop: int) -> str:
        """The end of a row is the end of a line, unless the next row goes on with this one."""
        before, self.row_at, self.ands = self.text[max(self.row_at, start - 60) : start], stop, 0
        if self.braces or self.lefts or self.outer[-1] in _ONE:
            return " "
        lead = _LEAD.match(self.text, stop)
        at = lead.end() if lead else stop
        if _RELATION.match(self.text, at):
            return "\n"
        empty_cell = "&" in self.text[stop:at] and self.outer[-1] != "gather"
        if _GOES_ON.match(self.text, at) or _OPEN_END.search(before) or empty_cell:
            return " "
        return "\n"

    def line(self, start: int, stop: int) -> str:
        """The end of a line is a space, save before a relation sign."""
        if self.braces or self.lefts or self.opaque or start == 0:
            return " "
        lead = _LEAD.match(self.text, stop)
        return "\n" if _RELATION.match(self.text, lead.end() if lead else stop) else " "

    def one(self, character: str, start: int, stop: int) -> str | None:
        """Braces are counted; an alignment mark is a space, or begins the next column of formulas."""
        if start == self.told_until:
            self.row_at, self.ands = stop, 0
            return "\n$$\n"
        if character == "{":
            self.braces += 1
            empty = self.text[stop : stop + 1] == "}" and self.text[stop + 1 : stop + 2] not in ("^", "_")
            alone = start == 0 or self.text[start - 1] in " &\n\t"
            return " " if empty and alone else None
        if character == "}":
            self.braces = max(0, self.braces - 1)
            alone = self.text[start - 2 : start - 1] in ("", " ", "&", "\n", "\t")
            goes = self.text[stop : stop + 1] not in ("^", "_")
            return " " if alone and goes and self.text[start - 1 : start] == "{" else None
        if character == "~":
            return " "
        if self.opaque or self.braces:
            return None
        self.ands += 1
        new = self.ands % 2 == 0 and self.outer[-1] not in ("eqnarray", "IEEEeqnarray")
        lead = _LEAD.match(self.text, stop)
        at = lead.end() if lead else stop
        return "\n" if new and not _ENDED.match(self.text, at) and not _TEXT.match(self.text, at) else " "

    def word(self, word: str, whole: str, start: int, stop: int) -> tuple[int, int, str | None]:
        """Commands that only set type are taken off, with what they hold."""
        if word == "right" and (cut := _CUT.match(self.text, start)):
            return start, cut.end(), " "
        if word in ("left", "right"):
            self.lefts = max(0, self.lefts + (1 if word == "left" else -1))
            return start, stop, None
        if word in ("intertext", "shortintertext") and (held := _HELD.match(self.text, stop)):
            self.told_until = held.end() - 1
            return start, self.text.index("{", stop) + 1, "\n$$\n"
        if word in _GONE_HELD:
            held = _HELD.match(self.text, stop)
            return start, held.end() if held else stop, ""
        if word in _GONE:
            return start, stop, "" if not self.text[stop : stop + 1].isalpha() else " "
        if word in _AS_TEXT:
            bold = _BOLD.match(self.text, start)  # \mbox{\bf R} is ℝ in the notes of some
            return (start, bold.end(), f"\\mathbf{{{bold[1]}}}") if bold else (start, stop, "\\text")
        if word == "operatorname":
            found = _ARG.match(self.text, start)
            if found:
                return start, found.end(), f"\\arg\\{found[1]} "
            return start, stop, "\\operatorname" if whole.endswith("*") else None
        return start, stop, None
