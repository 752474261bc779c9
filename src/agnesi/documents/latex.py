r"""LaTeX into paragraphs.

An own tolerant scanner, in three passes that are each linear: files into one text (`latex_sources`), macros expanded
(`macros`), then this one, over the commands that structure a document. pylatexenc was the alternative: it parses into
nodes by recursion (500 braces overflow the stack of release 2.11), needs the arguments of every command declared, and
expands no macros, so that places after an expansion would have to be kept outside of it all the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from agnesi.documents.build import Builder
from agnesi.documents.formulas import ROWS, names
from agnesi.documents.latex_sources import Joiner, Reader, read_file, said_by
from agnesi.documents.macros import Macros, closings
from agnesi.documents.records import LIMITS, MARK, Document, Limits, Run, Source, Traced

HEADINGS = {
    "part": 1, "chapter": 2, "section": 3, "subsection": 4, "subsubsection": 5, "paragraph": 6, "subparagraph": 7,
}
THEOREMS = {
    "theorem": "thm theorem theo satz", "lemma": "lem lemma", "proposition": "prop proposition prp",
    "proof": "proof pf", "corollary": "cor coro corollary", "definition": "def defn dfn defi definition",
    "example": "ex exa exam eg example", "remark": "rem rmk remark note", "claim": "claim",
    "exercise": "exercise exer problem prob question", "assumption": "assumption assum ass asm",
    "conjecture": "conj conjecture", "fact": "fact", "observation": "obs observation",
    "solution": "solution sol answer", "notation": "notation",
}
_THEOREM = {name: kind for kind, words in THEOREMS.items() for name in words.split()}
_SKIPPED = names(
    "tabular tabularx tabulary longtable tikzpicture pgfpicture figure table wrapfigure subfigure thebibliography "
    "picture algorithm algorithmic algorithm2e forest pspicture axis tikzcd SCfigure sidewaystable array"
)
_DISPLAYS = ROWS - {"math", "subequations"}
_ARGUMENTS = {  # commands whose arguments are no text, and how many they have
    1: "texttt cite citep citet citeauthor citeyear textcite parencite autocite footcite nocite ref eqref cref "
       "Cref autoref pageref nameref vref label index footnote footnotetext thanks url includegraphics "
       "bibliography bibliographystyle vspace hspace documentclass usepackage title author date input "
       "include pagestyle thispagestyle addbibresource theoremstyle graphicspath hypersetup geometry "
       "keywords affil affiliation email institute todo marginpar tag fontsize usetikzlibrary tikzset "
       "pgfplotsset Citet Citep caption lstinputlisting cline vskip",
    2: "setlength addtolength setcounter addtocounter numberwithin definecolor newcounter rule fancyhf renewcommand",
    3: "addcontentsline titleformat",
}
_COUNT = {name: count for count, words in _ARGUMENTS.items() for name in words.split()}
_FIRST = names("href textcolor colorbox parbox raisebox hyperref hyperlink hypertarget foreignlanguage")
_OPTIONAL = r"(?:\s*\[[^\]]{0,500}\])?"
_NEW_THEOREM = (
    r"\\newtheorem\*?\s*\{(?P<theorem>[A-Za-z]+\d?)\}" + _OPTIONAL + r"\s*\{(?P<printed>[^{}]{0,200})\}" + _OPTIONAL
)
_IN_PREAMBLE = re.compile(MARK + "|" + _NEW_THEOREM)
_TOKEN = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<env>[A-Za-z@]+\d?)\*?\}"
    r"|" + _NEW_THEOREM +
    r"|(?P<open>\$\$?|\\[(\[])"
    r"|\\(?P<word>[A-Za-z@]+)\*?|\\(?P<escape>.)"
    r"|(?P<blank>\n[ \t]*\n\s*)|(?P<one>[{}~" + MARK + "])",
    re.DOTALL,
)
_OPTION, _SPACE = re.compile(r"\s*\[[^\[\]]{0,500}\]"), re.compile(r"\s*")
_BLANK = re.compile(r"\n[ \t]*\n")
_CLOSER = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_MATH_TOKEN = re.compile(r"\\.|\$\$?|[{}]", re.DOTALL)
_EDGE = re.compile(r"\\(?P<edge>begin|end)\s*\{(?P<env>[A-Za-z@]+\d?\*?)\}|\\[\\{}$%]")


def read_latex(source: Source, limits: Limits = LIMITS, read: Reader = read_file) -> Document:
    """Return a LaTeX file, with the files that it takes in, as a document."""
    builder = Builder(source.path, limits)
    if len(source.text) > limits.file_size:
        builder.notice("limit", f"The file is not read: {len(source.text)} characters are too many.", source, 0)
        return builder.document()
    joined = Joiner(builder, read).joined(source)
    _Scanner(builder, Macros(limits, builder.notice).expanded(joined)).run()
    return builder.document()


def _pairs(text: str) -> dict[int, tuple[int, int]]:
    """Return for each \\begin that is closed where its \\end begins and ends; what is not closed is passed over."""
    out: dict[int, tuple[int, int]] = {}
    opened: list[tuple[str, int]] = []
    count: dict[str, int] = {}
    for found in _EDGE.finditer(text):
        name = found["env"]
        if found["edge"] == "begin":
            opened.append((name, found.start()))
            count[name] = count.get(name, 0) + 1
        elif found["edge"] and count.get(name):
            while True:
                other, at = opened.pop()
                count[other] -= 1
                if other == name:
                    out[at] = found.span()
                    break
    return out


def _within(run: Run, said: str) -> Run:
    """Return the run of what a marker says, within its comment."""
    at = run.source.text.find(said, run.start, run.stop)
    return Run(0, len(said), run.source, max(at, run.start), max(at, run.start) + len(said))


class _Scanner:
    """Goes through the text once, token by token."""

    def __init__(self, builder: Builder, given: Traced) -> None:
        self.builder, self.given, self.text = builder, given, given.text
        self.pairs, self.braces = _pairs(self.text), closings(self.text)
        self.blanks = [found.start() for found in _BLANK.finditer(self.text)]
        self.theorems = dict(_THEOREM)
        self.nowhere: dict[str, int] = {}  # up to where there is no closer of this kind
        self.at = self.start = 0  # where reading is, and where the words begin that are not yet given
        self.stop = len(self.text)

    def run(self) -> None:
        """Read to the end."""
        begins = re.search(r"\\begin\s*\{document\}", self.text)
        if begins:
            self.preamble(begins.start())
            self.at = self.start = begins.end()
            ends = re.compile(r"\\end\s*\{document\}").search(self.text, begins.end())
            self.stop = ends.start() if ends else self.stop
        while found := _TOKEN.search(self.text, self.at, self.stop):
            self.at = found.end()
            self.token(found)
        self.words(self.stop)

    def preamble(self, stop: int) -> None:
        """Take the names of theorems and the markers from what stands before the document."""
        for found in _IN_PREAMBLE.finditer(self.text, 0, stop):
            if found.group() == MARK:
                self.marker(self.given.cut(*found.span()))
            else:
                self.theorem(found["theorem"], found["printed"])
        self.builder.end()

    def theorem(self, name: str, printed: str) -> None:
        """Remember an environment of theorems by the word that it prints."""
        words = printed.lower().split()
        kinds = [_THEOREM[word] for word in words if word in _THEOREM]
        self.theorems[name] = kinds[0] if kinds else "theorem"

    def marker(self, mark: Traced) -> None:
        """Give a marker, by what its comment says."""
        said = said_by(mark)
        self.builder.marker(said, Traced(said, tuple(_within(run, said) for run in mark.runs)))

    def words(self, stop: int) -> None:
        """Give the words up to here."""
        if self.start < stop:
            self.builder.prose(self.given.cut(self.start, stop))

    def token(self, found: re.Match[str]) -> None:
        """Take in one token."""
        if found["edge"]:
            self.environment(found)
        elif found["open"]:
            self.formula(found)
        elif found["word"]:
            self.command(found)
        elif found["blank"]:
            self.words(found.start())
            self.start = self.at
            self.builder.pause()
        elif found.group() == MARK:
            self.words(found.start())
            self.start = self.at
            self.marker(self.given.cut(*found.span()))
        else:
            self.words(found.start())
            self.start = self.at
            if found["theorem"]:
                self.theorem(found["theorem"], found["printed"])
            elif found["escape"] in tuple("%&#_"):
                self.start = self.at - 1

    def environment(self, found: re.Match[str]) -> None:
        """Open or close an environment."""
        name, begins = found["env"], found["edge"] == "begin"
        self.words(found.start())
        self.start = self.at
        pair = self.pairs.get(found.start())
        if begins and (name in _DISPLAYS or name == "math"):
            self.display(found, name, pair)
        elif begins and name in _SKIPPED:
            if pair:
                self.jump(pair[1])
            else:
                self.unclosed(f"The environment {name} is not closed.", found.start())
        elif begins:
            self.option()
            if name in self.theorems:
                source, at = self.given.place(found.start())
                title = self.text[found.end() : self.at].strip(" []\n")
                self.builder.enter(self.theorems[name], title, source, at)
            elif name in ("minipage", "multicols", "adjustbox", "tcolorbox"):
                self.argument()
            elif name != "subequations":
                self.builder.end()
        elif name in self.theorems:
            self.builder.leave()
        elif name not in ("subequations", "minipage", *_DISPLAYS):
            self.builder.end()

    def display(self, found: re.Match[str], name: str, pair: tuple[int, int] | None) -> None:
        """Give a formula that stands in an environment."""
        if pair is None:
            self.unclosed(f"The environment {name} is not closed.", found.start())
            return
        if name == "math":
            self.give("inline", found.end(), pair[0])
        else:
            self.give("display", found.start(), pair[1], name)
        self.jump(pair[1])

    def formula(self, found: re.Match[str]) -> None:
        """Give a formula between dollars or brackets; without a closer before the paragraph ends it is none."""
        mark = found["open"]
        stop = self.dollar(self.at) if mark == "$" else self.closer(_CLOSER[mark], self.at)
        self.words(found.start())
        self.start = self.at
        if stop < 0:
            self.unclosed(f"A formula that begins with {mark} is not closed.", found.start())
            return
        self.give("display" if mark in ("$$", "\\[") else "inline", self.at, stop)
        self.jump(stop + (1 if mark == "$" else 2))

    def ends(self, at: int) -> int:
        """Return where the paragraph ends that this place is in."""
        k = bisect_left(self.blanks, at)
        return min(self.stop, self.blanks[k] if k < len(self.blanks) else self.stop)

    def dollar(self, at: int) -> int:
        """Return the place of the dollar that closes a formula; those within braces belong to \\text{...}."""
        depth, end, first = 0, self.ends(at), -1
        if at < self.nowhere.get("$", 0):
            return -1
        if at < self.nowhere.get("{", 0):  # braces are not balanced here
            return self.text.find("$", at, end)
        for found in _MATH_TOKEN.finditer(self.text, at, end):
            one = found.group()
            depth += (one == "{") - (one == "}")
            if one[0] == "$" and depth <= 0:
                return found.start()
            first = found.start() if first < 0 and one[0] == "$" else first
        self.nowhere["$" if first < 0 else "{"] = end
        return first

    def closer(self, mark: str, at: int) -> int:
        """Return the place of a closing mark in this paragraph, -1 if there is none."""
        if at < self.nowhere.get(mark, 0):
            return -1
        end = self.ends(at)
        for found in _MATH_TOKEN.finditer(self.text, at, end):
            if found.group() == mark:
                return found.start()
        self.nowhere[mark] = end
        return -1

    def give(self, kind: str, start: int, stop: int, environment: str = "") -> None:
        """Give a formula; markers within it hold for it."""
        part = self.given.cut(start, stop)
        marks = [found.span() for found in re.finditer(MARK, part.text)]
        for mark in marks:
            self.marker(part.cut(*mark))
        self.builder.formula(kind, part.edited((a, b, "") for a, b in marks) if marks else part, environment)

    def jump(self, stop: int) -> None:
        """Go on behind what was read; markers in what was passed over are spent."""
        self.at = self.start = stop

    def unclosed(self, words: str, at: int) -> None:
        """Note what has no end."""
        source, place = self.given.place(at)
        self.builder.notice("unclosed", words, source, place)

    def option(self) -> None:
        """Pass over [...]."""
        found = _OPTION.match(self.text, self.at, self.stop)
        if found:
            self.at = self.start = found.end()

    def argument(self) -> tuple[int, int] | None:
        """Pass over {...}; return the span of what it holds."""
        found = _SPACE.match(self.text, self.at)
        at = found.end() if found else self.at
        stop = self.braces.get(at)
        if stop is None or stop > self.stop:
            return None
        self.at = self.start = stop + 1
        return at + 1, stop

    def command(self, found: re.Match[str]) -> None:
        """Take in a command: a heading, something without text, or one whose argument is text."""
        word = found["word"]
        if word in HEADINGS:
            self.words(found.start())
            self.start = self.at
            self.option()
            held = self.argument()
            if held:
                self.builder.heading(self.given.cut(*held), HEADINGS[word])
            return
        self.words(found.start())
        self.start = self.at
        if word in ("item", "par", "bibitem", "maketitle", "newpage", "clearpage"):
            self.builder.end() if word != "par" else self.builder.pause()
            if word == "item":
                self.option()
        elif word in _COUNT:
            self.option()
            for _ in range(_COUNT[word]):
                self.option()
                self.argument()
        elif word in _FIRST:
            self.option()
            self.argument()
        elif word == "ensuremath":
            held = self.argument()
            if held:
                self.give("inline", *held)
